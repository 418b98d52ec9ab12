//! The block pool from outside.
#![cfg(not(loom))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::HashSet;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use proptest::prelude::*;
use rotifer_arena::{BlockPool, PoolConfig};

/// Counts what a pool holds of the system's memory, and refuses from a limit on.
#[derive(Default)]
struct Counting {
    held: AtomicUsize,
    limit: usize,
}

// SAFETY: passes everything on to the system.
unsafe impl GlobalAlloc for &Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if self.held.fetch_add(layout.size(), Ordering::Relaxed) + layout.size() > self.limit {
            self.held.fetch_sub(layout.size(), Ordering::Relaxed);
            return std::ptr::null_mut();
        }
        // SAFETY: as promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        self.held.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as promised by the caller.
        unsafe { System.dealloc(at, layout) }
    }
}

#[test]
fn ten_blocks_of_4096_bytes_at_first() {
    let pool = BlockPool::new();
    assert_eq!((pool.reserved_bytes(), pool.blocks()), (0, 0));
    let first = pool.block().unwrap();
    assert_eq!((pool.reserved_bytes(), first.len()), (40960, 4096));
    let more: Vec<_> = (0..9).map(|_| pool.block().unwrap()).collect();
    assert_eq!(pool.reserved_bytes(), 40960);
    let eleventh = pool.block().unwrap();
    assert_eq!((pool.reserved_bytes(), pool.blocks(), pool.used_blocks()), (81920, 11, 11));
    drop((first, more, eleventh));
    assert_eq!((pool.blocks(), pool.used_blocks()), (11, 0));
}

#[test]
fn configurations_are_rounded() {
    for (size, align) in [(1, 1), (100, 64), (4096, 4096), (5000, 3000)] {
        let pool = BlockPool::with_config(PoolConfig::new().block_size(size).align(align).initial(3).max(50));
        let block_size = pool.block_size();
        assert!(block_size >= size && block_size % align.next_power_of_two() == 0);
        let blocks: Vec<_> = (0..50).map(|_| pool.claim().unwrap().addr().get()).collect();
        assert!(pool.claim().is_none());
        assert!(blocks.iter().all(|at| at % align.next_power_of_two() == 0));
        let mut sorted = blocks;
        sorted.sort_unstable();
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= block_size));
    }
    let huge = BlockPool::with_config(PoolConfig::new().block_size(usize::MAX));
    assert!(huge.claim().is_none());
    let none = BlockPool::with_config(PoolConfig::new().initial(0).max(0));
    assert!(none.claim().is_some() && none.claim().is_none());
}

#[test]
fn values_go_where_they_fit() {
    let counting = Counting { limit: 64 << 10, ..Counting::default() };
    {
        let pool: BlockPool<_> = BlockPool::with_source(PoolConfig::new().initial(1).max(1), &counting);
        let one = pool.boxed(String::from("in the block")).unwrap();
        let two = pool.boxed(String::from("outside")).unwrap();
        assert!(one.is_pooled() && !two.is_pooled());
        assert_eq!((one.as_str(), two.into_inner()), ("in the block", String::from("outside")));
        drop(one);
        let big = pool.boxed([0_u64; 1000]).unwrap();
        assert!(!big.is_pooled(), "too long for a block");
        #[derive(Debug)]
        #[repr(align(64))]
        struct Aligned(u8);
        let aligned = pool.boxed(Aligned(7)).unwrap();
        assert!(!aligned.is_pooled() && std::ptr::from_ref(&aligned.0).addr().is_multiple_of(64));
        assert!(pool.boxed(()).is_ok());
        assert!(pool.boxed([0_u8; 60 << 10]).is_err(), "the source refuses");
        assert_eq!(pool.used_blocks(), 0);
    }
    assert_eq!(counting.held.load(Ordering::Relaxed), 0);
}

#[test]
fn a_source_without_memory_is_no_disaster() {
    let counting = Counting { limit: 100, ..Counting::default() };
    let pool: BlockPool<_> = BlockPool::with_source(PoolConfig::new(), &counting);
    assert!(pool.claim().is_none() && pool.block().is_none() && pool.boxed([0; 1000]).is_err());
    assert_eq!(pool.blocks(), 0);
}

#[test]
fn a_block_is_given_back_when_a_destructor_panics() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    let pool = BlockPool::new();
    let value = pool.boxed((Panics, [0_u8; 100])).ok();
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(value))).is_err());
    assert_eq!((pool.blocks(), pool.used_blocks()), (1, 0));
}

#[test]
fn as_an_allocator_it_knows_its_own() {
    let pool: BlockPool<_> = BlockPool::with_source(PoolConfig::new().initial(2).max(2), System);
    let layout = |size| Layout::from_size_align(size, 8).unwrap();
    // SAFETY: sizes are not zero, blocks are used within their sizes and freed with the layouts they have then.
    unsafe {
        let small = pool.alloc(layout(100));
        assert!(!pool.contains(NonNull::new(small).unwrap()));
        small.write_bytes(7, 100);
        let grown = pool.realloc(small, layout(100), 3000);
        assert!(pool.contains(NonNull::new(grown).unwrap()));
        assert!((0..100).all(|i| *grown.add(i) == 7));
        assert_eq!(pool.realloc(grown, layout(3000), 4096), grown, "there is room where it is");
        let shrunk = pool.realloc(grown, layout(4096), 50);
        assert!(!pool.contains(NonNull::new(shrunk).unwrap()) && *shrunk.add(49) == 7);
        assert_eq!(pool.used_blocks(), 0);
        pool.dealloc(shrunk, layout(50));
        let all = [0; 3].map(|_| pool.alloc_zeroed(layout(4000)));
        assert!(all.iter().all(|&at| (0..4000).all(|i| *at.add(i) == 0)), "a used block is zeroed again");
        assert!(!pool.contains(NonNull::new(all[2]).unwrap()), "the region is full");
        let moved = pool.realloc(all[2], layout(4000), 10_000);
        pool.dealloc(moved, layout(10_000));
        pool.dealloc(all[0], layout(4000));
        pool.dealloc(all[1], layout(4000));
    }
    assert_eq!((pool.blocks(), pool.used_blocks()), (2, 0));
}

/// One thread takes, another gives back: blocks are found again, whichever list they are on.
#[test]
fn blocks_that_others_release_are_used_again() {
    let pool = BlockPool::with_config(PoolConfig::new().initial(4).max(16));
    std::thread::scope(|scope| {
        let (give, take) = mpsc::sync_channel(8);
        scope.spawn(|| take.into_iter().for_each(drop));
        for i in 0..10_000_u32 {
            let mut block = loop {
                match pool.block() {
                    Some(block) => break block,
                    None => std::thread::yield_now(),
                }
            };
            block[0].write(i as u8);
            give.send(block).unwrap();
        }
        drop(give);
    });
    assert!(pool.blocks() <= 16);
    assert_eq!(pool.used_blocks(), 0);
}

#[test]
fn threads_do_not_share_blocks() {
    let pool = BlockPool::with_config(PoolConfig::new().block_size(64).initial(1));
    std::thread::scope(|scope| {
        for id in 0..4_u8 {
            let pool = &pool;
            scope.spawn(move || {
                let mut held = Vec::new();
                for round in 0..5_000_usize {
                    if round % 7 < 4 {
                        let mut block = pool.block().unwrap();
                        block.zeroed().fill(id);
                        held.push(block);
                    } else if let Some(block) = held.pop() {
                        // SAFETY: filled above.
                        assert!(block.iter().all(|byte| unsafe { byte.assume_init() } == id));
                        drop(block);
                    }
                }
            });
        }
    });
    assert_eq!(pool.used_blocks(), 0);
}

#[test]
fn magazines_pass_from_thread_to_thread() {
    let pool = BlockPool::with_config(PoolConfig::new().initial(8).max(8).cached(8));
    for _ in 0..200 {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // May be none: what threads that are about to end have kept is theirs still.
                let held: Vec<_> = (0..4).map_while(|_| pool.block()).collect();
                let places: HashSet<_> = held.iter().map(|block| block.as_ptr()).collect();
                assert_eq!(places.len(), held.len());
            });
        });
    }
    assert!(pool.blocks() <= 8);
    assert_eq!(pool.used_blocks(), 0);
}

proptest! {
    /// Against a set of addresses: what is handed out is nobody else's, and the counts agree.
    #[test]
    fn a_pool_behaves_like_a_set(initial in 1_u32..20, extra in 0_u32..40, cached in 0_u32..40, steps in prop::collection::vec(any::<u16>(), 0..300)) {
        let max = initial + extra;
        let pool = BlockPool::with_config(PoolConfig::new().block_size(24).initial(initial).max(max).cached(cached));
        let mut held: Vec<NonNull<u8>> = Vec::new();
        let mut most = 0;
        for step in steps {
            if step % 5 < 3 {
                match pool.claim() {
                    Some(block) => {
                        prop_assert!(!held.contains(&block) && pool.contains(block));
                        held.push(block);
                    }
                    None => prop_assert_eq!(held.len() as u32, max),
                }
            } else if !held.is_empty() {
                let block = held.swap_remove(usize::from(step / 5) % held.len());
                // SAFETY: claimed above and held no more.
                unsafe { pool.release(block) };
            }
            most = most.max(held.len() as u32);
            prop_assert_eq!((pool.used_blocks(), pool.blocks()), (held.len() as u32, most));
        }
        let distinct: HashSet<_> = held.iter().collect();
        prop_assert_eq!(distinct.len(), held.len());
    }
}
