//! Compiled code as plain data in scratch memory: what the installer copies into the isolate's heap.

use rotifer_arena::{Buffer, ScratchVec};

use crate::syntax::ast::FunctionLiteral;
use crate::syntax::names::Name;

/// Where a function description's closure scope is not one of the code's own scopes but the one it runs in.
pub const OUTER_SCOPE: u32 = u32::MAX;

/// "No inline cache" in a `KeyIc` word.
pub const NO_CACHE: u32 = 0xffff;

/// A constant. Texts are [`Name`]s of the AST the code was compiled from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant {
    /// A Number.
    Number(f64),
    /// A String; as a property key it is never a canonical array index.
    String(Name),
    /// A BigInt, by its literal's digits (with `0x`, `0o`, `0b` prefix, without the `n` and separators).
    BigInt(Name),
    /// Index into [`CompiledCode::functions`].
    Function(u32),
    /// Index into [`CompiledCode::scopes`].
    Scope(u32),
    /// Object literal keys: names `lists[start .. start + len]`, distinct, no index, no `__proto__`.
    Shape {
        /// First.
        start: u32,
        /// How many.
        len: u32,
    },
    /// Template object: `len` pairs of names (cooked or [`NO_NAME`], raw) from `lists[start]` on.
    Template {
        /// First.
        start: u32,
        /// How many pairs.
        len: u32,
    },
    /// A regular expression literal.
    RegExp {
        /// Between the slashes.
        pattern: Name,
        /// After them.
        flags: Name,
    },
    /// Declarations of a script or eval code: `len` pairs (name, [`DeclarationKind`] as u32) from `lists[start]` on.
    Declarations {
        /// First.
        start: u32,
        /// How many pairs.
        len: u32,
    },
}

/// "No name" where a list holds names: a template's uncookable string.
pub const NO_NAME: u32 = u32::MAX;

/// How a name is declared at the top of a script or eval code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum DeclarationKind {
    /// `let`, `class`.
    Let = 0,
    /// `const`, `using`.
    Const = 1,
    /// `var`.
    Var = 2,
    /// A function declaration.
    Function = 3,
}

/// An inner function, compiled when it is first called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FunctionDesc {
    /// What the parser knows about it; all it takes to parse it again.
    pub literal: FunctionLiteral,
    /// First code unit of what `toString` shows.
    pub text_start: u32,
    /// The code unit after that.
    pub text_end: u32,
    /// Its `name` property; `None`: the empty string. Computed names are set at run time.
    pub name: Option<Name>,
    /// Index into [`CompiledCode::scopes`] of the innermost scope description around it, or [`OUTER_SCOPE`].
    pub scope: u32,
    /// What the compiler must be told again when it compiles the function.
    pub context: ContextFlags,
}

/// Facts about where code stands that its own text does not tell; handed down from description to compilation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContextFlags(pub u16);

impl ContextFlags {
    /// `this` of the arrow function or eval code is a slot of an outer environment, because it belongs to a derived
    /// constructor and may be bound later.
    pub const THIS_IN_SCOPE: u16 = 1;
    /// There is no source text for it: a class's default constructor (the range is the class's).
    pub const DEFAULT_CONSTRUCTOR: u16 = 8;
    /// Inside a class field initialiser or static block (`arguments` is an error in eval code).
    pub const FIELD_INITIALIZER: u16 = 16;
    /// Inside a function that has `new.target` (every non-arrow function around makes it so).
    pub const NEW_TARGET_ALLOWED: u16 = 32;
    /// Inside a method: `super.x` is allowed.
    pub const SUPER_PROPERTY_ALLOWED: u16 = 64;
    /// Inside a derived constructor: `super()` is allowed.
    pub const SUPER_CALL_ALLOWED: u16 = 128;
    /// The strictness of the code around.
    pub const STRICT: u16 = 256;
    /// Eval code called in parameter expressions: it may not declare a `var` with the name of a parameter or `arguments`.
    pub const IN_PARAMETERS: u16 = 512;

    /// Whether all bits of `flag` are set.
    #[must_use]
    pub const fn has(self, flag: u16) -> bool {
        self.0 & flag == flag
    }

    /// With `flag` set when `on`.
    #[must_use]
    pub const fn with(self, flag: u16, on: bool) -> Self {
        ContextFlags(if on { self.0 | flag } else { self.0 })
    }
}

/// A scope that exists at run time as an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeDesc {
    /// Index of the enclosing scope description, or [`OUTER_SCOPE`].
    pub parent: u32,
    /// First of its names in [`CompiledCode::scope_names`].
    pub names_start: u32,
    /// How many names.
    pub names_len: u32,
    /// How many slots its environments have.
    pub slots: u32,
    /// Bits of [`ScopeDesc::FUNCTION`] and so on.
    pub flags: u16,
}

impl ScopeDesc {
    /// The top scope of a function that is not an arrow function: where a lookup of its own `this` stops.
    pub const FUNCTION: u16 = 1;
    /// Variable environment into which sloppy direct eval may declare: slot 0 is unnamed and belongs to the interpreter (an
    /// object holding such variables once there are some).
    pub const EVAL_VARS: u16 = 2;
    /// `with` object environment (made by `PushWith`; slot 0 is the object).
    pub const WITH: u16 = 4;
    /// Top scope of a module.
    pub const MODULE: u16 = 8;
    /// A catch clause's simple parameter: a var of the same name in eval code is no conflict.
    pub const SIMPLE_CATCH: u16 = 16;
    /// Names may be looked up dynamically (direct eval inside).
    pub const DYNAMIC: u16 = 32;
}

/// A name of a scope that exists at run time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeName {
    /// The name; `#x` for private names. `Name::THIS`, `Name::NEW_TARGET`, `Name::ACTIVE_FUNCTION` and so on are hidden.
    pub name: Name,
    /// Its slot.
    pub slot: u32,
    /// What assigning and reading must heed.
    pub flags: BindingFlags,
}

/// What assigning to and reading from a binding must heed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BindingFlags(pub u8);

impl BindingFlags {
    /// Assignment throws a TypeError.
    pub const CONST: u8 = 1;
    /// May hold a hole: reads and assignments are checked.
    pub const TDZ: u8 = 2;
    /// Assignment is ignored, in strict code a TypeError (a function expression's own name).
    pub const SILENT_CONST: u8 = 4;
    /// An import link.
    pub const IMPORT: u8 = 8;
    /// A `let`, `const`, `class` … (a `var` of eval code of that name is a conflict).
    pub const LEXICAL: u8 = 16;
    /// Private name: a static or instance method (not a field).
    pub const PRIVATE_METHOD: u8 = 32;

    /// Whether all bits of `flag` are set.
    #[must_use]
    pub const fn has(self, flag: u8) -> bool {
        self.0 & flag == flag
    }
}

/// What `ThrowError` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ErrorMessage {
    /// A second `super()`.
    SuperCalledTwice = 0,
    /// `delete super.x`
    DeleteSuper = 1,
    /// `f() = 1`
    InvalidAssignment = 2,
    /// `yield*` over an iterator without `throw`.
    NoThrowMethod = 3,
}

impl ErrorMessage {
    /// The message with this number.
    #[must_use]
    pub fn text(number: u32) -> &'static str {
        match number {
            0 => "super() may be called only once",
            1 => "a property of super cannot be deleted",
            2 => "this expression cannot be assigned to",
            3 => "the iterator does not have a throw() method",
            _ => "error",
        }
    }
}

/// An exception handler: covers the instructions from `start` up to `end`. The table is sorted innermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// First word covered.
    pub start: u32,
    /// First word not covered any more.
    pub end: u32,
    /// Where to go on.
    pub target: u32,
    /// The register that takes the exception.
    pub register: u8,
}

/// Bits of [`CompiledCode::flags`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CodeFlags(pub u16);

impl CodeFlags {
    /// Strict mode code.
    pub const STRICT: u16 = 1;
    /// The frame must keep its actual arguments (beyond the parameters, or unchanged by assignments).
    pub const KEEPS_ARGUMENTS: u16 = 2;
    /// Generator (also async).
    pub const GENERATOR: u16 = 4;
    /// Async function or generator, or a module with top-level await.
    pub const ASYNC: u16 = 8;
    /// Arrow function: `this` and so on come from the closure.
    pub const ARROW: u16 = 16;
    /// Class constructor: a plain call throws.
    pub const CLASS_CONSTRUCTOR: u16 = 32;
    /// Derived constructor: `this` starts unbound.
    pub const DERIVED: u16 = 64;
    /// Contains a direct eval.
    pub const HAS_EVAL: u16 = 128;
    /// Sloppy code with simple parameters: its arguments object is of the mapped kind, even if nothing is mapped.
    pub const MAPPED_ARGUMENTS: u16 = 256;

    /// Whether all bits of `flag` are set.
    #[must_use]
    pub const fn has(self, flag: u16) -> bool {
        self.0 & flag == flag
    }
}

/// The bytecode of one function, script, module or eval text.
#[derive(Debug)]
pub struct CompiledCode<'s> {
    /// Instruction words.
    pub words: ScratchVec<'s, u32>,
    /// Constants, each different.
    pub constants: ScratchVec<'s, Constant>,
    /// Side lists of constants.
    pub lists: ScratchVec<'s, u32>,
    /// Inner functions.
    pub functions: ScratchVec<'s, FunctionDesc>,
    /// Scopes that exist at run time.
    pub scopes: ScratchVec<'s, ScopeDesc>,
    /// Their names.
    pub scope_names: ScratchVec<'s, ScopeName>,
    /// Exception handlers, innermost first.
    pub handlers: ScratchVec<'s, Handler>,
    /// See [`super::PositionTable`].
    pub positions: ScratchVec<'s, u8>,
    /// Arguments that go to r0, r1, …
    pub parameters: u32,
    /// Registers of a frame, far ones included.
    pub registers: u32,
    /// Inline caches.
    pub caches: u32,
    /// See [`CodeFlags`].
    pub flags: CodeFlags,
    /// What direct eval code inside has to be compiled with.
    pub context: ContextFlags,
}

impl CompiledCode<'_> {
    /// Everything it keeps in scratch memory, for [`Scratch::compact`](rotifer_arena::Scratch::compact).
    pub(crate) fn buffers(&mut self) -> [&mut dyn Buffer; 8] {
        [
            &mut self.words,
            &mut self.constants,
            &mut self.lists,
            &mut self.functions,
            &mut self.scopes,
            &mut self.scope_names,
            &mut self.handlers,
            &mut self.positions,
        ]
    }
}
