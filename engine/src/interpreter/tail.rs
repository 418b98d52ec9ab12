//! Proper tail calls (ECMA-262 §15.10): done when the stack is full.
//!
//! A call in tail position pushes a frame like any other. When there is little room for more, the frames that only wait to return
//! what they called returns are taken out, and the others move together. So what never calls itself that deep does not
//! pay for it, and a loop written as tail calls needs no more stack than there is.

use rotifer_jsvalue::{HeapExt, JsValue};

use super::fast::call_words;
use super::layout::{CodeShape, ReturnInfo, code, frame, unpair};
use crate::bytecode::{CodeFlags, Opcode};
use crate::cx::Cx;
use crate::isolate::Isolate;

/// How many jumps and moves may stand between a call and the return of its result.
const HOPS: usize = 16;
/// Less than this part of the stack is not worth having: the next call would only look again.
const WORTHWHILE: u32 = 16;

/// Whether the stack, which could grow by `left` words before it grew, is so full now that tail callers should go: before it is
/// quite full, because calls from native code need room, too, and cannot make it.
pub(super) fn is_pressing(isolate: &Isolate, left: u32) -> bool {
    let (all, now) = (isolate.heap.stack_words(), isolate.heap.stack_left());
    [4, 8, 16].iter().any(|part| (now..left).contains(&(all / part)))
}

impl Cx<'_> {
    /// Takes out the frames between the running one and `entry` whose call is a tail call. Says whether that made room.
    ///
    /// Nothing may be on the stack below the running frame. The stack pointer is the caller's to set: below that frame.
    pub(super) fn drop_tail_callers(&mut self, entry: u32) -> bool {
        let newest = self.frame;
        if newest == entry || newest == 0 {
            return false;
        }
        // From the newest frame to the oldest below `entry`; links are turned round on the way.
        let (mut at, mut newer) = (newest, 0);
        while at != entry && at != 0 {
            at = core::mem::replace(&mut newer, at);
            let older = self.return_info(newer).fp;
            self.link(newer, at);
            at = older;
        }
        let before = self.heap().sp();
        // From the oldest to the newest: those that stay move up.
        let mut older = entry;
        let (mut older_shift, mut older_registers) = (0, self.frame_shape(entry).registers);
        let mut bottom = entry - frame::SIZE;
        let mut end = bottom;
        let mut last = entry;
        let mut taken: Option<ReturnInfo> = None;
        let mut at = newer;
        while at != 0 {
            let next = self.return_info(at).fp;
            let start = at - frame::SIZE;
            let shape = self.frame_shape(at);
            if next != 0 && self.is_tail_caller(at) {
                let ret = self.return_info(at);
                taken.get_or_insert(ret);
            } else {
                let mut ret = self.return_info(at);
                let argc = self.heap().value(at - frame::ARGC).as_raw() as u32;
                let mut args = self.heap().value(at - frame::ARGS).as_raw() as u32;
                let own = args >= at && args < end;
                let in_older = args >= end && args < older + older_registers;
                if let Some(first) = taken.take() {
                    ret.dst = first.dst;
                    if in_older {
                        if argc > 0 && shape.flags & CodeFlags::KEEPS_ARGUMENTS != 0 {
                            self.heap_mut().copy(args, bottom - argc, argc);
                            bottom -= argc;
                            args = bottom;
                        } else {
                            args = bottom;
                            self.heap_mut().init(at - frame::ARGC, JsValue::raw(0));
                        }
                    }
                } else if in_older {
                    args += older_shift;
                }
                let words = end - start;
                let shift = bottom - end;
                if own {
                    args += shift;
                }
                self.heap_mut().init(at - frame::ARGS, JsValue::raw(u64::from(args)));
                self.heap_mut().copy(start, start + shift, words);
                let moved = at + shift;
                ret.fp = last;
                self.heap_mut().init(moved - frame::RETURN, ret.pack());
                last = moved;
                older_shift = shift;
                bottom = start + shift;
            }
            (older, older_registers) = (at, shape.registers);
            end = start;
            at = next;
        }
        self.frame = last;
        let freed = bottom - before;
        freed > 0 && freed >= (entry - bottom) / WORTHWHILE
    }

    fn return_info(&self, fp: u32) -> ReturnInfo {
        ReturnInfo::unpack(self.heap().value(fp - frame::RETURN))
    }

    fn link(&mut self, fp: u32, to: u32) {
        let ret = ReturnInfo { fp: to, ..self.return_info(fp) };
        self.heap_mut().init(fp - frame::RETURN, ret.pack());
    }

    fn frame_shape(&self, fp: u32) -> CodeShape {
        let block = self.heap().value(fp - frame::CODE).index();
        CodeShape::unpack(self.heap().value(block + code::SHAPE))
    }

    /// Whether a frame that waits for a call does nothing with the result but return it.
    fn is_tail_caller(&self, fp: u32) -> bool {
        if self.return_info(fp).flags != 0 || self.frame_shape(fp).flags & CodeFlags::STRICT == 0 {
            return false;
        }
        let heap = self.heap();
        let block = heap.value(fp - frame::CODE).index();
        let (at, len) = unpair(heap.value(block + code::CODE));
        let words = heap.arena().halves(block + at, len);
        let mut pc = heap.value(fp - frame::PC).as_raw() as usize;
        let Some(&call) = words.get(pc) else { return false };
        let is = |word: u32, op: Opcode| word as u8 == op as u8;
        if !is(call, Opcode::Call) && !is(call, Opcode::CallMethod) || super::unwind::is_handled(self, fp) {
            return false;
        }
        let mut result = call >> 8 & 0xFF;
        pc += call_words(call as u8);
        for _ in 0..HOPS {
            let Some(&word) = words.get(pc) else { return false };
            if is(word, Opcode::Return) {
                return word >> 8 & 0xFF == result;
            } else if is(word, Opcode::Jump) {
                let Some(target) = pc.checked_add_signed((word as i32 >> 8) as isize) else { return false };
                pc = target + 1;
            } else if is(word, Opcode::Move) && word >> 16 & 0xFF == result {
                result = word >> 8 & 0xFF;
                pc += 1;
            } else {
                return false;
            }
        }
        false
    }
}
