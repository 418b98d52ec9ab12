//! `Error` and its kin (ECMA-262 §20.5), with the `stack` accessor of the proposal for it.

use rotifer_jsvalue::{Attrs, Kind, PropertyKey, StaticName, field, string};

use super::Intrinsic;
use super::spec::{Prop, PropSpec, Spec, accessor, func, link, prototype};
use crate::cx::{Args, Cx, IntoKey, JsStr, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(super) static ERROR_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::Error),
        text(n!("name"), n!("Error")),
        text(n!("message"), n!("")),
        func(n!("toString"), 0, to_string),
        accessor(n!("stack"), get_stack, set_stack),
    ],
);

pub(super) static ERROR: Spec = Spec::constructor(
    n!("Error"),
    1,
    error,
    &[
        prototype(Intrinsic::ErrorPrototype),
        func(n!("isError"), 1, is_error),
        func(n!("captureStackTrace"), 2, capture_stack_trace),
    ],
);

const fn text(name: StaticName, text: StaticName) -> Prop {
    Prop {
        key: PropertyKey::name(name),
        attrs: Attrs::HIDDEN,
        value: PropSpec::Value(rotifer_jsvalue::JsValue::name(text)),
    }
}

macro_rules! native_errors {
    ($($name:literal $constructor:ident $proto:ident $length:literal: $CONSTRUCTOR:ident $PROTOTYPE:ident $func:ident;)*) => {
        $(
            pub(super) static $PROTOTYPE: Spec = Spec::object(
                Intrinsic::ErrorPrototype,
                &[
                    link(n!("constructor"), Intrinsic::$constructor),
                    text(n!("name"), n!($name)),
                    text(n!("message"), n!("")),
                ],
            );
            pub(super) static $CONSTRUCTOR: Spec =
                Spec::constructor(n!($name), $length, $func, &[prototype(Intrinsic::$proto)]).with_proto(Intrinsic::Error);
        )*
    };
}

native_errors! {
    "TypeError" TypeError TypeErrorPrototype 1: TYPEERROR TYPEERROR_PROTOTYPE type_error;
    "RangeError" RangeError RangeErrorPrototype 1: RANGEERROR RANGEERROR_PROTOTYPE range_error;
    "SyntaxError" SyntaxError SyntaxErrorPrototype 1: SYNTAXERROR SYNTAXERROR_PROTOTYPE syntax_error;
    "ReferenceError" ReferenceError ReferenceErrorPrototype 1: REFERENCEERROR REFERENCEERROR_PROTOTYPE reference_error;
    "EvalError" EvalError EvalErrorPrototype 1: EVALERROR EVALERROR_PROTOTYPE eval_error;
    "URIError" URIError URIErrorPrototype 1: URIERROR URIERROR_PROTOTYPE uri_error;
    "AggregateError" AggregateError AggregateErrorPrototype 2: AGGREGATEERROR AGGREGATEERROR_PROTOTYPE aggregate_error;
    "SuppressedError" SuppressedError SuppressedErrorPrototype 3: SUPPRESSEDERROR SUPPRESSEDERROR_PROTOTYPE suppressed_error;
}

macro_rules! constructors {
    ($($func:ident $proto:ident)*) => {
        $(
            fn $func<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
                Ok(construct(cx, args, Intrinsic::$proto, args.get(0), args.get(1))?.cast())
            }
        )*
    };
}

constructors! {
    error ErrorPrototype
    type_error TypeErrorPrototype
    range_error RangeErrorPrototype
    syntax_error SyntaxErrorPrototype
    reference_error ReferenceErrorPrototype
    eval_error EvalErrorPrototype
    uri_error URIErrorPrototype
}

/// ECMA-262 §20.5.1.1 Error, §20.5.6.1.1 NativeError
fn construct<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    proto: Intrinsic,
    message: Value<'s>,
    options: Value<'s>,
) -> JsResult<Object<'s>> {
    let new_target = if cx.is_undefined(args.new_target()) { args.callee() } else { args.new_target() };
    let proto = cx.get_prototype_from_constructor(new_target, proto)?;
    let error = cx.new_error_object(proto)?;
    if !cx.is_undefined(message) {
        let message = cx.to_string(message)?;
        cx.define_new(error, n!("message"), message.cast(), Attrs::HIDDEN)?;
    }
    // §20.5.8.1 InstallErrorCause
    if let Some(options) = cx.as_object(options)
        && cx.has_property(options, n!("cause").into_key())?
    {
        let cause = cx.get(options, n!("cause"))?;
        cx.define_new(error, n!("cause"), cause, Attrs::HIDDEN)?;
    }
    Ok(error)
}

/// ECMA-262 §20.5.7.1.1 AggregateError
fn aggregate_error<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let error = construct(cx, args, Intrinsic::AggregateErrorPrototype, args.get(1), args.get(2))?;
    let errors = cx.iterable_to_list(args.get(0))?;
    cx.define_new(error, n!("errors"), errors.cast(), Attrs::HIDDEN)?;
    Ok(error.cast())
}

/// ECMA-262 §20.5.8.1.1 SuppressedError
fn suppressed_error<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let error = construct(cx, args, Intrinsic::SuppressedErrorPrototype, args.get(2), UNDEFINED)?;
    cx.define_new(error, n!("error"), args.get(0), Attrs::HIDDEN)?;
    cx.define_new(error, n!("suppressed"), args.get(1), Attrs::HIDDEN)?;
    Ok(error.cast())
}

/// A SuppressedError of the running realm, as disposal makes it.
///
/// # Errors
/// Out of memory, stack overflow.
pub(crate) fn new_suppressed_error<'s>(
    cx: &mut Cx<'s>,
    error: Value<'s>,
    suppressed: Value<'s>,
) -> JsResult<Object<'s>> {
    let proto = cx.intrinsic(Intrinsic::SuppressedErrorPrototype)?;
    let made = cx.new_error_object(proto)?;
    cx.define_new(made, n!("error"), error, Attrs::HIDDEN)?;
    cx.define_new(made, n!("suppressed"), suppressed, Attrs::HIDDEN)?;
    Ok(made)
}

/// ECMA-262 §20.5.2.1 Error.isError
fn is_error<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(cx.is_kind(args.get(0), Kind::Error)))
}

/// ECMA-262 §20.5.3.4 Error.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = args.this();
    let Some(object) = cx.as_object(this) else {
        return Err(cx.throw_incompatible("Error.prototype.toString", this));
    };
    Ok(error_to_string(cx, object)?.cast())
}

/// `name: message` of any object (ECMA-262 §20.5.3.4).
pub(crate) fn error_to_string<'s>(cx: &mut Cx<'s>, object: Object<'s>) -> JsResult<JsStr<'s>> {
    let name = cx.get(object, n!("name"))?;
    let name = if cx.is_undefined(name) { imm(n!("Error")).cast() } else { cx.to_string(name)? };
    let message = cx.get(object, n!("message"))?;
    let message = if cx.is_undefined(message) { imm(n!("")).cast() } else { cx.to_string(message)? };
    if string::string_length(cx.heap(), cx.peek(name)) == 0 {
        return Ok(message);
    }
    if string::string_length(cx.heap(), cx.peek(message)) == 0 {
        return Ok(name);
    }
    let text = cx.concat(name, imm(n!(": ")).cast())?;
    cx.concat(text, message)
}

/// The text of `stack`: the error and where it was made. Code of the script that runs on the way and throws is ignored.
pub(crate) fn stack_text<'s>(cx: &mut Cx<'s>, object: Object<'s>, stack: Value<'s>) -> JsResult<JsStr<'s>> {
    let head = match error_to_string(cx, object) {
        Ok(head) => head,
        Err(throw) if !cx.is_catchable() => return Err(throw),
        Err(_) => {
            cx.take_exception();
            imm(n!("Error")).cast()
        }
    };
    let raw = cx.peek(stack);
    let frames = cx.render_stack(raw)?;
    cx.concat(head, frames)
}

/// get Error.prototype.stack (proposal "Error Stack Accessor")
fn get_stack<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = args.this();
    let Some(object) = cx.as_object(this) else {
        return Err(cx.throw_incompatible("get Error.prototype.stack", this));
    };
    if !cx.is_kind(object, Kind::Error) {
        return Ok(UNDEFINED);
    }
    let stack = cx.field(object, field::Error::stack)?;
    Ok(stack_text(cx, object, stack)?.cast())
}

/// set Error.prototype.stack (proposal "Error Stack Accessor")
fn set_stack<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (this, value) = (args.this(), args.get(0));
    let Some(object) = cx.as_object(this) else {
        return Err(cx.throw_incompatible("set Error.prototype.stack", this));
    };
    if !cx.peek(value).is_string() {
        return Err(cx.throw_type_error("stack must be a string"));
    }
    let home = cx.intrinsic(Intrinsic::ErrorPrototype)?;
    setter_that_ignores_prototype_properties(cx, object, home, n!("stack"), value)?;
    Ok(UNDEFINED)
}

/// ECMA-262 §27.1.3.2.1 SetterThatIgnoresPrototypeProperties
pub(crate) fn setter_that_ignores_prototype_properties<'s>(
    cx: &mut Cx<'s>,
    this: Object<'s>,
    home: Object<'s>,
    key: impl IntoKey<'s>,
    value: Value<'s>,
) -> JsResult<()> {
    let key = key.into_key();
    if cx.peek(this) == cx.peek(home) {
        return Err(cx.throw_read_only(key));
    }
    if cx.get_own_property(this, key)?.is_none() {
        return cx.create_data_property_or_throw(this, key, value);
    }
    cx.set(this, key, value)
}

/// `Error.captureStackTrace(object)`: gives any object a `stack` that says where this was called.
fn capture_stack_trace<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = super::object::need_object(cx, args.get(0))?;
    let stack = cx.capture_stack()?;
    let stack = cx.root(stack)?;
    let text = stack_text(cx, object, stack)?;
    let d = crate::ops::PropertyDescriptor::data(text.cast(), Attrs::HIDDEN);
    cx.define_property_or_throw(object, n!("stack"), &d)?;
    Ok(UNDEFINED)
}
