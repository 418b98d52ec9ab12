//! `Promise.all` and its kin (ECMA-262 §27.2.4.1 to §27.2.4.5), and those over the properties of an object (proposal "Await
//! Dictionary").

use rotifer_jsvalue::{Attrs, JsValue, Kind, elements};

use super::Intrinsic;
use super::internal::Closure;
use crate::cx::{Args, Cx, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::PromiseCapability;
use crate::throw::JsResult;

/// What is made of the promises.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Combine {
    All = 0,
    AllSettled = 1,
    Any = 2,
    Race = 3,
}

/// What the functions of one call share.
mod shared {
    /// Values so far, an array.
    pub const VALUES: u32 = 0;
    /// The capability.
    pub const PROMISE: u32 = 1;
    pub const RESOLVE: u32 = 2;
    pub const REJECT: u32 = 3;
    /// Elements without a value, plus one while there may be more: an integer.
    pub const REMAINING: u32 = 4;
    /// See [`super::Combine`].
    pub const WHAT: u32 = 5;
    /// Keys of the result, an array, when it is an object.
    pub const KEYS: u32 = 6;
}

/// What an element function does with its argument: bits above the index in its second value.
const VALUE: u64 = 0;
const SETTLED_VALUE: u64 = 1;
const SETTLED_REASON: u64 = 2;

/// ECMA-262 §27.2.4.1 Promise.all
pub(super) fn all<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    combine(cx, args, Combine::All, false)
}

/// ECMA-262 §27.2.4.2 Promise.allSettled
pub(super) fn all_settled<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    combine(cx, args, Combine::AllSettled, false)
}

/// ECMA-262 §27.2.4.3 Promise.any
pub(super) fn any<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    combine(cx, args, Combine::Any, false)
}

/// ECMA-262 §27.2.4.5 Promise.race
pub(super) fn race<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    combine(cx, args, Combine::Race, false)
}

/// Promise.allKeyed (proposal "Await Dictionary")
pub(super) fn all_keyed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    combine(cx, args, Combine::All, true)
}

/// Promise.allSettledKeyed (proposal "Await Dictionary")
pub(super) fn all_settled_keyed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    combine(cx, args, Combine::AllSettled, true)
}

fn combine<'s>(cx: &mut Cx<'s>, args: &Args<'s>, what: Combine, keyed: bool) -> JsResult<Value<'s>> {
    let constructor = args.this();
    let capability = cx.new_promise_capability(constructor, true)?;
    let result = if keyed {
        perform_keyed(cx, constructor, &capability, what, args.get(0))
    } else {
        perform(cx, constructor, &capability, what, args.get(0))
    };
    match result {
        Ok(()) => Ok(capability.promise),
        Err(throw) => cx.reject_with_exception(&capability, throw),
    }
}

/// One call: the constructor, its `resolve`, and what the element functions share.
#[derive(Clone, Copy)]
struct Call<'s> {
    constructor: Value<'s>,
    resolve: Value<'s>,
    capability: PromiseCapability<'s>,
    shared: Value<'s>,
    what: Combine,
}

/// ECMA-262 §27.2.4.1.1 GetPromiseResolve, and what the element functions will share.
fn prepare<'s>(
    cx: &mut Cx<'s>,
    constructor: Value<'s>,
    capability: &PromiseCapability<'s>,
    what: Combine,
    keyed: bool,
) -> JsResult<Call<'s>> {
    let resolve = cx.get_v(constructor, n!("resolve"))?;
    if !cx.is_callable(resolve) {
        return Err(cx.throw_type_error("the promise constructor's 'resolve' is not a function"));
    }
    let values = cx.new_array(0, 0)?;
    let keys = if keyed { cx.new_array(0, 0)?.cast() } else { UNDEFINED };
    let shared = cx.new_record(&[
        values.cast(),
        capability.promise,
        capability.resolve,
        capability.reject,
        imm(1),
        imm(what as i32),
        keys,
    ])?;
    Ok(Call { constructor, resolve, capability: *capability, shared, what })
}

fn perform<'s>(
    cx: &mut Cx<'s>,
    constructor: Value<'s>,
    capability: &PromiseCapability<'s>,
    what: Combine,
    iterable: Value<'s>,
) -> JsResult<()> {
    let call = prepare(cx, constructor, capability, what, false)?;
    let record = cx.get_iterator(iterable)?;
    let mut index = 0;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let Some(next) = cx.iterator_step(&record)? else { break };
        let added = add_element(&mut cx, &call, index, next);
        if added.is_err() {
            return cx.iterator_close(&record, added);
        }
        index += 1;
    }
    if what == Combine::Race { Ok(()) } else { one_less(cx, call.shared) }
}

fn perform_keyed<'s>(
    cx: &mut Cx<'s>,
    constructor: Value<'s>,
    capability: &PromiseCapability<'s>,
    what: Combine,
    promises: Value<'s>,
) -> JsResult<()> {
    let call = prepare(cx, constructor, capability, what, true)?;
    let promises = super::object::need_object(cx, promises)?;
    let keys = cx.own_property_keys(promises)?;
    let used = cx.record_get(call.shared, shared::KEYS)?;
    let mut index = 0;
    for i in 0..cx.array_len(keys) {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.key_of_item(keys, i)?;
        if let Some(value) = super::integrity::own_enumerable_value(&mut cx, promises, key)? {
            let k = cx.peek_key(key);
            cx.push_key(used.cast(), k)?;
            add_element(&mut cx, &call, index, value)?;
            index += 1;
        }
    }
    one_less(cx, call.shared)
}

/// Resolves one element and listens to it.
fn add_element<'s>(cx: &mut Cx<'s>, call: &Call<'s>, index: u32, next: Value<'s>) -> JsResult<()> {
    if call.what != Combine::Race {
        let values = cx.record_get(call.shared, shared::VALUES)?;
        cx.push(values.cast(), UNDEFINED)?;
    }
    let promise = cx.call(call.resolve, call.constructor, &[next])?;
    let (on_fulfilled, on_rejected) = match call.what {
        Combine::Race => (call.capability.resolve, call.capability.reject),
        Combine::All => (element_function(cx, call, index, VALUE, UNDEFINED)?, call.capability.reject),
        Combine::Any => (call.capability.resolve, element_function(cx, call, index, VALUE, UNDEFINED)?),
        Combine::AllSettled => {
            let called = cx.new_record(&[imm(false)])?;
            let value = element_function(cx, call, index, SETTLED_VALUE, called)?;
            (value, element_function(cx, call, index, SETTLED_REASON, called)?)
        }
    };
    if call.what != Combine::Race {
        change_remaining(cx, call.shared, 1);
    }
    cx.invoke(promise, n!("then"), &[on_fulfilled, on_rejected]).map(drop)
}

fn element_function<'s>(
    cx: &mut Cx<'s>,
    call: &Call<'s>,
    index: u32,
    does: u64,
    called: Value<'s>,
) -> JsResult<Value<'s>> {
    let which = imm(JsValue::raw(u64::from(index) | does << 32));
    cx.new_closure(Closure::CombinatorElement, &[call.shared, which, called])
}

fn change_remaining<'s>(cx: &mut Cx<'s>, shared: Value<'s>, by: i32) -> i32 {
    let n = cx.record_raw(shared, shared::REMAINING).as_int().unwrap_or(0).wrapping_add(by);
    cx.record_set(shared, shared::REMAINING, imm(n));
    n
}

/// The functions of ECMA-262 §27.2.4.1.3, §27.2.4.2.2, §27.2.4.2.3 and §27.2.4.3.2.
pub(in crate::builtins) fn combinator_element<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let called = args.data(cx, 2)?;
    if cx.peek(called).is_cell() {
        if cx.record_raw(called, 0) == JsValue::TRUE {
            return Ok(UNDEFINED);
        }
        cx.record_set(called, 0, imm(true));
    } else if args.called_before(cx, 2) {
        return Ok(UNDEFINED);
    }
    let shared = args.data(cx, 0)?;
    let which = args.data_raw(cx, 1).as_raw();
    let value = match which >> 32 {
        SETTLED_VALUE => settled(cx, n!("fulfilled").into(), n!("value"), args.get(0))?,
        SETTLED_REASON => settled(cx, n!("rejected").into(), n!("reason"), args.get(0))?,
        _ => args.get(0),
    };
    let values = cx.record_get(shared, shared::VALUES)?;
    let (at, v) = (cx.peek(values).index(), cx.peek(value));
    elements::set_existing(cx.heap_mut(), at, which as u32, v);
    one_less(cx, shared)?;
    Ok(UNDEFINED)
}

fn settled<'s>(
    cx: &mut Cx<'s>,
    status: JsValue,
    name: rotifer_jsvalue::StaticName,
    value: Value<'s>,
) -> JsResult<Value<'s>> {
    let object = cx.new_object()?;
    cx.define_new(object, n!("status"), imm(status), Attrs::ALL)?;
    cx.define_new(object, name, value, Attrs::ALL)?;
    Ok(object.cast())
}

/// Counts one element down, and settles the whole after the last one.
fn one_less<'s>(cx: &mut Cx<'s>, shared: Value<'s>) -> JsResult<()> {
    if change_remaining(cx, shared, -1) != 0 {
        return Ok(());
    }
    let promise = cx.record_get(shared, shared::PROMISE)?;
    let resolve = cx.record_get(shared, shared::RESOLVE)?;
    let reject = cx.record_get(shared, shared::REJECT)?;
    let capability = PromiseCapability { promise, resolve, reject };
    let values: Object<'s> = cx.record_get(shared, shared::VALUES)?.cast();
    if cx.record_raw(shared, shared::WHAT) == JsValue::int(Combine::Any as i32) {
        let proto = cx.intrinsic(Intrinsic::AggregateErrorPrototype)?;
        let error = cx.new_error_object(proto)?;
        cx.define_new(error, n!("message"), imm(n!("All promises were rejected")), Attrs::HIDDEN)?;
        cx.define_new(error, n!("errors"), values.cast(), Attrs::HIDDEN)?;
        return cx.capability_reject(&capability, error.cast());
    }
    let keys = cx.record_get(shared, shared::KEYS)?;
    if cx.is_undefined(keys) {
        return cx.capability_resolve(&capability, values.cast());
    }
    let result = cx.new_object_of(Kind::Object, NULL, 4)?;
    for i in 0..cx.array_len(keys.cast()) {
        let mut cx = cx.nest();
        let key = cx.key_of_item(keys.cast(), i)?;
        let value = cx.array_item(values, i)?;
        cx.create_data_property_or_throw(result, key, value)?;
    }
    cx.capability_resolve(&capability, result.cast())
}
