//! Parsing and compiling: scripts, eval code, and functions when they are first called.

use core::fmt::Write;

use rotifer_arena::{ArenaView, ScratchVec};
use rotifer_jsvalue::{HeapExt, JsValue, Kind, field};

use super::install::Builder;
use super::layout::{info, scope, script};
use crate::bytecode::{BindingFlags, ContextFlags, ScopeDesc};
use crate::compiler::{self, CompileError, OuterBinding, OuterScopes};
use crate::cx::{Cx, Object, Value};
use crate::ops::Message;
use crate::stack_guard::StackGuard;
use crate::syntax::ast::{FunctionFlags, FunctionKind, FunctionLiteral};
use crate::syntax::{self, Ast, EvalContext, ParseError, ParseOptions, SourceText, SyntaxError, Text, is_id_part};
use crate::throw::JsResult;

/// What is to be compiled.
#[derive(Clone, Copy)]
pub(crate) enum Goal<'g> {
    /// A script.
    Script,
    /// A module.
    Module,
    /// Eval code, direct or not.
    Eval(EvalGoal),
    /// One function.
    Function(&'g FunctionLiteral, ContextFlags),
    /// Source put together by a `Function` constructor: ends of parameters, start and end of body.
    Dynamic(u32, u32, u32, u32),
}

/// Where eval code runs.
#[derive(Clone, Copy, Default)]
pub(crate) struct EvalGoal {
    pub context: ContextFlags,
    pub direct: bool,
    pub in_class_field_initializer: bool,
}

/// Why there is no code.
enum Failure {
    Syntax(SyntaxError),
    Memory,
    TooDeep,
}

impl From<ParseError> for Failure {
    fn from(e: ParseError) -> Self {
        match e {
            ParseError::Syntax(e) => Failure::Syntax(e),
            ParseError::OutOfScratch => Failure::Memory,
            ParseError::TooDeep => Failure::TooDeep,
        }
    }
}

impl From<CompileError> for Failure {
    fn from(e: CompileError) -> Self {
        match e {
            CompileError::OutOfScratch => Failure::Memory,
            CompileError::TooDeep => Failure::TooDeep,
            CompileError::TooComplex(position) => {
                Failure::Syntax(SyntaxError { message: "function is too complex", position, end: position })
            }
        }
    }
}

impl From<rotifer_arena::OutOfScratch> for Failure {
    fn from(_: rotifer_arena::OutOfScratch) -> Self {
        Failure::Memory
    }
}

fn value(view: ArenaView<'_>, at: u32) -> JsValue {
    JsValue::from_bits(view.get(at))
}

/// The characters of a flat string block or static string.
fn text_of(view: ArenaView<'_>, s: JsValue) -> Text<'_> {
    if let Some(n) = s.as_name() {
        return Text::Latin1(n.text());
    }
    let at = s.index();
    let header = rotifer_arena::MemBlockHeader::from_bits(view.get(at));
    let len = view.get(at + 1) as u32;
    match Kind::from_u8(header.kind()) {
        Kind::StringUtf16 => Text::Utf16(view.units(at + 2, len)),
        Kind::StringLatin1 => Text::Latin1(view.bytes(at + 2, len)),
        _ => Text::Latin1(&[]),
    }
}

/// The scope descriptions around code, as they are in the heap.
struct HeapScopes<'v> {
    view: ArenaView<'v>,
    innermost: JsValue,
}

impl OuterScopes for HeapScopes<'_> {
    fn resolve(&self, name: Text<'_>) -> OuterBinding {
        let mut at = self.innermost;
        let mut depth = 0;
        let mut dynamic = false;
        let hidden = compiler::is_never_dynamic(name);
        while at.is_cell() {
            let block = at.index();
            let raw = value(self.view, block + scope::INFO).as_raw();
            let flags = raw as u16;
            let words = (self.view.get(block) >> 32) as u32;
            let mut i = scope::NAMES;
            while i + 1 < words {
                let n = value(self.view, block + i);
                if n.is_string() && text_of(self.view, n) == name {
                    if dynamic {
                        return OuterBinding::Dynamic;
                    }
                    let raw = value(self.view, block + i + 1).as_raw();
                    return OuterBinding::Slot { depth, slot: raw as u32, flags: BindingFlags((raw >> 32) as u8) };
                }
                i += 2;
            }
            if flags & (ScopeDesc::WITH | ScopeDesc::EVAL_VARS) != 0 && !hidden {
                dynamic = true;
            }
            at = value(self.view, block + scope::PARENT);
            depth += 1;
        }
        if dynamic { OuterBinding::Dynamic } else { OuterBinding::Global }
    }
}

fn parse<'s>(
    source: SourceText<'s>,
    scratch: &'s rotifer_arena::Scratch<'_>,
    goal: Goal<'_>,
    options: ParseOptions<'_>,
    outer: &HeapScopes<'_>,
) -> Result<Ast<'s>, ParseError> {
    match goal {
        Goal::Script => syntax::parse_script(source, scratch, options),
        Goal::Module => syntax::parse_module(source, scratch, options),
        Goal::Eval(e) => {
            let declared = |name: Text<'_>| matches!(outer.resolve(name), OuterBinding::Slot { .. });
            let context = EvalContext {
                strict: e.context.has(ContextFlags::STRICT),
                in_function: e.context.has(ContextFlags::NEW_TARGET_ALLOWED),
                in_method: e.context.has(ContextFlags::SUPER_PROPERTY_ALLOWED),
                in_derived_constructor: e.context.has(ContextFlags::SUPER_CALL_ALLOWED),
                in_class_field_initializer: e.in_class_field_initializer,
                private_names: if e.direct { Some(&declared) } else { None },
            };
            syntax::parse_eval(source, scratch, options, &context)
        }
        Goal::Function(literal, _) => syntax::parse_function_at(source, scratch, options, literal),
        Goal::Dynamic(ps, pe, bs, be) => syntax::parse_dynamic_function(source, ps..pe, bs..be, scratch, options),
    }
}

impl<'s> Cx<'s> {
    /// Compiles `goal` from the source of `script` in the scopes `outer` (a scope description or null). Gives the code block;
    /// `function` is its description, if it has one.
    ///
    /// # Errors
    /// A SyntaxError; out of memory; a RangeError when it is nested too deeply.
    pub(crate) fn compile(
        &mut self,
        goal: Goal<'_>,
        script: Value<'s>,
        outer: Value<'s>,
        function: Value<'s>,
    ) -> JsResult<Value<'s>> {
        for last in [false, true] {
            match self.compile_once(goal, script, outer, function) {
                Ok(code) => {
                    let code = self.root(JsValue::cell(code))?;
                    self.finish_code(code)?;
                    return Ok(code);
                }
                // Garbage may be what fills the gap.
                Err(Failure::Memory) if !last => self.heap_mut().collect(&mut []),
                Err(Failure::Memory) => return Err(self.oom()),
                Err(Failure::TooDeep) => return Err(self.throw_range_error("source is nested too deeply")),
                Err(Failure::Syntax(e)) => return Err(self.throw_parse_error(script, e)),
            }
        }
        Err(self.oom())
    }

    fn compile_once(
        &mut self,
        goal: Goal<'_>,
        script: Value<'s>,
        outer: Value<'s>,
        function: Value<'s>,
    ) -> Result<u32, Failure> {
        let (script, outer, function) = (self.peek(script), self.peek(outer), self.peek(function));
        let source = self.heap().value(script.index() + script::SOURCE);
        let guard: StackGuard = self.guard;
        let start = self.heap().top();
        let (range, code) = {
            let (view, scratch) = self.heap_mut().split_scratch();
            let scopes = HeapScopes { view, innermost: outer };
            let validator = |pattern: Text<'_>, flags: Text<'_>| crate::regexp_glue::validate(pattern, flags, guard);
            let mut options = ParseOptions::new(guard);
            if !matches!(goal, Goal::Function(..)) {
                options.regexp = Some(&validator);
            }
            let out;
            let code;
            if let Goal::Function(literal, context) = goal
                && context.has(ContextFlags::DEFAULT_CONSTRUCTOR)
            {
                let compiled = compiler::compile_default_constructor(&scratch, literal.kind, context)?;
                (out, code) =
                    Builder::build(None, &compiled, ScratchVec::new(&scratch), start, script, outer, function)?;
            } else {
                let mut ast = parse(text_of(view, source), &scratch, goal, options, &scopes)?;
                let context = match goal {
                    Goal::Function(_, context) => context,
                    Goal::Eval(e) => e.context,
                    _ => ContextFlags::default(),
                };
                let mut compiled = compiler::compile(&ast, &scratch, guard, &scopes, context)?;
                #[cfg(debug_assertions)]
                if let Err(e) = crate::bytecode::verify(&compiled, &scratch)
                    && e.what != "no scratch left to verify in"
                {
                    debug_assert!(false, "bytecode: {e:?}");
                }
                ast.forget_tree();
                let [a, b, c, d, e, f, g, h, i, j, k, l] = ast.buffers();
                let [m, n, o, p, q, r, s, t] = compiled.buffers();
                scratch.compact(&mut [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t]);
                (out, code) =
                    Builder::build(Some(&ast), &compiled, ScratchVec::new(&scratch), start, script, outer, function)?;
            }
            (out.into_range(), code)
        };
        let (offset, bytes) = range;
        if !self.heap().fits((bytes / 8) as u32) {
            return Err(Failure::Memory);
        }
        self.heap_mut().adopt_scratch((offset / 8) as u32, (bytes / 8) as u32);
        Ok(code)
    }

    /// Compiles a function that is called for the first time.
    pub(crate) fn compile_function(&mut self, f: Object<'s>) -> JsResult<()> {
        let mut cx = self.nest();
        let desc = cx.field(f, field::Function::info)?;
        let at = cx.peek(desc).index();
        let raw = |word: u32| cx.heap().value(at + word).as_raw();
        let kind = raw(info::KIND);
        let literal = FunctionLiteral {
            kind: function_kind(kind as u8),
            flags: FunctionFlags(raw(info::FLAGS) as u32),
            name: None,
            start: raw(info::START) as u32,
            params: raw(info::PARAMS) as u32,
            end: raw(info::END) as u32,
            length: raw(info::LENGTH) as u32,
        };
        let context = ContextFlags((kind >> 8) as u16);
        let script = cx.field(desc, info::SCRIPT)?;
        let outer = cx.field(desc, info::SCOPE)?;
        let code = cx.compile(Goal::Function(&literal, context), script, outer, desc)?;
        cx.set_field(desc, info::CODE, code);
        Ok(())
    }

    /// A SyntaxError with its place in the source.
    fn throw_parse_error(&mut self, script: Value<'s>, e: SyntaxError) -> crate::throw::Throw {
        let place = self.source_place(script, e.position);
        let mut message = Message::new();
        let _ = message.write_str(e.message);
        let source = self.field_raw(script, script::SOURCE);
        let text = rotifer_jsvalue::string::view(self.heap(), source);
        let (from, to) = (e.position as usize, (e.end as usize).min(text.len()));
        // The offending word or sign, when it is one.
        let unexpected = e.message.starts_with("unexpected");
        let quotable =
            |unit: u16| if unexpected { !matches!(unit, 0..=32 | 0x2028 | 0x2029) } else { is_id_part(unit.into()) };
        if from < to && to - from <= QUOTED && !e.message.starts_with('`') && (from..to).all(|i| quotable(text.at(i))) {
            let _ = message.write_str(if unexpected { " '" } else { ": '" });
            message.push_view(text.slice(from, to));
            let _ = message.write_str("'");
        }
        let error = self.throw_syntax_error(message.as_str());
        let _ = self.note_error_place(place);
        error
    }

    /// Line and column of a position, both from 1, columns in code units.
    pub(crate) fn source_place(&self, script: Value<'s>, position: u32) -> (u32, u32) {
        let s = self.field_raw(script, script::SOURCE);
        let text = match rotifer_jsvalue::string::view(self.heap(), s) {
            rotifer_jsvalue::StrView::Latin1(t) => Text::Latin1(t),
            rotifer_jsvalue::StrView::Utf16(t) => Text::Utf16(t),
        };
        let (line, column) = syntax::line_and_column(text, position);
        let first = self.field_raw(script, script::LINE).as_int().unwrap_or(0);
        (line.saturating_add_signed(first), column)
    }
}

/// Offending text longer than this is not quoted.
const QUOTED: usize = 40;

/// The function kind with this number.
pub(crate) fn function_kind(n: u8) -> FunctionKind {
    const KINDS: [FunctionKind; 9] = [
        FunctionKind::Normal,
        FunctionKind::Arrow,
        FunctionKind::Method,
        FunctionKind::Getter,
        FunctionKind::Setter,
        FunctionKind::ClassConstructor,
        FunctionKind::DerivedConstructor,
        FunctionKind::InstanceFields,
        FunctionKind::StaticElements,
    ];
    KINDS.get(n as usize).copied().unwrap_or(FunctionKind::Normal)
}
