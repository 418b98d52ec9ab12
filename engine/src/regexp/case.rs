//! Case-insensitive comparison (ECMA-262 §22.2.2.7.3 Canonicalize).
//!
//! Patterns are made case-insensitive when they are compiled: a set is replaced with everything that canonicalises like
//! one of its members. Only backreferences canonicalise while matching.

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use super::charset::{self, CharSet};

fn single(mut chars: impl Iterator<Item = char>) -> Option<u32> {
    match (chars.next(), chars.next()) {
        (Some(c), None) => Some(u32::from(c)),
        _ => None,
    }
}

/// Canonicalize without a Unicode flag: the uppercase mapping, if that is one code unit and does not lead into ASCII.
pub(super) fn upper(c: u32) -> u32 {
    if c < 0x80 {
        return if (0x61..=0x7A).contains(&c) { c - 0x20 } else { c };
    }
    match char::from_u32(c).and_then(|c| single(c.to_uppercase())) {
        Some(u) if (0x80..=0xFFFF).contains(&u) => u,
        _ => c,
    }
}

/// Canonicalize with a Unicode flag: simple case folding.
///
/// The core library has no case folding; lowercasing the uppercase mapping gives it but for a few characters.
pub(super) fn simple_fold(c: u32) -> u32 {
    match c {
        0..0x80 => return if (0x41..=0x5A).contains(&c) { c + 0x20 } else { c },
        // Turkish mappings are not part of simple folding.
        0x130 | 0x131 => return c,
        // Cherokee folds to its older uppercase letters.
        0x13A0..=0x13F5 => return c,
        0x13F8..=0x13FD => return c - 8,
        0xAB70..=0xABBF => return c - 0xAB70 + 0x13A0,
        // Pairs whose uppercase is more than one character.
        0x1E9E => return 0xDF,
        0x1FD3 => return 0x390,
        0x1FE3 => return 0x3B0,
        0xFB05 => return 0xFB06,
        _ => {}
    }
    let Some(ch) = char::from_u32(c) else { return c };
    let upper = single(ch.to_uppercase()).and_then(char::from_u32).unwrap_or(ch);
    single(upper.to_lowercase()).unwrap_or(u32::from(upper))
}

pub(super) fn canonicalize(c: u32, unicode: bool) -> u32 {
    if unicode { simple_fold(c) } else { upper(c) }
}

/// Where characters above ASCII that have case live. Everything outside canonicalises to itself.
const CASED: &[(u32, u32)] = &[
    (0x80, 0x58F),
    (0x10A0, 0x10FF),
    (0x13A0, 0x13FF),
    (0x1C80, 0x1CBF),
    (0x1D79, 0x1D8E),
    (0x1E00, 0x1FFF),
    (0x2126, 0x2188),
    (0x24B6, 0x24E9),
    (0x2C00, 0x2D2F),
    (0xA640, 0xA69F),
    (0xA722, 0xA7FF),
    (0xAB53, 0xABBF),
    (0xFB05, 0xFB06),
    (0xFF21, 0xFF5A),
    (0x10400, 0x105BF),
    (0x10C80, 0x10CFF),
    (0x10D50, 0x10D8F),
    (0x118A0, 0x118DF),
    (0x16E40, 0x16EDF),
    (0x1E900, 0x1E943),
];

/// All characters that are equal to another one but for case. Built when a pattern first needs it.
pub(super) struct CaseTable<'s> {
    /// (canonical, character), sorted, so that the members of one class are adjacent.
    pairs: ScratchVec<'s, (u32, u32)>,
    unicode: bool,
}

impl<'s> CaseTable<'s> {
    pub(super) fn new(scratch: &'s Scratch<'_>, unicode: bool) -> Self {
        CaseTable { pairs: ScratchVec::new(scratch), unicode }
    }

    fn fill(&mut self) -> Result<(), OutOfScratch> {
        if !self.pairs.is_empty() {
            return Ok(());
        }
        let last = if self.unicode { charset::MAX_CODE_POINT } else { 0xFFFF };
        for &(lo, hi) in [(0x41, 0x7A)].iter().chain(CASED) {
            for c in lo..=hi.min(last) {
                let canonical = canonicalize(c, self.unicode);
                if canonical != c {
                    self.pairs.push((canonical, c))?;
                    self.pairs.push((canonical, canonical))?;
                }
            }
        }
        self.pairs.sort_unstable();
        let mut kept = 0;
        for i in 1..self.pairs.len() {
            if self.pairs[i] != self.pairs[kept] {
                kept += 1;
                self.pairs[kept] = self.pairs[i];
            }
        }
        self.pairs.truncate(kept + 1);
        Ok(())
    }

    /// Adds `lo..=hi` and everything equal to a member but for case to `set`.
    pub(super) fn add_closed(&mut self, set: &mut CharSet<'s>, lo: u32, hi: u32) -> Result<(), OutOfScratch> {
        set.add(lo, hi)?;
        if hi < 0x80 {
            for (from, to) in [(0x41, 0x61), (0x61, 0x41)] {
                let (a, b) = (lo.max(from), hi.min(from + 25));
                if a <= b {
                    set.add(a - from + to, b - from + to)?;
                }
            }
            if self.unicode {
                for (ascii, other) in [(0x4B, 0x212A), (0x6B, 0x212A), (0x53, 0x17F), (0x73, 0x17F)] {
                    if lo <= ascii && ascii <= hi {
                        set.add(other, other)?;
                    }
                }
            }
            return Ok(());
        }
        if lo == hi && canonicalize(lo, self.unicode) == lo && !CASED.iter().any(|r| r.0 <= lo && lo <= r.1) {
            return Ok(());
        }
        self.add_closed_all(set, &[(lo, hi)])
    }

    /// [`add_closed`](Self::add_closed) for sorted ranges.
    pub(super) fn add_closed_all(&mut self, set: &mut CharSet<'s>, ranges: &[(u32, u32)]) -> Result<(), OutOfScratch> {
        set.add_all(ranges)?;
        self.fill()?;
        if let &[(lo, hi)] = ranges
            && lo == hi
        {
            let canonical = canonicalize(lo, self.unicode);
            let start = self.pairs.partition_point(|p| p.0 < canonical);
            for &(_, c) in self.pairs[start..].iter().take_while(|p| p.0 == canonical) {
                set.add(c, c)?;
            }
            return Ok(());
        }
        for class in self.pairs.chunk_by(|a, b| a.0 == b.0) {
            if class.iter().any(|&(_, c)| charset::contains(ranges, c)) {
                for &(_, c) in class {
                    set.add(c, c)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_agrees_with_unicode_data() {
        let mapper = icu_casemap::CaseMapper::new();
        for c in '\0'..=char::MAX {
            let folded = u32::from(mapper.simple_fold(c));
            assert_eq!(simple_fold(u32::from(c)), folded, "{:x}", u32::from(c));
        }
    }

    #[test]
    fn cased_ranges_are_complete() {
        for c in 0x80..=charset::MAX_CODE_POINT {
            for unicode in [false, true] {
                let canonical = canonicalize(c, unicode);
                if canonical != c {
                    for x in [c, canonical] {
                        assert!(x < 0x80 || CASED.iter().any(|r| r.0 <= x && x <= r.1), "{x:x}");
                    }
                }
            }
        }
    }
}
