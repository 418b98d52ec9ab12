//! From syntax tree to program.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use super::analysis::{self, First};
use super::ast::{Assertion, Ast, Kind, NONE, NodeId, UNBOUNDED};
use super::charset::{self, Range};
use super::error::CompileError;
use super::flags::Flags;
use super::literal::{Required, required};
use super::parser::Parser;
use super::program::{LONGEST, MAGIC, header, op, run, search};
use super::text::{Input, is_lead, is_trail, split};
use crate::stack_guard::StackGuard;

/// Compiles a pattern to the words of a [`Program`](super::Program).
///
/// # Errors
/// [`CompileError::Syntax`] for early errors, [`CompileError::TooDeep`] when `guard` refuses the nesting, and
/// [`CompileError::OutOfMemory`] when `scratch` is used up.
pub fn compile<'s>(
    pattern: Input<'_>,
    flags: Flags,
    scratch: &'s Scratch<'_>,
    guard: StackGuard,
) -> Result<ScratchVec<'s, u32>, CompileError> {
    let ast = Parser::new(pattern, flags, scratch, guard).parse()?;
    let emitter = Emitter {
        ast: &ast,
        code: ScratchVec::new(scratch),
        sets: ScratchVec::new(scratch),
        recent: [NONE; RECENT],
        recent_at: 0,
        registers: ast.capture_count.saturating_mul(2),
        memos: 0,
        memo_allowed: true,
        progress: NONE,
        has_back_reference: false,
        backward: false,
        guard,
    };
    emitter.program(flags)
}

/// How many words of repeated bodies may be written out before a counter is used.
const UNROLLED: u64 = 600;

/// How many sets are looked at when the same one may be there already.
const RECENT: usize = 16;

/// How many alternatives are examined for a [`op::SWITCH`].
const SWITCHED: usize = 128;

pub(super) struct Emitter<'a, 's> {
    pub(super) ast: &'a Ast<'s>,
    pub(super) code: ScratchVec<'s, u32>,
    pub(super) sets: ScratchVec<'s, u32>,
    recent: [u32; RECENT],
    recent_at: usize,
    registers: u32,
    memos: u32,
    /// Not inside lookaround and counted loops.
    memo_allowed: bool,
    /// The register with the start of the innermost loop iteration that has to make progress.
    progress: u32,
    has_back_reference: bool,
    /// Inside lookbehind.
    backward: bool,
    guard: StackGuard,
}

impl<'s> Emitter<'_, 's> {
    fn program(mut self, flags: Flags) -> Result<ScratchVec<'s, u32>, CompileError> {
        for _ in 0..header::LEN {
            self.code.push(0)?;
        }
        let root = self.ast.root;
        let min_length = self.node(root, First::ACCEPT)?;
        self.op(op::MATCH, 0)?;
        // Groups that are never entered have no code, but `Program::new` bounds the captures by it.
        while self.code.len() < self.ast.capture_count as usize {
            self.op(op::FAIL, 0)?;
        }
        let (mut kind, needle) = self.search(root)?;
        let leading_run = self.leading_run();
        let literal = self.required_text(root, &mut kind);
        let literal_at = self.here();
        for pair in literal.iter().flat_map(|literal| literal.units().chunks(2)) {
            self.code.push(u32::from(pair[0]) | pair.get(1).map_or(0, |&u| u32::from(u) << 16))?;
        }
        let captures = self.ast.capture_count;
        let mut code = self.code;
        let sets = code.len() as u32;
        code.extend_from_slice(&self.sets)?;
        let names = code.len() as u32;
        for group in self.ast.named_groups.iter() {
            let name = self.ast.names[group.name as usize];
            code.push(group.index)?;
            code.push(name.len)?;
            let units = &self.ast.name_units[name.start as usize..(name.start + name.len) as usize];
            for pair in units.chunks(2) {
                code.push(u32::from(pair[0]) | pair.get(1).map_or(0, |&u| u32::from(u) << 16))?;
            }
        }
        if code.len() >= LONGEST {
            return Err(CompileError::OutOfMemory);
        }
        let anchored = if analysis::is_anchored(self.ast, root, false) { header::ANCHORED } else { 0 };
        for (at, word) in [
            (header::MAGIC, MAGIC),
            (header::FLAGS, u32::from(flags.bits()) | anchored),
            (header::CAPTURES, captures),
            (header::REGISTERS, self.registers),
            (header::SETS, sets),
            (header::NAMES, names),
            (header::NAME_COUNT, self.ast.named_groups.len() as u32),
            (header::MEMOS, if self.has_back_reference { 0 } else { self.memos }),
            (header::MIN_LENGTH, min_length),
            (header::SEARCH, kind),
            (header::NEEDLE, needle[0]),
            (header::NEEDLE + 1, needle[1]),
            (header::NEEDLE + 2, needle[2]),
            (header::LEADING_RUN, leading_run),
            (header::LITERAL, literal_at),
            (header::LITERAL_LEN, literal.map_or(0, |literal| literal.units().len() as u32)),
            (header::LITERAL_MIN, literal.map_or(0, |literal| literal.min)),
            (header::LITERAL_MAX, literal.map_or(0, |literal| literal.max)),
            (header::LITERAL_RAREST, literal.map_or(0, |literal| literal.rarest())),
        ] {
            code[at] = word;
        }
        Ok(code)
    }

    /// Where the run is that every match begins with, if it is unbounded. All that matters later is where it ends:
    /// later starts have some of the ends an earlier one has.
    fn leading_run(&self) -> u32 {
        let is = |word: u32, op: u8| word as u8 == op;
        let mut at = header::LEN;
        while self.code.get(at).is_some_and(|&w| is(w, op::SAVE)) {
            at += 1;
        }
        let unbounded = self.code.get(at).is_some_and(|&w| is(w, op::RUN))
            && self.code.get(at + 1).is_some_and(|kind| kind & run::UNBOUNDED != 0);
        if unbounded && !self.has_back_reference { at as u32 } else { 0 }
    }

    /// How to look for beginnings of a match.
    fn search(&mut self, root: NodeId) -> Result<(u32, [u32; 3]), CompileError> {
        if analysis::is_anchored(self.ast, root, true) {
            return Ok((search::LINES, [0; 3]));
        }
        let first = analysis::first(self.ast, root);
        if let Some(units) = first.few() {
            return Ok((search::UNITS, units));
        }
        if first.low == [0; 8] && !first.end && !first.nullable {
            let mut node = root;
            loop {
                match self.ast.kind(node) {
                    Kind::Sequence(child) => node = child,
                    Kind::Capture { body, .. } => node = body,
                    Kind::Char(c) => {
                        let unit = if c > 0xFFFF { split(c).0 } else { c };
                        return Ok((search::UNITS, [unit; 3]));
                    }
                    _ => break,
                }
            }
        }
        if first.is_selective() {
            let set = self.first_set(&first)?;
            return Ok((search::SET, [set, u32::from(first.end), 0]));
        }
        Ok((search::EVERYWHERE, [0; 3]))
    }

    /// The text to look for first, if that helps. Where every match begins with it, nothing else has to be searched.
    fn required_text(&self, root: NodeId, kind: &mut u32) -> Option<Required> {
        let literal = required(self.ast, root)?;
        if *kind == search::LINES {
            return None;
        }
        if literal.max == 0 {
            if literal.units().len() == 1 {
                return None;
            }
            *kind = search::EVERYWHERE;
        }
        Some(literal)
    }

    // Writing words.

    fn here(&self) -> u32 {
        self.code.len() as u32
    }

    fn op(&mut self, op: u8, argument: u32) -> Result<(), CompileError> {
        if argument as usize >= LONGEST || self.code.len() >= LONGEST {
            return Err(CompileError::OutOfMemory);
        }
        Ok(self.code.push(u32::from(op) | argument << 8)?)
    }

    fn word(&mut self, word: u32) -> Result<(), OutOfScratch> {
        self.code.push(word)
    }

    /// Makes the instruction at `at` refer to what comes next.
    fn patch(&mut self, at: u32) {
        let here = self.here();
        if let Some(word) = self.code.get_mut(at as usize) {
            *word = *word & 0xFF | here << 8;
        }
    }

    fn memo(&mut self) -> Result<(), OutOfScratch> {
        if self.memo_allowed {
            self.memos += 1;
            self.word(self.memos)?;
        } else {
            self.word(0)?;
        }
        self.word(self.progress)
    }

    fn register(&mut self, count: u32) -> Result<u32, CompileError> {
        let register = self.registers;
        self.registers =
            register.checked_add(count).filter(|&r| (r as usize) < LONGEST).ok_or(CompileError::OutOfMemory)?;
        Ok(register)
    }

    // Sets.

    /// Adds words to the sets unless they are among the latest ones.
    fn intern(&mut self, start: usize) -> u32 {
        let (before, new) = self.sets.split_at(start);
        for &old in &self.recent {
            if before.get(old as usize..).is_some_and(|s| s.starts_with(new)) {
                self.sets.truncate(start);
                return old;
            }
        }
        self.recent[self.recent_at % RECENT] = start as u32;
        self.recent_at += 1;
        start as u32
    }

    pub(super) fn set(&mut self, ranges: &[Range]) -> Result<u32, CompileError> {
        let start = self.sets.len();
        let mut low = [0_u32; 8];
        for &(lo, hi) in ranges {
            for c in lo..=hi.min(255) {
                low[(c >> 5) as usize] |= 1 << (c & 31);
            }
        }
        self.sets.extend_from_slice(&low)?;
        self.sets.push(0)?;
        let mut count = 0;
        for &(lo, hi) in ranges.iter().filter(|r| r.1 > 255) {
            self.sets.push(lo.max(256))?;
            self.sets.push(hi)?;
            count += 1;
        }
        self.sets[start + 8] = count;
        Ok(self.intern(start))
    }

    fn first_set(&mut self, first: &First) -> Result<u32, CompileError> {
        let start = self.sets.len();
        self.sets.extend_from_slice(&first.low)?;
        if first.high {
            self.sets.extend_from_slice(&[1, 256, charset::MAX_CODE_POINT])?;
        } else {
            self.sets.push(0)?;
        }
        Ok(self.intern(start))
    }

    // Nodes. Each returns the length of the shortest match and is told what may come behind.

    pub(super) fn node(&mut self, node: NodeId, follow: First) -> Result<u32, CompileError> {
        self.guard.check()?;
        match self.ast.kind(node) {
            Kind::Empty => Ok(0),
            Kind::Char(c) => self.char(c),
            Kind::Set { start, len } => self.set_node(start, len),
            Kind::Sequence(first) if self.backward => self.sequence_back(first),
            Kind::Sequence(first) => self.sequence(first, follow),
            Kind::Alternatives(first) => self.alternatives(first, follow),
            Kind::Capture { index, body } => {
                let (begin, end) = (index * 2, index * 2 + 1);
                let (begin, end) = if self.backward { (end, begin) } else { (begin, end) };
                self.op(op::SAVE, begin)?;
                let length = self.node(body, follow)?;
                self.op(op::SAVE, end)?;
                Ok(length)
            }
            Kind::BackReference { group, ignore_case } => self.back_reference(group, ignore_case),
            Kind::NamedReference { name, ignore_case } => {
                // At most one of the groups has taken part; references to the others match nothing.
                let mut group = self.ast.names.get(name as usize).map_or(NONE, |n| n.first_group);
                while let Some(&named) = self.ast.named_groups.get(group as usize) {
                    self.back_reference(named.index, ignore_case)?;
                    group = named.next;
                }
                Ok(0)
            }
            Kind::Assert(assertion) => {
                match assertion {
                    Assertion::Start { multiline: false } => self.op(op::START, 0)?,
                    Assertion::Start { multiline: true } => self.op(op::LINE_START, 0)?,
                    Assertion::End { multiline: false } => self.op(op::END, 0)?,
                    Assertion::End { multiline: true } => self.op(op::LINE_END, 0)?,
                    Assertion::WordBoundary { negated, folded } => {
                        self.op(op::WORD_BOUNDARY, u32::from(negated) | u32::from(folded) << 1)?;
                    }
                }
                Ok(0)
            }
            Kind::Look { body, behind, negated } => self.look(body, behind, negated),
            Kind::Repeat { body, min, max, greedy, first_capture, end_capture } => {
                let captures = (first_capture, end_capture);
                self.repeat(&Repeat { body, min, max, greedy, captures, follow })
            }
        }
    }

    fn char(&mut self, c: u32) -> Result<u32, CompileError> {
        if self.backward {
            self.op(op::CODE_POINT_BACK, c)?;
        } else if c > 0xFFFF {
            let (lead, trail) = split(c);
            self.op(op::CHAR, lead)?;
            self.op(op::CHAR, trail)?;
            return Ok(2);
        } else if self.ast.unicode && (is_lead(c) || is_trail(c)) {
            self.op(op::CODE_POINT, c)?;
        } else {
            self.op(op::CHAR, c)?;
        }
        Ok(1)
    }

    fn set_node(&mut self, start: u32, len: u32) -> Result<u32, CompileError> {
        let ast = self.ast;
        let ranges = ast.set(start, len);
        let surrogate = |c: u32| c > 0xFFFF || ast.unicode && (is_lead(c) || is_trail(c));
        match (self.backward, ranges) {
            (_, []) => self.op(op::FAIL, 0)?,
            (false, &[(a, b), (c, d)]) if a == b && c == d && !surrogate(a) && !surrogate(c) => {
                self.op(op::CHAR2, a)?;
                self.word(c)?;
            }
            (_, &[(0, hi)]) if hi >= self.last_char() => {
                self.op(if self.backward { op::ANY_BACK } else { op::ANY }, 0)?;
            }
            _ => {
                let set = self.set(ranges)?;
                self.op(if self.backward { op::SET_BACK } else { op::SET }, set)?;
            }
        }
        Ok(1)
    }

    fn last_char(&self) -> u32 {
        if self.ast.unicode { charset::MAX_CODE_POINT } else { 0xFFFF }
    }

    fn sequence(&mut self, first: NodeId, follow: First) -> Result<u32, CompileError> {
        let mut length = 0_u32;
        let mut node = first;
        while node != NONE {
            let (units, behind) = self.literal(node)?;
            if units > 0 {
                length = length.saturating_add(units);
                node = behind;
                continue;
            }
            let next = self.ast.next(node);
            let child_follow = match self.ast.kind(node) {
                _ if next == NONE => follow,
                Kind::Repeat { .. } | Kind::Alternatives(_) | Kind::Capture { .. } | Kind::Sequence(_) => {
                    analysis::first_of_siblings(self.ast, next).then(follow)
                }
                _ => First::ANY,
            };
            length = length.saturating_add(self.node(node, child_follow)?);
            node = next;
        }
        Ok(length)
    }

    /// Two or more characters from `node` on as one string; how many units, and what comes behind.
    fn literal(&mut self, node: NodeId) -> Result<(u32, NodeId), CompileError> {
        let units_of = |ast: &Ast<'_>, node: NodeId| match ast.kind(node) {
            Kind::Char(c) if c > 0xFFFF => 2,
            Kind::Char(c) if ast.unicode && (is_lead(c) || is_trail(c)) => 0,
            Kind::Char(_) => 1,
            _ => 0,
        };
        let mut count = 0_u32;
        let mut behind = node;
        while behind != NONE && units_of(self.ast, behind) > 0 {
            count += units_of(self.ast, behind);
            behind = self.ast.next(behind);
        }
        if count < 2 {
            return Ok((0, node));
        }
        self.op(op::STRING, count)?;
        let mut pending = None;
        let mut node = node;
        while node != behind {
            if let Kind::Char(c) = self.ast.kind(node) {
                let (a, b) = if c > 0xFFFF { split(c) } else { (c, NONE) };
                for unit in [a, b].into_iter().filter(|&u| u != NONE) {
                    match pending.take() {
                        None => pending = Some(unit),
                        Some(low) => self.word(low | unit << 16)?,
                    }
                }
            }
            node = self.ast.next(node);
        }
        if let Some(low) = pending {
            self.word(low)?;
        }
        Ok((count, behind))
    }

    fn sequence_back(&mut self, first: NodeId) -> Result<u32, CompileError> {
        let mut children = ScratchVec::new(self.code.scratch());
        for child in self.ast.children(first) {
            children.push(child)?;
        }
        let mut length = 0_u32;
        for &child in children.iter().rev() {
            length = length.saturating_add(self.node(child, First::ANY)?);
        }
        Ok(length)
    }

    fn back_reference(&mut self, group: u32, ignore_case: bool) -> Result<u32, CompileError> {
        self.has_back_reference = true;
        self.op(op::BACK_REFERENCE, group)?;
        self.word(u32::from(ignore_case) | u32::from(self.ast.unicode) << 1 | u32::from(self.backward) << 2)?;
        Ok(0)
    }

    fn look(&mut self, body: NodeId, behind: bool, negated: bool) -> Result<u32, CompileError> {
        let saved = (self.backward, self.memo_allowed);
        (self.backward, self.memo_allowed) = (behind, false);
        let register = self.register(2)?;
        self.op(op::LOOK, register)?;
        let target = self.here();
        self.word(NONE)?;
        self.node(body, First::ACCEPT)?;
        self.op(op::LOOK_END, register)?;
        self.word(u32::from(negated))?;
        if negated {
            self.code[target as usize] = self.here();
        }
        (self.backward, self.memo_allowed) = saved;
        Ok(0)
    }

    /// A decision between what comes next (which begins with `a`) and a target to be patched (which begins with `b`).
    /// Returns where to patch.
    fn split(&mut self, a: First, b: First, target_first: bool) -> Result<u32, CompileError> {
        let at = self.here();
        let useful = !self.backward
            && (a.disjoint(&b) || a.is_selective() && b != First::ANY || b.is_selective() && a != First::ANY);
        if !useful {
            self.op(if target_first { op::SPLIT_LAZY } else { op::SPLIT }, 0)?;
            self.memo()?;
            return Ok(at);
        }
        let wide = |first: First| if first.nullable { First::ANY } else { first };
        let (a, b) = (wide(a), wide(b));
        let start = self.sets.len();
        for i in 0..16 {
            let mut word = 0;
            for j in 0..16 {
                let unit = i * 16 + j;
                let bit = |f: &First| f.low[unit / 32] >> (unit % 32) & 1;
                word |= (bit(&a) | bit(&b) << 1) << (j * 2);
            }
            self.sets.push(word)?;
        }
        let table = self.intern(start);
        self.op(op::SPLIT_TABLE, 0)?;
        self.memo()?;
        self.word(table)?;
        let bits = [a.high, b.high, a.end, b.end, target_first];
        self.word(bits.iter().enumerate().map(|(i, &bit)| u32::from(bit) << i).sum())?;
        Ok(at)
    }

    fn alternatives(&mut self, first: NodeId, follow: First) -> Result<u32, CompileError> {
        let mut list = ScratchVec::new(self.code.scratch());
        for child in self.ast.children(first) {
            let begins = if self.backward { First::ANY } else { analysis::first(self.ast, child).then(follow) };
            list.push(Alternative { node: child, begins, rest: First::NEVER, component: 0 })?;
        }
        let mut ends = ScratchVec::new(self.code.scratch());
        if !self.backward
            && let Some(components) = components(&mut list)
        {
            return self.switch(&list, components, follow);
        }
        let length = self.chain(&mut list, follow, &mut ends)?;
        for &end in ends.iter() {
            self.patch(end);
        }
        Ok(length)
    }

    /// Alternatives tried in order; `ends` are the jumps behind them.
    fn chain(
        &mut self,
        list: &mut [Alternative],
        follow: First,
        ends: &mut ScratchVec<'s, u32>,
    ) -> Result<u32, CompileError> {
        let mut rest = First::NEVER;
        for alternative in list.iter_mut().rev() {
            alternative.rest = rest;
            rest = rest.or(alternative.begins);
        }
        let mut shortest = u32::MAX;
        let last = list.len().saturating_sub(1);
        for (i, alternative) in list.iter().enumerate() {
            if i == last {
                shortest = shortest.min(self.node(alternative.node, follow)?);
                break;
            }
            let at = self.split(alternative.begins, alternative.rest, false)?;
            shortest = shortest.min(self.node(alternative.node, follow)?);
            ends.push(self.here())?;
            self.op(op::JUMP, 0)?;
            self.patch(at);
        }
        Ok(shortest)
    }

    /// Alternatives that fall into groups without a common beginning.
    fn switch(&mut self, list: &[Alternative], components: u32, follow: First) -> Result<u32, CompileError> {
        let start = self.sets.len();
        for _ in 0..66 {
            self.sets.push(0)?;
        }
        for alternative in list {
            let begins = &alternative.begins;
            let component = alternative.component + 1;
            for unit in 0..256_usize {
                if begins.low[unit / 32] >> (unit % 32) & 1 != 0 {
                    let word = &mut self.sets[start + unit / 4];
                    *word = *word & !(0xFF << (unit % 4 * 8)) | component << (unit % 4 * 8);
                }
            }
            if begins.high {
                self.sets[start + 64] = component;
            }
            if begins.end {
                self.sets[start + 65] = component;
            }
        }
        let table = self.intern(start);
        self.op(op::SWITCH, table)?;
        let targets = self.code.len();
        for _ in 0..components {
            self.word(0)?;
        }
        let mut ends = ScratchVec::new(self.code.scratch());
        let mut shortest = u32::MAX;
        for component in 0..components {
            self.code[targets + component as usize] = self.here();
            let mut members = ScratchVec::new(self.code.scratch());
            for &alternative in list.iter().filter(|a| a.component == component) {
                members.push(alternative)?;
            }
            shortest = shortest.min(self.chain(&mut members, follow, &mut ends)?);
            if component + 1 < components {
                ends.push(self.here())?;
                self.op(op::JUMP, 0)?;
            }
        }
        for &end in ends.iter() {
            self.patch(end);
        }
        Ok(shortest)
    }

    fn repeat(&mut self, repeat: &Repeat) -> Result<u32, CompileError> {
        let &Repeat { body, min, max, greedy, captures, follow } = repeat;
        // A maximum below the minimum does not get through the parser.
        if max == 0 || max < min {
            return Ok(0);
        }
        if !self.backward
            && let Some(ranges) = self.single_char(body)
        {
            return self.run(repeat, ranges);
        }
        let begins = analysis::first(self.ast, body);
        let nullable = analysis::may_be_empty(self.ast, body);
        // What an iteration begins with, and what comes behind an iteration that is not the last.
        let entry = begins.then(First::ANY);
        let again = if max == 1 { follow } else { begins.then(First::ANY).or(follow) };
        let optional = if max == UNBOUNDED { 1 } else { u64::from(max - min) };
        let copies = u64::from(min) + optional;
        let size = analysis::size(self.ast, body);
        let unrolled = copies == 1
            || size.is_some_and(|size| copies.saturating_mul(u64::from(size) + 2) + optional * 8 <= UNROLLED);
        if !unrolled && min == 1 && max == UNBOUNDED && !nullable {
            let top = self.here();
            self.clear(captures)?;
            let length = self.node(body, again)?;
            let at = self.split(follow, entry, greedy)?;
            if let Some(word) = self.code.get_mut(at as usize) {
                *word = *word & 0xFF | top << 8;
            }
            return Ok(length);
        }
        if !unrolled {
            return self.counted(repeat, nullable, again);
        }
        let mut length = 0_u32;
        for i in 0..min {
            if i > 0 {
                self.clear(captures)?;
            }
            let last = i + 1 == max;
            length = length.saturating_add(self.node(body, if last { follow } else { again })?);
        }
        if max == UNBOUNDED {
            let top = self.here();
            let exit = self.split(entry, follow, !greedy)?;
            self.iteration(body, nullable, Some(captures), again)?;
            self.op(op::JUMP, top)?;
            self.patch(exit);
            return Ok(length);
        }
        let mut exits = ScratchVec::new(self.code.scratch());
        for i in min..max {
            exits.push(self.split(entry, follow, !greedy)?)?;
            let last = i + 1 == max;
            let captures = (i > 0).then_some(captures);
            self.iteration(body, nullable, captures, if last { follow } else { again })?;
        }
        for &exit in exits.iter() {
            self.patch(exit);
        }
        Ok(length)
    }

    /// One optional iteration, which fails when it matches nothing.
    fn iteration(
        &mut self,
        body: NodeId,
        nullable: bool,
        captures: Option<(u32, u32)>,
        follow: First,
    ) -> Result<(), CompileError> {
        if let Some(captures) = captures {
            self.clear(captures)?;
        }
        if !nullable {
            self.node(body, follow)?;
            return Ok(());
        }
        let outer = self.progress;
        let register = self.register(1)?;
        self.op(op::SAVE, register)?;
        self.progress = register;
        self.node(body, First { accepts: false, ..follow })?;
        self.progress = outer;
        self.op(op::PROGRESS, register)
    }

    fn counted(&mut self, repeat: &Repeat, nullable: bool, again: First) -> Result<u32, CompileError> {
        let count = self.register(1)?;
        self.op(op::COUNT_INIT, count)?;
        let top = self.here();
        self.op(op::COUNT_LOOP, count)?;
        self.word(repeat.min)?;
        self.word(repeat.max)?;
        let exit = self.here();
        self.word(0)?;
        self.word(u32::from(!repeat.greedy))?;
        self.op(op::COUNT_INC, count)?;
        self.clear(repeat.captures)?;
        let memo_allowed = core::mem::replace(&mut self.memo_allowed, false);
        let length = if nullable {
            let start = self.register(1)?;
            self.op(op::SAVE, start)?;
            let length = self.node(repeat.body, again)?;
            self.op(op::COUNT_PROGRESS, start)?;
            self.word(count)?;
            self.word(repeat.min)?;
            length
        } else {
            self.node(repeat.body, again)?
        };
        self.memo_allowed = memo_allowed;
        self.op(op::JUMP, top)?;
        self.code[exit as usize] = self.here();
        Ok(length.saturating_mul(repeat.min))
    }

    fn clear(&mut self, (first, end): (u32, u32)) -> Result<(), CompileError> {
        if first < end {
            self.op(op::CLEAR, first * 2)?;
            self.word(end * 2)?;
        }
        Ok(())
    }

    fn single_char(&self, node: NodeId) -> Option<SingleChar> {
        match self.ast.kind(node) {
            Kind::Char(c) => Some(SingleChar::One(c)),
            Kind::Set { start, len } => Some(SingleChar::Set(start, len)),
            _ => None,
        }
    }

    fn run(&mut self, repeat: &Repeat, body: SingleChar) -> Result<u32, CompileError> {
        let &Repeat { min, max, greedy, follow, .. } = repeat;
        if (min, max) == (1, 1) {
            return self.node(repeat.body, follow);
        }
        let ast = self.ast;
        let one;
        let ranges = match body {
            SingleChar::One(c) => {
                one = [(c, c)];
                &one[..]
            }
            SingleChar::Set(start, len) => ast.set(start, len),
        };
        let begins = analysis::first(ast, repeat.body);
        // At the end of the pattern the first way to go on is the last.
        let max = if follow.accepts && !greedy { min } else { max };
        let mut kind = if min == max || follow.accepts || begins.disjoint(&follow) {
            run::POSSESSIVE
        } else if greedy {
            run::GREEDY
        } else {
            run::LAZY
        };
        if matches!(ranges, &[(0, hi)] if hi >= self.last_char()) {
            kind |= run::ANY;
        } else if is_dot(ranges, self.last_char()) {
            kind |= run::DOT;
        }
        if max == UNBOUNDED {
            kind |= run::UNBOUNDED;
        }
        let set = self.set(ranges)?;
        let mut next = NONE;
        if kind & run::MODE != run::POSSESSIVE && follow.is_selective() {
            next = self.first_set(&follow)?;
            if follow.end {
                kind |= run::NEXT_END;
            }
        }
        self.op(op::RUN, set)?;
        self.word(kind)?;
        self.word(min)?;
        self.word(max)?;
        self.memo()?;
        self.word(next)?;
        Ok(min)
    }
}

fn is_dot(ranges: &[Range], last: u32) -> bool {
    matches!(ranges, &[(0, 9), (0x0B, 0x0C), (0x0E, 0x2027), (0x202A, hi)] if hi >= last)
}

#[derive(Clone, Copy)]
enum SingleChar {
    One(u32),
    Set(u32, u32),
}

struct Repeat {
    body: NodeId,
    min: u32,
    max: u32,
    greedy: bool,
    captures: (u32, u32),
    follow: First,
}

#[derive(Clone, Copy)]
struct Alternative {
    node: NodeId,
    begins: First,
    /// What the later alternatives begin with.
    rest: First,
    component: u32,
}

/// Numbers the groups of alternatives that have beginnings in common; `None` when switching between them is not
/// worthwhile.
fn components(list: &mut [Alternative]) -> Option<u32> {
    if list.len() < 3 || list.len() > SWITCHED || list.iter().any(|a| a.begins.nullable) {
        return None;
    }
    let mut count = 0_u32;
    for i in 0..list.len() {
        list[i].component = count;
        count += 1;
        for j in 0..i {
            let (mine, other) = (list[i].component, list[j].component);
            if mine != other && !list[i].begins.disjoint(&list[j].begins) {
                // Join the two; the last number takes the place of the one that is gone.
                let (keep, gone) = (mine.min(other), mine.max(other));
                let last = count - 1;
                for alternative in &mut list[..=i] {
                    if alternative.component == gone {
                        alternative.component = keep;
                    } else if alternative.component == last {
                        alternative.component = gone;
                    }
                }
                count = last;
            }
        }
    }
    (count >= 3).then_some(count)
}
