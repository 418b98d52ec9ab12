//! What the cache promises, one thing at a time.
#![cfg(feature = "cache")]

use std::collections::VecDeque;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use proptest::prelude::*;
use rotifer_weakmap::cache::pressure::{Gauge, HeapGauge};
use rotifer_weakmap::cache::{Admission, Cache, Cause, Pressure, shed_share};

/// One shard, entries of cost one.
fn small(max_cost: u64) -> Cache<u32, u32> {
    Cache::builder().max_cost(max_cost).shards(1).build()
}

fn keys(cache: &Cache<u32, u32>) -> Vec<u32> {
    let mut keys: Vec<u32> = cache.iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    keys
}

mod as_the_go_package {
    use super::*;

    #[test]
    fn set_overrides() {
        let cache = Cache::<String, i32>::unbounded();
        cache.set("a".into(), 10);
        cache.set("a".into(), 20);
        assert_eq!(cache.get("a"), Some(20));
        assert_eq!(cache.len(), 1);
    }

    #[test]
    fn delete_deletes() {
        let cache = Cache::<String, i32>::unbounded();
        cache.set("a".into(), 10);
        assert!(cache.delete("a"));
        assert!(!cache.delete("a"));
        assert_eq!(cache.get("a"), None);
        assert!(cache.is_empty());
    }

    #[test]
    fn do_computes_once_and_hands_errors_on() {
        let cache = Cache::<String, i32>::unbounded();
        let mut n = 10;
        assert_eq!(cache.get_or_try_insert_with("a", || Err("no")), Err("no"));
        for _ in 0..2 {
            let value = cache.get_or_try_insert_with("a", || {
                n += 1;
                Ok::<_, ()>(n)
            });
            assert_eq!(value, Ok(11));
        }
        let stats = cache.stats();
        assert_eq!((stats.loads, stats.failed_loads), (2, 1));
    }

    #[test]
    fn cost_is_limited() {
        let cache: Cache<u32, Vec<u8>> =
            Cache::builder().max_cost(100).shards(1).cost(|_, v: &Vec<u8>| v.len() as u64).build();
        (0..10).for_each(|key| cache.set(key, vec![0; 10]));
        assert_eq!((cache.len(), cache.cost(), cache.max_cost()), (10, 100, 100));
        cache.set(10, vec![0; 25]); // the three oldest make room
        assert_eq!((cache.len(), cache.cost()), (8, 95));
        assert!(!cache.contains_key(&2) && cache.contains_key(&3));
        cache.set(10, vec![0; 5]);
        assert_eq!(cache.cost(), 75);
        cache.set(11, vec![0; 101]); // more than there may be
        assert_eq!((cache.len(), cache.cost()), (8, 75));
        cache.set(3, vec![0; 101]); // the old value is not left either
        assert!(!cache.contains_key(&3));
        assert_eq!(cache.stats().refused, 2);
    }

    #[test]
    fn least_recently_used_leave_first() {
        let cache = small(3);
        (1..=3).for_each(|key| cache.set(key, key));
        // All are used; the order of use is what counts.
        for key in [3, 1, 2] {
            cache.get(&key);
        }
        cache.set(4, 4);
        assert_eq!(keys(&cache), [1, 2, 4]);
        cache.set(1, 1); // setting is using
        cache.set(5, 5);
        assert_eq!(keys(&cache), [1, 4, 5]);
        cache.peek(&4); // looking is not
        cache.set(6, 6);
        assert_eq!(keys(&cache), [1, 5, 6]);
    }

    #[test]
    fn a_collection_evicts_in_proportion_to_pressure() {
        for (level, left) in [(0.0, 100), (0.5, 100), (0.6, 80), (0.75, 50), (0.99, 2), (1.0, 0), (3.0, 0)] {
            let cache: Cache<u32, u32> = Cache::builder().shards(1).pressure(move || level).build();
            (0..100).for_each(|key| cache.set(key, key));
            let shed = cache.on_collection();
            assert_eq!((cache.len(), shed.entries, shed.cost), (left, 100 - left, 100 - left as u64), "{level}");
            assert!(cache.iter().all(|(key, _)| key >= 100 - left as u32));
        }
    }
}

#[test]
fn pressure_takes_the_exact_oldest_and_spares_what_is_read() {
    let gauge = Gauge::new(1000);
    let cache: Cache<u32, u32> = Cache::builder().shards(1).pressure(gauge.clone()).build();
    (0..5000).for_each(|key| cache.set(key, key));
    (0..2500).rev().for_each(|key| assert!(cache.get(&key).is_some()));
    gauge.set_used(750);
    cache.on_collection();
    assert_eq!(keys(&cache), (0..2500).collect::<Vec<_>>());

    // Those that are read between collections stay up to the limit.
    (0..100).for_each(|key| assert!(cache.get(&key).is_some()));
    gauge.set_used(999);
    cache.on_collection();
    assert_eq!(keys(&cache), (0..100).collect::<Vec<_>>());
    cache.on_collection(); // not read since
    assert_eq!(cache.len(), 0);

    cache.set(1, 1);
    cache.get(&1);
    gauge.set_used(1000);
    assert_eq!(cache.on_collection().entries, 1);
    assert_eq!(cache.stats().evicted_for_pressure, 5001);
    assert_eq!(cache.stats().collections, 4);
}

#[test]
fn the_share_that_leaves() {
    assert_eq!(shed_share(f64::NAN, 0.5), 0.0);
    assert_eq!(shed_share(f64::INFINITY, 0.5), 1.0);
    assert_eq!(shed_share(0.2, 0.0), 0.2);
    let heap = HeapGauge::default();
    assert_eq!(heap.level(), 0.0);
    assert!(heap.note(50, 100, 1) && !heap.note(60, 100, 1));
    assert_eq!(heap.level(), 0.6);
}

#[test]
fn the_maximum_can_change_and_holds_over_shards() {
    let cache: Cache<u32, u32> = Cache::builder().max_cost(1000).shards(16).build();
    (0..5000).for_each(|key| cache.set(key, key));
    assert_eq!((cache.cost(), cache.len()), (1000, 1000));
    cache.set_max_cost(100);
    assert_eq!((cache.cost(), cache.len()), (100, 100));
    cache.set_max_cost(200);
    (0..5000).for_each(|key| cache.set(key, key));
    assert_eq!((cache.cost(), cache.len()), (200, 200));
    cache.set_max_cost(0);
    assert!(cache.is_empty());
    cache.set(1, 1);
    assert!(cache.is_empty());
}

#[test]
fn one_entry_may_take_the_room_of_many_shards() {
    for admission in [Admission::Everything, Admission::Frequent] {
        let cache: Cache<u32, u64> =
            Cache::builder().max_cost(1000).shards(8).admission(admission).cost(|_, &cost: &u64| cost).build();
        (0..1000).for_each(|key| cache.set(key, 1));
        cache.set(5000, 990);
        assert_eq!(cache.get(&5000), Some(990));
        assert!(cache.cost() <= 1000);
        cache.set(5001, 1000);
        assert_eq!((cache.get(&5001), cache.len(), cache.cost()), (Some(1000), 1, 1000));
    }
}

#[test]
fn scans_do_not_drive_out_what_is_asked_for() {
    // Always the same hashes: with unlucky ones more of the frequencies, which are estimates, are mistaken.
    type Seedless = BuildHasherDefault<DefaultHasher>;
    let cache: Cache<u32, u32, Seedless> =
        Cache::builder().max_cost(1000).shards(1).admission(Admission::Frequent).build();
    for _ in 0..3 {
        for key in 0..900 {
            cache.get_or_insert_with(&key, || key);
        }
    }
    for key in 1_000_000..1_010_000 {
        cache.set(key, key);
        assert!(cache.contains_key(&key)); // what is new is there for a while
    }
    assert!((0..900).filter(|key| cache.contains_key(key)).count() > 850);
}

#[test]
fn loops_larger_than_the_cache_find_what_fits_into_it() {
    type Seedless = BuildHasherDefault<DefaultHasher>;
    let cache: Cache<u32, u32, Seedless> =
        Cache::builder().max_cost(1000).shards(1).admission(Admission::Frequent).build();
    for key in (0..30).flat_map(|_| 0..2000) {
        if cache.get(&key).is_none() {
            cache.set(key, key);
        }
    }
    assert!(cache.stats().hit_ratio() > 0.45, "{:?}", cache.stats());
}

#[test]
fn what_was_asked_for_often_leaves_when_nobody_does_any_more() {
    type Seedless = BuildHasherDefault<DefaultHasher>;
    let cache: Cache<u32, u32, Seedless> =
        Cache::builder().max_cost(1000).shards(1).admission(Admission::Frequent).build();
    for base in [0, 10_000, 20_000] {
        for key in (0..40).flat_map(|_| base..base + 900) {
            cache.get_or_insert_with(&key, || key);
        }
        let left = (base..base + 900).filter(|key| cache.contains_key(key)).count();
        assert!(left > 800, "{left}");
    }
}

#[test]
fn the_listener_hears_every_cause_and_may_use_the_cache() {
    type Heard = Arc<Mutex<Vec<(u32, u32, Cause)>>>;
    let heard = Heard::default();
    let (tell, told) = mpsc::channel::<std::sync::Weak<Cache<u32, u32>>>();
    let (log, told) = (heard.clone(), Mutex::new(told));
    let cache: Cache<u32, u32> = Cache::builder()
        .max_cost(3)
        .shards(1)
        .on_eviction(move |&key, &value, cause| {
            log.lock().unwrap().push((key, value, cause));
            let told = told.lock().unwrap().try_recv();
            if let Some(cache) = told.ok().and_then(|cache| cache.upgrade()) {
                cache.set(100, 100);
                cache.get_or_insert_with(&101, || 101);
                cache.delete(&100);
            }
        })
        .build();
    let cache = Arc::new(cache);
    (1..=3).for_each(|key| cache.set(key, key));
    cache.set(1, 10);
    cache.remove(&1);
    tell.send(Arc::downgrade(&cache)).unwrap();
    cache.delete(&2);
    cache.set(4, 4);
    cache.set(5, 5);
    cache.shed(1.0);
    cache.set(6, 6);
    cache.clear();
    let heard = heard.lock().unwrap();
    let of =
        |wanted: Cause| heard.iter().filter(|(_, _, cause)| *cause == wanted).map(|&(key, ..)| key).collect::<Vec<_>>();
    assert_eq!(of(Cause::Replaced), [1]);
    assert_eq!(of(Cause::Removed), [1, 2, 100, 6]);
    assert_eq!(of(Cause::Capacity), [3]);
    assert_eq!(of(Cause::Pressure).len(), 3);
    let stats = cache.stats();
    assert_eq!((stats.replaced, stats.removed, stats.evictions()), (1, 4, 4));
}

#[test]
fn values_are_dropped_with_no_lock_held() {
    struct Meddler(std::sync::Weak<Cache<u32, Arc<Meddler>>>, Arc<AtomicUsize>);
    impl Drop for Meddler {
        fn drop(&mut self) {
            self.1.fetch_add(1, Ordering::Relaxed);
            if let Some(cache) = self.0.upgrade() {
                assert!(cache.get(&77).is_none());
                cache.delete(&78);
            }
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let cache: Arc<Cache<u32, Arc<Meddler>>> = Arc::new(Cache::builder().max_cost(2).shards(1).build());
    let value = || Arc::new(Meddler(Arc::downgrade(&cache), dropped.clone()));
    (0..4).for_each(|key| cache.set(key, value()));
    cache.set(3, value());
    cache.delete(&3);
    cache.shed(1.0);
    cache.set(4, value());
    cache.clear();
    assert_eq!(dropped.load(Ordering::Relaxed), 6);
}

#[test]
fn soft_entries_come_back_while_somebody_keeps_their_values() {
    let cache: Cache<u32, Arc<str>> = Cache::builder().shards(1).max_cost(4).soft().build();
    let kept: Arc<str> = "kept".into();
    cache.set(1, kept.clone());
    cache.set(2, "not kept".into());
    cache.shed(1.0);
    assert_eq!((cache.len(), cache.cost(), cache.soft_len()), (0, 0, 1));
    assert!(cache.contains_key(&1) && !cache.contains_key(&2));
    assert!(Arc::ptr_eq(&cache.get(&1).unwrap(), &kept));
    assert_eq!((cache.len(), cache.cost(), cache.soft_len()), (1, 1, 0));
    assert_eq!(Arc::strong_count(&kept), 2);

    (2..=5).for_each(|key| cache.set(key, "other".into())); // no room: soft again
    assert_eq!(cache.soft_len(), 1);
    assert_eq!(cache.peek(&1), Some(kept.clone()));
    assert_eq!(cache.soft_len(), 1);
    // Somebody loads it who does not know.
    assert!(Arc::ptr_eq(&cache.get_or_insert_with(&1, || unreachable!()), &kept));

    cache.shed(1.0);
    drop(kept);
    assert!(!cache.contains_key(&1));
    cache.shed(0.0); // looks after soft entries in any case
    assert_eq!((cache.soft_len(), cache.get(&1)), (0, None));
    let stats = cache.stats();
    assert_eq!((stats.demoted, stats.revived), (3, 2));
}

#[test]
fn soft_entries_are_set_and_removed_like_others() {
    let cache: Cache<u32, Arc<u32>> = Cache::builder().shards(1).soft().build();
    let values: Vec<_> = (0..1000).map(Arc::new).collect();
    values.iter().for_each(|value| cache.set(**value, value.clone()));
    cache.shed(1.0);
    assert_eq!(cache.soft_len(), 1000);
    assert_eq!(cache.remove(&1), Some(values[1].clone()));
    cache.set(2, Arc::new(20));
    assert_eq!(cache.get(&2).as_deref(), Some(&20));
    assert_eq!((cache.soft_len(), cache.len(), cache.cost()), (998, 1, 1));
    drop(values);
    (0..1000).for_each(|key| cache.set(key + 5000, Arc::new(key))); // each looks at two
    assert_eq!(cache.soft_len(), 0);
    assert_eq!(cache.len(), 1001);
}

#[test]
fn statistics() {
    let cache: Cache<u32, u32> = Cache::builder().max_cost(10).exact_statistics(true).build();
    (0..20).for_each(|key| cache.set(key, key));
    let hits = (0..20).filter(|key| cache.get(key).is_some()).count() as u64;
    let stats = cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.insertions, stats.evicted_for_capacity), (hits, 20 - hits, 20, 10));
    assert_eq!(stats.hit_ratio(), 0.5);
}

#[test]
fn it_can_be_shared() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&Cache::<String, Arc<str>>::new(1));
    let cache = Arc::new(Cache::<u64, u64>::new(500));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let cache = &cache;
            scope.spawn(move || {
                for n in 0..20_000_u64 {
                    let key = (n * (thread + 7)) % 2000;
                    match n % 5 {
                        0 => cache.set(key, key),
                        1 => assert_eq!(cache.get_or_insert_with(&key, || key), key),
                        2 if n % 1000 == 2 => drop(cache.shed(0.6)),
                        3 if n % 50 == 3 => drop(cache.remove(&key)),
                        _ => assert!(cache.get(&key).is_none_or(|value| value == key)),
                    }
                }
            });
        }
    });
    assert_eq!(cache.cost(), cache.len() as u64);
    assert!(cache.cost() <= 500);
}

#[derive(Clone, Debug)]
enum Step {
    Set(u8, u64),
    Get(u8),
    Remove(u8),
    Load(u8),
    Shrink(u64),
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..16_u8, 0..6_u64).prop_map(|(key, cost)| Step::Set(key, cost)),
        8 => (0..16_u8).prop_map(Step::Get),
        2 => (0..16_u8).prop_map(Step::Remove),
        3 => (0..16_u8).prop_map(Step::Load),
        1 => (4..9_u64).prop_map(Step::Shrink),
        1 => Just(Step::Clear),
    ]
}

/// A list in the order of use, the most recent last.
struct Model {
    entries: VecDeque<(u8, u64)>,
    max_cost: u64,
}

impl Model {
    fn remove(&mut self, key: u8) -> Option<u64> {
        let at = self.entries.iter().position(|&(other, _)| other == key)?;
        self.entries.remove(at).map(|(_, cost)| cost)
    }

    fn get(&mut self, key: u8) -> Option<u64> {
        let cost = self.remove(key)?;
        self.entries.push_back((key, cost));
        Some(cost)
    }

    fn set(&mut self, key: u8, cost: u64) {
        self.remove(key);
        if cost <= self.max_cost {
            self.entries.push_back((key, cost));
            self.fit();
        }
    }

    fn cost(&self) -> u64 {
        self.entries.iter().map(|&(_, cost)| cost).sum()
    }

    fn fit(&mut self) {
        while self.cost() > self.max_cost {
            self.entries.pop_front();
        }
    }
}

proptest! {
    /// Up to eight entries are used in the exact order.
    #[test]
    fn a_small_cache_is_exactly_least_recently_used(steps in prop::collection::vec(step(), 1..200)) {
        let mut model = Model { entries: VecDeque::new(), max_cost: 8 };
        let cache: Cache<u8, u64> = Cache::builder().max_cost(8).shards(1).cost(|_, &cost: &u64| cost.max(1)).build();
        for step in steps {
            match step {
                Step::Set(key, cost) => {
                    cache.set(key, cost.max(1));
                    model.set(key, cost.max(1));
                }
                Step::Get(key) => prop_assert_eq!(cache.get(&key), model.get(key)),
                Step::Remove(key) => prop_assert_eq!(cache.remove(&key), model.remove(key)),
                Step::Load(key) => {
                    let expected = model.get(key);
                    prop_assert_eq!(cache.get_or_insert_with(&key, || 1), expected.unwrap_or(1));
                    if expected.is_none() {
                        model.set(key, 1);
                    }
                }
                Step::Shrink(max_cost) => {
                    cache.set_max_cost(max_cost);
                    model.max_cost = max_cost;
                    model.fit();
                }
                Step::Clear => {
                    cache.clear();
                    model.entries.clear();
                }
            }
            let mut expected: Vec<_> = model.entries.iter().copied().collect();
            let mut found: Vec<_> = cache.iter().collect();
            expected.sort_unstable();
            found.sort_unstable();
            prop_assert_eq!(found, expected);
            prop_assert_eq!((cache.cost(), cache.len()), (model.cost(), model.entries.len()));
        }
    }

    /// Whatever the configuration: right values or none, and no more than the maximum.
    #[test]
    fn any_cache_gives_right_values_within_its_cost(
        steps in prop::collection::vec(step(), 1..300),
        shards in 1..5_usize,
        frequent: bool,
        soft: bool,
    ) {
        let admission = if frequent { Admission::Frequent } else { Admission::Everything };
        let cache = Cache::<u8, Arc<u64>>::builder().max_cost(20).shards(shards).admission(admission).cost(|_, cost: &Arc<u64>| **cost);
        let cache = if soft { cache.soft().build() } else { cache.build() };
        let mut last = std::collections::BTreeMap::<u8, Arc<u64>>::new();
        for step in steps {
            match step {
                Step::Set(key, cost) => {
                    let value = Arc::new(cost);
                    cache.set(key, value.clone());
                    last.insert(key, value.clone());
                    let found = cache.get(&key);
                    prop_assert!(cost > cache.max_cost() || found.is_some_and(|found| Arc::ptr_eq(&found, &value)));
                }
                Step::Get(key) => {
                    let found = cache.get(&key);
                    prop_assert_eq!(found.is_some(), cache.contains_key(&key));
                    prop_assert!(found.is_none_or(|found| Arc::ptr_eq(&found, &last[&key])));
                }
                Step::Remove(key) => {
                    cache.remove(&key);
                    last.remove(&key);
                    prop_assert!(!cache.contains_key(&key));
                }
                Step::Load(key) => {
                    let value = cache.get_or_insert_with(&key, || Arc::new(1));
                    prop_assert!(last.get(&key).is_none_or(|last| **last == *value || *value == 1));
                    last.insert(key, value);
                }
                Step::Shrink(share) => drop(cache.shed(share as f64 / 8.0)),
                Step::Clear => {
                    cache.clear();
                    prop_assert!(cache.is_empty() && cache.soft_len() == 0);
                }
            }
            prop_assert_eq!(cache.cost(), cache.iter().map(|(_, cost)| *cost).sum::<u64>());
            prop_assert!(cache.cost() <= cache.max_cost());
            prop_assert_eq!(cache.len(), cache.iter().count());
        }
    }
}
