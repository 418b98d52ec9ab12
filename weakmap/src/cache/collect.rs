//! What leaves when memory is short.

use super::gone::Gone;
use super::shard::State;
use super::slab::{Content, Slot};
use super::stats::Cause;

/// The bits of a stamp that one pass decides.
const DIGIT: u32 = 11;
/// So many entries leave before others get the lock.
const BATCH: usize = 256;

/// What [`Cache::on_collection`](super::Cache::on_collection) did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Shed {
    /// The pressure it found.
    pub pressure: f64,
    /// The share of the cost that was to leave.
    pub share: f64,
    /// The entries that left.
    pub entries: usize,
    /// Their cost.
    pub cost: u64,
}

/// The share of a cache that leaves at a pressure: nothing up to `calm`, everything from 1 on, evenly rising between the two.
///
/// ```
/// use rotifer_weakmap::cache::shed_share;
///
/// assert_eq!(shed_share(0.4, 0.5), 0.0);
/// assert_eq!(shed_share(0.75, 0.5), 0.5);
/// assert_eq!(shed_share(1.2, 0.5), 1.0);
/// ```
#[must_use]
pub fn shed_share(pressure: f64, calm: f64) -> f64 {
    if pressure >= 1.0 {
        1.0
    } else if pressure > calm {
        (pressure - calm) / (1.0 - calm)
    } else {
        0.0 // as well if the pressure is not a number
    }
}

/// Which entries of a shard leave.
pub struct Selection {
    /// The last use of the one among them that was used last.
    newest: u64,
    /// What may leave of those that were used at that time, by cost.
    left: u64,
    /// Entries that were read after this stay.
    spared_after: u64,
    /// The next slot to look at.
    next: u32,
}

impl Selection {
    fn may_leave<K, V>(&self, slot: &Slot<K, V>, stamp: u64) -> bool {
        let spared = stamp > self.spared_after && slot.mark.heat() > 0;
        matches!(slot.content, Content::Kept(..)) && !spared
    }
}

impl<K, V> State<K, V> {
    /// Chooses the entries that leave: those that were used longest ago, until they make up the share of the cost.
    /// With `spare`, whoever was read since the last collection stays nevertheless.
    ///
    /// Memory is short, so nothing is allocated: the border is found digit by digit.
    pub fn select(&mut self, share: f64, spare: bool) -> Option<Selection> {
        let now = self.clock.now();
        let spared_after = if spare { self.mark } else { u64::MAX };
        self.mark = now;
        self.clock.advance();
        let mut wanted = (self.cost() as f64 * share).ceil() as u64;
        let mut selection = Selection { newest: 0, left: u64::MAX, spared_after, next: 0 };
        if wanted == 0 {
            return None;
        }
        let digits = (u64::BITS - now.leading_zeros()).div_ceil(DIGIT);
        for shift in (0..digits).rev().map(|digit| digit * DIGIT) {
            let mut costs = [0_u64; 1 << DIGIT];
            for (slot, at) in self.slab.slots().iter().zip(0..) {
                let stamp = slot.mark.stamp();
                if (stamp >> shift) >> DIGIT == selection.newest && selection.may_leave(slot, stamp) {
                    costs[(stamp >> shift) as usize & ((1 << DIGIT) - 1)] += self.slab.cost(at);
                }
            }
            let border = costs.iter().position(|&cost| match wanted.checked_sub(cost) {
                Some(left) if left > 0 => {
                    wanted = left;
                    false
                }
                _ => true,
            });
            let Some(border) = border else {
                // Together they do not make up the share.
                selection.newest = now;
                return Some(selection);
            };
            selection.newest = selection.newest << DIGIT | border as u64;
        }
        selection.left = wanted;
        Some(selection)
    }

    /// Lets some of the selected entries go. Says whether there may be more.
    pub fn shed(&mut self, selection: &mut Selection, gone: &mut Gone<K, V>, shed: &mut Shed) -> bool {
        while selection.next < self.slab.capacity() {
            if gone.len() >= BATCH {
                return true;
            }
            let at = selection.next;
            selection.next += 1;
            let slot = self.slab.get(at);
            let stamp = slot.mark.stamp();
            if stamp <= selection.newest && selection.may_leave(slot, stamp) {
                let cost = self.slab.cost(at);
                if stamp == selection.newest {
                    if selection.left == 0 {
                        continue;
                    }
                    selection.left = selection.left.saturating_sub(cost);
                }
                shed.entries += 1;
                shed.cost += cost;
                self.let_go(at, Cause::Pressure, gone);
            }
        }
        false
    }
}
