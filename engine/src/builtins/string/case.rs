//! Upper and lower case (ECMA-262 §22.1.3.28, §22.1.3.30).
//!
//! The mappings are those of `core`; without `Intl` the `toLocale` methods do the same.

use alloc::string::String;

use rotifer_jsvalue::{HeapExt, JsValue, Kind, StrView, string};

use super::{length, this_str, view};
use crate::cx::{Args, Cx, JsStr, Value};
use crate::throw::JsResult;

const CHUNK: usize = 256;
/// The most units that one code point maps to.
const MOST: usize = 6;

/// ECMA-262 §22.1.3.28 String.prototype.toLowerCase
pub(super) fn to_lower_case<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    map_case(cx, s, false)
}

/// ECMA-262 §22.1.3.30 String.prototype.toUpperCase
pub(super) fn to_upper_case<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    map_case(cx, s, true)
}

const fn lower_latin1(b: u8) -> u8 {
    match b {
        b'A'..=b'Z' | 0xC0..=0xD6 | 0xD8..=0xDE => b + 32,
        _ => b,
    }
}

/// For characters whose upper case is Latin-1.
const fn upper_latin1(b: u8) -> u8 {
    match b {
        b'a'..=b'z' | 0xE0..=0xF6 | 0xF8..=0xFE => b - 32,
        _ => b,
    }
}

/// The upper or lower case of a string, for no language in particular.
pub(in crate::builtins) fn map_case<'s>(cx: &mut Cx<'s>, s: JsStr<'s>, upper: bool) -> JsResult<Value<'s>> {
    let len = length(cx, s);
    cx.tick(len / 16)?;
    if let StrView::Latin1(bytes) = view(cx, s) {
        let map = if upper { upper_latin1 } else { lower_latin1 };
        let simple = !upper || !bytes.iter().any(|b| matches!(b, 0xB5 | 0xDF | 0xFF));
        if simple {
            if bytes.iter().all(|&b| map(b) == b) {
                return Ok(s.cast());
            }
            return map_latin1(cx, s, len, map);
        }
    }
    // First to know the size, then to write.
    let (mut total, mut wide, mut pos) = (0_u64, false, 0);
    let mut chunk = [0_u16; CHUNK];
    loop {
        let n = fill(view(cx, s), &mut pos, upper, &mut chunk);
        if n == 0 {
            break;
        }
        total += n as u64;
        wide |= chunk[..n].iter().any(|&u| u > 255);
    }
    let Ok(total) = u32::try_from(total) else { return Err(cx.throw_range_error("invalid string length")) };
    if total > string::MAX_STRING_LENGTH {
        return Err(cx.throw_range_error("invalid string length"));
    }
    if total <= 1 {
        let mut pos = 0;
        let n = fill(view(cx, s), &mut pos, upper, &mut chunk);
        let made = string::from_utf16(cx.heap_mut(), &chunk[..n])?;
        return cx.root(made);
    }
    let made = if wide {
        string::new_utf16(cx.heap_mut(), total, |_| ())?
    } else {
        string::new_latin1(cx.heap_mut(), total, |_| ())?
    };
    let (mut pos, mut to) = (0, 0);
    loop {
        let n = fill(view(cx, s), &mut pos, upper, &mut chunk);
        if n == 0 {
            return cx.root(made);
        }
        write_units(cx, made, to, total, &chunk[..n]);
        to += n;
    }
}

/// Writes units into a flat string just made, from unit `to` on.
pub(super) fn write_units(cx: &mut Cx<'_>, made: JsValue, to: usize, total: u32, units: &[u16]) {
    let at = made.index();
    if cx.heap().kind(at) == Kind::StringUtf16 {
        let out = cx.heap_mut().units_mut(at + 2, total);
        out[to..to + units.len()].copy_from_slice(units);
    } else {
        let out = cx.heap_mut().bytes_mut(at + 2, total);
        out[to..to + units.len()].iter_mut().zip(units).for_each(|(o, &u)| *o = u as u8);
    }
}

fn map_latin1<'s>(cx: &mut Cx<'s>, s: JsStr<'s>, len: u32, map: fn(u8) -> u8) -> JsResult<Value<'s>> {
    let mut chunk = [0_u8; CHUNK];
    if len as usize <= CHUNK {
        let n = len as usize;
        if let StrView::Latin1(bytes) = view(cx, s) {
            chunk[..n].iter_mut().zip(bytes).for_each(|(c, &b)| *c = map(b));
        }
        let made = string::from_latin1(cx.heap_mut(), &chunk[..n])?;
        return cx.root(made);
    }
    let made = string::new_latin1(cx.heap_mut(), len, |_| ())?;
    let mut from = 0;
    while from < len as usize {
        let n = CHUNK.min(len as usize - from);
        if let StrView::Latin1(bytes) = view(cx, s) {
            chunk[..n].iter_mut().zip(&bytes[from..]).for_each(|(c, &b)| *c = map(b));
        }
        let out = cx.heap_mut().bytes_mut(made.index() + 2, len);
        out[from..from + n].copy_from_slice(&chunk[..n]);
        from += n;
    }
    cx.root(made)
}

/// Maps code points from `pos` on until the text ends or the chunk is full. Gives how many units were written; 0 at the end.
fn fill(text: StrView<'_>, pos: &mut usize, upper: bool, chunk: &mut [u16; CHUNK]) -> usize {
    let mut n = 0;
    while n + MOST <= CHUNK {
        let Some((cp, units)) = text.code_point_at(*pos) else { break };
        let at = *pos;
        *pos += units;
        let Some(c) = char::from_u32(cp) else {
            chunk[n] = cp as u16;
            n += 1;
            continue;
        };
        if upper {
            c.to_uppercase().for_each(|c| n += c.encode_utf16(&mut chunk[n..]).len());
        } else if c == 'Σ' {
            chunk[n] = if is_final_sigma(text, at) { 'ς' as u16 } else { 'σ' as u16 };
            n += 1;
        } else {
            c.to_lowercase().for_each(|c| n += c.encode_utf16(&mut chunk[n..]).len());
        }
    }
    n
}

/// What the condition Final_Sigma asks of a character (The Unicode Standard, table 3-17).
#[derive(PartialEq, Eq)]
enum Casing {
    Cased,
    Ignorable,
    Neither,
}

/// The properties Cased and Case_Ignorable are not public in `core`, but how a capital sigma is mapped behind a character tells them.
fn casing(c: char) -> Casing {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' => Casing::Cased,
            '\'' | '.' | ':' | '^' | '`' => Casing::Ignorable,
            _ => Casing::Neither,
        };
    }
    let is_final = |text: [char; 3], n: usize| {
        let text: String = text[3 - n..].iter().collect();
        text.to_lowercase().ends_with('ς')
    };
    if is_final([' ', c, 'Σ'], 2) {
        Casing::Cased
    } else if is_final(['a', c, 'Σ'], 3) {
        Casing::Ignorable
    } else {
        Casing::Neither
    }
}

/// Final_Sigma for the sigma at `at`: a cased letter before it, none behind it.
fn is_final_sigma(text: StrView<'_>, at: usize) -> bool {
    // How far is looked over ignorable characters; a bound keeps hostile text from taking quadratic time.
    const FAR: usize = 256;
    let mut i = at;
    let mut before = false;
    for _ in 0..FAR {
        if i == 0 {
            break;
        }
        i -= 1;
        if i > 0 && text.at(i) & 0xFC00 == 0xDC00 && text.at(i - 1) & 0xFC00 == 0xD800 {
            i -= 1;
        }
        match char_at(text, i).map_or(Casing::Neither, |(c, _)| casing(c)) {
            Casing::Ignorable => {}
            found => {
                before = found == Casing::Cased;
                break;
            }
        }
    }
    if !before {
        return false;
    }
    let mut i = at + 1;
    for _ in 0..FAR {
        let Some((c, units)) = char_at(text, i) else { return true };
        match casing(c) {
            Casing::Ignorable => i += units,
            found => return found != Casing::Cased,
        }
    }
    true
}

fn char_at(text: StrView<'_>, i: usize) -> Option<(char, usize)> {
    let (cp, units) = text.code_point_at(i)?;
    Some((char::from_u32(cp).unwrap_or(char::REPLACEMENT_CHARACTER), units))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(text: &str, upper: bool) -> String {
        let units: alloc::vec::Vec<u16> = text.encode_utf16().collect();
        let mut out = alloc::vec::Vec::new();
        let (mut pos, mut chunk) = (0, [0; CHUNK]);
        loop {
            let n = fill(StrView::Utf16(&units), &mut pos, upper, &mut chunk);
            if n == 0 {
                return String::from_utf16_lossy(&out);
            }
            out.extend_from_slice(&chunk[..n]);
        }
    }

    #[test]
    fn agrees_with_core() {
        for text in
            ["ΑΣ", "ΑΣ.", "Α.Σ", "ΑΣΑ", "Σ", "aΣ\u{AD}b", "\u{345}Σ", "A\u{345}Σ", "İ", "ﬀ ŉ ΐ", "Straße", "𐐀Σ", "ʰΣ"]
        {
            assert_eq!(mapped(text, false), text.to_lowercase(), "{text:?}");
            assert_eq!(mapped(text, true), text.to_uppercase(), "{text:?}");
        }
    }
}
