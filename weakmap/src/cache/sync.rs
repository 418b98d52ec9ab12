//! The locks, which a model checker replaces by its own.

#[cfg(not(loom))]
pub use parking_lot::{RwLock, RwLockWriteGuard};
#[cfg(not(loom))]
pub use std::sync::{Condvar, Mutex};
#[cfg(not(loom))]
pub use std::thread::{ThreadId, current};

#[cfg(loom)]
pub use checked::RwLock;
#[cfg(loom)]
pub use loom::sync::{Condvar, Mutex, RwLockWriteGuard};
#[cfg(loom)]
pub use loom::thread::{ThreadId, current};

#[cfg(loom)]
mod checked {
    use std::sync::PoisonError;

    use loom::sync::{RwLockReadGuard, RwLockWriteGuard};

    /// The model checker's lock with the interface of `parking_lot`, which knows no poison.
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
