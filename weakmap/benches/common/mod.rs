//! What the benchmarks of this crate share.
#![allow(dead_code, missing_docs)]

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode};

/// Numbers that look random and are the same for everybody.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        Random(0x9e37_79b9_7f4a_7c15)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: usize) -> usize {
        ((u128::from(self.next()) * limit as u128) >> 64) as usize
    }
}

/// Keys far apart, in no order.
pub fn key(number: usize) -> u64 {
    (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

pub fn criterion() -> Criterion {
    Criterion::default().configure_from_args()
}

pub fn group<'a>(criterion: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(15).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
    // As many rounds in each sample: with ever more of them what takes long would take minutes.
    group.sampling_mode(SamplingMode::Flat);
    group
}

/// Strong references to the newest values, so many of them.
pub struct Kept<T> {
    ring: Vec<T>,
    next: usize,
}

impl<T> Kept<T> {
    pub fn new(fill: impl IntoIterator<Item = T>) -> Self {
        Kept { ring: fill.into_iter().collect(), next: 0 }
    }

    /// Keeps a value and lets go of the oldest.
    pub fn push(&mut self, value: T) {
        self.ring[self.next] = value;
        self.next = (self.next + 1) % self.ring.len();
    }
}
