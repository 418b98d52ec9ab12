//! `Intl.DateTimeFormat` (ECMA-402 §11).
//!
//! Patterns and names come from the data of the library (`data`). What options ask for is put together from them once (`select`) and
//! then interpreted field by field (`format`, `range`), which yields the parts at the same time.

mod data;
mod day_period;
mod fields;
mod format;
mod numerals;
mod options;
mod pattern;
mod range;
mod select;
#[cfg(test)]
mod tests;
mod value;
mod zone;

use alloc::string::String;
use alloc::vec::Vec;

use rotifer_jsvalue::StaticName;
use serde::{Deserialize, Serialize};

use fields::{Request, Setting};
use format::{Formatter, Part, Source, joined};
use options::Need;
use pattern::Pattern;
use value::Formattable;

use super::legacy::{chain, unwrap};
use super::locale_list::supported_locales;
use super::options::{show_plain, show_text};
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::internal::Closure;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::builtins::temporal::{TemporalValue, temporal_value};
use crate::cx::{Args, Cx, Object, Value};
use crate::n;
use crate::throw::JsResult;

/// An `Intl.DateTimeFormat`.
#[derive(Serialize, Deserialize)]
pub(super) struct DateTimeFormat {
    /// `[[Locale]]`
    tag: String,
    setting: Setting,
    /// `[[TimeZone]]`
    zone: String,
    /// What the options ask for, without defaults.
    asked: Request,
    /// What is shown of moments.
    best: Request,
    /// What is shown of a `Temporal.Instant`.
    instant: Request,
    /// The pattern for `best`.
    pattern: Pattern,
}

impl State for DateTimeFormat {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlDateTimeFormatPrototype;
    const NAME: &'static str = "Intl.DateTimeFormat";
}

pub(in crate::builtins) static DATE_TIME_FORMAT: Spec = Spec::constructor(
    n!("DateTimeFormat"),
    0,
    construct,
    &[prototype(Intrinsic::IntlDateTimeFormatPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static DATE_TIME_FORMAT_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlDateTimeFormat),
        tag(n!("Intl.DateTimeFormat")),
        getter(n!("format"), get_format),
        func(n!("formatRange"), 2, format_range),
        func(n!("formatRangeToParts"), 2, format_range_to_parts),
        func(n!("formatToParts"), 1, format_to_parts),
        func(n!("resolvedOptions"), 0, resolved_options),
    ],
);

/// Intl.DateTimeFormat
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_called::<DateTimeFormat>(cx, args)?;
    let state = options::create(cx, args.get(0), args.get(1), Need::Any, Need::Date, None)?;
    slots::fill(cx, object, &state)?;
    chain(cx, args, Intrinsic::IntlDateTimeFormat, object)
}

impl DateTimeFormat {
    fn formatter(&self, cx: &mut Cx<'_>) -> JsResult<Formatter> {
        match Formatter::new(&self.setting, &self.zone) {
            Some(formatter) => Ok(formatter),
            None => Err(cx.throw_range_error("there are no data for the locale")),
        }
    }

    /// PartitionDateTimePattern
    fn parts<'s>(&self, cx: &mut Cx<'s>, value: &Formattable) -> JsResult<Vec<Part>> {
        let formatter = self.formatter(cx)?;
        let ready = self.handle(cx, &formatter, value)?;
        let other;
        let pattern = if ready.own {
            &self.pattern
        } else {
            other = select::select(&formatter, &self.setting, ready.request).pattern();
            &other
        };
        let mut parts = Vec::new();
        formatter.write(pattern, ready.moment, Source::Shared, &mut parts);
        Ok(parts)
    }

    /// PartitionDateTimeRangePattern, of the two arguments of a method.
    fn range<'s>(&self, cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Vec<Part>> {
        if cx.is_undefined(args.get(0)) || cx.is_undefined(args.get(1)) {
            return Err(cx.throw_type_error("a range has two ends"));
        }
        let start = Formattable::of(cx, args.get(0))?;
        let end = Formattable::of(cx, args.get(1))?;
        if !start.is_like(&end) {
            return Err(cx.throw_type_error("the ends of a range are of one type"));
        }
        let formatter = self.formatter(cx)?;
        let start = self.handle(cx, &formatter, &start)?;
        let end = self.handle(cx, &formatter, &end)?;
        Ok(range::write(&formatter, &self.setting, start.request, start.moment, end.moment))
    }

    /// A value of `Date` or of an argument that may be left out.
    fn value<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Formattable> {
        if cx.is_undefined(value) {
            return Ok(Formattable::Number(crate::builtins::date::now_value()));
        }
        Formattable::of(cx, value)
    }
}

/// get Intl.DateTimeFormat.prototype.format
fn get_format<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = unwrap::<DateTimeFormat>(cx, args, Intrinsic::IntlDateTimeFormat)?;
    slots::bound(cx, object, Closure::DateTimeFormatFormat)
}

/// DateTime Format Functions: what `format` gives.
pub(in crate::builtins) fn format_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = args.data(cx, 0)?;
    let Some(state) = slots::state_of::<DateTimeFormat>(cx, object) else {
        return Err(cx.throw_incompatible(DateTimeFormat::NAME, object));
    };
    let value = DateTimeFormat::value(cx, args.get(0))?;
    let parts = state.parts(cx, &value)?;
    Ok(cx.str(&joined(&parts))?.cast())
}

/// Intl.DateTimeFormat.prototype.formatToParts
fn format_to_parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state = slots::this::<DateTimeFormat>(cx, args)?;
    let value = DateTimeFormat::value(cx, args.get(0))?;
    let parts = state.parts(cx, &value)?;
    array_of(cx, &parts, false)
}

/// Intl.DateTimeFormat.prototype.formatRange
fn format_range<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state = slots::this::<DateTimeFormat>(cx, args)?;
    let parts = state.range(cx, args)?;
    Ok(cx.str(&joined(&parts))?.cast())
}

/// Intl.DateTimeFormat.prototype.formatRangeToParts
fn format_range_to_parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state = slots::this::<DateTimeFormat>(cx, args)?;
    let parts = state.range(cx, args)?;
    array_of(cx, &parts, true)
}

/// An array of objects for parts.
fn array_of<'s>(cx: &mut Cx<'s>, parts: &[Part], with_source: bool) -> JsResult<Value<'s>> {
    let array = cx.new_array(0, parts.len() as u32)?;
    for part in parts {
        let mut cx = cx.nest();
        let object = cx.new_object()?;
        show_text(&mut cx, object, n!("type"), part.kind)?;
        show_text(&mut cx, object, n!("value"), &part.text)?;
        if with_source {
            let source = match part.source {
                Source::Shared => "shared",
                Source::Start => "startRange",
                Source::End => "endRange",
            };
            show_text(&mut cx, object, n!("source"), source)?;
        }
        cx.push(array, object.cast())?;
    }
    Ok(array.cast())
}

/// Shows an option, if it has a value.
fn show_choice<'s>(cx: &mut Cx<'s>, object: Object<'s>, name: StaticName, text: Option<&str>) -> JsResult<()> {
    text.map_or(Ok(()), |text| show_text(cx, object, name, text))
}

/// Intl.DateTimeFormat.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = unwrap::<DateTimeFormat>(cx, args, Intrinsic::IntlDateTimeFormat)?;
    let Some(state) = slots::state_of::<DateTimeFormat>(cx, this.cast()) else {
        return Err(cx.throw_incompatible(DateTimeFormat::NAME, this.cast()));
    };
    let object = cx.new_object()?;
    show_text(cx, object, n!("locale"), &state.tag)?;
    show_text(cx, object, n!("calendar"), &state.setting.calendar)?;
    show_text(cx, object, n!("numberingSystem"), &state.setting.numbering_system)?;
    show_text(cx, object, n!("timeZone"), &state.zone)?;
    let shown = state.pattern.fields();
    if shown.hour.is_some() {
        show_text(cx, object, n!("hourCycle"), state.setting.hour_cycle.as_str())?;
        show_plain(cx, object, n!("hour12"), state.setting.hour_cycle.is_twelve())?;
    }
    match state.best {
        Request::Fields(asked) => {
            // A calendar may show its era unasked.
            let era = shown.era.filter(|_| asked.era.is_some());
            show_choice(cx, object, n!("weekday"), shown.weekday.map(|width| width.as_str()))?;
            show_choice(cx, object, n!("era"), era.map(|width| width.as_str()))?;
            show_choice(cx, object, n!("year"), shown.year.map(|width| width.as_str()))?;
            show_choice(cx, object, n!("month"), shown.month.map(|width| width.as_str()))?;
            show_choice(cx, object, n!("day"), shown.day.map(|width| width.as_str()))?;
            show_choice(cx, object, n!("dayPeriod"), shown.day_period.map(|width| width.as_str()))?;
            show_choice(cx, object, n!("hour"), shown.hour.map(|width| width.as_str()))?;
            show_choice(cx, object, n!("minute"), shown.minute.map(|width| width.as_str()))?;
            show_choice(cx, object, n!("second"), shown.second.map(|width| width.as_str()))?;
            if let Some(digits) = shown.fraction {
                show_plain(cx, object, n!("fractionalSecondDigits"), i32::from(digits))?;
            }
            show_choice(cx, object, n!("timeZoneName"), shown.zone_name.map(|name| name.as_str()))?;
        }
        Request::Styles { date, time } => {
            show_choice(cx, object, n!("dateStyle"), date.map(|style| style.as_str()))?;
            show_choice(cx, object, n!("timeStyle"), time.map(|style| style.as_str()))?;
        }
    }
    Ok(object.cast())
}

/// A text with the locales and options that are the arguments of a method.
fn text<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    value: &Formattable,
    required: Need,
    defaults: Need,
) -> JsResult<Value<'s>> {
    let state = options::create(cx, args.get(0), args.get(1), required, defaults, None)?;
    let parts = state.parts(cx, value)?;
    Ok(cx.str(&joined(&parts))?.cast())
}

/// Date.prototype.toLocaleString and its kin, for a finite time value (ECMA-402 §20.4).
pub(in crate::builtins) fn date_text<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    time: f64,
    which: DateText,
) -> JsResult<Value<'s>> {
    let (required, defaults) = match which {
        DateText::Both => (Need::Any, Need::All),
        DateText::Date => (Need::Date, Need::Date),
        DateText::Time => (Need::Time, Need::Time),
    };
    text(cx, args, &Formattable::Number(time), required, defaults)
}

/// What `toLocaleString`, `toLocaleDateString`, `toLocaleTimeString` show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::builtins) enum DateText {
    Both,
    Date,
    Time,
}

/// `toLocaleString` of the types of Temporal, for `this`, which is of one of them.
pub(in crate::builtins) fn temporal_text<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let Some(value) = temporal_value(cx, args.this()) else {
        return Err(cx.throw_type_error("this is not an object of Temporal"));
    };
    let (required, defaults) = match &value {
        TemporalValue::Zoned(nanoseconds, zone, calendar) => {
            let zone = zone.clone();
            let state = options::create(cx, args.get(0), args.get(1), Need::Any, Need::All, Some(zone))?;
            if *calendar != "iso8601" && *calendar != state.setting.calendar {
                return Err(cx.throw_range_error("the calendar is not that of the locale"));
            }
            let parts = state.parts(cx, &Formattable::Temporal(TemporalValue::Instant(*nanoseconds)))?;
            return Ok(cx.str(&joined(&parts))?.cast());
        }
        TemporalValue::Instant(_) | TemporalValue::DateTime(..) => (Need::Any, Need::All),
        TemporalValue::Time(_) => (Need::Time, Need::Time),
        TemporalValue::Date(..) | TemporalValue::YearMonth(..) | TemporalValue::MonthDay(..) => {
            (Need::Date, Need::Date)
        }
    };
    text(cx, args, &Formattable::Temporal(value), required, defaults)
}
