//! Sorted storage: groups of leaves, each a short sorted run of entries.
//!
//! A `BTreeMap` cannot be swept a part at a time unless its keys can be cloned, because there is no way to remember a place in
//! it. Here a place is the numbers of a group and a leaf, and a leaf is swept in one go over contiguous memory. The lowest entries
//! of the leaves of a group stand together, so that finding a leaf touches no other.

use alloc::vec::{IntoIter as VecIntoIter, Vec};
use core::borrow::Borrow;
use core::iter::{Flatten, once};
use core::ops::Bound;
use core::slice;

use super::group::{CAPACITY, GROUP, Group, bytes_of, room, with_room};
use super::place::{GROUPS, Place};
use super::search::count;
use crate::budget::{Account, Budget, TryReserveError};

/// What has fewer is put together with its neighbour if both are small.
const SMALL: usize = CAPACITY / 4;
const SMALL_GROUP: usize = GROUP / 4;

pub(super) type RawIter<'a, K, V> = Flatten<Flatten<slice::Iter<'a, Group<K, V>>>>;
pub(super) type RawIterMut<'a, K, V> = Flatten<Flatten<slice::IterMut<'a, Group<K, V>>>>;
pub(super) type RawIntoIter<K, V> = Flatten<Flatten<VecIntoIter<Group<K, V>>>>;

/// Entries in the order of their keys. Invariants: no group is empty or longer than [`GROUP`], no leaf longer than
/// [`CAPACITY`], keys ascend, and `len` is the number of entries.
#[derive(Clone)]
pub(super) struct Leaves<K, V> {
    groups: Vec<Group<K, V>>,
    len: usize,
    account: Account,
}

impl<K, V> Leaves<K, V> {
    pub const fn new() -> Self {
        Leaves { groups: Vec::new(), len: 0, account: Account::none() }
    }

    /// Takes over entries whose keys ascend.
    pub fn from_sorted(entries: impl Iterator<Item = (K, V)>) -> Self {
        let mut all = Self::new();
        for entry in entries {
            all.push(entry).unwrap_or_else(|error| error.raise());
        }
        all
    }

    /// Puts an entry after all others.
    fn push(&mut self, entry: (K, V)) -> Result<(), TryReserveError> {
        let place = match self.groups.last().zip(self.groups.len().checked_sub(1)) {
            Some((leaves, group)) => {
                let leaf = leaves.len().saturating_sub(1);
                Place::new(group, leaf, leaves.size(leaf).unwrap_or(0))
            }
            None => Place::FIRST,
        };
        let place = self.make_room(place)?;
        self.put(place, entry);
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn clear(&mut self) {
        self.len = 0;
        self.groups = Vec::new();
        self.account.settle(0);
    }

    /// The bytes that are allocated.
    pub fn allocated(&self) -> usize {
        let rests = self.groups.iter().flat_map(|group| &group.rests);
        let rests = rests.map(|rest| bytes_of::<(K, V)>(rest.capacity())).sum::<usize>();
        let groups = self.groups.iter().map(Group::bytes).sum::<usize>();
        rests + groups + bytes_of::<Group<K, V>>(self.groups.capacity())
    }

    pub fn set_budget(&mut self, budget: &Budget) -> Result<(), TryReserveError> {
        self.account.attach(budget, self.allocated())
    }

    pub fn budget(&self) -> Option<&Budget> {
        self.account.budget()
    }

    pub fn iter(&self) -> RawIter<'_, K, V> {
        self.groups.iter().flatten().flatten()
    }

    pub fn iter_mut(&mut self) -> RawIterMut<'_, K, V> {
        self.groups.iter_mut().flatten().flatten()
    }

    pub fn into_iter(self) -> RawIntoIter<K, V> {
        self.groups.into_iter().flatten().flatten()
    }

    /// The numbers of the group, of the leaf and of the entry that has the key or the one before it. Where there is none, the
    /// group.
    #[inline(always)]
    fn search<Q>(&self, key: &Q) -> Result<(usize, usize, usize, &(K, V)), usize>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let not_above = |(other, _): &(K, V)| other.borrow() <= key;
        let group = match &*self.groups {
            [_] => 0,
            groups => count::<8, K, _>(groups, |leaves| leaves.lows.first().is_some_and(not_above)).saturating_sub(1),
        };
        let leaves = self.groups.get(group).ok_or(group)?;
        let leaf = count::<8, K, _>(&leaves.lows, not_above).checked_sub(1).ok_or(group)?;
        // In steps of a cache line if entries are of two words: all of the leaf comes from memory at the same time.
        let entry = count::<4, K, _>(leaves.rests.get(leaf).ok_or(group)?, not_above);
        Ok((group, leaf, entry, leaves.get(leaf, entry).ok_or(group)?))
    }

    /// The entry with a key.
    #[inline]
    pub fn lookup<Q>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (.., (other, value)) = self.search(key).ok()?;
        (other.borrow() == key).then_some((other, value))
    }

    /// Where the key is, or where it belongs.
    #[inline]
    pub fn find<Q>(&self, key: &Q) -> Result<Place, Place>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        match self.search(key) {
            Ok((group, leaf, entry, (other, _))) if other.borrow() == key => Ok(Place::new(group, leaf, entry)),
            Ok((group, leaf, entry, _)) => Err(Place::new(group, leaf, entry + 1)),
            Err(group) => Err(Place::new(group, 0, 0)),
        }
    }

    /// The value of a key, to change, or where the key belongs. Not by way of a place, which would have to be looked up again.
    #[inline(always)]
    pub fn value_mut<Q>(&mut self, key: &Q) -> Result<&mut V, Place>
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (group, leaf, entry) = match self.search(key) {
            Ok((group, leaf, entry, (other, _))) if other.borrow() == key => (group, leaf, entry),
            Ok((group, leaf, entry, _)) => return Err(Place::new(group, leaf, entry + 1)),
            Err(group) => return Err(Place::new(group, 0, 0)),
        };
        let found = self.groups.get_mut(group).and_then(|leaves| leaves.get_mut(leaf, entry));
        found.map(|(_, value)| value).ok_or(Place::new(group, leaf, entry))
    }

    /// The places where a range of keys begins and ends; `None` when it ends before it begins.
    pub fn range<Q>(&self, from: Bound<&Q>, to: Bound<&Q>) -> (Place, Place)
    where
        K: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let before = |key: &Q| self.find(key).unwrap_or_else(|place| place);
        let after = |key: &Q| self.find(key).map_or_else(|place| place, |at| at.next());
        let first = match from {
            Bound::Unbounded => Place::FIRST,
            Bound::Included(key) => before(key),
            Bound::Excluded(key) => after(key),
        };
        let end = match to {
            Bound::Unbounded => Place::new(self.groups.len(), 0, 0),
            Bound::Included(key) => after(key),
            Bound::Excluded(key) => before(key),
        };
        (self.normal(first), self.normal(end))
    }

    /// A place past the end of its leaf is the first of the next one.
    fn normal(&self, place: Place) -> Place {
        let Some(leaves) = self.groups.get(place.group()) else { return place };
        match leaves.size(place.leaf()) {
            Some(size) if place.entry() < size => place,
            Some(_) if place.leaf() + 1 < leaves.len() => Place::new(place.group(), place.leaf() + 1, 0),
            _ => Place::new(place.group() + 1, 0, 0),
        }
    }

    /// The place after one where an entry is.
    pub fn after(&self, place: Place) -> Place {
        self.normal(place.next())
    }

    /// The place before one that is not the first.
    pub fn before(&self, place: Place) -> Option<Place> {
        if let Some(entry) = place.index() {
            return Some(Place::new(place.group(), place.leaf(), entry));
        }
        let (group, leaf) = match place.leaf().checked_sub(1) {
            Some(leaf) => (place.group(), leaf),
            None => {
                let group = place.group().checked_sub(1)?;
                (group, self.groups.get(group)?.len().checked_sub(1)?)
            }
        };
        let entry = self.groups.get(group)?.size(leaf)? - 1;
        Some(Place::new(group, leaf, entry))
    }

    /// The places of the first and of the last entry.
    pub fn ends(&self) -> Option<(Place, Place)> {
        Some((Place::FIRST, self.before(Place::new(self.groups.len(), 0, 0))?))
    }

    /// The entry at a place that was found.
    #[inline]
    pub fn get(&self, place: Place) -> Option<(&K, &V)> {
        self.groups.get(place.group())?.get(place.leaf(), place.entry()).map(|(key, value)| (key, value))
    }

    /// The entry at a place that was found, with its value to change.
    #[inline]
    pub fn get_mut(&mut self, place: Place) -> Option<(&K, &mut V)> {
        self.groups.get_mut(place.group())?.get_mut(place.leaf(), place.entry()).map(|(key, value)| (&*key, value))
    }

    /// Puts an entry where it belongs if there is room in its leaf, as there is most of the time; gives it back if not.
    #[inline]
    pub fn put_if_roomy(&mut self, place: Place, entry: (K, V)) -> Option<(K, V)> {
        let rest = self.groups.get_mut(place.group()).and_then(|leaves| leaves.rests.get_mut(place.leaf()));
        match (rest, place.index()) {
            (Some(rest), Some(index))
                if rest.len() < rest.capacity() && rest.len() < CAPACITY - 1 && index <= rest.len() =>
            {
                rest.insert(index, entry);
                self.len += 1;
                None
            }
            _ => Some(entry),
        }
    }

    /// Makes room for an entry where it belongs, and gives its place, which may have become another. [`Leaves::put`] has to
    /// follow.
    pub fn make_room(&mut self, place: Place) -> Result<Place, TryReserveError> {
        let last_group = place.group() + 1 >= self.groups.len();
        let account = &mut self.account;
        let Some(leaves) = self.groups.get_mut(place.group()) else {
            room(&mut self.groups, GROUPS, account)?;
            let mut leaves = Group { lows: Vec::new(), rests: Vec::new() };
            leaves.room(account)?;
            self.groups.push(leaves);
            return Ok(place);
        };
        let Some(rest) = leaves.rests.get_mut(place.leaf()) else { return Ok(place) };
        if rest.len() < CAPACITY - 1 {
            room(rest, CAPACITY - 1, account)?;
            return Ok(place);
        }
        let full = rest.len() + 1;
        // Another leaf is needed, and room for it in the group first.
        if leaves.len() >= GROUP {
            self.split_group(place.group())?;
            return self.make_room(match place.leaf().checked_sub(GROUP / 2) {
                Some(leaf) => Place::new(place.group() + 1, leaf, place.entry()),
                None => place,
            });
        }
        leaves.room(account)?;
        if last_group && place.leaf() + 1 == leaves.len() && place.entry() == full {
            // Ascending keys fill leaves to the brim.
            return Ok(Place::new(place.group(), leaves.len(), 0));
        }
        let mut upper = with_room(CAPACITY - 1, account)?;
        let Some(rest) = leaves.rests.get_mut(place.leaf()) else { return Ok(place) };
        let middle = CAPACITY / 2;
        upper.extend(rest.drain(middle..));
        if let Some(low) = rest.pop() {
            leaves.insert(place.leaf() + 1, low, upper);
        }
        // The lowest of the new leaf was the last before `middle`.
        Ok(match place.entry().checked_sub(middle + 1) {
            Some(entry) => Place::new(place.group(), place.leaf() + 1, entry + 1),
            None => place,
        })
    }

    /// Puts an entry where room was made for it.
    pub fn put(&mut self, place: Place, entry: (K, V)) {
        let Some(leaves) = self.groups.get_mut(place.group()) else { return };
        self.len += 1;
        match (leaves.lows.get_mut(place.leaf()), leaves.rests.get_mut(place.leaf()), place.index()) {
            (Some(_), Some(rest), Some(index)) => rest.insert(index, entry),
            (Some(low), Some(rest), None) => rest.insert(0, core::mem::replace(low, entry)),
            _ => leaves.insert(leaves.len(), entry, Vec::new()),
        }
    }

    fn split_group(&mut self, group: usize) -> Result<(), TryReserveError> {
        room(&mut self.groups, GROUPS, &mut self.account)?;
        let mut lows = with_room(GROUP, &mut self.account)?;
        let mut rests = with_room(GROUP, &mut self.account)
            .inspect_err(|_| self.account.release(bytes_of::<(K, V)>(lows.capacity())))?;
        if let Some(leaves) = self.groups.get_mut(group) {
            lows.extend(leaves.lows.drain(GROUP / 2..));
            rests.extend(leaves.rests.drain(GROUP / 2..));
        }
        self.groups.insert(group + 1, Group { lows, rests });
        Ok(())
    }

    /// Takes out the entry at a place that was found.
    pub fn remove(&mut self, place: Place) -> Option<(K, V)> {
        let leaves = self.groups.get_mut(place.group())?;
        let (low, rest) = leaves.lows.get_mut(place.leaf()).zip(leaves.rests.get_mut(place.leaf()))?;
        let entry = match place.index() {
            Some(index) if index < rest.len() => rest.remove(index),
            Some(_) => return None,
            None if rest.is_empty() => {
                self.len -= 1;
                return self.remove_leaf(place.group(), place.leaf()).map(|(low, _)| low);
            }
            None => core::mem::replace(low, rest.remove(0)),
        };
        self.len -= 1;
        self.tidy(place.group(), place.leaf());
        Some(entry)
    }

    fn remove_leaf(&mut self, group: usize, leaf: usize) -> Option<((K, V), Vec<(K, V)>)> {
        let leaves = self.groups.get_mut(group).filter(|leaves| leaf < leaves.len())?;
        let gone = (leaves.lows.remove(leaf), leaves.rests.remove(leaf));
        self.account.release(bytes_of::<(K, V)>(gone.1.capacity()));
        if leaves.len() == 0 {
            let gone = self.groups.remove(group);
            self.account.release(gone.bytes());
        } else if leaves.len() < SMALL_GROUP {
            self.join_groups(group);
        }
        Some(gone)
    }

    /// Puts the next group into this one if it is small and there is room.
    fn join_groups(&mut self, group: usize) {
        let spare = self.groups.get(group).map_or(0, Group::spare);
        if self.groups.get(group + 1).is_none_or(|next| next.len() >= SMALL_GROUP || next.len() > spare) {
            return;
        }
        let mut next = self.groups.remove(group + 1);
        if let Some(leaves) = self.groups.get_mut(group) {
            leaves.lows.append(&mut next.lows);
            leaves.rests.append(&mut next.rests);
        }
        self.account.release(next.bytes());
    }

    /// Joins a leaf that has become small with the next one of its group if that is small, too. Whether it did.
    fn tidy(&mut self, group: usize, leaf: usize) -> bool {
        let Some(leaves) = self.groups.get_mut(group) else { return false };
        let Some(spare) = leaves.rests.get(leaf).map(|rest| rest.capacity() - rest.len()) else { return false };
        let small = |leaf| leaves.size(leaf).is_some_and(|size| size < SMALL);
        if !small(leaf) || !small(leaf + 1) || leaves.size(leaf + 1).is_none_or(|size| size > spare) {
            return false;
        }
        let low = leaves.lows.remove(leaf + 1);
        let next = leaves.rests.remove(leaf + 1);
        self.account.release(bytes_of::<(K, V)>(next.capacity()));
        if let Some(rest) = leaves.rests.get_mut(leaf) {
            rest.push(low);
            rest.extend(next);
        }
        if leaves.len() < SMALL_GROUP {
            self.join_groups(group);
        }
        true
    }

    /// The group and leaf at a number that [`Leaves::retain_in`] gave.
    fn locate(&self, at: usize) -> (usize, usize) {
        let (group, leaf) = (at / GROUP, at % GROUP);
        match self.groups.get(group) {
            Some(leaves) if leaf >= leaves.len() => (group + 1, 0),
            _ => (group, leaf),
        }
    }

    /// How many entries the leaf at this number has; nothing past the last one. The first has number 0.
    pub fn size_at(&self, at: usize) -> Option<usize> {
        let (group, leaf) = self.locate(at);
        self.groups.get(group)?.size(leaf)
    }

    /// Keeps only the entries of one leaf that `keep` wants. Gives the number of the leaf that comes next.
    pub fn retain_at(&mut self, at: usize, keep: impl FnMut(&K, &mut V) -> bool) -> usize {
        let (group, leaf) = self.locate(at);
        let next = group * GROUP + leaf + usize::from(!self.retain_in(group, leaf, keep));
        if next == (group + 1) * GROUP {
            return next;
        }
        let (group, leaf) = self.locate(next);
        group * GROUP + leaf
    }

    /// Keeps only the entries of all leaves that `keep` wants, asking about each once.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        // From the last leaf to the first: a leaf that swallows its successor then swallows one that is done already.
        for group in (0..self.groups.len()).rev() {
            for leaf in (0..self.groups.get(group).map_or(0, Group::len)).rev() {
                self.retain_in(group, leaf, &mut keep);
            }
        }
    }

    /// Whether another leaf is in the place of this one now, or it has swallowed the next.
    fn retain_in(&mut self, group: usize, leaf: usize, mut keep: impl FnMut(&K, &mut V) -> bool) -> bool {
        let Some(leaves) = self.groups.get_mut(group) else { return false };
        let Some((low, rest)) = leaves.lows.get_mut(leaf).zip(leaves.rests.get_mut(leaf)) else { return false };
        let size = rest.len() + 1;
        // Ask about all entries first: should `keep` panic, nothing has moved yet.
        let mut kept = 0_u64;
        for (index, (key, value)) in once(&mut *low).chain(&mut *rest).enumerate() {
            kept |= u64::from(keep(key, value)) << index;
        }
        let number = kept.count_ones() as usize;
        if number == size {
            return false;
        }
        // Destructors may panic, so they come last, when everything else is as it must be.
        self.len -= size - number;
        if number == 0 {
            drop(self.remove_leaf(group, leaf));
            return true;
        }
        let lowest = kept.trailing_zeros() as usize;
        if let Some(entry) = lowest.checked_sub(1).and_then(|index| rest.get_mut(index)) {
            core::mem::swap(low, entry);
        }
        // What is kept besides the lowest, in terms of `rest`.
        kept &= kept - 1;
        kept >>= 1;
        let mut to = 0;
        while kept != 0 {
            let from = kept.trailing_zeros() as usize;
            kept &= kept - 1;
            rest.swap(from, to);
            to += 1;
        }
        rest.truncate(number - 1);
        self.tidy(group, leaf)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::*;

    fn check(all: &Leaves<u32, ()>, model: &BTreeSet<u32>) {
        assert!(all.groups.iter().all(|group| (1..=GROUP).contains(&group.len()) && group.rests.len() == group.len()));
        assert!(all.groups.iter().flat_map(|group| &group.rests).all(|rest| rest.len() < CAPACITY));
        assert_eq!(all.len(), model.len());
        assert!(all.iter().map(|(key, ())| key).eq(model));
    }

    fn put(all: &mut Leaves<u32, ()>, key: u32) -> bool {
        all.find(&key)
            .map_err(|place| {
                let place = all.make_room(place).unwrap();
                all.put(place, (key, ()))
            })
            .is_err()
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
    fn many_groups() {
        let mut all = Leaves::new();
        let model: BTreeSet<u32> = (0..60_000_u32).map(|n| n.wrapping_mul(2_654_435_761)).collect();
        (0..60_000_u32).for_each(|n| assert!(put(&mut all, n.wrapping_mul(2_654_435_761))));
        check(&all, &model);
        assert!(all.groups.len() > 4);
        let (first, end) = all.range(Bound::Excluded(&1_000_000), Bound::Included(&2_000_000_000));
        let (mut at, mut back, mut forth) = (first, end, model.range(1_000_001..=2_000_000_000));
        while at < end {
            assert_eq!(all.get(at).map(|(key, ())| key), forth.next());
            at = all.after(at);
        }
        assert_eq!((at, forth.next()), (end, None));
        for key in model.range(1_000_001..=2_000_000_000).rev() {
            back = all.before(back).unwrap();
            assert_eq!(all.get(back).map(|(key, ())| key), Some(key));
        }
        assert_eq!(back, first);
        all.retain(|key, ()| key % 100 == 0);
        check(&all, &model.iter().copied().filter(|key| key % 100 == 0).collect());
        model.iter().for_each(|key| assert_eq!(take(&mut all, *key), key % 100 == 0));
        assert!(all.groups.is_empty());
    }

    #[test]
    fn ascending_and_descending() {
        let mut all = Leaves::new();
        (0..1000).for_each(|key| assert!(put(&mut all, key)));
        check(&all, &(0..1000).collect());
        assert!(all.groups.iter().flatten().count() <= 1000_usize.div_ceil(CAPACITY));
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
            while all.size_at(leaf).is_some() {
                leaf = all.retain_at(leaf, |key, ()| key % keep == 0);
            }
            check(&all, &(0..1500).filter(|key| key % keep == 0).collect());
        }
    }
}
