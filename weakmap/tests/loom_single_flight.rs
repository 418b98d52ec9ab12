//! Every interleaving of threads that ask a cache for one missing value:
//! `RUSTFLAGS="--cfg loom" cargo test -p rotifer-weakmap --features cache --test 'loom_*' --release --target-dir target/loom`.
//!
//! The locks of the real cache are the model checker's here. The last two models have a fault, which has to be found.
#![cfg(all(loom, feature = "cache"))]

use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use loom::thread;
use rotifer_weakmap::cache::{Cache, Flight};

/// One that hashes the same in every run of a model.
type Modelled = Cache<u32, u32, BuildHasherDefault<DefaultHasher>>;

fn model(threads: usize, check: impl Fn(Arc<Modelled>, Arc<AtomicUsize>) + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    // Three threads have more interleavings than can be tried unless switches are limited.
    model.preemption_bound = (threads > 2).then_some(3);
    model.check(move || check(Arc::new(Modelled::builder().shards(1).build()), Arc::new(AtomicUsize::new(0))));
}

fn spawn(cache: &Arc<Modelled>, f: impl FnOnce(&Modelled) -> u32 + 'static) -> thread::JoinHandle<u32> {
    let cache = cache.clone();
    thread::spawn(move || f(&cache))
}

#[test]
fn the_function_runs_once() {
    model(3, |cache, loads| {
        let load = |loads: &Arc<AtomicUsize>| {
            let loads = loads.clone();
            move |cache: &Modelled| cache.get_or_insert_with(&1, || 10 + loads.fetch_add(1, SeqCst) as u32)
        };
        let others = [spawn(&cache, load(&loads)), spawn(&cache, load(&loads))];
        assert_eq!(load(&loads)(&cache), 10);
        for other in others {
            assert_eq!(other.join().unwrap(), 10);
        }
        assert_eq!(loads.load(SeqCst), 1);
        assert_eq!(cache.get(&1), Some(10));
    });
}

#[test]
fn after_a_failure_another_one_tries() {
    model(3, |cache, loads| {
        let load = |loads: &Arc<AtomicUsize>| {
            let loads = loads.clone();
            move |cache: &Modelled| {
                let load = || if loads.fetch_add(1, SeqCst) == 0 { Err(()) } else { Ok(10) };
                cache.get_or_try_insert_with(&1, load).unwrap_or(0)
            }
        };
        let others = [spawn(&cache, load(&loads)), spawn(&cache, load(&loads))];
        let mut sum = load(&loads)(&cache);
        for other in others {
            sum += other.join().unwrap();
        }
        // The one that ran it first has failed; the second time it is run, everybody else gets the value.
        assert_eq!((sum, loads.load(SeqCst)), (20, 2));
    });
}

#[test]
fn what_is_set_meanwhile_stays() {
    model(2, |cache, _| {
        let loader = spawn(&cache, |cache| cache.get_or_insert_with(&1, || 10));
        cache.set(1, 20);
        let loaded = loader.join().unwrap();
        assert!(loaded == 10 || loaded == 20);
        assert_eq!(cache.get(&1), Some(20));
    });
}

#[test]
fn what_is_removed_meanwhile_does_not_come_back() {
    model(2, |cache, loads| {
        let began = loads.clone();
        let loader = spawn(&cache, move |cache| {
            cache.get_or_insert_with(&1, || {
                began.store(1, SeqCst);
                10
            })
        });
        let had_begun = loads.load(SeqCst) == 1;
        cache.delete(&1);
        loader.join().unwrap();
        assert!(!had_begun || cache.get(&1).is_none());
    });
}

#[test]
fn cost_is_never_over_the_maximum_at_rest() {
    model(2, |_, _| {
        let cache = Arc::new(Modelled::builder().shards(2).max_cost(1).build());
        let other = spawn(&cache, |cache| {
            cache.set(2, 2);
            0
        });
        cache.set(1, 1);
        other.join().unwrap();
        assert_eq!((cache.len(), cache.cost()), (1, 1));
    });
}

/// Two wait for a third.
fn flight(arrive: fn(&Flight<u32>, Option<u32>)) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(move || {
        let flight = Flight::depart();
        let others = [flight.clone(), flight.clone()].map(|flight| thread::spawn(move || flight.wait()));
        arrive(&flight, Some(10));
        for other in others {
            assert_eq!(other.join().unwrap(), Some(10));
        }
    });
}

#[test]
fn everybody_who_waits_is_told() {
    flight(Flight::arrive);
}

#[test]
#[should_panic(expected = "deadlock")]
fn telling_only_one_is_found_out() {
    flight(Flight::arrive_waking_one);
}

#[test]
#[should_panic(expected = "deadlock")]
fn telling_before_the_value_is_there_is_found_out() {
    flight(Flight::arrive_waking_early);
}
