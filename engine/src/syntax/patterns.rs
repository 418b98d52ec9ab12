//! Object literals, patterns, and the conversion from one to the other (§13.2.5, §13.15.5, §14.3.3).

use super::ast::{FREE, IS_PROTO, Kind, NodeId, PAREN, SHORTHAND, WRITE};
use super::error::R;
use super::names::Name;
use super::parser::{NOWHERE, Parser, ctx};
use super::scope::BindingKind;
use super::token::Tok;

/// What a binding pattern declares.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Declares {
    Var,
    Lexical(BindingKind),
    Param,
    /// A parameter by itself: its index.
    SimpleParam(u32),
    CatchSimple,
    CatchPattern,
}

impl Parser<'_, '_> {
    /// An object literal.
    #[inline(never)]
    pub(super) fn object(&mut self) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        self.advance()?;
        let saved = self.ctx;
        self.ctx |= ctx::IN;
        let base = self.pending.len();
        let mut has_proto = false;
        while !self.at(Tok::RBrace) {
            let property = self.property(&mut has_proto)?;
            self.pending.push(property.0.get())?;
            if !self.at(Tok::RBrace) {
                self.expect(Tok::Comma)?;
            }
        }
        self.ctx = saved;
        self.advance()?;
        let list = self.finish_list(base)?;
        self.node(Kind::Object, 0, pos, 0, list)
    }

    fn property(&mut self, has_proto: &mut bool) -> R<NodeId> {
        let token = self.lx.t;
        if token.tok == Tok::Ellipsis {
            self.advance()?;
            let value = self.assignment_cover()?;
            let spread = self.node(Kind::Spread, 0, token.start, value.0.get(), 0)?;
            if self.at(Tok::Comma) {
                self.get_mut(spread).extra = 1;
            }
            return Ok(spread);
        }
        if token.tok == Tok::Star {
            return self.method_property(token.start);
        }
        let modifier = token.tok == Tok::Ident
            && !token.escaped
            && (token.name == Name::GET || token.name == Name::SET || token.name == Name::ASYNC);
        if modifier {
            let next = self.lx.peek()?;
            let ends = matches!(next.tok, Tok::Comma | Tok::Colon | Tok::LParen | Tok::RBrace | Tok::Assign);
            let is_name = ends || token.name == Name::ASYNC && next.newline;
            if !is_name {
                return self.method_property(token.start);
            }
        }
        let plain = token.tok == Tok::Ident;
        let key = self.property_name()?;
        match self.lx.t.tok {
            Tok::Colon => {
                self.advance()?;
                let key_node = *self.get(key);
                let is_proto = key_node.kind == Kind::String && key_node.a == Name::PROTO.0;
                if is_proto {
                    if *has_proto && self.cover_error == NOWHERE {
                        self.cover_error = token.start;
                        self.cover_message = "`__proto__` is given twice";
                    }
                    *has_proto = true;
                }
                let value = self.assignment_cover()?;
                let id = self.node(Kind::Property, 0, token.start, key.0.get(), value.0.get())?;
                if is_proto {
                    self.get_mut(id).flags |= IS_PROTO;
                }
                Ok(id)
            }
            Tok::LParen => {
                let function = self.method(token.start, super::functions::MethodSpec::plain(), None)?;
                self.node(Kind::Property, 3, token.start, key.0.get(), function.0.get())
            }
            _ if plain => self.shorthand(token.name, token.start, key),
            _ => Err(self.unexpected()),
        }
    }

    fn shorthand(&mut self, name: Name, pos: u32, key: NodeId) -> R<NodeId> {
        if let Some(message) = self.identifier_problem(name) {
            return Err(self.error(message, pos));
        }
        if name == Name::AWAIT {
            self.last_await_name = pos;
        }
        let mut value = self.reference(name, pos)?;
        if self.at(Tok::Assign) {
            if self.cover_error == NOWHERE {
                self.cover_error = self.pos();
                self.cover_message = "`=` after a shorthand property is only allowed in patterns";
            }
            self.advance()?;
            let default = self.assignment()?;
            value = self.node(Kind::WithDefault, 0, pos, value.0.get(), default.0.get())?;
        }
        let id = self.node(Kind::Property, 0, pos, key.0.get(), value.0.get())?;
        self.get_mut(id).flags |= SHORTHAND;
        Ok(id)
    }

    /// Method, getter or setter of an object literal, from its modifiers on.
    fn method_property(&mut self, start: u32) -> R<NodeId> {
        let spec = self.method_modifiers()?;
        let key = self.property_name()?;
        let function = self.method(start, spec, None)?;
        self.node(Kind::Property, spec.property_kind(), start, key.0.get(), function.0.get())
    }

    /// PropertyName
    pub(super) fn property_name(&mut self) -> R<NodeId> {
        match self.lx.t.tok {
            Tok::String => {
                self.check_octal()?;
                self.name_node(Kind::String)
            }
            Tok::Number => self.number_node(),
            Tok::BigInt => self.name_node(Kind::BigInt),
            Tok::LBracket => {
                let pos = self.pos();
                self.advance()?;
                let value = self.assignment_in()?;
                self.expect(Tok::RBracket)?;
                self.saw_expression = true;
                self.node(Kind::ComputedKey, 0, pos, value.0.get(), 0)
            }
            tok if tok.is_identifier_name() => self.name_node(Kind::String),
            _ => Err(self.unexpected()),
        }
    }

    /// Turns an array or object literal into an assignment pattern, in place.
    pub(super) fn turn_into_assignment_pattern(&mut self, id: NodeId) -> R<()> {
        self.check_depth()?;
        let node = *self.get(id);
        if node.flags & PAREN != 0 && matches!(node.kind, Kind::Array | Kind::Object) {
            return Err(self.error("a pattern must not be in parentheses", node.pos));
        }
        match node.kind {
            Kind::ArrayPattern | Kind::ObjectPattern if node.flags & PAREN == 0 => Ok(()),
            Kind::Array => {
                self.get_mut(id).kind = Kind::ArrayPattern;
                self.each_item(node.b, Self::turn_into_pattern_element)
            }
            Kind::Object => {
                self.get_mut(id).kind = Kind::ObjectPattern;
                self.each_item(node.b, Self::turn_into_pattern_property)
            }
            _ => self.simple_target(id, false),
        }
    }

    /// Calls `work` with each item of the stored list at `list` and whether it is the last.
    fn each_item(&mut self, list: u32, work: fn(&mut Self, NodeId, bool) -> R<()>) -> R<()> {
        if list == 0 {
            return Ok(());
        }
        let count = self.lists[list as usize];
        for index in 1..=count {
            let raw = self.lists[(list + index) as usize];
            if let Some(item) = NodeId::opt(raw) {
                work(self, item, index == count)?;
            }
        }
        Ok(())
    }

    fn turn_into_pattern_element(&mut self, id: NodeId, last: bool) -> R<()> {
        let node = *self.get(id);
        match node.kind {
            Kind::Elision => Ok(()),
            Kind::Spread => self.turn_into_rest(id, last, false),
            _ => self.turn_into_target_with_default(id),
        }
    }

    fn turn_into_rest(&mut self, id: NodeId, last: bool, object: bool) -> R<()> {
        let node = *self.get(id);
        if !last || node.extra != 0 {
            return Err(self.error("a rest element has to be the last", node.pos));
        }
        self.get_mut(id).kind = Kind::Rest;
        let Some(target) = NodeId::opt(node.a) else { return Ok(()) };
        let target_node = *self.get(target);
        let pattern = matches!(target_node.kind, Kind::Array | Kind::Object | Kind::ArrayPattern | Kind::ObjectPattern);
        if target_node.kind == Kind::Assign || object && pattern {
            return Err(self.error("bad target of a rest element", target_node.pos));
        }
        self.turn_into_assignment_pattern(target)
    }

    fn turn_into_target_with_default(&mut self, id: NodeId) -> R<()> {
        let node = *self.get(id);
        if node.kind == Kind::Assign && node.extra == 0 && node.flags & PAREN == 0 {
            // Its left side was checked and converted when it was parsed; only there a call is let through.
            if let Some(left) = NodeId::opt(node.a).map(|left| *self.get(left))
                && left.kind == Kind::Call
            {
                return Err(self.error("invalid assignment target", left.pos));
            }
            self.get_mut(id).kind = Kind::WithDefault;
            return Ok(());
        }
        if node.kind == Kind::WithDefault {
            return match NodeId::opt(node.a) {
                Some(target) => self.turn_into_assignment_pattern(target),
                None => Ok(()),
            };
        }
        self.turn_into_assignment_pattern(id)
    }

    fn turn_into_pattern_property(&mut self, id: NodeId, last: bool) -> R<()> {
        let node = *self.get(id);
        if node.kind == Kind::Spread {
            return self.turn_into_rest(id, last, true);
        }
        if node.extra != 0 {
            return Err(self.error("methods are not allowed in patterns", node.pos));
        }
        let node = self.get_mut(id);
        node.extra = 4;
        node.flags &= !IS_PROTO;
        match NodeId::opt(node.b) {
            Some(value) => self.turn_into_target_with_default(value),
            None => Ok(()),
        }
    }

    /// Checks that an expression can be a parameter of an arrow function and declares its names. The nodes are thrown
    /// away later, so only the identifiers are turned into bindings.
    pub(super) fn turn_into_parameter(&mut self, id: NodeId, last: bool, index: u32) -> R<()> {
        let node = *self.get(id);
        match node.kind {
            Kind::Identifier if node.flags & PAREN == 0 => self.turn_into_bound(id, Declares::SimpleParam(index)),
            Kind::Spread => {
                if !last || node.extra != 0 {
                    return Err(self.error("a rest parameter has to be the last", node.pos));
                }
                match NodeId::opt(node.a) {
                    Some(target) if self.get(target).kind != Kind::Assign => self.turn_into_binding(target),
                    _ => Err(self.error("bad rest parameter", node.pos)),
                }
            }
            _ => self.turn_into_binding_with_default(id),
        }
    }

    fn turn_into_bound(&mut self, id: NodeId, declares: Declares) -> R<()> {
        let node = *self.get(id);
        let name = Name(node.a);
        self.check_bound_name(name, node.pos)?;
        if let Some(message) = self.identifier_problem(name) {
            return Err(self.error(message, node.pos));
        }
        let binding = self.declare(name, node.pos, declares)?;
        let node = self.get_mut(id);
        node.kind = Kind::BindingIdentifier;
        node.flags &= !WRITE;
        node.b = binding;
        Ok(())
    }

    fn turn_into_binding_with_default(&mut self, id: NodeId) -> R<()> {
        let node = *self.get(id);
        let with_default = node.kind == Kind::Assign && node.extra == 0 && node.flags & PAREN == 0;
        if with_default || node.kind == Kind::WithDefault {
            self.saw_expression = true;
            return match NodeId::opt(node.a) {
                Some(target) => self.turn_into_binding(target),
                None => Ok(()),
            };
        }
        self.turn_into_binding(id)
    }

    fn turn_into_binding(&mut self, id: NodeId) -> R<()> {
        self.check_depth()?;
        let node = *self.get(id);
        if node.flags & PAREN != 0 {
            return Err(self.error("a parameter must not be in parentheses", node.pos));
        }
        match node.kind {
            Kind::Identifier => self.turn_into_bound(id, Declares::Param),
            Kind::Array | Kind::ArrayPattern => self.each_item(node.b, |parser, item, last| {
                let node = *parser.get(item);
                match node.kind {
                    Kind::Elision => Ok(()),
                    Kind::Spread | Kind::Rest => parser.turn_into_bound_rest(item, last, false),
                    _ => parser.turn_into_binding_with_default(item),
                }
            }),
            Kind::Object | Kind::ObjectPattern => self.each_item(node.b, |parser, item, last| {
                let node = *parser.get(item);
                match node.kind {
                    Kind::Spread | Kind::Rest => parser.turn_into_bound_rest(item, last, true),
                    _ if node.extra != 0 && node.extra != 4 => {
                        Err(parser.error("methods are not allowed in patterns", node.pos))
                    }
                    _ => {
                        if NodeId::opt(node.a).is_some_and(|key| parser.get(key).kind == Kind::ComputedKey) {
                            parser.saw_expression = true;
                        }
                        match NodeId::opt(node.b) {
                            Some(value) => parser.turn_into_binding_with_default(value),
                            None => Ok(()),
                        }
                    }
                }
            }),
            _ => Err(self.error("bad parameter", node.pos)),
        }
    }

    fn turn_into_bound_rest(&mut self, id: NodeId, last: bool, object: bool) -> R<()> {
        let node = *self.get(id);
        if !last || node.extra != 0 {
            return Err(self.error("a rest element has to be the last", node.pos));
        }
        match NodeId::opt(node.a) {
            Some(target) => {
                let kind = self.get(target).kind;
                if kind == Kind::Assign || object && kind != Kind::Identifier {
                    return Err(self.error("bad target of a rest element", node.pos));
                }
                self.turn_into_binding(target)
            }
            None => Ok(()),
        }
    }

    /// Declares a name and gives its binding.
    pub(super) fn declare(&mut self, name: Name, pos: u32, declares: Declares) -> R<u32> {
        match declares {
            Declares::Var => self.declare_var(name, pos),
            Declares::Lexical(kind) => {
                if name == Name::LET {
                    return Err(self.error("`let` cannot be declared by let, const or class", pos));
                }
                self.declare_lexical(name, kind, pos, false)
            }
            Declares::Param => self.declare_param(name, u32::MAX),
            Declares::SimpleParam(index) => self.declare_param(name, index),
            Declares::CatchSimple | Declares::CatchPattern => {
                let kind = if declares == Declares::CatchSimple {
                    BindingKind::CatchSimple
                } else {
                    BindingKind::CatchPattern
                };
                self.declare_lexical(name, kind, pos, false)
            }
        }
    }

    /// BindingIdentifier or BindingPattern
    pub(super) fn binding_target(&mut self, declares: Declares) -> R<NodeId> {
        match self.lx.t.tok {
            Tok::LBracket | Tok::LBrace => {
                let inside = match declares {
                    Declares::SimpleParam(_) => Declares::Param,
                    Declares::CatchSimple => Declares::CatchPattern,
                    other => other,
                };
                self.binding_pattern(inside)
            }
            _ => {
                let pos = self.pos();
                let name = self.binding_identifier()?;
                self.bound_node(name, pos, declares)
            }
        }
    }

    /// Declares a name and makes the node for it.
    pub(super) fn bound_node(&mut self, name: Name, pos: u32, declares: Declares) -> R<NodeId> {
        let binding = self.declare(name, pos, declares)?;
        if declares == Declares::Var {
            // It may be something else that an initialiser assigns: `with`, a catch parameter.
            let node = self.node(Kind::Identifier, 0, pos, name.0, FREE)?;
            return Ok(node);
        }
        self.node(Kind::BindingIdentifier, 0, pos, name.0, binding)
    }

    #[inline(never)]
    fn binding_pattern(&mut self, declares: Declares) -> R<NodeId> {
        self.check_depth()?;
        let pos = self.pos();
        let base = self.pending.len();
        let is_array = self.at(Tok::LBracket);
        let close = if is_array { Tok::RBracket } else { Tok::RBrace };
        self.advance()?;
        while !self.at(close) {
            let item_pos = self.pos();
            let item = if is_array && self.at(Tok::Comma) {
                let hole = self.node(Kind::Elision, 0, item_pos, 0, 0)?;
                self.pending.push(hole.0.get())?;
                self.advance()?;
                continue;
            } else if self.eat(Tok::Ellipsis)? {
                if !is_array && !self.at(Tok::Ident) {
                    return Err(self.unexpected());
                }
                let target = self.binding_target(declares)?;
                self.write_var(target, declares)?;
                let rest = self.node(Kind::Rest, 0, item_pos, target.0.get(), 0)?;
                self.pending.push(rest.0.get())?;
                if !self.at(close) {
                    return Err(self.unexpected());
                }
                break;
            } else if is_array {
                self.binding_element(declares)?
            } else {
                self.binding_property(declares)?
            };
            self.pending.push(item.0.get())?;
            if !self.at(close) {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance()?;
        let list = self.finish_list(base)?;
        self.node(if is_array { Kind::ArrayPattern } else { Kind::ObjectPattern }, 0, pos, 0, list)
    }

    /// A `var` name in a pattern is assigned, wherever the name leads.
    pub(super) fn write_var(&mut self, target: NodeId, declares: Declares) -> R<()> {
        let node = *self.get(target);
        if declares == Declares::Var && node.kind == Kind::Identifier {
            self.get_mut(target).flags |= WRITE;
            self.refer(Name(node.a), target)?;
        }
        Ok(())
    }

    /// A target with an optional default value.
    pub(super) fn binding_element(&mut self, declares: Declares) -> R<NodeId> {
        let pos = self.pos();
        let target = self.binding_target(declares)?;
        self.write_var(target, declares)?;
        self.default_value(target, pos)
    }

    fn default_value(&mut self, target: NodeId, pos: u32) -> R<NodeId> {
        if !self.eat(Tok::Assign)? {
            return Ok(target);
        }
        self.saw_expression = true;
        let default = self.assignment_in()?;
        self.node(Kind::WithDefault, 0, pos, target.0.get(), default.0.get())
    }

    fn binding_property(&mut self, declares: Declares) -> R<NodeId> {
        let token = self.lx.t;
        let key = self.property_name()?;
        let mut flags = 0;
        let value = if self.eat(Tok::Colon)? {
            self.binding_element(declares)?
        } else {
            if token.tok != Tok::Ident {
                return Err(self.unexpected());
            }
            if let Some(message) = self.identifier_problem(token.name) {
                return Err(self.error(message, token.start));
            }
            self.check_bound_name(token.name, token.start)?;
            flags = SHORTHAND;
            let target = self.bound_node(token.name, token.start, declares)?;
            self.write_var(target, declares)?;
            self.default_value(target, token.start)?
        };
        let id = self.node(Kind::Property, 4, token.start, key.0.get(), value.0.get())?;
        self.get_mut(id).flags |= flags;
        Ok(id)
    }

    /// Marks the names that a declaration bound as initialised from here on.
    pub(super) fn initialised(&mut self, first: usize) {
        let pos = self.lx.prev_end;
        let scope = self.scope;
        for binding in &mut self.bindings[first..] {
            if binding.scope == scope && binding.init_pos == u32::MAX {
                binding.init_pos = pos;
            }
        }
    }
}
