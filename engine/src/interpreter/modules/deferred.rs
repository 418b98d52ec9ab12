//! Deferred evaluation: `import defer * as ns` and `import.defer()`.
//!
//! The module is loaded and linked with the one that asks for it, and evaluated when a property of its namespace is first asked
//! for. What it needs that is asynchronous is evaluated at once, because reading a property cannot wait.

use rotifer_jsvalue::{JsValue, Kind, field};

use super::{Status, module};
use crate::builtins::internal::Closure;
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::ops::PromiseState;
use crate::syntax::ast::ImportPhase;
use crate::throw::JsResult;

/// Words of what waits for the modules of an `import.defer()`.
mod wait {
    pub const PENDING: u32 = 0;
    pub const PROMISE: u32 = 1;
}

impl<'s> Cx<'s> {
    /// Whether an array that only the engine knows has this block.
    fn list_has(&mut self, list: Object<'s>, m: Value<'s>) -> JsResult<bool> {
        let count = self.array_len(list);
        self.tick(1 + count / 16)?;
        Ok((0..count).any(|i| self.array_item_raw(list, i) == self.peek(m)))
    }

    /// Whether a module and the cycle it belongs to are evaluated.
    fn is_cycle_evaluated(&mut self, m: Value<'s>) -> JsResult<bool> {
        let root = self.record_get(m, module::CYCLE_ROOT)?;
        let deciding = if self.peek(root).is_cell() { root } else { m };
        Ok(self.module_status(deciding) == Status::Evaluated)
    }

    /// The modules that have to be evaluated before `m`, in order, each once.
    pub(super) fn evaluation_list(&mut self, m: Value<'s>) -> JsResult<Object<'s>> {
        let list = self.new_array(0, 0)?;
        for i in 0..self.request_count(m) {
            let mut cx = self.nest();
            match cx.request_phase(m, i) {
                ImportPhase::Source => {}
                ImportPhase::Defer => {
                    let required = cx.requested_module(m, i)?;
                    let seen = cx.new_array(0, 0)?;
                    cx.gather_asynchronous(required, seen, list)?;
                }
                ImportPhase::Evaluation => {
                    let required = cx.requested_module(m, i)?;
                    if !cx.list_has(list, required)? {
                        cx.push(list, required)?;
                    }
                }
            }
        }
        Ok(list)
    }

    /// GatherAsynchronousTransitiveDependencies: appends to `list` what `m` needs, itself included, that has a top-level `await`.
    fn gather_asynchronous(&mut self, m: Value<'s>, seen: Object<'s>, list: Object<'s>) -> JsResult<()> {
        self.check_native_stack()?;
        if self.is_synthetic(m) || self.list_has(seen, m)? {
            return Ok(());
        }
        self.push(seen, m)?;
        if self.module_status(m) == Status::Evaluating || self.is_cycle_evaluated(m)? {
            return Ok(());
        }
        if self.record_raw(m, module::HAS_TLA) == JsValue::TRUE {
            if !self.list_has(list, m)? {
                self.push(list, m)?;
            }
            return Ok(());
        }
        for i in 0..self.request_count(m) {
            let mut cx = self.nest();
            if cx.request_phase(m, i) != ImportPhase::Source {
                let required = cx.requested_module(m, i)?;
                cx.gather_asynchronous(required, seen, list)?;
            }
        }
        Ok(())
    }

    /// ReadyForSyncExecution
    fn is_ready(&mut self, m: Value<'s>, seen: Object<'s>) -> JsResult<bool> {
        self.check_native_stack()?;
        if self.is_synthetic(m) || self.list_has(seen, m)? {
            return Ok(true);
        }
        self.push(seen, m)?;
        if self.is_cycle_evaluated(m)? {
            return Ok(true);
        }
        let running = matches!(self.module_status(m), Status::Evaluating | Status::EvaluatingAsync);
        if running || self.record_raw(m, module::HAS_TLA) == JsValue::TRUE {
            return Ok(false);
        }
        for i in 0..self.request_count(m) {
            let mut cx = self.nest();
            if cx.request_phase(m, i) == ImportPhase::Source {
                continue;
            }
            let required = cx.requested_module(m, i)?;
            if !cx.is_ready(required, seen)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Evaluates the module of a deferred namespace unless that is done.
    ///
    /// # Errors
    /// A TypeError when the module cannot be evaluated now, because it or something it needs is being evaluated or is
    /// asynchronous; what the module throws.
    pub(crate) fn evaluate_deferred(&mut self, namespace: Object<'s>) -> JsResult<()> {
        if self.field_raw(namespace, field::Namespace::deferred) != JsValue::TRUE {
            return Ok(());
        }
        let mut cx = self.nest();
        let m = cx.field(namespace, field::Namespace::module)?;
        if !cx.is_synthetic(m) && cx.module_status(m) != Status::Evaluated {
            let seen = cx.new_array(0, 0)?;
            if !cx.is_ready(m, seen)? {
                return Err(cx.throw_type_error("the deferred module cannot be evaluated now"));
            }
        }
        let promise = cx.evaluate_module(m)?;
        if cx.promise_state(promise) == PromiseState::Rejected {
            cx.mark_promise_handled(promise);
            let reason = cx.promise_result(promise)?;
            return Err(cx.throw(reason));
        }
        Ok(())
    }

    /// Evaluates the module of `object` if that is a deferred namespace.
    pub(crate) fn evaluate_if_deferred(&mut self, object: Object<'s>) -> JsResult<()> {
        if self.is_kind(object, Kind::Namespace) { self.evaluate_deferred(object) } else { Ok(()) }
    }

    /// For `import.defer()`: evaluates what is asynchronous; the promise that all of it is done.
    pub(super) fn evaluate_dependencies(&mut self, m: Value<'s>) -> JsResult<Object<'s>> {
        let list = self.new_array(0, 0)?;
        let seen = self.new_array(0, 0)?;
        self.gather_asynchronous(m, seen, list)?;
        let done = self.new_promise()?;
        let count = self.array_len(list);
        if count == 0 {
            self.resolve_promise(done, UNDEFINED)?;
            return Ok(done);
        }
        let wait = self.new_record(&[imm(count as i32), done.cast()])?;
        let ready = self.new_closure(Closure::ImportDependencyReady, &[wait])?;
        let failed = self.new_closure(Closure::ImportDependencyFailed, &[wait])?;
        for i in 0..count {
            let mut cx = self.nest();
            let each = cx.array_item(list, i)?;
            let promise = cx.evaluate_module(each)?;
            cx.perform_promise_then(promise, ready, failed, None)?;
        }
        Ok(done)
    }
}

/// One of the modules that an `import.defer()` waits for is evaluated.
pub(crate) fn import_dependency_ready<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let wait = args.data(cx, 0)?;
    let pending = cx.record_raw(wait, wait::PENDING).as_int().unwrap_or(0) - 1;
    cx.record_set(wait, wait::PENDING, imm(pending));
    let promise: Object<'s> = cx.record_get(wait, wait::PROMISE)?.cast();
    if pending == 0 && cx.promise_state(promise) == PromiseState::Pending {
        cx.resolve_promise(promise, UNDEFINED)?;
    }
    Ok(UNDEFINED)
}

/// One of the modules that an `import.defer()` waits for has failed.
pub(crate) fn import_dependency_failed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let wait = args.data(cx, 0)?;
    let promise: Object<'s> = cx.record_get(wait, wait::PROMISE)?.cast();
    if cx.promise_state(promise) == PromiseState::Pending {
        cx.reject_promise(promise, args.get(0))?;
    }
    Ok(UNDEFINED)
}
