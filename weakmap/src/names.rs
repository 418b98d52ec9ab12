//! The names of the hash tables, and modules as `weak-table` has them.

use crate::DefaultHashBuilder;
use crate::hash::{ByPtr, ByValue, Owned, Set, Table, Weakly};

/// A hash map with weak values.
pub type WeakValueHashMap<K, V, S = DefaultHashBuilder> = Table<Owned<K>, Weakly<V>, S>;
/// A hash map with weak keys, compared and hashed by what they refer to.
pub type WeakKeyHashMap<K, V, S = DefaultHashBuilder> = Table<ByValue<K>, Owned<V>, S>;
/// A hash map with weak keys, compared and hashed by identity.
pub type PtrWeakKeyHashMap<K, V, S = DefaultHashBuilder> = Table<ByPtr<K>, Owned<V>, S>;
/// A hash map with weak keys and weak values; keys are compared and hashed by what they refer to.
pub type WeakWeakHashMap<K, V, S = DefaultHashBuilder> = Table<ByValue<K>, Weakly<V>, S>;
/// A hash map with weak keys and weak values; keys are compared and hashed by identity.
pub type PtrWeakWeakHashMap<K, V, S = DefaultHashBuilder> = Table<ByPtr<K>, Weakly<V>, S>;
/// A hash set of weak references, compared and hashed by what they refer to.
pub type WeakHashSet<T, S = DefaultHashBuilder> = Set<ByValue<T>, S>;
/// A hash set of weak references, compared and hashed by identity.
pub type PtrWeakHashSet<T, S = DefaultHashBuilder> = Set<ByPtr<T>, S>;

macro_rules! map_module {
    ($module:ident, $map:ident, $key:ident, $value:ident) => {
        #[doc = concat!("[`", stringify!($map), "`] with its entries and iterators.")]
        pub mod $module {
            pub use super::$map;
            use crate::hash::{self, $key, $value};

            /// The place of a key.
            pub type Entry<'a, K, V> = hash::Entry<'a, $key<K>, $value<V>>;
            /// An entry that is there.
            pub type OccupiedEntry<'a, K, V> = hash::OccupiedEntry<'a, $key<K>, $value<V>>;
            /// A place for an entry.
            pub type VacantEntry<'a, K, V> = hash::VacantEntry<'a, $key<K>, $value<V>>;
            /// The living entries.
            pub type Iter<'a, K, V> = hash::Iter<'a, $key<K>, $value<V>>;
            /// The living entries, with values to change.
            pub type IterMut<'a, K, V> = hash::IterMut<'a, $key<K>, $value<V>>;
            /// The living entries, owned.
            pub type IntoIter<K, V> = hash::IntoIter<$key<K>, $value<V>>;
            /// The living entries, taken out.
            pub type Drain<'a, K, V> = hash::Drain<'a, $key<K>, $value<V>>;
            /// The chosen entries, taken out.
            pub type ExtractIf<'a, K, V, F> = hash::ExtractIf<'a, $key<K>, $value<V>, F>;
            /// The keys of the living entries.
            pub type Keys<'a, K, V> = hash::Keys<'a, $key<K>, $value<V>>;
            /// The living values.
            pub type Values<'a, K, V> = hash::Values<'a, $key<K>, $value<V>>;
            /// The living values, to change.
            pub type ValuesMut<'a, K, V> = hash::ValuesMut<'a, $key<K>, $value<V>>;
            /// The keys of the living entries, owned.
            pub type IntoKeys<K, V> = hash::IntoKeys<$key<K>, $value<V>>;
            /// The living values, owned.
            pub type IntoValues<K, V> = hash::IntoValues<$key<K>, $value<V>>;
        }
    };
}

map_module!(weak_value_hash_map, WeakValueHashMap, Owned, Weakly);
map_module!(weak_key_hash_map, WeakKeyHashMap, ByValue, Owned);
map_module!(ptr_weak_key_hash_map, PtrWeakKeyHashMap, ByPtr, Owned);
map_module!(weak_weak_hash_map, WeakWeakHashMap, ByValue, Weakly);
map_module!(ptr_weak_weak_hash_map, PtrWeakWeakHashMap, ByPtr, Weakly);

macro_rules! set_module {
    ($module:ident, $set:ident, $key:ident) => {
        #[doc = concat!("[`", stringify!($set), "`] with its iterators.")]
        pub mod $module {
            pub use super::$set;
            use crate::hash::{sets, $key};

            /// The living elements.
            pub type Iter<'a, T> = sets::Iter<'a, $key<T>>;
            /// The living elements, owned.
            pub type IntoIter<T> = sets::IntoIter<$key<T>>;
            /// The living elements, taken out.
            pub type Drain<'a, T> = sets::Drain<'a, $key<T>>;
            /// The chosen elements, taken out.
            pub type ExtractIf<'a, T, F> = sets::ExtractIf<'a, $key<T>, F>;
            /// The elements of two sets that are in both.
            pub type Intersection<'a, T, S> = sets::Intersection<'a, $key<T>, S>;
            /// The elements of one set that are not in another.
            pub type Difference<'a, T, S> = sets::Difference<'a, $key<T>, S>;
            /// The elements of two sets.
            pub type Union<'a, T, S> = sets::Union<'a, $key<T>, S>;
            /// The elements of two sets that are in one of them only.
            pub type SymmetricDifference<'a, T, S> = sets::SymmetricDifference<'a, $key<T>, S>;
        }
    };
}

set_module!(weak_hash_set, WeakHashSet, ByValue);
set_module!(ptr_weak_hash_set, PtrWeakHashSet, ByPtr);
