//! Which fields a format shows, and how: what options ask for.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::builtins::intl::options::choices;

choices! {
    /// How names are written.
    Text { Narrow = "narrow", Short = "short", Long = "long" }
    /// How numbers are written.
    Digits { TwoDigit = "2-digit", Numeric = "numeric" }
    /// How months are written.
    Month { TwoDigit = "2-digit", Numeric = "numeric", Narrow = "narrow", Short = "short", Long = "long" }
    /// How time zones are named.
    ZoneName {
        Short = "short", Long = "long", ShortOffset = "shortOffset", LongOffset = "longOffset",
        ShortGeneric = "shortGeneric", LongGeneric = "longGeneric",
    }
    /// How hours are counted: from 0 or 1, to 12 or 24.
    HourCycle { H11 = "h11", H12 = "h12", H23 = "h23", H24 = "h24" }
    /// `dateStyle` and `timeStyle`.
    Style { Full = "full", Long = "long", Medium = "medium", Short = "short" }
    /// How a format is chosen. There is one way.
    FormatMatcher { Basic = "basic", BestFit = "best fit" }
}

impl HourCycle {
    /// Whether hours go to 12, and there is something that says which half of the day it is.
    pub(super) fn is_twelve(self) -> bool {
        matches!(self, Self::H11 | Self::H12)
    }

    /// The letter of patterns.
    pub(super) fn symbol(self) -> char {
        match self {
            Self::H11 => 'K',
            Self::H12 => 'h',
            Self::H23 => 'H',
            Self::H24 => 'k',
        }
    }
}

/// The fields of a format (ECMA-402 §11.5, table 16).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Fields {
    pub weekday: Option<Text>,
    pub era: Option<Text>,
    pub year: Option<Digits>,
    pub month: Option<Month>,
    pub day: Option<Digits>,
    pub day_period: Option<Text>,
    pub hour: Option<Digits>,
    pub minute: Option<Digits>,
    pub second: Option<Digits>,
    /// How many digits of the fraction of a second; 1 to 3.
    pub fraction: Option<u8>,
    pub zone_name: Option<ZoneName>,
}

impl Fields {
    /// Whether there is a weekday, year, month or day.
    pub(super) fn has_date(&self) -> bool {
        self.weekday.is_some() || self.year.is_some() || self.month.is_some() || self.day.is_some()
    }

    /// Whether there is a part of the day.
    pub(super) fn has_time(&self) -> bool {
        self.day_period.is_some()
            || self.hour.is_some()
            || self.minute.is_some()
            || self.second.is_some()
            || self.fraction.is_some()
    }

    /// Without the time and what belongs to it.
    pub(super) fn date_only(self) -> Self {
        Self { day_period: None, hour: None, minute: None, second: None, fraction: None, zone_name: None, ..self }
    }

    /// Without the date.
    pub(super) fn time_only(self) -> Self {
        Self { weekday: None, era: None, year: None, month: None, day: None, ..self }
    }
}

/// What is shown: fields one by one, or two styles.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Request {
    Fields(Fields),
    Styles { date: Option<Style>, time: Option<Style> },
}

/// Where and how: what every pattern depends on besides the fields.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Setting {
    /// The locale for which there is data, without extensions.
    pub locale: String,
    /// The identifier of the calendar.
    pub calendar: String,
    /// The identifier of the numbering system.
    pub numbering_system: String,
    /// How hours are counted, if hours are shown.
    pub hour_cycle: HourCycle,
}
