//! Generators and async functions (ECMA-262 §27): frames that stop and go on.
//!
//! A frame that can be suspended belongs to an object of [`Kind::Generator`] (for an async function one that scripts never see),
//! which stands in its `NEW_TARGET` word. Suspended, its words and what its code may still want of its arguments lie in a block of
//! the object; going on, they are copied back to the top of the stack.

mod asynchronous;
mod queue;
mod suspend;

use rotifer_jsvalue::{HeapExt, JsValue, Kind, field};

use super::layout::{ReturnInfo, frame};
use super::slow::{At, Flow};
use crate::builtins::Intrinsic;
use crate::bytecode::{CodeFlags, Opcode};
use crate::cx::{Cx, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(crate) use asynchronous::resume_awaiting;
pub(crate) use queue::async_generator_enqueue;
use suspend::Resumed;

/// Where a generator stands (ECMA-262 §27.5.2, §27.6.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Before its first instruction.
    Start,
    /// At a `yield`.
    Yield,
    /// Running, or waiting in the middle of something.
    Executing,
    /// An async generator that has left its code and still answers requests.
    Draining,
    /// Done.
    Completed,
}

/// What a suspended frame is resumed with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Resume {
    /// `next(v)`, or an awaited value.
    Next,
    /// `throw(e)`, or an awaited promise was rejected.
    Throw,
    /// `return(v)`.
    Return,
}

impl Resume {
    pub(super) fn number(self) -> i32 {
        match self {
            Resume::Next => 0,
            Resume::Throw => 1,
            Resume::Return => 2,
        }
    }

    fn from_number(n: i32) -> Self {
        match n {
            0 => Resume::Next,
            1 => Resume::Throw,
            _ => Resume::Return,
        }
    }
}

/// What a generator object is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flavor {
    /// A generator.
    Generator,
    /// The frame of an async function or module; its promise is in the `queue` field.
    Async,
    /// An async generator; its requests are in the `queue` field.
    AsyncGenerator,
}

const FLAVOR_SHIFT: u32 = 4;
/// Bits of the state word that say what a generator object is for: none for a generator.
pub(super) const FLAVOR_MASK: u64 = 3 << FLAVOR_SHIFT;

impl<'s> Cx<'s> {
    /// Where a generator stands.
    pub(crate) fn generator_state(&self, g: Object<'s>) -> State {
        match self.field_raw(g, field::Generator::state).as_raw() & 7 {
            0 => State::Start,
            1 => State::Yield,
            2 => State::Executing,
            3 => State::Draining,
            _ => State::Completed,
        }
    }

    pub(super) fn set_generator_state(&mut self, g: Object<'s>, state: State) {
        let flavor = self.field_raw(g, field::Generator::state).as_raw() & !7;
        self.set_field_raw(g, field::Generator::state, JsValue::raw(flavor | state as u64));
        if state == State::Completed {
            self.set_field_raw(g, field::Generator::frame, JsValue::UNDEFINED);
        }
    }

    /// What a generator object is for.
    pub(crate) fn generator_flavor(&self, g: Object<'s>) -> Flavor {
        match self.field_raw(g, field::Generator::state).as_raw() >> FLAVOR_SHIFT & 3 {
            0 => Flavor::Generator,
            1 => Flavor::Async,
            _ => Flavor::AsyncGenerator,
        }
    }

    fn new_generator<T>(
        &mut self,
        proto: rotifer_gc::Rooted<'s, T>,
        flavor: Flavor,
        state: State,
    ) -> JsResult<Object<'s>> {
        let g = self.new_object_of(Kind::Generator, proto, 0)?;
        let bits = (flavor as u64) << FLAVOR_SHIFT | state as u64;
        self.set_field_raw(g, field::Generator::state, JsValue::raw(bits));
        Ok(g)
    }

    /// The generator object of a frame that has one.
    pub(super) fn generator_of_frame(&mut self, fp: u32) -> JsResult<Object<'s>> {
        let g = self.heap().value(fp - frame::NEW_TARGET);
        self.root_object(g)
    }

    /// The number of the realm that the code of a frame belongs to.
    fn realm_of_frame(&self, fp: u32) -> u16 {
        let block = self.heap().value(fp - frame::CODE).index();
        let script = self.heap().value(block + super::layout::code::SCRIPT).index();
        self.heap().value(script + super::layout::script::REALM).as_int().unwrap_or(0) as u16
    }
}

pub(super) fn execute<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Option<Flow>> {
    use Opcode as O;
    match op {
        O::CreateGenerator => cx.create_generator(at.fp).map(Some),
        O::StartAsync => {
            let promise = cx.new_promise()?;
            let g = cx.new_generator(NULL, Flavor::Async, State::Executing)?;
            cx.set_field(g, field::Generator::queue, promise);
            cx.adopt_frame(at.fp, g);
            Ok(Some(Flow::Next(1)))
        }
        O::Yield | O::YieldDelegate => cx.yield_value(at, op).map(Some),
        O::Await => {
            let g = cx.generator_of_frame(at.fp)?;
            cx.await_value(g, at.rb())?;
            cx.suspend(at.fp, g)?;
            let result = match cx.generator_flavor(g) {
                Flavor::Async => cx.field_raw(g, field::Generator::queue),
                _ => JsValue::UNDEFINED,
            };
            Ok(Some(Flow::Leave(result)))
        }
        _ => Ok(None),
    }
}

impl<'s> Cx<'s> {
    /// ECMA-262 §27.5.3.1 GeneratorStart, §27.6.3.1 AsyncGeneratorStart: the frame waits in a new object.
    fn create_generator(&mut self, fp: u32) -> JsResult<Flow> {
        let block = self.heap().value(fp - frame::CODE).index();
        let is_async = super::layout::CodeShape::unpack(self.heap().value(block + super::layout::code::SHAPE)).flags
            & CodeFlags::ASYNC
            != 0;
        let (flavor, default) = if is_async {
            (Flavor::AsyncGenerator, Intrinsic::AsyncGeneratorPrototype)
        } else {
            (Flavor::Generator, Intrinsic::GeneratorPrototype)
        };
        let callee: Object<'s> = super::slow::register(fp - frame::CALLEE).cast();
        let proto = self.get(callee, n!("prototype"))?;
        let proto = match self.as_object(proto) {
            Some(proto) => proto,
            None => {
                let realm = self.realm_of_frame(fp);
                let proto = self.in_realm(realm, |cx| cx.intrinsic_raw(default))?;
                self.root_object(proto)?
            }
        };
        let g = self.new_generator(proto, flavor, State::Start)?;
        self.adopt_frame(fp, g);
        // It goes on behind this instruction.
        let pc = self.heap().value(fp - frame::PC).as_raw();
        self.heap_mut().init(fp - frame::PC, JsValue::raw(pc + 1));
        self.suspend(fp, g)?;
        Ok(Flow::Leave(self.peek(g)))
    }

    fn yield_value(&mut self, at: At, op: Opcode) -> JsResult<Flow> {
        let g = self.generator_of_frame(at.fp)?;
        if self.generator_flavor(g) == Flavor::AsyncGenerator {
            return self.async_yield(at, op, g);
        }
        self.suspend(at.fp, g)?;
        self.set_generator_state(g, State::Yield);
        Ok(Flow::Leave(self.peek(at.rb())))
    }

    /// Keeps the frame of a module whose functions are made, to go on behind its `ModuleStart`.
    pub(super) fn suspend_module(&mut self, fp: u32) -> JsResult<Object<'s>> {
        let g = self.new_generator(NULL, Flavor::Generator, State::Start)?;
        self.adopt_frame(fp, g);
        let pc = self.heap().value(fp - frame::PC).as_raw();
        self.heap_mut().init(fp - frame::PC, JsValue::raw(pc + 1));
        self.suspend(fp, g)?;
        Ok(g)
    }

    /// Goes on with the frame of a module: gives its promise when it has a top-level `await`.
    pub(super) fn resume_module(&mut self, g: Object<'s>) -> JsResult<Value<'s>> {
        match self.resume(g, Resume::Next, UNDEFINED)? {
            Resumed::Value(v) | Resumed::Result(v) => Ok(v),
        }
    }

    /// ECMA-262 §27.5.3.3 GeneratorResume, §27.5.3.4 GeneratorResumeAbrupt: gives the iterator result.
    pub(crate) fn generator_resume(
        &mut self,
        this: Value<'s>,
        how: Resume,
        value: Value<'s>,
        method: &str,
    ) -> JsResult<Value<'s>> {
        if !self.is_kind(this, Kind::Generator) || self.generator_flavor(this.cast()) != Flavor::Generator {
            return Err(self.throw_incompatible(method, this));
        }
        let g: Object<'s> = this.cast();
        let mut state = self.generator_state(g);
        if state == State::Start && how != Resume::Next {
            self.set_generator_state(g, State::Completed);
            state = State::Completed;
        }
        match (state, how) {
            (State::Executing | State::Draining, _) => {
                return Err(self.throw_type_error("the generator is already running"));
            }
            (State::Completed, Resume::Next) => return Ok(self.create_iter_result(UNDEFINED, true)?.cast()),
            (State::Completed, Resume::Return) => return Ok(self.create_iter_result(value, true)?.cast()),
            (State::Completed, Resume::Throw) => return Err(self.throw(value)),
            _ => {}
        }
        let resumed = match how {
            Resume::Next => self.go_on(g, value)?,
            _ => self.resume(g, how, value)?,
        };
        let (v, done) = match resumed {
            Resumed::Result(v) => return Ok(v),
            Resumed::Value(v) => (v, self.generator_state(g) == State::Completed),
        };
        Ok(self.create_iter_result(v, done)?.cast())
    }
}

impl<'s> Cx<'s> {
    /// What `next()` of a generator gives, without the result object; `None` when it is done.
    ///
    /// # Errors
    /// What escapes it; a TypeError when it is running.
    pub(crate) fn generator_step(&mut self, g: Object<'s>) -> JsResult<Option<Value<'s>>> {
        match self.generator_state(g) {
            State::Executing | State::Draining => return Err(self.throw_type_error("the generator is already running")),
            State::Completed => return Ok(None),
            State::Start | State::Yield => {}
        }
        match self.go_on(g, UNDEFINED)? {
            Resumed::Result(result) => {
                let result = result.cast();
                if self.iterator_complete(result)? { Ok(None) } else { self.iterator_value(result).map(Some) }
            }
            Resumed::Value(_) if self.generator_state(g) == State::Completed => Ok(None),
            Resumed::Value(v) => Ok(Some(v)),
        }
    }

    /// Goes on with a generator that waits at its start or at a `yield`, which gives `value`.
    fn go_on(&mut self, g: Object<'s>, value: Value<'s>) -> JsResult<Resumed<'s>> {
        self.check_native_stack()?;
        self.tick(1)?;
        let (from, sp) = ((self.frame, ReturnInfo::ENTRY), self.heap().sp());
        let (generator, given) = (self.peek(g).to_bits(), self.peek(value));
        if super::resume::enter(self, from, sp, generator, given).is_none() {
            return self.resume(g, Resume::Next, value);
        }
        let result = super::run::run(self);
        self.heap_mut().set_sp(sp);
        let value = self.root(result?)?;
        Ok(self.resumed(g, value))
    }
}

/// A frame with a generator object is left by an exception. Gives the value to leave it with, when that was taken care of: an async
/// function's promise.
pub(super) fn abandon(cx: &mut Cx<'_>, fp: u32) -> JsResult<Option<JsValue>> {
    let mut cx = cx.nest();
    let g = cx.generator_of_frame(fp)?;
    if cx.generator_state(g) != State::Executing {
        return Ok(None);
    }
    let flavor = cx.generator_flavor(g);
    if flavor == Flavor::Generator || !cx.is_catchable() {
        cx.set_generator_state(g, State::Completed);
        return Ok(None);
    }
    let reason = cx.take_exception();
    cx.settle_async(g, flavor, reason, true).map(Some)
}

/// A frame with a generator object is left by a return. Gives the value to leave it with.
pub(super) fn finish(cx: &mut Cx<'_>, fp: u32, value: JsValue) -> JsResult<JsValue> {
    let mut cx = cx.nest();
    let value = cx.root(value)?;
    let g = cx.generator_of_frame(fp)?;
    let flavor = cx.generator_flavor(g);
    if flavor == Flavor::Generator {
        cx.set_generator_state(g, State::Completed);
        return Ok(cx.peek(value));
    }
    cx.settle_async(g, flavor, value, false)
}

impl<'s> Cx<'s> {
    /// An async function or generator is done.
    fn settle_async(&mut self, g: Object<'s>, flavor: Flavor, value: Value<'s>, rejected: bool) -> JsResult<JsValue> {
        if flavor == Flavor::AsyncGenerator {
            self.set_generator_state(g, State::Draining);
            self.set_field_raw(g, field::Generator::frame, JsValue::UNDEFINED);
            self.complete_step(g, if rejected { Resume::Throw } else { Resume::Next }, value, true)?;
            self.drain_queue(g)?;
            return Ok(JsValue::UNDEFINED);
        }
        self.set_generator_state(g, State::Completed);
        let promise: Object<'s> = self.field(g, field::Generator::queue)?.cast();
        if rejected {
            self.reject_promise(promise, value)?;
        } else {
            self.resolve_promise(promise, value)?;
        }
        Ok(self.peek(promise))
    }

    /// Sets the words by which a resumed frame knows what happened; `false` when an exception has to be thrown there.
    fn deliver(&mut self, fp: u32, how: Resume, value: Value<'s>) -> bool {
        let at = self.instruction_at(fp);
        let pc = self.heap().value(fp - frame::PC).as_raw();
        let v = self.peek(value);
        let op = Opcode::ALL.get((at.w & 0xFF) as usize).copied();
        let go = |cx: &mut Self, by: i64| {
            cx.heap_mut().init(fp - frame::PC, JsValue::raw(pc.wrapping_add_signed(by)));
        };
        match (op, how) {
            (Some(Opcode::YieldDelegate), _) => {
                self.heap_mut().init(fp + at.a(), v);
                self.heap_mut().init(fp + at.c(), JsValue::int(how.number()));
                go(self, 1);
            }
            (Some(Opcode::Yield | Opcode::Await), Resume::Throw) => return false,
            (Some(Opcode::Yield), Resume::Return) => {
                self.heap_mut().init(fp + at.a(), v);
                go(self, 2);
            }
            (Some(Opcode::Yield), Resume::Next) => {
                self.heap_mut().init(fp + at.a(), v);
                go(self, 1 + i64::from(at.w0 as i32));
            }
            (Some(Opcode::Await), _) => {
                self.heap_mut().init(fp + at.a(), v);
                go(self, 1);
            }
            _ => {}
        }
        true
    }

    /// ECMA-262 §27.6.3.8 AsyncGeneratorYield
    fn async_yield(&mut self, at: At, op: Opcode, g: Object<'s>) -> JsResult<Flow> {
        self.complete_step(g, Resume::Next, at.rb(), false)?;
        let Some((how, value)) = self.first_request(g)? else {
            self.suspend(at.fp, g)?;
            self.set_generator_state(g, State::Yield);
            return Ok(Flow::Leave(JsValue::UNDEFINED));
        };
        // Somebody waits for the next value already.
        if op == Opcode::YieldDelegate {
            self.set_reg(at, at.a(), value);
            self.set_reg(at, at.c(), imm(how.number()));
            return Ok(Flow::Next(1));
        }
        match how {
            Resume::Throw => Err(self.throw(value)),
            Resume::Return => {
                self.set_reg(at, at.a(), value);
                Ok(Flow::Next(2))
            }
            Resume::Next => {
                self.set_reg(at, at.a(), value);
                Ok(Flow::Jump(at.w0 as i32))
            }
        }
    }
}
