//! Frames on their way between stack and heap.

use rotifer_jsvalue::{HeapExt, JsValue, Kind, field};

use super::super::layout::{CodeShape, ReturnInfo, code, frame, unpair};
use super::super::slow::At;
use super::super::unwind::{Unwound, find_handler};
use super::{Flavor, Resume, State};
use crate::bytecode::{CodeFlags, Opcode};
use crate::cx::{Cx, Object, Value};
use crate::throw::JsResult;

/// What a resumed frame left with.
pub(super) enum Resumed<'s> {
    /// A value.
    Value(Value<'s>),
    /// An iterator result handed through by `yield*`.
    Result(Value<'s>),
}

impl<'s> Cx<'s> {
    /// Makes `g` the object of a frame.
    pub(super) fn adopt_frame(&mut self, fp: u32, g: Object<'s>) {
        let g = self.peek(g);
        let ret = ReturnInfo::unpack(self.heap().value(fp - frame::RETURN));
        let ret = ReturnInfo { flags: ret.flags | ReturnInfo::GENERATOR, ..ret };
        self.heap_mut().init(fp - frame::NEW_TARGET, g);
        self.heap_mut().init(fp - frame::RETURN, ret.pack());
    }

    /// Copies a frame into its object. The frame itself is left by the caller.
    pub(crate) fn suspend(&mut self, fp: u32, g: Object<'s>) -> JsResult<()> {
        let block = self.heap().value(fp - frame::CODE).index();
        let shape = CodeShape::unpack(self.heap().value(block + code::SHAPE));
        let keeps = shape.flags & CodeFlags::KEEPS_ARGUMENTS != 0;
        let argc = if keeps { self.heap().value(fp - frame::ARGC).as_raw() as u32 } else { 0 };
        let Some(words) = (frame::SIZE + shape.registers).checked_add(argc) else { return Err(self.oom()) };
        let kept = self.field_raw(g, field::Generator::frame);
        let to = if kept.is_cell() && self.heap().header(kept.index()).aux() == words + 1 {
            kept.index()
        } else {
            self.heap_mut().reserve(words + 1, &mut [])?;
            let to = self.heap_mut().new_values(Kind::Values, words, JsValue::UNDEFINED);
            self.set_field_raw(g, field::Generator::frame, JsValue::cell(to));
            to
        };
        let args = self.heap().value(fp - frame::ARGS).as_raw() as u32;
        let heap = self.heap_mut();
        heap.copy(fp - frame::SIZE, to + 1, frame::SIZE + shape.registers);
        if argc > 0 {
            heap.copy(args, to + 1 + frame::SIZE + shape.registers, argc);
        }
        // The object itself is reached through the frame only while it runs.
        heap.init(to + 1 + frame::SIZE - frame::NEW_TARGET, JsValue::UNDEFINED);
        heap.init(to + 1 + frame::SIZE - frame::ARGC, JsValue::raw(u64::from(argc)));
        heap.barrier_all(to);
        Ok(())
    }

    /// Copies a suspended frame back to the stack and makes it the running one; `None` when there is none.
    fn restore(&mut self, g: Object<'s>) -> JsResult<Option<u32>> {
        let kept = self.field_raw(g, field::Generator::frame);
        if !kept.is_cell() {
            return Ok(None);
        }
        let words = self.heap().header(kept.index()).aux() - 1;
        let sp = self.heap().sp();
        if sp < self.heap().stack_low() + words && self.heap_mut().grow_stack(words).is_err() {
            self.stack_exhausted(words)?;
        }
        let from = self.field_raw(g, field::Generator::frame).index();
        let argc = self.heap().value(from + 1 + frame::SIZE - frame::ARGC).as_raw() as u32;
        let caller = self.frame;
        let generator = self.peek(g);
        let low = self.heap().sp() - words;
        let fp = low + frame::SIZE;
        let heap = self.heap_mut();
        heap.set_sp(low);
        heap.copy(from + 1, low, words);
        heap.fill(from + 1, words, JsValue::UNDEFINED.to_bits());
        let args = low + words - argc;
        heap.init(fp - frame::NEW_TARGET, generator);
        heap.init(fp - frame::ARGS, JsValue::raw(u64::from(args)));
        let ret = ReturnInfo { fp: caller, dst: 0, flags: ReturnInfo::ENTRY | ReturnInfo::GENERATOR };
        heap.init(fp - frame::RETURN, ret.pack());
        self.frame = fp;
        Ok(Some(fp))
    }

    /// The instruction a frame is at.
    pub(in crate::interpreter) fn instruction_at(&self, fp: u32) -> At {
        let block = self.heap().value(fp - frame::CODE).index();
        let pc = self.heap().value(fp - frame::PC).as_raw() as u32;
        let (start, len) = unpair(self.heap().value(block + code::CODE));
        let words = self.heap().arena().halves(block + start, len);
        let get = |i: u32| words.get((pc + i) as usize).copied().unwrap_or(0);
        At { fp, w: get(0), w0: get(1), w1: get(2) }
    }

    /// Goes on with a suspended frame until it is suspended again or left.
    ///
    /// # Errors
    /// What escapes it.
    pub(super) fn resume(&mut self, g: Object<'s>, how: Resume, value: Value<'s>) -> JsResult<Resumed<'s>> {
        self.check_native_stack()?;
        self.tick(1)?;
        let raw = {
            let mut cx = self.nest();
            let Some(fp) = cx.restore(g)? else { return Ok(Resumed::Value(crate::cx::UNDEFINED)) };
            // At the start there is nobody to take the value.
            let begun = cx.generator_state(g) != State::Start;
            cx.set_generator_state(g, State::Executing);
            let realm = cx.realm_of_frame(fp);
            // No slot may be taken from here on: the frame is the end of the stack.
            cx.in_realm(realm, |cx| {
                if begun && !cx.deliver(fp, how, value) {
                    let thrown = cx.throw(value);
                    match find_handler(cx, fp) {
                        Unwound::At(_) => {}
                        Unwound::Left(v) => return Ok(v),
                        Unwound::Out => {
                            cx.frame = ReturnInfo::unpack(cx.heap().value(fp - frame::RETURN)).fp;
                            return Err(thrown);
                        }
                    }
                }
                super::super::run::run(cx)
            })?
        };
        let value = self.root(raw)?;
        Ok(self.resumed(g, value))
    }

    /// What it means that the frame of `g` was left with a value.
    pub(super) fn resumed(&self, g: Object<'s>, value: Value<'s>) -> Resumed<'s> {
        let yielded = self.generator_flavor(g) == Flavor::Generator && self.generator_state(g) == State::Yield;
        if yielded && self.is_delegating(g) { Resumed::Result(value) } else { Resumed::Value(value) }
    }

    /// Whether a generator waits in the middle of `yield*`.
    pub(in super::super) fn is_delegating(&self, g: Object<'s>) -> bool {
        let saved = self.field_raw(g, field::Generator::frame).index();
        let word = |n: u32| self.heap().value(saved + 1 + frame::SIZE - n);
        let block = word(frame::CODE).index();
        let pc = word(frame::PC).as_raw() as usize;
        let (start, len) = unpair(self.heap().value(block + code::CODE));
        let words = self.heap().arena().halves(block + start, len);
        words.get(pc).is_some_and(|w| *w as u8 == Opcode::YieldDelegate as u8)
    }
}
