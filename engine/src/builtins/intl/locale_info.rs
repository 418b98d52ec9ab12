//! What is usual where a locale is at home (ECMA-402 §14.1, `…OfLocale`), after the supplemental data of CLDR.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use icu_calendar::week::WeekInformation;
use icu_locale::subtags::Region;
use icu_locale::{Direction, Locale, LocaleDirectionality, LocaleExpander};
use icu_time::zone::iana::IanaParserExtended;

use super::locale::this_locale;
use super::locale_list::{canonical, keyword};
use super::options::{show, show_plain, show_text};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

/// Calendars, the usual one first, by region; `gregory` elsewhere.
const CALENDARS: &[(&str, &[&str])] = &[
    ("AE BH KW QA", &["gregory", "islamic-umalqura", "islamic-civil", "islamic-tbla"]),
    ("AF IR", &["persian", "gregory", "islamic-civil", "islamic-tbla"]),
    ("CN CX HK MO SG", &["gregory", "chinese"]),
    ("EG", &["gregory", "coptic", "islamic-civil", "islamic-tbla"]),
    ("ET", &["gregory", "ethiopic", "ethioaa"]),
    ("IL", &["gregory", "hebrew", "islamic-civil", "islamic-tbla"]),
    ("IN", &["gregory", "indian"]),
    ("JP", &["gregory", "japanese"]),
    ("KR", &["gregory", "dangi"]),
    ("SA", &["islamic-umalqura", "gregory"]),
    ("TH", &["buddhist", "gregory"]),
    ("TW", &["gregory", "roc", "chinese"]),
    (
        "BD DJ DZ EH ER ID IQ JO KM LB LY MA MR MY NE OM PK PS SD SY TD TN YE",
        &["gregory", "islamic-civil", "islamic-tbla"],
    ),
];

/// Collations besides `emoji` and `eor`, by language.
const COLLATIONS: &[(&str, &[&str])] = &[
    ("ar", &["compat"]),
    ("bn fi kn sa sv vi es", &["trad"]),
    ("de", &["phonebk"]),
    ("ja", &["unihan"]),
    ("ko", &["searchjl", "unihan"]),
    ("ln", &["phonetic"]),
    ("si", &["dict"]),
    ("zh", &["pinyin", "stroke", "unihan", "zhuyin"]),
];

/// Numbering systems other than `latn`, by language and, where it makes a difference, region.
const NUMBERING_SYSTEMS: &[(&str, &str, &str)] = &[
    ("ar", "BH DJ EG ER IL IQ JO KM KW LB MR OM PS QA SA SD SO SS SY TD YE", "arab"),
    ("as bn mni", "", "beng"),
    ("ckb", "", "arab"),
    ("dz", "", "tibt"),
    ("fa ps lrc mzn uz-Arab", "", "arabext"),
    ("ur", "IN", "arabext"),
    ("ks", "", "arabext"),
    ("mr ne sa raj bho", "", "deva"),
    ("my", "", "mymr"),
    ("nqo", "", "nkoo"),
    ("sat", "", "olck"),
    ("sd", "", "arab"),
];

/// Regions where hours are counted to twelve, and those that count from zero then.
const TWELVE: &str = "AE AG AI AL AS AU BB BD BH BM BN BS BT CA CO CY DJ DM DO DZ EG EH ER ET FJ FM GD GH GM GR GU GY HK IN IQ JM JO KH \
    KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MY NA NZ OM PA PG PH PK PR PS PW QA SA SB SD SG SL SO SS SY SZ TC TD TN TO TT TW UM US VC VE \
    VG VI VU WS XK YE ZM";

fn list(text: &str, item: &str) -> bool {
    text.split_ascii_whitespace().any(|one| one == item)
}

/// The region whose customs count: that of the keyword `rg`, its own, that of the keyword `sd`, the likely one.
fn region_of(locale: &Locale) -> Option<Region> {
    let of_subdivision = |key| {
        let value = keyword(locale, key)?;
        let end = if value.starts_with(|first: char| first.is_ascii_digit()) { 3 } else { 2 };
        value.get(..end)?.parse::<Region>().ok()
    };
    let likely = || {
        let mut id = locale.id.clone();
        LocaleExpander::new_extended().maximize(&mut id);
        id.region
    };
    of_subdivision("rg").or(locale.id.region).or_else(|| of_subdivision("sd")).or_else(likely)
}

/// The collations that a language has besides the usual order, sorted.
pub(super) fn collations_of(locale: &Locale) -> Vec<&'static str> {
    let language = locale.id.language.as_str();
    let own = COLLATIONS.iter().find(|(languages, _)| list(languages, language)).map_or(&[][..], |(_, own)| own);
    let mut all = vec!["emoji", "eor"];
    all.extend(own);
    all.sort_unstable();
    all
}

/// The numbering system that is usual in a locale.
pub(super) fn numbering_system_of(locale: &Locale) -> &'static str {
    let language = locale.id.language.as_str();
    let region = locale.id.region.map(|region| region.to_string());
    let usual = |region: Option<&str>, regions: &str| {
        regions.is_empty()
            || region.is_none_or(|region| list(regions, region)) && !(language == "ur" && region.is_none())
    };
    let found = NUMBERING_SYSTEMS
        .iter()
        .find(|(languages, regions, _)| list(languages, language) && usual(region.as_deref(), regions));
    found.map_or("latn", |(.., system)| system)
}

/// The hour cycles of a locale, the usual one first.
pub(super) fn hour_cycles_of(locale: &Locale) -> &'static [&'static str] {
    let region = region_of(locale).map(|region| region.to_string()).unwrap_or_default();
    let language = locale.id.language.as_str();
    match (language, region.as_str()) {
        (_, "JP") => &["h23", "h11", "h12"],
        ("fr", "CA") | ("ku", "SY") => &["h23", "h12"],
        ("ar" | "en", "001") | ("hi" | "ta" | "te" | "kn" | "pa" | "gu" | "ml" | "mr" | "bn" | "or", _) => {
            &["h12", "h23"]
        }
        (_, region) if list(TWELVE, region) => &["h12", "h23"],
        _ => &["h23", "h12"],
    }
}

/// The calendars of a locale, the usual one first.
pub(super) fn calendars_of(locale: &Locale) -> &'static [&'static str] {
    let region = region_of(locale).map(|region| region.to_string()).unwrap_or_default();
    CALENDARS.iter().find(|(regions, _)| list(regions, &region)).map_or(&["gregory"], |(_, calendars)| calendars)
}

/// CreateArrayFromListOrRestricted: only what a keyword asks for, if it asks.
fn array<'s>(cx: &mut Cx<'s>, asked: Option<String>, all: &[&str]) -> JsResult<Value<'s>> {
    let array = cx.new_array(0, all.len() as u32)?;
    let asked = asked.as_deref().map(|asked| [asked]);
    for text in asked.as_ref().map_or(all, |asked| &asked[..]) {
        let text = cx.str(text)?;
        cx.push(array, text.cast())?;
    }
    Ok(array.cast())
}

/// Intl.Locale.prototype.getCalendars
pub(super) fn get_calendars<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let locale = this_locale(cx, args)?;
    array(cx, keyword(&locale, "ca"), calendars_of(&locale))
}

/// Intl.Locale.prototype.getCollations
pub(super) fn get_collations<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let locale = this_locale(cx, args)?;
    array(cx, keyword(&locale, "co"), &collations_of(&locale))
}

/// Intl.Locale.prototype.getHourCycles
pub(super) fn get_hour_cycles<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let locale = this_locale(cx, args)?;
    array(cx, keyword(&locale, "hc"), hour_cycles_of(&locale))
}

/// Intl.Locale.prototype.getNumberingSystems
pub(super) fn get_numbering_systems<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let locale = this_locale(cx, args)?;
    array(cx, keyword(&locale, "nu"), &[numbering_system_of(&locale)])
}

/// Intl.Locale.prototype.getTimeZones
pub(super) fn get_time_zones<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let locale = this_locale(cx, args)?;
    let Some(region) = locale.id.region else { return Ok(UNDEFINED) };
    let region = region.as_str().to_ascii_lowercase();
    // Short identifiers of zones begin with the code of their region.
    let zones = IanaParserExtended::new();
    let mut names: Vec<&str> = zones
        .iter()
        .filter(|zone| zone.time_zone.as_str().len() == 5 && zone.time_zone.as_str().starts_with(&region))
        .map(|zone| zone.canonical)
        .collect();
    names.sort_unstable();
    array(cx, None, &names)
}

/// Intl.Locale.prototype.getTextInfo
pub(super) fn get_text_info<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let locale = this_locale(cx, args)?;
    let direction = LocaleDirectionality::new_extended().get(&locale.id);
    let info = cx.new_object()?;
    match direction {
        Some(Direction::RightToLeft) => show_text(cx, info, n!("direction"), "rtl")?,
        Some(_) => show_text(cx, info, n!("direction"), "ltr")?,
        None => show(cx, info, n!("direction"), UNDEFINED)?,
    }
    Ok(info.cast())
}

/// Intl.Locale.prototype.getWeekInfo
pub(super) fn get_week_info<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let locale = this_locale(cx, args)?;
    let region = region_of(&locale).map_or_else(|| "001".to_string(), |region| region.to_string());
    let home = canonical(&alloc::format!("und-{region}")).unwrap_or(Locale::UNKNOWN);
    let info = cx.new_object()?;
    let Ok(week) = WeekInformation::try_new((&home).into()) else { return Ok(info.cast()) };
    let asked = keyword(&locale, "fw").and_then(|day| DAYS.iter().position(|one| *one == day));
    let first = asked.map_or(week.first_weekday as i32, |index| index as i32 + 1);
    show_plain(cx, info, n!("firstDay"), first)?;
    let mut weekend: Vec<i32> = week.weekend().map(|day| day as i32).collect();
    weekend.sort_unstable();
    let days = cx.new_array(0, 2)?;
    for day in weekend {
        cx.push(days, imm(day))?;
    }
    show(cx, info, n!("weekend"), days.cast())?;
    Ok(info.cast())
}
