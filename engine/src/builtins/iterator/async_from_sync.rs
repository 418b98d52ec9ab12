//! Async-from-sync iterators and %AsyncIteratorPrototype% (ECMA-262 §27.1.5, §27.1.6).

use rotifer_jsvalue::field;

use crate::builtins::Intrinsic;
use crate::builtins::internal::Closure;
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::{IteratorKind, IteratorRecord, PromiseCapability};
use crate::throw::JsResult;

fn this_record<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<IteratorRecord<'s>> {
    if cx.iterator_kind(args.this()) != IteratorKind::AsyncFromSync {
        return Err(cx.throw_type_error("this is not an async-from-sync iterator"));
    }
    let iterator = cx.field(args.this(), field::Iterator::target)?.cast();
    let next = cx.field(args.this(), field::Iterator::extra)?;
    Ok(IteratorRecord { iterator, next })
}

/// The promise of `capability` after `f` has run, rejected when that threw.
fn settle<'s>(
    cx: &mut Cx<'s>,
    capability: &PromiseCapability<'s>,
    f: impl FnOnce(&mut Cx<'s>) -> JsResult<()>,
) -> JsResult<Value<'s>> {
    match f(cx) {
        Ok(()) => Ok(capability.promise),
        Err(throw) => cx.reject_with_exception(capability, throw),
    }
}

/// ECMA-262 §27.1.6.2.1 %AsyncFromSyncIteratorPrototype%.next
pub(super) fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = this_record(cx, args)?;
    let capability = cx.internal_capability()?;
    let value = if args.is_empty() { None } else { Some(args.get(0)) };
    settle(cx, &capability, |cx| {
        let result = cx.iterator_next(&record, value)?;
        go_on(cx, result, &capability, &record, true)
    })
}

/// ECMA-262 §27.1.6.2.2 %AsyncFromSyncIteratorPrototype%.return
pub(super) fn close<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = this_record(cx, args)?;
    let capability = cx.internal_capability()?;
    let value = args.get(0);
    let given = !args.is_empty();
    settle(cx, &capability, |cx| {
        let Some(method) = cx.get_method(record.iterator.cast(), n!("return"))? else {
            let result = cx.create_iter_result(value, true)?;
            return cx.capability_resolve(&capability, result.cast());
        };
        let values: &[Value<'s>] = if given { &[value] } else { &[] };
        let result = cx.call(method, record.iterator.cast(), values)?;
        match cx.as_object(result) {
            Some(result) => go_on(cx, result, &capability, &record, false),
            None => Err(cx.throw_type_error("result of the iterator's return method is not an object")),
        }
    })
}

/// ECMA-262 §27.1.6.2.3 %AsyncFromSyncIteratorPrototype%.throw
pub(super) fn throw<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = this_record(cx, args)?;
    let capability = cx.internal_capability()?;
    let value = args.get(0);
    let given = !args.is_empty();
    settle(cx, &capability, |cx| {
        let Some(method) = cx.get_method(record.iterator.cast(), n!("throw"))? else {
            cx.iterator_close(&record, Ok(()))?;
            return Err(cx.throw_type_error("the iterator has no throw method"));
        };
        let values: &[Value<'s>] = if given { &[value] } else { &[] };
        let result = cx.call(method, record.iterator.cast(), values)?;
        match cx.as_object(result) {
            Some(result) => go_on(cx, result, &capability, &record, true),
            None => Err(cx.throw_type_error("result of the iterator's throw method is not an object")),
        }
    })
}

/// ECMA-262 §27.1.6.4 AsyncFromSyncIteratorContinuation
fn go_on<'s>(
    cx: &mut Cx<'s>,
    result: Object<'s>,
    capability: &PromiseCapability<'s>,
    record: &IteratorRecord<'s>,
    close_on_rejection: bool,
) -> JsResult<()> {
    let done = cx.iterator_complete(result)?;
    let value = cx.iterator_value(result)?;
    let constructor = cx.intrinsic(Intrinsic::Promise)?;
    let mut wrapper = cx.promise_resolve(constructor, value);
    if wrapper.is_err() && !done && close_on_rejection {
        wrapper = cx.iterator_close(record, wrapper);
    }
    let wrapper = wrapper?;
    let fulfilled = cx.new_closure(Closure::AsyncFromSyncValue, &[imm(done)])?;
    let rejected = if done || !close_on_rejection {
        UNDEFINED
    } else {
        cx.new_closure(Closure::AsyncFromSyncClose, &[record.iterator.cast()])?
    };
    cx.perform_promise_then(wrapper, fulfilled, rejected, Some(capability))
}

/// The closure `unwrap` of ECMA-262 §27.1.6.4.
pub(in crate::builtins) fn value<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let done = args.data_raw(cx, 0) == rotifer_jsvalue::JsValue::TRUE;
    Ok(cx.create_iter_result(args.get(0), done)?.cast())
}

/// The closure `closeIterator` of ECMA-262 §27.1.6.4.
pub(in crate::builtins) fn rejected<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let iterator = args.data(cx, 0)?.cast();
    let error = Err(cx.throw(args.get(0)));
    cx.iterator_close(&IteratorRecord { iterator, next: UNDEFINED }, error)
}

/// ECMA-262 §27.1.5.2 %AsyncIteratorPrototype% [ %Symbol.asyncDispose% ]
pub(super) fn async_dispose<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let capability = cx.internal_capability()?;
    let this = args.this();
    settle(cx, &capability, |cx| {
        let Some(method) = cx.get_method(this, n!("return"))? else {
            return cx.capability_resolve(&capability, UNDEFINED);
        };
        let result = cx.call(method, this, &[])?;
        let constructor = cx.intrinsic(Intrinsic::Promise)?;
        let wrapper = cx.promise_resolve(constructor, result)?;
        let fulfilled = cx.new_closure(Closure::ReturnValue, &[UNDEFINED])?;
        cx.perform_promise_then(wrapper, fulfilled, UNDEFINED, Some(&capability))
    })
}
