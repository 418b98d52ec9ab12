//! From JavaScript values to numbers that are formatted.

use alloc::vec::Vec;

use rotifer_jsvalue::StrView;
use rotifer_jsvalue::number::{string_to_number, trim};

use super::decimal::{Decimal, Number};
use crate::cx::{Cx, Value};
use crate::ops::Hint;
use crate::throw::JsResult;

impl Number {
    /// The number that a Number is written as.
    pub(in crate::builtins::intl) fn of(number: f64) -> Number {
        if number.is_nan() {
            return Number::NaN;
        }
        if number.is_infinite() {
            return Number::Infinity { negative: number < 0.0 };
        }
        let mut decimal = Decimal::parse(ryu_js::Buffer::new().format_finite(number).as_bytes()).unwrap_or_default();
        decimal.negative = number.is_sign_negative();
        Number::Finite(decimal)
    }
}

/// The most digits that a number may have to be formatted: what is needed for that is not in the isolate's block.
const MOST_DIGITS: usize = 1 << 20;

/// The number that a text is, which is one; a RangeError when it has too many digits.
fn read(cx: &mut Cx<'_>, text: Option<Vec<u8>>) -> JsResult<Number> {
    match text {
        Some(text) => Ok(Decimal::parse(&text).map_or(Number::NaN, Number::Finite)),
        None => Err(cx.throw_range_error("the number has too many digits to be formatted")),
    }
}

/// The characters of a number, all of which are ASCII, unless there are too many.
fn ascii(text: StrView<'_>) -> Option<Vec<u8>> {
    (text.len() <= MOST_DIGITS).then(|| (0..text.len()).map(|i| text.at(i) as u8).collect())
}

/// ECMA-402 §16.5.16 ToIntlMathematicalValue
pub(in crate::builtins::intl) fn to_intl_mathematical_value<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Number> {
    let primitive = cx.to_primitive(value, Hint::Number)?;
    if cx.peek(primitive).is_bigint() {
        return of_bigint(cx, primitive);
    }
    if !cx.peek(primitive).is_string() {
        return Ok(Number::of(cx.to_number(primitive)?));
    }
    let text = cx.flat(primitive.cast())?;
    let number = string_to_number(cx.view(text));
    if !number.is_finite() || number == 0.0 {
        return Ok(Number::of(number));
    }
    let trimmed = trim(cx.view(text));
    let is_prefixed = trimmed.len() > 2 && trimmed.at(0) == u16::from(b'0') && trimmed.at(1) > u16::from(b'9');
    if is_prefixed && trimmed.at(1) | 0x20 != u16::from(b'e') {
        return match cx.string_to_bigint(text)? {
            Some(bigint) => of_bigint(cx, bigint),
            None => Ok(Number::of(number)),
        };
    }
    let text = ascii(trimmed);
    read(cx, text)
}

/// The number that a BigInt is.
pub(in crate::builtins::intl) fn of_bigint<'s>(cx: &mut Cx<'s>, bigint: Value<'s>) -> JsResult<Number> {
    let text = cx.bigint_to_string(bigint, 10)?;
    let text = cx.flat(text)?;
    let text = ascii(cx.view(text));
    read(cx, text)
}
