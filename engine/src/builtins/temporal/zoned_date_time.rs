//! `Temporal.ZonedDateTime`.

use temporal_rs::fields::ZonedDateTimeFields;
use temporal_rs::options::{
    DifferenceSettings, Disambiguation, DisplayCalendar, DisplayOffset, DisplayTimeZone, OffsetDisambiguation,
    Overflow, ToStringRoundingOptions, Unit,
};
use temporal_rs::parsed_intermediates::ParsedZonedDateTime;
use temporal_rs::partial::PartialZonedDateTime;
use temporal_rs::provider::TransitionDirection;
use temporal_rs::{Duration, TemporalResult, TimeZone, ZonedDateTime};

use super::bounds::check_difference;
use super::convert::{
    calendar_argument, calendar_with_iso_default, partial_object, text_with_calendar, to_calendar,
    to_temporal_duration, to_temporal_time_zone,
};
use super::fields::{Fields, Wanted, Zone, read_fields};
use super::instant::of_nanoseconds;
use super::options::{
    difference_settings, fractional_digits, option, options_object, overflow, overflow_of, rounding_mode,
    rounding_options, unit,
};
use super::plain_date::{ordering, require_same_calendar};
use super::plain_date_time::{DATE_TIME, date_time_properties};
use super::plain_time::time_or_none;
use super::slots::{create, made, slots_of, this};
use super::{check, number_or_undefined, string, text};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, NULL, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

pub(in crate::builtins) static ZONEDDATETIME: Spec = Spec::constructor(
    n!("ZonedDateTime"),
    2,
    construct,
    &[prototype(Intrinsic::TemporalZonedDateTimePrototype), func(n!("compare"), 2, compare), func(n!("from"), 1, from)],
);

pub(in crate::builtins) static ZONEDDATETIME_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    date_time_properties!(
        ZonedDateTime,
        link(n!("constructor"), Intrinsic::TemporalZonedDateTime),
        getter(n!("timeZoneId"), time_zone_id),
        getter(n!("epochMilliseconds"), epoch_milliseconds),
        getter(n!("epochNanoseconds"), epoch_nanoseconds),
        getter(n!("hoursInDay"), hours_in_day),
        getter(n!("offset"), offset),
        getter(n!("offsetNanoseconds"), offset_nanoseconds),
        func(n!("with"), 1, with),
        func(n!("withPlainTime"), 0, with_plain_time),
        func(n!("withTimeZone"), 1, with_time_zone),
        func(n!("withCalendar"), 1, with_calendar),
        func(n!("add"), 1, |cx, args| move_by(cx, args, ZonedDateTime::add)),
        func(n!("subtract"), 1, |cx, args| move_by(cx, args, ZonedDateTime::subtract)),
        func(n!("until"), 1, |cx, args| difference(cx, args, ZonedDateTime::until)),
        func(n!("since"), 1, |cx, args| difference(cx, args, ZonedDateTime::since)),
        func(n!("round"), 1, round),
        func(n!("equals"), 1, equals),
        func(n!("toString"), 0, to_string),
        func(n!("toLocaleString"), 0, super::to_locale_string::<ZonedDateTime>),
        func(n!("toJSON"), 0, super::to_plain_string::<ZonedDateTime>),
        func(n!("valueOf"), 0, super::value_of),
        func(n!("startOfDay"), 0, start_of_day),
        func(n!("getTimeZoneTransition"), 1, get_time_zone_transition),
        func(n!("toInstant"), 0, to_instant),
        func(n!("toPlainDate"), 0, to_plain_date),
        func(n!("toPlainTime"), 0, to_plain_time),
        func(n!("toPlainDateTime"), 0, to_plain_date_time),
        tag(n!("Temporal.ZonedDateTime")),
    ),
);

/// What the options say that `from` and `with` take.
struct Choices {
    disambiguation: Disambiguation,
    offset: OffsetDisambiguation,
    overflow: Overflow,
}

impl Choices {
    /// In the order in which they are read.
    fn read<'s>(cx: &mut Cx<'s>, options: Value<'s>, offset: OffsetDisambiguation) -> JsResult<Choices> {
        let options = options_object(cx, options)?;
        Ok(Choices {
            disambiguation: option(cx, options, n!("disambiguation"))?.unwrap_or_default(),
            offset: option(cx, options, n!("offset"))?.unwrap_or(offset),
            overflow: overflow(cx, options)?,
        })
    }

    /// Fields as the library takes them.
    fn fields(&self, cx: &mut Cx<'_>, fields: Fields) -> JsResult<ZonedDateTimeFields> {
        Ok(ZonedDateTimeFields {
            calendar_fields: fields.calendar_fields,
            time: fields.time.partial(cx, self.overflow)?,
            offset: fields.offset,
        })
    }
}

/// ToTemporalZonedDateTime
fn to_temporal_zoned_date_time<'s>(cx: &mut Cx<'s>, item: Value<'s>, options: Value<'s>) -> JsResult<ZonedDateTime> {
    if let Some(object) = cx.as_object(item) {
        if let Some(zoned) = slots_of::<ZonedDateTime>(cx, item) {
            Choices::read(cx, options, OffsetDisambiguation::Reject)?;
            return Ok(zoned);
        }
        let calendar = calendar_with_iso_default(cx, object)?;
        let wanted = Wanted { offset: true, time_zone: Zone::Required, ..DATE_TIME };
        let fields = read_fields(cx, object, &calendar, wanted, false)?;
        let timezone = fields.time_zone;
        let choices = Choices::read(cx, options, OffsetDisambiguation::Reject)?;
        let fields = choices.fields(cx, fields)?;
        let partial = PartialZonedDateTime { fields, timezone, calendar };
        let Choices { disambiguation, offset, overflow } = choices;
        return check(cx, ZonedDateTime::from_partial(partial, Some(overflow), Some(disambiguation), Some(offset)));
    }
    if !cx.peek(item).is_string() {
        return Err(cx.throw_type_error("a date with a time zone is a string or an object"));
    }
    let text = text_with_calendar(cx, item)?;
    let parsed = check(cx, ParsedZonedDateTime::from_utf8(text.as_bytes()))?;
    let choices = Choices::read(cx, options, OffsetDisambiguation::Reject)?;
    check(cx, ZonedDateTime::from_parsed(parsed, choices.disambiguation, choices.offset))
}

/// Temporal.ZonedDateTime
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let new_target = super::new_target(cx, args)?;
    let instant = of_nanoseconds(cx, args.get(0))?;
    if !cx.peek(args.get(1)).is_string() {
        return Err(cx.throw_type_error("a time zone is given by its name"));
    }
    let name = text(cx, args.get(1))?;
    let time_zone = check(cx, TimeZone::try_from_identifier_str(&name))?;
    let calendar = calendar_argument(cx, args.get(2))?;
    let zoned = check(cx, ZonedDateTime::try_new_from_instant(instant, time_zone, calendar))?;
    create(cx, &zoned, new_target)
}

/// Temporal.ZonedDateTime.from
fn from<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = to_temporal_zoned_date_time(cx, args.get(0), args.get(1))?;
    create(cx, &zoned, None)
}

/// Temporal.ZonedDateTime.compare
fn compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let one = to_temporal_zoned_date_time(cx, args.get(0), UNDEFINED)?;
    let two = to_temporal_zoned_date_time(cx, args.get(1), UNDEFINED)?;
    Ok(ordering(one.compare_instant(&two)))
}

/// get Temporal.ZonedDateTime.prototype.timeZoneId
fn time_zone_id<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let name = check(cx, zoned.time_zone().identifier())?;
    string(cx, &name)
}

/// get Temporal.ZonedDateTime.prototype.epochMilliseconds
fn epoch_milliseconds<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    Ok(imm(zoned.epoch_milliseconds() as f64))
}

/// get Temporal.ZonedDateTime.prototype.epochNanoseconds
fn epoch_nanoseconds<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    cx.bigint_from_i128(zoned.epoch_nanoseconds().as_i128())
}

/// get Temporal.ZonedDateTime.prototype.hoursInDay
fn hours_in_day<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let hours = check(cx, zoned.hours_in_day())?;
    Ok(imm(hours))
}

/// get Temporal.ZonedDateTime.prototype.offset
fn offset<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    string(cx, &zoned.offset())
}

/// get Temporal.ZonedDateTime.prototype.offsetNanoseconds
fn offset_nanoseconds<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    Ok(imm(zoned.offset_nanoseconds() as f64))
}

/// Temporal.ZonedDateTime.prototype.with
fn with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let object = partial_object(cx, args.get(0))?;
    let fields = read_fields(cx, object, zoned.calendar(), Wanted { offset: true, ..DATE_TIME }, true)?;
    let choices = Choices::read(cx, args.get(1), OffsetDisambiguation::Prefer)?;
    let fields = choices.fields(cx, fields)?;
    let Choices { disambiguation, offset, overflow } = choices;
    made(cx, zoned.with(fields, Some(disambiguation), Some(offset), Some(overflow)))
}

/// Temporal.ZonedDateTime.prototype.withPlainTime
fn with_plain_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let time = time_or_none(cx, args.get(0))?;
    made(cx, zoned.with_plain_time(time))
}

/// Temporal.ZonedDateTime.prototype.withTimeZone
fn with_time_zone<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let time_zone = to_temporal_time_zone(cx, args.get(0))?;
    made(cx, zoned.with_timezone(time_zone))
}

/// Temporal.ZonedDateTime.prototype.withCalendar
fn with_calendar<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let calendar = to_calendar(cx, args.get(0))?;
    create(cx, &zoned.with_calendar(calendar), None)
}

/// Temporal.ZonedDateTime.prototype.add, Temporal.ZonedDateTime.prototype.subtract
fn move_by<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    by: fn(&ZonedDateTime, &Duration, Option<Overflow>) -> TemporalResult<ZonedDateTime>,
) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let duration = to_temporal_duration(cx, args.get(0))?;
    let overflow = overflow_of(cx, args.get(1))?;
    made(cx, by(&zoned, &duration, Some(overflow)))
}

/// Temporal.ZonedDateTime.prototype.until, Temporal.ZonedDateTime.prototype.since
fn difference<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    between: fn(&ZonedDateTime, &ZonedDateTime, DifferenceSettings) -> TemporalResult<Duration>,
) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let other = to_temporal_zoned_date_time(cx, args.get(0), UNDEFINED)?;
    require_same_calendar(cx, zoned.calendar(), other.calendar())?;
    let settings = difference_settings(cx, args.get(1))?;
    check_difference(
        cx,
        zoned.calendar(),
        &settings,
        Unit::Hour,
        [&zoned, &other].map(|zoned| *zoned.epoch_nanoseconds()),
    )?;
    made(cx, between(&zoned, &other, settings))
}

/// Temporal.ZonedDateTime.prototype.round
fn round<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let options = rounding_options(cx, args.get(0))?;
    made(cx, zoned.round(options))
}

/// Temporal.ZonedDateTime.prototype.equals
fn equals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let other = to_temporal_zoned_date_time(cx, args.get(0), UNDEFINED)?;
    let equal = check(cx, zoned.equals(&other))?;
    Ok(imm(equal))
}

/// Temporal.ZonedDateTime.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let options = options_object(cx, args.get(0))?;
    let calendar = option(cx, options, n!("calendarName"))?.unwrap_or(DisplayCalendar::Auto);
    let precision = fractional_digits(cx, options)?;
    let offset = option(cx, options, n!("offset"))?.unwrap_or(DisplayOffset::Auto);
    let rounding_mode = rounding_mode(cx, options)?;
    let smallest_unit = unit(cx, options, n!("smallestUnit"))?;
    let time_zone = option(cx, options, n!("timeZoneName"))?.unwrap_or(DisplayTimeZone::Auto);
    let rounding = ToStringRoundingOptions { precision, smallest_unit, rounding_mode };
    let text = check(cx, zoned.to_ixdtf_string(offset, time_zone, calendar, rounding))?;
    string(cx, &text)
}

/// Temporal.ZonedDateTime.prototype.startOfDay
fn start_of_day<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    made(cx, zoned.start_of_day())
}

/// Temporal.ZonedDateTime.prototype.getTimeZoneTransition
fn get_time_zone_transition<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    let direction = args.get(0);
    let direction = if cx.is_undefined(direction) {
        return Err(cx.throw_type_error("getTimeZoneTransition needs a direction"));
    } else if cx.peek(direction).is_string() {
        text(cx, direction)?.parse().ok()
    } else {
        let options = options_object(cx, direction)?;
        option::<TransitionDirection>(cx, options, n!("direction"))?
    };
    let Some(direction) = direction else {
        return Err(cx.throw_range_error("the direction is neither 'next' nor 'previous'"));
    };
    match check(cx, zoned.get_time_zone_transition(direction))? {
        Some(transition) => create(cx, &transition, None),
        None => Ok(NULL),
    }
}

/// Temporal.ZonedDateTime.prototype.toInstant
fn to_instant<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    create(cx, &zoned.to_instant(), None)
}

/// Temporal.ZonedDateTime.prototype.toPlainDate
fn to_plain_date<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    create(cx, &zoned.to_plain_date(), None)
}

/// Temporal.ZonedDateTime.prototype.toPlainTime
fn to_plain_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    create(cx, &zoned.to_plain_time(), None)
}

/// Temporal.ZonedDateTime.prototype.toPlainDateTime
fn to_plain_date_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let zoned = this::<ZonedDateTime>(cx, args)?;
    create(cx, &zoned.to_plain_date_time(), None)
}
