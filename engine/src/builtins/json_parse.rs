//! `JSON.parse` (ECMA-262 §25.5.3): a parser without recursion, and the walk of the reviver.

use core::fmt::Write;

use rotifer_jsvalue::{Attrs, JsValue, Kind, PropertyKey, StrView, key, object, shape, string};

use super::integrity::{Listed, enumerable_own_properties};
use crate::cx::{Args, Cx, JsStr, Key, NULL, Object, UNDEFINED, Value, imm};
use crate::isolate::RootWord;
use crate::n;
use crate::ops::{Message, Own, Text};
use crate::throw::{JsResult, Throw};

/// ECMA-262 §25.5.3 JSON.parse
pub(super) fn parse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let text = cx.to_flat_string(args.get(0))?;
    let reviver = args.get(1);
    if !cx.is_callable(reviver) {
        return Ok(parse_text(cx, text, false)?.0);
    }
    let (value, snapshot) = parse_text(cx, text, true)?;
    let root = cx.new_object()?;
    cx.define_new(root, n!(""), value, Attrs::ALL)?;
    let key = imm(n!("")).cast();
    internalize(cx, root, key, reviver, snapshot)
}

/// Where the parser is. All it holds in the heap is in slots.
struct Parser<'s> {
    source: JsStr<'s>,
    len: usize,
    at: usize,
    /// The value just read.
    value: Value<'s>,
    /// What is being filled.
    container: Value<'s>,
    /// The key its next value goes to.
    key: Key<'s>,
    /// Containers and keys around it (and snapshots), an array.
    outer: Object<'s>,
    depth: u32,
    /// With snapshots, for the reviver: what was read where.
    snapshots: bool,
    value_snapshot: Value<'s>,
    container_snapshot: Value<'s>,
}

/// Reads JSON text (which is flat). With `snapshots`, the second value is a parse record (ECMA-262 §25.5.3.1): value, and source text or
/// records of the parts.
pub(super) fn parse_text<'s>(cx: &mut Cx<'s>, source: JsStr<'s>, snapshots: bool) -> JsResult<(Value<'s>, Value<'s>)> {
    let len = string::view(cx.heap(), cx.peek(source)).len();
    let value = cx.slot(UNDEFINED)?;
    let value_snapshot = cx.slot(UNDEFINED)?;
    {
        let mut cx = cx.nest();
        let mut p = Parser {
            source,
            len,
            at: 0,
            value,
            container: cx.slot(UNDEFINED)?,
            key: cx.slot(imm(0).cast())?,
            outer: cx.new_array(0, 0)?,
            depth: 0,
            snapshots,
            value_snapshot,
            container_snapshot: cx.slot(UNDEFINED)?,
        };
        p.run(&mut cx)?;
    }
    Ok((value, value_snapshot))
}

/// What a look at the text found.
enum Token {
    Open(u8),
    Text { start: usize, end: usize, escaped: bool },
    Number(JsValue, usize),
    Literal(JsValue, usize),
    Wrong,
}

impl<'s> Parser<'s> {
    fn view<'h>(&self, cx: &'h Cx<'s>) -> StrView<'h> {
        string::view(cx.heap(), cx.peek(self.source))
    }

    fn run(&mut self, cx: &mut Cx<'s>) -> JsResult<()> {
        loop {
            self.value(cx)?;
            // The value is complete: put it where it belongs, and close what ends here.
            loop {
                if self.depth == 0 {
                    self.skip_space(cx);
                    return if self.at == self.len { Ok(()) } else { Err(self.unexpected(cx)) };
                }
                self.attach(cx)?;
                let is_array = cx.is_kind(self.container, Kind::Array);
                let close = if is_array { b']' } else { b'}' };
                match self.next_unit(cx) {
                    Some(u) if u == u16::from(b',') => {
                        self.at += 1;
                        if !is_array {
                            self.read_key(cx)?;
                        }
                        break;
                    }
                    Some(u) if u == u16::from(close) => {
                        self.at += 1;
                        self.close(cx)?;
                    }
                    _ => return Err(self.unexpected(cx)),
                }
            }
        }
    }

    /// Reads a value as far as it has no parts; opens a container and goes on to its first part otherwise.
    fn value(&mut self, cx: &mut Cx<'s>) -> JsResult<()> {
        loop {
            cx.tick(1)?;
            self.skip_space(cx);
            let start = self.at;
            match self.token(cx) {
                Token::Open(b'[') => {
                    self.at += 1;
                    let array = {
                        let mut cx = cx.nest();
                        let array = cx.new_array(0, 0)?;
                        cx.peek(array)
                    };
                    cx.set_slot_raw(self.value, array);
                    if self.snapshots {
                        self.open_snapshot(cx)?;
                    }
                    if self.next_unit(cx) == Some(u16::from(b']')) {
                        self.at += 1;
                        return Ok(());
                    }
                    self.open(cx)?;
                }
                Token::Open(_) => {
                    self.at += 1;
                    let object = {
                        let mut cx = cx.nest();
                        let object = cx.new_object()?;
                        cx.peek(object)
                    };
                    cx.set_slot_raw(self.value, object);
                    if self.snapshots {
                        self.open_snapshot(cx)?;
                    }
                    if self.next_unit(cx) == Some(u16::from(b'}')) {
                        self.at += 1;
                        return Ok(());
                    }
                    self.open(cx)?;
                    self.read_key(cx)?;
                }
                Token::Text { start: from, end, escaped } => {
                    let s = self.text(cx, from, end, escaped)?;
                    cx.set_slot_raw(self.value, s);
                    self.at = end + 1;
                    return self.snapshot_primitive(cx, start);
                }
                Token::Number(v, end) | Token::Literal(v, end) => {
                    cx.set_slot_raw(self.value, v);
                    self.at = end;
                    return self.snapshot_primitive(cx, start);
                }
                Token::Wrong => return Err(self.unexpected(cx)),
            }
        }
    }

    /// Makes the value just made the container.
    fn open(&mut self, cx: &mut Cx<'s>) -> JsResult<()> {
        let container = cx.peek(self.container);
        cx.push_raw(self.outer, container)?;
        let key = cx.peek_key(self.key);
        cx.push_key(self.outer, key)?;
        if self.snapshots {
            let snapshot = cx.peek(self.container_snapshot);
            cx.push_raw(self.outer, snapshot)?;
            cx.set_slot(self.container_snapshot, self.value_snapshot);
        }
        cx.set_slot(self.container, self.value);
        self.depth += 1;
        Ok(())
    }

    /// The container is complete: it is the value now.
    fn close(&mut self, cx: &mut Cx<'s>) -> JsResult<()> {
        cx.set_slot(self.value, self.container);
        let each = if self.snapshots { 3 } else { 2 };
        let len = cx.array_len(self.outer) - each;
        let (container, key) = (cx.array_item_raw(self.outer, len), cx.array_item_raw(self.outer, len + 1));
        cx.set_slot_raw(self.container, container);
        let key = key.as_number().map_or(key, |n| PropertyKey::index(n as u32).to_value());
        cx.set_slot_raw(self.key, key);
        if self.snapshots {
            cx.set_slot(self.value_snapshot, self.container_snapshot);
            let snapshot = cx.array_item_raw(self.outer, len + 2);
            cx.set_slot_raw(self.container_snapshot, snapshot);
        }
        cx.set_array_length_raw(self.outer, f64::from(len));
        self.depth -= 1;
        Ok(())
    }

    /// Puts the value into the container.
    fn attach(&mut self, cx: &mut Cx<'s>) -> JsResult<()> {
        if cx.is_kind(self.container, Kind::Array) {
            cx.push(self.container.cast(), self.value)?;
        } else {
            put(cx, self.container.cast(), self.key, self.value)?;
        }
        if self.snapshots {
            let mut cx = cx.nest();
            let parts = cx.record_get(self.container_snapshot, 1)?;
            if cx.is_kind(parts, Kind::Array) {
                cx.push(parts.cast(), self.value_snapshot)?;
            } else {
                put(&mut cx, parts.cast(), self.key, self.value_snapshot)?;
            }
        }
        Ok(())
    }

    /// A record for the container just made.
    fn open_snapshot(&mut self, cx: &mut Cx<'s>) -> JsResult<()> {
        let mut cx = cx.nest();
        let parts = if cx.is_kind(self.value, Kind::Array) {
            cx.new_array(0, 0)?
        } else {
            cx.new_object_of(Kind::Object, NULL, 4)?
        };
        let record = cx.new_record(&[self.value, parts.cast()])?;
        cx.set_slot(self.value_snapshot, record);
        Ok(())
    }

    /// A record for the primitive just read, which began at `start`.
    fn snapshot_primitive(&mut self, cx: &mut Cx<'s>, start: usize) -> JsResult<()> {
        if self.snapshots {
            let mut cx = cx.nest();
            let source = cx.peek(self.source);
            let text = string::substring(cx.heap_mut(), source, start as u32, self.at as u32)?;
            let text = cx.root(text)?;
            let record = cx.new_record(&[self.value, text])?;
            cx.set_slot(self.value_snapshot, record);
        }
        Ok(())
    }

    /// Reads a key and the colon after it.
    fn read_key(&mut self, cx: &mut Cx<'s>) -> JsResult<()> {
        self.skip_space(cx);
        let Token::Text { start, end, escaped } = self.token(cx) else { return Err(self.unexpected(cx)) };
        let key = self.key_text(cx, start, end, escaped)?;
        cx.set_slot_raw(self.key, key.to_value());
        self.at = end + 1;
        if self.next_unit(cx) != Some(u16::from(b':')) {
            return Err(self.unexpected(cx));
        }
        self.at += 1;
        Ok(())
    }

    /// The property key of a string token; short ones are looked up without making a string.
    fn key_text(&mut self, cx: &mut Cx<'s>, start: usize, end: usize, escaped: bool) -> JsResult<PropertyKey> {
        let mut short = [0_u8; 64];
        if !escaped
            && end - start <= short.len()
            && let StrView::Latin1(text) = self.view(cx).slice(start, end)
        {
            let n = text.len();
            short[..n].copy_from_slice(text);
            return Ok(key::latin1_key(cx.heap_mut(), RootWord::Atoms as u32, &short[..n])?);
        }
        let s = self.text(cx, start, end, escaped)?;
        Ok(key::string_key(cx.heap_mut(), RootWord::Atoms as u32, s)?)
    }

    /// The string of a string token, with a copy of its characters: the source is not kept alive by them.
    fn text(&mut self, cx: &mut Cx<'s>, start: usize, end: usize, escaped: bool) -> JsResult<JsValue> {
        let mut short = [0_u8; 128];
        if !escaped
            && end - start <= short.len()
            && let StrView::Latin1(text) = self.view(cx).slice(start, end)
        {
            let n = text.len();
            short[..n].copy_from_slice(text);
            return Ok(string::from_latin1(cx.heap_mut(), &short[..n])?);
        }
        let mut cx = cx.nest();
        let (mut text, slot) = Text::new(&mut cx)?;
        let mut from = start;
        while from < end {
            let (mut to, mut unit) = (end, None);
            if escaped {
                let view = string::view(cx.heap(), cx.peek(self.source));
                if let Some(i) = (from..end).find(|&i| view.at(i) == u16::from(b'\\')) {
                    // The token was checked: what follows is complete.
                    to = i;
                    unit = unescape(view, i + 1);
                }
            }
            text.push_range(&mut cx, slot, self.source, from as u32, to as u32)?;
            from = to;
            if let Some((unit, used)) = unit {
                text.push_utf16(&mut cx, slot, &[unit])?;
                from = to + 1 + used;
            }
            cx.tick(1)?;
        }
        let s = text.finish(&mut cx, slot)?;
        Ok(cx.peek(s))
    }

    fn skip_space(&mut self, cx: &Cx<'s>) {
        let is_space = |u: u16| matches!(u, 9 | 10 | 13 | 32);
        match self.view(cx) {
            StrView::Latin1(s) => {
                while self.at < s.len() && is_space(u16::from(s[self.at])) {
                    self.at += 1;
                }
            }
            StrView::Utf16(s) => {
                while self.at < s.len() && is_space(s[self.at]) {
                    self.at += 1;
                }
            }
        }
    }

    /// The unit after white space.
    fn next_unit(&mut self, cx: &Cx<'s>) -> Option<u16> {
        self.skip_space(cx);
        (self.at < self.len).then(|| self.view(cx).at(self.at))
    }

    /// Looks at the token that begins here. When it is wrong, `at` is where.
    fn token(&mut self, cx: &Cx<'s>) -> Token {
        match self.view(cx) {
            StrView::Latin1(s) => scan(s, StrView::Latin1(s), &mut self.at, u16::from),
            StrView::Utf16(s) => scan(s, StrView::Utf16(s), &mut self.at, |u| u),
        }
    }

    #[cold]
    fn unexpected(&mut self, cx: &mut Cx<'s>) -> Throw {
        let view = self.view(cx);
        let mut m = Message::new();
        if self.at >= self.len {
            let _ = m.write_str("JSON.parse: unexpected end of the text");
        } else {
            let before = view.slice(0, self.at);
            let line = before.units().filter(|&u| u == 10).count() + 1;
            let column = self.at - before.units().rposition(|u| u == 10).map_or(0, |i| i + 1) + 1;
            let cp = view.code_point_at(self.at).map_or(0, |c| c.0);
            let c = char::from_u32(cp).unwrap_or(char::REPLACEMENT_CHARACTER);
            let _ = if c.is_control() {
                write!(m, "JSON.parse: unexpected control character U+{cp:04X} at line {line} column {column}")
            } else {
                write!(m, "JSON.parse: unexpected character '{c}' at line {line} column {column}")
            };
        }
        cx.throw_syntax_error(m.as_str())
    }
}

/// The unit an escape stands for (after the backslash at `at`), and its length.
fn unescape(view: StrView<'_>, at: usize) -> Option<(u16, usize)> {
    let u = u8::try_from(view.at(at)).ok()?;
    Some(match u {
        b'b' => (8, 1),
        b'f' => (12, 1),
        b'n' => (10, 1),
        b'r' => (13, 1),
        b't' => (9, 1),
        b'u' => {
            let mut unit = 0;
            for i in 1..5 {
                let digit = char::from_u32(u32::from(view.at(at + i)))?.to_digit(16)?;
                unit = unit << 4 | digit as u16;
            }
            (unit, 5)
        }
        other => (u16::from(other), 1),
    })
}

fn scan<T: Copy>(s: &[T], view: StrView<'_>, at: &mut usize, unit: impl Fn(T) -> u16 + Copy) -> Token {
    let get = |i: usize| s.get(i).map_or(0, |&u| unit(u));
    let start = *at;
    if start >= s.len() {
        return Token::Wrong;
    }
    match u8::try_from(get(start)).unwrap_or(0) {
        b'[' => Token::Open(b'['),
        b'{' => Token::Open(b'{'),
        b'"' => {
            let mut i = start + 1;
            let mut escaped = false;
            while i < s.len() {
                let u = unit(s[i]);
                if u == u16::from(b'"') {
                    return Token::Text { start: start + 1, end: i, escaped };
                }
                if u < 32 {
                    break;
                }
                if u == u16::from(b'\\') {
                    escaped = true;
                    i += 1;
                    match u8::try_from(get(i)).unwrap_or(0) {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                        b'u' => {
                            for _ in 0..4 {
                                i += 1;
                                if !u8::try_from(get(i)).is_ok_and(|b| b.is_ascii_hexdigit()) {
                                    *at = i.min(s.len());
                                    return Token::Wrong;
                                }
                            }
                        }
                        _ => break,
                    }
                }
                i += 1;
            }
            *at = i.min(s.len());
            Token::Wrong
        }
        b't' => literal(s, at, unit, b"true", JsValue::TRUE),
        b'f' => literal(s, at, unit, b"false", JsValue::FALSE),
        b'n' => literal(s, at, unit, b"null", JsValue::NULL),
        b'-' | b'0'..=b'9' => number(s, view, at, unit),
        _ => Token::Wrong,
    }
}

fn literal<T: Copy>(s: &[T], at: &mut usize, unit: impl Fn(T) -> u16, text: &[u8], value: JsValue) -> Token {
    for (i, &b) in text.iter().enumerate() {
        if s.get(*at + i).is_none_or(|&u| unit(u) != u16::from(b)) {
            *at = (*at + i).min(s.len());
            return Token::Wrong;
        }
    }
    Token::Literal(value, *at + text.len())
}

fn number<T: Copy>(s: &[T], view: StrView<'_>, at: &mut usize, unit: impl Fn(T) -> u16) -> Token {
    let digit = |i: usize| s.get(i).map(|&u| unit(u).wrapping_sub(48)).filter(|&d| d < 10);
    let is = |i: usize, b: u8| s.get(i).is_some_and(|&u| unit(u) == u16::from(b));
    let start = *at;
    let negative = is(start, b'-');
    let first = start + usize::from(negative);
    let mut i = first;
    let mut small = 0_i64;
    while let Some(d) = digit(i) {
        if i - first < 15 {
            small = small * 10 + i64::from(d);
        }
        i += 1;
    }
    if i == first || i > first + 1 && is(first, b'0') {
        *at = if i == first { i } else { first + 1 };
        return Token::Wrong;
    }
    let mut integer = i - first <= 15;
    if is(i, b'.') {
        integer = false;
        let fraction = i + 1;
        i = fraction;
        while digit(i).is_some() {
            i += 1;
        }
        if i == fraction {
            *at = i;
            return Token::Wrong;
        }
    }
    if is(i, b'e') || is(i, b'E') {
        integer = false;
        i += 1;
        if is(i, b'+') || is(i, b'-') {
            i += 1;
        }
        let exponent = i;
        while digit(i).is_some() {
            i += 1;
        }
        if i == exponent {
            *at = i;
            return Token::Wrong;
        }
    }
    let value = if integer {
        let d = small as f64;
        JsValue::number(if negative { -d } else { d })
    } else {
        JsValue::number(rotifer_jsvalue::number::string_to_number(view.slice(start, i)))
    };
    Token::Number(value, i)
}

/// Sets a property of an object that nobody else has seen, adding it when it is not there.
fn put<'s>(cx: &mut Cx<'s>, object: Object<'s>, key: Key<'s>, value: Value<'s>) -> JsResult<()> {
    let k = cx.peek_key(key);
    if k.as_index().is_none() {
        let (o, v) = (cx.peek(object), cx.peek(value));
        let s = object::shape_of(cx.heap(), o.index());
        if shape::find_child(cx.heap(), s, k, Attrs::ALL).is_none()
            && let Some(slot) = object::find_own(cx.heap(), o.index(), k)
        {
            object::set_slot(cx.heap_mut(), o.index(), slot.place, v);
            return Ok(());
        }
        object::add_property(cx.heap_mut(), o, k, v, Attrs::ALL)?;
        return Ok(());
    }
    cx.create_data_property(object, key, value).map(drop)
}

/// ECMA-262 §25.5.3.2 InternalizeJSONProperty
fn internalize<'s>(
    cx: &mut Cx<'s>,
    holder: Object<'s>,
    key: Key<'s>,
    reviver: Value<'s>,
    snapshot: Value<'s>,
) -> JsResult<Value<'s>> {
    cx.check_native_stack()?;
    let result = cx.slot(UNDEFINED)?;
    {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let value = cx.get(holder, key)?;
        let context = cx.new_object()?;
        // What was read counts as long as nobody has changed it.
        let mut parts = UNDEFINED;
        if cx.peek(snapshot).is_cell() {
            let read = cx.record_get(snapshot, 0)?;
            if cx.same_value(read, value)? {
                let of = cx.record_get(snapshot, 1)?;
                if cx.is_object(value) {
                    parts = of;
                } else {
                    cx.define_new(context, n!("source"), of, Attrs::ALL)?;
                }
            }
        }
        if let Some(object) = cx.as_object(value) {
            if cx.is_array(value)? {
                let len = cx.length_of_array_like(object)?;
                let mut i = 0.0;
                while i < len {
                    let mut cx = cx.nest();
                    let key = cx.to_property_key(imm(i))?;
                    internalize_part(&mut cx, object, key, reviver, parts)?;
                    i += 1.0;
                }
            } else {
                let keys = enumerable_own_properties(&mut cx, object, Listed::Keys)?;
                for i in 0..cx.array_len(keys) {
                    let mut cx = cx.nest();
                    let key = cx.key_of_item(keys, i)?;
                    internalize_part(&mut cx, object, key, reviver, parts)?;
                }
            }
        }
        let name = cx.key_to_value(key)?;
        let revived = cx.call(reviver, holder.cast(), &[name, value, context.cast()])?;
        cx.set_slot(result, revived);
    }
    Ok(result)
}

fn internalize_part<'s>(
    cx: &mut Cx<'s>,
    object: Object<'s>,
    key: Key<'s>,
    reviver: Value<'s>,
    parts: Value<'s>,
) -> JsResult<()> {
    let snapshot = match cx.as_object(parts) {
        Some(parts) => match cx.own(parts, key)? {
            Own::Data(v, _) | Own::Slot(v, ..) if v.is_cell() => cx.root(v)?,
            _ => UNDEFINED,
        },
        None => UNDEFINED,
    };
    let new = internalize(cx, object, key, reviver, snapshot)?;
    if cx.is_undefined(new) {
        cx.delete(object, key)?;
    } else {
        cx.create_data_property(object, key, new)?;
    }
    Ok(())
}
