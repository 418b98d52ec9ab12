//! Classes and `super` (ECMA-262 §15.7, §13.3.7).
//!
//! What a constructor initialises in its instances is kept in an array under the internal key [`WellKnown::ClassFields`]: the
//! initialiser function (or undefined), then pairs of private name and what it stands for (a method, or an accessor block).
//! The header flag [`flag::CLASS`] tells that there is such an array.

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, WellKnown, flag, object};

use super::layout::frame;
use super::slow::{At, Flow, register};
use crate::builtins::Intrinsic;
use crate::bytecode::Opcode;
use crate::cx::{Cx, NULL, Object, UNDEFINED, Value};
use crate::isolate::realm_word;
use crate::n;
use crate::throw::JsResult;

pub(super) fn execute<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Option<Flow>> {
    use Opcode as O;
    let one = Ok(Some(Flow::Next(1)));
    let two = Ok(Some(Flow::Next(2)));
    match op {
        O::CreateClass => {
            cx.create_class(at)?;
            two
        }
        O::SetFieldInitializer => {
            let list = cx.instance_elements(at.ra().cast())?;
            let f = cx.peek(at.rb());
            cx.set_element_of(list, 0, f);
            one
        }
        O::AddInstanceMethod => {
            cx.add_instance_method(at)?;
            two
        }
        O::GetFieldInitializer => {
            let v = cx.start_instance(at.rb(), at.rc())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::GetSuperConstructor => {
            let v = cx.get_prototype_of(at.rb().cast())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::CheckStaticName => {
            if cx.peek(at.ra()) == JsValue::name(n!("prototype")) {
                return Err(cx.throw_type_error("classes may not have a static property named 'prototype'"));
            }
            one
        }
        O::GetSuper => {
            let base = cx.super_base(at)?;
            let base = cx.super_object(base, at.rc())?;
            let key = cx.to_property_key(at.rc())?;
            let v = cx.get_with(base, key, at.rb())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::GetSuperBase => {
            let base = cx.super_base(at)?;
            cx.set_reg(at, at.a(), base);
            one
        }
        O::GetSuperOn => {
            let base = cx.super_object(at.reg(at.b() + 1), at.rc())?;
            let key = cx.to_property_key(at.rc())?;
            let v = cx.get_with(base, key, at.rb())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::SetSuperOn => {
            let base = cx.super_object(at.reg(at.a() + 1), at.rb())?;
            let key = cx.to_property_key(at.rb())?;
            if !cx.set_with(base, key, at.rc(), at.ra())? && cx.is_strict() {
                return Err(cx.throw_read_only(key));
            }
            one
        }
        _ => Ok(None),
    }
}

impl<'s> Cx<'s> {
    /// ECMA-262 §15.7.14 ClassDefinitionEvaluation, steps 5 to 15.
    fn create_class(&mut self, at: At) -> JsResult<()> {
        let heritage = at.ra();
        let (proto_parent, constructor_parent): (Value<'s>, Option<Object<'s>>) = if self.peek(heritage).is_empty() {
            (self.intrinsic(Intrinsic::ObjectPrototype)?.cast(), None)
        } else if self.peek(heritage).is_null() {
            (NULL, None)
        } else if !self.is_constructor(heritage) {
            return Err(self.throw_not_constructor(heritage));
        } else {
            let proto = self.get(heritage.cast(), n!("prototype"))?;
            if !self.is_object(proto) && !self.peek(proto).is_null() {
                return Err(self.throw_type_error("the prototype of a superclass must be an object or null"));
            }
            // A slot of its own: the register is about to be written.
            let parent = self.peek(heritage);
            (proto, Some(self.root_object(parent)?))
        };
        let desc = self.constant(at.w0)?;
        let (shape, inline) = match constructor_parent {
            None => (self.realm_shape(realm_word::FUNCTION_SHAPE)?, 1),
            Some(parent) => {
                let parent = self.peek(parent);
                (object::root_shape(self.heap_mut(), parent, Kind::Function, 3)?, 3)
            }
        };
        let f = self.function_of_shape(desc, at.rb(), UNDEFINED, shape, inline)?;
        let f = self.root_object(f)?;
        let proto = self.new_object_of(Kind::Object, proto_parent, 4)?;
        self.materialize_function(f)?;
        self.define_new(f, n!("prototype"), proto.cast(), Attrs::NONE)?;
        self.define_new(proto, n!("constructor"), f.cast(), Attrs::HIDDEN)?;
        self.set_reg(at, at.a(), f);
        self.set_reg(at, at.a() + 1, proto);
        Ok(())
    }

    /// The list of a constructor's instance elements, made when there is none.
    fn instance_elements(&mut self, f: Object<'s>) -> JsResult<Object<'s>> {
        if let Some(list) = self.known_instance_elements(f)? {
            return Ok(list);
        }
        let list = self.array_from(&[UNDEFINED])?;
        self.define_new(f, WellKnown::ClassFields, list.cast(), Attrs::NONE)?;
        let at = self.peek(f).index();
        self.heap_mut().add_flags(at, flag::CLASS);
        Ok(list)
    }

    fn known_instance_elements(&mut self, f: Object<'s>) -> JsResult<Option<Object<'s>>> {
        let at = self.peek(f).index();
        let Some(slot) = object::find_own(self.heap(), at, PropertyKey::well_known(WellKnown::ClassFields)) else {
            return Ok(None);
        };
        let list = object::get_slot(self.heap(), at, slot.place);
        self.root_object(list).map(Some)
    }

    fn set_element_of(&mut self, list: Object<'s>, i: u32, value: JsValue) {
        let at = self.peek(list).index();
        rotifer_jsvalue::elements::set_existing(self.heap_mut(), at, i, value);
    }

    fn add_instance_method(&mut self, at: At) -> JsResult<()> {
        let list = self.instance_elements(at.ra().cast())?;
        let (name, f) = (at.rb(), at.rc());
        if at.w0 & 3 == 0 {
            self.push(list, name)?;
            return self.push(list, f);
        }
        // The other half of the accessor is usually the member before this one.
        let n = self.peek(name);
        let mut i = self.array_len(list) - 1;
        while i >= 2 {
            if self.array_item_raw(list, i - 1) == n {
                let old = self.array_item_raw(list, i);
                let (getter, setter) = object::accessor_parts(self.heap(), old);
                let f = self.peek(f);
                let (getter, setter) = if at.w0 & 3 == 1 { (f, setter) } else { (getter, f) };
                let a = object::new_accessor(self.heap_mut(), getter, setter)?;
                self.set_element_of(list, i, a);
                return Ok(());
            }
            i -= 2;
            if i.is_multiple_of(64) {
                self.tick(1)?;
            }
        }
        let accessor = self.half_accessor(f, at.w0 & 3)?;
        let accessor = self.root(accessor)?;
        self.push(list, name)?;
        self.push(list, accessor)
    }

    /// An accessor of which only one half is there; unrooted.
    pub(super) fn half_accessor(&mut self, f: Value<'s>, kind: u32) -> JsResult<JsValue> {
        let f = self.peek(f);
        let u = JsValue::UNDEFINED;
        let (getter, setter) = if kind == 1 { (f, u) } else { (u, f) };
        Ok(object::new_accessor(self.heap_mut(), getter, setter)?)
    }

    /// ECMA-262 §7.3.34 InitializeInstanceElements up to the fields: adds the private methods; gives the initialiser of the fields.
    fn start_instance(&mut self, constructor: Value<'s>, this: Value<'s>) -> JsResult<Value<'s>> {
        let c = self.peek(constructor);
        if !c.is_heap_object()
            || self.heap().flags(c.index()) & flag::CLASS == 0
            || self.heap().kind(c.index()) != Kind::Function
        {
            return Ok(UNDEFINED);
        }
        let Some(list) = self.known_instance_elements(constructor.cast())? else { return Ok(UNDEFINED) };
        let mut i = 1;
        while i + 1 < self.array_len(list) {
            let mut cx = self.nest();
            cx.tick(1)?;
            let (name, value) = (cx.array_item(list, i)?, cx.array_item(list, i + 1)?);
            let attrs = if cx.peek(value).is_cell() { Attrs::ACCESSOR } else { Attrs::NONE };
            cx.add_private(this, name, value, attrs)?;
            i += 2;
        }
        self.array_item(list, 0)
    }

    /// The object `super.x` is looked up in: the prototype of the running function's [[HomeObject]] (§9.1.1.3.5 GetSuperBase).
    fn super_base(&mut self, at: At) -> JsResult<Value<'s>> {
        let callee = register(at.fp - frame::CALLEE);
        let home = if self.is_object(callee) { self.home_object(callee.cast())? } else { UNDEFINED };
        match self.as_object(home) {
            Some(home) => self.get_prototype_of(home),
            None => Err(self.throw_syntax_error("'super' is not allowed here")),
        }
    }

    fn super_object(&mut self, base: Value<'s>, key: Value<'s>) -> JsResult<Object<'s>> {
        match self.as_object(base) {
            Some(base) => Ok(base),
            None => {
                let key = self.message_key(key);
                Err(self.throw_nullish_property(base, key))
            }
        }
    }
}
