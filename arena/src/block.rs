//! The block itself: one reservation, a heap that grows up, a stack that grows down.

use alloc::alloc::{Layout, alloc_zeroed, dealloc};
use core::fmt;
use core::mem::MaybeUninit;
use core::ptr::NonNull;
use core::slice;

#[cfg(all(target_has_atomic = "64", not(loom)))]
use alloc::sync::Arc;

#[cfg(all(target_has_atomic = "64", not(loom)))]
use crate::{BlockPool, PoolConfig};
use crate::{HeapIndex, Scratch};

/// The block cannot be had: the size is zero, beyond what 32-bit word indices reach, or the allocator refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveError;

impl fmt::Display for ReserveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the memory block cannot be reserved")
    }
}

impl core::error::Error for ReserveError {}

/// One block of 8-byte words that never moves while it lives.
///
/// The heap grows upwards from word 1 (word 0 stays unused so that zero can be null), the stack grows downwards from the end, and what
/// lies between is the gap. Memory is reserved once; where the operating system commits lazily, only what is touched
/// counts.
///
/// Words are read through `&self` and written through `&mut self`, by value; the slices that [`Arena::bytes`] and its kin
/// lend borrow the whole arena.
///
/// ```
/// use rotifer_arena::Arena;
///
/// let mut arena = Arena::new(1024)?;
/// let a = arena.alloc(4).unwrap();
/// arena.set(a.get() + 1, 42);
/// assert_eq!(arena.get(a.get() + 1), 42);
/// arena.shrink(a, 4, 2);
/// arena.free_last(a);
/// assert_eq!(arena.top(), a.get());
/// # Ok::<(), rotifer_arena::ReserveError>(())
/// ```
pub struct Arena {
    base: NonNull<u64>,
    words: u32,
    top: u32,
    stack_end: u32,
    owner: Owner,
}

/// Whose memory an arena is in.
enum Owner {
    /// Somebody's who outlives it.
    Lent,
    /// Its own, allocated with this layout.
    Own(Layout),
    /// A block of a pool.
    #[cfg(all(target_has_atomic = "64", not(loom)))]
    Pool(Arc<BlockPool>),
}

// SAFETY: the arena owns its memory, or was promised sole use of it in `from_raw_parts`; nothing in it is tied to a thread.
unsafe impl Send for Arena {}

impl Arena {
    /// Reserves `bytes` bytes, rounded down to whole words.
    ///
    /// # Errors
    /// [`ReserveError`] when the size is below two words or above what a [`HeapIndex`] reaches, or when the allocator refuses.
    pub fn new(bytes: usize) -> Result<Self, ReserveError> {
        let words = u32::try_from(bytes / 8).map_err(|_| ReserveError)?;
        if words < 2 {
            return Err(ReserveError);
        }
        let layout = Layout::array::<u64>(words as usize).map_err(|_| ReserveError)?;
        // SAFETY: the layout is not empty.
        let base = unsafe { alloc_zeroed(layout) };
        let base = NonNull::new(base.cast::<u64>()).ok_or(ReserveError)?;
        Ok(Arena { base, words, top: 1, stack_end: words, owner: Owner::Own(layout) })
    }

    /// The arena that has the whole of a pool's block. The block has to be initialised, as those of an [`ArenaPool`] are.
    #[cfg(all(target_has_atomic = "64", not(loom)))]
    fn in_block(pool: Arc<BlockPool>, words: u32) -> Result<Self, ReserveError> {
        let base = pool.claim().ok_or(ReserveError)?.cast();
        Ok(Arena { base, words, top: 1, stack_end: words, owner: Owner::Pool(pool) })
    }

    /// Uses memory that somebody else owns: a static buffer where there is no allocator.
    ///
    /// # Errors
    /// [`ReserveError`] when there are fewer than two words.
    ///
    /// # Safety
    /// `base` must be valid for reads and writes of `words` words, all initialised, and used by nobody else for as long as the arena lives.
    pub unsafe fn from_raw_parts(base: NonNull<u64>, words: u32) -> Result<Self, ReserveError> {
        if words < 2 {
            return Err(ReserveError);
        }
        Ok(Arena { base, words, top: 1, stack_end: words, owner: Owner::Lent })
    }

    /// The size of the block in words.
    #[inline]
    #[must_use]
    pub fn words(&self) -> u32 {
        self.words
    }

    /// The first word above the heap.
    #[inline]
    #[must_use]
    pub fn top(&self) -> u32 {
        self.top
    }

    /// Moves the top of the heap, as a collector does after compaction.
    ///
    /// # Panics
    /// When `top` is zero or above the end of the gap.
    #[inline]
    pub fn set_top(&mut self, top: u32) {
        assert!(top > 0 && top <= self.stack_end, "heap top outside the block");
        self.top = top;
    }

    /// The end of the gap: the lowest word that belongs to the stack (and to what was carved out above it).
    #[inline]
    #[must_use]
    pub fn stack_end(&self) -> u32 {
        self.stack_end
    }

    /// Moves the boundary between gap and stack.
    ///
    /// # Panics
    /// When `at` is below the heap or outside the block.
    #[inline]
    pub fn set_stack_end(&mut self, at: u32) {
        assert!(at >= self.top && at <= self.words, "stack boundary outside the block");
        self.stack_end = at;
    }

    /// Bump-allocates `words` words, or gives `None` when the gap is too small. The words hold whatever was there.
    #[inline]
    pub fn alloc(&mut self, words: u32) -> Option<HeapIndex> {
        let at = self.top;
        if words > self.stack_end - at {
            return None;
        }
        self.top = at + words;
        Some(HeapIndex::new(at))
    }

    /// Takes back `index` and everything allocated after it. In the usual case that is the last block alone.
    ///
    /// # Panics
    /// When `index` is null or above the top.
    #[inline]
    pub fn free_last(&mut self, index: HeapIndex) {
        self.set_top_down(index.get());
    }

    fn set_top_down(&mut self, top: u32) {
        assert!(top > 0 && top <= self.top, "not the last block");
        self.top = top;
    }

    /// Shortens the block at `index` from `old` to `new` words. Only the last block gives its words back; for another
    /// `false` is returned and the caller has to keep the rest walkable.
    pub fn shrink(&mut self, index: HeapIndex, old: u32, new: u32) -> bool {
        debug_assert!(new <= old);
        if index.get() + old == self.top {
            self.set_top_down(index.get() + new);
            return true;
        }
        false
    }

    /// Reads a word.
    ///
    /// # Panics
    /// When `at` is outside the block.
    #[inline]
    #[must_use]
    pub fn get(&self, at: u32) -> u64 {
        assert!(at < self.words, "word outside the block");
        // SAFETY: in bounds, aligned, and initialised (zeroed at reservation or promised in `from_raw_parts`).
        unsafe { self.base.as_ptr().add(at as usize).read() }
    }

    /// Writes a word.
    ///
    /// # Panics
    /// When `at` is outside the block.
    #[inline]
    pub fn set(&mut self, at: u32, word: u64) {
        assert!(at < self.words, "word outside the block");
        // SAFETY: in bounds and aligned; `&mut self` keeps every lent slice away.
        unsafe { self.base.as_ptr().add(at as usize).write(word) }
    }

    /// Asks the processor for the word at `at`, which will be read soon. Nothing happens where there is no such request, or when
    /// `at` is outside the block.
    #[inline]
    pub fn prefetch(&self, at: u32) {
        #[cfg(target_arch = "x86_64")]
        if at < self.words {
            // SAFETY: in bounds; and a prefetch has no effect that could be observed.
            unsafe {
                use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
                _mm_prefetch::<_MM_HINT_T0>(self.base.as_ptr().add(at as usize).cast());
            }
        }
        let _ = at;
    }

    /// Reads a word without a bounds check.
    ///
    /// # Safety
    /// `at` must be below [`Arena::words`].
    #[inline]
    #[must_use]
    pub unsafe fn get_unchecked(&self, at: u32) -> u64 {
        debug_assert!(at < self.words);
        // SAFETY: the caller promises that it is in bounds.
        unsafe { self.base.as_ptr().add(at as usize).read() }
    }

    /// Writes a word without a bounds check.
    ///
    /// # Safety
    /// `at` must be below [`Arena::words`].
    #[inline]
    pub unsafe fn set_unchecked(&mut self, at: u32, word: u64) {
        debug_assert!(at < self.words);
        // SAFETY: the caller promises that it is in bounds.
        unsafe { self.base.as_ptr().add(at as usize).write(word) }
    }

    /// The address of word 0. It never changes.
    #[inline]
    #[must_use]
    pub fn base(&self) -> NonNull<u64> {
        self.base
    }

    /// Copies `count` words from `from` to `to`; the ranges may overlap.
    ///
    /// # Panics
    /// When a range leaves the block.
    pub fn copy(&mut self, from: u32, to: u32, count: u32) {
        assert!(
            from.checked_add(count).is_some_and(|e| e <= self.words)
                && to.checked_add(count).is_some_and(|e| e <= self.words),
            "range outside the block"
        );
        // SAFETY: both ranges are in bounds; `copy` allows overlap.
        unsafe {
            let base = self.base.as_ptr();
            base.add(from as usize).copy_to(base.add(to as usize), count as usize);
        }
    }

    /// Sets `count` words from `at` to `word`.
    ///
    /// # Panics
    /// When the range leaves the block.
    pub fn fill(&mut self, at: u32, count: u32, word: u64) {
        assert!(at.checked_add(count).is_some_and(|e| e <= self.words), "range outside the block");
        for i in at..at + count {
            // SAFETY: in bounds by the check above.
            unsafe { self.base.as_ptr().add(i as usize).write(word) };
        }
    }

    /// The bytes of the words from `at`, `len` bytes long.
    ///
    /// # Panics
    /// When the range leaves the block.
    #[inline]
    #[must_use]
    pub fn bytes(&self, at: u32, len: u32) -> &[u8] {
        assert!(at <= self.words && len.div_ceil(8) <= self.words - at, "range outside the block");
        // SAFETY: in bounds and initialised.
        unsafe { slice::from_raw_parts(self.base.as_ptr().add(at as usize).cast::<u8>(), len as usize) }
    }

    /// The bytes of the words from `at`, `len` bytes long, to be written.
    ///
    /// # Panics
    /// When the range leaves the block.
    #[inline]
    #[must_use]
    pub fn bytes_mut(&mut self, at: u32, len: u32) -> &mut [u8] {
        assert!(at <= self.words && len.div_ceil(8) <= self.words - at, "range outside the block");
        // SAFETY: in bounds and initialised; `&mut self` makes it unique.
        unsafe { slice::from_raw_parts_mut(self.base.as_ptr().add(at as usize).cast::<u8>(), len as usize) }
    }

    /// The 16-bit halves of the words from `at`, `len` of them. See [`Arena::bytes`].
    ///
    /// # Panics
    /// When the range leaves the block.
    #[inline]
    #[must_use]
    pub fn units(&self, at: u32, len: u32) -> &[u16] {
        assert!(at <= self.words && len.div_ceil(4) <= self.words - at, "range outside the block");
        // SAFETY: in bounds, aligned and initialised.
        unsafe { slice::from_raw_parts(self.base.as_ptr().add(at as usize).cast::<u16>(), len as usize) }
    }

    /// The 16-bit halves of the words from `at`, `len` of them, to be written.
    ///
    /// # Panics
    /// When the range leaves the block.
    #[inline]
    #[must_use]
    pub fn units_mut(&mut self, at: u32, len: u32) -> &mut [u16] {
        assert!(at <= self.words && len.div_ceil(4) <= self.words - at, "range outside the block");
        // SAFETY: in bounds, aligned and initialised; `&mut self` makes it unique.
        unsafe { slice::from_raw_parts_mut(self.base.as_ptr().add(at as usize).cast::<u16>(), len as usize) }
    }

    /// The 32-bit halves of the words from `at`, `len` of them. See [`Arena::bytes`].
    ///
    /// # Panics
    /// When the range leaves the block.
    #[inline]
    #[must_use]
    pub fn halves(&self, at: u32, len: u32) -> &[u32] {
        assert!(at <= self.words && len.div_ceil(2) <= self.words - at, "range outside the block");
        // SAFETY: in bounds, aligned and initialised.
        unsafe { slice::from_raw_parts(self.base.as_ptr().add(at as usize).cast::<u32>(), len as usize) }
    }

    /// Lends the used part of the heap for reading and the gap below `stack_end - keep` as scratch memory, side by side.
    ///
    /// While the loan lasts nothing can be allocated on the heap or pushed on the stack.
    pub fn split_scratch(&mut self) -> (ArenaView<'_>, Scratch<'_>) {
        let gap = (self.stack_end - self.top) as usize;
        // SAFETY: the gap lies between heap and stack, in bounds; the view below only reads words under `top`, and
        // `&mut self` keeps everybody else out.
        let region = unsafe {
            slice::from_raw_parts_mut(self.base.as_ptr().add(self.top as usize).cast::<MaybeUninit<u64>>(), gap)
        };
        let top = self.top;
        (ArenaView { arena: self, top }, Scratch::new(region))
    }

    /// Makes `words` words that were written in the gap as scratch memory, `offset` words above the top, the next block or
    /// blocks of the heap: they are moved down to the top. Returns where they are.
    ///
    /// # Panics
    /// When the range is not inside the gap.
    pub fn adopt_scratch(&mut self, offset: u32, words: u32) -> HeapIndex {
        let gap = self.stack_end - self.top;
        assert!(offset.checked_add(words).is_some_and(|end| end <= gap), "range outside the gap");
        let top = self.top;
        self.copy(top + offset, top, words);
        self.top = top + words;
        HeapIndex::new(top)
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        match &self.owner {
            Owner::Lent => {}
            // SAFETY: allocated with this layout in `new`.
            Owner::Own(layout) => unsafe { dealloc(self.base.as_ptr().cast(), *layout) },
            #[cfg(all(target_has_atomic = "64", not(loom)))]
            Owner::Pool(pool) => pool.put_back(self.base.cast()),
        }
    }
}

/// Arenas of one size whose memory is used again and again.
///
/// Reserving memory from the operating system, touching it for the first time and giving it back costs more than many an
/// arena's whole life. An arena from here gets the block of one that was dropped, by any thread, if there is one. The memory stays
/// with the pool until the pool and all its arenas are gone.
///
/// An arena's words hold what the last one left there.
///
/// ```
/// use rotifer_arena::ArenaPool;
///
/// let pool = ArenaPool::new(64 << 10)?;
/// let first = pool.arena()?;
/// let place = first.base();
/// drop(first);
/// assert_eq!(pool.arena()?.base(), place);
/// # Ok::<(), rotifer_arena::ReserveError>(())
/// ```
#[cfg(all(target_has_atomic = "64", not(loom)))]
#[derive(Clone, Debug)]
pub struct ArenaPool {
    pool: Arc<BlockPool>,
    words: u32,
}

#[cfg(all(target_has_atomic = "64", not(loom)))]
impl ArenaPool {
    /// Arenas of `bytes` bytes, rounded down to whole words, ten at first and as many more as are asked for.
    ///
    /// # Errors
    /// [`ReserveError`] for sizes of which no arena can be made.
    pub fn new(bytes: usize) -> Result<Self, ReserveError> {
        ArenaPool::with_config(bytes, PoolConfig::new())
    }

    /// Arenas of `bytes` bytes, rounded down to whole words, with alignment and numbers as `config` says.
    ///
    /// # Errors
    /// [`ReserveError`] for sizes of which no arena can be made.
    pub fn with_config(bytes: usize, config: PoolConfig) -> Result<Self, ReserveError> {
        let config = config.block_size(bytes);
        let words = u32::try_from(bytes / 8).map_err(|_| ReserveError)?;
        if words < 2 {
            return Err(ReserveError);
        }
        Ok(ArenaPool { pool: Arc::new(BlockPool::with_config(config)), words })
    }

    /// The size of the arenas in bytes.
    #[must_use]
    pub fn arena_bytes(&self) -> usize {
        self.words as usize * 8
    }

    /// The blocks behind the arenas, for their numbers.
    #[must_use]
    pub fn blocks(&self) -> &BlockPool {
        &self.pool
    }

    /// An arena.
    ///
    /// # Errors
    /// [`ReserveError`] when there are as many as the configuration allows, or there is no memory.
    pub fn arena(&self) -> Result<Arena, ReserveError> {
        // The region is zeroed when it is made, and arenas write whole words.
        Arena::in_block(self.pool.clone(), self.words)
    }
}

impl fmt::Debug for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arena")
            .field("words", &self.words)
            .field("top", &self.top)
            .field("stack_end", &self.stack_end)
            .finish()
    }
}

/// The heap part of an [`Arena`], for reading, while its gap is lent as [`Scratch`].
#[derive(Clone, Copy)]
pub struct ArenaView<'a> {
    arena: &'a Arena,
    top: u32,
}

impl<'a> ArenaView<'a> {
    fn check(&self, at: u32, words: u32) {
        assert!(at <= self.top && words <= self.top - at, "range outside the heap");
    }

    /// Reads a word of the heap.
    ///
    /// # Panics
    /// When `at` is not below the top of the heap.
    #[must_use]
    pub fn get(&self, at: u32) -> u64 {
        self.check(at, 1);
        self.arena.get(at)
    }

    /// See [`Arena::bytes`].
    ///
    /// # Panics
    /// When the range leaves the heap.
    #[must_use]
    pub fn bytes(&self, at: u32, len: u32) -> &'a [u8] {
        self.check(at, len.div_ceil(8));
        self.arena.bytes(at, len)
    }

    /// See [`Arena::units`].
    ///
    /// # Panics
    /// When the range leaves the heap.
    #[must_use]
    pub fn units(&self, at: u32, len: u32) -> &'a [u16] {
        self.check(at, len.div_ceil(4));
        self.arena.units(at, len)
    }

    /// See [`Arena::halves`].
    ///
    /// # Panics
    /// When the range leaves the heap.
    #[must_use]
    pub fn halves(&self, at: u32, len: u32) -> &'a [u32] {
        self.check(at, len.div_ceil(2));
        self.arena.halves(at, len)
    }
}

impl fmt::Debug for ArenaView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArenaView").field("top", &self.top).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heap_and_stack_share_the_gap() {
        let mut a = Arena::new(80).unwrap();
        assert_eq!(a.words(), 10);
        a.set_stack_end(8);
        assert!(a.alloc(8).is_none());
        let b = a.alloc(7).unwrap();
        assert_eq!(b.get(), 1);
        assert!(a.alloc(1).is_none());
        assert!(a.shrink(b, 7, 3));
        assert_eq!(a.top(), 4);
        assert!(!a.shrink(b, 7, 3));
    }

    #[test]
    fn absurd_sizes_are_errors() {
        assert_eq!(Arena::new(0).unwrap_err(), ReserveError);
        assert_eq!(Arena::new(15).unwrap_err(), ReserveError);
        assert_eq!(Arena::new(usize::MAX).unwrap_err(), ReserveError);
    }

    #[test]
    fn scratch_lives_in_the_gap() {
        let mut a = Arena::new(800).unwrap();
        let b = a.alloc(2).unwrap();
        a.set(b.get(), 7);
        let (view, scratch) = a.split_scratch();
        let mut v = crate::ScratchVec::new(&scratch);
        v.push(1_u32).unwrap();
        assert_eq!(view.get(b.get()), 7);
        assert_eq!(scratch.remaining() + scratch.used(), 97 * 8);
    }

    #[test]
    #[should_panic(expected = "outside the block")]
    fn reads_are_checked() {
        let a = Arena::new(64).unwrap();
        let _ = a.get(8);
    }
}
