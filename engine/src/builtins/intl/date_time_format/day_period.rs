//! Parts of the day (`in the morning`), for languages in which the library has them only where usual patterns of the locale show them.

/// From this hour on: the name, when it is long, short, narrow.
type Period = (u8, [&'static str; 3]);

/// What is known of a language.
struct Language {
    language: &'static str,
    /// What noon is called.
    noon: Option<[&'static str; 3]>,
    /// In the order of the hours; before the first one it is still the last one.
    periods: &'static [Period],
}

const fn same(name: &'static str) -> [&'static str; 3] {
    [name, name, name]
}

/// CLDR's dayPeriods.
const LANGUAGES: &[Language] = &[
    Language {
        language: "en",
        noon: Some(["noon", "noon", "n"]),
        periods: &[
            (6, same("in the morning")),
            (12, same("in the afternoon")),
            (18, same("in the evening")),
            (21, same("at night")),
        ],
    },
    Language {
        language: "es",
        noon: Some(same("del mediodía")),
        periods: &[
            (0, same("de la madrugada")),
            (6, same("de la mañana")),
            (12, same("de la tarde")),
            (20, same("de la noche")),
        ],
    },
    Language {
        language: "fr",
        noon: Some(same("midi")),
        periods: &[
            (4, ["du matin", "mat.", "mat."]),
            (12, ["de l’après-midi", "après-midi", "après-midi"]),
            (18, ["du soir", "soir", "soir"]),
            (0, ["du matin", "mat.", "mat."]),
        ],
    },
    Language {
        language: "ja",
        noon: Some(same("正午")),
        periods: &[(4, same("朝")), (12, same("昼")), (16, same("夕方")), (19, same("夜")), (23, same("夜中"))],
    },
    Language {
        language: "ko",
        noon: Some(same("정오")),
        periods: &[
            (0, same("밤")),
            (3, same("새벽")),
            (6, same("오전")),
            (12, same("오후")),
            (18, same("저녁")),
            (21, same("밤")),
        ],
    },
    Language {
        language: "zh",
        noon: None,
        periods: &[
            (0, same("凌晨")),
            (5, same("清晨")),
            (8, same("上午")),
            (12, same("中午")),
            (13, same("下午")),
            (19, same("晚上")),
        ],
    },
];

/// The part of the day to which an hour belongs; `noon` says that it is noon exactly, as far as it is shown.
pub(super) fn name(language: &str, width: u8, hour: u8, noon: bool) -> Option<&'static str> {
    let known = LANGUAGES.iter().find(|known| known.language == language)?;
    let names = match known.noon {
        Some(names) if noon => names,
        _ => {
            // The latest beginning that is not after the hour.
            let latest = known.periods.iter().filter(|(from, _)| *from <= hour).max_by_key(|(from, _)| *from);
            latest.or(known.periods.last())?.1
        }
    };
    let [long, short, narrow] = names;
    Some(match width {
        4 => long,
        5 => narrow,
        _ => short,
    })
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_night_goes_over_midnight() {
        assert_eq!(name("en", 4, 3, false), Some("at night"));
        assert_eq!(name("en", 4, 22, false), Some("at night"));
        assert_eq!(name("en", 5, 12, true), Some("n"));
        assert_eq!(name("en", 3, 12, false), Some("in the afternoon"));
        assert_eq!(name("fr", 4, 2, false), Some("du matin"));
        assert_eq!(name("xx", 4, 2, false), None);
    }
}
