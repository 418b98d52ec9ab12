//! The tables of WeakMap and WeakSet: open addressing over the pairs of an ephemeron block.
//!
//! Word 1 of the block is the collector's, the pairs begin at word 2, and one word behind them counts the pairs that are not
//! empty. The collector replaces a pair whose key died by [`JsValue::DEAD`], which is also what a removed pair looks like.

use rotifer_gc::OutOfMemory;

use crate::hash_table;
use crate::layout::{Heap, HeapExt, Kind};
use crate::value::JsValue;

const PAIRS: u32 = 2;
const MIN: u32 = 4;
const MAX: u32 = 1 << 27;

fn words(capacity: u32) -> u32 {
    PAIRS + 2 * capacity + 1
}

fn capacity(heap: &Heap, table: u32) -> u32 {
    (heap.header(table).aux() - PAIRS - 1) / 2
}

fn used(heap: &Heap, table: u32) -> u32 {
    heap.get(table + heap.header(table).aux() - 1) as u32
}

fn set_used(heap: &mut Heap, table: u32, used: u32) {
    let at = table + heap.header(table).aux() - 1;
    heap.set(at, u64::from(used));
}

/// Finds the pair of a key with this hash (see [`hash_table::hash`]); gives the offset of its key in the table.
#[must_use]
pub fn find(heap: &Heap, table: JsValue, key: JsValue, hash: u32) -> Option<u32> {
    if !table.is_cell() {
        return None;
    }
    let table = table.index();
    let mask = capacity(heap, table) - 1;
    let mut i = hash & mask;
    loop {
        let found = heap.value(table + PAIRS + 2 * i);
        if found == key {
            return Some(PAIRS + 2 * i);
        }
        if found.is_empty() {
            return None;
        }
        i = (i + 1) & mask;
    }
}

/// The value of the pair that [`find`] found.
#[must_use]
pub fn value_at(heap: &Heap, table: JsValue, pair: u32) -> JsValue {
    heap.value(table.index() + pair + 1)
}

/// Sets the value of the pair that [`find`] found.
pub fn set_value_at(heap: &mut Heap, table: JsValue, pair: u32, value: JsValue) {
    heap.put(table.index(), pair + 1, value);
}

/// Removes the pair that [`find`] found.
pub fn remove(heap: &mut Heap, table: JsValue, pair: u32) {
    heap.init(table.index() + pair, JsValue::DEAD);
    heap.init(table.index() + pair + 1, JsValue::DEAD);
}

/// The capacity the table needs for one more pair when that is not the one it has.
fn new_capacity(heap: &Heap, table: JsValue) -> Option<u32> {
    if !table.is_cell() {
        return Some(MIN);
    }
    let table = table.index();
    let capacity = capacity(heap, table);
    if (used(heap, table) + 1) * 4 <= capacity * 3 {
        return None;
    }
    let live = (0..capacity).filter(|i| is_live(heap.value(table + PAIRS + 2 * i))).count() as u32;
    Some(((live + 1) * 2).next_power_of_two().max(MIN))
}

fn is_live(key: JsValue) -> bool {
    !key.is_empty() && key != JsValue::DEAD
}

/// The words [`insert_reserved`] may take.
#[must_use]
pub fn insert_words(heap: &Heap, table: JsValue) -> u32 {
    new_capacity(heap, table).map_or(0, words)
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
    if let Some(size) = new_capacity(heap, table) {
        if size > MAX {
            return Err(OutOfMemory);
        }
        let new = heap.new_block(Kind::Ephemerons, words(size));
        heap.set(new + 1, 0);
        for i in 0..size {
            heap.init(new + PAIRS + 2 * i, JsValue::EMPTY);
            heap.init(new + PAIRS + 2 * i + 1, JsValue::UNDEFINED);
        }
        set_used(heap, new, 0);
        if table.is_cell() {
            let old = table.index();
            for i in 0..capacity(heap, old) {
                let (k, v) = (heap.value(old + PAIRS + 2 * i), heap.value(old + PAIRS + 2 * i + 1));
                if is_live(k)
                    && let Ok(Some((_, h))) = hash_table::hash(heap, k, None)
                {
                    place(heap, new, k, h, v);
                }
            }
        }
        table = JsValue::cell(new);
    }
    place(heap, table.index(), key, hash, value);
    Ok(table)
}

fn place(heap: &mut Heap, table: u32, key: JsValue, hash: u32, value: JsValue) {
    let mask = capacity(heap, table) - 1;
    let mut i = hash & mask;
    while is_live(heap.value(table + PAIRS + 2 * i)) {
        i = (i + 1) & mask;
    }
    if heap.value(table + PAIRS + 2 * i).is_empty() {
        let n = used(heap, table) + 1;
        set_used(heap, table, n);
    }
    heap.put(table, PAIRS + 2 * i, key);
    heap.put(table, PAIRS + 2 * i + 1, value);
}
