//! Every interleaving of the counter of operations: `RUSTFLAGS="--cfg loom" cargo test --release --test loom_counter`.
#![cfg(loom)]

use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use rotifer_weakmap::model::{Counter, Word};

/// As the product has it, but in the model.
struct Exact(AtomicUsize);

impl Word for Exact {
    fn zero() -> Self {
        Exact(AtomicUsize::new(0))
    }

    fn load(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn update(&mut self, change: impl FnOnce(&mut usize)) {
        self.0.with_mut(change);
    }
}

/// Weakened: the increment is a read and a write.
struct Torn(AtomicUsize);

impl Word for Torn {
    fn zero() -> Self {
        Torn(AtomicUsize::new(0))
    }

    fn load(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn increment(&self) {
        self.0.store(self.0.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    fn update(&mut self, change: impl FnOnce(&mut usize)) {
        self.0.with_mut(change);
    }
}

const THREADS: usize = 2;
const EACH: usize = 2;

/// Threads that count up to `limit`; then the one that changes the map has the counter alone.
fn count<W: Word + Send + Sync + 'static>(limit: usize) -> (usize, Counter<W>) {
    let counter = Arc::new(Counter::<W>::zero());
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let counter = counter.clone();
            thread::spawn(move || (0..EACH).for_each(|_| counter.count(limit)))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let Ok(counter) = Arc::try_unwrap(counter) else { panic!("the threads have ended") };
    (counter.get(), counter)
}

fn nothing_is_lost<W: Word + Send + Sync + 'static>() {
    loom::model(|| assert_eq!(count::<W>(100).0, THREADS * EACH));
}

fn the_limit_is_reached_and_hardly_passed<W: Word + Send + Sync + 'static>() {
    loom::model(|| {
        let (number, _) = count::<W>(3);
        assert!((3..3 + THREADS).contains(&number), "assertion: counted {number}");
    });
}

fn the_change_after_them_sees_all<W: Word + Send + Sync + 'static>() {
    loom::model(|| {
        let (number, mut counter) = count::<W>(100);
        assert!(counter.reaches(THREADS * EACH + 1) && number == THREADS * EACH);
        counter.reset();
        assert_eq!(counter.get(), 0);
        assert!(!counter.reaches(2));
    });
}

#[test]
fn exact() {
    nothing_is_lost::<Exact>();
    the_limit_is_reached_and_hardly_passed::<Exact>();
    the_change_after_them_sees_all::<Exact>();
}

#[test]
#[should_panic(expected = "assertion")]
fn torn_increments_lose_counts() {
    nothing_is_lost::<Torn>();
}

#[test]
#[should_panic(expected = "assertion")]
fn torn_increments_miss_the_limit() {
    the_limit_is_reached_and_hardly_passed::<Torn>();
}

#[test]
#[should_panic(expected = "assertion")]
fn torn_increments_are_not_seen_afterwards() {
    the_change_after_them_sees_all::<Torn>();
}
