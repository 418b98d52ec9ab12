//! Testing and comparison (ECMA-262 §7.2) and `instanceof`.

use core::cmp::Ordering;

use rotifer_jsvalue::{JsValue, Kind, StaticName, WellKnown, field, string};

use super::{Hint, bigint};
use crate::cx::{Cx, Object, Value};
use crate::n;
use crate::throw::JsResult;

/// What `typeof` says of a value (ECMA-262 §13.5.3.1).
#[inline]
#[must_use]
pub fn typeof_name(v: JsValue) -> StaticName {
    if v.is_number() {
        n!("number")
    } else if v.is_string() {
        n!("string")
    } else if v.is_callable() {
        if emulates_undefined(v) { n!("undefined") } else { n!("function") }
    } else if v.is_object() || v.is_null() {
        n!("object")
    } else if v.is_bool() {
        n!("boolean")
    } else if v.is_symbol() {
        n!("symbol")
    } else if v.is_bigint() {
        n!("bigint")
    } else {
        n!("undefined")
    }
}

/// Whether a value is the object that is like undefined (ECMA-262 §B.3.6). It is a built-in function, so that no other object
/// has to be looked at.
#[inline]
#[must_use]
pub(crate) fn emulates_undefined(v: JsValue) -> bool {
    v.as_native().is_some_and(|(_, id)| id == crate::builtins::internal::EMULATES_UNDEFINED_ID)
}

/// How numbers are told apart when both values are numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// `NaN` is not `NaN`, `-0` is `0`.
    Strict,
    /// `NaN` is `NaN`, `-0` is `0`.
    SameValueZero,
    /// `NaN` is `NaN`, `-0` is not `0`.
    SameValue,
}

impl<'s> Cx<'s> {
    /// As [`typeof_name`], as a method.
    #[must_use]
    pub fn typeof_name(&self, v: JsValue) -> StaticName {
        typeof_name(v)
    }

    /// ECMA-262 §7.2.9 SameValue
    ///
    /// # Errors
    /// Out of memory while flattening strings.
    pub fn same_value(&mut self, a: Value<'s>, b: Value<'s>) -> JsResult<bool> {
        self.same(self.peek(a), self.peek(b), Numbers::SameValue)
    }

    /// ECMA-262 §7.2.10 SameValueZero
    ///
    /// # Errors
    /// Out of memory while flattening strings.
    pub fn same_value_zero(&mut self, a: Value<'s>, b: Value<'s>) -> JsResult<bool> {
        self.same(self.peek(a), self.peek(b), Numbers::SameValueZero)
    }

    /// ECMA-262 §7.2.14 IsStrictlyEqual
    ///
    /// # Errors
    /// Out of memory while flattening strings.
    #[inline]
    pub fn strict_equals(&mut self, a: Value<'s>, b: Value<'s>) -> JsResult<bool> {
        self.same(self.peek(a), self.peek(b), Numbers::Strict)
    }

    fn same(&mut self, a: JsValue, b: JsValue, numbers: Numbers) -> JsResult<bool> {
        if let (Some(x), Some(y)) = (a.as_number(), b.as_number()) {
            return Ok(match numbers {
                Numbers::Strict => x == y,
                Numbers::SameValueZero => x == y || x.is_nan() && y.is_nan(),
                Numbers::SameValue => {
                    x == y && x.is_sign_negative() == y.is_sign_negative() || x.is_nan() && y.is_nan()
                }
            });
        }
        if a == b {
            return Ok(true);
        }
        if a.is_string() && b.is_string() {
            return Ok(string::equal(self.heap_mut(), a, b)?);
        }
        if a.is_bigint() && b.is_bigint() {
            return Ok(bigint::compare(self.heap(), a, b) == Ordering::Equal);
        }
        Ok(false)
    }

    /// ECMA-262 §7.2.13 IsLooselyEqual
    ///
    /// # Errors
    /// What the conversion of an object throws.
    pub fn loose_equals(&mut self, a: Value<'s>, b: Value<'s>) -> JsResult<bool> {
        let (x, y) = (self.peek(a), self.peek(b));
        if typeof_name(x) == typeof_name(y) && !x.is_nullish() && !y.is_nullish() || x.is_object() && y.is_object() {
            return self.same(x, y, Numbers::Strict);
        }
        if x.is_nullish() || y.is_nullish() {
            return Ok((x.is_nullish() || emulates_undefined(x)) && (y.is_nullish() || emulates_undefined(y)));
        }
        if x.is_object() || y.is_object() {
            let mut cx = self.nest();
            let a = cx.to_primitive(a, Hint::Default)?;
            let b = cx.to_primitive(b, Hint::Default)?;
            return cx.loose_equals(a, b);
        }
        // Primitives of different types: symbols equal nothing, everything else is compared as numbers.
        if x.is_symbol() || y.is_symbol() {
            return Ok(false);
        }
        if x.is_bigint() || y.is_bigint() {
            let (big, other) = if x.is_bigint() { (a, b) } else { (b, a) };
            return Ok(self.compare_bigint_with(big, other)? == Some(Ordering::Equal));
        }
        Ok(self.to_number(a)? == self.to_number(b)?)
    }

    /// Compares a BigInt with a primitive that is none; `None` when they cannot be compared.
    fn compare_bigint_with(&mut self, big: Value<'s>, other: Value<'s>) -> JsResult<Option<Ordering>> {
        let o = self.peek(other);
        if o.is_bigint() {
            return Ok(Some(bigint::compare(self.heap(), self.peek(big), o)));
        }
        if o.is_string() {
            let mut cx = self.nest();
            return Ok(cx
                .string_to_bigint(other.cast())?
                .map(|o| bigint::compare(cx.heap(), cx.peek(big), cx.peek(o))));
        }
        let d = self.to_number(other)?;
        Ok(bigint::compare_f64(self.heap(), self.peek(big), d))
    }

    /// ECMA-262 §7.2.12 IsLessThan: whether `a < b`; `None` when they cannot be compared. `left_first` says which operand's
    /// conversion runs first.
    ///
    /// # Errors
    /// What the conversion of an operand throws.
    pub fn less_than(&mut self, a: Value<'s>, b: Value<'s>, left_first: bool) -> JsResult<Option<bool>> {
        if let (Some(x), Some(y)) = (self.peek(a).as_number(), self.peek(b).as_number()) {
            return Ok(x.partial_cmp(&y).map(Ordering::is_lt));
        }
        let mut cx = self.nest();
        let (a, b) = if left_first {
            let a = cx.to_primitive(a, Hint::Number)?;
            (a, cx.to_primitive(b, Hint::Number)?)
        } else {
            let b = cx.to_primitive(b, Hint::Number)?;
            (cx.to_primitive(a, Hint::Number)?, b)
        };
        let (x, y) = (cx.peek(a), cx.peek(b));
        if x.is_string() && y.is_string() {
            let (x, y) = string::flatten_both(cx.heap_mut(), x, y)?;
            return Ok(Some(string::view(cx.heap(), x) < string::view(cx.heap(), y)));
        }
        if x.is_bigint() {
            if y.is_symbol() {
                cx.to_number(b)?;
            }
            return Ok(cx.compare_bigint_with(a, b)?.map(Ordering::is_lt));
        }
        if y.is_bigint() {
            return Ok(cx.compare_bigint_with(b, a)?.map(Ordering::is_gt));
        }
        let x = cx.to_number(a)?;
        let y = cx.to_number(b)?;
        Ok(x.partial_cmp(&y).map(Ordering::is_lt))
    }

    /// ECMA-262 §13.10.2 InstanceofOperator
    ///
    /// # Errors
    /// A TypeError when `target` cannot stand there; what its method throws.
    pub fn instance_of(&mut self, value: Value<'s>, target: Value<'s>) -> JsResult<bool> {
        if !self.is_object(target) {
            return Err(self.throw_type_error("right-hand side of 'instanceof' is not an object"));
        }
        self.check_native_stack()?;
        let mut cx = self.nest();
        if let Some(method) = cx.get_method(target, WellKnown::HasInstance)? {
            let result = cx.call(method, target, &[value])?;
            return Ok(cx.to_boolean(result));
        }
        if !cx.is_callable(target) {
            return Err(cx.throw_type_error("right-hand side of 'instanceof' is not callable"));
        }
        cx.ordinary_has_instance(target, value)
    }

    /// ECMA-262 §7.3.22 OrdinaryHasInstance
    ///
    /// # Errors
    /// A TypeError when `prototype` is no object; what a getter or Proxy handler throws.
    pub fn ordinary_has_instance(&mut self, constructor: Value<'s>, value: Value<'s>) -> JsResult<bool> {
        if !self.is_callable(constructor) {
            return Ok(false);
        }
        let mut cx = self.nest();
        if cx.is_kind(constructor, Kind::BoundFunction) {
            let target = cx.field(constructor, field::BoundFunction::target)?;
            return cx.instance_of(value, target);
        }
        let Some(start) = cx.as_object(value) else { return Ok(false) };
        let constructor: Object<'_> = constructor.cast();
        let prototype = cx.get(constructor, n!("prototype"))?;
        if !cx.is_object(prototype) {
            return Err(cx.throw_type_error("'prototype' of the right-hand side of 'instanceof' is not an object"));
        }
        let walker = cx.slot(start)?;
        loop {
            let proto = {
                let mut cx = cx.nest();
                if cx.is_kind(walker, Kind::Proxy) {
                    let proto = cx.get_prototype_of(walker)?;
                    cx.peek(proto)
                } else {
                    cx.proto_raw(walker)?
                }
            };
            if !proto.is_object() {
                return Ok(false);
            }
            if proto == cx.peek(prototype) {
                return Ok(true);
            }
            cx.set_slot_raw(walker, proto);
            cx.tick(1)?;
        }
    }
}
