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
use super::symbols::{ancestors, load, load_with_depth};
use super::{CurrencyDisplay, CurrencySign};

/// CurrencyDigits
pub(super) fn digits(currency: &str) -> u8 {
    let Some(data) = load::<CurrencyFractionsV1>(&Baked, &Locale::UNKNOWN, "") else { return 2 };
    currency.parse().map_or(2, |currency| data.get().resolve(currency).digits)
}

/// The sign of the currency and that of the number around a number.
pub(super) fn sign_affixes(
    formatter: &Formatter<'_>,
    sign: Sign,
    approximately: bool,
    finite: bool,
    compact: bool,
) -> Affixes {
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
    // A letter keeps away from digits, not from the signs for what has none.
    let (starts, ends) = if finite { (symbol.starts_with_letter(), symbol.ends_with_letter()) } else { (false, false) };
    let (positive, negative) = match options.currency_sign {
        // The patterns for compact notation say nothing of negative numbers.
        _ if compact => (data.get_positive(starts, ends), None),
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
        if let Some((data, depth)) = load_with_depth::<CurrencySymbolsV1>(&Baked, &formatter.locale, &attributes) {
            if depth == 0 && *width == "s" && writes_code(currency, &formatter.locale.id.to_string()) {
                break;
            }
            let data = data.get();
            return CurrencySymbol::new(data.as_str(), data.starts_with_letter(), data.ends_with_letter());
        }
    }
    CurrencySymbol::new(currency, true, true)
}

/// Whether a locale has the code of a currency for its sign.
fn writes_code(currency: &str, id: &str) -> bool {
    let Some((_, codes, signs)) = CODES.iter().find(|(code, ..)| *code == currency) else { return false };
    let has = |locales: &str, id: &str| locales.split(' ').any(|locale| locale == id);
    let nearest = ancestors(id).find(|id| has(codes, id) || has(signs, id));
    nearest.is_some_and(|id| has(codes, id))
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
pub(super) fn percent_affixes(formatter: &Formatter<'_>, sign: Sign, approximately: bool, part: PartType) -> Affixes {
    let mut affixes = Affixes::default();
    let Some(data) = load::<PercentEssentialsV1>(&Baked, &formatter.locale, "") else {
        affixes.after.push(part, "%");
        formatter.push_sign(sign, approximately, &mut affixes);
        return affixes;
    };
    let data = data.get();
    // The data has the sign that goes with Latin digits.
    let arabic = match formatter.options.numbering_system.as_str() {
        "arab" => Some("٪\u{61c}"),
        "arabext" => Some("٪"),
        _ => None,
    };
    if let Some(percent) = arabic {
        affixes.after.push(part, percent);
        formatter.push_sign(sign, approximately, &mut affixes);
        return affixes;
    }
    if sign == Sign::None && !approximately {
        return Affixes::of_pattern(&data.unsigned_pattern, part);
    }
    let mut number_seen = false;
    for item in data.signed_pattern.iter() {
        let parts = if number_seen { &mut affixes.after } else { &mut affixes.before };
        match item {
            PatternItem::Placeholder(DoublePlaceholderKey::Place0) => number_seen = true,
            PatternItem::Placeholder(DoublePlaceholderKey::Place1) => {
                formatter.push_sign_before(sign, approximately, parts);
            }
            PatternItem::Literal(text) => parts.push(part, text),
        }
    }
    affixes
}

/// Locales that write the code of a currency where the root has a sign for it (which the library's data does not tell from what is inherited),
/// and those below them that have one again (CLDR 48).
#[rustfmt::skip]
const CODES: &[(&str, &str, &str)] = &[
    ("AUD", "bg bs dsb eo es fi hr hsb hu is ka ky lt mk no pl ro sk sl sr sv uk vec", "bs-Cyrl"),
    ("BRL", "be bg br bs ca en-AU eo es fi hr hu is it ky lt no ro sk sl sq uk vec", "bs-Cyrl es-BR"),
    ("CAD", "af be bg bs ca en-AU eo es fi hr hu is ky lt ms no pl ro sk sl uk vec", "bs-Cyrl"),
    ("CNY", "bg br bs ca en-AU eo es fi fr hr hu ka lt mk no pl ro sk sv ti uk vec", "bs-Cyrl fr-CA"),
    ("EUR", "de-CH de-LI en-AU es-419 hu is ro tk uk vec", ""),
    ("GBP", "bg bs en-AU eo es hr hu is ky lt mk nn pl ro sk sl sv tk uk vec", "bs-Cyrl"),
    ("HKD", "bg bs en-AU eo es fi fr hr hu it ka ky lt mk no pl ro sk sv uk vec", "bs-Cyrl fr-CA"),
    ("ILS", "bg br bs cs dz en-AU eo es fi fr-CA hr hu ka ky lt mk no pl ro uk vec", "bs-Cyrl"),
    ("INR", "bg cs en-AU eo es fi fr-CA hr hu is it ka ky lt mk no pl ro sk sv uk vec", ""),
    ("JPY", "bg br en-AU eo es fr hr it ka lt mk no pl ro sk sv ti vec", "es-US fr-CA"),
    ("KRW", "bg br cy en-AU eo es fi fr-CA hr hu is it ka ky lt mk no pl ro sk sr sv uk vec", ""),
    ("MXN", "af bg bs ca en-AU eo es fi fr-CA hr hu is it ky lt ms no pl ro sl uk vec", "bs-Cyrl es-MX"),
    ("NZD", "be bg bs en-AU eo es fi hr hu is ka ky lt mk no pl ro sk sl sr sv uk vec", "bs-Cyrl"),
    ("PHP", "af am ar ars as ast az be bg bn br bs ca ccp ce chr cs cy da de el en-AU eo es et eu fa fi fo fr gd gl gu he hi hr hu hy id is ja ka kgp kk km kn ko kok ky lb lo lt lv mk ml mn mr ms mt mzn ne nl no or pa pcm pl pt qu ro ru sd si sk sl sq sr sv sw ta te th tk tr uk ur uz vec vi yrl yue zh zu", "az-Cyrl bs-Cyrl es-PH hi-Latn kk-Arab kk-CN kok-Latn pa-Arab pa-PK sd-Deva sd-IN uz-AF uz-Arab uz-Cyrl"),
    ("TWD", "bg br en-AU eo es fi fr hr hu is it ky lt mk no pl ro sk sl sv uk vec", ""),
    ("USD", "af bs ca en-AU eo es-419 hr hu is it ky lt ms no pl ro sk uk vec", "bs-Cyrl es-AR es-CL es-CO es-CU es-DO es-EC es-PR es-SV es-US es-UY"),
    ("VND", "bg br cs en-AU eo es-419 fi fr-CA hr hu is it ka lt mk no pl ro sk sr sv uk vec", ""),
    ("XAF", "dz en-AU eo es fr-CA lt no vec", "es-GQ"),
    ("XCD", "bg br bs ca en-AU eo es fi fr gl hr hu ky lt no ro sl uk vec", "bs-Cyrl"),
    ("XCG", "ca eo is pl sv", ""),
    ("XOF", "en-AU eo es fr-CA lt vec", ""),
    ("XPF", "bs eo fi fr-CA fy hr lt nl no vec", "bs-Cyrl"),
    ("XXX", "ast br ca cs cy de fi ga gd hr id ja nl no pa sk th vi yue zh", "pa-Arab pa-PK"),
];
