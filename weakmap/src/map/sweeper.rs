//! When to sweep, and how much at a time.

use core::sync::atomic::{AtomicUsize, Ordering};

use super::leaves::{CAPACITY, Leaves};

/// How many entries a pass examines per operation: two, so that a pass is over before the map can have doubled.
const PACE: usize = 2;

/// Counts operations and drives the passes.
pub(super) struct Sweeper {
    /// Operations that have not been taken into account yet. Atomic because looking something up counts, too, and must be
    /// possible from several threads. Increments may get lost among them, which only delays a pass; a plain load and store
    /// is cheaper than an exchange and exists on every platform.
    operations: AtomicUsize,
    threshold: usize,
    pass: Option<Pass>,
}

#[derive(Clone, Copy)]
struct Pass {
    /// The leaf that comes next.
    leaf: usize,
    /// How many entries the operations so far have paid for.
    credit: usize,
}

impl Sweeper {
    pub const THRESHOLD: usize = 1000;

    pub const fn new() -> Self {
        Sweeper { operations: AtomicUsize::new(0), threshold: Self::THRESHOLD, pass: None }
    }

    pub fn threshold(&self) -> usize {
        self.threshold
    }

    pub fn set_threshold(&mut self, operations: usize) {
        self.threshold = operations;
    }

    /// Counts an operation that cannot change the map.
    pub fn count(&self) {
        let operations = self.operations.load(Ordering::Relaxed);
        self.operations.store(operations.saturating_add(1), Ordering::Relaxed);
    }

    /// Everything has been swept.
    pub fn reset(&mut self) {
        *self.operations.get_mut() = 0;
        self.pass = None;
    }

    /// Counts an operation that can change the map, and does its share of the work: at most one leaf.
    pub fn step<K, V>(&mut self, leaves: &mut Leaves<K, V>, keep: impl FnMut(&K, &mut V) -> bool) {
        let operations = self.operations.get_mut();
        *operations = operations.saturating_add(1);
        let mut pass = match self.pass {
            Some(pass) => pass,
            None if *operations < self.threshold => return,
            None => {
                *operations = 0;
                Pass { leaf: 0, credit: CAPACITY } // the first leaf at once: a small map is done with it
            }
        };
        // More credit than a leaf needs could not be spent.
        pass.credit = pass.credit.saturating_add(PACE.saturating_mul(*operations)).min(2 * CAPACITY);
        *operations = 0;
        if let Some(size) = leaves.size_of(pass.leaf).filter(|&size| size <= pass.credit) {
            pass.credit -= size;
            pass.leaf = leaves.retain_in(pass.leaf, keep);
        }
        self.pass = leaves.size_of(pass.leaf).map(|_| pass);
    }
}

impl Clone for Sweeper {
    fn clone(&self) -> Self {
        Sweeper {
            operations: AtomicUsize::new(self.operations.load(Ordering::Relaxed)),
            threshold: self.threshold,
            pass: self.pass,
        }
    }
}
