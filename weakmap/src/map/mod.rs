//! The ordered map of weak references and its iterators.

mod iter;
mod leaves;
mod weak;

pub use iter::{IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values};
pub use weak::WeakMap;

/// The map that keeps its values alive; what [`WeakMap::upgrade`] gives.
pub type StrongMap<K, V> = alloc::collections::BTreeMap<K, V>;
