//! Units that the library has no names for: temperatures, angles, amounts of data, and speeds (CLDR 48).

use icu_locale::Locale;
use icu_plurals::PluralCategory;

use super::symbols::ancestors;

/// Sections that begin with `@` and the languages they are for; lines of unit, width and pattern for each category of plurals.
static TABLE: &str = include_str!("more_units.txt");

/// The pattern of a unit, with `{0}` for the number.
pub(super) fn pattern(locale: &Locale, width: &str, unit: &str, category: PluralCategory) -> Option<&'static str> {
    let id = locale.id.to_string();
    ancestors(&id).chain(["und"]).find_map(|id| in_section(id, width, unit, category))
}

fn in_section(id: &str, width: &str, unit: &str, category: PluralCategory) -> Option<&'static str> {
    let start = TABLE.find(&alloc::format!("@{id}\n"))?;
    let section = TABLE.get(start + 1..)?.split('@').next()?;
    let find = |width: &str| {
        let key = alloc::format!("{unit} {width} ");
        section.lines().find_map(|line| line.strip_prefix(key.as_str()))
    };
    // What is narrow is written where it differs from what is short.
    let line = match width.get(..1)? {
        "n" => find("n").or_else(|| find("s")),
        width => find(width),
    }?;
    let name = match category {
        PluralCategory::Zero => "zero=",
        PluralCategory::One => "one=",
        PluralCategory::Two => "two=",
        PluralCategory::Few => "few=",
        PluralCategory::Many => "many=",
        PluralCategory::Other => "",
    };
    let mut forms = line.split('|');
    let other = forms.next()?;
    Some(forms.find_map(|form| if name.is_empty() { None } else { form.strip_prefix(name) }).unwrap_or(other))
}
