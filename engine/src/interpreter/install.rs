//! From compiled code in scratch memory to blocks of the heap.
//!
//! While scratch is lent nothing can be allocated, but where the heap will go on is known. So the blocks are built in
//! scratch with the indices they are going to have, and then adopted: copied down to the top of the heap in one piece.
//! What still needs a lookup that may allocate (interning names) follows, with everything rooted.

use rotifer_arena::{MemBlockHeader, OutOfScratch, ScratchVec};
use rotifer_jsvalue::names::{StaticName, hash_latin1, hash_utf16};
use rotifer_jsvalue::{HeapExt, JsValue, Kind, key};

use super::layout::{CodeShape, code, info, pair, scope, script};
use super::modules::ExportKind;
use crate::bytecode::{CompiledCode, Constant, NO_NAME, OUTER_SCOPE, ScopeDesc};
use crate::cx::{Cx, Value};
use crate::isolate::RootWord;
use crate::syntax::ast::{ExportKind as AstExport, RootKind};
use crate::syntax::{Ast, Name, Text};
use crate::throw::JsResult;

/// Builds blocks in scratch.
pub(super) struct Builder<'a, 's> {
    ast: Option<&'a Ast<'a>>,
    compiled: &'a CompiledCode<'s>,
    out: ScratchVec<'s, u64>,
    /// Heap index of the first word of `out`.
    start: u32,
    /// String value of each name of the AST that was needed, well-known ones apart; 0 for not yet.
    names: ScratchVec<'s, u64>,
    script: JsValue,
    outer_scope: JsValue,
}

type Built<T> = Result<T, OutOfScratch>;

fn header(kind: Kind, words: u32) -> u64 {
    MemBlockHeader::new(kind as u8, 0, 0, words).to_bits()
}

impl<'a, 's> Builder<'a, 's> {
    /// Builds everything; gives the words and the index of the code block.
    pub fn build(
        ast: Option<&'a Ast<'a>>,
        compiled: &'a CompiledCode<'s>,
        out: ScratchVec<'s, u64>,
        start: u32,
        script: JsValue,
        outer_scope: JsValue,
        function: JsValue,
    ) -> Built<(ScratchVec<'s, u64>, u32)> {
        let scratch = out.scratch();
        // Small things first: then what grows is last and grows where it is.
        let mut made = ScratchVec::new(scratch);
        made.reserve(compiled.scopes.len() + compiled.functions.len())?;
        let mut constants = ScratchVec::new(scratch);
        constants.reserve(compiled.constants.len())?;
        let mut names = ScratchVec::new(scratch);
        names.reserve(ast.map_or(0, |ast| ast.names.len()))?;
        let mut b = Builder { ast, compiled, out, start, names, script, outer_scope };
        let at = b.code(function, made, constants)?;
        Ok((b.out, at))
    }

    fn here(&self) -> u32 {
        self.start + self.out.len() as u32
    }

    fn values(&mut self, kind: Kind, count: u32) -> Built<u32> {
        let at = self.here();
        self.out.push(header(kind, count + 1))?;
        for _ in 0..count {
            self.out.push(JsValue::UNDEFINED.to_bits())?;
        }
        Ok(at)
    }

    fn set(&mut self, at: u32, value: JsValue) {
        let i = (at - self.start) as usize;
        self.out[i] = value.to_bits();
    }

    /// The string of a name: static when there is one, else a block of its own.
    fn name(&mut self, name: Name) -> Built<JsValue> {
        let Some(ast) = self.ast.filter(|_| name.0 >= Name::WELL_KNOWN) else {
            return self.text(Text::Latin1(name.well_known_text().unwrap_or("").as_bytes()));
        };
        let i = (name.0 - Name::WELL_KNOWN) as usize;
        while self.names.len() <= i {
            self.names.push(0)?;
        }
        if self.names[i] != 0 {
            return Ok(JsValue::from_bits(self.names[i]));
        }
        let v = self.text(ast.name_text(name))?;
        self.names[i] = v.to_bits();
        Ok(v)
    }

    fn text(&mut self, text: Text<'_>) -> Built<JsValue> {
        let len = text.len();
        if len == 0 {
            return Ok(StaticName::EMPTY.into());
        }
        let narrow = text.units().all(|u| u < 256);
        if narrow {
            let hash = match text {
                Text::Latin1(s) => hash_latin1(s),
                Text::Utf16(s) => hash_utf16(s),
            };
            if let Text::Latin1(s) = text
                && let Some(n) = StaticName::find(s, hash)
            {
                return Ok(n.into());
            }
            if len == 1 {
                return Ok(StaticName::from_latin1(text.get(0).unwrap_or(0) as u8).into());
            }
            return self.string(Kind::StringLatin1, len, hash, 8, text);
        }
        let Text::Utf16(s) = text else { return Ok(StaticName::EMPTY.into()) };
        self.string(Kind::StringUtf16, len, hash_utf16(s), 4, text)
    }

    fn string(&mut self, kind: Kind, len: usize, hash: u32, per_word: usize, text: Text<'_>) -> Built<JsValue> {
        let at = self.here();
        self.out.push(header(kind, 2 + len.div_ceil(per_word) as u32))?;
        self.out.push(len as u64 | u64::from(hash) << 32)?;
        let width = 64 / per_word;
        let mut word = 0;
        for (i, u) in text.units().enumerate() {
            word |= u64::from(u) << (width * (i % per_word));
            if i % per_word == per_word - 1 || i == len - 1 {
                self.out.push(word)?;
                word = 0;
            }
        }
        Ok(JsValue::string(at))
    }

    fn scope(&mut self, index: u32, made: &[u32]) -> JsValue {
        if index == OUTER_SCOPE { self.outer_scope } else { JsValue::cell(made[index as usize]) }
    }

    fn scopes(&mut self, made: &mut ScratchVec<'s, u32>) -> Built<()> {
        let compiled = self.compiled;
        for s in compiled.scopes.iter() {
            let at = self.values(Kind::Values, 2 + 2 * s.names_len)?;
            made.push(at)?;
            let raw = u64::from(s.flags) | u64::from(s.slots) << 16;
            self.set(at + scope::INFO, JsValue::raw(raw));
            let names = &compiled.scope_names[s.names_start as usize..(s.names_start + s.names_len) as usize];
            for (i, n) in names.iter().enumerate() {
                let name = self.name(n.name)?;
                let to = at + scope::NAMES + 2 * i as u32;
                self.set(to, name);
                self.set(to + 1, JsValue::raw(u64::from(n.slot) | u64::from(n.flags.0) << 32));
            }
        }
        // A scope may come before its parent in the list.
        for (i, s) in compiled.scopes.iter().enumerate() {
            let parent = self.scope(s.parent, made);
            self.set(made[i] + scope::PARENT, parent);
        }
        Ok(())
    }

    /// Descriptions of the inner functions, after the scopes in `made`.
    fn functions(&mut self, made: &mut ScratchVec<'s, u32>) -> Built<()> {
        let compiled = self.compiled;
        for f in compiled.functions.iter() {
            let at = self.values(Kind::Values, info::WORDS - 1)?;
            made.push(at)?;
            let name = match f.name {
                Some(n) => self.name(n)?,
                None => StaticName::EMPTY.into(),
            };
            let l = &f.literal;
            let raw = |n: u32| JsValue::raw(u64::from(n));
            self.set(at + info::SCRIPT, self.script);
            self.set(at + info::NAME, name);
            self.set(at + info::START, raw(l.start));
            self.set(at + info::PARAMS, raw(l.params));
            self.set(at + info::END, raw(l.end));
            self.set(at + info::FLAGS, raw(l.flags.0));
            self.set(at + info::KIND, JsValue::raw(l.kind as u64 | u64::from(f.context.0) << 8));
            self.set(at + info::LENGTH, raw(l.length));
            self.set(at + info::TEXT_START, raw(f.text_start));
            self.set(at + info::TEXT_END, raw(f.text_end));
            let outer = self.scope(f.scope, made);
            self.set(at + info::SCOPE, outer);
        }
        Ok(())
    }

    fn constant(&mut self, c: Constant, scopes: &[u32], functions: &[u32]) -> Built<JsValue> {
        let compiled = self.compiled;
        Ok(match c {
            Constant::Number(n) => JsValue::number(n),
            Constant::String(n) => self.name(n)?,
            Constant::Function(i) => JsValue::cell(functions[i as usize]),
            Constant::Scope(i) => JsValue::cell(scopes[i as usize]),
            Constant::BigInt(n) => {
                // Made a BigInt when first loaded: see `finish`.
                let text = self.name(n)?;
                let at = self.values(Kind::Values, 2)?;
                self.set(at + 1, JsValue::raw(PENDING_BIGINT));
                self.set(at + 2, text);
                JsValue::cell(at)
            }
            Constant::Shape { start, len } => {
                let at = self.values(Kind::Values, len + 1)?;
                for i in 0..len {
                    let n = self.name(Name(compiled.lists[(start + i) as usize]))?;
                    self.set(at + 2 + i, n);
                }
                JsValue::cell(at)
            }
            Constant::Template { start, len } => {
                let at = self.values(Kind::Values, 2 * len)?;
                for i in 0..2 * len {
                    let n = compiled.lists[(start + i) as usize];
                    if n != NO_NAME {
                        let n = self.name(Name(n))?;
                        self.set(at + 1 + i, n);
                    }
                }
                JsValue::cell(at)
            }
            Constant::RegExp { pattern, flags } => {
                let (p, f) = (self.name(pattern)?, self.name(flags)?);
                let at = self.values(Kind::Values, 3)?;
                self.set(at + 1, p);
                self.set(at + 2, f);
                JsValue::cell(at)
            }
            Constant::Declarations { start, len } => {
                let at = self.values(Kind::Values, 2 * len)?;
                for i in 0..len {
                    let n = self.name(Name(compiled.lists[(start + 2 * i) as usize]))?;
                    self.set(at + 1 + 2 * i, n);
                    let kind = compiled.lists[(start + 2 * i + 1) as usize];
                    self.set(at + 2 + 2 * i, JsValue::raw(u64::from(kind)));
                }
                JsValue::cell(at)
            }
        })
    }

    /// What a module asks for, imports and exports: a block of three lists (and an empty name where function descriptions have
    /// theirs).
    fn module_info(&mut self, ast: &'a Ast<'a>) -> Built<JsValue> {
        let requests = self.values(Kind::Values, 3 * ast.module_requests().len() as u32)?;
        for (i, r) in ast.module_requests().iter().enumerate() {
            let specifier = self.name(r.specifier)?;
            let attributes = ast.module_attributes(r);
            let list = if attributes.is_empty() {
                JsValue::UNDEFINED
            } else {
                let list = self.values(Kind::Values, 2 * attributes.len() as u32)?;
                for (j, &(key, value)) in attributes.iter().enumerate() {
                    let (key, value) = (self.name(key)?, self.name(value)?);
                    self.set(list + 1 + 2 * j as u32, key);
                    self.set(list + 2 + 2 * j as u32, value);
                }
                JsValue::cell(list)
            };
            let at = requests + 1 + 3 * i as u32;
            self.set(at, specifier);
            self.set(at + 1, list);
            self.set(at + 2, JsValue::int(r.phase as i32));
        }
        let imports = self.values(Kind::Values, 4 * ast.import_entries().len() as u32)?;
        for (i, e) in ast.import_entries().iter().enumerate() {
            let at = imports + 1 + 4 * i as u32;
            let (name, local) = (self.optional_name(e.import_name)?, self.name(e.local_name)?);
            self.set(at, JsValue::int(e.request as i32));
            self.set(at + 1, name);
            self.set(at + 2, JsValue::int(self.module_slot(e.local_name)));
            self.set(at + 3, local);
        }
        let exports = self.values(Kind::Values, 4 * ast.export_entries().len() as u32)?;
        for (i, e) in ast.export_entries().iter().enumerate() {
            let (kind, number, import_name) = match e.kind {
                AstExport::Local(name, binding) => {
                    // What is imported and exported again is the other module's.
                    let import = ast.import_entries().iter().find(|import| import.binding == binding);
                    match import.map(|import| (import.request as i32, import.import_name)) {
                        Some((request, Some(name))) => (ExportKind::Indirect, request, Some(name)),
                        Some((request, None)) => (ExportKind::Namespace, request, None),
                        None => (ExportKind::Local, self.module_slot(name), None),
                    }
                }
                AstExport::Indirect { request, import_name } => {
                    (ExportKind::Indirect, request as i32, Some(import_name))
                }
                AstExport::Namespace { request } => (ExportKind::Namespace, request as i32, None),
                AstExport::Star { request } => (ExportKind::Star, request as i32, None),
            };
            let (name, import_name) = (self.optional_name(e.export_name)?, self.optional_name(import_name)?);
            let at = exports + 1 + 4 * i as u32;
            self.set(at, JsValue::int(kind as i32));
            self.set(at + 1, name);
            self.set(at + 2, JsValue::int(number));
            self.set(at + 3, import_name);
        }
        let info = self.values(Kind::Values, 4)?;
        self.set(info + 1, JsValue::cell(requests));
        self.set(info + 2, StaticName::EMPTY.into());
        self.set(info + 3, JsValue::cell(imports));
        self.set(info + 4, JsValue::cell(exports));
        Ok(JsValue::cell(info))
    }

    fn optional_name(&mut self, name: Option<Name>) -> Built<JsValue> {
        match name {
            Some(name) => self.name(name),
            None => Ok(JsValue::UNDEFINED),
        }
    }

    /// The slot of a name of the module's scope; -1 when it has none.
    fn module_slot(&self, name: Name) -> i32 {
        let scopes = &self.compiled.scopes;
        let Some(scope) = scopes.iter().find(|s| s.flags & ScopeDesc::MODULE != 0) else { return -1 };
        let names =
            &self.compiled.scope_names[scope.names_start as usize..(scope.names_start + scope.names_len) as usize];
        names.iter().find(|n| n.name == name).map_or(-1, |n| n.slot as i32)
    }

    fn code(
        &mut self,
        function: JsValue,
        mut made: ScratchVec<'s, u32>,
        mut constants: ScratchVec<'s, u64>,
    ) -> Built<u32> {
        self.scopes(&mut made)?;
        self.functions(&mut made)?;
        let compiled = self.compiled;
        let (scopes, functions) = made.split_at(compiled.scopes.len());
        for &c in compiled.constants.iter() {
            let v = self.constant(c, scopes, functions)?;
            constants.push(v.to_bits())?;
        }
        let function = match self.ast {
            Some(ast) if ast.root().kind == RootKind::Module => self.module_info(ast)?,
            _ => function,
        };
        let at = self.here();
        let strong = code::CONSTANTS - 2 + constants.len() as u32;
        let caches = code::CACHE_WORDS * compiled.caches;
        let caches_at = 2 + strong;
        let code_at = caches_at + caches;
        let code_words = compiled.words.len().div_ceil(2) as u32;
        let handlers_at = code_at + code_words;
        let handlers = 2 * compiled.handlers.len() as u32;
        let positions_at = handlers_at + handlers;
        let positions = compiled.positions.len().div_ceil(8) as u32;
        let total = positions_at + positions;
        if total >= 1 << 24 || compiled.words.len() >= 1 << 22 || compiled.positions.len() >= 1 << 22 {
            return Err(OutOfScratch);
        }
        let out = &mut self.out;
        out.push(header(Kind::Code, total))?;
        out.push(u64::from(strong) | u64::from(caches) << 32)?;
        let shape = CodeShape {
            registers: compiled.registers,
            parameters: compiled.parameters.min(CodeShape::MAX_PARAMETERS),
            flags: compiled.flags.0,
        };
        let fixed = [
            function,
            self.script,
            shape.pack(),
            pair(caches_at, compiled.handlers.len() as u32),
            pair(code_at, compiled.words.len() as u32),
            pair(handlers_at, 0),
            pair(positions_at, compiled.positions.len() as u32),
            JsValue::raw(u64::from(compiled.context.0)),
            self.outer_scope,
        ];
        for v in fixed {
            out.push(v.to_bits())?;
        }
        out.extend_from_slice(&constants)?;
        for _ in 0..caches {
            out.push(JsValue::UNDEFINED.to_bits())?;
        }
        for w in compiled.words.chunks(2) {
            out.push(u64::from(w[0]) | u64::from(w.get(1).copied().unwrap_or(0)) << 32)?;
        }
        for h in compiled.handlers.iter() {
            out.push(u64::from(h.start) | u64::from(h.end) << 32)?;
            out.push(u64::from(h.target) | u64::from(h.register) << 32)?;
        }
        for chunk in compiled.positions.chunks(8) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            out.push(u64::from_le_bytes(bytes))?;
        }
        Ok(at)
    }
}

/// Marks a constant that is a BigInt literal still in text form.
pub(super) const PENDING_BIGINT: u64 = 0x0B16;

impl<'s> Cx<'s> {
    /// Interns the names in a code block just adopted and makes its BigInts.
    pub(super) fn finish_code(&mut self, code_value: Value<'s>) -> JsResult<()> {
        let block = self.peek(code_value).index();
        let strong = self.heap().get(block + 1) as u32;
        for i in code::CONSTANTS..2 + strong {
            let v = self.heap().value(self.peek(code_value).index() + i);
            if v.is_heap_string() {
                self.intern_at(code_value, i)?;
            } else if v.is_cell() {
                let mut cx = self.nest();
                let cell = cx.root(v)?;
                if cx.heap().value(v.index() + 1).as_raw() == PENDING_BIGINT && cx.heap().header(v.index()).aux() == 3 {
                    let text = cx.heap().value(v.index() + 2);
                    let text = cx.root(text)?;
                    let big = cx.bigint_literal(text)?;
                    cx.set_field(code_value, i, big);
                    continue;
                }
                // Scope descriptions, shapes, templates, declarations hold names; function descriptions' names are left.
                let words = cx.heap().header(v.index()).aux();
                let word = |i: u32| cx.heap().value(v.index() + i);
                let is_info = words == info::WORDS && word(info::NAME).is_string() && word(info::START).is_raw();
                if is_info {
                    cx.intern_scope_chain(cell, info::SCOPE)?;
                    continue;
                }
                for j in 1..words {
                    let w = cx.heap().value(cx.peek(cell).index() + j);
                    if w.is_heap_string() {
                        cx.intern_at(cell, j)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Interns the names of a scope description that no environment instruction refers to.
    fn intern_scope_chain(&mut self, holder: Value<'s>, field: u32) -> JsResult<()> {
        let mut cx = self.nest();
        let at = cx.field_raw(holder, field);
        if !at.is_cell() {
            return Ok(());
        }
        let cell = cx.root(at)?;
        let words = cx.heap().header(at.index()).aux();
        for j in scope::NAMES..words {
            let w = cx.heap().value(cx.peek(cell).index() + j);
            if w.is_heap_string() {
                cx.intern_at(cell, j)?;
            }
        }
        Ok(())
    }

    fn intern_at(&mut self, holder: Value<'s>, word: u32) -> JsResult<()> {
        let s = self.heap().value(self.peek(holder).index() + word);
        if self.heap().flags(s.index()) & rotifer_jsvalue::flag::INTERNED != 0 {
            return Ok(());
        }
        if key::parse_index(rotifer_jsvalue::string::view(self.heap(), s)).is_some() {
            return Ok(());
        }
        let interned = key::intern(self.heap_mut(), RootWord::Atoms as u32, s)?;
        self.set_field_raw(holder, word, interned);
        Ok(())
    }

    /// Makes a script record.
    pub(super) fn new_script(&mut self, source: Value<'s>, name: Value<'s>) -> JsResult<Value<'s>> {
        let flat = self.peek(source);
        // A source is kept by itself, not as part of something bigger.
        let flat = rotifer_jsvalue::string::compact(self.heap_mut(), flat)?;
        let source = self.root(flat)?;
        self.heap_mut().reserve(script::WORDS, &mut [])?;
        let (source, name) = (self.peek(source), self.peek(name));
        let realm = i32::from(self.current_realm_number());
        // Code made while other code runs belongs to the module or script of that code.
        let host = if self.frame == 0 {
            JsValue::UNDEFINED
        } else {
            let block = self.heap().value(self.frame - super::layout::frame::CODE).index();
            let caller = self.heap().value(block + code::SCRIPT);
            let host = self.heap().value(caller.index() + script::HOST);
            if host.is_undefined() { caller } else { host }
        };
        let heap = self.heap_mut();
        let at = heap.new_values(Kind::Values, script::WORDS - 1, JsValue::UNDEFINED);
        heap.init(at + script::SOURCE, source);
        heap.init(at + script::NAME, name);
        heap.init(at + script::REALM, JsValue::int(realm));
        heap.init(at + script::LINE, JsValue::int(0));
        heap.init(at + script::HOST, host);
        self.root(JsValue::cell(at))
    }
}
