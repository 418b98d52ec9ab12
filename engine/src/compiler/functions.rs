//! Functions and top levels: prologues, parameters, declarations.

use rotifer_arena::{Scratch, ScratchVec};

use super::bindings::Location;
use super::emitter::{Emitter, Reg};
use super::patterns::Mode;
use super::{Compiler, Result};
use crate::bytecode::{CodeFlags, CompiledCode, ContextFlags, DeclarationKind, OUTER_SCOPE, Opcode};
use crate::syntax::ast::{Element, FunctionKind, NodeId, Pattern, RootKind};
use crate::syntax::names::Name;
use crate::syntax::scope::{BindingKind, ScopeId};

/// Arguments beyond this many are fetched from the frame's argument list.
pub(super) const PARAMETER_REGISTERS: u32 = 96;

impl<'s> Compiler<'_, 's> {
    /// Compiles the root of the tree.
    pub(super) fn root(mut self) -> Result<CompiledCode<'s>> {
        let root = *self.ast.root();
        self.set_flags();
        let parameters = if root.kind == RootKind::Function { self.parameter_count() } else { 0 };
        self.e.code.parameters = parameters;
        self.e.temps(parameters)?;
        self.e.at(root.function.start);
        self.outer_env = self.e.temp()?;
        self.set_local(self.outer_env, true);
        self.env = self.outer_env;
        self.scope = OUTER_SCOPE;
        self.e.abc(Opcode::Nop, 0, 0, 0)?;
        let in_frame = self.ast.owns_this() || !self.context.has(ContextFlags::THIS_IN_SCOPE);
        let flags = root.function.flags;
        let uses_this = flags.uses_this()
            || matches!(
                root.function.kind,
                FunctionKind::InstanceFields | FunctionKind::StaticElements | FunctionKind::ClassConstructor
            );
        let keeps_this = uses_this && in_frame && !self.is_derived_constructor();
        if keeps_this {
            let this = self.e.temp()?;
            self.set_local(this, true);
            self.this = Some(this);
            self.e.abc(Opcode::LoadThis, this, 0, 0)?;
        }
        self.prologue = 1;
        match root.kind {
            RootKind::Script => self.script()?,
            RootKind::Eval => self.eval()?,
            RootKind::Module => self.module()?,
            RootKind::Function => self.function()?,
        }
        if self.outer_env_used {
            self.e.overwrite(0, Opcode::LoadFunctionEnv, self.outer_env, 0, 0);
        }
        self.e.finish(self.prologue)
    }

    fn set_flags(&mut self) {
        let literal = self.ast.root().function;
        let flags = literal.flags;
        let mut code = 0;
        for (on, flag) in [
            (flags.is_strict(), CodeFlags::STRICT),
            (flags.is_generator(), CodeFlags::GENERATOR),
            (flags.is_async(), CodeFlags::ASYNC),
            (literal.kind == FunctionKind::Arrow && self.ast.root().kind == RootKind::Function, CodeFlags::ARROW),
            (
                matches!(literal.kind, FunctionKind::ClassConstructor | FunctionKind::DerivedConstructor),
                CodeFlags::CLASS_CONSTRUCTOR,
            ),
            (literal.kind == FunctionKind::DerivedConstructor, CodeFlags::DERIVED),
            (flags.has_direct_eval(), CodeFlags::HAS_EVAL),
            (!flags.is_strict() && flags.has_simple_parameters(), CodeFlags::MAPPED_ARGUMENTS),
        ] {
            if on {
                code |= flag;
            }
        }
        self.e.code.flags = CodeFlags(code);
        self.e.code.context = self.context.with(ContextFlags::STRICT, flags.is_strict());
    }

    fn parameter_count(&self) -> u32 {
        let params = self.ast.root().params;
        let rest = self.ast.list(params).next_back().is_some_and(|id| matches!(self.ast.element(id), Element::Rest(_)));
        (params.len() as u32 - u32::from(rest)).min(PARAMETER_REGISTERS)
    }

    // ---- functions ---------------------------------------------------------------------------------------------------

    fn function(&mut self) -> Result {
        let root = *self.ast.root();
        let flags = root.function.flags;
        let is_generator = flags.is_generator();
        if flags.is_async() && !is_generator {
            self.e.abc(Opcode::StartAsync, 0, 0, 0)?;
        }
        match root.function.kind {
            FunctionKind::InstanceFields | FunctionKind::StaticElements => {
                self.open_function_scopes(None)?;
                self.class_elements(root.body)?;
                return self.emit_return(None);
            }
            FunctionKind::ClassConstructor => {
                if let Some(this) = self.this {
                    let top = self.e.top();
                    let callee = self.e.temp()?;
                    self.e.abc(Opcode::LoadCallee, callee, 0, 0)?;
                    self.init_instance(callee, this)?;
                    self.e.release(top);
                }
            }
            _ => {}
        }
        let mapped = self.plan_arguments();
        let reserved = self.open_function_scopes(mapped)?;
        self.hidden_bindings()?;
        self.create_arguments(mapped, reserved)?;
        self.parameters(mapped.is_some())?;
        if root.body_scope != root.scope {
            self.enter_body_scope(root.body_scope)?;
        } else {
            self.init_functions(root.scope)?;
        }
        if is_generator {
            self.e.abc(Opcode::CreateGenerator, 0, 0, 0)?;
        }
        let has_disposables = Some(root.body_scope);
        self.disposing(has_disposables, |c| c.statements(root.body))?;
        self.leave(super::control::Exit::Return, None)
    }

    /// Opens the scope of the function's own name and that of the parameters; gives the number of reserved slots.
    fn open_function_scopes(&mut self, mapped: Option<u32>) -> Result<u32> {
        let root = *self.ast.root();
        let ast = self.ast;
        if let Some(scope) = root.name_scope {
            self.open_scope(Some(scope), None)?;
            for id in ast.bindings_of(scope) {
                let location = self.locations[id.0 as usize];
                if ast.binding(id).kind() != BindingKind::FunctionName || location == Location::None {
                    continue;
                }
                if !ast.binding(id).is_used() && !ast.binding(id).is_captured() {
                    continue;
                }
                let top = self.e.top();
                let register = match location {
                    Location::Register(register) => register,
                    _ => self.e.temp()?,
                };
                self.e.abc(Opcode::LoadCallee, register, 0, 0)?;
                self.set_location(location, register)?;
                self.e.release(top);
            }
        }
        let reserved = u32::from(ast.scope(root.scope).may_grow());
        self.open_scope(Some(root.scope), mapped)?;
        Ok(reserved)
    }

    /// Initialises the bindings that arrows and eval code inside see: `this`, `new.target`, the active function.
    fn hidden_bindings(&mut self) -> Result {
        let ast = self.ast;
        for id in ast.bindings_of(ast.root().scope) {
            let binding = *ast.binding(id);
            if binding.kind() != BindingKind::Implicit {
                continue;
            }
            let op = match binding.name() {
                Name::NEW_TARGET => Opcode::LoadNewTarget,
                Name::ACTIVE_FUNCTION => Opcode::LoadCallee,
                _ => continue,
            };
            let location = self.locations[id.0 as usize];
            let top = self.e.top();
            let register = match location {
                Location::Register(register) => register,
                Location::None => continue,
                _ => self.e.temp()?,
            };
            self.e.abc(op, register, 0, 0)?;
            self.set_location(location, register)?;
            self.e.release(top);
        }
        if self.is_derived_constructor() && self.this_reference().is_none() {
            // Nobody inside sees it: a register that starts as a hole.
            let this = self.e.temp()?;
            self.set_local(this, true);
            self.e.abc(Opcode::LoadHole, this, 0, 0)?;
            self.this = Some(this);
        }
        Ok(())
    }

    /// Binds the parameters (§10.2.11 steps 23 to 26).
    fn parameters(&mut self, mapped: bool) -> Result {
        let root = *self.ast.root();
        let ast = self.ast;
        self.in_parameters = root.function.flags.has_parameter_expressions();
        for (index, id) in ast.list(root.params).enumerate() {
            let top = self.e.top();
            let index = index as u32;
            match ast.element(id) {
                Element::Rest(target) => {
                    self.e.code.flags.0 |= CodeFlags::KEEPS_ARGUMENTS;
                    let start = u16::try_from(index).unwrap_or(u16::MAX);
                    if let Pattern::Identifier(ident) = ast.pattern(target)
                        && let Some(register) = self.initialize_register(&ident)
                    {
                        self.e.abx(Opcode::CreateRest, register, start)?;
                    } else {
                        let rest = self.e.temp()?;
                        self.e.abx(Opcode::CreateRest, rest, start)?;
                        self.destructure(target, rest, Mode::Declare)?;
                    }
                }
                Element::Target(target, default) => self.parameter(index, target, default, mapped)?,
                Element::Elision => {}
            }
            self.e.release(top);
        }
        self.in_parameters = false;
        Ok(())
    }

    fn parameter(&mut self, index: u32, target: NodeId, default: Option<NodeId>, mapped: bool) -> Result {
        let value = if index < PARAMETER_REGISTERS {
            index as Reg
        } else {
            // The interpreter hands over only so many in registers.
            self.e.code.flags.0 |= CodeFlags::KEEPS_ARGUMENTS;
            let value = self.e.temp()?;
            let number = self.e.temp()?;
            self.e.load_int(number, i32::try_from(index).unwrap_or(i32::MAX))?;
            self.e.abc(Opcode::ArgumentsElem, value, number, 0)?;
            value
        };
        if let Some(default) = default {
            let given = self.e.label()?;
            self.e.jump_abc(Opcode::JumpIfNotUndefined, value, 0, given)?;
            match self.ast.pattern(target) {
                Pattern::Identifier(ident) => self.named_value(default, ident.name, value)?,
                _ => self.expr(default, value)?,
            }
            self.e.bind(given);
        }
        match self.ast.pattern(target) {
            // The mapped arguments object looks into these slots, also those of a parameter hidden by one of the same name.
            Pattern::Identifier(_) if mapped => {
                let reserved = u32::from(self.ast.scope(self.ast.root().scope).may_grow());
                self.set_location(Location::Slot(self.env, reserved + index), value)
            }
            Pattern::Identifier(ident) => {
                // Of two parameters with one name the last one counts.
                if let crate::syntax::ast::Resolution::Binding(id) = ident.resolution
                    && let Some(last) = self.ast.binding(id).parameter_index()
                    && last != index
                {
                    return Ok(());
                }
                self.initialize(&ident, value)
            }
            _ => self.destructure(target, value, Mode::Declare),
        }
    }

    /// The body's own variables where parameters have expressions (§10.2.11 step 28).
    fn enter_body_scope(&mut self, scope: ScopeId) -> Result {
        let ast = self.ast;
        self.open_scope(Some(scope), None)?;
        for id in ast.bindings_of(scope) {
            let Some(parameter) = ast.parameter_of(id) else { continue };
            let location = self.locations[id.0 as usize];
            if location == Location::None || ast.binding(id).function().is_some() {
                continue;
            }
            let top = self.e.top();
            let register = match location {
                Location::Register(register) => register,
                _ => self.e.temp()?,
            };
            let reference = self.resolve_binding(parameter, false);
            if self.virtual_arguments && reference.name == Name::ARGUMENTS {
                self.e.abc(Opcode::CreateArguments, register, 0, 0)?;
            } else {
                self.load(&reference, register)?;
            }
            self.set_location(location, register)?;
            self.e.release(top);
        }
        self.init_functions(scope)
    }

    // ---- scripts -----------------------------------------------------------------------------------------------------

    fn start_completion_value(&mut self) -> Result<Reg> {
        let completion = self.e.temp()?;
        self.set_local(completion, true);
        self.completion = Some(completion);
        Ok(completion)
    }

    fn script(&mut self) -> Result {
        let root = *self.ast.root();
        let completion = self.start_completion_value()?;
        self.open_scope(Some(root.scope), None)?;
        self.declare_globals(root.scope, false)?;
        self.disposing(Some(root.scope), |c| c.statements(root.body))?;
        self.e.abc(Opcode::Return, completion, 0, 0)
    }

    /// GlobalDeclarationInstantiation, or its like for indirect eval.
    fn declare_globals(&mut self, scope: ScopeId, in_eval: bool) -> Result {
        let ast = self.ast;
        let mut names = ScratchVec::<(Name, u32)>::new(self.scratch);
        for id in ast.bindings_of(scope) {
            let binding = *ast.binding(id);
            let kind = match binding.kind() {
                BindingKind::Let | BindingKind::Class if !in_eval => DeclarationKind::Let,
                BindingKind::Const | BindingKind::Using | BindingKind::AwaitUsing if !in_eval => DeclarationKind::Const,
                BindingKind::Var => DeclarationKind::Var,
                BindingKind::Function => DeclarationKind::Function,
                _ => continue,
            };
            names.push((binding.name(), kind as u32))?;
        }
        if names.is_empty() {
            return Ok(());
        }
        let constant = self.declarations(&names)?;
        self.e.abcw(Opcode::DeclareGlobals, u8::from(in_eval), 0, 0, constant)?;
        for id in ast.bindings_of(scope) {
            let Some(function) = ast.binding(id).function() else { continue };
            let top = self.e.top();
            let register = self.e.temp()?;
            let name = ast.binding(id).name();
            self.closure(function, Some(name), register)?;
            let name = self.name_constant(name)?;
            self.e.abcw(Opcode::InitGlobalFunction, register, u8::from(in_eval), 0, name)?;
            self.e.release(top);
        }
        Ok(())
    }

    fn eval(&mut self) -> Result {
        let root = *self.ast.root();
        let completion = self.start_completion_value()?;
        self.open_scope(Some(root.scope), None)?;
        if self.is_strict() {
            self.init_functions(root.scope)?;
        } else {
            self.declare_eval_vars(root.scope)?;
        }
        self.disposing(Some(root.scope), |c| c.statements(root.body))?;
        self.e.abc(Opcode::Return, completion, 0, 0)
    }

    /// EvalDeclarationInstantiation of sloppy eval code.
    fn declare_eval_vars(&mut self, scope: ScopeId) -> Result {
        let ast = self.ast;
        let mut names = ScratchVec::<(Name, u32)>::new(self.scratch);
        for id in ast.bindings_of(scope) {
            let binding = *ast.binding(id);
            let kind = match binding.kind() {
                BindingKind::Var => DeclarationKind::Var,
                BindingKind::Function => DeclarationKind::Function,
                _ => continue,
            };
            names.push((binding.name(), kind as u32))?;
        }
        if names.is_empty() {
            return Ok(());
        }
        let constant = self.declarations(&names)?;
        // Seen from outside of the eval's own lexical scope.
        let env = self.function_env();
        self.e.abcw(Opcode::DeclareEvalVars, env, 0, 0, constant)?;
        for id in ast.bindings_of(scope) {
            let Some(function) = ast.binding(id).function() else { continue };
            let top = self.e.top();
            let register = self.e.temp()?;
            let name = ast.binding(id).name();
            self.closure(function, Some(name), register)?;
            let name = self.name_constant(name)?;
            let env = self.function_env();
            self.e.abcw(Opcode::InitEvalFunction, env, register, 0, name)?;
            self.e.release(top);
        }
        Ok(())
    }

    fn module(&mut self) -> Result {
        let root = *self.ast.root();
        let open = self.open_scope(Some(root.scope), None)?;
        self.init_functions(root.scope)?;
        let env = open.own_env.unwrap_or(self.env);
        if open.own_env.is_none() {
            // Even a module without shared bindings says when it is ready; it has an environment without slots then.
            self.outer_env_used = true;
        }
        self.e.abc(Opcode::ModuleStart, env, 0, 0)?;
        if root.function.flags.is_async() {
            self.e.abc(Opcode::StartAsync, 0, 0, 0)?;
        }
        self.disposing(Some(root.scope), |c| c.statements(root.body))?;
        self.e.abc(Opcode::ReturnUndefined, 0, 0, 0)
    }
}

/// The code of a class's default constructor.
pub(super) fn default_constructor<'s>(
    scratch: &'s Scratch<'_>,
    kind: FunctionKind,
    context: ContextFlags,
) -> Result<CompiledCode<'s>> {
    let mut e = Emitter::new(scratch);
    e.code.context = context;
    e.code.flags = CodeFlags(CodeFlags::STRICT | CodeFlags::CLASS_CONSTRUCTOR);
    let call = e.temps(3)?;
    let (callee, this) = (e.temp()?, e.temp()?);
    let done = e.label()?;
    e.abc(Opcode::LoadCallee, callee, 0, 0)?;
    if kind == FunctionKind::DerivedConstructor {
        e.code.flags.0 |= CodeFlags::DERIVED | CodeFlags::KEEPS_ARGUMENTS;
        e.abc(Opcode::LoadNewTarget, call + 1, 0, 0)?;
        e.abc(Opcode::GetSuperConstructor, call, callee, 0)?;
        e.abc(Opcode::SuperCallForward, this, call, 0)?;
    } else {
        e.abc(Opcode::LoadThis, this, 0, 0)?;
    }
    e.abc(Opcode::GetFieldInitializer, call, callee, this)?;
    e.jump_abc(Opcode::JumpIfUndefined, call, 0, done)?;
    e.mov(call + 1, this)?;
    e.abc(Opcode::CallMethod, call, call, 0)?;
    e.bind(done);
    e.abc(Opcode::Return, this, 0, 0)?;
    e.finish(0)
}
