//! A small object model: enough kinds to try every rule of the collector.

#![allow(dead_code, reason = "each test file uses its own part")]

use rotifer_arena::{Arena, MemBlockHeader};
use rotifer_gc::{BlockLayout, Heap, HeapConfig, ObjectModel, Special};

/// Words of this kind of value refer to a block; everything else is a number.
const REFERENCE: u64 = 1 << 62;
const SLOT: u64 = 1 << 61;

pub const FILLER: u8 = 0;
/// All words are strong.
pub const STRONG: u8 = 1;
/// All words are weak.
pub const WEAK: u8 = 2;
pub const EPHEMERONS: u8 = 3;
pub const REGISTRY: u8 = 4;
/// No references.
pub const LEAF: u8 = 5;
/// `aux` refers to a block, `small` is the size; all words are strong.
pub const SHAPED: u8 = 6;

#[derive(Debug, Clone, Copy)]
pub struct Model;

impl ObjectModel for Model {
    const DEAD: u64 = 0xDEAD;

    fn layout(_: &Arena, _: u32, header: MemBlockHeader) -> BlockLayout {
        if header.kind() == SHAPED {
            let size = u32::from(header.small());
            return BlockLayout { aux: true, ..BlockLayout::strong(size, 1, size) };
        }
        let size = header.aux();
        match header.kind() {
            STRONG => BlockLayout::strong(size, 1, size),
            WEAK => BlockLayout { weak_start: 1, weak_end: size, ..BlockLayout::leaf(size) },
            EPHEMERONS => BlockLayout { special: Special::Ephemerons, ..BlockLayout::leaf(size) },
            REGISTRY => BlockLayout { special: Special::Registry, ..BlockLayout::leaf(size) },
            _ => BlockLayout::leaf(size),
        }
    }

    fn reference(word: u64) -> u32 {
        if word & REFERENCE != 0 { word as u32 } else { 0 }
    }

    fn with_reference(word: u64, index: u32) -> u64 {
        word & !0xFFFF_FFFF | u64::from(index)
    }

    fn filler(words: u32) -> MemBlockHeader {
        MemBlockHeader::new(FILLER, 0, 0, words)
    }

    fn encode_slot(slot: u32) -> u64 {
        SLOT | u64::from(slot)
    }

    fn decode_slot(word: u64) -> Option<u32> {
        (word & SLOT != 0 && word & REFERENCE == 0).then_some(word as u32)
    }
}

pub type TestHeap = Heap<Model>;

/// A heap of `limit` bytes with eight root words.
pub fn heap(limit: usize) -> TestHeap {
    Heap::new(HeapConfig { limit, stack: limit / 4, roots: 8, nursery: 1 << 14, clock: None }).unwrap()
}

/// As [`heap`], with something old in it: before that there is nothing that a collection of the young blocks could leave alone.
pub fn aged_heap(limit: usize) -> TestHeap {
    let mut heap = heap(limit);
    let old = block(&mut heap, STRONG, &[1]);
    heap.set_root(7, to(old));
    heap.collect(&mut []);
    heap
}

/// The word that refers to the block at `at`.
pub fn to(at: u32) -> u64 {
    REFERENCE | u64::from(at)
}

/// The block a word refers to.
pub fn at(word: u64) -> u32 {
    assert_ne!(Model::reference(word), 0, "{word:#x} refers to nothing");
    word as u32
}

/// A block with these words, out of what may take a collection: the words survive it.
pub fn block(heap: &mut TestHeap, kind: u8, words: &[u64]) -> u32 {
    let mut keep = words.to_vec();
    let size = 1 + words.len() as u32;
    heap.reserve(size, &mut keep).expect("room");
    let at = heap.alloc_reserved(size);
    heap.set(at, MemBlockHeader::new(kind, 0, 0, size).to_bits());
    for (i, &word) in keep.iter().enumerate() {
        heap.set(at + 1 + i as u32, word);
    }
    at
}

/// How many blocks of a kind there are.
pub fn count(heap: &TestHeap, kind: u8) -> usize {
    let mut n = 0;
    heap.walk(|_, header| n += usize::from(header.kind() == kind));
    n
}
