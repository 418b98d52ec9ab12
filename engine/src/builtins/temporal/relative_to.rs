//! What durations are relative to.

use temporal_rs::options::{Disambiguation, OffsetDisambiguation, Overflow, RelativeTo};
use temporal_rs::partial::{PartialDate, PartialZonedDateTime};
use temporal_rs::provider::COMPILED_TZ_PROVIDER;
use temporal_rs::{Calendar, Duration, PlainDate, PlainDateTime, ZonedDateTime};

use super::check;
use super::convert::{calendar_with_iso_default, text_with_calendar};
use super::fields::{Wanted, read_fields};
use super::slots::slots_of;
use crate::cx::{Cx, Object, Value};
use crate::n;
use crate::throw::JsResult;

/// GetTemporalRelativeToOption
pub(super) fn relative_to<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<Option<RelativeTo>> {
    let Some(options) = options else { return Ok(None) };
    let value = cx.get(options, n!("relativeTo"))?;
    if cx.is_undefined(value) {
        return Ok(None);
    }
    if let Some(object) = cx.as_object(value) {
        return match of_object(cx, value) {
            Some(relative_to) => Ok(Some(relative_to)),
            None => of_fields(cx, object).map(Some),
        };
    }
    if !cx.peek(value).is_string() {
        return Err(cx.throw_type_error("relativeTo is neither a string nor an object"));
    }
    let text = text_with_calendar(cx, value)?;
    check(cx, RelativeTo::try_from_str_with_provider(&text, &*COMPILED_TZ_PROVIDER)).map(Some)
}

/// An object of `Temporal` that has a date.
fn of_object<'s>(cx: &Cx<'s>, value: Value<'s>) -> Option<RelativeTo> {
    slots_of::<ZonedDateTime>(cx, value)
        .map(RelativeTo::ZonedDateTime)
        .or_else(|| slots_of(cx, value).map(RelativeTo::PlainDate))
        .or_else(|| slots_of::<PlainDateTime>(cx, value).map(|date| RelativeTo::PlainDate(date.to_plain_date())))
}

/// A property bag, which means a moment if it has a time zone, otherwise a date.
fn of_fields<'s>(cx: &mut Cx<'s>, object: Object<'s>) -> JsResult<RelativeTo> {
    let calendar = calendar_with_iso_default(cx, object)?;
    let wanted = Wanted { year: true, month: true, day: true, time: true, offset: true, time_zone: true };
    let fields = read_fields(cx, object, &calendar, wanted, false)?;
    let overflow = Overflow::Constrain;
    let Some(time_zone) = fields.time_zone else {
        let date = PartialDate { calendar_fields: fields.calendar_fields, calendar };
        return check(cx, PlainDate::from_partial(date, Some(overflow))).map(RelativeTo::PlainDate);
    };
    let mut moment = PartialZonedDateTime::new()
        .with_calendar_fields(fields.calendar_fields)
        .with_time(fields.time.partial(cx, overflow)?)
        .with_timezone(Some(time_zone));
    moment.fields.offset = fields.offset;
    moment.calendar = calendar;
    let (disambiguation, offset) = (Disambiguation::Compatible, OffsetDisambiguation::Reject);
    let zoned = ZonedDateTime::from_partial(moment, Some(overflow), Some(disambiguation), Some(offset));
    check(cx, zoned).map(RelativeTo::ZonedDateTime)
}

/// The most days between dates that the library counts in months of a lunisolar calendar of East Asia: four thousand years. The time
/// it takes grows with the square; all that there is would take many minutes.
const MOST_DAYS_IN_MONTHS: f64 = 4000.0 * 365.25;

/// Refuses to count so many days in months of a calendar where this would take too long.
///
/// # Errors
/// A RangeError for more than a few thousand years in the Chinese or the Dangi calendar.
pub(super) fn check_months<'s>(cx: &mut Cx<'s>, calendar: &Calendar, days: f64) -> JsResult<()> {
    if days.abs() > MOST_DAYS_IN_MONTHS && matches!(calendar.identifier(), "chinese" | "dangi") {
        return Err(cx.throw_range_error("too long to be counted in months of this calendar"));
    }
    Ok(())
}

/// [`check_months`] for a duration from some date on.
pub(super) fn check_months_of<'s>(cx: &mut Cx<'s>, duration: &Duration, from: Option<&RelativeTo>) -> JsResult<()> {
    let calendar = match from {
        Some(RelativeTo::PlainDate(date)) => date.calendar(),
        Some(RelativeTo::ZonedDateTime(zoned)) => zoned.calendar(),
        None => return Ok(()),
    };
    // At least as many as there are.
    let days = 385.0 * duration.years() as f64
        + 30.0 * duration.months() as f64
        + 7.0 * duration.weeks() as f64
        + duration.days() as f64;
    let seconds = 3600.0 * duration.hours() as f64
        + 60.0 * duration.minutes() as f64
        + duration.seconds() as f64
        + duration.milliseconds() as f64 / 1e3
        + duration.microseconds() as f64 / 1e6
        + duration.nanoseconds() as f64 / 1e9;
    check_months(cx, calendar, days + seconds / 86_400.0)
}
