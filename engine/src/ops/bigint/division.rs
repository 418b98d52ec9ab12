//! Division of magnitudes: Knuth's algorithm D with a reciprocal in place of hardware division.

use core::cmp::Ordering;

use rotifer_jsvalue::{Heap, JsValue};

use super::magnitude::{add_carry, compare};
use super::{HEAD, finish, is_negative, is_zero, limb, limbs, new_block, words};
use crate::cx::{Cx, Value};
use crate::throw::JsResult;

/// A divisor whose highest bit is set, and the reciprocal that divisions by it multiply with.
#[derive(Clone, Copy)]
pub(super) struct Divisor {
    divisor: u64,
    reciprocal: u64,
}

impl Divisor {
    /// The divisor must have its highest bit set.
    pub fn new(divisor: u64) -> Self {
        debug_assert!(divisor >> 63 == 1);
        let reciprocal = (u128::from(!divisor) << 64 | u128::from(u64::MAX)) / u128::from(divisor);
        Divisor { divisor, reciprocal: reciprocal as u64 }
    }

    /// Quotient and remainder of two limbs, the higher of which is below the divisor.
    #[inline]
    pub fn divide(self, high: u64, low: u64) -> (u64, u64) {
        let guess = u128::from(self.reciprocal) * u128::from(high) + (u128::from(high) << 64 | u128::from(low));
        let mut q = ((guess >> 64) as u64).wrapping_add(1);
        let mut r = low.wrapping_sub(q.wrapping_mul(self.divisor));
        if r > guess as u64 {
            q = q.wrapping_sub(1);
            r = r.wrapping_add(self.divisor);
        }
        if r >= self.divisor {
            q = q.wrapping_add(1);
            r -= self.divisor;
        }
        (q, r)
    }
}

/// Divides the `n` limbs at `at` in place by a divisor that was shifted left by `shift` to set its highest bit; gives the
/// remainder.
pub(super) fn divide_in_place(heap: &mut Heap, at: u32, n: u32, divisor: Divisor, shift: u32) -> u64 {
    let mut rest = 0_u64;
    if shift == 0 {
        for i in (0..n).rev() {
            let (q, r) = divisor.divide(rest, heap.get(at + i));
            heap.set(at + i, q);
            rest = r;
        }
        return rest;
    }
    // The dividend is shifted on the way; the remainder stays shifted until the end.
    if n > 0 {
        rest = heap.get(at + n - 1) >> (64 - shift);
    }
    for i in (0..n).rev() {
        let below = if i > 0 { heap.get(at + i - 1) >> (64 - shift) } else { 0 };
        let (q, r) = divisor.divide(rest, heap.get(at + i) << shift | below);
        heap.set(at + i, q);
        rest = r;
    }
    rest >> shift
}

/// Copies `v` shifted left by fewer than 64 bits into `n + 1` limbs at `to`.
fn copy_shifted(heap: &mut Heap, v: JsValue, n: u32, shift: u32, to: u32) {
    let mut carry = 0;
    for i in 0..n {
        let x = limb(heap, v, i);
        heap.set(to + i, x << shift | carry);
        carry = if shift == 0 { 0 } else { x >> (64 - shift) };
    }
    heap.set(to + n, carry);
}

impl<'s> Cx<'s> {
    /// `a / b` or `a % b` (ECMA-262 §6.1.6.2.5, §6.1.6.2.6).
    pub(super) fn bigint_divide(&mut self, a: Value<'s>, b: Value<'s>, remainder: bool) -> JsResult<Value<'s>> {
        let (x, y) = (self.peek(a), self.peek(b));
        let heap = self.heap();
        if is_zero(heap, y) {
            return Err(self.throw_range_error("division by zero"));
        }
        if compare(heap, x, y) == Ordering::Less {
            return if remainder { Ok(a) } else { self.bigint_from_i64(0) };
        }
        let (n, m) = (limbs(heap, x), limbs(heap, y));
        let negative = if remainder { is_negative(heap, x) } else { is_negative(heap, x) != is_negative(heap, y) };
        if m == 1 {
            let (x, y) = self.reserve_for(words(n), a, b)?;
            self.tick(n / 8)?;
            let heap = self.heap_mut();
            let divisor = limb(heap, y, 0);
            let shift = divisor.leading_zeros();
            let out = new_block(heap, n);
            heap.copy(x.index() + HEAD, out.index() + HEAD, n);
            let rest = divide_in_place(heap, out.index() + HEAD, n, Divisor::new(divisor << shift), shift);
            if remainder {
                heap.free_last(out.index());
                return self.bigint_from_parts(negative, u128::from(rest));
            }
            let out = finish(heap, out, negative);
            return self.root(out);
        }
        let (x, y) = self.reserve_for(words(n - m + 1) + words(n + 1) + words(m + 1), a, b)?;
        let shift = limb(self.heap(), y, m - 1).leading_zeros();
        // What is wanted comes first, so that the rest can be given back.
        let heap = self.heap_mut();
        let (quotient, rest);
        if remainder {
            rest = new_block(heap, n + 1);
            quotient = new_block(heap, n - m + 1);
        } else {
            quotient = new_block(heap, n - m + 1);
            rest = new_block(heap, n + 1);
        }
        let divisor = new_block(heap, m + 1);
        copy_shifted(heap, x, n, shift, rest.index() + HEAD);
        copy_shifted(heap, y, m, shift, divisor.index() + HEAD);
        let (r, d) = (rest.index() + HEAD, divisor.index() + HEAD);
        let top = Divisor::new(heap.get(d + m - 1));
        let second = heap.get(d + m - 2);
        for j in (0..=n - m).rev() {
            let heap = self.heap_mut();
            let q = quotient_digit(heap, r + j, d, m, top, second);
            heap.set(quotient.index() + HEAD + j, q);
            self.tick(m / 8)?;
        }
        let heap = self.heap_mut();
        if remainder {
            heap.free_last(quotient.index());
            for i in 0..m {
                let high = heap.get(r + i + 1);
                let low = heap.get(r + i);
                let v = if shift == 0 { low } else { low >> shift | high << (64 - shift) };
                heap.set(r + i, v);
            }
            heap.fill(r + m, n + 1 - m, 0);
            let out = finish(heap, rest, negative);
            return self.root(out);
        }
        heap.free_last(rest.index());
        let out = finish(heap, quotient, negative);
        self.root(out)
    }
}

/// One digit of the quotient: divides the `m + 1` limbs at `r` by the `m` at `d`, leaving the remainder.
fn quotient_digit(heap: &mut Heap, r: u32, d: u32, m: u32, top: Divisor, second: u64) -> u64 {
    let (u2, u1, u0) = (heap.get(r + m), heap.get(r + m - 1), heap.get(r + m - 2));
    let mut q;
    if u2 >= top.divisor {
        q = u64::MAX;
        // The remainder of this guess is u1 + divisor: beyond one limb nothing needs correcting.
        let (rest, over) = u1.overflowing_add(top.divisor);
        if !over && u128::from(q) * u128::from(second) > (u128::from(rest) << 64 | u128::from(u0)) {
            q -= 1;
        }
    } else {
        let (guess, mut rest) = top.divide(u2, u1);
        q = guess;
        while u128::from(q) * u128::from(second) > (u128::from(rest) << 64 | u128::from(u0)) {
            q -= 1;
            let (sum, over) = rest.overflowing_add(top.divisor);
            rest = sum;
            if over {
                break;
            }
        }
    }
    let mut borrow = 0_u64;
    let mut carry = 0_u64;
    for i in 0..m {
        let product = u128::from(q) * u128::from(heap.get(d + i)) + u128::from(carry);
        carry = (product >> 64) as u64;
        let (v, b) = super::magnitude::sub_borrow(heap.get(r + i), product as u64, borrow);
        borrow = b;
        heap.set(r + i, v);
    }
    let (v, b) = super::magnitude::sub_borrow(heap.get(r + m), carry, borrow);
    heap.set(r + m, v);
    if b != 0 {
        // One too many: add the divisor back.
        q = q.wrapping_sub(1);
        let mut carry = 0;
        for i in 0..m {
            let (v, c) = add_carry(heap.get(r + i), heap.get(d + i), carry);
            carry = c;
            heap.set(r + i, v);
        }
        let v = heap.get(r + m).wrapping_add(carry);
        heap.set(r + m, v);
    }
    q
}
