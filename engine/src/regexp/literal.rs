//! Text that every match contains. Looking for it is faster than trying to match everywhere, and where it is not, nothing matches.

use super::ast::{Ast, Kind, NodeId, UNBOUNDED};
use super::program::{Program, header};
use super::text::{Text, is_lead, is_trail};

/// The most units that are looked for.
const MOST: usize = 32;

/// How many nodes of the pattern are looked at.
const BUDGET: u32 = 128;

/// A text that is part of every match, found in the pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct Required {
    units: [u16; MOST],
    len: usize,
    /// How far behind the beginning of a match it begins: at least, and at most ([`UNBOUNDED`] when nobody knows).
    pub(super) min: u32,
    pub(super) max: u32,
}

impl Required {
    pub(super) fn units(&self) -> &[u16] {
        &self.units[..self.len]
    }

    /// Which of its units to look for: one that is rare in most texts.
    pub(super) fn rarest(&self) -> u32 {
        let rank = |&(_, &unit): &(usize, &u16)| match u8::try_from(unit) {
            Ok(b' ' | b'a' | b'e' | b'i' | b'n' | b'o' | b'r' | b's' | b't') => 4,
            Ok(b'a'..=b'z') => 3,
            Ok(b'0'..=b'9' | b'.' | b',' | b'"' | b'\'' | b'(' | b')' | b'=' | b';' | b'\n' | b'/' | b'-' | b'_') => 2,
            Ok(_) => 1,
            Err(_) => 0,
        };
        self.units().iter().enumerate().min_by_key(rank).map_or(0, |(i, _)| i as u32)
    }
}

/// The longest text that every match of `root` contains, as far as that is easily seen. Those at a known distance are preferred.
pub(super) fn required(ast: &Ast<'_>, root: NodeId) -> Option<Required> {
    let mut walk = Walk { ast, run: None, best: None, min: 0, max: 0, budget: BUDGET };
    walk.part(root);
    walk.end_run();
    walk.best
}

struct Walk<'a, 's> {
    ast: &'a Ast<'s>,
    /// The characters just passed.
    run: Option<Required>,
    best: Option<Required>,
    /// How far from the beginning.
    min: u32,
    max: u32,
    budget: u32,
}

impl Walk<'_, '_> {
    fn end_run(&mut self) {
        if let Some(run) = self.run.take() {
            let value = |r: &Required| (r.max != UNBOUNDED && r.len > 1, r.len);
            if self.best.as_ref().is_none_or(|best| value(&run) > value(best)) {
                self.best = Some(run);
            }
        }
    }

    fn advance(&mut self, (min, max): (u32, u32)) {
        self.min = self.min.saturating_add(min);
        self.max = self.max.saturating_add(max);
    }

    fn unit(&mut self, unit: u32) {
        let (min, max) = (self.min, self.max);
        let run = self.run.get_or_insert(Required { units: [0; MOST], len: 0, min, max });
        if let (Some(place), Ok(unit)) = (run.units.get_mut(run.len), u16::try_from(unit)) {
            *place = unit;
            run.len += 1;
        }
        let full = run.len == MOST;
        self.advance((1, 1));
        if full {
            self.end_run();
        }
    }

    /// Passes a part that is always matched.
    fn part(&mut self, node: NodeId) {
        if self.budget == 0 {
            self.end_run();
            self.advance((0, UNBOUNDED));
            return;
        }
        self.budget -= 1;
        match self.ast.kind(node) {
            Kind::Empty | Kind::Assert(_) | Kind::Look { .. } => {}
            // Halves of pairs are left to the matcher.
            Kind::Char(c) if c <= 0xFFFF && !is_lead(c) && !is_trail(c) => self.unit(c),
            Kind::Sequence(children) => {
                for child in self.ast.children(children) {
                    self.part(child);
                }
            }
            Kind::Capture { body, .. } => self.part(body),
            Kind::Repeat { body, min: 1, max: 1, .. } => self.part(body),
            _ => {
                self.end_run();
                let width = self.width(node);
                self.advance(width);
            }
        }
    }

    /// The least and the most units a part consumes.
    fn width(&mut self, node: NodeId) -> (u32, u32) {
        if self.budget == 0 {
            return (0, UNBOUNDED);
        }
        self.budget -= 1;
        match self.ast.kind(node) {
            Kind::Empty | Kind::Assert(_) | Kind::Look { .. } => (0, 0),
            Kind::Char(c) => {
                if c > 0xFFFF {
                    (2, 2)
                } else {
                    (1, 1)
                }
            }
            Kind::Set { .. } => (1, if self.ast.unicode { 2 } else { 1 }),
            Kind::Sequence(children) => {
                let mut total = (0_u32, 0_u32);
                let mut next = children;
                while next != super::ast::NONE {
                    let (min, max) = self.width(next);
                    total = (total.0.saturating_add(min), total.1.saturating_add(max));
                    next = self.ast.next(next);
                }
                total
            }
            Kind::Alternatives(children) => {
                let mut total = (UNBOUNDED, 0);
                let mut next = children;
                while next != super::ast::NONE {
                    let (min, max) = self.width(next);
                    total = (total.0.min(min), total.1.max(max));
                    next = self.ast.next(next);
                }
                total
            }
            Kind::Capture { body, .. } => self.width(body),
            Kind::BackReference { .. } | Kind::NamedReference { .. } => (0, UNBOUNDED),
            Kind::Repeat { body, min, max, .. } => {
                let (least, most) = self.width(body);
                let most = if most == 0 { 0 } else { most.saturating_mul(max) };
                (least.saturating_mul(min), most)
            }
        }
    }
}

/// The search for what [`required`] found, during one execution.
pub(super) struct Literal<'p> {
    words: &'p [u32],
    len: usize,
    rarest: usize,
    min: usize,
    max: u32,
    /// Where it stands, if that was looked up.
    found: Option<usize>,
}

impl<'p> Literal<'p> {
    pub(super) fn of(program: Program<'p>) -> Option<Self> {
        let len = program.field(header::LITERAL_LEN) as usize;
        let at = program.field(header::LITERAL) as usize;
        let words = program.words.get(at..)?.get(..len.div_ceil(2))?;
        if len == 0 {
            return None;
        }
        let rarest = (program.field(header::LITERAL_RAREST) as usize).min(len - 1);
        let (min, max) = (program.field(header::LITERAL_MIN) as usize, program.field(header::LITERAL_MAX));
        Some(Literal { words, len, rarest, min, max, found: None })
    }

    fn unit(&self, i: usize) -> u32 {
        let pair = self.words.get(i / 2).copied().unwrap_or(0);
        if i.is_multiple_of(2) { pair & 0xFFFF } else { pair >> 16 }
    }

    /// The first place from `start` on where a match can begin; `None` when there is none.
    #[inline]
    pub(super) fn next_start<T: Text>(&mut self, text: T, start: usize) -> Option<usize> {
        let from = start.checked_add(self.min)?;
        let found = match self.found {
            Some(found) if found >= from => found,
            _ => self.find(text, from)?,
        };
        self.found = Some(found);
        Some(if self.max == UNBOUNDED { start } else { start.max(found.saturating_sub(self.max as usize)) })
    }

    /// Where it stands at or behind `from`.
    fn find<T: Text>(&self, text: T, from: usize) -> Option<usize> {
        let wanted = self.unit(self.rarest);
        let mut at = from.checked_add(self.rarest)?;
        loop {
            let hit = text.find_any(at, [wanted; 3])?;
            let begin = hit - self.rarest;
            if (0..self.len).all(|i| text.unit(begin + i) == Some(self.unit(i))) {
                return Some(begin);
            }
            at = hit + 1;
        }
    }
}
