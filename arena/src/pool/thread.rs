//! Which magazine and which list a thread uses.

/// Threads that can have magazines at a time; further ones share lists.
pub(crate) const SLOTS: usize = if cfg!(loom) {
    2
} else if cfg!(feature = "std") {
    32
} else {
    0
};

#[cfg(all(feature = "std", not(loom)))]
mod slots {
    use core::cell::Cell;
    use core::sync::atomic::{AtomicU32, Ordering};

    use super::SLOTS;

    /// The slots that are taken.
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    /// Threads without a slot, counted so that they spread over the lists.
    static OTHERS: AtomicU32 = AtomicU32::new(0);

    const UNKNOWN: u32 = u32::MAX;

    std::thread_local! {
        /// What `slot` answers. Without a destructor, so that an allocator may use it at any time in a thread's life.
        static SLOT: Cell<u32> = const { Cell::new(UNKNOWN) };
        static GUARD: Guard = const { Guard(Cell::new(UNKNOWN)) };
    }

    /// Frees the slot when its thread ends.
    struct Guard(Cell<u32>);

    impl Drop for Guard {
        fn drop(&mut self) {
            // What other destructors of this thread release goes to the lists.
            SLOT.set(SLOTS as u32);
            if self.0.get() != UNKNOWN {
                // Release: the next owner sees what this one did to its magazines.
                TAKEN.fetch_and(!(1 << self.0.get()), Ordering::Release);
            }
        }
    }

    #[inline]
    pub(crate) fn slot() -> usize {
        match SLOT.get() {
            UNKNOWN => find(),
            slot => slot as usize,
        }
    }

    #[cold]
    fn find() -> usize {
        let other = SLOTS as u32 + OTHERS.fetch_add(1, Ordering::Relaxed) % 1024;
        // Meanwhile, as noting the guard's destructor may ask for memory.
        SLOT.set(other);
        let mut taken = TAKEN.load(Ordering::Relaxed);
        loop {
            let slot = taken.trailing_ones();
            if slot >= SLOTS as u32 {
                return other as usize;
            }
            match TAKEN.compare_exchange_weak(taken, taken | 1 << slot, Ordering::Acquire, Ordering::Relaxed) {
                Ok(_) if GUARD.try_with(|guard| guard.0.set(slot)).is_ok() => {
                    SLOT.set(slot);
                    return slot as usize;
                }
                Ok(_) => {
                    // The thread is ending.
                    TAKEN.fetch_and(!(1 << slot), Ordering::Release);
                    return other as usize;
                }
                Err(now) => taken = now,
            }
        }
    }
}

#[cfg(all(feature = "std", not(loom)))]
pub(crate) use slots::slot;

/// There are no magazines, and a number that differs between threads as a rule is enough: their stacks are far apart.
#[cfg(all(not(feature = "std"), not(loom)))]
#[inline]
pub(crate) fn slot() -> usize {
    let here = 0_u8;
    let megabyte = (core::ptr::from_ref(&here).addr() >> 20) as u32;
    (megabyte.wrapping_mul(0x9E37_79B9) >> 24) as usize
}

#[cfg(loom)]
loom::thread_local! {
    static SLOT: core::cell::Cell<usize> = core::cell::Cell::new(SLOTS);
}

/// Says which slot the running thread of a model has.
#[cfg(loom)]
pub fn set_slot(slot: usize) {
    SLOT.with(|cell| cell.set(slot));
}

#[cfg(loom)]
pub(crate) fn slot() -> usize {
    SLOT.with(|cell| cell.get())
}
