//! How often keys were asked for, roughly, and not too long ago.

use std::vec;
use std::vec::Vec;

/// Words of 16 four-bit counters that belong to one key: the size of a cache line.
const BLOCK: usize = 8;
/// The most a counter counts.
const MOST: u8 = 15;
/// Counts per entry after which everything is halved.
const PERIOD: u32 = 10;
/// Spreads hashes anew: the table and the choice of the shard have used some of their bits already.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A count-min sketch whose four counters per key lie in one cache line. It forgets half of everything after a while.
#[repr(C)]
pub struct Sketch {
    /// What may be counted before everything is halved.
    left: u32,
    age: u16,
    entries: u32,
    blocks: Vec<[u64; BLOCK]>,
}

/// A count, and how often everything had been halved when it was taken.
#[derive(Clone, Copy, Default)]
pub struct Count {
    pub count: u8,
    age: u16,
}

impl Sketch {
    pub fn new() -> Self {
        Sketch { blocks: vec![[0; BLOCK]], entries: BLOCK as u32, left: BLOCK as u32 * PERIOD, age: 0 }
    }

    /// Makes the sketch fit for this many entries: a word for each.
    pub fn grow(&mut self, entries: u32) {
        while self.entries < entries {
            // Keys find their old counts in both halves.
            self.blocks.extend_from_within(..);
            self.left = self.left.saturating_add(self.entries.saturating_mul(PERIOD));
            self.entries = self.entries.saturating_mul(2);
        }
    }

    /// The counters of a key: their words, and where in these they are.
    #[inline]
    fn places(&mut self, hash: u64) -> (&mut [u64; BLOCK], [(usize, u32); 4]) {
        let spread = hash.wrapping_mul(SPREAD);
        let spread = spread ^ (spread >> 32);
        let last = self.blocks.len() - 1;
        let places = std::array::from_fn(|row| {
            let bits = (spread >> (5 * row)) as u32;
            (2 * row + (bits & 1) as usize, (bits >> 1 & 15) * 4)
        });
        (&mut self.blocks[(spread >> 20) as usize & last], places)
    }

    /// Makes a count at least so much.
    #[inline]
    fn raise(words: &mut [u64; BLOCK], places: [(usize, u32); 4], count: u64) {
        for (word, shift) in places {
            // Counters that other keys have driven higher stay as they are.
            let old = words[word] >> shift & 15;
            words[word] += count.saturating_sub(old) << shift;
        }
    }

    /// Counts a key once. Gives the count: never less than it was counted since the last halving, if that is not more than [`MOST`].
    #[inline]
    pub fn add(&mut self, hash: u64) -> Count {
        self.pass(1);
        let (words, places) = self.places(hash);
        let least = places.iter().map(|&(word, shift)| words[word] >> shift & 15).min().unwrap_or(0);
        let count = (least + 1).min(u64::from(MOST));
        Self::raise(words, places, count);
        Count { count: count as u8, age: self.age }
    }

    /// Keeps the count of a key that is not counted elsewhere any more.
    #[inline]
    pub fn keep(&mut self, hash: u64, count: Count) {
        let count = self.current(count);
        let (words, places) = self.places(hash);
        Self::raise(words, places, u64::from(count));
    }

    /// What is left of a count.
    #[inline]
    pub fn current(&self, count: Count) -> u8 {
        u32::from(count.count).checked_shr(self.age.wrapping_sub(count.age).into()).unwrap_or(0) as u8
    }

    /// Adds to a count that is kept elsewhere.
    #[inline]
    pub fn add_to(&mut self, count: Count, times: u8) -> Count {
        self.pass(times.into());
        Count { count: (self.current(count) + times).min(MOST), age: self.age }
    }

    /// Time passes with what is counted.
    #[inline]
    fn pass(&mut self, times: u32) {
        self.left = self.left.saturating_sub(times);
        if self.left == 0 {
            self.halve();
        }
    }

    #[cold]
    fn halve(&mut self) {
        self.left = self.entries.saturating_mul(PERIOD) / 2;
        self.age = self.age.wrapping_add(1);
        for word in self.blocks.iter_mut().flatten() {
            *word = *word >> 1 & 0x7777_7777_7777_7777;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(sketch: &mut Sketch, hash: u64) -> u8 {
        let before = sketch.add(hash).count;
        before - 1
    }

    #[test]
    fn counts_are_never_too_low_before_the_halving() {
        let mut sketch = Sketch::new();
        sketch.grow(1000);
        for key in 0..500_u64 {
            for _ in 0..key % 5 {
                sketch.add(key.wrapping_mul(SPREAD));
            }
        }
        for key in 0..500_u64 {
            assert!(u64::from(count(&mut sketch, key.wrapping_mul(SPREAD))) >= key % 5);
        }
    }

    #[test]
    fn growing_keeps_counts_and_halving_halves_them() {
        let mut sketch = Sketch::new();
        for _ in 0..7 {
            sketch.add(7);
        }
        sketch.grow(100);
        let kept = sketch.add(7);
        assert_eq!(kept.count, 8);
        sketch.halve();
        assert_eq!((sketch.current(kept), sketch.add(7).count), (4, 5));
        let more = sketch.add_to(kept, 200);
        assert_eq!(more.count, MOST);
        sketch.keep(7, more);
        assert_eq!(sketch.add(7).count, MOST);
    }
}
