//! Figures of an isolate.

use alloc::vec::Vec;

use rotifer_gc::{GcStats, HeapContext};
use rotifer_jsvalue::Kind;

use crate::isolate::Isolate;

/// What blocks of one kind take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockKindStats {
    /// The name of the kind.
    pub kind: &'static str,
    /// How many blocks there are, garbage not yet collected included.
    pub count: u64,
    /// The bytes they take.
    pub bytes: u64,
}

/// Figures of an isolate, from [`Isolate::stats`].
#[derive(Clone, Debug)]
pub struct Stats {
    /// The memory limit in bytes.
    pub limit_bytes: u64,
    /// Bytes of the limit in use: heap, stack and the collector's tables.
    pub used_bytes: u64,
    /// Bytes of the heap, garbage not yet collected included.
    pub heap_bytes: u64,
    /// What the collector did.
    pub gc: GcStats,
    /// The heap by kind of block, the largest first.
    pub kinds: Vec<BlockKindStats>,
}

impl Isolate {
    /// Figures of the heap and the collector.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let heap = self.heap();
        let mut kinds: Vec<BlockKindStats> =
            Kind::ALL.iter().map(|k| BlockKindStats { kind: k.name(), count: 0, bytes: 0 }).collect();
        let mut last: Option<(usize, u32)> = None;
        let mut note = |entry: Option<(usize, u32)>, next: u32| {
            if let Some((kind, at)) = entry
                && let Some(k) = kinds.get_mut(kind)
            {
                k.count += 1;
                k.bytes += u64::from(next - at) * 8;
            }
        };
        // The walk tells where each block begins; it ends where the next one does.
        heap.walk(|at, header| {
            note(last, at);
            last = Some((Kind::from_u8(header.kind()) as usize, at));
        });
        note(last, heap.top());
        kinds.retain(|k| k.count > 0);
        kinds.sort_by_key(|k| core::cmp::Reverse(k.bytes));
        Stats {
            limit_bytes: heap.limit_bytes() as u64,
            used_bytes: heap.used_bytes() as u64,
            heap_bytes: heap.heap_bytes() as u64,
            gc: heap.stats(),
            kinds,
        }
    }
}
