//! GetSubstitution (ECMA-262 §22.1.3.19.1).

use rotifer_jsvalue::StrView;

use super::{length, substring, view};
use crate::builtins::regexp::MatchRanges;
use crate::cx::{Cx, JsStr, Object};
use crate::throw::JsResult;

/// The captures of a match, the whole match not included.
#[derive(Clone, Copy)]
pub(crate) enum Captures<'s, 'm> {
    /// There are none.
    None,
    /// Values in an array made by the engine, undefined for those that took no part.
    List(Object<'s>),
    /// Places in the string.
    Ranges(&'m MatchRanges<'s>),
}

impl<'s> Captures<'s, '_> {
    fn len(&self, cx: &Cx<'s>) -> u32 {
        match self {
            Captures::None => 0,
            Captures::List(list) => cx.array_len(*list),
            Captures::Ranges(ranges) => ranges.count() - 1,
        }
    }

    /// Capture `n`, counted from 1.
    fn get(&self, cx: &mut Cx<'s>, s: JsStr<'s>, n: u32) -> JsResult<Option<JsStr<'s>>> {
        match self {
            Captures::None => Ok(None),
            Captures::List(list) => {
                let v = cx.array_item(*list, n - 1)?;
                Ok((!cx.is_undefined(v)).then(|| v.cast()))
            }
            Captures::Ranges(ranges) => match ranges.get(cx, n) {
                Some((start, end)) => substring(cx, s, start, end).map(Some),
                None => Ok(None),
            },
        }
    }
}

/// What a `$` in a replacement text stands for.
enum Part {
    Text(u32, u32),
    Dollar,
    Matched,
    Before,
    Behind,
    Capture(u32),
    /// The name between two positions of the template.
    Named(u32, u32),
}

/// The next part of the template from `at` on, and where the one after it begins.
fn next_part(template: StrView<'_>, at: usize, captures: u32, named: bool) -> Option<(Part, usize)> {
    let len = template.len();
    if at >= len {
        return None;
    }
    let dollar = u16::from(b'$');
    if template.at(at) != dollar || at + 1 >= len {
        let end = (at + 1..len).find(|&i| template.at(i) == dollar).unwrap_or(len);
        return Some((Part::Text(at as u32, end as u32), end));
    }
    let digit = |i: usize| {
        let unit = if i < len { template.at(i) } else { 0 };
        (48..58).contains(&unit).then(|| u32::from(unit - 48))
    };
    let literal = Some((Part::Text(at as u32, at as u32 + 1), at + 1));
    match u8::try_from(template.at(at + 1)).unwrap_or(0) {
        b'$' => Some((Part::Dollar, at + 2)),
        b'&' => Some((Part::Matched, at + 2)),
        b'`' => Some((Part::Before, at + 2)),
        b'\'' => Some((Part::Behind, at + 2)),
        b'0'..=b'9' => {
            let first = digit(at + 1)?;
            if let Some(second) = digit(at + 2) {
                let both = first * 10 + second;
                if (1..=captures).contains(&both) {
                    return Some((Part::Capture(both), at + 3));
                }
            }
            if (1..=captures).contains(&first) { Some((Part::Capture(first), at + 2)) } else { literal }
        }
        b'<' if named => match (at + 2..len).find(|&i| template.at(i) == u16::from(b'>')) {
            Some(end) => Some((Part::Named(at as u32 + 2, end as u32), end + 1)),
            None => literal,
        },
        _ => literal,
    }
}

/// ECMA-262 §22.1.3.19.1 GetSubstitution: appends the substitution for a match to the string in the slot `result`.
///
/// `s` and `template` are flat; the match is `matched_len` units at `position`, both as the regular expression said, so possibly
/// beyond the end of the string.
#[expect(clippy::too_many_arguments, reason = "those of the specification")]
pub(crate) fn get_substitution<'s>(
    cx: &mut Cx<'s>,
    result: JsStr<'s>,
    s: JsStr<'s>,
    matched: JsStr<'s>,
    position: u32,
    captures: Captures<'s, '_>,
    named: Option<Object<'s>>,
    template: JsStr<'s>,
) -> JsResult<()> {
    let count = captures.len(cx);
    let mut at = 0;
    while let Some((part, next)) = next_part(view(cx, template), at, count, named.is_some()) {
        at = next;
        cx.tick(1)?;
        let piece = match part {
            Part::Text(start, end) => substring(cx, template, start, end)?,
            Part::Dollar => super::latin1(b'$'),
            Part::Matched => matched,
            Part::Before => substring(cx, s, 0, position)?,
            Part::Behind => {
                let from = position.saturating_add(length(cx, matched));
                substring(cx, s, from, u32::MAX)?
            }
            Part::Capture(n) => match captures.get(cx, s, n)? {
                Some(text) => text,
                None => continue,
            },
            Part::Named(start, end) => {
                let Some(named) = named else { continue };
                let name = substring(cx, template, start, end)?;
                let key = cx.to_property_key(name.cast())?;
                let value = cx.get(named, key)?;
                if cx.is_undefined(value) {
                    continue;
                }
                cx.to_string(value)?
            }
        };
        let text = cx.concat(result, piece)?;
        let text = cx.peek(text);
        cx.set_slot_raw(result, text);
    }
    Ok(())
}
