//! Globals, environments, and names looked up at run time (ECMA-262 §9.1).

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, WellKnown, field, object};

use super::layout::{ENV_SLOTS, scope};
use super::slow::{At, Flow};
use crate::bytecode::{BindingFlags, DeclarationKind, Opcode, ScopeDesc};
use crate::cx::{Cx, Key, NULL, Object, UNDEFINED, Value, imm};
use crate::isolate::realm_word;
use crate::ops::{Own, PropertyDescriptor};
use crate::throw::JsResult;

pub(super) fn execute<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Option<Flow>> {
    use Opcode as O;
    let one = Ok(Some(Flow::Next(1)));
    let two = Ok(Some(Flow::Next(2)));
    match op {
        O::GetGlobal | O::GetGlobalOrUndefined => {
            let key = cx.key_constant(at.w0)?;
            let v = match cx.get_global(key, at.w0 >> 16)? {
                Some(v) => v,
                None if op == O::GetGlobal => return Err(cx.throw_not_defined(key)),
                None => UNDEFINED,
            };
            cx.set_reg(at, at.a(), v);
            two
        }
        O::SetGlobal => {
            let key = cx.key_constant(at.w0)?;
            cx.set_global(key, at.ra(), at.w0 >> 16, true)?;
            two
        }
        O::HasGlobal => {
            let key = cx.key_constant(at.w0)?;
            let lexical = cx.lexical();
            let lexical = cx.root_object(lexical)?;
            let global = cx.global()?;
            let has = cx.has_own_raw(lexical, key) || cx.has_property(global, key)?;
            cx.set_reg_raw(at, at.a(), JsValue::bool(has));
            two
        }
        O::SetGlobalIfHad => {
            let key = cx.key_constant(at.w0)?;
            if cx.peek(at.rb()) != JsValue::TRUE {
                return Err(cx.throw_not_defined(key));
            }
            cx.set_global(key, at.ra(), at.w0 >> 16, false)?;
            two
        }
        O::DeclareGlobals => {
            let list = cx.constant(at.w0)?;
            cx.declare_globals(list, at.a() == 1)?;
            two
        }
        O::InitGlobalFunction => {
            let key = cx.constant(at.w0)?.cast();
            cx.init_global_function(key, at.ra(), at.b() == 1)?;
            two
        }
        O::InitGlobalLexical => {
            let key = cx.constant(at.w0)?.cast();
            let lexical = cx.lexical();
            let v = cx.peek(at.ra());
            let k = cx.peek_key(key);
            if let Some(slot) = object::find_own(cx.heap(), lexical.index(), k) {
                object::set_slot(cx.heap_mut(), lexical.index(), slot.place, v);
            }
            two
        }
        O::NewEnv => {
            let slots = at.w1;
            cx.heap_mut().reserve(ENV_SLOTS + slots, &mut [])?;
            let (parent, desc) = (cx.peek(at.rb()), cx.constant_raw(at.w0));
            let heap = cx.heap_mut();
            let env = heap.new_values(Kind::Env, ENV_SLOTS - 1 + slots, JsValue::EMPTY);
            heap.fill(env + ENV_SLOTS, at.c().min(slots), JsValue::UNDEFINED.to_bits());
            heap.init(env + field::Env::parent, parent);
            heap.init(env + field::Env::desc, desc);
            cx.set_reg_raw(at, at.a(), JsValue::cell(env));
            Ok(Some(Flow::Next(3)))
        }
        O::CopyEnv => {
            let words = cx.heap().header(cx.peek(at.rb()).index()).aux();
            cx.heap_mut().reserve(words, &mut [])?;
            let from = cx.peek(at.rb()).index();
            let heap = cx.heap_mut();
            let env = heap.new_block(Kind::Env, words);
            heap.copy(from + 1, env + 1, words - 1);
            cx.set_reg_raw(at, at.a(), JsValue::cell(env));
            one
        }
        O::GetEnvChecked => Err(cx.throw_uninitialised(at.w0)),
        O::GetScopedChecked => Err(cx.throw_uninitialised(at.w1)),
        O::SetEnvChecked => {
            let env = cx.peek(at.ra()).index();
            let to = ENV_SLOTS + at.b();
            if cx.heap().value(env + to).is_empty() {
                return Err(cx.throw_uninitialised(at.w0));
            }
            let v = cx.peek(at.rc());
            cx.heap_mut().put(env, to, v);
            two
        }
        O::SetScopedChecked => {
            let mut env = cx.peek(at.ra()).index();
            for _ in 0..at.w0 >> 24 {
                env = cx.heap().value(env + field::Env::parent).index();
            }
            let to = ENV_SLOTS + (at.w0 & 0xFF_FFFF);
            if cx.heap().value(env + to).is_empty() {
                return Err(cx.throw_uninitialised(at.w1));
            }
            let v = cx.peek(at.rb());
            cx.heap_mut().put(env, to, v);
            Ok(Some(Flow::Next(3)))
        }
        O::PushWith => {
            let o = cx.to_object(at.rc())?;
            let desc = cx.with_scope(at.rb())?;
            cx.heap_mut().reserve(ENV_SLOTS + 1, &mut [])?;
            let (o, parent, desc) = (cx.peek(o), cx.peek(at.rb()), cx.peek(desc));
            let heap = cx.heap_mut();
            let env = heap.new_values(Kind::Env, ENV_SLOTS, o);
            heap.init(env + field::Env::parent, parent);
            heap.init(env + field::Env::desc, desc);
            cx.set_reg_raw(at, at.a(), JsValue::cell(env));
            one
        }
        O::GetName | O::GetNameOrUndefined => {
            let key = cx.constant(at.w0)?.cast();
            let found = cx.resolve_name(at.rb(), key)?;
            let v = if cx.peek(found).is_empty() {
                if op == O::GetName {
                    return Err(cx.throw_not_defined(key));
                }
                UNDEFINED
            } else {
                cx.get_resolved(found, key)?
            };
            cx.set_reg(at, at.a(), v);
            two
        }
        O::GetNameMethod => {
            let key = cx.constant(at.w0)?.cast();
            let found = cx.resolve_name(at.rb(), key)?;
            if cx.peek(found).is_empty() {
                return Err(cx.throw_not_defined(key));
            }
            let v = cx.get_resolved(found, key)?;
            let this = match cx.with_object(found)? {
                Some(o) => o.cast(),
                None => UNDEFINED,
            };
            cx.set_reg(at, at.a(), v);
            cx.set_reg(at, at.a() + 1, this);
            two
        }
        O::ResolveName => {
            let key = cx.constant(at.w0)?.cast();
            let found = cx.resolve_name(at.rb(), key)?;
            cx.set_reg(at, at.a(), found);
            two
        }
        O::GetResolved => {
            let key = cx.constant(at.w0)?.cast();
            if cx.peek(at.rb()).is_empty() {
                return Err(cx.throw_not_defined(key));
            }
            let v = cx.get_resolved(at.rb(), key)?;
            cx.set_reg(at, at.a(), v);
            two
        }
        O::SetResolved => {
            let key = cx.constant(at.w0)?.cast();
            cx.set_resolved(at.ra(), key, at.rb())?;
            two
        }
        O::DeleteName => {
            let key = cx.constant(at.w0)?.cast();
            let done = cx.delete_name(at.rb(), key)?;
            cx.set_reg_raw(at, at.a(), JsValue::bool(done));
            two
        }
        O::DeclareEvalVars => {
            let list = cx.constant(at.w0)?;
            cx.declare_eval_vars(at.ra(), list)?;
            two
        }
        O::InitEvalFunction => {
            let key = cx.constant(at.w0)?.cast();
            cx.init_eval_function(at.ra(), key, at.rb(), at.c() != 0)?;
            two
        }
        _ => Ok(None),
    }
}

/// What a name was found to be in an environment.
enum Found {
    /// A slot with its binding's flags.
    Slot(u32, BindingFlags),
    /// A property of the object that holds a function's eval-declared variables.
    EvalVar,
    /// A property of a `with` object.
    With,
    Nothing,
}

impl<'s> Cx<'s> {
    /// The object of global lexical declarations; unrooted.
    fn lexical(&self) -> JsValue {
        self.realm_word(realm_word::LEXICAL)
    }

    fn has_own_raw(&self, o: Object<'s>, key: Key<'s>) -> bool {
        object::find_own(self.heap(), self.peek(o).index(), self.peek_key(key)).is_some()
    }

    /// The value of a global binding; `None` when there is none.
    fn get_global(&mut self, key: Key<'s>, ic: u32) -> JsResult<Option<Value<'s>>> {
        let lexical = self.lexical();
        if let Some(slot) = object::find_own(self.heap(), lexical.index(), self.peek_key(key)) {
            let v = object::get_slot(self.heap(), lexical.index(), slot.place);
            if v.is_empty() {
                return Err(self.throw_uninitialized(key));
            }
            self.cache_global(lexical, key, ic, false);
            return self.root(v).map(Some);
        }
        let global = self.global()?;
        match self.own(global, key)? {
            Own::Slot(v, ..) => {
                let v = self.root(v)?;
                let g = self.peek(global);
                self.cache_global(g, key, ic, false);
                Ok(Some(v))
            }
            _ => {
                if !self.has_property(global, key)? {
                    return Ok(None);
                }
                self.get(global, key).map(Some)
            }
        }
    }

    fn set_global(&mut self, key: Key<'s>, value: Value<'s>, ic: u32, may_create: bool) -> JsResult<()> {
        let lexical = self.lexical();
        if let Some(slot) = object::find_own(self.heap(), lexical.index(), self.peek_key(key)) {
            let v = object::get_slot(self.heap(), lexical.index(), slot.place);
            if v.is_empty() {
                return Err(self.throw_uninitialized(key));
            }
            if !slot.attrs.has(Attrs::WRITABLE) {
                return Err(self.throw_const(key));
            }
            let v = self.peek(value);
            object::set_slot(self.heap_mut(), lexical.index(), slot.place, v);
            self.cache_global(lexical, key, ic, true);
            return Ok(());
        }
        let global = self.global()?;
        let strict = self.is_strict();
        if strict && !self.has_property(global, key)? {
            let _ = may_create;
            return Err(self.throw_not_defined(key));
        }
        if !self.set_with(global, key, value, global.cast())? {
            return if strict { Err(self.throw_read_only(key)) } else { Ok(()) };
        }
        let g = self.peek(global);
        self.cache_global(g, key, ic, true);
        Ok(())
    }

    /// ECMA-262 §16.1.7 GlobalDeclarationInstantiation, and §19.2.1.3 EvalDeclarationInstantiation for global eval code.
    fn declare_globals(&mut self, list: Value<'s>, eval: bool) -> JsResult<()> {
        let global = self.global()?;
        let lexical = self.lexical();
        let lexical = self.root_object(lexical)?;
        let count = (self.heap().header(self.peek(list).index()).aux() - 1) / 2;
        // First everything is checked, then everything is made.
        for i in 0..count {
            let mut cx = self.nest();
            let key: Key<'_> = cx.field(list, 1 + 2 * i)?.cast();
            let kind = cx.field_raw(list, 2 + 2 * i).as_raw() as u32;
            let has_lexical = cx.has_own_raw(lexical, key);
            if has_lexical {
                return Err(cx.throw_redeclared(key));
            }
            if kind <= DeclarationKind::Const as u32 {
                let restricted = match cx.get_own_property(global, key)? {
                    Some(d) => d.configurable == Some(false),
                    None => false,
                };
                if restricted {
                    return Err(cx.throw_redeclared(key));
                }
            }
        }
        for i in 0..count {
            let mut cx = self.nest();
            let key: Key<'_> = cx.field(list, 1 + 2 * i)?.cast();
            let kind = cx.field_raw(list, 2 + 2 * i).as_raw() as u32;
            if kind == DeclarationKind::Function as u32 && !cx.can_declare_global_function(global, key)? {
                return Err(cx.throw_cannot_define(key));
            }
            if kind == DeclarationKind::Var as u32 {
                let own = cx.get_own_property(global, key)?.is_some();
                if !own && !cx.is_extensible(global)? {
                    return Err(cx.throw_cannot_define(key));
                }
            }
        }
        for i in 0..count {
            let mut cx = self.nest();
            let key: Key<'_> = cx.field(list, 1 + 2 * i)?.cast();
            let kind = cx.field_raw(list, 2 + 2 * i).as_raw() as u32;
            if kind <= DeclarationKind::Const as u32 {
                let attrs = if kind == DeclarationKind::Const as u32 { Attrs::NONE } else { Attrs::WRITABLE };
                cx.define_new(lexical, key, imm(JsValue::EMPTY), attrs)?;
            } else if kind == DeclarationKind::Var as u32 {
                // §9.1.1.4.17 CreateGlobalVarBinding
                let own = cx.get_own_property(global, key)?.is_some();
                if !own && cx.is_extensible(global)? {
                    let attrs = Attrs::WRITABLE.with(Attrs::ENUMERABLE).set(Attrs::CONFIGURABLE, eval);
                    cx.define_property_or_throw(global, key, &PropertyDescriptor::data(UNDEFINED, attrs))?;
                }
            }
        }
        Ok(())
    }

    /// §9.1.1.4.16 CanDeclareGlobalFunction
    fn can_declare_global_function(&mut self, global: Object<'s>, key: Key<'s>) -> JsResult<bool> {
        Ok(match self.get_own_property(global, key)? {
            None => self.is_extensible(global)?,
            Some(d) => {
                d.configurable == Some(true) || d.is_data() && d.writable == Some(true) && d.enumerable == Some(true)
            }
        })
    }

    /// §9.1.1.4.18 CreateGlobalFunctionBinding
    fn init_global_function(&mut self, key: Key<'s>, value: Value<'s>, eval: bool) -> JsResult<()> {
        let global = self.global()?;
        let d = match self.get_own_property(global, key)? {
            Some(d) if d.configurable != Some(true) => {
                PropertyDescriptor { value: Some(value), ..PropertyDescriptor::default() }
            }
            _ => {
                let attrs = Attrs::WRITABLE.with(Attrs::ENUMERABLE).set(Attrs::CONFIGURABLE, eval);
                PropertyDescriptor::data(value, attrs)
            }
        };
        self.define_property_or_throw(global, key, &d)?;
        self.set(global, key, value)
    }

    /// The scope description of a `with` environment inside `parent`.
    fn with_scope(&mut self, parent: Value<'s>) -> JsResult<Value<'s>> {
        let outer = self.scope_of_env(parent)?;
        self.heap_mut().reserve(3, &mut [])?;
        let outer = self.peek(outer);
        let heap = self.heap_mut();
        let at = heap.new_values(Kind::Values, 2, JsValue::NULL);
        heap.init(at + scope::PARENT, outer);
        heap.init(at + scope::INFO, JsValue::raw(u64::from(ScopeDesc::WITH) | 1 << 16));
        self.root(JsValue::cell(at))
    }

    /// The scope description of an environment; null for none.
    pub(super) fn scope_of_env(&mut self, env: Value<'s>) -> JsResult<Value<'s>> {
        if self.peek(env).is_cell() { self.field(env, field::Env::desc) } else { Ok(NULL) }
    }

    fn env_flags(&self, env: JsValue) -> u16 {
        let desc = self.heap().value(env.index() + field::Env::desc);
        if desc.is_cell() { self.heap().value(desc.index() + scope::INFO).as_raw() as u16 } else { 0 }
    }

    /// Looks a name up in one environment.
    fn find_in_env(&mut self, env: Value<'s>, key: Key<'s>) -> JsResult<Found> {
        let e = self.peek(env);
        let flags = self.env_flags(e);
        if flags & ScopeDesc::WITH != 0 {
            let o = self.field(env, ENV_SLOTS)?;
            let o: Object<'s> = o.cast();
            if !self.has_property(o, key)? {
                return Ok(Found::Nothing);
            }
            // §9.1.1.2.1: names listed in @@unscopables are not seen.
            let list = self.get(o, WellKnown::Unscopables)?;
            if let Some(list) = self.as_object(list) {
                let blocked = self.get(list, key)?;
                if self.to_boolean(blocked) {
                    return Ok(Found::Nothing);
                }
            }
            return Ok(Found::With);
        }
        let desc = self.heap().value(e.index() + field::Env::desc);
        if desc.is_cell() {
            let words = self.heap().header(desc.index()).aux();
            let k = self.peek(key);
            let mut i = scope::NAMES;
            while i + 1 < words {
                if self.heap().value(desc.index() + i) == k {
                    let raw = self.heap().value(desc.index() + i + 1).as_raw();
                    return Ok(Found::Slot(raw as u32, BindingFlags((raw >> 32) as u8)));
                }
                i += 2;
            }
        }
        if flags & ScopeDesc::EVAL_VARS != 0 {
            let vars = self.heap().value(e.index() + ENV_SLOTS);
            if vars.is_heap_object() && object::find_own(self.heap(), vars.index(), self.peek_key(key)).is_some() {
                return Ok(Found::EvalVar);
            }
        }
        Ok(Found::Nothing)
    }

    /// What holds a name as seen from an environment: an environment, null for the global, a hole when nothing does.
    fn resolve_name(&mut self, env: Value<'s>, key: Key<'s>) -> JsResult<Value<'s>> {
        let raw = {
            let mut cx = self.nest();
            let at = cx.slot(env)?;
            loop {
                if !cx.peek(at).is_cell() {
                    break;
                }
                if !matches!(cx.find_in_env(at, key)?, Found::Nothing) {
                    break;
                }
                let parent = cx.field_raw(at, field::Env::parent);
                cx.set_slot_raw(at, parent);
                cx.tick(1)?;
            }
            cx.peek(at)
        };
        if raw.is_cell() {
            return self.root(raw);
        }
        let lexical = self.lexical();
        if object::find_own(self.heap(), lexical.index(), self.peek_key(key)).is_some() {
            return Ok(NULL);
        }
        let global = self.global()?;
        Ok(if self.has_property(global, key)? { NULL } else { imm(JsValue::EMPTY) })
    }

    fn with_object(&mut self, found: Value<'s>) -> JsResult<Option<Object<'s>>> {
        let e = self.peek(found);
        if e.is_cell() && self.env_flags(e) & ScopeDesc::WITH != 0 {
            return Ok(Some(self.field(found, ENV_SLOTS)?.cast()));
        }
        Ok(None)
    }

    fn eval_vars(&mut self, env: Value<'s>) -> JsResult<Object<'s>> {
        Ok(self.field(env, ENV_SLOTS)?.cast())
    }

    fn get_resolved(&mut self, found: Value<'s>, key: Key<'s>) -> JsResult<Value<'s>> {
        if !self.peek(found).is_cell() {
            return match self.get_global(key, 0xFFFF)? {
                Some(v) => Ok(v),
                None => Err(self.throw_not_defined(key)),
            };
        }
        if let Some(o) = self.with_object(found)? {
            // §9.1.1.2.6: it may have gone meanwhile.
            if !self.has_property(o, key)? {
                return if self.is_strict() { Err(self.throw_not_defined(key)) } else { Ok(UNDEFINED) };
            }
            return self.get(o, key);
        }
        match self.find_in_env(found, key)? {
            Found::Slot(slot, flags) => {
                let v = self.field_raw(found, ENV_SLOTS + slot);
                if v.is_empty() {
                    return Err(self.throw_uninitialized(key));
                }
                if flags.has(BindingFlags::IMPORT) {
                    return super::modules::read_import(self, v, key);
                }
                self.root(v)
            }
            Found::EvalVar => {
                let vars = self.eval_vars(found)?;
                self.get(vars, key)
            }
            _ => Err(self.throw_not_defined(key)),
        }
    }

    fn set_resolved(&mut self, found: Value<'s>, key: Key<'s>, value: Value<'s>) -> JsResult<()> {
        let strict = self.is_strict();
        let raw = self.peek(found);
        if raw.is_empty() {
            if strict {
                return Err(self.throw_not_defined(key));
            }
            let global = self.global()?;
            return self.set(global, key, value);
        }
        if !raw.is_cell() {
            return self.set_global(key, value, 0xFFFF, true);
        }
        if let Some(o) = self.with_object(found)? {
            if !self.has_property(o, key)? && strict {
                return Err(self.throw_not_defined(key));
            }
            if !self.set_with(o, key, value, o.cast())? && strict {
                return Err(self.throw_read_only(key));
            }
            return Ok(());
        }
        match self.find_in_env(found, key)? {
            Found::Slot(slot, flags) => {
                if self.field_raw(found, ENV_SLOTS + slot).is_empty() {
                    return Err(self.throw_uninitialized(key));
                }
                if flags.has(BindingFlags::CONST)
                    || flags.has(BindingFlags::IMPORT)
                    || flags.has(BindingFlags::SILENT_CONST) && strict
                {
                    return Err(self.throw_const(key));
                }
                if !flags.has(BindingFlags::SILENT_CONST) {
                    self.set_field(found, ENV_SLOTS + slot, value);
                }
                Ok(())
            }
            Found::EvalVar => {
                let vars = self.eval_vars(found)?;
                self.set(vars, key, value)
            }
            // It was deleted meanwhile: sloppy code makes it again where it was.
            _ if strict => Err(self.throw_not_defined(key)),
            _ => {
                let vars = self.var_object(found)?;
                self.set(vars, key, value)
            }
        }
    }

    fn delete_name(&mut self, env: Value<'s>, key: Key<'s>) -> JsResult<bool> {
        let found = self.resolve_name(env, key)?;
        let raw = self.peek(found);
        if raw.is_empty() {
            return Ok(true);
        }
        if !raw.is_cell() {
            let lexical = self.lexical();
            if object::find_own(self.heap(), lexical.index(), self.peek_key(key)).is_some() {
                return Ok(false);
            }
            let global = self.global()?;
            return self.delete(global, key);
        }
        if let Some(o) = self.with_object(found)? {
            return self.delete(o, key);
        }
        if matches!(self.find_in_env(found, key)?, Found::EvalVar) {
            let vars = self.eval_vars(found)?;
            return self.delete(vars, key);
        }
        Ok(false)
    }

    /// The object that holds variables eval code declares in an environment; made when first needed. For null: the global object.
    fn var_object(&mut self, env: Value<'s>) -> JsResult<Object<'s>> {
        if !self.peek(env).is_cell() {
            return self.global();
        }
        let vars = self.field(env, ENV_SLOTS)?;
        if self.peek(vars).is_heap_object() {
            return Ok(vars.cast());
        }
        let made = self.new_object_of(Kind::Object, NULL, 2)?;
        self.set_field(env, ENV_SLOTS, made);
        Ok(made)
    }

    /// The nearest variable environment; null: the global.
    fn variable_env(&mut self, env: Value<'s>) -> JsResult<Value<'s>> {
        let mut e = self.peek(env);
        while e.is_cell() && self.env_flags(e) & ScopeDesc::EVAL_VARS == 0 {
            e = self.heap().value(e.index() + field::Env::parent);
        }
        if e.is_cell() { self.root(e) } else { Ok(NULL) }
    }

    /// ECMA-262 §19.2.1.3 EvalDeclarationInstantiation for `var` and function names.
    fn declare_eval_vars(&mut self, env: Value<'s>, list: Value<'s>) -> JsResult<()> {
        let target = self.variable_env(env)?;
        let count = (self.heap().header(self.peek(list).index()).aux() - 1) / 2;
        let global = !self.peek(target).is_cell();
        let block = self.heap().value(self.frame - super::layout::frame::CODE).index();
        let in_parameters = self.code_context(block).has(crate::bytecode::ContextFlags::IN_PARAMETERS);
        // No lexical declaration between here and the variable environment may have one of the names.
        for i in 0..count {
            let mut cx = self.nest();
            let key: Key<'_> = cx.field(list, 1 + 2 * i)?.cast();
            let mut conflict = false;
            let mut e = cx.peek(env);
            while e.is_cell() {
                let flags = cx.env_flags(e);
                if flags & ScopeDesc::WITH == 0 {
                    let at = cx.root(e)?;
                    if let Found::Slot(_, b) = cx.find_in_env(at, key)? {
                        let simple_catch = flags & ScopeDesc::SIMPLE_CATCH != 0;
                        conflict |= b.has(BindingFlags::LEXICAL) && !simple_catch;
                        conflict |= in_parameters && cx.peek(at) == cx.peek(target);
                    }
                    e = cx.peek(at);
                }
                if e == cx.peek(target) {
                    break;
                }
                e = cx.heap().value(e.index() + field::Env::parent);
            }
            if global {
                let lexical = cx.lexical();
                conflict |= object::find_own(cx.heap(), lexical.index(), cx.peek_key(key)).is_some();
            }
            if conflict {
                return Err(cx.throw_redeclared(key));
            }
        }
        if global {
            return self.declare_globals(list, true);
        }
        for i in 0..count {
            let mut cx = self.nest();
            let key: Key<'_> = cx.field(list, 1 + 2 * i)?.cast();
            if matches!(cx.find_in_env(target, key)?, Found::Nothing) {
                let vars = cx.var_object(target)?;
                cx.define_new(vars, key, UNDEFINED, Attrs::ALL)?;
            }
        }
        Ok(())
    }

    fn init_eval_function(
        &mut self,
        env: Value<'s>,
        key: Key<'s>,
        value: Value<'s>,
        only_assign: bool,
    ) -> JsResult<()> {
        let target = self.variable_env(env)?;
        if !self.peek(target).is_cell() {
            if only_assign {
                let global = self.global()?;
                return self.set_with(global, key, value, global.cast()).map(drop);
            }
            return self.init_global_function(key, value, true);
        }
        match self.find_in_env(target, key)? {
            Found::Slot(slot, _) => {
                self.set_field(target, ENV_SLOTS + slot, value);
                Ok(())
            }
            _ => {
                let vars = self.var_object(target)?;
                self.set(vars, key, value)
            }
        }
    }

    fn throw_redeclared(&mut self, key: Key<'s>) -> crate::throw::Throw {
        self.throw_about_key(crate::ops::ErrorKind::SyntaxError, "", key, " has already been declared")
    }

    /// A TypeError about an assignment to a constant.
    pub(super) fn throw_const(&mut self, key: Key<'s>) -> crate::throw::Throw {
        self.throw_about_key(crate::ops::ErrorKind::TypeError, "assignment to constant variable ", key, "")
    }
}
