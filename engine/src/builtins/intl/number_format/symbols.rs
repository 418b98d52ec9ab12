//! The signs and digits of a locale.

use alloc::string::{String, ToString};

use icu_decimal::provider::{DecimalDigitsV1, DecimalSymbolsV1};
use icu_experimental::dimension::provider::percent::PercentEssentialsV1;
use icu_locale::Locale;
use icu_locale::preferences::LocalePreferences;
use icu_provider::prelude::*;

use super::{CurrencyDisplay, CurrencySign, NumberFormat, Style};

/// The data of a locale with attributes, or nothing.
pub(in crate::builtins::intl) fn load<M: DataMarker>(
    provider: &(impl DataProvider<M> + ?Sized),
    locale: &Locale,
    attributes: &str,
) -> Option<DataPayload<M>> {
    load_with_depth(provider, locale, attributes).map(|(data, _)| data)
}

/// [`load`], and how many subtags the locale has that the data is for, 0 for the root.
pub(super) fn load_with_depth<M: DataMarker>(
    provider: &(impl DataProvider<M> + ?Sized),
    locale: &Locale,
    attributes: &str,
) -> Option<(DataPayload<M>, usize)> {
    let locale = M::make_locale(LocalePreferences::from(locale));
    let attributes = DataMarkerAttributes::try_from_str(attributes).ok()?;
    let mut metadata = DataRequestMetadata::default();
    metadata.silent = true;
    let id = DataIdentifierBorrowed::for_marker_attributes_and_locale(attributes, &locale);
    let request = DataRequest { id, metadata };
    let response = provider.load(request).ok()?;
    let found = response.metadata.locale.unwrap_or(locale);
    let depth = if found.is_unknown() { 0 } else { found.to_string().split('-').count() };
    Some((response.payload, depth))
}

/// The digits of a numbering system, if it is one of ten digits.
pub(in crate::builtins::intl) fn digits_of(numbering_system: &str) -> Option<[char; 10]> {
    // By far the most frequent ones need not be looked up.
    if numbering_system == "latn" {
        return Some(LATIN);
    }
    if let Some(data) = load::<DecimalDigitsV1>(&icu_decimal::provider::Baked, &Locale::UNKNOWN, numbering_system) {
        return Some(*data.get());
    }
    let &(_, zero) = MORE_DIGITS.iter().find(|(name, _)| *name == numbering_system)?;
    let mut digits = ['0'; 10];
    for (digit, code_point) in digits.iter_mut().zip(zero..) {
        *digit = char::from_u32(code_point)?;
    }
    Some(digits)
}

const LATIN: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/// Numbering systems that no locale uses by itself, and their zeros (Unicode 17).
#[rustfmt::skip]
const MORE_DIGITS: &[(&str, u32)] = &[
    ("ahom", 0x11730), ("bali", 0x1b50), ("bhks", 0x11c50), ("brah", 0x11066), ("cham", 0xaa50), ("diak", 0x11950),
    ("fullwide", 0xff10), ("gara", 0x10d40), ("gong", 0x11da0), ("gonm", 0x11d50), ("gukh", 0x16130),
    ("hmng", 0x16b50), ("kali", 0xa900), ("kawi", 0x11f50), ("krai", 0x16d70), ("lana", 0x1a80), ("lanatham", 0x1a90),
    ("lepc", 0x1c40), ("limb", 0x1946), ("mathbold", 0x1d7ce), ("mathdbl", 0x1d7d8), ("mathmono", 0x1d7f6),
    ("mathsanb", 0x1d7ec), ("mathsans", 0x1d7e2), ("modi", 0x11650), ("mroo", 0x16a60), ("mymrepka", 0x116da),
    ("mymrpao", 0x116d0), ("mymrshan", 0x1090), ("mymrtlng", 0xa9f0), ("nagm", 0x1e4f0), ("newa", 0x11450),
    ("onao", 0x1e5f1), ("osma", 0x104a0), ("outlined", 0x1ccf0), ("rohg", 0x10d30), ("saur", 0xa8d0),
    ("segment", 0x1fbf0), ("shrd", 0x111d0), ("sind", 0x112f0), ("sinh", 0xde6), ("sora", 0x110f0), ("sund", 0x1bb0),
    ("sunu", 0x11bf0), ("takr", 0x116c0), ("talu", 0x19d0), ("tirh", 0x114d0), ("tnsa", 0x16ac0), ("tols", 0x11de0),
    ("wara", 0x118e0), ("wcho", 0x1e2f0),
];

/// The numbering system that a locale uses by itself.
pub(in crate::builtins::intl) fn default_numbering_system(locale: &Locale) -> String {
    load::<DecimalSymbolsV1>(&icu_decimal::provider::Baked, locale, "")
        .map_or_else(|| "latn".to_string(), |symbols| symbols.get().numsys().to_string())
}

/// What numbers are written with.
pub(in crate::builtins::intl) struct Symbols {
    pub digits: [char; 10],
    pub decimal: String,
    pub group: String,
    /// Sizes of the first group and of those after it (0 for none), and how many digits the last of two groups has at least.
    pub grouping: (i32, i32, i32),
    /// Before and after the number.
    pub minus: (String, String),
    pub plus: (String, String),
    /// The locale without extensions, and its numbering system.
    id: String,
    numbering_system: String,
}

impl Symbols {
    pub(in crate::builtins::intl) fn new(locale: &Locale, numbering_system: &str) -> Symbols {
        // Those that a locale uses by itself are the quickest to find.
        let own = load::<DecimalSymbolsV1>(&icu_decimal::provider::Baked, locale, "");
        let own = match own {
            Some(own) if own.get().numsys() == numbering_system => Some(own),
            own => load::<DecimalSymbolsV1>(&icu_decimal::provider::Baked, locale, numbering_system).or(own),
        };
        let digits = digits_of(numbering_system).unwrap_or(LATIN);
        let mut symbols = Symbols {
            digits,
            decimal: ".".to_string(),
            group: ",".to_string(),
            grouping: (3, 3, 1),
            minus: ("-".to_string(), String::new()),
            plus: ("+".to_string(), String::new()),
            id: locale.id.to_string(),
            numbering_system: numbering_system.to_string(),
        };
        if let Some(own) = own {
            let own = own.get();
            symbols.decimal = own.decimal_separator().to_string();
            symbols.group = own.grouping_separator().to_string();
            symbols.minus = (own.minus_sign_prefix().to_string(), own.minus_sign_suffix().to_string());
            symbols.plus = (own.plus_sign_prefix().to_string(), own.plus_sign_suffix().to_string());
            let sizes = own.grouping_sizes;
            let secondary = if sizes.secondary == 0 { sizes.primary } else { sizes.secondary };
            symbols.grouping = (i32::from(sizes.primary), i32::from(secondary), i32::from(sizes.min_grouping));
        }
        symbols
    }

    /// What stands before an exponent.
    pub(super) fn exponent(&self) -> &'static str {
        match self.numbering_system.as_str() {
            "arab" => look_up(EXPONENT_ARABIC, &self.id),
            "arabext" => "×۱۰^",
            _ => look_up(EXPONENT, &self.id),
        }
    }

    pub(super) fn nan(&self) -> &'static str {
        look_up(NAN, &self.id)
    }

    pub(super) fn infinity(&self) -> &'static str {
        look_up(INFINITY, &self.id)
    }

    /// What stands between the ends of a range.
    pub(super) fn range(&self) -> &'static str {
        look_up(RANGE, &self.id)
    }

    /// What stands before a number that is not exact.
    pub(super) fn approximately(&self, locale: &Locale) -> String {
        load::<PercentEssentialsV1>(&icu_experimental::provider::Baked, locale, "")
            .map_or_else(|| "~".to_string(), |data| data.get().approximately_sign.to_string())
    }

    /// Changes what a locale writes differently in percents and amounts of money.
    pub(super) fn adapt(&mut self, options: &NumberFormat) {
        let by_sign = options.currency_display != CurrencyDisplay::Name;
        // Where groups after the first one have two digits, but not in these.
        let regular = match options.style {
            Style::Percent => "bn kok kxv ml mr or te",
            Style::Unit if options.is_percent_unit() => "bn kok kxv ml mr or te",
            Style::Currency if by_sign && options.currency_sign == CurrencySign::Accounting => ACCOUNTING_IN_THOUSANDS,
            Style::Currency if by_sign => "ml mr or",
            _ => "",
        };
        if !regular.is_empty() && ancestors(&self.id).any(|id| regular.split(' ').any(|locale| locale == id)) {
            self.grouping.1 = self.grouping.0;
        }
        if options.style == Style::Currency
            && let Some((group, decimal)) = look_up(MONEY, &self.id).split_once(' ')
        {
            self.group = group.to_string();
            self.decimal = decimal.to_string();
        }
    }
}

/// Locales with groups of two digits that accountants do not use (CLDR 48).
const ACCOUNTING_IN_THOUSANDS: &str = "as brx sa kxv ml mr or pa ta te en-IN";

/// What separates groups, and what fractions, in amounts of money where it is not as in other numbers (CLDR 48).
const MONEY: Table = &[
    ("", ""),
    ("de-AT", ". ,"),
    ("fr-CH", "\u{202f} ."),
    ("en-BE en-DE en-EE en-ES en-FI en-FR en-IT en-LT en-LV en-NL en-PT en-SI en-SK", ", ."),
];

/// A table of what the library does not have: the first column are locales that write something else than the first row says.
type Table = &'static [(&'static str, &'static str)];

/// The entry of the nearest ancestor of a locale that has one.
pub(super) fn look_up(table: Table, id: &str) -> &'static str {
    let find = |id: &str| table.iter().find(|(locales, _)| locales.split(' ').any(|locale| locale == id));
    ancestors(id).find_map(find).or_else(|| find("")).map_or("", |(_, text)| text)
}

/// A locale without extensions and those from which it inherits (the important part of what CLDR calls parent locales), without the root.
pub(super) fn ancestors(id: &str) -> impl Iterator<Item = &str> {
    core::iter::successors(Some(id), |id| parent(id))
}

fn parent(id: &str) -> Option<&str> {
    match id {
        "nb" | "nn" => return Some("no"),
        "zh-TW" | "zh-HK" | "zh-MO" => return Some("zh-Hant"),
        "pt-PT" | "pt-BR" | "zh-CN" | "zh-SG" => {}
        _ if id.starts_with("pt-") && id.len() == 5 => return Some("pt-PT"),
        "es-419" | "es-ES" | "es-EA" | "es-GQ" | "es-IC" | "es-PH" => {}
        _ if id.starts_with("es-") && id.len() == 5 => return Some("es-419"),
        _ => {}
    }
    id.rfind('-').and_then(|end| id.get(..end))
}

/// Not a number (CLDR 48).
const NAN: Table = &[
    ("", "NaN"),
    ("am", "በቁጥር\u{a0}ሊገለጽ\u{a0}የማይችል"),
    ("ar ars", "ليس\u{a0}رقمًا"),
    ("ast", "ND"),
    ("ce", "Терхьаш\u{a0}дац"),
    ("cv", "хисеп\u{a0}мар"),
    ("dz", "ཨང་མད"),
    ("ee", "mnn"),
    ("fa", "ناعدد"),
    ("fi", "epäluku"),
    ("ga", "Nuimh"),
    ("hy", "ՈչԹ"),
    ("ka", "არ\u{a0}არის\u{a0}რიცხვი"),
    ("kk", "сан\u{a0}емес"),
    ("kk-Arab kk-CN", "سان\u{a0}ەمەس"),
    ("ky", "сан\u{a0}эмес"),
    ("lo", "ບໍ່\u{200b}ແມ່ນ\u{200b}ໂຕ\u{200b}ເລກ"),
    ("lv", "NS"),
    ("my", "ဂဏန်းမဟုတ်သော"),
    ("os", "НН"),
    ("ru", "не\u{a0}число"),
    ("sah", "чыыһыла\u{a0}буотах"),
    ("smn", "epiloho"),
    ("so", "MaL"),
    ("syr", "ܠܝܬ\u{a0}ܡܢܝܢܐ"),
    ("tk", "san\u{a0}däl"),
    ("to", "TF"),
    ("uz", "son\u{a0}emas"),
    ("uz-Cyrl", "ҳақиқий\u{a0}сон\u{a0}эмас"),
    ("yue zh-Hant", "非數值"),
    ("yue-CN yue-Hans", "非数值"),
];

/// Infinity (CLDR 48).
const INFINITY: Table = &[("", "∞"), ("dz", "གྲངས་མེད")];

/// What stands before an exponent in Latin digits (CLDR 48).
const EXPONENT: Table =
    &[("", "E"), ("el en-AU en-SI en-SK sk sl", "e"), ("en-SE et ksh lt sv", "×10^"), ("se", "·10^"), ("uk", "Е")];

/// What stands before an exponent in Arabic digits (CLDR 48).
const EXPONENT_ARABIC: Table = &[("", "أس"), ("ckb sd", "اس")];

/// Between the ends of a range (CLDR 48).
const RANGE: Table = &[
    ("", "–"),
    ("ca da eu es fil fy gu it ka lij ml nl oc-ES sq th tt vec vi yue zh zh-Hant", "-"),
    ("my pt-PT ro", " - "),
    ("bg bs hr jv kea sk", " – "),
    ("et", "‒"),
    ("ja", "～"),
    ("ko", "~"),
    ("mk", "\u{2009}–\u{2009}"),
    ("to", "—"),
];
