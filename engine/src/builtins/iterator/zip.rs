//! `Iterator.zip` and `Iterator.zipKeyed`: several iterators walked in step.
//!
//! In the helper's block: `AUX` the list of iterators and their `next` (an iterator that is over is undefined), `FUNCTION` the list of
//! what stands for the values of those, `INNER_NEXT` the mode. The field `target` has the list of keys for `zipKeyed`.

use rotifer_jsvalue::{JsValue, Kind, elements, field};

use super::helper::{get_word, make, options_object, set_word, word, word_raw, zip_mode};
use crate::cx::{Args, Cx, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::{IteratorKind, IteratorRecord};
use crate::throw::JsResult;

fn record_at<'s>(cx: &mut Cx<'s>, iterators: Object<'s>, i: u32) -> JsResult<Option<IteratorRecord<'s>>> {
    let iterator = cx.array_item(iterators, 2 * i)?;
    let next = cx.array_item(iterators, 2 * i + 1)?;
    Ok(cx.as_object(iterator).map(|iterator| IteratorRecord { iterator, next }))
}

/// Notes that an iterator is over.
fn finish<'s>(cx: &mut Cx<'s>, iterators: Object<'s>, i: u32) {
    let at = cx.peek(iterators).index();
    elements::set_existing(cx.heap_mut(), at, 2 * i, JsValue::UNDEFINED);
}

/// IteratorCloseAll: the open ones, last first.
fn close_list<'s, T>(cx: &mut Cx<'s>, iterators: Object<'s>, completion: JsResult<T>) -> JsResult<T> {
    let mut completion = completion;
    for i in (0..cx.array_len(iterators) / 2).rev() {
        let mut cx = cx.nest();
        if let Some(record) = record_at(&mut cx, iterators, i)? {
            completion = cx.iterator_close(&record, completion);
        }
    }
    completion
}

/// Closes all iterators of a helper that are open.
pub(super) fn close_all<'s, T>(cx: &mut Cx<'s>, helper: Object<'s>, completion: JsResult<T>) -> JsResult<T> {
    let iterators = get_word(cx, helper, word::AUX)?.cast();
    close_list(cx, iterators, completion)
}

/// What both functions begin with: the iterables, the mode, the option `padding`.
fn begin<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<(Object<'s>, u8, Value<'s>)> {
    let Some(iterables) = cx.as_object(args.get(0)) else {
        return Err(cx.throw_not_object(args.get(0)));
    };
    let options = options_object(cx, args.get(1))?;
    let mode = zip_mode(cx, options)?;
    let mut padding = UNDEFINED;
    if let (b'l', Some(options)) = (mode, options) {
        padding = cx.get(options, n!("padding"))?;
        if !cx.is_undefined(padding) && !cx.is_object(padding) {
            return Err(cx.throw_not_object(padding));
        }
    }
    Ok((iterables, mode, padding))
}

fn finish_making<'s>(
    cx: &mut Cx<'s>,
    iterators: Object<'s>,
    padding: Object<'s>,
    mode: u8,
    keys: Value<'s>,
) -> JsResult<Value<'s>> {
    let none = IteratorRecord { iterator: keys.cast(), next: UNDEFINED };
    let made = make(cx, IteratorKind::Zip, &none, padding.cast(), iterators.cast())?;
    set_word(cx, made, word::INNER_NEXT, imm(i32::from(mode)));
    Ok(made.cast())
}

/// Iterator.zip
pub(super) fn zip<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (iterables, mode, padding) = begin(cx, args)?;
    let iterators = cx.new_array(0, 0)?;
    let input = cx.get_iterator(iterables.cast())?;
    loop {
        let mut cx = cx.nest();
        let item = match cx.iterator_step(&input) {
            Ok(Some(item)) => item,
            Ok(None) => break,
            Err(throw) => return close_list(&mut cx, iterators, Err(throw)),
        };
        match cx.get_iterator_flattenable(item, false) {
            Ok(record) => {
                cx.push(iterators, record.iterator.cast())?;
                cx.push(iterators, record.next)?;
            }
            Err(throw) => {
                let error = close_list(&mut cx, iterators, Err(throw));
                return cx.iterator_close(&input, error);
            }
        }
    }
    let fillers = cx.new_array(0, 0)?;
    let count = cx.array_len(iterators) / 2;
    if mode == b'l'
        && let Err(throw) = read_padding(cx, padding, fillers, count)
    {
        return close_list(cx, iterators, Err(throw));
    }
    finish_making(cx, iterators, fillers, mode, UNDEFINED)
}

fn read_padding<'s>(cx: &mut Cx<'s>, padding: Value<'s>, fillers: Object<'s>, count: u32) -> JsResult<()> {
    let record = if cx.is_undefined(padding) { None } else { Some(cx.get_iterator(padding)?) };
    let mut open = record;
    for _ in 0..count {
        let mut cx = cx.nest();
        let mut filler = UNDEFINED;
        if let Some(record) = open {
            match cx.iterator_step(&record)? {
                Some(v) => filler = v,
                None => open = None,
            }
        }
        cx.push(fillers, filler)?;
    }
    match open {
        Some(record) => cx.iterator_close(&record, Ok(())),
        None => Ok(()),
    }
}

/// Iterator.zipKeyed
pub(super) fn zip_keyed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (iterables, mode, padding) = begin(cx, args)?;
    let (iterators, keys) = (cx.new_array(0, 0)?, cx.new_array(0, 0)?);
    let all = cx.own_property_keys(iterables)?;
    for i in 0..cx.array_len(all) {
        let mut cx = cx.nest();
        if let Err(throw) = open_keyed(&mut cx, iterables, all, i, iterators, keys) {
            return close_list(&mut cx, iterators, Err(throw));
        }
    }
    let fillers = cx.new_array(0, 0)?;
    if mode == b'l' {
        for i in 0..cx.array_len(keys) {
            let mut cx = cx.nest();
            let filler = match cx.as_object(padding) {
                Some(padding) => {
                    let key = cx.key_of_item(keys, i)?;
                    match cx.get(padding, key) {
                        Ok(v) => v,
                        Err(throw) => return close_list(&mut cx, iterators, Err(throw)),
                    }
                }
                None => UNDEFINED,
            };
            cx.push(fillers, filler)?;
        }
    }
    finish_making(cx, iterators, fillers, mode, keys.cast())
}

fn open_keyed<'s>(
    cx: &mut Cx<'s>,
    iterables: Object<'s>,
    all: Object<'s>,
    i: u32,
    iterators: Object<'s>,
    keys: Object<'s>,
) -> JsResult<()> {
    let key = cx.key_of_item(all, i)?;
    match cx.get_own_property(iterables, key)? {
        Some(d) if d.enumerable == Some(true) => {}
        _ => return Ok(()),
    }
    let value = cx.get(iterables, key)?;
    if cx.is_undefined(value) {
        return Ok(());
    }
    let record = cx.get_iterator_flattenable(value, false)?;
    let item = cx.array_item(all, i)?;
    cx.push(keys, item)?;
    cx.push(iterators, record.iterator.cast())?;
    cx.push(iterators, record.next)
}

/// Finds the next values; false at the end.
pub(super) fn advance<'s>(cx: &mut Cx<'s>, helper: Object<'s>, out: Value<'s>) -> JsResult<bool> {
    let iterators: Object<'s> = get_word(cx, helper, word::AUX)?.cast();
    let fillers: Object<'s> = get_word(cx, helper, word::FUNCTION)?.cast();
    let mode = word_raw(cx, cx.peek(helper), word::INNER_NEXT).as_int().unwrap_or(0) as u8;
    let count = cx.array_len(iterators) / 2;
    if count == 0 {
        return Ok(false);
    }
    let values = cx.new_array(0, count)?;
    for i in 0..count {
        let mut cx = cx.nest();
        if let Some(record) = record_at(&mut cx, iterators, i)? {
            match cx.iterator_step(&record) {
                Ok(Some(v)) => {
                    cx.push(values, v)?;
                    continue;
                }
                Ok(None) => finish(&mut cx, iterators, i),
                Err(throw) => {
                    finish(&mut cx, iterators, i);
                    return close_list(&mut cx, iterators, Err(throw));
                }
            }
            match mode {
                b's' => return close_list(&mut cx, iterators, Ok(false)),
                b'e' => return check_all_done(&mut cx, iterators, i),
                _ => {}
            }
            if (0..count).all(|k| !cx.array_item_raw(iterators, 2 * k).is_object()) {
                return Ok(false);
            }
        }
        let filler = cx.array_item(fillers, i)?;
        cx.push(values, filler)?;
    }
    let keys = cx.field(helper, field::Iterator::target)?;
    if !cx.is_object(keys) {
        cx.set_slot(out, values.cast());
        return Ok(true);
    }
    let made = cx.new_object_of(Kind::Object, NULL, 4)?;
    for i in 0..count {
        let mut cx = cx.nest();
        let key = cx.key_of_item(keys.cast(), i)?;
        let v = cx.array_item(values, i)?;
        cx.create_data_property_or_throw(made, key, v)?;
    }
    cx.set_slot(out, made.cast());
    Ok(true)
}

/// In strict mode, iterator number `i` is the first to end: all others must do so too.
fn check_all_done<'s>(cx: &mut Cx<'s>, iterators: Object<'s>, i: u32) -> JsResult<bool> {
    let mut same = i == 0;
    let count = cx.array_len(iterators) / 2;
    for k in 1..count {
        if !same {
            break;
        }
        let mut cx = cx.nest();
        let Some(record) = record_at(&mut cx, iterators, k)? else { continue };
        let done = match cx.iterator_next(&record, None) {
            Ok(result) => cx.iterator_complete(result),
            Err(throw) => Err(throw),
        };
        match done {
            Ok(true) => finish(&mut cx, iterators, k),
            Ok(false) => same = false,
            Err(throw) => {
                finish(&mut cx, iterators, k);
                return close_list(&mut cx, iterators, Err(throw));
            }
        }
    }
    if same {
        return Ok(false);
    }
    let error = Err(cx.throw_type_error("the iterators do not have the same number of values"));
    close_list(cx, iterators, error)
}
