//! What the collector has to be told about the blocks it moves.

use rotifer_arena::{Arena, MemBlockHeader};

/// How the words of one block are to be traced. Word 0 of a block is its header; offsets count from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockLayout {
    /// The size in words, header included.
    pub size: u32,
    /// Whether the upper half of the header (`aux`) is the index of another block.
    pub aux: bool,
    /// The first word that may hold a strong reference.
    pub strong_start: u32,
    /// The end of the words that may hold a strong reference.
    pub strong_end: u32,
    /// The first word that may hold a weak reference.
    pub weak_start: u32,
    /// The end of the words that may hold a weak reference.
    pub weak_end: u32,
    /// Words with rules of their own.
    pub special: Special,
}

impl BlockLayout {
    /// A block that refers to nothing.
    #[inline]
    #[must_use]
    pub const fn leaf(size: u32) -> Self {
        BlockLayout {
            size,
            aux: false,
            strong_start: 1,
            strong_end: 1,
            weak_start: 1,
            weak_end: 1,
            special: Special::None,
        }
    }

    /// A block whose words `start..end` may hold strong references.
    #[inline]
    #[must_use]
    pub const fn strong(size: u32, start: u32, end: u32) -> Self {
        BlockLayout { strong_start: start, strong_end: end, ..BlockLayout::leaf(size) }
    }
}

/// Blocks whose liveness rules go beyond strong and weak words. In both cases word 1 of the block belongs to the collector
/// and the entries begin at word 2; a partial entry at the end is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// Nothing special.
    None,
    /// Pairs of key and value: the value is kept alive by the table together with the key, not by the table alone.
    Ephemerons,
    /// Triples of target (weak), held value (strong) and token (weak): an entry whose target died has its target replaced by
    /// [`ObjectModel::DEAD`] and makes [`Heap::take_finalization_pending`](crate::Heap::take_finalization_pending) true.
    Registry,
}

/// The object model of a heap: how big blocks are, where references are, and how a word encodes one.
///
/// # Contract
/// [`ObjectModel::layout`] must depend on nothing but the block itself, must give a size above zero that stays inside the
/// block, and ranges within that size. The collector trusts it (a wrong layout is a wrong program, not a memory-safety
/// problem: every access stays inside the arena).
pub trait ObjectModel: Sized + 'static {
    /// What a dead weak reference is replaced by. It must not encode a reference.
    const DEAD: u64;

    /// The layout of the block at word `at`.
    fn layout(arena: &Arena, at: u32, header: MemBlockHeader) -> BlockLayout;

    /// The block a word refers to, or 0.
    fn reference(word: u64) -> u32;

    /// `word`, which refers to a block, made to refer to the block at `index` instead.
    fn with_reference(word: u64, index: u32) -> u64;

    /// The header of a block of `words` words (at least 1) that holds nothing.
    fn filler(words: u32) -> MemBlockHeader;

    /// The word that stands for stack slot `slot` in a [`Rooted`](crate::Rooted); it must be none that a program can have as
    /// a value, and not a reference.
    fn encode_slot(slot: u32) -> u64;

    /// The slot that [`ObjectModel::encode_slot`] put into `word`, if it did.
    fn decode_slot(word: u64) -> Option<u32>;

    /// What blocks of a kind are called in statistics.
    fn kind_name(kind: u8) -> Option<&'static str> {
        let _ = kind;
        None
    }
}

/// The flag in a block header that the collector keeps for itself: the block is in the remembered set.
pub const FLAG_REMEMBERED: u8 = 0x80;
