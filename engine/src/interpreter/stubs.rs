//! The second look at named properties: one table for all instructions that see objects of many shapes.
//!
//! An instruction's own cache knows one shape. What it misses is looked up here by shape and key before the general lookup is
//! tried. Entries are laid out like caches, with the key behind them:
//!
//! | word | content |
//! |---|---|
//! | 0, 1 | as in a cache (see [`ic`](super::ic)) |
//! | 2 | property epoch; above it, how many collections there were: indices in the entry are good until the next one |
//! | 3 | the key, with [`STORE`] set for assignments |
//!
//! The table is a block of bytes, so the collector does not look into it. An entry about old blocks only lasts until the next
//! collection of everything, others until the next of any kind.

use rotifer_arena::MemBlockHeader;
use rotifer_jsvalue::{HeapExt, JsValue, Kind, PropertyKey, field, flag};

use super::fast::{
    IC_ACCESSOR, IC_EXTENSION, IC_HOLDER, IC_OFFSET, OBJECT_TAG, extension, follow, receiver_class, store,
};
use crate::isolate::{Isolate, RootWord};

const ENTRY_WORDS: u32 = 4;
/// Words an isolate may use from which on there is a table, and the part of them that it takes.
const WORTHWHILE: u32 = 1 << 15;
const SHARE: u32 = 1 << 6;
const MOST_SLOTS: u32 = 1024;
/// In word 3: the entry is for assignments. No key has this bit set.
pub(super) const STORE: u64 = 1 << 45;

/// The number of an entry in a table of `slots`, a power of two.
#[inline]
fn slot(shape: u32, key: u64, slots: u32) -> u32 {
    let mixed = (u64::from(shape) << 32 ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as u32 & (slots - 1)
}

/// Word 2 of an entry made now.
#[inline]
fn stamp(isolate: &Isolate, all_old: bool) -> u64 {
    let heap = &isolate.heap;
    let era = if all_old { heap.major_collections() | 1 << 31 } else { heap.collections() & !(1 << 31) };
    u64::from(era) << 32 | u64::from(isolate.epoch)
}

/// Strings that were lately used as property keys, with the keys: those that are built anew each time are not interned themselves. By index of
/// the string, good until the next collection.
#[derive(Debug)]
pub(crate) struct SeenKeys {
    collections: u32,
    entries: [(u32, u32); SEEN],
}

/// How many strings are remembered.
const SEEN: usize = 256;

impl SeenKeys {
    pub(crate) const NONE: Self = SeenKeys { collections: 0, entries: [(0, 0); SEEN] };
}

impl Isolate {
    /// The property key for a string, if it was used as one lately.
    #[inline]
    pub(crate) fn seen_key(&self, string: JsValue) -> Option<JsValue> {
        let (at, key) = self.seen_keys.entries[seen_slot(string)];
        let found = at == string.index() && self.seen_keys.collections == self.heap.collections();
        (found && string.is_heap_string()).then(|| JsValue::string(key))
    }

    /// Remembers the property key for a string that is not interned.
    pub(crate) fn note_seen_key(&mut self, string: JsValue, key: PropertyKey) {
        let (now, key) = (self.heap.collections(), key.to_value());
        if !string.is_heap_string() || !key.is_heap_string() || key == string {
            return;
        }
        if self.seen_keys.collections != now {
            self.seen_keys = SeenKeys { collections: now, ..SeenKeys::NONE };
        }
        self.seen_keys.entries[seen_slot(string)] = (string.index(), key.index());
    }
}

/// The place of a string among [`SeenKeys`].
#[inline]
fn seen_slot(string: JsValue) -> usize {
    string.index().wrapping_mul(0x9E37_79B1) as usize / (u32::MAX as usize / SEEN + 1)
}

/// The entry for a shape and the text of a string that is not interned.
#[cold]
#[inline(never)]
fn find_by_text(isolate: &Isolate, base: *mut u64, shape: u32, key: u64, store: u64) -> Option<*mut u64> {
    let key = JsValue::from_bits(key);
    if !key.is_heap_string() || isolate.heap.flags(key.index()) & flag::INTERNED != 0 {
        return None;
    }
    find(isolate, base, shape, isolate.seen_key(key)?.to_bits() | store)
}

/// The entry for a shape and key.
#[inline]
fn find(isolate: &Isolate, base: *mut u64, shape: u32, key: u64) -> Option<*mut u64> {
    let table = isolate.root_word(RootWord::Stubs);
    if !table.is_cell() {
        return None;
    }
    // SAFETY: the table is a block made by `add`, whose word 1 says how many bytes of entries follow.
    unsafe {
        let slots = *base.add(table.index() as usize + 1) as u32 / (8 * ENTRY_WORDS);
        let entry = base.add((table.index() + 2 + slot(shape, key, slots) * ENTRY_WORDS) as usize);
        let stamped = *entry.add(2);
        let fresh = stamped == stamp(isolate, true) || stamped == stamp(isolate, false);
        (*entry.add(3) == key && *entry as u32 == shape && fresh).then_some(entry)
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
    let entry = match find(isolate, base, shape, key) {
        Some(entry) => entry,
        None => find_by_text(isolate, base, shape, key, 0)?,
    };
    // SAFETY: the entry is of now and for this shape.
    unsafe { follow(base, entry, receiver, isolate.epoch) }
}

/// Assigns property `key` of an object, when the table knows how. False: take the slow path.
#[inline(never)]
pub(super) fn set(isolate: &mut Isolate, base: *mut u64, object: u32, key: u64, value: u64) -> bool {
    // SAFETY: an object's header.
    let shape = unsafe { (*base.add(object as usize) >> 32) as u32 };
    let entry = match find(isolate, base, shape, key | STORE) {
        None => find_by_text(isolate, base, shape, key, STORE),
        found => found,
    };
    match entry {
        // SAFETY: the entry is of now and for this shape.
        Some(entry) => unsafe { store(isolate, base, entry, object, value) },
        None => false,
    }
}

/// The getter of the accessor that an object has or inherits under `key`, when the table knows.
#[inline(never)]
pub(super) fn getter(isolate: &Isolate, base: *mut u64, object: u64, key: u64) -> Option<u64> {
    if object >> 48 != OBJECT_TAG {
        return None;
    }
    // SAFETY: an object's header; where a fresh entry for its shape says that there is an accessor, there is one.
    unsafe {
        let shape = (*base.add(object as u32 as usize) >> 32) as u32;
        let entry = find(isolate, base, shape, key)?;
        let place = (*entry >> 32) as u16;
        let holder = if place & IC_HOLDER == 0 { object } else { *entry.add(1) };
        if place & IC_ACCESSOR == 0 || holder >> 48 != OBJECT_TAG {
            return None;
        }
        let block = if place & IC_EXTENSION == 0 { holder as u32 } else { extension(base, holder as u32) };
        let accessor = JsValue::from_bits(*base.add((block + u32::from(place & IC_OFFSET)) as usize));
        let known = accessor.is_cell() && *base.add(accessor.index() as usize) as u8 == Kind::Accessor as u8;
        known.then(|| *base.add((accessor.index() + field::Accessor::getter) as usize))
    }
}

impl Isolate {
    /// The getter of the accessor that property `key` of an object is, when the table knows.
    #[inline]
    pub(crate) fn known_getter(&self, object: JsValue, key: JsValue) -> Option<JsValue> {
        getter(self, self.heap.base().as_ptr(), object.to_bits(), key.to_bits()).map(JsValue::from_bits)
    }
}

/// Whether an object has property `key`, itself or by inheritance, when the table knows.
#[inline(never)]
pub(super) fn has(isolate: &Isolate, base: *mut u64, object: u64, key: u64) -> Option<bool> {
    if object >> 48 != OBJECT_TAG {
        return None;
    }
    // SAFETY: an object's header.
    let shape = unsafe { (*base.add(object as u32 as usize) >> 32) as u32 };
    let entry = find(isolate, base, shape, key)?;
    // SAFETY: the words of the entry.
    let (place, holder) = unsafe { ((*entry >> 32) as u16, *entry.add(1)) };
    // `find` has compared the epoch.
    Some(place & IC_HOLDER == 0 || holder >> 48 == OBJECT_TAG)
}

impl Isolate {
    /// The value of property `key` of an object, when the table knows where it is and that reading it runs nothing.
    #[inline]
    pub(crate) fn known_property(&self, object: JsValue, key: JsValue) -> Option<JsValue> {
        if !object.is_heap_object() {
            return None;
        }
        get(self, self.heap.base().as_ptr(), object.to_bits(), key.to_bits()).map(JsValue::from_bits)
    }
}

impl Isolate {
    /// Whether an object has property `key`, when the table knows.
    #[inline]
    pub(crate) fn known_to_have(&self, object: JsValue, key: JsValue) -> Option<bool> {
        if !object.is_heap_object() {
            return None;
        }
        has(self, self.heap.base().as_ptr(), object.to_bits(), key.to_bits())
    }
}

/// Adds what a cache was filled with, or would be.
pub(super) fn add(isolate: &mut Isolate, words: [JsValue; 2], key: PropertyKey, assigns: bool) {
    let head = words[0].to_bits();
    let mut table = isolate.root_word(RootWord::Stubs);
    if !table.is_cell() {
        let room = (isolate.heap.limit_bytes() / 8) as u32;
        if room < WORTHWHILE {
            return;
        }
        let slots = (room / SHARE / ENTRY_WORDS).min(MOST_SLOTS);
        let size = 2 + (1 << slots.ilog2()) * ENTRY_WORDS;
        let Some(at) = isolate.heap.try_alloc(size) else { return };
        isolate.heap.set(at, MemBlockHeader::new(Kind::Bytes as u8, 0, 0, size).to_bits());
        isolate.heap.fill(at + 1, size - 1, 0);
        isolate.heap.set(at + 1, u64::from((size - 2) * 8));
        table = JsValue::cell(at);
        isolate.set_root(RootWord::Stubs, table);
    }
    let young = isolate.heap.young_start();
    let all_old = (head as u32) < young && words[1].reference() < young && key.to_value().reference() < young;
    let key = key.to_value().to_bits() | if assigns { STORE } else { 0 };
    let slots = isolate.heap.get(table.index() + 1) as u32 / (8 * ENTRY_WORDS);
    let at = table.index() + 2 + slot(head as u32, key, slots) * ENTRY_WORDS;
    let stamp = stamp(isolate, all_old);
    for (i, word) in [head, words[1].to_bits(), stamp, key].into_iter().enumerate() {
        isolate.heap.set(at + i as u32, word);
    }
}
