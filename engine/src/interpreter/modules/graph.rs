//! Loading and linking (ECMA-262 §16.2.1.6.1.1, §16.2.1.6.1.2).

use alloc::string::String;
use alloc::vec::Vec;

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, string};

use super::super::compile::Goal;
use super::super::layout::{CodeShape, ENV_SLOTS, code, script};
use super::resolve::Resolved;
use super::{ExportKind, Status, module};
use crate::bytecode::CodeFlags;
use crate::cx::{Cx, Key, NULL, Object, UNDEFINED, Value, imm};
use crate::isolate::RootWord;
use crate::n;
use crate::ops::ErrorKind;
use crate::syntax::ast::ImportPhase;
use crate::throw::{JsResult, Throw};

/// What the content of a module is taken for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ModuleType {
    JavaScript,
    Json,
    Text,
    Bytes,
}

impl<'s> Cx<'s> {
    /// A string as text of the host, with lone surrogates replaced.
    fn host_text(&mut self, s: Value<'s>) -> JsResult<String> {
        let s = self.to_string(s)?;
        let s = self.flat(s)?;
        let view = string::view(self.heap(), self.peek(s));
        Ok(char::decode_utf16(view.units()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    fn new_module(&mut self, name: Value<'s>) -> JsResult<Value<'s>> {
        let m = self.new_record(&[UNDEFINED; module::COUNT as usize])?;
        self.record_set(m, module::STATUS, imm(Status::Unlinked as i32));
        self.record_set(m, module::NAME, name);
        let requested = self.new_array(0, 0)?;
        self.record_set(m, module::REQUESTED, requested.cast());
        Ok(m)
    }

    /// ECMA-262 §16.2.1.7.1 ParseModule
    ///
    /// # Errors
    /// A SyntaxError.
    pub(crate) fn parse_module(&mut self, source: Value<'s>, name: Value<'s>) -> JsResult<Value<'s>> {
        let record = self.new_script(source, name)?;
        let m = self.new_module(name)?;
        self.set_field(record, script::HOST, m);
        let block = self.compile(Goal::Module, record, NULL, UNDEFINED)?;
        let flags = CodeShape::unpack(self.field_raw(block, code::SHAPE)).flags;
        self.record_set(m, module::SCRIPT, record);
        self.record_set(m, module::CODE, block);
        self.record_set(m, module::HAS_TLA, imm(flags & CodeFlags::ASYNC != 0));
        let info = self.field(block, code::INFO)?;
        for (word, field) in [(1, module::REQUESTS), (3, module::IMPORTS), (4, module::EXPORTS)] {
            let list = self.field(info, word)?;
            self.record_set(m, field, list);
        }
        // Names become property keys, so that equal ones are equal bits.
        for (field, places) in [(module::IMPORTS, [1, 3]), (module::EXPORTS, [1, 3])] {
            let list = self.record_get(m, field)?;
            for i in 0..self.block_len(self.peek(list)) / 4 {
                for place in places {
                    let mut cx = self.nest();
                    let name = cx.record_get(list, 4 * i + place)?;
                    if cx.peek(name).is_string() {
                        let key = cx.to_property_key(name)?;
                        cx.record_set(list, 4 * i + place, key.cast());
                    }
                }
            }
        }
        Ok(m)
    }

    /// A module with one export, `default` (ECMA-262 §16.2.1.8.1).
    fn synthetic_module(&mut self, value: Value<'s>, name: Value<'s>) -> JsResult<Value<'s>> {
        let m = self.new_module(name)?;
        self.heap_mut().reserve(ENV_SLOTS + 1, &mut [])?;
        let v = self.peek(value);
        let heap = self.heap_mut();
        let env = heap.new_values(Kind::Env, ENV_SLOTS, v);
        heap.init(env + 1, JsValue::NULL);
        heap.init(env + 2, JsValue::NULL);
        let env = self.root(JsValue::cell(env))?;
        self.record_set(m, module::ENV, env);
        let exports = self.new_record(&[imm(ExportKind::Local as i32), imm(n!("default")), imm(0), UNDEFINED])?;
        self.record_set(m, module::EXPORTS, exports);
        self.set_module_status(m, Status::Evaluated);
        Ok(m)
    }

    /// The type that import attributes (a block of keys and values, or undefined) ask for.
    fn module_type(
        &mut self,
        attributes: Value<'s>,
        list: &mut Vec<(String, String)>,
        dynamic: bool,
    ) -> JsResult<ModuleType> {
        let mut found = ModuleType::JavaScript;
        for i in 0..self.block_len(self.peek(attributes)) / 2 {
            let key = self.record_get(attributes, 2 * i)?;
            let value = self.record_get(attributes, 2 * i + 1)?;
            let (key, value) = (self.host_text(key)?, self.host_text(value)?);
            found = match (key.as_str(), value.as_str()) {
                ("type", "json") => ModuleType::Json,
                ("type", "text") => ModuleType::Text,
                ("type", "bytes") => ModuleType::Bytes,
                _ => {
                    let kind = if dynamic { ErrorKind::TypeError } else { ErrorKind::SyntaxError };
                    return Err(self.throw_error(kind, "import attribute is not supported"));
                }
            };
            list.push((key, value));
        }
        Ok(found)
    }

    /// ECMA-262 §16.2.1.10 HostLoadImportedModule: the module that a specifier means, loaded if it is new.
    pub(super) fn load_imported_module(
        &mut self,
        specifier: Value<'s>,
        referrer: Value<'s>,
        attributes: Value<'s>,
        dynamic: bool,
    ) -> JsResult<Value<'s>> {
        let mut list = Vec::new();
        let kind = self.module_type(attributes, &mut list, dynamic)?;
        let (specifier, referrer) = (self.host_text(specifier)?, self.host_text(referrer)?);
        if self.host.test262 && specifier == "<module source>" {
            return self.module_with_source(&specifier);
        }
        let Some(mut loader) = self.host.loader.take() else {
            return Err(self.throw_type_error("this isolate cannot import modules"));
        };
        let resolved = loader.resolve(&specifier, &referrer, &list);
        self.host.loader = Some(loader);
        let resolved = match resolved {
            Ok(resolved) => resolved,
            Err(message) => return Err(self.throw_type_error(&message)),
        };
        let registry = self.module_registry()?;
        let realm = self.current_realm_number();
        let key = alloc::format!("{realm}|{}|{resolved}", kind as u8);
        let key: Key<'s> = self.key_from_str(&key)?;
        if let Some(known) = self.plain_own(registry, key)? {
            return self.root(known);
        }
        let Some(mut loader) = self.host.loader.take() else {
            return Err(self.throw_type_error("modules are being loaded"));
        };
        let content = loader.load(&resolved);
        self.host.loader = Some(loader);
        let content = match content {
            Ok(content) => content,
            Err(message) => return Err(self.throw_type_error(&message)),
        };
        let name = self.str(&resolved)?.cast();
        let m = self.module_of_content(kind, content, name)?;
        self.define_new(registry, key, m, Attrs::ALL)?;
        Ok(m)
    }

    /// The module of the conformance suite that has a source phase.
    fn module_with_source(&mut self, specifier: &str) -> JsResult<Value<'s>> {
        let registry = self.module_registry()?;
        let realm = self.current_realm_number();
        let key: Key<'s> = self.key_from_str(&alloc::format!("{realm}|{specifier}"))?;
        if let Some(known) = self.plain_own(registry, key)? {
            return self.root(known);
        }
        let name = self.str(specifier)?;
        let m = self.synthetic_module(UNDEFINED, name.cast())?;
        let source = crate::builtins::module_source::new_module_source(self, "ModuleSource")?;
        self.record_set(m, module::SOURCE, source.cast());
        self.define_new(registry, key, m, Attrs::ALL)?;
        Ok(m)
    }

    fn module_of_content(&mut self, kind: ModuleType, content: Vec<u8>, name: Value<'s>) -> JsResult<Value<'s>> {
        if kind == ModuleType::Bytes {
            let length = u32::try_from(content.len()).map_err(|_| self.oom())?;
            let buffer = self.allocate_buffer(UNDEFINED, false, f64::from(length), None)?;
            let at = self.peek(buffer).index();
            let bytes = crate::ops::typed::bytes_mut(self.heap_mut(), at);
            for (to, from) in bytes.iter_mut().zip(&content) {
                *to = *from;
            }
            self.make_buffer_immutable(buffer);
            let array = self.new_typed_array(crate::ops::typed::ElementType::Uint8, buffer, 0, Some(length))?;
            return self.synthetic_module(array.cast(), name);
        }
        let text = String::from_utf8_lossy(&content);
        let text = self.str(text.trim_start_matches('\u{FEFF}'))?;
        drop(content);
        match kind {
            ModuleType::Json => {
                let text = self.flat(text)?;
                let value = crate::builtins::json::parse_json(self, text)?;
                self.synthetic_module(value, name)
            }
            ModuleType::Text => self.synthetic_module(text.cast(), name),
            _ => self.parse_module(text.cast(), name),
        }
    }

    /// The table of modules: an object whose keys are made of realm, type and name.
    fn module_registry(&mut self) -> JsResult<Object<'s>> {
        let known = self.root_word(RootWord::Modules);
        if known.is_heap_object() {
            return self.root_object(known);
        }
        let registry = self.new_object_of(Kind::Object, NULL, 4)?;
        let raw = self.peek(registry);
        self.set_root(RootWord::Modules, raw);
        Ok(registry)
    }

    /// Puts a module into the table under its name, so that importing that name finds it.
    pub(crate) fn register_module(&mut self, m: Value<'s>) -> JsResult<()> {
        let name = self.record_get(m, module::NAME)?;
        let name = self.host_text(name)?;
        let registry = self.module_registry()?;
        let realm = self.current_realm_number();
        let key: Key<'s> = self.key_from_str(&alloc::format!("{realm}|0|{name}"))?;
        self.create_data_property(registry, key, m).map(drop)
    }

    /// ECMA-262 §16.2.1.6.1.1 LoadRequestedModules: everything a module needs, directly or not.
    pub(crate) fn load_graph(&mut self, m: Value<'s>) -> JsResult<()> {
        let work = self.new_array(0, 0)?;
        self.push(work, m)?;
        let mut next = 0;
        while next < self.array_len(work) {
            let mut cx = self.nest();
            let m = cx.array_item(work, next)?;
            next += 1;
            let requested: Object<'_> = cx.record_get(m, module::REQUESTED)?.cast();
            let requests = cx.request_count(m);
            let referrer = cx.record_get(m, module::NAME)?;
            // What was found before an earlier failure stays.
            for i in cx.array_len(requested)..requests {
                let mut cx = cx.nest();
                cx.tick(1)?;
                let specifier = cx.module_entry(m, module::REQUESTS, 3 * i)?;
                let attributes = cx.module_entry(m, module::REQUESTS, 3 * i + 1)?;
                let found = cx.load_imported_module(specifier, referrer, attributes, false)?;
                cx.push(requested, found)?;
                if cx.module_status(found) == Status::Unlinked && cx.request_phase(m, i) != ImportPhase::Source {
                    cx.push(work, found)?;
                }
            }
        }
        Ok(())
    }

    /// ECMA-262 §16.2.1.6.1.2 Link
    ///
    /// # Errors
    /// A SyntaxError when an import or export leads nowhere.
    pub(crate) fn link_module(&mut self, m: Value<'s>) -> JsResult<()> {
        if self.is_linked(m) {
            return Ok(());
        }
        let order = self.new_array(0, 0)?;
        let mut result = self.collect_unlinked(m, order);
        for pass in 0..3 {
            for i in 0..self.array_len(order) {
                if result.is_err() {
                    break;
                }
                let mut cx = self.nest();
                let each = cx.array_item(order, i)?;
                result = match pass {
                    0 => cx.check_names(each),
                    1 => cx.run_prologue(each),
                    _ => cx.bind_imports(each),
                };
            }
        }
        let status = if result.is_ok() { Status::Linked } else { Status::Unlinked };
        for i in 0..self.array_len(order) {
            let mut cx = self.nest();
            let each = cx.array_item(order, i)?;
            cx.set_module_status(each, status);
        }
        result
    }

    /// Modules that are not linked yet, each after those it asks for.
    fn collect_unlinked(&mut self, m: Value<'s>, order: Object<'s>) -> JsResult<()> {
        self.check_native_stack()?;
        if self.module_status(m) != Status::Unlinked {
            return Ok(());
        }
        self.set_module_status(m, Status::Linking);
        let mut result = Ok(());
        for i in 0..self.request_count(m) {
            let mut cx = self.nest();
            // Only the source is asked for: the module itself need not be linked.
            if cx.request_phase(m, i) == ImportPhase::Source {
                continue;
            }
            let from = cx.requested_module(m, i)?;
            result = cx.collect_unlinked(from, order);
            if result.is_err() {
                break;
            }
        }
        self.push(order, m)?;
        result
    }

    fn throw_no_export(&mut self, name: Value<'s>, found: Resolved<'s>) -> Throw {
        let after = if matches!(found, Resolved::Ambiguous) {
            " is exported by more than one module"
        } else {
            " is not exported"
        };
        self.throw_about_key(ErrorKind::SyntaxError, "", name.cast(), after)
    }

    /// Checks that what a module imports and re-exports is there (§16.2.1.7.3.1 InitializeEnvironment, steps 1 to 7).
    fn check_names(&mut self, m: Value<'s>) -> JsResult<()> {
        for (field, at, name_at) in [(module::EXPORTS, 2, 1), (module::IMPORTS, 0, 1)] {
            for i in 0..self.block_len(self.record_raw(m, field)) / 4 {
                let mut cx = self.nest();
                cx.tick(1)?;
                let name = cx.module_entry(m, field, 4 * i + name_at)?;
                let target = if field == module::EXPORTS {
                    if ExportKind::from_number(cx.module_entry_number(m, field, 4 * i)) != ExportKind::Indirect {
                        continue;
                    }
                    m
                } else {
                    if cx.is_undefined(name) {
                        continue;
                    }
                    let request = cx.module_entry_number(m, field, 4 * i + at);
                    cx.requested_module(m, request as u32)?
                };
                let seen = cx.new_array(0, 0)?;
                let found = cx.resolve_export(target, name, seen)?;
                if matches!(found, Resolved::Missing | Resolved::Ambiguous) {
                    return Err(cx.throw_no_export(name, found));
                }
            }
        }
        Ok(())
    }

    /// Makes the environment and the functions of a module.
    fn run_prologue(&mut self, m: Value<'s>) -> JsResult<()> {
        if self.is_object_field(m, module::FRAME) {
            return Ok(());
        }
        let block = self.record_get(m, module::CODE)?;
        let pair = self.run_code(block, UNDEFINED, UNDEFINED, UNDEFINED)?;
        let (frame, env) = (self.record_get(pair, 0)?, self.record_get(pair, 1)?);
        self.record_set(m, module::FRAME, frame);
        self.record_set(m, module::ENV, env);
        Ok(())
    }

    fn is_object_field(&self, m: Value<'s>, field: u32) -> bool {
        self.record_raw(m, field).is_object()
    }

    /// Puts the links of a module's imports into its environment.
    fn bind_imports(&mut self, m: Value<'s>) -> JsResult<()> {
        let env = self.record_get(m, module::ENV)?;
        for i in 0..self.block_len(self.record_raw(m, module::IMPORTS)) / 4 {
            let mut cx = self.nest();
            cx.tick(1)?;
            let request = cx.module_entry_number(m, module::IMPORTS, 4 * i);
            let name = cx.module_entry(m, module::IMPORTS, 4 * i + 1)?;
            let slot = cx.module_entry_number(m, module::IMPORTS, 4 * i + 2);
            if slot < 0 || !cx.peek(env).is_cell() {
                continue;
            }
            let from = cx.requested_module(m, request as u32)?;
            let found = if cx.is_undefined(name) {
                Resolved::Module(from, cx.request_phase(m, request as u32))
            } else {
                let seen = cx.new_array(0, 0)?;
                cx.resolve_export(from, name, seen)?
            };
            let link = cx.make_link(found)?;
            cx.set_field_raw(env, ENV_SLOTS + slot as u32, link);
        }
        Ok(())
    }

    /// Runs a module with everything it needs (ECMA-262 §16.2.1.6): the promise of its evaluation.
    ///
    /// # Errors
    /// What loading and linking throw.
    pub(crate) fn run_parsed_module(&mut self, m: Value<'s>) -> JsResult<Object<'s>> {
        self.register_module(m)?;
        self.load_graph(m)?;
        self.link_module(m)?;
        self.evaluate_module(m)
    }
}
