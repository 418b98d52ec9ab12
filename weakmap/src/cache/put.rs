//! How values are put in.

use std::hash::{BuildHasher, Hash};

use super::Cache;
use super::gone::Gone;
use super::shard::{NOBODY, SOFT_STEPS, Shard, State};
use super::slab::Content;
use super::stats::Cause;
use super::sync::RwLockWriteGuard;

impl<K: Hash + Eq, V, S: BuildHasher> Cache<K, V, S> {
    /// Puts a value in, in the place of the one the key had. A value that costs more than the whole cache may is not put in, but what
    /// was there leaves nevertheless.
    #[inline]
    pub fn set(&self, key: K, value: V) {
        let cost = self.cost_of(&key, &value);
        let (hash, shard) = self.locate(&key);
        let mut state = shard.0.write();
        state.overtake(hash, &key);
        let found = state.find(hash, &key);
        if let Some(at) = found
            && cost <= self.max_cost()
            && let Some(slot) = state.renew(at, cost)
        {
            // Nothing else changes, and one value is gone.
            let old = std::mem::replace(slot, value);
            drop(state);
            if let Some(listener) = &self.listener {
                listener(&key, &old, Cause::Replaced);
            }
            return;
        }
        if found.is_some() || cost > self.max_cost() || !self.is_over(&state, cost) {
            self.set_slowly(state, shard, found, hash, key, value, cost);
        } else if state.is_guarded() {
            self.trade::<true>(state, shard, hash, key, value, cost);
        } else {
            self.trade::<false>(state, shard, hash, key, value, cost);
        }
    }

    /// [`set`](Self::set) where a new entry comes in for one that leaves.
    #[inline(always)]
    fn trade<const GUARDED: bool>(
        &self,
        mut state: RwLockWriteGuard<'_, State<K, V>>,
        shard: &Shard<K, V>,
        hash: u64,
        key: K,
        value: V,
        cost: u64,
    ) {
        match state.trade::<GUARDED>(hash, key, value, cost) {
            // As a rule nothing else changes.
            Ok((_, content)) if state.is_settled() && self.cost() <= self.max_cost() => {
                drop(state);
                if let (Content::Kept(key, value), Some(listener)) = (&content, &self.listener) {
                    listener(key, value, Cause::Capacity);
                }
            }
            Ok((at, content)) => {
                let mut gone = Gone::new(self.listener.as_deref());
                gone.push(content, Some(Cause::Capacity));
                let rest = (!self.make_room(&mut state, at, &mut gone)).then_some(at);
                drop(state);
                self.depart(&mut gone, shard, rest);
            }
            Err((key, value)) => self.set_slowly(state, shard, None, hash, key, value, cost),
        }
    }

    /// [`set`](Self::set) where more than an entry or two changes. Not so cold while a cache fills, but a full one had better not wait for it.
    #[expect(clippy::too_many_arguments, reason = "all of an insertion, which is not to be put together in memory")]
    #[cold]
    #[inline(never)]
    fn set_slowly(
        &self,
        mut state: RwLockWriteGuard<'_, State<K, V>>,
        shard: &Shard<K, V>,
        found: Option<u32>,
        hash: u64,
        key: K,
        value: V,
        cost: u64,
    ) {
        let mut gone = Gone::new(self.listener.as_deref());
        let rest = self.put(&mut state, found, hash, key, value, cost, &mut gone);
        drop(state);
        self.depart(&mut gone, shard, rest);
    }

    pub(super) fn cost_of(&self, key: &K, value: &V) -> u64 {
        self.cost.as_ref().map_or(1, |cost| cost(key, value))
    }

    /// Puts a value into a shard and makes room for it there. If that was not enough, says where the entry is.
    #[expect(clippy::too_many_arguments, reason = "all of an insertion, which is not to be put together in memory")]
    #[inline]
    pub(super) fn put(
        &self,
        state: &mut State<K, V>,
        found: Option<u32>,
        hash: u64,
        key: K,
        value: V,
        cost: u64,
        gone: &mut Gone<K, V>,
    ) -> Option<u32> {
        if cost > self.max_cost() {
            state.tally.refused += 1;
            if let Some(at) = found {
                state.tally.count(Cause::Replaced);
                gone.push(state.take(at), Some(Cause::Replaced));
            }
            gone.push(Content::Kept(key, value), Some(Cause::Capacity));
            self.settle(state);
            return None;
        }
        let at = match found {
            Some(at) => {
                if state.replace(at, key, value, cost, gone) {
                    return None;
                }
                at
            }
            None => {
                state.sweep_soft(SOFT_STEPS, gone);
                if self.is_over(state, cost) {
                    // Before, as it would not have to make room for itself.
                    state.evict(NOBODY, gone);
                }
                state.insert(hash, key, value, cost)
            }
        };
        if state.is_settled() && self.cost() <= self.max_cost() {
            return None;
        }
        (!self.make_room(state, at, gone)).then_some(at)
    }

    /// What is left to do when the lock is released: other shards have to make room for an entry of this one, and listeners to be told.
    #[inline]
    pub(super) fn depart(&self, gone: &mut Gone<K, V>, shard: &Shard<K, V>, rest: Option<u32>) {
        if let Some(at) = rest {
            self.make_room_in_turn(Some((shard, at)));
        }
        gone.tell(self.listener.as_deref());
    }
}
