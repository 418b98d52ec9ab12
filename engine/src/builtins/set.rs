//! Set objects (ECMA-262 §24.2).

use rotifer_jsvalue::{JsValue, Kind, PropertyKey, WellKnown};

use super::Intrinsic;
use super::map::Adder;
use super::spec::{Prop, Spec, func, getter, link, prototype, same, sym_getter, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::collections::Yields;
use crate::ops::iterators::IteratorRecord;
use crate::throw::JsResult;

const PROTOTYPE_PROPS: &[Prop] = &[
    func(n!("add"), 1, add),
    func(n!("clear"), 0, clear),
    link(n!("constructor"), Intrinsic::Set),
    func(n!("delete"), 1, delete),
    func(n!("difference"), 1, difference),
    func(n!("entries"), 0, entries),
    func(n!("forEach"), 1, for_each),
    func(n!("has"), 1, has),
    func(n!("intersection"), 1, intersection),
    func(n!("isDisjointFrom"), 1, is_disjoint_from),
    func(n!("isSubsetOf"), 1, is_subset_of),
    func(n!("isSupersetOf"), 1, is_superset_of),
    same(PropertyKey::name(n!("keys")), Intrinsic::SetPrototype, PropertyKey::name(n!("values"))),
    getter(n!("size"), size),
    func(n!("symmetricDifference"), 1, symmetric_difference),
    func(n!("union"), 1, union),
    func(n!("values"), 0, values),
    same(PropertyKey::well_known(WellKnown::Iterator), Intrinsic::SetPrototype, PropertyKey::name(n!("values"))),
    tag(n!("Set")),
];

pub(super) static SET_PROTOTYPE: Spec = Spec::object(Intrinsic::ObjectPrototype, PROTOTYPE_PROPS);
pub(super) static SET: Spec = Spec::constructor(
    n!("Set"),
    0,
    construct,
    &[prototype(Intrinsic::SetPrototype), sym_getter(WellKnown::Species, species)],
);

/// ECMA-262 §24.2.3.2 get Set \[ %Symbol.species% ]
#[expect(clippy::unnecessary_wraps, reason = "the shape of a native function")]
fn species<'s>(_: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(args.this())
}

/// RequireInternalSlot(S, \[\[SetData]])
fn this_set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    if cx.is_kind(args.this(), Kind::Set) {
        Ok(args.this().cast())
    } else {
        Err(cx.throw_type_error("this is not a Set"))
    }
}

/// ECMA-262 §24.2.2.1 Set
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("Set has to be called with new"));
    }
    let set = cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::SetPrototype, Kind::Set, 1)?;
    if !cx.is_nullish(args.get(0)) {
        let adder = cx.get(set, n!("add"))?;
        if !cx.is_callable(adder) {
            return Err(cx.throw_type_error("the property 'add' of the new Set is not a function"));
        }
        let direct = cx.is_builtin(adder, Intrinsic::SetPrototype, n!("add"));
        let adder =
            Adder { target: set, adder, direct: direct.then_some(|cx, set, value, _| cx.table_set(set, value, None)) };
        add_values_from_iterable(cx, args.get(0), &adder)?;
    }
    Ok(set.cast())
}

/// The loop of the constructors of Set and WeakSet.
pub(super) fn add_values_from_iterable<'s>(cx: &mut Cx<'s>, iterable: Value<'s>, adder: &Adder<'s>) -> JsResult<()> {
    let record = cx.get_iterator(iterable)?;
    let record = cx.marked(record);
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(value) = cx.iterator_step(&record)? else { return Ok(()) };
        let added = match adder.direct {
            Some(add) => add(&mut cx, adder.target, value, UNDEFINED),
            None => cx.call(adder.adder, adder.target.cast(), &[value]).map(drop),
        };
        if added.is_err() {
            return cx.iterator_close(&record, added);
        }
    }
}

/// ECMA-262 §24.2.4.1 Set.prototype.add
fn add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    cx.table_set(set, args.get(0), None)?;
    Ok(args.this())
}

/// ECMA-262 §24.2.4.2 Set.prototype.clear
fn clear<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    cx.table_clear(set)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §24.2.4.4 Set.prototype.delete
fn delete<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    Ok(imm(cx.table_delete(set, args.get(0))?))
}

/// ECMA-262 §24.2.4.6 Set.prototype.entries
fn entries<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    cx.collection_iterator(set, Yields::Entries)
}

/// ECMA-262 §24.2.4.7 Set.prototype.forEach
fn for_each<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    let (callback, this) = (args.get(0), args.get(1));
    if !cx.is_callable(callback) {
        return Err(cx.throw_not_callable(callback));
    }
    let mut walk = cx.table_walk(set)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some((key, _)) = cx.walk_next(&mut walk)? else { return Ok(UNDEFINED) };
        cx.call(callback, this, &[key, key, set.cast()])?;
    }
}

/// ECMA-262 §24.2.4.8 Set.prototype.has
fn has<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    Ok(imm(cx.table_find(set, args.get(0))?.is_some()))
}

/// ECMA-262 §24.2.4.14 get Set.prototype.size
fn size<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    Ok(imm(JsValue::number(f64::from(cx.table_len(set)))))
}

/// ECMA-262 §24.2.4.17 Set.prototype.values
fn values<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    cx.collection_iterator(set, Yields::Values)
}

/// A Set Record (ECMA-262 §24.2.1.1).
struct SetRecord<'s> {
    set: Object<'s>,
    size: f64,
    has: Value<'s>,
    keys: Value<'s>,
}

/// ECMA-262 §24.2.1.2 GetSetRecord
fn get_set_record<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<SetRecord<'s>> {
    let Some(set) = cx.as_object(value) else {
        return Err(cx.throw_type_error("the other set is not an object"));
    };
    let size = cx.get(set, n!("size"))?;
    let size = cx.to_number(size)?;
    if size.is_nan() {
        return Err(cx.throw_type_error("the property 'size' of the other set is not a number"));
    }
    let size = if size.is_finite() { truncate(size) } else { size };
    if size < 0.0 {
        return Err(cx.throw_range_error("the property 'size' of the other set is negative"));
    }
    let has = cx.get(set, n!("has"))?;
    if !cx.is_callable(has) {
        return Err(cx.throw_type_error("the property 'has' of the other set is not a function"));
    }
    let keys = cx.get(set, n!("keys"))?;
    if !cx.is_callable(keys) {
        return Err(cx.throw_type_error("the property 'keys' of the other set is not a function"));
    }
    Ok(SetRecord { set, size, has, keys })
}

/// Towards zero, for a finite number.
fn truncate(d: f64) -> f64 {
    if d.abs() < 9_007_199_254_740_992.0 { (d as i64) as f64 } else { d }
}

/// ToBoolean(Call(has, set, value))
fn other_has<'s>(cx: &mut Cx<'s>, other: &SetRecord<'s>, value: Value<'s>) -> JsResult<bool> {
    let found = cx.call(other.has, other.set.cast(), &[value])?;
    Ok(cx.to_boolean(found))
}

/// ECMA-262 §7.4.4 GetIteratorFromMethod over the other set's keys: what it gives need not have `Symbol.iterator`.
fn other_keys<'s>(cx: &mut Cx<'s>, other: &SetRecord<'s>) -> JsResult<IteratorRecord<'s>> {
    let iterator = cx.call(other.keys, other.set.cast(), &[])?;
    let Some(iterator) = cx.as_object(iterator) else {
        return Err(cx.throw_type_error("the keys of the other set are not an iterator"));
    };
    let next = cx.get(iterator, n!("next"))?;
    Ok(IteratorRecord { iterator, next })
}

/// A new Set with what is in this one.
fn copy_of<'s>(cx: &mut Cx<'s>, set: Object<'s>) -> JsResult<Object<'s>> {
    let copy = empty(cx)?;
    let mut walk = cx.table_walk(set)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some((key, _)) = cx.walk_next(&mut walk)? else { break };
        cx.table_set(copy, key, None)?;
    }
    Ok(copy)
}

fn empty<'s>(cx: &mut Cx<'s>) -> JsResult<Object<'s>> {
    let proto = cx.intrinsic(Intrinsic::SetPrototype)?;
    cx.new_object_of(Kind::Set, proto, 1)
}

/// The set worked on and the set that is made of it.
#[derive(Clone, Copy)]
struct Pair<'s> {
    set: Object<'s>,
    result: Object<'s>,
}

/// Calls `f` with each key of the other set, until it says false; then the iterator is closed. Says whether it came to the end.
fn for_each_other<'s>(
    cx: &mut Cx<'s>,
    pair: Pair<'s>,
    other: &SetRecord<'s>,
    f: for<'t> fn(&mut Cx<'t>, Pair<'t>, Value<'t>) -> JsResult<bool>,
) -> JsResult<bool> {
    let keys = other_keys(cx, other)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(key) = cx.iterator_step(&keys)? else { return Ok(true) };
        if !f(&mut cx, pair, key)? {
            return cx.iterator_close(&keys, Ok(false));
        }
    }
}

/// Calls `f` with each key of this set and whether the other has it, until it says false. Says whether it came to the end.
fn for_each_own<'s>(
    cx: &mut Cx<'s>,
    pair: Pair<'s>,
    other: &SetRecord<'s>,
    f: for<'t> fn(&mut Cx<'t>, Pair<'t>, Value<'t>, bool) -> JsResult<bool>,
) -> JsResult<bool> {
    let mut walk = cx.table_walk(pair.set)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some((key, _)) = cx.walk_next(&mut walk)? else { return Ok(true) };
        let found = other_has(&mut cx, other, key)?;
        if !f(&mut cx, pair, key, found)? {
            return Ok(false);
        }
    }
}

/// ECMA-262 §24.2.4.5 Set.prototype.difference
fn difference<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    let other = get_set_record(cx, args.get(0))?;
    let pair = Pair { set, result: copy_of(cx, set)? };
    if f64::from(cx.table_len(set)) <= other.size {
        for_each_own(cx, pair, &other, |cx, pair, key, found| {
            if found {
                cx.table_delete(pair.result, key)?;
            }
            Ok(true)
        })?;
    } else {
        for_each_other(cx, pair, &other, |cx, pair, key| {
            cx.table_delete(pair.result, key)?;
            Ok(true)
        })?;
    }
    Ok(pair.result.cast())
}

/// ECMA-262 §24.2.4.9 Set.prototype.intersection
fn intersection<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    let other = get_set_record(cx, args.get(0))?;
    let pair = Pair { set, result: empty(cx)? };
    if f64::from(cx.table_len(set)) <= other.size {
        for_each_own(cx, pair, &other, |cx, pair, key, found| {
            if found {
                cx.table_set(pair.result, key, None)?;
            }
            Ok(true)
        })?;
    } else {
        for_each_other(cx, pair, &other, |cx, pair, key| {
            if cx.table_find(pair.set, key)?.is_some() {
                cx.table_set(pair.result, key, None)?;
            }
            Ok(true)
        })?;
    }
    Ok(pair.result.cast())
}

/// ECMA-262 §24.2.4.10 Set.prototype.isDisjointFrom
fn is_disjoint_from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    let other = get_set_record(cx, args.get(0))?;
    let pair = Pair { set, result: set };
    let disjoint = if f64::from(cx.table_len(set)) <= other.size {
        for_each_own(cx, pair, &other, |_, _, _, found| Ok(!found))?
    } else {
        for_each_other(cx, pair, &other, |cx, pair, key| Ok(cx.table_find(pair.set, key)?.is_none()))?
    };
    Ok(imm(disjoint))
}

/// ECMA-262 §24.2.4.11 Set.prototype.isSubsetOf
fn is_subset_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    let other = get_set_record(cx, args.get(0))?;
    if f64::from(cx.table_len(set)) > other.size {
        return Ok(imm(false));
    }
    let pair = Pair { set, result: set };
    Ok(imm(for_each_own(cx, pair, &other, |_, _, _, found| Ok(found))?))
}

/// ECMA-262 §24.2.4.12 Set.prototype.isSupersetOf
fn is_superset_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    let other = get_set_record(cx, args.get(0))?;
    if f64::from(cx.table_len(set)) < other.size {
        return Ok(imm(false));
    }
    let pair = Pair { set, result: set };
    Ok(imm(for_each_other(cx, pair, &other, |cx, pair, key| Ok(cx.table_find(pair.set, key)?.is_some()))?))
}

/// ECMA-262 §24.2.4.15 Set.prototype.symmetricDifference
fn symmetric_difference<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    let other = get_set_record(cx, args.get(0))?;
    let keys = other_keys(cx, &other)?;
    let result = copy_of(cx, set)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(key) = cx.iterator_step(&keys)? else { break };
        if cx.table_find(set, key)?.is_some() {
            cx.table_delete(result, key)?;
        } else {
            cx.table_set(result, key, None)?;
        }
    }
    Ok(result.cast())
}

/// ECMA-262 §24.2.4.16 Set.prototype.union
fn union<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let set = this_set(cx, args)?;
    let other = get_set_record(cx, args.get(0))?;
    let keys = other_keys(cx, &other)?;
    let result = copy_of(cx, set)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(key) = cx.iterator_step(&keys)? else { break };
        cx.table_set(result, key, None)?;
    }
    Ok(result.cast())
}
