//! `import()` (ECMA-262 §13.3.10).

use rotifer_jsvalue::{Attrs, JsValue};

use super::super::layout::script;
use super::module;
use crate::builtins::internal::Closure;
use crate::cx::{Args, Cx, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::{Own, PromiseCapability};
use crate::syntax::ast::ImportPhase;
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// ECMA-262 §13.3.10.2 EvaluateImportCall: the promise. Everything else happens in a job.
    pub(super) fn import_call(
        &mut self,
        fp: u32,
        specifier: Value<'s>,
        options: Value<'s>,
        phase: u32,
    ) -> JsResult<Value<'s>> {
        let capability = self.internal_capability()?;
        match self.start_import(fp, specifier, options, phase, &capability) {
            Ok(()) => Ok(capability.promise),
            Err(throw) => self.reject_with_exception(&capability, throw),
        }
    }

    fn start_import(
        &mut self,
        fp: u32,
        specifier: Value<'s>,
        options: Value<'s>,
        phase: u32,
        capability: &PromiseCapability<'s>,
    ) -> JsResult<()> {
        let specifier = self.to_string(specifier)?;
        let attributes = self.import_attributes(options)?;
        let record = self.host_script(fp)?;
        let host = self.field(record, script::HOST)?;
        // A module is known by its name; a script, or what eval made in one, by that of the script.
        let referrer = if !self.peek(host).is_cell() {
            self.field(record, script::NAME)?
        } else if self.block_len(self.peek(host)) == module::COUNT {
            self.record_get(host, module::NAME)?
        } else {
            self.field(host, script::NAME)?
        };
        let request =
            self.new_record(&[specifier.cast(), referrer, attributes, capability.promise, imm(phase as i32)])?;
        let go_on = self.new_closure(Closure::ContinueImport, &[request])?;
        self.enqueue_call(go_on, UNDEFINED, UNDEFINED)
    }

    /// The attributes in the second argument of `import()`, as a block of keys and values; undefined for none.
    fn import_attributes(&mut self, options: Value<'s>) -> JsResult<Value<'s>> {
        if self.is_undefined(options) {
            return Ok(UNDEFINED);
        }
        let Some(options) = self.as_object(options) else {
            return Err(self.throw_type_error("the second argument of import() must be an object"));
        };
        let with = self.get(options, n!("with"))?;
        if self.is_undefined(with) {
            return Ok(UNDEFINED);
        }
        let Some(with) = self.as_object(with) else {
            return Err(self.throw_type_error("the import attributes must be an object"));
        };
        let keys = self.own_property_keys(with)?;
        let list = self.new_array(0, 0)?;
        for i in 0..self.array_len(keys) {
            let mut cx = self.nest();
            cx.tick(1)?;
            if cx.array_item_raw(keys, i).is_symbol() {
                continue;
            }
            let key = cx.key_of_item(keys, i)?;
            let enumerable = match cx.own(with, key)? {
                Own::Proxy => cx.get_own_property(with, key)?.is_some_and(|d| d.enumerable == Some(true)),
                Own::Data(_, a) | Own::Slot(_, a, _) | Own::Accessor(_, a) => a.has(Attrs::ENUMERABLE),
                _ => false,
            };
            if !enumerable {
                continue;
            }
            let value = cx.get(with, key)?;
            if !cx.peek(value).is_string() {
                return Err(cx.throw_type_error("the value of an import attribute must be a string"));
            }
            let key = cx.key_to_value(key)?;
            cx.push(list, key)?;
            cx.push(list, value)?;
        }
        let count = self.array_len(list);
        if count == 0 {
            return Ok(UNDEFINED);
        }
        self.heap_mut().reserve(count + 1, &mut [])?;
        use rotifer_jsvalue::{HeapExt, JsValue, Kind};
        let at = self.heap_mut().new_values(Kind::Values, count, JsValue::UNDEFINED);
        for i in 0..count {
            let v = self.array_item_raw(list, i);
            self.heap_mut().init(at + 1 + i, v);
        }
        self.root(JsValue::cell(at))
    }

    fn import_now(&mut self, request: Value<'s>, capability: &PromiseCapability<'s>) -> JsResult<()> {
        let (specifier, referrer) = (self.record_get(request, 0)?, self.record_get(request, 1)?);
        let (attributes, phase_number) = (self.record_get(request, 2)?, self.record_get(request, 4)?);
        // What the host runs is there, and only what it needs may be missing.
        let m = if self.is_undefined(specifier) {
            referrer
        } else {
            self.load_imported_module(specifier, referrer, attributes, true)?
        };
        let phase = self.peek(phase_number).as_int().unwrap_or(0);
        let source_only = phase == ImportPhase::Source as i32;
        if !(if source_only { self.has_arrived(m)? } else { self.load_graph(m)? }) {
            // From now on it is this module that is waited for, whatever the loader would say another time.
            return self.wait_for_modules(&[UNDEFINED, m, UNDEFINED, capability.promise, phase_number]);
        }
        if source_only {
            let source = self.module_in_phase(m, ImportPhase::Source)?;
            return self.capability_resolve(capability, source);
        }
        self.link_module(m)?;
        let deferred = phase == ImportPhase::Defer as i32;
        let promise = if deferred { self.evaluate_dependencies(m)? } else { self.evaluate_module(m)? };
        let fulfilled = self.new_closure(Closure::ImportNamespace, &[m, imm(deferred)])?;
        self.perform_promise_then(promise, fulfilled, UNDEFINED, Some(capability))
    }
}

/// The job of an `import()`: loads, links and evaluates.
pub(crate) fn continue_import<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let request = args.data(cx, 0)?;
    let promise = cx.record_get(request, 3)?;
    let capability = PromiseCapability { promise, resolve: UNDEFINED, reject: UNDEFINED };
    match cx.import_now(request, &capability) {
        Ok(()) => Ok(UNDEFINED),
        Err(throw) => cx.reject_with_exception(&capability, throw),
    }
}

/// A module that `import()` asked for is evaluated: gives its namespace.
pub(crate) fn import_namespace<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let m = args.data(cx, 0)?;
    let deferred = args.data(cx, 1)?;
    let phase = if cx.peek(deferred) == JsValue::TRUE { ImportPhase::Defer } else { ImportPhase::Evaluation };
    cx.module_in_phase(m, phase)
}
