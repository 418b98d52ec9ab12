//! The internal methods of Proxy exotic objects (ECMA-262 §10.5).
//!
//! All of them follow one plan: without a trap the target answers; with one its answer is checked against what the target
//! promises (properties that are not configurable, an object that is not extensible).

use rotifer_jsvalue::{Attrs, JsValue, Kind, StaticName, field};

use super::internal_methods::{Own, PropertyDescriptor};
use crate::cx::{Args, Cx, Key, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

/// Target, handler, and the trap if the handler has it.
struct Trap<'s> {
    target: Object<'s>,
    handler: Value<'s>,
    function: Option<Value<'s>>,
}

fn trap<'s>(cx: &mut Cx<'s>, proxy: Object<'s>, name: StaticName) -> JsResult<Trap<'s>> {
    cx.check_native_stack()?;
    let handler = cx.field(proxy, field::Proxy::handler)?;
    let raw = cx.peek(handler);
    if !raw.is_object() {
        return Err(cx.throw_type_error("cannot use a proxy that has been revoked"));
    }
    let target = cx.field(proxy, field::Proxy::target)?.cast();
    let function = match cx.known_property(raw, name.into()) {
        Some(JsValue::UNDEFINED) => None,
        Some(f) if f.is_callable() => Some(cx.root(f)?),
        _ => cx.get_method(handler, name)?,
    };
    Ok(Trap { target, handler, function })
}

/// The target of a proxy whose handler is known not to have that trap.
fn without_trap<'s>(cx: &Cx<'s>, proxy: Object<'s>, name: StaticName) -> Option<JsValue> {
    let handler = cx.field_raw(proxy, field::Proxy::handler);
    (cx.known_property(handler, name.into()) == Some(JsValue::UNDEFINED))
        .then(|| cx.field_raw(proxy, field::Proxy::target))
}

/// Whether a value is a proxy that is known to ask nobody about the own properties of this target.
pub(super) fn leaves_properties_to<'s>(cx: &Cx<'s>, value: Value<'s>, target: JsValue) -> bool {
    cx.is_kind(value, Kind::Proxy)
        && without_trap(cx, value.cast(), n!("getOwnPropertyDescriptor")) == Some(target)
        && without_trap(cx, value.cast(), n!("defineProperty")).is_some()
}

/// Whether a target may have a non-configurable property of that name, on which its proxy's handler has to agree.
fn is_fixed<'s>(cx: &mut Cx<'s>, target: Object<'s>, key: Key<'s>) -> JsResult<bool> {
    Ok(match cx.own(target, key)? {
        Own::Missing | Own::OutOfBounds => false,
        Own::Data(v, attrs) | Own::Slot(v, attrs, _) | Own::Accessor(v, attrs) => {
            v.is_empty() || !attrs.has(Attrs::CONFIGURABLE)
        }
        Own::Proxy => true,
    })
}

fn broken(cx: &mut Cx<'_>, what: &str) -> crate::throw::Throw {
    use core::fmt::Write;
    let mut m = super::errors::Message::new();
    let _ = write!(m, "proxy handler broke an invariant: {what}");
    cx.throw_type_error(m.as_str())
}

/// ECMA-262 §10.5.1 `[[GetPrototypeOf]]`
pub(crate) fn get_prototype_of<'s>(cx: &mut Cx<'s>, proxy: Object<'s>) -> JsResult<Value<'s>> {
    let t = trap(cx, proxy, n!("getPrototypeOf"))?;
    let Some(f) = t.function else { return cx.get_prototype_of(t.target) };
    let proto = cx.call(f, t.handler, &[t.target.cast()])?;
    if !cx.is_object(proto) && !cx.peek(proto).is_null() {
        return Err(broken(cx, "getPrototypeOf gave neither an object nor null"));
    }
    if cx.is_extensible(t.target)? {
        return Ok(proto);
    }
    let target_proto = cx.get_prototype_of(t.target)?;
    if cx.peek(proto) != cx.peek(target_proto) {
        return Err(broken(cx, "getPrototypeOf of a non-extensible target gave another prototype"));
    }
    Ok(proto)
}

/// ECMA-262 §10.5.2 `[[SetPrototypeOf]]`
pub(crate) fn set_prototype_of<'s>(cx: &mut Cx<'s>, proxy: Object<'s>, proto: Value<'s>) -> JsResult<bool> {
    let t = trap(cx, proxy, n!("setPrototypeOf"))?;
    let Some(f) = t.function else { return cx.set_prototype_of(t.target, proto) };
    let result = cx.call(f, t.handler, &[t.target.cast(), proto])?;
    if !cx.to_boolean(result) {
        return Ok(false);
    }
    if cx.is_extensible(t.target)? {
        return Ok(true);
    }
    let target_proto = cx.get_prototype_of(t.target)?;
    if cx.peek(proto) != cx.peek(target_proto) {
        return Err(broken(cx, "setPrototypeOf accepted another prototype for a non-extensible target"));
    }
    Ok(true)
}

/// ECMA-262 §10.5.3 `[[IsExtensible]]`
pub(crate) fn is_extensible<'s>(cx: &mut Cx<'s>, proxy: Object<'s>) -> JsResult<bool> {
    let t = trap(cx, proxy, n!("isExtensible"))?;
    let Some(f) = t.function else { return cx.is_extensible(t.target) };
    let result = cx.call(f, t.handler, &[t.target.cast()])?;
    let result = cx.to_boolean(result);
    if cx.is_extensible(t.target)? != result {
        return Err(broken(cx, "isExtensible differs from the target"));
    }
    Ok(result)
}

/// ECMA-262 §10.5.4 `[[PreventExtensions]]`
pub(crate) fn prevent_extensions<'s>(cx: &mut Cx<'s>, proxy: Object<'s>) -> JsResult<bool> {
    let t = trap(cx, proxy, n!("preventExtensions"))?;
    let Some(f) = t.function else { return cx.prevent_extensions(t.target) };
    let result = cx.call(f, t.handler, &[t.target.cast()])?;
    if !cx.to_boolean(result) {
        return Ok(false);
    }
    if cx.is_extensible(t.target)? {
        return Err(broken(cx, "preventExtensions left the target extensible"));
    }
    Ok(true)
}

/// ECMA-262 §10.5.5 `[[GetOwnProperty]]`
pub(crate) fn get_own_property<'s>(
    cx: &mut Cx<'s>,
    proxy: Object<'s>,
    key: Key<'s>,
) -> JsResult<Option<PropertyDescriptor<'s>>> {
    let t = trap(cx, proxy, n!("getOwnPropertyDescriptor"))?;
    let Some(f) = t.function else { return cx.get_own_property(t.target, key) };
    let name = cx.key_to_value(key)?;
    let result = cx.call(f, t.handler, &[t.target.cast(), name])?;
    if !cx.is_object(result) && !cx.is_undefined(result) {
        return Err(broken(cx, "getOwnPropertyDescriptor gave neither an object nor undefined"));
    }
    let current = cx.get_own_property(t.target, key)?;
    if cx.is_undefined(result) {
        let Some(current) = current else { return Ok(None) };
        if current.configurable == Some(false) {
            return Err(broken(cx, "getOwnPropertyDescriptor hides a non-configurable property"));
        }
        if !cx.is_extensible(t.target)? {
            return Err(broken(cx, "getOwnPropertyDescriptor hides a property of a non-extensible target"));
        }
        return Ok(None);
    }
    let extensible = cx.is_extensible(t.target)?;
    let d = cx.to_property_descriptor(result)?.completed();
    if !cx.is_compatible_property_descriptor(extensible, &d, current.as_ref())? {
        return Err(broken(cx, "getOwnPropertyDescriptor is incompatible with the target's property"));
    }
    if d.configurable == Some(false) {
        let Some(current) = current.filter(|c| c.configurable == Some(false)) else {
            return Err(broken(cx, "getOwnPropertyDescriptor reports a property as non-configurable that is not"));
        };
        if d.writable == Some(false) && current.writable == Some(true) {
            return Err(broken(cx, "getOwnPropertyDescriptor reports a writable property as read-only"));
        }
    }
    Ok(Some(d))
}

/// ECMA-262 §10.5.6 `[[DefineOwnProperty]]`
pub(crate) fn define_own_property<'s>(
    cx: &mut Cx<'s>,
    proxy: Object<'s>,
    key: Key<'s>,
    d: &PropertyDescriptor<'s>,
) -> JsResult<bool> {
    let t = trap(cx, proxy, n!("defineProperty"))?;
    let Some(f) = t.function else { return cx.define_own_property(t.target, key, d) };
    let name = cx.key_to_value(key)?;
    let object = cx.from_property_descriptor(d)?;
    let result = cx.call(f, t.handler, &[t.target.cast(), name, object.cast()])?;
    if !cx.to_boolean(result) {
        return Ok(false);
    }
    let current = cx.get_own_property(t.target, key)?;
    let extensible = cx.is_extensible(t.target)?;
    let setting_fixed = d.configurable == Some(false);
    match current {
        None => {
            if !extensible {
                return Err(broken(cx, "defineProperty added a property to a non-extensible target"));
            }
            if setting_fixed {
                return Err(broken(cx, "defineProperty reports a non-configurable property the target does not have"));
            }
        }
        Some(current) => {
            if !cx.is_compatible_property_descriptor(extensible, d, Some(&current))? {
                return Err(broken(cx, "defineProperty is incompatible with the target's property"));
            }
            if setting_fixed && current.configurable == Some(true) {
                return Err(broken(cx, "defineProperty reports a property as non-configurable that is not"));
            }
            if current.is_data()
                && current.configurable == Some(false)
                && current.writable == Some(true)
                && d.writable == Some(false)
            {
                return Err(broken(cx, "defineProperty reports a writable property as read-only"));
            }
        }
    }
    Ok(true)
}

/// ECMA-262 §10.5.7 `[[HasProperty]]`
pub(crate) fn has<'s>(cx: &mut Cx<'s>, proxy: Object<'s>, key: Key<'s>) -> JsResult<bool> {
    if let Some(target) = without_trap(cx, proxy, n!("has"))
        && let Some(found) = cx.known_to_have(target, cx.peek(key))
    {
        return Ok(found);
    }
    let t = trap(cx, proxy, n!("has"))?;
    let Some(f) = t.function else {
        let found = cx.has_property(t.target, key)?;
        if cx.peek(key).is_string() {
            cx.cache_get(t.target.cast(), key, crate::interpreter::TABLE_ONLY);
        }
        return Ok(found);
    };
    let name = cx.key_to_value(key)?;
    let result = cx.call(f, t.handler, &[t.target.cast(), name])?;
    let result = cx.to_boolean(result);
    if !result && let Some(current) = cx.get_own_property(t.target, key)? {
        if current.configurable == Some(false) {
            return Err(broken(cx, "has hides a non-configurable property"));
        }
        if !cx.is_extensible(t.target)? {
            return Err(broken(cx, "has hides a property of a non-extensible target"));
        }
    }
    Ok(result)
}

/// ECMA-262 §10.5.8 `[[Get]]`
pub(crate) fn get<'s>(cx: &mut Cx<'s>, proxy: Object<'s>, key: Key<'s>, receiver: Value<'s>) -> JsResult<Value<'s>> {
    if let Some(target) = without_trap(cx, proxy, n!("get"))
        && let Some(v) = cx.known_property(target, cx.peek(key))
    {
        return cx.root(v);
    }
    let t = trap(cx, proxy, n!("get"))?;
    let Some(f) = t.function else {
        let v = cx.get_with(t.target, key, receiver)?;
        if cx.peek(key).is_string() {
            cx.cache_get(t.target.cast(), key, crate::interpreter::TABLE_ONLY);
        }
        return Ok(v);
    };
    let name = cx.key_to_value(key)?;
    let words = [cx.peek(t.target), cx.peek(name), cx.peek(receiver)];
    let result = cx.call_words(f, t.handler, words)?;
    let result = cx.root(result)?;
    if is_fixed(cx, t.target, key)?
        && let Some(current) = cx.get_own_property(t.target, key)?
        && current.configurable == Some(false)
    {
        if current.is_data() && current.writable == Some(false) {
            if !cx.same_value(result, current.value.unwrap_or(UNDEFINED))? {
                return Err(broken(cx, "get differs from a read-only, non-configurable property"));
            }
        } else if current.is_accessor() && current.get.is_none_or(|g| cx.is_undefined(g)) && !cx.is_undefined(result) {
            return Err(broken(cx, "get gave a value for a non-configurable accessor without getter"));
        }
    }
    Ok(result)
}

/// ECMA-262 §10.5.9 `[[Set]]`
pub(crate) fn set<'s>(
    cx: &mut Cx<'s>,
    proxy: Object<'s>,
    key: Key<'s>,
    value: Value<'s>,
    receiver: Value<'s>,
) -> JsResult<bool> {
    let t = trap(cx, proxy, n!("set"))?;
    let Some(f) = t.function else { return cx.set_with(t.target, key, value, receiver) };
    let name = cx.key_to_value(key)?;
    let words = [cx.peek(t.target), cx.peek(name), cx.peek(value), cx.peek(receiver)];
    let result = cx.call_words(f, t.handler, words)?;
    let result = cx.root(result)?;
    if !cx.to_boolean(result) {
        return Ok(false);
    }
    if is_fixed(cx, t.target, key)?
        && let Some(current) = cx.get_own_property(t.target, key)?
        && current.configurable == Some(false)
    {
        if current.is_data() && current.writable == Some(false) {
            if !cx.same_value(value, current.value.unwrap_or(UNDEFINED))? {
                return Err(broken(cx, "set accepted another value for a read-only, non-configurable property"));
            }
        } else if current.is_accessor() && current.set.is_none_or(|s| cx.is_undefined(s)) {
            return Err(broken(cx, "set accepted a value for a non-configurable accessor without setter"));
        }
    }
    Ok(true)
}

/// ECMA-262 §10.5.10 `[[Delete]]`
pub(crate) fn delete<'s>(cx: &mut Cx<'s>, proxy: Object<'s>, key: Key<'s>) -> JsResult<bool> {
    let t = trap(cx, proxy, n!("deleteProperty"))?;
    let Some(f) = t.function else { return cx.delete(t.target, key) };
    let name = cx.key_to_value(key)?;
    let result = cx.call(f, t.handler, &[t.target.cast(), name])?;
    if !cx.to_boolean(result) {
        return Ok(false);
    }
    if let Some(current) = cx.get_own_property(t.target, key)? {
        if current.configurable == Some(false) {
            return Err(broken(cx, "deleteProperty reports a non-configurable property as deleted"));
        }
        if !cx.is_extensible(t.target)? {
            return Err(broken(cx, "deleteProperty reports a property of a non-extensible target as deleted"));
        }
    }
    Ok(true)
}

/// ECMA-262 §10.5.11 `[[OwnPropertyKeys]]`
pub(crate) fn own_keys<'s>(cx: &mut Cx<'s>, proxy: Object<'s>) -> JsResult<Object<'s>> {
    let t = trap(cx, proxy, n!("ownKeys"))?;
    let Some(f) = t.function else { return cx.own_property_keys(t.target) };
    let result = cx.call(f, t.handler, &[t.target.cast()])?;
    let given = cx.create_list_from_array_like(result)?;
    let count = cx.array_len(given);
    let keys = cx.new_array(0, count)?;
    // Every key the trap gave is a property of this object: true as long as no key of the target has answered to it.
    let seen = cx.new_object_of(Kind::Object, NULL, 4)?;
    for i in 0..count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = cx.array_item(given, i)?;
        let raw = cx.peek(v);
        if !raw.is_string() && !raw.is_symbol() {
            return Err(broken(&mut cx, "ownKeys gave something that is neither a string nor a symbol"));
        }
        let key = cx.to_property_key(v)?;
        if !matches!(cx.own(seen, key)?, Own::Missing) {
            return Err(broken(&mut cx, "ownKeys gave a key twice"));
        }
        cx.define_new(seen, key, imm(true), Attrs::ALL)?;
        let k = cx.peek_key(key);
        cx.push_key(keys, k)?;
    }
    let extensible = cx.is_extensible(t.target)?;
    let target_keys = cx.own_property_keys(t.target)?;
    let target_count = cx.array_len(target_keys);
    // Spec order: the attributes of all keys are asked for first.
    let fixed = cx.new_array(0, target_count)?;
    let mut any_fixed = false;
    for i in 0..target_count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.key_of_item(target_keys, i)?;
        let is_fixed = cx.get_own_property(t.target, key)?.is_some_and(|d| d.configurable == Some(false));
        any_fixed |= is_fixed;
        cx.push_raw(fixed, JsValue::bool(is_fixed))?;
    }
    if extensible && !any_fixed {
        return Ok(keys);
    }
    let mut answered = 0;
    for wanted in [true, false] {
        if !wanted && extensible {
            return Ok(keys);
        }
        for i in 0..target_count {
            if cx.array_item_raw(fixed, i) != JsValue::bool(wanted) {
                continue;
            }
            let mut cx = cx.nest();
            cx.tick(1)?;
            let key = cx.key_of_item(target_keys, i)?;
            if !matches!(cx.own(seen, key)?, Own::Data(JsValue::TRUE, _) | Own::Slot(JsValue::TRUE, ..)) {
                return Err(broken(&mut cx, "ownKeys left out a key of the target"));
            }
            cx.create_data_property(seen, key, imm(false))?;
            answered += 1;
        }
    }
    if answered != count {
        return Err(broken(cx, "ownKeys gave a key that a non-extensible target does not have"));
    }
    Ok(keys)
}

/// The arguments of a call as a fresh array.
pub(crate) fn arguments_array<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    let list = cx.new_array(0, args.len())?;
    for v in args.iter() {
        cx.push(list, v)?;
    }
    Ok(list)
}

/// ECMA-262 §10.5.12 `[[Call]]`
pub(crate) fn call<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let t = trap(cx, args.callee().cast(), n!("apply"))?;
    let Some(f) = t.function else {
        return cx.call_args(&Args { callee: t.target.cast(), ..*args });
    };
    let list = arguments_array(cx, args)?;
    cx.call(f, t.handler, &[t.target.cast(), args.this(), list.cast()])
}

/// ECMA-262 §10.5.13 `[[Construct]]`
pub(crate) fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let t = trap(cx, args.callee().cast(), n!("construct"))?;
    let Some(f) = t.function else {
        return cx.construct_args(&Args { callee: t.target.cast(), ..*args });
    };
    let list = arguments_array(cx, args)?;
    let result = cx.call(f, t.handler, &[t.target.cast(), list.cast(), args.new_target()])?;
    if !cx.is_object(result) {
        return Err(broken(cx, "construct did not give an object"));
    }
    Ok(result)
}

/// ECMA-262 §10.5.14 ProxyCreate
pub(crate) fn create<'s>(cx: &mut Cx<'s>, target: Value<'s>, handler: Value<'s>) -> JsResult<Object<'s>> {
    if !cx.is_object(target) || !cx.is_object(handler) {
        return Err(cx.throw_type_error("a proxy's target and handler must be objects"));
    }
    let callable = cx.is_callable(target);
    let constructor = cx.is_constructor(target);
    // What the shape says of a prototype is never looked at.
    let proto = cx.intrinsic(crate::builtins::Intrinsic::ObjectPrototype)?;
    let proxy = cx.new_object_of(Kind::Proxy, proto, 1)?;
    let raw = JsValue::object(cx.peek(proxy).index(), callable);
    let proxy = cx.root_object(raw)?;
    cx.set_field(proxy, field::Proxy::target, target);
    cx.set_field(proxy, field::Proxy::handler, handler);
    if constructor {
        use rotifer_jsvalue::{HeapExt, flag};
        let at = cx.peek(proxy).index();
        cx.heap_mut().add_flags(at, flag::CLASS);
    }
    Ok(proxy)
}

/// Makes a proxy useless (ECMA-262 §28.2.2.1.1).
pub(crate) fn revoke<'s>(cx: &mut Cx<'s>, proxy: Object<'s>) {
    cx.set_field_raw(proxy, field::Proxy::target, JsValue::NULL);
    cx.set_field_raw(proxy, field::Proxy::handler, JsValue::NULL);
}
