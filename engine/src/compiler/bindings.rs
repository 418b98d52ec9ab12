//! Where bindings live, and reading, writing and initialising them.

use rotifer_arena::ScratchVec;

use super::emitter::{LOCAL_LIMIT, Reg};
use super::{Compiler, OuterBinding, Result};
use crate::bytecode::{BindingFlags, Constant, OUTER_SCOPE, Opcode, ScopeDesc, ScopeName};
use crate::syntax::ast::{FunctionKind, Ident, Resolution, RootKind};
use crate::syntax::names::Name;
use crate::syntax::scope::{BindingId, BindingKind, ScopeId, ScopeKind};

/// Where a binding of the AST lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// Nowhere (yet).
    None,
    /// In a register.
    Register(Reg),
    /// In a register beyond the addressable ones.
    Far(u16),
    /// In a slot of the environment that the register holds.
    Slot(Reg, u32),
    /// A global: looked up by name with a cache.
    Global,
    /// A variable of sloppy eval code: looked up by name.
    Dynamic,
}

/// Where a reference leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Register(Reg),
    Far(u16),
    /// Environment register and slot.
    Slot(Reg, u32),
    /// Parents above the function's environment, and slot.
    Outer(u32, u32),
    Global,
    Dynamic,
}

/// A resolved identifier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    pub name: Name,
    pub place: Place,
    /// May be in its dead zone.
    pub check: bool,
    pub flags: BindingFlags,
}

/// What to restore when a scope ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct OpenScope {
    env: Reg,
    scope: u32,
    top: u32,
    dynamic_scopes: u32,
    /// The register of the scope's own environment, if it has one.
    pub own_env: Option<Reg>,
}

impl Compiler<'_, '_> {
    // ---- opening scopes ----------------------------------------------------------------------------------------------

    /// Opens a scope if there is one: gives its bindings places, makes its environment, initialises its functions.
    pub(super) fn enter_scope(&mut self, scope: Option<ScopeId>) -> Result<OpenScope> {
        let open = self.open_scope(scope, None)?;
        if let Some(scope) = scope {
            self.init_functions(scope)?;
        }
        Ok(open)
    }

    /// Opens a scope without initialising its functions. With `mapped`, the parameters get the environment's first slots in their
    /// order (that many).
    #[inline(never)]
    pub(super) fn open_scope(&mut self, scope: Option<ScopeId>, mapped: Option<u32>) -> Result<OpenScope> {
        let mut open = OpenScope {
            env: self.env,
            scope: self.scope,
            top: self.e.top(),
            dynamic_scopes: self.dynamic_scopes,
            own_env: None,
        };
        let Some(id) = scope else { return Ok(open) };
        let scope = *self.ast.scope(id);
        let is_global = scope.kind() == ScopeKind::Global;
        let is_dynamic = scope.kind() == ScopeKind::Eval && !self.is_strict();
        let is_module = scope.kind() == ScopeKind::Module;
        let reserved = u32::from(scope.may_grow() && !is_dynamic && !is_global);
        let mut undefined = ScratchVec::<BindingId>::new(self.scratch);
        let mut holes = ScratchVec::<BindingId>::new(self.scratch);
        let ast = self.ast;
        for id in ast.bindings_of(id) {
            let binding = *ast.binding(id);
            let is_var = matches!(binding.kind(), BindingKind::Var | BindingKind::Function);
            let location = if is_global && !matches!(binding.kind(), BindingKind::Implicit) {
                Location::Global
            } else if is_dynamic && is_var {
                Location::Dynamic
            } else if mapped.is_some() && binding.kind() == BindingKind::Param && binding.parameter_index().is_some() {
                continue;
            } else if self.is_hidden_elsewhere(binding.kind(), binding.name()) {
                continue;
            } else if binding.is_captured() || is_module && self.is_shared(id, binding.kind()) {
                let starts_as_hole = binding.needs_hole()
                    || is_module && binding.kind().is_lexical()
                    || binding.kind() == BindingKind::Import
                    || binding.kind() == BindingKind::Implicit && binding.name() == Name::THIS;
                if starts_as_hole {
                    holes.push(id)?
                } else {
                    undefined.push(id)?
                }
                continue;
            } else if binding.kind() == BindingKind::Param
                && binding.parameter_index().is_some()
                && !binding.needs_hole()
            {
                match u8::try_from(binding.parameter_index().unwrap_or(0)) {
                    Ok(register) if u32::from(register) < super::functions::PARAMETER_REGISTERS => {
                        self.set_local(register, true);
                        Location::Register(register)
                    }
                    _ => self.local_register()?,
                }
            } else if binding.kind() == BindingKind::Function
                && !binding.is_used()
                && binding.function().is_some()
                // In a block it may still be copied to a variable (Annex B.3.2).
                && matches!(scope.kind(), ScopeKind::Function | ScopeKind::FunctionBody)
            {
                continue;
            } else {
                // A register that something used before does not start as undefined.
                let is_fresh = self.e.top() >= self.e.most_registers();
                let location = self.local_register()?;
                let is_this = binding.kind() == BindingKind::Implicit && binding.name() == Name::THIS;
                self.start_value(location, binding.needs_hole() || is_this, is_var && !is_fresh)?;
                location
            };
            self.locations[id.0 as usize] = location;
        }
        let mapped_slots = mapped.unwrap_or(0);
        let named = mapped_slots + (undefined.len() + holes.len()) as u32;
        let slots = reserved + named;
        if slots == 0 {
            return Ok(open);
        }
        let env = self.e.temp()?;
        self.set_local(env, true);
        let start = self.e.code.scope_names.len() as u32;
        if mapped.is_some() {
            for id in ast.bindings_of(id) {
                let binding = *ast.binding(id);
                if let Some(index) = binding.parameter_index() {
                    self.add_slot(id, env, reserved + index)?;
                }
            }
        }
        for (i, &id) in undefined.iter().chain(holes.iter()).enumerate() {
            self.add_slot(id, env, reserved + mapped_slots + i as u32)?;
        }
        let mut flags = 0;
        if matches!(scope.kind(), ScopeKind::Function) && !self.is_arrow() {
            flags |= ScopeDesc::FUNCTION;
        }
        if reserved != 0 {
            flags |= ScopeDesc::EVAL_VARS;
        }
        if is_module {
            flags |= ScopeDesc::MODULE;
        }
        if scope.names_visible() {
            flags |= ScopeDesc::DYNAMIC;
        }
        if scope.kind() == ScopeKind::Catch
            && ast.bindings_of(id).any(|b| ast.binding(b).kind() == BindingKind::CatchSimple)
        {
            flags |= ScopeDesc::SIMPLE_CATCH;
        }
        let index = self.e.code.scopes.len() as u32;
        let names_len = self.e.code.scope_names.len() as u32 - start;
        self.e.code.scopes.push(ScopeDesc { parent: self.scope, names_start: start, names_len, slots, flags })?;
        let constant = self.e.constant(Constant::Scope(index))?;
        let parent = self.current_env();
        let undefined_slots = reserved as usize + mapped_slots as usize + undefined.len();
        let counted = u8::try_from(undefined_slots).unwrap_or(u8::MAX);
        self.e.abcww(Opcode::NewEnv, env, parent, counted, constant, slots)?;
        if undefined_slots > 255 {
            let top = self.e.top();
            let value = self.e.temp()?;
            self.e.abc(Opcode::LoadUndefined, value, 0, 0)?;
            for slot in 255..undefined_slots as u32 {
                self.e.abcw(Opcode::SetScoped, env, value, 0, slot)?;
            }
            self.e.release(top);
        }
        self.env = env;
        self.scope = index;
        self.dynamic_scopes += reserved;
        open.own_env = Some(env);
        Ok(open)
    }

    fn add_slot(&mut self, id: BindingId, env: Reg, slot: u32) -> Result {
        let binding = *self.ast.binding(id);
        let mut flags = 0;
        if binding.needs_hole() || binding.kind() == BindingKind::Implicit && binding.name() == Name::THIS {
            flags |= BindingFlags::TDZ;
        }
        if binding.kind().is_lexical() {
            flags |= BindingFlags::LEXICAL;
        }
        flags |= self.constness(id).0;
        if binding.kind() == BindingKind::Import {
            flags |= BindingFlags::IMPORT | BindingFlags::TDZ | BindingFlags::LEXICAL;
        }
        if binding.is_private_method() {
            flags |= BindingFlags::PRIVATE_METHOD;
        }
        self.locations[id.0 as usize] = Location::Slot(env, slot);
        self.e.code.scope_names.push(ScopeName { name: binding.name(), slot, flags: BindingFlags(flags) })?;
        Ok(())
    }

    /// Implicit bindings that do not need a place: the closures of arrow functions carry `this` and the home object.
    fn is_hidden_elsewhere(&self, kind: BindingKind, name: Name) -> bool {
        kind == BindingKind::Implicit
            && (name == Name::HOME_OBJECT
                || name == Name::THIS && self.ast.root().function.kind != FunctionKind::DerivedConstructor
                || name == Name::ARGUMENTS && self.virtual_arguments)
    }

    /// Whether a module's binding is seen by other modules.
    fn is_shared(&self, id: BindingId, kind: BindingKind) -> bool {
        use crate::syntax::ast::ExportKind;
        kind == BindingKind::Import
            || self.ast.export_entries().iter().any(|entry| matches!(entry.kind, ExportKind::Local(_, b) if b == id))
    }

    pub(super) fn is_arrow(&self) -> bool {
        self.ast.root().function.kind == FunctionKind::Arrow
    }

    fn local_register(&mut self) -> Result<Location> {
        if self.e.top() >= LOCAL_LIMIT {
            return Ok(Location::Far(self.e.far_register()?));
        }
        let register = self.e.temp()?;
        self.set_local(register, true);
        Ok(Location::Register(register))
    }

    /// Gives a fresh binding its first value where the frame's own (undefined) will not do.
    fn start_value(&mut self, location: Location, hole: bool, undefined: bool) -> Result {
        if !hole && !undefined {
            return Ok(());
        }
        let op = if hole { Opcode::LoadHole } else { Opcode::LoadUndefined };
        match location {
            Location::Register(register) => self.e.abc(op, register, 0, 0),
            Location::Far(far) => {
                let top = self.e.top();
                let value = self.e.temp()?;
                self.e.abc(op, value, 0, 0)?;
                self.e.abx(Opcode::SetFar, value, far)?;
                self.e.release(top);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Initialises the functions declared in a scope.
    #[inline(never)]
    pub(super) fn init_functions(&mut self, scope: ScopeId) -> Result {
        let ast = self.ast;
        for id in ast.bindings_of(scope) {
            let Some(function) = ast.binding(id).function() else { continue };
            let location = self.locations[id.0 as usize];
            if matches!(location, Location::None | Location::Global | Location::Dynamic) {
                continue;
            }
            let top = self.e.top();
            let name = self.declared_name(ast.binding(id).name());
            let register = match location {
                Location::Register(register) => register,
                _ => self.e.temp()?,
            };
            self.closure(function, name, register)?;
            self.set_location(location, register)?;
            self.e.release(top);
        }
        Ok(())
    }

    /// Closes a scope: its registers are free again.
    pub(super) fn exit_scope(&mut self, open: OpenScope) {
        for register in open.top..self.e.top() {
            self.set_local(register as u8, false);
        }
        self.e.release(open.top);
        self.env = open.env;
        self.scope = open.scope;
        self.dynamic_scopes = open.dynamic_scopes;
    }

    /// The innermost environment, for reading.
    pub(super) fn current_env(&mut self) -> Reg {
        if self.env == self.outer_env {
            self.outer_env_used = true;
        }
        self.env
    }

    pub(super) fn function_env(&mut self) -> Reg {
        self.outer_env_used = true;
        self.outer_env
    }

    // ---- resolving ---------------------------------------------------------------------------------------------------

    fn constness(&self, id: BindingId) -> BindingFlags {
        let binding = self.ast.binding(id);
        let is_class_scope = || binding.scope().is_some_and(|s| self.ast.scope(s).kind() == ScopeKind::Class);
        BindingFlags(match binding.kind() {
            BindingKind::Const | BindingKind::Using | BindingKind::AwaitUsing | BindingKind::Import => {
                BindingFlags::CONST
            }
            BindingKind::Class if is_class_scope() => BindingFlags::CONST,
            BindingKind::FunctionName => BindingFlags::SILENT_CONST,
            _ => 0,
        })
    }

    pub(super) fn resolve(&mut self, ident: &Ident) -> Reference {
        let name = ident.name;
        match ident.resolution {
            Resolution::Binding(id) => self.resolve_binding(id, ident.needs_check),
            // A `with` object or a variable made by eval may hide what is outside.
            Resolution::Free if self.dynamic_scopes > 0 && !super::is_never_dynamic(self.ast.name_text(name)) => {
                Reference { name, place: Place::Dynamic, check: false, flags: BindingFlags(0) }
            }
            Resolution::Free => self.resolve_outer(name),
            Resolution::Dynamic => {
                // What is dynamic for the parser alone may be plain once it is known what is around.
                if self.dynamic_scopes == 0
                    && self.scope == OUTER_SCOPE
                    && self.ast.root().kind == RootKind::Eval
                    && self.outer.resolve(self.ast.name_text(name)) == OuterBinding::Global
                {
                    return Reference { name, place: Place::Global, check: false, flags: BindingFlags(0) };
                }
                Reference { name, place: Place::Dynamic, check: false, flags: BindingFlags(0) }
            }
        }
    }

    pub(super) fn resolve_binding(&mut self, id: BindingId, check: bool) -> Reference {
        let binding = *self.ast.binding(id);
        let mut flags = self.constness(id);
        let place = match self.locations[id.0 as usize] {
            Location::Register(register) => Place::Register(register),
            Location::Far(far) => Place::Far(far),
            Location::Slot(env, slot) => {
                if binding.kind() == BindingKind::Import {
                    flags.0 |= BindingFlags::IMPORT;
                }
                Place::Slot(env, slot)
            }
            Location::Global => Place::Global,
            Location::Dynamic => {
                let name = binding.name();
                return self.resolve(&Ident {
                    name,
                    resolution: Resolution::Dynamic,
                    needs_check: false,
                    parenthesized: false,
                });
            }
            Location::None => Place::Dynamic,
        };
        if matches!(place, Place::Global | Place::Dynamic) {
            flags = BindingFlags(0);
        }
        Reference { name: binding.name(), place, check, flags }
    }

    pub(super) fn resolve_outer(&mut self, name: Name) -> Reference {
        match self.outer.resolve(self.ast.name_text(name)) {
            OuterBinding::Slot { depth, slot, flags } if slot < 1 << 24 => {
                let check = flags.has(BindingFlags::TDZ);
                Reference { name, place: Place::Outer(depth, slot), check, flags }
            }
            OuterBinding::Global => Reference { name, place: Place::Global, check: false, flags: BindingFlags(0) },
            _ => Reference { name, place: Place::Dynamic, check: false, flags: BindingFlags(0) },
        }
    }

    // ---- reading and writing -----------------------------------------------------------------------------------------

    pub(super) fn name_constant(&mut self, name: Name) -> Result<u32> {
        self.e.constant(Constant::String(name))
    }

    /// The `KeyIc` word for a key, unless the constant's index does not fit.
    pub(super) fn key_ic(&mut self, name: Name) -> Result<Option<u32>> {
        let index = self.name_constant(name)?;
        Ok((index <= 0xffff).then(|| index | self.e.cache() << 16))
    }

    /// The environment register and depth below 256 for `Place::Outer`.
    fn outer_at(&mut self, mut depth: u32) -> Result<(Reg, u32)> {
        let mut env = self.function_env();
        if depth > 255 {
            let register = self.e.temp()?;
            while depth > 255 {
                self.e.abc(Opcode::EnvParent, register, env, 255)?;
                env = register;
                depth -= 255;
            }
        }
        Ok((env, depth))
    }

    /// `r[dst] =` the reference's value.
    pub(super) fn load(&mut self, reference: &Reference, dst: Reg) -> Result {
        match reference.place {
            Place::Register(register) => {
                self.check_hole(reference, register)?;
                self.e.mov(dst, register)
            }
            Place::Far(far) => {
                self.e.abx(Opcode::GetFar, dst, far)?;
                self.check_hole(reference, dst)
            }
            Place::Slot(env, slot) => self.load_slot(reference, dst, env, 0, slot),
            Place::Outer(depth, slot) => {
                let top = self.e.top();
                let (env, depth) = self.outer_at(depth)?;
                self.load_slot(reference, dst, env, depth, slot)?;
                self.e.release(top);
                Ok(())
            }
            Place::Global => match self.key_ic(reference.name)? {
                Some(word) => self.e.abcw(Opcode::GetGlobal, dst, 0, 0, word),
                None => self.load_dynamic(reference.name, dst, Opcode::GetName),
            },
            Place::Dynamic => self.load_dynamic(reference.name, dst, Opcode::GetName),
        }
    }

    fn load_slot(&mut self, reference: &Reference, dst: Reg, env: Reg, depth: u32, slot: u32) -> Result {
        let scoped = depth << 24 | slot;
        if reference.flags.has(BindingFlags::IMPORT) {
            let name = self.name_constant(reference.name)?;
            return self.e.abcww(Opcode::GetImport, dst, env, 0, scoped, name);
        }
        match (u8::try_from(scoped), reference.check) {
            (Ok(slot), false) => self.e.abc(Opcode::GetEnv, dst, env, slot),
            (Err(_), false) => self.e.abcw(Opcode::GetScoped, dst, env, 0, scoped),
            (Ok(slot), true) => {
                let name = self.name_constant(reference.name)?;
                self.e.abcw(Opcode::GetEnvChecked, dst, env, slot, name)
            }
            (Err(_), true) => {
                let name = self.name_constant(reference.name)?;
                self.e.abcww(Opcode::GetScopedChecked, dst, env, 0, scoped, name)
            }
        }
    }

    pub(super) fn load_dynamic(&mut self, name: Name, dst: Reg, op: Opcode) -> Result {
        let name = self.name_constant(name)?;
        let env = self.current_env();
        self.e.abcw(op, dst, env, 0, name)
    }

    fn check_hole(&mut self, reference: &Reference, register: Reg) -> Result {
        if reference.check {
            let name = self.name_constant(reference.name)?;
            self.e.abcw(Opcode::ThrowIfHole, register, 0, 0, name)?;
        }
        Ok(())
    }

    /// Whether assigning can do anything but store: then the target cannot be computed into directly.
    pub(super) fn is_plain_register(&self, reference: &Reference) -> Option<Reg> {
        match reference.place {
            Place::Register(register) if !reference.check && reference.flags.0 == 0 => Some(register),
            _ => None,
        }
    }

    /// Assigns `r[src]` (PutValue).
    pub(super) fn store(&mut self, reference: &Reference, src: Reg) -> Result {
        let top = self.e.top();
        if reference.flags.has(BindingFlags::CONST) || reference.flags.has(BindingFlags::SILENT_CONST) {
            if reference.check {
                let value = self.e.temp()?;
                self.load(reference, value)?;
            }
            if reference.flags.has(BindingFlags::CONST) || self.is_strict() {
                let name = self.name_constant(reference.name)?;
                // What follows is still reachable for the compiler: labels and registers stay as they are.
                self.e.abcw(Opcode::ThrowConstAssign, 0, 0, 0, name)?;
            }
            self.e.release(top);
            return Ok(());
        }
        match reference.place {
            Place::Register(register) => {
                self.check_hole(reference, register)?;
                self.e.mov(register, src)?;
            }
            Place::Far(far) => {
                if reference.check {
                    let value = self.e.temp()?;
                    self.e.abx(Opcode::GetFar, value, far)?;
                    self.check_hole(reference, value)?;
                }
                self.e.abx(Opcode::SetFar, src, far)?;
            }
            Place::Slot(env, slot) => self.store_slot(reference, src, env, 0, slot)?,
            Place::Outer(depth, slot) => {
                let (env, depth) = self.outer_at(depth)?;
                self.store_slot(reference, src, env, depth, slot)?;
            }
            Place::Global => match self.key_ic(reference.name)? {
                Some(word) => self.e.abcw(Opcode::SetGlobal, src, 0, 0, word)?,
                None => self.store_dynamic(reference.name, src)?,
            },
            Place::Dynamic => self.store_dynamic(reference.name, src)?,
        }
        self.e.release(top);
        Ok(())
    }

    /// Resolves and assigns at once; right only where nothing ran between the two.
    fn store_dynamic(&mut self, name: Name, src: Reg) -> Result {
        let name = self.name_constant(name)?;
        let env = self.current_env();
        let holder = self.e.temp()?;
        self.e.abcw(Opcode::ResolveName, holder, env, 0, name)?;
        self.e.abcw(Opcode::SetResolved, holder, src, 0, name)
    }

    fn store_slot(&mut self, reference: &Reference, src: Reg, env: Reg, depth: u32, slot: u32) -> Result {
        let scoped = depth << 24 | slot;
        match (u8::try_from(scoped), reference.check) {
            (Ok(slot), false) => self.e.abc(Opcode::SetEnv, env, slot, src),
            (Err(_), false) => self.e.abcw(Opcode::SetScoped, env, src, 0, scoped),
            (Ok(slot), true) => {
                let name = self.name_constant(reference.name)?;
                self.e.abcw(Opcode::SetEnvChecked, env, slot, src, name)
            }
            (Err(_), true) => {
                let name = self.name_constant(reference.name)?;
                self.e.abcww(Opcode::SetScopedChecked, env, src, 0, scoped, name)
            }
        }
    }

    /// Stores in a binding's place without any checks.
    pub(super) fn set_location(&mut self, location: Location, src: Reg) -> Result {
        match location {
            Location::Register(register) => self.e.mov(register, src),
            Location::Far(far) => self.e.abx(Opcode::SetFar, src, far),
            Location::Slot(env, slot) => match u8::try_from(slot) {
                Ok(slot) => self.e.abc(Opcode::SetEnv, env, slot, src),
                Err(_) => self.e.abcw(Opcode::SetScoped, env, src, 0, slot),
            },
            Location::None | Location::Global | Location::Dynamic => Ok(()),
        }
    }

    /// Initialises a declared binding (InitializeReferencedBinding): `let`, `const`, class, parameter; `var` assigns.
    pub(super) fn initialize(&mut self, ident: &Ident, src: Reg) -> Result {
        if let Resolution::Binding(id) = ident.resolution {
            let location = self.locations[id.0 as usize];
            match location {
                Location::Global if self.ast.binding(id).kind().is_lexical() => {
                    let name = self.name_constant(ident.name)?;
                    return self.e.abcw(Opcode::InitGlobalLexical, src, 0, 0, name);
                }
                Location::Global | Location::Dynamic => {}
                _ => return self.set_location(location, src),
            }
        }
        let reference = self.resolve(&Ident { needs_check: false, ..*ident });
        self.store(&reference, src)
    }

    /// The register that a declared binding lives in, when initialising is no more than computing into it.
    pub(super) fn initialize_register(&self, ident: &Ident) -> Option<Reg> {
        match ident.resolution {
            Resolution::Binding(id) => match self.locations[id.0 as usize] {
                Location::Register(register) => Some(register),
                _ => None,
            },
            _ => None,
        }
    }
}
