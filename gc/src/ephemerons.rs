//! Ephemerons: pairs of which the value lives when both the table and the key do.
//!
//! Every table is looked through once. A pair whose key is not marked by then waits on a list that belongs to the 64 words the key
//! begins in, and when a block is marked, the pairs that wait for it are taken off its list. So the time is linear in the number of
//! pairs, however long the chains are in which one value is the key of the next pair, and whatever their order.
//!
//! The lists take no memory of their own. Their heads are in the table of live-word counts, which is only filled when marking is
//! done. The links are in the pairs themselves: the list says where the key is but for 6 bits, and these and the link fit beside
//! the index of the value when indices have 29 bits. (A block of more than 4 GiB is looked through in rounds instead.)

use rotifer_arena::MemBlockHeader;

use crate::mark::{END, Marker};
use crate::model::ObjectModel;
use crate::tables::{half, set_half};

/// Bits of an index in a pair that waits.
const BITS: u32 = 29;
const MASK: u32 = (1 << BITS) - 1;

/// A pair that waits, taken apart.
struct Waiting {
    key: u32,
    value: u32,
    /// The next pair of the list, or 0.
    next: u32,
}

impl Marker<'_> {
    /// Marks the values of all ephemerons whose keys are marked, to a fixed point.
    pub fn ephemerons<M: ObjectModel>(&mut self) {
        if self.arena.words() > MASK {
            self.ephemerons_in_rounds::<M>();
            return;
        }
        let mut seen = END;
        // Tables reached meanwhile come before those there were.
        while self.ephemerons != seen {
            let (mut table, last) = (self.ephemerons, seen);
            seen = table;
            while table != last {
                self.look_through::<M>(table);
                table = self.arena.get(table + 1) as u32;
            }
            self.drain::<M>();
        }
        self.restore_waiting::<M>();
    }

    /// Whether pairs wait for a key in the same 64 words.
    #[inline]
    pub fn is_awaited(&self, at: u32) -> bool {
        self.waiting != 0 && half(self.arena, self.tables.offsets, at / 64) != 0
    }

    /// Marks the values whose keys are marked and puts the other pairs on lists.
    fn look_through<M: ObjectModel>(&mut self, table: u32) {
        let header = MemBlockHeader::from_bits(self.arena.get(table));
        let size = M::layout(self.arena, table, header).size;
        let mut entry = table + 2;
        while entry + 2 <= table + size {
            let (key, value) = (self.arena.get(entry), self.arena.get(entry + 1));
            let (at, target) = (M::reference(key), M::reference(value));
            if target != 0 && target < self.arena.top() && !self.is_marked(target) {
                // A key that is no block lives for ever.
                if at == 0 || self.is_marked(at) {
                    self.mark_word::<M>(value);
                } else if at < self.arena.top() {
                    self.wait::<M>(entry, Waiting { key: at, value: target, next: 0 });
                }
            }
            entry += 2;
        }
    }

    /// Puts a pair on the list of its key.
    fn wait<M: ObjectModel>(&mut self, entry: u32, pair: Waiting) {
        if !self.lists_made {
            for chunk in self.from / 64..self.arena.top().div_ceil(64) {
                set_half(self.arena, self.tables.offsets, chunk, 0);
            }
            self.lists_made = true;
        }
        self.waiting += 1;
        let chunk = pair.key / 64;
        let next = half(self.arena, self.tables.offsets, chunk);
        self.write::<M>(entry, &Waiting { next, ..pair });
        set_half(self.arena, self.tables.offsets, chunk, entry);
    }

    fn write<M: ObjectModel>(&mut self, entry: u32, pair: &Waiting) {
        let low = pair.key % 64;
        let key = M::with_reference(self.arena.get(entry), pair.next | (low & 7) << BITS);
        let value = M::with_reference(self.arena.get(entry + 1), pair.value | (low >> 3) << BITS);
        self.arena.set(entry, key);
        self.arena.set(entry + 1, value);
    }

    fn read<M: ObjectModel>(&self, entry: u32, chunk: u32) -> Waiting {
        let (key, value) = (M::reference(self.arena.get(entry)), M::reference(self.arena.get(entry + 1)));
        Waiting { key: chunk * 64 + (key >> BITS | value >> BITS << 3), value: value & MASK, next: key & MASK }
    }

    /// Makes the pair what it was; gives its value.
    fn restore<M: ObjectModel>(&mut self, entry: u32, pair: &Waiting) -> u64 {
        self.arena.set(entry, M::with_reference(self.arena.get(entry), pair.key));
        let value = M::with_reference(self.arena.get(entry + 1), pair.value);
        self.arena.set(entry + 1, value);
        value
    }

    /// The block at `key` has been marked: marks the values of the pairs that waited for it.
    pub fn wake<M: ObjectModel>(&mut self, key: u32) {
        let chunk = key / 64;
        let mut entry = half(self.arena, self.tables.offsets, chunk);
        let mut before = 0;
        while entry != 0 {
            let pair = self.read::<M>(entry, chunk);
            if pair.key == key {
                if before == 0 {
                    set_half(self.arena, self.tables.offsets, chunk, pair.next);
                } else {
                    let previous = self.read::<M>(before, chunk);
                    self.write::<M>(before, &Waiting { next: pair.next, ..previous });
                }
                let value = self.restore::<M>(entry, &pair);
                self.waiting -= 1;
                self.mark_word::<M>(value);
            } else {
                before = entry;
            }
            entry = pair.next;
        }
    }

    /// What still waits has a dead key. The pairs are made what they were.
    fn restore_waiting<M: ObjectModel>(&mut self) {
        if self.waiting == 0 {
            return;
        }
        for chunk in self.from / 64..self.arena.top().div_ceil(64) {
            let mut entry = half(self.arena, self.tables.offsets, chunk);
            while entry != 0 {
                let pair = self.read::<M>(entry, chunk);
                self.restore::<M>(entry, &pair);
                entry = pair.next;
            }
        }
        self.waiting = 0;
        self.lists_made = false;
    }

    /// Looks through all tables again and again until nothing is found.
    fn ephemerons_in_rounds<M: ObjectModel>(&mut self) {
        loop {
            let mut progress = false;
            let mut table = self.ephemerons;
            while table != END {
                let header = MemBlockHeader::from_bits(self.arena.get(table));
                let size = M::layout(self.arena, table, header).size;
                let mut entry = table + 2;
                while entry + 2 <= table + size {
                    let key = M::reference(self.arena.get(entry));
                    let value = self.arena.get(entry + 1);
                    let target = M::reference(value);
                    if target != 0 && (key == 0 || self.is_marked(key)) && !self.is_marked(target) {
                        self.mark_word::<M>(value);
                        self.drain::<M>();
                        progress = true;
                    }
                    entry += 2;
                }
                table = self.arena.get(table + 1) as u32;
            }
            if !progress {
                return;
            }
        }
    }
}
