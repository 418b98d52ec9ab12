//! BigInts from and to text.

use rotifer_jsvalue::number::{digit_value, is_space};
use rotifer_jsvalue::{HeapExt, JsValue, Kind, StrView, string};

use super::division::{Divisor, divide_in_place};
use super::{HEAD, bit_length, finish, is_negative, limb, limbs, new_block, words};
use crate::cx::{Cx, JsStr, Value};
use crate::throw::JsResult;

/// The largest power of each radix that fits a limb, and its exponent.
static CHUNKS: [(u64, u32); 37] = {
    let mut all = [(1, 0); 37];
    let mut radix = 2;
    while radix < all.len() {
        let (mut power, mut digits) = (radix as u64, 1);
        while let Some(next) = power.checked_mul(radix as u64) {
            power = next;
            digits += 1;
        }
        all[radix] = (power, digits);
        radix += 1;
    }
    all
};

/// The largest power of a radix from 2 to 36 that fits a limb, and its exponent.
fn chunk(radix: u32) -> (u64, u32) {
    CHUNKS[radix as usize]
}

/// The value of digits that fit a limb, and the power of the radix by which whatever stands before them is to be multiplied. What is no
/// digit counts for nothing.
fn part_of(digits: StrView<'_>, radix: u32) -> (u64, u64) {
    let digits = digits.units().filter_map(|unit| digit_value(unit, radix));
    let (part, count) =
        digits.fold((0_u64, 0), |(part, count), digit| (part * u64::from(radix) + u64::from(digit), count + 1));
    (part, u64::from(radix).pow(count))
}

/// [`part_of`] for what is known to be nothing but decimal digits.
fn decimal_part_of(digits: &[u8]) -> (u64, u64) {
    let part = digits.iter().fold(0_u64, |part, digit| part * 10 + u64::from(digit & 0xF));
    (part, 10_u64.pow(digits.len() as u32))
}

/// The radix that a prefix such as `0x` announces.
fn prefix_radix(first: u16, second: u16) -> Option<u32> {
    if first != u16::from(b'0') {
        return None;
    }
    match second | 0x20 {
        0x78 => Some(16),
        0x6F => Some(8),
        0x62 => Some(2),
        _ => None,
    }
}

impl<'s> Cx<'s> {
    /// The value of a BigInt literal without its `n`; numeric separators are skipped. `None` when it is none.
    ///
    /// # Errors
    /// A RangeError when it is too large; out of memory.
    pub fn bigint_from_text(&mut self, text: StrView<'_>) -> JsResult<Option<Value<'s>>> {
        let (start, radix) = match (text.len() > 2).then(|| prefix_radix(text.at(0), text.at(1))).flatten() {
            Some(radix) => (2, radix),
            None => (0, 10),
        };
        let valid = |u: u16| u == u16::from(b'_') || digit_value(u, radix).is_some();
        if text.is_empty() || !text.units().skip(start).all(valid) {
            return Ok(None);
        }
        self.parse_limbs(start..text.len(), radix, false, |_, i, end| part_of(text.slice(i, end), radix)).map(Some)
    }

    /// ECMA-262 §7.1.14 StringToBigInt
    ///
    /// # Errors
    /// A RangeError when it is too large; out of memory.
    pub fn string_to_bigint(&mut self, s: JsStr<'s>) -> JsResult<Option<Value<'s>>> {
        self.flat(s)?;
        let text = self.view(s);
        let (mut start, mut end) = (0, text.len());
        while start < end && is_space(text.at(start)) {
            start += 1;
        }
        while end > start && is_space(text.at(end - 1)) {
            end -= 1;
        }
        let mut radix = 10;
        let mut negative = false;
        if end - start > 2
            && let Some(found) = prefix_radix(text.at(start), text.at(start + 1))
        {
            radix = found;
            start += 2;
        } else if start < end && (text.at(start) == u16::from(b'-') || text.at(start) == u16::from(b'+')) {
            negative = text.at(start) == u16::from(b'-');
            start += 1;
            if start == end {
                return Ok(None);
            }
        }
        if !text.slice(start, end).units().all(|u| digit_value(u, radix).is_some()) {
            return Ok(None);
        }
        let part_at = |cx: &Self, i, end| match cx.view(s).slice(i, end) {
            StrView::Latin1(digits) if radix == 10 => decimal_part_of(digits),
            digits => part_of(digits, radix),
        };
        self.parse_limbs(start..end, radix, negative, part_at).map(Some)
    }

    /// Reads digits that are known to be valid.
    fn parse_limbs(
        &mut self,
        range: core::ops::Range<usize>,
        radix: u32,
        negative: bool,
        part_at: impl Fn(&Cx<'s>, usize, usize) -> (u64, u64),
    ) -> JsResult<Value<'s>> {
        let bits = u64::from(32 - (radix - 1).leading_zeros());
        let n = self.checked_limbs((range.len() as u64 * bits).div_ceil(64) + 1)?;
        self.heap_mut().reserve(words(n), &mut [])?;
        let out = new_block(self.heap_mut(), n);
        let to = out.index() + HEAD;
        self.heap_mut().fill(to, n, 0);
        let (_, chunk_digits) = chunk(radix);
        let mut used = 0;
        let (mut i, last) = (range.start, range.end);
        while i < last {
            let end = last.min(i + chunk_digits as usize);
            // value = value * power + part
            let (part, power) = part_at(self, i, end);
            let mut carry = part;
            for k in 0..used {
                let product = u128::from(self.heap().get(to + k)) * u128::from(power) + u128::from(carry);
                self.heap_mut().set(to + k, product as u64);
                carry = (product >> 64) as u64;
            }
            if carry != 0 && used < n {
                self.heap_mut().set(to + used, carry);
                used += 1;
            }
            self.tick(used / 16)?;
            i = end;
        }
        let out = finish(self.heap_mut(), out, negative);
        self.root(out)
    }

    /// ECMA-262 §6.1.6.2.21 BigInt::toString
    ///
    /// # Errors
    /// Out of memory.
    pub fn bigint_to_string(&mut self, value: Value<'s>, radix: u32) -> JsResult<JsStr<'s>> {
        let radix = radix.clamp(2, 36);
        let v = self.peek(value);
        let negative = is_negative(self.heap(), v);
        let n = limbs(self.heap(), v);
        if n <= 1 {
            let number = if n == 0 { 0 } else { limb(self.heap(), v, 0) };
            let mut buffer = [0_u8; 65];
            let mut at = buffer.len() - digits_of(number, radix) as usize;
            write_digits(&mut buffer[at..], number, radix);
            if negative {
                at -= 1;
                buffer[at] = b'-';
            }
            return self.str_latin1(&buffer[at..]);
        }
        if radix.is_power_of_two() { self.bigint_to_binary(value, radix) } else { self.bigint_to_digits(value, radix) }
    }

    fn bigint_to_binary(&mut self, value: Value<'s>, radix: u32) -> JsResult<JsStr<'s>> {
        let bits = radix.trailing_zeros();
        let v = self.peek(value);
        let negative = is_negative(self.heap(), v);
        let length = bit_length(self.heap(), v).div_ceil(u64::from(bits));
        let (s, at, len) = self.blank_string(length + u64::from(negative))?;
        let v = self.peek(value);
        for k in 0..length as u32 {
            let bit = u64::from(k) * u64::from(bits);
            let (i, shift) = ((bit / 64) as u32, (bit % 64) as u32);
            let mut d = limb(self.heap(), v, i) >> shift;
            if shift + bits > 64 && i + 1 < limbs(self.heap(), v) {
                d |= limb(self.heap(), v, i + 1) << (64 - shift);
            }
            let c = digit_char(d as u32 & (radix - 1));
            self.heap_mut().bytes_mut(at, len)[(len - 1 - k) as usize] = c;
        }
        if negative {
            self.heap_mut().bytes_mut(at, len)[0] = b'-';
        }
        Ok(s)
    }

    /// A Latin-1 string of at least two characters to be filled in at once: where its bytes are, and how many.
    fn blank_string(&mut self, len: u64) -> JsResult<(JsStr<'s>, u32, u32)> {
        if len > u64::from(string::MAX_STRING_LENGTH) {
            return Err(self.throw_range_error("invalid string length"));
        }
        let len = (len as u32).max(2);
        let s = string::new_latin1(self.heap_mut(), len, |b| b.fill(b'0'))?;
        let rooted = self.root(s)?.cast();
        Ok((rooted, s.index() + 2, len))
    }

    fn bigint_to_digits(&mut self, value: Value<'s>, radix: u32) -> JsResult<JsStr<'s>> {
        let (power, chunk_digits) = chunk(radix);
        let shift = power.leading_zeros();
        let divisor = Divisor::new(power << shift);
        let n = limbs(self.heap(), self.peek(value));
        let negative = is_negative(self.heap(), self.peek(value));
        // Remainders, lowest first, in a block of their own; then a copy that is divided until nothing is left.
        let bits = bit_length(self.heap(), self.peek(value));
        let most = u32::try_from(bits / u64::from(63 - shift).max(1) + 2).unwrap_or(u32::MAX);
        self.heap_mut().reserve(most.saturating_add(2).saturating_add(words(n)), &mut [])?;
        let v = self.peek(value);
        let heap = self.heap_mut();
        let parts = heap.new_block(Kind::Bytes, most + 2);
        heap.set(parts + 1, u64::from(most) * 8);
        let copy = new_block(heap, n);
        heap.copy(v.index() + HEAD, copy.index() + HEAD, n);
        let parts = self.root(JsValue::cell(parts))?;
        let (mut left, mut count) = (n, 0);
        while left > 0 && count < most {
            let heap = self.heap_mut();
            let rest = divide_in_place(heap, copy.index() + HEAD, left, divisor, shift);
            if heap.get(copy.index() + HEAD + left - 1) == 0 {
                left -= 1;
            }
            let to = self.peek(parts).index() + 2 + count;
            self.heap_mut().set(to, rest);
            count += 1;
            self.tick(left / 8)?;
        }
        self.heap_mut().free_last(copy.index());
        let part = |cx: &Cx<'s>, i: u32| cx.heap().get(cx.peek(parts).index() + 2 + i);
        while count > 1 && part(self, count - 1) == 0 {
            count -= 1;
        }
        let top_digits = digits_of(part(self, count - 1), radix);
        let length = u64::from(count - 1) * u64::from(chunk_digits) + u64::from(top_digits) + u64::from(negative);
        let (s, at, len) = self.blank_string(length)?;
        let mut end = len;
        for i in 0..count {
            let part = part(self, i);
            let start = if i + 1 == count { u32::from(negative) } else { end - chunk_digits };
            write_digits(&mut self.heap_mut().bytes_mut(at, len)[start as usize..end as usize], part, radix);
            end = start;
        }
        if negative {
            self.heap_mut().bytes_mut(at, len)[0] = b'-';
        }
        Ok(s)
    }
}

/// How many digits a number has; one for zero.
fn digits_of(number: u64, radix: u32) -> u32 {
    number.checked_ilog(u64::from(radix)).map_or(1, |most| most + 1)
}

/// The last digits of a number, as many as there are places.
fn write_digits(places: &mut [u8], number: u64, radix: u32) {
    let mut rest = number;
    if radix == 10 {
        // Two at a time, and by a constant: half of the divisions, and none of the slow ones.
        for pair in places.rchunks_mut(2) {
            let two = (rest % 100) as u8;
            rest /= 100;
            match pair {
                [tens, ones] => (*tens, *ones) = (b'0' + two / 10, b'0' + two % 10),
                [one] => *one = b'0' + two % 10,
                _ => {}
            }
        }
        return;
    }
    for place in places.iter_mut().rev() {
        *place = digit_char((rest % u64::from(radix)) as u32);
        rest /= u64::from(radix);
    }
}

fn digit_char(d: u32) -> u8 {
    char::from_digit(d, 36).map_or(b'0', |c| c as u8)
}
