use core::borrow::Borrow;
use core::fmt;
use core::ops::{Bound, RangeBounds};

use weakref_traits::{StrongRef, WeakRef};

use super::StrongMap;
use super::entry::{Entry, OccupiedEntry, VacantEntry};
use super::iter::{IntoIter, IntoKeys, IntoValues, Iter, IterMut, Keys, Range, Values};
use super::leaves::Leaves;
use super::place::Place;
use crate::budget::{Budget, TryReserveError};
use crate::sweeper::{Parts, Sweeper};

/// An ordered map of weak references.
///
/// Lookups and iteration see living values only and give strong references to them. See the [crate](crate) for when the
/// remains of expired entries are removed.
///
/// As in a `BTreeMap`, the order of keys must not change while they are in the map, and borrowed forms of a key must be ordered
/// like the key.
#[derive(Clone)]
pub struct WeakMap<K, V> {
    pub(super) leaves: Leaves<K, V>,
    pub(super) sweeper: Sweeper,
}

impl<K, V: WeakRef> Parts for Leaves<K, V> {
    // A pass is over before the map can have doubled.
    const PACE: usize = 2;
    const PATIENCE: u32 = 0;

    fn cost(&self, at: usize) -> Option<usize> {
        self.size_at(at)
    }

    fn sweep(&mut self, at: usize) -> usize {
        self.retain_at(at, |_, value| !value.is_expired())
    }

    fn entries(&self) -> usize {
        self.len()
    }
}

impl<K, V> WeakMap<K, V> {
    /// Makes an empty map, without allocating.
    #[must_use]
    pub const fn new() -> Self {
        WeakMap { leaves: Leaves::new(), sweeper: Sweeper::new() }
    }

    /// Makes an empty map that begins to sweep after this many operations; see [`set_threshold`](Self::set_threshold).
    #[must_use]
    pub fn with_threshold(operations: usize) -> Self {
        let mut map = Self::new();
        map.set_threshold(operations);
        map
    }

    /// After how many operations a pass over the map begins, counted from the end of the one before.
    #[must_use]
    pub fn threshold(&self) -> usize {
        self.sweeper.threshold()
    }

    /// Sets after how many operations a pass over the map begins. With 0 there always is one; with `usize::MAX` there is none
    /// but [`cleanup`](Self::cleanup).
    pub fn set_threshold(&mut self, operations: usize) {
        self.sweeper.set_threshold(operations);
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.sweeper.reset();
        self.leaves.clear();
    }

    /// Makes the map ask `budget` before it allocates, and charges what it has allocated.
    ///
    /// # Errors
    /// When the budget does not suffice for that; the budget there was stays.
    pub fn set_budget(&mut self, budget: &Budget) -> Result<(), TryReserveError> {
        self.leaves.set_budget(budget)
    }

    /// The budget of the map.
    #[must_use]
    pub fn budget(&self) -> Option<&Budget> {
        self.leaves.budget()
    }

    /// The bytes that are allocated for entries. Takes time in proportion to them.
    #[must_use]
    pub fn allocated(&self) -> usize {
        self.leaves.allocated()
    }

    /// The number of entries, those included that have expired and not been removed yet. Takes constant time.
    #[must_use]
    pub fn raw_len(&self) -> usize {
        self.leaves.len()
    }

    /// The living entries in the order of their keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { raw: self.leaves.iter() }
    }

    /// The keys of the living entries in their order.
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys(self.iter())
    }

    /// The living values in the order of their keys.
    pub fn values(&self) -> Values<'_, K, V> {
        Values(self.iter())
    }

    /// The keys of the living entries in their order; consumes the map.
    pub fn into_keys(self) -> IntoKeys<K, V> {
        IntoKeys(IntoIter { raw: self.leaves.into_iter() })
    }

    /// The living values in the order of their keys; consumes the map.
    pub fn into_values(self) -> IntoValues<K, V> {
        IntoValues(IntoIter { raw: self.leaves.into_iter() })
    }
}

impl<K, V: WeakRef> WeakMap<K, V> {
    /// The number of living entries. Takes time in proportion to [`raw_len`](Self::raw_len), which needs none.
    #[must_use]
    pub fn len(&self) -> usize {
        self.leaves.iter().filter(|(_, value)| !value.is_expired()).count()
    }

    /// Whether no entry is alive.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.leaves.iter().all(|(_, value)| value.is_expired())
    }

    /// Removes what is left of all expired entries, now and at once.
    pub fn cleanup(&mut self) {
        self.retain_raw(|_, value| !value.is_expired());
    }

    /// Keeps only the living entries for which `keep` answers `true`.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, V::Strong) -> bool) {
        self.retain_raw(|key, value| value.upgrade().is_some_and(|value| keep(key, value)));
    }

    fn retain_raw(&mut self, keep: impl FnMut(&K, &mut V) -> bool) {
        self.leaves.retain(keep);
        self.sweeper.reset();
    }

    #[inline]
    fn step(&mut self) {
        self.sweeper.step(&mut self.leaves);
    }

    /// The entries in the order of their keys, expired ones included, with their weak references to change.
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        self.step();
        IterMut { left: self.leaves.len(), raw: self.leaves.iter_mut() }
    }

    /// The first living entry.
    #[must_use]
    pub fn first_key_value(&self) -> Option<(&K, V::Strong)> {
        self.iter().next()
    }

    /// The last living entry.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, V::Strong)> {
        self.iter().next_back()
    }

    /// Takes out the first living entry, and the expired ones before it.
    pub fn pop_first(&mut self) -> Option<(K, V::Strong)> {
        loop {
            let (first, _) = self.leaves.ends()?;
            let (key, value) = self.leaves.remove(first)?;
            if let Some(value) = value.upgrade() {
                return Some((key, value));
            }
        }
    }

    /// Takes out the last living entry, and the expired ones after it.
    pub fn pop_last(&mut self) -> Option<(K, V::Strong)> {
        loop {
            let (_, last) = self.leaves.ends()?;
            let (key, value) = self.leaves.remove(last)?;
            if let Some(value) = value.upgrade() {
                return Some((key, value));
            }
        }
    }

    /// A map with the living entries that keeps their values alive.
    #[must_use]
    pub fn upgrade(&self) -> StrongMap<K, V::Strong>
    where
        K: Ord + Clone,
    {
        self.iter().map(|(key, value)| (key.clone(), value)).collect()
    }
}

impl<K: Ord, V: WeakRef> WeakMap<K, V> {
    fn find<Q>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.sweeper.count();
        self.leaves.lookup(key)
    }

    /// The value of a key, if it is there and alive.
    #[must_use]
    pub fn get<Q>(&self, key: &Q) -> Option<V::Strong>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.find(key).and_then(|(_, value)| value.upgrade())
    }

    /// The key as it is stored and its value, if it is there and alive.
    #[must_use]
    pub fn get_key_value<Q>(&self, key: &Q) -> Option<(&K, V::Strong)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.find(key).and_then(|(key, value)| Some((key, value.upgrade()?)))
    }

    /// Whether the key is there and its value alive.
    #[must_use]
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.find(key).is_some_and(|(_, value)| !value.is_expired())
    }

    /// Sets the value of a key, and gives the one it had, if that is still alive. The stored key stays as it is if there
    /// is one.
    ///
    /// # Panics
    /// When there is a [`Budget`] and it does not suffice; see [`try_insert`](Self::try_insert).
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, key: K, value: &V::Strong) -> Option<V::Strong> {
        self.try_insert(key, value).unwrap_or_else(|error| error.raise())
    }

    /// Sets the value of a key like [`insert`](Self::insert), if there is memory for it.
    ///
    /// # Errors
    /// Says why there is none. Nothing has been set then, and expired entries have been removed.
    #[inline]
    pub fn try_insert(&mut self, key: K, value: &V::Strong) -> Result<Option<V::Strong>, TryReserveError> {
        self.step();
        match self.leaves.value_mut(&key) {
            Ok(old) => Ok(core::mem::replace(old, value.downgrade()).upgrade()),
            Err(place) => {
                self.insert_at(place, key, value)?;
                Ok(None)
            }
        }
    }

    /// Puts a new key where it belongs.
    #[inline(never)]
    fn insert_at(&mut self, place: Place, key: K, value: &V::Strong) -> Result<(), TryReserveError> {
        let entry = match self.leaves.put_if_roomy(place, (key, value.downgrade())) {
            None => return Ok(()),
            Some(entry) => entry,
        };
        let place = self.make_room(place, &entry.0)?;
        self.leaves.put(place, entry);
        Ok(())
    }

    /// Sees to it that inserting at a place does not fail. Gives the place, which may have become another.
    #[inline]
    pub(super) fn make_room(&mut self, place: Place, key: &K) -> Result<Place, TryReserveError> {
        if let Ok(place) = self.leaves.make_room(place) {
            return Ok(place);
        }
        self.cleanup();
        let place = self.leaves.find(key).unwrap_or_else(|place| place);
        self.leaves.make_room(place)
    }

    /// The living entries with keys in a range, in their order.
    ///
    /// # Panics
    /// As in a `BTreeMap`, when the range ends before it begins, or where it begins and excludes both.
    pub fn range<Q, R>(&self, range: R) -> Range<'_, K, V>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
        R: RangeBounds<Q>,
    {
        self.sweeper.count();
        let (from, to) = (range.start_bound(), range.end_bound());
        if let (Bound::Included(low) | Bound::Excluded(low), Bound::Included(high) | Bound::Excluded(high)) = (from, to)
        {
            assert!(low <= high, "the range ends before it begins");
            let empty = matches!((from, to), (Bound::Excluded(_), Bound::Excluded(_)));
            assert!(!(empty && low == high), "the range excludes the one key it could have");
        }
        let (from, to) = self.leaves.range(from, to);
        Range { leaves: &self.leaves, from, to }
    }

    /// The place of a key.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        self.step();
        match self.leaves.find(&key) {
            Err(place) => Entry::Vacant(VacantEntry { map: self, key, place, is_new: true }),
            Ok(place) => match self.leaves.get(place).and_then(|(_, value)| value.upgrade()) {
                Some(value) => Entry::Occupied(OccupiedEntry { map: self, place, value }),
                None => Entry::Vacant(VacantEntry { map: self, key, place, is_new: false }),
            },
        }
    }

    /// Removes a key, and gives its value if that is still alive.
    pub fn remove<Q>(&mut self, key: &Q) -> Option<V::Strong>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.remove_entry(key).map(|(_, value)| value)
    }

    /// Removes a key, and gives it as it was stored with its value if that is still alive.
    pub fn remove_entry<Q>(&mut self, key: &Q) -> Option<(K, V::Strong)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.step();
        let place = self.leaves.find(key).ok()?;
        let (key, value) = self.leaves.remove(place)?;
        Some((key, value.upgrade()?))
    }
}

impl<K, V> Default for WeakMap<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

/// The same living entries: equal keys, and values that are the same (not merely equal).
impl<K: Ord, V: WeakRef> PartialEq for WeakMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        let (mut ours, mut theirs) = (self.iter(), other.iter());
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return true,
                (Some((key, value)), Some((other_key, other_value))) => {
                    if key != other_key || !value.ptr_eq(&other_value) {
                        return false;
                    }
                }
                _ => return false,
            }
        }
    }
}

impl<K: Ord, V: WeakRef> Eq for WeakMap<K, V> {}

impl<K: fmt::Debug, V: WeakRef<Strong: fmt::Debug>> fmt::Debug for WeakMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<'a, K: Ord, V: WeakRef<Strong: 'a>> Extend<(K, &'a V::Strong)> for WeakMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, &'a V::Strong)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<'a, K: Ord, V: WeakRef<Strong: 'a>> FromIterator<(K, &'a V::Strong)> for WeakMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, &'a V::Strong)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Ord, V: WeakRef, const N: usize> From<[(K, &V::Strong); N]> for WeakMap<K, V> {
    fn from(entries: [(K, &V::Strong); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<K, V> From<alloc::collections::BTreeMap<K, V>> for WeakMap<K, V> {
    fn from(map: alloc::collections::BTreeMap<K, V>) -> Self {
        WeakMap { leaves: Leaves::from_sorted(map.into_iter()), sweeper: Sweeper::new() }
    }
}

impl<K: Clone, V: WeakRef> From<&StrongMap<K, V::Strong>> for WeakMap<K, V> {
    fn from(map: &StrongMap<K, V::Strong>) -> Self {
        let entries = map.iter().map(|(key, value)| (key.clone(), value.downgrade()));
        WeakMap { leaves: Leaves::from_sorted(entries), sweeper: Sweeper::new() }
    }
}

/// With the weak references as they are, expired ones included.
impl<K: Ord, V> From<WeakMap<K, V>> for alloc::collections::BTreeMap<K, V> {
    fn from(map: WeakMap<K, V>) -> Self {
        map.leaves.into_iter().collect()
    }
}

impl<'a, K, V: WeakRef> IntoIterator for &'a WeakMap<K, V> {
    type Item = (&'a K, V::Strong);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Iter<'a, K, V> {
        self.iter()
    }
}

impl<'a, K, V: WeakRef> IntoIterator for &'a mut WeakMap<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> IterMut<'a, K, V> {
        self.iter_mut()
    }
}

impl<K, V: WeakRef> IntoIterator for WeakMap<K, V> {
    type Item = (K, V::Strong);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> IntoIter<K, V> {
        IntoIter { raw: self.leaves.into_iter() }
    }
}
