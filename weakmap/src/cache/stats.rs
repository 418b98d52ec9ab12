//! What happened to a cache.

/// Why an entry left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// There was no room for it: the cost of all entries would have passed the maximum.
    Capacity,
    /// Memory was short when [`Cache::on_collection`](super::Cache::on_collection) was called.
    Pressure,
    /// Another value took its place.
    Replaced,
    /// It was removed by `remove`, `delete` or `clear`.
    Removed,
}

/// Figures of a cache since it was made.
///
/// Of hits and misses that several threads have in one shard in the same moment, some may go uncounted unless
/// [`CacheBuilder::exact_statistics`](super::CacheBuilder::exact_statistics) was asked for. The rest is exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStats {
    /// Lookups that found something.
    pub hits: u64,
    /// Lookups that found nothing.
    pub misses: u64,
    /// Values that were put in, whether there was one of that key before or not.
    pub insertions: u64,
    /// Values that were too costly to be put in at all.
    pub refused: u64,
    /// Entries that left for want of room.
    pub evicted_for_capacity: u64,
    /// Entries that left because memory was short.
    pub evicted_for_pressure: u64,
    /// Values that were replaced.
    pub replaced: u64,
    /// Entries that were removed.
    pub removed: u64,
    /// Entries among the evicted that are still known, because somebody else kept their value.
    pub demoted: u64,
    /// Such entries that were asked for and came back.
    pub revived: u64,
    /// Functions that loaded a value.
    pub loads: u64,
    /// Functions that failed or panicked.
    pub failed_loads: u64,
    /// Callers that got their value from a function that another one ran.
    pub shared_loads: u64,
    /// Calls of `on_collection`.
    pub collections: u64,
}

impl CacheStats {
    /// The share of lookups that found something; 0 if there were none.
    #[must_use]
    pub fn hit_ratio(&self) -> f64 {
        match self.hits + self.misses {
            0 => 0.0,
            all => self.hits as f64 / all as f64,
        }
    }

    /// Entries that left for whatever reason.
    #[must_use]
    pub fn evictions(&self) -> u64 {
        self.evicted_for_capacity + self.evicted_for_pressure
    }

    pub(super) fn count(&mut self, cause: Cause) {
        *match cause {
            Cause::Capacity => &mut self.evicted_for_capacity,
            Cause::Pressure => &mut self.evicted_for_pressure,
            Cause::Replaced => &mut self.replaced,
            Cause::Removed => &mut self.removed,
        } += 1;
    }

    pub(super) fn add(&mut self, other: &CacheStats) {
        self.hits += other.hits;
        self.misses += other.misses;
        self.insertions += other.insertions;
        self.refused += other.refused;
        self.evicted_for_capacity += other.evicted_for_capacity;
        self.evicted_for_pressure += other.evicted_for_pressure;
        self.replaced += other.replaced;
        self.removed += other.removed;
        self.demoted += other.demoted;
        self.revived += other.revived;
        self.loads += other.loads;
        self.failed_loads += other.failed_loads;
        self.shared_loads += other.shared_loads;
    }
}
