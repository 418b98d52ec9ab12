//! The layout of compiled patterns.

use super::flags::Flags;

/// The first word of every program; changes whenever the meaning of the others does.
pub(super) const MAGIC: u32 = 0x5278_0002;

/// Word indices of the header.
pub(super) mod header {
    pub(in crate::regexp) const MAGIC: usize = 0;
    /// [`Flags`](super::Flags) in the low byte, then the bits below.
    pub(in crate::regexp) const FLAGS: usize = 1;
    pub(in crate::regexp) const CAPTURES: usize = 2;
    pub(in crate::regexp) const REGISTERS: usize = 3;
    /// Where the sets begin; the code lies between the header and them.
    pub(in crate::regexp) const SETS: usize = 4;
    pub(in crate::regexp) const NAMES: usize = 5;
    pub(in crate::regexp) const NAME_COUNT: usize = 6;
    /// Number of places where failures can be remembered; zero when the pattern does not allow that.
    pub(in crate::regexp) const MEMOS: usize = 7;
    /// No match is shorter than this.
    pub(in crate::regexp) const MIN_LENGTH: usize = 8;
    /// One of [`search`](super::search).
    pub(in crate::regexp) const SEARCH: usize = 9;
    /// What to search for: three units, or the offset of a set and whether the end of the text counts.
    pub(in crate::regexp) const NEEDLE: usize = 10;
    /// The unbounded run every match begins with, or zero. Where it fails, it fails for all starts up to its end.
    pub(in crate::regexp) const LEADING_RUN: usize = 13;
    /// A text that every match contains: where its units are, two in each word, and how many (zero: nothing is known).
    pub(in crate::regexp) const LITERAL: usize = 14;
    pub(in crate::regexp) const LITERAL_LEN: usize = 15;
    /// How far behind the beginning of the match it begins: at least, and at most (or `u32::MAX`).
    pub(in crate::regexp) const LITERAL_MIN: usize = 16;
    pub(in crate::regexp) const LITERAL_MAX: usize = 17;
    /// Which of its units to look for.
    pub(in crate::regexp) const LITERAL_RAREST: usize = 18;
    pub(in crate::regexp) const LEN: usize = 19;

    /// In `FLAGS`: matches begin at the beginning of the text only.
    pub(in crate::regexp) const ANCHORED: u32 = 1 << 8;
}

/// How to find places where a match can begin.
pub(super) mod search {
    pub(in crate::regexp) const EVERYWHERE: u32 = 0;
    pub(in crate::regexp) const UNITS: u32 = 1;
    pub(in crate::regexp) const SET: u32 = 2;
    /// Where lines begin.
    pub(in crate::regexp) const LINES: u32 = 3;
}

/// Instructions: the operation in the low byte of the first word, its argument in the rest.
///
/// *Memo* stands for two words: a number counted from one (zero when failures here cannot be remembered) and the
/// register with the start of the innermost enclosing loop that checks for progress, or `u32::MAX`.
pub(super) mod op {
    /// Backtrack.
    pub(in crate::regexp) const FAIL: u8 = 0;
    /// The whole pattern has matched.
    pub(in crate::regexp) const MATCH: u8 = 1;
    /// One unit, the argument.
    pub(in crate::regexp) const CHAR: u8 = 2;
    /// One unit, the argument or the next word.
    pub(in crate::regexp) const CHAR2: u8 = 3;
    /// As many units as the argument says, two in each of the following words.
    pub(in crate::regexp) const STRING: u8 = 4;
    /// A character of the set at the argument.
    pub(in crate::regexp) const SET: u8 = 5;
    /// Any character.
    pub(in crate::regexp) const ANY: u8 = 6;
    /// One code point, the argument.
    pub(in crate::regexp) const CODE_POINT: u8 = 7;
    /// As above, but what is before the current position.
    pub(in crate::regexp) const SET_BACK: u8 = 8;
    pub(in crate::regexp) const ANY_BACK: u8 = 9;
    pub(in crate::regexp) const CODE_POINT_BACK: u8 = 10;
    /// Continue at the argument.
    pub(in crate::regexp) const JUMP: u8 = 11;
    /// Continue behind, or else at the argument. Memo.
    pub(in crate::regexp) const SPLIT: u8 = 12;
    /// Continue at the argument, or else behind. Memo.
    pub(in crate::regexp) const SPLIT_LAZY: u8 = 13;
    /// The same, but a table tells which of the two can match at all: bit 0 for behind, bit 1 for the argument. Memo,
    /// the table, and the bits for units above 255 (0, 1), for the end (2, 3), and whether the argument comes first (4).
    pub(in crate::regexp) const SPLIT_TABLE: u8 = 14;
    /// As many characters of a set as possible (or as few). Kind, minimum, maximum, memo, the set that comes next.
    pub(in crate::regexp) const RUN: u8 = 15;
    /// The current position into a register.
    pub(in crate::regexp) const SAVE: u8 = 16;
    /// Unset the registers from the argument up to the next word.
    pub(in crate::regexp) const CLEAR: u8 = 17;
    /// Fail if the register has the current position.
    pub(in crate::regexp) const PROGRESS: u8 = 18;
    /// Zero into a register.
    pub(in crate::regexp) const COUNT_INIT: u8 = 19;
    /// Decide by the count in a register: minimum, maximum, exit, whether lazy. The body begins with `COUNT_INC`.
    pub(in crate::regexp) const COUNT_LOOP: u8 = 20;
    pub(in crate::regexp) const COUNT_INC: u8 = 21;
    /// `PROGRESS`, but only for iterations above a minimum: count register, minimum.
    pub(in crate::regexp) const COUNT_PROGRESS: u8 = 22;
    /// What a group captured. Bits: ignoring case, code points, backwards.
    pub(in crate::regexp) const BACK_REFERENCE: u8 = 23;
    pub(in crate::regexp) const START: u8 = 24;
    pub(in crate::regexp) const LINE_START: u8 = 25;
    pub(in crate::regexp) const END: u8 = 26;
    pub(in crate::regexp) const LINE_END: u8 = 27;
    /// Argument bits: negated, with the case-folded additions.
    pub(in crate::regexp) const WORD_BOUNDARY: u8 = 28;
    /// Begin a lookaround with two registers from the argument. Where to continue when it is negated and fails, or
    /// `u32::MAX`.
    pub(in crate::regexp) const LOOK: u8 = 29;
    /// End it. Whether negated.
    pub(in crate::regexp) const LOOK_END: u8 = 30;
    /// Continue at the place a table of 256 relative targets has for the next unit; then targets for higher units and
    /// the end. Zero fails.
    pub(in crate::regexp) const SWITCH: u8 = 31;
}

/// Kinds of [`op::RUN`].
pub(super) mod run {
    pub(in crate::regexp) const GREEDY: u32 = 0;
    pub(in crate::regexp) const LAZY: u32 = 1;
    /// Greedy, and giving characters back never helps.
    pub(in crate::regexp) const POSSESSIVE: u32 = 2;
    pub(in crate::regexp) const MODE: u32 = 3;
    /// The set has every character.
    pub(in crate::regexp) const ANY: u32 = 4;
    /// The set has everything but line terminators.
    pub(in crate::regexp) const DOT: u32 = 8;
    /// What follows can match at the end of the text.
    pub(in crate::regexp) const NEXT_END: u32 = 16;
    /// Failures of shorter runs follow from those of longer ones.
    pub(in crate::regexp) const UNBOUNDED: u32 = 32;
}

pub(super) const LONGEST: usize = 1 << 24;

/// The words are not a program of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidProgram;

/// A compiled pattern.
///
/// Only the header is checked. Running a program whose other words are damaged gives a wrong answer at worst.
#[derive(Clone, Copy, Debug)]
pub struct Program<'p> {
    pub(super) words: &'p [u32],
}

impl<'p> Program<'p> {
    /// # Errors
    /// [`InvalidProgram`] when the header does not fit the words.
    #[inline]
    pub fn new(words: &'p [u32]) -> Result<Self, InvalidProgram> {
        let program = Program { words };
        let sets = program.field(header::SETS);
        let names = program.field(header::NAMES);
        let captures = program.field(header::CAPTURES);
        let registers = program.field(header::REGISTERS);
        // Every capture and every register appears in the code, so their number cannot exceed its length.
        let sound = words.len() >= header::LEN
            && words.len() <= LONGEST
            && program.field(header::MAGIC) == MAGIC
            && header::LEN <= sets as usize
            && sets <= names
            && names as usize <= words.len()
            && captures >= 1
            && captures as usize <= words.len()
            && registers as usize <= words.len() * 2
            && registers / 2 >= captures
            && program.field(header::NAME_COUNT) < captures
            && program.field(header::MEMOS) as usize <= words.len();
        if sound { Ok(program) } else { Err(InvalidProgram) }
    }

    #[inline]
    pub(super) fn field(self, index: usize) -> u32 {
        self.words.get(index).copied().unwrap_or(0)
    }

    /// The words the program consists of.
    #[must_use]
    pub fn words(self) -> &'p [u32] {
        self.words
    }

    /// The flags the pattern was compiled with.
    #[must_use]
    #[inline]
    pub fn flags(self) -> Flags {
        Flags::from_bits(self.field(header::FLAGS) as u8)
    }

    /// Number of captures, the whole match included.
    #[must_use]
    pub fn capture_count(self) -> usize {
        self.field(header::CAPTURES) as usize
    }

    /// Whether the pattern has named groups.
    #[must_use]
    pub fn has_named_groups(self) -> bool {
        self.field(header::NAME_COUNT) != 0
    }

    /// The named groups in the order they stand in the pattern. Groups in different alternatives may share a name.
    #[must_use]
    pub fn named_groups(self) -> NamedGroups<'p> {
        let rest = self.words.get(self.field(header::NAMES) as usize..).unwrap_or(&[]);
        NamedGroups { rest, left: self.field(header::NAME_COUNT) }
    }
}

/// See [`Program::named_groups`].
#[derive(Clone, Debug)]
pub struct NamedGroups<'p> {
    rest: &'p [u32],
    left: u32,
}

impl<'p> Iterator for NamedGroups<'p> {
    type Item = (GroupName<'p>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (&[index, len], rest) = self.rest.split_first_chunk::<2>()?;
        let words = (len as usize).div_ceil(2);
        let name = rest.get(..words)?;
        self.rest = rest.get(words..)?;
        Some((GroupName { words: name, len: len as usize }, index as usize))
    }
}

/// The name of a group: UTF-16 code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupName<'p> {
    words: &'p [u32],
    len: usize,
}

impl<'p> GroupName<'p> {
    /// How many code units there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "names are never empty")]
    pub fn len(self) -> usize {
        self.len
    }

    /// The code units.
    pub fn units(self) -> impl Iterator<Item = u16> + use<'p> {
        self.words.iter().flat_map(|&w| [w as u16, (w >> 16) as u16]).take(self.len)
    }
}
