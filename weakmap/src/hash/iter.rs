//! The iterators. They pass over expired entries and give strong references for weak ones.

use core::fmt;
use core::iter::FusedIterator;

use hashbrown::hash_table;

use super::kinds::{Half, Owned};
use super::table::{Slot, Table};

/// The living entries.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Iter<'a, K: Half, V: Half>(pub(super) hash_table::Iter<'a, Slot<K, V>>);

/// The living entries, with values to change.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IterMut<'a, K: Half, V: Half>(pub(super) hash_table::IterMut<'a, Slot<K, V>>);

/// The living entries, owned.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoIter<K: Half, V: Half>(pub(super) hash_table::IntoIter<Slot<K, V>>);

/// The living entries, taken out of the table. What is not taken is removed as well.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Drain<'a, K: Half, V: Half>(pub(super) hash_table::Drain<'a, Slot<K, V>>);

/// The keys of the living entries.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Keys<'a, K: Half, V: Half>(pub(super) Iter<'a, K, V>);

/// The values of the living entries.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Values<'a, K: Half, V: Half>(pub(super) Iter<'a, K, V>);

/// The values of the living entries, to change.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ValuesMut<'a, K: Half, V: Half>(pub(super) IterMut<'a, K, V>);

/// The keys of the living entries, owned.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoKeys<K: Half, V: Half>(pub(super) IntoIter<K, V>);

/// The values of the living entries, owned.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoValues<K: Half, V: Half>(pub(super) IntoIter<K, V>);

macro_rules! entries {
    ($name:ident [$($generics:tt)*], $item:ty, $see:expr $(, $is_expired:expr)?) => {
        impl<$($generics)* K: Half, V: Half> Iterator for $name<$($generics)* K, V> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                self.0.find_map($see)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                (0, self.0.size_hint().1)
            }

            // Without making a strong reference of each.
            $(#[inline]
            fn count(self) -> usize {
                self.0.fold(0, |so_far, slot| so_far + usize::from(!$is_expired(&*slot)))
            })?

            #[inline]
            fn fold<B, F: FnMut(B, Self::Item) -> B>(self, first: B, mut f: F) -> B {
                self.0.fold(first, |so_far, slot| match $see(slot) {
                    Some(entry) => f(so_far, entry),
                    None => so_far,
                })
            }
        }

        impl<$($generics)* K: Half, V: Half> FusedIterator for $name<$($generics)* K, V> {}
    };
}

entries!(Iter['a,], (K::Ref<'a>, V::Ref<'a>), Slot::view, Slot::is_expired);
entries!(IterMut['a,], (K::Ref<'a>, V::Mut<'a>), Slot::view_mut, Slot::is_expired);
entries!(IntoIter[], (K::Given, V::Given), Slot::into_given);
entries!(Drain['a,], (K::Given, V::Given), Slot::into_given);

macro_rules! halves {
    ($name:ident [$($generics:tt)*], $item:ty, $half:tt) => {
        impl<$($generics)* K: Half, V: Half> Iterator for $name<$($generics)* K, V> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                self.0.next().map(|entry| entry.$half)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, Self::Item) -> B>(self, first: B, mut f: F) -> B {
                self.0.fold(first, |so_far, entry| f(so_far, entry.$half))
            }
        }

        impl<$($generics)* K: Half, V: Half> FusedIterator for $name<$($generics)* K, V> {}
    };
}

halves!(Keys['a,], K::Ref<'a>, 0);
halves!(Values['a,], V::Ref<'a>, 1);
halves!(ValuesMut['a,], V::Mut<'a>, 1);
halves!(IntoKeys[], K::Given, 0);
halves!(IntoValues[], V::Given, 1);

impl<K: Half, V: Half> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter(self.0.clone())
    }
}

impl<K: Half, V: Half> Clone for Keys<'_, K, V> {
    fn clone(&self) -> Self {
        Keys(self.0.clone())
    }
}

impl<K: Half, V: Half> Clone for Values<'_, K, V> {
    fn clone(&self) -> Self {
        Values(self.0.clone())
    }
}

macro_rules! debug {
    ($($name:ident),*) => {$(
        impl<'a, K: Half, V: Half> fmt::Debug for $name<'a, K, V>
        where
            <$name<'a, K, V> as Iterator>::Item: fmt::Debug,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_list().entries(self.clone()).finish()
            }
        }
    )*};
}

debug!(Iter, Keys, Values);

impl<K: Half, V: Half, S> Table<K, V, S> {
    /// The living entries.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(self.raw.iter())
    }

    /// The keys of the living entries.
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys(self.iter())
    }

    /// The living values.
    pub fn values(&self) -> Values<'_, K, V> {
        Values(self.iter())
    }

    /// The keys of the living entries; consumes the table.
    pub fn into_keys(self) -> IntoKeys<K, V> {
        IntoKeys(self.into_iter())
    }

    /// The living values; consumes the table.
    pub fn into_values(self) -> IntoValues<K, V> {
        IntoValues(self.into_iter())
    }

    /// Takes all entries out and gives the living ones. The memory is kept.
    pub fn drain(&mut self) -> Drain<'_, K, V> {
        self.sweeper.reset();
        Drain(self.raw.drain())
    }
}

impl<K: Half, V, S> Table<K, Owned<V>, S> {
    /// The living entries, with values to change.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, Owned<V>> {
        IterMut(self.raw.iter_mut())
    }

    /// The values of the living entries, to change.
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, Owned<V>> {
        ValuesMut(self.iter_mut())
    }
}

impl<K: Half, V: Half, S> IntoIterator for Table<K, V, S> {
    type Item = (K::Given, V::Given);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter(self.raw.into_iter())
    }
}

impl<'a, K: Half, V: Half, S> IntoIterator for &'a Table<K, V, S> {
    type Item = (K::Ref<'a>, V::Ref<'a>);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K: Half, V, S> IntoIterator for &'a mut Table<K, Owned<V>, S> {
    type Item = (K::Ref<'a>, &'a mut V);
    type IntoIter = IterMut<'a, K, Owned<V>>;

    fn into_iter(self) -> IterMut<'a, K, Owned<V>> {
        self.iter_mut()
    }
}
