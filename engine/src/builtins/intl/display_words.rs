//! Words of CLDR for `Intl.DisplayNames` that the data of the library does not have: fields of dates and calendars in a few languages,
//! and how the name of a locale is put together.

use alloc::string::String;

use icu_locale::LanguageIdentifier;

use super::display_names::DisplayStyle;

/// The codes of fields (ECMA-402 §12.5.2 IsValidDateTimeFieldCode), in the order of the names below.
pub(super) const FIELDS: [&str; 12] = [
    "era",
    "year",
    "quarter",
    "month",
    "weekOfYear",
    "weekday",
    "day",
    "dayPeriod",
    "hour",
    "minute",
    "second",
    "timeZoneName",
];

/// The names of the fields by language, with bars between them.
const FIELD_NAMES: &[(&str, &str)] = &[
    ("en", "era|year|quarter|month|week|day of the week|day|AM/PM|hour|minute|second|time zone"),
    ("de", "Ära|Jahr|Quartal|Monat|Woche|Wochentag|Tag|Tageshälfte|Stunde|Minute|Sekunde|Zeitzone"),
    ("es", "era|año|trimestre|mes|semana|día de la semana|día|a. m./p. m.|hora|minuto|segundo|zona horaria"),
    ("fr", "ère|année|trimestre|mois|semaine|jour de la semaine|jour|cadran|heure|minute|seconde|fuseau horaire"),
    ("it", "era|anno|trimestre|mese|settimana|giorno della settimana|giorno|AM/PM|ora|minuto|secondo|fuso orario"),
    ("ja", "時代|年|四半期|月|週|曜日|日|午前/午後|時|分|秒|タイムゾーン"),
    ("ko", "연호|년|분기|월|주|요일|일|오전/오후|시|분|초|시간대"),
    ("nl", "tijdperk|jaar|kwartaal|maand|week|dag van de week|dag|a.m./p.m.|uur|minuut|seconde|tijdzone"),
    (
        "pl",
        "era|rok|kwartał|miesiąc|tydzień|dzień tygodnia|dzień|rano / po południu / wieczorem|godzina|minuta|sekunda|strefa czasowa",
    ),
    ("pt", "era|ano|trimestre|mês|semana|dia da semana|dia|AM/PM|hora|minuto|segundo|fuso horário"),
    ("ru", "эра|год|квартал|месяц|неделя|день недели|день|AM/PM|час|минута|секунда|часовой пояс"),
    ("zh", "纪元|年|季度|月|周|工作日|日|上午/下午|小时|分钟|秒|时区"),
];

/// The names for little room.
const SHORT_FIELD_NAMES: &[(&str, &str)] = &[("en", "era|yr.|qtr.|mo.|wk.|day of wk.|day|AM/PM|hr.|min.|sec.|zone")];

/// The names for next to no room.
const NARROW_FIELD_NAMES: &[(&str, &str)] = &[("en", "era|yr|qtr|mo|wk|day of wk.|day|AM/PM|hr|min|sec|zone")];

/// The calendars there are, in the order of the names below.
pub(super) const CALENDARS: [&str; 16] = [
    "buddhist",
    "chinese",
    "coptic",
    "dangi",
    "ethioaa",
    "ethiopic",
    "gregory",
    "hebrew",
    "indian",
    "islamic-civil",
    "islamic-tbla",
    "islamic-umalqura",
    "iso8601",
    "japanese",
    "persian",
    "roc",
];

const CALENDAR_NAMES: &[(&str, &str)] = &[
    (
        "en",
        "Buddhist Calendar|Chinese Calendar|Coptic Calendar|Dangi Calendar|Ethiopic Amete Alem Calendar|Ethiopic Calendar|\
        Gregorian Calendar|Hebrew Calendar|Indian National Calendar|Hijri Calendar (tabular, civil epoch)|\
        Hijri Calendar (tabular, astronomical epoch)|Hijri Calendar (Umm al-Qura)|Gregorian Calendar (Year First)|\
        Japanese Calendar|Persian Calendar|Minguo Calendar",
    ),
    (
        "de",
        "Buddhistischer Kalender|Chinesischer Kalender|Koptischer Kalender|Dangi-Kalender|Äthiopischer Amätä-Aläm-Kalender|\
        Äthiopischer Kalender|Gregorianischer Kalender|Hebräischer Kalender|Indischer Nationalkalender|\
        Bürgerlicher islamischer Kalender|Tabellarischer islamischer Kalender|Umm-al-Qura-Kalender|ISO-8601-Kalender|\
        Japanischer Kalender|Persischer Kalender|Kalender der Republik China",
    ),
    (
        "es",
        "calendario budista|calendario chino|calendario cóptico|calendario dangi|\
        calendario etíope Amete Alem|calendario etíope|calendario gregoriano|calendario hebreo|\
        calendario nacional indio|calendario hijri tabular (época civil)|\
        calendario hijri tabular (época astronómica)|calendario hijri (Umm al-Qura)|calendario ISO-8601|\
        calendario japonés|calendario persa|calendario de la República de China",
    ),
    (
        "fr",
        "calendrier bouddhiste|calendrier chinois|calendrier copte|calendrier dangi|\
        calendrier éthiopien Amete Alem|calendrier éthiopien|calendrier grégorien|calendrier hébraïque|\
        calendrier indien|calendrier hégirien tabulaire (époque civile)|\
        calendrier hégirien tabulaire (époque astronomique)|calendrier hégirien (Umm al-Qura)|\
        calendrier ISO 8601|calendrier japonais|calendrier persan|calendrier républicain chinois",
    ),
    (
        "it",
        "calendario buddista|calendario cinese|calendario copto|calendario dangi|\
        calendario etiope Amete Alem|calendario etiope|calendario gregoriano|calendario ebraico|\
        calendario nazionale indiano|calendario islamico (tabulare, epoca civile)|\
        calendario islamico (tabulare, epoca astronomica)|calendario islamico (Umm al-Qura)|\
        calendario ISO-8601|calendario giapponese|calendario persiano|calendario minguo",
    ),
    (
        "ja",
        "仏暦|中国暦|コプト暦|檀紀(ダンギ)|エチオピア創世紀元暦|エチオピア暦|西暦(グレゴリオ暦)|ユダヤ暦|インド国定暦|イスラム暦(定周期、公民紀元)|イスラム暦(定周期、天文紀元)|\
        イスラム暦(ウンムルクラー)|ISO-8601|和暦|イラン暦|中華民国暦",
    ),
    (
        "ko",
        "불교력|음력|콥트력|단기력|에티오피아 아메테 알렘력|에티오피아력|양력|히브리력|인도력|이슬람력(상용)|이슬람력(천문)|이슬람력(움 알쿠라)|ISO-8601 달력|일본력|페르시아력|\
        대만력",
    ),
    (
        "pt",
        "calendário budista|calendário chinês|calendário copta|calendário dangi|calendário etíope Amete Alem|\
        calendário etíope|calendário gregoriano|calendário hebraico|calendário nacional indiano|\
        calendário islâmico (tabular, época civil)|calendário islâmico (tabular, época astronômica)|\
        calendário islâmico (Umm al-Qura)|calendário ISO-8601|calendário japonês|calendário persa|\
        calendário da República da China",
    ),
    (
        "zh",
        "佛历|农历|科普特历|檀纪历|埃塞俄比亚阿米特阿莱姆历|埃塞俄比亚历|公历|希伯来历|印度国定历|表格式伊斯兰历（民用纪元）|表格式伊斯兰历（天文纪元）|伊斯兰历（乌姆库拉）|\
        国际标准 ISO 8601|日本历|波斯历|民国历",
    ),
];

fn word(table: &[(&str, &'static str)], language: &str, at: usize) -> Option<&'static str> {
    table.iter().find(|(of, _)| *of == language)?.1.split('|').nth(at)
}

/// The name of the field at a place of [`FIELDS`].
pub(super) fn field_name(language: &str, at: usize, style: DisplayStyle) -> Option<&'static str> {
    let brief = match style {
        DisplayStyle::Long => None,
        DisplayStyle::Short => word(SHORT_FIELD_NAMES, language, at),
        DisplayStyle::Narrow => word(NARROW_FIELD_NAMES, language, at),
    };
    brief.or_else(|| word(FIELD_NAMES, language, at))
}

/// The name of the calendar at a place of [`CALENDARS`].
pub(super) fn calendar_name(language: &str, at: usize) -> Option<&'static str> {
    word(CALENDAR_NAMES, language, at)
}

/// The name of a script that differs where it stands alone.
pub(super) fn script_alone(language: &str, script: &str) -> Option<&'static str> {
    Some(match (language, script) {
        ("en", "Hans") => "Simplified Han",
        ("en", "Hant") => "Traditional Han",
        ("de", "Hans") => "Vereinfachtes Chinesisch",
        ("de", "Hant") => "Traditionelles Chinesisch",
        ("es", "Hans") => "han simplificado",
        ("es", "Hant") => "han tradicional",
        ("fr", "Hans") => "sinogrammes simplifiés",
        ("fr", "Hant") => "sinogrammes traditionnels",
        ("ja", "Hans") => "簡体字漢字",
        ("ja", "Hant") => "繁体字漢字",
        ("zh", "Hans") => "简体汉字",
        ("zh", "Hant") => "繁体汉字",
        _ => return None,
    })
}

/// How the name of a locale is put together (`localeDisplayPattern` of CLDR).
pub(super) struct Patterns {
    /// Between the language and the rest.
    pub open: &'static str,
    /// Behind the rest.
    pub close: &'static str,
    /// Between the parts of the rest.
    pub separator: &'static str,
    /// The parentheses that the names themselves may have, and what they become.
    parentheses: [(char, char); 2],
}

const ASCII: [(char, char); 2] = [('(', '['), (')', ']')];

/// The patterns of a locale.
pub(super) fn patterns(locale: &LanguageIdentifier) -> Patterns {
    let (open, close, separator, parentheses) = match locale.language.as_str() {
        "zh" | "yue" => ("（", "）", "，", [('（', '［'), ('）', '］')]),
        "ja" => (" (", ")", "、", ASCII),
        "ko" => ("(", ")", ", ", ASCII),
        "ar" | "ur" => (" (", ")", "، ", ASCII),
        _ => (" (", ")", ", ", ASCII),
    };
    Patterns { open, close, separator, parentheses }
}

impl Patterns {
    /// A name within another one: its parentheses become brackets.
    pub(super) fn nested(&self, name: &str) -> String {
        let [open, close] = self.parentheses;
        name.chars()
            .map(|c| {
                if c == open.0 {
                    open.1
                } else if c == close.0 {
                    close.1
                } else {
                    c
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_complete() {
        for (language, names) in FIELD_NAMES.iter().chain(SHORT_FIELD_NAMES).chain(NARROW_FIELD_NAMES) {
            assert_eq!(names.split('|').filter(|name| !name.is_empty()).count(), FIELDS.len(), "{language}");
        }
        for (language, names) in CALENDAR_NAMES {
            assert_eq!(names.split('|').filter(|name| !name.is_empty()).count(), CALENDARS.len(), "{language}");
            assert!(!names.contains("  "), "{language}");
        }
    }
}
