//! Calls of all kinds.

use super::bindings::{Place, Reference};
use super::emitter::Reg;
use super::{Compiler, Result};
use crate::bytecode::{Constant, ContextFlags, ErrorMessage, Opcode};
use crate::syntax::ast::{Expr, FunctionKind, Ident, List, NodeId, Resolution};
use crate::syntax::names::Name;

/// More arguments than this are passed as an array.
const MAX_ARGUMENTS: usize = 64;

impl Compiler<'_, '_> {
    /// A call or tagged template.
    #[inline(never)]
    pub(super) fn call(&mut self, id: NodeId, dst: Reg) -> Result {
        match self.ast.expr(id) {
            Expr::Call { callee, arguments, optional, direct_eval } => {
                let base = self.e.temps(2)?;
                let has_this = self.callee(callee, base)?;
                self.short_circuit(base, optional)?;
                if direct_eval {
                    return self.eval_call(id, base, arguments, has_this, dst);
                }
                if self.is_apply_arguments(callee, arguments) {
                    let this = self.e.temp()?;
                    if let Some(first) = self.ast.item(arguments, 0) {
                        self.expr(first, this)?;
                    }
                    self.at(id);
                    return self.e.abc(Opcode::CallApplyArguments, dst, base, 0);
                }
                let position = self.call_position(callee);
                if self.needs_array(arguments) {
                    if !has_this {
                        self.e.abc(Opcode::LoadUndefined, base + 1, 0, 0)?;
                    }
                    let array = self.e.temp()?;
                    self.array(arguments, array)?;
                    self.e.at_range(position.0, position.1);
                    return self.e.abc(Opcode::CallSpread, dst, base, 0);
                }
                let count = self.arguments(arguments)?;
                self.e.at_range(position.0, position.1);
                self.e.abc(if has_this { Opcode::CallMethod } else { Opcode::Call }, dst, base, count)
            }
            Expr::TaggedTemplate { tag, template, optional } => {
                let base = self.e.temps(2)?;
                let has_this = self.callee(tag, base)?;
                self.short_circuit(base, optional)?;
                self.tagged_arguments(id, template, base, has_this, dst)
            }
            _ => Ok(()),
        }
    }

    /// Where a call's error is reported, as a text range if it is known.
    fn call_position(&self, callee: NodeId) -> (u32, u32) {
        let start = self.ast.pos(callee);
        let len = match self.ast.expr(callee) {
            Expr::Identifier(ident) => self.ast.name_text(ident.name).len() as u32,
            Expr::Member { name, .. } => self.ast.name_text(name).len() as u32,
            _ => 0,
        };
        (start, start.saturating_add(len))
    }

    /// Evaluates a callee into `r[base]` and its this into `r[base + 1]`; says whether there is one.
    #[inline(never)]
    fn callee(&mut self, callee: NodeId, base: Reg) -> Result<bool> {
        self.check_depth()?;
        let top = self.e.top();
        let has_this = match self.ast.expr(callee) {
            Expr::Member { object, name, optional } => {
                let object = self.operand_before(object, &[], Some(base))?;
                self.short_circuit(object, optional)?;
                self.at(callee);
                match self.key_ic(name)? {
                    Some(word) => self.e.abcw(Opcode::GetMethod, base, object, 0, word)?,
                    None => {
                        let key = self.e.temp()?;
                        self.e.load_constant(key, Constant::String(name))?;
                        self.e.abc(Opcode::GetMethodElem, base, object, key)?;
                    }
                }
                true
            }
            Expr::Index { object, index, optional } => {
                let virtual_arguments = self.is_virtual_arguments_node(object);
                let object = if virtual_arguments {
                    self.e.abc(Opcode::CreateArguments, base, 0, 0)?;
                    base
                } else {
                    self.operand_before(object, &[index], Some(base))?
                };
                self.short_circuit(object, optional)?;
                let name = self.name_index(index);
                if let Some(name) = name
                    && let Some(word) = self.key_ic(name)?
                {
                    self.at(callee);
                    self.e.abcw(Opcode::GetMethod, base, object, 0, word)?;
                } else {
                    let key = self.operand(index)?;
                    self.at(callee);
                    self.e.abc(Opcode::GetMethodElem, base, object, key)?;
                }
                true
            }
            Expr::PrivateMember { object, name, optional } => {
                self.expr(object, base + 1)?;
                self.short_circuit(base + 1, optional)?;
                let key = self.e.temp()?;
                self.identifier(&name, key)?;
                self.at(callee);
                self.e.abc(Opcode::GetPrivate, base, base + 1, key)?;
                true
            }
            Expr::SuperMember(_) | Expr::SuperIndex(_) => {
                self.at(callee);
                let this = self.this_value(Some(base + 1))?;
                self.e.mov(base + 1, this)?;
                let key = match self.ast.expr(callee) {
                    Expr::SuperMember(name) => {
                        let key = self.e.temp()?;
                        self.e.load_constant(key, Constant::String(name))?;
                        key
                    }
                    Expr::SuperIndex(index) => self.operand(index)?,
                    _ => base,
                };
                self.at(callee);
                self.e.abc(Opcode::GetSuper, base, base + 1, key)?;
                true
            }
            Expr::OptionalChain(inner) => {
                // `(a?.b)()` or `a?.b` followed by a call outside of the chain: this stays.
                let short = self.e.label()?;
                let end = self.e.label()?;
                let chain = self.chain.replace(short);
                let has_this = self.callee(inner, base)?;
                self.chain = chain;
                if !has_this {
                    self.e.abc(Opcode::LoadUndefined, base + 1, 0, 0)?;
                }
                self.e.jump(end)?;
                self.e.bind(short);
                self.e.abc(Opcode::LoadUndefined, base, 0, 0)?;
                self.e.abc(Opcode::LoadUndefined, base + 1, 0, 0)?;
                self.e.bind(end);
                true
            }
            Expr::Identifier(ident) => {
                self.at(callee);
                let reference = self.resolve(&ident);
                if reference.place == Place::Dynamic {
                    self.load_dynamic(ident.name, base, Opcode::GetNameMethod)?;
                    true
                } else {
                    self.identifier(&ident, base)?;
                    false
                }
            }
            _ => {
                self.expr(callee, base)?;
                false
            }
        };
        self.e.release(top);
        Ok(has_this)
    }

    fn needs_array(&self, arguments: List) -> bool {
        arguments.len() > MAX_ARGUMENTS
            || arguments.len() as u32 + 16 > self.e.free_registers()
            || self.ast.list(arguments).any(|item| matches!(self.ast.expr(item), Expr::Spread(_)))
    }

    /// Evaluates arguments into new registers, one after the other.
    fn arguments(&mut self, arguments: List) -> Result<u8> {
        for item in self.ast.list(arguments) {
            let register = self.e.temp()?;
            self.expr(item, register)?;
        }
        Ok(arguments.len() as u8)
    }

    fn is_apply_arguments(&self, callee: NodeId, arguments: List) -> bool {
        self.virtual_arguments
            && arguments.len() == 2
            && matches!(self.ast.expr(callee), Expr::Member { name: Name::APPLY, .. })
            && self.ast.item(arguments, 1).is_some_and(|item| self.is_virtual_arguments_node(item))
    }

    #[inline(never)]
    fn eval_call(&mut self, id: NodeId, base: Reg, arguments: List, has_this: bool, dst: Reg) -> Result {
        if !has_this {
            self.e.abc(Opcode::LoadUndefined, base + 1, 0, 0)?;
        }
        let env = self.current_env();
        let mut word = u32::from(env);
        if self.e.code.context.has(ContextFlags::FIELD_INITIALIZER) {
            word |= 1 << 8;
        }
        if self.in_parameters {
            word |= 1 << 9;
        }
        if self.needs_array(arguments) {
            let array = self.e.temp()?;
            self.array(arguments, array)?;
            self.at(id);
            return self.e.abcw(Opcode::CallEvalSpread, dst, base, 0, word);
        }
        let count = self.arguments(arguments)?;
        self.at(id);
        self.e.abcw(Opcode::CallEval, dst, base, count, word)
    }

    #[inline(never)]
    pub(super) fn construct(&mut self, id: NodeId, callee: NodeId, arguments: List, dst: Reg) -> Result {
        let base = self.e.temps(2)?;
        self.expr(callee, base)?;
        if self.needs_array(arguments) {
            let array = self.e.temp()?;
            self.array(arguments, array)?;
            self.at(id);
            return self.e.abc(Opcode::NewSpread, dst, base, 0);
        }
        let count = self.arguments(arguments)?;
        self.at(id);
        self.e.abc(Opcode::New, dst, base, count)
    }

    // ---- super() and this --------------------------------------------------------------------------------------------

    pub(super) fn is_derived_constructor(&self) -> bool {
        self.ast.root().function.kind == FunctionKind::DerivedConstructor
    }

    /// The binding that `this` is kept in when that is not the frame: in and inside of derived constructors.
    pub(super) fn this_reference(&mut self) -> Option<Reference> {
        if self.is_derived_constructor() {
            let ast = self.ast;
            let id = ast.bindings_of(ast.root().scope).find(|&id| ast.binding(id).name() == Name::THIS)?;
            return Some(self.resolve_binding(id, true));
        }
        if !self.ast.owns_this() && self.context.has(ContextFlags::THIS_IN_SCOPE) {
            let reference = self.resolve_outer(Name::THIS);
            return matches!(reference.place, Place::Outer(..)).then_some(reference);
        }
        None
    }

    /// `super(…)`
    #[inline(never)]
    pub(super) fn super_call(&mut self, id: NodeId, arguments: List, dst: Reg) -> Result {
        let base = self.e.temps(2)?;
        let active = self.e.temp()?;
        let hidden = |name| Ident { name, resolution: Resolution::Free, needs_check: false, parenthesized: false };
        if self.ast.owns_this() {
            self.e.abc(Opcode::LoadCallee, active, 0, 0)?;
            self.e.abc(Opcode::LoadNewTarget, base + 1, 0, 0)?;
        } else {
            let reference = Reference { check: false, ..self.resolve(&hidden(Name::ACTIVE_FUNCTION)) };
            self.load(&reference, active)?;
            let reference = Reference { check: false, ..self.resolve(&hidden(Name::NEW_TARGET)) };
            self.load(&reference, base + 1)?;
        }
        self.at(id);
        self.e.abc(Opcode::GetSuperConstructor, base, active, 0)?;
        self.e.release(u32::from(active));
        let this = dst;
        if self.needs_array(arguments) {
            let top = self.e.top();
            let array = base + 2;
            if u32::from(array) >= top {
                self.e.temp()?;
            }
            self.array(arguments, array)?;
            self.at(id);
            self.e.abc(Opcode::SuperCallSpread, this, base, 0)?;
        } else {
            let count = self.arguments(arguments)?;
            self.at(id);
            self.e.abc(Opcode::SuperCall, this, base, count)?;
        }
        self.e.release(u32::from(base) + 2);
        self.bind_this(id, this)?;
        // The active function again: arguments may have used its register.
        let active = self.e.temp()?;
        if self.ast.owns_this() {
            self.e.abc(Opcode::LoadCallee, active, 0, 0)?;
        } else {
            let reference = Reference { check: false, ..self.resolve(&hidden(Name::ACTIVE_FUNCTION)) };
            self.load(&reference, active)?;
        }
        self.init_instance(active, this)?;
        self.e.mov(dst, this)
    }

    /// Binds `this` to `r[value]` (BindThisValue): a ReferenceError when it is bound already.
    pub(super) fn bind_this(&mut self, id: NodeId, value: Reg) -> Result {
        self.at(id);
        let top = self.e.top();
        let unbound = self.e.label()?;
        if let Some(this) = self.this {
            self.e.jump_abc(Opcode::JumpIfHole, this, 0, unbound)?;
            self.throw_error(1, ErrorMessage::SuperCalledTwice)?;
            self.e.bind(unbound);
            self.e.mov(this, value)?;
        } else if let Some(reference) = self.this_reference() {
            let reference = Reference { check: false, ..reference };
            let old = self.e.temp()?;
            self.load(&reference, old)?;
            self.e.jump_abc(Opcode::JumpIfHole, old, 0, unbound)?;
            self.throw_error(1, ErrorMessage::SuperCalledTwice)?;
            self.e.bind(unbound);
            self.store(&reference, value)?;
        }
        self.e.release(top);
        Ok(())
    }

    /// Throws an error of kind `kind` (see `ThrowError`).
    pub(super) fn throw_error(&mut self, kind: u8, message: ErrorMessage) -> Result {
        self.e.abcw(Opcode::ThrowError, kind, 0, 0, message as u32)
    }

    /// InitializeInstanceElements of the constructor in `r[constructor]` on `r[this]`.
    pub(super) fn init_instance(&mut self, constructor: Reg, this: Reg) -> Result {
        let top = self.e.top();
        let call = self.e.temps(2)?;
        let none = self.e.label()?;
        self.e.abc(Opcode::GetFieldInitializer, call, constructor, this)?;
        self.e.jump_abc(Opcode::JumpIfUndefined, call, 0, none)?;
        self.e.mov(call + 1, this)?;
        self.e.abc(Opcode::CallMethod, call, call, 0)?;
        self.e.bind(none);
        self.e.release(top);
        Ok(())
    }
}
