//! The methods that strings call: match, matchAll, replace, search and split (ECMA-262 §22.2.6).

use rotifer_jsvalue::{JsValue, Kind, field, string};

use super::matching::{
    MatchRanges, advance, capture, compiled, flags_of, groups_object, is_pristine, regexp_exec, run, set_last_index,
};
use super::{statics, this_object};
use crate::builtins::Intrinsic;
use crate::builtins::string::replace::append;
use crate::builtins::string::{Captures, empty, get_substitution, length, view};
use crate::cx::{Args, Cx, JsStr, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::collections::IteratorFamily;
use crate::regexp::Flags;
use crate::throw::JsResult;

/// The `flags` of any object that poses as a regular expression, as flat text.
fn flags_property<'s>(cx: &mut Cx<'s>, r: Object<'s>) -> JsResult<JsStr<'s>> {
    let flags = cx.get(r, n!("flags"))?;
    cx.to_flat_string(flags)
}

fn has_letter<'s>(cx: &Cx<'s>, flags: JsStr<'s>, letter: u8) -> bool {
    view(cx, flags).units().any(|u| u == u16::from(letter))
}

/// Moves `lastIndex` on after an empty match.
fn skip_empty<'s>(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>, unicode: bool) -> JsResult<()> {
    let index = cx.get(r, n!("lastIndex"))?;
    let index = cx.to_length(index)?;
    let next = advance(view(cx, s), index, unicode);
    cx.set(r, n!("lastIndex"), imm(next))
}

/// All matches of a global RegExp in turn, without steps that anybody could see. The first comes from 0 on (with `y` too).
struct Matches<'s> {
    program: Value<'s>,
    s: JsStr<'s>,
    unicode: bool,
    next: Option<u32>,
}

impl<'s> Matches<'s> {
    fn of(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>) -> JsResult<Self> {
        let unicode = flags_of(cx, r).has_either_unicode();
        Ok(Matches { program: compiled(cx, r)?, s, unicode, next: Some(0) })
    }

    /// The next match, in `ranges`.
    fn next(&mut self, cx: &mut Cx<'s>, ranges: &mut MatchRanges<'s>) -> JsResult<bool> {
        let Some(from) = self.next else { return Ok(false) };
        if from > length(cx, self.s) || !run(cx, self.program, self.s, from, ranges)? {
            self.next = None;
            return Ok(false);
        }
        let (start, end) = ranges.whole(cx);
        self.next =
            Some(if start == end { advance(view(cx, self.s), f64::from(end), self.unicode) as u32 } else { end });
        Ok(true)
    }
}

fn reports<'s>(cx: &Cx<'s>, r: Object<'s>) -> bool {
    cx.field_raw(r, field::RegExp::flags).as_raw() & statics::REPORTS != 0
}

/// ECMA-262 §22.2.6.8 RegExp.prototype \[ %Symbol.match% ]
pub(super) fn match_<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    let s = cx.to_flat_string(args.get(0))?;
    if is_pristine(cx, r)? && flags_of(cx, r).contains(Flags::GLOBAL) {
        return match_global(cx, r, s);
    }
    let flags = flags_property(cx, r)?;
    if !has_letter(cx, flags, b'g') {
        return regexp_exec(cx, r, s);
    }
    let unicode = has_letter(cx, flags, b'u') || has_letter(cx, flags, b'v');
    cx.set(r, n!("lastIndex"), imm(0))?;
    let found = cx.new_array(0, 0)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let result = regexp_exec(&mut cx, r, s)?;
        let Some(result) = cx.as_object(result) else { break };
        let text = cx.get(result, 0)?;
        let text = cx.to_string(text)?;
        cx.push(found, text.cast())?;
        if length(&cx, text) == 0 {
            skip_empty(&mut cx, r, s, unicode)?;
        }
    }
    Ok(if cx.array_len(found) == 0 { NULL } else { found.cast() })
}

fn match_global<'s>(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>) -> JsResult<Value<'s>> {
    let mut matches = Matches::of(cx, r, s)?;
    let (mut ranges, mut last) = (MatchRanges::new(cx)?, MatchRanges::new(cx)?);
    let found = cx.new_array(0, 0)?;
    while matches.next(cx, &mut ranges)? {
        let (start, end) = ranges.whole(cx);
        let raw = cx.peek(s);
        let piece = string::substring(cx.heap_mut(), raw, start, end)?;
        cx.push_raw(found, piece)?;
        core::mem::swap(&mut ranges, &mut last);
    }
    set_last_index(cx, r, 0.0)?;
    if cx.array_len(found) == 0 {
        return Ok(NULL);
    }
    statics::note(cx, reports(cx, r), s, &last)?;
    Ok(found.cast())
}

/// ECMA-262 §22.2.6.9 RegExp.prototype \[ %Symbol.matchAll% ]
pub(super) fn match_all<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    let s = cx.to_flat_string(args.get(0))?;
    let constructor = cx.species_constructor(r, Intrinsic::RegExp)?;
    let flags = flags_property(cx, r)?;
    let matcher = cx.construct(constructor, &[r.cast(), flags.cast()], None)?;
    let last_index = cx.get(r, n!("lastIndex"))?;
    let last_index = cx.to_length(last_index)?;
    cx.set(matcher, n!("lastIndex"), imm(last_index))?;
    let global = has_letter(cx, flags, b'g');
    let unicode = has_letter(cx, flags, b'u') || has_letter(cx, flags, b'v');
    let proto = cx.intrinsic(Intrinsic::RegExpStringIteratorPrototype)?;
    let iterator = cx.new_object_of(Kind::Iterator, proto, 1)?;
    cx.set_field(iterator, field::Iterator::target, matcher);
    cx.set_field(iterator, field::Iterator::extra, s);
    let variant = u8::from(global) | u8::from(unicode) << 1;
    cx.set_field_raw(iterator, field::Iterator::which, IteratorFamily::RegExpString.tag(variant));
    Ok(iterator.cast())
}

/// ECMA-262 §22.2.9.2.1 %RegExpStringIteratorPrototype%.next
pub(crate) fn string_iterator_next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = args.this();
    if !cx.is_iterator_of(this, IteratorFamily::RegExpString) {
        return Err(cx.throw_type_error("this is not a RegExp String iterator"));
    }
    let matcher = cx.field(this, field::Iterator::target)?;
    let Some(matcher) = cx.as_object(matcher) else { return Ok(cx.create_iter_result(UNDEFINED, true)?.cast()) };
    let s = cx.field(this, field::Iterator::extra)?.cast();
    let variant = cx.field_raw(this, field::Iterator::which).as_raw() as u8;
    // An exception ends the iteration too.
    cx.set_field_raw(this, field::Iterator::target, JsValue::UNDEFINED);
    let result = regexp_exec(cx, matcher, s)?;
    let Some(found) = cx.as_object(result) else { return Ok(cx.create_iter_result(UNDEFINED, true)?.cast()) };
    if variant & 1 != 0 {
        let text = cx.get(found, 0)?;
        let text = cx.to_string(text)?;
        if length(cx, text) == 0 {
            skip_empty(cx, matcher, s, variant & 2 != 0)?;
        }
        cx.set_field(this, field::Iterator::target, matcher);
    }
    Ok(cx.create_iter_result(result, false)?.cast())
}

/// ECMA-262 §22.2.6.12 RegExp.prototype \[ %Symbol.search% ]
pub(super) fn search<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    let s = cx.to_flat_string(args.get(0))?;
    if is_pristine(cx, r)? {
        let mut ranges = MatchRanges::new(cx)?;
        let program = compiled(cx, r)?;
        if !run(cx, program, s, 0, &mut ranges)? {
            return Ok(imm(-1));
        }
        statics::update(cx, r, s, &ranges)?;
        return Ok(imm(f64::from(ranges.whole(cx).0)));
    }
    let previous = cx.get(r, n!("lastIndex"))?;
    if !cx.same_value(previous, imm(0))? {
        cx.set(r, n!("lastIndex"), imm(0))?;
    }
    let result = regexp_exec(cx, r, s)?;
    let current = cx.get(r, n!("lastIndex"))?;
    if !cx.same_value(current, previous)? {
        cx.set(r, n!("lastIndex"), previous)?;
    }
    match cx.as_object(result) {
        Some(found) => cx.get(found, n!("index")),
        None => Ok(imm(-1)),
    }
}

/// ECMA-262 §22.2.6.14 RegExp.prototype \[ %Symbol.split% ]
pub(super) fn split<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    let s = cx.to_flat_string(args.get(0))?;
    if is_pristine(cx, r)? && !flags_of(cx, r).contains(Flags::STICKY) {
        return split_directly(cx, r, s, args.get(1));
    }
    let constructor = cx.species_constructor(r, Intrinsic::RegExp)?;
    let flags = flags_property(cx, r)?;
    let unicode = has_letter(cx, flags, b'u') || has_letter(cx, flags, b'v');
    let new_flags = if has_letter(cx, flags, b'y') {
        flags
    } else {
        cx.concat(flags, imm(rotifer_jsvalue::StaticName::from_latin1(b'y')).cast())?
    };
    let splitter = cx.construct(constructor, &[r.cast(), new_flags.cast()], None)?;
    let parts = cx.new_array(0, 0)?;
    let limit = if cx.is_undefined(args.get(1)) { u32::MAX } else { cx.to_uint32(args.get(1))? };
    if limit == 0 {
        return Ok(parts.cast());
    }
    let size = length(cx, s);
    if size == 0 {
        let found = regexp_exec(cx, splitter, s)?;
        if !cx.is_object(found) {
            cx.push(parts, s.cast())?;
        }
        return Ok(parts.cast());
    }
    let (mut p, mut q) = (0, 0);
    while q < size {
        let mut cx = cx.nest();
        cx.tick(1)?;
        cx.set(splitter, n!("lastIndex"), imm(f64::from(q)))?;
        let found = regexp_exec(&mut cx, splitter, s)?;
        let step = advance(view(&cx, s), f64::from(q), unicode) as u32;
        let Some(found) = cx.as_object(found) else {
            q = step;
            continue;
        };
        let end = cx.get(splitter, n!("lastIndex"))?;
        let end = cx.to_length(end)?.min(f64::from(size)) as u32;
        if end == p {
            q = step;
            continue;
        }
        let raw = cx.peek(s);
        let piece = string::substring(cx.heap_mut(), raw, p, q)?;
        cx.push_raw(parts, piece)?;
        if cx.array_len(parts) == limit {
            return Ok(parts.cast());
        }
        p = end;
        let captures = cx.length_of_array_like(found)?;
        let mut i = 1_f64;
        while i < captures {
            let mut cx = cx.nest();
            cx.tick(1)?;
            let key = cx.to_property_key(imm(i))?;
            let value = cx.get(found, key)?;
            cx.push(parts, value)?;
            if cx.array_len(parts) == limit {
                return Ok(parts.cast());
            }
            i += 1.0;
        }
        q = p;
    }
    let raw = cx.peek(s);
    let piece = string::substring(cx.heap_mut(), raw, p, size)?;
    cx.push_raw(parts, piece)?;
    Ok(parts.cast())
}

/// Splits by searching on instead of trying every position.
fn split_directly<'s>(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>, limit: Value<'s>) -> JsResult<Value<'s>> {
    let program = compiled(cx, r)?;
    let (unicode, reports) = (flags_of(cx, r).has_either_unicode(), reports(cx, r));
    let limit = if cx.is_undefined(limit) { u32::MAX } else { cx.to_uint32(limit)? };
    let parts = cx.new_array(0, 0)?;
    if limit == 0 {
        return Ok(parts.cast());
    }
    let size = length(cx, s);
    let mut ranges = MatchRanges::new(cx)?;
    if size == 0 {
        if !run(cx, program, s, 0, &mut ranges)? {
            cx.push(parts, s.cast())?;
        }
        return Ok(parts.cast());
    }
    let (mut p, mut q) = (0, 0);
    while q < size && run(cx, program, s, q, &mut ranges)? {
        let (start, end) = ranges.whole(cx);
        if start >= size {
            break;
        }
        if end == p {
            q = advance(view(cx, s), f64::from(start), unicode) as u32;
            continue;
        }
        let raw = cx.peek(s);
        let piece = string::substring(cx.heap_mut(), raw, p, start)?;
        cx.push_raw(parts, piece)?;
        statics::note(cx, reports, s, &ranges)?;
        if cx.array_len(parts) == limit {
            return Ok(parts.cast());
        }
        for i in 1..ranges.count() {
            let mut cx = cx.nest();
            let value = match ranges.get(&cx, i) {
                Some((from, to)) => {
                    let raw = cx.peek(s);
                    string::substring(cx.heap_mut(), raw, from, to)?
                }
                None => JsValue::UNDEFINED,
            };
            cx.push_raw(parts, value)?;
            if cx.array_len(parts) == limit {
                return Ok(parts.cast());
            }
        }
        p = end;
        // A match that is empty but not at `p` begins the next piece where it is.
        q = p;
    }
    let raw = cx.peek(s);
    let piece = string::substring(cx.heap_mut(), raw, p, size)?;
    cx.push_raw(parts, piece)?;
    Ok(parts.cast())
}

/// ECMA-262 §22.2.6.11 RegExp.prototype \[ %Symbol.replace% ]
pub(super) fn replace<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let r = this_object(cx, args)?;
    let s = cx.to_flat_string(args.get(0))?;
    let function = cx.is_callable(args.get(1)).then(|| args.get(1));
    let template = if function.is_some() { empty() } else { cx.to_flat_string(args.get(1))? };
    if is_pristine(cx, r)? {
        return match function {
            None => replace_with_template(cx, r, s, template),
            Some(f) => replace_with_function(cx, r, s, f),
        };
    }
    let flags = flags_property(cx, r)?;
    let global = has_letter(cx, flags, b'g');
    let unicode = has_letter(cx, flags, b'u') || has_letter(cx, flags, b'v');
    if global {
        cx.set(r, n!("lastIndex"), imm(0))?;
    }
    let results = cx.new_array(0, 0)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let result = regexp_exec(&mut cx, r, s)?;
        let Some(found) = cx.as_object(result) else { break };
        cx.push(results, result)?;
        if !global {
            break;
        }
        let text = cx.get(found, 0)?;
        let text = cx.to_string(text)?;
        if length(&cx, text) == 0 {
            skip_empty(&mut cx, r, s, unicode)?;
        }
    }
    let output = cx.slot(empty())?;
    let mut next = 0;
    for i in 0..cx.array_len(results) {
        let mut cx = cx.nest();
        let result = cx.array_item(results, i)?.cast();
        next = replace_result(&mut cx, result, s, output, next, function, template)?;
    }
    let size = length(cx, s);
    append(cx, output, s, next, size)?;
    Ok(output.cast())
}

/// One round of the last loop of the method: what is put in place of the match that `result` describes. Gives where the next begins.
fn replace_result<'s>(
    cx: &mut Cx<'s>,
    result: Object<'s>,
    s: JsStr<'s>,
    output: JsStr<'s>,
    next: u32,
    function: Option<Value<'s>>,
    template: JsStr<'s>,
) -> JsResult<u32> {
    let count = cx.length_of_array_like(result)?;
    let matched = cx.get(result, 0)?;
    let matched = cx.to_flat_string(matched)?;
    let position = cx.get(result, n!("index"))?;
    let size = length(cx, s);
    let position = cx.to_integer_or_infinity(position)?.clamp(0.0, f64::from(size)) as u32;
    let captures = cx.new_array(0, 0)?;
    let mut i = 1_f64;
    while i < count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.to_property_key(imm(i))?;
        let mut value = cx.get(result, key)?;
        if !cx.is_undefined(value) {
            value = cx.to_string(value)?.cast();
        }
        cx.push(captures, value)?;
        i += 1.0;
    }
    let named = cx.get(result, n!("groups"))?;
    let replacement = cx.slot(empty())?;
    if let Some(f) = function {
        let args = cx.array_from(&[matched.cast()])?;
        for i in 0..cx.array_len(captures) {
            let v = cx.array_item_raw(captures, i);
            cx.push_raw(args, v)?;
        }
        cx.push(args, imm(f64::from(position)))?;
        cx.push(args, s.cast())?;
        if !cx.is_undefined(named) {
            cx.push(args, named)?;
        }
        let value = cx.call_with_array(f, UNDEFINED, args)?;
        let value = cx.to_string(value)?;
        let value = cx.peek(value);
        cx.set_slot_raw(replacement, value);
    } else {
        let named = if cx.is_undefined(named) { None } else { Some(cx.to_object(named)?) };
        get_substitution(cx, replacement, s, matched, position, Captures::List(captures), named, template)?;
    }
    if position < next {
        return Ok(next);
    }
    append(cx, output, s, next, position)?;
    let text = cx.concat(output, replacement)?;
    let text = cx.peek(text);
    cx.set_slot_raw(output, text);
    Ok(position.saturating_add(length(cx, matched)))
}

/// Where matching begins and what becomes of `lastIndex`, for a pristine RegExp.
fn first_index<'s>(cx: &Cx<'s>, r: Object<'s>) -> u32 {
    let flags = flags_of(cx, r);
    if flags.contains(Flags::STICKY) && !flags.contains(Flags::GLOBAL) {
        super::matching::plain_last_index(cx, r).unwrap_or(0)
    } else {
        0
    }
}

fn replace_with_template<'s>(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>, template: JsStr<'s>) -> JsResult<Value<'s>> {
    let flags = flags_of(cx, r);
    let (global, sticky) = (flags.contains(Flags::GLOBAL), flags.contains(Flags::STICKY));
    let mut matches = Matches::of(cx, r, s)?;
    matches.next = Some(first_index(cx, r));
    let plain = !view(cx, template).units().any(|u| u == u16::from(b'$'));
    let (mut ranges, mut last) = (MatchRanges::new(cx)?, MatchRanges::new(cx)?);
    let output = cx.slot(empty())?;
    let (mut next, mut any) = (0, false);
    while matches.next(cx, &mut ranges)? {
        any = true;
        let (start, end) = ranges.whole(cx);
        {
            let mut cx = cx.nest();
            append(&mut cx, output, s, next, start)?;
            if plain {
                let text = cx.concat(output, template)?;
                let text = cx.peek(text);
                cx.set_slot_raw(output, text);
            }
        }
        if !plain {
            substitute(cx, &matches, output, s, &ranges, template)?;
        }
        next = end;
        core::mem::swap(&mut ranges, &mut last);
        if !global {
            break;
        }
    }
    if global {
        set_last_index(cx, r, 0.0)?;
    } else if sticky {
        set_last_index(cx, r, f64::from(next))?;
    }
    if !any {
        return Ok(s.cast());
    }
    statics::note(cx, reports(cx, r), s, &last)?;
    let size = length(cx, s);
    append(cx, output, s, next, size)?;
    Ok(output.cast())
}

fn substitute<'s>(
    cx: &mut Cx<'s>,
    matches: &Matches<'s>,
    output: JsStr<'s>,
    s: JsStr<'s>,
    ranges: &MatchRanges<'s>,
    template: JsStr<'s>,
) -> JsResult<()> {
    let mut cx = cx.nest();
    let groups =
        groups_object(
            &mut cx,
            matches.program,
            |cx, n| Ok(capture(cx, s, ranges, n)?.map_or(UNDEFINED, |c| c.cast())),
        )?;
    let (start, _) = ranges.whole(&cx);
    let matched = capture(&mut cx, s, ranges, 0)?.unwrap_or(empty());
    let named = cx.as_object(groups);
    get_substitution(&mut cx, output, s, matched, start, Captures::Ranges(ranges), named, template)
}

/// With a function, all matches are found before it is called for the first.
fn replace_with_function<'s>(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>, f: Value<'s>) -> JsResult<Value<'s>> {
    let flags = flags_of(cx, r);
    let (global, sticky) = (flags.contains(Flags::GLOBAL), flags.contains(Flags::STICKY));
    let mut matches = Matches::of(cx, r, s)?;
    matches.next = Some(first_index(cx, r));
    let program = matches.program;
    let (mut ranges, mut last) = (MatchRanges::new(cx)?, MatchRanges::new(cx)?);
    // For each match the start and end of all captures, as integers.
    let all = cx.new_array(0, 0)?;
    let mut width = 1;
    let mut end = 0;
    while matches.next(cx, &mut ranges)? {
        width = ranges.count();
        for i in 0..width {
            let (from, to) = ranges.get(cx, i).map_or((-1, -1), |(a, b)| (a as i32, b as i32));
            cx.push_raw(all, JsValue::int(from))?;
            cx.push_raw(all, JsValue::int(to))?;
        }
        end = ranges.whole(cx).1;
        core::mem::swap(&mut ranges, &mut last);
        if !global {
            break;
        }
    }
    if global {
        set_last_index(cx, r, 0.0)?;
    } else if sticky {
        set_last_index(cx, r, f64::from(end))?;
    }
    let total = cx.array_len(all);
    if total == 0 {
        return Ok(s.cast());
    }
    statics::note(cx, reports(cx, r), s, &last)?;
    let output = cx.slot(empty())?;
    let mut next = 0;
    for at in (0..total).step_by(2 * width as usize) {
        let mut cx = cx.nest();
        let (start, end) = pair(&cx, all, at, 0).unwrap_or_default();
        append(&mut cx, output, s, next, start)?;
        let args = cx.new_array(0, width + 3)?;
        for n in 0..width {
            let value = match pair(&cx, all, at, n) {
                Some((from, to)) => {
                    let raw = cx.peek(s);
                    string::substring(cx.heap_mut(), raw, from, to)?
                }
                None => JsValue::UNDEFINED,
            };
            cx.push_raw(args, value)?;
        }
        let groups = groups_object(&mut cx, program, |cx, n| cx.array_item(args, n))?;
        cx.push(args, imm(f64::from(start)))?;
        cx.push(args, s.cast())?;
        if !cx.is_undefined(groups) {
            cx.push(args, groups)?;
        }
        let value = cx.call_with_array(f, UNDEFINED, args)?;
        let value = cx.to_string(value)?;
        let text = cx.concat(output, value)?;
        let text = cx.peek(text);
        cx.set_slot_raw(output, text);
        next = end;
    }
    let size = length(cx, s);
    append(cx, output, s, next, size)?;
    Ok(output.cast())
}

/// Start and end of capture `n` of the match whose captures begin at `at` in an array of integers.
fn pair<'s>(cx: &Cx<'s>, all: Object<'s>, at: u32, n: u32) -> Option<(u32, u32)> {
    let item = |i| cx.array_item_raw(all, i).as_int().and_then(|v| u32::try_from(v).ok());
    item(at + 2 * n).zip(item(at + 2 * n + 1))
}
