//! Number objects (ECMA-262 §21.1).

use core::fmt::Write;

use rotifer_jsvalue::number::{RADIX_BUFFER, format_radix, trunc};
#[cfg(not(feature = "intl"))]
use rotifer_jsvalue::string;
use rotifer_jsvalue::{JsValue, Kind, PropertyKey, field};

use super::Intrinsic;
use super::spec::{Spec, constant, func, link, prototype, same};
#[cfg(not(feature = "intl"))]
use crate::cx::JsStr;
use crate::cx::{Args, Cx, Value, imm};
use crate::n;
use crate::ops::bigint;
use crate::ops::convert::MAX_SAFE_INTEGER;
use crate::throw::JsResult;

const PARSE_FLOAT: PropertyKey = PropertyKey::name(n!("parseFloat"));
const PARSE_INT: PropertyKey = PropertyKey::name(n!("parseInt"));

pub(super) static NUMBER: Spec = Spec::constructor(
    n!("Number"),
    1,
    construct,
    &[
        prototype(Intrinsic::NumberPrototype),
        constant(n!("EPSILON"), JsValue::double(f64::EPSILON)),
        func(n!("isFinite"), 1, is_finite),
        func(n!("isInteger"), 1, is_integer),
        func(n!("isNaN"), 1, is_nan),
        func(n!("isSafeInteger"), 1, is_safe_integer),
        constant(n!("MAX_SAFE_INTEGER"), JsValue::double(MAX_SAFE_INTEGER)),
        constant(n!("MAX_VALUE"), JsValue::double(f64::MAX)),
        constant(n!("MIN_SAFE_INTEGER"), JsValue::double(-MAX_SAFE_INTEGER)),
        constant(n!("MIN_VALUE"), JsValue::double(f64::from_bits(1))),
        constant(n!("NaN"), JsValue::NAN),
        constant(n!("NEGATIVE_INFINITY"), JsValue::double(f64::NEG_INFINITY)),
        same(PARSE_FLOAT, Intrinsic::Global, PARSE_FLOAT),
        same(PARSE_INT, Intrinsic::Global, PARSE_INT),
        constant(n!("POSITIVE_INFINITY"), JsValue::double(f64::INFINITY)),
    ],
);

pub(super) static NUMBER_PROTOTYPE: Spec = Spec {
    kind: Kind::Wrapper,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: &[
        link(n!("constructor"), Intrinsic::Number),
        func(n!("toExponential"), 1, to_exponential),
        func(n!("toFixed"), 1, to_fixed),
        func(n!("toLocaleString"), 0, to_locale_string),
        func(n!("toPrecision"), 1, to_precision),
        func(n!("toString"), 1, to_string),
        func(n!("valueOf"), 0, value_of),
    ],
    fields: &[(field::Wrapper::value, JsValue::ZERO)],
};

/// ECMA-262 §21.1.1.1 Number
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let mut d = 0.0;
    if !args.is_empty() {
        let numeric = cx.to_numeric(args.get(0))?;
        let v = cx.peek(numeric);
        d = v.as_number().unwrap_or_else(|| bigint::to_f64(cx.heap(), v));
    }
    if cx.is_undefined(args.new_target()) {
        return Ok(imm(d));
    }
    let object =
        cx.ordinary_create_from_constructor(args.new_target(), Intrinsic::NumberPrototype, Kind::Wrapper, 1)?;
    cx.set_field(object, field::Wrapper::value, imm(d));
    Ok(object.cast())
}

/// ECMA-262 §21.1.2.2 Number.isFinite
fn is_finite<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(cx.peek(args.get(0)).as_number().is_some_and(f64::is_finite)))
}

fn integer<'s>(cx: &Cx<'s>, value: Value<'s>) -> Option<f64> {
    cx.peek(value).as_number().filter(|d| d.is_finite() && trunc(*d) == *d)
}

/// ECMA-262 §21.1.2.3 Number.isInteger
fn is_integer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(integer(cx, args.get(0)).is_some()))
}

/// ECMA-262 §21.1.2.4 Number.isNaN
fn is_nan<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(cx.peek(args.get(0)).as_number().is_some_and(f64::is_nan)))
}

/// ECMA-262 §21.1.2.5 Number.isSafeInteger
fn is_safe_integer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let safe = -MAX_SAFE_INTEGER..=MAX_SAFE_INTEGER;
    Ok(imm(integer(cx, args.get(0)).is_some_and(|d| safe.contains(&d))))
}

/// ECMA-262 §21.1.3.7.1 ThisNumberValue
fn this_number<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<f64> {
    let value = cx.unwrap_this(args.this(), JsValue::is_number)?;
    match cx.peek(value).as_number() {
        Some(d) => Ok(d),
        None => Err(cx.throw_type_error("this is not a number")),
    }
}

/// ECMA-262 §21.1.3.7 Number.prototype.valueOf
fn value_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(imm(this_number(cx, args)?))
}

/// The radix argument of `toString`: 10 when it is undefined.
pub(super) fn radix_argument<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<u32> {
    if cx.is_undefined(value) {
        return Ok(10);
    }
    let radix = cx.to_integer_or_infinity(value)?;
    if (2.0..=36.0).contains(&radix) {
        return Ok(radix as u32);
    }
    Err(cx.throw_range_error("radix must be between 2 and 36"))
}

/// ECMA-262 §21.1.3.6 Number.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let d = this_number(cx, args)?;
    let radix = radix_argument(cx, args.get(0))?;
    if radix == 10 || !d.is_finite() {
        return Ok(cx.number_to_string(d)?.cast());
    }
    let mut buffer = [0; RADIX_BUFFER];
    let range = format_radix(d, radix, &mut buffer);
    Ok(cx.str_latin1(&buffer[range])?.cast())
}

/// Text that is put together on the native stack.
struct Buffer<const N: usize> {
    text: [u8; N],
    len: usize,
}

impl<const N: usize> Buffer<N> {
    fn new() -> Self {
        Buffer { text: [0; N], len: 0 }
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.text.get_mut(self.len) {
            *place = byte;
            self.len += 1;
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

impl<const N: usize> Write for Buffer<N> {
    fn write_str(&mut self, s: &str) -> core::fmt::Result {
        s.bytes().for_each(|b| self.push(b));
        Ok(())
    }
}

/// Decimal digits of a positive number and the exponent of the first.
struct Digits {
    digits: Buffer<800>,
    exponent: i32,
}

/// Reads what `{:e}` printed.
fn read_scientific(text: &[u8]) -> Digits {
    let mut digits = Buffer::new();
    let mut exponent = 0;
    let mut parts = text.splitn(2, |&b| b == b'e');
    for &b in parts.next().unwrap_or(&[]) {
        if b != b'.' {
            digits.push(b);
        }
    }
    if let Some(e) = parts.next().and_then(|e| core::str::from_utf8(e).ok()).and_then(|e| e.parse().ok()) {
        exponent = e;
    }
    Digits { digits, exponent }
}

/// The fewest digits that tell a number from its neighbours.
fn shortest_digits(d: f64) -> Digits {
    let mut text = Buffer::<64>::new();
    let _ = write!(text, "{d:e}");
    read_scientific(text.bytes())
}

/// The first `count` digits of a number, rounded; of two equally near the larger.
fn rounded_digits(d: f64, count: usize) -> Digits {
    let mut text = Buffer::<900>::new();
    let _ = write!(text, "{d:.count$e}");
    let longer = read_scientific(text.bytes());
    if longer.digits.bytes().last() != Some(&b'5') {
        // No tie: rounding to even and rounding up agree.
        let mut text = Buffer::<900>::new();
        let less = count - 1;
        let _ = write!(text, "{d:.less$e}");
        return read_scientific(text.bytes());
    }
    // All digits there are, of which no double has more than 767.
    let mut text = Buffer::<900>::new();
    let _ = write!(text, "{d:.780e}");
    let mut exact = read_scientific(text.bytes());
    let up = exact.digits.text[count] >= b'5';
    exact.digits.len = count;
    if up {
        let mut i = count;
        loop {
            if i == 0 {
                exact.digits.text[0] = b'1';
                exact.digits.text[1..count].fill(b'0');
                exact.exponent += 1;
                break;
            }
            i -= 1;
            if exact.digits.text[i] < b'9' {
                exact.digits.text[i] += 1;
                break;
            }
            exact.digits.text[i] = b'0';
        }
    }
    exact
}

fn push_exponential<const N: usize>(out: &mut Buffer<N>, digits: &Digits) {
    let all = digits.digits.bytes();
    out.push(all.first().copied().unwrap_or(b'0'));
    if all.len() > 1 {
        out.push(b'.');
        all[1..].iter().for_each(|&b| out.push(b));
    }
    let _ = write!(out, "e{:+}", digits.exponent);
}

/// ECMA-262 §21.1.3.2 Number.prototype.toExponential
fn to_exponential<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let d = this_number(cx, args)?;
    let fraction = cx.to_integer_or_infinity(args.get(0))?;
    if !d.is_finite() {
        return Ok(cx.number_to_string(d)?.cast());
    }
    if !(0.0..=100.0).contains(&fraction) {
        return Err(cx.throw_range_error("toExponential() argument must be between 0 and 100"));
    }
    let mut out = Buffer::<128>::new();
    if d < 0.0 {
        out.push(b'-');
    }
    let magnitude = if d < 0.0 { -d } else { d + 0.0 };
    let digits = if cx.is_undefined(args.get(0)) {
        shortest_digits(magnitude)
    } else {
        rounded_digits(magnitude, fraction as usize + 1)
    };
    push_exponential(&mut out, &digits);
    Ok(cx.str_latin1(out.bytes())?.cast())
}

/// ECMA-262 §21.1.3.3 Number.prototype.toFixed
fn to_fixed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let d = this_number(cx, args)?;
    let fraction = cx.to_integer_or_infinity(args.get(0))?;
    if !(0.0..=100.0).contains(&fraction) {
        return Err(cx.throw_range_error("toFixed() digits argument must be between 0 and 100"));
    }
    if !d.is_finite() || d >= 1e21 || d <= -1e21 {
        return Ok(cx.number_to_string(d)?.cast());
    }
    let mut buffer = ryu_js::Buffer::new();
    // Only a number below zero has a sign.
    let text = buffer.format_to_fixed(d + 0.0, fraction as u8);
    Ok(cx.str_latin1(text.as_bytes())?.cast())
}

/// ECMA-262 §21.1.3.5 Number.prototype.toPrecision
fn to_precision<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let d = this_number(cx, args)?;
    if cx.is_undefined(args.get(0)) {
        return Ok(cx.number_to_string(d)?.cast());
    }
    let precision = cx.to_integer_or_infinity(args.get(0))?;
    if !d.is_finite() {
        return Ok(cx.number_to_string(d)?.cast());
    }
    if !(1.0..=100.0).contains(&precision) {
        return Err(cx.throw_range_error("toPrecision() argument must be between 1 and 100"));
    }
    let mut out = Buffer::<128>::new();
    if d < 0.0 {
        out.push(b'-');
    }
    let precision = precision as i32;
    let digits = rounded_digits(if d < 0.0 { -d } else { d + 0.0 }, precision as usize);
    let e = digits.exponent;
    if e < -6 || e >= precision {
        push_exponential(&mut out, &digits);
    } else if e < 0 {
        out.push(b'0');
        out.push(b'.');
        (e + 1..0).for_each(|_| out.push(b'0'));
        digits.digits.bytes().iter().for_each(|&b| out.push(b));
    } else {
        for (i, &b) in digits.digits.bytes().iter().enumerate() {
            if i as i32 == e + 1 {
                out.push(b'.');
            }
            out.push(b);
        }
    }
    Ok(cx.str_latin1(out.bytes())?.cast())
}

/// ECMA-262 §21.1.3.4 Number.prototype.toLocaleString; without `Intl`, thousands are set apart by commas, with at most three digits after
/// the point.
fn to_locale_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let d = this_number(cx, args)?;
    #[cfg(feature = "intl")]
    return super::intl::number_to_locale_string(cx, d, args);
    #[cfg(not(feature = "intl"))]
    grouped(cx, d)
}

/// A number as `toLocaleString` shows it where there is no `Intl`.
#[cfg(not(feature = "intl"))]
fn grouped<'s>(cx: &mut Cx<'s>, d: f64) -> JsResult<Value<'s>> {
    if !d.is_finite() || d >= 1e21 || d <= -1e21 {
        let text = if d == f64::INFINITY {
            "∞"
        } else if d == f64::NEG_INFINITY {
            "-∞"
        } else {
            return Ok(cx.number_to_string(d)?.cast());
        };
        return Ok(cx.str(text)?.cast());
    }
    let mut buffer = ryu_js::Buffer::new();
    let text = buffer.format_to_fixed(d, 3).trim_end_matches('0').trim_end_matches('.');
    let text = cx.str_latin1(text.as_bytes())?;
    Ok(group_digits(cx, text)?.cast())
}

/// Puts commas between groups of three digits of the integer part.
#[cfg(not(feature = "intl"))]
pub(super) fn group_digits<'s>(cx: &mut Cx<'s>, text: JsStr<'s>) -> JsResult<JsStr<'s>> {
    cx.flat(text)?;
    let view = cx.view(text);
    let len = view.len();
    let start = usize::from(len > 0 && view.at(0) == u16::from(b'-'));
    let end = (start..len).find(|&i| view.at(i) == u16::from(b'.')).unwrap_or(len);
    let commas = (end - start).saturating_sub(1) / 3;
    if commas == 0 {
        return Ok(text);
    }
    let total = u32::try_from(len + commas).map_err(|_| cx.oom())?;
    let out = string::new_latin1(cx.heap_mut(), total, |b| b.fill(b','))?;
    let out = cx.root(out)?;
    let mut to = 0;
    for i in 0..len {
        if i > start && i < end && (end - i) % 3 == 0 {
            to += 1;
        }
        let byte = cx.view(text).at(i) as u8;
        let at = cx.peek(out).index() + 2;
        cx.heap_mut().bytes_mut(at, total)[to] = byte;
        to += 1;
    }
    Ok(out.cast())
}
