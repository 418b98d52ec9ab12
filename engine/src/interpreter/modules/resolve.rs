//! Finding what an export name leads to, and namespace objects (ECMA-262 §16.2.1.7.2, §10.4.6).

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, WellKnown, elements, field, object, string};

use super::{ExportKind, Status, module};
use crate::cx::{Cx, Key, NULL, Object, Value, imm};
use crate::n;
use crate::ops::Own;
use crate::syntax::ast::ImportPhase;
use crate::throw::JsResult;

/// What a name was found to be.
#[derive(Clone, Copy)]
pub(super) enum Resolved<'s> {
    /// A slot of a module's environment.
    Slot(Value<'s>, i32),
    /// The namespace of a module, or what else of a whole module the phase asks for.
    Module(Value<'s>, ImportPhase),
    /// Not there, or only in a circle.
    Missing,
    /// Different things under one name.
    Ambiguous,
}

impl<'s> Cx<'s> {
    /// ECMA-262 §16.2.1.7.2.2 ResolveExport. `seen` lists pairs of module and name on the way here.
    pub(super) fn resolve_export(&mut self, m: Value<'s>, name: Value<'s>, seen: Object<'s>) -> JsResult<Resolved<'s>> {
        self.check_native_stack()?;
        let count = self.array_len(seen);
        for i in 0..count / 2 {
            let same = self.array_item_raw(seen, 2 * i) == self.peek(m)
                && self.array_item_raw(seen, 2 * i + 1) == self.peek(name);
            if same {
                return Ok(Resolved::Missing);
            }
        }
        self.tick(1 + count / 16)?;
        self.push(seen, m)?;
        self.push(seen, name)?;
        let exports = self.block_len(self.record_raw(m, module::EXPORTS)) / 4;
        for i in 0..exports {
            let export_name = self.module_entry(m, module::EXPORTS, 4 * i + 1)?;
            if self.peek(export_name) != self.peek(name) {
                continue;
            }
            let at = self.module_entry_number(m, module::EXPORTS, 4 * i + 2);
            match ExportKind::from_number(self.module_entry_number(m, module::EXPORTS, 4 * i)) {
                ExportKind::Local => return Ok(Resolved::Slot(m, at)),
                ExportKind::Indirect => {
                    let from = self.requested_module(m, at as u32)?;
                    let import_name = self.module_entry(m, module::EXPORTS, 4 * i + 3)?;
                    return self.resolve_export(from, import_name, seen);
                }
                ExportKind::Namespace => {
                    let from = self.requested_module(m, at as u32)?;
                    return Ok(Resolved::Module(from, self.request_phase(m, at as u32)));
                }
                ExportKind::Star => {}
            }
        }
        if self.peek(name) == PropertyKey::name(n!("default")).to_value() {
            return Ok(Resolved::Missing);
        }
        let mut found = Resolved::Missing;
        for i in 0..exports {
            if ExportKind::from_number(self.module_entry_number(m, module::EXPORTS, 4 * i)) != ExportKind::Star {
                continue;
            }
            let at = self.module_entry_number(m, module::EXPORTS, 4 * i + 2);
            let from = self.requested_module(m, at as u32)?;
            let other = self.resolve_export(from, name, seen)?;
            match (found, other) {
                (_, Resolved::Ambiguous) => return Ok(other),
                (_, Resolved::Missing) => {}
                (Resolved::Missing, _) => found = other,
                (Resolved::Slot(a, s), Resolved::Slot(b, t)) if self.peek(a) == self.peek(b) && s == t => {}
                (Resolved::Module(a, p), Resolved::Module(b, q)) if self.peek(a) == self.peek(b) && p == q => {}
                _ => return Ok(Resolved::Ambiguous),
            }
        }
        Ok(found)
    }

    /// A link to what a name was found to be: a block of environment and slot, or a namespace object; unrooted.
    pub(super) fn make_link(&mut self, found: Resolved<'s>) -> JsResult<JsValue> {
        match found {
            Resolved::Slot(m, slot) => {
                let env = self.record_get(m, module::ENV)?;
                let link = self.new_record(&[env, imm(slot)])?;
                Ok(self.peek(link))
            }
            Resolved::Module(m, phase) => {
                let whole = self.module_in_phase(m, phase)?;
                Ok(self.peek(whole))
            }
            _ => Ok(JsValue::EMPTY),
        }
    }

    /// ECMA-262 §16.2.1.7.2.1 GetExportedNames: appends to `names` (an object used as a set).
    fn exported_names(&mut self, m: Value<'s>, names: Object<'s>, seen: Object<'s>, top: bool) -> JsResult<()> {
        self.check_native_stack()?;
        for i in 0..self.array_len(seen) {
            if self.array_item_raw(seen, i) == self.peek(m) {
                return Ok(());
            }
        }
        self.push(seen, m)?;
        let exports = self.block_len(self.record_raw(m, module::EXPORTS)) / 4;
        for i in 0..exports {
            let mut cx = self.nest();
            cx.tick(1)?;
            if ExportKind::from_number(cx.module_entry_number(m, module::EXPORTS, 4 * i)) == ExportKind::Star {
                let at = cx.module_entry_number(m, module::EXPORTS, 4 * i + 2);
                let from = cx.requested_module(m, at as u32)?;
                cx.exported_names(from, names, seen, false)?;
                continue;
            }
            let name = cx.module_entry(m, module::EXPORTS, 4 * i + 1)?;
            if !top && cx.peek(name) == PropertyKey::name(n!("default")).to_value() {
                continue;
            }
            let key: Key<'_> = name.cast();
            if !cx.has_own_property(names, key)? {
                cx.define_new(names, key, imm(true), Attrs::ALL)?;
            }
        }
        Ok(())
    }

    /// What the import of a whole module means in a phase: a namespace, a deferred one, or the module's source.
    pub(super) fn module_in_phase(&mut self, m: Value<'s>, phase: ImportPhase) -> JsResult<Value<'s>> {
        match phase {
            ImportPhase::Evaluation => self.namespace_of(m, false),
            ImportPhase::Defer => self.namespace_of(m, true),
            ImportPhase::Source => {
                let source = self.record_get(m, module::SOURCE)?;
                if self.is_object(source) {
                    Ok(source)
                } else {
                    Err(self.throw_syntax_error("the module has no source phase"))
                }
            }
        }
    }

    /// ECMA-262 §16.2.1.9 GetModuleNamespace. The modules it reaches are linked.
    fn namespace_of(&mut self, m: Value<'s>, deferred: bool) -> JsResult<Value<'s>> {
        let word = if deferred { module::DEFERRED } else { module::NAMESPACE };
        let known = self.record_get(m, word)?;
        if self.is_object(known) {
            return Ok(known);
        }
        let names = self.new_object_of(Kind::Object, NULL, 4)?;
        let seen = self.new_array(0, 0)?;
        self.exported_names(m, names, seen, true)?;
        let keys = self.own_property_keys(names)?;
        let sorted = self.new_array(0, 0)?;
        for i in 0..self.array_len(keys) {
            let mut cx = self.nest();
            let key = cx.key_of_item(keys, i)?;
            // A deferred namespace is not mistaken for a promise.
            if deferred && cx.peek_key(key) == PropertyKey::name(n!("then")) {
                continue;
            }
            let seen = cx.new_array(0, 0)?;
            if !matches!(cx.resolve_export(m, key.cast(), seen)?, Resolved::Missing | Resolved::Ambiguous) {
                let text = cx.key_to_value(key)?;
                cx.push(sorted, text)?;
            }
        }
        self.sort_strings(sorted)?;
        let namespace = self.new_object_of(Kind::Namespace, NULL, 4)?;
        self.set_field(namespace, field::Namespace::module, m);
        self.set_field_raw(namespace, field::Namespace::deferred, JsValue::bool(deferred));
        // Known from here on: an export may lead back to this namespace.
        self.record_set(m, word, namespace.cast());
        for i in 0..self.array_len(sorted) {
            let mut cx = self.nest();
            let text = cx.array_item(sorted, i)?;
            let key = cx.to_property_key(text)?;
            let seen = cx.new_array(0, 0)?;
            let found = cx.resolve_export(m, key.cast(), seen)?;
            let link = cx.make_link(found)?;
            let link = cx.root(link)?;
            cx.define_new(namespace, key, link, Attrs::WRITABLE.with(Attrs::ENUMERABLE))?;
        }
        let tag = if deferred { n!("Deferred Module") } else { n!("Module") };
        self.define_new(namespace, WellKnown::ToStringTag, imm(tag), Attrs::NONE)?;
        let o = self.peek(namespace);
        object::prevent_extensions(self.heap_mut(), o)?;
        Ok(namespace.cast())
    }

    /// Sorts an array of flat strings by their code units, in place.
    fn sort_strings(&mut self, list: Object<'s>) -> JsResult<()> {
        let count = self.array_len(list);
        for i in 0..count {
            let s = self.array_item(list, i)?;
            self.flat(s.cast())?;
        }
        let o = self.peek(list).index();
        let Some(e) = elements::elements(self.heap(), o) else { return Ok(()) };
        let at = e + 1;
        let heap = self.heap_mut();
        let less = |heap: &rotifer_jsvalue::Heap, i: u32, j: u32| {
            string::view(heap, heap.value(at + i)).units().lt(string::view(heap, heap.value(at + j)).units())
        };
        let swap = |heap: &mut rotifer_jsvalue::Heap, i: u32, j: u32| {
            let (a, b) = (heap.value(at + i), heap.value(at + j));
            heap.put(e, 1 + i, b);
            heap.put(e, 1 + j, a);
        };
        let sift = |heap: &mut rotifer_jsvalue::Heap, mut root: u32, end: u32| {
            while 2 * root + 1 < end {
                let mut child = 2 * root + 1;
                if child + 1 < end && less(heap, child, child + 1) {
                    child += 1;
                }
                if !less(heap, root, child) {
                    return;
                }
                swap(heap, root, child);
                root = child;
            }
        };
        for root in (0..count / 2).rev() {
            sift(heap, root, count);
        }
        for end in (1..count).rev() {
            swap(heap, 0, end);
            sift(heap, 0, end);
        }
        Ok(())
    }

    /// An own property of a module namespace object (§10.4.6.5); a hole when its binding is not initialised. A deferred one is
    /// evaluated first.
    pub(crate) fn namespace_own(&mut self, object: Object<'s>, key: PropertyKey) -> JsResult<Option<Own>> {
        let mut key = key;
        if !key.is_symbol() && key != PropertyKey::name(n!("then")) {
            // The evaluation may move the key.
            let mut cx = self.nest();
            let kept = cx.root(key.to_value())?;
            cx.evaluate_deferred(object)?;
            key = PropertyKey::from_value(cx.peek(kept));
        }
        let at = self.peek(object).index();
        let found = match key.as_index() {
            Some(index) => elements::get(self.heap(), at, index),
            None => object::find_own(self.heap(), at, key)
                .map(|slot| (object::get_slot(self.heap(), at, slot.place), slot.attrs)),
        };
        Ok(found.map(|(link, attrs)| Own::Data(self.linked_value(link), attrs)))
    }

    /// Whether the module and all it asks for may be run: for namespaces asked for early.
    pub(super) fn is_linked(&self, m: Value<'s>) -> bool {
        self.module_status(m) >= Status::Linked
    }
}
