//! Keeping and taking out what a function chooses.
//!
//! Written out for each kind of table, since a bound on a function that takes `K::Ref<'_>` would want keys and values that borrow
//! from nothing.

use core::iter::FusedIterator;

use hashbrown::HashTable;
use weakref_traits::WeakRef;

use super::kinds::{ByPtr, ByValue, Half, Owned, Weakly};
use super::set::Set;
use super::table::{Slot, Table};

/// The living entries that a function chooses, taken out of the table; see [`Table::extract_if`].
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ExtractIf<'a, K: Half, V: Half, F> {
    raw: &'a mut HashTable<Slot<K, V>>,
    bucket: usize,
    choose: F,
}

/// The living elements that a function chooses, taken out of the set; see [`Set::extract_if`].
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct ExtractElementsIf<'a, T: Half, F> {
    raw: &'a mut HashTable<Slot<T, Owned<()>>>,
    bucket: usize,
    choose: F,
}

/// Takes the next chosen entry out of the buckets from `bucket` on; `choose` is asked about expired ones, too.
fn extract_next<K: Half, V: Half>(
    raw: &mut HashTable<Slot<K, V>>,
    bucket: &mut usize,
    mut choose: impl FnMut(&mut Slot<K, V>) -> bool,
) -> Option<(K::Given, V::Given)> {
    while *bucket < raw.num_buckets() {
        let place = *bucket;
        *bucket += 1;
        let Some(slot) = raw.get_bucket_mut(place) else { continue };
        // Held until it is out, or what was chosen could expire in between.
        let handles = slot.key.handle().zip(slot.value.handle());
        let chosen = handles.is_none() || choose(slot);
        if chosen && let Ok(entry) = raw.get_bucket_entry(place) {
            let (slot, _) = entry.remove();
            if let Some((key, value)) = handles {
                return Some((slot.key.into_given_with(key), slot.value.into_given_with(value)));
            }
        }
    }
    None
}

macro_rules! choosing {
    ($($key:ident<$K:ident $(: $key_bound:ident)?>, $key_view:ty; $value:ident<$V:ident $(: $value_bound:ident)?>, $value_view:ty;)*) => {$(
        impl<$K $(: $key_bound)?, $V $(: $value_bound)?, S> Table<$key<$K>, $value<$V>, S> {
            /// Keeps only the living entries for which `keep` answers `true`.
            pub fn retain<F>(&mut self, mut keep: F)
            where
                F: FnMut($key_view, $value_view) -> bool,
            {
                self.raw.retain(|slot| slot.view_mut().is_some_and(|(key, value)| keep(key, value)));
                self.sweeper.reset();
            }

            /// Takes out and gives the living entries for which `choose` answers `true`, and takes out the expired ones it
            /// comes by. What has not been asked about when the iterator is dropped stays.
            pub fn extract_if<F>(&mut self, choose: F) -> ExtractIf<'_, $key<$K>, $value<$V>, F>
            where
                F: FnMut($key_view, $value_view) -> bool,
            {
                ExtractIf { raw: &mut self.raw, bucket: 0, choose }
            }
        }

        impl<$K $(: $key_bound)?, $V $(: $value_bound)?, F> Iterator for ExtractIf<'_, $key<$K>, $value<$V>, F>
        where
            F: FnMut($key_view, $value_view) -> bool,
        {
            type Item = (<$key<$K> as Half>::Given, <$value<$V> as Half>::Given);

            fn next(&mut self) -> Option<Self::Item> {
                let choose = &mut self.choose;
                extract_next(self.raw, &mut self.bucket, |slot| {
                    slot.view_mut().is_some_and(|(key, value)| choose(key, value))
                })
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (0, Some(self.raw.len()))
            }
        }

        impl<$K $(: $key_bound)?, $V $(: $value_bound)?, F> FusedIterator for ExtractIf<'_, $key<$K>, $value<$V>, F> where
            F: FnMut($key_view, $value_view) -> bool
        {
        }
    )*};
}

choosing! {
    Owned<K>, &K; Weakly<V: WeakRef>, V::Strong;
    ByValue<K: WeakRef>, K::Strong; Owned<V>, &mut V;
    ByPtr<K: WeakRef>, K::Strong; Owned<V>, &mut V;
    ByValue<K: WeakRef>, K::Strong; Weakly<V: WeakRef>, V::Strong;
    ByPtr<K: WeakRef>, K::Strong; Weakly<V: WeakRef>, V::Strong;
}

macro_rules! choosing_elements {
    ($($kind:ident),*) => {$(
        impl<W: WeakRef, S> Set<$kind<W>, S> {
            /// Keeps only the living elements for which `keep` answers `true`.
            pub fn retain<F>(&mut self, mut keep: F)
            where
                F: FnMut(W::Strong) -> bool,
            {
                self.table.retain(|element, ()| keep(element));
            }

            /// Takes out and gives the living elements for which `choose` answers `true`, and takes out the expired ones it
            /// comes by. What has not been asked about when the iterator is dropped stays.
            pub fn extract_if<F>(&mut self, choose: F) -> ExtractElementsIf<'_, $kind<W>, F>
            where
                F: FnMut(W::Strong) -> bool,
            {
                ExtractElementsIf { raw: &mut self.table.raw, bucket: 0, choose }
            }
        }

        impl<W: WeakRef, F: FnMut(W::Strong) -> bool> Iterator for ExtractElementsIf<'_, $kind<W>, F> {
            type Item = W::Strong;

            fn next(&mut self) -> Option<W::Strong> {
                let choose = &mut self.choose;
                let chosen = |slot: &mut Slot<$kind<W>, Owned<()>>| slot.key.view().is_some_and(&mut *choose);
                extract_next(self.raw, &mut self.bucket, chosen).map(|(element, ())| element)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                (0, Some(self.raw.len()))
            }
        }

        impl<W: WeakRef, F: FnMut(W::Strong) -> bool> FusedIterator for ExtractElementsIf<'_, $kind<W>, F> {}
    )*};
}

choosing_elements!(ByValue, ByPtr);
