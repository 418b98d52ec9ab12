//! Hash maps and sets of which the keys, the values or both are weak references.
//!
//! There is one [`Table`] and one [`Set`]. Their type parameters say how keys and values are held ([`Owned`], [`ByValue`],
//! [`ByPtr`], [`Weakly`]), and the names that programs use are aliases:
//!
//! | | key | value |
//! |---|---|---|
//! | [`WeakValueHashMap<K, V>`](crate::WeakValueHashMap) | `K` | weak |
//! | [`WeakKeyHashMap<K, V>`](crate::WeakKeyHashMap) | weak, by value | `V` |
//! | [`PtrWeakKeyHashMap<K, V>`](crate::PtrWeakKeyHashMap) | weak, by identity | `V` |
//! | [`WeakWeakHashMap<K, V>`](crate::WeakWeakHashMap) | weak, by value | weak |
//! | [`PtrWeakWeakHashMap<K, V>`](crate::PtrWeakWeakHashMap) | weak, by identity | weak |
//! | [`WeakHashSet<T>`](crate::WeakHashSet) | weak, by value | |
//! | [`PtrWeakHashSet<T>`](crate::PtrWeakHashSet) | weak, by identity | |

mod choose;
mod entry;
mod iter;
mod kinds;
mod map;
mod set;
mod table;

pub use choose::ExtractIf;
pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{Drain, IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Values, ValuesMut};
pub use kinds::{Alike, ByPtr, ByValue, Half, Key, Lookup, Owned, Weakly};
pub use set::Set;
pub use table::Table;

/// The iterators of [`Set`].
pub mod sets {
    pub use super::choose::ExtractElementsIf as ExtractIf;
    pub use super::set::{Difference, Drain, Intersection, IntoIter, Iter, SymmetricDifference, Union};
}
