//! Making typed arrays (ECMA-262 §23.2.2, §23.2.4, §23.2.5).

use rotifer_jsvalue::{Kind, WellKnown, field};

use super::{length_of, type_of, validate, validate_writable};
use crate::builtins::array::{self, callable};
use crate::builtins::array_buffer::copy_bytes;
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::ops::typed::{self, ElementType};
use crate::throw::JsResult;

/// A RangeError unless a typed array can have this many elements.
fn check_length<'s>(cx: &mut Cx<'s>, length: f64) -> JsResult<u32> {
    if length > f64::from(u32::MAX) {
        return Err(cx.throw_range_error("invalid typed array length"));
    }
    Ok(length as u32)
}

/// A typed array of `length` zeros with this prototype.
fn allocate<'s>(cx: &mut Cx<'s>, ty: ElementType, proto: Object<'s>, length: f64) -> JsResult<Object<'s>> {
    let n = check_length(cx, length)?;
    let buffer = cx.allocate_buffer(UNDEFINED, false, length * f64::from(ty.size()), None)?;
    cx.new_typed_array_of(ty, proto, buffer, 0, Some(n))
}

/// ECMA-262 §23.2.5.1 TypedArray
pub(in crate::builtins) fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>, ty: ElementType) -> JsResult<Value<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error("typed array constructor requires 'new'"));
    }
    let Some(first) = cx.as_object(args.get(0)) else {
        let length = cx.to_index(args.get(0))? as f64;
        let proto = cx.get_prototype_from_constructor(args.new_target(), ty.prototype())?;
        return Ok(allocate(cx, ty, proto, length)?.cast());
    };
    let proto = cx.get_prototype_from_constructor(args.new_target(), ty.prototype())?;
    let made = match cx.kind_of(first) {
        Some(Kind::TypedArray) => from_typed_array(cx, ty, proto, first)?,
        Some(Kind::ArrayBuffer) => on_buffer(cx, ty, proto, first, args.get(1), args.get(2))?,
        _ => {
            let list = match cx.get_method(first.cast(), WellKnown::Iterator)? {
                Some(method) => Some(list_from(cx, first.cast(), method)?),
                None => None,
            };
            // A list counts as an array-like whose elements run nothing when read.
            let source = list.unwrap_or(first);
            let length = cx.length_of_array_like(source)?;
            let made = allocate(cx, ty, proto, length)?;
            copy_elements(cx, source, made, length, None)?;
            made
        }
    };
    Ok(made.cast())
}

/// The values that an iterable gives with this method.
fn list_from<'s>(cx: &mut Cx<'s>, iterable: Value<'s>, method: Value<'s>) -> JsResult<Object<'s>> {
    let list = cx.new_array(0, 0)?;
    if cx.is_plainly_iterable_array(iterable)? {
        cx.append_plain_array(list, iterable.cast())?;
        return Ok(list);
    }
    let record = cx.get_iterator_from_method(iterable, method)?;
    cx.append_iterator(list, &record)?;
    Ok(list)
}

/// Sets the elements of `made` to those of an array-like, mapped when there is a function.
fn copy_elements<'s>(
    cx: &mut Cx<'s>,
    source: Object<'s>,
    made: Object<'s>,
    length: f64,
    mapper: Option<(Value<'s>, Value<'s>)>,
) -> JsResult<()> {
    let mut k = 0.0;
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let mut v = array::get(&mut cx, source, k)?;
        if let Some((f, this_arg)) = mapper {
            v = cx.call(f, this_arg, &[v, imm(k)])?;
        }
        put(&mut cx, made, k, v)?;
        k += 1.0;
    }
    Ok(())
}

/// `Set(target, k, value, true)`
pub(super) fn put<'s>(cx: &mut Cx<'s>, target: Object<'s>, k: f64, value: Value<'s>) -> JsResult<()> {
    if cx.is_kind(target, Kind::TypedArray) && k < f64::from(u32::MAX) {
        return typed::set_element(cx, target, Some(k as u32), value);
    }
    array::set(cx, target, k, value)
}

/// ECMA-262 §23.2.5.1.2 InitializeTypedArrayFromTypedArray
fn from_typed_array<'s>(
    cx: &mut Cx<'s>,
    ty: ElementType,
    proto: Object<'s>,
    source: Object<'s>,
) -> JsResult<Object<'s>> {
    let Some(length) = length_of(cx, source) else {
        return Err(cx.throw_type_error("typed array is detached or out of bounds"));
    };
    let from = type_of(cx, source);
    if from != ty && from.is_bigint() != ty.is_bigint() {
        return Err(cx.throw_type_error("cannot mix BigInt and other typed arrays"));
    }
    let made = allocate(cx, ty, proto, f64::from(length))?;
    copy_converted(cx, source, 0, made, 0, length)?;
    Ok(made)
}

/// Copies elements between two typed arrays of the same content type that do not share a buffer, or whose ranges do not overlap.
pub(super) fn copy_converted<'s>(
    cx: &mut Cx<'s>,
    source: Object<'s>,
    from_at: u32,
    target: Object<'s>,
    to_at: u32,
    count: u32,
) -> JsResult<()> {
    let (from, to) = (type_of(cx, source), type_of(cx, target));
    // Bytes change neither between equal types nor between signed and unsigned ones of the same size, but for the clamped.
    let integers = |t: ElementType| !matches!(t, ElementType::Float16 | ElementType::Float32 | ElementType::Float64);
    let same_bytes = from == to
        || from.size() == to.size() && integers(from) && integers(to) && to != ElementType::Uint8Clamped
        || from == ElementType::Uint8 && to == ElementType::Uint8Clamped;
    if same_bytes {
        let shift = from.shift();
        let source_buffer = cx.field(source, field::TypedArray::buffer)?.cast();
        let target_buffer = cx.field(target, field::TypedArray::buffer)?.cast();
        let s = typed::byte_offset(cx.heap(), cx.peek(source).index()) + (from_at << shift);
        let t = typed::byte_offset(cx.heap(), cx.peek(target).index()) + (to_at << shift);
        return copy_bytes(cx, source_buffer, s, target_buffer, t, count << shift);
    }
    cx.tick(count / 16)?;
    let (s, t) = (cx.peek(source).index(), cx.peek(target).index());
    for i in 0..count {
        let Some(v) = typed::get(cx.heap(), s, from_at + i) else { break };
        typed::set(cx.heap_mut(), t, to_at + i, v.as_number().unwrap_or(f64::NAN));
    }
    Ok(())
}

/// ECMA-262 §23.2.5.1.3 InitializeTypedArrayFromArrayBuffer
fn on_buffer<'s>(
    cx: &mut Cx<'s>,
    ty: ElementType,
    proto: Object<'s>,
    buffer: Object<'s>,
    offset: Value<'s>,
    length: Value<'s>,
) -> JsResult<Object<'s>> {
    let size = u64::from(ty.size());
    let offset = cx.to_index(offset)?;
    if offset % size != 0 {
        return Err(cx.throw_range_error("start offset of a typed array must be a multiple of its element size"));
    }
    let asked = if cx.is_undefined(length) { None } else { Some(cx.to_index(length)?) };
    let at = cx.peek(buffer).index();
    if typed::is_detached(cx.heap(), at) {
        return Err(cx.throw_type_error("the ArrayBuffer is detached"));
    }
    let total = u64::from(typed::buffer_length(cx.heap(), at));
    let tracks = asked.is_none() && typed::buffer_max(cx.heap(), at).is_some();
    if offset > total {
        return Err(cx.throw_range_error("start offset is outside the bounds of the buffer"));
    }
    if tracks {
        return cx.new_typed_array_of(ty, proto, buffer, offset as u32, None);
    }
    let length = match asked {
        Some(n) => n,
        None if total % size != 0 => {
            return Err(cx.throw_range_error("byte length of the buffer must be a multiple of the element size"));
        }
        None => (total - offset) / size,
    };
    if length.checked_mul(size).and_then(|n| n.checked_add(offset)).is_none_or(|end| end > total) {
        return Err(cx.throw_range_error("typed array is outside the bounds of the buffer"));
    }
    cx.new_typed_array_of(ty, proto, buffer, offset as u32, Some(length as u32))
}

/// ECMA-262 §23.2.4.2 TypedArrayCreateFromConstructor, for a length.
pub(super) fn create_from_constructor<'s>(
    cx: &mut Cx<'s>,
    constructor: Object<'s>,
    length: f64,
) -> JsResult<Object<'s>> {
    let made = cx.construct(constructor, &[imm(length)], None)?;
    let (made, has) = validate_writable(cx, made.cast())?;
    if f64::from(has) < length {
        return Err(cx.throw_type_error("the constructor gave a typed array that is too short"));
    }
    Ok(made)
}

/// ECMA-262 §23.2.4.1 TypedArraySpeciesCreate; for a length, or on a buffer.
pub(super) fn species_create<'s>(cx: &mut Cx<'s>, exemplar: Object<'s>, args: &[Value<'s>]) -> JsResult<Object<'s>> {
    let ty = type_of(cx, exemplar);
    if cx.has_default_species(exemplar, ty.constructor())? {
        let proto = cx.intrinsic(ty.prototype())?;
        return match args {
            [length] => {
                let length = cx.peek(*length).as_number().unwrap_or(0.0);
                allocate(cx, ty, proto, length)
            }
            [buffer, offset, rest @ ..] => {
                on_buffer(cx, ty, proto, buffer.cast(), *offset, rest.first().copied().unwrap_or(UNDEFINED))
            }
            [] => allocate(cx, ty, proto, 0.0),
        };
    }
    let constructor = cx.species_constructor(exemplar, ty.constructor())?;
    let made = match args {
        [length] => {
            let length = cx.peek(*length).as_number().unwrap_or(0.0);
            create_from_constructor(cx, constructor, length)?
        }
        _ => {
            let made = cx.construct(constructor, args, None)?;
            validate(cx, made.cast())?.0
        }
    };
    if type_of(cx, made).is_bigint() != ty.is_bigint() {
        return Err(cx.throw_type_error("cannot mix BigInt and other typed arrays"));
    }
    Ok(made)
}

fn this_constructor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    if cx.is_constructor(args.this()) {
        return Ok(args.this().cast());
    }
    Err(cx.throw_type_error("this is not a constructor"))
}

/// ECMA-262 §23.2.2.2 %TypedArray%.of
pub(super) fn of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let constructor = this_constructor(cx, args)?;
    let made = create_from_constructor(cx, constructor, f64::from(args.len()))?;
    for (i, v) in args.iter().enumerate() {
        put(cx, made, i as f64, v)?;
    }
    Ok(made.cast())
}

/// ECMA-262 §23.2.2.1 %TypedArray%.from
pub(super) fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let constructor = this_constructor(cx, args)?;
    let mapper = match args.get(1) {
        f if cx.is_undefined(f) => None,
        f => Some((callable(cx, f)?, args.get(2))),
    };
    let source = match cx.get_method(args.get(0), WellKnown::Iterator)? {
        Some(method) => list_from(cx, args.get(0), method)?,
        None => cx.to_object(args.get(0))?,
    };
    let length = cx.length_of_array_like(source)?;
    let made = create_from_constructor(cx, constructor, length)?;
    copy_elements(cx, source, made, length, mapper)?;
    Ok(made.cast())
}
