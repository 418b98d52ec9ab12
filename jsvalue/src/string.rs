//! Strings: static names, Latin-1, UTF-16, ropes and slices (ECMA-262 §6.1.4).
//!
//! A flat string is its length and hash and then its code units. Concatenation of longer strings makes a rope, which is
//! flattened when somebody needs the characters and then becomes a slice of the flat string. All one-character Latin-1
//! strings and the empty string are static.

use rotifer_gc::OutOfMemory;

use crate::layout::{Heap, HeapExt, Kind, field, flag};
use crate::names::{StaticName, hash_latin1, hash_utf16};
use crate::value::JsValue;

/// The longest string, in code units.
pub const MAX_STRING_LENGTH: u32 = (1 << 30) - 25;
/// Concatenations up to this length are carried out at once.
const ROPE_MIN: u32 = 24;
/// The most words that [`concat`] reserves.
pub const CONCAT_WORDS: u32 = flat_words(ROPE_MIN, true);
/// Substrings from this length on refer to their string.
const SLICE_MIN: u32 = 24;

/// The code units of a flat string.
#[derive(Clone, Copy, Debug)]
pub enum StrView<'h> {
    /// One byte per code unit.
    Latin1(&'h [u8]),
    /// Two bytes per code unit.
    Utf16(&'h [u16]),
}

impl<'h> StrView<'h> {
    /// The number of code units.
    #[inline]
    #[must_use]
    pub fn len(self) -> usize {
        match self {
            StrView::Latin1(s) => s.len(),
            StrView::Utf16(s) => s.len(),
        }
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Code unit `i`.
    ///
    /// # Panics
    /// When there is none.
    #[inline]
    #[must_use]
    pub fn at(self, i: usize) -> u16 {
        match self {
            StrView::Latin1(s) => u16::from(s[i]),
            StrView::Utf16(s) => s[i],
        }
    }

    /// Part of it.
    ///
    /// # Panics
    /// When the range is not inside.
    #[inline]
    #[must_use]
    pub fn slice(self, start: usize, end: usize) -> StrView<'h> {
        match self {
            StrView::Latin1(s) => StrView::Latin1(&s[start..end]),
            StrView::Utf16(s) => StrView::Utf16(&s[start..end]),
        }
    }

    /// Its code units.
    pub fn units(self) -> impl DoubleEndedIterator<Item = u16> + ExactSizeIterator + Clone + 'h {
        (0..self.len()).map(move |i| self.at(i))
    }

    /// Its code points; lone surrogates come as themselves.
    pub fn code_points(self) -> impl Iterator<Item = u32> + 'h {
        let mut i = 0;
        core::iter::from_fn(move || {
            let (cp, n) = self.code_point_at(i)?;
            i += n;
            Some(cp)
        })
    }

    /// The code point that begins at `i` and how many units it takes (ECMA-262 §11.1.4 CodePointAt).
    #[must_use]
    pub fn code_point_at(self, i: usize) -> Option<(u32, usize)> {
        if i >= self.len() {
            return None;
        }
        let first = u32::from(self.at(i));
        if first & 0xFC00 == 0xD800 && i + 1 < self.len() {
            let second = u32::from(self.at(i + 1));
            if second & 0xFC00 == 0xDC00 {
                return Some((0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF), 2));
            }
        }
        Some((first, 1))
    }

    /// The hash of its code units.
    #[must_use]
    pub fn hash(self) -> u32 {
        match self {
            StrView::Latin1(s) => hash_latin1(s),
            StrView::Utf16(s) => hash_utf16(s),
        }
    }

    /// Where `needle` is first found from `from` on.
    #[must_use]
    pub fn find(self, needle: StrView<'_>, from: usize) -> Option<usize> {
        let (n, m) = (self.len(), needle.len());
        if m == 0 {
            return (from <= n).then_some(from);
        }
        if m > n || from > n - m {
            return None;
        }
        match (self, needle) {
            (StrView::Latin1(h), StrView::Latin1(s)) => find_units(h, s, from),
            (StrView::Utf16(h), StrView::Utf16(s)) => find_units(h, s, from),
            _ => (from..=n - m).find(|&i| (0..m).all(|k| self.at(i + k) == needle.at(k))),
        }
    }

    /// Where `needle` is last found at or before `from`.
    #[must_use]
    pub fn rfind(self, needle: StrView<'_>, from: usize) -> Option<usize> {
        let (n, m) = (self.len(), needle.len());
        if m > n {
            return None;
        }
        (0..=from.min(n - m)).rev().find(|&i| (0..m).all(|k| self.at(i + k) == needle.at(k)))
    }
}

fn find_units<T: PartialEq + Copy>(haystack: &[T], needle: &[T], from: usize) -> Option<usize> {
    let first = needle[0];
    let last_start = haystack.len() - needle.len();
    let mut i = from;
    while i <= last_start {
        i += haystack[i..=last_start].iter().position(|&u| u == first)?;
        if haystack[i..i + needle.len()] == *needle {
            return Some(i);
        }
        i += 1;
    }
    None
}

impl PartialEq for StrView<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (*self, *other) {
            (StrView::Latin1(a), StrView::Latin1(b)) => a == b,
            (StrView::Utf16(a), StrView::Utf16(b)) => a == b,
            (a, b) => a.len() == b.len() && a.units().eq(b.units()),
        }
    }
}

impl Eq for StrView<'_> {}

impl PartialOrd for StrView<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for StrView<'_> {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        match (*self, *other) {
            (StrView::Latin1(a), StrView::Latin1(b)) => a.cmp(b),
            (StrView::Utf16(a), StrView::Utf16(b)) => a.cmp(b),
            (a, b) => a.units().cmp(b.units()),
        }
    }
}

impl<'a> From<&'a str> for StrView<'a> {
    /// The text must be ASCII; other text is given by its code units.
    fn from(s: &'a str) -> Self {
        debug_assert!(s.is_ascii());
        StrView::Latin1(s.as_bytes())
    }
}

/// The length of a string value.
#[inline]
#[must_use]
pub fn string_length(heap: &Heap, s: JsValue) -> u32 {
    match s.as_name() {
        Some(n) => n.text().len() as u32,
        None => heap.get(s.index() + 1) as u32,
    }
}

/// Whether the characters of a string can be read without flattening.
#[inline]
#[must_use]
pub fn is_flat(heap: &Heap, s: JsValue) -> bool {
    s.as_name().is_some() || heap.kind(s.index()) != Kind::StringRope
}

/// The characters of a flat string; a rope reads as empty, see [`flatten`].
#[must_use]
pub fn view(heap: &Heap, s: JsValue) -> StrView<'_> {
    if let Some(n) = s.as_name() {
        return StrView::Latin1(n.text());
    }
    let at = s.index();
    let len = heap.get(at + 1) as u32;
    match heap.kind(at) {
        Kind::StringLatin1 => StrView::Latin1(heap.arena().bytes(at + 2, len)),
        Kind::StringUtf16 => StrView::Utf16(heap.arena().units(at + 2, len)),
        Kind::StringSlice => {
            let parent = heap.value(at + field::StringSlice::parent);
            let offset = heap.value(at + field::StringSlice::offset).as_raw() as usize;
            view(heap, parent).slice(offset, offset + len as usize)
        }
        _ => {
            debug_assert!(false, "a rope has to be flattened first");
            StrView::Latin1(&[])
        }
    }
}

/// Words that a flat string of `len` units takes.
#[inline]
#[must_use]
pub const fn flat_words(len: u32, wide: bool) -> u32 {
    2 + if wide { len.div_ceil(4) } else { len.div_ceil(8) }
}

fn new_flat(heap: &mut Heap, len: u32, wide: bool) -> u32 {
    let words = flat_words(len, wide);
    let at = heap.new_block(if wide { Kind::StringUtf16 } else { Kind::StringLatin1 }, words);
    heap.set(at + 1, u64::from(len));
    heap.set(at + words - 1, if words > 2 { 0 } else { u64::from(len) });
    at
}

/// Makes a Latin-1 string of `len` units that `fill` writes.
///
/// # Errors
/// [`OutOfMemory`], also when it would be too long.
pub fn new_latin1(heap: &mut Heap, len: u32, fill: impl FnOnce(&mut [u8])) -> Result<JsValue, OutOfMemory> {
    check_length(u64::from(len))?;
    heap.reserve(flat_words(len, false), &mut [])?;
    let at = new_flat(heap, len, false);
    let bytes = heap.bytes_mut(at + 2, len);
    fill(bytes);
    if len <= 1 {
        let s = if len == 0 { StaticName::EMPTY } else { StaticName::from_latin1(bytes[0]) };
        heap.free_last(at);
        return Ok(s.into());
    }
    Ok(JsValue::string(at))
}

/// Makes a UTF-16 string of `len` units that `fill` writes.
///
/// # Errors
/// [`OutOfMemory`], also when it would be too long.
pub fn new_utf16(heap: &mut Heap, len: u32, fill: impl FnOnce(&mut [u16])) -> Result<JsValue, OutOfMemory> {
    check_length(u64::from(len))?;
    heap.reserve(flat_words(len, true), &mut [])?;
    let at = new_flat(heap, len, true);
    let units = heap.units_mut(at + 2, len);
    fill(units);
    if len == 0 || len == 1 && units[0] < 256 {
        let s = if len == 0 { StaticName::EMPTY } else { StaticName::from_latin1(units[0] as u8) };
        heap.free_last(at);
        return Ok(s.into());
    }
    Ok(JsValue::string(at))
}

fn check_length(len: u64) -> Result<(), OutOfMemory> {
    if len > u64::from(MAX_STRING_LENGTH) { Err(OutOfMemory) } else { Ok(()) }
}

/// Makes a string of ASCII or Latin-1 bytes; a static one when there is one.
///
/// # Errors
/// [`OutOfMemory`]
pub fn from_latin1(heap: &mut Heap, text: &[u8]) -> Result<JsValue, OutOfMemory> {
    if text.len() <= 1 {
        return Ok(match text {
            [] => StaticName::EMPTY.into(),
            [u, ..] => StaticName::from_latin1(*u).into(),
        });
    }
    let len = u32::try_from(text.len()).map_err(|_| OutOfMemory)?;
    new_latin1(heap, len, |b| b.copy_from_slice(text))
}

/// Makes a string of UTF-16 code units, as Latin-1 when they fit.
///
/// # Errors
/// [`OutOfMemory`]
pub fn from_utf16(heap: &mut Heap, text: &[u16]) -> Result<JsValue, OutOfMemory> {
    let len = u32::try_from(text.len()).map_err(|_| OutOfMemory)?;
    if text.iter().all(|&u| u < 256) {
        return new_latin1(heap, len, |b| b.iter_mut().zip(text).for_each(|(b, &u)| *b = u as u8));
    }
    new_utf16(heap, len, |b| b.copy_from_slice(text))
}

/// Makes a string of Rust text.
///
/// # Errors
/// [`OutOfMemory`]
pub fn from_str(heap: &mut Heap, text: &str) -> Result<JsValue, OutOfMemory> {
    if text.is_ascii() {
        return from_latin1(heap, text.as_bytes());
    }
    let units = text.chars().map(char::len_utf16).sum::<usize>();
    let units = u32::try_from(units).map_err(|_| OutOfMemory)?;
    if text.chars().all(|c| (c as u32) < 256) {
        return new_latin1(heap, units, |b| b.iter_mut().zip(text.chars()).for_each(|(b, c)| *b = c as u8));
    }
    new_utf16(heap, units, |b| b.iter_mut().zip(text.encode_utf16()).for_each(|(b, u)| *b = u))
}

/// Makes the string of one code unit.
///
/// # Errors
/// [`OutOfMemory`]
#[inline]
pub fn from_unit(heap: &mut Heap, unit: u16) -> Result<JsValue, OutOfMemory> {
    if unit < 256 {
        return Ok(StaticName::from_latin1(unit as u8).into());
    }
    new_utf16(heap, 1, |b| b[0] = unit)
}

/// The string of the units `start..end` of `s` (ECMA-262 §6.1.4 substring).
///
/// # Errors
/// [`OutOfMemory`]
pub fn substring(heap: &mut Heap, s: JsValue, start: u32, end: u32) -> Result<JsValue, OutOfMemory> {
    let len = string_length(heap, s);
    let (start, end) = (start.min(len), end.min(len));
    if start >= end {
        return Ok(StaticName::EMPTY.into());
    }
    if start == 0 && end == len {
        return Ok(s);
    }
    let s = flatten(heap, s)?;
    let n = end - start;
    if n == 1 {
        let unit = view(heap, s).at(start as usize);
        return from_unit(heap, unit);
    }
    if n < SLICE_MIN {
        let mut keep = [s.to_bits()];
        heap.reserve(flat_words(n, true), &mut keep)?;
        let s = JsValue::from_bits(keep[0]);
        if let StrView::Latin1(text) = view(heap, s) {
            let mut few = [0_u8; SLICE_MIN as usize];
            let few = &mut few[..n as usize];
            few.copy_from_slice(&text[start as usize..end as usize]);
            return from_latin1(heap, few);
        }
        let mut wide = [0_u16; SLICE_MIN as usize];
        let wide = &mut wide[..n as usize];
        for (w, u) in wide.iter_mut().zip(view(heap, s).slice(start as usize, end as usize).units()) {
            *w = u;
        }
        return from_utf16(heap, wide);
    }
    let mut keep = [s.to_bits()];
    heap.reserve(4, &mut keep)?;
    let mut parent = JsValue::from_bits(keep[0]);
    let mut offset = start;
    if parent.is_heap_string() && heap.kind(parent.index()) == Kind::StringSlice {
        offset += heap.value(parent.index() + field::StringSlice::offset).as_raw() as u32;
        parent = heap.value(parent.index() + field::StringSlice::parent);
    }
    let at = heap.new_block(Kind::StringSlice, 4);
    heap.set(at + 1, u64::from(n));
    heap.init(at + field::StringSlice::parent, parent);
    heap.init(at + field::StringSlice::offset, JsValue::raw(u64::from(offset)));
    Ok(JsValue::string(at))
}

fn is_wide(heap: &Heap, s: JsValue) -> bool {
    if !s.is_heap_string() {
        return false;
    }
    let at = s.index();
    match heap.kind(at) {
        Kind::StringUtf16 => true,
        Kind::StringRope => heap.header(at).small() != 0,
        Kind::StringSlice => is_wide(heap, heap.value(at + field::StringSlice::parent)),
        _ => false,
    }
}

/// `a + b` for strings.
///
/// # Errors
/// [`OutOfMemory`], also when the result would be too long.
pub fn concat(heap: &mut Heap, a: JsValue, b: JsValue) -> Result<JsValue, OutOfMemory> {
    let (la, lb) = (string_length(heap, a), string_length(heap, b));
    if lb == 0 {
        return Ok(a);
    }
    if la == 0 {
        return Ok(b);
    }
    let len = la + lb;
    check_length(u64::from(len))?;
    let wide = is_wide(heap, a) || is_wide(heap, b);
    let mut keep = [a.to_bits(), b.to_bits()];
    if len < ROPE_MIN {
        heap.reserve(flat_words(len, wide), &mut keep)?;
        let at = new_flat(heap, len, wide);
        // Ropes are never this short, so both can be read.
        copy_flat(heap, JsValue::from_bits(keep[0]), at, 0, wide);
        copy_flat(heap, JsValue::from_bits(keep[1]), at, la, wide);
        return Ok(JsValue::string(at));
    }
    heap.reserve(4, &mut keep)?;
    let at = heap.new_block(Kind::StringRope, 4);
    if wide {
        let h = heap.header(at);
        heap.set(at, h.with_small(1).to_bits());
    }
    heap.set(at + 1, u64::from(len));
    heap.set(at + field::StringRope::left, keep[0]);
    heap.set(at + field::StringRope::right, keep[1]);
    Ok(JsValue::string(at))
}

/// Copies the characters of flat `s` to unit `offset` of the flat string block `to`.
fn copy_flat(heap: &mut Heap, s: JsValue, to: u32, offset: u32, wide: bool) {
    let total = heap.get(to + 1) as u32;
    // Where the characters are: static text, or a range of the heap below or above the target.
    let (block, start, len) = match s.as_name() {
        Some(n) => {
            let text = n.text();
            if wide {
                let out = &mut heap.units_mut(to + 2, total)[offset as usize..];
                out.iter_mut().zip(text).for_each(|(o, &b)| *o = u16::from(b));
            } else {
                heap.bytes_mut(to + 2, total)[offset as usize..offset as usize + text.len()].copy_from_slice(text);
            }
            return;
        }
        None => {
            let at = s.index();
            let len = heap.get(at + 1) as u32;
            if heap.kind(at) == Kind::StringSlice {
                let parent = heap.value(at + field::StringSlice::parent);
                let start = heap.value(at + field::StringSlice::offset).as_raw() as u32;
                match parent.as_name() {
                    Some(_) => return, // slices are longer than static strings
                    None => (parent.index(), start, len),
                }
            } else {
                (at, 0, len)
            }
        }
    };
    let from_wide = heap.kind(block) == Kind::StringUtf16;
    // One mutable view over both, in bytes from the lower block on.
    let low = block.min(to);
    let high_end = if block > to { block + flat_words(start + len, from_wide) } else { to + flat_words(total, wide) };
    let span = (high_end - low) * 8;
    let src = ((block - low) * 8 + 16 + start * if from_wide { 2 } else { 1 }) as usize;
    let dst = ((to - low) * 8 + 16 + offset * if wide { 2 } else { 1 }) as usize;
    let n = len as usize;
    let bytes = heap.bytes_mut(low, span);
    match (from_wide, wide) {
        (false, false) => bytes.copy_within(src..src + n, dst),
        (true, true) => bytes.copy_within(src..src + 2 * n, dst),
        (false, true) => {
            for i in 0..n {
                bytes[dst + 2 * i] = bytes[src + i];
                bytes[dst + 2 * i + 1] = 0;
            }
        }
        (true, false) => {
            for i in 0..n {
                bytes[dst + i] = bytes[src + 2 * i];
            }
        }
    }
}

/// Gives the same string with its characters in one place. A rope is changed into a slice of them, so that everybody
/// who holds it gains.
///
/// # Errors
/// [`OutOfMemory`]
#[inline]
pub fn flatten(heap: &mut Heap, s: JsValue) -> Result<JsValue, OutOfMemory> {
    if is_flat(heap, s) { Ok(s) } else { flatten_rope(heap, s) }
}

#[inline(never)]
fn flatten_rope(heap: &mut Heap, s: JsValue) -> Result<JsValue, OutOfMemory> {
    let wide = is_wide(heap, s);
    let len = string_length(heap, s);
    let mut keep = [s.to_bits()];
    heap.reserve(flat_words(len, wide), &mut keep)?;
    Ok(flatten_reserved(heap, JsValue::from_bits(keep[0])))
}

fn flatten_reserved(heap: &mut Heap, s: JsValue) -> JsValue {
    let wide = is_wide(heap, s);
    let to = new_flat(heap, string_length(heap, s), wide);
    // Depth first without recursion. Of two ropes the longer one waits, so what waits halves each time and 32 places are
    // enough; of a rope and a flat string only the rope goes on.
    let mut waiting = [(JsValue::EMPTY, 0_u32); 34];
    let mut depth = 0;
    let (mut node, mut offset) = (s, 0);
    loop {
        if is_flat(heap, node) {
            copy_flat(heap, node, to, offset, wide);
            if depth == 0 {
                break;
            }
            depth -= 1;
            (node, offset) = waiting[depth];
            continue;
        }
        let left = heap.value(node.index() + field::StringRope::left);
        let right = heap.value(node.index() + field::StringRope::right);
        let middle = offset + string_length(heap, left);
        match (is_flat(heap, left), is_flat(heap, right)) {
            (true, _) => {
                copy_flat(heap, left, to, offset, wide);
                (node, offset) = (right, middle);
            }
            (false, true) => {
                copy_flat(heap, right, to, middle, wide);
                node = left;
            }
            (false, false) => {
                if string_length(heap, left) < string_length(heap, right) {
                    waiting[depth] = (right, middle);
                    node = left;
                } else {
                    waiting[depth] = (left, offset);
                    (node, offset) = (right, middle);
                }
                depth += 1;
            }
        }
    }
    let at = s.index();
    let h = heap.header(at);
    heap.set(at, h.with_kind(Kind::StringSlice as u8).with_small(0).to_bits());
    heap.put(at, field::StringSlice::parent, JsValue::string(to));
    heap.init(at + field::StringSlice::offset, JsValue::raw(0));
    JsValue::string(to)
}

/// The hash of a flat string, kept in it.
#[inline]
pub fn string_hash(heap: &mut Heap, s: JsValue) -> u32 {
    if let Some(n) = s.as_name() {
        return n.hash();
    }
    let head = heap.get(s.index() + 1);
    let hash = (head >> 32) as u32;
    if hash != 0 {
        return hash;
    }
    let hash = view(heap, s).hash();
    heap.set(s.index() + 1, head | u64::from(hash) << 32);
    hash
}

/// Whether two strings are the same sequence of code units. Ropes of equal length are flattened.
///
/// # Errors
/// [`OutOfMemory`]
#[inline]
pub fn equal(heap: &mut Heap, a: JsValue, b: JsValue) -> Result<bool, OutOfMemory> {
    if a == b {
        return Ok(true);
    }
    if !a.is_heap_string() && !b.is_heap_string() || string_length(heap, a) != string_length(heap, b) {
        return Ok(false);
    }
    equal_slow(heap, a, b)
}

#[inline(never)]
fn equal_slow(heap: &mut Heap, a: JsValue, b: JsValue) -> Result<bool, OutOfMemory> {
    let (a, b) = flatten_both(heap, a, b)?;
    let interned = |s: JsValue| !s.is_heap_string() || heap.flags(s.index()) & flag::INTERNED != 0;
    if interned(a) && interned(b) {
        return Ok(a == b);
    }
    Ok(view(heap, a) == view(heap, b))
}

/// Flattens two strings.
///
/// # Errors
/// [`OutOfMemory`]
pub fn flatten_both(heap: &mut Heap, a: JsValue, b: JsValue) -> Result<(JsValue, JsValue), OutOfMemory> {
    if is_flat(heap, a) && is_flat(heap, b) {
        return Ok((a, b));
    }
    // Room for both at once, so that flattening one does not move the other.
    let words =
        |heap: &Heap, s| if is_flat(heap, s) { 0 } else { flat_words(string_length(heap, s), is_wide(heap, s)) };
    let mut keep = [a.to_bits(), b.to_bits()];
    heap.reserve(words(heap, a) + words(heap, b), &mut keep)?;
    let [a, b] = keep.map(JsValue::from_bits);
    let a = if is_flat(heap, a) { a } else { flatten_reserved(heap, a) };
    // `a` may have been part of `b` or the same: look again.
    let b = if is_flat(heap, b) { b } else { flatten_reserved(heap, b) };
    Ok((a, b))
}

/// Copies the characters of flat `s` into the flat string block `to` of the same width and length.
pub(crate) fn copy_units(heap: &mut Heap, s: JsValue, to: u32) {
    let wide = heap.kind(to) == Kind::StringUtf16;
    copy_flat(heap, s, to, 0, wide);
}

/// A flat string that is not part of another one: `s` itself when it is one, else a copy.
///
/// # Errors
/// [`OutOfMemory`]
pub fn compact(heap: &mut Heap, s: JsValue) -> Result<JsValue, OutOfMemory> {
    let s = flatten(heap, s)?;
    if !s.is_heap_string() || heap.kind(s.index()) != Kind::StringSlice {
        return Ok(s);
    }
    let (len, wide) = (string_length(heap, s), is_wide(heap, s));
    let mut keep = [s.to_bits()];
    heap.reserve(flat_words(len, wide), &mut keep)?;
    let at = new_flat(heap, len, wide);
    copy_flat(heap, JsValue::from_bits(keep[0]), at, 0, wide);
    Ok(JsValue::string(at))
}

/// The decimal digits of an integer, in the last of the bytes, and how many there are.
fn int_digits(i: i32) -> ([u8; 12], usize) {
    let mut out = [0_u8; 12];
    let mut at = out.len();
    let mut n = i.unsigned_abs();
    loop {
        at -= 1;
        out[at] = b'0' + (n % 10) as u8;
        n /= 10;
        if n == 0 {
            break;
        }
    }
    if i < 0 {
        at -= 1;
        out[at] = b'-';
    }
    (out, 12 - at)
}

/// How many units a part given to [`join`] contributes.
#[must_use]
pub fn part_length(heap: &Heap, part: JsValue) -> u32 {
    if part.is_string() {
        string_length(heap, part)
    } else if let Some(i) = part.as_int() {
        int_digits(i).1 as u32
    } else {
        0
    }
}

/// One string of the first `count` values of the block `parts` (flat strings and integers; anything else is empty) with
/// `separator`, which is flat, before each but the first of `rounds` of them. `length` is how many units that makes.
///
/// # Errors
/// [`OutOfMemory`], also when it would be too long.
pub fn join(
    heap: &mut Heap,
    parts: JsValue,
    count: u32,
    rounds: u32,
    separator: JsValue,
    length: u32,
) -> Result<JsValue, OutOfMemory> {
    check_length(u64::from(length))?;
    let mut wide = is_wide(heap, separator);
    for i in 0..count {
        wide |= is_wide(heap, heap.value(parts.index() + 1 + i));
    }
    let mut keep = [parts.to_bits(), separator.to_bits()];
    heap.reserve(flat_words(length, wide), &mut keep)?;
    let [parts, separator] = keep.map(JsValue::from_bits);
    let to = new_flat(heap, length, wide);
    let gap = string_length(heap, separator);
    let mut offset = 0;
    for i in 0..rounds {
        if i > 0 && gap > 0 {
            copy_flat(heap, separator, to, offset, wide);
            offset += gap;
        }
        if i >= count {
            continue;
        }
        let part = heap.value(parts.index() + 1 + i);
        if part.is_string() {
            let n = string_length(heap, part);
            if n > 0 {
                copy_flat(heap, part, to, offset, wide);
            }
            offset += n;
        } else if let Some(number) = part.as_int() {
            let (digits, n) = int_digits(number);
            let digits = &digits[12 - n..];
            let start = offset as usize;
            if wide {
                let out = &mut heap.units_mut(to + 2, length)[start..start + n];
                out.iter_mut().zip(digits).for_each(|(o, &d)| *o = u16::from(d));
            } else {
                heap.bytes_mut(to + 2, length)[start..start + n].copy_from_slice(digits);
            }
            offset += n as u32;
        }
    }
    if length == 1 && !wide {
        let unit = heap.arena().bytes(to + 2, 1)[0];
        heap.free_last(to);
        return Ok(StaticName::from_latin1(unit).into());
    }
    Ok(JsValue::string(to))
}
