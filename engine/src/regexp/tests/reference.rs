//! A matcher that follows the wording of ECMA-262 §22.2.2 with closures for continuations, as slow as that is.

use super::super::ast::{Assertion, Ast, Kind, NodeId, UNBOUNDED};
use super::super::case::canonicalize;
use super::super::charset;
use super::super::text::{is_lead, is_line_terminator, is_trail, join};
use super::Captures;

pub(super) struct Reference<'a, 's> {
    pub(super) ast: &'a Ast<'s>,
    pub(super) text: &'a [u16],
    /// Steps until giving up.
    pub(super) fuel: u32,
}

/// End of the match and captures.
type Found = Option<(usize, Captures)>;

type Continue<'k, 'a, 's> = &'k dyn Fn(&mut Reference<'a, 's>, usize, &Captures) -> Found;

impl<'a, 's> Reference<'a, 's> {
    /// `None` when it takes too long.
    pub(super) fn search(&mut self) -> Option<Option<Captures>> {
        for start in 0..=self.text.len() {
            if self.ast.unicode && start > 0 && self.char_at(start - 1).is_some_and(|(_, end)| end > start) {
                continue;
            }
            let captures = vec![None; self.ast.capture_count as usize];
            let found = self.step(self.ast.root, start, &captures, false, &|_, end, c| Some((end, c.clone())));
            if self.fuel == 0 {
                return None;
            }
            if let Some((end, mut captures)) = found {
                captures[0] = Some((start, end));
                return Some(Some(captures));
            }
        }
        Some(None)
    }

    fn char_at(&self, at: usize) -> Option<(u32, usize)> {
        let unit = u32::from(*self.text.get(at)?);
        match self.text.get(at + 1).map(|&t| u32::from(t)) {
            Some(trail) if self.ast.unicode && is_lead(unit) && is_trail(trail) => Some((join(unit, trail), at + 2)),
            _ => Some((unit, at + 1)),
        }
    }

    fn char_before(&self, at: usize) -> Option<(u32, usize)> {
        if at >= 2
            && let Some((c, end)) = self.char_at(at - 2)
            && end == at
        {
            return Some((c, at - 2));
        }
        Some((u32::from(*self.text.get(at.checked_sub(1)?)?), at - 1))
    }

    fn is_word(&self, at: Option<usize>, folded: bool) -> bool {
        let c = at.and_then(|at| self.text.get(at)).map_or(0, |&u| u32::from(u));
        charset::contains(charset::WORD, c) || folded && charset::contains(charset::WORD_FOLDED, c)
    }

    fn step(&mut self, node: NodeId, at: usize, captures: &Captures, back: bool, k: Continue<'_, 'a, 's>) -> Found {
        self.fuel = self.fuel.saturating_sub(1);
        if self.fuel == 0 {
            return None;
        }
        let ast = self.ast;
        let before = |i: usize| i.checked_sub(1).and_then(|i| self.text.get(i)).map(|&u| u32::from(u));
        let after = self.text.get(at).map(|&u| u32::from(u));
        let one = |this: &mut Self, test: &dyn Fn(u32) -> bool| {
            let (c, next) = if back { this.char_before(at)? } else { this.char_at(at)? };
            if test(c) { k(this, next, captures) } else { None }
        };
        match ast.kind(node) {
            Kind::Empty => k(self, at, captures),
            Kind::Char(wanted) => one(self, &|c| c == wanted),
            Kind::Set { start, len } => one(self, &|c| charset::contains(ast.set(start, len), c)),
            Kind::Sequence(first) => {
                let mut children: Vec<NodeId> = ast.children(first).collect();
                if back {
                    children.reverse();
                }
                self.sequence(&children, at, captures, back, k)
            }
            Kind::Alternatives(first) => {
                let children: Vec<NodeId> = ast.children(first).collect();
                children.into_iter().find_map(|child| self.step(child, at, captures, back, k))
            }
            Kind::Capture { index, body } => self.step(body, at, captures, back, &|this, end, c| {
                let mut captures = c.clone();
                captures[index as usize] = Some((at.min(end), at.max(end)));
                k(this, end, &captures)
            }),
            Kind::BackReference { group, ignore_case } => self.reference(group, ignore_case, at, captures, back, k),
            Kind::NamedReference { .. } => unreachable!("not generated"),
            Kind::Assert(assertion) => {
                let holds = match assertion {
                    Assertion::Start { multiline } => before(at).is_none_or(|c| multiline && is_line_terminator(c)),
                    Assertion::End { multiline } => after.is_none_or(|c| multiline && is_line_terminator(c)),
                    Assertion::WordBoundary { negated, folded } => {
                        (self.is_word(at.checked_sub(1), folded) != self.is_word(Some(at), folded)) != negated
                    }
                };
                if holds { k(self, at, captures) } else { None }
            }
            Kind::Look { body, behind, negated } => {
                let found = self.step(body, at, captures, behind, &|_, end, c| Some((end, c.clone())));
                match (found, negated) {
                    (None, true) => k(self, at, captures),
                    (Some((_, captures)), false) => k(self, at, &captures),
                    _ => None,
                }
            }
            Kind::Repeat { body, min, max, greedy, first_capture, end_capture } => {
                let repeat = Repeat { body, greedy, groups: (first_capture as usize, end_capture as usize) };
                self.repeat(&repeat, (min, max), at, captures, back, k)
            }
        }
    }

    fn sequence(
        &mut self,
        nodes: &[NodeId],
        at: usize,
        captures: &Captures,
        back: bool,
        k: Continue<'_, 'a, 's>,
    ) -> Found {
        let Some((&first, rest)) = nodes.split_first() else { return k(self, at, captures) };
        self.step(first, at, captures, back, &|this, end, c| this.sequence(rest, end, c, back, k))
    }

    fn reference(
        &mut self,
        group: u32,
        ignore_case: bool,
        at: usize,
        captures: &Captures,
        back: bool,
        k: Continue<'_, 'a, 's>,
    ) -> Found {
        let Some((start, end)) = captures[group as usize] else { return k(self, at, captures) };
        let len = end - start;
        let (from, to) = if back { (at.checked_sub(len)?, at) } else { (at, at + len) };
        let theirs = self.text.get(from..to)?;
        let chars = |units: &[u16]| -> Vec<u32> {
            let all: Vec<u32> = if self.ast.unicode {
                char::decode_utf16(units.iter().copied())
                    .map(|c| c.map_or_else(|e| u32::from(e.unpaired_surrogate()), u32::from))
                    .collect()
            } else {
                units.iter().map(|&u| u32::from(u)).collect()
            };
            let fold = |c| if ignore_case { canonicalize(c, self.ast.unicode) } else { c };
            all.into_iter().map(fold).collect()
        };
        if chars(&self.text[start..end]) != chars(theirs) {
            return None;
        }
        k(self, if back { from } else { to }, captures)
    }

    /// RepeatMatcher.
    fn repeat(
        &mut self,
        repeat: &Repeat,
        (min, max): (u32, u32),
        at: usize,
        captures: &Captures,
        back: bool,
        k: Continue<'_, 'a, 's>,
    ) -> Found {
        if max == 0 {
            return k(self, at, captures);
        }
        let mut cleared = captures.clone();
        cleared[repeat.groups.0..repeat.groups.1].fill(None);
        let again: Continue<'_, 'a, 's> = &|this, end, c| {
            if min == 0 && end == at {
                return None;
            }
            let max = if max == UNBOUNDED { max } else { max - 1 };
            this.repeat(repeat, (min.saturating_sub(1), max), end, c, back, k)
        };
        if min > 0 {
            return self.step(repeat.body, at, &cleared, back, again);
        }
        if repeat.greedy {
            self.step(repeat.body, at, &cleared, back, again).or_else(|| k(self, at, captures))
        } else {
            k(self, at, captures).or_else(|| self.step(repeat.body, at, &cleared, back, again))
        }
    }
}

struct Repeat {
    body: NodeId,
    greedy: bool,
    groups: (usize, usize),
}
