//! Expressions (§13) down to unary operators.

use super::ast::{CHECK, FREE, FunctionFlags, Kind, NodeId, PAREN, WRITE};
use super::error::R;
use super::names::Name;
use super::parser::{NOWHERE, Parser, ctx};
use super::token::Tok;

impl Parser<'_, '_> {
    /// Expression
    pub(super) fn expression(&mut self) -> R<NodeId> {
        let pos = self.pos();
        let first = self.assignment()?;
        if !self.at(Tok::Comma) {
            return Ok(first);
        }
        let base = self.pending.len();
        self.pending.push(first.0.get())?;
        while self.eat(Tok::Comma)? {
            let next = self.assignment()?;
            self.pending.push(next.0.get())?;
        }
        let list = self.finish_list(base)?;
        self.node(Kind::Sequence, 0, pos, 0, list)
    }

    /// Expression[+In]
    pub(super) fn expression_in(&mut self) -> R<NodeId> {
        let saved = self.ctx;
        self.ctx |= ctx::IN;
        let result = self.expression();
        self.ctx = saved;
        result
    }

    /// AssignmentExpression[+In]
    pub(super) fn assignment_in(&mut self) -> R<NodeId> {
        let saved = self.ctx;
        self.ctx |= ctx::IN;
        let result = self.assignment();
        self.ctx = saved;
        result
    }

    /// AssignmentExpression that is no part of a pattern.
    pub(super) fn assignment(&mut self) -> R<NodeId> {
        let saved = core::mem::replace(&mut self.cover_error, NOWHERE);
        let result = self.assignment_cover()?;
        if self.cover_error != NOWHERE {
            return Err(self.uncovered());
        }
        self.cover_error = saved;
        Ok(result)
    }

    #[cold]
    pub(super) fn uncovered(&mut self) -> super::error::Stop {
        let (message, pos) = (self.cover_message, self.cover_error);
        self.error(message, pos)
    }

    /// AssignmentExpression; what would be an error unless it becomes a pattern is left in `cover_error`.
    pub(super) fn assignment_cover(&mut self) -> R<NodeId> {
        self.check_depth()?;
        let start = self.pos();
        if self.at(Tok::Ident) && self.has(ctx::YIELD) && self.lx.t.name == Name::YIELD {
            return self.yield_expression();
        }
        self.arrow_ok = start;
        let saved = core::mem::replace(&mut self.cover_error, NOWHERE);
        let left = self.conditional()?;
        if self.arrow_end == self.lx.prev_end {
            self.cover_error = saved;
            return Ok(left);
        }
        let result = match self.lx.t.tok.assign_op() {
            None => {
                if self.cover_error != NOWHERE && !self.is_bare_literal(left) {
                    return Err(self.uncovered());
                }
                left
            }
            Some(op) => self.assignment_rest(left, op, start)?,
        };
        if saved != NOWHERE {
            self.cover_error = saved;
        }
        Ok(result)
    }

    fn is_bare_literal(&self, id: NodeId) -> bool {
        let node = self.get(id);
        node.flags & PAREN == 0 && matches!(node.kind, Kind::Array | Kind::Object)
    }

    fn assignment_rest(&mut self, left: NodeId, op: u16, start: u32) -> R<NodeId> {
        if op == 0 && self.is_bare_literal(left) {
            self.turn_into_assignment_pattern(left)?;
            self.cover_error = NOWHERE;
        } else {
            if self.cover_error != NOWHERE {
                return Err(self.uncovered());
            }
            self.simple_target(left, op < 100)?;
        }
        self.advance()?;
        let right = self.assignment()?;
        self.node(Kind::Assign, op, start, left.0.get(), right.0.get())
    }

    /// Checks that a node can be assigned to and marks it. `web_compat`: calls pass and fail at run time (sloppy mode).
    pub(super) fn simple_target(&mut self, id: NodeId, web_compat: bool) -> R<()> {
        let node = *self.get(id);
        match node.kind {
            Kind::Identifier => {
                self.check_bound_name(Name(node.a), node.pos)?;
                self.get_mut(id).flags |= WRITE;
                Ok(())
            }
            Kind::Member | Kind::Index | Kind::PrivateMember | Kind::SuperMember | Kind::SuperIndex => {
                self.not_only_read(id);
                Ok(())
            }
            Kind::Call if web_compat && !self.strict() => Ok(()),
            _ => Err(self.error("invalid assignment target", node.pos)),
        }
    }

    /// `arguments[x]` is more than read here.
    pub(super) fn not_only_read(&mut self, id: NodeId) {
        let node = self.get(id);
        if matches!(node.kind, Kind::Member | Kind::Index)
            && let Some(object) = NodeId::opt(node.a).map(|object| self.get(object))
            && object.kind == Kind::Identifier
            && object.a == Name::ARGUMENTS.0
        {
            self.f.arguments_seen += 1;
        }
    }

    fn yield_expression(&mut self) -> R<NodeId> {
        let pos = self.pos();
        if self.lx.t.escaped {
            return Err(self.unexpected());
        }
        if self.has(ctx::PARAMETERS) {
            return Err(self.error("`yield` is not allowed in parameters", pos));
        }
        self.last_yield = pos;
        self.advance()?;
        if !self.lx.t.newline && self.at(Tok::Star) {
            self.advance()?;
            let operand = self.assignment()?;
            return self.node(Kind::YieldStar, 0, pos, operand.0.get(), 0);
        }
        let nothing = self.lx.t.newline
            || matches!(
                self.lx.t.tok,
                Tok::RParen
                    | Tok::RBracket
                    | Tok::RBrace
                    | Tok::Comma
                    | Tok::Semicolon
                    | Tok::Colon
                    | Tok::In
                    | Tok::Eof
            );
        let operand = if nothing { 0 } else { self.assignment()?.0.get() };
        self.node(Kind::Yield, 0, pos, operand, 0)
    }

    fn conditional(&mut self) -> R<NodeId> {
        let pos = self.pos();
        let test = self.binary(1)?;
        if !self.at(Tok::Question) || self.arrow_end == self.lx.prev_end {
            return Ok(test);
        }
        if self.cover_error != NOWHERE {
            return Err(self.uncovered());
        }
        self.advance()?;
        let consequent = self.assignment_in()?;
        self.expect(Tok::Colon)?;
        let alternate = self.assignment()?;
        let parts = self.words(&[consequent.0.get(), alternate.0.get()])?;
        self.node(Kind::Conditional, 0, pos, test.0.get(), parts)
    }

    /// Binary operators of at least precedence `least`.
    fn binary(&mut self, least: u8) -> R<NodeId> {
        if self.at(Tok::PrivateName) {
            return self.private_in(least);
        }
        let left = self.unary()?;
        let precedence = self.lx.t.tok.precedence();
        if precedence < least || precedence == 0 || self.arrow_end == self.lx.prev_end {
            return Ok(left);
        }
        self.binary_rest(left, least)
    }

    #[inline(never)]
    fn private_in(&mut self, least: u8) -> R<NodeId> {
        let (pos, name) = (self.pos(), self.lx.t.name);
        if least > Tok::In.precedence() || !self.has(ctx::IN) {
            return Err(self.unexpected());
        }
        let key = self.private_reference(name, pos)?;
        self.advance()?;
        if !self.at(Tok::In) {
            return Err(self.unexpected());
        }
        self.advance()?;
        let right = self.binary(Tok::In.precedence() + 1)?;
        let left = self.node(Kind::PrivateIn, 0, pos, key.0.get(), right.0.get())?;
        self.binary_rest(left, least)
    }

    pub(super) fn private_reference(&mut self, name: Name, pos: u32) -> R<NodeId> {
        let node = self.node(Kind::PrivateName, 0, pos, name.0, FREE)?;
        self.refer(name, node)?;
        Ok(node)
    }

    #[inline(never)]
    fn binary_rest(&mut self, mut left: NodeId, least: u8) -> R<NodeId> {
        loop {
            let tok = self.lx.t.tok;
            let precedence = tok.precedence();
            if precedence == 0 || precedence < least || tok == Tok::In && !self.has(ctx::IN) {
                return Ok(left);
            }
            if self.arrow_end == self.lx.prev_end {
                return Ok(left);
            }
            left = match precedence {
                1..=3 => self.logical_chain(left, tok)?,
                12 => self.exponent(left)?,
                _ => self.binary_chain(left, precedence)?,
            };
        }
    }

    fn exponent(&mut self, left: NodeId) -> R<NodeId> {
        self.check_depth()?;
        let node = *self.get(left);
        if matches!(node.kind, Kind::Unary | Kind::Await) && node.flags & PAREN == 0 {
            return Err(self.error("the base of `**` has to be put in parentheses", node.pos));
        }
        let pos = self.pos();
        self.advance()?;
        let right = self.binary(12)?;
        self.node(Kind::Binary, Tok::StarStar.binary_op(), pos, left.0.get(), right.0.get())
    }

    fn binary_chain(&mut self, left: NodeId, precedence: u8) -> R<NodeId> {
        let pos = self.pos();
        let first_op = self.lx.t.tok.binary_op();
        self.advance()?;
        let right = self.binary(precedence + 1)?;
        if !self.goes_on(precedence) {
            return self.node(Kind::Binary, first_op, pos, left.0.get(), right.0.get());
        }
        let base = self.pending.len();
        self.pending.push(first_op.into())?;
        self.pending.push(right.0.get())?;
        while self.goes_on(precedence) {
            let op = self.lx.t.tok.binary_op();
            self.advance()?;
            let right = self.binary(precedence + 1)?;
            self.pending.push(op.into())?;
            self.pending.push(right.0.get())?;
        }
        let list = self.finish_list(base)?;
        self.node(Kind::BinaryChain, 0, pos, left.0.get(), list)
    }

    /// Another operator of that precedence follows and can be applied.
    fn goes_on(&self, precedence: u8) -> bool {
        let tok = self.lx.t.tok;
        tok.precedence() == precedence && (tok != Tok::In || self.has(ctx::IN)) && self.arrow_end != self.lx.prev_end
    }

    fn logical_chain(&mut self, left: NodeId, tok: Tok) -> R<NodeId> {
        let pos = self.pos();
        let precedence = tok.precedence();
        let op = match tok {
            Tok::And => 0,
            Tok::Or => 1,
            _ => 2,
        };
        let base = self.pending.len();
        if op == 2 {
            self.check_mix(left)?;
        }
        self.pending.push(left.0.get())?;
        while self.at(tok) && self.arrow_end != self.lx.prev_end {
            self.advance()?;
            let right = self.binary(precedence + 1)?;
            if op == 2 {
                self.check_mix(right)?;
            }
            self.pending.push(right.0.get())?;
        }
        let list = self.finish_list(base)?;
        self.node(Kind::Logical, op, pos, 0, list)
    }

    /// `??` does not mix with `&&` and `||` without parentheses.
    fn check_mix(&mut self, id: NodeId) -> R<()> {
        let node = *self.get(id);
        if node.kind == Kind::Logical && node.extra < 2 && node.flags & PAREN == 0 {
            return Err(self.error("`??` does not mix with `&&` and `||` without parentheses", node.pos));
        }
        Ok(())
    }

    fn unary(&mut self) -> R<NodeId> {
        match self.lx.t.tok {
            Tok::Ident => {
                if self.lx.t.name == Name::AWAIT && self.has(ctx::AWAIT) {
                    return self.await_expression();
                }
                self.postfix()
            }
            Tok::Minus => self.unary_op(0),
            Tok::Plus => self.unary_op(1),
            Tok::Not => {
                self.eager = true;
                self.unary_op(2)
            }
            Tok::Tilde => self.unary_op(3),
            Tok::Typeof => self.unary_op(4),
            Tok::Void => self.unary_op(5),
            Tok::Delete => self.unary_op(6),
            Tok::PlusPlus => self.prefix_update(true),
            Tok::MinusMinus => self.prefix_update(false),
            _ => self.postfix(),
        }
    }

    #[inline(never)]
    fn unary_op(&mut self, op: u16) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        self.advance()?;
        let operand = self.unary()?;
        if op == 6 {
            self.check_delete(operand)?;
        }
        self.node(Kind::Unary, op, pos, operand.0.get(), 0)
    }

    fn check_delete(&mut self, operand: NodeId) -> R<()> {
        self.not_only_read(operand);
        let node = *self.get(operand);
        match node.kind {
            Kind::Identifier => {
                if self.strict() {
                    return Err(self.error("a name cannot be deleted in strict mode", node.pos));
                }
                // Deleting needs the name itself; reading it is no use.
                self.get_mut(operand).flags &= !CHECK;
                Ok(())
            }
            Kind::PrivateMember => Err(self.error("a private name cannot be deleted", node.pos)),
            Kind::OptionalChain => {
                let inner = NodeId::opt(node.a).map(|inner| self.get(inner).kind);
                if inner == Some(Kind::PrivateMember) {
                    return Err(self.error("a private name cannot be deleted", node.pos));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    #[inline(never)]
    fn prefix_update(&mut self, increment: bool) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        self.advance()?;
        let target = self.unary()?;
        self.simple_target(target, true)?;
        self.node(Kind::Update, 2 | u16::from(increment), pos, target.0.get(), 0)
    }

    #[inline(never)]
    fn await_expression(&mut self) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        if self.lx.t.escaped {
            return Err(self.unexpected());
        }
        if self.has(ctx::PARAMETERS | ctx::NO_AWAIT) {
            return Err(self.error("`await` is not allowed here", pos));
        }
        self.last_await = pos;
        self.f.flags = self.f.flags.union(FunctionFlags::ASYNC);
        self.advance()?;
        let operand = self.unary()?;
        self.node(Kind::Await, 0, pos, operand.0.get(), 0)
    }

    #[inline]
    fn postfix(&mut self) -> R<NodeId> {
        let operand = self.left_hand_side()?;
        if matches!(self.lx.t.tok, Tok::PlusPlus | Tok::MinusMinus) && !self.lx.t.newline {
            return self.postfix_update(operand);
        }
        Ok(operand)
    }

    #[inline(never)]
    fn postfix_update(&mut self, target: NodeId) -> R<NodeId> {
        if self.arrow_end == self.lx.prev_end {
            return Ok(target);
        }
        self.simple_target(target, true)?;
        let increment = self.at(Tok::PlusPlus);
        let pos = self.pos();
        self.advance()?;
        self.node(Kind::Update, u16::from(increment), pos, target.0.get(), 0)
    }
}
