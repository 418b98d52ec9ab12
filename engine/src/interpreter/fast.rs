//! Fast paths of the loop in [`run`](super::run): small functions that are inlined into it.
//!
//! What makes their raw accesses sound is said at the head of that file; each takes the address of word 0 and indices of
//! blocks that the caller has just read from values.

use rotifer_jsvalue::shape::Info;
use rotifer_jsvalue::{JsValue, Kind, field};

use super::layout::{CodeShape, code, frame, info};
use crate::bytecode::{CodeFlags, Opcode};
use crate::isolate::{Isolate, RootWord};

pub(super) const INT_TAG: u64 = 0xFFF9 << 48;
pub(super) const MAX_DOUBLE: u64 = 0xFFF8 << 48;
pub(super) const OBJECT_TAG: u64 = 0xFFFB;
const NATIVE_TAG: u64 = 0xFFFC;
pub(super) const STRING_TAG: u64 = 0xFFFD;

/// Whether a word is a BigInt.
#[inline(always)]
pub(super) fn is_bigint(v: u64) -> bool {
    JsValue::from_bits(v).is_bigint()
}

/// Bits of the upper 16 of an inline cache's first word, beside the offset.
pub(super) const IC_HOLDER: u16 = 0x4000;
pub(super) const IC_EXTENSION: u16 = 0x2000;
/// What is there is an accessor.
pub(super) const IC_ACCESSOR: u16 = 0x8000;
pub(super) const IC_OFFSET: u16 = 0x1FFF;
// None of these may equal the lower half of a word that an empty or dead cache holds (undefined, null, the hole: 2 to 7).
/// "Shapes" of receivers that are no objects.
pub(super) const IC_STRING: u32 = 1;
pub(super) const IC_NUMBER: u32 = 9;

#[inline(always)]
pub(super) fn both_int(a: u64, b: u64) -> bool {
    ((a ^ INT_TAG) | (b ^ INT_TAG)) >> 32 == 0
}

#[inline(always)]
pub(super) fn is_int(a: u64) -> bool {
    a >> 48 == INT_TAG >> 48
}

#[inline(always)]
pub(super) fn number(a: u64) -> Option<f64> {
    if a <= MAX_DOUBLE {
        Some(f64::from_bits(a))
    } else if is_int(a) {
        Some(f64::from(a as u32 as i32))
    } else {
        None
    }
}

#[inline(always)]
pub(super) fn int(i: i32) -> u64 {
    INT_TAG | u64::from(i as u32)
}

#[inline(always)]
pub(super) fn double(d: f64) -> u64 {
    // Arithmetic gives no NaN but the one that reads as a number; what came in was canonical already.
    d.to_bits()
}

/// A number as an integer where it is one.
#[inline(always)]
pub(super) fn number_bits(d: f64) -> u64 {
    JsValue::number(d).to_bits()
}

/// `x * y` as an integer.
#[inline(always)]
pub(super) fn int_product(x: i32, y: i32) -> Option<i32> {
    // A zero from a negative factor is -0.
    x.checked_mul(y).filter(|z| *z != 0 || (x | y) >= 0)
}

/// `x % y` as an integer; of a negative number it may be -0.
#[inline(always)]
pub(super) fn int_remainder(x: i32, y: i32) -> Option<i32> {
    if x >= 0 && y > 0 { Some(x % y) } else { None }
}

pub(super) const CALLABLE_HEAP: u64 = 0xFFFB_0001;

/// Words of the call instructions, for the return to them.
#[inline(always)]
pub(super) fn call_words(op: u8) -> usize {
    // All instructions that push a frame are one word long, but for those that enter getters, setters and generators, and direct
    // eval, which does not push one.
    let access = [Opcode::GetProp as u8, Opcode::SetProp as u8, Opcode::IteratorNext as u8];
    if access.contains(&op) { 2 } else { 1 }
}

/// What an inline cache takes for the shape of a receiver that is no object.
#[inline(always)]
pub(super) fn receiver_class(v: u64) -> u32 {
    let v = JsValue::from_bits(v);
    if v.is_string() {
        IC_STRING
    } else if v.is_number() {
        IC_NUMBER
    } else {
        0
    }
}

#[inline(always)]
pub(super) fn to_int32(d: f64) -> i32 {
    let i = d as i32;
    if f64::from(i) == d { i } else { to_int32_slow(d) }
}

#[cold]
#[inline(never)]
pub(super) fn to_int32_slow(d: f64) -> i32 {
    let i = d as i64;
    if d.abs() < 9.0e18 {
        return i as i32;
    }
    if !d.is_finite() {
        return 0;
    }
    let m = libm::trunc(d) % 4_294_967_296.0;
    m as i64 as i32
}

#[inline(always)]
pub(super) fn double_checked(d: f64) -> u64 {
    JsValue::double(d).to_bits()
}

/// `===` where neither side has to be looked at in the heap.
#[inline(always)]
pub(super) fn quick_strict_equal(x: u64, y: u64) -> Option<bool> {
    if both_int(x, y) {
        return Some(x == y);
    }
    if let (Some(x), Some(y)) = (number(x), number(y)) {
        return Some(x == y);
    }
    if x == y {
        return Some(true);
    }
    // Strings and BigInts may be equal in different places.
    let content = |v: u64| v >> 48 == 0xFFFD || v >> 48 == 0xFFFF;
    if x >> 48 == y >> 48 && content(x) { None } else { Some(false) }
}

/// `==` for the pairs that need no conversion.
#[inline(always)]
pub(super) fn quick_loose_equal(x: u64, y: u64) -> Option<bool> {
    if both_int(x, y) {
        return Some(x == y);
    }
    if let (Some(x), Some(y)) = (number(x), number(y)) {
        return Some(x == y);
    }
    if x == y {
        return Some(true);
    }
    let nullish = |v: u64| v | 1 == JsValue::NULL.to_bits();
    let object = |v: u64| JsValue::from_bits(v).is_object();
    if nullish(x) && nullish(y) {
        return Some(true);
    }
    // The only thing that may emulate undefined is a built-in function.
    if nullish(x) || nullish(y) {
        let other = if nullish(x) { y } else { x };
        return if other >> 48 == NATIVE_TAG { None } else { Some(false) };
    }
    if object(x) && object(y) { Some(false) } else { None }
}

/// ToBoolean where no block has to be looked at.
#[inline(always)]
pub(super) fn quick_truth(v: u64) -> Option<bool> {
    if v | 1 == JsValue::TRUE.to_bits() {
        return Some(v & 1 != 0);
    }
    if is_int(v) {
        return Some(v as u32 != 0);
    }
    if v | 1 == JsValue::NULL.to_bits() {
        return Some(false);
    }
    if v <= MAX_DOUBLE {
        let d = f64::from_bits(v);
        return Some(d != 0.0 && !d.is_nan());
    }
    match v >> 48 {
        OBJECT_TAG => Some(true),
        0xFFFD => Some(v != EMPTY_STRING),
        0xFFFE => Some(true),
        _ => None,
    }
}

pub(super) const EMPTY_STRING: u64 = JsValue::name(rotifer_jsvalue::StaticName::EMPTY).to_bits();

/// The `this` an arrow function took over when it was made.
#[inline(always)]
pub(super) fn arrow_this(base: *mut u64, function: u32) -> u64 {
    // SAFETY: `function` is a function object; a cell in its extra word is a block of `this` and home object.
    unsafe {
        let extra = *base.add((function + field::Function::extra) as usize);
        if JsValue::from_bits(extra).is_cell() { *base.add((extra as u32 + 1) as usize) } else { extra }
    }
}

/// The extension block of an object whose shape is extended.
#[inline(always)]
pub(super) fn extension(base: *mut u64, object: u32) -> u32 {
    // SAFETY: the object's shape is extended, so its last word refers to its extension block.
    unsafe {
        let header = *base.add(object as usize);
        let size = (header >> 16) as u16;
        *base.add((object + u32::from(size) - 1) as usize) as u32
    }
}

/// The elements value of an ordinary object; undefined when it has none.
#[inline(always)]
pub(super) fn object_elements(base: *mut u64, object: u32) -> u64 {
    // SAFETY: an object's header leads to its shape, whose info word says whether there is an extension block.
    unsafe {
        let shape = (*base.add(object as usize) >> 32) as u32;
        let info = *base.add((shape + field::Shape::info) as usize);
        if (info >> 38) as u8 & Info::EXTENDED == 0 {
            return JsValue::UNDEFINED.to_bits();
        }
        *base.add((extension(base, object) + field::Extension::elements) as usize)
    }
}

/// An element that is there, of an array, object or typed array, or a character of a flat string.
#[inline(always)]
pub(super) fn quick_element(base: *mut u64, target: u64, key: u64) -> Option<u64> {
    if !is_int(key) {
        return None;
    }
    let index = key as u32;
    if target >> 48 != OBJECT_TAG {
        return super::elements::string_unit(base, target, index);
    }
    let object = target as u32;
    // SAFETY: an object in the heap; fields by its kind.
    unsafe {
        let header = *base.add(object as usize);
        let elements = if header as u8 == Kind::Array as u8 {
            *base.add((object + field::Array::elements) as usize)
        } else if header as u8 == Kind::Object as u8 {
            object_elements(base, object)
        } else if header as u8 == Kind::TypedArray as u8 {
            return super::elements::get_typed(base, object, index);
        } else {
            return None;
        };
        if !JsValue::from_bits(elements).is_cell() {
            return None;
        }
        let e = elements as u32;
        let eh = *base.add(e as usize);
        if eh as u8 != Kind::Elements as u8 || index >= (eh >> 32) as u32 - 1 {
            return None;
        }
        let v = *base.add((e + 1 + index) as usize);
        (v != JsValue::EMPTY.to_bits()).then_some(v)
    }
}

/// The code of a function that `new` can enter at once, what its frame is like, and the shape of its instances.
#[inline(always)]
pub(super) fn constructor(base: *mut u64, callee: u64) -> Option<(u64, CodeShape, u32)> {
    let f = callee as u32;
    // SAFETY: a function object; its fields by the layout table.
    unsafe {
        if callee >> 32 != CALLABLE_HEAP || *base.add(f as usize) as u8 != Kind::Function as u8 {
            return None;
        }
        let desc = *base.add((f + field::Function::info) as usize) as u32;
        let block = JsValue::from_bits(*base.add((desc + info::CODE) as usize));
        let instances = JsValue::from_bits(*base.add((f + field::Function::extra) as usize));
        // The instances' shape is kept in the function once it was worked out.
        if !block.is_cell() || !instances.is_cell() || *base.add(instances.index() as usize) as u8 != Kind::Shape as u8
        {
            return None;
        }
        let shape = CodeShape::unpack(JsValue::from_bits(*base.add((block.index() + code::SHAPE) as usize)));
        let plain = shape.flags & (CodeFlags::DERIVED | CodeFlags::GENERATOR | CodeFlags::ASYNC) == 0;
        plain.then_some((block.to_bits(), shape, instances.index()))
    }
}

/// A new object of a shape, when that needs no collection.
#[inline(always)]
pub(super) fn quick_object(isolate: &mut Isolate, base: *mut u64, shape: u32) -> Option<u64> {
    // SAFETY: `shape` is a shape block.
    let raw = unsafe { *base.add((shape + field::Shape::info) as usize) };
    let (inline, kind) = ((raw >> 22) as u8, (raw >> 30) as u8);
    if (raw >> 38) as u8 & Info::OUTGROWN != 0 {
        return None;
    }
    let words = 1 + Kind::from_u8(kind).fixed() + u32::from(inline);
    let at = isolate.heap.try_alloc(words)?;
    // SAFETY: just allocated.
    unsafe {
        let p = base.add(at as usize);
        *p = u64::from(kind) | u64::from(words) << 16 | u64::from(shape) << 32;
        for i in 1..words as usize {
            *p.add(i) = JsValue::UNDEFINED.to_bits();
        }
    }
    Some(JsValue::object(at, false).to_bits())
}

/// The value an inline cache leads to.
#[inline(always)]
pub(super) fn quick_get(base: *mut u64, caches: *mut u64, number: u32, v: u64, epoch: u32) -> Option<u64> {
    if number == 0xFFFF {
        return None;
    }
    // SAFETY: the verifier checked the cache's number; what a matching cache says of the object holds.
    unsafe {
        let cache = caches.add(number as usize * code::CACHE_WORDS as usize);
        let shape = if v >> 48 == OBJECT_TAG { (*base.add(v as u32 as usize) >> 32) as u32 } else { receiver_class(v) };
        if shape != *cache as u32 {
            return None;
        }
        follow(base, cache, v, epoch)
    }
}

/// The value to which a cache for the receiver's shape leads.
///
/// # Safety
/// The cache must be for the shape of `v`.
#[inline(always)]
pub(super) unsafe fn follow(base: *mut u64, cache: *mut u64, v: u64, epoch: u32) -> Option<u64> {
    // SAFETY: what a matching cache says of the object holds.
    unsafe {
        let place = (*cache >> 32) as u16;
        let offset = u32::from(place & IC_OFFSET);
        if place & (IC_HOLDER | IC_EXTENSION | IC_ACCESSOR) == 0 {
            return Some(*base.add((v as u32 + offset) as usize));
        }
        if place & IC_ACCESSOR != 0 {
            return None;
        }
        if place & IC_HOLDER == 0 {
            return Some(*base.add((extension(base, v as u32) + offset) as usize));
        }
        let (holder, valid) = (*cache.add(1), *cache.add(2));
        if valid as u32 != epoch {
            return None;
        }
        if holder >> 48 != OBJECT_TAG {
            // Known to be absent.
            return (holder == JsValue::UNDEFINED.to_bits()).then_some(holder);
        }
        let at = if place & IC_EXTENSION == 0 { holder as u32 } else { extension(base, holder as u32) };
        Some(*base.add((at + offset) as usize))
    }
}

/// Stores a value where an inline cache says. False: take the slow path.
#[inline(always)]
pub(super) fn quick_set(
    isolate: &mut Isolate,
    base: *mut u64,
    caches: *mut u64,
    number: u32,
    object: u32,
    value: u64,
) -> bool {
    if number == 0xFFFF {
        return false;
    }
    // SAFETY: the verifier checked the cache's number; what a matching cache says of the object holds.
    unsafe {
        let cache = caches.add(number as usize * code::CACHE_WORDS as usize);
        (*base.add(object as usize) >> 32) as u32 == *cache as u32 && store(isolate, base, cache, object, value)
    }
}

/// Stores a value where a cache for the object's shape says. False: take the slow path.
///
/// # Safety
/// The cache must be for the shape of the object.
#[inline(always)]
pub(super) unsafe fn store(isolate: &mut Isolate, base: *mut u64, cache: *mut u64, object: u32, value: u64) -> bool {
    // SAFETY: what a matching cache says of the object holds.
    unsafe {
        let place = (*cache >> 32) as u16;
        let offset = u32::from(place & IC_OFFSET);
        let mut block = object;
        if place & IC_ACCESSOR != 0 {
            return false;
        }
        if place & IC_HOLDER != 0 {
            // The property is added: the second word is the shape it gets.
            let (shape, epoch) = (*cache.add(1), *cache.add(2));
            if epoch as u32 != isolate.epoch || !JsValue::from_bits(shape).is_cell() {
                return false;
            }
            if place & IC_EXTENSION != 0 {
                block = extension(base, object);
                if offset >= (*base.add(block as usize) >> 32) as u32 {
                    return false;
                }
            }
            let header = base.add(object as usize);
            *header = *header & 0xFFFF_FFFF | shape << 32;
            isolate.heap.barrier(object, shape as u32);
        } else if place & IC_EXTENSION != 0 {
            block = extension(base, object);
        }
        *base.add((block + offset) as usize) = value;
        isolate.heap.barrier(block, JsValue::from_bits(value).reference());
        true
    }
}

/// Stores an element for which its block has room. False: take the slow path.
#[inline(always)]
pub(super) fn quick_set_element(isolate: &mut Isolate, base: *mut u64, object: u32, index: u32, value: u64) -> bool {
    // SAFETY: an object in the heap; fields by its kind, and the element is below the block's size.
    unsafe {
        let header = *base.add(object as usize);
        let elements = if header as u8 == Kind::Array as u8 {
            *base.add((object + field::Array::elements) as usize)
        } else if header as u8 == Kind::TypedArray as u8 {
            return super::elements::set_typed(base, object, index, value);
        } else if header as u8 == Kind::Object as u8 {
            object_elements(base, object)
        } else {
            return false;
        };
        if !JsValue::from_bits(elements).is_cell() {
            return false;
        }
        let e = elements as u32;
        let eh = *base.add(e as usize);
        // Dense, neither sealed nor frozen, and the element is there.
        let plain = eh as u8 == Kind::Elements as u8 && (eh >> 8) as u8 & 0x06 == 0;
        if !plain || index >= (eh >> 32) as u32 - 1 {
            return false;
        }
        let to = base.add((e + 1 + index) as usize);
        if *to == JsValue::EMPTY.to_bits() && !begin_element(isolate, base, object, index) {
            return false;
        }
        *to = value;
        isolate.heap.barrier(e, JsValue::from_bits(value).reference());
        true
    }
}

/// Makes an array ready for an element within its block where there was none. False: take the slow path.
#[inline(never)]
fn begin_element(isolate: &Isolate, base: *mut u64, array: u32, index: u32) -> bool {
    // SAFETY: an array or object in the heap.
    unsafe {
        let header = *base.add(array as usize);
        // No flag of its own: it is no prototype and its length can be written.
        let of_collector = u64::from(rotifer_gc::FLAG_REMEMBERED) << 8;
        if header & (0xFFFF & !of_collector) != Kind::Array as u64
            || isolate.root_word(RootWord::AppendShape) != JsValue::cell((header >> 32) as u32)
        {
            return false;
        }
        let length = base.add((array + field::Array::length) as usize);
        if !is_int(*length) {
            return false;
        }
        if index >= *length as u32 {
            *length = int(index as i32 + 1);
        }
        true
    }
}

/// The block and word of a global binding that a cache leads to, initialised.
#[inline(always)]
pub(super) fn quick_global(base: *mut u64, caches: *mut u64, number: u32) -> Option<(u32, u32)> {
    if number == 0xFFFF {
        return None;
    }
    // SAFETY: the verifier checked the cache's number; what a matching cache says of the holder holds.
    unsafe {
        let cache = caches.add(number as usize * code::CACHE_WORDS as usize);
        let (head, holder) = (*cache, *cache.add(1));
        if holder >> 48 != OBJECT_TAG || (*base.add(holder as u32 as usize) >> 32) as u32 != head as u32 {
            return None;
        }
        let place = (head >> 32) as u16;
        let block = if place & IC_EXTENSION == 0 { holder as u32 } else { extension(base, holder as u32) };
        let at = block + u32::from(place & IC_OFFSET);
        (*base.add(at as usize) != JsValue::EMPTY.to_bits()).then_some((block, at))
    }
}

/// Writes the words of a frame: `words` are callee, this, new.target, code and return word.
///
/// # Safety
/// The stack must have granted the words of the frame, and `argc` arguments must lie at `args`.
#[inline(always)]
pub(super) unsafe fn write_frame(base: *mut u64, fp: u32, shape: CodeShape, words: [u64; 5], args: u32, argc: u32) {
    // SAFETY: the caller promises that these words belong to the frame.
    unsafe {
        let new = base.add(fp as usize);
        *new.sub(frame::CALLEE as usize) = words[0];
        *new.sub(frame::THIS as usize) = words[1];
        *new.sub(frame::NEW_TARGET as usize) = words[2];
        *new.sub(frame::ARGC as usize) = JsValue::raw(u64::from(argc)).to_bits();
        *new.sub(frame::ARGS as usize) = JsValue::raw(u64::from(args)).to_bits();
        *new.sub(frame::CODE as usize) = words[3];
        *new.sub(frame::RETURN as usize) = words[4];
        *new.sub(frame::PC as usize) = JsValue::raw(0).to_bits();
        let given = argc.min(shape.parameters) as usize;
        let from = base.add(args as usize);
        for i in 0..given {
            *new.add(i) = *from.add(i);
        }
        for i in given..shape.registers as usize {
            *new.add(i) = JsValue::UNDEFINED.to_bits();
        }
    }
}
