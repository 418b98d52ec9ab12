//! `Temporal.PlainMonthDay`.

use temporal_rs::PlainMonthDay;
use temporal_rs::options::Overflow;
use temporal_rs::parsed_intermediates::ParsedDate;

use super::convert::{calendar_argument, calendar_with_iso_default, partial_object, text_with_calendar};
use super::fields::{Wanted, read_fields, to_integer_with_truncation};
use super::options::overflow_of;
use super::plain_date::{get_number, get_text, show_calendar};
use super::slots::{create, made, slots_of, this};
use super::{check, new_target, string};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static PLAINMONTHDAY: Spec = Spec::constructor(
    n!("PlainMonthDay"),
    2,
    construct,
    &[prototype(Intrinsic::TemporalPlainMonthDayPrototype), func(n!("from"), 1, from)],
);

pub(in crate::builtins) static PLAINMONTHDAY_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TemporalPlainMonthDay),
        getter(n!("calendarId"), |cx, args| {
            get_text(cx, args, |month_day: &PlainMonthDay| Some(month_day.calendar().identifier()))
        }),
        getter(n!("monthCode"), |cx, args| {
            get_text(cx, args, |month_day: &PlainMonthDay| Some(month_day.month_code().as_tinystr()))
        }),
        getter(n!("day"), |cx, args| get_number(cx, args, PlainMonthDay::day)),
        func(n!("with"), 1, with),
        func(n!("equals"), 1, equals),
        func(n!("toString"), 0, to_string),
        func(n!("toLocaleString"), 0, super::to_locale_string::<PlainMonthDay>),
        func(n!("toJSON"), 0, super::to_plain_string::<PlainMonthDay>),
        func(n!("valueOf"), 0, super::value_of),
        func(n!("toPlainDate"), 1, to_plain_date),
        tag(n!("Temporal.PlainMonthDay")),
    ],
);

/// The fields that make a month and day; the year says which month the ordinal one is and how long it is.
const FIELDS: Wanted = Wanted { year: true, month: true, day: true, ..Wanted::NOTHING };

/// ToTemporalMonthDay
fn to_temporal_month_day<'s>(cx: &mut Cx<'s>, item: Value<'s>, options: Value<'s>) -> JsResult<PlainMonthDay> {
    if let Some(object) = cx.as_object(item) {
        if let Some(month_day) = slots_of(cx, item) {
            overflow_of(cx, options)?;
            return Ok(month_day);
        }
        let calendar = calendar_with_iso_default(cx, object)?;
        let fields = read_fields(cx, object, &calendar, FIELDS, false)?;
        let overflow = overflow_of(cx, options)?;
        return check(cx, calendar.month_day_from_fields(fields.calendar_fields, overflow));
    }
    if !cx.peek(item).is_string() {
        return Err(cx.throw_type_error("a month and day are a string or an object"));
    }
    let text = text_with_calendar(cx, item)?;
    let parsed = check(cx, ParsedDate::month_day_from_utf8(text.as_bytes()))?;
    overflow_of(cx, options)?;
    check(cx, PlainMonthDay::from_parsed(parsed))
}

/// Temporal.PlainMonthDay
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = new_target(cx, args)?;
    let month = to_integer_with_truncation(cx, args.get(0))?;
    let day = to_integer_with_truncation(cx, args.get(1))?;
    let calendar = calendar_argument(cx, args.get(2))?;
    let year = match args.get(3) {
        year if cx.is_undefined(year) => None,
        // Saturating: what is out of range stays there.
        year => Some(to_integer_with_truncation(cx, year)? as i32),
    };
    let month_day = PlainMonthDay::new_with_overflow(month as u8, day as u8, calendar, Overflow::Reject, year);
    let month_day = check(cx, month_day)?;
    create(cx, &month_day, new_target)
}

/// Temporal.PlainMonthDay.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month_day = to_temporal_month_day(cx, args.get(0), args.get(1))?;
    create(cx, &month_day, None)
}

/// Temporal.PlainMonthDay.prototype.with
fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month_day: PlainMonthDay = this(cx, args)?;
    let like = partial_object(cx, args.get(0))?;
    let fields = read_fields(cx, like, month_day.calendar(), FIELDS, true)?;
    let overflow = overflow_of(cx, args.get(1))?;
    made(cx, month_day.with(fields.calendar_fields, Some(overflow)))
}

/// Temporal.PlainMonthDay.prototype.equals
fn equals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month_day: PlainMonthDay = this(cx, args)?;
    let other = to_temporal_month_day(cx, args.get(0), UNDEFINED)?;
    Ok(imm(month_day == other))
}

/// Temporal.PlainMonthDay.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month_day: PlainMonthDay = this(cx, args)?;
    let show = show_calendar(cx, args.get(0))?;
    string(cx, &month_day.to_ixdtf_string(show))
}

/// Temporal.PlainMonthDay.prototype.toPlainDate
fn to_plain_date<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let month_day: PlainMonthDay = this(cx, args)?;
    let Some(item) = cx.as_object(args.get(0)) else { return Err(cx.throw_not_object(args.get(0))) };
    let wanted = Wanted { year: true, ..Wanted::NOTHING };
    let fields = read_fields(cx, item, month_day.calendar(), wanted, false)?.calendar_fields;
    // Not the library's conversion, which looks at one of the year and the era's year where both have to agree.
    let fields = fields.with_month_code(month_day.month_code()).with_day(month_day.day());
    made(cx, month_day.calendar().date_from_fields(fields, Overflow::Constrain))
}
