//! String objects (ECMA-262 §22.1, Annex B.2.2).

mod access;
mod case;
#[cfg(not(feature = "intl"))]
mod compare;
mod html;
mod normalize;
pub(super) mod replace;
pub(crate) mod search;
mod substitution;
pub(crate) mod trim;

#[cfg(feature = "intl")]
pub(super) use case::map_case;
#[cfg(feature = "intl")]
pub(super) use normalize::{MOST_MARKS, longest_marks, too_many_marks};
pub(crate) use substitution::{Captures, get_substitution};

use rotifer_jsvalue::{HeapExt, JsValue, Kind, PropertyKey, StaticName, StrView, WellKnown, field, string};

use super::Intrinsic;
use super::spec::{Prop, Spec, func, link, prototype, same, sym_func};
use crate::cx::{Args, Cx, JsStr, Object, Value, imm};
use crate::n;
use crate::throw::JsResult;

/// The methods for which a locale makes a difference.
mod locale {
    #[cfg(feature = "intl")]
    pub(super) use super::super::intl::{locale_compare, to_locale_lower_case, to_locale_upper_case};
    #[cfg(not(feature = "intl"))]
    pub(super) use super::case::{to_lower_case as to_locale_lower_case, to_upper_case as to_locale_upper_case};
    #[cfg(not(feature = "intl"))]
    pub(super) use super::compare::locale_compare;
}

const PROTOTYPE_PROPS: &[Prop] = &[
    func(n!("at"), 1, access::at),
    func(n!("charAt"), 1, access::char_at),
    func(n!("charCodeAt"), 1, access::char_code_at),
    func(n!("codePointAt"), 1, access::code_point_at),
    func(n!("concat"), 1, access::concat),
    link(n!("constructor"), Intrinsic::String),
    func(n!("endsWith"), 1, search::ends_with),
    func(n!("includes"), 1, search::includes),
    func(n!("indexOf"), 1, search::index_of),
    func(n!("isWellFormed"), 0, access::is_well_formed),
    func(n!("lastIndexOf"), 1, search::last_index_of),
    func(n!("localeCompare"), 1, locale::locale_compare),
    func(n!("match"), 1, search::match_),
    func(n!("matchAll"), 1, search::match_all),
    func(n!("normalize"), 0, normalize::normalize),
    func(n!("padEnd"), 1, access::pad_end),
    func(n!("padStart"), 1, access::pad_start),
    func(n!("repeat"), 1, access::repeat),
    func(n!("replace"), 2, replace::replace),
    func(n!("replaceAll"), 2, replace::replace_all),
    func(n!("search"), 1, search::search),
    func(n!("slice"), 2, access::slice),
    func(n!("split"), 2, search::split),
    func(n!("startsWith"), 1, search::starts_with),
    func(n!("substring"), 2, access::substring),
    func(n!("toLocaleLowerCase"), 0, locale::to_locale_lower_case),
    func(n!("toLocaleUpperCase"), 0, locale::to_locale_upper_case),
    func(n!("toLowerCase"), 0, case::to_lower_case),
    func(n!("toString"), 0, to_string),
    func(n!("toUpperCase"), 0, case::to_upper_case),
    func(n!("toWellFormed"), 0, access::to_well_formed),
    func(n!("trim"), 0, trim::trim),
    func(n!("trimEnd"), 0, trim::trim_end),
    func(n!("trimStart"), 0, trim::trim_start),
    func(n!("valueOf"), 0, value_of),
    sym_func(WellKnown::Iterator, 0, access::iterator),
    func(n!("substr"), 2, access::substr),
    func(n!("anchor"), 1, html::anchor),
    func(n!("big"), 0, html::big),
    func(n!("blink"), 0, html::blink),
    func(n!("bold"), 0, html::bold),
    func(n!("fixed"), 0, html::fixed),
    func(n!("fontcolor"), 1, html::fontcolor),
    func(n!("fontsize"), 1, html::fontsize),
    func(n!("italics"), 0, html::italics),
    func(n!("link"), 1, html::link),
    func(n!("small"), 0, html::small),
    func(n!("strike"), 0, html::strike),
    func(n!("sub"), 0, html::sub),
    func(n!("sup"), 0, html::sup),
    same(PropertyKey::name(n!("trimLeft")), Intrinsic::StringPrototype, PropertyKey::name(n!("trimStart"))),
    same(PropertyKey::name(n!("trimRight")), Intrinsic::StringPrototype, PropertyKey::name(n!("trimEnd"))),
];

pub(super) static STRING_PROTOTYPE: Spec = Spec {
    kind: Kind::Wrapper,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: PROTOTYPE_PROPS,
    fields: &[(field::Wrapper::value, JsValue::name(StaticName::EMPTY))],
};
pub(super) static STRING: Spec = Spec::constructor(
    n!("String"),
    1,
    construct,
    &[
        func(n!("fromCharCode"), 1, from_char_code),
        func(n!("fromCodePoint"), 1, from_code_point),
        prototype(Intrinsic::StringPrototype),
        func(n!("raw"), 1, raw),
    ],
);

pub(crate) use access::iterator_next;

/// ECMA-262 §22.1.1.1 String
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let value = args.get(0);
    let text = if args.is_empty() {
        empty()
    } else if cx.is_undefined(args.new_target()) && cx.peek(value).is_symbol() {
        return symbol_descriptive_string(cx, value);
    } else {
        cx.to_string(value)?
    };
    if cx.is_undefined(args.new_target()) {
        return Ok(text.cast());
    }
    let proto = Intrinsic::StringPrototype;
    let made = cx.ordinary_create_from_constructor(args.new_target(), proto, Kind::Wrapper, 1)?;
    cx.set_field(made, field::Wrapper::value, text);
    Ok(made.cast())
}

/// ECMA-262 §20.4.3.3.1 SymbolDescriptiveString
fn symbol_descriptive_string<'s>(cx: &mut Cx<'s>, symbol: Value<'s>) -> JsResult<Value<'s>> {
    let raw = cx.peek(symbol);
    let description = match raw.as_well_known() {
        Some(n) => crate::ops::well_known(n).description().into(),
        None => cx.heap().value(raw.index() + field::Symbol::description),
    };
    let description = if description.is_string() { description } else { StaticName::EMPTY.into() };
    let description = cx.root(description)?.cast();
    let open = cx.str("Symbol(")?;
    let text = cx.concat(open, description)?;
    Ok(cx.concat(text, latin1(b')'))?.cast())
}

/// ECMA-262 §22.1.2.1 String.fromCharCode
fn from_char_code<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if args.len() == 1 {
        let unit = cx.to_uint16(args.get(0))?;
        let s = string::from_unit(cx.heap_mut(), unit)?;
        return cx.root(s);
    }
    let mut wide = false;
    let units = cx.new_array(0, args.len())?;
    for v in args.iter() {
        let unit = cx.to_uint16(v)?;
        wide |= unit > 255;
        cx.push(units, imm(i32::from(unit)))?;
    }
    units_of_array(cx, units, wide)
}

/// A string of the units that an array made by the engine holds as integers.
fn units_of_array<'s>(cx: &mut Cx<'s>, units: Object<'s>, wide: bool) -> JsResult<Value<'s>> {
    let len = cx.array_len(units);
    // The array is read after the block of the string was made: once more from its slot.
    let s = if wide {
        string::new_utf16(cx.heap_mut(), len, |_| ())?
    } else {
        string::new_latin1(cx.heap_mut(), len, |_| ())?
    };
    if !s.is_heap_string() {
        // Up to one character needs no block.
        let unit = if len == 0 { return Ok(imm(StaticName::EMPTY)) } else { cx.array_item_raw(units, 0) };
        let s = string::from_unit(cx.heap_mut(), unit.as_int().unwrap_or(0) as u16)?;
        return cx.root(s);
    }
    for i in 0..len {
        let unit = cx.array_item_raw(units, i).as_int().unwrap_or(0);
        let at = s.index() + 2;
        if wide {
            cx.heap_mut().units_mut(at, len)[i as usize] = unit as u16;
        } else {
            cx.heap_mut().bytes_mut(at, len)[i as usize] = unit as u8;
        }
    }
    cx.root(s)
}

/// ECMA-262 §22.1.2.2 String.fromCodePoint
fn from_code_point<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let mut wide = false;
    let units = cx.new_array(0, args.len())?;
    for v in args.iter() {
        let d = cx.to_number(v)?;
        let cp = d as u32;
        if f64::from(cp) != d || cp > 0x10_FFFF {
            return Err(cx.throw_range_error("invalid code point"));
        }
        wide |= cp > 255;
        if cp > 0xFFFF {
            cx.push(units, imm((0xD800 + ((cp - 0x1_0000) >> 10)) as i32))?;
            cx.push(units, imm((0xDC00 + (cp & 0x3FF)) as i32))?;
        } else {
            cx.push(units, imm(cp as i32))?;
        }
    }
    units_of_array(cx, units, wide)
}

/// ECMA-262 §22.1.2.4 String.raw
fn raw<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let cooked = cx.to_object(args.get(0))?;
    let literals = cx.get(cooked, n!("raw"))?;
    let literals = cx.to_object(literals)?;
    let len = cx.length_of_array_like(literals)?;
    let result = cx.slot(empty())?;
    let mut i = 0_f64;
    while i < len {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.to_property_key(imm(i))?;
        let literal = cx.get(literals, key)?;
        let literal = cx.to_string(literal)?;
        let mut text = cx.concat(result, literal)?;
        i += 1.0;
        if i < len && i <= f64::from(args.len().saturating_sub(1)) {
            let value = cx.to_string(args.get(i as u32))?;
            text = cx.concat(text, value)?;
        }
        let text = cx.peek(text);
        cx.set_slot_raw(result, text);
    }
    Ok(result.cast())
}

/// ECMA-262 §22.1.3.35.1 ThisStringValue
fn this_string_value<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let this = args.this();
    if cx.peek(this).is_string() {
        return Ok(this);
    }
    if cx.is_kind(this, Kind::Wrapper) {
        let value = cx.field_raw(this, field::Wrapper::value);
        if value.is_string() {
            return cx.root(value);
        }
    }
    Err(cx.throw_type_error("this is not a string"))
}

/// ECMA-262 §22.1.3.29 String.prototype.toString
fn to_string<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    this_string_value(cx, args)
}

/// ECMA-262 §22.1.3.35 String.prototype.valueOf
fn value_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    this_string_value(cx, args)
}

/// ToString(RequireObjectCoercible(this)), not necessarily flat.
fn this_rope<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<JsStr<'s>> {
    if cx.peek(args.this()).is_string() {
        return Ok(args.this().cast());
    }
    cx.require_object_coercible(args.this())?;
    cx.to_string(args.this())
}

/// ToString(RequireObjectCoercible(this)) with its characters in one place.
pub(super) fn this_str<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<JsStr<'s>> {
    let raw = cx.peek(args.this());
    if raw.is_string() && string::is_flat(cx.heap(), raw) {
        return Ok(args.this().cast());
    }
    cx.require_object_coercible(args.this())?;
    cx.to_flat_string(args.this())
}

/// The characters of a flat string.
pub(super) fn view<'c, 's>(cx: &'c Cx<'s>, s: JsStr<'s>) -> StrView<'c> {
    string::view(cx.heap(), cx.peek(s))
}

/// The length in code units.
pub(super) fn length<'s>(cx: &Cx<'s>, s: JsStr<'s>) -> u32 {
    string::string_length(cx.heap(), cx.peek(s))
}

/// The units `start..end` of a string.
pub(super) fn substring<'s>(cx: &mut Cx<'s>, s: JsStr<'s>, start: u32, end: u32) -> JsResult<JsStr<'s>> {
    let raw = cx.peek(s);
    let part = string::substring(cx.heap_mut(), raw, start, end)?;
    Ok(cx.root(part)?.cast())
}

/// The empty string.
pub(super) fn empty<'s>() -> JsStr<'s> {
    imm(StaticName::EMPTY).cast()
}

/// The string of one Latin-1 character.
pub(super) fn latin1<'s>(unit: u8) -> JsStr<'s> {
    imm(StaticName::from_latin1(unit)).cast()
}

/// A relative position (ECMA-262 §22.1.3.22 and elsewhere): negative ones count from the end.
fn relative(position: f64, len: u32) -> u32 {
    let len = f64::from(len);
    let at = if position < 0.0 { (len + position).max(0.0) } else { position.min(len) };
    at as u32
}

/// A position brought between 0 and the length.
fn clamp(position: f64, len: u32) -> u32 {
    position.clamp(0.0, f64::from(len)) as u32
}
