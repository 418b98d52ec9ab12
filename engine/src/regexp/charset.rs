//! Sets of characters as sorted ranges.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

pub(super) const MAX_CODE_POINT: u32 = 0x10_FFFF;

/// An inclusive range of characters.
pub(super) type Range = (u32, u32);

/// A set of characters under construction. Ranges may be added in any order; everything else wants them
/// [normalised](Self::normalise) first.
pub(super) struct CharSet<'s> {
    ranges: ScratchVec<'s, Range>,
}

impl<'s> CharSet<'s> {
    pub(super) fn new(scratch: &'s Scratch<'_>) -> Self {
        CharSet { ranges: ScratchVec::new(scratch) }
    }

    pub(super) fn add(&mut self, lo: u32, hi: u32) -> Result<(), OutOfScratch> {
        // Runs of adjacent additions (case tables, properties) stay one range.
        if let Some(last) = self.ranges.last_mut()
            && last.0 <= lo
            && lo <= last.1.saturating_add(1)
        {
            last.1 = last.1.max(hi);
            return Ok(());
        }
        self.ranges.push((lo, hi))
    }

    pub(super) fn add_all(&mut self, ranges: &[Range]) -> Result<(), OutOfScratch> {
        self.ranges.extend_from_slice(ranges)
    }

    pub(super) fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    #[cfg(feature = "unicode-properties")]
    pub(super) fn scratch(&self) -> &'s Scratch<'s> {
        self.ranges.scratch()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Sorts the ranges and joins those that touch.
    pub(super) fn normalise(&mut self) {
        if self.ranges.is_sorted() && self.ranges.windows(2).all(|w| w[0].1.saturating_add(1) < w[1].0) {
            return;
        }
        self.ranges.sort_unstable();
        let mut kept = 0;
        for i in 1..self.ranges.len() {
            let (lo, hi) = self.ranges[i];
            if lo <= self.ranges[kept].1.saturating_add(1) {
                self.ranges[kept].1 = self.ranges[kept].1.max(hi);
            } else {
                kept += 1;
                self.ranges[kept] = (lo, hi);
            }
        }
        self.ranges.truncate(kept + 1);
    }

    /// Everything up to `max` that is not in the set.
    pub(super) fn complement(&mut self, max: u32) -> Result<(), OutOfScratch> {
        self.normalise();
        let mut out = ScratchVec::new(self.ranges.scratch());
        let mut next = 0;
        for &(lo, hi) in self.ranges.iter() {
            if lo > next {
                out.push((next, lo - 1))?;
            }
            next = hi.saturating_add(1);
        }
        if next <= max {
            out.push((next, max))?;
        }
        self.ranges = out;
        Ok(())
    }

    pub(super) fn intersect(&mut self, other: &mut CharSet<'s>) -> Result<(), OutOfScratch> {
        self.normalise();
        other.normalise();
        let mut out = ScratchVec::new(self.ranges.scratch());
        let (mut i, mut j) = (0, 0);
        while let (Some(&a), Some(&b)) = (self.ranges.get(i), other.ranges.get(j)) {
            let (lo, hi) = (a.0.max(b.0), a.1.min(b.1));
            if lo <= hi {
                out.push((lo, hi))?;
            }
            if a.1 < b.1 {
                i += 1;
            } else {
                j += 1;
            }
        }
        self.ranges = out;
        Ok(())
    }

    pub(super) fn subtract(&mut self, other: &mut CharSet<'s>) -> Result<(), OutOfScratch> {
        other.complement(MAX_CODE_POINT)?;
        self.intersect(other)
    }
}

/// Whether sorted, disjoint `ranges` have `c`.
pub(super) fn contains(ranges: &[Range], c: u32) -> bool {
    let after = ranges.partition_point(|r| r.1 < c);
    ranges.get(after).is_some_and(|r| r.0 <= c)
}

/// ECMA-262 §22.2.2.9.4 `\d`.
pub(super) const DIGITS: &[Range] = &[(0x30, 0x39)];

/// ECMA-262 §22.2.2.9.4 `\w` without the Unicode case-insensitive additions.
pub(super) const WORD: &[Range] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];

/// The characters outside ASCII that `\w` has with `i` and either Unicode flag.
pub(super) const WORD_FOLDED: &[Range] = &[(0x17F, 0x17F), (0x212A, 0x212A)];

/// *WhiteSpace* and *LineTerminator*.
pub(super) const SPACE: &[Range] = &[
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];

/// *LineTerminator*.
pub(super) const LINE_TERMINATORS: &[Range] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];
