//! Sorted storage: a sorted list of leaves, each a short sorted vector of entries.
//!
//! A `BTreeMap` cannot be swept a part at a time unless its keys can be cloned, because there is no way to remember a place in
//! it. Here a place is the number of a leaf, and a leaf is swept in one go over contiguous memory.

use alloc::vec::{IntoIter as VecIntoIter, Vec};
use core::borrow::Borrow;
use core::{iter, slice};

use crate::sweeper::PART;

/// The most entries a leaf has; the bits of the mask in [`Leaves::retain_in`].
pub(super) const CAPACITY: usize = PART;
/// A leaf with fewer is put together with its neighbour if both are small.
const SMALL: usize = CAPACITY / 4;

pub(super) type RawIter<'a, K, V> = iter::Flatten<slice::Iter<'a, Vec<(K, V)>>>;
pub(super) type RawIterMut<'a, K, V> = iter::Flatten<slice::IterMut<'a, Vec<(K, V)>>>;
pub(super) type RawIntoIter<K, V> = iter::Flatten<VecIntoIter<Vec<(K, V)>>>;

/// Where an entry is.
#[derive(Clone, Copy)]
pub(super) struct Place {
    leaf: usize,
    entry: usize,
}

/// Entries in the order of their keys. Invariants: no leaf is empty or longer than [`CAPACITY`], keys ascend within and
/// between leaves, and `len` is their number.
#[derive(Clone)]
pub(super) struct Leaves<K, V> {
    leaves: Vec<Vec<(K, V)>>,
    len: usize,
}

impl<K, V> Leaves<K, V> {
    pub const fn new() -> Self {
        Leaves { leaves: Vec::new(), len: 0 }
    }

    /// Takes over entries whose keys ascend.
    pub fn from_sorted(entries: impl Iterator<Item = (K, V)>) -> Self {
        let mut all = Self::new();
        for entry in entries {
            match all.leaves.last_mut() {
                Some(last) if last.len() < CAPACITY => last.push(entry),
                _ => all.push_leaf(entry),
            }
            all.len += 1;
        }
        all
    }

    fn push_leaf(&mut self, entry: (K, V)) {
        let mut leaf = Vec::with_capacity(CAPACITY);
        leaf.push(entry);
        self.leaves.push(leaf);
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn clear(&mut self) {
        self.len = 0;
        self.leaves.clear();
    }

    pub fn iter(&self) -> RawIter<'_, K, V> {
        self.leaves.iter().flatten()
    }

    pub fn iter_mut(&mut self) -> RawIterMut<'_, K, V> {
        self.leaves.iter_mut().flatten()
    }

    pub fn into_iter(self) -> RawIntoIter<K, V> {
        self.leaves.into_iter().flatten()
    }

    /// Where the key is, or where it belongs.
    pub fn find<Q>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let after = self.leaves.partition_point(|leaf| leaf.first().is_some_and(|(low, _)| low.borrow() <= key));
        let leaf = after.saturating_sub(1);
        let Some(entries) = self.leaves.get(leaf) else { return Err(Place { leaf, entry: 0 }) };
        match entries.binary_search_by(|(other, _)| other.borrow().cmp(key)) {
            Ok(entry) => Ok(Place { leaf, entry }),
            Err(entry) => Err(Place { leaf, entry }),
        }
    }

    /// The entry at a place that was found.
    pub fn get(&self, place: Place) -> Option<(&K, &V)> {
        self.leaves.get(place.leaf)?.get(place.entry).map(|(key, value)| (key, value))
    }

    /// The value at a place that was found.
    pub fn get_mut(&mut self, place: Place) -> Option<&mut V> {
        self.leaves.get_mut(place.leaf)?.get_mut(place.entry).map(|(_, value)| value)
    }

    /// Puts an entry where it belongs.
    pub fn insert(&mut self, place: Place, entry: (K, V)) {
        self.len += 1;
        let last = place.leaf + 1 >= self.leaves.len();
        let Some(leaf) = self.leaves.get_mut(place.leaf) else { return self.push_leaf(entry) };
        if leaf.len() < CAPACITY {
            leaf.insert(place.entry, entry);
        } else if last && place.entry == leaf.len() {
            // Ascending keys fill leaves to the brim.
            self.push_leaf(entry);
        } else {
            let middle = CAPACITY / 2;
            let mut upper = Vec::with_capacity(CAPACITY);
            upper.extend(leaf.drain(middle..));
            if place.entry <= middle {
                leaf.insert(place.entry, entry);
            } else {
                upper.insert(place.entry - middle, entry);
            }
            self.leaves.insert(place.leaf + 1, upper);
        }
    }

    /// Takes out the entry at a place that was found.
    pub fn remove(&mut self, place: Place) -> Option<(K, V)> {
        let leaf = self.leaves.get_mut(place.leaf).filter(|leaf| place.entry < leaf.len())?;
        let entry = leaf.remove(place.entry);
        self.len -= 1;
        self.tidy(place.leaf);
        Some(entry)
    }

    /// Restores the invariants after `leaf` has shrunk, and joins small neighbours. Whether a leaf is gone.
    fn tidy(&mut self, leaf: usize) -> bool {
        let Some(size) = self.leaves.get(leaf).map(Vec::len) else { return false };
        if size == 0 {
            self.leaves.remove(leaf);
            return true;
        }
        if size >= SMALL || self.leaves.get(leaf + 1).is_none_or(|next| next.len() >= SMALL) {
            return false;
        }
        let next = self.leaves.remove(leaf + 1);
        if let Some(leaf) = self.leaves.get_mut(leaf) {
            leaf.extend(next);
        }
        true
    }

    pub fn leaf_count(&self) -> usize {
        self.leaves.len()
    }

    /// How many entries a leaf has; nothing past the last one.
    pub fn size_of(&self, leaf: usize) -> Option<usize> {
        self.leaves.get(leaf).map(Vec::len)
    }

    /// Keeps only the entries of one leaf that `keep` wants. Gives the number of the leaf that comes next.
    pub fn retain_in(&mut self, leaf: usize, mut keep: impl FnMut(&K, &mut V) -> bool) -> usize {
        let Some(entries) = self.leaves.get_mut(leaf) else { return leaf + 1 };
        // Ask about all entries first: should `keep` panic, nothing has moved yet.
        let mut kept = 0_u128;
        for (index, (key, value)) in entries.iter_mut().enumerate() {
            kept |= u128::from(keep(key, value)) << index;
        }
        let number = kept.count_ones() as usize;
        if number == entries.len() {
            return leaf + 1;
        }
        let mut to = 0;
        for from in 0..entries.len() {
            if kept & (1 << from) != 0 {
                entries.swap(from, to);
                to += 1;
            }
        }
        // Destructors may panic, so they come last, when everything else is as it must be.
        self.len -= entries.len() - number;
        if number == 0 {
            drop(self.leaves.remove(leaf));
            return leaf;
        }
        entries.truncate(number);
        // A leaf that took its successor over is visited again.
        if self.tidy(leaf) { leaf } else { leaf + 1 }
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    fn check(all: &Leaves<u32, ()>, model: &BTreeSet<u32>) {
        assert!(all.leaves.iter().all(|leaf| !leaf.is_empty() && leaf.len() <= CAPACITY));
        assert_eq!(all.len(), model.len());
        assert!(all.iter().map(|(key, ())| key).eq(model));
    }

    fn put(all: &mut Leaves<u32, ()>, key: u32) -> bool {
        all.find(&key).map_err(|place| all.insert(place, (key, ()))).is_err()
    }

    fn take(all: &mut Leaves<u32, ()>, key: u32) -> bool {
        all.find(&key).is_ok_and(|place| all.remove(place).is_some())
    }

    #[test]
    fn in_any_order() {
        let mut all = Leaves::new();
        let mut model = BTreeSet::new();
        let mut state = 1_u32;
        for round in 0..20_000_u32 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let key = (state >> 8) % 3000;
            // Grows, then shrinks to nothing.
            if (state >> 28) < if round < 10_000 { 11 } else { 3 } {
                assert_eq!(put(&mut all, key), model.insert(key));
            } else {
                assert_eq!(take(&mut all, key), model.remove(&key));
            }
            if round % 500 == 0 {
                check(&all, &model);
            }
        }
        check(&all, &model);
    }

    #[test]
    fn ascending_and_descending() {
        let mut all = Leaves::new();
        (0..1000).for_each(|key| assert!(put(&mut all, key)));
        check(&all, &(0..1000).collect());
        assert!(all.leaf_count() <= 1000_usize.div_ceil(CAPACITY));
        (0..1000).rev().for_each(|key| assert!(take(&mut all, key)));
        check(&all, &BTreeSet::new());
        (0..1000).rev().for_each(|key| assert!(put(&mut all, key)));
        check(&all, &(0..1000).collect());
    }

    #[test]
    fn retaining_leaf_by_leaf_asks_about_all() {
        for keep in [1, 2, 3, 7, 50, 5000] {
            let mut all = Leaves::from_sorted((0..1500_u32).map(|key| (key, ())));
            check(&all, &(0..1500).collect());
            let mut leaf = 0;
            while all.size_of(leaf).is_some() {
                leaf = all.retain_in(leaf, |key, ()| key % keep == 0);
            }
            check(&all, &(0..1500).filter(|key| key % keep == 0).collect());
        }
    }
}
