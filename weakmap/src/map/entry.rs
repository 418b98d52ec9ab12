//! Entries: one search for looking a key up and putting it in.

use core::fmt;

use weakref_traits::{StrongRef, WeakRef};

use super::place::Place;
use super::weak::WeakMap;
use crate::budget::TryReserveError;

/// The place of a key in a [`WeakMap`].
pub enum Entry<'a, K, V: WeakRef> {
    /// The key is there and its value alive.
    Occupied(OccupiedEntry<'a, K, V>),
    /// The key is not there, or its value is gone.
    Vacant(VacantEntry<'a, K, V>),
}

/// An entry that is there. It does not expire while this exists.
pub struct OccupiedEntry<'a, K, V: WeakRef> {
    pub(super) map: &'a mut WeakMap<K, V>,
    pub(super) place: Place,
    pub(super) value: V::Strong,
}

/// A place for an entry.
pub struct VacantEntry<'a, K, V: WeakRef> {
    pub(super) map: &'a mut WeakMap<K, V>,
    pub(super) place: Place,
    pub(super) key: K,
    /// Nothing is there, not even an expired entry.
    pub(super) is_new: bool,
}

impl<'a, K: Ord, V: WeakRef> Entry<'a, K, V> {
    /// The value, which is `default` if there was none.
    pub fn or_insert(self, default: V::Strong) -> V::Strong {
        self.or_insert_with(|| default)
    }

    /// The value, which `default` makes if there was none.
    pub fn or_insert_with(self, default: impl FnOnce() -> V::Strong) -> V::Strong {
        self.or_insert_with_key(|_| default())
    }

    /// The value, which `default` makes from the key if there was none.
    pub fn or_insert_with_key(self, default: impl FnOnce(&K) -> V::Strong) -> V::Strong {
        match self {
            Entry::Occupied(entry) => entry.value,
            Entry::Vacant(entry) => {
                let value = default(&entry.key);
                entry.insert(value)
            }
        }
    }

    /// The key.
    pub fn key(&self) -> &K {
        match self {
            Entry::Occupied(entry) => entry.key(),
            Entry::Vacant(entry) => entry.key(),
        }
    }

    /// Sets the value.
    pub fn insert_entry(self, value: V::Strong) -> OccupiedEntry<'a, K, V> {
        match self {
            Entry::Occupied(mut entry) => {
                entry.insert(value);
                entry
            }
            Entry::Vacant(entry) => entry.insert_entry(value),
        }
    }
}

impl<K: Ord, V: WeakRef> OccupiedEntry<'_, K, V> {
    /// The key as it is stored.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn key(&self) -> &K {
        self.map.leaves.get(self.place).expect("the place of an entry").0
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> &V::Strong {
        &self.value
    }

    /// The value, as the strong reference that was held so far.
    #[must_use]
    pub fn into_value(self) -> V::Strong {
        self.value
    }

    /// Sets the value and gives the one there was.
    pub fn insert(&mut self, value: V::Strong) -> V::Strong {
        if let Some((_, weak)) = self.map.leaves.get_mut(self.place) {
            *weak = value.downgrade();
        }
        core::mem::replace(&mut self.value, value)
    }

    /// Takes the entry out and gives its value.
    pub fn remove(self) -> V::Strong {
        self.remove_entry().1
    }

    /// Takes the entry out.
    ///
    /// # Panics
    /// Never.
    pub fn remove_entry(self) -> (K, V::Strong) {
        let (key, _) = self.map.leaves.remove(self.place).expect("the place of an entry");
        (key, self.value)
    }
}

impl<'a, K: Ord, V: WeakRef> VacantEntry<'a, K, V> {
    /// The key.
    #[must_use]
    pub fn key(&self) -> &K {
        &self.key
    }

    /// The key, given back.
    #[must_use]
    pub fn into_key(self) -> K {
        self.key
    }

    /// Puts the entry in and gives its value.
    ///
    /// # Panics
    /// When there is a [`Budget`](crate::Budget) and it does not suffice; see [`try_insert`](Self::try_insert).
    #[track_caller]
    pub fn insert(self, value: V::Strong) -> V::Strong {
        self.insert_entry(value).value
    }

    /// Puts the entry in.
    ///
    /// # Panics
    /// When there is a [`Budget`](crate::Budget) and it does not suffice; see [`try_insert`](Self::try_insert).
    #[track_caller]
    pub fn insert_entry(self, value: V::Strong) -> OccupiedEntry<'a, K, V> {
        self.try_insert(value).unwrap_or_else(|error| error.raise())
    }

    /// Puts the entry in if there is memory for it.
    ///
    /// # Errors
    /// Says why there is none.
    pub fn try_insert(self, value: V::Strong) -> Result<OccupiedEntry<'a, K, V>, TryReserveError> {
        let VacantEntry { map, place, key, is_new } = self;
        let weak = value.downgrade();
        let place = if is_new {
            let place = map.make_room(place, &key)?;
            map.leaves.put(place, (key, weak));
            place
        } else {
            if let Some((_, old)) = map.leaves.get_mut(place) {
                *old = weak;
            }
            place
        };
        Ok(OccupiedEntry { map, place, value })
    }
}

impl<K: Ord + fmt::Debug, V: WeakRef<Strong: fmt::Debug>> fmt::Debug for Entry<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Entry::Occupied(entry) => f.debug_tuple("Entry").field(entry).finish(),
            Entry::Vacant(entry) => f.debug_tuple("Entry").field(entry).finish(),
        }
    }
}

impl<K: Ord + fmt::Debug, V: WeakRef<Strong: fmt::Debug>> fmt::Debug for OccupiedEntry<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OccupiedEntry").field("key", self.key()).field("value", self.get()).finish()
    }
}

impl<K: Ord + fmt::Debug, V: WeakRef> fmt::Debug for VacantEntry<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VacantEntry").field(self.key()).finish()
    }
}
