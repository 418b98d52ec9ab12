//! `Temporal.PlainTime`.

use temporal_rs::options::{DifferenceSettings, Unit};
use temporal_rs::{Duration, PlainTime, TemporalResult};

use super::convert::{partial_object, to_temporal_duration, to_temporal_time};
use super::fields::{read_time_fields, to_integer_with_truncation};
use super::options::{difference_settings, options_object, overflow_of, rounding_options, to_string_options};
use super::plain_date::ordering;
use super::slots::{create, made, this};
use super::{check, string};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static PLAINTIME: Spec = Spec::constructor(
    n!("PlainTime"),
    0,
    construct,
    &[prototype(Intrinsic::TemporalPlainTimePrototype), func(n!("compare"), 2, compare), func(n!("from"), 1, from)],
);

pub(in crate::builtins) static PLAINTIME_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalPlainTime),
        getter(n!("hour"), |cx, args| part(cx, args, |time| time.hour().into())),
        getter(n!("minute"), |cx, args| part(cx, args, |time| time.minute().into())),
        getter(n!("second"), |cx, args| part(cx, args, |time| time.second().into())),
        getter(n!("millisecond"), |cx, args| part(cx, args, |time| time.millisecond().into())),
        getter(n!("microsecond"), |cx, args| part(cx, args, |time| time.microsecond().into())),
        getter(n!("nanosecond"), |cx, args| part(cx, args, |time| time.nanosecond().into())),
        func(n!("add"), 1, |cx, args| move_by(cx, args, PlainTime::add)),
        func(n!("subtract"), 1, |cx, args| move_by(cx, args, PlainTime::subtract)),
        func(n!("with"), 1, with),
        func(n!("until"), 1, |cx, args| difference(cx, args, PlainTime::until)),
        func(n!("since"), 1, |cx, args| difference(cx, args, PlainTime::since)),
        func(n!("round"), 1, round),
        func(n!("equals"), 1, equals),
        func(n!("toString"), 0, to_string),
        func(n!("toLocaleString"), 0, super::to_locale_string::<PlainTime>),
        func(n!("toJSON"), 0, super::to_plain_string::<PlainTime>),
        func(n!("valueOf"), 0, super::value_of),
        tag(n!("Temporal.PlainTime")),
    ],
);

/// The arguments of a constructor from `first` on that are a time, hour first; zero where there are none.
pub(super) fn time_arguments<'s>(cx: &mut Cx<'s>, args: &Args<'s>, first: u32) -> JsResult<[f64; 6]> {
    let mut parts = [0.0; 6];
    for (i, part) in (first..).zip(&mut parts) {
        let value = args.get(i);
        if !cx.is_undefined(value) {
            *part = to_integer_with_truncation(cx, value)?;
        }
    }
    Ok(parts)
}

/// The time that the arguments of a constructor say, if there is such a time.
pub(super) fn valid_time(cx: &mut Cx<'_>, parts: [f64; 6]) -> JsResult<PlainTime> {
    if parts.iter().any(|&part| part < 0.0) {
        return Err(cx.throw_range_error("the time is out of range"));
    }
    // Saturating: too much stays too much.
    let [hour, minute, second, millisecond, microsecond, nanosecond] = parts;
    let result = PlainTime::try_new(
        hour as u8,
        minute as u8,
        second as u8,
        millisecond as u16,
        microsecond as u16,
        nanosecond as u16,
    );
    check(cx, result)
}

/// ToTemporalTime for what may be left out.
pub(super) fn time_or_none<'s>(cx: &mut Cx<'s>, item: Value<'s>) -> JsResult<Option<PlainTime>> {
    if cx.is_undefined(item) { Ok(None) } else { to_temporal_time(cx, item, UNDEFINED).map(Some) }
}

/// Temporal.PlainTime
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = super::new_target(cx, args)?;
    let parts = time_arguments(cx, args, 0)?;
    let time = valid_time(cx, parts)?;
    create(cx, &time, new_target)
}

/// Temporal.PlainTime.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let time = to_temporal_time(cx, args.get(0), args.get(1))?;
    create(cx, &time, None)
}

/// Temporal.PlainTime.compare
fn compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let one = to_temporal_time(cx, args.get(0), UNDEFINED)?;
    let two = to_temporal_time(cx, args.get(1), UNDEFINED)?;
    Ok(ordering(one.cmp(&two)))
}

/// get Temporal.PlainTime.prototype.hour and the other parts
fn part<'s>(cx: &mut Cx<'s>, args: &Args<'s>, get: fn(PlainTime) -> i32) -> JsResult<Value<'s>> {
    let time = this::<PlainTime>(cx, args)?;
    Ok(imm(get(time)))
}

/// Temporal.PlainTime.prototype.add, Temporal.PlainTime.prototype.subtract
fn move_by<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    by: fn(&PlainTime, &Duration) -> TemporalResult<PlainTime>,
) -> JsResult<Value<'s>> {
    let time = this::<PlainTime>(cx, args)?;
    let duration = to_temporal_duration(cx, args.get(0))?;
    made(cx, by(&time, &duration))
}

/// Temporal.PlainTime.prototype.with
fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let time = this::<PlainTime>(cx, args)?;
    let object = partial_object(cx, args.get(0))?;
    let fields = read_time_fields(cx, object)?;
    let overflow = overflow_of(cx, args.get(1))?;
    let partial = fields.partial(cx, overflow)?;
    made(cx, time.with(partial, Some(overflow)))
}

/// Temporal.PlainTime.prototype.until, Temporal.PlainTime.prototype.since
fn difference<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    between: fn(&PlainTime, &PlainTime, DifferenceSettings) -> TemporalResult<Duration>,
) -> JsResult<Value<'s>> {
    let time = this::<PlainTime>(cx, args)?;
    let other = to_temporal_time(cx, args.get(0), UNDEFINED)?;
    let settings = difference_settings(cx, args.get(1))?;
    made(cx, between(&time, &other, settings))
}

/// Temporal.PlainTime.prototype.round
fn round<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let time = this::<PlainTime>(cx, args)?;
    let options = rounding_options(cx, args.get(0))?;
    if options.smallest_unit == Some(Unit::Auto) {
        // The library takes it for granted that it never sees this one.
        return Err(cx.throw_range_error("smallestUnit has to be a unit of time"));
    }
    made(cx, time.round(options))
}

/// Temporal.PlainTime.prototype.equals
fn equals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let time = this::<PlainTime>(cx, args)?;
    let other = to_temporal_time(cx, args.get(0), UNDEFINED)?;
    Ok(imm(time == other))
}

/// Temporal.PlainTime.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let time = this::<PlainTime>(cx, args)?;
    let options = options_object(cx, args.get(0))?;
    let rounding = to_string_options(cx, options)?;
    let text = check(cx, time.to_ixdtf_string(rounding))?;
    string(cx, &text)
}
