//! `Temporal.PlainDate`.

use core::cmp::Ordering;
use core::ops::Deref;

use temporal_rs::fields::CalendarFields;
use temporal_rs::options::{DifferenceSettings, DisplayCalendar, Overflow, Unit};
use temporal_rs::parsed_intermediates::ParsedDate;
use temporal_rs::partial::PartialDate;
use temporal_rs::{Calendar, Duration, PlainDate, PlainDateTime, TemporalResult, ZonedDateTime};

use super::bounds::check_difference;
use super::convert::{
    calendar_argument, calendar_with_iso_default, partial_object, text_with_calendar, to_calendar,
    to_temporal_duration, to_temporal_time_zone,
};
use super::fields::{Wanted, read_fields, to_integer_with_truncation};
use super::options::{difference_settings, option, options_object, overflow_of};
use super::plain_time::time_or_none;
use super::slots::{Slots, create, made, slots_of, this};
use super::{check, new_target, number_or_undefined, string};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static PLAINDATE: Spec = Spec::constructor(
    n!("PlainDate"),
    3,
    construct,
    &[prototype(Intrinsic::TemporalPlainDatePrototype), func(n!("from"), 1, from), func(n!("compare"), 2, compare)],
);

pub(in crate::builtins) static PLAINDATE_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalPlainDate),
        getter(n!("calendarId"), |cx, args| get_text(cx, args, |date: &PlainDate| Some(date.calendar().identifier()))),
        getter(n!("era"), |cx, args| get_text(cx, args, PlainDate::era)),
        getter(n!("eraYear"), |cx, args| get(cx, args, |date: &PlainDate| number_or_undefined(date.era_year()))),
        getter(n!("year"), |cx, args| get_number(cx, args, PlainDate::year)),
        getter(n!("month"), |cx, args| get_number(cx, args, PlainDate::month)),
        getter(n!("monthCode"), |cx, args| get_text(cx, args, |date: &PlainDate| Some(date.month_code().as_tinystr()))),
        getter(n!("day"), |cx, args| get_number(cx, args, PlainDate::day)),
        getter(n!("dayOfWeek"), |cx, args| get_number(cx, args, PlainDate::day_of_week)),
        getter(n!("dayOfYear"), |cx, args| get_number(cx, args, PlainDate::day_of_year)),
        getter(n!("weekOfYear"), |cx, args| get(cx, args, |date: &PlainDate| number_or_undefined(date.week_of_year()))),
        getter(n!("yearOfWeek"), |cx, args| get(cx, args, |date: &PlainDate| number_or_undefined(date.year_of_week()))),
        getter(n!("daysInWeek"), |cx, args| get_number(cx, args, PlainDate::days_in_week)),
        getter(n!("daysInMonth"), |cx, args| get_number(cx, args, PlainDate::days_in_month)),
        getter(n!("daysInYear"), |cx, args| get_number(cx, args, PlainDate::days_in_year)),
        getter(n!("monthsInYear"), |cx, args| get_number(cx, args, PlainDate::months_in_year)),
        getter(n!("inLeapYear"), |cx, args| get(cx, args, |date: &PlainDate| imm(date.in_leap_year()))),
        func(n!("toPlainYearMonth"), 0, to_plain_year_month),
        func(n!("toPlainMonthDay"), 0, to_plain_month_day),
        func(n!("add"), 1, |cx, args| add(cx, args, PlainDate::add)),
        func(n!("subtract"), 1, |cx, args| add(cx, args, PlainDate::subtract)),
        func(n!("with"), 1, with),
        func(n!("withCalendar"), 1, with_calendar),
        func(n!("until"), 1, |cx, args| difference(cx, args, PlainDate::until)),
        func(n!("since"), 1, |cx, args| difference(cx, args, PlainDate::since)),
        func(n!("equals"), 1, equals),
        func(n!("toPlainDateTime"), 0, to_plain_date_time),
        func(n!("toZonedDateTime"), 1, to_zoned_date_time),
        func(n!("toString"), 0, to_string),
        func(n!("toLocaleString"), 0, super::to_locale_string::<PlainDate>),
        func(n!("toJSON"), 0, super::to_plain_string::<PlainDate>),
        func(n!("valueOf"), 0, super::value_of),
        tag(n!("Temporal.PlainDate")),
    ],
);

/// The fields that make a date.
const FIELDS: Wanted = Wanted { year: true, month: true, day: true, ..Wanted::NOTHING };

/// A getter of what `this` represents.
pub(super) fn get<'s, T: Slots>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    part: impl FnOnce(&T) -> Value<'s>,
) -> JsResult<Value<'s>> {
    Ok(part(&this(cx, args)?))
}

/// A getter that gives a number.
pub(super) fn get_number<'s, T: Slots, N: Into<f64>>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    part: impl FnOnce(&T) -> N,
) -> JsResult<Value<'s>> {
    get(cx, args, |slots| imm(part(slots).into()))
}

/// A getter that gives a string, or undefined for none.
pub(super) fn get_text<'s, T: Slots, S: Deref<Target = str>>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    part: impl FnOnce(&T) -> Option<S>,
) -> JsResult<Value<'s>> {
    match part(&this(cx, args)?) {
        Some(text) => string(cx, &text),
        None => Ok(UNDEFINED),
    }
}

/// GetTemporalShowCalendarNameOption, as what has no other option reads it.
pub(super) fn show_calendar<'s>(cx: &mut Cx<'s>, options: Value<'s>) -> JsResult<DisplayCalendar> {
    let options = options_object(cx, options)?;
    Ok(option(cx, options, n!("calendarName"))?.unwrap_or(DisplayCalendar::Auto))
}

/// What `compare` gives.
pub(super) fn ordering<'s>(ordering: Ordering) -> Value<'s> {
    imm(ordering as i32)
}

/// A RangeError when two calendars are not the same (CalendarEquals): there is nothing between such dates.
pub(super) fn require_same_calendar(cx: &mut Cx<'_>, one: &Calendar, two: &Calendar) -> JsResult<()> {
    if one == two {
        return Ok(());
    }
    Err(cx.throw_range_error("the calendars are not the same"))
}

/// ToTemporalDate
pub(super) fn to_temporal_date<'s>(cx: &mut Cx<'s>, item: Value<'s>, options: Value<'s>) -> JsResult<PlainDate> {
    if let Some(object) = cx.as_object(item) {
        let date = slots_of(cx, item)
            .or_else(|| slots_of::<ZonedDateTime>(cx, item).map(|date| date.to_plain_date()))
            .or_else(|| slots_of::<PlainDateTime>(cx, item).map(|date| date.to_plain_date()));
        if let Some(date) = date {
            overflow_of(cx, options)?;
            return Ok(date);
        }
        let calendar = calendar_with_iso_default(cx, object)?;
        let calendar_fields = read_fields(cx, object, &calendar, FIELDS, false)?.calendar_fields;
        let overflow = overflow_of(cx, options)?;
        return check(cx, PlainDate::from_partial(PartialDate { calendar_fields, calendar }, Some(overflow)));
    }
    if !cx.peek(item).is_string() {
        return Err(cx.throw_type_error("a date is a string or an object"));
    }
    let text = text_with_calendar(cx, item)?;
    let parsed = check(cx, ParsedDate::from_utf8(text.as_bytes()))?;
    overflow_of(cx, options)?;
    check(cx, PlainDate::from_parsed(parsed))
}

/// Temporal.PlainDate
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = new_target(cx, args)?;
    let year = to_integer_with_truncation(cx, args.get(0))?;
    let month = to_integer_with_truncation(cx, args.get(1))?;
    let day = to_integer_with_truncation(cx, args.get(2))?;
    let calendar = calendar_argument(cx, args.get(3))?;
    // Saturating: what is out of range stays there.
    let date = check(cx, PlainDate::try_new(year as i32, month as u8, day as u8, calendar))?;
    create(cx, &date, new_target)
}

/// Temporal.PlainDate.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date = to_temporal_date(cx, args.get(0), args.get(1))?;
    create(cx, &date, None)
}

/// Temporal.PlainDate.compare
fn compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let one = to_temporal_date(cx, args.get(0), UNDEFINED)?;
    let two = to_temporal_date(cx, args.get(1), UNDEFINED)?;
    Ok(ordering(one.compare_iso(&two)))
}

/// Temporal.PlainDate.prototype.toPlainYearMonth
fn to_plain_year_month<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let fields = CalendarFields::new().with_year(date.year()).with_month_code(date.month_code());
    made(cx, date.calendar().year_month_from_fields(fields.into(), Overflow::Constrain))
}

/// Temporal.PlainDate.prototype.toPlainMonthDay
fn to_plain_month_day<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let fields = CalendarFields::new().with_month_code(date.month_code()).with_day(date.day());
    made(cx, date.calendar().month_day_from_fields(fields, Overflow::Constrain))
}

/// Temporal.PlainDate.prototype.add, Temporal.PlainDate.prototype.subtract
fn add<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    add: fn(&PlainDate, &Duration, Option<Overflow>) -> TemporalResult<PlainDate>,
) -> JsResult<Value<'s>> {
    let date = this(cx, args)?;
    let duration = to_temporal_duration(cx, args.get(0))?;
    let overflow = overflow_of(cx, args.get(1))?;
    made(cx, add(&date, &duration, Some(overflow)))
}

/// Temporal.PlainDate.prototype.with
fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let like = partial_object(cx, args.get(0))?;
    let fields = read_fields(cx, like, date.calendar(), FIELDS, true)?;
    let overflow = overflow_of(cx, args.get(1))?;
    made(cx, date.with(fields.calendar_fields, Some(overflow)))
}

/// Temporal.PlainDate.prototype.withCalendar
fn with_calendar<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let calendar = to_calendar(cx, args.get(0))?;
    create(cx, &date.with_calendar(calendar), None)
}

/// Temporal.PlainDate.prototype.until, Temporal.PlainDate.prototype.since
fn difference<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    difference: fn(&PlainDate, &PlainDate, DifferenceSettings) -> TemporalResult<Duration>,
) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let other = to_temporal_date(cx, args.get(0), UNDEFINED)?;
    require_same_calendar(cx, date.calendar(), other.calendar())?;
    let settings = difference_settings(cx, args.get(1))?;
    check_difference(cx, date.calendar(), &settings, Unit::Day, [&date, &other].map(PlainDate::epoch_ns_for_utc))?;
    made(cx, difference(&date, &other, settings))
}

/// Temporal.PlainDate.prototype.equals
fn equals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let other = to_temporal_date(cx, args.get(0), UNDEFINED)?;
    Ok(imm(date == other))
}

/// Temporal.PlainDate.prototype.toPlainDateTime
fn to_plain_date_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let time = time_or_none(cx, args.get(0))?;
    made(cx, date.to_plain_date_time(time))
}

/// Temporal.PlainDate.prototype.toZonedDateTime
fn to_zoned_date_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let item = args.get(0);
    let like = match cx.as_object(item) {
        Some(object) => {
            let time_zone = cx.get(object, n!("timeZone"))?;
            if cx.is_undefined(time_zone) { None } else { Some((object, time_zone)) }
        }
        None => None,
    };
    // Without a property of its name the object is the time zone itself, and there is no time.
    let (zone, time) = match like {
        Some((object, time_zone)) => (to_temporal_time_zone(cx, time_zone)?, cx.get(object, n!("plainTime"))?),
        None => (to_temporal_time_zone(cx, item)?, UNDEFINED),
    };
    let time = time_or_none(cx, time)?;
    made(cx, date.to_zoned_date_time(zone, time))
}

/// Temporal.PlainDate.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let date: PlainDate = this(cx, args)?;
    let show = show_calendar(cx, args.get(0))?;
    string(cx, &date.to_ixdtf_string(show))
}
