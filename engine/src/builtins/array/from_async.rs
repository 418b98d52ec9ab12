//! `Array.fromAsync`: what an async function would do, as a state machine that goes on when a promise settles.

use rotifer_jsvalue::WellKnown;

use super::construct::construct_result;
use super::{MAX_SAFE, callable, create, set_length};
use crate::builtins::Intrinsic;
use crate::builtins::internal::Closure;
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::PromiseCapability;
use crate::throw::JsResult;

/// Values of the record that the machine keeps its state in.
mod at {
    pub const PROMISE: u32 = 0;
    pub const STEP: u32 = 1;
    pub const RESULT: u32 = 2;
    pub const INDEX: u32 = 3;
    /// The iterator, or the array-like.
    pub const SOURCE: u32 = 4;
    /// Its `next`, or its length.
    pub const NEXT: u32 = 5;
    pub const MAPPER: u32 = 6;
    pub const THIS: u32 = 7;
    /// What was thrown while the iterator is closed.
    pub const ERROR: u32 = 8;
}

/// What was awaited.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Step {
    /// Nothing: the walk over an iterator begins.
    StartIterator,
    /// Nothing: the walk over an array-like begins.
    StartList,
    /// The result of `next`.
    Next,
    /// What the mapper gave for a value of an iterator.
    MappedNext,
    /// An element of an array-like.
    Element,
    /// What the mapper gave for it.
    MappedElement,
    /// What `return` gave.
    Close,
}

impl Step {
    fn from_number(n: Option<i32>) -> Step {
        const ALL: [Step; 7] = [
            Step::StartIterator,
            Step::StartList,
            Step::Next,
            Step::MappedNext,
            Step::Element,
            Step::MappedElement,
            Step::Close,
        ];
        n.and_then(|n| ALL.get(n as usize)).copied().unwrap_or(Step::Close)
    }
}

/// Array.fromAsync
pub(super) fn from_async<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let capability = cx.internal_capability()?;
    let begun = begin(cx, args, &capability);
    match begun {
        Ok((record, step)) => {
            drive(cx, record, step, UNDEFINED, false)?;
            Ok(capability.promise)
        }
        Err(throw) => cx.reject_with_exception(&capability, throw),
    }
}

fn begin<'s>(cx: &mut Cx<'s>, args: &Args<'s>, capability: &PromiseCapability<'s>) -> JsResult<(Value<'s>, Step)> {
    let (items, mapper) = (args.get(0), args.get(1));
    if !cx.is_undefined(mapper) {
        callable(cx, mapper)?;
    }
    let mut iterator = None;
    if let Some(method) = cx.get_method(items, WellKnown::AsyncIterator)? {
        iterator = Some(cx.get_iterator_from_method(items, method)?);
    } else if let Some(method) = cx.get_method(items, WellKnown::Iterator)? {
        let sync = cx.get_iterator_from_method(items, method)?;
        iterator = Some(cx.create_async_from_sync_iterator(&sync)?);
    }
    let (source, next, result, step) = match iterator {
        Some(record) => {
            let result = construct_result(cx, args.this(), None)?;
            (record.iterator, record.next, result, Step::StartIterator)
        }
        None => {
            let source = cx.to_object(items)?;
            let length = cx.length_of_array_like(source)?;
            let result = construct_result(cx, args.this(), Some(length))?;
            (source, imm(length), result, Step::StartList)
        }
    };
    let record = cx.new_record(&[
        capability.promise,
        imm(0),
        result.cast(),
        imm(0),
        source.cast(),
        next,
        mapper,
        args.get(2),
        UNDEFINED,
    ])?;
    Ok((record, step))
}

pub(in crate::builtins) fn fulfilled<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    resume(cx, args, false)
}

pub(in crate::builtins) fn rejected<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    resume(cx, args, true)
}

fn resume<'s>(cx: &mut Cx<'s>, args: &Args<'s>, rejected: bool) -> JsResult<Value<'s>> {
    let record = args.data(cx, 0)?;
    let step = Step::from_number(cx.record_raw(record, at::STEP).as_int());
    drive(cx, record, step, args.get(0), rejected)?;
    Ok(UNDEFINED)
}

/// Goes on until there is something to wait for, or the promise is settled.
fn drive<'s>(cx: &mut Cx<'s>, record: Value<'s>, step: Step, value: Value<'s>, rejected: bool) -> JsResult<()> {
    let value = cx.slot(value)?;
    let (mut step, mut rejected) = (step, rejected);
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let outcome = match run(&mut cx, record, step, value, rejected) {
            Ok(Some((awaited, next))) => {
                step = next;
                wait(&mut cx, record, awaited, next)
            }
            Ok(None) => return Ok(()),
            Err(throw) => {
                let promise = cx.record_get(record, at::PROMISE)?;
                let capability = PromiseCapability { promise, resolve: UNDEFINED, reject: UNDEFINED };
                cx.reject_with_exception(&capability, throw)?;
                return Ok(());
            }
        };
        match outcome {
            Ok(()) => return Ok(()),
            Err(throw) if !cx.is_catchable() => return Err(throw),
            // A value that cannot even be waited for counts as rejected.
            Err(_) => {
                let error = cx.take_exception();
                cx.set_slot(value, error);
                rejected = true;
            }
        }
    }
}

fn wait<'s>(cx: &mut Cx<'s>, record: Value<'s>, value: Value<'s>, step: Step) -> JsResult<()> {
    let constructor = cx.intrinsic(Intrinsic::Promise)?;
    let promise = cx.promise_resolve(constructor, value)?;
    cx.record_set(record, at::STEP, imm(step as i32));
    let then = cx.new_closure(Closure::FromAsyncContinue, &[record])?;
    let otherwise = cx.new_closure(Closure::FromAsyncFailed, &[record])?;
    cx.perform_promise_then(promise, then, otherwise, None)
}

fn finish<'s>(cx: &mut Cx<'s>, record: Value<'s>, length: f64) -> JsResult<()> {
    let result: Object<'s> = cx.record_get(record, at::RESULT)?.cast();
    set_length(cx, result, length)?;
    let promise = cx.record_get(record, at::PROMISE)?;
    let capability = PromiseCapability { promise, resolve: UNDEFINED, reject: UNDEFINED };
    cx.capability_resolve(&capability, result.cast())
}

/// Adds a value to the result.
fn add<'s>(cx: &mut Cx<'s>, record: Value<'s>, k: f64, value: Value<'s>) -> JsResult<()> {
    let result: Object<'s> = cx.record_get(record, at::RESULT)?.cast();
    create(cx, result, k, value)?;
    cx.record_set(record, at::INDEX, imm(k + 1.0));
    Ok(())
}

type Waiting<'s> = Option<(Value<'s>, Step)>;

fn call_next<'s>(cx: &mut Cx<'s>, record: Value<'s>) -> JsResult<Waiting<'s>> {
    let iterator = cx.record_get(record, at::SOURCE)?;
    let next = cx.record_get(record, at::NEXT)?;
    let k = cx.record_raw(record, at::INDEX).as_number().unwrap_or(0.0);
    if k >= MAX_SAFE {
        let _ = cx.throw_type_error("too many elements");
        let error = cx.take_exception();
        return close(cx, record, error);
    }
    let result = cx.call(next, iterator, &[])?;
    Ok(Some((result, Step::Next)))
}

fn get_next<'s>(cx: &mut Cx<'s>, record: Value<'s>) -> JsResult<Waiting<'s>> {
    let k = cx.record_raw(record, at::INDEX).as_number().unwrap_or(0.0);
    let length = cx.record_raw(record, at::NEXT).as_number().unwrap_or(0.0);
    if k >= length {
        finish(cx, record, length)?;
        return Ok(None);
    }
    let source: Object<'s> = cx.record_get(record, at::SOURCE)?.cast();
    let value = super::get(cx, source, k)?;
    Ok(Some((value, Step::Element)))
}

/// AsyncIteratorClose for an error.
fn close<'s>(cx: &mut Cx<'s>, record: Value<'s>, error: Value<'s>) -> JsResult<Waiting<'s>> {
    let iterator = cx.record_get(record, at::SOURCE)?;
    let result = match cx.get_method(iterator, n!("return")) {
        Ok(Some(method)) => cx.call(method, iterator, &[]).map(Some),
        Ok(None) => Ok(None),
        Err(throw) => Err(throw),
    };
    match result {
        Ok(Some(result)) => {
            cx.record_set(record, at::ERROR, error);
            Ok(Some((result, Step::Close)))
        }
        Err(throw) if !cx.is_catchable() => Err(throw),
        _ => Err(cx.throw(error)),
    }
}

/// Closes the iterator after something threw.
fn close_thrown<'s>(cx: &mut Cx<'s>, record: Value<'s>, throw: crate::throw::Throw) -> JsResult<Waiting<'s>> {
    if !cx.is_catchable() {
        return Err(throw);
    }
    let error = cx.take_exception();
    close(cx, record, error)
}

fn map<'s>(cx: &mut Cx<'s>, record: Value<'s>, k: f64, value: Value<'s>) -> JsResult<Option<Value<'s>>> {
    let mapper = cx.record_get(record, at::MAPPER)?;
    if cx.is_undefined(mapper) {
        return Ok(None);
    }
    let this_arg = cx.record_get(record, at::THIS)?;
    cx.call(mapper, this_arg, &[value, imm(k)]).map(Some)
}

/// One stretch between two awaits: gives what to wait for next, nothing when the promise has been resolved.
fn run<'s>(cx: &mut Cx<'s>, record: Value<'s>, step: Step, value: Value<'s>, rejected: bool) -> JsResult<Waiting<'s>> {
    let k = cx.record_raw(record, at::INDEX).as_number().unwrap_or(0.0);
    match step {
        Step::StartIterator => call_next(cx, record),
        Step::StartList => get_next(cx, record),
        Step::Close => {
            let error = cx.record_get(record, at::ERROR)?;
            Err(cx.throw(error))
        }
        Step::MappedNext if rejected => close(cx, record, value),
        _ if rejected => Err(cx.throw(value)),
        Step::Next => {
            let Some(result) = cx.as_object(value) else {
                return Err(cx.throw_type_error("iterator result is not an object"));
            };
            if cx.iterator_complete(result)? {
                finish(cx, record, k)?;
                return Ok(None);
            }
            let value = cx.iterator_value(result)?;
            match map(cx, record, k, value) {
                Ok(Some(mapped)) => Ok(Some((mapped, Step::MappedNext))),
                Ok(None) => match add(cx, record, k, value) {
                    Ok(()) => call_next(cx, record),
                    Err(throw) => close_thrown(cx, record, throw),
                },
                Err(throw) => close_thrown(cx, record, throw),
            }
        }
        Step::MappedNext => match add(cx, record, k, value) {
            Ok(()) => call_next(cx, record),
            Err(throw) => close_thrown(cx, record, throw),
        },
        Step::Element => match map(cx, record, k, value)? {
            Some(mapped) => Ok(Some((mapped, Step::MappedElement))),
            None => {
                add(cx, record, k, value)?;
                get_next(cx, record)
            }
        },
        Step::MappedElement => {
            add(cx, record, k, value)?;
            get_next(cx, record)
        }
    }
}
