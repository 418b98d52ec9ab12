//! Ephemerons and registries.

mod common;

use common::*;

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
