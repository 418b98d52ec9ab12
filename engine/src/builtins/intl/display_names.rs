//! `Intl.DisplayNames` (ECMA-402 §12).

use alloc::string::{String, ToString};

use icu_experimental::dimension::provider::currency::displayname::CurrencyDisplaynameV1;
use icu_experimental::dimension::provider::currency::symbols::CurrencySymbolsV1;
use icu_experimental::displaynames::provider::{
    LanguageDisplayNamesV1, LocaleDisplayNamesV1, RegionDisplayNamesV1, ScriptDisplayNamesV1, VariantDisplayNamesV1,
};
use icu_experimental::provider::Baked;
use icu_locale::subtags::{Language, Region, Script, Variant};
use icu_locale::{LanguageIdentifier, Locale};
use icu_provider::{
    DataIdentifierBorrowed, DataLocale, DataMarker, DataMarkerAttributes, DataPayload, DataProvider, DataRequest,
};
use serde::{Deserialize, Serialize};

use super::display_words::{CALENDARS, FIELDS, calendar_name, field_name, patterns, script_alone};
use super::locale_list::{canonical, canonicalize_locale_list, read_locale_matcher, resolve_locale, supported_locales};
use super::options::{choices, option, options_object, show_text, text};
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value};
use crate::n;
use crate::throw::JsResult;

choices! {
    DisplayStyle { Narrow = "narrow", Short = "short", Long = "long" }
    DisplayType {
        Language = "language",
        Region = "region",
        Script = "script",
        Currency = "currency",
        Calendar = "calendar",
        DateTimeField = "dateTimeField",
    }
    Fallback { Code = "code", None = "none" }
    LanguageDisplay { Dialect = "dialect", Standard = "standard" }
}

/// An `Intl.DisplayNames`.
#[derive(Serialize, Deserialize)]
pub(super) struct DisplayNames {
    tag: String,
    style: DisplayStyle,
    kind: DisplayType,
    fallback: Fallback,
    language_display: LanguageDisplay,
}

impl State for DisplayNames {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlDisplayNamesPrototype;
    const NAME: &'static str = "Intl.DisplayNames";
}

pub(in crate::builtins) static DISPLAY_NAMES: Spec = Spec::constructor(
    n!("DisplayNames"),
    2,
    construct,
    &[prototype(Intrinsic::IntlDisplayNamesPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static DISPLAY_NAMES_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlDisplayNames),
        tag(n!("Intl.DisplayNames")),
        func(n!("of"), 1, of),
        func(n!("resolvedOptions"), 0, resolved_options),
    ],
);

/// Intl.DisplayNames
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_new::<DisplayNames>(cx, args)?;
    let requested = canonicalize_locale_list(cx, args.get(0))?;
    if cx.is_undefined(args.get(1)) {
        return Err(cx.throw_type_error("Intl.DisplayNames needs options with a type"));
    }
    let options = options_object(cx, args.get(1))?;
    read_locale_matcher(cx, options)?;
    let resolved = resolve_locale(cx, requested, [])?;
    let style = option::<DisplayStyle>(cx, options, n!("style"))?.unwrap_or(DisplayStyle::Long);
    let Some(kind) = option::<DisplayType>(cx, options, n!("type"))? else {
        return Err(cx.throw_type_error("Intl.DisplayNames needs the option 'type'"));
    };
    let fallback = option::<Fallback>(cx, options, n!("fallback"))?.unwrap_or(Fallback::Code);
    let language_display =
        option::<LanguageDisplay>(cx, options, n!("languageDisplay"))?.unwrap_or(LanguageDisplay::Dialect);
    slots::fill(cx, object, &DisplayNames { tag: resolved.tag, style, kind, fallback, language_display })?;
    Ok(object.cast())
}

/// Intl.DisplayNames.prototype.of
fn of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state: DisplayNames = slots::this(cx, args)?;
    let code = cx.to_string(args.get(0))?;
    let code = text(cx, code.cast())?;
    let Some(code) = canonical_code(state.kind, &code) else {
        return Err(cx.throw_range_error(&alloc::format!("invalid code of a {}: {code}", state.kind.as_str())));
    };
    match state.name(&code) {
        Some(name) => Ok(cx.str(&name)?.cast()),
        None if state.fallback == Fallback::Code => Ok(cx.str(&code)?.cast()),
        None => Ok(UNDEFINED),
    }
}

/// Intl.DisplayNames.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state: DisplayNames = slots::this(cx, args)?;
    let options = cx.new_object()?;
    show_text(cx, options, n!("locale"), &state.tag)?;
    show_text(cx, options, n!("style"), state.style.as_str())?;
    show_text(cx, options, n!("type"), state.kind.as_str())?;
    show_text(cx, options, n!("fallback"), state.fallback.as_str())?;
    if state.kind == DisplayType::Language {
        show_text(cx, options, n!("languageDisplay"), state.language_display.as_str())?;
    }
    Ok(options.cast())
}

/// ECMA-402 §12.5.1 CanonicalCodeForDisplayNames; nothing for what is no code.
fn canonical_code(kind: DisplayType, code: &str) -> Option<String> {
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic());
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    match kind {
        DisplayType::Language => canonical_language(code),
        DisplayType::Region => {
            ((code.len() == 2 && letters(code)) || (code.len() == 3 && digits(code))).then(|| code.to_ascii_uppercase())
        }
        DisplayType::Script => {
            let mut canonical = code.to_ascii_lowercase();
            canonical.get_mut(..1)?.make_ascii_uppercase();
            (code.len() == 4 && letters(code)).then_some(canonical)
        }
        DisplayType::Currency => (code.len() == 3 && letters(code)).then(|| code.to_ascii_uppercase()),
        DisplayType::Calendar => {
            let part = |part: &str| (3..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
            code.split('-').all(part).then(|| code.to_ascii_lowercase())
        }
        DisplayType::DateTimeField => FIELDS.contains(&code).then(|| code.to_string()),
    }
}

/// A language tag without extensions, in canonical form.
fn canonical_language(code: &str) -> Option<String> {
    let (language, rest) = code.split_at(code.find('-').unwrap_or(code.len()));
    if !language.bytes().all(|b| b.is_ascii_alphabetic()) || code.split('-').any(|subtag| subtag.len() == 1) {
        return None;
    }
    match language.len() {
        2 | 3 => canonical(code).map(|locale| locale.to_string()),
        // No language has a name this long, and the library takes none.
        5..=8 => {
            let rest = canonical(&alloc::format!("und{rest}"))?.to_string();
            Some(language.to_ascii_lowercase() + rest.strip_prefix("und").unwrap_or_default())
        }
        _ => None,
    }
}

/// Data of a kind for a locale, and for a code where there is data for each.
fn load<M: DataMarker>(locale: &Locale, attributes: &str) -> Option<DataPayload<M>>
where
    Baked: DataProvider<M>,
{
    let locale = DataLocale::from(locale);
    let attributes = DataMarkerAttributes::try_from_str(attributes).ok()?;
    let id = DataIdentifierBorrowed::for_marker_attributes_and_locale(attributes, &locale);
    Baked.load(DataRequest { id, ..Default::default() }).ok().map(|response| response.payload)
}

/// The long name of a currency.
pub(super) fn currency_name(locale: &Locale, code: &str) -> Option<String> {
    let name = load::<CurrencyDisplaynameV1>(locale, code)?;
    Some(name.get().to_string())
}

impl DisplayNames {
    fn name(&self, code: &str) -> Option<String> {
        let locale: Locale = self.tag.parse().ok()?;
        let locale = Locale::from(locale.id);
        let short = self.style != DisplayStyle::Long;
        match self.kind {
            DisplayType::Language => self.language(&locale, code),
            DisplayType::Region => region(&locale, code.parse().ok()?, short),
            DisplayType::Script => {
                let script = code.parse().ok()?;
                let alone = if short { None } else { script_alone(locale.id.language.as_str(), code) };
                alone.map(ToString::to_string).or_else(|| self::script(&locale, script, short))
            }
            DisplayType::Currency => match self.style {
                DisplayStyle::Long => currency_name(&locale, code),
                style => {
                    currency_name(&locale, code)?;
                    let of = |width| load::<CurrencySymbolsV1>(&locale, &alloc::format!("{width}/{code}"));
                    let narrow = if style == DisplayStyle::Narrow { of("n") } else { None };
                    let symbol = narrow.or_else(|| of("s")).map(|symbol| symbol.get().as_str().to_string());
                    Some(symbol.unwrap_or_else(|| code.to_string()))
                }
            },
            DisplayType::Calendar => {
                let at = CALENDARS.iter().position(|calendar| *calendar == code)?;
                calendar_name(locale.id.language.as_str(), at).map(ToString::to_string)
            }
            DisplayType::DateTimeField => {
                let at = FIELDS.iter().position(|field| *field == code)?;
                field_name(locale.id.language.as_str(), at, self.style).map(ToString::to_string)
            }
        }
    }

    /// The name of a language tag, after the algorithm of UTS #35 for display names of locales.
    fn language(&self, locale: &Locale, code: &str) -> Option<String> {
        let (first, rest) = code.split_at(code.find('-').unwrap_or(code.len()));
        // The library takes no languages of more than three letters; none has a name.
        let is_long = first.len() > 3;
        let id: LanguageIdentifier =
            if is_long { alloc::format!("und{rest}").parse().ok()? } else { code.parse().ok()? };
        let short = self.style != DisplayStyle::Long;
        let (mut named, mut script, mut region) = (None, id.script, id.region);
        if self.language_display == LanguageDisplay::Dialect && !is_long {
            // With script and region, with the script, with the region.
            for (with_script, with_region) in [(script, region), (script, None), (None, region)] {
                if named.is_some() || (with_script.is_none() && with_region.is_none()) {
                    continue;
                }
                let mut dialect = LanguageIdentifier::from(id.language);
                (dialect.script, dialect.region) = (with_script, with_region);
                named = self::dialect(locale, &dialect, short);
                if named.is_some() {
                    script = if with_script.is_some() { None } else { script };
                    region = if with_region.is_some() { None } else { region };
                }
            }
        }
        let mut name = match named.or_else(|| if is_long { None } else { language(locale, id.language, short) }) {
            Some(name) => name,
            // What has no name at all is shown by its code, as a whole or not at all.
            None if script.is_none() && region.is_none() && id.variants.is_empty() => return None,
            None if self.fallback == Fallback::None => return None,
            None => first.to_string(),
        };
        let script = script.map(|script| self::script(locale, script, short).unwrap_or_else(|| script.to_string()));
        let region = region.map(|region| self::region(locale, region, short).unwrap_or_else(|| region.to_string()));
        let variants =
            id.variants.iter().map(|one| variant(locale, *one).unwrap_or_else(|| one.to_string().to_uppercase()));
        let patterns = patterns(&locale.id);
        let mut inner = String::new();
        for part in script.into_iter().chain(region).chain(variants) {
            if !inner.is_empty() {
                inner.push_str(patterns.separator);
            }
            inner.push_str(&patterns.nested(&part));
        }
        if !inner.is_empty() {
            name = patterns.nested(&name);
            name.push_str(patterns.open);
            name.push_str(&inner);
            name.push_str(patterns.close);
        }
        Some(name)
    }
}

fn language(locale: &Locale, language: Language, short: bool) -> Option<String> {
    let names = load::<LanguageDisplayNamesV1>(locale, "")?;
    let (names, key) = (names.get(), language.to_tinystr().to_unvalidated());
    let brief = if short { names.short_names.get(&key) } else { None };
    brief.or_else(|| names.names.get(&key)).map(ToString::to_string)
}

fn dialect(locale: &Locale, id: &LanguageIdentifier, short: bool) -> Option<String> {
    let names = load::<LocaleDisplayNamesV1>(locale, "")?;
    let names = names.get();
    let brief = if short { names.short_names.get_by(|key| id.strict_cmp(key).reverse()) } else { None };
    brief.or_else(|| names.names.get_by(|key| id.strict_cmp(key).reverse())).map(ToString::to_string)
}

fn region(locale: &Locale, region: Region, short: bool) -> Option<String> {
    let names = load::<RegionDisplayNamesV1>(locale, "")?;
    let (names, key) = (names.get(), region.to_tinystr().to_unvalidated());
    let brief = if short { names.short_names.get(&key) } else { None };
    brief.or_else(|| names.names.get(&key)).map(ToString::to_string)
}

fn script(locale: &Locale, script: Script, short: bool) -> Option<String> {
    let names = load::<ScriptDisplayNamesV1>(locale, "")?;
    let (names, key) = (names.get(), script.to_tinystr().to_unvalidated());
    let brief = if short { names.short_names.get(&key) } else { None };
    brief.or_else(|| names.names.get(&key)).map(ToString::to_string)
}

fn variant(locale: &Locale, variant: Variant) -> Option<String> {
    let names = load::<VariantDisplayNamesV1>(locale, "")?;
    names.get().names.get(&variant.to_tinystr().to_unvalidated()).map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(tag: &str, kind: DisplayType, code: &str) -> Option<String> {
        let (style, fallback) = (DisplayStyle::Long, Fallback::None);
        let names = DisplayNames { tag: tag.into(), style, kind, fallback, language_display: LanguageDisplay::Dialect };
        names.name(&canonical_code(kind, code)?)
    }

    #[test]
    fn names_in_languages() {
        for (tag, kind, code, expected) in [
            ("en", DisplayType::Language, "fr", Some("French")),
            ("en", DisplayType::Language, "en-GB", Some("British English")),
            ("en", DisplayType::Language, "zh-Hant-TW", Some("Traditional Chinese (Taiwan)")),
            ("en", DisplayType::Language, "sr-Latn-RS", Some("Serbian (Latin, Serbia)")),
            ("en", DisplayType::Language, "my-MM", Some("Burmese (Myanmar [Burma])")),
            ("de", DisplayType::Language, "de-AT", Some("Österreichisches Deutsch")),
            ("en", DisplayType::Language, "xx", None),
            ("en", DisplayType::Region, "us", Some("United States")),
            ("es", DisplayType::Region, "DE", Some("Alemania")),
            ("ja", DisplayType::Region, "JP", Some("日本")),
            ("en", DisplayType::Script, "Latn", Some("Latin")),
            ("en", DisplayType::Script, "hant", Some("Traditional Han")),
            ("en", DisplayType::Currency, "USD", Some("US Dollar")),
            ("de", DisplayType::Currency, "usd", Some("US-Dollar")),
            ("en", DisplayType::Currency, "XQX", None),
            ("en", DisplayType::Calendar, "gregory", Some("Gregorian Calendar")),
            ("en", DisplayType::DateTimeField, "weekOfYear", Some("week")),
        ] {
            assert_eq!(name(tag, kind, code).as_deref(), expected, "{tag} {code}");
        }
    }

    #[test]
    fn codes() {
        assert_eq!(canonical_language("ZZZZZZZZ-abcd-ab-12345").as_deref(), Some("zzzzzzzz-Abcd-AB-12345"));
        for code in ["", "a", "abcd", "root", "en_GB", "en-u-ca-hebrew", "aa-aaaaa-aaaaa", "aa-bb-cc", "1a", "en-"] {
            assert_eq!(canonical_language(code), None, "{code}");
        }
    }
}
