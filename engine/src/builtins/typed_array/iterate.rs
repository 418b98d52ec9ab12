//! Methods of typed arrays that read (ECMA-262 §23.2.3).

use rotifer_jsvalue::JsValue;

use super::construct::{put, species_create};
use super::{length_of, validate};
use crate::builtins::array::{self, callable};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::typed::{get_value, number};
use crate::throw::JsResult;

/// ECMA-262 §23.2.3.1 %TypedArray%.prototype.at
pub(super) fn at<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    let r = cx.to_integer_or_infinity(args.get(0))?;
    let k = if r >= 0.0 { r } else { f64::from(length) + r };
    if k < 0.0 || k >= f64::from(length) { Ok(UNDEFINED) } else { get_value(cx, o, k as u32) }
}

/// What a walk over the elements looks for in the results of its function.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Never,
    True,
    False,
}

/// Calls the first argument for each element until its result is what is looked for: gives that index, and the element in `out`.
fn walk<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    until: Until,
    last: bool,
    out: Option<Value<'s>>,
) -> JsResult<Option<u32>> {
    let (o, length) = validate(cx, args.this())?;
    let f = callable(cx, args.get(0))?;
    for i in 0..length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let k = if last { length - 1 - i } else { i };
        let v = get_value(&mut cx, o, k)?;
        let words = [cx.peek(v), JsValue::from(f64::from(k)), cx.peek(o)];
        let result = cx.call_words(f, args.get(1), words)?;
        let yes = cx.to_boolean_raw(result);
        if until == Until::True && yes || until == Until::False && !yes {
            if let Some(out) = out {
                cx.set_slot(out, v);
            }
            return Ok(Some(k));
        }
    }
    Ok(None)
}

/// ECMA-262 §23.2.3.8 %TypedArray%.prototype.every
pub(super) fn every<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(walk(cx, args, Until::False, false, None)?.is_none()))
}

/// ECMA-262 §23.2.3.28 %TypedArray%.prototype.some
pub(super) fn some<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(walk(cx, args, Until::True, false, None)?.is_some()))
}

/// ECMA-262 §23.2.3.15 %TypedArray%.prototype.forEach
pub(super) fn for_each<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    walk(cx, args, Until::Never, false, None)?;
    Ok(UNDEFINED)
}

fn find_element<'s>(cx: &mut Cx<'s>, args: &Args<'s>, last: bool) -> JsResult<Value<'s>> {
    let out = cx.slot(UNDEFINED)?;
    walk(cx, args, Until::True, last, Some(out))?;
    Ok(out)
}

fn find_position<'s>(cx: &mut Cx<'s>, args: &Args<'s>, last: bool) -> JsResult<Value<'s>> {
    Ok(walk(cx, args, Until::True, last, None)?.map_or(imm(-1), number))
}

/// ECMA-262 §23.2.3.11 %TypedArray%.prototype.find
pub(super) fn find<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    find_element(cx, args, false)
}

/// ECMA-262 §23.2.3.12 %TypedArray%.prototype.findIndex
pub(super) fn find_index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    find_position(cx, args, false)
}

/// ECMA-262 §23.2.3.13 %TypedArray%.prototype.findLast
pub(super) fn find_last<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    find_element(cx, args, true)
}

/// ECMA-262 §23.2.3.14 %TypedArray%.prototype.findLastIndex
pub(super) fn find_last_index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    find_position(cx, args, true)
}

/// ECMA-262 §23.2.3.10 %TypedArray%.prototype.filter
pub(super) fn filter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    let f = callable(cx, args.get(0))?;
    let kept = cx.new_array(0, 0)?;
    for k in 0..length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = get_value(&mut cx, o, k)?;
        let words = [cx.peek(v), JsValue::from(f64::from(k)), cx.peek(o)];
        let verdict = cx.call_words(f, args.get(1), words)?;
        if cx.to_boolean_raw(verdict) {
            cx.push(kept, v)?;
        }
    }
    let count = cx.array_len(kept);
    let made = species_create(cx, o, &[number(count)])?;
    for k in 0..count {
        let mut cx = cx.nest();
        let v = cx.array_item(kept, k)?;
        put(&mut cx, made, f64::from(k), v)?;
    }
    Ok(made.cast())
}

/// ECMA-262 §23.2.3.22 %TypedArray%.prototype.map
pub(super) fn map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    let f = callable(cx, args.get(0))?;
    let made = species_create(cx, o, &[number(length)])?;
    for k in 0..length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = get_value(&mut cx, o, k)?;
        let words = [cx.peek(v), JsValue::from(f64::from(k)), cx.peek(o)];
        let result = cx.call_words(f, args.get(1), words)?;
        let result = cx.root(result)?;
        put(&mut cx, made, f64::from(k), result)?;
    }
    Ok(made.cast())
}

fn reduce_over<'s>(cx: &mut Cx<'s>, args: &Args<'s>, right: bool) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    let f = callable(cx, args.get(0))?;
    let total = cx.slot(args.get(1))?;
    let mut started = args.len() > 1;
    for i in 0..length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let k = if right { length - 1 - i } else { i };
        let v = get_value(&mut cx, o, k)?;
        if !started {
            started = true;
            cx.set_slot(total, v);
            continue;
        }
        let result = cx.call(f, UNDEFINED, &[total, v, number(k), o.cast()])?;
        cx.set_slot(total, result);
    }
    if !started {
        return Err(cx.throw_type_error("reduce of an empty typed array with no initial value"));
    }
    Ok(total)
}

/// ECMA-262 §23.2.3.23 %TypedArray%.prototype.reduce
pub(super) fn reduce<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    reduce_over(cx, args, false)
}

/// ECMA-262 §23.2.3.24 %TypedArray%.prototype.reduceRight
pub(super) fn reduce_right<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    reduce_over(cx, args, true)
}

/// Looks for the first argument from index `k` on.
fn position<'s>(
    cx: &mut Cx<'s>,
    o: Object<'s>,
    range: (u32, u32),
    wanted: Value<'s>,
    last: bool,
) -> JsResult<Option<u32>> {
    let (from, to) = range;
    // Only what is still there counts.
    let to = to.min(length_of(cx, o).unwrap_or(0));
    for i in from..to {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let k = if last { to - 1 - (i - from) } else { i };
        let v = get_value(&mut cx, o, k)?;
        if cx.strict_equals(v, wanted)? {
            return Ok(Some(k));
        }
    }
    Ok(None)
}

/// ECMA-262 §23.2.3.16 %TypedArray%.prototype.includes
pub(super) fn includes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    if length == 0 {
        return Ok(imm(false));
    }
    let from = array::relative(cx, args.get(1), f64::from(length))? as u32;
    let wanted = args.get(0);
    for k in from..length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = get_value(&mut cx, o, k)?;
        if cx.same_value_zero(v, wanted)? {
            return Ok(imm(true));
        }
    }
    Ok(imm(false))
}

/// ECMA-262 §23.2.3.17 %TypedArray%.prototype.indexOf
pub(super) fn index_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    if length == 0 {
        return Ok(imm(-1));
    }
    let from = array::relative(cx, args.get(1), f64::from(length))? as u32;
    Ok(position(cx, o, (from, length), args.get(0), false)?.map_or(imm(-1), number))
}

/// ECMA-262 §23.2.3.20 %TypedArray%.prototype.lastIndexOf
pub(super) fn last_index_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    if length == 0 {
        return Ok(imm(-1));
    }
    let len = f64::from(length);
    let n = if args.len() > 1 { cx.to_integer_or_infinity(args.get(1))? } else { len - 1.0 };
    let k = if n >= 0.0 { n.min(len - 1.0) } else { len + n };
    if k < 0.0 {
        return Ok(imm(-1));
    }
    Ok(position(cx, o, (0, k as u32 + 1), args.get(0), true)?.map_or(imm(-1), number))
}

/// ECMA-262 §23.2.3.18 %TypedArray%.prototype.join
pub(super) fn join<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    let separator = if cx.is_undefined(args.get(0)) { imm(n!(",")).cast() } else { cx.to_flat_string(args.get(0))? };
    array::copy::join_with(cx, (o, f64::from(length)), separator, None)
}

/// ECMA-262 §23.2.3.31 %TypedArray%.prototype.toLocaleString
pub(super) fn to_locale_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = validate(cx, args.this())?;
    array::copy::join_with(cx, (o, f64::from(length)), imm(n!(",")).cast(), Some([args.get(0), args.get(1)]))
}
