//! Property Descriptors as objects (ECMA-262 §6.2.6) and their comparison.

use rotifer_jsvalue::{Attrs, StaticName};

use super::internal_methods::PropertyDescriptor;
use crate::cx::{Cx, IntoKey, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// ECMA-262 §6.2.6.4 FromPropertyDescriptor
    ///
    /// # Errors
    /// Out of memory, stack overflow.
    pub fn from_property_descriptor(&mut self, d: &PropertyDescriptor<'s>) -> JsResult<Object<'s>> {
        let object = self.new_object()?;
        let fields: [(StaticName, Option<Value<'s>>); 6] = [
            (n!("value"), d.value),
            (n!("writable"), d.writable.map(imm)),
            (n!("get"), d.get),
            (n!("set"), d.set),
            (n!("enumerable"), d.enumerable.map(imm)),
            (n!("configurable"), d.configurable.map(imm)),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                self.define_new(object, name, value, Attrs::ALL)?;
            }
        }
        Ok(object)
    }

    /// ECMA-262 §6.2.6.5 ToPropertyDescriptor
    ///
    /// # Errors
    /// A TypeError when it is no object, or contradicts itself; what its getters throw.
    pub fn to_property_descriptor(&mut self, value: Value<'s>) -> JsResult<PropertyDescriptor<'s>> {
        let Some(object) = self.as_object(value) else {
            return Err(self.throw_type_error("a property descriptor must be an object"));
        };
        let enumerable = self.descriptor_flag(object, n!("enumerable"))?;
        let configurable = self.descriptor_flag(object, n!("configurable"))?;
        let value = self.descriptor_field(object, n!("value"))?;
        let writable = self.descriptor_flag(object, n!("writable"))?;
        let get = self.descriptor_function(object, n!("get"), "a getter must be a function or undefined")?;
        let set = self.descriptor_function(object, n!("set"), "a setter must be a function or undefined")?;
        let d = PropertyDescriptor { value, writable, get, set, enumerable, configurable };
        if d.is_accessor() && d.is_data() {
            return Err(
                self.throw_type_error("a property descriptor cannot have both accessors and a value or writable")
            );
        }
        Ok(d)
    }

    fn descriptor_field(&mut self, object: Object<'s>, name: StaticName) -> JsResult<Option<Value<'s>>> {
        if self.has_property(object, name.into_key())? { Ok(Some(self.get(object, name)?)) } else { Ok(None) }
    }

    fn descriptor_flag(&mut self, object: Object<'s>, name: StaticName) -> JsResult<Option<bool>> {
        Ok(self.descriptor_field(object, name)?.map(|v| self.to_boolean(v)))
    }

    fn descriptor_function(
        &mut self,
        object: Object<'s>,
        name: StaticName,
        message: &str,
    ) -> JsResult<Option<Value<'s>>> {
        let f = self.descriptor_field(object, name)?;
        if f.is_some_and(|f| !self.is_undefined(f) && !self.is_callable(f)) {
            return Err(self.throw_type_error(message));
        }
        Ok(f)
    }

    /// ECMA-262 §10.1.6.2 IsCompatiblePropertyDescriptor
    pub(crate) fn is_compatible_property_descriptor(
        &mut self,
        extensible: bool,
        d: &PropertyDescriptor<'s>,
        current: Option<&PropertyDescriptor<'s>>,
    ) -> JsResult<bool> {
        let Some(current) = current else { return Ok(extensible) };
        if current.configurable != Some(false) {
            return Ok(true);
        }
        if d.configurable == Some(true)
            || d.enumerable.is_some_and(|e| Some(e) != current.enumerable)
            || d.is_accessor() && !current.is_accessor()
            || d.is_data() && current.is_accessor()
        {
            return Ok(false);
        }
        if current.is_accessor() {
            let differs = |cx: &Self, new: Option<Value<'s>>, old: Option<Value<'s>>| {
                new.is_some_and(|v| cx.peek(v) != cx.peek(old.unwrap_or(UNDEFINED)))
            };
            return Ok(!differs(self, d.get, current.get) && !differs(self, d.set, current.set));
        }
        if current.writable == Some(false) {
            if d.writable == Some(true) {
                return Ok(false);
            }
            if let Some(v) = d.value {
                return self.same_value(v, current.value.unwrap_or(UNDEFINED));
            }
        }
        Ok(true)
    }
}

impl<'s> PropertyDescriptor<'s> {
    /// ECMA-262 §6.2.6.6 CompletePropertyDescriptor
    #[must_use]
    pub fn completed(mut self) -> Self {
        if self.is_accessor() {
            self.get = self.get.or(Some(UNDEFINED));
            self.set = self.set.or(Some(UNDEFINED));
        } else {
            self.value = self.value.or(Some(UNDEFINED));
            self.writable = self.writable.or(Some(false));
        }
        self.enumerable = self.enumerable.or(Some(false));
        self.configurable = self.configurable.or(Some(false));
        self
    }
}
