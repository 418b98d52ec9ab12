//! Conversions between numbers and text, and to the integer types (ECMA-262 §7.1).

use crate::string::StrView;

/// Whether a code unit is white space or a line terminator (ECMA-262 §12.2, §12.3), as trimming and number parsing see it.
#[inline]
#[must_use]
pub const fn is_space(unit: u16) -> bool {
    matches!(
        unit,
        0x09..=0x0D | 0x20 | 0xA0 | 0x1680 | 0x2000..=0x200A | 0x2028 | 0x2029 | 0x202F | 0x205F | 0x3000 | 0xFEFF
    )
}

/// The text without white space at both ends.
#[must_use]
pub fn trim(text: StrView<'_>) -> StrView<'_> {
    let (mut start, mut end) = (0, text.len());
    while start < end && is_space(text.at(start)) {
        start += 1;
    }
    while end > start && is_space(text.at(end - 1)) {
        end -= 1;
    }
    text.slice(start, end)
}

/// The value of a digit in a radix of up to 36.
#[inline]
#[must_use]
pub fn digit_value(unit: u16, radix: u32) -> Option<u32> {
    char::from_u32(u32::from(unit))?.to_digit(radix)
}

/// ECMA-262 §7.1.4.1.1 StringToNumber
#[must_use]
pub fn string_to_number(text: StrView<'_>) -> f64 {
    let text = trim(text);
    let n = text.len();
    if n == 0 {
        return 0.0;
    }
    if n <= 9
        && let Some(i) = small_integer(text)
    {
        return f64::from(i);
    }
    if n > 2 && text.at(0) == u16::from(b'0') {
        let radix = match text.at(1) | 0x20 {
            0x78 => 16,
            0x6F => 8,
            0x62 => 2,
            _ => 0,
        };
        if radix != 0 {
            let digits = text.slice(2, n);
            if digits.units().all(|u| digit_value(u, radix).is_some()) {
                return parse_digits(digits, radix);
            }
            return f64::NAN;
        }
    }
    match parse_decimal_prefix(text) {
        Some((value, end)) if end == n => value,
        _ => f64::NAN,
    }
}

fn small_integer(text: StrView<'_>) -> Option<u32> {
    let mut value = 0;
    for u in text.units() {
        value = value * 10 + digit_value(u, 10)?;
    }
    Some(value)
}

/// The longest prefix that is a StrDecimalLiteral (ECMA-262 §7.1.4.1): its value and length.
#[must_use]
pub fn parse_decimal_prefix(text: StrView<'_>) -> Option<(f64, usize)> {
    const INFINITY: &[u8] = b"Infinity";
    let n = text.len();
    let unit = |i: usize| if i < n { text.at(i) } else { 0 };
    let is_digit = |i: usize| (0x30..=0x39).contains(&unit(i));
    let negative = unit(0) == u16::from(b'-');
    let signed = |v: f64| if negative { -v } else { v };
    let start = usize::from(negative || unit(0) == u16::from(b'+'));
    if n >= start + INFINITY.len() && text.slice(start, start + INFINITY.len()) == StrView::Latin1(INFINITY) {
        return Some((signed(f64::INFINITY), start + INFINITY.len()));
    }
    let mut i = start;
    while is_digit(i) {
        i += 1;
    }
    let mut digits = i - start;
    if unit(i) == u16::from(b'.') {
        let point = i;
        i += 1;
        while is_digit(i) {
            i += 1;
        }
        digits += i - point - 1;
    }
    if digits == 0 {
        return None;
    }
    let mantissa_end = i;
    if unit(i) | 0x20 == u16::from(b'e') {
        let mut j = i + 1;
        if unit(j) == u16::from(b'+') || unit(j) == u16::from(b'-') {
            j += 1;
        }
        if is_digit(j) {
            while is_digit(j) {
                j += 1;
            }
            i = j;
        }
    }
    if let StrView::Latin1(bytes) = text {
        let value = core::str::from_utf8(&bytes[start..i]).ok().and_then(|s| s.parse::<f64>().ok());
        return Some((signed(value.unwrap_or(f64::NAN)), i));
    }
    Some((signed(parse_wide(text, start, mantissa_end, i)), i))
}

/// A decimal literal in 16-bit units. More digits than decide the value are replaced by one that says they were not all zero.
fn parse_wide(text: StrView<'_>, start: usize, mantissa_end: usize, end: usize) -> f64 {
    const DIGITS: usize = 800;
    let mut buffer = [0_u8; DIGITS + 32];
    let mut len = 0;
    let mut exponent = 0_i64;
    let mut after_point = false;
    let mut rest = false;
    for i in start..mantissa_end {
        let u = text.at(i);
        if u == u16::from(b'.') {
            after_point = true;
            continue;
        }
        if len == 0 && u == u16::from(b'0') {
            exponent -= i64::from(after_point);
        } else if len < DIGITS {
            buffer[len] = u as u8;
            len += 1;
            exponent -= i64::from(after_point);
        } else {
            rest |= u != u16::from(b'0');
            exponent += i64::from(!after_point);
        }
    }
    if len == 0 {
        return 0.0;
    }
    if rest {
        buffer[len] = b'1';
        len += 1;
        exponent -= 1;
    }
    if mantissa_end < end {
        let mut e = 0_i64;
        for i in mantissa_end + 1..end {
            if let Some(d) = digit_value(text.at(i), 10) {
                e = (e * 10 + i64::from(d)).min(1 << 40);
            }
        }
        exponent += if text.at(mantissa_end + 1) == u16::from(b'-') { -e } else { e };
    }
    buffer[len] = b'e';
    len += 1;
    let exponent = exponent.clamp(-99_999, 99_999);
    if exponent < 0 {
        buffer[len] = b'-';
        len += 1;
    }
    let mut rest = exponent.unsigned_abs();
    for k in (0..5).rev() {
        buffer[len + k] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    len += 5;
    core::str::from_utf8(&buffer[..len]).ok().and_then(|s| s.parse::<f64>().ok()).unwrap_or(f64::NAN)
}

/// The value of digits of a radix from 2 to 36, all of them valid, correctly rounded for powers of two and ten.
#[must_use]
pub fn parse_digits(digits: StrView<'_>, radix: u32) -> f64 {
    if radix == 10 {
        return parse_decimal_prefix(digits).map_or(f64::NAN, |(v, _)| v);
    }
    if radix.is_power_of_two() {
        return parse_binary(digits, radix);
    }
    // As many digits at a time as a u64 product holds exactly, so that rounding errors stay few.
    let mut value = 0.0_f64;
    let (mut part, mut scale) = (0_u64, 1_u64);
    for u in digits.units() {
        if scale > (1 << 53) / 36 {
            value = value * scale as f64 + part as f64;
            (part, scale) = (0, 1);
        }
        part = part * u64::from(radix) + u64::from(digit_value(u, radix).unwrap_or(0));
        scale *= u64::from(radix);
    }
    value * scale as f64 + part as f64
}

fn parse_binary(digits: StrView<'_>, radix: u32) -> f64 {
    let bits = radix.trailing_zeros();
    let mut mantissa = 0_u64;
    let mut exponent = 0_u32;
    let mut sticky = false;
    for u in digits.units() {
        let d = u64::from(digit_value(u, radix).unwrap_or(0));
        if exponent > 0 || mantissa >> (63 - bits) != 0 {
            sticky |= d != 0;
            exponent = exponent.saturating_add(bits);
        } else {
            mantissa = mantissa << bits | d;
        }
    }
    // Sixty bits and more: the lowest is far below the last one kept, so it can stand for all that were dropped.
    let value = (mantissa | u64::from(sticky)) as f64;
    scale_by_power_of_two(value, exponent)
}

fn scale_by_power_of_two(mut value: f64, mut exponent: u32) -> f64 {
    while exponent > 0 && value != 0.0 && value.is_finite() {
        let step = exponent.min(512);
        value *= f64::from_bits(u64::from(1023 + step) << 52);
        exponent -= step;
    }
    value
}

/// ECMA-262 §7.1.6 ToInt32, for a number.
#[inline]
#[must_use]
pub fn to_int32(d: f64) -> i32 {
    let i = d as i64;
    if i != i64::MIN && i != i64::MAX {
        return i as i32;
    }
    to_int32_slow(d)
}

#[cold]
fn to_int32_slow(d: f64) -> i32 {
    let bits = d.to_bits();
    let exponent = (bits >> 52 & 0x7FF) as i32 - 1075;
    if !(0..32).contains(&exponent) {
        // Saturated values are at least 2^63: without fraction bits, or a multiple of 2^32, or not finite.
        return 0;
    }
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    let value = (mantissa << exponent) as u32 as i32;
    if d < 0.0 { value.wrapping_neg() } else { value }
}

/// ECMA-262 §7.1.5 ToIntegerOrInfinity, for a number: NaN and -0 become 0.
#[inline]
#[must_use]
pub fn to_integer_or_infinity(d: f64) -> f64 {
    if d.is_nan() { 0.0 } else { trunc(d) + 0.0 }
}

/// The number without its fraction.
#[inline]
#[must_use]
pub fn trunc(d: f64) -> f64 {
    let magnitude = if d < 0.0 { -d } else { d };
    if magnitude < 4_503_599_627_370_496.0 {
        let t = (magnitude as i64) as f64;
        if d.is_sign_negative() { -t } else { t }
    } else {
        d
    }
}

/// The largest integer that is not above it.
#[inline]
#[must_use]
pub fn floor(d: f64) -> f64 {
    let t = trunc(d);
    if t > d { t - 1.0 } else { t }
}

/// The remainder of the division of truncated quotients (ECMA-262 §6.1.6.1.6 Number::remainder).
#[inline]
#[must_use]
pub fn remainder(a: f64, b: f64) -> f64 {
    a % b
}

/// Room for [`format_radix`].
pub const RADIX_BUFFER: usize = 2200;

/// The digits of a finite number in a radix from 2 to 36 (ECMA-262 §6.1.6.1.20 Number::toString): as few as tell it from its
/// neighbours. Gives the range of the buffer that was written.
#[must_use]
pub fn format_radix(value: f64, radix: u32, buffer: &mut [u8; RADIX_BUFFER]) -> core::ops::Range<usize> {
    let digit = |d: u32| char::from_digit(d, radix).map_or(b'0', |c| c as u8);
    let negative = value < 0.0;
    let value = if negative { -value } else { value };
    let point = RADIX_BUFFER / 2;
    let (mut start, mut end) = (point, point);
    let mut integer = floor(value);
    let mut fraction = value - integer;
    // Half the distance to the next number: digits beyond that say nothing.
    let next = f64::from_bits(value.to_bits() + 1);
    let mut delta = (0.5 * (next - value)).max(f64::from_bits(1));
    let radix_f = f64::from(radix);
    if fraction >= delta {
        buffer[end] = b'.';
        end += 1;
        loop {
            fraction *= radix_f;
            delta *= radix_f;
            let d = fraction as u32;
            buffer[end] = digit(d.min(radix - 1));
            end += 1;
            fraction -= f64::from(d);
            if (fraction > 0.5 || fraction == 0.5 && d & 1 == 1) && fraction + delta > 1.0 {
                // Round up, carrying through digits that are the highest there is.
                loop {
                    end -= 1;
                    if end == point {
                        integer += 1.0;
                        break;
                    }
                    let d = (buffer[end] as char).to_digit(36).unwrap_or(0) + 1;
                    if d < radix {
                        buffer[end] = digit(d);
                        end += 1;
                        break;
                    }
                }
                break;
            }
            if fraction < delta || end + 1 >= RADIX_BUFFER {
                break;
            }
        }
    }
    // Digits below the precision of the number are zero.
    while integer >= 9_007_199_254_740_992.0 * radix_f {
        integer /= radix_f;
        start -= 1;
        buffer[start] = b'0';
    }
    let exact = integer >= 9_007_199_254_740_992.0;
    if exact {
        let mut i = integer as u128;
        while i > 0 {
            start -= 1;
            buffer[start] = digit((i % u128::from(radix)) as u32);
            i /= u128::from(radix);
        }
    } else {
        let mut i = integer as u64;
        loop {
            start -= 1;
            buffer[start] = digit((i % u64::from(radix)) as u32);
            i /= u64::from(radix);
            if i == 0 {
                break;
            }
        }
    }
    if negative {
        start -= 1;
        buffer[start] = b'-';
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use alloc::vec::Vec;

    fn both(text: &str) -> f64 {
        let narrow = string_to_number(StrView::from(text));
        let wide: Vec<u16> = text.encode_utf16().collect();
        let wide = string_to_number(StrView::Utf16(&wide));
        assert!(narrow == wide || narrow.is_nan() && wide.is_nan(), "{text}: {narrow} {wide}");
        narrow
    }

    #[test]
    fn texts_become_numbers() {
        for (text, value) in [
            ("", 0.0),
            ("  12 ", 12.0),
            ("-0", -0.0),
            ("+1.5e3", 1500.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("0o17", 15.0),
            ("Infinity", f64::INFINITY),
            ("-Infinity", f64::NEG_INFINITY),
            ("1e1000", f64::INFINITY),
            ("1e-1000", 0.0),
            ("123456789012345678901234567890", 1.2345678901234568e29),
            ("0x20000000000001", 9007199254740992.0),
            ("0x20000000000003", 9007199254740996.0),
            ("00000000000000000000000000001", 1.0),
            ("0.000000000000000000000000000001", 1e-30),
        ] {
            assert_eq!(both(text).to_bits(), value.to_bits(), "{text}");
        }
        for text in ["x", "1x", "1e", "e1", ".", "+", "0x", "0xg", "-0x1", "inf", "nan", "1_0", "1 2", "infinity"] {
            assert!(both(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn integers_wrap() {
        for (d, i) in [
            (0.0, 0),
            (-1.9, -1),
            (4294967296.0, 0),
            (4294967295.0, -1),
            (2147483648.0, i32::MIN),
            (1e20, 1661992960),
            (-1e20, -1661992960),
            (f64::NAN, 0),
            (f64::INFINITY, 0),
            (f64::MAX, 0),
            (9223372036854775808.0, 0),
            (9223372036854777856.0, 2048),
        ] {
            assert_eq!(to_int32(d), i, "{d}");
        }
    }

    #[test]
    fn radix_digits() {
        let text = |d: f64, r: u32| {
            let mut b = [0; RADIX_BUFFER];
            let range = format_radix(d, r, &mut b);
            String::from_utf8(b[range].to_vec()).unwrap()
        };
        assert_eq!(text(255.0, 16), "ff");
        assert_eq!(text(-255.5, 2), "-11111111.1");
        assert_eq!(text(0.0, 36), "0");
        assert_eq!(text(0.1, 2), "0.0001100110011001100110011001100110011001100110011001101");
        assert_eq!(text(1e21, 16), "3635c9adc5dea00000");
        assert_eq!(text(f64::MAX, 2).len(), 1024);
        assert!(text(5e-324, 2).len() > 1000);
        assert_eq!(text(2.0_f64.powi(60), 32), "1000000000000");
    }
}
