//! Exponentiation.

use super::{MAX_LIMBS, bit_length, is_negative, is_zero, limb, limbs};
use crate::cx::{Cx, Value};
use crate::ops::ArithOp;
use crate::throw::JsResult;

impl<'s> Cx<'s> {
    /// `a ** b` (ECMA-262 §6.1.6.2.3 BigInt::exponentiate).
    pub(super) fn bigint_power(&mut self, a: Value<'s>, b: Value<'s>) -> JsResult<Value<'s>> {
        let (x, y) = (self.peek(a), self.peek(b));
        let heap = self.heap();
        if is_negative(heap, y) {
            return Err(self.throw_range_error("exponent must not be negative"));
        }
        if is_zero(heap, y) {
            return self.bigint_from_i64(1);
        }
        let odd = limb(heap, y, 0) & 1 != 0;
        if bit_length(heap, x) <= 1 {
            // 0, 1 and -1 are their own powers, but for the sign.
            return if is_negative(heap, x) && !odd { self.bigint_from_i64(1) } else { Ok(a) };
        }
        let exponent = if limbs(heap, y) == 1 { limb(heap, y, 0) } else { u64::MAX };
        let length = bit_length(heap, x);
        if (length - 1).saturating_mul(exponent) > MAX_LIMBS * 64 {
            return Err(self.throw_range_error("maximum BigInt size exceeded"));
        }
        if length == 2 && limb(heap, x, 0) == 2 {
            let negative = is_negative(heap, x) && odd;
            let one = self.bigint_from_i64(if negative { -1 } else { 1 })?;
            return self.bigint_shift_left(one, exponent);
        }
        let result = self.slot(a)?;
        {
            let mut cx = self.nest();
            // From the second highest bit of the exponent down: square, and multiply where the bit is set.
            for bit in (0..63 - exponent.leading_zeros()).rev() {
                let mut cx = cx.nest();
                let square = cx.bigint_binary(ArithOp::Mul, result, result)?;
                let next = if exponent >> bit & 1 != 0 { cx.bigint_binary(ArithOp::Mul, square, a)? } else { square };
                cx.set_slot(result, next);
            }
        }
        Ok(result)
    }
}
