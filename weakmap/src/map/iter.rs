//! The iterators. All but [`IterMut`] pass over expired entries and give strong references.

use core::fmt;
use core::iter::FusedIterator;

use weakref_traits::WeakRef;

use super::leaves::{Leaves, RawIntoIter, RawIter, RawIterMut};
use super::place::Place;

/// The living entries of a [`WeakMap`](super::WeakMap), in the order of their keys.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Iter<'a, K, V> {
    pub(super) raw: RawIter<'a, K, V>,
}

/// The entries of a [`WeakMap`](super::WeakMap), expired ones included, in the order of their keys.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IterMut<'a, K, V> {
    pub(super) raw: RawIterMut<'a, K, V>,
    pub(super) left: usize,
}

/// The living entries of a [`WeakMap`](super::WeakMap), in the order of their keys, owned.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoIter<K, V> {
    pub(super) raw: RawIntoIter<K, V>,
}

/// The keys of the living entries of a [`WeakMap`](super::WeakMap).
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Keys<'a, K, V>(pub(super) Iter<'a, K, V>);

/// The living values of a [`WeakMap`](super::WeakMap), in the order of their keys.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Values<'a, K, V>(pub(super) Iter<'a, K, V>);

/// The keys of the living entries of a [`WeakMap`](super::WeakMap), owned.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoKeys<K, V>(pub(super) IntoIter<K, V>);

/// The living values of a [`WeakMap`](super::WeakMap), in the order of their keys, owned.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoValues<K, V>(pub(super) IntoIter<K, V>);

/// Iterators that find the next living entry in an iterator over all of them.
macro_rules! living {
    ($name:ident [$($generics:tt)*], $key:ty) => {
        impl<$($generics)* K, V: WeakRef> Iterator for $name<$($generics)* K, V> {
            type Item = ($key, V::Strong);

            fn next(&mut self) -> Option<Self::Item> {
                self.raw.find_map(|(key, value)| Some((key, value.upgrade()?)))
            }

            fn fold<B, F: FnMut(B, Self::Item) -> B>(self, first: B, mut f: F) -> B {
                self.raw.fold(first, |so_far, (key, value)| match value.upgrade() {
                    Some(value) => f(so_far, (key, value)),
                    None => so_far,
                })
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (0, self.raw.size_hint().1)
            }
        }

        impl<$($generics)* K, V: WeakRef> DoubleEndedIterator for $name<$($generics)* K, V> {
            fn next_back(&mut self) -> Option<Self::Item> {
                loop {
                    let (key, value) = self.raw.next_back()?;
                    if let Some(value) = value.upgrade() {
                        return Some((key, value));
                    }
                }
            }
        }
    };
}

living!(Iter['a,], &'a K);
living!(IntoIter[], K);

/// Iterators that give one half of the entries of another.
macro_rules! half {
    ($name:ident [$($generics:tt)*], $item:ty, $half:tt) => {
        impl<$($generics)* K, V: WeakRef> Iterator for $name<$($generics)* K, V> {
            type Item = $item;

            fn next(&mut self) -> Option<Self::Item> {
                self.0.next().map(|entry| entry.$half)
            }

            fn fold<B, F: FnMut(B, Self::Item) -> B>(self, first: B, mut f: F) -> B {
                self.0.fold(first, |so_far, entry| f(so_far, entry.$half))
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<$($generics)* K, V: WeakRef> DoubleEndedIterator for $name<$($generics)* K, V> {
            fn next_back(&mut self) -> Option<Self::Item> {
                self.0.next_back().map(|entry| entry.$half)
            }
        }
    };
}

half!(Keys['a,], &'a K, 0);
half!(Values['a,], V::Strong, 1);
half!(IntoKeys[], K, 0);
half!(IntoValues[], V::Strong, 1);

/// The living entries of a [`WeakMap`](super::WeakMap) with keys in a range, in their order; see
/// [`WeakMap::range`](super::WeakMap::range).
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Range<'a, K, V> {
    pub(super) leaves: &'a Leaves<K, V>,
    pub(super) from: Place,
    pub(super) to: Place,
}

impl<'a, K, V: WeakRef> Iterator for Range<'a, K, V> {
    type Item = (&'a K, V::Strong);

    fn next(&mut self) -> Option<Self::Item> {
        while self.from < self.to {
            let (key, value) = self.leaves.get(self.from)?;
            self.from = self.leaves.after(self.from);
            if let Some(value) = value.upgrade() {
                return Some((key, value));
            }
        }
        None
    }
}

impl<K, V: WeakRef> DoubleEndedIterator for Range<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        while self.from < self.to {
            self.to = self.leaves.before(self.to)?;
            let (key, value) = self.leaves.get(self.to)?;
            if let Some(value) = value.upgrade() {
                return Some((key, value));
            }
        }
        None
    }
}

impl<K, V> Clone for Range<'_, K, V> {
    fn clone(&self) -> Self {
        Range { ..*self }
    }
}

impl<K, V: WeakRef> FusedIterator for Range<'_, K, V> {}

impl<'a, K, V> Iterator for IterMut<'a, K, V> {
    type Item = (&'a K, &'a mut V);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.raw.next()?;
        self.left -= 1;
        Some((key, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K, V> DoubleEndedIterator for IterMut<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        let (key, value) = self.raw.next_back()?;
        self.left -= 1;
        Some((key, value))
    }
}

impl<K, V> ExactSizeIterator for IterMut<'_, K, V> {}

impl<K, V> Default for IterMut<'_, K, V> {
    fn default() -> Self {
        IterMut { raw: [].iter_mut().flatten().flatten(), left: 0 }
    }
}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Iter { raw: self.raw.clone() }
    }
}

impl<K, V> Default for Iter<'_, K, V> {
    fn default() -> Self {
        Iter { raw: [].iter().flatten().flatten() }
    }
}

impl<K, V> Default for IntoIter<K, V> {
    fn default() -> Self {
        IntoIter { raw: alloc::vec::Vec::new().into_iter().flatten().flatten() }
    }
}

macro_rules! wrappers {
    ($($name:ident [$($generics:tt)*]),*) => {$(
        impl<$($generics)* K, V> Default for $name<$($generics)* K, V> {
            fn default() -> Self {
                $name(Default::default())
            }
        }
    )*};
}

wrappers!(Keys['a,], Values['a,], IntoKeys[], IntoValues[]);

impl<K, V> Clone for Keys<'_, K, V> {
    fn clone(&self) -> Self {
        Keys(self.0.clone())
    }
}

impl<K, V> Clone for Values<'_, K, V> {
    fn clone(&self) -> Self {
        Values(self.0.clone())
    }
}

impl<K, V: WeakRef> FusedIterator for Iter<'_, K, V> {}
impl<K, V> FusedIterator for IterMut<'_, K, V> {}
impl<K, V: WeakRef> FusedIterator for IntoIter<K, V> {}
impl<K, V: WeakRef> FusedIterator for Keys<'_, K, V> {}
impl<K, V: WeakRef> FusedIterator for Values<'_, K, V> {}
impl<K, V: WeakRef> FusedIterator for IntoKeys<K, V> {}
impl<K, V: WeakRef> FusedIterator for IntoValues<K, V> {}

impl<K: fmt::Debug, V: WeakRef<Strong: fmt::Debug>> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<K: fmt::Debug, V: WeakRef> fmt::Debug for Keys<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<K, V: WeakRef<Strong: fmt::Debug>> fmt::Debug for Values<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
