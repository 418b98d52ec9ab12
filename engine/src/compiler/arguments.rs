//! The `arguments` object, or doing without it.

use super::bindings::Location;
use super::{Compiler, Result};
use crate::bytecode::{CodeFlags, Opcode};
use crate::syntax::ast::{Expr, Ident, NodeId, Resolution};
use crate::syntax::names::Name;
use crate::syntax::scope::{BindingId, BindingKind};

impl Compiler<'_, '_> {
    /// The function's own `arguments` binding, if it has one.
    pub(super) fn arguments_binding(&self) -> Option<BindingId> {
        self.ast.bindings_of(self.ast.root().scope).find(|&id| {
            let binding = self.ast.binding(id);
            binding.kind() == BindingKind::Implicit && binding.name() == Name::ARGUMENTS
        })
    }

    /// Decides how `arguments` is done: as no object at all where that cannot be told. Gives the number of parameters that a
    /// mapped object aliases.
    pub(super) fn plan_arguments(&mut self) -> Option<u32> {
        self.arguments_binding()?;
        self.e.code.flags.0 |= CodeFlags::KEEPS_ARGUMENTS;
        let root = self.ast.root();
        let flags = root.function.flags;
        let unmapped = flags.is_strict() || !flags.has_simple_parameters() || root.params.is_empty();
        if flags.arguments_only_read() && (unmapped || !flags.parameter_assigned()) {
            self.virtual_arguments = true;
            return None;
        }
        if unmapped { None } else { Some(root.params.len() as u32) }
    }

    /// Makes the `arguments` object in the prologue.
    pub(super) fn create_arguments(&mut self, mapped: Option<u32>, first_slot: u32) -> Result {
        let Some(id) = self.arguments_binding() else { return Ok(()) };
        let location = self.locations[id.0 as usize];
        if self.virtual_arguments || location == Location::None {
            return Ok(());
        }
        let top = self.e.top();
        let object = match location {
            Location::Register(register) => register,
            _ => self.e.temp()?,
        };
        match mapped {
            Some(count) => {
                let env = self.env;
                self.e.abcw(Opcode::CreateMappedArguments, object, env, count.min(255) as u8, first_slot)?;
            }
            None => self.e.abc(Opcode::CreateArguments, object, 0, 0)?,
        }
        self.set_location(location, object)?;
        self.e.release(top);
        Ok(())
    }

    pub(super) fn is_virtual_arguments(&self, ident: &Ident) -> bool {
        self.virtual_arguments
            && ident.name == Name::ARGUMENTS
            && matches!(ident.resolution, Resolution::Binding(id) if self.ast.binding(id).kind() == BindingKind::Implicit)
    }

    pub(super) fn is_virtual_arguments_node(&self, id: NodeId) -> bool {
        self.virtual_arguments
            && matches!(self.ast.expr(id), Expr::Identifier(ident) if self.is_virtual_arguments(&ident))
    }
}
