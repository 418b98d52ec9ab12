//! `JSON.stringify` (ECMA-262 §25.5.4).

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, StrView, elements, field, flag, object, shape, string};

use super::integrity::{Listed, enumerable_own_properties};
use super::json::is_raw;
use crate::cx::{Args, Cx, JsStr, Key, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::Text;
use crate::throw::JsResult;

/// What stays the same during one call.
#[derive(Clone, Copy)]
struct Env<'s> {
    out: JsStr<'s>,
    /// The replacer function or undefined.
    replacer: Value<'s>,
    /// Keys to be written, an array, or undefined.
    keys: Value<'s>,
    /// What an indentation step is; empty for none.
    gap: JsStr<'s>,
    has_gap: bool,
    /// Objects being written, an array.
    open: Object<'s>,
}

/// ECMA-262 §25.5.4 JSON.stringify
pub(super) fn stringify<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let replacer = args.get(1);
    let mut keys = UNDEFINED;
    let is_function = cx.is_callable(replacer);
    if !is_function && cx.is_object(replacer) && cx.is_array(replacer)? {
        keys = property_list(cx, replacer.cast())?.cast();
    }
    let gap = gap_of(cx, args.get(2))?;
    let (mut text, out) = Text::new(cx)?;
    let env = Env {
        out,
        replacer: if is_function { replacer } else { UNDEFINED },
        keys,
        gap,
        has_gap: string::string_length(cx.heap(), cx.peek(gap)) > 0,
        open: cx.new_array(0, 0)?,
    };
    let holder = if is_function {
        let holder = cx.new_object()?;
        cx.define_new(holder, n!(""), args.get(0), Attrs::ALL)?;
        holder.cast()
    } else {
        UNDEFINED
    };
    if !property(cx, &mut text, &env, holder, Name::Key(imm(n!("")).cast()), args.get(0))? {
        return Ok(UNDEFINED);
    }
    Ok(text.finish(cx, out)?.cast())
}

/// ECMA-262 §25.5.4, step 5.b: the replacer array as a list of keys without repetition.
fn property_list<'s>(cx: &mut Cx<'s>, replacer: Object<'s>) -> JsResult<Object<'s>> {
    let list = cx.new_array(0, 0)?;
    let seen = cx.new_object_of(Kind::Object, crate::cx::NULL, 4)?;
    let len = cx.length_of_array_like(replacer)?;
    let mut i = 0.0;
    while i < len {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let key = cx.to_property_key(imm(i))?;
        let v = cx.get(replacer, key)?;
        let raw = cx.peek(v);
        let is_name = raw.is_string()
            || raw.is_number()
            || cx.is_kind(v, Kind::Wrapper) && {
                let inner = cx.field_raw(v, field::Wrapper::value);
                inner.is_string() || inner.is_number()
            };
        if is_name {
            let s = cx.to_string(v)?;
            let key = cx.to_property_key(s.cast())?;
            if !cx.has_own_property(seen, key)? {
                cx.create_data_property(seen, key, imm(true))?;
                let k = cx.peek_key(key);
                cx.push_key(list, k)?;
            }
        }
        i += 1.0;
    }
    Ok(list)
}

/// ECMA-262 §25.5.4, steps 6 to 9: what one step of indentation is.
fn gap_of<'s>(cx: &mut Cx<'s>, space: Value<'s>) -> JsResult<JsStr<'s>> {
    let mut space = space;
    if cx.is_kind(space, Kind::Wrapper) {
        let inner = cx.field_raw(space, field::Wrapper::value);
        if inner.is_number() {
            space = imm(cx.to_number(space)?);
        } else if inner.is_string() {
            space = cx.to_string(space)?.cast();
        }
    }
    let raw = cx.peek(space);
    if raw.is_number() {
        let n = cx.to_integer_or_infinity(space)?.clamp(0.0, 10.0) as usize;
        return cx.str(&"          "[..n]);
    }
    if raw.is_string() {
        let s = string::substring(cx.heap_mut(), raw, 0, 10)?;
        let s = cx.root(s)?;
        return cx.to_flat_string(s);
    }
    Ok(imm(n!("")).cast())
}

/// How a property is called, for `toJSON` and the replacer.
#[derive(Clone, Copy)]
enum Name<'s> {
    Key(Key<'s>),
    Index(f64),
}

impl<'s> Name<'s> {
    fn value(self, cx: &mut Cx<'s>) -> JsResult<Value<'s>> {
        match self {
            Name::Key(key) => cx.key_to_value(key),
            Name::Index(i) => Ok(cx.number_to_string(i)?.cast()),
        }
    }
}

/// ECMA-262 §25.5.4.2 SerializeJSONProperty, with the value already got: false (and nothing written) when it is left out.
fn property<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    env: &Env<'s>,
    holder: Value<'s>,
    name: Name<'s>,
    value: Value<'s>,
) -> JsResult<bool> {
    let mut value = value;
    let raw = cx.peek(value);
    if raw.is_object() || raw.is_bigint() {
        let to_json = cx.get_v(value, n!("toJSON"))?;
        if cx.is_callable(to_json) {
            let name = name.value(cx)?;
            value = cx.call(to_json, value, &[name])?;
        }
    }
    if !cx.is_undefined(env.replacer) {
        let name = name.value(cx)?;
        value = cx.call(env.replacer, holder, &[name, value])?;
    }
    if cx.is_kind(value, Kind::Wrapper) {
        let inner = cx.field_raw(value, field::Wrapper::value);
        value = if inner.is_number() {
            imm(cx.to_number(value)?)
        } else if inner.is_string() {
            cx.to_string(value)?.cast()
        } else if inner.is_bool() || inner.is_bigint() {
            cx.root(inner)?
        } else {
            value
        };
    }
    let raw = cx.peek(value);
    if let Some(i) = raw.as_int() {
        let mut digits = [0_u8; 11];
        text.push_latin1(cx, env.out, integer(i, &mut digits))?;
    } else if let Some(d) = raw.as_number() {
        if d.is_finite() {
            let mut buffer = ryu_js::Buffer::new();
            text.push_latin1(cx, env.out, buffer.format_finite(d).as_bytes())?;
        } else {
            text.push_latin1(cx, env.out, b"null")?;
        }
    } else if raw.is_string() {
        quote(cx, text, env.out, value.cast())?;
    } else if let Some(b) = raw.as_bool() {
        text.push_latin1(cx, env.out, if b { b"true" } else { b"false" })?;
    } else if raw.is_null() {
        text.push_latin1(cx, env.out, b"null")?;
    } else if raw.is_bigint() {
        return Err(cx.throw_type_error("JSON.stringify: a BigInt cannot be written"));
    } else if raw.is_object() && !raw.is_callable() {
        if is_raw(cx, value) {
            let source = cx.get(value.cast(), n!("rawJSON"))?;
            text.push_string(cx, env.out, source.cast())?;
        } else {
            structure(cx, text, env, value.cast())?;
        }
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// The digits of an integer.
fn integer(i: i32, digits: &mut [u8; 11]) -> &[u8] {
    let mut n = i.unsigned_abs();
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    if i < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    &digits[at..]
}

/// Objects and arrays.
fn structure<'s>(cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, value: Object<'s>) -> JsResult<()> {
    cx.check_native_stack()?;
    let mut cx = cx.nest();
    let depth = cx.array_len(env.open);
    cx.tick(1 + depth / 16)?;
    let raw = cx.peek(value);
    if (0..depth).any(|i| cx.array_item_raw(env.open, i) == raw) {
        return Err(cx.throw_type_error("JSON.stringify: the value contains itself"));
    }
    cx.push(env.open, value.cast())?;
    if cx.is_array(value.cast())? {
        array(&mut cx, text, env, value, depth)?;
    } else {
        members(&mut cx, text, env, value, depth)?;
    }
    let open = cx.peek(env.open).index();
    elements::set_existing(cx.heap_mut(), open, depth, JsValue::UNDEFINED);
    cx.set_array_length_raw(env.open, f64::from(depth));
    Ok(())
}

fn new_line<'s>(cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, depth: u32) -> JsResult<()> {
    text.push_latin1(cx, env.out, b"\n")?;
    cx.tick(depth)?;
    for _ in 0..depth {
        text.push_string(cx, env.out, env.gap)?;
    }
    Ok(())
}

/// ECMA-262 §25.5.4.6 SerializeJSONArray
fn array<'s>(cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, value: Object<'s>, depth: u32) -> JsResult<()> {
    let len = cx.length_of_array_like(value)?;
    text.push_latin1(cx, env.out, b"[")?;
    let mut i = 0.0;
    while i < len {
        let mut cx = cx.nest();
        cx.tick(1)?;
        if i > 0.0 {
            text.push_latin1(&mut cx, env.out, b",")?;
        }
        if env.has_gap {
            new_line(&mut cx, text, env, depth + 1)?;
        }
        let item = if i < f64::from(elements::MAX_DENSE) {
            cx.get(value, i as u32)?
        } else {
            let key = cx.to_property_key(imm(i))?;
            cx.get(value, key)?
        };
        if !property(&mut cx, text, env, value.cast(), Name::Index(i), item)? {
            text.push_latin1(&mut cx, env.out, b"null")?;
        }
        i += 1.0;
    }
    if env.has_gap && len > 0.0 {
        new_line(cx, text, env, depth)?;
    }
    text.push_latin1(cx, env.out, b"]")
}

/// ECMA-262 §25.5.4.5 SerializeJSONObject
fn members<'s>(cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, value: Object<'s>, depth: u32) -> JsResult<()> {
    text.push_latin1(cx, env.out, b"{")?;
    let mut any = false;
    if cx.is_undefined(env.keys) && is_simple(cx, value) {
        // The names are those of the shape as it is now, whatever happens on the way.
        let s = object::shape_of(cx.heap(), cx.peek(value).index());
        let shape = cx.root(JsValue::cell(s))?;
        let count = shape::info(cx.heap(), s).count;
        for i in 0..count {
            let s = cx.peek(shape).index();
            let Some((key, attrs)) = shape::entry(cx.heap(), s, i) else { continue };
            if key.is_symbol() || !attrs.has(Attrs::ENUMERABLE) {
                continue;
            }
            let mut cx = cx.nest();
            cx.tick(1)?;
            let key = cx.root_key(key)?;
            let at = cx.peek(value).index();
            let item = if object::shape_of(cx.heap(), at) == s && !attrs.has(Attrs::ACCESSOR) {
                let place = shape::info(cx.heap(), s).place(i);
                let v = object::get_slot(cx.heap(), at, place);
                cx.root(v)?
            } else {
                cx.get(value, key)?
            };
            any |= member(&mut cx, text, env, value, key, item, any, depth)?;
        }
    } else {
        let listed = cx.is_undefined(env.keys);
        let keys = if listed { enumerable_own_properties(cx, value, Listed::Keys)? } else { env.keys.cast() };
        for i in 0..cx.array_len(keys) {
            let mut cx = cx.nest();
            cx.tick(1)?;
            let key = cx.key_of_item(keys, i)?;
            let item = cx.get(value, key)?;
            any |= member(&mut cx, text, env, value, key, item, any, depth)?;
        }
    }
    if env.has_gap && any {
        new_line(cx, text, env, depth)?;
    }
    text.push_latin1(cx, env.out, b"}")
}

/// Whether the object's names can be read off its shape: an ordinary object without elements and lazy properties.
fn is_simple<'s>(cx: &Cx<'s>, value: Object<'s>) -> bool {
    let v = cx.peek(value);
    if !v.is_heap_object() || cx.heap().kind(v.index()) != Kind::Object {
        return false;
    }
    let at = v.index();
    cx.heap().flags(at) & flag::LAZY == 0
        && elements::elements(cx.heap(), at).is_none()
        && !shape::info(cx.heap(), object::shape_of(cx.heap(), at)).has(shape::Info::DICTIONARY)
}

/// One member, unless its value is left out. What is written before a value that turns out to be left out is taken back.
#[expect(clippy::too_many_arguments, reason = "one step of a loop that is there twice")]
fn member<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    env: &Env<'s>,
    holder: Object<'s>,
    key: Key<'s>,
    item: Value<'s>,
    any: bool,
    depth: u32,
) -> JsResult<bool> {
    let start = text.len();
    if any {
        text.push_latin1(cx, env.out, b",")?;
    }
    if env.has_gap {
        new_line(cx, text, env, depth + 1)?;
    }
    let name = cx.key_to_value(key)?;
    quote(cx, text, env.out, name.cast())?;
    text.push_latin1(cx, env.out, if env.has_gap { b": " } else { b":" })?;
    let written = property(cx, text, env, holder.cast(), Name::Key(key), item)?;
    if !written {
        text.truncate(start);
    }
    Ok(written)
}

/// Source units looked at in one go.
const CHUNK: usize = 64;

/// ECMA-262 §25.5.4.3 QuoteJSONString
pub(super) fn quote<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, source: JsStr<'s>) -> JsResult<()> {
    text.push_latin1(cx, out, b"\"")?;
    let len = string::string_length(cx.heap(), cx.peek(source)) as usize;
    let source = cx.flat(source)?;
    let mut at = 0;
    // A unit becomes at most six.
    let mut narrow = [0_u8; CHUNK * 6];
    let mut wide = [0_u16; CHUNK * 6];
    while at < len {
        let end = len.min(at + CHUNK);
        let mut used = 0;
        match string::view(cx.heap(), cx.peek(source)) {
            StrView::Latin1(s) => {
                for &b in &s[at..end] {
                    if b >= 32 && b != b'"' && b != b'\\' {
                        narrow[used] = b;
                        used += 1;
                    } else {
                        used += escape(u16::from(b), |i, e| narrow[used + i] = e);
                    }
                }
                at = end;
                text.push_latin1(cx, out, &narrow[..used])?;
            }
            StrView::Utf16(s) => {
                let mut i = at;
                while i < end {
                    let u = s[i];
                    let (_, n) = StrView::Utf16(s).code_point_at(i).unwrap_or((0, 1));
                    let lone = (0xD800..0xE000).contains(&u) && n == 1;
                    if n == 2 && i + 1 == end && i > at {
                        // The pair is for the next chunk.
                        break;
                    }
                    if u >= 32 && u != u16::from(b'"') && u != u16::from(b'\\') && !lone {
                        wide[used..used + n].copy_from_slice(&s[i..i + n]);
                        used += n;
                    } else {
                        used += escape(u, |i, e| wide[used + i] = u16::from(e));
                    }
                    i += n;
                }
                at = i;
                text.push_utf16(cx, out, &wide[..used])?;
            }
        }
        cx.tick(1)?;
    }
    text.push_latin1(cx, out, b"\"")
}

/// Writes the escape of a unit; gives its length.
fn escape(unit: u16, mut write: impl FnMut(usize, u8)) -> usize {
    write(0, b'\\');
    let short = match unit {
        8 => b'b',
        9 => b't',
        10 => b'n',
        12 => b'f',
        13 => b'r',
        0x22 => b'"',
        0x5C => b'\\',
        _ => {
            write(1, b'u');
            for i in 0..4 {
                let digit = (unit >> (12 - 4 * i) & 0xF) as u8;
                write(2 + i, if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
            }
            return 6;
        }
    };
    write(1, short);
    2
}
