//! Generators that go on without a call of their `next`: `for of` and destructuring step them without leaving the loop, the library
//! without a result object.

use rotifer_jsvalue::{JsValue, Kind, field};

use super::fast::OBJECT_TAG;
use super::generator::{FLAVOR_MASK, Resume, State};
use super::layout::{CodeShape, ReturnInfo, code, frame, unpair};
use crate::bytecode::{CodeFlags, Opcode};
use crate::isolate::Isolate;

/// Goes on with a generator for the instruction at which the running frame `fp` is; see [`enter`].
#[inline(never)]
pub(super) fn enter_step(isolate: &mut Isolate, fp: u32, generator: u64) -> Option<u32> {
    enter(isolate, (fp, ReturnInfo::ITERATION), fp - frame::SIZE, generator, JsValue::UNDEFINED)
}

/// Copies the frame of a generator that waits at its start or at a `yield` back to the stack, below `top`, to be stepped for the running
/// frame `fp`: by the instruction at which that is, or as an entry of its own, as `flags` says. `value` is what the `yield` gives.
/// Gives the new frame; `None`: take the slow path.
#[inline]
pub(super) fn enter(
    isolate: &mut Isolate,
    (fp, flags): (u32, u8),
    top: u32,
    generator: u64,
    value: JsValue,
) -> Option<u32> {
    let base = isolate.heap.base().as_ptr();
    if generator >> 48 != OBJECT_TAG || isolate.many_realms {
        return None;
    }
    let g = generator as u32;
    // SAFETY: an object; a generator's fields by the layout table; a saved frame holds the words of a frame and its registers, its
    // code block the words of the layout.
    unsafe {
        if *base.add(g as usize) as u8 != Kind::Generator as u8 {
            return None;
        }
        let state = base.add((g + field::Generator::state) as usize);
        let now = JsValue::from_bits(*state).as_raw();
        let (start, waits) = (State::Start as u64, State::Yield as u64);
        let saved = JsValue::from_bits(*base.add((g + field::Generator::frame) as usize));
        if now != start && now != waits || !saved.is_cell() {
            return None;
        }
        let from = base.add(saved.index() as usize);
        let words = (*from >> 32) as u32 - 1;
        let low = top.checked_sub(words)?;
        if low < isolate.heap.stack_low() {
            return None;
        }
        let saved_word = |n: u32| from.add((1 + frame::SIZE - n) as usize);
        let mut pc = JsValue::from_bits(*saved_word(frame::PC)).as_raw();
        let (mut result, mut how) = (None, None);
        if now == waits {
            let block = base.add(JsValue::from_bits(*saved_word(frame::CODE)).index() as usize);
            let (start, _) = unpair(JsValue::from_bits(*block.add(code::CODE as usize)));
            let at = block.add(start as usize).cast::<u32>().add(pc as usize);
            result = Some((*at >> 8) as u8);
            if *at as u8 == Opcode::Yield as u8 {
                pc = pc.wrapping_add_signed(1 + i64::from(*at.add(1) as i32));
            } else if *at as u8 == Opcode::YieldDelegate as u8 {
                how = Some((*at >> 24) as u8);
                pc += 1;
            } else {
                return None;
            }
        }
        let to = base.add(low as usize);
        core::ptr::copy_nonoverlapping(from.add(1), to, words as usize);
        let argc = JsValue::from_bits(*saved_word(frame::ARGC)).as_raw() as u32;
        let new = to.add(frame::SIZE as usize);
        let ret = ReturnInfo { fp, dst: 0, flags: ReturnInfo::GENERATOR | flags };
        *new.sub(frame::NEW_TARGET as usize) = generator;
        *new.sub(frame::ARGS as usize) = JsValue::raw(u64::from(low + words - argc)).to_bits();
        *new.sub(frame::RETURN as usize) = ret.pack().to_bits();
        *new.sub(frame::PC as usize) = JsValue::raw(pc).to_bits();
        if let Some(result) = result {
            *new.add(result as usize) = value.to_bits();
        }
        if let Some(how) = how {
            *new.add(how as usize) = JsValue::int(Resume::Next.number()).to_bits();
        }
        *state = JsValue::raw(State::Executing as u64).to_bits();
        isolate.heap.set_sp(low);
        isolate.frame = low + frame::SIZE;
        Some(low + frame::SIZE)
    }
}

/// Copies the frame of a generator that is at a `yield` to where it was kept before. False: take the slow path.
#[inline(never)]
pub(super) fn suspend(isolate: &mut Isolate, fp: u32) -> bool {
    let base = isolate.heap.base().as_ptr();
    // SAFETY: the frame of a generator; see `enter`.
    unsafe {
        let regs = base.add(fp as usize);
        let g = *regs.sub(frame::NEW_TARGET as usize) as u32;
        let block = *regs.sub(frame::CODE as usize) as u32;
        let shape = CodeShape::unpack(JsValue::from_bits(*base.add((block + code::SHAPE) as usize)));
        let state = base.add((g + field::Generator::state) as usize);
        let saved = JsValue::from_bits(*base.add((g + field::Generator::frame) as usize));
        let words = frame::SIZE + shape.registers;
        let keeps_arguments = shape.flags & CodeFlags::KEEPS_ARGUMENTS != 0
            && JsValue::from_bits(*regs.sub(frame::ARGC as usize)).as_raw() != 0;
        if keeps_arguments
            || JsValue::from_bits(*state).as_raw() & FLAVOR_MASK != 0
            || !saved.is_cell()
            || isolate.heap.header(saved.index()).aux() != words + 1
        {
            return false;
        }
        let to = base.add(saved.index() as usize + 1);
        core::ptr::copy_nonoverlapping(regs.sub(frame::SIZE as usize), to, words as usize);
        *to.add((frame::SIZE - frame::NEW_TARGET) as usize) = JsValue::UNDEFINED.to_bits();
        *to.add((frame::SIZE - frame::ARGC) as usize) = JsValue::raw(0).to_bits();
        *state = JsValue::raw(State::Yield as u64).to_bits();
        isolate.heap.barrier_all(saved.index());
        true
    }
}
