//! Where a block is.

use core::fmt;

/// The position of a block, in 8-byte words from the start of its arena. Zero is null.
///
/// A `u32` of words reaches 32 GiB. Being relative to the block it stays true when the whole block is copied somewhere
/// else.
///
/// ```
/// use rotifer_arena::HeapIndex;
///
/// assert!(HeapIndex::NULL.is_null());
/// assert_eq!(HeapIndex::new(3).byte_offset(), 24);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct HeapIndex(u32);

impl HeapIndex {
    /// The index that no block has.
    pub const NULL: HeapIndex = HeapIndex(0);

    /// The index of the block that starts at word `word`.
    #[inline]
    #[must_use]
    pub const fn new(word: u32) -> Self {
        HeapIndex(word)
    }

    /// The word this index stands for.
    #[inline]
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether this is [`HeapIndex::NULL`].
    #[inline]
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }

    /// The offset from the start of the arena in bytes.
    #[inline]
    #[must_use]
    pub const fn byte_offset(self) -> u64 {
        self.0 as u64 * 8
    }
}

impl fmt::Debug for HeapIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.0)
    }
}

static_assertions::assert_eq_size!(HeapIndex, u32);
static_assertions::assert_eq_align!(HeapIndex, u32);
