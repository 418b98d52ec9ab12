//! Ephemerons and registries.

mod common;

use common::*;
use rotifer_gc::{Heap, HeapConfig};

const DEAD: u64 = 0xDEAD;

#[test]
fn a_value_lives_as_long_as_its_key_and_its_table() {
    let mut heap = heap(1 << 16);
    let key = block(&mut heap, LEAF, &[1]);
    let value = block(&mut heap, LEAF, &[2]);
    let lost = block(&mut heap, LEAF, &[3]);
    let other = block(&mut heap, LEAF, &[4]);
    let table = block(&mut heap, EPHEMERONS, &[0, to(key), to(value), to(lost), to(other)]);
    heap.set_root(0, to(table));
    heap.set_root(1, to(key));
    heap.collect(&mut []);
    let table = at(heap.root(0));
    assert_eq!(heap.get(table + 2), heap.root(1));
    assert_eq!(heap.get(at(heap.get(table + 3)) + 1), 2);
    assert_eq!((heap.get(table + 4), heap.get(table + 5)), (DEAD, DEAD));
    assert_eq!(count(&heap, LEAF), 2);
    heap.set_root(0, 0);
    heap.collect(&mut []);
    assert_eq!(count(&heap, LEAF), 1, "without the table only the key is left");
}

#[test]
fn a_value_that_refers_to_its_own_key_keeps_nothing() {
    let mut heap = heap(1 << 16);
    let key = block(&mut heap, LEAF, &[1]);
    let value = block(&mut heap, STRONG, &[to(key)]);
    let table = block(&mut heap, EPHEMERONS, &[0, to(key), to(value)]);
    heap.set_root(0, to(table));
    heap.collect(&mut []);
    assert_eq!(heap.get(at(heap.root(0)) + 2), DEAD);
    assert_eq!(count(&heap, LEAF) + count(&heap, STRONG), 0);
}

/// A chain through two tables, in the order that takes the most rounds: each value is the key of the entry before.
#[test]
fn chains_of_ephemerons_reach_a_fixed_point() {
    let mut heap = heap(1 << 18);
    let n = 50;
    let keys: Vec<u32> = (0..=n).map(|i| block(&mut heap, LEAF, &[i])).collect();
    let pairs = |odd: usize| {
        let mut words = vec![0];
        for i in (0..n as usize).rev().filter(|i| i % 2 == odd) {
            words.extend([to(keys[i]), to(keys[i + 1])]);
        }
        words
    };
    let a = block(&mut heap, EPHEMERONS, &pairs(0));
    let b = block(&mut heap, EPHEMERONS, &pairs(1));
    heap.set_root(0, to(a));
    heap.set_root(1, to(b));
    heap.set_root(2, to(keys[0]));
    heap.collect(&mut []);
    assert_eq!(count(&heap, LEAF), n as usize + 1);
    heap.set_root(2, 0);
    heap.collect(&mut []);
    assert_eq!(count(&heap, LEAF), 0);
}

/// A heap in which nothing is collected before that is asked for.
fn roomy_heap() -> TestHeap {
    let limit = 64 << 20;
    Heap::new(HeapConfig { limit, stack: 1 << 16, roots: 8, nursery: limit, clock: None }).unwrap()
}

/// What is left of a chain of `n` values, each the key of the next pair: with pairs in the order that `place` says, in tables of
/// `per_table` pairs.
fn chain(n: u32, per_table: u32, place: impl Fn(u32) -> u32) {
    let mut heap = roomy_heap();
    let keys: Vec<u32> = (0..=n).map(|i| block(&mut heap, LEAF, &[u64::from(i)])).collect();
    let list = block(&mut heap, STRONG, &vec![0; n.div_ceil(per_table) as usize]);
    heap.set_root(0, to(list));
    for t in 0..n.div_ceil(per_table) {
        let mut words = vec![0];
        for i in t * per_table..((t + 1) * per_table).min(n) {
            let i = place(i) as usize;
            words.extend([to(keys[i]), to(keys[i + 1])]);
        }
        let table = block(&mut heap, EPHEMERONS, &words);
        heap.store(list, 1 + t, to(table));
    }
    heap.set_root(2, to(keys[0]));
    for _ in 0..2 {
        heap.collect(&mut []);
        assert_eq!(count(&heap, LEAF), n as usize + 1);
        let mut found = 0;
        let mut words = Vec::new();
        heap.walk(|at, header| {
            if header.kind() == EPHEMERONS {
                assert_eq!(heap.get(at + 1), 0, "the collector has let go of its list");
                words.extend((2..header.aux()).map(|i| heap.get(at + i)));
            }
        });
        for pair in words.chunks(2) {
            let [key, value] = [heap.get(at(pair[0]) + 1), heap.get(at(pair[1]) + 1)];
            assert_eq!(key + 1, value);
            found += 1;
        }
        assert_eq!(found, n);
    }
    // Half of the chain dies when the root is further down.
    let mut middle = 0;
    heap.walk(|at, header| {
        if header.kind() == LEAF && heap.get(at + 1) == u64::from(n / 2) {
            middle = at;
        }
    });
    heap.set_root(2, to(middle));
    heap.collect(&mut []);
    assert_eq!(count(&heap, LEAF), (n - n / 2 + 1) as usize);
    heap.set_root(2, 0);
    heap.collect(&mut []);
    assert_eq!(count(&heap, LEAF), 0);
}

#[test]
fn long_chains_take_linear_time_in_any_order() {
    let n = 100_000;
    chain(n, n, |i| i);
    chain(n, n, |i| n - 1 - i);
    chain(n, n, |i| (u64::from(i) * 7919 % u64::from(n)) as u32);
    chain(n, 1, |i| i);
    chain(n, 1, |i| n - 1 - i);
    chain(n, 3, |i| (u64::from(i) * 7919 % u64::from(n)) as u32);
}

#[test]
fn many_tables_with_the_same_keys() {
    let mut heap = roomy_heap();
    let keys: Vec<u32> = (0..40).map(|i| block(&mut heap, LEAF, &[i])).collect();
    let list = block(&mut heap, STRONG, &vec![0; 2001]);
    heap.set_root(0, to(list));
    for t in 0..2000 {
        let mut words = vec![0];
        for &key in &keys {
            let value = block(&mut heap, LEAF, &[t]);
            words.extend([to(key), to(value)]);
        }
        let table = block(&mut heap, EPHEMERONS, &words);
        heap.store(list, 1 + t as u32, to(table));
    }
    let last = block(&mut heap, EPHEMERONS, &[0, 7, to(keys[3]), 7, to(keys[30])]);
    heap.store(list, 2001, to(last));
    heap.collect(&mut []);
    assert_eq!(count(&heap, LEAF), 2 + 2 * 2000);
}

#[test]
fn a_key_that_is_no_block_never_dies() {
    let mut heap = heap(1 << 16);
    let value = block(&mut heap, LEAF, &[2]);
    let table = block(&mut heap, EPHEMERONS, &[0, 7, to(value)]);
    heap.set_root(0, to(table));
    heap.collect(&mut []);
    let table = at(heap.root(0));
    assert_eq!(heap.get(table + 2), 7);
    assert_eq!(heap.get(at(heap.get(table + 3)) + 1), 2);
}

#[test]
fn young_pairs_in_an_old_table_survive_a_minor_collection() {
    let mut heap = aged_heap(4 << 20);
    let table = block(&mut heap, EPHEMERONS, &[0, 0, 0]);
    heap.set_root(0, to(table));
    heap.collect_young(&mut []);
    let table = at(heap.root(0));
    block(&mut heap, LEAF, &[0; 30]);
    let key = block(&mut heap, LEAF, &[1]);
    let value = block(&mut heap, LEAF, &[2]);
    heap.store(table, 2, to(key));
    heap.store(table, 3, to(value));
    heap.set_root(1, to(key));
    heap.collect_young(&mut []);
    assert_eq!(heap.get(table + 2), heap.root(1));
    assert_eq!(heap.get(at(heap.get(table + 3)) + 1), 2);
}

#[test]
fn a_registry_tells_of_targets_that_died_and_keeps_what_it_holds() {
    let mut heap = aged_heap(1 << 16);
    let alive = block(&mut heap, LEAF, &[1]);
    let doomed = block(&mut heap, LEAF, &[2]);
    let held = block(&mut heap, LEAF, &[3]);
    let token = block(&mut heap, LEAF, &[4]);
    let words = [0, to(alive), 10, 0, to(doomed), to(held), to(token)];
    let registry = block(&mut heap, REGISTRY, &words);
    heap.set_root(0, to(registry));
    heap.set_root(1, to(alive));
    heap.collect_young(&mut []);
    assert!(!heap.take_finalization_pending(), "a minor collection decides nothing");
    heap.collect(&mut []);
    assert!(heap.take_finalization_pending());
    assert!(!heap.take_finalization_pending(), "asking takes it");
    let registry = at(heap.root(0));
    assert_eq!(heap.get(registry + 2), heap.root(1));
    assert_eq!(heap.get(registry + 3), 10);
    assert_eq!(heap.get(registry + 5), DEAD);
    assert_eq!(heap.get(at(heap.get(registry + 6)) + 1), 3);
    assert_eq!(heap.get(registry + 7), DEAD, "the token died as well");
    heap.collect(&mut []);
    assert!(!heap.take_finalization_pending(), "what was told is not told again");
}
