//! The ordered map against `weak-map`, with 10, 50 and 90% of the entries alive.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use common::{Kept, Random, group, key};
use criterion::Criterion;

type Ours = rotifer_weakmap::WeakMap<u64, Weak<u64>>;
type Peer = weak_map::WeakMap<u64, Weak<u64>>;

const SIZES: [usize; 4] = [1000, 10_000, 100_000, 1_000_000];
/// Inserts that are timed together.
const BATCH: u32 = 500;
const SHARES: [usize; 3] = [10, 50, 90];

/// Everything for one kind of map.
macro_rules! bench {
    ($criterion:ident, $case:expr, $size:ident, $share:ident, $($name:literal: $Map:ty),*) => {
        match $case {
            "insert" => {
                let mut group = group($criterion, &format!("weakmap/insert/{}/{}", $size, $share));
                $({
                    // Made once and not for every sample: what is measured is how a map goes on, not how it begins.
                    let mut made = None;
                    group.bench_function($name, |bencher| {
                        let (map, random, kept) = made.get_or_insert_with(|| {
                            let mut random = Random::new();
                            let mut fill = BTreeMap::new();
                            let kept = Kept::new((0..$size * $share / 100).map(|_| {
                                let value = Rc::new(random.next());
                                fill.insert(key(random.below($size)), Rc::downgrade(&value));
                                value
                            }));
                            (<$Map>::from(fill), random, kept)
                        });
                        // What the allocator takes for the values is not what is measured.
                        bencher.iter_custom(|rounds| {
                            let mut time = Duration::ZERO;
                            for _ in 0..rounds {
                                let batch: Vec<_> = (0..BATCH)
                                    .map(|_| (key(random.below($size)), Rc::new(random.next())))
                                    .collect();
                                let start = Instant::now();
                                for (key, value) in &batch {
                                    map.insert(*key, value);
                                }
                                time += start.elapsed();
                                batch.into_iter().for_each(|(_, value)| kept.push(value));
                            }
                            time / BATCH
                        });
                    });
                })*
            }
            "get" | "iterate" => {
                let mut group = group($criterion, &format!("weakmap/{}/{}/{}", $case, $size, $share));
                $({
                    let mut made = None;
                    group.bench_function($name, |bencher| {
                        let (map, random, _values) = made.get_or_insert_with(|| {
                            let mut values: Vec<_> = (0..$size).map(|number| Rc::new(number as u64)).collect();
                            let fill: BTreeMap<_, _> = values
                                .iter()
                                .enumerate()
                                .map(|(number, value)| (key(number), Rc::downgrade(value)))
                                .collect();
                            let map = <$Map>::from(fill);
                            let mut random = Random::new();
                            values.retain(|_| random.below(100) < $share);
                            (map, random, values)
                        });
                        if $case == "get" {
                            bencher.iter(|| map.get(&key(random.below($size))));
                        } else {
                            bencher.iter(|| map.iter().fold(0_u64, |sum, (key, value)| sum ^ *key ^ *value));
                        }
                    });
                })*
            }
            _ => {
                let mut group = group($criterion, &format!("weakmap/build/{}", $size));
                let values: Vec<_> = (0..$size).map(|number| Rc::new(number as u64)).collect();
                $(group.bench_function($name, |bencher| {
                    bencher.iter_with_large_drop(|| {
                        let mut map = <$Map>::new();
                        for (number, value) in values.iter().enumerate() {
                            map.insert(key(number), value);
                        }
                        map
                    });
                });)*
            }
        }
    };
}

fn all(criterion: &mut Criterion) {
    for case in ["insert", "get", "iterate"] {
        for size in SIZES {
            for share in SHARES {
                bench!(criterion, case, size, share, "rotifer": Ours, "weak-map": Peer);
            }
        }
    }
    for size in [1000, 100_000] {
        let share = 100;
        bench!(criterion, "build", size, share, "rotifer": Ours, "weak-map": Peer);
    }
}

fn main() {
    let mut criterion = common::criterion();
    all(&mut criterion);
    criterion.final_summary();
}
