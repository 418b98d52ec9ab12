//! Patterns: texts and fields in a row, as CLDR writes them (`d. MMMM y`), here as a list.

use alloc::string::String;
use alloc::vec::Vec;

use icu_datetime::provider::fields::{FieldLength, FieldNumericOverrides};
use icu_datetime::provider::pattern::PatternItem;
use serde::{Deserialize, Serialize};

use super::fields::{Digits, Fields, Month, Text, ZoneName};

/// Digits as the pattern prescribes them for one field, in place of those of the numbering system.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Special {
    /// Chinese digits, positional.
    Hanidec,
    /// Days of a Chinese month.
    Hanidays,
    /// Hebrew letters.
    Hebrew,
    /// Small Roman numerals.
    Roman,
    /// The first year of an era has a name.
    FirstYear,
}

/// A part of a pattern.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) enum Item {
    /// Stands for itself.
    Literal(String),
    /// A field: the letter that CLDR has for it, and how often it stands there.
    Field(char, u8),
    /// A field with digits of its own.
    Special(char, Special),
}

impl Item {
    /// The letter of a field.
    pub(super) fn symbol(&self) -> Option<char> {
        match self {
            Self::Field(symbol, _) | Self::Special(symbol, _) => Some(*symbol),
            Self::Literal(_) => None,
        }
    }
}

/// A letter that stands for all that show the same thing.
pub(super) fn kind_of(symbol: char) -> char {
    match symbol {
        'U' | 'r' | 'u' => 'y',
        'L' => 'M',
        'c' | 'e' => 'E',
        'h' | 'K' | 'k' => 'H',
        'b' | 'B' => 'a',
        'O' | 'v' | 'V' => 'z',
        other => other,
    }
}

/// Texts and fields in a row.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Pattern(pub Vec<Item>);

impl Pattern {
    /// A pattern of the library.
    pub(super) fn of(items: impl Iterator<Item = PatternItem>) -> Self {
        let mut pattern = Self::default();
        for item in items {
            match item {
                PatternItem::Literal(c) => pattern.push_char(c),
                PatternItem::Field(field) => {
                    let symbol = field.symbol.into();
                    pattern.0.push(match field.length {
                        FieldLength::One => Item::Field(symbol, 1),
                        FieldLength::Two => Item::Field(symbol, 2),
                        FieldLength::Three => Item::Field(symbol, 3),
                        FieldLength::Four => Item::Field(symbol, 4),
                        FieldLength::Five => Item::Field(symbol, 5),
                        FieldLength::Six => Item::Field(symbol, 6),
                        FieldLength::NumericOverride(which) => Item::Special(
                            symbol,
                            match which {
                                FieldNumericOverrides::Hanidec => Special::Hanidec,
                                FieldNumericOverrides::Hanidays => Special::Hanidays,
                                FieldNumericOverrides::Hebr => Special::Hebrew,
                                FieldNumericOverrides::Romanlow => Special::Roman,
                                _ => Special::FirstYear,
                            },
                        ),
                    });
                }
            }
        }
        pattern
    }

    /// A pattern written as CLDR writes them: letters are fields, but for those between apostrophes.
    pub(super) fn parse(text: &str) -> Self {
        let mut pattern = Self::default();
        let mut quoted = false;
        for c in text.chars() {
            match c {
                '\'' => quoted = !quoted,
                c if c.is_ascii_alphabetic() && !quoted => match pattern.0.last_mut() {
                    Some(Item::Field(symbol, width)) if *symbol == c => *width = width.saturating_add(1),
                    _ => pattern.0.push(Item::Field(c, 1)),
                },
                c => pattern.push_char(c),
            }
        }
        pattern
    }

    pub(super) fn push_char(&mut self, c: char) {
        match self.0.last_mut() {
            Some(Item::Literal(text)) => text.push(c),
            _ => self.0.push(Item::Literal(String::from(c))),
        }
    }

    pub(super) fn push_text(&mut self, text: &str) {
        text.chars().for_each(|c| self.push_char(c));
    }

    pub(super) fn append(&mut self, other: &Self) {
        for item in &other.0 {
            match item {
                Item::Literal(text) => self.push_text(text),
                item => self.0.push(item.clone()),
            }
        }
    }

    /// Whether a field of this [kind](kind_of) is there.
    pub(super) fn has(&self, kind: char) -> bool {
        self.0.iter().any(|item| item.symbol().is_some_and(|symbol| kind_of(symbol) == kind))
    }

    /// Whether months have names here.
    pub(super) fn has_month_name(&self) -> bool {
        self.0.iter().any(|item| matches!(item, Item::Field('M' | 'L', 3..)))
    }

    /// Without the fields of some kinds, and what separates them from their neighbours.
    pub(super) fn without(&self, kinds: &[char]) -> Self {
        let mut left = Self::default();
        let mut separator: Option<&str> = None;
        let mut dropped = false;
        for item in &self.0 {
            match item {
                Item::Literal(text) => {
                    // Of the texts on both sides of what is gone the first remains.
                    if !(dropped && separator.is_some()) {
                        separator = Some(text);
                    }
                }
                item if item.symbol().is_some_and(|symbol| kinds.contains(&kind_of(symbol))) => {
                    dropped = true;
                    if left.0.is_empty() {
                        separator = None;
                    }
                }
                item => {
                    if let Some(text) = separator.take()
                        && !(left.0.is_empty() && dropped)
                    {
                        left.push_text(text);
                    }
                    dropped = false;
                    left.0.push(item.clone());
                }
            }
        }
        if let Some(text) = separator
            && !dropped
        {
            left.push_text(text);
        }
        left
    }

    /// Widths as the options say.
    pub(super) fn set_widths(&mut self, fields: &Fields) {
        let name = |width| match width {
            Text::Short => 3,
            Text::Long => 4,
            Text::Narrow => 5,
        };
        // What is to have no fixed number of digits has those that are usual in the locale.
        let digits = |width, usual| if width == Digits::TwoDigit { 2 } else { usual };
        for item in &mut self.0 {
            let Item::Field(symbol, width) = item else { continue };
            match (kind_of(*symbol), *symbol) {
                ('G', _) => *width = fields.era.map_or(*width, name),
                (_, 'y') => *width = fields.year.map_or(*width, |asked| digits(asked, 1)),
                ('M', _) => {
                    *width = match fields.month {
                        Some(Month::Short) if *width > 2 => 3,
                        Some(Month::Long) if *width > 2 => 4,
                        Some(Month::Narrow) if *width > 2 => 5,
                        Some(Month::TwoDigit) if *width < 3 => 2,
                        _ => *width,
                    }
                }
                ('E', _) => *width = fields.weekday.map_or(*width, name),
                ('d', _) => *width = fields.day.map_or(*width, |asked| digits(asked, *width)),
                (_, 'B') => *width = fields.day_period.map_or(*width, name),
                ('H', _) => *width = fields.hour.map_or(*width, |asked| digits(asked, *width)),
                _ => {}
            }
        }
    }

    /// The fields that a pattern shows, as options say them.
    pub(super) fn fields(&self) -> Fields {
        let name = |width| match width {
            4 => Text::Long,
            5 => Text::Narrow,
            _ => Text::Short,
        };
        let digits = |width| if width == 2 { Digits::TwoDigit } else { Digits::Numeric };
        let mut fields = Fields::default();
        for item in &self.0 {
            let (symbol, width) = match *item {
                Item::Field(symbol, width) => (symbol, width),
                Item::Special(symbol, _) => (symbol, 1),
                Item::Literal(_) => continue,
            };
            match kind_of(symbol) {
                'G' => fields.era = Some(name(width)),
                'y' => fields.year = Some(digits(width)),
                'M' => {
                    fields.month = Some(match width {
                        1 => Month::Numeric,
                        2 => Month::TwoDigit,
                        4 => Month::Long,
                        5 => Month::Narrow,
                        _ => Month::Short,
                    });
                }
                'E' => fields.weekday = Some(name(width)),
                'd' => fields.day = Some(digits(width)),
                'a' if symbol == 'B' => fields.day_period = Some(name(width)),
                'H' => fields.hour = Some(digits(width)),
                'm' => fields.minute = Some(digits(width)),
                's' => fields.second = Some(digits(width)),
                'S' => fields.fraction = Some(width),
                'z' => {
                    fields.zone_name = Some(match (symbol, width) {
                        ('z', 4) => ZoneName::Long,
                        ('O', 4) => ZoneName::LongOffset,
                        ('O', _) => ZoneName::ShortOffset,
                        ('v', 4) => ZoneName::LongGeneric,
                        ('v', _) => ZoneName::ShortGeneric,
                        _ => ZoneName::Short,
                    });
                }
                _ => {}
            }
        }
        fields
    }
}

/// The field that names the time zone.
pub(super) fn zone_item(name: ZoneName) -> Item {
    match name {
        ZoneName::Short => Item::Field('z', 1),
        ZoneName::Long => Item::Field('z', 4),
        ZoneName::ShortOffset => Item::Field('O', 1),
        ZoneName::LongOffset => Item::Field('O', 4),
        ZoneName::ShortGeneric => Item::Field('v', 1),
        ZoneName::LongGeneric => Item::Field('v', 4),
    }
}
