//! Snapshots of representative code, and everything the conformance suite has, compiled and verified.

use std::string::{String, ToString};
use std::vec::Vec;

use super::*;
use crate::bytecode::{Disassembly, ScopeDesc, verify};
use crate::syntax::SourceText;

/// The scopes around a function, outermost first, as the interpreter would have them.
#[derive(Clone, Default)]
struct Chain(Vec<(u16, Vec<(Vec<u16>, u32, BindingFlags)>)>);

impl OuterScopes for Chain {
    fn resolve(&self, name: Text<'_>) -> OuterBinding {
        for (depth, (flags, names)) in self.0.iter().rev().enumerate() {
            if let Some(&(_, slot, flags)) = names.iter().rev().find(|n| n.0.iter().copied().eq(name.units())) {
                return OuterBinding::Slot { depth: depth as u32, slot, flags };
            }
            if flags & (ScopeDesc::WITH | ScopeDesc::EVAL_VARS) != 0 && !is_never_dynamic(name) {
                return OuterBinding::Dynamic;
            }
        }
        OuterBinding::Global
    }
}

impl Chain {
    /// The chain for a function created in scope `scope` of `code`.
    fn inside(&self, ast: &Ast<'_>, code: &CompiledCode<'_>, mut scope: u32) -> Chain {
        let mut inner = Vec::new();
        while scope != OUTER_SCOPE {
            let desc = code.scopes[scope as usize];
            let names = code.scope_names[desc.names_start as usize..][..desc.names_len as usize]
                .iter()
                .map(|n| (ast.name_text(n.name).units().collect(), n.slot, n.flags))
                .collect();
            inner.push((desc.flags, names));
            scope = desc.parent;
        }
        let mut chain = self.clone();
        chain.0.extend(inner.into_iter().rev());
        chain
    }
}
