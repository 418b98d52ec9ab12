//! Answers that the loop gets by a call, without entering the slow path: nothing here allocates, throws or runs code.

use rotifer_jsvalue::{Heap, HeapExt, JsValue, Kind, PropertyKey, WellKnown, flag, object, shape, string};

use crate::builtins::Intrinsic;
use crate::isolate::{Isolate, RootWord, native_info, realm_word};
use crate::n;

/// How far prototype chains are followed here.
const LONGEST_CHAIN: u32 = 64;

/// `value instanceof constructor` for a function with nothing unusual about it (ECMA-262 §13.10.2 InstanceofOperator).
#[inline(never)]
pub(super) fn instance_of(isolate: &Isolate, value: u64, constructor: u64) -> Option<bool> {
    let (value, f) = (JsValue::from_bits(value), JsValue::from_bits(constructor));
    let heap = &isolate.heap;
    if !f.is_heap_object() || heap.kind(f.index()) != Kind::Function || !has_instance_is_ordinary(isolate, f) {
        return None;
    }
    // The three properties of a function are real once somebody asked for one.
    if heap.flags(f.index()) & flag::LAZY != 0 {
        return None;
    }
    let slot = object::find_own(heap, f.index(), PropertyKey::name(n!("prototype")))?;
    let prototype = object::get_slot(heap, f.index(), slot.place);
    if !prototype.is_object() {
        return None;
    }
    if !value.is_object() {
        return Some(false);
    }
    let mut at = value;
    for _ in 0..LONGEST_CHAIN {
        if !at.is_heap_object() || heap.kind(at.index()) == Kind::Proxy {
            return None;
        }
        at = object::proto_of(heap, at.index());
        if at == prototype {
            return Some(true);
        }
        if at.is_null() {
            return Some(false);
        }
    }
    None
}

/// Whether a value is `Function.prototype.apply`.
#[inline]
pub(super) fn is_apply(v: u64) -> bool {
    let key = PropertyKey::name(n!("apply"));
    JsValue::from_bits(v).as_native().is_some_and(|(_, id)| {
        (id >> 8) as u8 == Intrinsic::FunctionPrototype as u8 && native_info(id).is_some_and(|i| i.key == key)
    })
}

/// Whether a function gets `Symbol.hasInstance` from `Function.prototype`, where it cannot be changed.
fn has_instance_is_ordinary(isolate: &Isolate, f: JsValue) -> bool {
    let heap = &isolate.heap;
    let realm = isolate.root_word(RootWord::Realm).index();
    let end = heap.value(realm + realm_word::INTRINSICS + Intrinsic::FunctionPrototype as u32);
    let key = PropertyKey::well_known(WellKnown::HasInstance);
    let mut at = f;
    for _ in 0..LONGEST_CHAIN {
        if at == end {
            return end.is_object();
        }
        if !at.is_heap_object()
            || heap.kind(at.index()) != Kind::Function
            || shape::lookup(heap, object::shape_of(heap, at.index()), key).is_some()
        {
            return false;
        }
        at = object::proto_of(heap, at.index());
    }
    false
}

/// `===` of two different strings that can be told apart, or found equal, without making either flat.
#[inline(never)]
pub(super) fn equal_strings(heap: &Heap, x: u64, y: u64) -> Option<bool> {
    let (x, y) = (JsValue::from_bits(x), JsValue::from_bits(y));
    if !x.is_string() || !y.is_string() {
        return None;
    }
    if string::string_length(heap, x) != string::string_length(heap, y) {
        return Some(false);
    }
    let interned = |v: JsValue| !v.is_heap_string() || heap.flags(v.index()) & flag::INTERNED != 0;
    if interned(x) && interned(y) {
        return Some(false);
    }
    let flat = |v: JsValue| !v.is_heap_string() || heap.kind(v.index()) == Kind::StringLatin1;
    (flat(x) && flat(y)).then(|| string::view(heap, x) == string::view(heap, y))
}
