//! Operators on values that are not both numbers (ECMA-262 §13.15.3 ApplyStringOrNumericBinaryOperator), and the arithmetic
//! of numbers (§6.1.6.1) itself.

use rotifer_jsvalue::JsValue;
use rotifer_jsvalue::number::{remainder, to_int32};

use super::Hint;
use crate::cx::{Cx, Value, imm};
use crate::throw::JsResult;

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ArithOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Exp,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    Ushr,
}

/// A unary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum UnaryOp {
    /// `+`, which makes a number.
    Plus,
    /// `-`
    Neg,
    /// `~`
    BitNot,
    /// `++`
    Inc,
    /// `--`
    Dec,
    /// The conversion to a number or BigInt that comes before `++` and `--`.
    ToNumeric,
}

/// ECMA-262 §6.1.6.1.3 Number::exponentiate
#[must_use]
pub fn exponentiate(base: f64, exponent: f64) -> f64 {
    if exponent.is_nan() || exponent.is_infinite() && (base == 1.0 || base == -1.0) {
        return f64::NAN;
    }
    if exponent == 2.0 {
        return base * base;
    }
    libm::pow(base, exponent)
}

/// A binary operator on two numbers.
#[must_use]
pub fn number_op(op: ArithOp, x: f64, y: f64) -> f64 {
    match op {
        ArithOp::Add => x + y,
        ArithOp::Sub => x - y,
        ArithOp::Mul => x * y,
        ArithOp::Div => x / y,
        ArithOp::Rem => remainder(x, y),
        ArithOp::Exp => exponentiate(x, y),
        ArithOp::BitAnd => f64::from(to_int32(x) & to_int32(y)),
        ArithOp::BitOr => f64::from(to_int32(x) | to_int32(y)),
        ArithOp::BitXor => f64::from(to_int32(x) ^ to_int32(y)),
        ArithOp::Shl => f64::from(to_int32(x).wrapping_shl(to_int32(y) as u32)),
        ArithOp::Shr => f64::from(to_int32(x).wrapping_shr(to_int32(y) as u32)),
        ArithOp::Ushr => f64::from((to_int32(x) as u32).wrapping_shr(to_int32(y) as u32)),
    }
}

/// ToNumber of a value that is neither object, string nor symbol.
fn simple_number(v: JsValue) -> Option<f64> {
    v.as_number().or(match v {
        JsValue::TRUE => Some(1.0),
        JsValue::FALSE | JsValue::NULL => Some(0.0),
        JsValue::UNDEFINED => Some(f64::NAN),
        _ => None,
    })
}

impl<'s> Cx<'s> {
    /// ECMA-262 §13.15.3 ApplyStringOrNumericBinaryOperator
    ///
    /// # Errors
    /// What a conversion throws; a TypeError for a mixture of BigInt and other types; a RangeError of BigInt arithmetic.
    pub fn arith(&mut self, op: ArithOp, a: Value<'s>, b: Value<'s>) -> JsResult<Value<'s>> {
        let (x, y) = (self.peek(a), self.peek(b));
        if let (Some(x), Some(y)) = (x.as_number(), y.as_number()) {
            return Ok(imm(number_op(op, x, y)));
        }
        if x.is_bigint() && y.is_bigint() {
            return self.bigint_binary(op, a, b);
        }
        if let (Some(x), Some(y)) = (simple_number(x), simple_number(y)) {
            return Ok(imm(number_op(op, x, y)));
        }
        let raw = {
            let mut cx = self.nest();
            let result = if op == ArithOp::Add { cx.add_slow(a, b)? } else { cx.numeric_slow(op, a, b)? };
            cx.peek(result)
        };
        self.root(raw)
    }

    fn add_slow(&mut self, a: Value<'s>, b: Value<'s>) -> JsResult<Value<'s>> {
        let a = self.to_primitive(a, Hint::Default)?;
        let b = self.to_primitive(b, Hint::Default)?;
        if self.peek(a).is_string() || self.peek(b).is_string() {
            let a = self.to_string(a)?;
            let b = self.to_string(b)?;
            return Ok(self.concat(a, b)?.cast());
        }
        self.numeric_slow(ArithOp::Add, a, b)
    }

    fn numeric_slow(&mut self, op: ArithOp, a: Value<'s>, b: Value<'s>) -> JsResult<Value<'s>> {
        let a = self.to_numeric(a)?;
        let b = self.to_numeric(b)?;
        let (x, y) = (self.peek(a), self.peek(b));
        match (x.as_number(), y.as_number()) {
            (Some(x), Some(y)) => Ok(imm(number_op(op, x, y))),
            (None, None) => self.bigint_binary(op, a, b),
            _ => Err(self.throw_type_error("cannot mix BigInt and other types, use explicit conversions")),
        }
    }

    /// A unary operator (ECMA-262 §13.4, §13.5).
    ///
    /// # Errors
    /// What the conversion throws; a TypeError for `+` of a BigInt.
    pub fn unary(&mut self, op: UnaryOp, value: Value<'s>) -> JsResult<Value<'s>> {
        if op == UnaryOp::Plus {
            return Ok(imm(self.to_number(value)?));
        }
        let value = self.to_numeric(value)?;
        let Some(d) = self.peek(value).as_number() else {
            return match op {
                UnaryOp::Neg => self.bigint_negate(value),
                UnaryOp::BitNot => self.bigint_not(value),
                UnaryOp::Inc => self.bigint_increment(value, 1),
                UnaryOp::Dec => self.bigint_increment(value, -1),
                UnaryOp::ToNumeric | UnaryOp::Plus => Ok(value),
            };
        };
        Ok(imm(match op {
            UnaryOp::Neg => -d,
            UnaryOp::BitNot => f64::from(!to_int32(d)),
            UnaryOp::Inc => d + 1.0,
            UnaryOp::Dec => d - 1.0,
            UnaryOp::ToNumeric | UnaryOp::Plus => d,
        }))
    }
}
