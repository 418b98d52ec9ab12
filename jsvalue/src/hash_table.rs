//! The hash tables of Map and Set: entries in insertion order, chained from buckets (ECMA-262 §24.1, §24.2).
//!
//! A table is one block. Word 1 counts the entry slots used (lower half) and the entries that live (upper half); then come the
//! table that replaced this one, a description, the buckets (two 32-bit entry numbers per word) and the entries: key, value
//! (Maps only) and a link that holds the key's hash and the next entry of the bucket. All raw words are below every tag that
//! stands for a reference, so the collector passes over them.
//!
//! A removed entry keeps its place with an empty key until the table is rebuilt. The table that is replaced then still tells which
//! of its places were empty, so that whoever walks it finds the place that corresponds in the new one ([`current`]).

use rotifer_gc::OutOfMemory;

use crate::layout::{Heap, HeapExt, Kind, field};
use crate::object;
use crate::string::{self, view};
use crate::value::JsValue;

const SUCCESSOR: u32 = 2;
const SHAPE: u32 = 3;
const BUCKETS: u32 = 4;
const CLEARED: u64 = 1 << 40;
const PAIRS: u64 = 1 << 41;
/// The most entries of one table.
const MAX_ENTRIES: u32 = 1 << 27;
const MIN_ENTRIES: u32 = 4;

/// What the description word of a table says.
#[derive(Clone, Copy)]
struct Layout {
    /// Room for this many entries; a power of two, and the number of buckets.
    capacity: u32,
    pairs: bool,
}

impl Layout {
    const fn stride(self) -> u32 {
        if self.pairs { 3 } else { 2 }
    }

    const fn entries(self) -> u32 {
        BUCKETS + self.capacity.div_ceil(2)
    }

    const fn words(self) -> u32 {
        self.entries() + self.capacity * self.stride()
    }

    fn of(heap: &Heap, table: u32) -> Layout {
        let raw = heap.value(table + SHAPE).as_raw();
        Layout { capacity: raw as u32, pairs: raw & PAIRS != 0 }
    }

    const fn entry(self, table: u32, n: u32) -> u32 {
        table + self.entries() + n * self.stride()
    }
}

fn bucket(heap: &Heap, table: u32, i: u32) -> u32 {
    (heap.get(table + BUCKETS + i / 2) >> (32 * (i & 1))) as u32
}

fn set_bucket(heap: &mut Heap, table: u32, i: u32, entry: u32) {
    let at = table + BUCKETS + i / 2;
    let shift = 32 * (i & 1);
    let old = heap.get(at);
    heap.set(at, old & !(0xFFFF_FFFF << shift) | u64::from(entry) << shift);
}

const fn link(hash: u32, next: u32) -> u64 {
    (next as u64) << 32 | hash as u64
}

/// The entry slots used and the entries that live.
fn counts(heap: &Heap, table: u32) -> (u32, u32) {
    let word = heap.get(table + 1);
    (word as u32, (word >> 32) as u32)
}

fn set_counts(heap: &mut Heap, table: u32, used: u32, live: u32) {
    heap.set(table + 1, u64::from(live) << 32 | u64::from(used));
}

/// Whether entries have values.
#[inline]
#[must_use]
pub fn is_pairs(heap: &Heap, table: JsValue) -> bool {
    Layout::of(heap, table.index()).pairs
}

/// How many entries live.
#[inline]
#[must_use]
pub fn len(heap: &Heap, table: JsValue) -> u32 {
    if table.is_cell() { counts(heap, table.index()).1 } else { 0 }
}

/// How many entry slots were used, removed entries included: where a walk ends.
#[inline]
#[must_use]
pub fn used(heap: &Heap, table: JsValue) -> u32 {
    if table.is_cell() { counts(heap, table.index()).0 } else { 0 }
}

/// The key as tables keep it: -0 becomes 0, whole doubles become integers, there is one NaN, strings are flat.
///
/// # Errors
/// [`OutOfMemory`]
#[inline]
pub fn normalize(heap: &mut Heap, key: JsValue) -> Result<JsValue, OutOfMemory> {
    if key.is_double() {
        let d = key.as_number().unwrap_or(f64::NAN);
        return Ok(if d == 0.0 {
            JsValue::ZERO
        } else if d.is_nan() {
            JsValue::NAN
        } else {
            JsValue::number(d)
        });
    }
    if key.is_heap_string() { string::flatten(heap, key) } else { Ok(key) }
}

/// Mixes 64 bits down to 32.
#[inline]
fn mix(bits: u64) -> u32 {
    let h = (bits ^ (bits >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (h >> 32) as u32
}

/// The hash of a normalized key, which does not depend on where things are. An object is given an identity hash when it has none and
/// `make` is set; then it may move, as may everything else. `None`: it has none, so it is in no table.
///
/// # Errors
/// [`OutOfMemory`]
#[inline]
pub fn hash(heap: &mut Heap, key: JsValue, make: Option<&mut u32>) -> Result<Option<(JsValue, u32)>, OutOfMemory> {
    if key.is_string() {
        return Ok(Some((key, string::string_hash(heap, key))));
    }
    if key.is_heap_object() {
        return match (object::known_identity_hash(heap, key), make) {
            (Some(hash), _) => Ok(Some((key, hash))),
            (None, Some(next)) => object::identity_hash(heap, key, next).map(Some),
            (None, None) => Ok(None),
        };
    }
    if key.is_heap_symbol() {
        return Ok(Some((key, heap.value(key.index() + field::Symbol::hash).as_raw() as u32)));
    }
    if key.is_bigint() {
        let at = key.index();
        let mut h = 0;
        for i in 1..heap.header(at).aux() {
            h = mix(u64::from(h) << 32 ^ heap.get(at + i));
        }
        return Ok(Some((key, h)));
    }
    Ok(Some((key, mix(key.to_bits()))))
}

/// SameValueZero of two normalized keys with the same hash (ECMA-262 §7.2.11).
#[inline]
fn same(heap: &Heap, a: JsValue, b: JsValue) -> bool {
    if a == b {
        return true;
    }
    if a.is_string() && b.is_string() {
        return (a.is_heap_string() || b.is_heap_string()) && view(heap, a) == view(heap, b);
    }
    if a.is_bigint() && b.is_bigint() {
        let (a, b) = (a.index(), b.index());
        let words = heap.header(a).aux();
        return words == heap.header(b).aux() && (1..words).all(|i| heap.get(a + i) == heap.get(b + i));
    }
    false
}

/// The entry of a normalized key.
#[inline]
#[must_use]
pub fn find(heap: &Heap, table: JsValue, key: JsValue, hash: u32) -> Option<u32> {
    if !table.is_cell() {
        return None;
    }
    let table = table.index();
    let layout = Layout::of(heap, table);
    let mut n = bucket(heap, table, hash & (layout.capacity - 1));
    while n != 0 {
        let at = layout.entry(table, n - 1);
        let link = heap.get(at + layout.stride() - 1);
        if link as u32 == hash && same(heap, heap.value(at), key) {
            return Some(n - 1);
        }
        n = (link >> 32) as u32;
    }
    None
}

/// The key of entry `n`; the hole when it was removed.
#[inline]
#[must_use]
pub fn key_at(heap: &Heap, table: JsValue, n: u32) -> JsValue {
    let table = table.index();
    heap.value(Layout::of(heap, table).entry(table, n))
}

/// The value of entry `n` of a table of pairs.
#[inline]
#[must_use]
pub fn value_at(heap: &Heap, table: JsValue, n: u32) -> JsValue {
    let table = table.index();
    heap.value(Layout::of(heap, table).entry(table, n) + 1)
}

/// Sets the value of entry `n` of a table of pairs.
#[inline]
pub fn set_value_at(heap: &mut Heap, table: JsValue, n: u32, value: JsValue) {
    let table = table.index();
    let at = Layout::of(heap, table).entry(table, n) + 1;
    heap.put(table, at - table, value);
}

/// The words [`insert_reserved`] may take.
#[must_use]
pub fn insert_words(heap: &Heap, table: JsValue, pairs: bool) -> u32 {
    if !table.is_cell() {
        return Layout { capacity: MIN_ENTRIES, pairs }.words();
    }
    let layout = Layout::of(heap, table.index());
    let (used, live) = counts(heap, table.index());
    if used < layout.capacity { 0 } else { Layout { capacity: grown(live, layout.capacity), ..layout }.words() }
}

/// The capacity of the table that follows one with `live` entries. Half of what is there may be removed entries: then it stays.
fn grown(live: u32, capacity: u32) -> u32 {
    if live > capacity / 2 { capacity * 2 } else { capacity }
}

/// Adds a normalized key that is not in the table, out of what was reserved ([`insert_words`]). Gives the table, which is a new one
/// when there was none or it was full.
///
/// # Errors
/// [`OutOfMemory`] when there are too many entries.
pub fn insert_reserved(
    heap: &mut Heap,
    table: JsValue,
    pairs: bool,
    key: JsValue,
    hash: u32,
    value: JsValue,
) -> Result<JsValue, OutOfMemory> {
    let mut table = table;
    if !table.is_cell() {
        table = new_table(heap, Layout { capacity: MIN_ENTRIES, pairs });
    } else {
        let layout = Layout::of(heap, table.index());
        let (used, live) = counts(heap, table.index());
        if used >= layout.capacity {
            let capacity = grown(live, layout.capacity);
            if capacity > MAX_ENTRIES {
                return Err(OutOfMemory);
            }
            table = rebuild(heap, table.index(), Layout { capacity, ..layout });
        }
    }
    let at = table.index();
    let layout = Layout::of(heap, at);
    let (used, live) = counts(heap, at);
    let b = hash & (layout.capacity - 1);
    let entry = layout.entry(at, used);
    let next = bucket(heap, at, b);
    heap.put(at, entry - at, key);
    if pairs {
        heap.put(at, entry - at + 1, value);
    }
    heap.set(entry + layout.stride() - 1, link(hash, next));
    set_bucket(heap, at, b, used + 1);
    set_counts(heap, at, used + 1, live + 1);
    Ok(table)
}

fn new_table(heap: &mut Heap, layout: Layout) -> JsValue {
    let at = heap.new_block(Kind::HashTable, layout.words());
    set_counts(heap, at, 0, 0);
    heap.init(at + SUCCESSOR, JsValue::UNDEFINED);
    heap.init(at + SHAPE, JsValue::raw(u64::from(layout.capacity) | if layout.pairs { PAIRS } else { 0 }));
    heap.fill(at + BUCKETS, layout.entries() - BUCKETS, 0);
    heap.fill(at + layout.entries(), layout.capacity * layout.stride(), JsValue::UNDEFINED.to_bits());
    JsValue::cell(at)
}

/// Moves what lives to a new table.
fn rebuild(heap: &mut Heap, old: u32, layout: Layout) -> JsValue {
    let new = new_table(heap, layout);
    let to = new.index();
    let from = Layout::of(heap, old);
    let (used, _) = counts(heap, old);
    let mut count = 0;
    for n in 0..used {
        let at = from.entry(old, n);
        if heap.value(at).is_empty() {
            continue;
        }
        let hash = heap.get(at + from.stride() - 1) as u32;
        let entry = layout.entry(to, count);
        heap.copy(at, entry, layout.stride() - 1);
        let b = hash & (layout.capacity - 1);
        let next = bucket(heap, to, b);
        heap.set(entry + layout.stride() - 1, link(hash, next));
        set_bucket(heap, to, b, count + 1);
        count += 1;
        // The old table only has to tell that something was here.
        heap.fill(at, layout.stride() - 1, JsValue::UNDEFINED.to_bits());
    }
    set_counts(heap, to, count, count);
    heap.barrier_all(to);
    heap.put(old, SUCCESSOR, new);
    new
}

/// Removes entry `n`.
pub fn remove(heap: &mut Heap, table: JsValue, n: u32) {
    let table = table.index();
    let layout = Layout::of(heap, table);
    let at = layout.entry(table, n);
    let gone = heap.get(at + layout.stride() - 1);
    let b = gone as u32 & (layout.capacity - 1);
    // Out of its chain.
    let mut before = bucket(heap, table, b);
    if before == n + 1 {
        set_bucket(heap, table, b, (gone >> 32) as u32);
    } else {
        while before != 0 {
            let word = layout.entry(table, before - 1) + layout.stride() - 1;
            let chain = heap.get(word);
            let next = (chain >> 32) as u32;
            if next == n + 1 {
                heap.set(word, link(chain as u32, (gone >> 32) as u32));
                break;
            }
            before = next;
        }
    }
    heap.init(at, JsValue::EMPTY);
    if layout.pairs {
        heap.init(at + 1, JsValue::UNDEFINED);
    }
    let (used, live) = counts(heap, table);
    set_counts(heap, table, used, live - 1);
}

/// The words [`clear_reserved`] takes.
#[must_use]
pub fn clear_words(heap: &Heap, table: JsValue) -> u32 {
    if !table.is_cell() {
        return 0;
    }
    Layout { capacity: MIN_ENTRIES, ..Layout::of(heap, table.index()) }.words()
}

/// Gives an empty table in place of this one, out of what was reserved ([`clear_words`]).
pub fn clear_reserved(heap: &mut Heap, table: JsValue) -> JsValue {
    if !table.is_cell() || used(heap, table) == 0 {
        return table;
    }
    let old = table.index();
    let layout = Layout::of(heap, old);
    let new = new_table(heap, Layout { capacity: MIN_ENTRIES, ..layout });
    let (used, _) = counts(heap, old);
    heap.fill(old + layout.entries(), used * layout.stride(), JsValue::UNDEFINED.to_bits());
    set_counts(heap, old, 0, 0);
    let raw = heap.value(old + SHAPE).as_raw();
    heap.init(old + SHAPE, JsValue::raw(raw | CLEARED));
    heap.put(old, SUCCESSOR, new);
    new
}

/// The table that stands for `table` by now, and where in it a walk that has come to entry `n` goes on.
#[inline]
#[must_use]
pub fn current(heap: &Heap, table: JsValue, n: u32) -> (JsValue, u32) {
    if heap.value(table.index() + SUCCESSOR).is_undefined() { (table, n) } else { current_slow(heap, table, n) }
}

#[cold]
fn current_slow(heap: &Heap, table: JsValue, n: u32) -> (JsValue, u32) {
    let (mut table, mut n) = (table, n);
    loop {
        let at = table.index();
        let successor = heap.value(at + SUCCESSOR);
        if !successor.is_cell() {
            return (table, n);
        }
        if heap.value(at + SHAPE).as_raw() & CLEARED != 0 {
            n = 0;
        } else {
            let layout = Layout::of(heap, at);
            let upto = n.min(counts(heap, at).0);
            n -= (0..upto).filter(|&i| heap.value(layout.entry(at, i)).is_empty()).count() as u32;
        }
        table = successor;
    }
}

/// The first entry at or after `n` that lives.
#[inline]
#[must_use]
pub fn next(heap: &Heap, table: JsValue, n: u32) -> Option<u32> {
    let at = table.index();
    let layout = Layout::of(heap, at);
    let (used, _) = counts(heap, at);
    (n..used).find(|&i| !heap.value(layout.entry(at, i)).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rotifer_gc::HeapConfig;

    fn put(heap: &mut Heap, table: JsValue, key: JsValue, value: JsValue) -> JsValue {
        let key = normalize(heap, key).unwrap();
        let (key, h) = hash(heap, key, None).unwrap().unwrap();
        if let Some(n) = find(heap, table, key, h) {
            set_value_at(heap, table, n, value);
            return table;
        }
        let mut keep = [table.to_bits(), key.to_bits()];
        let words = insert_words(heap, table, true);
        heap.reserve(words, &mut keep).unwrap();
        let [table, key] = keep.map(JsValue::from_bits);
        insert_reserved(heap, table, true, key, h, value).unwrap()
    }

    fn get(heap: &mut Heap, table: JsValue, key: JsValue) -> Option<JsValue> {
        let key = normalize(heap, key).unwrap();
        let (key, h) = hash(heap, key, None).unwrap()?;
        find(heap, table, key, h).map(|n| value_at(heap, table, n))
    }

    #[test]
    fn keys_keep_their_order_and_places() {
        let mut heap = Heap::new(HeapConfig::default()).unwrap();
        let mut table = JsValue::UNDEFINED;
        for i in 0..1000 {
            table = put(&mut heap, table, JsValue::int(i), JsValue::int(i * 2));
        }
        assert_eq!(len(&heap, table), 1000);
        for i in 0..1000 {
            assert_eq!(get(&mut heap, table, JsValue::number(f64::from(i))), Some(JsValue::int(i * 2)));
        }
        for i in (0..1000).step_by(2) {
            let n = find(&heap, table, JsValue::int(i), mix(JsValue::int(i).to_bits())).unwrap();
            remove(&mut heap, table, n);
        }
        assert_eq!(len(&heap, table), 500);
        let walked = table;
        let at = 500; // 250 of those before were removed
        for i in 2000..3000 {
            table = put(&mut heap, table, JsValue::int(i), JsValue::int(0));
        }
        let (now, n) = current(&heap, walked, at);
        assert_eq!(now, table);
        assert_eq!(key_at(&heap, now, next(&heap, now, n).unwrap()), JsValue::int(501));
        let before = table;
        table = clear_reserved(&mut heap, table);
        assert_eq!(len(&heap, table), 0);
        assert_eq!(current(&heap, before, 77), (table, 0));
        assert_eq!(current(&heap, walked, 77), (table, 0));
    }

    #[test]
    fn equal_content_is_one_key() {
        let mut heap = Heap::new(HeapConfig::default()).unwrap();
        let a = string::from_latin1(&mut heap, b"length").unwrap();
        let table = put(&mut heap, JsValue::UNDEFINED, a, JsValue::int(1));
        assert_eq!(get(&mut heap, table, crate::names::name("length").into()), Some(JsValue::int(1)));
        let table = put(&mut heap, table, JsValue::double(-0.0), JsValue::int(2));
        assert_eq!(get(&mut heap, table, JsValue::ZERO), Some(JsValue::int(2)));
        let table = put(&mut heap, table, JsValue::from_bits(0x7FF8_0000_0000_0001), JsValue::int(3));
        assert_eq!(get(&mut heap, table, JsValue::NAN), Some(JsValue::int(3)));
        assert_eq!(len(&heap, table), 3);
    }
}
