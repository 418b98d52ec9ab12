//! Array (ECMA-262 §23.1).

mod construct;
pub(super) mod copy;
pub(super) mod from_async;
mod iterate;
mod mutate;
mod search;
pub(super) mod sort;

use rotifer_gc::Rooted;
use rotifer_jsvalue::{Attrs, Heap, HeapExt, JsValue, Kind, PropertyKey, WellKnown, elements, field, flag, object};

use super::Intrinsic;
use super::spec::{FunctionSpec, Prop, PropSpec, Spec, func, link, prototype, same, sym_getter};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

/// The greatest integer that counts exactly, 2⁵³ - 1: the greatest length of an array-like.
pub(super) const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
/// The greatest length of an array.
pub(super) const MAX_LENGTH: f64 = 4_294_967_295.0;

pub(super) static ARRAY_PROTOTYPE: Spec = Spec {
    kind: Kind::Array,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: &[
        link(n!("constructor"), Intrinsic::Array),
        func(n!("at"), 1, search::at),
        func(n!("concat"), 1, copy::concat),
        func(n!("copyWithin"), 2, mutate::copy_within),
        func(n!("fill"), 1, mutate::fill),
        func(n!("find"), 1, search::find),
        func(n!("findIndex"), 1, search::find_index),
        func(n!("findLast"), 1, search::find_last),
        func(n!("findLastIndex"), 1, search::find_last_index),
        func(n!("lastIndexOf"), 1, search::last_index_of),
        func(n!("pop"), 0, mutate::pop),
        func(n!("push"), 1, mutate::push),
        func(n!("reverse"), 0, mutate::reverse),
        func(n!("shift"), 0, mutate::shift),
        func(n!("unshift"), 1, mutate::unshift),
        func(n!("slice"), 2, copy::slice),
        func(n!("sort"), 1, sort::sort),
        func(n!("splice"), 2, mutate::splice),
        func(n!("includes"), 1, search::includes),
        func(n!("indexOf"), 1, search::index_of),
        func(n!("join"), 1, copy::join),
        func(n!("keys"), 0, copy::keys),
        func(n!("entries"), 0, copy::entries),
        func(n!("values"), 0, copy::values),
        func(n!("forEach"), 1, iterate::for_each),
        func(n!("filter"), 1, iterate::filter),
        func(n!("flat"), 0, iterate::flat),
        func(n!("flatMap"), 1, iterate::flat_map),
        func(n!("map"), 1, iterate::map),
        func(n!("every"), 1, iterate::every),
        func(n!("some"), 1, iterate::some),
        func(n!("reduce"), 1, iterate::reduce),
        func(n!("reduceRight"), 1, iterate::reduce_right),
        func(n!("toReversed"), 0, copy::to_reversed),
        func(n!("toSorted"), 1, sort::to_sorted),
        func(n!("toSpliced"), 2, copy::to_spliced),
        func(n!("toLocaleString"), 0, copy::to_locale_string),
        func(n!("toString"), 0, copy::to_string),
        func(n!("with"), 2, copy::with),
        same(PropertyKey::well_known(WellKnown::Iterator), Intrinsic::ArrayPrototype, PropertyKey::name(n!("values"))),
        Prop {
            key: PropertyKey::well_known(WellKnown::Unscopables),
            attrs: Attrs::CONFIGURABLE,
            value: PropSpec::Link(Intrinsic::ArrayUnscopables),
        },
    ],
    fields: &[(field::Array::length, JsValue::ZERO)],
};

pub(super) static ARRAY: Spec = Spec {
    kind: Kind::HostFunction,
    proto: Some(Intrinsic::FunctionPrototype),
    function: Some(FunctionSpec { name: n!("Array"), length: 1, func: construct::array, constructor: true }),
    props: &[
        prototype(Intrinsic::ArrayPrototype),
        func(n!("isArray"), 1, construct::is_array),
        func(n!("from"), 1, construct::from),
        func(n!("fromAsync"), 1, from_async::from_async),
        func(n!("of"), 0, construct::of),
        sym_getter(WellKnown::Species, construct::species),
    ],
    fields: &[],
};

const fn unscopable(name: rotifer_jsvalue::StaticName) -> Prop {
    Prop { key: PropertyKey::name(name), attrs: Attrs::ALL, value: PropSpec::Value(JsValue::TRUE) }
}

/// ECMA-262 §23.1.3.41 `Array.prototype [ %Symbol.unscopables% ]`
pub(super) static ARRAY_UNSCOPABLES: Spec = Spec {
    kind: Kind::Object,
    proto: None,
    function: None,
    props: &[
        unscopable(n!("at")),
        unscopable(n!("copyWithin")),
        unscopable(n!("entries")),
        unscopable(n!("fill")),
        unscopable(n!("find")),
        unscopable(n!("findIndex")),
        unscopable(n!("findLast")),
        unscopable(n!("findLastIndex")),
        unscopable(n!("flat")),
        unscopable(n!("flatMap")),
        unscopable(n!("includes")),
        unscopable(n!("keys")),
        unscopable(n!("toReversed")),
        unscopable(n!("toSorted")),
        unscopable(n!("toSpliced")),
        unscopable(n!("values")),
    ],
    fields: &[],
};

// ---- what the methods share --------------------------------------------------------------------------------------

/// Whether nothing on the prototype chain of `at` can have properties with an index.
fn protos_have_no_elements(heap: &Heap, at: u32) -> bool {
    let mut p = object::proto_of(heap, at);
    for _ in 0..16 {
        if p.is_null() {
            return true;
        }
        if !p.is_heap_object() {
            return false;
        }
        let at = p.index();
        let ordinary = matches!(
            heap.kind(at),
            Kind::Object
                | Kind::Array
                | Kind::Function
                | Kind::HostFunction
                | Kind::Error
                | Kind::Map
                | Kind::Set
                | Kind::Date
        );
        if !ordinary || elements::elements(heap, at).is_some() {
            return false;
        }
        p = object::proto_of(heap, at);
    }
    false
}

/// Whether `value` is an array whose elements can be read from its block alone: they are dense, and a hole means undefined because
/// no prototype has elements.
pub(super) fn is_readable<'s, T>(cx: &Cx<'s>, value: Rooted<'s, T>) -> bool {
    let v = cx.peek(value);
    if !v.is_heap_object() || cx.heap().kind(v.index()) != Kind::Array {
        return false;
    }
    let heap = cx.heap();
    elements::elements(heap, v.index()).is_none_or(|e| elements::is_dense(heap, e))
        && protos_have_no_elements(heap, v.index())
}

/// Whether an array's elements can in addition be written, added and removed in its block alone.
pub(super) fn is_plain<'s>(cx: &Cx<'s>, object: Object<'s>) -> bool {
    if !is_readable(cx, object) || !cx.array_length_writable(object) {
        return false;
    }
    let at = cx.peek(object).index();
    let heap = cx.heap();
    object::is_extensible(heap, at)
        && heap.flags(at) & flag::PROTOTYPE == 0
        && elements::elements(heap, at).is_none_or(|e| heap.flags(e) & (flag::SEALED | flag::FROZEN) == 0)
}

/// The dense elements of an array that [`is_readable`]: the word of the first and how many there are; those from there on up to its
/// length are holes.
pub(super) fn dense_range(heap: &Heap, at: u32) -> (u32, u32) {
    let length = heap.value(at + field::Array::length).as_number().unwrap_or(0.0) as u32;
    match elements::elements(heap, at) {
        Some(e) => (e + 1, elements::capacity(heap, e).min(length)),
        None => (0, 0),
    }
}

/// The block of an array's elements when it is dense and `index` is below its size.
#[inline]
fn dense_elements(cx: &Cx<'_>, array: u32, index: f64) -> Option<u32> {
    let e = cx.heap().value(array + field::Array::elements);
    if !e.is_cell() {
        return None;
    }
    let h = cx.heap().header(e.index());
    (h.kind() == Kind::Elements as u8 && index < f64::from(h.aux() - 1)).then(|| e.index())
}

/// An own element of an ordinary array or object that is there as plain data.
#[inline]
fn plain_element(cx: &Cx<'_>, raw: JsValue, index: f64) -> Option<JsValue> {
    if !raw.is_heap_object() || index >= MAX_LENGTH {
        return None;
    }
    if cx.heap().kind(raw.index()) == Kind::Array
        && let Some(e) = dense_elements(cx, raw.index(), index)
    {
        let v = cx.heap().value(e + 1 + index as u32);
        return (!v.is_empty()).then_some(v);
    }
    match cx.heap().kind(raw.index()) {
        Kind::Array | Kind::Object => match elements::get(cx.heap(), raw.index(), index as u32) {
            Some((v, attrs)) if !attrs.has(Attrs::ACCESSOR) => Some(v),
            _ => None,
        },
        Kind::TypedArray => crate::ops::typed::get(cx.heap(), raw.index(), index as u32),
        _ => None,
    }
}

/// `Get(object, index)`
#[inline]
pub(super) fn get<'s>(cx: &mut Cx<'s>, object: Object<'s>, index: f64) -> JsResult<Value<'s>> {
    match plain_element(cx, cx.peek(object), index) {
        Some(v) => cx.root(v),
        None => cx.get_index(object, index),
    }
}

/// Calls a function with an element, its index and the object; `None` when there is no such element. Gives the bare result.
#[inline]
pub(super) fn call_with_element<'s>(
    cx: &mut Cx<'s>,
    (f, this): (Value<'s>, Value<'s>),
    object: Object<'s>,
    index: f64,
) -> JsResult<Option<JsValue>> {
    let raw = cx.peek(object);
    if let Some(v) = plain_element(cx, raw, index) {
        return cx.call_words(f, this, [v, JsValue::number(index), raw]).map(Some);
    }
    let mut cx = cx.nest();
    let Some(v) = get_present(&mut cx, object, index)? else { return Ok(None) };
    let result = cx.call(f, this, &[v, imm(index), object.cast()])?;
    Ok(Some(cx.peek(result)))
}

/// `HasProperty(object, index)`, and then `Get`.
#[inline]
pub(super) fn get_present<'s>(cx: &mut Cx<'s>, object: Object<'s>, index: f64) -> JsResult<Option<Value<'s>>> {
    if let Some(v) = plain_element(cx, cx.peek(object), index) {
        return cx.root(v).map(Some);
    }
    let key = cx.index_key(index)?;
    if cx.has_property(object, key)? { cx.get(object, key).map(Some) } else { Ok(None) }
}

/// `Set(object, index, value, true)`
#[inline]
pub(super) fn set<'s>(cx: &mut Cx<'s>, object: Object<'s>, index: f64, value: Value<'s>) -> JsResult<()> {
    let raw = cx.peek(object);
    if index < MAX_LENGTH && raw.is_heap_object() && matches!(cx.heap().kind(raw.index()), Kind::Array | Kind::Object) {
        let (at, index) = (raw.index(), index as u32);
        if let Some(e) = elements::elements(cx.heap(), at) {
            let there = elements::is_dense(cx.heap(), e)
                && index < elements::capacity(cx.heap(), e)
                && !cx.heap().value(e + 1 + index).is_empty()
                && cx.heap().flags(e) & flag::FROZEN == 0;
            if there {
                let v = cx.peek(value);
                cx.heap_mut().put(e, 1 + index, v);
                return Ok(());
            }
        }
    }
    let mut cx = cx.nest();
    let key = cx.index_key(index)?;
    cx.set(object, key, value)
}

/// `CreateDataPropertyOrThrow(object, index, value)`
#[inline]
pub(super) fn create<'s>(cx: &mut Cx<'s>, object: Object<'s>, index: f64, value: Value<'s>) -> JsResult<()> {
    if cx.is_kind(object, Kind::Array) && index < MAX_LENGTH {
        let at = cx.peek(object).index();
        let heap = cx.heap();
        if let Some(e) = dense_elements(cx, at, index)
            && heap.flags(at) & flag::PROTOTYPE == 0
            && heap.flags(e) & (flag::SEALED | flag::FROZEN) == 0
            && object::is_extensible(heap, at)
            && cx.array_length_writable(object)
        {
            let v = cx.peek(value);
            let length = heap.value(at + field::Array::length).as_number().unwrap_or(0.0);
            cx.heap_mut().put(e, 1 + index as u32, v);
            if index >= length {
                cx.heap_mut().init(at + field::Array::length, JsValue::number(index + 1.0));
            }
            return Ok(());
        }
        let old = elements::elements(heap, at);
        let plain = object::is_extensible(heap, at)
            && heap.flags(at) & flag::PROTOTYPE == 0
            && cx.array_length_writable(object)
            && old.is_none_or(|e| elements::is_dense(heap, e) && heap.flags(e) & (flag::SEALED | flag::FROZEN) == 0);
        if plain {
            let (o, v) = (cx.peek(object), cx.peek(value));
            let o = elements::define(cx.heap_mut(), o, index as u32, v, Attrs::ALL)?;
            let length = cx.heap().value(o.index() + field::Array::length).as_number().unwrap_or(0.0);
            if index >= length {
                cx.heap_mut().init(o.index() + field::Array::length, JsValue::number(index + 1.0));
            }
            return Ok(());
        }
    }
    let mut cx = cx.nest();
    let key = cx.index_key(index)?;
    cx.create_data_property_or_throw(object, key, value)
}

/// `DeletePropertyOrThrow(object, index)`
pub(super) fn delete<'s>(cx: &mut Cx<'s>, object: Object<'s>, index: f64) -> JsResult<()> {
    let mut cx = cx.nest();
    let key = cx.index_key(index)?;
    cx.delete_property_or_throw(object, key)
}

/// `Set(object, "length", length, true)`
pub(super) fn set_length<'s>(cx: &mut Cx<'s>, object: Object<'s>, length: f64) -> JsResult<()> {
    if cx.is_kind(object, Kind::Array) && length <= MAX_LENGTH && cx.array_length_writable(object) {
        let old = cx.field_raw(object, field::Array::length).as_number().unwrap_or(0.0);
        if cx.array_truncate(object, old, length) {
            return Ok(());
        }
        return Err(cx.throw_type_error("cannot delete an element of the array"));
    }
    cx.set(object, n!("length"), imm(length))
}

/// The index that a relative one means: negative ones count from the end, and all are kept inside.
pub(super) fn relative<'s>(cx: &mut Cx<'s>, value: Value<'s>, length: f64) -> JsResult<f64> {
    let r = cx.to_integer_or_infinity(value)?;
    Ok(if r < 0.0 { (length + r).max(0.0) } else { r.min(length) })
}

/// As [`relative`], undefined meaning the end.
pub(super) fn relative_end<'s>(cx: &mut Cx<'s>, value: Value<'s>, length: f64) -> JsResult<f64> {
    if cx.is_undefined(value) { Ok(length) } else { relative(cx, value, length) }
}

/// The `this` of a method as an object, and its length.
pub(super) fn this_and_length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<(Object<'s>, f64)> {
    let object = cx.to_object(args.this())?;
    let length = cx.length_of_array_like(object)?;
    Ok((object, length))
}

/// A TypeError unless the value can be called.
pub(super) fn callable<'s>(cx: &mut Cx<'s>, f: Value<'s>) -> JsResult<Value<'s>> {
    if cx.is_callable(f) { Ok(f) } else { Err(cx.throw_not_callable(f)) }
}

/// ECMA-262 §10.4.2.2 ArrayCreate
pub(super) fn array_create<'s>(cx: &mut Cx<'s>, length: f64) -> JsResult<Object<'s>> {
    if length > MAX_LENGTH {
        return Err(cx.throw_range_error("invalid array length"));
    }
    cx.new_array(length as u32, 0)
}

/// ECMA-262 §10.4.2.3 ArraySpeciesCreate
pub(super) fn array_species_create<'s>(cx: &mut Cx<'s>, original: Object<'s>, length: f64) -> JsResult<Object<'s>> {
    if !cx.is_array(original.cast())? || cx.has_default_species(original, Intrinsic::Array)? {
        return array_create(cx, length);
    }
    let mut constructor = cx.get(original, n!("constructor"))?;
    if cx.is_constructor(constructor) {
        let realm = cx.get_function_realm(constructor.cast())?;
        if realm != cx.current_realm_number() {
            let theirs = cx.in_realm(realm, |cx| cx.intrinsic_raw(Intrinsic::Array))?;
            if cx.peek(constructor) == theirs {
                constructor = UNDEFINED;
            }
        }
    }
    if let Some(c) = cx.as_object(constructor) {
        constructor = cx.get(c, WellKnown::Species)?;
        if cx.peek(constructor).is_null() {
            constructor = UNDEFINED;
        }
    }
    if cx.is_undefined(constructor) {
        return array_create(cx, length);
    }
    if !cx.is_constructor(constructor) {
        return Err(cx.throw_type_error("object.constructor[Symbol.species] is not a constructor"));
    }
    let ours = cx.intrinsic_raw(Intrinsic::Array)?;
    if cx.peek(constructor) == ours {
        return array_create(cx, length);
    }
    cx.construct(constructor.cast(), &[imm(length)], None)
}

/// Whether an array made by [`array_species_create`] is an ordinary one nobody else has touched.
pub(super) fn is_fresh<'s>(cx: &mut Cx<'s>, array: Object<'s>) -> JsResult<bool> {
    if !is_plain(cx, array) {
        return Ok(false);
    }
    let shape = cx.realm_shape(crate::isolate::realm_word::ARRAY_SHAPE)?;
    let at = cx.peek(array).index();
    Ok(object::shape_of(cx.heap(), at) == shape.index() && elements::elements(cx.heap(), at).is_none())
}

/// Gives an array without elements those words of the heap; none of them may be moved before. `source` is another array whose
/// elements from `from` on are copied.
pub(super) fn copy_dense<'s>(
    cx: &mut Cx<'s>,
    to: Object<'s>,
    source: Object<'s>,
    from: u32,
    count: u32,
) -> JsResult<()> {
    if count == 0 {
        return Ok(());
    }
    let o = cx.peek(to);
    elements::ensure_dense(cx.heap_mut(), o, count, &mut 0)?;
    let (t, s) = (cx.peek(to).index(), cx.peek(source).index());
    let (first, have) = dense_range(cx.heap(), s);
    let n = count.min(have.saturating_sub(from));
    if let Some(e) = elements::elements(cx.heap(), t) {
        if n > 0 {
            cx.heap_mut().copy(first + from, e + 1, n);
            cx.heap_mut().barrier_all(e);
        }
        cx.heap_mut().add_flags(e, flag::HOLEY);
    }
    Ok(())
}
