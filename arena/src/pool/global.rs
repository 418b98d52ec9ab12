//! A pool as the allocator of a program.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{self, NonNull};

use super::BlockPool;
use super::free_list::Policy;

impl<S: GlobalAlloc, P: Policy> BlockPool<S, P> {
    /// Whether a request is one for the pool. It depends on the layout alone, so that both ends of a block's life agree.
    #[inline]
    fn suits(&self, layout: Layout) -> bool {
        layout.size() >= self.config.smallest
            && layout.size() <= self.config.block_size
            && layout.align() <= self.config.align
    }

    #[inline]
    fn pooled(&self, at: *mut u8, layout: Layout) -> Option<NonNull<u8>> {
        if !self.suits(layout) {
            return None;
        }
        NonNull::new(at).filter(|&at| self.contains(at))
    }
}

/// Requests that fit well into a block are served from the pool; others, and all when the region is full, go to the source.
///
/// ```
/// use rotifer_arena::BlockPool;
/// use std::alloc::System;
///
/// #[global_allocator]
/// static ALLOCATOR: BlockPool<System> = BlockPool::with_source(rotifer_arena::PoolConfig::new(), System);
///
/// let buffer = vec![7_u8; 4000];
/// assert!(ALLOCATOR.contains(std::ptr::NonNull::from(&buffer[0])));
/// let small = Box::new(7);
/// assert!(!ALLOCATOR.contains(std::ptr::NonNull::from(&*small).cast()));
/// ```
// SAFETY: a block is handed out to one owner at a time, is at least as long and as aligned as what it is handed out for, and
// goes back to where it came from, because that is looked up. The source keeps the contract for the rest.
unsafe impl<S: GlobalAlloc, P: Policy> GlobalAlloc for BlockPool<S, P> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.suits(layout)
            && let Some(block) = self.claim()
        {
            return block.as_ptr();
        }
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { self.source.alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if let Some(block) = self.pooled(at, layout) {
            self.put_back(block);
        } else {
            // SAFETY: it is not a block, so it came from the source with this layout.
            unsafe { self.source.dealloc(at, layout) }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if self.suits(layout)
            && let Some(block) = self.claim()
        {
            // SAFETY: the block is at least this long.
            unsafe { ptr::write_bytes(block.as_ptr(), 0, layout.size()) };
            return block.as_ptr();
        }
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc_zeroed`.
        unsafe { self.source.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the new size is a valid one.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        let pooled = self.pooled(at, layout).is_some();
        if pooled && self.suits(new) {
            return at;
        }
        if !pooled && !self.suits(new) {
            // SAFETY: it came from the source, and stays what the source is asked about.
            return unsafe { self.source.realloc(at, layout, new_size) };
        }
        // SAFETY: the new size is not zero, as the caller promises.
        let moved = unsafe { self.alloc(new) };
        if !moved.is_null() {
            // SAFETY: both are at least this long, and the new one is nobody's yet; then the old one is given up.
            unsafe {
                ptr::copy_nonoverlapping(at, moved, layout.size().min(new_size));
                self.dealloc(at, layout);
            }
        }
        moved
    }
}
