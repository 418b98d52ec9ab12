//! `Reflect` (ECMA-262 §28.1).

use super::Intrinsic;
use super::object::need_object;
use super::spec::{Spec, func, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(super) static REFLECT: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        func(n!("apply"), 3, apply),
        func(n!("construct"), 2, construct),
        func(n!("defineProperty"), 3, define_property),
        func(n!("deleteProperty"), 2, delete_property),
        func(n!("get"), 2, get),
        func(n!("getOwnPropertyDescriptor"), 2, get_own_property_descriptor),
        func(n!("getPrototypeOf"), 1, get_prototype_of),
        func(n!("has"), 2, has),
        func(n!("isExtensible"), 1, is_extensible),
        func(n!("ownKeys"), 1, own_keys),
        func(n!("preventExtensions"), 1, prevent_extensions),
        func(n!("set"), 3, set),
        func(n!("setPrototypeOf"), 2, set_prototype_of),
        tag(n!("Reflect")),
    ],
);

/// ECMA-262 §28.1.1 Reflect.apply
fn apply<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let f = args.get(0);
    if !cx.is_callable(f) {
        return Err(cx.throw_not_callable(f));
    }
    let list = cx.create_list_from_array_like(args.get(2))?;
    cx.call_with_array(f, args.get(1), list)
}

/// ECMA-262 §28.1.2 Reflect.construct
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = args.get(0);
    if !cx.is_constructor(target) {
        return Err(cx.throw_not_constructor(target));
    }
    let new_target = if args.len() > 2 { args.get(2) } else { target };
    if !cx.is_constructor(new_target) {
        return Err(cx.throw_not_constructor(new_target));
    }
    let list = cx.create_list_from_array_like(args.get(1))?;
    Ok(cx.construct_with_array(target.cast(), list, Some(new_target.cast()))?.cast())
}

/// ECMA-262 §28.1.3 Reflect.defineProperty
fn define_property<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    let d = cx.to_property_descriptor(args.get(2))?;
    Ok(imm(cx.define_own_property(target, key, &d)?))
}

/// ECMA-262 §28.1.4 Reflect.deleteProperty
fn delete_property<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    Ok(imm(cx.delete(target, key)?))
}

/// ECMA-262 §28.1.5 Reflect.get
fn get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    let receiver = if args.len() > 2 { args.get(2) } else { target.cast() };
    cx.get_with(target, key, receiver)
}

/// ECMA-262 §28.1.6 Reflect.getOwnPropertyDescriptor
fn get_own_property_descriptor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    match cx.get_own_property(target, key)? {
        Some(d) => Ok(cx.from_property_descriptor(&d)?.cast()),
        None => Ok(UNDEFINED),
    }
}

/// ECMA-262 §28.1.7 Reflect.getPrototypeOf
fn get_prototype_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    cx.get_prototype_of(target)
}

/// ECMA-262 §28.1.8 Reflect.has
fn has<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    Ok(imm(cx.has_property(target, key)?))
}

/// ECMA-262 §28.1.9 Reflect.isExtensible
fn is_extensible<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    Ok(imm(cx.is_extensible(target)?))
}

/// ECMA-262 §28.1.10 Reflect.ownKeys
fn own_keys<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    let keys = cx.own_property_keys(target)?;
    let result = cx.new_array(0, cx.array_len(keys))?;
    for i in 0..cx.array_len(keys) {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = super::integrity::key_item_as_value(&mut cx, keys, i)?;
        cx.push(result, v)?;
    }
    Ok(result.cast())
}

/// ECMA-262 §28.1.11 Reflect.preventExtensions
fn prevent_extensions<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    Ok(imm(cx.prevent_extensions(target)?))
}

/// ECMA-262 §28.1.12 Reflect.set
fn set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    let receiver = if args.len() > 3 { args.get(3) } else { target.cast() };
    Ok(imm(cx.set_with(target, key, args.get(2), receiver)?))
}

/// ECMA-262 §28.1.13 Reflect.setPrototypeOf
fn set_prototype_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = need_object(cx, args.get(0))?;
    let proto = args.get(1);
    if !cx.is_object(proto) && !cx.peek(proto).is_null() {
        return Err(cx.throw_type_error("the prototype must be an object or null"));
    }
    Ok(imm(cx.set_prototype_of(target, proto)?))
}
