//! Functions written in JavaScript: closures, their lazy properties, entering them (ECMA-262 §10.2).

use rotifer_arena::MemBlockHeader;
use rotifer_jsvalue::shape::{self, Info};
use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, field, flag, object};

use super::layout::{CodeShape, ReturnInfo, code, frame, info, script};
use super::run;
use crate::builtins::Intrinsic;
use crate::bytecode::{CodeFlags, ContextFlags};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value};
use crate::isolate::realm_word;
use crate::n;
use crate::syntax::ast::{FunctionFlags, FunctionKind};
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// A closure of a function description in an environment. `extra`: an arrow's `this` (and home), else undefined.
    pub(super) fn make_function(&mut self, desc: Value<'s>, env: Value<'s>, extra: Value<'s>) -> JsResult<JsValue> {
        let at = self.peek(desc).index();
        let flags = FunctionFlags(self.heap().value(at + info::FLAGS).as_raw() as u32);
        let shape = if flags.is_async() || flags.is_generator() {
            let proto = match (flags.is_async(), flags.is_generator()) {
                (true, true) => Intrinsic::AsyncGeneratorFunctionPrototype,
                (true, false) => Intrinsic::AsyncFunctionPrototype,
                _ => Intrinsic::GeneratorFunctionPrototype,
            };
            let proto = self.intrinsic_raw(proto)?;
            object::root_shape(self.heap_mut(), proto, Kind::Function, 1)?
        } else {
            self.realm_shape(realm_word::FUNCTION_SHAPE)?
        };
        self.function_of_shape(desc, env, extra, shape, 1)
    }

    /// A closure with a shape that has `inline` slots and no properties.
    pub(super) fn function_of_shape(
        &mut self,
        desc: Value<'s>,
        env: Value<'s>,
        extra: Value<'s>,
        shape: JsValue,
        inline: u8,
    ) -> JsResult<JsValue> {
        let words = object::object_words(Kind::Function, inline);
        let mut keep = [shape.to_bits()];
        self.heap_mut().reserve(words, &mut keep)?;
        let shape = JsValue::from_bits(keep[0]).index();
        let (desc, env, extra) = (self.peek(desc), self.peek(env), self.peek(extra));
        let heap = self.heap_mut();
        let at = heap.alloc_reserved(words);
        heap.set(at, MemBlockHeader::new(Kind::Function as u8, flag::LAZY, words as u16, shape).to_bits());
        heap.init(at + field::Function::info, desc);
        heap.init(at + field::Function::env, env);
        heap.init(at + field::Function::extra, extra);
        heap.fill(at + words - u32::from(inline), u32::from(inline), JsValue::UNDEFINED.to_bits());
        Ok(JsValue::object(at, true))
    }

    fn info_raw(&self, function: u32, word: u32) -> u64 {
        let desc = self.heap().value(function + field::Function::info).index();
        self.heap().value(desc + word).as_raw()
    }

    /// What a function is.
    pub(crate) fn function_kind_flags(&self, function: u32) -> (FunctionKind, FunctionFlags) {
        let kind = super::compile::function_kind(self.info_raw(function, info::KIND) as u8);
        (kind, FunctionFlags(self.info_raw(function, info::FLAGS) as u32))
    }

    /// Whether a JavaScript function has [[Construct]].
    pub(crate) fn function_is_constructor(&self, function: u32) -> bool {
        let (kind, flags) = self.function_kind_flags(function);
        match kind {
            FunctionKind::ClassConstructor | FunctionKind::DerivedConstructor => true,
            FunctionKind::Normal => !flags.is_async() && !flags.is_generator(),
            _ => false,
        }
    }

    /// The number of the realm a function belongs to.
    pub(crate) fn realm_of_function(&self, function: u32) -> u16 {
        let desc = self.heap().value(function + field::Function::info).index();
        let s = self.heap().value(desc + info::SCRIPT).index();
        self.heap().value(s + script::REALM).as_int().unwrap_or(0) as u16
    }

    /// Gives a function its own `length`, `name` and `prototype` properties.
    pub(crate) fn materialize_function(&mut self, f: Object<'s>) -> JsResult<()> {
        let at = self.peek(f).index();
        if self.heap().flags(at) & flag::LAZY == 0 {
            return Ok(());
        }
        self.heap_mut().clear_flags(at, flag::LAZY);
        let (kind, flags) = self.function_kind_flags(at);
        let length = JsValue::number(self.info_raw(at, info::LENGTH) as f64);
        let o = self.peek(f);
        object::add_property(self.heap_mut(), o, PropertyKey::name(n!("length")), length, Attrs::CONFIGURABLE)?;
        let desc = self.field_raw(f, field::Function::info).index();
        let name = self.heap().value(desc + info::NAME);
        let o = self.peek(f);
        object::add_property(self.heap_mut(), o, PropertyKey::name(n!("name")), name, Attrs::CONFIGURABLE)?;
        // A class gets its `prototype` from the instruction that makes it.
        if matches!(kind, FunctionKind::ClassConstructor | FunctionKind::DerivedConstructor) {
            return Ok(());
        }
        if flags.is_generator() {
            let proto =
                if flags.is_async() { Intrinsic::AsyncGeneratorPrototype } else { Intrinsic::GeneratorPrototype };
            let realm = self.realm_of_function(self.peek(f).index());
            let proto = self.in_realm(realm, |cx| cx.intrinsic(proto))?;
            let prototype = self.new_object_of(Kind::Object, proto, 1)?;
            return self.define_new(f, n!("prototype"), prototype.cast(), Attrs::WRITABLE);
        }
        if self.function_is_constructor(self.peek(f).index()) {
            let realm = self.realm_of_function(self.peek(f).index());
            let shape = self.in_realm(realm, |cx| cx.realm_shape(realm_word::OBJECT_SHAPE))?;
            let at = object::new_object(self.heap_mut(), shape)?;
            let prototype = self.root_object(JsValue::object(at, false))?;
            self.define_new(prototype, n!("constructor"), f.cast(), Attrs::HIDDEN)?;
            self.define_new(f, n!("prototype"), prototype.cast(), Attrs::WRITABLE)?;
        }
        Ok(())
    }

    /// Sets the `name` of a function that has none of its own yet (ECMA-262 §10.2.9 SetFunctionName).
    pub(crate) fn set_function_name(&mut self, f: Object<'s>, name: Value<'s>) -> JsResult<()> {
        let at = self.peek(f).index();
        if self.is_kind(f, Kind::Function) && self.heap().flags(at) & flag::LAZY != 0 {
            self.materialize_function(f)?;
        }
        let d = crate::ops::PropertyDescriptor::data(name, Attrs::CONFIGURABLE);
        self.define_own_property(f, crate::cx::IntoKey::into_key(n!("name")), &d)?;
        Ok(())
    }

    /// The function's `prototype` was written: what was worked out from it is forgotten.
    pub(crate) fn forget_instance_shape(&mut self, f: Object<'s>) {
        let extra = self.field_raw(f, field::Function::extra);
        if extra.is_cell() && self.heap().kind(extra.index()) == Kind::Shape {
            self.set_field_raw(f, field::Function::extra, JsValue::UNDEFINED);
        }
    }

    /// A new instance for `new_target`, which is a JavaScript function; its shape is remembered.
    fn new_instance(&mut self, f: Object<'s>) -> JsResult<JsValue> {
        let extra = self.field_raw(f, field::Function::extra);
        let known = extra.is_cell() && self.heap().kind(extra.index()) == Kind::Shape;
        if known && !shape::info(self.heap(), extra.index()).has(Info::OUTGROWN) {
            let at = object::new_object(self.heap_mut(), extra)?;
            return Ok(JsValue::object(at, false));
        }
        let proto = self.get_prototype_from_constructor(f.cast(), Intrinsic::ObjectPrototype)?;
        let desc = self.field_raw(f, field::Function::info).index();
        let slots = (self.heap().value(desc + info::KIND).as_raw() >> 24) as u8 & 0x3F;
        let mut slots = if slots == 0 { self.estimate_slots(f) } else { slots };
        // Earlier instances show how many properties there will be.
        let shape = loop {
            let proto = self.peek(proto);
            let shape = object::root_shape(self.heap_mut(), proto, Kind::Object, slots)?;
            if !shape::info(self.heap(), shape.index()).has(Info::OUTGROWN) {
                break self.root(shape)?;
            }
            let most = shape::most_properties(self.heap(), shape.index()).min(u32::from(object::MAX_INLINE));
            slots = (most as u8).max(slots + 1);
        };
        let (kind, _) = self.function_kind_flags(self.peek(f).index());
        // A function whose extra word has another use has no memory for it.
        if matches!(kind, FunctionKind::Normal | FunctionKind::ClassConstructor | FunctionKind::DerivedConstructor) {
            self.set_field(f, field::Function::extra, shape);
        }
        let shape = self.peek(shape);
        let at = object::new_object(self.heap_mut(), shape)?;
        Ok(JsValue::object(at, false))
    }

    /// How many properties the instances of a constructor are likely to get: the `SetProp` instructions on `this` in its code.
    fn estimate_slots(&self, f: Object<'s>) -> u8 {
        let desc = self.field_raw(f, field::Function::info).index();
        let block = self.heap().value(desc + info::CODE);
        if !block.is_cell() {
            return 4;
        }
        super::ic::count_own_stores(self.heap(), block.index()).clamp(1, 24)
    }

    /// [[Call]] of a JavaScript function from native code.
    pub(crate) fn call_function(&mut self, args: &Args<'s>) -> JsResult<Value<'s>> {
        let f = args.callee.cast();
        let code = self.code_of(f)?;
        if code.flags & CodeFlags::CLASS_CONSTRUCTOR != 0 {
            return Err(self.throw_class_called(args.callee));
        }
        let this = self.peek(args.this);
        self.run_function(args, this, JsValue::UNDEFINED, ReturnInfo::ENTRY)
    }

    /// [[Construct]] of a JavaScript function from native code.
    pub(crate) fn construct_function(&mut self, args: &Args<'s>) -> JsResult<Value<'s>> {
        let f = args.callee.cast();
        let code = self.code_of(f)?;
        let this =
            if code.flags & CodeFlags::DERIVED != 0 { JsValue::EMPTY } else { self.instance_for(args.new_target)? };
        let this = self.root(this)?;
        let (this, new_target) = (self.peek(this), self.peek(args.new_target));
        self.run_function(args, this, new_target, ReturnInfo::ENTRY | ReturnInfo::CONSTRUCT)
    }

    /// OrdinaryCreateFromConstructor(new_target, %Object.prototype%), by the quick way when it is there.
    pub(super) fn instance_for(&mut self, new_target: Value<'s>) -> JsResult<JsValue> {
        let t = new_target.cast();
        if self.is_kind(t, Kind::Function) && self.function_is_constructor(self.peek(t).index()) {
            return self.new_instance(t);
        }
        let o = self.ordinary_create_from_constructor(new_target, Intrinsic::ObjectPrototype, Kind::Object, 4)?;
        Ok(self.peek(o))
    }

    /// The shape of a function's code, compiling it if need be.
    pub(super) fn code_of(&mut self, f: Object<'s>) -> JsResult<CodeShape> {
        let desc = self.field_raw(f, field::Function::info).index();
        if !self.heap().value(desc + info::CODE).is_cell() {
            self.compile_function(f)?;
        }
        let desc = self.field_raw(f, field::Function::info).index();
        let block = self.heap().value(desc + info::CODE).index();
        Ok(CodeShape::unpack(self.heap().value(block + code::SHAPE)))
    }

    fn run_function(&mut self, args: &Args<'s>, this: JsValue, new_target: JsValue, flags: u8) -> JsResult<Value<'s>> {
        let this = self.root(this)?;
        let new_target = self.root(new_target)?;
        let raw = {
            let mut cx = self.nest();
            cx.push_function_frame(args, this, new_target, flags)?;
            let realm = cx.realm_of_function(cx.peek(args.callee).index());
            cx.in_realm(realm, |cx| run::run(cx))?
        };
        self.root(raw)
    }

    /// Pushes a frame for a function whose code is there, to be run by [`run::run`].
    pub(super) fn push_function_frame(
        &mut self,
        args: &Args<'s>,
        this: Value<'s>,
        new_target: Value<'s>,
        flags: u8,
    ) -> JsResult<u32> {
        let desc = self.field_raw(args.callee, field::Function::info).index();
        let block = self.heap().value(desc + info::CODE);
        let block = self.root(block)?;
        let this = if CodeShape::unpack(self.field_raw(block, code::SHAPE)).flags & CodeFlags::ARROW != 0 {
            let taken = self.arrow_this(self.peek(args.callee).index());
            self.root(taken)?
        } else {
            this
        };
        let fp = self.push_frame(args.callee, this, new_target, block, args.base, args.count, flags)?;
        let shape = CodeShape::unpack(self.field_raw(block, code::SHAPE));
        for i in 0..args.count.min(shape.parameters) {
            let v = self.heap().value(args.base + i);
            self.heap_mut().init(fp + i, v);
        }
        Ok(fp)
    }

    /// Pushes a frame with all registers undefined and makes it the running one.
    #[expect(clippy::too_many_arguments, reason = "the words of a frame")]
    pub(super) fn push_frame(
        &mut self,
        callee: Value<'s>,
        this: Value<'s>,
        new_target: Value<'s>,
        block: Value<'s>,
        args: u32,
        argc: u32,
        flags: u8,
    ) -> JsResult<u32> {
        let shape = CodeShape::unpack(self.field_raw(block, code::SHAPE));
        let need = shape.registers + frame::SIZE;
        let sp = self.heap().sp();
        if sp < self.heap().stack_low() + need && self.heap_mut().grow_stack(need).is_err() {
            self.stack_exhausted(need)?;
        }
        let words = [this, callee, new_target, block].map(|v| self.peek(v));
        let fp = self.heap().sp() - shape.registers;
        let caller = self.frame;
        let heap = self.heap_mut();
        heap.set_sp(fp - frame::SIZE);
        heap.init(fp - frame::CALLEE, words[1]);
        heap.init(fp - frame::THIS, words[0]);
        heap.init(fp - frame::NEW_TARGET, words[2]);
        heap.init(fp - frame::ARGC, JsValue::raw(u64::from(argc)));
        heap.init(fp - frame::ARGS, JsValue::raw(u64::from(args)));
        heap.init(fp - frame::CODE, words[3]);
        heap.init(fp - frame::RETURN, ReturnInfo { fp: caller, dst: 0, flags }.pack());
        heap.init(fp - frame::PC, JsValue::raw(0));
        heap.fill(fp, shape.registers, JsValue::UNDEFINED.to_bits());
        self.frame = fp;
        Ok(fp)
    }

    /// The stack cannot grow by `need` words: a collection may make room in the gap; otherwise it has overflowed.
    pub(super) fn stack_exhausted(&mut self, need: u32) -> JsResult<()> {
        self.heap_mut().collect(&mut []);
        match self.heap_mut().grow_stack(need) {
            Ok(()) => Ok(()),
            Err(rotifer_gc::StackError::Overflow) => Err(self.stack_overflow()),
            Err(rotifer_gc::StackError::OutOfMemory) => Err(self.oom()),
        }
    }

    /// Runs script or eval code: `callee` is what `super` and `new.target` refer to, `env` is given through a function of its own.
    pub(super) fn run_code(
        &mut self,
        block: Value<'s>,
        callee: Value<'s>,
        this: Value<'s>,
        new_target: Value<'s>,
    ) -> JsResult<Value<'s>> {
        self.check_native_stack()?;
        let raw = {
            let mut cx = self.nest();
            cx.push_frame(callee, this, new_target, block, 0, 0, ReturnInfo::ENTRY)?;
            run::run(&mut cx)?
        };
        self.root(raw)
    }

    /// The [[HomeObject]] of a function; undefined when it has none.
    pub(super) fn home_object(&mut self, f: Object<'s>) -> JsResult<Value<'s>> {
        if !self.is_kind(f, Kind::Function) {
            return Ok(UNDEFINED);
        }
        let at = self.peek(f).index();
        let (kind, _) = self.function_kind_flags(at);
        let extra = self.field_raw(f, field::Function::extra);
        match kind {
            FunctionKind::ClassConstructor | FunctionKind::DerivedConstructor => {
                match object::find_own(self.heap(), at, PropertyKey::name(n!("prototype"))) {
                    Some(slot) => {
                        let v = object::get_slot(self.heap(), at, slot.place);
                        self.root(v)
                    }
                    None => Ok(UNDEFINED),
                }
            }
            FunctionKind::Arrow => {
                if extra.is_cell() && self.heap().kind(extra.index()) == Kind::Values {
                    let v = self.heap().value(extra.index() + 2);
                    return self.root(v);
                }
                Ok(UNDEFINED)
            }
            // What the function has remembered about its instances is no object.
            _ if extra.is_cell() => Ok(UNDEFINED),
            _ => self.root(extra),
        }
    }

    /// The `this` an arrow function has taken over.
    pub(super) fn arrow_this(&self, f: u32) -> JsValue {
        let extra = self.heap().value(f + field::Function::extra);
        if extra.is_cell() && self.heap().kind(extra.index()) == Kind::Values {
            return self.heap().value(extra.index() + 1);
        }
        extra
    }

    /// The context in which a function's code was compiled.
    pub(super) fn code_context(&self, block: u32) -> ContextFlags {
        ContextFlags(self.heap().value(block + code::CONTEXT).as_raw() as u16)
    }
}
