//! Dates as text (ECMA-262 §21.4.4.41).

use core::fmt::{self, Write};

use super::time::{Fields, fields};
use super::zone;

pub(super) const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
pub(super) const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The text of a date, put together on the native stack.
pub(super) struct Text {
    text: [u8; 128],
    len: usize,
}

impl Text {
    pub fn new() -> Self {
        Text { text: [0; 128], len: 0 }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

impl Write for Text {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        for b in s.bytes() {
            let place = self.text.get_mut(self.len).ok_or(fmt::Error)?;
            *place = b;
            self.len += 1;
        }
        Ok(())
    }
}

fn year(year: i64) -> (&'static str, i64) {
    if year < 0 { ("-", -year) } else { ("", year) }
}

fn day_name(f: &Fields) -> &'static str {
    DAYS[f.weekday as usize % 7]
}

fn month_name(f: &Fields) -> &'static str {
    MONTHS[f.month as usize % 12]
}

/// ECMA-262 §21.4.4.41.2 DateString
fn write_date(out: &mut Text, f: &Fields) -> fmt::Result {
    let (sign, y) = year(f.year);
    write!(out, "{} {} {:02} {sign}{y:04}", day_name(f), month_name(f), f.date)
}

/// ECMA-262 §21.4.4.41.1 TimeString and §21.4.4.41.3 TimeZoneString
fn write_time(out: &mut Text, f: &Fields, utc: f64) -> fmt::Result {
    let local = zone::local(utc);
    let minutes = (local.offset / 60_000.0) as i64;
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.abs();
    write!(out, "{:02}:{:02}:{:02} GMT{sign}{:02}{:02}", f.hour, f.minute, f.second, minutes / 60, minutes % 60)?;
    let name = if local.name == "UTC" { "Coordinated Universal Time" } else { local.name };
    write!(out, " ({name})")
}

/// How a date is to be written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `Thu Jan 01 1970 00:00:00 GMT+0000 (UTC)`
    Full,
    /// `Thu Jan 01 1970`
    Date,
    /// `00:00:00 GMT+0000 (UTC)`
    Time,
    /// `Thu, 01 Jan 1970 00:00:00 GMT`
    Utc,
    /// `1970-01-01T00:00:00.000Z`
    Iso,
    /// `1/1/1970, 12:00:00 AM`
    Locale,
    /// `1/1/1970`
    LocaleDate,
    /// `12:00:00 AM`
    LocaleTime,
}

/// The text of a finite time value.
pub(super) fn write(t: f64, style: Style) -> Text {
    let mut out = Text::new();
    let f = match style {
        Style::Utc | Style::Iso => fields(t),
        _ => fields(zone::local_time(t)),
    };
    // Years have six digits and zone names are short: it fits.
    let _ = write_style(&mut out, &f, t, style);
    out
}

fn write_style(out: &mut Text, f: &Fields, t: f64, style: Style) -> fmt::Result {
    let (sign, y) = year(f.year);
    match style {
        Style::Full => {
            write_date(out, f)?;
            out.write_str(" ")?;
            write_time(out, f, t)
        }
        Style::Date => write_date(out, f),
        Style::Time => write_time(out, f, t),
        Style::Utc => {
            write!(out, "{}, {:02} {} {sign}{y:04}", day_name(f), f.date, month_name(f))?;
            write!(out, " {:02}:{:02}:{:02} GMT", f.hour, f.minute, f.second)
        }
        Style::Iso => {
            if (0..=9999).contains(&f.year) {
                write!(out, "{y:04}")?;
            } else {
                write!(out, "{}{y:06}", if f.year < 0 { '-' } else { '+' })?;
            }
            write!(out, "-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", f.month + 1, f.date, f.hour, f.minute, f.second, f.ms)
        }
        Style::Locale => {
            write_style(out, f, t, Style::LocaleDate)?;
            out.write_str(", ")?;
            write_style(out, f, t, Style::LocaleTime)
        }
        Style::LocaleDate => write!(out, "{}/{}/{}", f.month + 1, f.date, f.year),
        Style::LocaleTime => {
            let hour = if f.hour % 12 == 0 { 12 } else { f.hour % 12 };
            write!(out, "{hour}:{:02}:{:02} {}", f.minute, f.second, if f.hour < 12 { "AM" } else { "PM" })
        }
    }
}
