//! Evaluating a graph of modules (ECMA-262 §16.2.1.6.1.3).

use rotifer_jsvalue::JsValue;

use super::{Status, module};
use crate::builtins::internal::Closure;
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::throw::JsResult;

/// [[AsyncEvaluationOrder]] done.
const DONE: JsValue = JsValue::TRUE;

impl<'s> Cx<'s> {
    pub(super) fn is_synthetic(&self, m: Value<'s>) -> bool {
        !self.record_raw(m, module::SCRIPT).is_cell()
    }

    pub(super) fn has_failed(&self, m: Value<'s>) -> bool {
        self.record_raw(m, module::ERROR).is_cell()
    }

    pub(super) fn module_error(&mut self, m: Value<'s>) -> JsResult<Value<'s>> {
        let holder = self.record_get(m, module::ERROR)?;
        self.record_get(holder, 0)
    }

    pub(super) fn set_module_error(&mut self, m: Value<'s>, error: Value<'s>) -> JsResult<()> {
        let holder = self.new_record(&[error])?;
        self.record_set(m, module::ERROR, holder);
        Ok(())
    }

    /// The module's place in the order of asynchronous evaluation, while it has one.
    fn async_order(&self, m: Value<'s>) -> Option<i32> {
        self.record_raw(m, module::ASYNC_ORDER).as_int()
    }

    /// ECMA-262 §16.2.1.6.1.3 Evaluate: gives the promise of a linked module's evaluation.
    pub(crate) fn evaluate_module(&mut self, m: Value<'s>) -> JsResult<Object<'s>> {
        let mut m = m;
        if self.module_status(m) >= Status::EvaluatingAsync {
            let root = self.record_get(m, module::CYCLE_ROOT)?;
            if self.peek(root).is_cell() {
                m = root;
            }
        }
        let known = self.record_get(m, module::PROMISE)?;
        if self.is_object(known) {
            return Ok(known.cast());
        }
        let promise = self.new_promise()?;
        self.record_set(m, module::PROMISE, promise.cast());
        if self.is_synthetic(m) {
            self.resolve_promise(promise, UNDEFINED)?;
            return Ok(promise);
        }
        let stack = self.new_array(0, 0)?;
        match self.inner_evaluate(m, stack, 0) {
            Ok(_) => {
                if self.record_raw(m, module::ASYNC_ORDER).is_undefined() {
                    self.resolve_promise(promise, UNDEFINED)?;
                }
            }
            Err(throw) if !self.is_catchable() => return Err(throw),
            Err(_) => {
                let error = self.take_exception();
                for i in 0..self.array_len(stack) {
                    let mut cx = self.nest();
                    let each = cx.array_item(stack, i)?;
                    cx.set_module_status(each, Status::Evaluated);
                    cx.set_module_error(each, error)?;
                }
                self.reject_promise(promise, error)?;
            }
        }
        Ok(promise)
    }

    /// ECMA-262 §16.2.1.6.1.3.1 InnerModuleEvaluation
    fn inner_evaluate(&mut self, m: Value<'s>, stack: Object<'s>, index: i32) -> JsResult<i32> {
        self.check_native_stack()?;
        self.tick(1)?;
        if self.is_synthetic(m) {
            return Ok(index);
        }
        match self.module_status(m) {
            Status::Evaluated | Status::EvaluatingAsync => {
                if !self.has_failed(m) {
                    return Ok(index);
                }
                let error = self.module_error(m)?;
                return Err(self.throw(error));
            }
            Status::Evaluating => return Ok(index),
            _ => {}
        }
        self.set_module_status(m, Status::Evaluating);
        self.record_set(m, module::DFS_INDEX, imm(index));
        self.record_set(m, module::DFS_ANCESTOR, imm(index));
        self.record_set(m, module::PENDING, imm(0));
        self.push(stack, m)?;
        let mut next = index + 1;
        let needed = self.evaluation_list(m)?;
        for i in 0..self.array_len(needed) {
            let mut cx = self.nest();
            let mut required = cx.array_item(needed, i)?;
            next = cx.inner_evaluate(required, stack, next)?;
            if cx.is_synthetic(required) {
                continue;
            }
            if cx.module_status(required) == Status::Evaluating {
                let low =
                    cx.module_number(m, module::DFS_ANCESTOR).min(cx.module_number(required, module::DFS_ANCESTOR));
                cx.record_set(m, module::DFS_ANCESTOR, imm(low));
            } else {
                required = cx.record_get(required, module::CYCLE_ROOT)?;
                if cx.has_failed(required) {
                    let error = cx.module_error(required)?;
                    return Err(cx.throw(error));
                }
            }
            if cx.async_order(required).is_some() {
                let pending = cx.module_number(m, module::PENDING) + 1;
                cx.record_set(m, module::PENDING, imm(pending));
                let parents = cx.async_parents(required)?;
                cx.push(parents, m)?;
            }
        }
        let pending = self.module_number(m, module::PENDING);
        if pending > 0 || self.record_raw(m, module::HAS_TLA) == JsValue::TRUE {
            self.next_hash = self.next_hash.wrapping_add(1);
            let order = self.next_hash as i32 & i32::MAX;
            self.record_set(m, module::ASYNC_ORDER, imm(order));
            if pending == 0 {
                self.execute_async_module(m)?;
            }
        } else {
            self.execute_module(m)?;
        }
        if self.module_number(m, module::DFS_ANCESTOR) == self.module_number(m, module::DFS_INDEX) {
            loop {
                let mut cx = self.nest();
                let last = cx.array_len(stack) - 1;
                let each = cx.array_item(stack, last)?;
                let at = cx.peek(stack).index();
                rotifer_jsvalue::elements::truncate(cx.heap_mut(), at, last);
                cx.set_array_length_raw(stack, f64::from(last));
                let waits = cx.async_order(each).is_some();
                cx.set_module_status(each, if waits { Status::EvaluatingAsync } else { Status::Evaluated });
                cx.record_set(each, module::CYCLE_ROOT, m);
                if cx.peek(each) == cx.peek(m) {
                    break;
                }
            }
        }
        Ok(next)
    }

    fn async_parents(&mut self, m: Value<'s>) -> JsResult<Object<'s>> {
        let parents = self.record_get(m, module::ASYNC_PARENTS)?;
        if self.is_object(parents) {
            return Ok(parents.cast());
        }
        let parents = self.new_array(0, 0)?;
        self.record_set(m, module::ASYNC_PARENTS, parents.cast());
        Ok(parents)
    }

    /// Runs the code of a module; gives its promise when it has a top-level `await`.
    fn execute_module(&mut self, m: Value<'s>) -> JsResult<Value<'s>> {
        let frame = self.record_get(m, module::FRAME)?;
        self.record_set(m, module::FRAME, UNDEFINED);
        if !self.is_object(frame) {
            return Ok(UNDEFINED);
        }
        self.resume_module(frame.cast())
    }

    /// ECMA-262 §16.2.1.6.1.3.2 ExecuteAsyncModule
    fn execute_async_module(&mut self, m: Value<'s>) -> JsResult<()> {
        let promise = self.execute_module(m)?;
        let fulfilled = self.new_closure(Closure::ModuleFulfilled, &[m])?;
        let rejected = self.new_closure(Closure::ModuleRejected, &[m])?;
        if self.is_object(promise) {
            self.perform_promise_then(promise.cast(), fulfilled, rejected, None)?;
        }
        Ok(())
    }

    fn settle_module(&mut self, m: Value<'s>, error: Option<Value<'s>>) -> JsResult<()> {
        let promise = self.record_get(m, module::PROMISE)?;
        if !self.is_object(promise) {
            return Ok(());
        }
        match error {
            Some(error) => self.reject_promise(promise.cast(), error),
            None => self.resolve_promise(promise.cast(), UNDEFINED),
        }
    }

    /// ECMA-262 §16.2.1.6.1.3.3 GatherAvailableAncestors
    fn gather_ancestors(&mut self, m: Value<'s>, list: Object<'s>) -> JsResult<()> {
        self.check_native_stack()?;
        let parents = self.async_parents(m)?;
        for i in 0..self.array_len(parents) {
            let mut cx = self.nest();
            cx.tick(1)?;
            let parent = cx.array_item(parents, i)?;
            let root = cx.record_get(parent, module::CYCLE_ROOT)?;
            if cx.peek(root).is_cell() && cx.has_failed(root) {
                continue;
            }
            let pending = cx.module_number(parent, module::PENDING) - 1;
            cx.record_set(parent, module::PENDING, imm(pending));
            if pending == 0 {
                cx.push(list, parent)?;
                if cx.record_raw(parent, module::HAS_TLA) != JsValue::TRUE {
                    cx.gather_ancestors(parent, list)?;
                }
            }
        }
        Ok(())
    }

    /// ECMA-262 §16.2.1.6.1.3.4 AsyncModuleExecutionFulfilled
    fn async_fulfilled(&mut self, m: Value<'s>) -> JsResult<()> {
        if self.module_status(m) == Status::Evaluated {
            return Ok(());
        }
        self.record_set(m, module::ASYNC_ORDER, imm(DONE));
        self.set_module_status(m, Status::Evaluated);
        self.settle_module(m, None)?;
        let list = self.new_array(0, 0)?;
        self.gather_ancestors(m, list)?;
        // In the order in which they became asynchronous.
        for _ in 0..self.array_len(list) {
            let mut cx = self.nest();
            cx.tick(1)?;
            let mut best: Option<(u32, i32)> = None;
            for j in 0..cx.array_len(list) {
                let each = cx.array_item_raw(list, j);
                if !each.is_cell() {
                    continue;
                }
                let mut inner = cx.nest();
                let each = inner.root(each)?;
                let order = inner.async_order(each).unwrap_or(i32::MAX);
                if best.is_none_or(|(_, o)| order < o) {
                    best = Some((j, order));
                }
            }
            let Some((j, _)) = best else { break };
            let each = cx.array_item(list, j)?;
            let at = cx.peek(list).index();
            rotifer_jsvalue::elements::set_existing(cx.heap_mut(), at, j, JsValue::UNDEFINED);
            if cx.module_status(each) == Status::Evaluated {
                continue;
            }
            if cx.record_raw(each, module::HAS_TLA) == JsValue::TRUE {
                cx.execute_async_module(each)?;
                continue;
            }
            match cx.execute_module(each) {
                Ok(_) => {
                    cx.record_set(each, module::ASYNC_ORDER, imm(DONE));
                    cx.set_module_status(each, Status::Evaluated);
                    cx.settle_module(each, None)?;
                }
                Err(throw) if !cx.is_catchable() => return Err(throw),
                Err(_) => {
                    let error = cx.take_exception();
                    cx.async_rejected(each, error)?;
                }
            }
        }
        Ok(())
    }

    /// ECMA-262 §16.2.1.6.1.3.5 AsyncModuleExecutionRejected
    fn async_rejected(&mut self, m: Value<'s>, error: Value<'s>) -> JsResult<()> {
        self.check_native_stack()?;
        if self.module_status(m) == Status::Evaluated {
            return Ok(());
        }
        self.set_module_error(m, error)?;
        self.set_module_status(m, Status::Evaluated);
        self.record_set(m, module::ASYNC_ORDER, imm(DONE));
        self.settle_module(m, Some(error))?;
        let parents = self.async_parents(m)?;
        for i in 0..self.array_len(parents) {
            let mut cx = self.nest();
            let parent = cx.array_item(parents, i)?;
            cx.async_rejected(parent, error)?;
        }
        Ok(())
    }
}

/// A module with a top-level `await` has come to its end.
pub(crate) fn async_module_fulfilled<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let m = args.data(cx, 0)?;
    cx.async_fulfilled(m)?;
    Ok(UNDEFINED)
}

/// A module with a top-level `await` has failed.
pub(crate) fn async_module_rejected<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let m = args.data(cx, 0)?;
    cx.async_rejected(m, args.get(0))?;
    Ok(UNDEFINED)
}
