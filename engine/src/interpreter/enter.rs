//! Entering JavaScript functions: from native code, and for getters and setters.

use rotifer_jsvalue::{JsValue, Kind, field};

use super::calls::in_other_realm;
use super::fast::{
    CALLABLE_HEAP, IC_ACCESSOR, IC_EXTENSION, IC_HOLDER, IC_OFFSET, OBJECT_TAG, arrow_this, extension, receiver_class,
    write_frame,
};
use super::layout::{CodeShape, ReturnInfo, code, frame, info};
use super::run::run;
use crate::bytecode::CodeFlags;
use crate::cx::Cx;
use crate::isolate::Isolate;
use crate::throw::JsResult;

impl Cx<'_> {
    /// Runs a JavaScript function whose arguments lie on the stack, at or above its pointer. `None` when the function is none that a frame
    /// can be pushed for at once.
    #[inline]
    pub(crate) fn run_quickly(&mut self, f: JsValue, this: JsValue, args: u32, argc: u32) -> Option<JsResult<JsValue>> {
        let isolate: &mut Isolate = self;
        let base = isolate.heap.base().as_ptr();
        let callee = f.to_bits();
        let at = callee as u32;
        // SAFETY: a callable of the heap has a header, a function the fields of the layout table, compiled code a shape word.
        let (block, shape) = unsafe {
            if callee >> 32 != CALLABLE_HEAP || *base.add(at as usize) as u8 != Kind::Function as u8 {
                return None;
            }
            let desc = *base.add((at + field::Function::info) as usize) as u32;
            let block = *base.add((desc + info::CODE) as usize);
            if !JsValue::from_bits(block).is_cell() {
                return None;
            }
            (block, CodeShape::unpack(JsValue::from_bits(*base.add((block as u32 + code::SHAPE) as usize))))
        };
        let sp = isolate.heap.sp();
        if shape.flags & CodeFlags::CLASS_CONSTRUCTOR != 0
            || sp < isolate.heap.stack_low() + shape.registers + frame::SIZE
            || isolate.many_realms && in_other_realm(isolate, at)
        {
            return None;
        }
        let this = if shape.flags & CodeFlags::ARROW == 0 { this.to_bits() } else { arrow_this(base, at) };
        let fp = sp - shape.registers;
        let ret = ReturnInfo { fp: isolate.frame, dst: 0, flags: ReturnInfo::ENTRY };
        let words = [callee, this, JsValue::UNDEFINED.to_bits(), block, ret.pack().to_bits()];
        // SAFETY: the stack has the words of the frame, as was just looked at; the arguments are the caller's promise.
        unsafe { write_frame(base, fp, shape, words, args, argc) };
        isolate.heap.set_sp(fp - frame::SIZE);
        isolate.frame = fp;
        let result = run(isolate);
        isolate.heap.set_sp(sp);
        Some(result)
    }
}

/// Whether an inline cache is for an accessor.
#[inline(always)]
fn is_accessor(caches: *mut u64, number: u32) -> bool {
    // SAFETY: the verifier checked the cache's number.
    number != 0xFFFF
        && unsafe { (*caches.add(number as usize * code::CACHE_WORDS as usize) >> 32) as u16 } & IC_ACCESSOR != 0
}

/// The accessor block to which an inline cache leads.
#[inline]
fn quick_accessor(base: *mut u64, caches: *mut u64, number: u32, v: u64, epoch: u32) -> Option<u32> {
    if !is_accessor(caches, number) {
        return None;
    }
    // SAFETY: the verifier checked the cache's number; what a matching cache says of the object holds.
    unsafe {
        let cache = caches.add(number as usize * code::CACHE_WORDS as usize);
        let place = (*cache >> 32) as u16;
        let shape = if v >> 48 == OBJECT_TAG { (*base.add(v as u32 as usize) >> 32) as u32 } else { receiver_class(v) };
        if shape != *cache as u32 {
            return None;
        }
        let mut holder = v;
        if place & IC_HOLDER != 0 {
            holder = *cache.add(1);
            if *cache.add(2) as u32 != epoch || holder >> 48 != OBJECT_TAG {
                return None;
            }
        }
        let block = if place & IC_EXTENSION == 0 { holder as u32 } else { extension(base, holder as u32) };
        let accessor = JsValue::from_bits(*base.add((block + u32::from(place & IC_OFFSET)) as usize));
        let known = accessor.is_cell() && *base.add(accessor.index() as usize) as u8 == Kind::Accessor as u8;
        known.then(|| accessor.index())
    }
}

/// The getter to which an inline cache leads.
#[inline(always)]
pub(super) fn quick_getter(base: *mut u64, caches: *mut u64, number: u32, v: u64, epoch: u32) -> Option<u64> {
    if is_accessor(caches, number) { getter_of(base, caches, number, v, epoch) } else { None }
}

#[inline(never)]
fn getter_of(base: *mut u64, caches: *mut u64, number: u32, v: u64, epoch: u32) -> Option<u64> {
    let accessor = quick_accessor(base, caches, number, v, epoch)?;
    // SAFETY: an accessor block.
    Some(unsafe { *base.add((accessor + field::Accessor::getter) as usize) })
}

/// The setter to which an inline cache leads.
#[inline(always)]
pub(super) fn quick_setter(base: *mut u64, caches: *mut u64, number: u32, v: u64, epoch: u32) -> Option<u64> {
    if is_accessor(caches, number) { setter_of(base, caches, number, v, epoch) } else { None }
}

#[inline(never)]
fn setter_of(base: *mut u64, caches: *mut u64, number: u32, v: u64, epoch: u32) -> Option<u64> {
    let accessor = quick_accessor(base, caches, number, v, epoch)?;
    // SAFETY: an accessor block.
    Some(unsafe { *base.add((accessor + field::Accessor::setter) as usize) })
}

/// Makes room on the stack for `need` words below the running frame: gives that frame, which may have moved.
#[cold]
#[inline(never)]
pub(super) fn make_room(isolate: &mut Isolate, fp: u32, entry: u32, need: u32) -> JsResult<u32> {
    isolate.frame = fp;
    let left = isolate.heap.stack_left();
    let grown = isolate.heap.grow_stack(need).is_ok();
    if grown && !super::tail::is_pressing(isolate, left) {
        return Ok(fp);
    }
    let dropped = Cx::enter(isolate).drop_tail_callers(entry);
    let fp = isolate.frame;
    isolate.heap.set_sp(fp - frame::SIZE);
    if dropped {
        isolate.heap.release_stack();
    } else if !grown {
        Cx::enter(isolate).stack_exhausted(need)?;
    }
    Ok(fp)
}
