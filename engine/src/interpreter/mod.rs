//! The interpreter: frames, calls, inline caches, and the loop.
//!
//! `run` is the hot loop and, with `elements`, the only code of the engine with `unsafe` in it. An instruction whose fast path
//! does not apply is executed by `slow` and its neighbours in safe code.

#[macro_use]
mod operators;

mod arguments;
mod calls;
mod classes;
mod compile;
#[allow(unsafe_code, reason = "typed array elements on the hot path; see there")]
mod elements;
#[allow(unsafe_code, reason = "frames of functions, pushed as the hot loop does")]
mod enter;
pub(crate) mod eval;
mod excerpt;
#[allow(unsafe_code, reason = "parts of the hot loop; see `run`")]
mod fast;
mod function;
pub(crate) mod generator;
mod ic;
mod install;
pub(crate) mod iterate;
pub(crate) mod layout;
mod literals;
pub(crate) mod modules;
mod names;
mod private;
mod quick;
#[allow(unsafe_code, reason = "frames of generators, moved as the hot loop does")]
mod resume;
#[allow(unsafe_code, reason = "the hot loop; see its head for why it is sound")]
mod run;
mod slow;
#[allow(unsafe_code, reason = "belongs to the hot loop")]
mod stubs;
mod tail;
#[cfg(test)]
mod tests;
mod unwind;
mod walk;

pub(crate) use generator::resume_awaiting;
pub(crate) use ic::TABLE_ONLY;
pub(crate) use stubs::SeenKeys;
pub(crate) use unwind::AWAITING;

use crate::bytecode::Opcode;

/// The opcode of an instruction word's low byte.
///
/// # Safety
/// The byte must be an opcode.
#[allow(unsafe_code, reason = "a table lookup would cost every instruction a load")]
#[inline(always)]
pub(crate) unsafe fn opcode(byte: u8) -> Opcode {
    debug_assert!((byte as usize) < Opcode::ALL.len());
    // SAFETY: `Opcode` is `repr(u8)` with consecutive values from 0, and the caller promises the byte is one of them.
    unsafe { core::mem::transmute::<u8, Opcode>(byte) }
}
