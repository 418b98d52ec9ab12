//! Defining properties and listing keys (ECMA-262 §10.1.6, §10.1.11), and the short forms that other code uses.

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, elements, field, flag, object, shape};

use super::internal_methods::{Own, PropertyDescriptor};
use super::{proxy, typed};
use crate::cx::{Cx, IntoKey, Key, Object, UNDEFINED, Value};
use crate::n;
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// ECMA-262 §7.3.2 Get
    ///
    /// # Errors
    /// What a getter or Proxy handler throws.
    #[inline]
    pub fn get(&mut self, object: Object<'s>, key: impl IntoKey<'s>) -> JsResult<Value<'s>> {
        self.get_with(object, key.into_key(), object.cast())
    }

    /// ECMA-262 §7.3.3 GetV: the property of any value.
    ///
    /// # Errors
    /// A TypeError for undefined and null; what a getter or Proxy handler throws.
    pub fn get_v(&mut self, value: Value<'s>, key: impl IntoKey<'s>) -> JsResult<Value<'s>> {
        let key = key.into_key();
        let v = self.peek(value);
        if v.is_object() {
            return self.get_with(value.cast(), key, value);
        }
        if v.is_string()
            && let Some(own) = self.string_own(v, self.peek_key(key))?
        {
            return self.root(own);
        }
        if v.is_nullish() {
            return Err(self.throw_nullish_property(value, key));
        }
        let proto = self.proto_of_primitive(v)?;
        self.get_with(proto, key, value)
    }

    /// ECMA-262 §7.3.4 Set, throwing: a TypeError when it is refused.
    ///
    /// # Errors
    /// The TypeError; what a setter or Proxy handler throws.
    pub fn set(&mut self, object: Object<'s>, key: impl IntoKey<'s>, value: Value<'s>) -> JsResult<()> {
        let key = key.into_key();
        if self.set_with(object, key, value, object.cast())? {
            return Ok(());
        }
        Err(self.throw_read_only(key))
    }

    /// ECMA-262 §7.3.5 CreateDataProperty: false when it is refused.
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn create_data_property(
        &mut self,
        object: Object<'s>,
        key: impl IntoKey<'s>,
        value: Value<'s>,
    ) -> JsResult<bool> {
        let key = key.into_key();
        if self.create_plainly(object, key, value)? {
            return Ok(true);
        }
        self.define_own_property(object, key, &PropertyDescriptor::data(value, Attrs::ALL))
    }

    /// CreateDataProperty of a named property of an ordinary object with nothing unusual about it; false when nothing was done.
    #[inline]
    pub(crate) fn create_plainly(&mut self, object: Object<'s>, key: Key<'s>, value: Value<'s>) -> JsResult<bool> {
        let (o, k) = (self.peek(object), self.peek_key(key));
        if !o.is_heap_object() || k.as_index().is_some() {
            return Ok(false);
        }
        let at = o.index();
        let heap = self.heap();
        if heap.kind(at) != Kind::Object
            || heap.flags(at) & (flag::LAZY | flag::PROTOTYPE) != 0
            || !object::is_extensible(heap, at)
        {
            return Ok(false);
        }
        let v = self.peek(value);
        match object::find_own(self.heap(), at, k) {
            None => {
                object::add_property(self.heap_mut(), o, k, v, Attrs::ALL)?;
            }
            Some(slot) if slot.attrs == Attrs::ALL => object::set_slot(self.heap_mut(), at, slot.place, v),
            Some(_) => return Ok(false),
        }
        Ok(true)
    }

    /// ECMA-262 §7.3.7 CreateDataPropertyOrThrow
    ///
    /// # Errors
    /// A TypeError when it is refused; what a Proxy's handler throws.
    pub fn create_data_property_or_throw(
        &mut self,
        object: Object<'s>,
        key: impl IntoKey<'s>,
        value: Value<'s>,
    ) -> JsResult<()> {
        let key = key.into_key();
        if self.create_data_property(object, key, value)? { Ok(()) } else { Err(self.throw_cannot_define(key)) }
    }

    /// ECMA-262 §7.3.8 DefinePropertyOrThrow
    ///
    /// # Errors
    /// A TypeError when it is refused; what a Proxy's handler throws.
    pub fn define_property_or_throw(
        &mut self,
        object: Object<'s>,
        key: impl IntoKey<'s>,
        descriptor: &PropertyDescriptor<'s>,
    ) -> JsResult<()> {
        let key = key.into_key();
        if self.define_own_property(object, key, descriptor)? { Ok(()) } else { Err(self.throw_cannot_define(key)) }
    }

    /// A data property with these attributes on an object just made, which does not have it.
    ///
    /// # Errors
    /// Out of memory.
    pub fn define_new(
        &mut self,
        object: Object<'s>,
        key: impl IntoKey<'s>,
        value: Value<'s>,
        attrs: Attrs,
    ) -> JsResult<()> {
        let key = key.into_key();
        let (o, k, v) = (self.peek(object), self.peek_key(key), self.peek(value));
        match k.as_index() {
            Some(index) => drop(elements::define(self.heap_mut(), o, index, v, attrs)?),
            None => drop(object::add_property(self.heap_mut(), o, k, v, attrs)?),
        }
        Ok(())
    }

    /// ECMA-262 §7.3.9 DeletePropertyOrThrow
    ///
    /// # Errors
    /// A TypeError when it is refused; what a Proxy's handler throws.
    pub fn delete_property_or_throw(&mut self, object: Object<'s>, key: impl IntoKey<'s>) -> JsResult<()> {
        let key = key.into_key();
        if self.delete(object, key)? { Ok(()) } else { Err(self.throw_cannot_delete(key)) }
    }

    /// ECMA-262 §7.3.11 GetMethod: `None` when it is undefined or null.
    ///
    /// # Errors
    /// A TypeError when it cannot be called; what a getter throws.
    pub fn get_method(&mut self, value: Value<'s>, key: impl IntoKey<'s>) -> JsResult<Option<Value<'s>>> {
        let key = key.into_key();
        let method = self.get_v(value, key)?;
        if self.is_nullish(method) {
            return Ok(None);
        }
        if !self.is_callable(method) {
            return Err(self.throw_not_function_key(key));
        }
        Ok(Some(method))
    }

    /// ECMA-262 §7.3.13 HasOwnProperty
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn has_own_property(&mut self, object: Object<'s>, key: impl IntoKey<'s>) -> JsResult<bool> {
        let key = key.into_key();
        Ok(match self.own(object, key)? {
            Own::Missing | Own::OutOfBounds => false,
            Own::Proxy => self.get_own_property(object, key)?.is_some(),
            Own::Data(v, _) | Own::Slot(v, ..) if v.is_empty() => {
                return Err(self.throw_reference_error("cannot access an uninitialised export"));
            }
            _ => true,
        })
    }

    /// ECMA-262 §7.3.20 Invoke
    ///
    /// # Errors
    /// A TypeError when it cannot be called; what it throws.
    pub fn invoke(&mut self, value: Value<'s>, key: impl IntoKey<'s>, args: &[Value<'s>]) -> JsResult<Value<'s>> {
        let key = key.into_key();
        let method = self.get_v(value, key)?;
        if !self.is_callable(method) {
            return Err(self.throw_not_function_key(key));
        }
        self.call(method, value, args)
    }

    /// ECMA-262 §7.3.18 LengthOfArrayLike
    ///
    /// # Errors
    /// What the getter or the conversion throws.
    pub fn length_of_array_like(&mut self, object: Object<'s>) -> JsResult<f64> {
        if self.is_kind(object, Kind::Array) {
            return Ok(self.field_raw(object, field::Array::length).as_number().unwrap_or(0.0));
        }
        let length = self.get(object, n!("length"))?;
        self.to_length(length)
    }

    /// `[[DefineOwnProperty]]`: false when it is refused.
    ///
    /// # Errors
    /// What a Proxy's handler or a conversion throws.
    pub fn define_own_property(
        &mut self,
        object: Object<'s>,
        key: Key<'s>,
        descriptor: &PropertyDescriptor<'s>,
    ) -> JsResult<bool> {
        let object = self.backing(object)?;
        match self.kind_of(object) {
            Some(Kind::Proxy) => proxy::define_own_property(self, object, key, descriptor),
            Some(Kind::Array) => self.array_define(object, key, descriptor),
            Some(Kind::TypedArray) => match typed::define_property(self, object, key, descriptor)? {
                Some(done) => Ok(done),
                None => self.ordinary_define(object, key, descriptor),
            },
            Some(Kind::Arguments) => self.arguments_define(object, key, descriptor),
            Some(Kind::Namespace) => self.namespace_define(object, key, descriptor),
            _ => self.ordinary_define(object, key, descriptor),
        }
    }

    /// ECMA-262 §10.1.6.1 OrdinaryDefineOwnProperty
    pub(crate) fn ordinary_define(
        &mut self,
        object: Object<'s>,
        key: Key<'s>,
        d: &PropertyDescriptor<'s>,
    ) -> JsResult<bool> {
        let (old_value, old_attrs) = match self.own(object, key)? {
            Own::Missing | Own::OutOfBounds | Own::Proxy => {
                let o = self.peek(object);
                if !object::is_extensible(self.heap(), o.index()) {
                    return Ok(false);
                }
                if self.is_kind(object, Kind::Function) {
                    self.materialize_all(object)?;
                }
                self.add_from_descriptor(object, key, d)?;
                return Ok(true);
            }
            Own::Data(v, a) | Own::Slot(v, a, _) => (v, a),
            Own::Accessor(v, a) => (v, a),
        };
        let was_accessor = old_attrs.has(Attrs::ACCESSOR);
        // ECMA-262 §10.1.6.3 ValidateAndApplyPropertyDescriptor
        if !old_attrs.has(Attrs::CONFIGURABLE) {
            if d.configurable == Some(true)
                || d.enumerable.is_some_and(|e| e != old_attrs.has(Attrs::ENUMERABLE))
                || d.is_accessor() && !was_accessor
                || d.is_data() && was_accessor
            {
                return Ok(false);
            }
            if was_accessor {
                let (get, set) = object::accessor_parts(self.heap(), old_value);
                if d.get.is_some_and(|g| self.peek(g) != get) || d.set.is_some_and(|s| self.peek(s) != set) {
                    return Ok(false);
                }
            } else if !old_attrs.has(Attrs::WRITABLE) {
                if d.writable == Some(true) {
                    return Ok(false);
                }
                if let Some(v) = d.value {
                    let old = self.root(old_value)?;
                    if !self.same_value(v, old)? {
                        return Ok(false);
                    }
                    return Ok(true);
                }
            }
        }
        let mut attrs = old_attrs;
        if let Some(e) = d.enumerable {
            attrs = attrs.set(Attrs::ENUMERABLE, e);
        }
        if let Some(c) = d.configurable {
            attrs = attrs.set(Attrs::CONFIGURABLE, c);
        }
        let old = match was_accessor {
            false => self.root(old_value)?,
            true => UNDEFINED,
        };
        let new = if d.is_accessor() {
            let (mut get, mut set) = (UNDEFINED, UNDEFINED);
            if was_accessor {
                let (g, s) = object::accessor_parts(self.heap(), old_value);
                (get, set) = (self.root(g)?, self.root(s)?);
            }
            let (get, set) = (self.peek(d.get.unwrap_or(get)), self.peek(d.set.unwrap_or(set)));
            attrs = attrs.with(Attrs::ACCESSOR).without(Attrs::WRITABLE);
            let a = object::new_accessor(self.heap_mut(), get, set)?;
            self.root(a)?
        } else if d.is_data() {
            if was_accessor {
                attrs = attrs.without(Attrs::ACCESSOR.with(Attrs::WRITABLE));
            }
            if let Some(w) = d.writable {
                attrs = attrs.set(Attrs::WRITABLE, w);
            }
            d.value.unwrap_or(old)
        } else if was_accessor {
            self.root(old_value)?
        } else {
            old
        };
        self.replace_property(object, key, new, attrs, attrs == old_attrs)?;
        Ok(true)
    }

    fn add_from_descriptor(&mut self, object: Object<'s>, key: Key<'s>, d: &PropertyDescriptor<'s>) -> JsResult<()> {
        let (value, attrs) = if d.is_accessor() {
            let get = self.peek(d.get.unwrap_or(UNDEFINED));
            let set = self.peek(d.set.unwrap_or(UNDEFINED));
            let a = object::new_accessor(self.heap_mut(), get, set)?;
            (a, d.attrs().with(Attrs::ACCESSOR).without(Attrs::WRITABLE))
        } else {
            (self.peek(d.value.unwrap_or(UNDEFINED)), d.attrs())
        };
        let (o, k) = (self.peek(object), self.peek_key(key));
        match k.as_index() {
            Some(index) => drop(elements::define(self.heap_mut(), o, index, value, attrs)?),
            None => drop(object::add_property(self.heap_mut(), o, k, value, attrs)?),
        }
        self.touch_prototype(object);
        Ok(())
    }

    /// Overwrites an existing own property.
    fn replace_property(
        &mut self,
        object: Object<'s>,
        key: Key<'s>,
        value: Value<'s>,
        attrs: Attrs,
        same_attrs: bool,
    ) -> JsResult<()> {
        let (o, k, v) = (self.peek(object), self.peek_key(key), self.peek(value));
        match k.as_index() {
            Some(index) if same_attrs => elements::set_existing(self.heap_mut(), o.index(), index, v),
            Some(index) => {
                elements::define(self.heap_mut(), o, index, v, attrs)?;
                self.touch_prototype(object);
            }
            None if same_attrs => {
                if let Some(slot) = object::find_own(self.heap(), o.index(), k) {
                    object::set_slot(self.heap_mut(), o.index(), slot.place, v);
                }
                if attrs.has(Attrs::ACCESSOR) {
                    self.touch_prototype(object);
                }
            }
            None => {
                object::reconfigure(self.heap_mut(), o, k, v, attrs)?;
                self.touch_prototype(object);
            }
        }
        self.after_write(object, key);
        Ok(())
    }

    /// `[[OwnPropertyKeys]]`: calls `f` with each key in order: indices ascending, strings and then symbols as they were added.
    ///
    /// # Errors
    /// What a Proxy's handler or `f` throws.
    pub fn own_property_keys(&mut self, object: Object<'s>) -> JsResult<Object<'s>> {
        let object = self.backing(object)?;
        if self.is_kind(object, Kind::Proxy) {
            return proxy::own_keys(self, object);
        }
        self.evaluate_if_deferred(object)?;
        self.materialize_all(object)?;
        let list = self.new_array(0, 0)?;
        self.append_exotic_keys(object, list)?;
        // Indices: count, collect, sort.
        let o = self.peek(object).index();
        if let Some(e) = elements::elements(self.heap(), o) {
            if elements::is_dense(self.heap(), e) {
                let capacity = elements::capacity(self.heap(), e);
                for i in 0..capacity {
                    let o = self.peek(object).index();
                    let Some(e) = elements::elements(self.heap(), o) else { break };
                    if !self.heap().value(e + 1 + i).is_empty() {
                        self.push_key(list, PropertyKey::index(i))?;
                    }
                }
            } else {
                self.append_sparse_keys(object, list)?;
            }
        }
        self.append_late_keys(object, list)?;
        for symbols in [false, true] {
            let o = self.peek(object).index();
            let count = shape::info(self.heap(), object::shape_of(self.heap(), o)).count;
            for i in 0..count {
                let o = self.peek(object).index();
                let Some((key, _)) = shape::entry(self.heap(), object::shape_of(self.heap(), o), i) else { continue };
                if key.is_symbol() == symbols && !self.is_hidden_key(key) {
                    self.push_key(list, key)?;
                }
            }
        }
        Ok(list)
    }

    /// Internal symbols and private names never show.
    pub(crate) fn is_hidden_key(&self, key: PropertyKey) -> bool {
        let v = key.to_value();
        if let Some(n) = v.as_well_known() {
            return n >= rotifer_jsvalue::WellKnown::PUBLIC.len() as u8;
        }
        v.is_heap_symbol() && self.heap().value(v.index() + field::Symbol::registered) == JsValue::TRUE
    }

    /// Appends a key, as the value a script sees (indices as integers above 2^31 as doubles), to a list made by `new_array`.
    pub(crate) fn push_key(&mut self, list: Object<'s>, key: PropertyKey) -> JsResult<()> {
        let v = match key.as_index() {
            Some(i) => JsValue::number(f64::from(i)),
            None => key.to_value(),
        };
        self.push_raw(list, v)
    }

    /// Appends a value to an array that nobody else has seen.
    pub(crate) fn push_raw(&mut self, array: Object<'s>, value: JsValue) -> JsResult<()> {
        let len = self.array_len(array);
        let a = self.peek(array);
        let mut v = value.to_bits();
        let a = elements::ensure_dense(self.heap_mut(), a, len + 1, &mut v)?;
        let Some(e) = elements::elements(self.heap(), a.index()) else { return Err(self.oom()) };
        self.heap_mut().put(e, 1 + len, JsValue::from_bits(v));
        self.heap_mut().init(a.index() + field::Array::length, JsValue::number(f64::from(len) + 1.0));
        Ok(())
    }

    /// Appends a value to an array that nobody else has seen.
    ///
    /// # Errors
    /// Out of memory.
    pub fn push(&mut self, array: Object<'s>, value: Value<'s>) -> JsResult<()> {
        let v = self.peek(value);
        self.push_raw(array, v)
    }

    /// The length of an array.
    #[must_use]
    pub fn array_len(&self, array: Object<'s>) -> u32 {
        self.field_raw(array, field::Array::length).as_number().unwrap_or(0.0) as u32
    }

    /// Element `i` of an array made by the engine (dense, nobody else has it); undefined beyond its end.
    ///
    /// # Errors
    /// Stack overflow.
    pub fn array_item(&mut self, array: Object<'s>, i: u32) -> JsResult<Value<'s>> {
        let v = self.array_item_raw(array, i);
        self.root(v)
    }

    pub(crate) fn array_item_raw(&self, array: Object<'s>, i: u32) -> JsValue {
        match elements::get(self.heap(), self.peek(array).index(), i) {
            Some((v, _)) => v,
            None => JsValue::UNDEFINED,
        }
    }

    /// The property key for a value out of a list of keys (ECMA-262 §7.1.19 ToPropertyKey for a value that is no object).
    ///
    /// # Errors
    /// Out of memory.
    pub fn key_of_item(&mut self, list: Object<'s>, i: u32) -> JsResult<Key<'s>> {
        let v = self.array_item(list, i)?;
        self.to_property_key(v)
    }

    /// A key as the value a script sees: a string or symbol.
    ///
    /// # Errors
    /// Out of memory.
    pub fn key_to_value(&mut self, key: Key<'s>) -> JsResult<Value<'s>> {
        let k = self.peek_key(key);
        let v = match k.as_index() {
            Some(i) => rotifer_jsvalue::key::index_to_string(self.heap_mut(), i)?,
            None => k.to_value(),
        };
        self.root(v)
    }

    fn append_sparse_keys(&mut self, object: Object<'s>, list: Object<'s>) -> JsResult<()> {
        let o = self.peek(object).index();
        let mut count = 0_u32;
        elements::for_each_index(self.heap(), o, |_, _| count += 1);
        let start = self.array_len(list);
        let l = self.peek(list);
        elements::ensure_dense(self.heap_mut(), l, start + count, &mut 0)?;
        let (o, l) = (self.peek(object).index(), self.peek(list).index());
        let Some(e) = elements::elements(self.heap(), l) else { return Ok(()) };
        // The list itself is the room to sort in: a heap sort over integers kept as numbers.
        let mut at = e + 1 + start;
        let Some(source) = elements::elements(self.heap(), o) else { return Ok(()) };
        let slots = (self.heap().header(source).aux() - 2) / 2;
        for i in 0..slots {
            if let Some(index) = elements::sparse_index_at(self.heap(), source, i) {
                self.heap_mut().init(at, JsValue::number(f64::from(index)));
                at += 1;
            }
        }
        super::objects::sort_numbers(self.heap_mut(), e + 1 + start, count);
        let len = start + count;
        self.heap_mut().init(l + field::Array::length, imm_number(len));
        Ok(())
    }
}

fn imm_number(n: u32) -> JsValue {
    JsValue::number(f64::from(n))
}
