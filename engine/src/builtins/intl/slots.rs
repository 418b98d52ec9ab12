//! The state of the objects, as bytes in the heap: plain data that images can hold and collections can move.

use alloc::vec::Vec;

use rotifer_jsvalue::{HeapExt, JsValue, Kind, field};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::builtins::Intrinsic;
use crate::builtins::internal::Closure;
use crate::cx::{Args, Cx, Object, Value};
use crate::throw::JsResult;

/// What an object of `Intl` has resolved, read and written as a whole.
///
/// A new field changes the form in the heap, and with it the format of images.
pub(super) trait State: Serialize + DeserializeOwned {
    /// The prototype of such objects, which also says which they are.
    const PROTOTYPE: Intrinsic;
    /// What they are called.
    const NAME: &'static str;
}

/// Whether a value is an object of this kind.
pub(super) fn is<'s, T: State>(cx: &Cx<'s>, value: Value<'s>) -> bool {
    cx.is_kind(value, Kind::Intl) && cx.field_raw(value, field::Intl::which) == which::<T>()
}

/// The state of a value that is an object of this kind.
pub(super) fn state_of<'s, T: State>(cx: &Cx<'s>, value: Value<'s>) -> Option<T> {
    if is::<T>(cx, value) { postcard::from_bytes(bytes(cx, value)?).ok() } else { None }
}

/// The state of an object that [is](is) one of `Intl`, as it lies in the heap.
pub(super) fn bytes<'c, 's>(cx: &'c Cx<'s>, object: Value<'s>) -> Option<&'c [u8]> {
    let data = cx.field_raw(object, field::Intl::data);
    if !data.is_cell() {
        return None;
    }
    let len = cx.heap().get(data.index() + 1) as u32;
    Some(cx.heap().arena().bytes(data.index() + 2, len))
}

/// The state of `this`; a TypeError when it is no such object.
pub(super) fn this<'s, T: State>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<T> {
    match state_of(cx, args.this()) {
        Some(state) => Ok(state),
        None => Err(cx.throw_incompatible(T::NAME, args.this())),
    }
}

/// OrdinaryCreateFromConstructor: an object that is none of its kind before it gets its [state](fill). Without a `new_target`, its
/// prototype is that of this realm.
pub(super) fn allocate<'s, T: State>(cx: &mut Cx<'s>, new_target: Option<Value<'s>>) -> JsResult<Object<'s>> {
    let proto = match new_target {
        Some(new_target) => cx.get_prototype_from_constructor(new_target, T::PROTOTYPE)?,
        None => cx.intrinsic(T::PROTOTYPE)?,
    };
    let object = cx.new_object_of(Kind::Intl, proto, 0)?;
    cx.set_field_raw(object, field::Intl::which, which::<T>());
    Ok(object)
}

/// [`allocate`] in a constructor that has to be called with `new`.
pub(super) fn allocate_new<'s, T: State>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    if cx.is_undefined(args.new_target()) {
        return Err(cx.throw_type_error(&alloc::format!("{} has to be called with 'new'", T::NAME)));
    }
    allocate::<T>(cx, Some(args.new_target()))
}

/// [`allocate`] in a constructor that may be called without `new`.
pub(super) fn allocate_called<'s, T: State>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    let new_target = (!cx.is_undefined(args.new_target())).then(|| args.new_target());
    allocate::<T>(cx, new_target)
}

/// Gives an object its state, or another one.
pub(super) fn fill<'s, T: State>(cx: &mut Cx<'s>, object: Object<'s>, state: &T) -> JsResult<()> {
    let bytes: Vec<u8> = postcard::to_allocvec(state).unwrap_or_default();
    let len = u32::try_from(bytes.len()).map_err(|_| cx.oom())?;
    let words = 2 + len.div_ceil(8);
    cx.heap_mut().reserve(words, &mut [])?;
    let block = cx.heap_mut().new_block(Kind::Bytes, words);
    cx.heap_mut().set(block + 1, u64::from(len));
    cx.heap_mut().bytes_mut(block + 2, len).copy_from_slice(&bytes);
    cx.set_field_raw(object, field::Intl::data, JsValue::cell(block));
    Ok(())
}

/// An object with its state; see [`allocate`].
pub(super) fn create<'s, T: State>(cx: &mut Cx<'s>, state: &T, new_target: Option<Value<'s>>) -> JsResult<Object<'s>> {
    let object = allocate::<T>(cx, new_target)?;
    fill(cx, object, state)?;
    Ok(object)
}

/// The value that belongs to an object besides its state (a bound function, the text that is walked); undefined at first.
pub(super) fn link<'s>(cx: &mut Cx<'s>, object: Object<'s>) -> JsResult<Value<'s>> {
    cx.field(object, field::Intl::link)
}

/// Sets what [`link`] gives.
pub(super) fn set_link<'s>(cx: &mut Cx<'s>, object: Object<'s>, value: Value<'s>) {
    cx.set_field(object, field::Intl::link, value);
}

/// The function that is bound to an object, made when first asked for: what the getters `format` and `compare` give.
pub(super) fn bound<'s>(cx: &mut Cx<'s>, object: Object<'s>, closure: Closure) -> JsResult<Value<'s>> {
    let bound = link(cx, object)?;
    if !cx.is_undefined(bound) {
        return Ok(bound);
    }
    let bound = cx.new_closure(closure, &[object.cast()])?;
    set_link(cx, object, bound);
    Ok(bound)
}

fn which<T: State>() -> JsValue {
    JsValue::raw(T::PROTOTYPE as u64)
}
