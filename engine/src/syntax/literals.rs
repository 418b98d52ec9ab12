//! Numbers, strings, templates and regular expressions.

use super::error::R;
use super::interner::{Unit, hash_step};
use super::lexer::{Lexer, at, code_point_at, hex_digit, is_id_part, is_id_start, is_line_end, unicode_escape};
use super::names::{Name, Text};
use super::token::Tok;

/// What `Lexer::template_chunk` found.
pub(crate) struct Chunk {
    pub cooked: Option<Name>,
    pub raw: Name,
    /// The template ends here (else an expression follows).
    pub tail: bool,
    /// Where a bad escape is.
    pub bad: u32,
}

impl Lexer<'_> {
    pub(super) fn number<U: Unit>(&mut self, s: &[U]) -> R<()> {
        let start = self.pos;
        self.t.octal = false;
        self.t.tok = Tok::Number;
        let first = at(s, start).unwrap_or(0);
        let radix = match (first, at(s, start + 1).unwrap_or(0)) {
            (48, 0x78 | 0x58) => 16,
            (48, 0x6f | 0x4f) => 8,
            (48, 0x62 | 0x42) => 2,
            (48, 48..=57 | 0x5f) => return self.legacy_number(s),
            _ => 10,
        };
        if radix == 10 {
            return self.decimal(s, start);
        }
        let end = self.digits(s, start + 2, radix)?;
        if end == start + 2 {
            return Err(self.fail_at("digits expected", end));
        }
        if at(s, end) == Some(u32::from(b'n')) {
            return self.bigint(s, start, end);
        }
        self.t.number = radix_value(s.get(start + 2..end).unwrap_or(&[]), radix);
        self.number_end(s, end)
    }

    fn number_end<U: Unit>(&mut self, s: &[U], end: usize) -> R<()> {
        if let Some((c, _)) = code_point_at(s, end)
            && (c == 92 || c == u32::from(b'_') || is_id_start(c) || (48..=57).contains(&c))
        {
            return Err(self.fail_at("a number is followed directly by an identifier or digit", end));
        }
        self.pos = end;
        self.t.end = end as u32;
        Ok(())
    }

    /// Skips digits with separators between them.
    fn digits<U: Unit>(&mut self, s: &[U], start: usize, radix: u32) -> R<usize> {
        let mut pos = start;
        let mut separator = true;
        while let Some(c) = at(s, pos) {
            if c == u32::from(b'_') {
                if separator {
                    return Err(self.fail_at("numeric separators stand only between digits", pos));
                }
                separator = true;
            } else if char::from_u32(c).is_some_and(|c| c.is_digit(radix)) {
                separator = false;
            } else {
                break;
            }
            pos += 1;
        }
        if separator && pos > start {
            return Err(self.fail_at("numeric separators stand only between digits", pos - 1));
        }
        Ok(pos)
    }

    fn legacy_number<U: Unit>(&mut self, s: &[U]) -> R<()> {
        let start = self.pos;
        self.t.octal = true;
        let mut end = start;
        let mut octal = true;
        while let Some(c @ 48..=57) = at(s, end) {
            octal &= c < 56;
            end += 1;
        }
        if at(s, end) == Some(u32::from(b'_')) {
            return Err(self.fail_at("numeric separators do not go with a leading zero", end));
        }
        if octal {
            self.t.number = radix_value(s.get(start + 1..end).unwrap_or(&[]), 8);
            return self.number_end(s, end);
        }
        self.decimal(s, start)
    }

    fn decimal<U: Unit>(&mut self, s: &[U], start: usize) -> R<()> {
        let mut value = 0_u64;
        let mut end = start;
        while let Some(c @ 48..=57) = at(s, end) {
            if end - start >= 15 {
                break;
            }
            value = value * 10 + u64::from(c - 48);
            end += 1;
        }
        let next = at(s, end).unwrap_or(0);
        let plain = !matches!(next, 46 | 0x65 | 0x45 | 0x5f | 0x6e | 48..=57);
        if plain && end > start {
            self.t.number = value as f64;
            return self.number_end(s, end);
        }
        end = self.digits(s, start, 10)?;
        if at(s, end) == Some(u32::from(b'n')) && !self.t.octal && end > start {
            return self.bigint(s, start, end);
        }
        if at(s, end) == Some(46) {
            end = self.digits(s, end + 1, 10)?;
        }
        if let Some(0x65 | 0x45) = at(s, end) {
            let sign = usize::from(matches!(at(s, end + 1), Some(43 | 45)));
            let digits = end + 1 + sign;
            end = self.digits(s, digits, 10)?;
            if end == digits {
                return Err(self.fail_at("an exponent needs digits", end));
            }
        }
        self.t.number = self.decimal_value(s.get(start..end).unwrap_or(&[]))?;
        self.number_end(s, end)
    }

    fn decimal_value<U: Unit>(&mut self, text: &[U]) -> R<f64> {
        let mut short = [0_u8; 48];
        if text.len() <= short.len() {
            let mut len = 0;
            for &unit in text {
                if unit.into() != u32::from(b'_') {
                    short[len] = unit.into() as u8;
                    len += 1;
                }
            }
            return Ok(parse_float(&short[..len]));
        }
        let mut long = rotifer_arena::ScratchVec::new(self.cooked.scratch());
        for &unit in text {
            if unit.into() != u32::from(b'_') {
                long.push(unit.into() as u8)?;
            }
        }
        Ok(parse_float(&long))
    }

    fn bigint<U: Unit>(&mut self, s: &[U], start: usize, end: usize) -> R<()> {
        let text = s.get(start..end).unwrap_or(&[]);
        self.t.tok = Tok::BigInt;
        if text.iter().any(|&unit| unit.into() == u32::from(b'_')) {
            self.cooked.clear();
            for &unit in text {
                if unit.into() != u32::from(b'_') {
                    self.cooked.push(unit.into() as u16)?;
                }
            }
            self.t.name = self.interner.intern_cooked(self.source, &self.cooked)?;
        } else {
            self.t.name = self.intern_range(s, start, end)?;
        }
        self.number_end(s, end + 1)
    }

    pub(super) fn string<U: Unit>(&mut self, s: &[U], quote: u8) -> R<()> {
        let quote = u32::from(quote);
        let start = self.pos + 1;
        let mut hash = self.interner.seed();
        let mut pos = start;
        self.t.octal = false;
        self.t.escaped = false;
        self.t.tok = Tok::String;
        loop {
            let Some(c) = at(s, pos) else { return Err(self.fail("string is not closed", self.t.start, pos as u32)) };
            if c == quote {
                self.t.name = self.interner.intern_source(s, start, pos, hash)?;
                break;
            }
            if c == 92 {
                return self.string_slow(s, quote, start, pos);
            }
            if c == 10 || c == 13 {
                return Err(self.fail("string is not closed", self.t.start, pos as u32));
            }
            hash = hash_step(hash, c);
            pos += 1;
        }
        self.pos = pos + 1;
        self.t.end = self.pos as u32;
        Ok(())
    }

    #[inline(never)]
    fn string_slow<U: Unit>(&mut self, s: &[U], quote: u32, start: usize, from: usize) -> R<()> {
        self.t.escaped = true;
        self.cooked.clear();
        for &unit in s.get(start..from).unwrap_or(&[]) {
            self.cooked.push(unit.into() as u16)?;
        }
        let mut pos = from;
        loop {
            let Some(c) = at(s, pos) else { return Err(self.fail("string is not closed", self.t.start, pos as u32)) };
            if c == quote {
                break;
            }
            if c == 10 || c == 13 {
                return Err(self.fail("string is not closed", self.t.start, pos as u32));
            }
            pos += 1;
            if c != 92 {
                self.cooked.push(c as u16)?;
                continue;
            }
            match self.escape(s, pos, false)? {
                Some(next) => pos = next,
                None => return Err(self.fail_at("bad escape in a string", pos)),
            }
        }
        self.t.name = self.interner.intern_cooked(self.source, &self.cooked)?;
        self.pos = pos + 1;
        self.t.end = self.pos as u32;
        Ok(())
    }

    fn push_code_point(&mut self, c: u32) -> R<()> {
        if c >= 0x10000 {
            self.cooked.push(0xd800 + ((c - 0x10000) >> 10) as u16)?;
            self.cooked.push(0xdc00 + (c & 0x3ff) as u16)?;
        } else {
            self.cooked.push(c as u16)?;
        }
        Ok(())
    }

    /// Reads what follows a backslash into `cooked`. `None` for a bad escape.
    fn escape<U: Unit>(&mut self, s: &[U], pos: usize, template: bool) -> R<Option<usize>> {
        let Some(c) = at(s, pos) else { return Ok(None) };
        let next = pos + 1;
        let plain = match c {
            0x6e => 10,
            0x74 => 9,
            0x72 => 13,
            0x62 => 8,
            0x66 => 12,
            0x76 => 11,
            10 | 0x2028 | 0x2029 => return Ok(Some(next)),
            13 => return Ok(Some(next + usize::from(at(s, next) == Some(10)))),
            0x78 => {
                let digits = at(s, next).and_then(hex_digit).zip(at(s, next + 1).and_then(hex_digit));
                let Some((high, low)) = digits else { return Ok(None) };
                self.cooked.push((high * 16 + low) as u16)?;
                return Ok(Some(next + 2));
            }
            0x75 => {
                let Some((c, end)) = unicode_escape(s, next) else { return Ok(None) };
                self.push_code_point(c)?;
                return Ok(Some(end));
            }
            48..=57 => {
                let digit_follows = matches!(at(s, next), Some(48..=57));
                if c == 48 && !digit_follows {
                    self.cooked.push(0)?;
                    return Ok(Some(next));
                }
                if template {
                    return Ok(None);
                }
                self.t.octal = true;
                if c >= 56 {
                    self.cooked.push(c as u16)?;
                    return Ok(Some(next));
                }
                let mut value = c - 48;
                let mut end = next;
                let most = if c <= 51 { 3 } else { 2 };
                while end < pos + most {
                    let Some(digit @ 48..=55) = at(s, end) else { break };
                    value = value * 8 + digit - 48;
                    end += 1;
                }
                self.cooked.push(value as u16)?;
                return Ok(Some(end));
            }
            other => other,
        };
        self.cooked.push(plain as u16)?;
        Ok(Some(next))
    }

    /// Reads a chunk of a template from `start` (behind the back-tick or the brace) up to `${` or the closing back-tick.
    pub fn template_chunk(&mut self, start: u32) -> R<Chunk> {
        match self.source {
            Text::Latin1(s) => self.template_chunk_in(s, start as usize),
            Text::Utf16(s) => self.template_chunk_in(s, start as usize),
        }
    }

    fn template_chunk_in<U: Unit>(&mut self, s: &[U], start: usize) -> R<Chunk> {
        let mut pos = start;
        let mut special = false;
        let tail = loop {
            match at(s, pos) {
                None => return Err(self.fail("template is not closed", start as u32, pos as u32)),
                Some(0x60) => break true,
                Some(36) if at(s, pos + 1) == Some(0x7b) => break false,
                Some(92) => {
                    special = true;
                    pos += 1;
                    if at(s, pos).is_none() {
                        continue;
                    }
                }
                Some(13) => special = true,
                Some(_) => {}
            }
            // A carriage return that was escaped counts too.
            special |= at(s, pos) == Some(13);
            pos += 1;
        };
        let end = pos;
        let chunk = if special {
            self.template_slow(s, start, end, tail)?
        } else {
            let raw = self.intern_range(s, start, end)?;
            Chunk { cooked: Some(raw), raw, tail, bad: 0 }
        };
        self.pos = end + if tail { 1 } else { 2 };
        self.t.end = self.pos as u32;
        Ok(chunk)
    }

    fn template_slow<U: Unit>(&mut self, s: &[U], start: usize, end: usize, tail: bool) -> R<Chunk> {
        self.cooked.clear();
        let mut pos = start;
        while pos < end {
            let c = at(s, pos).unwrap_or(0);
            pos += 1;
            if c == 13 {
                self.cooked.push(10)?;
                pos += usize::from(at(s, pos) == Some(10));
            } else {
                self.cooked.push(c as u16)?;
            }
        }
        let raw = self.interner.intern_cooked(self.source, &self.cooked)?;
        self.cooked.clear();
        let mut pos = start;
        let mut bad = None;
        while pos < end {
            let c = at(s, pos).unwrap_or(0);
            pos += 1;
            match c {
                13 => {
                    self.cooked.push(10)?;
                    pos += usize::from(at(s, pos) == Some(10));
                }
                92 => match self.escape(s, pos, true)? {
                    Some(next) => pos = next,
                    None => {
                        bad = Some(pos);
                        break;
                    }
                },
                _ => self.cooked.push(c as u16)?,
            }
        }
        let cooked = match bad {
            Some(_) => None,
            None => Some(self.interner.intern_cooked(self.source, &self.cooked)?),
        };
        Ok(Chunk { cooked, raw, tail, bad: bad.unwrap_or(0) as u32 })
    }

    /// Reads a regular expression that starts at `start` (its slash). Gives the ranges of pattern and flags.
    pub fn regexp(&mut self, start: u32) -> R<(u32, u32, u32)> {
        match self.source {
            Text::Latin1(s) => self.regexp_in(s, start as usize),
            Text::Utf16(s) => self.regexp_in(s, start as usize),
        }
    }

    fn regexp_in<U: Unit>(&mut self, s: &[U], start: usize) -> R<(u32, u32, u32)> {
        let mut pos = start + 1;
        let mut in_class = false;
        loop {
            let c = at(s, pos).filter(|&c| !is_line_end(c));
            match c {
                None => return Err(self.fail("regular expression is not closed", start as u32, pos as u32)),
                Some(92) => {
                    pos += 1;
                    if at(s, pos).is_none_or(is_line_end) {
                        continue;
                    }
                }
                Some(91) => in_class = true,
                Some(93) => in_class = false,
                Some(47) if !in_class => break,
                Some(_) => {}
            }
            pos += 1;
        }
        let body_end = pos;
        pos += 1;
        while let Some((c, len)) = code_point_at(s, pos) {
            if c == 92 {
                return Err(self.fail_at("bad regular expression flags", pos));
            }
            if !is_id_part(c) {
                break;
            }
            pos += len;
        }
        self.pos = pos;
        self.t.end = pos as u32;
        Ok((start as u32 + 1, body_end as u32, pos as u32))
    }
}

fn parse_float(text: &[u8]) -> f64 {
    core::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

/// The number that digits of a radix that is a power of two stand for, rounded to nearest, ties to even.
fn radix_value<U: Unit>(digits: &[U], radix: u32) -> f64 {
    let bits = radix.trailing_zeros();
    let mut mantissa = 0_u64;
    let mut exponent = 0_u32;
    let mut sticky = false;
    for &unit in digits {
        let Some(digit) = hex_digit(unit.into()) else { continue };
        if mantissa >> 59 == 0 {
            mantissa = mantissa << bits | u64::from(digit);
        } else {
            exponent = exponent.saturating_add(bits);
            sticky |= digit != 0;
        }
    }
    if exponent == 0 {
        return mantissa as f64;
    }
    // The mantissa has at least 59 bits here, so a sticky lowest bit decides ties and nothing else.
    let value = (mantissa | u64::from(sticky)) as f64;
    if exponent > 1100 {
        return f64::INFINITY;
    }
    let mut value = value;
    let mut left = exponent;
    while left > 0 {
        let step = left.min(60);
        value *= (1_u64 << step) as f64;
        left -= step;
    }
    value
}
