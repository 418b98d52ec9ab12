//! Scripts, eval code and `Function` constructors (ECMA-262 §16.1, §19.2.1, §20.2.1).

use rotifer_jsvalue::{HeapExt, JsValue, Kind, StaticName, field, string};

use super::compile::{EvalGoal, Goal};
use super::layout::{code, frame, info, script};
use super::slow::{At, register};
use crate::builtins::Intrinsic;
use crate::bytecode::{ContextFlags, Opcode};
use crate::cx::{Args, Cx, IntoKey, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::PropertyDescriptor;
use crate::syntax::ast::{FunctionFlags, FunctionKind};
use crate::throw::JsResult;

/// Which `Function` constructor is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DynamicKind {
    Normal,
    Generator,
    Async,
    AsyncGenerator,
}

impl<'s> Cx<'s> {
    /// Runs a script (ECMA-262 §16.1.6 ScriptEvaluation).
    pub(crate) fn run_script(&mut self, source: Value<'s>, name: Value<'s>) -> JsResult<Value<'s>> {
        self.run_script_in_stages(source, name, |_| ())
    }

    /// Runs a script; `compiled` is called between compiling and running it.
    pub(crate) fn run_script_in_stages(
        &mut self,
        source: Value<'s>,
        name: Value<'s>,
        compiled: impl FnOnce(&mut Self),
    ) -> JsResult<Value<'s>> {
        let record = self.new_script(source, name)?;
        self.set_field_raw(record, script::HOST, JsValue::UNDEFINED);
        let block = self.compile(Goal::Script, record, NULL, UNDEFINED)?;
        compiled(self);
        let global = self.global()?;
        self.run_code(block, UNDEFINED, global.cast(), UNDEFINED)
    }

    /// Parses and compiles a script without running it.
    pub(crate) fn check_script(&mut self, source: Value<'s>, name: Value<'s>) -> JsResult<()> {
        let record = self.new_script(source, name)?;
        self.compile(Goal::Script, record, NULL, UNDEFINED).map(drop)
    }

    /// Indirect eval (ECMA-262 §19.2.1 eval, called other than by name).
    pub(crate) fn indirect_eval(&mut self, source: Value<'s>) -> JsResult<Value<'s>> {
        if !self.peek(source).is_string() {
            return Ok(source);
        }
        let record = self.new_script(source, imm(n!("<eval>")))?;
        let goal = Goal::Eval(EvalGoal::default());
        let block = self.compile(goal, record, NULL, UNDEFINED)?;
        let global = self.global()?;
        self.run_code(block, UNDEFINED, global.cast(), UNDEFINED)
    }

    /// The instruction of a call by the name `eval`.
    pub(super) fn direct_eval_call(&mut self, at: At, op: Opcode) -> JsResult<()> {
        let callee = at.rb();
        let spread = op == Opcode::CallEvalSpread;
        let list: Object<'s> = at.reg(at.b() + 2).cast();
        if !self.is_native_function(callee, Intrinsic::Global, n!("eval")) {
            let v = if spread {
                self.call_with_array(callee, at.reg(at.b() + 1), list)?
            } else {
                let this = at.reg(at.b() + 1);
                let args = Args { this, callee, new_target: UNDEFINED, base: at.fp + at.b() + 2, count: at.c() };
                self.call_args(&args)?
            };
            self.set_reg(at, at.a(), v);
            return Ok(());
        }
        let source = if spread {
            self.array_item(list, 0)?
        } else if at.c() > 0 {
            at.reg(at.b() + 2)
        } else {
            UNDEFINED
        };
        let v =
            if self.peek(source).is_string() { self.direct_eval(source, at.reg(at.w0 & 0xFF), at.w0)? } else { source };
        self.set_reg(at, at.a(), v);
        Ok(())
    }

    /// ECMA-262 §19.2.1.1 PerformEval, direct.
    fn direct_eval(&mut self, source: Value<'s>, env: Value<'s>, bits: u32) -> JsResult<Value<'s>> {
        let fp = self.frame;
        let block = self.heap().value(fp - frame::CODE).index();
        let mut context = self.code_context(block);
        context = context.with(ContextFlags::STRICT, self.is_strict());
        let record = self.new_script(source, imm(n!("<eval>")))?;
        let outer = if self.peek(env).is_cell() { self.scope_of_env(env)? } else { NULL };
        let goal = Goal::Eval(EvalGoal { context, direct: true, in_class_field_initializer: bits & 0x100 != 0 });
        let compiled = self.compile(goal, record, outer, UNDEFINED)?;
        // Eval code is run as a function of its own in the environment of the call.
        let callee = self.eval_function(env, register(fp - frame::CALLEE), register(fp - frame::THIS))?;
        let this = self.heap().value(fp - frame::THIS);
        let this = self.root(this)?;
        let new_target = self.heap().value(fp - frame::NEW_TARGET);
        // In the frame of a generator or async function the word has another use.
        let new_target = if new_target.is_callable() { self.root(new_target)? } else { UNDEFINED };
        self.run_code(compiled, callee, this, new_target)
    }

    /// A function object that stands for eval code: an arrow in `env`, so that home object and `this` are the caller's.
    fn eval_function(&mut self, env: Value<'s>, caller: Value<'s>, this: Value<'s>) -> JsResult<Value<'s>> {
        let home = if self.is_kind(caller, Kind::Function) { self.home_object(caller.cast())? } else { UNDEFINED };
        self.heap_mut().reserve(info::WORDS + 3, &mut [])?;
        let (home, this_raw) = (self.peek(home), self.peek(this));
        let heap = self.heap_mut();
        let desc = heap.new_values(Kind::Values, info::WORDS - 1, JsValue::raw(0));
        heap.init(desc + info::NAME, StaticName::EMPTY.into());
        heap.init(desc + info::KIND, JsValue::raw(FunctionKind::Arrow as u64));
        let pair = heap.new_values(Kind::Values, 2, this_raw);
        heap.init(pair + 2, home);
        let desc = self.root(JsValue::cell(desc))?;
        let pair = self.root(JsValue::cell(pair))?;
        let f = self.make_function(desc, env, pair)?;
        self.root(f)
    }

    /// ECMA-262 §20.2.1.1.1 CreateDynamicFunction
    pub(crate) fn create_dynamic_function(&mut self, kind: DynamicKind, args: &Args<'s>) -> JsResult<Value<'s>> {
        let head = match kind {
            DynamicKind::Normal => "function anonymous(",
            DynamicKind::Generator => "function* anonymous(",
            DynamicKind::Async => "async function anonymous(",
            DynamicKind::AsyncGenerator => "async function* anonymous(",
        };
        let mut text = self.str(head)?;
        let params_start = string::string_length(self.heap(), self.peek(text));
        let n = args.len();
        for i in 0..n.saturating_sub(1) {
            if i > 0 {
                text = self.concat(text, imm(n!(",")).cast())?;
            }
            let p = self.to_string(args.get(i))?;
            text = self.concat(text, p)?;
        }
        let params_end = string::string_length(self.heap(), self.peek(text));
        let middle = self.str("\n) {\n")?;
        let body = if n > 0 { self.to_string(args.get(n - 1))? } else { imm(StaticName::EMPTY).cast() };
        text = self.concat(text, middle)?;
        let body_start = string::string_length(self.heap(), self.peek(text));
        text = self.concat(text, body)?;
        let body_end = string::string_length(self.heap(), self.peek(text));
        let end = self.str("\n}")?;
        text = self.concat(text, end)?;

        let record = self.new_script(text.cast(), imm(n!("<anonymous>")))?;
        let goal = Goal::Dynamic(params_start, params_end, body_start, body_end);
        let block = self.compile(goal, record, NULL, UNDEFINED)?;
        let flags = super::layout::CodeShape::unpack(self.field_raw(block, code::SHAPE)).flags;
        let strict = flags & crate::bytecode::CodeFlags::STRICT != 0;
        let length = self.expected_length(record, params_start, params_end)?;

        self.heap_mut().reserve(info::WORDS, &mut [])?;
        let (record_raw, block_raw) = (self.peek(record), self.peek(block));
        let total = self.field_raw(record, script::SOURCE);
        let total = string::string_length(self.heap(), total);
        let ff = FunctionFlags(0);
        let ff = if matches!(kind, DynamicKind::Async | DynamicKind::AsyncGenerator) {
            ff.union(FunctionFlags::ASYNC)
        } else {
            ff
        };
        let ff = if matches!(kind, DynamicKind::Generator | DynamicKind::AsyncGenerator) {
            ff.union(FunctionFlags::GENERATOR)
        } else {
            ff
        };
        let ff = if strict { ff.union(FunctionFlags::STRICT) } else { ff };
        let raw = |n: u32| JsValue::raw(u64::from(n));
        let heap = self.heap_mut();
        let desc = heap.new_values(Kind::Values, info::WORDS - 1, JsValue::UNDEFINED);
        heap.init(desc + info::SCRIPT, record_raw);
        heap.init(desc + info::NAME, n!("anonymous").into());
        heap.init(desc + info::START, raw(0));
        heap.init(desc + info::PARAMS, raw(params_start));
        heap.init(desc + info::END, raw(total));
        heap.init(desc + info::FLAGS, raw(ff.0));
        heap.init(desc + info::KIND, JsValue::raw(FunctionKind::Normal as u64));
        heap.init(desc + info::LENGTH, raw(length));
        heap.init(desc + info::TEXT_START, raw(0));
        heap.init(desc + info::TEXT_END, raw(total));
        heap.init(desc + info::SCOPE, JsValue::NULL);
        heap.init(desc + info::CODE, block_raw);
        let desc = self.root(JsValue::cell(desc))?;
        self.set_field(block, code::INFO, desc);
        let f = self.make_function(desc, NULL, UNDEFINED)?;
        let f = self.root_object(f)?;
        // A new.target of its own decides the prototype.
        let default = match kind {
            DynamicKind::Normal => Intrinsic::FunctionPrototype,
            DynamicKind::Generator => Intrinsic::GeneratorFunctionPrototype,
            DynamicKind::Async => Intrinsic::AsyncFunctionPrototype,
            DynamicKind::AsyncGenerator => Intrinsic::AsyncGeneratorFunctionPrototype,
        };
        let proto = self.get_prototype_from_constructor(args.new_target(), default)?;
        if self.proto_raw(f)? != self.peek(proto) {
            self.set_prototype_of(f, proto.cast())?;
        }
        Ok(f.cast())
    }

    /// The `length` of a function made from text: found by letting the parser look at the parameters alone.
    fn expected_length(&mut self, record: Value<'s>, start: u32, end: u32) -> JsResult<u32> {
        let source = self.field_raw(record, script::SOURCE);
        let text = match string::view(self.heap(), source) {
            rotifer_jsvalue::StrView::Latin1(t) => crate::syntax::Text::Latin1(t),
            rotifer_jsvalue::StrView::Utf16(t) => crate::syntax::Text::Utf16(t),
        };
        // Parameters before the first one with a default value or rest: counted at the top nesting level of text that parsed.
        let (mut depth, mut count, mut any) = (0_u32, 0, false);
        let mut quote = 0;
        let mut i = start as usize;
        while i < end as usize {
            let u = text.get(i).unwrap_or(0);
            i += 1;
            if quote != 0 {
                if u == u16::from(b'\\') {
                    i += 1;
                } else if u == quote {
                    quote = 0;
                }
                continue;
            }
            match u8::try_from(u).unwrap_or(b'x') {
                b'/' if text.get(i) == Some(u16::from(b'*')) => {
                    while i < end as usize && !(text.get(i) == Some(42) && text.get(i + 1) == Some(47)) {
                        i += 1;
                    }
                    i += 2;
                }
                b'/' if text.get(i) == Some(u16::from(b'/')) => {
                    while i < end as usize && !matches!(text.get(i), Some(10 | 13 | 0x2028 | 0x2029)) {
                        i += 1;
                    }
                }
                b'(' | b'[' | b'{' => {
                    depth += 1;
                    any = true;
                }
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'"' | b'\'' | b'`' if depth > 0 => quote = u,
                b',' if depth == 0 => {
                    count += u32::from(any);
                    any = false;
                }
                b'=' | b'.' if depth == 0 => return Ok(count),
                b' ' | b'\t' | b'\n' | b'\r' => {}
                _ => any = true,
            }
        }
        Ok(count + u32::from(any))
    }

    /// The source text of a function (ECMA-262 §20.2.3.5).
    pub(crate) fn function_source(&mut self, f: Object<'s>) -> JsResult<Value<'s>> {
        let desc = self.field(f, field::Function::info)?;
        let record = self.field(desc, info::SCRIPT)?;
        let start = self.field_raw(desc, info::TEXT_START).as_raw() as u32;
        let end = self.field_raw(desc, info::TEXT_END).as_raw() as u32;
        let source = self.field_raw(record, script::SOURCE);
        let text = string::substring(self.heap_mut(), source, start, end)?;
        self.root(text)
    }

    /// A BigInt literal's value.
    pub(super) fn bigint_literal(&mut self, text: Value<'s>) -> JsResult<Value<'s>> {
        let mut digits = [0_u8; 4096];
        let s = self.peek(text);
        let view = string::view(self.heap(), s);
        let len = view.len();
        if len > digits.len() {
            return Err(self.throw_syntax_error("BigInt literal is too long"));
        }
        for (d, u) in digits.iter_mut().zip(view.units()) {
            *d = u as u8;
        }
        match self.bigint_from_text(rotifer_jsvalue::StrView::Latin1(&digits[..len]))? {
            Some(v) => Ok(v),
            None => Err(self.throw_syntax_error("invalid BigInt literal")),
        }
    }

    /// A note on an error about the place in a source it is about.
    pub(crate) fn note_error_place(&mut self, place: (u32, u32)) -> JsResult<()> {
        let e = self.root_word(crate::isolate::RootWord::Exception);
        if e.is_heap_object() && self.heap().kind(e.index()) == Kind::Error {
            let e = self.root_object(e)?;
            for (key, v) in [(n!("lineNumber"), place.0), (n!("columnNumber"), place.1)] {
                let d = PropertyDescriptor::data(imm(f64::from(v)), rotifer_jsvalue::Attrs::HIDDEN);
                self.define_own_property(e, key.into_key(), &d)?;
            }
        }
        Ok(())
    }
}
