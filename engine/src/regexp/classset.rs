//! Character classes with the `v` flag (ECMA-262 §22.2.1 *ClassSetExpression*).
//!
//! With `i`, sets are kept closed under case instead of folded: the two correspond one to one, and closed sets are what
//! the matcher wants.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use super::ast::{Kind, NodeId, Siblings};
use super::case::simple_fold;
use super::charset::{self, CharSet};
use super::error::CompileError;
use super::parser::{END, Parser};

/// Characters and strings of other lengths than one.
pub(super) struct ClassSet<'s> {
    chars: CharSet<'s>,
    strings: Strings<'s>,
    /// *MayContainStrings*, which is about the syntax rather than the result.
    may_contain_strings: bool,
}

/// Strings of code points, end to end.
struct Strings<'s> {
    chars: ScratchVec<'s, u32>,
    /// Start and length in `chars`.
    items: ScratchVec<'s, (u32, u32)>,
}

impl<'s> Strings<'s> {
    fn new(scratch: &'s Scratch<'_>) -> Self {
        Strings { chars: ScratchVec::new(scratch), items: ScratchVec::new(scratch) }
    }

    fn text(&self, item: (u32, u32)) -> &[u32] {
        &self.chars[item.0 as usize..(item.0 + item.1) as usize]
    }

    fn add(&mut self, text: &[u32]) -> Result<(), OutOfScratch> {
        let start = self.chars.len() as u32;
        self.chars.extend_from_slice(text)?;
        self.items.push((start, text.len() as u32))
    }

    /// Longest first, each once.
    fn normalise(&mut self) {
        let chars = &self.chars;
        let text = |item: (u32, u32)| &chars[item.0 as usize..(item.0 + item.1) as usize];
        self.items.sort_unstable_by(|&a, &b| b.1.cmp(&a.1).then_with(|| text(a).cmp(text(b))));
        let mut kept = 0;
        for i in 1..self.items.len() {
            if text(self.items[i]) != text(self.items[kept]) {
                kept += 1;
                self.items[kept] = self.items[i];
            }
        }
        self.items.truncate(kept + 1);
    }

    fn contains(&self, wanted: &[u32]) -> bool {
        self.items
            .binary_search_by(|&item| wanted.len().cmp(&(item.1 as usize)).then_with(|| self.text(item).cmp(wanted)))
            .is_ok()
    }

    /// Keeps the strings that `other` has, or has not.
    fn retain(&mut self, other: &mut Strings<'s>, shared: bool) {
        self.normalise();
        other.normalise();
        let mut kept = 0;
        for i in 0..self.items.len() {
            if other.contains(self.text(self.items[i])) == shared {
                self.items[kept] = self.items[i];
                kept += 1;
            }
        }
        self.items.truncate(kept);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Operator {
    Union,
    Intersection,
    Subtraction,
}

impl<'s> Parser<'_, 's> {
    fn empty_class_set(&self) -> ClassSet<'s> {
        let scratch = self.scratch();
        ClassSet { chars: CharSet::new(scratch), strings: Strings::new(scratch), may_contain_strings: false }
    }

    /// A class, behind its opening bracket.
    pub(super) fn class_set(&mut self) -> Result<NodeId, CompileError> {
        let set = self.class_set_contents()?;
        self.class_set_node(set)
    }

    /// `\p{…}` outside a class, behind the backslash.
    pub(super) fn property_of_strings_atom(&mut self) -> Result<NodeId, CompileError> {
        let mut set = self.empty_class_set();
        self.class_set_property(&mut set)?;
        self.class_set_node(set)
    }

    fn class_set_node(&mut self, mut set: ClassSet<'s>) -> Result<NodeId, CompileError> {
        set.chars.normalise();
        set.strings.normalise();
        if set.strings.items.is_empty() {
            return Ok(self.ast.add_set(set.chars.ranges())?);
        }
        let mut list = Siblings::new();
        for i in 0..set.strings.items.len() {
            let item = set.strings.items[i];
            if item.1 == 0 {
                continue;
            }
            let mut sequence = Siblings::new();
            for j in item.0..item.0 + item.1 {
                let node = self.char_node(set.strings.chars[j as usize])?;
                sequence.push(&mut self.ast, node);
            }
            let node = self.ast.add(Kind::Sequence(sequence.first))?;
            list.push(&mut self.ast, node);
        }
        if !set.chars.is_empty() {
            let node = self.ast.add_set(set.chars.ranges())?;
            list.push(&mut self.ast, node);
        }
        if set.strings.items.last().is_some_and(|item| item.1 == 0) {
            let node = self.ast.add(Kind::Empty)?;
            list.push(&mut self.ast, node);
        }
        Ok(self.add_alternatives(list)?)
    }

    fn class_set_contents(&mut self) -> Result<ClassSet<'s>, CompileError> {
        self.guard.check()?;
        let negated = self.eat(b"^");
        let mut result = self.empty_class_set();
        let mut operator = None;
        let mut operands = 0_u32;
        let mut open = CharSet::new(self.scratch());
        loop {
            if self.eat(b"]") {
                break;
            }
            let here = if operands > 0 && self.eat(b"&&") {
                if self.looking_at(b"&") {
                    return self.error("Invalid character in character class");
                }
                Operator::Intersection
            } else if operands > 0 && self.eat(b"--") {
                Operator::Subtraction
            } else {
                Operator::Union
            };
            // The first operand decides nothing; the second shows what kind of class this is.
            if operands > 0 && *operator.get_or_insert(here) != here {
                return self.error("Invalid set operation in character class");
            }
            let mut operand = self.empty_class_set();
            let low = self.class_set_operand(&mut operand)?;
            if let Some(low) = low {
                if self.unit(0) == u32::from(b'-') && self.unit(1) != u32::from(b'-') {
                    self.pos += 1;
                    let high = self.class_set_operand(&mut operand)?;
                    let Some(high) = high else { return self.error("Invalid character class") };
                    if low > high {
                        return self.error("Range out of order in character class");
                    }
                    // Ranges belong to unions only.
                    if *operator.get_or_insert(Operator::Union) != Operator::Union {
                        return self.error("Invalid set operation in character class");
                    }
                    self.add_open_range(&mut operand.chars, &mut open, low, high)?;
                } else {
                    self.add_range(&mut operand.chars, low, low)?;
                }
            }
            operand.chars.normalise();
            if operands == 0 {
                result = operand;
            } else {
                self.combine(&mut result, operand, here)?;
            }
            operands += 1;
        }
        self.close(&mut result.chars, &mut open)?;
        if negated {
            if result.may_contain_strings {
                return self.error("Negated character class may contain strings");
            }
            result.chars.complement(charset::MAX_CODE_POINT)?;
        }
        Ok(result)
    }

    fn combine(
        &mut self,
        result: &mut ClassSet<'s>,
        mut operand: ClassSet<'s>,
        operator: Operator,
    ) -> Result<(), CompileError> {
        match operator {
            Operator::Union => {
                result.chars.add_all(operand.chars.ranges())?;
                for i in 0..operand.strings.items.len() {
                    let item = operand.strings.items[i];
                    result.strings.add(operand.strings.text(item))?;
                }
                result.may_contain_strings |= operand.may_contain_strings;
            }
            Operator::Intersection => {
                result.chars.intersect(&mut operand.chars)?;
                result.strings.retain(&mut operand.strings, true);
                result.may_contain_strings &= operand.may_contain_strings;
            }
            Operator::Subtraction => {
                result.chars.normalise();
                result.chars.subtract(&mut operand.chars)?;
                result.strings.retain(&mut operand.strings, false);
            }
        }
        Ok(())
    }

    /// One operand: a single character is returned, anything else added to `set`.
    fn class_set_operand(&mut self, set: &mut ClassSet<'s>) -> Result<Option<u32>, CompileError> {
        let c = self.peek();
        if c == END {
            return self.error("Unterminated character class");
        }
        if self.eat(b"[") {
            let nested = self.class_set_contents()?;
            self.combine(set, nested, Operator::Union)?;
            return Ok(None);
        }
        if !self.eat(b"\\") {
            return self.class_set_character(c).map(Some);
        }
        match u8::try_from(self.unit(0)).unwrap_or(0) {
            b'd' | b'D' | b's' | b'S' | b'w' | b'W' => {
                self.class_escape(&mut set.chars)?;
                Ok(None)
            }
            b'p' | b'P' => {
                self.class_set_property(set)?;
                Ok(None)
            }
            b'q' => {
                self.pos += 1;
                self.class_string_disjunction(set)?;
                Ok(None)
            }
            _ => self.class_set_escape().map(Some),
        }
    }

    /// *ClassSetCharacter* that does not begin with a backslash.
    fn class_set_character(&mut self, c: u32) -> Result<u32, CompileError> {
        let byte = u8::try_from(c).unwrap_or(0);
        let doubled = self.unit(1) == c && b"&!#$%*+,.:;<=>?@^`~".contains(&byte);
        if doubled || b"()[]{}/-\\|".contains(&byte) {
            return self.error("Invalid character in character class");
        }
        self.skip(c);
        Ok(c)
    }

    /// *ClassSetCharacter* behind its backslash.
    fn class_set_escape(&mut self) -> Result<u32, CompileError> {
        let c = self.unit(0);
        match u8::try_from(c).unwrap_or(0) {
            b'b' => {
                self.pos += 1;
                Ok(8)
            }
            b'&' | b'-' | b'!' | b'#' | b'%' | b',' | b':' | b';' | b'<' | b'=' | b'>' | b'@' | b'`' | b'~' => {
                self.pos += 1;
                Ok(c)
            }
            _ => self.character_escape(false),
        }
    }

    fn class_set_property(&mut self, set: &mut ClassSet<'s>) -> Result<(), CompileError> {
        let property = self.property_text()?;
        if property.value().is_none() {
            let (chars, strings) = (&mut set.chars, &mut set.strings);
            let wanted = !self.only_checks;
            let mut add = |text: &[u32]| match text {
                _ if !wanted => Ok(()),
                &[c] => chars.add(c, c),
                _ => strings.add(text),
            };
            if super::emoji::add_property_of_strings(property.name(), &mut add)? {
                if property.negated {
                    return self.error("Invalid property name");
                }
                set.may_contain_strings = true;
                return self.fold_strings(set);
            }
        }
        self.add_property(&property, &mut set.chars)
    }

    /// With `i`, strings are compared folded and characters closed.
    fn fold_strings(&mut self, set: &mut ClassSet<'s>) -> Result<(), CompileError> {
        set.chars.normalise();
        if self.ignore_case {
            for c in set.strings.chars.iter_mut() {
                *c = simple_fold(*c);
            }
            let mut closed = CharSet::new(self.scratch());
            self.cases.add_closed_all(&mut closed, set.chars.ranges())?;
            closed.normalise();
            set.chars = closed;
        }
        Ok(())
    }

    /// `{…|…}` behind `\q`.
    fn class_string_disjunction(&mut self, set: &mut ClassSet<'s>) -> Result<(), CompileError> {
        if !self.eat(b"{") {
            return self.error("Invalid escape");
        }
        let mut text = ScratchVec::new(self.scratch());
        loop {
            let c = self.peek();
            if c == END {
                return self.error("Unterminated character class");
            }
            if c == u32::from(b'}') || c == u32::from(b'|') {
                self.pos += 1;
                if let [single] = text[..] {
                    self.add_range(&mut set.chars, single, single)?;
                } else {
                    set.strings.add(&text)?;
                    set.may_contain_strings = true;
                }
                text.clear();
                if c == u32::from(b'}') {
                    return Ok(());
                }
                continue;
            }
            let c = if self.eat(b"\\") { self.class_set_escape()? } else { self.class_set_character(c)? };
            text.push(if self.ignore_case { simple_fold(c) } else { c })?;
        }
    }
}
