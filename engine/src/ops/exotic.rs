//! Exotic objects: arrays, strings, arguments, module namespaces (ECMA-262 §10.4).

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, elements, field, flag, string};

use super::internal_methods::{Own, PropertyDescriptor};
use super::typed;
use crate::cx::{Cx, Key, Object};
use crate::n;
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// Own index properties that are not among the elements.
    pub(super) fn exotic_own_index(&mut self, object: Object<'s>, kind: Kind, index: u32) -> JsResult<Option<Own>> {
        Ok(match kind {
            Kind::Wrapper => {
                let value = self.field_raw(object, field::Wrapper::value);
                if !value.is_string() {
                    return Ok(None);
                }
                self.string_own(value, PropertyKey::index(index))?.map(|v| Own::Data(v, Attrs::ENUMERABLE))
            }
            Kind::Arguments => {
                let Some(v) = self.mapped_argument(object, index) else { return Ok(None) };
                elements::get(self.heap(), self.peek(object).index(), index).map(|(_, attrs)| Own::Data(v, attrs))
            }
            Kind::TypedArray => Some(typed::own_index(self, object, f64::from(index))?),
            Kind::Proxy => Some(Own::Proxy),
            Kind::Namespace => self.namespace_own(object, PropertyKey::index(index))?,
            _ => None,
        })
    }

    /// Own named properties that are not in the shape.
    pub(super) fn exotic_own_name(
        &mut self,
        object: Object<'s>,
        kind: Kind,
        key: PropertyKey,
    ) -> JsResult<Option<Own>> {
        let length = PropertyKey::name(n!("length"));
        Ok(match kind {
            Kind::Array if key == length => {
                let writable = self.heap().flags(self.peek(object).index()) & READ_ONLY_LENGTH == 0;
                let v = self.field_raw(object, field::Array::length);
                Some(Own::Data(v, Attrs::NONE.set(Attrs::WRITABLE, writable)))
            }
            Kind::Wrapper if key == length => {
                let value = self.field_raw(object, field::Wrapper::value);
                if !value.is_string() {
                    return Ok(None);
                }
                Some(Own::Data(JsValue::int(string::string_length(self.heap(), value) as i32), Attrs::NONE))
            }
            Kind::Proxy => Some(Own::Proxy),
            Kind::Namespace => self.namespace_own(object, key)?,
            Kind::TypedArray => typed::own_name(self, object, key)?,
            _ => None,
        })
    }

    /// Keys of an exotic object that come before its elements.
    pub(super) fn append_exotic_keys(&mut self, object: Object<'s>, list: Object<'s>) -> JsResult<()> {
        let count = match self.kind_of(object) {
            Some(Kind::Wrapper) => {
                let value = self.field_raw(object, field::Wrapper::value);
                if value.is_string() { string::string_length(self.heap(), value) } else { 0 }
            }
            Some(Kind::TypedArray) => typed::length(self.heap(), self.peek(object).index()).unwrap_or(0),
            _ => 0,
        };
        for i in 0..count {
            self.push_key(list, PropertyKey::index(i))?;
            if i % 1024 == 1023 {
                self.tick(1024)?;
            }
        }
        Ok(())
    }

    /// Names of an exotic object that are not in its shape; they come before the names that are.
    pub(super) fn append_late_keys(&mut self, object: Object<'s>, list: Object<'s>) -> JsResult<()> {
        let has = match self.kind_of(object) {
            Some(Kind::Array) => true,
            Some(Kind::Wrapper) => self.field_raw(object, field::Wrapper::value).is_string(),
            _ => false,
        };
        if has {
            self.push_key(list, PropertyKey::name(n!("length")))?;
        }
        Ok(())
    }

    // ---- arrays (§10.4.2) ----------------------------------------------------------------------------------------

    pub(super) fn array_define(
        &mut self,
        array: Object<'s>,
        key: Key<'s>,
        d: &PropertyDescriptor<'s>,
    ) -> JsResult<bool> {
        let k = self.peek_key(key);
        if k == PropertyKey::name(n!("length")) {
            return self.array_define_length(array, d);
        }
        let Some(index) = k.as_index() else { return self.ordinary_define(array, key, d) };
        let length = self.field_raw(array, field::Array::length).as_number().unwrap_or(0.0);
        if f64::from(index) < length {
            return self.ordinary_define(array, key, d);
        }
        if self.heap().flags(self.peek(array).index()) & READ_ONLY_LENGTH != 0 {
            return Ok(false);
        }
        if !self.ordinary_define(array, key, d)? {
            return Ok(false);
        }
        self.set_array_length_raw(array, f64::from(index) + 1.0);
        Ok(true)
    }

    /// Sets the length word of an array.
    pub(crate) fn set_array_length_raw(&mut self, array: Object<'s>, length: f64) {
        self.set_field_raw(array, field::Array::length, JsValue::number(length));
    }

    /// Whether an array's `length` can be written.
    pub(crate) fn array_length_writable(&self, array: Object<'s>) -> bool {
        self.heap().flags(self.peek(array).index()) & READ_ONLY_LENGTH == 0
    }

    /// ECMA-262 §10.4.2.4 ArraySetLength
    fn array_define_length(&mut self, array: Object<'s>, d: &PropertyDescriptor<'s>) -> JsResult<bool> {
        let mut new_length = None;
        if let Some(v) = d.value {
            let len = self.to_uint32(v)?;
            let number = self.to_number(v)?;
            if f64::from(len) != number {
                return Err(self.throw_range_error("invalid array length"));
            }
            new_length = Some(f64::from(len));
        }
        if d.configurable == Some(true) || d.enumerable == Some(true) || d.is_accessor() {
            return Ok(false);
        }
        let writable = self.array_length_writable(array);
        let old = self.field_raw(array, field::Array::length).as_number().unwrap_or(0.0);
        if !writable && (d.writable == Some(true) || new_length.is_some_and(|n| n != old)) {
            return Ok(false);
        }
        let mut complete = true;
        if let Some(new) = new_length {
            complete = self.array_truncate(array, old, new);
        }
        if d.writable == Some(false) {
            let at = self.peek(array).index();
            self.heap_mut().add_flags(at, READ_ONLY_LENGTH);
        }
        Ok(complete)
    }

    /// Sets the length, deleting elements beyond it; stops above one that cannot be deleted.
    pub(crate) fn array_truncate(&mut self, array: Object<'s>, old: f64, new: f64) -> bool {
        let at = self.peek(array).index();
        let mut end = new;
        if new < old {
            let mut stuck = None;
            if let Some(e) = elements::elements(self.heap(), at) {
                let dense = elements::is_dense(self.heap(), e);
                if !dense || self.heap().flags(e) & (flag::SEALED | flag::FROZEN) != 0 {
                    elements::for_each_index(self.heap(), at, |i, attrs| {
                        if f64::from(i) >= new && !attrs.has(Attrs::CONFIGURABLE) {
                            stuck = stuck.max(Some(i));
                        }
                    });
                }
            }
            if let Some(i) = stuck {
                end = f64::from(i) + 1.0;
            }
            elements::truncate(self.heap_mut(), at, end as u32);
            self.touch_prototype(array);
        }
        self.set_array_length_raw(array, end);
        end == new
    }

    // ---- arguments (§10.4.4) -------------------------------------------------------------------------------------

    /// The word of the variable that argument `index` is mapped to.
    fn mapped_word(&self, object: Object<'s>, index: u32) -> Option<u32> {
        let env = self.field_raw(object, field::Arguments::env);
        if !env.is_cell() {
            return None;
        }
        let map = self.field_raw(object, field::Arguments::slots).as_raw();
        let (count, first) = (map as u32 & 0xFFF, (map >> 12) as u32 & 0xFFFF);
        if index >= count {
            return None;
        }
        // An element that is not mapped any more holds its value.
        let (v, _) = elements::get(self.heap(), self.peek(object).index(), index)?;
        (v == MAPPED).then(|| env.index() + field::Env::desc + 1 + first + index)
    }

    fn mapped_argument(&self, object: Object<'s>, index: u32) -> Option<JsValue> {
        self.mapped_word(object, index).map(|word| self.heap().value(word))
    }

    /// Ends the mapping of an argument; its element takes the variable's value.
    pub(crate) fn unmap_argument(&mut self, object: Object<'s>, index: u32) {
        if self.is_kind(object, Kind::Arguments)
            && let Some(v) = self.mapped_argument(object, index)
        {
            let at = self.peek(object).index();
            elements::set_existing(self.heap_mut(), at, index, v);
        }
    }

    /// ECMA-262 §10.4.4.2: `[[DefineOwnProperty]]` of a mapped arguments object.
    pub(super) fn arguments_define(
        &mut self,
        object: Object<'s>,
        key: Key<'s>,
        d: &PropertyDescriptor<'s>,
    ) -> JsResult<bool> {
        let Some(index) = self.peek_key(key).as_index() else { return self.ordinary_define(object, key, d) };
        let Some(word) = self.mapped_word(object, index) else { return self.ordinary_define(object, key, d) };
        let offset = word - self.field_raw(object, field::Arguments::env).index();
        if !self.ordinary_define(object, key, d)? {
            return Ok(false);
        }
        if d.is_accessor() {
            return Ok(true);
        }
        if let Some(v) = d.value {
            let v = self.peek(v);
            let env = self.field_raw(object, field::Arguments::env).index();
            self.heap_mut().put(env, offset, v);
        }
        // The element has taken the variable's value: right for one that is read-only from now on, others stay mapped.
        if d.writable != Some(false) {
            let at = self.peek(object).index();
            elements::set_existing(self.heap_mut(), at, index, MAPPED);
        }
        Ok(true)
    }

    // ---- module namespaces (§10.4.6) -----------------------------------------------------------------------------

    pub(super) fn namespace_define(
        &mut self,
        object: Object<'s>,
        key: Key<'s>,
        d: &PropertyDescriptor<'s>,
    ) -> JsResult<bool> {
        let Some(current) = self.get_own_property(object, key)? else { return Ok(false) };
        if self.peek_key(key).is_symbol() {
            return self.ordinary_define(object, key, d);
        }
        if d.configurable == Some(true) || d.enumerable == Some(false) || d.is_accessor() || d.writable == Some(false) {
            return Ok(false);
        }
        match (d.value, current.value) {
            (Some(a), Some(b)) => self.same_value(a, b),
            _ => Ok(true),
        }
    }
}

/// Flag of an array whose `length` is read-only.
pub(crate) const READ_ONLY_LENGTH: u8 = 0x10;

/// The element of an argument that is mapped to a variable.
pub(crate) const MAPPED: JsValue = JsValue::raw(3);
