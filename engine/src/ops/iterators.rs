//! Operations on iterator objects (ECMA-262 §7.4).

use rotifer_gc::Rooted;
use rotifer_jsvalue::{HeapExt, JsValue, Kind, PropertyKey, WellKnown, elements, field, object, string};

use super::collections::IteratorFamily;
use crate::builtins::{Intrinsic, spec};
use crate::cx::{Cx, IntoKey, Object, UNDEFINED, Value, imm};
use crate::interpreter::iterate::{BUILT_IN, GENERATOR};
use crate::isolate::{Pending, realm_word};
use crate::n;
use crate::throw::JsResult;

/// ECMA-262 §7.4.1 Iterator Record. Whether it is done is the caller's business: a step that throws needs no closing.
#[derive(Clone, Copy, Debug)]
pub struct IteratorRecord<'s> {
    /// The iterator.
    pub iterator: Object<'s>,
    /// Its `next` method, got once.
    pub next: Value<'s>,
}

/// Which iterator of the library a [`Kind::Iterator`] object is: its field `which`, when that is below 256 (iterators of collections and
/// strings have greater numbers there).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum IteratorKind {
    None,
    ArrayKeys,
    ArrayValues,
    ArrayEntries,
    Wrap,
    AsyncFromSync,
    Map,
    Filter,
    Take,
    Drop,
    FlatMap,
    Concat,
    Zip,
    Chunks,
    Windows,
}

impl IteratorKind {
    const ALL: [IteratorKind; 15] = [
        IteratorKind::None,
        IteratorKind::ArrayKeys,
        IteratorKind::ArrayValues,
        IteratorKind::ArrayEntries,
        IteratorKind::Wrap,
        IteratorKind::AsyncFromSync,
        IteratorKind::Map,
        IteratorKind::Filter,
        IteratorKind::Take,
        IteratorKind::Drop,
        IteratorKind::FlatMap,
        IteratorKind::Concat,
        IteratorKind::Zip,
        IteratorKind::Chunks,
        IteratorKind::Windows,
    ];
}

impl<'s> Cx<'s> {
    /// Makes an iterator object of the library: what it walks, where it begins.
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn new_iterator<T>(
        &mut self,
        kind: IteratorKind,
        proto: Intrinsic,
        target: Rooted<'s, T>,
        index: Value<'s>,
    ) -> JsResult<Object<'s>> {
        let proto = self.intrinsic(proto)?;
        let made = self.new_object_of(Kind::Iterator, proto, 1)?;
        self.set_field(made, field::Iterator::target, target);
        self.set_field(made, field::Iterator::index, index);
        self.set_field_raw(made, field::Iterator::which, JsValue::raw(kind as u64));
        Ok(made)
    }

    /// Which iterator of the library a value is; `None` for anything else.
    #[must_use]
    pub fn iterator_kind<T>(&self, value: Rooted<'s, T>) -> IteratorKind {
        if !self.is_kind(value, Kind::Iterator) {
            return IteratorKind::None;
        }
        let which = self.field_raw(value, field::Iterator::which).as_raw();
        IteratorKind::ALL.get(which as usize).copied().unwrap_or(IteratorKind::None)
    }

    /// ECMA-262 §7.4.3 GetIterator, synchronous.
    ///
    /// # Errors
    /// A TypeError when the value is not iterable; what its method throws.
    pub fn get_iterator(&mut self, value: Value<'s>) -> JsResult<IteratorRecord<'s>> {
        match self.get_method(value, WellKnown::Iterator)? {
            Some(method) => self.get_iterator_from_method(value, method),
            None => Err(self.throw_not_iterable(value)),
        }
    }

    /// ECMA-262 §7.4.3 GetIterator, asynchronous: an object without `Symbol.asyncIterator` has its synchronous iterator wrapped.
    ///
    /// # Errors
    /// A TypeError when the value is not iterable; what its method throws.
    pub fn get_async_iterator(&mut self, value: Value<'s>) -> JsResult<IteratorRecord<'s>> {
        if let Some(method) = self.get_method(value, WellKnown::AsyncIterator)? {
            return self.get_iterator_from_method(value, method);
        }
        let sync = self.get_iterator(value)?;
        self.create_async_from_sync_iterator(&sync)
    }

    /// ECMA-262 §27.1.6.1 CreateAsyncFromSyncIterator
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn create_async_from_sync_iterator(&mut self, sync: &IteratorRecord<'s>) -> JsResult<IteratorRecord<'s>> {
        let proto = Intrinsic::AsyncFromSyncIteratorPrototype;
        let iterator = self.new_iterator(IteratorKind::AsyncFromSync, proto, sync.iterator, UNDEFINED)?;
        self.set_field(iterator, field::Iterator::extra, sync.next);
        let next = self.get(iterator, n!("next"))?;
        Ok(IteratorRecord { iterator, next })
    }

    /// ECMA-262 §7.4.4 GetIteratorFromMethod
    ///
    /// # Errors
    /// A TypeError when the method gives no object; what it throws.
    pub fn get_iterator_from_method(&mut self, value: Value<'s>, method: Value<'s>) -> JsResult<IteratorRecord<'s>> {
        let iterator = self.call(method, value, &[])?;
        match self.as_object(iterator) {
            Some(iterator) => self.get_iterator_direct(iterator),
            None => Err(self.throw_type_error("result of the Symbol.iterator method is not an object")),
        }
    }

    /// ECMA-262 §7.4.2 GetIteratorDirect
    ///
    /// # Errors
    /// What getting `next` throws.
    pub fn get_iterator_direct(&mut self, iterator: Object<'s>) -> JsResult<IteratorRecord<'s>> {
        let next = self.get(iterator, n!("next"))?;
        Ok(IteratorRecord { iterator, next })
    }

    /// ECMA-262 §7.4.5 GetIteratorFlattenable; strings are iterated only when `strings` says so.
    ///
    /// # Errors
    /// A TypeError when it is neither iterator nor iterable; what its method throws.
    pub fn get_iterator_flattenable(&mut self, value: Value<'s>, strings: bool) -> JsResult<IteratorRecord<'s>> {
        if !self.is_object(value) && !(strings && self.peek(value).is_string()) {
            return Err(self.throw_type_error("value is not an object"));
        }
        let iterator = match self.get_method(value, WellKnown::Iterator)? {
            Some(method) => self.call(method, value, &[])?,
            None => value,
        };
        match self.as_object(iterator) {
            Some(iterator) => self.get_iterator_direct(iterator),
            None => Err(self.throw_type_error("iterator is not an object")),
        }
    }

    /// ECMA-262 §7.4.6 IteratorNext
    ///
    /// # Errors
    /// A TypeError when the result is no object; what `next` throws.
    pub fn iterator_next(&mut self, record: &IteratorRecord<'s>, value: Option<Value<'s>>) -> JsResult<Object<'s>> {
        let result = match value {
            Some(v) => self.call(record.next, record.iterator.cast(), &[v])?,
            None => self.call(record.next, record.iterator.cast(), &[])?,
        };
        match self.as_object(result) {
            Some(result) => Ok(result),
            None => Err(self.throw_type_error("iterator result is not an object")),
        }
    }

    /// Value and `done` of a result made by the library, which are read where they are.
    #[inline]
    fn plain_result(&self, result: Object<'s>) -> Option<(JsValue, JsValue)> {
        let (at, plain) = (self.peek(result), self.realm_word(realm_word::RESULT_SHAPE));
        let is_plain =
            plain.is_cell() && at.is_heap_object() && object::shape_of(self.heap(), at.index()) == plain.index();
        is_plain.then(|| (self.heap().value(at.index() + 1), self.heap().value(at.index() + 2)))
    }

    /// ECMA-262 §7.4.7 IteratorComplete
    ///
    /// # Errors
    /// What the getter throws.
    pub fn iterator_complete(&mut self, result: Object<'s>) -> JsResult<bool> {
        if let Some((_, done)) = self.plain_result(result) {
            return Ok(self.to_boolean_raw(done));
        }
        let done = self.get(result, n!("done"))?;
        Ok(self.to_boolean(done))
    }

    /// ECMA-262 §7.4.8 IteratorValue
    ///
    /// # Errors
    /// What the getter throws.
    pub fn iterator_value(&mut self, result: Object<'s>) -> JsResult<Value<'s>> {
        if let Some((value, _)) = self.plain_result(result) {
            return self.root(value);
        }
        self.get(result, n!("value"))
    }

    /// ECMA-262 §7.4.10 IteratorStepValue: the next value, `None` at the end. In place of `next` may be a mark
    /// ([`Cx::mark_for`]).
    ///
    /// # Errors
    /// What the iterator throws; it must not be closed then.
    pub fn iterator_step(&mut self, record: &IteratorRecord<'s>) -> JsResult<Option<Value<'s>>> {
        let next = self.peek(record.next);
        let mark = if next == GENERATOR || next == BUILT_IN { Some(next) } else { self.mark_for(record) };
        match mark {
            Some(GENERATOR) => return self.generator_step(record.iterator),
            Some(_) => return self.built_in_step(record.iterator),
            None => self.tick(1)?,
        }
        let raw = {
            let mut cx = self.nest();
            let result = cx.iterator_next(record, None)?;
            if cx.iterator_complete(result)? {
                return Ok(None);
            }
            let value = cx.iterator_value(result)?;
            cx.peek(value)
        };
        self.root(raw).map(Some)
    }

    /// Whether a record is that of an iterator of the library, with its own `next`, that [`Cx::built_in_step`] can step.
    pub(crate) fn steps_without_result(&self, record: &IteratorRecord<'s>) -> bool {
        let Some((_, id)) = self.peek(record.next).as_native() else { return false };
        if !self.is_kind(record.iterator, Kind::Iterator) {
            return false;
        }
        const MAP: u64 = IteratorFamily::Map as u64;
        const SET: u64 = IteratorFamily::Set as u64;
        const STRING: u64 = IteratorFamily::String as u64;
        let which = self.field_raw(record.iterator, field::Iterator::which).as_raw();
        let owner = match which >> 8 {
            MAP => Intrinsic::MapIteratorPrototype,
            SET => Intrinsic::SetIteratorPrototype,
            STRING => Intrinsic::StringIteratorPrototype,
            0 => match self.iterator_kind(record.iterator) {
                IteratorKind::ArrayKeys | IteratorKind::ArrayValues | IteratorKind::ArrayEntries => {
                    Intrinsic::ArrayIteratorPrototype
                }
                IteratorKind::None | IteratorKind::Wrap | IteratorKind::AsyncFromSync => return false,
                _ => Intrinsic::IteratorHelperPrototype,
            },
            _ => return false,
        };
        // `next` is the first property of the prototypes.
        id == spec::native_id(owner as u8, 0, false)
    }

    /// The next value of an iterator of the library for which [`Cx::steps_without_result`] held; `None` at the end.
    ///
    /// # Errors
    /// As the iterator's `next`.
    pub(crate) fn built_in_step(&mut self, iterator: Object<'s>) -> JsResult<Option<Value<'s>>> {
        self.tick(1)?;
        if self.many_realms {
            // There was only the first one when the record was seen.
            return self.in_realm(0, |cx| cx.built_in_step_here(iterator));
        }
        self.built_in_step_here(iterator)
    }

    fn built_in_step_here(&mut self, iterator: Object<'s>) -> JsResult<Option<Value<'s>>> {
        let which = self.field_raw(iterator, field::Iterator::which).as_raw();
        if which >> 8 == IteratorFamily::String as u64 {
            return self.string_iterator_step(iterator);
        }
        if which >> 8 != 0 {
            return self.collection_iterator_step(iterator);
        }
        match IteratorKind::ALL.get(which as usize).copied().unwrap_or(IteratorKind::None) {
            kind @ (IteratorKind::ArrayKeys | IteratorKind::ArrayValues | IteratorKind::ArrayEntries) => {
                self.array_iterator_step(iterator, kind)
            }
            kind => crate::builtins::iterator::helper::step(self, iterator, kind),
        }
    }

    /// CreateStringIterator (ECMA-262 §22.1.3.36), the steps of its closure: the next code point.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn string_iterator_step(&mut self, iterator: Object<'s>) -> JsResult<Option<Value<'s>>> {
        let at = self.field_raw(iterator, field::Iterator::index).as_raw() as usize;
        let target = self.field_raw(iterator, field::Iterator::target);
        if !target.is_string() {
            return Ok(None);
        }
        let Some((_, units)) = string::view(self.heap(), target).code_point_at(at) else {
            self.set_field_raw(iterator, field::Iterator::target, JsValue::UNDEFINED);
            return Ok(None);
        };
        let (start, end) = (at as u32, (at + units) as u32);
        let text = string::substring(self.heap_mut(), target, start, end)?;
        let text = self.root(text)?;
        self.set_field_raw(iterator, field::Iterator::index, JsValue::raw(u64::from(end)));
        Ok(Some(text))
    }

    /// ECMA-262 §23.1.5.1 CreateArrayIterator, the steps of its closure: the next value of an array iterator.
    ///
    /// # Errors
    /// A TypeError for a typed array out of bounds; what getting the element throws.
    pub fn array_iterator_step(&mut self, iterator: Object<'s>, kind: IteratorKind) -> JsResult<Option<Value<'s>>> {
        let target = self.field_raw(iterator, field::Iterator::target);
        if !target.is_object() {
            return Ok(None);
        }
        let index = self.field_raw(iterator, field::Iterator::index).as_number().unwrap_or(0.0);
        // The usual case first: a dense element that is there.
        if kind == IteratorKind::ArrayValues
            && target.is_heap_object()
            && self.heap().kind(target.index()) == Kind::Array
        {
            let at = target.index();
            let length = self.heap().value(at + field::Array::length).as_number().unwrap_or(0.0);
            if index < length
                && let Some((v, attrs)) = elements::get(self.heap(), at, index as u32)
                && !attrs.has(rotifer_jsvalue::Attrs::ACCESSOR)
            {
                self.set_field_raw(iterator, field::Iterator::index, JsValue::number(index + 1.0));
                return self.root(v).map(Some);
            }
        }
        let raw = {
            let mut cx = self.nest();
            let target = cx.root_object(target)?;
            let length = if cx.is_kind(target, Kind::TypedArray) {
                match super::typed::length(cx.heap(), cx.peek(target).index()) {
                    Some(length) => f64::from(length),
                    None => return Err(cx.throw_type_error("typed array is detached or out of bounds")),
                }
            } else {
                cx.length_of_array_like(target)?
            };
            if index >= length {
                cx.set_field_raw(iterator, field::Iterator::target, JsValue::UNDEFINED);
                return Ok(None);
            }
            cx.set_field_raw(iterator, field::Iterator::index, JsValue::number(index + 1.0));
            let number = JsValue::number(index);
            if kind == IteratorKind::ArrayKeys {
                number
            } else {
                let value = cx.get_index(target, index)?;
                if kind == IteratorKind::ArrayEntries {
                    let pair = cx.array_from(&[imm(number), value])?;
                    cx.peek(pair)
                } else {
                    cx.peek(value)
                }
            }
        };
        self.root(raw).map(Some)
    }

    /// ECMA-262 §7.4.11 IteratorClose (and, for a `completion` that threw, what it asks for then): gives back the completion, or what the
    /// iterator's `return` threw.
    ///
    /// # Errors
    /// The completion's, or those of `return`.
    pub fn iterator_close<T>(&mut self, record: &IteratorRecord<'s>, completion: JsResult<T>) -> JsResult<T> {
        match completion {
            Ok(value) => {
                let mut cx = self.nest();
                if let Some(method) = cx.get_method(record.iterator.cast(), n!("return"))? {
                    let result = cx.call(method, record.iterator.cast(), &[])?;
                    if !cx.is_object(result) {
                        return Err(cx.throw_type_error("result of the iterator's return method is not an object"));
                    }
                }
                Ok(value)
            }
            // A limit was reached: no further code of the script runs.
            Err(throw) if self.pending != Pending::Exception => Err(throw),
            Err(_) => {
                let mut cx = self.nest();
                let thrown = cx.take_exception();
                let closed = match cx.get_method(record.iterator.cast(), n!("return")) {
                    Ok(Some(method)) => cx.call(method, record.iterator.cast(), &[]).map(|_| ()),
                    Ok(None) => Ok(()),
                    Err(throw) => Err(throw),
                };
                match closed {
                    Err(throw) if cx.pending != Pending::Exception => Err(throw),
                    _ => Err(cx.throw(thrown)),
                }
            }
        }
    }

    /// ECMA-262 §7.4.14 CreateIterResultObject
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn create_iter_result<T>(&mut self, value: Rooted<'s, T>, done: bool) -> JsResult<Object<'s>> {
        let shape = self.realm_shape(realm_word::RESULT_SHAPE)?;
        let at = object::new_object(self.heap_mut(), shape)?;
        let value = self.peek(value);
        self.heap_mut().init(at + 1, value);
        self.heap_mut().init(at + 2, JsValue::bool(done));
        self.root_object(JsValue::object(at, false))
    }

    /// ECMA-262 §7.4.15 IteratorToList, from an iterable: a fresh array.
    ///
    /// # Errors
    /// What the iterator throws.
    pub fn iterable_to_list(&mut self, value: Value<'s>) -> JsResult<Object<'s>> {
        let list = self.new_array(0, 0)?;
        if self.is_plainly_iterable_array(value)? {
            self.append_plain_array(list, value.cast())?;
            return Ok(list);
        }
        let mut cx = self.nest();
        let record = cx.get_iterator(value)?;
        cx.append_iterator(list, &record)?;
        Ok(list)
    }

    /// Appends all that an iterator gives to an array made by the engine.
    ///
    /// # Errors
    /// What the iterator throws.
    pub fn append_iterator(&mut self, list: Object<'s>, record: &IteratorRecord<'s>) -> JsResult<()> {
        let record = self.marked(*record);
        loop {
            let mut cx = self.nest();
            match cx.iterator_step(&record)? {
                Some(v) => cx.push(list, v)?,
                None => return Ok(()),
            }
        }
    }

    /// Appends the elements of an array for which [`Cx::is_plainly_iterable_array`] holds; holes as undefined.
    pub(crate) fn append_plain_array(&mut self, list: Object<'s>, array: Object<'s>) -> JsResult<()> {
        let mut i = 0;
        while i < self.array_len(array) {
            self.tick(1)?;
            let found = elements::get(self.heap(), self.peek(array).index(), i);
            match found {
                Some((v, attrs)) if !attrs.has(rotifer_jsvalue::Attrs::ACCESSOR) => self.push_raw(list, v)?,
                _ => {
                    let mut cx = self.nest();
                    let v = cx.get(array, i)?;
                    cx.push(list, v)?;
                }
            }
            i += 1;
        }
        Ok(())
    }

    /// Whether iterating over the value is the same as reading the elements of an array one after the other: it is an array of this realm and
    /// neither it nor the prototypes involved have been tampered with.
    pub fn is_plainly_iterable_array(&mut self, value: Value<'s>) -> JsResult<bool> {
        if !self.is_kind(value, Kind::Array) {
            return Ok(false);
        }
        let proto = self.intrinsic_raw(Intrinsic::ArrayPrototype)?;
        let at = self.peek(value).index();
        let symbol = PropertyKey::well_known(WellKnown::Iterator);
        if object::proto_of(self.heap(), at) != proto || object::find_own(self.heap(), at, symbol).is_some() {
            return Ok(false);
        }
        Ok(self.is_untouched(Intrinsic::ArrayPrototype, symbol, Intrinsic::ArrayPrototype, n!("values"))?
            && self.is_untouched(
                Intrinsic::ArrayIteratorPrototype,
                PropertyKey::name(n!("next")),
                Intrinsic::ArrayIteratorPrototype,
                n!("next"),
            )?)
    }

    /// Whether property `key` of an intrinsic still is the library's function `name` of `owner`.
    pub(crate) fn is_untouched(
        &mut self,
        intrinsic: Intrinsic,
        key: PropertyKey,
        owner: Intrinsic,
        name: rotifer_jsvalue::StaticName,
    ) -> JsResult<bool> {
        let mut cx = self.nest();
        let holder = cx.intrinsic(intrinsic)?;
        let key = cx.root_key(key)?;
        let found = match cx.own(holder, key)? {
            super::Own::Data(v, _) | super::Own::Slot(v, ..) => v,
            _ => return Ok(false),
        };
        let name = PropertyKey::name(name);
        let number = owner.spec().props.iter().position(|p| p.key == name);
        let (realm, id) = found.as_native().unwrap_or((u16::MAX, 0));
        Ok(realm == cx.current_realm_number()
            && number.is_some_and(|n| id == spec::native_id(owner as u8, n as u8, false)))
    }

    /// The library's function `name` of `owner`, of this realm, whatever a script has done to the property; undefined when there is none.
    pub(crate) fn builtin_function(&self, owner: Intrinsic, name: rotifer_jsvalue::StaticName) -> Value<'s> {
        let name = PropertyKey::name(name);
        match owner.spec().props.iter().position(|p| p.key == name) {
            Some(n) => {
                let id = spec::native_id(owner as u8, n as u8, false);
                Rooted::immediate(JsValue::native(self.current_realm_number(), id).to_bits())
            }
            None => UNDEFINED,
        }
    }

    /// The property whose key is the integer `index`, which may be beyond the array indices.
    ///
    /// # Errors
    /// What a getter or Proxy handler throws.
    pub fn get_index(&mut self, object: Object<'s>, index: f64) -> JsResult<Value<'s>> {
        if index <= f64::from(PropertyKey::MAX_INDEX) {
            return self.get(object, (index as u32).into_key());
        }
        let raw = {
            let mut cx = self.nest();
            let key = cx.index_key(index)?;
            let value = cx.get(object, key)?;
            cx.peek(value)
        };
        self.root(raw)
    }

    /// The property key of an integer that is not negative.
    ///
    /// # Errors
    /// Out of memory.
    #[inline]
    pub fn index_key(&mut self, index: f64) -> JsResult<crate::cx::Key<'s>> {
        if index <= f64::from(PropertyKey::MAX_INDEX) {
            return Ok((index as u32).into_key());
        }
        self.to_property_key(imm(index))
    }
}
