//! Units of measurement.

use alloc::format;
use alloc::string::ToString;

use icu_experimental::dimension::provider::percent::PercentEssentialsV1;
use icu_experimental::dimension::provider::units::categorized_display_names as names;
use icu_experimental::dimension::provider::units::display_names::UnitsDisplayNames;
use icu_experimental::dimension::provider::units::essentials::UnitsEssentialsV1;
use icu_experimental::provider::Baked;
use icu_decimal::input::Decimal;
use icu_locale::Locale;
use icu_plurals::{PluralCategory, PluralOperands, PluralRules};
use icu_provider::DataPayload;
use icu_provider::marker::ErasedMarker;

use super::format::{Affixes, Formatter};
use super::parts::PartType;
use super::symbols::load;

/// The units that may be asked for, alone and two of them with `-per-` between (ECMA-402 table 2), in the order of the alphabet.
pub(in crate::builtins::intl) const SANCTIONED: [&str; 45] = [
    "acre", "bit", "byte", "celsius", "centimeter", "day", "degree", "fahrenheit", "fluid-ounce", "foot", "gallon",
    "gigabit", "gigabyte", "gram", "hectare", "hour", "inch", "kilobit", "kilobyte", "kilogram", "kilometer", "liter",
    "megabit", "megabyte", "meter", "microsecond", "mile", "mile-scandinavian", "milliliter", "millimeter",
    "millisecond", "minute", "month", "nanosecond", "ounce", "percent", "petabyte", "pound", "second", "stone",
    "terabit", "terabyte", "week", "yard", "year",
];

/// IsWellFormedUnitIdentifier
pub(super) fn is_well_formed(unit: &str) -> bool {
    let is_sanctioned = |unit: &str| SANCTIONED.binary_search(&unit).is_ok();
    is_sanctioned(unit) || unit.split_once("-per-").is_some_and(|(one, other)| is_sanctioned(one) && is_sanctioned(other))
}

/// The unit of a formatter around a number.
pub(super) fn affixes(formatter: &Formatter<'_>, category: PluralCategory) -> Affixes {
    let width = formatter.options.unit_display.as_str();
    let Some(rules) = formatter.plurals.as_ref() else { return Affixes::default() };
    let unit = formatter.options.unit.as_str();
    if unit == "percent" {
        let data = load::<PercentEssentialsV1>(&Baked, &formatter.locale, "");
        return data.map_or_else(|| bare("%"), |data| Affixes::of_pattern(&data.get().unsigned_pattern, PartType::Unit));
    }
    if let Some(affixes) = simple(&formatter.locale, rules, width, unit, category) {
        return affixes;
    }
    let (unit, per) = unit.split_once("-per-").unwrap_or((unit, ""));
    let mut affixes = simple(&formatter.locale, rules, width, unit, category).unwrap_or_else(|| bare(unit));
    if !per.is_empty() {
        let one = simple(&formatter.locale, rules, width, per, PluralCategory::One).unwrap_or_else(|| bare(per));
        let name = format!("{}{}", one.before.text.trim(), one.after.text.trim());
        let pattern = load::<UnitsEssentialsV1>(&Baked, &formatter.locale, width)
            .map_or_else(|| "{0}/{1}".to_string(), |data| data.get().per.to_string());
        let pattern = pattern.replace("{1}", &name);
        let (before, after) = pattern.split_once("{0}").unwrap_or(("", &pattern));
        let mut whole = Affixes::default();
        whole.before.push(PartType::Unit, before);
        whole.before.append(&affixes.before);
        affixes.after.push(PartType::Unit, after);
        whole.after = affixes.after;
        affixes = whole;
    }
    affixes
}

/// A unit for which there is no name.
fn bare(unit: &str) -> Affixes {
    let mut affixes = Affixes::default();
    affixes.after.push(PartType::Unit, &format!(" {unit}"));
    affixes
}

/// A unit that is in the data as it is.
fn simple(
    locale: &Locale,
    rules: &PluralRules,
    width: &str,
    unit: &str,
    category: PluralCategory,
) -> Option<Affixes> {
    if let Some(pattern) = super::more_units::pattern(locale, width, unit, category) {
        let (before, after) = pattern.split_once("{0}").unwrap_or(("", pattern));
        let mut affixes = Affixes::default();
        affixes.before.push(PartType::Unit, before);
        affixes.after.push(PartType::Unit, after);
        return Some(affixes);
    }
    let data = names_of(locale, &format!("{width}-{unit}"))?;
    Some(Affixes::of_pattern(data.get().get(operands_of(rules, category), rules), PartType::Unit))
}

/// The data of a unit, in whatever category of units it is.
fn names_of(locale: &Locale, attributes: &str) -> Option<DataPayload<ErasedMarker<UnitsDisplayNames<'static>>>> {
    macro_rules! first_of {
        ($($marker:ident)*) => {
            None$(.or_else(|| load::<names::$marker>(&Baked, locale, attributes).map(DataPayload::cast)))*
        };
    }
    first_of! {
        UnitsNamesDurationCoreV1 UnitsNamesDurationExtendedV1 UnitsNamesDurationOutlierV1
        UnitsNamesLengthCoreV1 UnitsNamesLengthExtendedV1 UnitsNamesLengthOutlierV1
        UnitsNamesMassCoreV1 UnitsNamesMassExtendedV1 UnitsNamesMassOutlierV1
        UnitsNamesVolumeCoreV1 UnitsNamesVolumeExtendedV1 UnitsNamesVolumeOutlierV1
        UnitsNamesAreaCoreV1 UnitsNamesAreaExtendedV1 UnitsNamesAreaOutlierV1
    }
}

/// A number of a category: what the library looks patterns up with.
pub(super) fn operands_of(rules: &PluralRules, category: PluralCategory) -> PluralOperands {
    const SAMPLES: [&str; 16] =
        ["100", "1", "2", "0", "3", "5", "6", "8", "11", "7", "4", "20", "1000000", "1.5", "0.1", "10"];
    let mut samples = SAMPLES.iter().filter_map(|sample| sample.parse().ok()).map(|sample: Decimal| PluralOperands::from(&sample));
    samples.find(|&sample| rules.category_for(sample) == category).unwrap_or_else(|| PluralOperands::from(100u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_units_have_data() {
        let en = Locale::try_from_str("en").unwrap();
        let missing: alloc::vec::Vec<_> = SANCTIONED
            .iter()
            .filter(|unit| names_of(&en, &format!("long-{unit}")).is_none())
            .map(|unit| unit.to_string())
            .collect();
        panic!("{missing:?}");
    }
}
