//! The requests of async generators (ECMA-262 §27.6.3).
//!
//! A request is a block of four values: how, with what, the promise to settle, the next request. The `queue` field of the generator
//! is a block of first and last.

use rotifer_jsvalue::{Kind, field};

use super::{Flavor, Resume, State};
use crate::cx::{Cx, Object, UNDEFINED, Value, imm};
use crate::throw::JsResult;

const HOW: u32 = 0;
const VALUE: u32 = 1;
const PROMISE: u32 = 2;
const NEXT: u32 = 3;

const FIRST: u32 = 0;
const LAST: u32 = 1;

/// ECMA-262 §27.6.1.2 to §27.6.1.4: `next`, `return` and `throw` of async generators. Gives the promise.
pub(crate) fn async_generator_enqueue<'s>(
    cx: &mut Cx<'s>,
    this: Value<'s>,
    how: Resume,
    value: Value<'s>,
    method: &str,
) -> JsResult<Value<'s>> {
    let capability = cx.internal_capability()?;
    if !cx.is_kind(this, Kind::Generator) || cx.generator_flavor(this.cast()) != Flavor::AsyncGenerator {
        let thrown = cx.throw_incompatible(method, this);
        return cx.reject_with_exception(&capability, thrown);
    }
    let g: Object<'s> = this.cast();
    let promise: Object<'s> = capability.promise.cast();
    let mut state = cx.generator_state(g);
    if how == Resume::Throw && state == State::Start {
        cx.set_generator_state(g, State::Completed);
        state = State::Completed;
    }
    match (state, how) {
        (State::Completed, Resume::Next) => {
            let result = cx.create_iter_result(UNDEFINED, true)?;
            cx.resolve_promise(promise, result.cast())?;
        }
        (State::Completed, Resume::Throw) => cx.reject_promise(promise, value)?,
        (State::Start | State::Completed, Resume::Return) => {
            cx.enqueue_request(g, how, value, promise)?;
            cx.set_generator_state(g, State::Draining);
            cx.await_return(g)?;
        }
        (State::Start | State::Yield, _) => {
            cx.enqueue_request(g, how, value, promise)?;
            cx.resume(g, how, value)?;
        }
        _ => cx.enqueue_request(g, how, value, promise)?,
    }
    Ok(promise.cast())
}

impl<'s> Cx<'s> {
    /// ECMA-262 §27.6.3.4 AsyncGeneratorEnqueue
    fn enqueue_request(&mut self, g: Object<'s>, how: Resume, value: Value<'s>, promise: Object<'s>) -> JsResult<()> {
        let request = self.new_record(&[imm(how.number()), value, promise.cast(), UNDEFINED])?;
        let queue = self.field(g, field::Generator::queue)?;
        if !self.peek(queue).is_cell() {
            let queue = self.new_record(&[request, request])?;
            self.set_field(g, field::Generator::queue, queue);
            return Ok(());
        }
        let last = self.record_get(queue, LAST)?;
        self.record_set(last, NEXT, request);
        self.record_set(queue, LAST, request);
        Ok(())
    }

    /// The oldest request.
    pub(super) fn first_request(&mut self, g: Object<'s>) -> JsResult<Option<(Resume, Value<'s>)>> {
        let queue = self.field(g, field::Generator::queue)?;
        if !self.peek(queue).is_cell() {
            return Ok(None);
        }
        let request = self.record_get(queue, FIRST)?;
        let how = Resume::from_number(self.record_raw(request, HOW).as_int().unwrap_or(0));
        Ok(Some((how, self.record_get(request, VALUE)?)))
    }

    /// Takes the oldest request off the queue; gives its promise.
    fn take_request(&mut self, g: Object<'s>) -> JsResult<Option<Object<'s>>> {
        let queue = self.field(g, field::Generator::queue)?;
        if !self.peek(queue).is_cell() {
            return Ok(None);
        }
        let request = self.record_get(queue, FIRST)?;
        let promise = self.record_get(request, PROMISE)?;
        let next = self.record_get(request, NEXT)?;
        if self.is_undefined(next) {
            self.set_field(g, field::Generator::queue, UNDEFINED);
        } else {
            self.record_set(queue, FIRST, next);
        }
        Ok(Some(promise.cast()))
    }

    /// ECMA-262 §27.6.3.5 AsyncGeneratorCompleteStep
    pub(super) fn complete_step(&mut self, g: Object<'s>, how: Resume, value: Value<'s>, done: bool) -> JsResult<()> {
        let Some(promise) = self.take_request(g)? else { return Ok(()) };
        if how == Resume::Throw {
            return self.reject_promise(promise, value);
        }
        let result = self.create_iter_result(value, done)?;
        self.resolve_promise(promise, result.cast())
    }

    /// ECMA-262 §27.6.3.10 AsyncGeneratorDrainQueue
    pub(super) fn drain_queue(&mut self, g: Object<'s>) -> JsResult<()> {
        loop {
            let mut cx = self.nest();
            cx.tick(1)?;
            let Some((how, value)) = cx.first_request(g)? else { break };
            if how == Resume::Return {
                return cx.await_return(g);
            }
            let value = if how == Resume::Next { UNDEFINED } else { value };
            cx.complete_step(g, how, value, true)?;
        }
        self.set_generator_state(g, State::Completed);
        Ok(())
    }

    /// ECMA-262 §27.6.3.9 AsyncGeneratorAwaitReturn, for the oldest request.
    fn await_return(&mut self, g: Object<'s>) -> JsResult<()> {
        let Some((_, value)) = self.first_request(g)? else { return Ok(()) };
        match self.await_value(g, value) {
            Ok(()) => Ok(()),
            Err(throw) if !self.is_catchable() => Err(throw),
            Err(_) => {
                let reason = self.take_exception();
                self.return_was_awaited(g, Resume::Throw, reason)
            }
        }
    }

    /// The value of the oldest request, a `return`, has settled.
    pub(super) fn return_was_awaited(&mut self, g: Object<'s>, how: Resume, value: Value<'s>) -> JsResult<()> {
        self.complete_step(g, how, value, true)?;
        self.drain_queue(g)
    }
}
