//! The second look at named properties: one table for all instructions that see objects of many shapes.
//!
//! An instruction's own cache knows one shape. What it misses is looked up here by shape and key before the general lookup is
//! tried. Entries are laid out like caches, with the key behind them:
//!
//! | word | content |
//! |---|---|
//! | 0, 1 | as in a cache (see [`ic`](super::ic)) |
//! | 2 | property epoch, and the number of collections: indices in the entry are good until the next one |
//! | 3 | the key, with [`STORE`] set for assignments |
//!
//! The table is a block of bytes, so the collector does not look into it; the number of collections takes care of that.

use rotifer_arena::MemBlockHeader;
use rotifer_jsvalue::{JsValue, Kind, PropertyKey};

use super::fast::{OBJECT_TAG, follow, receiver_class, store};
use crate::isolate::{Isolate, RootWord};

const SLOTS: u32 = 512;
const ENTRY_WORDS: u32 = 4;
/// Words of heap from which on the table (16 KiB) is worth having.
const WORTHWHILE: u32 = 1 << 15;
/// In word 3: the entry is for assignments. No key has this bit set.
pub(super) const STORE: u64 = 1 << 45;

#[inline]
fn slot(shape: u32, key: u64) -> u32 {
    let mixed = (u64::from(shape) << 32 ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as u32 % SLOTS
}

#[inline]
fn stamp(isolate: &Isolate) -> u64 {
    u64::from(isolate.heap.collections()) << 32 | u64::from(isolate.epoch)
}

/// The entry for a shape and key.
#[inline]
fn find(isolate: &Isolate, base: *mut u64, shape: u32, key: u64) -> Option<*mut u64> {
    let table = isolate.root_word(RootWord::Stubs);
    if !table.is_cell() {
        return None;
    }
    // SAFETY: the table is a block of this size, made by `add`.
    unsafe {
        let entry = base.add((table.index() + 2 + slot(shape, key) * ENTRY_WORDS) as usize);
        let found = *entry.add(3) == key && *entry as u32 == shape && *entry.add(2) == stamp(isolate);
        found.then_some(entry)
    }
}

/// The value of property `key` of `receiver`, when the table knows where it is.
#[inline(never)]
pub(super) fn get(isolate: &Isolate, base: *mut u64, receiver: u64, key: u64) -> Option<u64> {
    let shape = if receiver >> 48 == OBJECT_TAG {
        // SAFETY: an object's header.
        unsafe { (*base.add(receiver as u32 as usize) >> 32) as u32 }
    } else {
        receiver_class(receiver)
    };
    let entry = find(isolate, base, shape, key)?;
    // SAFETY: the entry is of now and for this shape.
    unsafe { follow(base, entry, receiver, isolate.epoch) }
}

/// Assigns property `key` of an object, when the table knows how. False: take the slow path.
#[inline(never)]
pub(super) fn set(isolate: &mut Isolate, base: *mut u64, object: u32, key: u64, value: u64) -> bool {
    // SAFETY: an object's header.
    let shape = unsafe { (*base.add(object as usize) >> 32) as u32 };
    match find(isolate, base, shape, key | STORE) {
        // SAFETY: the entry is of now and for this shape.
        Some(entry) => unsafe { store(isolate, base, entry, object, value) },
        None => false,
    }
}

/// Adds what a cache was just filled with. `old` is what the cache held before: an instruction that sees one shape only
/// does not need the table.
pub(super) fn add(isolate: &mut Isolate, old: JsValue, words: [JsValue; 2], key: PropertyKey, assigns: bool) {
    let head = words[0].to_bits();
    if !old.is_cell() || old.index() == head as u32 {
        return;
    }
    let mut table = isolate.root_word(RootWord::Stubs);
    if !table.is_cell() {
        let size = 2 + SLOTS * ENTRY_WORDS;
        if isolate.heap.top() < WORTHWHILE {
            return;
        }
        let Some(at) = isolate.heap.try_alloc(size) else { return };
        isolate.heap.set(at, MemBlockHeader::new(Kind::Bytes as u8, 0, 0, size).to_bits());
        isolate.heap.fill(at + 1, size - 1, 0);
        isolate.heap.set(at + 1, u64::from((size - 2) * 8));
        table = JsValue::cell(at);
        isolate.set_root(RootWord::Stubs, table);
    }
    let key = key.to_value().to_bits() | if assigns { STORE } else { 0 };
    let at = table.index() + 2 + slot(head as u32, key) * ENTRY_WORDS;
    let stamp = stamp(isolate);
    for (i, word) in [head, words[1].to_bits(), stamp, key].into_iter().enumerate() {
        isolate.heap.set(at + i as u32, word);
    }
}
