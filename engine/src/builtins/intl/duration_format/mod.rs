//! `Intl.DurationFormat` (ECMA-402 §13).

mod format;

use alloc::string::String;

use icu_experimental::duration::provider::DigitalDurationDataV1;
use icu_locale::Locale;
use rotifer_jsvalue::StaticName;
use serde::{Deserialize, Serialize};

use super::locale_list::{canonicalize_locale_list, supported_locales};
use super::number_format::{load, resolve};
use super::options::{choices, invalid, number_option, option, options_object, show_plain, show_text};
use super::relative_time_format::push_parts;
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::builtins::temporal::to_temporal_duration;
use crate::cx::{Args, Cx, Object, Value};
use crate::n;
use crate::throw::JsResult;

choices! {
    /// `style`
    BaseStyle { Long = "long", Short = "short", Narrow = "narrow", Digital = "digital" }
    /// The style of a unit.
    UnitStyle {
        Long = "long",
        Short = "short",
        Narrow = "narrow",
        Numeric = "numeric",
        TwoDigit = "2-digit",
        Fractional = "fractional",
    }
    /// When a unit is shown.
    Display { Auto = "auto", Always = "always" }
}

/// Duration Unit Options Record
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct UnitOptions {
    style: UnitStyle,
    display: Display,
}

/// What an `Intl.DurationFormat` has resolved.
#[derive(Serialize, Deserialize)]
struct DurationFormat {
    locale: String,
    numbering_system: String,
    style: BaseStyle,
    /// From years to nanoseconds.
    units: [UnitOptions; 10],
    fractional_digits: Option<u8>,
}

impl State for DurationFormat {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlDurationFormatPrototype;
    const NAME: &'static str = "Intl.DurationFormat";
}

/// The units in the order of their sizes: the options for style and display, the style with `digital` as the base, the unit of numbers.
const UNITS: [(StaticName, StaticName, UnitStyle, &str); 10] = [
    (n!("years"), n!("yearsDisplay"), UnitStyle::Short, "year"),
    (n!("months"), n!("monthsDisplay"), UnitStyle::Short, "month"),
    (n!("weeks"), n!("weeksDisplay"), UnitStyle::Short, "week"),
    (n!("days"), n!("daysDisplay"), UnitStyle::Short, "day"),
    (n!("hours"), n!("hoursDisplay"), UnitStyle::Numeric, "hour"),
    (n!("minutes"), n!("minutesDisplay"), UnitStyle::Numeric, "minute"),
    (n!("seconds"), n!("secondsDisplay"), UnitStyle::Numeric, "second"),
    (n!("milliseconds"), n!("millisecondsDisplay"), UnitStyle::Numeric, "millisecond"),
    (n!("microseconds"), n!("microsecondsDisplay"), UnitStyle::Numeric, "microsecond"),
    (n!("nanoseconds"), n!("nanosecondsDisplay"), UnitStyle::Numeric, "nanosecond"),
];
const HOURS: usize = 4;
const MINUTES: usize = 5;
const SECONDS: usize = 6;

pub(in crate::builtins) static DURATION_FORMAT: Spec = Spec::constructor(
    n!("DurationFormat"),
    0,
    construct,
    &[prototype(Intrinsic::IntlDurationFormatPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static DURATION_FORMAT_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlDurationFormat),
        tag(n!("Intl.DurationFormat")),
        func(n!("format"), 1, format),
        func(n!("formatToParts"), 1, format_to_parts),
        func(n!("resolvedOptions"), 0, resolved_options),
    ],
);

/// Intl.DurationFormat
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_new::<DurationFormat>(cx, args)?;
    let format = DurationFormat::new(cx, args.get(0), args.get(1))?;
    slots::fill(cx, object, &format)?;
    Ok(object.cast())
}

impl DurationFormat {
    fn new<'s>(cx: &mut Cx<'s>, locales: Value<'s>, options: Value<'s>) -> JsResult<DurationFormat> {
        let requested = canonicalize_locale_list(cx, locales)?;
        let options = options_object(cx, options)?;
        let (locale, numbering_system) = resolve(cx, requested, options)?;
        let style = option(cx, options, n!("style"))?.unwrap_or(BaseStyle::Short);
        let mut units = [UnitOptions { style: UnitStyle::Short, display: Display::Auto }; 10];
        let two_digit_hours = digital_data(&locale).1;
        let mut previous = None;
        for (i, unit) in units.iter_mut().enumerate() {
            *unit = unit_options(cx, options, i, style, previous, two_digit_hours)?;
            if i >= HOURS {
                previous = Some(unit.style);
            }
        }
        let fractional_digits = number_option(cx, options, n!("fractionalDigits"), 0, 9)?.map(|digits| digits as u8);
        Ok(DurationFormat { locale, numbering_system, style, units, fractional_digits })
    }
}

/// What separates hours, minutes and seconds, and whether hours always have two digits.
fn digital_data(locale: &str) -> (String, bool) {
    let locale = Locale::try_from_str(locale).unwrap_or(Locale::UNKNOWN);
    load::<DigitalDurationDataV1>(&icu_experimental::provider::Baked, &locale, "").map_or_else(
        || (":".into(), false),
        |data| (data.get().separator.clone().into_owned(), data.get().hms_padding.h > 1),
    )
}

/// GetDurationUnitOptions
fn unit_options<'s>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
    unit: usize,
    base: BaseStyle,
    previous: Option<UnitStyle>,
    two_digit_hours: bool,
) -> JsResult<UnitOptions> {
    let Some(&(name, display_name, digital, _)) = UNITS.get(unit) else { return Err(cx.oom()) };
    let after_numeric = matches!(previous, Some(UnitStyle::Fractional | UnitStyle::Numeric | UnitStyle::TwoDigit));
    let mut display_default = Display::Always;
    let style = option::<UnitStyle>(cx, options, name)?;
    let allowed = match style {
        Some(UnitStyle::Fractional) => false,
        Some(UnitStyle::Numeric) => unit >= HOURS,
        Some(UnitStyle::TwoDigit) => (HOURS..=SECONDS).contains(&unit),
        _ => true,
    };
    if !allowed {
        return Err(invalid(cx, name));
    }
    let mut style = match style {
        Some(style) => style,
        None if base == BaseStyle::Digital => {
            if !(HOURS..=SECONDS).contains(&unit) {
                display_default = Display::Auto;
            }
            digital
        }
        None if after_numeric => {
            if unit != MINUTES && unit != SECONDS {
                display_default = Display::Auto;
            }
            UnitStyle::Numeric
        }
        None => {
            display_default = Display::Auto;
            match base {
                BaseStyle::Long => UnitStyle::Long,
                BaseStyle::Narrow => UnitStyle::Narrow,
                BaseStyle::Short | BaseStyle::Digital => UnitStyle::Short,
            }
        }
    };
    if style == UnitStyle::Numeric && unit > SECONDS {
        style = UnitStyle::Fractional;
        display_default = Display::Auto;
    }
    let display = option(cx, options, display_name)?.unwrap_or(display_default);
    let is_numeric = matches!(style, UnitStyle::Fractional | UnitStyle::Numeric | UnitStyle::TwoDigit);
    let conflicts = (display == Display::Always && style == UnitStyle::Fractional)
        || (previous == Some(UnitStyle::Fractional) && style != UnitStyle::Fractional)
        || (after_numeric && !is_numeric);
    if conflicts {
        return Err(invalid(cx, name));
    }
    let follows = matches!(previous, Some(UnitStyle::Numeric | UnitStyle::TwoDigit));
    if (unit == HOURS && two_digit_hours && style == UnitStyle::Numeric)
        || ((unit == MINUTES || unit == SECONDS) && follows)
    {
        style = UnitStyle::TwoDigit;
    }
    Ok(UnitOptions { style, display })
}

/// Intl.DurationFormat.prototype.format
fn format<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let format: DurationFormat = slots::this(cx, args)?;
    let duration = to_temporal_duration(cx, args.get(0))?;
    let text: String = format.partition(&duration).into_iter().map(|(parts, _)| parts.text).collect();
    Ok(cx.str(&text)?.cast())
}

/// Temporal.Duration.prototype.toLocaleString
pub(in crate::builtins) fn duration_to_locale_string<'s>(
    cx: &mut Cx<'s>,
    duration: &temporal_rs::Duration,
    args: &Args<'s>,
) -> JsResult<Value<'s>> {
    let format = DurationFormat::new(cx, args.get(0), args.get(1))?;
    let text: String = format.partition(duration).into_iter().map(|(parts, _)| parts.text).collect();
    Ok(cx.str(&text)?.cast())
}

/// Intl.DurationFormat.prototype.formatToParts
fn format_to_parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let format: DurationFormat = slots::this(cx, args)?;
    let duration = to_temporal_duration(cx, args.get(0))?;
    let array = cx.new_array(0, 4)?;
    for (parts, unit) in format.partition(&duration) {
        push_parts(cx, array, &parts, unit)?;
    }
    Ok(array.cast())
}

/// Intl.DurationFormat.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let format: DurationFormat = slots::this(cx, args)?;
    let shown = cx.new_object()?;
    show_text(cx, shown, n!("locale"), &format.locale)?;
    show_text(cx, shown, n!("numberingSystem"), &format.numbering_system)?;
    show_text(cx, shown, n!("style"), format.style.as_str())?;
    for ((name, display_name, ..), unit) in UNITS.iter().zip(&format.units) {
        let style = if unit.style == UnitStyle::Fractional { UnitStyle::Numeric } else { unit.style };
        show_text(cx, shown, *name, style.as_str())?;
        show_text(cx, shown, *display_name, unit.display.as_str())?;
    }
    if let Some(digits) = format.fractional_digits {
        show_plain(cx, shown, n!("fractionalDigits"), f64::from(digits))?;
    }
    Ok(shown.cast())
}
