//! BigInts (ECMA-262 §6.1.6.2): sign and magnitude, in 64-bit limbs inside the heap block.
//!
//! Word 1 of a block holds the number of limbs in its lower half and the sign in bit 32; the limbs follow, least first, the
//! highest never zero. Zero has no limbs. Everything works on the limbs where they are; room is reserved before the first
//! limb is read, so nothing moves meanwhile.

mod bits;
mod division;
mod magnitude;
mod power;
mod product;
#[cfg(test)]
mod tests;
mod text;

use core::cmp::Ordering;

use rotifer_jsvalue::{Heap, HeapExt, JsValue, Kind};

use super::{ArithOp, Hint};
use crate::cx::{Cx, Value};
use crate::throw::JsResult;

/// The most limbs of a BigInt: 2^30 bits.
pub(crate) const MAX_LIMBS: u64 = 1 << 24;
const NEGATIVE: u64 = 1 << 32;
/// Words before the limbs.
const HEAD: u32 = 2;

/// The number of limbs.
#[inline]
pub(crate) fn limbs(heap: &Heap, v: JsValue) -> u32 {
    heap.get(v.index() + 1) as u32
}

/// Whether it is below zero.
#[inline]
pub(crate) fn is_negative(heap: &Heap, v: JsValue) -> bool {
    heap.get(v.index() + 1) & NEGATIVE != 0
}

/// Whether it is zero.
#[inline]
pub(crate) fn is_zero(heap: &Heap, v: JsValue) -> bool {
    limbs(heap, v) == 0
}

#[inline]
fn limb(heap: &Heap, v: JsValue, i: u32) -> u64 {
    heap.get(v.index() + HEAD + i)
}

/// The lowest 64 bits in two's complement (ECMA-262 §7.1.15 ToBigInt64, §7.1.16 ToBigUint64, of a BigInt).
#[inline]
pub(crate) fn low_u64(heap: &Heap, v: JsValue) -> u64 {
    let low = if is_zero(heap, v) { 0 } else { limb(heap, v, 0) };
    if is_negative(heap, v) { low.wrapping_neg() } else { low }
}

/// The value, when its magnitude is one limb at most.
#[inline]
fn small(heap: &Heap, v: JsValue) -> Option<i128> {
    let magnitude = match limbs(heap, v) {
        0 => return Some(0),
        1 => i128::from(limb(heap, v, 0)),
        _ => return None,
    };
    Some(if is_negative(heap, v) { -magnitude } else { magnitude })
}

/// Makes a BigInt of one limb at most without a collection; `None` when it has more, or there is no room.
#[inline]
fn make_small(heap: &mut Heap, value: i128) -> Option<JsValue> {
    let magnitude = u64::try_from(value.unsigned_abs()).ok()?;
    let n = u32::from(magnitude != 0);
    if !heap.has_room(words(n)) {
        return None;
    }
    let v = new_block(heap, n);
    if n > 0 {
        heap.set(v.index() + HEAD, magnitude);
    }
    heap.set(v.index() + 1, u64::from(n) | if value < 0 { NEGATIVE } else { 0 });
    Some(v)
}

/// A binary operation whose operands and result have one limb at most; `None` when that is not so, or it takes more than arithmetic.
pub(crate) fn small_binary(heap: &mut Heap, op: ArithOp, x: JsValue, y: JsValue) -> Option<JsValue> {
    let (x, y) = (small(heap, x)?, small(heap, y)?);
    let (a, b) = (x.unsigned_abs() as u64, y.unsigned_abs() as u64);
    let value = match op {
        ArithOp::Add => x + y,
        ArithOp::Sub => x - y,
        ArithOp::Mul => {
            let magnitude = i128::from(a.checked_mul(b)?);
            if (x < 0) != (y < 0) { -magnitude } else { magnitude }
        }
        ArithOp::Div => {
            let q = i128::from(a.checked_div(b)?);
            if (x < 0) != (y < 0) { -q } else { q }
        }
        ArithOp::Rem => {
            let r = i128::from(a.checked_rem(b)?);
            if x < 0 { -r } else { r }
        }
        ArithOp::BitAnd => x & y,
        ArithOp::BitOr => x | y,
        ArithOp::BitXor => x ^ y,
        _ => return None,
    };
    make_small(heap, value)
}

/// A BigInt of one limb with something small added; `None` as with [`small_binary`].
pub(crate) fn small_step(heap: &mut Heap, x: JsValue, by: i128) -> Option<JsValue> {
    let x = small(heap, x)?;
    make_small(heap, x + by)
}

/// Number of bits of the magnitude.
fn bit_length(heap: &Heap, v: JsValue) -> u64 {
    match limbs(heap, v) {
        0 => 0,
        n => u64::from(n) * 64 - u64::from(limb(heap, v, n - 1).leading_zeros()),
    }
}

/// Makes a block for `limbs` limbs out of what was reserved ([`words`]). The limbs are uninitialised.
fn new_block(heap: &mut Heap, limbs: u32) -> JsValue {
    let at = heap.new_block(Kind::BigInt, limbs + HEAD);
    heap.set(at + 1, u64::from(limbs));
    JsValue::bigint(at)
}

/// Words of a block of `limbs` limbs.
const fn words(limbs: u32) -> u32 {
    limbs + HEAD
}

/// Drops leading zero limbs of the last block made by [`new_block`] and sets its sign.
fn finish(heap: &mut Heap, v: JsValue, negative: bool) -> JsValue {
    let at = v.index();
    let old = limbs(heap, v);
    let mut new = old;
    while new > 0 && heap.get(at + HEAD + new - 1) == 0 {
        new -= 1;
    }
    if new < old {
        heap.shrink(at, words(old), words(new));
        let h = heap.header(at);
        heap.set(at, h.with_aux(words(new)).to_bits());
    }
    heap.set(at + 1, u64::from(new) | if negative && new > 0 { NEGATIVE } else { 0 });
    v
}

/// Compares two BigInts.
pub(crate) fn compare(heap: &Heap, a: JsValue, b: JsValue) -> Ordering {
    match (is_negative(heap, a), is_negative(heap, b)) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => magnitude::compare(heap, a, b),
        (true, true) => magnitude::compare(heap, b, a),
    }
}

/// Compares a BigInt with a number; `None` for NaN.
pub(crate) fn compare_f64(heap: &Heap, v: JsValue, d: f64) -> Option<Ordering> {
    if d.is_nan() {
        return None;
    }
    let negative = is_negative(heap, v);
    if is_zero(heap, v) || negative != (d < 0.0) || d == 0.0 {
        let sign = |zero: bool, negative: bool| i32::from(!zero) * if negative { -1 } else { 1 };
        return Some(sign(is_zero(heap, v), negative).cmp(&sign(d == 0.0, d < 0.0)));
    }
    let order = compare_magnitude_f64(heap, v, if d < 0.0 { -d } else { d });
    Some(if negative { order.reverse() } else { order })
}

/// Compares a magnitude that is not zero with a positive number.
fn compare_magnitude_f64(heap: &Heap, v: JsValue, d: f64) -> Ordering {
    if d < 1.0 {
        return Ordering::Greater;
    }
    if d.is_infinite() {
        return Ordering::Less;
    }
    let (mantissa, shift) = float_parts(d);
    let float_bits = (i64::from(shift) + 64 - i64::from(mantissa.leading_zeros())) as u64;
    let order = bit_length(heap, v).cmp(&float_bits);
    if order != Ordering::Equal {
        return order;
    }
    for i in (0..limbs(heap, v)).rev() {
        let order = limb(heap, v, i).cmp(&float_limb(mantissa, shift, i));
        if order != Ordering::Equal {
            return order;
        }
    }
    if rotifer_jsvalue::number::trunc(d) < d { Ordering::Less } else { Ordering::Equal }
}

/// A positive normal number as `mantissa * 2^shift`.
fn float_parts(d: f64) -> (u64, i32) {
    let bits = d.to_bits();
    (bits & ((1 << 52) - 1) | 1 << 52, (bits >> 52 & 0x7FF) as i32 - 1075)
}

/// Limb `i` of the integer part of `mantissa * 2^shift`.
fn float_limb(mantissa: u64, shift: i32, i: u32) -> u64 {
    let at = i64::from(shift) - i64::from(i) * 64;
    match at {
        0..64 => mantissa << at,
        -63..0 => mantissa >> -at,
        _ => 0,
    }
}

/// The nearest number (ECMA-262 §21.1.1.1 step 1.b), ties to even.
pub(crate) fn to_f64(heap: &Heap, v: JsValue) -> f64 {
    let n = limbs(heap, v);
    let signed = |d: f64| if is_negative(heap, v) { -d } else { d };
    if n <= 1 {
        return if n == 0 { 0.0 } else { signed(limb(heap, v, 0) as f64) };
    }
    if n > 16 {
        return signed(f64::INFINITY);
    }
    // The highest 64 bits, the lowest of them telling whether anything below is set.
    let shift = limb(heap, v, n - 1).leading_zeros();
    let (high, low) = (limb(heap, v, n - 1), limb(heap, v, n - 2));
    let top = if shift == 0 { high } else { high << shift | low >> (64 - shift) };
    let below = if shift == 0 { low } else { low << shift };
    let sticky = below != 0 || (0..n - 2).any(|i| limb(heap, v, i) != 0);
    let value = (top | u64::from(sticky)) as f64;
    let mut exponent = (n - 1) * 64 - shift;
    let mut value = value;
    while exponent > 0 {
        let step = exponent.min(512);
        value *= f64::from_bits(u64::from(1023 + step) << 52);
        exponent -= step;
    }
    signed(value)
}

impl<'s> Cx<'s> {
    /// A BigInt of this sign and magnitude.
    fn bigint_from_parts(&mut self, negative: bool, magnitude: u128) -> JsResult<Value<'s>> {
        let n = (u128::BITS - magnitude.leading_zeros()).div_ceil(64);
        self.heap_mut().reserve(words(n), &mut [])?;
        let heap = self.heap_mut();
        let v = new_block(heap, n);
        for i in 0..n {
            heap.set(v.index() + HEAD + i, (magnitude >> (64 * i)) as u64);
        }
        heap.set(v.index() + 1, u64::from(n) | if negative && n > 0 { NEGATIVE } else { 0 });
        self.root(v)
    }

    /// A BigInt.
    ///
    /// # Errors
    /// Out of memory.
    pub fn bigint_from_i128(&mut self, i: i128) -> JsResult<Value<'s>> {
        self.bigint_from_parts(i < 0, i.unsigned_abs())
    }

    /// The value of a BigInt, where its magnitude is below 2^127.
    pub fn bigint_as_i128(&self, big: Value<'s>) -> Option<i128> {
        let (heap, v) = (self.heap(), self.peek(big));
        if limbs(heap, v) > 2 {
            return None;
        }
        let magnitude = (0..limbs(heap, v)).fold(0, |sum, i| sum | u128::from(limb(heap, v, i)) << (64 * i));
        let magnitude = i128::try_from(magnitude).ok()?;
        Some(if is_negative(heap, v) { -magnitude } else { magnitude })
    }

    /// A BigInt.
    ///
    /// # Errors
    /// Out of memory.
    pub fn bigint_from_i64(&mut self, i: i64) -> JsResult<Value<'s>> {
        self.bigint_from_i128(i128::from(i))
    }

    /// A BigInt.
    ///
    /// # Errors
    /// Out of memory.
    pub fn bigint_from_u64(&mut self, i: u64) -> JsResult<Value<'s>> {
        self.bigint_from_i128(i128::from(i))
    }

    /// ECMA-262 §21.2.1.1.1 NumberToBigInt
    ///
    /// # Errors
    /// A RangeError when it is no integer; out of memory.
    pub fn number_to_bigint(&mut self, d: f64) -> JsResult<Value<'s>> {
        if !d.is_finite() || rotifer_jsvalue::number::trunc(d) != d {
            return Err(self.throw_range_error("cannot convert a number that is no integer to a BigInt"));
        }
        let magnitude = if d < 0.0 { -d } else { d };
        if magnitude < 18_446_744_073_709_551_616.0 {
            return self.bigint_from_parts(d < 0.0, u128::from(magnitude as u64));
        }
        let (mantissa, shift) = float_parts(magnitude);
        let n = (shift as u32 + 53).div_ceil(64);
        self.heap_mut().reserve(words(n), &mut [])?;
        let heap = self.heap_mut();
        let v = new_block(heap, n);
        for i in 0..n {
            heap.set(v.index() + HEAD + i, float_limb(mantissa, shift, i));
        }
        let v = finish(heap, v, d < 0.0);
        self.root(v)
    }

    /// ECMA-262 §7.1.13 ToBigInt
    ///
    /// # Errors
    /// A TypeError or SyntaxError for what cannot be converted; what the object's methods throw.
    pub fn to_bigint(&mut self, value: Value<'s>) -> JsResult<Value<'s>> {
        if self.peek(value).is_bigint() {
            return Ok(value);
        }
        let primitive = self.to_primitive(value, Hint::Number)?;
        let v = self.peek(primitive);
        if v.is_bigint() {
            return Ok(primitive);
        }
        if let Some(b) = v.as_bool() {
            return self.bigint_from_i64(i64::from(b));
        }
        if v.is_string() {
            return match self.string_to_bigint(primitive.cast())? {
                Some(big) => Ok(big),
                None => Err(self.throw_syntax_error("cannot convert string to a BigInt")),
            };
        }
        let what = if v.is_undefined() {
            "cannot convert undefined to a BigInt"
        } else if v.is_null() {
            "cannot convert null to a BigInt"
        } else if v.is_symbol() {
            "cannot convert a Symbol value to a BigInt"
        } else {
            "cannot convert a number to a BigInt"
        };
        Err(self.throw_type_error(what))
    }

    /// ECMA-262 §7.1.15 ToBigInt64
    ///
    /// # Errors
    /// As [`Cx::to_bigint`].
    pub fn to_big_int64(&mut self, value: Value<'s>) -> JsResult<i64> {
        Ok(self.to_big_uint64(value)? as i64)
    }

    /// ECMA-262 §7.1.16 ToBigUint64
    ///
    /// # Errors
    /// As [`Cx::to_bigint`].
    pub fn to_big_uint64(&mut self, value: Value<'s>) -> JsResult<u64> {
        let mut cx = self.nest();
        let big = cx.to_bigint(value)?;
        Ok(low_u64(cx.heap(), cx.peek(big)))
    }

    /// Refuses results beyond [`MAX_LIMBS`], and gives the number of limbs otherwise.
    fn checked_limbs(&mut self, limbs: u64) -> JsResult<u32> {
        if limbs > MAX_LIMBS {
            return Err(self.throw_range_error("maximum BigInt size exceeded"));
        }
        Ok(limbs as u32)
    }

    /// Reserves words with both operands kept alive; gives them back.
    fn reserve_for(&mut self, words: u32, a: Value<'s>, b: Value<'s>) -> JsResult<(JsValue, JsValue)> {
        self.heap_mut().reserve(words, &mut [])?;
        Ok((self.peek(a), self.peek(b)))
    }

    /// A binary operator on two BigInts (ECMA-262 §6.1.6.2).
    ///
    /// # Errors
    /// A RangeError for a division by zero, a negative exponent or a result that is too large; a TypeError for `>>>`; out of
    /// memory.
    pub(crate) fn bigint_binary(&mut self, op: ArithOp, a: Value<'s>, b: Value<'s>) -> JsResult<Value<'s>> {
        let (x, y) = (self.peek(a), self.peek(b));
        if let (Some(x), Some(y)) = (small(self.heap(), x), small(self.heap(), y)) {
            match op {
                ArithOp::Add => return self.bigint_from_i128(x + y),
                ArithOp::Sub => return self.bigint_from_i128(x - y),
                ArithOp::Mul => {
                    return self.bigint_from_parts((x < 0) != (y < 0), x.unsigned_abs() * y.unsigned_abs());
                }
                ArithOp::Div if y != 0 => {
                    let q = x.unsigned_abs() as u64 / y.unsigned_abs() as u64;
                    return self.bigint_from_parts((x < 0) != (y < 0), u128::from(q));
                }
                ArithOp::Rem if y != 0 => {
                    let r = x.unsigned_abs() as u64 % y.unsigned_abs() as u64;
                    return self.bigint_from_parts(x < 0, u128::from(r));
                }
                ArithOp::BitAnd => return self.bigint_from_i128(x & y),
                ArithOp::BitOr => return self.bigint_from_i128(x | y),
                ArithOp::BitXor => return self.bigint_from_i128(x ^ y),
                ArithOp::Shl if (0..=64).contains(&y) => {
                    return self.bigint_from_parts(x < 0, x.unsigned_abs() << (y as u32 % 128));
                }
                ArithOp::Shr if (0..=64).contains(&y) => return self.bigint_from_i128(x >> (y as u32 % 128)),
                _ => {}
            }
        }
        match op {
            ArithOp::Add => self.bigint_add(a, b, false),
            ArithOp::Sub => self.bigint_add(a, b, true),
            ArithOp::Mul => self.bigint_multiply(a, b),
            ArithOp::Div => self.bigint_divide(a, b, false),
            ArithOp::Rem => self.bigint_divide(a, b, true),
            ArithOp::Exp => self.bigint_power(a, b),
            ArithOp::BitAnd | ArithOp::BitOr | ArithOp::BitXor => self.bigint_bitwise(op, a, b),
            ArithOp::Shl => self.bigint_shift(a, b, true),
            ArithOp::Shr => self.bigint_shift(a, b, false),
            ArithOp::Ushr => Err(self.throw_type_error("BigInts have no unsigned right shift, use >> instead")),
        }
    }

    /// ECMA-262 §6.1.6.2.1 BigInt::unaryMinus
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn bigint_negate(&mut self, a: Value<'s>) -> JsResult<Value<'s>> {
        let n = limbs(self.heap(), self.peek(a));
        let (x, _) = self.reserve_for(words(n), a, a)?;
        let heap = self.heap_mut();
        let out = new_block(heap, n);
        heap.copy(x.index() + HEAD, out.index() + HEAD, n);
        let negative = !is_negative(heap, x);
        let out = finish(heap, out, negative);
        self.root(out)
    }

    /// `a + n`.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn bigint_increment(&mut self, a: Value<'s>, n: i64) -> JsResult<Value<'s>> {
        let one = self.bigint_from_i64(n)?;
        self.bigint_binary(ArithOp::Add, a, one)
    }

    /// ECMA-262 §6.1.6.2.2 BigInt::bitwiseNOT
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn bigint_not(&mut self, a: Value<'s>) -> JsResult<Value<'s>> {
        let minus = self.bigint_negate(a)?;
        self.bigint_increment(minus, -1)
    }
}
