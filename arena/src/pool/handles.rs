//! Blocks that go back by themselves.

use alloc::alloc::handle_alloc_error;
use core::alloc::{GlobalAlloc, Layout};
use core::fmt;
use core::mem::{ManuallyDrop, MaybeUninit};
use core::ops::{Deref, DerefMut};
use core::ptr::NonNull;

use super::free_list::{Policy, Standard};
use super::{BlockPool, Global};

/// A block of a [`BlockPool`] as bytes. It goes back when dropped.
pub struct Block<'p, S: GlobalAlloc = Global, P: Policy = Standard> {
    pool: &'p BlockPool<S, P>,
    at: NonNull<u8>,
}

// SAFETY: a block has one owner, and its bytes are not tied to a thread.
unsafe impl<S: GlobalAlloc + Sync, P: Policy> Send for Block<'_, S, P> {}
// SAFETY: `&Block` only reads.
unsafe impl<S: GlobalAlloc + Sync, P: Policy> Sync for Block<'_, S, P> {}

impl<S: GlobalAlloc, P: Policy> Block<'_, S, P> {
    /// Where the block is.
    #[must_use]
    pub fn as_ptr(&self) -> NonNull<u8> {
        self.at
    }

    /// The bytes, all zero. This writes them.
    pub fn zeroed(&mut self) -> &mut [u8] {
        let len = self.pool.block_size();
        // SAFETY: the block is that long and has one owner; afterwards all of it is initialised.
        unsafe {
            self.at.as_ptr().write_bytes(0, len);
            core::slice::from_raw_parts_mut(self.at.as_ptr(), len)
        }
    }
}

impl<S: GlobalAlloc, P: Policy> Deref for Block<'_, S, P> {
    type Target = [MaybeUninit<u8>];

    fn deref(&self) -> &[MaybeUninit<u8>] {
        // SAFETY: the block is that long and has one owner.
        unsafe { core::slice::from_raw_parts(self.at.as_ptr().cast(), self.pool.block_size()) }
    }
}

impl<S: GlobalAlloc, P: Policy> DerefMut for Block<'_, S, P> {
    fn deref_mut(&mut self) -> &mut [MaybeUninit<u8>] {
        // SAFETY: as above.
        unsafe { core::slice::from_raw_parts_mut(self.at.as_ptr().cast(), self.pool.block_size()) }
    }
}

impl<S: GlobalAlloc, P: Policy> Drop for Block<'_, S, P> {
    fn drop(&mut self) {
        self.pool.put_back(self.at);
    }
}

impl<S: GlobalAlloc, P: Policy> fmt::Debug for Block<'_, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Block({:p}, {} bytes)", self.at, self.pool.block_size())
    }
}

/// A value in a block of a [`BlockPool`], or in memory from its source where the pool could not serve.
pub struct PoolBox<'p, T, S: GlobalAlloc = Global, P: Policy = Standard> {
    pool: &'p BlockPool<S, P>,
    at: NonNull<T>,
    /// Whether it is a block of the pool.
    pooled: bool,
}

// SAFETY: as for `Box`; the pool may be used from any thread.
unsafe impl<T: Send, S: GlobalAlloc + Sync, P: Policy> Send for PoolBox<'_, T, S, P> {}
// SAFETY: as for `Box`.
unsafe impl<T: Sync, S: GlobalAlloc + Sync, P: Policy> Sync for PoolBox<'_, T, S, P> {}

impl<S: GlobalAlloc, P: Policy> BlockPool<S, P> {
    /// A block as bytes, or `None` when the region is full.
    #[inline]
    #[must_use]
    pub fn block(&self) -> Option<Block<'_, S, P>> {
        Some(Block { pool: self, at: self.claim()? })
    }

    /// Puts `value` into a block, or where it does not fit or the region is full, into memory from the source.
    ///
    /// # Errors
    /// The value, when the source has no memory either.
    #[inline]
    pub fn boxed<T>(&self, value: T) -> Result<PoolBox<'_, T, S, P>, T> {
        match self.place::<T>() {
            Some((at, pooled)) => {
                // SAFETY: long and aligned enough for a `T`, and nobody else's.
                unsafe { at.write(value) };
                Ok(PoolBox { pool: self, at, pooled })
            }
            None => Err(value),
        }
    }

    /// As [`BlockPool::boxed`], but never to be refused.
    ///
    /// When the source has no memory the program ends as it does for `Box::new`.
    #[must_use]
    pub fn boxed_or_abort<T>(&self, value: T) -> PoolBox<'_, T, S, P> {
        self.boxed(value).unwrap_or_else(|_| handle_alloc_error(Layout::new::<T>()))
    }

    #[inline]
    fn place<T>(&self) -> Option<(NonNull<T>, bool)> {
        let layout = Layout::new::<T>();
        if layout.size() == 0 {
            return Some((NonNull::dangling(), false));
        }
        if layout.size() <= self.config.block_size
            && layout.align() <= self.config.align
            && let Some(block) = self.claim()
        {
            return Some((block.cast(), true));
        }
        // SAFETY: the layout has a size.
        let at = NonNull::new(unsafe { self.source.alloc(layout) })?;
        Some((at.cast(), false))
    }

    /// Undoes `place`.
    ///
    /// # Safety
    /// `at` and `pooled` are what `place::<T>` gave, and there is no value any more.
    unsafe fn vacate<T>(&self, at: NonNull<T>, pooled: bool) {
        if pooled {
            self.put_back(at.cast());
        } else if size_of::<T>() != 0 {
            // SAFETY: allocated from the source with this layout.
            unsafe { self.source.dealloc(at.as_ptr().cast(), Layout::new::<T>()) };
        }
    }
}

impl<T, S: GlobalAlloc, P: Policy> PoolBox<'_, T, S, P> {
    /// Whether the value is in a block of the pool.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        self.pooled
    }

    /// Takes the value out.
    #[must_use]
    pub fn into_inner(self) -> T {
        let this = ManuallyDrop::new(self);
        // SAFETY: the value is read once, and then its place is given back without dropping it again.
        unsafe {
            let value = this.at.read();
            this.pool.vacate(this.at, this.pooled);
            value
        }
    }
}

impl<T, S: GlobalAlloc, P: Policy> Deref for PoolBox<'_, T, S, P> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: holds a value and has one owner.
        unsafe { self.at.as_ref() }
    }
}

impl<T, S: GlobalAlloc, P: Policy> DerefMut for PoolBox<'_, T, S, P> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: holds a value and has one owner.
        unsafe { self.at.as_mut() }
    }
}

impl<T, S: GlobalAlloc, P: Policy> Drop for PoolBox<'_, T, S, P> {
    fn drop(&mut self) {
        struct Vacate<'a, 'p, T, S: GlobalAlloc, P: Policy>(&'a PoolBox<'p, T, S, P>);
        impl<T, S: GlobalAlloc, P: Policy> Drop for Vacate<'_, '_, T, S, P> {
            fn drop(&mut self) {
                // SAFETY: made by `place`, and the value is gone, even if dropping it panicked.
                unsafe { self.0.pool.vacate(self.0.at, self.0.pooled) }
            }
        }
        let at = self.at;
        let _vacate = Vacate(self);
        // SAFETY: holds a value, dropped here alone.
        unsafe { at.drop_in_place() }
    }
}

impl<T: fmt::Debug, S: GlobalAlloc, P: Policy> fmt::Debug for PoolBox<'_, T, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Display, S: GlobalAlloc, P: Policy> fmt::Display for PoolBox<'_, T, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
