//! `Intl` (ECMA-402, the internationalization API): the objects here, the rules and data of the locales in ICU4X.
//!
//! What an object has resolved is kept as plain bytes in the heap (`slots`); the library's types exist while it is used.

mod available;
mod date_time_format;
mod legacy;
mod locale;
mod locale_info;
mod locale_list;
mod options;
mod slots;

use rotifer_jsvalue::{JsValue, Kind, field};

use super::Intrinsic;
use super::spec::{Spec, func, link, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::throw::JsResult;

pub(super) use date_time_format::{
    DATE_TIME_FORMAT, DATE_TIME_FORMAT_PROTOTYPE, DateText, date_text, format_function, temporal_text,
};
pub(super) use locale::{LOCALE, LOCALE_PROTOTYPE};

/// ECMA-402 §8.1 The Intl Object. Its `link` is `[[FallbackSymbol]]`.
pub(super) static INTL: Spec = Spec {
    kind: Kind::Intl,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: &[
        tag(n!("Intl")),
        func(n!("getCanonicalLocales"), 1, get_canonical_locales),
        link(n!("DateTimeFormat"), Intrinsic::IntlDateTimeFormat),
        link(n!("Locale"), Intrinsic::IntlLocale),
    ],
    fields: &[(field::Intl::which, JsValue::raw(Intrinsic::Intl as u64))],
};

/// Intl.getCanonicalLocales
fn get_canonical_locales<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(locale_list::canonicalize_locale_list(cx, args.get(0))?.cast())
}
