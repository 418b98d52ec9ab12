//! Blocks that one thread keeps for itself.

use core::ptr::{self, NonNull};

use crate::sync::{AtomicPtr, AtomicU32, Ordering};

/// The most blocks a magazine holds.
pub(crate) const CAPACITY: usize = if cfg!(loom) { 2 } else { 32 };

/// A stack of blocks with one owner at a time: the thread whose slot it is. So there is nothing to exchange, and loads and stores do.
/// They are atomic ones because other threads ask for the length.
///
/// Whoever takes over a slot has synchronised with the owner before; see `thread::slot`.
#[repr(align(128))]
pub(crate) struct Magazine {
    len: AtomicU32,
    blocks: [AtomicPtr<u8>; CAPACITY],
}

impl Magazine {
    #[cfg(not(loom))]
    pub const fn new() -> Self {
        Magazine { len: AtomicU32::new(0), blocks: [const { AtomicPtr::new(ptr::null_mut()) }; CAPACITY] }
    }

    #[cfg(loom)]
    pub fn new() -> Self {
        Magazine { len: AtomicU32::new(0), blocks: core::array::from_fn(|_| AtomicPtr::new(ptr::null_mut())) }
    }

    pub fn len(&self) -> u32 {
        self.len.load(Ordering::Relaxed)
    }

    /// Takes a block out. Only for the owner.
    #[inline]
    pub fn take(&self) -> Option<NonNull<u8>> {
        let len = self.len().checked_sub(1)?;
        let at = self.blocks.get(len as usize)?.load(Ordering::Relaxed);
        self.len.store(len, Ordering::Relaxed);
        NonNull::new(at)
    }

    /// Puts a block in, if there are fewer than `most`. Only for the owner.
    #[inline]
    pub fn put(&self, at: NonNull<u8>, most: u32) -> bool {
        let len = self.len();
        if len >= most {
            return false;
        }
        let Some(place) = self.blocks.get(len as usize) else { return false };
        place.store(at.as_ptr(), Ordering::Relaxed);
        self.len.store(len + 1, Ordering::Relaxed);
        true
    }
}
