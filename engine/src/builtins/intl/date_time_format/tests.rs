//! What formats show in several locales.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::fields::{Digits, Fields, HourCycle, Month, Request, Setting, Style, Text, ZoneName};
use super::format::{Formatter, Moment, Source, joined};
use super::select::select;

fn setting(locale: &str, calendar: &str, hour_cycle: HourCycle) -> Setting {
    Setting {
        locale: locale.to_string(),
        calendar: calendar.to_string(),
        numbering_system: "latn".to_string(),
        hour_cycle,
    }
}

/// The text for the 3rd of January 2019, 14:05:07.089 UTC.
fn text(setting: &Setting, request: Request) -> String {
    let formatter = Formatter::new(setting, "UTC").unwrap();
    let pattern = select(&formatter, setting, request).pattern();
    let moment = Moment::local(17_899, (14 * 3600 + 5 * 60 + 7) * 1000 + 89);
    let mut parts = Vec::new();
    formatter.write(&pattern, moment, Source::Shared, &mut parts);
    joined(&parts).replace('\u{202f}', " ")
}

const DATE: Fields = Fields {
    weekday: None,
    era: None,
    year: Some(Digits::Numeric),
    month: Some(Month::Numeric),
    day: Some(Digits::Numeric),
    day_period: None,
    hour: None,
    minute: None,
    second: None,
    fraction: None,
    zone_name: None,
};

const TIME: Fields =
    Fields { year: None, month: None, day: None, hour: Some(Digits::Numeric), minute: Some(Digits::Numeric), ..DATE };

#[test]
fn dates() {
    let at = |locale: &str, fields| text(&setting(locale, "gregory", HourCycle::H23), Request::Fields(fields));
    assert_eq!(at("en-US", DATE), "1/3/2019");
    assert_eq!(at("de", DATE), "3.1.2019");
    assert_eq!(at("fr", DATE), "03/01/2019");
    assert_eq!(at("en-GB", DATE), "03/01/2019");
    assert_eq!(at("ja", DATE), "2019/1/3");
    assert_eq!(at("pl", DATE), "3.01.2019");
    assert_eq!(at("zh-TW", DATE), "2019/1/3");
    assert_eq!(at("ko", DATE), "2019. 1. 3.");
    let two =
        Fields { year: Some(Digits::TwoDigit), month: Some(Month::TwoDigit), day: Some(Digits::TwoDigit), ..DATE };
    assert_eq!(at("en-US", two), "01/03/19");
    let short = Fields { month: Some(Month::Short), ..DATE };
    assert_eq!(at("en", short), "Jan 3, 2019");
    assert_eq!(at("de", short), "3. Jan. 2019");
    assert_eq!(at("ja", short), "2019年1月3日");
    assert_eq!(at("ja", Fields { weekday: Some(Text::Short), ..short }), "2019年1月3日(木)");
    let long = Fields { month: Some(Month::Long), weekday: Some(Text::Long), ..DATE };
    assert_eq!(at("en", long), "Thursday, January 3, 2019");
    assert_eq!(at("en", Fields { weekday: Some(Text::Long), ..DATE }), "Thursday, 1/3/2019");
    assert_eq!(at("en", Fields { era: Some(Text::Short), ..DATE }), "1/3/2019 AD");
    assert_eq!(at("en", Fields { month: None, day: None, ..DATE }), "2019");
    assert_eq!(at("en", Fields { month: None, ..DATE }), "2019 (day: 3)");
    assert_eq!(at("en", Fields { weekday: Some(Text::Short), day: None, ..DATE }), "1/2019 Thu");
}

#[test]
fn times() {
    let at = |locale: &str, cycle, fields| text(&setting(locale, "gregory", cycle), Request::Fields(fields));
    let seconds = Fields { second: Some(Digits::Numeric), ..TIME };
    assert_eq!(at("en", HourCycle::H12, TIME), "2:05 PM");
    assert_eq!(at("en", HourCycle::H23, TIME), "14:05");
    assert_eq!(at("en", HourCycle::H11, Fields { hour: Some(Digits::TwoDigit), ..seconds }), "02:05:07 PM");
    assert_eq!(at("en", HourCycle::H12, Fields { fraction: Some(2), ..seconds }), "2:05:07.08 PM");
    assert_eq!(at("de", HourCycle::H23, Fields { fraction: Some(3), hour: None, ..seconds }), "05:07,089");
    assert_eq!(
        at("en", HourCycle::H12, Fields { day_period: Some(Text::Long), minute: None, ..TIME }),
        "2 in the afternoon"
    );
    assert_eq!(at("en", HourCycle::H12, Fields { zone_name: Some(ZoneName::Short), ..TIME }), "2:05 PM UTC");
    assert_eq!(at("de", HourCycle::H23, Fields { minute: None, ..TIME }), "14 Uhr");
    assert_eq!(at("en", HourCycle::H12, Fields { minute: None, ..seconds }), "2 PM (second: 7)");
    assert_eq!(at("en", HourCycle::H12, Fields { weekday: Some(Text::Short), ..TIME }), "Thu 2:05 PM");
    assert_eq!(at("ko", HourCycle::H12, Fields { weekday: Some(Text::Short), ..TIME }), "(목) 오후 2:05");
    assert_eq!(at("ja", HourCycle::H23, Fields { weekday: Some(Text::Short), ..TIME }), "14:05 (木)");
    assert_eq!(at("de", HourCycle::H23, Fields { weekday: Some(Text::Short), ..TIME }), "Do., 14:05");
    assert_eq!(at("zh", HourCycle::H23, Fields { zone_name: Some(ZoneName::Short), ..TIME }), "UTC 14:05");
    let both = Fields { hour: TIME.hour, minute: TIME.minute, ..DATE };
    assert_eq!(at("en", HourCycle::H12, both), "1/3/2019, 2:05 PM");
    assert_eq!(at("en", HourCycle::H12, Fields { month: Some(Month::Long), ..both }), "January 3, 2019 at 2:05 PM");
}

#[test]
fn styles_and_calendars() {
    let with =
        |calendar: &str, date, time| text(&setting("en", calendar, HourCycle::H12), Request::Styles { date, time });
    assert_eq!(with("gregory", Some(Style::Full), None), "Thursday, January 3, 2019");
    assert_eq!(with("gregory", Some(Style::Short), Some(Style::Short)), "1/3/19, 2:05 PM");
    assert_eq!(
        with("gregory", Some(Style::Long), Some(Style::Full)),
        "January 3, 2019 at 2:05:07 PM Coordinated Universal Time"
    );
    assert_eq!(with("gregory", Some(Style::Medium), Some(Style::Medium)), "Jan 3, 2019, 2:05:07 PM");
    assert_eq!(with("hebrew", Some(Style::Long), None), "26 Tevet 5779");
    assert_eq!(with("japanese", Some(Style::Long), None), "January 3, 31 Heisei");
    assert_eq!(with("chinese", Some(Style::Long), None), "Eleventh Month 28, 2018(wu-xu)");
}
