//! Generators and async functions as objects (ECMA-262 §27.3 to §27.7).

use rotifer_jsvalue::{Attrs, Kind, PropertyKey, StaticName};

use super::Intrinsic;
use super::spec::{FunctionSpec, Prop, PropSpec, Spec, func, prototype, tag};
use crate::cx::{Args, Cx, Value};
use crate::interpreter::generator::{Resume, async_generator_enqueue};
use crate::n;
use crate::ops::DynamicKind;
use crate::throw::JsResult;

/// A link that can only be reconfigured.
const fn fixed(name: StaticName, to: Intrinsic) -> Prop {
    Prop { key: PropertyKey::name(name), attrs: Attrs::CONFIGURABLE, value: PropSpec::Link(to) }
}

/// A constructor of functions.
const fn maker(name: StaticName, func: crate::cx::NativeFn, props: &'static [Prop]) -> Spec {
    Spec {
        kind: Kind::HostFunction,
        proto: Some(Intrinsic::Function),
        function: Some(FunctionSpec { name, length: 1, func, constructor: true }),
        props,
        fields: &[],
    }
}

pub(super) static GENERATORFUNCTION_PROTOTYPE: Spec = Spec::object(
    Intrinsic::FunctionPrototype,
    &[
        fixed(n!("constructor"), Intrinsic::GeneratorFunction),
        fixed(n!("prototype"), Intrinsic::GeneratorPrototype),
        tag(n!("GeneratorFunction")),
    ],
);

pub(super) static GENERATORFUNCTION: Spec =
    maker(n!("GeneratorFunction"), make_generator_function, &[prototype(Intrinsic::GeneratorFunctionPrototype)]);

pub(super) static ASYNCFUNCTION_PROTOTYPE: Spec = Spec::object(
    Intrinsic::FunctionPrototype,
    &[fixed(n!("constructor"), Intrinsic::AsyncFunction), tag(n!("AsyncFunction"))],
);

pub(super) static ASYNCFUNCTION: Spec =
    maker(n!("AsyncFunction"), make_async_function, &[prototype(Intrinsic::AsyncFunctionPrototype)]);

pub(super) static ASYNCGENERATORFUNCTION_PROTOTYPE: Spec = Spec::object(
    Intrinsic::FunctionPrototype,
    &[
        fixed(n!("constructor"), Intrinsic::AsyncGeneratorFunction),
        fixed(n!("prototype"), Intrinsic::AsyncGeneratorPrototype),
        tag(n!("AsyncGeneratorFunction")),
    ],
);

pub(super) static ASYNCGENERATORFUNCTION: Spec = maker(
    n!("AsyncGeneratorFunction"),
    make_async_generator_function,
    &[prototype(Intrinsic::AsyncGeneratorFunctionPrototype)],
);

pub(super) static GENERATOR_PROTOTYPE: Spec = Spec::object(
    Intrinsic::IteratorPrototype,
    &[
        fixed(n!("constructor"), Intrinsic::GeneratorFunctionPrototype),
        func(n!("next"), 1, next),
        func(n!("return"), 1, return_),
        func(n!("throw"), 1, throw),
        tag(n!("Generator")),
    ],
);

pub(super) static ASYNCGENERATOR_PROTOTYPE: Spec = Spec::object(
    Intrinsic::AsyncIteratorPrototype,
    &[
        fixed(n!("constructor"), Intrinsic::AsyncGeneratorFunctionPrototype),
        func(n!("next"), 1, async_next),
        func(n!("return"), 1, async_return),
        func(n!("throw"), 1, async_throw),
        tag(n!("AsyncGenerator")),
    ],
);

/// ECMA-262 §27.3.1.1 GeneratorFunction
fn make_generator_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.create_dynamic_function(DynamicKind::Generator, args)
}

/// ECMA-262 §27.7.1.1 AsyncFunction
fn make_async_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.create_dynamic_function(DynamicKind::Async, args)
}

/// ECMA-262 §27.4.1.1 AsyncGeneratorFunction
fn make_async_generator_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.create_dynamic_function(DynamicKind::AsyncGenerator, args)
}

/// ECMA-262 §27.5.1.2 %GeneratorPrototype%.next
fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.generator_resume(args.this(), Resume::Next, args.get(0), "Generator.prototype.next")
}

/// ECMA-262 §27.5.1.3 %GeneratorPrototype%.return
fn return_<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.generator_resume(args.this(), Resume::Return, args.get(0), "Generator.prototype.return")
}

/// ECMA-262 §27.5.1.4 %GeneratorPrototype%.throw
fn throw<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.generator_resume(args.this(), Resume::Throw, args.get(0), "Generator.prototype.throw")
}

/// ECMA-262 §27.6.1.2 %AsyncGeneratorPrototype%.next
fn async_next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    async_generator_enqueue(cx, args.this(), Resume::Next, args.get(0), "AsyncGenerator.prototype.next")
}

/// ECMA-262 §27.6.1.3 %AsyncGeneratorPrototype%.return
fn async_return<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    async_generator_enqueue(cx, args.this(), Resume::Return, args.get(0), "AsyncGenerator.prototype.return")
}

/// ECMA-262 §27.6.1.4 %AsyncGeneratorPrototype%.throw
fn async_throw<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    async_generator_enqueue(cx, args.this(), Resume::Throw, args.get(0), "AsyncGenerator.prototype.throw")
}
