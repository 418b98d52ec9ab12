//! Options and what they may be.

use core::str::FromStr;

use rotifer_jsvalue::StaticName;
use temporal_rs::options::{
    DifferenceSettings, Overflow, RoundingIncrement, RoundingMode, RoundingOptions, ToStringRoundingOptions, Unit,
};
use temporal_rs::parsers::Precision;

use super::{check, text};
use crate::cx::{Cx, IntoKey, Object, Value};
use crate::n;
use crate::ops::ErrorKind;
use crate::throw::JsResult;

/// ECMA-402 §9.2.10 GetOptionsObject; nothing where there are no options.
pub(in crate::builtins) fn options_object<'s>(cx: &mut Cx<'s>, options: Value<'s>) -> JsResult<Option<Object<'s>>> {
    if cx.is_undefined(options) {
        return Ok(None);
    }
    match cx.as_object(options) {
        Some(object) => Ok(Some(object)),
        None => Err(cx.throw_not_object(options)),
    }
}

/// An option that is one of some texts; nothing where it is undefined (GetOption).
pub(in crate::builtins) fn option<'s, T: FromStr>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
    name: StaticName,
) -> JsResult<Option<T>> {
    let Some(options) = options else { return Ok(None) };
    let value = cx.get(options, name)?;
    if cx.is_undefined(value) {
        return Ok(None);
    }
    let value = cx.to_string(value)?;
    match text(cx, value.cast())?.parse() {
        Ok(parsed) => Ok(Some(parsed)),
        Err(_) => Err(cx.throw_about_key(ErrorKind::RangeError, "invalid value of ", name.into_key(), "")),
    }
}

/// GetTemporalOverflowOption
pub(super) fn overflow<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<Overflow> {
    Ok(option(cx, options, n!("overflow"))?.unwrap_or(Overflow::Constrain))
}

/// [`options_object`] and [`overflow`], as what takes an overflow and nothing else reads them.
pub(super) fn overflow_of<'s>(cx: &mut Cx<'s>, options: Value<'s>) -> JsResult<Overflow> {
    let options = options_object(cx, options)?;
    overflow(cx, options)
}

/// GetRoundingIncrementOption
pub(super) fn rounding_increment<'s>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
) -> JsResult<Option<RoundingIncrement>> {
    let Some(options) = options else { return Ok(None) };
    let value = cx.get(options, n!("roundingIncrement"))?;
    if cx.is_undefined(value) {
        return Ok(None);
    }
    let number = cx.to_number(value)?;
    check(cx, RoundingIncrement::try_from(number)).map(Some)
}

/// GetRoundingModeOption
pub(super) fn rounding_mode<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<Option<RoundingMode>> {
    option(cx, options, n!("roundingMode"))
}

/// GetTemporalUnitValuedOption; which units are allowed is for the library to say.
pub(super) fn unit<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>, name: StaticName) -> JsResult<Option<Unit>> {
    option(cx, options, name)
}

/// GetTemporalFractionalSecondDigitsOption
pub(super) fn fractional_digits<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<Precision> {
    let Some(options) = options else { return Ok(Precision::Auto) };
    let value = cx.get(options, n!("fractionalSecondDigits"))?;
    if cx.is_undefined(value) {
        return Ok(Precision::Auto);
    }
    let Some(number) = cx.peek(value).as_number() else {
        let value = cx.to_string(value)?;
        if text(cx, value.cast())? == "auto" {
            return Ok(Precision::Auto);
        }
        return Err(cx.throw_range_error("fractionalSecondDigits is neither 'auto' nor a number"));
    };
    let digits = number.floor();
    if !(0.0..=9.0).contains(&digits) {
        return Err(cx.throw_range_error("fractionalSecondDigits is not between 0 and 9"));
    }
    Ok(Precision::Digit(digits as u8))
}

/// The options of `since` and `until`, in the order in which they are read (GetDifferenceSettings; the library does the rest of it).
pub(super) fn difference_settings<'s>(cx: &mut Cx<'s>, options: Value<'s>) -> JsResult<DifferenceSettings> {
    let options = options_object(cx, options)?;
    let mut settings = DifferenceSettings::default();
    settings.largest_unit = unit(cx, options, n!("largestUnit"))?;
    settings.increment = rounding_increment(cx, options)?;
    settings.rounding_mode = rounding_mode(cx, options)?;
    settings.smallest_unit = unit(cx, options, n!("smallestUnit"))?;
    Ok(settings)
}

/// The options of `round` for all but durations: an object, or the smallest unit.
pub(super) fn rounding_options<'s>(cx: &mut Cx<'s>, round_to: Value<'s>) -> JsResult<RoundingOptions> {
    let mut rounding = RoundingOptions::default();
    rounding.largest_unit = None;
    if cx.is_undefined(round_to) {
        return Err(cx.throw_type_error("round needs options, or a unit"));
    }
    if cx.peek(round_to).is_string() {
        rounding.smallest_unit = Some(unit_text(cx, round_to)?);
        return Ok(rounding);
    }
    let options = options_object(cx, round_to)?;
    rounding.increment = rounding_increment(cx, options)?;
    rounding.rounding_mode = rounding_mode(cx, options)?;
    rounding.smallest_unit = unit(cx, options, n!("smallestUnit"))?;
    Ok(rounding)
}

/// A text in the place of options, which is the name of a unit.
pub(super) fn unit_text<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Unit> {
    match text(cx, value)?.parse() {
        Ok(unit) => Ok(unit),
        Err(_) => Err(cx.throw_range_error("not the name of a unit")),
    }
}

/// How many digits `toString` writes: `fractionalSecondDigits`, `roundingMode` and `smallestUnit`, read in this order.
pub(super) fn to_string_options<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<ToStringRoundingOptions> {
    let precision = fractional_digits(cx, options)?;
    let rounding_mode = rounding_mode(cx, options)?;
    let smallest_unit = unit(cx, options, n!("smallestUnit"))?;
    Ok(ToStringRoundingOptions { precision, smallest_unit, rounding_mode })
}
