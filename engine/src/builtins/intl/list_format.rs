//! `Intl.ListFormat` (ECMA-402 §13).

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use icu_list::options::{ListFormatterOptions, ListLength};
use icu_list::parts::ELEMENT;
use icu_list::{ListFormatter, ListFormatterPreferences};
use icu_locale::Locale;
use serde::{Deserialize, Serialize};
use writeable::{Part, PartsWrite, Writeable};

use super::locale_list::{canonicalize_locale_list, read_locale_matcher, resolve_locale, supported_locales};
use super::options::{choices, option, options_object, show_text};
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, tag};
use crate::cx::{Args, Cx, Object, Value};
use crate::n;
use crate::ops::text::Text;
use crate::throw::JsResult;

choices! {
    ListType { Conjunction = "conjunction", Disjunction = "disjunction", Unit = "unit" }
    ListStyle { Long = "long", Short = "short", Narrow = "narrow" }
}

/// An `Intl.ListFormat`.
#[derive(Serialize, Deserialize)]
pub(super) struct ListFormat {
    tag: String,
    kind: ListType,
    style: ListStyle,
}

impl State for ListFormat {
    const PROTOTYPE: Intrinsic = Intrinsic::IntlListFormatPrototype;
    const NAME: &'static str = "Intl.ListFormat";
}

pub(in crate::builtins) static LIST_FORMAT: Spec = Spec::constructor(
    n!("ListFormat"),
    0,
    construct,
    &[prototype(Intrinsic::IntlListFormatPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static LIST_FORMAT_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlListFormat),
        tag(n!("Intl.ListFormat")),
        func(n!("resolvedOptions"), 0, resolved_options),
        func(n!("format"), 1, format),
        func(n!("formatToParts"), 1, format_to_parts),
    ],
);

/// Intl.ListFormat
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_new::<ListFormat>(cx, args)?;
    let requested = canonicalize_locale_list(cx, args.get(0))?;
    let options = options_object(cx, args.get(1))?;
    read_locale_matcher(cx, options)?;
    let resolved = resolve_locale(cx, requested, [])?;
    let kind = option::<ListType>(cx, options, n!("type"))?.unwrap_or(ListType::Conjunction);
    let style = option::<ListStyle>(cx, options, n!("style"))?.unwrap_or(ListStyle::Long);
    slots::fill(cx, object, &ListFormat { tag: resolved.tag, kind, style })?;
    Ok(object.cast())
}

/// ECMA-402 §13.5.5 StringListFromIterable
fn string_list<'s>(cx: &mut Cx<'s>, iterable: Value<'s>) -> JsResult<Object<'s>> {
    let list = cx.new_array(0, 0)?;
    if cx.is_undefined(iterable) {
        return Ok(list);
    }
    let record = cx.get_iterator(iterable)?;
    loop {
        let mut cx = cx.nest();
        cx.tick(1)?;
        match cx.iterator_step(&record)? {
            None => return Ok(list),
            Some(item) if cx.peek(item).is_string() => cx.push(list, item)?,
            Some(_) => {
                let error = Err(cx.throw_type_error("what a list holds has to be strings"));
                return cx.iterator_close(&record, error);
            }
        }
    }
}

/// What stands before, between and behind the elements of a list.
struct Literals {
    texts: Vec<String>,
    count: u32,
}

impl Literals {
    /// What stands before element `i`, or behind the last for `i == count`.
    fn before(&self, i: u32) -> &str {
        let at = match i {
            // Lists of four and more have one pattern; what is in the middle of four is repeated.
            _ if self.count <= 4 => i,
            0 | 1 => i,
            _ if i == self.count => 4,
            _ if i + 1 == self.count => 3,
            _ => 2,
        };
        self.texts.get(at as usize).map_or("", String::as_str)
    }
}

/// Collects the literals of a list; its elements separate them.
struct Sink {
    texts: Vec<String>,
    in_element: bool,
}

impl fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !self.in_element
            && let Some(last) = self.texts.last_mut()
        {
            last.push_str(text);
        }
        Ok(())
    }
}

impl PartsWrite for Sink {
    type SubPartsWrite = Self;

    fn with_part(&mut self, part: Part, mut f: impl FnMut(&mut Self) -> fmt::Result) -> fmt::Result {
        if part != ELEMENT {
            return f(self);
        }
        self.in_element = true;
        f(self)?;
        self.in_element = false;
        self.texts.push(String::new());
        Ok(())
    }
}

impl ListFormat {
    /// The literals for a list of `count` elements. Some languages look at how the last one begins.
    fn literals(&self, count: u32, last: &str) -> Literals {
        let locale: Locale = self.tag.parse().unwrap_or(Locale::UNKNOWN);
        let preferences = ListFormatterPreferences::from(&locale);
        let options = ListFormatterOptions::default().with_length(match self.style {
            ListStyle::Long => ListLength::Wide,
            ListStyle::Short => ListLength::Short,
            ListStyle::Narrow => ListLength::Narrow,
        });
        let made = match self.kind {
            ListType::Conjunction => ListFormatter::try_new_and(preferences, options),
            ListType::Disjunction => ListFormatter::try_new_or(preferences, options),
            ListType::Unit => ListFormatter::try_new_unit(preferences, options),
        };
        let mut sink = Sink { texts: alloc::vec![String::new()], in_element: false };
        if let Ok(formatter) = made {
            let elements = ["", "", "", last];
            let skip = elements.len().saturating_sub(count as usize);
            // Writing to memory does not fail.
            let _ = formatter.format(elements.into_iter().skip(skip)).write_to_parts(&mut sink);
        }
        Literals { texts: sink.texts, count }
    }

    /// [`ListFormat::literals`] for a list of strings.
    fn literals_of<'s>(&self, cx: &mut Cx<'s>, list: Object<'s>) -> JsResult<Literals> {
        /// As much of the last element as a language may look at.
        const LOOK: usize = 32;
        let count = cx.array_len(list);
        let mut last = String::new();
        if count > 0 {
            let text = cx.array_item(list, count - 1)?;
            let text = cx.flat(text.cast())?;
            let chars = cx.view(text).code_points().take(LOOK);
            last.extend(chars.map(|cp| char::from_u32(cp).unwrap_or(char::REPLACEMENT_CHARACTER)));
        }
        Ok(self.literals(count, &last))
    }
}

/// Intl.ListFormat.prototype.format
fn format<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state: ListFormat = slots::this(cx, args)?;
    let list = string_list(cx, args.get(0))?;
    let literals = state.literals_of(cx, list)?;
    let (mut out, slot) = Text::new(cx)?;
    for i in 0..literals.count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        out.push_str(&mut cx, slot, literals.before(i))?;
        let item = cx.array_item(list, i)?;
        let item = cx.flat(item.cast())?;
        out.push_string(&mut cx, slot, item)?;
    }
    out.push_str(cx, slot, literals.before(literals.count))?;
    Ok(out.finish(cx, slot)?.cast())
}

/// Intl.ListFormat.prototype.formatToParts
fn format_to_parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state: ListFormat = slots::this(cx, args)?;
    let list = string_list(cx, args.get(0))?;
    let literals = state.literals_of(cx, list)?;
    let parts = cx.new_array(0, literals.count)?;
    for i in 0..=literals.count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let literal = literals.before(i);
        if !literal.is_empty() {
            let literal = cx.str(literal)?;
            push_part(&mut cx, parts, "literal", literal.cast())?;
        }
        if i < literals.count {
            let item = cx.array_item(list, i)?;
            push_part(&mut cx, parts, "element", item)?;
        }
    }
    Ok(parts.cast())
}

fn push_part<'s>(cx: &mut Cx<'s>, parts: Object<'s>, kind: &str, value: Value<'s>) -> JsResult<()> {
    let part = cx.new_object()?;
    show_text(cx, part, n!("type"), kind)?;
    super::options::show(cx, part, n!("value"), value)?;
    cx.push(parts, part.cast())
}

/// Intl.ListFormat.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let state: ListFormat = slots::this(cx, args)?;
    let options = cx.new_object()?;
    show_text(cx, options, n!("locale"), &state.tag)?;
    show_text(cx, options, n!("type"), state.kind.as_str())?;
    show_text(cx, options, n!("style"), state.style.as_str())?;
    Ok(options.cast())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(tag: &str, kind: ListType, items: &[&str]) -> String {
        let format = ListFormat { tag: tag.into(), kind, style: ListStyle::Long };
        let literals = format.literals(items.len() as u32, items.last().unwrap_or(&""));
        let mut out = String::new();
        for (i, item) in items.iter().enumerate() {
            out.push_str(literals.before(i as u32));
            out.push_str(item);
        }
        out + literals.before(items.len() as u32)
    }

    #[test]
    fn lists_read_as_people_write_them() {
        let and = ListType::Conjunction;
        assert_eq!(joined("en", and, &[]), "");
        assert_eq!(joined("en", and, &["a"]), "a");
        assert_eq!(joined("en", and, &["a", "b"]), "a and b");
        assert_eq!(joined("en", and, &["a", "b", "c"]), "a, b, and c");
        assert_eq!(joined("en", and, &["a", "b", "c", "d"]), "a, b, c, and d");
        assert_eq!(joined("en", and, &["a", "b", "c", "d", "e", "f"]), "a, b, c, d, e, and f");
        assert_eq!(joined("es", and, &["Francia", "Italia"]), "Francia e Italia");
        assert_eq!(joined("es", ListType::Disjunction, &["7", "8"]), "7 u 8");
        assert_eq!(joined("ja", and, &["a", "b", "c"]), "a、b、c");
    }
}
