//! The twelve typed arrays (ECMA-262 §23.2.5 to §23.2.7): the same but for the element type.

use rotifer_jsvalue::JsValue;

use super::Intrinsic;
use super::spec::{Spec, constant, func, link, prototype};
use super::typed_array::{base64, construct::construct};
use crate::n;
use crate::ops::typed::ElementType;

macro_rules! kinds {
    ($($constructor:ident, $prototype:ident, $name:ident, $text:literal, $own:ident, $prototype_name:ident;
        [$($static_func:expr),*]; [$($method:expr),*];)*) => {
        $(
            pub(super) static $prototype: Spec = Spec::object(
                Intrinsic::TypedArrayPrototype,
                &[
                    constant(n!("BYTES_PER_ELEMENT"), JsValue::int(ElementType::$name.size() as i32)),
                    link(n!("constructor"), Intrinsic::$own),
                    $($method),*
                ],
            );
            pub(super) static $constructor: Spec = Spec::constructor(
                n!($text),
                3,
                |cx, args| construct(cx, args, ElementType::$name),
                &[
                    constant(n!("BYTES_PER_ELEMENT"), JsValue::int(ElementType::$name.size() as i32)),
                    prototype(Intrinsic::$prototype_name),
                    $($static_func),*
                ],
            )
            .with_proto(Intrinsic::TypedArray);
        )*
    };
}

kinds! {
    INT8ARRAY, INT8ARRAY_PROTOTYPE, Int8, "Int8Array", Int8Array, Int8ArrayPrototype; []; [];
    UINT8ARRAY, UINT8ARRAY_PROTOTYPE, Uint8, "Uint8Array", Uint8Array, Uint8ArrayPrototype;
        [func(n!("fromBase64"), 1, base64::from_base64), func(n!("fromHex"), 1, base64::from_hex)];
        [
            func(n!("setFromBase64"), 1, base64::set_from_base64),
            func(n!("setFromHex"), 1, base64::set_from_hex),
            func(n!("toBase64"), 0, base64::to_base64),
            func(n!("toHex"), 0, base64::to_hex)
        ];
    UINT8CLAMPEDARRAY, UINT8CLAMPEDARRAY_PROTOTYPE, Uint8Clamped, "Uint8ClampedArray", Uint8ClampedArray,
        Uint8ClampedArrayPrototype; []; [];
    INT16ARRAY, INT16ARRAY_PROTOTYPE, Int16, "Int16Array", Int16Array, Int16ArrayPrototype; []; [];
    UINT16ARRAY, UINT16ARRAY_PROTOTYPE, Uint16, "Uint16Array", Uint16Array, Uint16ArrayPrototype; []; [];
    INT32ARRAY, INT32ARRAY_PROTOTYPE, Int32, "Int32Array", Int32Array, Int32ArrayPrototype; []; [];
    UINT32ARRAY, UINT32ARRAY_PROTOTYPE, Uint32, "Uint32Array", Uint32Array, Uint32ArrayPrototype; []; [];
    BIGINT64ARRAY, BIGINT64ARRAY_PROTOTYPE, BigInt64, "BigInt64Array", BigInt64Array, BigInt64ArrayPrototype; []; [];
    BIGUINT64ARRAY, BIGUINT64ARRAY_PROTOTYPE, BigUint64, "BigUint64Array", BigUint64Array, BigUint64ArrayPrototype; []; [];
    FLOAT16ARRAY, FLOAT16ARRAY_PROTOTYPE, Float16, "Float16Array", Float16Array, Float16ArrayPrototype; []; [];
    FLOAT32ARRAY, FLOAT32ARRAY_PROTOTYPE, Float32, "Float32Array", Float32Array, Float32ArrayPrototype; []; [];
    FLOAT64ARRAY, FLOAT64ARRAY_PROTOTYPE, Float64, "Float64Array", Float64Array, Float64ArrayPrototype; []; [];
}
