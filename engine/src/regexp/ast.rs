//! The syntax tree of a pattern, in scratch memory.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use super::charset::Range;

/// Index of a [`Node`]; [`NONE`] ends lists.
pub(super) type NodeId = u32;

pub(super) const NONE: u32 = u32::MAX;

/// An unbounded maximum of a quantifier.
pub(super) const UNBOUNDED: u32 = u32::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assertion {
    Start { multiline: bool },
    End { multiline: bool },
    WordBoundary { negated: bool, folded: bool },
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Matches nothing, successfully.
    Empty,
    /// One character: a code point with a Unicode flag, a code unit without.
    Char(u32),
    /// One character of `Ast::ranges[start..start + len]`.
    Set {
        start: u32,
        len: u32,
    },
    /// Children in order.
    Sequence(NodeId),
    /// Children as alternatives.
    Alternatives(NodeId),
    Capture {
        index: u32,
        body: NodeId,
    },
    BackReference {
        group: u32,
        ignore_case: bool,
    },
    /// Refers to `Ast::names[name]`.
    NamedReference {
        name: u32,
        ignore_case: bool,
    },
    Assert(Assertion),
    Look {
        body: NodeId,
        behind: bool,
        negated: bool,
    },
    /// Captures `first_capture..end_capture` lie within.
    Repeat {
        body: NodeId,
        min: u32,
        max: u32,
        greedy: bool,
        first_capture: u32,
        end_capture: u32,
    },
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// The next child of the same parent.
    pub(super) next: NodeId,
}

/// A distinct group name, defined or only referred to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) start: u32,
    pub(super) len: u32,
    pub(super) hash: u32,
    /// The first of its groups in `Ast::named_groups`.
    pub(super) first_group: u32,
    pub(super) last_group: u32,
    /// Whether a group of that name may take part in a match together with what is being parsed.
    pub(super) active: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct NamedGroup {
    pub(super) name: u32,
    pub(super) index: u32,
    /// The next group of the same name.
    pub(super) next: u32,
}

pub(super) struct Ast<'s> {
    pub(super) nodes: ScratchVec<'s, Node>,
    pub(super) ranges: ScratchVec<'s, Range>,
    pub(super) name_units: ScratchVec<'s, u16>,
    pub(super) names: ScratchVec<'s, Name>,
    pub(super) named_groups: ScratchVec<'s, NamedGroup>,
    pub(super) root: NodeId,
    /// Number of captures, the whole match included.
    pub(super) capture_count: u32,
    pub(super) unicode: bool,
}

impl<'s> Ast<'s> {
    pub(super) fn new(scratch: &'s Scratch<'_>, unicode: bool) -> Self {
        Ast {
            nodes: ScratchVec::new(scratch),
            ranges: ScratchVec::new(scratch),
            name_units: ScratchVec::new(scratch),
            names: ScratchVec::new(scratch),
            named_groups: ScratchVec::new(scratch),
            root: NONE,
            capture_count: 1,
            unicode,
        }
    }

    pub(super) fn add(&mut self, kind: Kind) -> Result<NodeId, OutOfScratch> {
        let id = self.nodes.len() as u32;
        self.nodes.push(Node { kind, next: NONE })?;
        Ok(id)
    }

    /// A node for one of the characters in sorted, disjoint `ranges`.
    pub(super) fn add_set(&mut self, ranges: &[Range]) -> Result<NodeId, OutOfScratch> {
        if let &[(lo, hi)] = ranges
            && lo == hi
        {
            return self.add(Kind::Char(lo));
        }
        let start = self.ranges.len() as u32;
        self.ranges.extend_from_slice(ranges)?;
        self.add(Kind::Set { start, len: ranges.len() as u32 })
    }

    pub(super) fn kind(&self, id: NodeId) -> Kind {
        self.nodes.get(id as usize).map_or(Kind::Empty, |n| n.kind)
    }

    pub(super) fn next(&self, id: NodeId) -> NodeId {
        self.nodes.get(id as usize).map_or(NONE, |n| n.next)
    }

    pub(super) fn children(&self, first: NodeId) -> Children<'_, 's> {
        Children { ast: self, next: first }
    }

    pub(super) fn set(&self, start: u32, len: u32) -> &[Range] {
        &self.ranges[start as usize..(start + len) as usize]
    }
}

pub(super) struct Children<'a, 's> {
    ast: &'a Ast<'s>,
    next: NodeId,
}

impl Iterator for Children<'_, '_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.next == NONE {
            return None;
        }
        let id = self.next;
        self.next = self.ast.next(id);
        Some(id)
    }
}

/// Builds a list of siblings.
#[derive(Clone, Copy)]
pub(super) struct Siblings {
    pub(super) first: NodeId,
    last: NodeId,
    pub(super) count: u32,
}

impl Siblings {
    pub(super) const fn new() -> Self {
        Siblings { first: NONE, last: NONE, count: 0 }
    }

    pub(super) fn push(&mut self, ast: &mut Ast<'_>, id: NodeId) {
        if let Some(last) = ast.nodes.get_mut(self.last as usize) {
            last.next = id;
        } else {
            self.first = id;
        }
        self.last = id;
        self.count += 1;
    }
}
