//! From code units to tokens.

use rotifer_arena::{Scratch, ScratchVec};

use super::SourceText;
use super::error::{ParseError, R, Stop, SyntaxError};
use super::interner::{Interner, Unit, hash_step};
use super::names::{Name, Text};
use super::token::{Tok, Token};

/// Class bits of the first 256 code points.
const START: u8 = 1;
const PART: u8 = 2;
const SPACE: u8 = 4;
const DIGIT: u8 = 8;

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut c = 0;
    while c < 256 {
        let letter = matches!(c as u8, b'a'..=b'z' | b'A'..=b'Z' | b'$' | b'_' | 0xaa | 0xb5 | 0xba)
            || (c >= 0xc0 && c != 0xd7 && c != 0xf7);
        if letter {
            table[c] |= START | PART;
        }
        if c == 0xb7 {
            table[c] |= PART;
        }
        if c < 128 && (c as u8).is_ascii_digit() {
            table[c] |= PART | DIGIT;
        }
        if matches!(c as u8, b' ' | b'\t' | 0x0b | 0x0c | 0xa0) {
            table[c] |= SPACE;
        }
        c += 1;
    }
    table
}

static CLASS: [u8; 256] = classes();

#[inline(always)]
fn class(c: u32) -> u8 {
    if c < 256 { CLASS[c as usize] } else { 0 }
}

pub(crate) fn is_id_start(c: u32) -> bool {
    if c < 256 { CLASS[c as usize] & START != 0 } else { char::from_u32(c).is_some_and(unicode_id_start::is_id_start) }
}

pub(crate) fn is_id_part(c: u32) -> bool {
    if c < 256 {
        CLASS[c as usize] & PART != 0
    } else {
        matches!(c, 0x200c | 0x200d) || char::from_u32(c).is_some_and(unicode_id_start::is_id_continue)
    }
}

#[inline]
pub(crate) fn is_line_end(c: u32) -> bool {
    matches!(c, 10 | 13 | 0x2028 | 0x2029)
}

pub(crate) fn is_wide_space(c: u32) -> bool {
    matches!(c, 0xfeff | 0x1680 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000)
}

pub(crate) struct Lexer<'s> {
    pub source: SourceText<'s>,
    pub pos: usize,
    /// The current token.
    pub t: Token,
    /// Where the token before it ended.
    pub prev_end: u32,
    pub interner: Interner<'s>,
    pub cooked: ScratchVec<'s, u16>,
    pub error: Option<ParseError>,
    /// HTML-like comments are allowed (scripts).
    pub html_comments: bool,
}

#[inline(always)]
pub(crate) fn at<U: Unit>(s: &[U], pos: usize) -> Option<u32> {
    s.get(pos).map(|&unit| unit.into())
}

/// The code point at `pos` and how many units it has.
pub(crate) fn code_point_at<U: Unit>(s: &[U], pos: usize) -> Option<(u32, usize)> {
    let first = at(s, pos)?;
    if first & 0xfc00 == 0xd800
        && size_of::<U>() == 2
        && let Some(second) = at(s, pos + 1).filter(|second| second & 0xfc00 == 0xdc00)
    {
        return Some((0x10000 + ((first & 0x3ff) << 10) + (second & 0x3ff), 2));
    }
    Some((first, 1))
}

impl<'s> Lexer<'s> {
    pub fn new(source: SourceText<'s>, scratch: &'s Scratch<'_>, start: usize, html_comments: bool) -> Self {
        let start32 = start as u32;
        Lexer {
            source,
            pos: start,
            t: Token {
                tok: Tok::Eof,
                newline: true,
                escaped: false,
                octal: false,
                start: start32,
                end: start32,
                name: Name::EMPTY,
                number: 0.0,
            },
            prev_end: start32,
            interner: Interner::new(scratch, source),
            cooked: ScratchVec::new(scratch),
            error: None,
            html_comments,
        }
    }

    #[cold]
    #[inline(never)]
    pub fn fail(&mut self, message: &'static str, start: u32, end: u32) -> Stop {
        if self.error.is_none() {
            self.error = Some(ParseError::Syntax(SyntaxError { message, position: start, end }));
        }
        Stop
    }

    #[cold]
    #[inline(never)]
    pub(super) fn fail_at(&mut self, message: &'static str, at: usize) -> Stop {
        self.fail(message, at as u32, at as u32 + 1)
    }

    /// Goes on to the next token.
    #[inline]
    pub fn advance(&mut self) -> R<()> {
        self.prev_end = self.t.end;
        match self.source {
            Text::Latin1(s) => self.scan(s),
            Text::Utf16(s) => self.scan(s),
        }
    }

    /// The token after the current one.
    pub fn peek(&mut self) -> R<Token> {
        let (saved, pos, prev_end) = (self.t, self.pos, self.prev_end);
        self.advance()?;
        let next = self.t;
        self.t = saved;
        self.pos = pos;
        self.prev_end = prev_end;
        Ok(next)
    }

    #[inline]
    fn finish(&mut self, tok: Tok, len: usize) -> R<()> {
        self.pos += len;
        self.t.tok = tok;
        self.t.end = self.pos as u32;
        Ok(())
    }

    fn scan<U: Unit>(&mut self, s: &[U]) -> R<()> {
        self.t.newline = self.pos == 0;
        loop {
            let Some(c) = at(s, self.pos) else {
                self.t.start = self.pos as u32;
                return self.finish(Tok::Eof, 0);
            };
            if c < 256 {
                let class = CLASS[c as usize];
                if class & START != 0 {
                    return self.identifier(s);
                }
                if class & SPACE != 0 {
                    self.pos += 1;
                    continue;
                }
                if c == 10 || c == 13 {
                    self.t.newline = true;
                    self.pos += 1;
                    continue;
                }
                if c == u32::from(b'/') {
                    match at(s, self.pos + 1).unwrap_or(0) as u8 as char {
                        '/' if at(s, self.pos + 1) == Some(47) => {
                            self.line_comment(s);
                            continue;
                        }
                        '*' if at(s, self.pos + 1) == Some(42) => {
                            self.block_comment(s)?;
                            continue;
                        }
                        _ => {}
                    }
                }
                if self.html_comments && self.html_comment(s, c) {
                    continue;
                }
                self.t.start = self.pos as u32;
                return self.punctuator(s, c as u8);
            }
            if is_wide_space(c) {
                self.pos += 1;
            } else if c == 0x2028 || c == 0x2029 {
                self.t.newline = true;
                self.pos += 1;
            } else {
                return self.identifier_slow(s, self.pos, false);
            }
        }
    }

    fn html_comment<U: Unit>(&mut self, s: &[U], c: u32) -> bool {
        let is = |offset: usize, unit: u8| at(s, self.pos + offset) == Some(u32::from(unit));
        let opens = c == u32::from(b'<') && is(1, b'!') && is(2, b'-') && is(3, b'-');
        let closes = c == u32::from(b'-') && self.t.newline && is(1, b'-') && is(2, b'>');
        if opens || closes {
            self.line_comment(s);
        }
        opens || closes
    }

    pub(super) fn line_comment<U: Unit>(&mut self, s: &[U]) {
        let rest = s.get(self.pos..).unwrap_or(&[]);
        let len = rest.iter().position(|&unit| is_line_end(unit.into())).unwrap_or(rest.len());
        self.pos += len;
    }

    fn block_comment<U: Unit>(&mut self, s: &[U]) -> R<()> {
        let start = self.pos;
        let mut pos = self.pos + 2;
        while let Some(c) = at(s, pos) {
            pos += 1;
            if c == 42 && at(s, pos) == Some(47) {
                self.pos = pos + 1;
                return Ok(());
            }
            if is_line_end(c) {
                self.t.newline = true;
            }
        }
        Err(self.fail("comment is not closed", start as u32, pos as u32))
    }

    #[inline]
    fn identifier<U: Unit>(&mut self, s: &[U]) -> R<()> {
        let start = self.pos;
        let mut hash = self.interner.seed();
        let mut pos = start;
        while let Some(c) = at(s, pos) {
            if class(c) & PART == 0 {
                if c == 92 || c >= 256 {
                    return self.identifier_slow(s, start, false);
                }
                break;
            }
            hash = hash_step(hash, c);
            pos += 1;
        }
        let name = self.interner.intern_source(s, start, pos, hash)?;
        self.pos = pos;
        self.t.start = start as u32;
        self.t.end = pos as u32;
        self.t.escaped = false;
        self.t.name = name;
        self.t.tok = Tok::of_name(name);
        Ok(())
    }

    /// Identifiers with escapes or beyond Latin-1; private names (`start` at the `#`).
    #[cold]
    #[inline(never)]
    fn identifier_slow<U: Unit>(&mut self, s: &[U], start: usize, private: bool) -> R<()> {
        self.t.start = start as u32;
        self.cooked.clear();
        let mut pos = start;
        if private {
            self.cooked.push(u16::from(b'#'))?;
            pos += 1;
        }
        let first = pos;
        let mut escaped = false;
        while let Some((c, len)) = code_point_at(s, pos) {
            let (c, len) = if c == 92 {
                escaped = true;
                if at(s, pos + 1) != Some(u32::from(b'u')) {
                    return Err(self.fail_at("bad escape in an identifier", pos));
                }
                match unicode_escape(s, pos + 2) {
                    Some((c, end)) => (c, end - pos),
                    None => return Err(self.fail_at("bad Unicode escape", pos)),
                }
            } else {
                (c, len)
            };
            let fits = if pos == first { is_id_start(c) } else { is_id_part(c) };
            if !fits {
                if at(s, pos) == Some(92) || pos == first {
                    return Err(self.fail_at("unexpected character", pos));
                }
                break;
            }
            if c >= 0x10000 {
                self.cooked.push(0xd800 + ((c - 0x10000) >> 10) as u16)?;
                self.cooked.push(0xdc00 + (c & 0x3ff) as u16)?;
            } else {
                self.cooked.push(c as u16)?;
            }
            pos += len;
        }
        if pos == first {
            return Err(self.fail_at("unexpected character", pos));
        }
        self.pos = pos;
        let name = if escaped {
            self.interner.intern_cooked(self.source, &self.cooked)?
        } else {
            self.intern_range(s, start, pos)?
        };
        self.t.end = pos as u32;
        self.t.escaped = escaped;
        self.t.name = name;
        self.t.tok = if private {
            Tok::PrivateName
        } else {
            match Tok::of_name(name) {
                Tok::Ident => Tok::Ident,
                _ if escaped => Tok::EscapedKeyword,
                keyword => keyword,
            }
        };
        Ok(())
    }

    /// Interns a part of the source.
    pub(super) fn intern_range<U: Unit>(&mut self, s: &[U], start: usize, end: usize) -> R<Name> {
        let text = s.get(start..end).unwrap_or(&[]);
        let hash = text.iter().fold(self.interner.seed(), |hash, &unit| hash_step(hash, unit.into()));
        Ok(self.interner.intern_source(s, start, end, hash)?)
    }

    pub fn intern_source(&mut self, start: u32, end: u32) -> R<Name> {
        match self.source {
            Text::Latin1(s) => self.intern_range(s, start as usize, end as usize),
            Text::Utf16(s) => self.intern_range(s, start as usize, end as usize),
        }
    }

    #[rustfmt::skip]
    fn punctuator<U: Unit>(&mut self, s: &[U], c: u8) -> R<()> {
        let p = self.pos;
        let n = |offset: usize| -> u8 {
            match at(s, p + offset) { Some(c) if c < 128 => c as u8, _ => 0 }
        };
        let (tok, len) = match c {
            b'(' => (Tok::LParen, 1),
            b')' => (Tok::RParen, 1),
            b'{' => (Tok::LBrace, 1),
            b'}' => (Tok::RBrace, 1),
            b'[' => (Tok::LBracket, 1),
            b']' => (Tok::RBracket, 1),
            b';' => (Tok::Semicolon, 1),
            b',' => (Tok::Comma, 1),
            b':' => (Tok::Colon, 1),
            b'~' => (Tok::Tilde, 1),
            b'.' => match n(1) {
                b'0'..=b'9' => return self.number(s),
                b'.' if n(2) == b'.' => (Tok::Ellipsis, 3),
                _ => (Tok::Dot, 1),
            },
            b'0'..=b'9' => return self.number(s),
            b'"' | b'\'' => return self.string(s, c),
            b'`' => (Tok::Template, 1),
            b'#' => {
                return self.private_name(s);
            }
            b'\\' => return self.identifier_slow(s, p, false),
            b'?' => match n(1) {
                b'?' => if n(2) == b'=' { (Tok::CoalesceAssign, 3) } else { (Tok::Coalesce, 2) },
                b'.' if !n(2).is_ascii_digit() => (Tok::QuestionDot, 2),
                _ => (Tok::Question, 1),
            },
            b'=' => match n(1) {
                b'=' => if n(2) == b'=' { (Tok::StrictEq, 3) } else { (Tok::Eq, 2) },
                b'>' => (Tok::Arrow, 2),
                _ => (Tok::Assign, 1),
            },
            b'!' => match n(1) {
                b'=' => if n(2) == b'=' { (Tok::StrictNe, 3) } else { (Tok::Ne, 2) },
                _ => (Tok::Not, 1),
            },
            b'+' => match n(1) {
                b'+' => (Tok::PlusPlus, 2),
                b'=' => (Tok::PlusAssign, 2),
                _ => (Tok::Plus, 1),
            },
            b'-' => match n(1) {
                b'-' => (Tok::MinusMinus, 2),
                b'=' => (Tok::MinusAssign, 2),
                _ => (Tok::Minus, 1),
            },
            b'*' => match (n(1), n(2)) {
                (b'*', b'=') => (Tok::StarStarAssign, 3),
                (b'*', _) => (Tok::StarStar, 2),
                (b'=', _) => (Tok::StarAssign, 2),
                _ => (Tok::Star, 1),
            },
            b'/' => if n(1) == b'=' { (Tok::SlashAssign, 2) } else { (Tok::Slash, 1) },
            b'%' => if n(1) == b'=' { (Tok::PercentAssign, 2) } else { (Tok::Percent, 1) },
            b'<' => match (n(1), n(2)) {
                (b'<', b'=') => (Tok::ShlAssign, 3),
                (b'<', _) => (Tok::Shl, 2),
                (b'=', _) => (Tok::Le, 2),
                _ => (Tok::Lt, 1),
            },
            b'>' => match (n(1), n(2), n(3)) {
                (b'>', b'>', b'=') => (Tok::ShrAssign, 4),
                (b'>', b'>', _) => (Tok::Shr, 3),
                (b'>', b'=', _) => (Tok::SarAssign, 3),
                (b'>', _, _) => (Tok::Sar, 2),
                (b'=', _, _) => (Tok::Ge, 2),
                _ => (Tok::Gt, 1),
            },
            b'&' => match (n(1), n(2)) {
                (b'&', b'=') => (Tok::AndAssign, 3),
                (b'&', _) => (Tok::And, 2),
                (b'=', _) => (Tok::BitAndAssign, 2),
                _ => (Tok::BitAnd, 1),
            },
            b'|' => match (n(1), n(2)) {
                (b'|', b'=') => (Tok::OrAssign, 3),
                (b'|', _) => (Tok::Or, 2),
                (b'=', _) => (Tok::BitOrAssign, 2),
                _ => (Tok::BitOr, 1),
            },
            b'^' => if n(1) == b'=' { (Tok::BitXorAssign, 2) } else { (Tok::BitXor, 1) },
            _ => return Err(self.fail_at("unexpected character", p)),
        };
        self.finish(tok, len)
    }

    fn private_name<U: Unit>(&mut self, s: &[U]) -> R<()> {
        self.identifier_slow(s, self.pos, true)
    }

    /// Skips a hashbang comment at the very start.
    pub fn hashbang(&mut self) {
        match self.source {
            Text::Latin1(s) if s.starts_with(b"#!") => self.line_comment(s),
            Text::Utf16(s) if s.starts_with(&[35, 33]) => self.line_comment(s),
            _ => {}
        }
    }
}

/// Reads `XXXX` or `{X…}` after `\u`; gives the value and the position behind it.
pub(crate) fn unicode_escape<U: Unit>(s: &[U], start: usize) -> Option<(u32, usize)> {
    if at(s, start) == Some(u32::from(b'{')) {
        let mut value = 0_u32;
        let mut pos = start + 1;
        loop {
            let c = at(s, pos)?;
            if c == u32::from(b'}') {
                return (pos > start + 1).then_some((value, pos + 1));
            }
            value = value * 16 + hex_digit(c)?;
            if value > 0x10_ffff {
                return None;
            }
            pos += 1;
        }
    }
    let mut value = 0;
    for offset in 0..4 {
        value = value * 16 + hex_digit(at(s, start + offset)?)?;
    }
    Some((value, start + 4))
}

pub(crate) fn hex_digit(c: u32) -> Option<u32> {
    char::from_u32(c)?.to_digit(16)
}
