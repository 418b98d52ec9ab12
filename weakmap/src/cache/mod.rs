#![doc = include_str!("../../CACHE.md")]

mod builder;
mod clock;
mod collect;
mod flight;
mod gone;
mod index;
mod iter;
mod load;
mod lock;
pub mod pressure;
mod put;
mod shard;
mod sketch;
mod slab;
mod soft;
mod stats;
mod sync;

use std::borrow::Borrow;
use std::boxed::Box;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

pub use builder::{Admission, CacheBuilder, CostFn};
pub use collect::{Shed, shed_share};
pub use iter::Iter;
pub use pressure::Pressure;
pub use stats::{CacheStats, Cause};

#[cfg(loom)]
#[doc(hidden)]
pub use {flight::Flight, lock::Lock, lock::Policy, lock::Standard};

use crate::DefaultHashBuilder;
use gone::{Gone, Listener};
use shard::{NOBODY, Shard, State};
use slab::Content;

/// Costs stay below this, so that sums of them cannot overflow.
const MOST_COST: u64 = u64::MAX >> 16;
/// Soft entries that a collection looks at in each shard.
const SOFT_STEPS: u32 = 1 << 16;

/// A concurrent cache. See the [module](crate::cache) for what it does; [`Cache::builder`] for what it can be told.
pub struct Cache<K, V, S = DefaultHashBuilder> {
    shards: Box<[Shard<K, V>]>,
    hasher: S,
    max_cost: AtomicU64,
    cost: Option<Box<CostFn<K, V>>>,
    listener: Option<Box<Listener<K, V>>>,
    pressure: Option<Box<dyn Pressure>>,
    calm: f64,
    collections: AtomicU64,
    /// The shard that was asked last to let entries go for others.
    turn: AtomicUsize,
    total: Total,
}

/// The cost of all entries, on a cache line of its own.
#[repr(align(128))]
struct Total(AtomicU64);

impl<K, V, S: Default> Cache<K, V, S> {
    /// A cache whose entries may cost this much together, one each.
    #[must_use]
    pub fn new(max_cost: u64) -> Self {
        Self::builder().max_cost(max_cost).build()
    }

    /// A cache from which entries leave only when memory is short.
    #[must_use]
    pub fn unbounded() -> Self {
        Self::builder().build()
    }

    /// What a cache can be told when it is made.
    #[must_use]
    pub fn builder() -> CacheBuilder<K, V, S> {
        CacheBuilder::default()
    }
}

impl<K, V, S> Cache<K, V, S> {
    /// The number of entries that keep their values.
    pub fn len(&self) -> usize {
        self.sum(State::len)
    }

    /// Whether there is no entry that keeps its value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of soft entries whose values were left to others to keep, those included that are gone unnoticed.
    pub fn soft_len(&self) -> usize {
        self.sum(State::soft_len)
    }

    fn sum(&self, of: impl Fn(&State<K, V>) -> usize) -> usize {
        self.shards.iter().map(|shard| of(&shard.0.read())).sum()
    }

    /// What all entries cost together.
    #[inline]
    pub fn cost(&self) -> u64 {
        self.total.0.load(Relaxed)
    }

    /// The most that all entries may cost together.
    #[inline]
    pub fn max_cost(&self) -> u64 {
        self.max_cost.load(Relaxed)
    }

    /// Changes what all entries may cost together. If it is less than they do, some leave at once.
    pub fn set_max_cost(&self, max_cost: u64) {
        self.max_cost.store(max_cost.min(MOST_COST), Relaxed);
        self.make_room_in_turn(None);
    }

    /// What happened so far.
    pub fn stats(&self) -> CacheStats {
        let mut all = CacheStats { collections: self.collections.load(Relaxed), ..CacheStats::default() };
        self.shards.iter().for_each(|shard| all.add(&shard.0.read().stats()));
        all
    }

    /// Removes everything. Loads that are under way will not be stored.
    pub fn clear(&self) {
        for shard in &self.shards {
            let contents = {
                let mut state = shard.0.write();
                let contents = state.clear();
                self.settle(&mut state);
                contents
            };
            for content in contents {
                self.tell_of(content, Cause::Removed);
            }
        }
    }

    /// Lets entries go in proportion to the pressure that the cache's [`Pressure`] tells of; without one, only looks after soft entries.
    /// To be called whenever memory has been looked after; see the [module](crate::cache) for who leaves.
    pub fn on_collection(&self) -> Shed {
        self.shed(self.pressure.as_ref().map_or(0.0, |pressure| pressure.level()))
    }

    /// [`on_collection`](Self::on_collection) with a pressure the caller knows.
    pub fn shed(&self, pressure: f64) -> Shed {
        self.collections.fetch_add(1, Relaxed);
        let mut shed = Shed { pressure, share: shed_share(pressure, self.calm), ..Shed::default() };
        let mut gone = Gone::new(self.listener.as_deref());
        for shard in &self.shards {
            let mut selection = {
                let mut state = shard.0.write();
                state.sweep_soft(SOFT_STEPS, &mut gone);
                state.select(shed.share, pressure < 1.0)
            };
            gone.tell(self.listener.as_deref());
            while let Some(chosen) = &mut selection {
                let more = {
                    let mut state = shard.0.write();
                    let more = state.shed(chosen, &mut gone, &mut shed);
                    self.settle(&mut state);
                    more
                };
                gone.tell(self.listener.as_deref());
                if !more {
                    selection = None;
                }
            }
        }
        shed
    }

    /// Every entry, a copy of one shard at a time. Entries do not count as used.
    pub fn iter(&self) -> Iter<'_, K, V>
    where
        K: Clone,
        V: Clone,
    {
        Iter::new(&self.shards)
    }

    fn tell_of(&self, content: Content<K, V>, cause: Cause) {
        let mut gone = Gone::new(self.listener.as_deref());
        gone.push(content, Some(cause));
        gone.tell(self.listener.as_deref());
    }

    /// Tells everybody else what the shard's entries cost now. Gives the cost of all.
    #[inline]
    fn settle(&self, state: &mut State<K, V>) -> u64 {
        let change = state.cost().wrapping_sub(state.settled);
        if change == 0 {
            return self.cost();
        }
        state.settled = state.cost();
        self.total.0.fetch_add(change, Relaxed).wrapping_add(change)
    }

    /// The cost that a shard may have in any case. If all have no more than that, there is room.
    fn fair(&self) -> u64 {
        // There is a power of two of them, and a single one must not leave things to others.
        if self.shards.len() == 1 { 0 } else { self.max_cost() >> self.shards.len().trailing_zeros() }
    }

    /// Whether there is no room for an entry of some cost, and the shard would have more than its fair part with it.
    #[inline]
    fn is_over(&self, state: &State<K, V>, cost: u64) -> bool {
        let own = state.cost().wrapping_add(cost);
        self.cost().wrapping_add(own.wrapping_sub(state.settled)) > self.max_cost() && own > self.fair()
    }

    /// Lets entries of a shard go, but not `kept`, while there is no room for all and the shard has more than its fair part. Says
    /// whether there is room for all then.
    #[inline]
    fn make_room(&self, state: &mut State<K, V>, kept: u32, gone: &mut Gone<K, V>) -> bool {
        loop {
            while self.is_over(state, 0) && state.evict(kept, gone) {}
            state.admit_rest();
            if self.settle(state) <= self.max_cost() {
                return true;
            }
            // Others may have put entries in meanwhile.
            if !self.is_over(state, 0) || !state.evict(kept, gone) {
                return false;
            }
        }
    }

    /// Lets entries go, shard by shard, until there is room for all. First where there are more than is fair, then anywhere:
    /// one entry may take the room of many shards.
    #[cold]
    fn make_room_in_turn(&self, kept: Option<(&Shard<K, V>, u32)>) {
        let mut gone = Gone::new(self.listener.as_deref());
        for anywhere in [false, true] {
            for _ in 0..self.shards.len() {
                if self.cost() <= self.max_cost() {
                    return;
                }
                let turn = self.turn.fetch_add(1, Relaxed) & (self.shards.len() - 1);
                let shard = &self.shards[turn];
                let kept = kept.filter(|(of, _)| std::ptr::eq(*of, shard)).map_or(NOBODY, |(_, at)| at);
                {
                    let mut state = shard.0.write();
                    while !self.make_room(&mut state, kept, &mut gone) && anywhere && state.evict(kept, &mut gone) {}
                }
                gone.tell(self.listener.as_deref());
            }
        }
    }
}

impl<K: Hash + Eq, V, S: BuildHasher> Cache<K, V, S> {
    #[inline]
    fn locate<Q: Hash + ?Sized>(&self, key: &Q) -> (u64, &Shard<K, V>) {
        let hash = self.hasher.hash_one(key);
        // The table uses the lowest bits and the seven highest.
        (hash, &self.shards[(hash >> 40) as usize & (self.shards.len() - 1)])
    }

    /// The value of a key, which counts as used then.
    #[inline]
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        V: Clone,
    {
        let (hash, shard) = self.locate(key);
        let state = shard.0.read();
        let full = state.clock.lookup();
        let Some(slot) = state.slab.find(hash, key).map(|(_, slot)| slot) else {
            state.clock.miss();
            return None;
        };
        if let Content::Kept(_, value) = &slot.content {
            slot.mark.hit(full);
            return Some(value.clone());
        }
        drop(state);
        self.revive(hash, shard, key, full)
    }

    #[cold]
    fn revive<Q>(&self, hash: u64, shard: &Shard<K, V>, key: &Q, full: u64) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        V: Clone,
    {
        let mut gone = Gone::new(self.listener.as_deref());
        let (value, rest) = {
            let mut state = shard.0.write();
            match state.revive(hash, key, &mut gone) {
                Some((value, at)) => {
                    state.slab.get(at).mark.hit(full);
                    (Some(value), (!self.make_room(&mut state, at, &mut gone)).then_some(at))
                }
                None => {
                    state.clock.miss();
                    (None, None)
                }
            }
        };
        self.depart(&mut gone, shard, rest);
        value
    }

    /// The value of a key, which does not count as used, nor the lookup as a hit or a miss.
    pub fn peek<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
        V: Clone,
    {
        let (hash, shard) = self.locate(key);
        let state = shard.0.read();
        match &state.slab.find(hash, key)?.1.content {
            Content::Kept(_, value) => Some(value.clone()),
            Content::Soft(_, weak) => weak.revive(),
            Content::Vacant => None,
        }
    }

    /// Whether a key has a value. It does not count as used.
    pub fn contains_key<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let (hash, shard) = self.locate(key);
        let state = shard.0.read();
        state.slab.find(hash, key).is_some_and(|(_, slot)| match &slot.content {
            Content::Kept(..) => true,
            Content::Soft(_, weak) => !weak.is_expired(),
            Content::Vacant => false,
        })
    }

    /// Removes an entry and gives its value.
    pub fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        match self.take(key) {
            Content::Kept(key, value) => {
                if let Some(listener) = &self.listener {
                    listener(&key, &value, Cause::Removed);
                }
                Some(value)
            }
            Content::Soft(_, weak) => weak.revive(),
            Content::Vacant => None,
        }
    }

    /// Removes an entry. Says whether there was one.
    pub fn delete<Q>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.remove(key).is_some()
    }

    fn take<Q>(&self, key: &Q) -> Content<K, V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let (hash, shard) = self.locate(key);
        let mut state = shard.0.write();
        state.overtake(hash, key);
        let Some(at) = state.find(hash, key) else { return Content::Vacant };
        let content = state.take(at);
        if matches!(content, Content::Kept(..)) {
            state.tally.count(Cause::Removed);
        }
        self.settle(&mut state);
        content
    }
}

impl<K, V, S: Default> Default for Cache<K, V, S> {
    /// [`Cache::unbounded`].
    fn default() -> Self {
        Self::unbounded()
    }
}

impl<K, V, S> fmt::Debug for Cache<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("len", &self.len())
            .field("cost", &self.cost())
            .field("max_cost", &self.max_cost())
            .finish_non_exhaustive()
    }
}
