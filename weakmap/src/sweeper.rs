//! When to sweep, and how much at a time.

use crate::counter::Counter;

/// The most entries (places for entries, in a hash table) that one operation examines.
pub(crate) const PART: usize = 128;

/// A pass of which fewer than one in so many entries were expired is followed by a longer rest.
const FRUITLESS: usize = 16;

/// Something that can be swept a part at a time.
pub(crate) trait Parts {
    /// How many entries an operation pays for.
    const PACE: usize;

    /// How often in a row the rest after a fruitless pass is doubled.
    const PATIENCE: u32;

    /// What the part that begins at `at` costs to examine, at most [`PART`]; nothing past the last.
    fn cost(&self, at: usize) -> Option<usize>;

    /// Removes what has expired in the part that begins at `at`. Gives where the next one begins.
    fn sweep(&mut self, at: usize) -> usize;

    /// The number of entries, expired ones included.
    fn entries(&self) -> usize;
}

/// Counts operations and drives the passes.
#[derive(Clone)]
pub(crate) struct Sweeper {
    operations: Counter,
    /// How many operations have to be counted until something is to be done.
    due: usize,
    threshold: usize,
    pass: Option<Pass>,
    /// Fruitless passes in a row.
    fruitless: u32,
}

#[derive(Clone, Copy)]
struct Pass {
    at: usize,
    examined: usize,
    removed: usize,
}

impl Sweeper {
    pub const THRESHOLD: usize = 1000;

    pub const fn new() -> Self {
        Sweeper {
            operations: Counter::new(),
            due: Self::THRESHOLD,
            threshold: Self::THRESHOLD,
            pass: None,
            fruitless: 0,
        }
    }

    pub fn threshold(&self) -> usize {
        self.threshold
    }

    pub fn set_threshold(&mut self, operations: usize) {
        self.threshold = operations;
        self.due = operations;
        if operations == usize::MAX {
            self.reset();
        }
    }

    /// Counts an operation that cannot change anything.
    #[inline]
    pub fn count(&self) {
        if self.due != usize::MAX {
            self.operations.count(self.due);
        }
    }

    /// Everything has been swept.
    pub fn reset(&mut self) {
        self.operations.reset();
        self.pass = None;
        self.fruitless = 0;
        self.due = self.threshold;
    }

    /// Counts an operation that can change something, and does its share of the work: at most one part.
    #[inline]
    pub fn step(&mut self, parts: &mut impl Parts) {
        if self.operations.reaches(self.due) {
            self.work(parts);
        }
    }

    #[cold]
    fn work<P: Parts>(&mut self, parts: &mut P) {
        self.operations.reset();
        if self.threshold == usize::MAX {
            return;
        }
        // The first parts come at once: a small collection is done with it.
        let mut pass = self.pass.unwrap_or(Pass { at: 0, examined: 0, removed: 0 });
        let before = parts.entries();
        let mut left = PART;
        while let Some(cost) = parts.cost(pass.at).filter(|&cost| cost <= left) {
            left -= cost;
            pass.examined = pass.examined.saturating_add(cost);
            pass.at = parts.sweep(pass.at);
        }
        pass.removed += before - parts.entries();
        match parts.cost(pass.at) {
            Some(_) => {
                self.due = PART / P::PACE;
                self.pass = Some(pass);
            }
            None => {
                let fruitless = pass.removed.saturating_mul(FRUITLESS) < pass.examined && self.threshold != 0;
                self.due = self.threshold;
                if fruitless {
                    let rest = parts.entries() / 2;
                    self.due = self.threshold.max(rest.saturating_mul(1 << self.fruitless));
                    self.fruitless = (self.fruitless + 1).min(P::PATIENCE);
                } else {
                    self.fruitless = 0;
                }
                self.pass = None;
            }
        }
    }
}
