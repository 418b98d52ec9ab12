//! Atomics (ECMA-262 §25.4). Only one thread ever runs in an isolate, so every operation is atomic as it is.

use rotifer_jsvalue::{JsValue, Kind, field};

use super::Intrinsic;
use super::spec::{Spec, func, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::typed::{self, ElementType};
use crate::throw::JsResult;

pub(super) static ATOMICS: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        func(n!("add"), 3, |cx, args| modify(cx, args, u64::wrapping_add)),
        func(n!("and"), 3, |cx, args| modify(cx, args, |a, b| a & b)),
        func(n!("compareExchange"), 4, compare_exchange),
        func(n!("exchange"), 3, |cx, args| modify(cx, args, |_, b| b)),
        func(n!("isLockFree"), 1, is_lock_free),
        func(n!("load"), 2, load),
        func(n!("notify"), 3, notify),
        func(n!("or"), 3, |cx, args| modify(cx, args, |a, b| a | b)),
        func(n!("pause"), 0, pause),
        func(n!("store"), 3, store),
        func(n!("sub"), 3, |cx, args| modify(cx, args, u64::wrapping_sub)),
        func(n!("wait"), 4, wait),
        func(n!("waitAsync"), 4, wait_async),
        func(n!("xor"), 3, |cx, args| modify(cx, args, |a, b| a ^ b)),
        tag(n!("Atomics")),
    ],
);

/// ECMA-262 §25.4.3.1 ValidateIntegerTypedArray
fn validate_array<'s>(cx: &mut Cx<'s>, value: Value<'s>, waitable: bool) -> JsResult<(Object<'s>, ElementType, u32)> {
    if !cx.is_kind(value, Kind::TypedArray) {
        return Err(cx.throw_type_error("a typed array was expected"));
    }
    let at = cx.peek(value).index();
    let ty = typed::element_type(cx.heap(), at);
    let Some(length) = typed::length(cx.heap(), at) else {
        return Err(cx.throw_type_error("typed array is detached or out of bounds"));
    };
    let fits = if waitable { matches!(ty, ElementType::Int32 | ElementType::BigInt64) } else { ty.is_atomic() };
    if !fits {
        return Err(cx.throw_type_error("typed array of another element type was expected"));
    }
    Ok((value.cast(), ty, length))
}

/// ECMA-262 §25.4.3.2 ValidateAtomicAccess for an operation that writes.
fn validate_writable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<(Object<'s>, ElementType, u32)> {
    let (array, ..) = validate_array(cx, args.get(0), false)?;
    if typed::is_read_only(cx.heap(), cx.peek(array).index()) {
        return Err(cx.throw_type_error("the typed array is on an immutable ArrayBuffer"));
    }
    validate(cx, args, false)
}

/// ECMA-262 §25.4.3.2 ValidateAtomicAccess
fn validate<'s>(cx: &mut Cx<'s>, args: &Args<'s>, waitable: bool) -> JsResult<(Object<'s>, ElementType, u32)> {
    let (array, ty, length) = validate_array(cx, args.get(0), waitable)?;
    let index = cx.to_index(args.get(1))?;
    if index >= u64::from(length) {
        return Err(cx.throw_range_error("index is outside the bounds of the typed array"));
    }
    Ok((array, ty, index as u32))
}

/// The operand as an integer: the value that counts as the result of a store, and its bytes.
fn operand<'s>(cx: &mut Cx<'s>, ty: ElementType, value: Value<'s>) -> JsResult<(Value<'s>, u64)> {
    if ty.is_bigint() {
        let v = cx.to_bigint(value)?;
        let bits = cx.to_big_uint64(v)?;
        return Ok((v, bits));
    }
    let d = cx.to_integer_or_infinity(value)?;
    // -0 counts as 0.
    Ok((imm(d + 0.0), ty.encode(d)))
}

/// ECMA-262 §25.4.3.4 RevalidateAtomicAccess: the bytes there now.
fn current<'s>(cx: &mut Cx<'s>, array: Object<'s>, index: u32) -> JsResult<u64> {
    let at = cx.peek(array).index();
    if typed::length(cx.heap(), at).is_none() {
        return Err(cx.throw_type_error("typed array is detached or out of bounds"));
    }
    match typed::get_bits(cx.heap(), at, index) {
        Some(bits) => Ok(bits),
        None => Err(cx.throw_range_error("index is outside the bounds of the typed array")),
    }
}

fn result<'s>(cx: &mut Cx<'s>, ty: ElementType, bits: u64) -> JsResult<Value<'s>> {
    let v: JsValue = typed::bits_to_value(cx, ty, bits)?;
    cx.root(v)
}

/// ECMA-262 §25.4.3.17 AtomicReadModifyWrite
fn modify<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: fn(u64, u64) -> u64) -> JsResult<Value<'s>> {
    let (array, ty, index) = validate_writable(cx, args)?;
    let (_, bits) = operand(cx, ty, args.get(2))?;
    let old = current(cx, array, index)?;
    let at = cx.peek(array).index();
    typed::set_bits(cx.heap_mut(), at, index, op(old, bits));
    result(cx, ty, old)
}

/// ECMA-262 §25.4.6 Atomics.compareExchange
fn compare_exchange<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (array, ty, index) = validate_writable(cx, args)?;
    let (_, expected) = operand(cx, ty, args.get(2))?;
    let (_, new) = operand(cx, ty, args.get(3))?;
    let old = current(cx, array, index)?;
    let mask = u64::MAX >> (64 - 8 * ty.size());
    if old == expected & mask {
        let at = cx.peek(array).index();
        typed::set_bits(cx.heap_mut(), at, index, new);
    }
    result(cx, ty, old)
}

/// ECMA-262 §25.4.8 Atomics.isLockFree
fn is_lock_free<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let n = cx.to_integer_or_infinity(args.get(0))?;
    Ok(imm(n == 1.0 || n == 2.0 || n == 4.0 || n == 8.0))
}

/// ECMA-262 §25.4.9 Atomics.load
fn load<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (array, ty, index) = validate(cx, args, false)?;
    let bits = current(cx, array, index)?;
    result(cx, ty, bits)
}

/// ECMA-262 §25.4.12 Atomics.store
fn store<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (array, ty, index) = validate_writable(cx, args)?;
    let (v, bits) = operand(cx, ty, args.get(2))?;
    current(cx, array, index)?;
    let at = cx.peek(array).index();
    typed::set_bits(cx.heap_mut(), at, index, bits);
    Ok(v)
}

/// ECMA-262 §25.4.11 Atomics.pause
fn pause<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let n = args.get(0);
    if cx.is_undefined(n) {
        return Ok(UNDEFINED);
    }
    match cx.peek(n).as_number() {
        Some(d) if d.is_finite() && cx.to_integer_or_infinity(n)? == d => {
            cx.tick(1)?;
            Ok(UNDEFINED)
        }
        _ => Err(cx.throw_type_error("an integer was expected")),
    }
}

/// ECMA-262 §25.4.15 Atomics.notify: wakes promises of [`wait_async`]; nothing else can be waiting in an isolate of one thread.
fn notify<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (array, ty, index) = validate(cx, args, true)?;
    let mut count = f64::INFINITY;
    if !cx.is_undefined(args.get(2)) {
        count = cx.to_integer_or_infinity(args.get(2))?.max(0.0);
    }
    let buffer: Object<'s> = cx.field(array, field::TypedArray::buffer)?.cast();
    let waiters = cx.field(buffer, field::ArrayBuffer::waiters)?;
    let Some(waiters) = cx.as_object(waiters) else { return Ok(imm(0)) };
    let place = f64::from(typed::byte_offset(cx.heap(), cx.peek(array).index())) + f64::from(index << ty.shift());
    // Pairs of place and promise; those that wait on are kept.
    let rest = cx.new_array(0, 0)?;
    let mut woken = 0.0;
    for i in 0..cx.array_len(waiters) / 2 {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let at = cx.array_item(waiters, 2 * i)?;
        let promise = cx.array_item(waiters, 2 * i + 1)?;
        if woken < count && cx.peek(at).as_number() == Some(place) {
            woken += 1.0;
            cx.resolve_promise(promise.cast(), imm(n!("ok")))?;
        } else {
            cx.push(rest, at)?;
            cx.push(rest, promise)?;
        }
    }
    cx.set_field(buffer, field::ArrayBuffer::waiters, rest);
    Ok(imm(woken))
}

/// What waiting is about, once the arguments are checked (ECMA-262 §25.4.3.14 DoWait).
struct Wait<'s> {
    buffer: Object<'s>,
    /// Byte in the buffer.
    place: u32,
    /// Whether the value there is the expected one.
    matches: bool,
    /// In milliseconds.
    timeout: f64,
}

fn prepare_wait<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Wait<'s>> {
    let (array, ty, length) = validate_array(cx, args.get(0), true)?;
    let buffer: Object<'s> = cx.field(array, field::TypedArray::buffer)?.cast();
    if !typed::is_shared(cx.heap(), cx.peek(buffer).index()) {
        return Err(cx.throw_type_error("a typed array on a SharedArrayBuffer was expected"));
    }
    let index = cx.to_index(args.get(1))?;
    if index >= u64::from(length) {
        return Err(cx.throw_range_error("index is outside the bounds of the typed array"));
    }
    let expected =
        if ty.is_bigint() { cx.to_big_uint64(args.get(2))? } else { u64::from(cx.to_int32(args.get(2))? as u32) };
    let timeout = cx.to_number(args.get(3))?;
    let timeout = if timeout.is_nan() { f64::INFINITY } else { timeout.max(0.0) };
    let now = current(cx, array, index as u32)?;
    let place = typed::byte_offset(cx.heap(), cx.peek(array).index()) + ((index as u32) << ty.shift());
    Ok(Wait { buffer, place, matches: now == expected, timeout })
}

/// ECMA-262 §25.4.13 Atomics.wait: there is nobody who could wake the agent, so this sleeps for as long as it was asked to, or until a
/// limit is reached.
fn wait<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let wait = prepare_wait(cx, args)?;
    if !wait.matches {
        return Ok(imm(n!("not-equal")));
    }
    sleep(cx, wait.timeout)?;
    Ok(imm(n!("timed-out")))
}

/// Sleeps in short naps, with a look at the limits after each.
#[cfg(feature = "std")]
fn sleep(cx: &mut Cx<'_>, milliseconds: f64) -> JsResult<()> {
    use std::time::{Duration, Instant};
    const NAP: f64 = 5.0;
    let start = Instant::now();
    loop {
        let left = milliseconds - start.elapsed().as_secs_f64() * 1000.0;
        if left <= 0.0 {
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs_f64(left.min(NAP) / 1000.0));
        cx.tick(1 << 15)?;
    }
}

#[cfg(not(feature = "std"))]
fn sleep(cx: &mut Cx<'_>, milliseconds: f64) -> JsResult<()> {
    if milliseconds > 0.0 { Err(cx.throw_type_error("Atomics.wait cannot be used here")) } else { Ok(()) }
}

/// ECMA-262 §25.4.14 Atomics.waitAsync. An isolate runs jobs when its host says so and not by the clock, so that a timeout that is not
/// zero never comes: only [`notify`] ends the wait.
fn wait_async<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let wait = prepare_wait(cx, args)?;
    let made = cx.new_object()?;
    if wait.matches && wait.timeout > 0.0 {
        let promise = cx.new_promise()?;
        let mut waiters = cx.field(wait.buffer, field::ArrayBuffer::waiters)?;
        if !cx.is_object(waiters) {
            waiters = cx.new_array(0, 0)?.cast();
            cx.set_field(wait.buffer, field::ArrayBuffer::waiters, waiters);
        }
        cx.push(waiters.cast(), typed::number(wait.place))?;
        cx.push(waiters.cast(), promise.cast())?;
        cx.create_data_property(made, n!("async"), imm(true))?;
        cx.create_data_property(made, n!("value"), promise.cast())?;
        return Ok(made.cast());
    }
    cx.create_data_property(made, n!("async"), imm(false))?;
    let text = if wait.matches { n!("timed-out") } else { n!("not-equal") };
    cx.create_data_property(made, n!("value"), imm(text))?;
    Ok(made.cast())
}
