//! What survives a collection, what does not, and that references follow what moves.

mod common;

use common::*;
use rotifer_arena::MemBlockHeader;
use rotifer_gc::{OutOfMemory, StackError};

/// A list of `n` numbers; the head hangs on root 0.
fn list(heap: &mut TestHeap, n: u64) {
    heap.set_root(0, 0);
    for i in 0..n {
        let next = heap.root(0);
        let cell = block(heap, STRONG, &[i, next]);
        heap.set_root(0, to(cell));
    }
}

fn check_list(heap: &TestHeap, n: u64) {
    let mut word = heap.root(0);
    for i in (0..n).rev() {
        assert_eq!(heap.get(at(word) + 1), i);
        word = heap.get(at(word) + 2);
    }
    assert_eq!(word, 0);
}

#[test]
fn what_is_reachable_survives_and_slides_together() {
    let mut heap = heap(1 << 20);
    for i in 0..100 {
        block(&mut heap, LEAF, &[i; 7]);
        let next = heap.root(0);
        let cell = block(&mut heap, STRONG, &[i, next]);
        heap.set_root(0, to(cell));
    }
    heap.collect(&mut []);
    check_list(&heap, 100);
    assert_eq!(count(&heap, LEAF), 0);
    assert_eq!(heap.top(), heap.start() + 300, "no gaps are left");
    assert_eq!(heap.stats().major_collections, 1);
}

#[test]
fn roots_outside_the_block_are_followed_and_let_go() {
    let mut heap = heap(1 << 20);
    block(&mut heap, LEAF, &[0; 5]);
    let kept = block(&mut heap, LEAF, &[42]);
    let root = heap.make_root(to(kept));
    let copy = root.clone();
    heap.collect(&mut []);
    let now = at(heap.read_root(&root).unwrap());
    assert!(now < kept, "it moved");
    assert_eq!(heap.get(now + 1), 42);
    drop(root);
    assert_eq!(heap.root_count(), 1);
    drop(copy);
    assert_eq!(heap.root_count(), 0);
    heap.collect(&mut []);
    assert_eq!(count(&heap, LEAF), 0);
}

#[test]
fn a_root_of_another_heap_reads_as_nothing() {
    let (mut a, mut b) = (heap(1 << 16), heap(1 << 16));
    let root = a.make_root(7);
    b.make_root(8);
    assert_eq!(b.read_root(&root), None);
    assert_eq!(a.read_root(&root), Some(7));
}

#[test]
fn the_stack_and_kept_words_are_roots() {
    let mut heap = heap(1 << 20);
    block(&mut heap, LEAF, &[0; 9]);
    let a = block(&mut heap, LEAF, &[1]);
    let b = block(&mut heap, LEAF, &[2]);
    let slot = heap.push(to(a)).unwrap();
    let mut keep = [to(b), 5];
    heap.collect(&mut keep);
    assert_eq!(heap.get(at(heap.get(slot)) + 1), 1);
    assert_eq!(heap.get(at(keep[0]) + 1), 2);
    assert_eq!(keep[1], 5);
    heap.set_sp(heap.stack_top());
    heap.collect(&mut []);
    assert_eq!(count(&heap, LEAF), 0);
}

#[test]
fn a_header_can_refer_to_a_block() {
    let mut heap = heap(1 << 16);
    block(&mut heap, LEAF, &[0; 3]);
    let shape = block(&mut heap, LEAF, &[77]);
    let object = block(&mut heap, STRONG, &[5, 6]);
    heap.set(object, MemBlockHeader::new(SHAPED, 0, 3, shape).to_bits());
    heap.set_root(0, to(object));
    heap.collect(&mut []);
    let object = at(heap.root(0));
    assert_eq!(heap.get(heap.header(object).aux() + 1), 77);
    assert_eq!((heap.get(object + 1), heap.get(object + 2)), (5, 6));
}

#[test]
fn minor_collections_find_young_blocks_through_remembered_old_ones() {
    let mut heap = aged_heap(4 << 20);
    let old = block(&mut heap, STRONG, &[0, 0]);
    heap.set_root(0, to(old));
    heap.collect_young(&mut []);
    let old = at(heap.root(0));
    assert!(old < heap.young_start());
    let garbage = block(&mut heap, LEAF, &[1; 20]);
    let young = block(&mut heap, LEAF, &[9]);
    assert!(garbage >= heap.young_start());
    heap.store(old, 1, to(young));
    heap.collect_young(&mut []);
    assert_eq!(at(heap.root(0)), old, "old blocks stay");
    assert_eq!(heap.get(at(heap.get(old + 1)) + 1), 9);
    assert_eq!(count(&heap, LEAF), 1);
    // The block is old now and forgotten again: the next store is remembered anew.
    let young = block(&mut heap, LEAF, &[10]);
    heap.store(old, 2, to(young));
    heap.collect_young(&mut []);
    assert_eq!(heap.get(at(heap.get(old + 2)) + 1), 10);
    assert_eq!(heap.stats().minor_collections, 3);
}

#[test]
fn a_remembered_set_that_overflows_costs_a_full_collection() {
    let mut heap = heap(1 << 20);
    let n = 2_000;
    let mut holders = Vec::new();
    for _ in 0..n {
        let next = heap.root(0);
        let holder = block(&mut heap, STRONG, &[0, next]);
        heap.set_root(0, to(holder));
    }
    heap.collect(&mut []);
    let mut word = heap.root(0);
    while word != 0 {
        holders.push(at(word));
        word = heap.get(at(word) + 2);
    }
    let before = heap.stats().major_collections;
    let leaf = block(&mut heap, LEAF, &[3]);
    for &holder in &holders {
        heap.store(holder, 1, to(leaf));
    }
    heap.collect_young(&mut []);
    assert_eq!(heap.stats().major_collections, before + 1);
    let mut word = heap.root(0);
    while word != 0 {
        assert_eq!(heap.get(at(heap.get(at(word) + 1)) + 1), 3);
        word = heap.get(at(word) + 2);
    }
}

#[test]
fn a_mark_stack_that_overflows_marks_everything_all_the_same() {
    // Little room, wide blocks: more grey blocks than the stack has places, and a gap too small to help.
    let mut heap = heap(1 << 17);
    let wide = 600;
    let holder = block(&mut heap, STRONG, &vec![0; wide]);
    heap.set_root(0, to(holder));
    for i in 0..wide as u32 {
        let inner = block(&mut heap, LEAF, &[u64::from(i)]);
        let cell = block(&mut heap, STRONG, &[to(inner)]);
        let holder = at(heap.root(0));
        heap.store(holder, 1 + i, to(cell));
    }
    // Until the gap is nearly gone.
    while heap.free_words() > 60 {
        let left = heap.free_words();
        let n = (left - 40).min(400);
        let at = heap.try_alloc(n).unwrap();
        heap.set(at, MemBlockHeader::new(LEAF, 0, 0, n).to_bits());
        heap.push(to(at)).unwrap();
    }
    heap.collect(&mut []);
    assert!(heap.stats().mark_overflows > 0, "the test has to make it overflow");
    let holder = at(heap.root(0));
    for i in 0..wide as u32 {
        let cell = at(heap.get(holder + 1 + i));
        assert_eq!(heap.get(at(heap.get(cell + 1)) + 1), u64::from(i));
    }
}

#[test]
fn weak_words_die_with_their_targets() {
    let mut heap = aged_heap(1 << 16);
    let (a, b) = (block(&mut heap, LEAF, &[1]), block(&mut heap, LEAF, &[2]));
    let weak = block(&mut heap, WEAK, &[to(a), to(b), 5]);
    heap.set_root(0, to(weak));
    heap.set_root(1, to(b));
    // A young collection keeps what is young and weakly held.
    heap.collect_young(&mut []);
    let weak = at(heap.root(0));
    assert_eq!(heap.get(at(heap.get(weak + 1)) + 1), 1);
    heap.collect(&mut []);
    let weak = at(heap.root(0));
    assert_eq!(heap.get(weak + 1), 0xDEAD);
    assert_eq!(heap.get(at(heap.get(weak + 2)) + 1), 2);
    assert_eq!(heap.get(weak + 3), 5);
}

#[test]
fn the_limit_is_an_error_and_the_heap_goes_on() {
    let mut heap = heap(1 << 16);
    let mut made = 0;
    let error = loop {
        let mut keep = [heap.root(0)];
        match heap.reserve(3, &mut keep) {
            Ok(()) => {}
            Err(e) => break e,
        }
        heap.set_root(0, keep[0]);
        let next = heap.root(0);
        let cell = block(&mut heap, STRONG, &[made, next]);
        heap.set_root(0, to(cell));
        made += 1;
        assert!(made < 1 << 16);
    };
    assert_eq!(error, OutOfMemory);
    check_list(&heap, made);
    heap.set_root(0, 0);
    block(&mut heap, LEAF, &[1; 1000]);
}

#[test]
fn absurd_requests_are_refused() {
    let mut heap = heap(1 << 16);
    assert_eq!(heap.reserve(u32::MAX, &mut []), Err(OutOfMemory));
    assert_eq!(heap.grow_stack(u32::MAX), Err(StackError::Overflow));
    assert!(heap.try_alloc(u32::MAX).is_none());
    let mut pushed = 0;
    let refused = loop {
        match heap.push(1) {
            Ok(_) => pushed += 1,
            Err(e) => break e,
        }
    };
    assert_eq!(refused, StackError::Overflow);
    assert!(pushed > 1000);
}

#[test]
fn an_image_is_the_heap() {
    let mut one = heap(1 << 18);
    list(&mut one, 500);
    one.collect(&mut []);
    let image = one.image_words().to_vec();
    let mut two = heap(1 << 18);
    two.load_image_words(&image).unwrap();
    check_list(&two, 500);
    two.collect(&mut []);
    check_list(&two, 500);
    assert!(two.load_image_words(&image[..7]).is_err());
    assert!(heap(1 << 12).load_image_words(&image).is_err());
}

#[test]
fn everything_moves_at_every_allocation_under_stress() {
    let mut heap = heap(1 << 20);
    heap.set_stress(1);
    list(&mut heap, 300);
    check_list(&heap, 300);
    assert!(heap.collections() >= 300);
    let before = heap.root(0);
    block(&mut heap, LEAF, &[1]);
    assert_ne!(heap.root(0), before, "the blocks moved");
    heap.set_stress(0);
    let collections = heap.collections();
    list(&mut heap, 10);
    assert_eq!(heap.collections(), collections);
}

/// Random graphs against a copy kept outside: contents and sharing stay as they are through minor and full collections.
#[test]
fn random_graphs_stay_what_they_are() {
    let mut seed = 0x1234_5678_9ABC_DEF0_u64;
    let mut random = move |n: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % n
    };
    for stress in [0, 3] {
        let mut heap = heap(1 << 20);
        heap.set_stress(stress);
        // Node i of the table is block `table[i]`; words are the node's number and two references.
        let n = 64;
        let table = block(&mut heap, STRONG, &vec![0; n]);
        heap.set_root(0, to(table));
        let mut mirror = vec![None::<(u64, [Option<usize>; 2])>; n];
        let mut serial = 0;
        for _ in 0..3_000 {
            let i = random(n as u64) as usize;
            match random(3) {
                0 => {
                    serial += 1;
                    let node = block(&mut heap, STRONG, &[serial, 0, 0]);
                    let table = at(heap.root(0));
                    heap.store(table, 1 + i as u32, to(node));
                    // Whoever referred to the old node still does: the mirror forgets those edges, and so does the heap.
                    for j in 0..n {
                        let Some((_, edges)) = &mut mirror[j] else { continue };
                        for (k, edge) in edges.iter_mut().enumerate() {
                            if *edge == Some(i) {
                                *edge = None;
                                let from = at(heap.get(table + 1 + j as u32));
                                heap.store(from, 2 + k as u32, 0);
                            }
                        }
                    }
                    mirror[i] = Some((serial, [None, None]));
                }
                1 => {
                    let j = random(n as u64) as usize;
                    let k = random(2) as usize;
                    if mirror[j].is_some()
                        && let Some((_, edges)) = &mut mirror[i]
                    {
                        edges[k] = Some(j);
                        let table = at(heap.root(0));
                        let (from, target) = (at(heap.get(table + 1 + i as u32)), heap.get(table + 1 + j as u32));
                        heap.store(from, 2 + k as u32, target);
                    }
                }
                _ if random(20) == 0 => heap.collect(&mut []),
                _ if random(5) == 0 => heap.collect_young(&mut []),
                _ => {}
            }
        }
        let table = at(heap.root(0));
        for (i, node) in mirror.iter().enumerate() {
            let word = heap.get(table + 1 + i as u32);
            let Some((number, edges)) = node else {
                assert_eq!(word, 0);
                continue;
            };
            assert_eq!(heap.get(at(word) + 1), *number);
            for (k, edge) in edges.iter().enumerate() {
                let expected = edge.map_or(0, |j| heap.get(table + 1 + j as u32));
                assert_eq!(heap.get(at(word) + 2 + k as u32), expected);
            }
        }
    }
}
