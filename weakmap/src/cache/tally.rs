//! Hits and misses, counted where threads do not get into each other's way.

use std::boxed::Box;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// There are no more counters than this, which threads share then.
const MOST: usize = 64;
/// Shards of up to this many entries count every hit as later than others.
const FINE: u32 = 64;
/// In others, one time ends with one in so many powers of two hits for each entry.
const COARSE: u32 = 7;
/// An odd number without a pattern.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

std::thread_local! {
    /// The number of the thread, 0 until it has one.
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// The counters of some threads, on cache lines of their own.
#[repr(align(128))]
#[derive(Default)]
struct Counters {
    lookups: AtomicU64,
    misses: AtomicU64,
}

/// Counts the lookups of a cache.
pub struct Tally {
    counters: Box<[Counters]>,
    exact: bool,
    /// How many lookups, of as many as there are numbers, let time advance.
    pace: AtomicU64,
}

impl Tally {
    /// Counters for so many threads at one time.
    pub fn new(threads: usize, exact: bool) -> Self {
        let counters = threads.clamp(1, MOST).next_power_of_two();
        let counters = (0..counters).map(|_| Counters::default()).collect();
        Tally { counters, exact, pace: AtomicU64::new(u64::MAX) }
    }

    #[inline]
    fn own(&self) -> &Counters {
        let number = match NUMBER.get() {
            0 => number(),
            number => number,
        };
        &self.counters[number & (self.counters.len() - 1)]
    }

    /// Counts a lookup. Says whether time advances with it. To be done early: what is written right before a lock is released delays
    /// that.
    #[inline]
    pub fn lookup(&self) -> bool {
        let number = count(&self.own().lookups, self.exact);
        // Spread evenly whatever the rhythm is in which the shards are asked.
        number.wrapping_mul(SPREAD) <= self.pace.load(Relaxed)
    }

    /// Notes that a lookup that was counted found nothing.
    #[inline]
    pub fn miss(&self) {
        count(&self.own().misses, self.exact);
    }

    /// Makes time advance so seldom that hits on what is hit all the time need not be noted, nor their cache lines be written: in a
    /// cache that is only read, once while every entry is hit many times. Where shards are small every hit counts.
    pub fn set_pace(&self, slots: u32) {
        if slots > FINE {
            self.pace.fetch_min(u64::MAX >> (slots.ilog2() + COARSE), Relaxed);
        }
    }

    /// Makes time advance with every hit again.
    pub fn reset_pace(&self) {
        self.pace.store(u64::MAX, Relaxed);
    }

    /// Hits and misses so far.
    pub fn totals(&self) -> (u64, u64) {
        let sum = |of: fn(&Counters) -> &AtomicU64| self.counters.iter().map(|own| of(own).load(Relaxed)).sum::<u64>();
        let misses = sum(|own| &own.misses);
        (sum(|own| &own.lookups).saturating_sub(misses), misses)
    }
}

#[inline]
fn count(counter: &AtomicU64, exact: bool) -> u64 {
    if exact {
        return counter.fetch_add(1, Relaxed);
    }
    // An atomic addition would cost as much as the rest of a lookup.
    let number = counter.load(Relaxed);
    counter.store(number.wrapping_add(1), Relaxed);
    number
}

/// Gives the thread a number.
#[cold]
fn number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let number = NEXT.fetch_add(1, Relaxed).max(1);
    NUMBER.set(number);
    number
}
