//! The Math object (ECMA-262 §21.3).

use rotifer_jsvalue::JsValue;
use rotifer_jsvalue::number::{floor as floor_of, trunc as trunc_of};

use super::Intrinsic;
use super::spec::{Spec, constant, func, tag};
use crate::cx::{Args, Cx, Value, imm};
use crate::n;
use crate::ops::exponentiate;
use crate::throw::JsResult;

pub(super) static MATH: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        constant(n!("E"), JsValue::double(core::f64::consts::E)),
        constant(n!("LN10"), JsValue::double(core::f64::consts::LN_10)),
        constant(n!("LN2"), JsValue::double(core::f64::consts::LN_2)),
        constant(n!("LOG10E"), JsValue::double(core::f64::consts::LOG10_E)),
        constant(n!("LOG2E"), JsValue::double(core::f64::consts::LOG2_E)),
        constant(n!("PI"), JsValue::double(core::f64::consts::PI)),
        constant(n!("SQRT1_2"), JsValue::double(core::f64::consts::FRAC_1_SQRT_2)),
        constant(n!("SQRT2"), JsValue::double(core::f64::consts::SQRT_2)),
        tag(n!("Math")),
        func(n!("abs"), 1, abs),
        func(n!("acos"), 1, acos),
        func(n!("acosh"), 1, acosh),
        func(n!("asin"), 1, asin),
        func(n!("asinh"), 1, asinh),
        func(n!("atan"), 1, atan),
        func(n!("atanh"), 1, atanh),
        func(n!("atan2"), 2, atan2),
        func(n!("cbrt"), 1, cbrt),
        func(n!("ceil"), 1, ceil),
        func(n!("clz32"), 1, clz32),
        func(n!("cos"), 1, cos),
        func(n!("cosh"), 1, cosh),
        func(n!("exp"), 1, exp),
        func(n!("expm1"), 1, expm1),
        func(n!("floor"), 1, floor),
        func(n!("fround"), 1, fround),
        func(n!("f16round"), 1, f16round),
        func(n!("hypot"), 2, hypot),
        func(n!("imul"), 2, imul),
        func(n!("log"), 1, log),
        func(n!("log1p"), 1, log1p),
        func(n!("log10"), 1, log10),
        func(n!("log2"), 1, log2),
        func(n!("max"), 2, max),
        func(n!("min"), 2, min),
        func(n!("pow"), 2, pow),
        func(n!("random"), 0, random),
        func(n!("round"), 1, round),
        func(n!("sign"), 1, sign),
        func(n!("sin"), 1, sin),
        func(n!("sinh"), 1, sinh),
        func(n!("sqrt"), 1, sqrt),
        func(n!("sumPrecise"), 1, sum_precise),
        func(n!("tan"), 1, tan),
        func(n!("tanh"), 1, tanh),
        func(n!("trunc"), 1, trunc),
    ],
);

macro_rules! functions_of_one {
    ($($(#[$doc:meta])* $name:ident = $f:expr;)*) => {$(
        $(#[$doc])*
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
            let x = cx.to_number(args.get(0))?;
            let f: fn(f64) -> f64 = $f;
            Ok(imm(f(x)))
        }
    )*};
}

functions_of_one! {
    /// ECMA-262 §21.3.2.1 Math.abs
    abs = |x| f64::from_bits(x.to_bits() & !(1 << 63));
    /// ECMA-262 §21.3.2.2 Math.acos
    acos = libm::acos;
    /// ECMA-262 §21.3.2.3 Math.acosh
    acosh = libm::acosh;
    /// ECMA-262 §21.3.2.4 Math.asin
    asin = libm::asin;
    /// ECMA-262 §21.3.2.5 Math.asinh
    asinh = libm::asinh;
    /// ECMA-262 §21.3.2.6 Math.atan
    atan = libm::atan;
    /// ECMA-262 §21.3.2.7 Math.atanh
    atanh = libm::atanh;
    /// ECMA-262 §21.3.2.9 Math.cbrt
    cbrt = libm::cbrt;
    /// ECMA-262 §21.3.2.12 Math.cos
    cos = libm::cos;
    /// ECMA-262 §21.3.2.13 Math.cosh
    cosh = libm::cosh;
    /// ECMA-262 §21.3.2.14 Math.exp
    exp = libm::exp;
    /// ECMA-262 §21.3.2.15 Math.expm1
    expm1 = libm::expm1;
    /// ECMA-262 §21.3.2.17 Math.fround
    fround = |x| f64::from(x as f32);
    /// ECMA-262 §21.3.2.18 Math.f16round
    f16round = round_to_half;
    /// ECMA-262 §21.3.2.21 Math.log
    log = libm::log;
    /// ECMA-262 §21.3.2.22 Math.log1p
    log1p = libm::log1p;
    /// ECMA-262 §21.3.2.23 Math.log10
    log10 = libm::log10;
    /// ECMA-262 §21.3.2.24 Math.log2
    log2 = libm::log2;
    /// ECMA-262 §21.3.2.29 Math.round
    round = round_half_up;
    /// ECMA-262 §21.3.2.30 Math.sign
    sign = |x| if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { x };
    /// ECMA-262 §21.3.2.31 Math.sin
    sin = libm::sin;
    /// ECMA-262 §21.3.2.32 Math.sinh
    sinh = libm::sinh;
    /// ECMA-262 §21.3.2.33 Math.sqrt
    sqrt = libm::sqrt;
    /// ECMA-262 §21.3.2.35 Math.tan
    tan = libm::tan;
    /// ECMA-262 §21.3.2.36 Math.tanh
    tanh = libm::tanh;
}

/// ECMA-262 §21.3.2.16 Math.floor
fn floor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    integral(cx, args, floor_of)
}

/// ECMA-262 §21.3.2.10 Math.ceil
fn ceil<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    integral(cx, args, |x| -floor_of(-x))
}

/// ECMA-262 §21.3.2.37 Math.trunc
fn trunc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    integral(cx, args, trunc_of)
}

#[inline]
fn integral<'s>(cx: &mut Cx<'s>, args: &Args<'s>, f: impl FnOnce(f64) -> f64) -> JsResult<Value<'s>> {
    if cx.peek(args.get(0)).is_int() {
        return Ok(args.get(0));
    }
    let x = cx.to_number(args.get(0))?;
    Ok(imm(f(x)))
}

fn round_half_up(x: f64) -> f64 {
    let below = floor_of(x);
    if !(x - below >= 0.5) {
        return below;
    }
    // What is rounded up to zero keeps its sign.
    if below == -1.0 { -0.0 } else { below + 1.0 }
}

/// The nearest number of 16 bits, ties to even.
fn round_to_half(x: f64) -> f64 {
    let magnitude = f64::from_bits(x.to_bits() & !(1 << 63));
    if magnitude.is_nan() || magnitude == 0.0 || magnitude.is_infinite() {
        return x;
    }
    // Adding and taking away 2^52 units in the last place rounds to such a unit.
    let exponent = ((magnitude.to_bits() >> 52) as i64 - 1023).max(-14);
    if exponent > 15 {
        return if x < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let unit = f64::from_bits(((exponent - 10 + 52 + 1023) as u64) << 52);
    let rounded = magnitude + unit - unit;
    let rounded = if rounded > 65504.0 { f64::INFINITY } else { rounded };
    if x.is_sign_negative() { -rounded } else { rounded }
}

/// ECMA-262 §21.3.2.8 Math.atan2
fn atan2<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let y = cx.to_number(args.get(0))?;
    let x = cx.to_number(args.get(1))?;
    Ok(imm(libm::atan2(y, x)))
}

/// ECMA-262 §21.3.2.11 Math.clz32
fn clz32<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let x = cx.to_uint32(args.get(0))?;
    Ok(imm(x.leading_zeros() as i32))
}

/// ECMA-262 §21.3.2.19 Math.hypot
fn hypot<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (mut infinite, mut nan, mut largest) = (false, false, 0.0_f64);
    // Sum of squares relative to the largest so far, with what rounding lost.
    let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
    for value in args.iter() {
        let x = cx.to_number(value)?;
        infinite |= x.is_infinite();
        nan |= x.is_nan();
        let x = f64::from_bits(x.to_bits() & !(1 << 63));
        if infinite || nan || x == 0.0 {
            continue;
        }
        if x > largest {
            let scale = largest / x;
            sum *= scale * scale;
            lost *= scale * scale;
            largest = x;
        }
        let ratio = x / largest;
        let term = ratio * ratio - lost;
        let next = sum + term;
        lost = (next - sum) - term;
        sum = next;
    }
    Ok(imm(if infinite {
        f64::INFINITY
    } else if nan {
        f64::NAN
    } else {
        libm::sqrt(sum) * largest
    }))
}

/// ECMA-262 §21.3.2.20 Math.imul
fn imul<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let a = cx.to_int32(args.get(0))?;
    let b = cx.to_int32(args.get(1))?;
    Ok(imm(a.wrapping_mul(b)))
}

/// ECMA-262 §21.3.2.25 Math.max
fn max<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if let (2, Some(a), Some(b)) = (args.len(), cx.peek(args.get(0)).as_int(), cx.peek(args.get(1)).as_int()) {
        return Ok(imm(a.max(b)));
    }
    let mut best = f64::NEG_INFINITY;
    for value in args.iter() {
        let x = cx.to_number(value)?;
        if x > best || x.is_nan() || x == 0.0 && best == 0.0 && x.is_sign_positive() {
            best = if best.is_nan() { best } else { x };
        }
    }
    Ok(imm(best))
}

/// ECMA-262 §21.3.2.26 Math.min
fn min<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if let (2, Some(a), Some(b)) = (args.len(), cx.peek(args.get(0)).as_int(), cx.peek(args.get(1)).as_int()) {
        return Ok(imm(a.min(b)));
    }
    let mut best = f64::INFINITY;
    for value in args.iter() {
        let x = cx.to_number(value)?;
        if x < best || x.is_nan() || x == 0.0 && best == 0.0 && x.is_sign_negative() {
            best = if best.is_nan() { best } else { x };
        }
    }
    Ok(imm(best))
}

/// ECMA-262 §21.3.2.27 Math.pow
fn pow<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let base = cx.to_number(args.get(0))?;
    let exponent = cx.to_number(args.get(1))?;
    Ok(imm(exponentiate(base, exponent)))
}

/// ECMA-262 §21.3.2.28 Math.random
fn random<'s>(cx: &mut Cx<'s>, _args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(cx.next_random()))
}

impl Cx<'_> {
    /// The next number of the isolate's pseudo-random sequence, from 0 up to but not including 1.
    pub(crate) fn next_random(&mut self) -> f64 {
        // SplitMix64: a counter, scrambled; any seed is as good as any other.
        self.host.random = self.host.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.host.random;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }
}

/// An exact sum of numbers: a fixed-point number wide enough for all of them, in signed digits of 32 bits that are carried
/// over now and then.
struct ExactSum {
    digits: [i64; ExactSum::DIGITS],
    /// Additions until digits may overflow.
    room: u32,
}

impl ExactSum {
    /// From 2^-1074 up to 2^1024, and room for 2^60 of them.
    const DIGITS: usize = 69;

    fn new() -> Self {
        ExactSum { digits: [0; ExactSum::DIGITS], room: 1 << 29 }
    }

    fn add(&mut self, x: f64) {
        let bits = x.to_bits();
        let exponent = (bits >> 52 & 0x7FF) as usize;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, shift) = if exponent == 0 { (fraction, 0) } else { (fraction | 1 << 52, exponent - 1) };
        let (digit, within) = (shift / 32, shift % 32);
        let wide = u128::from(mantissa) << within;
        for k in 0..3 {
            let part = (wide >> (32 * k)) as u32;
            self.digits[digit + k] += if x.is_sign_negative() { -i64::from(part) } else { i64::from(part) };
        }
        self.room -= 1;
        if self.room == 0 {
            self.carry();
        }
    }

    /// Brings all digits but the highest into 0..2^32.
    fn carry(&mut self) {
        let mut carry = 0;
        for d in &mut self.digits[..ExactSum::DIGITS - 1] {
            let v = *d + carry;
            *d = v & 0xFFFF_FFFF;
            carry = v >> 32;
        }
        self.digits[ExactSum::DIGITS - 1] += carry;
        self.room = 1 << 29;
    }

    /// The nearest number, ties to even.
    fn value(mut self) -> f64 {
        self.carry();
        let negative = self.digits[ExactSum::DIGITS - 1] < 0;
        if negative {
            self.digits.iter_mut().for_each(|d| *d = -*d);
            self.carry();
        }
        let Some(top) = self.digits.iter().rposition(|&d| d != 0) else { return 0.0 };
        let digit = |i: usize| self.digits[i] as u128;
        let high = top.saturating_sub(3);
        let mut window = 0_u128;
        for i in (high..=top).rev() {
            window = window << 32 | digit(i);
        }
        let below = self.digits[..high].iter().any(|&d| d != 0);
        // The window holds at least 97 bits unless it reaches down to the lowest bit there is.
        let bits = 128 - window.leading_zeros() as usize;
        let drop = bits.saturating_sub(53);
        let mut mantissa = (window >> drop) as u64;
        let mut shift = high * 32 + drop;
        if drop > 0 {
            let half = 1_u128 << (drop - 1);
            let rest = window & ((1 << drop) - 1);
            if rest > half || rest == half && (below || mantissa & 1 == 1) {
                mantissa += 1;
            }
            if mantissa == 1 << 53 {
                mantissa >>= 1;
                shift += 1;
            }
        }
        // The unit is 2^-1074.
        let result = if mantissa < 1 << 52 {
            f64::from_bits(mantissa)
        } else if shift + 1 >= 0x7FF {
            f64::INFINITY
        } else {
            f64::from_bits((shift as u64 + 1) << 52 | mantissa & ((1 << 52) - 1))
        };
        if negative { -result } else { result }
    }
}

/// ECMA-262 §21.3.2.34 Math.sumPrecise
fn sum_precise<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    cx.require_object_coercible(args.get(0))?;
    let record = cx.get_iterator(args.get(0))?;
    let mut sum = ExactSum::new();
    let (mut nan, mut up, mut down, mut only_minus_zero) = (false, false, false, true);
    loop {
        let mut cx = cx.nest();
        let Some(value) = cx.iterator_step(&record)? else { break };
        cx.tick(1)?;
        let Some(x) = cx.peek(value).as_number() else {
            let error = cx.throw_type_error("Math.sumPrecise() wants numbers only");
            return cx.iterator_close(&record, Err(error));
        };
        nan |= x.is_nan();
        up |= x == f64::INFINITY;
        down |= x == f64::NEG_INFINITY;
        only_minus_zero &= x == 0.0 && x.is_sign_negative();
        if x.is_finite() {
            sum.add(x);
        }
    }
    Ok(imm(if nan || up && down {
        f64::NAN
    } else if up {
        f64::INFINITY
    } else if down {
        f64::NEG_INFINITY
    } else if only_minus_zero {
        -0.0
    } else {
        sum.value()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_exact() {
        let sum = |xs: &[f64]| {
            let mut s = ExactSum::new();
            xs.iter().for_each(|&x| s.add(x));
            s.value()
        };
        assert_eq!(sum(&[1e20, 0.1, -1e20]), 0.1);
        assert_eq!(sum(&[1e308, 1e308, 0.1, 0.1, 1e30, 0.1, -1e30, -1e308, -1e308]), 0.30000000000000004);
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(sum(&[5e-324, 5e-324]), 1e-323);
        assert_eq!(sum(&[-5e-324]), -5e-324);
        assert_eq!(sum(&[8.98846567431158e307, 8.988465674311579e307, -1.7976931348623157e308]), 9.9792015476736e291);
        assert_eq!(sum(&[1.0, 1.1102230246251565e-16, 1e-300]), 1.0000000000000002);
        assert_eq!(sum(&[1.0, 1.1102230246251565e-16]), 1.0);
    }

    #[test]
    fn rounding() {
        for (x, y) in [(0.5, 1.0), (-0.5, -0.0), (2.5, 3.0), (-2.5, -2.0), (0.49999999999999994, 0.0), (-0.2, -0.0_f64)]
        {
            let r = round_half_up(x);
            assert_eq!(r.to_bits(), y.to_bits(), "{x}");
        }
        assert_eq!(round_to_half(5.960464477539063e-8), 5.960464477539063e-8);
        assert_eq!(round_to_half(2.980232238769531e-8), 0.0);
        assert_eq!(round_to_half(65519.99), 65504.0);
        assert_eq!(round_to_half(65520.0), f64::INFINITY);
        assert_eq!(round_to_half(1.337), 1.3369140625);
    }
}
