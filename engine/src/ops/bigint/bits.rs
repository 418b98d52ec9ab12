//! Bitwise operations and shifts, which see a BigInt in two's complement.

use rotifer_jsvalue::{Heap, JsValue};

use super::{HEAD, MAX_LIMBS, bit_length, finish, is_negative, is_zero, limb, limbs, new_block, words};
use crate::cx::{Cx, Value};
use crate::ops::ArithOp;
use crate::throw::JsResult;

/// Reads the limbs of a BigInt in two's complement, lowest first, without end.
struct Complement {
    v: JsValue,
    count: u32,
    at: u32,
    negative: bool,
    carry: bool,
}

impl Complement {
    fn new(heap: &Heap, v: JsValue) -> Self {
        Complement { v, count: limbs(heap, v), at: 0, negative: is_negative(heap, v), carry: true }
    }

    fn next(&mut self, heap: &Heap) -> u64 {
        let x = if self.at < self.count { limb(heap, self.v, self.at) } else { 0 };
        self.at += u32::from(self.at < self.count);
        if !self.negative {
            return x;
        }
        let (y, carry) = (!x).overflowing_add(u64::from(self.carry));
        self.carry = carry;
        y
    }
}

/// Negates `n` limbs in two's complement.
fn negate(heap: &mut Heap, at: u32, n: u32) {
    let mut carry = true;
    for i in 0..n {
        let (v, c) = (!heap.get(at + i)).overflowing_add(u64::from(carry));
        carry = c;
        heap.set(at + i, v);
    }
}

/// Clears all but the lowest `bits` bits of `n` limbs.
fn mask(heap: &mut Heap, at: u32, n: u32, bits: u64) {
    for i in 0..n {
        let below = u64::from(i) * 64;
        if below >= bits {
            heap.set(at + i, 0);
        } else if bits - below < 64 {
            let v = heap.get(at + i) & ((1 << (bits - below)) - 1);
            heap.set(at + i, v);
        }
    }
}

impl<'s> Cx<'s> {
    /// `a & b`, `a | b`, `a ^ b` (ECMA-262 §6.1.6.2.17 BigIntBitwiseOp).
    pub(super) fn bigint_bitwise(&mut self, op: ArithOp, a: Value<'s>, b: Value<'s>) -> JsResult<Value<'s>> {
        let n = limbs(self.heap(), self.peek(a)).max(limbs(self.heap(), self.peek(b)));
        let n = self.checked_limbs(u64::from(n) + 1)?;
        self.tick(n / 16)?;
        let (x, y) = self.reserve_for(words(n), a, b)?;
        let heap = self.heap_mut();
        let out = new_block(heap, n);
        let (mut x, mut y) = (Complement::new(heap, x), Complement::new(heap, y));
        let mut last = 0;
        for i in 0..n {
            let (p, q) = (x.next(heap), y.next(heap));
            last = match op {
                ArithOp::BitAnd => p & q,
                ArithOp::BitOr => p | q,
                _ => p ^ q,
            };
            heap.set(out.index() + HEAD + i, last);
        }
        // The highest limb holds nothing but sign bits.
        let negative = last >> 63 != 0;
        if negative {
            negate(heap, out.index() + HEAD, n);
        }
        let out = finish(heap, out, negative);
        self.root(out)
    }

    /// `a << b` or `a >> b` (ECMA-262 §6.1.6.2.9, §6.1.6.2.10).
    pub(super) fn bigint_shift(&mut self, a: Value<'s>, b: Value<'s>, left: bool) -> JsResult<Value<'s>> {
        let (x, y) = (self.peek(a), self.peek(b));
        let heap = self.heap();
        if is_zero(heap, x) || is_zero(heap, y) {
            return Ok(a);
        }
        let left = left != is_negative(heap, y);
        let distance = if limbs(heap, y) == 1 { limb(heap, y, 0) } else { u64::MAX };
        if left { self.bigint_shift_left(a, distance) } else { self.bigint_shift_right(a, distance) }
    }

    pub(super) fn bigint_shift_left(&mut self, a: Value<'s>, distance: u64) -> JsResult<Value<'s>> {
        let n = limbs(self.heap(), self.peek(a));
        let total = (distance / 64).saturating_add(u64::from(n) + 1);
        // One limb of the total may stay empty.
        let total = if total == MAX_LIMBS + 1 { total as u32 } else { self.checked_limbs(total)? };
        self.tick(total / 16)?;
        let (x, _) = self.reserve_for(words(total), a, a)?;
        let heap = self.heap_mut();
        let out = new_block(heap, total);
        let (skip, shift) = ((distance / 64) as u32, (distance % 64) as u32);
        let to = out.index() + HEAD;
        heap.fill(to, skip, 0);
        let mut carry = 0;
        for i in 0..n {
            let v = limb(heap, x, i);
            heap.set(to + skip + i, v << shift | carry);
            carry = if shift == 0 { 0 } else { v >> (64 - shift) };
        }
        heap.set(to + skip + n, carry);
        let negative = is_negative(heap, x);
        let out = finish(heap, out, negative);
        if u64::from(limbs(heap, out)) > MAX_LIMBS {
            return Err(self.throw_range_error("maximum BigInt size exceeded"));
        }
        self.root(out)
    }

    fn bigint_shift_right(&mut self, a: Value<'s>, distance: u64) -> JsResult<Value<'s>> {
        let x = self.peek(a);
        let (n, negative) = (limbs(self.heap(), x), is_negative(self.heap(), x));
        if distance >= bit_length(self.heap(), x) {
            return self.bigint_from_i64(-i64::from(negative));
        }
        let (skip, shift) = ((distance / 64) as u32, (distance % 64) as u32);
        let m = n - skip;
        self.tick(m / 16)?;
        let (x, _) = self.reserve_for(words(m + 1), a, a)?;
        let heap = self.heap_mut();
        let out = new_block(heap, m + 1);
        let to = out.index() + HEAD;
        for i in 0..m {
            let low = limb(heap, x, skip + i);
            let high = if skip + i + 1 < n { limb(heap, x, skip + i + 1) } else { 0 };
            heap.set(to + i, if shift == 0 { low } else { low >> shift | high << (64 - shift) });
        }
        heap.set(to + m, 0);
        // Negative numbers are rounded down: away from zero when a bit that was set falls off.
        let lost = (0..skip).any(|i| limb(heap, x, i) != 0) || limb(heap, x, skip) & ((1 << shift) - 1) != 0;
        if negative && lost {
            for i in 0..=m {
                let (v, over) = heap.get(to + i).overflowing_add(1);
                heap.set(to + i, v);
                if !over {
                    break;
                }
            }
        }
        let out = finish(heap, out, negative);
        self.root(out)
    }

    /// The lowest `bits` bits (ECMA-262 §21.2.2.1 BigInt.asIntN, §21.2.2.2 BigInt.asUintN).
    ///
    /// # Errors
    /// A RangeError when the result is too large; out of memory.
    pub(crate) fn bigint_wrap(&mut self, a: Value<'s>, bits: u64, signed: bool) -> JsResult<Value<'s>> {
        let x = self.peek(a);
        let (length, negative) = (bit_length(self.heap(), x), is_negative(self.heap(), x));
        if bits == 0 {
            return self.bigint_from_i64(0);
        }
        if signed && length < bits || !signed && !negative && length <= bits {
            return Ok(a);
        }
        let n = self.checked_limbs(bits.div_ceil(64))?;
        self.tick(n / 16)?;
        let (x, _) = self.reserve_for(words(n), a, a)?;
        let heap = self.heap_mut();
        let out = new_block(heap, n);
        let to = out.index() + HEAD;
        let mut source = Complement::new(heap, x);
        for i in 0..n {
            let v = source.next(heap);
            heap.set(to + i, v);
        }
        mask(heap, to, n, bits);
        let top = heap.get(to + n - 1) >> ((bits - 1) % 64) & 1;
        let negative = signed && top != 0;
        if negative {
            negate(heap, to, n);
            mask(heap, to, n, bits);
        }
        let out = finish(heap, out, negative);
        self.root(out)
    }
}
