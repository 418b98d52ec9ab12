//! Calendars, time zones, and the conversions that several types need.

use alloc::string::String;

use temporal_rs::{
    Calendar, Duration, PlainDate, PlainDateTime, PlainMonthDay, PlainTime, PlainYearMonth, TimeZone, UtcOffset,
    ZonedDateTime,
};

use super::fields::{read_duration_fields, read_time_fields};
use super::options::overflow_of;
use super::slots::slots_of;
use super::{check, text};
use crate::cx::{Cx, Object, Value};
use crate::n;
use crate::ops::Hint;
use crate::throw::JsResult;

/// The calendar of an object that has one.
fn calendar_of<'s>(cx: &Cx<'s>, value: Value<'s>) -> Option<Calendar> {
    slots_of::<PlainDate>(cx, value)
        .map(|date| date.calendar().clone())
        .or_else(|| slots_of::<PlainDateTime>(cx, value).map(|date| date.calendar().clone()))
        .or_else(|| slots_of::<PlainMonthDay>(cx, value).map(|date| date.calendar().clone()))
        .or_else(|| slots_of::<PlainYearMonth>(cx, value).map(|date| date.calendar().clone()))
        .or_else(|| slots_of::<ZonedDateTime>(cx, value).map(|date| date.calendar().clone()))
}

/// ToTemporalCalendarIdentifier
pub(super) fn to_calendar<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Calendar> {
    if let Some(calendar) = calendar_of(cx, value) {
        return Ok(calendar);
    }
    if !cx.peek(value).is_string() {
        return Err(cx.throw_type_error("a calendar is a string or an object that has one"));
    }
    let text = text_with_calendar(cx, value)?;
    check(cx, text.parse())
}

/// The calendar that a constructor is given: nothing, or its name alone.
pub(super) fn calendar_argument<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Calendar> {
    if cx.is_undefined(value) {
        return Ok(Calendar::ISO);
    }
    if !cx.peek(value).is_string() {
        return Err(cx.throw_type_error("a calendar is given by its name"));
    }
    let text = text_with_calendar(cx, value)?;
    check(cx, Calendar::try_from_utf8(text.as_bytes()))
}

/// The contents of a string that is the name of a calendar, or may end with one. The library knows a calendar `islamic`, which is not one
/// here: only formatting falls back to another for it.
pub(super) fn text_with_calendar<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<String> {
    let text = text(cx, value)?;
    // Of several annotations the first counts.
    let annotated = text.split_once("u-ca=").and_then(|(_, rest)| rest.split_once(']'));
    let name = annotated.map_or(text.as_str(), |(name, _)| name);
    if name.eq_ignore_ascii_case("islamic") {
        return Err(cx.throw_range_error("there are several calendars of that name"));
    }
    Ok(text)
}

/// GetTemporalCalendarIdentifierWithISODefault
pub(super) fn calendar_with_iso_default<'s>(cx: &mut Cx<'s>, item: Object<'s>) -> JsResult<Calendar> {
    if let Some(calendar) = calendar_of(cx, item.cast()) {
        return Ok(calendar);
    }
    let calendar = cx.get(item, n!("calendar"))?;
    if cx.is_undefined(calendar) {
        return Ok(Calendar::ISO);
    }
    to_calendar(cx, calendar)
}

/// ToTemporalTimeZoneIdentifier
pub(super) fn to_temporal_time_zone<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<TimeZone> {
    if let Some(zoned) = slots_of::<ZonedDateTime>(cx, value) {
        return Ok(*zoned.time_zone());
    }
    if !cx.peek(value).is_string() {
        return Err(cx.throw_type_error("a time zone is a string or a Temporal.ZonedDateTime"));
    }
    let text = text(cx, value)?;
    check(cx, TimeZone::try_from_str(&text))
}

/// ToOffsetString, read.
pub(super) fn to_offset<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<UtcOffset> {
    let value = cx.to_primitive(value, Hint::String)?;
    if !cx.peek(value).is_string() {
        return Err(cx.throw_type_error("an offset is a string"));
    }
    let text = text(cx, value)?;
    check(cx, UtcOffset::from_utf8(text.as_bytes()))
}

/// IsPartialTemporalObject: what `with` takes; a TypeError for anything else.
pub(super) fn partial_object<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Object<'s>> {
    let Some(object) = cx.as_object(value) else { return Err(cx.throw_not_object(value)) };
    if calendar_of(cx, value).is_some() || slots_of::<PlainTime>(cx, value).is_some() {
        return Err(cx.throw_type_error("with takes an object with properties to change"));
    }
    for name in [n!("calendar"), n!("timeZone")] {
        let value = cx.get(object, name)?;
        if !cx.is_undefined(value) {
            return Err(cx.throw_type_error("with changes neither the calendar nor the time zone"));
        }
    }
    Ok(object)
}

/// ToTemporalDuration
pub(in crate::builtins) fn to_temporal_duration<'s>(cx: &mut Cx<'s>, item: Value<'s>) -> JsResult<Duration> {
    if let Some(duration) = slots_of(cx, item) {
        return Ok(duration);
    }
    if let Some(object) = cx.as_object(item) {
        let partial = read_duration_fields(cx, object)?;
        return check(cx, Duration::from_partial_duration(partial));
    }
    if !cx.peek(item).is_string() {
        return Err(cx.throw_type_error("a duration is a string or an object"));
    }
    let text = text(cx, item)?;
    check(cx, Duration::from_utf8(text.as_bytes()))
}

/// ToTemporalTime
pub(super) fn to_temporal_time<'s>(cx: &mut Cx<'s>, item: Value<'s>, options: Value<'s>) -> JsResult<PlainTime> {
    if let Some(object) = cx.as_object(item) {
        let time = slots_of::<PlainTime>(cx, item)
            .or_else(|| slots_of::<PlainDateTime>(cx, item).map(|date| date.to_plain_time()))
            .or_else(|| slots_of::<ZonedDateTime>(cx, item).map(|date| date.to_plain_time()));
        if let Some(time) = time {
            overflow_of(cx, options)?;
            return Ok(time);
        }
        let fields = read_time_fields(cx, object)?;
        let overflow = overflow_of(cx, options)?;
        let partial = fields.partial(cx, overflow)?;
        return check(cx, PlainTime::from_partial(partial, Some(overflow)));
    }
    if !cx.peek(item).is_string() {
        return Err(cx.throw_type_error("a time is a string or an object"));
    }
    let text = text(cx, item)?;
    let time = check(cx, PlainTime::from_utf8(text.as_bytes()))?;
    overflow_of(cx, options)?;
    Ok(time)
}
