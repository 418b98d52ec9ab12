//! Pressure that somebody tells of.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{Pressure, part};

/// Used bytes and a limit that somebody sets. Clones are the same gauge: one is given to the cache, another is kept.
///
/// ```
/// use rotifer_weakmap::cache::{Cache, pressure::Gauge};
///
/// let memory = Gauge::new(100);
/// let cache: Cache<u32, u32> = Cache::builder().shards(1).pressure(memory.clone()).build();
/// (0..10).for_each(|key| cache.set(key, key));
///
/// memory.set_used(75); // half-way between 50%, where entries begin to leave, and the limit
/// cache.on_collection();
/// assert_eq!(cache.len(), 5);
/// assert!(!cache.contains_key(&4) && cache.contains_key(&5)); // the oldest half is gone
/// ```
#[derive(Clone, Debug, Default)]
pub struct Gauge(Arc<Reading>);

#[derive(Debug, Default)]
struct Reading {
    used: AtomicU64,
    limit: AtomicU64,
    collections: AtomicU64,
}

impl Gauge {
    /// Nothing used of this limit.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        let gauge = Gauge::default();
        gauge.set_limit(limit);
        gauge
    }

    /// The bytes that are used.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.0.used.load(Relaxed)
    }

    /// The bytes that may be used; 0 if there is no limit.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.0.limit.load(Relaxed)
    }

    /// Changes the bytes that are used.
    pub fn set_used(&self, bytes: u64) {
        self.0.used.store(bytes, Relaxed);
    }

    /// Changes the bytes that may be used.
    pub fn set_limit(&self, bytes: u64) {
        self.0.limit.store(bytes, Relaxed);
    }
}

impl Pressure for Gauge {
    fn level(&self) -> f64 {
        part(self.used(), self.limit())
    }
}

/// A garbage-collected heap, as its owner sees it. Clones are the same gauge.
///
/// The heap belongs to one thread and cannot be asked from others, so its owner shows it to the gauge now and then:
///
/// ```
/// use rotifer_weakmap::cache::{Cache, pressure::HeapGauge};
///
/// let heap = HeapGauge::default();
/// let cache: Cache<u32, u32> = Cache::builder().pressure(heap.clone()).build();
/// # let (used, limit, collections) = (60, 100, 1);
/// if heap.note(used, limit, collections) {
///     cache.on_collection(); // the heap was collected since the last look
/// }
/// ```
///
/// With the feature `gc`, `observe` takes a `rotifer_gc::Heap`.
#[derive(Clone, Debug, Default)]
pub struct HeapGauge(Gauge);

impl HeapGauge {
    /// Notes bytes in use, bytes there may be, and collections so far. Says whether there were some since the last time.
    pub fn note(&self, used: u64, limit: u64, collections: u64) -> bool {
        self.0.set_used(used);
        self.0.set_limit(limit);
        self.0.0.collections.swap(collections, Relaxed) != collections
    }

    /// [`note`](Self::note)s the figures of a heap.
    #[cfg(feature = "gc")]
    pub fn observe<M: rotifer_gc::ObjectModel>(&self, heap: &rotifer_gc::Heap<M>) -> bool {
        self.note(heap.used_bytes() as u64, heap.limit_bytes() as u64, u64::from(heap.collections()))
    }
}

impl Pressure for HeapGauge {
    fn level(&self) -> f64 {
        self.0.level()
    }
}
