//! What the objects represent, as bytes in the heap: plain data that images can hold and collections can move.

use alloc::string::String;

use rotifer_jsvalue::{HeapExt, JsValue, Kind, field};
use temporal_rs::options::{DisplayCalendar, DisplayOffset, DisplayTimeZone, Overflow, ToStringRoundingOptions};
use temporal_rs::{
    Calendar, Duration, Instant, PlainDate, PlainDateTime, PlainMonthDay, PlainTime, PlainYearMonth, TemporalError,
    TemporalResult, TimeZone, ZonedDateTime,
};

use crate::builtins::Intrinsic;
use crate::cx::{Args, Cx, Value};
use crate::throw::JsResult;

/// The most bytes that any of them takes.
const MOST: usize = 128;

/// Bytes that are written from the start, and read from there.
pub(super) struct Record {
    bytes: [u8; MOST],
    at: usize,
}

impl Record {
    fn put(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len();
        if let Some(place) = self.bytes.get_mut(self.at..end) {
            place.copy_from_slice(bytes);
            self.at = end;
        }
    }

    fn put_text(&mut self, text: &str) {
        let room = MOST - self.at - 1;
        let text = text.get(..text.len().min(room)).unwrap_or_default();
        self.put(&[text.len() as u8]);
        self.put(text.as_bytes());
    }

    fn take(&mut self, len: usize) -> TemporalResult<&[u8]> {
        let start = self.at;
        self.at += len;
        self.bytes.get(start..self.at).ok_or_else(TemporalError::range)
    }

    fn number<const N: usize>(&mut self) -> TemporalResult<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| TemporalError::range())
    }

    fn text(&mut self) -> TemporalResult<&str> {
        let [len] = self.number()?;
        core::str::from_utf8(self.take(len.into())?).map_err(|_| TemporalError::range())
    }

    fn put_calendar(&mut self, calendar: &Calendar) {
        self.put_text(calendar.identifier());
    }

    fn calendar(&mut self) -> TemporalResult<Calendar> {
        Calendar::try_from_utf8(self.text()?.as_bytes())
    }

    fn put_date(&mut self, year: i32, month: u8, day: u8) {
        self.put(&year.to_le_bytes());
        self.put(&[month, day]);
    }

    fn date(&mut self) -> TemporalResult<(i32, u8, u8)> {
        let year = i32::from_le_bytes(self.number()?);
        let [month, day] = self.number()?;
        Ok((year, month, day))
    }

    fn put_time(&mut self, time: &PlainTime) {
        self.put(&[time.hour(), time.minute(), time.second()]);
        for part in [time.millisecond(), time.microsecond(), time.nanosecond()] {
            self.put(&part.to_le_bytes());
        }
    }

    fn time(&mut self) -> TemporalResult<PlainTime> {
        let [hour, minute, second] = self.number()?;
        let mut part = || Ok::<_, TemporalError>(u16::from_le_bytes(self.number()?));
        PlainTime::new(hour, minute, second, part()?, part()?, part()?)
    }
}

/// What an object of `Temporal` represents.
pub(super) trait Slots: Sized {
    /// The prototype of such objects, which also says which they are.
    const PROTOTYPE: Intrinsic;
    /// What they are called.
    const NAME: &'static str;

    fn write(&self, to: &mut Record);
    fn read(from: &mut Record) -> TemporalResult<Self>;

    /// What `toString` gives without options.
    fn text(&self) -> TemporalResult<String>;
}

impl Slots for Duration {
    const PROTOTYPE: Intrinsic = Intrinsic::TemporalDurationPrototype;
    const NAME: &'static str = "Temporal.Duration";

    fn write(&self, to: &mut Record) {
        for part in [self.years(), self.months(), self.weeks(), self.days(), self.hours(), self.minutes()] {
            to.put(&part.to_le_bytes());
        }
        to.put(&self.seconds().to_le_bytes());
        to.put(&self.milliseconds().to_le_bytes());
        to.put(&self.microseconds().to_le_bytes());
        to.put(&self.nanoseconds().to_le_bytes());
    }

    fn read(from: &mut Record) -> TemporalResult<Self> {
        let mut part = || Ok::<_, TemporalError>(i64::from_le_bytes(from.number()?));
        let [years, months, weeks, days] = [part()?, part()?, part()?, part()?];
        let [hours, minutes, seconds, milliseconds] = [part()?, part()?, part()?, part()?];
        let microseconds = i128::from_le_bytes(from.number()?);
        let nanoseconds = i128::from_le_bytes(from.number()?);
        Duration::new(years, months, weeks, days, hours, minutes, seconds, milliseconds, microseconds, nanoseconds)
    }

    fn text(&self) -> TemporalResult<String> {
        self.as_temporal_string(ToStringRoundingOptions::default())
    }
}

impl Slots for Instant {
    const PROTOTYPE: Intrinsic = Intrinsic::TemporalInstantPrototype;
    const NAME: &'static str = "Temporal.Instant";

    fn write(&self, to: &mut Record) {
        to.put(&self.as_i128().to_le_bytes());
    }

    fn read(from: &mut Record) -> TemporalResult<Self> {
        Instant::try_new(i128::from_le_bytes(from.number()?))
    }

    fn text(&self) -> TemporalResult<String> {
        self.to_ixdtf_string(None, ToStringRoundingOptions::default())
    }
}

impl Slots for PlainDate {
    const PROTOTYPE: Intrinsic = Intrinsic::TemporalPlainDatePrototype;
    const NAME: &'static str = "Temporal.PlainDate";

    fn write(&self, to: &mut Record) {
        let iso = self.with_calendar(Calendar::ISO);
        to.put_date(iso.year(), iso.month(), iso.day());
        to.put_calendar(self.calendar());
    }

    fn read(from: &mut Record) -> TemporalResult<Self> {
        let (year, month, day) = from.date()?;
        PlainDate::try_new(year, month, day, from.calendar()?)
    }

    fn text(&self) -> TemporalResult<String> {
        Ok(self.to_ixdtf_string(DisplayCalendar::Auto))
    }
}

impl Slots for PlainTime {
    const PROTOTYPE: Intrinsic = Intrinsic::TemporalPlainTimePrototype;
    const NAME: &'static str = "Temporal.PlainTime";

    fn write(&self, to: &mut Record) {
        to.put_time(self);
    }

    fn read(from: &mut Record) -> TemporalResult<Self> {
        from.time()
    }

    fn text(&self) -> TemporalResult<String> {
        self.to_ixdtf_string(ToStringRoundingOptions::default())
    }
}

impl Slots for PlainDateTime {
    const PROTOTYPE: Intrinsic = Intrinsic::TemporalPlainDateTimePrototype;
    const NAME: &'static str = "Temporal.PlainDateTime";

    fn write(&self, to: &mut Record) {
        to.put_date(self.iso_year(), self.iso_month(), self.iso_day());
        to.put_time(&self.to_plain_time());
        to.put_calendar(self.calendar());
    }

    fn read(from: &mut Record) -> TemporalResult<Self> {
        let (year, month, day) = from.date()?;
        let time = from.time()?;
        PlainDateTime::try_new(
            year,
            month,
            day,
            time.hour(),
            time.minute(),
            time.second(),
            time.millisecond(),
            time.microsecond(),
            time.nanosecond(),
            from.calendar()?,
        )
    }

    fn text(&self) -> TemporalResult<String> {
        self.to_ixdtf_string(ToStringRoundingOptions::default(), DisplayCalendar::Auto)
    }
}

impl Slots for PlainYearMonth {
    const PROTOTYPE: Intrinsic = Intrinsic::TemporalPlainYearMonthPrototype;
    const NAME: &'static str = "Temporal.PlainYearMonth";

    fn write(&self, to: &mut Record) {
        // The only way to the ISO date that it has inside.
        to.put_text(&self.to_ixdtf_string(DisplayCalendar::Always));
    }

    fn read(from: &mut Record) -> TemporalResult<Self> {
        // Not as the text of one, which would bring the day to the first of the calendar's month anew.
        let text = from.text()?;
        let iso = iso_prefix(text)?;
        let calendar = text.parse()?;
        PlainYearMonth::new_with_overflow(iso.0, iso.1, Some(iso.2), calendar, Overflow::Reject)
    }

    fn text(&self) -> TemporalResult<String> {
        Ok(self.to_ixdtf_string(DisplayCalendar::Auto))
    }
}

/// The date at the start of a text with a calendar.
pub(super) fn iso_prefix(text: &str) -> TemporalResult<(i32, u8, u8)> {
    let parse = || {
        let (date, _) = text.split_once('[')?;
        let (rest, day) = date.rsplit_once('-')?;
        let (year, month) = rest.rsplit_once('-')?;
        Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
    };
    parse().ok_or_else(TemporalError::range)
}

impl Slots for PlainMonthDay {
    const PROTOTYPE: Intrinsic = Intrinsic::TemporalPlainMonthDayPrototype;
    const NAME: &'static str = "Temporal.PlainMonthDay";

    fn write(&self, to: &mut Record) {
        to.put_date(self.iso.year, self.iso.month, self.iso.day);
        to.put_calendar(self.calendar());
    }

    fn read(from: &mut Record) -> TemporalResult<Self> {
        let (year, month, day) = from.date()?;
        PlainMonthDay::new_with_overflow(month, day, from.calendar()?, Overflow::Reject, Some(year))
    }

    fn text(&self) -> TemporalResult<String> {
        Ok(self.to_ixdtf_string(DisplayCalendar::Auto))
    }
}

impl Slots for ZonedDateTime {
    const PROTOTYPE: Intrinsic = Intrinsic::TemporalZonedDateTimePrototype;
    const NAME: &'static str = "Temporal.ZonedDateTime";

    fn write(&self, to: &mut Record) {
        to.put(&self.epoch_nanoseconds().as_i128().to_le_bytes());
        to.put_text(&self.time_zone().identifier().unwrap_or_default());
        to.put_calendar(self.calendar());
    }

    fn read(from: &mut Record) -> TemporalResult<Self> {
        let nanoseconds = i128::from_le_bytes(from.number()?);
        let zone = TimeZone::try_from_identifier_str(from.text()?)?;
        ZonedDateTime::try_new(nanoseconds, zone, from.calendar()?)
    }

    fn text(&self) -> TemporalResult<String> {
        self.to_ixdtf_string(
            DisplayOffset::Auto,
            DisplayTimeZone::Auto,
            DisplayCalendar::Auto,
            ToStringRoundingOptions::default(),
        )
    }
}

/// What a value represents, if it is an object of this kind.
pub(super) fn slots_of<'s, T: Slots>(cx: &Cx<'s>, value: Value<'s>) -> Option<T> {
    if !cx.is_kind(value, Kind::Temporal) || cx.field_raw(value, field::Temporal::which) != which::<T>() {
        return None;
    }
    let data = cx.field_raw(value, field::Temporal::data).index();
    let mut record = Record { bytes: [0; MOST], at: 0 };
    let len = (cx.heap().get(data + 1) as usize).min(MOST);
    record.bytes[..len].copy_from_slice(cx.heap().arena().bytes(data + 2, len as u32));
    T::read(&mut record).ok()
}

fn which<T: Slots>() -> JsValue {
    JsValue::raw(T::PROTOTYPE as u64)
}

/// What `this` represents.
pub(super) fn this<'s, T: Slots>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<T> {
    match slots_of(cx, args.this()) {
        Some(slots) => Ok(slots),
        None => Err(cx.throw_incompatible(T::NAME, args.this())),
    }
}

/// An object that represents `slots`, for `new` if there is a `new_target` (`CreateTemporal…` of the specification).
pub(super) fn create<'s, T: Slots>(cx: &mut Cx<'s>, slots: &T, new_target: Option<Value<'s>>) -> JsResult<Value<'s>> {
    let proto = match new_target {
        Some(new_target) => cx.get_prototype_from_constructor(new_target, T::PROTOTYPE)?,
        None => cx.intrinsic(T::PROTOTYPE)?,
    };
    let object = cx.new_object_of(Kind::Temporal, proto, 0)?;
    cx.set_field_raw(object, field::Temporal::which, which::<T>());
    let mut record = Record { bytes: [0; MOST], at: 0 };
    slots.write(&mut record);
    let words = 2 + (record.at as u32).div_ceil(8);
    cx.heap_mut().reserve(words, &mut [])?;
    let block = cx.heap_mut().new_block(Kind::Bytes, words);
    cx.heap_mut().set(block + 1, record.at as u64);
    cx.heap_mut().bytes_mut(block + 2, record.at as u32).copy_from_slice(&record.bytes[..record.at]);
    let data = cx.root(JsValue::cell(block))?;
    cx.set_field(object, field::Temporal::data, data);
    Ok(object.cast())
}

/// An object that represents what the library gave, or an exception that says what it gave instead.
pub(super) fn made<'s, T: Slots>(cx: &mut Cx<'s>, result: TemporalResult<T>) -> JsResult<Value<'s>> {
    let slots = super::check(cx, result)?;
    create(cx, &slots, None)
}

/// What an object is and represents, for people to read.
pub(in crate::builtins) fn describe<'s>(cx: &Cx<'s>, object: Value<'s>) -> Option<String> {
    fn of<'s, T: Slots>(cx: &Cx<'s>, object: Value<'s>) -> Option<String> {
        let text = slots_of::<T>(cx, object)?.text().ok()?;
        Some(alloc::format!("{} {text}", T::NAME))
    }
    of::<Duration>(cx, object)
        .or_else(|| of::<Instant>(cx, object))
        .or_else(|| of::<PlainDate>(cx, object))
        .or_else(|| of::<PlainTime>(cx, object))
        .or_else(|| of::<PlainDateTime>(cx, object))
        .or_else(|| of::<PlainYearMonth>(cx, object))
        .or_else(|| of::<PlainMonthDay>(cx, object))
        .or_else(|| of::<ZonedDateTime>(cx, object))
}
