//! Base64 and hexadecimal for Uint8Array (ECMA-262 §23.3).

use rotifer_jsvalue::{Kind, StrView, string};

use super::{check_writable, length_of, type_of};
use crate::cx::{Args, Cx, JsStr, Object, Value, imm};
use crate::n;
use crate::ops::typed::{self, ElementType, number};
use crate::throw::JsResult;

/// What a decoder does with an incomplete last group of four characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastChunk {
    Loose,
    Strict,
    Stop,
}

/// How far a decoder came: characters read, bytes written, and what was wrong, if anything.
struct Decoded {
    read: u32,
    written: u32,
    error: Option<&'static str>,
}

fn this_uint8_array<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Object<'s>> {
    if cx.is_kind(args.this(), Kind::TypedArray) && type_of(cx, args.this().cast()) == ElementType::Uint8 {
        return Ok(args.this().cast());
    }
    Err(cx.throw_type_error("this is not a Uint8Array"))
}

fn attached_length<'s>(cx: &mut Cx<'s>, array: Object<'s>) -> JsResult<u32> {
    match length_of(cx, array) {
        Some(length) => Ok(length),
        None => Err(cx.throw_type_error("typed array is detached or out of bounds")),
    }
}

fn text<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<JsStr<'s>> {
    if cx.peek(args.get(0)).is_string() {
        return cx.to_flat_string(args.get(0));
    }
    Err(cx.throw_type_error("a string was expected"))
}

fn options<'s>(cx: &mut Cx<'s>, value: Value<'s>) -> JsResult<Option<Object<'s>>> {
    match cx.as_object(value) {
        Some(options) => Ok(Some(options)),
        None if cx.is_undefined(value) => Ok(None),
        None => Err(cx.throw_type_error("options must be an object")),
    }
}

/// An option that must be one of some strings: its number among them, 0 when it is undefined.
fn choice<'s>(
    cx: &mut Cx<'s>,
    options: Option<Object<'s>>,
    key: rotifer_jsvalue::StaticName,
    names: &[rotifer_jsvalue::StaticName],
) -> JsResult<usize> {
    let Some(options) = options else { return Ok(0) };
    let value = cx.get(options, key)?;
    if cx.is_undefined(value) {
        return Ok(0);
    }
    if cx.peek(value).is_string() {
        for (i, &name) in names.iter().enumerate() {
            if cx.strict_equals(value, imm(name))? {
                return Ok(i);
            }
        }
    }
    Err(cx.throw_type_error("option has a value that is not allowed"))
}

fn is_url_alphabet<'s>(cx: &mut Cx<'s>, options: Option<Object<'s>>) -> JsResult<bool> {
    Ok(choice(cx, options, n!("alphabet"), &[n!("base64"), n!("base64url")])? == 1)
}

fn decode_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<(bool, LastChunk)> {
    let options = options(cx, args.get(1))?;
    let url = is_url_alphabet(cx, options)?;
    let names = [n!("loose"), n!("strict"), n!("stop-before-partial")];
    let last = match choice(cx, options, n!("lastChunkHandling"), &names)? {
        0 => LastChunk::Loose,
        1 => LastChunk::Strict,
        _ => LastChunk::Stop,
    };
    Ok((url, last))
}

fn sextet(unit: u16, url: bool) -> Option<u32> {
    let byte = u8::try_from(unit).ok()?;
    Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' if !url => 62,
        b'/' if !url => 63,
        b'-' if url => 62,
        b'_' if url => 63,
        _ => return None,
    }))
}

fn skip_white(text: StrView<'_>, from: usize) -> usize {
    let mut i = from;
    while i < text.len() && matches!(text.at(i), 0x09 | 0x0A | 0x0C | 0x0D | 0x20) {
        i += 1;
    }
    i
}

/// ECMA-262 §23.3.3.10 FromBase64, writing bytes by `put`; at most `max` of them.
fn decode_base64(text: StrView<'_>, url: bool, last: LastChunk, max: u32, mut put: impl FnMut(u32, u8)) -> Decoded {
    let (mut read, mut written) = (0_usize, 0_u32);
    let (mut chunk, mut have) = (0_u32, 0_u32);
    let mut i = 0;
    let fail = |read: usize, written, error| Decoded { read: read as u32, written, error: Some(error) };
    if max == 0 {
        return Decoded { read: 0, written: 0, error: None };
    }
    let mut flush = |chunk: u32, bytes: u32, written: &mut u32| {
        for k in 0..bytes {
            put(*written, (chunk >> (16 - 8 * k)) as u8);
            *written += 1;
        }
    };
    loop {
        i = skip_white(text, i);
        if i == text.len() {
            if have > 0 {
                match last {
                    LastChunk::Stop => return Decoded { read: read as u32, written, error: None },
                    LastChunk::Strict => return fail(read, written, "base64 text ends within a group"),
                    LastChunk::Loose if have == 1 => return fail(read, written, "base64 text ends within a group"),
                    LastChunk::Loose => flush(chunk << (6 * (4 - have)), have - 1, &mut written),
                }
            }
            return Decoded { read: text.len() as u32, written, error: None };
        }
        let unit = text.at(i);
        i += 1;
        if unit == u16::from(b'=') {
            if have < 2 {
                return fail(read, written, "misplaced padding in base64 text");
            }
            i = skip_white(text, i);
            if have == 2 {
                if i == text.len() {
                    if last == LastChunk::Stop {
                        return Decoded { read: read as u32, written, error: None };
                    }
                    return fail(read, written, "missing padding in base64 text");
                }
                if text.at(i) == u16::from(b'=') {
                    i = skip_white(text, i + 1);
                }
            }
            if i < text.len() {
                return fail(read, written, "unexpected character after the padding of base64 text");
            }
            let bits = chunk << (6 * (4 - have));
            let rest = if have == 2 { bits & 0xFFFF } else { bits & 0xFF };
            if last == LastChunk::Strict && rest != 0 {
                return fail(read, written, "unused bits of base64 text are not zero");
            }
            flush(bits, have - 1, &mut written);
            return Decoded { read: text.len() as u32, written, error: None };
        }
        let Some(bits) = sextet(unit, url) else {
            return fail(read, written, "unexpected character in base64 text");
        };
        // A group that would not fit is not begun on.
        let room = max - written;
        if room == 1 && have == 2 || room == 2 && have == 3 {
            return Decoded { read: read as u32, written, error: None };
        }
        chunk = chunk << 6 | bits;
        have += 1;
        if have == 4 {
            flush(chunk, 3, &mut written);
            (chunk, have) = (0, 0);
            read = i;
            if written == max {
                return Decoded { read: read as u32, written, error: None };
            }
        }
    }
}

/// ECMA-262 §23.3.3.11 FromHex, writing bytes by `put`; at most `max` of them.
fn decode_hex(text: StrView<'_>, max: u32, mut put: impl FnMut(u32, u8)) -> Decoded {
    if !text.len().is_multiple_of(2) {
        return Decoded { read: 0, written: 0, error: Some("hexadecimal text must have an even number of digits") };
    }
    let digit = |i: usize| char::from_u32(u32::from(text.at(i))).and_then(|c| c.to_digit(16));
    let mut n = 0;
    while n < max && (n as usize) * 2 < text.len() {
        let at = n as usize * 2;
        let (Some(high), Some(low)) = (digit(at), digit(at + 1)) else {
            return Decoded { read: 2 * n, written: n, error: Some("unexpected character in hexadecimal text") };
        };
        put(n, (high << 4 | low) as u8);
        n += 1;
    }
    Decoded { read: 2 * n, written: n, error: None }
}

/// Which decoder.
#[derive(Clone, Copy)]
enum Format {
    Base64(bool, LastChunk),
    Hex,
}

fn decode(text: StrView<'_>, format: Format, max: u32, put: impl FnMut(u32, u8)) -> Decoded {
    match format {
        Format::Base64(url, last) => decode_base64(text, url, last, max, put),
        Format::Hex => decode_hex(text, max, put),
    }
}

/// A new Uint8Array with the bytes that a text stands for.
fn decode_new<'s>(cx: &mut Cx<'s>, source: JsStr<'s>, format: Format) -> JsResult<Value<'s>> {
    let view = string::view(cx.heap(), cx.peek(source));
    cx.tick((view.len() / 64) as u32)?;
    // Once to count, and once to write.
    let view = string::view(cx.heap(), cx.peek(source));
    let counted = decode(view, format, u32::MAX, |_, _| {});
    if let Some(error) = counted.error {
        return Err(cx.throw_syntax_error(error));
    }
    let made = cx.new_typed_array_zeroed(ElementType::Uint8, counted.written)?;
    write_decoded(cx, source, format, made, counted.written)?;
    Ok(made.cast())
}

/// Decodes into a typed array. What is decoded is handed over in small pieces, since text and target are in the same memory.
fn write_decoded<'s>(
    cx: &mut Cx<'s>,
    source: JsStr<'s>,
    format: Format,
    target: Object<'s>,
    max: u32,
) -> JsResult<Decoded> {
    const PIECE: u32 = 3 * 256;
    let length = string::string_length(cx.heap(), cx.peek(source));
    let (mut read, mut written) = (0_u32, 0_u32);
    loop {
        let mut piece = [0_u8; PIECE as usize];
        let room = (max - written).min(PIECE);
        let view = string::view(cx.heap(), cx.peek(source)).slice(read as usize, length as usize);
        let part = decode(view, format, room, |i, byte| {
            if let Some(place) = piece.get_mut(i as usize) {
                *place = byte;
            }
        });
        let at = cx.peek(target).index();
        for (i, &byte) in piece.iter().take(part.written as usize).enumerate() {
            typed::set_bits(cx.heap_mut(), at, written + i as u32, u64::from(byte));
        }
        read += part.read;
        written += part.written;
        let more = part.error.is_none() && part.written == PIECE && written < max;
        if !more {
            return Ok(Decoded { read, written, error: part.error });
        }
        cx.tick(PIECE / 64)?;
    }
}

/// ECMA-262 §23.3.1.1 Uint8Array.fromBase64
pub(in crate::builtins) fn from_base64<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let source = text(cx, args)?;
    let (url, last) = decode_options(cx, args)?;
    decode_new(cx, source, Format::Base64(url, last))
}

/// ECMA-262 §23.3.1.2 Uint8Array.fromHex
pub(in crate::builtins) fn from_hex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let source = text(cx, args)?;
    decode_new(cx, source, Format::Hex)
}

fn set_from<'s>(cx: &mut Cx<'s>, target: Object<'s>, source: JsStr<'s>, format: Format) -> JsResult<Value<'s>> {
    let length = attached_length(cx, target)?;
    let done = if matches!(format, Format::Hex) && !string::string_length(cx.heap(), cx.peek(source)).is_multiple_of(2)
    {
        Decoded { read: 0, written: 0, error: Some("hexadecimal text must have an even number of digits") }
    } else {
        write_decoded(cx, source, format, target, length)?
    };
    if let Some(error) = done.error {
        return Err(cx.throw_syntax_error(error));
    }
    let result = cx.new_object()?;
    cx.create_data_property(result, n!("read"), number(done.read))?;
    cx.create_data_property(result, n!("written"), number(done.written))?;
    Ok(result.cast())
}

/// ECMA-262 §23.3.2.1 Uint8Array.prototype.setFromBase64
pub(in crate::builtins) fn set_from_base64<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = this_uint8_array(cx, args)?;
    check_writable(cx, target)?;
    let source = text(cx, args)?;
    let (url, last) = decode_options(cx, args)?;
    set_from(cx, target, source, Format::Base64(url, last))
}

/// ECMA-262 §23.3.2.2 Uint8Array.prototype.setFromHex
pub(in crate::builtins) fn set_from_hex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let target = this_uint8_array(cx, args)?;
    check_writable(cx, target)?;
    let source = text(cx, args)?;
    set_from(cx, target, source, Format::Hex)
}

/// A Latin-1 string of `length` characters, written from the bytes of a typed array in pieces.
fn encode<'s>(
    cx: &mut Cx<'s>,
    array: Object<'s>,
    count: u32,
    length: u64,
    (bytes_in, chars_out): (usize, usize),
    write: impl Fn(&[u8], &mut [u8]),
) -> JsResult<Value<'s>> {
    let length = match u32::try_from(length) {
        Ok(n) if n <= string::MAX_STRING_LENGTH => n,
        _ => return Err(cx.throw_range_error("invalid string length")),
    };
    cx.tick(count / 64)?;
    if length == 0 {
        return Ok(imm(n!("")));
    }
    // Bytes and text are in the same memory, so they are handed over in small pieces.
    let made = string::new_latin1(cx.heap_mut(), length, |_| {})?;
    let made = cx.root(made)?;
    let at = cx.peek(array).index();
    let buffer = typed::buffer_of(cx.heap(), at);
    let offset = typed::byte_offset(cx.heap(), at) as usize;
    const IN: usize = 3 * 128;
    let (mut from, mut to) = (0_usize, 0_usize);
    while from < count as usize {
        let mut piece = [0_u8; IN];
        let n = (count as usize - from).min(IN);
        if let Some(bytes) = typed::bytes(cx.heap(), buffer).get(offset + from..offset + from + n) {
            piece[..n].copy_from_slice(bytes);
        }
        let block = cx.peek(made).index();
        let all = cx.heap_mut().bytes_mut(block + 2, length);
        let rest = all.get_mut(to..).unwrap_or_default();
        let wanted = rest.len().min(n.div_ceil(bytes_in) * chars_out);
        write(&piece[..n], &mut rest[..wanted]);
        from += n;
        to += wanted;
    }
    Ok(made)
}

/// ECMA-262 §23.3.2.4 Uint8Array.prototype.toHex
pub(in crate::builtins) fn to_hex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let array = this_uint8_array(cx, args)?;
    let count = attached_length(cx, array)?;
    encode(cx, array, count, u64::from(count) * 2, (1, 2), |bytes, out| {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        for (byte, pair) in bytes.iter().zip(out.chunks_exact_mut(2)) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
    })
}

/// ECMA-262 §23.3.2.3 Uint8Array.prototype.toBase64
pub(in crate::builtins) fn to_base64<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let array = this_uint8_array(cx, args)?;
    let options = options(cx, args.get(0))?;
    let url = is_url_alphabet(cx, options)?;
    let omit = match options {
        Some(options) => {
            let omit = cx.get(options, n!("omitPadding"))?;
            cx.to_boolean(omit)
        }
        None => false,
    };
    let count = attached_length(cx, array)?;
    let padded = u64::from(count.div_ceil(3)) * 4;
    let missing = u64::from((3 - count % 3) % 3);
    let length = if omit { padded - missing } else { padded };
    encode(cx, array, count, length, (3, 4), |bytes, out| {
        let digit = |bits: u32| match bits & 63 {
            b @ 0..=25 => b'A' + b as u8,
            b @ 26..=51 => b'a' + (b - 26) as u8,
            b @ 52..=61 => b'0' + (b - 52) as u8,
            62 => {
                if url {
                    b'-'
                } else {
                    b'+'
                }
            }
            _ => {
                if url {
                    b'_'
                } else {
                    b'/'
                }
            }
        };
        for (group, four) in bytes.chunks(3).zip(out.chunks_mut(4)) {
            let at = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
            let bits = at(0) << 16 | at(1) << 8 | at(2);
            for (i, place) in four.iter_mut().enumerate() {
                *place = if i <= group.len() { digit(bits >> (18 - 6 * i)) } else { b'=' };
            }
        }
    })
}
