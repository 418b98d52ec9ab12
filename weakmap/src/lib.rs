#![no_std]
#![doc = include_str!("../README.md")]
#![deny(unsafe_code)]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod budget;
#[cfg(all(feature = "cache", target_has_atomic = "64"))]
pub mod cache;
mod counter;
#[cfg(feature = "gc")]
mod ephemeron;
pub mod hash;
pub mod map;
mod names;
mod sweeper;
pub mod traits;

pub use budget::{Budget, TryReserveError};
#[cfg(all(feature = "cache", target_has_atomic = "64"))]
pub use cache::Cache;
#[cfg(feature = "gc")]
pub use ephemeron::{EphemeronError, EphemeronIter, EphemeronMap, Pairs};
pub use map::{StrongMap, WeakMap};
pub use names::*;
pub use traits::WeakKey;
pub use weakref_traits::{StrongRef, WeakRef};

/// What hashes keys unless a table is told otherwise: `ahash`, or without that feature what the standard library has.
#[cfg(all(feature = "ahash", feature = "std"))]
pub type DefaultHashBuilder = ahash::RandomState;

/// What hashes keys unless a table is told otherwise: `ahash`.
///
/// Without the feature `std` there is no source of random seeds. Whoever takes keys from strangers gives tables a
/// [`RandomState`](ahash::RandomState) of their own.
#[cfg(all(feature = "ahash", not(feature = "std")))]
#[derive(Clone, Debug)]
pub struct DefaultHashBuilder(ahash::RandomState);

#[cfg(all(feature = "ahash", not(feature = "std")))]
impl Default for DefaultHashBuilder {
    fn default() -> Self {
        // Digits of pi, as good as any.
        let [a, b, c, d] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344, 0xa409_3822_299f_31d0, 0x082e_fa98_ec4e_6c89];
        DefaultHashBuilder(ahash::RandomState::with_seeds(a, b, c, d))
    }
}

#[cfg(all(feature = "ahash", not(feature = "std")))]
impl core::hash::BuildHasher for DefaultHashBuilder {
    type Hasher = ahash::AHasher;

    #[inline]
    fn build_hasher(&self) -> ahash::AHasher {
        self.0.build_hasher()
    }
}

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
