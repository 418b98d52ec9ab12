//! Values that are loaded when they are missing, once for all who ask.

use std::borrow::{Borrow, ToOwned};
use std::convert::Infallible;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use super::Cache;
use super::flight::Flight;
use super::gone::Gone;
use super::shard::Shard;
use super::slab::Content;

/// What a caller has to do for a missing value.
enum Role<V> {
    /// Nothing: it is there.
    Found(V),
    /// Look again: the entry is soft.
    Ask,
    /// Wait until somebody else has it.
    Wait(Arc<Flight<V>>),
    /// Load it.
    Load(Arc<Flight<V>>),
}

impl<K: Hash + Eq, V: Clone, S: BuildHasher> Cache<K, V, S> {
    /// The value of a key; if it has none, the one that the function gives, which is put in.
    ///
    /// The function runs once however many threads ask for the key at one time: the others wait and get clones. If it panics, so does its
    /// caller alone, and one of those who wait runs its own function. No lock is held meanwhile: the function may use the cache.
    ///
    /// What is set, removed or cleared while the function runs is newer than its result: the result goes to those who wait, and the
    /// cache stays as it is.
    ///
    /// # Panics
    ///
    /// If the function itself asks for the same key in this way. Two functions that ask for each other's keys from two threads wait forever.
    pub fn get_or_insert_with<Q>(&self, key: &Q, load: impl FnOnce() -> V) -> V
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        match self.get_or_try_insert_with(key, || Ok::<V, Infallible>(load())) {
            Ok(value) => value,
            Err(never) => match never {},
        }
    }

    /// [`get_or_insert_with`](Self::get_or_insert_with) for a function that may fail.
    ///
    /// # Errors
    ///
    /// What the caller's own function gave. Those who waited for it are not told: one of them runs its own.
    pub fn get_or_try_insert_with<Q, E>(&self, key: &Q, load: impl FnOnce() -> Result<V, E>) -> Result<V, E>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(value) = self.get(key) {
            return Ok(value);
        }
        let (hash, shard) = self.locate(key);
        loop {
            match self.role(shard, hash, key) {
                Role::Found(value) => return Ok(value),
                Role::Ask => {
                    if let Some(value) = self.get(key) {
                        return Ok(value);
                    }
                }
                Role::Wait(flight) => {
                    if let Some(value) = flight.wait() {
                        return Ok(value);
                    }
                }
                Role::Load(flight) => {
                    let mut landing = Landing { cache: self, shard, hash, flight, loaded: None };
                    let value = load()?;
                    let key = key.to_owned();
                    let cost = self.cost_of(&key, &value);
                    landing.loaded = Some(Loaded { key, kept: value.clone(), shared: value.clone(), cost });
                    return Ok(value);
                }
            }
        }
    }

    fn role<Q>(&self, shard: &Shard<K, V>, hash: u64, key: &Q) -> Role<V>
    where
        K: Borrow<Q>,
        Q: Eq + ToOwned<Owned = K> + ?Sized,
    {
        let owned = key.to_owned();
        let mut state = shard.0.write();
        // Somebody may have loaded it since the first look.
        if let Some(at) = state.find(hash, key) {
            return match &state.slab.get(at).content {
                Content::Kept(_, value) => {
                    state.slab.get(at).mark.hit(state.clock.lookup());
                    Role::Found(value.clone())
                }
                _ => Role::Ask,
            };
        }
        match state.pending(hash, key) {
            Some(pending) => {
                state.tally.shared_loads += 1;
                Role::Wait(state.flight(pending))
            }
            None => {
                state.tally.loads += 1;
                Role::Load(state.depart(hash, owned))
            }
        }
    }
}

/// What a function gave, cloned and weighed before any lock is taken.
struct Loaded<K, V> {
    key: K,
    kept: V,
    shared: V,
    cost: u64,
}

/// Ends a load, whether the function returned or not.
struct Landing<'a, K: Hash + Eq, V, S: BuildHasher> {
    cache: &'a Cache<K, V, S>,
    shard: &'a Shard<K, V>,
    hash: u64,
    flight: Arc<Flight<V>>,
    loaded: Option<Loaded<K, V>>,
}

impl<K: Hash + Eq, V, S: BuildHasher> Drop for Landing<'_, K, V, S> {
    fn drop(&mut self) {
        // Those who wait are told after the lock is released, and even if something panics here.
        let mut arrival = Arrival { flight: &self.flight, value: None };
        let mut gone = Gone::new(self.cache.listener.as_deref());
        let mut rest = None;
        {
            let mut state = self.shard.0.write();
            // Whoever comes from here on either finds the entry or starts anew.
            let awaited = state.land(&self.flight);
            match self.loaded.take() {
                Some(Loaded { key, kept, shared, cost }) => {
                    arrival.value = Some(shared);
                    if awaited.is_some() {
                        let found = state.find(self.hash, &key);
                        rest = self.cache.put(&mut state, found, self.hash, key, kept, cost, &mut gone);
                    }
                }
                None => state.tally.failed_loads += 1,
            }
        }
        drop(arrival);
        self.cache.depart(&mut gone, self.shard, rest);
    }
}

/// Tells those who wait for a value.
struct Arrival<'a, V> {
    flight: &'a Flight<V>,
    value: Option<V>,
}

impl<V> Drop for Arrival<'_, V> {
    fn drop(&mut self) {
        self.flight.arrive(self.value.take());
    }
}
