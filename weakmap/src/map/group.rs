//! Groups of leaves, and room in them.

use alloc::vec::{IntoIter as VecIntoIter, Vec};
use core::alloc::Layout;
use core::iter::{Chain, Once, Zip, once};
use core::slice;

use crate::budget::{Account, TryReserveError};

/// The most entries a leaf has; the bits of the mask in [`Leaves::retain`](super::leaves::Leaves::retain).
pub(super) const CAPACITY: usize = 64;
/// The most leaves a group has.
pub(super) const GROUP: usize = 128;

/// Leaves next to each other: of each its lowest entry, and the others, in the order of their keys.
#[derive(Clone)]
pub(super) struct Group<K, V> {
    pub lows: Vec<(K, V)>,
    pub rests: Vec<Vec<(K, V)>>,
}

impl<K, V> Group<K, V> {
    pub fn len(&self) -> usize {
        self.lows.len()
    }

    /// The number of entries of a leaf.
    #[inline]
    pub fn size(&self, leaf: usize) -> Option<usize> {
        self.rests.get(leaf).map(|rest| rest.len() + 1)
    }

    #[inline]
    pub fn get(&self, leaf: usize, entry: usize) -> Option<&(K, V)> {
        match entry.checked_sub(1) {
            None => self.lows.get(leaf),
            Some(index) => self.rests.get(leaf)?.get(index),
        }
    }

    #[inline]
    pub fn get_mut(&mut self, leaf: usize, entry: usize) -> Option<&mut (K, V)> {
        match entry.checked_sub(1) {
            None => self.lows.get_mut(leaf),
            Some(index) => self.rests.get_mut(leaf)?.get_mut(index),
        }
    }

    /// Room for one more leaf.
    pub fn room(&mut self, account: &mut Account) -> Result<(), TryReserveError> {
        room(&mut self.lows, GROUP, account)?;
        room(&mut self.rests, GROUP, account)
    }

    pub fn insert(&mut self, leaf: usize, low: (K, V), rest: Vec<(K, V)>) {
        self.lows.insert(leaf, low);
        self.rests.insert(leaf, rest);
    }

    pub fn spare(&self) -> usize {
        (self.lows.capacity() - self.lows.len()).min(self.rests.capacity() - self.rests.len())
    }

    /// The bytes of the group without its leaves.
    pub fn bytes(&self) -> usize {
        bytes_of::<(K, V)>(self.lows.capacity()).saturating_add(bytes_of::<Vec<(K, V)>>(self.rests.capacity()))
    }
}

/// Leaves as runs of entries.
#[derive(Clone)]
pub(super) struct Runs<L, R>(Zip<L, R>);

impl<L: Iterator, R: Iterator<Item: IntoIterator<Item = L::Item>>> Iterator for Runs<L, R> {
    type Item = Chain<Once<L::Item>, <R::Item as IntoIterator>::IntoIter>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(low, rest)| once(low).chain(rest))
    }
}

impl<L, R> DoubleEndedIterator for Runs<L, R>
where
    L: DoubleEndedIterator + ExactSizeIterator,
    R: DoubleEndedIterator<Item: IntoIterator<Item = L::Item>> + ExactSizeIterator,
{
    #[inline]
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(|(low, rest)| once(low).chain(rest))
    }
}

impl<'a, K, V> IntoIterator for &'a Group<K, V> {
    type Item = <Self::IntoIter as Iterator>::Item;
    type IntoIter = Runs<slice::Iter<'a, (K, V)>, slice::Iter<'a, Vec<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        Runs(self.lows.iter().zip(&self.rests))
    }
}

impl<'a, K, V> IntoIterator for &'a mut Group<K, V> {
    type Item = <Self::IntoIter as Iterator>::Item;
    type IntoIter = Runs<slice::IterMut<'a, (K, V)>, slice::IterMut<'a, Vec<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        Runs(self.lows.iter_mut().zip(&mut self.rests))
    }
}

impl<K, V> IntoIterator for Group<K, V> {
    type Item = <Self::IntoIter as Iterator>::Item;
    type IntoIter = Runs<VecIntoIter<(K, V)>, VecIntoIter<Vec<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        Runs(self.lows.into_iter().zip(self.rests))
    }
}

pub(super) fn bytes_of<T>(items: usize) -> usize {
    items.saturating_mul(size_of::<T>())
}

/// Makes room for one more item in a vector that grows to `most` items.
pub(super) fn room<T>(items: &mut Vec<T>, most: usize, account: &mut Account) -> Result<(), TryReserveError> {
    if items.len() < items.capacity() {
        return Ok(());
    }
    if items.len() >= most {
        return Err(TryReserveError::CapacityOverflow);
    }
    let old = items.capacity();
    let new = old.saturating_mul(2).clamp(4, most.max(4));
    let layout = Layout::array::<T>(new).map_err(|_| TryReserveError::CapacityOverflow)?;
    // While items move there are both.
    account.charge(layout.size())?;
    if items.try_reserve_exact(new - items.len()).is_err() {
        account.release(layout.size());
        return Err(TryReserveError::AllocError { layout });
    }
    account.release(bytes_of::<T>(old));
    Ok(())
}

pub(super) fn with_room<T>(capacity: usize, account: &mut Account) -> Result<Vec<T>, TryReserveError> {
    let layout = Layout::array::<T>(capacity).map_err(|_| TryReserveError::CapacityOverflow)?;
    account.charge(layout.size())?;
    let mut items = Vec::new();
    if items.try_reserve_exact(capacity).is_err() {
        account.release(layout.size());
        return Err(TryReserveError::AllocError { layout });
    }
    Ok(items)
}
