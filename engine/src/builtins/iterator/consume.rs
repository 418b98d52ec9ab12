//! Methods of iterators that run to the end (ECMA-262 §27.1.4).

use crate::builtins::array::MAX_SAFE;
use crate::builtins::array::copy::join_parts;
use crate::cx::{Args, Cx, JsStr, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::IteratorRecord;
use crate::throw::JsResult;

/// `this` as an iterator that is not asked for `next` yet: for closing it when an argument is wrong.
pub(super) fn this_iterator<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<IteratorRecord<'s>> {
    match cx.as_object(args.this()) {
        Some(iterator) => Ok(IteratorRecord { iterator, next: UNDEFINED }),
        None => Err(cx.throw_type_error("iterator method called on a value that is not an object")),
    }
}

/// `this` as an iterator, after checking that the first argument can be called.
pub(super) fn start<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<(IteratorRecord<'s>, Value<'s>)> {
    let record = this_iterator(cx, args)?;
    let f = args.get(0);
    if !cx.is_callable(f) {
        let error = Err(cx.throw_not_callable(f));
        return cx.iterator_close(&record, error);
    }
    let record = cx.get_iterator_direct(record.iterator)?;
    Ok((cx.marked(record), f))
}

/// ECMA-262 §27.1.4.9 Iterator.prototype.reduce
pub(super) fn reduce<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (record, f) = start(cx, args)?;
    let total = cx.slot(args.get(1))?;
    let mut k = 0.0;
    if args.len() < 2 {
        match cx.iterator_step(&record)? {
            Some(v) => cx.set_slot(total, v),
            None => return Err(cx.throw_type_error("reduce of an empty iterator with no initial value")),
        }
        k = 1.0;
    }
    loop {
        let mut cx = cx.nest();
        let Some(v) = cx.iterator_step(&record)? else { break };
        match cx.call(f, UNDEFINED, &[total, v, imm(k)]) {
            Ok(result) => cx.set_slot(total, result),
            Err(throw) => return cx.iterator_close(&record, Err(throw)),
        }
        k += 1.0;
    }
    Ok(total)
}

/// ECMA-262 §27.1.4.12 Iterator.prototype.toArray
pub(super) fn to_array<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = this_iterator(cx, args)?;
    let record = cx.get_iterator_direct(record.iterator)?;
    let list = cx.new_array(0, 0)?;
    cx.append_iterator(list, &record)?;
    Ok(list.cast())
}

/// What a walk over an iterator looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Never,
    True,
    False,
}

/// Calls the first argument with each value until the result is what is looked for; then the value is put in `out`, the iterator is
/// closed, and the answer is true.
fn walk<'s>(cx: &mut Cx<'s>, args: &Args<'s>, until: Until, out: Value<'s>) -> JsResult<bool> {
    let (record, f) = start(cx, args)?;
    let mut k = 0.0;
    loop {
        let mut cx = cx.nest();
        let Some(v) = cx.iterator_step(&record)? else { return Ok(false) };
        let result = match cx.call(f, UNDEFINED, &[v, imm(k)]) {
            Ok(result) => cx.to_boolean(result),
            Err(throw) => return cx.iterator_close(&record, Err(throw)),
        };
        if until == Until::True && result || until == Until::False && !result {
            cx.set_slot(out, v);
            return cx.iterator_close(&record, Ok(true));
        }
        k += 1.0;
    }
}

/// ECMA-262 §27.1.4.7 Iterator.prototype.forEach
pub(super) fn for_each<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let out = cx.slot(UNDEFINED)?;
    walk(cx, args, Until::Never, out)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §27.1.4.10 Iterator.prototype.some
pub(super) fn some<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let out = cx.slot(UNDEFINED)?;
    walk(cx, args, Until::True, out).map(imm)
}

/// ECMA-262 §27.1.4.3 Iterator.prototype.every
pub(super) fn every<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let out = cx.slot(UNDEFINED)?;
    walk(cx, args, Until::False, out).map(|found| imm(!found))
}

/// ECMA-262 §27.1.4.5 Iterator.prototype.find
pub(super) fn find<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let out = cx.slot(UNDEFINED)?;
    walk(cx, args, Until::True, out)?;
    Ok(out)
}

/// Iterator.prototype.includes
pub(super) fn includes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = this_iterator(cx, args)?;
    let mut skip = 0.0;
    if !cx.is_undefined(args.get(1)) {
        let number = cx.peek(args.get(1)).as_number();
        let integral = match number {
            Some(d) if d.is_nan() => None,
            Some(d) if cx.to_integer_or_infinity(imm(d))? == d => Some(d),
            _ => None,
        };
        let Some(d) = integral else {
            let error = Err(cx.throw_type_error("the number of elements to skip must be an integer"));
            return cx.iterator_close(&record, error);
        };
        if d < 0.0 || d.is_finite() && d > MAX_SAFE {
            let error = Err(cx.throw_range_error("the number of elements to skip is out of range"));
            return cx.iterator_close(&record, error);
        }
        skip = d;
    }
    let record = cx.get_iterator_direct(record.iterator)?;
    loop {
        let mut cx = cx.nest();
        let Some(v) = cx.iterator_step(&record)? else { return Ok(imm(false)) };
        if skip > 0.0 {
            skip -= 1.0;
            continue;
        }
        if cx.same_value_zero(v, args.get(0))? {
            return cx.iterator_close(&record, Ok(imm(true)));
        }
    }
}

/// Iterator.prototype.join
pub(super) fn join<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = this_iterator(cx, args)?;
    let separator: JsStr<'s> = if cx.is_undefined(args.get(0)) {
        imm(n!(",")).cast()
    } else {
        match cx.to_flat_string(args.get(0)) {
            Ok(separator) => separator,
            Err(throw) => return cx.iterator_close(&record, Err(throw)),
        }
    };
    let record = cx.get_iterator_direct(record.iterator)?;
    let parts = cx.new_array(0, 0)?;
    loop {
        let mut cx = cx.nest();
        let Some(v) = cx.iterator_step(&record)? else { break };
        if cx.is_nullish(v) {
            cx.push(parts, UNDEFINED)?;
            continue;
        }
        match cx.to_flat_string(v) {
            Ok(text) => cx.push(parts, text.cast())?,
            Err(throw) => return cx.iterator_close(&record, Err(throw)),
        }
    }
    let length = f64::from(cx.array_len(parts));
    join_parts(cx, parts, length, separator)
}
