//! Literals: arrays, objects, templates, closures.

use rotifer_arena::ScratchVec;

use super::emitter::Reg;
use super::{Compiler, Result};
use crate::bytecode::{Constant, ContextFlags, FunctionDesc, NO_NAME, Opcode};
use crate::syntax::ast::{
    Expr, FunctionId, FunctionKind, FunctionLiteral, List, NodeId, Property, PropertyKey, PropertyKind,
};
use crate::syntax::names::Name;

/// How many values are gathered in registers before they go into an array or object.
const BATCH: usize = 24;
/// Objects with more keys than this start empty.
const MAX_SHAPE_KEYS: usize = 24;

/// How many of the last constants are searched for a shape.
const SHAPE_WINDOW: usize = 128;

/// `w0` of `DefineMethod`.
pub(super) const METHOD: u32 = 0;
pub(super) const GETTER: u32 = 1;
pub(super) const SETTER: u32 = 2;
pub(super) const ENUMERABLE: u32 = 4;
pub(super) const SET_NAME: u32 = 8;
/// The name is the same whenever this is done.
pub(super) const CONSTANT_NAME: u32 = 16;

/// A property key as it is used.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key {
    /// A string that is no array index.
    Name(Name),
    /// A value in a register (a property key already).
    Register(Reg),
}

impl Compiler<'_, '_> {
    /// An array literal, or a list of arguments as an array.
    #[inline(never)]
    pub(super) fn array(&mut self, items: List, dst: Reg) -> Result {
        let limit = BATCH.min((self.e.free_registers() / 2) as usize).max(1);
        let simple = self.ast.list(items).all(|item| !matches!(self.ast.expr(item), Expr::Spread(_) | Expr::Elision));
        let top = self.e.top();
        if items.is_empty() {
            return self.e.abx(Opcode::NewArray, dst, 0);
        }
        if simple && items.len() <= limit {
            let base = self.e.temps(0)?;
            for item in self.ast.list(items) {
                let register = self.e.temp()?;
                self.expr(item, register)?;
            }
            self.e.abc(Opcode::NewArrayWith, dst, base, items.len() as u8)?;
            self.e.release(top);
            return Ok(());
        }
        // The values are computed while the array exists, so it must not be where they can see it.
        let array = self.scratch_for(dst)?;
        self.e.abx(Opcode::NewArray, array, u16::try_from(items.len()).unwrap_or(u16::MAX))?;
        let base = self.e.top();
        let mut pending = 0;
        for item in self.ast.list(items) {
            match self.ast.expr(item) {
                Expr::Spread(inner) => {
                    self.flush_elements(array, base, &mut pending)?;
                    let value = self.operand(inner)?;
                    self.at(item);
                    self.e.abc(Opcode::AppendSpread, array, value, 0)?;
                    self.e.release(base);
                }
                Expr::Elision => {
                    self.flush_elements(array, base, &mut pending)?;
                    self.e.abx(Opcode::AppendHoles, array, 1)?;
                }
                _ => {
                    let register = self.e.temp()?;
                    self.expr(item, register)?;
                    pending += 1;
                    if pending == limit {
                        self.flush_elements(array, base, &mut pending)?;
                    }
                }
            }
        }
        self.flush_elements(array, base, &mut pending)?;
        self.e.mov(dst, array)?;
        self.e.release(top);
        Ok(())
    }

    fn flush_elements(&mut self, array: Reg, base: u32, pending: &mut usize) -> Result {
        if *pending > 0 {
            self.e.abc(Opcode::AppendElems, array, base as u8, *pending as u8)?;
            *pending = 0;
            self.e.release(base);
        }
        Ok(())
    }

    /// An object literal: leading plain keys make a shape, and their values go in with the object's creation.
    #[inline(never)]
    pub(super) fn object(&mut self, items: List, dst: Reg) -> Result {
        let top = self.e.top();
        let shaped = self.shape_prefix(items)?;
        if items.is_empty() {
            return self.e.abx(Opcode::NewObject, dst, 0);
        }
        let object = if shaped == items.len() { dst } else { self.scratch_for(dst)? };
        if shaped > 0 {
            let start = self.e.code.lists.len() as u32;
            let base = self.e.temps(0)?;
            for item in self.ast.list(items).take(shaped) {
                let property = self.ast.property(item);
                let register = self.e.temp()?;
                if let PropertyKey::Name(name) = property.key {
                    self.named_value(property.value, name, register)?;
                }
            }
            // Values may hold literals of their own, so the keys are listed after them.
            let first = self.e.code.lists.len() as u32;
            debug_assert!(first >= start);
            for item in self.ast.list(items).take(shaped) {
                if let PropertyKey::Name(name) = self.ast.property(item).key {
                    self.e.code.lists.push(name.0)?;
                }
            }
            let constant = self.shape_constant(first, shaped as u32)?;
            self.e.abcw(Opcode::NewObjectWith, object, base, shaped as u8, constant)?;
            self.e.release(if object == dst { top } else { u32::from(base) });
        } else {
            self.e.abx(Opcode::NewObject, object, u16::try_from(items.len()).unwrap_or(u16::MAX))?;
        }
        for item in self.ast.list(items).skip(shaped) {
            let top = self.e.top();
            let property = self.ast.property(item);
            self.property(item, object, &property)?;
            self.e.release(top);
        }
        self.e.mov(dst, object)?;
        self.e.release(top);
        Ok(())
    }

    /// The constant for the keys at the end of `lists`, which are taken back when the same shape was there before.
    fn shape_constant(&mut self, start: u32, len: u32) -> Result<u32> {
        // The last few are enough: literals of one shape stand close together.
        for (index, constant) in self.e.code.constants.iter().enumerate().rev().take(SHAPE_WINDOW) {
            if let Constant::Shape { start: other, len: other_len } = *constant
                && other_len == len
            {
                let lists = &self.e.code.lists;
                let (a, b) = (other as usize, start as usize);
                if lists[a..a + len as usize] == lists[b..b + len as usize] {
                    self.e.code.lists.truncate(b);
                    return Ok(index as u32);
                }
            }
        }
        self.e.constant(Constant::Shape { start, len })
    }

    /// How many properties from the start on are plain, distinct names with values.
    fn shape_prefix(&self, items: List) -> Result<usize> {
        let limit = MAX_SHAPE_KEYS.min((self.e.free_registers() / 2) as usize);
        let mut names = ScratchVec::<Name>::new(self.scratch);
        for item in self.ast.list(items) {
            let property = self.ast.property(item);
            match property.key {
                PropertyKey::Name(name)
                    if property.kind == PropertyKind::Value
                        && !property.is_proto
                        && names.len() < limit
                        && self.array_index(name).is_none()
                        && !names.contains(&name) =>
                {
                    names.push(name)?;
                }
                _ => break,
            }
        }
        Ok(names.len())
    }

    /// A property after the first plain ones.
    #[inline(never)]
    fn property(&mut self, id: NodeId, object: Reg, property: &Property) -> Result {
        match property.kind {
            PropertyKind::Spread => {
                let value = self.operand(property.value)?;
                self.at(id);
                self.e.abc(Opcode::CopyDataProperties, object, value, 0)
            }
            PropertyKind::Value if property.is_proto => {
                let value = self.operand(property.value)?;
                self.e.abc(Opcode::SetProto, object, value, 0)
            }
            PropertyKind::Value | PropertyKind::Pattern | PropertyKind::Rest => {
                match self.property_key(&property.key)? {
                    Key::Name(name) => {
                        let value = match self.is_anonymous(property.value) {
                            true => {
                                let value = self.e.temp()?;
                                self.named_value(property.value, name, value)?;
                                value
                            }
                            false => self.operand(property.value)?,
                        };
                        self.at(id);
                        self.define_field(object, name, value)
                    }
                    Key::Register(key) => {
                        let value = self.e.temp()?;
                        self.value_named_by(property.value, key, value)?;
                        self.at(id);
                        self.e.abc(Opcode::DefineElem, object, key, value)
                    }
                }
            }
            PropertyKind::Getter | PropertyKind::Setter | PropertyKind::Method => {
                let kind = match property.kind {
                    PropertyKind::Getter => GETTER,
                    PropertyKind::Setter => SETTER,
                    _ => METHOD,
                };
                self.method(id, object, &property.key, property.value, kind | ENUMERABLE)
            }
        }
    }

    /// Defines a method or accessor on `r[object]`.
    #[inline(never)]
    pub(super) fn method(&mut self, id: NodeId, object: Reg, key: &PropertyKey, value: NodeId, word: u32) -> Result {
        let (key, naming) = match self.property_key(key)? {
            Key::Register(key) => (key, SET_NAME),
            Key::Name(name) => {
                let key = self.e.temp()?;
                self.e.load_constant(key, Constant::String(name))?;
                (key, SET_NAME | CONSTANT_NAME)
            }
        };
        let function = self.e.temp()?;
        self.expr(value, function)?;
        self.at(id);
        self.e.abcw(Opcode::DefineMethod, object, key, function, word | naming)
    }

    /// Evaluates a property key.
    pub(super) fn property_key(&mut self, key: &PropertyKey) -> Result<Key> {
        Ok(match *key {
            PropertyKey::Name(name) => match self.array_index(name) {
                None => Key::Name(name),
                Some(index) => {
                    let register = self.e.temp()?;
                    self.number(f64::from(index), register)?;
                    Key::Register(register)
                }
            },
            PropertyKey::Number(value) => {
                let register = self.e.temp()?;
                self.number(value, register)?;
                self.canonical_key(register, value)?;
                Key::Register(register)
            }
            PropertyKey::BigInt(name) => {
                let register = self.e.temp()?;
                self.e.load_constant(register, Constant::BigInt(name))?;
                self.e.abc(Opcode::ToPropertyKey, register, register, 0)?;
                Key::Register(register)
            }
            PropertyKey::Computed(node) => {
                let register = self.e.temp()?;
                self.expr(node, register)?;
                if !matches!(self.ast.expr(node), Expr::String(_)) {
                    self.at(node);
                    self.e.abc(Opcode::ToPropertyKey, register, register, 0)?;
                }
                Key::Register(register)
            }
            PropertyKey::Private(ident) => {
                let register = self.e.temp()?;
                self.identifier(&ident, register)?;
                Key::Register(register)
            }
        })
    }

    /// Numbers that are no small integers become strings.
    fn canonical_key(&mut self, register: Reg, value: f64) -> Result {
        if super::expressions::as_int(value).is_some_and(|int| int >= 0) {
            return Ok(());
        }
        self.e.abc(Opcode::ToPropertyKey, register, register, 0)
    }

    /// CreateDataProperty with a constant key.
    pub(super) fn define_field(&mut self, object: Reg, name: Name, value: Reg) -> Result {
        match self.key_ic(name)? {
            Some(word) => self.e.abcw(Opcode::DefineField, object, value, 0, word),
            None => {
                let key = self.e.temp()?;
                self.e.load_constant(key, Constant::String(name))?;
                self.e.abc(Opcode::DefineElem, object, key, value)
            }
        }
    }

    // ---- functions ---------------------------------------------------------------------------------------------------

    /// Whether the expression is a function or class definition without a name (IsAnonymousFunctionDefinition).
    pub(super) fn is_anonymous(&self, id: NodeId) -> bool {
        match self.ast.expr(id) {
            Expr::Function(function) => self.ast.function(function).name.is_none(),
            Expr::Class(class) => self.ast.class(class).name.is_none(),
            _ => false,
        }
    }

    /// NamedEvaluation with a constant name.
    pub(super) fn named_value(&mut self, id: NodeId, name: Name, dst: Reg) -> Result {
        match self.ast.expr(id) {
            Expr::Function(function) => self.closure(function, Some(name), dst),
            Expr::Class(class) => self.class(class, Some(name), dst),
            _ => self.expr(id, dst),
        }
    }

    /// NamedEvaluation with a name that is known at run time.
    pub(super) fn value_named_by(&mut self, id: NodeId, key: Reg, dst: Reg) -> Result {
        let anonymous = self.is_anonymous(id);
        if let Expr::Class(class) = self.ast.expr(id)
            && anonymous
        {
            return self.class_named_by(class, key, dst);
        }
        self.expr(id, dst)?;
        if anonymous {
            self.e.abc(Opcode::SetFunctionName, dst, key, 0)?;
        }
        Ok(())
    }

    /// Creates a closure. Its own name goes before `name`.
    #[inline(never)]
    pub(super) fn closure(&mut self, function: FunctionId, name: Option<Name>, dst: Reg) -> Result {
        let literal = *self.ast.function(function);
        let constant = self.function_constant(literal, literal.name.or(name), 0)?;
        let env = self.current_env();
        self.e.at(literal.start);
        self.e.abcw(Opcode::Closure, dst, env, 0, constant)
    }

    /// The constant that describes an inner function.
    pub(super) fn function_constant(
        &mut self,
        literal: FunctionLiteral,
        name: Option<Name>,
        extra: u16,
    ) -> Result<u32> {
        self.described(literal, name, extra, (literal.start, literal.end))
    }

    /// As [`Compiler::function_constant`], with the text range that `toString` shows.
    #[inline(never)]
    pub(super) fn described(
        &mut self,
        literal: FunctionLiteral,
        name: Option<Name>,
        extra: u16,
        (text_start, text_end): (u32, u32),
    ) -> Result<u32> {
        let inherited = self.e.code.context;
        let mut context = ContextFlags(extra).with(ContextFlags::STRICT, self.is_strict());
        match literal.kind {
            FunctionKind::Arrow => context.0 |= inherited.0,
            FunctionKind::InstanceFields | FunctionKind::StaticElements => {
                context.0 |= ContextFlags::NEW_TARGET_ALLOWED
                    | ContextFlags::SUPER_PROPERTY_ALLOWED
                    | ContextFlags::FIELD_INITIALIZER;
            }
            FunctionKind::Normal => context.0 |= ContextFlags::NEW_TARGET_ALLOWED,
            FunctionKind::DerivedConstructor => {
                context.0 |= ContextFlags::NEW_TARGET_ALLOWED
                    | ContextFlags::SUPER_PROPERTY_ALLOWED
                    | ContextFlags::SUPER_CALL_ALLOWED
                    | ContextFlags::THIS_IN_SCOPE;
            }
            _ => context.0 |= ContextFlags::NEW_TARGET_ALLOWED | ContextFlags::SUPER_PROPERTY_ALLOWED,
        }
        let index = self.e.code.functions.len() as u32;
        let scope = self.scope;
        self.e.code.functions.push(FunctionDesc { literal, text_start, text_end, name, scope, context })?;
        self.e.constant(Constant::Function(index))
    }

    // ---- templates ---------------------------------------------------------------------------------------------------

    #[inline(never)]
    pub(super) fn template(&mut self, id: NodeId, dst: Reg) -> Result {
        let ast = self.ast;
        let limit = BATCH.min((self.e.free_registers() / 2) as usize).max(2);
        let base = self.e.top();
        let mut pending = 0;
        for chunk in ast.template(id) {
            let text = chunk.cooked.filter(|&name| !ast.name_text(name).is_empty());
            if let Some(text) = text {
                let register = self.e.temp()?;
                self.e.load_constant(register, Constant::String(text))?;
                pending += 1;
                self.join(base, &mut pending, limit)?;
            }
            if let Some(expression) = chunk.expression {
                let register = self.e.temp()?;
                self.expr(expression, register)?;
                self.at(expression);
                self.e.abc(Opcode::ToString, register, register, 0)?;
                pending += 1;
                self.join(base, &mut pending, limit)?;
            }
        }
        match pending {
            0 => self.e.load_constant(dst, Constant::String(Name::EMPTY)),
            1 => self.e.mov(dst, base as u8),
            _ => self.e.abc(Opcode::Concat, dst, base as u8, pending as u8),
        }
    }

    /// Joins the strings gathered from `base` on when there are `limit` of them.
    fn join(&mut self, base: u32, pending: &mut usize, limit: usize) -> Result {
        if *pending >= limit {
            self.e.abc(Opcode::Concat, base as u8, base as u8, *pending as u8)?;
            self.e.release(base + 1);
            *pending = 1;
        }
        Ok(())
    }

    /// The call of a tagged template, callee and this being in `r[base]` and the next.
    #[inline(never)]
    pub(super) fn tagged_arguments(
        &mut self,
        id: NodeId,
        template: NodeId,
        base: Reg,
        has_this: bool,
        dst: Reg,
    ) -> Result {
        let ast = self.ast;
        let start = self.e.code.lists.len() as u32;
        let mut strings = 0;
        for chunk in ast.template(template) {
            self.e.code.lists.push(chunk.cooked.map_or(NO_NAME, |name| name.0))?;
            self.e.code.lists.push(chunk.raw.0)?;
            strings += 1;
        }
        let constant = self.e.constant(Constant::Template { start, len: strings })?;
        if !has_this {
            self.e.abc(Opcode::LoadUndefined, base + 1, 0, 0)?;
        }
        let count = ast.template(template).filter(|chunk| chunk.expression.is_some()).count();
        let first = self.e.temp()?;
        if count < BATCH.min((self.e.free_registers() / 2) as usize) {
            self.e.abcw(Opcode::TemplateObject, first, 0, 0, constant)?;
            for expression in ast.template(template).filter_map(|chunk| chunk.expression) {
                let register = self.e.temp()?;
                self.expr(expression, register)?;
            }
            self.at(id);
            return self.e.abc(Opcode::CallMethod, dst, base, count as u8 + 1);
        }
        self.e.abx(Opcode::NewArray, first, u16::try_from(count + 1).unwrap_or(u16::MAX))?;
        let value = self.e.temp()?;
        self.e.abcw(Opcode::TemplateObject, value, 0, 0, constant)?;
        self.e.abc(Opcode::AppendElems, first, value, 1)?;
        for expression in ast.template(template).filter_map(|chunk| chunk.expression) {
            self.expr(expression, value)?;
            self.e.abc(Opcode::AppendElems, first, value, 1)?;
        }
        self.at(id);
        self.e.abc(Opcode::CallSpread, dst, base, 0)
    }
}
