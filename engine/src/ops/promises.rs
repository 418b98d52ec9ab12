//! Promise abstract operations (ECMA-262 §27.2.1, §27.2.2).
//!
//! A reaction is a block of six values: the handlers for both outcomes, the capability, and the next reaction. Capabilities of
//! promises that only the engine can settle have no functions (they are undefined): the promise itself is settled, at most once.

use rotifer_jsvalue::{Heap, HeapExt, JsValue, Kind, field};

use super::jobs::Job;
use crate::builtins::Intrinsic;
use crate::builtins::internal::Closure;
use crate::cx::{Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

/// Where a promise stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PromiseState {
    /// Not settled.
    Pending,
    /// Settled with a value.
    Fulfilled,
    /// Settled with a reason.
    Rejected,
}

const STATE: u64 = 3;
const FULFILLED: u64 = 1;
const REJECTED: u64 = 2;
/// Somebody has asked for the outcome.
const HANDLED: u64 = 4;
/// The engine, which holds the only capability, has settled it or bound it to another promise.
const RESOLVED: u64 = 8;

/// ECMA-262 §27.2.1.1 PromiseCapability Records
#[derive(Clone, Copy, Debug)]
pub struct PromiseCapability<'s> {
    /// The promise.
    pub promise: Value<'s>,
    /// Settles it; undefined when only the engine does.
    pub resolve: Value<'s>,
    /// Rejects it; undefined when only the engine does.
    pub reject: Value<'s>,
}

/// Words of a reaction.
mod reaction {
    pub const ON_FULFILLED: u32 = 0;
    pub const ON_REJECTED: u32 = 1;
    pub const PROMISE: u32 = 2;
    pub const RESOLVE: u32 = 3;
    pub const REJECT: u32 = 4;
    pub const NEXT: u32 = 5;
}

/// In place of a reaction's promise: its handler is a suspended frame to go on with.
const AWAIT: JsValue = JsValue::raw(1);

/// Whether somebody has asked for the outcome of the promise.
pub(super) fn is_handled(heap: &Heap, promise: u32) -> bool {
    heap.value(promise + field::Promise::state).as_raw() & HANDLED != 0
}

/// The suspended frame of an async function that was the first to await a pending promise.
pub(crate) fn awaiting(heap: &Heap, promise: u32) -> Option<u32> {
    let first = heap.value(promise + field::Promise::fulfil);
    if !first.is_cell() || heap.value(first.index() + 1 + reaction::PROMISE) != AWAIT {
        return None;
    }
    let waiting = heap.value(first.index() + 1 + reaction::ON_FULFILLED);
    (waiting.is_heap_object() && heap.kind(waiting.index()) == Kind::Generator).then(|| waiting.index())
}

impl<'s> Cx<'s> {
    fn promise_bits(&self, promise: Object<'s>) -> u64 {
        self.field_raw(promise, field::Promise::state).as_raw()
    }

    fn set_promise_bits(&mut self, promise: Object<'s>, bits: u64) {
        self.set_field_raw(promise, field::Promise::state, JsValue::raw(bits));
    }

    /// Where a promise stands.
    #[must_use]
    pub fn promise_state(&self, promise: Object<'s>) -> PromiseState {
        match self.promise_bits(promise) & STATE {
            FULFILLED => PromiseState::Fulfilled,
            REJECTED => PromiseState::Rejected,
            _ => PromiseState::Pending,
        }
    }

    /// The value or reason of a settled promise.
    ///
    /// # Errors
    /// Stack overflow.
    pub fn promise_result(&mut self, promise: Object<'s>) -> JsResult<Value<'s>> {
        self.field(promise, field::Promise::result)
    }

    /// Notes that somebody takes care of the outcome of the promise.
    pub fn mark_promise_handled(&mut self, promise: Object<'s>) {
        let bits = self.promise_bits(promise);
        self.set_promise_bits(promise, bits | HANDLED);
    }

    /// A pending promise of the running realm.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn new_promise(&mut self) -> JsResult<Object<'s>> {
        let proto = self.intrinsic(Intrinsic::PromisePrototype)?;
        let promise = self.new_object_of(Kind::Promise, proto, 1)?;
        self.set_promise_bits(promise, 0);
        Ok(promise)
    }

    /// A capability of a new promise that only the engine settles.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub(crate) fn internal_capability(&mut self) -> JsResult<PromiseCapability<'s>> {
        let promise = self.new_promise()?;
        Ok(PromiseCapability { promise: promise.cast(), resolve: UNDEFINED, reject: UNDEFINED })
    }

    /// ECMA-262 §27.2.1.5 NewPromiseCapability. Whether the promise is the running realm's own kind is not observable, so such a
    /// one gets no functions unless `functions` says so.
    ///
    /// # Errors
    /// A TypeError when `constructor` does not do what a promise constructor does; what it throws.
    pub(crate) fn new_promise_capability(
        &mut self,
        constructor: Value<'s>,
        functions: bool,
    ) -> JsResult<PromiseCapability<'s>> {
        if self.is_own_promise_constructor(constructor)? {
            let mut capability = self.internal_capability()?;
            if functions {
                (capability.resolve, capability.reject) = self.create_resolving_functions(capability.promise.cast())?;
            }
            return Ok(capability);
        }
        if !self.is_constructor(constructor) {
            return Err(self.throw_not_constructor(constructor));
        }
        let record = self.new_record(&[UNDEFINED, UNDEFINED])?;
        let executor = self.new_closure(Closure::CapabilityExecutor, &[record])?;
        let promise = self.construct(constructor.cast(), &[executor], None)?;
        let resolve = self.record_get(record, 0)?;
        let reject = self.record_get(record, 1)?;
        if !self.is_callable(resolve) || !self.is_callable(reject) {
            return Err(self.throw_type_error("the promise constructor gave no resolving functions"));
        }
        Ok(PromiseCapability { promise: promise.cast(), resolve, reject })
    }

    /// Whether this is the running realm's `Promise`.
    pub(crate) fn is_own_promise_constructor(&mut self, constructor: Value<'s>) -> JsResult<bool> {
        let own = self.intrinsic_raw(Intrinsic::Promise)?;
        Ok(self.peek(constructor) == own)
    }

    /// ECMA-262 §27.2.1.3 CreateResolvingFunctions
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn create_resolving_functions(&mut self, promise: Object<'s>) -> JsResult<(Value<'s>, Value<'s>)> {
        let already = self.new_record(&[imm(false)])?;
        let resolve = self.new_closure(Closure::PromiseResolve, &[promise.cast(), already])?;
        let reject = self.new_closure(Closure::PromiseReject, &[promise.cast(), already])?;
        Ok((resolve, reject))
    }

    /// Calls a capability's `resolve`.
    ///
    /// # Errors
    /// What it throws.
    pub(crate) fn capability_resolve(&mut self, capability: &PromiseCapability<'s>, value: Value<'s>) -> JsResult<()> {
        if !self.is_undefined(capability.resolve) {
            return self.call(capability.resolve, UNDEFINED, &[value]).map(drop);
        }
        let promise = capability.promise.cast();
        if self.resolved_before(promise) {
            return Ok(());
        }
        self.resolve_promise(promise, value)
    }

    /// Calls a capability's `reject`.
    ///
    /// # Errors
    /// What it throws.
    pub(crate) fn capability_reject(&mut self, capability: &PromiseCapability<'s>, reason: Value<'s>) -> JsResult<()> {
        if !self.is_undefined(capability.reject) {
            return self.call(capability.reject, UNDEFINED, &[reason]).map(drop);
        }
        let promise = capability.promise.cast();
        if self.resolved_before(promise) {
            return Ok(());
        }
        self.reject_promise(promise, reason)
    }

    /// Rejects with the exception on its way, and gives the promise (ECMA-262 §27.2.1.1.1 IfAbruptRejectPromise). A limit that was
    /// reached goes on.
    ///
    /// # Errors
    /// The limit; what `reject` throws.
    pub(crate) fn reject_with_exception(
        &mut self,
        capability: &PromiseCapability<'s>,
        throw: crate::throw::Throw,
    ) -> JsResult<Value<'s>> {
        if !self.is_catchable() {
            return Err(throw);
        }
        let reason = self.take_exception();
        self.capability_reject(capability, reason)?;
        Ok(capability.promise)
    }

    fn resolved_before(&mut self, promise: Object<'s>) -> bool {
        let bits = self.promise_bits(promise);
        self.set_promise_bits(promise, bits | RESOLVED);
        bits & RESOLVED != 0
    }

    /// ECMA-262 §27.2.1.3.2, steps 7 to 15: resolves a promise, which whoever calls may do only once.
    ///
    /// # Errors
    /// Out of memory and other limits.
    pub fn resolve_promise(&mut self, promise: Object<'s>, resolution: Value<'s>) -> JsResult<()> {
        if self.peek(promise) == self.peek(resolution) {
            let error =
                self.error_with_text(super::ErrorKind::TypeError, "a promise cannot be resolved with itself")?;
            return self.reject_promise(promise, error.cast());
        }
        let Some(object) = self.as_object(resolution) else { return self.fulfill_promise(promise, resolution) };
        let then = match self.get(object, n!("then")) {
            Ok(then) => then,
            Err(throw) if !self.is_catchable() => return Err(throw),
            Err(_) => {
                let reason = self.take_exception();
                return self.reject_promise(promise, reason);
            }
        };
        if !self.is_callable(then) {
            return self.fulfill_promise(promise, resolution);
        }
        let realm = self.realm_of_handler(then)?;
        self.enqueue_job(Job::Thenable, false, realm, [promise.cast(), resolution, then])
    }

    /// The realm a job with this handler runs in (ECMA-262 §27.2.2.1 step 3).
    fn realm_of_handler(&mut self, handler: Value<'s>) -> JsResult<u16> {
        if self.is_callable(handler) {
            match self.get_function_realm(handler.cast()) {
                Ok(realm) => return Ok(realm),
                Err(throw) if !self.is_catchable() => return Err(throw),
                Err(_) => {
                    self.take_exception();
                }
            }
        }
        Ok(self.current_realm_number())
    }

    /// ECMA-262 §27.2.1.4 FulfillPromise
    ///
    /// # Errors
    /// Out of memory.
    pub fn fulfill_promise(&mut self, promise: Object<'s>, value: Value<'s>) -> JsResult<()> {
        self.settle(promise, value, FULFILLED)
    }

    /// ECMA-262 §27.2.1.7 RejectPromise
    ///
    /// # Errors
    /// Out of memory.
    pub fn reject_promise(&mut self, promise: Object<'s>, reason: Value<'s>) -> JsResult<()> {
        self.settle(promise, reason, REJECTED)
    }

    fn settle(&mut self, promise: Object<'s>, result: Value<'s>, state: u64) -> JsResult<()> {
        let bits = self.promise_bits(promise);
        if bits & STATE != 0 {
            return Ok(());
        }
        let first = self.field_raw(promise, field::Promise::fulfil);
        self.set_field(promise, field::Promise::result, result);
        self.set_field_raw(promise, field::Promise::fulfil, JsValue::UNDEFINED);
        self.set_field_raw(promise, field::Promise::reject, JsValue::UNDEFINED);
        self.set_promise_bits(promise, bits & !STATE | state);
        // §27.2.1.8 TriggerPromiseReactions
        {
            let mut cx = self.nest();
            let next = cx.root(first)?;
            let next = cx.slot(next)?;
            while cx.peek(next).is_cell() {
                let mut cx = cx.nest();
                cx.enqueue_reaction(next, result, state == REJECTED)?;
                let following = cx.record_raw(next, reaction::NEXT);
                cx.set_slot_raw(next, following);
            }
        }
        if state == REJECTED && bits & HANDLED == 0 {
            self.track_rejection(promise)?;
        }
        Ok(())
    }

    fn enqueue_reaction(&mut self, reaction: Value<'s>, argument: Value<'s>, rejected: bool) -> JsResult<()> {
        let handler = if rejected { reaction::ON_REJECTED } else { reaction::ON_FULFILLED };
        let handler = self.record_get(reaction, handler)?;
        let realm = self.realm_of_handler(handler)?;
        self.enqueue_job(Job::Reaction, rejected, realm, [reaction, argument, UNDEFINED])
    }

    /// ECMA-262 §27.2.5.4.1 PerformPromiseThen
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn perform_promise_then(
        &mut self,
        promise: Object<'s>,
        on_fulfilled: Value<'s>,
        on_rejected: Value<'s>,
        capability: Option<&PromiseCapability<'s>>,
    ) -> JsResult<()> {
        let on_fulfilled = if self.is_callable(on_fulfilled) { on_fulfilled } else { UNDEFINED };
        let on_rejected = if self.is_callable(on_rejected) { on_rejected } else { UNDEFINED };
        let none = PromiseCapability { promise: UNDEFINED, resolve: UNDEFINED, reject: UNDEFINED };
        let c = capability.unwrap_or(&none);
        let record = self.new_record(&[on_fulfilled, on_rejected, c.promise, c.resolve, c.reject, UNDEFINED])?;
        self.add_reaction(promise, record)
    }

    fn add_reaction(&mut self, promise: Object<'s>, record: Value<'s>) -> JsResult<()> {
        let bits = self.promise_bits(promise);
        self.set_promise_bits(promise, bits | HANDLED);
        if bits & STATE != 0 {
            let result = self.field(promise, field::Promise::result)?;
            return self.enqueue_reaction(record, result, bits & STATE == REJECTED);
        }
        // `fulfil` is the first reaction, `reject` the last.
        let last = self.field_raw(promise, field::Promise::reject);
        if last.is_cell() {
            let r = self.peek(record);
            self.heap_mut().put(last.index(), 1 + reaction::NEXT, r);
        } else {
            self.set_field(promise, field::Promise::fulfil, record);
        }
        self.set_field(promise, field::Promise::reject, record);
        Ok(())
    }

    /// ECMA-262 §27.2.4.7.1 PromiseResolve
    ///
    /// # Errors
    /// What the constructor throws.
    pub(crate) fn promise_resolve(&mut self, constructor: Object<'s>, value: Value<'s>) -> JsResult<Object<'s>> {
        if self.is_kind(value, Kind::Promise) {
            let of = self.get(value.cast(), n!("constructor"))?;
            if self.peek(of) == self.peek(constructor) {
                return Ok(value.cast());
            }
        }
        let capability = self.new_promise_capability(constructor.cast(), false)?;
        self.capability_resolve(&capability, value)?;
        // The promise of a foreign constructor is what `new` gave, so an object.
        Ok(capability.promise.cast())
    }

    /// ECMA-262 §27.7.5.3 Await: when `value` settles, the suspended frame goes on
    /// ([`resume_awaiting`](crate::interpreter::resume_awaiting)).
    ///
    /// # Errors
    /// What getting the `constructor` of a promise throws.
    pub(crate) fn await_value(&mut self, suspended: Object<'s>, value: Value<'s>) -> JsResult<()> {
        let marker = imm(AWAIT);
        let record = [suspended.cast(), suspended.cast(), marker, UNDEFINED, UNDEFINED, UNDEFINED];
        if !self.is_object(value) {
            // A promise for it would be fulfilled at once, and nobody would see it.
            let record = self.new_record(&record)?;
            return self.enqueue_reaction(record, value, false);
        }
        let constructor = self.intrinsic(Intrinsic::Promise)?;
        let promise = self.promise_resolve(constructor, value)?;
        let record = self.new_record(&record)?;
        self.add_reaction(promise, record)
    }

    /// ECMA-262 §27.2.2.1 NewPromiseReactionJob: the job.
    pub(super) fn promise_reaction_job(
        &mut self,
        record: Value<'s>,
        argument: Value<'s>,
        rejected: bool,
    ) -> JsResult<()> {
        let handler = if rejected { reaction::ON_REJECTED } else { reaction::ON_FULFILLED };
        let handler = self.record_get(record, handler)?;
        if self.record_raw(record, reaction::PROMISE) == AWAIT {
            return crate::interpreter::resume_awaiting(self, handler.cast(), argument, rejected);
        }
        let (value, rejected) = if self.is_undefined(handler) {
            (argument, rejected)
        } else {
            match self.call(handler, UNDEFINED, &[argument]) {
                Ok(v) => (v, false),
                Err(throw) if !self.is_catchable() => return Err(throw),
                Err(_) => (self.take_exception(), true),
            }
        };
        let promise = self.record_get(record, reaction::PROMISE)?;
        if self.is_undefined(promise) {
            return Ok(());
        }
        let resolve = self.record_get(record, reaction::RESOLVE)?;
        let reject = self.record_get(record, reaction::REJECT)?;
        let capability = PromiseCapability { promise, resolve, reject };
        if rejected { self.capability_reject(&capability, value) } else { self.capability_resolve(&capability, value) }
    }

    /// ECMA-262 §27.2.2.2 NewPromiseResolveThenableJob: the job.
    pub(super) fn promise_resolve_thenable_job(
        &mut self,
        promise: Object<'s>,
        thenable: Value<'s>,
        then: Value<'s>,
    ) -> JsResult<()> {
        let (resolve, reject) = self.create_resolving_functions(promise)?;
        match self.call(then, thenable, &[resolve, reject]) {
            Ok(_) => Ok(()),
            Err(throw) if !self.is_catchable() => Err(throw),
            Err(_) => {
                let reason = self.take_exception();
                self.call(reject, UNDEFINED, &[reason]).map(drop)
            }
        }
    }
}
