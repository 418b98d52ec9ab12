//! The table under all of them: its storage, and how it grows and is swept.

use core::fmt;
use core::hash::BuildHasher;

use hashbrown::HashTable;

use super::kinds::{Half, Key};
use crate::DefaultHashBuilder;
use crate::budget::{Account, Budget, TryReserveError};
use crate::sweeper::{PART, Parts, Sweeper};

/// An entry.
#[derive(Clone)]
pub(super) struct Slot<K: Half, V> {
    pub memo: K::Memo,
    pub key: K,
    pub value: V,
}

impl<K: Half, V: Half> Slot<K, V> {
    #[inline]
    pub fn is_expired(&self) -> bool {
        self.key.is_expired() || self.value.is_expired()
    }

    #[inline]
    pub fn view(&self) -> Option<(K::Ref<'_>, V::Ref<'_>)> {
        // Both at once: neither waits for the count of the other to come from memory.
        self.key.view().zip(self.value.view())
    }

    #[inline]
    pub fn view_mut(&mut self) -> Option<(K::Ref<'_>, V::Mut<'_>)> {
        self.key.view().zip(self.value.view_mut())
    }

    #[inline]
    pub fn into_given(self) -> Option<(K::Given, V::Given)> {
        Some((self.key.into_given()?, self.value.into_given()?))
    }
}

/// A hash table of which the keys, the values or both are weak references.
///
/// `K` and `V` say how keys and values are held; users name the table by one of its aliases, such as
/// [`WeakKeyHashMap`](crate::WeakKeyHashMap). An entry vanishes when its key or its value does. See the [crate](crate) for
/// when its remains are removed.
///
/// The table grows by doubling as every hash table of this kind does, which is the only work in an operation that is not
/// bounded; [`reserve`](Self::reserve) does it ahead of time.
#[derive(Clone)]
pub struct Table<K: Half, V: Half, S = DefaultHashBuilder> {
    pub(super) raw: HashTable<Slot<K, V>>,
    pub(super) hasher: S,
    pub(super) sweeper: Sweeper,
    account: Account,
}

impl<K: Half, V: Half> Parts for HashTable<Slot<K, V>> {
    // Places, not entries: between 7/16 and 7/8 of them are in use when a table has grown.
    const PACE: usize = 4;
    const PATIENCE: u32 = 2;

    fn cost(&self, at: usize) -> Option<usize> {
        let left = self.num_buckets().checked_sub(at)?;
        (left > 0).then_some(left.min(PART))
    }

    fn sweep(&mut self, at: usize) -> usize {
        let end = self.num_buckets().min(at + PART);
        let mut from = at;
        while from < end {
            let to = end.min(from + 64);
            // First where there are entries, which takes no branches; then which of them expired, all before any is removed: that
            // the counts are far apart in memory costs less then than one after the other.
            let mut full = 0_u64;
            for (bit, bucket) in (from..to).enumerate() {
                full |= u64::from(self.get_bucket(bucket).is_some()) << bit;
            }
            let mut expired = 0_u64;
            while full != 0 {
                let bit = full.trailing_zeros();
                full &= full - 1;
                let is_expired = self.get_bucket(from + bit as usize).is_some_and(Slot::is_expired);
                expired |= u64::from(is_expired) << bit;
            }
            while expired != 0 {
                let bucket = from + expired.trailing_zeros() as usize;
                expired &= expired - 1;
                if let Ok(entry) = self.get_bucket_entry(bucket) {
                    drop(entry.remove());
                }
            }
            from = to;
        }
        end
    }

    fn entries(&self) -> usize {
        self.len()
    }
}

#[cfg(any(feature = "ahash", feature = "std"))]
impl<K: Half, V: Half> Table<K, V> {
    /// Makes an empty table, without allocating.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an empty table with room for this many entries.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self::with_capacity_and_hasher(capacity, DefaultHashBuilder::default())
    }
}

impl<K: Half, V: Half, S: Default> Default for Table<K, V, S> {
    fn default() -> Self {
        Self::with_hasher(S::default())
    }
}

impl<K: Half, V: Half, S> Table<K, V, S> {
    /// Makes an empty table that hashes with `hasher`.
    #[must_use]
    pub const fn with_hasher(hasher: S) -> Self {
        Table { raw: HashTable::new(), hasher, sweeper: Sweeper::new(), account: Account::none() }
    }

    /// Makes an empty table with room for this many entries that hashes with `hasher`.
    #[must_use]
    pub fn with_capacity_and_hasher(capacity: usize, hasher: S) -> Self {
        Table { raw: HashTable::with_capacity(capacity), ..Self::with_hasher(hasher) }
    }

    /// What hashes the keys.
    #[must_use]
    pub fn hasher(&self) -> &S {
        &self.hasher
    }

    /// After how many operations a pass of sweeping begins; see the [crate](crate).
    #[must_use]
    pub fn threshold(&self) -> usize {
        self.sweeper.threshold()
    }

    /// Sets after how many operations a pass of sweeping begins. With 0 there always is one; with `usize::MAX` there is none
    /// but [`remove_expired`](Self::remove_expired).
    pub fn set_threshold(&mut self, operations: usize) {
        self.sweeper.set_threshold(operations);
    }

    /// How many entries there is room for before the table grows. Removing entries can make it less.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.raw.capacity()
    }

    /// The number of entries, those included that have expired and not been removed yet.
    #[must_use]
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Whether there is no entry, not even an expired one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// The number of living entries. Takes time in proportion to all of them.
    #[must_use]
    pub fn live_len(&self) -> usize {
        self.raw.iter().filter(|slot| !slot.is_expired()).count()
    }

    /// The part of the places for entries that is in use, expired ones included.
    #[must_use]
    pub fn load_factor(&self) -> f32 {
        if self.raw.is_empty() { 0.0 } else { self.raw.len() as f32 / self.raw.num_buckets() as f32 }
    }

    /// The bytes that are allocated for entries.
    #[must_use]
    pub fn allocated(&self) -> usize {
        self.raw.allocation_size()
    }

    /// Makes the table ask `budget` before it allocates, and charges what it has allocated.
    ///
    /// # Errors
    /// When the budget does not suffice for that; the budget there was stays.
    pub fn set_budget(&mut self, budget: &Budget) -> Result<(), TryReserveError> {
        self.account.attach(budget, self.raw.allocation_size())
    }

    /// The budget of the table.
    #[must_use]
    pub fn budget(&self) -> Option<&Budget> {
        self.account.budget()
    }

    /// Removes all entries and keeps the memory.
    pub fn clear(&mut self) {
        self.sweeper.reset();
        self.raw.clear();
    }

    /// Removes what is left of all expired entries, now and at once.
    pub fn remove_expired(&mut self) {
        self.raw.retain(|slot| !slot.is_expired());
        self.sweeper.reset();
    }

    /// Counts an operation and does its share of sweeping.
    #[inline]
    pub(super) fn step(&mut self) {
        self.sweeper.step(&mut self.raw);
    }
}

impl<K: Key, V: Half, S: BuildHasher> Table<K, V, S> {
    /// Makes room for this many more entries.
    ///
    /// # Panics
    /// When there cannot be that much memory or the [`Budget`] does not suffice.
    #[track_caller]
    pub fn reserve(&mut self, additional: usize) {
        self.try_reserve(additional).unwrap_or_else(|error| error.raise());
    }

    /// Makes room for this many more entries, if it can.
    ///
    /// # Errors
    /// Says why it cannot. Expired entries have been removed then.
    #[inline]
    pub fn try_reserve(&mut self, additional: usize) -> Result<(), TryReserveError> {
        if self.raw.capacity() - self.raw.len() >= additional {
            return Ok(());
        }
        self.grow(additional)
    }

    #[cold]
    fn grow(&mut self, additional: usize) -> Result<(), TryReserveError> {
        // A table this small is swept in one part: it does not grow for the sake of expired entries.
        if self.raw.num_buckets() <= PART && !self.raw.is_empty() && self.sweeper.threshold() != usize::MAX {
            self.raw.sweep(0);
            // Without some slack the next operation would be here again.
            let slack = self.raw.len() / 4 + 1;
            if self.raw.capacity() - self.raw.len() >= additional.saturating_add(slack) {
                return Ok(());
            }
        }
        self.grow_now(additional).or_else(|_| {
            self.remove_expired();
            self.grow_now(additional)
        })
    }

    fn grow_now(&mut self, additional: usize) -> Result<(), TryReserveError> {
        let wanted = self.raw.len().checked_add(additional).ok_or(TryReserveError::CapacityOverflow)?;
        if self.account.budget().is_some() {
            self.account.charge(moving_size::<Slot<K, V>>(self.raw.num_buckets(), wanted)?)?;
        }
        let hasher = &self.hasher;
        let outcome = self.raw.try_reserve(additional, |slot| slot.key.hash(slot.memo, hasher));
        self.account.settle(self.raw.allocation_size());
        Ok(outcome?)
    }

    /// Removes expired entries and gives back memory that the others do not need.
    pub fn shrink_to_fit(&mut self) {
        self.shrink_to(0);
    }

    /// Removes expired entries and gives back memory, but keeps room for `capacity` entries.
    pub fn shrink_to(&mut self, capacity: usize) {
        if self.raw.capacity() < capacity {
            return;
        }
        self.remove_expired();
        let hasher = &self.hasher;
        self.raw.shrink_to(capacity.min(self.raw.capacity()), |slot| slot.key.hash(slot.memo, hasher));
        self.account.settle(self.raw.allocation_size());
    }
}

/// The most bytes that making room for `wanted` entries can allocate before old memory is freed.
fn moving_size<T>(buckets: usize, wanted: usize) -> Result<usize, TryReserveError> {
    let full = buckets / 8 * 7;
    if wanted <= full / 2 {
        return Ok(0); // what was deleted is cleared away in place
    }
    let capacity = wanted.max(full + 1);
    let buckets = match capacity {
        0..4 => Some(4),
        4..8 => Some(8),
        8..15 => Some(16),
        _ => capacity.checked_mul(8).map(|eighths| (eighths / 7).next_power_of_two()),
    };
    // An entry and a control byte each, a last group of these, and what alignment takes.
    let group = 16;
    buckets
        .and_then(|buckets| buckets.checked_mul(size_of::<T>() + 1))
        .and_then(|bytes| bytes.checked_add(group + group.max(align_of::<T>())))
        .ok_or(TryReserveError::CapacityOverflow)
}

impl<K: Half<Given: fmt::Debug>, V: Half<Given: fmt::Debug>, S> fmt::Debug for Table<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for slot in &self.raw {
            if let Some((key, value)) = slot.key.handle().zip(slot.value.handle()) {
                map.entry(slot.key.given(&key), slot.value.given(&value));
            }
        }
        map.finish()
    }
}
