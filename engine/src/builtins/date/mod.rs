//! Date objects (ECMA-262 §21.4).

mod format;
mod parse;
mod time;
mod zone;

use rotifer_jsvalue::number::to_integer_or_infinity;
use rotifer_jsvalue::{Attrs, JsValue, Kind, PropertyKey, WellKnown, field};

use super::Intrinsic;
use super::spec::{Prop, PropSpec, Spec, func, link, prototype, same};
use crate::cx::{Args, Cx, Value, imm};
use crate::n;
use crate::ops::Hint;
use crate::throw::JsResult;
use format::Style;
use time::{day, fields, make_date, make_day, make_full_year, make_time, time_clip, time_within_day};

pub(super) static DATE: Spec = Spec::constructor(
    n!("Date"),
    7,
    construct,
    &[
        prototype(Intrinsic::DatePrototype),
        func(n!("now"), 0, now),
        func(n!("parse"), 1, parse),
        func(n!("UTC"), 7, utc),
    ],
);

pub(super) static DATE_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::Date),
        func(n!("getDate"), 0, get_date),
        func(n!("getDay"), 0, get_day),
        func(n!("getFullYear"), 0, get_full_year),
        func(n!("getHours"), 0, get_hours),
        func(n!("getMilliseconds"), 0, get_milliseconds),
        func(n!("getMinutes"), 0, get_minutes),
        func(n!("getMonth"), 0, get_month),
        func(n!("getSeconds"), 0, get_seconds),
        func(n!("getTime"), 0, value_of),
        func(n!("getTimezoneOffset"), 0, get_timezone_offset),
        func(n!("getUTCDate"), 0, get_utc_date),
        func(n!("getUTCDay"), 0, get_utc_day),
        func(n!("getUTCFullYear"), 0, get_utc_full_year),
        func(n!("getUTCHours"), 0, get_utc_hours),
        func(n!("getUTCMilliseconds"), 0, get_utc_milliseconds),
        func(n!("getUTCMinutes"), 0, get_utc_minutes),
        func(n!("getUTCMonth"), 0, get_utc_month),
        func(n!("getUTCSeconds"), 0, get_utc_seconds),
        func(n!("getYear"), 0, get_year),
        func(n!("setDate"), 1, set_date),
        func(n!("setFullYear"), 3, set_full_year),
        func(n!("setHours"), 4, set_hours),
        func(n!("setMilliseconds"), 1, set_milliseconds),
        func(n!("setMinutes"), 3, set_minutes),
        func(n!("setMonth"), 2, set_month),
        func(n!("setSeconds"), 2, set_seconds),
        func(n!("setTime"), 1, set_time),
        func(n!("setUTCDate"), 1, set_utc_date),
        func(n!("setUTCFullYear"), 3, set_utc_full_year),
        func(n!("setUTCHours"), 4, set_utc_hours),
        func(n!("setUTCMilliseconds"), 1, set_utc_milliseconds),
        func(n!("setUTCMinutes"), 3, set_utc_minutes),
        func(n!("setUTCMonth"), 2, set_utc_month),
        func(n!("setUTCSeconds"), 2, set_utc_seconds),
        func(n!("setYear"), 1, set_year),
        func(n!("toDateString"), 0, to_date_string),
        func(n!("toISOString"), 0, to_iso_string),
        func(n!("toJSON"), 1, to_json),
        func(n!("toLocaleDateString"), 0, to_locale_date_string),
        func(n!("toLocaleString"), 0, to_locale_string),
        func(n!("toLocaleTimeString"), 0, to_locale_time_string),
        func(n!("toString"), 0, to_string),
        #[cfg(feature = "temporal")]
        func(n!("toTemporalInstant"), 0, to_temporal_instant),
        func(n!("toTimeString"), 0, to_time_string),
        func(n!("toUTCString"), 0, to_utc_string),
        same(PropertyKey::name(n!("toGMTString")), Intrinsic::DatePrototype, PropertyKey::name(n!("toUTCString"))),
        func(n!("valueOf"), 0, value_of),
        Prop {
            key: PropertyKey::well_known(WellKnown::ToPrimitive),
            attrs: Attrs::CONFIGURABLE,
            value: PropSpec::Function { length: 1, func: to_primitive },
        },
    ],
);

/// The time value of a Date object; `None` for anything else.
fn time_of<'s>(cx: &Cx<'s>, value: Value<'s>) -> Option<f64> {
    cx.is_kind(value, Kind::Date).then(|| cx.field_raw(value, field::Date::time).as_number().unwrap_or(f64::NAN))
}

/// The time value of `this`.
fn this_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<f64> {
    match time_of(cx, args.this()) {
        Some(t) => Ok(t),
        None => Err(cx.throw_type_error("this is not a Date object")),
    }
}

/// Sets the time value of `this`, and gives it back.
fn set_this<'s>(cx: &mut Cx<'s>, args: &Args<'s>, t: f64) -> JsResult<Value<'s>> {
    cx.set_field_raw(args.this(), field::Date::time, JsValue::number(t));
    Ok(imm(t))
}

fn text<'s>(cx: &mut Cx<'s>, t: f64, style: Style) -> JsResult<Value<'s>> {
    if t.is_nan() {
        return Ok(imm(n!("Invalid Date")));
    }
    Ok(cx.str_latin1(format::write(t, style).bytes())?.cast())
}

/// Year, month, date, hours, minutes, seconds and milliseconds out of the arguments, as a time value not yet clipped.
fn components<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<f64> {
    let mut parts = [f64::NAN, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    for (i, part) in parts.iter_mut().enumerate() {
        if i == 0 || (i as u32) < args.len() {
            *part = cx.to_number(args.get(i as u32))?;
        }
    }
    let [year, month, date, hour, minute, second, ms] = parts;
    Ok(make_date(make_day(make_full_year(year), month, date), make_time(hour, minute, second, ms)))
}

/// ECMA-262 §21.4.2.1 Date
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return text(cx, zone::now(), Style::Full);
    }
    let t = match args.len() {
        0 => zone::now(),
        1 => match time_of(cx, args.get(0)) {
            Some(t) => t,
            None => {
                let value = cx.to_primitive(args.get(0), Hint::Default)?;
                if cx.peek(value).is_string() {
                    cx.flat(value.cast())?;
                    parse::parse(cx.view(value.cast()))
                } else {
                    time_clip(cx.to_number(value)?)
                }
            }
        },
        _ => {
            let local = components(cx, args)?;
            time_clip(zone::utc(local))
        }
    };
    let object = cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::DatePrototype, Kind::Date, 1)?;
    cx.set_field_raw(object, field::Date::time, JsValue::number(t));
    Ok(object.cast())
}

/// ECMA-262 §21.4.3.1 Date.now
fn now<'s>(_cx: &mut Cx<'s>, _args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(zone::now()))
}

/// What `Date.now()` gives.
#[cfg(feature = "intl")]
pub(super) fn now_value() -> f64 {
    zone::now()
}

/// ECMA-262 §21.4.3.2 Date.parse
fn parse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = cx.to_flat_string(args.get(0))?;
    Ok(imm(parse::parse(cx.view(s))))
}

/// ECMA-262 §21.4.3.4 Date.UTC
fn utc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let t = components(cx, args)?;
    Ok(imm(time_clip(t)))
}

macro_rules! getters {
    ($($(#[$doc:meta])* $local:ident $(#[$utc_doc:meta])* $utc:ident = $field:ident;)*) => {$(
        $(#[$doc])*
        fn $local<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
            let t = this_time(cx, args)?;
            Ok(if t.is_nan() { imm(f64::NAN) } else { imm(fields(zone::local_time(t)).$field as f64) })
        }

        $(#[$utc_doc])*
        fn $utc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
            let t = this_time(cx, args)?;
            Ok(if t.is_nan() { imm(f64::NAN) } else { imm(fields(t).$field as f64) })
        }
    )*};
}

getters! {
    /// ECMA-262 §21.4.4.2 Date.prototype.getDate
    get_date
    /// ECMA-262 §21.4.4.12 Date.prototype.getUTCDate
    get_utc_date = date;
    /// ECMA-262 §21.4.4.3 Date.prototype.getDay
    get_day
    /// ECMA-262 §21.4.4.13 Date.prototype.getUTCDay
    get_utc_day = weekday;
    /// ECMA-262 §21.4.4.4 Date.prototype.getFullYear
    get_full_year
    /// ECMA-262 §21.4.4.14 Date.prototype.getUTCFullYear
    get_utc_full_year = year;
    /// ECMA-262 §21.4.4.5 Date.prototype.getHours
    get_hours
    /// ECMA-262 §21.4.4.15 Date.prototype.getUTCHours
    get_utc_hours = hour;
    /// ECMA-262 §21.4.4.6 Date.prototype.getMilliseconds
    get_milliseconds
    /// ECMA-262 §21.4.4.16 Date.prototype.getUTCMilliseconds
    get_utc_milliseconds = ms;
    /// ECMA-262 §21.4.4.7 Date.prototype.getMinutes
    get_minutes
    /// ECMA-262 §21.4.4.17 Date.prototype.getUTCMinutes
    get_utc_minutes = minute;
    /// ECMA-262 §21.4.4.8 Date.prototype.getMonth
    get_month
    /// ECMA-262 §21.4.4.18 Date.prototype.getUTCMonth
    get_utc_month = month;
    /// ECMA-262 §21.4.4.9 Date.prototype.getSeconds
    get_seconds
    /// ECMA-262 §21.4.4.19 Date.prototype.getUTCSeconds
    get_utc_seconds = second;
}

/// ECMA-262 §B.2.3.1 Date.prototype.getYear
fn get_year<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let t = this_time(cx, args)?;
    Ok(if t.is_nan() { imm(f64::NAN) } else { imm((fields(zone::local_time(t)).year - 1900) as f64) })
}

/// ECMA-262 §21.4.4.11 Date.prototype.getTimezoneOffset
fn get_timezone_offset<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let t = this_time(cx, args)?;
    // Adding zero makes zero of minus zero.
    Ok(imm(if t.is_nan() { t } else { -zone::local(t).offset / 60_000.0 + 0.0 }))
}

/// ECMA-262 §21.4.4.10 Date.prototype.getTime, §21.4.4.44 Date.prototype.valueOf
fn value_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(this_time(cx, args)?))
}

/// What the setters have in common: the arguments from the first on replace parts of the date (year, month, date) or of the
/// time (hours, minutes, seconds, milliseconds), of which they begin at number `first`.
fn set_parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>, local: bool, of_date: bool, first: usize) -> JsResult<Value<'s>> {
    let t = this_time(cx, args)?;
    let count = if of_date { 3 } else { 4 };
    let mut given = [None; 4];
    for (i, place) in given.iter_mut().enumerate().take(count).skip(first) {
        let argument = (i - first) as u32;
        if argument == 0 || argument < args.len() {
            *place = Some(cx.to_number(args.get(argument))?);
        }
    }
    let t = if t.is_nan() {
        if !of_date || first != 0 {
            return Ok(imm(f64::NAN));
        }
        0.0
    } else if local {
        zone::local_time(t)
    } else {
        t
    };
    let f = fields(t);
    let or = |i: usize, part: i64| given[i].unwrap_or(part as f64);
    let t = if of_date {
        make_date(make_day(or(0, f.year), or(1, f.month), or(2, f.date)), time_within_day(t))
    } else {
        make_date(day(t), make_time(or(0, f.hour), or(1, f.minute), or(2, f.second), or(3, f.ms)))
    };
    set_this(cx, args, time_clip(if local { zone::utc(t) } else { t }))
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident = $local:literal, $of_date:literal, $first:literal;)*) => {$(
        $(#[$doc])*
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
            set_parts(cx, args, $local, $of_date, $first)
        }
    )*};
}

setters! {
    /// ECMA-262 §21.4.4.20 Date.prototype.setDate
    set_date = true, true, 2;
    /// ECMA-262 §21.4.4.21 Date.prototype.setFullYear
    set_full_year = true, true, 0;
    /// ECMA-262 §21.4.4.22 Date.prototype.setHours
    set_hours = true, false, 0;
    /// ECMA-262 §21.4.4.23 Date.prototype.setMilliseconds
    set_milliseconds = true, false, 3;
    /// ECMA-262 §21.4.4.24 Date.prototype.setMinutes
    set_minutes = true, false, 1;
    /// ECMA-262 §21.4.4.25 Date.prototype.setMonth
    set_month = true, true, 1;
    /// ECMA-262 §21.4.4.26 Date.prototype.setSeconds
    set_seconds = true, false, 2;
    /// ECMA-262 §21.4.4.28 Date.prototype.setUTCDate
    set_utc_date = false, true, 2;
    /// ECMA-262 §21.4.4.29 Date.prototype.setUTCFullYear
    set_utc_full_year = false, true, 0;
    /// ECMA-262 §21.4.4.30 Date.prototype.setUTCHours
    set_utc_hours = false, false, 0;
    /// ECMA-262 §21.4.4.31 Date.prototype.setUTCMilliseconds
    set_utc_milliseconds = false, false, 3;
    /// ECMA-262 §21.4.4.32 Date.prototype.setUTCMinutes
    set_utc_minutes = false, false, 1;
    /// ECMA-262 §21.4.4.33 Date.prototype.setUTCMonth
    set_utc_month = false, true, 1;
    /// ECMA-262 §21.4.4.34 Date.prototype.setUTCSeconds
    set_utc_seconds = false, false, 2;
}

/// ECMA-262 §21.4.4.27 Date.prototype.setTime
fn set_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    this_time(cx, args)?;
    let t = cx.to_number(args.get(0))?;
    set_this(cx, args, time_clip(t))
}

/// ECMA-262 §B.2.3.2 Date.prototype.setYear
fn set_year<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let t = this_time(cx, args)?;
    let year = cx.to_number(args.get(0))?;
    if year.is_nan() {
        return set_this(cx, args, f64::NAN);
    }
    let t = if t.is_nan() { 0.0 } else { zone::local_time(t) };
    let whole = to_integer_or_infinity(year);
    let year = if (0.0..=99.0).contains(&whole) { whole + 1900.0 } else { whole };
    let f = fields(t);
    let t = make_date(make_day(year, f.month as f64, f.date as f64), time_within_day(t));
    set_this(cx, args, time_clip(zone::utc(t)))
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $style:ident;)*) => {$(
        $(#[$doc])*
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
            let t = this_time(cx, args)?;
            text(cx, t, Style::$style)
        }
    )*};
}

texts! {
    /// ECMA-262 §21.4.4.35 Date.prototype.toDateString
    to_date_string = Date;
    /// ECMA-262 §21.4.4.41 Date.prototype.toString
    to_string = Full;
    /// ECMA-262 §21.4.4.42 Date.prototype.toTimeString
    to_time_string = Time;
    /// ECMA-262 §21.4.4.43 Date.prototype.toUTCString
    to_utc_string = Utc;
}

macro_rules! locale_texts {
    ($($(#[$doc:meta])* $name:ident = $style:ident, $which:ident;)*) => {$(
        $(#[$doc])*
        #[cfg(not(feature = "intl"))]
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
            let t = this_time(cx, args)?;
            text(cx, t, Style::$style)
        }

        $(#[$doc])*
        #[cfg(feature = "intl")]
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
            let t = this_time(cx, args)?;
            if t.is_nan() {
                return text(cx, t, Style::$style);
            }
            super::intl::date_text(cx, args, t, super::intl::DateText::$which)
        }
    )*};
}

locale_texts! {
    /// ECMA-262 §21.4.4.38 Date.prototype.toLocaleDateString
    to_locale_date_string = LocaleDate, Date;
    /// ECMA-262 §21.4.4.39 Date.prototype.toLocaleString
    to_locale_string = Locale, Both;
    /// ECMA-262 §21.4.4.40 Date.prototype.toLocaleTimeString
    to_locale_time_string = LocaleTime, Time;
}

/// ECMA-262 §21.4.4.36 Date.prototype.toISOString
fn to_iso_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let t = this_time(cx, args)?;
    if t.is_nan() {
        return Err(cx.throw_range_error("invalid time value"));
    }
    text(cx, t, Style::Iso)
}

/// Date.prototype.toTemporalInstant
#[cfg(feature = "temporal")]
fn to_temporal_instant<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let t = this_time(cx, args)?;
    if t.is_nan() {
        return Err(cx.throw_range_error("invalid time value"));
    }
    super::temporal::instant_of_time_value(cx, t)
}

/// ECMA-262 §21.4.4.37 Date.prototype.toJSON
fn to_json<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.this())?;
    let primitive = cx.to_primitive(object.cast(), Hint::Number)?;
    if cx.peek(primitive).as_number().is_some_and(|d| !d.is_finite()) {
        return Ok(crate::cx::NULL);
    }
    cx.invoke(object.cast(), n!("toISOString"), &[])
}

/// ECMA-262 §21.4.4.45 Date.prototype \[ %Symbol.toPrimitive% \]
fn to_primitive<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let Some(object) = cx.as_object(args.this()) else {
        return Err(cx.throw_type_error("this is not an object"));
    };
    let hint = args.get(0);
    let mut string_first = None;
    if cx.peek(hint).is_string() {
        cx.flat(hint.cast())?;
        let text = cx.view(hint.cast());
        if text == "default".into() || text == "string".into() {
            string_first = Some(true);
        } else if text == "number".into() {
            string_first = Some(false);
        }
    }
    match string_first {
        Some(string_first) => cx.ordinary_to_primitive(object, string_first),
        None => Err(cx.throw_type_error("invalid hint")),
    }
}
