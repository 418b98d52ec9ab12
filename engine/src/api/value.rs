//! Values of an isolate as the host holds them, and conversions both ways.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use rotifer_gc::Root;
use rotifer_jsvalue::JsValue;

use super::error::Error;
use crate::cx::{self, Cx, NULL, UNDEFINED, imm};
use crate::throw::JsResult;

/// Keeps an object or symbol of an isolate alive. It may be cloned, sent to another thread, and dropped before or after its isolate.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(super) root: Root,
    callable: bool,
}

impl Handle {
    /// Whether what it refers to can be called.
    #[must_use]
    pub fn is_callable(&self) -> bool {
        self.callable
    }
}

/// A JavaScript value outside its isolate: primitives are copied, objects and symbols are referred to.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `undefined`
    #[default]
    Undefined,
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A string; lone surrogates are U+FFFD.
    String(String),
    /// A BigInt, in decimal digits.
    BigInt(String),
    /// A symbol.
    Symbol(Handle),
    /// An object or function.
    Object(Handle),
}

impl Value {
    /// The number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        if let Value::Number(n) = self { Some(*n) } else { None }
    }

    /// The text, if it is a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(s) = self { Some(s) } else { None }
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(b) = self { Some(*b) } else { None }
    }

    /// The handle, if it is an object or function.
    #[must_use]
    pub fn as_object(&self) -> Option<&Handle> {
        if let Value::Object(h) = self { Some(h) } else { None }
    }

    /// Whether it is `undefined`.
    #[must_use]
    pub fn is_undefined(&self) -> bool {
        matches!(self, Value::Undefined)
    }

    fn what(&self) -> &'static str {
        match self {
            Value::Undefined => "undefined",
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::BigInt(_) => "a BigInt",
            Value::Symbol(_) => "a symbol",
            Value::Object(h) if h.callable => "a function",
            Value::Object(_) => "an object",
        }
    }
}

/// Two values are equal when they are the same primitive; objects and symbols are compared in their isolate only.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::String(a), Value::String(b)) | (Value::BigInt(a), Value::BigInt(b)) => a == b,
            _ => false,
        }
    }
}

/// What can be given to a script.
pub trait IntoJs {
    /// Makes the value in the isolate.
    ///
    /// # Errors
    /// Out of memory; for a [`Result`] that is an error, that error thrown.
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>>;
}

/// What a script's value can be taken as. Nothing is coerced: a number is not taken as a string.
pub trait FromJs: Sized {
    /// Takes the value.
    ///
    /// # Errors
    /// [`Error::Conversion`] when it is something else; out of memory.
    fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error>;
}

fn mismatch<T>(cx: &mut Cx<'_>, raw: JsValue, wanted: &str) -> Result<T, Error> {
    let got = if raw.is_number() {
        Value::Number(0.0).what()
    } else if raw.is_callable() {
        "a function"
    } else if raw.is_object() {
        "an object"
    } else if raw.is_string() {
        "a string"
    } else if raw.is_symbol() {
        "a symbol"
    } else if raw.is_bigint() {
        "a BigInt"
    } else if raw.is_null() {
        "null"
    } else if raw.is_undefined() {
        "undefined"
    } else {
        "a boolean"
    };
    let _ = cx;
    Err(Error::Conversion(format!("expected {wanted}, found {got}").into()))
}

pub(super) fn handle(cx: &mut Cx<'_>, raw: JsValue) -> Handle {
    Handle { root: cx.heap_mut().make_root(raw.to_bits()), callable: raw.is_callable() }
}

/// What a throw inside a conversion means: only memory can run out there.
fn or_oom<T>(cx: &mut Cx<'_>, result: JsResult<T>) -> Result<T, Error> {
    result.map_err(|_| super::error::take_error(cx, super::error::Stage::Run))
}

impl FromJs for Value {
    fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error> {
        let raw = cx.peek(value);
        Ok(if let Some(n) = raw.as_number() {
            Value::Number(n)
        } else if raw.is_string() {
            let text = cx.rust_string(value.cast(), usize::MAX);
            Value::String(or_oom(cx, text)?)
        } else if raw.is_object() {
            Value::Object(handle(cx, raw))
        } else if raw.is_symbol() {
            Value::Symbol(handle(cx, raw))
        } else if raw.is_bigint() {
            let text = cx.to_string(value).and_then(|s| cx.rust_string(s, usize::MAX));
            Value::BigInt(or_oom(cx, text)?)
        } else if let Some(b) = raw.as_bool() {
            Value::Bool(b)
        } else if raw.is_null() {
            Value::Null
        } else {
            Value::Undefined
        })
    }
}

impl FromJs for () {
    fn from_js<'s>(_: &mut Cx<'s>, _: cx::Value<'s>) -> Result<Self, Error> {
        Ok(())
    }
}

impl FromJs for bool {
    fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error> {
        let raw = cx.peek(value);
        raw.as_bool().map_or_else(|| mismatch(cx, raw, "a boolean"), Ok)
    }
}

impl FromJs for f64 {
    fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error> {
        let raw = cx.peek(value);
        raw.as_number().map_or_else(|| mismatch(cx, raw, "a number"), Ok)
    }
}

impl FromJs for String {
    fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error> {
        let raw = cx.peek(value);
        if !raw.is_string() {
            return mismatch(cx, raw, "a string");
        }
        let text = cx.rust_string(value.cast(), usize::MAX);
        or_oom(cx, text)
    }
}

impl FromJs for Handle {
    fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error> {
        let raw = cx.peek(value);
        if raw.is_object() { Ok(handle(cx, raw)) } else { mismatch(cx, raw, "an object") }
    }
}

impl<T: FromJs> FromJs for Option<T> {
    fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error> {
        if cx.is_nullish(value) { Ok(None) } else { T::from_js(cx, value).map(Some) }
    }
}

impl<T: FromJs> FromJs for Vec<T> {
    fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error> {
        let array = cx.is_array(value);
        if !or_oom(cx, array)? {
            let raw = cx.peek(value);
            return mismatch(cx, raw, "an array");
        }
        let len = cx.length_of_array_like(value.cast());
        let len = or_oom(cx, len)?;
        // A length is cheap to set; what the host allocates for it has to stay in proportion to the isolate.
        if len > (cx.heap().limit_bytes() / 8) as f64 {
            return Err(Error::Conversion("the array is too long".into()));
        }
        let mut out = Vec::new();
        for i in 0..len as u32 {
            let mut cx = cx.nest();
            let item = cx.get(value.cast(), i);
            let item = or_oom(&mut cx, item)?;
            out.push(T::from_js(&mut cx, item)?);
        }
        Ok(out)
    }
}

macro_rules! integers {
    ($($t:ty)*) => {$(
        impl FromJs for $t {
            fn from_js<'s>(cx: &mut Cx<'s>, value: cx::Value<'s>) -> Result<Self, Error> {
                let raw = cx.peek(value);
                if let Some(d) = raw.as_number() {
                    let n = d as $t;
                    // Beyond 2^53 a number no longer says which integer is meant.
                    if n as f64 == d && d.abs() <= 9_007_199_254_740_991.0 {
                        return Ok(n);
                    }
                }
                mismatch(cx, raw, concat!("an integer that fits ", stringify!($t)))
            }
        }

        impl IntoJs for $t {
            fn into_js<'s>(self, _: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
                Ok(imm(JsValue::number(self as f64)))
            }
        }
    )*};
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl IntoJs for Value {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        (&self).into_js(cx)
    }
}

impl IntoJs for &Value {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        match self {
            Value::Undefined => Ok(UNDEFINED),
            Value::Null => Ok(NULL),
            Value::Bool(b) => Ok(imm(*b)),
            Value::Number(n) => Ok(imm(JsValue::number(*n))),
            Value::String(s) => cx.str(s).map(cx::JsStr::cast),
            Value::BigInt(digits) => {
                let s = cx.str(digits)?;
                match cx.string_to_bigint(s)? {
                    Some(n) => Ok(n),
                    None => Err(cx.throw_syntax_error("not a BigInt")),
                }
            }
            Value::Symbol(h) | Value::Object(h) => h.into_js(cx),
        }
    }
}

impl IntoJs for Handle {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        (&self).into_js(cx)
    }
}

impl IntoJs for &Handle {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        match cx.heap().read_root(&self.root) {
            Some(word) => cx.root(JsValue::from_bits(word)),
            None => Err(cx.throw_type_error("the handle belongs to another isolate")),
        }
    }
}

impl IntoJs for () {
    fn into_js<'s>(self, _: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        Ok(UNDEFINED)
    }
}

impl IntoJs for bool {
    fn into_js<'s>(self, _: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        Ok(imm(self))
    }
}

impl IntoJs for f64 {
    fn into_js<'s>(self, _: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        Ok(imm(JsValue::number(self)))
    }
}

impl IntoJs for f32 {
    fn into_js<'s>(self, _: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        Ok(imm(JsValue::number(f64::from(self))))
    }
}

impl IntoJs for &str {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        cx.str(self).map(cx::JsStr::cast)
    }
}

impl IntoJs for String {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        self.as_str().into_js(cx)
    }
}

impl IntoJs for Box<str> {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        (&*self).into_js(cx)
    }
}

impl<T: IntoJs> IntoJs for Option<T> {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        match self {
            Some(v) => v.into_js(cx),
            None => Ok(UNDEFINED),
        }
    }
}

impl<T: IntoJs> IntoJs for Vec<T> {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        let array = cx.new_array(0, u32::try_from(self.len()).unwrap_or(0))?;
        for item in self {
            let mut cx = cx.nest();
            let v = item.into_js(&mut cx)?;
            cx.push(array, v)?;
        }
        Ok(array.cast())
    }
}

/// An error is thrown into the script.
impl<T: IntoJs, E: Into<Error>> IntoJs for Result<T, E> {
    fn into_js<'s>(self, cx: &mut Cx<'s>) -> JsResult<cx::Value<'s>> {
        match self {
            Ok(v) => v.into_js(cx),
            Err(e) => Err(super::error::throw(cx, e.into())),
        }
    }
}
