//! Reading property bags.

use rotifer_jsvalue::StaticName;
use temporal_rs::fields::CalendarFields;
use temporal_rs::options::Overflow;
use temporal_rs::partial::{PartialDuration, PartialTime};
use temporal_rs::{Calendar, MonthCode, TimeZone, UtcOffset};

use super::convert::{to_offset, to_temporal_time_zone};
use super::{check, text};
use crate::cx::{Cx, Object, Value};
use crate::n;
use crate::ops::Hint;
use crate::throw::JsResult;

/// Which fields are read (the lists of names that PrepareCalendarFields gets).
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// `year`, and with a calendar that has eras, `era` and `eraYear`.
    pub year: bool,
    /// `month` and `monthCode`.
    pub month: bool,
    pub day: bool,
    /// `hour` to `nanosecond`.
    pub time: bool,
    pub offset: bool,
    pub time_zone: Zone,
}

impl Wanted {
    /// None of them.
    pub const NOTHING: Self =
        Wanted { year: false, month: false, day: false, time: false, offset: false, time_zone: Zone::No };
}

/// Whether `timeZone` is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    No,
    Optional,
    /// It is, and has to be there.
    Required,
}

/// The fields that were there.
#[derive(Default)]
pub(super) struct Fields {
    pub calendar_fields: CalendarFields,
    pub time: TimeFields,
    pub offset: Option<UtcOffset>,
    pub time_zone: Option<TimeZone>,
}

/// The fields of a time as they were written, in or out of their ranges: hour, minute, second, millisecond, microsecond, nanosecond.
#[derive(Clone, Copy, Default)]
pub(super) struct TimeFields([Option<f64>; 6]);

impl TimeFields {
    /// As the library takes them. What is negative is too low for it even to say so.
    pub fn partial<'s>(self, cx: &mut Cx<'s>, overflow: Overflow) -> JsResult<PartialTime> {
        if matches!(overflow, Overflow::Reject) && self.0.iter().flatten().any(|&part| part < 0.0) {
            return Err(cx.throw_range_error("the time is out of range"));
        }
        // Saturating: too much stays too much.
        let [hour, minute, second, millisecond, microsecond, nanosecond] = self.0;
        Ok(PartialTime::new()
            .with_hour(hour.map(|part| part as u8))
            .with_minute(minute.map(|part| part as u8))
            .with_second(second.map(|part| part as u8))
            .with_millisecond(millisecond.map(|part| part as u16))
            .with_microsecond(microsecond.map(|part| part as u16))
            .with_nanosecond(nanosecond.map(|part| part as u16)))
    }
}

/// ToIntegerWithTruncation
pub(super) fn to_integer_with_truncation<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<f64> {
    let number = cx.to_number(value)?;
    if !number.is_finite() {
        return Err(cx.throw_range_error("not a finite number"));
    }
    // Without a negative zero.
    Ok(number.trunc() + 0.0)
}

/// ToPositiveIntegerWithTruncation
pub(super) fn to_positive_integer<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<f64> {
    let integer = to_integer_with_truncation(cx, value)?;
    if integer <= 0.0 {
        return Err(cx.throw_range_error("not a positive number"));
    }
    Ok(integer)
}

/// ToIntegerIfIntegral
pub(super) fn to_integer_if_integral<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<f64> {
    let number = cx.to_number(value)?;
    if !number.is_finite() || number.trunc() != number {
        return Err(cx.throw_range_error("not an integer"));
    }
    Ok(number + 0.0)
}

/// The value of a field, unless it is undefined.
fn field<'s>(cx: &mut Cx<'s>, object: Object<'s>, name: StaticName, any: &mut bool) -> JsResult<Option<Value<'s>>> {
    let value = cx.get(object, name)?;
    if cx.is_undefined(value) {
        return Ok(None);
    }
    *any = true;
    Ok(Some(value))
}

fn integer<'s>(cx: &mut Cx<'s>, object: Object<'s>, name: StaticName, any: &mut bool) -> JsResult<Option<f64>> {
    match field(cx, object, name, any)? {
        Some(value) => to_integer_with_truncation(cx, value).map(Some),
        None => Ok(None),
    }
}

fn positive<'s>(cx: &mut Cx<'s>, object: Object<'s>, name: StaticName, any: &mut bool) -> JsResult<Option<u8>> {
    match field(cx, object, name, any)? {
        // Saturating: too much stays too much.
        Some(value) => to_positive_integer(cx, value).map(|number| Some(number as u8)),
        None => Ok(None),
    }
}

/// ToMonthCode
fn month_code<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<MonthCode> {
    let value = cx.to_primitive(value, Hint::String)?;
    if !cx.peek(value).is_string() {
        return Err(cx.throw_type_error("monthCode is not a string"));
    }
    let code = text(cx, value)?;
    check(cx, MonthCode::try_from_utf8(code.as_bytes()))
}

/// Whether a calendar has eras (CalendarSupportsEra).
fn has_eras(calendar: &Calendar) -> bool {
    !matches!(calendar.identifier(), "iso8601" | "chinese" | "dangi")
}

/// PrepareCalendarFields, but for the check that what is required is there, which is for the library except for `timeZone`.
///
/// # Errors
/// What reading them throws. With `partial`, a TypeError when there is none.
pub(super) fn read_fields<'s>(
    cx: &mut Cx<'s>,
    object: Object<'s>,
    calendar: &Calendar,
    wanted: Wanted,
    partial: bool,
) -> JsResult<Fields> {
    let mut fields = Fields::default();
    let mut any = false;
    let eras = wanted.year && has_eras(calendar);
    if wanted.day {
        fields.calendar_fields.day = positive(cx, object, n!("day"), &mut any)?;
    }
    if eras {
        if let Some(value) = field(cx, object, n!("era"), &mut any)? {
            let value = cx.to_string(value)?;
            let era = text(cx, value.cast())?;
            let Ok(era) = era.parse() else { return Err(cx.throw_range_error("no such era")) };
            fields.calendar_fields.era = Some(era);
        }
        fields.calendar_fields.era_year = integer(cx, object, n!("eraYear"), &mut any)?.map(|year| year as i32);
    }
    let mut time = TimeFields::default();
    let [hour, minute, second, millisecond, microsecond, nanosecond] = &mut time.0;
    if wanted.time {
        *hour = integer(cx, object, n!("hour"), &mut any)?;
        *microsecond = integer(cx, object, n!("microsecond"), &mut any)?;
        *millisecond = integer(cx, object, n!("millisecond"), &mut any)?;
        *minute = integer(cx, object, n!("minute"), &mut any)?;
    }
    if wanted.month {
        fields.calendar_fields.month = positive(cx, object, n!("month"), &mut any)?;
        if let Some(value) = field(cx, object, n!("monthCode"), &mut any)? {
            fields.calendar_fields.month_code = Some(month_code(cx, value)?);
        }
    }
    if wanted.time {
        *nanosecond = integer(cx, object, n!("nanosecond"), &mut any)?;
    }
    if wanted.offset
        && let Some(value) = field(cx, object, n!("offset"), &mut any)?
    {
        fields.offset = Some(to_offset(cx, value)?);
    }
    if wanted.time {
        *second = integer(cx, object, n!("second"), &mut any)?;
    }
    fields.time = time;
    if wanted.time_zone != Zone::No {
        match field(cx, object, n!("timeZone"), &mut any)? {
            Some(value) => fields.time_zone = Some(to_temporal_time_zone(cx, value)?),
            None if wanted.time_zone == Zone::Required => return Err(cx.throw_type_error("timeZone is missing")),
            None => {}
        }
    }
    if wanted.year {
        fields.calendar_fields.year = integer(cx, object, n!("year"), &mut any)?.map(|year| year as i32);
    }
    if partial && !any {
        return Err(cx.throw_type_error("the object has none of the properties that matter"));
    }
    Ok(fields)
}

/// ToTemporalTimeRecord
///
/// # Errors
/// What reading them throws; a TypeError when there is none.
pub(super) fn read_time_fields<'s>(cx: &mut Cx<'s>, object: Object<'s>) -> JsResult<TimeFields> {
    let wanted = Wanted { time: true, ..Wanted::NOTHING };
    Ok(read_fields(cx, object, &Calendar::ISO, wanted, true)?.time)
}

/// ToTemporalPartialDurationRecord
///
/// # Errors
/// What reading them throws; a TypeError when there is none.
pub(super) fn read_duration_fields<'s>(cx: &mut Cx<'s>, object: Object<'s>) -> JsResult<PartialDuration> {
    let mut any = false;
    let mut read = |cx: &mut Cx<'s>, name| match field(cx, object, name, &mut any)? {
        Some(value) => to_integer_if_integral(cx, value).map(Some),
        None => Ok(None),
    };
    let days = read(cx, n!("days"))?;
    let hours = read(cx, n!("hours"))?;
    let microseconds = read(cx, n!("microseconds"))?;
    let milliseconds = read(cx, n!("milliseconds"))?;
    let minutes = read(cx, n!("minutes"))?;
    let months = read(cx, n!("months"))?;
    let nanoseconds = read(cx, n!("nanoseconds"))?;
    let seconds = read(cx, n!("seconds"))?;
    let weeks = read(cx, n!("weeks"))?;
    let years = read(cx, n!("years"))?;
    if !any {
        return Err(cx.throw_type_error("the object has no property of a duration"));
    }
    // Saturating: too much stays too much.
    let long = |part: Option<f64>| part.map(|part| part as i64);
    let longer = |part: Option<f64>| part.map(|part| part as i128);
    let mut partial = PartialDuration::empty();
    partial.years = long(years);
    partial.months = long(months);
    partial.weeks = long(weeks);
    partial.days = long(days);
    partial.hours = long(hours);
    partial.minutes = long(minutes);
    partial.seconds = long(seconds);
    partial.milliseconds = long(milliseconds);
    partial.microseconds = longer(microseconds);
    partial.nanoseconds = longer(nanoseconds);
    Ok(partial)
}
