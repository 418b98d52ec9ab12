//! ArrayBuffer and SharedArrayBuffer (ECMA-262 §25.1, §25.2).

use rotifer_jsvalue::{JsValue, Kind, WellKnown, field};

use super::Intrinsic;
use super::spec::{Spec, func, getter, link, prototype, sym_getter, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::typed;
use crate::throw::JsResult;

pub(super) static ARRAYBUFFER_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::ArrayBuffer),
        getter(n!("byteLength"), byte_length),
        func(n!("slice"), 2, slice),
        getter(n!("maxByteLength"), max_byte_length),
        getter(n!("resizable"), resizable),
        func(n!("resize"), 1, resize),
        func(n!("transfer"), 0, transfer),
        func(n!("transferToFixedLength"), 0, transfer_to_fixed_length),
        getter(n!("detached"), detached),
        getter(n!("immutable"), immutable),
        func(n!("sliceToImmutable"), 2, slice_to_immutable),
        func(n!("transferToImmutable"), 0, transfer_to_immutable),
        tag(n!("ArrayBuffer")),
    ],
);

pub(super) static ARRAYBUFFER: Spec = Spec::constructor(
    n!("ArrayBuffer"),
    1,
    array_buffer,
    &[
        prototype(Intrinsic::ArrayBufferPrototype),
        func(n!("isView"), 1, is_view),
        sym_getter(WellKnown::Species, species),
    ],
);

pub(super) static SHAREDARRAYBUFFER_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::SharedArrayBuffer),
        getter(n!("byteLength"), shared_byte_length),
        func(n!("grow"), 1, grow),
        getter(n!("growable"), growable),
        getter(n!("maxByteLength"), shared_max_byte_length),
        func(n!("slice"), 2, shared_slice),
        tag(n!("SharedArrayBuffer")),
    ],
);

pub(super) static SHAREDARRAYBUFFER: Spec = Spec::constructor(
    n!("SharedArrayBuffer"),
    1,
    shared_array_buffer,
    &[prototype(Intrinsic::SharedArrayBufferPrototype), sym_getter(WellKnown::Species, species)],
);

/// ECMA-262 §25.1.3.7 GetArrayBufferMaxByteLengthOption
fn max_option<'s>(cx: &mut Cx<'s>, options: Value<'s>) -> JsResult<Option<f64>> {
    let Some(options) = cx.as_object(options) else { return Ok(None) };
    let max = cx.get(options, n!("maxByteLength"))?;
    if cx.is_undefined(max) {
        return Ok(None);
    }
    Ok(Some(cx.to_index(max)? as f64))
}

fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>, shared: bool) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("constructor requires 'new'"));
    }
    let length = cx.to_index(args.get(0))? as f64;
    let max = max_option(cx, args.get(1))?;
    Ok(cx.allocate_buffer(args.new_target(), shared, length, max)?.cast())
}

/// ECMA-262 §25.1.4.1 ArrayBuffer
fn array_buffer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    construct(cx, args, false)
}

/// ECMA-262 §25.2.3.1 SharedArrayBuffer
fn shared_array_buffer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    construct(cx, args, true)
}

/// ECMA-262 §25.1.5.1 ArrayBuffer.isView
fn is_view<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let yes = matches!(cx.kind_of(args.get(0)), Some(Kind::TypedArray | Kind::DataView));
    Ok(imm(yes))
}

/// ECMA-262 §25.1.5.3 get ArrayBuffer [ %Symbol.species% ]
fn species<'s>(_: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(args.this())
}

/// The buffer that a value is; a TypeError for anything else, and for one of the other sort.
fn buffer<'s>(cx: &mut Cx<'s>, value: Value<'s>, shared: bool) -> JsResult<Object<'s>> {
    if cx.is_kind(value, Kind::ArrayBuffer) && typed::is_shared(cx.heap(), cx.peek(value).index()) == shared {
        return Ok(value.cast());
    }
    Err(cx.throw_type_error(if shared { "this is not a SharedArrayBuffer" } else { "this is not an ArrayBuffer" }))
}

fn length<'s>(cx: &Cx<'s>, buffer: Object<'s>) -> u32 {
    typed::buffer_length(cx.heap(), cx.peek(buffer).index())
}

fn max<'s>(cx: &Cx<'s>, buffer: Object<'s>) -> Option<u32> {
    typed::buffer_max(cx.heap(), cx.peek(buffer).index())
}

fn is_detached<'s>(cx: &Cx<'s>, buffer: Object<'s>) -> bool {
    typed::is_detached(cx.heap(), cx.peek(buffer).index())
}

fn check_attached<'s>(cx: &mut Cx<'s>, buffer: Object<'s>) -> JsResult<()> {
    if is_detached(cx, buffer) { Err(cx.throw_type_error("the ArrayBuffer is detached")) } else { Ok(()) }
}

/// ECMA-262 §25.1.6.1 get ArrayBuffer.prototype.byteLength
fn byte_length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), false)?;
    Ok(typed::number(length(cx, b)))
}

/// ECMA-262 §25.1.6.4 get ArrayBuffer.prototype.maxByteLength
fn max_byte_length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), false)?;
    let n = if is_detached(cx, b) { 0 } else { max(cx, b).unwrap_or(length(cx, b)) };
    Ok(typed::number(n))
}

/// ECMA-262 §25.1.6.5 get ArrayBuffer.prototype.resizable
fn resizable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), false)?;
    Ok(imm(max(cx, b).is_some()))
}

/// ECMA-262 §25.1.6.3 get ArrayBuffer.prototype.detached
fn detached<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), false)?;
    Ok(imm(is_detached(cx, b)))
}

/// get ArrayBuffer.prototype.immutable
fn immutable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), false)?;
    Ok(imm(typed::is_immutable(cx.heap(), cx.peek(b).index())))
}

/// A TypeError for an immutable buffer.
fn check_mutable<'s>(cx: &mut Cx<'s>, buffer: Object<'s>) -> JsResult<()> {
    if typed::is_immutable(cx.heap(), cx.peek(buffer).index()) {
        return Err(cx.throw_type_error("the ArrayBuffer is immutable"));
    }
    Ok(())
}

/// ECMA-262 §25.1.6.6 ArrayBuffer.prototype.resize
fn resize<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), false)?;
    let Some(limit) = max(cx, b) else { return Err(cx.throw_type_error("the ArrayBuffer is not resizable")) };
    let new = cx.to_index(args.get(0))?;
    check_attached(cx, b)?;
    if new > u64::from(limit) {
        return Err(cx.throw_range_error("new length exceeds the maximum of the ArrayBuffer"));
    }
    cx.resize_buffer(b, new as u32)?;
    Ok(UNDEFINED)
}

/// Start and end of a slice of `length` bytes.
fn slice_range<'s>(cx: &mut Cx<'s>, args: &Args<'s>, length: u32) -> JsResult<(u32, u32)> {
    let length = f64::from(length);
    let first = super::array::relative(cx, args.get(0), length)?;
    let last = super::array::relative_end(cx, args.get(1), length)?;
    Ok((first as u32, (last - first).max(0.0) as u32))
}

fn slice_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>, shared: bool) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), shared)?;
    check_attached(cx, b)?;
    let (first, count) = slice_range(cx, args, length(cx, b))?;
    let default = if shared { Intrinsic::SharedArrayBuffer } else { Intrinsic::ArrayBuffer };
    let constructor = cx.species_constructor(b, default)?;
    let made = cx.construct(constructor, &[typed::number(count)], None)?;
    let made = buffer(cx, made.cast(), shared)?;
    check_attached(cx, made)?;
    check_mutable(cx, made)?;
    let same_data = cx.field_raw(made, field::ArrayBuffer::data) == cx.field_raw(b, field::ArrayBuffer::data);
    if cx.peek(made) == cx.peek(b) || same_data {
        return Err(cx.throw_type_error("the species constructor gave the same buffer"));
    }
    if length(cx, made) < count {
        return Err(cx.throw_type_error("the species constructor gave a buffer that is too small"));
    }
    check_attached(cx, b)?;
    let now = length(cx, b);
    if first < now {
        let n = count.min(now - first);
        copy_bytes(cx, b, first, made, 0, n)?;
    }
    Ok(made.cast())
}

/// Copies bytes from one buffer to another or within one; the ranges must be inside.
pub(super) fn copy_bytes<'s>(
    cx: &mut Cx<'s>,
    from: Object<'s>,
    from_at: u32,
    to: Object<'s>,
    to_at: u32,
    count: u32,
) -> JsResult<()> {
    cx.tick(count / 256)?;
    let source = cx.field_raw(from, field::ArrayBuffer::data);
    let target = cx.field_raw(to, field::ArrayBuffer::data);
    if count == 0 || !source.is_cell() || !target.is_cell() {
        return Ok(());
    }
    // One view over both blocks, so that the copy may overlap.
    let low = source.index().min(target.index());
    let words = |cx: &Cx<'s>, block: u32| cx.heap().header(block).aux();
    let end = (source.index() + words(cx, source.index())).max(target.index() + words(cx, target.index()));
    let offset = |block: JsValue, at: u32| (block.index() - low) as usize * 8 + 16 + at as usize;
    let (s, t) = (offset(source, from_at), offset(target, to_at));
    let span = u64::from(end - low) * 8;
    if let Ok(span) = u32::try_from(span) {
        let bytes = cx.heap_mut().bytes_mut(low, span);
        bytes.copy_within(s..s + count as usize, t);
        return Ok(());
    }
    // Blocks more than four gigabytes apart do not overlap.
    let (sb, tb) = (cx.peek(from).index(), cx.peek(to).index());
    for i in 0..count {
        if let Some(bits) = typed::load_bits(cx.heap(), sb, from_at + i, 0) {
            typed::store_bits(cx.heap_mut(), tb, to_at + i, 0, bits);
        }
    }
    Ok(())
}

/// ECMA-262 §25.1.6.7 ArrayBuffer.prototype.slice
fn slice<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    slice_of(cx, args, false)
}

/// ArrayBuffer.prototype.sliceToImmutable
fn slice_to_immutable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), false)?;
    check_attached(cx, b)?;
    let (first, count) = slice_range(cx, args, length(cx, b))?;
    check_attached(cx, b)?;
    if count > 0 && u64::from(length(cx, b)) < u64::from(first) + u64::from(count) {
        return Err(cx.throw_range_error("the ArrayBuffer has become too short"));
    }
    let made = cx.allocate_buffer(UNDEFINED, false, f64::from(count), None)?;
    copy_bytes(cx, b, first, made, 0, count)?;
    cx.make_buffer_immutable(made);
    Ok(made.cast())
}

/// What is kept of the nature of a buffer that is transferred.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transfer {
    /// It stays resizable.
    Same,
    /// It gets a fixed length.
    Fixed,
    /// It becomes immutable.
    Immutable,
}

/// ECMA-262 §25.1.3.5 ArrayBufferCopyAndDetach
fn copy_and_detach<'s>(cx: &mut Cx<'s>, args: &Args<'s>, how: Transfer) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), false)?;
    let new = if cx.is_undefined(args.get(0)) { u64::from(length(cx, b)) } else { cx.to_index(args.get(0))? };
    check_attached(cx, b)?;
    check_mutable(cx, b)?;
    let limit = if how == Transfer::Same { max(cx, b) } else { None };
    if limit.is_none() && new == u64::from(length(cx, b)) {
        // The bytes themselves change hands.
        let made = cx.allocate_buffer(UNDEFINED, false, 0.0, None)?;
        let data = cx.field_raw(b, field::ArrayBuffer::data);
        cx.set_field_raw(made, field::ArrayBuffer::data, data);
        cx.set_field_raw(made, field::ArrayBuffer::length, JsValue::raw(new));
        cx.detach_buffer(b);
        if how == Transfer::Immutable {
            cx.make_buffer_immutable(made);
        }
        return Ok(made.cast());
    }
    let made = cx.allocate_buffer(UNDEFINED, false, new as f64, limit.map(f64::from))?;
    let n = length(cx, b).min(length(cx, made));
    copy_bytes(cx, b, 0, made, 0, n)?;
    cx.detach_buffer(b);
    if how == Transfer::Immutable {
        cx.make_buffer_immutable(made);
    }
    Ok(made.cast())
}

/// ArrayBuffer.prototype.transferToImmutable
fn transfer_to_immutable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    copy_and_detach(cx, args, Transfer::Immutable)
}

/// ECMA-262 §25.1.6.8 ArrayBuffer.prototype.transfer
fn transfer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    copy_and_detach(cx, args, Transfer::Same)
}

/// ECMA-262 §25.1.6.9 ArrayBuffer.prototype.transferToFixedLength
fn transfer_to_fixed_length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    copy_and_detach(cx, args, Transfer::Fixed)
}

/// ECMA-262 §25.2.5.1 get SharedArrayBuffer.prototype.byteLength
fn shared_byte_length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), true)?;
    Ok(typed::number(length(cx, b)))
}

/// ECMA-262 §25.2.5.5 get SharedArrayBuffer.prototype.maxByteLength
fn shared_max_byte_length<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), true)?;
    Ok(typed::number(max(cx, b).unwrap_or(length(cx, b))))
}

/// ECMA-262 §25.2.5.4 get SharedArrayBuffer.prototype.growable
fn growable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), true)?;
    Ok(imm(max(cx, b).is_some()))
}

/// ECMA-262 §25.2.5.3 SharedArrayBuffer.prototype.grow
fn grow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let b = buffer(cx, args.this(), true)?;
    let Some(limit) = max(cx, b) else { return Err(cx.throw_type_error("the SharedArrayBuffer is not growable")) };
    let new = cx.to_index(args.get(0))?;
    if new > u64::from(limit) || new < u64::from(length(cx, b)) {
        return Err(cx.throw_range_error("new length is outside what the SharedArrayBuffer can have"));
    }
    cx.resize_buffer(b, new as u32)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §25.2.5.6 SharedArrayBuffer.prototype.slice
fn shared_slice<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    slice_of(cx, args, true)
}
