//! The longest single operation among inserts with churn into maps of a million entries.
#![allow(missing_docs)]

mod common;

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use common::{Kept, Random, key};

const SIZE: usize = 1_000_000;

const ROUNDS: usize = 51;

/// The longest insert of a round, as the median over the rounds: a round in which the machine turned to something else does not
/// count, and neither does one that was lucky.
fn worst<M: From<BTreeMap<u64, Weak<u64>>>>(insert: impl Fn(&mut M, u64, &Rc<u64>)) -> Duration {
    let mut random = Random::new();
    let mut fill = BTreeMap::new();
    let mut kept = Kept::new((0..SIZE).map(|number| {
        let value = Rc::new(number as u64);
        fill.insert(key(random.below(2 * SIZE)), Rc::downgrade(&value));
        value
    }));
    let mut map = M::from(fill);
    let mut once = || {
        let value = Rc::new(random.next());
        let key = key(random.below(2 * SIZE));
        let start = Instant::now();
        insert(&mut map, key, &value);
        (start.elapsed(), value)
    };
    // A round has to hold what the peer does every 1000 operations, and to be over before the machine turns to something else.
    let rounds = (0..ROUNDS).map(|_| {
        let operations = (0..1500).map(|_| {
            let (time, value) = once();
            kept.push(value);
            time
        });
        operations.max().unwrap_or_default()
    });
    let mut rounds: Vec<_> = rounds.collect();
    rounds.sort_unstable();
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn micros(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e6)
}

fn main() {
    type Ours = rotifer_weakmap::WeakMap<u64, Weak<u64>>;
    type Peer = weak_map::WeakMap<u64, Weak<u64>>;
    println!(
        "figure weakmap/worst-insert/{SIZE} rotifer={} weak-map={} us (lower is better)",
        micros(worst(|map: &mut Ours, key, value| drop(map.insert(key, value)))),
        micros(worst(|map: &mut Peer, key, value| drop(map.insert(key, value)))),
    );
}
