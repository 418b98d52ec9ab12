//! Iterator, its prototypes and the iterators of the library (ECMA-262 §27.1, §23.1.5).

pub(super) mod async_from_sync;
mod chunk;
mod consume;
pub(crate) mod helper;
mod zip;

use rotifer_jsvalue::{Attrs, Kind, PropertyKey, WellKnown, field};

use super::Intrinsic;
use super::spec::{FunctionSpec, Prop, PropSpec, Spec, func, prototype, sym_func, tag};
use crate::cx::{Args, Cx, IntoKey, Key, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::IteratorKind;
use crate::ops::collections::IteratorFamily;
use crate::throw::JsResult;

pub(super) static ITERATOR_PROTOTYPE: Spec = Spec {
    kind: Kind::Object,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: &[
        Prop {
            key: PropertyKey::name(n!("constructor")),
            attrs: Attrs::CONFIGURABLE,
            value: PropSpec::Accessor { get: Some(get_constructor), set: Some(set_constructor) },
        },
        func(n!("reduce"), 1, consume::reduce),
        func(n!("toArray"), 0, consume::to_array),
        func(n!("forEach"), 1, consume::for_each),
        func(n!("some"), 1, consume::some),
        func(n!("every"), 1, consume::every),
        func(n!("find"), 1, consume::find),
        func(n!("map"), 1, helper::map),
        func(n!("filter"), 1, helper::filter),
        func(n!("take"), 1, helper::take),
        func(n!("drop"), 1, helper::drop_first),
        func(n!("flatMap"), 1, helper::flat_map),
        func(n!("chunks"), 1, chunk::chunks),
        func(n!("windows"), 1, chunk::windows),
        func(n!("includes"), 1, consume::includes),
        func(n!("join"), 1, consume::join),
        sym_func(WellKnown::Iterator, 0, itself),
        sym_func(WellKnown::Dispose, 0, dispose),
        Prop {
            key: PropertyKey::well_known(WellKnown::ToStringTag),
            attrs: Attrs::CONFIGURABLE,
            value: PropSpec::Accessor { get: Some(get_tag), set: Some(set_tag) },
        },
    ],
    fields: &[],
};

pub(super) static ITERATOR: Spec = Spec {
    kind: Kind::HostFunction,
    proto: Some(Intrinsic::FunctionPrototype),
    function: Some(FunctionSpec { name: n!("Iterator"), length: 0, func: iterator, constructor: true }),
    props: &[
        prototype(Intrinsic::IteratorPrototype),
        func(n!("from"), 1, from),
        func(n!("concat"), 0, helper::concat),
        func(n!("zip"), 1, zip::zip),
        func(n!("zipKeyed"), 1, zip::zip_keyed),
    ],
    fields: &[],
};

// `next` is the first property: the operations on iterators know it by its number.
pub(super) static ARRAYITERATOR_PROTOTYPE: Spec =
    Spec::object(Intrinsic::IteratorPrototype, &[func(n!("next"), 0, array_next), tag(n!("Array Iterator"))]);
pub(super) static MAPITERATOR_PROTOTYPE: Spec =
    Spec::object(Intrinsic::IteratorPrototype, &[func(n!("next"), 0, map_next), tag(n!("Map Iterator"))]);
pub(super) static SETITERATOR_PROTOTYPE: Spec =
    Spec::object(Intrinsic::IteratorPrototype, &[func(n!("next"), 0, set_next), tag(n!("Set Iterator"))]);
pub(super) static STRINGITERATOR_PROTOTYPE: Spec = Spec::object(
    Intrinsic::IteratorPrototype,
    &[func(n!("next"), 0, super::string::iterator_next), tag(n!("String Iterator"))],
);
pub(super) static REGEXPSTRINGITERATOR_PROTOTYPE: Spec = Spec::object(
    Intrinsic::IteratorPrototype,
    &[func(n!("next"), 0, super::regexp::string_iterator_next), tag(n!("RegExp String Iterator"))],
);
pub(super) static ITERATORHELPER_PROTOTYPE: Spec = Spec::object(
    Intrinsic::IteratorPrototype,
    &[func(n!("next"), 0, helper::next), func(n!("return"), 0, helper::close), tag(n!("Iterator Helper"))],
);
pub(super) static WRAPFORVALIDITERATOR_PROTOTYPE: Spec =
    Spec::object(Intrinsic::IteratorPrototype, &[func(n!("next"), 0, wrap_next), func(n!("return"), 0, wrap_return)]);
pub(super) static ASYNCITERATOR_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        sym_func(WellKnown::AsyncIterator, 0, itself),
        sym_func(WellKnown::AsyncDispose, 0, async_from_sync::async_dispose),
    ],
);
pub(super) static ASYNCFROMSYNCITERATOR_PROTOTYPE: Spec = Spec::object(
    Intrinsic::AsyncIteratorPrototype,
    &[
        func(n!("next"), 1, async_from_sync::next),
        func(n!("return"), 1, async_from_sync::close),
        func(n!("throw"), 1, async_from_sync::throw),
    ],
);

/// ECMA-262 §27.1.3.1.1 Iterator
fn iterator<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = cx.peek(args.new_target());
    if new_target.is_undefined() || new_target == cx.peek(args.callee()) {
        return Err(cx.throw_type_error("Iterator is an abstract class"));
    }
    let made = cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::IteratorPrototype, Kind::Object, 4)?;
    Ok(made.cast())
}

/// ECMA-262 §27.1.4.13 and §27.1.5.1: an iterator iterates over itself.
fn itself<'s>(_: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(args.this())
}

/// ECMA-262 §27.1.4.14 %Iterator.prototype% [ %Symbol.dispose% ]
fn dispose<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if let Some(method) = cx.get_method(args.this(), n!("return"))? {
        cx.call(method, args.this(), &[])?;
    }
    Ok(UNDEFINED)
}

fn get_constructor<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(cx.intrinsic(Intrinsic::Iterator)?.cast())
}

fn set_constructor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    set_on_inheritor(cx, args, n!("constructor").into_key())
}

fn get_tag<'s>(_: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(n!("Iterator")))
}

fn set_tag<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    set_on_inheritor(cx, args, WellKnown::ToStringTag.into_key())
}

/// ECMA-262 §7.3.27 SetterThatIgnoresPrototypeProperties
fn set_on_inheritor<'s>(cx: &mut Cx<'s>, args: &Args<'s>, key: Key<'s>) -> JsResult<Value<'s>> {
    let home = cx.intrinsic_raw(Intrinsic::IteratorPrototype)?;
    let this = match cx.as_object(args.this()) {
        Some(this) if cx.peek(this) != home => this,
        _ => return Err(cx.throw_read_only(key)),
    };
    if cx.get_own_property(this, key)?.is_none() {
        cx.create_data_property_or_throw(this, key, args.get(0))?;
    } else {
        cx.set(this, key, args.get(0))?;
    }
    Ok(UNDEFINED)
}

/// ECMA-262 §27.1.3.2.1 Iterator.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let record = cx.get_iterator_flattenable(args.get(0), true)?;
    let constructor = cx.intrinsic(Intrinsic::Iterator)?;
    if cx.ordinary_has_instance(constructor.cast(), record.iterator.cast())? {
        return Ok(record.iterator.cast());
    }
    let proto = Intrinsic::WrapForValidIteratorPrototype;
    let wrapper = cx.new_iterator(IteratorKind::Wrap, proto, record.iterator, UNDEFINED)?;
    cx.set_field(wrapper, field::Iterator::extra, record.next);
    Ok(wrapper.cast())
}

fn this_wrapper<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<(Value<'s>, Value<'s>)> {
    if cx.iterator_kind(args.this()) != IteratorKind::Wrap {
        return Err(cx.throw_type_error("this is not a wrapped iterator"));
    }
    let iterator = cx.field(args.this(), field::Iterator::target)?;
    let next = cx.field(args.this(), field::Iterator::extra)?;
    Ok((iterator, next))
}

/// ECMA-262 §27.1.3.2.1.1.1 %WrapForValidIteratorPrototype%.next
fn wrap_next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (iterator, next) = this_wrapper(cx, args)?;
    cx.call(next, iterator, &[])
}

/// ECMA-262 §27.1.3.2.1.1.2 %WrapForValidIteratorPrototype%.return
fn wrap_return<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (iterator, _) = this_wrapper(cx, args)?;
    match cx.get_method(iterator, n!("return"))? {
        Some(method) => cx.call(method, iterator, &[]),
        None => Ok(cx.create_iter_result(UNDEFINED, true)?.cast()),
    }
}

/// The result object for a step of an iterator of the library.
fn step_result<'s>(cx: &mut Cx<'s>, step: Option<Value<'s>>) -> JsResult<Value<'s>> {
    let result: Object<'s> = match step {
        Some(value) => cx.create_iter_result(value, false)?,
        None => cx.create_iter_result(UNDEFINED, true)?,
    };
    Ok(result.cast())
}

/// ECMA-262 §23.1.5.2.1 %ArrayIteratorPrototype%.next
fn array_next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let kind = cx.iterator_kind(args.this());
    if !matches!(kind, IteratorKind::ArrayKeys | IteratorKind::ArrayValues | IteratorKind::ArrayEntries) {
        return Err(cx.throw_type_error("this is not an array iterator"));
    }
    let step = cx.array_iterator_step(args.this().cast(), kind)?;
    step_result(cx, step)
}

/// ECMA-262 §24.1.5.2.1 %MapIteratorPrototype%.next
fn map_next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    super::map::collection_next(cx, args, IteratorFamily::Map)
}

/// ECMA-262 §24.2.6.2.1 %SetIteratorPrototype%.next
fn set_next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    super::map::collection_next(cx, args, IteratorFamily::Set)
}
