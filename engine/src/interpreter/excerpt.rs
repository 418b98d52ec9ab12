//! The piece of source text that an error message quotes: `a.b.x` of `return f(a.b.x.y)`.
//!
//! Positions of property accesses and calls say where the property's name (or the callee) stands; what is in front of it is found by
//! reading backwards. That costs no memory while nothing fails, and a wrong guess only makes a message less helpful.

use rotifer_jsvalue::{HeapExt, StrView, string};

use super::layout::{code, frame, script};
use crate::bytecode::Opcode;
use crate::cx::Cx;
use crate::ops::Message;
use crate::syntax::{is_id_part, is_id_start};

/// How far it is read backwards, in code units.
const REACH: usize = 200;
/// The most characters quoted.
const SHOWN: usize = 60;
/// Arguments longer than this are quoted as `...`.
const ARGUMENTS: usize = 12;

/// Words that end an expression to the left of it.
const KEYWORDS: &[&[u8]] = &[
    b"await",
    b"case",
    b"catch",
    b"delete",
    b"do",
    b"else",
    b"extends",
    b"for",
    b"if",
    b"in",
    b"instanceof",
    b"new",
    b"of",
    b"return",
    b"switch",
    b"throw",
    b"typeof",
    b"void",
    b"while",
    b"with",
    b"yield",
];

impl Cx<'_> {
    /// The opcode of the running instruction.
    pub(crate) fn running_opcode(&self) -> Option<Opcode> {
        if self.frame == 0 {
            return None;
        }
        Opcode::ALL.get((self.instruction_at(self.frame).w & 0xFF) as usize).copied()
    }

    /// Appends the source text of the property access or callee that the running instruction stands for. `false`, and nothing
    /// appended, when it is not known, or when it is a mere name and `name_alone` does not want that.
    pub(crate) fn quote_running(&self, to: &mut Message, name_alone: bool) -> bool {
        if self.frame == 0 {
            return false;
        }
        let heap = self.heap();
        let block = heap.value(self.frame - frame::CODE).index();
        let pc = heap.value(self.frame - frame::PC).as_raw() as u32;
        let Some((position, len)) = self.position_range(block, pc) else { return false };
        let position = position as usize;
        let source = heap.value(heap.value(block + code::SCRIPT).index() + script::SOURCE);
        if !source.is_string() || !string::is_flat(heap, source) {
            return false;
        }
        let text = Excerpt(string::view(heap, source));
        // Other callees than names and properties stand where they begin, which says nothing about their end.
        if name_alone && len == 0 && text.at(position) != u16::from(b'[') && !text.is_new(position) {
            return false;
        }
        match text.around(position) {
            Some((from, end)) if name_alone || !text.is_name(from, end) && !text.is_nullish(from) => {
                text.write(from, end, to);
                true
            }
            _ => false,
        }
    }

    /// What a call instruction of the running frame is about to call.
    pub(crate) fn running_callee(&self) -> Option<rotifer_jsvalue::JsValue> {
        use Opcode as O;
        match self.running_opcode()? {
            O::Call | O::CallMethod | O::New | O::CallSpread | O::NewSpread | O::CallEval | O::CallEvalSpread => {
                let at = self.instruction_at(self.frame);
                Some(self.heap().value(self.frame + at.b()))
            }
            _ => None,
        }
    }

    /// Whether the running instruction takes a property of a value.
    pub(crate) fn is_running_access(&self) -> bool {
        use Opcode as O;
        matches!(
            self.running_opcode(),
            Some(
                O::GetProp
                    | O::GetLength
                    | O::GetElem
                    | O::GetElemI
                    | O::GetMethod
                    | O::GetMethodElem
                    | O::SetProp
                    | O::SetElem
                    | O::SetElemI
            )
        )
    }
}

/// The name in front of a method's parameters; empty when it is computed.
pub(super) fn word_before(text: StrView<'_>, at: usize) -> (usize, usize) {
    let text = Excerpt(text);
    let end = text.skip_space_back(at.min(text.0.len()));
    let quote = if end > 0 { text.at(end - 1) } else { 0 };
    if matches!(quote, 0x22 | 0x27) {
        let low = end.saturating_sub(REACH);
        return (low..end - 1).rev().find(|&i| text.at(i) == quote).map_or((end, end), |i| (i + 1, end - 1));
    }
    (text.word_start(end), end)
}

#[derive(Clone, Copy)]
struct Excerpt<'h>(StrView<'h>);

impl Excerpt<'_> {
    fn at(self, i: usize) -> u16 {
        if i < self.0.len() { self.0.at(i) } else { 0 }
    }

    fn part(self, i: usize) -> bool {
        is_id_part(u32::from(self.at(i)))
    }

    fn space(self, i: usize) -> bool {
        matches!(self.at(i), 9..=13 | 32)
    }

    fn is_name(self, from: usize, to: usize) -> bool {
        (from..to).all(|i| self.part(i))
    }

    fn is_new(self, at: usize) -> bool {
        self.at(at) == u16::from(b'n')
            && self.at(at + 1) == u16::from(b'e')
            && self.at(at + 2) == u16::from(b'w')
            && !self.part(at + 3)
    }

    /// The callee behind a `new`: a name with properties.
    fn after_new(self, at: usize) -> Option<(usize, usize)> {
        let mut from = at + 3;
        while self.space(from) {
            from += 1;
        }
        let mut to = self.word_end(from);
        if to == from {
            return None;
        }
        loop {
            match u8::try_from(self.at(to)).unwrap_or(b'a') {
                b'.' => to = self.word_end(to + 1),
                b'[' => to = self.close(to)?,
                _ => return Some((from, to)),
            }
        }
    }

    /// Whether what begins there says itself that it is nothing.
    fn is_nullish(self, from: usize) -> bool {
        let to = self.word_end(from);
        [b"undefined".as_slice(), b"null"].iter().any(|word| self.is_word(word, from, to))
    }

    /// The expression whose last link begins at `at`.
    fn around(self, at: usize) -> Option<(usize, usize)> {
        if self.is_new(at) {
            return self.after_new(at);
        }
        let first = self.at(at);
        let (mut from, to) = match u8::try_from(first).unwrap_or(b'a') {
            b'[' => (at, self.close(at)?),
            b'(' => (at, at),
            b'#' => (at, self.word_end(at + 1)),
            _ if is_id_start(u32::from(first)) => (at, self.word_end(at)),
            _ => return None,
        };
        if first == u16::from(b'(') || first == u16::from(b'[') {
            // What is called or indexed ends in front of it.
            from = self.link_before(from, at)?;
        }
        let low = at.saturating_sub(REACH);
        loop {
            let before = self.skip_space_back(from);
            if before == 0
                || self.at(before - 1) != u16::from(b'.')
                || (before > 1 && self.at(before - 2) == u16::from(b'.'))
            {
                return Some((from, to));
            }
            let dot = if before > 1 && self.at(before - 2) == u16::from(b'?') { before - 2 } else { before - 1 };
            match self.link_before(dot, at) {
                Some(start) if start >= low => from = start,
                _ => return Some((from, to)),
            }
        }
    }

    /// Where what ends at `end` begins: a name, with calls and indices behind it, or something in parentheses.
    fn link_before(self, end: usize, origin: usize) -> Option<usize> {
        let mut end = self.skip_space_back(end);
        let mut from = None;
        loop {
            let last = end.checked_sub(1)?;
            match u8::try_from(self.at(last)).unwrap_or(b'a') {
                b')' | b']' => {
                    end = self.open(last, origin)?;
                    from = Some(end);
                    if end > 0 && self.space(end - 1) {
                        return from;
                    }
                }
                _ if self.part(last) => {
                    let start = self.word_start(last);
                    return if self.is_keyword(start, end) { from } else { Some(start) };
                }
                _ => return from,
            }
            if end == 0 {
                return from;
            }
        }
    }

    fn is_keyword(self, from: usize, to: usize) -> bool {
        KEYWORDS.iter().any(|word| self.is_word(word, from, to))
    }

    fn is_word(self, word: &[u8], from: usize, to: usize) -> bool {
        word.len() == to - from && word.iter().enumerate().all(|(i, &c)| self.at(from + i) == u16::from(c))
    }

    fn word_end(self, mut i: usize) -> usize {
        while i < self.0.len() && self.part(i) {
            i += 1;
        }
        i
    }

    fn word_start(self, mut i: usize) -> usize {
        while i > 0 && self.part(i - 1) {
            i -= 1;
        }
        if i > 0 && self.at(i - 1) == u16::from(b'#') { i - 1 } else { i }
    }

    fn skip_space_back(self, mut i: usize) -> usize {
        while i > 0 && self.space(i - 1) {
            i -= 1;
        }
        i
    }

    /// Behind the bracket that closes the one at `open`.
    fn close(self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for i in open..open.saturating_add(REACH).min(self.0.len()) {
            match u8::try_from(self.at(i)).unwrap_or(b'a') {
                b'[' | b'(' => depth += 1,
                b']' | b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(i + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// The bracket that the one at `close` closes.
    fn open(self, close: usize, origin: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let low = origin.saturating_sub(REACH);
        for i in (low..=close).rev() {
            match u8::try_from(self.at(i)).unwrap_or(b'a') {
                b']' | b')' => depth += 1,
                b'[' | b'(' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(i);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn write(self, from: usize, to: usize, out: &mut Message) {
        use core::fmt::Write;
        let mut i = if to - from > SHOWN {
            let _ = out.write_str("...");
            to - SHOWN
        } else {
            from
        };
        while i < to {
            let unit = self.at(i);
            if unit == u16::from(b'(')
                && let Some(end) = self.close(i)
                && end <= to
                && end - i > ARGUMENTS
            {
                let _ = out.write_str("(...)");
                i = end;
                continue;
            }
            if !self.space(i) {
                let _ = out.write_char(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            i += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expression of `source` whose last link is at `^`.
    fn quoted(source: &str) -> Option<String> {
        let at = source.find('^').unwrap();
        let text = source.replace('^', "");
        let excerpt = Excerpt(StrView::Latin1(text.as_bytes()));
        excerpt.around(at).map(|(from, to)| {
            let mut message = Message::new();
            excerpt.write(from, to, &mut message);
            message.as_str().into()
        })
    }

    #[test]
    fn expressions_are_found_backwards() {
        let cases = [
            ("return a.b.^x;", "a.b.x"),
            ("x = this . b\n  .^listen(1)", "this.b.listen"),
            ("f(1)[2].^x", "f(1)[2].x"),
            ("new Thing(one, two, three, four).^x()", "Thing(...).x"),
            ("return (a || b).^x", "(a||b).x"),
            ("if (ready) a?.b.^c", "a?.b.c"),
            ("[...^list]", "list"),
            ("o.#secret.^x", "o.#secret.x"),
            ("table^[i + 1]", "table[i+1]"),
            ("f(1)^(2)", "f(1)"),
            ("a.b.c.^d", "a.b.c.d"),
            ("await ^go()", "go"),
            ("x = ^new a.b['c'](1)", "a.b['c']"),
            ("^newer.x", "newer"),
            ("\"text\".^x", "x"),
        ];
        for (source, expected) in cases {
            assert_eq!(quoted(source).as_deref(), Some(expected), "{source}");
        }
        for nothing in ["^+1", "^new (f)()", "^new"] {
            assert_eq!(quoted(nothing), None, "{nothing}");
        }
        for broken in [")))).^x", "]].^x", ".^x", "^x", "((((^x", "^[[[["] {
            let _ = quoted(broken);
        }
    }
}
