//! Type conversion (ECMA-262 §7.1) and the testing operations that go with it.

use rotifer_jsvalue::number::{string_to_number, to_int32, to_integer_or_infinity};
use rotifer_jsvalue::{HeapExt, JsValue, Kind, PropertyKey, StrView, WellKnown, field, flag, key, string};

use super::{Hint, bigint};
use crate::builtins::Intrinsic;
use crate::cx::{Cx, IntoKey, JsStr, Key, Object, UNDEFINED, Value, imm};
use crate::isolate::RootWord;
use crate::n;
use crate::throw::JsResult;

/// The largest integer up to which all are exact, 2^53 − 1.
pub const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

impl<'s> Cx<'s> {
    /// ECMA-262 §7.1.1 ToPrimitive
    ///
    /// # Errors
    /// A TypeError when there is no primitive; what the object's methods throw.
    #[inline]
    pub fn to_primitive(&mut self, value: Value<'s>, hint: Hint) -> JsResult<Value<'s>> {
        if self.is_object(value) { self.object_to_primitive(value.cast(), hint) } else { Ok(value) }
    }

    fn object_to_primitive(&mut self, object: Object<'s>, hint: Hint) -> JsResult<Value<'s>> {
        self.check_native_stack()?;
        let result = {
            let mut cx = self.nest();
            let result = match cx.get_method(object.cast(), WellKnown::ToPrimitive)? {
                Some(method) => {
                    let hint = match hint {
                        Hint::Default => n!("default"),
                        Hint::Number => n!("number"),
                        Hint::String => n!("string"),
                    };
                    let result = cx.call(method, object.cast(), &[imm(hint)])?;
                    if cx.is_object(result) {
                        return Err(cx.throw_type_error("[Symbol.toPrimitive] returned an object"));
                    }
                    result
                }
                None => cx.ordinary_to_primitive(object, hint == Hint::String)?,
            };
            cx.peek(result)
        };
        self.root(result)
    }

    /// ECMA-262 §7.1.1.1 OrdinaryToPrimitive
    ///
    /// # Errors
    /// A TypeError when there is no primitive; what the object's methods throw.
    pub fn ordinary_to_primitive(&mut self, object: Object<'s>, string_first: bool) -> JsResult<Value<'s>> {
        let names = if string_first { [n!("toString"), n!("valueOf")] } else { [n!("valueOf"), n!("toString")] };
        for name in names {
            let method = self.get(object, name)?;
            if self.is_callable(method) {
                let result = self.call(method, object.cast(), &[])?;
                if !self.is_object(result) {
                    return Ok(result);
                }
            }
        }
        Err(self.throw_type_error("cannot convert object to primitive value"))
    }

    /// ECMA-262 §7.1.2 ToBoolean
    #[inline]
    #[must_use]
    pub fn to_boolean(&self, value: Value<'s>) -> bool {
        self.to_boolean_raw(self.peek(value))
    }

    /// ECMA-262 §7.1.2 ToBoolean, of a value just read.
    #[inline]
    pub(crate) fn to_boolean_raw(&self, v: JsValue) -> bool {
        if let Some(b) = v.as_bool() {
            return b;
        }
        if let Some(i) = v.as_int() {
            return i != 0;
        }
        if v.is_object() {
            return !super::compare::emulates_undefined(v);
        }
        if v.is_string() {
            return string::string_length(self.heap(), v) != 0;
        }
        if let Some(d) = v.as_number() {
            return d != 0.0 && !d.is_nan();
        }
        if v.is_bigint() {
            return !bigint::is_zero(self.heap(), v);
        }
        v.is_symbol()
    }

    /// ECMA-262 §7.1.3 ToNumeric: a number or BigInt.
    ///
    /// # Errors
    /// A TypeError for a symbol; what the object's methods throw.
    pub fn to_numeric(&mut self, value: Value<'s>) -> JsResult<Value<'s>> {
        let value = self.to_primitive(value, Hint::Number)?;
        let v = self.peek(value);
        if v.is_number() || v.is_bigint() {
            return Ok(value);
        }
        Ok(imm(self.to_number(value)?))
    }

    /// ECMA-262 §7.1.4 ToNumber
    ///
    /// # Errors
    /// A TypeError for a symbol or BigInt; what the object's methods throw.
    #[inline]
    pub fn to_number(&mut self, value: Value<'s>) -> JsResult<f64> {
        match self.peek(value).as_number() {
            Some(d) => Ok(d),
            None => self.to_number_slow(value),
        }
    }

    #[inline(never)]
    fn to_number_slow(&mut self, value: Value<'s>) -> JsResult<f64> {
        let v = self.peek(value);
        if v.is_undefined() {
            return Ok(f64::NAN);
        }
        if v.is_null() {
            return Ok(0.0);
        }
        if let Some(b) = v.as_bool() {
            return Ok(f64::from(u8::from(b)));
        }
        if v.is_string() {
            let flat = string::flatten(self.heap_mut(), v)?;
            return Ok(string_to_number(string::view(self.heap(), flat)));
        }
        if v.is_symbol() {
            return Err(self.throw_type_error("cannot convert a Symbol value to a number"));
        }
        if v.is_bigint() {
            return Err(self.throw_type_error("cannot convert a BigInt value to a number"));
        }
        if v.is_object() {
            let mut cx = self.nest();
            let primitive = cx.to_primitive(value, Hint::Number)?;
            return cx.to_number(primitive);
        }
        Ok(f64::NAN)
    }

    /// ECMA-262 §7.1.5 ToIntegerOrInfinity
    ///
    /// # Errors
    /// As [`Cx::to_number`].
    pub fn to_integer_or_infinity(&mut self, value: Value<'s>) -> JsResult<f64> {
        if let Some(i) = self.peek(value).as_int() {
            return Ok(f64::from(i));
        }
        Ok(to_integer_or_infinity(self.to_number(value)?))
    }

    /// ECMA-262 §7.1.6 ToInt32
    ///
    /// # Errors
    /// As [`Cx::to_number`].
    #[inline]
    pub fn to_int32(&mut self, value: Value<'s>) -> JsResult<i32> {
        if let Some(i) = self.peek(value).as_int() {
            return Ok(i);
        }
        Ok(to_int32(self.to_number(value)?))
    }

    /// ECMA-262 §7.1.7 ToUint32
    ///
    /// # Errors
    /// As [`Cx::to_number`].
    #[inline]
    pub fn to_uint32(&mut self, value: Value<'s>) -> JsResult<u32> {
        Ok(self.to_int32(value)? as u32)
    }

    /// ECMA-262 §7.1.9 ToUint16
    ///
    /// # Errors
    /// As [`Cx::to_number`].
    pub fn to_uint16(&mut self, value: Value<'s>) -> JsResult<u16> {
        Ok(self.to_int32(value)? as u16)
    }

    /// ECMA-262 §7.1.20 ToLength
    ///
    /// # Errors
    /// As [`Cx::to_number`].
    pub fn to_length(&mut self, value: Value<'s>) -> JsResult<f64> {
        Ok(self.to_integer_or_infinity(value)?.clamp(0.0, MAX_SAFE_INTEGER))
    }

    /// ECMA-262 §7.1.22 ToIndex
    ///
    /// # Errors
    /// A RangeError when it is negative or beyond the safe integers; as [`Cx::to_number`].
    pub fn to_index(&mut self, value: Value<'s>) -> JsResult<u64> {
        let index = self.to_integer_or_infinity(value)?;
        if (0.0..=MAX_SAFE_INTEGER).contains(&index) {
            return Ok(index as u64);
        }
        Err(self.throw_range_error("invalid index or length"))
    }

    /// ECMA-262 §7.1.17 ToString
    ///
    /// # Errors
    /// A TypeError for a symbol; what the object's methods throw.
    #[inline]
    pub fn to_string(&mut self, value: Value<'s>) -> JsResult<JsStr<'s>> {
        if self.peek(value).is_string() { Ok(value.cast()) } else { self.to_string_slow(value) }
    }

    #[inline(never)]
    fn to_string_slow(&mut self, value: Value<'s>) -> JsResult<JsStr<'s>> {
        let v = self.peek(value);
        if let Some(d) = v.as_number() {
            return self.number_to_string(d);
        }
        if let Some(name) = literal_name(v) {
            return Ok(imm(name).cast());
        }
        if v.is_symbol() {
            return Err(self.throw_type_error("cannot convert a Symbol value to a string"));
        }
        if v.is_bigint() {
            return self.bigint_to_string(value, 10);
        }
        let result = {
            let mut cx = self.nest();
            let primitive = cx.to_primitive(value, Hint::String)?;
            if cx.is_object(primitive) {
                return Err(cx.throw_type_error("cannot convert object to primitive value"));
            }
            let text = cx.to_string(primitive)?;
            cx.peek(text)
        };
        Ok(self.root(result)?.cast())
    }

    /// As [`Cx::to_string`], flattened: [`string::view`] works on it.
    ///
    /// # Errors
    /// As [`Cx::to_string`].
    #[inline]
    pub fn to_flat_string(&mut self, value: Value<'s>) -> JsResult<JsStr<'s>> {
        let s = self.to_string(value)?;
        self.flat(s)
    }

    /// Flattens a string where it is: [`string::view`] works on it afterwards.
    ///
    /// # Errors
    /// Out of memory.
    #[inline]
    pub fn flat(&mut self, s: JsStr<'s>) -> JsResult<JsStr<'s>> {
        let v = self.peek(s);
        if !string::is_flat(self.heap(), v) {
            string::flatten(self.heap_mut(), v)?;
        }
        Ok(s)
    }

    /// The characters of a flat string.
    #[inline]
    #[must_use]
    pub fn view(&self, s: JsStr<'s>) -> StrView<'_> {
        string::view(self.heap(), self.peek(s))
    }

    /// The length of a string.
    #[inline]
    #[must_use]
    pub fn str_len(&self, s: JsStr<'s>) -> u32 {
        string::string_length(self.heap(), self.peek(s))
    }

    /// ECMA-262 §6.1.6.1.20 Number::toString with radix 10
    ///
    /// # Errors
    /// Out of memory.
    pub fn number_to_string(&mut self, d: f64) -> JsResult<JsStr<'s>> {
        let v = JsValue::number(d);
        let raw = if let Some(i) = v.as_int() {
            if i >= 0 {
                key::index_to_string(self.heap_mut(), i as u32)?
            } else {
                let mut buffer = [0_u8; 11];
                let start = integer_digits(i, &mut buffer);
                string::from_latin1(self.heap_mut(), &buffer[start..])?
            }
        } else if d.is_nan() {
            n!("NaN").into()
        } else if d.is_infinite() {
            if d > 0.0 { n!("Infinity").into() } else { n!("-Infinity").into() }
        } else {
            let mut buffer = ryu_js::Buffer::new();
            string::from_latin1(self.heap_mut(), buffer.format_finite(d).as_bytes())?
        };
        Ok(self.root(raw)?.cast())
    }

    /// ECMA-262 §7.1.19 ToPropertyKey
    ///
    /// # Errors
    /// What the object's methods throw.
    #[inline]
    pub fn to_property_key(&mut self, value: Value<'s>) -> JsResult<Key<'s>> {
        let v = self.peek(value);
        if let Some(i) = v.as_int()
            && i >= 0
        {
            return Ok((i as u32).into_key());
        }
        // A digit is an index.
        let is_key = v.as_name().is_some_and(|n| PropertyKey::name(n).to_value() == v)
            || v.is_symbol()
            || v.is_heap_string() && self.heap().flags(v.index()) & flag::INTERNED != 0;
        if is_key {
            return Ok(value.cast());
        }
        self.to_property_key_slow(value)
    }

    fn to_property_key_slow(&mut self, value: Value<'s>) -> JsResult<Key<'s>> {
        let v = self.peek(value);
        if v.is_string() {
            if let Some(key) = self.seen_key(v) {
                return Ok(self.root(key)?.cast());
            }
            let key = key::string_key(self.heap_mut(), RootWord::Atoms as u32, v)?;
            // Interning may have moved the string.
            let v = self.peek(value);
            self.note_seen_key(v, key);
            return self.root_key(key);
        }
        if v.is_symbol() {
            return Ok(value.cast());
        }
        if let Some(d) = v.as_number() {
            let index = d as u32;
            if f64::from(index) == d && index <= PropertyKey::MAX_INDEX {
                return Ok(index.into_key());
            }
        }
        let key = {
            let mut cx = self.nest();
            let primitive = cx.to_primitive(value, Hint::String)?;
            if cx.peek(primitive).is_symbol() {
                PropertyKey::from_value(cx.peek(primitive))
            } else {
                let s = cx.to_string(primitive)?;
                let s = cx.peek(s);
                key::string_key(cx.heap_mut(), RootWord::Atoms as u32, s)?
            }
        };
        self.root_key(key)
    }

    /// ECMA-262 §7.1.18 ToObject
    ///
    /// # Errors
    /// A TypeError for undefined and null.
    #[inline]
    pub fn to_object(&mut self, value: Value<'s>) -> JsResult<Object<'s>> {
        if self.is_object(value) { Ok(value.cast()) } else { self.wrap_primitive(value) }
    }

    fn wrap_primitive(&mut self, value: Value<'s>) -> JsResult<Object<'s>> {
        let v = self.peek(value);
        if v.is_nullish() {
            return Err(self.throw_type_error("cannot convert undefined or null to object"));
        }
        let proto = self.proto_of_primitive(v)?;
        self.new_wrapper(value, proto)
    }

    /// A Boolean, Number, String, Symbol or BigInt object around `value`.
    ///
    /// # Errors
    /// Out of memory.
    pub fn new_wrapper(&mut self, value: Value<'s>, proto: Object<'s>) -> JsResult<Object<'s>> {
        if self.peek(value).is_string() {
            self.flat(value.cast())?;
        }
        let wrapper = self.new_object_of(Kind::Wrapper, proto, 1)?;
        self.set_field(wrapper, field::Wrapper::value, value);
        Ok(wrapper)
    }

    /// ECMA-262 §7.2.1 RequireObjectCoercible
    ///
    /// # Errors
    /// A TypeError for undefined and null.
    #[inline]
    pub fn require_object_coercible(&mut self, value: Value<'s>) -> JsResult<()> {
        if self.is_nullish(value) {
            return Err(self.throw_type_error("cannot convert undefined or null to object"));
        }
        Ok(())
    }

    /// ECMA-262 §7.2.2 IsArray
    ///
    /// # Errors
    /// A TypeError for a revoked Proxy.
    pub fn is_array(&mut self, value: Value<'s>) -> JsResult<bool> {
        let mut v = self.peek(value);
        loop {
            if !v.is_heap_object() {
                return Ok(false);
            }
            match self.heap().kind(v.index()) {
                Kind::Array => return Ok(true),
                Kind::Proxy => {
                    if !self.heap().value(v.index() + field::Proxy::handler).is_object() {
                        return Err(self.throw_type_error("cannot use a revoked proxy"));
                    }
                    v = self.heap().value(v.index() + field::Proxy::target);
                    self.tick(1)?;
                }
                _ => return Ok(false),
            }
        }
    }

    /// The prototype that property lookups on a primitive begin at.
    ///
    /// # Errors
    /// A TypeError for undefined and null; out of memory.
    pub fn proto_of_primitive(&mut self, v: JsValue) -> JsResult<Object<'s>> {
        let which = if v.is_string() {
            Intrinsic::StringPrototype
        } else if v.is_number() {
            Intrinsic::NumberPrototype
        } else if v.is_bool() {
            Intrinsic::BooleanPrototype
        } else if v.is_symbol() {
            Intrinsic::SymbolPrototype
        } else if v.is_bigint() {
            Intrinsic::BigIntPrototype
        } else {
            return Err(self.throw_type_error("cannot convert undefined or null to object"));
        };
        self.intrinsic(which)
    }

    /// The own property of a string value: its length or a character. The result is good until the next operation.
    ///
    /// # Errors
    /// Out of memory.
    #[inline]
    pub fn string_own(&mut self, s: JsValue, key: PropertyKey) -> JsResult<Option<JsValue>> {
        if let Some(index) = key.as_index() {
            if index >= string::string_length(self.heap(), s) {
                return Ok(None);
            }
            let s = string::flatten(self.heap_mut(), s)?;
            let unit = string::view(self.heap(), s).at(index as usize);
            return Ok(Some(string::from_unit(self.heap_mut(), unit)?));
        }
        if key == PropertyKey::name(n!("length")) {
            return Ok(Some(JsValue::int(string::string_length(self.heap(), s) as i32)));
        }
        Ok(None)
    }

    /// Rust text as a string.
    ///
    /// # Errors
    /// Out of memory.
    pub fn str(&mut self, text: &str) -> JsResult<JsStr<'s>> {
        let raw = string::from_str(self.heap_mut(), text)?;
        Ok(self.root(raw)?.cast())
    }

    /// Latin-1 bytes as a string.
    ///
    /// # Errors
    /// Out of memory.
    pub fn str_latin1(&mut self, text: &[u8]) -> JsResult<JsStr<'s>> {
        let raw = string::from_latin1(self.heap_mut(), text)?;
        Ok(self.root(raw)?.cast())
    }

    /// `a + b` for strings.
    ///
    /// # Errors
    /// A RangeError when it would be too long; out of memory.
    pub fn concat(&mut self, a: JsStr<'s>, b: JsStr<'s>) -> JsResult<JsStr<'s>> {
        let (a, b) = (self.peek(a), self.peek(b));
        let raw = self.concat_raw(a, b)?;
        Ok(self.root(raw)?.cast())
    }

    /// As [`Cx::concat`], of values just read.
    #[inline]
    pub(crate) fn concat_raw(&mut self, a: JsValue, b: JsValue) -> JsResult<JsValue> {
        let heap = self.heap();
        if string::string_length(heap, a) + string::string_length(heap, b) > string::MAX_STRING_LENGTH {
            return Err(self.throw_range_error("invalid string length"));
        }
        Ok(string::concat(self.heap_mut(), a, b)?)
    }

    /// The property key that Rust text reads as.
    ///
    /// # Errors
    /// Out of memory.
    pub fn key_from_str(&mut self, text: &str) -> JsResult<Key<'s>> {
        let key = if text.is_ascii() {
            key::latin1_key(self.heap_mut(), RootWord::Atoms as u32, text.as_bytes())?
        } else {
            let s = string::from_str(self.heap_mut(), text)?;
            key::string_key(self.heap_mut(), RootWord::Atoms as u32, s)?
        };
        self.root_key(key)
    }

    /// ECMA-262 §7.1.21 CanonicalNumericIndexString; `None` when it is undefined.
    #[must_use]
    pub fn canonical_numeric_index(&self, key: Key<'s>) -> Option<f64> {
        let key = self.peek_key(key);
        if let Some(i) = key.as_index() {
            return Some(f64::from(i));
        }
        if !key.is_string() {
            return None;
        }
        let text = string::view(self.heap(), key.to_value());
        // No number's text begins otherwise or is longer; this keeps ordinary names cheap.
        if text.is_empty() || text.len() > 32 || !matches!(text.at(0), 0x2D | 0x30..=0x39 | 0x49 | 0x4E) {
            return None;
        }
        if text == StrView::Latin1(b"-0") {
            return Some(-0.0);
        }
        let d = string_to_number(text);
        let mut buffer = ryu_js::Buffer::new();
        (StrView::Latin1(buffer.format(d).as_bytes()) == text).then_some(d)
    }

    /// Unwraps `this` of a method that wants a primitive or its wrapper object (such as ECMA-262 §21.1.3.7.1 ThisNumberValue);
    /// undefined when it is neither.
    ///
    /// # Errors
    /// Stack overflow.
    pub(crate) fn unwrap_this(&mut self, this: Value<'s>, is: fn(JsValue) -> bool) -> JsResult<Value<'s>> {
        if is(self.peek(this)) {
            return Ok(this);
        }
        if self.is_kind(this, Kind::Wrapper) {
            let inner = self.field_raw(this, field::Wrapper::value);
            if is(inner) {
                return self.root(inner);
            }
        }
        Ok(UNDEFINED)
    }
}

/// The text of undefined, null and the booleans.
fn literal_name(v: JsValue) -> Option<rotifer_jsvalue::StaticName> {
    Some(match v {
        JsValue::UNDEFINED => n!("undefined"),
        JsValue::NULL => n!("null"),
        JsValue::TRUE => n!("true"),
        JsValue::FALSE => n!("false"),
        _ => return None,
    })
}

/// Writes the digits of an integer at the end of the buffer and tells where they begin.
fn integer_digits(i: i32, buffer: &mut [u8; 11]) -> usize {
    let mut rest = i.unsigned_abs();
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if i < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    at
}
