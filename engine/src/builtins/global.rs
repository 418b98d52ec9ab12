//! The global object (ECMA-262 §19).

use rotifer_jsvalue::number::{digit_value, is_space, parse_decimal_prefix, parse_digits, trim};
use rotifer_jsvalue::{Attrs, JsValue, Kind, PropertyKey, StaticName, StrView};

use super::Intrinsic;
use super::spec::{Prop, PropSpec, Spec, constant, func, link};
use super::uri;
use crate::cx::{Args, Cx, Value, imm};
use crate::n;
use crate::throw::JsResult;

const fn constructor(name: StaticName, to: Intrinsic) -> Prop {
    link(name, to)
}

pub(super) static GLOBAL: Spec = Spec {
    kind: Kind::Global,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: &[
        Prop { key: PropertyKey::name(n!("globalThis")), attrs: Attrs::HIDDEN, value: PropSpec::Itself },
        constant(n!("Infinity"), JsValue::double(f64::INFINITY)),
        constant(n!("NaN"), JsValue::NAN),
        constant(n!("undefined"), JsValue::UNDEFINED),
        func(n!("eval"), 1, eval),
        func(n!("isFinite"), 1, is_finite),
        func(n!("isNaN"), 1, is_nan),
        func(n!("parseFloat"), 1, parse_float),
        func(n!("parseInt"), 2, parse_int),
        func(n!("decodeURI"), 1, uri::decode_uri),
        func(n!("decodeURIComponent"), 1, uri::decode_uri_component),
        func(n!("encodeURI"), 1, uri::encode_uri),
        func(n!("encodeURIComponent"), 1, uri::encode_uri_component),
        func(n!("escape"), 1, uri::escape),
        func(n!("unescape"), 1, uri::unescape),
        constructor(n!("Object"), Intrinsic::Object),
        constructor(n!("Function"), Intrinsic::Function),
        constructor(n!("Array"), Intrinsic::Array),
        constructor(n!("String"), Intrinsic::String),
        constructor(n!("Number"), Intrinsic::Number),
        constructor(n!("Boolean"), Intrinsic::Boolean),
        constructor(n!("Symbol"), Intrinsic::Symbol),
        constructor(n!("BigInt"), Intrinsic::BigInt),
        constructor(n!("Date"), Intrinsic::Date),
        constructor(n!("RegExp"), Intrinsic::RegExp),
        constructor(n!("Error"), Intrinsic::Error),
        constructor(n!("TypeError"), Intrinsic::TypeError),
        constructor(n!("RangeError"), Intrinsic::RangeError),
        constructor(n!("SyntaxError"), Intrinsic::SyntaxError),
        constructor(n!("ReferenceError"), Intrinsic::ReferenceError),
        constructor(n!("EvalError"), Intrinsic::EvalError),
        constructor(n!("URIError"), Intrinsic::URIError),
        constructor(n!("AggregateError"), Intrinsic::AggregateError),
        constructor(n!("SuppressedError"), Intrinsic::SuppressedError),
        constructor(n!("Map"), Intrinsic::Map),
        constructor(n!("Set"), Intrinsic::Set),
        constructor(n!("WeakMap"), Intrinsic::WeakMap),
        constructor(n!("WeakSet"), Intrinsic::WeakSet),
        constructor(n!("WeakRef"), Intrinsic::WeakRef),
        constructor(n!("FinalizationRegistry"), Intrinsic::FinalizationRegistry),
        constructor(n!("ArrayBuffer"), Intrinsic::ArrayBuffer),
        constructor(n!("SharedArrayBuffer"), Intrinsic::SharedArrayBuffer),
        constructor(n!("DataView"), Intrinsic::DataView),
        constructor(n!("Int8Array"), Intrinsic::Int8Array),
        constructor(n!("Uint8Array"), Intrinsic::Uint8Array),
        constructor(n!("Uint8ClampedArray"), Intrinsic::Uint8ClampedArray),
        constructor(n!("Int16Array"), Intrinsic::Int16Array),
        constructor(n!("Uint16Array"), Intrinsic::Uint16Array),
        constructor(n!("Int32Array"), Intrinsic::Int32Array),
        constructor(n!("Uint32Array"), Intrinsic::Uint32Array),
        constructor(n!("BigInt64Array"), Intrinsic::BigInt64Array),
        constructor(n!("BigUint64Array"), Intrinsic::BigUint64Array),
        constructor(n!("Float16Array"), Intrinsic::Float16Array),
        constructor(n!("Float32Array"), Intrinsic::Float32Array),
        constructor(n!("Float64Array"), Intrinsic::Float64Array),
        constructor(n!("Promise"), Intrinsic::Promise),
        constructor(n!("Proxy"), Intrinsic::Proxy),
        constructor(n!("Iterator"), Intrinsic::Iterator),
        constructor(n!("DisposableStack"), Intrinsic::DisposableStack),
        constructor(n!("AsyncDisposableStack"), Intrinsic::AsyncDisposableStack),
        link(n!("Math"), Intrinsic::Math),
        link(n!("JSON"), Intrinsic::Json),
        link(n!("Reflect"), Intrinsic::Reflect),
        link(n!("Atomics"), Intrinsic::Atomics),
        link(n!("console"), Intrinsic::Console),
        #[cfg(feature = "temporal")]
        link(n!("Temporal"), Intrinsic::Temporal),
        #[cfg(feature = "intl")]
        link(n!("Intl"), Intrinsic::Intl),
    ],
    fields: &[],
};

/// ECMA-262 §19.2.1 eval, called other than by a direct call.
fn eval<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.indirect_eval(args.get(0))
}

/// ECMA-262 §19.2.2 isFinite
fn is_finite<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(cx.to_number(args.get(0))?.is_finite()))
}

/// ECMA-262 §19.2.3 isNaN
fn is_nan<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(cx.to_number(args.get(0))?.is_nan()))
}

/// ECMA-262 §19.2.4 parseFloat
fn parse_float<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.peek(args.get(0)).is_int() {
        return Ok(args.get(0));
    }
    let s = cx.to_flat_string(args.get(0))?;
    Ok(imm(parse_decimal_prefix(trim(cx.view(s))).map_or(f64::NAN, |(value, _)| value)))
}

/// ECMA-262 §19.2.5 parseInt
fn parse_int<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.peek(args.get(0)).is_int() && args.len() == 1 {
        return Ok(args.get(0));
    }
    let s = cx.to_flat_string(args.get(0))?;
    let radix = cx.to_int32(args.get(1))?;
    Ok(imm(integer_prefix(cx.view(s), radix)))
}

/// The number that the longest prefix of digits stands for.
fn integer_prefix(text: StrView<'_>, radix: i32) -> f64 {
    let n = text.len();
    let mut start = 0;
    while start < n && is_space(text.at(start)) {
        start += 1;
    }
    let negative = start < n && text.at(start) == u16::from(b'-');
    if negative || start < n && text.at(start) == u16::from(b'+') {
        start += 1;
    }
    if !matches!(radix, 0 | 2..=36) {
        return f64::NAN;
    }
    let prefixed = n - start >= 2 && text.at(start) == u16::from(b'0') && text.at(start + 1) | 0x20 == u16::from(b'x');
    let radix = match radix {
        0 | 16 if prefixed => {
            start += 2;
            16
        }
        0 => 10,
        given => given as u32,
    };
    let mut end = start;
    while end < n && digit_value(text.at(end), radix).is_some() {
        end += 1;
    }
    if end == start {
        return f64::NAN;
    }
    let value = parse_digits(text.slice(start, end), radix);
    if negative { -value } else { value }
}
