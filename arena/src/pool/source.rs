//! Where a pool gets its region from.

use core::alloc::{GlobalAlloc, Layout};

/// The allocator of the program, as a [`GlobalAlloc`] that can be handed on.
///
/// A pool that is itself the allocator of the program needs another source, `std::alloc::System` for one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Global;

// SAFETY: everything is passed on to the program's allocator, which keeps the contract.
unsafe impl GlobalAlloc for Global {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { alloc::alloc::alloc(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `GlobalAlloc::dealloc`.
        unsafe { alloc::alloc::dealloc(ptr, layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc_zeroed`.
        unsafe { alloc::alloc::alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn realloc(&self, ptr: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `GlobalAlloc::realloc`.
        unsafe { alloc::alloc::realloc(ptr, layout, new_size) }
    }
}
