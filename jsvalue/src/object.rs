//! Objects: allocation and named properties. Indexed properties are in [`crate::elements`].
//!
//! Functions that may collect take the values they need and give back those that may have moved; everything a caller holds
//! beside that has to be rooted.

use rotifer_arena::MemBlockHeader;
use rotifer_gc::OutOfMemory;

use crate::key::PropertyKey;
use crate::layout::{Heap, HeapExt, Kind, field, flag};
use crate::names::WellKnown;
use crate::shape::{self, Added, Attrs, Info, Place};
use crate::value::JsValue;

/// The most in-object slots.
pub const MAX_INLINE: u8 = 32;

/// Words of an object of this kind and number of in-object slots.
#[inline]
#[must_use]
pub fn object_words(kind: Kind, inline: u8) -> u32 {
    1 + kind.fixed() + u32::from(inline)
}

/// Makes an object of `shape`, out of what was reserved ([`object_words`]). All fields and slots are undefined.
#[inline]
pub fn new_object_reserved(heap: &mut Heap, shape: u32) -> u32 {
    let info = shape::info(heap, shape);
    let words = object_words(Kind::from_u8(info.kind), info.inline);
    let at = heap.alloc_reserved(words);
    heap.set(at, MemBlockHeader::new(info.kind, 0, words as u16, shape).to_bits());
    heap.fill(at + 1, words - 1, JsValue::UNDEFINED.to_bits());
    at
}

/// Makes an object of the shape `shape` (a cell).
///
/// # Errors
/// [`OutOfMemory`]
pub fn new_object(heap: &mut Heap, shape: JsValue) -> Result<u32, OutOfMemory> {
    let info = shape::info(heap, shape.index());
    let mut keep = [shape.to_bits()];
    heap.reserve(object_words(Kind::from_u8(info.kind), info.inline), &mut keep)?;
    Ok(new_object_reserved(heap, JsValue::from_bits(keep[0]).index()))
}

/// The shape of an object.
#[inline]
#[must_use]
pub fn shape_of(heap: &Heap, object: u32) -> u32 {
    heap.header(object).aux()
}

/// Gives an object another shape.
#[inline]
pub fn set_shape(heap: &mut Heap, object: u32, shape: u32) {
    let h = heap.header(object);
    heap.set(object, h.with_aux(shape).to_bits());
    heap.barrier(object, shape);
}

/// The prototype of an object: an object or null.
#[inline]
#[must_use]
pub fn proto_of(heap: &Heap, object: u32) -> JsValue {
    shape::proto(heap, shape_of(heap, object))
}

/// Whether properties can be added (for ordinary objects).
#[inline]
#[must_use]
pub fn is_extensible(heap: &Heap, object: u32) -> bool {
    !shape::info(heap, shape_of(heap, object)).has(Info::NON_EXTENSIBLE)
}

/// An own named property found.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Its number in the shape.
    pub number: u32,
    /// Where its value is.
    pub place: Place,
    /// Its attributes.
    pub attrs: Attrs,
}

/// Finds an own named property (`key` is no index).
#[inline]
#[must_use]
pub fn find_own(heap: &Heap, object: u32, key: PropertyKey) -> Option<Slot> {
    let shape = shape_of(heap, object);
    let (number, attrs) = shape::lookup(heap, shape, key)?;
    Some(Slot { number, place: shape::info(heap, shape).place(number), attrs })
}

/// The extension block of an object whose shape is extended.
#[inline]
#[must_use]
pub fn extension(heap: &Heap, object: u32, info: Info) -> u32 {
    heap.value(object + info.extension_word()).index()
}

/// Reads a slot.
#[inline]
#[must_use]
pub fn get_slot(heap: &Heap, object: u32, place: Place) -> JsValue {
    match place {
        Place::Inline(word) => heap.value(object + word),
        Place::Extension(word) => {
            let info = shape::info(heap, shape_of(heap, object));
            heap.value(extension(heap, object, info) + word)
        }
    }
}

/// Writes a slot.
#[inline]
pub fn set_slot(heap: &mut Heap, object: u32, place: Place, value: JsValue) {
    match place {
        Place::Inline(word) => heap.put(object, word, value),
        Place::Extension(word) => {
            let info = shape::info(heap, shape_of(heap, object));
            let ext = extension(heap, object, info);
            heap.put(ext, word, value);
        }
    }
}

fn extension_capacity(heap: &Heap, ext: u32) -> u32 {
    heap.header(ext).aux() - 2
}

/// Makes sure that an object has an extension block with room for `slots` slots, out of what was reserved. The shape is
/// not changed: the caller gives the object an extended one.
fn ensure_extension(heap: &mut Heap, object: u32, old: Info, slots: u32) {
    let word = old.extension_word();
    if old.has(Info::EXTENDED) {
        let ext = heap.value(object + word).index();
        let capacity = extension_capacity(heap, ext);
        if slots <= capacity {
            return;
        }
        let new = heap.new_values(Kind::Extension, 1 + grown_slots(slots), JsValue::UNDEFINED);
        heap.copy(ext + 1, new + 1, 1 + capacity);
        heap.put(object, word, JsValue::cell(new));
        return;
    }
    let new = heap.new_values(Kind::Extension, 1 + grown_slots(slots.max(1)), JsValue::UNDEFINED);
    let last = heap.value(object + word);
    heap.init(new + 2, last);
    heap.put(object, word, JsValue::cell(new));
}

fn grown_slots(slots: u32) -> u32 {
    if slots <= 4 { slots + 1 } else { slots + slots / 2 }
}

/// The words that adding a property to the object may take at most.
#[must_use]
pub fn add_words(heap: &Heap, object: u32) -> u32 {
    let shape = shape_of(heap, object);
    let info = shape::info(heap, shape);
    let slots = (info.count + 1).saturating_sub(u32::from(info.inline) - 1).max(1);
    let room = if info.has(Info::EXTENDED) {
        extension_capacity(heap, heap.value(object + info.extension_word()).index())
    } else {
        0
    };
    let extension = if slots <= room { 0 } else { 2 + grown_slots(slots) };
    shape::change_words(heap, shape) + shape::SHAPE_WORDS + 8 + extension
}

/// Adds a named property that the object does not have. Whether it is extensible is the caller's concern.
///
/// Gives back the object and value, which may have moved.
///
/// # Errors
/// [`OutOfMemory`]
pub fn add_property(
    heap: &mut Heap,
    object: JsValue,
    key: PropertyKey,
    value: JsValue,
    attrs: Attrs,
) -> Result<(JsValue, JsValue), OutOfMemory> {
    let mut keep = [object.to_bits(), key.to_value().to_bits(), value.to_bits()];
    heap.reserve(add_words(heap, object.index()), &mut keep)?;
    let [object, key, value] = keep.map(JsValue::from_bits);
    add_property_reserved(heap, object.index(), PropertyKey::from_value(key), value, attrs)?;
    Ok((object, value))
}

/// As [`add_property`], out of what was reserved ([`add_words`]).
///
/// # Errors
/// [`OutOfMemory`] when there are too many properties.
pub fn add_property_reserved(
    heap: &mut Heap,
    object: u32,
    key: PropertyKey,
    value: JsValue,
    attrs: Attrs,
) -> Result<(), OutOfMemory> {
    let mut old_shape = shape_of(heap, object);
    let old = shape::info(heap, old_shape);
    if !old.has(Info::DICTIONARY) {
        match shape::child(heap, old_shape, key, attrs) {
            Added::Shared(new_shape) => {
                let new = shape::info(heap, new_shape);
                finish_add(heap, object, old, new, new_shape, value);
                return Ok(());
            }
            Added::Dictionary => {
                let proto = shape::proto(heap, old_shape);
                old_shape = shape::to_dictionary(heap, old_shape, proto);
                set_shape(heap, object, old_shape);
            }
        }
    }
    if shape::is_dictionary_sparse(heap, old_shape) {
        old_shape = compact_dictionary(heap, object, old_shape);
    }
    let old = shape::info(heap, old_shape);
    shape::dictionary_add(heap, old_shape, key, attrs)?;
    let new = shape::info(heap, old_shape);
    // Becoming extended moves a slot: who remembers places by the shape must not find it again.
    let moved = new.has(Info::EXTENDED) && !old.has(Info::EXTENDED);
    let new_shape = if moved { shape::renew_dictionary(heap, old_shape) } else { old_shape };
    finish_add(heap, object, old, new, new_shape, value);
    Ok(())
}

/// Closes the gaps that deleted properties left. Places change, so the shape gets a new identity; the old one stays as it was for whoever
/// goes through it.
fn compact_dictionary(heap: &mut Heap, object: u32, shape: u32) -> u32 {
    let old = shape::info(heap, shape);
    let new = shape::renew_dictionary(heap, shape);
    shape::dictionary_compact(heap, new, |heap, from, to| {
        let value = get_slot(heap, object, old.place(from));
        set_slot(heap, object, old.place(to), value);
    });
    for number in shape::info(heap, new).count..old.count {
        set_slot(heap, object, old.place(number), JsValue::UNDEFINED);
    }
    set_shape(heap, object, new);
    new
}

fn finish_add(heap: &mut Heap, object: u32, old: Info, new: Info, new_shape: u32, value: JsValue) {
    if new.has(Info::EXTENDED) {
        let slots = new.count.saturating_sub(u32::from(new.inline) - 1);
        ensure_extension(heap, object, old, slots);
    }
    set_shape(heap, object, new_shape);
    set_slot(heap, object, new.place(new.count - 1), value);
}

/// Makes the object's shape a dictionary of its own, with a new identity in any case, out of what was reserved
/// ([`shape::change_words`]).
fn own_shape(heap: &mut Heap, object: u32) -> u32 {
    let old = shape_of(heap, object);
    let new = if shape::info(heap, old).has(Info::DICTIONARY) {
        shape::renew_dictionary(heap, old)
    } else {
        let proto = shape::proto(heap, old);
        shape::to_dictionary(heap, old, proto)
    };
    set_shape(heap, object, new);
    new
}

/// Changes the attributes of an own property and sets its value.
///
/// # Errors
/// [`OutOfMemory`]
pub fn reconfigure(
    heap: &mut Heap,
    object: JsValue,
    key: PropertyKey,
    value: JsValue,
    attrs: Attrs,
) -> Result<(), OutOfMemory> {
    let mut keep = [object.to_bits(), key.to_value().to_bits(), value.to_bits()];
    heap.reserve(shape::change_words(heap, shape_of(heap, object.index())), &mut keep)?;
    let [object, key, value] = keep.map(JsValue::from_bits);
    let shape = own_shape(heap, object.index());
    if let Some((number, _)) = shape::lookup(heap, shape, PropertyKey::from_value(key)) {
        shape::dictionary_set_attrs(heap, shape, number, attrs);
        let place = shape::info(heap, shape).place(number);
        set_slot(heap, object.index(), place, value);
    }
    Ok(())
}

/// Deletes an own named property.
///
/// # Errors
/// [`OutOfMemory`]
pub fn remove(heap: &mut Heap, object: JsValue, key: PropertyKey) -> Result<(), OutOfMemory> {
    if remove_last(heap, object.index(), key) {
        return Ok(());
    }
    let mut keep = [object.to_bits(), key.to_value().to_bits()];
    heap.reserve(shape::change_words(heap, shape_of(heap, object.index())), &mut keep)?;
    let object = JsValue::from_bits(keep[0]);
    let key = PropertyKey::from_value(JsValue::from_bits(keep[1]));
    let shape = own_shape(heap, object.index());
    if let Some((number, _)) = shape::lookup(heap, shape, key) {
        let info = shape::info(heap, shape);
        set_slot(heap, object.index(), info.place(number), JsValue::UNDEFINED);
        shape::dictionary_remove(heap, shape, number);
    }
    Ok(())
}

/// Deletes the property that the object got last by giving it back the shape it had before. False when that is not known any more, or
/// there is no room for the variant of it with an extension block.
fn remove_last(heap: &mut Heap, object: u32, key: PropertyKey) -> bool {
    let shape = shape_of(heap, object);
    let Some(mut before) = shape::without_last(heap, shape, key) else { return false };
    let info = shape::info(heap, shape);
    if info.has(Info::EXTENDED) && !shape::info(heap, before).has(Info::EXTENDED) {
        if !heap.has_room(shape::child_words(heap, before)) {
            return false;
        }
        before = shape::extended(heap, before);
    }
    set_slot(heap, object, info.place(info.count - 1), JsValue::UNDEFINED);
    set_shape(heap, object, before);
    true
}

/// Gives the object another prototype. Cycles are the caller's concern.
///
/// # Errors
/// [`OutOfMemory`]
pub fn set_proto(heap: &mut Heap, object: JsValue, proto: JsValue) -> Result<(), OutOfMemory> {
    let mut keep = [object.to_bits(), proto.to_bits()];
    heap.reserve(shape::child_words(heap, shape_of(heap, object.index())), &mut keep)?;
    let [object, proto] = keep.map(JsValue::from_bits);
    let old = shape_of(heap, object.index());
    let new = shape::to_dictionary(heap, old, proto);
    set_shape(heap, object.index(), new);
    if proto.is_heap_object() {
        heap.add_flags(proto.index(), flag::PROTOTYPE);
    }
    Ok(())
}

/// Makes the object non-extensible.
///
/// # Errors
/// [`OutOfMemory`]
pub fn prevent_extensions(heap: &mut Heap, object: JsValue) -> Result<JsValue, OutOfMemory> {
    let mut keep = [object.to_bits()];
    heap.reserve(shape::change_words(heap, shape_of(heap, object.index())), &mut keep)?;
    let object = JsValue::from_bits(keep[0]);
    let new = shape::non_extensible(heap, shape_of(heap, object.index()));
    set_shape(heap, object.index(), new);
    Ok(object)
}

/// What [`extend`] reserves for an object of `shape`.
fn extend_words(heap: &Heap, shape: u32) -> u32 {
    let slots = shape::info(heap, shape).count + 2;
    shape::change_words(heap, shape) + grown_slots(slots) + 8
}

/// Makes sure the object has an extension block, for its elements.
///
/// # Errors
/// [`OutOfMemory`]
pub fn extend(heap: &mut Heap, object: JsValue) -> Result<JsValue, OutOfMemory> {
    let shape = shape_of(heap, object.index());
    if shape::info(heap, shape).has(Info::EXTENDED) {
        return Ok(object);
    }
    let mut keep = [object.to_bits()];
    heap.reserve(extend_words(heap, shape), &mut keep)?;
    let object = JsValue::from_bits(keep[0]);
    let old_shape = shape_of(heap, object.index());
    let old = shape::info(heap, old_shape);
    let new = shape::extended(heap, old_shape);
    let slots = old.count.saturating_sub(u32::from(old.inline) - 1).max(1);
    ensure_extension(heap, object.index(), old, slots);
    set_shape(heap, object.index(), new);
    Ok(object)
}

/// Makes sure that properties which `object` gets later leave `place` where it is: the last slot in the object moves when there has to
/// be an extension block. Gives the place, or `None` when there is no room to make the block without a collection.
pub fn settle(heap: &mut Heap, object: JsValue, key: PropertyKey, place: Place) -> Option<Place> {
    let at = object.index();
    let info = shape::info(heap, shape_of(heap, at));
    match place {
        Place::Inline(word) if word == info.extension_word() && !info.has(Info::EXTENDED) => {}
        _ => return Some(place),
    }
    if !heap.has_room(extend_words(heap, shape_of(heap, at))) {
        return None;
    }
    extend(heap, object).ok()?;
    find_own(heap, at, key).map(|slot| slot.place)
}

/// Marks the root shape of ordinary objects with that prototype and `inline` slots: they got more properties than that.
pub(crate) fn note_outgrown(heap: &mut Heap, proto: JsValue, inline: u8) {
    if !proto.is_heap_object() || inline >= MAX_INLINE {
        return;
    }
    let key = PropertyKey::well_known(WellKnown::ProtoShapes);
    let list = find_own(heap, proto.index(), key).map(|s| get_slot(heap, proto.index(), s.place));
    let Some(list) = list.filter(|l| l.is_cell()) else { return };
    for i in 1..heap.header(list.index()).aux() {
        let s = heap.value(list.index() + i);
        if !s.is_cell() {
            return;
        }
        let info = shape::info(heap, s.index());
        if info.kind == Kind::Object as u8 && info.inline == inline {
            shape::mark_outgrown(heap, s.index());
        }
    }
}

/// The root shape of objects with prototype `proto`, of `kind`, with `inline` in-object slots. Kept by the prototype
/// itself, under an internal symbol.
///
/// # Errors
/// [`OutOfMemory`]
pub fn root_shape(heap: &mut Heap, proto: JsValue, kind: Kind, inline: u8) -> Result<JsValue, OutOfMemory> {
    let inline = inline.clamp(1, MAX_INLINE);
    let mut keep = [proto.to_bits()];
    if !proto.is_heap_object() {
        // Null, or a built-in function: rare enough to do without sharing.
        heap.reserve(shape::SHAPE_WORDS, &mut keep)?;
        return Ok(JsValue::cell(shape::new_root(heap, proto, kind, inline, 0)));
    }
    let key = PropertyKey::well_known(WellKnown::ProtoShapes);
    let list = find_own(heap, proto.index(), key).map(|s| get_slot(heap, proto.index(), s.place));
    let mut used = 0;
    if let Some(list) = list.filter(|l| l.is_cell()) {
        let list = list.index();
        for i in 1..heap.header(list).aux() {
            let s = heap.value(list + i);
            if !s.is_cell() {
                break;
            }
            used += 1;
            let info = shape::info(heap, s.index());
            if info.kind == kind as u8 && info.inline == inline {
                return Ok(s);
            }
        }
    }
    let words = add_words(heap, proto.index()) + shape::SHAPE_WORDS + 2 * used + 8;
    heap.reserve(words, &mut keep)?;
    let proto = JsValue::from_bits(keep[0]);
    heap.add_flags(proto.index(), flag::PROTOTYPE);
    let new = shape::new_root(heap, proto, kind, inline, 0);
    let slot = find_own(heap, proto.index(), key);
    let list = slot.map(|s| get_slot(heap, proto.index(), s.place)).filter(|l| l.is_cell());
    let list = match list {
        Some(l) if used + 1 < heap.header(l.index()).aux() => l.index(),
        old => {
            let grown = heap.new_values(Kind::Values, if used == 0 { 1 } else { used * 2 }, JsValue::UNDEFINED);
            if let Some(old) = old {
                heap.copy(old.index() + 1, grown + 1, used);
            }
            match slot {
                Some(s) => set_slot(heap, proto.index(), s.place, JsValue::cell(grown)),
                None => add_property_reserved(heap, proto.index(), key, JsValue::cell(grown), Attrs::NONE)?,
            }
            grown
        }
    };
    heap.put(list, 1 + used, JsValue::cell(new));
    Ok(JsValue::cell(new))
}

/// The root shape of ordinary objects with `slots` in-object slots, up to 255 of them: for literals, whose size is known.
///
/// # Errors
/// [`OutOfMemory`]
pub fn root_shape_wide(heap: &mut Heap, proto: JsValue, slots: u8) -> Result<JsValue, OutOfMemory> {
    if slots <= MAX_INLINE {
        return root_shape(heap, proto, Kind::Object, slots);
    }
    let mut keep = [proto.to_bits()];
    heap.reserve(shape::SHAPE_WORDS, &mut keep)?;
    Ok(JsValue::cell(shape::new_root(heap, JsValue::from_bits(keep[0]), Kind::Object, slots, 0)))
}

/// The identity hash of a heap object that was asked for it before.
#[inline]
#[must_use]
pub fn known_identity_hash(heap: &Heap, object: JsValue) -> Option<u32> {
    let slot = find_own(heap, object.index(), PropertyKey::well_known(WellKnown::IdentityHash))?;
    Some(get_slot(heap, object.index(), slot.place).as_raw() as u32)
}

/// The identity hash of an object, given out when first asked for and kept like a property, so that it stays when the object
/// moves. Gives back the object too.
///
/// # Errors
/// [`OutOfMemory`]
pub fn identity_hash(heap: &mut Heap, object: JsValue, next: &mut u32) -> Result<(JsValue, u32), OutOfMemory> {
    let key = PropertyKey::well_known(WellKnown::IdentityHash);
    if let Some(slot) = find_own(heap, object.index(), key) {
        return Ok((object, get_slot(heap, object.index(), slot.place).as_raw() as u32));
    }
    *next = next.wrapping_add(1);
    let hash = crate::names::hash_finish(next.wrapping_mul(0x9E37_79B1));
    let (object, _) = add_property(heap, object, key, JsValue::raw(u64::from(hash)), Attrs::NONE)?;
    Ok((object, hash))
}

/// The getter and setter of an accessor property's slot value.
#[must_use]
pub fn accessor_parts(heap: &Heap, accessor: JsValue) -> (JsValue, JsValue) {
    let at = accessor.index();
    (heap.value(at + field::Accessor::getter), heap.value(at + field::Accessor::setter))
}

/// Makes the slot value of an accessor property. Gives back both functions, which may have moved.
///
/// # Errors
/// [`OutOfMemory`]
pub fn new_accessor(heap: &mut Heap, getter: JsValue, setter: JsValue) -> Result<JsValue, OutOfMemory> {
    let mut keep = [getter.to_bits(), setter.to_bits()];
    heap.reserve(3, &mut keep)?;
    let at = heap.new_block(Kind::Accessor, 3);
    heap.set(at + field::Accessor::getter, keep[0]);
    heap.set(at + field::Accessor::setter, keep[1]);
    Ok(JsValue::cell(at))
}
