//! Which characters a part of a pattern can begin with. Everything here may answer "any", and does when looking closer
//! would take long.

use super::ast::{Assertion, Ast, Kind, NONE, NodeId};
use super::text::split;

/// What the text may look like where a part of the pattern matches, as seen by one code unit of lookahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct First {
    /// Units below 256.
    pub(super) low: [u32; 8],
    /// Units from 256 on.
    pub(super) high: bool,
    /// The end of the text.
    pub(super) end: bool,
    /// The part may match without consuming anything, so that whatever follows it counts as well.
    pub(super) nullable: bool,
    /// The rest of the pattern is nothing at all, and matches whatever the text.
    pub(super) accepts: bool,
}

impl First {
    /// Matches nothing at all.
    pub(super) const NEVER: First = First { low: [0; 8], high: false, end: false, nullable: false, accepts: false };
    /// Anything goes.
    pub(super) const ANY: First = First { low: [u32::MAX; 8], high: true, end: true, nullable: false, accepts: false };
    /// Consumes nothing.
    pub(super) const EMPTY: First = First { low: [0; 8], high: false, end: false, nullable: true, accepts: false };
    /// The end of the pattern.
    pub(super) const ACCEPT: First = First { accepts: true, ..First::ANY };

    fn add(&mut self, unit: u32) {
        match self.low.get_mut((unit >> 5) as usize) {
            Some(word) => *word |= 1 << (unit & 31),
            None => self.high = true,
        }
    }

    fn add_range(&mut self, lo: u32, hi: u32) {
        for unit in lo..=hi.min(255) {
            self.add(unit);
        }
        self.high |= hi > 255;
    }

    /// Either of two parts.
    pub(super) fn or(mut self, other: First) -> First {
        for (a, b) in self.low.iter_mut().zip(other.low) {
            *a |= b;
        }
        self.high |= other.high;
        self.end |= other.end;
        self.nullable |= other.nullable;
        self.accepts = false;
        self
    }

    /// This part, then `next`.
    pub(super) fn then(self, next: First) -> First {
        if !self.nullable {
            return self;
        }
        First { nullable: next.nullable, ..self.or(next) }
    }

    /// Whether no text can begin both.
    pub(super) fn disjoint(&self, other: &First) -> bool {
        let shared = self.high && other.high || self.end && other.end;
        !(self.nullable || other.nullable || shared) && self.low.iter().zip(other.low).all(|(a, b)| a & b == 0)
    }

    /// Up to three units that are the only beginnings.
    pub(super) fn few(&self) -> Option<[u32; 3]> {
        let count: u32 = self.low.iter().map(|w| w.count_ones()).sum();
        if self.high || self.end || self.nullable || count == 0 || count > 3 {
            return None;
        }
        let mut found = [0; 3];
        let mut n = 0;
        for unit in 0..256_u32 {
            if self.low[(unit >> 5) as usize] >> (unit & 31) & 1 != 0 {
                found[n..].fill(unit);
                n += 1;
            }
        }
        Some(found)
    }

    /// Whether knowing this rules out a good part of all text.
    pub(super) fn is_selective(&self) -> bool {
        !self.nullable && self.low.iter().map(|w| w.count_ones()).sum::<u32>() < 200
    }
}

/// How many nodes one question may look at.
const BUDGET: u32 = 64;

const UNKNOWN: First = First { nullable: true, ..First::ANY };

/// What `node` can begin with, matching forwards.
pub(super) fn first(ast: &Ast<'_>, node: NodeId) -> First {
    let mut budget = BUDGET;
    first_of(ast, node, &mut budget)
}

/// What `node` and all its later siblings can begin with.
pub(super) fn first_of_siblings(ast: &Ast<'_>, node: NodeId) -> First {
    let mut budget = BUDGET;
    first_of_sequence(ast, node, &mut budget)
}

fn first_of_sequence(ast: &Ast<'_>, node: NodeId, budget: &mut u32) -> First {
    let mut result = First::EMPTY;
    let mut next = node;
    while next != NONE && result.nullable {
        if *budget == 0 {
            return result.or(UNKNOWN);
        }
        result = result.then(first_of(ast, next, budget));
        next = ast.next(next);
    }
    result
}

fn first_of(ast: &Ast<'_>, node: NodeId, budget: &mut u32) -> First {
    // The budget bounds the recursion as well.
    if *budget == 0 {
        return UNKNOWN;
    }
    *budget -= 1;
    match ast.kind(node) {
        Kind::Empty | Kind::Look { .. } | Kind::Assert(Assertion::Start { .. } | Assertion::WordBoundary { .. }) => {
            First::EMPTY
        }
        Kind::Char(c) => {
            let mut result = First::NEVER;
            result.add(if c > 0xFFFF { split(c).0 } else { c });
            result
        }
        Kind::Set { start, len } => {
            let mut result = First::NEVER;
            for &(lo, hi) in ast.set(start, len) {
                result.add_range(lo, hi);
                if result.high {
                    break;
                }
            }
            result
        }
        Kind::Sequence(children) => first_of_sequence(ast, children, budget),
        Kind::Alternatives(children) => {
            let mut result = First::NEVER;
            for child in ast.children(children) {
                if *budget == 0 {
                    return UNKNOWN;
                }
                result = result.or(first_of(ast, child, budget));
            }
            result
        }
        Kind::Capture { body, .. } => first_of(ast, body, budget),
        Kind::BackReference { .. } | Kind::NamedReference { .. } => UNKNOWN,
        Kind::Assert(Assertion::End { multiline }) => {
            let mut result = First { end: true, ..First::NEVER };
            if multiline {
                result.add(0x0A);
                result.add(0x0D);
                result.high = true;
            }
            result
        }
        Kind::Repeat { body, min, max, .. } => {
            if max == 0 {
                return First::EMPTY;
            }
            let mut result = first_of(ast, body, budget);
            result.nullable |= min == 0;
            result
        }
    }
}

/// Roughly how many words `node` becomes; `None` when that is more than is worth knowing.
pub(super) fn size(ast: &Ast<'_>, node: NodeId) -> Option<u32> {
    let mut budget = BUDGET;
    size_of(ast, node, &mut budget)
}

fn size_of(ast: &Ast<'_>, node: NodeId, budget: &mut u32) -> Option<u32> {
    *budget = budget.checked_sub(1)?;
    match ast.kind(node) {
        Kind::Empty => Some(0),
        Kind::Char(_) | Kind::Set { .. } | Kind::Assert(_) => Some(1),
        Kind::Sequence(children) => {
            let mut total = 0;
            for child in ast.children(children) {
                total += size_of(ast, child, budget)?;
            }
            Some(total)
        }
        Kind::Alternatives(children) => {
            let mut total = 0;
            for child in ast.children(children) {
                total += size_of(ast, child, budget)? + 6;
            }
            Some(total)
        }
        Kind::Capture { body, .. } => Some(size_of(ast, body, budget)? + 2),
        Kind::BackReference { .. } | Kind::NamedReference { .. } => Some(2),
        Kind::Look { body, .. } => Some(size_of(ast, body, budget)? + 4),
        Kind::Repeat { body, min, max, .. } => {
            let body = size_of(ast, body, budget)?;
            if body == 1 {
                return Some(7);
            }
            let copies = if max == super::ast::UNBOUNDED { min.saturating_add(1) } else { max };
            body.checked_add(8)?.checked_mul(copies.max(1)).filter(|&n| n < 1 << 16)
        }
    }
}

/// Whether every match of `node` begins where the text (or, with `multiline`, a line) begins.
pub(super) fn is_anchored(ast: &Ast<'_>, node: NodeId, multiline: bool) -> bool {
    let mut budget = BUDGET;
    anchored(ast, node, multiline, &mut budget)
}

fn anchored(ast: &Ast<'_>, node: NodeId, lines: bool, budget: &mut u32) -> bool {
    if *budget == 0 {
        return false;
    }
    *budget -= 1;
    match ast.kind(node) {
        Kind::Assert(Assertion::Start { multiline }) => lines || !multiline,
        Kind::Sequence(first) => anchored(ast, first, lines, budget),
        Kind::Capture { body, .. } => anchored(ast, body, lines, budget),
        Kind::Alternatives(children) => ast.children(children).all(|child| anchored(ast, child, lines, budget)),
        _ => false,
    }
}

/// Whether `node` may match without consuming anything. This is more than having a nullable [`First`]: `$` tells what
/// follows, yet consumes nothing.
pub(super) fn may_be_empty(ast: &Ast<'_>, node: NodeId) -> bool {
    let mut budget = BUDGET;
    empty(ast, node, &mut budget)
}

fn empty(ast: &Ast<'_>, node: NodeId, budget: &mut u32) -> bool {
    if *budget == 0 {
        return true;
    }
    *budget -= 1;
    match ast.kind(node) {
        Kind::Char(_) | Kind::Set { .. } => false,
        Kind::Sequence(children) => {
            ast.children(children).all(|child| *budget != 0 && empty(ast, child, budget)) || *budget == 0
        }
        Kind::Alternatives(children) => ast.children(children).any(|child| empty(ast, child, budget)),
        Kind::Capture { body, .. } => empty(ast, body, budget),
        Kind::Repeat { body, min, max, .. } => min == 0 || max == 0 || empty(ast, body, budget),
        Kind::Empty
        | Kind::Assert(_)
        | Kind::Look { .. }
        | Kind::BackReference { .. }
        | Kind::NamedReference { .. } => true,
    }
}
