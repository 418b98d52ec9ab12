//! Instructions in safe code: all the rare ones, and the general case of the others.

use rotifer_gc::Rooted;
use rotifer_jsvalue::shape;
use rotifer_jsvalue::{HeapExt, JsValue, Kind, PropertyKey, elements, field, object, string};

use super::ic::TABLE_ONLY;
use super::layout::{code, frame, unpair};
use crate::bytecode::{CodeFlags, Opcode};
use crate::cx::{Cx, Key, Object, Value, imm};
use crate::isolate::RootWord;
use crate::n;
use crate::ops::{ArithOp, Disposed, Own, UnaryOp};
use crate::throw::JsResult;

/// Where to go on after an instruction.
pub(super) enum Flow {
    /// After so many words; 0 executes the instruction again.
    Next(u32),
    /// By a jump offset, as in the instruction.
    Jump(i32),
    /// In the frame that was made the running one.
    Frame,
    /// Leave the frame with a value.
    Leave(JsValue),
}

/// The register at a word of the stack.
#[inline]
pub(super) fn register<'s>(word: u32) -> Value<'s> {
    Rooted::immediate(JsValue::slot(word).to_bits())
}

/// An instruction being executed.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub fp: u32,
    pub w: u32,
    pub w0: u32,
    pub w1: u32,
}

impl At {
    pub fn a(self) -> u32 {
        (self.w >> 8) & 0xFF
    }
    pub fn b(self) -> u32 {
        (self.w >> 16) & 0xFF
    }
    pub fn c(self) -> u32 {
        self.w >> 24
    }
    pub fn bx(self) -> u32 {
        self.w >> 16
    }
    pub fn imm(self) -> i32 {
        (self.w as i32) >> 24
    }
    /// Register `i` as a rooted value.
    pub fn reg<'s>(self, i: u32) -> Value<'s> {
        register(self.fp + i)
    }
    pub fn ra<'s>(self) -> Value<'s> {
        self.reg(self.a())
    }
    pub fn rb<'s>(self) -> Value<'s> {
        self.reg(self.b())
    }
    pub fn rc<'s>(self) -> Value<'s> {
        self.reg(self.c())
    }
}

impl<'s> Cx<'s> {
    /// Writes a register.
    #[inline]
    pub(super) fn set_reg<T>(&mut self, at: At, i: u32, value: Rooted<'s, T>) {
        let v = self.peek(value);
        self.heap_mut().init(at.fp + i, v);
    }

    /// Writes a register with a value just read or made.
    #[inline]
    pub(super) fn set_reg_raw(&mut self, at: At, i: u32, value: JsValue) {
        self.heap_mut().init(at.fp + i, value);
    }

    /// Constant `k` of the running code.
    pub(super) fn constant_raw(&self, k: u32) -> JsValue {
        let block = self.heap().value(self.frame - frame::CODE).index();
        self.heap().value(block + code::CONSTANTS + k)
    }

    pub(super) fn constant(&mut self, k: u32) -> JsResult<Value<'s>> {
        let v = self.constant_raw(k);
        self.root(v)
    }

    /// Whether the running code is strict.
    pub(super) fn is_strict(&self) -> bool {
        self.code_flags() & CodeFlags::STRICT != 0
    }

    pub(super) fn code_flags(&self) -> u16 {
        let block = self.heap().value(self.frame - frame::CODE).index();
        super::layout::CodeShape::unpack(self.heap().value(block + code::SHAPE)).flags
    }
}

/// Executes the instruction at `pc` of the frame at `fp`.
#[inline(never)]
pub(super) fn execute(cx: &mut Cx<'_>, fp: u32, pc: u32) -> JsResult<Flow> {
    let block = cx.heap().value(fp - frame::CODE).index();
    let (start, len) = unpair(cx.heap().value(block + code::CODE));
    let words = cx.heap().arena().halves(block + start, len);
    let get = |i: u32| words.get((pc + i) as usize).copied().unwrap_or(0);
    let at = At { fp, w: get(0), w0: get(1), w1: get(2) };
    let Some(&op) = Opcode::ALL.get((at.w & 0xFF) as usize) else { return Err(cx.oom()) };
    dispatch(cx, at, op)
}

fn dispatch<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Flow> {
    use Opcode as O;
    let one = Ok(Flow::Next(1));
    let two = Ok(Flow::Next(2));
    match op {
        // ---- loads
        O::LoadThis => {
            cx.load_this(at)?;
            one
        }
        O::CheckThis => Err(cx.throw_reference_error("'this' is not initialised: call super() first")),
        O::ThrowIfHole => {
            if !cx.peek(at.ra()).is_empty() {
                return two;
            }
            Err(cx.throw_uninitialised(at.w0))
        }
        O::ThrowConstAssign => {
            let name = cx.constant(at.w0)?;
            Err(cx.throw_const(name.cast()))
        }
        O::ThrowError => {
            let message = crate::bytecode::ErrorMessage::text(at.w0);
            let kind = match at.a() {
                0 => crate::ops::ErrorKind::TypeError,
                1 => crate::ops::ErrorKind::ReferenceError,
                2 => crate::ops::ErrorKind::SyntaxError,
                _ => crate::ops::ErrorKind::RangeError,
            };
            Err(cx.throw_error(kind, message))
        }
        O::RequireObjectCoercible => {
            if cx.is_nullish(at.ra()) {
                return Err(cx.throw_type_error("undefined and null have no properties"));
            }
            one
        }
        O::ThrowIfNotObject => {
            if cx.is_object(at.ra()) {
                return one;
            }
            Err(cx.throw_type_error(match at.b() {
                0 => "iterator result is not an object",
                1 => "iterator's return() result is not an object",
                _ => "iterator is not an object",
            }))
        }
        O::LoadFunctionEnv => {
            let callee = register(at.fp - frame::CALLEE);
            let env = if cx.is_kind::<JsValue>(callee, Kind::Function) {
                cx.field_raw(callee, field::Function::env)
            } else {
                JsValue::NULL
            };
            cx.set_reg_raw(at, at.a(), env);
            one
        }

        // ---- operators
        O::Add
        | O::Sub
        | O::Mul
        | O::Div
        | O::Mod
        | O::Exp
        | O::BitAnd
        | O::BitOr
        | O::BitXor
        | O::Shl
        | O::Shr
        | O::Ushr => {
            let (x, y) = (at.rb(), at.rc());
            if op == O::Add && cx.peek(x).is_string() && cx.peek(y).is_string() {
                let (x, y) = (cx.peek(x), cx.peek(y));
                let v = string::concat(cx.heap_mut(), x, y)?;
                cx.set_reg_raw(at, at.a(), v);
                return one;
            }
            let v = cx.arith(arith_op(op), x, y)?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::AddI
        | O::SubI
        | O::MulI
        | O::DivI
        | O::ModI
        | O::BitAndI
        | O::BitOrI
        | O::BitXorI
        | O::ShlI
        | O::ShrI
        | O::UshrI => {
            let v = cx.arith(arith_op(op), at.rb(), imm(at.imm()))?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::Inc | O::Dec | O::Neg | O::BitNot => {
            let which = match op {
                O::Inc => UnaryOp::Inc,
                O::Dec => UnaryOp::Dec,
                O::Neg => UnaryOp::Neg,
                _ => UnaryOp::BitNot,
            };
            let v = cx.unary(which, at.rb())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::Not => {
            let t = cx.to_boolean(at.rb());
            cx.set_reg_raw(at, at.a(), JsValue::bool(!t));
            one
        }
        O::ToNumber => {
            let v = cx.to_number(at.rb())?;
            cx.set_reg_raw(at, at.a(), JsValue::number(v));
            one
        }
        O::ToNumeric => {
            let v = cx.to_numeric(at.rb())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::ToString => {
            let v = cx.to_string(at.rb())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::ToPropertyKey => {
            let k = cx.to_property_key(at.rb())?;
            let v = cx.key_to_element_value(k)?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::TypeOf => {
            let name = crate::ops::typeof_name(cx.peek(at.rb()));
            cx.set_reg_raw(at, at.a(), name.into());
            one
        }
        O::Concat => {
            let mut total = cx.peek(at.reg(at.b()));
            for i in 1..at.c() {
                let next = cx.peek(at.reg(at.b() + i));
                total = string::concat(cx.heap_mut(), total, next)?;
            }
            cx.set_reg_raw(at, at.a(), total);
            one
        }
        O::Eq | O::Ne => {
            let e = cx.loose_equals(at.rb(), at.rc())?;
            cx.set_reg_raw(at, at.a(), JsValue::bool(e == (op == O::Eq)));
            one
        }
        O::StrictEq | O::StrictNe => {
            let e = cx.strict_equals(at.rb(), at.rc())?;
            cx.set_reg_raw(at, at.a(), JsValue::bool(e == (op == O::StrictEq)));
            one
        }
        O::Less | O::LessEq | O::Greater | O::GreaterEq => {
            let t = cx.relation(op, at.rb(), at.rc())?;
            cx.set_reg_raw(at, at.a(), JsValue::bool(t));
            one
        }
        O::InstanceOf => {
            let t = cx.instance_of(at.rb(), at.rc())?;
            cx.set_reg_raw(at, at.a(), JsValue::bool(t));
            one
        }
        O::In => {
            let Some(object) = cx.as_object(at.rc()) else {
                return Err(cx.throw_type_error("the right side of 'in' is not an object"));
            };
            let key = cx.to_property_key(at.rb())?;
            let t = cx.has_property(object, key)?;
            if cx.peek(key).is_string() {
                cx.cache_get(object.cast(), key, TABLE_ONLY);
            }
            cx.set_reg_raw(at, at.a(), JsValue::bool(t));
            one
        }

        // ---- jumps
        O::JumpIfTrue | O::JumpIfFalse => {
            let t = cx.to_boolean(at.ra());
            Ok(branch(t == (op == O::JumpIfTrue), at))
        }
        O::JumpIfEq | O::JumpIfNe => {
            let e = cx.loose_equals(at.ra(), at.rb())?;
            Ok(branch(e == (op == O::JumpIfEq), at))
        }
        O::JumpIfStrictEq | O::JumpIfStrictNe => {
            let e = cx.strict_equals(at.ra(), at.rb())?;
            Ok(branch(e == (op == O::JumpIfStrictEq), at))
        }
        O::JumpIfEqI | O::JumpIfNeI => {
            let e = cx.loose_equals(at.ra(), imm((at.w as i32) >> 16))?;
            Ok(branch(e == (op == O::JumpIfEqI), at))
        }
        O::JumpIfStrictEqI | O::JumpIfStrictNeI => {
            let e = cx.strict_equals(at.ra(), imm((at.w as i32) >> 16))?;
            Ok(branch(e == (op == O::JumpIfStrictEqI), at))
        }
        O::JumpIfLess
        | O::JumpIfNotLess
        | O::JumpIfLessEq
        | O::JumpIfNotLessEq
        | O::JumpIfGreater
        | O::JumpIfNotGreater
        | O::JumpIfGreaterEq
        | O::JumpIfNotGreaterEq => {
            let (relation, want) = jump_relation(op);
            let t = cx.relation(relation, at.ra(), at.rb())?;
            Ok(branch(t == want, at))
        }
        O::JumpIfLessI
        | O::JumpIfNotLessI
        | O::JumpIfLessEqI
        | O::JumpIfNotLessEqI
        | O::JumpIfGreaterI
        | O::JumpIfNotGreaterI
        | O::JumpIfGreaterEqI
        | O::JumpIfNotGreaterEqI => {
            let (relation, want) = jump_relation(op);
            let t = cx.relation(relation, at.ra(), imm((at.w as i32) >> 16))?;
            Ok(branch(t == want, at))
        }
        // ---- properties
        O::GetProp | O::GetLength => {
            let v = cx.get_named(at, at.rb())?;
            cx.set_reg(at, at.a(), v);
            two
        }
        O::GetMethod => {
            let v = cx.get_named(at, at.rb())?;
            let receiver = cx.peek(at.rb());
            cx.set_reg(at, at.a(), v);
            cx.set_reg_raw(at, at.a() + 1, receiver);
            two
        }
        O::SetProp => {
            cx.set_named(at)?;
            two
        }
        O::GetElem => {
            let v = cx.get_element(at.rb(), at.rc())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::GetElemI => {
            let v = cx.get_element(at.rb(), imm(at.c() as i32))?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::GetMethodElem => {
            let v = cx.get_element(at.rb(), at.rc())?;
            let receiver = cx.peek(at.rb());
            cx.set_reg(at, at.a(), v);
            cx.set_reg_raw(at, at.a() + 1, receiver);
            one
        }
        O::SetElem => {
            cx.set_element(at.ra(), at.rb(), at.rc())?;
            one
        }
        O::SetElemI => {
            cx.set_element(at.ra(), imm(at.b() as i32), at.rc())?;
            one
        }
        O::DeleteProp => {
            let key = cx.key_constant(at.w0)?;
            let done = cx.delete_of(at.rb(), key)?;
            cx.set_reg_raw(at, at.a(), JsValue::bool(done));
            two
        }
        O::DeleteElem => {
            let object = cx.to_object(at.rb())?;
            let key = cx.to_property_key(at.rc())?;
            let done = cx.delete_of(object.cast(), key)?;
            cx.set_reg_raw(at, at.a(), JsValue::bool(done));
            one
        }
        _ => dispatch_more(cx, at, op),
    }
}

/// The second half of the table, kept apart so that neither function's frame gets big.
#[inline(never)]
fn dispatch_more<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Flow> {
    if let Some(flow) = super::literals::execute(cx, at, op)? {
        return Ok(flow);
    }
    if let Some(flow) = super::calls::execute(cx, at, op)? {
        return Ok(flow);
    }
    if let Some(flow) = super::names::execute(cx, at, op)? {
        return Ok(flow);
    }
    if let Some(flow) = super::iterate::execute(cx, at, op)? {
        return Ok(flow);
    }
    if let Some(flow) = super::classes::execute(cx, at, op)? {
        return Ok(flow);
    }
    if let Some(flow) = super::private::execute(cx, at, op)? {
        return Ok(flow);
    }
    if let Some(flow) = super::generator::execute(cx, at, op)? {
        return Ok(flow);
    }
    if let Some(flow) = super::modules::execute(cx, at, op)? {
        return Ok(flow);
    }
    match op {
        Opcode::Throw | Opcode::Rethrow => Err(cx.throw(at.ra())),
        Opcode::AddDisposable => {
            let stack = if cx.is_object(at.ra()) {
                at.ra().cast()
            } else {
                let made = cx.new_dispose_capability()?;
                cx.set_reg(at, at.a(), made);
                made
            };
            cx.add_disposable_value(stack, at.rb(), at.c() == 1)?;
            Ok(Flow::Next(1))
        }
        Opcode::DisposeNext => {
            if !cx.is_object(at.rb()) {
                return Ok(Flow::Jump(at.w0 as i32));
            }
            match cx.dispose_next(at.rb().cast())? {
                Disposed::Done => return Ok(Flow::Jump(at.w0 as i32)),
                Disposed::Next => cx.set_reg_raw(at, at.a(), JsValue::EMPTY),
                Disposed::Await(v) => cx.set_reg(at, at.a(), v),
            }
            Ok(Flow::Next(2))
        }
        Opcode::SuppressError => {
            if cx.peek(at.rc()).is_empty() {
                let v = cx.peek(at.rb());
                cx.set_reg_raw(at, at.a(), v);
            } else {
                let e = crate::builtins::error::new_suppressed_error(cx, at.rb(), at.rc())?;
                cx.set_reg(at, at.a(), e);
            }
            Ok(Flow::Next(1))
        }
        Opcode::Debugger => Ok(Flow::Next(1)),
        _ => Err(cx.throw_syntax_error("this instruction has no meaning here")),
    }
}

pub(super) fn branch(taken: bool, at: At) -> Flow {
    if taken { Flow::Jump(at.w0 as i32) } else { Flow::Next(2) }
}

pub(super) fn arith_op(op: Opcode) -> ArithOp {
    use Opcode as O;
    match op {
        O::Add | O::AddI => ArithOp::Add,
        O::Sub | O::SubI => ArithOp::Sub,
        O::Mul | O::MulI => ArithOp::Mul,
        O::Div | O::DivI => ArithOp::Div,
        O::Mod | O::ModI => ArithOp::Rem,
        O::Exp => ArithOp::Exp,
        O::BitAnd | O::BitAndI => ArithOp::BitAnd,
        O::BitOr | O::BitOrI => ArithOp::BitOr,
        O::BitXor | O::BitXorI => ArithOp::BitXor,
        O::Shl | O::ShlI => ArithOp::Shl,
        O::Shr | O::ShrI => ArithOp::Shr,
        _ => ArithOp::Ushr,
    }
}

pub(super) fn jump_relation(op: Opcode) -> (Opcode, bool) {
    use Opcode as O;
    match op {
        O::JumpIfLess | O::JumpIfLessI => (O::Less, true),
        O::JumpIfNotLess | O::JumpIfNotLessI => (O::Less, false),
        O::JumpIfLessEq | O::JumpIfLessEqI => (O::LessEq, true),
        O::JumpIfNotLessEq | O::JumpIfNotLessEqI => (O::LessEq, false),
        O::JumpIfGreater | O::JumpIfGreaterI => (O::Greater, true),
        O::JumpIfNotGreater | O::JumpIfNotGreaterI => (O::Greater, false),
        O::JumpIfGreaterEq | O::JumpIfGreaterEqI => (O::GreaterEq, true),
        _ => (O::GreaterEq, false),
    }
}

impl<'s> Cx<'s> {
    /// `this` of the frame, converted for sloppy code and kept that way.
    fn load_this(&mut self, at: At) -> JsResult<()> {
        let word = at.fp - frame::THIS;
        let this = self.heap().value(word);
        if !this.is_object() && !this.is_empty() && !self.is_strict() {
            let converted = if this.is_nullish() { self.global()? } else { self.to_object(register(word))? };
            let v = self.peek(converted);
            self.heap_mut().init(word, v);
        }
        let this = self.heap().value(word);
        self.set_reg_raw(at, at.a(), this);
        Ok(())
    }

    /// A ReferenceError about a binding in its dead zone.
    pub(super) fn throw_uninitialised(&mut self, k: u32) -> crate::throw::Throw {
        match self.constant(k) {
            Ok(name) => self.throw_uninitialized(name.cast()),
            Err(t) => t,
        }
    }

    /// `<`, `<=`, `>`, `>=` in the general case; the left side is converted first.
    fn relation(&mut self, op: Opcode, x: Value<'s>, y: Value<'s>) -> JsResult<bool> {
        Ok(match op {
            Opcode::Less => self.less_than(x, y, true)? == Some(true),
            Opcode::Greater => self.less_than(y, x, false)? == Some(true),
            Opcode::LessEq => self.less_than(y, x, false)? == Some(false),
            _ => self.less_than(x, y, true)? == Some(false),
        })
    }

    /// A property key as the value that element instructions take: string, symbol or number.
    pub(super) fn key_to_element_value(&mut self, key: Key<'s>) -> JsResult<Value<'s>> {
        Ok(match self.peek_key(key).as_index() {
            Some(i) => imm(f64::from(i)),
            None => key.cast(),
        })
    }

    /// `receiver.key` with the key and cache of the instruction.
    pub(super) fn get_named(&mut self, at: At, receiver: Value<'s>) -> JsResult<Value<'s>> {
        let key = self.key_constant(at.w0)?;
        let v = self.get_v(receiver, key)?;
        self.cache_get(receiver, key, at.w0 >> 16);
        Ok(v)
    }

    fn set_named(&mut self, at: At) -> JsResult<()> {
        let (target, value) = (at.ra(), at.rb());
        let key = self.key_constant(at.w0)?;
        let ic = at.w0 >> 16;
        let t = self.peek(target);
        if !t.is_object() {
            return self.set_on_primitive(target, key, value);
        }
        if !self.set_and_note(target.cast(), key, value, ic)? && self.is_strict() {
            return Err(self.throw_read_only(key));
        }
        Ok(())
    }

    /// Assigns a named property of an object like [`Cx::set`], by the table of known properties where that says how.
    ///
    /// # Errors
    /// As [`Cx::set`].
    pub(crate) fn set_often(&mut self, object: Object<'s>, key: Key<'s>, value: Value<'s>) -> JsResult<()> {
        let (o, k, v) = (self.peek(object), self.peek_key(key), self.peek(value));
        if k.as_index().is_some() || !o.is_heap_object() {
            return self.set(object, key, value);
        }
        let base = self.heap().base().as_ptr();
        if super::stubs::set(self, base, o.index(), k.to_value().to_bits(), v.to_bits())
            || self.set_and_note(object, key, value, TABLE_ONLY)?
        {
            return Ok(());
        }
        Err(self.throw_read_only(key))
    }

    /// The `[[Set]]` of an object, and how it went for the cache with this number. False: it was refused.
    fn set_and_note(&mut self, object: Object<'s>, key: Key<'s>, value: Value<'s>, ic: u32) -> JsResult<bool> {
        let target: Value<'s> = object.cast();
        let t = self.peek(target);
        let before = if t.is_heap_object() { object::shape_of(self.heap(), t.index()) } else { 0 };
        if !self.set_with(object, key, value, target)? {
            return Ok(false);
        }
        let t = self.peek(target);
        if t.is_heap_object() && before != 0 {
            // `before` is only meaningful while nothing has moved: a shape that is still the parent of the new one is.
            let now = object::shape_of(self.heap(), t.index());
            if now == before {
                self.cache_set(target, key, ic);
            } else if is_parent(self, before, now, self.peek_key(key)) {
                self.cache_add(target, key, before, ic);
            }
        }
        Ok(true)
    }

    /// Assignment to a property of a value that is no object.
    pub(super) fn set_on_primitive(&mut self, target: Value<'s>, key: Key<'s>, value: Value<'s>) -> JsResult<()> {
        if self.is_nullish(target) {
            return Err(self.throw_nullish_store(target, key));
        }
        let proto = self.proto_of_primitive(self.peek(target))?;
        let raw = self.peek(target);
        let own = if raw.is_string() { self.string_own(raw, self.peek_key(key))?.is_some() } else { false };
        let done = !own && self.set_with(proto, key, value, target)?;
        if !done && self.is_strict() {
            return Err(self.throw_read_only(key));
        }
        Ok(())
    }

    /// `target[key]`
    pub(super) fn get_element(&mut self, target: Value<'s>, key: Value<'s>) -> JsResult<Value<'s>> {
        let t = self.peek(target);
        if t.is_nullish() {
            let key = self.message_key(key);
            return Err(self.throw_nullish_property(target, key));
        }
        if t.is_string()
            && let Some(i) = self.peek(key).as_number()
        {
            let len = string::string_length(self.heap(), t);
            if i >= 0.0 && i < f64::from(len) && i == f64::from(i as u32) {
                let flat = string::flatten(self.heap_mut(), t)?;
                let unit = string::view(self.heap(), flat).at(i as usize);
                let v = string::from_unit(self.heap_mut(), unit)?;
                return self.root(v);
            }
        }
        let key = self.to_property_key(key)?;
        let v = self.get_v(target, key)?;
        if self.peek(key).is_string() && t.is_heap_object() {
            self.cache_get(target, key, TABLE_ONLY);
        }
        Ok(v)
    }

    /// A key for a message about an access that failed before the key was converted.
    pub(super) fn message_key(&self, key: Value<'s>) -> Key<'s> {
        let k = self.peek(key);
        if k.is_string() && (k.as_name().is_some() || self.heap().flags(k.index()) & 1 != 0)
            || k.is_symbol()
            || k.is_int()
        {
            key.cast()
        } else {
            imm(n!("value")).cast()
        }
    }

    /// `target[key] = value`
    pub(super) fn set_element(&mut self, target: Value<'s>, key: Value<'s>, value: Value<'s>) -> JsResult<()> {
        let t = self.peek(target);
        if !t.is_object() {
            if t.is_nullish() {
                let key = self.message_key(key);
                return Err(self.throw_nullish_store(target, key));
            }
            let key = self.to_property_key(key)?;
            return self.set_on_primitive(target, key, value);
        }
        let object: Object<'s> = target.cast();
        if let Some(i) = self.peek(key).as_int()
            && i >= 0
            && self.append_element(object, i as u32, value)?
        {
            return Ok(());
        }
        let key = self.to_property_key(key)?;
        let before = if t.is_heap_object() { object::shape_of(self.heap(), t.index()) } else { 0 };
        if !self.set_with(object, key, value, target)? {
            return if self.is_strict() { Err(self.throw_read_only(key)) } else { Ok(()) };
        }
        let t = self.peek(target);
        if self.peek(key).is_string() && t.is_heap_object() && object::shape_of(self.heap(), t.index()) == before {
            self.cache_set(target, key, TABLE_ONLY);
        }
        Ok(())
    }

    /// Stores an element that is not there yet in an ordinary array or object, when no prototype has anything to say about it.
    pub(crate) fn append_element(&mut self, object: Object<'s>, index: u32, value: Value<'s>) -> JsResult<bool> {
        let o = self.peek(object);
        if !o.is_heap_object() {
            return Ok(false);
        }
        let at = o.index();
        let kind = self.heap().kind(at);
        if !matches!(kind, Kind::Array | Kind::Object) || self.heap().flags(at) & 1 != 0 {
            return Ok(false);
        }
        if kind == Kind::Array && !self.array_length_writable(object) {
            return Ok(false);
        }
        if !object::is_extensible(self.heap(), at) || elements::get(self.heap(), at, index).is_some() {
            return Ok(false);
        }
        let shape = JsValue::cell(object::shape_of(self.heap(), at));
        if self.root_word(RootWord::AppendShape) != shape {
            if !self.prototypes_without_elements(at) {
                return Ok(false);
            }
            if kind == Kind::Array {
                self.set_root(RootWord::AppendShape, shape);
            }
        }
        let v = self.peek(value);
        elements::define(self.heap_mut(), o, index, v, rotifer_jsvalue::Attrs::ALL)?;
        if kind == Kind::Array {
            let length = self.field_raw(object, field::Array::length).as_number().unwrap_or(0.0);
            if f64::from(index) >= length {
                self.set_array_length_raw(object, f64::from(index) + 1.0);
            }
        }
        Ok(true)
    }

    /// Whether nothing on the prototype chain of an object has elements; from here on, adding one ends the epoch.
    fn prototypes_without_elements(&mut self, at: u32) -> bool {
        let mut p = object::proto_of(self.heap(), at);
        while p.is_heap_object() {
            let i = p.index();
            let plain = matches!(
                self.heap().kind(i),
                Kind::Object | Kind::Array | Kind::Function | Kind::Error | Kind::HostFunction
            );
            if !plain || elements::elements(self.heap(), i).is_some() {
                return false;
            }
            self.heap_mut().add_flags(i, rotifer_jsvalue::flag::PROTOTYPE);
            p = object::proto_of(self.heap(), i);
        }
        p.is_null()
    }

    fn delete_of(&mut self, target: Value<'s>, key: Key<'s>) -> JsResult<bool> {
        if self.is_nullish(target) {
            return Err(self.throw_nullish_property(target, key));
        }
        let object = self.to_object(target)?;
        let done = self.delete(object, key)?;
        if !done && self.is_strict() {
            return Err(self.throw_cannot_delete(key));
        }
        Ok(done)
    }

    /// Whether the running code may see an own property without more ado: used where a lookup must not run code.
    pub(super) fn plain_own(&mut self, object: Object<'s>, key: Key<'s>) -> JsResult<Option<JsValue>> {
        Ok(match self.own(object, key)? {
            Own::Data(v, _) | Own::Slot(v, ..) => Some(v),
            _ => None,
        })
    }
}

/// Whether shape `child` is `parent` with `key` added.
fn is_parent(cx: &Cx<'_>, parent: u32, child: u32, key: PropertyKey) -> bool {
    if parent >= cx.heap().top() || cx.heap().kind(parent) != Kind::Shape {
        return false;
    }
    shape::find_child(cx.heap(), parent, key, rotifer_jsvalue::Attrs::ALL) == Some(child)
}
