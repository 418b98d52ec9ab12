//! `%AbstractModuleSource%`, from which the objects inherit that stand for the source of a module.
//!
//! A module source is a [`Kind::Record`]: `a` is the name of its class, `d` says that it is one.

use rotifer_jsvalue::{JsValue, Kind, WellKnown, field};

use super::Intrinsic;
use super::spec::{FunctionSpec, Spec, link, prototype, sym_getter};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value};
use crate::n;
use crate::throw::JsResult;

pub(super) static ABSTRACT_MODULE_SOURCE: Spec = Spec {
    kind: Kind::HostFunction,
    proto: Some(Intrinsic::FunctionPrototype),
    function: Some(FunctionSpec { name: n!("AbstractModuleSource"), length: 0, func: constructor, constructor: true }),
    props: &[prototype(Intrinsic::AbstractModuleSourcePrototype)],
    fields: &[],
};

pub(super) static ABSTRACT_MODULE_SOURCE_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[link(n!("constructor"), Intrinsic::AbstractModuleSource), sym_getter(WellKnown::ToStringTag, class_name)],
);

fn constructor<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> JsResult<Value<'s>> {
    Err(cx.throw_type_error("module sources are made by importing them"))
}

fn class_name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !cx.is_kind(args.this, Kind::Record)
        || cx.field_raw(args.this, field::Record::d) != JsValue::name(n!("AbstractModuleSource"))
    {
        return Ok(UNDEFINED);
    }
    cx.field(args.this, field::Record::a)
}

/// A module source whose class has a prototype of its own.
pub(crate) fn new_module_source<'s>(cx: &mut Cx<'s>, class: &str) -> JsResult<Object<'s>> {
    let name = cx.str(class)?;
    let proto = cx.intrinsic(Intrinsic::AbstractModuleSourcePrototype)?;
    let proto = cx.new_object_of(Kind::Object, proto, 1)?;
    let source = cx.new_object_of(Kind::Record, proto, 1)?;
    cx.set_field(source, field::Record::a, name);
    cx.set_field_raw(source, field::Record::d, JsValue::name(n!("AbstractModuleSource")));
    Ok(source)
}
