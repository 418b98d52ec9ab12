//! Values that are loaded once for all who ask, when functions take their time, fail, panic or ask for themselves.
#![cfg(feature = "cache")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::Duration;

use rotifer_weakmap::Cache;

/// Waits until this many callers wait for somebody else's function.
fn await_waiting(cache: &Cache<u32, u32>, callers: u64) {
    while cache.stats().shared_loads < callers {
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn the_function_runs_once_for_all() {
    let (cache, loads, begin) = (Cache::<u32, u32>::new(10), AtomicUsize::new(0), Barrier::new(8));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                begin.wait();
                let value = cache.get_or_insert_with(&1, || {
                    await_waiting(&cache, 7);
                    loads.fetch_add(1, Ordering::Relaxed);
                    10
                });
                assert_eq!(value, 10);
            });
        }
    });
    assert_eq!(loads.load(Ordering::Relaxed), 1);
    let stats = cache.stats();
    assert_eq!((stats.loads, stats.shared_loads, stats.failed_loads, stats.insertions), (1, 7, 0, 1));
}

#[test]
fn a_panic_is_the_callers_own() {
    let cache = Cache::<u32, u32>::new(10);
    thread::scope(|scope| {
        let first = scope.spawn(|| {
            catch_unwind(AssertUnwindSafe(|| {
                cache.get_or_insert_with(&1, || {
                    await_waiting(&cache, 1);
                    panic!("of the function")
                })
            }))
        });
        while cache.stats().loads == 0 {
            thread::yield_now();
        }
        assert_eq!(cache.get_or_insert_with(&1, || 20), 20);
        assert!(first.join().unwrap().is_err());
    });
    assert_eq!(cache.stats().failed_loads, 1);
    assert_eq!(cache.get(&1), Some(20));
}

#[test]
fn an_error_is_the_callers_own() {
    let cache = Cache::<u32, u32>::new(10);
    thread::scope(|scope| {
        let first = scope.spawn(|| {
            cache.get_or_try_insert_with(&1, || {
                await_waiting(&cache, 1);
                Err("of the function")
            })
        });
        while cache.stats().loads == 0 {
            thread::yield_now();
        }
        assert_eq!(cache.get_or_try_insert_with(&1, || Ok::<_, ()>(20)), Ok(20));
        assert_eq!(first.join().unwrap(), Err("of the function"));
    });
}

#[test]
fn a_cost_function_that_panics_leaves_nobody_waiting() {
    let cache: Cache<u32, u32> =
        Cache::builder().cost(|_, &value| if value == 0 { panic!("no value") } else { 1 }).build();
    assert!(catch_unwind(AssertUnwindSafe(|| cache.get_or_insert_with(&1, || 0))).is_err());
    assert!(catch_unwind(AssertUnwindSafe(|| cache.set(1, 0))).is_err());
    assert_eq!(cache.get_or_insert_with(&1, || 1), 1);
    assert_eq!(cache.cost(), 1);
}

#[test]
fn a_listener_that_panics_does_no_harm() {
    let cache: Cache<u32, u32> = Cache::builder().max_cost(1).on_eviction(|_, _, _| panic!("heard")).build();
    cache.set(1, 1);
    assert!(catch_unwind(AssertUnwindSafe(|| cache.set(2, 2))).is_err());
    assert_eq!((cache.get(&1), cache.get(&2), cache.len()), (None, Some(2), 1));
}

#[test]
fn functions_may_use_the_cache() {
    let cache = Cache::<u32, u64>::unbounded();
    fn fibonacci(cache: &Cache<u32, u64>, n: u32) -> u64 {
        if n < 2 {
            return n.into();
        }
        cache.get_or_insert_with(&n, || fibonacci(cache, n - 1) + fibonacci(cache, n - 2))
    }
    assert_eq!(fibonacci(&cache, 80), 23_416_728_348_467_685);
    assert_eq!(cache.stats().loads, 79);
}

#[test]
fn a_function_that_asks_for_its_own_key_is_told() {
    let cache = Cache::<u32, u32>::unbounded();
    let asked = catch_unwind(AssertUnwindSafe(|| {
        cache.get_or_insert_with(&1, || cache.get_or_insert_with(&1, || 1));
    }));
    let message = asked.unwrap_err().downcast::<&str>().unwrap();
    assert!(message.contains("same key"), "{message}");
    assert_eq!(cache.get_or_insert_with(&1, || 2), 2); // nothing is left of it
}

#[test]
fn what_happens_meanwhile_is_newer() {
    let cache = Cache::<u32, u32>::unbounded();
    let meanwhile = |change: fn(&Cache<u32, u32>)| {
        cache.get_or_insert_with(&1, || {
            change(&cache);
            10
        })
    };
    assert_eq!(meanwhile(|cache| cache.set(1, 20)), 10);
    assert_eq!(cache.remove(&1), Some(20));
    assert_eq!(meanwhile(|cache| assert!(!cache.delete(&1))), 10);
    assert_eq!(cache.get(&1), None);
    assert_eq!(meanwhile(Cache::clear), 10);
    assert_eq!(cache.get(&1), None);
    // Who comes after the change does not wait for what is out of date.
    assert_eq!(
        meanwhile(|cache| {
            cache.clear();
            assert_eq!(cache.get_or_insert_with(&1, || 30), 30);
        }),
        10
    );
    assert_eq!(cache.get(&1), Some(30));
}

#[test]
fn different_keys_do_not_wait_for_each_other() {
    let cache: Cache<u32, u32> = Cache::builder().shards(1).build();
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(|| cache.get_or_insert_with(&1, move || receive.recv().unwrap()));
        send.send(cache.get_or_insert_with(&2, || 20)).unwrap();
    });
    assert_eq!(cache.get(&1), Some(20));
}
