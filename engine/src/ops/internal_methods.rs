//! The essential internal methods (ECMA-262 §6.1.7.2, §10), dispatched on the kind of object.

use rotifer_jsvalue::shape::Place;
use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, elements, flag, object};

use super::{proxy, typed};
use crate::cx::{Cx, Key, Object, UNDEFINED, Value};
use crate::interpreter::TABLE_ONLY;
use crate::n;
use crate::throw::JsResult;

/// A Property Descriptor (ECMA-262 §6.2.6): what is absent is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PropertyDescriptor<'s> {
    pub value: Option<Value<'s>>,
    pub writable: Option<bool>,
    pub get: Option<Value<'s>>,
    pub set: Option<Value<'s>>,
    pub enumerable: Option<bool>,
    pub configurable: Option<bool>,
}

impl<'s> PropertyDescriptor<'s> {
    /// A full data descriptor.
    #[must_use]
    pub fn data(value: Value<'s>, attrs: Attrs) -> Self {
        PropertyDescriptor {
            value: Some(value),
            writable: Some(attrs.has(Attrs::WRITABLE)),
            enumerable: Some(attrs.has(Attrs::ENUMERABLE)),
            configurable: Some(attrs.has(Attrs::CONFIGURABLE)),
            ..Self::default()
        }
    }

    /// A full accessor descriptor.
    #[must_use]
    pub fn accessor(get: Value<'s>, set: Value<'s>, attrs: Attrs) -> Self {
        PropertyDescriptor {
            get: Some(get),
            set: Some(set),
            enumerable: Some(attrs.has(Attrs::ENUMERABLE)),
            configurable: Some(attrs.has(Attrs::CONFIGURABLE)),
            ..Self::default()
        }
    }

    /// ECMA-262 §6.2.6.1 IsAccessorDescriptor
    #[must_use]
    pub fn is_accessor(&self) -> bool {
        self.get.is_some() || self.set.is_some()
    }

    /// ECMA-262 §6.2.6.2 IsDataDescriptor
    #[must_use]
    pub fn is_data(&self) -> bool {
        self.value.is_some() || self.writable.is_some()
    }

    /// The attributes, absent ones false.
    pub(crate) fn attrs(&self) -> Attrs {
        Attrs::NONE
            .set(Attrs::WRITABLE, self.writable == Some(true))
            .set(Attrs::ENUMERABLE, self.enumerable == Some(true))
            .set(Attrs::CONFIGURABLE, self.configurable == Some(true))
    }
}

/// An own property found, with values that are good until the next operation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Own {
    /// There is none.
    Missing,
    /// A data property that is kept nowhere (an array's `length`, a character of a string …) or is an element.
    Data(JsValue, Attrs),
    /// A data property in a slot.
    Slot(JsValue, Attrs, Place),
    /// An accessor block.
    Accessor(JsValue, Attrs),
    /// The object is a Proxy: ask it.
    Proxy,
    /// An integer index of a typed array that is out of bounds: there is none, here or further up.
    OutOfBounds,
}

impl<'s> Cx<'s> {
    /// Looks for an own property without running any code of the script.
    pub(crate) fn own(&mut self, object: Object<'s>, key: Key<'s>) -> JsResult<Own> {
        let raw = self.peek(object);
        if raw.is_native() {
            return self.own_of_native(object, key);
        }
        let at = raw.index();
        let k = self.peek_key(key);
        let kind = self.heap().kind(at);
        if let Some(index) = k.as_index() {
            if let Some(special) = self.exotic_own_index(object, kind, index)? {
                return Ok(special);
            }
            return Ok(match elements::get(self.heap(), self.peek(object).index(), index) {
                Some((v, attrs)) if attrs.has(Attrs::ACCESSOR) => Own::Accessor(v, attrs),
                Some((v, attrs)) => Own::Data(v, attrs),
                None => Own::Missing,
            });
        }
        if let Some(slot) = object::find_own(self.heap(), at, k) {
            let v = object::get_slot(self.heap(), at, slot.place);
            if slot.attrs.has(Attrs::ACCESSOR) {
                return Ok(Own::Accessor(v, slot.attrs));
            }
            if kind != Kind::Namespace {
                return Ok(Own::Slot(v, slot.attrs, slot.place));
            }
        }
        match kind {
            Kind::Object | Kind::Error | Kind::Map | Kind::Set | Kind::Date => {}
            _ => {
                if let Some(special) = self.exotic_own_name(object, kind, k)? {
                    return Ok(special);
                }
            }
        }
        let flags = self.heap().flags(self.peek(object).index());
        // What the library has is under static names and well-known symbols.
        let known = k.to_value().as_name().is_some() || k.to_value().as_well_known().is_some();
        if flags & flag::LAZY != 0 && known && self.materialize_key(object, k)? {
            return self.own(object, key);
        }
        Ok(Own::Missing)
    }

    /// Makes a property real that an intrinsic or function has without having it in its shape.
    fn materialize_key(&mut self, object: Object<'s>, key: PropertyKey) -> JsResult<bool> {
        let at = self.peek(object).index();
        if self.heap().kind(at) == Kind::Function {
            let lazy = [n!("length"), n!("name"), n!("prototype")].map(PropertyKey::name);
            if !lazy.contains(&key) {
                return Ok(false);
            }
            self.materialize_function(object)?;
            let at = self.peek(object).index();
            return Ok(object::find_own(self.heap(), at, key).is_some());
        }
        self.materialize_property(object, key)
    }

    fn own_of_native(&mut self, object: Object<'s>, key: Key<'s>) -> JsResult<Own> {
        let native = self.peek(object);
        if let Some(holder) = self.native_object(native, false)? {
            let holder = self.root_object(holder)?;
            return self.own(holder, key);
        }
        let k = self.peek_key(key);
        let (_, id) = native.as_native().unwrap_or_default();
        if k == PropertyKey::name(n!("length")) {
            let length = crate::isolate::native_info(id).map_or(0, |i| i.length);
            return Ok(Own::Data(JsValue::int(i32::from(length)), Attrs::CONFIGURABLE));
        }
        if k == PropertyKey::name(n!("name")) {
            let name = self.native_name(id)?;
            return Ok(Own::Data(name, Attrs::CONFIGURABLE));
        }
        Ok(Own::Missing)
    }

    /// The object to work on when properties of `object` are to be changed or listed: itself, or what stands behind a built-in
    /// function.
    pub(crate) fn backing(&mut self, object: Object<'s>) -> JsResult<Object<'s>> {
        let raw = self.peek(object);
        if raw.is_native() {
            match self.native_object(raw, true)? {
                Some(holder) => self.root_object(holder),
                None => Ok(object),
            }
        } else {
            Ok(object)
        }
    }

    /// `[[GetPrototypeOf]]`: an object or null.
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn get_prototype_of(&mut self, object: Object<'s>) -> JsResult<Value<'s>> {
        if self.is_kind(object, Kind::Proxy) {
            return proxy::get_prototype_of(self, object);
        }
        let proto = self.proto_raw(object)?;
        self.root(proto)
    }

    /// The prototype of an object that is no Proxy; unrooted.
    #[inline]
    pub(crate) fn proto_raw(&mut self, object: Object<'s>) -> JsResult<JsValue> {
        let raw = self.peek(object);
        match raw.as_native() {
            None => Ok(object::proto_of(self.heap(), raw.index())),
            Some((realm, _)) => match self.native_object(raw, false)? {
                Some(holder) => Ok(object::proto_of(self.heap(), holder.index())),
                None => self.in_realm(realm, |cx| cx.intrinsic_raw(crate::builtins::Intrinsic::FunctionPrototype)),
            },
        }
    }

    /// `[[SetPrototypeOf]]`: false when it is refused.
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn set_prototype_of(&mut self, object: Object<'s>, proto: Value<'s>) -> JsResult<bool> {
        let object = self.backing(object)?;
        match self.kind_of(object) {
            Some(Kind::Proxy) => return proxy::set_prototype_of(self, object, proto),
            Some(Kind::Namespace) => return Ok(self.peek(proto).is_null()),
            _ => {}
        }
        let current = self.proto_raw(object)?;
        if current == self.peek(proto) {
            return Ok(true);
        }
        let is_object_prototype = self.realm_intrinsic_is(object, crate::builtins::Intrinsic::ObjectPrototype);
        if is_object_prototype || !object::is_extensible(self.heap(), self.peek(object).index()) {
            return Ok(false);
        }
        // No cycles; a Proxy on the way ends the search.
        let mut p = self.peek(proto);
        let mut steps = 0_u32;
        while p.is_object() {
            if p == self.peek(object) {
                return Ok(false);
            }
            if p.is_native() || self.heap().kind(p.index()) == Kind::Proxy {
                break;
            }
            p = object::proto_of(self.heap(), p.index());
            steps += 1;
            if steps.is_multiple_of(1024) {
                self.meter.left -= 1024;
            }
        }
        let (o, p) = (self.peek(object), self.peek(proto));
        object::set_proto(self.heap_mut(), o, p)?;
        self.end_epoch();
        Ok(true)
    }

    fn realm_intrinsic_is(&self, object: Object<'s>, which: crate::builtins::Intrinsic) -> bool {
        self.realm_word(crate::isolate::realm_word::INTRINSICS + which as u32) == self.peek(object)
    }

    /// `[[IsExtensible]]`
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn is_extensible(&mut self, object: Object<'s>) -> JsResult<bool> {
        if self.is_kind(object, Kind::Proxy) {
            return proxy::is_extensible(self, object);
        }
        let raw = self.peek(object);
        Ok(match self.native_object(raw, false)? {
            Some(o) => object::is_extensible(self.heap(), o.index()),
            None => true,
        })
    }

    /// `[[PreventExtensions]]`: false when it is refused.
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn prevent_extensions(&mut self, object: Object<'s>) -> JsResult<bool> {
        let object = self.backing(object)?;
        match self.kind_of(object) {
            Some(Kind::Proxy) => return proxy::prevent_extensions(self, object),
            Some(Kind::TypedArray) if !typed::is_fixed_length(self, object) => return Ok(false),
            _ => {}
        }
        self.materialize_all(object)?;
        let o = self.peek(object);
        object::prevent_extensions(self.heap_mut(), o)?;
        self.touch_prototype(object);
        Ok(true)
    }

    /// Ends the property epoch when `object` serves as a prototype.
    #[inline]
    pub(crate) fn touch_prototype(&mut self, object: Object<'s>) {
        let o = self.peek(object);
        if o.is_heap_object() && self.heap().flags(o.index()) & flag::PROTOTYPE != 0 {
            self.end_epoch();
        }
    }

    /// `[[GetOwnProperty]]`
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn get_own_property(&mut self, object: Object<'s>, key: Key<'s>) -> JsResult<Option<PropertyDescriptor<'s>>> {
        Ok(match self.own(object, key)? {
            Own::Missing | Own::OutOfBounds => None,
            Own::Data(v, attrs) | Own::Slot(v, attrs, _) => {
                if v.is_empty() {
                    return Err(self.throw_reference_error("cannot access an uninitialised export"));
                }
                let v = self.root(v)?;
                Some(PropertyDescriptor::data(v, attrs))
            }
            Own::Accessor(a, attrs) => {
                let (get, set) = object::accessor_parts(self.heap(), a);
                let (get, set) = (self.root(get)?, self.root(set)?);
                Some(PropertyDescriptor::accessor(get, set, attrs))
            }
            Own::Proxy => proxy::get_own_property(self, object, key)?,
        })
    }

    /// `[[HasProperty]]`
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn has_property(&mut self, object: Object<'s>, key: Key<'s>) -> JsResult<bool> {
        if self.is_kind(object, Kind::Proxy) {
            return proxy::has(self, object, key);
        }
        let k = self.peek(key);
        if let Some(found) = self.known_to_have(self.peek(object), k) {
            return Ok(found);
        }
        let found = self.has_property_slow(object, key)?;
        if k.as_name().is_some() || k.as_well_known().is_some() {
            self.cache_get(object.cast(), key, TABLE_ONLY);
        }
        Ok(found)
    }

    fn has_property_slow(&mut self, object: Object<'s>, key: Key<'s>) -> JsResult<bool> {
        let mut cx = self.nest();
        let object = cx.slot(object)?;
        loop {
            match cx.own(object, key)? {
                Own::Missing => {}
                Own::OutOfBounds => return Ok(false),
                Own::Proxy => return proxy::has(&mut cx, object, key),
                _ => return Ok(true),
            }
            let proto = cx.proto_raw(object)?;
            if !proto.is_object() {
                return Ok(false);
            }
            cx.set_slot_raw(object, proto);
            cx.tick(1)?;
        }
    }

    /// `[[Get]]` with a receiver of its own.
    ///
    /// # Errors
    /// What a getter or Proxy handler throws.
    pub fn get_with(&mut self, object: Object<'s>, key: Key<'s>, receiver: Value<'s>) -> JsResult<Value<'s>> {
        let (raw, k) = (self.peek(object), self.peek(key));
        if raw.is_heap_object() && self.heap().kind(raw.index()) == Kind::Proxy {
            return proxy::get(self, object, key, receiver);
        }
        if let Some(v) = self.known_property(raw, k) {
            return self.root(v);
        }
        if let Some(getter) = self.known_getter(raw, k) {
            let getter = self.root(getter)?;
            return if self.is_undefined(getter) { Ok(UNDEFINED) } else { self.call(getter, receiver, &[]) };
        }
        // What the library itself asks for is asked for again.
        let remember = k.as_name().is_some() || k.as_well_known().is_some();
        let raw = {
            let mut cx = self.nest();
            let found = cx.slot(object)?;
            loop {
                match cx.own(found, key)? {
                    Own::Missing => {}
                    Own::OutOfBounds => return Ok(UNDEFINED),
                    Own::Slot(v, ..) if remember && !v.is_empty() => {
                        cx.cache_get(object.cast(), key, TABLE_ONLY);
                        break v;
                    }
                    Own::Data(v, _) | Own::Slot(v, ..) => {
                        if v.is_empty() {
                            return Err(cx.throw_reference_error("cannot access an uninitialised export"));
                        }
                        break v;
                    }
                    Own::Accessor(a, _) => {
                        let (get, _) = object::accessor_parts(cx.heap(), a);
                        if get.is_undefined() {
                            return Ok(UNDEFINED);
                        }
                        let get = cx.root(get)?;
                        if remember {
                            cx.cache_get(object.cast(), key, TABLE_ONLY);
                        }
                        let result = cx.call(get, receiver, &[])?;
                        break cx.peek(result);
                    }
                    Own::Proxy => {
                        let result = proxy::get(&mut cx, found, key, receiver)?;
                        break cx.peek(result);
                    }
                }
                let proto = cx.proto_raw(found)?;
                if !proto.is_object() {
                    if remember {
                        cx.cache_get(object.cast(), key, TABLE_ONLY);
                    }
                    return Ok(UNDEFINED);
                }
                cx.set_slot_raw(found, proto);
                cx.tick(1)?;
            }
        };
        self.root(raw)
    }

    /// `[[Set]]` with a receiver of its own: false when it is refused (ECMA-262 §10.1.9 OrdinarySet).
    ///
    /// # Errors
    /// What a setter or Proxy handler throws.
    pub fn set_with(
        &mut self,
        object: Object<'s>,
        key: Key<'s>,
        value: Value<'s>,
        receiver: Value<'s>,
    ) -> JsResult<bool> {
        let mut cx = self.nest();
        let found = cx.slot(object)?;
        loop {
            if cx.is_kind(found, Kind::TypedArray)
                && let Some(done) = typed::set_property(&mut cx, found, key, value, receiver)?
            {
                return Ok(done);
            }
            if cx.is_kind(found, Kind::Namespace) {
                return Ok(false);
            }
            match cx.own(found, key)? {
                Own::Missing => {}
                Own::OutOfBounds => return Ok(true),
                Own::Slot(_, attrs, place) => {
                    if !attrs.has(Attrs::WRITABLE) {
                        return Ok(false);
                    }
                    let (f, r) = (cx.peek(found), cx.peek(receiver));
                    if !f.is_native() && (f == r || proxy::leaves_properties_to(&cx, receiver, f)) {
                        let v = cx.peek(value);
                        object::set_slot(cx.heap_mut(), f.index(), place, v);
                        cx.after_write(found, key);
                        return Ok(true);
                    }
                    return cx.set_on_receiver(key, value, receiver);
                }
                Own::Data(_, attrs) => {
                    if !attrs.has(Attrs::WRITABLE) {
                        return Ok(false);
                    }
                    return cx.set_on_receiver(key, value, receiver);
                }
                Own::Accessor(a, _) => {
                    let (_, set) = object::accessor_parts(cx.heap(), a);
                    if set.is_undefined() {
                        return Ok(false);
                    }
                    let set = cx.root(set)?;
                    cx.call(set, receiver, &[value])?;
                    return Ok(true);
                }
                Own::Proxy => return proxy::set(&mut cx, found, key, value, receiver),
            }
            let proto = cx.proto_raw(found)?;
            if !proto.is_object() {
                return cx.set_on_receiver(key, value, receiver);
            }
            cx.set_slot_raw(found, proto);
            cx.tick(1)?;
        }
    }

    /// The end of OrdinarySetWithOwnDescriptor: the receiver gets a data property.
    fn set_on_receiver(&mut self, key: Key<'s>, value: Value<'s>, receiver: Value<'s>) -> JsResult<bool> {
        let Some(receiver) = self.as_object(receiver) else { return Ok(false) };
        if self.is_kind(receiver, Kind::Proxy) {
            return match self.get_own_property(receiver, key)? {
                Some(d) if d.is_accessor() || d.writable != Some(true) => Ok(false),
                Some(_) => {
                    let d = PropertyDescriptor { value: Some(value), ..PropertyDescriptor::default() };
                    self.define_own_property(receiver, key, &d)
                }
                None => self.create_data_property(receiver, key, value),
            };
        }
        match self.own(receiver, key)? {
            Own::Missing => self.create_data_property(receiver, key, value),
            Own::Accessor(..) => Ok(false),
            Own::Data(_, attrs) | Own::Slot(_, attrs, _) if !attrs.has(Attrs::WRITABLE) => Ok(false),
            _ => {
                let d = PropertyDescriptor { value: Some(value), ..PropertyDescriptor::default() };
                self.define_own_property(receiver, key, &d)
            }
        }
    }

    /// What has to follow a write to an existing slot: a function whose `prototype` changed forgets its instances' shape.
    pub(crate) fn after_write(&mut self, object: Object<'s>, key: Key<'s>) {
        if self.is_kind(object, Kind::Function) && self.peek_key(key) == PropertyKey::name(n!("prototype")) {
            self.forget_instance_shape(object);
        }
    }

    /// `[[Delete]]`: false when it is refused.
    ///
    /// # Errors
    /// What a Proxy's handler throws.
    pub fn delete(&mut self, object: Object<'s>, key: Key<'s>) -> JsResult<bool> {
        let object = self.backing(object)?;
        let attrs = match self.own(object, key)? {
            Own::Missing | Own::OutOfBounds => return Ok(true),
            Own::Proxy => return proxy::delete(self, object, key),
            Own::Data(_, attrs) | Own::Slot(_, attrs, _) | Own::Accessor(_, attrs) => attrs,
        };
        if !attrs.has(Attrs::CONFIGURABLE)
            || self.is_kind(object, Kind::TypedArray) && self.peek_key(key).as_index().is_some()
        {
            return Ok(false);
        }
        self.materialize_all(object)?;
        let (o, k) = (self.peek(object), self.peek_key(key));
        match k.as_index() {
            Some(index) => {
                self.unmap_argument(object, index);
                elements::remove(self.heap_mut(), o.index(), index);
            }
            None => object::remove(self.heap_mut(), o, k)?,
        }
        self.touch_prototype(object);
        Ok(true)
    }
}
