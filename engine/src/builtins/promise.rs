//! `Promise` (ECMA-262 §27.2); what promises do is in `ops/promises.rs`, `all` and its kin in
//! [`combinators`](super::combinators).

use rotifer_jsvalue::{Attrs, JsValue, Kind, WellKnown};

use super::Intrinsic;
use super::combinators;
use super::internal::Closure;
use super::spec::{Spec, func, link, prototype, sym_getter, tag};
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(super) use super::combinators::combinator_element;

pub(super) static PROMISE_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::Promise),
        func(n!("catch"), 1, catch),
        func(n!("finally"), 1, finally),
        func(n!("then"), 2, then),
        tag(n!("Promise")),
    ],
);

pub(super) static PROMISE: Spec = Spec::constructor(
    n!("Promise"),
    1,
    constructor,
    &[
        prototype(Intrinsic::PromisePrototype),
        func(n!("all"), 1, combinators::all),
        func(n!("allSettled"), 1, combinators::all_settled),
        func(n!("any"), 1, combinators::any),
        func(n!("race"), 1, combinators::race),
        func(n!("reject"), 1, reject),
        func(n!("resolve"), 1, resolve),
        func(n!("try"), 1, try_),
        func(n!("withResolvers"), 0, with_resolvers),
        func(n!("allKeyed"), 1, combinators::all_keyed),
        func(n!("allSettledKeyed"), 1, combinators::all_settled_keyed),
        sym_getter(WellKnown::Species, species),
    ],
);

/// ECMA-262 §27.2.3.1 Promise
fn constructor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("Promise has to be called with 'new'"));
    }
    let executor = args.get(0);
    if !cx.is_callable(executor) {
        return Err(cx.throw_not_callable(executor));
    }
    let promise =
        cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::PromisePrototype, Kind::Promise, 1)?;
    let (resolve, reject) = cx.create_resolving_functions(promise)?;
    match cx.call(executor, UNDEFINED, &[resolve, reject]) {
        Ok(_) => {}
        Err(throw) if !cx.is_catchable() => return Err(throw),
        Err(_) => {
            let reason = cx.take_exception();
            cx.call(reject, UNDEFINED, &[reason])?;
        }
    }
    Ok(promise.cast())
}

/// ECMA-262 §27.2.1.3.2 Promise Resolve Functions: promise, whether one of the pair was called.
pub(super) fn resolve_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !settled_before(cx, args)? {
        let promise = args.data(cx, 0)?;
        cx.resolve_promise(promise.cast(), args.get(0))?;
    }
    Ok(UNDEFINED)
}

/// ECMA-262 §27.2.1.3.1 Promise Reject Functions
pub(super) fn reject_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !settled_before(cx, args)? {
        let promise = args.data(cx, 0)?;
        cx.reject_promise(promise.cast(), args.get(0))?;
    }
    Ok(UNDEFINED)
}

fn settled_before<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<bool> {
    let already = args.data(cx, 1)?;
    let before = cx.record_raw(already, 0) == JsValue::TRUE;
    cx.record_set(already, 0, imm(true));
    Ok(before)
}

/// ECMA-262 §27.2.1.5, step 4: takes the functions a promise constructor hands to its executor.
pub(super) fn capability_executor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = args.data(cx, 0)?;
    for i in 0..2 {
        if !cx.record_raw(record, i).is_undefined() {
            return Err(cx.throw_type_error("the promise executor has been called before"));
        }
    }
    cx.record_set(record, 0, args.get(0));
    cx.record_set(record, 1, args.get(1));
    Ok(UNDEFINED)
}

/// ECMA-262 §27.2.4.6 Promise.reject
fn reject<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let capability = cx.new_promise_capability(args.this(), false)?;
    cx.capability_reject(&capability, args.get(0))?;
    Ok(capability.promise)
}

/// ECMA-262 §27.2.4.7 Promise.resolve
fn resolve<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let constructor = super::object::need_object(cx, args.this())?;
    Ok(cx.promise_resolve(constructor, args.get(0))?.cast())
}

/// ECMA-262 §27.2.4.8 Promise.try
fn try_<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let constructor = super::object::need_object(cx, args.this())?;
    let capability = cx.new_promise_capability(constructor.cast(), false)?;
    let call = Args { this: UNDEFINED, callee: args.get(0), new_target: UNDEFINED, ..args.rest(1) };
    match cx.call_args(&call) {
        Ok(value) => cx.capability_resolve(&capability, value)?,
        Err(throw) => return cx.reject_with_exception(&capability, throw),
    }
    Ok(capability.promise)
}

/// ECMA-262 §27.2.4.9 Promise.withResolvers
fn with_resolvers<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let capability = cx.new_promise_capability(args.this(), true)?;
    let object = cx.new_object()?;
    cx.define_new(object, n!("promise"), capability.promise, Attrs::ALL)?;
    cx.define_new(object, n!("resolve"), capability.resolve, Attrs::ALL)?;
    cx.define_new(object, n!("reject"), capability.reject, Attrs::ALL)?;
    Ok(object.cast())
}

/// ECMA-262 §27.2.4.10 get Promise [ %Symbol.species% ]
fn species<'s>(_cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(args.this())
}

/// ECMA-262 §27.2.5.1 Promise.prototype.catch
fn catch<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.invoke(args.this(), n!("then"), &[UNDEFINED, args.get(0)])
}

/// ECMA-262 §27.2.5.4 Promise.prototype.then
fn then<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = args.this();
    if !cx.is_kind(this, Kind::Promise) {
        return Err(cx.throw_incompatible("Promise.prototype.then", this));
    }
    let constructor = cx.species_constructor(this.cast(), Intrinsic::Promise)?;
    let capability = cx.new_promise_capability(constructor.cast(), false)?;
    cx.perform_promise_then(this.cast(), args.get(0), args.get(1), Some(&capability))?;
    Ok(capability.promise)
}

/// ECMA-262 §27.2.5.3 Promise.prototype.finally
fn finally<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = args.this();
    let promise = super::object::need_object(cx, this)?;
    let constructor = cx.species_constructor(promise, Intrinsic::Promise)?;
    let on_finally = args.get(0);
    let (then_finally, catch_finally) = if cx.is_callable(on_finally) {
        let data = [on_finally, constructor.cast()];
        (cx.new_closure(Closure::ThenFinally, &data)?, cx.new_closure(Closure::CatchFinally, &data)?)
    } else {
        (on_finally, on_finally)
    };
    cx.invoke(this, n!("then"), &[then_finally, catch_finally])
}

/// Calls the function given to `finally` and goes on with `thunk` when what it gave is settled.
fn run_finally<'s>(cx: &mut Cx<'s>, args: &Args<'s>, thunk: Closure) -> JsResult<Value<'s>> {
    let on_finally = args.data(cx, 0)?;
    let constructor = args.data(cx, 1)?;
    let result = cx.call(on_finally, UNDEFINED, &[])?;
    let promise = cx.promise_resolve(constructor.cast(), result)?;
    let thunk = cx.new_closure(thunk, &[args.get(0)])?;
    cx.invoke(promise.cast(), n!("then"), &[thunk])
}

/// ECMA-262 §27.2.5.3, step 6.a
pub(super) fn then_finally<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    run_finally(cx, args, Closure::ReturnValue)
}

/// ECMA-262 §27.2.5.3, step 6.c
pub(super) fn catch_finally<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    run_finally(cx, args, Closure::ThrowValue)
}

/// Gives the value it carries.
pub(super) fn return_value<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    args.data(cx, 0)
}

/// Throws the value it carries.
pub(super) fn throw_value<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let value = args.data(cx, 0)?;
    Err(cx.throw(value))
}
