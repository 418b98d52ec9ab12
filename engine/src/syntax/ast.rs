//! The syntax tree: 16-byte plain-data nodes in scratch memory, read through [`Expr`], [`Stmt`], [`Pattern`] and friends.
//!
//! **Depth.** Chains that are long in real or hostile programs are flat: binary operators of one precedence
//! ([`Expr::BinaryChain`]), logical operators ([`Expr::Logical`]), commas ([`Expr::Sequence`]), templates, lists. Two
//! shapes are chains through their last operand, and a walker loops over that operand instead of recursing:
//! `else if` ([`Stmt::If`] through `alternate`) and `a ? b : c ? d : e` ([`Expr::Conditional`] through `alternate`).
//! Everything else, member and call chains (`a.b.c()`) through their first operand included, is bounded only by the
//! size of the source: a walker that recurses has to check its [`StackGuard`](crate::stack_guard::StackGuard).
//!
//! **Lists** are [`List`]s: `ast.list(list)` iterates over node ids.
//!
//! **Inner functions** have no nodes, only a [`FunctionLiteral`].

use core::num::NonZeroU32;

use rotifer_arena::{Buffer, ScratchVec};

pub use super::function_literal::{FunctionFlags, FunctionKind, FunctionLiteral};
use super::names::{Name, Text};
use super::scope::{Binding, BindingId, Scope, ScopeId};

/// A node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct NodeId(pub(crate) NonZeroU32);

impl NodeId {
    pub(crate) fn opt(raw: u32) -> Option<NodeId> {
        NonZeroU32::new(raw).map(NodeId)
    }

    /// Its dense index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.get() as usize
    }
}

/// An entry of the table of inner functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct FunctionId(pub u32);

/// A list of nodes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct List {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

impl List {
    /// Number of items.
    #[must_use]
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether it has no items.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// Where an identifier leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    /// To this binding of the parse.
    Binding(BindingId),
    /// Out of this parse: to an outer function, or the global object.
    Free,
    /// Looked up by name at run time from the current scope on: `with` or a sloppy direct eval may hide what is there.
    Dynamic,
}

/// An identifier, read, written or bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident {
    /// Its name.
    pub name: Name,
    /// Where it leads.
    pub resolution: Resolution,
    /// The binding may still be in its temporal dead zone here. (For `Free` and `Dynamic` nothing is known.)
    pub needs_check: bool,
    /// It stood in parentheses: `(f) = function () {}` names nothing.
    pub parenthesized: bool,
}

/// Unary operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
#[repr(u8)]
pub enum UnaryOp {
    Minus,
    Plus,
    Not,
    BitNot,
    Typeof,
    Void,
    Delete,
}

/// Binary operators, also those of compound assignments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
#[repr(u8)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Exp,
    Shl,
    Sar,
    Shr,
    BitAnd,
    BitOr,
    BitXor,
    Eq,
    Ne,
    StrictEq,
    StrictNe,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Instanceof,
}

/// `&&`, `||`, `??`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
#[repr(u8)]
pub enum LogicalOp {
    And,
    Or,
    Coalesce,
}

/// The operator of an assignment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignOp {
    /// `=`
    Plain,
    /// `+=` and the like.
    Compound(BinaryOp),
    /// `&&=`, `||=`, `??=`
    Logical(LogicalOp),
}

/// Phase of an import.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
#[repr(u8)]
pub enum ImportPhase {
    Evaluation,
    Defer,
    Source,
}

/// An expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Expr {
    /// `this`. In a function that owns it ([`Ast::owns_this`]) the resolution says nothing: it is the function's own
    /// `this` ([`Ast::implicit`] tells whether inner arrows or eval use it too). Else it is looked up outwards as
    /// `Name::THIS`.
    This(Ident),
    /// An identifier reference.
    Identifier(Ident),
    /// A number.
    Number(f64),
    /// A string.
    String(Name),
    /// A BigInt; the text has no separators and no `n`, but may have a `0x`, `0o` or `0b` in front (any case).
    BigInt(Name),
    /// `true` or `false`.
    Bool(bool),
    /// `null`
    Null,
    /// A regular expression literal: pattern and flags.
    RegExp(Name, Name),
    /// An untagged template: read with [`Ast::template`]. (`cooked` of every chunk is there.)
    Template(NodeId),
    /// A tagged template. `template` as above, where `cooked` may be missing (bad escapes).
    TaggedTemplate {
        /// The tag; its call gets `this` like any call.
        tag: NodeId,
        /// For [`Ast::template`].
        template: NodeId,
        /// Part of an optional chain, `a?.b` before it.
        optional: bool,
    },
    /// An array literal; items may be [`Expr::Spread`] or [`Expr::Elision`].
    Array(List),
    /// A hole in an array literal.
    Elision,
    /// `...x` in an array literal or argument list.
    Spread(NodeId),
    /// An object literal; read the items with [`Ast::property`].
    Object(List),
    /// A function or arrow function expression.
    Function(FunctionId),
    /// A class expression.
    Class(NodeId),
    /// A unary operator.
    Unary(UnaryOp, NodeId),
    /// `++x`, `x--` …
    Update {
        /// +1 or -1.
        increment: bool,
        /// Operator in front.
        prefix: bool,
        /// Identifier or member expression.
        target: NodeId,
    },
    /// One binary operator.
    Binary(BinaryOp, NodeId, NodeId),
    /// Two or more operators of one precedence, left to right: `first`, then operators and operands to fold in, through
    /// [`Ast::chain`].
    BinaryChain {
        /// The leftmost operand.
        first: NodeId,
        /// For [`Ast::chain`].
        rest: List,
    },
    /// `a && b && c` and the like, two or more operands, left to right.
    Logical(LogicalOp, List),
    /// `test ? consequent : alternate`; loop over `alternate`.
    Conditional {
        /// Condition.
        test: NodeId,
        /// If true.
        consequent: NodeId,
        /// If false.
        alternate: NodeId,
    },
    /// An assignment. With `Plain` the target may be a pattern ([`Ast::pattern`]).
    Assign {
        /// Operator.
        op: AssignOp,
        /// Pattern or simple target.
        target: NodeId,
        /// Right side.
        value: NodeId,
    },
    /// Comma, two or more operands.
    Sequence(List),
    /// `object.name`
    Member {
        /// Left side.
        object: NodeId,
        /// Property.
        name: Name,
        /// Written `?.name`.
        optional: bool,
    },
    /// `object[index]`
    Index {
        /// Left side.
        object: NodeId,
        /// In brackets.
        index: NodeId,
        /// Written `?.[index]`.
        optional: bool,
    },
    /// `object.#name`
    PrivateMember {
        /// Left side.
        object: NodeId,
        /// The private name and where it is bound.
        name: Ident,
        /// Written `?.#name`.
        optional: bool,
    },
    /// `#name in right`
    PrivateIn {
        /// The private name and where it is bound.
        name: Ident,
        /// Right side.
        right: NodeId,
    },
    /// `super.name`. `this` and the home object are looked up like `this` ([`Ast::owns_this`]).
    SuperMember(Name),
    /// `super[index]`
    SuperIndex(NodeId),
    /// A call.
    Call {
        /// What is called.
        callee: NodeId,
        /// Arguments; may be [`Expr::Spread`].
        arguments: List,
        /// Written `?.(`.
        optional: bool,
        /// Written `eval(…)`: a direct eval if the callee turns out to be %eval%.
        direct_eval: bool,
    },
    /// `super(…)`
    SuperCall(List),
    /// `new callee(…)`
    New {
        /// What is constructed.
        callee: NodeId,
        /// Arguments; may be [`Expr::Spread`].
        arguments: List,
    },
    /// A whole optional chain: an `optional` member or call inside it whose left side is nullish makes the value of this
    /// node undefined (or true under `delete`).
    OptionalChain(NodeId),
    /// `yield`
    Yield(Option<NodeId>),
    /// `yield* x`
    YieldStar(NodeId),
    /// `await x`
    Await(NodeId),
    /// `new.target`
    NewTarget(Ident),
    /// `import.meta`
    ImportMeta,
    /// `import(specifier, options)`
    ImportCall {
        /// `import()`, `import.defer()`, `import.source()`.
        phase: ImportPhase,
        /// First argument.
        specifier: NodeId,
        /// Second argument.
        options: Option<NodeId>,
    },
    /// Not an expression: a pattern (in assignments) or another node; use the accessor that fits.
    Other,
}

/// A statement.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Stmt {
    /// `;`
    Empty,
    /// An expression statement.
    Expression(NodeId),
    /// `var`, `let`, `const`, `using`, `await using`; declarators through [`Ast::declarator`].
    Variables(DeclarationKind, List),
    /// A function declaration. Its binding was initialised when its scope was entered. With `hoisted_to` (Annex B.3.2)
    /// evaluating the statement copies the binding's value to the variable of the same name in the function, global or
    /// eval scope; `binding.resolution` is the one in the block. `hoisted_to`'s resolution is `Binding` or `Dynamic`.
    Function {
        /// The function.
        function: FunctionId,
        /// The binding in the scope where it stands.
        binding: Ident,
        /// The variable that Annex B.3.2 assigns.
        hoisted_to: Option<BindingId>,
    },
    /// A class declaration, for [`Ast::class`]; the binding is in the outer scope.
    Class {
        /// The class.
        class: NodeId,
        /// The outer binding; `Name::DEFAULT_EXPORT` for `export default class {}`.
        binding: Ident,
    },
    /// `return`
    Return(Option<NodeId>),
    /// `if`; loop over `alternate`.
    If {
        /// Condition.
        test: NodeId,
        /// If true.
        consequent: NodeId,
        /// If false.
        alternate: Option<NodeId>,
    },
    /// `for (;;)`
    For {
        /// The head's scope; its `let` bindings are copied for each round if captured (§14.7.4.4).
        scope: Option<ScopeId>,
        /// Expression statement or variables.
        init: Option<NodeId>,
        /// Condition.
        test: Option<NodeId>,
        /// After each round.
        update: Option<NodeId>,
        /// The body.
        body: NodeId,
    },
    /// `for (… in …)`
    ForIn(ForEach),
    /// `for (… of …)`, `for await (… of …)`
    ForOf(ForEach),
    /// `while`
    While {
        /// Condition.
        test: NodeId,
        /// Body.
        body: NodeId,
    },
    /// `do … while`
    DoWhile {
        /// Condition.
        test: NodeId,
        /// Body.
        body: NodeId,
    },
    /// `continue`
    Continue(Option<Name>),
    /// `break`
    Break(Option<Name>),
    /// `throw`
    Throw(NodeId),
    /// `try`. `block` and `finally` are blocks.
    Try {
        /// Tried.
        block: NodeId,
        /// For [`Ast::catch`].
        catch: Option<NodeId>,
        /// The `finally` block.
        finally: Option<NodeId>,
    },
    /// `switch`
    Switch {
        /// What is compared.
        discriminant: NodeId,
        /// The scope of all clauses.
        scope: Option<ScopeId>,
        /// For [`Ast::case`].
        cases: List,
    },
    /// `label: body`
    Labeled(Name, NodeId),
    /// `{ … }`
    Block(Option<ScopeId>, List),
    /// `with (object) body`. Identifiers inside are `Dynamic`.
    With {
        /// The object.
        object: NodeId,
        /// The scope of kind `With`.
        scope: Option<ScopeId>,
        /// The body.
        body: NodeId,
    },
    /// `debugger`
    Debugger,
    /// `export default expression` (functions and classes are declarations with the name of `Name::DEFAULT_EXPORT`);
    /// initialises the binding, anonymous functions get the name "default".
    ExportDefault(NodeId, Ident),
    /// `import …` and `export … from`: nothing to do when evaluated.
    ModuleItem,
    /// Not a statement.
    Other,
}

/// Parts of a `for in` or `for of`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ForEach {
    /// The head's scope, one instance per round; while `right` is evaluated its names are in their dead zone.
    pub scope: Option<ScopeId>,
    /// What each value is assigned to.
    pub left: ForTarget,
    /// The object or iterable.
    pub right: NodeId,
    /// The body.
    pub body: NodeId,
    /// `for await`
    pub is_await: bool,
}

/// The left side of `for in`/`for of`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum ForTarget {
    /// A declaration of one pattern; `initializer` only for Annex B's `for (var x = 1 in …)`.
    Declaration {
        /// Kind of declaration.
        kind: DeclarationKind,
        /// For [`Ast::pattern`].
        target: NodeId,
        /// Annex B.3.5.
        initializer: Option<NodeId>,
    },
    /// An assignment target or pattern.
    Assignment(NodeId),
}

/// Kind of a variable declaration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
#[repr(u8)]
pub enum DeclarationKind {
    Var,
    Let,
    Const,
    Using,
    AwaitUsing,
}

/// A declarator: pattern and initializer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Declarator {
    /// For [`Ast::pattern`].
    pub target: NodeId,
    /// After `=`.
    pub init: Option<NodeId>,
}

/// A catch clause.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Catch {
    /// The scope of the parameter.
    pub scope: Option<ScopeId>,
    /// The parameter, for [`Ast::pattern`].
    pub param: Option<NodeId>,
    /// The block.
    pub body: NodeId,
}

/// A `case` or `default` clause.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Case {
    /// `None` for `default`.
    pub test: Option<NodeId>,
    /// Statements.
    pub body: List,
}

/// A binding or assignment target.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Pattern {
    /// A name that is bound here (declarations and parameters) or assigned (assignments).
    Identifier(Ident),
    /// An assignment target that is a member expression of some kind, for [`Ast::expr`] (also `f() = 1`, which Annex B
    /// lets through to a ReferenceError at run time).
    Expression(NodeId),
    /// `[…]`, for [`Ast::element`].
    Array(List),
    /// `{…}`, for [`Ast::property`] with `PropertyKind::Pattern` and `PropertyKind::Rest`.
    Object(List),
}

/// An element of an array pattern, a parameter, or the value of a property in an object pattern.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Element {
    /// A hole.
    Elision,
    /// A target with an optional default value.
    Target(NodeId, Option<NodeId>),
    /// `...target`
    Rest(NodeId),
}

/// The key of a property or class element.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum PropertyKey {
    /// A plain name or string (which may look like an array index).
    Name(Name),
    /// A number; its key is `ToString` of it.
    Number(f64),
    /// A BigInt, text as in `Expr::BigInt`.
    BigInt(Name),
    /// `[expression]`
    Computed(NodeId),
    /// `#name`
    Private(Ident),
}

/// What a property is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PropertyKind {
    /// `key: value` or shorthand. `Property::is_proto` for `__proto__: value`.
    Value,
    /// `get key() {}`; the value is an `Expr::Function`.
    Getter,
    /// `set key(v) {}`
    Setter,
    /// `key() {}`
    Method,
    /// `...value`
    Spread,
    /// In a pattern `key: value`, where the value is for [`Ast::element`].
    Pattern,
    /// In a pattern `...value`, where the value is for [`Ast::pattern`].
    Rest,
}

/// A property of an object literal or pattern.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Property {
    /// Kind.
    pub kind: PropertyKind,
    /// Key (meaningless for `Spread` and `Rest`).
    pub key: PropertyKey,
    /// Value.
    pub value: NodeId,
    /// `__proto__: value`, which sets the prototype (§B.3.1).
    pub is_proto: bool,
    /// Written `{ key }`.
    pub shorthand: bool,
}

/// A class.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Class {
    /// Its own name, if it has one.
    pub name: Option<Name>,
    /// Around heritage and body (kind `Class`), with the inner name.
    pub name_scope: Option<ScopeId>,
    /// The inner name's binding in `name_scope`.
    pub name_binding: Option<BindingId>,
    /// Around the body (kind `ClassBody`).
    pub body_scope: Option<ScopeId>,
    /// After `extends`.
    pub heritage: Option<NodeId>,
    /// The constructor; without one the class has the default constructor of §15.7.14 step 14.
    pub constructor: Option<FunctionId>,
    /// Methods, accessors and fields in order, for [`Ast::class_element`]. Static blocks and field initialisers are not
    /// here, only their functions below.
    pub elements: List,
    /// A function that defines all instance fields on its `this` (`FunctionKind::InstanceFields`).
    pub instance_fields: Option<FunctionId>,
    /// A function that defines the static fields and runs the static blocks, with `this` the class
    /// (`FunctionKind::StaticElements`).
    pub static_elements: Option<FunctionId>,
    /// Source range of the whole class (its constructor's `toString`).
    pub start: u32,
    /// End of that.
    pub end: u32,
}

/// What a class element is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ClassElementKind {
    /// A method.
    Method,
    /// A getter.
    Getter,
    /// A setter.
    Setter,
    /// A field. In a class: evaluate a computed key (ToPropertyKey) into `key_binding`. In the root of
    /// `InstanceFields`/`StaticElements`: define it with `value`; a computed key is in `key_binding`.
    Field,
    /// In the root of `StaticElements`: `static { … }`; `value` is a block.
    StaticBlock,
    /// `accessor x = …` as a field with getter and setter (decorators proposal; not parsed at present).
    Accessor,
}

/// A class element.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ClassElement {
    /// Kind.
    pub kind: ClassElementKind,
    /// `static`
    pub is_static: bool,
    /// The key. A computed key of a field is to be evaluated only in the class, not in the initialiser function.
    pub key: PropertyKey,
    /// For a field with a computed key: where the key is kept.
    pub key_binding: Option<Ident>,
    /// For methods and accessors an `Expr::Function`; for fields the initialiser (only in the initialiser function).
    pub value: Option<NodeId>,
}

/// Chunks of a template.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TemplateChunk {
    /// The string with its escapes replaced, `None` if it has bad ones.
    pub cooked: Option<Name>,
    /// The text as written, with line ends normalised.
    pub raw: Name,
    /// The expression after it, `None` after the last chunk.
    pub expression: Option<NodeId>,
}

/// What was parsed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootKind {
    /// A script.
    Script,
    /// A module.
    Module,
    /// Eval code.
    Eval,
    /// A function.
    Function,
}

/// The root of the tree.
#[derive(Clone, Copy, Debug)]
pub struct Root {
    /// What was parsed.
    pub kind: RootKind,
    /// The function as a literal. For the others: kind `Normal` and the flags of the top level (`STRICT`, `DIRECT_EVAL`,
    /// `USES_THIS`, and `ASYNC` for a module with top-level await).
    pub function: FunctionLiteral,
    /// Scope of a function expression's own name.
    pub name_scope: Option<ScopeId>,
    /// Scope of the parameters, or the top-level scope.
    pub scope: ScopeId,
    /// A `FunctionBody` scope if there is one, else the same as `scope`.
    pub body_scope: ScopeId,
    /// Parameters, for [`Ast::element`].
    pub params: List,
    /// Statements (an arrow's expression body is one `Stmt::Return`), or class elements (see `FunctionKind`).
    pub body: List,
}

/// Node kinds as stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
#[repr(u8)]
pub(crate) enum Kind {
    // Expressions.
    This,
    Identifier,
    /// A name bound by a declaration or parameter.
    BindingIdentifier,
    Number,
    String,
    BigInt,
    True,
    False,
    Null,
    RegExp,
    Template,
    TaggedTemplate,
    Array,
    Elision,
    Spread,
    Object,
    Function,
    ClassExpression,
    Unary,
    Update,
    Binary,
    BinaryChain,
    Logical,
    Conditional,
    Assign,
    Sequence,
    Member,
    Index,
    PrivateMember,
    PrivateIn,
    PrivateName,
    SuperMember,
    SuperIndex,
    Call,
    SuperCall,
    New,
    OptionalChain,
    Yield,
    YieldStar,
    Await,
    NewTarget,
    ImportMeta,
    ImportCall,
    // Patterns.
    ArrayPattern,
    ObjectPattern,
    /// Target with default value.
    WithDefault,
    Rest,
    // Properties, class elements.
    Property,
    ClassElement,
    ComputedKey,
    Class,
    // Statements.
    Empty,
    Expression,
    Variables,
    Declarator,
    FunctionDeclaration,
    ClassDeclaration,
    Return,
    If,
    For,
    ForIn,
    ForOf,
    While,
    DoWhile,
    Continue,
    Break,
    Throw,
    Try,
    Catch,
    Switch,
    Case,
    Labeled,
    Block,
    With,
    Debugger,
    ExportDefault,
    ModuleItem,
}

/// A node as stored. What `a`, `b`, `extra` and `flags` mean depends on the kind; see the decoders in `view.rs`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub kind: Kind,
    pub flags: u8,
    pub extra: u16,
    pub pos: u32,
    pub a: u32,
    pub b: u32,
}

const _: () = assert!(size_of::<Node>() == 16);

pub(crate) const PAREN: u8 = 1;
/// On identifiers: assigned (target of an assignment or update).
pub(crate) const WRITE: u8 = 2;
/// On identifiers: needs a temporal dead zone check.
pub(crate) const CHECK: u8 = 4;
pub(crate) const OPTIONAL: u8 = 8;
pub(crate) const DIRECT_EVAL: u8 = 16;
pub(crate) const SHORTHAND: u8 = 32;
pub(crate) const IS_PROTO: u8 = 64;

pub(crate) const FREE: u32 = u32::MAX;
pub(crate) const DYNAMIC: u32 = u32::MAX - 1;
pub(crate) const NO_NAME: u32 = u32::MAX;

/// One module request with its attributes (§16.2.1.4).
#[derive(Clone, Copy, Debug)]
pub struct ModuleRequest {
    /// Specifier.
    pub specifier: Name,
    /// Attributes: index into `Ast::module_attributes`.
    pub(crate) attributes_start: u32,
    pub(crate) attributes_len: u32,
    /// Phase.
    pub phase: ImportPhase,
    /// Position.
    pub pos: u32,
}

/// An import entry (§16.2.1.6, table 46).
#[derive(Clone, Copy, Debug)]
pub struct ImportEntry {
    /// Index of the request.
    pub request: u32,
    /// `None` for a namespace (or the source, see the request's phase).
    pub import_name: Option<Name>,
    /// The local name.
    pub local_name: Name,
    /// Its binding.
    pub binding: BindingId,
    /// Position.
    pub pos: u32,
}

/// An export entry (§16.2.1.6, table 48).
#[derive(Clone, Copy, Debug)]
pub struct ExportEntry {
    /// What it is.
    pub kind: ExportKind,
    /// Name for importers; `None` for `export * from`.
    pub export_name: Option<Name>,
    /// Position.
    pub pos: u32,
}

/// What an export leads to.
#[derive(Clone, Copy, Debug)]
pub enum ExportKind {
    /// A local binding. (If the binding is an import, it is an indirect export: the parser leaves that to the linker.)
    Local(Name, BindingId),
    /// `export { name } from request`
    Indirect {
        /// Index of the request.
        request: u32,
        /// Name there.
        import_name: Name,
    },
    /// `export * as name from request`
    Namespace {
        /// Index of the request.
        request: u32,
    },
    /// `export * from request`
    Star {
        /// Index of the request.
        request: u32,
    },
}

/// A name as stored: where its text is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameEntry {
    pub hash: u32,
    pub next: u32,
    pub start: u32,
    /// Length, with the two upper bits saying where: source, Latin-1 pool or UTF-16 pool.
    pub len: u32,
    /// The innermost open binding of that name.
    pub top: u32,
    /// Where a free reference with that name was last seen while a function closes.
    pub mark: u32,
}

/// The tree of one parse, with its names, scopes and inner functions.
#[derive(Debug)]
pub struct Ast<'s> {
    pub(crate) source: super::SourceText<'s>,
    pub(crate) nodes: ScratchVec<'s, Node>,
    pub(crate) lists: ScratchVec<'s, u32>,
    pub(crate) functions: ScratchVec<'s, FunctionLiteral>,
    pub(crate) scopes: ScratchVec<'s, Scope>,
    pub(crate) bindings: ScratchVec<'s, Binding>,
    pub(crate) names: ScratchVec<'s, NameEntry>,
    pub(crate) pool8: ScratchVec<'s, u8>,
    pub(crate) pool16: ScratchVec<'s, u16>,
    pub(crate) requests: ScratchVec<'s, ModuleRequest>,
    pub(crate) attributes: ScratchVec<'s, (Name, Name)>,
    pub(crate) imports: ScratchVec<'s, ImportEntry>,
    pub(crate) exports: ScratchVec<'s, ExportEntry>,
    pub(crate) root: Root,
}

impl Ast<'_> {
    /// Everything it keeps in scratch memory, for [`Scratch::compact`](rotifer_arena::Scratch::compact).
    pub(crate) fn buffers(&mut self) -> [&mut dyn Buffer; 12] {
        [
            &mut self.nodes,
            &mut self.lists,
            &mut self.functions,
            &mut self.scopes,
            &mut self.bindings,
            &mut self.names,
            &mut self.pool8,
            &mut self.pool16,
            &mut self.requests,
            &mut self.attributes,
            &mut self.imports,
            &mut self.exports,
        ]
    }

    /// Forgets the nodes and scopes. What stays: the root, names, and what a module asks for, imports and exports.
    pub(crate) fn forget_tree(&mut self) {
        let scratch = self.nodes.scratch();
        self.nodes = ScratchVec::new(scratch);
        self.lists = ScratchVec::new(scratch);
        self.functions = ScratchVec::new(scratch);
        self.scopes = ScratchVec::new(scratch);
        self.bindings = ScratchVec::new(scratch);
    }
}

/// The text of the names in a table.
pub(crate) fn name_text<'a>(
    source: super::SourceText<'a>,
    names: &[NameEntry],
    pool8: &'a [u8],
    pool16: &'a [u16],
    name: Name,
) -> Text<'a> {
    if let Some(text) = name.well_known_text() {
        return Text::Latin1(text.as_bytes());
    }
    let Some(entry) = names.get((name.0 - Name::WELL_KNOWN) as usize) else { return Text::Latin1(b"") };
    let start = entry.start as usize;
    let end = start + (entry.len & NameEntry::LEN) as usize;
    match entry.len & !NameEntry::LEN {
        NameEntry::POOL8 => Text::Latin1(pool8.get(start..end).unwrap_or(&[])),
        NameEntry::POOL16 => Text::Utf16(pool16.get(start..end).unwrap_or(&[])),
        _ => source.slice(start, end),
    }
}

impl NameEntry {
    pub(crate) const LEN: u32 = (1 << 30) - 1;
    pub(crate) const POOL8: u32 = 1 << 30;
    pub(crate) const POOL16: u32 = 2 << 30;
}
