//! Decimal numbers of any size (Intl mathematical values), exact, and how they are rounded.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::options::choices;

choices! {
    /// `roundingMode`
    RoundingMode {
        Ceil = "ceil",
        Floor = "floor",
        Expand = "expand",
        Trunc = "trunc",
        HalfCeil = "halfCeil",
        HalfFloor = "halfFloor",
        HalfExpand = "halfExpand",
        HalfTrunc = "halfTrunc",
        HalfEven = "halfEven",
    }
}

/// An Intl mathematical value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::builtins::intl) enum Number {
    Finite(Decimal),
    Infinity { negative: bool },
    NaN,
}

/// A finite number: its digits times a power of ten.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::builtins::intl) struct Decimal {
    pub negative: bool,
    /// 0 to 9 each, the first and the last not 0; none for zero.
    digits: Vec<u8>,
    /// The power of ten that the last digit counts.
    exponent: i32,
}

/// Digits after the decimal point beyond this place only say whether there is anything: no rounding looks further.
const FINEST: i32 = -2000;

impl Decimal {
    /// Reads `123`, `-1.5e-7` and the like; nothing where the text is no decimal number. An exponent that is beyond all numbers that are
    /// formatted is as good as its sign.
    pub(in crate::builtins::intl) fn parse(text: &[u8]) -> Option<Decimal> {
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let mantissa_len = text.iter().position(|byte| matches!(byte, b'e' | b'E')).unwrap_or(text.len());
        let (mantissa, exponent) = text.split_at_checked(mantissa_len)?;
        let mut power: i32 = 0;
        if let [_, exponent @ ..] = exponent {
            let (minus, exponent) = match exponent {
                [b'-', rest @ ..] => (true, rest),
                [b'+', rest @ ..] => (false, rest),
                _ => (false, exponent),
            };
            if exponent.is_empty() {
                return None;
            }
            for &byte in exponent {
                power = power.saturating_mul(10).saturating_add(i32::from(digit(byte)?)).min(1 << 29);
            }
            if minus {
                power = -power;
            }
        }
        let mut digits = Vec::with_capacity(mantissa.len());
        let mut point = false;
        let mut any = false;
        for &byte in mantissa {
            if byte == b'.' && !point {
                point = true;
                continue;
            }
            any = true;
            let digit = digit(byte)?;
            if point {
                power = power.saturating_sub(1);
            }
            if digit != 0 || !digits.is_empty() {
                digits.push(digit);
            }
        }
        any.then(|| Decimal { negative, digits, exponent: power }.normalized())
    }

    /// Trims zeros, and what is too small to matter.
    fn normalized(mut self) -> Decimal {
        if self.exponent < FINEST && !self.digits.is_empty() {
            let excess = usize::try_from(FINEST.saturating_sub(self.exponent)).unwrap_or(0);
            let kept = self.digits.len().saturating_sub(excess);
            self.digits.truncate(kept);
            // A one further back tells that there was more.
            self.digits.push(1);
            self.exponent = FINEST - 1;
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
            self.exponent = self.exponent.saturating_add(1);
        }
        if self.digits.is_empty() {
            self.exponent = 0;
        }
        self
    }

    pub(in crate::builtins::intl) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// The power of ten of the first digit, 0 for zero.
    pub(super) fn magnitude(&self) -> i32 {
        match i32::try_from(self.digits.len()) {
            Ok(len) if len > 0 => self.exponent.saturating_add(len - 1),
            _ => 0,
        }
    }

    /// How many digits there are after the decimal point.
    pub(super) fn fraction_digits(&self) -> i32 {
        if self.is_zero() { 0 } else { self.exponent.saturating_neg().max(0) }
    }

    /// The digit at a power of ten.
    pub(super) fn digit_at(&self, power: i32) -> u8 {
        let place = self.magnitude().saturating_sub(power);
        usize::try_from(place).ok().and_then(|place| self.digits.get(place)).copied().unwrap_or(0)
    }

    /// Multiplies with a power of ten.
    pub(in crate::builtins::intl) fn shifted(mut self, by: i32) -> Decimal {
        if !self.is_zero() {
            self.exponent = self.exponent.saturating_add(by);
        }
        self
    }

    /// Rounds to a multiple of `increment` times ten to the power of `place`.
    pub(super) fn round(&mut self, place: i32, increment: u16, mode: RoundingMode) {
        let increment = u32::from(increment.max(1));
        if self.is_zero() || (increment == 1 && self.exponent >= place) {
            return;
        }
        let first = self.magnitude();
        if self.exponent > place {
            let zeros = usize::try_from(self.exponent.saturating_sub(place)).unwrap_or(0);
            // All increments divide 10,000.
            if zeros >= 4 {
                return;
            }
            self.digits.resize(self.digits.len().saturating_add(zeros), 0);
            self.exponent = place;
        }
        let kept = usize::try_from(first.saturating_sub(place).saturating_add(1)).unwrap_or(0);
        let (next, beyond) = match first.saturating_add(1).cmp(&place) {
            core::cmp::Ordering::Less => (0, true),
            _ => (
                self.digits.get(kept).copied().unwrap_or(0),
                self.digits.get(kept.saturating_add(1)..).is_some_and(|rest| rest.iter().any(|&digit| digit != 0)),
            ),
        };
        self.digits.truncate(kept);
        let twice = increment * 2;
        let modulus = self.digits.iter().fold(0, |rest, &digit| (rest * 10 + u32::from(digit)) % twice);
        let rest = modulus % increment;
        let odd = modulus >= increment;
        self.exponent = place;
        if rest == 0 && next == 0 && !beyond {
            return self.renormalize();
        }
        let half = {
            let distance = i64::from(rest) * 2 - i64::from(increment);
            let fraction = match (next, beyond) {
                (0..5, _) => core::cmp::Ordering::Less,
                (5, false) => core::cmp::Ordering::Equal,
                _ => core::cmp::Ordering::Greater,
            };
            match distance {
                -1 => fraction,
                0 if next == 0 && !beyond => core::cmp::Ordering::Equal,
                0.. => core::cmp::Ordering::Greater,
                _ => core::cmp::Ordering::Less,
            }
        };
        let up = match mode {
            RoundingMode::Ceil => !self.negative,
            RoundingMode::Floor => self.negative,
            RoundingMode::Expand => true,
            RoundingMode::Trunc => false,
            RoundingMode::HalfCeil => half.is_gt() || (half.is_eq() && !self.negative),
            RoundingMode::HalfFloor => half.is_gt() || (half.is_eq() && self.negative),
            RoundingMode::HalfExpand => half.is_ge(),
            RoundingMode::HalfTrunc => half.is_gt(),
            RoundingMode::HalfEven => half.is_gt() || (half.is_eq() && odd),
        };
        if up {
            self.add(increment - rest)
        } else {
            self.subtract(rest)
        }
        self.renormalize();
    }

    /// Adds to the digits as an integer.
    fn add(&mut self, mut carry: u32) {
        for digit in self.digits.iter_mut().rev() {
            if carry == 0 {
                return;
            }
            carry += u32::from(*digit);
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            self.digits.insert(0, (carry % 10) as u8);
            carry /= 10;
        }
    }

    /// Subtracts what is not more than the digits as an integer are.
    fn subtract(&mut self, mut borrow: u32) {
        for digit in self.digits.iter_mut().rev() {
            if borrow == 0 {
                return;
            }
            let (here, mut above) = (borrow % 10, borrow / 10);
            let mut value = u32::from(*digit);
            if value < here {
                value += 10;
                above += 1;
            }
            *digit = (value - here) as u8;
            borrow = above;
        }
    }

    fn renormalize(&mut self) {
        let zeros = self.digits.iter().take_while(|&&digit| digit == 0).count();
        self.digits.drain(..zeros);
        *self = core::mem::take(self).normalized();
    }

    /// The number as the library's rules for plurals read it, with so many digits after the decimal point. What does not matter to such
    /// rules (digits above 10^18, more than 18 after the point) is left out.
    pub(super) fn plain_text(&self, fraction_digits: i32) -> String {
        let mut text = String::new();
        let first = self.magnitude().max(0);
        if first > 18 {
            text.push('1');
        }
        for power in (0..=first.min(18)).rev() {
            text.push(char::from(b'0' + self.digit_at(power)));
        }
        let fraction_digits = fraction_digits.clamp(0, 18);
        if fraction_digits > 0 {
            text.push('.');
            for power in 1..=fraction_digits {
                text.push(char::from(b'0' + self.digit_at(-power)));
            }
        }
        text
    }
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(text: &str, place: i32, increment: u16, mode: RoundingMode) -> String {
        let mut decimal = Decimal::parse(text.as_bytes()).unwrap();
        decimal.round(place, increment, mode);
        let sign = if decimal.negative { "-" } else { "" };
        alloc::format!("{sign}{}", decimal.plain_text(decimal.fraction_digits()))
    }

    #[test]
    fn numbers_are_read() {
        let parse = |text: &str| Decimal::parse(text.as_bytes());
        assert_eq!(parse("1.50").unwrap().fraction_digits(), 1);
        assert_eq!(parse("-0").unwrap(), Decimal { negative: true, ..Decimal::default() });
        assert_eq!(parse("123e-1"), parse("12.3"));
        assert_eq!(parse("1e400").unwrap().magnitude(), 400);
        assert!(parse("").is_none() && parse(".").is_none() && parse("1e").is_none() && parse("1x").is_none());
        assert_eq!(parse("1e-999999999999").unwrap().magnitude(), FINEST - 1);
    }

    #[test]
    fn rounding_modes() {
        use RoundingMode::*;
        let modes = [Ceil, Floor, Expand, Trunc, HalfCeil, HalfFloor, HalfExpand, HalfTrunc, HalfEven];
        for (text, expected) in [
            ("1.5", ["2", "1", "2", "1", "2", "1", "2", "1", "2"]),
            ("-1.5", ["-1", "-2", "-2", "-1", "-1", "-2", "-2", "-1", "-2"]),
            ("0.5", ["1", "0", "1", "0", "1", "0", "1", "0", "0"]),
            ("9.51", ["10", "9", "10", "9", "10", "10", "10", "10", "10"]),
            ("0.04", ["1", "0", "1", "0", "0", "0", "0", "0", "0"]),
        ] {
            for (mode, expected) in modes.into_iter().zip(expected) {
                assert_eq!(rounded(text, 0, 1, mode), expected, "{text} {mode:?}");
            }
        }
        assert_eq!(rounded("1.075", -2, 5, HalfExpand), "1.1");
        assert_eq!(rounded("1.07", -2, 5, HalfExpand), "1.05");
        assert_eq!(rounded("1.025", -2, 5, HalfEven), "1");
        assert_eq!(rounded("1.075", -2, 5, HalfEven), "1.1");
        assert_eq!(rounded("37", 0, 25, HalfExpand), "25");
        assert_eq!(rounded("38", 0, 25, HalfExpand), "50");
        assert_eq!(rounded("49999", 0, 5000, Ceil), "50000");
        assert_eq!(rounded("2499.9", 0, 5000, HalfExpand), "0");
        assert_eq!(rounded("3000", 2, 50, HalfExpand), "5000");
        assert_eq!(rounded("0.0004", -2, 1, Expand), "0.01");
    }
}
