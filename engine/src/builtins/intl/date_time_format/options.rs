//! From options to a format: CreateDateTimeFormat (ECMA-402 §11.1.2, with the changes of the proposal for Temporal).

use alloc::string::{String, ToString};

use icu_locale::Locale;

use super::data;
use super::fields::{Digits, Fields, FormatMatcher, HourCycle, Request, Setting, Style};
use super::format::Formatter;
use super::select::select;
use super::{DateTimeFormat, zone};
use crate::builtins::intl::locale_info::{calendars_of, hour_cycles_of, numbering_system_of};
use crate::builtins::intl::locale_list::{Relevant, canonicalize_locale_list, read_locale_matcher, resolve_locale};
use crate::builtins::intl::options::{
    boolean_option, coerce_options, number_option, option, string_option, type_option, value,
};
use crate::builtins::temporal;
use crate::cx::{Cx, Value};
use crate::n;
use crate::throw::JsResult;

/// Which fields there have to be, or there are when none is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::builtins) enum Need {
    Date,
    Time,
    YearMonth,
    MonthDay,
    /// A date or a time.
    Any,
    /// A date and a time.
    All,
    /// A date and a time with the name of the zone.
    Zoned,
}

impl Need {
    fn date(self) -> bool {
        !matches!(self, Self::Time | Self::YearMonth | Self::MonthDay)
    }

    fn time(self) -> bool {
        matches!(self, Self::Time | Self::Any | Self::All | Self::Zoned)
    }

    /// Those of some fields that count.
    pub(super) fn of(self, fields: &Fields) -> Fields {
        let date = self.date();
        let year = fields.year.filter(|_| date || self == Self::YearMonth);
        let month = fields.month.filter(|_| self != Self::Time);
        let day = fields.day.filter(|_| date || self == Self::MonthDay);
        let date = Fields { weekday: fields.weekday.filter(|_| date), year, month, day, ..Fields::default() };
        if !self.time() {
            return date;
        }
        let Fields { weekday, year, month, day, .. } = date;
        Fields { weekday, era: None, year, month, day, zone_name: None, ..*fields }
    }

    /// These fields, and as many more as are to be there when none is asked for.
    fn defaults(self, mut fields: Fields) -> Fields {
        let digits = Some(Digits::Numeric);
        if self.date() || self == Self::YearMonth {
            fields.year = digits;
        }
        if self != Self::Time {
            fields.month = Some(super::fields::Month::Numeric);
        }
        if self.date() || self == Self::MonthDay {
            fields.day = digits;
        }
        if self.time() {
            (fields.hour, fields.minute, fields.second) = (digits, digits, digits);
        }
        if self == Self::Zoned && fields.zone_name.is_none() {
            fields.zone_name = Some(super::fields::ZoneName::Short);
        }
        fields
    }
}

/// GetDateTimeFormat: the fields of a format. `all` says that all options count (`inherit` is all), not only those that are needed; `None`
/// if options ask for nothing that is there.
pub(super) fn get_fields(options: &Fields, required: Need, defaults: Need, all: bool) -> Option<Fields> {
    let needed = required.of(options);
    let needs_defaults = needed == Fields::default();
    let mut fields = if all { *options } else { needed };
    if !all && matches!(required, Need::Date | Need::YearMonth | Need::Any) {
        fields.era = options.era;
    }
    if needs_defaults {
        if !all && Need::Any.of(options) != Fields::default() {
            return None;
        }
        fields = defaults.defaults(fields);
    }
    Some(fields)
}

/// What an identifier of a calendar stands for here.
fn calendar_of(identifier: &str) -> &str {
    match identifier {
        "ethiopic-amete-alem" => "ethioaa",
        "gregorian" => "gregory",
        "islamicc" => "islamic-civil",
        // There are several, and rules by which nobody calculates.
        "islamic" | "islamic-rgsa" => "islamic-civil",
        other => other,
    }
}

/// What is asked for instead of an hour cycle when `hour12` says all.
const NO_CYCLE: &str = "";

/// CreateDateTimeFormat. `zone` is that of a `Temporal.ZonedDateTime`, which no option may contradict.
pub(super) fn create<'s>(
    cx: &mut Cx<'s>,
    locales: Value<'s>,
    options: Value<'s>,
    required: Need,
    defaults: Need,
    zone: Option<String>,
) -> JsResult<DateTimeFormat> {
    let requested = canonicalize_locale_list(cx, locales)?;
    let options = coerce_options(cx, options)?;
    read_locale_matcher(cx, options)?;
    let calendar = type_option(cx, options, n!("calendar"))?;
    let numbering_system = type_option(cx, options, n!("numberingSystem"))?;
    let hour12 = boolean_option(cx, options, n!("hour12"))?;
    let hour_cycle = option::<HourCycle>(cx, options, n!("hourCycle"))?;
    let hour_cycle = match hour12 {
        Some(_) => Some(NO_CYCLE.to_string()),
        None => hour_cycle.map(|cycle| cycle.as_str().to_string()),
    };
    let calendar = calendar.map(|calendar| match calendar.as_str() {
        islamic @ ("islamic" | "islamic-rgsa") => islamic.to_string(),
        other => calendar_of(other).to_string(),
    });
    let resolved = resolve_locale(
        cx,
        requested,
        [
            Relevant {
                key: "ca",
                option: calendar,
                supports: &|_, calendar| data::Family::of(calendar_of(calendar)).is_some(),
            },
            Relevant {
                key: "hc",
                option: hour_cycle,
                supports: &|_, cycle| cycle == NO_CYCLE || cycle.parse::<HourCycle>().is_ok(),
            },
            Relevant { key: "nu", option: numbering_system, supports: &|_, system| data::digits(system).is_some() },
        ],
    )?;
    let [calendar, cycle, numbering_system] = &resolved.values;
    let locale = &resolved.locale;
    let calendar = calendar_of(calendar.as_deref().unwrap_or_else(|| usual_calendar(locale))).to_string();
    let numbering_system = numbering_system.clone().unwrap_or_else(|| numbering_system_of(locale).to_string());
    let usual_cycle = |twelve: Option<bool>| {
        let cycles = hour_cycles_of(locale).iter().filter_map(|cycle| cycle.parse::<HourCycle>().ok());
        let fallback = if twelve == Some(true) { HourCycle::H12 } else { HourCycle::H23 };
        cycles.into_iter().find(|cycle| twelve.is_none_or(|twelve| cycle.is_twelve() == twelve)).unwrap_or(fallback)
    };
    let hour_cycle = match (hour12, cycle) {
        (None, Some(cycle)) => cycle.parse().unwrap_or(HourCycle::H23),
        (twelve, _) => usual_cycle(twelve),
    };

    let named = match &zone {
        Some(_) => {
            if value(cx, options, n!("timeZone"))?.is_some() {
                return Err(cx.throw_type_error("a Temporal.ZonedDateTime has its own time zone"));
            }
            zone.clone()
        }
        None => string_option(cx, options, n!("timeZone"))?,
    };
    let time_zone = match named {
        None => temporal::local_zone_identifier(),
        Some(named) => match zone::identifier(&named) {
            Some(zone) => zone,
            None => return Err(cx.throw_range_error(&alloc::format!("invalid time zone: {named}"))),
        },
    };

    let fields = Fields {
        weekday: option(cx, options, n!("weekday"))?,
        era: option(cx, options, n!("era"))?,
        year: option(cx, options, n!("year"))?,
        month: option(cx, options, n!("month"))?,
        day: option(cx, options, n!("day"))?,
        day_period: option(cx, options, n!("dayPeriod"))?,
        hour: option(cx, options, n!("hour"))?,
        minute: option(cx, options, n!("minute"))?,
        second: option(cx, options, n!("second"))?,
        fraction: number_option(cx, options, n!("fractionalSecondDigits"), 1, 3)?.map(|digits| digits as u8),
        zone_name: option(cx, options, n!("timeZoneName"))?,
    };
    option::<FormatMatcher>(cx, options, n!("formatMatcher"))?;
    let date: Option<Style> = option(cx, options, n!("dateStyle"))?;
    let time: Option<Style> = option(cx, options, n!("timeStyle"))?;

    let (asked, best, instant) = if date.is_some() || time.is_some() {
        if fields != Fields::default() {
            return Err(cx.throw_type_error("dateStyle and timeStyle exclude options for single fields"));
        }
        if required == Need::Date && time.is_some() {
            return Err(cx.throw_type_error("a date has no timeStyle"));
        }
        if required == Need::Time && date.is_some() {
            return Err(cx.throw_type_error("a time has no dateStyle"));
        }
        let styles = Request::Styles { date, time };
        (styles, styles, styles)
    } else {
        let get = |required, defaults| Request::Fields(get_fields(&fields, required, defaults, true).unwrap_or(fields));
        let instant = get(Need::Any, if zone.is_some() { Need::Zoned } else { Need::All });
        (Request::Fields(fields), get(required, defaults), instant)
    };
    let setting = Setting { locale: locale.to_string(), calendar, numbering_system, hour_cycle };
    let Some(formatter) = Formatter::new(&setting, &time_zone) else {
        return Err(cx.throw_range_error("there are no data for the locale"));
    };
    let pattern = select(&formatter, &setting, best).pattern();
    Ok(DateTimeFormat { tag: resolved.tag, setting, zone: time_zone, asked, best, instant, pattern })
}

/// The calendar that is usual in a locale.
fn usual_calendar(locale: &Locale) -> &'static str {
    calendars_of(locale).first().copied().unwrap_or("gregory")
}
