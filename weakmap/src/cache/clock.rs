//! The time of a shard, which passes as entries are put in and asked for; and how often they were asked for.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::slab::Mark;

/// Shards of up to this many entries take every lookup as later than the one before.
const FINE: u32 = 64;
/// In others, one time ends after one in so many powers of two lookups for each entry.
const COARSE: u32 = 7;

/// Counts lookups right beside the lock, whose cache line every lookup writes anyway.
#[repr(C)]
pub struct Clock {
    lookups: AtomicU64,
    /// The present time, as the mark of what is hit often.
    full: AtomicU64,
    /// Time passes with lookups whose numbers have none of these bits.
    pace: u64,
    misses: AtomicU64,
    /// Whether no lookup goes uncounted, even if another thread counts one in the same moment. Time passes with every lookup then.
    exact: bool,
}

impl Clock {
    /// A clock whose marks count up to so many hits.
    pub fn new(most_heat: u64, exact: bool) -> Self {
        let full = Mark::full(0, most_heat);
        Clock { lookups: AtomicU64::new(0), full: AtomicU64::new(full), pace: 0, misses: AtomicU64::new(0), exact }
    }

    /// Counts a lookup. Gives the mark of what is hit often at its time. To be done early: what is written right before a lock is released
    /// delays that.
    #[inline(always)]
    pub fn lookup(&self) -> u64 {
        let number = self.lookups.load(Relaxed);
        if number & self.pace == 0 {
            return self.pass();
        }
        // An atomic addition would cost as much as the rest of a lookup.
        self.lookups.store(number.wrapping_add(1), Relaxed);
        self.full()
    }

    /// [`lookup`](Self::lookup) with which time passes.
    #[inline(never)]
    fn pass(&self) -> u64 {
        count(&self.lookups, self.exact);
        // Threads that do so at one time may get the same time, or move it back.
        let full = self.full().wrapping_add(Mark::full(1, 0));
        self.full.store(full, Relaxed);
        full
    }

    /// Notes that a lookup that was counted found nothing.
    #[inline]
    pub fn miss(&self) {
        count(&self.misses, self.exact);
    }

    /// The present time.
    #[inline]
    pub fn now(&self) -> u64 {
        Mark::time_of(self.full())
    }

    /// The mark of what is hit often at the present time.
    #[inline]
    pub fn full(&self) -> u64 {
        self.full.load(Relaxed)
    }

    /// How many times as many entries as there are have come since a time, about.
    #[inline]
    pub fn age(&self, since: u64, entries: u32) -> u64 {
        // Where every lookup counts, those that find nothing do so twice.
        let twice = u32::from(self.pace == 0);
        self.now().wrapping_sub(since) >> (entries.max(1).ilog2() + twice)
    }

    /// Lets time pass.
    #[inline]
    pub fn advance(&mut self) {
        let full = self.full.get_mut();
        *full = full.wrapping_add(Mark::full(1, 0));
    }

    /// Makes time pass so seldom that hits on what is hit all the time need not be noted, nor their cache lines be written: in a
    /// shard that is only read, once while every entry is hit many times. Where shards are small every hit counts.
    pub fn set_pace(&mut self, entries: u32) {
        let seldom = entries > FINE && !self.exact;
        self.pace = if seldom { (1 << (entries.ilog2() + COARSE)) - 1 } else { 0 };
    }

    /// Hits and misses so far.
    pub fn totals(&self) -> (u64, u64) {
        let misses = self.misses.load(Relaxed);
        (self.lookups.load(Relaxed).saturating_sub(misses), misses)
    }
}

#[inline]
fn count(counter: &AtomicU64, exact: bool) {
    if exact {
        counter.fetch_add(1, Relaxed);
    } else {
        counter.store(counter.load(Relaxed).wrapping_add(1), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back_when_the_pace_changes() {
        let mut clock = Clock::new(1, false);
        for entries in [1, 100, 1000, 50, 1 << 30, 0] {
            for _ in 0..300 {
                let before = clock.now();
                clock.lookup();
                assert!(clock.now() >= before);
                clock.advance();
                assert!(clock.now() > before);
            }
            let before = clock.now();
            clock.set_pace(entries);
            assert_eq!(clock.now(), before);
        }
        clock.miss();
        assert_eq!(clock.totals(), (1799, 1));
    }
}
