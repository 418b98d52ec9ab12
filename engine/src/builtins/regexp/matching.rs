//! Compiling and running the pattern of a RegExp object (ECMA-262 §22.2.3, §22.2.7).

use rotifer_arena::{ArenaView, ScratchVec};
use rotifer_jsvalue::{
    Attrs, Heap, HeapExt, JsValue, Kind, PropertyKey, StrView, elements, field, object, shape, string,
};

use super::statics::{self, word};
use crate::builtins::Intrinsic;
use crate::builtins::string::{empty, length, substring, view};
use crate::cx::{Cx, JsStr, Object, UNDEFINED, Value, imm};
use crate::isolate::{Isolate, realm_word};
use crate::n;
use crate::regexp::{self, CompileError, ExecError, Flags, Input, Program};
use crate::throw::JsResult;

/// Captures kept on the native stack, the whole match included; more of them take a block.
const INLINE: usize = 16;
/// A capture that took no part.
const UNSET: u32 = u32::MAX;

/// Where the captures of a match are in the string.
pub(crate) struct MatchRanges<'s> {
    count: u32,
    inline: [u32; 2 * INLINE],
    /// A block of bytes for all of them when there are many.
    block: Value<'s>,
}

impl<'s> MatchRanges<'s> {
    /// Room for matches, with a slot of this scope.
    pub(crate) fn new(cx: &mut Cx<'s>) -> JsResult<Self> {
        Ok(MatchRanges { count: 1, inline: [UNSET; 2 * INLINE], block: cx.slot(UNDEFINED)? })
    }

    /// How many captures there are, the whole match included.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Start and end of capture `n`; 0 is the whole match.
    pub(crate) fn get(&self, cx: &Cx<'s>, n: u32) -> Option<(u32, u32)> {
        if n >= self.count {
            return None;
        }
        let (start, end) = if self.count as usize <= INLINE {
            (self.inline[2 * n as usize], self.inline[2 * n as usize + 1])
        } else {
            let words = cx.heap().arena().halves(cx.peek(self.block).index() + 2, 2 * self.count);
            (words[2 * n as usize], words[2 * n as usize + 1])
        };
        (start != UNSET && end != UNSET && start <= end).then_some((start, end))
    }

    /// Start and end of the whole match.
    pub(crate) fn whole(&self, cx: &Cx<'s>) -> (u32, u32) {
        self.get(cx, 0).unwrap_or_default()
    }
}

/// Where the characters of a flat string are, for as long as nothing moves.
#[derive(Clone, Copy)]
enum Source {
    Static(&'static [u8]),
    Latin1(u32, u32, u32),
    Utf16(u32, u32, u32),
}

impl Source {
    fn of(heap: &Heap, s: JsValue) -> Source {
        if let Some(name) = s.as_name() {
            return Source::Static(name.text());
        }
        let (mut at, mut start) = (s.index(), 0);
        let len = string::string_length(heap, s);
        if heap.kind(at) == Kind::StringSlice {
            start = heap.value(at + field::StringSlice::offset).as_raw() as u32;
            let parent = heap.value(at + field::StringSlice::parent);
            if let Some(name) = parent.as_name() {
                let text = name.text();
                return Source::Static(text.get(start as usize..(start + len) as usize).unwrap_or(&[]));
            }
            at = parent.index();
        }
        if heap.kind(at) == Kind::StringUtf16 { Source::Utf16(at, start, len) } else { Source::Latin1(at, start, len) }
    }

    fn input(self, view: ArenaView<'_>) -> Input<'_> {
        match self {
            Source::Static(text) => Input::Latin1(text),
            Source::Latin1(at, start, len) => Input::Latin1(&view.bytes(at + 2, start + len)[start as usize..]),
            Source::Utf16(at, start, len) => Input::Utf16(&view.units(at + 2, start + len)[start as usize..]),
        }
    }
}

/// Makes a block of bytes out of `count` 32-bit words that lie `offset` bytes into the gap; `None` when that would take a
/// collection, which would destroy them. `granted` words were reserved before the gap was used.
fn adopt(heap: &mut Heap, offset: usize, count: u32, granted: u32) -> Option<u32> {
    let from = heap.top().checked_add(u32::try_from(offset / 8).ok()?)?;
    let words = count.div_ceil(2);
    let at = if 2 + words <= granted { heap.alloc_reserved(2 + words) } else { heap.try_alloc(2 + words)? };
    heap.copy(from, at + 2, words);
    heap.set(at, rotifer_arena::MemBlockHeader::new(Kind::Bytes as u8, 0, 0, 2 + words).to_bits());
    heap.set(at + 1, u64::from(count) * 4);
    Some(at)
}

/// The flags of a text, or a SyntaxError.
pub(super) fn parse_flags<'s>(cx: &mut Cx<'s>, flags: JsStr<'s>) -> JsResult<Flags> {
    let parsed = match view(cx, flags) {
        StrView::Latin1(text) => Flags::parse(Input::Latin1(text)),
        StrView::Utf16(text) => Flags::parse(Input::Utf16(text)),
    };
    parsed.map_err(|_| cx.throw_syntax_error("invalid regular expression flags"))
}

/// Compiles a pattern: a block of values with the program and then name and number of each named group. What was compiled lately is
/// remembered.
pub(super) fn compile<'s>(cx: &mut Cx<'s>, pattern: JsStr<'s>, flags: Flags) -> JsResult<Value<'s>> {
    if let Some(found) = statics::cached(cx, pattern, flags)? {
        return cx.root(found);
    }
    cx.tick(8 + length(cx, pattern))?;
    let program = compile_program(cx, pattern, flags)?;
    let mut names = 0;
    {
        let at = cx.peek(program).index();
        if let Ok(p) = Program::new(program_words(cx.heap(), at)) {
            names = p.named_groups().count() as u32;
        }
    }
    cx.heap_mut().reserve(2 + 2 * names, &mut [])?;
    let block = cx.heap_mut().new_values(Kind::Values, 1 + 2 * names, JsValue::UNDEFINED);
    let program = cx.peek(program);
    cx.heap_mut().put(block, 1, program);
    let block = cx.root(JsValue::cell(block))?;
    for i in 0..names {
        let mut cx = cx.nest();
        let (name, group) = group_name(&mut cx, block, i)?;
        let key = cx.to_property_key(name)?;
        let key = cx.key_to_value(key)?;
        let (at, key) = (cx.peek(block).index(), cx.peek(key));
        cx.heap_mut().put(at, 2 + 2 * i, key);
        cx.heap_mut().init(at + 3 + 2 * i, JsValue::raw(u64::from(group)));
    }
    statics::remember(cx, pattern, flags, block)?;
    Ok(block)
}

/// Name and capture number of named group `i`.
fn group_name<'s>(cx: &mut Cx<'s>, compiled: Value<'s>, i: u32) -> JsResult<(Value<'s>, u32)> {
    let result = cx.slot(empty())?;
    let mut from = 0;
    // Names are read a stretch at a time, since the program and the text made of it share the block.
    loop {
        let mut units = [0_u16; 64];
        let mut n = 0;
        let found = nth_name(cx.heap(), program_of(cx, compiled), i, |k, unit| {
            if k >= from && n < units.len() {
                units[n] = unit;
                n += 1;
            }
        });
        let Some((len, group)) = found else { return Ok((UNDEFINED, 0)) };
        let piece = string::from_utf16(cx.heap_mut(), &units[..n])?;
        let piece = cx.root(piece)?.cast();
        let text = cx.concat(result, piece)?;
        let text = cx.peek(text);
        cx.set_slot_raw(result, text);
        from += n;
        if from >= len || n == 0 {
            return Ok((result.cast(), group));
        }
    }
}

/// Gives the units of the name of named group `i` to `unit`; says how many there are and which capture it is.
fn nth_name(heap: &Heap, program: u32, i: u32, mut unit: impl FnMut(usize, u16)) -> Option<(usize, u32)> {
    let program = Program::new(program_words(heap, program)).ok()?;
    let (name, group) = program.named_groups().nth(i as usize)?;
    name.units().enumerate().for_each(|(k, u)| unit(k, u));
    Some((name.len(), group as u32))
}

/// The words of the program in a block of bytes.
fn program_words(heap: &Heap, at: u32) -> &[u32] {
    heap.arena().halves(at + 2, (heap.get(at + 1) / 4) as u32)
}

/// The block of the program in what [`compile`] made.
fn program_of<'s>(cx: &Cx<'s>, compiled: Value<'s>) -> u32 {
    cx.heap().value(cx.peek(compiled).index() + 1).index()
}

fn compile_program<'s>(cx: &mut Cx<'s>, pattern: JsStr<'s>, flags: Flags) -> JsResult<Value<'s>> {
    let guard = cx.guard;
    let (mut collected, mut granted) = (false, 0);
    loop {
        let source = Source::of(cx.heap(), cx.peek(pattern));
        let done = {
            let (view, scratch) = cx.heap_mut().split_scratch();
            regexp::compile(source.input(view), flags, &scratch, guard).map(ScratchVec::into_range)
        };
        match done {
            Ok((offset, bytes)) => {
                let len = u32::try_from(bytes / 4).unwrap_or(u32::MAX);
                if let Some(at) = adopt(cx.heap_mut(), offset, len, granted) {
                    return cx.root(JsValue::cell(at));
                }
                // Room first, then the same again.
                granted = len / 2 + 3;
                cx.heap_mut().reserve(granted, &mut [])?;
            }
            Err(CompileError::Syntax(error)) => {
                let message = alloc::format!("invalid regular expression: {}", error.message);
                return Err(cx.throw_syntax_error(&message));
            }
            Err(CompileError::TooDeep) => return Err(cx.stack_overflow()),
            Err(CompileError::OutOfMemory) if collected => return Err(cx.oom()),
            Err(CompileError::OutOfMemory) => {
                (collected, granted) = (true, 0);
                cx.heap_mut().collect(&mut []);
            }
        }
    }
}

/// Looks for a match of a compiled pattern in a flat string from `last_index` on (only there, when it is sticky).
pub(super) fn run<'s>(
    cx: &mut Cx<'s>,
    compiled: Value<'s>,
    s: JsStr<'s>,
    last_index: u32,
    out: &mut MatchRanges<'s>,
) -> JsResult<bool> {
    cx.tick(4)?;
    let (mut collected, mut granted) = (false, 0);
    loop {
        let program = program_of(cx, compiled);
        let words = (cx.heap().get(program + 1) / 4) as u32;
        let source = Source::of(cx.heap(), cx.peek(s));
        let Isolate { heap, meter, .. } = &mut **cx;
        let mut poll = |steps: u32| meter.charge(steps);
        let (result, offset) = {
            let (view, scratch) = heap.split_scratch();
            let Ok(program) = Program::new(view.halves(program + 2, words)) else { return Ok(false) };
            let count = program.capture_count();
            out.count = count as u32;
            let input = source.input(view);
            if count <= INLINE {
                let room = &mut out.inline[..2 * count];
                (regexp::exec(program, input, last_index as usize, room, &scratch, &mut poll), None)
            } else {
                let mut room = ScratchVec::new(&scratch);
                let filled = room.reserve(2 * count).and_then(|()| (0..2 * count).try_for_each(|_| room.push(UNSET)));
                match filled {
                    Err(_) => (Err(ExecError::OutOfMemory), None),
                    Ok(()) => {
                        let result = regexp::exec(program, input, last_index as usize, &mut room, &scratch, &mut poll);
                        (result, Some(room.into_range().0))
                    }
                }
            }
        };
        match result {
            Ok(false) => return Ok(false),
            Ok(true) => {
                let Some(offset) = offset else { return Ok(true) };
                if let Some(at) = adopt(cx.heap_mut(), offset, 2 * out.count, granted) {
                    cx.set_slot_raw(out.block, JsValue::cell(at));
                    return Ok(true);
                }
                granted = out.count + 3;
                cx.heap_mut().reserve(granted, &mut [])?;
            }
            Err(ExecError::Stopped(pending)) => return Err(cx.note(pending)),
            Err(ExecError::OutOfMemory) if collected => return Err(cx.oom()),
            Err(ExecError::OutOfMemory) => {
                (collected, granted) = (true, 0);
                cx.heap_mut().collect(&mut []);
            }
        }
    }
}

/// What the matcher of a RegExp object was compiled to.
pub(super) fn compiled<'s>(cx: &mut Cx<'s>, r: Object<'s>) -> JsResult<Value<'s>> {
    cx.field(r, field::RegExp::program)
}

/// The original flags of a RegExp object.
pub(super) fn flags_of<'s>(cx: &Cx<'s>, r: Object<'s>) -> Flags {
    Flags::from_bits(cx.field_raw(r, field::RegExp::flags).as_raw() as u8)
}

/// `lastIndex` as it is, when it is plain data that can be written and a small integer.
pub(super) fn plain_last_index<'s>(cx: &Cx<'s>, r: Object<'s>) -> Option<u32> {
    let at = cx.peek(r).index();
    let slot = object::find_own(cx.heap(), at, PropertyKey::name(n!("lastIndex")))?;
    if !slot.attrs.has(Attrs::WRITABLE) {
        return None;
    }
    u32::try_from(object::get_slot(cx.heap(), at, slot.place).as_int()?).ok()
}

/// Set(R, "lastIndex", index, true)
pub(super) fn set_last_index<'s>(cx: &mut Cx<'s>, r: Object<'s>, index: f64) -> JsResult<()> {
    let at = cx.peek(r).index();
    if cx.is_kind(r, Kind::RegExp)
        && let Some(slot) = object::find_own(cx.heap(), at, PropertyKey::name(n!("lastIndex")))
        && slot.attrs.has(Attrs::WRITABLE)
    {
        object::set_slot(cx.heap_mut(), at, slot.place, JsValue::number(index));
        return Ok(());
    }
    cx.set(r, n!("lastIndex"), imm(index))
}

/// The part of RegExpBuiltinExec (ECMA-262 §22.2.7.2) up to the result: false when there is no match. `s` is flat.
pub(super) fn builtin_exec_raw<'s>(
    cx: &mut Cx<'s>,
    r: Object<'s>,
    s: JsStr<'s>,
    out: &mut MatchRanges<'s>,
) -> JsResult<bool> {
    let mut last_index = match plain_last_index(cx, r) {
        Some(n) => f64::from(n),
        None => {
            let value = cx.get(r, n!("lastIndex"))?;
            cx.to_length(value)?
        }
    };
    let flags = flags_of(cx, r);
    let moving = flags.contains(Flags::GLOBAL) || flags.contains(Flags::STICKY);
    if !moving {
        last_index = 0.0;
    }
    let mut found = false;
    if last_index <= f64::from(length(cx, s)) {
        let program = compiled(cx, r)?;
        found = run(cx, program, s, last_index as u32, out)?;
    }
    if found {
        if moving {
            let (_, end) = out.whole(cx);
            set_last_index(cx, r, f64::from(end))?;
        }
        statics::update(cx, r, s, out)?;
    } else if moving {
        set_last_index(cx, r, 0.0)?;
    }
    Ok(found)
}

/// ECMA-262 §22.2.7.2 RegExpBuiltinExec: an array or null. `s` is flat.
pub(super) fn builtin_exec<'s>(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>) -> JsResult<Value<'s>> {
    let mut ranges = MatchRanges::new(cx)?;
    if !builtin_exec_raw(cx, r, s, &mut ranges)? {
        return Ok(crate::cx::NULL);
    }
    let program = compiled(cx, r)?;
    let indices = flags_of(cx, r).contains(Flags::HAS_INDICES);
    Ok(match_result(cx, program, s, &ranges, indices)?.cast())
}

/// The array that `exec` gives.
pub(super) fn match_result<'s>(
    cx: &mut Cx<'s>,
    compiled: Value<'s>,
    s: JsStr<'s>,
    ranges: &MatchRanges<'s>,
    indices: bool,
) -> JsResult<Object<'s>> {
    let shape = cx.realm_shape(realm_word::MATCH_SHAPE)?;
    let at = object::new_object(cx.heap_mut(), shape)?;
    let info = shape::info(cx.heap(), object::shape_of(cx.heap(), at));
    let (start, _) = ranges.whole(cx);
    let input = cx.peek(s);
    let heap = cx.heap_mut();
    heap.init(at + field::Array::length, JsValue::ZERO);
    for (i, value) in [JsValue::number(f64::from(start)), input, JsValue::UNDEFINED].into_iter().enumerate() {
        object::set_slot(heap, at, info.place(i as u32), value);
    }
    let count = ranges.count();
    let result = cx.root_object(JsValue::object(at, false))?;
    let o = cx.peek(result);
    elements::ensure_dense(cx.heap_mut(), o, count, &mut 0)?;
    for i in 0..count {
        let piece = match ranges.get(cx, i) {
            Some((start, end)) => {
                let raw = cx.peek(s);
                string::substring(cx.heap_mut(), raw, start, end)?
            }
            None => JsValue::UNDEFINED,
        };
        let at = cx.peek(result).index();
        let Some(list) = elements::elements(cx.heap(), at) else { return Err(cx.oom()) };
        cx.heap_mut().put(list, 1 + i, piece);
    }
    cx.set_array_length_raw(result, f64::from(count));
    let groups = groups_object(cx, compiled, |cx, n| cx.array_item(result, n))?;
    if !cx.is_undefined(groups) {
        let (at, groups) = (cx.peek(result).index(), cx.peek(groups));
        object::set_slot(cx.heap_mut(), at, info.place(2), groups);
    }
    if indices {
        let indices = match_indices(cx, compiled, ranges)?;
        cx.define_new(result, n!("indices"), indices.cast(), Attrs::ALL)?;
    }
    Ok(result)
}

/// ECMA-262 §22.2.7.8 MakeMatchIndicesIndexPairArray
fn match_indices<'s>(cx: &mut Cx<'s>, compiled: Value<'s>, ranges: &MatchRanges<'s>) -> JsResult<Object<'s>> {
    let indices = cx.new_array(0, ranges.count())?;
    for i in 0..ranges.count() {
        let range = ranges.get(cx, i);
        let mut cx = cx.nest();
        let pair = match range {
            Some((start, end)) => cx.array_from(&[imm(f64::from(start)), imm(f64::from(end))])?.cast(),
            None => UNDEFINED,
        };
        cx.push(indices, pair)?;
    }
    let groups = groups_object(cx, compiled, |cx, n| cx.array_item(indices, n))?;
    cx.define_new(indices, n!("groups"), groups, Attrs::ALL)?;
    Ok(indices)
}

/// The object with the named groups, undefined when the pattern has none; `get` gives the value of a capture.
pub(super) fn groups_object<'s>(
    cx: &mut Cx<'s>,
    compiled: Value<'s>,
    get: impl Fn(&mut Cx<'s>, u32) -> JsResult<Value<'s>>,
) -> JsResult<Value<'s>> {
    let words = cx.heap().header(cx.peek(compiled).index()).aux();
    if words <= 2 {
        return Ok(UNDEFINED);
    }
    let groups = cx.new_object_of(Kind::Object, crate::cx::NULL, 4)?;
    let mut i = 2;
    while i + 1 < words {
        let at = cx.peek(compiled).index();
        let (name, group) = (cx.heap().value(at + i), cx.heap().value(at + i + 1).as_raw() as u32);
        let name = cx.root(name)?;
        let key = cx.to_property_key(name)?;
        let value = get(cx, group)?;
        // Groups of different alternatives may share a name: the one that took part counts.
        if !cx.is_undefined(value) || !cx.has_own_property(groups, key)? {
            cx.create_data_property_or_throw(groups, key, value)?;
        }
        i += 2;
    }
    Ok(groups.cast())
}

/// ECMA-262 §22.2.7.1 RegExpExec
pub(super) fn regexp_exec<'s>(cx: &mut Cx<'s>, r: Object<'s>, s: JsStr<'s>) -> JsResult<Value<'s>> {
    let exec = cx.get(r, n!("exec"))?;
    let native = cx.is_builtin(exec, Intrinsic::RegExpPrototype, n!("exec"));
    if cx.is_callable(exec) && !(native && cx.is_kind(r, Kind::RegExp)) {
        let result = cx.call(exec, r.cast(), &[s.cast()])?;
        if !cx.is_object(result) && !cx.peek(result).is_null() {
            return Err(cx.throw_type_error("exec gave neither an object nor null"));
        }
        return Ok(result);
    }
    if !cx.is_kind(r, Kind::RegExp) {
        return Err(cx.throw_type_error("this is not a regular expression"));
    }
    let s = cx.flat(s)?;
    builtin_exec(cx, r, s)
}

/// The properties of `RegExp.prototype` that the methods look at.
const WATCHED: [PropertyKey; 9] = [
    PropertyKey::name(n!("exec")),
    PropertyKey::name(n!("flags")),
    PropertyKey::name(n!("global")),
    PropertyKey::name(n!("hasIndices")),
    PropertyKey::name(n!("ignoreCase")),
    PropertyKey::name(n!("multiline")),
    PropertyKey::name(n!("dotAll")),
    PropertyKey::name(n!("unicode")),
    PropertyKey::name(n!("unicodeSets")),
];

/// Whether nothing that the methods of `RegExp.prototype` look at can tell a short cut from the steps of the specification: a
/// RegExp object of this realm with no property of its own but a plain `lastIndex`, and a prototype as it came.
pub(super) fn is_pristine<'s>(cx: &mut Cx<'s>, r: Object<'s>) -> JsResult<bool> {
    if !cx.is_kind(r, Kind::RegExp)
        || plain_last_index(cx, r).is_none()
        || !cx.has_default_species(r, Intrinsic::RegExp)?
    {
        return Ok(false);
    }
    let proto = cx.intrinsic_raw(Intrinsic::RegExpPrototype)?;
    let at = cx.peek(r).index();
    let shape = object::shape_of(cx.heap(), at);
    if shape::info(cx.heap(), shape).count != 1 || shape::proto(cx.heap(), shape) != proto {
        return Ok(false);
    }
    // What was found holds until a prototype changes.
    let stamp = JsValue::raw(u64::from(cx.epoch) | u64::from(cx.current_realm_number()) << 32);
    if statics::get(cx, word::PRISTINE) == stamp {
        return Ok(true);
    }
    let mut cx = cx.nest();
    let proto = cx.root_object(proto)?;
    for key in WATCHED.into_iter().chain([PropertyKey::name(n!("sticky"))]) {
        let rooted = cx.root_key(key)?;
        let found = match cx.get_own_property(proto, rooted)? {
            Some(d) => d.get.or(d.value).unwrap_or(UNDEFINED),
            None => UNDEFINED,
        };
        let Some((_, id)) = cx.peek(found).as_native() else { return Ok(false) };
        let as_came = id >> 8 == Intrinsic::RegExpPrototype as u16
            && crate::isolate::native_info(id).is_some_and(|i| i.key == key);
        if !as_came {
            return Ok(false);
        }
    }
    // Making properties real may have ended the epoch: the next look decides.
    let stamp = JsValue::raw(u64::from(cx.epoch) | u64::from(cx.current_realm_number()) << 32);
    statics::set(&mut cx, word::PRISTINE, stamp)?;
    Ok(true)
}

/// ECMA-262 §22.2.7.3 AdvanceStringIndex
pub(super) fn advance(text: StrView<'_>, index: f64, unicode: bool) -> f64 {
    if unicode && index < text.len() as f64 {
        return index + text.code_point_at(index as usize).map_or(1.0, |(_, n)| n as f64);
    }
    index + 1.0
}

/// The text of capture `n`; `None` when it took no part.
pub(super) fn capture<'s>(
    cx: &mut Cx<'s>,
    s: JsStr<'s>,
    ranges: &MatchRanges<'s>,
    n: u32,
) -> JsResult<Option<JsStr<'s>>> {
    match ranges.get(cx, n) {
        Some((start, end)) => substring(cx, s, start, end).map(Some),
        None => Ok(None),
    }
}
