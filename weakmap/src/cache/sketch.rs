//! How often keys were asked for, roughly, and not too long ago.

use std::vec;
use std::vec::Vec;

/// Words of 16 four-bit counters that belong to one key: the size of a cache line.
const BLOCK: usize = 8;
/// The most a counter counts.
const MOST: u8 = 15;
/// Counts per entry after which everything is halved.
const PERIOD: u32 = 20;
/// Spreads hashes anew: the table and the choice of the shard have used some of their bits already.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A count-min sketch whose four counters per key lie in one cache line. It forgets half of everything after a while.
pub struct Sketch {
    words: Vec<u64>,
    entries: u32,
    counted: u32,
}

impl Sketch {
    pub fn new() -> Self {
        Sketch { words: vec![0; BLOCK], entries: BLOCK as u32, counted: 0 }
    }

    /// Makes the sketch fit for this many entries: a word for each.
    pub fn grow(&mut self, entries: u32) {
        while self.entries < entries {
            // Keys find their old counts in both halves.
            self.words.extend_from_within(..);
            self.entries = self.entries.saturating_mul(2);
        }
    }

    /// Where the counters of a key are: word and shift.
    #[inline]
    fn places(&self, hash: u64) -> [(usize, u32); 4] {
        let spread = hash.wrapping_mul(SPREAD);
        let spread = spread ^ (spread >> 32);
        let block = (spread >> 20) as usize & (self.words.len() / BLOCK - 1);
        std::array::from_fn(|row| {
            let bits = (spread >> (5 * row)) as usize;
            (block * BLOCK + 2 * row + (bits & 1), ((bits >> 1 & 15) * 4) as u32)
        })
    }

    /// The count of a key: never less than it was counted since the last halving, if that is not more than [`MOST`].
    pub fn estimate(&self, hash: u64) -> u8 {
        let counts = self.places(hash).map(|(word, shift)| (self.words[word] >> shift & 15) as u8);
        counts.into_iter().min().unwrap_or(0)
    }

    /// Counts a key.
    pub fn add(&mut self, hash: u64, times: u8) {
        let places = self.places(hash);
        let least = places.iter().map(|&(word, shift)| self.words[word] >> shift & 15).min().unwrap_or(0);
        let count = (least + u64::from(times)).min(u64::from(MOST));
        for (word, shift) in places {
            // Counters that other keys have driven higher stay as they are.
            if self.words[word] >> shift & 15 < count {
                self.words[word] = self.words[word] & !(15 << shift) | count << shift;
            }
        }
        self.counted += u32::from(times);
        if self.counted >= self.entries.saturating_mul(PERIOD) {
            self.halve();
        }
    }

    fn halve(&mut self) {
        self.counted /= 2;
        for word in &mut self.words {
            *word = *word >> 1 & 0x7777_7777_7777_7777;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_never_too_low_before_the_halving() {
        let mut sketch = Sketch::new();
        sketch.grow(1000);
        for key in 0..500_u64 {
            for _ in 0..key % 5 {
                sketch.add(key.wrapping_mul(SPREAD), 1);
            }
        }
        for key in 0..500_u64 {
            assert!(u64::from(sketch.estimate(key.wrapping_mul(SPREAD))) >= key % 5);
        }
    }

    #[test]
    fn growing_keeps_counts_and_halving_halves_them() {
        let mut sketch = Sketch::new();
        sketch.add(7, 8);
        sketch.grow(100);
        assert_eq!(sketch.estimate(7), 8);
        sketch.halve();
        assert_eq!(sketch.estimate(7), 4);
        sketch.add(7, 200);
        assert_eq!(sketch.estimate(7), MOST);
    }
}
