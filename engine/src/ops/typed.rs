//! Typed arrays and the buffers under them (ECMA-262 §10.4.5, §25.1).

use rotifer_jsvalue::{Attrs, Heap, HeapExt, JsValue, Kind, PropertyKey, field, string};

use super::internal_methods::{Own, PropertyDescriptor};
use crate::builtins::Intrinsic;
use crate::cx::{Cx, Key, Object, Value, imm};
use crate::throw::JsResult;

/// The element type of a typed array (ECMA-262 §23.2, Table 71). The numbers are in the blocks, and in the order of the intrinsics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ElementType {
    Int8,
    Uint8,
    Uint8Clamped,
    Int16,
    Uint16,
    Int32,
    Uint32,
    BigInt64,
    BigUint64,
    Float16,
    Float32,
    Float64,
}

impl ElementType {
    /// All of them, by number.
    pub const ALL: [ElementType; 12] = [
        ElementType::Int8,
        ElementType::Uint8,
        ElementType::Uint8Clamped,
        ElementType::Int16,
        ElementType::Uint16,
        ElementType::Int32,
        ElementType::Uint32,
        ElementType::BigInt64,
        ElementType::BigUint64,
        ElementType::Float16,
        ElementType::Float32,
        ElementType::Float64,
    ];

    /// The type with this number; `Uint8` for none.
    #[inline]
    #[must_use]
    pub fn from_u8(n: u8) -> ElementType {
        ElementType::ALL.get(n as usize).copied().unwrap_or(ElementType::Uint8)
    }

    /// Bytes of one element, as a power of two.
    #[inline]
    #[must_use]
    pub const fn shift(self) -> u32 {
        match self {
            ElementType::Int8 | ElementType::Uint8 | ElementType::Uint8Clamped => 0,
            ElementType::Int16 | ElementType::Uint16 | ElementType::Float16 => 1,
            ElementType::Int32 | ElementType::Uint32 | ElementType::Float32 => 2,
            ElementType::BigInt64 | ElementType::BigUint64 | ElementType::Float64 => 3,
        }
    }

    /// Bytes of one element.
    #[inline]
    #[must_use]
    pub const fn size(self) -> u32 {
        1 << self.shift()
    }

    /// Whether its elements are BigInts.
    #[inline]
    #[must_use]
    pub const fn is_bigint(self) -> bool {
        matches!(self, ElementType::BigInt64 | ElementType::BigUint64)
    }

    /// Whether it is one of the two BigInt or eight integer types that Atomics works on.
    #[must_use]
    pub const fn is_atomic(self) -> bool {
        !matches!(self, ElementType::Uint8Clamped | ElementType::Float16 | ElementType::Float32 | ElementType::Float64)
    }

    /// The constructor of its arrays.
    #[must_use]
    pub fn constructor(self) -> Intrinsic {
        let n = Intrinsic::Int8Array as usize + 2 * self as usize;
        Intrinsic::ALL.get(n).copied().unwrap_or(Intrinsic::Uint8Array)
    }

    /// The prototype of its arrays.
    #[must_use]
    pub fn prototype(self) -> Intrinsic {
        let n = Intrinsic::Int8ArrayPrototype as usize + 2 * self as usize;
        Intrinsic::ALL.get(n).copied().unwrap_or(Intrinsic::Uint8ArrayPrototype)
    }

    /// The number whose bytes (least first) are `bits`; for BigInt types, zero: see [`bits_to_value`].
    #[inline]
    #[must_use]
    pub fn decode(self, bits: u64) -> JsValue {
        match self {
            ElementType::Int8 => JsValue::int(i32::from(bits as u8 as i8)),
            ElementType::Uint8 | ElementType::Uint8Clamped => JsValue::int(i32::from(bits as u8)),
            ElementType::Int16 => JsValue::int(i32::from(bits as u16 as i16)),
            ElementType::Uint16 => JsValue::int(i32::from(bits as u16)),
            ElementType::Int32 => JsValue::int(bits as u32 as i32),
            ElementType::Uint32 => JsValue::number(f64::from(bits as u32)),
            ElementType::Float16 => JsValue::number(f16_to_f64(bits as u16)),
            ElementType::Float32 => JsValue::number(f64::from(f32::from_bits(bits as u32))),
            ElementType::Float64 => JsValue::number(f64::from_bits(bits)),
            ElementType::BigInt64 | ElementType::BigUint64 => JsValue::ZERO,
        }
    }

    /// The bytes (least first) of a number (ECMA-262 §25.1.3.16 NumericToRawBytes).
    #[inline]
    #[must_use]
    pub fn encode(self, d: f64) -> u64 {
        match self {
            ElementType::Uint8Clamped => u64::from(clamp_u8(d)),
            ElementType::Float16 => u64::from(f64_to_f16(d)),
            ElementType::Float32 => u64::from((d as f32).to_bits()),
            ElementType::Float64 => d.to_bits(),
            _ => u64::from(modulo_u32(d)),
        }
    }
}

/// ECMA-262 §7.1.7 ToUint32 of a number.
#[inline]
#[must_use]
pub fn modulo_u32(d: f64) -> u32 {
    if d.abs() < 9.2e18 {
        return d as i64 as u32;
    }
    if !d.is_finite() {
        return 0;
    }
    let bits = d.to_bits();
    let shift = (bits >> 52 & 0x7FF) as u32 - 1075;
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let low = if shift < 32 { (mantissa << shift) as u32 } else { 0 };
    if d < 0.0 { low.wrapping_neg() } else { low }
}

/// ECMA-262 §7.1.12 ToUint8Clamp of a number.
#[must_use]
pub fn clamp_u8(d: f64) -> u8 {
    let low = d as u8;
    let rest = d - f64::from(low);
    if low == 255 || rest.is_nan() || rest < 0.5 || rest == 0.5 && low & 1 == 0 { low } else { low + 1 }
}

/// The value of a half-precision number.
#[must_use]
pub fn f16_to_f64(half: u16) -> f64 {
    let exponent = u64::from(half >> 10 & 0x1F);
    let fraction = u64::from(half & 0x3FF);
    let sign = u64::from(half >> 15) << 63;
    match exponent {
        0 => {
            let d = fraction as f64 / 16_777_216.0;
            if sign == 0 { d } else { -d }
        }
        0x1F if fraction == 0 => f64::from_bits(sign | 0x7FF << 52),
        0x1F => f64::NAN,
        _ => f64::from_bits(sign | (exponent + 1008) << 52 | fraction << 42),
    }
}

/// A number rounded to half precision, ties to even.
#[must_use]
pub fn f64_to_f16(d: f64) -> u16 {
    let bits = d.to_bits();
    let sign = (bits >> 48) as u16 & 0x8000;
    let exponent = (bits >> 52 & 0x7FF) as i32;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0x7FF {
        return if fraction == 0 { sign | 0x7C00 } else { 0x7E00 };
    }
    let e = exponent - 1008;
    // How many bits of the mantissa go; a subnormal result loses more of them.
    let (mantissa, drop, base) =
        if e >= 1 { (fraction, 42, (e as u64) << 10) } else { (fraction | 1 << 52, 43 - e, 0) };
    if e > 30 {
        return sign | 0x7C00;
    }
    if drop > 54 {
        return sign;
    }
    let kept = mantissa >> drop;
    let rest = mantissa & ((1 << drop) - 1);
    let half = 1_u64 << (drop - 1);
    let up = rest > half || rest == half && kept & 1 == 1;
    // A carry out of the fraction moves on into the exponent, and from the greatest number to infinity.
    sign | (base + kept + u64::from(up)) as u16
}

// ---- buffers -----------------------------------------------------------------------------------------------------

/// Bits of the field `flags` of a buffer.
pub(crate) mod buffer_flag {
    /// A SharedArrayBuffer.
    pub const SHARED: u64 = 1;
    /// Its bytes never change.
    pub const IMMUTABLE: u64 = 2;
}

/// Whether a buffer has been detached (ECMA-262 §25.1.3.3 IsDetachedBuffer).
#[inline]
#[must_use]
pub fn is_detached(heap: &Heap, buffer: u32) -> bool {
    !heap.value(buffer + field::ArrayBuffer::data).is_cell()
}

/// The length of a buffer in bytes; 0 when it is detached.
#[inline]
#[must_use]
pub fn buffer_length(heap: &Heap, buffer: u32) -> u32 {
    heap.value(buffer + field::ArrayBuffer::length).as_raw() as u32
}

/// The greatest length of a resizable or growable buffer.
#[must_use]
pub fn buffer_max(heap: &Heap, buffer: u32) -> Option<u32> {
    let max = heap.value(buffer + field::ArrayBuffer::max);
    (!max.is_undefined()).then(|| max.as_raw() as u32)
}

/// Whether a buffer is a SharedArrayBuffer.
#[must_use]
pub fn is_shared(heap: &Heap, buffer: u32) -> bool {
    heap.value(buffer + field::ArrayBuffer::flags).as_raw() & buffer_flag::SHARED != 0
}

/// Whether the bytes of a buffer never change (IsImmutableBuffer).
#[must_use]
pub fn is_immutable(heap: &Heap, buffer: u32) -> bool {
    heap.value(buffer + field::ArrayBuffer::flags).as_raw() & buffer_flag::IMMUTABLE != 0
}

/// The bytes of a buffer.
#[inline]
#[must_use]
pub fn bytes(heap: &Heap, buffer: u32) -> &[u8] {
    let data = heap.value(buffer + field::ArrayBuffer::data);
    if !data.is_cell() {
        return &[];
    }
    heap.arena().bytes(data.index() + 2, buffer_length(heap, buffer))
}

/// The bytes of a buffer, to be written.
#[inline]
pub fn bytes_mut(heap: &mut Heap, buffer: u32) -> &mut [u8] {
    let data = heap.value(buffer + field::ArrayBuffer::data);
    let length = buffer_length(heap, buffer);
    if !data.is_cell() {
        return &mut [];
    }
    heap.bytes_mut(data.index() + 2, length)
}

/// Reads `1 << shift` bytes at `at`, least first; `None` when they are not all there.
#[inline]
#[must_use]
pub fn load_bits(heap: &Heap, buffer: u32, at: u32, shift: u32) -> Option<u64> {
    let all = bytes(heap, buffer).get(at as usize..)?;
    Some(match shift {
        0 => u64::from(*all.first()?),
        1 => u64::from(u16::from_le_bytes(*all.first_chunk()?)),
        2 => u64::from(u32::from_le_bytes(*all.first_chunk()?)),
        _ => u64::from_le_bytes(*all.first_chunk()?),
    })
}

/// Writes the low `1 << shift` bytes of `bits` at `at`, least first; false when there is no room.
#[inline]
pub fn store_bits(heap: &mut Heap, buffer: u32, at: u32, shift: u32, bits: u64) -> bool {
    let n = 1 << shift;
    let Some(all) = bytes_mut(heap, buffer).get_mut(at as usize..) else { return false };
    let Some(target) = all.get_mut(..n) else { return false };
    match shift {
        0 => target[0] = bits as u8,
        1 => target.copy_from_slice(&(bits as u16).to_le_bytes()),
        2 => target.copy_from_slice(&(bits as u32).to_le_bytes()),
        _ => target.copy_from_slice(&bits.to_le_bytes()),
    }
    true
}

// ---- typed arrays ------------------------------------------------------------------------------------------------

/// In the word with the element type: the buffer is resizable, growable or immutable, so that nothing is done on fast paths.
const UNUSUAL: u64 = 0x100;

/// Whether the typed array at `at` is on an immutable buffer.
#[must_use]
pub fn is_read_only(heap: &Heap, at: u32) -> bool {
    is_immutable(heap, buffer_of(heap, at))
}

/// The element type of the typed array at `at`.
#[inline]
#[must_use]
pub fn element_type(heap: &Heap, at: u32) -> ElementType {
    ElementType::from_u8(heap.value(at + field::TypedArray::type_).as_raw() as u8)
}

/// The buffer of the typed array at `at`.
#[inline]
#[must_use]
pub fn buffer_of(heap: &Heap, at: u32) -> u32 {
    heap.value(at + field::TypedArray::buffer).index()
}

/// The byte offset of the typed array at `at`, whether it is in bounds or not.
#[inline]
#[must_use]
pub fn byte_offset(heap: &Heap, at: u32) -> u32 {
    heap.value(at + field::TypedArray::offset).as_raw() as u32
}

/// The length of the typed array at `at` now; `None` when it is out of bounds or its buffer is detached (ECMA-262 §10.4.5.12
/// TypedArrayLength, §10.4.5.13 IsTypedArrayOutOfBounds).
#[inline]
#[must_use]
pub fn length(heap: &Heap, at: u32) -> Option<u32> {
    let buffer = buffer_of(heap, at);
    if is_detached(heap, buffer) {
        return None;
    }
    let room = buffer_length(heap, buffer).checked_sub(byte_offset(heap, at))?;
    let shift = element_type(heap, at).shift();
    let length = heap.value(at + field::TypedArray::length);
    if length.is_undefined() {
        return Some(room >> shift);
    }
    let length = length.as_raw() as u32;
    (length <= room >> shift).then_some(length)
}

/// Whether the typed array at `at` follows the length of its buffer.
#[inline]
#[must_use]
pub fn is_length_tracking(heap: &Heap, at: u32) -> bool {
    heap.value(at + field::TypedArray::length).is_undefined()
}

/// Element `index` of the typed array at `at`; `None` when there is none, or it is a BigInt.
#[inline]
#[must_use]
pub fn get(heap: &Heap, at: u32, index: u32) -> Option<JsValue> {
    let ty = element_type(heap, at);
    if ty.is_bigint() {
        return None;
    }
    get_bits(heap, at, index).map(|bits| ty.decode(bits))
}

/// The bytes of element `index` of the typed array at `at`; `None` when there is none.
#[inline]
#[must_use]
pub fn get_bits(heap: &Heap, at: u32, index: u32) -> Option<u64> {
    if index >= length(heap, at)? {
        return None;
    }
    let shift = element_type(heap, at).shift();
    load_bits(heap, buffer_of(heap, at), byte_offset(heap, at) + (index << shift), shift)
}

/// Sets element `index` of the typed array at `at` to a number; false when there is none, or it is a BigInt.
#[inline]
pub fn set(heap: &mut Heap, at: u32, index: u32, number: f64) -> bool {
    let ty = element_type(heap, at);
    !ty.is_bigint() && set_bits(heap, at, index, ty.encode(number))
}

/// Sets the bytes of element `index` of the typed array at `at`; false when there is none.
#[inline]
pub fn set_bits(heap: &mut Heap, at: u32, index: u32, bits: u64) -> bool {
    match length(heap, at) {
        Some(length) if index < length => {}
        _ => return false,
    }
    let shift = element_type(heap, at).shift();
    let (buffer, offset) = (buffer_of(heap, at), byte_offset(heap, at));
    store_bits(heap, buffer, offset + (index << shift), shift, bits)
}

/// ECMA-262 §10.4.5.15 IsTypedArrayFixedLength
pub(crate) fn is_fixed_length<'s>(cx: &Cx<'s>, object: Object<'s>) -> bool {
    let at = cx.peek(object).index();
    if is_length_tracking(cx.heap(), at) {
        return false;
    }
    let buffer = buffer_of(cx.heap(), at);
    buffer_max(cx.heap(), buffer).is_none() || is_shared(cx.heap(), buffer)
}

/// The value whose bytes are `bits`, unrooted.
pub(crate) fn bits_to_value(cx: &mut Cx<'_>, ty: ElementType, bits: u64) -> JsResult<JsValue> {
    match ty {
        ElementType::BigInt64 => {
            let mut cx = cx.nest();
            let v = cx.bigint_from_i64(bits as i64)?;
            Ok(cx.peek(v))
        }
        ElementType::BigUint64 => {
            let mut cx = cx.nest();
            let v = cx.bigint_from_u64(bits)?;
            Ok(cx.peek(v))
        }
        _ => Ok(ty.decode(bits)),
    }
}

/// The bytes that a value has as an element; converts it, which may run code.
pub(crate) fn value_to_bits<'s>(cx: &mut Cx<'s>, ty: ElementType, value: Value<'s>) -> JsResult<u64> {
    if ty.is_bigint() {
        return cx.to_big_uint64(value);
    }
    if let Some(d) = cx.peek(value).as_number() {
        return Ok(ty.encode(d));
    }
    Ok(ty.encode(cx.to_number(value)?))
}

/// Element `index` as a rooted value; undefined when there is none.
pub(crate) fn get_value<'s>(cx: &mut Cx<'s>, object: Object<'s>, index: u32) -> JsResult<Value<'s>> {
    let at = cx.peek(object).index();
    match get_bits(cx.heap(), at, index) {
        Some(bits) => {
            let ty = element_type(cx.heap(), at);
            let v = bits_to_value(cx, ty, bits)?;
            cx.root(v)
        }
        None => Ok(crate::cx::UNDEFINED),
    }
}

/// ECMA-262 §10.4.5.18 TypedArraySetElement; an index that is none (any longer) is passed over after the conversion.
pub(crate) fn set_element<'s>(
    cx: &mut Cx<'s>,
    object: Object<'s>,
    index: Option<u32>,
    value: Value<'s>,
) -> JsResult<()> {
    let ty = element_type(cx.heap(), cx.peek(object).index());
    let bits = value_to_bits(cx, ty, value)?;
    if let Some(index) = index {
        let at = cx.peek(object).index();
        set_bits(cx.heap_mut(), at, index, bits);
    }
    Ok(())
}

/// An own element.
pub(crate) fn own_index<'s>(cx: &mut Cx<'s>, object: Object<'s>, index: f64) -> JsResult<Own> {
    let at = cx.peek(object).index();
    match get_bits(cx.heap(), at, index as u32) {
        Some(bits) => {
            let ty = element_type(cx.heap(), at);
            let attrs = if is_read_only(cx.heap(), at) { Attrs::ENUMERABLE } else { Attrs::ALL };
            Ok(Own::Data(bits_to_value(cx, ty, bits)?, attrs))
        }
        None => Ok(Own::OutOfBounds),
    }
}

/// A name that is the text of a number is an index, and one that is out of bounds since it is no array index; any other name is
/// nothing special.
pub(crate) fn own_name<'s>(cx: &mut Cx<'s>, _object: Object<'s>, key: PropertyKey) -> JsResult<Option<Own>> {
    Ok(is_numeric_name(cx, key)?.then_some(Own::OutOfBounds))
}

/// Whether a key that is no array index is a CanonicalNumericIndexString (ECMA-262 §7.1.21).
/// Whether a name may be the text of a number; quick, and sure only when it says no.
pub(crate) fn may_be_numeric(heap: &Heap, name: PropertyKey) -> bool {
    // Most names are ruled out by their first character.
    let text = string::view(heap, name.to_value());
    !text.is_empty() && matches!(text.at(0), 0x30..=0x39 | 0x2D | 0x49 | 0x4E)
}

fn is_numeric_name(cx: &mut Cx<'_>, key: PropertyKey) -> JsResult<bool> {
    if !key.is_string() || !may_be_numeric(cx.heap(), key) {
        return Ok(false);
    }
    let mut cx = cx.nest();
    let key = cx.root_key(key)?;
    Ok(cx.canonical_numeric_index(key).is_some())
}

/// The index that a key is for a typed array: `None` when it is none, `Some(None)` when it can never be a valid one.
fn numeric_key<'s>(cx: &mut Cx<'s>, key: Key<'s>) -> JsResult<Option<Option<u32>>> {
    let k = cx.peek_key(key);
    match k.as_index() {
        Some(index) => Ok(Some(Some(index))),
        None => Ok(is_numeric_name(cx, k)?.then_some(None)),
    }
}

fn is_valid_index<'s>(cx: &Cx<'s>, object: Object<'s>, index: Option<u32>) -> bool {
    let Some(index) = index else { return false };
    length(cx.heap(), cx.peek(object).index()).is_some_and(|length| index < length)
}

/// ECMA-262 §10.4.5.6: `[[Set]]`; `None` when the key is no numeric index and the ordinary steps follow.
pub(crate) fn set_property<'s>(
    cx: &mut Cx<'s>,
    object: Object<'s>,
    key: Key<'s>,
    value: Value<'s>,
    receiver: Value<'s>,
) -> JsResult<Option<bool>> {
    let Some(index) = numeric_key(cx, key)? else { return Ok(None) };
    if cx.peek(object) == cx.peek(receiver) {
        if is_read_only(cx.heap(), cx.peek(object).index()) {
            return Ok(Some(false));
        }
        set_element(cx, object, index, value)?;
        return Ok(Some(true));
    }
    Ok(if is_valid_index(cx, object, index) { None } else { Some(true) })
}

/// ECMA-262 §10.4.5.4: `[[DefineOwnProperty]]`; `None` when the key is no numeric index and the ordinary steps follow.
pub(crate) fn define_property<'s>(
    cx: &mut Cx<'s>,
    object: Object<'s>,
    key: Key<'s>,
    d: &PropertyDescriptor<'s>,
) -> JsResult<Option<bool>> {
    let Some(index) = numeric_key(cx, key)? else { return Ok(None) };
    let mutable = !is_read_only(cx.heap(), cx.peek(object).index());
    if !is_valid_index(cx, object, index)
        || d.configurable.is_some_and(|c| c != mutable)
        || d.enumerable == Some(false)
        || d.writable.is_some_and(|w| w != mutable)
        || d.is_accessor()
    {
        return Ok(Some(false));
    }
    match (d.value, index) {
        (Some(value), _) if mutable => set_element(cx, object, index, value)?,
        (Some(value), Some(index)) => {
            let current = get_value(cx, object, index)?;
            return Ok(Some(cx.same_value(value, current)?));
        }
        _ => {}
    }
    Ok(Some(true))
}

// ---- making and resizing buffers ---------------------------------------------------------------------------------

impl<'s> Cx<'s> {
    /// A block of `length` zero bytes, unrooted; a RangeError when there is no room for it (ECMA-262 §6.2.9.1 CreateByteDataBlock).
    fn new_byte_block(&mut self, length: u32) -> JsResult<JsValue> {
        let words = 2 + length.div_ceil(8);
        if self.heap_mut().reserve(words, &mut []).is_err() {
            return Err(self.throw_range_error("array buffer allocation failed"));
        }
        let heap = self.heap_mut();
        let at = heap.new_block(Kind::Bytes, words);
        heap.set(at + 1, u64::from(length));
        heap.fill(at + 2, words - 2, 0);
        Ok(JsValue::cell(at))
    }

    /// A length in bytes that the block can hold at all; a RangeError otherwise.
    fn check_buffer_length(&mut self, length: f64) -> JsResult<u32> {
        if length > self.heap().limit_bytes() as f64 || length > f64::from(u32::MAX - 64) {
            return Err(self.throw_range_error("array buffer allocation failed"));
        }
        Ok(length as u32)
    }

    /// ECMA-262 §25.1.3.1 AllocateArrayBuffer and §25.2.2.1 AllocateSharedArrayBuffer. `constructor` is undefined for the intrinsic one.
    ///
    /// # Errors
    /// A RangeError when it is too long; what getting the prototype throws.
    pub fn allocate_buffer(
        &mut self,
        constructor: Value<'s>,
        shared: bool,
        length: f64,
        max: Option<f64>,
    ) -> JsResult<Object<'s>> {
        if max.is_some_and(|max| length > max) {
            return Err(self.throw_range_error("array buffer length exceeds its maximum"));
        }
        let default = if shared { Intrinsic::SharedArrayBufferPrototype } else { Intrinsic::ArrayBufferPrototype };
        let buffer = self.ordinary_create_from_constructor(constructor, default, Kind::ArrayBuffer, 1)?;
        let length = self.check_buffer_length(length)?;
        let max = match max {
            Some(max) => JsValue::raw(u64::from(self.check_buffer_length(max)?)),
            None => JsValue::UNDEFINED,
        };
        let data = self.new_byte_block(length)?;
        self.set_field_raw(buffer, field::ArrayBuffer::data, data);
        self.set_field_raw(buffer, field::ArrayBuffer::length, JsValue::raw(u64::from(length)));
        self.set_field_raw(buffer, field::ArrayBuffer::max, max);
        let flags = if shared { buffer_flag::SHARED } else { 0 };
        self.set_field_raw(buffer, field::ArrayBuffer::flags, JsValue::raw(flags));
        Ok(buffer)
    }

    /// Makes the bytes of a buffer that nobody has seen immutable.
    pub(crate) fn make_buffer_immutable(&mut self, buffer: Object<'s>) {
        let flags = self.field_raw(buffer, field::ArrayBuffer::flags).as_raw() | buffer_flag::IMMUTABLE;
        self.set_field_raw(buffer, field::ArrayBuffer::flags, JsValue::raw(flags));
    }

    /// Changes the length of a resizable buffer; new bytes are zero.
    pub(crate) fn resize_buffer(&mut self, buffer: Object<'s>, length: u32) -> JsResult<()> {
        let at = self.peek(buffer).index();
        let old = buffer_length(self.heap(), at);
        let data = self.heap().value(at + field::ArrayBuffer::data).index();
        let room = (self.heap().header(data).aux() - 2) * 8;
        if length > room {
            // Some room to spare, so that growing step by step does not copy each time.
            let max = buffer_max(self.heap(), at).unwrap_or(length);
            let spare = (length.saturating_add(length / 2)).min(max).max(length);
            let block = match self.new_byte_block(spare) {
                Ok(block) => block,
                Err(throw) if spare == length => return Err(throw),
                Err(_) if self.pending != crate::isolate::Pending::Exception => return Err(self.oom()),
                Err(_) => {
                    let _ = self.take_exception();
                    self.new_byte_block(length)?
                }
            };
            let at = self.peek(buffer).index();
            let data = self.heap().value(at + field::ArrayBuffer::data).index();
            self.heap_mut().copy(data + 2, block.index() + 2, old.div_ceil(8));
            self.set_field_raw(buffer, field::ArrayBuffer::data, block);
        } else if length < old {
            // What is given up must read as zero when the buffer grows again.
            bytes_mut(self.heap_mut(), at)[length as usize..].fill(0);
        }
        self.set_field_raw(buffer, field::ArrayBuffer::length, JsValue::raw(u64::from(length)));
        Ok(())
    }

    /// ECMA-262 §25.1.3.4 DetachArrayBuffer
    pub(crate) fn detach_buffer(&mut self, buffer: Object<'s>) {
        self.set_field_raw(buffer, field::ArrayBuffer::data, JsValue::NULL);
        self.set_field_raw(buffer, field::ArrayBuffer::length, JsValue::raw(0));
    }

    /// A new typed array on `buffer` with the intrinsic prototype; `length` `None` follows the buffer.
    pub(crate) fn new_typed_array(
        &mut self,
        ty: ElementType,
        buffer: Object<'s>,
        offset: u32,
        length: Option<u32>,
    ) -> JsResult<Object<'s>> {
        let proto = self.intrinsic(ty.prototype())?;
        self.new_typed_array_of(ty, proto, buffer, offset, length)
    }

    /// A new typed array on `buffer` with this prototype; `length` `None` follows the buffer.
    pub(crate) fn new_typed_array_of(
        &mut self,
        ty: ElementType,
        proto: Object<'s>,
        buffer: Object<'s>,
        offset: u32,
        length: Option<u32>,
    ) -> JsResult<Object<'s>> {
        let made = self.new_object_of(Kind::TypedArray, proto, 1)?;
        self.set_field(made, field::TypedArray::buffer, buffer);
        self.set_field_raw(made, field::TypedArray::offset, JsValue::raw(u64::from(offset)));
        let length = length.map_or(JsValue::UNDEFINED, |n| JsValue::raw(u64::from(n)));
        self.set_field_raw(made, field::TypedArray::length, length);
        // The loop's fast paths are for buffers whose length stays, and that can be written.
        let at = self.peek(buffer).index();
        let unusual = buffer_max(self.heap(), at).is_some() || is_immutable(self.heap(), at);
        let unusual = if unusual { UNUSUAL } else { 0 };
        self.set_field_raw(made, field::TypedArray::type_, JsValue::raw(ty as u64 | unusual));
        Ok(made)
    }

    /// A new typed array of `length` zeros with the intrinsic prototype, on a buffer of its own.
    pub(crate) fn new_typed_array_zeroed(&mut self, ty: ElementType, length: u32) -> JsResult<Object<'s>> {
        let bytes = f64::from(length) * f64::from(ty.size());
        let buffer = self.allocate_buffer(crate::cx::UNDEFINED, false, bytes, None)?;
        self.new_typed_array(ty, buffer, 0, Some(length))
    }
}

/// A length as a value.
pub(crate) fn number<'s>(n: u32) -> Value<'s> {
    imm(f64::from(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_survive_the_round_trip() {
        for half in 0..=u16::MAX {
            let d = f16_to_f64(half);
            if !d.is_nan() {
                assert_eq!(f64_to_f16(d), half, "{half:#x} {d}");
            }
        }
        assert_eq!(f64_to_f16(65519.99), 0x7BFF);
        assert_eq!(f64_to_f16(65520.0), 0x7C00);
        assert_eq!(f64_to_f16(2.980232238769531e-8), 0);
        assert_eq!(f64_to_f16(2.980232238769532e-8), 1);
        assert_eq!(f64_to_f16(1.0 + 1.0 / 2048.0), 0x3C00);
        assert_eq!(f64_to_f16(1.0 + 3.0 / 2048.0), 0x3C02);
    }

    #[test]
    fn numbers_wrap_and_clamp() {
        assert_eq!(modulo_u32(-1.0), u32::MAX);
        assert_eq!(modulo_u32(4294967297.0), 1);
        assert_eq!(modulo_u32(f64::NAN), 0);
        assert_eq!(modulo_u32(f64::INFINITY), 0);
        assert_eq!(modulo_u32(2f64.powi(63) + 2048.0), 2048);
        assert_eq!(modulo_u32(-(2f64.powi(64) + 4096.0)), 4096_u32.wrapping_neg());
        assert_eq!([0.5, 1.5, 2.5, 254.5, 255.5, -1.0, 300.0].map(clamp_u8), [0, 2, 2, 254, 255, 0, 255]);
        assert_eq!(clamp_u8(f64::NAN), 0);
    }
}
