//! Marking: tri-colour without recursion, with a bounded stack.
//!
//! White is unmarked, grey is marked and on the stack (or owed to a heap scan after an overflow), black is marked and
//! done. A block's bits are set for all its words at once, because the same bitmap later says where everything slides.

use rotifer_arena::{Arena, MemBlockHeader};

use crate::model::{ObjectModel, Special};
use crate::tables::Tables;

/// Words of a big block that are visited before others get their turn; keeps the stack small for wide blocks.
const SLICE: u32 = 256;

/// How many blocks are on their way from memory at a time.
const COMING: usize = 8;

pub(crate) struct Marker<'a> {
    pub arena: &'a mut Arena,
    pub tables: Tables,
    /// Blocks below are not collected and count as black.
    pub from: u32,
    /// Whether weak words and special blocks are treated as strong.
    pub all_strong: bool,
    stack: u32,
    capacity: u32,
    len: u32,
    /// Blocks about to be marked; 0 where there is none.
    coming: [u32; COMING],
    coming_next: u32,
    /// The lowest block that did not fit on the stack, or `u32::MAX`.
    overflowed: u32,
    pub overflows: u64,
    /// Heads of the lists of special blocks, linked through their word 1 up to [`END`]; a block on no list has 0 there.
    pub ephemerons: u32,
    pub registries: u32,
    /// Ephemerons that wait for their key to be marked; see [`Marker::ephemerons`].
    pub waiting: u32,
    pub lists_made: bool,
}

/// The end of a list of special blocks.
pub(crate) const END: u32 = u32::MAX;

impl<'a> Marker<'a> {
    pub fn new(arena: &'a mut Arena, tables: Tables, from: u32, all_strong: bool) -> Self {
        let top = arena.top();
        for chunk in from / 64..top.div_ceil(64) {
            arena.set(tables.bitmap + chunk, 0);
        }
        let gap = arena.stack_end() - top;
        let (stack, capacity) = if gap > tables.mark_stack_capacity {
            (top, gap.min(1 << 16))
        } else {
            (tables.mark_stack, tables.mark_stack_capacity)
        };
        Marker {
            arena,
            tables,
            from,
            all_strong,
            stack,
            capacity,
            len: 0,
            coming: [0; COMING],
            coming_next: 0,
            overflowed: u32::MAX,
            overflows: 0,
            ephemerons: END,
            registries: END,
            waiting: 0,
            lists_made: false,
        }
    }

    #[inline]
    pub fn is_marked(&self, at: u32) -> bool {
        at < self.from || self.arena.get(self.tables.bitmap + at / 64) >> (at % 64) & 1 != 0
    }

    #[inline]
    fn set_bits(&mut self, at: u32, size: u32) {
        let bit = at % 64;
        if size <= 63 && bit + size <= 64 {
            let chunk = self.tables.bitmap + at / 64;
            let mask = ((1 << size) - 1) << bit;
            self.arena.set(chunk, self.arena.get(chunk) | mask);
        } else {
            self.set_many_bits(at, size);
        }
    }

    fn set_many_bits(&mut self, at: u32, size: u32) {
        let (mut chunk, bit) = (self.tables.bitmap + at / 64, at % 64);
        let mut left = size;
        let first = left.min(64 - bit);
        let mask = if first == 64 { u64::MAX } else { ((1 << first) - 1) << bit };
        self.arena.set(chunk, self.arena.get(chunk) | mask);
        left -= first;
        while left > 0 {
            chunk += 1;
            let n = left.min(64);
            let mask = if n == 64 { u64::MAX } else { (1 << n) - 1 };
            self.arena.set(chunk, self.arena.get(chunk) | mask);
            left -= n;
        }
    }

    /// Marks what a word refers to.
    #[inline]
    pub fn mark_word<M: ObjectModel>(&mut self, word: u64) {
        let at = M::reference(word);
        if at >= self.from && at != 0 {
            self.mark_block::<M>(at);
        }
    }

    /// Marks a block soon: its header is asked for now and read a few blocks later, because waiting for it is most of what marking
    /// costs.
    #[inline]
    fn mark_block<M: ObjectModel>(&mut self, at: u32) {
        if at >= self.arena.top() || self.is_marked(at) {
            return;
        }
        self.arena.prefetch(at);
        let place = self.coming_next as usize % COMING;
        self.coming_next = self.coming_next.wrapping_add(1);
        let due = core::mem::replace(&mut self.coming[place], at);
        if due != 0 {
            self.mark_now::<M>(due);
        }
    }

    /// Marks what is still to come. False: nothing was.
    fn flush<M: ObjectModel>(&mut self) -> bool {
        let mut any = false;
        for place in 0..COMING {
            let due = core::mem::take(&mut self.coming[place]);
            if due != 0 {
                any = true;
                self.mark_now::<M>(due);
            }
        }
        any
    }

    fn mark_now<M: ObjectModel>(&mut self, at: u32) {
        if self.is_marked(at) {
            return;
        }
        let layout = M::layout(self.arena, at, MemBlockHeader::from_bits(self.arena.get(at)));
        self.set_bits(at, layout.size);
        let leaf = !layout.aux
            && layout.strong_start >= layout.strong_end
            && layout.special == Special::None
            && (!self.all_strong || layout.weak_start >= layout.weak_end);
        if !leaf || self.is_awaited(at) {
            self.push(at, 0);
        }
    }

    #[inline]
    fn push(&mut self, at: u32, progress: u32) {
        if self.len < self.capacity {
            self.arena.set(self.stack + self.len, u64::from(at) | u64::from(progress) << 32);
            self.len += 1;
        } else {
            self.overflowed = self.overflowed.min(at);
        }
    }

    /// Whether the stack had better be emptied before more is visited.
    #[inline]
    pub fn is_pressed(&self) -> bool {
        self.len > self.capacity / 2
    }

    /// Blackens everything grey.
    pub fn drain<M: ObjectModel>(&mut self) {
        loop {
            self.empty_stack::<M>();
            if self.overflowed == u32::MAX {
                return;
            }
            self.overflows += 1;
            let mut at = core::mem::replace(&mut self.overflowed, u32::MAX);
            // Some marked block from here on was not scanned. Scanning a black one again does no harm.
            while at < self.arena.top() {
                let header = MemBlockHeader::from_bits(self.arena.get(at));
                let size = M::layout(self.arena, at, header).size;
                if self.is_marked(at) {
                    self.scan::<M>(at, 0);
                    // Draining at once keeps the stack from overflowing again over the same blocks.
                    self.empty_stack::<M>();
                }
                at += size;
            }
        }
    }

    fn empty_stack<M: ObjectModel>(&mut self) {
        while self.len > 0 || self.flush::<M>() {
            while self.len > 0 {
                self.len -= 1;
                let entry = self.arena.get(self.stack + self.len);
                self.scan::<M>(entry as u32, (entry >> 32) as u32);
            }
        }
    }

    /// Visits the references of a block, from `progress` words into it.
    pub fn scan<M: ObjectModel>(&mut self, at: u32, progress: u32) {
        let header = MemBlockHeader::from_bits(self.arena.get(at));
        let layout = M::layout(self.arena, at, header);
        if progress == 0 {
            if self.is_awaited(at) {
                self.wake::<M>(at);
            }
            if layout.aux && header.aux() >= self.from {
                self.mark_block::<M>(header.aux());
            }
            if self.all_strong {
                self.words::<M>(at + layout.weak_start, at + layout.weak_end);
            }
            match layout.special {
                Special::None => {}
                _ if self.all_strong => self.words::<M>(at + 2, at + layout.size),
                Special::Ephemerons => {
                    // A block may be scanned again after an overflow of the mark stack.
                    if self.arena.get(at + 1) == 0 {
                        self.arena.set(at + 1, u64::from(self.ephemerons));
                        self.ephemerons = at;
                    }
                }
                Special::Registry => {
                    // A block may be scanned again after an overflow of the mark stack.
                    if self.arena.get(at + 1) == 0 {
                        self.arena.set(at + 1, u64::from(self.registries));
                        self.registries = at;
                    }
                    let mut entry = at + 2;
                    while entry + 3 <= at + layout.size {
                        let held = self.arena.get(entry + 1);
                        self.mark_word::<M>(held);
                        entry += 3;
                    }
                }
            }
        }
        let start = at + layout.strong_start.max(progress);
        let end = at + layout.strong_end;
        if end > start && end - start > SLICE {
            self.push(at, start - at + SLICE);
            self.words::<M>(start, start + SLICE);
        } else {
            self.words::<M>(start, end);
        }
    }

    #[inline]
    fn words<M: ObjectModel>(&mut self, start: u32, end: u32) {
        for i in start..end {
            let word = self.arena.get(i);
            self.mark_word::<M>(word);
        }
    }
}
