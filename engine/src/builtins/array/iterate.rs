//! Methods that call a function for each element (ECMA-262 §23.1.3).

use rotifer_jsvalue::JsValue;

use super::{MAX_SAFE, array_species_create, call_with_element, callable, create, get_present, this_and_length};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::throw::JsResult;

/// Calls the first argument for each element that is there, until it returns something that is true or false as `until` says. Whether
/// that happened.
fn visit<'s>(cx: &mut Cx<'s>, args: &Args<'s>, (o, length): (Object<'s>, f64), until: Option<bool>) -> JsResult<bool> {
    let f = (args.get(0), args.get(1));
    let mut k = 0.0;
    while k < length {
        cx.tick(1)?;
        if let Some(result) = call_with_element(cx, f, o, k)?
            && until.is_some_and(|until| cx.to_boolean_raw(result) == until)
        {
            return Ok(true);
        }
        k += 1.0;
    }
    Ok(false)
}

/// ECMA-262 §23.1.3.15 Array.prototype.forEach
pub(super) fn for_each<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    callable(cx, args.get(0))?;
    visit(cx, args, range, None)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §23.1.3.6 Array.prototype.every
pub(super) fn every<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    callable(cx, args.get(0))?;
    Ok(imm(!visit(cx, args, range, Some(false))?))
}

/// ECMA-262 §23.1.3.29 Array.prototype.some
pub(super) fn some<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    callable(cx, args.get(0))?;
    Ok(imm(visit(cx, args, range, Some(true))?))
}

/// ECMA-262 §23.1.3.21 Array.prototype.map
pub(super) fn map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let f = callable(cx, args.get(0))?;
    let made = array_species_create(cx, o, length)?;
    let mut k = 0.0;
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(result) = call_with_element(&mut cx, (f, args.get(1)), o, k)? {
            let result = cx.root(result)?;
            create(&mut cx, made, k, result)?;
        }
        k += 1.0;
    }
    Ok(made.cast())
}

/// ECMA-262 §23.1.3.8 Array.prototype.filter
pub(super) fn filter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let f = callable(cx, args.get(0))?;
    let made = array_species_create(cx, o, 0.0)?;
    let (mut k, mut to) = (0.0, 0.0);
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(v) = get_present(&mut cx, o, k)? {
            let words = [cx.peek(v), JsValue::number(k), cx.peek(o)];
            let verdict = cx.call_words(f, args.get(1), words)?;
            if cx.to_boolean_raw(verdict) {
                create(&mut cx, made, to, v)?;
                to += 1.0;
            }
        }
        k += 1.0;
    }
    Ok(made.cast())
}

fn reduce_over<'s>(cx: &mut Cx<'s>, args: &Args<'s>, right: bool) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let f = callable(cx, args.get(0))?;
    let total = cx.slot(args.get(1))?;
    let mut started = args.len() > 1;
    let mut n = 0.0;
    while n < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let k = if right { length - 1.0 - n } else { n };
        n += 1.0;
        let Some(v) = get_present(&mut cx, o, k)? else { continue };
        if !started {
            started = true;
            cx.set_slot(total, v);
            continue;
        }
        let words = [cx.peek(total), cx.peek(v), JsValue::number(k), cx.peek(o)];
        let result = cx.call_words(f, UNDEFINED, words)?;
        cx.set_slot_raw(total, result);
    }
    if !started {
        return Err(cx.throw_type_error("reduce of an empty array with no initial value"));
    }
    Ok(total)
}

/// ECMA-262 §23.1.3.24 Array.prototype.reduce
pub(super) fn reduce<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    reduce_over(cx, args, false)
}

/// ECMA-262 §23.1.3.25 Array.prototype.reduceRight
pub(super) fn reduce_right<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    reduce_over(cx, args, true)
}

/// ECMA-262 §23.1.3.13.1 FlattenIntoArray; gives the next free index of `target`.
fn flatten<'s>(
    cx: &mut Cx<'s>,
    target: Object<'s>,
    (source, length): (Object<'s>, f64),
    start: f64,
    depth: f64,
    mapper: Option<(Value<'s>, Value<'s>)>,
) -> JsResult<f64> {
    cx.check_native_stack()?;
    let (mut to, mut k) = (start, 0.0);
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(mut v) = get_present(&mut cx, source, k)? {
            if let Some((f, this_arg)) = mapper {
                v = cx.call(f, this_arg, &[v, imm(k), source.cast()])?;
            }
            if depth > 0.0 && cx.is_array(v)? {
                let inner = cx.length_of_array_like(v.cast())?;
                to = flatten(&mut cx, target, (v.cast(), inner), to, depth - 1.0, None)?;
            } else {
                if to >= MAX_SAFE {
                    return Err(cx.throw_type_error("too many elements"));
                }
                create(&mut cx, target, to, v)?;
                to += 1.0;
            }
        }
        k += 1.0;
    }
    Ok(to)
}

/// ECMA-262 §23.1.3.13 Array.prototype.flat
pub(super) fn flat<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    let depth = if cx.is_undefined(args.get(0)) { 1.0 } else { cx.to_integer_or_infinity(args.get(0))?.max(0.0) };
    let made = array_species_create(cx, range.0, 0.0)?;
    flatten(cx, made, range, 0.0, depth, None)?;
    Ok(made.cast())
}

/// ECMA-262 §23.1.3.14 Array.prototype.flatMap
pub(super) fn flat_map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    let f = callable(cx, args.get(0))?;
    let made = array_species_create(cx, range.0, 0.0)?;
    flatten(cx, made, range, 0.0, 1.0, Some((f, args.get(1))))?;
    Ok(made.cast())
}
