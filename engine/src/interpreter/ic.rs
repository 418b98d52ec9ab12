//! Filling inline caches.
//!
//! A cache is three words: the receiver's shape with the place of the value; the object that holds the property or the shape
//! that adding it leads to; the epoch for which that is true. Shapes tell everything about the receiver itself; what is
//! further up the prototype chain is guarded by the epoch, which ends when any prototype changes.

use rotifer_jsvalue::shape::{self, Info, Place};
use rotifer_jsvalue::{Attrs, Heap, HeapExt, JsValue, Kind, PropertyKey, field, flag, object};

use super::fast::{IC_ACCESSOR, IC_EXTENSION, IC_HOLDER, IC_NUMBER, IC_OFFSET, IC_STRING};
use super::layout::{code, frame, unpair};
use crate::bytecode::{Instruction, Opcode};
use crate::cx::{Cx, Key, Value};
use crate::throw::JsResult;

/// In place of a cache's number: there is none, but the table behind all caches remembers.
pub(crate) const TABLE_ONLY: u32 = 0x1_0000;

/// In a cache's second word: the property is the length of a typed array.
pub(super) const TYPED_LENGTH: JsValue = JsValue::TRUE;

/// The first word of a cache.
fn head(shape: u32, place: Place, flags: u16) -> Option<JsValue> {
    let bits = match place {
        Place::Inline(w) => u16::try_from(w).ok().filter(|w| *w <= IC_OFFSET)?,
        Place::Extension(w) => u16::try_from(w).ok().filter(|w| *w <= IC_OFFSET)? | IC_EXTENSION,
    };
    Some(JsValue::from_bits(JsValue::cell(shape).to_bits() | u64::from(bits | flags) << 32))
}

/// Whether the shape of an object of this kind may not tell where it has a property.
fn is_opaque(heap: &Heap, kind: Kind, key: PropertyKey) -> bool {
    match kind {
        Kind::Proxy | Kind::Namespace => true,
        Kind::TypedArray => key.is_string() && crate::ops::typed::may_be_numeric(heap, key),
        _ => false,
    }
}

/// The flag of a cache for a property with these attributes.
fn accessor_flag(attrs: Attrs) -> u16 {
    if attrs.has(Attrs::ACCESSOR) { IC_ACCESSOR } else { 0 }
}

impl<'s> Cx<'s> {
    /// The word of cache number `ic` of the running frame.
    fn cache_at(&self, ic: u32) -> Option<(u32, u32)> {
        if ic >= 0xFFFF {
            return None;
        }
        let block = self.heap().value(self.frame - frame::CODE).index();
        let (at, _) = unpair(self.heap().value(block + code::CACHES));
        Some((block, at + ic * code::CACHE_WORDS))
    }

    /// Fills a cache that is for a named property, and the table for what no single cache holds.
    fn fill_named(&mut self, ic: u32, words: [JsValue; 3], key: PropertyKey, assigns: bool) {
        if ic == TABLE_ONLY {
            return super::stubs::add(self, [words[0], words[1]], key, assigns);
        }
        if let Some((block, at)) = self.cache_at(ic) {
            // An instruction that sees one shape only does not need the table.
            let old = JsValue::from_bits(self.heap().get(block + at) & !(0xFFFF << 32));
            if old.is_cell() && old.index() != words[0].to_bits() as u32 {
                super::stubs::add(self, [words[0], words[1]], key, assigns);
            }
        }
        self.fill(ic, words);
    }

    fn fill(&mut self, ic: u32, words: [JsValue; 3]) {
        if let Some((block, at)) = self.cache_at(ic) {
            for (i, w) in words.into_iter().enumerate() {
                self.heap_mut().put(block, at + i as u32, w);
            }
        }
    }

    fn epoch_word(&self) -> JsValue {
        JsValue::raw(u64::from(self.epoch))
    }

    /// Remembers where a property of `receiver` was found, when that can be told from shapes alone. Runs nothing, moves nothing.
    pub(crate) fn cache_get(&mut self, receiver: Value<'s>, key: Key<'s>, ic: u32) {
        if ic == 0xFFFF {
            return;
        }
        let r = self.peek(receiver);
        let k = self.peek_key(key);
        let (class, mut at) = if r.is_heap_object() {
            let at = r.index();
            let kind = self.heap().kind(at);
            if kind == Kind::TypedArray && k == PropertyKey::name(crate::n!("length")) {
                return self.cache_typed_length(at, ic);
            }
            if is_opaque(self.heap(), kind, k) {
                return;
            }
            let s = object::shape_of(self.heap(), at);
            if let Some(slot) = object::find_own(self.heap(), at, k) {
                if let Some(h) = head(s, slot.place, accessor_flag(slot.attrs)) {
                    self.fill_named(ic, [h, JsValue::UNDEFINED, JsValue::UNDEFINED], k, false);
                }
                return;
            }
            // Beyond the receiver: its shape has to tell that it has no such property itself.
            if shape::info(self.heap(), s).has(Info::DICTIONARY) || self.may_have_hidden(at, kind, k) {
                return;
            }
            (s, object::proto_of(self.heap(), at))
        } else if r.is_string() || r.is_number() {
            let which = if r.is_string() {
                crate::builtins::Intrinsic::StringPrototype
            } else {
                crate::builtins::Intrinsic::NumberPrototype
            };
            let proto = self.realm_word(crate::isolate::realm_word::INTRINSICS + which as u32);
            if !proto.is_heap_object() || r.is_string() && k == PropertyKey::name(crate::n!("length")) {
                return;
            }
            (if r.is_string() { IC_STRING } else { IC_NUMBER }, proto)
        } else {
            return;
        };
        for _ in 0..64 {
            if !at.is_heap_object() {
                if at.is_null()
                    && let Some(h) = head(class, Place::Inline(0), IC_HOLDER)
                {
                    let epoch = self.epoch_word();
                    self.fill_named(ic, [h, JsValue::UNDEFINED, epoch], k, false);
                }
                return;
            }
            let holder = at.index();
            let kind = self.heap().kind(holder);
            if is_opaque(self.heap(), kind, k) {
                return;
            }
            // From here on every change ends the epoch.
            self.heap_mut().add_flags(holder, flag::PROTOTYPE);
            if let Some(slot) = object::find_own(self.heap(), holder, k) {
                // What only the engine adds to a prototype does not end the epoch.
                let Some(place) = object::settle(self.heap_mut(), at, k, slot.place) else { return };
                if let Some(h) = head(class, place, IC_HOLDER | accessor_flag(slot.attrs)) {
                    let epoch = self.epoch_word();
                    self.fill_named(ic, [h, at, epoch], k, false);
                }
                return;
            }
            if self.may_have_hidden(holder, kind, k) {
                return;
            }
            at = object::proto_of(self.heap(), holder);
        }
    }

    /// Remembers where an object has a property of its own, for the table behind all caches.
    pub(super) fn remember_own(&mut self, object: u32, place: Place, attrs: Attrs, key: PropertyKey, assigns: bool) {
        let s = object::shape_of(self.heap(), object);
        if let Some(h) = head(s, place, accessor_flag(attrs)) {
            super::stubs::add(self, [h, JsValue::UNDEFINED], key, assigns);
        }
    }

    /// Remembers that `length` of typed arrays of this shape is what the getter of %TypedArray%.prototype says.
    fn cache_typed_length(&mut self, array: u32, ic: u32) {
        let key = PropertyKey::name(crate::n!("length"));
        let s = object::shape_of(self.heap(), array);
        let mut at = JsValue::object(array, false);
        for _ in 0..4 {
            if let Some(slot) = object::find_own(self.heap(), at.index(), key) {
                let accessor = object::get_slot(self.heap(), at.index(), slot.place);
                let built_in = accessor.is_cell()
                    && slot.attrs.has(Attrs::ACCESSOR)
                    && self.heap().value(accessor.index() + field::Accessor::getter).as_native().is_some_and(
                        |(_, id)| {
                            (id >> 8) as u8 == crate::builtins::Intrinsic::TypedArrayPrototype as u8
                                && crate::isolate::native_info(id).is_some_and(|i| i.key == key)
                        },
                    );
                if built_in && let Some(h) = head(s, Place::Inline(0), IC_HOLDER) {
                    let epoch = self.epoch_word();
                    self.fill(ic, [h, TYPED_LENGTH, epoch]);
                }
                return;
            }
            at = object::proto_of(self.heap(), at.index());
            if !at.is_heap_object() || self.heap().kind(at.index()) != Kind::Object {
                return;
            }
            self.heap_mut().add_flags(at.index(), flag::PROTOTYPE);
        }
    }

    /// Whether an object may have a property that its shape does not show.
    fn may_have_hidden(&self, at: u32, kind: Kind, key: PropertyKey) -> bool {
        let lazy = self.heap().flags(at) & flag::LAZY != 0;
        if lazy {
            // What is in the table was made real by the lookup that came before; a function's three properties were not.
            let three = ["length", "name", "prototype"];
            let named = key.to_value().as_name().is_some_and(|n| three.iter().any(|t| t.as_bytes() == n.text()));
            if named {
                return true;
            }
        }
        matches!(kind, Kind::Array | Kind::Wrapper) && key == PropertyKey::name(crate::n!("length"))
    }

    /// Remembers the accessor that an assignment to `key` of an ordinary object just went to.
    fn cache_setter(&mut self, object_value: Value<'s>, key: Key<'s>, ic: u32) {
        let o = self.peek(object_value);
        if ic == 0xFFFF || !o.is_heap_object() {
            return;
        }
        let k = self.peek_key(key);
        let class = object::shape_of(self.heap(), o.index());
        let mut at = o;
        for _ in 0..64 {
            if !at.is_heap_object() {
                return;
            }
            let kind = self.heap().kind(at.index());
            if matches!(kind, Kind::Proxy | Kind::Namespace | Kind::TypedArray) {
                return;
            }
            if at != o {
                // From here on every change ends the epoch.
                self.heap_mut().add_flags(at.index(), flag::PROTOTYPE);
            }
            if let Some(slot) = object::find_own(self.heap(), at.index(), k) {
                if !slot.attrs.has(Attrs::ACCESSOR) {
                    return;
                }
                let own = at == o;
                let place = if own { Some(slot.place) } else { object::settle(self.heap_mut(), at, k, slot.place) };
                let flags = if own { IC_ACCESSOR } else { IC_ACCESSOR | IC_HOLDER };
                if let Some(h) = place.and_then(|place| head(class, place, flags)) {
                    let epoch = self.epoch_word();
                    let holder = if own { JsValue::UNDEFINED } else { at };
                    self.fill_named(ic, [h, holder, epoch], k, true);
                }
                return;
            }
            let hidden = shape::info(self.heap(), object::shape_of(self.heap(), at.index())).has(Info::DICTIONARY)
                && at == o
                || self.may_have_hidden(at.index(), kind, k);
            if hidden {
                return;
            }
            at = object::proto_of(self.heap(), at.index());
        }
    }

    /// Remembers where an own, writable data property is that was just assigned.
    pub(super) fn cache_set(&mut self, object_value: Value<'s>, key: Key<'s>, ic: u32) {
        if ic == 0xFFFF {
            return;
        }
        let o = self.peek(object_value);
        if !o.is_heap_object() {
            return;
        }
        let at = o.index();
        let kind = self.heap().kind(at);
        let k = self.peek_key(key);
        if matches!(kind, Kind::Proxy | Kind::Namespace | Kind::TypedArray)
            || kind == Kind::Function && k == PropertyKey::name(crate::n!("prototype"))
        {
            return;
        }
        let s = object::shape_of(self.heap(), at);
        let found = object::find_own(self.heap(), at, k);
        if found.is_none_or(|slot| slot.attrs.has(Attrs::ACCESSOR)) {
            return self.cache_setter(object_value, key, ic);
        }
        if let Some(slot) = found {
            if !slot.attrs.has(Attrs::WRITABLE) {
                return;
            }
            if let Some(h) = head(s, slot.place, 0) {
                self.fill_named(ic, [h, JsValue::UNDEFINED, JsValue::UNDEFINED], k, true);
            }
        }
    }

    /// Remembers that assigning `key` took an object from shape `before` to the one it has now, without making an extension block.
    pub(super) fn cache_add(&mut self, object_value: Value<'s>, key: Key<'s>, before: u32, ic: u32) {
        if ic == 0xFFFF {
            return;
        }
        let at = self.peek(object_value).index();
        let kind = self.heap().kind(at);
        if matches!(kind, Kind::Proxy | Kind::Namespace | Kind::TypedArray)
            || self.heap().flags(at) & (flag::PROTOTYPE | flag::LAZY) != 0 && kind != Kind::Array
        {
            return;
        }
        let after = object::shape_of(self.heap(), at);
        let (old, new) = (shape::info(self.heap(), before), shape::info(self.heap(), after));
        if before == after
            || new.has(Info::DICTIONARY)
            || new.count != old.count + 1
            || new.has(Info::EXTENDED) != old.has(Info::EXTENDED)
        {
            return;
        }
        let k = self.peek_key(key);
        let Some(slot) = object::find_own(self.heap(), at, k) else { return };
        if slot.attrs != Attrs::ALL {
            return;
        }
        // The chain has to stay as it was: no setter or read-only property of that name may turn up.
        let mut p = object::proto_of(self.heap(), at);
        while p.is_heap_object() {
            if matches!(self.heap().kind(p.index()), Kind::Proxy | Kind::Namespace | Kind::TypedArray) {
                return;
            }
            self.heap_mut().add_flags(p.index(), flag::PROTOTYPE);
            p = object::proto_of(self.heap(), p.index());
        }
        if !p.is_null() {
            return;
        }
        if let Some(h) = head(before, slot.place, IC_HOLDER) {
            let epoch = self.epoch_word();
            self.fill_named(ic, [h, JsValue::cell(after), epoch], k, true);
        }
    }

    /// Remembers the object (global object or lexical declarations) that holds a global binding.
    pub(super) fn cache_global(&mut self, holder: JsValue, key: Key<'s>, ic: u32, for_write: bool) {
        let at = holder.index();
        let k = self.peek_key(key);
        let Some(slot) = object::find_own(self.heap(), at, k) else { return };
        if slot.attrs.has(Attrs::ACCESSOR) || for_write && !slot.attrs.has(Attrs::WRITABLE) {
            return;
        }
        let s = object::shape_of(self.heap(), at);
        if let Some(h) = head(s, slot.place, 0) {
            self.fill(ic, [h, holder, JsValue::UNDEFINED]);
        }
    }

    /// The key constant of a `KeyIc` word.
    pub(super) fn key_constant(&mut self, word: u32) -> JsResult<Key<'s>> {
        let v = self.constant_raw(word & 0xFFFF);
        Ok(self.root(v)?.cast())
    }
}

/// How many different instructions of a code block assign a property of `this` held in a register.
pub(super) fn count_own_stores(heap: &Heap, block: u32) -> u8 {
    let (at, len) = unpair(heap.value(block + code::CODE));
    let words = heap.arena().halves(block + at, len);
    let (mut pc, mut this, mut count) = (0, None, 0_u32);
    while let Some(i) = Instruction::decode(words, pc) {
        match i.op {
            Opcode::LoadThis => this = Some((words[pc] >> 8) as u8),
            Opcode::SetProp if this == Some((words[pc] >> 8) as u8) => count += 1,
            _ => {}
        }
        pc = i.next_pc();
    }
    count.min(255) as u8
}
