//! Characters and parts of strings.

use rotifer_jsvalue::{JsValue, StrView, field, string};

use super::{clamp, empty, latin1, length, relative, substring as part, this_rope, this_str, view};
use crate::builtins::Intrinsic;
use crate::cx::{Args, Cx, JsStr, UNDEFINED, Value, imm};
use crate::ops::collections::IteratorFamily;
use crate::throw::JsResult;
use rotifer_jsvalue::Kind;

/// The position an argument says: most often it is an integer already.
fn position<'s>(cx: &mut Cx<'s>, args: &Args<'s>, i: u32) -> JsResult<f64> {
    match cx.peek(args.get(i)).as_int() {
        Some(n) => Ok(f64::from(n)),
        None => cx.to_integer_or_infinity(args.get(i)),
    }
}

fn unit_string<'s>(cx: &mut Cx<'s>, s: JsStr<'s>, at: u32) -> JsResult<Value<'s>> {
    let unit = view(cx, s).at(at as usize);
    let made = string::from_unit(cx.heap_mut(), unit)?;
    cx.root(made)
}

/// ECMA-262 §22.1.3.1 String.prototype.at
pub(super) fn at<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let len = f64::from(length(cx, s));
    let i = position(cx, args, 0)?;
    let i = if i < 0.0 { len + i } else { i };
    if i < 0.0 || i >= len { Ok(UNDEFINED) } else { unit_string(cx, s, i as u32) }
}

/// ECMA-262 §22.1.3.2 String.prototype.charAt
pub(super) fn char_at<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let i = position(cx, args, 0)?;
    if i < 0.0 || i >= f64::from(length(cx, s)) { Ok(empty().cast()) } else { unit_string(cx, s, i as u32) }
}

/// ECMA-262 §22.1.3.3 String.prototype.charCodeAt
pub(super) fn char_code_at<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let i = position(cx, args, 0)?;
    if i < 0.0 || i >= f64::from(length(cx, s)) {
        return Ok(imm(JsValue::NAN));
    }
    Ok(imm(i32::from(view(cx, s).at(i as usize))))
}

/// ECMA-262 §22.1.3.4 String.prototype.codePointAt
pub(super) fn code_point_at<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let i = position(cx, args, 0)?;
    if i < 0.0 || i >= f64::from(length(cx, s)) {
        return Ok(UNDEFINED);
    }
    Ok(match view(cx, s).code_point_at(i as usize) {
        Some((cp, _)) => imm(cp as i32),
        None => UNDEFINED,
    })
}

/// ECMA-262 §22.1.3.5 String.prototype.concat
pub(super) fn concat<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_rope(cx, args)?;
    let result = cx.slot(s)?;
    for v in args.iter() {
        let mut cx = cx.nest();
        let next = cx.to_string(v)?;
        let text = cx.concat(result, next)?;
        let text = cx.peek(text);
        cx.set_slot_raw(result, text);
    }
    Ok(result.cast())
}

fn is_lone(view: StrView<'_>, i: usize) -> bool {
    match view.at(i) & 0xFC00 {
        0xD800 => i + 1 >= view.len() || view.at(i + 1) & 0xFC00 != 0xDC00,
        0xDC00 => i == 0 || view.at(i - 1) & 0xFC00 != 0xD800,
        _ => false,
    }
}

fn well_formed(view: StrView<'_>) -> bool {
    matches!(view, StrView::Latin1(_)) || (0..view.len()).all(|i| !is_lone(view, i))
}

/// ECMA-262 §22.1.3.10 String.prototype.isWellFormed
pub(super) fn is_well_formed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    Ok(imm(well_formed(view(cx, s))))
}

/// ECMA-262 §22.1.3.33 String.prototype.toWellFormed
pub(super) fn to_well_formed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    if well_formed(view(cx, s)) {
        return Ok(s.cast());
    }
    let len = length(cx, s);
    let made = string::new_utf16(cx.heap_mut(), len, |_| ())?;
    if !made.is_heap_string() {
        let made = string::from_unit(cx.heap_mut(), 0xFFFD)?;
        return cx.root(made);
    }
    for i in 0..len as usize {
        let text = view(cx, s);
        let unit = if is_lone(text, i) { 0xFFFD } else { text.at(i) };
        cx.heap_mut().units_mut(made.index() + 2, len)[i] = unit;
    }
    cx.root(made)
}

/// ECMA-262 §22.1.3.17 String.prototype.padStart
pub(super) fn pad_start<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    pad(cx, args, true)
}

/// ECMA-262 §22.1.3.16 String.prototype.padEnd
pub(super) fn pad_end<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    pad(cx, args, false)
}

/// ECMA-262 §22.1.3.17.1 StringPaddingBuiltinsImpl
fn pad<'s>(cx: &mut Cx<'s>, args: &Args<'s>, start: bool) -> JsResult<Value<'s>> {
    let s = this_rope(cx, args)?;
    let max = cx.to_length(args.get(0))?;
    let len = f64::from(length(cx, s));
    if max <= len {
        return Ok(s.cast());
    }
    let filler = if cx.is_undefined(args.get(1)) { latin1(b' ') } else { cx.to_string(args.get(1))? };
    let fill_len = length(cx, filler);
    if fill_len == 0 {
        return Ok(s.cast());
    }
    if max > f64::from(string::MAX_STRING_LENGTH) {
        return Err(cx.throw_range_error("invalid string length"));
    }
    let need = (max - len) as u32;
    let times = need / fill_len;
    let whole = repeated(cx, filler, times)?;
    let rest = part(cx, filler, 0, need % fill_len)?;
    let padding = cx.concat(whole, rest)?;
    Ok(if start { cx.concat(padding, s)? } else { cx.concat(s, padding)? }.cast())
}

/// ECMA-262 §22.1.3.18 String.prototype.repeat
pub(super) fn repeat<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_rope(cx, args)?;
    let n = cx.to_integer_or_infinity(args.get(0))?;
    if n < 0.0 || n.is_infinite() {
        return Err(cx.throw_range_error("invalid count"));
    }
    let len = length(cx, s);
    if len == 0 || n == 0.0 {
        return Ok(empty().cast());
    }
    if n * f64::from(len) > f64::from(string::MAX_STRING_LENGTH) {
        return Err(cx.throw_range_error("invalid string length"));
    }
    Ok(repeated(cx, s, n as u32)?.cast())
}

/// `s` so many times; the result fits. Doubling ropes keeps it logarithmic.
fn repeated<'s>(cx: &mut Cx<'s>, s: JsStr<'s>, times: u32) -> JsResult<JsStr<'s>> {
    let result = cx.slot(empty())?;
    if times == 0 {
        return Ok(result);
    }
    if length(cx, s) == 1 {
        // One character: written out at once.
        let flat = cx.flat(s)?;
        let unit = view(cx, flat).at(0);
        let made = match u8::try_from(unit) {
            Ok(b) => string::new_latin1(cx.heap_mut(), times, |out| out.fill(b))?,
            Err(_) => string::new_utf16(cx.heap_mut(), times, |out| out.fill(unit))?,
        };
        cx.set_slot_raw(result, made);
        return Ok(result);
    }
    for bit in (0..32 - times.leading_zeros()).rev() {
        let mut cx = cx.nest();
        let mut text = cx.concat(result, result)?;
        if times >> bit & 1 != 0 {
            text = cx.concat(text, s)?;
        }
        let text = cx.peek(text);
        cx.set_slot_raw(result, text);
    }
    Ok(result)
}

/// ECMA-262 §22.1.3.22 String.prototype.slice
pub(super) fn slice<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_rope(cx, args)?;
    let len = length(cx, s);
    let start = position(cx, args, 0)?;
    let end = if cx.is_undefined(args.get(1)) { f64::from(len) } else { position(cx, args, 1)? };
    Ok(part(cx, s, relative(start, len), relative(end, len))?.cast())
}

/// ECMA-262 §22.1.3.25 String.prototype.substring
pub(super) fn substring<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_rope(cx, args)?;
    let len = length(cx, s);
    let start = position(cx, args, 0)?;
    let end = if cx.is_undefined(args.get(1)) { f64::from(len) } else { position(cx, args, 1)? };
    let (a, b) = (clamp(start, len), clamp(end, len));
    Ok(part(cx, s, a.min(b), a.max(b))?.cast())
}

/// ECMA-262 §B.2.2.1 String.prototype.substr
pub(super) fn substr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_rope(cx, args)?;
    let len = length(cx, s);
    let start = relative(position(cx, args, 0)?, len);
    let count = if cx.is_undefined(args.get(1)) { f64::from(len) } else { position(cx, args, 1)? };
    let end = start + clamp(count, len - start);
    Ok(part(cx, s, start, end)?.cast())
}

/// ECMA-262 §22.1.3.36 String.prototype \[ %Symbol.iterator% ]
pub(super) fn iterator<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let proto = cx.intrinsic(Intrinsic::StringIteratorPrototype)?;
    let made = cx.new_object_of(Kind::Iterator, proto, 1)?;
    cx.set_field(made, field::Iterator::target, s);
    cx.set_field_raw(made, field::Iterator::index, JsValue::raw(0));
    cx.set_field_raw(made, field::Iterator::which, IteratorFamily::String.tag(0));
    Ok(made.cast())
}

/// ECMA-262 §22.1.5.1.1 %StringIteratorPrototype%.next
pub(crate) fn iterator_next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !cx.is_iterator_of(args.this(), IteratorFamily::String) {
        return Err(cx.throw_type_error("this is not a String iterator"));
    }
    let step = cx.string_iterator_step(args.this().cast())?;
    Ok(cx.create_iter_result(step.unwrap_or(UNDEFINED), step.is_none())?.cast())
}
