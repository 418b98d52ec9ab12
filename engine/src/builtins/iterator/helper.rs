//! Iterators that other iterators are behind: `map`, `filter`, `take`, `drop`, `flatMap`, `Iterator.concat` (ECMA-262 §27.1.2, §27.1.4).
//!
//! Each is a small state machine where the specification has a generator: the field `target` is the iterator behind it, `index` the
//! counter, and `extra` a block of the words below.

use rotifer_gc::Rooted;
use rotifer_jsvalue::{HeapExt, JsValue, Kind, WellKnown, field};

use super::consume::{start, this_iterator};
use super::{chunk, step_result, zip};
use crate::builtins::Intrinsic;
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::{IteratorKind, IteratorRecord};
use crate::throw::JsResult;

/// Words of the block in `extra`.
pub(super) mod word {
    /// One of the numbers in `state`.
    pub const STATE: u32 = 1;
    /// `next` of the iterator behind.
    pub const NEXT: u32 = 2;
    /// The function given.
    pub const FUNCTION: u32 = 3;
    /// The inner iterator, undefined when there is none.
    pub const INNER: u32 = 4;
    /// Its `next`.
    pub const INNER_NEXT: u32 = 5;
    /// How many remain (take, drop); the list of what there is to walk (concat, zip).
    pub const AUX: u32 = 6;
    /// How many words there are.
    pub const COUNT: u32 = 6;
}

/// The states of a generator (ECMA-262 §27.5.2).
mod state {
    pub const START: u64 = 0;
    pub const YIELD: u64 = 1;
    pub const RUNNING: u64 = 2;
    pub const DONE: u64 = 3;
}

pub(super) fn word_raw(cx: &Cx<'_>, helper: JsValue, word: u32) -> JsValue {
    let block = cx.heap().value(helper.index() + field::Iterator::extra).index();
    cx.heap().value(block + word)
}

pub(super) fn get_word<'s>(cx: &mut Cx<'s>, helper: Object<'s>, word: u32) -> JsResult<Value<'s>> {
    let v = word_raw(cx, cx.peek(helper), word);
    cx.root(v)
}

pub(super) fn set_word<'s, T>(cx: &mut Cx<'s>, helper: Object<'s>, word: u32, value: Rooted<'s, T>) {
    let v = cx.peek(value);
    set_word_raw(cx, helper, word, v);
}

/// Sets the state, which is no reference.
fn set_state<'s>(cx: &mut Cx<'s>, helper: Object<'s>, state: u64) {
    let block = cx.field_raw(helper, field::Iterator::extra).index();
    cx.heap_mut().init(block + word::STATE, JsValue::raw(state));
}

fn set_word_raw<'s>(cx: &mut Cx<'s>, helper: Object<'s>, word: u32, value: JsValue) {
    let block = cx.field_raw(helper, field::Iterator::extra).index();
    cx.heap_mut().put(block, word, value);
}

/// Keeps the `next` of an iterator, or a mark where that is the library's.
fn set_next<'s>(cx: &mut Cx<'s>, helper: Object<'s>, word: u32, record: &IteratorRecord<'s>) {
    set_word(cx, helper, word, cx.marked(*record).next);
}

/// Makes a helper (ECMA-262 §27.1.2, CreateIteratorFromClosure).
pub(super) fn make<'s>(
    cx: &mut Cx<'s>,
    kind: IteratorKind,
    record: &IteratorRecord<'s>,
    function: Value<'s>,
    aux: Value<'s>,
) -> JsResult<Object<'s>> {
    let made = cx.new_iterator(kind, Intrinsic::IteratorHelperPrototype, record.iterator, imm(0))?;
    cx.heap_mut().reserve(word::COUNT + 1, &mut [])?;
    let block = cx.heap_mut().new_values(Kind::Values, word::COUNT, JsValue::UNDEFINED);
    cx.set_field_raw(made, field::Iterator::extra, JsValue::cell(block));
    set_state(cx, made, state::START);
    set_next(cx, made, word::NEXT, record);
    set_word(cx, made, word::FUNCTION, function);
    set_word(cx, made, word::AUX, aux);
    Ok(made)
}

fn with_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>, kind: IteratorKind) -> JsResult<Value<'s>> {
    let (record, f) = start(cx, args)?;
    Ok(make(cx, kind, &record, f, UNDEFINED)?.cast())
}

/// ECMA-262 §27.1.4.8 Iterator.prototype.map
pub(super) fn map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    with_function(cx, args, IteratorKind::Map)
}

/// ECMA-262 §27.1.4.4 Iterator.prototype.filter
pub(super) fn filter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    with_function(cx, args, IteratorKind::Filter)
}

/// ECMA-262 §27.1.4.6 Iterator.prototype.flatMap
pub(super) fn flat_map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    with_function(cx, args, IteratorKind::FlatMap)
}

fn with_limit<'s>(cx: &mut Cx<'s>, args: &Args<'s>, kind: IteratorKind) -> JsResult<Value<'s>> {
    let record = this_iterator(cx, args)?;
    let limit = match cx.to_number(args.get(0)) {
        Ok(limit) => limit,
        Err(throw) => return cx.iterator_close(&record, Err(throw)),
    };
    if limit.is_nan() || limit <= -1.0 {
        let error = Err(cx.throw_range_error("the limit must be a number that is not negative"));
        return cx.iterator_close(&record, error);
    }
    let limit = cx.to_integer_or_infinity(imm(limit))?;
    if limit.is_finite() && limit > crate::builtins::array::MAX_SAFE {
        let error = Err(cx.throw_range_error("the limit is too great"));
        return cx.iterator_close(&record, error);
    }
    let record = cx.get_iterator_direct(record.iterator)?;
    Ok(make(cx, kind, &record, UNDEFINED, imm(limit))?.cast())
}

/// ECMA-262 §27.1.4.11 Iterator.prototype.take
pub(super) fn take<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    with_limit(cx, args, IteratorKind::Take)
}

/// ECMA-262 §27.1.4.2 Iterator.prototype.drop
pub(super) fn drop_first<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    with_limit(cx, args, IteratorKind::Drop)
}

/// ECMA-262 §27.1.3.2.2 Iterator.concat
pub(super) fn concat<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let list = cx.new_array(0, args.len().saturating_mul(2))?;
    for item in args.iter() {
        let mut cx = cx.nest();
        if !cx.is_object(item) {
            return Err(cx.throw_not_object(item));
        }
        let Some(method) = cx.get_method(item, WellKnown::Iterator)? else {
            return Err(cx.throw_type_error("value is not iterable"));
        };
        cx.push(list, item)?;
        cx.push(list, method)?;
    }
    let none = IteratorRecord { iterator: UNDEFINED.cast(), next: UNDEFINED };
    Ok(make(cx, IteratorKind::Concat, &none, UNDEFINED, list.cast())?.cast())
}

fn this_helper<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<(Object<'s>, IteratorKind)> {
    let kind = cx.iterator_kind(args.this());
    match kind {
        IteratorKind::Map
        | IteratorKind::Filter
        | IteratorKind::Take
        | IteratorKind::Drop
        | IteratorKind::FlatMap
        | IteratorKind::Concat
        | IteratorKind::Zip
        | IteratorKind::Chunks
        | IteratorKind::Windows => Ok((args.this().cast(), kind)),
        _ => Err(cx.throw_type_error("this is not an iterator helper")),
    }
}

/// The iterator behind a helper, and the function given.
pub(super) fn behind<'s>(cx: &mut Cx<'s>, helper: Object<'s>) -> JsResult<(IteratorRecord<'s>, Value<'s>)> {
    let at = cx.peek(helper).index();
    let heap = cx.heap();
    let block = heap.value(at + field::Iterator::extra).index();
    let (iterator, next) = (heap.value(at + field::Iterator::target), heap.value(block + word::NEXT));
    let function = heap.value(block + word::FUNCTION);
    Ok((IteratorRecord { iterator: cx.root(iterator)?.cast(), next: cx.root(next)? }, cx.root(function)?))
}

fn inner<'s>(cx: &mut Cx<'s>, helper: Object<'s>) -> JsResult<Option<IteratorRecord<'s>>> {
    let iterator = get_word(cx, helper, word::INNER)?;
    if cx.is_undefined(iterator) {
        return Ok(None);
    }
    let next = get_word(cx, helper, word::INNER_NEXT)?;
    Ok(Some(IteratorRecord { iterator: iterator.cast(), next }))
}

/// ECMA-262 §27.1.2.1.1 %IteratorHelperPrototype%.next
pub(super) fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (helper, kind) = this_helper(cx, args)?;
    let step = step(cx, helper, kind)?;
    step_result(cx, step)
}

/// The next value of an iterator helper; `None` at the end.
pub(crate) fn step<'s>(cx: &mut Cx<'s>, helper: Object<'s>, kind: IteratorKind) -> JsResult<Option<Value<'s>>> {
    cx.check_native_stack()?;
    match word_raw(cx, cx.peek(helper), word::STATE).as_raw() {
        state::RUNNING => return Err(cx.throw_type_error("iterator helper is already running")),
        state::DONE => return Ok(None),
        _ => set_state(cx, helper, state::RUNNING),
    }
    let out = cx.slot(UNDEFINED)?;
    let step = {
        let mut cx = cx.nest();
        advance(&mut cx, helper, kind, out)
    };
    let last = word_raw(cx, cx.peek(helper), word::INNER_NEXT) == LAST;
    let now = if matches!(step, Ok(true)) && !last { state::YIELD } else { state::DONE };
    set_state(cx, helper, now);
    Ok(step?.then_some(out))
}

/// In `INNER_NEXT`: the value just found is the last one, and nothing is left to be closed.
pub(super) const LAST: JsValue = JsValue::TRUE;

/// Finds the next value and puts it in `out`; false at the end.
fn advance<'s>(cx: &mut Cx<'s>, helper: Object<'s>, kind: IteratorKind, out: Value<'s>) -> JsResult<bool> {
    if kind == IteratorKind::Zip {
        return zip::advance(cx, helper, out);
    }
    if kind == IteratorKind::Concat {
        return advance_concat(cx, helper, out);
    }
    if matches!(kind, IteratorKind::Chunks | IteratorKind::Windows) {
        return chunk::advance(cx, helper, kind, out);
    }
    let (record, f) = behind(cx, helper)?;
    loop {
        let mut cx = cx.nest();
        let k = cx.field_raw(helper, field::Iterator::index).as_number().unwrap_or(0.0);
        match kind {
            IteratorKind::Take => {
                let left = word_raw(&cx, cx.peek(helper), word::AUX).as_number().unwrap_or(0.0);
                if left == 0.0 {
                    return cx.iterator_close(&record, Ok(false));
                }
                set_word_raw(&mut cx, helper, word::AUX, JsValue::number(left - 1.0));
            }
            IteratorKind::Drop => loop {
                let left = word_raw(&cx, cx.peek(helper), word::AUX).as_number().unwrap_or(0.0);
                if left <= 0.0 {
                    break;
                }
                set_word_raw(&mut cx, helper, word::AUX, JsValue::number(left - 1.0));
                let mut cx = cx.nest();
                if cx.iterator_step(&record)?.is_none() {
                    return Ok(false);
                }
            },
            IteratorKind::FlatMap => {
                if let Some(walk) = inner(&mut cx, helper)? {
                    match cx.iterator_step(&walk) {
                        Ok(Some(v)) => {
                            cx.set_slot(out, v);
                            return Ok(true);
                        }
                        Ok(None) => {
                            set_word(&mut cx, helper, word::INNER, UNDEFINED);
                            continue;
                        }
                        Err(throw) => return cx.iterator_close(&record, Err(throw)),
                    }
                }
            }
            _ => {}
        }
        let Some(v) = cx.iterator_step(&record)? else { return Ok(false) };
        if matches!(kind, IteratorKind::Take | IteratorKind::Drop) {
            cx.set_slot(out, v);
            return Ok(true);
        }
        let words = [cx.peek(v), JsValue::number(k)];
        let result = match cx.call_words(f, UNDEFINED, words) {
            Ok(result) => result,
            Err(throw) => return cx.iterator_close(&record, Err(throw)),
        };
        cx.set_field_raw(helper, field::Iterator::index, JsValue::number(k + 1.0));
        match kind {
            IteratorKind::Map => {
                cx.set_slot_raw(out, result);
                return Ok(true);
            }
            IteratorKind::Filter if cx.to_boolean_raw(result) => {
                cx.set_slot(out, v);
                return Ok(true);
            }
            IteratorKind::FlatMap => {
                let result = cx.root(result)?;
                match cx.get_iterator_flattenable(result, false) {
                    Ok(walk) => {
                        set_next(&mut cx, helper, word::INNER_NEXT, &walk);
                        set_word(&mut cx, helper, word::INNER, walk.iterator);
                    }
                    Err(throw) => return cx.iterator_close(&record, Err(throw)),
                }
            }
            _ => {}
        }
    }
}

fn advance_concat<'s>(cx: &mut Cx<'s>, helper: Object<'s>, out: Value<'s>) -> JsResult<bool> {
    let list: Object<'s> = get_word(cx, helper, word::AUX)?.cast();
    loop {
        let mut cx = cx.nest();
        if let Some(walk) = inner(&mut cx, helper)? {
            if let Some(v) = cx.iterator_step(&walk)? {
                cx.set_slot(out, v);
                return Ok(true);
            }
            set_word(&mut cx, helper, word::INNER, UNDEFINED);
        }
        let k = cx.field_raw(helper, field::Iterator::index).as_number().unwrap_or(0.0) as u32;
        if k >= cx.array_len(list) {
            return Ok(false);
        }
        cx.set_field_raw(helper, field::Iterator::index, JsValue::number(f64::from(k) + 2.0));
        let (item, method) = (cx.array_item(list, k)?, cx.array_item(list, k + 1)?);
        let walk = cx.get_iterator_from_method(item, method)?;
        set_next(&mut cx, helper, word::INNER_NEXT, &walk);
        set_word(&mut cx, helper, word::INNER, walk.iterator);
    }
}

/// ECMA-262 §27.1.2.1.2 %IteratorHelperPrototype%.return
pub(super) fn close<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (helper, kind) = this_helper(cx, args)?;
    cx.check_native_stack()?;
    let before = word_raw(cx, cx.peek(helper), word::STATE).as_raw();
    match before {
        state::RUNNING => return Err(cx.throw_type_error("iterator helper is already running")),
        state::DONE => return step_result(cx, None),
        // One that never started is over at once; one that did counts as running while it leaves.
        state::START => set_state(cx, helper, state::DONE),
        _ => set_state(cx, helper, state::RUNNING),
    }
    let closed = {
        let mut cx = cx.nest();
        close_behind(&mut cx, helper, kind)
    };
    set_state(cx, helper, state::DONE);
    closed?;
    step_result(cx, None)
}

fn close_behind<'s>(cx: &mut Cx<'s>, helper: Object<'s>, kind: IteratorKind) -> JsResult<()> {
    if kind == IteratorKind::Zip {
        return zip::close_all(cx, helper, Ok(()));
    }
    let mut closed = Ok(());
    if let Some(walk) = inner(cx, helper)? {
        closed = cx.iterator_close(&walk, Ok(()));
    }
    if kind == IteratorKind::Concat {
        return closed;
    }
    let (record, _) = behind(cx, helper)?;
    cx.iterator_close(&record, closed)
}

/// An option of `Iterator.zip` and its kin that must be an object or undefined.
pub(super) fn options_object<'s>(cx: &mut Cx<'s>, options: Value<'s>) -> JsResult<Option<Object<'s>>> {
    if cx.is_undefined(options) {
        return Ok(None);
    }
    match cx.as_object(options) {
        Some(options) => Ok(Some(options)),
        None => Err(cx.throw_not_object(options)),
    }
}

/// The option `mode`, as the first letter of its name.
pub(super) fn zip_mode<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<u8> {
    let Some(options) = options else { return Ok(b's') };
    let mode = cx.get(options, n!("mode"))?;
    if cx.is_undefined(mode) {
        return Ok(b's');
    }
    for (name, letter) in [(n!("shortest"), b's'), (n!("longest"), b'l'), (n!("strict"), b'e')] {
        if cx.peek(mode).is_string() && cx.strict_equals(mode, imm(name))? {
            return Ok(letter);
        }
    }
    Err(cx.throw_type_error("mode must be 'shortest', 'longest' or 'strict'"))
}
