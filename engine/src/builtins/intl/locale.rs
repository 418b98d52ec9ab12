//! `Intl.Locale` (ECMA-402 §14).

use alloc::string::{String, ToString};
use core::str::FromStr;

use icu_locale::subtags::{Language, Region, Script, Variant, Variants};
use icu_locale::{LanguageIdentifier, Locale, LocaleExpander};
use rotifer_jsvalue::StaticName;
use serde::{Deserialize, Serialize};

use super::locale_info;
use super::locale_list::{canonical, set_keyword};
use super::options::{
    boolean_option, choices, coerce_options, invalid, is_type, option, string_option, text, type_option,
};
use super::slots::{self, State, this};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, getter, link, prototype, tag};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

/// An `Intl.Locale`.
#[derive(Serialize, Deserialize)]
pub(super) struct IntlLocale {
    /// `[[Locale]]`, in canonical form; all else can be read from it.
    pub tag: String,
}

impl State for IntlLocale {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlLocalePrototype;
    const NAME: &'static str = "Intl.Locale";
}

pub(in crate::builtins) static LOCALE: Spec =
    Spec::constructor(n!("Locale"), 1, construct, &[prototype(Intrinsic::IntlLocalePrototype)]);

pub(in crate::builtins) static LOCALE_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlLocale),
        tag(n!("Intl.Locale")),
        getter(n!("baseName"), base_name),
        getter(n!("calendar"), calendar),
        getter(n!("caseFirst"), case_first),
        getter(n!("collation"), collation),
        getter(n!("firstDayOfWeek"), first_day_of_week),
        getter(n!("hourCycle"), hour_cycle),
        getter(n!("language"), language),
        getter(n!("numberingSystem"), numbering_system),
        getter(n!("numeric"), numeric),
        getter(n!("region"), region),
        getter(n!("script"), script),
        getter(n!("variants"), variants),
        func(n!("getCalendars"), 0, locale_info::get_calendars),
        func(n!("getCollations"), 0, locale_info::get_collations),
        func(n!("getHourCycles"), 0, locale_info::get_hour_cycles),
        func(n!("getNumberingSystems"), 0, locale_info::get_numbering_systems),
        func(n!("getTextInfo"), 0, locale_info::get_text_info),
        func(n!("getTimeZones"), 0, locale_info::get_time_zones),
        func(n!("getWeekInfo"), 0, locale_info::get_week_info),
        func(n!("maximize"), 0, maximize),
        func(n!("minimize"), 0, minimize),
        func(n!("toString"), 0, to_string),
    ],
);

/// What is likely where nothing is known.
const ENGLISH: Language = icu_locale::subtags::language!("en");

choices! {
    HourCycle { H11 = "h11", H12 = "h12", H23 = "h23", H24 = "h24" }
    CaseFirst { Upper = "upper", Lower = "lower", False = "false" }
}

/// What `this` stands for.
pub(super) fn this_locale<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Locale> {
    let state: IntlLocale = this(cx, args)?;
    Ok(Locale::from_str(&state.tag).unwrap_or(Locale::UNKNOWN))
}

/// Intl.Locale
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_new::<IntlLocale>(cx, args)?;
    let tag = args.get(0);
    if !cx.peek(tag).is_string() && !cx.is_object(tag) {
        return Err(cx.throw_type_error("a locale is a string or an object"));
    }
    let tag = match slots::state_of::<IntlLocale>(cx, tag) {
        Some(locale) => locale.tag,
        None => {
            let tag = cx.to_string(tag)?;
            text(cx, tag.cast())?
        }
    };
    let options = coerce_options(cx, args.get(1))?;
    let Some(mut locale) = canonical(&tag) else {
        return Err(cx.throw_range_error(&alloc::format!("invalid language tag: {tag}")));
    };
    update_language_id(cx, &mut locale.id, options)?;
    let keywords = [
        ("ca", type_option(cx, options, n!("calendar"))?),
        ("co", type_option(cx, options, n!("collation"))?),
        ("fw", first_day_option(cx, options)?),
        ("hc", option::<HourCycle>(cx, options, n!("hourCycle"))?.map(|cycle| cycle.as_str().to_string())),
        ("kf", option::<CaseFirst>(cx, options, n!("caseFirst"))?.map(|first| first.as_str().to_string())),
        ("kn", boolean_option(cx, options, n!("numeric"))?.map(|numeric| numeric.to_string())),
        ("nu", type_option(cx, options, n!("numberingSystem"))?),
    ];
    for (key, value) in keywords {
        if let Some(value) = value {
            set_keyword(&mut locale, key, &value);
        }
    }
    let tag = canonical(&locale.to_string()).unwrap_or(locale).to_string();
    slots::fill(cx, object, &IntlLocale { tag })?;
    Ok(object.cast())
}

/// ECMA-402 §14.1.2 UpdateLanguageId
fn update_language_id<'s>(cx: &mut Cx<'s>, id: &mut LanguageIdentifier, options: Option<Object<'s>>) -> JsResult<()> {
    let language =
        subtag(cx, options, n!("language"), |text| (text.len() != 4).then(|| text.parse::<Language>().ok())?)?;
    let script = subtag(cx, options, n!("script"), |text| text.parse::<Script>().ok())?;
    let region = subtag(cx, options, n!("region"), |text| text.parse::<Region>().ok())?;
    let variants = subtag(cx, options, n!("variants"), variants_of)?;
    id.language = language.unwrap_or(id.language);
    id.script = script.or(id.script);
    id.region = region.or(id.region);
    if let Some(variants) = variants {
        id.variants = variants;
    }
    Ok(())
}

/// Variants in a row, none of them twice.
fn variants_of(text: &str) -> Option<Variants> {
    let mut variants =
        text.split('-').map(|variant| variant.parse::<Variant>().ok()).collect::<Option<alloc::vec::Vec<_>>>()?;
    let count = variants.len();
    variants.sort_unstable();
    variants.dedup();
    (variants.len() == count).then(|| Variants::from_vec_unchecked(variants))
}

/// An option that is a subtag.
fn subtag<'s, T>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
    name: StaticName,
    parse: impl Fn(&str) -> Option<T>,
) -> JsResult<Option<T>> {
    let Some(text) = string_option(cx, options, name)? else { return Ok(None) };
    match parse(&text) {
        Some(subtag) => Ok(Some(subtag)),
        None => Err(invalid(cx, name)),
    }
}

/// The option `firstDayOfWeek`, with WeekdayToUValue.
fn first_day_option<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<Option<String>> {
    let Some(text) = string_option(cx, options, n!("firstDayOfWeek"))? else { return Ok(None) };
    let day = match text.as_str() {
        "0" | "7" => "sun",
        "1" => "mon",
        "2" => "tue",
        "3" => "wed",
        "4" => "thu",
        "5" => "fri",
        "6" => "sat",
        other => other,
    };
    if is_type(day) { Ok(Some(day.to_ascii_lowercase())) } else { Err(invalid(cx, n!("firstDayOfWeek"))) }
}

/// A text, or undefined where there is none.
fn text_or_undefined<'s>(cx: &mut Cx<'s>, text: Option<String>) -> JsResult<Value<'s>> {
    match text {
        Some(text) => Ok(cx.str(&text)?.cast()),
        None => Ok(UNDEFINED),
    }
}

/// The value of a keyword as it is written.
fn written(locale: &Locale, key: &str) -> Option<String> {
    let key = icu_locale::extensions::unicode::Key::try_from_str(key).ok()?;
    locale.extensions.unicode.keywords.get(&key).map(ToString::to_string)
}

/// Getters: the name of the function, and what it gives of a locale.
macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident = $get:expr;)*) => {$(
        $(#[$doc])*
        fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
            let locale = this_locale(cx, args)?;
            let get: fn(&Locale) -> Option<String> = $get;
            text_or_undefined(cx, get(&locale))
        }
    )*};
}

getters! {
    /// get Intl.Locale.prototype.baseName
    base_name = |locale| Some(locale.id.to_string());
    /// get Intl.Locale.prototype.calendar
    calendar = |locale| written(locale, "ca");
    /// get Intl.Locale.prototype.caseFirst
    case_first = |locale| written(locale, "kf");
    /// get Intl.Locale.prototype.collation
    collation = |locale| written(locale, "co");
    /// get Intl.Locale.prototype.firstDayOfWeek
    first_day_of_week = |locale| written(locale, "fw");
    /// get Intl.Locale.prototype.hourCycle
    hour_cycle = |locale| written(locale, "hc");
    /// get Intl.Locale.prototype.language
    language = |locale| Some(locale.id.language.to_string());
    /// get Intl.Locale.prototype.numberingSystem
    numbering_system = |locale| written(locale, "nu");
    /// get Intl.Locale.prototype.region
    region = |locale| locale.id.region.map(|region| region.to_string());
    /// get Intl.Locale.prototype.script
    script = |locale| locale.id.script.map(|script| script.to_string());
    /// get Intl.Locale.prototype.variants
    variants = |locale| (!locale.id.variants.is_empty()).then(|| locale.id.variants.to_string());
}

/// get Intl.Locale.prototype.numeric
fn numeric<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let locale = this_locale(cx, args)?;
    Ok(imm(written(&locale, "kn").is_some_and(|value| value.is_empty() || value == "true")))
}

/// Intl.Locale.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state: IntlLocale = this(cx, args)?;
    Ok(cx.str(&state.tag)?.cast())
}

/// A locale with the likely subtags added, and changed further.
fn expanded<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    change: impl Fn(&LocaleExpander, &mut LanguageIdentifier),
) -> JsResult<Value<'s>> {
    let mut locale = this_locale(cx, args)?;
    let expander = LocaleExpander::new_extended();
    expander.maximize(&mut locale.id);
    // The library has no opinion about what nobody knows.
    if locale.id.language.is_unknown() {
        locale.id.language = ENGLISH;
        expander.maximize(&mut locale.id);
    }
    change(&expander, &mut locale.id);
    Ok(slots::create(cx, &IntlLocale { tag: locale.to_string() }, None)?.cast())
}

/// Intl.Locale.prototype.maximize
fn maximize<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    expanded(cx, args, |_, _| {})
}

/// Intl.Locale.prototype.minimize
fn minimize<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    expanded(cx, args, |expander, id| _ = expander.minimize(id))
}
