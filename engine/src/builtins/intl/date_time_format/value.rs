//! What can be formatted: moments and the objects of Temporal, each with those of its fields that a format shows
//! (HandleDateTimeValue and its kin, ECMA-402 §11.5 with the changes of the proposal for Temporal).

use super::DateTimeFormat;
use super::fields::{Fields, Request, Style};
use super::format::{Formatter, Moment};
use super::options::{Need, get_fields};
use super::select::select;
use crate::builtins::temporal::{TemporalValue, temporal_value};
use crate::cx::{Cx, Value};
use crate::throw::JsResult;

/// ToDateTimeFormattable
pub(super) enum Formattable {
    /// A time value.
    Number(f64),
    Temporal(TemporalValue),
}

impl Formattable {
    pub(super) fn of<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Self> {
        match temporal_value(cx, value) {
            Some(temporal) => Ok(Self::Temporal(temporal)),
            None => Ok(Self::Number(cx.to_number(value)?)),
        }
    }

    /// SameTemporalType, or both of none.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(_), Self::Number(_)) => true,
            (Self::Temporal(one), Self::Temporal(two)) => core::mem::discriminant(one) == core::mem::discriminant(two),
            _ => false,
        }
    }
}

/// A moment and what is shown of it.
pub(super) struct Ready {
    pub moment: Moment,
    pub request: Request,
    /// Whether it has a zone, so that the format of the object itself is to be used.
    pub own: bool,
}

impl DateTimeFormat {
    /// HandleDateTimeValue
    pub(super) fn handle<'s>(&self, cx: &mut Cx<'s>, formatter: &Formatter, value: &Formattable) -> JsResult<Ready> {
        let temporal = match value {
            Formattable::Number(time) => {
                if !(time.abs() <= 8.64e15) {
                    return Err(cx.throw_range_error("invalid time value"));
                }
                let nanoseconds = time.trunc() as i128 * 1_000_000;
                let moment = Moment::in_zone(nanoseconds, &self.zone);
                return Ok(Ready { moment, request: self.best, own: true });
            }
            Formattable::Temporal(temporal) => temporal,
        };
        let (need, calendar, moment) = match temporal {
            TemporalValue::Instant(nanoseconds) => {
                let moment = Moment::in_zone(*nanoseconds, &self.zone);
                return Ok(Ready { moment, request: self.instant, own: self.instant == self.best });
            }
            TemporalValue::Zoned(..) => {
                return Err(cx.throw_type_error("a Temporal.ZonedDateTime is formatted with its own toLocaleString"));
            }
            TemporalValue::Date(calendar, day) => (Need::Date, Some((*calendar, true)), Moment::local(*day, 0)),
            TemporalValue::YearMonth(calendar, day) => {
                (Need::YearMonth, Some((*calendar, false)), Moment::local(*day, 0))
            }
            TemporalValue::MonthDay(calendar, day) => {
                (Need::MonthDay, Some((*calendar, false)), Moment::local(*day, 0))
            }
            TemporalValue::Time(milliseconds) => (Need::Time, None, Moment::local(0, *milliseconds)),
            TemporalValue::DateTime(calendar, day, milliseconds) => {
                (Need::Any, Some((*calendar, true)), Moment::local(*day, *milliseconds))
            }
        };
        if let Some((calendar, iso_will_do)) = calendar
            && calendar != self.setting.calendar
            && !(iso_will_do && calendar == "iso8601")
        {
            return Err(cx.throw_range_error("the calendar is not that of the format"));
        }
        match self.plain_request(formatter, need) {
            Some(request) => Ok(Ready { moment, request, own: false }),
            None => Err(cx.throw_type_error("the format shows nothing that the value has")),
        }
    }

    /// What is shown of a value without time zone: `[[TemporalPlainDateFormat]]` and so on.
    fn plain_request(&self, formatter: &Formatter, need: Need) -> Option<Request> {
        let (date, time) = match self.asked {
            Request::Fields(fields) => {
                let defaults = if need == Need::Any { Need::All } else { need };
                return get_fields(&fields, need, defaults, false).map(Request::Fields);
            }
            Request::Styles { date, time } => (date, time),
        };
        // AdjustDateTimeStyleFormat. The longer styles of times are longer by the name of the zone alone.
        let time = time.map(|style| match style {
            Style::Full | Style::Long => Style::Medium,
            other => other,
        });
        Some(match need {
            Need::Time => Request::Styles { date: None, time: Some(time?) },
            Need::Date => Request::Styles { date: Some(date?), time: None },
            Need::YearMonth | Need::MonthDay => {
                let whole = Request::Styles { date: Some(date?), time: None };
                let shown = select(formatter, &self.setting, whole).pattern().fields();
                let era = shown.era.filter(|_| need == Need::YearMonth);
                Request::Fields(Fields { era, ..need.of(&shown) })
            }
            _ => Request::Styles { date, time },
        })
    }
}
