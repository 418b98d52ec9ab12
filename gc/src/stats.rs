//! What the collector did so far.

/// Upper bounds of the buckets of [`GcStats::pauses`], in nanoseconds; the last bucket has none.
pub const PAUSE_BUCKETS: [u64; 9] =
    [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000, 100_000_000];

/// Figures of a heap since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GcStats {
    /// Collections of the young blocks alone.
    pub minor_collections: u64,
    /// Collections of everything.
    pub major_collections: u64,
    /// Bytes that were live after the last collection of everything.
    pub live_bytes: u64,
    /// Bytes moved to another place.
    pub moved_bytes: u64,
    /// Bytes freed.
    pub freed_bytes: u64,
    /// The most bytes heap and stack took together, as seen at collections and now.
    pub peak_bytes: u64,
    /// Times the mark stack overflowed and the heap was scanned instead.
    pub mark_overflows: u64,
    /// The longest pause in nanoseconds; 0 without a clock.
    pub longest_pause_ns: u64,
    /// All pauses together in nanoseconds; 0 without a clock.
    pub total_pause_ns: u64,
    /// How many pauses lasted up to each of [`PAUSE_BUCKETS`], and longer than the last; all 0 without a clock.
    pub pauses: [u64; PAUSE_BUCKETS.len() + 1],
}

impl GcStats {
    pub(crate) fn record_pause(&mut self, ns: u64) {
        self.total_pause_ns += ns;
        self.longest_pause_ns = self.longest_pause_ns.max(ns);
        let bucket = PAUSE_BUCKETS.iter().position(|&b| ns <= b).unwrap_or(PAUSE_BUCKETS.len());
        self.pauses[bucket] += 1;
    }
}
