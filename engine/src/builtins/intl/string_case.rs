//! Upper and lower case of a language (ECMA-402 §19.1.2, §19.1.3).

use alloc::string::{String, ToString};

use icu_casemap::CaseMapper;
use icu_locale::{LanguageIdentifier, Locale};
use rotifer_jsvalue::StrView;

use super::locale_list::canonicalize_locale_list;
use super::options::text;
use crate::builtins::string::{map_case, this_str};
use crate::cx::{Args, Cx, JsStr, Value};
use crate::ops::text::Text;
use crate::throw::JsResult;

/// String.prototype.toLocaleLowerCase
pub(in crate::builtins) fn to_locale_lower_case<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    transform_case(cx, args, false)
}

/// String.prototype.toLocaleUpperCase
pub(in crate::builtins) fn to_locale_upper_case<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    transform_case(cx, args, true)
}

/// ECMA-402 §19.1.2.1 TransformCase
fn transform_case<'s>(cx: &mut Cx<'s>, args: &Args<'s>, upper: bool) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let requested = canonicalize_locale_list(cx, args.get(0))?;
    if cx.array_len(requested) > 0 {
        let tag = cx.array_item(requested, 0)?;
        let locale: Locale = text(cx, tag)?.parse().unwrap_or(Locale::UNKNOWN);
        // The languages with rules of their own.
        if matches!((locale.id.language.as_str(), upper), ("az" | "lt" | "tr", _) | ("el", true)) {
            return map_case_of(cx, s, &locale.id, upper);
        }
    }
    map_case(cx, s, upper)
}

/// The most units that are mapped at a time, outside the isolate's block.
const PIECE: usize = 1024;

/// The upper or lower case of a string in a language.
fn map_case_of<'s>(cx: &mut Cx<'s>, s: JsStr<'s>, language: &LanguageIdentifier, upper: bool) -> JsResult<Value<'s>> {
    let mapper = CaseMapper::new();
    let (mut out, slot) = Text::new(cx)?;
    let mut from = 0;
    while from < cx.view(s).len() {
        let view = cx.view(s);
        let piece = view.slice(from, piece_end(view, from));
        let (text, units, lone) = well_formed(piece);
        cx.tick(units as u32 / 8)?;
        let mapped = if upper {
            mapper.uppercase_to_string(&text, language)
        } else {
            mapper.lowercase_to_string(&text, language)
        }
        .to_string();
        out.push_str(cx, slot, &mapped)?;
        out.push_utf16(cx, slot, lone.as_slice())?;
        from += units + lone.iter().len();
    }
    Ok(out.finish(cx, slot)?.cast())
}

/// The end of a piece from `from` on: behind a space, beyond which no rule looks, if there is one.
fn piece_end(text: StrView<'_>, from: usize) -> usize {
    let end = from + PIECE;
    if end >= text.len() {
        return text.len();
    }
    if let Some(space) = (from..end).rev().find(|&i| matches!(text.at(i), 0x20 | 0x0A)) {
        return space + 1;
    }
    if text.at(end) & 0xFC00 == 0xDC00 { end + 1 } else { end }
}

/// The text up to the first lone surrogate, its length in code units, and the surrogate.
fn well_formed(piece: StrView<'_>) -> (String, usize, Option<u16>) {
    let (mut text, mut at) = (String::new(), 0);
    while let Some((cp, units)) = piece.code_point_at(at) {
        let Some(c) = char::from_u32(cp) else { return (text, at, Some(cp as u16)) };
        text.push(c);
        at += units;
    }
    (text, at, None)
}
