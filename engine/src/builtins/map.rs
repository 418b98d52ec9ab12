//! Map objects (ECMA-262 §24.1).

use rotifer_jsvalue::{JsValue, Kind, PropertyKey, WellKnown};

use super::Intrinsic;
use super::spec::{Prop, Spec, func, getter, link, prototype, same, sym_getter, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::collections::Yields;
use crate::throw::JsResult;

const PROTOTYPE_PROPS: &[Prop] = &[
    func(n!("clear"), 0, clear),
    link(n!("constructor"), Intrinsic::Map),
    func(n!("delete"), 1, delete),
    func(n!("entries"), 0, entries),
    func(n!("forEach"), 1, for_each),
    func(n!("get"), 1, get),
    func(n!("getOrInsert"), 2, get_or_insert),
    func(n!("getOrInsertComputed"), 2, get_or_insert_computed),
    func(n!("has"), 1, has),
    func(n!("keys"), 0, keys),
    func(n!("set"), 2, set),
    getter(n!("size"), size),
    func(n!("values"), 0, values),
    same(PropertyKey::well_known(WellKnown::Iterator), Intrinsic::MapPrototype, PropertyKey::name(n!("entries"))),
    tag(n!("Map")),
];

pub(super) static MAP_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, PROTOTYPE_PROPS);
pub(super) static MAP: Spec = Spec::constructor(
    n!("Map"),
    0,
    construct,
    &[func(n!("groupBy"), 2, group_by), prototype(Intrinsic::MapPrototype), sym_getter(WellKnown::Species, species)],
);

/// ECMA-262 §24.1.2.2 get Map \[ %Symbol.species% ]
#[expect(clippy::unnecessary_wraps, reason = "the shape of a native function")]
fn species<'s>(_: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(args.this())
}

/// RequireInternalSlot(M, \[\[MapData]])
fn this_map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    if cx.is_kind(args.this(), Kind::Map) {
        Ok(args.this().cast())
    } else {
        Err(cx.throw_type_error("this is not a Map"))
    }
}

/// ECMA-262 §24.1.1.1 Map
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("Map has to be called with new"));
    }
    let map = cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::MapPrototype, Kind::Map, 1)?;
    if !cx.is_nullish(args.get(0)) {
        let adder = cx.get(map, n!("set"))?;
        if !cx.is_callable(adder) {
            return Err(cx.throw_type_error("the property 'set' of the new Map is not a function"));
        }
        let direct = cx.is_builtin(adder, Intrinsic::MapPrototype, n!("set"));
        let adder = Adder {
            target: map,
            adder,
            direct: direct.then_some(|cx, map, key, value| cx.table_set(map, key, Some(value))),
        };
        add_entries_from_iterable(cx, args.get(0), &adder)?;
    }
    Ok(map.cast())
}

/// How a constructor fills the collection it makes.
pub(super) struct Adder<'s> {
    pub target: Object<'s>,
    /// The method that adds.
    pub adder: Value<'s>,
    /// What that comes to when nobody has replaced it.
    pub direct: Option<AddDirectly>,
}

/// Adds a key and value to a collection.
pub(super) type AddDirectly = for<'t> fn(&mut Cx<'t>, Object<'t>, Value<'t>, Value<'t>) -> JsResult<()>;

/// ECMA-262 §24.1.1.2 AddEntriesFromIterable
pub(super) fn add_entries_from_iterable<'s>(cx: &mut Cx<'s>, iterable: Value<'s>, adder: &Adder<'s>) -> JsResult<()> {
    let record = cx.get_iterator(iterable)?;
    let record = cx.marked(record);
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(item) = cx.iterator_step(&record)? else { return Ok(()) };
        let added = match cx.as_object(item) {
            None => Err(cx.throw_type_error("an entry is not an object")),
            Some(item) => add_entry(&mut cx, item, adder),
        };
        if added.is_err() {
            return cx.iterator_close(&record, added);
        }
    }
}

fn add_entry<'s>(cx: &mut Cx<'s>, item: Object<'s>, adder: &Adder<'s>) -> JsResult<()> {
    let key = cx.get(item, 0)?;
    let value = cx.get(item, 1)?;
    match adder.direct {
        Some(add) => add(cx, adder.target, key, value),
        None => cx.call(adder.adder, adder.target.cast(), &[key, value]).map(drop),
    }
}

/// ECMA-262 §24.1.2.1 Map.groupBy
fn group_by<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (items, callback) = (args.get(0), args.get(1));
    cx.require_object_coercible(items)?;
    if !cx.is_callable(callback) {
        return Err(cx.throw_not_callable(callback));
    }
    let proto = cx.intrinsic(Intrinsic::MapPrototype)?;
    let map = cx.new_object_of(Kind::Map, proto, 1)?;
    let record = cx.get_iterator(items)?;
    let record = cx.marked(record);
    let mut count = 0_f64;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(item) = cx.iterator_step(&record)? else { break };
        let key = cx.call(callback, UNDEFINED, &[item, imm(count)]);
        let key = match key {
            Ok(key) => key,
            Err(throw) => return cx.iterator_close(&record, Err(throw)),
        };
        let key = cx.canonical_key(key)?;
        let group = match cx.table_get(map, key)? {
            Some(group) => group.cast(),
            None => {
                let group = cx.new_array(0, 1)?;
                cx.table_set(map, key, Some(group.cast()))?;
                group
            }
        };
        cx.push(group, item)?;
        count += 1.0;
    }
    Ok(map.cast())
}

/// ECMA-262 §24.1.3.1 Map.prototype.clear
fn clear<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    cx.table_clear(map)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §24.1.3.3 Map.prototype.delete
fn delete<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    Ok(imm(cx.table_delete(map, args.get(0))?))
}

/// ECMA-262 §24.1.3.4 Map.prototype.entries
fn entries<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    cx.collection_iterator(map, Yields::Entries)
}

/// ECMA-262 §24.1.3.5 Map.prototype.forEach
fn for_each<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    let (callback, this) = (args.get(0), args.get(1));
    if !cx.is_callable(callback) {
        return Err(cx.throw_not_callable(callback));
    }
    let mut walk = cx.table_walk(map)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        // The first entry may have come after the walk began over nothing, but then there was no callback to add it.
        let Some((key, value)) = cx.walk_next(&mut walk)? else { return Ok(UNDEFINED) };
        cx.call(callback, this, &[value, key, map.cast()])?;
    }
}

/// ECMA-262 §24.1.3.6 Map.prototype.get
fn get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    Ok(cx.table_get(map, args.get(0))?.unwrap_or(UNDEFINED))
}

/// ECMA-262 §24.1.3.7 Map.prototype.getOrInsert
fn get_or_insert<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    if let Some(found) = cx.table_get(map, args.get(0))? {
        return Ok(found);
    }
    cx.table_set(map, args.get(0), Some(args.get(1)))?;
    Ok(args.get(1))
}

/// ECMA-262 §24.1.3.8 Map.prototype.getOrInsertComputed
fn get_or_insert_computed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    let callback = args.get(1);
    if !cx.is_callable(callback) {
        return Err(cx.throw_not_callable(callback));
    }
    let key = cx.canonical_key(args.get(0))?;
    if let Some(found) = cx.table_get(map, key)? {
        return Ok(found);
    }
    let value = cx.call(callback, UNDEFINED, &[key])?;
    cx.table_set(map, key, Some(value))?;
    Ok(value)
}

/// ECMA-262 §24.1.3.9 Map.prototype.has
fn has<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    Ok(imm(cx.table_find(map, args.get(0))?.is_some()))
}

/// ECMA-262 §24.1.3.10 Map.prototype.keys
fn keys<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    cx.collection_iterator(map, Yields::Keys)
}

/// ECMA-262 §24.1.3.11 Map.prototype.set
fn set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    cx.table_set(map, args.get(0), Some(args.get(1)))?;
    Ok(args.this())
}

/// ECMA-262 §24.1.3.12 get Map.prototype.size
fn size<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    Ok(imm(JsValue::number(f64::from(cx.table_len(map)))))
}

/// ECMA-262 §24.1.3.13 Map.prototype.values
fn values<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let map = this_map(cx, args)?;
    cx.collection_iterator(map, Yields::Values)
}

/// ECMA-262 §24.1.5.2.1 %MapIteratorPrototype%.next and §24.2.6.2.1 %SetIteratorPrototype%.next
pub(super) fn collection_next<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    family: crate::ops::collections::IteratorFamily,
) -> JsResult<Value<'s>> {
    if !cx.is_iterator_of(args.this(), family) {
        return Err(cx.throw_type_error("this is not an iterator of that kind"));
    }
    let step = cx.collection_iterator_step(args.this().cast())?;
    Ok(cx.create_iter_result(step.unwrap_or(UNDEFINED), step.is_none())?.cast())
}
