//! Entry points: what can be parsed.

use core::num::NonZeroU32;

use rotifer_arena::Scratch;

use super::SourceText;
use super::ast::{Ast, FunctionFlags, FunctionKind, FunctionLiteral, Root, RootKind};
use super::error::{ParseError, R, SyntaxError};
use super::functions::FunctionSpec;
use super::names::Text;
use super::parser::{FunctionState, Parser, ctx};
use super::scope::{ScopeId, ScopeKind};
use super::token::Tok;
use crate::stack_guard::StackGuard;

/// Checks a regular expression literal: pattern and flags. An error is a message and an offset in the pattern.
pub type RegExpValidator<'o> = &'o dyn Fn(Text<'_>, Text<'_>) -> Result<(), (&'static str, u32)>;

/// What every parse needs to know.
#[derive(Clone, Copy)]
pub struct ParseOptions<'o> {
    /// How deep the native stack may grow.
    pub guard: StackGuard,
    /// Checks regular expression literals, if given.
    pub regexp: Option<RegExpValidator<'o>>,
}

impl<'o> ParseOptions<'o> {
    /// Options with a guard and nothing else.
    #[must_use]
    pub fn new(guard: StackGuard) -> Self {
        ParseOptions { guard, regexp: None }
    }
}

/// Where eval code runs (PerformEval, §19.2.1.1).
#[derive(Clone, Copy, Default)]
pub struct EvalContext<'o> {
    /// The code that calls it directly is strict.
    pub strict: bool,
    /// `new.target` is allowed: inside a function that is no arrow (at any distance through arrows).
    pub in_function: bool,
    /// `super.x` is allowed.
    pub in_method: bool,
    /// `super()` is allowed.
    pub in_derived_constructor: bool,
    /// `arguments` is an error: inside a class field initialiser.
    pub in_class_field_initializer: bool,
    /// Whether a private name (with its `#`) is declared around it.
    pub private_names: Option<&'o dyn Fn(Text<'_>) -> bool>,
}

fn fail(parser: Option<ParseError>) -> ParseError {
    parser.unwrap_or(ParseError::OutOfScratch)
}

fn check_size(source: SourceText<'_>) -> Result<(), ParseError> {
    if source.len() >= (1 << 30) {
        return Err(ParseError::OutOfScratch);
    }
    Ok(())
}

/// Runs `work` with a new parser and makes the tree of what it returns.
fn run<'s>(
    source: SourceText<'s>,
    scratch: &'s Scratch<'_>,
    options: ParseOptions<'_>,
    range: core::ops::Range<u32>,
    module: bool,
    work: impl FnOnce(&mut Parser<'s, '_>) -> R<Root>,
) -> Result<Ast<'s>, ParseError> {
    check_size(source)?;
    let Ok(mut parser) = Parser::new(source, scratch, options, range.start as usize, !module) else {
        return Err(ParseError::OutOfScratch);
    };
    // A node for five code units is usual. Growing step by step would leave outgrown buffers behind.
    let expected = (range.end.saturating_sub(range.start) as usize / 5).min(1024);
    let _ = parser.nodes.reserve(expected.min(scratch.remaining() / 4 / size_of::<super::ast::Node>()));
    match work(&mut parser) {
        Ok(root) => {
            let mut ast = finish(parser, root);
            scratch.compact(&mut ast.buffers());
            Ok(ast)
        }
        Err(_) => Err(fail(parser.lx.error)),
    }
}

/// Keeps what makes up the tree, and lets go of the rest.
fn finish<'s>(parser: Parser<'s, '_>, root: Root) -> Ast<'s> {
    let Parser { lx, nodes, lists, functions, scopes, bindings, requests, attributes, imports, exports, .. } = parser;
    let interner = lx.interner;
    Ast {
        source: lx.source,
        nodes,
        lists,
        functions,
        scopes,
        bindings,
        names: interner.names,
        pool8: interner.pool8,
        pool16: interner.pool16,
        requests,
        attributes,
        imports,
        exports,
        root,
    }
}

/// Parses a script (§16.1).
///
/// # Errors
/// See [`ParseError`].
pub fn parse_script<'s>(
    source: SourceText<'s>,
    scratch: &'s Scratch<'_>,
    options: ParseOptions<'_>,
) -> Result<Ast<'s>, ParseError> {
    run(source, scratch, options, 0..source.len() as u32, false, |parser| {
        parser.lx.hashbang();
        parser.top_level(RootKind::Script, ScopeKind::Global, None)
    })
}

/// Parses a module (§16.2).
///
/// # Errors
/// See [`ParseError`].
pub fn parse_module<'s>(
    source: SourceText<'s>,
    scratch: &'s Scratch<'_>,
    options: ParseOptions<'_>,
) -> Result<Ast<'s>, ParseError> {
    run(source, scratch, options, 0..source.len() as u32, true, |parser| {
        parser.lx.hashbang();
        parser.ctx |= ctx::MODULE | ctx::STRICT | ctx::AWAIT;
        parser.top_level(RootKind::Module, ScopeKind::Module, None)
    })
}

/// Parses eval code. Indirect eval is `EvalContext::default()`.
///
/// # Errors
/// See [`ParseError`].
pub fn parse_eval<'s>(
    source: SourceText<'s>,
    scratch: &'s Scratch<'_>,
    options: ParseOptions<'_>,
    context: &EvalContext<'_>,
) -> Result<Ast<'s>, ParseError> {
    run(source, scratch, options, 0..source.len() as u32, false, |parser| {
        parser.lx.hashbang();
        for (on, bits) in [
            (context.strict, ctx::STRICT),
            (context.in_function, ctx::NEW_TARGET),
            (context.in_method, ctx::SUPER_PROPERTY),
            (context.in_derived_constructor, ctx::SUPER_CALL),
            (context.in_class_field_initializer, ctx::NO_ARGUMENTS),
        ] {
            if on {
                parser.ctx |= bits;
            }
        }
        parser.top_level(RootKind::Eval, ScopeKind::Eval, context.private_names)
    })
}

/// Parses one function again from the source in which it was found, to compile it. The literal's name is not used (it
/// may come from another parse): it is read again.
///
/// # Errors
/// See [`ParseError`]. With the literal of an earlier successful parse of the same source only
/// [`ParseError::OutOfScratch`] and [`ParseError::TooDeep`] are possible.
pub fn parse_function_at<'s>(
    source: SourceText<'s>,
    scratch: &'s Scratch<'_>,
    options: ParseOptions<'_>,
    literal: &FunctionLiteral,
) -> Result<Ast<'s>, ParseError> {
    let start = if literal.kind == FunctionKind::Normal { literal.start } else { literal.params };
    run(source, scratch, options, start..literal.end, literal.flags.in_module(), |parser| parser.function_root(literal))
}

/// Checks the parts of a `Function` constructor call (CreateDynamicFunction, §20.2.1.1.1).
///
/// `source` is the whole text `function anonymous(` parameters `\n) {\n` body `\n}` (with `async` and `*` as needed) and
/// `parameters` and `body` the ranges of the parts in it. The result's root is the function, as from
/// [`parse_function_at`], and [`Root::function`] is its literal in that source.
///
/// # Errors
/// See [`ParseError`].
pub fn parse_dynamic_function<'s>(
    source: SourceText<'s>,
    parameters: core::ops::Range<u32>,
    body: core::ops::Range<u32>,
    scratch: &'s Scratch<'_>,
    options: ParseOptions<'_>,
) -> Result<Ast<'s>, ParseError> {
    run(source, scratch, options, 0..source.len() as u32, false, |parser| parser.dynamic_function(&parameters, &body))
}

impl Parser<'_, '_> {
    fn top_level(
        &mut self,
        kind: RootKind,
        scope_kind: ScopeKind,
        private_names: Option<&dyn Fn(Text<'_>) -> bool>,
    ) -> R<Root> {
        self.f = FunctionState::new(FunctionKind::Normal, FunctionFlags(0));
        let owns_this = kind != RootKind::Eval;
        if !owns_this {
            // `this` and the like are looked up outside, as in an arrow function.
            self.f.kind = FunctionKind::Arrow;
        }
        self.advance()?;
        let scope = self.open_scope(scope_kind)?;
        self.f.scope = scope;
        self.f.var_scope = scope;
        let base = self.pending.len();
        if kind != RootKind::Module {
            self.directives(None)?;
        }
        while !self.at(Tok::Eof) {
            let item = if kind == RootKind::Module { self.module_item()? } else { self.statement_list_item()? };
            self.pending.push(item.0.get())?;
        }
        if kind == RootKind::Module {
            self.finish_exports()?;
        }
        let body = self.finish_list(base)?;
        self.close_scope()?;
        self.check_private(private_names)?;
        let mut flags = self.f.flags;
        flags.set(FunctionFlags::STRICT, self.strict());
        flags.set(FunctionFlags::MODULE, self.has(ctx::MODULE));
        let end = self.lx.source.len() as u32;
        let function = FunctionLiteral { kind: self.f.kind, flags, name: None, start: 0, params: 0, end, length: 0 };
        self.root(kind, function, 0, scope, scope, 0, body)
    }

    #[allow(clippy::too_many_arguments)]
    fn root(
        &mut self,
        kind: RootKind,
        function: FunctionLiteral,
        name_scope: u32,
        scope: u32,
        body_scope: u32,
        params: u32,
        body: u32,
    ) -> R<Root> {
        let list = |index: u32| super::ast::List {
            start: index + 1,
            len: if index == 0 { 0 } else { self.lists[index as usize] },
        };
        let id = |raw: u32| ScopeId(NonZeroU32::new(raw).unwrap_or(NonZeroU32::MIN));
        Ok(Root {
            kind,
            function,
            name_scope: NonZeroU32::new(name_scope).map(ScopeId),
            scope: id(scope),
            body_scope: id(body_scope),
            params: list(params),
            body: list(body),
        })
    }

    /// Private names that nobody declared.
    fn check_private(&mut self, declared: Option<&dyn Fn(Text<'_>) -> bool>) -> R<()> {
        for index in 0..self.refs.len() {
            let name = self.refs[index].name();
            let text = self.lx.interner.text(self.lx.source, name);
            if text.get(0) != Some(u16::from(b'#')) {
                continue;
            }
            if declared.is_some_and(|declared| declared(text)) {
                continue;
            }
            let pos = self.private_pos.min(self.refs[index].position(&self.nodes));
            return Err(self.lx.fail("this private name is not declared in a class around it", pos, pos + 1));
        }
        Ok(())
    }

    fn function_root(&mut self, literal: &FunctionLiteral) -> R<Root> {
        let bits = [
            (literal.flags.is_strict(), ctx::STRICT),
            (literal.flags.in_module(), ctx::MODULE),
            (literal.kind == FunctionKind::Arrow, ctx::NEW_TARGET | ctx::SUPER_PROPERTY | ctx::SUPER_CALL),
        ];
        for (on, bits) in bits {
            if on {
                self.ctx |= bits;
            }
        }
        self.advance()?;
        let keep = FunctionFlags::STRICT.0
            | FunctionFlags::ASYNC.0
            | FunctionFlags::GENERATOR.0
            | FunctionFlags::EXPRESSION.0
            | FunctionFlags::IN_CLASS.0
            | FunctionFlags::DYNAMIC_FUNCTION.0
            | FunctionFlags::KEYS_AWAIT.0
            | FunctionFlags::KEYS_YIELD.0
            | FunctionFlags::EAGER.0
            | FunctionFlags::DERIVED_CLASS.0;
        let flags = FunctionFlags(literal.flags.0 & keep);
        let mut name = None;
        if literal.kind == FunctionKind::Normal {
            while self.pos() < literal.params {
                if self.at(Tok::Ident) {
                    name = Some(self.lx.t.name);
                }
                self.advance()?;
            }
        }
        let _ = self.enter_function(literal.kind, flags);
        if matches!(literal.kind, FunctionKind::InstanceFields | FunctionKind::StaticElements) {
            return self.initialiser_root(literal, flags);
        }
        let spec = FunctionSpec { kind: literal.kind, flags, name, start: literal.start, created: literal.start };
        let parts = self.function_parts(&spec)?;
        self.root(
            RootKind::Function,
            parts.literal,
            parts.name_scope,
            parts.scope,
            parts.body_scope,
            parts.params,
            parts.body,
        )
    }

    fn initialiser_root(&mut self, literal: &FunctionLiteral, flags: FunctionFlags) -> R<Root> {
        self.ctx =
            self.ctx & ctx::MODULE | ctx::STRICT | ctx::IN | ctx::NEW_TARGET | ctx::SUPER_PROPERTY | ctx::NO_ARGUMENTS;
        let scope = self.open_scope(ScopeKind::Function)?;
        self.f.scope = scope;
        self.f.var_scope = scope;
        let body = self.class_body_for(literal.kind, flags.contains(FunctionFlags::DERIVED_CLASS))?;
        self.close_function_scope(literal.kind)?;
        let function = FunctionLiteral { flags: literal.flags.union(self.f.flags), ..*literal };
        self.root(RootKind::Function, function, 0, scope, scope, 0, body)
    }

    fn dynamic_function(&mut self, parameters: &core::ops::Range<u32>, body: &core::ops::Range<u32>) -> R<Root> {
        // The parts have to be right by themselves: `*/` or `}` must not reach into what was put around them.
        self.advance()?;
        let start = self.pos();
        let mut flags = FunctionFlags(0);
        if self.at_word(super::Name::ASYNC) {
            flags = flags.union(FunctionFlags::ASYNC);
            self.advance()?;
        }
        self.expect(Tok::Function)?;
        if self.eat(Tok::Star)? {
            flags = flags.union(FunctionFlags::GENERATOR);
        }
        if self.at(Tok::Ident) {
            self.advance()?;
        }
        flags = flags.union(FunctionFlags::DYNAMIC_FUNCTION);
        let _ = self.enter_function(FunctionKind::Normal, flags);
        let spec = FunctionSpec {
            kind: FunctionKind::Normal,
            flags,
            name: Some(super::Name::ANONYMOUS),
            start,
            created: start,
        };
        self.dynamic_ranges = Some((parameters.clone().end, body.start));
        let parts = self.function_parts(&spec)?;
        if !self.at(Tok::Eof) || self.lx.prev_end <= body.end {
            return Err(self.unexpected());
        }
        self.check_private(None)?;
        self.root(
            RootKind::Function,
            parts.literal,
            parts.name_scope,
            parts.scope,
            parts.body_scope,
            parts.params,
            parts.body,
        )
    }
}

impl SyntaxError {
    /// Line and column of the position, both from 1, columns in code units.
    #[must_use]
    pub fn line_and_column(&self, source: SourceText<'_>) -> (u32, u32) {
        line_and_column(source, self.position)
    }
}

/// Line and column of a position, both from 1, columns in code units.
#[must_use]
pub fn line_and_column(source: SourceText<'_>, position: u32) -> (u32, u32) {
    let mut line = 1;
    let mut line_start = 0;
    let end = (position as usize).min(source.len());
    for index in 0..end {
        let unit = source.get(index).unwrap_or(0);
        let is_crlf = unit == 13 && source.get(index + 1) == Some(10);
        if matches!(unit, 10 | 13 | 0x2028 | 0x2029) && !is_crlf {
            line += 1;
            line_start = index + 1;
        }
    }
    (line, (end - line_start.min(end)) as u32 + 1)
}
