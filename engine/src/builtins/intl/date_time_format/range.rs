//! Ranges: what both ends have in common is said once, where the locale has a pattern for that.

use alloc::vec::Vec;

use icu_datetime::provider::range_patterns::{
    DateGreatestDifferenceField as Date, TimeGreatestDifferenceField as Time,
};

use super::data::{self, Place, Range, Variant};
use super::fields::{Digits, Fields, Month, Request, Setting};
use super::format::{Formatter, Moment, Part, Shown, Source, is_whole_hour, push_literal};
use super::pattern::{Item, Pattern, kind_of, zone_item};
use super::select::{Half, Selected, fit_time, select, zone_glue};

/// The largest field in which two moments differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Difference {
    Date(Date),
    Time(Time),
    Second,
}

fn difference(one: &Shown, two: &Shown) -> Option<Difference> {
    let differs = |get: fn(&Shown) -> u32| get(one) != get(two);
    Some(if one.era != two.era {
        Difference::Date(Date::Era)
    } else if one.year != two.year {
        Difference::Date(Date::Year)
    } else if differs(|shown| shown.month.into()) {
        Difference::Date(Date::Month)
    } else if differs(|shown| shown.day.into()) {
        Difference::Date(Date::Day)
    } else if differs(|shown| (shown.hour >= 12).into()) {
        Difference::Time(Time::DayPeriodA)
    } else if differs(|shown| shown.hour.into()) {
        Difference::Time(Time::Hour)
    } else if differs(|shown| shown.minute.into()) {
        Difference::Time(Time::Minute)
    } else if differs(|shown| shown.second.into()) || differs(|shown| shown.millisecond) {
        Difference::Second
    } else {
        return None;
    })
}

/// The text of a range.
pub(super) fn write(
    formatter: &Formatter,
    setting: &Setting,
    request: Request,
    start: Moment,
    end: Moment,
) -> Vec<Part> {
    let mut selected = select(formatter, setting, request);
    if let Some(Difference::Date(field)) = difference(&formatter.shown(start), &formatter.shown(end)) {
        // Times of two days do not mean much without the days.
        say_date(formatter, setting, &mut selected, field);
    }
    let pattern = selected.pattern();
    let mut parts = Vec::new();
    formatter.write(&pattern, start, Source::Start, &mut parts);
    let mut others = Vec::new();
    formatter.write(&pattern, end, Source::End, &mut others);
    // What is shown decides: moments that differ in nothing that is shown are one.
    if parts.iter().map(|part| &part.text).eq(others.iter().map(|part| &part.text)) {
        parts.iter_mut().for_each(|part| part.source = Source::Shared);
        return parts;
    }
    let range = Ends { formatter, setting, start, end };
    range.shared(&selected).unwrap_or_else(|| {
        let mut both = Vec::new();
        for place in data::range_glue(&formatter.data) {
            match place {
                Place::Part(0) => both.append(&mut parts),
                Place::Part(_) => both.append(&mut others),
                Place::Text(text) => push_literal(&mut both, &text, Source::Shared),
            }
        }
        both
    })
}

/// Adds the fields of the date, up to that in which the ends of a range differ, to a format that shows times.
fn say_date(formatter: &Formatter, setting: &Setting, selected: &mut Selected, field: Date) {
    if selected.time.as_ref().is_none_or(|time| !time.fields.has_time()) {
        return;
    }
    let digits = Some(Digits::Numeric);
    let day = Fields { year: digits, month: Some(Month::Numeric), day: digits, ..Fields::default() };
    let fields = match &selected.date {
        None => day,
        Some(date) => {
            let shown = if date.fields.has_date() { date.fields } else { date.pattern.fields() };
            Fields {
                year: shown.year.or(day.year.filter(|_| field >= Date::Year)),
                month: shown.month.or(day.month.filter(|_| field >= Date::Month)),
                day: shown.day.or(day.day),
                era: shown.era,
                weekday: shown.weekday,
                ..Fields::default()
            }
        }
    };
    let is_said = |shown: Fields| {
        shown.year.is_some() == fields.year.is_some() && shown.month.is_some() == fields.month.is_some()
    };
    if selected.date.as_ref().is_some_and(|date| is_said(date.pattern.fields()) && date.pattern.has('d')) {
        return;
    }
    // How it is put together with the time goes by the whole.
    let whole = Fields { hour: digits, ..fields };
    let other = select(formatter, setting, Request::Fields(whole));
    *selected = Selected { time: selected.time.take(), ..other };
}

struct Ends<'a> {
    formatter: &'a Formatter,
    setting: &'a Setting,
    start: Moment,
    end: Moment,
}

impl Ends<'_> {
    /// The range with what is common said once, if there is a pattern for that.
    fn shared(&self, selected: &Selected) -> Option<Vec<Part>> {
        let (start, end) = (self.formatter.shown(self.start), self.formatter.shown(self.end));
        match (&selected.date, &selected.time, difference(&start, &end)?) {
            (Some(date), None, Difference::Date(field)) => {
                let mut range = self.formatter.family.date_range(&self.formatter.data, date.which?, field)?;
                fit_date(&mut range, date);
                self.check(&range, &date.pattern)?;
                let mut parts = Vec::new();
                self.write(&range, &mut parts);
                Some(parts)
            }
            (None, Some(time), Difference::Time(field)) => {
                let mut parts = Vec::new();
                self.write_times(time, &self.time(time, field)?, &mut parts);
                Some(parts)
            }
            (Some(date), Some(time), difference @ (Difference::Time(_) | Difference::Second)) => {
                let range = match difference {
                    Difference::Time(field) => self.time(time, field),
                    _ => None,
                };
                let mut parts = Vec::new();
                for place in &selected.glue {
                    match (place, &range) {
                        (Place::Part(0), Some(range)) => self.write_times(time, range, &mut parts),
                        (Place::Part(0), None) => self.write(&Range::Symmetric(time.pattern.clone()), &mut parts),
                        (Place::Part(_), _) => {
                            self.formatter.write(&date.pattern, self.start, Source::Shared, &mut parts);
                        }
                        (Place::Text(text), _) => push_literal(&mut parts, text, Source::Shared),
                    }
                }
                Some(parts)
            }
            _ => None,
        }
    }

    /// The pattern of a range of times, without the zone.
    fn time(&self, half: &Half, field: Time) -> Option<Range> {
        let which = half.which.filter(|which| which.variant != Variant::Second)?;
        // The zone is named once, so that its name has to be the same.
        if half.fields.fraction.is_some() || half.fields.zone_name.is_some() && self.start.offset != self.end.offset {
            return None;
        }
        let single = half.pattern.without(&['z']);
        let field = if self.has_same_period(&single) { field } else { Time::DayPeriodA };
        let mut range = data::time_range(&self.formatter.data, which, field)?;
        let (Range::Symmetric(pattern) | Range::Full(pattern)) = &mut range;
        fit_time(pattern, &half.fields, self.setting.hour_cycle);
        self.check(&range, &single)?;
        Some(range)
    }

    /// Whether both ends are in one part of the day, if the pattern of a time says which it is.
    fn has_same_period(&self, single: &Pattern) -> bool {
        let period = |moment| {
            let mut parts = Vec::new();
            for item in single.0.iter().filter(|item| item.symbol() == Some('B')) {
                self.formatter.write_item(item, moment, is_whole_hour(single, moment), Source::Shared, &mut parts);
            }
            parts
        };
        period(self.start) == period(self.end)
    }

    /// A range of times, with the name of the zone if there is to be one.
    fn write_times(&self, half: &Half, range: &Range, parts: &mut Vec<Part>) {
        let Some(name) = half.fields.zone_name else { return self.write(range, parts) };
        let zone = Pattern(Vec::from([zone_item(name)]));
        for place in zone_glue(&self.formatter.data) {
            match place {
                Place::Part(0) => self.write(range, parts),
                Place::Part(_) => self.formatter.write(&zone, self.start, Source::Shared, parts),
                Place::Text(text) => push_literal(parts, &text, Source::Shared),
            }
        }
    }

    /// A pattern that shows other fields than that of a single moment does not do.
    fn check(&self, range: &Range, single: &Pattern) -> Option<()> {
        let (Range::Symmetric(pattern) | Range::Full(pattern)) = range;
        let kinds = |pattern: &Pattern| {
            // Years of different kinds are not the same.
            let exact = |symbol| if kind_of(symbol) == 'y' { symbol } else { kind_of(symbol) };
            let mut kinds: Vec<char> = pattern.0.iter().filter_map(Item::symbol).map(exact).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        };
        (kinds(pattern) == kinds(single)).then_some(())
    }

    fn write(&self, range: &Range, parts: &mut Vec<Part>) {
        match range {
            Range::Symmetric(pattern) => {
                for place in data::range_glue(&self.formatter.data) {
                    match place {
                        Place::Part(0) => self.formatter.write(pattern, self.start, Source::Start, parts),
                        Place::Part(_) => self.formatter.write(pattern, self.end, Source::End, parts),
                        Place::Text(text) => push_literal(parts, &text, Source::Shared),
                    }
                }
            }
            Range::Full(pattern) => {
                let kinds: Vec<Option<char>> = pattern.0.iter().map(|item| item.symbol().map(kind_of)).collect();
                let again = |at: usize| {
                    let kind = kinds.get(at).copied().flatten()?;
                    kinds.get(..at)?.contains(&Some(kind)).then_some(kind)
                };
                let twice: Vec<char> = (0..kinds.len()).filter_map(again).collect();
                let of_first = |at: &usize| {
                    kinds.get(*at).copied().flatten().is_some_and(|kind| twice.contains(&kind)) && again(*at).is_none()
                };
                let span = |of: &dyn Fn(&usize) -> bool| {
                    let mut of = (0..kinds.len()).filter(of);
                    let first = of.next()?;
                    Some(first..=of.last().unwrap_or(first))
                };
                let first = span(&of_first);
                let second = span(&|at| again(*at).is_some());
                for (at, item) in pattern.0.iter().enumerate() {
                    let within = |span: &Option<core::ops::RangeInclusive<usize>>| {
                        span.as_ref().is_some_and(|span| span.contains(&at))
                    };
                    let (moment, source) = match (within(&first), within(&second)) {
                        (_, true) => (self.end, Source::End),
                        (true, _) => (self.start, Source::Start),
                        // What stands after the second end is of both.
                        _ => (self.start, Source::Shared),
                    };
                    self.formatter.write_item(item, moment, is_whole_hour(pattern, moment), source, parts);
                }
            }
        }
    }
}

/// Widths as in the pattern of a single date.
fn fit_date(range: &mut Range, half: &Half) {
    let (Range::Symmetric(pattern) | Range::Full(pattern)) = range;
    for item in &mut pattern.0 {
        let Item::Field(symbol, width) = item else { continue };
        let kind = kind_of(*symbol);
        let single = half.pattern.0.iter().find_map(|item| match item {
            Item::Field(symbol, width) if kind_of(*symbol) == kind => Some(*width),
            _ => None,
        });
        let Some(single) = single else { continue };
        // A month may be a number in one of them and a name in the other, and ranges of dates that are all numbers may have more digits
        // than single ones.
        let is_name = |width| kind == 'M' && width > 2;
        if is_name(*width) != is_name(single) || kind != 'y' && single == 1 && *width == 2 {
            continue;
        }
        *width = single;
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString};

    use super::super::fields::{HourCycle, Style, Text, ZoneName};
    use super::super::format::joined;
    use super::*;

    fn range(locale: &str, request: Request, start: (i64, u32), end: (i64, u32)) -> String {
        let setting = Setting {
            locale: locale.to_string(),
            calendar: "gregory".to_string(),
            numbering_system: "latn".to_string(),
            hour_cycle: HourCycle::H12,
        };
        let formatter = Formatter::new(&setting, "UTC").unwrap();
        let moment = |(day, minute): (i64, u32)| Moment::local(day, minute * 60_000);
        let parts = write(&formatter, &setting, request, moment(start), moment(end));
        joined(&parts).replace(['\u{2009}', '\u{202f}'], " ")
    }

    #[test]
    fn what_is_common_is_said_once() {
        let digits = Some(Digits::Numeric);
        let date = Fields { year: digits, month: Some(Month::Numeric), day: digits, ..Fields::default() };
        let long = Fields { month: Some(Month::Long), ..date };
        let time = Fields { hour: digits, minute: digits, ..Fields::default() };
        let both = Fields { hour: digits, minute: digits, ..date };
        let of = |fields, start, end| range("en", Request::Fields(fields), start, end);
        assert_eq!(of(date, (17_899, 0), (17_899, 5)), "1/3/2019");
        assert_eq!(of(date, (17_899, 0), (17_901, 0)), "1/3/2019 – 1/5/2019");
        assert_eq!(of(long, (17_899, 0), (17_901, 0)), "January 3 – 5, 2019");
        assert_eq!(of(long, (17_899, 0), (17_959, 0)), "January 3 – March 4, 2019");
        assert_eq!(of(time, (17_899, 600), (17_899, 660)), "10:00 – 11:00 AM");
        assert_eq!(of(time, (17_899, 600), (17_899, 780)), "10:00 AM – 1:00 PM");
        assert_eq!(of(time, (17_899, 600), (17_900, 600)), "1/3/2019, 10:00 AM – 1/4/2019, 10:00 AM");
        let zoned = Fields { zone_name: Some(ZoneName::Short), ..time };
        assert_eq!(of(zoned, (17_899, 600), (17_899, 660)), "10:00 – 11:00 AM UTC");
        let period = Fields { day_period: Some(Text::Long), ..time };
        assert_eq!(of(period, (17_899, 600), (17_899, 660)), "10:00 – 11:00 in the morning");
        assert_eq!(of(period, (17_899, 720), (17_899, 750)), "12:00 noon – 12:30 in the afternoon");
        let no_year = Fields { year: None, ..both };
        assert_eq!(of(no_year, (17_899, 600), (17_900, 600)), "1/3, 10:00 AM – 1/4, 10:00 AM");
        assert_eq!(of(no_year, (17_899, 600), (18_264, 600)), "1/3/2019, 10:00 AM – 1/3/2020, 10:00 AM");
        assert_eq!(of(both, (17_899, 600), (17_899, 660)), "1/3/2019, 10:00 – 11:00 AM");
        assert_eq!(of(both, (17_899, 600), (17_900, 660)), "1/3/2019, 10:00 AM – 1/4/2019, 11:00 AM");
        let style = Request::Styles { date: Some(Style::Short), time: None };
        assert_eq!(range("en", style, (17_899, 0), (17_901, 0)), "1/3/19 – 1/5/19");
        assert_eq!(range("de", Request::Fields(long), (17_899, 0), (17_901, 0)), "3.–5. Januar 2019");
        assert_eq!(range("zh", Request::Fields(long), (17_899, 0), (17_959, 0)), "2019年1月3日 – 3月4日");
        assert_eq!(range("ko", Request::Fields(long), (17_899, 0), (17_959, 0)), "2019년 1월 3일~3월 4일");
        assert_eq!(range("de", Request::Fields(date), (17_899, 0), (17_901, 0)), "03.–05.01.2019");
    }
}
