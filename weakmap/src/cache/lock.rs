//! The lock of a shard. Taking it costs an atomic read-modify-write and releasing it none, where an ordinary lock needs two: the
//! difference is a tenth of a lookup.
//!
//! Releasing is a store, because nobody else writes to the byte that says who holds the lock while somebody does: readers that come
//! while another one reads count themselves in a word of their own. With no barrier after the store, whoever releases the lock may
//! miss one that falls asleep in the same moment. Sleepers therefore look again by themselves every millisecond.

use std::marker::PhantomData;

use super::sync::{AtomicU8, AtomicU32, Bed, Ordering, const_fn};

/// Nobody holds the lock. Readers may share it nevertheless, when the one that held it has gone before them.
const FREE: u8 = 0;
/// A reader holds it.
const READ: u8 = 1;
/// A writer holds it, or has it to itself as soon as nobody shares it any more.
const WRITE: u8 = 2;

/// What models of the lock weaken.
pub trait Policy {
    /// How the lock is taken.
    const TAKE: Ordering = Ordering::Acquire;
    /// How it is released.
    const GIVE: Ordering = Ordering::Release;
    /// How those who leave see that others have left in their place.
    const SEE: Ordering = Ordering::Acquire;
    /// Whether readers that find a writer when they have counted themselves leave as other readers do.
    const ALIKE: bool = true;
    /// Whether writers wait for readers that share it.
    const DRAINED: bool = true;
    /// Whether a writer and a reader that come at one time cannot both miss the other.
    const ORDERED: bool = true;
}

/// What the lock needs.
pub struct Standard;

impl Policy for Standard {}

/// A lock for one writer or many readers, who are not kept from using it wrongly.
pub struct Lock<P = Standard> {
    held: AtomicU8,
    /// How many readers there are besides the one in `held`, those included that are about to find out that there is a writer. They are
    /// all the same: each leaves here if it can, and else there.
    sharers: AtomicU32,
    bed: Bed,
    policy: PhantomData<P>,
}

impl<P: Policy> Lock<P> {
    const_fn! {
        /// A lock that nobody holds.
        pub fn new() -> Self {
            Lock { held: AtomicU8::new(FREE), sharers: AtomicU32::new(0), bed: Bed::new(), policy: PhantomData }
        }
    }

    /// Reads, as soon as that is possible.
    #[inline]
    pub fn read(&self) {
        if !self.hold(READ) {
            self.read_slowly();
        }
    }

    #[cold]
    #[inline(never)]
    fn read_slowly(&self) {
        self.bed.wait(|| self.try_read());
    }

    /// Reads if that is possible now.
    pub fn try_read(&self) -> bool {
        self.hold(READ) || self.share()
    }

    /// Reads beside others unless there is a writer.
    fn share(&self) -> bool {
        if self.held.load(Ordering::Relaxed) == WRITE {
            return false;
        }
        // Said before it is known to be allowed: of this reader and a writer that comes now, at least one sees the other.
        self.sharers.fetch_add(1, Ordering::SeqCst);
        Self::fence();
        let shared = self.held.load(Ordering::SeqCst) != WRITE;
        if shared {
            return true;
        }
        if P::ALIKE {
            // One that has gone meanwhile may have left in this one's place.
            self.end_read();
        } else {
            self.sharers.fetch_sub(1, P::GIVE);
            self.bed.wake();
        }
        false
    }

    /// Stops reading.
    #[inline]
    pub fn end_read(&self) {
        // If nobody shares the lock, this reader holds it, be it that it shared the lock first and the one that held it left in its
        // place. That one's taking of `held` has to come before this one's giving it back, and so has to be acquired.
        if self.sharers.load(P::SEE) == 0 || !self.leave() {
            self.release();
        }
    }

    /// Takes one off those who share the lock. Says whether there was one.
    #[cold]
    #[inline(never)]
    fn leave(&self) -> bool {
        let left = self.sharers.fetch_update(P::GIVE, P::SEE, |sharers| sharers.checked_sub(1)).is_ok();
        if left {
            self.bed.wake();
        }
        left
    }

    /// Writes, as soon as that is possible.
    #[inline]
    pub fn write(&self) {
        if !self.hold(WRITE) {
            self.write_slowly();
        } else if !self.is_drained() {
            self.drain();
        }
    }

    #[cold]
    #[inline(never)]
    fn write_slowly(&self) {
        self.bed.wait(|| self.hold(WRITE));
        self.drain();
    }

    /// Waits for readers that share the lock. No more of them come once it is held for writing.
    #[cold]
    #[inline(never)]
    fn drain(&self) {
        self.bed.wait(|| self.is_drained());
    }

    /// Writes if that is possible now.
    pub fn try_write(&self) -> bool {
        if !self.hold(WRITE) {
            return false;
        }
        let alone = self.is_drained();
        if !alone {
            self.release();
        }
        alone
    }

    /// Stops writing.
    #[inline]
    pub fn end_write(&self) {
        self.release();
    }

    #[inline]
    fn hold(&self, how: u8) -> bool {
        // A writer looks at `sharers` next, and must not do that first.
        let order = if how == WRITE && P::ORDERED { Ordering::SeqCst } else { P::TAKE };
        self.held.compare_exchange(FREE, how, order, Ordering::Relaxed).is_ok()
    }

    #[inline]
    fn is_drained(&self) -> bool {
        Self::fence();
        !P::DRAINED || self.sharers.load(Ordering::SeqCst) == 0
    }

    #[inline]
    fn release(&self) {
        self.held.store(FREE, P::GIVE);
        self.bed.wake();
    }

    /// Sequentially consistent accesses are in one order by themselves, but not in the model checker, which takes them for ones
    /// that acquire and release.
    #[inline]
    fn fence() {
        #[cfg(loom)]
        if P::ORDERED {
            loom::sync::atomic::fence(Ordering::SeqCst);
        }
    }
}

#[cfg(not(loom))]
#[expect(unsafe_code, reason = "the lock is what makes the contents of shards safe to share")]
// SAFETY: while one has the lock for writing, nobody else has it. A writer has it when it has changed `held` from `FREE` to `WRITE` and
// then found no `sharers`. Others change `held` from `FREE` only, and to `FREE` only as readers that hold it. A reader that shares
// the lock has counted itself and then found `held` not to be `WRITE`; all four accesses are sequentially consistent, so that
// one of the two finds the other and waits. What was done under the lock is released with every step that gives it up, and acquired with every
// one that takes it. `tests/loom_lock.rs` tries this.
unsafe impl lock_api::RawRwLock for Lock {
    const INIT: Self = Lock::new();

    type GuardMarker = lock_api::GuardNoSend;

    #[inline]
    fn lock_shared(&self) {
        self.read();
    }

    fn try_lock_shared(&self) -> bool {
        self.try_read()
    }

    #[inline]
    unsafe fn unlock_shared(&self) {
        self.end_read();
    }

    #[inline]
    fn lock_exclusive(&self) {
        self.write();
    }

    fn try_lock_exclusive(&self) -> bool {
        self.try_write()
    }

    #[inline]
    unsafe fn unlock_exclusive(&self) {
        self.end_write();
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
    use std::sync::mpsc;
    use std::thread;
    use std::time::{Duration, Instant};
    use std::vec::Vec;

    use super::super::sync::RwLock;

    const A_WHILE: Duration = Duration::from_millis(20);

    #[test]
    fn one_writes_or_many_read() {
        let lock = RwLock::new(1);
        {
            let (first, second) = (lock.read(), lock.try_read().unwrap());
            assert!(lock.try_write().is_none());
            // The one that came first goes first, and the other way round.
            drop(first);
            assert!(lock.try_write().is_none());
            let third = lock.read();
            drop(second);
            assert!(lock.try_write().is_none());
            assert_eq!(*third, 1);
        }
        {
            let mut only = lock.write();
            assert!(lock.try_read().is_none() && lock.try_write().is_none());
            *only = 2;
        }
        assert_eq!(*lock.try_write().unwrap(), 2);
        assert_eq!(*lock.try_read().unwrap(), 2);
    }

    #[test]
    fn nobody_sees_half_of_a_change_and_none_is_lost() {
        const EACH: u64 = 20_000;
        let lock = RwLock::new((0, 0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for n in 0..EACH {
                        let mut pair = lock.write();
                        pair.0 += 1;
                        if n % 64 == 0 {
                            thread::yield_now();
                        }
                        pair.1 += 1;
                    }
                });
                scope.spawn(|| {
                    for n in 0..EACH {
                        let pair = lock.read();
                        let first = pair.0;
                        if n % 64 == 0 {
                            thread::yield_now();
                        }
                        assert_eq!((first, first), *pair);
                    }
                });
            }
        });
        assert_eq!(*lock.read(), (4 * EACH, 4 * EACH));
    }

    #[test]
    fn those_who_wait_for_long_are_woken() {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            let (ready, is_ready) = mpsc::channel();
            let guard = lock.write();
            let waiting: Vec<_> = (0..4)
                .map(|n| {
                    let (lock, ready) = (&lock, ready.clone());
                    scope.spawn(move || {
                        ready.send(()).unwrap();
                        if n % 2 == 0 { *lock.write() += 1 } else { assert!(*lock.read() <= 2) }
                    })
                })
                .collect();
            waiting.iter().for_each(|_| is_ready.recv().unwrap());
            thread::sleep(A_WHILE);
            assert!(waiting.iter().all(|thread| !thread.is_finished()));
            drop(guard);
        });
        // A writer that waits for two readers.
        thread::scope(|scope| {
            let (first, second) = (lock.read(), lock.read());
            let writer = scope.spawn(|| *lock.write() += 1);
            thread::sleep(A_WHILE);
            drop(first);
            thread::sleep(A_WHILE);
            assert!(!writer.is_finished());
            drop(second);
        });
        assert_eq!(*lock.read(), 3);
    }

    #[test]
    fn readers_do_not_keep_a_writer_out() {
        let (lock, done, reads) = (RwLock::new(0), AtomicBool::new(false), AtomicU64::new(0));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !done.load(Relaxed) {
                        assert!(*lock.read() <= 1000);
                        reads.fetch_add(1, Relaxed);
                    }
                });
            }
            let start = Instant::now();
            while reads.load(Relaxed) == 0 {
                thread::yield_now();
            }
            (0..1000).for_each(|_| *lock.write() += 1);
            done.store(true, Relaxed);
            assert!(start.elapsed() < Duration::from_secs(60));
        });
        assert_eq!(*lock.read(), 1000);
    }

    #[test]
    fn a_panic_releases_the_lock() {
        let lock = RwLock::new(0);
        thread::scope(|scope| {
            let panics = scope.spawn(|| {
                let mut guard = lock.write();
                *guard = 1;
                panic!("on purpose");
            });
            assert!(panics.join().is_err());
        });
        assert_eq!(*lock.try_read().unwrap(), 1);
    }
}
