//! `Iterator.prototype.chunks` and `windows`: several values at a time.
//!
//! In the helper's block: `AUX` the size, `FUNCTION` the list of the values of the current window, `INNER` whether a last window
//! that is not full counts.

use rotifer_jsvalue::{HeapExt, JsValue, elements, field};

use super::consume::this_iterator;
use super::helper::{LAST, behind, get_word, make, set_word, word, word_raw};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::{IteratorKind, IteratorRecord};
use crate::throw::JsResult;

/// The first argument as a size from 1 to 2³² - 1; the iterator is closed when it is none.
fn size<'s>(cx: &mut Cx<'s>, args: &Args<'s>, record: &IteratorRecord<'s>) -> JsResult<f64> {
    let integral = match cx.peek(args.get(0)).as_number() {
        Some(d) if d.is_finite() && cx.to_integer_or_infinity(imm(d))? == d => Some(d),
        _ => None,
    };
    let Some(size) = integral else {
        let error = Err(cx.throw_type_error("the size must be an integer"));
        return cx.iterator_close(record, error);
    };
    if (1.0..=4_294_967_295.0).contains(&size) {
        return Ok(size);
    }
    let error = Err(cx.throw_range_error("the size is out of range"));
    cx.iterator_close(record, error)
}

/// Iterator.prototype.chunks
pub(super) fn chunks<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = this_iterator(cx, args)?;
    let size = size(cx, args, &record)?;
    let record = cx.get_iterator_direct(record.iterator)?;
    Ok(make(cx, IteratorKind::Chunks, &record, UNDEFINED, imm(size))?.cast())
}

/// Iterator.prototype.windows
pub(super) fn windows<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = this_iterator(cx, args)?;
    let size = size(cx, args, &record)?;
    let undersized = args.get(1);
    let is = |cx: &mut Cx<'s>, name| -> JsResult<bool> {
        Ok(cx.peek(undersized).is_string() && cx.strict_equals(undersized, imm(name))?)
    };
    let partial = if cx.is_undefined(undersized) || is(cx, n!("only-full"))? {
        false
    } else if is(cx, n!("allow-partial"))? {
        true
    } else {
        let error = Err(cx.throw_type_error("undersized must be 'only-full' or 'allow-partial'"));
        return cx.iterator_close(&record, error);
    };
    let record = cx.get_iterator_direct(record.iterator)?;
    let window = cx.new_array(0, 0)?;
    let made = make(cx, IteratorKind::Windows, &record, window.cast(), imm(size))?;
    set_word(cx, made, word::INNER_NEXT, imm(false));
    if partial {
        // Not `INNER`, which would be closed: the counter is free.
        cx.set_field_raw(made, field::Iterator::index, JsValue::int(1));
    }
    Ok(made.cast())
}

/// Notes that what was just found is the last, and nothing is left to close.
fn mark_last<'s>(cx: &mut Cx<'s>, helper: Object<'s>) {
    set_word::<JsValue>(cx, helper, word::INNER_NEXT, imm(LAST));
}

/// Finds the next chunk or window; false at the end.
pub(super) fn advance<'s>(cx: &mut Cx<'s>, helper: Object<'s>, kind: IteratorKind, out: Value<'s>) -> JsResult<bool> {
    let (record, _) = behind(cx, helper)?;
    let size = word_raw(cx, cx.peek(helper), word::AUX).as_number().unwrap_or(1.0);
    if kind == IteratorKind::Windows {
        return advance_window(cx, helper, &record, size, out);
    }
    let chunk = cx.new_array(0, 0)?;
    cx.set_slot(out, chunk.cast());
    loop {
        let mut cx = cx.nest();
        match cx.iterator_step(&record)? {
            Some(v) => cx.push(chunk, v)?,
            None => {
                mark_last(&mut cx, helper);
                return Ok(cx.array_len(chunk) > 0);
            }
        }
        if f64::from(cx.array_len(chunk)) >= size {
            return Ok(true);
        }
    }
}

fn advance_window<'s>(
    cx: &mut Cx<'s>,
    helper: Object<'s>,
    record: &IteratorRecord<'s>,
    size: f64,
    out: Value<'s>,
) -> JsResult<bool> {
    let window: Object<'s> = get_word(cx, helper, word::FUNCTION)?.cast();
    loop {
        let mut cx = cx.nest();
        let Some(v) = cx.iterator_step(record)? else {
            mark_last(&mut cx, helper);
            let partial = cx.field_raw(helper, field::Iterator::index).as_int() == Some(1);
            let have = cx.array_len(window);
            if !partial || have == 0 || f64::from(have) >= size {
                return Ok(false);
            }
            copy_to(&mut cx, window, out)?;
            return Ok(true);
        };
        let have = cx.array_len(window);
        if f64::from(have) >= size {
            cx.tick(have / 64)?;
            let at = cx.peek(window).index();
            if let Some(e) = elements::elements(cx.heap(), at) {
                cx.heap_mut().copy(e + 2, e + 1, have - 1);
                cx.heap_mut().init(e + have, JsValue::EMPTY);
            }
            cx.set_array_length_raw(window, f64::from(have - 1));
        }
        cx.push(window, v)?;
        if f64::from(cx.array_len(window)) >= size {
            copy_to(&mut cx, window, out)?;
            return Ok(true);
        }
    }
}

/// Puts a copy of a list in a slot.
fn copy_to<'s>(cx: &mut Cx<'s>, list: Object<'s>, out: Value<'s>) -> JsResult<()> {
    let copy = cx.new_array(0, cx.array_len(list))?;
    cx.append_plain_array(copy, list)?;
    cx.set_slot(out, copy.cast());
    Ok(())
}
