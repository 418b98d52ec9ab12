//! Primary expressions, members, calls, templates (§13.2, §13.3).

use super::ast::{DIRECT_EVAL, FREE, FunctionFlags, FunctionKind, Kind, NO_NAME, NodeId, OPTIONAL, PAREN};
use super::error::R;
use super::names::Name;
use super::parser::{Mark, NOWHERE, Parser, ctx};
use super::token::Tok;

impl Parser<'_, '_> {
    /// LeftHandSideExpression
    pub(super) fn left_hand_side(&mut self) -> R<NodeId> {
        let eager = core::mem::replace(&mut self.eager, false);
        let expression = match self.lx.t.tok {
            Tok::Ident => self.identifier_expression()?,
            Tok::New => self.new_expression()?,
            Tok::Super => self.super_expression()?,
            Tok::Import => self.import_expression()?,
            _ => {
                self.eager = eager;
                self.primary()?
            }
        };
        self.eager = false;
        match self.lx.t.tok {
            Tok::Dot | Tok::LParen | Tok::LBracket | Tok::QuestionDot | Tok::Template => {
                if self.arrow_end == self.lx.prev_end {
                    return Ok(expression);
                }
                self.member_chain(expression, true)
            }
            _ => Ok(expression),
        }
    }

    /// What follows a primary expression: members, calls, templates, `?.`.
    #[inline(never)]
    fn member_chain(&mut self, mut left: NodeId, calls: bool) -> R<NodeId> {
        let start = self.get(left).pos;
        let mut in_optional = false;
        loop {
            left = match self.lx.t.tok {
                Tok::Dot => {
                    self.advance()?;
                    self.member(left, false)?
                }
                Tok::LBracket => self.index(left, false)?,
                Tok::LParen if calls => self.call(left, false)?,
                Tok::Template => {
                    if in_optional {
                        return Err(self.unexpected());
                    }
                    self.tagged(left)?
                }
                Tok::QuestionDot if calls => {
                    in_optional = true;
                    self.advance()?;
                    match self.lx.t.tok {
                        Tok::LParen => self.call(left, true)?,
                        Tok::LBracket => self.index(left, true)?,
                        Tok::Template => return Err(self.unexpected()),
                        _ => self.member(left, true)?,
                    }
                }
                Tok::QuestionDot => return Err(self.unexpected()),
                _ => break,
            };
        }
        if in_optional {
            return self.node(Kind::OptionalChain, 0, start, left.0.get(), 0);
        }
        Ok(left)
    }

    fn set_optional(&mut self, id: NodeId, optional: bool) {
        if optional {
            self.get_mut(id).flags |= OPTIONAL;
        }
    }

    fn member(&mut self, object: NodeId, optional: bool) -> R<NodeId> {
        let pos = self.pos();
        let name = self.lx.t.name;
        let id = match self.lx.t.tok {
            Tok::PrivateName => {
                let key = self.private_reference(name, pos)?;
                self.node(Kind::PrivateMember, 0, pos, object.0.get(), key.0.get())?
            }
            tok if tok.is_identifier_name() => {
                if name == Name::LENGTH {
                    self.arguments_read(object);
                }
                self.node(Kind::Member, 0, pos, object.0.get(), name.0)?
            }
            _ => return Err(self.unexpected()),
        };
        self.advance()?;
        self.set_optional(id, optional);
        Ok(id)
    }

    /// `arguments` is used in a form that needs no arguments object.
    fn arguments_read(&mut self, id: NodeId) {
        let node = self.get(id);
        if node.kind == Kind::Identifier && node.a == Name::ARGUMENTS.0 {
            self.f.arguments_read += 1;
        }
    }

    fn index(&mut self, object: NodeId, optional: bool) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        let index = self.expression_in()?;
        self.expect(Tok::RBracket)?;
        self.arguments_read(object);
        let id = self.node(Kind::Index, 0, pos, object.0.get(), index.0.get())?;
        self.set_optional(id, optional);
        Ok(id)
    }

    fn call(&mut self, callee: NodeId, optional: bool) -> R<NodeId> {
        let node = *self.get(callee);
        let arguments = self.arguments()?;
        let direct = node.kind == Kind::Identifier && node.a == Name::EVAL.0 && !optional;
        if node.kind == Kind::Index {
            self.not_only_read(callee);
        }
        if node.kind == Kind::Member && node.b == Name::APPLY.0 {
            let list = arguments as usize;
            if arguments != 0
                && self.lists[list] == 2
                && let Some(second) = NodeId::opt(self.lists[list + 2])
            {
                self.arguments_read(second);
            }
        }
        let id = self.node(Kind::Call, 0, node.pos, callee.0.get(), arguments)?;
        self.set_optional(id, optional);
        if direct {
            self.direct_eval(id)?;
        }
        Ok(id)
    }

    #[inline(never)]
    fn direct_eval(&mut self, id: NodeId) -> R<()> {
        self.get_mut(id).flags |= DIRECT_EVAL;
        self.note_direct_eval();
        self.f.flags = self.f.flags.union(FunctionFlags::DIRECT_EVAL);
        Ok(())
    }

    /// Arguments; gives a list.
    pub(super) fn arguments(&mut self) -> R<u32> {
        self.expect(Tok::LParen)?;
        let saved = self.ctx;
        self.ctx |= ctx::IN;
        let base = self.pending.len();
        while !self.at(Tok::RParen) {
            let item = self.argument()?;
            self.pending.push(item.0.get())?;
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.ctx = saved;
        self.expect(Tok::RParen)?;
        self.finish_list(base)
    }

    fn argument(&mut self) -> R<NodeId> {
        if self.at(Tok::Ellipsis) {
            let pos = self.pos();
            self.advance()?;
            let value = self.assignment()?;
            return self.node(Kind::Spread, 0, pos, value.0.get(), 0);
        }
        self.assignment()
    }

    #[inline(never)]
    fn tagged(&mut self, tag: NodeId) -> R<NodeId> {
        let pos = self.get(tag).pos;
        self.not_only_read(tag);
        let template = self.template(true)?;
        self.node(Kind::TaggedTemplate, 0, pos, tag.0.get(), template.0.get())
    }

    /// A template from its back-tick on.
    #[inline(never)]
    pub(super) fn template(&mut self, tagged: bool) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        let base = self.pending.len();
        let mut start = self.lx.t.end;
        loop {
            let chunk = self.lx.template_chunk(start)?;
            if chunk.cooked.is_none() && !tagged {
                return Err(self.lx.fail("bad escape in a template", chunk.bad, chunk.bad + 1));
            }
            self.pending.push(chunk.cooked.map_or(NO_NAME, |name| name.0))?;
            self.pending.push(chunk.raw.0)?;
            self.advance()?;
            if chunk.tail {
                self.pending.push(0)?;
                break;
            }
            let value = self.expression_in()?;
            self.pending.push(value.0.get())?;
            if !self.at(Tok::RBrace) {
                return Err(self.unexpected());
            }
            start = self.lx.t.end;
        }
        let list = self.finish_list(base)?;
        self.node(Kind::Template, 0, pos, 0, list)
    }

    fn simple(&mut self, kind: Kind) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        self.node(kind, 0, pos, 0, 0)
    }

    pub(super) fn number_node(&mut self) -> R<NodeId> {
        self.check_octal()?;
        let bits = self.lx.t.number.to_bits();
        let pos = self.pos();
        self.advance()?;
        self.node(Kind::Number, 0, pos, bits as u32, (bits >> 32) as u32)
    }

    pub(super) fn name_node(&mut self, kind: Kind) -> R<NodeId> {
        let (pos, name) = (self.pos(), self.lx.t.name);
        self.advance()?;
        self.node(kind, 0, pos, name.0, 0)
    }

    fn primary(&mut self) -> R<NodeId> {
        match self.lx.t.tok {
            Tok::Number => self.number_node(),
            Tok::String => {
                self.check_octal()?;
                self.name_node(Kind::String)
            }
            Tok::LParen => self.parenthesized(),
            Tok::LBracket => self.array(),
            Tok::LBrace => self.object(),
            Tok::Function => self.function_expression(),
            Tok::This => {
                let id = self.simple(Kind::This)?;
                let node = self.get_mut(id);
                node.a = Name::THIS.0;
                node.b = FREE;
                self.use_hidden(FunctionFlags::USES_THIS, Name::THIS, id)?;
                Ok(id)
            }
            Tok::Null => self.simple(Kind::Null),
            Tok::True => self.simple(Kind::True),
            Tok::False => self.simple(Kind::False),
            Tok::Template => self.template(false),
            Tok::Class => self.class_expression(),
            Tok::Slash | Tok::SlashAssign => self.regexp(),
            Tok::BigInt => self.name_node(Kind::BigInt),
            _ => Err(self.unexpected()),
        }
    }

    #[inline(never)]
    fn regexp(&mut self) -> R<NodeId> {
        let pos = self.pos();
        let (start, end, flags_end) = self.lx.regexp(pos)?;
        let pattern = self.lx.intern_source(start, end)?;
        let flags = self.lx.intern_source(end + 1, flags_end)?;
        if let Some(validate) = self.options.regexp {
            let (body, letters) = (self.text(start, end), self.text(end + 1, flags_end));
            if let Err((message, offset)) = validate(body, letters) {
                let at = start.saturating_add(offset).min(flags_end);
                return Err(self.lx.fail(message, at, flags_end));
            }
        }
        self.advance()?;
        self.node(Kind::RegExp, 0, pos, pattern.0, flags.0)
    }

    /// An identifier, an arrow function with one parameter, or something that starts with `async`.
    fn identifier_expression(&mut self) -> R<NodeId> {
        let token = self.lx.t;
        if token.name == Name::ASYNC
            && !token.escaped
            && let Some(id) = self.async_expression()?
        {
            return Ok(id);
        }
        let name = self.identifier()?;
        if self.at(Tok::Arrow) && self.arrow_ok == token.start && !self.lx.t.newline {
            let mark = self.mark();
            return self.arrow_with_name(name, token.start, token.start, &mark, false);
        }
        self.reference(name, token.start)
    }

    /// `async function`, `async x => …`, `async (…) => …`, or a call of something named `async`.
    #[inline(never)]
    fn async_expression(&mut self) -> R<Option<NodeId>> {
        let start = self.pos();
        let arrow_ok = self.arrow_ok == start;
        let next = self.lx.peek()?;
        if next.newline {
            return Ok(None);
        }
        match next.tok {
            Tok::Function => {
                self.advance()?;
                self.function_expression_from(start, true).map(Some)
            }
            Tok::Ident if arrow_ok => {
                let mark = self.mark();
                self.advance()?;
                let pos = self.pos();
                let token = self.lx.t;
                if token.name == Name::OF && !token.escaped {
                    // `for (async of …`: the `of` belongs to the loop unless an arrow follows.
                    let after = self.lx.peek()?;
                    if after.tok != Tok::Arrow {
                        return self.reference(Name::ASYNC, start).map(Some);
                    }
                }
                if token.name == Name::AWAIT {
                    return Err(self.error("`await` is reserved here", pos));
                }
                let name = self.identifier()?;
                if !self.at(Tok::Arrow) || self.lx.t.newline {
                    return Err(self.unexpected());
                }
                self.arrow_with_name(name, start, pos, &mark, true).map(Some)
            }
            Tok::LParen if arrow_ok => {
                let mark = self.mark();
                self.advance()?;
                self.async_call_or_arrow(start, &mark).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn async_call_or_arrow(&mut self, start: u32, mark: &Mark) -> R<NodeId> {
        let params = self.pos();
        let saved_cover = core::mem::replace(&mut self.cover_error, NOWHERE);
        let saved_await = core::mem::replace(&mut self.last_await, NOWHERE);
        let saved_await_name = core::mem::replace(&mut self.last_await_name, NOWHERE);
        let saved_yield = core::mem::replace(&mut self.last_yield, NOWHERE);
        let base = self.pending.len();
        self.cover_list()?;
        if self.at(Tok::Arrow) && !self.lx.t.newline {
            let bad = self.last_await.min(self.last_await_name).min(self.last_yield);
            if bad != NOWHERE {
                return Err(self.error("`await` and `yield` are not allowed in the parameters here", bad));
            }
            self.last_await = saved_await;
            self.last_await_name = saved_await_name;
            self.last_yield = saved_yield;
            self.cover_error = saved_cover;
            return self.arrow_from_cover(base, start, params, mark, true);
        }
        if self.cover_error != NOWHERE {
            return Err(self.uncovered());
        }
        self.cover_error = saved_cover;
        self.last_await = self.last_await.min(saved_await);
        self.last_await_name = self.last_await_name.min(saved_await_name);
        self.last_yield = self.last_yield.min(saved_yield);
        let list = self.finish_list(base)?;
        let callee = self.reference(Name::ASYNC, start)?;
        self.node(Kind::Call, 0, start, callee.0.get(), list)
    }

    /// Reads `( … )` as arguments that may turn out to be parameters, onto the pending list.
    fn cover_list(&mut self) -> R<()> {
        self.expect(Tok::LParen)?;
        let saved = self.ctx;
        self.ctx |= ctx::IN;
        while !self.at(Tok::RParen) {
            let pos = self.pos();
            let item = if self.eat(Tok::Ellipsis)? {
                let value = self.assignment_cover()?;
                let id = self.node(Kind::Spread, 0, pos, value.0.get(), 0)?;
                if self.at(Tok::Comma) {
                    // Fine in a call; the flag tells the conversion to parameters.
                    self.get_mut(id).extra = 1;
                }
                id
            } else {
                self.assignment_cover()?
            };
            self.pending.push(item.0.get())?;
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.ctx = saved;
        self.expect(Tok::RParen)
    }

    /// `( … )`: an expression or the parameters of an arrow function.
    #[inline(never)]
    fn parenthesized(&mut self) -> R<NodeId> {
        self.check_depth()?;
        let start = self.pos();
        let arrow_ok = self.arrow_ok == start;
        if !arrow_ok {
            self.advance()?;
            self.eager = true;
            let value = self.parenthesized_rest()?;
            return Ok(value);
        }
        let mark = self.mark();
        let saved_cover = core::mem::replace(&mut self.cover_error, NOWHERE);
        let saved_await = core::mem::replace(&mut self.last_await, NOWHERE);
        let saved_yield = core::mem::replace(&mut self.last_yield, NOWHERE);
        let base = self.pending.len();
        self.advance()?;
        let saved_ctx = self.ctx;
        self.ctx |= ctx::IN;
        let first = self.pos();
        let mut only_params = false;
        while !self.at(Tok::RParen) {
            let pos = self.pos();
            if self.at(Tok::Ellipsis) {
                self.advance()?;
                let value = self.rest_cover()?;
                let rest = self.node(Kind::Spread, 0, pos, value.0.get(), 0)?;
                self.pending.push(rest.0.get())?;
                only_params = true;
                break;
            }
            self.eager = true;
            let item = self.assignment_cover()?;
            self.eager = false;
            self.pending.push(item.0.get())?;
            if !self.eat(Tok::Comma)? {
                break;
            }
            if self.at(Tok::RParen) {
                only_params = true;
            }
        }
        self.ctx = saved_ctx;
        let empty = self.pending.len() == base;
        if !self.at(Tok::RParen) {
            return Err(self.unexpected());
        }
        self.advance()?;
        if self.at(Tok::Arrow) && !self.lx.t.newline {
            let bad = self.last_await.min(self.last_yield);
            if bad != NOWHERE {
                return Err(self.error("`await` and `yield` are not allowed in the parameters here", bad));
            }
            self.last_await = saved_await;
            self.last_yield = saved_yield;
            self.cover_error = saved_cover;
            return self.arrow_from_cover(base, start, start, &mark, false);
        }
        if empty || only_params {
            return Err(self.unexpected());
        }
        if self.cover_error != NOWHERE {
            return Err(self.uncovered());
        }
        self.cover_error = saved_cover;
        self.last_await = self.last_await.min(saved_await);
        self.last_yield = self.last_yield.min(saved_yield);
        let value = if self.pending.len() == base + 1 {
            let raw = self.pending.pop().unwrap_or(0);
            NodeId::opt(raw).ok_or(super::error::Stop)?
        } else {
            let list = self.finish_list(base)?;
            self.node(Kind::Sequence, 0, first, 0, list)?
        };
        self.get_mut(value).flags |= PAREN;
        Ok(value)
    }

    fn parenthesized_rest(&mut self) -> R<NodeId> {
        let value = self.expression_in()?;
        self.expect(Tok::RParen)?;
        self.get_mut(value).flags |= PAREN;
        Ok(value)
    }

    /// The target of `...` in arrow parameters.
    fn rest_cover(&mut self) -> R<NodeId> {
        match self.lx.t.tok {
            Tok::LBracket | Tok::LBrace => self.primary(),
            _ => {
                let pos = self.pos();
                let name = self.identifier()?;
                self.reference(name, pos)
            }
        }
    }

    fn array(&mut self) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        self.advance()?;
        let saved = self.ctx;
        self.ctx |= ctx::IN;
        let base = self.pending.len();
        while !self.at(Tok::RBracket) {
            let item_pos = self.pos();
            let item = match self.lx.t.tok {
                Tok::Comma => {
                    let hole = self.node(Kind::Elision, 0, item_pos, 0, 0)?;
                    self.pending.push(hole.0.get())?;
                    self.advance()?;
                    continue;
                }
                Tok::Ellipsis => {
                    self.advance()?;
                    let value = self.assignment_cover()?;
                    let spread = self.node(Kind::Spread, 0, item_pos, value.0.get(), 0)?;
                    if self.at(Tok::Comma) {
                        self.get_mut(spread).extra = 1;
                    }
                    spread
                }
                _ => self.assignment_cover()?,
            };
            self.pending.push(item.0.get())?;
            if !self.at(Tok::RBracket) {
                self.expect(Tok::Comma)?;
            }
        }
        self.ctx = saved;
        self.advance()?;
        let list = self.finish_list(base)?;
        self.node(Kind::Array, 0, pos, 0, list)
    }

    #[inline(never)]
    fn new_expression(&mut self) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        self.advance()?;
        if self.at(Tok::Dot) {
            return self.new_target(pos);
        }
        let callee = match self.lx.t.tok {
            Tok::New => self.new_expression()?,
            Tok::Super => self.super_expression()?,
            Tok::Import => {
                let next = self.lx.peek()?;
                let id = self.import_expression()?;
                if next.tok != Tok::Dot || self.get(id).kind != Kind::ImportMeta {
                    return Err(self.error("`import()` cannot be constructed", pos));
                }
                id
            }
            Tok::Ident => {
                self.arrow_ok = NOWHERE;
                self.identifier_expression()?
            }
            _ => {
                self.arrow_ok = NOWHERE;
                self.primary()?
            }
        };
        if self.get(callee).kind == Kind::SuperCall {
            return Err(self.error("`super()` cannot be constructed", pos));
        }
        let callee = self.member_chain(callee, false)?;
        let arguments = if self.at(Tok::LParen) { self.arguments()? } else { 0 };
        self.node(Kind::New, 0, pos, callee.0.get(), arguments)
    }

    fn new_target(&mut self, pos: u32) -> R<NodeId> {
        self.advance()?;
        if !self.at_word(Name::TARGET) {
            return Err(self.unexpected());
        }
        if !self.has(ctx::NEW_TARGET) {
            return Err(self.error("`new.target` is only allowed in functions", pos));
        }
        self.advance()?;
        let id = self.node(Kind::NewTarget, 0, pos, Name::NEW_TARGET.0, FREE)?;
        self.use_hidden(FunctionFlags::USES_NEW_TARGET, Name::NEW_TARGET, id)?;
        Ok(id)
    }

    #[inline(never)]
    fn super_expression(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        if self.at(Tok::LParen) {
            if !self.has(ctx::SUPER_CALL) {
                return Err(self.error("`super()` is only allowed in constructors of classes with `extends`", pos));
            }
            let arguments = self.arguments()?;
            let id = self.node(Kind::SuperCall, 0, pos, 0, arguments)?;
            for (flag, name) in [
                (FunctionFlags::USES_SUPER_CALL, Name::ACTIVE_FUNCTION),
                (FunctionFlags::USES_NEW_TARGET, Name::NEW_TARGET),
                (FunctionFlags::USES_THIS, Name::THIS),
            ] {
                self.use_hidden_only(flag, name)?;
            }
            return Ok(id);
        }
        if !self.has(ctx::SUPER_PROPERTY) {
            return Err(self.error("`super` is only allowed in methods", pos));
        }
        let id = if self.eat(Tok::LBracket)? {
            let index = self.expression_in()?;
            self.expect(Tok::RBracket)?;
            self.node(Kind::SuperIndex, 0, pos, 0, index.0.get())?
        } else {
            self.expect(Tok::Dot)?;
            if !self.lx.t.tok.is_identifier_name() {
                return Err(self.unexpected());
            }
            let name = self.lx.t.name;
            self.advance()?;
            self.node(Kind::SuperMember, 0, pos, 0, name.0)?
        };
        self.use_hidden_only(FunctionFlags::USES_SUPER_PROPERTY, Name::HOME_OBJECT)?;
        self.use_hidden_only(FunctionFlags::USES_THIS, Name::THIS)?;
        Ok(id)
    }

    /// As `use_hidden`, for nodes that have no place of their own for the resolution.
    fn use_hidden_only(&mut self, flag: FunctionFlags, hidden: Name) -> R<()> {
        self.f.flags = self.f.flags.union(flag);
        if self.f.kind == FunctionKind::Arrow {
            let pos = self.pos();
            let node = self.node(Kind::This, 0, pos, hidden.0, FREE)?;
            self.refer(hidden, node)?;
        }
        Ok(())
    }

    /// `import(…)`, `import.defer(…)`, `import.source(…)`, `import.meta`
    #[inline(never)]
    fn import_expression(&mut self) -> R<NodeId> {
        let pos = self.pos();
        self.advance()?;
        let mut phase = 0;
        if self.eat(Tok::Dot)? {
            if self.at_word(Name::META) {
                if !self.has(ctx::MODULE) {
                    return Err(self.error("`import.meta` is only allowed in modules", pos));
                }
                self.advance()?;
                return self.node(Kind::ImportMeta, 0, pos, 0, 0);
            }
            phase = if self.at_word(Name::DEFER) {
                1
            } else if self.at_word(Name::SOURCE) {
                2
            } else {
                return Err(self.unexpected());
            };
            self.advance()?;
        }
        self.expect(Tok::LParen)?;
        let specifier = self.assignment_in()?;
        let mut options = 0;
        if self.eat(Tok::Comma)? && !self.at(Tok::RParen) {
            options = self.assignment_in()?.0.get();
            self.eat(Tok::Comma)?;
        }
        self.expect(Tok::RParen)?;
        self.node(Kind::ImportCall, phase, pos, specifier.0.get(), options)
    }
}
