//! `Temporal` (ECMA-262 of 2027; the section numbers are those of the proposal): the objects here, the arithmetic in `temporal_rs`.
//!
//! What an object represents is kept as plain bytes in the heap (`slots`), and read into the library's types when it is used.

mod bounds;
mod convert;
mod duration;
mod fields;
#[cfg(feature = "intl")]
mod formattable;
mod instant;
mod now;
mod options;
mod plain_date;
mod plain_date_time;
mod plain_month_day;
mod plain_time;
mod plain_year_month;
mod relative_to;
mod slots;
mod zoned_date_time;

use alloc::string::String;

use temporal_rs::error::ErrorKind;
use temporal_rs::{TemporalError, TemporalResult};

use slots::{Slots, this};

use super::Intrinsic;
use super::spec::{Spec, link, tag};
use crate::cx::{Args, Cx, Value, imm};
use crate::n;
use crate::throw::JsResult;

#[cfg(feature = "intl")]
use formattable::to_locale_string;
#[cfg(not(feature = "intl"))]
use to_plain_string as to_locale_string;

#[cfg(feature = "intl")]
pub(super) use convert::to_temporal_duration;
pub(super) use duration::{DURATION, DURATION_PROTOTYPE};
#[cfg(feature = "intl")]
pub(super) use formattable::{TemporalValue, local_zone_identifier, temporal_value};
pub(super) use instant::{INSTANT, INSTANT_PROTOTYPE, instant_of_time_value};
pub(super) use now::NOW;
#[cfg(feature = "intl")]
pub(super) use options::{option, options_object};
pub(super) use plain_date::{PLAINDATE, PLAINDATE_PROTOTYPE};
pub(super) use plain_date_time::{PLAINDATETIME, PLAINDATETIME_PROTOTYPE};
pub(super) use plain_month_day::{PLAINMONTHDAY, PLAINMONTHDAY_PROTOTYPE};
pub(super) use plain_time::{PLAINTIME, PLAINTIME_PROTOTYPE};
pub(super) use plain_year_month::{PLAINYEARMONTH, PLAINYEARMONTH_PROTOTYPE};
pub(super) use slots::describe;
pub(super) use zoned_date_time::{ZONEDDATETIME, ZONEDDATETIME_PROTOTYPE};

/// The longest text that is read as a date, a time or a duration. No sensible one comes near.
const LONGEST: u32 = 4096;

pub(super) static TEMPORAL: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        tag(n!("Temporal")),
        link(n!("Now"), Intrinsic::TemporalNow),
        link(n!("Duration"), Intrinsic::TemporalDuration),
        link(n!("Instant"), Intrinsic::TemporalInstant),
        link(n!("PlainDate"), Intrinsic::TemporalPlainDate),
        link(n!("PlainDateTime"), Intrinsic::TemporalPlainDateTime),
        link(n!("PlainMonthDay"), Intrinsic::TemporalPlainMonthDay),
        link(n!("PlainTime"), Intrinsic::TemporalPlainTime),
        link(n!("PlainYearMonth"), Intrinsic::TemporalPlainYearMonth),
        link(n!("ZonedDateTime"), Intrinsic::TemporalZonedDateTime),
    ],
);

/// What the library gave, or its error as an exception.
fn check<'s, T>(cx: &mut Cx<'s>, result: TemporalResult<T>) -> JsResult<T> {
    result.map_err(|error| throw(cx, error))
}

#[cold]
fn throw(cx: &mut Cx<'_>, error: TemporalError) -> crate::throw::Throw {
    let kind = error.kind();
    let message = error.into_message();
    match kind {
        ErrorKind::Type | ErrorKind::Generic => cx.throw_type_error(message),
        ErrorKind::Syntax => cx.throw_syntax_error(message),
        ErrorKind::Range | ErrorKind::Assert => cx.throw_range_error(message),
    }
}

/// The contents of a string, which is read as something that is not that long; a RangeError when it is longer.
pub(super) fn text<'s>(cx: &mut Cx<'s>, string: Value<'s>) -> JsResult<String> {
    let string = cx.flat(string.cast())?;
    if cx.str_len(string) > LONGEST {
        return Err(cx.throw_range_error("the text is too long"));
    }
    let view = cx.view(string);
    let mut text = String::new();
    let mut at = 0;
    while let Some((code_point, units)) = view.code_point_at(at) {
        text.push(char::from_u32(code_point).unwrap_or(char::REPLACEMENT_CHARACTER));
        at += units;
    }
    Ok(text)
}

/// A JavaScript string.
fn string<'s>(cx: &mut Cx<'s>, text: &str) -> JsResult<Value<'s>> {
    Ok(cx.str(text)?.cast())
}

/// A number, or undefined for none.
fn number_or_undefined<'s>(number: Option<impl Into<f64>>) -> Value<'s> {
    number.map_or(crate::cx::UNDEFINED, |number| imm(number.into()))
}

/// `toJSON` and, where there is no Intl, `toLocaleString` of every type.
fn to_plain_string<'s, T: Slots>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let text = this::<T>(cx, args)?.text();
    let text = check(cx, text)?;
    string(cx, &text)
}

/// `valueOf` of every type: there is no order or arithmetic that one would expect.
fn value_of<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Err(cx.throw_type_error("use compare, equals or arithmetic methods instead of operators"))
}

/// The `new.target` of a constructor that has to be called with `new`.
fn new_target<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Option<Value<'s>>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("constructors of Temporal have to be called with 'new'"));
    }
    Ok(Some(args.new_target()))
}
