//! The Array constructor and its functions (ECMA-262 §23.1.1, §23.1.2).

use rotifer_jsvalue::{Kind, WellKnown};

use super::{MAX_SAFE, array_create, callable, create, get, set_length};
use crate::builtins::Intrinsic;
use crate::cx::{Args, Cx, Object, Value, imm};
use crate::ops::IteratorRecord;
use crate::throw::JsResult;

/// ECMA-262 §23.1.1.1 Array
pub(super) fn array<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let ours = cx.intrinsic_raw(Intrinsic::ArrayPrototype)?;
    let proto = if cx.is_undefined(args.new_target()) || cx.peek(args.new_target()) == cx.peek(args.callee()) {
        cx.root_object(ours)?
    } else {
        cx.get_prototype_from_constructor(args.new_target(), Intrinsic::ArrayPrototype)?
    };
    let make = |cx: &mut Cx<'s>, length: f64| -> JsResult<Object<'s>> {
        if length > super::MAX_LENGTH {
            return Err(cx.throw_range_error("invalid array length"));
        }
        let ours = cx.intrinsic_raw(Intrinsic::ArrayPrototype)?;
        if cx.peek(proto) == ours {
            return cx.new_array(length as u32, 0);
        }
        let made = cx.new_object_of(Kind::Array, proto, 1)?;
        cx.set_array_length_raw(made, length);
        Ok(made)
    };
    if args.len() == 1 {
        let Some(length) = cx.peek(args.get(0)).as_number() else {
            let made = make(cx, 0.0)?;
            create(cx, made, 0.0, args.get(0))?;
            return Ok(made.cast());
        };
        if length < 0.0 || f64::from(length as u32) != length {
            return Err(cx.throw_range_error("invalid array length"));
        }
        return Ok(make(cx, length)?.cast());
    }
    let made = make(cx, 0.0)?;
    for v in args.iter() {
        cx.push(made, v)?;
    }
    Ok(made.cast())
}

/// ECMA-262 §23.1.2.2 Array.isArray
pub(super) fn is_array<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let yes = cx.is_array(args.get(0))?;
    Ok(imm(yes))
}

/// ECMA-262 §23.1.2.5 get Array [ %Symbol.species% ]
pub(super) fn species<'s>(_: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(args.this())
}

/// An object for the results of `Array.from` and its kin: made by `this` when that is a constructor.
pub(super) fn construct_result<'s>(cx: &mut Cx<'s>, this: Value<'s>, length: Option<f64>) -> JsResult<Object<'s>> {
    let ours = cx.intrinsic_raw(Intrinsic::Array)?;
    if cx.peek(this) == ours || !cx.is_constructor(this) {
        return array_create(cx, length.unwrap_or(0.0));
    }
    match length {
        Some(length) => cx.construct(this.cast(), &[imm(length)], None),
        None => cx.construct(this.cast(), &[], None),
    }
}

/// ECMA-262 §23.1.2.3 Array.of
pub(super) fn of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let made = construct_result(cx, args.this(), Some(f64::from(args.len())))?;
    for (i, v) in args.iter().enumerate() {
        create(cx, made, i as f64, v)?;
    }
    set_length(cx, made, f64::from(args.len()))?;
    Ok(made.cast())
}

/// ECMA-262 §23.1.2.1 Array.from
pub(super) fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (items, mapper, this_arg) = (args.get(0), args.get(1), args.get(2));
    let mapping = !cx.is_undefined(mapper);
    if mapping {
        callable(cx, mapper)?;
    }
    if let Some(method) = cx.get_method(items, WellKnown::Iterator)? {
        let made = construct_result(cx, args.this(), None)?;
        if !mapping && super::is_plain(cx, made) && cx.is_plainly_iterable_array(items)? {
            let ours = cx.intrinsic_raw(Intrinsic::Array)?;
            if cx.peek(args.this()) == ours {
                cx.append_plain_array(made, items.cast())?;
                return Ok(made.cast());
            }
        }
        let record = cx.get_iterator_from_method(items, method)?;
        let record = cx.marked(record);
        let mut k = 0.0;
        loop {
            let mut cx = cx.nest();
            if k >= MAX_SAFE {
                let error = Err(cx.throw_type_error("too many elements"));
                return cx.iterator_close(&record, error);
            }
            let Some(next) = cx.iterator_step(&record)? else { break };
            add_item(&mut cx, made, &record, k, next, mapping.then_some((mapper, this_arg)))?;
            k += 1.0;
        }
        set_length(cx, made, k)?;
        return Ok(made.cast());
    }
    let source = cx.to_object(items)?;
    let length = cx.length_of_array_like(source)?;
    let made = construct_result(cx, args.this(), Some(length))?;
    let mut k = 0.0;
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let mut v = get(&mut cx, source, k)?;
        if mapping {
            v = cx.call(mapper, this_arg, &[v, imm(k)])?;
        }
        create(&mut cx, made, k, v)?;
        k += 1.0;
    }
    set_length(cx, made, length)?;
    Ok(made.cast())
}

fn add_item<'s>(
    cx: &mut Cx<'s>,
    made: Object<'s>,
    record: &IteratorRecord<'s>,
    k: f64,
    value: Value<'s>,
    mapper: Option<(Value<'s>, Value<'s>)>,
) -> JsResult<()> {
    let value = match mapper {
        Some((f, this_arg)) => match cx.call(f, this_arg, &[value, imm(k)]) {
            Ok(v) => v,
            Err(throw) => return cx.iterator_close(record, Err(throw)),
        },
        None => value,
    };
    match create(cx, made, k, value) {
        Ok(()) => Ok(()),
        Err(throw) => cx.iterator_close(record, Err(throw)),
    }
}
