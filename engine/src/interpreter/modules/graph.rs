//! Parsing and linking (ECMA-262 §16.2.1.7.1, §16.2.1.6.1.2).

use rotifer_jsvalue::{HeapExt, JsValue, Kind};

use super::super::compile::Goal;
use super::super::layout::{CodeShape, ENV_SLOTS, code, script};
use super::resolve::Resolved;
use super::{ExportKind, Status, module};
use crate::bytecode::CodeFlags;
use crate::cx::{Cx, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::ErrorKind;
use crate::syntax::ast::ImportPhase;
use crate::throw::{JsResult, Throw};

impl<'s> Cx<'s> {
    /// A record of a module about which only the name is known.
    pub(super) fn new_module(&mut self, name: Value<'s>) -> JsResult<Value<'s>> {
        let m = self.new_record(&[UNDEFINED; module::COUNT as usize])?;
        self.set_module_status(m, Status::Loading);
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
        let m = self.new_module(name)?;
        self.fill_module(m, source)?;
        Ok(m)
    }

    /// Makes a module of source text out of a record that has only a name.
    pub(super) fn fill_module(&mut self, m: Value<'s>, source: Value<'s>) -> JsResult<()> {
        let name = self.record_get(m, module::NAME)?;
        let record = self.new_script(source, name)?;
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
        self.set_module_status(m, Status::Unlinked);
        Ok(())
    }

    /// Makes a module with one export, `default`, out of a record that has only a name (ECMA-262 §16.2.1.8.1).
    pub(super) fn fill_synthetic(&mut self, m: Value<'s>, value: Value<'s>) -> JsResult<()> {
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
    /// The promise stays pending while a loader has not delivered all modules.
    ///
    /// # Errors
    /// What loading and linking throw.
    pub(crate) fn run_parsed_module(&mut self, m: Value<'s>) -> JsResult<Object<'s>> {
        self.register_module(m)?;
        if !self.load_graph(m)? {
            let promise = self.new_promise()?;
            let evaluation = imm(ImportPhase::Evaluation as i32);
            self.wait_for_modules(&[UNDEFINED, m, UNDEFINED, promise.cast(), evaluation])?;
            return Ok(promise);
        }
        self.link_module(m)?;
        self.evaluate_module(m)
    }
}
