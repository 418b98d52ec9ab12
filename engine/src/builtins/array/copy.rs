//! Methods that give a new array, string or iterator (ECMA-262 §23.1.3).

use rotifer_jsvalue::{HeapExt, JsValue, Kind, WellKnown, elements, flag, string};

use super::{
    MAX_SAFE, array_create, array_species_create, copy_dense, create, dense_range, get, get_present, is_fresh,
    is_plain, is_readable, relative, relative_end, set_length, this_and_length,
};
use crate::builtins::Intrinsic;
use crate::cx::{Args, Cx, JsStr, Object, Value, imm};
use crate::n;
use crate::ops::IteratorKind;
use crate::throw::JsResult;

/// ECMA-262 §23.1.3.2.1 IsConcatSpreadable
fn is_concat_spreadable<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<bool> {
    let Some(object) = cx.as_object(value) else { return Ok(false) };
    let spreadable = cx.get(object, WellKnown::IsConcatSpreadable)?;
    if cx.is_undefined(spreadable) { cx.is_array(value) } else { Ok(cx.to_boolean(spreadable)) }
}

/// ECMA-262 §23.1.3.2 Array.prototype.concat
pub(super) fn concat<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let o = cx.to_object(args.this())?;
    let made = array_species_create(cx, o, 0.0)?;
    make_room(cx, made, o, args)?;
    let mut n = 0.0;
    for i in 0..=args.len() {
        let item = if i == 0 { o.cast() } else { args.get(i - 1) };
        n = concat_item(cx, made, n, item)?;
    }
    set_length(cx, made, n)?;
    Ok(made.cast())
}

/// Makes room for what a concatenation of arrays comes to, as far as can be seen now, so that the result does not have to grow.
fn make_room<'s>(cx: &mut Cx<'s>, made: Object<'s>, o: Object<'s>, args: &Args<'s>) -> JsResult<()> {
    if !is_fresh(cx, made)? {
        return Ok(());
    }
    let mut total = 0_u64;
    for i in 0..=args.len() {
        let item = if i == 0 { o.cast() } else { args.get(i - 1) };
        total += if is_readable(cx, item) { u64::from(dense_range(cx.heap(), cx.peek(item).index()).1) } else { 1 };
    }
    if (2..u64::from(elements::MAX_DENSE)).contains(&total) {
        let raw = cx.peek(made);
        elements::ensure_dense(cx.heap_mut(), raw, total as u32, &mut 0)?;
    }
    Ok(())
}

fn concat_item<'s>(cx: &mut Cx<'s>, made: Object<'s>, n: f64, item: Value<'s>) -> JsResult<f64> {
    let mut cx = cx.nest();
    if !is_concat_spreadable(&mut cx, item)? {
        if n >= MAX_SAFE {
            return Err(cx.throw_type_error("too many elements"));
        }
        create(&mut cx, made, n, item)?;
        return Ok(n + 1.0);
    }
    let object: Object<'_> = item.cast();
    let length = cx.length_of_array_like(object)?;
    if n + length > MAX_SAFE {
        return Err(cx.throw_type_error("too many elements"));
    }
    if is_readable(&cx, object) && is_plain(&cx, made) && n + length < f64::from(elements::MAX_DENSE) {
        let (_, count) = dense_range(cx.heap(), cx.peek(object).index());
        let have = elements::elements(cx.heap(), cx.peek(made).index()).map_or(0, |e| elements::capacity(cx.heap(), e));
        // Only what follows without a gap; far holes are left to the general way.
        if f64::from(have) + 1024.0 >= n {
            cx.tick(count / 64)?;
            let raw = cx.peek(made);
            let raw = elements::ensure_dense(cx.heap_mut(), raw, n as u32 + count, &mut 0)?;
            let (first, count) = dense_range(cx.heap(), cx.peek(object).index());
            if let Some(e) = elements::elements(cx.heap(), raw.index()) {
                if count > 0 {
                    cx.heap_mut().copy(first, e + 1 + n as u32, count);
                    cx.heap_mut().barrier_all(e);
                }
                cx.heap_mut().add_flags(e, flag::HOLEY);
            }
            cx.set_array_length_raw(made, n + length);
            return Ok(n + length);
        }
    }
    let mut k = 0.0;
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(v) = get_present(&mut cx, object, k)? {
            create(&mut cx, made, n + k, v)?;
        }
        k += 1.0;
    }
    Ok(n + length)
}

/// ECMA-262 §23.1.3.28 Array.prototype.slice
pub(super) fn slice<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let start = relative(cx, args.get(0), length)?;
    let end = relative_end(cx, args.get(1), length)?;
    let count = (end - start).max(0.0);
    let made = array_species_create(cx, o, count)?;
    if is_readable(cx, o) && is_fresh(cx, made)? && end <= f64::from(cx.array_len(o)) {
        let (_, have) = dense_range(cx.heap(), cx.peek(o).index());
        let n = count.min((f64::from(have) - start).max(0.0)) as u32;
        cx.tick(n / 64)?;
        copy_dense(cx, made, o, start as u32, n)?;
        cx.set_array_length_raw(made, count);
        return Ok(made.cast());
    }
    let mut k = 0.0;
    while k < count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if let Some(v) = get_present(&mut cx, o, start + k)? {
            create(&mut cx, made, k, v)?;
        }
        k += 1.0;
    }
    set_length(cx, made, count)?;
    Ok(made.cast())
}

/// Puts the texts in `parts` (flat strings and integers, anything else counting as empty) together. There are `length` of them;
/// those that are not in the list are empty.
pub(in crate::builtins) fn join_parts<'s>(
    cx: &mut Cx<'s>,
    parts: Object<'s>,
    length: f64,
    separator: JsStr<'s>,
) -> JsResult<Value<'s>> {
    let (first, count) = dense_range(cx.heap(), cx.peek(parts).index());
    let sep = cx.peek(separator);
    let between = f64::from(string::string_length(cx.heap(), sep)) * (length - 1.0).max(0.0);
    let mut total = between;
    for i in 0..count {
        total += f64::from(string::part_length(cx.heap(), cx.heap().value(first + i)));
    }
    if total > f64::from(string::MAX_STRING_LENGTH) {
        return Err(cx.throw_range_error("invalid string length"));
    }
    if total == 0.0 {
        return cx.root(rotifer_jsvalue::StaticName::EMPTY.into());
    }
    cx.tick((total / 64.0) as u32 + count / 16)?;
    let block = if count > 0 { JsValue::cell(first - 1) } else { JsValue::UNDEFINED };
    // With a separator of its own length the number of parts is bounded by that of the characters.
    let rounds = if between == 0.0 { count } else { length as u32 };
    let joined = string::join(cx.heap_mut(), block, count, rounds, sep, total as u32)?;
    cx.root(joined)
}

/// Whether a raw value can be joined as it is.
fn is_part(cx: &Cx<'_>, v: JsValue) -> bool {
    v.is_int() || v.is_nullish() || v.is_empty() || v.is_string() && string::is_flat(cx.heap(), v)
}

/// ECMA-262 §23.1.3.18 Array.prototype.join, the part after the separator is known, or `toLocaleString` with its arguments.
pub(in crate::builtins) fn join_with<'s>(
    cx: &mut Cx<'s>,
    (o, length): (Object<'s>, f64),
    separator: JsStr<'s>,
    local: Option<[Value<'s>; 2]>,
) -> JsResult<Value<'s>> {
    cx.check_native_stack()?;
    if local.is_none() && is_readable(cx, o) && f64::from(cx.array_len(o)) == length {
        let (first, count) = dense_range(cx.heap(), cx.peek(o).index());
        if (0..count).all(|i| is_part(cx, cx.heap().value(first + i))) {
            return join_parts(cx, o, length, separator);
        }
    }
    let parts = cx.new_array(0, 0)?;
    let mut k = 0.0;
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = get(&mut cx, o, k)?;
        let raw = cx.peek(v);
        if raw.is_nullish() {
            cx.push_raw(parts, JsValue::UNDEFINED)?;
        } else if let Some(arguments) = &local {
            // ECMA-402 passes locales and options on, ECMA-262 nothing.
            let arguments: &[_] = if cfg!(feature = "intl") { arguments } else { &[] };
            let text = cx.invoke(v, n!("toLocaleString"), arguments)?;
            let text = cx.to_flat_string(text)?;
            cx.push(parts, text.cast())?;
        } else if is_part(&cx, raw) {
            cx.push(parts, v)?;
        } else {
            let text = cx.to_flat_string(v)?;
            cx.push(parts, text.cast())?;
        }
        k += 1.0;
    }
    join_parts(cx, parts, length, separator)
}

/// ECMA-262 §23.1.3.18 Array.prototype.join
pub(super) fn join<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    let separator = if cx.is_undefined(args.get(0)) { imm(n!(",")).cast() } else { cx.to_flat_string(args.get(0))? };
    join_with(cx, range, separator, None)
}

/// ECMA-262 §23.1.3.36 Array.prototype.toString
pub(super) fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let o = cx.to_object(args.this())?;
    let mut f = cx.get(o, n!("join"))?;
    if !cx.is_callable(f) {
        f = cx.builtin_function(Intrinsic::ObjectPrototype, n!("toString"));
    }
    cx.call(f, o.cast(), &[])
}

/// ECMA-262 §23.1.3.32 Array.prototype.toLocaleString
pub(super) fn to_locale_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let range = this_and_length(cx, args)?;
    join_with(cx, range, imm(n!(",")).cast(), Some([args.get(0), args.get(1)]))
}

fn iterator<'s>(cx: &mut Cx<'s>, args: &Args<'s>, kind: IteratorKind) -> JsResult<Value<'s>> {
    let o = cx.to_object(args.this())?;
    Ok(cx.new_iterator(kind, Intrinsic::ArrayIteratorPrototype, o, imm(0))?.cast())
}

/// ECMA-262 §23.1.3.19 Array.prototype.keys
pub(super) fn keys<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    iterator(cx, args, IteratorKind::ArrayKeys)
}

/// ECMA-262 §23.1.3.5 Array.prototype.entries
pub(super) fn entries<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    iterator(cx, args, IteratorKind::ArrayEntries)
}

/// ECMA-262 §23.1.3.38 Array.prototype.values
pub(super) fn values<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    iterator(cx, args, IteratorKind::ArrayValues)
}

/// Appends the elements `from..to` of an array-like, holes as undefined, to an array made by the engine.
fn append<'s>(cx: &mut Cx<'s>, made: Object<'s>, o: Object<'s>, from: f64, to: f64) -> JsResult<()> {
    let mut k = from;
    while k < to {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = get(&mut cx, o, k)?;
        cx.push(made, v)?;
        k += 1.0;
    }
    Ok(())
}

/// ECMA-262 §23.1.3.33 Array.prototype.toReversed
pub(super) fn to_reversed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let made = array_create(cx, length)?;
    cx.set_array_length_raw(made, 0.0);
    let mut k = length;
    while k > 0.0 {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = get(&mut cx, o, k - 1.0)?;
        cx.push(made, v)?;
        k -= 1.0;
    }
    Ok(made.cast())
}

/// ECMA-262 §23.1.3.35 Array.prototype.toSpliced
pub(super) fn to_spliced<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let start = relative(cx, args.get(0), length)?;
    let skip = match args.len() {
        0 => 0.0,
        1 => length - start,
        _ => cx.to_integer_or_infinity(args.get(1))?.max(0.0).min(length - start),
    };
    let items = args.rest(2);
    let new_length = length + f64::from(items.len()) - skip;
    if new_length > MAX_SAFE {
        return Err(cx.throw_type_error("too many elements"));
    }
    let made = array_create(cx, new_length)?;
    cx.set_array_length_raw(made, 0.0);
    append(cx, made, o, 0.0, start)?;
    for v in items.iter() {
        cx.push(made, v)?;
    }
    append(cx, made, o, start + skip, length)?;
    Ok(made.cast())
}

/// ECMA-262 §23.1.3.39 Array.prototype.with
pub(super) fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (o, length) = this_and_length(cx, args)?;
    let r = cx.to_integer_or_infinity(args.get(0))?;
    let at = if r >= 0.0 { r } else { length + r };
    if at >= length || at < 0.0 {
        return Err(cx.throw_range_error("index out of range"));
    }
    let made = array_create(cx, length)?;
    cx.set_array_length_raw(made, 0.0);
    append(cx, made, o, 0.0, at)?;
    cx.push(made, args.get(1))?;
    append(cx, made, o, at + 1.0, length)?;
    debug_assert!(cx.is_kind(made, Kind::Array));
    Ok(made.cast())
}
