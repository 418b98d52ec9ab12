//! Lists of locales, and which of them is used (ECMA-402 §9.2).

use alloc::string::{String, ToString};
use core::str::FromStr;

use icu_locale::extensions::transform::{Key as TransformKey, Value as TransformValue};
use icu_locale::extensions::unicode::{Key, Value as KeywordValue};
use icu_locale::{Locale, LocaleCanonicalizer};
use rotifer_jsvalue::Kind;

use super::available::is_available;
use super::options::{LocaleMatcher, coerce_options, option, text};
use super::slots;
use crate::builtins::Intrinsic;
use crate::cx::{Cx, Object, Value};
use crate::n;
use crate::throw::JsResult;

/// The locale that is used when none that is asked for is there (DefaultLocale).
const DEFAULT: &str = "en-US";

/// The field of transformations whose value `names` has another canonical form.
const MECHANISM: TransformKey = icu_locale::extensions::transform::key!("m0");

/// Values of keywords that have another canonical form and that the library leaves as they are (UTS 35 §3.2.1).
const ALIASES: &[(&str, &str, &str)] = &[
    ("ca", "ethiopic-amete-alem", "ethioaa"),
    ("ca", "islamicc", "islamic-civil"),
    ("kb", "yes", ""),
    ("kc", "yes", ""),
    ("kh", "yes", ""),
    ("kk", "yes", ""),
    ("kn", "yes", ""),
    ("ks", "primary", "level1"),
    ("ks", "tertiary", "level3"),
    ("ms", "imperial", "uksystem"),
];

/// A language tag in its canonical form (IsStructurallyValidLanguageTag and CanonicalizeUnicodeLocaleId).
pub(super) fn canonical(tag: &str) -> Option<Locale> {
    // The library takes what Unicode calls a locale identifier, which is more than a language tag.
    if tag.contains('_') {
        return None;
    }
    let mut locale = Locale::try_from_str(tag).ok()?;
    LocaleCanonicalizer::new_extended().canonicalize(&mut locale);
    for (key, alias, value) in ALIASES {
        if keyword(&locale, key).is_some_and(|value| value == *alias) {
            set_keyword(&mut locale, key, value);
        }
    }
    let names = locale.extensions.transform.fields.get(&MECHANISM).is_some_and(|value| value.to_string() == "names");
    if let (true, Ok(value)) = (names, TransformValue::try_from_str("prprname")) {
        locale.extensions.transform.fields.set(MECHANISM, value);
    }
    Some(locale)
}

/// [`canonical`] of a JavaScript string, or a RangeError.
pub(super) fn canonical_of<'s>(cx: &mut Cx<'s>, tag: Value<'s>) -> JsResult<Locale> {
    let tag = text(cx, tag)?;
    match canonical(&tag) {
        Some(locale) => Ok(locale),
        None => Err(cx.throw_range_error(&alloc::format!("invalid language tag: {tag}"))),
    }
}

/// ECMA-402 §9.2.1 CanonicalizeLocaleList: an array of strings that nobody else sees.
pub(super) fn canonicalize_locale_list<'s>(cx: &mut Cx<'s>, locales: Value<'s>) -> JsResult<Object<'s>> {
    let list = cx.new_array(0, 1)?;
    if cx.is_undefined(locales) {
        return Ok(list);
    }
    if cx.peek(locales).is_string() || slots::is::<super::locale::IntlLocale>(cx, locales) {
        let tag = tag_of(cx, locales)?;
        cx.push(list, tag)?;
        return Ok(list);
    }
    let object = cx.to_object(locales)?;
    let length = cx.length_of_array_like(object)?;
    let proto = cx.intrinsic(Intrinsic::SetPrototype)?;
    let seen = cx.new_object_of(Kind::Set, proto, 0)?;
    let mut index = 0.0;
    while index < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.index_key(index)?;
        index += 1.0;
        if !cx.has_property(object, key)? {
            continue;
        }
        let item = cx.get(object, key)?;
        if !cx.peek(item).is_string() && !cx.is_object(item) {
            return Err(cx.throw_type_error("a locale is a string or an object"));
        }
        let tag = tag_of(&mut cx, item)?;
        if cx.table_find(seen, tag)?.is_none() {
            cx.table_set(seen, tag, None)?;
            cx.push(list, tag)?;
        }
    }
    Ok(list)
}

/// The canonical tag of one item of a list.
fn tag_of<'s>(cx: &mut Cx<'s>, item: Value<'s>) -> JsResult<Value<'s>> {
    let tag = match slots::state_of::<super::locale::IntlLocale>(cx, item) {
        Some(locale) => locale.tag,
        None => {
            let tag = cx.to_string(item)?;
            canonical_of(cx, tag.cast())?.to_string()
        }
    };
    Ok(cx.str(&tag)?.cast())
}

/// BestAvailableLocale and what goes with it in LookupMatchingLocaleByPrefix: the part of a locale (without its extensions) that is there.
fn best_available(locale: &Locale) -> Option<String> {
    let mut tag = locale.id.to_string();
    loop {
        if is_available(&tag) {
            return Some(tag);
        }
        let end = tag.rfind('-')?;
        tag.truncate(end);
    }
}

/// A key of Unicode extensions that matters to a service (an element of `[[RelevantExtensionKeys]]`).
pub(super) struct Relevant<'a> {
    /// `nu`, `ca` …
    pub key: &'static str,
    /// What the option for it says, in canonical form if there is one (an alias counts as what it stands for).
    pub option: Option<String>,
    /// Whether a value can be had in a locale.
    pub supports: &'a dyn Fn(&Locale, &str) -> bool,
}

/// What [`resolve_locale`] finds.
pub(super) struct Resolved<const N: usize> {
    /// `[[Locale]]`: with the extensions that have an effect.
    pub tag: String,
    /// The locale without extensions, for which there is data.
    pub locale: Locale,
    /// The values of the relevant keys; `None` where the locale's own is to be used.
    pub values: [Option<String>; N],
}

/// Sets a keyword of the Unicode extension; what is none is left out.
pub(super) fn set_keyword(locale: &mut Locale, key: &str, value: &str) {
    if let (Ok(key), Ok(value)) = (Key::try_from_str(key), KeywordValue::try_from_str(value)) {
        locale.extensions.unicode.keywords.set(key, value);
    }
}

/// The value of a keyword, `true` for one without value.
pub(super) fn keyword(locale: &Locale, key: &str) -> Option<String> {
    let value = locale.extensions.unicode.keywords.get(&Key::try_from_str(key).ok()?)?.to_string();
    Some(if value.is_empty() { "true".to_string() } else { value })
}

/// ECMA-402 §9.2.7 ResolveLocale
pub(super) fn resolve_locale<'s, const N: usize>(
    cx: &mut Cx<'s>,
    requested: Object<'s>,
    relevant: [Relevant<'_>; N],
) -> JsResult<Resolved<N>> {
    let mut found = None;
    for i in 0..cx.array_len(requested) {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let tag = cx.array_item(requested, i)?;
        let Ok(asked) = Locale::from_str(&text(&mut cx, tag)?) else { continue };
        if let Some(tag) = best_available(&asked) {
            found = Some((tag, asked));
            break;
        }
    }
    let (tag, asked) = found.unwrap_or_else(|| (DEFAULT.to_string(), Locale::UNKNOWN));
    let locale = Locale::from_str(&tag).unwrap_or(Locale::UNKNOWN);
    let mut shown = locale.clone();
    let values = relevant.map(|relevant| {
        let in_tag = keyword(&asked, relevant.key).filter(|value| (relevant.supports)(&locale, value));
        let option = relevant.option.filter(|value| (relevant.supports)(&locale, value));
        match (in_tag, option) {
            (Some(in_tag), option) if option.as_ref().is_none_or(|option| *option == in_tag) => {
                // `true` is what a keyword without value says.
                set_keyword(&mut shown, relevant.key, if in_tag == "true" { "" } else { &in_tag });
                Some(in_tag)
            }
            (_, option) => option,
        }
    });
    Ok(Resolved { tag: shown.to_string(), locale, values })
}

/// The options that every constructor reads first: its `localeMatcher`, which makes no difference.
pub(super) fn read_locale_matcher<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<()> {
    option::<LocaleMatcher>(cx, options, n!("localeMatcher")).map(drop)
}

/// ECMA-402 §9.2.9 FilterLocales, after CanonicalizeLocaleList: `supportedLocalesOf` of every service.
pub(super) fn supported_locales<'s>(cx: &mut Cx<'s>, args: &crate::cx::Args<'s>) -> JsResult<Value<'s>> {
    let requested = canonicalize_locale_list(cx, args.get(0))?;
    let options = coerce_options(cx, args.get(1))?;
    read_locale_matcher(cx, options)?;
    let subset = cx.new_array(0, 1)?;
    for i in 0..cx.array_len(requested) {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let tag = cx.array_item(requested, i)?;
        let Ok(locale) = Locale::from_str(&text(&mut cx, tag)?) else { continue };
        if best_available(&locale).is_some() {
            cx.push(subset, tag)?;
        }
    }
    Ok(subset.cast())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_canonical() {
        for (tag, expected) in [
            ("EN-us", Some("en-US")),
            ("de-latn-de", Some("de-Latn-DE")),
            ("cmn", Some("zh")),
            ("en-u-ca-islamicc", Some("en-u-ca-islamic-civil")),
            ("en-u-kn-yes", Some("en-u-kn")),
            ("en_US", None),
            ("x-private", None),
            ("i-klingon", None),
            ("de-1996-1996", None),
            ("", None),
        ] {
            assert_eq!(canonical(tag).map(|locale| locale.to_string()).as_deref(), expected, "{tag}");
        }
    }

    #[test]
    fn what_is_there_is_a_part_of_what_is_asked_for() {
        let best = |tag: &str| best_available(&Locale::from_str(tag).unwrap());
        assert_eq!(best("de-CH-1996").as_deref(), Some("de-CH"));
        assert_eq!(best("zh-Hant-TW").as_deref(), Some("zh-Hant-TW"));
        assert_eq!(best("tlh").as_deref(), None);
    }
}
