//! URI coding (ECMA-262 §19.2.6) and the older `escape` and `unescape` (§B.2.1).

use rotifer_jsvalue::number::digit_value;
use rotifer_jsvalue::{StaticName, StrView, string};

use crate::cx::{Args, Cx, JsStr, Value};
use crate::ops::ErrorKind;
use crate::throw::JsResult;

/// What one step of a transformation reads and writes.
struct Step {
    /// The units that take the place of those read.
    out: [u16; 12],
    /// How many there are.
    len: usize,
    /// How many units were read.
    read: usize,
}

impl Step {
    fn new(read: usize) -> Self {
        Step { out: [0; 12], len: 0, read }
    }

    fn push(mut self, unit: u16) -> Self {
        if let Some(place) = self.out.get_mut(self.len) {
            *place = unit;
            self.len += 1;
        }
        self
    }

    /// The unit as it is.
    fn copy(unit: u16) -> Self {
        Step::new(1).push(unit)
    }

    /// `%` and two digits.
    fn push_percent(self, byte: u8) -> Self {
        self.push(u16::from(b'%')).push(hex(byte >> 4)).push(hex(byte & 15))
    }
}

fn hex(digit: u8) -> u16 {
    u16::from(b"0123456789ABCDEF"[usize::from(digit & 15)])
}

/// Steps through a flat string twice: to find out how long the result is, and to write it. `None` when a step fails.
fn transform<'s>(
    cx: &mut Cx<'s>,
    s: JsStr<'s>,
    step: impl Fn(StrView<'_>, usize) -> Option<Step>,
) -> JsResult<Option<JsStr<'s>>> {
    let text = cx.view(s);
    let (mut at, mut len, mut widest, mut changed) = (0, 0_u64, 0, false);
    let mut last = 0;
    while at < text.len() {
        let Some(step) = step(text, at) else { return Ok(None) };
        len += step.len as u64;
        changed |= step.len != step.read;
        for &u in &step.out[..step.len] {
            widest |= u;
            last = u;
        }
        at += step.read.max(1);
    }
    if !changed {
        return Ok(Some(s));
    }
    cx.tick(at as u32 / 8)?;
    if len > u64::from(string::MAX_STRING_LENGTH) {
        return Err(cx.throw_range_error("invalid string length"));
    }
    let len = len as u32;
    if len <= 1 {
        let raw = if len == 0 { StaticName::EMPTY.into() } else { string::from_unit(cx.heap_mut(), last)? };
        return Ok(Some(cx.root(raw)?.cast()));
    }
    let wide = widest > 0xFF;
    let raw = if wide {
        string::new_utf16(cx.heap_mut(), len, |u| u.fill(0))?
    } else {
        string::new_latin1(cx.heap_mut(), len, |u| u.fill(0))?
    };
    let out: JsStr<'s> = cx.root(raw)?.cast();
    let to = cx.peek(out).index() + 2;
    let (mut at, mut written) = (0, 0);
    loop {
        let text = cx.view(s);
        if at >= text.len() {
            break;
        }
        let Some(step) = step(text, at) else { return Ok(None) };
        let units = &step.out[..step.len];
        if wide {
            cx.heap_mut().units_mut(to, len)[written..written + units.len()].copy_from_slice(units);
        } else {
            let bytes = &mut cx.heap_mut().bytes_mut(to, len)[written..written + units.len()];
            bytes.iter_mut().zip(units).for_each(|(b, &u)| *b = u as u8);
        }
        written += units.len();
        at += step.read.max(1);
    }
    Ok(Some(out))
}

fn is_alphanumeric(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|b| b.is_ascii_alphanumeric())
}

fn is_one_of(unit: u16, set: &[u8]) -> bool {
    u8::try_from(unit).is_ok_and(|b| set.contains(&b))
}

/// Characters that every encoding leaves alone, beside letters and digits.
const MARKS: &[u8] = b"-_.!~*'()";
/// Characters that separate the parts of a URI.
const RESERVED: &[u8] = b";/?:@&=+$,#";

/// ECMA-262 §19.2.6.5 Encode
fn encode<'s>(cx: &mut Cx<'s>, args: &Args<'s>, keep: &[u8]) -> JsResult<Value<'s>> {
    let s = cx.to_flat_string(args.get(0))?;
    let encoded = transform(cx, s, |text, at| {
        let unit = text.at(at);
        if is_alphanumeric(unit) || is_one_of(unit, MARKS) || is_one_of(unit, keep) {
            return Some(Step::copy(unit));
        }
        let (cp, read) = text.code_point_at(at)?;
        let mut utf8 = [0; 4];
        // Half of a surrogate pair is no character.
        let bytes = char::from_u32(cp)?.encode_utf8(&mut utf8).as_bytes();
        Some(bytes.iter().fold(Step::new(read), |step, &b| step.push_percent(b)))
    })?;
    finish(cx, encoded)
}

fn finish<'s>(cx: &mut Cx<'s>, result: Option<JsStr<'s>>) -> JsResult<Value<'s>> {
    match result {
        Some(s) => Ok(s.cast()),
        None => Err(cx.throw_error(ErrorKind::URIError, "URI malformed")),
    }
}

/// The byte that `%XX` at `at` stands for.
fn percent_byte(text: StrView<'_>, at: usize) -> Option<u8> {
    if at + 3 > text.len() || text.at(at) != u16::from(b'%') {
        return None;
    }
    Some((digit_value(text.at(at + 1), 16)? * 16 + digit_value(text.at(at + 2), 16)?) as u8)
}

/// ECMA-262 §19.2.6.6 Decode
fn decode<'s>(cx: &mut Cx<'s>, args: &Args<'s>, preserve: &[u8]) -> JsResult<Value<'s>> {
    let s = cx.to_flat_string(args.get(0))?;
    let decoded = transform(cx, s, |text, at| {
        let unit = text.at(at);
        if unit != u16::from(b'%') {
            return Some(Step::copy(unit));
        }
        let first = percent_byte(text, at)?;
        if first < 0x80 {
            if preserve.contains(&first) {
                return Some((at..at + 3).fold(Step::new(3), |step, i| step.push(text.at(i))));
            }
            return Some(Step::new(3).push(u16::from(first)));
        }
        let count = match first {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return None,
        };
        let mut bytes = [first, 0, 0, 0];
        for (k, byte) in bytes.iter_mut().enumerate().take(count).skip(1) {
            *byte = percent_byte(text, at + 3 * k)?;
        }
        let c = core::str::from_utf8(&bytes[..count]).ok()?.chars().next()?;
        let mut units = [0; 2];
        Some(c.encode_utf16(&mut units).iter().fold(Step::new(3 * count), |step, &u| step.push(u)))
    })?;
    finish(cx, decoded)
}

/// ECMA-262 §19.2.6.1 decodeURI
pub(super) fn decode_uri<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    decode(cx, args, RESERVED)
}

/// ECMA-262 §19.2.6.2 decodeURIComponent
pub(super) fn decode_uri_component<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    decode(cx, args, &[])
}

/// ECMA-262 §19.2.6.3 encodeURI
pub(super) fn encode_uri<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    encode(cx, args, RESERVED)
}

/// ECMA-262 §19.2.6.4 encodeURIComponent
pub(super) fn encode_uri_component<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    encode(cx, args, &[])
}

/// ECMA-262 §B.2.1.1 escape
pub(super) fn escape<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = cx.to_flat_string(args.get(0))?;
    let escaped = transform(cx, s, |text, at| {
        let unit = text.at(at);
        if is_alphanumeric(unit) || is_one_of(unit, b"@*_+-./") {
            return Some(Step::copy(unit));
        }
        let [high, low] = unit.to_be_bytes();
        if high == 0 {
            return Some(Step::new(1).push_percent(low));
        }
        let digits = [high >> 4, high & 15, low >> 4, low & 15];
        let start = Step::new(1).push(u16::from(b'%')).push(u16::from(b'u'));
        Some(digits.iter().fold(start, |step, &d| step.push(hex(d))))
    })?;
    finish(cx, escaped)
}

/// ECMA-262 §B.2.1.2 unescape
pub(super) fn unescape<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = cx.to_flat_string(args.get(0))?;
    let plain = transform(cx, s, |text, at| {
        if let Some(byte) = percent_byte(text, at) {
            return Some(Step::new(3).push(u16::from(byte)));
        }
        let unit = text.at(at);
        if unit == u16::from(b'%') && at + 6 <= text.len() && text.at(at + 1) == u16::from(b'u') {
            let value = (at + 2..at + 6).try_fold(0, |v, i| Some(v << 4 | digit_value(text.at(i), 16)?));
            if let Some(value) = value {
                return Some(Step::new(6).push(value as u16));
            }
        }
        Some(Step::copy(unit))
    })?;
    finish(cx, plain)
}
