//! Blocks of 4096 bytes: the pool against the system allocator, `Mutex<Slab>` and `sharded-slab`.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::ptr::NonNull;
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main};
use rotifer_arena::BlockPool;

const LAYOUT: Layout = match Layout::from_size_align(4096, 16) {
    Ok(layout) => layout,
    Err(_) => panic!(),
};

/// Blocks that a thread holds at a time.
const HELD: usize = 32;

/// What is compared: something that gives out blocks of 4096 bytes and takes them back.
trait Blocks: Sync {
    type Handle<'a>
    where
        Self: 'a;
    fn take(&self) -> Self::Handle<'_>;
    fn give_back<'a>(&'a self, block: Self::Handle<'a>);
}

impl Blocks for BlockPool {
    type Handle<'a> = NonNull<u8>;

    fn take(&self) -> NonNull<u8> {
        let block = self.claim().unwrap();
        // SAFETY: the block is ours.
        unsafe { block.write(1) };
        block
    }

    fn give_back(&self, block: NonNull<u8>) {
        // SAFETY: claimed by `take`.
        unsafe { self.release(block) }
    }
}

impl Blocks for System {
    type Handle<'a> = *mut u8;

    fn take(&self) -> *mut u8 {
        // SAFETY: the layout has a size.
        let block = unsafe { self.alloc(LAYOUT) };
        assert!(!block.is_null());
        // SAFETY: the block is ours.
        unsafe { block.write(1) };
        block
    }

    fn give_back(&self, block: *mut u8) {
        // SAFETY: allocated by `take`.
        unsafe { self.dealloc(block, LAYOUT) }
    }
}

/// A block that does not have to be initialised each time.
struct Page([u8; 4096]);

impl Default for Page {
    fn default() -> Self {
        Page([0; 4096])
    }
}

impl sharded_slab::Clear for Page {
    fn clear(&mut self) {}
}

/// Pages in a slab together with the list of the ones that are free, as one would write it.
struct LockedSlab(Mutex<(slab::Slab<Box<Page>>, Vec<usize>)>);

impl Blocks for LockedSlab {
    type Handle<'a> = usize;

    fn take(&self) -> usize {
        let mut guard = self.0.lock().unwrap();
        let (slab, free) = &mut *guard;
        let key = free.pop().unwrap_or_else(|| slab.insert(Box::default()));
        slab[key].0[0] = 1;
        key
    }

    fn give_back(&self, key: usize) {
        self.0.lock().unwrap().1.push(key);
    }
}

impl Blocks for sharded_slab::Pool<Page> {
    type Handle<'a> = usize;

    fn take(&self) -> usize {
        let mut block = self.create().unwrap();
        block.0[0] = 1;
        block.key()
    }

    fn give_back(&self, key: usize) {
        assert!(self.clear(key));
    }
}

fn rounds<B: Blocks>(blocks: &B, rounds: u64) {
    for _ in 0..rounds {
        let block = blocks.take();
        blocks.give_back(black_box(block));
    }
}

/// Takes a handful, then gives them back in the order they were taken.
fn bursts<B: Blocks>(blocks: &B, rounds: u64) {
    let mut held = Vec::with_capacity(HELD);
    for _ in 0..rounds {
        for _ in 0..HELD {
            held.push(blocks.take());
        }
        for block in held.drain(..) {
            blocks.give_back(black_box(block));
        }
    }
}

fn on_threads<B: Blocks>(blocks: &B, threads: usize, work: fn(&B, u64), rounds: u64) -> Duration {
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    work(blocks, 4);
                    barrier.wait();
                    let began = Instant::now();
                    work(blocks, rounds);
                    began.elapsed()
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).max().unwrap()
    })
}

fn case<B: Blocks>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    threads: usize,
    blocks: &B,
    work: fn(&B, u64),
) {
    group.bench_function(name, |b| {
        if threads == 1 {
            b.iter_custom(|rounds| {
                work(blocks, 4);
                let began = Instant::now();
                work(blocks, rounds);
                began.elapsed()
            });
        } else {
            b.iter_custom(|rounds| on_threads(blocks, threads, work, rounds));
        }
    });
}

fn pool(c: &mut Criterion) {
    for threads in [1, 2] {
        for burst in [false, true] {
            let what = if burst { "bursts" } else { "pairs" };
            let mut group = c.benchmark_group(format!("arena/pool/{what}/{threads}-threads"));
            macro_rules! case {
                ($name:literal, $blocks:expr) => {
                    let blocks = $blocks;
                    case(&mut group, $name, threads, &blocks, if burst { bursts } else { rounds });
                };
            }
            case!("rotifer", BlockPool::new());
            case!("system", System);
            case!("mutex-slab", LockedSlab(Mutex::default()));
            case!("sharded-slab", sharded_slab::Pool::<Page>::new());
            group.finish();
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(15)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = pool
}
criterion_main!(benches);
