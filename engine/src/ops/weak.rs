//! Liveness (ECMA-262 §9.9 to §9.13): weak collections, kept objects, and the jobs of finalization registries.

use rotifer_jsvalue::{HeapExt, JsValue, Kind, field, hash_table, weak_table};

use crate::cx::{Cx, NULL, Object, UNDEFINED, Value};
use crate::isolate::{Isolate, RootWord};
use crate::throw::{JsResult, Pending};

const TABLE: u32 = field::WeakMap::table;
const _: () = assert!(field::WeakMap::table == field::WeakSet::table);

/// Words of a registry block before the cells, of each cell, and the offsets in one.
const CELLS: u32 = 2;
const CELL: u32 = 3;
const HELD: u32 = 1;
const TOKEN: u32 = 2;

impl<'s> Cx<'s> {
    /// ECMA-262 §9.13 CanBeHeldWeakly
    pub(crate) fn can_be_held_weakly(&self, value: Value<'s>) -> bool {
        let v = self.peek(value);
        if v.is_heap_symbol() {
            return self.heap().value(v.index() + field::Symbol::registered).is_undefined();
        }
        v.is_object() || v.is_symbol()
    }

    /// The pair of a key in the table of a WeakMap or WeakSet.
    fn weak_pair(&mut self, owner: Object<'s>, key: Value<'s>) -> JsResult<Option<u32>> {
        if !self.can_be_held_weakly(key) {
            return Ok(None);
        }
        let key = self.peek(key);
        let Some((key, hash)) = hash_table::hash(self.heap_mut(), key, None)? else { return Ok(None) };
        Ok(weak_table::find(self.heap(), self.field_raw(owner, TABLE), key, hash))
    }

    /// The value of a key in a WeakMap; for a WeakSet, whether it is there.
    pub(crate) fn weak_get(&mut self, owner: Object<'s>, key: Value<'s>) -> JsResult<Option<Value<'s>>> {
        let Some(pair) = self.weak_pair(owner, key)? else { return Ok(None) };
        let v = weak_table::value_at(self.heap(), self.field_raw(owner, TABLE), pair);
        self.root(v).map(Some)
    }

    /// Adds or replaces a pair; the key is known to be one that can be held weakly.
    pub(crate) fn weak_set(&mut self, owner: Object<'s>, key: Value<'s>, value: Value<'s>) -> JsResult<()> {
        let raw = self.peek(key);
        let Isolate { heap, next_hash, .. } = &mut **self;
        let Some((raw, hash)) = hash_table::hash(heap, raw, Some(next_hash))? else { return Ok(()) };
        let table = self.field_raw(owner, TABLE);
        if let Some(pair) = weak_table::find(self.heap(), table, raw, hash) {
            let value = self.peek(value);
            weak_table::set_value_at(self.heap_mut(), table, pair, value);
            return Ok(());
        }
        let words = weak_table::insert_words(self.heap(), table)?;
        self.heap_mut().reserve(words, &mut [])?;
        let (table, key, value) = (self.field_raw(owner, TABLE), self.peek(key), self.peek(value));
        let new = weak_table::insert_reserved(self.heap_mut(), table, key, hash, value)?;
        if new != table {
            self.set_field_raw(owner, TABLE, new);
        }
        Ok(())
    }

    /// Removes a key; false when there is none.
    pub(crate) fn weak_delete(&mut self, owner: Object<'s>, key: Value<'s>) -> JsResult<bool> {
        let Some(pair) = self.weak_pair(owner, key)? else { return Ok(false) };
        let table = self.field_raw(owner, TABLE);
        weak_table::remove(self.heap_mut(), table, pair);
        Ok(true)
    }

    /// A Set that hangs on a root word, made when first needed.
    fn root_set(&mut self, word: RootWord) -> JsResult<Object<'s>> {
        let found = self.root_word(word);
        if found.is_heap_object() {
            return self.root_object(found);
        }
        let set = self.new_object_of(Kind::Set, NULL, 1)?;
        let raw = self.peek(set);
        self.set_root(word, raw);
        Ok(set)
    }

    /// ECMA-262 §9.11 AddToKeptObjects
    pub(crate) fn add_to_kept_objects(&mut self, value: Value<'s>) -> JsResult<()> {
        if self.peek(value).reference() == 0 {
            return Ok(());
        }
        let kept = self.root_set(RootWord::KeptAlive)?;
        self.table_set(kept, value, None)
    }

    /// ECMA-262 §9.10 ClearKeptObjects: to be called when a job has ended and nothing runs.
    pub(crate) fn clear_kept_objects(&mut self) {
        self.set_root(RootWord::KeptAlive, JsValue::UNDEFINED);
    }

    /// Adds a cell to a finalization registry.
    pub(crate) fn register_finalizer(
        &mut self,
        registry: Object<'s>,
        target: Value<'s>,
        held: Value<'s>,
        token: Value<'s>,
    ) -> JsResult<()> {
        // The registry lives while it waits for something.
        let all = self.root_set(RootWord::Registries)?;
        self.table_set(all, registry.cast(), None)?;
        let cells = self.field_raw(registry, field::FinalizationRegistry::table);
        let (capacity, used, live) = self.registry_counts(cells);
        if used == capacity {
            let capacity = if live > capacity / 2 { capacity.saturating_mul(2) } else { capacity.max(4) };
            let Some(words) = capacity.checked_mul(CELL).and_then(|w| w.checked_add(CELLS + 1)) else {
                return Err(self.oom());
            };
            self.heap_mut().reserve(words, &mut [])?;
            self.rebuild_registry(registry, words);
        }
        let cells = self.field_raw(registry, field::FinalizationRegistry::table).index();
        let (_, used, _) = self.registry_counts(JsValue::cell(cells));
        let (target, held, token) = (self.peek(target), self.peek(held), self.peek(token));
        let heap = self.heap_mut();
        let at = CELLS + used * CELL;
        heap.put(cells, at, target);
        heap.put(cells, at + HELD, held);
        heap.put(cells, at + TOKEN, token);
        let last = cells + heap.header(cells).aux() - 1;
        heap.set(last, u64::from(used) + 1);
        Ok(())
    }

    /// Capacity, cells used, and those that are not free.
    fn registry_counts(&self, cells: JsValue) -> (u32, u32, u32) {
        if !cells.is_cell() {
            return (0, 0, 0);
        }
        let (heap, at) = (self.heap(), cells.index());
        let words = heap.header(at).aux();
        let used = heap.get(at + words - 1) as u32;
        let capacity = (words - CELLS - 1) / CELL;
        if used < capacity {
            return (capacity, used, used);
        }
        let live = (0..used).filter(|i| !heap.value(at + CELLS + i * CELL).is_empty()).count();
        (capacity, used, live as u32)
    }

    /// Gives a registry a new block without its free cells, out of what was reserved.
    fn rebuild_registry(&mut self, registry: Object<'s>, words: u32) {
        let old = self.field_raw(registry, field::FinalizationRegistry::table);
        let (_, used, _) = self.registry_counts(old);
        let heap = self.heap_mut();
        let new = heap.new_block(Kind::Registry, words);
        heap.set(new + 1, 0);
        heap.fill(new + CELLS, words - CELLS, JsValue::UNDEFINED.to_bits());
        let mut to = CELLS;
        for i in 0..used {
            let from = old.index() + CELLS + i * CELL;
            if !heap.value(from).is_empty() {
                heap.copy(from, new + to, CELL);
                to += CELL;
            }
        }
        heap.barrier_all(new);
        heap.set(new + words - 1, u64::from((to - CELLS) / CELL));
        self.set_field_raw(registry, field::FinalizationRegistry::table, JsValue::cell(new));
    }

    /// Removes the cells with this token; false when there are none.
    pub(crate) fn unregister_finalizer(&mut self, registry: Object<'s>, token: Value<'s>) -> JsResult<bool> {
        let cells = self.field_raw(registry, field::FinalizationRegistry::table);
        let (_, used, _) = self.registry_counts(cells);
        self.tick(used / 64)?;
        let token = self.peek(token);
        let mut removed = false;
        for i in 0..used {
            let at = cells.index() + CELLS + i * CELL;
            if self.heap().value(at + TOKEN) == token && !self.heap().value(at).is_empty() {
                free_cell(self, at);
                removed = true;
            }
        }
        Ok(removed)
    }

    /// The cleanup callbacks that are due, as an array of callback, held value, callback, held value …; `None` when there are none.
    fn take_finalizers(&mut self) -> JsResult<Option<Object<'s>>> {
        let all = self.root_word(RootWord::Registries);
        if !self.heap_mut().take_finalization_pending() || !all.is_heap_object() {
            return Ok(None);
        }
        let all = self.root_object(all)?;
        let due = self.new_array(0, 0)?;
        let mut walk = self.table_walk(all)?;
        loop {
            let mut cx = self.nest();
            cx.tick(1)?;
            let Some((registry, _)) = cx.walk_next(&mut walk)? else { break };
            let mut waiting = false;
            let (_, used, _) = cx.registry_counts(cx.field_raw(registry, field::FinalizationRegistry::table));
            for i in 0..used {
                let at = cx.field_raw(registry, field::FinalizationRegistry::table).index() + CELLS + i * CELL;
                let target = cx.heap().value(at);
                if target != JsValue::DEAD {
                    waiting |= !target.is_empty();
                    continue;
                }
                let cleanup = cx.field_raw(registry, field::FinalizationRegistry::cleanup);
                cx.push_raw(due, cleanup)?;
                let at = cx.field_raw(registry, field::FinalizationRegistry::table).index() + CELLS + i * CELL;
                let held = cx.heap().value(at + HELD);
                cx.push_raw(due, held)?;
                let at = cx.field_raw(registry, field::FinalizationRegistry::table).index() + CELLS + i * CELL;
                free_cell(&mut cx, at);
            }
            if !waiting {
                cx.table_delete(all, registry)?;
            }
        }
        Ok(Some(due))
    }

    /// Runs the cleanup callbacks that are due (ECMA-262 §9.12 CleanupFinalizationRegistry): to be called between jobs. All are
    /// called even when one throws; the first exception is thrown in the end. False when none was due.
    ///
    /// # Errors
    /// What a callback throws.
    pub(crate) fn run_finalizers(&mut self) -> JsResult<bool> {
        let mut cx = self.nest();
        let Some(due) = cx.take_finalizers()? else { return Ok(false) };
        let count = cx.array_len(due);
        let first = cx.slot(UNDEFINED)?;
        let mut failed = false;
        for i in (0..count).step_by(2) {
            let mut cx = cx.nest();
            let (cleanup, held) = (cx.array_item(due, i)?, cx.array_item(due, i + 1)?);
            let result = cx.call(cleanup, UNDEFINED, &[held]);
            if let Err(throw) = result {
                if cx.pending != Pending::Exception {
                    return Err(throw);
                }
                let exception = cx.take_exception();
                if !failed {
                    let exception = cx.peek(exception);
                    cx.set_slot_raw(first, exception);
                }
                failed = true;
            }
        }
        if failed { Err(cx.throw(first)) } else { Ok(count > 0) }
    }
}

fn free_cell(cx: &mut Cx<'_>, at: u32) {
    let heap = cx.heap_mut();
    heap.init(at, JsValue::EMPTY);
    heap.init(at + HELD, JsValue::UNDEFINED);
    heap.init(at + TOKEN, JsValue::UNDEFINED);
}
