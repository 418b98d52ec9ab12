//! Text as dates (ECMA-262 §21.4.3.2 Date.parse): the interchange format, and what people write otherwise.

use rotifer_jsvalue::StrView;
use rotifer_jsvalue::number::{is_space, trim};

use super::format::{DAYS, MONTHS};
use super::time::{make_date, make_day, make_time, time_clip};
use super::zone;

/// The time value of a text, NaN when it is none.
pub(super) fn parse(text: StrView<'_>) -> f64 {
    let text = trim(text);
    if text.len() > 512 {
        return f64::NAN;
    }
    let iso = Reader { text, at: 0 }.interchange();
    match iso {
        Some(Iso::Time(t)) => time_clip(t),
        Some(Iso::Invalid) => f64::NAN,
        None => Legacy::new().parse(&mut Reader { text, at: 0 }).map_or(f64::NAN, time_clip),
    }
}

enum Iso {
    Time(f64),
    /// It looks like the format but names no moment.
    Invalid,
}

struct Reader<'t> {
    text: StrView<'t>,
    at: usize,
}

impl Reader<'_> {
    /// The next character, 0 at the end; what is not ASCII comes as 0xFF, or as a space when it is one.
    fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> u8 {
        let i = self.at + ahead;
        if i >= self.text.len() {
            return 0;
        }
        match self.text.at(i) {
            0 => 0xFF,
            u if is_space(u) => b' ',
            u if u < 0x80 => u as u8,
            0x2212 => b'-',
            _ => 0xFF,
        }
    }

    fn eat(&mut self, c: u8) -> bool {
        let found = self.peek() == c;
        self.at += usize::from(found);
        found
    }

    /// A number of exactly `count` digits.
    fn digits(&mut self, count: usize) -> Option<f64> {
        let mut value = 0.0;
        for k in 0..count {
            let c = self.peek_at(k);
            if !c.is_ascii_digit() {
                return None;
            }
            value = value * 10.0 + f64::from(c - b'0');
        }
        self.at += count;
        Some(value)
    }

    /// A run of digits: its value (at most a billion) and length.
    fn number(&mut self) -> (f64, usize) {
        let (mut value, start) = (0.0_f64, self.at);
        while self.peek().is_ascii_digit() {
            value = (value * 10.0 + f64::from(self.peek() - b'0')).min(1e9);
            self.at += 1;
        }
        (value, self.at - start)
    }

    /// A fraction after the point, in milliseconds.
    fn fraction(&mut self) -> Option<f64> {
        let (mut ms, mut scale, start) = (0.0, 100.0, self.at);
        while self.peek().is_ascii_digit() {
            if scale >= 1.0 {
                ms += f64::from(self.peek() - b'0') * scale;
            }
            scale /= 10.0;
            self.at += 1;
        }
        (self.at > start).then_some(ms)
    }

    /// ECMA-262 §21.4.1.32 Date Time String Format; `None` when the text is of another form.
    fn interchange(&mut self) -> Option<Iso> {
        let year = match self.peek() {
            sign @ (b'+' | b'-') => {
                self.at += 1;
                let year = self.digits(6)?;
                if sign == b'-' && year == 0.0 {
                    return Some(Iso::Invalid);
                }
                if sign == b'-' { -year } else { year }
            }
            _ => self.digits(4)?,
        };
        let (mut month, mut day) = (1.0, 1.0);
        if self.eat(b'-') {
            month = self.digits(2)?;
            if self.eat(b'-') {
                day = self.digits(2)?;
            }
        }
        let (mut hour, mut minute, mut second, mut ms) = (0.0, 0.0, 0.0, 0.0);
        let mut offset = Some(0.0);
        if self.eat(b'T') {
            hour = self.digits(2)?;
            self.eat(b':').then_some(())?;
            minute = self.digits(2)?;
            if self.eat(b':') {
                second = self.digits(2)?;
                if self.eat(b'.') {
                    ms = self.fraction()?;
                }
            }
            offset = match self.peek() {
                b'Z' => {
                    self.at += 1;
                    Some(0.0)
                }
                sign @ (b'+' | b'-') => {
                    self.at += 1;
                    let hours = self.digits(2)?;
                    self.eat(b':').then_some(())?;
                    let minutes = self.digits(2)?;
                    if hours > 23.0 || minutes > 59.0 {
                        return Some(Iso::Invalid);
                    }
                    let total = (hours * 60.0 + minutes) * 60_000.0;
                    Some(if sign == b'-' { -total } else { total })
                }
                _ => None,
            };
        }
        if self.at != self.text.len() {
            return None;
        }
        let midnight = hour == 24.0 && minute == 0.0 && second == 0.0 && ms == 0.0;
        if !(1.0..=12.0).contains(&month)
            || day < 1.0
            || day > days_in_month(year, month)
            || hour > 23.0 && !midnight
            || minute > 59.0
            || second > 59.0
        {
            return Some(Iso::Invalid);
        }
        let t = make_date(make_day(year, month - 1.0, day), make_time(hour, minute, second, ms));
        Some(Iso::Time(match offset {
            Some(offset) => t - offset,
            None => zone::utc(t),
        }))
    }
}

fn days_in_month(year: f64, month: f64) -> f64 {
    match month as i64 {
        2 => {
            let y = year as i64;
            if y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) { 29.0 } else { 28.0 }
        }
        4 | 6 | 9 | 11 => 30.0,
        _ => 31.0,
    }
}

/// A number of the date part.
#[derive(Clone, Copy)]
struct Part {
    value: f64,
    digits: usize,
}

/// Reads dates in the forms that engines have always taken: month names or numbers between slashes, times with colons, AM and
/// PM, zone names and offsets, comments in parentheses.
struct Legacy {
    parts: [Part; 3],
    count: usize,
    month: Option<f64>,
    time: Option<[f64; 4]>,
    afternoon: Option<bool>,
    /// Minutes.
    offset: Option<f64>,
}

impl Legacy {
    fn new() -> Self {
        Legacy {
            parts: [Part { value: 0.0, digits: 0 }; 3],
            count: 0,
            month: None,
            time: None,
            afternoon: None,
            offset: None,
        }
    }

    fn parse(mut self, r: &mut Reader<'_>) -> Option<f64> {
        loop {
            match r.peek() {
                0 => break,
                b'(' => Self::comment(r)?,
                c if c.is_ascii_digit() => self.number(r, false)?,
                c if c.is_ascii_alphabetic() => self.word(r)?,
                sign @ (b'+' | b'-') => {
                    r.at += 1;
                    let zone_follows = self.time.is_some() || self.offset.is_some();
                    if zone_follows && r.peek().is_ascii_digit() {
                        self.zone_offset(r, sign == b'-')?;
                    } else if sign == b'-' && self.month.is_some() && self.count == 1 && self.four_digits(r) {
                        self.number(r, true)?;
                    } else if sign == b'+' {
                        return None;
                    }
                }
                b' ' | b',' | b'/' | b'.' => r.at += 1,
                _ => return None,
            }
        }
        self.finish()
    }

    /// Whether a year that is written in full follows, straight after a space and a sign.
    fn four_digits(&self, r: &Reader<'_>) -> bool {
        r.at >= 2 && is_space(r.text.at(r.at - 2)) && (0..4).all(|k| r.peek_at(k).is_ascii_digit())
    }

    fn comment(r: &mut Reader<'_>) -> Option<()> {
        let mut depth = 0_u32;
        loop {
            match r.peek() {
                0 => return None,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            r.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn number(&mut self, r: &mut Reader<'_>, negative: bool) -> Option<()> {
        let (value, digits) = r.number();
        if r.peek() == b':' && self.time.is_none() {
            return self.time_of_day(r, value);
        }
        if self.time.is_none() && self.count > 0 && matches!(r.peek(), b'a' | b'A' | b'p' | b'P') {
            self.time = Some([value, 0.0, 0.0, 0.0]);
            return Some(());
        }
        let part = self.parts.get_mut(self.count)?;
        *part = Part { value: if negative { -value } else { value }, digits };
        self.count += 1;
        Some(())
    }

    fn time_of_day(&mut self, r: &mut Reader<'_>, hour: f64) -> Option<()> {
        r.at += 1;
        let (minute, n) = r.number();
        let (mut second, mut ms) = (0.0, 0.0);
        if n == 0 {
            return None;
        }
        if r.eat(b':') {
            let (s, n) = r.number();
            if n == 0 {
                return None;
            }
            second = s;
            if (r.peek() == b'.' || r.peek() == b':') && r.peek_at(1).is_ascii_digit() {
                r.at += 1;
                ms = r.fraction()?;
            }
        }
        self.time = Some([hour, minute, second, ms]);
        Some(())
    }

    fn zone_offset(&mut self, r: &mut Reader<'_>, negative: bool) -> Option<()> {
        let (value, digits) = r.number();
        let (hours, minutes) = if r.eat(b':') {
            (value, r.number().0)
        } else if digits <= 2 {
            (value, 0.0)
        } else {
            let hours = rotifer_jsvalue::number::floor(value / 100.0);
            (hours, value - hours * 100.0)
        };
        if digits > 4 || hours > 24.0 || minutes > 59.0 {
            return None;
        }
        let total = hours * 60.0 + minutes;
        self.offset = Some(if negative { -total } else { total });
        Some(())
    }

    fn word(&mut self, r: &mut Reader<'_>) -> Option<()> {
        let mut word = [0_u8; 12];
        let start = r.at;
        while r.peek().is_ascii_alphabetic() {
            if let Some(place) = word.get_mut(r.at - start) {
                *place = r.peek().to_ascii_lowercase();
            }
            r.at += 1;
        }
        let len = r.at - start;
        let word = &word[..len.min(12)];
        match word {
            b"am" => self.afternoon = Some(false),
            b"pm" => self.afternoon = Some(true),
            b"z" | b"ut" | b"utc" | b"gmt" => self.offset = Some(0.0),
            b"t" if self.count > 0 && self.time.is_none() => {}
            b"est" => self.offset = Some(-300.0),
            b"edt" => self.offset = Some(-240.0),
            b"cst" => self.offset = Some(-360.0),
            b"cdt" => self.offset = Some(-300.0),
            b"mst" => self.offset = Some(-420.0),
            b"mdt" => self.offset = Some(-360.0),
            b"pst" => self.offset = Some(-480.0),
            b"pdt" => self.offset = Some(-420.0),
            _ => {
                let begins = |name: &&str| len >= 3 && name.as_bytes().eq_ignore_ascii_case(&word[..3]);
                if let Some(month) = MONTHS.iter().position(begins) {
                    self.month = Some(month as f64);
                } else if !DAYS.iter().any(begins) && (self.count > 0 || self.time.is_some()) {
                    return None;
                }
            }
        }
        Some(())
    }

    fn finish(self) -> Option<f64> {
        let Part { value: a, digits: a_digits } = self.parts[0];
        let [_, b, c] = self.parts;
        let year_first = a_digits > 2 || a > 31.0;
        let none = Part { value: 2001.0, digits: 4 };
        let (year, month, day) = match (self.month, self.count) {
            (Some(month), 1) if year_first => (self.parts[0], month, 1.0),
            (Some(month), 1) => (none, month, a),
            (Some(month), 2) if year_first => (self.parts[0], month, b.value),
            (Some(month), 2) => (b, month, a),
            (None, 3) if year_first => (self.parts[0], b.value - 1.0, c.value),
            (None, 3) => (c, a - 1.0, b.value),
            (None, 2) if year_first => (self.parts[0], b.value - 1.0, 1.0),
            (None, 2) => (none, a - 1.0, b.value),
            (None, 1) if year_first => (self.parts[0], 0.0, 1.0),
            (None, 1) => (none, a - 1.0, 1.0),
            _ => return None,
        };
        let year = match year {
            Part { value, digits: 1 | 2 } if (0.0..50.0).contains(&value) => value + 2000.0,
            Part { value, digits: 1 | 2 } if (50.0..100.0).contains(&value) => value + 1900.0,
            Part { value, .. } => value,
        };
        let [mut hour, minute, second, ms] = self.time.unwrap_or_default();
        if let Some(afternoon) = self.afternoon {
            if !(1.0..=12.0).contains(&hour) {
                return None;
            }
            hour = hour % 12.0 + if afternoon { 12.0 } else { 0.0 };
        }
        let in_range = (0.0..=11.0).contains(&month)
            && (1.0..=31.0).contains(&day)
            && (hour < 24.0 || hour == 24.0 && minute == 0.0 && second == 0.0 && ms == 0.0)
            && minute < 60.0
            && second < 60.0;
        if !in_range {
            return None;
        }
        let t = make_date(make_day(year, month, day), make_time(hour, minute, second, ms));
        Some(match self.offset {
            Some(minutes) => t - minutes * 60_000.0,
            None => zone::utc(t),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_times() {
        for (text, t) in [
            ("1970-01-01T00:00:00Z", 0.0),
            ("1970-01-01", 0.0),
            ("1970", 0.0),
            ("1970-01-01T00:00:00.001Z", 1.0),
            ("1970-01-01T01:00:00+01:00", 0.0),
            ("+275760-09-13T00:00:00.000Z", 8.64e15),
            ("-271821-04-20T00:00:00.000Z", -8.64e15),
            ("1970-01-01T24:00:00Z", 86_400_000.0),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
            ("Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)", 0.0),
            ("Thu Jan 01 1970 01:00:00 GMT+0100 (CET)", 0.0),
            ("1 January 1970 12:30 PM UTC", 45_000_000.0),
            ("1/2/70 12:00 am Z", 86_400_000.0),
            ("Jan 1, 2000 00:00:00 EST", 946_702_800_000.0),
            ("1970-01-01 00:00:00Z", 0.0),
            ("Thu Jan 01 -0001 00:00:00 GMT+0000", -62_198_755_200_000.0),
        ] {
            assert_eq!(parse(StrView::from(text)), t, "{text}");
        }
        for text in [
            "",
            "x",
            "2000-13-01",
            "2000-02-30",
            "-000000-01-01T00:00Z",
            "2000-01-01T25:00Z",
            "+275760-09-13T00:00:00.001Z",
            "Jan",
            "1 2 3 4",
            "hello 1 world",
            "12:61",
            "((",
            "1970-01-01T00:00:00+24:00",
        ] {
            assert!(parse(StrView::from(text)).is_nan(), "{text}");
        }
    }
}
