//! Answers that the loop gets by a call, without entering the slow path: nothing here collects, throws or runs code.

use rotifer_arena::MemBlockHeader;
use rotifer_jsvalue::{
    Heap, HeapExt, JsValue, Kind, PropertyKey, StaticName, WellKnown, field, flag, object, shape, string,
};

use super::layout::{ENV_SLOTS, frame, info};
use crate::builtins::Intrinsic;
use crate::bytecode::Opcode;
use crate::isolate::{Isolate, RootWord, native_info, realm_word};
use crate::n;
use crate::ops::bigint;
use crate::syntax::ast::{FunctionFlags, FunctionKind};

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

/// Whether `typeof` a value is the name of that number in an instruction.
#[inline(never)]
pub(super) fn is_of_type(v: u64, name: usize) -> bool {
    const NAMES: [StaticName; 8] = [
        n!("undefined"),
        n!("object"),
        n!("boolean"),
        n!("number"),
        n!("string"),
        n!("symbol"),
        n!("bigint"),
        n!("function"),
    ];
    NAMES.get(name) == Some(&crate::ops::typeof_name(JsValue::from_bits(v)))
}

/// Whether a value is `Function.prototype.apply`.
#[inline]
pub(super) fn is_apply(v: u64) -> bool {
    is_built_in(v, Intrinsic::FunctionPrototype, n!("apply"))
}

/// Whether a value is `Function.prototype.call`.
#[inline]
pub(super) fn is_call(v: u64) -> bool {
    is_built_in(v, Intrinsic::FunctionPrototype, n!("call"))
}

/// Whether a value is the built-in function under `name` of an intrinsic, of any realm.
#[inline]
pub(super) fn is_built_in(v: u64, owner: Intrinsic, name: StaticName) -> bool {
    JsValue::from_bits(v).as_native().is_some_and(|(_, id)| {
        (id >> 8) as u8 == owner as u8 && native_info(id).is_some_and(|i| i.key == PropertyKey::name(name))
    })
}

/// Whether a function gets `Symbol.hasInstance` from `Function.prototype`, where it cannot be changed.
fn has_instance_is_ordinary(isolate: &Isolate, f: JsValue) -> bool {
    let heap = &isolate.heap;
    let end = of_realm(isolate, realm_word::INTRINSICS + Intrinsic::FunctionPrototype as u32);
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

/// A word of the running realm.
fn of_realm(isolate: &Isolate, word: u32) -> JsValue {
    isolate.heap.value(isolate.root_word(RootWord::Realm).index() + word)
}

/// A new array of `count` values (at least one) that lie from word `from` on.
#[inline(never)]
pub(super) fn array_with(isolate: &mut Isolate, from: u32, count: u32) -> Option<u64> {
    let shape = of_realm(isolate, realm_word::ARRAY_SHAPE);
    if !shape.is_cell() {
        return None;
    }
    let (at, elements) = new_array(isolate, shape.index(), count)?;
    isolate.heap.copy(from, elements + 1, count);
    Some(JsValue::object(at, false).to_bits())
}

/// An array with room for `count` values, which have to be filled in, and the block of its elements.
#[inline]
fn new_array(isolate: &mut Isolate, shape: u32, count: u32) -> Option<(u32, u32)> {
    let words = object::object_words(Kind::Array, shape::info(&isolate.heap, shape).inline);
    let heap = &mut isolate.heap;
    let at = heap.try_alloc(words + 1 + count)?;
    let elements = at + words;
    heap.set(at, MemBlockHeader::new(Kind::Array as u8, 0, words as u16, shape).to_bits());
    heap.fill(at + 1, words - 1, JsValue::UNDEFINED.to_bits());
    heap.init(at + field::Array::elements, JsValue::cell(elements));
    heap.init(at + field::Array::length, JsValue::int(count as i32));
    heap.set(elements, MemBlockHeader::new(Kind::Elements as u8, 0, 0, count + 1).to_bits());
    Some((at, elements))
}

/// A new array of two values.
pub(super) fn pair(isolate: &mut Isolate, first: JsValue, second: JsValue) -> Option<JsValue> {
    let shape = of_realm(isolate, realm_word::ARRAY_SHAPE);
    if !shape.is_cell() {
        return None;
    }
    let (at, elements) = new_array(isolate, shape.index(), 2)?;
    isolate.heap.init(elements + 1, first);
    isolate.heap.init(elements + 2, second);
    Some(JsValue::object(at, false))
}

/// A new environment with these slots, the first `ready` of them initialised.
#[inline(never)]
pub(super) fn env(isolate: &mut Isolate, parent: u64, desc: u64, slots: u32, ready: u32) -> Option<u64> {
    let heap = &mut isolate.heap;
    let words = ENV_SLOTS + slots;
    let at = heap.try_alloc(words)?;
    heap.set(at, MemBlockHeader::new(Kind::Env as u8, 0, 0, words).to_bits());
    heap.set(at + field::Env::parent, parent);
    heap.set(at + field::Env::desc, desc);
    let ready = ready.min(slots);
    heap.fill(at + ENV_SLOTS, ready, JsValue::UNDEFINED.to_bits());
    heap.fill(at + ENV_SLOTS + ready, slots - ready, JsValue::EMPTY.to_bits());
    Some(JsValue::cell(at).to_bits())
}

/// A new closure of an ordinary function, or of an arrow function in code without a home object.
#[inline(never)]
pub(super) fn closure(isolate: &mut Isolate, fp: u32, desc: u64, env: u64) -> Option<u64> {
    let heap = &isolate.heap;
    let desc = JsValue::from_bits(desc);
    let flags = FunctionFlags(heap.value(desc.index() + info::FLAGS).as_raw() as u32);
    if flags.is_async() || flags.is_generator() {
        return None;
    }
    let extra = match super::compile::function_kind(heap.value(desc.index() + info::KIND).as_raw() as u8) {
        FunctionKind::Normal => JsValue::UNDEFINED,
        FunctionKind::Arrow => {
            let callee = heap.value(fp - frame::CALLEE);
            if !callee.is_heap_object() || heap.kind(callee.index()) != Kind::Function {
                return None;
            }
            let around = heap.value(heap.value(callee.index() + field::Function::info).index() + info::KIND);
            if super::compile::function_kind(around.as_raw() as u8) != FunctionKind::Normal
                || heap.value(callee.index() + field::Function::extra).is_object()
            {
                return None;
            }
            heap.value(fp - frame::THIS)
        }
        _ => return None,
    };
    let shape = of_realm(isolate, realm_word::FUNCTION_SHAPE);
    if !shape.is_cell() {
        return None;
    }
    let words = object::object_words(Kind::Function, 1);
    let heap = &mut isolate.heap;
    let at = heap.try_alloc(words)?;
    heap.set(at, MemBlockHeader::new(Kind::Function as u8, flag::LAZY, words as u16, shape.index()).to_bits());
    heap.init(at + field::Function::info, desc);
    heap.set(at + field::Function::env, env);
    heap.init(at + field::Function::extra, extra);
    heap.init(at + words - 1, JsValue::UNDEFINED);
    Some(JsValue::object(at, true).to_bits())
}

/// `x + y` of two strings that are concatenated without a collection: a short one, or a rope.
#[inline]
fn concat(isolate: &mut Isolate, x: u64, y: u64) -> Option<u64> {
    let (x, y) = (JsValue::from_bits(x), JsValue::from_bits(y));
    if !isolate.heap.has_room(string::CONCAT_WORDS) {
        return None;
    }
    string::concat(&mut isolate.heap, x, y).ok().map(JsValue::to_bits)
}

/// The sum of two strings or of two small BigInts.
#[inline(never)]
pub(super) fn add(isolate: &mut Isolate, op: u8, x: u64, y: u64) -> Option<u64> {
    let (a, b) = (JsValue::from_bits(x), JsValue::from_bits(y));
    if a.is_string() && b.is_string() {
        return concat(isolate, x, y);
    }
    if a.is_bigint() { bigint(isolate, op, x, y) } else { None }
}

/// An arithmetic instruction on a BigInt, when operands and result have one limb at most and there is room.
#[inline(never)]
pub(super) fn bigint(isolate: &mut Isolate, op: u8, x: u64, y: u64) -> Option<u64> {
    let (x, y) = (JsValue::from_bits(x), JsValue::from_bits(y));
    let op = *Opcode::ALL.get(usize::from(op))?;
    let heap = &mut isolate.heap;
    match op {
        Opcode::Inc => bigint::small_step(heap, x, 1),
        Opcode::Dec => bigint::small_step(heap, x, -1),
        _ if y.is_bigint() => bigint::small_binary(heap, super::slow::arith_op(op), x, y),
        _ => None,
    }
    .map(JsValue::to_bits)
}

/// Whether the relation of a conditional jump holds between two BigInts.
#[inline(never)]
pub(super) fn bigints_hold(isolate: &Isolate, op: u8, x: u64, y: u64) -> bool {
    let order = bigint::compare(&isolate.heap, JsValue::from_bits(x), JsValue::from_bits(y));
    match Opcode::ALL.get(usize::from(op)).map(|&op| super::slow::jump_relation(op).0) {
        Some(Opcode::Less) => order.is_lt(),
        Some(Opcode::LessEq) => order.is_le(),
        Some(Opcode::Greater) => order.is_gt(),
        _ => order.is_ge(),
    }
}
