//! The ordered map of weak references and its iterators.

mod entry;
mod group;
mod iter;
mod leaves;
mod place;
mod search;
mod weak;

pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Range, Values};
pub use weak::WeakMap;

/// The map that keeps its values alive; what [`WeakMap::upgrade`] gives.
pub type StrongMap<K, V> = alloc::collections::BTreeMap<K, V>;
