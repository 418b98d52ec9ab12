//! Iteration instructions: iterator records in registers, `for in`.
//!
//! An array whose iteration nobody has interfered with is walked directly: the record holds the array itself, an internal mark in
//! place of `next`, and the index.

use rotifer_jsvalue::shape::{self, Info};
use rotifer_jsvalue::{Attrs, Heap, HeapExt, JsValue, Kind, PropertyKey, WellKnown, elements, field, flag, object};

use super::generator::{Flavor, State};
use super::ic::TABLE_ONLY;
use super::slow::{At, Flow};
use crate::builtins::Intrinsic;
use crate::bytecode::Opcode;
use crate::cx::{Cx, Object, UNDEFINED, Value, imm};
use crate::isolate::Isolate;
use crate::n;
use crate::ops::IteratorRecord;
use crate::throw::JsResult;

/// Stands in place of the next method of an array walked directly.
pub(super) const FAST: JsValue = JsValue::raw(4);
/// In place of the `next` of a generator.
pub(crate) const GENERATOR: JsValue = JsValue::raw(5);
/// In place of the `next` of an iterator of the library that steps without result objects ([`Cx::built_in_step`]).
pub(crate) const BUILT_IN: JsValue = JsValue::raw(6);

pub(super) fn execute<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Option<Flow>> {
    use Opcode as O;
    let one = Ok(Some(Flow::Next(1)));
    let two = Ok(Some(Flow::Next(2)));
    match op {
        O::GetIterator => {
            cx.open_iterator(at)?;
            one
        }
        O::GetAsyncIterator => {
            let record = cx.get_async_iterator(at.rb())?;
            cx.set_reg(at, at.a(), record.iterator);
            cx.set_reg(at, at.a() + 1, record.next);
            cx.set_reg_raw(at, at.a() + 2, JsValue::UNDEFINED);
            one
        }
        O::IteratorCallNextWith => {
            let v = cx.call(at.reg(at.b() + 1), at.rb(), &[at.rc()])?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::JumpIfIteratorDone => {
            let Some(result) = cx.as_object(at.ra()) else {
                return Err(cx.throw_type_error("iterator result is not an object"));
            };
            let done = cx.iterator_complete(result)?;
            if done { Ok(Some(Flow::Jump(at.w0 as i32))) } else { two }
        }
        O::IteratorNext => match cx.step(at, at.b())? {
            Some(v) => {
                cx.set_reg(at, at.a(), v);
                two
            }
            None => Ok(Some(Flow::Jump(at.w0 as i32))),
        },
        O::IteratorStep => {
            let v = cx.step(at, at.b())?.unwrap_or(UNDEFINED);
            cx.set_reg(at, at.a(), v);
            one
        }
        O::IteratorRest => {
            let list = cx.new_array(0, 0)?;
            loop {
                let mut inner = cx.nest();
                inner.tick(1)?;
                match inner.step(at, at.b())? {
                    Some(v) => inner.push(list, v)?,
                    None => break,
                }
            }
            cx.set_reg(at, at.a(), list);
            one
        }
        O::IteratorCallNext => {
            let (iterator, next) = (at.rb(), at.reg(at.b() + 1));
            match cx.call(next, iterator, &[]) {
                Ok(v) => {
                    cx.set_reg(at, at.a(), v);
                    one
                }
                Err(t) => {
                    cx.set_reg_raw(at, at.b(), JsValue::UNDEFINED);
                    Err(t)
                }
            }
        }
        O::IteratorUnwrap => {
            let Some(result) = cx.as_object(at.rb()) else {
                return Err(cx.throw_type_error("iterator result is not an object"));
            };
            if cx.iterator_complete(result)? {
                cx.set_reg_raw(at, at.a(), JsValue::UNDEFINED);
                return Ok(Some(Flow::Jump(at.w0 as i32)));
            }
            let v = cx.get(result, n!("value"))?;
            cx.set_reg(at, at.a(), v);
            two
        }
        O::IteratorClose => {
            if let Some(record) = cx.record(at, at.a())? {
                cx.set_reg_raw(at, at.a(), JsValue::UNDEFINED);
                cx.iterator_close(&record, Ok(()))?;
            }
            one
        }
        O::IteratorCloseQuiet => {
            if let Some(record) = cx.record(at, at.a())? {
                cx.set_reg_raw(at, at.a(), JsValue::UNDEFINED);
                cx.close_quietly(&record)?;
            }
            one
        }
        O::GetIteratorMethod => {
            let key = if at.c() == 0 { n!("return") } else { n!("throw") };
            let m = cx.get_method(at.rb(), key)?.unwrap_or(UNDEFINED);
            cx.set_reg(at, at.a(), m);
            one
        }
        O::ForInStart => {
            let e = cx.start_for_in(at.rb())?;
            cx.set_reg(at, at.a(), e);
            one
        }
        O::ForInNext => match cx.next_for_in(at.rb())? {
            Some(v) => {
                cx.set_reg(at, at.a(), v);
                two
            }
            None => Ok(Some(Flow::Jump(at.w0 as i32))),
        },
        _ => Ok(None),
    }
}

/// A generator that the `IteratorNext` of the running frame at `fp` went on with was left by other means than the loop's own `yield`:
/// ends that instruction. Gives a jump offset, or nothing to go on behind the instruction.
#[inline(never)]
pub(super) fn stepped(isolate: &mut Isolate, fp: u32, generator: u64, value: u64) -> JsResult<Option<i32>> {
    let mut cx = Cx::enter(isolate);
    let at = cx.instruction_at(fp);
    let g = cx.root_object(JsValue::from_bits(generator))?;
    if cx.generator_state(g) != State::Yield {
        return Ok(Some(at.w0 as i32));
    }
    let mut value = cx.root(JsValue::from_bits(value))?;
    if cx.is_delegating(g) {
        let result = value.cast();
        if cx.iterator_complete(result)? {
            return Ok(Some(at.w0 as i32));
        }
        value = cx.iterator_value(result)?;
    }
    cx.set_reg(at, at.b(), g);
    cx.set_reg(at, at.a(), value);
    Ok(None)
}

impl<'s> Cx<'s> {
    /// Whether iterating over `value` does what the specification says for untouched arrays and nothing else.
    fn iterates_plainly(&mut self, value: Value<'s>) -> JsResult<bool> {
        if !self.is_kind(value, Kind::Array) {
            return Ok(false);
        }
        let array: Object<'s> = value.cast();
        let proto = self.intrinsic(Intrinsic::ArrayPrototype)?;
        if self.proto_raw(array)? != self.peek(proto) {
            return Ok(false);
        }
        let key = PropertyKey::well_known(WellKnown::Iterator);
        if rotifer_jsvalue::object::find_own(self.heap(), self.peek(array).index(), key).is_some() {
            return Ok(false);
        }
        let method = self.plain_own(proto, crate::cx::IntoKey::into_key(WellKnown::Iterator))?;
        let Some(method) = method else { return Ok(false) };
        if !self.is_native_function(imm_or(method), Intrinsic::ArrayPrototype, n!("values")) {
            return Ok(false);
        }
        let iterators = self.intrinsic(Intrinsic::ArrayIteratorPrototype)?;
        let next = self.plain_own(iterators, crate::cx::IntoKey::into_key(n!("next")))?;
        let plain = next
            .is_some_and(|next| self.is_native_function(imm_or(next), Intrinsic::ArrayIteratorPrototype, n!("next")));
        if plain {
            // The loop sees it by itself next time.
            self.cache_get(value, crate::cx::IntoKey::into_key(WellKnown::Iterator), TABLE_ONLY);
            self.cache_get(iterators.cast(), crate::cx::IntoKey::into_key(n!("next")), TABLE_ONLY);
        }
        Ok(plain)
    }

    fn open_iterator(&mut self, at: At) -> JsResult<()> {
        let (a, v) = (at.a(), at.rb());
        if at.c() == 0 && self.iterates_plainly(v)? {
            let array = self.peek(v);
            self.set_reg_raw(at, a, array);
            self.set_reg_raw(at, a + 1, FAST);
            self.set_reg_raw(at, a + 2, JsValue::int(0));
            return Ok(());
        }
        let record = self.get_iterator(v)?;
        let mark = if at.c() == 0 { self.mark_for(&record) } else { None };
        self.set_reg(at, a, record.iterator);
        match mark {
            Some(mark) => self.set_reg_raw(at, a + 1, mark),
            None => self.set_reg(at, a + 1, record.next),
        }
        self.set_reg_raw(at, a + 2, JsValue::UNDEFINED);
        Ok(())
    }

    /// What to put in place of `next` where that is the library's, so that no result objects are made for nobody to see.
    pub(crate) fn mark_for(&self, record: &IteratorRecord<'s>) -> Option<JsValue> {
        if self.many_realms || !self.peek(record.next).is_native() {
            return None;
        }
        if self.steps_generator(record) {
            return Some(GENERATOR);
        }
        self.steps_without_result(record).then_some(BUILT_IN)
    }

    /// A record to be stepped by [`Cx::iterator_step`] alone: with a mark in place of a `next` that is the library's.
    pub(crate) fn marked(&self, record: IteratorRecord<'s>) -> IteratorRecord<'s> {
        IteratorRecord { next: self.mark_for(&record).map_or(record.next, imm), ..record }
    }

    /// Whether a record is that of a generator with its own `next`, that [`Cx::generator_step`] can step.
    pub(crate) fn steps_generator(&self, record: &IteratorRecord<'s>) -> bool {
        self.is_kind(record.iterator, Kind::Generator)
            && self.generator_flavor(record.iterator) == Flavor::Generator
            && self.is_native_function(record.next, Intrinsic::GeneratorPrototype, n!("next"))
    }

    /// The record at a register as the library knows it; `None` when it is done or has nothing to close.
    fn record(&mut self, at: At, base: u32) -> JsResult<Option<IteratorRecord<'s>>> {
        let (iterator, next) = (self.peek(at.reg(base)), self.peek(at.reg(base + 1)));
        if iterator.is_undefined() || next == FAST {
            return Ok(None);
        }
        // Slots of its own: the registers are marked done before the iterator is closed.
        Ok(Some(IteratorRecord { iterator: self.root(iterator)?.cast(), next: self.root(next)? }))
    }

    /// The next value of the record at register `base`; marks it done when there is none or stepping throws.
    fn step(&mut self, at: At, base: u32) -> JsResult<Option<Value<'s>>> {
        let iterator = at.reg(base);
        if self.is_undefined(iterator) {
            return Ok(None);
        }
        if self.peek(at.reg(base + 1)) == FAST {
            let i = self.peek(at.reg(base + 2)).as_int().unwrap_or(0) as u32;
            let array: Object<'s> = iterator.cast();
            if i >= self.array_len(array) {
                self.set_reg_raw(at, base, JsValue::UNDEFINED);
                return Ok(None);
            }
            self.set_reg_raw(at, base + 2, JsValue::int(i as i32 + 1));
            if let Some((v, attrs)) = elements::get(self.heap(), self.peek(array).index(), i)
                && !attrs.has(rotifer_jsvalue::Attrs::ACCESSOR)
            {
                return self.root(v).map(Some);
            }
            let v = self.get(array, i);
            if v.is_err() {
                self.set_reg_raw(at, base, JsValue::UNDEFINED);
            }
            return v.map(Some);
        }
        let record = IteratorRecord { iterator: iterator.cast(), next: at.reg(base + 1) };
        let v = self.iterator_step(&record);
        if !matches!(v, Ok(Some(_))) {
            self.set_reg_raw(at, base, JsValue::UNDEFINED);
        }
        v
    }

    /// IteratorClose for a throw completion that the code itself carries: whatever goes wrong is forgotten, limits excepted.
    fn close_quietly(&mut self, record: &IteratorRecord<'s>) -> JsResult<()> {
        let method = match self.get_method(record.iterator.cast(), n!("return")) {
            Ok(Some(m)) => m,
            Ok(None) => return Ok(()),
            Err(t) => return self.forget_exception(t),
        };
        match self.call(method, record.iterator.cast(), &[]) {
            Ok(_) => Ok(()),
            Err(t) => self.forget_exception(t),
        }
    }

    /// Drops an exception; anything else goes on.
    pub(crate) fn forget_exception(&mut self, thrown: crate::throw::Throw) -> JsResult<()> {
        if self.pending == crate::isolate::Pending::Exception {
            self.take_exception();
            Ok(())
        } else {
            Err(thrown)
        }
    }

    // ---- for in (ECMA-262 §14.7.5.9) ----------------------------------------------------------------------------

    /// The enumerator: object, its keys, next index, and the names visited further down (an internal object).
    fn start_for_in(&mut self, value: Value<'s>) -> JsResult<Value<'s>> {
        let (object, keys) = if self.is_nullish(value) {
            (UNDEFINED, UNDEFINED)
        } else {
            let o = self.to_object(value)?;
            let keys = self.own_property_keys(o)?;
            (o.cast(), keys.cast())
        };
        self.heap_mut().reserve(6, &mut [])?;
        let (object, keys) = (self.peek(object), self.peek(keys));
        let heap = self.heap_mut();
        let at = heap.new_values(Kind::ForIn, 5, JsValue::UNDEFINED);
        heap.init(at + field::ForIn::object, object);
        heap.init(at + field::ForIn::keys, keys);
        heap.init(at + field::ForIn::index, JsValue::int(0));
        // An array lists its `length`, which its shape does not show.
        if object.is_heap_object() && heap.kind(object.index()) == Kind::Object {
            let s = object::shape_of(heap, object.index());
            if !shape::info(heap, s).has(Info::DICTIONARY) && enumerables(heap, s) == Enumerables::All {
                heap.init(at + field::ForIn::shape, JsValue::cell(s));
            }
        }
        self.root(JsValue::cell(at))
    }

    fn next_for_in(&mut self, e: Value<'s>) -> JsResult<Option<Value<'s>>> {
        loop {
            let mut cx = self.nest();
            cx.tick(1)?;
            let object = cx.field(e, field::ForIn::object)?;
            if cx.is_undefined(object) {
                return Ok(None);
            }
            let object: Object<'_> = object.cast();
            let keys: Object<'_> = cx.field(e, field::ForIn::keys)?.cast();
            let i = cx.field_raw(e, field::ForIn::index).as_int().unwrap_or(0) as u32;
            if i >= cx.array_len(keys) {
                cx.next_for_in_object(e, object, keys)?;
                continue;
            }
            cx.set_field_raw(e, field::ForIn::index, JsValue::int(i as i32 + 1));
            let raw = cx.array_item_raw(keys, i);
            if raw.is_symbol() {
                continue;
            }
            let key = cx.key_of_item(keys, i)?;
            let visited = cx.field(e, field::ForIn::visited)?;
            if cx.is_object(visited) && cx.has_own_property(visited.cast(), key)? {
                continue;
            }
            // Deleted meanwhile, or not enumerable: passed over.
            let enumerable = match cx.own(object, key)? {
                // An export that is not initialised throws there.
                crate::ops::Own::Data(v, _) if v.is_empty() => cx.get_own_property(object, key)?.is_some(),
                crate::ops::Own::Data(_, a) | crate::ops::Own::Slot(_, a, _) | crate::ops::Own::Accessor(_, a) => {
                    a.has(rotifer_jsvalue::Attrs::ENUMERABLE)
                }
                crate::ops::Own::Proxy => cx.get_own_property(object, key)?.is_some_and(|d| d.enumerable == Some(true)),
                _ => false,
            };
            if !enumerable {
                continue;
            }
            let v = cx.key_to_value(key)?;
            let v = cx.peek(v);
            drop(cx);
            return self.root(v).map(Some);
        }
    }

    /// Whether no object from `proto` up has anything to enumerate, found without running code; remembered for as long as no
    /// prototype changes.
    fn nothing_to_enumerate(&mut self, proto: JsValue) -> bool {
        let now = (self.epoch, self.heap().collections(), proto.to_bits());
        if self.nothing_to_enumerate == now {
            return true;
        }
        let mut at = proto;
        for _ in 0..64 {
            if !at.is_heap_object() {
                if at.is_null() {
                    self.nothing_to_enumerate = now;
                }
                return at.is_null();
            }
            let index = at.index();
            let heap = self.heap_mut();
            let ordinary = matches!(heap.kind(index), Kind::Object | Kind::Error | Kind::Map | Kind::Set | Kind::Date)
                || heap.kind(index) == Kind::Array && heap.value(index + field::Array::length) == JsValue::int(0);
            if !ordinary
                || elements::elements(heap, index).is_some()
                || enumerables(heap, object::shape_of(heap, index)) != Enumerables::None
            {
                return false;
            }
            heap.add_flags(index, flag::PROTOTYPE);
            at = object::proto_of(heap, index);
        }
        false
    }

    /// Goes on with the prototype; the names of this object are remembered so that they are not visited again.
    fn next_for_in_object(&mut self, e: Value<'s>, object: Object<'s>, keys: Object<'s>) -> JsResult<()> {
        self.set_field_raw(e, field::ForIn::shape, JsValue::UNDEFINED);
        let raw = self.peek(object);
        if raw.is_heap_object() && self.heap().kind(raw.index()) != Kind::Proxy {
            let proto = object::proto_of(self.heap(), raw.index());
            if self.nothing_to_enumerate(proto) {
                self.set_field_raw(e, field::ForIn::object, JsValue::UNDEFINED);
                return Ok(());
            }
        }
        let proto = self.get_prototype_of(object)?;
        let Some(proto) = self.as_object(proto) else {
            self.set_field_raw(e, field::ForIn::object, JsValue::UNDEFINED);
            return Ok(());
        };
        let proto_keys = self.own_property_keys(proto)?;
        // Remembering is only needed when there is something up there that could be visited.
        let mut visited = self.field(e, field::ForIn::visited)?;
        let more = self.has_enumerable(proto, proto_keys)?;
        if more {
            if !self.is_object(visited) {
                visited = self.new_object_of(Kind::Object, crate::cx::NULL, 4)?.cast();
                self.set_field(e, field::ForIn::visited, visited);
            }
            for i in 0..self.array_len(keys) {
                let mut cx = self.nest();
                cx.tick(1)?;
                let key = cx.key_of_item(keys, i)?;
                if !cx.has_own_property(visited.cast(), key)? {
                    cx.define_new(visited.cast(), key, imm(true), rotifer_jsvalue::Attrs::ALL)?;
                }
            }
        }
        self.set_field(e, field::ForIn::object, proto);
        self.set_field(e, field::ForIn::keys, proto_keys);
        self.set_field_raw(e, field::ForIn::index, JsValue::int(0));
        Ok(())
    }

    /// Whether any object from here up has enumerable string keys (a Proxy counts as having some).
    fn has_enumerable(&mut self, object: Object<'s>, keys: Object<'s>) -> JsResult<bool> {
        let mut cx = self.nest();
        let at = cx.slot(object)?;
        let list = cx.slot(keys)?;
        loop {
            if cx.is_kind(at, Kind::Proxy) {
                return Ok(true);
            }
            for i in 0..cx.array_len(list) {
                let mut inner = cx.nest();
                if inner.array_item_raw(list, i).is_symbol() {
                    continue;
                }
                let key = inner.key_of_item(list, i)?;
                if let crate::ops::Own::Data(_, a) | crate::ops::Own::Slot(_, a, _) | crate::ops::Own::Accessor(_, a) =
                    inner.own(at, key)?
                    && a.has(rotifer_jsvalue::Attrs::ENUMERABLE)
                {
                    return Ok(true);
                }
            }
            let proto = cx.proto_raw(at)?;
            if !proto.is_object() {
                return Ok(false);
            }
            cx.set_slot_raw(at, proto);
            let next = cx.own_property_keys(at)?;
            cx.set_slot(list, next);
        }
    }
}

/// Which properties of a shape are enumerable, symbols left aside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Enumerables {
    All,
    Some,
    None,
}

fn enumerables(heap: &Heap, s: u32) -> Enumerables {
    let (mut all, mut none) = (true, true);
    for i in 0..shape::info(heap, s).count {
        let Some((key, attrs)) = shape::entry(heap, s, i) else { continue };
        if !key.is_symbol() {
            let yes = attrs.has(Attrs::ENUMERABLE);
            all &= yes;
            none &= !yes;
        }
    }
    match (all, none) {
        (_, true) => Enumerables::None,
        (true, _) => Enumerables::All,
        _ => Enumerables::Some,
    }
}

/// The next name of an enumerator whose object still has the shape with which it began, and in that nothing but enumerable
/// properties.
#[inline(never)]
pub(super) fn quick_name(heap: &mut Heap, e: u64) -> Option<u64> {
    let e = JsValue::from_bits(e);
    if !e.is_cell() || heap.kind(e.index()) != Kind::ForIn {
        return None;
    }
    let at = e.index();
    let (object, s) = (heap.value(at + field::ForIn::object), heap.value(at + field::ForIn::shape));
    if !s.is_cell() || !object.is_heap_object() || object::shape_of(heap, object.index()) != s.index() {
        return None;
    }
    let (keys, i) = (heap.value(at + field::ForIn::keys), heap.value(at + field::ForIn::index).as_int()?);
    let (key, _) = elements::get(heap, keys.index(), i as u32)?;
    if !key.is_string() || heap.value(keys.index() + field::Array::length).as_int()? <= i {
        return None;
    }
    heap.init(at + field::ForIn::index, JsValue::int(i + 1));
    Some(key.to_bits())
}

/// A value known to be a built-in function or nothing of interest, without a slot.
fn imm_or<'s>(v: JsValue) -> Value<'s> {
    if v.is_native() { imm(v) } else { UNDEFINED }
}
