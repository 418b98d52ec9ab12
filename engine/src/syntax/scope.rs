//! Scopes and bindings: what scope analysis found out.

use super::names::Name;
use core::num::NonZeroU32;

/// A scope of the function being compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct ScopeId(pub(crate) NonZeroU32);

/// A binding in one of those scopes. Ids are dense, from 0 to `Ast::binding_count()`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct BindingId(pub u32);

impl ScopeId {
    /// A dense index, for side tables; from 1 to `Ast::scope_count()`, not including the latter.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.get() as usize
    }
}

/// What kind of scope it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ScopeKind {
    /// Top level of a script: `var` and functions are properties of the global object, the rest is global lexical.
    Global,
    /// Top level of a module.
    Module,
    /// Top level of eval code. In sloppy mode its `Var`/`Function` bindings belong to the enclosing variable scope
    /// (EvalDeclarationInstantiation) and are only listed here; references to them are dynamic.
    Eval,
    /// Around a named function expression: its own name (`BindingKind::FunctionName`).
    FunctionName,
    /// Parameters; and, unless there is a `FunctionBody` scope below it, also the body's variables and top-level lexicals.
    Function,
    /// Variables and top-level lexical declarations of a body whose parameters contain expressions (§10.2.11 step 28).
    FunctionBody,
    /// A block, or the body of a loop, try, …
    Block,
    /// The head of a `for`, `for in`, `for of`: its lexical declarations. Its child is the body.
    For,
    /// A catch parameter; the catch block's own declarations are in a `Block` scope below it.
    Catch,
    /// All clauses of a switch.
    Switch,
    /// Around a class: the inner class name.
    Class,
    /// The body of a class: private names and the hidden keys of computed fields.
    ClassBody,
    /// `static { … }`: a variable scope of its own.
    StaticBlock,
    /// The body of `with`; it has no bindings.
    With,
}

/// A scope.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    pub(crate) kind: ScopeKind,
    pub(crate) flags: u8,
    pub(crate) parent: u32,
    pub(crate) first: u32,
    pub(crate) last: u32,
    pub(crate) refs_start: u32,
    /// Where it begins in the source.
    pub(crate) start: u32,
}

impl Scope {
    pub(crate) const DIRECT_EVAL: u8 = 1;
    pub(crate) const NAMES_VISIBLE: u8 = 2;
    pub(crate) const HAS_CAPTURED: u8 = 4;
    pub(crate) const SLOPPY_EVAL_VARS: u8 = 8;
    /// Parameters may be referred to before they are initialised.
    pub(crate) const PARAMETER_EXPRESSIONS: u8 = 16;
    pub(crate) const STRICT: u8 = 32;

    /// The kind of scope.
    #[must_use]
    pub fn kind(&self) -> ScopeKind {
        self.kind
    }

    /// The scope around it inside the same parse.
    #[must_use]
    pub fn parent(&self) -> Option<ScopeId> {
        NonZeroU32::new(self.parent).map(ScopeId)
    }

    /// A direct `eval` call stands in it or in a scope (or function) inside it. All bindings are captured then.
    #[must_use]
    pub fn has_direct_eval(&self) -> bool {
        self.flags & Self::DIRECT_EVAL != 0
    }

    /// Some binding in it is looked up by its name at run time (direct eval or `with`).
    #[must_use]
    pub fn names_visible(&self) -> bool {
        self.flags & (Self::NAMES_VISIBLE | Self::DIRECT_EVAL) != 0
    }

    /// At least one binding is captured: the scope needs an environment.
    #[must_use]
    pub fn has_captured(&self) -> bool {
        self.flags & Self::HAS_CAPTURED != 0
    }

    /// A sloppy direct `eval` may add variables to this (function) scope at run time.
    #[must_use]
    pub fn may_grow(&self) -> bool {
        self.flags & Self::SLOPPY_EVAL_VARS != 0
    }
}

/// What kind of binding it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BindingKind {
    /// `var`, or the variable that Annex B.3.2 adds for a function in a block.
    Var,
    /// `let`.
    Let,
    /// `const`.
    Const,
    /// `using` (immutable, disposed when the scope ends).
    Using,
    /// `await using`.
    AwaitUsing,
    /// A function declaration: initialised when its scope is entered, from `Binding::function()`.
    Function,
    /// A class declaration, or the inner name of a class (immutable in a `Class` scope).
    Class,
    /// A parameter.
    Param,
    /// `catch (e)` with a plain name.
    CatchSimple,
    /// A name in a destructured catch parameter.
    CatchPattern,
    /// An imported name (immutable, lives in another module).
    Import,
    /// The name of a named function expression (assignment fails: silently in sloppy mode).
    FunctionName,
    /// A hidden or implicit binding of a function that is used from arrows or eval inside it: `arguments`
    /// (`Name::ARGUMENTS`, also when the function itself uses it), `Name::THIS`, `Name::NEW_TARGET`,
    /// `Name::HOME_OBJECT`, `Name::ACTIVE_FUNCTION`.
    Implicit,
    /// A private name (`#x`, the `#` belongs to the name).
    Private,
    /// The value of a computed field key, kept from class definition until instances are made.
    ComputedKey,
}

impl BindingKind {
    /// Bindings with a temporal dead zone.
    #[must_use]
    pub fn is_lexical(self) -> bool {
        matches!(
            self,
            BindingKind::Let | BindingKind::Const | BindingKind::Using | BindingKind::AwaitUsing | BindingKind::Class
        )
    }
}

/// A binding.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    pub(crate) name: Name,
    pub(crate) kind: BindingKind,
    pub(crate) flags: u8,
    pub(crate) scope: u32,
    pub(crate) next: u32,
    /// The binding of the same name that this one hides.
    pub(crate) shadows: u32,
    pub(crate) extra: u32,
    /// From this position on (in its own scope) it is initialised.
    pub(crate) init_pos: u32,
}

pub(crate) const NO_BINDING: u32 = u32::MAX;

impl Binding {
    pub(crate) const CAPTURED: u8 = 1;
    pub(crate) const ASSIGNED: u8 = 2;
    pub(crate) const TDZ: u8 = 4;
    pub(crate) const USED: u8 = 8;
    pub(crate) const PRIVATE_GETTER: u8 = 16;
    pub(crate) const PRIVATE_SETTER: u8 = 32;
    pub(crate) const PRIVATE_METHOD: u8 = 64;
    pub(crate) const STATIC: u8 = 128;
    /// For `Function` bindings (shares a bit with the private ones): declared by plain sloppy `function`.
    pub(crate) const PLAIN_FUNCTION: u8 = 16;
    /// For `Function` bindings: it took over a parameter's binding.
    pub(crate) const OVER_PARAMETER: u8 = 32;

    /// Its name.
    #[must_use]
    pub fn name(&self) -> Name {
        self.name
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> BindingKind {
        self.kind
    }

    /// The scope it is in.
    #[must_use]
    pub fn scope(&self) -> Option<ScopeId> {
        NonZeroU32::new(self.scope).map(ScopeId)
    }

    /// Used by an inner function, or visible to a direct eval or `with`: it must live in an environment.
    #[must_use]
    pub fn is_captured(&self) -> bool {
        self.flags & Self::CAPTURED != 0
    }

    /// Assigned somewhere apart from its initialisation.
    #[must_use]
    pub fn is_assigned(&self) -> bool {
        self.flags & Self::ASSIGNED != 0
    }

    /// Some reference may come before its initialisation: the slot has to start as a hole. References that need a
    /// check say so themselves (`Ident::needs_check`).
    #[must_use]
    pub fn needs_hole(&self) -> bool {
        self.flags & Self::TDZ != 0
    }

    /// Mentioned at all (by a reference or from eval).
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.flags & Self::USED != 0
    }

    /// For `Function`: the literal of the last declaration of that name, which initialises it when its scope is entered.
    #[must_use]
    pub fn function(&self) -> Option<super::ast::FunctionId> {
        (self.kind == BindingKind::Function && self.extra != u32::MAX).then_some(super::ast::FunctionId(self.extra))
    }

    /// For `Param`: which parameter is a plain name like that (the last one with this name); `None` inside patterns.
    #[must_use]
    pub fn parameter_index(&self) -> Option<u32> {
        (self.kind == BindingKind::Param && self.extra != u32::MAX).then_some(self.extra)
    }

    /// For `Private`: a method (neither field nor accessor).
    #[must_use]
    pub fn is_private_method(&self) -> bool {
        self.kind == BindingKind::Private && self.flags & Self::PRIVATE_METHOD != 0
    }

    /// For `Private`: has a getter.
    #[must_use]
    pub fn has_private_getter(&self) -> bool {
        self.kind == BindingKind::Private && self.flags & Self::PRIVATE_GETTER != 0
    }

    /// For `Private`: has a setter.
    #[must_use]
    pub fn has_private_setter(&self) -> bool {
        self.kind == BindingKind::Private && self.flags & Self::PRIVATE_SETTER != 0
    }

    /// For `Private`: static.
    #[must_use]
    pub fn is_private_static(&self) -> bool {
        self.kind == BindingKind::Private && self.flags & Self::STATIC != 0
    }
}
