//! Replacing (ECMA-262 §22.1.3.19, §22.1.3.20).

use rotifer_jsvalue::WellKnown;

use super::search::{delegate, global_flag_required};
use super::substitution::{Captures, get_substitution};
use super::{empty, length, substring, view};
use crate::cx::{Args, Cx, JsStr, UNDEFINED, Value, imm};
use crate::throw::JsResult;

/// ECMA-262 §22.1.3.19 String.prototype.replace
pub(super) fn replace<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.this())?;
    if let Some(method) = delegate(cx, args.get(0), WellKnown::Replace)? {
        return cx.call(method, args.get(0), &[args.this(), args.get(1)]);
    }
    replace_string(cx, args, false)
}

/// ECMA-262 §22.1.3.20 String.prototype.replaceAll
pub(super) fn replace_all<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.this())?;
    if cx.is_object(args.get(0)) {
        global_flag_required(cx, args.get(0))?;
        if let Some(method) = cx.get_method(args.get(0), WellKnown::Replace)? {
            return cx.call(method, args.get(0), &[args.this(), args.get(1)]);
        }
    }
    replace_string(cx, args, true)
}

fn replace_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>, all: bool) -> JsResult<Value<'s>> {
    let s = cx.to_flat_string(args.this())?;
    let search = cx.to_flat_string(args.get(0))?;
    let function = cx.is_callable(args.get(1)).then(|| args.get(1));
    let template = if function.is_some() { empty() } else { cx.to_flat_string(args.get(1))? };
    let plain = !view(cx, template).units().any(|u| u == u16::from(b'$'));
    let (len, width) = (length(cx, s), length(cx, search));
    let step = width.max(1);
    let result = cx.slot(empty())?;
    let mut done = 0;
    let mut from = 0;
    while from <= len {
        let Some(found) = view(cx, s).find(view(cx, search), from as usize) else { break };
        let at = found as u32;
        let mut cx = cx.nest();
        cx.tick(1 + (at - from) / 64)?;
        append(&mut cx, result, s, done, at)?;
        let replacement = match function {
            Some(f) => {
                let value = cx.call(f, UNDEFINED, &[search.cast(), imm(f64::from(at)), s.cast()])?;
                Some(cx.to_string(value)?)
            }
            None if plain => Some(template),
            None => None,
        };
        match replacement {
            Some(text) => {
                let text = cx.concat(result, text)?;
                let text = cx.peek(text);
                cx.set_slot_raw(result, text);
            }
            None => get_substitution(&mut cx, result, s, search, at, Captures::None, None, template)?,
        }
        done = at + width;
        from = at + step;
        if !all {
            break;
        }
    }
    if done == 0 && length(cx, result) == 0 {
        // Nothing was found, or nothing put in place of nothing.
        return Ok(s.cast());
    }
    append(cx, result, s, done, len)?;
    Ok(result.cast())
}

/// Appends the units `start..end` of `s` to the string in the slot `result`.
pub(in crate::builtins) fn append<'s>(
    cx: &mut Cx<'s>,
    result: JsStr<'s>,
    s: JsStr<'s>,
    start: u32,
    end: u32,
) -> JsResult<()> {
    if start >= end {
        return Ok(());
    }
    let piece = substring(cx, s, start, end)?;
    let text = cx.concat(result, piece)?;
    let text = cx.peek(text);
    cx.set_slot_raw(result, text);
    Ok(())
}
