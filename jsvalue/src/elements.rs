//! Indexed properties.
//!
//! Dense elements are one block with a value per index, holes empty; all of them are plain data properties. Indices far
//! apart, or with other attributes, turn the whole into sparse elements: a hash table from index to value and attributes,
//! kept sorted by nobody: who enumerates collects and sorts.

use rotifer_gc::OutOfMemory;

use crate::layout::{Heap, HeapExt, Kind, field, flag};
use crate::object::{self, extension, shape_of};
use crate::shape::{self, Attrs, Info};
use crate::value::JsValue;

/// The most dense elements.
pub const MAX_DENSE: u32 = 1 << 28;

/// The elements block of an object, or `None` when it has none.
#[inline]
#[must_use]
pub fn elements(heap: &Heap, object: u32) -> Option<u32> {
    let kind = heap.kind(object);
    let e = if kind.has_elements_field() {
        heap.value(object + field::Array::elements)
    } else {
        let info = shape::info(heap, shape_of(heap, object));
        if !info.has(Info::EXTENDED) {
            return None;
        }
        heap.value(extension(heap, object, info) + field::Extension::elements)
    };
    e.is_cell().then(|| e.index())
}

fn set_elements(heap: &mut Heap, object: u32, elements: JsValue) {
    if heap.kind(object).has_elements_field() {
        heap.put(object, field::Array::elements, elements);
    } else {
        let info = shape::info(heap, shape_of(heap, object));
        let ext = extension(heap, object, info);
        heap.put(ext, field::Extension::elements, elements);
    }
}

/// Whether an elements block is dense.
#[inline]
#[must_use]
pub fn is_dense(heap: &Heap, elements: u32) -> bool {
    heap.kind(elements) == Kind::Elements
}

/// How many indices a dense elements block has room for.
#[inline]
#[must_use]
pub fn capacity(heap: &Heap, elements: u32) -> u32 {
    heap.header(elements).aux() - 1
}

/// The attributes that all elements of a dense block have.
#[inline]
#[must_use]
pub fn dense_attrs(heap: &Heap, elements: u32) -> Attrs {
    let flags = heap.flags(elements);
    if flags & flag::FROZEN != 0 {
        Attrs::ENUMERABLE
    } else if flags & flag::SEALED != 0 {
        Attrs::ENUMERABLE.with(Attrs::WRITABLE)
    } else {
        Attrs::ALL
    }
}

/// The own element `index`: its value (or accessor) and attributes.
#[inline]
#[must_use]
pub fn get(heap: &Heap, object: u32, index: u32) -> Option<(JsValue, Attrs)> {
    let e = elements(heap, object)?;
    if is_dense(heap, e) {
        if index >= capacity(heap, e) {
            return None;
        }
        let v = heap.value(e + 1 + index);
        return (!v.is_empty()).then(|| (v, dense_attrs(heap, e)));
    }
    let at = sparse_find(heap, e, index)?;
    let attrs = Attrs((heap.value(at).as_raw() >> 32) as u8);
    Some((heap.value(at + 1), attrs))
}

/// Overwrites the value of an existing own element.
pub fn set_existing(heap: &mut Heap, object: u32, index: u32, value: JsValue) {
    let Some(e) = elements(heap, object) else { return };
    if is_dense(heap, e) {
        heap.put(e, 1 + index, value);
    } else if let Some(at) = sparse_find(heap, e, index) {
        heap.put(e, at + 1 - e, value);
    }
}

/// Adds or replaces the own element `index`. Extensibility and the attributes of what was there are the caller's concern, as is an
/// array's `length`. Gives back the object.
///
/// # Errors
/// [`OutOfMemory`]
pub fn define(
    heap: &mut Heap,
    object: JsValue,
    index: u32,
    value: JsValue,
    attrs: Attrs,
) -> Result<JsValue, OutOfMemory> {
    let mut keep = [object.to_bits(), value.to_bits()];
    let old = elements(heap, object.index());
    let dense = old.is_none_or(|e| is_dense(heap, e));
    let size = old.filter(|_| dense).map_or(0, |e| capacity(heap, e));
    let old_attrs = old.filter(|_| dense).map_or(Attrs::ALL, |e| dense_attrs(heap, e));
    if dense && attrs == Attrs::ALL && old_attrs == Attrs::ALL && (index < size || worth_dense(heap, old, size, index))
    {
        if index >= size {
            let object = ensure_dense(heap, object, index + 1, &mut keep[1])?;
            keep[0] = object.to_bits();
        }
        let [object, value] = keep.map(JsValue::from_bits);
        let Some(e) = elements(heap, object.index()) else { return Err(OutOfMemory) };
        heap.put(e, 1 + index, value);
        return Ok(object);
    }
    let object = make_sparse(heap, object, &mut keep[1])?;
    sparse_insert(heap, object, index, JsValue::from_bits(keep[1]), attrs)
}

/// Whether a dense block that reaches to `index` would be used well enough.
fn worth_dense(heap: &Heap, old: Option<u32>, size: u32, index: u32) -> bool {
    if index >= MAX_DENSE {
        return false;
    }
    if index < 1024 || index < size + size / 2 + 64 {
        return true;
    }
    let used = old.map_or(0, |e| (0..size).filter(|i| !heap.value(e + 1 + i).is_empty()).count() as u32);
    index / 4 < used
}

/// Makes sure an object has dense elements with room for `need` indices (it must not have sparse ones). `keep` is one more
/// value to keep. Gives back the object.
///
/// # Errors
/// [`OutOfMemory`]
pub fn ensure_dense(heap: &mut Heap, object: JsValue, need: u32, keep: &mut u64) -> Result<JsValue, OutOfMemory> {
    if need > MAX_DENSE {
        return Err(OutOfMemory);
    }
    let mut object = object;
    if !heap.kind(object.index()).has_elements_field() {
        let slot = heap.push(*keep).map_err(|_| OutOfMemory)?;
        let extended = object::extend(heap, object);
        *keep = heap.get(slot);
        heap.set_sp(slot + 1);
        object = extended?;
    }
    let size = elements(heap, object.index()).map_or(0, |e| capacity(heap, e));
    if need <= size {
        return Ok(object);
    }
    // Growth is generous while there is room and modest when memory is short.
    let roomy = need.max(size + size / 2 + 4).max(4);
    let tight = need.max(size + size / 8 + 1);
    let mut all = [object.to_bits(), *keep];
    let wanted = match heap.reserve(roomy + 1, &mut all) {
        Ok(()) => roomy,
        Err(OutOfMemory) => {
            heap.reserve(tight + 1, &mut all)?;
            tight
        }
    };
    *keep = all[1];
    let object = JsValue::from_bits(all[0]);
    let old = elements(heap, object.index());
    let new = heap.new_block(Kind::Elements, wanted + 1);
    if let Some(old) = old {
        heap.copy(old + 1, new + 1, size);
        let flags = heap.flags(old) & (flag::HOLEY | flag::SEALED | flag::FROZEN);
        heap.add_flags(new, flags);
    }
    heap.fill(new + 1 + size, wanted - size, JsValue::EMPTY.to_bits());
    set_elements(heap, object.index(), JsValue::cell(new));
    if let Some(old) = old {
        release(heap, old);
    }
    Ok(object)
}

/// An outgrown elements block refers to nothing any more, so that a minor collection does not keep what it held.
fn release(heap: &mut Heap, old: u32) {
    let words = heap.header(old).aux();
    heap.set(old, <crate::JsModel as rotifer_gc::ObjectModel>::filler(words).to_bits());
}

/// Deletes the own element `index`.
pub fn remove(heap: &mut Heap, object: u32, index: u32) {
    let Some(e) = elements(heap, object) else { return };
    if is_dense(heap, e) {
        if index < capacity(heap, e) {
            heap.init(e + 1 + index, JsValue::EMPTY);
            heap.add_flags(e, flag::HOLEY);
        }
    } else if let Some(at) = sparse_find(heap, e, index) {
        heap.init(at, JsValue::DEAD);
        heap.init(at + 1, JsValue::EMPTY);
    }
}

/// Drops all elements from `len` on, which must be deletable.
pub fn truncate(heap: &mut Heap, object: u32, len: u32) {
    let Some(e) = elements(heap, object) else { return };
    if is_dense(heap, e) {
        let size = capacity(heap, e);
        if len == 0 {
            set_elements(heap, object, JsValue::UNDEFINED);
        } else if len < size {
            if len < size / 4 && size > 32 {
                let flags = heap.flags(e);
                let header = heap.header(e).with_aux(len + 1);
                heap.shrink(e, size + 1, len + 1);
                heap.set(e, header.with_flags(flags).to_bits());
            } else {
                heap.fill(e + 1 + len, size - len, JsValue::EMPTY.to_bits());
            }
        }
        return;
    }
    let slots = (heap.header(e).aux() - 2) / 2;
    for i in 0..slots {
        let at = e + 2 + 2 * i;
        let k = heap.value(at);
        if is_entry(k) && k.as_raw() as u32 >= len {
            heap.init(at, JsValue::DEAD);
            heap.init(at + 1, JsValue::EMPTY);
        }
    }
}

/// Seals or freezes the elements of an object (it must have been made non-extensible). Gives back the object.
///
/// # Errors
/// [`OutOfMemory`]
pub fn restrict(heap: &mut Heap, object: JsValue, freeze: bool) -> Result<(), OutOfMemory> {
    let Some(e) = elements(heap, object.index()) else { return Ok(()) };
    if is_dense(heap, e) {
        heap.add_flags(e, flag::SEALED | if freeze { flag::FROZEN } else { 0 });
        return Ok(());
    }
    let slots = (heap.header(e).aux() - 2) / 2;
    for i in 0..slots {
        let at = e + 2 + 2 * i;
        let k = heap.value(at);
        if is_entry(k) {
            let mut attrs = Attrs((k.as_raw() >> 32) as u8).without(Attrs::CONFIGURABLE);
            if freeze && !attrs.has(Attrs::ACCESSOR) {
                attrs = attrs.without(Attrs::WRITABLE);
            }
            heap.init(at, sparse_key(k.as_raw() as u32, attrs));
        }
    }
    Ok(())
}

/// Calls `f` with every own index, in no particular order.
pub fn for_each_index(heap: &Heap, object: u32, mut f: impl FnMut(u32, Attrs)) {
    let Some(e) = elements(heap, object) else { return };
    if is_dense(heap, e) {
        let attrs = dense_attrs(heap, e);
        for i in 0..capacity(heap, e) {
            if !heap.value(e + 1 + i).is_empty() {
                f(i, attrs);
            }
        }
        return;
    }
    for i in 0..(heap.header(e).aux() - 2) / 2 {
        let k = heap.value(e + 2 + 2 * i);
        if is_entry(k) {
            f(k.as_raw() as u32, Attrs((k.as_raw() >> 32) as u8));
        }
    }
}

// ---- sparse ------------------------------------------------------------------------------------------------------
// Word 1: entries used, deleted ones included. Then pairs: raw (index, attributes), or EMPTY for never used, DEAD for deleted; value.

const SPARSE_MARK: u64 = 1 << 45;

fn sparse_key(index: u32, attrs: Attrs) -> JsValue {
    JsValue::raw(SPARSE_MARK | u64::from(index) | u64::from(attrs.0) << 32)
}

fn is_entry(key: JsValue) -> bool {
    key.as_raw() & SPARSE_MARK != 0
}

fn sparse_hash(index: u32) -> u32 {
    let h = index.wrapping_mul(0x9E37_79B1);
    h ^ h >> 16
}

fn sparse_find(heap: &Heap, e: u32, index: u32) -> Option<u32> {
    let slots = (heap.header(e).aux() - 2) / 2;
    let mut i = sparse_hash(index) & (slots - 1);
    for _ in 0..slots {
        let at = e + 2 + 2 * i;
        let k = heap.value(at);
        if k.is_empty() {
            return None;
        }
        if is_entry(k) && k.as_raw() as u32 == index {
            return Some(at);
        }
        i = (i + 1) & (slots - 1);
    }
    None
}

fn new_sparse(heap: &mut Heap, slots: u32) -> u32 {
    let e = heap.new_values(Kind::SparseElements, 1 + 2 * slots, JsValue::EMPTY);
    heap.set(e + 1, 0);
    e
}

fn sparse_put(heap: &mut Heap, e: u32, index: u32, value: JsValue, attrs: Attrs) {
    let slots = (heap.header(e).aux() - 2) / 2;
    let mut i = sparse_hash(index) & (slots - 1);
    loop {
        let at = 2 + 2 * i;
        let k = heap.value(e + at);
        if k.is_empty() {
            heap.init(e + at, sparse_key(index, attrs));
            heap.put(e, at + 1, value);
            let used = heap.get(e + 1);
            heap.set(e + 1, used + 1);
            return;
        }
        i = (i + 1) & (slots - 1);
    }
}

/// Turns the elements of an object into sparse ones.
///
/// # Errors
/// [`OutOfMemory`]
pub fn make_sparse(heap: &mut Heap, object: JsValue, keep: &mut u64) -> Result<JsValue, OutOfMemory> {
    let mut object = object;
    if !heap.kind(object.index()).has_elements_field() {
        let slot = heap.push(*keep).map_err(|_| OutOfMemory)?;
        let extended = object::extend(heap, object);
        *keep = heap.get(slot);
        heap.set_sp(slot + 1);
        object = extended?;
    }
    let old = elements(heap, object.index());
    if old.is_some_and(|e| !is_dense(heap, e)) {
        return Ok(object);
    }
    let mut used = 0_u32;
    for_each_index(heap, object.index(), |_, _| used += 1);
    let slots = ((used + 1) * 2).next_power_of_two().max(4);
    let mut all = [object.to_bits(), *keep];
    heap.reserve(2 + 2 * slots, &mut all)?;
    *keep = all[1];
    let object = JsValue::from_bits(all[0]);
    let new = new_sparse(heap, slots);
    if let Some(old) = elements(heap, object.index()) {
        let attrs = dense_attrs(heap, old);
        for i in 0..capacity(heap, old) {
            let v = heap.value(old + 1 + i);
            if !v.is_empty() {
                sparse_put(heap, new, i, v, attrs);
            }
        }
    }
    set_elements(heap, object.index(), JsValue::cell(new));
    Ok(object)
}

fn sparse_insert(
    heap: &mut Heap,
    object: JsValue,
    index: u32,
    value: JsValue,
    attrs: Attrs,
) -> Result<JsValue, OutOfMemory> {
    let Some(e) = elements(heap, object.index()) else { return Err(OutOfMemory) };
    if let Some(at) = sparse_find(heap, e, index) {
        heap.init(at, sparse_key(index, attrs));
        heap.put(e, at + 1 - e, value);
        return Ok(object);
    }
    let slots = (heap.header(e).aux() - 2) / 2;
    let used = heap.get(e + 1) as u32;
    let mut object = object;
    let mut value = value;
    if (used + 1) * 4 > slots * 3 {
        let mut live = 0_u32;
        for_each_index(heap, object.index(), |_, _| live += 1);
        let slots = ((live + 1) * 2).next_power_of_two().max(4);
        let mut keep = [object.to_bits(), value.to_bits()];
        heap.reserve(2 + 2 * slots, &mut keep)?;
        [object, value] = keep.map(JsValue::from_bits);
        let new = new_sparse(heap, slots);
        let Some(old) = elements(heap, object.index()) else { return Err(OutOfMemory) };
        for i in 0..(heap.header(old).aux() - 2) / 2 {
            let k = heap.value(old + 2 + 2 * i);
            if is_entry(k) {
                let v = heap.value(old + 3 + 2 * i);
                sparse_put(heap, new, k.as_raw() as u32, v, Attrs((k.as_raw() >> 32) as u8));
            }
        }
        set_elements(heap, object.index(), JsValue::cell(new));
    }
    let Some(e) = elements(heap, object.index()) else { return Err(OutOfMemory) };
    sparse_put(heap, e, index, value, attrs);
    Ok(object)
}

/// The index in slot `slot` of a sparse elements block, if one is there.
#[must_use]
pub fn sparse_index_at(heap: &Heap, elements: u32, slot: u32) -> Option<u32> {
    let k = heap.value(elements + 2 + 2 * slot);
    is_entry(k).then(|| k.as_raw() as u32)
}
