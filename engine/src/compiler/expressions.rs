//! Expressions: the dispatch, operators and property reads.

use super::bindings::{Place, Reference};
use super::emitter::Reg;
use super::{Compiler, Result};
use crate::bytecode::{Constant, Opcode};
use crate::syntax::ast::{AssignOp, BinaryOp, Expr, Ident, List, LogicalOp, NodeId, Resolution, UnaryOp};
use crate::syntax::names::Name;

/// With more registers in use than this, nested expressions move the temporaries around them away …
const SPILL_FROM: u32 = 204;
/// … if there are at least so many.
const SPILL_LEAST: u32 = 16;

/// How many nodes [`Compiler::may_write`] looks at before it assumes the worst.
const SCAN_BUDGET: u32 = 48;

impl Compiler<'_, '_> {
    /// Computes an expression into `r[dst]`. The register is written by the last instruction, or through
    /// [`Compiler::scratch_for`], so a binding never shows half-done values.
    pub(super) fn expr(&mut self, id: NodeId, dst: Reg) -> Result {
        self.check_depth()?;
        let top = self.e.top();
        if top > SPILL_FROM && self.expression_depth > 0 && self.can_spill(id) {
            return self.spilled(id, dst);
        }
        let pinned = self.pinned;
        if self.expression_depth == 0 {
            self.pinned = top;
        }
        self.expression_depth += 1;
        match self.ast.expr(id) {
            Expr::Number(value) => self.number(value, dst)?,
            Expr::String(name) => self.e.load_constant(dst, Constant::String(name))?,
            Expr::BigInt(name) => self.e.load_constant(dst, Constant::BigInt(name))?,
            Expr::Bool(true) => self.e.abc(Opcode::LoadTrue, dst, 0, 0)?,
            Expr::Bool(false) => self.e.abc(Opcode::LoadFalse, dst, 0, 0)?,
            Expr::Null => self.e.abc(Opcode::LoadNull, dst, 0, 0)?,
            Expr::Identifier(ident) => {
                self.at(id);
                self.identifier(&ident, dst)?;
            }
            Expr::This(_) => {
                self.at(id);
                let this = self.this_value(Some(dst))?;
                self.e.mov(dst, this)?;
            }
            Expr::RegExp(pattern, flags) => {
                let constant = self.e.constant(Constant::RegExp { pattern, flags })?;
                self.at(id);
                self.e.abcw(Opcode::NewRegExp, dst, 0, 0, constant)?;
            }
            Expr::Template(node) => self.template(node, dst)?,
            Expr::Array(items) => self.array(items, dst)?,
            Expr::Object(items) => self.object(items, dst)?,
            Expr::Function(function) => self.closure(function, None, dst)?,
            Expr::Class(class) => self.class(class, None, dst)?,
            Expr::Unary(op, operand) => self.unary(id, op, operand, dst)?,
            Expr::Update { increment, prefix, target } => self.update(id, increment, prefix, target, Some(dst))?,
            Expr::Binary(op, left, right) => self.binary(id, op, left, right, dst)?,
            Expr::BinaryChain { first, rest } => self.binary_chain(id, first, rest, dst)?,
            Expr::Logical(op, operands) => self.logical(op, operands, dst)?,
            Expr::Conditional { .. } => self.conditional(id, dst)?,
            Expr::Assign { op, target, value } => self.assign(id, op, target, value, Some(dst))?,
            Expr::Sequence(items) => self.sequence(items, dst)?,
            Expr::OptionalChain(inner) => self.optional_chain(inner, dst)?,
            Expr::Member { .. }
            | Expr::Index { .. }
            | Expr::PrivateMember { .. }
            | Expr::SuperMember(_)
            | Expr::SuperIndex(_) => self.member(id, dst)?,
            Expr::PrivateIn { name, right } => {
                let object = self.operand(right)?;
                let key = self.e.temp()?;
                self.identifier(&name, key)?;
                self.at(id);
                self.e.abc(Opcode::HasPrivate, dst, key, object)?;
            }
            Expr::Call { .. } | Expr::TaggedTemplate { .. } => self.call(id, dst)?,
            Expr::SuperCall(arguments) => self.super_call(id, arguments, dst)?,
            Expr::New { callee, arguments } => self.construct(id, callee, arguments, dst)?,
            Expr::Yield(value) => self.yield_(id, value, dst)?,
            Expr::YieldStar(value) => self.yield_star(id, value, dst)?,
            Expr::Await(value) => {
                let value = self.operand(value)?;
                self.at(id);
                self.e.abc(Opcode::Await, dst, value, 0)?;
            }
            Expr::NewTarget(ident) => self.new_target(&ident, dst)?,
            Expr::ImportMeta => self.e.abc(Opcode::ImportMeta, dst, 0, 0)?,
            Expr::ImportCall { phase, specifier, options } => {
                let specifier = self.operand_before(specifier, options.as_slice(), None)?;
                let options = match options {
                    Some(options) => self.operand(options)?,
                    None => {
                        let none = self.e.temp()?;
                        self.e.abc(Opcode::LoadUndefined, none, 0, 0)?;
                        none
                    }
                };
                self.at(id);
                self.e.abcw(Opcode::ImportCall, dst, specifier, options, phase as u32)?;
            }
            Expr::Elision | Expr::Spread(_) | Expr::Other => self.e.abc(Opcode::LoadUndefined, dst, 0, 0)?,
        }
        self.expression_depth -= 1;
        self.pinned = pinned;
        self.e.release(top);
        Ok(())
    }

    /// Whether the expression needs registers of its own and there are temporaries that could make room.
    #[inline(never)]
    fn can_spill(&self, id: NodeId) -> bool {
        let is_leaf = matches!(
            self.ast.expr(id),
            Expr::Number(_)
                | Expr::String(_)
                | Expr::Bool(_)
                | Expr::Null
                | Expr::Identifier(_)
                | Expr::This(_)
                | Expr::Function(_)
        );
        !is_leaf && self.e.top().saturating_sub(self.pinned) >= SPILL_LEAST
    }

    /// Computes an expression after moving the temporaries of the expressions around it out of the addressable registers.
    #[inline(never)]
    fn spilled(&mut self, id: NodeId, dst: Reg) -> Result {
        let (first, top) = (self.pinned, self.e.top());
        let far = self.e.far_mark();
        let start = self.e.far_register()?;
        for register in first..top {
            let to = if register == first { start } else { self.e.far_register()? };
            self.e.abx(Opcode::SetFar, register as Reg, to)?;
        }
        self.e.release(first);
        let value = self.e.temp()?;
        self.expr(id, value)?;
        let place = u32::from(dst).checked_sub(first).filter(|_| u32::from(dst) < top);
        match place {
            Some(place) => self.e.abx(Opcode::SetFar, value, start + place as u16)?,
            None => self.e.mov(dst, value)?,
        }
        self.e.release(first);
        self.e.temps(top - first)?;
        for register in first..top {
            self.e.abx(Opcode::GetFar, register as Reg, start + (register - first) as u16)?;
        }
        self.e.release_far(far);
        Ok(())
    }

    /// Evaluates an expression for its effects.
    #[inline(never)]
    pub(super) fn discard(&mut self, id: NodeId) -> Result {
        let top = self.e.top();
        match self.ast.expr(id) {
            Expr::Number(_) | Expr::String(_) | Expr::Bool(_) | Expr::Null | Expr::Function(_) => {}
            Expr::Update { increment, target, .. } => self.update(id, increment, true, target, None)?,
            Expr::Assign { op, target, value } => self.assign(id, op, target, value, None)?,
            Expr::Sequence(items) => {
                for item in self.ast.list(items) {
                    self.discard(item)?;
                }
            }
            Expr::Unary(UnaryOp::Not | UnaryOp::Void, operand) => {
                self.check_depth()?;
                self.discard(operand)?;
            }
            Expr::Logical(op @ (LogicalOp::And | LogicalOp::Or), operands) => {
                self.check_depth()?;
                let end = self.e.label()?;
                let last = operands.len().saturating_sub(1);
                for (i, item) in self.ast.list(operands).enumerate() {
                    if i == last {
                        self.discard(item)?;
                    } else {
                        self.condition(item, end, op == LogicalOp::Or)?;
                    }
                }
                self.e.bind(end);
            }
            Expr::Conditional { test, consequent, alternate } => {
                self.check_depth()?;
                let otherwise = self.e.label()?;
                let end = self.e.label()?;
                self.condition(test, otherwise, false)?;
                self.discard(consequent)?;
                self.e.jump(end)?;
                self.e.bind(otherwise);
                self.discard(alternate)?;
                self.e.bind(end);
            }
            _ => {
                let value = self.e.temp()?;
                self.expr(id, value)?;
            }
        }
        self.e.release(top);
        Ok(())
    }

    /// The register that holds an expression's value: a local stands for itself, all else goes to a new temporary.
    pub(super) fn operand(&mut self, id: NodeId) -> Result<Reg> {
        self.operand_before(id, &[], None)
    }

    /// As [`Compiler::operand`], for an operand that must keep its value while `later` are evaluated. `hint` is a register
    /// that may be used if one is needed (never a binding's).
    #[inline(never)]
    pub(super) fn operand_before(&mut self, id: NodeId, later: &[NodeId], hint: Option<Reg>) -> Result<Reg> {
        match self.ast.expr(id) {
            Expr::Identifier(ident) if !self.is_virtual_arguments(&ident) => {
                let reference = self.resolve(&ident);
                if let Place::Register(register) = reference.place {
                    let stays = !later.iter().any(|&node| self.may_write(node, register));
                    if stays {
                        if reference.check {
                            self.at(id);
                            let name = self.name_constant(ident.name)?;
                            self.e.abcw(Opcode::ThrowIfHole, register, 0, 0, name)?;
                        }
                        return Ok(register);
                    }
                }
            }
            Expr::This(_) => {
                self.at(id);
                return self.this_value(None);
            }
            Expr::Update { prefix: true, target, .. }
            | Expr::Assign { op: AssignOp::Plain | AssignOp::Compound(_), target, .. } => {
                // The value is what the local holds afterwards.
                if let Some(register) = self.assigned_local(target)
                    && !later.iter().any(|&node| self.may_write(node, register))
                {
                    self.discard(id)?;
                    return Ok(register);
                }
            }
            _ => {}
        }
        let register = match hint {
            Some(hint) if !self.is_local(hint) => hint,
            _ => self.e.temp()?,
        };
        self.expr(id, register)?;
        Ok(register)
    }

    /// The register of the local that an assignment to `target` would write, if that is all it would do.
    fn assigned_local(&mut self, target: NodeId) -> Option<Reg> {
        match self.ast.expr(target) {
            Expr::Identifier(ident) => {
                let reference = self.resolve(&ident);
                self.is_plain_register(&reference)
            }
            _ => None,
        }
    }

    /// Whether evaluating `id` may assign to the local in `register`. May say yes without need.
    pub(super) fn may_write(&self, id: NodeId, register: Reg) -> bool {
        let mut budget = SCAN_BUDGET;
        self.scan(id, register, &mut budget)
    }

    fn scan(&self, id: NodeId, register: Reg, budget: &mut u32) -> bool {
        if *budget == 0 {
            return true;
        }
        *budget -= 1;
        let writes = |target: NodeId, budget: &mut u32| match self.ast.expr(target) {
            Expr::Identifier(Ident { resolution: Resolution::Binding(binding), .. }) => {
                self.locations[binding.0 as usize] == super::bindings::Location::Register(register)
            }
            Expr::Identifier(_) => false,
            Expr::Member { .. } | Expr::Index { .. } => self.scan(target, register, budget),
            _ => true,
        };
        let any = |list: List, budget: &mut u32| self.ast.list(list).any(|item| self.scan(item, register, budget));
        match self.ast.expr(id) {
            Expr::Number(_)
            | Expr::String(_)
            | Expr::BigInt(_)
            | Expr::Bool(_)
            | Expr::Null
            | Expr::Identifier(_)
            | Expr::This(_)
            | Expr::RegExp(..)
            | Expr::Function(_)
            | Expr::Elision
            | Expr::SuperMember(_)
            | Expr::NewTarget(_)
            | Expr::ImportMeta => false,
            Expr::Unary(_, operand)
            | Expr::Spread(operand)
            | Expr::Member { object: operand, .. }
            | Expr::PrivateMember { object: operand, .. }
            | Expr::PrivateIn { right: operand, .. }
            | Expr::SuperIndex(operand)
            | Expr::OptionalChain(operand)
            | Expr::YieldStar(operand)
            | Expr::Await(operand) => self.scan(operand, register, budget),
            Expr::Yield(operand) => operand.is_some_and(|operand| self.scan(operand, register, budget)),
            Expr::Binary(_, left, right) | Expr::Index { object: left, index: right, .. } => {
                self.scan(left, register, budget) || self.scan(right, register, budget)
            }
            Expr::BinaryChain { first, rest } => {
                self.scan(first, register, budget)
                    || self.ast.chain(rest).any(|(_, item)| self.scan(item, register, budget))
            }
            Expr::Array(list) | Expr::Logical(_, list) | Expr::Sequence(list) | Expr::SuperCall(list) => {
                any(list, budget)
            }
            Expr::Call { callee, arguments, .. } | Expr::New { callee, arguments } => {
                self.scan(callee, register, budget) || any(arguments, budget)
            }
            Expr::Conditional { test, consequent, alternate } => {
                self.scan(test, register, budget)
                    || self.scan(consequent, register, budget)
                    || self.scan(alternate, register, budget)
            }
            Expr::Update { target, .. } => writes(target, budget),
            Expr::Assign { target, value, .. } => writes(target, budget) || self.scan(value, register, budget),
            _ => true,
        }
    }

    // ---- leaves ------------------------------------------------------------------------------------------------------

    pub(super) fn number(&mut self, value: f64, dst: Reg) -> Result {
        match as_int(value) {
            Some(int) => self.e.load_int(dst, int),
            None => self.e.load_constant(dst, Constant::Number(value)),
        }
    }

    /// Reads an identifier.
    #[inline(never)]
    pub(super) fn identifier(&mut self, ident: &Ident, dst: Reg) -> Result {
        if ident.name == Name::UNDEFINED && ident.resolution == Resolution::Free {
            let reference = self.resolve(ident);
            if reference.place == Place::Global {
                return self.e.abc(Opcode::LoadUndefined, dst, 0, 0);
            }
        }
        if self.is_virtual_arguments(ident) {
            return self.e.abc(Opcode::CreateArguments, dst, 0, 0);
        }
        let reference = self.resolve(ident);
        self.load(&reference, dst)
    }

    /// `this`, in the register it has or in `dst` (else a new temporary), checked where it may be unbound.
    #[inline(never)]
    pub(super) fn this_value(&mut self, dst: Option<Reg>) -> Result<Reg> {
        if let Some(register) = self.this {
            self.this_used = true;
            if self.is_derived_constructor() {
                self.e.abc(Opcode::CheckThis, register, 0, 0)?;
            }
            return Ok(register);
        }
        let register = match dst {
            Some(dst) if !self.is_local(dst) => dst,
            _ => self.e.temp()?,
        };
        match self.this_reference() {
            Some(mut reference) => {
                reference.check = false;
                self.load(&reference, register)?;
                self.e.abc(Opcode::CheckThis, register, 0, 0)?;
            }
            None => self.e.abc(Opcode::LoadThis, register, 0, 0)?,
        }
        Ok(register)
    }

    #[inline(never)]
    fn new_target(&mut self, ident: &Ident, dst: Reg) -> Result {
        if self.ast.owns_this() {
            return self.e.abc(Opcode::LoadNewTarget, dst, 0, 0);
        }
        match ident.resolution {
            Resolution::Binding(_) => self.identifier(ident, dst),
            _ => {
                let reference = self.resolve_outer(Name::NEW_TARGET);
                match reference.place {
                    Place::Outer(..) => self.load(&Reference { check: false, ..reference }, dst),
                    _ => self.e.abc(Opcode::LoadUndefined, dst, 0, 0),
                }
            }
        }
    }

    // ---- operators ---------------------------------------------------------------------------------------------------

    #[inline(never)]
    fn unary(&mut self, id: NodeId, op: UnaryOp, operand: NodeId, dst: Reg) -> Result {
        let opcode = match op {
            UnaryOp::Minus => {
                if let Expr::Number(value) = self.ast.expr(operand) {
                    return self.number(-value, dst);
                }
                Opcode::Neg
            }
            UnaryOp::Plus => Opcode::ToNumber,
            UnaryOp::Not => Opcode::Not,
            UnaryOp::BitNot => Opcode::BitNot,
            UnaryOp::Void => {
                self.discard(operand)?;
                return self.e.abc(Opcode::LoadUndefined, dst, 0, 0);
            }
            UnaryOp::Typeof => {
                let value = self.typeof_operand(operand)?;
                return self.e.abc(Opcode::TypeOf, dst, value, 0);
            }
            UnaryOp::Delete => return self.delete(id, operand, dst),
        };
        let value = self.operand_before(operand, &[], Some(dst))?;
        self.at(id);
        self.e.abc(opcode, dst, value, 0)
    }

    /// The operand of `typeof`: names that do not exist are undefined.
    #[inline(never)]
    pub(super) fn typeof_operand(&mut self, operand: NodeId) -> Result<Reg> {
        if let Expr::Identifier(ident) = self.ast.expr(operand)
            && !self.is_virtual_arguments(&ident)
        {
            let reference = self.resolve(&ident);
            if matches!(reference.place, Place::Global | Place::Dynamic) {
                let value = self.e.temp()?;
                self.at(operand);
                match (reference.place, self.key_ic(ident.name)?) {
                    (Place::Global, Some(word)) => self.e.abcw(Opcode::GetGlobalOrUndefined, value, 0, 0, word)?,
                    _ => self.load_dynamic(ident.name, value, Opcode::GetNameOrUndefined)?,
                }
                return Ok(value);
            }
        }
        self.operand(operand)
    }

    #[inline(never)]
    fn delete(&mut self, id: NodeId, operand: NodeId, dst: Reg) -> Result {
        match self.ast.expr(operand) {
            Expr::Member { object, name, optional } => {
                let object = self.operand(object)?;
                self.short_circuit(object, optional)?;
                let name = self.name_constant(name)?;
                self.at(id);
                self.e.abcw(Opcode::DeleteProp, dst, object, 0, name)
            }
            Expr::Index { object, index, optional } => {
                let object = self.operand_before(object, &[index], None)?;
                self.short_circuit(object, optional)?;
                let key = self.operand(index)?;
                self.at(id);
                self.e.abc(Opcode::DeleteElem, dst, object, key)
            }
            Expr::OptionalChain(inner) => {
                let short = self.e.label()?;
                let end = self.e.label()?;
                let chain = self.chain.replace(short);
                self.delete(id, inner, dst)?;
                self.chain = chain;
                self.e.jump(end)?;
                self.e.bind(short);
                self.e.abc(Opcode::LoadTrue, dst, 0, 0)?;
                self.e.bind(end);
                Ok(())
            }
            Expr::SuperMember(_) | Expr::SuperIndex(_) => {
                self.at(id);
                self.this_value(None)?;
                if let Expr::SuperIndex(index) = self.ast.expr(operand) {
                    self.discard(index)?;
                }
                self.at(id);
                // A super reference cannot be deleted (§13.5.1.2 step 5.b).
                self.throw_error(1, crate::bytecode::ErrorMessage::DeleteSuper)
            }
            Expr::Identifier(ident) => {
                let reference = self.resolve(&ident);
                match reference.place {
                    Place::Global | Place::Dynamic => self.load_dynamic(ident.name, dst, Opcode::DeleteName),
                    _ => self.e.abc(Opcode::LoadFalse, dst, 0, 0),
                }
            }
            _ => {
                self.discard(operand)?;
                self.e.abc(Opcode::LoadTrue, dst, 0, 0)
            }
        }
    }

    /// The value of a node as a small integer, where an instruction can hold it.
    pub(super) fn small_int(&self, id: NodeId) -> Option<i32> {
        match self.ast.expr(id) {
            Expr::Number(value) => as_int(value),
            Expr::Unary(UnaryOp::Minus, operand) => match self.ast.expr(operand) {
                Expr::Number(value) => as_int(-value),
                _ => None,
            },
            _ => None,
        }
    }

    #[inline(never)]
    fn binary(&mut self, id: NodeId, op: BinaryOp, left: NodeId, right: NodeId, dst: Reg) -> Result {
        let left = self.operand_before(left, &[right], Some(dst))?;
        self.fold(id, op, left, right, dst)
    }

    #[inline(never)]
    fn binary_chain(&mut self, id: NodeId, first: NodeId, rest: List, dst: Reg) -> Result {
        let acc = self.scratch_for(dst)?;
        let last = rest.len() / 2;
        let ast = self.ast;
        let mut left = acc;
        for (i, (op, right)) in ast.chain(rest).enumerate() {
            if i == 0 {
                left = self.operand_before(first, &[right], Some(acc))?;
            }
            let to = if i + 1 == last { dst } else { acc };
            let top = self.e.top();
            self.fold(id, op, left, right, to)?;
            self.e.release(top);
            left = to;
        }
        Ok(())
    }

    /// `r[dst] = r[left] op right`
    #[inline(never)]
    pub(super) fn fold(&mut self, id: NodeId, op: BinaryOp, left: Reg, right: NodeId, dst: Reg) -> Result {
        if let Some(opcode) = immediate_op(op)
            && let Some(small) = self.small_int(right)
            && let Ok(small) = i8::try_from(small)
            && (0..32).contains(&small) | !matches!(op, BinaryOp::Shl | BinaryOp::Sar | BinaryOp::Shr)
        {
            self.at(id);
            return self.e.abc(opcode, dst, left, small as u8);
        }
        let right = self.operand(right)?;
        self.at(id);
        self.e.abc(binary_opcode(op), dst, left, right)
    }

    #[inline(never)]
    fn logical(&mut self, op: LogicalOp, operands: List, dst: Reg) -> Result {
        let to = self.scratch_for(dst)?;
        let end = self.e.label()?;
        let last = operands.len().saturating_sub(1);
        for (i, item) in self.ast.list(operands).enumerate() {
            self.expr(item, to)?;
            if i != last {
                let jump = match op {
                    LogicalOp::And => Opcode::JumpIfFalse,
                    LogicalOp::Or => Opcode::JumpIfTrue,
                    LogicalOp::Coalesce => Opcode::JumpIfNotNullish,
                };
                self.e.jump_abc(jump, to, 0, end)?;
            }
        }
        self.e.bind(end);
        self.e.mov(dst, to)
    }

    #[inline(never)]
    fn conditional(&mut self, mut id: NodeId, dst: Reg) -> Result {
        let end = self.e.label()?;
        while let Expr::Conditional { test, consequent, alternate } = self.ast.expr(id) {
            let otherwise = self.e.label()?;
            self.condition(test, otherwise, false)?;
            self.expr(consequent, dst)?;
            self.e.jump(end)?;
            self.e.bind(otherwise);
            id = alternate;
        }
        self.expr(id, dst)?;
        self.e.bind(end);
        Ok(())
    }

    #[inline(never)]
    fn sequence(&mut self, items: List, dst: Reg) -> Result {
        let last = items.len().saturating_sub(1);
        for (i, item) in self.ast.list(items).enumerate() {
            if i == last {
                self.expr(item, dst)?;
            } else {
                self.discard(item)?;
            }
        }
        Ok(())
    }

    // ---- properties --------------------------------------------------------------------------------------------------

    #[inline(never)]
    fn optional_chain(&mut self, inner: NodeId, dst: Reg) -> Result {
        let short = self.e.label()?;
        let end = self.e.label()?;
        let chain = self.chain.replace(short);
        self.expr(inner, dst)?;
        self.chain = chain;
        self.e.jump(end)?;
        self.e.bind(short);
        self.e.abc(Opcode::LoadUndefined, dst, 0, 0)?;
        self.e.bind(end);
        Ok(())
    }

    /// After the left side of `?.`: leaves the optional chain when it is nullish.
    pub(super) fn short_circuit(&mut self, value: Reg, optional: bool) -> Result {
        match self.chain {
            Some(short) if optional => self.e.jump_abc(Opcode::JumpIfNullish, value, 0, short),
            _ => Ok(()),
        }
    }

    /// The key of `object[index]` when it is a name: the same as `object.name`.
    pub(super) fn name_index(&self, index: NodeId) -> Option<Name> {
        match self.ast.expr(index) {
            Expr::String(name) if self.array_index(name).is_none() => Some(name),
            _ => None,
        }
    }

    /// The value of a name that is a canonical array index.
    pub(super) fn array_index(&self, name: Name) -> Option<u32> {
        let text = self.ast.name_text(name);
        if text.is_empty() || text.len() > 10 || (text.len() > 1 && text.get(0) == Some(u16::from(b'0'))) {
            return None;
        }
        let mut value = 0_u64;
        for unit in text.units() {
            let digit = unit.checked_sub(u16::from(b'0')).filter(|&digit| digit < 10)?;
            value = value * 10 + u64::from(digit);
        }
        u32::try_from(value).ok().filter(|&value| value != u32::MAX)
    }

    #[inline(never)]
    fn member(&mut self, id: NodeId, dst: Reg) -> Result {
        match self.ast.expr(id) {
            Expr::Member { object, name, optional } => {
                if name == Name::LENGTH && self.is_virtual_arguments_node(object) {
                    return self.e.abc(Opcode::ArgumentsLength, dst, 0, 0);
                }
                let object = self.operand_before(object, &[], Some(dst))?;
                self.short_circuit(object, optional)?;
                self.at(id);
                self.get_prop(dst, object, name)
            }
            Expr::Index { object, index, optional } => {
                if self.is_virtual_arguments_node(object) {
                    let index = self.operand(index)?;
                    self.at(id);
                    return self.e.abc(Opcode::ArgumentsElem, dst, index, 0);
                }
                let object = self.operand_before(object, &[index], Some(dst))?;
                self.short_circuit(object, optional)?;
                if let Some(name) = self.name_index(index) {
                    self.at(id);
                    return self.get_prop(dst, object, name);
                }
                if let Some(Ok(small)) = self.small_int(index).map(u8::try_from) {
                    self.at(id);
                    return self.e.abc(Opcode::GetElemI, dst, object, small);
                }
                let index = self.operand(index)?;
                self.at(id);
                self.e.abc(Opcode::GetElem, dst, object, index)
            }
            Expr::PrivateMember { object, name, optional } => {
                let object = self.operand_before(object, &[], Some(dst))?;
                self.short_circuit(object, optional)?;
                let key = self.e.temp()?;
                self.identifier(&name, key)?;
                self.at(id);
                self.e.abc(Opcode::GetPrivate, dst, object, key)
            }
            Expr::SuperMember(name) => {
                self.at(id);
                let this = self.this_value(None)?;
                let key = self.e.temp()?;
                self.e.load_constant(key, Constant::String(name))?;
                self.e.abc(Opcode::GetSuper, dst, this, key)
            }
            Expr::SuperIndex(index) => {
                self.at(id);
                let this = self.this_value(None)?;
                let key = self.operand(index)?;
                self.at(id);
                self.e.abc(Opcode::GetSuper, dst, this, key)
            }
            _ => Ok(()),
        }
    }

    /// `r[dst] = r[object].name`
    pub(super) fn get_prop(&mut self, dst: Reg, object: Reg, name: Name) -> Result {
        match self.key_ic(name)? {
            Some(word) => {
                let op = if name == Name::LENGTH { Opcode::GetLength } else { Opcode::GetProp };
                self.e.abcw(op, dst, object, 0, word)
            }
            None => {
                let key = self.e.temp()?;
                self.e.load_constant(key, Constant::String(name))?;
                self.e.abc(Opcode::GetElem, dst, object, key)
            }
        }
    }

    /// `r[object].name = r[value]`
    pub(super) fn set_prop(&mut self, object: Reg, name: Name, value: Reg) -> Result {
        match self.key_ic(name)? {
            Some(word) => self.e.abcw(Opcode::SetProp, object, value, 0, word),
            None => {
                let top = self.e.top();
                let key = self.e.temp()?;
                self.e.load_constant(key, Constant::String(name))?;
                self.e.abc(Opcode::SetElem, object, key, value)?;
                self.e.release(top);
                Ok(())
            }
        }
    }
}

/// A number as int32, if it is one (negative zero is not).
pub(super) fn as_int(value: f64) -> Option<i32> {
    let int = value as i32;
    (f64::from(int).to_bits() == value.to_bits()).then_some(int)
}

fn immediate_op(op: BinaryOp) -> Option<Opcode> {
    Some(match op {
        BinaryOp::Add => Opcode::AddI,
        BinaryOp::Sub => Opcode::SubI,
        BinaryOp::Mul => Opcode::MulI,
        BinaryOp::Div => Opcode::DivI,
        BinaryOp::Rem => Opcode::ModI,
        BinaryOp::BitAnd => Opcode::BitAndI,
        BinaryOp::BitOr => Opcode::BitOrI,
        BinaryOp::BitXor => Opcode::BitXorI,
        BinaryOp::Shl => Opcode::ShlI,
        BinaryOp::Sar => Opcode::ShrI,
        BinaryOp::Shr => Opcode::UshrI,
        _ => return None,
    })
}

pub(super) fn binary_opcode(op: BinaryOp) -> Opcode {
    match op {
        BinaryOp::Add => Opcode::Add,
        BinaryOp::Sub => Opcode::Sub,
        BinaryOp::Mul => Opcode::Mul,
        BinaryOp::Div => Opcode::Div,
        BinaryOp::Rem => Opcode::Mod,
        BinaryOp::Exp => Opcode::Exp,
        BinaryOp::Shl => Opcode::Shl,
        BinaryOp::Sar => Opcode::Shr,
        BinaryOp::Shr => Opcode::Ushr,
        BinaryOp::BitAnd => Opcode::BitAnd,
        BinaryOp::BitOr => Opcode::BitOr,
        BinaryOp::BitXor => Opcode::BitXor,
        BinaryOp::Eq => Opcode::Eq,
        BinaryOp::Ne => Opcode::Ne,
        BinaryOp::StrictEq => Opcode::StrictEq,
        BinaryOp::StrictNe => Opcode::StrictNe,
        BinaryOp::Lt => Opcode::Less,
        BinaryOp::Le => Opcode::LessEq,
        BinaryOp::Gt => Opcode::Greater,
        BinaryOp::Ge => Opcode::GreaterEq,
        BinaryOp::In => Opcode::In,
        BinaryOp::Instanceof => Opcode::InstanceOf,
    }
}
