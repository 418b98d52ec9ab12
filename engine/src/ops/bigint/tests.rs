use rotifer_jsvalue::StrView;

use super::{compare, compare_f64, limbs, to_f64};
use crate::cx::{Cx, Value};
use crate::isolate::{Isolate, Limits};
use crate::ops::ArithOp::{self, *};
use core::cmp::Ordering;

/// A sequence of numbers that look random.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Limbs that are often all zeros or all ones, where carries are.
    fn limb(&mut self) -> u64 {
        match self.next() % 5 {
            0 => 0,
            1 => u64::MAX,
            2 => 1 << (self.next() % 64),
            _ => self.next(),
        }
    }

    fn big<'s>(&mut self, cx: &mut Cx<'s>, max: u64) -> Value<'s> {
        let mut v = cx.bigint_from_i64(self.next() as i64 % 3).unwrap();
        let shift = cx.bigint_from_i64(64).unwrap();
        for _ in 0..self.next() % max {
            let limb = cx.bigint_from_u64(self.limb()).unwrap();
            v = cx.bigint_binary(Shl, v, shift).unwrap();
            v = cx.bigint_binary(Add, v, limb).unwrap();
        }
        v
    }
}

impl Random {
    /// A BigInt of `limbs` limbs, all ones or whatever comes.
    fn long<'s>(&mut self, cx: &mut Cx<'s>, limbs: usize, ones: bool) -> Value<'s> {
        let mut digits = std::string::String::from("0xf");
        for _ in 0..limbs {
            let limb = if ones { u64::MAX } else { self.limb() };
            digits.push_str(&std::format!("{limb:016x}"));
        }
        digits.pop();
        let digits = cx.str(&digits).unwrap();
        cx.string_to_bigint(digits).unwrap().unwrap()
    }
}

fn with(stress: u32, f: impl FnOnce(&mut Cx<'_>)) {
    let mut isolate = Isolate::new(Limits::default()).unwrap();
    isolate.heap.set_stress(stress);
    let mut cx = Cx::enter(&mut isolate);
    f(&mut cx);
}

fn same<'s>(cx: &Cx<'s>, a: Value<'s>, b: Value<'s>) -> bool {
    compare(cx.heap(), cx.peek(a), cx.peek(b)) == Ordering::Equal
}

fn op<'s>(cx: &mut Cx<'s>, op: ArithOp, a: Value<'s>, b: Value<'s>) -> Value<'s> {
    cx.bigint_binary(op, a, b).unwrap()
}

fn text<'s>(cx: &mut Cx<'s>, v: Value<'s>, radix: u32) -> std::string::String {
    let s = cx.bigint_to_string(v, radix).unwrap();
    cx.view(s).units().map(|u| char::from_u32(u.into()).unwrap()).collect()
}

#[test]
fn identities_hold() {
    with(0, |cx| {
        let mut r = Random(12345);
        for _ in 0..3000 {
            let mut cx = cx.nest();
            let cx = &mut cx;
            let (a, b, c) = (r.big(cx, 9), r.big(cx, 6), r.big(cx, 4));
            let sum = op(cx, Add, a, b);
            let back = op(cx, Sub, sum, b);
            assert!(same(cx, back, a));
            // (a + b) * c == a * c + b * c
            let left = op(cx, Mul, sum, c);
            let (ac, bc) = (op(cx, Mul, a, c), op(cx, Mul, b, c));
            let right = op(cx, Add, ac, bc);
            assert!(same(cx, left, right));
            if limbs(cx.heap(), cx.peek(b)) > 0 {
                let (q, m) = (op(cx, Div, a, b), op(cx, Rem, a, b));
                let qb = op(cx, Mul, q, b);
                let whole = op(cx, Add, qb, m);
                assert!(same(cx, whole, a));
                let abs = |cx: &mut Cx<'_>, v| super::magnitude::compare(cx.heap(), cx.peek(m), cx.peek(v));
                assert_eq!(abs(cx, b), Ordering::Less);
            }
            // a + b == (a ^ b) + 2 * (a & b); a | b == (a ^ b) + (a & b)
            let (xor, and, or) = (op(cx, BitXor, a, b), op(cx, BitAnd, a, b), op(cx, BitOr, a, b));
            let with_and = op(cx, Add, xor, and);
            assert!(same(cx, or, with_and));
            let twice = op(cx, Add, with_and, and);
            assert!(same(cx, twice, sum));
            // Shifts are products and quotients rounded down.
            let n = cx.bigint_from_i64((r.next() % 200) as i64).unwrap();
            let two = cx.bigint_from_i64(2).unwrap();
            let power = op(cx, Exp, two, n);
            let (shifted, product) = (op(cx, Shl, a, n), op(cx, Mul, a, power));
            assert!(same(cx, shifted, product));
            let back = op(cx, Shr, shifted, n);
            assert!(same(cx, back, a));
            let floor = op(cx, Shr, a, n);
            let low = op(cx, Shl, floor, n);
            let rest = op(cx, Sub, a, low);
            let unsigned = cx.bigint_wrap(a, super::to_f64(cx.heap(), cx.peek(n)) as u64, false).unwrap();
            assert!(same(cx, rest, unsigned));
        }
    });
}

#[test]
fn text_round_trips() {
    with(0, |cx| {
        let mut r = Random(99);
        for i in 0..400 {
            let mut cx = cx.nest();
            let cx = &mut cx;
            let a = r.big(cx, 12);
            let digits = text(cx, a, 10);
            let s = cx.str(&digits).unwrap();
            let back = cx.string_to_bigint(s).unwrap().unwrap();
            assert!(same(cx, back, a), "{digits}");
            for (radix, prefix) in [(16, "0x"), (2, "0b"), (8, "0o")] {
                let digits = text(cx, a, radix);
                let (sign, digits) = match digits.strip_prefix('-') {
                    Some(d) => (true, d.to_owned()),
                    None => (false, digits),
                };
                let text = format!("{prefix}{digits}");
                let mut back = cx.bigint_from_text(StrView::from(text.as_str())).unwrap().unwrap();
                if sign {
                    back = cx.bigint_negate(back).unwrap();
                }
                assert!(same(cx, back, a), "{i} {text}");
            }
        }
        let big = cx.str("  123456789012345678901234567890123456789  ").unwrap();
        let big = cx.string_to_bigint(big).unwrap().unwrap();
        assert_eq!(text(cx, big, 10), "123456789012345678901234567890123456789");
        for bad in ["1n", "0x", "-0x1", "1.5", "+", "1_0", "0b2", "１"] {
            let s = cx.str(bad).unwrap();
            assert!(cx.string_to_bigint(s).unwrap().is_none(), "{bad}");
        }
    });
}

#[test]
fn numbers_compare_and_convert() {
    with(0, |cx| {
        for (d, s) in [
            (0.0, "0"),
            (1e21, "1000000000000000000000"),
            (-18446744073709551616.0, "-18446744073709551616"),
            (9007199254740993.0, "9007199254740992"),
            (1e300, ""),
        ] {
            let v = cx.number_to_bigint(d).unwrap();
            assert_eq!(to_f64(cx.heap(), cx.peek(v)), d);
            assert_eq!(compare_f64(cx.heap(), cx.peek(v), d), Some(Ordering::Equal), "{d}");
            assert_eq!(compare_f64(cx.heap(), cx.peek(v), d + 0.5 + d.abs() * 1e-9), Some(Ordering::Less));
            assert_eq!(compare_f64(cx.heap(), cx.peek(v), d - 0.5 - d.abs() * 1e-9), Some(Ordering::Greater));
            assert_eq!(compare_f64(cx.heap(), cx.peek(v), f64::NAN), None);
            if !s.is_empty() {
                assert_eq!(text(cx, v, 10), s);
            }
        }
        // Rounding to even, decided by a bit far below.
        let s = cx.str("0x20000000000001000000000000000000000000").unwrap();
        let v = cx.string_to_bigint(s).unwrap().unwrap();
        let one = cx.bigint_from_i64(1).unwrap();
        let more = op(cx, Add, v, one);
        let (low, high) = (to_f64(cx.heap(), cx.peek(v)), to_f64(cx.heap(), cx.peek(more)));
        assert!(low < high && high == low * (1.0 + f64::EPSILON));
    });
}

#[test]
fn wrapping() {
    with(0, |cx| {
        for (v, bits, signed, unsigned) in [
            (255_i64, 8, -1, 255_i64),
            (-1, 8, -1, 255),
            (128, 8, -128, 128),
            (127, 8, 127, 127),
            (-129, 8, 127, 127),
            (5, 0, 0, 0),
            (1 << 40, 40, 0, 0),
        ] {
            let a = cx.bigint_from_i64(v).unwrap();
            let s = cx.bigint_wrap(a, bits, true).unwrap();
            let u = cx.bigint_wrap(a, bits, false).unwrap();
            assert_eq!(text(cx, s, 10), signed.to_string(), "{v} {bits}");
            assert_eq!(text(cx, u, 10), unsigned.to_string(), "{v} {bits}");
        }
        let minus = cx.bigint_from_i64(-1).unwrap();
        let wide = cx.bigint_wrap(minus, 130, false).unwrap();
        assert_eq!(text(cx, wide, 16), format!("3{}", "f".repeat(32)));
    });
}

#[test]
fn everything_may_move() {
    with(1, |cx| {
        let mut r = Random(7);
        for _ in 0..60 {
            let mut cx = cx.nest();
            let cx = &mut cx;
            let (a, b) = (r.big(cx, 7), r.big(cx, 5));
            let product = op(cx, Mul, a, b);
            if limbs(cx.heap(), cx.peek(b)) > 0 {
                let q = op(cx, Div, product, b);
                assert!(same(cx, q, a));
            }
            let digits = text(cx, product, 10);
            let s = cx.str(&digits).unwrap();
            let back = cx.string_to_bigint(s).unwrap().unwrap();
            assert!(same(cx, back, product));
        }
    });
}

#[test]
fn sizes_are_bounded() {
    with(0, |cx| {
        let two = cx.bigint_from_i64(2).unwrap();
        let huge = cx.bigint_from_i64(1 << 40).unwrap();
        assert!(cx.bigint_binary(Exp, two, huge).is_err());
        assert!(cx.bigint_binary(Shl, two, huge).is_err());
        let none = cx.bigint_binary(Shr, two, huge).unwrap();
        assert_eq!(text(cx, none, 10), "0");
        assert!(cx.bigint_wrap(none, 1 << 50, false).is_ok());
        let minus = cx.bigint_negate(two).unwrap();
        assert!(cx.bigint_wrap(minus, 1 << 50, false).is_err());
    });
}

#[test]
fn long_products() {
    with(0, |cx| {
        let mut r = Random(11);
        for round in 0..60 {
            let mut cx = cx.nest();
            let cx = &mut cx;
            let sizes = [39, 40, 41, 79, 80, 81, 127, 160, 333, 700];
            let (n, m) = (sizes[round % 10], sizes[(round / 6 + round) % 10]);
            let (a, b) = (r.long(cx, n, round % 3 == 0), r.long(cx, m, round % 4 == 0));
            let product = op(cx, Mul, a, b);
            // Modulo a prime that fits into a limb, and divided again, both in ways that multiply row by row at most.
            let prime = cx.bigint_from_u64(0xFFFF_FFFF_FFFF_FFC5).unwrap();
            let (x, y) = (op(cx, Rem, a, prime), op(cx, Rem, b, prime));
            let expected = op(cx, Mul, x, y);
            let expected = op(cx, Rem, expected, prime);
            let found = op(cx, Rem, product, prime);
            assert!(same(cx, found, expected), "{n} {m}");
            let quotient = op(cx, Div, product, b);
            assert!(same(cx, quotient, a), "{n} {m}");
        }
    });
}
