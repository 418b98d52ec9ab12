//! Escapes, character classes without the `v` flag, and group names.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use super::ast::{Ast, NONE, Name, NodeId};
use super::charset::{self, CharSet};
use super::error::CompileError;
use super::parser::{END, Parser};
use super::text::{is_lead, is_trail, join};

/// Finds names that were seen before: an open-addressed table of indices into `Ast::names`.
pub(super) struct NameTable<'s> {
    slots: ScratchVec<'s, u32>,
}

impl<'s> NameTable<'s> {
    pub(super) fn new(scratch: &'s Scratch<'_>) -> Self {
        NameTable { slots: ScratchVec::new(scratch) }
    }

    /// The index of the name whose units are `Ast::name_units[start..]`; they are dropped when it is not new.
    pub(super) fn intern(&mut self, ast: &mut Ast<'s>, start: usize) -> Result<u32, OutOfScratch> {
        if ast.names.len() * 2 >= self.slots.len() {
            self.grow(ast)?;
        }
        let units = &ast.name_units[start..];
        let hash = units.iter().fold(0x811C_9DC5_u32, |h, &u| (h ^ u32::from(u)).wrapping_mul(0x0100_0193));
        let mask = self.slots.len() - 1;
        let mut slot = mix(hash) & mask;
        while self.slots[slot] != NONE {
            let index = self.slots[slot];
            let name = ast.names[index as usize];
            let (from, to) = (name.start as usize, (name.start + name.len) as usize);
            if name.hash == hash && ast.name_units[from..to] == *units {
                ast.name_units.truncate(start);
                return Ok(index);
            }
            slot = (slot + 1) & mask;
        }
        let index = ast.names.len() as u32;
        let len = units.len() as u32;
        ast.names.push(Name { start: start as u32, len, hash, first_group: NONE, last_group: NONE, active: false })?;
        self.slots[slot] = index;
        Ok(index)
    }

    fn grow(&mut self, ast: &Ast<'s>) -> Result<(), OutOfScratch> {
        let size = (self.slots.len() * 2).max(16);
        let mut slots = ScratchVec::new(self.slots.scratch());
        slots.reserve(size)?;
        for _ in 0..size {
            slots.push(NONE)?;
        }
        for (index, name) in ast.names.iter().enumerate() {
            let mut slot = mix(name.hash) & (size - 1);
            while slots[slot] != NONE {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = index as u32;
        }
        self.slots = slots;
        Ok(())
    }
}

fn mix(hash: u32) -> usize {
    (hash.wrapping_mul(0x9E37_79B1) >> 7) as usize
}

/// The text between the braces of `\p{…}`.
pub(super) struct PropertyText {
    buffer: [u8; 64],
    len: usize,
    equals: Option<usize>,
    pub(super) negated: bool,
}

impl PropertyText {
    pub(super) fn name(&self) -> &str {
        core::str::from_utf8(&self.buffer[..self.equals.unwrap_or(self.len)]).unwrap_or("")
    }

    pub(super) fn value(&self) -> Option<&str> {
        let equals = self.equals?;
        Some(core::str::from_utf8(&self.buffer[equals + 1..self.len]).unwrap_or(""))
    }
}

impl<'s> Parser<'_, 's> {
    /// `\d`, `\p{…}` and the like, behind the backslash; the characters are added to `set`, closed under case.
    pub(super) fn class_escape(&mut self, set: &mut CharSet<'s>) -> Result<(), CompileError> {
        let letter = u8::try_from(self.unit(0)).unwrap_or(0);
        if letter | 0x20 == b'p' {
            let property = self.property_text()?;
            return self.add_property(&property, set);
        }
        self.pos += 1;
        let mut members = CharSet::new(self.scratch());
        members.add_all(match letter | 0x20 {
            b'd' => charset::DIGITS,
            b's' => charset::SPACE,
            _ => charset::WORD,
        })?;
        if letter | 0x20 == b'w' && self.unicode && self.ignore_case {
            members.add_all(charset::WORD_FOLDED)?;
        }
        if letter & 0x20 == 0 {
            members.complement(self.last_char())?;
        }
        // None of these needs closing: the letters in them come in both cases.
        Ok(set.add_all(members.ranges())?)
    }

    pub(super) fn property_text(&mut self) -> Result<PropertyText, CompileError> {
        let mut text = PropertyText { buffer: [0; 64], len: 0, equals: None, negated: self.unit(0) == u32::from(b'P') };
        self.pos += 1;
        if !self.eat(b"{") {
            return self.error("Invalid property name");
        }
        loop {
            let unit = u8::try_from(self.unit(0)).unwrap_or(0);
            match unit {
                b'}' => break,
                b'=' if text.equals.is_none() => text.equals = Some(text.len),
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => {}
                _ => return self.error("Invalid property name"),
            }
            let Some(place) = text.buffer.get_mut(text.len) else { return self.error("Invalid property name") };
            *place = unit;
            text.len += 1;
            self.pos += 1;
        }
        self.pos += 1;
        Ok(text)
    }

    pub(super) fn add_property(&mut self, property: &PropertyText, set: &mut CharSet<'s>) -> Result<(), CompileError> {
        let mut members = CharSet::new(self.scratch());
        if !super::properties::add_property(property.name(), property.value(), &mut members)? {
            return self.error("Invalid property name");
        }
        members.normalise();
        // With `v` the complement is taken of what the property matches ignoring case, with `u` of the property.
        if self.ignore_case && self.sets {
            let mut closed = CharSet::new(self.scratch());
            self.cases.add_closed_all(&mut closed, members.ranges())?;
            members = closed;
            members.normalise();
        }
        if property.negated {
            members.complement(charset::MAX_CODE_POINT)?;
        }
        if self.ignore_case {
            self.cases.add_closed_all(set, members.ranges())?;
        } else {
            set.add_all(members.ranges())?;
        }
        Ok(())
    }

    /// Behind `\u`: four hexadecimal digits, and with a Unicode flag (or in a name) also `{…}` and a surrogate pair.
    /// Moves only when there is an escape.
    pub(super) fn unicode_escape(&mut self, unicode: bool) -> Option<u32> {
        let start = self.pos;
        if unicode && self.eat(b"{") {
            let mut value = 0_u32;
            let mut digits = 0_u32;
            while let Some(digit) = hex(self.unit(0)) {
                value = (value * 16 + digit).min(charset::MAX_CODE_POINT + 1);
                digits = 1;
                self.pos += 1;
            }
            if digits > 0 && value <= charset::MAX_CODE_POINT && self.eat(b"}") {
                return Some(value);
            }
            self.pos = start;
            return None;
        }
        let value = self.hex_digits(4)?;
        if unicode && is_lead(value) {
            let behind = self.pos;
            if self.eat(b"\\u")
                && let Some(trail) = self.hex_digits(4)
                && is_trail(trail)
            {
                return Some(join(value, trail));
            }
            self.pos = behind;
        }
        Some(value)
    }

    fn hex_digits(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for i in 0..count {
            value = value * 16 + hex(self.unit(i))?;
        }
        self.pos += count;
        Some(value)
    }

    /// *CharacterEscape*, behind the backslash.
    pub(super) fn character_escape(&mut self, in_class: bool) -> Result<u32, CompileError> {
        let c = self.peek();
        if c == END {
            return self.error("\\ at end of pattern");
        }
        self.skip(c);
        let Ok(byte) = u8::try_from(c) else {
            return if self.unicode { self.error("Invalid escape") } else { Ok(c) };
        };
        match byte {
            b't' => Ok(0x09),
            b'n' => Ok(0x0A),
            b'v' => Ok(0x0B),
            b'f' => Ok(0x0C),
            b'r' => Ok(0x0D),
            b'c' => {
                let letter = self.unit(0);
                let control = match u8::try_from(letter).unwrap_or(0) {
                    b'a'..=b'z' | b'A'..=b'Z' => true,
                    b'0'..=b'9' | b'_' => in_class && !self.unicode,
                    _ => false,
                };
                if control {
                    self.pos += 1;
                    return Ok(letter & 31);
                }
                if self.unicode {
                    return self.error("Invalid unicode escape");
                }
                // The backslash stands for itself, and `c` comes next.
                self.pos -= 1;
                Ok(u32::from(b'\\'))
            }
            b'0' if !matches!(self.unit(0), 0x30..=0x39) => Ok(0),
            b'0'..=b'7' if !self.unicode => {
                let mut value = c - 0x30;
                let most = if byte <= b'3' { 2 } else { 1 };
                for _ in 0..most {
                    let digit @ 0x30..=0x37 = self.unit(0) else { break };
                    value = value * 8 + (digit - 0x30);
                    self.pos += 1;
                }
                Ok(value)
            }
            b'0'..=b'9' if self.unicode => self.error("Invalid decimal escape"),
            b'x' => match self.hex_digits(2) {
                Some(value) => Ok(value),
                None if self.unicode => self.error("Invalid escape"),
                None => Ok(c),
            },
            b'u' => match self.unicode_escape(self.unicode) {
                Some(value) => Ok(value),
                None if self.unicode => self.error("Invalid Unicode escape"),
                None => Ok(c),
            },
            b'^' | b'$' | b'\\' | b'.' | b'*' | b'+' | b'?' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'/' => {
                Ok(c)
            }
            b'-' if in_class => Ok(c),
            _ if self.unicode => self.error("Invalid escape"),
            b'k' if self.named => self.error("Invalid escape"),
            _ => Ok(c),
        }
    }

    /// A class without the `v` flag, behind its opening bracket.
    pub(super) fn class(&mut self) -> Result<NodeId, CompileError> {
        let mut set = CharSet::new(self.scratch());
        let mut open = CharSet::new(self.scratch());
        let negated = self.eat(b"^");
        loop {
            if self.eat(b"]") {
                break;
            }
            let low = self.class_atom(&mut set)?;
            if self.unit(0) != u32::from(b'-') || matches!(self.unit(1), 0x5D | END) {
                self.add_char(&mut set, low)?;
                continue;
            }
            self.pos += 1;
            let high = self.class_atom(&mut set)?;
            match (low, high) {
                (Some(low), Some(high)) if low > high => return self.error("Range out of order in character class"),
                (Some(low), Some(high)) => self.add_open_range(&mut set, &mut open, low, high)?,
                _ if self.unicode => return self.error("Invalid character class"),
                _ => {
                    self.add_char(&mut set, low)?;
                    self.add_char(&mut set, high)?;
                    set.add(0x2D, 0x2D)?;
                }
            }
        }
        self.close(&mut set, &mut open)?;
        set.normalise();
        if negated {
            set.complement(self.last_char())?;
        }
        Ok(self.ast.add_set(set.ranges())?)
    }

    fn add_char(&mut self, set: &mut CharSet<'s>, c: Option<u32>) -> Result<(), OutOfScratch> {
        match c {
            Some(c) => self.add_range(set, c, c),
            None => Ok(()),
        }
    }

    pub(super) fn add_range(&mut self, set: &mut CharSet<'s>, low: u32, high: u32) -> Result<(), OutOfScratch> {
        if self.ignore_case { self.cases.add_closed(set, low, high) } else { set.add(low, high) }
    }

    /// Adds a range to `set`, or to `open` if finding what is equal but for case takes long: that is done once for all.
    pub(super) fn add_open_range(
        &mut self,
        set: &mut CharSet<'s>,
        open: &mut CharSet<'s>,
        low: u32,
        high: u32,
    ) -> Result<(), OutOfScratch> {
        if self.ignore_case && high >= 0x80 && low != high {
            open.add(low, high)
        } else {
            self.add_range(set, low, high)
        }
    }

    /// Adds what [`add_open_range`](Self::add_open_range) put off.
    pub(super) fn close(&mut self, set: &mut CharSet<'s>, open: &mut CharSet<'s>) -> Result<(), OutOfScratch> {
        if open.is_empty() {
            return Ok(());
        }
        open.normalise();
        self.cases.add_closed_all(set, open.ranges())
    }

    /// One character, or nothing when it was a set, which is in `set` then.
    fn class_atom(&mut self, set: &mut CharSet<'s>) -> Result<Option<u32>, CompileError> {
        let c = self.peek();
        if c == END {
            return self.error("Unterminated character class");
        }
        self.skip(c);
        if c != u32::from(b'\\') {
            return Ok(Some(c));
        }
        match u8::try_from(self.unit(0)).unwrap_or(0) {
            b'd' | b'D' | b's' | b'S' | b'w' | b'W' => self.class_escape(set).map(|()| None),
            b'p' | b'P' if self.unicode => self.class_escape(set).map(|()| None),
            b'b' => {
                self.pos += 1;
                Ok(Some(8))
            }
            _ => self.character_escape(true).map(Some),
        }
    }
}

fn hex(unit: u32) -> Option<u32> {
    char::from_u32(unit)?.to_digit(16)
}
