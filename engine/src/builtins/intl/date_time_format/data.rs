//! What the library has for dates and times: patterns, patterns of ranges, names. Its own formatters know sets of fields, but not every
//! choice of fields and widths that options can make, so that its data are used directly.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use icu_calendar::AnyCalendarKind;
use icu_calendar::types::{LeapStatus, MonthInfo, Weekday, YearInfo};
use icu_datetime::provider::Baked;
use icu_datetime::provider::names::{self as markers, MonthNames, YearNames};
use icu_datetime::provider::packed_pattern::{GenericPackedPatterns, PackedPatterns};
use icu_datetime::provider::pattern::GenericPatternItem;
use icu_datetime::provider::range_patterns::{
    self as ranges, DateGreatestDifferenceField, PatternsByGreatestDifferenceULE, RangePatternInfo,
    RangePatternInfoBorrowed, TimeGreatestDifferenceField,
};
use icu_datetime::provider::semantic_skeletons as patterns;
use icu_decimal::provider::{Baked as DecimalBaked, DecimalSymbolsV1};
use icu_provider::prelude::*;
use zerovec::ule::VarULE;

use super::pattern::Pattern;

/// How long a pattern is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Length {
    Long,
    Medium,
    Short,
}

impl Length {
    fn letter(self) -> char {
        match self {
            Self::Long => 'l',
            Self::Medium => 'm',
            Self::Short => 's',
        }
    }
}

/// Which of three patterns of one length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Variant {
    /// The year as it is usual; the hour alone.
    Standard,
    /// The full year; hour and minute.
    First,
    /// The year with its era; hour, minute and second.
    Second,
}

/// One of the library's patterns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Which {
    /// The fields, as the library writes them.
    pub fields: &'static str,
    pub length: Length,
    pub variant: Variant,
}

impl Which {
    /// Its place among those that the library keeps together. Those that are the same as others are there once; the header tells.
    fn of<'a, T: VarULE + ?Sized>(self, packed: &'a GenericPackedPatterns<'_, T>) -> Option<&'a T> {
        let (medium_differs, short_differs) = (packed.header & 1, packed.header >> 1 & 1);
        let length = self.length as u32;
        let standard = match self.length {
            Length::Long => 0,
            Length::Medium => medium_differs,
            Length::Short => medium_differs + short_differs,
        };
        let index = if self.variant == Variant::Standard {
            standard
        } else {
            let cell = (self.variant as u32 - 1) * 3 + length;
            if packed.header & 4 != 0 {
                medium_differs + short_differs + 1 + cell
            } else {
                match packed.header >> (3 + 3 * cell) & 7 {
                    0 => standard,
                    index => index - 1,
                }
            }
        };
        packed.elements.get(index as usize)
    }
}

/// A pattern of ranges.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Range {
    /// Both ends look like this, with the usual text between them.
    Symmetric(Pattern),
    /// Both ends in one: what stands there twice is of the one and of the other, everything else of both.
    Full(Pattern),
}

impl Range {
    fn of(info: RangePatternInfoBorrowed<'_>) -> Self {
        match RangePatternInfo::from(info) {
            RangePatternInfo::Symmetric(pattern) => Self::Symmetric(Pattern::of(pattern.items.iter())),
            RangePatternInfo::FullRange(pattern) => Self::Full(Pattern::of(pattern.items.iter())),
        }
    }
}

/// Loads what has attributes in a locale, or in the one that stands in for it.
fn load<M: DataMarker>(attributes: &str, locale: &DataLocale) -> Option<DataPayload<M>>
where
    Baked: DataProvider<M>,
{
    let attributes = DataMarkerAttributes::try_from_str(attributes).ok()?;
    let id = DataIdentifierBorrowed::for_marker_attributes_and_locale(attributes, locale);
    Some(Baked.load(DataRequest { id, ..Default::default() }).ok()?.payload)
}

/// Calendars that share patterns and names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Family {
    Buddhist,
    Chinese,
    Coptic,
    Dangi,
    Ethiopian,
    Gregorian,
    Hebrew,
    Hijri,
    Indian,
    Japanese,
    Persian,
    Roc,
}

/// `$module::Datetime$what$family V1` for the family at hand, given to a generic function.
macro_rules! by_family {
    ($self:ident, $module:ident :: [$($name:ident $marker:ident)*] => $load:expr) => {
        match $self {
            $(Family::$name => {
                type M = $module::$marker;
                $load
            })*
        }
    };
}

impl Family {
    /// The calendars that there are: identifier, kind of the library, family.
    const ALL: &'static [(&'static str, AnyCalendarKind, Self)] = &[
        ("buddhist", AnyCalendarKind::Buddhist, Self::Buddhist),
        ("chinese", AnyCalendarKind::Chinese, Self::Chinese),
        ("coptic", AnyCalendarKind::Coptic, Self::Coptic),
        ("dangi", AnyCalendarKind::Dangi, Self::Dangi),
        ("ethioaa", AnyCalendarKind::EthiopianAmeteAlem, Self::Ethiopian),
        ("ethiopic", AnyCalendarKind::Ethiopian, Self::Ethiopian),
        ("gregory", AnyCalendarKind::Gregorian, Self::Gregorian),
        ("hebrew", AnyCalendarKind::Hebrew, Self::Hebrew),
        ("indian", AnyCalendarKind::Indian, Self::Indian),
        ("islamic-civil", AnyCalendarKind::HijriTabularTypeIIFriday, Self::Hijri),
        ("islamic-tbla", AnyCalendarKind::HijriTabularTypeIIThursday, Self::Hijri),
        ("islamic-umalqura", AnyCalendarKind::HijriUmmAlQura, Self::Hijri),
        ("iso8601", AnyCalendarKind::Gregorian, Self::Gregorian),
        ("japanese", AnyCalendarKind::Japanese, Self::Japanese),
        ("persian", AnyCalendarKind::Persian, Self::Persian),
        ("roc", AnyCalendarKind::Roc, Self::Roc),
    ];

    /// The calendar of an identifier.
    pub(super) fn of(calendar: &str) -> Option<(AnyCalendarKind, Self)> {
        let (_, kind, family) = Self::ALL.iter().find(|(name, ..)| *name == calendar)?;
        Some((*kind, *family))
    }

    /// A pattern of dates.
    pub(super) fn date(self, locale: &DataLocale, which: Which) -> Option<Pattern> {
        fn get<M: DataMarker<DataStruct = PackedPatterns<'static>>>(
            locale: &DataLocale,
            which: Which,
        ) -> Option<Pattern>
        where
            Baked: DataProvider<M>,
        {
            let payload = load::<M>(which.fields, locale)?;
            let (_, items) = which.of(payload.get())?.get_default();
            Some(Pattern::of(items.iter()))
        }
        by_family!(self, patterns::[
            Buddhist DatetimePatternsDateBuddhistV1 Chinese DatetimePatternsDateChineseV1
            Coptic DatetimePatternsDateCopticV1 Dangi DatetimePatternsDateDangiV1
            Ethiopian DatetimePatternsDateEthiopianV1 Gregorian DatetimePatternsDateGregorianV1
            Hebrew DatetimePatternsDateHebrewV1 Hijri DatetimePatternsDateHijriV1
            Indian DatetimePatternsDateIndianV1 Japanese DatetimePatternsDateJapaneseV1
            Persian DatetimePatternsDatePersianV1 Roc DatetimePatternsDateRocV1
        ] => get::<M>(locale, which))
    }

    /// A pattern of ranges of dates, the ends of which differ first in a field.
    pub(super) fn date_range(
        self,
        locale: &DataLocale,
        which: Which,
        difference: DateGreatestDifferenceField,
    ) -> Option<Range> {
        fn get<M: DataMarker<DataStruct = ranges::PackedRangePatterns<'static>>>(
            locale: &DataLocale,
            which: Which,
            difference: DateGreatestDifferenceField,
        ) -> Option<Range>
        where
            Baked: DataProvider<M>,
        {
            let payload = load::<M>(which.fields, locale)?;
            let by_difference: &PatternsByGreatestDifferenceULE = which.of(payload.get())?;
            by_difference.get_date_pattern(difference).map(Range::of)
        }
        by_family!(self, ranges::[
            Buddhist DatetimePatternsRangeDateBuddhistV1 Chinese DatetimePatternsRangeDateChineseV1
            Coptic DatetimePatternsRangeDateCopticV1 Dangi DatetimePatternsRangeDateDangiV1
            Ethiopian DatetimePatternsRangeDateEthiopianV1 Gregorian DatetimePatternsRangeDateGregorianV1
            Hebrew DatetimePatternsRangeDateHebrewV1 Hijri DatetimePatternsRangeDateHijriV1
            Indian DatetimePatternsRangeDateIndianV1 Japanese DatetimePatternsRangeDateJapaneseV1
            Persian DatetimePatternsRangeDatePersianV1 Roc DatetimePatternsRangeDateRocV1
        ] => get::<M>(locale, which, difference))
    }

    /// The name of an era, or of a year in a cycle.
    pub(super) fn year_name(self, locale: &DataLocale, width: u8, year: YearInfo) -> Option<String> {
        fn get<M: DataMarker<DataStruct = YearNames<'static>>>(
            locale: &DataLocale,
            width: u8,
            year: YearInfo,
        ) -> Option<String>
        where
            Baked: DataProvider<M>,
        {
            let payload = load::<M>(name_width(width), locale)?;
            match (payload.get(), year) {
                (YearNames::FixedEras(names), YearInfo::Era(era)) => names.get(era.era_index?.into()),
                (YearNames::Cyclic(names), YearInfo::Cyclic(cyclic)) => {
                    names.get(usize::from(cyclic.year).checked_sub(1)?)
                }
                _ => None,
            }
            .map(ToString::to_string)
        }
        by_family!(self, markers::[
            Buddhist DatetimeNamesYearBuddhistV1 Chinese DatetimeNamesYearChineseV1
            Coptic DatetimeNamesYearCopticV1 Dangi DatetimeNamesYearDangiV1
            Ethiopian DatetimeNamesYearEthiopianV1 Gregorian DatetimeNamesYearGregorianV1
            Hebrew DatetimeNamesYearHebrewV1 Hijri DatetimeNamesYearHijriV1
            Indian DatetimeNamesYearIndianV1 Japanese DatetimeNamesYearJapaneseV1
            Persian DatetimeNamesYearPersianV1 Roc DatetimeNamesYearRocV1
        ] => get::<M>(locale, width, year))
    }

    /// The name of a month. Numeric ones have one too where there are leap months; `number` writes the number in it.
    pub(super) fn month_name(
        self,
        locale: &DataLocale,
        width: u8,
        standalone: bool,
        month: MonthInfo,
        number: &dyn Fn(u8) -> String,
    ) -> Option<String> {
        fn get<M: DataMarker<DataStruct = MonthNames<'static>>>(
            locale: &DataLocale,
            width: u8,
            standalone: bool,
            month: MonthInfo,
            number: &dyn Fn(u8) -> String,
        ) -> Option<String>
        where
            Baked: DataProvider<M>,
        {
            let payload = load_name::<M>(width, standalone, locale)?;
            let index = usize::from(month.number()).checked_sub(1)?;
            let leap = month.leap_status();
            match payload.get() {
                MonthNames::Linear(names) if leap == LeapStatus::Normal => names.get(index).map(ToString::to_string),
                MonthNames::LeapNumeric(pattern) if leap == LeapStatus::Leap => {
                    Some(pattern.interpolate([number(month.number())]).to_string())
                }
                MonthNames::LeapNumericWithBase(patterns) => {
                    let which = match leap {
                        LeapStatus::Leap => 0,
                        LeapStatus::Base => 1,
                        _ => return None,
                    };
                    let pattern = patterns.get(which)?;
                    let shown = number(month.number().saturating_add_signed(pattern.sized));
                    Some(pattern.variable.interpolate([shown]).to_string())
                }
                MonthNames::LeapPattern(names) => {
                    let months = names.len().checked_sub(2)?;
                    let name = names.get(index).filter(|_| index < months)?;
                    let which = match leap {
                        LeapStatus::Leap => months,
                        LeapStatus::Base => months + 1,
                        _ => return Some(name.to_string()),
                    };
                    let pattern = icu_pattern::SinglePlaceholderPattern::from_ref_store(names.get(which)?).ok()?;
                    Some(pattern.interpolate([name]).to_string())
                }
                _ => None,
            }
        }
        by_family!(self, markers::[
            Buddhist DatetimeNamesMonthBuddhistV1 Chinese DatetimeNamesMonthChineseV1
            Coptic DatetimeNamesMonthCopticV1 Dangi DatetimeNamesMonthDangiV1
            Ethiopian DatetimeNamesMonthEthiopianV1 Gregorian DatetimeNamesMonthGregorianV1
            Hebrew DatetimeNamesMonthHebrewV1 Hijri DatetimeNamesMonthHijriV1
            Indian DatetimeNamesMonthIndianV1 Japanese DatetimeNamesMonthJapaneseV1
            Persian DatetimeNamesMonthPersianV1 Roc DatetimeNamesMonthRocV1
        ] => get::<M>(locale, width, standalone, month, number))
    }
}

/// The attribute for names of a width.
fn name_width(width: u8) -> &'static str {
    match width {
        0..=3 => "3",
        4 => "5",
        5 => "4",
        _ => "6",
    }
}

/// Names as they are when they stand alone, if there are such, or else as they are among others.
fn load_name<M: DataMarker>(width: u8, standalone: bool, locale: &DataLocale) -> Option<DataPayload<M>>
where
    Baked: DataProvider<M>,
{
    let width = if width < 3 { "1" } else { name_width(width) };
    let alone = if standalone { load(&format!("{width}s"), locale) } else { None };
    alone.or_else(|| load(width, locale))
}

/// The name of a weekday.
pub(super) fn weekday_name(locale: &DataLocale, width: u8, standalone: bool, day: Weekday) -> Option<String> {
    let payload = load_name::<markers::DatetimeNamesWeekdayV1>(width.max(3), standalone, locale)?;
    payload.get().get(day).map(ToString::to_string)
}

/// What a part of the day is called.
pub(super) struct DayPeriods(DataPayload<markers::DatetimeNamesDayperiodV1>);

impl DayPeriods {
    pub(super) fn load(locale: &DataLocale, width: u8) -> Option<Self> {
        load(name_width(width), locale).map(Self)
    }

    /// AM or PM.
    pub(super) fn half(&self, hour: u8) -> Option<String> {
        self.0.get().names.get(usize::from(hour >= 12)).map(ToString::to_string)
    }

    /// Noon, where it has a name.
    pub(super) fn noon(&self) -> Option<String> {
        self.0.get().names.get(2).filter(|name| !name.is_empty()).map(ToString::to_string)
    }

    /// Midnight, where it has a name.
    pub(super) fn midnight(&self) -> Option<String> {
        self.0.get().names.get(3).filter(|name| !name.is_empty()).map(ToString::to_string)
    }

    /// The part of the day to which an hour belongs, for locales that usually say it.
    pub(super) fn flexible(&self, hour: u8) -> Option<String> {
        let names = self.0.get();
        let offset = names.day_period_rules()?.name_offset(hour.try_into().ok()?);
        let name = names.names.get(4usize.checked_add(offset)?)?;
        // The rules precede the first name.
        let name = if offset == 0 { name.get(4..)? } else { name };
        Some(name.to_string())
    }
}

/// A pattern of times: `h` to twelve, `h0` to 24.
pub(super) fn time(locale: &DataLocale, which: Which) -> Option<Pattern> {
    let payload = load::<patterns::DatetimePatternsTimeV1>(which.fields, locale)?;
    let (_, items) = which.of(payload.get())?.get_default();
    Some(Pattern::of(items.iter()))
}

/// A pattern of ranges of times, the ends of which differ first in a field.
pub(super) fn time_range(locale: &DataLocale, which: Which, difference: TimeGreatestDifferenceField) -> Option<Range> {
    let payload = load::<ranges::DatetimePatternsRangeTimeV1>(which.fields, locale)?;
    let by_difference: &PatternsByGreatestDifferenceULE = which.of(payload.get())?;
    by_difference.get_time_pattern(difference).map(Range::of)
}

/// A part of a text with places.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Part(u8),
    Text(String),
}

/// The items of a pattern that has only places and texts.
fn places(items: impl Iterator<Item = GenericPatternItem>) -> Vec<Place> {
    let mut places = Vec::new();
    for item in items {
        match item {
            GenericPatternItem::Placeholder(place) => places.push(Place::Part(place)),
            GenericPatternItem::Literal(c) => match places.last_mut() {
                Some(Place::Text(text)) => text.push(c),
                _ => places.push(Place::Text(c.into())),
            },
        }
    }
    places
}

/// How time (0), date (1) and zone (2) are put together: `dt`, `tz` …
pub(super) fn glue(locale: &DataLocale, length: Length, what: &str) -> Vec<Place> {
    match load::<patterns::DatetimePatternsGlueV1>(&format!("{}{what}", length.letter()), locale) {
        Some(payload) => places(payload.get().pattern.items.iter()),
        None => vec![Place::Part(1), Place::Text(" ".into()), Place::Part(0)],
    }
}

/// How two ends of a range are put together.
pub(super) fn range_glue(locale: &DataLocale) -> Vec<Place> {
    match load::<ranges::DatetimePatternsRangeGlueV1>("", locale) {
        Some(payload) => places(payload.get().pattern.items.iter()),
        None => vec![Place::Part(0), Place::Text(" – ".into()), Place::Part(1)],
    }
}

/// The digits of a numbering system, from zero on.
pub(super) use crate::builtins::intl::number_format::digits_of as digits;

/// What precedes the fraction of a number.
pub(super) fn decimal_separator(locale: &DataLocale, numbering_system: &str) -> String {
    let with = |attributes: &str| -> Option<String> {
        let attributes = DataMarkerAttributes::try_from_str(attributes).ok()?;
        let id = DataIdentifierBorrowed::for_marker_attributes_and_locale(attributes, locale);
        let request = DataRequest { id, ..Default::default() };
        let response: DataResponse<DecimalSymbolsV1> = DecimalBaked.load(request).ok()?;
        Some(response.payload.get().decimal_separator().to_string())
    };
    with(numbering_system).or_else(|| with("")).unwrap_or_else(|| ".".to_string())
}
