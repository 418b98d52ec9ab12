//! Scope analysis: declarations, their conflicts, and references resolved as scopes close.
//!
//! References are recorded on one stack. When a scope closes, those recorded since it opened either find their binding
//! in it or stay on the stack for the scope around it. An arrow function whose parameters were read as an expression
//! takes the references from its parenthesis on simply by opening its scope with that start.

use super::ast::{CHECK, DYNAMIC, Kind, WRITE};
use super::error::R;
use super::names::Name;
use super::parser::{Hoist, Parser, ctx};
use super::scope::{Binding, BindingKind, NO_BINDING, Scope, ScopeKind};

/// A reference that has not found its binding yet.
#[derive(Clone, Copy)]
pub(crate) struct Ref {
    /// Name and the flags below.
    word: u32,
    /// The identifier's node, or for `INNER` where the function that needs it is created (0: when its scope is entered).
    node: u32,
}

impl Ref {
    const NAME: u32 = (1 << 27) - 1;
    /// From an inner function.
    pub const INNER: u32 = 1 << 27;
    /// Something in between may hide the binding at run time.
    const DYNAMIC: u32 = 1 << 28;
    /// Inner: assigned.
    const WRITE: u32 = 1 << 29;

    pub fn new(name: Name, node: u32, flags: u32) -> Self {
        Ref { word: name.0 | flags, node }
    }

    pub fn name(self) -> Name {
        Name(self.word & Self::NAME)
    }

    pub fn position(self, nodes: &[super::ast::Node]) -> u32 {
        if self.word & Self::INNER != 0 {
            return self.node;
        }
        nodes.get(self.node as usize).map_or(0, |node| node.pos)
    }
}

impl Parser<'_, '_> {
    pub(super) fn open_scope(&mut self, kind: ScopeKind) -> R<u32> {
        let refs_start = self.refs.len() as u32;
        self.open_scope_from(kind, refs_start)
    }

    pub(super) fn open_scope_from(&mut self, kind: ScopeKind, refs_start: u32) -> R<u32> {
        let id = self.scopes.len() as u32;
        self.scopes.push(Scope {
            kind,
            flags: if self.ctx & ctx::STRICT != 0 { Scope::STRICT } else { 0 },
            parent: self.scope,
            first: NO_BINDING,
            last: NO_BINDING,
            refs_start,
            start: self.lx.t.start,
        })?;
        self.scope = id;
        Ok(id)
    }

    fn scope_at(&self, id: u32) -> &Scope {
        &self.scopes[id as usize]
    }

    /// The innermost open binding of that name in `scope` itself.
    pub(super) fn binding_in(&self, name: Name, scope: u32) -> Option<usize> {
        let mut at = self.lx.interner.top(name);
        while let Some(binding) = self.bindings.get(at as usize) {
            if binding.scope == scope {
                return Some(at as usize);
            }
            if binding.scope < scope {
                break;
            }
            at = binding.shadows;
        }
        None
    }

    pub(super) fn add_binding(&mut self, name: Name, kind: BindingKind, scope: u32, init_pos: u32) -> R<u32> {
        let index = self.bindings.len() as u32;
        let mut inner = NO_BINDING;
        let mut outer = self.lx.interner.top(name);
        while let Some(binding) = self.bindings.get(outer as usize) {
            if binding.scope <= scope {
                break;
            }
            inner = outer;
            outer = binding.shadows;
        }
        self.bindings.push(Binding {
            name,
            kind,
            flags: 0,
            scope,
            next: NO_BINDING,
            shadows: outer,
            extra: u32::MAX,
            init_pos,
        })?;
        match self.bindings.get_mut(inner as usize) {
            Some(binding) => binding.shadows = index,
            None => self.lx.interner.set_top(name, index),
        }
        let scope = &mut self.scopes[scope as usize];
        let last = scope.last;
        scope.last = index;
        if last == NO_BINDING {
            scope.first = index;
        } else {
            self.bindings[last as usize].next = index;
        }
        Ok(index)
    }

    #[cold]
    fn redeclared(&mut self, pos: u32) -> super::error::Stop {
        let end = self.lx.prev_end.max(pos + 1);
        self.lx.fail("this name is already declared", pos, end)
    }

    fn is_top_level_function_scope(kind: ScopeKind) -> bool {
        matches!(
            kind,
            ScopeKind::Global
                | ScopeKind::Module
                | ScopeKind::Eval
                | ScopeKind::Function
                | ScopeKind::FunctionBody
                | ScopeKind::StaticBlock
        )
    }

    /// Declares a `var` name.
    pub(super) fn declare_var(&mut self, name: Name, pos: u32) -> R<u32> {
        let var_scope = self.f.var_scope;
        let mut at = self.lx.interner.top(name);
        while let Some(&binding) = self.bindings.get(at as usize) {
            if binding.scope < var_scope {
                break;
            }
            if binding.scope == var_scope {
                return match binding.kind {
                    BindingKind::Var => {
                        self.bindings[at as usize].init_pos = pos;
                        Ok(at)
                    }
                    BindingKind::Param | BindingKind::Implicit => {
                        self.param_vars.push((name, pos))?;
                        Ok(at)
                    }
                    BindingKind::Function if self.scope_at(var_scope).kind != ScopeKind::Module => {
                        self.bindings[at as usize].init_pos = pos;
                        Ok(at)
                    }
                    _ => Err(self.redeclared(pos)),
                };
            }
            if binding.kind != BindingKind::CatchSimple {
                return Err(self.redeclared(pos));
            }
            at = binding.shadows;
        }
        self.add_binding(name, BindingKind::Var, var_scope, pos)
    }

    /// Declares a lexical name in the current scope. `plain`: by a plain `function`.
    pub(super) fn declare_lexical(&mut self, name: Name, kind: BindingKind, pos: u32, plain: bool) -> R<u32> {
        let scope = self.scope;
        let scope_kind = self.scope_at(scope).kind;
        if let Some(index) = self.binding_in(name, scope) {
            let old = self.bindings[index];
            let both_plain = kind == BindingKind::Function
                && old.kind == BindingKind::Function
                && plain
                && old.flags & Binding::PLAIN_FUNCTION != 0
                && self.ctx & ctx::STRICT == 0
                && scope_kind != ScopeKind::Module;
            if both_plain {
                return Ok(index as u32);
            }
            return Err(self.redeclared(pos));
        }
        let parent = self.scope_at(scope).parent;
        if self.scope_at(scope).flags & SAME_NAMES_AS_PARENT != 0
            && self.binding_in(name, parent).is_some_and(|index| self.bindings[index].kind != BindingKind::Implicit)
        {
            return Err(self.redeclared(pos));
        }
        if !Self::is_top_level_function_scope(scope_kind) {
            // A `var` of that name declared inside this block conflicts too.
            if let Some(index) = self.binding_in(name, self.f.var_scope) {
                let old = self.bindings[index];
                if matches!(old.kind, BindingKind::Var | BindingKind::Function)
                    && old.init_pos != u32::MAX
                    && old.init_pos >= self.scope_at(scope).start
                {
                    return Err(self.redeclared(pos));
                }
                if matches!(old.kind, BindingKind::Param) && self.var_over_param(name, self.scope_at(scope).start) {
                    return Err(self.redeclared(pos));
                }
            }
        }
        let index = self.add_binding(name, kind, scope, u32::MAX)?;
        if plain {
            self.bindings[index as usize].flags |= Binding::PLAIN_FUNCTION;
        }
        Ok(index)
    }

    /// A `var` that repeats a parameter makes no binding; whether one was declared since `start` is noted on the side.
    fn var_over_param(&self, name: Name, start: u32) -> bool {
        self.param_vars.iter().rev().take_while(|entry| entry.1 >= start).any(|entry| entry.0 == name)
    }

    /// Declares a function at the top level of a script, eval or function body, where functions are like `var`.
    pub(super) fn declare_top_function(&mut self, name: Name, pos: u32) -> R<u32> {
        let scope = self.scope;
        if let Some(index) = self.binding_in(name, scope) {
            let old = &mut self.bindings[index];
            return match old.kind {
                BindingKind::Var | BindingKind::Function | BindingKind::Implicit => {
                    old.kind = BindingKind::Function;
                    Ok(index as u32)
                }
                // A parameter of that name: it is initialised with the function when the body starts.
                BindingKind::Param => {
                    old.kind = BindingKind::Function;
                    old.flags |= Binding::ASSIGNED | Binding::OVER_PARAMETER;
                    Ok(index as u32)
                }
                _ => Err(self.redeclared(pos)),
            };
        }
        let index = self.add_binding(name, BindingKind::Function, scope, u32::MAX)?;
        Ok(index)
    }

    /// Closes the current scope: hoists, resolves, and passes on what is left. Gives its id, or 0 if it has no use.
    pub(super) fn close_scope(&mut self) -> R<u32> {
        let id = self.scope;
        let scope = *self.scope_at(id);
        if !self.hoists.is_empty() {
            self.close_hoists(id)?;
        }
        let mut scope_flags = self.scope_at(id).flags;
        let first = self.scope_at(id).first;
        let eval = scope_flags & Scope::DIRECT_EVAL != 0;
        if eval && let Some(parent) = self.scopes.get_mut(scope.parent as usize) {
            parent.flags |= Scope::DIRECT_EVAL;
        }
        if first != NO_BINDING || scope_flags & Scope::SLOPPY_EVAL_VARS != 0 || scope.kind == ScopeKind::With {
            scope_flags |= self.resolve_refs(id, scope.refs_start as usize, scope_flags)?;
        }
        let mut at = first;
        while let Some(binding) = self.bindings.get_mut(at as usize) {
            if eval {
                binding.flags |= Binding::CAPTURED | Binding::USED | Binding::ASSIGNED;
                if binding.kind.is_lexical() {
                    binding.flags |= Binding::TDZ;
                }
            }
            if binding.flags & Binding::CAPTURED != 0 {
                scope_flags |= Scope::HAS_CAPTURED;
            }
            let (name, shadows) = (binding.name, binding.shadows);
            at = binding.next;
            // Bindings of this scope are the innermost ones left of their names.
            self.lx.interner.set_top(name, shadows);
        }
        self.scopes[id as usize].flags = scope_flags;
        self.scope = scope.parent;
        let keep = first != NO_BINDING || eval || scope.kind == ScopeKind::With;
        if !keep {
            if id as usize + 1 == self.scopes.len() && id > 1 {
                self.scopes.truncate(id as usize);
            }
            return Ok(0);
        }
        Ok(id)
    }

    fn resolve_refs(&mut self, id: u32, start: usize, scope_flags: u8) -> R<u8> {
        let mut new_flags = 0;
        let kind = self.scope_at(id).kind;
        let pass_dynamic = kind == ScopeKind::With || scope_flags & Scope::SLOPPY_EVAL_VARS != 0;
        let sloppy_eval_root = kind == ScopeKind::Eval && scope_flags & Scope::STRICT == 0;
        let mut kept = start;
        for index in start..self.refs.len() {
            let mut reference = self.refs[index];
            let name = reference.name();
            let top = self.lx.interner.top(name);
            match self.bindings.get_mut(top as usize) {
                Some(binding) if binding.scope == id => {
                    let mut dynamic = reference.word & Ref::DYNAMIC != 0;
                    if sloppy_eval_root && matches!(binding.kind, BindingKind::Var | BindingKind::Function) {
                        dynamic = true;
                    }
                    binding.flags |= Binding::USED;
                    if dynamic {
                        binding.flags |= Binding::CAPTURED;
                        new_flags |= Scope::NAMES_VISIBLE;
                    }
                    let has_tdz = binding.kind.is_lexical()
                        || binding.kind == BindingKind::Param && scope_flags & Scope::PARAMETER_EXPRESSIONS != 0;
                    let early = |pos: u32| has_tdz && (pos < binding.init_pos || kind == ScopeKind::Switch);
                    if reference.word & Ref::INNER != 0 {
                        let tdz = early(reference.node);
                        binding.flags |= Binding::CAPTURED;
                        if tdz || has_tdz && dynamic {
                            binding.flags |= Binding::TDZ;
                        }
                        if reference.word & Ref::WRITE != 0 {
                            binding.flags |= Binding::ASSIGNED;
                        }
                    } else if let Some(node) = self.nodes.get_mut(reference.node as usize) {
                        if node.kind == Kind::BindingIdentifier {
                            continue;
                        }
                        if early(node.pos) || has_tdz && dynamic {
                            node.flags |= CHECK;
                            binding.flags |= Binding::TDZ;
                        }
                        if node.flags & WRITE != 0 {
                            binding.flags |= Binding::ASSIGNED;
                        }
                        node.b = if dynamic { DYNAMIC } else { top };
                    }
                }
                _ => {
                    if pass_dynamic {
                        reference.word |= Ref::DYNAMIC;
                        if reference.word & Ref::INNER == 0
                            && let Some(node) = self.nodes.get_mut(reference.node as usize)
                            && node.kind == Kind::Identifier
                        {
                            node.b = DYNAMIC;
                        }
                    }
                    self.refs[kept] = reference;
                    kept += 1;
                }
            }
        }
        self.refs.truncate(kept);
        Ok(new_flags)
    }

    /// Annex B.3.2: functions in blocks that also make a variable.
    fn close_hoists(&mut self, id: u32) -> R<()> {
        let parent = self.scope_at(id).parent;
        let is_var_scope = id == self.f.var_scope;
        let first = self.hoists.iter().rposition(|hoist| hoist.scope != id).map_or(0, |index| index + 1);
        let mut kept = first;
        for index in first..self.hoists.len() {
            let mut hoist = self.hoists[index];
            let here = self.binding_in(hoist.name, id);
            let hidden = here.is_some_and(|index| {
                let kind = self.bindings[index].kind;
                match kind {
                    BindingKind::Var | BindingKind::CatchSimple | BindingKind::Implicit | BindingKind::FunctionName => {
                        false
                    }
                    BindingKind::Function => !is_var_scope,
                    _ => true,
                }
            });
            if hidden && !hoist.fresh {
                continue;
            }
            if !is_var_scope {
                hoist.fresh = false;
                hoist.scope = parent;
                self.hoists[kept] = hoist;
                kept += 1;
                continue;
            }
            if self.scope_at(id).kind == ScopeKind::FunctionBody
                && self.binding_in(hoist.name, parent).is_some_and(|at| self.bindings[at].kind == BindingKind::Param)
            {
                continue;
            }
            if self.is_function_over_param(here) {
                continue;
            }
            let binding = match here {
                Some(index) => index as u32,
                None => self.add_binding(hoist.name, BindingKind::Var, id, u32::MAX)?,
            };
            self.bindings[binding as usize].flags |= Binding::ASSIGNED;
            if let Some(place) = self.lists.get_mut(hoist.list as usize) {
                *place = binding;
            }
        }
        self.hoists.truncate(kept);
        Ok(())
    }

    /// A top-level function that took over a parameter's binding.
    fn is_function_over_param(&self, at: Option<usize>) -> bool {
        at.is_some_and(|index| {
            let binding = &self.bindings[index];
            binding.kind == BindingKind::Function && binding.flags & Binding::OVER_PARAMETER != 0
        })
    }

    pub(super) fn push_hoist(&mut self, name: Name, list: u32) -> R<()> {
        let scope = self.scope;
        self.hoists.push(Hoist { name, list, scope, fresh: true })?;
        Ok(())
    }

    /// What an inner function has left over becomes references of the function around it, one for each name.
    /// `created`: where its closure is made.
    pub(super) fn pass_refs_outwards(&mut self, start: usize, created: u32) {
        let mut kept = start;
        for index in start..self.refs.len() {
            let mut reference = self.refs[index];
            if reference.word & Ref::INNER == 0 {
                let Some(node) = self.nodes.get(reference.node as usize) else { continue };
                if node.kind == Kind::BindingIdentifier {
                    continue;
                }
                if node.flags & WRITE != 0 {
                    reference.word |= Ref::WRITE;
                }
                if node.kind == Kind::PrivateName && self.private_pos == u32::MAX {
                    self.private_pos = node.pos;
                }
            }
            reference.word |= Ref::INNER;
            reference.node = created;
            let name = reference.name();
            let mark = *self.lx.interner.mark(name) as usize;
            if mark >= start && mark < kept && self.refs[mark].name() == name {
                self.refs[mark].word |= reference.word & (Ref::WRITE | Ref::DYNAMIC);
                continue;
            }
            *self.lx.interner.mark(name) = kept as u32;
            self.refs[kept] = reference;
            kept += 1;
        }
        self.refs.truncate(kept);
    }

    /// Notes a direct eval in the current scope.
    pub(super) fn note_direct_eval(&mut self) {
        let scope = self.scope as usize;
        self.scopes[scope].flags |= Scope::DIRECT_EVAL;
        if self.ctx & ctx::STRICT == 0 {
            let var_scope = self.f.var_scope as usize;
            self.scopes[var_scope].flags |= Scope::SLOPPY_EVAL_VARS;
        }
    }
}

/// On a scope: its lexical names must differ from the names in the scope around it (catch parameters, parameters).
pub(crate) const SAME_NAMES_AS_PARENT: u8 = 64;
