//! Classes.

use super::emitter::Reg;
use super::literals::{GETTER, Key, METHOD, SETTER};
use super::{Compiler, Result};
use crate::bytecode::{ContextFlags, Opcode};
use crate::syntax::ast::{
    Class, ClassElement, ClassElementKind, FunctionFlags, FunctionKind, FunctionLiteral, List, NodeId, PropertyKey,
};
use crate::syntax::names::Name;
use crate::syntax::scope::BindingKind;

/// Where a class gets its name.
#[derive(Clone, Copy)]
enum ClassName {
    Known(Option<Name>),
    InRegister(Reg),
}

impl Compiler<'_, '_> {
    /// Evaluates a class; its own name goes before `name`.
    #[inline(never)]
    pub(super) fn class(&mut self, id: NodeId, name: Option<Name>, dst: Reg) -> Result {
        let class = self.ast.class(id);
        self.class_definition(id, &class, ClassName::Known(class.name.or(name)), dst)
    }

    /// Evaluates an anonymous class whose name is in `r[key]`.
    #[inline(never)]
    pub(super) fn class_named_by(&mut self, id: NodeId, key: Reg, dst: Reg) -> Result {
        let class = self.ast.class(id);
        self.class_definition(id, &class, ClassName::InRegister(key), dst)
    }

    #[inline(never)]
    fn class_definition(&mut self, id: NodeId, class: &Class, name: ClassName, dst: Reg) -> Result {
        self.check_depth()?;
        let ast = self.ast;
        // Its registers are in use while its parts are evaluated: they must stay where they are.
        let depth = core::mem::take(&mut self.expression_depth);
        let outer = self.enter_scope(class.name_scope)?;
        let constructor = self.e.temps(2)?;
        let prototype = constructor + 1;
        match class.heritage {
            Some(heritage) => self.expr(heritage, constructor)?,
            None => self.e.abc(Opcode::LoadHole, constructor, 0, 0)?,
        }
        let body = self.open_scope(class.body_scope, None)?;
        if let Some(scope) = class.body_scope {
            for binding in ast.bindings_of(scope) {
                if ast.binding(binding).kind() != BindingKind::Private {
                    continue;
                }
                let top = self.e.top();
                let register = self.e.temp()?;
                let text = self.name_constant(ast.binding(binding).name())?;
                self.e.abcw(Opcode::NewPrivateName, register, 0, 0, text)?;
                let location = self.locations[binding.0 as usize];
                self.set_location(location, register)?;
                self.e.release(top);
            }
        }
        let kind = match class.heritage {
            Some(_) => FunctionKind::DerivedConstructor,
            None => FunctionKind::ClassConstructor,
        };
        let known = match name {
            ClassName::Known(name) => name,
            ClassName::InRegister(_) => None,
        };
        let text = (class.start, class.end);
        let constant = match class.constructor {
            Some(function) => self.described(*ast.function(function), known, 0, text)?,
            None => {
                let literal = FunctionLiteral {
                    kind,
                    flags: FunctionFlags::STRICT,
                    name: None,
                    start: class.start,
                    params: class.start,
                    end: class.end,
                    length: 0,
                };
                self.described(literal, known, ContextFlags::DEFAULT_CONSTRUCTOR, text)?
            }
        };
        let env = self.current_env();
        self.at(id);
        self.e.abcw(Opcode::CreateClass, constructor, env, 0, constant)?;
        if let ClassName::InRegister(key) = name {
            self.e.abc(Opcode::SetFunctionName, constructor, key, 0)?;
        }
        for element_id in ast.list(class.elements) {
            let top = self.e.top();
            let element = ast.class_element(element_id);
            let object = if element.is_static { constructor } else { prototype };
            self.class_member(element_id, &element, constructor, object)?;
            self.e.release(top);
        }
        if let Some(binding) = class.name_binding {
            let location = self.locations[binding.0 as usize];
            self.set_location(location, constructor)?;
        }
        let top = self.e.top();
        if let Some(fields) = class.instance_fields {
            let function = self.e.temp()?;
            self.closure(fields, Some(Name::CLASS_FIELDS), function)?;
            self.e.abc(Opcode::SetHomeObject, function, prototype, 0)?;
            self.e.abc(Opcode::SetFieldInitializer, constructor, function, 0)?;
        }
        if let Some(elements) = class.static_elements {
            let call = self.e.temps(2)?;
            self.closure(elements, Some(Name::CLASS_STATIC), call)?;
            self.e.abc(Opcode::SetHomeObject, call, constructor, 0)?;
            self.e.mov(call + 1, constructor)?;
            self.e.abc(Opcode::CallMethod, call, call, 0)?;
        }
        self.e.release(top);
        self.exit_scope(body);
        self.e.mov(dst, constructor)?;
        self.exit_scope(outer);
        self.expression_depth = depth;
        Ok(())
    }

    #[inline(never)]
    fn class_member(&mut self, id: NodeId, element: &ClassElement, constructor: Reg, object: Reg) -> Result {
        let kind = match element.kind {
            ClassElementKind::Method => METHOD,
            ClassElementKind::Getter => GETTER,
            ClassElementKind::Setter => SETTER,
            ClassElementKind::Field | ClassElementKind::StaticBlock | ClassElementKind::Accessor => {
                return self.field_key(element);
            }
        };
        let Some(value) = element.value else { return Ok(()) };
        if let PropertyKey::Private(ident) = element.key {
            let key = self.e.temp()?;
            self.identifier(&ident, key)?;
            let function = self.e.temp()?;
            self.expr(value, function)?;
            self.e.abc(Opcode::SetHomeObject, function, object, 0)?;
            self.e.abc(Opcode::SetFunctionName, function, key, kind as u8)?;
            let op = if element.is_static { Opcode::DefinePrivateMethod } else { Opcode::AddInstanceMethod };
            self.at(id);
            return self.e.abcw(op, constructor, key, function, kind);
        }
        if element.is_static
            && let PropertyKey::Computed(node) = element.key
        {
            let key = self.e.temp()?;
            self.expr(node, key)?;
            self.at(node);
            self.e.abc(Opcode::ToPropertyKey, key, key, 0)?;
            self.e.abc(Opcode::CheckStaticName, key, 0, 0)?;
            let function = self.e.temp()?;
            self.expr(value, function)?;
            self.at(id);
            return self.e.abcw(Opcode::DefineMethod, object, key, function, kind | super::literals::SET_NAME);
        }
        self.method(id, object, &element.key, value, kind)
    }

    /// The computed key of a field: evaluated once, with the class.
    fn field_key(&mut self, element: &ClassElement) -> Result {
        let (PropertyKey::Computed(node), Some(binding)) = (element.key, element.key_binding) else { return Ok(()) };
        let key = self.e.temp()?;
        self.expr(node, key)?;
        self.at(node);
        self.e.abc(Opcode::ToPropertyKey, key, key, 0)?;
        if element.is_static {
            self.e.abc(Opcode::CheckStaticName, key, 0, 0)?;
        }
        self.initialize(&binding, key)
    }

    /// The body of the function that defines fields and runs static blocks on its `this`.
    pub(super) fn class_elements(&mut self, body: List) -> Result {
        let this = self.this.unwrap_or(0);
        for id in self.ast.list(body) {
            let top = self.e.top();
            let element = self.ast.class_element(id);
            match element.kind {
                ClassElementKind::StaticBlock => {
                    if let Some(block) = element.value {
                        self.statement(block)?;
                    }
                }
                _ => self.field(id, &element, this)?,
            }
            self.e.release(top);
        }
        Ok(())
    }

    fn field(&mut self, id: NodeId, element: &ClassElement, this: Reg) -> Result {
        let key = match (element.key, element.key_binding) {
            (PropertyKey::Computed(_), Some(binding)) => {
                let key = self.e.temp()?;
                self.identifier(&binding, key)?;
                Key::Register(key)
            }
            _ => self.property_key(&element.key)?,
        };
        let value = self.e.temp()?;
        match (element.value, key) {
            (None, _) => self.e.abc(Opcode::LoadUndefined, value, 0, 0)?,
            (Some(node), Key::Name(name)) => self.named_value(node, name, value)?,
            (Some(node), Key::Register(key)) => self.value_named_by(node, key, value)?,
        }
        self.at(id);
        match (element.key, key) {
            (PropertyKey::Private(_), Key::Register(key)) => self.e.abc(Opcode::DefinePrivateField, this, key, value),
            (_, Key::Name(name)) => self.define_field(this, name, value),
            (_, Key::Register(key)) => self.e.abc(Opcode::DefineElem, this, key, value),
        }
    }
}
