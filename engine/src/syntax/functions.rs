//! Functions (§15) apart from classes.

use super::ast::{FunctionFlags, FunctionKind, FunctionLiteral, Kind, NodeId};
use super::error::R;
use super::names::Name;
use super::parser::{FunctionState, Mark, NOWHERE, Parser, ctx};
use super::patterns::Declares;
use super::scope::{Binding, BindingKind, Scope, ScopeKind};
use super::token::Tok;

/// What stands in front of a method's name.
#[derive(Clone, Copy)]
pub(crate) struct MethodSpec {
    pub kind: FunctionKind,
    pub flags: FunctionFlags,
}

impl MethodSpec {
    pub fn plain() -> Self {
        MethodSpec { kind: FunctionKind::Method, flags: FunctionFlags(0) }
    }

    /// `extra` of a property or class element node.
    pub fn property_kind(self) -> u16 {
        match self.kind {
            FunctionKind::Getter => 1,
            FunctionKind::Setter => 2,
            _ => 3,
        }
    }
}

/// A function as it begins.
#[derive(Clone, Copy)]
pub(crate) struct FunctionSpec {
    pub kind: FunctionKind,
    pub flags: FunctionFlags,
    pub name: Option<Name>,
    pub start: u32,
    /// Where its closure is made, 0 when that is at the start of its scope.
    pub created: u32,
}

/// What came out of a function.
pub(crate) struct FunctionParts {
    pub literal: FunctionLiteral,
    pub name_scope: u32,
    pub scope: u32,
    pub body_scope: u32,
    pub params: u32,
    pub body: u32,
}

/// State of the function around an inner one, kept while that is parsed.
pub(crate) struct Saved {
    ctx: u32,
    f: FunctionState,
    cover_error: u32,
    last_yield: u32,
    last_await: u32,
    last_await_name: u32,
    saw_expression: bool,
    labels: u32,
    param_vars: u32,
}

pub(crate) const USES: FunctionFlags = FunctionFlags(
    FunctionFlags::USES_THIS.0
        | FunctionFlags::USES_ARGUMENTS.0
        | FunctionFlags::USES_SUPER_PROPERTY.0
        | FunctionFlags::USES_SUPER_CALL.0
        | FunctionFlags::USES_NEW_TARGET.0
        | FunctionFlags::DIRECT_EVAL.0,
);

const HIDDEN: [(FunctionFlags, Name); 4] = [
    (FunctionFlags::USES_THIS, Name::THIS),
    (FunctionFlags::USES_NEW_TARGET, Name::NEW_TARGET),
    (FunctionFlags::USES_SUPER_PROPERTY, Name::HOME_OBJECT),
    (FunctionFlags::USES_SUPER_CALL, Name::ACTIVE_FUNCTION),
];

impl Parser<'_, '_> {
    pub(super) fn enter_function(&mut self, kind: FunctionKind, flags: FunctionFlags) -> Saved {
        let saved = Saved {
            ctx: self.ctx,
            f: self.f,
            cover_error: self.cover_error,
            last_yield: self.last_yield,
            last_await: self.last_await,
            last_await_name: self.last_await_name,
            saw_expression: self.saw_expression,
            labels: self.labels.len() as u32,
            param_vars: self.param_vars.len() as u32,
        };
        self.cover_error = NOWHERE;
        self.saw_expression = false;
        self.f = FunctionState::new(kind, flags);
        self.f.labels = saved.labels;
        saved
    }

    pub(super) fn leave_function(&mut self, saved: &Saved) {
        self.ctx = saved.ctx;
        self.f = saved.f;
        self.cover_error = saved.cover_error;
        self.last_yield = saved.last_yield;
        self.last_await = saved.last_await;
        self.last_await_name = saved.last_await_name;
        self.saw_expression = saved.saw_expression;
        self.labels.truncate(saved.labels as usize);
        self.param_vars.truncate(saved.param_vars as usize);
    }

    /// The grammar parameters in the body of a function of that kind.
    fn body_ctx(&self, spec: &FunctionSpec) -> u32 {
        let mut bits = ctx::IN | ctx::RETURN;
        if spec.flags.is_async() {
            bits |= ctx::AWAIT;
        }
        if spec.flags.is_generator() {
            bits |= ctx::YIELD;
        }
        match spec.kind {
            FunctionKind::Arrow => return bits | self.ctx & ctx::ARROW,
            FunctionKind::Normal => {}
            FunctionKind::DerivedConstructor => bits |= ctx::SUPER_PROPERTY | ctx::SUPER_CALL,
            _ => bits |= ctx::SUPER_PROPERTY,
        }
        bits | ctx::NEW_TARGET | self.ctx & (ctx::STRICT | ctx::MODULE)
    }

    /// Parses an inner function from its parameters on, drops its nodes, and gives its index.
    #[inline(never)]
    pub(super) fn inner_function(&mut self, spec: &FunctionSpec) -> R<u32> {
        self.check_depth()?;
        let mark = self.mark();
        let saved = self.enter_function(spec.kind, spec.flags);
        let literal = self.function_parts(spec)?.literal;
        self.end_inner(&mark, &saved, literal, spec.created)
    }

    /// Drops an inner function's nodes, passes its references on, and notes it.
    pub(super) fn end_inner(&mut self, mark: &Mark, saved: &Saved, literal: FunctionLiteral, created: u32) -> R<u32> {
        self.pass_refs_outwards(mark.refs as usize, created);
        self.drop_back_to(mark);
        self.leave_function(saved);
        let index = self.functions.len() as u32;
        self.functions.push(literal)?;
        self.f.flags = self.f.flags.union(FunctionFlags::HAS_CLOSURES);
        Ok(index)
    }

    /// Parameters and body of a function. The function must have been entered. At its end all its scopes are closed.
    pub(super) fn function_parts(&mut self, spec: &FunctionSpec) -> R<FunctionParts> {
        let outer_ctx = self.ctx;
        let params_pos = self.pos();
        let named = spec.flags.is_expression() && spec.kind == FunctionKind::Normal;
        let own_name = spec.name.filter(|_| named);
        self.ctx = self.body_ctx(spec);
        if let Some(name) = own_name {
            let scope = self.open_scope(ScopeKind::FunctionName)?;
            self.add_binding(name, BindingKind::FunctionName, scope, 0)?;
        }
        let scope = self.open_scope(ScopeKind::Function)?;
        self.f.scope = scope;
        self.f.var_scope = scope;
        let body_ctx = self.ctx;
        self.ctx |= ctx::PARAMETERS;
        if spec.kind == FunctionKind::Arrow {
            self.ctx |= outer_ctx & ctx::IN;
        }
        let (params, length) = if spec.kind == FunctionKind::Arrow && !self.at(Tok::LParen) {
            self.single_parameter()?
        } else {
            self.parameters()?
        };
        self.check_accessor(spec.kind, params, params_pos)?;
        self.ctx = body_ctx;
        if spec.kind == FunctionKind::Arrow {
            if self.lx.t.newline {
                return Err(self.unexpected());
            }
            self.expect(Tok::Arrow)?;
        }
        let (body, body_scope) = self.function_body(spec, outer_ctx & ctx::IN, params_pos)?;
        let end = self.lx.prev_end;
        let scope = self.close_function_scope(spec.kind)?;
        let name_scope = if own_name.is_some() { self.close_scope()? } else { 0 };
        let literal = self.literal(spec, params_pos, end, length);
        Ok(FunctionParts {
            literal,
            name_scope,
            scope,
            body_scope: if body_scope == 0 { scope } else { body_scope },
            params,
            body,
        })
    }

    fn literal(&mut self, spec: &FunctionSpec, params: u32, end: u32, length: u32) -> FunctionLiteral {
        let mut flags = self.f.flags;
        // `ASYNC` is also noted by `await` itself, for modules.
        flags.set(FunctionFlags::ASYNC, spec.flags.is_async());
        flags.set(FunctionFlags::STRICT, self.strict());
        flags.set(FunctionFlags::MODULE, self.has(ctx::MODULE));
        let read_only = self.f.arguments_seen > 0 && self.f.arguments_seen == self.f.arguments_read;
        flags.set(FunctionFlags::ARGUMENTS_READ_ONLY, read_only && !flags.has_direct_eval());
        flags.set(FunctionFlags::PARAMETER_ASSIGNED, self.f.parameter_assigned);
        FunctionLiteral { kind: spec.kind, flags, name: spec.name, start: spec.start, params, end, length }
    }

    fn single_parameter(&mut self) -> R<(u32, u32)> {
        let base = self.pending.len();
        let param = self.binding_target(Declares::SimpleParam(0))?;
        self.pending.push(param.0.get())?;
        self.f.flags = self.f.flags.union(FunctionFlags::SIMPLE_PARAMETERS);
        Ok((self.finish_list(base)?, 1))
    }

    /// `( … )`; gives the list and the value of `length`.
    fn parameters(&mut self) -> R<(u32, u32)> {
        let dynamic = self.dynamic_ranges.take();
        self.expect(Tok::LParen)?;
        let base = self.pending.len();
        let mut length = None;
        let mut index = 0;
        let mut simple = true;
        while !self.at(Tok::RParen) {
            let pos = self.pos();
            let first = self.bindings.len();
            let param = if self.eat(Tok::Ellipsis)? {
                let target = self.binding_target(Declares::Param)?;
                self.f.flags = self.f.flags.union(FunctionFlags::REST_PARAMETER);
                self.node(Kind::Rest, 0, pos, target.0.get(), 0)?
            } else {
                let declares = if self.at(Tok::Ident) { Declares::SimpleParam(index) } else { Declares::Param };
                self.binding_element(declares)?
            };
            self.initialised(first);
            let kind = self.get(param).kind;
            simple &= kind == Kind::BindingIdentifier;
            if length.is_none() && matches!(kind, Kind::WithDefault | Kind::Rest) {
                length = Some(index);
            }
            index += 1;
            self.pending.push(param.0.get())?;
            if kind == Kind::Rest || !self.eat(Tok::Comma)? {
                break;
            }
        }
        if let Some((params_end, body_start)) = dynamic {
            let brace = self.lx.peek()?;
            if self.pos() < params_end
                || self.pos() >= body_start
                || brace.tok != Tok::LBrace
                || brace.start >= body_start
            {
                return Err(self.unexpected());
            }
        }
        self.expect(Tok::RParen)?;
        self.note_parameters(simple);
        Ok((self.finish_list(base)?, length.unwrap_or(index)))
    }

    fn note_parameters(&mut self, simple: bool) {
        if simple {
            self.f.flags = self.f.flags.union(FunctionFlags::SIMPLE_PARAMETERS);
        }
        if self.saw_expression {
            self.f.flags = self.f.flags.union(FunctionFlags::PARAMETER_EXPRESSIONS);
            let scope = self.f.scope as usize;
            self.scopes[scope].flags |= Scope::PARAMETER_EXPRESSIONS;
        }
    }

    fn check_accessor(&mut self, kind: FunctionKind, params: u32, pos: u32) -> R<()> {
        let count = self.lists[params as usize];
        match kind {
            FunctionKind::Getter if params != 0 => Err(self.error("a getter has no parameters", pos)),
            FunctionKind::Setter if params == 0 || count != 1 || self.f.flags.has_rest_parameter() => {
                Err(self.error("a setter has exactly one parameter", pos))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn declare_param(&mut self, name: Name, index: u32) -> R<u32> {
        let scope = self.f.scope;
        if let Some(old) = self.binding_in(name, scope) {
            self.f.flags = self.f.flags.union(FunctionFlags::DUPLICATE_PARAMETERS);
            self.bindings[old].extra = index;
            return Ok(old as u32);
        }
        let binding = self.add_binding(name, BindingKind::Param, scope, u32::MAX)?;
        self.bindings[binding as usize].extra = index;
        Ok(binding)
    }

    /// The body, after the parameters (and the arrow). Gives statements and the body's scope if it has one of its own.
    fn function_body(&mut self, spec: &FunctionSpec, outer_in: u32, params_pos: u32) -> R<(u32, u32)> {
        let own_scope = self.f.flags.has_parameter_expressions();
        if own_scope {
            let scope = self.open_scope(ScopeKind::FunctionBody)?;
            self.scopes[scope as usize].flags |= super::analysis::SAME_NAMES_AS_PARENT;
            self.f.var_scope = scope;
        }
        let body = if spec.kind == FunctionKind::Arrow && !self.at(Tok::LBrace) {
            self.check_parameters(spec, params_pos)?;
            self.f.flags = self.f.flags.union(FunctionFlags::EXPRESSION_BODY);
            let saved = self.ctx;
            self.ctx = self.ctx & !ctx::IN | outer_in;
            let base = self.pending.len();
            let pos = self.pos();
            let value = self.assignment()?;
            self.ctx = saved;
            let result = self.node(Kind::Return, 0, pos, value.0.get(), 0)?;
            self.pending.push(result.0.get())?;
            self.finish_list(base)?
        } else {
            self.statement_body(spec, params_pos)?
        };
        let mut body_scope = 0;
        if own_scope {
            let id = self.scope;
            body_scope = if self.close_scope()? == 0 { 0 } else { id };
        }
        Ok((body, body_scope))
    }

    fn statement_body(&mut self, spec: &FunctionSpec, params_pos: u32) -> R<u32> {
        self.expect(Tok::LBrace)?;
        let base = self.pending.len();
        self.directives(Some(params_pos))?;
        self.check_parameters(spec, params_pos)?;
        while !self.at(Tok::RBrace) {
            let statement = self.statement_list_item()?;
            self.pending.push(statement.0.get())?;
        }
        let list = self.finish_list(base)?;
        // The token after the body belongs to the code around it.
        self.advance()?;
        Ok(list)
    }

    /// A directive prologue, onto the pending list. `params`: where the parameters of the function start.
    pub(super) fn directives(&mut self, params: Option<u32>) -> R<()> {
        let mut octal = NOWHERE;
        while self.at(Tok::String) {
            let token = self.lx.t;
            if token.octal && octal == NOWHERE {
                octal = token.start;
            }
            let is_directive = token.name == Name::USE_STRICT && !token.escaped && token.end - token.start == 12;
            let statement = self.statement_list_item()?;
            self.pending.push(statement.0.get())?;
            let value = NodeId::opt(self.get(statement).a).map(|id| *self.get(id));
            let string =
                value.is_some_and(|node| node.kind == Kind::String && node.pos == token.start && node.flags == 0);
            if !string {
                break;
            }
            if is_directive {
                if params.is_some() && !self.f.flags.has_simple_parameters() {
                    return Err(self.error("\"use strict\" needs simple parameters", token.start));
                }
                self.ctx |= ctx::STRICT;
                for scope in [self.f.scope, self.f.var_scope] {
                    self.scopes[scope as usize].flags |= Scope::STRICT;
                }
                self.check_word_now()?;
            }
        }
        if octal != NOWHERE && self.strict() {
            return Err(self.error("octal literals and escapes are not allowed in strict mode", octal));
        }
        Ok(())
    }

    /// The token after a "use strict" was read before strict mode was known.
    fn check_word_now(&mut self) -> R<()> {
        if matches!(self.lx.t.tok, Tok::Number) {
            return self.check_octal();
        }
        Ok(())
    }

    /// Rules for names and parameters that depend on the strictness of the body.
    fn check_parameters(&mut self, spec: &FunctionSpec, params_pos: u32) -> R<()> {
        let flags = self.f.flags;
        let unique = self.strict()
            || !flags.has_simple_parameters()
            || !matches!(spec.kind, FunctionKind::Normal)
            || flags.is_dynamic_function() && self.strict();
        if flags.has_duplicate_parameters() && unique {
            return Err(self.error("two parameters have the same name", params_pos));
        }
        if !self.strict() {
            return Ok(());
        }
        if let Some(name) = spec.name.filter(|_| spec.kind == FunctionKind::Normal) {
            self.check_strict_name(name, spec.start)?;
        }
        let mut at = self.scopes[self.f.scope as usize].first;
        while let Some(&binding) = self.bindings.get(at as usize) {
            if binding.kind == BindingKind::Param {
                self.check_strict_name(binding.name, params_pos)?;
            }
            at = binding.next;
        }
        Ok(())
    }

    fn check_strict_name(&mut self, name: Name, pos: u32) -> R<()> {
        self.check_bound_name(name, pos)?;
        if (Name::IMPLEMENTS.0..=Name::YIELD.0).contains(&name.0) {
            return Err(self.error("this word is reserved in strict mode", pos));
        }
        Ok(())
    }

    /// Closes the scope of a function (its body scope is closed) after adding what is implicit.
    pub(super) fn close_function_scope(&mut self, kind: FunctionKind) -> R<u32> {
        let scope = self.scope;
        let first_binding = self.scopes[scope as usize].first;
        if kind != FunctionKind::Arrow {
            self.add_implicit(kind, scope)?;
        }
        let closed = self.close_scope()?;
        let mut at = first_binding;
        while let Some(binding) = self.bindings.get(at as usize) {
            let assigned = binding.flags & Binding::ASSIGNED != 0;
            if assigned && matches!(binding.kind, BindingKind::Param | BindingKind::Function) {
                self.f.parameter_assigned = true;
            }
            at = binding.next;
        }
        // The root needs its scope even if there is nothing in it.
        if closed == 0 && self.scopes.len() == scope as usize {
            self.scopes.push(Scope {
                kind: ScopeKind::Function,
                flags: 0,
                parent: self.scope,
                first: u32::MAX,
                last: u32::MAX,
                refs_start: 0,
                start: 0,
            })?;
        }
        Ok(scope)
    }

    fn add_implicit(&mut self, kind: FunctionKind, scope: u32) -> R<()> {
        let fields = matches!(kind, FunctionKind::InstanceFields | FunctionKind::StaticElements);
        let eval = self.f.flags.has_direct_eval();
        if eval {
            let mut uses = USES;
            uses.set(FunctionFlags::USES_SUPER_PROPERTY, self.has(ctx::SUPER_PROPERTY));
            uses.set(FunctionFlags::USES_SUPER_CALL, self.has(ctx::SUPER_CALL));
            uses.set(FunctionFlags::USES_ARGUMENTS, !fields);
            self.f.flags = self.f.flags.union(uses);
            self.f.inner_uses = self.f.inner_uses.union(uses);
        }
        for (flag, name) in HIDDEN {
            if self.f.inner_uses.contains(flag) && self.binding_in(name, scope).is_none() {
                self.add_binding(name, BindingKind::Implicit, scope, 0)?;
            }
        }
        if self.f.flags.uses_arguments() && !fields {
            match self.binding_in(Name::ARGUMENTS, scope) {
                None => {
                    self.add_binding(Name::ARGUMENTS, BindingKind::Implicit, scope, 0)?;
                }
                Some(index) if self.bindings[index].kind == BindingKind::Var => {
                    self.bindings[index].kind = BindingKind::Implicit;
                    // A declaration of that name may assign it.
                    self.f.arguments_seen = self.f.arguments_seen.saturating_add(1 << 16);
                }
                Some(_) => self.f.flags.set(FunctionFlags::USES_ARGUMENTS, false),
            }
        }
        Ok(())
    }

    /// `x => …`, at the arrow.
    #[inline(never)]
    pub(super) fn arrow_with_name(
        &mut self,
        name: Name,
        start: u32,
        pos: u32,
        mark: &Mark,
        is_async: bool,
    ) -> R<NodeId> {
        self.check_depth()?;
        let (saved, spec) = self.enter_arrow(mark, start, is_async)?;
        self.check_bound_name(name, pos)?;
        self.declare_param(name, 0)?;
        self.initialised(mark.bindings as usize);
        self.note_parameters(true);
        self.finish_arrow(mark, &saved, &spec, pos, 1)
    }

    fn enter_arrow(&mut self, mark: &Mark, start: u32, is_async: bool) -> R<(Saved, FunctionSpec)> {
        let mut flags = FunctionFlags(0);
        flags.set(FunctionFlags::ASYNC, is_async);
        let spec = FunctionSpec { kind: FunctionKind::Arrow, flags, name: None, start, created: start };
        let saved = self.enter_function(FunctionKind::Arrow, flags);
        let scope = self.open_scope_from(ScopeKind::Function, mark.refs)?;
        self.scopes[scope as usize].start = start;
        self.f.scope = scope;
        self.f.var_scope = scope;
        Ok((saved, spec))
    }

    /// `(…) => …`, at the arrow. The parameters are on the pending list as expressions.
    #[inline(never)]
    pub(super) fn arrow_from_cover(
        &mut self,
        base: usize,
        start: u32,
        params_pos: u32,
        mark: &Mark,
        is_async: bool,
    ) -> R<NodeId> {
        let (saved, spec) = self.enter_arrow(mark, start, is_async)?;
        let saved_ctx = self.ctx;
        if is_async {
            // Names must not be `await`.
            self.ctx |= ctx::AWAIT;
        }
        let count = self.pending.len() - base;
        let mut length = None;
        let mut simple = true;
        for index in 0..count {
            let Some(id) = NodeId::opt(self.pending[base + index]) else { continue };
            let kind = self.get(id).kind;
            simple &= kind == Kind::Identifier;
            if length.is_none() && matches!(kind, Kind::Assign | Kind::Spread) {
                length = Some(index as u32);
            }
            if kind == Kind::Spread {
                self.f.flags = self.f.flags.union(FunctionFlags::REST_PARAMETER);
            }
            self.turn_into_parameter(id, index + 1 == count, index as u32)?;
        }
        self.pending.truncate(base);
        self.ctx = saved_ctx;
        self.initialised(mark.bindings as usize);
        self.note_parameters(simple);
        if self.saw_expression {
            self.adopt_uses(&saved, start)?;
        }
        self.finish_arrow(mark, &saved, &spec, params_pos, length.unwrap_or(count as u32))
    }

    /// What the parameters' expressions use was noted for the function around the arrow.
    fn adopt_uses(&mut self, saved: &Saved, created: u32) -> R<()> {
        self.f.flags = self.f.flags.union(FunctionFlags(saved.f.flags.0 & USES.0));
        for (flag, name) in HIDDEN {
            if self.f.flags.contains(flag) {
                self.refs.push(super::analysis::Ref::new(name, created, super::analysis::Ref::INNER))?;
            }
        }
        Ok(())
    }

    fn finish_arrow(
        &mut self,
        mark: &Mark,
        saved: &Saved,
        spec: &FunctionSpec,
        params_pos: u32,
        length: u32,
    ) -> R<NodeId> {
        let outer_ctx = self.ctx;
        self.ctx = self.body_ctx(spec);
        self.expect(Tok::Arrow)?;
        self.function_body(spec, outer_ctx & ctx::IN, params_pos)?;
        let end = self.lx.prev_end;
        self.close_function_scope(FunctionKind::Arrow)?;
        let literal = self.literal(spec, params_pos, end, length);
        let function = self.end_inner(mark, saved, literal, spec.created)?;
        self.inherit_uses(literal.flags);
        self.arrow_end = end;
        self.node(Kind::Function, 0, spec.start, function, 0)
    }

    /// What an arrow function uses, the function around it uses.
    fn inherit_uses(&mut self, flags: FunctionFlags) {
        let uses = FunctionFlags(flags.0 & USES.0);
        self.f.flags = self.f.flags.union(uses);
        self.f.inner_uses = self.f.inner_uses.union(uses);
        if uses.uses_arguments() {
            self.f.arguments_seen = self.f.arguments_seen.saturating_add(1 << 16);
        }
    }

    /// `function …` as an expression.
    pub(super) fn function_expression(&mut self) -> R<NodeId> {
        let start = self.pos();
        self.function_expression_from(start, false)
    }

    #[inline(never)]
    pub(super) fn function_expression_from(&mut self, start: u32, is_async: bool) -> R<NodeId> {
        let mut flags = FunctionFlags::EXPRESSION;
        flags.set(FunctionFlags::ASYNC, is_async);
        flags.set(FunctionFlags::EAGER, core::mem::replace(&mut self.eager, false));
        self.advance()?;
        if self.eat(Tok::Star)? {
            flags = flags.union(FunctionFlags::GENERATOR);
        }
        let mut name = None;
        if !self.at(Tok::LParen) {
            // The name of an expression is subject to the function's own rules for `yield` and `await`.
            let saved = self.ctx;
            self.ctx &= ctx::STRICT | ctx::MODULE;
            if is_async {
                self.ctx |= ctx::AWAIT;
            }
            if flags.is_generator() {
                self.ctx |= ctx::YIELD;
            }
            name = Some(self.binding_identifier()?);
            self.ctx = saved;
        }
        let spec = FunctionSpec { kind: FunctionKind::Normal, flags, name, start, created: start };
        let function = self.inner_function(&spec)?;
        self.node(Kind::Function, 0, start, function, 0)
    }

    /// The modifiers of a method: `async`, `*`, `get`, `set`.
    pub(super) fn method_modifiers(&mut self) -> R<MethodSpec> {
        let mut spec = MethodSpec::plain();
        if self.at_word(Name::GET) {
            spec.kind = FunctionKind::Getter;
            self.advance()?;
            return Ok(spec);
        }
        if self.at_word(Name::SET) {
            spec.kind = FunctionKind::Setter;
            self.advance()?;
            return Ok(spec);
        }
        if self.at_word(Name::ASYNC) {
            spec.flags = spec.flags.union(FunctionFlags::ASYNC);
            self.advance()?;
        }
        if self.eat(Tok::Star)? {
            spec.flags = spec.flags.union(FunctionFlags::GENERATOR);
        }
        Ok(spec)
    }

    /// A method from its parameters on.
    pub(super) fn method(&mut self, start: u32, method: MethodSpec, name: Option<Name>) -> R<NodeId> {
        if !self.at(Tok::LParen) {
            return Err(self.unexpected());
        }
        let spec = FunctionSpec { kind: method.kind, flags: method.flags, name, start, created: start };
        let function = self.inner_function(&spec)?;
        self.node(Kind::Function, 0, start, function, 0)
    }
}
