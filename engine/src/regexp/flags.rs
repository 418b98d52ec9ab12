//! The flags of a regular expression.

use super::Input;

/// A set of regular-expression flags (ECMA-262 §22.2.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(u8);

/// The flags text repeats a flag, has an unknown one, or both `u` and `v`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidFlags;

impl Flags {
    /// `d`
    pub const HAS_INDICES: Flags = Flags(1);
    /// `g`
    pub const GLOBAL: Flags = Flags(2);
    /// `i`
    pub const IGNORE_CASE: Flags = Flags(4);
    /// `m`
    pub const MULTILINE: Flags = Flags(8);
    /// `s`
    pub const DOT_ALL: Flags = Flags(16);
    /// `u`
    pub const UNICODE: Flags = Flags(32);
    /// `v`
    pub const UNICODE_SETS: Flags = Flags(64);
    /// `y`
    pub const STICKY: Flags = Flags(128);

    /// In the order the `flags` accessor lists them.
    const LETTERS: [u8; 8] = *b"dgimsuvy";

    /// Reads the text of the flags.
    ///
    /// # Errors
    /// [`InvalidFlags`] for unknown or repeated letters, and for `u` together with `v`.
    pub fn parse(text: Input<'_>) -> Result<Flags, InvalidFlags> {
        let mut flags = 0_u8;
        for i in 0..text.len() {
            let unit = text.unit(i).unwrap_or(0);
            let bit = Self::LETTERS.iter().position(|&l| u32::from(l) == unit).ok_or(InvalidFlags)?;
            if flags & (1 << bit) != 0 {
                return Err(InvalidFlags);
            }
            flags |= 1 << bit;
        }
        let flags = Flags(flags);
        if flags.contains(Flags::UNICODE) && flags.contains(Flags::UNICODE_SETS) {
            return Err(InvalidFlags);
        }
        Ok(flags)
    }

    /// Whether all of `other` is set.
    #[must_use]
    #[inline]
    pub const fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// This set without `other`.
    #[must_use]
    pub const fn difference(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }

    /// One bit per flag, for storage.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The inverse of [`bits`](Self::bits).
    #[must_use]
    #[inline]
    pub const fn from_bits(bits: u8) -> Flags {
        Flags(bits)
    }

    /// Whether the pattern works on code points: `u` or `v`.
    #[must_use]
    #[inline]
    pub const fn has_either_unicode(self) -> bool {
        self.0 & (Self::UNICODE.0 | Self::UNICODE_SETS.0) != 0
    }

    /// The letters, in the order the `flags` accessor lists them.
    pub fn letters(self) -> impl Iterator<Item = char> {
        Self::LETTERS.into_iter().enumerate().filter(move |(i, _)| self.0 & (1 << i) != 0).map(|(_, l)| char::from(l))
    }
}
