//! Values as a person reads them, for `console` and the command. No code of the script runs, except for what an error's `name` and
//! `message` run.

use core::fmt::Write;

use rotifer_jsvalue::{Attrs, HeapExt, JsValue, Kind, PropertyKey, StrView, elements, field, object, shape, string};

use super::Intrinsic;
use super::error::stack_text;
use super::json_stringify;
use crate::cx::{Cx, IntoKey, JsStr, Key, Object, Value, imm};
use crate::n;
use crate::ops::{Message, Own, Text, typed};
use crate::syntax::ast::FunctionKind;
use crate::throw::JsResult;

/// Objects nested deeper than this are named only.
const DEPTH: u32 = 2;
/// Items of an array, Map or Set that are shown.
const ITEMS: u32 = 100;
/// Characters of a nested string that are shown.
const STRING: u32 = 10_000;
/// What is longer than this is written on several lines.
const WIDTH: u32 = 72;

#[derive(Clone, Copy)]
struct Env<'s> {
    out: JsStr<'s>,
    /// Objects being shown, an array.
    open: Object<'s>,
    /// Everything on one line; who finds it too long gives up.
    flat: bool,
    depth: u32,
    indent: u32,
}

/// Appends a value, as `console.log` shows it.
pub(crate) fn inspect<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    out: JsStr<'s>,
    value: Value<'s>,
    indent: u32,
) -> JsResult<()> {
    let open = cx.new_array(0, 0)?;
    let env = Env { out, open, flat: false, depth: 0, indent };
    show(cx, text, &env, value)
}

/// The text of a value, as `console.log` shows it inside of others: with strings in quotes.
///
/// # Errors
/// Out of memory and other limits.
pub(crate) fn inspect_value<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<JsStr<'s>> {
    let (mut text, out) = Text::new(cx)?;
    inspect(cx, &mut text, out, value, 0)?;
    text.finish(cx, out)
}

fn show<'s>(cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, value: Value<'s>) -> JsResult<()> {
    cx.check_native_stack()?;
    cx.tick(1)?;
    let raw = cx.peek(value);
    if raw.is_string() {
        return show_string(cx, text, env.out, value.cast());
    }
    if raw.is_number() {
        if raw.as_number().is_some_and(|d| d == 0.0 && d.is_sign_negative()) {
            return text.push_latin1(cx, env.out, b"-0");
        }
        let s = cx.to_string(value)?;
        return text.push_string(cx, env.out, s);
    }
    if raw.is_bigint() {
        let s = cx.to_string(value)?;
        text.push_string(cx, env.out, s)?;
        return text.push_latin1(cx, env.out, b"n");
    }
    if raw.is_symbol() {
        let s = cx.symbol_descriptive_string(value)?;
        return text.push_string(cx, env.out, s);
    }
    if !raw.is_object() {
        let s = if raw.is_empty() { imm(n!("undefined")).cast() } else { cx.to_string(value)? };
        return text.push_string(cx, env.out, s);
    }
    if (0..cx.array_len(env.open)).any(|i| cx.array_item_raw(env.open, i) == raw) {
        return text.push_latin1(cx, env.out, b"[Circular]");
    }
    show_object(cx, text, env, value.cast())
}

/// A nested string: in quotes, with escapes, shortened.
fn show_string<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, s: JsStr<'s>) -> JsResult<()> {
    let len = string::string_length(cx.heap(), cx.peek(s));
    let s = cx.flat(s)?;
    let raw = cx.peek(s);
    let view = string::view(cx.heap(), raw);
    let plain = view.units().take(STRING as usize).all(|u| u >= 32 && u != u16::from(b'\'') && u != u16::from(b'\\'));
    if plain {
        text.push_latin1(cx, out, b"'")?;
        text.push_range(cx, out, s, 0, len.min(STRING))?;
        text.push_latin1(cx, out, b"'")?;
    } else {
        let part = string::substring(cx.heap_mut(), raw, 0, STRING)?;
        let part = cx.root(part)?;
        json_stringify::quote(cx, text, out, part.cast())?;
    }
    if len > STRING {
        push_fmt(cx, text, out, format_args!("... {} more characters", len - STRING))?;
    }
    Ok(())
}

fn push_fmt<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, args: core::fmt::Arguments<'_>) -> JsResult<()> {
    let mut m = Message::new();
    let _ = m.write_fmt(args);
    text.push_str(cx, out, m.as_str())
}

/// An own data property, without asking anybody.
fn own_data<'s>(cx: &mut Cx<'s>, object: Object<'s>, key: impl IntoKey<'s>) -> JsResult<Option<Value<'s>>> {
    match cx.own(object, key.into_key())? {
        Own::Data(v, _) | Own::Slot(v, ..) if !v.is_empty() => Ok(Some(cx.root(v)?)),
        _ => Ok(None),
    }
}

/// Appends the name of the constructor the object's prototypes tell of; false when there is none.
fn push_class<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, object: Object<'s>) -> JsResult<bool> {
    let current = cx.slot(object)?;
    for _ in 0..8 {
        let mut cx = cx.nest();
        if cx.is_kind(current, Kind::Proxy) {
            return Ok(false);
        }
        if let Some(constructor) = own_data(&mut cx, current, n!("constructor"))?
            && cx.is_callable(constructor)
            && !cx.is_kind(constructor, Kind::Proxy)
            && let Some(name) = own_data(&mut cx, constructor.cast(), n!("name"))?
            && cx.peek(name).is_string()
            && string::string_length(cx.heap(), cx.peek(name)) > 0
        {
            text.push_string(&mut cx, out, name.cast())?;
            return Ok(true);
        }
        let proto = cx.proto_raw(current)?;
        if !proto.is_object() {
            return Ok(false);
        }
        cx.set_slot_raw(current, proto);
    }
    Ok(false)
}

/// What comes before the braces, and which braces.
struct Head {
    open: &'static [u8],
    close: &'static [u8],
    /// Nothing but the head is shown when there are no properties.
    complete: bool,
}

const BRACES: Head = Head { open: b"{", close: b"}", complete: false };

fn show_object<'s>(cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, value: Object<'s>) -> JsResult<()> {
    // A Proxy is shown as what is behind it, without asking its handler.
    let mut raw = cx.peek(value);
    for _ in 0..16 {
        if !raw.is_heap_object() || cx.heap().kind(raw.index()) != Kind::Proxy {
            break;
        }
        raw = cx.heap().value(raw.index() + field::Proxy::target);
    }
    if !raw.is_object() || raw.is_heap_object() && cx.heap().kind(raw.index()) == Kind::Proxy {
        return text.push_latin1(cx, env.out, b"<Revoked Proxy>");
    }
    let mut cx = cx.nest();
    let value = cx.root_object(raw)?;
    let start = text.len();
    let head = show_head(&mut cx, text, env, value)?;
    if env.depth > DEPTH && !head.complete {
        text.truncate(start);
        text.push_latin1(&mut cx, env.out, b"[")?;
        if !push_class(&mut cx, text, env.out, value)? {
            text.push_latin1(&mut cx, env.out, b"Object")?;
        }
        return text.push_latin1(&mut cx, env.out, b"]");
    }
    let depth = cx.array_len(env.open);
    cx.push(env.open, value.cast())?;
    let before = text.len();
    let inner = Env { depth: env.depth + 1, indent: env.indent + 2, ..*env };
    let fits = show_parts(&mut cx, text, &Env { flat: true, ..inner }, value, &head)?;
    let too_long = !fits || text.len() - start + env.indent > WIDTH && text.len() > before;
    if too_long && !env.flat {
        text.truncate(before);
        show_parts(&mut cx, text, &inner, value, &head)?;
    }
    let open = cx.peek(env.open).index();
    elements::set_existing(cx.heap_mut(), open, depth, JsValue::UNDEFINED);
    cx.set_array_length_raw(env.open, f64::from(depth));
    Ok(())
}

/// Appends what an object is.
fn show_head<'s>(cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, value: Object<'s>) -> JsResult<Head> {
    let out = env.out;
    if cx.is_callable(value.cast()) {
        let is_class = cx.is_kind(value, Kind::Function) && {
            let (kind, _) = cx.function_kind_flags(cx.peek(value).index());
            matches!(kind, FunctionKind::ClassConstructor | FunctionKind::DerivedConstructor)
        };
        text.push_latin1(cx, out, if is_class { b"[class " } else { b"[Function" })?;
        let name = own_data(cx, value, n!("name"))?.filter(|&n| cx.peek(n).is_string());
        let name = name.filter(|&n| string::string_length(cx.heap(), cx.peek(n)) > 0);
        match name {
            Some(name) => {
                if !is_class {
                    text.push_latin1(cx, out, b": ")?;
                }
                text.push_string(cx, out, name.cast())?;
            }
            None => text.push_latin1(cx, out, if is_class { b"(anonymous)" } else { b" (anonymous)" })?,
        }
        text.push_latin1(cx, out, b"]")?;
        return Ok(Head { complete: true, ..BRACES });
    }
    let at = cx.peek(value).index();
    match cx.heap().kind(at) {
        Kind::Array => {
            let len = cx.array_len(value);
            let ours = cx.intrinsic(Intrinsic::ArrayPrototype)?;
            let plain = cx.proto_raw(value)? == cx.peek(ours);
            if !plain && push_class(cx, text, out, value)? {
                push_fmt(cx, text, out, format_args!("({len}) "))?;
            }
            Ok(Head { open: b"[", close: b"]", complete: false })
        }
        Kind::TypedArray => {
            push_class(cx, text, out, value)?;
            let len = typed::length(cx.heap(), cx.peek(value).index()).unwrap_or(0);
            push_fmt(cx, text, out, format_args!("({len}) "))?;
            Ok(Head { open: b"[", close: b"]", complete: false })
        }
        Kind::Arguments => {
            text.push_latin1(cx, out, b"[Arguments] ")?;
            Ok(BRACES)
        }
        Kind::Error => {
            let own = own_data(cx, value, n!("stack"))?.filter(|&s| cx.peek(s).is_string());
            let s = match own {
                Some(s) => s.cast(),
                None => {
                    let stack = cx.field(value, field::Error::stack)?;
                    stack_text(cx, value, stack)?
                }
            };
            text.push_string(cx, out, s)?;
            Ok(Head { complete: true, ..BRACES })
        }
        Kind::Date => {
            let time = cx.field_raw(value, field::Date::time).as_number().unwrap_or(f64::NAN);
            if time.is_finite() {
                let proto = cx.intrinsic(Intrinsic::DatePrototype)?;
                let format = cx.get(proto, n!("toISOString"))?;
                let s = cx.call(format, value.cast(), &[])?;
                let s = cx.to_string(s)?;
                text.push_string(cx, out, s)?;
            } else {
                text.push_latin1(cx, out, b"Invalid Date")?;
            }
            Ok(Head { complete: true, ..BRACES })
        }
        #[cfg(feature = "temporal")]
        Kind::Temporal => {
            text.push_str(cx, out, &super::temporal::describe(cx, value.cast()).unwrap_or_default())?;
            Ok(Head { complete: true, ..BRACES })
        }
        Kind::RegExp => {
            text.push_latin1(cx, out, b"/")?;
            let source = cx.field(value, field::RegExp::source)?;
            if cx.peek(source).is_string() {
                text.push_string(cx, out, source.cast())?;
            }
            text.push_latin1(cx, out, b"/")?;
            let flags = cx.field_raw(value, field::RegExp::flags).as_raw();
            for (i, letter) in b"dgimsuvy".iter().enumerate() {
                if flags >> i & 1 != 0 {
                    text.push_latin1(cx, out, &[*letter])?;
                }
            }
            Ok(Head { complete: true, ..BRACES })
        }
        Kind::Wrapper => {
            let inner = cx.field(value, field::Wrapper::value)?;
            text.push_latin1(cx, out, b"[")?;
            push_class(cx, text, out, value)?;
            text.push_latin1(cx, out, b": ")?;
            show(cx, text, env, inner)?;
            text.push_latin1(cx, out, b"]")?;
            Ok(Head { complete: true, ..BRACES })
        }
        kind => {
            let ours = cx.intrinsic(Intrinsic::ObjectPrototype)?;
            let proto = cx.proto_raw(value)?;
            if kind == Kind::Object && proto == cx.peek(ours) {
                return Ok(BRACES);
            }
            if proto.is_null() {
                text.push_latin1(cx, out, b"[Object: null prototype]")?;
            } else if !push_class(cx, text, out, value)? {
                text.push_latin1(cx, out, b"Object")?;
            }
            if matches!(kind, Kind::Map | Kind::Set) {
                let len = cx.table_len(value);
                push_fmt(cx, text, out, format_args!("({len})"))?;
            }
            text.push_latin1(cx, out, b" ")?;
            Ok(BRACES)
        }
    }
}

/// Writes the parts between braces; keeps count of what was written.
struct Parts {
    any: bool,
    /// Where the whole began.
    start: u32,
}

impl Parts {
    /// Before the next part: false when there is no room on the line.
    fn next<'s>(&mut self, cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, head: &Head) -> JsResult<bool> {
        if env.flat && text.len() - self.start > WIDTH {
            return Ok(false);
        }
        if !self.any && head.complete {
            text.push_latin1(cx, env.out, b" ")?;
        }
        text.push_latin1(cx, env.out, if self.any { b"," } else { head.open })?;
        if env.flat {
            text.push_latin1(cx, env.out, b" ")?;
        } else {
            new_line(cx, text, env.out, env.indent)?;
        }
        self.any = true;
        Ok(true)
    }
}

fn new_line<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, indent: u32) -> JsResult<()> {
    text.push_latin1(cx, out, b"\n")?;
    for _ in 0..indent {
        text.push_latin1(cx, out, b" ")?;
    }
    Ok(())
}

/// Everything between the braces, and these; false when it was too long for a line.
fn show_parts<'s>(cx: &mut Cx<'s>, text: &mut Text, env: &Env<'s>, value: Object<'s>, head: &Head) -> JsResult<bool> {
    let mut parts = Parts { any: false, start: text.len() };
    let kind = cx.kind_of(value).unwrap_or(Kind::HostFunction);
    let fits = match kind {
        Kind::Array | Kind::TypedArray => items(cx, text, env, value, head, &mut parts, kind == Kind::Array)?,
        Kind::Map | Kind::Set => entries(cx, text, env, value, head, &mut parts, kind == Kind::Map)?,
        Kind::Promise => {
            let fits = parts.next(cx, text, env, head)?;
            match cx.promise_state(value) {
                crate::ops::PromiseState::Pending => text.push_latin1(cx, env.out, b"<pending>")?,
                state => {
                    if state == crate::ops::PromiseState::Rejected {
                        text.push_latin1(cx, env.out, b"<rejected> ")?;
                    }
                    let result = cx.promise_result(value)?;
                    show(cx, text, env, result)?;
                }
            }
            fits
        }
        _ => true,
    };
    if !fits || !properties(cx, text, env, value, head, &mut parts)? {
        return Ok(false);
    }
    if parts.any {
        if env.flat {
            text.push_latin1(cx, env.out, b" ")?;
        } else {
            new_line(cx, text, env.out, env.indent.saturating_sub(2))?;
        }
        text.push_latin1(cx, env.out, head.close)?;
    } else if !head.complete {
        text.push_latin1(cx, env.out, head.open)?;
        text.push_latin1(cx, env.out, head.close)?;
    }
    Ok(!env.flat || text.len() - parts.start <= WIDTH)
}

fn items<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    env: &Env<'s>,
    value: Object<'s>,
    head: &Head,
    parts: &mut Parts,
    is_array: bool,
) -> JsResult<bool> {
    let at = cx.peek(value).index();
    let len = if is_array { cx.array_len(value) } else { typed::length(cx.heap(), at).unwrap_or(0) };
    let mut holes = 0_u32;
    for i in 0..len.min(ITEMS) {
        let mut cx = cx.nest();
        let own = cx.own(value, i.into_key())?;
        if matches!(own, Own::Missing | Own::OutOfBounds) {
            holes += 1;
            continue;
        }
        let v = if matches!(own, Own::Accessor(..)) { None } else { own_data(&mut cx, value, i)? };
        if holes > 0 {
            if !parts.next(&mut cx, text, env, head)? {
                return Ok(false);
            }
            push_holes(&mut cx, text, env.out, holes)?;
            holes = 0;
        }
        if !parts.next(&mut cx, text, env, head)? {
            return Ok(false);
        }
        match v {
            Some(v) => show(&mut cx, text, env, v)?,
            None => text.push_latin1(&mut cx, env.out, b"[Getter]")?,
        }
    }
    if holes > 0 {
        if !parts.next(cx, text, env, head)? {
            return Ok(false);
        }
        push_holes(cx, text, env.out, holes)?;
    }
    more(cx, text, env, head, parts, len.saturating_sub(ITEMS))
}

fn push_holes<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, holes: u32) -> JsResult<()> {
    push_fmt(cx, text, out, format_args!("<{holes} empty item{}>", if holes == 1 { "" } else { "s" }))
}

fn more<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    env: &Env<'s>,
    head: &Head,
    parts: &mut Parts,
    count: u32,
) -> JsResult<bool> {
    if count > 0 {
        if !parts.next(cx, text, env, head)? {
            return Ok(false);
        }
        push_fmt(cx, text, env.out, format_args!("... {count} more items"))?;
    }
    Ok(true)
}

fn entries<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    env: &Env<'s>,
    value: Object<'s>,
    head: &Head,
    parts: &mut Parts,
    is_map: bool,
) -> JsResult<bool> {
    let mut walk = cx.table_walk(value)?;
    let len = cx.table_len(value);
    for _ in 0..len.min(ITEMS) {
        let mut cx = cx.nest();
        let Some((key, item)) = cx.walk_next(&mut walk)? else { break };
        if !parts.next(&mut cx, text, env, head)? {
            return Ok(false);
        }
        show(&mut cx, text, env, key)?;
        if is_map {
            text.push_latin1(&mut cx, env.out, b" => ")?;
            show(&mut cx, text, env, item)?;
        }
    }
    more(cx, text, env, head, parts, len.saturating_sub(ITEMS))
}

/// The named properties (and, of what is no array, the indexed ones).
fn properties<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    env: &Env<'s>,
    value: Object<'s>,
    head: &Head,
    parts: &mut Parts,
) -> JsResult<bool> {
    let kind = cx.kind_of(value);
    if cx.peek(value).is_native() && cx.native_object(cx.peek(value), false)?.is_none() {
        return Ok(true);
    }
    let holder = cx.backing(value)?;
    // Looking at a deferred namespace must not run its module.
    if kind == Some(Kind::Namespace) && cx.field_raw(value, field::Namespace::deferred) == JsValue::TRUE {
        return Ok(true);
    }
    let is_list = matches!(kind, Some(Kind::Array | Kind::TypedArray));
    if !is_list && elements::elements(cx.heap(), cx.peek(holder).index()).is_some() || kind == Some(Kind::Namespace) {
        let keys = cx.own_property_keys(holder)?;
        for i in 0..cx.array_len(keys) {
            if i >= ITEMS && cx.array_item_raw(keys, i).is_number() {
                continue;
            }
            let mut cx = cx.nest();
            let key = cx.key_of_item(keys, i)?;
            if !property(&mut cx, text, env, holder, key, head, parts)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let s = object::shape_of(cx.heap(), cx.peek(holder).index());
    let names = cx.root(JsValue::cell(s))?;
    let count = shape::info(cx.heap(), s).count;
    for symbols in [false, true] {
        for i in 0..count {
            let Some((key, _)) = shape::entry(cx.heap(), cx.peek(names).index(), i) else { continue };
            if key.is_symbol() != symbols || cx.is_hidden_key(key) {
                continue;
            }
            let mut cx = cx.nest();
            let key = cx.root_key(key)?;
            if !property(&mut cx, text, env, holder, key, head, parts)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn property<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    env: &Env<'s>,
    value: Object<'s>,
    key: Key<'s>,
    head: &Head,
    parts: &mut Parts,
) -> JsResult<bool> {
    let k = cx.peek_key(key);
    let (item, attrs, accessor) = match cx.own(value, key)? {
        Own::Data(v, attrs) | Own::Slot(v, attrs, _) => (v, attrs, None),
        Own::Accessor(a, attrs) => {
            let (get, set) = object::accessor_parts(cx.heap(), a);
            let what: &[u8] = match (get.is_undefined(), set.is_undefined()) {
                (false, false) => b"[Getter/Setter]",
                (false, true) => b"[Getter]",
                _ => b"[Setter]",
            };
            (JsValue::UNDEFINED, attrs, Some(what))
        }
        _ => return Ok(true),
    };
    // The cause of an error is shown although it is not enumerable.
    let hidden = !attrs.has(Attrs::ENUMERABLE);
    let of_error = cx.is_kind(value, Kind::Error)
        && [n!("cause"), n!("errors"), n!("error"), n!("suppressed")].iter().any(|&n| k == PropertyKey::name(n));
    if hidden && !of_error {
        return Ok(true);
    }
    let item = cx.root(item)?;
    if !parts.next(cx, text, env, head)? {
        return Ok(false);
    }
    push_name(cx, text, env.out, key, hidden)?;
    text.push_latin1(cx, env.out, b": ")?;
    match accessor {
        Some(what) => text.push_latin1(cx, env.out, what)?,
        None => show(cx, text, env, item)?,
    }
    Ok(true)
}

/// A property name: as it is when it can be written so.
fn push_name<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, key: Key<'s>, hidden: bool) -> JsResult<()> {
    let name = cx.key_to_value(key)?;
    if cx.peek(name).is_symbol() || hidden {
        text.push_latin1(cx, out, b"[")?;
        let s = if hidden { name.cast() } else { cx.symbol_descriptive_string(name)? };
        text.push_string(cx, out, s)?;
        return text.push_latin1(cx, out, b"]");
    }
    let name = cx.to_flat_string(name)?;
    let plain = match string::view(cx.heap(), cx.peek(name)) {
        StrView::Latin1(s) => {
            !s.is_empty()
                && (s.iter().all(u8::is_ascii_digit)
                    || !s[0].is_ascii_digit() && s.iter().all(|&b| b.is_ascii_alphanumeric() || b == b'_' || b == b'$'))
        }
        StrView::Utf16(_) => false,
    };
    if plain { text.push_string(cx, out, name) } else { show_string(cx, text, out, name) }
}
