//! From pattern text to syntax tree (ECMA-262 §22.2.1 and Annex B.1.2).

use rotifer_arena::{OutOfScratch, Scratch};

use super::ast::{Assertion, Ast, Kind, NONE, NamedGroup, Node, NodeId, Siblings, UNBOUNDED};
use super::case::CaseTable;
use super::charset::{self, CharSet};
use super::error::{CompileError, RegExpSyntaxError};
use super::flags::Flags;
use super::text::{Input, is_lead, is_trail, join};
use crate::stack_guard::StackGuard;

/// What [`Parser::peek`] says behind the last character.
pub(super) const END: u32 = u32::MAX;

/// Reports the early errors of a pattern without compiling it.
///
/// # Errors
/// What [`compile`](super::compile) reports, except for programs that are too large.
pub fn validate(
    pattern: Input<'_>,
    flags: Flags,
    scratch: &Scratch<'_>,
    guard: StackGuard,
) -> Result<(), CompileError> {
    let mut parser = Parser::new(pattern, flags, scratch, guard);
    parser.only_checks = true;
    parser.parse().map(|_| ())
}

pub(super) struct Parser<'i, 's> {
    input: Input<'i>,
    pub(super) pos: usize,
    /// `i`, `m` and `s` as modifiers left them.
    pub(super) ignore_case: bool,
    multiline: bool,
    dot_all: bool,
    /// `u` or `v`.
    pub(super) unicode: bool,
    /// `v`.
    pub(super) sets: bool,
    /// Whether `\k` always begins a reference: a Unicode flag, or the pattern has a named group.
    pub(super) named: bool,
    /// Number of capturing groups, counted ahead because `\9` depends on it.
    group_total: u32,
    /// Nobody wants the result: long lists of strings are left out.
    pub(super) only_checks: bool,
    pub(super) ast: Ast<'s>,
    pub(super) cases: CaseTable<'s>,
    pub(super) guard: StackGuard,
    names: super::class::NameTable<'s>,
}

impl<'i, 's> Parser<'i, 's> {
    pub(super) fn new(input: Input<'i>, flags: Flags, scratch: &'s Scratch<'_>, guard: StackGuard) -> Self {
        let unicode = flags.has_either_unicode();
        Parser {
            input,
            pos: 0,
            ignore_case: flags.contains(Flags::IGNORE_CASE),
            multiline: flags.contains(Flags::MULTILINE),
            dot_all: flags.contains(Flags::DOT_ALL),
            unicode,
            only_checks: false,
            sets: flags.contains(Flags::UNICODE_SETS),
            named: unicode,
            group_total: 0,
            ast: Ast::new(scratch, unicode),
            cases: CaseTable::new(scratch, unicode),
            guard,
            names: super::class::NameTable::new(scratch),
        }
    }

    pub(super) fn parse(mut self) -> Result<Ast<'s>, CompileError> {
        if self.input.len() >= u32::MAX as usize {
            return Err(CompileError::OutOfMemory);
        }
        self.count_groups();
        let root = self.disjunction()?;
        if self.peek() == u32::from(b')') {
            return self.error("Unmatched ')'");
        }
        self.ast.root = root;
        if self.ast.names.iter().any(|n| n.first_group == NONE) {
            return self.error("Invalid named capture referenced");
        }
        Ok(self.ast)
    }

    pub(super) fn error<T>(&self, message: &'static str) -> Result<T, CompileError> {
        Err(CompileError::Syntax(RegExpSyntaxError { message, position: self.pos as u32 }))
    }

    pub(super) fn scratch(&self) -> &'s Scratch<'s> {
        self.ast.nodes.scratch()
    }

    /// The code unit `ahead` of the current position.
    pub(super) fn unit(&self, ahead: usize) -> u32 {
        self.input.unit(self.pos + ahead).unwrap_or(END)
    }

    /// The code point at the current position, whatever the flags.
    pub(super) fn code_point(&self) -> u32 {
        let unit = self.unit(0);
        if is_lead(unit) {
            let trail = self.unit(1);
            if is_trail(trail) {
                return join(unit, trail);
            }
        }
        unit
    }

    pub(super) fn peek(&self) -> u32 {
        if self.unicode { self.code_point() } else { self.unit(0) }
    }

    /// Moves behind `c`, which was peeked.
    pub(super) fn skip(&mut self, c: u32) {
        self.pos += match c {
            END => 0,
            0x1_0000.. => 2,
            _ => 1,
        };
    }

    pub(super) fn looking_at(&self, text: &[u8]) -> bool {
        text.iter().enumerate().all(|(i, &b)| self.unit(i) == u32::from(b))
    }

    pub(super) fn eat(&mut self, text: &[u8]) -> bool {
        let found = self.looking_at(text);
        if found {
            self.pos += text.len();
        }
        found
    }

    /// Counts the capturing groups and looks for names, without judging anything else.
    fn count_groups(&mut self) {
        let mut i = 0;
        let mut in_class = 0_u32;
        while let Some(c) = self.input.unit(i) {
            i += 1;
            match c {
                0x5C => i += 1,
                0x5B if in_class == 0 || self.sets => in_class += 1,
                0x5D => in_class = in_class.saturating_sub(1),
                0x28 if in_class == 0 => {
                    let at = |n: usize| self.input.unit(i + n).unwrap_or(END);
                    if at(0) != u32::from(b'?') {
                        self.group_total = self.group_total.saturating_add(1);
                    } else if at(1) == u32::from(b'<') && at(2) != u32::from(b'=') && at(2) != u32::from(b'!') {
                        self.group_total = self.group_total.saturating_add(1);
                        self.named = true;
                    }
                }
                _ => {}
            }
        }
    }

    fn disjunction(&mut self) -> Result<NodeId, CompileError> {
        self.guard.check()?;
        let outer_groups = self.ast.named_groups.len();
        let mut own_groups = outer_groups;
        let first = self.alternative()?;
        if self.peek() != u32::from(b'|') {
            return Ok(first);
        }
        let mut list = Siblings::new();
        list.push(&mut self.ast, first);
        while self.peek() == u32::from(b'|') {
            self.pos += 1;
            // Groups of one alternative never take part together with those of another.
            self.set_active(own_groups, false);
            own_groups = self.ast.named_groups.len();
            let alternative = self.alternative()?;
            list.push(&mut self.ast, alternative);
        }
        self.set_active(outer_groups, true);
        Ok(self.ast.add(Kind::Alternatives(list.first))?)
    }

    fn set_active(&mut self, from: usize, active: bool) {
        for i in from..self.ast.named_groups.len() {
            let name = self.ast.named_groups[i].name;
            if let Some(name) = self.ast.names.get_mut(name as usize) {
                name.active = active;
            }
        }
    }

    fn alternative(&mut self) -> Result<NodeId, CompileError> {
        let mut list = Siblings::new();
        loop {
            let c = self.peek();
            if c == END || c == u32::from(b'|') || c == u32::from(b')') {
                break;
            }
            let term = self.term(c)?;
            list.push(&mut self.ast, term);
        }
        Ok(match list.count {
            0 => self.ast.add(Kind::Empty)?,
            1 => list.first,
            _ => self.ast.add(Kind::Sequence(list.first))?,
        })
    }

    fn term(&mut self, c: u32) -> Result<NodeId, CompileError> {
        let first_capture = self.ast.capture_count;
        let mut quantifiable = true;
        let atom = match u8::try_from(c).unwrap_or(0) {
            b'^' => {
                self.pos += 1;
                quantifiable = false;
                self.ast.add(Kind::Assert(Assertion::Start { multiline: self.multiline }))?
            }
            b'$' => {
                self.pos += 1;
                quantifiable = false;
                self.ast.add(Kind::Assert(Assertion::End { multiline: self.multiline }))?
            }
            b'(' => {
                self.pos += 1;
                let body = self.group()?;
                if let Kind::Look { behind, .. } = self.ast.kind(body) {
                    quantifiable = !behind && !self.unicode;
                }
                body
            }
            b'.' => {
                self.pos += 1;
                let mut set = CharSet::new(self.scratch());
                if !self.dot_all {
                    set.add_all(charset::LINE_TERMINATORS)?;
                }
                set.complement(self.last_char())?;
                self.ast.add_set(set.ranges())?
            }
            b'[' => {
                self.pos += 1;
                if self.sets { self.class_set()? } else { self.class()? }
            }
            b'\\' => {
                self.pos += 1;
                let atom = self.atom_escape()?;
                quantifiable = !matches!(self.ast.kind(atom), Kind::Assert(_));
                atom
            }
            b'*' | b'+' | b'?' => return self.error("Nothing to repeat"),
            b'{' => {
                if self.unicode || self.braces()?.is_some() {
                    return self.error("Nothing to repeat");
                }
                self.pos += 1;
                self.char_node(c)?
            }
            b'}' | b']' if self.unicode => return self.error("Lone quantifier brackets"),
            _ => {
                self.skip(c);
                self.char_node(c)?
            }
        };
        if quantifiable { self.quantifier(atom, first_capture) } else { Ok(atom) }
    }

    /// The largest character: a code point or a code unit.
    pub(super) fn last_char(&self) -> u32 {
        if self.unicode { charset::MAX_CODE_POINT } else { 0xFFFF }
    }

    pub(super) fn char_node(&mut self, c: u32) -> Result<NodeId, OutOfScratch> {
        if !self.ignore_case {
            return self.ast.add(Kind::Char(c));
        }
        let mut set = CharSet::new(self.scratch());
        self.cases.add_closed(&mut set, c, c)?;
        set.normalise();
        self.ast.add_set(set.ranges())
    }

    /// Behind the opening parenthesis.
    fn group(&mut self) -> Result<NodeId, CompileError> {
        if !self.eat(b"?") {
            return self.capture();
        }
        for (text, behind, negated) in
            [(&b"="[..], false, false), (b"!", false, true), (b"<=", true, false), (b"<!", true, true)]
        {
            if self.eat(text) {
                let body = self.group_body()?;
                return Ok(self.ast.add(Kind::Look { body, behind, negated })?);
            }
        }
        if self.eat(b"<") {
            let name = self.group_name()?;
            let group = self.ast.named_groups.len() as u32;
            let index = self.ast.capture_count;
            let Some(record) = self.ast.names.get_mut(name as usize) else { return Err(CompileError::OutOfMemory) };
            if record.active {
                return self.error("Duplicate capture group name");
            }
            record.active = true;
            let previous = record.last_group;
            record.last_group = group;
            if record.first_group == NONE {
                record.first_group = group;
            }
            if let Some(previous) = self.ast.named_groups.get_mut(previous as usize) {
                previous.next = group;
            }
            self.ast.named_groups.push(NamedGroup { name, index, next: NONE })?;
            return self.capture();
        }
        let saved = (self.ignore_case, self.multiline, self.dot_all);
        if !self.eat(b":") {
            self.modifiers()?;
        }
        let body = self.group_body()?;
        (self.ignore_case, self.multiline, self.dot_all) = saved;
        // Assertions cannot be repeated, groups of one assertion can.
        if matches!(self.ast.kind(body), Kind::Look { .. } | Kind::Assert(_)) {
            let mut list = Siblings::new();
            list.push(&mut self.ast, body);
            return Ok(self.ast.add(Kind::Sequence(list.first))?);
        }
        Ok(body)
    }

    fn capture(&mut self) -> Result<NodeId, CompileError> {
        let index = self.ast.capture_count;
        self.ast.capture_count += 1;
        let body = self.group_body()?;
        Ok(self.ast.add(Kind::Capture { index, body })?)
    }

    fn group_body(&mut self) -> Result<NodeId, CompileError> {
        let body = self.disjunction()?;
        if !self.eat(b")") {
            return self.error("Unterminated group");
        }
        Ok(body)
    }

    /// `ims-ims:` behind `(?`.
    fn modifiers(&mut self) -> Result<(), CompileError> {
        let mut seen = [false; 3];
        let mut adding = true;
        let mut any = false;
        loop {
            let which = match u8::try_from(self.unit(0)).unwrap_or(0) {
                b'i' => 0,
                b'm' => 1,
                b's' => 2,
                b'-' if adding => {
                    adding = false;
                    self.pos += 1;
                    continue;
                }
                b':' if any => {
                    self.pos += 1;
                    return Ok(());
                }
                _ => return self.error("Invalid group"),
            };
            if seen[which] {
                return self.error("Repeated flag in modifiers");
            }
            seen[which] = true;
            any = true;
            match which {
                0 => self.ignore_case = adding,
                1 => self.multiline = adding,
                _ => self.dot_all = adding,
            }
            self.pos += 1;
        }
    }

    /// `{n}`, `{n,}` or `{n,m}` at the current position; does not move unless there is one.
    fn braces(&mut self) -> Result<Option<(u32, u32)>, CompileError> {
        let start = self.pos;
        let mut bounds = [None, None];
        self.pos += 1;
        bounds[0] = self.decimal();
        let mut max = bounds[0];
        if bounds[0].is_some() && self.eat(b",") {
            bounds[1] = self.decimal();
            max = Some(bounds[1].unwrap_or(u64::MAX));
        }
        if let (Some(min), Some(max)) = (bounds[0], max)
            && self.eat(b"}")
        {
            if min > max {
                return self.error("numbers out of order in {} quantifier");
            }
            let clamp = |n: u64| u32::try_from(n).unwrap_or(UNBOUNDED);
            return Ok(Some((clamp(min), clamp(max))));
        }
        self.pos = start;
        Ok(None)
    }

    /// Decimal digits, saturating below `u64::MAX`.
    pub(super) fn decimal(&mut self) -> Option<u64> {
        let mut value = None;
        while let digit @ 0x30..=0x39 = self.unit(0) {
            let so_far = value.unwrap_or(0_u64);
            value = Some(so_far.saturating_mul(10).saturating_add(u64::from(digit - 0x30)).min(u64::MAX - 1));
            self.pos += 1;
        }
        value
    }

    fn quantifier(&mut self, body: NodeId, first_capture: u32) -> Result<NodeId, CompileError> {
        let (min, max) = match u8::try_from(self.unit(0)).unwrap_or(0) {
            b'*' => (0, UNBOUNDED),
            b'+' => (1, UNBOUNDED),
            b'?' => (0, 1),
            b'{' => match self.braces()? {
                Some(bounds) => {
                    self.pos -= 1;
                    bounds
                }
                None if self.unicode => return self.error("Incomplete quantifier"),
                None => return Ok(body),
            },
            _ => return Ok(body),
        };
        self.pos += 1;
        let greedy = !self.eat(b"?");
        let end_capture = self.ast.capture_count;
        Ok(self.ast.add(Kind::Repeat { body, min, max, greedy, first_capture, end_capture })?)
    }

    /// Behind the backslash of an escape outside classes.
    fn atom_escape(&mut self) -> Result<NodeId, CompileError> {
        let c = self.unit(0);
        match u8::try_from(c).unwrap_or(0) {
            b'b' | b'B' => {
                self.pos += 1;
                let folded = self.unicode && self.ignore_case;
                let negated = c == u32::from(b'B');
                return Ok(self.ast.add(Kind::Assert(Assertion::WordBoundary { negated, folded }))?);
            }
            b'1'..=b'9' => {
                let start = self.pos;
                let number = self.decimal().unwrap_or(0);
                if number <= u64::from(self.group_total) {
                    let kind = Kind::BackReference { group: number as u32, ignore_case: self.ignore_case };
                    return Ok(self.ast.add(kind)?);
                }
                if self.unicode {
                    return self.error("Invalid escape");
                }
                self.pos = start;
            }
            b'k' if self.named => {
                self.pos += 1;
                if !self.eat(b"<") {
                    return self.error("Invalid named reference");
                }
                let name = self.group_name()?;
                return Ok(self.ast.add(Kind::NamedReference { name, ignore_case: self.ignore_case })?);
            }
            b'd' | b'D' | b's' | b'S' | b'w' | b'W' => {
                let mut set = CharSet::new(self.scratch());
                self.class_escape(&mut set)?;
                set.normalise();
                return Ok(self.ast.add_set(set.ranges())?);
            }
            b'p' | b'P' if self.unicode => {
                if self.sets {
                    return self.property_of_strings_atom();
                }
                let mut set = CharSet::new(self.scratch());
                self.class_escape(&mut set)?;
                set.normalise();
                return Ok(self.ast.add_set(set.ranges())?);
            }
            _ => {}
        }
        let c = self.character_escape(false)?;
        Ok(self.char_node(c)?)
    }

    /// Behind `<`: reads the name up to `>` and finds or makes its record.
    fn group_name(&mut self) -> Result<u32, CompileError> {
        let start = self.ast.name_units.len();
        loop {
            let mut c = self.code_point();
            if c == u32::from(b'>') && self.ast.name_units.len() > start {
                self.pos += 1;
                break;
            }
            let at = self.pos;
            self.skip(c);
            if c == u32::from(b'\\') {
                c = if self.eat(b"u") { self.unicode_escape(true).unwrap_or(END) } else { END };
            }
            let valid = if self.ast.name_units.len() == start {
                super::properties::is_identifier_start(c)
            } else {
                super::properties::is_identifier_part(c)
            };
            if !valid || c > charset::MAX_CODE_POINT {
                self.pos = at;
                return self.error("Invalid capture group name");
            }
            if c > 0xFFFF {
                let (lead, trail) = super::text::split(c);
                self.ast.name_units.push(lead as u16)?;
                self.ast.name_units.push(trail as u16)?;
            } else {
                self.ast.name_units.push(c as u16)?;
            }
        }
        Ok(self.names.intern(&mut self.ast, start)?)
    }

    /// A node for any of the alternatives in `list`; nothing matches when it is empty.
    pub(super) fn add_alternatives(&mut self, list: Siblings) -> Result<NodeId, OutOfScratch> {
        match list.count {
            0 => self.ast.add_set(&[]),
            1 => {
                let Some(&Node { kind, .. }) = self.ast.nodes.get(list.first as usize) else {
                    return self.ast.add(Kind::Empty);
                };
                self.ast.add(kind)
            }
            _ => self.ast.add(Kind::Alternatives(list.first)),
        }
    }
}
