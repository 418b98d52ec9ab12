//! What durations are relative to.

use temporal_rs::options::{Disambiguation, OffsetDisambiguation, Overflow, RelativeTo};
use temporal_rs::partial::{PartialDate, PartialZonedDateTime};
use temporal_rs::provider::COMPILED_TZ_PROVIDER;
use temporal_rs::{PlainDate, PlainDateTime, ZonedDateTime};

use super::check;
use super::convert::{calendar_with_iso_default, text_with_calendar};
use super::fields::{Wanted, Zone, read_fields};
use super::slots::slots_of;
use crate::cx::{Cx, Object, Value};
use crate::n;
use crate::throw::JsResult;

/// GetTemporalRelativeToOption
pub(super) fn relative_to<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<Option<RelativeTo>> {
    let Some(options) = options else { return Ok(None) };
    let value = cx.get(options, n!("relativeTo"))?;
    if cx.is_undefined(value) {
        return Ok(None);
    }
    if let Some(object) = cx.as_object(value) {
        return match of_object(cx, value) {
            Some(relative_to) => Ok(Some(relative_to)),
            None => of_fields(cx, object).map(Some),
        };
    }
    if !cx.peek(value).is_string() {
        return Err(cx.throw_type_error("relativeTo is neither a string nor an object"));
    }
    let text = text_with_calendar(cx, value)?;
    check(cx, RelativeTo::try_from_str_with_provider(&text, &*COMPILED_TZ_PROVIDER)).map(Some)
}

/// An object of `Temporal` that has a date.
fn of_object<'s>(cx: &Cx<'s>, value: Value<'s>) -> Option<RelativeTo> {
    slots_of::<ZonedDateTime>(cx, value)
        .map(RelativeTo::ZonedDateTime)
        .or_else(|| slots_of(cx, value).map(RelativeTo::PlainDate))
        .or_else(|| slots_of::<PlainDateTime>(cx, value).map(|date| RelativeTo::PlainDate(date.to_plain_date())))
}

/// A property bag, which means a moment if it has a time zone, otherwise a date.
fn of_fields<'s>(cx: &mut Cx<'s>, object: Object<'s>) -> JsResult<RelativeTo> {
    let calendar = calendar_with_iso_default(cx, object)?;
    let wanted = Wanted { year: true, month: true, day: true, time: true, offset: true, time_zone: Zone::Optional };
    let fields = read_fields(cx, object, &calendar, wanted, false)?;
    let overflow = Overflow::Constrain;
    let Some(time_zone) = fields.time_zone else {
        let date = PartialDate { calendar_fields: fields.calendar_fields, calendar };
        return check(cx, PlainDate::from_partial(date, Some(overflow))).map(RelativeTo::PlainDate);
    };
    let mut moment = PartialZonedDateTime::new()
        .with_calendar_fields(fields.calendar_fields)
        .with_time(fields.time.partial(cx, overflow)?)
        .with_timezone(Some(time_zone));
    moment.fields.offset = fields.offset;
    moment.calendar = calendar;
    let (disambiguation, offset) = (Disambiguation::Compatible, OffsetDisambiguation::Reject);
    let zoned = ZonedDateTime::from_partial(moment, Some(overflow), Some(disambiguation), Some(offset));
    check(cx, zoned).map(RelativeTo::ZonedDateTime)
}
