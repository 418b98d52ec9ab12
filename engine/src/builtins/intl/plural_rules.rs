//! `Intl.PluralRules` (ECMA-402 §17).

use alloc::string::String;

use icu_locale::Locale;
use icu_plurals::{PluralCategory, PluralRules as Rules, PluralRulesWithRanges};
use serde::{Deserialize, Serialize};

use super::locale_list::{canonicalize_locale_list, read_locale_matcher, resolve_locale, supported_locales};
use super::number_format::{CompactDisplay, DigitOptions, Notation, Number, NumberFormat, to_intl_mathematical_value};
use super::options::{choices, coerce_options, option, show, show_text};
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

choices! {
    /// `type`
    Type { Cardinal = "cardinal", Ordinal = "ordinal" }
}

/// What an `Intl.PluralRules` has resolved.
#[derive(Serialize, Deserialize)]
struct PluralRules {
    locale: String,
    kind: Type,
    notation: Notation,
    compact_display: CompactDisplay,
    digits: DigitOptions,
}

impl State for PluralRules {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlPluralRulesPrototype;
    const NAME: &'static str = "Intl.PluralRules";
}

pub(in crate::builtins) static PLURAL_RULES: Spec = Spec::constructor(
    n!("PluralRules"),
    0,
    construct,
    &[prototype(Intrinsic::IntlPluralRulesPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static PLURAL_RULES_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlPluralRules),
        tag(n!("Intl.PluralRules")),
        func(n!("resolvedOptions"), 0, resolved_options),
        func(n!("select"), 1, select),
        func(n!("selectRange"), 2, select_range),
    ],
);

/// Intl.PluralRules
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_new::<PluralRules>(cx, args)?;
    let requested = canonicalize_locale_list(cx, args.get(0))?;
    let options = coerce_options(cx, args.get(1))?;
    read_locale_matcher(cx, options)?;
    let locale = resolve_locale(cx, requested, [])?.tag;
    let kind = option(cx, options, n!("type"))?.unwrap_or(Type::Cardinal);
    let notation = option(cx, options, n!("notation"))?.unwrap_or(Notation::Standard);
    let compact_display = option(cx, options, n!("compactDisplay"))?.unwrap_or(CompactDisplay::Short);
    let digits = DigitOptions::read(cx, options, (0, 3), notation == Notation::Compact)?;
    slots::fill(cx, object, &PluralRules { locale, kind, notation, compact_display, digits })?;
    Ok(object.cast())
}

impl PluralRules {
    fn locale(&self) -> Locale {
        Locale::try_from_str(&self.locale).unwrap_or(Locale::UNKNOWN)
    }

    fn rules(&self) -> Option<Rules> {
        let preferences = (&self.locale()).into();
        match self.kind {
            Type::Cardinal => Rules::try_new_cardinal(preferences).ok(),
            Type::Ordinal => Rules::try_new_ordinal(preferences).ok(),
        }
    }

    /// ResolvePlural, and the number as it is shown.
    fn resolve(&self, number: &Number) -> (PluralCategory, String) {
        let mut format = NumberFormat::plain(&self.locale, "latn");
        format.digits = self.digits.clone();
        format.notation = self.notation;
        format.compact_display = self.compact_display;
        let category = match (format.operands(number), self.rules()) {
            (Some(operands), Some(rules)) => rules.category_for(operands),
            _ => PluralCategory::Other,
        };
        (category, format.format(number).text)
    }
}

fn name_of(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

/// Intl.PluralRules.prototype.select
fn select<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let rules: PluralRules = slots::this(cx, args)?;
    let number = to_intl_mathematical_value(cx, args.get(0))?;
    Ok(cx.str(name_of(rules.resolve(&number).0))?.cast())
}

/// Intl.PluralRules.prototype.selectRange
fn select_range<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let rules: PluralRules = slots::this(cx, args)?;
    if cx.is_undefined(args.get(0)) || cx.is_undefined(args.get(1)) {
        return Err(cx.throw_type_error("a range needs a start and an end"));
    }
    let start = to_intl_mathematical_value(cx, args.get(0))?;
    let end = to_intl_mathematical_value(cx, args.get(1))?;
    if start == Number::NaN || end == Number::NaN {
        return Err(cx.throw_range_error("a range cannot start or end with NaN"));
    }
    let ((start, start_text), (end, end_text)) = (rules.resolve(&start), rules.resolve(&end));
    let preferences = (&rules.locale()).into();
    let category =
        match rules.kind {
            _ if start_text == end_text => start,
            Type::Cardinal => PluralRulesWithRanges::try_new_cardinal(preferences)
                .map_or(end, |ranges| ranges.resolve_range(start, end)),
            Type::Ordinal => PluralRulesWithRanges::try_new_ordinal(preferences)
                .map_or(end, |ranges| ranges.resolve_range(start, end)),
        };
    Ok(cx.str(name_of(category))?.cast())
}

/// Intl.PluralRules.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let rules: PluralRules = slots::this(cx, args)?;
    let shown = cx.new_object()?;
    show_text(cx, shown, n!("locale"), &rules.locale)?;
    show_text(cx, shown, n!("type"), rules.kind.as_str())?;
    show_text(cx, shown, n!("notation"), rules.notation.as_str())?;
    if rules.notation == Notation::Compact {
        show_text(cx, shown, n!("compactDisplay"), rules.compact_display.as_str())?;
    }
    rules.digits.show_digits(cx, shown)?;
    let categories = cx.new_array(0, 6)?;
    if let Some(library) = rules.rules() {
        for category in library.categories() {
            let name = cx.str(name_of(category))?;
            cx.push(categories, name.cast())?;
        }
    }
    show(cx, shown, n!("pluralCategories"), categories.cast())?;
    rules.digits.show_rounding(cx, shown)?;
    Ok(shown.cast())
}
