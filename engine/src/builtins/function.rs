//! `Function` and functions in general (ECMA-262 §20.2), bound functions (§10.4.1).

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, StaticName, StrView, WellKnown, field, string};

use super::Intrinsic;
use super::spec::{FunctionSpec, Prop, PropSpec, Spec, func, link, prototype};
use crate::cx::{Args, Cx, JsStr, Object, UNDEFINED, Value, imm};
use crate::isolate::native_info;
use crate::n;
use crate::ops::DynamicKind;
use crate::syntax::ast::FunctionKind;
use crate::throw::JsResult;

/// An accessor that always throws (ECMA-262 §20.2.4.2 and so on).
const fn poisoned(name: StaticName) -> Prop {
    Prop { key: PropertyKey::name(name), attrs: Attrs::CONFIGURABLE, value: PropSpec::Both(Intrinsic::ThrowTypeError) }
}

pub(super) static FUNCTION_PROTOTYPE: Spec = Spec {
    kind: Kind::HostFunction,
    proto: Some(Intrinsic::ObjectPrototype),
    function: Some(FunctionSpec { name: n!(""), length: 0, func: nothing, constructor: false }),
    props: &[
        link(n!("constructor"), Intrinsic::Function),
        func(n!("apply"), 2, apply),
        func(n!("bind"), 1, bind),
        func(n!("call"), 1, call),
        func(n!("toString"), 0, to_string),
        Prop {
            key: PropertyKey::well_known(WellKnown::HasInstance),
            attrs: Attrs::NONE,
            value: PropSpec::Function { length: 1, func: has_instance },
        },
        poisoned(n!("caller")),
        poisoned(n!("arguments")),
    ],
    fields: &[],
};

pub(super) static FUNCTION: Spec =
    Spec::constructor(n!("Function"), 1, constructor, &[prototype(Intrinsic::FunctionPrototype)]);

pub(super) static THROWTYPEERROR: Spec = Spec {
    kind: Kind::HostFunction,
    proto: Some(Intrinsic::FunctionPrototype),
    function: Some(FunctionSpec { name: n!(""), length: 0, func: throw_type_error, constructor: false }),
    props: &[],
    fields: &[],
};

/// ECMA-262 §20.2.3: `Function.prototype` itself accepts anything and gives undefined.
fn nothing<'s>(_cx: &mut Cx<'s>, _args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(UNDEFINED)
}

/// ECMA-262 §10.2.4.1 %ThrowTypeError%
///
/// As the accessors `caller` and `arguments` it lets plain sloppy functions have neither instead of throwing: old scripts look at them.
fn throw_type_error<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.is_kind(args.this(), Kind::Function) {
        let (kind, flags) = cx.function_kind_flags(cx.peek(args.this()).index());
        let plain = kind == FunctionKind::Normal && !flags.is_async() && !flags.is_generator();
        if plain && !flags.is_strict() {
            return Ok(UNDEFINED);
        }
    }
    Err(cx.throw_type_error("'caller', 'callee' and 'arguments' cannot be accessed on this object"))
}

/// ECMA-262 §20.2.1.1 Function
fn constructor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.create_dynamic_function(DynamicKind::Normal, args)
}

/// ECMA-262 §20.2.3.1 Function.prototype.apply
pub(super) fn apply<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let f = args.this();
    if !cx.is_callable(f) {
        return Err(cx.throw_not_callable(f));
    }
    if cx.is_nullish(args.get(1)) {
        return cx.call(f, args.get(0), &[]);
    }
    let list = cx.create_list_from_array_like(args.get(1))?;
    cx.call_with_array(f, args.get(0), list)
}

/// ECMA-262 §20.2.3.3 Function.prototype.call
fn call<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let f = args.this();
    if !cx.is_callable(f) {
        return Err(cx.throw_not_callable(f));
    }
    let rest = args.rest(1);
    cx.call_args(&Args { this: args.get(0), callee: f, new_target: UNDEFINED, ..rest })
}

/// ECMA-262 §20.2.3.2 Function.prototype.bind
fn bind<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = args.this();
    if !cx.is_callable(target) {
        return Err(cx.throw_type_error("only functions can be bound"));
    }
    let bound_args = args.rest(1);
    let bound = bound_function_create(cx, target.cast(), args.get(0), &bound_args)?;
    let mut length = 0.0;
    if cx.has_own_property(target.cast(), n!("length"))? {
        let v = cx.get(target.cast(), n!("length"))?;
        if let Some(d) = cx.peek(v).as_number() {
            length = if d == f64::INFINITY {
                d
            } else if d == f64::NEG_INFINITY {
                0.0
            } else {
                let d = cx.to_integer_or_infinity(v)?;
                (d - f64::from(bound_args.len())).max(0.0)
            };
        }
    }
    cx.define_new(bound, n!("length"), imm(length), Attrs::CONFIGURABLE)?;
    let name = cx.get(target.cast(), n!("name"))?;
    let name = if cx.peek(name).is_string() { name } else { imm(n!("")) };
    let name = cx.concat(imm(n!("bound ")).cast(), name.cast())?;
    cx.define_new(bound, n!("name"), name.cast(), Attrs::CONFIGURABLE)?;
    Ok(bound.cast())
}

/// ECMA-262 §10.4.1.3 BoundFunctionCreate
fn bound_function_create<'s>(
    cx: &mut Cx<'s>,
    target: Object<'s>,
    this: Value<'s>,
    args: &Args<'s>,
) -> JsResult<Object<'s>> {
    let proto = cx.get_prototype_of(target)?;
    let bound = cx.new_object_of(Kind::BoundFunction, proto, 2)?;
    cx.set_field(bound, field::BoundFunction::target, target);
    cx.set_field(bound, field::BoundFunction::this, this);
    if !args.is_empty() {
        cx.heap_mut().reserve(args.len() + 1, &mut [])?;
        let block = cx.heap_mut().new_values(Kind::Values, args.len(), JsValue::UNDEFINED);
        for (i, v) in (0..).zip(args.iter()) {
            let v = cx.peek(v);
            cx.heap_mut().put(block, 1 + i, v);
        }
        cx.set_field_raw(bound, field::BoundFunction::args, JsValue::cell(block));
    }
    Ok(bound)
}

/// ECMA-262 §20.2.3.5 Function.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let f = args.this();
    let raw = cx.peek(f);
    if !raw.is_callable() {
        return Err(cx.throw_incompatible("Function.prototype.toString", f));
    }
    if let Some((_, id)) = raw.as_native() {
        let name = cx.native_name(id)?;
        let name = cx.root(name)?;
        return Ok(native_text(cx, name.cast())?.cast());
    }
    match cx.kind_of(f) {
        Some(Kind::Function) => cx.function_source(f.cast()),
        Some(Kind::HostFunction) => {
            let id = cx.field_raw(f, field::HostFunction::id);
            let name = match id.as_native() {
                Some((_, id)) if native_info(id).is_some() => cx.native_name(id)?,
                _ if id.is_int() => JsValue::name(n!("")),
                _ => {
                    let spec = Intrinsic::from_u8(id.as_raw() as u8).and_then(|i| i.spec().function.as_ref());
                    JsValue::name(spec.map_or(n!(""), |s| s.name))
                }
            };
            let name = cx.root(name)?;
            Ok(native_text(cx, name.cast())?.cast())
        }
        _ => Ok(native_text(cx, imm(n!("")).cast())?.cast()),
    }
}

/// The text of a function not written in JavaScript (NativeFunction, ECMA-262 §20.2.3.5).
fn native_text<'s>(cx: &mut Cx<'s>, name: JsStr<'s>) -> JsResult<JsStr<'s>> {
    // A name that is no PropertyName is left out.
    let name = cx.flat(name)?;
    let writable = match string::view(cx.heap(), cx.peek(name)) {
        StrView::Latin1(s) => {
            s.first() == Some(&b'[') || s.iter().all(|&b| b == b' ' || b == b'_' || b.is_ascii_alphanumeric())
        }
        StrView::Utf16(_) => false,
    };
    let name = if writable { name } else { imm(n!("")).cast() };
    let text = cx.concat(imm(n!("function ")).cast(), name)?;
    cx.concat(text, imm(n!("() { [native code] }")).cast())
}

/// ECMA-262 §20.2.3.6 Function.prototype [ %Symbol.hasInstance% ]
fn has_instance<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(cx.ordinary_has_instance(args.this(), args.get(0))?))
}
