//! WeakMap, WeakSet, WeakRef and FinalizationRegistry objects (ECMA-262 §24.3, §24.4, §26.1, §26.2).

use rotifer_jsvalue::{JsValue, Kind, field};

use super::Intrinsic;
use super::map::{Adder, add_entries_from_iterable};
use super::set::add_values_from_iterable;
use super::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(super) static WEAKMAP_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::WeakMap),
        func(n!("delete"), 1, map_delete),
        func(n!("get"), 1, map_get),
        func(n!("getOrInsert"), 2, map_get_or_insert),
        func(n!("getOrInsertComputed"), 2, map_get_or_insert_computed),
        func(n!("has"), 1, map_has),
        func(n!("set"), 2, map_set),
        tag(n!("WeakMap")),
    ],
);
pub(super) static WEAKMAP: Spec =
    Spec::constructor(n!("WeakMap"), 0, construct_map, &[prototype(Intrinsic::WeakMapPrototype)]);
pub(super) static WEAKSET_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        func(n!("add"), 1, set_add),
        link(n!("constructor"), Intrinsic::WeakSet),
        func(n!("delete"), 1, set_delete),
        func(n!("has"), 1, set_has),
        tag(n!("WeakSet")),
    ],
);
pub(super) static WEAKSET: Spec =
    Spec::constructor(n!("WeakSet"), 0, construct_set, &[prototype(Intrinsic::WeakSetPrototype)]);
pub(super) static WEAKREF_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[link(n!("constructor"), Intrinsic::WeakRef), func(n!("deref"), 0, deref), tag(n!("WeakRef"))],
);
pub(super) static WEAKREF: Spec =
    Spec::constructor(n!("WeakRef"), 1, construct_ref, &[prototype(Intrinsic::WeakRefPrototype)]);
pub(super) static FINALIZATIONREGISTRY_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::FinalizationRegistry),
        func(n!("register"), 2, register),
        func(n!("unregister"), 1, unregister),
        tag(n!("FinalizationRegistry")),
    ],
);
pub(super) static FINALIZATIONREGISTRY: Spec = Spec::constructor(
    n!("FinalizationRegistry"),
    1,
    construct_registry,
    &[prototype(Intrinsic::FinalizationRegistryPrototype)],
);

fn this_kind<'s>(cx: &mut Cx<'s>, args: &Args<'s>, kind: Kind) -> JsResult<Object<'s>> {
    if cx.is_kind(args.this(), kind) {
        return Ok(args.this().cast());
    }
    Err(cx.throw_type_error(match kind {
        Kind::WeakMap => "this is not a WeakMap",
        Kind::WeakSet => "this is not a WeakSet",
        Kind::WeakRef => "this is not a WeakRef",
        _ => "this is not a FinalizationRegistry",
    }))
}

fn new_target_required<'s>(cx: &mut Cx<'s>, args: &Args<'s>, message: &str) -> JsResult<()> {
    if cx.is_undefined(args.new_target()) { Err(cx.throw_type_error(message)) } else { Ok(()) }
}

/// Adds to a WeakMap or WeakSet, refusing keys that cannot be held weakly.
fn add_weakly<'s>(cx: &mut Cx<'s>, target: Object<'s>, key: Value<'s>, value: Value<'s>) -> JsResult<()> {
    if !cx.can_be_held_weakly(key) {
        return Err(cx.throw_type_error("only objects and symbols that are not registered can be held weakly"));
    }
    cx.weak_set(target, key, value)
}

/// ECMA-262 §24.3.1.1 WeakMap
fn construct_map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    new_target_required(cx, args, "WeakMap has to be called with new")?;
    let map = cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::WeakMapPrototype, Kind::WeakMap, 1)?;
    if !cx.is_nullish(args.get(0)) {
        let adder = cx.get(map, n!("set"))?;
        if !cx.is_callable(adder) {
            return Err(cx.throw_type_error("the property 'set' of the new WeakMap is not a function"));
        }
        let direct = cx.is_builtin(adder, Intrinsic::WeakMapPrototype, n!("set"));
        let adder = Adder { target: map, adder, direct: direct.then_some(add_weakly) };
        add_entries_from_iterable(cx, args.get(0), &adder)?;
    }
    Ok(map.cast())
}

/// ECMA-262 §24.3.3.2 WeakMap.prototype.delete
fn map_delete<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_kind(cx, args, Kind::WeakMap)?;
    Ok(imm(cx.weak_delete(map, args.get(0))?))
}

/// ECMA-262 §24.3.3.3 WeakMap.prototype.get
fn map_get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_kind(cx, args, Kind::WeakMap)?;
    Ok(cx.weak_get(map, args.get(0))?.unwrap_or(UNDEFINED))
}

/// WeakMap.prototype.getOrInsert
fn map_get_or_insert<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_kind(cx, args, Kind::WeakMap)?;
    if let Some(found) = cx.weak_get(map, args.get(0))? {
        return Ok(found);
    }
    add_weakly(cx, map, args.get(0), args.get(1))?;
    Ok(args.get(1))
}

/// WeakMap.prototype.getOrInsertComputed
fn map_get_or_insert_computed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_kind(cx, args, Kind::WeakMap)?;
    let (key, callback) = (args.get(0), args.get(1));
    if !cx.can_be_held_weakly(key) {
        return Err(cx.throw_type_error("only objects and symbols that are not registered can be held weakly"));
    }
    if !cx.is_callable(callback) {
        return Err(cx.throw_not_callable(callback));
    }
    if let Some(found) = cx.weak_get(map, key)? {
        return Ok(found);
    }
    let value = cx.call(callback, UNDEFINED, &[key])?;
    cx.weak_set(map, key, value)?;
    Ok(value)
}

/// ECMA-262 §24.3.3.4 WeakMap.prototype.has
fn map_has<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_kind(cx, args, Kind::WeakMap)?;
    Ok(imm(cx.weak_get(map, args.get(0))?.is_some()))
}

/// ECMA-262 §24.3.3.5 WeakMap.prototype.set
fn map_set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_kind(cx, args, Kind::WeakMap)?;
    add_weakly(cx, map, args.get(0), args.get(1))?;
    Ok(args.this())
}

/// ECMA-262 §24.4.1.1 WeakSet
fn construct_set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    new_target_required(cx, args, "WeakSet has to be called with new")?;
    let set = cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::WeakSetPrototype, Kind::WeakSet, 1)?;
    if !cx.is_nullish(args.get(0)) {
        let adder = cx.get(set, n!("add"))?;
        if !cx.is_callable(adder) {
            return Err(cx.throw_type_error("the property 'add' of the new WeakSet is not a function"));
        }
        let direct = cx.is_builtin(adder, Intrinsic::WeakSetPrototype, n!("add"));
        let adder = Adder { target: set, adder, direct: direct.then_some(add_weakly) };
        add_values_from_iterable(cx, args.get(0), &adder)?;
    }
    Ok(set.cast())
}

/// ECMA-262 §24.4.3.1 WeakSet.prototype.add
fn set_add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_kind(cx, args, Kind::WeakSet)?;
    add_weakly(cx, set, args.get(0), UNDEFINED)?;
    Ok(args.this())
}

/// ECMA-262 §24.4.3.3 WeakSet.prototype.delete
fn set_delete<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_kind(cx, args, Kind::WeakSet)?;
    Ok(imm(cx.weak_delete(set, args.get(0))?))
}

/// ECMA-262 §24.4.3.4 WeakSet.prototype.has
fn set_has<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_kind(cx, args, Kind::WeakSet)?;
    Ok(imm(cx.weak_get(set, args.get(0))?.is_some()))
}

/// ECMA-262 §26.1.1.1 WeakRef
fn construct_ref<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    new_target_required(cx, args, "WeakRef has to be called with new")?;
    if !cx.can_be_held_weakly(args.get(0)) {
        return Err(cx.throw_type_error("only objects and symbols that are not registered can be held weakly"));
    }
    let made = cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::WeakRefPrototype, Kind::WeakRef, 1)?;
    cx.add_to_kept_objects(args.get(0))?;
    cx.set_field(made, field::WeakRef::target, args.get(0));
    Ok(made.cast())
}

/// ECMA-262 §26.1.3.2 WeakRef.prototype.deref
fn deref<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let made = this_kind(cx, args, Kind::WeakRef)?;
    if cx.field_raw(made, field::WeakRef::target) == JsValue::DEAD {
        return Ok(UNDEFINED);
    }
    let target = cx.field(made, field::WeakRef::target)?;
    cx.add_to_kept_objects(target)?;
    Ok(target)
}

/// ECMA-262 §26.2.1.1 FinalizationRegistry
fn construct_registry<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    new_target_required(cx, args, "FinalizationRegistry has to be called with new")?;
    if !cx.is_callable(args.get(0)) {
        return Err(cx.throw_not_callable(args.get(0)));
    }
    let proto = Intrinsic::FinalizationRegistryPrototype;
    let made = cx.ordinary_create_from_constructor(args.new_target(), proto, Kind::FinalizationRegistry, 1)?;
    cx.set_field(made, field::FinalizationRegistry::cleanup, args.get(0));
    Ok(made.cast())
}

/// ECMA-262 §26.2.3.2 FinalizationRegistry.prototype.register
fn register<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let registry = this_kind(cx, args, Kind::FinalizationRegistry)?;
    let (target, held, token) = (args.get(0), args.get(1), args.get(2));
    if !cx.can_be_held_weakly(target) {
        return Err(cx.throw_type_error("the target cannot be held weakly"));
    }
    if cx.same_value(target, held)? {
        return Err(cx.throw_type_error("the held value must not be the target"));
    }
    if !cx.can_be_held_weakly(token) && !cx.is_undefined(token) {
        return Err(cx.throw_type_error("the token cannot be held weakly"));
    }
    cx.register_finalizer(registry, target, held, token)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §26.2.3.3 FinalizationRegistry.prototype.unregister
fn unregister<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let registry = this_kind(cx, args, Kind::FinalizationRegistry)?;
    if !cx.can_be_held_weakly(args.get(0)) {
        return Err(cx.throw_type_error("the token cannot be held weakly"));
    }
    Ok(imm(cx.unregister_finalizer(registry, args.get(0))?))
}
