//! The legacy static properties of `RegExp`, and what is remembered between matches: all in one block on a root word.

use rotifer_jsvalue::{HeapExt, JsValue, Kind, field, string};

use super::matching::MatchRanges;
use crate::builtins::Intrinsic;
use crate::builtins::string::{empty, substring};
use crate::cx::{Args, Cx, JsStr, Object, Value};
use crate::isolate::RootWord;
use crate::regexp::Flags;
use crate::throw::JsResult;

/// Words of the block.
pub(super) mod word {
    /// `RegExp.input`, when a script set it.
    pub const INPUT: u32 = 1;
    /// The string last matched; undefined before the first match.
    pub const SUBJECT: u32 = 2;
    /// How many ranges are known; negative when the last match was of a RegExp that does not report.
    pub const COUNT: u32 = 3;
    /// The epoch and realm for which `RegExp.prototype` was found to be as it came.
    pub const PRISTINE: u32 = 4;
    /// Start and end of the whole match and the first nine captures.
    pub const RANGES: u32 = 5;
    /// Start and end of the last capture.
    pub const LAST: u32 = 25;
    /// Patterns compiled lately: pattern, flags, what came out.
    pub const CACHE: u32 = 27;
    pub const CACHED: u32 = 16;
    pub const END: u32 = CACHE + 3 * CACHED;
}

/// The flag in the field `flags` of RegExp objects that report to the static properties: those made by `RegExp` itself.
pub(super) const REPORTS: u64 = 1 << 8;

/// A word of the block; undefined when there is no block yet.
pub(super) fn get(cx: &Cx<'_>, word: u32) -> JsValue {
    let block = cx.root_word(RootWord::RegExpStatics);
    if block.is_cell() { cx.heap().value(block.index() + word) } else { JsValue::UNDEFINED }
}

/// Sets a word to a value that is no reference, or one that is rooted.
pub(super) fn set(cx: &mut Cx<'_>, word: u32, value: JsValue) -> JsResult<()> {
    debug_assert_eq!(value.reference(), 0);
    let block = make(cx)?;
    cx.heap_mut().put(block, word, value);
    Ok(())
}

fn make(cx: &mut Cx<'_>) -> JsResult<u32> {
    let block = cx.root_word(RootWord::RegExpStatics);
    if block.is_cell() {
        return Ok(block.index());
    }
    cx.heap_mut().reserve(word::END, &mut [])?;
    let block = cx.heap_mut().new_values(Kind::Values, word::END - 1, JsValue::UNDEFINED);
    cx.heap_mut().init(block + word::COUNT, JsValue::ZERO);
    cx.set_root(RootWord::RegExpStatics, JsValue::cell(block));
    Ok(block)
}

fn set_range(cx: &mut Cx<'_>, at: u32, range: Option<(u32, u32)>) {
    let (start, end) = range.map_or((-1, -1), |(s, e)| (s as i32, e as i32));
    cx.heap_mut().init(at, JsValue::int(start));
    cx.heap_mut().init(at + 1, JsValue::int(end));
}

/// Notes a match for the static properties.
pub(super) fn update<'s>(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>, ranges: &MatchRanges<'s>) -> JsResult<()> {
    let reports = cx.field_raw(r, field::RegExp::flags).as_raw() & REPORTS != 0;
    note(cx, reports, s, ranges)
}

/// As [`update`], when it is known whether the RegExp reports.
pub(super) fn note<'s>(cx: &mut Cx<'s>, reports: bool, s: JsStr<'s>, ranges: &MatchRanges<'s>) -> JsResult<()> {
    let block = make(cx)?;
    if !reports {
        cx.heap_mut().init(block + word::COUNT, JsValue::int(-1));
        cx.heap_mut().init(block + word::SUBJECT, JsValue::UNDEFINED);
        cx.heap_mut().init(block + word::INPUT, JsValue::UNDEFINED);
        return Ok(());
    }
    let subject = cx.peek(s);
    cx.heap_mut().put(block, word::SUBJECT, subject);
    cx.heap_mut().init(block + word::INPUT, JsValue::UNDEFINED);
    let known = ranges.count().min(10);
    for i in 0..known {
        let range = ranges.get(cx, i);
        set_range(cx, block + word::RANGES + 2 * i, range);
    }
    let last = if ranges.count() > 1 { ranges.get(cx, ranges.count() - 1) } else { None };
    set_range(cx, block + word::LAST, last);
    cx.heap_mut().init(block + word::COUNT, JsValue::int(known as i32));
    Ok(())
}

/// What was compiled of this pattern with these flags, if it is remembered.
pub(super) fn cached<'s>(cx: &mut Cx<'s>, pattern: JsStr<'s>, flags: Flags) -> JsResult<Option<JsValue>> {
    let block = cx.root_word(RootWord::RegExpStatics);
    if !block.is_cell() {
        return Ok(None);
    }
    let at = place(cx, block.index(), pattern, flags);
    let known = cx.heap().value(at);
    if !known.is_string() || cx.heap().value(at + 1) != JsValue::raw(u64::from(flags.bits())) {
        return Ok(None);
    }
    let raw = cx.peek(pattern);
    // Both are flat, so comparing them moves nothing.
    if string::equal(cx.heap_mut(), raw, known)? { Ok(Some(cx.heap().value(at + 2))) } else { Ok(None) }
}

/// Remembers what was compiled.
pub(super) fn remember<'s>(cx: &mut Cx<'s>, pattern: JsStr<'s>, flags: Flags, compiled: Value<'s>) -> JsResult<()> {
    let block = make(cx)?;
    let at = place(cx, block, pattern, flags) - block;
    let (pattern, compiled) = (cx.peek(pattern), cx.peek(compiled));
    let heap = cx.heap_mut();
    heap.put(block, at, pattern);
    heap.init(block + at + 1, JsValue::raw(u64::from(flags.bits())));
    heap.put(block, at + 2, compiled);
    Ok(())
}

fn place<'s>(cx: &mut Cx<'s>, block: u32, pattern: JsStr<'s>, flags: Flags) -> u32 {
    let raw = cx.peek(pattern);
    let hash = string::string_hash(cx.heap_mut(), raw) ^ u32::from(flags.bits());
    block + word::CACHE + 3 * (hash % word::CACHED)
}

/// GetLegacyRegExpStaticProperty: `this` has to be the constructor itself.
fn check<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<()> {
    let constructor = cx.intrinsic_raw(Intrinsic::RegExp)?;
    if cx.peek(args.this()) != constructor {
        return Err(cx.throw_type_error("this is not RegExp"));
    }
    if get(cx, word::COUNT).as_int().is_some_and(|n| n < 0) {
        return Err(cx.throw_type_error("the last match was of a regular expression that does not report its matches"));
    }
    Ok(())
}

/// The text of a stored range.
fn range<'s>(cx: &mut Cx<'s>, at: u32) -> JsResult<Value<'s>> {
    let (start, end) = (get(cx, at).as_int(), get(cx, at + 1).as_int());
    let (Some(start), Some(end)) = (start, end) else { return Ok(empty().cast()) };
    let subject = get(cx, word::SUBJECT);
    if start < 0 || !subject.is_string() {
        return Ok(empty().cast());
    }
    let subject = cx.root(subject)?.cast();
    Ok(substring(cx, subject, start as u32, end as u32)?.cast())
}

fn capture<'s>(cx: &mut Cx<'s>, args: &Args<'s>, n: u32) -> JsResult<Value<'s>> {
    check(cx, args)?;
    if get(cx, word::COUNT).as_int().unwrap_or(0) <= n as i32 {
        return Ok(empty().cast());
    }
    range(cx, word::RANGES + 2 * n)
}

macro_rules! captures {
    ($($name:ident = $n:literal;)*) => {
        $(
            /// `RegExp.$n`
            pub(super) fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
                capture(cx, args, $n)
            }
        )*
    };
}

captures! {
    last_match = 0;
    capture1 = 1;
    capture2 = 2;
    capture3 = 3;
    capture4 = 4;
    capture5 = 5;
    capture6 = 6;
    capture7 = 7;
    capture8 = 8;
    capture9 = 9;
}

/// `RegExp.lastParen`
pub(super) fn last_paren<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    check(cx, args)?;
    range(cx, word::LAST)
}

/// `RegExp.leftContext`
pub(super) fn left_context<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    check(cx, args)?;
    context(cx, true)
}

/// `RegExp.rightContext`
pub(super) fn right_context<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    check(cx, args)?;
    context(cx, false)
}

fn context<'s>(cx: &mut Cx<'s>, left: bool) -> JsResult<Value<'s>> {
    let subject = get(cx, word::SUBJECT);
    if !subject.is_string() {
        return Ok(empty().cast());
    }
    let start = get(cx, word::RANGES).as_int().unwrap_or(0).max(0) as u32;
    let end = get(cx, word::RANGES + 1).as_int().unwrap_or(0).max(0) as u32;
    let subject = cx.root(subject)?.cast();
    Ok(if left { substring(cx, subject, 0, start)? } else { substring(cx, subject, end, u32::MAX)? }.cast())
}

/// `RegExp.input`
pub(super) fn input<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    check(cx, args)?;
    let set = get(cx, word::INPUT);
    let value = if set.is_string() { set } else { get(cx, word::SUBJECT) };
    if value.is_string() { cx.root(value) } else { Ok(empty().cast()) }
}

/// `RegExp.input = …`
pub(super) fn set_input<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let constructor = cx.intrinsic_raw(Intrinsic::RegExp)?;
    if cx.peek(args.this()) != constructor {
        return Err(cx.throw_type_error("this is not RegExp"));
    }
    let text = cx.to_string(args.get(0))?;
    let block = make(cx)?;
    let text = cx.peek(text);
    cx.heap_mut().put(block, word::INPUT, text);
    Ok(crate::cx::UNDEFINED)
}
