//! Methods that look for something (ECMA-262 §23.1.3).

use rotifer_jsvalue::{HeapExt, JsValue};

use super::{callable, dense_range, get, get_present, is_readable, plain_element, this_and_length};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::throw::JsResult;

/// ECMA-262 §23.1.3.1 Array.prototype.at
pub(super) fn at<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let r = cx.to_integer_or_infinity(args.get(0))?;
    let k = if r >= 0.0 { r } else { length + r };
    if k < 0.0 || k >= length { Ok(UNDEFINED) } else { get(cx, o, k) }
}

/// Looks for a value that is found by its bits alone; `None` when comparing needs more than that.
///
/// Gives the index, or -1 when there is none.
fn find_bits(cx: &Cx<'_>, range: (u32, u32), from: u32, wanted: JsValue) -> Option<f64> {
    let by_bits = wanted.is_object()
        || wanted.is_symbol()
        || wanted.is_bool()
        || wanted.is_nullish()
        || wanted.as_number().is_some_and(|d| !d.is_nan());
    if !by_bits {
        return None;
    }
    let (first, count) = range;
    let number = wanted.as_number();
    for i in from..count {
        let v = cx.heap().value(first + i);
        if v == wanted || number.is_some() && v.as_number() == number {
            return Some(f64::from(i));
        }
    }
    Some(-1.0)
}

/// Where the search begins: the second argument as a relative index.
fn start<'s>(cx: &mut Cx<'s>, args: &Args<'s>, length: f64) -> JsResult<f64> {
    super::relative(cx, args.get(1), length)
}

/// ECMA-262 §23.1.3.16 Array.prototype.includes
pub(super) fn includes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    if length == 0.0 {
        return Ok(imm(false));
    }
    let mut k = start(cx, args, length)?;
    let wanted = args.get(0);
    if is_readable(cx, o) && !cx.is_undefined(wanted) {
        let range = dense_range(cx.heap(), cx.peek(o).index());
        cx.tick(range.1 / 16)?;
        if let Some(found) = find_bits(cx, range, k as u32, cx.peek(wanted)) {
            return Ok(imm(found >= 0.0 && found < length));
        }
    }
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = get(&mut cx, o, k)?;
        if cx.same_value_zero(v, wanted)? {
            return Ok(imm(true));
        }
        k += 1.0;
    }
    Ok(imm(false))
}

/// ECMA-262 §23.1.3.17 Array.prototype.indexOf
pub(super) fn index_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    if length == 0.0 {
        return Ok(imm(-1));
    }
    let mut k = start(cx, args, length)?;
    let wanted = args.get(0);
    if is_readable(cx, o) {
        let (first, count) = dense_range(cx.heap(), cx.peek(o).index());
        cx.tick(count / 16)?;
        let count = f64::from(count).min(length) as u32;
        if let Some(found) = find_bits(cx, (first, count), k as u32, cx.peek(wanted)) {
            return Ok(imm(found));
        }
    }
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(v) = get_present(&mut cx, o, k)?
            && cx.strict_equals(v, wanted)?
        {
            return Ok(imm(k));
        }
        k += 1.0;
    }
    Ok(imm(-1))
}

/// ECMA-262 §23.1.3.20 Array.prototype.lastIndexOf
pub(super) fn last_index_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    if length == 0.0 {
        return Ok(imm(-1));
    }
    let n = if args.len() > 1 { cx.to_integer_or_infinity(args.get(1))? } else { length - 1.0 };
    let mut k = if n >= 0.0 { n.min(length - 1.0) } else { length + n };
    let wanted = args.get(0);
    while k >= 0.0 {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(v) = get_present(&mut cx, o, k)?
            && cx.strict_equals(v, wanted)?
        {
            return Ok(imm(k));
        }
        k -= 1.0;
    }
    Ok(imm(-1))
}

/// ECMA-262 §23.1.3.12.1 FindViaPredicate: the index (-1 for none), and the element in `out` when that is a slot to put it in.
pub(in crate::builtins) fn find_via_predicate<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    (o, length): (Object<'s>, f64),
    last: bool,
    out: Option<Value<'s>>,
) -> JsResult<f64> {
    let predicate = callable(cx, args.get(0))?;
    let mut n = 0.0;
    while n < length {
        cx.tick(1)?;
        let k = if last { length - 1.0 - n } else { n };
        let v = match plain_element(cx, cx.peek(o), k) {
            Some(v) => v,
            None => {
                let mut cx = cx.nest();
                let v = get(&mut cx, o, k)?;
                cx.peek(v)
            }
        };
        if let Some(out) = out {
            cx.set_slot_raw(out, v);
        }
        let raw = cx.peek(o);
        let verdict = cx.call_words(predicate, args.get(1), [v, JsValue::number(k), raw])?;
        if cx.to_boolean_raw(verdict) {
            return Ok(k);
        }
        n += 1.0;
    }
    if let Some(out) = out {
        cx.set_slot(out, UNDEFINED);
    }
    Ok(-1.0)
}

/// ECMA-262 §23.1.3.10 Array.prototype.find
pub(super) fn find<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    let out = cx.slot(UNDEFINED)?;
    find_via_predicate(cx, args, range, false, Some(out))?;
    Ok(out)
}

/// ECMA-262 §23.1.3.11 Array.prototype.findIndex
pub(super) fn find_index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    find_via_predicate(cx, args, range, false, None).map(imm)
}

/// ECMA-262 §23.1.3.12 Array.prototype.findLast
pub(super) fn find_last<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    let out = cx.slot(UNDEFINED)?;
    find_via_predicate(cx, args, range, true, Some(out))?;
    Ok(out)
}

/// ECMA-262 §23.1.3.13 Array.prototype.findLastIndex
pub(super) fn find_last_index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    find_via_predicate(cx, args, range, true, None).map(imm)
}
