//! Models of claiming and releasing blocks: the region that is made and grown, the lists of several threads.
#![cfg(loom)]

use std::alloc::System;
use std::collections::HashSet;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::Ordering;
use loom::thread;
use rotifer_arena::free_list::{Policy, Standard};
use rotifer_arena::{BlockPool, PoolConfig, set_slot};

/// Blocks are published without release.
struct WeakPublish;

impl Policy for WeakPublish {
    const TAG_BITS: u32 = 32;
    const TAKE: Ordering = Ordering::Acquire;
    const PUBLISH: Ordering = Ordering::Relaxed;
}

/// The tag removed.
struct NoTag;

impl Policy for NoTag {
    const TAG_BITS: u32 = 0;
    const TAKE: Ordering = Ordering::Acquire;
    const PUBLISH: Ordering = Ordering::Release;
}

type Pool<P = Standard> = BlockPool<System, P>;

fn pool<P: Policy>(initial: u32, max: u32) -> Arc<Pool<P>> {
    let config = PoolConfig::new().block_size(64).initial(initial).max(max);
    Arc::new(BlockPool::with_source(config, System))
}

fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(model);
}

/// Two threads make the region at the same time; each has a block of its own.
#[test]
fn the_region_is_made_once() {
    explore(|| {
        let pool = pool::<Standard>(2, 2);
        let threads = [pool.clone(), pool.clone()].map(|pool| thread::spawn(move || pool.claim().map(|at| at.addr())));
        let blocks = threads.map(|thread| thread.join().unwrap());
        assert!(blocks.iter().all(Option::is_some) && blocks[0] != blocks[1]);
        assert_eq!((pool.blocks(), pool.reserved_bytes()), (2, 128));
        assert!(pool.claim().is_none());
    });
}

/// The region grows while another thread claims, and never beyond its limit.
#[test]
fn growth_stays_within_the_limit() {
    explore(|| {
        let pool = pool::<Standard>(1, 2);
        let threads = [pool.clone(), pool.clone()].map(|pool| {
            thread::spawn(move || {
                let block = pool.claim();
                assert!(pool.blocks() <= 2);
                block.map(|at| at.addr())
            })
        });
        let third = pool.claim().map(|at| at.addr());
        let [first, second] = threads.map(|thread| thread.join().unwrap());
        let mut blocks: Vec<_> = [first, second, third].into_iter().flatten().collect();
        blocks.sort_unstable();
        blocks.dedup();
        assert_eq!((blocks.len(), pool.blocks()), (2, 2));
    });
}

/// What one thread wrote to a block before it released it has happened for the next owner; with more threads than blocks.
fn a_block_passes_on<P: Policy>() {
    explore(|| {
        let pool = pool::<P>(1, 1);
        // Stands for the contents of the one block.
        let contents = Arc::new(UnsafeCell::new(0));
        let work = |pool: Arc<Pool<P>>, contents: Arc<UnsafeCell<u32>>| {
            move || {
                let Some(block) = pool.block() else { return 0 };
                contents.with_mut(|contents| {
                    // SAFETY: loom ends the model if somebody else may be at it.
                    unsafe { *contents += 1 }
                });
                drop(block);
                1
            }
        };
        let threads = [(); 2].map(|()| thread::spawn(work(pool.clone(), contents.clone())));
        let mut served: u32 = threads.map(|thread| thread.join().unwrap()).iter().sum();
        assert!(served >= 1);
        served += work(pool.clone(), contents.clone())();
        contents.with(|contents| {
            // SAFETY: as above.
            assert_eq!(unsafe { *contents }, served);
        });
        assert_eq!((pool.blocks(), pool.free_blocks()), (1, 1));
    });
}

#[test]
fn a_block_passes_from_owner_to_owner() {
    a_block_passes_on::<Standard>();
}

#[test]
#[should_panic(expected = "not visible")]
fn a_block_released_without_release_fails() {
    a_block_passes_on::<WeakPublish>();
}

/// One thread claims while another claims two blocks and releases the first.
fn blocks_have_one_owner<P: Policy>() {
    explore(|| {
        let pool = pool::<P>(3, 3);
        let blocks = [(); 3].map(|()| pool.block().unwrap());
        drop(blocks);
        let other = pool.clone();
        let thread = thread::spawn(move || {
            let first = other.claim().unwrap();
            let second = other.claim();
            // SAFETY: claimed above and not used.
            unsafe { other.release(first) };
            second.map(|at| at.addr())
        });
        let mine = [pool.claim().map(|at| at.addr()), pool.claim().map(|at| at.addr())];
        let theirs = thread.join().unwrap();
        assert!(mine[0] != mine[1] && mine.iter().all(|at| at.is_none() || *at != theirs), "a block has two owners");
    });
}

#[test]
fn blocks_are_claimed_once() {
    blocks_have_one_owner::<Standard>();
}

#[test]
#[should_panic(expected = "two owners")]
fn blocks_without_a_tag_fail() {
    blocks_have_one_owner::<NoTag>();
}

/// An owner that goes on after the release is noticed.
#[test]
#[should_panic(expected = "Causality violation")]
fn use_after_release_is_noticed() {
    explore(|| {
        let pool = pool::<Standard>(1, 1);
        let contents = Arc::new(UnsafeCell::new(0));
        let (other_pool, other_contents) = (pool.clone(), contents.clone());
        let thread = thread::spawn(move || {
            drop(other_pool.block());
            other_contents.with_mut(|contents| {
                // SAFETY: loom ends the model, as it should.
                unsafe { *contents += 1 }
            });
        });
        if let Some(_block) = pool.block() {
            contents.with_mut(|contents| {
                // SAFETY: as above.
                unsafe { *contents += 1 }
            });
        }
        thread.join().unwrap();
    });
}

/// Threads with magazines of their own, and one after them that takes over the slot of the first.
fn magazines(later: usize) {
    explore(move || {
        let config = PoolConfig::new().block_size(64).initial(2).max(2).cached(1);
        let pool: Arc<Pool> = Arc::new(BlockPool::with_source(config, System));
        // Which blocks have an owner; loom does not look into this.
        let owned = std::sync::Arc::new(std::sync::Mutex::new(HashSet::new()));
        let work = |pool: Arc<Pool>, slot| {
            let owned = owned.clone();
            move || {
                set_slot(slot);
                let blocks: Vec<_> = (0..2).filter_map(|_| pool.claim()).collect();
                for block in &blocks {
                    assert!(owned.lock().unwrap().insert(block.addr()), "blocks have two owners");
                }
                for &block in &blocks {
                    owned.lock().unwrap().remove(&block.addr());
                    // SAFETY: claimed above and not used.
                    unsafe { pool.release(block) };
                }
                !blocks.is_empty()
            }
        };
        let first = thread::spawn(work(pool.clone(), 0));
        let second = thread::spawn(work(pool.clone(), later));
        first.join().unwrap();
        second.join().unwrap();
        assert!(work(pool.clone(), 0)(), "what the first thread kept is there for whoever has its slot");
        assert_eq!(pool.used_blocks(), 0, "blocks are lost");
    });
}

#[test]
fn magazines_have_one_owner() {
    magazines(1);
}

/// The slot given to two threads at once.
#[test]
#[should_panic(expected = "blocks ")]
fn magazines_with_two_owners_fail() {
    magazines(0);
}
