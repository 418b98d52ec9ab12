//! Destructuring.

use super::assign::Target;
use super::control::ControlKind;
use super::emitter::Reg;
use super::literals::Key;
use super::{Compiler, Result};
use crate::bytecode::Opcode;
use crate::syntax::ast::{Element, Ident, List, NodeId, Pattern, PropertyKind, Resolution};

/// What the names in a pattern are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// `let`, `const`, parameters, catch parameters: initialised.
    Declare,
    /// `var`: assigned like an assignment, with names declared here.
    Var,
    /// An assignment.
    Assign,
}

/// A target evaluated before the value it gets.
enum Prepared {
    /// A declared name.
    Name(Ident),
    Target(Target, NodeId),
    Pattern(NodeId),
}

impl Prepared {
    fn resolution(&self) -> Resolution {
        match self {
            Prepared::Name(ident) => ident.resolution,
            _ => Resolution::Free,
        }
    }
}

impl Compiler<'_, '_> {
    /// Binds or assigns `r[value]` to a pattern or simple target.
    #[inline(never)]
    pub(super) fn destructure(&mut self, id: NodeId, value: Reg, mode: Mode) -> Result {
        self.check_depth()?;
        let top = self.e.top();
        // The iterators' registers must stay where they are.
        let depth = core::mem::take(&mut self.expression_depth);
        match self.ast.pattern(id) {
            Pattern::Array(items) => self.array_pattern(id, items, value, mode)?,
            Pattern::Object(items) => self.object_pattern(id, items, value, mode)?,
            _ => {
                let prepared = self.prepare(id, &[], mode)?;
                self.put_prepared(&prepared, value, mode)?;
            }
        }
        self.expression_depth = depth;
        self.e.release(top);
        Ok(())
    }

    fn prepare(&mut self, id: NodeId, later: &[NodeId], mode: Mode) -> Result<Prepared> {
        Ok(match self.ast.pattern(id) {
            Pattern::Identifier(ident) if mode == Mode::Declare => Prepared::Name(ident),
            Pattern::Identifier(ident) => {
                let reference = self.resolve(&ident);
                Prepared::Target(self.variable_target(&reference, later)?, id)
            }
            Pattern::Expression(target) => Prepared::Target(self.target(target, later, false)?, target),
            Pattern::Array(_) | Pattern::Object(_) => Prepared::Pattern(id),
        })
    }

    fn put_prepared(&mut self, prepared: &Prepared, value: Reg, mode: Mode) -> Result {
        match *prepared {
            Prepared::Name(ref ident) => self.initialize(ident, value),
            Prepared::Target(ref target, id) => {
                self.at(id);
                self.put_target(target, value)
            }
            Prepared::Pattern(id) => self.destructure(id, value, mode),
        }
    }

    /// The register in which the value of an element can be computed: the target's own where nothing can tell.
    fn element_register(&mut self, prepared: &Prepared, has_default: bool) -> Result<Reg> {
        // A binding that nothing mentions before it is initialised can hold the value before its default is known.
        if let (Prepared::Name(ident), Resolution::Binding(id)) = (prepared, prepared.resolution())
            && !self.ast.binding(id).needs_hole()
            && let Some(register) = self.initialize_register(ident)
        {
            return Ok(register);
        }
        if !has_default {
            match prepared {
                Prepared::Name(ident) => {
                    if let Some(register) = self.initialize_register(ident) {
                        return Ok(register);
                    }
                }
                Prepared::Target(Target::Variable(reference), _) => {
                    if let Some(register) = self.is_plain_register(reference) {
                        return Ok(register);
                    }
                }
                _ => {}
            }
        }
        self.e.temp()
    }

    /// `value === undefined ? default : value`
    fn default_value(&mut self, target: NodeId, default: Option<NodeId>, value: Reg) -> Result {
        let Some(default) = default else { return Ok(()) };
        let given = self.e.label()?;
        self.e.jump_abc(Opcode::JumpIfNotUndefined, value, 0, given)?;
        match self.ast.pattern(target) {
            Pattern::Identifier(ident) if !ident.parenthesized => self.named_value(default, ident.name, value)?,
            _ => self.expr(default, value)?,
        }
        self.e.bind(given);
        Ok(())
    }

    #[inline(never)]
    fn array_pattern(&mut self, id: NodeId, items: List, value: Reg, mode: Mode) -> Result {
        let base = self.e.temps(3)?;
        let error = self.e.temp()?;
        let thrown = self.e.label()?;
        let end = self.e.label()?;
        self.at(id);
        self.e.abc(Opcode::GetIterator, base, value, 0)?;
        self.push_control(ControlKind::Iterator { base, is_async: false }, Some((thrown, error)))?;
        for item in self.ast.list(items) {
            let top = self.e.top();
            match self.ast.element(item) {
                Element::Elision => {
                    let unused = self.e.temp()?;
                    self.at(item);
                    self.e.abc(Opcode::IteratorStep, unused, base, 0)?;
                }
                Element::Target(target, default) => {
                    let prepared = self.prepare(target, default.as_slice(), mode)?;
                    let register = self.element_register(&prepared, default.is_some())?;
                    self.at(item);
                    self.e.abc(Opcode::IteratorStep, register, base, 0)?;
                    self.default_value(target, default, register)?;
                    self.put_prepared(&prepared, register, mode)?;
                }
                Element::Rest(target) => {
                    let prepared = self.prepare(target, &[], mode)?;
                    let register = self.element_register(&prepared, false)?;
                    self.at(item);
                    self.e.abc(Opcode::IteratorRest, register, base, 0)?;
                    self.put_prepared(&prepared, register, mode)?;
                }
            }
            self.e.release(top);
        }
        self.pop_control()?;
        self.at(id);
        self.e.abc(Opcode::IteratorClose, base, 0, 0)?;
        if self.e.is_wanted(thrown) {
            self.e.jump(end)?;
            self.e.bind(thrown);
            self.e.abc(Opcode::IteratorCloseQuiet, base, 0, 0)?;
            self.e.abc(Opcode::Rethrow, error, 0, 0)?;
        }
        self.e.bind(end);
        Ok(())
    }

    #[inline(never)]
    fn object_pattern(&mut self, id: NodeId, items: List, value: Reg, mode: Mode) -> Result {
        let has_rest = self.ast.list(items).any(|item| self.ast.property(item).kind == PropertyKind::Rest);
        let keys = if has_rest {
            let keys = self.e.temp()?;
            self.e.abx(Opcode::NewArray, keys, u16::try_from(items.len()).unwrap_or(u16::MAX))?;
            Some(keys)
        } else {
            None
        };
        let reads_first = self.ast.list(items).next().map(|item| self.ast.property(item).kind);
        if !matches!(reads_first, Some(PropertyKind::Pattern)) || has_rest {
            self.at(id);
            self.e.abc(Opcode::RequireObjectCoercible, value, 0, 0)?;
        } else if let Some(item) = self.ast.list(items).next()
            && matches!(self.ast.property(item).key, crate::syntax::ast::PropertyKey::Computed(_))
        {
            self.at(id);
            self.e.abc(Opcode::RequireObjectCoercible, value, 0, 0)?;
        } else if mode == Mode::Assign {
            // The target's own parts may have effects before the first read.
            self.at(id);
            self.e.abc(Opcode::RequireObjectCoercible, value, 0, 0)?;
        }
        for item in self.ast.list(items) {
            let top = self.e.top();
            let property = self.ast.property(item);
            if property.kind == PropertyKind::Rest {
                let prepared = self.prepare(property.value, &[], mode)?;
                let register = self.element_register(&prepared, false)?;
                if let Some(keys) = keys {
                    self.at(item);
                    self.e.abc(Opcode::ObjectRest, register, value, keys)?;
                }
                self.put_prepared(&prepared, register, mode)?;
                self.e.release(top);
                continue;
            }
            let key = self.property_key(&property.key)?;
            if let Some(keys) = keys {
                let register = match key {
                    Key::Register(register) => register,
                    Key::Name(name) => {
                        let register = self.e.temp()?;
                        self.e.load_constant(register, crate::bytecode::Constant::String(name))?;
                        register
                    }
                };
                self.e.abc(Opcode::AppendElems, keys, register, 1)?;
            }
            if let Element::Target(target, default) = self.ast.element(property.value) {
                let prepared = self.prepare(target, default.as_slice(), mode)?;
                let register = self.element_register(&prepared, default.is_some())?;
                self.at(item);
                match key {
                    Key::Name(name) => self.get_prop(register, value, name)?,
                    Key::Register(key) => self.e.abc(Opcode::GetElem, register, value, key)?,
                }
                self.default_value(target, default, register)?;
                self.put_prepared(&prepared, register, mode)?;
            }
            self.e.release(top);
        }
        Ok(())
    }
}
