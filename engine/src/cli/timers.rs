//! `setTimeout` and its kin, and `queueMicrotask`.
//!
//! Timers live in the isolate (so they are part of images): an array under [`RootWord::HostData`] that begins with three numbers and goes
//! on with a binary heap of timers, each an array of due time, id, period (or undefined), callback and arguments. Times are
//! milliseconds of the isolate's own clock, which stands still while the isolate is an image.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rotifer_jsvalue::{JsValue, elements};

use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::isolate::{HostFunction, Isolate, RootWord};
use crate::throw::JsResult;
use crate::{Error, cx::NativeFn};

/// What has to be added to the time since the process started.
const BASE: u32 = 0;
/// The isolate's time when it was last looked at.
const SEEN: u32 = 1;
const NEXT_ID: u32 = 2;
const FIRST: u32 = 3;

const DUE: u32 = 0;
const ID: u32 = 1;
const PERIOD: u32 = 2;
const CALLBACK: u32 = 3;
const ARGUMENTS: u32 = 4;

const FUNCTIONS: &[(&str, u8, NativeFn)] = &[
    ("setTimeout", 2, set_timeout),
    ("setInterval", 2, set_interval),
    ("clearTimeout", 1, clear),
    ("clearInterval", 1, clear),
    ("queueMicrotask", 1, queue_microtask),
];

fn elapsed() -> f64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1000.0
}

/// Defines the functions, and lets the clock of an isolate that was an image go on.
pub(super) fn install(isolate: &mut Isolate) -> Result<(), Error> {
    for (name, length, f) in FUNCTIONS {
        isolate.register_callback(name, *length, HostFunction::Native(*f), true)?;
    }
    isolate.host_scope(|cx| {
        if let Some(timers) = existing(cx)? {
            let base = number(cx, timers, SEEN) - elapsed();
            set(cx, timers, BASE, JsValue::number(base));
        }
        Ok(())
    })
}

/// Runs the first timer if it is due. Otherwise says how long that will take; `None`: there is no timer.
pub(super) fn run_due(isolate: &mut Isolate) -> Result<Option<Duration>, Error> {
    isolate.host_scope(|cx| {
        let Some(timers) = existing(cx)? else { return Ok(None) };
        if cx.array_len(timers) <= FIRST {
            return Ok(None);
        }
        let now = now(cx, timers);
        let timer: Object<'_> = cx.array_item(timers, FIRST)?.cast();
        let wait = number(cx, timer, DUE) - now;
        if wait > 0.0 {
            return Ok(Some(Duration::from_secs_f64(wait / 1000.0)));
        }
        remove(cx, timers, FIRST)?;
        let period = cx.array_item_raw(timer, PERIOD);
        if let Some(period) = period.as_number() {
            set(cx, timer, DUE, JsValue::number(now + period));
            insert(cx, timers, timer)?;
        }
        cx.keep_reserve();
        let callback = cx.array_item(timer, CALLBACK)?;
        let arguments = cx.array_item(timer, ARGUMENTS)?;
        cx.call_with_array(callback, UNDEFINED, arguments.cast())?;
        Ok(Some(Duration::ZERO))
    })
}

fn existing<'s>(cx: &mut Cx<'s>) -> JsResult<Option<Object<'s>>> {
    let timers = cx.root_word(RootWord::HostData);
    if timers.is_heap_object() { cx.root_object(timers).map(Some) } else { Ok(None) }
}

fn timers<'s>(cx: &mut Cx<'s>) -> JsResult<Object<'s>> {
    if let Some(timers) = existing(cx)? {
        return Ok(timers);
    }
    let made = cx.array_from(&[imm(JsValue::number(-elapsed())), imm(0), imm(1)])?;
    let raw = cx.peek(made);
    cx.set_root(RootWord::HostData, raw);
    Ok(made)
}

fn number(cx: &Cx<'_>, array: Object<'_>, i: u32) -> f64 {
    cx.array_item_raw(array, i).as_number().unwrap_or(0.0)
}

fn set<'s>(cx: &mut Cx<'s>, array: Object<'s>, i: u32, value: JsValue) {
    let at = cx.peek(array).index();
    elements::set_existing(cx.heap_mut(), at, i, value);
}

fn now<'s>(cx: &mut Cx<'s>, timers: Object<'s>) -> f64 {
    let now = number(cx, timers, BASE) + elapsed();
    set(cx, timers, SEEN, JsValue::number(now));
    now
}

/// Whether the timer at `a` comes before the one at `b`.
fn before(cx: &Cx<'_>, timers: Object<'_>, a: u32, b: u32) -> bool {
    let key = |i| {
        let timer = cx.array_item_raw(timers, i);
        let field = |n| match elements::get(cx.heap(), timer.index(), n) {
            Some((v, _)) if timer.is_heap_object() => v.as_number().unwrap_or(0.0),
            _ => 0.0,
        };
        (field(DUE), field(ID))
    };
    key(a) < key(b)
}

fn swap<'s>(cx: &mut Cx<'s>, timers: Object<'s>, a: u32, b: u32) {
    let (x, y) = (cx.array_item_raw(timers, a), cx.array_item_raw(timers, b));
    set(cx, timers, a, y);
    set(cx, timers, b, x);
}

fn sift_up<'s>(cx: &mut Cx<'s>, timers: Object<'s>, mut i: u32) {
    while i > FIRST {
        let parent = FIRST + (i - FIRST - 1) / 2;
        if !before(cx, timers, i, parent) {
            break;
        }
        swap(cx, timers, i, parent);
        i = parent;
    }
}

fn sift_down<'s>(cx: &mut Cx<'s>, timers: Object<'s>, mut i: u32) {
    let end = cx.array_len(timers);
    loop {
        let left = FIRST + 2 * (i - FIRST) + 1;
        let mut least = i;
        for child in [left, left + 1] {
            if child < end && before(cx, timers, child, least) {
                least = child;
            }
        }
        if least == i {
            return;
        }
        swap(cx, timers, i, least);
        i = least;
    }
}

fn insert<'s>(cx: &mut Cx<'s>, timers: Object<'s>, timer: Object<'s>) -> JsResult<()> {
    cx.push(timers, timer.cast())?;
    let last = cx.array_len(timers) - 1;
    sift_up(cx, timers, last);
    Ok(())
}

fn remove<'s>(cx: &mut Cx<'s>, timers: Object<'s>, i: u32) -> JsResult<()> {
    let last = cx.array_len(timers) - 1;
    swap(cx, timers, i, last);
    cx.array_truncate(timers, f64::from(last + 1), f64::from(last));
    cx.set_array_length_raw(timers, f64::from(last));
    if i < last {
        sift_up(cx, timers, i);
        sift_down(cx, timers, i);
    }
    Ok(())
}

fn start<'s>(cx: &mut Cx<'s>, args: &Args<'s>, repeat: bool) -> JsResult<Value<'s>> {
    let callback = args.get(0);
    if !cx.is_callable(callback) {
        return Err(cx.throw_not_callable(callback));
    }
    let delay = cx.to_number(args.get(1))?;
    // HTML §8.7: at least 1 ms, at most what fits 31 bits.
    let delay = if delay >= 1.0 && delay <= f64::from(i32::MAX) { delay.floor() } else { 1.0 };
    let list = cx.new_array(0, 0)?;
    for v in args.rest(2).iter() {
        cx.push(list, v)?;
    }
    let timers = timers(cx)?;
    let due = now(cx, timers) + delay;
    let id = number(cx, timers, NEXT_ID);
    set(cx, timers, NEXT_ID, JsValue::number(id + 1.0));
    let (due, period) = (imm(JsValue::number(due)), if repeat { imm(JsValue::number(delay)) } else { UNDEFINED });
    let id = imm(JsValue::number(id));
    let timer = cx.array_from(&[due, id, period, callback, list.cast()])?;
    insert(cx, timers, timer)?;
    Ok(id)
}

fn set_timeout<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    start(cx, args, false)
}

fn set_interval<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    start(cx, args, true)
}

fn clear<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let Some(id) = cx.peek(args.get(0)).as_number() else { return Ok(UNDEFINED) };
    let Some(timers) = existing(cx)? else { return Ok(UNDEFINED) };
    for i in FIRST..cx.array_len(timers) {
        cx.tick(1)?;
        let timer = cx.array_item_raw(timers, i);
        let found = elements::get(cx.heap(), timer.index(), ID).and_then(|(v, _)| v.as_number());
        if found == Some(id) {
            remove(cx, timers, i)?;
            break;
        }
    }
    Ok(UNDEFINED)
}

fn queue_microtask<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let callback = args.get(0);
    if !cx.is_callable(callback) {
        return Err(cx.throw_not_callable(callback));
    }
    cx.enqueue_call(callback, UNDEFINED, UNDEFINED)?;
    Ok(UNDEFINED)
}
