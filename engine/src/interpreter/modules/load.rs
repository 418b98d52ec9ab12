//! Loading (ECMA-262 §16.2.1.6.1.1, §16.2.1.10).
//!
//! A loader answers with the content of a module, or says that it comes later. Then the module's record, still without content,
//! takes its place in the graph, and the import that needs it is noted; it looks again whenever a module has come.

use alloc::string::String;
use alloc::vec::Vec;

use rotifer_jsvalue::{Attrs, JsValue, Kind, elements, string};

use super::{Status, module};
use crate::builtins::internal::Closure;
use crate::cx::{Cx, Key, NULL, Object, UNDEFINED, Value, imm};
use crate::isolate::{Load, RootWord};
use crate::ops::ErrorKind;
use crate::syntax::ast::ImportPhase;
use crate::throw::JsResult;

/// What the content of a module is taken for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ModuleType {
    JavaScript,
    Json,
    Text,
    Bytes,
}

impl ModuleType {
    fn from_number(n: i32) -> Self {
        match n {
            1 => ModuleType::Json,
            2 => ModuleType::Text,
            3 => ModuleType::Bytes,
            _ => ModuleType::JavaScript,
        }
    }
}

/// Words of a module that is on its way.
mod promised {
    pub const MODULE: u32 = 0;
    /// Its key in the table of modules.
    pub const KEY: u32 = 1;
    /// [`super::ModuleType`], an integer.
    pub const KIND: u32 = 2;
    /// The number of its realm.
    pub const REALM: u32 = 3;
}

impl<'s> Cx<'s> {
    /// A string as text of the host, with lone surrogates replaced.
    fn host_text(&mut self, s: Value<'s>) -> JsResult<String> {
        let s = self.to_string(s)?;
        let s = self.flat(s)?;
        let view = string::view(self.heap(), self.peek(s));
        Ok(char::decode_utf16(view.units()).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
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
        let loaded = loader.load(&resolved);
        self.host.loader = Some(loader);
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(message) => return Err(self.throw_type_error(&message)),
        };
        let name = self.str(&resolved)?.cast();
        let m = self.new_module(name)?;
        match loaded {
            Load::Ready(content) => self.fill_with_content(m, kind, content)?,
            Load::Later => {
                let realm = self.current_realm_number();
                let key = self.key_to_value(key)?;
                let load = self.new_record(&[m, key, imm(kind as i32), imm(i32::from(realm))])?;
                self.push_to_root(RootWord::Loads, load)?;
            }
        }
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
        let m = self.new_module(name.cast())?;
        self.fill_synthetic(m, UNDEFINED)?;
        let source = crate::builtins::module_source::new_module_source(self, "ModuleSource")?;
        self.record_set(m, module::SOURCE, source.cast());
        self.define_new(registry, key, m, Attrs::ALL)?;
        Ok(m)
    }

    fn fill_with_content(&mut self, m: Value<'s>, kind: ModuleType, content: Vec<u8>) -> JsResult<()> {
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
            return self.fill_synthetic(m, array.cast());
        }
        let text = String::from_utf8_lossy(&content);
        let text = self.str(text.trim_start_matches('\u{FEFF}'))?;
        drop(content);
        match kind {
            ModuleType::Json => {
                let text = self.flat(text)?;
                let value = crate::builtins::json::parse_json(self, text)?;
                self.fill_synthetic(m, value)
            }
            ModuleType::Text => self.fill_synthetic(m, text.cast()),
            _ => self.fill_module(m, text.cast()),
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

    /// ECMA-262 §16.2.1.6.1.1 LoadRequestedModules: everything a module needs, directly or not. `false` while some of it is not there
    /// yet; asked again, it goes on.
    ///
    /// # Errors
    /// What kept a module from being loaded.
    pub(crate) fn load_graph(&mut self, m: Value<'s>) -> JsResult<bool> {
        let work = self.new_array(0, 0)?;
        let result = self.load_all(m, work);
        for i in 0..self.array_len(work) {
            let mut cx = self.nest();
            let each = cx.array_item(work, i)?;
            cx.record_set(each, module::VISITED, UNDEFINED);
        }
        result
    }

    fn load_all(&mut self, m: Value<'s>, work: Object<'s>) -> JsResult<bool> {
        let mut complete = self.visit(m, work)?;
        let mut next = 0;
        while next < self.array_len(work) {
            let mut cx = self.nest();
            let m = cx.array_item(work, next)?;
            next += 1;
            let requested: Object<'_> = cx.record_get(m, module::REQUESTED)?.cast();
            let referrer = cx.record_get(m, module::NAME)?;
            for i in 0..cx.request_count(m) {
                let mut cx = cx.nest();
                cx.tick(1)?;
                // What was found before stays.
                let found = if i < cx.array_len(requested) {
                    cx.array_item(requested, i)?
                } else {
                    let specifier = cx.module_entry(m, module::REQUESTS, 3 * i)?;
                    let attributes = cx.module_entry(m, module::REQUESTS, 3 * i + 1)?;
                    let found = cx.load_imported_module(specifier, referrer, attributes, false)?;
                    cx.push(requested, found)?;
                    found
                };
                if cx.has_failed(found) && cx.module_status(found) == Status::Loading {
                    // Another attempt asks the loader again.
                    let at = cx.peek(requested).index();
                    elements::truncate(cx.heap_mut(), at, i);
                    cx.set_array_length_raw(requested, f64::from(i));
                }
                let arrived = if cx.request_phase(m, i) == ImportPhase::Source {
                    cx.has_arrived(found)?
                } else {
                    cx.visit(found, work)?
                };
                complete &= arrived;
            }
        }
        Ok(complete)
    }

    /// Puts a module among those whose requests have to be followed, unless it is known that they were. `false` when it is not there
    /// yet.
    fn visit(&mut self, m: Value<'s>, work: Object<'s>) -> JsResult<bool> {
        if !self.has_arrived(m)? {
            return Ok(false);
        }
        if self.module_status(m) == Status::Unlinked && self.record_raw(m, module::VISITED).is_undefined() {
            self.record_set(m, module::VISITED, imm(true));
            self.push(work, m)?;
        }
        Ok(true)
    }

    /// Whether the content of a module has come.
    ///
    /// # Errors
    /// What kept it from coming.
    pub(super) fn has_arrived(&mut self, m: Value<'s>) -> JsResult<bool> {
        if self.module_status(m) != Status::Loading {
            return Ok(true);
        }
        if self.has_failed(m) {
            let error = self.module_error(m)?;
            return Err(self.throw(error));
        }
        Ok(false)
    }

    /// Keeps what [`continue_import`](super::continue_import) needs to try again when a module has come.
    pub(super) fn wait_for_modules(&mut self, request: &[Value<'s>; 5]) -> JsResult<()> {
        let realm = imm(i32::from(self.current_realm_number()));
        let [specifier, referrer, attributes, promise, phase] = *request;
        let request = self.new_record(&[specifier, referrer, attributes, promise, phase, realm])?;
        self.push_to_root(RootWord::Imports, request)
    }

    fn push_to_root(&mut self, root: RootWord, value: Value<'s>) -> JsResult<()> {
        let list = self.root_word(root);
        let list = if list.is_heap_object() {
            self.root_object(list)?
        } else {
            let list = self.new_array(0, 0)?;
            let raw = self.peek(list);
            self.set_root(root, raw);
            list
        };
        self.push(list, value)
    }

    /// The names of the modules that the loader has promised, each once.
    pub(crate) fn modules_on_their_way(&mut self) -> JsResult<Vec<String>> {
        let mut names: Vec<String> = Vec::new();
        let list = self.root_word(RootWord::Loads);
        if list.is_heap_object() {
            let list = self.root_object(list)?;
            for i in 0..self.array_len(list) {
                let mut cx = self.nest();
                let load = cx.array_item(list, i)?;
                let m = cx.record_get(load, promised::MODULE)?;
                let name = cx.record_get(m, module::NAME)?;
                let name = cx.host_text(name)?;
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    /// The content of a promised module has come, or will not come. What waits for it goes on in jobs. `false` when nobody waits.
    pub(crate) fn finish_load(&mut self, name: &str, content: Result<Vec<u8>, String>) -> JsResult<bool> {
        let waiting = self.root_word(RootWord::Loads);
        if !waiting.is_heap_object() {
            return Ok(false);
        }
        let waiting = self.root_object(waiting)?;
        let others = self.new_array(0, 0)?;
        let arrived = self.new_array(0, 0)?;
        for i in 0..self.array_len(waiting) {
            let mut cx = self.nest();
            let load = cx.array_item(waiting, i)?;
            let m = cx.record_get(load, promised::MODULE)?;
            let its_name = cx.record_get(m, module::NAME)?;
            let to = if cx.host_text(its_name)? == name { arrived } else { others };
            cx.push(to, load)?;
        }
        let raw = self.peek(others);
        self.set_root(RootWord::Loads, raw);
        for i in 0..self.array_len(arrived) {
            let mut cx = self.nest();
            let load = cx.array_item(arrived, i)?;
            let realm = cx.record_raw(load, promised::REALM).as_int().unwrap_or(0) as u16;
            // One name may have been asked for as source text and as JSON.
            let content = content.clone();
            cx.in_realm(realm, |cx| cx.fill_load(load, content))?;
        }
        if self.array_len(arrived) == 0 {
            return Ok(false);
        }
        self.retry_imports()?;
        Ok(true)
    }

    fn fill_load(&mut self, load: Value<'s>, content: Result<Vec<u8>, String>) -> JsResult<()> {
        let m = self.record_get(load, promised::MODULE)?;
        let kind = ModuleType::from_number(self.record_raw(load, promised::KIND).as_int().unwrap_or(0));
        let filled = match content {
            Ok(content) => self.fill_with_content(m, kind, content),
            Err(message) => Err(self.throw_type_error(&message)),
        };
        match filled {
            Ok(()) => Ok(()),
            Err(throw) if !self.is_catchable() => Err(throw),
            Err(_) => {
                let error = self.take_exception();
                self.set_module_status(m, Status::Loading);
                self.set_module_error(m, error)?;
                // Who waits is told; who asks later makes another attempt.
                let registry = self.module_registry()?;
                let key = self.record_get(load, promised::KEY)?;
                let key = self.to_property_key(key)?;
                self.delete(registry, key).map(drop)
            }
        }
    }

    /// Every import that waits for modules looks again, in a job.
    fn retry_imports(&mut self) -> JsResult<()> {
        let list = self.root_word(RootWord::Imports);
        if !list.is_heap_object() {
            return Ok(());
        }
        let list = self.root_object(list)?;
        self.set_root(RootWord::Imports, JsValue::UNDEFINED);
        for i in 0..self.array_len(list) {
            let mut cx = self.nest();
            let request = cx.array_item(list, i)?;
            let realm = cx.record_raw(request, 5).as_int().unwrap_or(0) as u16;
            cx.in_realm(realm, |cx| {
                let go_on = cx.new_closure(Closure::ContinueImport, &[request])?;
                cx.enqueue_call(go_on, UNDEFINED, UNDEFINED)
            })?;
        }
        Ok(())
    }
}
