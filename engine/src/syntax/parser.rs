//! The parser's state and its small tools. What it parses is in the files beside this one.

use rotifer_arena::{Scratch, ScratchVec};

use super::analysis::Ref;
use super::ast::{
    ExportEntry, FREE, FunctionFlags, FunctionKind, FunctionLiteral, ImportEntry, Kind, ModuleRequest, Node, NodeId,
};
use super::entry::ParseOptions;
use super::error::{ParseError, R, Stop};
use super::lexer::Lexer;
use super::names::Name;
use super::scope::{Binding, Scope};
use super::token::{Tok, Token};
use super::{SourceText, Text};
use crate::stack_guard::StackGuard;

/// Grammar parameters and the like, as bits.
pub(crate) mod ctx {
    pub const STRICT: u32 = 1;
    /// `await` is an operator.
    pub const AWAIT: u32 = 1 << 1;
    /// `yield` is an operator.
    pub const YIELD: u32 = 1 << 2;
    pub const RETURN: u32 = 1 << 3;
    /// `in` is an operator.
    pub const IN: u32 = 1 << 4;
    pub const MODULE: u32 = 1 << 5;
    pub const NEW_TARGET: u32 = 1 << 6;
    pub const SUPER_PROPERTY: u32 = 1 << 7;
    pub const SUPER_CALL: u32 = 1 << 8;
    /// `arguments` is not allowed (class field initialisers, static blocks).
    pub const NO_ARGUMENTS: u32 = 1 << 9;
    /// `await` is neither an operator nor an identifier (static blocks).
    pub const NO_AWAIT: u32 = 1 << 10;
    /// In the parameters of a generator or async function: `yield` and `await` are errors.
    pub const PARAMETERS: u32 = 1 << 11;
    /// `const`/`using` without initialiser is fine (the head of a `for`).
    pub const FOR_HEAD: u32 = 1 << 12;
    /// What an arrow function takes over from where it stands.
    pub const ARROW: u32 = STRICT | MODULE | NEW_TARGET | SUPER_PROPERTY | SUPER_CALL | NO_ARGUMENTS;
}

/// A function in a block that may get a variable, too (Annex B.3.2).
#[derive(Clone, Copy)]
pub(crate) struct Hoist {
    pub name: Name,
    /// Where in `lists` the variable's binding is noted.
    pub list: u32,
    pub scope: u32,
    /// Not yet past the block where it stands.
    pub fresh: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Label {
    pub name: Name,
    pub is_loop: bool,
}

/// What is noted about the function that is being parsed.
#[derive(Clone, Copy)]
pub(crate) struct FunctionState {
    pub kind: FunctionKind,
    pub flags: FunctionFlags,
    pub var_scope: u32,
    pub scope: u32,
    pub labels: u32,
    pub loops: u32,
    pub breakables: u32,
    /// Uses that arrows and eval inside it make of its `this` etc., as `FunctionFlags`.
    pub inner_uses: FunctionFlags,
    pub arguments_seen: u32,
    pub arguments_read: u32,
    pub parameter_assigned: bool,
}

impl FunctionState {
    pub fn new(kind: FunctionKind, flags: FunctionFlags) -> Self {
        FunctionState {
            kind,
            flags,
            var_scope: 0,
            scope: 0,
            labels: 0,
            loops: 0,
            breakables: 0,
            inner_uses: FunctionFlags(0),
            arguments_seen: 0,
            arguments_read: 0,
            parameter_assigned: false,
        }
    }
}

/// How much was there when an inner function began.
#[derive(Clone, Copy)]
pub(crate) struct Mark {
    pub nodes: u32,
    pub lists: u32,
    pub functions: u32,
    pub scopes: u32,
    pub bindings: u32,
    pub refs: u32,
}

pub(crate) const NOWHERE: u32 = u32::MAX;

pub(crate) struct Parser<'s, 'o> {
    pub lx: Lexer<'s>,
    pub guard: StackGuard,
    pub options: ParseOptions<'o>,
    pub nodes: ScratchVec<'s, Node>,
    pub lists: ScratchVec<'s, u32>,
    pub pending: ScratchVec<'s, u32>,
    pub functions: ScratchVec<'s, FunctionLiteral>,
    pub scopes: ScratchVec<'s, Scope>,
    pub bindings: ScratchVec<'s, Binding>,
    pub refs: ScratchVec<'s, Ref>,
    pub hoists: ScratchVec<'s, Hoist>,
    pub labels: ScratchVec<'s, Label>,
    pub param_vars: ScratchVec<'s, (Name, u32)>,
    pub requests: ScratchVec<'s, ModuleRequest>,
    pub attributes: ScratchVec<'s, (Name, Name)>,
    pub imports: ScratchVec<'s, ImportEntry>,
    pub exports: ScratchVec<'s, ExportEntry>,
    pub ctx: u32,
    pub f: FunctionState,
    pub scope: u32,
    /// An arrow function may start at this position.
    pub arrow_ok: u32,
    /// Where the last arrow function ended: nothing can be applied to it there.
    pub arrow_end: u32,
    /// Where something stands that is good only in a pattern, and the message if it is none.
    pub cover_error: u32,
    pub cover_message: &'static str,
    /// Where the last `yield` or `await` expression (or identifier `await`) stood.
    pub last_yield: u32,
    pub last_await: u32,
    pub last_await_name: u32,
    /// A binding pattern or parameter contained an expression.
    pub saw_expression: bool,
    pub private_pos: u32,
    /// The expression parsed next is likely to be called at once.
    pub eager: bool,
    /// For the `Function` constructor: where the parameters' text ends and the body's begins.
    pub dynamic_ranges: Option<(u32, u32)>,
}

impl<'s, 'o> Parser<'s, 'o> {
    pub fn new(
        source: SourceText<'s>,
        scratch: &'s Scratch<'_>,
        options: ParseOptions<'o>,
        start: usize,
        html_comments: bool,
    ) -> R<Self> {
        let mut parser = Parser {
            lx: Lexer::new(source, scratch, start, html_comments),
            guard: options.guard,
            options,
            nodes: ScratchVec::new(scratch),
            lists: ScratchVec::new(scratch),
            pending: ScratchVec::new(scratch),
            functions: ScratchVec::new(scratch),
            scopes: ScratchVec::new(scratch),
            bindings: ScratchVec::new(scratch),
            refs: ScratchVec::new(scratch),
            hoists: ScratchVec::new(scratch),
            labels: ScratchVec::new(scratch),
            param_vars: ScratchVec::new(scratch),
            requests: ScratchVec::new(scratch),
            attributes: ScratchVec::new(scratch),
            imports: ScratchVec::new(scratch),
            exports: ScratchVec::new(scratch),
            ctx: ctx::IN,
            f: FunctionState::new(FunctionKind::Normal, FunctionFlags(0)),
            scope: 0,
            arrow_ok: NOWHERE,
            arrow_end: NOWHERE,
            cover_error: NOWHERE,
            cover_message: "",
            last_yield: NOWHERE,
            last_await: NOWHERE,
            last_await_name: NOWHERE,
            saw_expression: false,
            private_pos: NOWHERE,
            eager: false,
            dynamic_ranges: None,
        };
        // Index 0 stands for "none" everywhere.
        parser.nodes.push(Node { kind: Kind::Elision, flags: 0, extra: 0, pos: 0, a: 0, b: 0 })?;
        parser.lists.push(0)?;
        parser.scopes.push(Scope {
            kind: super::scope::ScopeKind::Block,
            flags: 0,
            parent: 0,
            first: super::scope::NO_BINDING,
            last: super::scope::NO_BINDING,
            refs_start: 0,
            start: 0,
        })?;
        Ok(parser)
    }

    #[inline]
    pub fn has(&self, bits: u32) -> bool {
        self.ctx & bits != 0
    }

    #[inline]
    pub fn strict(&self) -> bool {
        self.has(ctx::STRICT)
    }

    #[inline]
    pub fn at(&self, tok: Tok) -> bool {
        self.lx.t.tok == tok
    }

    #[inline]
    pub fn pos(&self) -> u32 {
        self.lx.t.start
    }

    /// The current token is this word, which is reserved nowhere or only in places, without escapes.
    #[inline]
    pub fn at_word(&self, name: Name) -> bool {
        self.lx.t.tok == Tok::Ident && self.lx.t.name == name && !self.lx.t.escaped
    }

    #[inline]
    pub fn advance(&mut self) -> R<()> {
        self.lx.advance()
    }

    #[inline]
    pub fn eat(&mut self, tok: Tok) -> R<bool> {
        if self.lx.t.tok == tok {
            self.lx.advance()?;
            return Ok(true);
        }
        Ok(false)
    }

    #[inline]
    pub fn expect(&mut self, tok: Tok) -> R<()> {
        if self.lx.t.tok == tok {
            return self.lx.advance();
        }
        Err(self.unexpected())
    }

    #[cold]
    #[inline(never)]
    pub fn unexpected(&mut self) -> Stop {
        let message = match self.lx.t.tok {
            Tok::Eof => "unexpected end of input",
            Tok::Ident | Tok::PrivateName => "unexpected identifier",
            Tok::Number | Tok::BigInt => "unexpected number",
            Tok::String => "unexpected string",
            Tok::Template => "unexpected template",
            Tok::EscapedKeyword => "a keyword must not contain escapes",
            tok if (tok as u8) <= Tok::With as u8 => "unexpected keyword",
            _ => "unexpected token",
        };
        let (start, end) = (self.lx.t.start, self.lx.t.end);
        self.lx.fail(message, start, end)
    }

    #[cold]
    #[inline(never)]
    pub fn error(&mut self, message: &'static str, pos: u32) -> Stop {
        let end = if pos == self.lx.t.start { self.lx.t.end } else { self.lx.prev_end.max(pos) };
        self.lx.fail(message, pos, end)
    }

    /// Bounds recursion.
    #[inline(always)]
    pub fn check_depth(&mut self) -> R<()> {
        if self.guard.is_exceeded() { Err(self.too_deep()) } else { Ok(()) }
    }

    #[cold]
    #[inline(never)]
    fn too_deep(&mut self) -> Stop {
        self.lx.error = Some(ParseError::TooDeep);
        Stop
    }

    #[inline]
    pub fn node(&mut self, kind: Kind, extra: u16, pos: u32, a: u32, b: u32) -> R<NodeId> {
        let index = self.nodes.len() as u32;
        self.nodes.push(Node { kind, flags: 0, extra, pos, a, b })?;
        NodeId::opt(index).ok_or(Stop)
    }

    #[inline]
    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    #[inline]
    pub fn get_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    /// Moves what is pending from `base` on into a list and gives its index, 0 if there is nothing.
    pub fn finish_list(&mut self, base: usize) -> R<u32> {
        let count = self.pending.len() - base;
        if count == 0 {
            return Ok(0);
        }
        self.store_list(base)
    }

    /// As `finish_list`, but empty lists are stored as well.
    pub fn store_list(&mut self, base: usize) -> R<u32> {
        let index = self.lists.len() as u32;
        self.lists.push((self.pending.len() - base) as u32)?;
        self.lists.extend_from_slice(&self.pending[base..])?;
        self.pending.truncate(base);
        Ok(index)
    }

    /// Stores words side by side and gives the index of the first.
    pub fn words(&mut self, words: &[u32]) -> R<u32> {
        let index = self.lists.len() as u32;
        self.lists.extend_from_slice(words)?;
        Ok(index)
    }

    pub fn mark(&self) -> Mark {
        Mark {
            nodes: self.nodes.len() as u32,
            lists: self.lists.len() as u32,
            functions: self.functions.len() as u32,
            scopes: self.scopes.len() as u32,
            bindings: self.bindings.len() as u32,
            refs: self.refs.len() as u32,
        }
    }

    /// Gives back what an inner function used.
    pub fn drop_back_to(&mut self, mark: &Mark) {
        self.nodes.truncate(mark.nodes as usize);
        self.lists.truncate(mark.lists as usize);
        self.functions.truncate(mark.functions as usize);
        self.scopes.truncate(mark.scopes as usize);
        self.bindings.truncate(mark.bindings as usize);
    }

    /// Ends a statement: `;`, or where one may be left out (§12.10).
    pub fn semicolon(&mut self) -> R<()> {
        match self.lx.t.tok {
            Tok::Semicolon => self.advance(),
            Tok::RBrace | Tok::Eof => Ok(()),
            _ if self.lx.t.newline => Ok(()),
            _ => Err(self.unexpected()),
        }
    }

    /// Strings and numbers with legacy octals are errors in strict mode.
    pub fn check_octal(&mut self) -> R<()> {
        if self.lx.t.octal && self.strict() {
            let pos = self.pos();
            return Err(self.error("octal literals and escapes are not allowed in strict mode", pos));
        }
        Ok(())
    }

    /// Why that name cannot be an identifier here.
    pub fn identifier_problem(&self, name: Name) -> Option<&'static str> {
        if name.0 > Name::AWAIT.0 || name.0 < Name::IMPLEMENTS.0 {
            return None;
        }
        if name == Name::AWAIT {
            let reserved = self.has(ctx::AWAIT | ctx::MODULE | ctx::NO_AWAIT);
            return reserved.then_some("`await` is reserved here");
        }
        if self.strict() {
            return Some("this word is reserved in strict mode");
        }
        (name == Name::YIELD && self.has(ctx::YIELD)).then_some("`yield` is reserved in generators")
    }

    /// Consumes an identifier (reference, binding or label) and gives its name.
    pub fn identifier(&mut self) -> R<Name> {
        if self.lx.t.tok != Tok::Ident {
            return Err(self.unexpected());
        }
        let name = self.lx.t.name;
        if let Some(message) = self.identifier_problem(name) {
            let pos = self.pos();
            return Err(self.error(message, pos));
        }
        if name == Name::AWAIT {
            self.last_await_name = self.pos();
        }
        self.advance()?;
        Ok(name)
    }

    /// Consumes an identifier that is bound.
    pub fn binding_identifier(&mut self) -> R<Name> {
        let pos = self.pos();
        let name = self.identifier()?;
        self.check_bound_name(name, pos)?;
        Ok(name)
    }

    pub fn check_bound_name(&mut self, name: Name, pos: u32) -> R<()> {
        if self.strict() && (name == Name::EVAL || name == Name::ARGUMENTS) {
            return Err(self.error("`eval` and `arguments` cannot be bound or assigned in strict mode", pos));
        }
        Ok(())
    }

    /// Notes a reference of a node to a name.
    #[inline]
    pub fn refer(&mut self, name: Name, node: NodeId) -> R<()> {
        self.refs.push(Ref::new(name, node.0.get(), 0))?;
        Ok(())
    }

    /// A node for an identifier that is read (or will turn out to be assigned).
    pub fn reference(&mut self, name: Name, pos: u32) -> R<NodeId> {
        let node = self.node(Kind::Identifier, 0, pos, name.0, FREE)?;
        self.refer(name, node)?;
        if name == Name::ARGUMENTS {
            if self.has(ctx::NO_ARGUMENTS) {
                return Err(self.error("`arguments` is not allowed here", pos));
            }
            self.f.arguments_seen += 1;
            self.f.flags = self.f.flags.union(FunctionFlags::USES_ARGUMENTS);
        }
        Ok(node)
    }

    /// Notes that `this`, `super` or `new.target` is used here. `hidden`: the name under which arrows look it up.
    pub fn use_hidden(&mut self, flag: FunctionFlags, hidden: Name, node: NodeId) -> R<()> {
        self.f.flags = self.f.flags.union(flag);
        if self.f.kind == FunctionKind::Arrow {
            self.refer(hidden, node)?;
        }
        Ok(())
    }

    pub fn save_token(&self) -> (Token, usize, u32) {
        (self.lx.t, self.lx.pos, self.lx.prev_end)
    }

    pub fn text(&self, start: u32, end: u32) -> Text<'s> {
        self.lx.source.slice(start as usize, end as usize)
    }
}
