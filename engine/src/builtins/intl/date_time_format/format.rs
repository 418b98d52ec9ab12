//! From a moment and a pattern to text in parts.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use icu_calendar::types::{RataDie, YearInfo};
use icu_calendar::{AnyCalendar, Date, Ref};
use icu_locale::Locale;
use icu_provider::DataLocale;

use super::data::{self, DayPeriods, Family};
use super::day_period;
use super::fields::Setting;
use super::numerals::{decimal, special};
use super::pattern::{Item, Pattern, kind_of};
use super::zone;

/// To which end of a range a part belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Source {
    Shared,
    Start,
    End,
}

/// A part of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Part {
    /// What it is called in `formatToParts`.
    pub kind: &'static str,
    pub text: String,
    pub source: Source,
}

/// The text of parts.
pub(super) fn joined(parts: &[Part]) -> String {
    parts.iter().map(|part| part.text.as_str()).collect()
}

/// Text with usual spaces for narrow ones that do not break: of those, which CLDR has between times and halves of the day, programs
/// know nothing, and so web browsers do the same.
fn with_usual_spaces(text: String) -> String {
    if text.contains('\u{202f}') { text.replace('\u{202f}', " ") } else { text }
}

/// Appends text that is no field.
pub(super) fn push_literal(parts: &mut Vec<Part>, text: &str, source: Source) {
    let text = with_usual_spaces(text.to_string());
    match parts.last_mut() {
        Some(last) if last.kind == "literal" && last.source == source => last.text.push_str(&text),
        _ => parts.push(Part { kind: "literal", text, source }),
    }
}

/// A moment as clocks and calendars of a place show it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Moment {
    /// Days since 1970, in local time.
    pub day: i64,
    /// Milliseconds since the start of that day.
    pub millisecond: u32,
    /// Seconds that the place is ahead of UTC.
    pub offset: i64,
}

impl Moment {
    /// A moment in local time without a zone.
    pub(super) fn local(day: i64, millisecond: u32) -> Self {
        Self { day, millisecond, offset: 0 }
    }

    /// A moment in nanoseconds since 1970, in a time zone.
    pub(super) fn in_zone(nanoseconds: i128, zone: &str) -> Self {
        const DAY: i128 = 86_400_000_000_000;
        let offset = zone::offset_at(zone, nanoseconds).unwrap_or(0);
        let local = nanoseconds + i128::from(offset);
        Self {
            day: local.div_euclid(DAY) as i64,
            millisecond: (local.rem_euclid(DAY) / 1_000_000) as u32,
            offset: offset.div_euclid(1_000_000_000),
        }
    }

    fn hour(self) -> u8 {
        (self.millisecond / 3_600_000) as u8
    }

    fn minute(self) -> u8 {
        (self.millisecond / 60_000 % 60) as u8
    }

    fn second(self) -> u8 {
        (self.millisecond / 1000 % 60) as u8
    }
}

/// What is shown of a moment, to compare two of them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Shown {
    pub era: Option<u8>,
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub millisecond: u32,
}

/// Everything that patterns are interpreted with.
pub(super) struct Formatter {
    pub locale: Locale,
    pub data: DataLocale,
    pub family: Family,
    pub language: String,
    calendar: AnyCalendar,
    digits: [char; 10],
    zone: String,
}

impl Formatter {
    pub(super) fn new(setting: &Setting, zone: &str) -> Option<Self> {
        let mut locale: Locale = setting.locale.parse().ok()?;
        let data = DataLocale::from(&locale);
        let (kind, family) = Family::of(&setting.calendar)?;
        let digits = data::digits(&setting.numbering_system)?;
        crate::builtins::intl::locale_list::set_keyword(&mut locale, "nu", &setting.numbering_system);
        Some(Self {
            language: locale.id.language.to_string(),
            locale,
            data,
            family,
            calendar: AnyCalendar::new(kind),
            digits,
            zone: zone.to_string(),
        })
    }

    fn date(&self, moment: Moment) -> Date<Ref<'_, AnyCalendar>> {
        /// The day before the first of January of the year 1 is day 0.
        const EPOCH: i64 = 719_163;
        Date::from_rata_die(RataDie::new(moment.day.saturating_add(EPOCH)), Ref(&self.calendar))
    }

    /// What there is to be shown of a moment.
    pub(super) fn shown(&self, moment: Moment) -> Shown {
        let date = self.date(moment);
        let (era, year) = match date.year() {
            YearInfo::Era(era) => (era.era_index, era.extended_year),
            other => (None, other.extended_year()),
        };
        Shown {
            era,
            year,
            month: date.month().ordinal,
            day: date.day_of_month().0,
            hour: moment.hour(),
            minute: moment.minute(),
            second: moment.second(),
            millisecond: moment.millisecond % 1000,
        }
    }

    /// The text of a moment.
    pub(super) fn write(&self, pattern: &Pattern, moment: Moment, source: Source, parts: &mut Vec<Part>) {
        let whole = is_whole_hour(pattern, moment);
        for item in &pattern.0 {
            self.write_item(item, moment, whole, source, parts);
        }
    }

    /// The text of one item of a pattern.
    ///
    /// `whole` is [`is_whole_hour`] of the pattern.
    pub(super) fn write_item(&self, item: &Item, moment: Moment, whole: bool, source: Source, parts: &mut Vec<Part>) {
        let (symbol, width) = match item {
            Item::Literal(text) => return push_literal(parts, text, source),
            Item::Field(symbol, width) => (*symbol, *width),
            Item::Special(symbol, which) => {
                let date = self.date(moment);
                let number = match kind_of(*symbol) {
                    'y' => i64::from(date.year().era_year_or_related_iso()),
                    'M' => i64::from(date.month().number()),
                    _ => i64::from(date.day_of_month().0),
                };
                let text = special(*which, &self.digits, number);
                return parts.push(Part { kind: part_name(*symbol), text, source });
            }
        };
        let number = |number: i64, width| decimal(&self.digits, number, width);
        let text = match symbol {
            'y' | 'Y' | 'u' => {
                let year = i64::from(self.date(moment).year().era_year_or_related_iso());
                if width == 2 { number(year.rem_euclid(100), 2) } else { number(year, width) }
            }
            // Always in Latin digits.
            'r' => self.date(moment).year().era_year_or_related_iso().to_string(),
            'U' => {
                let year = self.date(moment).year();
                let name = self.family.year_name(&self.data, width, year);
                name.unwrap_or_else(|| number(year.era_year_or_related_iso().into(), 1))
            }
            'G' => {
                let year = self.date(moment).year();
                let name = self.family.year_name(&self.data, width, year);
                name.or_else(|| year.era().map(|era| era.era.to_string())).unwrap_or_default()
            }
            'M' | 'L' => {
                let month = self.date(moment).month();
                let numeral = |month: u8| number(month.into(), width.min(2));
                let name = self.family.month_name(&self.data, width, symbol == 'L', month, &numeral);
                name.unwrap_or_else(|| numeral(month.number()))
            }
            'E' | 'c' | 'e' => {
                let day = self.date(moment).weekday();
                data::weekday_name(&self.data, width, symbol == 'c', day).unwrap_or_default()
            }
            'd' => number(self.date(moment).day_of_month().0.into(), width),
            'a' | 'b' | 'B' => self.day_period(symbol, width, moment.hour(), whole),
            'h' => number((i64::from(moment.hour()) + 11) % 12 + 1, width),
            'K' => number(i64::from(moment.hour()) % 12, width),
            'H' => number(moment.hour().into(), width),
            'k' => number((i64::from(moment.hour()) + 23) % 24 + 1, width),
            'm' => number(moment.minute().into(), width),
            's' => number(moment.second().into(), width),
            'S' => {
                let milliseconds = i64::from(moment.millisecond % 1000);
                let divisor = 10_i64.pow(3_u32.saturating_sub(width.into()));
                number(milliseconds / divisor, width)
            }
            _ => {
                // Names of zones change with time.
                let seconds = moment.day.saturating_mul(86_400) + i64::from(moment.millisecond / 1000) - moment.offset;
                zone::name(&self.locale, symbol, width, &self.zone, moment.offset, seconds)
                    .unwrap_or_else(|| self.zone.clone())
            }
        };
        parts.push(Part { kind: part_name(symbol), text: with_usual_spaces(text), source });
    }

    fn day_period(&self, symbol: char, width: u8, hour: u8, whole: bool) -> String {
        let Some(names) = DayPeriods::load(&self.data, width) else { return String::new() };
        let noon = whole && hour == 12;
        let name = match symbol {
            'B' => {
                let known = || day_period::name(&self.language, width, hour, noon).map(ToString::to_string);
                let usual = || names.flexible(hour).map(|name| if noon { names.noon().unwrap_or(name) } else { name });
                usual().or_else(known)
            }
            'b' if noon => names.noon(),
            'b' if whole && hour == 0 => names.midnight(),
            _ => None,
        };
        name.or_else(|| names.half(hour)).unwrap_or_default()
    }
}

/// Whether what a pattern shows of the time is a full hour.
pub(super) fn is_whole_hour(pattern: &Pattern, moment: Moment) -> bool {
    (!pattern.has('m') || moment.minute() == 0) && (!pattern.has('s') || moment.second() == 0)
}

/// What a field is called in `formatToParts`.
fn part_name(symbol: char) -> &'static str {
    match symbol {
        'G' => "era",
        'r' => "relatedYear",
        'U' => "yearName",
        _ => match kind_of(symbol) {
            'y' | 'Y' => "year",
            'M' => "month",
            'E' => "weekday",
            'd' => "day",
            'a' => "dayPeriod",
            'H' => "hour",
            'm' => "minute",
            's' => "second",
            'S' => "fractionalSecond",
            'z' => "timeZoneName",
            _ => "unknown",
        },
    }
}
