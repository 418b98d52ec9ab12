//! Reading the tree: decoders from stored nodes to typed views.

use core::num::NonZeroU32;

use super::ast::{
    AssignOp, Ast, BinaryOp, CHECK, Case, Catch, Class, ClassElement, ClassElementKind, DIRECT_EVAL, DYNAMIC,
    DeclarationKind, Declarator, Element, ExportEntry, Expr, FREE, ForEach, ForTarget, FunctionId, FunctionKind,
    FunctionLiteral, IS_PROTO, Ident, ImportEntry, ImportPhase, Kind, List, LogicalOp, ModuleRequest, NO_NAME, Node,
    NodeId, OPTIONAL, PAREN, Pattern, Property, PropertyKey, PropertyKind, Resolution, Root, RootKind, SHORTHAND, Stmt,
    TemplateChunk, UnaryOp, name_text,
};
use super::names::{Name, Text};
use super::scope::{Binding, BindingId, NO_BINDING, Scope, ScopeId};

const UNARY: [UnaryOp; 7] =
    [UnaryOp::Minus, UnaryOp::Plus, UnaryOp::Not, UnaryOp::BitNot, UnaryOp::Typeof, UnaryOp::Void, UnaryOp::Delete];

const BINARY: [BinaryOp; 22] = [
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Mul,
    BinaryOp::Div,
    BinaryOp::Rem,
    BinaryOp::Exp,
    BinaryOp::Shl,
    BinaryOp::Sar,
    BinaryOp::Shr,
    BinaryOp::BitAnd,
    BinaryOp::BitOr,
    BinaryOp::BitXor,
    BinaryOp::Eq,
    BinaryOp::Ne,
    BinaryOp::StrictEq,
    BinaryOp::StrictNe,
    BinaryOp::Lt,
    BinaryOp::Le,
    BinaryOp::Gt,
    BinaryOp::Ge,
    BinaryOp::In,
    BinaryOp::Instanceof,
];

pub(crate) fn binary_op(raw: u32) -> BinaryOp {
    BINARY[(raw as usize).min(BINARY.len() - 1)]
}

fn logical_op(raw: u16) -> LogicalOp {
    match raw {
        0 => LogicalOp::And,
        1 => LogicalOp::Or,
        _ => LogicalOp::Coalesce,
    }
}

/// `extra` of an `Assign` node: 0 plain, 1.. binary operator, 100.. logical operator.
pub(crate) fn assign_op(raw: u16) -> AssignOp {
    match raw {
        0 => AssignOp::Plain,
        1..100 => AssignOp::Compound(binary_op(u32::from(raw) - 1)),
        _ => AssignOp::Logical(logical_op(raw - 100)),
    }
}

fn import_phase(raw: u16) -> ImportPhase {
    match raw {
        0 => ImportPhase::Evaluation,
        1 => ImportPhase::Defer,
        _ => ImportPhase::Source,
    }
}

fn declaration_kind(raw: u16) -> DeclarationKind {
    match raw {
        0 => DeclarationKind::Var,
        1 => DeclarationKind::Let,
        2 => DeclarationKind::Const,
        3 => DeclarationKind::Using,
        _ => DeclarationKind::AwaitUsing,
    }
}

fn scope_id(raw: u32) -> Option<ScopeId> {
    NonZeroU32::new(raw).map(ScopeId)
}

fn opt_name(raw: u32) -> Option<Name> {
    (raw != NO_NAME).then_some(Name(raw))
}

fn float(node: &Node) -> f64 {
    f64::from_bits(u64::from(node.a) | u64::from(node.b) << 32)
}

impl Ast<'_> {
    /// The root.
    #[must_use]
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// The source.
    #[must_use]
    pub fn source(&self) -> super::SourceText<'_> {
        self.source
    }

    /// The text of a name.
    #[must_use]
    pub fn name_text(&self, name: Name) -> Text<'_> {
        name_text(self.source, &self.names, &self.pool8, &self.pool16, name)
    }

    /// Number of names, the well-known ones included (for side tables).
    #[must_use]
    pub fn name_count(&self) -> usize {
        Name::WELL_KNOWN as usize + self.names.len()
    }

    /// Number of scopes plus one.
    #[must_use]
    pub fn scope_count(&self) -> usize {
        self.scopes.len()
    }

    /// Number of bindings.
    #[must_use]
    pub fn binding_count(&self) -> usize {
        self.bindings.len()
    }

    /// Number of inner functions.
    #[must_use]
    pub fn function_count(&self) -> usize {
        self.functions.len()
    }

    /// A scope.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    /// A binding.
    #[must_use]
    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.0 as usize]
    }

    /// The bindings of a scope in the order of their declaration.
    pub fn bindings_of(&self, id: ScopeId) -> impl Iterator<Item = BindingId> + '_ {
        let mut next = self.scope(id).first;
        core::iter::from_fn(move || {
            let binding = self.bindings.get(next as usize)?;
            let id = BindingId(next);
            next = binding.next;
            Some(id)
        })
    }

    /// For a variable in a `FunctionBody` scope: the parameter of the same name, whose value it starts with.
    #[must_use]
    pub fn parameter_of(&self, id: BindingId) -> Option<BindingId> {
        let binding = self.bindings.get(id.0 as usize)?;
        let outer = self.bindings.get(binding.shadows as usize)?;
        let is_param = outer.kind == super::scope::BindingKind::Param
            || outer.kind == super::scope::BindingKind::Implicit && outer.name == Name::ARGUMENTS;
        let body = self.scopes.get(binding.scope as usize)?;
        (is_param && body.kind == super::scope::ScopeKind::FunctionBody && body.parent == outer.scope)
            .then_some(BindingId(binding.shadows))
    }

    /// An inner function.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &FunctionLiteral {
        &self.functions[id.0 as usize]
    }

    /// Whether `this`, `new.target`, `super` are those of the parsed function itself and not those of an outer one.
    /// Eval code never owns them, top levels of scripts and modules do.
    #[must_use]
    pub fn owns_this(&self) -> bool {
        match self.root.kind {
            RootKind::Script | RootKind::Module => true,
            RootKind::Eval => false,
            RootKind::Function => self.root.function.kind != FunctionKind::Arrow,
        }
    }

    /// The `Implicit` binding of that name (`Name::THIS`, `Name::ARGUMENTS`, …) of the parsed function: it is there when
    /// something inside needs it, and then has to be initialised on entry (`this` of a derived constructor: by `super()`).
    #[must_use]
    pub fn implicit(&self, name: Name) -> Option<BindingId> {
        self.bindings_of(self.root.scope).find(|&id| {
            let binding = self.binding(id);
            binding.name == name && binding.kind == super::scope::BindingKind::Implicit
        })
    }

    /// Module requests (§16.2.1.4).
    #[must_use]
    pub fn module_requests(&self) -> &[ModuleRequest] {
        &self.requests
    }

    /// Key and value of the attributes of a request.
    #[must_use]
    pub fn module_attributes(&self, request: &ModuleRequest) -> &[(Name, Name)] {
        let start = request.attributes_start as usize;
        self.attributes.get(start..start + request.attributes_len as usize).unwrap_or(&[])
    }

    /// Import entries.
    #[must_use]
    pub fn import_entries(&self) -> &[ImportEntry] {
        &self.imports
    }

    /// Export entries.
    #[must_use]
    pub fn export_entries(&self) -> &[ExportEntry] {
        &self.exports
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Where a node starts, or for members and calls where an error in them is best reported: at the property name, the
    /// bracket or parenthesis.
    #[must_use]
    pub fn pos(&self, id: NodeId) -> u32 {
        self.node(id).pos
    }

    /// Whether the expression stood in parentheses.
    #[must_use]
    pub fn is_parenthesized(&self, id: NodeId) -> bool {
        self.node(id).flags & PAREN != 0
    }

    /// The items of a list.
    pub fn list(&self, list: List) -> impl DoubleEndedIterator<Item = NodeId> + ExactSizeIterator + '_ {
        self.raw_list(list).iter().map(|&raw| NodeId::opt(raw).unwrap_or(NodeId(NonZeroU32::MIN)))
    }

    /// One item of a list.
    #[must_use]
    pub fn item(&self, list: List, index: usize) -> Option<NodeId> {
        self.raw_list(list).get(index).and_then(|&raw| NodeId::opt(raw))
    }

    fn raw_list(&self, list: List) -> &[u32] {
        let start = list.start as usize;
        self.lists.get(start..start + list.len()).unwrap_or(&[])
    }

    /// Lists are stored with their length in front; `index` is that of the length, 0 for none.
    fn list_at(&self, index: u32) -> List {
        if index == 0 {
            return List { start: 0, len: 0 };
        }
        List { start: index + 1, len: self.lists[index as usize] }
    }

    fn word(&self, index: u32, offset: u32) -> u32 {
        self.lists[(index + offset) as usize]
    }

    fn id_at(&self, index: u32, offset: u32) -> Option<NodeId> {
        NodeId::opt(self.word(index, offset))
    }

    fn must(raw: u32) -> NodeId {
        NodeId::opt(raw).unwrap_or(NodeId(NonZeroU32::MIN))
    }

    fn ident(node: &Node) -> Ident {
        Ident {
            name: Name(node.a),
            resolution: match node.b {
                FREE => Resolution::Free,
                DYNAMIC => Resolution::Dynamic,
                id => Resolution::Binding(BindingId(id)),
            },
            needs_check: node.flags & CHECK != 0,
            parenthesized: node.flags & PAREN != 0,
        }
    }

    /// Reads an expression.
    #[must_use]
    pub fn expr(&self, id: NodeId) -> Expr {
        let node = self.node(id);
        let (a, b) = (node.a, node.b);
        let optional = node.flags & OPTIONAL != 0;
        match node.kind {
            Kind::This => Expr::This(Self::ident(node)),
            Kind::Identifier | Kind::BindingIdentifier => Expr::Identifier(Self::ident(node)),
            Kind::Number => Expr::Number(float(node)),
            Kind::String => Expr::String(Name(a)),
            Kind::BigInt => Expr::BigInt(Name(a)),
            Kind::True => Expr::Bool(true),
            Kind::False => Expr::Bool(false),
            Kind::Null => Expr::Null,
            Kind::RegExp => Expr::RegExp(Name(a), Name(b)),
            Kind::Template => Expr::Template(id),
            Kind::TaggedTemplate => Expr::TaggedTemplate { tag: Self::must(a), template: Self::must(b), optional },
            Kind::Array => Expr::Array(self.list_at(b)),
            Kind::Elision => Expr::Elision,
            Kind::Spread => Expr::Spread(Self::must(a)),
            Kind::Object => Expr::Object(self.list_at(b)),
            Kind::Function => Expr::Function(FunctionId(a)),
            Kind::ClassExpression => Expr::Class(Self::must(a)),
            Kind::Unary => Expr::Unary(UNARY[usize::from(node.extra).min(6)], Self::must(a)),
            Kind::Update => {
                Expr::Update { increment: node.extra & 1 != 0, prefix: node.extra & 2 != 0, target: Self::must(a) }
            }
            Kind::Binary => Expr::Binary(binary_op(u32::from(node.extra)), Self::must(a), Self::must(b)),
            Kind::BinaryChain => Expr::BinaryChain { first: Self::must(a), rest: self.list_at(b) },
            Kind::Logical => Expr::Logical(logical_op(node.extra), self.list_at(b)),
            Kind::Conditional => Expr::Conditional {
                test: Self::must(a),
                consequent: Self::must(self.word(b, 0)),
                alternate: Self::must(self.word(b, 1)),
            },
            Kind::Assign => Expr::Assign { op: assign_op(node.extra), target: Self::must(a), value: Self::must(b) },
            Kind::Sequence => Expr::Sequence(self.list_at(b)),
            Kind::Member => Expr::Member { object: Self::must(a), name: Name(b), optional },
            Kind::Index => Expr::Index { object: Self::must(a), index: Self::must(b), optional },
            Kind::PrivateMember => {
                Expr::PrivateMember { object: Self::must(a), name: Self::ident(self.node(Self::must(b))), optional }
            }
            Kind::PrivateIn => Expr::PrivateIn { name: Self::ident(self.node(Self::must(a))), right: Self::must(b) },
            Kind::SuperMember => Expr::SuperMember(Name(b)),
            Kind::SuperIndex => Expr::SuperIndex(Self::must(b)),
            Kind::Call => Expr::Call {
                callee: Self::must(a),
                arguments: self.list_at(b),
                optional,
                direct_eval: node.flags & DIRECT_EVAL != 0,
            },
            Kind::SuperCall => Expr::SuperCall(self.list_at(b)),
            Kind::New => Expr::New { callee: Self::must(a), arguments: self.list_at(b) },
            Kind::OptionalChain => Expr::OptionalChain(Self::must(a)),
            Kind::Yield => Expr::Yield(NodeId::opt(a)),
            Kind::YieldStar => Expr::YieldStar(Self::must(a)),
            Kind::Await => Expr::Await(Self::must(a)),
            Kind::NewTarget => Expr::NewTarget(Self::ident(node)),
            Kind::ImportMeta => Expr::ImportMeta,
            Kind::ImportCall => {
                Expr::ImportCall { phase: import_phase(node.extra), specifier: Self::must(a), options: NodeId::opt(b) }
            }
            _ => Expr::Other,
        }
    }

    /// Operators and operands of a [`Expr::BinaryChain`] after its first operand.
    pub fn chain(&self, rest: List) -> impl Iterator<Item = (BinaryOp, NodeId)> + '_ {
        self.raw_list(rest).chunks_exact(2).map(|pair| (binary_op(pair[0]), Self::must(pair[1])))
    }

    /// The chunks of a template.
    pub fn template(&self, id: NodeId) -> impl ExactSizeIterator<Item = TemplateChunk> + '_ {
        let list = self.list_at(self.node(id).b);
        self.raw_list(list).chunks_exact(3).map(|chunk| TemplateChunk {
            cooked: opt_name(chunk[0]),
            raw: Name(chunk[1]),
            expression: NodeId::opt(chunk[2]),
        })
    }

    /// Reads a statement.
    #[must_use]
    pub fn stmt(&self, id: NodeId) -> Stmt {
        let node = self.node(id);
        let (a, b) = (node.a, node.b);
        match node.kind {
            Kind::Empty => Stmt::Empty,
            Kind::Expression => Stmt::Expression(Self::must(a)),
            Kind::Variables => Stmt::Variables(declaration_kind(node.extra), self.list_at(b)),
            Kind::FunctionDeclaration => {
                let hoisted = self.word(b, 1);
                Stmt::Function {
                    function: FunctionId(a),
                    binding: Self::ident(self.node(Self::must(self.word(b, 0)))),
                    hoisted_to: (hoisted != NO_BINDING).then_some(BindingId(hoisted)),
                }
            }
            Kind::ClassDeclaration => {
                Stmt::Class { class: Self::must(a), binding: Self::ident(self.node(Self::must(b))) }
            }
            Kind::Return => Stmt::Return(NodeId::opt(a)),
            Kind::If => {
                Stmt::If { test: Self::must(a), consequent: Self::must(self.word(b, 0)), alternate: self.id_at(b, 1) }
            }
            Kind::For => Stmt::For {
                scope: scope_id(a),
                init: self.id_at(b, 0),
                test: self.id_at(b, 1),
                update: self.id_at(b, 2),
                body: Self::must(self.word(b, 3)),
            },
            Kind::ForIn => Stmt::ForIn(self.for_each(node)),
            Kind::ForOf => Stmt::ForOf(self.for_each(node)),
            Kind::While => Stmt::While { test: Self::must(a), body: Self::must(b) },
            Kind::DoWhile => Stmt::DoWhile { test: Self::must(a), body: Self::must(b) },
            Kind::Continue => Stmt::Continue(opt_name(a)),
            Kind::Break => Stmt::Break(opt_name(a)),
            Kind::Throw => Stmt::Throw(Self::must(a)),
            Kind::Try => Stmt::Try { block: Self::must(a), catch: self.id_at(b, 0), finally: self.id_at(b, 1) },
            Kind::Switch => Stmt::Switch {
                discriminant: Self::must(a),
                scope: scope_id(self.word(b, 0)),
                cases: self.list_at(b + 1),
            },
            Kind::Labeled => Stmt::Labeled(Name(a), Self::must(b)),
            Kind::Block => Stmt::Block(scope_id(a), self.list_at(b)),
            Kind::With => Stmt::With {
                object: Self::must(a),
                scope: scope_id(self.word(b, 0)),
                body: Self::must(self.word(b, 1)),
            },
            Kind::Debugger => Stmt::Debugger,
            Kind::ExportDefault => Stmt::ExportDefault(Self::must(a), Self::ident(self.node(Self::must(b)))),
            Kind::ModuleItem => Stmt::ModuleItem,
            _ => Stmt::Other,
        }
    }

    /// `a`: scope; list at `b`: left, right, body, initializer. `extra`: 0 assignment, else 1 + declaration kind; plus 16
    /// for `await`.
    fn for_each(&self, node: &Node) -> ForEach {
        let target = Self::must(self.word(node.b, 0));
        let kind = node.extra & 15;
        ForEach {
            scope: scope_id(node.a),
            left: if kind == 0 {
                ForTarget::Assignment(target)
            } else {
                ForTarget::Declaration { kind: declaration_kind(kind - 1), target, initializer: self.id_at(node.b, 3) }
            },
            right: Self::must(self.word(node.b, 1)),
            body: Self::must(self.word(node.b, 2)),
            is_await: node.extra & 16 != 0,
        }
    }

    /// Reads a declarator.
    #[must_use]
    pub fn declarator(&self, id: NodeId) -> Declarator {
        let node = self.node(id);
        Declarator { target: Self::must(node.a), init: NodeId::opt(node.b) }
    }

    /// Reads a catch clause.
    #[must_use]
    pub fn catch(&self, id: NodeId) -> Catch {
        let node = self.node(id);
        Catch { scope: scope_id(node.a), param: self.id_at(node.b, 0), body: Self::must(self.word(node.b, 1)) }
    }

    /// Reads a clause of a switch.
    #[must_use]
    pub fn case(&self, id: NodeId) -> Case {
        let node = self.node(id);
        Case { test: NodeId::opt(node.a), body: self.list_at(node.b) }
    }

    /// Reads a target: of a declaration, parameter or assignment.
    #[must_use]
    pub fn pattern(&self, id: NodeId) -> Pattern {
        let node = self.node(id);
        match node.kind {
            Kind::Identifier | Kind::BindingIdentifier => Pattern::Identifier(Self::ident(node)),
            Kind::ArrayPattern => Pattern::Array(self.list_at(node.b)),
            Kind::ObjectPattern => Pattern::Object(self.list_at(node.b)),
            _ => Pattern::Expression(id),
        }
    }

    /// Reads an element of an array pattern, a parameter, or the value of an object pattern's property.
    #[must_use]
    pub fn element(&self, id: NodeId) -> Element {
        let node = self.node(id);
        match node.kind {
            Kind::Elision => Element::Elision,
            Kind::WithDefault => Element::Target(Self::must(node.a), NodeId::opt(node.b)),
            Kind::Rest => Element::Rest(Self::must(node.a)),
            _ => Element::Target(id, None),
        }
    }

    fn key(&self, raw: u32) -> PropertyKey {
        let id = Self::must(raw);
        let node = self.node(id);
        match node.kind {
            Kind::String => PropertyKey::Name(Name(node.a)),
            Kind::Number => PropertyKey::Number(float(node)),
            Kind::BigInt => PropertyKey::BigInt(Name(node.a)),
            Kind::PrivateName => PropertyKey::Private(Self::ident(node)),
            Kind::ComputedKey => PropertyKey::Computed(Self::must(node.a)),
            _ => PropertyKey::Computed(id),
        }
    }

    /// Reads a property of an object literal or pattern. `extra` is the kind, `a` the key, `b` the value.
    #[must_use]
    pub fn property(&self, id: NodeId) -> Property {
        let node = self.node(id);
        let kind = match node.kind {
            Kind::Spread => PropertyKind::Spread,
            Kind::Rest => PropertyKind::Rest,
            _ => match node.extra {
                0 => PropertyKind::Value,
                1 => PropertyKind::Getter,
                2 => PropertyKind::Setter,
                3 => PropertyKind::Method,
                _ => PropertyKind::Pattern,
            },
        };
        if matches!(kind, PropertyKind::Spread | PropertyKind::Rest) {
            return Property {
                kind,
                key: PropertyKey::Name(Name::EMPTY),
                value: Self::must(node.a),
                is_proto: false,
                shorthand: false,
            };
        }
        Property {
            kind,
            key: self.key(node.a),
            value: Self::must(node.b),
            is_proto: node.flags & IS_PROTO != 0,
            shorthand: node.flags & SHORTHAND != 0,
        }
    }

    /// Reads a class. `lists[b..]`: name, name scope, name binding, body scope, constructor, instance fields, static
    /// elements, start, end, then the list of elements; `a`: heritage.
    #[must_use]
    pub fn class(&self, id: NodeId) -> Class {
        let node = self.node(id);
        let at = |offset| self.word(node.b, offset);
        let function = |raw: u32| (raw != u32::MAX).then_some(FunctionId(raw));
        Class {
            name: opt_name(at(0)),
            name_scope: scope_id(at(1)),
            name_binding: (at(2) != NO_BINDING).then_some(BindingId(at(2))),
            body_scope: scope_id(at(3)),
            heritage: NodeId::opt(node.a),
            constructor: function(at(4)),
            instance_fields: function(at(5)),
            static_elements: function(at(6)),
            start: at(7),
            end: at(8),
            elements: self.list_at(node.b + 9),
        }
    }

    /// Reads a class element. `extra`: kind, plus 16 for static; `lists[b..]`: key binding identifier, value; `a`: key.
    #[must_use]
    pub fn class_element(&self, id: NodeId) -> ClassElement {
        let node = self.node(id);
        ClassElement {
            kind: match node.extra & 15 {
                0 => ClassElementKind::Method,
                1 => ClassElementKind::Getter,
                2 => ClassElementKind::Setter,
                3 => ClassElementKind::Field,
                4 => ClassElementKind::StaticBlock,
                _ => ClassElementKind::Accessor,
            },
            is_static: node.extra & 16 != 0,
            key: if node.a == 0 { PropertyKey::Name(Name::EMPTY) } else { self.key(node.a) },
            key_binding: self.id_at(node.b, 0).map(|id| Self::ident(self.node(id))),
            value: self.id_at(node.b, 1),
        }
    }
}
