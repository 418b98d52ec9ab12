//! Classes (§15.7).

use super::analysis::Ref;
use super::ast::{FREE, FunctionFlags, FunctionKind, FunctionLiteral, Kind, NO_NAME, NodeId};
use super::error::R;
use super::functions::{FunctionSpec, MethodSpec, USES};
use super::names::Name;
use super::parser::{Parser, ctx};
use super::scope::{Binding, BindingKind, NO_BINDING, ScopeKind};
use super::token::Tok;

/// What is gathered while a class body is parsed.
struct ClassState {
    start: u32,
    body: u32,
    constructor: u32,
    has_heritage: bool,
    instance: Option<FunctionFlags>,
    statics: Option<FunctionFlags>,
    computed: u32,
    /// The kind of initialiser function that is parsed, when the class body is read again for it.
    root: Option<FunctionKind>,
}

/// The head of a class element.
#[derive(Clone, Copy)]
struct Head {
    start: u32,
    is_static: bool,
    method: MethodSpec,
    modified: bool,
}

const NO_FUNCTION: u32 = u32::MAX;

impl Parser<'_, '_> {
    pub(super) fn class_expression(&mut self) -> R<NodeId> {
        let start = self.pos();
        let saved = self.ctx;
        self.ctx |= ctx::STRICT;
        self.advance()?;
        let name = if self.at(Tok::Ident) { Some(self.binding_identifier()?) } else { None };
        let class = self.class_tail(name, start)?;
        self.ctx = saved;
        self.node(Kind::ClassExpression, 0, start, class.0.get(), 0)
    }

    /// ClassTail, with `ctx::STRICT` set.
    #[inline(never)]
    pub(super) fn class_tail(&mut self, name: Option<Name>, start: u32) -> R<NodeId> {
        self.check_depth()?;
        let outer_scope = self.open_scope(ScopeKind::Class)?;
        let mut name_binding = NO_BINDING;
        if let Some(name) = name {
            name_binding = self.add_binding(name, BindingKind::Class, outer_scope, u32::MAX)?;
        }
        let mut heritage = 0;
        if self.eat(Tok::Extends)? {
            self.arrow_ok = super::parser::NOWHERE;
            let saved_error = core::mem::replace(&mut self.cover_error, super::parser::NOWHERE);
            heritage = self.left_hand_side()?.0.get();
            if self.cover_error != super::parser::NOWHERE {
                return Err(self.uncovered());
            }
            self.cover_error = saved_error;
        }
        self.open_scope(ScopeKind::ClassBody)?;
        let mut state = ClassState {
            start,
            body: self.pos(),
            constructor: NO_FUNCTION,
            has_heritage: heritage != 0,
            instance: None,
            statics: None,
            computed: 0,
            root: None,
        };
        let base = self.pending.len();
        let saved_ctx = self.ctx;
        self.ctx |= ctx::IN;
        self.class_body(&mut state)?;
        self.ctx = saved_ctx;
        let end = self.lx.prev_end;
        let instance = self.initialiser_literal(&state, FunctionKind::InstanceFields, end)?;
        let statics = self.initialiser_literal(&state, FunctionKind::StaticElements, end)?;
        let body_scope = self.close_scope()?;
        if let Some(binding) = self.bindings.get_mut(name_binding as usize) {
            binding.init_pos = end;
        }
        let name_scope = self.close_scope()?;
        let parts = self.words(&[
            name.map_or(NO_NAME, |name| name.0),
            name_scope,
            name_binding,
            body_scope,
            state.constructor,
            instance,
            statics,
            start,
            end,
        ])?;
        self.store_list(base)?;
        self.node(Kind::Class, 0, start, heritage, parts)
    }

    fn initialiser_literal(&mut self, state: &ClassState, kind: FunctionKind, end: u32) -> R<u32> {
        let (flags, name) = if kind == FunctionKind::InstanceFields {
            (state.instance, Name::CLASS_FIELDS)
        } else {
            (state.statics, Name::CLASS_STATIC)
        };
        let Some(mut flags) = flags else { return Ok(NO_FUNCTION) };
        flags = flags.union(FunctionFlags::STRICT).union(FunctionFlags::IN_CLASS);
        flags.set(FunctionFlags::MODULE, self.has(ctx::MODULE));
        flags.set(FunctionFlags::KEYS_AWAIT, self.has(ctx::AWAIT));
        flags.set(FunctionFlags::KEYS_YIELD, self.has(ctx::YIELD));
        flags.set(FunctionFlags::DERIVED_CLASS, state.has_heritage);
        let index = self.functions.len() as u32;
        self.functions.push(FunctionLiteral {
            kind,
            flags,
            name: Some(name),
            start: state.body,
            params: state.body,
            end,
            length: 0,
        })?;
        Ok(index)
    }

    /// The elements, onto the pending list.
    fn class_body(&mut self, state: &mut ClassState) -> R<()> {
        self.expect(Tok::LBrace)?;
        while !self.at(Tok::RBrace) {
            if self.eat(Tok::Semicolon)? {
                continue;
            }
            if let Some(element) = self.class_element(state)? {
                self.pending.push(element.0.get())?;
            }
        }
        self.advance()
    }

    /// The class body read again for its fields: the list of elements.
    pub(super) fn class_body_for(&mut self, kind: FunctionKind, has_heritage: bool) -> R<u32> {
        let mut state = ClassState {
            start: self.pos(),
            body: self.pos(),
            constructor: NO_FUNCTION,
            has_heritage,
            instance: None,
            statics: None,
            computed: 0,
            root: Some(kind),
        };
        let base = self.pending.len();
        self.class_body(&mut state)?;
        self.finish_list(base)
    }

    /// Whether a word like `static` or `get` before the current token's successor is itself the name of an element.
    fn ends_name(tok: Tok) -> bool {
        matches!(tok, Tok::LParen | Tok::Assign | Tok::Semicolon | Tok::RBrace | Tok::Eof)
    }

    fn class_element(&mut self, state: &mut ClassState) -> R<Option<NodeId>> {
        let mut head = Head { start: self.pos(), is_static: false, method: MethodSpec::plain(), modified: false };
        if self.at_word(Name::STATIC) {
            let next = self.lx.peek()?;
            if next.tok == Tok::LBrace {
                self.advance()?;
                return self.static_block(state, head.start);
            }
            if !Self::ends_name(next.tok) {
                self.advance()?;
                head.is_static = true;
                head.start = self.pos();
            }
        }
        let accessor = self.at_word(Name::GET) || self.at_word(Name::SET);
        if self.at(Tok::Star) {
            head.modified = true;
        } else if accessor || self.at_word(Name::ASYNC) {
            let next = self.lx.peek()?;
            head.modified = !Self::ends_name(next.tok) && if accessor { next.tok != Tok::Star } else { !next.newline };
        }
        if head.modified {
            head.method = self.method_modifiers()?;
        }
        let mark = self.mark();
        let key = self.class_element_name(state.root.is_some())?;
        let result = if self.at(Tok::LParen) {
            self.class_method(state, head, key)?
        } else if head.modified {
            return Err(self.unexpected());
        } else {
            return self.field(state, head, key, &mark);
        };
        if state.root.is_some() {
            self.refs.truncate(mark.refs as usize);
            self.drop_back_to(&mark);
            return Ok(None);
        }
        Ok(result)
    }

    fn class_element_name(&mut self, root: bool) -> R<NodeId> {
        if !self.at(Tok::PrivateName) {
            let saved = self.ctx;
            if root {
                // In the class itself it was parsed with these.
                self.ctx &= !ctx::NO_ARGUMENTS;
                self.ctx |= if self.f.flags.contains(FunctionFlags::KEYS_AWAIT) { ctx::AWAIT } else { 0 }
                    | if self.f.flags.contains(FunctionFlags::KEYS_YIELD) { ctx::YIELD } else { 0 };
                self.ctx |= ctx::SUPER_CALL | ctx::SUPER_PROPERTY;
            }
            let key = self.property_name();
            self.ctx = saved;
            return key;
        }
        let (pos, name) = (self.pos(), self.lx.t.name);
        if name == Name::PRIVATE_CONSTRUCTOR {
            return Err(self.error("`#constructor` is not allowed", pos));
        }
        self.advance()?;
        self.private_reference(name, pos)
    }

    fn key_is(&self, key: NodeId, name: Name) -> bool {
        let node = self.get(key);
        node.kind == Kind::String && node.a == name.0
    }

    fn declare_private(&mut self, state: &ClassState, key: NodeId, flags: u8) -> R<()> {
        if state.root.is_some() {
            return Ok(());
        }
        let node = *self.get(key);
        let name = Name(node.a);
        let scope = self.scope;
        if let Some(index) = self.binding_in(name, scope) {
            let old = self.bindings[index].flags;
            let accessors = Binding::PRIVATE_GETTER | Binding::PRIVATE_SETTER;
            let pair = (old | flags) & accessors == accessors
                && old & accessors != accessors
                && flags & accessors != 0
                && old & accessors != flags & accessors
                && (old ^ flags) & Binding::STATIC == 0;
            if !pair {
                return Err(self.error("this private name is already declared", node.pos));
            }
            self.bindings[index].flags |= flags;
            return Ok(());
        }
        let index = self.add_binding(name, BindingKind::Private, scope, 0)?;
        self.bindings[index as usize].flags |= flags;
        Ok(())
    }

    fn class_method(&mut self, state: &mut ClassState, head: Head, key: NodeId) -> R<Option<NodeId>> {
        let mut method = head.method;
        let node = *self.get(key);
        let is_static_flag = if head.is_static { Binding::STATIC } else { 0 };
        if node.kind == Kind::PrivateName {
            let flag = match method.kind {
                FunctionKind::Getter => Binding::PRIVATE_GETTER,
                FunctionKind::Setter => Binding::PRIVATE_SETTER,
                _ => Binding::PRIVATE_METHOD,
            };
            self.declare_private(state, key, flag | is_static_flag)?;
        } else if head.is_static {
            if self.key_is(key, Name::PROTOTYPE) {
                return Err(self.error("a static element must not be named `prototype`", node.pos));
            }
        } else if self.key_is(key, Name::CONSTRUCTOR) {
            if head.modified {
                return Err(self.error("a constructor must be a plain method", node.pos));
            }
            if state.constructor != NO_FUNCTION {
                return Err(self.error("a class has only one constructor", node.pos));
            }
            method.kind =
                if state.has_heritage { FunctionKind::DerivedConstructor } else { FunctionKind::ClassConstructor };
            method.flags = method.flags.union(FunctionFlags::IN_CLASS);
            let spec = FunctionSpec {
                kind: method.kind,
                flags: method.flags,
                name: None,
                start: head.start,
                created: state.start,
            };
            state.constructor = self.inner_function(&spec)?;
            return Ok(None);
        }
        method.flags = method.flags.union(FunctionFlags::IN_CLASS);
        let spec = FunctionSpec {
            kind: method.kind,
            flags: method.flags,
            name: None,
            start: head.start,
            created: state.start,
        };
        let function = self.inner_function(&spec)?;
        let value = self.node(Kind::Function, 0, head.start, function, 0)?;
        let kind = match method.kind {
            FunctionKind::Getter => 1,
            FunctionKind::Setter => 2,
            _ => 0,
        };
        self.element(kind, head.is_static, head.start, key, 0, value.0.get()).map(Some)
    }

    fn element(&mut self, kind: u16, is_static: bool, pos: u32, key: NodeId, slot: u32, value: u32) -> R<NodeId> {
        let words = self.words(&[slot, value])?;
        self.node(Kind::ClassElement, kind | if is_static { 16 } else { 0 }, pos, key.0.get(), words)
    }

    /// A field after its name.
    fn field(
        &mut self,
        state: &mut ClassState,
        head: Head,
        key: NodeId,
        mark: &super::parser::Mark,
    ) -> R<Option<NodeId>> {
        let node = *self.get(key);
        let forbidden = self.key_is(key, Name::CONSTRUCTOR) || head.is_static && self.key_is(key, Name::PROTOTYPE);
        if forbidden {
            return Err(self.error("a field must not have this name", node.pos));
        }
        if node.kind == Kind::PrivateName {
            self.declare_private(state, key, if head.is_static { Binding::STATIC } else { 0 })?;
        }
        let mut slot = 0;
        if node.kind == Kind::ComputedKey {
            slot = self.key_slot(state, node.pos)?.0.get();
        }
        let kind = if head.is_static { FunctionKind::StaticElements } else { FunctionKind::InstanceFields };
        if let Some(root) = state.root {
            if root != kind {
                if self.eat(Tok::Assign)? {
                    self.assignment_in()?;
                }
                self.semicolon()?;
                self.refs.truncate(mark.refs as usize);
                self.drop_back_to(mark);
                return Ok(None);
            }
            let value = if self.eat(Tok::Assign)? { self.assignment_in()?.0.get() } else { 0 };
            self.semicolon()?;
            return self.element(3, head.is_static, head.start, key, slot, value).map(Some);
        }
        let uses = if self.at(Tok::Assign) { self.field_initialiser(kind, state.start)? } else { FunctionFlags(0) };
        let place = if head.is_static { &mut state.statics } else { &mut state.instance };
        *place = Some(place.unwrap_or_default().union(uses));
        if node.kind == Kind::PrivateName {
            self.refs.push(Ref::new(Name(node.a), state.start, Ref::INNER))?;
        }
        self.semicolon()?;
        self.element(3, head.is_static, head.start, key, slot, 0).map(Some)
    }

    /// The hidden binding of a computed field key.
    fn key_slot(&mut self, state: &mut ClassState, pos: u32) -> R<NodeId> {
        let mut text = [0_u16; 12];
        let mut at = text.len() - 1;
        text[at] = u16::from(b']');
        let mut number = state.computed;
        loop {
            at -= 1;
            text[at] = u16::from(b'0') + (number % 10) as u16;
            number /= 10;
            if number == 0 || at <= 1 {
                break;
            }
        }
        at -= 1;
        text[at] = u16::from(b'[');
        state.computed += 1;
        let name = self.lx.interner.intern_cooked(self.lx.source, &text[at..])?;
        let mut binding = FREE;
        if state.root.is_none() {
            let scope = self.scope;
            binding = self.add_binding(name, BindingKind::ComputedKey, scope, 0)?;
            self.bindings[binding as usize].flags |= Binding::CAPTURED | Binding::USED;
        }
        self.node(Kind::Identifier, 0, pos, name.0, binding)
    }

    fn initialiser_ctx(&self) -> u32 {
        self.ctx & ctx::MODULE | ctx::STRICT | ctx::IN | ctx::NEW_TARGET | ctx::SUPER_PROPERTY | ctx::NO_ARGUMENTS
    }

    /// `= …` of a field, parsed as an inner function and dropped. Gives what it uses.
    fn field_initialiser(&mut self, kind: FunctionKind, created: u32) -> R<FunctionFlags> {
        let mark = self.mark();
        let saved = self.enter_function(kind, FunctionFlags(0));
        self.ctx = self.initialiser_ctx();
        let scope = self.open_scope(ScopeKind::Function)?;
        self.f.scope = scope;
        self.f.var_scope = scope;
        self.advance()?;
        self.assignment()?;
        self.close_function_scope(kind)?;
        let uses = FunctionFlags(self.f.flags.0 & USES.0);
        self.pass_refs_outwards(mark.refs as usize, created);
        self.drop_back_to(&mark);
        self.leave_function(&saved);
        Ok(uses)
    }

    /// `static { … }` from its brace on.
    fn static_block(&mut self, state: &mut ClassState, pos: u32) -> R<Option<NodeId>> {
        let mark = self.mark();
        let kind = FunctionKind::StaticElements;
        if state.root == Some(kind) {
            let saved = (self.ctx, self.f.var_scope, self.f.labels, self.f.loops, self.f.breakables);
            self.ctx |= ctx::NO_AWAIT;
            self.f.labels = self.labels.len() as u32;
            self.f.loops = 0;
            self.f.breakables = 0;
            let block = self.static_block_body(pos)?;
            (self.ctx, self.f.var_scope, self.f.labels, self.f.loops, self.f.breakables) = saved;
            let words = self.words(&[0, block.0.get()])?;
            return self.node(Kind::ClassElement, 4 | 16, pos, 0, words).map(Some);
        }
        let saved = self.enter_function(kind, FunctionFlags(0));
        self.ctx = self.initialiser_ctx() | ctx::NO_AWAIT;
        let scope = self.open_scope(ScopeKind::Function)?;
        self.f.scope = scope;
        self.static_block_body(pos)?;
        self.close_function_scope(kind)?;
        let uses = FunctionFlags(self.f.flags.0 & USES.0);
        if state.root.is_none() {
            self.pass_refs_outwards(mark.refs as usize, state.start);
            state.statics = Some(state.statics.unwrap_or_default().union(uses));
        } else {
            self.refs.truncate(mark.refs as usize);
        }
        self.drop_back_to(&mark);
        self.leave_function(&saved);
        Ok(None)
    }

    fn static_block_body(&mut self, pos: u32) -> R<NodeId> {
        let scope = self.open_scope(ScopeKind::StaticBlock)?;
        self.f.var_scope = scope;
        self.expect(Tok::LBrace)?;
        let base = self.pending.len();
        while !self.at(Tok::RBrace) {
            let statement = self.statement_list_item()?;
            self.pending.push(statement.0.get())?;
        }
        let scope = self.close_scope()?;
        self.advance()?;
        let list = self.finish_list(base)?;
        self.node(Kind::Block, 0, pos, scope, list)
    }
}
