//! BigInt objects (ECMA-262 §21.2).

use rotifer_jsvalue::JsValue;

use super::Intrinsic;
use super::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::n;
use crate::ops::Hint;
use crate::throw::JsResult;

pub(super) static BIGINT: Spec = Spec::constructor(
    n!("BigInt"),
    1,
    construct,
    &[prototype(Intrinsic::BigIntPrototype), func(n!("asIntN"), 2, as_int_n), func(n!("asUintN"), 2, as_uint_n)],
);

pub(super) static BIGINT_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::BigInt),
        func(n!("toLocaleString"), 0, to_locale_string),
        func(n!("toString"), 0, to_string),
        func(n!("valueOf"), 0, value_of),
        tag(n!("BigInt")),
    ],
);

/// ECMA-262 §21.2.1.1 BigInt
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("BigInt is not a constructor"));
    }
    let primitive = cx.to_primitive(args.get(0), Hint::Number)?;
    match cx.peek(primitive).as_number() {
        Some(d) => cx.number_to_bigint(d),
        None => cx.to_bigint(primitive),
    }
}

/// ECMA-262 §21.2.2.1 BigInt.asIntN
fn as_int_n<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    wrap(cx, args, true)
}

/// ECMA-262 §21.2.2.2 BigInt.asUintN
fn as_uint_n<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    wrap(cx, args, false)
}

fn wrap<'s>(cx: &mut Cx<'s>, args: &Args<'s>, signed: bool) -> JsResult<Value<'s>> {
    let bits = cx.to_index(args.get(0))?;
    let big = cx.to_bigint(args.get(1))?;
    cx.bigint_wrap(big, bits, signed)
}

/// ECMA-262 §21.2.3.4.1 ThisBigIntValue
fn this_bigint<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let value = cx.unwrap_this(args.this(), JsValue::is_bigint)?;
    if cx.is_undefined(value) { Err(cx.throw_type_error("this is not a BigInt")) } else { Ok(value) }
}

/// ECMA-262 §21.2.3.3 BigInt.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let value = this_bigint(cx, args)?;
    let radix = super::number::radix_argument(cx, args.get(0))?;
    Ok(cx.bigint_to_string(value, radix)?.cast())
}

/// ECMA-262 §21.2.3.2 BigInt.prototype.toLocaleString
fn to_locale_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let value = this_bigint(cx, args)?;
    #[cfg(feature = "intl")]
    return super::intl::bigint_to_locale_string(cx, value, args);
    #[cfg(not(feature = "intl"))]
    {
        let digits = cx.bigint_to_string(value, 10)?;
        Ok(super::number::group_digits(cx, digits)?.cast())
    }
}

/// ECMA-262 §21.2.3.4 BigInt.prototype.valueOf
fn value_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    this_bigint(cx, args)
}
