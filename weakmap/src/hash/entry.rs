//! Entries: one search for looking a key up and putting it in.

use core::fmt;
use core::hash::BuildHasher;

use hashbrown::hash_table as raw;

use super::kinds::{Half, Key, Owned};
use super::table::{Slot, Table};
use crate::budget::TryReserveError;

/// The place of a key in a table.
pub enum Entry<'a, K: Half, V: Half> {
    /// The key is there.
    Occupied(OccupiedEntry<'a, K, V>),
    /// The key is not there.
    Vacant(VacantEntry<'a, K, V>),
}

/// An entry that is there. It does not expire while this exists.
pub struct OccupiedEntry<'a, K: Half, V: Half> {
    raw: raw::OccupiedEntry<'a, Slot<K, V>>,
    key: K::Handle,
    value: V::Handle,
}

/// A place for an entry.
pub struct VacantEntry<'a, K: Half, V: Half> {
    raw: raw::VacantEntry<'a, Slot<K, V>>,
    memo: K::Memo,
    key: K::Given,
}

impl<K: Key, V: Half, S: BuildHasher> Table<K, V, S> {
    /// The place of a key. A weak key that is there already is replaced by the given one.
    ///
    /// # Panics
    /// When there is no room for an entry and none to be had; see [`try_entry`](Self::try_entry).
    #[track_caller]
    pub fn entry(&mut self, key: K::Given) -> Entry<'_, K, V> {
        self.try_entry(key).unwrap_or_else(|error| error.raise())
    }

    /// The place of a key, if there is room for one more entry.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn try_entry(&mut self, key: K::Given) -> Result<Entry<'_, K, V>, TryReserveError> {
        self.step();
        let hash = K::hash_given(&key, &self.hasher);
        self.try_reserve(1)?;
        let hasher = &self.hasher;
        let place =
            self.raw.entry(hash, |slot| slot.key.is(slot.memo, hash, &key), |slot| slot.key.hash(slot.memo, hasher));
        let memo = K::memo(hash);
        Ok(match place {
            raw::Entry::Vacant(raw) => Entry::Vacant(VacantEntry { raw, memo, key }),
            raw::Entry::Occupied(mut raw) => {
                let slot = raw.get_mut();
                slot.key.renew(&key);
                match slot.key.handle().zip(slot.value.handle()) {
                    Some((key, value)) => Entry::Occupied(OccupiedEntry { raw, key, value }),
                    None => Entry::Vacant(VacantEntry { raw: raw.remove().1, memo, key }),
                }
            }
        })
    }
}

impl<'a, K: Half, V: Half> Entry<'a, K, V> {
    /// The value, which is `default` if there was none.
    pub fn or_insert(self, default: V::Given) -> V::Mut<'a> {
        self.or_insert_with(|| default)
    }

    /// The value, which `default` makes if there was none.
    pub fn or_insert_with(self, default: impl FnOnce() -> V::Given) -> V::Mut<'a> {
        self.or_insert_with_key(|_| default())
    }

    /// The value, which `default` makes from the key if there was none.
    pub fn or_insert_with_key(self, default: impl FnOnce(&K::Given) -> V::Given) -> V::Mut<'a> {
        match self {
            Entry::Occupied(entry) => entry.into_view(),
            Entry::Vacant(entry) => {
                let value = default(&entry.key);
                entry.insert(value)
            }
        }
    }

    /// The key.
    pub fn key(&self) -> &K::Given {
        match self {
            Entry::Occupied(entry) => entry.key(),
            Entry::Vacant(entry) => entry.key(),
        }
    }

    /// Sets the value.
    pub fn insert_entry(self, value: V::Given) -> OccupiedEntry<'a, K, V> {
        match self {
            Entry::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            Entry::Vacant(entry) => entry.insert_entry(value),
        }
    }
}

impl<K: Half, V> Entry<'_, K, Owned<V>> {
    /// Changes the value if there is one.
    #[must_use]
    pub fn and_modify(mut self, change: impl FnOnce(&mut V)) -> Self {
        if let Entry::Occupied(entry) = &mut self {
            change(entry.get_mut());
        }
        self
    }
}

impl<'a, K: Half, V: Half> OccupiedEntry<'a, K, V> {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &K::Given {
        self.raw.get().key.given(&self.key)
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> &V::Given {
        self.raw.get().value.given(&self.value)
    }

    /// The value, as a strong reference.
    #[must_use]
    pub fn get_strong(&self) -> V::Given
    where
        V::Given: Clone,
    {
        self.get().clone()
    }

    /// Sets the value and gives the one there was.
    pub fn insert(&mut self, value: V::Given) -> V::Given {
        let (value, handle) = V::keep_with(value);
        let old = core::mem::replace(&mut self.raw.get_mut().value, value);
        old.into_given_with(core::mem::replace(&mut self.value, handle))
    }

    /// Takes the entry out and gives its value.
    pub fn remove(self) -> V::Given {
        self.remove_entry().1
    }

    /// Takes the entry out.
    pub fn remove_entry(self) -> (K::Given, V::Given) {
        let (slot, _) = self.raw.remove();
        (slot.key.into_given_with(self.key), slot.value.into_given_with(self.value))
    }

    fn into_view(self) -> V::Mut<'a> {
        self.raw.into_mut().value.view_with(self.value)
    }
}

impl<'a, K: Half, V> OccupiedEntry<'a, K, Owned<V>> {
    /// The value, to change.
    pub fn get_mut(&mut self) -> &mut V {
        &mut self.raw.get_mut().value.0
    }

    /// The value, to change for as long as the table is borrowed.
    #[must_use]
    pub fn into_mut(self) -> &'a mut V {
        self.into_view()
    }
}

impl<'a, K: Half, V: Half> VacantEntry<'a, K, V> {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &K::Given {
        &self.key
    }

    /// The key, given back.
    #[must_use]
    pub fn into_key(self) -> K::Given {
        self.key
    }

    /// Puts the entry in and gives its value.
    pub fn insert(self, value: V::Given) -> V::Mut<'a> {
        self.insert_entry(value).into_view()
    }

    /// Puts the entry in.
    pub fn insert_entry(self, value: V::Given) -> OccupiedEntry<'a, K, V> {
        let (value, value_handle) = V::keep_with(value);
        let (key, key_handle) = K::keep_with(self.key);
        let raw = self.raw.insert(Slot { memo: self.memo, key, value });
        OccupiedEntry { raw, key: key_handle, value: value_handle }
    }
}

impl<K: Half<Given: fmt::Debug>, V: Half<Given: fmt::Debug>> fmt::Debug for Entry<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
            Entry::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
        }
    }
}

impl<K: Half<Given: fmt::Debug>, V: Half<Given: fmt::Debug>> fmt::Debug for OccupiedEntry<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry").field("key", self.key()).field("value", self.get()).finish()
    }
}

impl<K: Half<Given: fmt::Debug>, V: Half> fmt::Debug for VacantEntry<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.key()).finish()
    }
}
