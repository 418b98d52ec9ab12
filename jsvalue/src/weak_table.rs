//! The tables of WeakMap and WeakSet: [`Pairs`] of an ephemeron block, found by the identity hash that objects have.
//!
//! One word behind the pairs counts those that are not empty.

use rotifer_gc::OutOfMemory;
use rotifer_weakmap::Pairs;

use crate::hash_table;
use crate::layout::{Heap, HeapExt, Kind};
use crate::value::JsValue;

/// Words of a table with no pairs: the header, one of the collector's, and the count.
const FRAME: u32 = 3;

fn words(capacity: u32) -> u32 {
    FRAME + 2 * capacity
}

/// The pairs of a table, and the word that counts them; no pairs where there is no table.
fn open(heap: &Heap, table: JsValue) -> (Pairs, u32) {
    if !table.is_cell() {
        return (Pairs::new(0, 0, JsValue::EMPTY.to_bits()), 0);
    }
    let at = table.index();
    let words = heap.header(at).aux();
    (Pairs::new(at, (words - FRAME) / 2, JsValue::EMPTY.to_bits()), at + words - 1)
}

/// Finds the pair of a key with this hash (see [`hash_table::hash`]); gives the offset of its key in the table.
#[must_use]
pub fn find(heap: &Heap, table: JsValue, key: JsValue, hash: u32) -> Option<u32> {
    let (pairs, _) = open(heap, table);
    pairs.find(heap, hash, |word| word == key.to_bits()).map(|at| at - table.index())
}

/// The value of the pair that [`find`] found.
#[must_use]
pub fn value_at(heap: &Heap, table: JsValue, pair: u32) -> JsValue {
    heap.value(table.index() + pair + 1)
}

/// Sets the value of the pair that [`find`] found.
pub fn set_value_at(heap: &mut Heap, table: JsValue, pair: u32, value: JsValue) {
    let (pairs, _) = open(heap, table);
    pairs.set_value(heap, table.index() + pair, value.to_bits());
}

/// Removes the pair that [`find`] found.
pub fn remove(heap: &mut Heap, table: JsValue, pair: u32) {
    let (pairs, _) = open(heap, table);
    pairs.remove(heap, table.index() + pair);
}

/// The capacity that a table needs for one more pair if that is not the one it has.
///
/// # Errors
/// [`OutOfMemory`] when there are too many pairs.
fn new_capacity(heap: &Heap, table: JsValue) -> Result<Option<u32>, OutOfMemory> {
    let (pairs, count) = open(heap, table);
    let used = if pairs.capacity() == 0 { 0 } else { heap.get(count) as u32 };
    if !pairs.is_full(used) {
        return Ok(None);
    }
    let live = pairs.living(heap).count() as u32;
    Pairs::capacity_for(live + 1).map(Some).ok_or(OutOfMemory)
}

/// The words [`insert_reserved`] may take.
///
/// # Errors
/// [`OutOfMemory`] when there are too many pairs.
pub fn insert_words(heap: &Heap, table: JsValue) -> Result<u32, OutOfMemory> {
    Ok(new_capacity(heap, table)?.map_or(0, words))
}

/// Adds a key that is not in the table, out of what was reserved ([`insert_words`]). Gives the table, which may be a new one.
///
/// # Errors
/// [`OutOfMemory`] when there are too many pairs.
pub fn insert_reserved(
    heap: &mut Heap,
    table: JsValue,
    key: JsValue,
    hash: u32,
    value: JsValue,
) -> Result<JsValue, OutOfMemory> {
    let mut table = table;
    if let Some(capacity) = new_capacity(heap, table)? {
        table = moved(heap, table, capacity);
    }
    place(heap, table, hash, key.to_bits(), value.to_bits());
    Ok(table)
}

/// Another table with the pairs of this one.
fn moved(heap: &mut Heap, table: JsValue, capacity: u32) -> JsValue {
    let new = JsValue::cell(heap.new_block(Kind::Ephemerons, words(capacity)));
    heap.set(new.index() + 1, 0);
    let (pairs, count) = open(heap, new);
    for at in (0..capacity).map(|place| pairs.at(place)) {
        heap.init(at, JsValue::EMPTY);
        heap.init(at + 1, JsValue::UNDEFINED);
    }
    heap.set(count, 0);
    let (old, _) = open(heap, table);
    for number in 0..old.capacity() {
        // What is in a table has its hash.
        if let Some((key, value)) = old.pair(heap, number)
            && let Ok(Some((_, hash))) = hash_table::hash(heap, JsValue::from_bits(key), None)
        {
            place(heap, new, hash, key, value);
        }
    }
    new
}

fn place(heap: &mut Heap, table: JsValue, hash: u32, key: u64, value: u64) {
    let (pairs, count) = open(heap, table);
    if pairs.insert(heap, hash, key, value) == Some(true) {
        let used = heap.get(count) + 1;
        heap.set(count, used);
    }
}
