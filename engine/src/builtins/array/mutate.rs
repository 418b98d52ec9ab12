//! Methods that change the array (ECMA-262 §23.1.3).

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, elements, field, flag};

use super::{
    MAX_LENGTH, MAX_SAFE, array_species_create, copy_dense, create, delete, dense_range, get, get_present, is_fresh,
    is_plain, relative, relative_end, set, set_length, this_and_length,
};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::throw::JsResult;

/// ECMA-262 §23.1.3.23 Array.prototype.push
pub(super) fn push<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, mut length) = this_and_length(cx, args)?;
    if is_plain(cx, o) && length + f64::from(args.len()) <= MAX_LENGTH {
        for v in args.iter() {
            let (raw, v) = (cx.peek(o), cx.peek(v));
            let raw = elements::define(cx.heap_mut(), raw, length as u32, v, Attrs::ALL)?;
            length += 1.0;
            cx.heap_mut().init(raw.index() + field::Array::length, JsValue::number(length));
        }
        return Ok(imm(length));
    }
    if length + f64::from(args.len()) > MAX_SAFE {
        return Err(cx.throw_type_error("too many elements"));
    }
    for v in args.iter() {
        set(cx, o, length, v)?;
        length += 1.0;
    }
    set_length(cx, o, length)?;
    Ok(imm(length))
}

/// ECMA-262 §23.1.3.22 Array.prototype.pop
pub(super) fn pop<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    if length == 0.0 {
        set_length(cx, o, 0.0)?;
        return Ok(UNDEFINED);
    }
    let last = length - 1.0;
    if is_plain(cx, o) {
        let at = cx.peek(o).index();
        let (first, count) = dense_range(cx.heap(), at);
        let mut v = JsValue::UNDEFINED;
        if last < f64::from(count) {
            let word = first + last as u32;
            v = cx.heap().value(word);
            cx.heap_mut().init(word, JsValue::EMPTY);
        }
        cx.heap_mut().init(at + field::Array::length, JsValue::number(last));
        return cx.root(if v.is_empty() { JsValue::UNDEFINED } else { v });
    }
    let v = get(cx, o, last)?;
    delete(cx, o, last)?;
    set_length(cx, o, last)?;
    Ok(v)
}

/// ECMA-262 §23.1.3.27 Array.prototype.shift
pub(super) fn shift<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    if length == 0.0 {
        set_length(cx, o, 0.0)?;
        return Ok(UNDEFINED);
    }
    if is_plain(cx, o) {
        let at = cx.peek(o).index();
        let (first, count) = dense_range(cx.heap(), at);
        cx.tick(count / 64)?;
        let mut v = JsValue::UNDEFINED;
        if count > 0 {
            v = cx.heap().value(first);
            cx.heap_mut().copy(first + 1, first, count - 1);
            cx.heap_mut().init(first + count - 1, JsValue::EMPTY);
        }
        cx.heap_mut().init(at + field::Array::length, JsValue::number(length - 1.0));
        return cx.root(if v.is_empty() { JsValue::UNDEFINED } else { v });
    }
    let v = get(cx, o, 0.0)?;
    move_elements(cx, o, 1.0, 0.0, length - 1.0, false)?;
    delete(cx, o, length - 1.0)?;
    set_length(cx, o, length - 1.0)?;
    Ok(v)
}

/// Moves `count` elements, holes included, one after the other; from the end when `backwards`.
fn move_elements<'s>(cx: &mut Cx<'s>, o: Object<'s>, from: f64, to: f64, count: f64, backwards: bool) -> JsResult<()> {
    let mut n = 0.0;
    while n < count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let k = if backwards { count - 1.0 - n } else { n };
        match get_present(&mut cx, o, from + k)? {
            Some(v) => set(&mut cx, o, to + k, v)?,
            None => delete(&mut cx, o, to + k)?,
        }
        n += 1.0;
    }
    Ok(())
}

/// ECMA-262 §23.1.3.35 Array.prototype.unshift
pub(super) fn unshift<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let extra = f64::from(args.len());
    if args.is_empty() {
        set_length(cx, o, length)?;
        return Ok(imm(length));
    }
    if length + extra > MAX_SAFE {
        return Err(cx.throw_type_error("too many elements"));
    }
    let (_, count) = if is_plain(cx, o) { dense_range(cx.heap(), cx.peek(o).index()) } else { (0, 0) };
    if is_plain(cx, o) && f64::from(count) == length && length + extra < f64::from(elements::MAX_DENSE) {
        cx.tick(count / 64)?;
        open_gap(cx, o, 0, args.len())?;
        write_args(cx, o, 0, args);
        cx.set_array_length_raw(o, length + extra);
        return Ok(imm(length + extra));
    }
    move_elements(cx, o, 0.0, extra, length, true)?;
    for (i, v) in args.iter().enumerate() {
        set(cx, o, i as f64, v)?;
    }
    set_length(cx, o, length + extra)?;
    Ok(imm(length + extra))
}

/// Moves the dense elements of a plain array from `at` on up by `by`; the gap holds what it held. The length stays.
fn open_gap<'s>(cx: &mut Cx<'s>, o: Object<'s>, at: u32, by: u32) -> JsResult<()> {
    let (_, count) = dense_range(cx.heap(), cx.peek(o).index());
    let raw = cx.peek(o);
    let raw = elements::ensure_dense(cx.heap_mut(), raw, count + by, &mut 0)?;
    if let Some(e) = elements::elements(cx.heap(), raw.index()) {
        cx.heap_mut().copy(e + 1 + at, e + 1 + at + by, count - at);
    }
    Ok(())
}

/// Writes arguments over existing dense elements from `at` on.
fn write_args<'s>(cx: &mut Cx<'s>, o: Object<'s>, at: u32, args: &Args<'s>) {
    let Some(e) = elements::elements(cx.heap(), cx.peek(o).index()) else { return };
    for (i, v) in args.iter().enumerate() {
        let v = cx.peek(v);
        cx.heap_mut().put(e, 1 + at + i as u32, v);
    }
}

/// ECMA-262 §23.1.3.26 Array.prototype.reverse
pub(super) fn reverse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    if is_plain(cx, o) {
        let (first, count) = dense_range(cx.heap(), cx.peek(o).index());
        if f64::from(count) == length {
            cx.tick(count / 16)?;
            for i in 0..count / 2 {
                let (a, b) = (first + i, first + count - 1 - i);
                let (x, y) = (cx.heap().value(a), cx.heap().value(b));
                cx.heap_mut().init(a, y);
                cx.heap_mut().init(b, x);
            }
            return Ok(o.cast());
        }
    }
    let (mut lower, middle) = (0.0, (length / 2.0) as u64 as f64);
    while lower < middle {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let upper = length - 1.0 - lower;
        let low = get_present(&mut cx, o, lower)?;
        let high = get_present(&mut cx, o, upper)?;
        match high {
            Some(v) => set(&mut cx, o, lower, v)?,
            None if low.is_some() => delete(&mut cx, o, lower)?,
            None => {}
        }
        match low {
            Some(v) => set(&mut cx, o, upper, v)?,
            None if high.is_some() => delete(&mut cx, o, upper)?,
            None => {}
        }
        lower += 1.0;
    }
    Ok(o.cast())
}

/// ECMA-262 §23.1.3.7 Array.prototype.fill
pub(super) fn fill<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let mut k = relative(cx, args.get(1), length)?;
    let end = relative_end(cx, args.get(2), length)?;
    if k < end && end <= f64::from(elements::MAX_DENSE) && is_plain(cx, o) && end <= f64::from(cx.array_len(o)) {
        cx.tick(((end - k) / 64.0) as u32)?;
        let raw = cx.peek(o);
        let raw = elements::ensure_dense(cx.heap_mut(), raw, end as u32, &mut 0)?;
        if let Some(e) = elements::elements(cx.heap(), raw.index()) {
            let v = cx.peek(args.get(0));
            cx.heap_mut().fill(e + 1 + k as u32, (end - k) as u32, v.to_bits());
            cx.heap_mut().barrier(e, v.reference());
        }
        return Ok(o.cast());
    }
    while k < end {
        cx.tick(1)?;
        set(cx, o, k, args.get(0))?;
        k += 1.0;
    }
    Ok(o.cast())
}

/// ECMA-262 §23.1.3.4 Array.prototype.copyWithin
pub(super) fn copy_within<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let to = relative(cx, args.get(0), length)?;
    let from = relative(cx, args.get(1), length)?;
    let end = relative_end(cx, args.get(2), length)?;
    let count = (end - from).min(length - to);
    if count <= 0.0 {
        return Ok(o.cast());
    }
    if is_plain(cx, o) {
        let (first, have) = dense_range(cx.heap(), cx.peek(o).index());
        if f64::from(have) == length {
            cx.tick((count / 64.0) as u32)?;
            cx.heap_mut().copy(first + from as u32, first + to as u32, count as u32);
            return Ok(o.cast());
        }
    }
    move_elements(cx, o, from, to, count, from < to && to < from + count)?;
    Ok(o.cast())
}

/// ECMA-262 §23.1.3.31 Array.prototype.splice
pub(super) fn splice<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let start = relative(cx, args.get(0), length)?;
    let items = args.rest(2);
    let insert = f64::from(items.len());
    let remove = match args.len() {
        0 => 0.0,
        1 => length - start,
        _ => cx.to_integer_or_infinity(args.get(1))?.max(0.0).min(length - start),
    };
    if length + insert - remove > MAX_SAFE {
        return Err(cx.throw_type_error("too many elements"));
    }
    let made = array_species_create(cx, o, remove)?;
    let new_length = length + insert - remove;
    let (_, count) = if is_plain(cx, o) { dense_range(cx.heap(), cx.peek(o).index()) } else { (0, 0) };
    let fast = is_plain(cx, o)
        && f64::from(count) == length
        && new_length < f64::from(elements::MAX_DENSE)
        && is_fresh(cx, made)?
        && cx.peek(made) != cx.peek(o);
    if fast {
        cx.tick(count / 64)?;
        let (at, gone, new) = (start as u32, remove as u32, items.len());
        copy_dense(cx, made, o, at, gone)?;
        cx.set_array_length_raw(made, remove);
        if new > gone {
            open_gap(cx, o, at + gone, new - gone)?;
        } else if new < gone {
            let (first, count) = dense_range(cx.heap(), cx.peek(o).index());
            cx.heap_mut().copy(first + at + gone, first + at + new, count - at - gone);
            cx.heap_mut().fill(first + count - (gone - new), gone - new, JsValue::EMPTY.to_bits());
        }
        write_args(cx, o, at, &items);
        let old = cx.peek(o).index();
        cx.heap_mut().init(old + field::Array::length, JsValue::number(new_length));
        if let Some(e) = elements::elements(cx.heap(), old) {
            cx.heap_mut().add_flags(e, flag::HOLEY);
        }
        return Ok(made.cast());
    }
    let mut k = 0.0;
    while k < remove {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(v) = get_present(&mut cx, o, start + k)? {
            create(&mut cx, made, k, v)?;
        }
        k += 1.0;
    }
    set_length(cx, made, remove)?;
    let rest = length - start - remove;
    if insert < remove {
        move_elements(cx, o, start + remove, start + insert, rest, false)?;
        let mut k = length;
        while k > new_length {
            cx.tick(1)?;
            delete(cx, o, k - 1.0)?;
            k -= 1.0;
        }
    } else if insert > remove {
        move_elements(cx, o, start + remove, start + insert, rest, true)?;
    }
    for (i, v) in items.iter().enumerate() {
        set(cx, o, start + i as f64, v)?;
    }
    set_length(cx, o, new_length)?;
    Ok(made.cast())
}
