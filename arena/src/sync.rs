//! The atomics: those of `core`, or loom's while the models run.

#[cfg(loom)]
pub(crate) use loom::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

#[cfg(not(loom))]
pub(crate) use core::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

/// Defines a constructor that is `const`, but not with loom, whose atomics cannot be made at compile time.
macro_rules! const_fn {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $result:ty $body:block) => {
        $(#[$meta])*
        #[cfg(not(loom))]
        $vis const fn $name($($arg: $type),*) -> $result $body

        $(#[$meta])*
        #[cfg(loom)]
        $vis fn $name($($arg: $type),*) -> $result $body
    };
}
pub(crate) use const_fn;
