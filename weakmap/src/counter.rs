//! The counter of operations.

use core::sync::atomic::{AtomicUsize, Ordering};

/// The atomic number in a [`Counter`]. A parameter so that a model checker can put its own in the place of the real one.
pub trait Word {
    /// A number that is zero.
    #[cfg_attr(not(loom), allow(dead_code))] // for models
    fn zero() -> Self;
    /// Reads the number.
    fn load(&self) -> usize;
    /// Adds one.
    fn increment(&self);
    /// Changes the number; nobody else has it.
    fn update(&mut self, change: impl FnOnce(&mut usize));
}

impl Word for AtomicUsize {
    fn zero() -> Self {
        AtomicUsize::new(0)
    }

    #[inline]
    fn load(&self) -> usize {
        // Nothing is published through the number: who changes the map has it exclusively, and synchronises by that.
        AtomicUsize::load(self, Ordering::Relaxed)
    }

    #[inline]
    fn increment(&self) {
        #[cfg(target_has_atomic = "ptr")]
        self.fetch_add(1, Ordering::Relaxed);
        // Such machines have one thread, or lose counts.
        #[cfg(not(target_has_atomic = "ptr"))]
        self.store(AtomicUsize::load(self, Ordering::Relaxed).saturating_add(1), Ordering::Relaxed);
    }

    #[inline]
    fn update(&mut self, change: impl FnOnce(&mut usize)) {
        change(self.get_mut());
    }
}

/// Counts operations from any number of threads, up to a limit.
///
/// No count is lost below the limit, and the number passes it by no more than the threads that count at one time. Past the
/// limit counting is a read, so that threads which only look things up do not take the cache line from each other.
#[derive(Debug)]
pub struct Counter<W = AtomicUsize>(W);

impl Counter {
    /// A counter at zero.
    pub const fn new() -> Self {
        Counter(AtomicUsize::new(0))
    }
}

impl<W: Word> Counter<W> {
    /// A counter at zero.
    #[cfg_attr(not(loom), allow(dead_code))] // for models
    pub fn zero() -> Self {
        Counter(W::zero())
    }

    /// Counts an operation unless `limit` of them have been counted.
    #[inline]
    pub fn count(&self, limit: usize) {
        if self.0.load() < limit {
            self.0.increment();
        }
    }

    /// Counts an operation of somebody who has the counter alone, and says whether `limit` have been counted.
    #[inline]
    pub fn reaches(&mut self, limit: usize) -> bool {
        let mut reached = false;
        self.0.update(|number| {
            *number = number.saturating_add(1);
            reached = *number >= limit;
        });
        reached
    }

    /// Starts anew.
    #[inline]
    pub fn reset(&mut self) {
        self.0.update(|number| *number = 0);
    }

    /// The number of operations.
    pub fn get(&self) -> usize {
        self.0.load()
    }
}

impl Clone for Counter {
    fn clone(&self) -> Self {
        Counter(AtomicUsize::new(self.get()))
    }
}
