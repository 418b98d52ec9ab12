//! Conditions: expressions compiled to jumps.

use super::emitter::{Label, Reg};
use super::{Compiler, Result};
use crate::bytecode::Opcode;
use crate::syntax::ast::{BinaryOp, Expr, LogicalOp, NodeId, UnaryOp};
use crate::syntax::names::Name;

impl Compiler<'_, '_> {
    /// Jumps to `target` when the truth of the expression is `when`, goes on otherwise.
    #[inline(never)]
    pub(super) fn condition(&mut self, mut id: NodeId, target: Label, mut when: bool) -> Result {
        self.check_depth()?;
        while let Expr::Unary(UnaryOp::Not, operand) = self.ast.expr(id) {
            id = operand;
            when = !when;
        }
        let top = self.e.top();
        match self.ast.expr(id) {
            Expr::Bool(value) => {
                if value == when {
                    self.e.jump(target)?;
                }
            }
            Expr::Number(value) => {
                if (value != 0.0 && !value.is_nan()) == when {
                    self.e.jump(target)?;
                }
            }
            Expr::Logical(op @ (LogicalOp::And | LogicalOp::Or), operands) => {
                // `a && b` jumps on false as soon as one is false; on true only after the last.
                let decisive = op == LogicalOp::Or;
                let last = operands.len().saturating_sub(1);
                if when == decisive {
                    for item in self.ast.list(operands) {
                        self.condition(item, target, when)?;
                    }
                } else {
                    let end = self.e.label()?;
                    for (i, item) in self.ast.list(operands).enumerate() {
                        if i == last {
                            self.condition(item, target, when)?;
                        } else {
                            self.condition(item, end, decisive)?;
                        }
                    }
                    self.e.bind(end);
                }
            }
            Expr::Sequence(items) => {
                let last = items.len().saturating_sub(1);
                for (i, item) in self.ast.list(items).enumerate() {
                    if i == last {
                        self.condition(item, target, when)?;
                    } else {
                        self.discard(item)?;
                    }
                }
            }
            Expr::Binary(op, left, right) if jump_opcode(op, when).is_some() => {
                self.compare(id, op, left, right, target, when)?;
            }
            _ => {
                let value = self.operand(id)?;
                self.e.jump_abc(if when { Opcode::JumpIfTrue } else { Opcode::JumpIfFalse }, value, 0, target)?;
            }
        }
        self.e.release(top);
        Ok(())
    }

    #[inline(never)]
    fn compare(&mut self, id: NodeId, op: BinaryOp, left: NodeId, right: NodeId, target: Label, when: bool) -> Result {
        let equality = match op {
            BinaryOp::Eq | BinaryOp::StrictEq => Some(when),
            BinaryOp::Ne | BinaryOp::StrictNe => Some(!when),
            _ => None,
        };
        let strict = matches!(op, BinaryOp::StrictEq | BinaryOp::StrictNe);
        if let Some(equal) = equality {
            // typeof x == "…"
            let (tested, text) = match (self.ast.expr(left), self.ast.expr(right)) {
                (Expr::Unary(UnaryOp::Typeof, tested), Expr::String(text))
                | (Expr::String(text), Expr::Unary(UnaryOp::Typeof, tested)) => (Some(tested), text),
                _ => (None, Name::EMPTY),
            };
            if let Some(tested) = tested
                && let Some(number) = self.type_number(text)
            {
                let value = self.typeof_operand(tested)?;
                let jump = if equal { Opcode::JumpIfTypeOf } else { Opcode::JumpIfNotTypeOf };
                return self.e.jump_abc(jump, value, number, target);
            }
            let constant = match (self.ast.expr(left), self.ast.expr(right)) {
                (_, Expr::Null) => Some((left, true)),
                (Expr::Null, _) => Some((right, true)),
                _ if self.is_undefined(right) => Some((left, false)),
                _ if self.is_undefined(left) => Some((right, false)),
                _ => None,
            };
            if let Some((other, null)) = constant {
                let value = self.operand(other)?;
                let jump = match (null, equal) {
                    // Loosely, both mean both.
                    (_, true) if !strict => Opcode::JumpIfNullish,
                    (_, false) if !strict => Opcode::JumpIfNotNullish,
                    (true, true) => Opcode::JumpIfNull,
                    (true, false) => Opcode::JumpIfNotNull,
                    (false, true) => Opcode::JumpIfUndefined,
                    (false, false) => Opcode::JumpIfNotUndefined,
                };
                return self.e.jump_abc(jump, value, 0, target);
            }
        }
        let (Some(jump), Some(jump_int)) = (jump_opcode(op, when), jump_int_opcode(op, when)) else { return Ok(()) };
        let left = self.operand_before(left, &[right], None)?;
        if let Some(Ok(small)) = self.small_int(right).map(i16::try_from) {
            self.at(id);
            return self.e.jump_abx(jump_int, left, small, target);
        }
        let right = self.operand(right)?;
        self.at(id);
        self.e.jump_abc(jump, left, right, target)
    }

    /// The global `undefined`, or `void 0`.
    pub(super) fn is_undefined(&mut self, id: NodeId) -> bool {
        match self.ast.expr(id) {
            Expr::Identifier(ident) if ident.name == Name::UNDEFINED => {
                self.resolve(&ident).place == super::bindings::Place::Global
            }
            Expr::Unary(UnaryOp::Void, operand) => matches!(self.ast.expr(operand), Expr::Number(_)),
            _ => false,
        }
    }

    fn type_number(&self, name: Name) -> Option<u8> {
        let text = self.ast.name_text(name);
        ["undefined", "object", "boolean", "number", "string", "symbol", "bigint", "function"]
            .iter()
            .position(|known| text == **known)
            .map(|number| number as u8)
    }

    /// Evaluates a test whose operands are registers already (switch clauses).
    pub(super) fn jump_if_strict_equal(&mut self, value: Reg, test: NodeId, target: Label) -> Result {
        let top = self.e.top();
        if let Some(Ok(small)) = self.small_int(test).map(i16::try_from) {
            self.e.jump_abx(Opcode::JumpIfStrictEqI, value, small, target)?;
        } else {
            let test = self.operand(test)?;
            self.e.jump_abc(Opcode::JumpIfStrictEq, value, test, target)?;
        }
        self.e.release(top);
        Ok(())
    }
}

/// The fused jump for a comparison that is to jump when it is `when`.
fn jump_opcode(op: BinaryOp, when: bool) -> Option<Opcode> {
    Some(match (op, when) {
        (BinaryOp::Eq, true) | (BinaryOp::Ne, false) => Opcode::JumpIfEq,
        (BinaryOp::Ne, true) | (BinaryOp::Eq, false) => Opcode::JumpIfNe,
        (BinaryOp::StrictEq, true) | (BinaryOp::StrictNe, false) => Opcode::JumpIfStrictEq,
        (BinaryOp::StrictNe, true) | (BinaryOp::StrictEq, false) => Opcode::JumpIfStrictNe,
        (BinaryOp::Lt, true) => Opcode::JumpIfLess,
        (BinaryOp::Lt, false) => Opcode::JumpIfNotLess,
        (BinaryOp::Le, true) => Opcode::JumpIfLessEq,
        (BinaryOp::Le, false) => Opcode::JumpIfNotLessEq,
        (BinaryOp::Gt, true) => Opcode::JumpIfGreater,
        (BinaryOp::Gt, false) => Opcode::JumpIfNotGreater,
        (BinaryOp::Ge, true) => Opcode::JumpIfGreaterEq,
        (BinaryOp::Ge, false) => Opcode::JumpIfNotGreaterEq,
        _ => return None,
    })
}

/// The same with an integer on the right.
fn jump_int_opcode(op: BinaryOp, when: bool) -> Option<Opcode> {
    Some(match jump_opcode(op, when)? {
        Opcode::JumpIfEq => Opcode::JumpIfEqI,
        Opcode::JumpIfNe => Opcode::JumpIfNeI,
        Opcode::JumpIfStrictEq => Opcode::JumpIfStrictEqI,
        Opcode::JumpIfStrictNe => Opcode::JumpIfStrictNeI,
        Opcode::JumpIfLess => Opcode::JumpIfLessI,
        Opcode::JumpIfNotLess => Opcode::JumpIfNotLessI,
        Opcode::JumpIfLessEq => Opcode::JumpIfLessEqI,
        Opcode::JumpIfNotLessEq => Opcode::JumpIfNotLessEqI,
        Opcode::JumpIfGreater => Opcode::JumpIfGreaterI,
        Opcode::JumpIfNotGreater => Opcode::JumpIfNotGreaterI,
        Opcode::JumpIfGreaterEq => Opcode::JumpIfGreaterEqI,
        _ => Opcode::JumpIfNotGreaterEqI,
    })
}
