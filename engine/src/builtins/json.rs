//! `JSON` (ECMA-262 §25.5); reading is in [`json_parse`](super::json_parse), writing in [`json_stringify`](super::json_stringify).

use rotifer_jsvalue::{Attrs, JsValue, Kind, field, string};

use super::Intrinsic;
use super::json_parse;
use super::spec::{Spec, func, tag};
use crate::cx::{Args, Cx, JsStr, NULL, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(super) static JSON: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        func(n!("parse"), 2, json_parse::parse),
        func(n!("stringify"), 3, super::json_stringify::stringify),
        func(n!("rawJSON"), 1, raw_json),
        func(n!("isRawJSON"), 1, is_raw_json),
        tag(n!("JSON")),
    ],
);

/// ECMA-262 §25.5.2 JSON.rawJSON
fn raw_json<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let text = cx.to_flat_string(args.get(0))?;
    let view = string::view(cx.heap(), cx.peek(text));
    let is_space = |u: u16| matches!(u, 9 | 10 | 13 | 32);
    let len = view.len();
    if len == 0 || is_space(view.at(0)) || is_space(view.at(len - 1)) {
        return Err(cx.throw_syntax_error("JSON.rawJSON: the text is empty or begins or ends with white space"));
    }
    if matches!(view.at(0), 0x5B | 0x7B) {
        return Err(cx.throw_syntax_error("JSON.rawJSON: the text must stand for a primitive value"));
    }
    json_parse::parse_text(cx, text, false)?;
    let object = cx.new_object_of(Kind::Record, NULL, 1)?;
    cx.set_field_raw(object, field::Record::d, JsValue::name(n!("rawJSON")));
    cx.define_new(object, n!("rawJSON"), text.cast(), Attrs::ENUMERABLE)?;
    cx.prevent_extensions(object)?;
    Ok(object.cast())
}

/// Whether the value was made by [`raw_json`].
pub(super) fn is_raw<'s>(cx: &Cx<'s>, value: Value<'s>) -> bool {
    cx.is_kind(value, Kind::Record) && cx.field_raw(value, field::Record::d) == JsValue::name(n!("rawJSON"))
}

/// ECMA-262 §25.5.1 JSON.isRawJSON
fn is_raw_json<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(is_raw(cx, args.get(0))))
}

/// Reads JSON text, which is flat (ECMA-262 §25.5.1.1 ParseJSON).
pub(crate) fn parse_json<'s>(cx: &mut Cx<'s>, source: JsStr<'s>) -> JsResult<Value<'s>> {
    Ok(super::json_parse::parse_text(cx, source, false)?.0)
}
