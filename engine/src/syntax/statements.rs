//! Statements and declarations (§14).

use super::ast::{FunctionFlags, FunctionKind, Kind, NO_NAME, NodeId, PAREN};
use super::error::R;
use super::functions::FunctionSpec;
use super::names::Name;
use super::parser::{Label, NOWHERE, Parser, ctx};
use super::patterns::Declares;
use super::scope::{BindingKind, NO_BINDING, ScopeKind};
use super::token::Tok;

/// Kinds of variable declarations, as stored.
pub(crate) mod decl {
    pub const VAR: u16 = 0;
    pub const LET: u16 = 1;
    pub const CONST: u16 = 2;
    pub const USING: u16 = 3;
    pub const AWAIT_USING: u16 = 4;
}

fn declares(kind: u16) -> Declares {
    match kind {
        decl::VAR => Declares::Var,
        decl::LET => Declares::Lexical(BindingKind::Let),
        decl::CONST => Declares::Lexical(BindingKind::Const),
        decl::USING => Declares::Lexical(BindingKind::Using),
        _ => Declares::Lexical(BindingKind::AwaitUsing),
    }
}

impl Parser<'_, '_> {
    /// StatementListItem
    pub(super) fn statement_list_item(&mut self) -> R<NodeId> {
        match self.lx.t.tok {
            Tok::Function => self.function_declaration(false),
            Tok::Class => self.class_declaration(),
            Tok::Const => self.lexical_declaration(decl::CONST),
            Tok::Ident => {
                if let Some(kind) = self.lexical_start()? {
                    return self.lexical_declaration(kind);
                }
                if self.at_async_function()? {
                    return self.function_declaration(true);
                }
                self.statement()
            }
            _ => self.statement(),
        }
    }

    fn at_async_function(&mut self) -> R<bool> {
        if !self.at_word(Name::ASYNC) {
            return Ok(false);
        }
        let next = self.lx.peek()?;
        Ok(next.tok == Tok::Function && !next.newline)
    }

    /// Whether `let`, `using` or `await using` starts a declaration here.
    fn lexical_start(&mut self) -> R<Option<u16>> {
        let name = self.lx.t.name;
        if name != Name::LET && name != Name::USING && name != Name::AWAIT || self.lx.t.escaped {
            return Ok(None);
        }
        let next = self.lx.peek()?;
        Ok(match name {
            Name::LET => {
                let starts = matches!(next.tok, Tok::Ident | Tok::LBracket | Tok::LBrace | Tok::EscapedKeyword)
                    || next.tok.is_identifier_name() && !matches!(next.tok, Tok::In | Tok::Instanceof);
                starts.then_some(decl::LET)
            }
            Name::USING => self.using_follows(next).then_some(decl::USING),
            _ => {
                if !self.has(ctx::AWAIT) || next.tok != Tok::Ident || next.name != Name::USING || next.newline {
                    return Ok(None);
                }
                if next.escaped {
                    return Ok(None);
                }
                let saved = self.save_token();
                self.advance()?;
                let after = self.lx.peek()?;
                (self.lx.t, self.lx.pos, self.lx.prev_end) = saved;
                self.using_follows(after).then_some(decl::AWAIT_USING)
            }
        })
    }

    /// Whether `using` followed by that token is a declaration.
    fn using_follows(&self, next: super::token::Token) -> bool {
        next.tok == Tok::Ident && !next.newline
    }

    fn lexical_declaration(&mut self, kind: u16) -> R<NodeId> {
        let pos = self.pos();
        if kind == decl::AWAIT_USING {
            self.note_await_using()?;
        }
        if matches!(kind, decl::USING | decl::AWAIT_USING) {
            let scope = self.scopes[self.scope as usize].kind;
            if matches!(scope, ScopeKind::Global | ScopeKind::Switch | ScopeKind::Eval) {
                return Err(self.error("`using` is not allowed here", pos));
            }
        }
        self.advance()?;
        let list = self.declarators(kind)?;
        self.semicolon()?;
        self.node(Kind::Variables, kind, pos, 0, list)
    }

    fn note_await_using(&mut self) -> R<()> {
        let pos = self.pos();
        if self.has(ctx::NO_AWAIT) {
            return Err(self.error("`await` is not allowed here", pos));
        }
        self.last_await = pos;
        self.f.flags = self.f.flags.union(FunctionFlags::ASYNC);
        self.advance()
    }

    /// Declarators; gives a list.
    fn declarators(&mut self, kind: u16) -> R<u32> {
        let base = self.pending.len();
        loop {
            let declarator = self.declarator(kind)?;
            self.pending.push(declarator.0.get())?;
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.finish_list(base)
    }

    fn declarator(&mut self, kind: u16) -> R<NodeId> {
        let pos = self.pos();
        let first = self.bindings.len();
        if matches!(kind, decl::USING | decl::AWAIT_USING) && !self.at(Tok::Ident) {
            return Err(self.unexpected());
        }
        let how = declares(kind);
        let target = self.binding_target(how)?;
        let mut init = 0;
        if self.at(Tok::Assign) {
            self.write_var(target, how)?;
            self.advance()?;
            init = self.assignment()?.0.get();
        } else {
            let is_pattern = matches!(self.get(target).kind, Kind::ArrayPattern | Kind::ObjectPattern);
            let head = self.has(ctx::FOR_HEAD) && (self.at(Tok::In) || self.at_word(Name::OF));
            if !head && (is_pattern || matches!(kind, decl::CONST | decl::USING | decl::AWAIT_USING)) {
                let message =
                    if is_pattern { "a pattern needs an initialiser" } else { "a constant needs an initialiser" };
                return Err(self.error(message, pos));
            }
        }
        self.initialised(first);
        self.node(Kind::Declarator, 0, pos, target.0.get(), init)
    }

    /// Statement
    pub(super) fn statement(&mut self) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        match self.lx.t.tok {
            Tok::LBrace => self.block_statement(),
            Tok::Var => {
                self.advance()?;
                let list = self.declarators(decl::VAR)?;
                self.semicolon()?;
                self.node(Kind::Variables, decl::VAR, pos, 0, list)
            }
            Tok::Semicolon => {
                self.advance()?;
                self.node(Kind::Empty, 0, pos, 0, 0)
            }
            Tok::If => self.if_statement(),
            Tok::For => self.for_statement(),
            Tok::While => self.while_statement(),
            Tok::Do => self.do_statement(),
            Tok::Continue => self.jump(true),
            Tok::Break => self.jump(false),
            Tok::Return => self.return_statement(),
            Tok::With => self.with_statement(),
            Tok::Switch => self.switch_statement(),
            Tok::Throw => self.throw_statement(),
            Tok::Try => self.try_statement(),
            Tok::Debugger => {
                self.advance()?;
                self.semicolon()?;
                self.node(Kind::Debugger, 0, pos, 0, 0)
            }
            Tok::Function | Tok::Class => Err(self.error("a declaration is not allowed here", pos)),
            Tok::Import => {
                let next = self.lx.peek()?;
                if matches!(next.tok, Tok::LParen | Tok::Dot) {
                    return self.expression_statement();
                }
                Err(self.error("`import` is only allowed at the top level of a module", pos))
            }
            Tok::Export => Err(self.error("`export` is only allowed at the top level of a module", pos)),
            Tok::Ident => self.identifier_statement(),
            _ => self.expression_statement(),
        }
    }

    /// A labelled statement or an expression that starts with an identifier.
    fn identifier_statement(&mut self) -> R<NodeId> {
        let token = self.lx.t;
        // A label is rare; the character after the identifier tells most other cases at once.
        if token.name == Name::LET && !token.escaped {
            let next = self.lx.peek()?;
            let declaration = next.tok == Tok::LBracket
                || !next.newline && matches!(next.tok, Tok::Ident | Tok::LBrace)
                || self.strict();
            if declaration {
                return Err(self.error("a declaration is not allowed here", token.start));
            }
        }
        if token.name == Name::ASYNC && self.at_async_function()? {
            return Err(self.error("a declaration is not allowed here", token.start));
        }
        if self.colon_may_follow() {
            let next = self.lx.peek()?;
            if next.tok == Tok::Colon {
                return self.labelled_statement();
            }
        }
        self.expression_statement()
    }

    /// A cheap look at what follows the current token.
    fn colon_may_follow(&self) -> bool {
        !matches!(self.lx.source.get(self.lx.pos), Some(0x2e | 0x28 | 0x5b | 0x3b))
    }

    fn expression_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        let value = self.expression()?;
        self.semicolon()?;
        self.node(Kind::Expression, 0, pos, value.0.get(), 0)
    }

    #[inline(never)]
    fn labelled_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        let name = self.identifier()?;
        self.expect(Tok::Colon)?;
        let base = self.f.labels as usize;
        if self.labels[base..].iter().any(|label| label.name == name) {
            return Err(self.error("this label is already there", pos));
        }
        // A label of a label of a loop is a loop's label.
        let saved = self.save_token();
        let is_loop = loop {
            match self.lx.t.tok {
                Tok::For | Tok::While | Tok::Do => break true,
                Tok::Ident if self.labels.len() - base < 64 => {
                    let next = self.lx.peek()?;
                    if next.tok != Tok::Colon {
                        break false;
                    }
                    self.advance()?;
                    self.advance()?;
                }
                _ => break false,
            }
        };
        (self.lx.t, self.lx.pos, self.lx.prev_end) = saved;
        self.labels.push(Label { name, is_loop })?;
        let body = if self.at(Tok::Function) {
            if self.strict() {
                return Err(self.error("a declaration is not allowed here", pos));
            }
            let next = self.lx.peek()?;
            if next.tok == Tok::Star {
                return Err(self.error("a declaration is not allowed here", pos));
            }
            self.function_declaration(false)?
        } else {
            self.statement()?
        };
        self.labels.pop();
        self.node(Kind::Labeled, 0, pos, name.0, body.0.get())
    }

    /// The body of `if`, loops, `with`: a statement, but no labelled function.
    fn sub_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        let body = self.statement()?;
        let mut inner = body;
        while self.get(inner).kind == Kind::Labeled {
            match NodeId::opt(self.get(inner).b) {
                Some(next) => inner = next,
                None => break,
            }
        }
        if self.get(inner).kind == Kind::FunctionDeclaration {
            return Err(self.error("a labelled function is not allowed here", pos));
        }
        Ok(body)
    }

    fn loop_body(&mut self) -> R<NodeId> {
        self.f.loops += 1;
        self.f.breakables += 1;
        let body = self.sub_statement()?;
        self.f.loops -= 1;
        self.f.breakables -= 1;
        Ok(body)
    }

    /// Statements up to the closing brace in a scope of their own. Gives scope and list.
    fn block_rest(&mut self) -> R<(u32, u32)> {
        self.expect(Tok::LBrace)?;
        let base = self.pending.len();
        while !self.at(Tok::RBrace) {
            let statement = self.statement_list_item()?;
            self.pending.push(statement.0.get())?;
        }
        let scope = self.close_scope()?;
        self.advance()?;
        Ok((scope, self.finish_list(base)?))
    }

    fn block_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.open_scope(ScopeKind::Block)?;
        let (scope, list) = self.block_rest()?;
        self.node(Kind::Block, 0, pos, scope, list)
    }

    fn parenthesized_condition(&mut self) -> R<NodeId> {
        self.expect(Tok::LParen)?;
        let test = self.expression_in()?;
        self.expect(Tok::RParen)?;
        Ok(test)
    }

    /// A branch of `if`: in sloppy mode a function declaration is allowed (Annex B.3.3).
    fn branch(&mut self) -> R<NodeId> {
        if self.at(Tok::Function) && !self.strict() {
            let pos = self.pos();
            let next = self.lx.peek()?;
            if next.tok == Tok::Star {
                return Err(self.error("a declaration is not allowed here", pos));
            }
            self.open_scope(ScopeKind::Block)?;
            let base = self.pending.len();
            let function = self.function_declaration(false)?;
            self.pending.push(function.0.get())?;
            let scope = self.close_scope()?;
            let list = self.finish_list(base)?;
            return self.node(Kind::Block, 0, pos, scope, list);
        }
        self.sub_statement()
    }

    #[inline(never)]
    fn if_statement(&mut self) -> R<NodeId> {
        let mut first = None;
        let mut patch = 0;
        loop {
            let pos = self.pos();
            self.advance()?;
            let test = self.parenthesized_condition()?;
            let consequent = self.branch()?;
            let parts = self.words(&[consequent.0.get(), 0])?;
            let node = self.node(Kind::If, 0, pos, test.0.get(), parts)?;
            if first.is_some() {
                self.lists[patch as usize] = node.0.get();
            }
            let head = *first.get_or_insert(node);
            patch = parts + 1;
            if !self.eat(Tok::Else)? {
                return Ok(head);
            }
            if !self.at(Tok::If) {
                let alternate = self.branch()?;
                self.lists[patch as usize] = alternate.0.get();
                return Ok(head);
            }
        }
    }

    fn while_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        let test = self.parenthesized_condition()?;
        let body = self.loop_body()?;
        self.node(Kind::While, 0, pos, test.0.get(), body.0.get())
    }

    fn do_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        let body = self.loop_body()?;
        self.expect(Tok::While)?;
        let test = self.parenthesized_condition()?;
        self.eat(Tok::Semicolon)?;
        self.node(Kind::DoWhile, 0, pos, test.0.get(), body.0.get())
    }

    fn jump(&mut self, is_continue: bool) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        let mut label = NO_NAME;
        if self.at(Tok::Ident) && !self.lx.t.newline {
            let label_pos = self.pos();
            let name = self.identifier()?;
            let base = self.f.labels as usize;
            let found = self.labels[base..].iter().rev().find(|label| label.name == name).copied();
            match found {
                None => return Err(self.error("there is no such label around", label_pos)),
                Some(target) if is_continue && !target.is_loop => {
                    return Err(self.error("`continue` needs the label of a loop", label_pos));
                }
                Some(_) => label = name.0,
            }
        } else if is_continue && self.f.loops == 0 {
            return Err(self.error("`continue` is only allowed in loops", pos));
        } else if !is_continue && self.f.breakables == 0 {
            return Err(self.error("`break` is only allowed in loops and switch statements", pos));
        }
        self.semicolon()?;
        self.node(if is_continue { Kind::Continue } else { Kind::Break }, 0, pos, label, 0)
    }

    fn return_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        if !self.has(ctx::RETURN) {
            return Err(self.error("`return` is only allowed in functions", pos));
        }
        self.advance()?;
        let ends = self.lx.t.newline || matches!(self.lx.t.tok, Tok::Semicolon | Tok::RBrace | Tok::Eof);
        let value = if ends { 0 } else { self.expression()?.0.get() };
        self.semicolon()?;
        self.node(Kind::Return, 0, pos, value, 0)
    }

    fn throw_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        if self.lx.t.newline {
            return Err(self.error("no line break is allowed after `throw`", pos));
        }
        let value = self.expression()?;
        self.semicolon()?;
        self.node(Kind::Throw, 0, pos, value.0.get(), 0)
    }

    fn with_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        if self.strict() {
            return Err(self.error("`with` is not allowed in strict mode", pos));
        }
        self.advance()?;
        let object = self.parenthesized_condition()?;
        self.open_scope(ScopeKind::With)?;
        let body = self.sub_statement()?;
        let scope = self.close_scope()?;
        let parts = self.words(&[scope, body.0.get()])?;
        self.node(Kind::With, 0, pos, object.0.get(), parts)
    }

    #[inline(never)]
    fn switch_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        let discriminant = self.parenthesized_condition()?;
        self.expect(Tok::LBrace)?;
        self.open_scope(ScopeKind::Switch)?;
        self.f.breakables += 1;
        let base = self.pending.len();
        let mut has_default = false;
        while !self.at(Tok::RBrace) {
            let case_pos = self.pos();
            let test = if self.eat(Tok::Case)? {
                self.expression_in()?.0.get()
            } else {
                self.expect(Tok::Default)?;
                if has_default {
                    return Err(self.error("a switch has only one `default`", case_pos));
                }
                has_default = true;
                0
            };
            self.expect(Tok::Colon)?;
            let inner = self.pending.len();
            while !matches!(self.lx.t.tok, Tok::Case | Tok::Default | Tok::RBrace) {
                let statement = self.statement_list_item()?;
                self.pending.push(statement.0.get())?;
            }
            let list = self.finish_list(inner)?;
            let case = self.node(Kind::Case, 0, case_pos, test, list)?;
            self.pending.push(case.0.get())?;
        }
        self.f.breakables -= 1;
        let scope = self.close_scope()?;
        self.advance()?;
        let parts = self.words(&[scope])?;
        self.store_list(base)?;
        self.node(Kind::Switch, 0, pos, discriminant.0.get(), parts)
    }

    #[inline(never)]
    fn try_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        let block = self.block_statement()?;
        let mut catch = 0;
        let mut finally = 0;
        if self.at(Tok::Catch) {
            catch = self.catch_clause()?.0.get();
        }
        if self.eat(Tok::Finally)? {
            finally = self.block_statement()?.0.get();
        }
        if catch == 0 && finally == 0 {
            return Err(self.error("`try` needs `catch` or `finally`", pos));
        }
        let parts = self.words(&[catch, finally])?;
        self.node(Kind::Try, 0, pos, block.0.get(), parts)
    }

    fn catch_clause(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        self.open_scope(ScopeKind::Catch)?;
        let mut param = 0;
        if self.eat(Tok::LParen)? {
            param = self.binding_target(Declares::CatchSimple)?.0.get();
            self.expect(Tok::RParen)?;
        }
        let block_pos = self.pos();
        let inner = self.open_scope(ScopeKind::Block)?;
        self.scopes[inner as usize].flags |= super::analysis::SAME_NAMES_AS_PARENT;
        let (scope, list) = self.block_rest()?;
        let body = self.node(Kind::Block, 0, block_pos, scope, list)?;
        let scope = self.close_scope()?;
        let parts = self.words(&[param, body.0.get()])?;
        self.node(Kind::Catch, 0, pos, scope, parts)
    }

    #[inline(never)]
    fn for_statement(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        let mut is_await = false;
        if self.at(Tok::Ident) && self.lx.t.name == Name::AWAIT && self.has(ctx::AWAIT) {
            if self.lx.t.escaped || self.has(ctx::NO_AWAIT) {
                return Err(self.unexpected());
            }
            self.f.flags = self.f.flags.union(FunctionFlags::ASYNC);
            self.last_await = self.pos();
            self.advance()?;
            is_await = true;
        }
        self.expect(Tok::LParen)?;
        self.open_scope(ScopeKind::For)?;
        let head_pos = self.pos();
        let kind = match self.lx.t.tok {
            Tok::Var => Some(decl::VAR),
            Tok::Const => Some(decl::CONST),
            Tok::Ident => self.for_lexical_start()?,
            _ => None,
        };
        if let Some(kind) = kind {
            if kind == decl::AWAIT_USING {
                self.note_await_using()?;
            }
            self.advance()?;
            return self.for_declaration(pos, head_pos, kind, is_await);
        }
        if self.at(Tok::Semicolon) && !is_await {
            return self.for_rest(pos, 0);
        }
        let token = self.lx.t;
        let starts_let = token.tok == Tok::Ident && token.name == Name::LET && !token.escaped;
        let starts_async = token.tok == Tok::Ident && token.name == Name::ASYNC && !token.escaped;
        let saved = self.ctx;
        self.ctx &= !ctx::IN;
        let saved_cover = core::mem::replace(&mut self.cover_error, NOWHERE);
        let first = self.assignment_cover()?;
        self.ctx = saved;
        let is_of = self.at_word(Name::OF);
        if (is_of || self.at(Tok::In) && !is_await) && self.arrow_end != self.lx.prev_end {
            let bare_async = starts_async && self.get(first).kind == Kind::Identifier && !is_await;
            if is_of && (starts_let || bare_async && self.get(first).flags & PAREN == 0) {
                return Err(self.error("`for (let of` and `for (async of` are not allowed", token.start));
            }
            self.cover_error = saved_cover;
            let node = *self.get(first);
            if matches!(node.kind, Kind::Array | Kind::Object) && node.flags & PAREN == 0 {
                self.turn_into_assignment_pattern(first)?;
            } else {
                self.simple_target(first, true)?;
            }
            return self.for_each(pos, first, 0, 0, is_of, is_await);
        }
        if self.cover_error != NOWHERE {
            return Err(self.uncovered());
        }
        self.cover_error = saved_cover;
        if is_await {
            return Err(self.unexpected());
        }
        let mut init = first;
        if self.at(Tok::Comma) {
            self.ctx &= !ctx::IN;
            let base = self.pending.len();
            self.pending.push(first.0.get())?;
            while self.eat(Tok::Comma)? {
                let next = self.assignment()?;
                self.pending.push(next.0.get())?;
            }
            let list = self.finish_list(base)?;
            init = self.node(Kind::Sequence, 0, head_pos, 0, list)?;
            self.ctx = saved;
        }
        let init = self.node(Kind::Expression, 0, head_pos, init.0.get(), 0)?;
        self.for_rest(pos, init.0.get())
    }

    /// As `lexical_start`, for the head of a `for`, where `let` and `using` before `of` and `in` are different.
    fn for_lexical_start(&mut self) -> R<Option<u16>> {
        let name = self.lx.t.name;
        if name == Name::USING && !self.lx.t.escaped {
            let next = self.lx.peek()?;
            if next.tok != Tok::Ident || next.newline {
                return Ok(None);
            }
            if next.name == Name::OF && !next.escaped {
                let saved = self.save_token();
                self.advance()?;
                let after = self.lx.peek()?;
                (self.lx.t, self.lx.pos, self.lx.prev_end) = saved;
                return Ok(matches!(after.tok, Tok::Assign | Tok::Semicolon | Tok::Colon).then_some(decl::USING));
            }
            return Ok(Some(decl::USING));
        }
        if name == Name::LET && !self.lx.t.escaped {
            let next = self.lx.peek()?;
            if next.tok == Tok::In {
                return Ok(None);
            }
            if next.tok == Tok::Ident && next.name == Name::OF {
                return Ok(Some(decl::LET));
            }
        }
        self.lexical_start()
    }

    fn for_declaration(&mut self, pos: u32, head_pos: u32, kind: u16, is_await: bool) -> R<NodeId> {
        let saved = self.ctx;
        self.ctx = self.ctx & !ctx::IN | ctx::FOR_HEAD;
        let first_binding = self.bindings.len();
        let first = self.declarator(kind)?;
        self.ctx = saved;
        let declarator = *self.get(first);
        let is_of = self.at_word(Name::OF);
        let is_in = self.at(Tok::In) && !is_await;
        if is_of || is_in {
            let Some(target) = NodeId::opt(declarator.a) else { return Err(self.unexpected()) };
            if matches!(kind, decl::USING | decl::AWAIT_USING) && is_in {
                return Err(self.error("`using` is not allowed in `for in`", head_pos));
            }
            if declarator.b != 0 {
                let simple = self.get(target).kind == Kind::Identifier;
                if is_of || kind != decl::VAR || self.strict() || !simple {
                    return Err(self.error("the variable of this loop must not have an initialiser", head_pos));
                }
            }
            self.write_var(target, declares(kind))?;
            // In their dead zone until the body.
            for binding in &mut self.bindings[first_binding..] {
                binding.init_pos = if binding.kind == BindingKind::Var { binding.init_pos } else { u32::MAX };
            }
            let node = self.for_each(pos, target, kind + 1, declarator.b, is_of, is_await)?;
            return Ok(node);
        }
        if is_await {
            return Err(self.unexpected());
        }
        let base = self.pending.len();
        self.pending.push(first.0.get())?;
        self.ctx &= !ctx::IN;
        while self.eat(Tok::Comma)? {
            let next = self.declarator(kind)?;
            self.pending.push(next.0.get())?;
        }
        self.ctx = saved;
        let list = self.finish_list(base)?;
        let init = self.node(Kind::Variables, kind, head_pos, 0, list)?;
        self.for_rest(pos, init.0.get())
    }

    /// `in …) body` or `of …) body`. `kind`: 0 for an assignment, else 1 + the kind of declaration.
    fn for_each(&mut self, pos: u32, left: NodeId, kind: u16, init: u32, is_of: bool, is_await: bool) -> R<NodeId> {
        self.advance()?;
        let right = if is_of { self.assignment_in()? } else { self.expression_in()? };
        self.expect(Tok::RParen)?;
        self.initialised_scope();
        let body = self.loop_body()?;
        let scope = self.close_scope()?;
        let parts = self.words(&[left.0.get(), right.0.get(), body.0.get(), init])?;
        let extra = kind | if is_await { 16 } else { 0 };
        self.node(if is_of { Kind::ForOf } else { Kind::ForIn }, extra, pos, scope, parts)
    }

    /// Everything in the current scope is initialised from here on.
    fn initialised_scope(&mut self) {
        let pos = self.lx.prev_end;
        let mut at = self.scopes[self.scope as usize].first;
        while let Some(binding) = self.bindings.get_mut(at as usize) {
            binding.init_pos = pos;
            at = binding.next;
        }
    }

    fn for_rest(&mut self, pos: u32, init: u32) -> R<NodeId> {
        self.expect(Tok::Semicolon)?;
        let test = if self.at(Tok::Semicolon) { 0 } else { self.expression_in()?.0.get() };
        self.expect(Tok::Semicolon)?;
        let update = if self.at(Tok::RParen) { 0 } else { self.expression_in()?.0.get() };
        self.expect(Tok::RParen)?;
        let body = self.loop_body()?;
        let scope = self.close_scope()?;
        let parts = self.words(&[init, test, update, body.0.get()])?;
        self.node(Kind::For, 0, pos, scope, parts)
    }

    /// A function declaration; the current token is `function`, or `async` before it.
    #[inline(never)]
    pub(super) fn function_declaration(&mut self, is_async: bool) -> R<NodeId> {
        let start = self.pos();
        if is_async {
            self.advance()?;
        }
        self.advance()?;
        let mut flags = FunctionFlags(0);
        flags.set(FunctionFlags::ASYNC, is_async);
        if self.eat(Tok::Star)? {
            flags = flags.union(FunctionFlags::GENERATOR);
        }
        let name_pos = self.pos();
        let name = self.binding_identifier()?;
        self.function_declaration_named(name, name_pos, start, flags)
    }

    pub(super) fn function_declaration_named(
        &mut self,
        name: Name,
        name_pos: u32,
        start: u32,
        flags: FunctionFlags,
    ) -> R<NodeId> {
        let scope_kind = self.scopes[self.scope as usize].kind;
        let like_var = self.scope == self.f.var_scope && scope_kind != ScopeKind::Module;
        let plain = !flags.is_async() && !flags.is_generator();
        let binding = if like_var {
            self.declare_top_function(name, name_pos)?
        } else {
            self.declare_lexical(name, BindingKind::Function, name_pos, plain)?
        };
        let own_name = if name == Name::DEFAULT_EXPORT { None } else { Some(name) };
        let spec = FunctionSpec { kind: FunctionKind::Normal, flags, name: own_name, start, created: 0 };
        let function = self.inner_function(&spec)?;
        self.bindings[binding as usize].extra = function;
        self.bindings[binding as usize].init_pos = 0;
        let ident = self.node(Kind::BindingIdentifier, 0, name_pos, name.0, binding)?;
        let parts = self.words(&[ident.0.get(), NO_BINDING])?;
        if !like_var && plain && !self.strict() && scope_kind != ScopeKind::Module {
            self.push_hoist(name, parts + 1)?;
        }
        self.node(Kind::FunctionDeclaration, 0, start, function, parts)
    }

    fn class_declaration(&mut self) -> R<NodeId> {
        let start = self.pos();
        let saved = self.ctx;
        self.ctx |= ctx::STRICT;
        self.advance()?;
        let name_pos = self.pos();
        let name = self.binding_identifier()?;
        let id = self.class_declaration_named(name, name_pos, start)?;
        self.ctx = saved;
        Ok(id)
    }

    pub(super) fn class_declaration_named(&mut self, name: Name, name_pos: u32, start: u32) -> R<NodeId> {
        let binding = self.declare(name, name_pos, Declares::Lexical(BindingKind::Class))?;
        let own_name = if name == Name::DEFAULT_EXPORT { None } else { Some(name) };
        let class = self.class_tail(own_name, start)?;
        self.bindings[binding as usize].init_pos = self.lx.prev_end;
        let ident = self.node(Kind::BindingIdentifier, 0, name_pos, name.0, binding)?;
        self.node(Kind::ClassDeclaration, 0, start, class.0.get(), ident.0.get())
    }
}
