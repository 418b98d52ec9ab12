//! The part of `Object` that goes over all own properties: freezing, sealing, listing (ECMA-262 §7.3.15, §7.3.16, §7.3.24).

use rotifer_jsvalue::shape::Info;
use rotifer_jsvalue::{Attrs, Kind, elements, key, object, shape};

use crate::cx::{Args, Cx, Key, Object, Value, imm};
use crate::ops::{Own, PropertyDescriptor};
use crate::throw::JsResult;

/// Item `i` of a list of own keys as the value that a script sees.
pub(super) fn key_item_as_value<'s>(cx: &mut Cx<'s>, keys: Object<'s>, i: u32) -> JsResult<Value<'s>> {
    let raw = cx.array_item_raw(keys, i);
    match raw.as_number() {
        Some(n) => {
            let s = key::index_to_string(cx.heap_mut(), n as u32)?;
            cx.root(s)
        }
        None => cx.root(raw),
    }
}

/// The value of an own property when it is there and enumerable, as `[[GetOwnProperty]]` followed by `[[Get]]` would give it.
pub(crate) fn own_enumerable_value<'s>(
    cx: &mut Cx<'s>,
    object: Object<'s>,
    key: Key<'s>,
) -> JsResult<Option<Value<'s>>> {
    match cx.own(object, key)? {
        Own::Missing | Own::OutOfBounds => return Ok(None),
        Own::Data(v, attrs) | Own::Slot(v, attrs, _) if !v.is_empty() => {
            return if attrs.has(Attrs::ENUMERABLE) { Ok(Some(cx.root(v)?)) } else { Ok(None) };
        }
        Own::Accessor(_, attrs) if !attrs.has(Attrs::ENUMERABLE) => return Ok(None),
        Own::Accessor(..) => {}
        Own::Data(..) | Own::Slot(..) | Own::Proxy => {
            let d = cx.get_own_property(object, key)?;
            if d.is_none_or(|d| d.enumerable != Some(true)) {
                return Ok(None);
            }
        }
    }
    Ok(Some(cx.get(object, key)?))
}

/// Whether the own property is there and enumerable.
fn is_own_enumerable<'s>(cx: &mut Cx<'s>, object: Object<'s>, key: Key<'s>) -> JsResult<bool> {
    Ok(match cx.own(object, key)? {
        Own::Missing | Own::OutOfBounds => false,
        Own::Data(v, attrs) | Own::Slot(v, attrs, _) if !v.is_empty() => attrs.has(Attrs::ENUMERABLE),
        Own::Accessor(_, attrs) => attrs.has(Attrs::ENUMERABLE),
        _ => cx.get_own_property(object, key)?.is_some_and(|d| d.enumerable == Some(true)),
    })
}

/// What [`enumerable_own_properties`] lists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    Keys,
    Values,
    Entries,
}

/// ECMA-262 §7.3.24 EnumerableOwnProperties
pub(crate) fn enumerable_own_properties<'s>(cx: &mut Cx<'s>, object: Object<'s>, what: Listed) -> JsResult<Object<'s>> {
    if let Some((_, info)) = cx.plain_properties(object) {
        return list_plain_properties(cx, object, info, what);
    }
    let keys = cx.own_property_keys(object)?;
    let count = cx.array_len(keys);
    let result = cx.new_array(0, count)?;
    for i in 0..count {
        if cx.array_item_raw(keys, i).is_symbol() {
            continue;
        }
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.key_of_item(keys, i)?;
        let item = match what {
            Listed::Keys => {
                if !is_own_enumerable(&mut cx, object, key)? {
                    continue;
                }
                key_item_as_value(&mut cx, keys, i)?
            }
            Listed::Values => match own_enumerable_value(&mut cx, object, key)? {
                Some(v) => v,
                None => continue,
            },
            Listed::Entries => {
                let Some(v) = own_enumerable_value(&mut cx, object, key)? else { continue };
                let name = key_item_as_value(&mut cx, keys, i)?;
                cx.array_from(&[name, v])?.cast()
            }
        };
        cx.push(result, item)?;
    }
    Ok(result)
}

/// [`enumerable_own_properties`] of an object that has named data properties and nothing else.
fn list_plain_properties<'s>(cx: &mut Cx<'s>, object: Object<'s>, info: Info, what: Listed) -> JsResult<Object<'s>> {
    let result = cx.new_array(0, info.count)?;
    for i in 0..info.count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let at = cx.peek(object).index();
        let Some((key, _)) = shape::entry(cx.heap(), object::shape_of(cx.heap(), at), i) else { break };
        let value = object::get_slot(cx.heap(), at, info.place(i));
        let (key, value) = (cx.root_key(key)?, cx.root(value)?);
        let item = match what {
            Listed::Keys => cx.key_to_value(key)?,
            Listed::Values => value,
            Listed::Entries => {
                let name = cx.key_to_value(key)?;
                cx.array_from(&[name, value])?.cast()
            }
        };
        cx.push(result, item)?;
    }
    Ok(result)
}

/// ECMA-262 §20.1.2.19 Object.keys
pub(super) fn keys<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.get(0))?;
    Ok(enumerable_own_properties(cx, object, Listed::Keys)?.cast())
}

/// ECMA-262 §20.1.2.25 Object.values
pub(super) fn values<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.get(0))?;
    Ok(enumerable_own_properties(cx, object, Listed::Values)?.cast())
}

/// ECMA-262 §20.1.2.5 Object.entries
pub(super) fn entries<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.get(0))?;
    Ok(enumerable_own_properties(cx, object, Listed::Entries)?.cast())
}

/// ECMA-262 §7.3.15 SetIntegrityLevel
pub(crate) fn set_integrity_level<'s>(cx: &mut Cx<'s>, object: Object<'s>, freeze: bool) -> JsResult<bool> {
    if !cx.prevent_extensions(object)? {
        return Ok(false);
    }
    let object = cx.backing(object)?;
    let keys = cx.own_property_keys(object)?;
    // Elements of ordinary objects take a flag on the whole; exotic ones are asked one by one.
    let at_once = !matches!(
        cx.kind_of(object),
        Some(Kind::Proxy | Kind::TypedArray | Kind::Arguments | Kind::Namespace | Kind::Wrapper)
    );
    if at_once {
        let o = cx.peek(object);
        elements::restrict(cx.heap_mut(), o, freeze)?;
        cx.touch_prototype(object);
    }
    let sealed = PropertyDescriptor { configurable: Some(false), ..PropertyDescriptor::default() };
    let frozen = PropertyDescriptor { writable: Some(false), ..sealed };
    for i in 0..cx.array_len(keys) {
        if at_once && cx.array_item_raw(keys, i).is_number() {
            continue;
        }
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.key_of_item(keys, i)?;
        let d = if freeze {
            match cx.get_own_property(object, key)? {
                None => continue,
                Some(current) if current.is_accessor() => &sealed,
                Some(_) => &frozen,
            }
        } else {
            &sealed
        };
        cx.define_property_or_throw(object, key, d)?;
    }
    Ok(true)
}

/// ECMA-262 §7.3.16 TestIntegrityLevel
pub(crate) fn test_integrity_level<'s>(cx: &mut Cx<'s>, object: Object<'s>, frozen: bool) -> JsResult<bool> {
    if cx.is_extensible(object)? {
        return Ok(false);
    }
    let keys = cx.own_property_keys(object)?;
    for i in 0..cx.array_len(keys) {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.key_of_item(keys, i)?;
        if let Some(d) = cx.get_own_property(object, key)?
            && (d.configurable == Some(true) || frozen && d.is_data() && d.writable == Some(true))
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn restrict<'s>(cx: &mut Cx<'s>, args: &Args<'s>, freeze: bool) -> JsResult<Value<'s>> {
    if let Some(object) = cx.as_object(args.get(0))
        && !set_integrity_level(cx, object, freeze)?
    {
        return Err(cx.throw_type_error(if freeze { "cannot freeze this object" } else { "cannot seal this object" }));
    }
    Ok(args.get(0))
}

/// ECMA-262 §20.1.2.6 Object.freeze
pub(super) fn freeze<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    restrict(cx, args, true)
}

/// ECMA-262 §20.1.2.22 Object.seal
pub(super) fn seal<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    restrict(cx, args, false)
}

/// ECMA-262 §20.1.2.20 Object.preventExtensions
pub(super) fn prevent_extensions<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if let Some(object) = cx.as_object(args.get(0))
        && !cx.prevent_extensions(object)?
    {
        return Err(cx.throw_type_error("cannot prevent extensions of this object"));
    }
    Ok(args.get(0))
}

/// ECMA-262 §20.1.2.16 Object.isExtensible
pub(super) fn is_extensible<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    match cx.as_object(args.get(0)) {
        Some(object) => Ok(imm(cx.is_extensible(object)?)),
        None => Ok(imm(false)),
    }
}

/// ECMA-262 §20.1.2.17 Object.isFrozen
pub(super) fn is_frozen<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    match cx.as_object(args.get(0)) {
        Some(object) => Ok(imm(test_integrity_level(cx, object, true)?)),
        None => Ok(imm(true)),
    }
}

/// ECMA-262 §20.1.2.18 Object.isSealed
pub(super) fn is_sealed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    match cx.as_object(args.get(0)) {
        Some(object) => Ok(imm(test_integrity_level(cx, object, false)?)),
        None => Ok(imm(true)),
    }
}
