//! Comparison for people (ECMA-262 §22.1.3.12).

use core::cmp::Ordering;

use rotifer_jsvalue::StrView;

use super::normalize::{check_marks, decomposed};
use super::{this_str, view};
use crate::cx::{Args, Cx, Value, imm};
use crate::throw::JsResult;

/// ECMA-262 §22.1.3.12 String.prototype.localeCompare
///
/// Without locales: letters first, then accents, then lower before upper case. Canonically equivalent strings are equal.
pub(super) fn locale_compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let that = cx.to_flat_string(args.get(0))?;
    check_marks(cx, s)?;
    check_marks(cx, that)?;
    let (a, b) = (view(cx, s), view(cx, that));
    Ok(imm(match compare(a, b) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }))
}

/// Combining marks, without looking at tables: they decide the second level only.
const fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x300..=0x36F | 0x483..=0x489 | 0x591..=0x5BD | 0x64B..=0x65F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F)
}

/// White space, punctuation, symbols, digits, letters: in this order; then the letter without its case.
fn primary(c: char) -> (u8, u32) {
    let class = if c.is_whitespace() || c.is_control() {
        0
    } else if c.is_alphabetic() {
        4
    } else if c.is_numeric() {
        3
    } else if matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~') {
        2
    } else {
        1
    };
    let mut lower = c.to_lowercase();
    (class, lower.next().map_or(c as u32, |c| c as u32))
}

fn compare(a: StrView<'_>, b: StrView<'_>) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let letters = |v| decomposed(v).filter(|&c| !is_mark(c)).map(primary);
    let marks = |v| decomposed(v).map(|c| if is_mark(c) { c as u32 } else { 0 });
    let cases = |v| decomposed(v).map(char::is_uppercase);
    letters(a)
        .cmp(letters(b))
        .then_with(|| marks(a).cmp(marks(b)))
        .then_with(|| cases(a).cmp(cases(b)))
        .then_with(|| decomposed(a).cmp(decomposed(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_would_agree() {
        let order = |a: &str, b: &str| {
            let units = |s: &str| s.encode_utf16().collect::<alloc::vec::Vec<_>>();
            compare(StrView::Utf16(&units(a)), StrView::Utf16(&units(b)))
        };
        for (a, b) in
            [("a", "B"), ("a", "A"), ("A", "b"), ("e", "é"), ("é", "f"), ("resume", "résumé"), ("1", "a"), (" ", "_")]
        {
            assert_eq!(order(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(order(b, a), Ordering::Greater, "{b} {a}");
        }
        assert_eq!(order("o\u{308}", "ö"), Ordering::Equal);
        assert_eq!(order("\u{212B}", "A\u{30A}"), Ordering::Equal);
    }
}
