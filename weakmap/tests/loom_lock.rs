//! Every interleaving of threads that take the lock of a shard:
//! `RUSTFLAGS="--cfg loom" cargo test -p rotifer-weakmap --features cache --test 'loom_*' --release --target-dir target/loom`.
//!
//! Each model that passes has twins from which a part was taken away, and which fail.
#![cfg(all(loom, feature = "cache"))]

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::Ordering;
use loom::thread;
use rotifer_weakmap::cache::{Lock, Policy, Standard};

/// The lock is taken without acquire.
struct WeakTake;
impl Policy for WeakTake {
    const TAKE: Ordering = Ordering::Relaxed;
    const ORDERED: bool = false;
}

/// The lock is released without release.
struct WeakGive;
impl Policy for WeakGive {
    const GIVE: Ordering = Ordering::Relaxed;
}

/// Writers and readers that come at one time may miss each other.
struct Unordered;
impl Policy for Unordered {
    const ORDERED: bool = false;
}

/// Readers that find a writer take off what another one may have taken off for them.
struct Unlike;
impl Policy for Unlike {
    const ALIKE: bool = false;
}

/// What others did who left in one's place need not have happened before.
struct WeakSee;
impl Policy for WeakSee {
    const SEE: Ordering = Ordering::Relaxed;
}

/// Writers forget those who share the lock.
struct Undrained;
impl Policy for Undrained {
    const DRAINED: bool = false;
}

/// A lock and what it protects; loom ends the model when somebody reads or writes what another one writes.
struct Guarded<P> {
    lock: Lock<P>,
    number: UnsafeCell<u32>,
}

impl<P: Policy> Guarded<P> {
    fn read(&self) -> u32 {
        self.lock.read();
        self.look()
    }

    /// What a reader does that has the lock.
    fn look(&self) -> u32 {
        let number = self.number.with(|number| {
            // SAFETY: loom ends the model if somebody writes to it.
            unsafe { *number }
        });
        self.lock.end_read();
        number
    }

    fn write(&self) {
        self.lock.write();
        self.change();
    }

    /// What a writer does that has the lock.
    fn change(&self) {
        self.number.with_mut(|number| {
            // SAFETY: loom ends the model if somebody else is at it.
            unsafe { *number += 1 }
        });
        self.lock.end_write();
    }
}

type Work<P> = fn(&Guarded<P>);

/// All of the work at one time, and then what came of it, which `writes` say.
fn model<P: Policy + Send + Sync + 'static>(work: &'static [Work<P>], writes: std::ops::RangeInclusive<u32>) {
    let mut model = loom::model::Builder::new();
    // There are more interleavings than can be tried unless switches are limited.
    model.preemption_bound = Some(4);
    model.check(move || {
        let guarded = Arc::new(Guarded::<P> { lock: Lock::new(), number: UnsafeCell::new(0) });
        let threads: Vec<_> = work[1..]
            .iter()
            .map(|work| {
                let guarded = guarded.clone();
                thread::spawn(move || work(&guarded))
            })
            .collect();
        work[0](&guarded);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(guarded.lock.try_write(), "the lock is free at the end");
        guarded.lock.end_write();
        let number = guarded.read();
        assert!(writes.contains(&number), "{number} writes");
    });
}

fn writes<P: Policy>(guarded: &Guarded<P>) {
    guarded.write();
}

fn reads<P: Policy>(guarded: &Guarded<P>) {
    assert!(guarded.read() <= 2);
}

fn reads_twice<P: Policy>(guarded: &Guarded<P>) {
    let first = guarded.read();
    assert!(first <= guarded.read());
}

/// By the time of the reading, another thread may have seen each of the writings.
fn writes_twice_and_reads<P: Policy>(guarded: &Guarded<P>) {
    guarded.write();
    guarded.write();
    assert_eq!(guarded.read(), 2);
}

/// Two readers of which the one that came first leaves first.
fn shares<P: Policy>(guarded: &Guarded<P>) {
    guarded.lock.read();
    let shared = guarded.lock.try_read();
    let number = guarded.look();
    if shared {
        assert_eq!(guarded.look(), number);
    }
}

fn tries_to_read<P: Policy>(guarded: &Guarded<P>) {
    if guarded.lock.try_read() {
        guarded.look();
    }
}

fn tries_to_write<P: Policy>(guarded: &Guarded<P>) {
    if guarded.lock.try_write() {
        guarded.change();
    }
}

#[test]
fn one_of_two_writers_waits() {
    model::<Standard>(&[writes, writes], 2..=2);
}

#[test]
fn a_reader_waits_for_a_writer_or_the_other_way_round() {
    model::<Standard>(&[writes, reads_twice], 1..=1);
}

#[test]
fn a_writer_waits_for_those_who_share() {
    model::<Standard>(&[writes, shares], 1..=1);
}

#[test]
fn a_reader_that_finds_a_writer_where_there_was_none() {
    model::<Standard>(&[writes_twice_and_reads, tries_to_read], 2..=2);
}

#[test]
fn two_readers_and_a_writer() {
    model::<Standard>(&[reads, writes, reads], 1..=1);
}

#[test]
fn a_reader_and_two_writers() {
    model::<Standard>(&[reads, writes, writes], 2..=2);
}

#[test]
fn writers_that_only_try() {
    model::<Standard>(&[shares, tries_to_write, tries_to_write], 0..=2);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn taking_without_acquire_is_found_out() {
    model::<WeakTake>(&[writes, reads], 1..=1);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn releasing_without_release_is_found_out() {
    model::<WeakGive>(&[writes, reads], 1..=1);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn sharing_without_an_order_is_found_out() {
    model::<Unordered>(&[reads, writes, reads], 1..=1);
}

#[test]
#[should_panic(expected = "the lock is free at the end")]
fn leaving_twice_is_found_out() {
    model::<Unlike>(&[writes_twice_and_reads, tries_to_read], 2..=2);
}

#[test]
#[should_panic(expected = "the lock is free at the end")]
fn leaving_for_others_unseen_is_found_out() {
    model::<WeakSee>(&[reads, writes, reads], 1..=1);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn writing_while_others_share_is_found_out() {
    model::<Undrained>(&[reads, writes, reads], 1..=1);
}
