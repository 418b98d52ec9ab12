//! How a cache is made.

use std::boxed::Box;
use std::fmt;
use std::hash::BuildHasher;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, AtomicUsize};

use weakref_traits::StrongRef;

use super::gone::Listener;
use super::pressure::Pressure;
use super::shard::{Rules, Shard, State};
use super::soft::{Demote, demote};
use super::stats::Cause;
use super::sync::RwLock;
use super::{Cache, MOST_COST, Total};
use crate::DefaultHashBuilder;

/// With fewer entries than this in each, shards would be unfair to some.
const PER_SHARD: u64 = 64;
/// Shards for each thread that the machine can run at one time.
const SHARDS_PER_THREAD: usize = 8;
/// The most shards there may be.
const MOST_SHARDS: usize = 4096;
/// The pressure up to which nothing leaves.
const CALM: f64 = 0.5;

/// What an entry costs.
pub type CostFn<K, V> = dyn Fn(&K, &V) -> u64 + Send + Sync;

/// Who may stay when there is no room for everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// Everybody comes in, and who was not used for longest leaves: the policy of a least-recently-used cache. Precise in a
    /// shard of up to 8 entries, approximate (second chances) in larger ones.
    #[default]
    Everything,
    /// A new entry gets a small part of the room. To stay longer, it must have been asked for clearly more often, lately, than the entry
    /// that would make room for it; of one that nobody has asked for in a long time, less and less is thought. This resists scans and
    /// loops: reading much that is not needed again does not drive out what is. It is at least as fast.
    Frequent,
}

/// Makes a [`Cache`].
///
/// ```
/// use std::sync::Arc;
/// use rotifer_weakmap::cache::{Admission, Cache};
///
/// let pages: Cache<String, Arc<str>> = Cache::builder()
///     .max_cost(64 << 20)
///     .cost(|key: &String, page: &Arc<str>| (key.len() + page.len()) as u64)
///     .admission(Admission::Frequent)
///     .soft()
///     .on_eviction(|key, _page, cause| println!("{key} left: {cause:?}"))
///     .build();
/// # pages.set("/".into(), "welcome".into());
/// ```
pub struct CacheBuilder<K, V, S = DefaultHashBuilder> {
    max_cost: u64,
    shards: Option<usize>,
    rules: Rules<V>,
    cost: Option<Box<CostFn<K, V>>>,
    listener: Option<Box<Listener<K, V>>>,
    pressure: Option<Box<dyn Pressure>>,
    calm: f64,
    hasher: S,
    of: PhantomData<fn(K, V)>,
}

impl<K, V, S: Default> Default for CacheBuilder<K, V, S> {
    fn default() -> Self {
        CacheBuilder {
            max_cost: u64::MAX,
            shards: None,
            rules: Rules { guarded: false, exact: false, uniform: true, demote: None },
            cost: None,
            listener: None,
            pressure: None,
            calm: CALM,
            hasher: S::default(),
            of: PhantomData,
        }
    }
}

impl<K, V, S> CacheBuilder<K, V, S> {
    /// The most that all entries together may cost. Without it, only memory pressure makes entries leave.
    #[must_use]
    pub fn max_cost(self, max_cost: u64) -> Self {
        CacheBuilder { max_cost, ..self }
    }

    /// What an entry costs, for instance its size in bytes. Without it, each costs 1.
    ///
    /// The function is called once for every value that is put in, never while a lock is held.
    #[must_use]
    pub fn cost(self, cost: impl Fn(&K, &V) -> u64 + Send + Sync + 'static) -> Self {
        CacheBuilder { cost: Some(Box::new(cost)), ..self }
    }

    /// The number of parts with locks of their own, rounded up to a power of two. By default, some for each thread that the
    /// machine can run, but only one where the maximum cost is small. Recency is a matter of each shard: where there are few
    /// entries that cost much each, take one shard.
    #[must_use]
    pub fn shards(self, shards: usize) -> Self {
        CacheBuilder { shards: Some(shards), ..self }
    }

    /// Who may stay when there is no room for everybody.
    #[must_use]
    pub fn admission(mut self, admission: Admission) -> Self {
        self.rules.guarded = admission == Admission::Frequent;
        self
    }

    /// Counts hits and misses exactly, which makes every lookup a little slower.
    #[must_use]
    pub fn exact_statistics(mut self, exact: bool) -> Self {
        self.rules.exact = exact;
        self
    }

    /// Makes entries soft: one that has to leave while somebody else keeps its value stays known at no cost, and comes back when it is
    /// asked for while the value is still alive.
    #[must_use]
    pub fn soft(mut self) -> Self
    where
        V: StrongRef,
        V::Weak: Send + Sync + 'static,
    {
        self.rules.demote = Some(demote::<V> as Demote<V>);
        self
    }

    /// Who is told of entries that leave, after they have left and while no lock is held: the listener may use the cache. Nobody is
    /// told of an entry that became soft.
    #[must_use]
    pub fn on_eviction(self, listener: impl Fn(&K, &V, Cause) + Send + Sync + 'static) -> Self {
        CacheBuilder { listener: Some(Box::new(listener)), ..self }
    }

    /// Who knows how short memory is; see [`Cache::on_collection`].
    #[must_use]
    pub fn pressure(self, pressure: impl Pressure + 'static) -> Self {
        CacheBuilder { pressure: Some(Box::new(pressure)), ..self }
    }

    /// The pressure up to which collections let nothing leave: 0.5 by default, at least 0 and less than 1.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[must_use]
    pub fn calm_up_to(self, calm: f64) -> Self {
        assert!((0.0..1.0).contains(&calm), "{calm} is not between 0 and 1");
        CacheBuilder { calm, ..self }
    }

    /// What hashes keys.
    #[must_use]
    pub fn hasher<T: BuildHasher>(self, hasher: T) -> CacheBuilder<K, V, T> {
        let CacheBuilder { max_cost, shards, rules, cost, listener, pressure, calm, hasher: _, of } = self;
        CacheBuilder { max_cost, shards, rules, cost, listener, pressure, calm, hasher, of }
    }

    /// Makes the cache.
    #[must_use]
    pub fn build(self) -> Cache<K, V, S> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let shards = self.shards.unwrap_or_else(|| {
            let wanted = threads.saturating_mul(SHARDS_PER_THREAD);
            usize::try_from(self.max_cost / PER_SHARD).unwrap_or(usize::MAX).min(wanted)
        });
        let shards = shards.clamp(1, MOST_SHARDS).next_power_of_two();
        let rules = Rules { uniform: self.cost.is_none(), ..self.rules };
        Cache {
            shards: (0..shards).map(|_| Shard(RwLock::new(State::new(&rules)))).collect(),
            hasher: self.hasher,
            max_cost: AtomicU64::new(self.max_cost.min(MOST_COST)),
            cost: self.cost,
            listener: self.listener,
            pressure: self.pressure,
            calm: self.calm,
            collections: AtomicU64::new(0),
            turn: AtomicUsize::new(0),
            total: Total(AtomicU64::new(0)),
        }
    }
}

impl<K, V, S> fmt::Debug for CacheBuilder<K, V, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CacheBuilder")
            .field("max_cost", &self.max_cost)
            .field("shards", &self.shards)
            .field("soft", &self.rules.demote.is_some())
            .finish_non_exhaustive()
    }
}
