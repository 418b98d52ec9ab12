//! What would take the library too long.

use temporal_rs::options::{DifferenceSettings, RelativeTo, Unit};
use temporal_rs::unix_time::EpochNanoseconds;
use temporal_rs::{Calendar, Duration};

use crate::cx::Cx;
use crate::throw::JsResult;

/// The most days that are counted in months of a lunisolar calendar of East Asia: four thousand years. The time that the library takes grows
/// with the square; all that there is would take many minutes.
const MOST_DAYS_IN_MONTHS: f64 = 4000.0 * 365.25;

/// Refuses to count so many days in months of a calendar where this would take too long.
///
/// # Errors
/// A RangeError for more than a few thousand years in the Chinese or the Dangi calendar.
fn check_months<'s>(cx: &mut Cx<'s>, calendar: &Calendar, days: f64) -> JsResult<()> {
    if days.abs() > MOST_DAYS_IN_MONTHS && matches!(calendar.identifier(), "chinese" | "dangi") {
        return Err(cx.throw_range_error("too long to be counted in months of this calendar"));
    }
    Ok(())
}

/// [`check_months`] for the difference of two dates. `default` is the largest unit without options.
pub(super) fn check_difference<'s>(
    cx: &mut Cx<'s>,
    calendar: &Calendar,
    settings: &DifferenceSettings,
    default: Unit,
    [from, to]: [EpochNanoseconds; 2],
) -> JsResult<()> {
    let largest = match settings.largest_unit {
        Some(unit) if unit != Unit::Auto => unit,
        _ => settings.smallest_unit.map_or(default, |smallest| smallest.max(default)),
    };
    if largest != Unit::Month {
        return Ok(());
    }
    check_months(cx, calendar, (to.as_i128() - from.as_i128()) as f64 / 86_400e9)
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
