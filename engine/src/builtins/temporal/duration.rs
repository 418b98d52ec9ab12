//! `Temporal.Duration`.

use temporal_rs::options::{RoundingOptions, Unit};
use temporal_rs::{Duration, TemporalResult};

use super::bounds::check_months_of;
use super::check;
use super::convert::to_temporal_duration;
use super::fields::{read_duration_fields, to_integer_if_integral};
use super::options::{options_object, rounding_increment, rounding_mode, to_string_options, unit, unit_text};
use super::plain_date::ordering;
use super::relative_to::relative_to;
use super::slots::{create, made, this};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static DURATION: Spec = Spec::constructor(
    n!("Duration"),
    0,
    construct,
    &[prototype(Intrinsic::TemporalDurationPrototype), func(n!("from"), 1, from), func(n!("compare"), 2, compare)],
);

pub(in crate::builtins) static DURATION_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalDuration),
        tag(n!("Temporal.Duration")),
        getter(n!("years"), |cx, args| part(cx, args, |duration| duration.years() as f64)),
        getter(n!("months"), |cx, args| part(cx, args, |duration| duration.months() as f64)),
        getter(n!("weeks"), |cx, args| part(cx, args, |duration| duration.weeks() as f64)),
        getter(n!("days"), |cx, args| part(cx, args, |duration| duration.days() as f64)),
        getter(n!("hours"), |cx, args| part(cx, args, |duration| duration.hours() as f64)),
        getter(n!("minutes"), |cx, args| part(cx, args, |duration| duration.minutes() as f64)),
        getter(n!("seconds"), |cx, args| part(cx, args, |duration| duration.seconds() as f64)),
        getter(n!("milliseconds"), |cx, args| part(cx, args, |duration| duration.milliseconds() as f64)),
        getter(n!("microseconds"), |cx, args| part(cx, args, |duration| duration.microseconds() as f64)),
        getter(n!("nanoseconds"), |cx, args| part(cx, args, |duration| duration.nanoseconds() as f64)),
        getter(n!("sign"), |cx, args| part(cx, args, |duration| f64::from(duration.sign() as i8))),
        getter(n!("blank"), blank),
        func(n!("with"), 1, with),
        func(n!("negated"), 0, negated),
        func(n!("abs"), 0, abs),
        func(n!("add"), 1, add),
        func(n!("subtract"), 1, subtract),
        func(n!("round"), 1, round),
        func(n!("total"), 1, total),
        func(n!("toString"), 0, to_string),
        func(n!("toJSON"), 0, super::to_plain_string::<Duration>),
        func(n!("toLocaleString"), 0, to_locale_string),
        func(n!("valueOf"), 0, super::value_of),
    ],
);

/// Temporal.Duration
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = super::new_target(cx, args)?;
    let mut parts = [0.0; 10];
    for (part, value) in parts.iter_mut().zip(args.iter()) {
        if !cx.is_undefined(value) {
            *part = to_integer_if_integral(cx, value)?;
        }
    }
    // Saturating: too much stays too much.
    let [years, months, weeks, days, hours, minutes, seconds, milliseconds, _, _] = parts.map(|part| part as i64);
    let [.., microseconds, nanoseconds] = parts.map(|part| part as i128);
    let duration =
        Duration::new(years, months, weeks, days, hours, minutes, seconds, milliseconds, microseconds, nanoseconds);
    let duration = check(cx, duration)?;
    create(cx, &duration, new_target)
}

/// Temporal.Duration.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let duration = to_temporal_duration(cx, args.get(0))?;
    create(cx, &duration, None)
}

/// Temporal.Duration.compare
fn compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let one = to_temporal_duration(cx, args.get(0))?;
    let two = to_temporal_duration(cx, args.get(1))?;
    let options = options_object(cx, args.get(2))?;
    let relative_to = relative_to(cx, options)?;
    let order = check(cx, one.compare(&two, relative_to))?;
    Ok(ordering(order))
}

/// The getters of numbers.
fn part<'s>(cx: &mut Cx<'s>, args: &Args<'s>, part: fn(&Duration) -> f64) -> JsResult<Value<'s>> {
    let duration = this(cx, args)?;
    Ok(imm(part(&duration)))
}

/// get Temporal.Duration.prototype.blank
fn blank<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let duration: Duration = this(cx, args)?;
    Ok(imm(duration.is_zero()))
}

/// Temporal.Duration.prototype.with
fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let duration: Duration = this(cx, args)?;
    let Some(object) = cx.as_object(args.get(0)) else { return Err(cx.throw_not_object(args.get(0))) };
    let parts = read_duration_fields(cx, object)?;
    let changed = Duration::new(
        parts.years.unwrap_or(duration.years()),
        parts.months.unwrap_or(duration.months()),
        parts.weeks.unwrap_or(duration.weeks()),
        parts.days.unwrap_or(duration.days()),
        parts.hours.unwrap_or(duration.hours()),
        parts.minutes.unwrap_or(duration.minutes()),
        parts.seconds.unwrap_or(duration.seconds()),
        parts.milliseconds.unwrap_or(duration.milliseconds()),
        parts.microseconds.unwrap_or(duration.microseconds()),
        parts.nanoseconds.unwrap_or(duration.nanoseconds()),
    );
    made(cx, changed)
}

/// Temporal.Duration.prototype.negated
fn negated<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let duration: Duration = this(cx, args)?;
    create(cx, &duration.negated(), None)
}

/// Temporal.Duration.prototype.abs
fn abs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let duration: Duration = this(cx, args)?;
    create(cx, &duration.abs(), None)
}

/// AddDurations
fn sum<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    operation: fn(&Duration, &Duration) -> TemporalResult<Duration>,
) -> JsResult<Value<'s>> {
    let duration = this(cx, args)?;
    let other = to_temporal_duration(cx, args.get(0))?;
    made(cx, operation(&duration, &other))
}

/// Temporal.Duration.prototype.add
fn add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    sum(cx, args, Duration::add)
}

/// Temporal.Duration.prototype.subtract
fn subtract<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    sum(cx, args, Duration::subtract)
}

/// Temporal.Duration.prototype.round
fn round<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let duration: Duration = this(cx, args)?;
    let round_to = args.get(0);
    if cx.is_undefined(round_to) {
        return Err(cx.throw_type_error("round needs options, or a unit"));
    }
    let mut rounding = RoundingOptions::default();
    rounding.largest_unit = None;
    if cx.peek(round_to).is_string() {
        rounding.smallest_unit = Some(unit_text(cx, round_to)?);
        return made(cx, duration.round(rounding, None));
    }
    let options = options_object(cx, round_to)?;
    rounding.largest_unit = unit(cx, options, n!("largestUnit"))?;
    let relative_to = relative_to(cx, options)?;
    rounding.increment = rounding_increment(cx, options)?;
    rounding.rounding_mode = rounding_mode(cx, options)?;
    rounding.smallest_unit = unit(cx, options, n!("smallestUnit"))?;
    let in_months = match rounding.largest_unit {
        None | Some(Unit::Auto) => {
            duration.years() == 0 && (duration.months() != 0 || rounding.smallest_unit == Some(Unit::Month))
        }
        Some(unit) => unit == Unit::Month,
    };
    if in_months {
        check_months_of(cx, &duration, relative_to.as_ref())?;
    }
    made(cx, duration.round(rounding, relative_to))
}

/// Temporal.Duration.prototype.total
fn total<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let duration: Duration = this(cx, args)?;
    let total_of = args.get(0);
    if cx.is_undefined(total_of) {
        return Err(cx.throw_type_error("total needs options, or a unit"));
    }
    let (relative_to, unit) = if cx.peek(total_of).is_string() {
        (None, Some(unit_text(cx, total_of)?))
    } else {
        let options = options_object(cx, total_of)?;
        (relative_to(cx, options)?, unit(cx, options, n!("unit"))?)
    };
    let Some(unit) = unit.filter(|&unit| unit != Unit::Auto) else {
        return Err(cx.throw_range_error("total needs a unit"));
    };
    if unit == Unit::Month {
        check_months_of(cx, &duration, relative_to.as_ref())?;
    }
    let total = check(cx, duration.total(unit, relative_to))?;
    Ok(imm(total.as_inner()))
}

/// Temporal.Duration.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let duration: Duration = this(cx, args)?;
    let options = options_object(cx, args.get(0))?;
    let options = to_string_options(cx, options)?;
    let text = check(cx, duration.as_temporal_string(options))?;
    super::string(cx, &text)
}

/// Temporal.Duration.prototype.toLocaleString; without `Intl` as `toString`.
fn to_locale_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    #[cfg(feature = "intl")]
    {
        let duration: Duration = this(cx, args)?;
        crate::builtins::intl::duration_to_locale_string(cx, &duration, args)
    }
    #[cfg(not(feature = "intl"))]
    super::to_plain_string::<Duration>(cx, args)
}
