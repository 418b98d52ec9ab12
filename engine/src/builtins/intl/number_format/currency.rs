//! Signs, names and digits of currencies, and signs of percent.

use icu_experimental::dimension::provider::currency::essentials::CurrencyEssentialsV1;
use icu_experimental::dimension::provider::currency::extended::CurrencyExtendedDataV1;
use icu_experimental::dimension::provider::currency::fractions::CurrencyFractionsV1;
use icu_experimental::dimension::provider::currency::patterns::CurrencyPatternsDataV1;
use icu_experimental::dimension::provider::currency::symbols::{CurrencySymbol, CurrencySymbolsV1};
use icu_experimental::dimension::provider::percent::PercentEssentialsV1;
use icu_experimental::provider::Baked;
use icu_locale::Locale;
use icu_pattern::{DoublePlaceholderKey, DoublePlaceholderPattern, PatternItem};
use icu_plurals::PluralCategory;

use super::format::{Affixes, Formatter, Sign};
use super::parts::{PartType, Parts};
use super::symbols::load;
use super::{CurrencyDisplay, CurrencySign};

/// CurrencyDigits
pub(super) fn digits(currency: &str) -> u8 {
    let Some(data) = load::<CurrencyFractionsV1>(&Baked, &Locale::UNKNOWN, "") else { return 2 };
    currency.parse().map_or(2, |currency| data.get().resolve(currency).digits)
}

/// The sign of the currency and that of the number around a number.
pub(super) fn sign_affixes(formatter: &Formatter<'_>, sign: Sign, approximately: bool) -> Affixes {
    let options = formatter.options;
    let locale = &formatter.locale;
    let symbol = symbol(formatter);
    let data = load::<CurrencyEssentialsV1>(&Baked, locale, &options.numbering_system)
        .or_else(|| load::<CurrencyEssentialsV1>(&Baked, locale, ""));
    let mut affixes = Affixes::default();
    let Some(data) = data else {
        affixes.before.push(PartType::Currency, symbol.as_str());
        formatter.push_sign(sign, approximately, &mut affixes);
        return affixes;
    };
    let data = data.get();
    let (starts, ends) = (symbol.starts_with_letter(), symbol.ends_with_letter());
    let (positive, negative) = match options.currency_sign {
        CurrencySign::Standard => (data.get_positive(starts, ends), data.get_negative(starts, ends)),
        CurrencySign::Accounting => {
            (data.get_positive_accounting(starts, ends), data.get_negative_accounting(starts, ends))
        }
    };
    // A pattern for negative numbers that has a sign is also the one for others that have a sign.
    let own = negative.filter(|pattern| {
        sign == Sign::Minus || ((sign == Sign::Plus || approximately) && literals(pattern).any(has_minus))
    });
    let mut sign_written = false;
    let mut number_seen = false;
    for item in own.unwrap_or(positive).iter() {
        let parts = if number_seen { &mut affixes.after } else { &mut affixes.before };
        match item {
            PatternItem::Placeholder(DoublePlaceholderKey::Place0) => number_seen = true,
            PatternItem::Placeholder(DoublePlaceholderKey::Place1) => parts.push(PartType::Currency, symbol.as_str()),
            PatternItem::Literal(text) if own.is_some() && has_minus(text) => {
                sign_written = true;
                for (i, text) in text.split(['-', '\u{2212}']).enumerate() {
                    if i > 0 {
                        let mut written = Parts::default();
                        formatter.push_sign_before(sign, approximately, &mut written);
                        push_visible(parts, &written);
                    }
                    parts.push(PartType::Literal, text);
                }
            }
            PatternItem::Literal(text) => parts.push(PartType::Literal, text),
        }
    }
    if own.is_none() {
        formatter.push_sign(sign, approximately, &mut affixes);
    } else if !sign_written && approximately {
        formatter.push_sign(Sign::None, true, &mut affixes);
    }
    affixes
}

/// Adds a sign without the marks of direction around it, which the pattern has itself.
fn push_visible(parts: &mut Parts, sign: &Parts) {
    for (part, source, text) in sign.iter() {
        if part != PartType::Literal {
            parts.push_raw(part, source, text);
        }
    }
}

fn literals(pattern: &DoublePlaceholderPattern) -> impl Iterator<Item = &str> {
    pattern.iter().filter_map(|item| match item {
        PatternItem::Literal(text) => Some(text),
        PatternItem::Placeholder(_) => None,
    })
}

fn has_minus(text: &str) -> bool {
    text.contains(['-', '\u{2212}'])
}

/// What stands for the currency.
fn symbol(formatter: &Formatter<'_>) -> CurrencySymbol<'static> {
    let currency = formatter.options.currency.as_str();
    let widths: &[&str] = match formatter.options.currency_display {
        CurrencyDisplay::Symbol => &["s"],
        CurrencyDisplay::NarrowSymbol => &["n", "s"],
        CurrencyDisplay::Code | CurrencyDisplay::Name => &[],
    };
    for width in widths {
        let attributes = alloc::format!("{width}/{currency}");
        if let Some(data) = load::<CurrencySymbolsV1>(&Baked, &formatter.locale, &attributes) {
            let data = data.get();
            return CurrencySymbol::new(data.as_str(), data.starts_with_letter(), data.ends_with_letter());
        }
    }
    CurrencySymbol::new(currency, true, true)
}

/// The name of the currency next to a number.
pub(super) fn name_affixes(formatter: &Formatter<'_>, category: PluralCategory) -> Affixes {
    let currency = formatter.options.currency.as_str();
    let locale = &formatter.locale;
    let mut affixes = Affixes::default();
    let Some(rules) = &formatter.plurals else { return affixes };
    let operands = super::unit::operands_of(rules, category);
    let extended = load::<CurrencyExtendedDataV1>(&Baked, locale, currency);
    let name = extended.as_ref().map_or(currency, |data| data.get().get(operands, rules));
    let Some(patterns) = load::<CurrencyPatternsDataV1>(&Baked, locale, "") else {
        affixes.after.push(PartType::Currency, name);
        return affixes;
    };
    let mut number_seen = false;
    for item in patterns.get().get(operands, rules).iter() {
        let parts = if number_seen { &mut affixes.after } else { &mut affixes.before };
        match item {
            PatternItem::Placeholder(DoublePlaceholderKey::Place0) => number_seen = true,
            PatternItem::Placeholder(DoublePlaceholderKey::Place1) => parts.push(PartType::Currency, name),
            PatternItem::Literal(text) => parts.push(PartType::Literal, text),
        }
    }
    affixes
}

/// The sign of percent and that of the number around a number.
pub(super) fn percent_affixes(formatter: &Formatter<'_>, sign: Sign, approximately: bool) -> Affixes {
    let mut affixes = Affixes::default();
    let Some(data) = load::<PercentEssentialsV1>(&Baked, &formatter.locale, "") else {
        affixes.after.push(PartType::PercentSign, formatter.symbols.percent);
        formatter.push_sign(sign, approximately, &mut affixes);
        return affixes;
    };
    let data = data.get();
    if sign == Sign::None && !approximately {
        return Affixes::of_pattern(&data.unsigned_pattern, PartType::PercentSign);
    }
    let mut number_seen = false;
    for item in data.signed_pattern.iter() {
        let parts = if number_seen { &mut affixes.after } else { &mut affixes.before };
        match item {
            PatternItem::Placeholder(DoublePlaceholderKey::Place0) => number_seen = true,
            PatternItem::Placeholder(DoublePlaceholderKey::Place1) => {
                formatter.push_sign_before(sign, approximately, parts);
            }
            PatternItem::Literal(text) => parts.push(PartType::PercentSign, text),
        }
    }
    affixes
}
