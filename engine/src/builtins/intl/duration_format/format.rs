//! PartitionDurationFormatPattern (ECMA-402 §13.5).

use alloc::string::String;
use alloc::vec::Vec;

use icu_list::ListFormatter;
use icu_list::options::{ListFormatterOptions, ListLength};
use icu_locale::Locale;
use temporal_rs::Duration;
use writeable::Writeable;

use super::{BaseStyle, Display, DurationFormat, HOURS, MINUTES, SECONDS, UNITS, UnitOptions, UnitStyle};
use crate::builtins::intl::number_format::{
    Decimal, DigitOptions, Grouping, Number, NumberFormat, PartType, Parts, RoundingMode, SignDisplay, Source, Style,
    UnitDisplay,
};

/// Parts, and the unit that they belong to.
type UnitParts = (Parts, Option<&'static str>);

/// A number of some unit: whole ones, and billionths.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Amount {
    /// The number times a power of ten.
    scaled: i128,
    /// That power.
    decimals: u32,
}

impl Amount {
    fn is_zero(self) -> bool {
        self.scaled == 0
    }

    fn number(self, negative_zero: bool) -> Number {
        let text = alloc::format!("{}e-{}", self.scaled, self.decimals);
        let mut decimal = Decimal::parse(text.as_bytes()).unwrap_or_default();
        decimal.negative |= negative_zero;
        Number::Finite(decimal)
    }
}

impl DurationFormat {
    /// PartitionDurationFormatPattern
    pub(super) fn partition(&self, duration: &Duration) -> Vec<UnitParts> {
        let fields = fields(duration);
        let negative = fields.iter().find(|&&field| field != 0).is_some_and(|&field| field < 0);
        let mut list = Vec::new();
        let mut sign_displayed = true;
        for (i, (options, &(.., unit))) in self.units.iter().zip(&UNITS).enumerate() {
            if matches!(options.style, UnitStyle::Numeric | UnitStyle::TwoDigit) {
                let parts = self.numeric_units(&fields, i, sign_displayed, negative);
                if !parts.is_empty() {
                    list.push(parts);
                }
                break;
            }
            let fractional = self.is_fractional(i + 1);
            let amount = self.amount(&fields, i);
            if options.display == Display::Always || !amount.is_zero() {
                let mut format = self.number_format(sign_displayed, fractional);
                format.style = Style::Unit;
                format.unit = unit.into();
                format.unit_display = match options.style {
                    UnitStyle::Long => UnitDisplay::Long,
                    UnitStyle::Narrow => UnitDisplay::Narrow,
                    _ => UnitDisplay::Short,
                };
                let negative_zero = sign_displayed && negative && amount.is_zero();
                sign_displayed = false;
                list.push(alloc::vec![(format.format(&amount.number(negative_zero)), Some(unit))]);
            }
            if fractional {
                break;
            }
        }
        self.join(list)
    }

    fn options(&self, unit: usize) -> UnitOptions {
        self.units.get(unit).copied().unwrap_or(UnitOptions { style: UnitStyle::Short, display: Display::Auto })
    }

    /// Whether a unit is written as a fraction of the one above it.
    fn is_fractional(&self, unit: usize) -> bool {
        self.options(unit).style == UnitStyle::Fractional
    }

    /// A field with those below it that are fractions of it (ComputeFractionalDigits).
    fn amount(&self, fields: &[i128; 10], unit: usize) -> Amount {
        let mut amount = Amount { scaled: fields.get(unit).copied().unwrap_or(0), decimals: 0 };
        for below in unit + 1..10 {
            if !self.is_fractional(below) {
                break;
            }
            let field = fields.get(below).copied().unwrap_or(0);
            amount = Amount {
                scaled: amount.scaled.saturating_mul(1000).saturating_add(field),
                decimals: amount.decimals + 3,
            };
        }
        amount
    }

    fn number_format(&self, sign_displayed: bool, fractional: bool) -> NumberFormat {
        let mut format = NumberFormat::plain(&self.locale, &self.numbering_system);
        if !sign_displayed {
            format.sign_display = SignDisplay::Never;
        }
        if fractional {
            let (least, most) = self.fractional_digits.map_or((0, 9), |digits| (digits, digits));
            format.digits = DigitOptions::with_fraction(least, most);
            format.digits.mode = RoundingMode::Trunc;
        }
        format
    }

    /// FormatNumericUnits
    fn numeric_units(
        &self,
        fields: &[i128; 10],
        first: usize,
        mut sign_displayed: bool,
        negative: bool,
    ) -> Vec<UnitParts> {
        let [hours, minutes, seconds] = [HOURS, MINUTES, SECONDS].map(|unit| self.amount_of_numeric(fields, unit));
        let shows = |unit, amount: Amount| !amount.is_zero() || self.options(unit).display == Display::Always;
        let hours_shown = first == HOURS && shows(HOURS, hours);
        let seconds_shown = shows(SECONDS, seconds);
        let minutes_shown = first <= MINUTES && ((hours_shown && seconds_shown) || shows(MINUTES, minutes));
        let separator = super::digital_data(&self.locale).0;
        let mut result: Vec<UnitParts> = Vec::new();
        let units = [(HOURS, hours, hours_shown), (MINUTES, minutes, minutes_shown), (SECONDS, seconds, seconds_shown)];
        for (unit, amount, shown) in units {
            if !shown {
                continue;
            }
            if !result.is_empty() {
                let mut literal = Parts::default();
                literal.push(PartType::Literal, &separator);
                result.push((literal, None));
            }
            let mut format = self.number_format(sign_displayed, unit == SECONDS);
            format.grouping = Grouping::Never;
            if self.options(unit).style == UnitStyle::TwoDigit {
                format.digits.minimum_integer = 2;
            }
            let negative_zero = sign_displayed && negative && amount.is_zero();
            let name = UNITS.get(unit).map(|&(.., name)| name);
            result.push((format.format(&amount.number(negative_zero)), name));
            sign_displayed = false;
        }
        result
    }

    fn amount_of_numeric(&self, fields: &[i128; 10], unit: usize) -> Amount {
        if unit == SECONDS {
            return self.amount(fields, unit);
        }
        Amount { scaled: fields.get(unit).copied().unwrap_or(0), decimals: 0 }
    }

    /// ListFormatParts
    fn join(&self, list: Vec<Vec<UnitParts>>) -> Vec<UnitParts> {
        let locale = Locale::try_from_str(&self.locale).unwrap_or(Locale::UNKNOWN);
        let length = match self.style {
            BaseStyle::Long => ListLength::Wide,
            BaseStyle::Short | BaseStyle::Digital => ListLength::Short,
            BaseStyle::Narrow => ListLength::Narrow,
        };
        let options = ListFormatterOptions::default().with_length(length);
        let Ok(formatter) = ListFormatter::try_new_unit((&locale).into(), options) else {
            return list.into_iter().flatten().collect();
        };
        // What stands for an element while the list is made; none of these is in a pattern.
        let marks = (0..list.len()).map(|i| char::from_u32(0xe000 + i as u32).unwrap_or('\u{e000}'));
        let text = formatter.format(marks).write_to_string().into_owned();
        let mut elements = list.into_iter();
        let mut joined = Vec::new();
        let mut between = String::new();
        for c in text.chars() {
            if !('\u{e000}'..'\u{e020}').contains(&c) {
                between.push(c);
                continue;
            }
            push_literal(&mut joined, &between);
            between.clear();
            joined.extend(elements.next().into_iter().flatten());
        }
        push_literal(&mut joined, &between);
        joined
    }
}

fn push_literal(list: &mut Vec<UnitParts>, text: &str) {
    if !text.is_empty() {
        let mut parts = Parts::default();
        parts.push_raw(PartType::Literal, Source::Shared, text);
        list.push((parts, None));
    }
}

/// From years to nanoseconds.
fn fields(duration: &Duration) -> [i128; 10] {
    [
        duration.years().into(),
        duration.months().into(),
        duration.weeks().into(),
        duration.days().into(),
        duration.hours().into(),
        duration.minutes().into(),
        duration.seconds().into(),
        duration.milliseconds().into(),
        duration.microseconds(),
        duration.nanoseconds(),
    ]
}
