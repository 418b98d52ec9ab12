//! Assignments and updates.

use super::bindings::{Place, Reference};
use super::emitter::Reg;
use super::{Compiler, Result};
use crate::bytecode::{Constant, Opcode};
use crate::syntax::ast::{AssignOp, BinaryOp, Expr, LogicalOp, NodeId, Pattern};
use crate::syntax::names::Name;

/// An assignment target whose parts have been evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    Variable(Reference),
    /// A dynamic name that has been resolved: what holds it.
    Resolved(Name, Reg),
    /// A global of strict code, and whether it existed before the value was computed.
    CheckedGlobal(Name, Reg),
    Property(Reg, Name),
    Element(Reg, Reg),
    ElementInt(Reg, u8),
    Super(Reg, Reg),
    Private(Reg, Reg),
    /// `f() = 1`: the ReferenceError has been thrown.
    Invalid,
}

impl Compiler<'_, '_> {
    /// Evaluates the parts of a simple target that come before the value. `later` is what is evaluated afterwards; `reads`
    /// says that the target is read too (so that a key is converted once only).
    #[inline(never)]
    pub(super) fn target(&mut self, id: NodeId, later: &[NodeId], reads: bool) -> Result<Target> {
        Ok(match self.ast.expr(id) {
            Expr::Identifier(ident) => {
                let reference = self.resolve(&ident);
                self.variable_target(&reference, later)?
            }
            Expr::Member { object, name, .. } => {
                let object = self.operand_before(object, later, None)?;
                Target::Property(object, name)
            }
            Expr::Index { object, index, .. } => {
                let mut both = [index; 4];
                let count = later.len().min(3);
                both[1..=count].copy_from_slice(&later[..count]);
                let object = self.operand_before(object, &both[..=count], None)?;
                if let Some(name) = self.name_index(index) {
                    return Ok(Target::Property(object, name));
                }
                if let Some(Ok(small)) = self.small_int(index).map(u8::try_from) {
                    return Ok(Target::ElementInt(object, small));
                }
                let mut key = self.operand_before(index, later, None)?;
                if reads && !self.is_primitive(index) {
                    let converted = if self.is_local(key) { self.e.temp()? } else { key };
                    self.at(id);
                    self.e.abc(Opcode::RequireObjectCoercible, object, 0, 0)?;
                    self.at(index);
                    self.e.abc(Opcode::ToPropertyKey, converted, key, 0)?;
                    key = converted;
                }
                Target::Element(object, key)
            }
            Expr::PrivateMember { object, name, .. } => {
                let object = self.operand_before(object, later, None)?;
                let key = self.e.temp()?;
                self.identifier(&name, key)?;
                Target::Private(object, key)
            }
            Expr::SuperMember(name) => {
                self.at(id);
                let this = self.super_this()?;
                self.e.abc(Opcode::GetSuperBase, this + 1, 0, 0)?;
                let key = self.e.temp()?;
                self.e.load_constant(key, Constant::String(name))?;
                Target::Super(this, key)
            }
            Expr::SuperIndex(index) => {
                self.at(id);
                let this = self.super_this()?;
                let key = self.e.temp()?;
                self.expr(index, key)?;
                self.e.abc(Opcode::GetSuperBase, this + 1, 0, 0)?;
                if reads {
                    self.e.abc(Opcode::ToPropertyKey, key, key, 0)?;
                }
                Target::Super(this, key)
            }
            _ => {
                self.discard(id)?;
                self.at(id);
                self.throw_error(1, crate::bytecode::ErrorMessage::InvalidAssignment)?;
                Target::Invalid
            }
        })
    }

    /// `this` in the first of two new registers; the second is for what `super` means.
    fn super_this(&mut self) -> Result<Reg> {
        let pair = self.e.temps(2)?;
        let this = self.this_value(Some(pair))?;
        self.e.mov(pair, this)?;
        Ok(pair)
    }

    /// A variable as a target: where it leads is found out before the value is computed.
    pub(super) fn variable_target(&mut self, reference: &Reference, later: &[NodeId]) -> Result<Target> {
        match reference.place {
            Place::Dynamic => {
                let holder = self.e.temp()?;
                self.load_dynamic(reference.name, holder, Opcode::ResolveName)?;
                Ok(Target::Resolved(reference.name, holder))
            }
            Place::Global if self.is_strict() && !later.iter().all(|&node| self.is_harmless(node)) => {
                let Some(word) = self.key_ic(reference.name)? else { return Ok(Target::Variable(*reference)) };
                let had = self.e.temp()?;
                self.e.abcw(Opcode::HasGlobal, had, 0, 0, word)?;
                Ok(Target::CheckedGlobal(reference.name, had))
            }
            _ => Ok(Target::Variable(*reference)),
        }
    }

    /// Evaluating it cannot create or delete a global.
    fn is_harmless(&self, id: NodeId) -> bool {
        match self.ast.expr(id) {
            Expr::Number(_) | Expr::String(_) | Expr::Bool(_) | Expr::Null | Expr::Function(_) | Expr::This(_) => true,
            Expr::Identifier(ident) => matches!(ident.resolution, crate::syntax::ast::Resolution::Binding(_)),
            Expr::Array(list) | Expr::Object(list) => list.is_empty(),
            _ => false,
        }
    }

    /// The value is no object (so converting it to a property key has no effects).
    fn is_primitive(&self, id: NodeId) -> bool {
        matches!(
            self.ast.expr(id),
            Expr::Number(_)
                | Expr::String(_)
                | Expr::BigInt(_)
                | Expr::Bool(_)
                | Expr::Null
                | Expr::Template(_)
                | Expr::Update { .. }
                | Expr::Unary(..)
                | Expr::Binary(..)
                | Expr::BinaryChain { .. }
                | Expr::Assign { op: AssignOp::Compound(_), .. }
        )
    }

    /// `r[dst] =` the target's value.
    #[inline(never)]
    pub(super) fn get_target(&mut self, target: &Target, dst: Reg) -> Result {
        match *target {
            Target::Variable(ref reference) => self.load(reference, dst),
            Target::Resolved(name, holder) => {
                let name = self.name_constant(name)?;
                self.e.abcw(Opcode::GetResolved, dst, holder, 0, name)
            }
            Target::CheckedGlobal(name, _) => match self.key_ic(name)? {
                Some(word) => self.e.abcw(Opcode::GetGlobal, dst, 0, 0, word),
                None => self.load_dynamic(name, dst, Opcode::GetName),
            },
            Target::Property(object, name) => self.get_prop(dst, object, name),
            Target::Element(object, key) => self.e.abc(Opcode::GetElem, dst, object, key),
            Target::ElementInt(object, index) => self.e.abc(Opcode::GetElemI, dst, object, index),
            Target::Super(this, key) => self.e.abc(Opcode::GetSuperOn, dst, this, key),
            Target::Private(object, key) => self.e.abc(Opcode::GetPrivate, dst, object, key),
            Target::Invalid => Ok(()),
        }
    }

    /// Assigns `r[value]` to the target.
    #[inline(never)]
    pub(super) fn put_target(&mut self, target: &Target, value: Reg) -> Result {
        match *target {
            Target::Variable(ref reference) => self.store(reference, value),
            Target::Resolved(name, holder) => {
                let name = self.name_constant(name)?;
                self.e.abcw(Opcode::SetResolved, holder, value, 0, name)
            }
            Target::CheckedGlobal(name, had) => match self.key_ic(name)? {
                Some(word) => self.e.abcw(Opcode::SetGlobalIfHad, value, had, 0, word),
                None => Ok(()),
            },
            Target::Property(object, name) => self.set_prop(object, name, value),
            Target::Element(object, key) => self.e.abc(Opcode::SetElem, object, key, value),
            Target::ElementInt(object, index) => self.e.abc(Opcode::SetElemI, object, index, value),
            Target::Super(this, key) => self.e.abc(Opcode::SetSuperOn, this, key, value),
            Target::Private(object, key) => self.e.abc(Opcode::SetPrivate, object, key, value),
            Target::Invalid => Ok(()),
        }
    }

    /// The name that an anonymous function assigned to the target gets.
    fn name_for(&self, target: NodeId) -> Option<Name> {
        match self.ast.expr(target) {
            Expr::Identifier(ident) if !ident.parenthesized => Some(ident.name),
            _ => None,
        }
    }

    fn assigned_value(&mut self, target: NodeId, value: NodeId, dst: Reg) -> Result {
        match self.name_for(target) {
            Some(name) => self.named_value(value, name, dst),
            None => self.expr(value, dst),
        }
    }

    /// The value of an assignment, in place when it is a local.
    fn assigned_operand(&mut self, target: NodeId, value: NodeId, dst: Option<Reg>) -> Result<Reg> {
        match self.name_for(target) {
            Some(name) if self.is_anonymous(value) => {
                let register = self.value_register(dst)?;
                self.named_value(value, name, register)?;
                Ok(register)
            }
            _ => self.operand_before(value, &[], dst),
        }
    }

    /// A register for a value on its way: `dst` if that is no binding, else a new one.
    fn value_register(&mut self, dst: Option<Reg>) -> Result<Reg> {
        match dst {
            Some(dst) if !self.is_local(dst) => Ok(dst),
            _ => self.e.temp(),
        }
    }

    /// An assignment expression; its value goes to `dst` if that is wanted.
    #[inline(never)]
    pub(super) fn assign(
        &mut self,
        id: NodeId,
        op: AssignOp,
        target: NodeId,
        value: NodeId,
        dst: Option<Reg>,
    ) -> Result {
        self.check_depth()?;
        match op {
            AssignOp::Plain => self.assign_plain(id, target, value, dst),
            AssignOp::Compound(op) => self.assign_compound(id, op, target, value, dst),
            AssignOp::Logical(op) => self.assign_logical(id, op, target, value, dst),
        }
    }

    #[inline(never)]
    fn assign_plain(&mut self, id: NodeId, target: NodeId, value: NodeId, dst: Option<Reg>) -> Result {
        if matches!(self.ast.pattern(target), Pattern::Array(_) | Pattern::Object(_)) {
            let value = self.operand_before(value, &[target], dst)?;
            self.destructure(target, value, super::patterns::Mode::Assign)?;
            return dst.map_or(Ok(()), |dst| self.e.mov(dst, value));
        }
        if let Expr::Identifier(ident) = self.ast.expr(target) {
            let reference = self.resolve(&ident);
            if let Some(register) = self.is_plain_register(&reference) {
                self.assigned_value(target, value, register)?;
                return dst.map_or(Ok(()), |dst| self.e.mov(dst, register));
            }
        }
        let place = self.target(target, &[value], false)?;
        let register = self.assigned_operand(target, value, dst)?;
        self.at(id);
        self.position_of_target(target);
        self.put_target(&place, register)?;
        dst.map_or(Ok(()), |dst| self.e.mov(dst, register))
    }

    /// Errors of storing are best reported at the property.
    fn position_of_target(&mut self, target: NodeId) {
        if matches!(self.ast.expr(target), Expr::Member { .. } | Expr::Index { .. } | Expr::Identifier(_)) {
            self.at(target);
        }
    }

    #[inline(never)]
    fn assign_compound(&mut self, id: NodeId, op: BinaryOp, target: NodeId, value: NodeId, dst: Option<Reg>) -> Result {
        if let Expr::Identifier(ident) = self.ast.expr(target) {
            let reference = self.resolve(&ident);
            if let Some(register) = self.is_plain_register(&reference) {
                let left = self.operand_before(target, &[value], None)?;
                self.fold(id, op, left, value, register)?;
                return dst.map_or(Ok(()), |dst| self.e.mov(dst, register));
            }
        }
        let place = self.target(target, &[value], true)?;
        let register = self.value_register(dst)?;
        self.position_of_target(target);
        self.get_target(&place, register)?;
        self.fold(id, op, register, value, register)?;
        self.position_of_target(target);
        self.put_target(&place, register)?;
        dst.map_or(Ok(()), |dst| self.e.mov(dst, register))
    }

    #[inline(never)]
    fn assign_logical(&mut self, id: NodeId, op: LogicalOp, target: NodeId, value: NodeId, dst: Option<Reg>) -> Result {
        let end = self.e.label()?;
        let place = self.target(target, &[value], true)?;
        let register = self.value_register(dst)?;
        self.position_of_target(target);
        self.get_target(&place, register)?;
        let jump = match op {
            LogicalOp::And => Opcode::JumpIfFalse,
            LogicalOp::Or => Opcode::JumpIfTrue,
            LogicalOp::Coalesce => Opcode::JumpIfNotNullish,
        };
        self.e.jump_abc(jump, register, 0, end)?;
        self.assigned_value(target, value, register)?;
        self.at(id);
        self.put_target(&place, register)?;
        self.e.bind(end);
        dst.map_or(Ok(()), |dst| self.e.mov(dst, register))
    }

    /// `++` and `--`.
    #[inline(never)]
    pub(super) fn update(
        &mut self,
        id: NodeId,
        increment: bool,
        prefix: bool,
        target: NodeId,
        dst: Option<Reg>,
    ) -> Result {
        let op = if increment { Opcode::Inc } else { Opcode::Dec };
        if let Expr::Identifier(ident) = self.ast.expr(target) {
            let reference = self.resolve(&ident);
            if let Some(register) = self.is_plain_register(&reference) {
                self.at(id);
                return match dst {
                    None => self.e.abc(op, register, register, 0),
                    Some(dst) if prefix => {
                        self.e.abc(op, register, register, 0)?;
                        self.e.mov(dst, register)
                    }
                    Some(dst) => {
                        let old = self.value_register(Some(dst))?;
                        self.e.abc(Opcode::ToNumeric, old, register, 0)?;
                        self.e.abc(op, register, old, 0)?;
                        self.e.mov(dst, old)
                    }
                };
            }
        }
        let place = self.target(target, &[], true)?;
        let old = self.value_register(if prefix { dst } else { None })?;
        self.position_of_target(target);
        self.get_target(&place, old)?;
        match dst {
            Some(dst) if !prefix => {
                let new = self.e.temp()?;
                self.e.abc(Opcode::ToNumeric, old, old, 0)?;
                self.e.abc(op, new, old, 0)?;
                self.put_target(&place, new)?;
                self.e.mov(dst, old)
            }
            _ => {
                self.e.abc(op, old, old, 0)?;
                self.put_target(&place, old)?;
                dst.map_or(Ok(()), |dst| self.e.mov(dst, old))
            }
        }
    }
}
