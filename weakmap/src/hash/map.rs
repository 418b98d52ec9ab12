//! Looking things up, putting them in, taking them out, and comparing tables.

use core::hash::BuildHasher;
use core::ops::{Index, IndexMut};

use hashbrown::hash_table::Entry as HashEntry;
use weakref_traits::WeakRef;

use super::kinds::{Alike, ByPtr, ByValue, Half, Key, Lookup, Owned};
use super::table::{Slot, Table};
use crate::budget::TryReserveError;
use crate::traits::WeakKey;

impl<K: Key, V: Half, S: BuildHasher> Table<K, V, S> {
    #[inline]
    fn find<Q: ?Sized>(&self, key: &Q) -> Option<&Slot<K, V>>
    where
        K: Lookup<Q>,
    {
        self.sweeper.count();
        let hash = K::hash_of(key, &self.hasher);
        self.raw.find(hash, |slot| slot.key.answers(slot.memo, hash, key))
    }

    /// The value of a key.
    #[inline]
    #[must_use]
    pub fn get<Q: ?Sized>(&self, key: &Q) -> Option<V::Ref<'_>>
    where
        K: Lookup<Q>,
    {
        self.find(key)?.value.view()
    }

    /// The key as it is held.
    #[must_use]
    pub fn get_key<Q: ?Sized>(&self, key: &Q) -> Option<K::Ref<'_>>
    where
        K: Lookup<Q>,
    {
        self.get_both(key).map(|(key, _)| key)
    }

    /// The key as it is held and its value.
    #[must_use]
    pub fn get_both<Q: ?Sized>(&self, key: &Q) -> Option<(K::Ref<'_>, V::Ref<'_>)>
    where
        K: Lookup<Q>,
    {
        self.find(key)?.view()
    }

    /// Whether the key is there.
    #[inline]
    #[must_use]
    pub fn contains_key<Q: ?Sized>(&self, key: &Q) -> bool
    where
        K: Lookup<Q>,
    {
        self.find(key).is_some_and(|slot| !slot.value.is_expired())
    }

    /// Sets the value of a key, and gives the one it had, if that is alive. A weak key that is there already is replaced by the
    /// given one, so that the entry lives as long as this.
    ///
    /// # Panics
    /// When there is no room for the entry and none to be had; see [`try_insert`](Self::try_insert).
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, key: K::Given, value: V::Given) -> Option<V::Given> {
        self.try_insert(key, value).unwrap_or_else(|error| error.raise())
    }

    /// Sets the value of a key like [`insert`](Self::insert), if there is room for it.
    ///
    /// # Errors
    /// Says why there is none. Nothing has been set then, and expired entries have been removed.
    #[inline]
    pub fn try_insert(&mut self, key: K::Given, value: V::Given) -> Result<Option<V::Given>, TryReserveError> {
        self.step();
        let hash = K::hash_given(&key, &self.hasher);
        if self.raw.capacity() == self.raw.len() {
            // A key that is there needs no room.
            if let Some(slot) = self.raw.find_mut(hash, |slot| slot.key.is(slot.memo, hash, &key)) {
                slot.key.renew(&key);
                return Ok(slot.value.replace(value));
            }
            self.try_reserve(1)?;
        }
        let hasher = &self.hasher;
        let is_key = |slot: &Slot<K, V>| slot.key.is(slot.memo, hash, &key);
        match self.raw.entry(hash, is_key, |slot| slot.key.hash(slot.memo, hasher)) {
            HashEntry::Occupied(entry) => {
                let slot = entry.into_mut();
                slot.key.renew(&key);
                Ok(slot.value.replace(value))
            }
            HashEntry::Vacant(entry) => {
                entry.insert(Slot { memo: K::memo(hash), key: K::keep(key), value: V::keep(value) });
                Ok(None)
            }
        }
    }

    fn take<Q: ?Sized>(&mut self, key: &Q) -> Option<Slot<K, V>>
    where
        K: Lookup<Q>,
    {
        self.step();
        let hash = K::hash_of(key, &self.hasher);
        let entry = self.raw.find_entry(hash, |slot| slot.key.answers(slot.memo, hash, key)).ok()?;
        Some(entry.remove().0)
    }

    /// Removes a key, and gives its value.
    pub fn remove<Q: ?Sized>(&mut self, key: &Q) -> Option<V::Given>
    where
        K: Lookup<Q>,
    {
        self.take(key)?.value.into_given()
    }

    /// Removes a key, and gives it as it was held with its value.
    pub fn remove_entry<Q: ?Sized>(&mut self, key: &Q) -> Option<(K::Given, V::Given)>
    where
        K: Lookup<Q>,
    {
        self.take(key)?.into_given()
    }

    /// The entry in this table with the key of an entry in another.
    pub(super) fn counterpart<V1: Half>(&self, slot: &Slot<K, V1>) -> Option<&Slot<K, V>> {
        let handle = slot.key.handle()?;
        let key = slot.key.given(&handle);
        let hash = K::hash_given(key, &self.hasher);
        self.raw.find(hash, |slot| slot.key.is(slot.memo, hash, key))
    }

    /// Whether every living entry has one in `other` with an equal key, and `equal` holds for their values.
    pub fn is_submap_with<'a, F, V1: Half, S1: BuildHasher>(&'a self, other: &'a Table<K, V1, S1>, mut equal: F) -> bool
    where
        F: FnMut(V::Ref<'a>, V1::Ref<'a>) -> bool,
    {
        self.raw.iter().all(|slot| {
            let Some((_key, ours)) = slot.view() else { return true };
            let theirs = other.counterpart(slot).and_then(|theirs| theirs.value.view());
            theirs.is_some_and(|theirs| equal(ours, theirs))
        })
    }

    /// The same as [`is_submap_with`](Self::is_submap_with).
    pub fn submap_with<'a, F, V1: Half, S1: BuildHasher>(&'a self, other: &'a Table<K, V1, S1>, equal: F) -> bool
    where
        F: FnMut(V::Ref<'a>, V1::Ref<'a>) -> bool,
    {
        self.is_submap_with(other, equal)
    }

    /// Whether every living entry has one in `other` with an equal key and an equal value.
    pub fn is_submap<V1: Half, S1: BuildHasher>(&self, other: &Table<K, V1, S1>) -> bool
    where
        V: Alike<V1>,
    {
        self.is_submap_with(other, |ours, theirs| V::alike(ours, theirs))
    }

    /// Whether the key of every living entry is in `other`, too.
    pub fn domain_is_subset<V1: Half, S1: BuildHasher>(&self, other: &Table<K, V1, S1>) -> bool {
        self.is_submap_with(other, |_, _| true)
    }
}

impl<K: Key, V, S: BuildHasher> Table<K, Owned<V>, S> {
    /// The value of a key, to change.
    #[inline]
    pub fn get_mut<Q: ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Lookup<Q>,
    {
        self.step();
        let hash = K::hash_of(key, &self.hasher);
        self.raw.find_mut(hash, |slot| slot.key.answers(slot.memo, hash, key)).map(|slot| &mut slot.value.0)
    }

    /// The key as it is held and its value, to change.
    pub fn get_both_mut<Q: ?Sized>(&mut self, key: &Q) -> Option<(K::Ref<'_>, &mut V)>
    where
        K: Lookup<Q>,
    {
        self.step();
        let hash = K::hash_of(key, &self.hasher);
        self.raw.find_mut(hash, |slot| slot.key.answers(slot.memo, hash, key))?.view_mut()
    }

    /// The values of several keys at once, to change.
    ///
    /// # Panics
    /// When two of the keys are the same.
    pub fn get_disjoint_mut<Q: ?Sized, const N: usize>(&mut self, keys: [&Q; N]) -> [Option<&mut V>; N]
    where
        K: Lookup<Q>,
    {
        self.disjoint(keys).map(|slot| slot.map(|slot| &mut slot.value.0))
    }

    /// Several keys as they are held with their values, to change.
    ///
    /// # Panics
    /// When two of the keys are the same.
    pub fn get_both_disjoint_mut<Q: ?Sized, const N: usize>(
        &mut self,
        keys: [&Q; N],
    ) -> [Option<(K::Ref<'_>, &mut V)>; N]
    where
        K: Lookup<Q>,
    {
        self.disjoint(keys).map(|slot| slot.and_then(|slot| Some((slot.key.view()?, &mut slot.value.0))))
    }

    fn disjoint<Q: ?Sized, const N: usize>(&mut self, keys: [&Q; N]) -> [Option<&mut Slot<K, Owned<V>>>; N]
    where
        K: Lookup<Q>,
    {
        self.step();
        let hashes = keys.map(|key| K::hash_of(key, &self.hasher));
        self.raw.get_disjoint_mut(hashes, |index, slot| {
            keys.get(index).zip(hashes.get(index)).is_some_and(|(key, &hash)| slot.key.answers(slot.memo, hash, key))
        })
    }
}

impl<K: Key, V: Half, V1: Half, S: BuildHasher, S1: BuildHasher> PartialEq<Table<K, V1, S1>> for Table<K, V, S>
where
    V: Alike<V1>,
{
    fn eq(&self, other: &Table<K, V1, S1>) -> bool {
        self.is_submap(other) && other.domain_is_subset(self)
    }
}

impl<K: Key, V: Alike<V>, S: BuildHasher> Eq for Table<K, V, S> where V::Given: Eq {}

impl<Q: ?Sized, K: Lookup<Q>, V, S: BuildHasher> Index<&Q> for Table<K, Owned<V>, S> {
    type Output = V;

    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no such key")
    }
}

impl<Q: ?Sized, K: Lookup<Q>, V, S: BuildHasher> IndexMut<&Q> for Table<K, Owned<V>, S> {
    fn index_mut(&mut self, key: &Q) -> &mut V {
        self.get_mut(key).expect("no such key")
    }
}

impl<K: Key, V: Half, S: BuildHasher> Extend<(K::Given, V::Given)> for Table<K, V, S> {
    fn extend<I: IntoIterator<Item = (K::Given, V::Given)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

macro_rules! extend_by_reference {
    ($($kind:ident: $bound:ident),*) => {$(
        impl<'a, W, V, S> Extend<(&'a W::Strong, &'a V)> for Table<$kind<W>, Owned<V>, S>
        where
            W: $bound<Strong: Clone + 'a>,
            V: Copy,
            S: BuildHasher,
        {
            fn extend<I: IntoIterator<Item = (&'a W::Strong, &'a V)>>(&mut self, entries: I) {
                self.extend(entries.into_iter().map(|(key, value)| (key.clone(), *value)));
            }
        }
    )*};
}

extend_by_reference!(ByValue: WeakKey, ByPtr: WeakRef);

impl<K: Key, V: Half, S: BuildHasher + Default> FromIterator<(K::Given, V::Given)> for Table<K, V, S> {
    fn from_iter<I: IntoIterator<Item = (K::Given, V::Given)>>(entries: I) -> Self {
        let mut table = Self::default();
        table.extend(entries);
        table
    }
}

impl<K: Key, V: Half, S: BuildHasher + Default, const N: usize> From<[(K::Given, V::Given); N]> for Table<K, V, S> {
    fn from(entries: [(K::Given, V::Given); N]) -> Self {
        entries.into_iter().collect()
    }
}
