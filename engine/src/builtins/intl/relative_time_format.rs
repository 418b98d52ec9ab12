//! `Intl.RelativeTimeFormat` (ECMA-402 §18).

use alloc::string::String;

use icu_experimental::provider::Baked;
use icu_experimental::relativetime::provider as data;
use icu_locale::Locale;
use icu_pattern::PatternItem;
use icu_plurals::PluralRules;
use icu_provider::DataPayload;
use icu_provider::marker::ErasedMarker;
use serde::{Deserialize, Serialize};

use super::locale_list::{canonicalize_locale_list, supported_locales};
use super::number_format::{Number, NumberFormat, PartType, Parts, load, resolve};
use super::options::{choices, coerce_options, option, show_text, text};
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

choices! {
    /// `style`
    Style { Long = "long", Short = "short", Narrow = "narrow" }
    /// `numeric`
    Numeric { Always = "always", Auto = "auto" }
    /// The units of time.
    Unit {
        Second = "second",
        Minute = "minute",
        Hour = "hour",
        Day = "day",
        Week = "week",
        Month = "month",
        Quarter = "quarter",
        Year = "year",
    }
}

/// What an `Intl.RelativeTimeFormat` has resolved.
#[derive(Serialize, Deserialize)]
struct RelativeTimeFormat {
    locale: String,
    numbering_system: String,
    style: Style,
    numeric: Numeric,
}

impl State for RelativeTimeFormat {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlRelativeTimeFormatPrototype;
    const NAME: &'static str = "Intl.RelativeTimeFormat";
}

pub(in crate::builtins) static RELATIVE_TIME_FORMAT: Spec = Spec::constructor(
    n!("RelativeTimeFormat"),
    0,
    construct,
    &[prototype(Intrinsic::IntlRelativeTimeFormatPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static RELATIVE_TIME_FORMAT_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlRelativeTimeFormat),
        tag(n!("Intl.RelativeTimeFormat")),
        func(n!("format"), 2, format),
        func(n!("formatToParts"), 2, format_to_parts),
        func(n!("resolvedOptions"), 0, resolved_options),
    ],
);

/// Intl.RelativeTimeFormat
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_new::<RelativeTimeFormat>(cx, args)?;
    let requested = canonicalize_locale_list(cx, args.get(0))?;
    let options = coerce_options(cx, args.get(1))?;
    let (locale, numbering_system) = resolve(cx, requested, options)?;
    let style = option(cx, options, n!("style"))?.unwrap_or(Style::Long);
    let numeric = option(cx, options, n!("numeric"))?.unwrap_or(Numeric::Always);
    slots::fill(cx, object, &RelativeTimeFormat { locale, numbering_system, style, numeric })?;
    Ok(object.cast())
}

type Patterns = DataPayload<ErasedMarker<data::RelativeTimePatternData<'static>>>;

impl RelativeTimeFormat {
    fn patterns(&self, locale: &Locale, unit: Unit) -> Option<Patterns> {
        macro_rules! load {
            ($($unit:ident: $long:ident $short:ident $narrow:ident;)*) => {
                match (unit, self.style) {
                    $((Unit::$unit, Style::Long) => load::<data::$long>(&Baked, locale, "").map(DataPayload::cast),
                    (Unit::$unit, Style::Short) => load::<data::$short>(&Baked, locale, "").map(DataPayload::cast),
                    (Unit::$unit, Style::Narrow) => load::<data::$narrow>(&Baked, locale, "").map(DataPayload::cast),)*
                }
            };
        }
        load! {
            Second: LongSecondRelativeV1 ShortSecondRelativeV1 NarrowSecondRelativeV1;
            Minute: LongMinuteRelativeV1 ShortMinuteRelativeV1 NarrowMinuteRelativeV1;
            Hour: LongHourRelativeV1 ShortHourRelativeV1 NarrowHourRelativeV1;
            Day: LongDayRelativeV1 ShortDayRelativeV1 NarrowDayRelativeV1;
            Week: LongWeekRelativeV1 ShortWeekRelativeV1 NarrowWeekRelativeV1;
            Month: LongMonthRelativeV1 ShortMonthRelativeV1 NarrowMonthRelativeV1;
            Quarter: LongQuarterRelativeV1 ShortQuarterRelativeV1 NarrowQuarterRelativeV1;
            Year: LongYearRelativeV1 ShortYearRelativeV1 NarrowYearRelativeV1;
        }
    }

    /// PartitionRelativeTimePattern: what is before the number, the number, and what is after it.
    fn partition(&self, value: f64, unit: Unit) -> (Parts, Parts, Parts) {
        let locale = Locale::try_from_str(&self.locale).unwrap_or(Locale::UNKNOWN);
        let (mut before, mut after) = (Parts::default(), Parts::default());
        let patterns = self.patterns(&locale, unit);
        let whole = [-2i8, -1, 0, 1, 2].into_iter().find(|&whole| f64::from(whole) == value);
        if let (Numeric::Auto, Some(whole), Some(patterns)) = (self.numeric, whole, &patterns)
            && let Some(text) = patterns.get().relatives.get(&whole)
        {
            before.push(PartType::Literal, text);
            return (before, Parts::default(), after);
        }
        let format = NumberFormat::plain(&self.locale, &self.numbering_system);
        let magnitude = Number::of(value.abs());
        let mut number = format.format(&magnitude);
        let operands = format.operands(&magnitude);
        let rules = PluralRules::try_new_cardinal((&locale).into()).ok();
        if let (Some(patterns), Some(operands), Some(rules)) = (&patterns, operands, &rules) {
            let patterns = patterns.get();
            let tense = if value.is_sign_negative() { &patterns.past } else { &patterns.future };
            let mut number_seen = false;
            for item in tense.get(operands, rules).iter() {
                match item {
                    PatternItem::Placeholder(_) => number_seen = true,
                    PatternItem::Literal(text) if number_seen => after.push(PartType::Literal, text),
                    PatternItem::Literal(text) => before.push(PartType::Literal, text),
                }
            }
            // Some languages have words for one and two of a unit.
            if !number_seen {
                number = Parts::default();
            }
        }
        (before, number, after)
    }
}

/// The arguments of `format` and `formatToParts`.
fn arguments<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<(RelativeTimeFormat, f64, Unit)> {
    let format: RelativeTimeFormat = slots::this(cx, args)?;
    let value = cx.to_number(args.get(0))?;
    let unit = cx.to_string(args.get(1))?;
    let unit = text(cx, unit.cast())?;
    let unit = singular_unit(cx, &unit)?;
    if !value.is_finite() {
        return Err(cx.throw_range_error("a relative time has to be finite"));
    }
    Ok((format, value, unit))
}

/// SingularRelativeTimeUnit
fn singular_unit(cx: &mut Cx<'_>, text: &str) -> JsResult<Unit> {
    match text.strip_suffix('s').unwrap_or(text).parse() {
        Ok(unit) => Ok(unit),
        Err(()) => Err(cx.throw_range_error(&alloc::format!("there is no such unit of time: {text}"))),
    }
}

/// Intl.RelativeTimeFormat.prototype.format
fn format<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (format, value, unit) = arguments(cx, args)?;
    let (mut parts, number, after) = format.partition(value, unit);
    parts.append(&number);
    parts.append(&after);
    Ok(cx.str(&parts.text)?.cast())
}

/// Intl.RelativeTimeFormat.prototype.formatToParts
fn format_to_parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (format, value, unit) = arguments(cx, args)?;
    let (before, number, after) = format.partition(value, unit);
    let array = cx.new_array(0, 4)?;
    for (parts, unit) in [(&before, None), (&number, Some(unit.as_str())), (&after, None)] {
        push_parts(cx, array, parts, unit)?;
    }
    Ok(array.cast())
}

/// Appends objects for parts, with the unit that they belong to.
pub(super) fn push_parts<'s>(
    cx: &mut Cx<'s>,
    array: crate::cx::Object<'s>,
    parts: &Parts,
    unit: Option<&str>,
) -> JsResult<()> {
    for (part, _, text) in parts.iter() {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let object = cx.new_object()?;
        show_text(&mut cx, object, n!("type"), part.as_str())?;
        show_text(&mut cx, object, n!("value"), text)?;
        if let Some(unit) = unit {
            show_text(&mut cx, object, n!("unit"), unit)?;
        }
        cx.push(array, object.cast())?;
    }
    Ok(())
}

/// Intl.RelativeTimeFormat.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let format: RelativeTimeFormat = slots::this(cx, args)?;
    let shown = cx.new_object()?;
    show_text(cx, shown, n!("locale"), &format.locale)?;
    show_text(cx, shown, n!("style"), format.style.as_str())?;
    show_text(cx, shown, n!("numeric"), format.numeric.as_str())?;
    show_text(cx, shown, n!("numberingSystem"), &format.numbering_system)?;
    Ok(shown.cast())
}
