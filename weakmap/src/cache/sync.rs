//! The locks and what they are made of, which a model checker replaces by its own.

#[cfg(loom)]
pub use checked::{Bed, RwLock};
#[cfg(loom)]
pub use loom::sync::atomic::{AtomicU8, AtomicU32, Ordering};
#[cfg(loom)]
pub use loom::sync::{Condvar, Mutex, RwLockWriteGuard};
#[cfg(loom)]
pub use loom::thread::{ThreadId, current};
#[cfg(not(loom))]
pub use real::{Bed, RwLock, RwLockWriteGuard};
#[cfg(not(loom))]
pub use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
#[cfg(not(loom))]
pub use std::sync::{Condvar, Mutex};
#[cfg(not(loom))]
pub use std::thread::{ThreadId, current};

/// Defines a constructor that is `const`, but not for the model checker, whose atomics cannot be made at compile time.
macro_rules! const_fn {
    ($(#[$meta:meta])* pub fn $name:ident() -> $result:ty $body:block) => {
        $(#[$meta])*
        #[cfg(not(loom))]
        pub const fn $name() -> $result $body

        $(#[$meta])*
        #[cfg(loom)]
        pub fn $name() -> $result $body
    };
}
pub(super) use const_fn;

#[cfg(not(loom))]
mod real {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst};
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::thread;
    use std::time::Duration;

    use super::super::lock::Lock;

    pub type RwLock<T> = lock_api::RwLock<Lock, T>;
    pub type RwLockWriteGuard<'a, T> = lock_api::RwLockWriteGuard<'a, Lock, T>;

    /// Rounds of waiting in a loop, each twice as long as the one before.
    const SPINS: u32 = 6;
    /// Rounds of leaving the processor to others.
    const YIELDS: u32 = 6;
    /// How long somebody sleeps who is not woken.
    const NAP: Duration = Duration::from_millis(1);

    /// Where those sleep for whom it takes too long.
    pub struct Bed {
        /// Whether somebody does, or may.
        used: AtomicBool,
        /// How often they were woken.
        calls: Mutex<u64>,
        called: Condvar,
    }

    impl Bed {
        pub const fn new() -> Self {
            Bed { used: AtomicBool::new(false), calls: Mutex::new(0), called: Condvar::new() }
        }

        /// Waits until something has been done, which is tried ever more seldom.
        pub fn wait(&self, mut done: impl FnMut() -> bool) {
            for round in 0..SPINS + YIELDS {
                if done() {
                    return;
                }
                if round < SPINS {
                    (0..1 << round).for_each(|_| std::hint::spin_loop());
                } else {
                    thread::yield_now();
                }
            }
            loop {
                let calls = *self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                self.used.store(true, SeqCst);
                if done() {
                    return;
                }
                let asleep = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                let woken = self.called.wait_timeout_while(asleep, NAP, |now| *now == calls);
                drop(woken.unwrap_or_else(PoisonError::into_inner));
            }
        }

        /// Wakes all who sleep. May miss those who fall asleep now.
        #[inline]
        pub fn wake(&self) {
            if self.used.load(Relaxed) {
                self.call();
            }
        }

        #[cold]
        #[inline(never)]
        fn call(&self) {
            self.used.store(false, Relaxed);
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            *calls = calls.wrapping_add(1);
            self.called.notify_all();
        }
    }
}

#[cfg(loom)]
mod checked {
    use std::sync::PoisonError;

    use loom::sync::{Condvar, Mutex, RwLockReadGuard, RwLockWriteGuard};

    /// A place to sleep where nobody wakes by himself, and everybody who sleeps is called.
    pub struct Bed {
        calls: Mutex<u32>,
        called: Condvar,
    }

    impl Bed {
        pub fn new() -> Self {
            Bed { calls: Mutex::new(0), called: Condvar::new() }
        }

        pub fn wait(&self, mut done: impl FnMut() -> bool) {
            loop {
                let calls = *self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                if done() {
                    return;
                }
                let mut now = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                while *now == calls {
                    now = self.called.wait(now).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }

        pub fn wake(&self) {
            *self.calls.lock().unwrap_or_else(PoisonError::into_inner) += 1;
            self.called.notify_all();
        }
    }

    /// The model checker's lock with the interface of ours, which knows no poison.
    pub struct RwLock<T>(loom::sync::RwLock<T>);

    impl<T> RwLock<T> {
        pub fn new(value: T) -> Self {
            RwLock(loom::sync::RwLock::new(value))
        }

        pub fn read(&self) -> RwLockReadGuard<'_, T> {
            self.0.read().unwrap_or_else(PoisonError::into_inner)
        }

        pub fn write(&self) -> RwLockWriteGuard<'_, T> {
            self.0.write().unwrap_or_else(PoisonError::into_inner)
        }
    }
}
