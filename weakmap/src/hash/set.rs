//! Sets: tables without values.

use core::fmt;
use core::hash::BuildHasher;
use core::iter::{Chain, FusedIterator};
use core::ops::{BitAnd, BitOr, BitXor, Sub};

use hashbrown::hash_table;
use weakref_traits::WeakRef;

use super::iter as map;
use super::kinds::{ByPtr, ByValue, Half, Key, Lookup, Owned};
use super::table::{Slot, Table};
use crate::DefaultHashBuilder;
use crate::budget::{Budget, TryReserveError};
use crate::traits::WeakKey;

/// A hash set of weak references.
///
/// `T` says how elements are held; users name the set by one of its aliases, [`WeakHashSet`](crate::WeakHashSet) and
/// [`PtrWeakHashSet`](crate::PtrWeakHashSet).
#[derive(Clone)]
pub struct Set<T: Half, S = DefaultHashBuilder> {
    pub(super) table: Table<T, Owned<()>, S>,
}

#[cfg(any(feature = "ahash", feature = "std"))]
impl<T: Half> Set<T> {
    /// Makes an empty set, without allocating.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an empty set with room for this many elements.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Set { table: Table::with_capacity(capacity) }
    }
}

impl<T: Half, S: Default> Default for Set<T, S> {
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<T: Half, S> Set<T, S> {
    /// Makes an empty set that hashes with `hasher`.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        Set { table: Table::with_hasher(hasher) }
    }

    /// Makes an empty set with room for this many elements that hashes with `hasher`.
    #[must_use]
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Set { table: Table::with_capacity_and_hasher(capacity, hasher) }
    }

    /// What hashes the elements.
    #[must_use]
    pub fn hasher(&self) -> &S {
        self.table.hasher()
    }

    /// After how many operations a pass of sweeping begins; see the [crate](crate).
    #[must_use]
    pub fn threshold(&self) -> usize {
        self.table.threshold()
    }

    /// Sets after how many operations a pass of sweeping begins; see [`Table::set_threshold`].
    pub fn set_threshold(&mut self, operations: usize) {
        self.table.set_threshold(operations);
    }

    /// How many elements there is room for before the set grows.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.table.capacity()
    }

    /// The number of elements, those included that have expired and not been removed yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is no element, not even an expired one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The number of living elements. Takes time in proportion to all of them.
    #[must_use]
    pub fn live_len(&self) -> usize {
        self.table.live_len()
    }

    /// The part of the places for elements that is in use, expired ones included.
    #[must_use]
    pub fn load_factor(&self) -> f32 {
        self.table.load_factor()
    }

    /// The bytes that are allocated for elements.
    #[must_use]
    pub fn allocated(&self) -> usize {
        self.table.allocated()
    }

    /// Makes the set ask `budget` before it allocates, and charges what it has allocated.
    ///
    /// # Errors
    /// When the budget does not suffice for that; the budget there was stays.
    pub fn set_budget(&mut self, budget: &Budget) -> Result<(), TryReserveError> {
        self.table.set_budget(budget)
    }

    /// The budget of the set.
    #[must_use]
    pub fn budget(&self) -> Option<&Budget> {
        self.table.budget()
    }

    /// Removes all elements and keeps the memory.
    pub fn clear(&mut self) {
        self.table.clear();
    }

    /// Removes what is left of all expired elements, now and at once.
    pub fn remove_expired(&mut self) {
        self.table.remove_expired();
    }

    /// The living elements.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self.table.keys())
    }

    /// Takes all elements out and gives the living ones. The memory is kept.
    pub fn drain(&mut self) -> Drain<'_, T> {
        Drain(self.table.drain())
    }
}

impl<T: Key, S: BuildHasher> Set<T, S> {
    /// Makes room for this many more elements.
    ///
    /// # Panics
    /// When there cannot be that much memory or the [`Budget`] does not suffice.
    #[track_caller]
    pub fn reserve(&mut self, additional: usize) {
        self.table.reserve(additional);
    }

    /// Makes room for this many more elements, if it can.
    ///
    /// # Errors
    /// Says why it cannot. Expired elements have been removed then.
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        self.table.try_reserve(additional)
    }

    /// Removes expired elements and gives back memory that the others do not need.
    pub fn shrink_to_fit(&mut self) {
        self.table.shrink_to_fit();
    }

    /// Removes expired elements and gives back memory, but keeps room for `capacity` elements.
    pub fn shrink_to(&mut self, capacity: usize) {
        self.table.shrink_to(capacity);
    }

    /// Whether the element is there.
    #[inline]
    #[must_use]
    pub fn contains<Q: ?Sized>(&self, element: &Q) -> bool
    where
        T: Lookup<Q>,
    {
        self.table.contains_key(element)
    }

    /// The element as it is held.
    #[must_use]
    pub fn get<Q: ?Sized>(&self, element: &Q) -> Option<T::Ref<'_>>
    where
        T: Lookup<Q>,
    {
        self.table.get_key(element)
    }

    /// Puts an element in; one that is equal is replaced by it. Whether there was none.
    ///
    /// # Panics
    /// When there is no room and none to be had; see [`try_insert`](Self::try_insert).
    #[inline]
    #[track_caller]
    pub fn insert(&mut self, element: T::Given) -> bool {
        self.table.insert(element, ()).is_none()
    }

    /// Puts an element in like [`insert`](Self::insert), if there is room for it.
    ///
    /// # Errors
    /// Says why there is none.
    #[inline]
    pub fn try_insert(&mut self, element: T::Given) -> Result<bool, TryReserveError> {
        Ok(self.table.try_insert(element, ())?.is_none())
    }

    /// Removes an element. Whether it was there.
    pub fn remove<Q: ?Sized>(&mut self, element: &Q) -> bool
    where
        T: Lookup<Q>,
    {
        self.table.remove(element).is_some()
    }

    /// Removes an element and gives it as it was held.
    pub fn take<Q: ?Sized>(&mut self, element: &Q) -> Option<T::Given>
    where
        T: Lookup<Q>,
    {
        self.table.remove_entry(element).map(|(element, ())| element)
    }

    /// Whether every living element is in `other`, too.
    pub fn is_subset<S1: BuildHasher>(&self, other: &Set<T, S1>) -> bool {
        self.table.domain_is_subset(&other.table)
    }

    /// Whether every living element of `other` is in this set, too.
    pub fn is_superset<S1: BuildHasher>(&self, other: &Set<T, S1>) -> bool {
        other.is_subset(self)
    }
}

impl<T: Key, S: BuildHasher> Set<T, S> {
    /// Whether no living element is in `other`, too.
    pub fn is_disjoint(&self, other: &Self) -> bool {
        self.intersection(other).next().is_none()
    }

    /// The living elements that are in `other`, too. Of two that are equal either may be given.
    pub fn intersection<'a>(&'a self, other: &'a Self) -> Intersection<'a, T, S> {
        let (small, large) = by_len(self, other);
        Intersection(Chosen { elements: small.table.raw.iter(), other: large, inside: true })
    }

    /// The living elements that are not in `other`.
    pub fn difference<'a>(&'a self, other: &'a Self) -> Difference<'a, T, S> {
        Difference(Chosen { elements: self.table.raw.iter(), other, inside: false })
    }

    /// The living elements of both, each once.
    pub fn union<'a>(&'a self, other: &'a Self) -> Union<'a, T, S> {
        let (small, large) = by_len(self, other);
        Union(large.iter().chain(small.difference(large)))
    }

    /// The living elements that are in one of the two and not in the other.
    pub fn symmetric_difference<'a>(&'a self, other: &'a Self) -> SymmetricDifference<'a, T, S> {
        SymmetricDifference(self.difference(other).chain(other.difference(self)))
    }
}

fn by_len<'a, T: Half, S>(a: &'a Set<T, S>, b: &'a Set<T, S>) -> (&'a Set<T, S>, &'a Set<T, S>) {
    if a.len() < b.len() { (a, b) } else { (b, a) }
}

/// The elements of one set that are, or are not, in another.
struct Chosen<'a, T: Half, S> {
    elements: hash_table::Iter<'a, Slot<T, Owned<()>>>,
    other: &'a Set<T, S>,
    inside: bool,
}

impl<'a, T: Key, S: BuildHasher> Iterator for Chosen<'a, T, S> {
    type Item = T::Ref<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.elements.find_map(|slot| {
            let element = slot.key.view()?;
            (self.other.table.counterpart(slot).is_some() == self.inside).then_some(element)
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.elements.len()))
    }
}

/// The elements that two sets have in common; see [`Set::intersection`].
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Intersection<'a, T: Half, S>(Chosen<'a, T, S>);

/// The elements of one set that another does not have; see [`Set::difference`].
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Difference<'a, T: Half, S>(Chosen<'a, T, S>);

/// The elements of two sets; see [`Set::union`].
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Union<'a, T: Half, S>(Chain<Iter<'a, T>, Difference<'a, T, S>>);

/// The elements that only one of two sets has; see [`Set::symmetric_difference`].
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct SymmetricDifference<'a, T: Half, S>(Chain<Difference<'a, T, S>, Difference<'a, T, S>>);

/// The living elements of a set.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Iter<'a, T: Half>(map::Keys<'a, T, Owned<()>>);

/// The living elements of a set, owned.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct IntoIter<T: Half>(map::IntoIter<T, Owned<()>>);

/// The living elements of a set, taken out of it. What is not taken is removed as well.
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct Drain<'a, T: Half>(map::Drain<'a, T, Owned<()>>);

macro_rules! iterators {
    ($($name:ident [$($generics:tt)*] [$($arguments:tt)*], $item:ty, $see:expr;)*) => {$(
        impl<$($generics)*> Iterator for $name<$($arguments)*> {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                self.0.next().map($see)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }

            #[inline]
            fn fold<B, F: FnMut(B, Self::Item) -> B>(self, first: B, mut f: F) -> B {
                self.0.fold(first, |so_far, element| f(so_far, $see(element)))
            }
        }

        impl<$($generics)*> FusedIterator for $name<$($arguments)*> {}
    )*};
}

iterators! {
    Iter['a, T: Half]['a, T], T::Ref<'a>, |element| element;
    IntoIter[T: Half][T], T::Given, |(element, ())| element;
    Drain['a, T: Half]['a, T], T::Given, |(element, ())| element;
    Intersection['a, T: Key, S: BuildHasher]['a, T, S], T::Ref<'a>, |element| element;
    Difference['a, T: Key, S: BuildHasher]['a, T, S], T::Ref<'a>, |element| element;
    Union['a, T: Key, S: BuildHasher]['a, T, S], T::Ref<'a>, |element| element;
    SymmetricDifference['a, T: Key, S: BuildHasher]['a, T, S], T::Ref<'a>, |element| element;
}

impl<T: Half> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Iter(self.0.clone())
    }
}

impl<T: Half, S> IntoIterator for Set<T, S> {
    type Item = T::Given;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self.table.into_iter())
    }
}

impl<'a, T: Half, S> IntoIterator for &'a Set<T, S> {
    type Item = T::Ref<'a>;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T: Half<Given: fmt::Debug>, S> fmt::Debug for Set<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut set = f.debug_set();
        for slot in &self.table.raw {
            if let Some(handle) = slot.key.handle() {
                set.entry(slot.key.given(&handle));
            }
        }
        set.finish()
    }
}

impl<T: Key, S: BuildHasher, S1: BuildHasher> PartialEq<Set<T, S1>> for Set<T, S> {
    fn eq(&self, other: &Set<T, S1>) -> bool {
        self.table == other.table
    }
}

impl<T: Key, S: BuildHasher> Eq for Set<T, S> {}

impl<T: Key, S: BuildHasher> Extend<T::Given> for Set<T, S> {
    fn extend<I: IntoIterator<Item = T::Given>>(&mut self, elements: I) {
        for element in elements {
            self.insert(element);
        }
    }
}

impl<T: Key, S: BuildHasher + Default> FromIterator<T::Given> for Set<T, S> {
    fn from_iter<I: IntoIterator<Item = T::Given>>(elements: I) -> Self {
        let mut set = Self::default();
        set.extend(elements);
        set
    }
}

impl<T: Key, S: BuildHasher + Default, const N: usize> From<[T::Given; N]> for Set<T, S> {
    fn from(elements: [T::Given; N]) -> Self {
        elements.into_iter().collect()
    }
}

macro_rules! operators {
    ($kind:ident: $bound:ident; $($trait:ident $operator:ident $method:ident),*) => {$(
        impl<W: $bound, S: BuildHasher + Default> $trait for &Set<$kind<W>, S> {
            type Output = Set<$kind<W>, S>;

            fn $operator(self, other: Self) -> Self::Output {
                self.$method(other).collect()
            }
        }
    )*};
}

operators!(ByValue: WeakKey; BitAnd bitand intersection, BitOr bitor union, Sub sub difference,
    BitXor bitxor symmetric_difference);
operators!(ByPtr: WeakRef; BitAnd bitand intersection, BitOr bitor union, Sub sub difference,
    BitXor bitxor symmetric_difference);
