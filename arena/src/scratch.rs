//! Short-lived working memory carved out of a caller's region.
//!
//! A [`Scratch`] hands out growable [`ScratchVec`]s from one region and gives everything back when it goes out of
//! scope. Nothing in it ever reaches the system allocator, so whoever owns the region knows to the byte how much the
//! work can take. Buffers grow by powers of two and a buffer that was outgrown is reused for the next vector of that
//! size, so waste stays below the size of the live vectors.

use core::cell::Cell;
use core::fmt;
use core::marker::PhantomData;
use core::mem::{MaybeUninit, align_of, size_of};
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};
use core::slice;

/// The region of a [`Scratch`] is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfScratch;

impl fmt::Display for OutOfScratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the scratch region is used up")
    }
}

impl core::error::Error for OutOfScratch {}

const MIN_CLASS: u32 = 5; // 32 bytes: room for the free-list link and a handful of words
const CLASSES: usize = 64;

/// A bump region for [`ScratchVec`]s.
///
/// ```
/// use core::mem::MaybeUninit;
/// use rotifer_arena::{Scratch, ScratchVec};
///
/// let mut region = [MaybeUninit::<u64>::uninit(); 128];
/// let scratch = Scratch::new(&mut region);
/// let mut v = ScratchVec::new(&scratch);
/// for i in 0..10_u32 {
///     v.push(i)?;
/// }
/// assert_eq!(v.iter().sum::<u32>(), 45);
/// # Ok::<(), rotifer_arena::OutOfScratch>(())
/// ```
pub struct Scratch<'r> {
    base: NonNull<u8>,
    end: usize,
    top: Cell<usize>,
    peak: Cell<usize>,
    /// Bytes that vectors hold at present.
    live: Cell<usize>,
    free: [Cell<usize>; CLASSES],
    _region: PhantomData<&'r mut [MaybeUninit<u64>]>,
}

const NONE: usize = usize::MAX;

impl<'r> Scratch<'r> {
    /// Takes over `region` until the `Scratch` is dropped.
    #[must_use]
    pub fn new(region: &'r mut [MaybeUninit<u64>]) -> Self {
        Scratch {
            end: size_of_val(region),
            base: NonNull::from(region).cast(),
            top: Cell::new(0),
            peak: Cell::new(0),
            live: Cell::new(0),
            free: [const { Cell::new(NONE) }; CLASSES],
            _region: PhantomData,
        }
    }

    /// Bytes handed out so far, outgrown buffers included.
    #[must_use]
    pub fn used(&self) -> usize {
        self.top.get()
    }

    /// Bytes never handed out so far.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.end - self.top.get()
    }

    /// Takes the first buffer off a free list.
    fn reuse(&self, class: usize) -> Option<usize> {
        let slot = &self.free[class];
        let head = slot.get();
        if head == NONE {
            return None;
        }
        // SAFETY: a freed buffer lies inside the region, is at least 32 bytes long, 8-byte aligned, and its first
        // word was written by `give_back`; no vector refers to it any more.
        let next = unsafe { self.base.as_ptr().add(head).cast::<usize>().read() };
        slot.set(next);
        Some(head)
    }

    /// Returns offset and size of a buffer of `1 << class` bytes, or of fewer, but at least `least`, when there is not that much.
    fn take(&self, class: u32, least: usize) -> Result<(usize, usize), OutOfScratch> {
        let class = class as usize;
        if let Some(head) = self.reuse(class) {
            self.live.set(self.live.get() + (1 << class));
            return Ok((head, 1 << class));
        }
        let top = self.top.get();
        let left = (self.end - top) & !7;
        let size = if (1_usize << class) <= left {
            1 << class
        } else if let Some((larger, head)) = (class + 1..CLASSES).find_map(|c| Some((c, self.reuse(c)?))) {
            // What is too much goes back in halves.
            for c in class..larger {
                self.list(head + (1 << c), c);
            }
            self.live.set(self.live.get() + (1 << class));
            return Ok((head, 1 << class));
        } else if least <= left {
            // Others want to grow, too.
            least + ((left - least).min(least / 4) & !7)
        } else {
            return Err(OutOfScratch);
        };
        self.top.set(top + size);
        self.peak.set(self.peak.get().max(top + size));
        self.live.set(self.live.get() + size);
        Ok((top, size))
    }

    /// Puts a buffer of at least `1 << class` bytes on its free list.
    fn list(&self, offset: usize, class: usize) {
        let slot = &self.free[class];
        // SAFETY: the buffer lies inside the region, is 8-byte aligned and at least 32 bytes long, and no vector has it.
        unsafe { self.base.as_ptr().add(offset).cast::<usize>().write(slot.get()) };
        slot.set(offset);
    }

    fn give_back(&self, offset: usize, size: usize) {
        self.live.set(self.live.get() - size);
        if offset + size == self.top.get() {
            self.top.set(offset);
        } else if size >= 1 << MIN_CLASS {
            self.list(offset, size.ilog2() as usize);
        }
    }

    /// Slides the buffers of `vectors` together, each as long as its items need, so that everything else is free again.
    /// Nothing happens when other vectors hold memory, too; the answer tells.
    pub fn compact(&self, vectors: &mut [&mut dyn Buffer]) -> bool {
        let held: usize = vectors.iter().map(|v| v.place().bytes).sum();
        if held != self.live.get() || vectors.iter().any(|v| !ptr::addr_eq(v.place().scratch, self)) {
            return false;
        }
        vectors.sort_unstable_by_key(|v| v.place().offset);
        let mut top = 0;
        for v in vectors.iter_mut() {
            let place = v.place();
            if place.bytes == 0 {
                continue;
            }
            let bytes = (place.used + 7) & !7;
            // SAFETY: the buffers belong to these vectors alone, of which no slice is borrowed, and do not overlap. They are
            // visited from the lowest on, so `top` is at most `place.offset` and what is overwritten has moved already.
            unsafe {
                let base = self.base.as_ptr();
                ptr::copy(base.add(place.offset).cast_const(), base.add(top), place.used);
            }
            v.set_place(top, bytes);
            top += bytes;
        }
        self.top.set(top);
        self.live.set(top);
        for list in &self.free {
            list.set(NONE);
        }
        true
    }
}

/// Where the items of a [`ScratchVec`] are.
#[derive(Debug)]
pub struct Place {
    scratch: *const (),
    offset: usize,
    bytes: usize,
    used: usize,
}

mod sealed {
    pub trait Sealed {}
}

/// A [`ScratchVec`] of any type, for [`Scratch::compact`].
pub trait Buffer: sealed::Sealed {
    #[doc(hidden)]
    fn place(&self) -> Place;
    #[doc(hidden)]
    fn set_place(&mut self, offset: usize, bytes: usize);
}

impl<T: Copy> sealed::Sealed for ScratchVec<'_, T> {}

impl<T: Copy> Buffer for ScratchVec<'_, T> {
    fn place(&self) -> Place {
        Place {
            scratch: ptr::from_ref(self.scratch).cast(),
            offset: self.offset,
            bytes: self.bytes,
            used: self.len * size_of::<T>(),
        }
    }

    fn set_place(&mut self, offset: usize, bytes: usize) {
        self.offset = offset;
        self.bytes = bytes;
    }
}

impl fmt::Debug for Scratch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").field("used", &self.used()).field("remaining", &self.remaining()).finish()
    }
}

/// A growable vector of plain data inside a [`Scratch`].
///
/// Dropping it gives its buffer back to the scratch. It dereferences to a slice.
pub struct ScratchVec<'s, T: Copy> {
    scratch: &'s Scratch<'s>,
    offset: usize,
    bytes: usize,
    len: usize,
    _items: PhantomData<T>,
}

impl<'s, T: Copy> ScratchVec<'s, T> {
    const OK: () = assert!(align_of::<T>() <= 8 && size_of::<T>() > 0, "scratch items are plain data of some size");

    /// An empty vector; it takes no memory until something is pushed.
    #[must_use]
    pub fn new(scratch: &'s Scratch<'_>) -> Self {
        let () = Self::OK;
        // SAFETY: `Scratch<'r>` is only invariant because of its marker and cells; shortening the region's lifetime to
        // that of the shared borrow promises less, never more.
        let scratch = unsafe { &*ptr::from_ref(scratch).cast::<Scratch<'s>>() };
        ScratchVec { scratch, offset: 0, bytes: 0, len: 0, _items: PhantomData }
    }

    /// The scratch this vector lives in.
    #[must_use]
    pub fn scratch(&self) -> &'s Scratch<'s> {
        self.scratch
    }

    fn ptr(&self) -> *mut T {
        if self.bytes == 0 {
            return NonNull::dangling().as_ptr();
        }
        // SAFETY: `offset` was returned by `take`, so it lies inside the region.
        unsafe { self.scratch.base.as_ptr().add(self.offset).cast() }
    }

    /// How many items fit before the vector has to grow.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.bytes / size_of::<T>()
    }

    /// Makes room for `more` further items.
    ///
    /// # Errors
    /// [`OutOfScratch`] when the region has no room; the vector is unchanged then.
    pub fn reserve(&mut self, more: usize) -> Result<(), OutOfScratch> {
        let need = self.len.checked_add(more).and_then(|n| n.checked_mul(size_of::<T>())).ok_or(OutOfScratch)?;
        if need <= self.bytes {
            return Ok(());
        }
        self.grow(need)
    }

    #[cold]
    fn grow(&mut self, need: usize) -> Result<(), OutOfScratch> {
        let class = need.checked_next_power_of_two().ok_or(OutOfScratch)?.trailing_zeros().max(MIN_CLASS);
        let scratch = self.scratch;
        // The last buffer grows where it is.
        if self.bytes != 0 && self.offset + self.bytes == scratch.top.get() {
            let room = (scratch.end - self.offset) & !7;
            let exact = (need + 7) & !7;
            let wanted = if (1_usize << class) <= room {
                1 << class
            } else {
                exact + (room.saturating_sub(exact).min(exact / 4) & !7)
            };
            if wanted <= room {
                scratch.live.set(scratch.live.get() + (wanted - self.bytes));
                scratch.top.set(self.offset + wanted);
                scratch.peak.set(scratch.peak.get().max(self.offset + wanted));
                self.bytes = wanted;
                return Ok(());
            }
        }
        let (offset, bytes) = scratch.take(class, (need + 7) & !7)?;
        let old = self.ptr();
        // SAFETY: both buffers lie inside the region and do not overlap, the new one is at least `need` bytes long,
        // and `len` items are initialised in the old one.
        unsafe { ptr::copy_nonoverlapping(old, scratch.base.as_ptr().add(offset).cast::<T>(), self.len) };
        if self.bytes != 0 {
            scratch.give_back(self.offset, self.bytes);
        }
        self.offset = offset;
        self.bytes = bytes;
        Ok(())
    }

    /// Appends `item`.
    ///
    /// # Errors
    /// [`OutOfScratch`] when the region has no room; the vector is unchanged then.
    #[inline]
    pub fn push(&mut self, item: T) -> Result<(), OutOfScratch> {
        if (self.len + 1) * size_of::<T>() > self.bytes {
            self.reserve(1)?;
        }
        // SAFETY: there is room for one more item after `len`.
        unsafe { self.ptr().add(self.len).write(item) };
        self.len += 1;
        Ok(())
    }

    /// Appends all of `items`.
    ///
    /// # Errors
    /// [`OutOfScratch`] when the region has no room; the vector is unchanged then.
    pub fn extend_from_slice(&mut self, items: &[T]) -> Result<(), OutOfScratch> {
        self.reserve(items.len())?;
        // SAFETY: there is room for `items.len()` items after `len`, and `items` cannot overlap room that is unused.
        unsafe { ptr::copy_nonoverlapping(items.as_ptr(), self.ptr().add(self.len), items.len()) };
        self.len += items.len();
        Ok(())
    }

    /// Appends a copy of the items in `range` of this vector.
    ///
    /// # Errors
    /// [`OutOfScratch`] when the region has no room; the vector is unchanged then.
    ///
    /// # Panics
    /// When `range` is not inside the vector.
    pub fn extend_from_within(&mut self, range: core::ops::Range<usize>) -> Result<(), OutOfScratch> {
        assert!(range.start <= range.end && range.end <= self.len, "range outside the vector");
        self.reserve(range.len())?;
        // SAFETY: the source is initialised, the target is unused room behind it.
        unsafe {
            ptr::copy_nonoverlapping(self.ptr().add(range.start).cast_const(), self.ptr().add(self.len), range.len());
        }
        self.len += range.len();
        Ok(())
    }

    /// Removes and returns the last item.
    pub fn pop(&mut self) -> Option<T> {
        let last = self.last().copied()?;
        self.len -= 1;
        Some(last)
    }

    /// Drops everything from `len` on. The capacity stays.
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// Ends the vector and tells where its items are: offset from the start of the region and length, in bytes. They stay
    /// there until the region is used for something else.
    #[must_use]
    pub fn into_range(self) -> (usize, usize) {
        let range = (self.offset, self.len * size_of::<T>());
        core::mem::forget(self);
        range
    }

    /// Drops everything. The capacity stays.
    pub fn clear(&mut self) {
        self.len = 0;
    }
}

impl<T: Copy> Drop for ScratchVec<'_, T> {
    fn drop(&mut self) {
        if self.bytes != 0 {
            self.scratch.give_back(self.offset, self.bytes);
        }
    }
}

impl<T: Copy> Deref for ScratchVec<'_, T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: the first `len` items are initialised, and only this vector refers to its buffer.
        unsafe { slice::from_raw_parts(self.ptr(), self.len) }
    }
}

impl<T: Copy> DerefMut for ScratchVec<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`, and `&mut self` makes the borrow unique.
        unsafe { slice::from_raw_parts_mut(self.ptr(), self.len) }
    }
}

impl<T: Copy + fmt::Debug> fmt::Debug for ScratchVec<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interleaved_vectors_reuse_outgrown_buffers() {
        let mut region = [MaybeUninit::<u64>::uninit(); 2048];
        let scratch = Scratch::new(&mut region);
        let mut a = ScratchVec::new(&scratch);
        let mut b = ScratchVec::new(&scratch);
        for i in 0..400_u32 {
            a.push(i).unwrap();
            b.push(u64::from(i)).unwrap();
        }
        assert!(a.iter().copied().eq(0..400));
        assert!(b.iter().copied().eq(0..400));
        drop(a);
        let c = ScratchVec::<u32>::new(&scratch);
        assert_eq!(c.capacity(), 0);
    }

    #[test]
    fn compaction_gives_back_what_is_not_used() {
        let mut region = [MaybeUninit::<u64>::uninit(); 256];
        let scratch = Scratch::new(&mut region);
        let (mut a, mut b, mut c) = (ScratchVec::new(&scratch), ScratchVec::new(&scratch), ScratchVec::new(&scratch));
        for i in 0..37_u32 {
            b.push(u64::from(i)).unwrap();
            a.push(i).unwrap();
            c.push(i as u8).unwrap();
        }
        let other = ScratchVec::<u32>::new(&scratch);
        let used = scratch.used();
        assert!(!scratch.compact(&mut [&mut a, &mut b]));
        assert_eq!(scratch.used(), used);
        drop(other);
        assert!(scratch.compact(&mut [&mut a, &mut b, &mut c]));
        assert_eq!(scratch.used(), 37 * 8 + 38 * 4 + 40);
        for i in 37..90_u32 {
            a.push(i).unwrap();
            c.push(i as u8).unwrap();
        }
        assert!(a.iter().copied().eq(0..90) && b.iter().copied().eq(0..37) && c.iter().copied().eq(0..90));
    }

    #[test]
    fn running_out_keeps_what_is_there() {
        let mut region = [MaybeUninit::<u64>::uninit(); 8];
        let scratch = Scratch::new(&mut region);
        let mut v = ScratchVec::new(&scratch);
        let pushed = (0..100_u32).take_while(|&i| v.push(i).is_ok()).count();
        assert_eq!(pushed, 16);
        assert!(v.iter().copied().eq(0..16));
        assert_eq!(v.extend_from_slice(&[1]), Err(OutOfScratch));
        assert_eq!(v.pop(), Some(15));
        assert_eq!(v.push(7), Ok(()));
    }
}
