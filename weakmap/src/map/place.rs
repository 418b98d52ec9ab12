//! Where entries are.

use super::group::{CAPACITY, GROUP};

/// The most groups there are, so that their numbers and one more fit into a place.
pub(super) const GROUPS: usize = (u32::MAX - 1) as usize;

/// Where an entry is: the numbers of its group, of the leaf in that, and of the entry in that, of which 0 is the lowest. One number
/// that fits into a register, and orders places as keys are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(u64);

impl Place {
    pub const FIRST: Place = Place(0);

    #[inline]
    pub fn new(group: usize, leaf: usize, entry: usize) -> Self {
        debug_assert!(group <= GROUPS && leaf <= GROUP && entry <= CAPACITY);
        Place((group as u64) << 32 | (leaf as u64) << 16 | entry as u64)
    }

    #[inline]
    pub fn group(self) -> usize {
        (self.0 >> 32) as usize
    }

    #[inline]
    pub fn leaf(self) -> usize {
        (self.0 >> 16) as u16 as usize
    }

    #[inline]
    pub fn entry(self) -> usize {
        self.0 as u16 as usize
    }

    /// The place in the rest of the leaf, unless it is that of the lowest entry.
    #[inline]
    pub fn index(self) -> Option<usize> {
        self.entry().checked_sub(1)
    }

    /// The next place in the leaf, which may be past its end.
    #[inline]
    pub fn next(self) -> Self {
        Place(self.0 + 1)
    }
}
