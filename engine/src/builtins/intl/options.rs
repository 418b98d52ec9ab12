//! Options and what they may be.

use alloc::string::String;

use rotifer_jsvalue::StaticName;

pub(super) use crate::builtins::temporal::{option, options_object, text};
use crate::cx::{Cx, IntoKey, Object, Value, imm};
use crate::ops::ErrorKind;
use crate::throw::JsResult;

/// Defines an enum of what an option may be, with the texts for it: `as_str`, `FromStr`, `serde`.
macro_rules! choices {
    ($($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $choice:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
        pub(in crate::builtins::intl) enum $name { $($(#[$doc])* $choice),* }

        impl $name {
            /// The text that stands for it.
            #[allow(dead_code, reason = "some are read and never shown")]
            pub(in crate::builtins::intl) fn as_str(self) -> &'static str {
                match self { $($name::$choice => $text),* }
            }
        }

        impl core::str::FromStr for $name {
            type Err = ();

            fn from_str(text: &str) -> Result<Self, ()> {
                match text { $($text => Ok($name::$choice),)* _ => Err(()) }
            }
        }
    )*};
}
pub(super) use choices;

choices! {
    /// How a locale is chosen. There is one way.
    LocaleMatcher { Lookup = "lookup", BestFit = "best fit" }
}

/// ECMA-402 §9.2.11 CoerceOptionsToObject; nothing where there are no options.
pub(super) fn coerce_options<'s>(cx: &mut Cx<'s>, options: Value<'s>) -> JsResult<Option<Object<'s>>> {
    if cx.is_undefined(options) { Ok(None) } else { cx.to_object(options).map(Some) }
}

/// The value of an option; nothing where it is undefined.
pub(super) fn value<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>, name: StaticName) -> JsResult<Option<Value<'s>>> {
    let Some(options) = options else { return Ok(None) };
    let value = cx.get(options, name)?;
    Ok((!cx.is_undefined(value)).then_some(value))
}

/// An option that may be any (not too long) text.
pub(super) fn string_option<'s>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
    name: StaticName,
) -> JsResult<Option<String>> {
    let Some(value) = value(cx, options, name)? else { return Ok(None) };
    let value = cx.to_string(value)?;
    text(cx, value.cast()).map(Some)
}

/// Whether a text has the form of a `type` of Unicode locale identifiers: parts of three to eight letters and digits.
pub(super) fn is_type(text: &str) -> bool {
    text.split('-').all(|part| (3..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// An option that is a text of the form of a `type` of Unicode locale identifiers (`nu`, `ca`, `co` …), in lower case.
pub(super) fn type_option<'s>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
    name: StaticName,
) -> JsResult<Option<String>> {
    let Some(mut text) = string_option(cx, options, name)? else { return Ok(None) };
    if !is_type(&text) {
        return Err(invalid(cx, name));
    }
    text.make_ascii_lowercase();
    Ok(Some(text))
}

/// GetOption with type boolean.
pub(super) fn boolean_option<'s>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
    name: StaticName,
) -> JsResult<Option<bool>> {
    Ok(value(cx, options, name)?.map(|value| cx.to_boolean(value)))
}

/// ECMA-402 §9.2.14 GetNumberOption
pub(super) fn number_option<'s>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
    name: StaticName,
    least: u32,
    most: u32,
) -> JsResult<Option<u32>> {
    let Some(value) = value(cx, options, name)? else { return Ok(None) };
    default_number_option(cx, value, name, least, most)
}

/// ECMA-402 §9.2.13 DefaultNumberOption, of an option that was read already.
pub(super) fn default_number_option<'s>(
    cx: &mut Cx<'s>,
    value: Value<'s>,
    name: StaticName,
    least: u32,
    most: u32,
) -> JsResult<Option<u32>> {
    if cx.is_undefined(value) {
        return Ok(None);
    }
    let number = cx.to_number(value)?;
    if !(f64::from(least)..=f64::from(most)).contains(&number) {
        return Err(invalid(cx, name));
    }
    Ok(Some(number as u32))
}

/// The RangeError for an option that may not be what it is.
#[cold]
pub(super) fn invalid(cx: &mut Cx<'_>, name: StaticName) -> crate::throw::Throw {
    cx.throw_about_key(ErrorKind::RangeError, "invalid value of ", name.into_key(), "")
}

/// Adds a property to an object that shows what was resolved.
pub(super) fn show<'s>(cx: &mut Cx<'s>, object: Object<'s>, name: StaticName, value: Value<'s>) -> JsResult<()> {
    cx.create_data_property_or_throw(object, name, value).map(drop)
}

/// [`show`] for a text.
pub(super) fn show_text<'s>(cx: &mut Cx<'s>, object: Object<'s>, name: StaticName, text: &str) -> JsResult<()> {
    let text = cx.str(text)?;
    show(cx, object, name, text.cast())
}

/// [`show`] for a number or a boolean.
pub(super) fn show_plain<'s>(
    cx: &mut Cx<'s>,
    object: Object<'s>,
    name: StaticName,
    value: impl Into<rotifer_jsvalue::JsValue>,
) -> JsResult<()> {
    show(cx, object, name, imm(value))
}
