//! `Temporal.PlainYearMonth`.

use temporal_rs::options::{DifferenceSettings, Overflow, Unit};
use temporal_rs::parsed_intermediates::ParsedDate;
use temporal_rs::{Duration, PlainYearMonth, TemporalResult};

use super::bounds::check_difference;
use super::convert::{
    calendar_argument, calendar_with_iso_default, partial_object, text_with_calendar, to_temporal_duration,
};
use super::fields::{Wanted, read_fields, to_integer_with_truncation};
use super::options::{difference_settings, overflow_of};
use super::plain_date::{get, get_number, get_text, ordering, require_same_calendar, show_calendar};
use super::slots::{create, made, slots_of, this};
use super::{check, new_target, number_or_undefined, string};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static PLAINYEARMONTH: Spec = Spec::constructor(
    n!("PlainYearMonth"),
    2,
    construct,
    &[
        prototype(Intrinsic::TemporalPlainYearMonthPrototype),
        func(n!("from"), 1, from),
        func(n!("compare"), 2, compare),
    ],
);

pub(in crate::builtins) static PLAINYEARMONTH_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalPlainYearMonth),
        getter(n!("calendarId"), |cx, args| {
            get_text(cx, args, |month: &PlainYearMonth| Some(month.calendar().identifier()))
        }),
        getter(n!("era"), |cx, args| get_text(cx, args, PlainYearMonth::era)),
        getter(n!("eraYear"), |cx, args| get(cx, args, |month: &PlainYearMonth| number_or_undefined(month.era_year()))),
        getter(n!("year"), |cx, args| get_number(cx, args, PlainYearMonth::year)),
        getter(n!("month"), |cx, args| get_number(cx, args, PlainYearMonth::month)),
        getter(n!("monthCode"), |cx, args| {
            get_text(cx, args, |month: &PlainYearMonth| Some(month.month_code().as_tinystr()))
        }),
        getter(n!("daysInYear"), |cx, args| get_number(cx, args, PlainYearMonth::days_in_year)),
        getter(n!("daysInMonth"), |cx, args| get_number(cx, args, PlainYearMonth::days_in_month)),
        getter(n!("monthsInYear"), |cx, args| get_number(cx, args, PlainYearMonth::months_in_year)),
        getter(n!("inLeapYear"), |cx, args| get(cx, args, |month: &PlainYearMonth| imm(month.in_leap_year()))),
        func(n!("with"), 1, with),
        func(n!("add"), 1, |cx, args| add(cx, args, PlainYearMonth::add)),
        func(n!("subtract"), 1, |cx, args| add(cx, args, PlainYearMonth::subtract)),
        func(n!("until"), 1, |cx, args| difference(cx, args, PlainYearMonth::until)),
        func(n!("since"), 1, |cx, args| difference(cx, args, PlainYearMonth::since)),
        func(n!("equals"), 1, equals),
        func(n!("toString"), 0, to_string),
        func(n!("toLocaleString"), 0, super::to_locale_string::<PlainYearMonth>),
        func(n!("toJSON"), 0, super::to_plain_string::<PlainYearMonth>),
        func(n!("valueOf"), 0, super::value_of),
        func(n!("toPlainDate"), 1, to_plain_date),
        tag(n!("Temporal.PlainYearMonth")),
    ],
);

/// The fields that make a year and month.
const FIELDS: Wanted = Wanted { year: true, month: true, ..Wanted::NOTHING };

/// ToTemporalYearMonth
fn to_temporal_year_month<'s>(cx: &mut Cx<'s>, item: Value<'s>, options: Value<'s>) -> JsResult<PlainYearMonth> {
    if let Some(object) = cx.as_object(item) {
        if let Some(month) = slots_of(cx, item) {
            overflow_of(cx, options)?;
            return Ok(month);
        }
        let calendar = calendar_with_iso_default(cx, object)?;
        let fields = read_fields(cx, object, &calendar, FIELDS, false)?;
        let overflow = overflow_of(cx, options)?;
        return check(cx, calendar.year_month_from_fields(fields.calendar_fields.into(), overflow));
    }
    if !cx.peek(item).is_string() {
        return Err(cx.throw_type_error("a year and month are a string or an object"));
    }
    let text = text_with_calendar(cx, item)?;
    let parsed = check(cx, ParsedDate::year_month_from_utf8(text.as_bytes()))?;
    overflow_of(cx, options)?;
    check(cx, PlainYearMonth::from_parsed(parsed))
}

/// Temporal.PlainYearMonth
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = new_target(cx, args)?;
    let year = to_integer_with_truncation(cx, args.get(0))?;
    let month = to_integer_with_truncation(cx, args.get(1))?;
    let calendar = calendar_argument(cx, args.get(2))?;
    let day = if cx.is_undefined(args.get(3)) { 1.0 } else { to_integer_with_truncation(cx, args.get(3))? };
    // Saturating: what is out of range stays there.
    let month = check(cx, PlainYearMonth::try_new(year as i32, month as u8, Some(day as u8), calendar))?;
    create(cx, &month, new_target)
}

/// Temporal.PlainYearMonth.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month = to_temporal_year_month(cx, args.get(0), args.get(1))?;
    create(cx, &month, None)
}

/// Temporal.PlainYearMonth.compare
fn compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let one = to_temporal_year_month(cx, args.get(0), UNDEFINED)?;
    let two = to_temporal_year_month(cx, args.get(1), UNDEFINED)?;
    Ok(ordering(one.compare_iso(&two)))
}

/// Temporal.PlainYearMonth.prototype.with
fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month: PlainYearMonth = this(cx, args)?;
    let like = partial_object(cx, args.get(0))?;
    let fields = read_fields(cx, like, month.calendar(), FIELDS, true)?;
    let overflow = overflow_of(cx, args.get(1))?;
    made(cx, month.with(fields.calendar_fields.into(), Some(overflow)))
}

/// Temporal.PlainYearMonth.prototype.add, Temporal.PlainYearMonth.prototype.subtract
fn add<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    add: fn(&PlainYearMonth, &Duration, Overflow) -> TemporalResult<PlainYearMonth>,
) -> JsResult<Value<'s>> {
    let month = this(cx, args)?;
    let duration = to_temporal_duration(cx, args.get(0))?;
    let overflow = overflow_of(cx, args.get(1))?;
    made(cx, add(&month, &duration, overflow))
}

/// Temporal.PlainYearMonth.prototype.until, Temporal.PlainYearMonth.prototype.since
fn difference<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    difference: fn(&PlainYearMonth, &PlainYearMonth, DifferenceSettings) -> TemporalResult<Duration>,
) -> JsResult<Value<'s>> {
    let month: PlainYearMonth = this(cx, args)?;
    let other = to_temporal_year_month(cx, args.get(0), UNDEFINED)?;
    require_same_calendar(cx, month.calendar(), other.calendar())?;
    let settings = difference_settings(cx, args.get(1))?;
    check_difference(
        cx,
        month.calendar(),
        &settings,
        Unit::Year,
        [&month, &other].map(PlainYearMonth::epoch_ns_for_utc),
    )?;
    made(cx, difference(&month, &other, settings))
}

/// Temporal.PlainYearMonth.prototype.equals
fn equals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month: PlainYearMonth = this(cx, args)?;
    let other = to_temporal_year_month(cx, args.get(0), UNDEFINED)?;
    Ok(imm(month == other))
}

/// Temporal.PlainYearMonth.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month: PlainYearMonth = this(cx, args)?;
    let show = show_calendar(cx, args.get(0))?;
    string(cx, &month.to_ixdtf_string(show))
}

/// Temporal.PlainYearMonth.prototype.toPlainDate
fn to_plain_date<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month: PlainYearMonth = this(cx, args)?;
    let Some(item) = cx.as_object(args.get(0)) else { return Err(cx.throw_not_object(args.get(0))) };
    let wanted = Wanted { day: true, ..Wanted::NOTHING };
    let fields = read_fields(cx, item, month.calendar(), wanted, false)?;
    made(cx, month.to_plain_date(Some(fields.calendar_fields)))
}
