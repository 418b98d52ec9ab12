//! Iterating without result objects, calls or collections: arrays, Maps, Sets, strings.

use rotifer_jsvalue::{HeapExt, JsValue, Kind, PropertyKey, WellKnown, elements, field, hash_table};

use super::elements::string_unit;
use super::iterate::{BUILT_IN, FAST};
use super::{quick, stubs};
use crate::builtins::Intrinsic;
use crate::isolate::{Isolate, RootWord, realm_word};
use crate::n;
use crate::ops::IteratorKind;
use crate::ops::collections::{IteratorFamily, Yields};

/// Whether `value` is an array whose iteration nobody has interfered with. Says no when the table of known properties does not tell.
#[inline(never)]
pub(super) fn is_plain_array(isolate: &Isolate, value: u64) -> bool {
    let array = JsValue::from_bits(value);
    if !array.is_heap_object() || isolate.heap.kind(array.index()) != Kind::Array {
        return false;
    }
    let base = isolate.heap.base().as_ptr();
    let known =
        |object: JsValue, key: PropertyKey| stubs::get(isolate, base, object.to_bits(), key.to_value().to_bits());
    let realm = isolate.root_word(RootWord::Realm).index();
    let iterators = isolate.heap.value(realm + realm_word::INTRINSICS + Intrinsic::ArrayIteratorPrototype as u32);
    iterators.is_heap_object()
        && known(array, PropertyKey::well_known(WellKnown::Iterator))
            .is_some_and(|f| quick::is_built_in(f, Intrinsic::ArrayPrototype, n!("values")))
        && known(iterators, PropertyKey::name(n!("next")))
            .is_some_and(|f| quick::is_built_in(f, Intrinsic::ArrayIteratorPrototype, n!("next")))
}

/// The next value of the iterator record whose three words begin at `record`; `Some(None)` when it is done, which the record then says;
/// `None`: take the slow path.
#[inline(never)]
pub(super) fn step(isolate: &mut Isolate, record: u32) -> Option<Option<u64>> {
    let (iterator, mark) = (isolate.heap.value(record), isolate.heap.value(record + 1));
    if iterator.is_undefined() {
        return Some(None);
    }
    if mark == FAST {
        let index = isolate.heap.value(record + 2).as_int()?;
        let length = isolate.heap.value(iterator.index() + field::Array::length).as_int()?;
        if index >= length {
            isolate.heap.init(record, JsValue::UNDEFINED);
            return Some(None);
        }
        let v = element(isolate, iterator, index as u32)?;
        isolate.heap.init(record + 2, JsValue::int(index + 1));
        return Some(Some(v.to_bits()));
    }
    if mark != BUILT_IN {
        return None;
    }
    let at = iterator.index();
    let which = isolate.heap.value(at + field::Iterator::which).as_raw();
    match which >> 8 {
        0 => array_step(isolate, at, which),
        f if f == IteratorFamily::String as u64 => string_step(isolate, at),
        _ => collection_step(isolate, at, which as u8),
    }
    .map(|v| Some(v.to_bits()))
}

/// An element of an array that is there and no accessor.
fn element(isolate: &Isolate, array: JsValue, index: u32) -> Option<JsValue> {
    let e = elements::elements(&isolate.heap, array.index())?;
    let there = elements::is_dense(&isolate.heap, e) && index < elements::capacity(&isolate.heap, e);
    let v = if there { isolate.heap.value(e + 1 + index) } else { JsValue::EMPTY };
    (!v.is_empty()).then_some(v)
}

fn array_step(isolate: &mut Isolate, at: u32, which: u64) -> Option<JsValue> {
    // Iterator helpers are no families of their own either.
    if !(IteratorKind::ArrayKeys as u64..=IteratorKind::ArrayEntries as u64).contains(&which) {
        return None;
    }
    let target = isolate.heap.value(at + field::Iterator::target);
    let index = isolate.heap.value(at + field::Iterator::index).as_int()?;
    if !target.is_heap_object() || isolate.heap.kind(target.index()) != Kind::Array {
        return None;
    }
    if index >= isolate.heap.value(target.index() + field::Array::length).as_int()? {
        return None;
    }
    let mut v = element(isolate, target, index as u32)?;
    if which == IteratorKind::ArrayKeys as u64 {
        v = JsValue::int(index);
    } else if which == IteratorKind::ArrayEntries as u64 {
        v = quick::pair(isolate, JsValue::int(index), v)?;
    }
    isolate.heap.init(at + field::Iterator::index, JsValue::int(index + 1));
    Some(v)
}

fn string_step(isolate: &mut Isolate, at: u32) -> Option<JsValue> {
    let target = isolate.heap.value(at + field::Iterator::target);
    let index = isolate.heap.value(at + field::Iterator::index).as_raw() as u32;
    let v = string_unit(isolate.heap.base().as_ptr(), target.to_bits(), index)?;
    isolate.heap.init(at + field::Iterator::index, JsValue::raw(u64::from(index) + 1));
    Some(JsValue::from_bits(v))
}

fn collection_step(isolate: &mut Isolate, at: u32, yields: u8) -> Option<JsValue> {
    let heap = &isolate.heap;
    // The first step notes the table; from then on it is followed through its changes.
    let table = heap.value(at + field::Iterator::extra);
    if !table.is_cell() || !heap.value(at + field::Iterator::target).is_heap_object() {
        return None;
    }
    let index = heap.value(at + field::Iterator::index).as_raw() as u32;
    if hash_table::current(heap, table, index) != (table, index) {
        return None;
    }
    let n = hash_table::next(heap, table, index)?;
    let v = if yields == Yields::Keys as u8 || !hash_table::is_pairs(heap, table) && yields == Yields::Values as u8 {
        hash_table::key_at(heap, table, n)
    } else if yields == Yields::Values as u8 {
        hash_table::value_at(heap, table, n)
    } else {
        let key = hash_table::key_at(heap, table, n);
        let value = if hash_table::is_pairs(heap, table) { hash_table::value_at(heap, table, n) } else { key };
        quick::pair(isolate, key, value)?
    };
    isolate.heap.init(at + field::Iterator::index, JsValue::raw(u64::from(n) + 1));
    Some(v)
}
