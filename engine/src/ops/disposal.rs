//! Disposing of resources (ECMA-262 §27.4.1, explicit resource management).
//!
//! A disposal stack is an array that only the engine sees: its state (an integer), then value, method and hint of each resource.

use rotifer_jsvalue::{JsValue, WellKnown, elements};

use crate::builtins::error::new_suppressed_error;
use crate::builtins::internal::Closure;
use crate::cx::{Cx, Object, UNDEFINED, Value, imm};
use crate::throw::{JsResult, Throw};

/// An `await using` of nothing has not been waited for yet.
const NEEDS_AWAIT: i32 = 1;
/// Something has been waited for.
const HAS_AWAITED: i32 = 2;

/// What became of a step of disposal.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Disposed<'s> {
    /// Nothing is left.
    Done,
    /// One resource is disposed of.
    Next,
    /// This has to be awaited before the next step; when it fails, that is the resource's failure.
    Await(Value<'s>),
}

impl<'s> Cx<'s> {
    /// An empty disposal stack (ECMA-262 §27.4.1.1 NewDisposeCapability).
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub(crate) fn new_dispose_capability(&mut self) -> JsResult<Object<'s>> {
        self.array_from(&[imm(0)])
    }

    /// ECMA-262 §27.4.1.3 AddDisposableResource, without a method given.
    ///
    /// # Errors
    /// A TypeError when the value has no dispose method.
    pub(crate) fn add_disposable_value(&mut self, stack: Object<'s>, value: Value<'s>, is_async: bool) -> JsResult<()> {
        if self.is_nullish(value) {
            if is_async {
                self.add_disposable_method(stack, UNDEFINED, UNDEFINED, true)?;
            }
            return Ok(());
        }
        if !self.is_object(value) {
            return Err(self.throw_type_error("only objects, null and undefined can be disposed of"));
        }
        let Some(method) = self.get_dispose_method(value, is_async)? else {
            return Err(self.throw_type_error("the value has no dispose method"));
        };
        self.add_disposable_method(stack, value, method, is_async)
    }

    /// Adds a resource with a method that is known to be callable (or undefined).
    pub(crate) fn add_disposable_method(
        &mut self,
        stack: Object<'s>,
        value: Value<'s>,
        method: Value<'s>,
        is_async: bool,
    ) -> JsResult<()> {
        self.push(stack, value)?;
        self.push(stack, method)?;
        self.push(stack, imm(is_async))
    }

    /// ECMA-262 §27.4.1.5 GetDisposeMethod
    fn get_dispose_method(&mut self, value: Value<'s>, is_async: bool) -> JsResult<Option<Value<'s>>> {
        if is_async {
            if let Some(method) = self.get_method(value, WellKnown::AsyncDispose)? {
                return Ok(Some(method));
            }
            return match self.get_method(value, WellKnown::Dispose)? {
                Some(method) => Ok(Some(self.new_closure(Closure::DisposeSync, &[method])?)),
                None => Ok(None),
            };
        }
        self.get_method(value, WellKnown::Dispose)
    }

    /// One step of ECMA-262 §27.4.1.8 DisposeResources: takes off the last resource and calls its method.
    ///
    /// # Errors
    /// What the method throws; the next step may follow all the same.
    pub(crate) fn dispose_next(&mut self, stack: Object<'s>) -> JsResult<Disposed<'s>> {
        let state = self.array_item_raw(stack, 0).as_int().unwrap_or(0);
        let waits = state == NEEDS_AWAIT;
        let len = self.array_len(stack);
        if len < 4 {
            if waits {
                self.set_dispose_state(stack, HAS_AWAITED);
                return Ok(Disposed::Await(UNDEFINED));
            }
            return Ok(Disposed::Done);
        }
        let is_async = self.array_item_raw(stack, len - 1) == JsValue::TRUE;
        if !is_async && waits {
            self.set_dispose_state(stack, 0);
            return Ok(Disposed::Await(UNDEFINED));
        }
        let value = self.array_item(stack, len - 3)?;
        let method = self.array_item(stack, len - 2)?;
        let at = self.peek(stack).index();
        elements::truncate(self.heap_mut(), at, len - 3);
        self.set_array_length_raw(stack, f64::from(len - 3));
        if self.is_undefined(method) {
            self.set_dispose_state(stack, state | NEEDS_AWAIT);
            return Ok(Disposed::Next);
        }
        let result = self.call(method, value, &[])?;
        if is_async {
            self.set_dispose_state(stack, state | HAS_AWAITED);
            return Ok(Disposed::Await(result));
        }
        Ok(Disposed::Next)
    }

    fn set_dispose_state(&mut self, stack: Object<'s>, state: i32) {
        let at = self.peek(stack).index();
        elements::set_existing(self.heap_mut(), at, 0, JsValue::int(state));
    }

    /// ECMA-262 §27.4.1.8 DisposeResources, when nothing in it is asynchronous. Each failure suppresses the one before it.
    ///
    /// # Errors
    /// What the methods throw.
    pub(crate) fn dispose_resources(&mut self, stack: Object<'s>) -> JsResult<()> {
        let failure = self.slot(imm(JsValue::EMPTY))?;
        loop {
            let mut cx = self.nest();
            cx.tick(1)?;
            match cx.dispose_next(stack) {
                Ok(Disposed::Done) => break,
                Ok(_) => {}
                Err(throw) => {
                    let error = cx.suppress(throw, failure)?;
                    cx.set_slot(failure, error);
                }
            }
        }
        if self.peek(failure).is_empty() { Ok(()) } else { Err(self.throw(failure)) }
    }

    /// The exception on its way, as it follows `before` (a hole when there was none): a SuppressedError of both.
    ///
    /// # Errors
    /// The limit that was reached, when it is no exception.
    pub(crate) fn suppress(&mut self, throw: Throw, before: Value<'s>) -> JsResult<Value<'s>> {
        if !self.is_catchable() {
            return Err(throw);
        }
        let error = self.take_exception();
        if self.peek(before).is_empty() {
            return Ok(error);
        }
        Ok(new_suppressed_error(self, error, before)?.cast())
    }
}
