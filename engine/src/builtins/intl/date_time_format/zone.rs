//! Time zones: which there are, how far they are from UTC, what they are called.

use alloc::string::{String, ToString};

use icu_calendar::Gregorian;
use icu_datetime::DateTimeFormatterPreferences;
use icu_datetime::fieldsets::enums::ZoneFieldSet;
use icu_datetime::pattern::{DateTimePattern, FixedCalendarDateTimeNames};
use icu_locale::Locale;
use icu_time::TimeZone as ZoneId;
use icu_time::zone::{IanaParser, UtcOffset, ZoneNameTimestamp};
use temporal_rs::{Instant, TimeZone};
use writeable::TryWriteable;

/// A time zone that the options may name: one of the database in the case that it has there, or an offset in hours and minutes.
pub(super) fn identifier(text: &str) -> Option<String> {
    if text.starts_with(['+', '-']) {
        return offset_identifier(text);
    }
    // What the library takes as an offset or as a date is no name.
    if !text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.' || c == '_') {
        return None;
    }
    let zone = TimeZone::try_from_identifier_str(text).ok()?;
    zone.identifier().ok()
}

/// `+HH`, `+HHMM`, `+HH:MM` as `+HH:MM`; zero is never negative.
fn offset_identifier(text: &str) -> Option<String> {
    let (sign, digits) = text.split_at_checked(1)?;
    let (hours, minutes) = match digits.len() {
        2 => (digits, "00"),
        4 => digits.split_at_checked(2)?,
        5 => digits.split_once(':').filter(|(hours, _)| hours.len() == 2)?,
        _ => return None,
    };
    let number = |digits: &str, end: u8| {
        let all = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u8>().ok().filter(|number| all && *number < end)
    };
    let (hour, minute) = (number(hours, 24)?, number(minutes, 60)?);
    let sign = if hour == 0 && minute == 0 { "+" } else { sign };
    Some(alloc::format!("{sign}{hour:02}:{minute:02}"))
}

/// How many nanoseconds a zone is ahead of UTC at a moment, given in nanoseconds as well.
pub(super) fn offset_at(zone: &str, nanoseconds: i128) -> Option<i64> {
    let zone = TimeZone::try_from_identifier_str(zone).ok()?;
    let zoned = Instant::try_new(nanoseconds).ok()?.to_zoned_date_time_iso(zone).ok()?;
    Some(zoned.offset_nanoseconds())
}

/// What a zone is called: `pattern` is what CLDR has for it (`z`, `zzzz`, `O` …).
pub(super) fn name(locale: &Locale, symbol: char, width: u8, zone: &str, offset: i64, seconds: i64) -> Option<String> {
    if zone == "UTC" || zone == "Etc/UTC" || zone == "Etc/UCT" {
        // The library has no short name for it.
        match (symbol, width) {
            ('z', 1..=3) => return Some("UTC".to_string()),
            ('v', 1..=3) => return Some("GMT".to_string()),
            _ => {}
        }
    }
    let pattern: String = core::iter::repeat_n(symbol, width.into()).collect();
    let pattern = DateTimePattern::try_from_pattern_str(&pattern).ok()?;
    let preferences = DateTimeFormatterPreferences::from(locale);
    let mut names = FixedCalendarDateTimeNames::<Gregorian, ZoneFieldSet>::try_new(preferences).ok()?;
    let id = if zone.starts_with(['+', '-']) { ZoneId::UNKNOWN } else { IanaParser::new().parse(zone) };
    let utc_offset = UtcOffset::try_from_seconds(i32::try_from(offset).ok()?).ok()?;
    let info =
        id.with_offset(Some(utc_offset)).with_zone_name_timestamp(ZoneNameTimestamp::from_epoch_seconds(seconds));
    let formatter = names.include_for_pattern(&pattern).ok()?;
    let formatted = formatter.format(&info);
    let text = formatted.try_write_to_string().unwrap_or_else(|(_, text)| text);
    // The library says of no difference that it is zero hours.
    let end = text.rfind('+').filter(|_| offset == 0).unwrap_or(text.len());
    text.get(..end).map(|text| text.trim_end().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        for (text, expected) in [
            ("utc", Some("UTC")),
            ("europe/BERLIN", Some("Europe/Berlin")),
            ("Asia/Calcutta", Some("Asia/Calcutta")),
            ("+0103", Some("+01:03")),
            ("-00:00", Some("+00:00")),
            ("-14", Some("-14:00")),
            ("+24", None),
            ("+1", None),
            ("+01:3", None),
            ("+010", None),
            ("+01:00:00", None),
            ("−01:00", None),
            ("Mars/Olympus", None),
            ("", None),
            ("2020-01-01T00:00Z", None),
        ] {
            assert_eq!(identifier(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn names() {
        let name = |locale: &str, symbol, width, zone: &str, seconds| {
            let offset = offset_at(zone, i128::from(seconds) * 1_000_000_000).unwrap() / 1_000_000_000;
            name(&locale.parse().unwrap(), symbol, width, zone, offset, seconds).unwrap()
        };
        assert_eq!(name("en", 'z', 1, "America/New_York", 0), "EST");
        assert_eq!(name("en", 'z', 4, "America/New_York", 1_700_000_000), "Eastern Standard Time");
        assert_eq!(name("en", 'z', 4, "America/New_York", 1_690_000_000), "Eastern Daylight Time");
        assert_eq!(name("en", 'v', 1, "America/New_York", 1_700_000_000), "ET");
        assert_eq!(name("de", 'z', 1, "Europe/Berlin", 1_700_000_000), "MEZ");
        assert_eq!(name("en", 'z', 1, "Europe/Berlin", 1_700_000_000), "GMT+1");
        assert_eq!(name("en", 'O', 4, "Europe/Berlin", 1_700_000_000), "GMT+01:00");
        assert_eq!(name("en", 'z', 1, "+05:30", 1_700_000_000), "GMT+5:30");
        assert_eq!(name("en", 'z', 1, "UTC", 1_700_000_000), "UTC");
        assert_eq!(name("en", 'z', 4, "UTC", 1_700_000_000), "Coordinated Universal Time");
        assert_eq!(name("en", 'O', 1, "UTC", 1_700_000_000), "GMT");
    }
}
