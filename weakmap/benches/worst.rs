//! The longest single operation among inserts with churn into maps of a million entries.
#![allow(missing_docs)]

mod common;

use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use common::{Kept, Random, key};

const SIZE: usize = 1_000_000;

/// The longest of many inserts, the least of several rounds: what the machine does besides is not of interest.
fn worst(mut insert: impl FnMut(u64, &Rc<u64>)) -> Duration {
    let mut random = Random::new();
    let mut once = |insert: &mut dyn FnMut(u64, &Rc<u64>)| {
        let value = Rc::new(random.next());
        let key = key(random.below(2 * SIZE));
        let start = Instant::now();
        insert(key, &value);
        (start.elapsed(), value)
    };
    let mut kept = Kept::new((0..SIZE).map(|_| once(&mut insert).1));
    for _ in 0..SIZE {
        kept.push(once(&mut insert).1);
    }
    // A round has to hold what the peer does every 1000 operations, and to be over before the machine turns to something else.
    let rounds = (0..50).map(|_| {
        let operations = (0..1500).map(|_| {
            let (time, value) = once(&mut insert);
            kept.push(value);
            time
        });
        operations.max().unwrap_or_default()
    });
    rounds.min().unwrap_or_default()
}

fn micros(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e6)
}

fn main() {
    let mut ours = rotifer_weakmap::WeakMap::<u64, Weak<u64>>::new();
    let mut peer = weak_map::WeakMap::<u64, Weak<u64>>::new();
    println!(
        "figure weakmap/worst-insert/{SIZE} rotifer={} weak-map={} us (lower is better)",
        micros(worst(|key, value| drop(ours.insert(key, value)))),
        micros(worst(|key, value| drop(peer.insert(key, value)))),
    );
    let mut ours = rotifer_weakmap::WeakValueHashMap::<u64, Weak<u64>>::new();
    let mut peer = weak_table::WeakValueHashMap::<u64, Weak<u64>, ahash::RandomState>::default();
    // The peer cleans up once for many more operations than are measured: it is filled until it does.
    let ours = worst(|key, value| drop(ours.insert(key, value.clone())));
    let mut longest = Duration::ZERO;
    let mut random = Random::new();
    let mut kept = Kept::new((0..SIZE).map(|_| Rc::new(0)));
    for operation in 0..4 * SIZE {
        let value = Rc::new(random.next());
        let start = Instant::now();
        peer.insert(key(random.below(2 * SIZE)), value.clone());
        if operation > 3 * SIZE {
            longest = longest.max(start.elapsed());
        }
        kept.push(value);
    }
    println!(
        "figure weakmap/worst-insert-hashed/{SIZE} rotifer={} weak-table={} us (lower is better)",
        micros(ours),
        micros(longest)
    );
}
