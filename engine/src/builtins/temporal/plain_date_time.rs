//! `Temporal.PlainDateTime`.

use core::cmp::Ordering;

use temporal_rs::fields::DateTimeFields;
use temporal_rs::options::{DifferenceSettings, DisplayCalendar, Overflow, Unit};
use temporal_rs::parsed_intermediates::ParsedDateTime;
use temporal_rs::partial::PartialDateTime;
use temporal_rs::{Duration, PlainDate, PlainDateTime, PlainTime, TemporalResult, ZonedDateTime};

use super::bounds::check_difference;
use super::convert::{
    calendar_argument, calendar_with_iso_default, partial_object, text_with_calendar, to_calendar,
    to_temporal_duration, to_temporal_time_zone,
};
use super::fields::{Wanted, read_fields, to_integer_with_truncation};
use super::options::{difference_settings, option, options_object, overflow_of, rounding_options, to_string_options};
use super::plain_date::{ordering, require_same_calendar};
use super::plain_time::{time_arguments, time_or_none, valid_time};
use super::slots::{create, made, slots_of, this};
use super::{check, number_or_undefined, string};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

/// The properties of a prototype whose objects have a date and a time: the getters, and what is given after the type.
macro_rules! date_time_properties {
    ($type:ty, $($own:expr),* $(,)?) => {
        date_time_properties!(
            @table $type,
            ["year" year, "month" month, "day" day, "hour" hour, "minute" minute, "second" second,
             "millisecond" millisecond, "microsecond" microsecond, "nanosecond" nanosecond, "dayOfWeek" day_of_week,
             "dayOfYear" day_of_year, "daysInWeek" days_in_week, "daysInMonth" days_in_month,
             "daysInYear" days_in_year, "monthsInYear" months_in_year],
            ["eraYear" era_year, "weekOfYear" week_of_year, "yearOfWeek" year_of_week],
            [$($own),*]
        )
    };
    (
        @table $type:ty,
        [$($number:literal $number_of:ident),*], [$($option:literal $option_of:ident),*], [$($own:expr),*]
    ) => {
        &[
            $(getter(n!($number), |cx, args| {
                let date = this::<$type>(cx, args)?;
                Ok(imm(i32::from(date.$number_of())))
            }),)*
            $(getter(n!($option), |cx, args| {
                let date = this::<$type>(cx, args)?;
                Ok(number_or_undefined(date.$option_of()))
            }),)*
            getter(n!("calendarId"), |cx, args| {
                let date = this::<$type>(cx, args)?;
                string(cx, date.calendar().identifier())
            }),
            getter(n!("era"), |cx, args| {
                let date = this::<$type>(cx, args)?;
                date.era().map_or(Ok(UNDEFINED), |era| string(cx, &era))
            }),
            getter(n!("monthCode"), |cx, args| {
                let date = this::<$type>(cx, args)?;
                string(cx, date.month_code().as_str())
            }),
            getter(n!("inLeapYear"), |cx, args| {
                let date = this::<$type>(cx, args)?;
                Ok(imm(date.in_leap_year()))
            }),
            $($own),*
        ]
    };
}
pub(super) use date_time_properties;

pub(in crate::builtins) static PLAINDATETIME: Spec = Spec::constructor(
    n!("PlainDateTime"),
    3,
    construct,
    &[prototype(Intrinsic::TemporalPlainDateTimePrototype), func(n!("compare"), 2, compare), func(n!("from"), 1, from)],
);

pub(in crate::builtins) static PLAINDATETIME_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    date_time_properties!(
        PlainDateTime,
        link(n!("constructor"), Intrinsic::TemporalPlainDateTime),
        func(n!("with"), 1, with),
        func(n!("withPlainTime"), 0, with_plain_time),
        func(n!("withCalendar"), 1, with_calendar),
        func(n!("add"), 1, |cx, args| move_by(cx, args, PlainDateTime::add)),
        func(n!("subtract"), 1, |cx, args| move_by(cx, args, PlainDateTime::subtract)),
        func(n!("until"), 1, |cx, args| difference(cx, args, PlainDateTime::until)),
        func(n!("since"), 1, |cx, args| difference(cx, args, PlainDateTime::since)),
        func(n!("round"), 1, round),
        func(n!("equals"), 1, equals),
        func(n!("toString"), 0, to_string),
        func(n!("toLocaleString"), 0, super::to_locale_string::<PlainDateTime>),
        func(n!("toJSON"), 0, super::to_plain_string::<PlainDateTime>),
        func(n!("valueOf"), 0, super::value_of),
        func(n!("toZonedDateTime"), 1, to_zoned_date_time),
        func(n!("toPlainDate"), 0, to_plain_date),
        func(n!("toPlainTime"), 0, to_plain_time),
        tag(n!("Temporal.PlainDateTime")),
    ),
);

/// The fields that a date with a time consists of.
pub(super) const DATE_TIME: Wanted = Wanted { year: true, month: true, day: true, time: true, ..Wanted::NOTHING };

/// ToTemporalDateTime
fn to_temporal_date_time<'s>(cx: &mut Cx<'s>, item: Value<'s>, options: Value<'s>) -> JsResult<PlainDateTime> {
    if let Some(object) = cx.as_object(item) {
        let existing = slots_of::<PlainDateTime>(cx, item)
            .or_else(|| slots_of::<ZonedDateTime>(cx, item).map(|date| date.to_plain_date_time()));
        if let Some(date) = existing {
            overflow_of(cx, options)?;
            return Ok(date);
        }
        if let Some(date) = slots_of::<PlainDate>(cx, item) {
            overflow_of(cx, options)?;
            return check(cx, PlainDateTime::from_date_and_time(date, PlainTime::default()));
        }
        let calendar = calendar_with_iso_default(cx, object)?;
        let fields = read_fields(cx, object, &calendar, DATE_TIME, false)?;
        let overflow = overflow_of(cx, options)?;
        let time = fields.time.partial(cx, overflow)?;
        let fields = DateTimeFields { calendar_fields: fields.calendar_fields, time };
        return check(cx, PlainDateTime::from_partial(PartialDateTime { fields, calendar }, Some(overflow)));
    }
    if !cx.peek(item).is_string() {
        return Err(cx.throw_type_error("a date with a time is a string or an object"));
    }
    let text = text_with_calendar(cx, item)?;
    let parsed = check(cx, ParsedDateTime::from_utf8(text.as_bytes()))?;
    overflow_of(cx, options)?;
    check(cx, PlainDateTime::from_parsed(parsed))
}

/// Temporal.PlainDateTime
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = super::new_target(cx, args)?;
    let year = to_integer_with_truncation(cx, args.get(0))?;
    let month = to_integer_with_truncation(cx, args.get(1))?;
    let day = to_integer_with_truncation(cx, args.get(2))?;
    let time = time_arguments(cx, args, 3)?;
    let calendar = calendar_argument(cx, args.get(9))?;
    let time = valid_time(cx, time)?;
    // Saturating: what is too much or too little stays so.
    let date = check(cx, PlainDate::try_new(year as i32, month as u8, day as u8, calendar))?;
    let date = check(cx, PlainDateTime::from_date_and_time(date, time))?;
    create(cx, &date, new_target)
}

/// Temporal.PlainDateTime.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = to_temporal_date_time(cx, args.get(0), args.get(1))?;
    create(cx, &date, None)
}

/// Temporal.PlainDateTime.compare
fn compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let one = to_temporal_date_time(cx, args.get(0), UNDEFINED)?;
    let two = to_temporal_date_time(cx, args.get(1), UNDEFINED)?;
    Ok(ordering(one.compare_iso(&two)))
}

/// Temporal.PlainDateTime.prototype.with
fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let object = partial_object(cx, args.get(0))?;
    let fields = read_fields(cx, object, date.calendar(), DATE_TIME, true)?;
    let overflow = overflow_of(cx, args.get(1))?;
    let time = fields.time.partial(cx, overflow)?;
    let fields = DateTimeFields { calendar_fields: fields.calendar_fields, time };
    made(cx, date.with(fields, Some(overflow)))
}

/// Temporal.PlainDateTime.prototype.withPlainTime
fn with_plain_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let time = time_or_none(cx, args.get(0))?;
    made(cx, date.with_time(time))
}

/// Temporal.PlainDateTime.prototype.withCalendar
fn with_calendar<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let calendar = to_calendar(cx, args.get(0))?;
    create(cx, &date.with_calendar(calendar), None)
}

/// Temporal.PlainDateTime.prototype.add, Temporal.PlainDateTime.prototype.subtract
fn move_by<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    by: fn(&PlainDateTime, &Duration, Option<Overflow>) -> TemporalResult<PlainDateTime>,
) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let duration = to_temporal_duration(cx, args.get(0))?;
    let overflow = overflow_of(cx, args.get(1))?;
    made(cx, by(&date, &duration, Some(overflow)))
}

/// Temporal.PlainDateTime.prototype.until, Temporal.PlainDateTime.prototype.since
fn difference<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    between: fn(&PlainDateTime, &PlainDateTime, DifferenceSettings) -> TemporalResult<Duration>,
) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let other = to_temporal_date_time(cx, args.get(0), UNDEFINED)?;
    require_same_calendar(cx, date.calendar(), other.calendar())?;
    let settings = difference_settings(cx, args.get(1))?;
    check_difference(cx, date.calendar(), &settings, Unit::Day, [&date, &other].map(PlainDateTime::epoch_ns_for_utc))?;
    made(cx, between(&date, &other, settings))
}

/// Temporal.PlainDateTime.prototype.round
fn round<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let options = rounding_options(cx, args.get(0))?;
    made(cx, date.round(options))
}

/// Temporal.PlainDateTime.prototype.equals
fn equals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let other = to_temporal_date_time(cx, args.get(0), UNDEFINED)?;
    Ok(imm(date.compare_iso(&other) == Ordering::Equal && date.calendar() == other.calendar()))
}

/// Temporal.PlainDateTime.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let options = options_object(cx, args.get(0))?;
    let calendar = option(cx, options, n!("calendarName"))?.unwrap_or(DisplayCalendar::Auto);
    let rounding = to_string_options(cx, options)?;
    let text = check(cx, date.to_ixdtf_string(rounding, calendar))?;
    string(cx, &text)
}

/// Temporal.PlainDateTime.prototype.toZonedDateTime
fn to_zoned_date_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    let time_zone = to_temporal_time_zone(cx, args.get(0))?;
    let options = options_object(cx, args.get(1))?;
    let disambiguation = option(cx, options, n!("disambiguation"))?.unwrap_or_default();
    made(cx, date.to_zoned_date_time(time_zone, disambiguation))
}

/// Temporal.PlainDateTime.prototype.toPlainDate
fn to_plain_date<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    create(cx, &date.to_plain_date(), None)
}

/// Temporal.PlainDateTime.prototype.toPlainTime
fn to_plain_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = this::<PlainDateTime>(cx, args)?;
    create(cx, &date.to_plain_time(), None)
}
