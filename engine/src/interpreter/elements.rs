//! Elements of typed arrays and strings, for the hot path.

use rotifer_jsvalue::{JsValue, Kind, StaticName, field};

use super::fast::to_int32;
use super::ic::TYPED_LENGTH;
use super::layout::code;

/// Numbers of the element types, as the typed arrays hold them.
mod t {
    use crate::ops::typed::ElementType as E;
    pub const INT8: u64 = E::Int8 as u64;
    pub const UINT8: u64 = E::Uint8 as u64;
    pub const UINT8_CLAMPED: u64 = E::Uint8Clamped as u64;
    pub const INT16: u64 = E::Int16 as u64;
    pub const UINT16: u64 = E::Uint16 as u64;
    pub const INT32: u64 = E::Int32 as u64;
    pub const UINT32: u64 = E::Uint32 as u64;
    pub const FLOAT32: u64 = E::Float32 as u64;
    pub const FLOAT64: u64 = E::Float64 as u64;
}

/// A character of a flat Latin-1 string, as a string.
#[inline(always)]
pub(super) fn string_unit(base: *mut u64, target: u64, index: u32) -> Option<u64> {
    let v = JsValue::from_bits(target);
    if !v.is_heap_string() {
        return None;
    }
    let at = v.index();
    // SAFETY: a string block in the heap; its bytes begin at word 2.
    unsafe {
        if *base.add(at as usize) as u8 != Kind::StringLatin1 as u8 || index >= *base.add(at as usize + 1) as u32 {
            return None;
        }
        let byte = *base.add(at as usize + 2).cast::<u8>().add(index as usize);
        Some(JsValue::name(StaticName::from_latin1(byte)).to_bits())
    }
}

/// Where the bytes of an element are.
#[inline(always)]
unsafe fn place(base: *mut u64, array: u32, index: u32, size: u32) -> Option<*mut u8> {
    // SAFETY: the caller gives a typed array on a buffer that cannot be resized (its type word says so); its fields by the layout
    // table. The buffer's data block holds all of the array's elements while it is attached.
    unsafe {
        let length = *base.add((array + field::TypedArray::length) as usize) as u32;
        let buffer = *base.add((array + field::TypedArray::buffer) as usize) as u32;
        let data = JsValue::from_bits(*base.add((buffer + field::ArrayBuffer::data) as usize));
        if index >= length || !data.is_cell() {
            return None;
        }
        let offset = *base.add((array + field::TypedArray::offset) as usize) as u32;
        let at = offset as usize + index as usize * size as usize;
        Some(base.add(data.index() as usize + 2).cast::<u8>().add(at))
    }
}

/// The number of the element type of a typed array, in the order of [`crate::ops::typed::ElementType`]; no such number when its
/// buffer can be resized.
#[inline(always)]
unsafe fn element_type(base: *mut u64, array: u32) -> u64 {
    // SAFETY: the caller gives a typed array.
    unsafe { JsValue::from_bits(*base.add((array + field::TypedArray::type_) as usize)).as_raw() }
}

/// The length of a typed array, where a cache says that `length` is just that.
#[inline]
pub(super) fn typed_length(base: *mut u64, caches: *mut u64, number: u32, array: u32, epoch: u32) -> Option<u64> {
    if number == 0xFFFF {
        return None;
    }
    // SAFETY: the verifier checked the cache's number; the caller gives a typed array.
    unsafe {
        let cache = caches.add(number as usize * code::CACHE_WORDS as usize);
        let known = *cache as u32 == (*base.add(array as usize) >> 32) as u32
            && *cache.add(1) == TYPED_LENGTH.to_bits()
            && *cache.add(2) as u32 == epoch;
        let length = *base.add((array + field::TypedArray::length) as usize) as u32;
        let usual = element_type(base, array) < 0x100 && length <= i32::MAX as u32;
        // A detached buffer makes it 0: `place` knows.
        let attached = length == 0 || place(base, array, 0, 1).is_some();
        (known && usual && attached).then(|| JsValue::int(length as i32).to_bits())
    }
}

/// Element `index` of a typed array of numbers.
#[inline(always)]
pub(super) fn get_typed(base: *mut u64, array: u32, index: u32) -> Option<u64> {
    // SAFETY: see `place`; reads are unaligned.
    unsafe {
        let v = match element_type(base, array) {
            t::INT8 => JsValue::int(i32::from(*place(base, array, index, 1)?.cast::<i8>())),
            t::UINT8 | t::UINT8_CLAMPED => JsValue::int(i32::from(*place(base, array, index, 1)?)),
            t::INT16 => JsValue::int(i32::from(place(base, array, index, 2)?.cast::<i16>().read_unaligned())),
            t::UINT16 => JsValue::int(i32::from(place(base, array, index, 2)?.cast::<u16>().read_unaligned())),
            t::INT32 => JsValue::int(place(base, array, index, 4)?.cast::<i32>().read_unaligned()),
            t::UINT32 => {
                let u = place(base, array, index, 4)?.cast::<u32>().read_unaligned();
                if u <= i32::MAX as u32 { JsValue::int(u as i32) } else { JsValue::double(f64::from(u)) }
            }
            t::FLOAT32 => JsValue::double(f64::from(place(base, array, index, 4)?.cast::<f32>().read_unaligned())),
            t::FLOAT64 => JsValue::double(place(base, array, index, 8)?.cast::<f64>().read_unaligned()),
            _ => return None,
        };
        Some(v.to_bits())
    }
}

/// Stores a number in a typed array. False: take the slow path.
#[inline(always)]
pub(super) fn set_typed(base: *mut u64, array: u32, index: u32, value: u64) -> bool {
    let v = JsValue::from_bits(value);
    // SAFETY: see `place`; writes are unaligned.
    unsafe {
        let kind = element_type(base, array);
        let i = if v.is_int() {
            v.to_int_unchecked()
        } else if v.is_double() {
            let d = f64::from_bits(value);
            match kind {
                t::FLOAT64 => {
                    let Some(p) = place(base, array, index, 8) else { return false };
                    p.cast::<f64>().write_unaligned(d);
                    return true;
                }
                t::FLOAT32 => {
                    let Some(p) = place(base, array, index, 4) else { return false };
                    p.cast::<f32>().write_unaligned(d as f32);
                    return true;
                }
                t::UINT8_CLAMPED => return false,
                _ => to_int32(d),
            }
        } else {
            return false;
        };
        match kind {
            t::INT8 | t::UINT8 => {
                let Some(p) = place(base, array, index, 1) else { return false };
                *p = i as u8;
            }
            t::UINT8_CLAMPED => {
                let Some(p) = place(base, array, index, 1) else { return false };
                *p = i.clamp(0, 255) as u8;
            }
            t::INT16 | t::UINT16 => {
                let Some(p) = place(base, array, index, 2) else { return false };
                p.cast::<u16>().write_unaligned(i as u16);
            }
            t::INT32 | t::UINT32 => {
                let Some(p) = place(base, array, index, 4) else { return false };
                p.cast::<i32>().write_unaligned(i);
            }
            t::FLOAT32 => {
                let Some(p) = place(base, array, index, 4) else { return false };
                p.cast::<f32>().write_unaligned(i as f32);
            }
            t::FLOAT64 => {
                let Some(p) = place(base, array, index, 8) else { return false };
                p.cast::<f64>().write_unaligned(f64::from(i));
            }
            _ => return false,
        }
        true
    }
}
