//! `Intl` (ECMA-402, the internationalization API): the objects here, the rules and data of the locales in ICU4X.
//!
//! What an object has resolved is kept as plain bytes in the heap (`slots`); the library's types exist while it is used.

mod available;
mod collator;
mod date_time_format;
mod display_names;
mod display_words;
mod duration_format;
mod legacy;
mod list_format;
mod locale;
mod locale_info;
mod locale_list;
mod number_format;
mod options;
mod plural_rules;
mod relative_time_format;
mod segmenter;
mod slots;
mod string_case;
mod supported_values;

use rotifer_jsvalue::{JsValue, Kind, field};

use super::Intrinsic;
use super::spec::{Spec, func, link, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(crate) use collator::Collators;
pub(super) use collator::{COLLATOR, COLLATOR_PROTOTYPE, compare_bound, locale_compare};
pub(super) use date_time_format::{
    DATE_TIME_FORMAT, DATE_TIME_FORMAT_PROTOTYPE, DateText, date_text, format_function, temporal_text,
};
pub(super) use display_names::{DISPLAY_NAMES, DISPLAY_NAMES_PROTOTYPE};
pub(super) use duration_format::{DURATION_FORMAT, DURATION_FORMAT_PROTOTYPE, duration_to_locale_string};
pub(super) use list_format::{LIST_FORMAT, LIST_FORMAT_PROTOTYPE};
pub(super) use locale::{LOCALE, LOCALE_PROTOTYPE};
pub(super) use number_format::{
    NUMBER_FORMAT, NUMBER_FORMAT_PROTOTYPE, bigint_to_locale_string, bound_format as number_format_format,
    number_to_locale_string,
};
pub(super) use plural_rules::{PLURAL_RULES, PLURAL_RULES_PROTOTYPE};
pub(super) use relative_time_format::{RELATIVE_TIME_FORMAT, RELATIVE_TIME_FORMAT_PROTOTYPE};
pub(super) use segmenter::{SEGMENT_ITERATOR_PROTOTYPE, SEGMENTER, SEGMENTER_PROTOTYPE, SEGMENTS_PROTOTYPE};
pub(super) use string_case::{to_locale_lower_case, to_locale_upper_case};

/// ECMA-402 §8.1 The Intl Object. Its `link` is `[[FallbackSymbol]]`.
pub(super) static INTL: Spec = Spec {
    kind: Kind::Intl,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: &[
        tag(n!("Intl")),
        func(n!("getCanonicalLocales"), 1, get_canonical_locales),
        func(n!("supportedValuesOf"), 1, supported_values::supported_values_of),
        link(n!("DateTimeFormat"), Intrinsic::IntlDateTimeFormat),
        link(n!("Locale"), Intrinsic::IntlLocale),
        link(n!("Collator"), Intrinsic::IntlCollator),
        link(n!("DisplayNames"), Intrinsic::IntlDisplayNames),
        link(n!("ListFormat"), Intrinsic::IntlListFormat),
        link(n!("Segmenter"), Intrinsic::IntlSegmenter),
        link(n!("NumberFormat"), Intrinsic::IntlNumberFormat),
        link(n!("PluralRules"), Intrinsic::IntlPluralRules),
        link(n!("RelativeTimeFormat"), Intrinsic::IntlRelativeTimeFormat),
        link(n!("DurationFormat"), Intrinsic::IntlDurationFormat),
    ],
    fields: &[(field::Intl::which, JsValue::raw(Intrinsic::Intl as u64))],
};

/// Intl.getCanonicalLocales
fn get_canonical_locales<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(locale_list::canonicalize_locale_list(cx, args.get(0))?.cast())
}
