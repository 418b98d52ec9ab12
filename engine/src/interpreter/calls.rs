//! Call instructions in the general case.

use core::fmt::Write;

use rotifer_jsvalue::{HeapExt, JsValue, Kind, field};

use super::layout::{ReturnInfo, code, frame, info, script};
use super::slow::{At, Flow, register};
use crate::bytecode::{CodeFlags, Opcode};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::isolate::{Isolate, RootWord, realm_word};
use crate::n;
use crate::ops::Message;
use crate::throw::{JsResult, Throw};

pub(super) fn execute<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Option<Flow>> {
    use Opcode as O;
    let one = Ok(Some(Flow::Next(1)));
    match op {
        O::Call | O::CallMethod => {
            let callee = at.rb();
            let this = if op == O::Call { UNDEFINED } else { at.reg(at.b() + 1) };
            if cx.is_kind(callee, Kind::Function) {
                let known = cx.has_code(callee);
                let code = cx.code_of(callee.cast())?;
                if !known {
                    // The loop can do it now.
                    return Ok(Some(Flow::Next(0)));
                }
                if code.flags & CodeFlags::CLASS_CONSTRUCTOR != 0 {
                    return Err(cx.throw_class_called(callee));
                }
            }
            let args = Args { this, callee, new_target: UNDEFINED, base: at.fp + at.b() + 2, count: at.c() };
            if let Some(flow) = cx.forward_call(&args, at.a() as u8)? {
                return Ok(Some(flow));
            }
            let v = cx.call_args(&args)?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::New => {
            let callee = at.rb();
            if !cx.is_constructor(callee) {
                return Err(cx.throw_not_constructor(callee));
            }
            let args = Args { this: UNDEFINED, callee, new_target: callee, base: at.fp + at.b() + 2, count: at.c() };
            if cx.is_kind(callee, Kind::Function) && !cx.leads_to_other_realm(callee) {
                let code = cx.code_of(callee.cast())?;
                if code.flags & (CodeFlags::GENERATOR | CodeFlags::ASYNC) == 0 {
                    return cx.enter_constructor(&args, code.flags, at.a() as u8).map(Some);
                }
            }
            let v = cx.construct_args(&args)?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::SuperCall => {
            let (callee, new_target) = (at.rb(), at.reg(at.b() + 1));
            if !cx.is_constructor(callee) {
                return Err(cx.throw_type_error("super class is not a constructor"));
            }
            let args = Args { this: UNDEFINED, callee, new_target, base: at.fp + at.b() + 2, count: at.c() };
            if cx.is_kind(callee, Kind::Function) && !cx.leads_to_other_realm(callee) {
                let code = cx.code_of(callee.cast())?;
                return cx.enter_constructor(&args, code.flags, at.a() as u8).map(Some);
            }
            let v = cx.construct_args(&args)?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::CallSpread => {
            let v = cx.call_with_array(at.rb(), at.reg(at.b() + 1), at.reg(at.b() + 2).cast())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::NewSpread => {
            if !cx.is_constructor(at.rb()) {
                return Err(cx.throw_not_constructor(at.rb()));
            }
            let v = cx.construct_with_array(at.rb().cast(), at.reg(at.b() + 2).cast(), None)?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::SuperCallSpread => {
            if !cx.is_constructor(at.rb()) {
                return Err(cx.throw_type_error("super class is not a constructor"));
            }
            let new_target = at.reg(at.b() + 1).cast();
            let v = cx.construct_with_array(at.rb().cast(), at.reg(at.b() + 2).cast(), Some(new_target))?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::SuperCallForward => {
            let (callee, new_target) = (at.rb(), at.reg(at.b() + 1));
            if !cx.is_constructor(callee) {
                return Err(cx.throw_type_error("super class is not a constructor"));
            }
            let (base, count) = cx.actual_arguments(at.fp);
            let args = Args { this: UNDEFINED, callee, new_target, base, count };
            let v = cx.construct_args(&args)?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::CallEval | O::CallEvalSpread => {
            cx.direct_eval_call(at, op)?;
            Ok(Some(Flow::Next(2)))
        }
        O::CallApplyArguments => {
            let (apply, f, x) = (at.rb(), at.reg(at.b() + 1), at.reg(at.b() + 2));
            let (base, count) = cx.actual_arguments(at.fp);
            if cx.is_native_function(apply, crate::builtins::Intrinsic::FunctionPrototype, n!("apply")) {
                let args = Args { this: x, callee: f, new_target: UNDEFINED, base, count };
                if let Some(flow) = cx.enter_function(&args, at.a() as u8)? {
                    return Ok(Some(flow));
                }
                let v = cx.call_args(&args)?;
                cx.set_reg(at, at.a(), v);
            } else {
                let arguments = cx.unmapped_arguments(at)?;
                let v = cx.call(apply, f, &[x, arguments.cast()])?;
                cx.set_reg(at, at.a(), v);
            }
            one
        }
        O::ArgumentsLength => {
            let (_, count) = cx.actual_arguments(at.fp);
            cx.set_reg_raw(at, at.a(), JsValue::int(count as i32));
            one
        }
        O::ArgumentsElem => {
            let (base, count) = cx.actual_arguments(at.fp);
            if let Some(i) = cx.peek(at.rb()).as_int()
                && i >= 0
                && (i as u32) < count
            {
                let v = cx.heap().value(base + i as u32);
                cx.set_reg_raw(at, at.a(), v);
                return one;
            }
            let arguments = cx.unmapped_arguments(at)?;
            let v = cx.get_element(arguments.cast(), at.rb())?;
            cx.set_reg(at, at.a(), v);
            one
        }
        O::CreateArguments => {
            let arguments = cx.unmapped_arguments(at)?;
            cx.set_reg(at, at.a(), arguments);
            one
        }
        O::CreateMappedArguments => {
            let arguments = cx.mapped_arguments(at)?;
            cx.set_reg(at, at.a(), arguments);
            Ok(Some(Flow::Next(2)))
        }
        O::CreateRest => {
            let (base, count) = cx.actual_arguments(at.fp);
            let n = count.saturating_sub(at.bx());
            let a = cx.new_array(0, n)?;
            for i in at.bx()..count {
                let v = cx.heap().value(base + i);
                cx.push_raw(a, v)?;
            }
            cx.set_reg(at, at.a(), a);
            one
        }
        O::Return | O::ReturnUndefined => {
            let v = if op == O::Return { cx.peek(at.ra()) } else { JsValue::UNDEFINED };
            super::generator::finish(cx, at.fp, v).map(|v| Some(Flow::Leave(v)))
        }
        O::ReturnDerived => {
            let v = cx.peek(at.ra());
            if v.is_object() {
                return Ok(Some(Flow::Leave(v)));
            }
            let this = cx.peek(at.rb());
            if v.is_undefined() && !this.is_empty() {
                return Ok(Some(Flow::Leave(this)));
            }
            // The constructor has been left already: the error belongs to its caller's realm.
            let realm = cx.realm_of_caller(at.fp);
            cx.in_realm(realm, |cx| {
                Err(if v.is_undefined() {
                    cx.throw_reference_error("'this' is not initialised: super() was not called")
                } else {
                    cx.throw_type_error("derived constructors may only return an object or undefined")
                })
            })
        }
        _ => Ok(None),
    }
}

impl<'s> Cx<'s> {
    fn leads_to_other_realm(&self, f: Value<'s>) -> bool {
        self.many_realms && in_other_realm(self, self.peek(f).index())
    }

    /// The realm of the code that called a frame.
    fn realm_of_caller(&self, fp: u32) -> u16 {
        let caller = ReturnInfo::unpack(self.heap().value(fp - frame::RETURN)).fp;
        if caller == 0 {
            return self.current_realm_number();
        }
        let block = self.heap().value(caller - frame::CODE).index();
        let record = self.heap().value(block + code::SCRIPT);
        if !record.is_cell() {
            return self.current_realm_number();
        }
        self.heap().value(record.index() + script::REALM).as_int().map_or(0, |n| n as u16)
    }

    /// The TypeError for a class constructor that is called, of its own realm.
    pub(super) fn throw_class_called(&mut self, constructor: Value<'s>) -> Throw {
        let realm = self.realm_of_function(self.peek(constructor).index());
        let desc = self.field_raw(constructor, field::Function::info).index();
        let mut message = Message::new();
        let _ = message.write_str("class constructor ");
        message.push_string(self.heap(), self.heap().value(desc + info::NAME));
        let _ = message.write_str(" must be called with 'new'");
        let thrown = self.in_realm(realm, |cx| Ok(cx.throw_type_error(message.as_str())));
        thrown.unwrap_or_else(|throw| throw)
    }

    fn has_code(&self, f: Value<'s>) -> bool {
        let desc = self.field_raw(f, field::Function::info).index();
        self.heap().value(desc + info::CODE).is_cell()
    }

    /// Whether a value is the built-in function under `name` of an intrinsic, of any realm.
    pub(super) fn is_native_function(
        &self,
        f: Value<'s>,
        owner: crate::builtins::Intrinsic,
        name: rotifer_jsvalue::StaticName,
    ) -> bool {
        super::quick::is_built_in(self.peek(f).to_bits(), owner, name)
    }

    /// `f.call(…)`, `f.apply(…)` and calls of what `f.bind(…)` gave, for a JavaScript function `f`, without recursion; `None` for
    /// anything else.
    fn forward_call(&mut self, args: &Args<'s>, dst: u8) -> JsResult<Option<Flow>> {
        let owner = crate::builtins::Intrinsic::FunctionPrototype;
        if self.is_kind(args.callee, Kind::BoundFunction) {
            let callee = self.field(args.callee, field::BoundFunction::target)?;
            if !self.can_enter(callee)? {
                return Ok(None);
            }
            let this = self.field(args.callee, field::BoundFunction::this)?;
            let (base, count) = self.push_bound_arguments(args)?;
            return self.enter_checked(&Args { this, callee, new_target: UNDEFINED, base, count }, dst).map(Some);
        }
        if !self.is_kind(args.this, Kind::Function) {
            return Ok(None);
        }
        if self.is_native_function(args.callee, owner, n!("call")) {
            let rest = args.rest(1);
            let inner = Args { this: args.get(0), callee: args.this, ..rest };
            return self.enter_function(&inner, dst);
        }
        // Only plain arrays: anything else is for the general case.
        if self.is_native_function(args.callee, owner, n!("apply")) && self.is_kind(args.get(1), Kind::Array) {
            let list: Object<'s> = args.get(1).cast();
            let at = self.peek(list).index();
            let Some(e) = rotifer_jsvalue::elements::elements(self.heap(), at) else { return Ok(None) };
            let count = self.array_len(list);
            let dense = rotifer_jsvalue::elements::is_dense(self.heap(), e);
            if !dense || count > 1024 || count > rotifer_jsvalue::elements::capacity(self.heap(), e) {
                return Ok(None);
            }
            if (0..count).any(|i| self.heap().value(e + 1 + i).is_empty()) {
                return Ok(None);
            }
            let (base, count) = self.push_list(list)?;
            let inner = Args { this: args.get(0), callee: args.this, new_target: UNDEFINED, base, count };
            return self.enter_function(&inner, dst);
        }
        Ok(None)
    }

    /// Whether a value is a JavaScript function that can be entered without more ado.
    fn can_enter(&mut self, f: Value<'s>) -> JsResult<bool> {
        if !self.is_kind(f, Kind::Function) {
            return Ok(false);
        }
        let code = self.code_of(f.cast())?;
        let special = code.flags & (CodeFlags::CLASS_CONSTRUCTOR | CodeFlags::ARROW) != 0;
        Ok(!special && !self.leads_to_other_realm(f))
    }

    /// Enters a JavaScript function without recursion: its frame becomes the running one. `None` when it is not such a function.
    fn enter_function(&mut self, args: &Args<'s>, dst: u8) -> JsResult<Option<Flow>> {
        if self.can_enter(args.callee)? { self.enter_checked(args, dst).map(Some) } else { Ok(None) }
    }

    fn enter_checked(&mut self, args: &Args<'s>, dst: u8) -> JsResult<Flow> {
        self.tick(1)?;
        let caller = self.frame;
        let fp = self.push_function_frame(args, args.this, UNDEFINED, 0)?;
        self.heap_mut().init(fp - frame::RETURN, ReturnInfo { fp: caller, dst, flags: 0 }.pack());
        Ok(Flow::Frame)
    }

    /// Enters a JavaScript constructor without recursion: its instance is made and its frame becomes the running one.
    fn enter_constructor(&mut self, args: &Args<'s>, flags: u16, dst: u8) -> JsResult<Flow> {
        let this = if flags & CodeFlags::DERIVED != 0 { JsValue::EMPTY } else { self.instance_for(args.new_target)? };
        let this = self.root(this)?;
        self.tick(1)?;
        let caller = self.frame;
        let fp = self.push_function_frame(args, this, args.new_target, ReturnInfo::CONSTRUCT)?;
        let ret = ReturnInfo { fp: caller, dst, flags: ReturnInfo::CONSTRUCT };
        self.heap_mut().init(fp - frame::RETURN, ret.pack());
        Ok(Flow::Frame)
    }

    /// Where the actual arguments of a frame are, and how many.
    pub(super) fn actual_arguments(&self, fp: u32) -> (u32, u32) {
        let base = self.heap().value(fp - frame::ARGS).as_raw() as u32;
        let count = self.heap().value(fp - frame::ARGC).as_raw() as u32;
        (base, count)
    }
}

/// Whether a function belongs to another realm than the running one.
#[cold]
#[inline(never)]
pub(super) fn in_other_realm(isolate: &Isolate, function: u32) -> bool {
    let desc = isolate.heap.value(function + field::Function::info).index();
    let record = isolate.heap.value(desc + info::SCRIPT);
    if !record.is_cell() {
        return false;
    }
    let running = isolate.root_word(RootWord::Realm).index();
    isolate.heap.value(record.index() + script::REALM) != isolate.heap.value(running + realm_word::NUMBER)
}

/// Calls a native function whose callee register is at `from`, with `this` and the arguments behind it.
#[inline(never)]
pub(super) fn call_native(
    isolate: &mut Isolate,
    realm: u16,
    func: crate::cx::NativeFn,
    callee: u64,
    this: u64,
    from: u32,
    count: u32,
) -> JsResult<JsValue> {
    let mut cx = Cx::enter(isolate);
    let this = JsValue::from_bits(this);
    let this = if this.reference() == 0 { imm(this) } else { register(from + 1) };
    let callee = imm(JsValue::from_bits(callee));
    let args = Args { this, callee, new_target: UNDEFINED, base: from + 2, count };
    let v = cx.call_native(realm, func, &args)?;
    Ok(cx.peek(v))
}
