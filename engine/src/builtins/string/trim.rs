//! White space at the ends (ECMA-262 §22.1.3.32).

use rotifer_jsvalue::StrView;

use super::{substring, this_str, view};
use crate::cx::{Args, Cx, Value};
use crate::throw::JsResult;

/// WhiteSpace or LineTerminator (ECMA-262 §12.2, §12.3).
pub(crate) const fn is_white_space(unit: u16) -> bool {
    matches!(
        unit,
        9..=13 | 32 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000 | 0xFEFF
    )
}

fn range(text: StrView<'_>, start: bool, end: bool) -> (u32, u32) {
    let (mut from, mut to) = (0, text.len());
    while start && from < to && is_white_space(text.at(from)) {
        from += 1;
    }
    while end && from < to && is_white_space(text.at(to - 1)) {
        to -= 1;
    }
    (from as u32, to as u32)
}

fn trimmed<'s>(cx: &mut Cx<'s>, args: &Args<'s>, start: bool, end: bool) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let (from, to) = range(view(cx, s), start, end);
    Ok(substring(cx, s, from, to)?.cast())
}

/// ECMA-262 §22.1.3.32 String.prototype.trim
pub(super) fn trim<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    trimmed(cx, args, true, true)
}

/// ECMA-262 §22.1.3.34 String.prototype.trimStart
pub(super) fn trim_start<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    trimmed(cx, args, true, false)
}

/// ECMA-262 §22.1.3.33 String.prototype.trimEnd
pub(super) fn trim_end<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    trimmed(cx, args, false, true)
}
