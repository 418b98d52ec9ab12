//! `Intl.Collator` (ECMA-402 §10) and `String.prototype.localeCompare` (ECMA-402 §19.1.1).

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;

use icu_collator::options::{AlternateHandling, CaseLevel, CollatorOptions, MaxVariable, Strength};
use icu_collator::preferences::{CollationCaseFirst, CollationNumericOrdering};
use icu_collator::{CollatorBorrowed, CollatorPreferences};
use icu_locale::Locale;
use rotifer_jsvalue::StrView;
use serde::{Deserialize, Serialize};

use super::locale::CaseFirst;
use super::locale_info::collations_of;
use super::locale_list::{
    Relevant, canonicalize_locale_list, read_locale_matcher, resolve_locale, set_keyword, supported_locales,
};
use super::options::{boolean_option, choices, coerce_options, option, show_plain, show_text, type_option};
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::internal::Closure;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::builtins::string::{MOST_MARKS, longest_marks, this_str, too_many_marks};
use crate::cx::{Args, Cx, JsStr, Value, imm};
use crate::n;
use crate::throw::JsResult;

choices! {
    Usage { Sort = "sort", Search = "search" }
    Sensitivity { Base = "base", Accent = "accent", Case = "case", Variant = "variant" }
}

/// An `Intl.Collator`.
#[derive(Serialize, Deserialize)]
pub(super) struct Collator {
    /// `[[Locale]]`
    tag: String,
    usage: Usage,
    sensitivity: Sensitivity,
    ignore_punctuation: bool,
    /// `[[Collation]]`, nothing for `default`.
    collation: Option<String>,
    numeric: bool,
    case_first: CaseFirst,
}

impl State for Collator {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlCollatorPrototype;
    const NAME: &'static str = "Intl.Collator";
}

pub(in crate::builtins) static COLLATOR: Spec = Spec::constructor(
    n!("Collator"),
    0,
    construct,
    &[prototype(Intrinsic::IntlCollatorPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static COLLATOR_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlCollator),
        tag(n!("Intl.Collator")),
        getter(n!("compare"), compare),
        func(n!("resolvedOptions"), 0, resolved_options),
    ],
);

/// The collators that compared last, with what they were made from: making one takes longer than comparing two words.
#[derive(Debug, Default)]
pub(crate) struct Collators {
    made: [Option<(Vec<u8>, CollatorBorrowed<'static>)>; 4],
    /// The place that is used next.
    next: usize,
}

impl Collators {
    fn find(&self, key: &[u8]) -> Option<usize> {
        self.made.iter().position(|made| made.as_ref().is_some_and(|(of, _)| of == key))
    }

    fn insert(&mut self, key: Vec<u8>, collator: CollatorBorrowed<'static>) -> usize {
        let at = self.next % self.made.len();
        self.made[at] = Some((key, collator));
        self.next = at + 1;
        at
    }

    fn get(&self, at: usize) -> Option<&CollatorBorrowed<'static>> {
        self.made.get(at)?.as_ref().map(|(_, collator)| collator)
    }
}

/// Whether there is data for a collation of a locale. The collations `standard` and `search` are not chosen by name.
fn has_collation(locale: &Locale, collation: &str) -> bool {
    !matches!(collation, "searchjl" | "phonetic") && collations_of(locale).contains(&collation)
}

/// What a collator is made of in a locale: everything but the options that the locale may decide.
fn preferences(locale: &Locale, usage: Usage, collation: Option<&str>) -> CollatorPreferences {
    let mut locale = Locale::from(locale.id.clone());
    // German searches find `ae` for `ä`; other languages are searched as they are sorted.
    let search = (usage == Usage::Search && locale.id.language.as_str() == "de").then_some("phonebk");
    if let Some(collation) = collation.or(search) {
        set_keyword(&mut locale, "co", collation);
    }
    CollatorPreferences::from(&locale)
}

fn strength(sensitivity: Sensitivity) -> CollatorOptions {
    let mut options = CollatorOptions::default();
    options.strength = Some(match sensitivity {
        Sensitivity::Base | Sensitivity::Case => Strength::Primary,
        Sensitivity::Accent => Strength::Secondary,
        Sensitivity::Variant => Strength::Tertiary,
    });
    options.case_level = Some(if sensitivity == Sensitivity::Case { CaseLevel::On } else { CaseLevel::Off });
    options.max_variable = Some(MaxVariable::Punctuation);
    options
}

impl Collator {
    /// The library's collator.
    fn make(&self) -> Option<CollatorBorrowed<'static>> {
        let locale: Locale = self.tag.parse().unwrap_or(Locale::UNKNOWN);
        let mut preferences = preferences(&locale, self.usage, self.collation.as_deref());
        preferences.numeric_ordering =
            Some(if self.numeric { CollationNumericOrdering::True } else { CollationNumericOrdering::False });
        preferences.case_first = Some(match self.case_first {
            CaseFirst::Upper => CollationCaseFirst::Upper,
            CaseFirst::Lower => CollationCaseFirst::Lower,
            CaseFirst::False => CollationCaseFirst::False,
        });
        let mut options = strength(self.sensitivity);
        options.alternate_handling =
            Some(if self.ignore_punctuation { AlternateHandling::Shifted } else { AlternateHandling::NonIgnorable });
        CollatorBorrowed::try_new(preferences, options).ok()
    }
}

/// What is usual in a language: whether punctuation is ignored, and which case comes first. The library's data says the same, but takes
/// as long to be found as all else.
fn usual(language: &str) -> (bool, CaseFirst) {
    (language == "th", if matches!(language, "da" | "mt") { CaseFirst::Upper } else { CaseFirst::False })
}

/// The part of the constructor that reads its arguments.
fn resolve<'s>(cx: &mut Cx<'s>, locales: Value<'s>, options: Value<'s>) -> JsResult<Collator> {
    let requested = canonicalize_locale_list(cx, locales)?;
    let options = coerce_options(cx, options)?;
    let usage = option::<Usage>(cx, options, n!("usage"))?.unwrap_or(Usage::Sort);
    read_locale_matcher(cx, options)?;
    let collation = type_option(cx, options, n!("collation"))?;
    let numeric = boolean_option(cx, options, n!("numeric"))?;
    let case_first = option::<CaseFirst>(cx, options, n!("caseFirst"))?;
    let resolved = resolve_locale(
        cx,
        requested,
        [
            Relevant {
                key: "co",
                option: collation,
                supports: &|locale, value| usage == Usage::Sort && has_collation(locale, value),
            },
            Relevant {
                key: "kn",
                option: numeric.map(|numeric| numeric.to_string()),
                supports: &|_, value| matches!(value, "true" | "false"),
            },
            Relevant {
                key: "kf",
                option: case_first.map(|first| first.as_str().to_string()),
                supports: &|_, value| value.parse::<CaseFirst>().is_ok(),
            },
        ],
    )?;
    let sensitivity = option::<Sensitivity>(cx, options, n!("sensitivity"))?.unwrap_or(Sensitivity::Variant);
    let ignore_punctuation = boolean_option(cx, options, n!("ignorePunctuation"))?;
    let [collation, numeric, case_first] = resolved.values;
    let (usual_ignore, usual_first) = usual(resolved.locale.id.language.as_str());
    Ok(Collator {
        tag: resolved.tag,
        usage,
        sensitivity,
        ignore_punctuation: ignore_punctuation.unwrap_or(usual_ignore),
        collation,
        numeric: numeric.as_deref() == Some("true"),
        case_first: case_first.and_then(|first| first.parse().ok()).unwrap_or(usual_first),
    })
}

/// Intl.Collator
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_called::<Collator>(cx, args)?;
    let state = resolve(cx, args.get(0), args.get(1))?;
    slots::fill(cx, object, &state)?;
    Ok(object.cast())
}

/// get Intl.Collator.prototype.compare
fn compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !slots::is::<Collator>(cx, args.this()) || slots::bytes(cx, args.this()).is_none() {
        return Err(cx.throw_incompatible(Collator::NAME, args.this()));
    }
    slots::bound(cx, args.this().cast(), Closure::IntlCollatorCompare)
}

/// ECMA-402 §10.3.3.1 Collator Compare Functions
pub(in crate::builtins) fn compare_bound<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let collator = args.data(cx, 0)?;
    let x = cx.to_flat_string(args.get(0))?;
    let y = cx.to_flat_string(args.get(1))?;
    let known = slots::bytes(cx, collator).and_then(|key| cx.host.collators.find(key));
    let at = match known {
        Some(at) => at,
        None => {
            let Some(state) = slots::state_of::<Collator>(cx, collator) else {
                return Err(cx.throw_incompatible(Collator::NAME, collator));
            };
            let key = slots::bytes(cx, collator).map(<[u8]>::to_vec).unwrap_or_default();
            add(cx, key, &state)
        }
    };
    compare_strings(cx, at, x, y)
}

/// Keeps the collator for a state, under a key.
fn add(cx: &mut Cx<'_>, key: Vec<u8>, state: &Collator) -> usize {
    match state.make() {
        Some(collator) => cx.host.collators.insert(key, collator),
        // Compiled data is never missing.
        None => usize::MAX,
    }
}

/// The most units that are compared at a time: what decides between equal letters is collected outside the isolate's block.
const PIECE: usize = 1 << 16;
/// As many combining marks as a text may have without being looked at for them.
const FEW_MARKS: usize = 512;

/// ECMA-402 §10.3.3.2 CompareStrings, with a collator that is kept.
///
/// Texts that are longer than a piece are compared piece by piece, like lists: differences in accents in a piece before differences in
/// letters behind it.
fn compare_strings<'s>(cx: &mut Cx<'s>, collator: usize, x: JsStr<'s>, y: JsStr<'s>) -> JsResult<Value<'s>> {
    let (mut from_x, mut from_y) = (0, 0);
    loop {
        let (to_x, to_y) = (piece_end(cx.view(x), from_x), piece_end(cx.view(y), from_y));
        cx.tick(((to_x - from_x).min(to_y - from_y) / 16) as u32)?;
        for (text, from, to) in [(x, from_x, to_x), (y, from_y, to_y)] {
            if to - from > FEW_MARKS {
                let marks = longest_marks(cx.view(text).slice(from, to));
                if marks > MOST_MARKS {
                    return Err(too_many_marks(cx));
                }
                // Each mark may be looked at for each.
                cx.tick((marks * marks / 64) as u32)?;
            }
        }
        let (a, b) = (cx.view(x), cx.view(y));
        let Some(collator) = cx.host.collators.get(collator) else { return Ok(imm(0)) };
        let order = compare_views(collator, a.slice(from_x, to_x), b.slice(from_y, to_y));
        if order != Ordering::Equal || (to_x == a.len() && to_y == b.len()) {
            return Ok(imm(order as i32));
        }
        (from_x, from_y) = (to_x, to_y);
    }
}

/// The end of the piece from `from` on, between characters.
fn piece_end(text: StrView<'_>, from: usize) -> usize {
    let end = from + PIECE;
    if end >= text.len() {
        return text.len();
    }
    if text.at(end) & 0xFC00 == 0xDC00 { end + 1 } else { end }
}

fn compare_views(collator: &CollatorBorrowed<'_>, a: StrView<'_>, b: StrView<'_>) -> Ordering {
    match (a, b) {
        (StrView::Latin1(a), StrView::Latin1(b)) => collator.compare_latin1(a, b),
        (StrView::Latin1(a), StrView::Utf16(b)) => collator.compare_latin1_utf16(a, b),
        (StrView::Utf16(a), StrView::Latin1(b)) => collator.compare_latin1_utf16(b, a).reverse(),
        (StrView::Utf16(a), StrView::Utf16(b)) => collator.compare_utf16(a, b),
    }
}

/// String.prototype.localeCompare
pub(in crate::builtins) fn locale_compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let x = this_str(cx, args)?;
    let y = cx.to_flat_string(args.get(0))?;
    let (locales, options) = (args.get(1), args.get(2));
    // What is asked for by a tag alone is found by that tag. No state begins with an empty one.
    let mut by_tag = [0; 36];
    let mut len = 0;
    if cx.is_undefined(options) {
        if cx.is_undefined(locales) {
            len = 1;
        } else if cx.peek(locales).is_string() {
            let tag = cx.flat(locales.cast())?;
            if let StrView::Latin1(tag) = cx.view(tag)
                && (1..by_tag.len()).contains(&tag.len())
            {
                len = 1 + tag.len();
                by_tag[1..len].copy_from_slice(tag);
            }
        }
    }
    let key = &by_tag[..len];
    if len > 0
        && let Some(at) = cx.host.collators.find(key)
    {
        // What choosing a locale counts for, so that fuel does not depend on what is kept.
        cx.tick(u32::from(len > 1))?;
        return compare_strings(cx, at, x, y);
    }
    let state = resolve(cx, locales, options)?;
    let key = if len > 0 { key.to_vec() } else { postcard::to_allocvec(&state).unwrap_or_default() };
    let at = match cx.host.collators.find(&key) {
        Some(at) => at,
        None => add(cx, key, &state),
    };
    compare_strings(cx, at, x, y)
}

/// Intl.Collator.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state: Collator = slots::this(cx, args)?;
    let options = cx.new_object()?;
    show_text(cx, options, n!("locale"), &state.tag)?;
    show_text(cx, options, n!("usage"), state.usage.as_str())?;
    show_text(cx, options, n!("sensitivity"), state.sensitivity.as_str())?;
    show_plain(cx, options, n!("ignorePunctuation"), state.ignore_punctuation)?;
    show_text(cx, options, n!("collation"), state.collation.as_deref().unwrap_or("default"))?;
    show_plain(cx, options, n!("numeric"), state.numeric)?;
    show_text(cx, options, n!("caseFirst"), state.case_first.as_str())?;
    Ok(options.cast())
}

#[cfg(test)]
mod tests {
    use super::super::available::LOCALES;
    use super::*;

    #[test]
    fn what_is_usual_is_what_the_data_says() {
        for entry in LOCALES {
            let language = entry.split(' ').next().unwrap();
            let locale: Locale = language.parse().unwrap();
            let made = CollatorBorrowed::try_new(preferences(&locale, Usage::Sort, None), CollatorOptions::default());
            let options = made.unwrap().resolved_options();
            let (ignore, first) = usual(language);
            assert_eq!(options.alternate_handling == AlternateHandling::Shifted, ignore, "{language}");
            assert_eq!(options.case_first == CollationCaseFirst::Upper, first == CaseFirst::Upper, "{language}");
        }
    }
}
