//! DataView (ECMA-262 §25.3).

use rotifer_jsvalue::{JsValue, Kind, field};

use super::Intrinsic;
use super::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value};
use crate::n;
use crate::ops::typed::{self, ElementType};
use crate::throw::JsResult;

pub(super) static DATAVIEW_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::DataView),
        getter(n!("buffer"), buffer),
        getter(n!("byteLength"), byte_length),
        getter(n!("byteOffset"), byte_offset),
        func(n!("getBigInt64"), 1, |cx, args| get(cx, args, ElementType::BigInt64)),
        func(n!("getBigUint64"), 1, |cx, args| get(cx, args, ElementType::BigUint64)),
        func(n!("getFloat16"), 1, |cx, args| get(cx, args, ElementType::Float16)),
        func(n!("getFloat32"), 1, |cx, args| get(cx, args, ElementType::Float32)),
        func(n!("getFloat64"), 1, |cx, args| get(cx, args, ElementType::Float64)),
        func(n!("getInt8"), 1, |cx, args| get(cx, args, ElementType::Int8)),
        func(n!("getInt16"), 1, |cx, args| get(cx, args, ElementType::Int16)),
        func(n!("getInt32"), 1, |cx, args| get(cx, args, ElementType::Int32)),
        func(n!("getUint8"), 1, |cx, args| get(cx, args, ElementType::Uint8)),
        func(n!("getUint16"), 1, |cx, args| get(cx, args, ElementType::Uint16)),
        func(n!("getUint32"), 1, |cx, args| get(cx, args, ElementType::Uint32)),
        func(n!("setBigInt64"), 2, |cx, args| set(cx, args, ElementType::BigInt64)),
        func(n!("setBigUint64"), 2, |cx, args| set(cx, args, ElementType::BigUint64)),
        func(n!("setFloat16"), 2, |cx, args| set(cx, args, ElementType::Float16)),
        func(n!("setFloat32"), 2, |cx, args| set(cx, args, ElementType::Float32)),
        func(n!("setFloat64"), 2, |cx, args| set(cx, args, ElementType::Float64)),
        func(n!("setInt8"), 2, |cx, args| set(cx, args, ElementType::Int8)),
        func(n!("setInt16"), 2, |cx, args| set(cx, args, ElementType::Int16)),
        func(n!("setInt32"), 2, |cx, args| set(cx, args, ElementType::Int32)),
        func(n!("setUint8"), 2, |cx, args| set(cx, args, ElementType::Uint8)),
        func(n!("setUint16"), 2, |cx, args| set(cx, args, ElementType::Uint16)),
        func(n!("setUint32"), 2, |cx, args| set(cx, args, ElementType::Uint32)),
        tag(n!("DataView")),
    ],
);

pub(super) static DATAVIEW: Spec =
    Spec::constructor(n!("DataView"), 1, data_view, &[prototype(Intrinsic::DataViewPrototype)]);

/// ECMA-262 §25.3.2.1 DataView
fn data_view<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("DataView requires 'new'"));
    }
    let b: Object<'s> = args.get(0).cast();
    if !cx.is_kind(b, Kind::ArrayBuffer) {
        return Err(cx.throw_type_error("the first argument of DataView must be a buffer"));
    }
    let offset = cx.to_index(args.get(1))?;
    check_range(cx, b, offset, None)?;
    let tracks = cx.is_undefined(args.get(2)) && typed::buffer_max(cx.heap(), cx.peek(b).index()).is_some();
    let asked = if cx.is_undefined(args.get(2)) { None } else { Some(cx.to_index(args.get(2))?) };
    check_range(cx, b, offset, asked)?;
    let made =
        cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::DataViewPrototype, Kind::DataView, 1)?;
    // Getting the prototype may have changed the buffer.
    let room = check_range(cx, b, offset, asked)?;
    cx.set_field(made, field::DataView::buffer, b);
    cx.set_field_raw(made, field::DataView::offset, JsValue::raw(offset));
    let length = if tracks { JsValue::UNDEFINED } else { JsValue::raw(asked.unwrap_or(room)) };
    cx.set_field_raw(made, field::DataView::length, length);
    Ok(made.cast())
}

/// Checks that a range is inside a buffer that is attached; gives the bytes from `offset` on.
fn check_range<'s>(cx: &mut Cx<'s>, buffer: Object<'s>, offset: u64, length: Option<u64>) -> JsResult<u64> {
    let at = cx.peek(buffer).index();
    if typed::is_detached(cx.heap(), at) {
        return Err(cx.throw_type_error("the ArrayBuffer is detached"));
    }
    let total = u64::from(typed::buffer_length(cx.heap(), at));
    match total.checked_sub(offset) {
        Some(room) if length.is_none_or(|n| n <= room) => Ok(room),
        _ => Err(cx.throw_range_error("view is outside the bounds of the buffer")),
    }
}

fn this_view<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    if cx.is_kind(args.this(), Kind::DataView) {
        return Ok(args.this().cast());
    }
    Err(cx.throw_type_error("this is not a DataView"))
}

/// Buffer, offset and length of a view now; `None` when it is out of bounds (ECMA-262 §25.3.1.3 IsViewOutOfBounds).
fn range<'s>(cx: &Cx<'s>, view: Object<'s>) -> Option<(u32, u32, u32)> {
    let buffer = cx.field_raw(view, field::DataView::buffer).index();
    let offset = cx.field_raw(view, field::DataView::offset).as_raw() as u32;
    if typed::is_detached(cx.heap(), buffer) {
        return None;
    }
    let room = typed::buffer_length(cx.heap(), buffer).checked_sub(offset)?;
    let length = cx.field_raw(view, field::DataView::length);
    if length.is_undefined() {
        return Some((buffer, offset, room));
    }
    let length = length.as_raw() as u32;
    (length <= room).then_some((buffer, offset, length))
}

fn valid_range<'s>(cx: &mut Cx<'s>, view: Object<'s>) -> JsResult<(u32, u32, u32)> {
    match range(cx, view) {
        Some(range) => Ok(range),
        None => Err(cx.throw_type_error("the DataView is detached or out of bounds")),
    }
}

/// ECMA-262 §25.3.4.1 get DataView.prototype.buffer
fn buffer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let view = this_view(cx, args)?;
    cx.field(view, field::DataView::buffer)
}

/// ECMA-262 §25.3.4.2 get DataView.prototype.byteLength
fn byte_length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let view = this_view(cx, args)?;
    let (_, _, length) = valid_range(cx, view)?;
    Ok(typed::number(length))
}

/// ECMA-262 §25.3.4.3 get DataView.prototype.byteOffset
fn byte_offset<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let view = this_view(cx, args)?;
    let (_, offset, _) = valid_range(cx, view)?;
    Ok(typed::number(offset))
}

/// Where in the buffer an element is.
fn element<'s>(cx: &mut Cx<'s>, view: Object<'s>, index: u64, ty: ElementType) -> JsResult<(u32, u32)> {
    let (buffer, offset, length) = valid_range(cx, view)?;
    if index.saturating_add(u64::from(ty.size())) > u64::from(length) {
        return Err(cx.throw_range_error("offset is outside the bounds of the DataView"));
    }
    Ok((buffer, offset + index as u32))
}

/// Turns the bytes of an element round.
fn swap(ty: ElementType, bits: u64) -> u64 {
    bits.swap_bytes() >> (64 - 8 * ty.size())
}

/// ECMA-262 §25.3.1.5 GetViewValue
fn get<'s>(cx: &mut Cx<'s>, args: &Args<'s>, ty: ElementType) -> JsResult<Value<'s>> {
    let view = this_view(cx, args)?;
    let index = cx.to_index(args.get(0))?;
    let little = cx.to_boolean(args.get(1));
    let (buffer, at) = element(cx, view, index, ty)?;
    let bits = typed::load_bits(cx.heap(), buffer, at, ty.shift()).unwrap_or(0);
    let v = typed::bits_to_value(cx, ty, if little { bits } else { swap(ty, bits) })?;
    cx.root(v)
}

/// ECMA-262 §25.3.1.6 SetViewValue
fn set<'s>(cx: &mut Cx<'s>, args: &Args<'s>, ty: ElementType) -> JsResult<Value<'s>> {
    let view = this_view(cx, args)?;
    if typed::is_immutable(cx.heap(), cx.field_raw(view, field::DataView::buffer).index()) {
        return Err(cx.throw_type_error("the ArrayBuffer is immutable"));
    }
    let index = cx.to_index(args.get(0))?;
    let bits = typed::value_to_bits(cx, ty, args.get(1))?;
    let little = cx.to_boolean(args.get(2));
    let (buffer, at) = element(cx, view, index, ty)?;
    let bits = if little { bits } else { swap(ty, bits) };
    typed::store_bits(cx.heap_mut(), buffer, at, ty.shift(), bits);
    Ok(UNDEFINED)
}
