//! What `Intl.DateTimeFormat` needs to know of the objects.

use alloc::string::String;

use temporal_rs::options::DisplayCalendar;
use temporal_rs::{
    Calendar, Instant, PlainDate, PlainDateTime, PlainMonthDay, PlainTime, PlainYearMonth, ZonedDateTime,
};

use super::now::local_zone;
use super::slots::{Slots, iso_prefix, slots_of, this};
use crate::cx::{Args, Cx, Value};
use crate::throw::JsResult;

/// What an object represents: moments in nanoseconds since 1970; identifiers of calendars, days since 1970 and milliseconds of the day
/// for what has no time zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::builtins) enum TemporalValue {
    Instant(i128),
    /// With the identifier of its time zone.
    Zoned(i128, String, &'static str),
    Date(&'static str, i64),
    YearMonth(&'static str, i64),
    MonthDay(&'static str, i64),
    Time(u32),
    DateTime(&'static str, i64, u32),
}

/// Days from the first of January 1970 to a day of the ISO calendar.
fn day((year, month, day): (i32, u8, u8)) -> i64 {
    // Years that begin in March end with the leap day.
    let (month, day) = (i64::from(month), i64::from(day));
    let year = i64::from(year) - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn milliseconds(time: &PlainTime) -> u32 {
    let seconds = (u32::from(time.hour()) * 60 + u32::from(time.minute())) * 60 + u32::from(time.second());
    seconds * 1000 + u32::from(time.millisecond())
}

/// What a value represents, if it is an object of Temporal that is a point in time or a part of one.
pub(in crate::builtins) fn temporal_value<'s>(cx: &Cx<'s>, value: Value<'s>) -> Option<TemporalValue> {
    if let Some(instant) = slots_of::<Instant>(cx, value) {
        return Some(TemporalValue::Instant(instant.as_i128()));
    }
    if let Some(zoned) = slots_of::<ZonedDateTime>(cx, value) {
        let zone = zoned.time_zone().identifier().unwrap_or_default();
        return Some(TemporalValue::Zoned(zoned.epoch_nanoseconds().as_i128(), zone, zoned.calendar().identifier()));
    }
    if let Some(date) = slots_of::<PlainDate>(cx, value) {
        let iso = date.with_calendar(Calendar::ISO);
        let day = day((iso.year(), iso.month(), iso.day()));
        return Some(TemporalValue::Date(date.calendar().identifier(), day));
    }
    if let Some(date) = slots_of::<PlainYearMonth>(cx, value) {
        let day = day(iso_prefix(&date.to_ixdtf_string(DisplayCalendar::Always)).ok()?);
        return Some(TemporalValue::YearMonth(date.calendar().identifier(), day));
    }
    if let Some(date) = slots_of::<PlainMonthDay>(cx, value) {
        let day = day((date.iso.year, date.iso.month, date.iso.day));
        return Some(TemporalValue::MonthDay(date.calendar().identifier(), day));
    }
    if let Some(time) = slots_of::<PlainTime>(cx, value) {
        return Some(TemporalValue::Time(milliseconds(&time)));
    }
    let date = slots_of::<PlainDateTime>(cx, value)?;
    let day = day((date.iso_year(), date.iso_month(), date.iso_day()));
    Some(TemporalValue::DateTime(date.calendar().identifier(), day, milliseconds(&date.to_plain_time())))
}

/// The identifier of the local time zone.
pub(in crate::builtins) fn local_zone_identifier() -> String {
    local_zone().identifier().unwrap_or_else(|_| "UTC".into())
}

/// `toLocaleString` of every type but `Temporal.Duration`.
pub(super) fn to_locale_string<'s, T: Slots>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    this::<T>(cx, args)?;
    crate::builtins::intl::temporal_text(cx, args)
}
