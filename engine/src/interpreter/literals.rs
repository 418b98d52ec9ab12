//! Object, array, template and regular expression literals, closures, property definitions.

use rotifer_jsvalue::shape::{self, Added, Info};
use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, elements, field, flag, object};

use super::layout::{frame, info};
use super::slow::{At, Flow, register};
use crate::bytecode::Opcode;
use crate::cx::{Cx, IntoKey, Key, Object, Value, imm};
use crate::isolate::realm_word;
use crate::n;
use crate::ops::PropertyDescriptor;
use crate::syntax::ast::FunctionKind;
use crate::throw::JsResult;

pub(super) fn execute<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Option<Flow>> {
    use Opcode as O;
    let one = Ok(Some(Flow::Next(1)));
    let two = Ok(Some(Flow::Next(2)));
    match op {
        O::NewObject => {
            let slots = at.bx().clamp(1, u32::from(object::MAX_INLINE)) as u8;
            let o = if (2..=4).contains(&slots) || at.bx() == 0 {
                let shape = cx.realm_shape(realm_word::OBJECT_SHAPE)?;
                object::new_object(cx.heap_mut(), shape)?
            } else {
                let proto = cx.intrinsic_raw(crate::builtins::Intrinsic::ObjectPrototype)?;
                let shape = object::root_shape(cx.heap_mut(), proto, Kind::Object, slots)?;
                object::new_object(cx.heap_mut(), shape)?
            };
            cx.set_reg_raw(at, at.a(), JsValue::object(o, false));
            one
        }
        O::NewObjectWith => {
            cx.object_with(at)?;
            two
        }
        O::NewArray => {
            let a = cx.new_array(0, at.bx())?;
            cx.set_reg(at, at.a(), a);
            one
        }
        O::NewArrayWith => {
            let count = at.c();
            let a = cx.new_array(count, count)?;
            cx.append_registers(a, at, at.b(), count, 0);
            cx.set_reg(at, at.a(), a);
            one
        }
        O::AppendElems => {
            let a: Object<'s> = at.ra().cast();
            let len = cx.array_len(a);
            let o = cx.peek(a);
            elements::ensure_dense(cx.heap_mut(), o, len + at.c(), &mut 0)?;
            cx.append_registers(a, at, at.b(), at.c(), len);
            cx.set_array_length_raw(a, f64::from(len + at.c()));
            one
        }
        O::AppendHoles => {
            let a: Object<'s> = at.ra().cast();
            let len = cx.array_len(a);
            cx.set_array_length_raw(a, f64::from(len + at.bx()));
            one
        }
        O::AppendSpread => {
            cx.append_spread(at.ra().cast(), at.rb())?;
            one
        }
        O::CopyDataProperties => {
            cx.copy_data_properties(at.ra().cast(), at.rb(), None)?;
            one
        }
        O::ObjectRest => {
            let o = cx.new_object()?;
            cx.copy_data_properties(o, at.rb(), Some(at.rc().cast()))?;
            cx.set_reg(at, at.a(), o);
            one
        }
        O::DefineField => {
            let key = cx.key_constant(at.w0)?;
            let o: Object<'s> = at.ra().cast();
            // The usual case is an object literal under construction or a fresh instance.
            let before = cx.peek(o);
            let before = if before.is_heap_object() { object::shape_of(cx.heap(), before.index()) } else { 0 };
            cx.create_data_property_or_throw(o, key, at.rb())?;
            let _ = before;
            two
        }
        O::DefineElem => {
            let key = cx.to_property_key(at.rb())?;
            cx.create_data_property_or_throw(at.ra().cast(), key, at.rc())?;
            one
        }
        O::DefineMethod => {
            cx.define_method(at)?;
            two
        }
        O::SetHomeObject => {
            cx.set_home_object(at.ra().cast(), at.rb());
            one
        }
        O::SetFunctionName => {
            cx.name_function(at.ra(), at.rb(), at.c(), false)?;
            one
        }
        O::SetProto => {
            let proto = cx.peek(at.rb());
            if proto.is_object() || proto.is_null() {
                cx.set_prototype_of(at.ra().cast(), at.rb())?;
            }
            one
        }
        O::NewRegExp => {
            let k = cx.constant(at.w0)?;
            let (pattern, flags) = (cx.field(k, 1)?, cx.field(k, 2)?);
            let r = cx.regexp_literal(k, pattern, flags)?;
            cx.set_reg(at, at.a(), r);
            two
        }
        O::TemplateObject => {
            let t = cx.template_object(at.w0)?;
            cx.set_reg(at, at.a(), t);
            two
        }
        O::Closure => {
            cx.make_closure(at)?;
            two
        }
        _ => Ok(None),
    }
}

impl<'s> Cx<'s> {
    /// Copies registers into the dense elements of an array, which have room for them.
    fn append_registers(&mut self, a: Object<'s>, at: At, first: u32, count: u32, to: u32) {
        let o = self.peek(a).index();
        if let Some(e) = elements::elements(self.heap(), o) {
            for i in 0..count {
                let v = self.peek(at.reg(first + i));
                self.heap_mut().put(e, 1 + to + i, v);
            }
        }
    }

    /// A literal with constant keys: its shape is worked out once and kept in the constant.
    fn object_with(&mut self, at: At) -> JsResult<()> {
        let k = self.constant(at.w0)?;
        let kept = self.field_raw(k, 1);
        let shape = if kept.is_cell() { kept } else { self.literal_shape(k)? };
        let o = object::new_object(self.heap_mut(), shape)?;
        let info = shape::info(self.heap(), object::shape_of(self.heap(), o));
        for i in 0..at.c() {
            let v = self.peek(at.reg(at.b() + i));
            object::set_slot(self.heap_mut(), o, info.place(i), v);
        }
        self.set_reg_raw(at, at.a(), JsValue::object(o, false));
        Ok(())
    }

    fn literal_shape(&mut self, k: Value<'s>) -> JsResult<JsValue> {
        let count = self.heap().header(self.peek(k).index()).aux() - 2;
        let proto = self.intrinsic_raw(crate::builtins::Intrinsic::ObjectPrototype)?;
        // Never extended: all values lie in the object.
        let shape = object::root_shape_wide(self.heap_mut(), proto, count as u8)?;
        let shape = self.slot(imm(JsValue::UNDEFINED)).inspect(|&s| {
            self.set_slot_raw(s, shape);
        })?;
        for i in 0..count {
            let mut keep = [];
            let words = shape::child_words(self.heap(), self.peek(shape).index());
            self.heap_mut().reserve(words, &mut keep)?;
            let key = PropertyKey::from_value(self.field_raw(k, 2 + i));
            let s = self.peek(shape).index();
            match shape::child(self.heap_mut(), s, key, Attrs::ALL) {
                Added::Shared(child) => self.set_slot_raw(shape, JsValue::cell(child)),
                // The tree is too wide here: this literal has a line of shapes of its own.
                Added::Dictionary => {
                    let proto = shape::proto(self.heap(), s);
                    let root = shape::new_root(self.heap_mut(), proto, Kind::Object, count as u8, 0);
                    self.set_slot_raw(shape, JsValue::cell(root));
                    return self.literal_shape_alone(k, shape, count);
                }
            }
        }
        self.set_field(k, 1, shape);
        Ok(self.peek(shape))
    }

    fn literal_shape_alone(&mut self, k: Value<'s>, shape: Value<'s>, count: u32) -> JsResult<JsValue> {
        for i in 0..count {
            let words = shape::child_words(self.heap(), self.peek(shape).index());
            self.heap_mut().reserve(words, &mut [])?;
            let key = PropertyKey::from_value(self.field_raw(k, 2 + i));
            let s = self.peek(shape).index();
            if let Added::Shared(child) = shape::child(self.heap_mut(), s, key, Attrs::ALL) {
                self.set_slot_raw(shape, JsValue::cell(child));
            }
        }
        self.set_field(k, 1, shape);
        Ok(self.peek(shape))
    }

    /// ECMA-262 §13.2.4.1: the rest of an iterable appended to an array.
    fn append_spread(&mut self, array: Object<'s>, value: Value<'s>) -> JsResult<()> {
        let list = self.iterable_to_list(value)?;
        let (n, len) = (self.array_len(list), self.array_len(array));
        if len.checked_add(n).is_none_or(|t| t > elements::MAX_DENSE) {
            return Err(self.throw_range_error("too many elements"));
        }
        let o = self.peek(array);
        elements::ensure_dense(self.heap_mut(), o, len + n, &mut 0)?;
        let (o, l) = (self.peek(array).index(), self.peek(list).index());
        if let (Some(to), Some(from)) = (elements::elements(self.heap(), o), elements::elements(self.heap(), l)) {
            self.heap_mut().copy(from + 1, to + 1 + len, n);
            self.heap_mut().barrier_all(to);
        }
        self.set_array_length_raw(array, f64::from(len + n));
        Ok(())
    }

    /// ECMA-262 §7.3.26 CopyDataProperties, without the keys in the array `excluded`.
    pub(crate) fn copy_data_properties(
        &mut self,
        target: Object<'s>,
        source: Value<'s>,
        excluded: Option<Object<'s>>,
    ) -> JsResult<()> {
        if self.is_nullish(source) {
            return Ok(());
        }
        let from = self.to_object(source)?;
        let copied = self.copy_plain_properties(target, from, excluded)?;
        if copied == u32::MAX {
            return Ok(());
        }
        let keys = self.own_property_keys(from)?;
        for i in copied..self.array_len(keys) {
            let mut cx = self.nest();
            cx.tick(1)?;
            let key = cx.key_of_item(keys, i)?;
            if cx.is_excluded(key, excluded)? {
                continue;
            }
            match cx.get_own_property(from, key)? {
                Some(d) if d.enumerable == Some(true) => {
                    let v = cx.get(from, key)?;
                    cx.create_data_property_or_throw(target, key, v)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn is_excluded(&mut self, key: Key<'s>, excluded: Option<Object<'s>>) -> JsResult<bool> {
        let Some(excluded) = excluded else { return Ok(false) };
        for j in 0..self.array_len(excluded) {
            let mut cx = self.nest();
            let k = cx.array_item(excluded, j)?;
            let k = cx.to_property_key(k)?;
            if cx.peek_key(k) == cx.peek_key(key) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The shape of an object that has named, enumerable data properties and nothing else. In the order of the shape they are what
    /// `[[OwnPropertyKeys]]` gives.
    pub(crate) fn plain_properties(&self, object: Object<'s>) -> Option<(u32, Info)> {
        let raw = self.peek(object);
        if !raw.is_heap_object()
            || self.heap().kind(raw.index()) != Kind::Object
            || self.heap().flags(raw.index()) & flag::LAZY != 0
            || elements::elements(self.heap(), raw.index()).is_some()
        {
            return None;
        }
        let shape = object::shape_of(self.heap(), raw.index());
        let info = shape::info(self.heap(), shape);
        // Symbols come last in the order of keys; what is hidden would have to be passed over.
        let plain = |(key, attrs): (PropertyKey, Attrs)| {
            !key.is_symbol() && attrs.has(Attrs::ENUMERABLE) && !attrs.has(Attrs::ACCESSOR)
        };
        let all = !info.has(Info::DICTIONARY)
            && (0..info.count).all(|i| shape::entry(self.heap(), shape, i).is_some_and(plain));
        all.then_some((shape, info))
    }

    /// Copies the properties of an object that has named data properties and nothing else, as [`Cx::copy_data_properties`] does. Gives how
    /// many it has dealt with when one has to be left to that, `u32::MAX` when it did all.
    fn copy_plain_properties(
        &mut self,
        target: Object<'s>,
        from: Object<'s>,
        excluded: Option<Object<'s>>,
    ) -> JsResult<u32> {
        let Some((_, info)) = self.plain_properties(from) else { return Ok(0) };
        self.tick(info.count)?;
        for i in 0..info.count {
            let mut cx = self.nest();
            let at = cx.peek(from).index();
            let Some((key, _)) = shape::entry(cx.heap(), object::shape_of(cx.heap(), at), i) else { break };
            let key = cx.root_key(key)?;
            if cx.is_excluded(key, excluded)? {
                continue;
            }
            let at = cx.peek(from).index();
            let value = object::get_slot(cx.heap(), at, info.place(i));
            let value = cx.root(value)?;
            if !cx.create_plainly(target, key, value)? {
                return Ok(i);
            }
        }
        Ok(u32::MAX)
    }

    fn define_method(&mut self, at: At) -> JsResult<()> {
        let (target, f): (Object<'s>, Object<'s>) = (at.ra().cast(), at.rc().cast());
        let key = self.to_property_key(at.rb())?;
        self.set_home_object(f, target.cast());
        let kind = at.w0 & 3;
        if at.w0 & 8 != 0 {
            let name = key.cast();
            self.name_function(f.cast(), name, kind, at.w0 & 16 != 0)?;
        }
        let attrs = Attrs::CONFIGURABLE.set(Attrs::ENUMERABLE, at.w0 & 4 != 0);
        let d = match kind {
            0 => PropertyDescriptor::data(f.cast(), attrs.with(Attrs::WRITABLE)),
            1 => PropertyDescriptor { get: Some(f.cast()), ..accessor(attrs) },
            _ => PropertyDescriptor { set: Some(f.cast()), ..accessor(attrs) },
        };
        self.define_property_or_throw(target, key, &d)
    }

    /// Makes `home` the [[HomeObject]] of a method.
    pub(super) fn set_home_object(&mut self, f: Object<'s>, home: Value<'s>) {
        if self.is_kind(f, Kind::Function) {
            let at = self.peek(f).index();
            let (kind, _) = self.function_kind_flags(at);
            if !matches!(
                kind,
                FunctionKind::Normal
                    | FunctionKind::Arrow
                    | FunctionKind::ClassConstructor
                    | FunctionKind::DerivedConstructor
            ) {
                self.set_field(f, field::Function::extra, home);
            }
        }
    }

    /// ECMA-262 §10.2.9 SetFunctionName with a key; functions that have an own `name` already are left alone.
    fn name_function(&mut self, f: Value<'s>, key: Value<'s>, prefix: u32, constant: bool) -> JsResult<()> {
        let Some(f) = self.as_object(f) else { return Ok(()) };
        if self.is_kind(f, Kind::Function) {
            let desc = self.field_raw(f, field::Function::info).index();
            let given = self.heap().value(desc + info::NAME);
            let empty = given == JsValue::name(rotifer_jsvalue::StaticName::EMPTY);
            // What the source gives a name keeps it. An anonymous class is named before it gets static members.
            if !empty {
                return Ok(());
            }
        }
        let key = self.to_property_key(key)?;
        let k = self.peek_key(key).to_value();
        let base = if k.is_symbol() {
            let description = self.symbol_description(k);
            let description = self.root(description)?;
            if self.is_undefined(description) {
                imm(rotifer_jsvalue::StaticName::EMPTY)
            } else if self.is_private_name(k) {
                description
            } else {
                let open = self.concat(imm(n!("[")).cast(), description.cast())?;
                self.concat(open, imm(n!("]")).cast())?.cast()
            }
        } else {
            self.key_to_value(key)?
        };
        let name = match prefix {
            1 => self.concat(imm(n!("get ")).cast(), base.cast())?.cast(),
            2 => self.concat(imm(n!("set ")).cast(), base.cast())?.cast(),
            _ => base,
        };
        if constant && self.is_kind(f, Kind::Function) {
            // All functions of this place get the name, and need not have it before somebody asks.
            let desc = self.field_raw(f, field::Function::info).index();
            let name = self.peek(name);
            self.heap_mut().put(desc, info::NAME, name);
            return Ok(());
        }
        self.set_function_name(f, name)
    }

    /// The template object of a constant, made when first asked for (ECMA-262 §13.2.8.4 GetTemplateObject).
    fn template_object(&mut self, k: u32) -> JsResult<Value<'s>> {
        let c = self.constant(k)?;
        if self.peek(c).is_object() {
            return Ok(c);
        }
        let count = (self.heap().header(self.peek(c).index()).aux() - 1) / 2;
        let (cooked, raw) = (self.new_array(0, count)?, self.new_array(0, count)?);
        for i in 0..count {
            let v = self.field_raw(c, 1 + 2 * i);
            self.push_raw(cooked, v)?;
            let v = self.field_raw(c, 2 + 2 * i);
            self.push_raw(raw, v)?;
        }
        self.freeze_array(raw)?;
        self.define_new(cooked, n!("raw").into_key(), raw.cast(), Attrs::NONE)?;
        self.freeze_array(cooked)?;
        let block = register(self.frame - frame::CODE);
        self.set_field(block, super::layout::code::CONSTANTS + k, cooked);
        Ok(cooked.cast())
    }

    fn freeze_array(&mut self, a: Object<'s>) -> JsResult<()> {
        self.prevent_extensions(a)?;
        let o = self.peek(a);
        elements::restrict(self.heap_mut(), o, true)?;
        let d = PropertyDescriptor { writable: Some(false), ..PropertyDescriptor::default() };
        self.define_own_property(a, n!("length").into_key(), &d)?;
        Ok(())
    }

    fn make_closure(&mut self, at: At) -> JsResult<()> {
        let desc = self.constant(at.w0)?;
        let kind = super::compile::function_kind(self.field_raw(desc, info::KIND).as_raw() as u8);
        let extra = if kind == FunctionKind::Arrow {
            let callee: Object<'s> = register(at.fp - frame::CALLEE).cast();
            let home = if self.is_object(callee.cast()) { self.home_object(callee)? } else { crate::cx::UNDEFINED };
            let this = self.heap().value(at.fp - frame::THIS);
            if self.is_undefined(home) {
                self.root(this)?
            } else {
                self.heap_mut().reserve(3, &mut [])?;
                let (this, home) = (self.heap().value(at.fp - frame::THIS), self.peek(home));
                let heap = self.heap_mut();
                let pair = heap.new_values(Kind::Values, 2, this);
                heap.init(pair + 2, home);
                self.root(JsValue::cell(pair))?
            }
        } else {
            crate::cx::UNDEFINED
        };
        let f = self.make_function(desc, at.rb(), extra)?;
        self.set_reg_raw(at, at.a(), f);
        Ok(())
    }
}

fn accessor<'s>(attrs: Attrs) -> PropertyDescriptor<'s> {
    PropertyDescriptor {
        enumerable: Some(attrs.has(Attrs::ENUMERABLE)),
        configurable: Some(attrs.has(Attrs::CONFIGURABLE)),
        ..PropertyDescriptor::default()
    }
}
