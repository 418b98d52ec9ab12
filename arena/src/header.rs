//! The word that every block starts with.

use core::fmt;

/// The 8-byte header of a block: what it is, some flags, and its size.
///
/// ```text
/// bits  0..8    kind: the tag given by the owner of the arena
///       8..16   flags
///      16..32   small: 16 bits for the owner
///      32..64   aux: 32 bits for the owner
/// ```
///
/// The size in words is kept in `small` or in `aux`, as the owner of the kind likes; the collector asks the object
/// model. Mark bits are not here: they live in a side bitmap, so that marking does not dirty the blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct MemBlockHeader(u64);

impl MemBlockHeader {
    /// A header with all four parts.
    #[inline]
    #[must_use]
    pub const fn new(kind: u8, flags: u8, small: u16, aux: u32) -> Self {
        MemBlockHeader(kind as u64 | (flags as u64) << 8 | (small as u64) << 16 | (aux as u64) << 32)
    }

    /// The header a word of memory stands for; every bit pattern is one.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        MemBlockHeader(bits)
    }

    /// The word as it is stored.
    #[inline]
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// The tag of the block.
    #[inline]
    #[must_use]
    pub const fn kind(self) -> u8 {
        self.0 as u8
    }

    /// The flags of the block.
    #[inline]
    #[must_use]
    pub const fn flags(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// The 16 bits for the owner.
    #[inline]
    #[must_use]
    pub const fn small(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// The 32 bits for the owner.
    #[inline]
    #[must_use]
    pub const fn aux(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// This header with other flags.
    #[inline]
    #[must_use]
    pub const fn with_flags(self, flags: u8) -> Self {
        MemBlockHeader(self.0 & !0xFF00 | (flags as u64) << 8)
    }

    /// This header with another tag.
    #[inline]
    #[must_use]
    pub const fn with_kind(self, kind: u8) -> Self {
        MemBlockHeader(self.0 & !0xFF | kind as u64)
    }

    /// This header with another `aux`.
    #[inline]
    #[must_use]
    pub const fn with_aux(self, aux: u32) -> Self {
        MemBlockHeader(self.0 & 0xFFFF_FFFF | (aux as u64) << 32)
    }

    /// This header with another `small`.
    #[inline]
    #[must_use]
    pub const fn with_small(self, small: u16) -> Self {
        MemBlockHeader(self.0 & !0xFFFF_0000 | (small as u64) << 16)
    }
}

impl fmt::Debug for MemBlockHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemBlockHeader")
            .field("kind", &self.kind())
            .field("flags", &self.flags())
            .field("small", &self.small())
            .field("aux", &self.aux())
            .finish()
    }
}

static_assertions::assert_eq_size!(MemBlockHeader, u64);
static_assertions::assert_eq_align!(MemBlockHeader, u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_overlap() {
        let h = MemBlockHeader::new(0xAB, 0xCD, 0x1234, 0xDEAD_BEEF);
        assert_eq!((h.kind(), h.flags(), h.small(), h.aux()), (0xAB, 0xCD, 0x1234, 0xDEAD_BEEF));
        let h = h.with_flags(1).with_kind(2).with_small(3).with_aux(4);
        assert_eq!((h.kind(), h.flags(), h.small(), h.aux()), (2, 1, 3, 4));
    }
}
