//! Multiplication of magnitudes: row by row while they are short, after Karatsuba above that.
//!
//! Everything works on ranges of limbs, given by the word at which they begin.

use core::cmp::Ordering;

use rotifer_jsvalue::Heap;

use super::magnitude::{add_carry, sub_borrow};
use super::{HEAD, finish, is_negative, limbs, new_block, words};
use crate::cx::{Cx, Value};
use crate::throw::JsResult;

/// Fewer limbs than this are multiplied row by row.
const SHORT: u32 = 40;

/// The words that [`Cx::multiply_equal`] needs besides its result.
const fn spare(n: u32) -> u32 {
    // Four halves, and as much for the halves of that, which is less than this in all.
    if n < SHORT { 0 } else { 4 * n + 256 }
}

impl<'s> Cx<'s> {
    /// `a * b` (ECMA-262 §6.1.6.2.4 BigInt::multiply).
    pub(super) fn bigint_multiply(&mut self, a: Value<'s>, b: Value<'s>) -> JsResult<Value<'s>> {
        // The longer one is the second: it is gone through in the inner loop, and in pieces.
        let shorter_first = limbs(self.heap(), self.peek(a)) <= limbs(self.heap(), self.peek(b));
        let (a, b) = if shorter_first { (a, b) } else { (b, a) };
        let (n, m) = (limbs(self.heap(), self.peek(a)), limbs(self.heap(), self.peek(b)));
        let total = self.checked_limbs((u64::from(n) + u64::from(m)).max(1))?;
        // The pieces of the longer one are multiplied in a place of their own.
        let more = if n < SHORT { 0 } else { 2 * n + spare(n) };
        // Where there is no room for that, there may be for doing it slowly.
        let karatsuba = more > 0 && self.heap_mut().reserve(words(total) + words(more), &mut []).is_ok();
        if !karatsuba {
            self.heap_mut().reserve(words(total), &mut [])?;
        }
        let (x, y) = (self.peek(a), self.peek(b));
        let heap = self.heap_mut();
        let out = new_block(heap, total);
        let (from_x, from_y, to) = (x.index() + HEAD, y.index() + HEAD, out.index() + HEAD);
        if karatsuba {
            let room = new_block(heap, more).index();
            heap.fill(to, total, 0);
            let done = self.multiply_pieces(from_x, n, from_y, m, to, room + HEAD);
            self.heap_mut().free_last(room);
            done?;
        } else {
            self.multiply_rows(from_x, n, from_y, m, to)?;
        }
        let negative = is_negative(self.heap(), x) != is_negative(self.heap(), y);
        let out = finish(self.heap_mut(), out, negative);
        self.root(out)
    }

    /// Adds the product of `n` limbs and at least as many to `n + m` zeros at `to`, with `2 * n + spare(n)` words at `room`.
    fn multiply_pieces(&mut self, x: u32, n: u32, y: u32, m: u32, to: u32, room: u32) -> JsResult<()> {
        let mut done = 0;
        while done < m {
            let len = n.min(m - done);
            if len == n {
                self.multiply_equal(x, y + done, n, room, room + 2 * n)?;
            } else {
                self.multiply_rows(y + done, len, x, n, room)?;
            }
            let carry = add_to(self.heap_mut(), to + done, room, n + len);
            debug_assert!(carry == 0, "a product has no more limbs than its factors together");
            done += len;
        }
        Ok(())
    }

    /// The product of `n` limbs and `n` others, into `2 * n` words at `to`, with `spare(n)` words at `room`.
    ///
    /// With both cut in two, `x = x1 B + x0` and `y = y1 B + y0`, the middle of the product is
    /// `x0 y0 + x1 y1 - (x1 - x0) (y1 - y0)`, so that three products of halves suffice.
    fn multiply_equal(&mut self, x: u32, y: u32, n: u32, to: u32, room: u32) -> JsResult<()> {
        if n < SHORT {
            return self.multiply_rows(x, n, y, n, to);
        }
        let low = n.div_ceil(2);
        let high = n - low;
        let (differences, product, rest) = (room, room + 2 * low, room + 4 * low);
        self.multiply_equal(x, y, low, to, rest)?;
        self.multiply_equal(x + low, y + low, high, to + 2 * low, rest)?;
        let heap = self.heap_mut();
        let one = subtract_from(heap, x, low, x + low, high, differences);
        let two = subtract_from(heap, y, low, y + low, high, differences + low);
        self.multiply_equal(differences, differences + low, low, product, rest)?;
        // The middle takes the place of the differences, and one limb more at `product`'s end.
        let heap = self.heap_mut();
        heap.copy(to, differences, 2 * low);
        let mut carry = i64::from(add_to(heap, differences, to + 2 * low, 2 * high) != 0);
        if 2 * high < 2 * low && carry != 0 {
            carry = i64::from(increment(heap, differences + 2 * high, 2 * (low - high)));
        }
        if one == two {
            carry -= i64::from(take_from(heap, differences, product, 2 * low) != 0);
        } else {
            carry += i64::from(add_to(heap, differences, product, 2 * low) != 0);
        }
        let mut over = add_to(heap, to + low, differences, 2 * low);
        over += carry as u64;
        // What is left goes into the limbs above, of which there are as many as it can reach.
        let mut at = to + 3 * low;
        while over != 0 && at < to + 2 * n {
            let (sum, next) = add_carry(heap.get(at), over, 0);
            heap.set(at, sum);
            over = next;
            at += 1;
        }
        Ok(())
    }

    /// The product of `n` and `m` limbs, into `n + m` words at `to`, row by row.
    fn multiply_rows(&mut self, x: u32, n: u32, y: u32, m: u32, to: u32) -> JsResult<()> {
        self.heap_mut().fill(to, n + m, 0);
        for i in 0..n {
            let heap = self.heap_mut();
            let factor = heap.get(x + i);
            multiply_row(heap, factor, y, m, to + i);
            self.tick(m / 16)?;
        }
        Ok(())
    }
}

/// Adds `factor` times the limbs at `y` to the limbs at `to`, and the carry after them.
fn multiply_row(heap: &mut Heap, factor: u64, y: u32, m: u32, to: u32) {
    if factor == 0 {
        return;
    }
    let mut carry = 0_u64;
    for j in 0..m {
        let product =
            u128::from(factor) * u128::from(heap.get(y + j)) + u128::from(heap.get(to + j)) + u128::from(carry);
        heap.set(to + j, product as u64);
        carry = (product >> 64) as u64;
    }
    heap.set(to + m, carry);
}

/// Adds `n` limbs to those at `to`; gives the carry.
fn add_to(heap: &mut Heap, to: u32, from: u32, n: u32) -> u64 {
    combine(heap, to, from, n, add_carry)
}

/// Takes `n` limbs from those at `to`; gives the borrow.
fn take_from(heap: &mut Heap, to: u32, from: u32, n: u32) -> u64 {
    combine(heap, to, from, n, sub_borrow)
}

/// Combines each of `n` limbs at `to` with one at `from` and what the one before carried; gives what the last carries.
#[inline]
fn combine(heap: &mut Heap, to: u32, from: u32, n: u32, step: impl Fn(u64, u64, u64) -> (u64, u64)) -> u64 {
    let mut carry = 0;
    for i in 0..n {
        let (limb, next) = step(heap.get(to + i), heap.get(from + i), carry);
        heap.set(to + i, limb);
        carry = next;
    }
    carry
}

/// Adds one to `n` limbs; gives the carry.
fn increment(heap: &mut Heap, at: u32, n: u32) -> bool {
    (at..at + n).all(|at| {
        let (sum, carry) = heap.get(at).overflowing_add(1);
        heap.set(at, sum);
        carry
    })
}

/// The difference of `n` limbs and `m`, not more, into `n` words at `to`. Whether the second ones were larger.
fn subtract_from(heap: &mut Heap, x: u32, n: u32, y: u32, m: u32, to: u32) -> bool {
    let limb_of = |heap: &Heap, at: u32, len: u32, i: u32| if i < len { heap.get(at + i) } else { 0 };
    let order = (0..n).rev().map(|i| heap.get(x + i).cmp(&limb_of(heap, y, m, i))).find(|order| order.is_ne());
    let less = order == Some(Ordering::Less);
    let mut borrow = 0;
    for i in 0..n {
        let (one, two) = (heap.get(x + i), limb_of(heap, y, m, i));
        let (one, two) = if less { (two, one) } else { (one, two) };
        let (difference, next) = sub_borrow(one, two, borrow);
        heap.set(to + i, difference);
        borrow = next;
    }
    less
}
