//! The pattern for what options ask for: that of the date, that of the time, and how both are put together.

use alloc::vec::Vec;

use icu_provider::DataLocale;

use super::data::{self, Family, Length, Place, Variant, Which};
use super::fields::{Digits, Fields, HourCycle, Month, Request, Setting, Style, Text, ZoneName};
use super::format::Formatter;
use super::pattern::{Item, Pattern, zone_item};

/// The pattern of one half, and which of the library's it is, if it is one with other widths at most.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Half {
    pub pattern: Pattern,
    pub which: Option<Which>,
    /// The widths that were asked for.
    pub fields: Fields,
}

/// What is shown.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Selected {
    pub date: Option<Half>,
    /// With the name of the zone, if there is a name or a time.
    pub time: Option<Half>,
    /// How they are put together.
    pub glue: Vec<Place>,
}

impl Selected {
    /// The whole.
    pub(super) fn pattern(&self) -> Pattern {
        match (&self.date, &self.time) {
            (Some(date), Some(time)) => put_together(&self.glue, &time.pattern, &date.pattern),
            (Some(half), None) | (None, Some(half)) => half.pattern.clone(),
            (None, None) => Pattern::default(),
        }
    }
}

/// A pattern for a glue's places.
fn put_together(glue: &[Place], first: &Pattern, second: &Pattern) -> Pattern {
    let mut whole = Pattern::default();
    for place in glue {
        match place {
            Place::Part(0) => whole.append(first),
            Place::Part(_) => whole.append(second),
            Place::Text(text) => whole.push_text(text),
        }
    }
    whole
}

/// How a time and the name of its zone are put together.
pub(super) fn zone_glue(locale: &DataLocale) -> Vec<Place> {
    let mut glue = data::glue(locale, Length::Medium, "tz");
    if glue.iter().all(|place| matches!(place, Place::Part(_))) {
        glue.insert(1.min(glue.len()), Place::Text(" ".into()));
    }
    glue
}

/// Languages that write the days and months of all-numeric dates with as few digits as possible, though the library's short pattern has
/// two (CLDR's `yMd` and `Md` differ from its short date there).
const ONE_DIGIT: &[&str] = &[
    "ca", "cs", "da", "de", "el", "es", "fi", "gl", "he", "hi", "id", "is", "it", "ja", "ko", "lt", "nb", "nl", "nn",
    "no", "sk", "sl", "sr", "th", "vi", "zh",
];

/// Languages of which that is true for days only.
const ONE_DIGIT_DAY: &[&str] = &["bg", "pl"];

/// Chooses what shows a request.
pub(super) fn select(formatter: &Formatter, setting: &Setting, request: Request) -> Selected {
    let context = Context { formatter, locale: &formatter.data, family: formatter.family, setting };
    match request {
        Request::Fields(fields) => context.fields(fields),
        Request::Styles { date, time } => context.styles(date, time),
    }
}

struct Context<'a> {
    formatter: &'a Formatter,
    locale: &'a DataLocale,
    family: Family,
    setting: &'a Setting,
}

impl Context<'_> {
    fn styles(&self, date: Option<Style>, time: Option<Style>) -> Selected {
        let date_half = date.map(|style| {
            let (fields, length) = match style {
                Style::Full => ("ym0de", Length::Long),
                Style::Long => ("ym0d", Length::Long),
                Style::Medium => ("ym0d", Length::Medium),
                Style::Short => ("ym0d", Length::Short),
            };
            let which = Which { fields, length, variant: Variant::Standard };
            let pattern = if self.setting.calendar == "iso8601" && style == Style::Short {
                Pattern::parse("y-MM-dd")
            } else {
                self.family.date(self.locale, which).unwrap_or_default()
            };
            Half { pattern, which: Some(which), fields: Fields::default() }
        });
        let time_half = time.map(|style| {
            let zone_name = match style {
                Style::Full => Some(ZoneName::Long),
                Style::Long => Some(ZoneName::Short),
                Style::Medium | Style::Short => None,
            };
            let seconds = style != Style::Short;
            let digits = Some(Digits::Numeric);
            self.time(Fields {
                hour: digits,
                minute: digits,
                second: digits.filter(|_| seconds),
                zone_name,
                ..Fields::default()
            })
        });
        let length = match date {
            Some(Style::Full | Style::Long) => Length::Long,
            Some(Style::Medium) => Length::Medium,
            _ => Length::Short,
        };
        Selected { date: date_half, time: time_half, glue: data::glue(self.locale, length, "dt") }
    }

    fn fields(&self, fields: Fields) -> Selected {
        let has_date = fields.has_date() || fields.era.is_some();
        let mut date = has_date.then(|| self.date(fields.date_only()));
        let has_time = fields.has_time() || fields.zone_name.is_some();
        if let (Some(half), true) = (&mut date, has_time) {
            // A weekday with a time does not stand alone.
            for item in &mut half.pattern.0 {
                if let Item::Field(symbol @ 'c', _) = item {
                    *symbol = 'E';
                }
            }
        }
        let time = has_time.then(|| self.time(fields.time_only()));
        let glue = match fields.month {
            _ if fields.weekday.is_some()
                && fields.day.is_none()
                && fields.month.is_none()
                && fields.year.is_none() =>
            {
                self.weekday_glue()
            }
            Some(Month::Long) => data::glue(self.locale, Length::Long, "dt"),
            Some(Month::Short | Month::Narrow) => data::glue(self.locale, Length::Medium, "dt"),
            _ => data::glue(self.locale, Length::Short, "dt"),
        };
        let mut selected = Selected { date, time, glue };
        if has_date && has_time && fields.weekday.is_some() && !fields.has_time() {
            selected.glue = data::glue(self.locale, Length::Short, "dt");
        }
        selected
    }

    /// How a weekday and a time are put together: the library has patterns with both.
    fn weekday_glue(&self) -> Vec<Place> {
        let which = Which { fields: "ej", length: Length::Medium, variant: Variant::First };
        let pattern = self.family.date(self.locale, which).unwrap_or_default();
        let is_day = |item: &Item| matches!(item.symbol(), Some('E' | 'c'));
        let mut glue = Vec::new();
        // All fields but the weekday are the time.
        let mut in_time = false;
        for (at, item) in pattern.0.iter().enumerate() {
            match item {
                item if is_day(item) => {
                    glue.push(Place::Part(1));
                    in_time = false;
                }
                Item::Literal(text) => {
                    let follows = pattern.0.get(at + 1);
                    if !in_time || follows.is_some_and(is_day) || follows.is_none() {
                        glue.push(Place::Text(text.clone()));
                    }
                }
                _ => {
                    if !in_time {
                        glue.push(Place::Part(0));
                    }
                    in_time = true;
                }
            }
        }
        if glue.is_empty() {
            glue.extend([Place::Part(1), Place::Text(" ".into()), Place::Part(0)]);
        }
        glue
    }

    /// The library's pattern for a date with these fields, if it has one.
    fn known_date(&self, fields: &Fields) -> Option<Half> {
        let names =
            match (fields.year.is_some(), fields.month.is_some(), fields.day.is_some(), fields.weekday.is_some()) {
                (true, false, false, false) => "y",
                (true, true, false, false) => "ym0",
                (true, true, true, false) => "ym0d",
                (true, true, true, true) => "ym0de",
                (false, true, false, false) => "m0",
                (false, true, true, false) => "m0d",
                (false, true, true, true) => "m0de",
                (false, false, true, false) => "d",
                (false, false, true, true) => "de",
                (false, false, false, true) => "e",
                _ => return None,
            };
        if fields.era.is_some() && fields.year.is_none() {
            return None;
        }
        let variant = if fields.era.is_some() { Variant::Second } else { Variant::First };
        let of = |length| {
            let which = Which { fields: names, length, variant };
            Some((which, self.family.date(self.locale, which)?))
        };
        let (which, mut pattern) = match fields.month {
            Some(Month::Long) => of(Length::Long)?,
            // The pattern of medium length may show months as numbers.
            Some(Month::Short | Month::Narrow) => match of(Length::Medium)? {
                found if found.1.has_month_name() => found,
                _ => of(Length::Long)?,
            },
            Some(Month::Numeric | Month::TwoDigit) => of(Length::Short)?,
            None => of(Length::Medium)?,
        };
        let all_numeric = matches!(fields.month, Some(Month::Numeric | Month::TwoDigit));
        if all_numeric && self.setting.calendar == "iso8601" {
            pattern = Pattern::parse(match names {
                "ym0" => "y-MM",
                "ym0d" => "y-MM-dd",
                "ym0de" => "y-MM-dd, E",
                "m0d" => "MM-dd",
                "m0de" => "MM-dd, E",
                _ => "M",
            });
        } else if all_numeric && self.family == Family::Gregorian {
            let language = self.formatter.language.as_str();
            let (months, days) = (ONE_DIGIT.contains(&language), ONE_DIGIT_DAY.contains(&language));
            for item in &mut pattern.0 {
                match item {
                    Item::Field('M' | 'L', width @ 2) if months => *width = 1,
                    Item::Field('d', width @ 2) if months || days => *width = 1,
                    _ => {}
                }
            }
        }
        pattern.set_widths(fields);
        let in_brackets = matches!(self.formatter.language.as_str(), "ja" | "ko") && which.length == Length::Long;
        if in_brackets && fields.weekday.is_some_and(|width| width != Text::Long) {
            put_weekday_in_brackets(&mut pattern);
        }
        Some(Half { pattern, which: Some(which), fields: *fields })
    }

    fn date(&self, fields: Fields) -> Half {
        if let Some(half) = self.known_date(&fields) {
            return half;
        }
        // What has no pattern is put together of what has: with the day or else the year, whatever is left after it.
        let mut pattern = Pattern::default();
        let with_month = Fields { weekday: None, era: None, ..fields };
        let alone =
            Fields { year: fields.year, era: fields.era.filter(|_| fields.year.is_some()), ..Fields::default() };
        let candidates =
            if fields.month.is_some() || fields.year.is_none() { [with_month, alone] } else { [alone, with_month] };
        let mut left = fields;
        if let Some(half) = candidates.iter().find_map(|candidate| self.known_date(candidate)) {
            let shown = half.fields;
            pattern = half.pattern;
            left = Fields {
                weekday: left.weekday,
                era: left.era.filter(|_| shown.era.is_none()),
                year: left.year.filter(|_| shown.year.is_none()),
                month: left.month.filter(|_| shown.month.is_none()),
                day: left.day.filter(|_| shown.day.is_none()),
                ..Fields::default()
            };
        }
        let mut more = Pattern::default();
        if left.era.is_some() {
            more.0.push(Item::Field('G', 1));
        }
        if left.weekday.is_some() {
            more.0.push(Item::Field('E', 1));
        }
        if left.day.is_some() {
            more.0.push(Item::Field('d', 1));
        }
        more.set_widths(&fields);
        for item in more.0 {
            match item {
                Item::Field('d', _) if !pattern.0.is_empty() => self.append_named(&mut pattern, item, "day"),
                item => {
                    if !pattern.0.is_empty() {
                        pattern.push_char(' ');
                    }
                    pattern.0.push(item);
                }
            }
        }
        Half { pattern, which: None, fields }
    }

    /// Appends a field that no pattern has a place for, with what it is called.
    fn append_named(&self, pattern: &mut Pattern, item: Item, name: &str) {
        pattern.push_text(" (");
        if self.formatter.language == "en" {
            pattern.push_text(name);
            pattern.push_text(": ");
        }
        pattern.0.push(item);
        pattern.push_char(')');
    }

    fn time(&self, fields: Fields) -> Half {
        let cycle = self.setting.hour_cycle;
        let attributes = if cycle.is_twelve() { "h" } else { "h0" };
        let of = |variant| {
            let which = Which { fields: attributes, length: Length::Medium, variant };
            (Some(which), data::time(self.locale, which).unwrap_or_default())
        };
        let (which, mut pattern) = match (fields.hour.is_some(), fields.minute.is_some(), fields.second.is_some()) {
            (true, false, false) => of(Variant::Standard),
            (true, true, false) => of(Variant::First),
            (true, true, true) => of(Variant::Second),
            (true, false, true) => {
                let mut pattern = of(Variant::Standard).1;
                self.append_named(&mut pattern, Item::Field('s', minute_width(fields.second)), "second");
                (None, pattern)
            }
            (false, true, true) => (None, of(Variant::Second).1.without(&['H', 'a'])),
            (false, true, false) => (None, Pattern(Vec::from([Item::Field('m', minute_width(fields.minute))]))),
            (false, false, true) => (None, Pattern(Vec::from([Item::Field('s', minute_width(fields.second))]))),
            (false, false, false) => (None, Pattern::default()),
        };
        fit_time(&mut pattern, &fields, cycle);
        if let Some(digits) = fields.fraction {
            add_fraction(&mut pattern, digits, &data::decimal_separator(self.locale, &self.setting.numbering_system));
        }
        if fields.day_period.is_some() && fields.hour.is_none() {
            if !pattern.0.is_empty() {
                pattern.push_char(' ');
            }
            pattern.0.push(Item::Field('B', 1));
            pattern.set_widths(&fields);
        }
        if let Some(name) = fields.zone_name {
            let zone = Pattern(Vec::from([zone_item(name)]));
            pattern = if pattern.0.is_empty() { zone } else { put_together(&zone_glue(self.locale), &pattern, &zone) };
        }
        Half { pattern, which, fields }
    }
}

/// What languages with long patterns for all dates that have words do with a weekday that is not written out.
fn put_weekday_in_brackets(pattern: &mut Pattern) {
    let mut whole = Pattern::default();
    for (at, item) in pattern.0.iter().enumerate() {
        match item {
            Item::Field('E', _)
                if at > 0 && !matches!(pattern.0.get(at - 1), Some(Item::Literal(text)) if text.ends_with('(')) =>
            {
                whole.push_char('(');
                whole.0.push(item.clone());
                whole.push_char(')');
            }
            Item::Literal(text) => whole.push_text(text),
            item => whole.0.push(item.clone()),
        }
    }
    *pattern = whole;
}

fn minute_width(digits: Option<Digits>) -> u8 {
    if digits == Some(Digits::TwoDigit) { 2 } else { 1 }
}

/// Gives the fields of a pattern of a time the form that is asked for: how hours are counted, what the part of the day is.
pub(super) fn fit_time(pattern: &mut Pattern, fields: &Fields, cycle: HourCycle) {
    for item in &mut pattern.0 {
        match item {
            Item::Field(symbol @ ('h' | 'H' | 'k' | 'K'), _) => *symbol = cycle.symbol(),
            Item::Field(symbol @ ('a' | 'b'), _) if fields.day_period.is_some() => *symbol = 'B',
            // Where the part of the day is usual, it is not what options ask for.
            Item::Literal(text) if fields.day_period.is_some() => *text = text.replace(['\u{202f}', '\u{a0}'], " "),
            _ => {}
        }
    }
    pattern.set_widths(fields);
}

/// Adds the fraction of the second, after the second if there is one.
fn add_fraction(pattern: &mut Pattern, digits: u8, separator: &str) {
    let fraction = Item::Field('S', digits);
    match pattern.0.iter().position(|item| item.symbol() == Some('s')) {
        Some(at) => {
            pattern.0.insert(at + 1, fraction);
            pattern.0.insert(at + 1, Item::Literal(separator.into()));
        }
        None => {
            if !pattern.0.is_empty() {
                pattern.push_char(' ');
            }
            pattern.0.push(fraction);
        }
    }
}
