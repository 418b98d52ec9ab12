//! Units of measurement.

use alloc::format;
use alloc::string::{String, ToString};

use icu_decimal::input::Decimal;
use icu_experimental::dimension::provider::percent::PercentEssentialsV1;
use icu_experimental::dimension::provider::units::categorized_display_names as names;
use icu_experimental::dimension::provider::units::display_names::UnitsDisplayNames;
use icu_experimental::dimension::provider::units::essentials::UnitsEssentialsV1;
use icu_experimental::provider::Baked;
use icu_locale::Locale;
use icu_pattern::{PatternItem, SinglePlaceholderPattern};
use icu_plurals::{PluralCategory, PluralOperands, PluralRules};
use icu_provider::DataPayload;
use icu_provider::marker::ErasedMarker;

use super::format::{Affixes, Formatter};
use super::parts::PartType;
use super::symbols::{load, load_with_depth};

/// The units that may be asked for, alone and two of them with `-per-` between (ECMA-402 table 2), in the order of the alphabet.
pub(in crate::builtins::intl) const SANCTIONED: [&str; 45] = [
    "acre",
    "bit",
    "byte",
    "celsius",
    "centimeter",
    "day",
    "degree",
    "fahrenheit",
    "fluid-ounce",
    "foot",
    "gallon",
    "gigabit",
    "gigabyte",
    "gram",
    "hectare",
    "hour",
    "inch",
    "kilobit",
    "kilobyte",
    "kilogram",
    "kilometer",
    "liter",
    "megabit",
    "megabyte",
    "meter",
    "microsecond",
    "mile",
    "mile-scandinavian",
    "milliliter",
    "millimeter",
    "millisecond",
    "minute",
    "month",
    "nanosecond",
    "ounce",
    "percent",
    "petabyte",
    "pound",
    "second",
    "stone",
    "terabit",
    "terabyte",
    "week",
    "yard",
    "year",
];

/// IsWellFormedUnitIdentifier
pub(super) fn is_well_formed(unit: &str) -> bool {
    let is_sanctioned = |unit: &str| SANCTIONED.binary_search(&unit).is_ok();
    is_sanctioned(unit)
        || unit.split_once("-per-").is_some_and(|(one, other)| is_sanctioned(one) && is_sanctioned(other))
}

/// The unit of a formatter around a number.
pub(super) fn affixes(formatter: &Formatter<'_>, category: PluralCategory) -> Affixes {
    let Some(rules) = formatter.plurals.as_ref() else { return Affixes::default() };
    let (locale, unit) = (&formatter.locale, formatter.options.unit.as_str());
    let width = formatter.options.unit_display.as_str();
    let Around { before, after, instead } = around(locale, rules, width, unit, category);
    let mut affixes = Affixes { instead, ..Affixes::default() };
    affixes.before.push(PartType::Unit, &before);
    affixes.after.push(PartType::Unit, &after);
    affixes
}

/// A pattern, taken apart at its number.
#[derive(Default)]
struct Around {
    before: String,
    after: String,
    /// There is no place for a number.
    instead: bool,
}

impl Around {
    /// A pattern that is a text with `{0}`.
    fn of_text(pattern: &str) -> Around {
        match pattern.split_once("{0}") {
            Some((before, after)) => Around { before: before.into(), after: after.into(), instead: false },
            None => Around { before: pattern.into(), after: String::new(), instead: true },
        }
    }

    fn of_pattern(pattern: &SinglePlaceholderPattern) -> Around {
        let mut around = Around { instead: true, ..Around::default() };
        for item in pattern.iter() {
            match item {
                PatternItem::Placeholder(_) => around.instead = false,
                PatternItem::Literal(text) if around.instead => around.before.push_str(text),
                PatternItem::Literal(text) => around.after.push_str(text),
            }
        }
        around
    }
}

/// What is before and after a number with a unit.
fn around(locale: &Locale, rules: &PluralRules, width: &str, unit: &str, category: PluralCategory) -> Around {
    let bare = |unit: &str| Around { after: format!(" {unit}"), ..Around::default() };
    if unit == "percent" {
        let data = load::<PercentEssentialsV1>(&Baked, locale, "");
        return data.map_or_else(|| bare(unit), |data| Around::of_pattern(&data.get().unsigned_pattern));
    }
    if let Some(found) = simple(locale, rules, width, unit, category) {
        return found;
    }
    let Some((unit, per)) = unit.split_once("-per-") else { return bare(unit) };
    let around_one = around(locale, rules, width, unit, category);
    let pattern = match super::more_units::pattern(locale, width, &format!("per-{per}"), PluralCategory::Other) {
        Some(pattern) => pattern.to_string(),
        None => {
            let one = around(locale, rules, width, per, PluralCategory::One);
            let name = format!("{}{}", one.before.trim(), one.after.trim());
            let pattern = load::<UnitsEssentialsV1>(&Baked, locale, width)
                .map_or_else(|| "{0}/{1}".to_string(), |data| data.get().per.to_string());
            pattern.replace("{1}", &name)
        }
    };
    let both = Around::of_text(&pattern);
    // Where one of them says the number there is nothing but the text before it.
    let Around { before, after, instead } = around_one;
    let joined = |one: &str, other: &str| format!("{one}{other}");
    if instead {
        return Around { before: joined(&joined(&both.before, &before), &both.after), instead, ..Around::default() };
    }
    Around { before: joined(&both.before, &before), after: joined(&after, &both.after), instead }
}

/// A unit that is in the data as it is.
fn simple(locale: &Locale, rules: &PluralRules, width: &str, unit: &str, category: PluralCategory) -> Option<Around> {
    if let Some(pattern) = super::more_units::pattern(locale, width, unit, category) {
        return Some(Around::of_text(pattern));
    }
    let data = names_of(locale, &format!("{width}-{unit}"))?;
    Some(Around::of_pattern(data.get().get(operands_of(rules, category), rules)))
}

/// The data of a unit, in whatever category of units it is. Each locale has it in one of several places, and the root's may be in others: so
/// the one for the nearest ancestor of the locale counts.
fn names_of(locale: &Locale, attributes: &str) -> Option<DataPayload<ErasedMarker<UnitsDisplayNames<'static>>>> {
    let mut best = None;
    macro_rules! look_at {
        ($($marker:ident)*) => {
            $(if let Some((data, depth)) = load_with_depth::<names::$marker>(&Baked, locale, attributes)
                && best.as_ref().is_none_or(|&(_, best)| depth > best)
            {
                best = Some((data.cast(), depth));
            })*
        };
    }
    look_at! {
        UnitsNamesDurationCoreV1 UnitsNamesDurationExtendedV1 UnitsNamesDurationOutlierV1
        UnitsNamesLengthCoreV1 UnitsNamesLengthExtendedV1 UnitsNamesLengthOutlierV1
        UnitsNamesMassCoreV1 UnitsNamesMassExtendedV1 UnitsNamesMassOutlierV1
        UnitsNamesVolumeCoreV1 UnitsNamesVolumeExtendedV1 UnitsNamesVolumeOutlierV1
        UnitsNamesAreaCoreV1 UnitsNamesAreaExtendedV1 UnitsNamesAreaOutlierV1
    }
    best.map(|(data, _)| data)
}

/// A number of a category: what the library looks patterns up with.
pub(super) fn operands_of(rules: &PluralRules, category: PluralCategory) -> PluralOperands {
    const SAMPLES: [&str; 16] =
        ["100", "1", "2", "0", "3", "5", "6", "8", "11", "7", "4", "20", "1000000", "1.5", "0.1", "10"];
    let mut samples =
        SAMPLES.iter().filter_map(|sample| sample.parse().ok()).map(|sample: Decimal| PluralOperands::from(&sample));
    samples.find(|&sample| rules.category_for(sample) == category).unwrap_or_else(|| PluralOperands::from(100u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_has_a_name() {
        for locale in ["en", "de", "ja", "nb", "zh-TW", "es-MX"] {
            let locale = Locale::try_from_str(locale).unwrap();
            let rules = PluralRules::try_new_cardinal((&locale).into()).unwrap();
            for unit in SANCTIONED {
                let names = simple(&locale, &rules, "long", unit, PluralCategory::Other);
                assert!(unit == "percent" || names.is_some(), "{locale} {unit}");
            }
        }
    }

    #[test]
    fn units_that_are_asked_for() {
        assert!(SANCTIONED.is_sorted());
        assert!(is_well_formed("meter") && is_well_formed("mile-scandinavian-per-fluid-ounce"));
        assert!(
            !is_well_formed("meters") && !is_well_formed("meter-per-") && !is_well_formed("meter-per-hour-per-hour")
        );
    }
}
