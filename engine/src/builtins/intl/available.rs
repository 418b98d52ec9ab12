//! The locales there are: those that CLDR has data for at its modern level.

/// Languages, with their scripts and regions. A language is there with each of its scripts (`zh-Hant`), each of its regions that
/// belongs to the script before it (`zh-Hant-TW`), and, as everybody writes it, with the region alone (`zh-TW`).
const LOCALES: &[&str] = &[
    "af NA ZA",
    "ak GH",
    "am ET",
    "ar 001 AE BH DJ DZ EG EH ER IL IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SS SY TD TN YE",
    "as IN",
    "az Latn AZ Cyrl AZ",
    "be BY",
    "bg BG",
    "bn BD IN",
    "br FR",
    "bs Latn BA Cyrl BA",
    "ca AD ES FR IT",
    "ceb PH",
    "chr US",
    "cs CZ",
    "cv RU",
    "cy GB",
    "da DK GL",
    "de AT BE CH DE IT LI LU",
    "dsb DE",
    "ee GH TG",
    "el CY GR",
    "en 001 150 AE AG AI AS AT AU BB BE BI BM BS BW BZ CA CC CH CK CM CX CY CZ DE DG DK DM ER ES FI FJ FK FM FR GB GD GG GH GI GM GS GU GY HK HU ID IE IL IM IN IO IT JE JM JP KE KI KN KY LC LR LS MG MH MO MP MS MT MU MV MW MY NA NF NG NL NO NR NU NZ PG PH PK PL PN PR PT PW RO RW SB SC SD SE SG SH SI SK SL SS SX SZ TC TK TO TT TV TZ UG UM US VC VG VI VU WS ZA ZM ZW",
    "eo 001",
    "es 419 AR BO BR BZ CL CO CR CU DO EA EC ES GQ GT HN IC MX NI PA PE PH PR PY SV US UY VE",
    "et EE",
    "eu ES",
    "fa AF IR",
    "ff Latn SN Adlm GN",
    "fi FI",
    "fil PH",
    "fo DK FO",
    "fr BE BF BI BJ BL CA CD CF CG CH CI CM DJ DZ FR GA GF GN GP GQ HT KM LU MA MC MF MG ML MQ MR MU NC NE PF PM RE RW SC SN SY TD TG TN VU WF YT",
    "fy NL",
    "ga GB IE",
    "gd GB",
    "gl ES",
    "gsw CH FR LI",
    "gu IN",
    "ha GH NE NG",
    "haw US",
    "he IL",
    "hi IN Latn IN",
    "hr BA HR",
    "hsb DE",
    "hu HU",
    "hy AM",
    "ia 001",
    "id ID",
    "ig NG",
    "is IS",
    "it CH IT SM VA",
    "ja JP",
    "jv ID",
    "ka GE",
    "kea CV",
    "kgp BR",
    "kk KZ",
    "kl GL",
    "km KH",
    "kn IN",
    "ko CN KP KR",
    "kok IN",
    "ku TR",
    "ky KG",
    "lb LU",
    "ln AO CD CF CG",
    "lo LA",
    "lt LT",
    "lv LV",
    "mai IN",
    "mi NZ",
    "mk MK",
    "ml IN",
    "mn MN",
    "mni Beng IN",
    "mr IN",
    "ms BN ID MY SG",
    "mt MT",
    "my MM",
    "nb NO SJ",
    "ne IN NP",
    "nl AW BE BQ CW NL SR SX",
    "nn NO",
    "no NO",
    "nqo GN",
    "oc ES FR",
    "om ET KE",
    "or IN",
    "os GE RU",
    "pa Guru IN Arab PK",
    "pcm NG",
    "pl PL",
    "ps AF PK",
    "pt AO BR CH CV GQ GW LU MO MZ PT ST TL",
    "qu BO EC PE",
    "raj IN",
    "rm CH",
    "ro MD RO",
    "ru BY KG KZ MD RU UA",
    "rw RW",
    "sa IN",
    "sah RU",
    "sat Olck IN",
    "sc IT",
    "sd Arab PK Deva IN",
    "se FI NO SE",
    "si LK",
    "sk SK",
    "sl SI",
    "so DJ ET KE SO",
    "sq AL MK XK",
    "sr Cyrl BA ME RS XK Latn BA ME RS XK",
    "su Latn ID",
    "sv AX FI SE",
    "sw CD KE TZ UG",
    "ta IN LK MY SG",
    "te IN",
    "tg TJ",
    "th TH",
    "ti ER ET",
    "tk TM",
    "to TO",
    "tr CY TR",
    "tt RU",
    "ug CN",
    "uk UA",
    "ur IN PK",
    "uz Latn UZ Arab AF Cyrl UZ",
    "vi VN",
    "wo SN",
    "xh ZA",
    "yi UA",
    "yo BJ NG",
    "yrl BR CO VE",
    "yue Hant CN HK MO Hans CN",
    "za CN",
    "zh Hans CN HK MO MY SG Hant HK MO MY TW",
    "zu ZA",
];

/// Whether there is data for a locale, which is given in canonical form and without extensions.
pub(super) fn is_available(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    let Some(entry) = LOCALES.iter().find(|entry| entry.split(' ').next() == Some(language)) else { return false };
    let (mut script, mut region) = (None, None);
    for subtag in subtags {
        match subtag.len() {
            4 if script.is_none() && region.is_none() && subtag.bytes().all(|b| b.is_ascii_alphabetic()) => {
                script = Some(subtag);
            }
            2 | 3 if region.is_none() => region = Some(subtag),
            _ => return false,
        }
    }
    let mut under = None;
    let (mut script_is_there, mut region_is_there) = (script.is_none(), region.is_none());
    for subtag in entry.split(' ').skip(1) {
        if subtag.len() == 4 {
            under = Some(subtag);
            script_is_there |= script == Some(subtag);
        } else if region == Some(subtag) && (script.is_none() || script == under) {
            region_is_there = true;
        }
    }
    script_is_there && region_is_there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_scripts_and_regions() {
        for tag in [
            "en",
            "en-US",
            "zh",
            "zh-TW",
            "zh-Hant",
            "zh-Hant-TW",
            "sr-Latn-RS",
            "es-419",
            "en-001",
            "hi-Latn",
            "de-AT",
        ] {
            assert!(is_available(tag), "{tag}");
        }
        for tag in ["", "und", "xx", "en-Cyrl", "zh-Hans-TW", "de-US", "en-US-posix", "en-US-GB", "tlh"] {
            assert!(!is_available(tag), "{tag}");
        }
    }
}
