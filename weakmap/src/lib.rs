#![no_std]
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod budget;
mod counter;
pub mod hash;
pub mod map;
mod names;
mod sweeper;
pub mod traits;

pub use budget::{Budget, TryReserveError};
pub use map::{StrongMap, WeakMap};
pub use names::*;
pub use traits::WeakKey;
pub use weakref_traits::{StrongRef, WeakRef};

/// What hashes keys unless a table is told otherwise: `ahash`, or without that feature what the standard library has.
#[cfg(feature = "ahash")]
pub type DefaultHashBuilder = ahash::RandomState;
/// What hashes keys unless a table is told otherwise.
#[cfg(all(feature = "std", not(feature = "ahash")))]
pub type DefaultHashBuilder = std::hash::RandomState;
/// Without the features `ahash` and `std` there is no default: tables have to be told what hashes their keys.
#[cfg(not(any(feature = "std", feature = "ahash")))]
#[derive(Clone, Copy, Debug)]
pub enum DefaultHashBuilder {}

/// For models of the counter, which are run with a model checker's atomics.
#[cfg(loom)]
#[doc(hidden)]
pub mod model {
    pub use crate::counter::{Counter, Word};
}
