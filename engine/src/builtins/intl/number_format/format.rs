//! From a number to its text: FormatNumericToString and PartitionNumberPattern (ECMA-402 §16.5.4), and ranges (§16.5.19).
//!
//! A formatted number is put together as layers of what stands around the digits. Ranges need the layers: what both ends have in common is
//! written once.

use alloc::string::String;

use icu_decimal::provider::{CompactPatterns, DecimalCompactLongV1, DecimalCompactShortV1};
use icu_locale::Locale;
use icu_pattern::{PatternItem, SinglePlaceholder, SinglePlaceholderPattern};
use icu_plurals::{PluralCategory, PluralOperands, PluralRules, PluralRulesWithRanges};
use icu_provider::DataPayload;

use super::decimal::{Decimal, Number};
use super::digits::Shown;
use super::parts::{PartType, Parts, Source};
use super::symbols::{Symbols, load};
use super::{CompactDisplay, CurrencyDisplay, Grouping, Notation, NumberFormat, SignDisplay, Style};

/// What stands before and after.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Affixes {
    pub before: Parts,
    pub after: Parts,
    /// They say the number themselves ("one hour" of languages that have a word for that).
    pub instead: bool,
}

impl Affixes {
    /// The literals of a pattern of which the middle is elsewhere.
    pub(super) fn of_pattern(pattern: &SinglePlaceholderPattern, part: PartType) -> Affixes {
        let mut affixes = Affixes::default();
        let mut number_seen = false;
        for item in pattern.iter() {
            match item {
                PatternItem::Placeholder(_) => number_seen = true,
                PatternItem::Literal(text) if number_seen => affixes.after.push(part, text),
                PatternItem::Literal(text) => affixes.before.push(part, text),
            }
        }
        affixes.instead = !number_seen;
        affixes
    }

    fn len(&self) -> usize {
        self.before.text.chars().count() + self.after.text.chars().count()
    }
}

/// The sign that a number gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Sign {
    None,
    Minus,
    Plus,
}

/// A number with what stands around it, from within to without.
#[derive(Clone, PartialEq, Debug)]
struct Formatted {
    number: Parts,
    exponent: Affixes,
    /// Sign, sign of currency or percent, power of ten in compact notation.
    middle: Affixes,
    /// Unit, or name of the currency.
    outer: Affixes,
    category: PluralCategory,
}

/// What a call needs of the library.
pub(super) struct Formatter<'a> {
    pub options: &'a NumberFormat,
    pub locale: Locale,
    pub symbols: Symbols,
    compact: Option<Compact>,
    pub plurals: Option<PluralRules>,
}

type Compact = DataPayload<icu_provider::marker::ErasedMarker<CompactPatterns<'static, SinglePlaceholder>>>;

impl<'a> Formatter<'a> {
    pub(super) fn new(options: &'a NumberFormat) -> Formatter<'a> {
        let locale = Locale::try_from_str(&options.locale).unwrap_or(Locale::UNKNOWN);
        let mut symbols = Symbols::new(&locale, &options.numbering_system);
        let baked = &icu_decimal::provider::Baked;
        // Of amounts of money only short forms are known, but for those with the currency's name.
        let by_sign = options.style == Style::Currency && options.currency_display != CurrencyDisplay::Name;
        let width = if by_sign { CompactDisplay::Short } else { options.compact_display };
        symbols.adapt(options);
        let compact = match (options.notation, width) {
            (Notation::Compact, CompactDisplay::Short) => {
                load::<DecimalCompactShortV1>(baked, &locale, &options.numbering_system)
                    .or_else(|| load::<DecimalCompactShortV1>(baked, &locale, ""))
                    .map(DataPayload::cast)
            }
            (Notation::Compact, CompactDisplay::Long) => {
                load::<DecimalCompactLongV1>(baked, &locale, &options.numbering_system)
                    .or_else(|| load::<DecimalCompactLongV1>(baked, &locale, ""))
                    .map(DataPayload::cast)
            }
            _ => None,
        };
        let by_name = options.style == Style::Currency && options.currency_display == CurrencyDisplay::Name;
        let needs_plurals = compact.is_some() || by_name || options.style == Style::Unit;
        let plurals = needs_plurals.then(|| PluralRules::try_new_cardinal((&locale).into()).ok()).flatten();
        Formatter { options, locale, symbols, compact, plurals }
    }

    /// The text of a number.
    pub(super) fn format(&self, number: &Number) -> Parts {
        self.lay(number, false).joined()
    }

    /// FormatApproximately and PartitionNumberRangePattern
    pub(super) fn format_range(&self, start: &Number, end: &Number) -> Parts {
        let (first, last) = (self.lay(start, false), self.lay(end, false));
        if first == last {
            return self.lay(start, true).joined();
        }
        let outer_shared = self.is_outer_shared(&first, &last);
        let middle_shared = outer_shared && first.middle == last.middle && first.middle.len() > 1;
        let repeats = first.exponent.len() > 0
            || (!middle_shared && first.middle.len() > 0)
            || (!outer_shared && first.outer.len() > 0);
        let mut between = String::new();
        let infix = self.symbols.range();
        if repeats && !infix.starts_with(char::is_whitespace) {
            between.push(' ');
        }
        between.push_str(infix);
        if repeats && !infix.ends_with(char::is_whitespace) {
            between.push(' ');
        }
        let outer = if outer_shared { self.shared_outer(&first, &last) } else { Affixes::default() };
        let mut parts = Parts::default();
        parts.append(&outer.before);
        if middle_shared {
            parts.append(&first.middle.before);
        }
        for (formatted, source) in [(&first, Source::StartRange), (&last, Source::EndRange)] {
            if source == Source::EndRange {
                parts.push_raw(PartType::Literal, Source::Shared, &between);
            }
            let mut own = formatted.clone();
            if outer_shared {
                own.outer = Affixes::default();
            }
            if middle_shared {
                own.middle = Affixes::default();
            }
            parts.append_from(&own.joined(), source);
        }
        if middle_shared {
            parts.append(&first.middle.after);
        }
        parts.append(&outer.after);
        parts
    }

    /// Whether a unit is written once: it is the same but for the form that the numbers ask for.
    fn is_outer_shared(&self, first: &Formatted, last: &Formatted) -> bool {
        first.outer == last.outer || self.options.style == Style::Unit || self.options.style == Style::Currency
    }

    fn shared_outer(&self, first: &Formatted, last: &Formatted) -> Affixes {
        let rules = PluralRulesWithRanges::try_new_cardinal((&self.locale).into());
        let category = rules.map_or(last.category, |rules| rules.resolve_range(first.category, last.category));
        self.outer(category)
    }

    fn outer(&self, category: PluralCategory) -> Affixes {
        match self.options.style {
            Style::Unit if !self.is_percent_unit() => super::unit::affixes(self, category),
            Style::Currency if self.options.currency_display == CurrencyDisplay::Name => {
                super::currency::name_affixes(self, category)
            }
            _ => Affixes::default(),
        }
    }

    /// Percent stands where its sign does, not where names of units are.
    fn is_percent_unit(&self) -> bool {
        self.options.is_percent_unit()
    }

    /// The layers of a number.
    fn lay(&self, number: &Number, approximately: bool) -> Formatted {
        let options = self.options;
        let mut formatted = Formatted {
            number: Parts::default(),
            exponent: Affixes::default(),
            middle: Affixes::default(),
            outer: Affixes::default(),
            category: PluralCategory::Other,
        };
        let mut compact = Affixes::default();
        let (negative, zero) = match number {
            Number::NaN => {
                formatted.number.push_raw(PartType::NaN, Source::Shared, self.symbols.nan());
                (false, true)
            }
            Number::Infinity { negative } => {
                formatted.number.push_raw(PartType::Infinity, Source::Shared, self.symbols.infinity());
                (*negative, false)
            }
            Number::Finite(decimal) => {
                let decimal =
                    if options.style == Style::Percent { decimal.clone().shifted(2) } else { decimal.clone() };
                let exponent = self.exponent(&decimal);
                let shown = options.digits.apply(&decimal.clone().shifted(-exponent));
                self.write_number(&shown, &mut formatted.number);
                let operands = self.operands(&shown, exponent);
                if let (Some(operands), Some(plurals)) = (operands, &self.plurals) {
                    formatted.category = plurals.category_for(operands);
                }
                match options.notation {
                    Notation::Standard => {}
                    Notation::Compact => {
                        let magnitude = shown.number.magnitude().saturating_add(exponent);
                        compact = self.compact_affixes(magnitude, super::operands(&shown, 0));
                    }
                    Notation::Scientific | Notation::Engineering => self.write_exponent(exponent, &mut formatted),
                }
                (decimal.negative, shown.number.is_zero())
            }
        };
        let sign = match options.sign_display {
            SignDisplay::Auto if negative => Sign::Minus,
            SignDisplay::Always if negative => Sign::Minus,
            SignDisplay::Always => Sign::Plus,
            SignDisplay::ExceptZero if zero => Sign::None,
            SignDisplay::ExceptZero if negative => Sign::Minus,
            SignDisplay::ExceptZero => Sign::Plus,
            SignDisplay::Negative if negative && !zero => Sign::Minus,
            _ => Sign::None,
        };
        let mut middle = match options.style {
            Style::Percent => super::currency::percent_affixes(self, sign, approximately, PartType::PercentSign),
            Style::Unit if self.is_percent_unit() => {
                super::currency::percent_affixes(self, sign, approximately, PartType::Unit)
            }
            Style::Currency if options.currency_display != CurrencyDisplay::Name => {
                let finite = matches!(number, Number::Finite(_));
                super::currency::sign_affixes(self, sign, approximately, finite, compact != Affixes::default())
            }
            _ => {
                let mut affixes = Affixes::default();
                self.push_sign(sign, approximately, &mut affixes);
                affixes
            }
        };
        middle.before.append(&compact.before);
        let mut after = compact.after;
        after.append(&middle.after);
        formatted.middle = Affixes { before: middle.before, after, instead: false };
        formatted.outer = self.outer(formatted.category);
        if compact.instead || formatted.outer.instead {
            formatted.number = Parts::default();
        }
        if formatted.outer.instead {
            formatted.middle = Affixes::default();
        }
        formatted
    }

    /// Puts a sign around what is there already.
    pub(super) fn push_sign(&self, sign: Sign, approximately: bool, affixes: &mut Affixes) {
        let mut before = Parts::default();
        self.push_sign_before(sign, approximately, &mut before);
        before.append(&affixes.before);
        affixes.before = before;
        match sign {
            Sign::None => {}
            Sign::Minus => affixes.after.push(PartType::MinusSign, &self.symbols.minus.1),
            Sign::Plus => affixes.after.push(PartType::PlusSign, &self.symbols.plus.1),
        }
    }

    /// What of a sign stands before the number.
    pub(super) fn push_sign_before(&self, sign: Sign, approximately: bool, parts: &mut Parts) {
        if approximately {
            parts.push(PartType::ApproximatelySign, &self.symbols.approximately(&self.locale));
        }
        match sign {
            Sign::None => {}
            Sign::Minus => parts.push(PartType::MinusSign, &self.symbols.minus.0),
            Sign::Plus => parts.push(PartType::PlusSign, &self.symbols.plus.0),
        }
    }

    /// ComputeExponent
    fn exponent(&self, number: &Decimal) -> i32 {
        if self.options.notation == Notation::Standard || number.is_zero() {
            return 0;
        }
        let magnitude = number.magnitude();
        let exponent = self.exponent_for_magnitude(magnitude);
        let rounded = self.options.digits.apply(&number.clone().shifted(-exponent)).number;
        if rounded.is_zero() || rounded.magnitude() == magnitude - exponent {
            return exponent;
        }
        self.exponent_for_magnitude(magnitude.saturating_add(1))
    }

    /// ComputeExponentForMagnitude
    fn exponent_for_magnitude(&self, magnitude: i32) -> i32 {
        match self.options.notation {
            Notation::Standard => 0,
            Notation::Scientific => magnitude,
            Notation::Engineering => magnitude.div_euclid(3) * 3,
            Notation::Compact => {
                let Some(compact) = &self.compact else { return 0 };
                let entry = compact.get().0.iter().take_while(|entry| i32::from(entry.sized) <= magnitude).last();
                entry.map_or(0, |entry| i32::from(entry.sized) - i32::from(entry.variable.get_default().0.get()))
            }
        }
    }

    fn compact_affixes(&self, magnitude: i32, operands: Option<PluralOperands>) -> Affixes {
        let (Some(compact), Some(plurals)) = (&self.compact, &self.plurals) else { return Affixes::default() };
        let entry = compact.get().0.iter().take_while(|entry| i32::from(entry.sized) <= magnitude).last();
        match (entry, operands) {
            (Some(entry), Some(operands)) => {
                Affixes::of_pattern(entry.variable.get(operands, plurals).1, PartType::Compact)
            }
            _ => Affixes::default(),
        }
    }

    /// What the rules of plurals look at, if there are any.
    fn operands(&self, shown: &Shown, exponent: i32) -> Option<PluralOperands> {
        self.plurals.as_ref()?;
        super::operands(shown, if self.options.notation == Notation::Compact { exponent } else { 0 })
    }

    /// What the rules of plurals look at in a number.
    pub(super) fn operands_of(&self, number: &Number) -> Option<PluralOperands> {
        let Number::Finite(decimal) = number else { return None };
        let exponent = self.exponent(decimal);
        let shown = self.options.digits.apply(&decimal.clone().shifted(-exponent));
        super::operands(&shown, if self.options.notation == Notation::Compact { exponent } else { 0 })
    }

    /// Digits, groups and decimal point.
    fn write_number(&self, shown: &Shown, parts: &mut Parts) {
        let symbols = &self.symbols;
        let first = shown.number.magnitude().max(shown.minimum_integer - 1).max(0);
        let (primary, secondary, least) = symbols.grouping;
        let (primary, secondary, least) = match self.options.grouping {
            Grouping::Never => (0, 0, 0),
            Grouping::Auto => (primary, secondary, least),
            Grouping::Always if primary == 0 => (3, 3, 1),
            Grouping::Always => (primary, secondary, 1),
            Grouping::Min2 => (primary, secondary, least.max(2)),
        };
        let grouped = primary > 0 && first >= primary + least.max(1) - 1;
        let mut run = String::new();
        for power in (0..=first).rev() {
            run.push(self.digit(shown.number.digit_at(power)));
            let ends_group = grouped && power >= primary && (power - primary) % secondary.max(1) == 0;
            if ends_group {
                parts.push_raw(PartType::Integer, Source::Shared, &run);
                parts.push_raw(PartType::Group, Source::Shared, &symbols.group);
                run.clear();
            }
        }
        parts.push_raw(PartType::Integer, Source::Shared, &run);
        if shown.fraction_digits > 0 {
            parts.push_raw(PartType::Decimal, Source::Shared, &symbols.decimal);
            run.clear();
            for power in 1..=shown.fraction_digits {
                run.push(self.digit(shown.number.digit_at(-power)));
            }
            parts.push_raw(PartType::Fraction, Source::Shared, &run);
        }
    }

    fn write_exponent(&self, exponent: i32, formatted: &mut Formatted) {
        let after = &mut formatted.exponent.after;
        after.push_raw(PartType::ExponentSeparator, Source::Shared, self.symbols.exponent());
        if exponent < 0 {
            after.push(PartType::ExponentMinusSign, &self.symbols.minus.0);
        }
        let shown = Shown {
            number: Decimal::parse(alloc::format!("{}", exponent.unsigned_abs()).as_bytes()).unwrap_or_default(),
            minimum_integer: 1,
            fraction_digits: 0,
        };
        let mut text = String::new();
        for power in (0..=shown.number.magnitude()).rev() {
            text.push(self.digit(shown.number.digit_at(power)));
        }
        after.push_raw(PartType::ExponentInteger, Source::Shared, &text);
    }

    fn digit(&self, digit: u8) -> char {
        self.symbols.digits.get(usize::from(digit)).copied().unwrap_or('0')
    }
}

impl Formatted {
    fn joined(&self) -> Parts {
        let mut parts = Parts::default();
        for layer in [&self.outer, &self.middle, &self.exponent] {
            parts.append(&layer.before);
        }
        parts.append(&self.number);
        for layer in [&self.exponent, &self.middle, &self.outer] {
            parts.append(&layer.after);
        }
        parts
    }
}
