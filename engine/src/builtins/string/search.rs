//! Finding and splitting.

use rotifer_jsvalue::{HeapExt, JsValue, Kind, WellKnown, field, string};

use super::{clamp, empty, latin1, length, this_str, view};
use crate::cx::{Args, Cx, IntoKey, JsStr, Object, Value, imm};
use crate::n;
use crate::throw::JsResult;

/// ECMA-262 §22.1.3.9 String.prototype.indexOf
pub(super) fn index_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let needle = cx.to_flat_string(args.get(0))?;
    let from = cx.to_integer_or_infinity(args.get(1))?;
    let from = clamp(from, length(cx, s));
    let found = view(cx, s).find(view(cx, needle), from as usize);
    cx.tick(length(cx, s) / 64)?;
    Ok(imm(found.map_or(-1, |i| i as i32)))
}

/// ECMA-262 §22.1.3.11 String.prototype.lastIndexOf
pub(super) fn last_index_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let needle = cx.to_flat_string(args.get(0))?;
    let from = cx.to_number(args.get(1))?;
    let from = if from.is_nan() { f64::INFINITY } else { from };
    let from = clamp(from, length(cx, s));
    let found = view(cx, s).rfind(view(cx, needle), from as usize);
    cx.tick(length(cx, s) / 64)?;
    Ok(imm(found.map_or(-1, |i| i as i32)))
}

/// The string to look for, which must not be a regular expression.
fn plain_needle<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<JsStr<'s>> {
    if is_regexp(cx, args.get(0))? {
        return Err(cx.throw_type_error("the first argument must not be a regular expression"));
    }
    cx.to_flat_string(args.get(0))
}

/// ECMA-262 §7.2.6 IsRegExp
pub(crate) fn is_regexp<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<bool> {
    let Some(object) = cx.as_object(value) else { return Ok(false) };
    let matcher = cx.get(object, WellKnown::Match)?;
    if !cx.is_undefined(matcher) {
        return Ok(cx.to_boolean(matcher));
    }
    Ok(cx.is_kind(object, Kind::RegExp))
}

/// ECMA-262 §22.1.3.8 String.prototype.includes
pub(super) fn includes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let needle = plain_needle(cx, args)?;
    let from = cx.to_integer_or_infinity(args.get(1))?;
    let from = clamp(from, length(cx, s));
    cx.tick(length(cx, s) / 64)?;
    Ok(imm(view(cx, s).find(view(cx, needle), from as usize).is_some()))
}

/// ECMA-262 §22.1.3.24 String.prototype.startsWith
pub(super) fn starts_with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let needle = plain_needle(cx, args)?;
    let from = cx.to_integer_or_infinity(args.get(1))?;
    let start = clamp(from, length(cx, s)) as usize;
    let (text, needle) = (view(cx, s), view(cx, needle));
    let end = start + needle.len();
    Ok(imm(end <= text.len() && text.slice(start, end) == needle))
}

/// ECMA-262 §22.1.3.7 String.prototype.endsWith
pub(super) fn ends_with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let needle = plain_needle(cx, args)?;
    let len = length(cx, s);
    let end = if cx.is_undefined(args.get(1)) { f64::from(len) } else { cx.to_integer_or_infinity(args.get(1))? };
    let end = clamp(end, len) as usize;
    let (text, needle) = (view(cx, s), view(cx, needle));
    Ok(imm(needle.len() <= end && text.slice(end - needle.len(), end) == needle))
}

/// The method with which an object replaces what a string method does with it.
pub(super) fn delegate<'s>(cx: &mut Cx<'s>, value: Value<'s>, symbol: WellKnown) -> JsResult<Option<Value<'s>>> {
    if cx.is_object(value) { cx.get_method(value, symbol) } else { Ok(None) }
}

/// Makes a regular expression of `pattern` and invokes its method `symbol` with the string.
fn invoke_regexp<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    pattern: Value<'s>,
    flags: JsStr<'s>,
    symbol: WellKnown,
) -> JsResult<Value<'s>> {
    let s = cx.to_string(args.this())?;
    let regexp = crate::builtins::regexp::regexp_create(cx, pattern, flags.cast())?;
    cx.invoke(regexp.cast(), symbol.into_key(), &[s.cast()])
}

/// ECMA-262 §22.1.3.12 String.prototype.match
pub(super) fn match_<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.this())?;
    if let Some(method) = delegate(cx, args.get(0), WellKnown::Match)? {
        return cx.call(method, args.get(0), &[args.this()]);
    }
    invoke_regexp(cx, args, args.get(0), empty(), WellKnown::Match)
}

/// ECMA-262 §22.1.3.13 String.prototype.matchAll
pub(super) fn match_all<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.this())?;
    if cx.is_object(args.get(0)) {
        global_flag_required(cx, args.get(0))?;
        if let Some(method) = cx.get_method(args.get(0), WellKnown::MatchAll)? {
            return cx.call(method, args.get(0), &[args.this()]);
        }
    }
    invoke_regexp(cx, args, args.get(0), latin1(b'g'), WellKnown::MatchAll)
}

/// A TypeError when a value is a regular expression whose flags lack `g`.
pub(super) fn global_flag_required<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<()> {
    if !is_regexp(cx, value)? {
        return Ok(());
    }
    let flags = cx.get_v(value, n!("flags"))?;
    cx.require_object_coercible(flags)?;
    let flags = cx.to_flat_string(flags)?;
    if view(cx, flags).units().any(|u| u == u16::from(b'g')) {
        return Ok(());
    }
    Err(cx.throw_type_error("the regular expression must have the flag 'g'"))
}

/// ECMA-262 §22.1.3.21 String.prototype.search
pub(super) fn search<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.this())?;
    if let Some(method) = delegate(cx, args.get(0), WellKnown::Search)? {
        return cx.call(method, args.get(0), &[args.this()]);
    }
    invoke_regexp(cx, args, args.get(0), empty(), WellKnown::Search)
}

/// ECMA-262 §22.1.3.23 String.prototype.split
pub(super) fn split<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.this())?;
    let (separator, limit) = (args.get(0), args.get(1));
    if let Some(method) = delegate(cx, separator, WellKnown::Split)? {
        return cx.call(method, separator, &[args.this(), limit]);
    }
    let s = cx.to_flat_string(args.this())?;
    let limit = if cx.is_undefined(limit) { u32::MAX } else { cx.to_uint32(limit)? };
    let by = cx.to_flat_string(separator)?;
    let parts = cx.new_array(0, 0)?;
    if limit == 0 {
        return Ok(parts.cast());
    }
    if cx.is_undefined(separator) {
        cx.push(parts, s.cast())?;
        return Ok(parts.cast());
    }
    let (len, width) = (length(cx, s), length(cx, by));
    if width == 0 {
        return split_units(cx, s, len.min(limit), parts);
    }
    let mut from = 0;
    loop {
        let found = view(cx, s).find(view(cx, by), from as usize);
        let end = found.map_or(len, |i| i as u32);
        cx.tick(1 + (end - from) / 64)?;
        let raw = cx.peek(s);
        let piece = string::substring(cx.heap_mut(), raw, from, end)?;
        cx.push_raw(parts, piece)?;
        if found.is_none() || cx.array_len(parts) >= limit {
            return Ok(parts.cast());
        }
        from = end + width;
    }
}

/// Every code unit on its own.
fn split_units<'s>(cx: &mut Cx<'s>, s: JsStr<'s>, count: u32, parts: Object<'s>) -> JsResult<Value<'s>> {
    let array = cx.peek(parts);
    if count > 0 {
        rotifer_jsvalue::elements::ensure_dense(cx.heap_mut(), array, count.min(1 << 24), &mut 0)?;
    }
    for i in 0..count {
        if i % 64 == 0 {
            cx.tick(8)?;
        }
        let unit = view(cx, s).at(i as usize);
        let piece = string::from_unit(cx.heap_mut(), unit)?;
        cx.push_raw(parts, piece)?;
    }
    debug_assert_eq!(cx.heap().kind(cx.peek(parts).index()), Kind::Array);
    debug_assert_eq!(cx.field_raw(parts, field::Array::length), JsValue::number(f64::from(count)));
    Ok(parts.cast())
}
