//! How many digits are shown (ECMA-402 §16.1.2 SetNumberFormatDigitOptions and §16.5.3 FormatNumericToString).

use serde::{Deserialize, Serialize};

use super::super::options::{
    choices, default_number_option, invalid, number_option, option, show_plain, show_text, value,
};
use super::decimal::{Decimal, RoundingMode};
use crate::cx::{Cx, Object};
use crate::n;
use crate::throw::JsResult;

choices! {
    /// `roundingPriority`
    RoundingPriority { Auto = "auto", MorePrecision = "morePrecision", LessPrecision = "lessPrecision" }
    /// `trailingZeroDisplay`
    TrailingZeroDisplay { Auto = "auto", StripIfInteger = "stripIfInteger" }
}

/// The increments that there are.
const INCREMENTS: [u16; 15] = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000];

/// The digits that an object shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(in crate::builtins::intl) struct DigitOptions {
    pub minimum_integer: u8,
    /// The least and the greatest number of digits after the decimal point.
    pub fraction: Option<(u8, u8)>,
    /// The least and the greatest number of significant digits.
    pub significant: Option<(u8, u8)>,
    pub increment: u16,
    pub mode: RoundingMode,
    pub priority: RoundingPriority,
    pub trailing_zeros: TrailingZeroDisplay,
}

/// A number, and how many of its digits are shown.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Shown {
    pub number: Decimal,
    pub minimum_integer: i32,
    pub fraction_digits: i32,
}

impl DigitOptions {
    /// So many digits after the decimal point, at least and at most.
    pub(in crate::builtins::intl) fn with_fraction(least: u8, most: u8) -> DigitOptions {
        DigitOptions {
            minimum_integer: 1,
            fraction: Some((least, most)),
            significant: None,
            increment: 1,
            mode: RoundingMode::HalfExpand,
            priority: RoundingPriority::Auto,
            trailing_zeros: TrailingZeroDisplay::Auto,
        }
    }

    /// The rounded number, and what is shown of it.
    pub(super) fn apply(&self, number: &Decimal) -> Shown {
        let (number, mut fraction_digits) = match (self.significant, self.fraction) {
            (Some((least, most)), None) => self.precision(number, least, most).0,
            (Some((least, most)), Some(places)) => {
                let (by_precision, first) = self.precision(number, least, most);
                let finer_precision = first <= -i32::from(places.1);
                match (finer_precision, self.priority == RoundingPriority::LessPrecision) {
                    (true, false) | (false, true) => by_precision,
                    _ => self.fixed(number, places),
                }
            }
            (None, places) => self.fixed(number, places.unwrap_or((0, 0))),
        };
        if self.trailing_zeros == TrailingZeroDisplay::StripIfInteger && number.fraction_digits() == 0 {
            fraction_digits = 0;
        }
        Shown { number, minimum_integer: i32::from(self.minimum_integer), fraction_digits }
    }

    /// ToRawPrecision, and the power of ten of the last digit that can be shown.
    fn precision(&self, number: &Decimal, least: u8, most: u8) -> ((Decimal, i32), i32) {
        let mut rounded = number.clone();
        let last = number.magnitude() - i32::from(most) + 1;
        rounded.round(last, 1, self.mode);
        let magnitude = rounded.magnitude();
        let shown = rounded.fraction_digits().max(i32::from(least) - 1 - magnitude).max(0);
        ((rounded, shown), magnitude - i32::from(most) + 1)
    }

    /// ToRawFixed
    fn fixed(&self, number: &Decimal, (least, most): (u8, u8)) -> (Decimal, i32) {
        let mut rounded = number.clone();
        rounded.round(-i32::from(most), self.increment, self.mode);
        let shown = rounded.fraction_digits().max(i32::from(least));
        (rounded, shown)
    }

    /// SetNumberFormatDigitOptions
    pub(in crate::builtins::intl) fn read<'s>(
        cx: &mut Cx<'s>,
        options: Option<Object<'s>>,
        fraction_default: (u8, u8),
        compact: bool,
    ) -> JsResult<DigitOptions> {
        let minimum_integer = number_option(cx, options, n!("minimumIntegerDigits"), 1, 21)?.unwrap_or(1);
        let least_fraction = value(cx, options, n!("minimumFractionDigits"))?;
        let most_fraction = value(cx, options, n!("maximumFractionDigits"))?;
        let least_significant = value(cx, options, n!("minimumSignificantDigits"))?;
        let most_significant = value(cx, options, n!("maximumSignificantDigits"))?;
        let increment = number_option(cx, options, n!("roundingIncrement"), 1, 5000)?.unwrap_or(1);
        let Some(increment) = INCREMENTS.into_iter().find(|&one| u32::from(one) == increment) else {
            return Err(invalid(cx, n!("roundingIncrement")));
        };
        let mode = option::<RoundingMode>(cx, options, n!("roundingMode"))?.unwrap_or(RoundingMode::HalfExpand);
        let priority =
            option::<RoundingPriority>(cx, options, n!("roundingPriority"))?.unwrap_or(RoundingPriority::Auto);
        let trailing_zeros =
            option::<TrailingZeroDisplay>(cx, options, n!("trailingZeroDisplay"))?.unwrap_or(TrailingZeroDisplay::Auto);
        let (least_default, most_default) = match increment {
            1 => fraction_default,
            _ => (fraction_default.0, fraction_default.0),
        };
        let has_significant = least_significant.is_some() || most_significant.is_some();
        let has_fraction = least_fraction.is_some() || most_fraction.is_some();
        let auto = priority == RoundingPriority::Auto;
        let needs_significant = !auto || has_significant;
        let needs_fraction = !auto || !(has_significant || (!has_fraction && compact));
        let mut read = DigitOptions {
            minimum_integer: minimum_integer as u8,
            fraction: None,
            significant: None,
            increment,
            mode,
            priority,
            trailing_zeros,
        };
        if needs_significant {
            let least = match least_significant {
                Some(value) => default_number_option(cx, value, n!("minimumSignificantDigits"), 1, 21)?.unwrap_or(1),
                None => 1,
            };
            let most = match most_significant {
                Some(value) => {
                    default_number_option(cx, value, n!("maximumSignificantDigits"), least, 21)?.unwrap_or(21)
                }
                None => 21,
            };
            read.significant = Some((least as u8, most as u8));
        }
        if needs_fraction {
            let least = match least_fraction {
                Some(value) => default_number_option(cx, value, n!("minimumFractionDigits"), 0, 100)?,
                None => None,
            };
            let most = match most_fraction {
                Some(value) => default_number_option(cx, value, n!("maximumFractionDigits"), 0, 100)?,
                None => None,
            };
            let (least_default, most_default) = (u32::from(least_default), u32::from(most_default));
            let (least, most) = match (least, most) {
                (None, None) => (least_default, most_default),
                (None, Some(most)) => (least_default.min(most), most),
                (Some(least), None) => (least, most_default.max(least)),
                (Some(least), Some(most)) if least > most => return Err(invalid(cx, n!("maximumFractionDigits"))),
                (Some(least), Some(most)) => (least, most),
            };
            read.fraction = Some((least as u8, most as u8));
        }
        if !needs_significant && !needs_fraction {
            read.fraction = Some((0, 0));
            read.significant = Some((1, 2));
            read.priority = RoundingPriority::MorePrecision;
        }
        if increment != 1 {
            if read.significant.is_some() || read.priority != RoundingPriority::Auto {
                return Err(cx.throw_type_error("roundingIncrement goes with fraction digits alone"));
            }
            if read.fraction.is_some_and(|(least, most)| least != most) {
                return Err(cx.throw_range_error(
                    "roundingIncrement needs maximumFractionDigits to be the same as minimumFractionDigits",
                ));
            }
        }
        Ok(read)
    }

    /// The digits' part of `resolvedOptions`.
    pub(in crate::builtins::intl) fn show_digits<'s>(&self, cx: &mut Cx<'s>, object: Object<'s>) -> JsResult<()> {
        show_plain(cx, object, n!("minimumIntegerDigits"), f64::from(self.minimum_integer))?;
        if let Some((least, most)) = self.fraction {
            show_plain(cx, object, n!("minimumFractionDigits"), f64::from(least))?;
            show_plain(cx, object, n!("maximumFractionDigits"), f64::from(most))?;
        }
        if let Some((least, most)) = self.significant {
            show_plain(cx, object, n!("minimumSignificantDigits"), f64::from(least))?;
            show_plain(cx, object, n!("maximumSignificantDigits"), f64::from(most))?;
        }
        Ok(())
    }

    /// The part of `resolvedOptions` about rounding, which comes last.
    pub(in crate::builtins::intl) fn show_rounding<'s>(&self, cx: &mut Cx<'s>, object: Object<'s>) -> JsResult<()> {
        show_plain(cx, object, n!("roundingIncrement"), f64::from(self.increment))?;
        show_text(cx, object, n!("roundingMode"), self.mode.as_str())?;
        show_text(cx, object, n!("roundingPriority"), self.priority.as_str())?;
        show_text(cx, object, n!("trailingZeroDisplay"), self.trailing_zeros.as_str())
    }
}
