//! `console` (Console Standard), as far as it makes sense without a page: everything goes to the host's print function.

use rotifer_jsvalue::{Attrs, JsValue, Kind, StrView, field, string};

use super::Intrinsic;
use super::inspect::inspect;
use super::spec::{Prop, PropSpec, Spec, tag};
use crate::cx::{Args, Cx, JsStr, NULL, Object, UNDEFINED, Value, imm};
use crate::n;
use crate::ops::{Own, Text};
use crate::throw::JsResult;

const fn shown(name: rotifer_jsvalue::StaticName, func: crate::cx::NativeFn) -> Prop {
    Prop {
        key: rotifer_jsvalue::PropertyKey::name(name),
        attrs: Attrs::ALL,
        value: PropSpec::Function { length: 0, func },
    }
}

/// A record: `a` counters and timers by label, `b` the indentation.
pub(super) static CONSOLE: Spec = Spec {
    kind: Kind::Record,
    proto: Some(Intrinsic::ObjectPrototype),
    function: None,
    props: &[
        shown(n!("assert"), assert),
        shown(n!("clear"), nothing),
        shown(n!("count"), count),
        shown(n!("countReset"), count_reset),
        shown(n!("debug"), log),
        shown(n!("dir"), dir),
        shown(n!("dirxml"), log),
        shown(n!("error"), log),
        shown(n!("group"), group),
        shown(n!("groupCollapsed"), group),
        shown(n!("groupEnd"), group_end),
        shown(n!("info"), log),
        shown(n!("log"), log),
        shown(n!("table"), log),
        shown(n!("time"), time),
        shown(n!("timeEnd"), time_end),
        shown(n!("timeLog"), time_log),
        shown(n!("trace"), trace),
        shown(n!("warn"), log),
        tag(n!("console")),
    ],
    fields: &[],
};

/// Gives a line to the host.
pub(crate) fn print<'s>(cx: &mut Cx<'s>, line: JsStr<'s>) -> JsResult<()> {
    if cx.host.print.is_none() {
        return Ok(());
    }
    let line = cx.flat(line)?;
    let raw = cx.peek(line);
    let view = string::view(cx.heap(), raw);
    let ascii = matches!(view, StrView::Latin1(s) if s.is_ascii());
    let utf8 = if ascii { JsValue::UNDEFINED } else { to_utf8(cx, line)? };
    let raw = cx.peek(line);
    let isolate = &mut **cx;
    let (heap, host) = (&isolate.heap, &mut isolate.host);
    let bytes: &[u8] = if ascii {
        match string::view(heap, raw) {
            StrView::Latin1(s) => s,
            StrView::Utf16(_) => &[],
        }
    } else {
        let len = heap.get(utf8.index() + 1) as u32;
        heap.arena().bytes(utf8.index() + 2, len)
    };
    if let (Some(print), Ok(text)) = (&mut host.print, core::str::from_utf8(bytes)) {
        print(text);
    }
    Ok(())
}

/// The UTF-8 form of a flat string in a block of bytes; lone surrogates become U+FFFD.
fn to_utf8<'s>(cx: &mut Cx<'s>, s: JsStr<'s>) -> JsResult<JsValue> {
    use rotifer_jsvalue::HeapExt;
    let chars = |view: StrView<'_>, at: usize| {
        let (cp, n) = view.code_point_at(at).unwrap_or((0, 1));
        (char::from_u32(cp).unwrap_or(char::REPLACEMENT_CHARACTER), n)
    };
    let view = string::view(cx.heap(), cx.peek(s));
    let (mut at, mut bytes) = (0, 0_u64);
    while at < view.len() {
        let (c, n) = chars(view, at);
        bytes += c.len_utf8() as u64;
        at += n;
    }
    let len = u32::try_from(bytes).map_err(|_| cx.oom())?;
    let words = 2 + len.div_ceil(8);
    cx.heap_mut().reserve(words, &mut [])?;
    let block = cx.heap_mut().new_block(Kind::Bytes, words);
    cx.heap_mut().set(block + 1, u64::from(len));
    let mut buffer = [0_u8; 256];
    let (mut at, mut written) = (0, 0);
    loop {
        let view = string::view(cx.heap(), cx.peek(s));
        let mut used = 0;
        while at < view.len() && used + 4 <= buffer.len() {
            let (c, n) = chars(view, at);
            used += c.encode_utf8(&mut buffer[used..]).len();
            at += n;
        }
        if used == 0 {
            break;
        }
        cx.heap_mut().bytes_mut(block + 2, len)[written..written + used].copy_from_slice(&buffer[..used]);
        written += used;
    }
    Ok(JsValue::cell(block))
}

fn indentation<'s>(cx: &mut Cx<'s>) -> JsResult<u32> {
    let console = cx.intrinsic(Intrinsic::Console)?;
    Ok(cx.field_raw(console, field::Record::b).as_int().unwrap_or(0) as u32)
}

/// Appends the arguments as `console.log` does, from `from` on: a format string first, if it is one.
fn push_arguments<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, args: &Args<'s>) -> JsResult<()> {
    let indent = indentation(cx)?;
    for _ in 0..indent {
        text.push_latin1(cx, out, b" ")?;
    }
    let mut first = 0;
    if args.len() > 1 && cx.peek(args.get(0)).is_string() {
        first = push_format(cx, text, out, args)?;
    }
    for i in first..args.len() {
        let mut cx = cx.nest();
        if i > 0 {
            text.push_latin1(&mut cx, out, b" ")?;
        }
        push_value(&mut cx, text, out, args.get(i), indent)?;
    }
    Ok(())
}

fn push_value<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, value: Value<'s>, indent: u32) -> JsResult<()> {
    if cx.peek(value).is_string() {
        text.push_string(cx, out, value.cast())
    } else {
        inspect(cx, text, out, value, indent)
    }
}

/// Console Standard §2.2 Formatter; gives how many arguments were used.
fn push_format<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, args: &Args<'s>) -> JsResult<u32> {
    let format = cx.to_flat_string(args.get(0))?;
    let len = string::string_length(cx.heap(), cx.peek(format));
    let (mut used, mut from, mut at) = (1, 0, 0);
    while at + 1 < len {
        let view = string::view(cx.heap(), cx.peek(format));
        if view.at(at as usize) != u16::from(b'%') {
            at += 1;
            continue;
        }
        let what = u8::try_from(view.at(at as usize + 1)).unwrap_or(0);
        if what == b'%' {
            text.push_range(cx, out, format, from, at + 1)?;
        } else if b"sdifoOcj".contains(&what) && used < args.len() {
            text.push_range(cx, out, format, from, at)?;
            let mut cx = cx.nest();
            push_directive(&mut cx, text, out, what, args.get(used))?;
            used += 1;
        } else {
            at += 1;
            continue;
        }
        at += 2;
        from = at;
    }
    text.push_range(cx, out, format, from, len)?;
    Ok(used)
}

fn push_directive<'s>(cx: &mut Cx<'s>, text: &mut Text, out: JsStr<'s>, what: u8, value: Value<'s>) -> JsResult<()> {
    match what {
        b's' => push_value(cx, text, out, value, 0),
        b'd' | b'i' | b'f' => {
            let raw = cx.peek(value);
            if raw.is_bigint() {
                return inspect(cx, text, out, value, 0);
            }
            let mut d = if raw.is_symbol() || raw.is_object() { f64::NAN } else { cx.to_number(value)? };
            if what == b'i' && d.is_finite() {
                d = if d < 0.0 { -libm::floor(-d) } else { libm::floor(d) };
            }
            let s = cx.number_to_string(d)?;
            text.push_string(cx, out, s)
        }
        b'c' => Ok(()),
        _ => inspect(cx, text, out, value, 0),
    }
}

/// `console.log` and those that differ only in importance.
fn log<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (mut text, out) = Text::new(cx)?;
    push_arguments(cx, &mut text, out, args)?;
    let line = text.finish(cx, out)?;
    print(cx, line)?;
    Ok(UNDEFINED)
}

/// The global `print`: its arguments as strings, on a line.
pub(crate) fn print_strings<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (mut text, out) = Text::new(cx)?;
    for (i, v) in args.iter().enumerate() {
        let mut cx = cx.nest();
        if i > 0 {
            text.push_latin1(&mut cx, out, b" ")?;
        }
        let s = cx.to_string(v)?;
        text.push_string(&mut cx, out, s)?;
    }
    let line = text.finish(cx, out)?;
    print(cx, line)?;
    Ok(UNDEFINED)
}

fn nothing<'s>(_cx: &mut Cx<'s>, _args: &Args<'s>) -> JsResult<Value<'s>> {
    Ok(UNDEFINED)
}

/// Console Standard §1.1.8
fn dir<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (mut text, out) = Text::new(cx)?;
    let indent = indentation(cx)?;
    inspect(cx, &mut text, out, args.get(0), indent)?;
    let line = text.finish(cx, out)?;
    print(cx, line)?;
    Ok(UNDEFINED)
}

/// Console Standard §1.1.1
fn assert<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if cx.to_boolean(args.get(0)) {
        return Ok(UNDEFINED);
    }
    let (mut text, out) = Text::new(cx)?;
    text.push_str(cx, out, if args.len() > 1 { "Assertion failed: " } else { "Assertion failed" })?;
    push_arguments(cx, &mut text, out, &args.rest(1))?;
    let line = text.finish(cx, out)?;
    print(cx, line)?;
    Ok(UNDEFINED)
}

/// Console Standard §1.1.9
fn trace<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let (mut text, out) = Text::new(cx)?;
    text.push_str(cx, out, if args.is_empty() { "Trace" } else { "Trace: " })?;
    push_arguments(cx, &mut text, out, args)?;
    let stack = cx.capture_stack()?;
    let frames = cx.render_stack(stack)?;
    text.push_string(cx, out, frames)?;
    let line = text.finish(cx, out)?;
    print(cx, line)?;
    Ok(UNDEFINED)
}

/// Console Standard §1.3.1
fn group<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !args.is_empty() {
        log(cx, args)?;
    }
    change_indentation(cx, 2)
}

/// Console Standard §1.3.3
fn group_end<'s>(cx: &mut Cx<'s>, _args: &Args<'s>) -> JsResult<Value<'s>> {
    change_indentation(cx, -2)
}

fn change_indentation<'s>(cx: &mut Cx<'s>, by: i32) -> JsResult<Value<'s>> {
    let indent = indentation(cx)? as i32 + by;
    let console = cx.intrinsic(Intrinsic::Console)?;
    cx.set_field_raw(console, field::Record::b, JsValue::int(indent.clamp(0, 200)));
    Ok(UNDEFINED)
}

/// Counters, or timers, by label.
fn labels<'s>(cx: &mut Cx<'s>, word: u32) -> JsResult<Object<'s>> {
    let console = cx.intrinsic(Intrinsic::Console)?;
    let found = cx.field(console, word)?;
    if let Some(found) = cx.as_object(found) {
        return Ok(found);
    }
    let new = cx.new_object_of(Kind::Object, NULL, 4)?;
    cx.set_field(console, word, new);
    Ok(new)
}

fn label_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<JsStr<'s>> {
    if cx.is_undefined(args.get(0)) { Ok(imm(n!("default")).cast()) } else { cx.to_string(args.get(0)) }
}

fn number_at<'s>(cx: &mut Cx<'s>, labels: Object<'s>, label: JsStr<'s>) -> JsResult<Option<f64>> {
    let key = cx.to_property_key(label.cast())?;
    Ok(match cx.own(labels, key)? {
        Own::Data(v, _) | Own::Slot(v, ..) => v.as_number(),
        _ => None,
    })
}

fn set_number<'s>(cx: &mut Cx<'s>, labels: Object<'s>, label: JsStr<'s>, n: f64) -> JsResult<()> {
    let key = cx.to_property_key(label.cast())?;
    cx.create_data_property(labels, key, imm(n)).map(drop)
}

fn print_labelled<'s>(cx: &mut Cx<'s>, label: JsStr<'s>, n: f64, unit: &str) -> JsResult<()> {
    let (mut text, out) = Text::new(cx)?;
    for _ in 0..indentation(cx)? {
        text.push_latin1(cx, out, b" ")?;
    }
    text.push_string(cx, out, label)?;
    text.push_latin1(cx, out, b": ")?;
    let s = cx.number_to_string(n)?;
    text.push_string(cx, out, s)?;
    text.push_str(cx, out, unit)?;
    let line = text.finish(cx, out)?;
    print(cx, line)
}

/// Console Standard §1.2.1
fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let label = label_of(cx, args)?;
    let labels = labels(cx, field::Record::a)?;
    let n = number_at(cx, labels, label)?.unwrap_or(0.0) + 1.0;
    set_number(cx, labels, label, n)?;
    print_labelled(cx, label, n, "")?;
    Ok(UNDEFINED)
}

/// Console Standard §1.2.2
fn count_reset<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let label = label_of(cx, args)?;
    let labels = labels(cx, field::Record::a)?;
    set_number(cx, labels, label, 0.0)?;
    Ok(UNDEFINED)
}

/// Console Standard §1.4.1
fn time<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let label = label_of(cx, args)?;
    let labels = labels(cx, field::Record::c)?;
    set_number(cx, labels, label, now())?;
    Ok(UNDEFINED)
}

fn report_time<'s>(cx: &mut Cx<'s>, args: &Args<'s>, end: bool) -> JsResult<Value<'s>> {
    let label = label_of(cx, args)?;
    let labels = labels(cx, field::Record::c)?;
    if let Some(start) = number_at(cx, labels, label)? {
        print_labelled(cx, label, libm::round((now() - start) * 1000.0) / 1000.0, "ms")?;
        if end {
            let key = cx.to_property_key(label.cast())?;
            cx.delete(labels, key)?;
        }
    }
    Ok(UNDEFINED)
}

/// Console Standard §1.4.2
fn time_log<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    report_time(cx, args, false)
}

/// Console Standard §1.4.3
fn time_end<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    report_time(cx, args, true)
}

/// Milliseconds since some moment.
fn now() -> f64 {
    crate::isolate::clock().map_or(0.0, |clock| clock() as f64 / 1e6)
}
