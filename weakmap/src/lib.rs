//! Maps that do not keep their values alive, over any pair of strong and weak references.
//!
//! [`WeakMap`] is an ordered map from keys to weak references. It is used like a `BTreeMap` whose entries vanish by themselves
//! when nobody else holds their values any more:
//!
//! ```
//! use std::sync::{Arc, Weak};
//! use rotifer_weakmap::WeakMap;
//!
//! let mut sessions = WeakMap::<u32, Weak<String>>::new();
//! let anna = Arc::new("Anna's session".to_string());
//! sessions.insert(1, &anna);
//! assert_eq!(sessions.get(&1), Some(anna.clone()));
//!
//! drop(anna); // the last strong reference
//! assert_eq!(sessions.get(&1), None);
//! assert_eq!(sessions.len(), 0);
//! assert_eq!(sessions.raw_len(), 1); // what is left of the entry goes with later operations, or with `cleanup`
//! ```
//!
//! Any reference will do that implements the traits of [`weakref_traits`], which are exported here, too: `Rc`, `Arc`, or a type
//! of one's own.
//!
//! # Sweeping
//!
//! What is left of an expired entry (its key and the weak reference) is removed by later operations. Each operation is
//! counted. After a number of them ([`WeakMap::set_threshold`], 1000 at first) a pass over the map begins, in which every
//! operation that changes the map pays for two entries, and **none examines more than 128**. A pass over `n` entries so takes
//! at most `n / 2` changes, and what expires after the pass has been there goes with the next one. Only `cleanup`, `retain`
//! and `clear` look at everything at once.
//!
//! # Coming from `weak-map`
//!
//! Change the `use` line. What differs: `==` holds only when both sides have the same living entries (there, a map equals every
//! map that has its entries *and others*), and conversion into a `BTreeMap` asks for `K: Ord`.
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod budget;
#[cfg(all(feature = "cache", target_has_atomic = "64"))]
pub mod cache;
mod counter;
pub mod hash;
pub mod map;
mod names;
mod sweeper;
pub mod traits;

pub use budget::{Budget, TryReserveError};
#[cfg(all(feature = "cache", target_has_atomic = "64"))]
pub use cache::Cache;
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
