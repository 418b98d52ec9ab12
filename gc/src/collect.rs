//! A collection: mark, work out where everything slides, update every reference, slide.
//!
//! Nothing is copied aside. Where a block goes is worked out from the mark bitmap (all words of a live block are set) and one
//! running count per 64 words, so no forwarding pointer has to be stored in a block.
//!
//! A minor collection does the same to the young blocks alone: the old ones do not move, weak words count as strong, and the
//! remembered old blocks are roots.

use rotifer_arena::{Arena, MemBlockHeader};

use crate::heap::{Heap, OutOfMemory};
use crate::mark::{END, Marker};
use crate::model::{FLAG_REMEMBERED, ObjectModel, Special};
use crate::tables::{Tables, half, set_half};

/// What freed words are filled with in stress mode, so that a stale index is noticed: a filler header of size zero.
const POISON: u64 = 0x0DEA_DBAD_0000_0000;

/// So many remembered blocks ahead of the one that is looked at come from memory.
const AHEAD: u32 = 8;

struct Slide {
    tables: Tables,
    from: u32,
    to: u32,
}

impl Slide {
    #[inline]
    fn forward(&self, arena: &Arena, at: u32) -> u32 {
        let chunk = at / 64;
        let bits = arena.get(self.tables.bitmap + chunk) & ((1_u64 << (at % 64)) - 1);
        self.to + half(arena, self.tables.offsets, chunk) + bits.count_ones()
    }

    #[inline]
    fn is_marked(&self, arena: &Arena, at: u32) -> bool {
        at < self.from || arena.get(self.tables.bitmap + at / 64) >> (at % 64) & 1 != 0
    }

    #[inline]
    fn word<M: ObjectModel>(&self, arena: &Arena, word: u64) -> u64 {
        let at = M::reference(word);
        if at >= self.from && at != 0 && at < arena.top() {
            M::with_reference(word, self.forward(arena, at))
        } else {
            word
        }
    }

    #[inline(always)]
    fn update<M: ObjectModel>(&self, arena: &mut Arena, start: u32, end: u32) {
        for i in start..end {
            let old = arena.get(i);
            let new = self.word::<M>(arena, old);
            if new != old {
                arena.set(i, new);
            }
        }
    }

    fn update_weak<M: ObjectModel>(&self, arena: &mut Arena, start: u32, end: u32) {
        for i in start..end {
            let old = arena.get(i);
            let target = M::reference(old);
            if target >= self.from && target != 0 {
                let live = self.is_marked(arena, target);
                let new = if live { self.word::<M>(arena, old) } else { M::DEAD };
                arena.set(i, new);
            }
        }
    }

    /// Updates the references of one live block in place. Returns its size.
    #[inline]
    fn block<M: ObjectModel>(&self, arena: &mut Arena, at: u32, all_strong: bool) -> u32 {
        let header = MemBlockHeader::from_bits(arena.get(at));
        let layout = M::layout(arena, at, header);
        if layout.aux && header.aux() >= self.from && header.aux() != 0 {
            let aux = self.forward(arena, header.aux());
            arena.set(at, header.with_aux(aux).to_bits());
        }
        self.update::<M>(arena, at + layout.strong_start, at + layout.strong_end);
        if layout.weak_start >= layout.weak_end {
            // Most blocks have no weak words.
        } else if all_strong {
            self.update::<M>(arena, at + layout.weak_start, at + layout.weak_end);
        } else {
            self.update_weak::<M>(arena, at + layout.weak_start, at + layout.weak_end);
        }
        if layout.special != Special::None {
            // It is on no list any more.
            arena.set(at + 1, 0);
        }
        match layout.special {
            Special::None => {}
            _ if all_strong => self.update::<M>(arena, at + 2, at + layout.size),
            Special::Ephemerons => {
                let mut entry = at + 2;
                while entry + 2 <= at + layout.size {
                    let key = M::reference(arena.get(entry));
                    if key != 0 && !self.is_marked(arena, key) {
                        arena.set(entry, M::DEAD);
                        arena.set(entry + 1, M::DEAD);
                    }
                    self.update::<M>(arena, entry, entry + 2);
                    entry += 2;
                }
            }
            Special::Registry => {
                let mut entry = at + 2;
                while entry + 3 <= at + layout.size {
                    self.update_weak::<M>(arena, entry, entry + 1);
                    self.update::<M>(arena, entry + 1, entry + 2);
                    self.update_weak::<M>(arena, entry + 2, entry + 3);
                    entry += 3;
                }
            }
        }
        layout.size
    }
}

/// The next set bit at or after `at`, or `end`.
fn next_set(arena: &Arena, tables: Tables, at: u32, end: u32) -> u32 {
    let mut chunk = at / 64;
    if at >= end {
        return end;
    }
    let mut bits = arena.get(tables.bitmap + chunk) & (u64::MAX << (at % 64));
    loop {
        if bits != 0 {
            return (chunk * 64 + bits.trailing_zeros()).min(end);
        }
        chunk += 1;
        if chunk * 64 >= end {
            return end;
        }
        bits = arena.get(tables.bitmap + chunk);
    }
}

/// The next clear bit at or after `at`, or `end`.
fn next_clear(arena: &Arena, tables: Tables, at: u32, end: u32) -> u32 {
    let mut chunk = at / 64;
    if at >= end {
        return end;
    }
    let mut bits = !arena.get(tables.bitmap + chunk) & (u64::MAX << (at % 64));
    loop {
        if bits != 0 {
            return (chunk * 64 + bits.trailing_zeros()).min(end);
        }
        chunk += 1;
        if chunk * 64 >= end {
            return end;
        }
        bits = !arena.get(tables.bitmap + chunk);
    }
}

impl<M: ObjectModel> Heap<M> {
    /// Collects everything now. `keep` are further roots, updated.
    pub fn collect(&mut self, keep: &mut [u64]) {
        self.collection(self.start, keep, 0);
    }

    /// Collects the young blocks now (everything, when the remembered set has overflowed).
    pub fn collect_young(&mut self, keep: &mut [u64]) {
        let from = if self.remembered_overflow { self.start } else { self.young };
        self.collection(from, keep, 0);
    }

    pub(crate) fn collect_for(&mut self, words: u32, keep: &mut [u64]) -> Result<(), OutOfMemory> {
        // Under stress with an interval, three of four leave the old blocks alone, so that a missing write barrier shows.
        let full = self.remembered_overflow
            || match self.stress {
                0 => {
                    // Where most of what is young survives it would be marked twice.
                    let old = if self.grown { self.arena.top() } else { self.young };
                    self.arena.words() < 1 << 17 || old - self.start >= self.major_at
                }
                1 => true,
                _ => self.collections.is_multiple_of(4),
            };
        if !full && self.arena.top() > self.young {
            let pad = u32::from(self.stress > 0);
            self.collection(self.young, keep, pad);
            if self.stress > 0 && self.fits(words) {
                return Ok(());
            }
            if self.young - self.start < self.major_at && self.arena.top().saturating_add(words) <= self.limit {
                return Ok(());
            }
            // A block bigger than the nursery goes straight in while the heap has room for it.
            if self.stress == 0 && self.young - self.start < self.major_at && self.fits_big(words) {
                return Ok(());
            }
        }
        let before = self.free_words();
        // Not the same two places in turn, or an index that is out of date twice over would be right again.
        let pad = if self.stress > 0 { self.stress_pad % 7 + 1 } else { 0 };
        self.collection(self.start, keep, pad);
        let fits = self.fits(words);
        // A big heap that is nearly full would spend all its time collecting for a few words each time.
        let spare = self.free_words();
        if self.arena.words() >= 1 << 17
            && spare < self.arena.words() / 128
            && spare.saturating_sub(before) < self.arena.words() / 128
        {
            self.futile += 1;
        } else {
            self.futile = 0;
        }
        if !fits || (self.futile > 8 && self.stress == 0) {
            self.futile = 0;
            return Err(OutOfMemory);
        }
        if self.arena.top() + words > self.limit && self.stress == 0 {
            self.fits_big(words);
        }
        Ok(())
    }

    /// Raises the limit for one allocation beyond the nursery.
    fn fits_big(&mut self, words: u32) -> bool {
        let need = self.arena.top().saturating_add(words);
        if need > self.blocks_end() {
            return false;
        }
        self.limit = self.limit.max(need);
        true
    }

    /// `pad` words are left empty below what moves, so that in stress mode everything does.
    fn collection(&mut self, from: u32, keep: &mut [u64], pad: u32) {
        let began = self.config.clock.map(|clock| clock());
        let minor = from > self.start;
        let top = self.arena.top();
        self.stats.peak_bytes = self.stats.peak_bytes.max(self.used_bytes() as u64);
        self.handles.sweep();
        // The stack gives back what it no longer uses before the gap is measured.
        let slack = (self.arena.words() / 256).clamp(8, 512);
        self.stack_low = self.stack_low.max(self.sp.saturating_sub(slack)).max(top);
        self.arena.set_stack_end(self.stack_low);

        self.mark(from, minor, keep);

        // Where everything goes.
        let mut live = 0;
        for chunk in from / 64..top.div_ceil(64) {
            set_half(&mut self.arena, self.tables.offsets, chunk, live);
            live += self.arena.get(self.tables.bitmap + chunk).count_ones();
        }
        let pad = if from + live + pad <= self.stack_low { pad } else { 0 };
        let slide = Slide { tables: self.tables, from, to: from + pad };

        self.update_references(&slide, minor, keep);
        let moved = self.slide(from, top);
        let mut new_top = from + live;
        if pad > 0 {
            self.arena.copy(from, from + pad, live);
            self.arena.set(from, M::filler(pad).to_bits());
            new_top += pad;
        }
        if !minor {
            self.stress_pad = pad;
        }
        self.arena.set_top(new_top);
        if self.stress > 0 && top > new_top {
            self.arena.fill(new_top, top - new_top, POISON);
        }

        self.young = new_top;
        self.remembered_len = 0;
        self.remembered_overflow = false;
        self.collections = self.collections.wrapping_add(1);
        self.stats.moved_bytes += u64::from(moved) * 8;
        self.stats.freed_bytes += u64::from(top.saturating_sub(new_top)) * 8;
        if minor {
            self.stats.minor_collections += 1;
            self.adapt_nursery(top - from, live);
        } else {
            self.stats.major_collections += 1;
            self.stats.live_bytes = u64::from(new_top) * 8;
            self.set_major_threshold();
        }
        self.set_limits();
        if let (Some(began), Some(clock)) = (began, self.config.clock) {
            self.stats.record_pause(clock().saturating_sub(began));
        }
    }

    /// While most of what is young survives, a program is building something up, and collecting the young blocks is in vain: it is done
    /// less and less often, until what there is has grown enough to collect everything.
    fn adapt_nursery(&mut self, young: u32, survived: u32) {
        if survived / 3 >= young / 4 {
            self.nursery = self.nursery.saturating_mul(2);
            self.grown = true;
        } else if survived <= young / 2 {
            self.nursery = self.base_nursery();
            self.grown = false;
        }
    }

    fn mark(&mut self, from: u32, minor: bool, keep: &[u64]) {
        let (tables, roots, sp) = (self.tables, self.config.roots, self.sp);
        let remembered = if minor { self.remembered_len } else { 0 };
        let mut marker = Marker::new(&mut self.arena, tables, from, minor);
        for i in (1..=roots).chain(sp..tables.start) {
            let word = marker.arena.get(i);
            marker.mark_word::<M>(word);
        }
        for &word in keep {
            marker.mark_word::<M>(word);
        }
        for entry in self.handles.iter().filter(|entry| minor || entry.is_strong()) {
            marker.mark_word::<M>(entry.word);
        }
        for i in 0..remembered {
            if i + AHEAD < remembered {
                marker.arena.prefetch(half(marker.arena, tables.remembered, i + AHEAD));
            }
            let at = half(marker.arena, tables.remembered, i);
            marker.scan::<M>(at, 0);
            if marker.is_pressed() {
                marker.drain::<M>();
            }
        }
        marker.drain::<M>();
        if !minor {
            marker.ephemerons::<M>();
            self.handles.iter().for_each(|entry| {
                let target = M::reference(entry.word);
                let lost = target != 0 && !marker.is_marked(target);
                if lost && !entry.expire() {
                    // Another thread has just made a root of a weak handle.
                    marker.mark_word::<M>(entry.word);
                    marker.drain::<M>();
                    marker.ephemerons::<M>();
                }
            });
            let mut pending = false;
            let mut at = marker.registries;
            while at != END {
                let header = MemBlockHeader::from_bits(marker.arena.get(at));
                let size = M::layout(marker.arena, at, header).size;
                let mut entry = at + 2;
                while entry + 3 <= at + size {
                    let target = M::reference(marker.arena.get(entry));
                    pending |= target != 0 && !marker.is_marked(target);
                    entry += 3;
                }
                at = marker.arena.get(at + 1) as u32;
            }
            self.finalization_pending |= pending;
        }
        let overflows = marker.overflows;
        self.stats.mark_overflows += overflows;
        self.handles.sweep();
    }

    fn update_references(&mut self, slide: &Slide, minor: bool, keep: &mut [u64]) {
        let (tables, sp, top) = (self.tables, self.sp, self.arena.top());
        slide.update::<M>(&mut self.arena, 1, 1 + self.config.roots);
        slide.update::<M>(&mut self.arena, sp, tables.start);
        for word in keep.iter_mut().chain(self.handles.words_mut()) {
            *word = slide.word::<M>(&self.arena, *word);
        }
        // Remembered blocks: in a minor collection they are updated in place; either way the flag goes.
        for i in 0..self.remembered_len {
            if i + AHEAD < self.remembered_len {
                self.arena.prefetch(half(&self.arena, tables.remembered, i + AHEAD));
            }
            let at = half(&self.arena, tables.remembered, i);
            let header = self.header(at);
            self.arena.set(at, header.with_flags(header.flags() & !FLAG_REMEMBERED).to_bits());
            if minor {
                slide.block::<M>(&mut self.arena, at, true);
            }
        }
        let mut at = next_set(&self.arena, tables, slide.from, top);
        while at < top {
            let size = slide.block::<M>(&mut self.arena, at, minor);
            at = next_set(&self.arena, tables, at + size, top);
        }
    }

    /// Moves every run of live words down. Returns how many words moved.
    fn slide(&mut self, from: u32, top: u32) -> u32 {
        let tables = self.tables;
        let mut to = from;
        let mut moved = 0;
        let mut at = next_set(&self.arena, tables, from, top);
        while at < top {
            let end = next_clear(&self.arena, tables, at, top);
            if at != to {
                self.arena.copy(at, to, end - at);
                moved += end - at;
            }
            to += end - at;
            at = next_set(&self.arena, tables, end, top);
        }
        moved
    }
}
