//! A pool of blocks of one size on lock-free free lists.

mod config;
pub mod free_list;
mod global;
mod handles;
mod magazine;
mod source;
mod thread;

use core::alloc::{GlobalAlloc, Layout};
use core::fmt;
use core::ptr::{self, NonNull};

pub use config::PoolConfig;
pub use handles::{Block, PoolBox};
pub use source::Global;
#[cfg(loom)]
pub use thread::set_slot;

use crate::sync::{AtomicPtr, AtomicU32, Ordering};
use free_list::{FreeList, Link, Links, NONE, Policy, Standard};
use magazine::{CAPACITY, Magazine};
use thread::SLOTS;

/// Free lists among which threads spread. With loom just enough to have another one.
const SHARDS: usize = if cfg!(loom) { 2 } else { 8 };

/// Parts of the region. Each after the second doubles it, so this reaches [`config::MOST_BLOCKS`] from one block.
const SEGMENTS: usize = if cfg!(loom) { 3 } else { 28 };

/// Bits of an index that count within a segment; the segment is above them.
const OFFSET_BITS: u32 = 27;
const OFFSET_MASK: u32 = (1 << OFFSET_BITS) - 1;

/// Its own cache lines, two of which are fetched together.
#[repr(align(128))]
struct Shard<P: Policy>(FreeList<P>);

/// Blocks of one size that are handed out and taken back by any number of threads without locks.
///
/// Claiming and releasing is a matter of nanoseconds: each thread keeps a few blocks that it released
/// ([`PoolConfig::cached`]) and uses them again without any atomic exchange.
///
/// The region begins with [`PoolConfig::initial`] blocks and doubles when they are used up, to [`PoolConfig::max`] at most. Blocks that threads
/// do not keep are on several lock-free lists; a thread turns to one of them first, to the others when that is empty, and
/// only then to blocks that were never used. Memory goes back to the source when the pool is dropped.
///
/// Alone it hands out raw blocks ([`BlockPool::claim`], [`BlockPool::release`]) and handles ([`BlockPool::block`],
/// [`BlockPool::boxed`]); as a `#[global_allocator]` it serves what fits well into a block and leaves the rest to its source.
///
/// ```
/// use rotifer_arena::{BlockPool, PoolConfig};
///
/// let pool = BlockPool::with_config(PoolConfig::new().initial(2).max(2));
/// let one = pool.boxed([1_u8; 3000]).unwrap();
/// let two = pool.boxed([2_u8; 3000]).unwrap();
/// let three = pool.boxed([3_u8; 3000]).unwrap(); // from the system: the region is full
/// assert!(one.is_pooled() && two.is_pooled() && !three.is_pooled());
/// drop(one);
/// assert_eq!((pool.blocks(), pool.free_blocks()), (2, 1));
/// ```
pub struct BlockPool<S: GlobalAlloc = Global, P: Policy = Standard> {
    magazines: [Magazine; SLOTS],
    shards: [Shard<P>; SHARDS],
    /// Blocks ever taken from the region. Blocks from here on have never been used.
    size: AtomicU32,
    segments: [AtomicPtr<u8>; SEGMENTS],
    config: PoolConfig,
    source: S,
}

#[cfg(not(loom))]
impl BlockPool {
    /// A pool with the configuration of [`PoolConfig::new`]. Nothing is reserved before the first block is asked for.
    #[must_use]
    pub const fn new() -> Self {
        BlockPool::with_config(PoolConfig::new())
    }

    /// A pool set up as `config` says.
    #[must_use]
    pub const fn with_config(config: PoolConfig) -> Self {
        BlockPool::with_source(config, Global)
    }
}

#[cfg(not(loom))]
impl Default for BlockPool {
    fn default() -> Self {
        BlockPool::new()
    }
}

impl<S: GlobalAlloc, P: Policy> BlockPool<S, P> {
    /// A pool that gets its region, and what does not fit, from `source`.
    #[cfg(not(loom))]
    #[must_use]
    pub const fn with_source(config: PoolConfig, source: S) -> Self {
        BlockPool {
            magazines: [const { Magazine::new() }; SLOTS],
            shards: [const { Shard(FreeList::new()) }; SHARDS],
            size: AtomicU32::new(0),
            segments: [const { AtomicPtr::new(ptr::null_mut()) }; SEGMENTS],
            config: config.settle(),
            source,
        }
    }

    /// A pool that gets its region, and what does not fit, from `source`.
    #[cfg(loom)]
    #[must_use]
    pub fn with_source(config: PoolConfig, source: S) -> Self {
        BlockPool {
            magazines: core::array::from_fn(|_| Magazine::new()),
            shards: core::array::from_fn(|_| Shard(FreeList::new())),
            size: AtomicU32::new(0),
            segments: core::array::from_fn(|_| AtomicPtr::new(ptr::null_mut())),
            config: config.settle(),
            source,
        }
    }

    /// The configuration, as rounded.
    #[must_use]
    pub fn config(&self) -> &PoolConfig {
        &self.config
    }

    /// The size of a block in bytes.
    #[must_use]
    pub fn block_size(&self) -> usize {
        self.config.block_size
    }

    /// How many blocks have been in use at the same time at most, roughly: blocks that were taken from the region so far. It never shrinks.
    #[must_use]
    pub fn blocks(&self) -> u32 {
        self.size.load(Ordering::Relaxed)
    }

    /// How many of them are free, those included that threads keep. Other threads may be changing that.
    #[must_use]
    pub fn free_blocks(&self) -> u32 {
        let listed: u32 = self.shards.iter().map(|shard| shard.0.len(self)).sum();
        listed + self.magazines.iter().map(Magazine::len).sum::<u32>()
    }

    /// How many blocks are in use. Other threads may be changing that.
    #[must_use]
    pub fn used_blocks(&self) -> u32 {
        self.blocks().saturating_sub(self.free_blocks())
    }

    /// Bytes of the region that have been reserved so far.
    #[must_use]
    pub fn reserved_bytes(&self) -> usize {
        let installed = |k: &usize| !self.segments[*k].load(Ordering::Relaxed).is_null();
        (0..SEGMENTS).filter(installed).map(|k| self.segment_blocks(k) as usize * self.config.block_size).sum()
    }

    /// A block that nobody else has, or `None` when the region is full and may not or cannot grow.
    ///
    /// A block fresh from the region is zeroed; one that was used holds what its last owner left.
    #[inline]
    #[must_use]
    pub fn claim(&self) -> Option<NonNull<u8>> {
        let slot = thread::slot();
        match self.magazines.get(slot).and_then(Magazine::take) {
            Some(at) => Some(at),
            None => self.claim_shared(slot),
        }
    }

    /// Takes blocks off the lists, or a fresh one.
    #[inline(never)]
    fn claim_shared(&self, slot: usize) -> Option<NonNull<u8>> {
        let magazine = self.magazines.get(slot);
        let mut items = [NONE; CAPACITY / 2 + 1];
        let more = if magazine.is_some() { self.config.cached as usize / 2 } else { 0 };
        let wanted = items.get_mut(..=more)?;
        // One's own list, then those of others.
        for i in 0..SHARDS {
            let list = &self.shards[(slot + i) % SHARDS].0;
            if i > 0 && list.is_empty() {
                continue;
            }
            let count = list.pop_some(self, wanted);
            if let Some((&mut first, rest)) = wanted[..count].split_first_mut() {
                for &mut index in rest {
                    if !magazine.is_some_and(|magazine| magazine.put(self.address(index), u32::MAX)) {
                        list.push(self, index);
                    }
                }
                return Some(self.address(first));
            }
        }
        self.claim_fresh()
    }

    fn claim_fresh(&self) -> Option<NonNull<u8>> {
        let mut size = self.size.load(Ordering::Relaxed);
        loop {
            if size >= self.config.max {
                return None;
            }
            let (segment, offset) = self.locate(size)?;
            // First, so that a block that cannot be had is not counted.
            let base = self.install(segment)?;
            match self.size.compare_exchange_weak(size, size + 1, Ordering::Relaxed, Ordering::Relaxed) {
                // SAFETY: `offset` is below the number of blocks in the segment.
                Ok(_) => return Some(unsafe { base.add(offset as usize * self.config.block_size) }),
                Err(now) => size = now,
            }
        }
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// `block` was handed out by [`BlockPool::claim`] of this pool, has not been given back since, and is not used any more.
    #[inline]
    pub unsafe fn release(&self, block: NonNull<u8>) {
        self.put_back(block);
    }

    /// `block` is one of this pool that nobody has.
    #[inline]
    pub(crate) fn put_back(&self, block: NonNull<u8>) {
        let slot = thread::slot();
        if !self.magazines.get(slot).is_some_and(|magazine| magazine.put(block, self.config.cached)) {
            self.release_shared(slot, block);
        }
    }

    /// Puts a block, and half of what the thread has kept, on a list.
    #[inline(never)]
    fn release_shared(&self, slot: usize, block: NonNull<u8>) {
        let Some(index) = self.index_of(block) else { return };
        let mut items = [index; CAPACITY / 2 + 1];
        let mut count = 1;
        if let Some(magazine) = self.magazines.get(slot) {
            while count < items.len()
                && magazine.len() > self.config.cached / 2
                && let Some(index) = magazine.take().and_then(|at| self.index_of(at))
            {
                items[count] = index;
                count += 1;
            }
        }
        self.shards[slot % SHARDS].0.push_all(self, &items[..count]);
    }

    /// Whether `at` points into a block of this pool.
    #[inline]
    #[must_use]
    pub fn contains(&self, at: NonNull<u8>) -> bool {
        self.index_of(at).is_some()
    }

    /// The block that `at` points into.
    #[inline]
    fn index_of(&self, at: NonNull<u8>) -> Option<u32> {
        let (at, size) = (at.addr().get(), self.config.block_size);
        for (k, segment) in self.segments.iter().enumerate() {
            // Whoever holds a block of the segment has synchronised with its installation.
            let base = segment.load(Ordering::Relaxed);
            if base.is_null() {
                continue;
            }
            let distance = at.wrapping_sub(base.addr());
            let blocks = self.segment_blocks(k);
            if distance < blocks as usize * size {
                let offset = if size.is_power_of_two() { distance >> size.trailing_zeros() } else { distance / size };
                return Some((k as u32) << OFFSET_BITS | offset as u32);
            }
        }
        None
    }

    /// Where the block `index` is, which was on a list.
    #[inline]
    fn address(&self, index: u32) -> NonNull<u8> {
        let base = self.segment_of(index);
        let offset = (index & OFFSET_MASK) as usize * self.config.block_size;
        // SAFETY: an index on a list belongs to a block of an installed segment.
        unsafe { base.add(offset) }
    }

    /// The start of the segment of an index that was on a list, which is therefore installed.
    #[inline]
    fn segment_of(&self, index: u32) -> NonNull<u8> {
        let base = self.segments[(index >> OFFSET_BITS) as usize].load(P::TAKE);
        if cfg!(any(loom, debug_assertions)) {
            assert!(!base.is_null(), "the segment of a listed block is not visible");
        }
        // SAFETY: whoever put the index on the list has seen the segment, and popping it synchronised with that.
        unsafe { NonNull::new_unchecked(base) }
    }

    // ---- segments ----------------------------------------------------------------------------------------------

    /// How many blocks segment `k` has: what there was before is doubled each time.
    fn segment_blocks(&self, k: usize) -> u32 {
        let before = self.segment_start(k);
        let next = if k == 0 { self.config.initial } else { before };
        next.min(self.config.max - before)
    }

    /// How many blocks lie before segment `k`.
    fn segment_start(&self, k: usize) -> u32 {
        let start = if k == 0 { 0 } else { u64::from(self.config.initial) << (k - 1) };
        start.min(u64::from(self.config.max)) as u32
    }

    /// Segment and offset of the `n`th block.
    fn locate(&self, n: u32) -> Option<(usize, u32)> {
        let k = (n / self.config.initial).checked_ilog2().map_or(0, |log| log as usize + 1);
        (k < SEGMENTS).then(|| (k, n - self.segment_start(k)))
    }

    /// The layout of a segment and where its links begin.
    fn segment_layout(&self, k: usize) -> Option<(Layout, usize)> {
        let blocks = self.segment_blocks(k) as usize;
        let bytes = self.config.block_size.checked_mul(blocks)?;
        let region = Layout::from_size_align(bytes, self.config.align).ok()?;
        region.extend(Layout::array::<Link>(blocks).ok()?).ok()
    }

    /// The start of segment `k`, which is reserved if nobody has done so yet.
    fn install(&self, k: usize) -> Option<NonNull<u8>> {
        let segment = &self.segments[k];
        if let Some(base) = NonNull::new(segment.load(P::TAKE)) {
            return Some(base);
        }
        let (layout, links) = self.segment_layout(k)?;
        // SAFETY: a segment has a block, which has a size.
        let base = NonNull::new(unsafe { self.source.alloc_zeroed(layout) })?;
        for i in 0..self.segment_blocks(k) as usize {
            // SAFETY: the links lie behind the blocks, as the layout has it.
            unsafe { base.add(links).cast::<Link>().add(i).write(Link::new()) };
        }
        match segment.compare_exchange(ptr::null_mut(), base.as_ptr(), P::PUBLISH, P::TAKE) {
            Ok(_) => Some(base),
            Err(theirs) => {
                // SAFETY: made above and shown to nobody.
                unsafe { self.discard(k, base) };
                NonNull::new(theirs)
            }
        }
    }

    /// Gives the memory of a segment back.
    ///
    /// # Safety
    /// `base` is a segment made by `install(k)` that nobody uses any more.
    unsafe fn discard(&self, k: usize, base: NonNull<u8>) {
        let Some((layout, links)) = self.segment_layout(k) else { return };
        for i in 0..self.segment_blocks(k) as usize {
            // SAFETY: `install` has made a link there.
            unsafe { base.add(links).cast::<Link>().add(i).drop_in_place() };
        }
        // SAFETY: allocated with this layout.
        unsafe { self.source.dealloc(base.as_ptr(), layout) }
    }
}

impl<S: GlobalAlloc, P: Policy> Links for BlockPool<S, P> {
    #[inline]
    fn link(&self, index: u32) -> &Link {
        let k = (index >> OFFSET_BITS) as usize;
        let base = self.segment_of(index);
        let blocks = self.segment_blocks(k) as usize * self.config.block_size;
        let links = blocks.next_multiple_of(align_of::<Link>());
        // SAFETY: an index on a list belongs to a block of an installed segment, and the links lie behind the blocks.
        unsafe { base.add(links).cast::<Link>().add((index & OFFSET_MASK) as usize).as_ref() }
    }
}

impl<S: GlobalAlloc, P: Policy> Drop for BlockPool<S, P> {
    fn drop(&mut self) {
        for k in 0..SEGMENTS {
            if let Some(base) = NonNull::new(self.segments[k].load(P::TAKE)) {
                // SAFETY: handles borrow the pool, and raw blocks must not be used after it.
                unsafe { self.discard(k, base) };
            }
        }
    }
}

impl<S: GlobalAlloc, P: Policy> fmt::Debug for BlockPool<S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockPool")
            .field("block_size", &self.config.block_size)
            .field("blocks", &self.blocks())
            .field("free_blocks", &self.free_blocks())
            .finish()
    }
}
