//! The matcher (ECMA-262 §22.2.2): backtracking over an explicit stack.
//!
//! Nothing here trusts the program: words, registers and text are only read with a check, and what is out of range is
//! read as something harmless. Every instruction counts as a step, so that even a damaged program is interruptible.

use core::ops::Range;

use rotifer_arena::{Scratch, ScratchVec};

use super::case::canonicalize;
use super::charset;
use super::error::ExecError;
use super::flags::Flags;
use super::literal::Literal;
use super::memo::Memo;
use super::program::{LONGEST, Program, header, op, run, search};
use super::text::{Input, Text, is_lead, is_line_terminator, is_trail, join};

/// A capture that took no part.
const UNSET: u32 = u32::MAX;

/// How many registers fit on the native stack.
const FEW: usize = 24;

/// Steps between two polls.
const POLL: u32 = 4096;

/// Looks for a match that begins at `last_index` or, unless the pattern is sticky, behind it.
///
/// When there is one, `captures` gets the start and end of each capture, `u32::MAX` for those that took no part; as many
/// as fit. `poll` is called with the number of steps made since it was last called, every few thousand of them.
///
/// # Errors
/// [`ExecError::OutOfMemory`] when backtracking needs more memory than `scratch` has, [`ExecError::Stopped`] with what
/// `poll` said.
pub fn exec<E>(
    program: Program<'_>,
    input: Input<'_>,
    last_index: usize,
    captures: &mut [u32],
    scratch: &Scratch<'_>,
    poll: &mut dyn FnMut(u32) -> Result<(), E>,
) -> Result<bool, ExecError<E>> {
    exec_with(program, input, last_index, captures, scratch, poll, false)
}

/// [`exec`]; `remember` begins to remember failures at once rather than when a match takes long.
pub(super) fn exec_with<E>(
    program: Program<'_>,
    input: Input<'_>,
    last_index: usize,
    captures: &mut [u32],
    scratch: &Scratch<'_>,
    poll: &mut dyn FnMut(u32) -> Result<(), E>,
    remember: bool,
) -> Result<bool, ExecError<E>> {
    if input.len() >= u32::MAX as usize {
        return Err(ExecError::OutOfMemory);
    }
    match input {
        Input::Latin1(text) => find::<_, false, E>(program, text, last_index, captures, scratch, poll, remember),
        Input::Utf16(text) if program.flags().has_either_unicode() => {
            find::<_, true, E>(program, text, last_index, captures, scratch, poll, remember)
        }
        Input::Utf16(text) => find::<_, false, E>(program, text, last_index, captures, scratch, poll, remember),
    }
}

/// `U` says whether surrogate pairs are single characters.
fn find<T: Text, const U: bool, E>(
    program: Program<'_>,
    text: T,
    last_index: usize,
    captures: &mut [u32],
    scratch: &Scratch<'_>,
    poll: &mut dyn FnMut(u32) -> Result<(), E>,
    remember: bool,
) -> Result<bool, ExecError<E>> {
    let mut start = last_index;
    if U && in_pair(text, start) {
        start -= 1;
    }
    let min_length = program.field(header::MIN_LENGTH) as usize;
    if start > text.len() || text.len() - start < min_length {
        return Ok(false);
    }
    let latest = text.len() - min_length;
    let anchored = program.field(header::FLAGS) & header::ANCHORED != 0;
    let once = program.flags().contains(Flags::STICKY) || anchored;
    if anchored && start != 0 {
        return Ok(false);
    }
    let register_count = program.field(header::REGISTERS) as usize;
    // Most programs have few registers, and those need no memory of their own.
    let mut few = [UNSET; FEW];
    let mut many = ScratchVec::new(scratch);
    if register_count > FEW {
        many.reserve(register_count)?;
        for _ in 0..register_count {
            many.push(UNSET)?;
        }
    }
    let registers = if register_count > FEW { &mut many[..] } else { &mut few[..register_count] };
    let sets = program.words.get(program.field(header::SETS) as usize..).unwrap_or(&[]);
    let mut matcher = Matcher::<'_, '_, T, U> {
        code: program.words,
        sets,
        text,
        registers,
        stack: ScratchVec::new(scratch),
        memo: Memo::off(scratch),
        memos: program.field(header::MEMOS) as usize,
        left: POLL,
        total: 0,
        // Far more than an ordinary match of this text takes.
        suspicious: 20_000 + 16 * text.len() as u64,
    };
    if remember && matcher.memos != 0 {
        matcher.memo.begin(matcher.memos, text.len())?;
    }
    let leading_run = program.field(header::LEADING_RUN) as usize;
    let mut literal = if once { None } else { Literal::of(program) };
    loop {
        if !once {
            if let Some(literal) = &mut literal {
                match literal.next_start(text, start) {
                    Some(found) if found <= latest => {
                        matcher.charge(found - start, poll)?;
                        start = found;
                    }
                    _ => return Ok(false),
                }
            }
            match matcher.candidate(program, start) {
                Some(found) if found <= latest => {
                    matcher.charge(found - start, poll)?;
                    start = found;
                }
                _ => return Ok(false),
            }
        }
        if !(U && !once && in_pair(text, start)) {
            if let Some(end) = matcher.run(start, poll)? {
                report(captures, matcher.registers, start..end, text.len());
                return Ok(true);
            }
            matcher.registers.fill(UNSET);
            matcher.stack.clear();
            if leading_run != 0 && !once {
                let kind = word(program.words, leading_run + 1);
                let set = (word(program.words, leading_run) >> 8) as usize;
                // One character before the end, for the step to the next start.
                let (end, _) = matcher.run_end(kind, set, start, usize::MAX);
                matcher.charge(end - start, poll)?;
                start = start.max(end.saturating_sub(1));
            }
        }
        if once || start >= latest {
            return Ok(false);
        }
        start += 1;
    }
}

/// Copies what was captured; nothing but ranges inside the text ever gets out.
fn report(captures: &mut [u32], registers: &[u32], whole: Range<usize>, text_len: usize) {
    let whole = [whole.start as u32, whole.end as u32];
    let pairs = core::iter::once(&whole).chain(registers.as_chunks::<2>().0.iter().skip(1));
    for (to, &[begin, end]) in captures.chunks_mut(2).zip(pairs) {
        let sound = begin <= end && end as usize <= text_len;
        for (to, from) in to.iter_mut().zip(if sound { [begin, end] } else { [UNSET; 2] }) {
            *to = from;
        }
    }
}

/// Whether `index` is between the halves of a surrogate pair.
fn in_pair<T: Text>(text: T, index: usize) -> bool {
    T::WIDE && index > 0 && text.unit(index).is_some_and(is_trail) && text.unit(index - 1).is_some_and(is_lead)
}

/// What to do when matching fails. `what` has a [`tag`] in its two high bits.
#[derive(Clone, Copy)]
struct Entry {
    what: u32,
    a: u32,
    b: u32,
}

mod tag {
    pub(super) const MASK: u32 = 3 << 30;
    /// Continue at the instruction, at position `a`.
    pub(super) const CHOICE: u32 = 0;
    /// Put `a` back into the register.
    pub(super) const REGISTER: u32 = 1 << 30;
    /// The run at the instruction may be as short as up to `a` and is up to `b`.
    pub(super) const GREEDY: u32 = 2 << 30;
    /// The run at the instruction is up to `a` and may have `b` more characters; or, with `MARK`, has failed for all
    /// starts in `a..=b`.
    pub(super) const LAZY: u32 = 3 << 30;
    pub(super) const MARK: u32 = 1 << 29;
}

struct Matcher<'a, 's, T, const U: bool> {
    code: &'a [u32],
    sets: &'a [u32],
    text: T,
    registers: &'a mut [u32],
    stack: ScratchVec<'s, Entry>,
    memo: Memo<'s>,
    /// How many places of the program can be remembered; zero when that does not work.
    memos: usize,
    /// Steps until the next poll.
    left: u32,
    /// Steps made before the last poll.
    total: u64,
    suspicious: u64,
}

/// The word at `index`; what is out of range is [`op::FAIL`].
#[inline(always)]
fn word(words: &[u32], index: usize) -> u32 {
    words.get(index).copied().unwrap_or(0)
}

/// A place in the program, below 2^24 whatever the word.
#[inline(always)]
fn target(word: u32) -> usize {
    (word & (LONGEST as u32 - 1)) as usize
}

#[inline(always)]
fn in_low_set(set: &[u32; 8], c: u32) -> bool {
    set[(c >> 5 & 7) as usize] >> (c & 31) & 1 != 0
}

#[inline(always)]
fn in_set<T: Text>(sets: &[u32], set: usize, c: u32) -> bool {
    if c < 256 {
        word(sets, set + (c >> 5) as usize) >> (c & 31) & 1 != 0
    } else {
        T::WIDE && in_high_set(sets, set, c)
    }
}

fn in_high_set(sets: &[u32], set: usize, c: u32) -> bool {
    let count = word(sets, set + 8) as usize;
    let Some(ranges) = sets.get(set + 9..).and_then(|r| r.get(..count.checked_mul(2)?)) else { return false };
    let (ranges, _) = ranges.as_chunks::<2>();
    let after = ranges.partition_point(|r| r[1] < c);
    ranges.get(after).is_some_and(|r| r[0] <= c)
}

impl<T: Text, const U: bool> Matcher<'_, '_, T, U> {
    /// The first place from `from` on where a match can begin.
    fn candidate(&self, program: Program<'_>, from: usize) -> Option<usize> {
        let needle = |i| program.field(header::NEEDLE + i);
        match program.field(header::SEARCH) {
            search::UNITS => self.text.find_any(from, [needle(0), needle(1), needle(2)]),
            search::SET => {
                let set = needle(0) as usize;
                let low = self.low_set(set)?;
                let mut at = from;
                while let Some(unit) = self.text.unit(at) {
                    let found = if unit < 256 { in_low_set(low, unit) } else { in_set::<T>(self.sets, set, unit) };
                    if found {
                        return Some(at);
                    }
                    at += 1;
                }
                (needle(1) != 0).then_some(at)
            }
            search::LINES => {
                if from == 0 || self.text.unit(from - 1).is_some_and(is_line_terminator) {
                    return Some(from);
                }
                let end = self.text.line_end(from);
                (end < self.text.len()).then_some(end + 1)
            }
            _ => Some(from),
        }
    }

    fn low_set(&self, set: usize) -> Option<&[u32; 8]> {
        self.sets.get(set..)?.first_chunk()
    }

    /// Counts work that is cheaper than steps.
    #[inline(always)]
    fn charge<E>(&mut self, units: usize, poll: &mut dyn FnMut(u32) -> Result<(), E>) -> Result<(), ExecError<E>> {
        let steps = (units >> 3) as u32;
        if steps < self.left {
            self.left -= steps;
            return Ok(());
        }
        let more = steps - self.left;
        self.left = 0;
        self.poll(more, poll)
    }

    #[cold]
    #[inline(never)]
    fn poll<E>(&mut self, more: u32, poll: &mut dyn FnMut(u32) -> Result<(), E>) -> Result<(), ExecError<E>> {
        let steps = (POLL - self.left.min(POLL)).saturating_add(more);
        self.left = POLL;
        self.total += u64::from(steps);
        poll(steps).map_err(ExecError::Stopped)?;
        if self.total > self.suspicious && self.memos != 0 && !self.memo.is_on() {
            // Without memory for it matching goes on as before.
            if self.memo.begin(self.memos, self.text.len()).is_err() {
                self.memos = 0;
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn push(&mut self, what: u32, a: usize, b: usize) -> Result<(), rotifer_arena::OutOfScratch> {
        self.stack.push(Entry { what, a: a as u32, b: b as u32 })
    }

    /// Changes a register so that backtracking changes it back.
    #[inline(always)]
    fn set_register(&mut self, register: usize, value: u32) -> Result<(), rotifer_arena::OutOfScratch> {
        if let Some(place) = self.registers.get_mut(register) {
            let old = core::mem::replace(place, value);
            // With nothing to go back to, failing starts over.
            if !self.stack.is_empty() && old != value {
                self.stack.push(Entry { what: tag::REGISTER | register as u32, a: old, b: 0 })?;
            }
        }
        Ok(())
    }

    #[inline(always)]
    fn register(&self, register: usize) -> u32 {
        self.registers.get(register).copied().unwrap_or(UNSET)
    }

    /// The character at `at` and where it ends.
    #[inline(always)]
    fn char_at(&self, at: usize) -> Option<(u32, usize)> {
        let unit = self.text.unit(at)?;
        if U && is_lead(unit)
            && let Some(trail) = self.text.unit(at + 1)
            && is_trail(trail)
        {
            return Some((join(unit, trail), at + 2));
        }
        Some((unit, at + 1))
    }

    /// The character before `at` and where it begins.
    fn char_before(&self, at: usize) -> Option<(u32, usize)> {
        let before = at.checked_sub(1)?;
        let unit = self.text.unit(before)?;
        if U && is_trail(unit)
            && before > 0
            && let Some(lead) = self.text.unit(before - 1)
            && is_lead(lead)
        {
            return Some((join(lead, unit), before - 1));
        }
        Some((unit, before))
    }

    /// Whether failures at this place and position are remembered, if the memo words at `words` allow that; with the
    /// place.
    #[inline(always)]
    fn memo_place(&self, words: usize, position: usize) -> Option<usize> {
        if !self.memo.is_on() {
            return None;
        }
        let place = word(self.code, words).checked_sub(1)?;
        let progress = word(self.code, words + 1);
        let counts = progress == u32::MAX || (self.register(progress as usize) as usize) < position;
        counts.then_some(place as usize)
    }

    /// Whether the state failed before. Otherwise it has been entered now: should it come up again, it has failed.
    #[inline(always)]
    fn is_hopeless(&mut self, words: usize, position: usize) -> bool {
        let Some(place) = self.memo_place(words, position) else { return false };
        let failed = self.memo.has_failed(place, position);
        self.memo.set_failed(place, position);
        failed
    }

    /// Matches at `start`; the end of the match.
    fn run<E>(
        &mut self,
        start: usize,
        poll: &mut dyn FnMut(u32) -> Result<(), E>,
    ) -> Result<Option<usize>, ExecError<E>> {
        let code = self.code;
        let sets = self.sets;
        let text = self.text;
        let mut pc = header::LEN;
        let mut pos = start;
        loop {
            if self.left == 0 {
                self.poll(0, poll)?;
            }
            self.left -= 1;
            let instruction = word(code, pc);
            let argument = (instruction >> 8) as usize;
            // Falling out of this match is failing.
            #[expect(
                clippy::collapsible_match,
                reason = "guards would send failures to the arm for unknown operations"
            )]
            match instruction as u8 {
                op::MATCH => return Ok(Some(pos)),
                op::CHAR => {
                    if text.unit(pos) == Some(argument as u32) {
                        pos += 1;
                        pc += 1;
                        continue;
                    }
                }
                op::CHAR2 => {
                    if let Some(unit) = text.unit(pos)
                        && (unit == argument as u32 || unit == word(code, pc + 1))
                    {
                        pos += 1;
                        pc += 2;
                        continue;
                    }
                }
                op::STRING => {
                    if self.string_at(pos, pc + 1, argument) {
                        pos += argument;
                        pc += 1 + argument.div_ceil(2);
                        continue;
                    }
                }
                op::SET => {
                    if let Some((c, end)) = self.char_at(pos)
                        && in_set::<T>(sets, argument, c)
                    {
                        pos = end;
                        pc += 1;
                        continue;
                    }
                }
                op::ANY => {
                    if let Some((_, end)) = self.char_at(pos) {
                        pos = end;
                        pc += 1;
                        continue;
                    }
                }
                op::CODE_POINT => {
                    if let Some((c, end)) = self.char_at(pos)
                        && c == argument as u32
                    {
                        pos = end;
                        pc += 1;
                        continue;
                    }
                }
                operation @ (op::SET_BACK | op::ANY_BACK | op::CODE_POINT_BACK) => {
                    if let Some((c, begin)) = self.char_before(pos)
                        && match operation {
                            op::SET_BACK => in_set::<T>(sets, argument, c),
                            op::ANY_BACK => true,
                            _ => c == argument as u32,
                        }
                    {
                        pos = begin;
                        pc += 1;
                        continue;
                    }
                }
                op::JUMP => {
                    pc = argument;
                    continue;
                }
                op::SPLIT => {
                    if !self.is_hopeless(pc + 1, pos) {
                        self.push(argument as u32, pos, 0)?;
                        pc += 3;
                        continue;
                    }
                }
                op::SPLIT_LAZY => {
                    if !self.is_hopeless(pc + 1, pos) {
                        self.push(pc as u32 + 3, pos, 0)?;
                        pc = argument;
                        continue;
                    }
                }
                op::SPLIT_TABLE => {
                    let bits = word(code, pc + 4);
                    let ways = match text.unit(pos) {
                        Some(unit) if unit < 256 => {
                            let table = target(word(code, pc + 3));
                            word(sets, table + (unit >> 4) as usize) >> ((unit & 15) * 2) & 3
                        }
                        Some(_) => bits & 3,
                        None => bits >> 2 & 3,
                    };
                    match ways {
                        0 => {}
                        _ if self.is_hopeless(pc + 1, pos) => {}
                        1 => {
                            pc += 5;
                            continue;
                        }
                        2 => {
                            pc = argument;
                            continue;
                        }
                        _ => {
                            if bits & 16 == 0 {
                                self.push(argument as u32, pos, 0)?;
                                pc += 5;
                            } else {
                                self.push(pc as u32 + 5, pos, 0)?;
                                pc = argument;
                            }
                            continue;
                        }
                    }
                }
                op::SWITCH => {
                    let way = match text.unit(pos) {
                        Some(unit) if unit < 256 => {
                            word(sets, argument + (unit >> 2) as usize) >> ((unit & 3) * 8) & 0xFF
                        }
                        Some(_) => word(sets, argument + 64),
                        None => word(sets, argument + 65),
                    };
                    if way != 0 {
                        pc = target(word(code, pc + way as usize));
                        continue;
                    }
                }
                op::RUN => {
                    let kind = word(code, pc + 1);
                    let min = word(code, pc + 2) as usize;
                    let max = word(code, pc + 3) as usize;
                    let place = self.memo_place(pc + 4, pos);
                    if !place.is_some_and(|place| self.memo.has_failed(place, pos)) {
                        // When the run one character further on has failed, with all its ends, all that is left to
                        // try is the shortest.
                        let shortest_only = kind & run::UNBOUNDED != 0
                            && place.is_some_and(|place| {
                                self.char_at(pos).is_some_and(|(c, next)| {
                                    in_set::<T>(sets, argument, c) && self.memo.has_failed(place, next)
                                })
                            });
                        let kind = if shortest_only { kind & !run::MODE | run::POSSESSIVE } else { kind };
                        let wanted = if kind & run::MODE == run::LAZY || shortest_only { min } else { max };
                        let (end, count) = self.run_end(kind, argument, pos, wanted);
                        self.charge(end - pos, poll)?;
                        if count >= min {
                            if place.is_some() {
                                let reach = if kind & run::UNBOUNDED != 0 { end } else { pos };
                                self.push(tag::LAZY | tag::MARK | pc as u32, pos, reach)?;
                            }
                            let next = pc + 7;
                            match kind & run::MODE {
                                run::GREEDY if count > min => {
                                    let shortest =
                                        if U && T::WIDE { self.run_end(kind, argument, pos, min).0 } else { pos + min };
                                    self.push(tag::GREEDY | pc as u32, shortest, end)?;
                                    // Leave the first way to go on to the same search as all others.
                                    if let Some(at) = self.shorten(pc, shortest, end, true)? {
                                        pos = at;
                                        pc = next;
                                        continue;
                                    }
                                }
                                run::LAZY => {
                                    if let Some(at) = self.lengthen(pc, end, max - min.min(max), true, poll)? {
                                        pos = at;
                                        pc = next;
                                        continue;
                                    }
                                }
                                _ => {
                                    pos = end;
                                    pc = next;
                                    continue;
                                }
                            }
                        }
                    }
                }
                op::SAVE => {
                    self.set_register(argument, pos as u32)?;
                    pc += 1;
                    continue;
                }
                op::CLEAR => {
                    for register in argument..(word(code, pc + 1) as usize).min(self.registers.len()) {
                        self.set_register(register, UNSET)?;
                    }
                    pc += 2;
                    continue;
                }
                op::PROGRESS => {
                    if self.register(argument) != pos as u32 {
                        pc += 1;
                        continue;
                    }
                }
                op::COUNT_INIT => {
                    self.set_register(argument, 0)?;
                    pc += 1;
                    continue;
                }
                op::COUNT_LOOP => {
                    let count = self.register(argument);
                    let exit = target(word(code, pc + 3));
                    let body = pc + 5;
                    if count < word(code, pc + 1) {
                        pc = body;
                    } else if count >= word(code, pc + 2) {
                        pc = exit;
                    } else if word(code, pc + 4) == 0 {
                        self.push(exit as u32, pos, 0)?;
                        pc = body;
                    } else {
                        self.push(body as u32, pos, 0)?;
                        pc = exit;
                    }
                    continue;
                }
                op::COUNT_INC => {
                    self.set_register(argument, self.register(argument).saturating_add(1))?;
                    pc += 1;
                    continue;
                }
                op::COUNT_PROGRESS => {
                    let counter = word(code, pc + 1) as usize;
                    let min = word(code, pc + 2);
                    let count = self.register(counter);
                    if self.register(argument) != pos as u32 {
                        pc += 3;
                        continue;
                    }
                    if count <= min {
                        // Once an iteration has matched nothing, a great many more may as well.
                        if min - count > 1000 {
                            self.set_register(counter, min)?;
                        }
                        pc += 3;
                        continue;
                    }
                }
                op::BACK_REFERENCE => {
                    if let Some(end) = self.back_reference(argument, word(code, pc + 1), pos) {
                        self.charge(end.abs_diff(pos), poll)?;
                        pos = end;
                        pc += 2;
                        continue;
                    }
                }
                op::START => {
                    if pos == 0 {
                        pc += 1;
                        continue;
                    }
                }
                op::LINE_START => {
                    if pos == 0 || text.unit(pos - 1).is_some_and(is_line_terminator) {
                        pc += 1;
                        continue;
                    }
                }
                op::END => {
                    if pos >= text.len() {
                        pc += 1;
                        continue;
                    }
                }
                op::LINE_END => {
                    if text.unit(pos).is_none_or(is_line_terminator) {
                        pc += 1;
                        continue;
                    }
                }
                op::WORD_BOUNDARY => {
                    let folded = argument & 2 != 0;
                    let before = pos.checked_sub(1).and_then(|i| text.unit(i)).is_some_and(|c| is_word(c, folded));
                    let after = text.unit(pos).is_some_and(|c| is_word(c, folded));
                    if (before != after) != (argument & 1 != 0) {
                        pc += 1;
                        continue;
                    }
                }
                op::LOOK => {
                    self.set_register(argument, self.stack.len() as u32)?;
                    self.set_register(argument + 1, pos as u32)?;
                    let exit = word(code, pc + 1);
                    // Setting the registers may have pushed entries of its own, which must stay.
                    if let Some(place) = self.registers.get_mut(argument) {
                        *place = self.stack.len() as u32;
                    }
                    if exit != u32::MAX {
                        self.push(target(exit) as u32, pos, 0)?;
                    }
                    pc += 2;
                    continue;
                }
                op::LOOK_END => {
                    let height = self.register(argument) as usize;
                    if word(code, pc + 1) == 0 {
                        pos = (self.register(argument + 1) as usize).min(text.len());
                        self.keep_registers(height);
                        pc += 2;
                        continue;
                    }
                    while self.stack.len() > height {
                        if let Some(Entry { what, a, .. }) = self.stack.pop()
                            && what & tag::MASK == tag::REGISTER
                            && let Some(place) = self.registers.get_mut((what & !tag::MASK) as usize)
                        {
                            *place = a;
                        }
                    }
                }
                _ => {}
            }
            // Failed: go back to the latest decision.
            loop {
                let Some(&Entry { what, a, b }) = self.stack.last() else { return Ok(None) };
                let at = (what & !tag::MASK) as usize;
                match what & tag::MASK {
                    tag::CHOICE => {
                        self.stack.pop();
                        pc = at;
                        pos = a as usize;
                        break;
                    }
                    tag::REGISTER => {
                        self.stack.pop();
                        if let Some(place) = self.registers.get_mut(at) {
                            *place = a;
                        }
                    }
                    tag::GREEDY => {
                        self.charge((b as usize).saturating_sub(a as usize).min(64), poll)?;
                        if let Some(found) = self.shorten(at, a as usize, b as usize, false)? {
                            pos = found;
                            pc = at + 7;
                            break;
                        }
                    }
                    _ if what & tag::MARK != 0 => {
                        self.stack.pop();
                        let at = at & !(tag::MARK as usize);
                        if let Some(place) = word(code, at + 4).checked_sub(1) {
                            self.memo.set_failed_range(place as usize, a as usize, b as usize);
                        }
                    }
                    _ => {
                        self.stack.pop();
                        if let Some(found) = self.lengthen(at, a as usize, b as usize, false, poll)? {
                            pos = found;
                            pc = at + 7;
                            break;
                        }
                    }
                }
            }
        }
    }

    fn string_at(&self, pos: usize, words: usize, len: usize) -> bool {
        if self.text.len() - pos.min(self.text.len()) < len {
            return false;
        }
        let Some(words) = self.code.get(words..).and_then(|w| w.get(..len.div_ceil(2))) else { return false };
        let mut at = pos;
        let end = pos + len;
        for &pair in words {
            if self.text.unit(at) != Some(pair & 0xFFFF) {
                return false;
            }
            at += 1;
            if at < end {
                if self.text.unit(at) != Some(pair >> 16) {
                    return false;
                }
                at += 1;
            }
        }
        true
    }

    /// Where up to `max` characters of a set from `pos` on end, and how many they are.
    #[inline(always)]
    fn run_end(&self, kind: u32, set: usize, pos: usize, max: usize) -> (usize, usize) {
        let text = self.text;
        if !(U && T::WIDE) {
            let limit = text.len().min(pos.saturating_add(max));
            if kind & (run::ANY | run::DOT) != 0 {
                let end = if kind & run::ANY != 0 || limit <= pos { limit } else { text.line_end(pos).min(limit) };
                return (end.max(pos), end.max(pos) - pos);
            }
            let Some(low) = self.low_set(set) else { return (pos, 0) };
            let mut at = pos;
            while at < limit {
                let Some(unit) = text.unit(at) else { break };
                let member =
                    if !T::WIDE || unit < 256 { in_low_set(low, unit) } else { in_high_set(self.sets, set, unit) };
                if !member {
                    break;
                }
                at += 1;
            }
            return (at, at - pos);
        }
        let mut at = pos;
        let mut count = 0;
        while count < max
            && let Some((c, end)) = self.char_at(at)
            && (kind & run::ANY != 0 || in_set::<T>(self.sets, set, c))
        {
            at = end;
            count += 1;
        }
        (at, count)
    }

    /// Whether what follows the run at `pc` can match at `at`.
    #[inline(always)]
    fn can_follow(&self, next: usize, kind: u32, at: usize) -> bool {
        match self.text.unit(at) {
            Some(unit) => in_set::<T>(self.sets, next, unit),
            None => kind & run::NEXT_END != 0,
        }
    }

    /// The longest way to go on with the greedy run on top of the stack, which is now up to `end` and can be as short as
    /// up to `shortest`. `initial` says that `end` itself has not been tried.
    #[inline(always)]
    fn shorten(
        &mut self,
        pc: usize,
        shortest: usize,
        end: usize,
        initial: bool,
    ) -> Result<Option<usize>, rotifer_arena::OutOfScratch> {
        let next = word(self.code, pc + 6);
        let kind = word(self.code, pc + 1);
        let mut at = end;
        let mut fresh = initial;
        loop {
            if !fresh {
                if at <= shortest {
                    self.stack.pop();
                    return Ok(None);
                }
                at = if U && T::WIDE {
                    self.char_before(at).map_or(shortest, |(_, begin)| begin.max(shortest))
                } else {
                    at - 1
                };
            }
            fresh = false;
            if next == u32::MAX || self.can_follow(target(next), kind, at) {
                break;
            }
        }
        if at <= shortest {
            self.stack.pop();
        } else if let Some(top) = self.stack.last_mut() {
            top.b = at as u32;
        }
        Ok(Some(at))
    }

    /// The shortest way to go on with a lazy run up to `end` that may have `more` characters; pushes the entry for
    /// longer ones.
    #[inline(always)]
    fn lengthen<E>(
        &mut self,
        pc: usize,
        end: usize,
        more: usize,
        initial: bool,
        poll: &mut dyn FnMut(u32) -> Result<(), E>,
    ) -> Result<Option<usize>, ExecError<E>> {
        let next = word(self.code, pc + 6);
        let kind = word(self.code, pc + 1);
        let set = (word(self.code, pc) >> 8) as usize;
        let mut at = end;
        let mut left = more;
        let mut fresh = initial;
        loop {
            if !fresh {
                if left == 0 {
                    self.charge(at - end, poll)?;
                    return Ok(None);
                }
                match self.char_at(at) {
                    Some((c, behind)) if kind & run::ANY != 0 || in_set::<T>(self.sets, set, c) => at = behind,
                    _ => {
                        self.charge(at - end, poll)?;
                        return Ok(None);
                    }
                }
                left -= 1;
            }
            fresh = false;
            if next == u32::MAX || self.can_follow(target(next), kind, at) {
                break;
            }
        }
        if left > 0 {
            self.push(tag::LAZY | pc as u32, at, left)?;
        }
        self.charge(at - end, poll)?;
        Ok(Some(at))
    }

    /// Drops all decisions above `height` but keeps what restores registers.
    fn keep_registers(&mut self, height: usize) {
        let mut kept = height;
        for i in height..self.stack.len() {
            if let Some(&entry) = self.stack.get(i)
                && entry.what & tag::MASK == tag::REGISTER
            {
                if let Some(place) = self.stack.get_mut(kept) {
                    *place = entry;
                }
                kept += 1;
            }
        }
        self.stack.truncate(kept);
    }

    /// Where the text of `group` ends (or, backwards, begins) when it is repeated at `pos`.
    fn back_reference(&self, group: usize, bits: u32, pos: usize) -> Option<usize> {
        let [ignore_case, unicode, backwards] = [bits & 1 != 0, bits & 2 != 0, bits & 4 != 0];
        let (begin, end) = (self.register(group.wrapping_mul(2)), self.register(group.wrapping_mul(2).wrapping_add(1)));
        if begin == UNSET || end == UNSET || begin >= end {
            return Some(pos);
        }
        let (mut at, end) = (begin as usize, end as usize);
        let len = end - at;
        let (mut there, limit) = if backwards { (pos.checked_sub(len)?, pos) } else { (pos, pos.checked_add(len)?) };
        if limit > self.text.len() || end > self.text.len() {
            return None;
        }
        let result = if backwards { there } else { limit };
        // Half a surrogate pair is no character.
        let is = |at: usize, from: u32| self.text.unit(at).is_some_and(|u| u & 0xFC00 == from);
        if unicode && result > 0 && is(result - 1, 0xD800) && is(result, 0xDC00) {
            return None;
        }
        while at < end {
            if !ignore_case {
                if self.text.unit(at) != self.text.unit(there) {
                    return None;
                }
                at += 1;
                there += 1;
                continue;
            }
            let (a, next) = self.char_at(at)?;
            let (b, there_next) = self.char_at(there)?;
            if a != b && canonicalize(a, unicode) != canonicalize(b, unicode) {
                return None;
            }
            at = next;
            there = there_next;
        }
        Some(result)
    }
}

/// ECMA-262 §22.2.2.9.3 WordCharacters.
#[inline(always)]
fn is_word(c: u32, folded: bool) -> bool {
    let list = if c < 0x80 {
        charset::WORD
    } else if folded {
        charset::WORD_FOLDED
    } else {
        return false;
    };
    list.iter().any(|r| r.0 <= c && c <= r.1)
}
