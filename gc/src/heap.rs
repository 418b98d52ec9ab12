//! The heap: an arena, its roots, and when to collect.

use core::fmt;
use core::marker::PhantomData;
use core::ptr::NonNull;

use rotifer_arena::{Arena, ArenaView, HeapIndex, MemBlockHeader, Scratch};

use crate::handles::{Root, RootTable};
use crate::model::{FLAG_REMEMBERED, ObjectModel};
use crate::stats::GcStats;
use crate::tables::{Tables, set_half};

/// The block is full, even after a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of memory")
    }
}

impl core::error::Error for OutOfMemory {}

/// Why the stack cannot grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackError {
    /// The stack has reached the size it was given.
    Overflow,
    /// Heap and stack have met.
    OutOfMemory,
}

/// Why a heap cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeapError {
    /// The limit leaves no room beside the collector's own tables and the roots.
    TooSmall,
    /// The memory cannot be reserved.
    Reserve,
    /// An image does not fit or is not one.
    Image,
}

/// How a heap is set up.
#[derive(Clone, Copy, Debug)]
pub struct HeapConfig {
    /// The size of the block in bytes: heap, stack and the collector's tables together.
    pub limit: usize,
    /// The most bytes the stack may take.
    pub stack: usize,
    /// How many root words there are.
    pub roots: u32,
    /// Bytes allocated between two collections of the young blocks.
    pub nursery: usize,
    /// A clock in nanoseconds, for the pause statistics.
    pub clock: Option<fn() -> u64>,
}

impl Default for HeapConfig {
    fn default() -> Self {
        HeapConfig { limit: 16 << 20, stack: 1 << 20, roots: 16, nursery: 1 << 20, clock: None }
    }
}

/// One block of memory with everything in it, and the collector that keeps it compact.
pub struct Heap<M: ObjectModel> {
    pub(crate) arena: Arena,
    pub(crate) tables: Tables,
    pub(crate) config: HeapConfig,
    /// The first block.
    pub(crate) start: u32,
    /// Blocks from here on are young.
    pub(crate) young: u32,
    /// Bumping past this goes to the slow path.
    pub(crate) limit: u32,
    /// The lowest word of the stack in use.
    pub(crate) sp: u32,
    /// The lowest word the stack may take without asking.
    pub(crate) stack_low: u32,
    /// The lowest word the stack may ever take.
    stack_floor: u32,
    /// Words below the stack that blocks may not take; see [`Heap::set_reserve`].
    pub(crate) reserved: u32,
    pub(crate) remembered_len: u32,
    pub(crate) remembered_overflow: bool,
    /// Size of the old blocks at which everything is collected.
    pub(crate) major_at: u32,
    pub(crate) futile: u32,
    /// Words allocated between two collections of the young blocks; never more than a quarter of what is old, but what was asked for at least.
    pub(crate) nursery: u32,
    /// The nursery is larger than was asked for.
    pub(crate) grown: bool,
    pub(crate) collections: u32,
    pub(crate) finalization_pending: bool,
    pub(crate) handles: RootTable,
    pub(crate) stats: GcStats,
    pub(crate) stress: u32,
    pub(crate) stress_left: u32,
    pub(crate) stress_pad: u32,
    _model: PhantomData<fn() -> M>,
}

impl<M: ObjectModel> Heap<M> {
    /// Reserves the block and sets up an empty heap in it. All root words are 0.
    ///
    /// # Errors
    /// [`HeapError::TooSmall`] or [`HeapError::Reserve`].
    pub fn new(config: HeapConfig) -> Result<Self, HeapError> {
        if u32::try_from(config.limit / 8).is_err() {
            return Err(HeapError::Reserve);
        }
        Tables::plan((config.limit / 8) as u32).ok_or(HeapError::TooSmall)?;
        let arena = Arena::new(config.limit).map_err(|_| HeapError::Reserve)?;
        Heap::with_arena(config, arena)
    }

    /// As [`Heap::new`], in a block that is there already: one of an [`ArenaPool`](rotifer_arena::ArenaPool), or of static memory. What
    /// it holds does not matter. Its size takes the place of the limit in `config`.
    ///
    /// # Errors
    /// [`HeapError::TooSmall`].
    pub fn with_arena(mut config: HeapConfig, mut arena: Arena) -> Result<Self, HeapError> {
        let words = arena.words();
        config.limit = words as usize * 8;
        let tables = Tables::plan(words).ok_or(HeapError::TooSmall)?;
        let start = config.roots.checked_add(1).ok_or(HeapError::TooSmall)?;
        if start + 32 > tables.start {
            return Err(HeapError::TooSmall);
        }
        arena.set_stack_end(words);
        arena.set_top(start);
        arena.fill(0, start, 0);
        let stack_words = u32::try_from(config.stack / 8).unwrap_or(u32::MAX);
        let mut heap = Heap {
            arena,
            tables,
            config,
            start,
            young: start,
            limit: 0,
            sp: tables.start,
            stack_low: tables.start,
            stack_floor: tables.start.saturating_sub(stack_words).max(start),
            reserved: 0,
            remembered_len: 0,
            remembered_overflow: false,
            major_at: 0,
            futile: 0,
            nursery: u32::try_from(config.nursery / 8).unwrap_or(u32::MAX),
            grown: false,
            collections: 0,
            finalization_pending: false,
            handles: RootTable::default(),
            stats: GcStats::default(),
            stress: 0,
            stress_left: 0,
            stress_pad: 0,
            _model: PhantomData,
        };
        heap.set_major_threshold();
        heap.set_limits();
        Ok(heap)
    }

    // ---- words -------------------------------------------------------------------------------------------------

    /// Reads a word.
    ///
    /// # Panics
    /// When `at` is outside the block.
    #[inline]
    #[must_use]
    pub fn get(&self, at: u32) -> u64 {
        self.arena.get(at)
    }

    /// Writes a word that is no reference, or into a block that is still young, or initialises one.
    ///
    /// # Panics
    /// When `at` is outside the block.
    #[inline]
    pub fn set(&mut self, at: u32, word: u64) {
        self.arena.set(at, word);
    }

    /// Stores `word` at `block + offset`, telling the collector when an old block comes to refer to a young one.
    ///
    /// # Panics
    /// When the word is outside the arena.
    #[inline]
    pub fn store(&mut self, block: u32, offset: u32, word: u64) {
        self.arena.set(block + offset, word);
        self.barrier(block, M::reference(word));
    }

    /// The write barrier: has to be called after a reference to `target` (0 for none) was stored in `block`.
    #[inline]
    pub fn barrier(&mut self, block: u32, target: u32) {
        if block < self.young && target >= self.young {
            self.remember(block);
        }
    }

    /// Where young blocks begin: a store of a reference at or above this into a block below it needs [`Heap::barrier`].
    #[inline]
    #[must_use]
    pub fn young_start(&self) -> u32 {
        self.young
    }

    #[cold]
    #[inline(never)]
    fn remember(&mut self, block: u32) {
        let header = MemBlockHeader::from_bits(self.arena.get(block));
        if header.flags() & FLAG_REMEMBERED != 0 || self.remembered_overflow {
            return;
        }
        if self.remembered_len == self.tables.remembered_capacity {
            self.remembered_overflow = true;
            return;
        }
        self.arena.set(block, header.with_flags(header.flags() | FLAG_REMEMBERED).to_bits());
        set_half(&mut self.arena, self.tables.remembered, self.remembered_len, block);
        self.remembered_len += 1;
    }

    /// The header of the block at `at`.
    ///
    /// # Panics
    /// When `at` is outside the block.
    #[inline]
    #[must_use]
    pub fn header(&self, at: u32) -> MemBlockHeader {
        MemBlockHeader::from_bits(self.arena.get(at))
    }

    /// The arena, for reading slices of it.
    #[inline]
    #[must_use]
    pub fn arena(&self) -> &Arena {
        &self.arena
    }

    /// The bytes of a leaf block, to be written. References must not be written this way.
    ///
    /// # Panics
    /// When the range leaves the block.
    #[inline]
    pub fn bytes_mut(&mut self, at: u32, len: u32) -> &mut [u8] {
        self.arena.bytes_mut(at, len)
    }

    /// The 16-bit halves of a leaf block, to be written.
    ///
    /// # Panics
    /// When the range leaves the block.
    #[inline]
    pub fn units_mut(&mut self, at: u32, len: u32) -> &mut [u16] {
        self.arena.units_mut(at, len)
    }

    /// Copies words inside the heap without a barrier: the target has to be a young block, or told to
    /// [`Heap::barrier_all`].
    ///
    /// # Panics
    /// When a range leaves the block.
    #[inline]
    pub fn copy(&mut self, from: u32, to: u32, count: u32) {
        self.arena.copy(from, to, count);
    }

    /// Sets words inside the heap to one that is no reference.
    ///
    /// # Panics
    /// When the range leaves the block.
    #[inline]
    pub fn fill(&mut self, at: u32, count: u32, word: u64) {
        self.arena.fill(at, count, word);
    }

    /// The barrier after many stores into `block`.
    #[inline]
    pub fn barrier_all(&mut self, block: u32) {
        if block < self.young {
            self.remember(block);
        }
    }

    /// The address of word 0; it never changes while the heap lives.
    #[inline]
    #[must_use]
    pub fn base(&self) -> NonNull<u64> {
        self.arena.base()
    }

    /// Lends the gap as scratch memory beside the heap for reading. Nothing can be allocated meanwhile.
    pub fn split_scratch(&mut self) -> (ArenaView<'_>, Scratch<'_>) {
        self.arena.split_scratch()
    }

    /// Makes blocks that were built in scratch memory part of the heap; see [`Arena::adopt_scratch`]. They count as young.
    ///
    /// # Panics
    /// When the range is not inside the gap.
    pub fn adopt_scratch(&mut self, offset: u32, words: u32) -> u32 {
        self.arena.adopt_scratch(offset, words).get()
    }

    // ---- roots -------------------------------------------------------------------------------------------------

    /// Root word `i`.
    ///
    /// # Panics
    /// When there are not that many.
    #[inline]
    #[must_use]
    pub fn root(&self, i: u32) -> u64 {
        assert!(i < self.config.roots, "no such root");
        self.arena.get(1 + i)
    }

    /// Sets root word `i`.
    ///
    /// # Panics
    /// When there are not that many.
    #[inline]
    pub fn set_root(&mut self, i: u32, word: u64) {
        assert!(i < self.config.roots, "no such root");
        self.arena.set(1 + i, word);
    }

    /// A root outside the block that keeps `word` alive until it and its clones are dropped. All roots of one word are clones of each
    /// other.
    pub fn make_root(&mut self, word: u64) -> Root {
        self.handles.insert(word)
    }

    /// What a [`Root`] of this heap holds now; `None` for a root of another heap.
    #[must_use]
    pub fn read_root<T>(&self, root: &Root<T>) -> Option<u64> {
        self.handles.get(root)
    }

    /// How many values are kept alive by roots outside the block.
    #[must_use]
    pub fn root_count(&mut self) -> usize {
        self.handles.sweep();
        self.handles.len()
    }

    // ---- stack -------------------------------------------------------------------------------------------------

    /// The lowest stack word in use; [`Heap::stack_top`] when the stack is empty.
    #[inline]
    #[must_use]
    pub fn sp(&self) -> u32 {
        self.sp
    }

    /// One past the highest stack word.
    #[inline]
    #[must_use]
    pub fn stack_top(&self) -> u32 {
        self.tables.start
    }

    /// The lowest word the stack can take without [`Heap::grow_stack`].
    #[inline]
    #[must_use]
    pub fn stack_low(&self) -> u32 {
        self.stack_low
    }

    /// Moves the stack pointer. Going down, the words between must have been granted by [`Heap::grow_stack`] and be
    /// initialised before the next collection.
    ///
    /// # Panics
    /// When `sp` is outside the granted stack.
    #[inline]
    pub fn set_sp(&mut self, sp: u32) {
        assert!(sp >= self.stack_low && sp <= self.tables.start, "stack pointer outside the stack");
        self.sp = sp;
    }

    /// Pushes a word.
    ///
    /// # Errors
    /// [`StackError`] when there is no room.
    #[inline]
    pub fn push(&mut self, word: u64) -> Result<u32, StackError> {
        if self.sp == self.stack_low {
            self.grow_stack(1)?;
        }
        self.sp -= 1;
        self.arena.set(self.sp, word);
        Ok(self.sp)
    }

    /// Makes room for `words` more words below the stack pointer. Collects nothing, moves nothing.
    ///
    /// # Errors
    /// [`StackError`] when there is no room.
    #[cold]
    #[inline(never)]
    pub fn grow_stack(&mut self, words: u32) -> Result<(), StackError> {
        let need = self.sp.checked_sub(words).ok_or(StackError::Overflow)?;
        if need >= self.stack_low {
            return Ok(());
        }
        if need < self.stack_floor {
            return Err(StackError::Overflow);
        }
        if need < self.arena.top() {
            return Err(StackError::OutOfMemory);
        }
        let chunk = (self.arena.words() / 256).clamp(8, 512);
        self.stack_low = need.saturating_sub(chunk).max(self.stack_floor).max(self.arena.top());
        self.arena.set_stack_end(self.stack_low);
        self.limit = self.limit.min(self.blocks_end());
        Ok(())
    }

    /// Words that the stack can still grow by, as far as blocks allow now.
    #[must_use]
    pub fn stack_left(&self) -> u32 {
        self.stack_low.saturating_sub(self.stack_floor.max(self.arena.top()))
    }

    /// The most words the stack may take.
    #[must_use]
    pub fn stack_words(&self) -> u32 {
        self.tables.start.saturating_sub(self.stack_floor)
    }

    /// Gives back what the stack was granted and does not use.
    pub fn release_stack(&mut self) {
        self.stack_low = self.sp;
        self.set_limits();
    }

    // ---- allocation --------------------------------------------------------------------------------------------

    /// Makes sure that `words` words can be allocated by [`Heap::alloc_reserved`] without a collection.
    ///
    /// This is the only place where a collection happens by itself. `keep` are words that have to survive it: they are
    /// rooted during the collection and updated.
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no room even after a collection of everything.
    #[inline]
    pub fn reserve(&mut self, words: u32, keep: &mut [u64]) -> Result<(), OutOfMemory> {
        if self.arena.top().saturating_add(words) <= self.limit {
            return Ok(());
        }
        self.reserve_slow(words, keep)
    }

    /// Whether `words` can be reserved without a collection.
    #[inline]
    #[must_use]
    pub fn has_room(&self, words: u32) -> bool {
        // Between two collections of stress mode, too, lest what asks first would never be put under stress.
        self.arena.top().saturating_add(words) <= self.limit || self.stress_left > 1 && self.fits(words)
    }

    #[cold]
    #[inline(never)]
    fn reserve_slow(&mut self, words: u32, keep: &mut [u64]) -> Result<(), OutOfMemory> {
        if self.stress > 0 {
            if self.stress_left > 0 {
                self.stress_left -= 1;
                if self.arena.top().saturating_add(words) <= self.blocks_end() {
                    return Ok(());
                }
            }
            self.stress_left = self.stress - 1;
        }
        self.collect_for(words, keep)
    }

    /// Allocates out of what [`Heap::reserve`] granted. The words hold whatever was there and have to be initialised
    /// before the next collection.
    ///
    /// # Panics
    /// When the reservation was too small.
    #[inline]
    pub fn alloc_reserved(&mut self, words: u32) -> u32 {
        match self.arena.alloc(words) {
            Some(index) => index.get(),
            None => panic!("allocation beyond the reservation"),
        }
    }

    /// Allocates when that needs no collection.
    #[inline]
    pub fn try_alloc(&mut self, words: u32) -> Option<u32> {
        if self.arena.top().saturating_add(words) > self.limit {
            return self.try_alloc_stressed(words);
        }
        self.arena.alloc(words).map(HeapIndex::get)
    }

    /// Under stress the limit sends every allocation here; between two collections it may succeed.
    #[cold]
    #[inline(never)]
    fn try_alloc_stressed(&mut self, words: u32) -> Option<u32> {
        if self.stress_left == 0 || !self.fits(words) {
            return None;
        }
        self.stress_left -= 1;
        self.arena.alloc(words).map(HeapIndex::get)
    }

    /// Gives back the last block allocated (and everything after it).
    ///
    /// # Panics
    /// When `at` is not a young block.
    pub fn free_last(&mut self, at: u32) {
        assert!(at >= self.young, "only young blocks can be given back");
        self.arena.free_last(HeapIndex::new(at));
    }

    /// Shortens a block from `old` to `new` words; what is left over becomes a filler when the block is not the last one.
    /// The caller writes the header of the block itself.
    pub fn shrink(&mut self, at: u32, old: u32, new: u32) {
        if new < old && !(at >= self.young && self.arena.shrink(HeapIndex::new(at), old, new)) {
            self.arena.set(at + new, M::filler(old - new).to_bits());
        }
    }

    /// Words that can still be allocated or pushed without a collection.
    #[must_use]
    pub fn free_words(&self) -> u32 {
        self.stack_low - self.arena.top()
    }

    /// The first word above the heap.
    #[inline]
    #[must_use]
    pub fn top(&self) -> u32 {
        self.arena.top()
    }

    /// The first block.
    #[must_use]
    pub fn start(&self) -> u32 {
        self.start
    }

    /// Bytes of the block in use: heap and stack and the collector's tables.
    #[must_use]
    pub fn used_bytes(&self) -> usize {
        let words = self.arena.top() + (self.arena.words() - self.sp);
        words as usize * 8
    }

    /// Bytes of heap blocks, garbage included.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.arena.top() as usize * 8
    }

    /// The size of the block in bytes.
    #[must_use]
    pub fn limit_bytes(&self) -> usize {
        self.arena.words() as usize * 8
    }

    // ---- collector control -------------------------------------------------------------------------------------

    /// Counts collections; whoever caches addresses or indices outside the roots compares it.
    #[inline]
    #[must_use]
    pub fn collections(&self) -> u32 {
        self.collections
    }

    /// Counts the collections of everything: while it stays, no block below [`Heap::young_start`] moves or is freed.
    #[inline]
    #[must_use]
    pub fn major_collections(&self) -> u32 {
        self.stats.major_collections as u32
    }

    /// Statistics so far.
    #[must_use]
    pub fn stats(&self) -> GcStats {
        let mut stats = self.stats;
        stats.peak_bytes = stats.peak_bytes.max(self.used_bytes() as u64);
        stats
    }

    /// Moves every block at every `every`th allocation; 0 turns it off.
    pub fn set_stress(&mut self, every: u32) {
        self.stress = every;
        self.stress_left = every.saturating_sub(1);
        self.set_limits();
    }

    /// Whether a finalization registry has entries that died since this was last asked.
    pub fn take_finalization_pending(&mut self) -> bool {
        core::mem::take(&mut self.finalization_pending)
    }

    /// Calls `f` with the index and header of every block, from the bottom up.
    pub fn walk(&self, mut f: impl FnMut(u32, MemBlockHeader)) {
        let mut at = self.start;
        while at < self.arena.top() {
            let header = self.header(at);
            f(at, header);
            at += M::layout(&self.arena, at, header).size.max(1);
        }
    }

    /// Keeps `words` words free of blocks from now on, so that a program that has filled the heap leaves room for what comes after it.
    /// The stack and scratch memory may use them.
    pub fn set_reserve(&mut self, words: u32) {
        self.reserved = words;
        self.set_limits();
    }

    /// Whether `words` more words of blocks fit below what is reserved.
    #[must_use]
    pub fn fits(&self, words: u32) -> bool {
        self.arena.top().saturating_add(words) <= self.blocks_end()
    }

    /// Where blocks have to end.
    pub(crate) fn blocks_end(&self) -> u32 {
        self.stack_low.saturating_sub(self.reserved)
    }

    pub(crate) fn set_limits(&mut self) {
        self.arena.set_stack_end(self.stack_low);
        let old = self.young - self.start;
        self.nursery = self.nursery.min(old / 4).max(self.base_nursery());
        let nursery = self.nursery;
        self.limit = self.blocks_end().min(self.young.saturating_add(nursery));
        if self.arena.words() < 1 << 17 {
            // Below a megabyte the whole heap is the nursery.
            self.limit = self.blocks_end();
        }
        if self.stress > 0 {
            self.limit = 0;
        }
    }

    pub(crate) fn base_nursery(&self) -> u32 {
        u32::try_from(self.config.nursery / 8).unwrap_or(u32::MAX)
    }

    pub(crate) fn set_major_threshold(&mut self) {
        let live = self.young - self.start;
        let nursery = self.base_nursery();
        self.major_at = live.saturating_mul(2).max(live.saturating_add(nursery.saturating_mul(4)));
    }

    // ---- images ------------------------------------------------------------------------------------------------

    /// The words that make up the heap: everything up to the top, roots included. The stack has to be empty for a copy of
    /// them to be complete.
    #[must_use]
    pub fn image_words(&self) -> &[u8] {
        self.arena.bytes(0, self.arena.top() * 8)
    }

    /// Replaces the contents of this heap by a copy made by [`Heap::image_words`]. Everything becomes old.
    ///
    /// # Errors
    /// [`HeapError::Image`] when it does not fit below the stack or is not made of whole words; the heap is unchanged.
    pub fn load_image_words(&mut self, image: &[u8]) -> Result<(), HeapError> {
        let words = u32::try_from(image.len() / 8).map_err(|_| HeapError::Image)?;
        if !image.len().is_multiple_of(8) || words < self.start || self.sp != self.tables.start {
            return Err(HeapError::Image);
        }
        self.stack_low = self.tables.start;
        if words > self.stack_low {
            return Err(HeapError::TooSmall);
        }
        self.arena.set_top(1);
        self.arena.set_stack_end(self.stack_low);
        self.arena.set_top(words);
        self.arena.bytes_mut(0, words * 8).copy_from_slice(image);
        self.handles.clear();
        self.young = words;
        self.remembered_len = 0;
        self.remembered_overflow = true; // headers may carry the flag: the next collection is a full one
        self.finalization_pending = true; // whether something had died is not in the image: whoever cares looks
        self.collections = self.collections.wrapping_add(1);
        self.set_major_threshold();
        self.set_limits();
        Ok(())
    }
}

impl<M: ObjectModel> fmt::Debug for Heap<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heap")
            .field("limit_bytes", &self.limit_bytes())
            .field("used_bytes", &self.used_bytes())
            .field("collections", &self.collections)
            .finish()
    }
}
