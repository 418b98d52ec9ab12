//! Arguments objects (ECMA-262 §10.4.4).
//!
//! Both kinds have the same three properties each time, so a realm keeps one of each kind that is never given out, and new ones begin
//! as its copies.

use rotifer_arena::MemBlockHeader;
use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, WellKnown, elements, field, object, shape};

use super::layout::{CodeShape, code, frame};
use super::slow::At;
use crate::builtins::Intrinsic;
use crate::builtins::spec::native_id;
use crate::bytecode::CodeFlags;
use crate::cx::{Cx, Object, imm};
use crate::isolate::realm_word;
use crate::n;
use crate::throw::JsResult;

/// Properties in the order in which the template gets them.
const LENGTH: u32 = 0;
const CALLEE: u32 = 2;

impl<'s> Cx<'s> {
    /// ECMA-262 §10.4.4.6 CreateUnmappedArgumentsObject, or a mapped one of which nobody can tell that it is not.
    pub(super) fn unmapped_arguments(&mut self, at: At) -> JsResult<Object<'s>> {
        let block = self.heap().value(at.fp - frame::CODE).index();
        let shape = CodeShape::unpack(self.heap().value(block + code::SHAPE));
        self.arguments_object(at, shape.flags & CodeFlags::MAPPED_ARGUMENTS != 0)
    }

    /// ECMA-262 §10.4.4.7 CreateMappedArgumentsObject
    pub(super) fn mapped_arguments(&mut self, at: At) -> JsResult<Object<'s>> {
        let o = self.arguments_object(at, true)?;
        let (_, count) = self.actual_arguments(at.fp);
        let mapped = at.c().min(count);
        if mapped > 0 {
            self.set_field(o, field::Arguments::env, at.rb());
            let map = u64::from(mapped) | u64::from(at.w0) << 12;
            self.set_field_raw(o, field::Arguments::slots, JsValue::raw(map));
            let raw = self.peek(o).index();
            if let Some(e) = elements::elements(self.heap(), raw) {
                for i in 0..mapped {
                    self.heap_mut().init(e + 1 + i, crate::ops::MAPPED);
                }
            }
        }
        Ok(o)
    }

    /// An arguments object with the actual arguments of the frame; a sloppy one says which function was called.
    fn arguments_object(&mut self, at: At, sloppy: bool) -> JsResult<Object<'s>> {
        let word = if sloppy { realm_word::SLOPPY_ARGUMENTS } else { realm_word::STRICT_ARGUMENTS };
        let mut template = self.realm_word(word);
        if !template.is_object() {
            template = self.arguments_template(sloppy)?;
            self.set_realm_word(word, template);
        }
        let (base, count) = self.actual_arguments(at.fp);
        let words = u32::from(self.heap().header(template.index()).small());
        let mut keep = [template.to_bits()];
        self.heap_mut().reserve(words + 1 + count, &mut keep)?;
        let from = JsValue::from_bits(keep[0]).index();
        let heap = self.heap_mut();
        let shape = object::shape_of(heap, from);
        let info = shape::info(heap, shape);
        let made = heap.alloc_reserved(words);
        heap.set(made, MemBlockHeader::new(Kind::Arguments as u8, 0, words as u16, shape).to_bits());
        heap.copy(from + 1, made + 1, words - 1);
        if count > 0 {
            let e = heap.new_block(Kind::Elements, count + 1);
            heap.copy(base, e + 1, count);
            heap.init(made + field::Arguments::elements, JsValue::cell(e));
        }
        object::set_slot(heap, made, info.place(LENGTH), JsValue::int(count as i32));
        if sloppy {
            let callee = heap.value(at.fp - frame::CALLEE);
            object::set_slot(heap, made, info.place(CALLEE), callee);
        }
        self.root_object(JsValue::object(made, false))
    }

    fn arguments_template(&mut self, sloppy: bool) -> JsResult<JsValue> {
        let mut cx = self.nest();
        let proto = cx.intrinsic(Intrinsic::ObjectPrototype)?;
        let o = cx.new_object_of(Kind::Arguments, proto, 4)?;
        cx.define_new(o, n!("length"), imm(0), Attrs::HIDDEN)?;
        let key = rotifer_jsvalue::PropertyKey::name(n!("values"));
        let number = Intrinsic::ArrayPrototype.spec().props.iter().position(|p| p.key == key).unwrap_or(0);
        let id = native_id(Intrinsic::ArrayPrototype as u8, number as u8, false);
        let values = imm(JsValue::native(cx.current_realm_number(), id));
        cx.define_new(o, WellKnown::Iterator, values, Attrs::HIDDEN)?;
        if sloppy {
            cx.define_new(o, n!("callee"), crate::cx::UNDEFINED, Attrs::HIDDEN)?;
        } else {
            let thrower = cx.intrinsic(Intrinsic::ThrowTypeError)?;
            let d = crate::ops::PropertyDescriptor::accessor(thrower.cast(), thrower.cast(), Attrs::NONE);
            cx.define_property_or_throw(o, n!("callee"), &d)?;
        }
        Ok(cx.peek(o))
    }
}
