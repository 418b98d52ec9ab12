//! Addition and subtraction of magnitudes.

use core::cmp::Ordering;

use rotifer_jsvalue::{Heap, JsValue};

use super::{HEAD, finish, is_negative, limb, limbs, new_block, words};
use crate::cx::{Cx, Value};
use crate::throw::JsResult;

/// Compares the magnitudes of two BigInts.
pub(super) fn compare(heap: &Heap, a: JsValue, b: JsValue) -> Ordering {
    let n = limbs(heap, a);
    let order = n.cmp(&limbs(heap, b));
    if order != Ordering::Equal {
        return order;
    }
    for i in (0..n).rev() {
        let order = limb(heap, a, i).cmp(&limb(heap, b, i));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

/// `a + b + carry`, and the new carry.
#[inline]
pub(super) fn add_carry(a: u64, b: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(a) + u128::from(b) + u128::from(carry);
    (sum as u64, (sum >> 64) as u64)
}

/// `a - b - borrow`, and the new borrow.
#[inline]
pub(super) fn sub_borrow(a: u64, b: u64, borrow: u64) -> (u64, u64) {
    let (d, first) = a.overflowing_sub(b);
    let (d, second) = d.overflowing_sub(borrow);
    (d, u64::from(first) + u64::from(second))
}

/// `out = a + b`, with `a` not shorter; `out` has one limb more than `a`.
fn add(heap: &mut Heap, a: JsValue, b: JsValue, out: JsValue) {
    let (n, m) = (limbs(heap, a), limbs(heap, b));
    let mut carry = 0;
    for i in 0..n {
        let y = if i < m { limb(heap, b, i) } else { 0 };
        let (sum, c) = add_carry(limb(heap, a, i), y, carry);
        carry = c;
        heap.set(out.index() + HEAD + i, sum);
    }
    heap.set(out.index() + HEAD + n, carry);
}

/// `out = a - b`, with `a` not smaller; `out` is as long as `a`.
fn subtract(heap: &mut Heap, a: JsValue, b: JsValue, out: JsValue) {
    let (n, m) = (limbs(heap, a), limbs(heap, b));
    let mut borrow = 0;
    for i in 0..n {
        let y = if i < m { limb(heap, b, i) } else { 0 };
        let (d, c) = sub_borrow(limb(heap, a, i), y, borrow);
        borrow = c;
        heap.set(out.index() + HEAD + i, d);
    }
}

impl<'s> Cx<'s> {
    /// `a + b`, or `a - b`.
    pub(super) fn bigint_add(&mut self, a: Value<'s>, b: Value<'s>, minus: bool) -> JsResult<Value<'s>> {
        let n = limbs(self.heap(), self.peek(a)).max(limbs(self.heap(), self.peek(b)));
        let n = self.checked_limbs(u64::from(n) + 1)?;
        self.tick(n / 16)?;
        let (x, y) = self.reserve_for(words(n), a, b)?;
        let heap = self.heap_mut();
        let x_negative = is_negative(heap, x);
        let y_negative = is_negative(heap, y) != minus;
        let order = compare(heap, x, y);
        let (large, less) = if order == Ordering::Less { (y, x) } else { (x, y) };
        let out = new_block(heap, limbs(heap, large) + u32::from(x_negative == y_negative));
        let negative = if x_negative == y_negative {
            add(heap, large, less, out);
            x_negative
        } else {
            subtract(heap, large, less, out);
            if order == Ordering::Less { y_negative } else { x_negative }
        };
        let out = finish(heap, out, negative);
        self.root(out)
    }
}
