//! Private names (ECMA-262 §6.2.12, §7.3.26 to §7.3.32): symbols that no script sees.
//!
//! A private element is a property under such a symbol, kept in the object's own block even where the object is exotic: a writable
//! data property for a field, a read-only one for a method, an accessor for an accessor.

use rotifer_jsvalue::shape::Place;
use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, field, object};

use super::slow::{At, Flow};
use crate::bytecode::Opcode;
use crate::cx::{Cx, Key, Object, Value, imm};
use crate::ops::ErrorKind;
use crate::throw::{JsResult, Throw};

pub(super) fn execute<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Option<Flow>> {
    use Opcode as O;
    let one = Ok(Some(Flow::Next(1)));
    let two = Ok(Some(Flow::Next(2)));
    match op {
        O::NewPrivateName => {
            let description = cx.constant(at.w0)?;
            let name = cx.new_symbol_with(description, imm(true))?;
            cx.set_reg(at, at.a(), name);
            two
        }
        O::GetPrivate => {
            let v = cx.private_get(at.rb(), at.rc())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::SetPrivate => {
            cx.private_set(at.ra(), at.rb(), at.rc())?;
            one
        }
        O::DefinePrivateField => {
            cx.add_private(at.ra(), at.rb(), at.rc(), Attrs::WRITABLE)?;
            one
        }
        O::DefinePrivateMethod => {
            cx.define_private_method(at)?;
            two
        }
        O::HasPrivate => {
            let Some(object) = cx.as_object(at.rc()) else {
                return Err(cx.throw_type_error("the right side of 'in' is not an object"));
            };
            let found = cx.find_private(object, at.rb())?;
            if let Some((block, place, attrs)) = found
                && cx.peek(object).is_heap_object()
            {
                cx.remember_own(block, place, attrs, PropertyKey::from_value(cx.peek(at.rb())), false);
            }
            cx.set_reg_raw(at, at.a(), JsValue::bool(found.is_some()));
            one
        }
        _ => Ok(None),
    }
}

impl<'s> Cx<'s> {
    /// Whether a symbol is a private name.
    pub(crate) fn is_private_name(&self, symbol: JsValue) -> bool {
        symbol.is_heap_symbol() && self.heap().value(symbol.index() + field::Symbol::registered) == JsValue::TRUE
    }

    /// ECMA-262 §7.3.26 PrivateElementFind: the block that has the element (no more than read until the next operation).
    fn find_private(&mut self, object: Object<'s>, name: Value<'s>) -> JsResult<Option<(u32, Place, Attrs)>> {
        let raw = self.peek(object);
        let block = match self.native_object(raw, false)? {
            Some(block) if block.is_heap_object() => block.index(),
            _ => return Ok(None),
        };
        let key = PropertyKey::from_value(self.peek(name));
        Ok(object::find_own(self.heap(), block, key).map(|slot| (block, slot.place, slot.attrs)))
    }

    fn no_private(&mut self, what: &str, name: Value<'s>, why: &str) -> Throw {
        let description = self.symbol_description(self.peek(name));
        match self.root(description) {
            Ok(key) => {
                let key: Key<'s> = key.cast();
                self.throw_about_key(ErrorKind::TypeError, what, key, why)
            }
            Err(t) => t,
        }
    }

    /// ECMA-262 §7.3.31 PrivateGet
    fn private_get(&mut self, value: Value<'s>, name: Value<'s>) -> JsResult<Value<'s>> {
        let found = match self.as_object(value) {
            Some(object) => self.find_private(object, name)?,
            None => None,
        };
        let Some((block, place, attrs)) = found else {
            return Err(self.no_private(
                "cannot read private member ",
                name,
                " from an object whose class did not declare it",
            ));
        };
        let v = object::get_slot(self.heap(), block, place);
        if !attrs.has(Attrs::ACCESSOR) {
            if self.peek(value).is_heap_object() {
                self.remember_own(block, place, attrs, PropertyKey::from_value(self.peek(name)), false);
            }
            return self.root(v);
        }
        let (getter, _) = object::accessor_parts(self.heap(), v);
        if getter.is_undefined() {
            return Err(self.no_private("private accessor ", name, " has no getter"));
        }
        let getter = self.root(getter)?;
        self.call(getter, value, &[])
    }

    /// ECMA-262 §7.3.32 PrivateSet
    fn private_set(&mut self, target: Value<'s>, name: Value<'s>, value: Value<'s>) -> JsResult<()> {
        let found = match self.as_object(target) {
            Some(object) => self.find_private(object, name)?,
            None => None,
        };
        let Some((block, place, attrs)) = found else {
            return Err(self.no_private(
                "cannot write private member ",
                name,
                " to an object whose class did not declare it",
            ));
        };
        if attrs.has(Attrs::ACCESSOR) {
            let (_, setter) = object::accessor_parts(self.heap(), object::get_slot(self.heap(), block, place));
            if setter.is_undefined() {
                return Err(self.no_private("private accessor ", name, " has no setter"));
            }
            let setter = self.root(setter)?;
            return self.call(setter, target, &[value]).map(drop);
        }
        if !attrs.has(Attrs::WRITABLE) {
            return Err(self.no_private("private method ", name, " cannot be assigned to"));
        }
        let v = self.peek(value);
        object::set_slot(self.heap_mut(), block, place, v);
        if self.peek(target).is_heap_object() {
            self.remember_own(block, place, attrs, PropertyKey::from_value(self.peek(name)), true);
        }
        Ok(())
    }

    /// ECMA-262 §7.3.28 PrivateFieldAdd, §7.3.29 PrivateMethodOrAccessorAdd: `value` is an accessor block when `attrs` says so.
    pub(super) fn add_private(
        &mut self,
        target: Value<'s>,
        name: Value<'s>,
        value: Value<'s>,
        attrs: Attrs,
    ) -> JsResult<()> {
        let Some(object) = self.as_object(target) else {
            return Err(self.throw_type_error("private members can only be added to objects"));
        };
        if self.find_private(object, name)?.is_some() {
            return Err(self.no_private("private member ", name, " has already been declared for this object"));
        }
        let object = self.backing(object)?;
        let at = self.peek(object).index();
        if self.heap().kind(at) != Kind::Proxy && !object::is_extensible(self.heap(), at) {
            return Err(self.no_private("private member ", name, " cannot be added: the object is not extensible"));
        }
        let (o, k, v) = (self.peek(object), PropertyKey::from_value(self.peek(name)), self.peek(value));
        object::add_property(self.heap_mut(), o, k, v, attrs)?;
        Ok(())
    }

    fn define_private_method(&mut self, at: At) -> JsResult<()> {
        let (target, name, f) = (at.ra(), at.rb(), at.rc());
        if at.w0 & 3 == 0 {
            return self.add_private(target, name, f, Attrs::NONE);
        }
        if let Some((block, place, attrs)) = self.find_private(target.cast(), name)?
            && attrs.has(Attrs::ACCESSOR)
        {
            let (getter, setter) = object::accessor_parts(self.heap(), object::get_slot(self.heap(), block, place));
            let f = self.peek(f);
            let (getter, setter) = if at.w0 & 3 == 1 { (f, setter) } else { (getter, f) };
            let a = object::new_accessor(self.heap_mut(), getter, setter)?;
            let a = self.root(a)?;
            // Making it may have moved the object.
            if let Some((block, place, _)) = self.find_private(target.cast(), name)? {
                let a = self.peek(a);
                object::set_slot(self.heap_mut(), block, place, a);
            }
            return Ok(());
        }
        let accessor = self.half_accessor(f, at.w0 & 3)?;
        let accessor = self.root(accessor)?;
        self.add_private(target, name, accessor, Attrs::ACCESSOR)
    }
}
