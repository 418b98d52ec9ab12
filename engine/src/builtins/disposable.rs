//! `DisposableStack` and `AsyncDisposableStack` (ECMA-262 §27.5, §27.6).
//!
//! Both are [`Kind::Record`]s: `a` is the disposal stack, undefined once disposed of; `d` says which of the two it is.

use rotifer_jsvalue::{JsValue, Kind, PropertyKey, StaticName, WellKnown, field};

use super::Intrinsic;
use super::internal::Closure;
use super::spec::{Spec, func, getter, link, prototype, same, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::{Disposed, PromiseCapability};
use crate::throw::JsResult;

pub(super) static DISPOSABLESTACK_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::DisposableStack),
        func(n!("adopt"), 2, adopt),
        func(n!("defer"), 1, defer),
        func(n!("dispose"), 0, dispose),
        getter(n!("disposed"), disposed),
        func(n!("move"), 0, move_),
        func(n!("use"), 1, use_),
        same(
            PropertyKey::well_known(WellKnown::Dispose),
            Intrinsic::DisposableStackPrototype,
            PropertyKey::name(n!("dispose")),
        ),
        tag(n!("DisposableStack")),
    ],
);

pub(super) static DISPOSABLESTACK: Spec =
    Spec::constructor(n!("DisposableStack"), 0, constructor, &[prototype(Intrinsic::DisposableStackPrototype)]);

pub(super) static ASYNCDISPOSABLESTACK_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::AsyncDisposableStack),
        func(n!("adopt"), 2, async_adopt),
        func(n!("defer"), 1, async_defer),
        func(n!("disposeAsync"), 0, dispose_async),
        getter(n!("disposed"), async_disposed),
        func(n!("move"), 0, async_move),
        func(n!("use"), 1, async_use),
        same(
            PropertyKey::well_known(WellKnown::AsyncDispose),
            Intrinsic::AsyncDisposableStackPrototype,
            PropertyKey::name(n!("disposeAsync")),
        ),
        tag(n!("AsyncDisposableStack")),
    ],
);

pub(super) static ASYNCDISPOSABLESTACK: Spec = Spec::constructor(
    n!("AsyncDisposableStack"),
    0,
    async_constructor,
    &[prototype(Intrinsic::AsyncDisposableStackPrototype)],
);

fn brand(is_async: bool) -> StaticName {
    if is_async { n!("AsyncDisposableStack") } else { n!("DisposableStack") }
}

fn create<'s>(cx: &mut Cx<'s>, new_target: Value<'s>, is_async: bool) -> JsResult<Object<'s>> {
    let proto = if is_async { Intrinsic::AsyncDisposableStackPrototype } else { Intrinsic::DisposableStackPrototype };
    let object = cx.ordinary_create_from_constructor(new_target, proto, Kind::Record, 1)?;
    let stack = cx.new_dispose_capability()?;
    cx.set_field(object, field::Record::a, stack);
    cx.set_field_raw(object, field::Record::d, JsValue::name(brand(is_async)));
    Ok(object)
}

/// ECMA-262 §27.5.1.1 DisposableStack
fn constructor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("DisposableStack has to be called with 'new'"));
    }
    Ok(create(cx, args.new_target(), false)?.cast())
}

/// ECMA-262 §27.6.1.1 AsyncDisposableStack
fn async_constructor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("AsyncDisposableStack has to be called with 'new'"));
    }
    Ok(create(cx, args.new_target(), true)?.cast())
}

fn is_stack<'s>(cx: &Cx<'s>, value: Value<'s>, is_async: bool) -> bool {
    cx.is_kind(value, Kind::Record) && cx.field_raw(value, field::Record::d) == JsValue::name(brand(is_async))
}

/// `this`, which has to be a disposable stack.
fn this_stack<'s>(cx: &mut Cx<'s>, args: &Args<'s>, is_async: bool) -> JsResult<Object<'s>> {
    if is_stack(cx, args.this(), is_async) {
        return Ok(args.this().cast());
    }
    let method = if is_async { "AsyncDisposableStack method" } else { "DisposableStack method" };
    Err(cx.throw_incompatible(method, args.this()))
}

/// The resources of `this`, which must not have been disposed of.
fn resources<'s>(cx: &mut Cx<'s>, args: &Args<'s>, is_async: bool) -> JsResult<Object<'s>> {
    let this = this_stack(cx, args, is_async)?;
    let stack = cx.field(this, field::Record::a)?;
    match cx.as_object(stack) {
        Some(stack) => Ok(stack),
        None => Err(cx.throw_reference_error("the stack has already been disposed of")),
    }
}

fn adopt_on<'s>(cx: &mut Cx<'s>, args: &Args<'s>, is_async: bool) -> JsResult<Value<'s>> {
    let stack = resources(cx, args, is_async)?;
    let on_dispose = args.get(1);
    if !cx.is_callable(on_dispose) {
        return Err(cx.throw_not_callable(on_dispose));
    }
    let method = cx.new_closure(Closure::DisposeAdopted, &[on_dispose, args.get(0)])?;
    cx.add_disposable_method(stack, UNDEFINED, method, is_async)?;
    Ok(args.get(0))
}

/// ECMA-262 §27.5.3.1 DisposableStack.prototype.adopt
fn adopt<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    adopt_on(cx, args, false)
}

/// ECMA-262 §27.6.3.1 AsyncDisposableStack.prototype.adopt
fn async_adopt<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    adopt_on(cx, args, true)
}

/// The method of an adopted value.
pub(super) fn dispose_adopted<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let on_dispose = args.data(cx, 0)?;
    let value = args.data(cx, 1)?;
    cx.call(on_dispose, UNDEFINED, &[value])
}

fn defer_on<'s>(cx: &mut Cx<'s>, args: &Args<'s>, is_async: bool) -> JsResult<Value<'s>> {
    let stack = resources(cx, args, is_async)?;
    let on_dispose = args.get(0);
    if !cx.is_callable(on_dispose) {
        return Err(cx.throw_not_callable(on_dispose));
    }
    cx.add_disposable_method(stack, UNDEFINED, on_dispose, is_async)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §27.5.3.2 DisposableStack.prototype.defer
fn defer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    defer_on(cx, args, false)
}

/// ECMA-262 §27.6.3.2 AsyncDisposableStack.prototype.defer
fn async_defer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    defer_on(cx, args, true)
}

/// ECMA-262 §27.5.3.3 DisposableStack.prototype.dispose
fn dispose<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = this_stack(cx, args, false)?;
    let stack = cx.field(this, field::Record::a)?;
    if let Some(stack) = cx.as_object(stack) {
        cx.set_field_raw(this, field::Record::a, JsValue::UNDEFINED);
        cx.dispose_resources(stack)?;
    }
    Ok(UNDEFINED)
}

/// ECMA-262 §27.5.3.4 get DisposableStack.prototype.disposed
fn disposed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = this_stack(cx, args, false)?;
    Ok(imm(cx.field_raw(this, field::Record::a).is_undefined()))
}

/// ECMA-262 §27.6.3.4 get AsyncDisposableStack.prototype.disposed
fn async_disposed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = this_stack(cx, args, true)?;
    Ok(imm(cx.field_raw(this, field::Record::a).is_undefined()))
}

fn move_from<'s>(cx: &mut Cx<'s>, args: &Args<'s>, is_async: bool) -> JsResult<Value<'s>> {
    let stack = resources(cx, args, is_async)?;
    let new = create(cx, UNDEFINED, is_async)?;
    cx.set_field(new, field::Record::a, stack);
    cx.set_field_raw(args.this(), field::Record::a, JsValue::UNDEFINED);
    Ok(new.cast())
}

/// ECMA-262 §27.5.3.5 DisposableStack.prototype.move
fn move_<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    move_from(cx, args, false)
}

/// ECMA-262 §27.6.3.5 AsyncDisposableStack.prototype.move
fn async_move<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    move_from(cx, args, true)
}

fn use_on<'s>(cx: &mut Cx<'s>, args: &Args<'s>, is_async: bool) -> JsResult<Value<'s>> {
    let stack = resources(cx, args, is_async)?;
    cx.add_disposable_value(stack, args.get(0), is_async)?;
    Ok(args.get(0))
}

/// ECMA-262 §27.5.3.6 DisposableStack.prototype.use
fn use_<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    use_on(cx, args, false)
}

/// ECMA-262 §27.6.3.6 AsyncDisposableStack.prototype.use
fn async_use<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    use_on(cx, args, true)
}

// The disposal of an AsyncDisposableStack is a record of these.
const STACK: u32 = 0;
const PROMISE: u32 = 1;
/// The failure so far, or a hole.
const FAILURE: u32 = 2;

/// ECMA-262 §27.6.3.3 AsyncDisposableStack.prototype.disposeAsync
fn dispose_async<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let capability = cx.internal_capability()?;
    let this = args.this();
    if !is_stack(cx, this, true) {
        let throw = cx.throw_incompatible("AsyncDisposableStack.prototype.disposeAsync", this);
        return cx.reject_with_exception(&capability, throw);
    }
    let stack = cx.field(this, field::Record::a)?;
    if !cx.is_object(stack) {
        cx.capability_resolve(&capability, UNDEFINED)?;
        return Ok(capability.promise);
    }
    cx.set_field_raw(this, field::Record::a, JsValue::UNDEFINED);
    let disposal = cx.new_record(&[stack, capability.promise, imm(JsValue::EMPTY)])?;
    go_on(cx, disposal)?;
    Ok(capability.promise)
}

/// Disposes of resources until something has to be awaited or nothing is left.
fn go_on<'s>(cx: &mut Cx<'s>, disposal: Value<'s>) -> JsResult<()> {
    let stack: Object<'s> = cx.record_get(disposal, STACK)?.cast();
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let step = cx.dispose_next(stack);
        let step = match step {
            Ok(Disposed::Await(value)) => {
                let constructor = cx.intrinsic(Intrinsic::Promise)?;
                match cx.promise_resolve(constructor, value) {
                    Ok(promise) => {
                        let next = cx.new_closure(Closure::DisposeContinue, &[disposal])?;
                        let failed = cx.new_closure(Closure::DisposeFailed, &[disposal])?;
                        return cx.perform_promise_then(promise, next, failed, None);
                    }
                    Err(throw) => Err(throw),
                }
            }
            other => other.map(|d| matches!(d, Disposed::Done)),
        };
        match step {
            Ok(false) => {}
            Ok(true) => break,
            Err(throw) => {
                let before = cx.record_get(disposal, FAILURE)?;
                let error = cx.suppress(throw, before)?;
                cx.record_set(disposal, FAILURE, error);
            }
        }
    }
    let promise = cx.record_get(disposal, PROMISE)?;
    let failure = cx.record_get(disposal, FAILURE)?;
    let capability = PromiseCapability { promise, resolve: UNDEFINED, reject: UNDEFINED };
    if cx.peek(failure).is_empty() {
        cx.capability_resolve(&capability, UNDEFINED)
    } else {
        cx.capability_reject(&capability, failure)
    }
}

/// What was awaited has succeeded.
pub(super) fn continue_dispose<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let disposal = args.data(cx, 0)?;
    go_on(cx, disposal)?;
    Ok(UNDEFINED)
}

/// What was awaited has failed.
pub(super) fn failed_dispose<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let disposal = args.data(cx, 0)?;
    let before = cx.record_get(disposal, FAILURE)?;
    let throw = cx.throw(args.get(0));
    let error = cx.suppress(throw, before)?;
    cx.record_set(disposal, FAILURE, error);
    go_on(cx, disposal)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §27.4.1.5 GetDisposeMethod, step 1.b.ii: a synchronous method in an asynchronous place.
pub(super) fn call_sync_dispose<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let method = args.data(cx, 0)?;
    let capability = cx.internal_capability()?;
    if let Err(throw) = cx.call(method, args.this(), &[]) {
        return cx.reject_with_exception(&capability, throw);
    }
    cx.capability_resolve(&capability, UNDEFINED)?;
    Ok(capability.promise)
}
