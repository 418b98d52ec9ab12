//! `Intl.NumberFormat` (ECMA-402 §16).

mod currency;
mod decimal;
mod digits;
mod format;
mod more_units;
mod parts;
mod symbols;
#[cfg(test)]
mod tests;
mod unit;
mod value;

use alloc::string::{String, ToString};

use icu_locale::Locale;
use icu_plurals::PluralOperands;
use serde::{Deserialize, Serialize};

use super::legacy;
use super::locale_list::{Relevant, canonicalize_locale_list, read_locale_matcher, resolve_locale, supported_locales};
use super::options::{
    choices, coerce_options, invalid, option, show_plain, show_text, string_option, type_option, value as raw_option,
};
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::internal::Closure;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value};
use crate::n;
use crate::throw::JsResult;
use digits::Shown;
use format::Formatter;

pub(super) use decimal::{Decimal, Number, RoundingMode};
pub(super) use digits::DigitOptions;
pub(super) use parts::{PartType, Parts, Source};
pub(super) use symbols::{default_numbering_system, digits_of, load};
pub(super) use value::{of_bigint, to_intl_mathematical_value};

choices! {
    /// `style`
    Style { Decimal = "decimal", Percent = "percent", Currency = "currency", Unit = "unit" }
    /// `currencyDisplay`
    CurrencyDisplay { Code = "code", Symbol = "symbol", NarrowSymbol = "narrowSymbol", Name = "name" }
    /// `currencySign`
    CurrencySign { Standard = "standard", Accounting = "accounting" }
    /// `unitDisplay`
    UnitDisplay { Short = "short", Narrow = "narrow", Long = "long" }
    /// `notation`
    Notation {
        Standard = "standard",
        Scientific = "scientific",
        Engineering = "engineering",
        Compact = "compact",
    }
    /// `compactDisplay`
    CompactDisplay { Short = "short", Long = "long" }
    /// `signDisplay`
    SignDisplay {
        Auto = "auto",
        Never = "never",
        Always = "always",
        ExceptZero = "exceptZero",
        Negative = "negative",
    }
    /// `useGrouping`
    Grouping { Min2 = "min2", Auto = "auto", Always = "always", Never = "false" }
}

/// What an `Intl.NumberFormat` has resolved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct NumberFormat {
    pub locale: String,
    pub numbering_system: String,
    pub style: Style,
    pub currency: String,
    pub currency_display: CurrencyDisplay,
    pub currency_sign: CurrencySign,
    pub unit: String,
    pub unit_display: UnitDisplay,
    pub digits: DigitOptions,
    pub grouping: Grouping,
    pub notation: Notation,
    pub compact_display: CompactDisplay,
    pub sign_display: SignDisplay,
}

impl State for NumberFormat {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlNumberFormatPrototype;
    const NAME: &'static str = "Intl.NumberFormat";
}

pub(in crate::builtins) static NUMBER_FORMAT: Spec = Spec::constructor(
    n!("NumberFormat"),
    0,
    construct,
    &[prototype(Intrinsic::IntlNumberFormatPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static NUMBER_FORMAT_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlNumberFormat),
        tag(n!("Intl.NumberFormat")),
        getter(n!("format"), format_getter),
        func(n!("formatRange"), 2, format_range),
        func(n!("formatRangeToParts"), 2, format_range_to_parts),
        func(n!("formatToParts"), 1, format_to_parts),
        func(n!("resolvedOptions"), 0, resolved_options),
    ],
);

impl NumberFormat {
    /// Plain numbers of a locale.
    pub(super) fn plain(locale: &str, numbering_system: &str) -> NumberFormat {
        NumberFormat {
            locale: locale.to_string(),
            numbering_system: numbering_system.to_string(),
            style: Style::Decimal,
            currency: String::new(),
            currency_display: CurrencyDisplay::Symbol,
            currency_sign: CurrencySign::Standard,
            unit: String::new(),
            unit_display: UnitDisplay::Short,
            digits: DigitOptions::with_fraction(0, 3),
            grouping: Grouping::Auto,
            notation: Notation::Standard,
            compact_display: CompactDisplay::Short,
            sign_display: SignDisplay::Auto,
        }
    }

    /// Percent stands where its sign does, not where names of units are.
    fn is_percent_unit(&self) -> bool {
        self.style == Style::Unit && self.unit == "percent"
    }

    /// The text of a number.
    pub(super) fn format(&self, number: &Number) -> Parts {
        Formatter::new(self).format(number)
    }

    /// The text of all that is between two numbers.
    pub(super) fn format_range(&self, start: &Number, end: &Number) -> Parts {
        Formatter::new(self).format_range(start, end)
    }

    /// What the rules of plurals look at in a number as it would be shown; nothing where it is not finite.
    pub(super) fn operands(&self, number: &Number) -> Option<PluralOperands> {
        Formatter::new(self).operands_of(number)
    }

    /// What the constructor does with its arguments.
    pub(super) fn new<'s>(cx: &mut Cx<'s>, locales: Value<'s>, options: Value<'s>) -> JsResult<NumberFormat> {
        let requested = canonicalize_locale_list(cx, locales)?;
        let options = coerce_options(cx, options)?;
        let (locale, numbering_system) = resolve(cx, requested, options)?;
        let mut format = NumberFormat::plain(&locale, &numbering_system);
        format.read_unit_options(cx, options)?;
        format.notation = option(cx, options, n!("notation"))?.unwrap_or(Notation::Standard);
        let fraction_default = match format.style {
            Style::Currency if format.notation == Notation::Standard => {
                let digits = currency::digits(&format.currency);
                (digits, digits)
            }
            Style::Percent => (0, 0),
            _ => (0, 3),
        };
        let compact = format.notation == Notation::Compact;
        format.digits = DigitOptions::read(cx, options, fraction_default, compact)?;
        format.compact_display = option(cx, options, n!("compactDisplay"))?.unwrap_or(CompactDisplay::Short);
        let grouping_default = if compact { Grouping::Min2 } else { Grouping::Auto };
        format.grouping = read_grouping(cx, options, grouping_default)?;
        format.sign_display = option(cx, options, n!("signDisplay"))?.unwrap_or(SignDisplay::Auto);
        Ok(format)
    }

    /// SetNumberFormatUnitOptions
    fn read_unit_options<'s>(&mut self, cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<()> {
        self.style = option(cx, options, n!("style"))?.unwrap_or(Style::Decimal);
        match string_option(cx, options, n!("currency"))? {
            Some(currency) if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                return Err(invalid(cx, n!("currency")));
            }
            Some(currency) => self.currency = currency.to_ascii_uppercase(),
            None if self.style == Style::Currency => {
                return Err(cx.throw_type_error("the style 'currency' needs a currency"));
            }
            None => {}
        }
        self.currency_display = option(cx, options, n!("currencyDisplay"))?.unwrap_or(CurrencyDisplay::Symbol);
        self.currency_sign = option(cx, options, n!("currencySign"))?.unwrap_or(CurrencySign::Standard);
        match string_option(cx, options, n!("unit"))? {
            Some(unit) if !unit::is_well_formed(&unit) => return Err(invalid(cx, n!("unit"))),
            Some(unit) => self.unit = unit,
            None if self.style == Style::Unit => return Err(cx.throw_type_error("the style 'unit' needs a unit")),
            None => {}
        }
        self.unit_display = option(cx, options, n!("unitDisplay"))?.unwrap_or(UnitDisplay::Short);
        Ok(())
    }
}

/// ResolveLocale with the key `nu` alone: the locale and its numbering system.
pub(super) fn resolve<'s>(
    cx: &mut Cx<'s>,
    requested: Object<'s>,
    options: Option<Object<'s>>,
) -> JsResult<(String, String)> {
    read_locale_matcher(cx, options)?;
    let option = type_option(cx, options, n!("numberingSystem"))?;
    let supports = |_: &Locale, name: &str| digits_of(name).is_some();
    let resolved = resolve_locale(cx, requested, [Relevant { key: "nu", option, supports: &supports }])?;
    let [numbering_system] = resolved.values;
    let numbering_system = numbering_system.unwrap_or_else(|| default_numbering_system(&resolved.locale));
    Ok((resolved.tag, numbering_system))
}

/// GetBooleanOrStringNumberFormatOption for `useGrouping`
fn read_grouping<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>, default: Grouping) -> JsResult<Grouping> {
    let Some(value) = raw_option(cx, options, n!("useGrouping"))? else { return Ok(default) };
    let raw = cx.peek(value);
    if raw == rotifer_jsvalue::JsValue::TRUE {
        return Ok(Grouping::Always);
    }
    if !cx.to_boolean(value) {
        return Ok(Grouping::Never);
    }
    let text = cx.to_string(value)?;
    let text = super::options::text(cx, text.cast())?;
    match text.as_str() {
        "true" | "false" => Ok(default),
        "min2" => Ok(Grouping::Min2),
        "auto" => Ok(Grouping::Auto),
        "always" => Ok(Grouping::Always),
        _ => Err(invalid(cx, n!("useGrouping"))),
    }
}

/// [`PluralOperands`] of a number as it is shown.
fn operands(shown: &Shown, exponent: i32) -> Option<PluralOperands> {
    let text = shown.number.plain_text(shown.fraction_digits);
    let decimal = icu_decimal::input::Decimal::try_from_str(&text).ok()?;
    let exponent = u8::try_from(exponent.clamp(0, 255)).unwrap_or(0);
    Some(PluralOperands::from_significand_and_exponent(&decimal.absolute, exponent))
}

/// Intl.NumberFormat
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_called::<NumberFormat>(cx, args)?;
    let format = NumberFormat::new(cx, args.get(0), args.get(1))?;
    slots::fill(cx, object, &format)?;
    legacy::chain(cx, args, Intrinsic::IntlNumberFormat, object)
}

/// get Intl.NumberFormat.prototype.format
fn format_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = legacy::unwrap::<NumberFormat>(cx, args, Intrinsic::IntlNumberFormat)?;
    slots::bound(cx, object, Closure::NumberFormatFormat)
}

/// Number Format Functions
pub(in crate::builtins) fn bound_format<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = args.data(cx, 0)?;
    let number = to_intl_mathematical_value(cx, args.get(0))?;
    let Some(format) = slots::state_of::<NumberFormat>(cx, object) else { return Ok(UNDEFINED) };
    let parts = format.format(&number);
    Ok(cx.str(&parts.text)?.cast())
}

/// Intl.NumberFormat.prototype.formatToParts
fn format_to_parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let format: NumberFormat = slots::this(cx, args)?;
    let number = to_intl_mathematical_value(cx, args.get(0))?;
    parts_array(cx, &format.format(&number), false)
}

/// Both arguments of a range.
fn range<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Parts> {
    let format: NumberFormat = slots::this(cx, args)?;
    if cx.is_undefined(args.get(0)) || cx.is_undefined(args.get(1)) {
        return Err(cx.throw_type_error("a range needs a start and an end"));
    }
    let start = to_intl_mathematical_value(cx, args.get(0))?;
    let end = to_intl_mathematical_value(cx, args.get(1))?;
    if start == Number::NaN || end == Number::NaN {
        return Err(cx.throw_range_error("a range cannot start or end with NaN"));
    }
    Ok(format.format_range(&start, &end))
}

/// Intl.NumberFormat.prototype.formatRange
fn format_range<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let parts = range(cx, args)?;
    Ok(cx.str(&parts.text)?.cast())
}

/// Intl.NumberFormat.prototype.formatRangeToParts
fn format_range_to_parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let parts = range(cx, args)?;
    parts_array(cx, &parts, true)
}

/// An array of objects for the parts of a text.
pub(super) fn parts_array<'s>(cx: &mut Cx<'s>, parts: &Parts, with_source: bool) -> JsResult<Value<'s>> {
    let array = cx.new_array(0, 4)?;
    for (part, source, text) in parts.iter() {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let object = cx.new_object()?;
        show_text(&mut cx, object, n!("type"), part.as_str())?;
        show_text(&mut cx, object, n!("value"), text)?;
        if with_source {
            show_text(&mut cx, object, n!("source"), source.as_str())?;
        }
        cx.push(array, object.cast())?;
    }
    Ok(array.cast())
}

/// Intl.NumberFormat.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = legacy::unwrap::<NumberFormat>(cx, args, Intrinsic::IntlNumberFormat)?;
    let Some(format) = slots::state_of::<NumberFormat>(cx, object.cast()) else { return Ok(UNDEFINED) };
    let shown = cx.new_object()?;
    show_text(cx, shown, n!("locale"), &format.locale)?;
    show_text(cx, shown, n!("numberingSystem"), &format.numbering_system)?;
    show_text(cx, shown, n!("style"), format.style.as_str())?;
    match format.style {
        Style::Currency => {
            show_text(cx, shown, n!("currency"), &format.currency)?;
            show_text(cx, shown, n!("currencyDisplay"), format.currency_display.as_str())?;
            show_text(cx, shown, n!("currencySign"), format.currency_sign.as_str())?;
        }
        Style::Unit => {
            show_text(cx, shown, n!("unit"), &format.unit)?;
            show_text(cx, shown, n!("unitDisplay"), format.unit_display.as_str())?;
        }
        Style::Decimal | Style::Percent => {}
    }
    format.digits.show_digits(cx, shown)?;
    match format.grouping {
        Grouping::Never => show_plain(cx, shown, n!("useGrouping"), false)?,
        grouping => show_text(cx, shown, n!("useGrouping"), grouping.as_str())?,
    }
    show_text(cx, shown, n!("notation"), format.notation.as_str())?;
    if format.notation == Notation::Compact {
        show_text(cx, shown, n!("compactDisplay"), format.compact_display.as_str())?;
    }
    show_text(cx, shown, n!("signDisplay"), format.sign_display.as_str())?;
    format.digits.show_rounding(cx, shown)?;
    Ok(shown.cast())
}

/// `toLocaleString` of numbers.
pub(in crate::builtins) fn number_to_locale_string<'s>(
    cx: &mut Cx<'s>,
    number: f64,
    args: &Args<'s>,
) -> JsResult<Value<'s>> {
    let format = NumberFormat::new(cx, args.get(0), args.get(1))?;
    let parts = format.format(&Number::of(number));
    Ok(cx.str(&parts.text)?.cast())
}

/// `toLocaleString` of BigInts.
pub(in crate::builtins) fn bigint_to_locale_string<'s>(
    cx: &mut Cx<'s>,
    bigint: Value<'s>,
    args: &Args<'s>,
) -> JsResult<Value<'s>> {
    let format = NumberFormat::new(cx, args.get(0), args.get(1))?;
    let number = of_bigint(cx, bigint)?;
    let parts = format.format(&number);
    Ok(cx.str(&parts.text)?.cast())
}
