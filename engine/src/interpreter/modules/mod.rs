//! Modules (ECMA-262 §16.2).
//!
//! A module is a block of values, described in [`module`], reachable from the isolate's table of modules. Its code runs in two parts:
//! the prologue, up to `ModuleStart`, makes its environment and functions while it is linked; the frame is then kept like a
//! generator's until the module is evaluated. An import is a slot that holds a link: a block of an environment and a slot number,
//! or a namespace object.

mod deferred;
mod dynamic;
mod evaluate;
mod graph;
mod load;
mod resolve;

use rotifer_jsvalue::{HeapExt, JsValue, Kind};

use super::layout::{ENV_SLOTS, frame, script};
use super::slow::{At, Flow};
use crate::bytecode::Opcode;
use crate::cx::{Cx, Key, UNDEFINED, Value, imm};
use crate::syntax::ast::ImportPhase;
use crate::throw::JsResult;

pub(crate) use deferred::{import_dependency_failed, import_dependency_ready};
pub(crate) use dynamic::{continue_import, import_namespace};
pub(crate) use evaluate::{async_module_fulfilled, async_module_rejected};

/// Values of a module record (words as for [`Cx::record_get`]).
pub(crate) mod module {
    /// [`super::Status`], an integer.
    pub const STATUS: u32 = 0;
    /// Its script record; undefined for a synthetic module.
    pub const SCRIPT: u32 = 1;
    /// Its environment, once it is linked.
    pub const ENV: u32 = 2;
    /// The suspended frame (a generator object), once it is linked.
    pub const FRAME: u32 = 3;
    /// Triples of specifier, attributes, phase: what it asks for.
    pub const REQUESTS: u32 = 4;
    /// The modules its requests led to, in the same order (an array).
    pub const REQUESTED: u32 = 5;
    /// Four values for each import: request, name there (undefined: the namespace), slot, local name.
    pub const IMPORTS: u32 = 6;
    /// Four values for each export: [`super::ExportKind`], name, request or slot, name there.
    pub const EXPORTS: u32 = 7;
    /// Its namespace object.
    pub const NAMESPACE: u32 = 8;
    /// `import.meta`
    pub const META: u32 = 9;
    /// A block of the error that ended it.
    pub const ERROR: u32 = 10;
    /// Where the search for cycles met it, an integer.
    pub const DFS_INDEX: u32 = 11;
    /// The first module of its cycle, as far as known: an integer.
    pub const DFS_ANCESTOR: u32 = 12;
    /// The module that stands for its cycle.
    pub const CYCLE_ROOT: u32 = 13;
    /// The promise of its evaluation.
    pub const PROMISE: u32 = 14;
    /// Modules that wait for it (an array).
    pub const ASYNC_PARENTS: u32 = 15;
    /// How many modules it waits for, an integer.
    pub const PENDING: u32 = 16;
    /// [[AsyncEvaluationOrder]]: undefined, a number, or true when done.
    pub const ASYNC_ORDER: u32 = 17;
    /// Whether it has a top-level `await`.
    pub const HAS_TLA: u32 = 18;
    /// Its code block.
    pub const CODE: u32 = 19;
    /// The name its loader gave it.
    pub const NAME: u32 = 20;
    /// Its deferred namespace object.
    pub const DEFERRED: u32 = 21;
    /// [[ModuleSource]]: undefined when the module has no source phase.
    pub const SOURCE: u32 = 22;
    /// True while the walk through what a module needs has met it.
    pub const VISITED: u32 = 23;
    /// How many there are.
    pub const COUNT: u32 = 24;
}

/// [[Status]] of a module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Status {
    /// Its content has not come; when it has an error, it never will.
    Loading,
    Unlinked,
    Linking,
    Linked,
    Evaluating,
    EvaluatingAsync,
    Evaluated,
}

/// What an export entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ExportKind {
    /// A slot of its own.
    Local,
    /// A name of another module.
    Indirect,
    /// The namespace of another module.
    Namespace,
    /// All names of another module.
    Star,
}

impl ExportKind {
    fn from_number(n: i32) -> Self {
        match n {
            0 => ExportKind::Local,
            1 => ExportKind::Indirect,
            2 => ExportKind::Namespace,
            _ => ExportKind::Star,
        }
    }
}

pub(super) fn execute<'s>(cx: &mut Cx<'s>, at: At, op: Opcode) -> JsResult<Option<Flow>> {
    use Opcode as O;
    match op {
        O::ModuleStart => {
            let g = cx.suspend_module(at.fp)?;
            let pair = cx.new_record(&[g.cast(), at.ra()])?;
            Ok(Some(Flow::Leave(cx.peek(pair))))
        }
        O::ImportMeta => {
            let meta = cx.import_meta(at.fp)?;
            cx.set_reg(at, at.a(), meta);
            Ok(Some(Flow::Next(1)))
        }
        O::ImportCall => {
            let promise = cx.import_call(at.fp, at.rb(), at.rc(), at.w0)?;
            cx.set_reg(at, at.a(), promise);
            Ok(Some(Flow::Next(2)))
        }
        O::GetImport => {
            let mut env = cx.peek(at.rb()).index();
            for _ in 0..at.w0 >> 24 {
                env = cx.heap().value(env + rotifer_jsvalue::field::Env::parent).index();
            }
            let link = cx.heap().value(env + ENV_SLOTS + (at.w0 & 0xFF_FFFF));
            let v = cx.linked_value(link);
            if v.is_empty() {
                return Err(cx.throw_uninitialised(at.w1));
            }
            cx.set_reg_raw(at, at.a(), v);
            Ok(Some(Flow::Next(3)))
        }
        _ => Ok(None),
    }
}

/// The value of an imported binding.
pub(super) fn read_import<'s>(cx: &mut Cx<'s>, link: JsValue, key: Key<'s>) -> JsResult<Value<'s>> {
    let v = cx.linked_value(link);
    if v.is_empty() {
        return Err(cx.throw_uninitialized(key));
    }
    cx.root(v)
}

impl<'s> Cx<'s> {
    /// What a link leads to: a hole while it is not initialised.
    pub(crate) fn linked_value(&self, link: JsValue) -> JsValue {
        if !link.is_cell() {
            return link;
        }
        let env = self.heap().value(link.index() + 1);
        let slot = self.heap().value(link.index() + 2).as_int().unwrap_or(0) as u32;
        if !env.is_cell() {
            return JsValue::EMPTY;
        }
        self.heap().value(env.index() + ENV_SLOTS + slot)
    }

    fn module_status(&self, m: Value<'s>) -> Status {
        match self.record_raw(m, module::STATUS).as_int().unwrap_or(0) {
            0 => Status::Loading,
            1 => Status::Unlinked,
            2 => Status::Linking,
            3 => Status::Linked,
            4 => Status::Evaluating,
            5 => Status::EvaluatingAsync,
            _ => Status::Evaluated,
        }
    }

    fn set_module_status(&mut self, m: Value<'s>, status: Status) {
        self.record_set(m, module::STATUS, imm(status as i32));
    }

    fn module_number(&self, m: Value<'s>, field: u32) -> i32 {
        self.record_raw(m, field).as_int().unwrap_or(0)
    }

    /// How many values a block has.
    fn block_len(&self, block: JsValue) -> u32 {
        if block.is_cell() { self.heap().header(block.index()).aux() - 1 } else { 0 }
    }

    /// A value of a block of values, by module and field; undefined beyond its end.
    fn module_entry(&mut self, m: Value<'s>, field: u32, i: u32) -> JsResult<Value<'s>> {
        let block = self.record_raw(m, field);
        if i >= self.block_len(block) {
            return Ok(UNDEFINED);
        }
        let v = self.heap().value(block.index() + 1 + i);
        self.root(v)
    }

    fn module_entry_number(&self, m: Value<'s>, field: u32, i: u32) -> i32 {
        let block = self.record_raw(m, field);
        if i >= self.block_len(block) { 0 } else { self.heap().value(block.index() + 1 + i).as_int().unwrap_or(0) }
    }

    /// The module that request `i` of a module led to.
    fn requested_module(&mut self, m: Value<'s>, i: u32) -> JsResult<Value<'s>> {
        let list = self.record_get(m, module::REQUESTED)?;
        self.array_item(list.cast(), i)
    }

    /// The phase that request `i` of a module asks for.
    fn request_phase(&self, m: Value<'s>, i: u32) -> ImportPhase {
        match self.module_entry_number(m, module::REQUESTS, 3 * i + 2) {
            n if n == ImportPhase::Defer as i32 => ImportPhase::Defer,
            n if n == ImportPhase::Source as i32 => ImportPhase::Source,
            _ => ImportPhase::Evaluation,
        }
    }

    /// How many requests a module has.
    fn request_count(&self, m: Value<'s>) -> u32 {
        self.block_len(self.record_raw(m, module::REQUESTS)) / 3
    }

    /// The script record of the code of a frame; of the module or script it was made in, for eval code and the like.
    fn host_script(&mut self, fp: u32) -> JsResult<Value<'s>> {
        if fp == 0 {
            return Ok(UNDEFINED);
        }
        let block = self.heap().value(fp - frame::CODE).index();
        let record = self.heap().value(block + super::layout::code::SCRIPT);
        self.root(record)
    }

    /// ECMA-262 §13.3.12.1: the `import.meta` object of the running module.
    fn import_meta(&mut self, fp: u32) -> JsResult<Value<'s>> {
        let record = self.host_script(fp)?;
        let m = self.field(record, script::HOST)?;
        if !self.peek(m).is_cell() {
            return Err(self.throw_syntax_error("import.meta is only allowed in modules"));
        }
        let meta = self.record_get(m, module::META)?;
        if self.is_object(meta) {
            return Ok(meta);
        }
        let meta = self.new_object_of(Kind::Object, crate::cx::NULL, 4)?;
        let name = self.record_get(m, module::NAME)?;
        self.create_data_property(meta, crate::n!("url"), name)?;
        self.record_set(m, module::META, meta.cast());
        Ok(meta.cast())
    }
}
