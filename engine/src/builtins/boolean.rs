//! Boolean objects (ECMA-262 §20.3).

use rotifer_jsvalue::{JsValue, Kind, field};

use super::Intrinsic;
use super::spec::{Spec, func, link, prototype};
use crate::cx::{Args, Cx, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(super) static BOOLEAN: Spec =
    Spec::constructor(n!("Boolean"), 1, construct, &[prototype(Intrinsic::BooleanPrototype)]);

pub(super) static BOOLEAN_PROTOTYPE: Spec = Spec {
    kind: Kind::Wrapper,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: &[
        link(n!("constructor"), Intrinsic::Boolean),
        func(n!("toString"), 0, to_string),
        func(n!("valueOf"), 0, value_of),
    ],
    fields: &[(field::Wrapper::value, JsValue::FALSE)],
};

/// ECMA-262 §20.3.1.1 Boolean
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let value = imm(cx.to_boolean(args.get(0)));
    if cx.is_undefined(args.new_target()) {
        return Ok(value);
    }
    let object =
        cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::BooleanPrototype, Kind::Wrapper, 1)?;
    cx.set_field(object, field::Wrapper::value, value);
    Ok(object.cast())
}

/// ECMA-262 §20.3.3.3.1 ThisBooleanValue
fn this_boolean<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<bool> {
    let value = cx.unwrap_this(args.this(), JsValue::is_bool)?;
    match cx.peek(value).as_bool() {
        Some(b) => Ok(b),
        None => Err(cx.throw_type_error("this is not a boolean")),
    }
}

/// ECMA-262 §20.3.3.2 Boolean.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(if this_boolean(cx, args)? { n!("true") } else { n!("false") }))
}

/// ECMA-262 §20.3.3.3 Boolean.prototype.valueOf
fn value_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(this_boolean(cx, args)?))
}
