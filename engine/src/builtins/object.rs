//! `Object` (ECMA-262 §20.1). Integrity levels and enumeration are in [`integrity`](super::integrity).

use rotifer_jsvalue::{Attrs, JsValue, Kind, PropertyKey, StaticName, WellKnown, object, shape};

use super::Intrinsic;
use super::spec::{Prop, PropSpec, Spec, func, link, prototype};
use crate::cx::{Args, Cx, IntoKey, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::{Own, PropertyDescriptor};
use crate::throw::JsResult;

pub(super) static OBJECT_PROTOTYPE: Spec = Spec {
    kind: Kind::Object,
    proto: None,
    function: None,
    props: &[
        link(n!("constructor"), Intrinsic::Object),
        func(n!("__defineGetter__"), 2, define_getter),
        func(n!("__defineSetter__"), 2, define_setter),
        func(n!("hasOwnProperty"), 1, has_own_property),
        func(n!("__lookupGetter__"), 1, lookup_getter),
        func(n!("__lookupSetter__"), 1, lookup_setter),
        func(n!("isPrototypeOf"), 1, is_prototype_of),
        func(n!("propertyIsEnumerable"), 1, property_is_enumerable),
        func(n!("toString"), 0, to_string),
        func(n!("valueOf"), 0, value_of),
        Prop {
            key: PropertyKey::name(n!("__proto__")),
            attrs: Attrs::CONFIGURABLE,
            value: PropSpec::Accessor { get: Some(proto_getter), set: Some(proto_setter) },
        },
        func(n!("toLocaleString"), 0, to_locale_string),
    ],
    fields: &[],
};

pub(super) static OBJECT: Spec = Spec::constructor(
    n!("Object"),
    1,
    constructor,
    &[
        prototype(Intrinsic::ObjectPrototype),
        func(n!("assign"), 2, assign),
        func(n!("getOwnPropertyDescriptor"), 2, get_own_property_descriptor),
        func(n!("getOwnPropertyDescriptors"), 1, get_own_property_descriptors),
        func(n!("getOwnPropertyNames"), 1, get_own_property_names),
        func(n!("getOwnPropertySymbols"), 1, get_own_property_symbols),
        func(n!("hasOwn"), 2, has_own),
        func(n!("is"), 2, is),
        func(n!("preventExtensions"), 1, super::integrity::prevent_extensions),
        func(n!("seal"), 1, super::integrity::seal),
        func(n!("create"), 2, create),
        func(n!("defineProperties"), 2, define_properties),
        func(n!("defineProperty"), 3, define_property),
        func(n!("freeze"), 1, super::integrity::freeze),
        func(n!("getPrototypeOf"), 1, get_prototype_of),
        func(n!("setPrototypeOf"), 2, set_prototype_of),
        func(n!("isExtensible"), 1, super::integrity::is_extensible),
        func(n!("isFrozen"), 1, super::integrity::is_frozen),
        func(n!("isSealed"), 1, super::integrity::is_sealed),
        func(n!("keys"), 1, super::integrity::keys),
        func(n!("entries"), 1, super::integrity::entries),
        func(n!("fromEntries"), 1, from_entries),
        func(n!("values"), 1, super::integrity::values),
        func(n!("groupBy"), 2, group_by),
    ],
);

/// ECMA-262 §20.1.1.1 Object
fn constructor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = args.new_target();
    if !cx.is_undefined(new_target) && cx.peek(new_target) != cx.peek(args.callee()) {
        let o = cx.ordinary_create_from_constructor(new_target, Intrinsic::ObjectPrototype, Kind::Object, 4)?;
        return Ok(o.cast());
    }
    let value = args.get(0);
    let object = if cx.is_nullish(value) { cx.new_object()? } else { cx.to_object(value)? };
    Ok(object.cast())
}

/// ECMA-262 §20.1.2.1 Object.assign
fn assign<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let to = cx.to_object(args.get(0))?;
    for source in args.rest(1).iter() {
        if cx.is_nullish(source) {
            continue;
        }
        let mut cx = cx.nest();
        let from = cx.to_object(source)?;
        if assign_plain_properties(&mut cx, to, from)? {
            continue;
        }
        let keys = cx.own_property_keys(from)?;
        for i in 0..cx.array_len(keys) {
            let mut cx = cx.nest();
            cx.tick(1)?;
            let key = cx.key_of_item(keys, i)?;
            if let Some(v) = super::integrity::own_enumerable_value(&mut cx, from, key)? {
                cx.set_often(to, key, v)?;
            }
        }
    }
    Ok(to.cast())
}

/// Does what [`assign`] does with one source if that has named data properties and nothing else, without a list of its keys. False, and
/// nothing done, for others.
fn assign_plain_properties<'s>(cx: &mut Cx<'s>, to: Object<'s>, from: Object<'s>) -> JsResult<bool> {
    let Some((shape, info)) = cx.plain_properties(from) else { return Ok(false) };
    // Setters may change the source; its old shape still has the keys there were.
    let before = cx.root(JsValue::cell(shape))?;
    for i in 0..info.count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let shape = cx.peek(before).index();
        let Some((key, _)) = shape::entry(cx.heap(), shape, i) else { break };
        let key = cx.root_key(key)?;
        let at = cx.peek(from).index();
        let value = if object::shape_of(cx.heap(), at) == shape {
            let value = object::get_slot(cx.heap(), at, info.place(i));
            Some(cx.root(value)?)
        } else {
            super::integrity::own_enumerable_value(&mut cx, from, key)?
        };
        if let Some(value) = value {
            cx.set_often(to, key, value)?;
        }
    }
    Ok(true)
}

/// ECMA-262 §20.1.2.2 Object.create
fn create<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let proto = args.get(0);
    if !cx.is_object(proto) && !cx.peek(proto).is_null() {
        return Err(cx.throw_type_error("the prototype must be an object or null"));
    }
    let object = cx.new_object_of(Kind::Object, proto, 4)?;
    if !cx.is_undefined(args.get(1)) {
        object_define_properties(cx, object, args.get(1))?;
    }
    Ok(object.cast())
}

/// ECMA-262 §20.1.2.3 Object.defineProperties
fn define_properties<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = need_object(cx, args.get(0))?;
    object_define_properties(cx, object, args.get(1))?;
    Ok(object.cast())
}

/// ECMA-262 §20.1.2.3.1 ObjectDefineProperties
fn object_define_properties<'s>(cx: &mut Cx<'s>, object: Object<'s>, properties: Value<'s>) -> JsResult<()> {
    const WRITABLE: u64 = 1;
    const ENUMERABLE: u64 = 4;
    const CONFIGURABLE: u64 = 16;
    const VALUE: u64 = 64;
    const GET: u64 = 128;
    const SET: u64 = 256;
    // Two bits for a boolean that may be absent: 0 absent, 1 false, 3 true.
    fn bits(b: Option<bool>, unit: u64) -> u64 {
        b.map_or(0, |b| unit | if b { unit << 1 } else { 0 })
    }
    fn flag(all: u64, unit: u64) -> Option<bool> {
        (all & unit != 0).then_some(all & (unit << 1) != 0)
    }
    let properties = cx.to_object(properties)?;
    let keys = cx.own_property_keys(properties)?;
    // All descriptors are read before the first one is applied: five values each.
    let read = cx.new_array(0, 0)?;
    for i in 0..cx.array_len(keys) {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.key_of_item(keys, i)?;
        let Some(v) = super::integrity::own_enumerable_value(&mut cx, properties, key)? else { continue };
        let d = cx.to_property_descriptor(v)?;
        let all = bits(d.writable, WRITABLE)
            | bits(d.enumerable, ENUMERABLE)
            | bits(d.configurable, CONFIGURABLE)
            | bits(d.value.map(|_| false), VALUE)
            | bits(d.get.map(|_| false), GET)
            | bits(d.set.map(|_| false), SET);
        let k = cx.peek_key(key);
        cx.push_key(read, k)?;
        cx.push_raw(read, JsValue::int(all as i32))?;
        for v in [d.value, d.get, d.set] {
            cx.push(read, v.unwrap_or(UNDEFINED))?;
        }
    }
    for i in 0..cx.array_len(read) / 5 {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.key_of_item(read, 5 * i)?;
        let all = cx.array_item_raw(read, 5 * i + 1).as_int().unwrap_or(0) as u64;
        let (value, get, set) =
            (cx.array_item(read, 5 * i + 2)?, cx.array_item(read, 5 * i + 3)?, cx.array_item(read, 5 * i + 4)?);
        let d = PropertyDescriptor {
            value: (all & VALUE != 0).then_some(value),
            writable: flag(all, WRITABLE),
            get: (all & GET != 0).then_some(get),
            set: (all & SET != 0).then_some(set),
            enumerable: flag(all, ENUMERABLE),
            configurable: flag(all, CONFIGURABLE),
        };
        cx.define_property_or_throw(object, key, &d)?;
    }
    Ok(())
}

/// The value as an object, or a TypeError.
pub(super) fn need_object<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Object<'s>> {
    match cx.as_object(value) {
        Some(object) => Ok(object),
        None => Err(cx.throw_not_object(value)),
    }
}

/// ECMA-262 §20.1.2.4 Object.defineProperty
fn define_property<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = need_object(cx, args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    let d = cx.to_property_descriptor(args.get(2))?;
    cx.define_property_or_throw(object, key, &d)?;
    Ok(object.cast())
}

/// ECMA-262 §20.1.2.7 Object.fromEntries
fn from_entries<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.get(0))?;
    let object = cx.new_object()?;
    let record = cx.get_iterator(args.get(0))?;
    let record = cx.marked(record);
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(entry) = cx.iterator_step(&record)? else { break };
        let added = add_entry(&mut cx, object, entry);
        if added.is_err() {
            return cx.iterator_close(&record, added).map(|()| UNDEFINED);
        }
    }
    Ok(object.cast())
}

fn add_entry<'s>(cx: &mut Cx<'s>, object: Object<'s>, entry: Value<'s>) -> JsResult<()> {
    let entry = need_object(cx, entry)?;
    let key = cx.get(entry, 0)?;
    let value = cx.get(entry, 1)?;
    let key = cx.to_property_key(key)?;
    cx.create_data_property_or_throw(object, key, value)
}

/// ECMA-262 §20.1.2.8 Object.getOwnPropertyDescriptor
fn get_own_property_descriptor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    match cx.get_own_property(object, key)? {
        Some(d) => Ok(cx.from_property_descriptor(&d)?.cast()),
        None => Ok(UNDEFINED),
    }
}

/// ECMA-262 §20.1.2.9 Object.getOwnPropertyDescriptors
fn get_own_property_descriptors<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.get(0))?;
    let keys = cx.own_property_keys(object)?;
    let result = cx.new_object()?;
    for i in 0..cx.array_len(keys) {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.key_of_item(keys, i)?;
        if let Some(d) = cx.get_own_property(object, key)? {
            let d = cx.from_property_descriptor(&d)?;
            cx.create_data_property_or_throw(result, key, d.cast())?;
        }
    }
    Ok(result.cast())
}

/// ECMA-262 §20.1.2.11.1 GetOwnPropertyKeys
fn own_keys_of<'s>(cx: &mut Cx<'s>, value: Value<'s>, symbols: bool) -> JsResult<Value<'s>> {
    let object = cx.to_object(value)?;
    let keys = cx.own_property_keys(object)?;
    let result = cx.new_array(0, 0)?;
    for i in 0..cx.array_len(keys) {
        if cx.array_item_raw(keys, i).is_symbol() == symbols {
            let mut cx = cx.nest();
            cx.tick(1)?;
            let v = super::integrity::key_item_as_value(&mut cx, keys, i)?;
            cx.push(result, v)?;
        }
    }
    Ok(result.cast())
}

/// ECMA-262 §20.1.2.10 Object.getOwnPropertyNames
fn get_own_property_names<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    own_keys_of(cx, args.get(0), false)
}

/// ECMA-262 §20.1.2.11 Object.getOwnPropertySymbols
fn get_own_property_symbols<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    own_keys_of(cx, args.get(0), true)
}

/// ECMA-262 §20.1.2.12 Object.getPrototypeOf
fn get_prototype_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.get(0))?;
    cx.get_prototype_of(object)
}

/// ECMA-262 §20.1.2.13 Object.groupBy
fn group_by<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (items, callback) = (args.get(0), args.get(1));
    cx.require_object_coercible(items)?;
    if !cx.is_callable(callback) {
        return Err(cx.throw_not_callable(callback));
    }
    let groups = cx.new_object_of(Kind::Object, NULL, 4)?;
    let record = cx.get_iterator(items)?;
    let mut k = 0.0;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(value) = cx.iterator_step(&record)? else { break };
        let added = add_to_group(&mut cx, groups, callback, value, k);
        if added.is_err() {
            return cx.iterator_close(&record, added).map(|()| UNDEFINED);
        }
        k += 1.0;
    }
    Ok(groups.cast())
}

fn add_to_group<'s>(
    cx: &mut Cx<'s>,
    groups: Object<'s>,
    callback: Value<'s>,
    value: Value<'s>,
    k: f64,
) -> JsResult<()> {
    let key = cx.call(callback, UNDEFINED, &[value, imm(k)])?;
    let key = cx.to_property_key(key)?;
    // Nobody else has the object yet, so it serves as the list of groups.
    let group = match cx.own(groups, key)? {
        Own::Data(v, _) | Own::Slot(v, ..) => cx.root_object(v)?,
        _ => {
            let group = cx.new_array(0, 0)?;
            cx.create_data_property_or_throw(groups, key, group.cast())?;
            group
        }
    };
    cx.push(group, value)
}

/// ECMA-262 §20.1.2.14 Object.hasOwn
fn has_own<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.get(0))?;
    let key = cx.to_property_key(args.get(1))?;
    Ok(imm(cx.has_own_property(object, key)?))
}

/// ECMA-262 §20.1.2.15 Object.is
fn is<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(cx.same_value(args.get(0), args.get(1))?))
}

/// ECMA-262 §20.1.2.24 Object.setPrototypeOf
fn set_prototype_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (value, proto) = (args.get(0), args.get(1));
    cx.require_object_coercible(value)?;
    if !cx.is_object(proto) && !cx.peek(proto).is_null() {
        return Err(cx.throw_type_error("the prototype must be an object or null"));
    }
    if let Some(object) = cx.as_object(value)
        && !cx.set_prototype_of(object, proto)?
    {
        return Err(cx.throw_type_error("cannot set the prototype of this object"));
    }
    Ok(value)
}

/// ECMA-262 §20.1.3.2 Object.prototype.hasOwnProperty
fn has_own_property<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let key = cx.to_property_key(args.get(0))?;
    let object = cx.to_object(args.this())?;
    Ok(imm(cx.has_own_property(object, key)?))
}

/// ECMA-262 §20.1.3.3 Object.prototype.isPrototypeOf
fn is_prototype_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let value = args.get(0);
    if !cx.is_object(value) {
        return Ok(imm(false));
    }
    let object = cx.to_object(args.this())?;
    let current = cx.slot(value)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let proto = cx.get_prototype_of(current.cast())?;
        if !cx.is_object(proto) {
            return Ok(imm(false));
        }
        if cx.peek(proto) == cx.peek(object) {
            return Ok(imm(true));
        }
        cx.set_slot(current, proto);
    }
}

/// ECMA-262 §20.1.3.4 Object.prototype.propertyIsEnumerable
fn property_is_enumerable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let key = cx.to_property_key(args.get(0))?;
    let object = cx.to_object(args.this())?;
    let d = cx.get_own_property(object, key)?;
    Ok(imm(d.is_some_and(|d| d.enumerable == Some(true))))
}

/// ECMA-262 §20.1.3.5 Object.prototype.toLocaleString
fn to_locale_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.invoke(args.this(), n!("toString"), &[])
}

/// ECMA-262 §20.1.3.6 Object.prototype.toString
pub(crate) fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = args.this();
    if cx.is_undefined(this) {
        return Ok(imm(n!("[object Undefined]")));
    }
    if cx.peek(this).is_null() {
        return Ok(imm(n!("[object Null]")));
    }
    let object = cx.to_object(this)?;
    let whole: StaticName = if cx.is_array(object.cast())? {
        n!("[object Array]")
    } else if cx.is_callable(object.cast()) {
        n!("[object Function]")
    } else {
        match cx.kind_of(object) {
            Some(Kind::Arguments) => n!("[object Arguments]"),
            Some(Kind::Error) => n!("[object Error]"),
            Some(Kind::Date) => n!("[object Date]"),
            Some(Kind::RegExp) => n!("[object RegExp]"),
            Some(Kind::Wrapper) => {
                let v = cx.field_raw(object, rotifer_jsvalue::field::Wrapper::value);
                if v.is_bool() {
                    n!("[object Boolean]")
                } else if v.is_number() {
                    n!("[object Number]")
                } else if v.is_string() {
                    n!("[object String]")
                } else {
                    n!("[object Object]")
                }
            }
            _ => n!("[object Object]"),
        }
    };
    let tag = cx.get(object, WellKnown::ToStringTag)?;
    if !cx.peek(tag).is_string() {
        return Ok(imm(whole));
    }
    let text = cx.concat(imm(n!("[object ")).cast(), tag.cast())?;
    Ok(cx.concat(text, imm(n!("]")).cast())?.cast())
}

/// ECMA-262 §20.1.3.7 Object.prototype.valueOf
fn value_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(cx.to_object(args.this())?.cast())
}

/// ECMA-262 §20.1.3.8.1 get Object.prototype.__proto__
fn proto_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.this())?;
    cx.get_prototype_of(object)
}

/// ECMA-262 §20.1.3.8.2 set Object.prototype.__proto__
fn proto_setter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.this())?;
    let proto = args.get(0);
    if !cx.is_object(proto) && !cx.peek(proto).is_null() {
        return Ok(UNDEFINED);
    }
    if let Some(object) = cx.as_object(args.this())
        && !cx.set_prototype_of(object, proto)?
    {
        return Err(cx.throw_type_error("cannot set the prototype of this object"));
    }
    Ok(UNDEFINED)
}

fn define_accessor<'s>(cx: &mut Cx<'s>, args: &Args<'s>, setter: bool) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.this())?;
    let f = args.get(1);
    if !cx.is_callable(f) {
        return Err(cx.throw_not_callable(f));
    }
    let d = PropertyDescriptor {
        get: (!setter).then_some(f),
        set: setter.then_some(f),
        enumerable: Some(true),
        configurable: Some(true),
        ..PropertyDescriptor::default()
    };
    let key = cx.to_property_key(args.get(0))?;
    cx.define_property_or_throw(object, key, &d)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §20.1.3.9.1 Object.prototype.__defineGetter__
fn define_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    define_accessor(cx, args, false)
}

/// ECMA-262 §20.1.3.9.2 Object.prototype.__defineSetter__
fn define_setter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    define_accessor(cx, args, true)
}

fn lookup_accessor<'s>(cx: &mut Cx<'s>, args: &Args<'s>, setter: bool) -> JsResult<Value<'s>> {
    let object = cx.to_object(args.this())?;
    let key = cx.to_property_key(args.get(0))?;
    let result = cx.slot(UNDEFINED)?;
    let current = cx.slot::<JsValue>(object.cast())?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(d) = cx.get_own_property(current.cast(), key.into_key())? {
            let f = if setter { d.set } else { d.get };
            cx.set_slot(result, f.unwrap_or(UNDEFINED));
            break;
        }
        let proto = cx.get_prototype_of(current.cast())?;
        if !cx.is_object(proto) {
            break;
        }
        cx.set_slot(current, proto);
    }
    Ok(result)
}

/// ECMA-262 §20.1.3.9.3 Object.prototype.__lookupGetter__
fn lookup_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    lookup_accessor(cx, args, false)
}

/// ECMA-262 §20.1.3.9.4 Object.prototype.__lookupSetter__
fn lookup_setter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    lookup_accessor(cx, args, true)
}
