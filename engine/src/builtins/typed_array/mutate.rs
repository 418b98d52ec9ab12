//! Methods of typed arrays that write or copy (ECMA-262 §23.2.3).

use rotifer_jsvalue::{JsValue, Kind, field};

use super::construct::{copy_converted, put, species_create};
use super::{check_writable, length_of, this_typed_array, type_of, validate, validate_writable};
use crate::builtins::array::sort::{Order, merge_sort};
use crate::builtins::array::{self, relative, relative_end};
use crate::builtins::array_buffer::copy_bytes;
use crate::cx::{Args, Cx, Object, UNDEFINED, Value};
use crate::ops::typed::{self, ElementType, get_value, number};
use crate::throw::JsResult;

/// The length now, after code of the script may have changed it.
fn length_again<'s>(cx: &mut Cx<'s>, o: Object<'s>) -> JsResult<u32> {
    match length_of(cx, o) {
        Some(length) => Ok(length),
        None => Err(cx.throw_type_error("typed array is detached or out of bounds")),
    }
}

/// ECMA-262 §23.2.3.6 %TypedArray%.prototype.copyWithin
pub(super) fn copy_within<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate_writable(cx, args.this())?;
    let len = f64::from(length);
    let to = relative(cx, args.get(0), len)?;
    let from = relative(cx, args.get(1), len)?;
    let end = relative_end(cx, args.get(2), len)?;
    let count = (end - from).min(len - to);
    if count > 0.0 {
        let now = f64::from(length_again(cx, o)?);
        let count = count.min(now - from).min(now - to);
        if count > 0.0 {
            let shift = type_of(cx, o).shift();
            let start = typed::byte_offset(cx.heap(), cx.peek(o).index());
            let buffer = cx.field(o, field::TypedArray::buffer)?.cast();
            let at = |k: f64| start + ((k as u32) << shift);
            copy_bytes(cx, buffer, at(from), buffer, at(to), (count as u32) << shift)?;
        }
    }
    Ok(o.cast())
}

/// ECMA-262 §23.2.3.9 %TypedArray%.prototype.fill
pub(super) fn fill<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate_writable(cx, args.this())?;
    let ty = type_of(cx, o);
    let bits = typed::value_to_bits(cx, ty, args.get(0))?;
    let start = relative(cx, args.get(1), f64::from(length))? as u32;
    let end = relative_end(cx, args.get(2), f64::from(length))? as u32;
    let end = end.min(length_again(cx, o)?);
    if start < end {
        cx.tick((end - start) / 64)?;
        let at = cx.peek(o).index();
        let offset = typed::byte_offset(cx.heap(), at);
        let (a, b) = (offset + (start << ty.shift()), offset + (end << ty.shift()));
        let buffer = typed::buffer_of(cx.heap(), at);
        let pattern = bits.to_le_bytes();
        let pattern = &pattern[..ty.size() as usize];
        if let Some(range) = typed::bytes_mut(cx.heap_mut(), buffer).get_mut(a as usize..b as usize) {
            range.chunks_exact_mut(pattern.len()).for_each(|chunk| chunk.copy_from_slice(pattern));
        }
    }
    Ok(o.cast())
}

/// ECMA-262 §23.2.3.25 %TypedArray%.prototype.reverse
pub(super) fn reverse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate_writable(cx, args.this())?;
    cx.tick(length / 16)?;
    reverse_elements(cx, o, length);
    Ok(o.cast())
}

fn reverse_elements<'s>(cx: &mut Cx<'s>, o: Object<'s>, length: u32) {
    let at = cx.peek(o).index();
    for i in 0..length / 2 {
        let j = length - 1 - i;
        let (a, b) = (typed::get_bits(cx.heap(), at, i), typed::get_bits(cx.heap(), at, j));
        if let (Some(a), Some(b)) = (a, b) {
            typed::set_bits(cx.heap_mut(), at, i, b);
            typed::set_bits(cx.heap_mut(), at, j, a);
        }
    }
}

/// ECMA-262 §23.2.3.26 %TypedArray%.prototype.set
pub(super) fn set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let o = this_typed_array(cx, args)?;
    check_writable(cx, o)?;
    let offset = cx.to_integer_or_infinity(args.get(1))?;
    if offset < 0.0 {
        return Err(cx.throw_range_error("offset is outside the bounds of the typed array"));
    }
    let length = f64::from(length_again(cx, o)?);
    if cx.is_kind(args.get(0), Kind::TypedArray) {
        set_from_typed_array(cx, o, length, args.get(0).cast(), offset)?;
        return Ok(UNDEFINED);
    }
    let source = cx.to_object(args.get(0))?;
    let count = cx.length_of_array_like(source)?;
    if count + offset > length {
        return Err(cx.throw_range_error("offset is outside the bounds of the typed array"));
    }
    let mut k = 0.0;
    while k < count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = array::get(&mut cx, source, k)?;
        put(&mut cx, o, offset + k, v)?;
        k += 1.0;
    }
    Ok(UNDEFINED)
}

/// ECMA-262 §23.2.3.26.1 SetTypedArrayFromTypedArray
fn set_from_typed_array<'s>(
    cx: &mut Cx<'s>,
    target: Object<'s>,
    length: f64,
    source: Object<'s>,
    offset: f64,
) -> JsResult<()> {
    let count = length_again(cx, source)?;
    let (from, to) = (type_of(cx, source), type_of(cx, target));
    if from.is_bigint() != to.is_bigint() {
        return Err(cx.throw_type_error("cannot mix BigInt and other typed arrays"));
    }
    if f64::from(count) + offset > length {
        return Err(cx.throw_range_error("offset is outside the bounds of the typed array"));
    }
    let same_buffer =
        cx.field_raw(source, field::TypedArray::buffer) == cx.field_raw(target, field::TypedArray::buffer);
    if same_buffer && from != to {
        // The source is read completely before anything is written.
        let copy = cx.new_typed_array_zeroed(from, count)?;
        copy_converted(cx, source, 0, copy, 0, count)?;
        return copy_converted(cx, copy, 0, target, offset as u32, count);
    }
    copy_converted(cx, source, 0, target, offset as u32, count)
}

/// ECMA-262 §23.2.3.27 %TypedArray%.prototype.slice
pub(super) fn slice<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    let start = relative(cx, args.get(0), f64::from(length))? as u32;
    let end = relative_end(cx, args.get(1), f64::from(length))? as u32;
    let count = end.saturating_sub(start);
    let made = species_create(cx, o, &[number(count)])?;
    if count == 0 {
        return Ok(made.cast());
    }
    let end = end.min(length_again(cx, o)?);
    let count = end.saturating_sub(start);
    if type_of(cx, o) != type_of(cx, made) {
        for k in 0..count {
            let mut cx = cx.nest();
            cx.tick(1)?;
            let v = get_value(&mut cx, o, start + k)?;
            put(&mut cx, made, f64::from(k), v)?;
        }
        return Ok(made.cast());
    }
    let count = count.min(length_of(cx, made).unwrap_or(0));
    let same = cx.field_raw(o, field::TypedArray::buffer) == cx.field_raw(made, field::TypedArray::buffer);
    if !same {
        copy_converted(cx, o, start, made, 0, count)?;
        return Ok(made.cast());
    }
    // Byte for byte upwards, whatever that does where the two overlap.
    cx.tick(count / 16)?;
    let (s, t) = (cx.peek(o).index(), cx.peek(made).index());
    let shift = type_of(cx, o).shift();
    let buffer = typed::buffer_of(cx.heap(), s);
    let (from, to) = (typed::byte_offset(cx.heap(), s) + (start << shift), typed::byte_offset(cx.heap(), t));
    let bytes = typed::bytes_mut(cx.heap_mut(), buffer);
    for i in 0..(count << shift) as usize {
        let (i, j) = (from as usize + i, to as usize + i);
        if i < bytes.len() && j < bytes.len() {
            bytes[j] = bytes[i];
        }
    }
    Ok(made.cast())
}

/// ECMA-262 §23.2.3.30 %TypedArray%.prototype.subarray
pub(super) fn subarray<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let o = this_typed_array(cx, args)?;
    let length = f64::from(length_of(cx, o).unwrap_or(0));
    let start = relative(cx, args.get(0), length)?;
    let tracks = typed::is_length_tracking(cx.heap(), cx.peek(o).index()) && cx.is_undefined(args.get(1));
    let count = if tracks { 0.0 } else { (relative_end(cx, args.get(1), length)? - start).max(0.0) };
    let buffer = cx.field(o, field::TypedArray::buffer)?;
    let offset = typed::byte_offset(cx.heap(), cx.peek(o).index());
    let begin = f64::from(offset) + start * f64::from(type_of(cx, o).size());
    let begin = crate::cx::imm(begin);
    let made = if tracks {
        species_create(cx, o, &[buffer, begin])?
    } else {
        species_create(cx, o, &[buffer, begin, crate::cx::imm(count)])?
    };
    Ok(made.cast())
}

fn check_comparator<'s>(cx: &mut Cx<'s>, comparator: Value<'s>) -> JsResult<()> {
    if cx.is_undefined(comparator) || cx.is_callable(comparator) {
        return Ok(());
    }
    Err(cx.throw_type_error("the comparison function must be a function or undefined"))
}

/// The elements sorted, as a list made by the engine.
fn sorted<'s>(cx: &mut Cx<'s>, o: Object<'s>, length: u32, comparator: Value<'s>) -> JsResult<Object<'s>> {
    let list = cx.new_array(0, length)?;
    for k in 0..length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = get_value(&mut cx, o, k)?;
        cx.push(list, v)?;
    }
    let order = if !cx.is_undefined(comparator) {
        Order::Call(comparator)
    } else if type_of(cx, o).is_bigint() {
        Order::BigInt
    } else {
        Order::Number
    };
    merge_sort(cx, list, length, order)
}

fn write_back<'s>(cx: &mut Cx<'s>, list: Object<'s>, to: Object<'s>, length: u32) -> JsResult<()> {
    let ty: ElementType = type_of(cx, to);
    for k in 0..length {
        if ty.is_bigint() {
            let mut cx = cx.nest();
            let v = cx.array_item(list, k)?;
            typed::set_element(&mut cx, to, Some(k), v)?;
        } else {
            let v: JsValue = cx.array_item_raw(list, k);
            let at = cx.peek(to).index();
            typed::set(cx.heap_mut(), at, k, v.as_number().unwrap_or(f64::NAN));
        }
    }
    Ok(())
}

/// ECMA-262 §23.2.3.29 %TypedArray%.prototype.sort
pub(super) fn sort<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    check_comparator(cx, args.get(0))?;
    let (o, length) = validate_writable(cx, args.this())?;
    let list = sorted(cx, o, length, args.get(0))?;
    write_back(cx, list, o, length)?;
    Ok(o.cast())
}

/// ECMA-262 §23.2.3.33 %TypedArray%.prototype.toSorted
pub(super) fn to_sorted<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    check_comparator(cx, args.get(0))?;
    let (o, length) = validate(cx, args.this())?;
    let ty = type_of(cx, o);
    let made = cx.new_typed_array_zeroed(ty, length)?;
    let list = sorted(cx, o, length, args.get(0))?;
    write_back(cx, list, made, length)?;
    Ok(made.cast())
}

/// ECMA-262 §23.2.3.32 %TypedArray%.prototype.toReversed
pub(super) fn to_reversed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    let ty = type_of(cx, o);
    let made = cx.new_typed_array_zeroed(ty, length)?;
    copy_converted(cx, o, 0, made, 0, length)?;
    reverse_elements(cx, made, length);
    Ok(made.cast())
}

/// ECMA-262 §23.2.3.36 %TypedArray%.prototype.with
pub(super) fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    let r = cx.to_integer_or_infinity(args.get(0))?;
    let k = if r >= 0.0 { r } else { f64::from(length) + r };
    let ty = type_of(cx, o);
    let bits = typed::value_to_bits(cx, ty, args.get(1))?;
    if k < 0.0 || k >= f64::from(length_of(cx, o).unwrap_or(0)) {
        return Err(cx.throw_range_error("index is outside the bounds of the typed array"));
    }
    let made = cx.new_typed_array_zeroed(ty, length)?;
    let have = length.min(length_of(cx, o).unwrap_or(0));
    copy_converted(cx, o, 0, made, 0, have)?;
    for rest in have..length {
        typed::set_element(cx, made, Some(rest), UNDEFINED)?;
    }
    let at = cx.peek(made).index();
    typed::set_bits(cx.heap_mut(), at, k as u32, bits);
    Ok(made.cast())
}
