//! `Temporal.Instant`.

use temporal_rs::options::{DifferenceSettings, Unit};
use temporal_rs::{Duration, Instant, TemporalResult, ZonedDateTime};

use super::convert::{to_temporal_duration, to_temporal_time_zone};
use super::fields::to_integer_if_integral;
use super::options::{difference_settings, options_object, rounding_options, to_string_options};
use super::plain_date::ordering;
use super::slots::{create, made, slots_of, this};
use super::{check, text};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::Hint;
use crate::throw::JsResult;

pub(in crate::builtins) static INSTANT: Spec = Spec::constructor(
    n!("Instant"),
    1,
    construct,
    &[
        prototype(Intrinsic::TemporalInstantPrototype),
        func(n!("from"), 1, from),
        func(n!("fromEpochMilliseconds"), 1, from_epoch_milliseconds),
        func(n!("fromEpochNanoseconds"), 1, from_epoch_nanoseconds),
        func(n!("compare"), 2, compare),
    ],
);

pub(in crate::builtins) static INSTANT_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalInstant),
        tag(n!("Temporal.Instant")),
        getter(n!("epochMilliseconds"), epoch_milliseconds),
        getter(n!("epochNanoseconds"), epoch_nanoseconds),
        func(n!("add"), 1, add),
        func(n!("subtract"), 1, subtract),
        func(n!("until"), 1, until),
        func(n!("since"), 1, since),
        func(n!("round"), 1, round),
        func(n!("equals"), 1, equals),
        func(n!("toString"), 0, to_string),
        func(n!("toLocaleString"), 0, super::to_locale_string::<Instant>),
        func(n!("toJSON"), 0, super::to_plain_string::<Instant>),
        func(n!("valueOf"), 0, super::value_of),
        func(n!("toZonedDateTimeISO"), 1, to_zoned_date_time_iso),
    ],
);

/// The moment of so many nanoseconds since 1970: ToBigInt, and a RangeError for what is no valid moment.
pub(super) fn of_nanoseconds<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Instant> {
    let big = cx.to_bigint(value)?;
    // Out of range either way.
    let nanoseconds = cx.bigint_as_i128(big).unwrap_or(i128::MAX);
    check(cx, Instant::try_new(nanoseconds))
}

/// The object for a time value that is not NaN: whole milliseconds since 1970 (ECMA-262 §21.4.1.1).
pub(in crate::builtins) fn instant_of_time_value<'s>(cx: &mut Cx<'s>, milliseconds: f64) -> JsResult<Value<'s>> {
    // Saturating: too much stays too much.
    made(cx, Instant::from_epoch_milliseconds(milliseconds as i64))
}

/// ToTemporalInstant
fn to_temporal_instant<'s>(cx: &mut Cx<'s>, item: Value<'s>) -> JsResult<Instant> {
    let moment =
        slots_of::<Instant>(cx, item).or_else(|| slots_of::<ZonedDateTime>(cx, item).map(|zoned| zoned.to_instant()));
    if let Some(moment) = moment {
        return Ok(moment);
    }
    let item = if cx.is_object(item) { cx.to_primitive(item, Hint::String)? } else { item };
    if !cx.peek(item).is_string() {
        return Err(cx.throw_type_error("an instant is a string, a Temporal.Instant or a Temporal.ZonedDateTime"));
    }
    let text = text(cx, item)?;
    check(cx, Instant::from_utf8(text.as_bytes()))
}

/// Temporal.Instant
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = super::new_target(cx, args)?;
    let moment = of_nanoseconds(cx, args.get(0))?;
    create(cx, &moment, new_target)
}

/// Temporal.Instant.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let moment = to_temporal_instant(cx, args.get(0))?;
    create(cx, &moment, None)
}

/// Temporal.Instant.fromEpochMilliseconds
fn from_epoch_milliseconds<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let milliseconds = to_integer_if_integral(cx, args.get(0))?;
    instant_of_time_value(cx, milliseconds)
}

/// Temporal.Instant.fromEpochNanoseconds
fn from_epoch_nanoseconds<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let moment = of_nanoseconds(cx, args.get(0))?;
    create(cx, &moment, None)
}

/// Temporal.Instant.compare
fn compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let one = to_temporal_instant(cx, args.get(0))?;
    let two = to_temporal_instant(cx, args.get(1))?;
    Ok(ordering(one.cmp(&two)))
}

/// get Temporal.Instant.prototype.epochMilliseconds
fn epoch_milliseconds<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let moment: Instant = this(cx, args)?;
    Ok(imm(moment.epoch_milliseconds() as f64))
}

/// get Temporal.Instant.prototype.epochNanoseconds
fn epoch_nanoseconds<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let moment: Instant = this(cx, args)?;
    cx.bigint_from_i128(moment.as_i128())
}

/// AddDurationToInstant
fn moved<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    operation: fn(&Instant, &Duration) -> TemporalResult<Instant>,
) -> JsResult<Value<'s>> {
    let moment = this(cx, args)?;
    let duration = to_temporal_duration(cx, args.get(0))?;
    made(cx, operation(&moment, &duration))
}

/// Temporal.Instant.prototype.add
fn add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    moved(cx, args, Instant::add)
}

/// Temporal.Instant.prototype.subtract
fn subtract<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    moved(cx, args, Instant::subtract)
}

/// DifferenceTemporalInstant
fn difference<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    operation: fn(&Instant, &Instant, DifferenceSettings) -> TemporalResult<Duration>,
) -> JsResult<Value<'s>> {
    let moment = this(cx, args)?;
    let other = to_temporal_instant(cx, args.get(0))?;
    let settings = difference_settings(cx, args.get(1))?;
    made(cx, operation(&moment, &other, settings))
}

/// Temporal.Instant.prototype.until
fn until<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    difference(cx, args, Instant::until)
}

/// Temporal.Instant.prototype.since
fn since<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    difference(cx, args, Instant::since)
}

/// Temporal.Instant.prototype.round
fn round<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let moment: Instant = this(cx, args)?;
    let options = rounding_options(cx, args.get(0))?;
    made(cx, moment.round(options))
}

/// Temporal.Instant.prototype.equals
fn equals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let moment: Instant = this(cx, args)?;
    let other = to_temporal_instant(cx, args.get(0))?;
    Ok(imm(moment == other))
}

/// Temporal.Instant.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let moment: Instant = this(cx, args)?;
    let object = options_object(cx, args.get(0))?;
    let options = to_string_options(cx, object)?;
    let zone = match object {
        Some(object) => cx.get(object, n!("timeZone"))?,
        None => UNDEFINED,
    };
    if options.smallest_unit.is_some_and(|unit| unit == Unit::Hour || !unit.is_time_unit()) {
        return Err(cx.throw_range_error("smallestUnit is neither a minute nor smaller"));
    }
    let zone = if cx.is_undefined(zone) { None } else { Some(to_temporal_time_zone(cx, zone)?) };
    let text = check(cx, moment.to_ixdtf_string(zone, options))?;
    super::string(cx, &text)
}

/// Temporal.Instant.prototype.toZonedDateTimeISO
fn to_zoned_date_time_iso<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let moment: Instant = this(cx, args)?;
    let zone = to_temporal_time_zone(cx, args.get(0))?;
    made(cx, moment.to_zoned_date_time_iso(zone))
}
