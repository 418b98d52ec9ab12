//! From the syntax tree of one function to bytecode.
//!
//! Code generation is directed by destinations: [`Compiler::expr`] computes straight into a register it is told, and
//! [`Compiler::operand`] lets locals stand for themselves, so most operations are one instruction. Conditions are compiled
//! to jumps ([`Compiler::condition`]). Only bindings that inner functions capture live in environments.

mod arguments;
mod assign;
mod bindings;
mod calls;
mod classes;
mod condition;
mod control;
mod emitter;
mod expressions;
mod functions;
mod generators;
mod literals;
mod loops;
mod patterns;
mod statements;
#[cfg(test)]
mod tests;

use core::fmt;

use rotifer_arena::{OutOfScratch, Scratch, ScratchVec};

use crate::bytecode::{BindingFlags, CompiledCode, ContextFlags, OUTER_SCOPE};
use crate::stack_guard::StackGuard;
use crate::syntax::ast::{Ast, FunctionKind, NodeId};
use crate::syntax::names::Text;
use bindings::Location;
use control::{Control, FinallyExit, LabelName};
use emitter::{Emitter, Label, Reg};

/// Why code could not be compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// The scratch memory is used up.
    OutOfScratch,
    /// The source nests deeper than the native stack allows.
    TooDeep,
    /// A function needs more registers or code than there can be; about where in the source.
    TooComplex(u32),
}

impl From<OutOfScratch> for CompileError {
    fn from(_: OutOfScratch) -> Self {
        CompileError::OutOfScratch
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            CompileError::OutOfScratch => "not enough memory to compile",
            CompileError::TooDeep => "source nested too deeply",
            CompileError::TooComplex(_) => "expression or function too complex",
        })
    }
}

impl core::error::Error for CompileError {}

type Result<T = (), E = CompileError> = core::result::Result<T, E>;

/// Where a name leads outside of the code being compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OuterBinding {
    /// A slot of an environment `depth` parents above the function's own [[Environment]].
    Slot {
        /// Parents to climb.
        depth: u32,
        /// Slot.
        slot: u32,
        /// What using it must heed.
        flags: BindingFlags,
    },
    /// There may be a binding that only run time knows (`with`, direct eval in between).
    Dynamic,
    /// Not in any scope: the global object or its lexical declarations.
    Global,
}

/// The scopes around the code being compiled, as they exist at run time.
///
/// An implementation walks the scope descriptions ([`crate::bytecode::ScopeDesc`]) from the function's own
/// ([`crate::bytecode::FunctionDesc::scope`]) outwards, counting them as `depth`. A scope that has the name answers
/// [`OuterBinding::Slot`]. A scope without it that has the flag `WITH` or `EVAL_VARS` answers [`OuterBinding::Dynamic`],
/// except for names that [`is_never_dynamic`]. Past the outermost one the answer is [`OuterBinding::Global`].
pub trait OuterScopes {
    /// Looks `name` up from the innermost scope outwards.
    fn resolve(&self, name: Text<'_>) -> OuterBinding;
}

/// Whether no `with` object and no direct eval can add that name: `this`, `new.target`, private names and the like.
#[must_use]
pub fn is_never_dynamic(name: Text<'_>) -> bool {
    name == *"this" || name.units().any(|unit| matches!(u8::try_from(unit), Ok(b'.' | b'#' | b'*' | b'<')))
}

/// No scopes around: scripts, modules, indirect eval, `Function` constructors.
#[derive(Clone, Copy, Debug)]
pub struct NoOuterScopes;

impl OuterScopes for NoOuterScopes {
    fn resolve(&self, _name: Text<'_>) -> OuterBinding {
        OuterBinding::Global
    }
}

/// Compiles what `ast` was parsed from: a script, module, eval code or function.
///
/// `outer` resolves names that are free in it, `context` is what the description of the function said (for eval code:
/// [`CompiledCode::context`] of the code that calls eval). Scratch memory that the result does not need is given back.
///
/// # Errors
/// See [`CompileError`].
pub fn compile<'s>(
    ast: &Ast<'_>,
    scratch: &'s Scratch<'_>,
    guard: StackGuard,
    outer: &dyn OuterScopes,
    context: ContextFlags,
) -> Result<CompiledCode<'s>> {
    Compiler::new(ast, scratch, guard, outer, context)?.root()
}

/// Compiles a class's default constructor, for which there is no text (§15.7.14 step 14).
///
/// # Errors
/// See [`CompileError`].
pub fn compile_default_constructor<'s>(
    scratch: &'s Scratch<'_>,
    kind: FunctionKind,
    context: ContextFlags,
) -> Result<CompiledCode<'s>> {
    functions::default_constructor(scratch, kind, context)
}

/// The state of compiling one function.
struct Compiler<'a, 's> {
    ast: &'a Ast<'a>,
    e: Emitter<'s>,
    scratch: &'s Scratch<'s>,
    guard: StackGuard,
    outer: &'a dyn OuterScopes,
    context: ContextFlags,
    /// Where each binding of the AST lives while its scope is open.
    locations: ScratchVec<'s, Location>,
    /// Registers that hold bindings: instructions must not leave half-done values in them.
    local_registers: [u64; 4],
    controls: ScratchVec<'s, Control>,
    finally_exits: ScratchVec<'s, FinallyExit>,
    labels: ScratchVec<'s, LabelName>,
    /// How many of `labels`, from the end, wait for the statement they label.
    pending_labels: usize,
    /// The innermost environment.
    env: Reg,
    /// The description of that environment's scope.
    scope: u32,
    /// The function's [[Environment]].
    outer_env: Reg,
    outer_env_used: bool,
    /// `this`, when it is kept in a register.
    this: Option<Reg>,
    this_used: bool,
    /// `arguments` is only ever read and never made into an object.
    virtual_arguments: bool,
    /// Open scopes that can hide names outside of them: `with`, and functions with sloppy direct eval.
    dynamic_scopes: u32,
    /// The completion value of a script or eval code.
    completion: Option<Reg>,
    /// Where the short-circuit of the open optional chain leads.
    chain: Option<Label>,
    /// The stack of resources of the innermost scope with `using`.
    disposal: Option<Reg>,
    /// Registers below this one belong to statements and scopes; those above to the expression being compiled.
    pinned: u32,
    /// How many expressions the current one is nested in.
    expression_depth: u32,
    /// In parameter expressions (direct eval must know).
    in_parameters: bool,
    /// Environment prologue words that may stay `Nop`.
    prologue: u32,
}

impl<'a, 's> Compiler<'a, 's> {
    fn new(
        ast: &'a Ast<'_>,
        scratch: &'s Scratch<'_>,
        guard: StackGuard,
        outer: &'a dyn OuterScopes,
        context: ContextFlags,
    ) -> Result<Self> {
        let mut locations = ScratchVec::new(scratch);
        locations.reserve(ast.binding_count())?;
        for _ in 0..ast.binding_count() {
            locations.push(Location::None)?;
        }
        let scratch = locations.scratch();
        Ok(Compiler {
            ast,
            e: Emitter::new(scratch),
            scratch,
            guard,
            outer,
            context,
            locations,
            local_registers: [0; 4],
            controls: ScratchVec::new(scratch),
            finally_exits: ScratchVec::new(scratch),
            labels: ScratchVec::new(scratch),
            pending_labels: 0,
            env: 0,
            scope: OUTER_SCOPE,
            outer_env: 0,
            outer_env_used: false,
            this: None,
            this_used: false,
            virtual_arguments: false,
            dynamic_scopes: 0,
            completion: None,
            chain: None,
            disposal: None,
            pinned: 0,
            expression_depth: 0,
            in_parameters: false,
            prologue: 0,
        })
    }

    fn is_strict(&self) -> bool {
        self.ast.root().function.flags.is_strict()
    }

    /// Whether the register holds a binding (or something else that outlives the expression).
    fn is_local(&self, register: Reg) -> bool {
        self.local_registers[usize::from(register >> 6)] & 1 << (register & 63) != 0
    }

    fn set_local(&mut self, register: Reg, on: bool) {
        let word = &mut self.local_registers[usize::from(register >> 6)];
        let bit = 1 << (register & 63);
        *word = if on { *word | bit } else { *word & !bit };
    }

    /// The register to compute a result in piece by piece: `dst` when nobody can see it meanwhile, else a new one.
    fn scratch_for(&mut self, dst: Reg) -> Result<Reg> {
        if self.is_local(dst) { self.e.temp() } else { Ok(dst) }
    }

    fn check_depth(&self) -> Result {
        if self.guard.is_exceeded() { Err(CompileError::TooDeep) } else { Ok(()) }
    }

    fn at(&mut self, node: NodeId) {
        self.e.at(self.ast.pos(node));
    }
}
