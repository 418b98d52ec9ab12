//! %TypedArray% and its prototype (ECMA-262 §23.2).

pub(super) mod base64;
pub(super) mod construct;
mod iterate;
mod mutate;

use rotifer_jsvalue::{Kind, PropertyKey, WellKnown};

use super::Intrinsic;
use super::spec::{FunctionSpec, Spec, func, getter, link, prototype, same, sym_getter};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::IteratorKind;
use crate::ops::typed::{self, ElementType};
use crate::throw::JsResult;

pub(super) static TYPEDARRAY_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::TypedArray),
        getter(n!("buffer"), buffer),
        getter(n!("byteLength"), byte_length),
        getter(n!("byteOffset"), byte_offset),
        getter(n!("length"), length),
        func(n!("entries"), 0, |cx, args| iterator(cx, args, IteratorKind::ArrayEntries)),
        func(n!("keys"), 0, |cx, args| iterator(cx, args, IteratorKind::ArrayKeys)),
        func(n!("values"), 0, |cx, args| iterator(cx, args, IteratorKind::ArrayValues)),
        sym_getter(WellKnown::ToStringTag, to_string_tag),
        func(n!("at"), 1, iterate::at),
        func(n!("copyWithin"), 2, mutate::copy_within),
        func(n!("every"), 1, iterate::every),
        func(n!("fill"), 1, mutate::fill),
        func(n!("filter"), 1, iterate::filter),
        func(n!("find"), 1, iterate::find),
        func(n!("findIndex"), 1, iterate::find_index),
        func(n!("findLast"), 1, iterate::find_last),
        func(n!("findLastIndex"), 1, iterate::find_last_index),
        func(n!("forEach"), 1, iterate::for_each),
        func(n!("includes"), 1, iterate::includes),
        func(n!("indexOf"), 1, iterate::index_of),
        func(n!("join"), 1, iterate::join),
        func(n!("lastIndexOf"), 1, iterate::last_index_of),
        func(n!("map"), 1, iterate::map),
        func(n!("reduce"), 1, iterate::reduce),
        func(n!("reduceRight"), 1, iterate::reduce_right),
        func(n!("reverse"), 0, mutate::reverse),
        func(n!("set"), 1, mutate::set),
        func(n!("slice"), 2, mutate::slice),
        func(n!("some"), 1, iterate::some),
        func(n!("sort"), 1, mutate::sort),
        func(n!("subarray"), 2, mutate::subarray),
        func(n!("toReversed"), 0, mutate::to_reversed),
        func(n!("toSorted"), 1, mutate::to_sorted),
        func(n!("with"), 2, mutate::with),
        func(n!("toLocaleString"), 0, iterate::to_locale_string),
        same(PropertyKey::name(n!("toString")), Intrinsic::ArrayPrototype, PropertyKey::name(n!("toString"))),
        same(
            PropertyKey::well_known(WellKnown::Iterator),
            Intrinsic::TypedArrayPrototype,
            PropertyKey::name(n!("values")),
        ),
    ],
);

pub(super) static TYPEDARRAY: Spec = Spec {
    kind: Kind::HostFunction,
    proto: Some(Intrinsic::FunctionPrototype),
    function: Some(FunctionSpec { name: n!("TypedArray"), length: 0, func: typed_array, constructor: true }),
    props: &[
        prototype(Intrinsic::TypedArrayPrototype),
        func(n!("of"), 0, construct::of),
        func(n!("from"), 1, construct::from),
        sym_getter(WellKnown::Species, species),
    ],
    fields: &[],
};

/// ECMA-262 §23.2.1.1 %TypedArray%
fn typed_array<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Err(cx.throw_type_error("TypedArray is an abstract class"))
}

/// ECMA-262 §23.2.2.4 get %TypedArray% [ %Symbol.species% ]
fn species<'s>(_: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(args.this())
}

/// A value that has to be a typed array, in bounds or not.
fn this_typed_array<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    if cx.is_kind(args.this(), Kind::TypedArray) {
        return Ok(args.this().cast());
    }
    Err(cx.throw_type_error("this is not a typed array"))
}

/// The length of a typed array; `None` when it is out of bounds.
pub(super) fn length_of<'s>(cx: &Cx<'s>, array: Object<'s>) -> Option<u32> {
    typed::length(cx.heap(), cx.peek(array).index())
}

pub(super) fn type_of<'s>(cx: &Cx<'s>, array: Object<'s>) -> ElementType {
    typed::element_type(cx.heap(), cx.peek(array).index())
}

/// ECMA-262 §23.2.4.4 ValidateTypedArray: a typed array that is in bounds, and its length.
pub(super) fn validate<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<(Object<'s>, u32)> {
    if !cx.is_kind(value, Kind::TypedArray) {
        return Err(cx.throw_type_error("a typed array was expected"));
    }
    match length_of(cx, value.cast()) {
        Some(length) => Ok((value.cast(), length)),
        None => Err(cx.throw_type_error("typed array is detached or out of bounds")),
    }
}

/// A TypeError for a typed array on an immutable buffer.
pub(super) fn check_writable<'s>(cx: &mut Cx<'s>, array: Object<'s>) -> JsResult<()> {
    if typed::is_read_only(cx.heap(), cx.peek(array).index()) {
        return Err(cx.throw_type_error("the typed array is on an immutable ArrayBuffer"));
    }
    Ok(())
}

/// ECMA-262 §23.2.4.4 ValidateTypedArray for writing.
pub(super) fn validate_writable<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<(Object<'s>, u32)> {
    let (array, length) = validate(cx, value)?;
    check_writable(cx, array)?;
    Ok((array, length))
}

/// ECMA-262 §23.2.3.2 get %TypedArray%.prototype.buffer
fn buffer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let array = this_typed_array(cx, args)?;
    cx.field(array, rotifer_jsvalue::field::TypedArray::buffer)
}

/// ECMA-262 §23.2.3.3 get %TypedArray%.prototype.byteLength
fn byte_length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let array = this_typed_array(cx, args)?;
    let n = length_of(cx, array).unwrap_or(0);
    Ok(typed::number(n << type_of(cx, array).shift()))
}

/// ECMA-262 §23.2.3.4 get %TypedArray%.prototype.byteOffset
fn byte_offset<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let array = this_typed_array(cx, args)?;
    let inside = length_of(cx, array).is_some();
    let n = if inside { typed::byte_offset(cx.heap(), cx.peek(array).index()) } else { 0 };
    Ok(typed::number(n))
}

/// ECMA-262 §23.2.3.21 get %TypedArray%.prototype.length
fn length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let array = this_typed_array(cx, args)?;
    Ok(typed::number(length_of(cx, array).unwrap_or(0)))
}

/// ECMA-262 §23.2.3.38 get %TypedArray%.prototype [ %Symbol.toStringTag% ]
fn to_string_tag<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !cx.is_kind(args.this(), Kind::TypedArray) {
        return Ok(UNDEFINED);
    }
    let constructor = type_of(cx, args.this().cast()).constructor();
    Ok(constructor.spec().function.as_ref().map_or(UNDEFINED, |f| imm(f.name)))
}

fn iterator<'s>(cx: &mut Cx<'s>, args: &Args<'s>, kind: IteratorKind) -> JsResult<Value<'s>> {
    let (array, _) = validate(cx, args.this())?;
    Ok(cx.new_iterator(kind, Intrinsic::ArrayIteratorPrototype, array, imm(0))?.cast())
}
