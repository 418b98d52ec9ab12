//! Putting a long string together in the heap.

use rotifer_jsvalue::{Heap, JsValue, StrView, string};

use crate::cx::{Cx, JsStr};
use crate::n;
use crate::throw::JsResult;

/// Text that grows. The characters are in a string of the heap, kept in a slot ([`Text::slot`]) that is given to every method,
/// so that the counters here can be lent across scopes.
#[derive(Debug)]
pub(crate) struct Text {
    len: u32,
    /// Units the string in the slot has room for.
    capacity: u32,
    wide: bool,
}

/// Units that are copied at a time.
const CHUNK: usize = 256;

impl Text {
    /// No text yet, and the slot for it.
    ///
    /// # Errors
    /// Stack overflow.
    pub(crate) fn new<'s>(cx: &mut Cx<'s>) -> JsResult<(Text, JsStr<'s>)> {
        let slot = cx.slot(crate::cx::imm(n!("")).cast())?;
        Ok((Text { len: 0, capacity: 0, wide: false }, slot))
    }

    /// Code units so far.
    #[inline]
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    /// Drops what came after the first `len` units.
    pub(crate) fn truncate(&mut self, len: u32) {
        self.len = self.len.min(len);
    }

    /// Makes room for `more` units, as UTF-16 when `wide`.
    pub(crate) fn reserve<'s>(&mut self, cx: &mut Cx<'s>, slot: JsStr<'s>, more: u32, wide: bool) -> JsResult<()> {
        let wide = wide || self.wide;
        let need = match self.len.checked_add(more) {
            Some(need) if need <= string::MAX_STRING_LENGTH => need,
            _ => return Err(cx.throw_range_error("invalid string length")),
        };
        if need <= self.capacity && wide == self.wide {
            return Ok(());
        }
        let roomy = need.saturating_add(need / 2 + 64).min(string::MAX_STRING_LENGTH);
        let make = |heap: &mut Heap, n: u32| {
            if wide { string::new_utf16(heap, n, |_| {}) } else { string::new_latin1(heap, n, |_| {}) }
        };
        cx.tick(self.len / 64 + 1)?;
        // Modest when memory is short, but never so modest that each addition copies everything. At least two units, so that it is a
        // block.
        let (capacity, new) = match make(cx.heap_mut(), roomy) {
            Ok(new) => (roomy, new),
            Err(_) => {
                let tight = need.saturating_add(need / 32).clamp(2, string::MAX_STRING_LENGTH);
                (tight, make(cx.heap_mut(), tight)?)
            }
        };
        let mut from = 0;
        let mut units = [0_u16; CHUNK];
        while from < self.len {
            let n = (self.len - from).min(CHUNK as u32);
            let old = cx.peek(slot);
            let view = string::view(cx.heap(), old).slice(from as usize, (from + n) as usize);
            for (u, v) in units.iter_mut().zip(view.units()) {
                *u = v;
            }
            write(cx.heap_mut(), new, capacity, wide, from, &units[..n as usize]);
            from += n;
        }
        cx.set_slot_raw(slot, new);
        self.capacity = capacity;
        self.wide = wide;
        Ok(())
    }

    /// Appends Latin-1 text.
    ///
    /// # Errors
    /// Out of memory; a RangeError when it gets too long.
    pub(crate) fn push_latin1<'s>(&mut self, cx: &mut Cx<'s>, slot: JsStr<'s>, text: &[u8]) -> JsResult<()> {
        if text.is_empty() {
            return Ok(());
        }
        let n = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.reserve(cx, slot, n, false)?;
        let at = cx.peek(slot).index() + 2;
        let start = self.len as usize;
        if self.wide {
            let units = cx.heap_mut().units_mut(at, self.capacity);
            units[start..start + text.len()].iter_mut().zip(text).for_each(|(u, &b)| *u = u16::from(b));
        } else {
            cx.heap_mut().bytes_mut(at, self.capacity)[start..start + text.len()].copy_from_slice(text);
        }
        self.len += n;
        Ok(())
    }

    /// Appends UTF-16 text.
    ///
    /// # Errors
    /// Out of memory; a RangeError when it gets too long.
    pub(crate) fn push_utf16<'s>(&mut self, cx: &mut Cx<'s>, slot: JsStr<'s>, text: &[u16]) -> JsResult<()> {
        let n = u32::try_from(text.len()).unwrap_or(u32::MAX);
        if n == 0 {
            return Ok(());
        }
        self.reserve(cx, slot, n, text.iter().any(|&u| u > 0xFF))?;
        let to = cx.peek(slot);
        write(cx.heap_mut(), to, self.capacity, self.wide, self.len, text);
        self.len += n;
        Ok(())
    }

    /// Appends Rust text.
    ///
    /// # Errors
    /// Out of memory; a RangeError when it gets too long.
    pub(crate) fn push_str<'s>(&mut self, cx: &mut Cx<'s>, slot: JsStr<'s>, text: &str) -> JsResult<()> {
        if text.is_ascii() {
            return self.push_latin1(cx, slot, text.as_bytes());
        }
        let mut units = [0_u16; 2];
        for c in text.chars() {
            self.push_utf16(cx, slot, c.encode_utf16(&mut units))?;
        }
        Ok(())
    }

    /// Appends the units `start..end` of a string.
    ///
    /// # Errors
    /// Out of memory; a RangeError when it gets too long.
    pub(crate) fn push_range<'s>(
        &mut self,
        cx: &mut Cx<'s>,
        slot: JsStr<'s>,
        source: JsStr<'s>,
        start: u32,
        end: u32,
    ) -> JsResult<()> {
        let mut at = start;
        let mut bytes = [0_u8; CHUNK];
        let mut units = [0_u16; CHUNK];
        while at < end {
            let n = (end - at).min(CHUNK as u32) as usize;
            let source = cx.peek(source);
            let source = string::flatten(cx.heap_mut(), source)?;
            let narrow = match string::view(cx.heap(), source).slice(at as usize, at as usize + n) {
                StrView::Latin1(s) => {
                    bytes[..n].copy_from_slice(s);
                    true
                }
                StrView::Utf16(s) => {
                    units[..n].copy_from_slice(s);
                    false
                }
            };
            if narrow {
                self.push_latin1(cx, slot, &bytes[..n])?;
            } else {
                self.push_utf16(cx, slot, &units[..n])?;
            }
            at += n as u32;
        }
        Ok(())
    }

    /// Appends a string.
    ///
    /// # Errors
    /// Out of memory; a RangeError when it gets too long.
    pub(crate) fn push_string<'s>(&mut self, cx: &mut Cx<'s>, slot: JsStr<'s>, source: JsStr<'s>) -> JsResult<()> {
        let len = string::string_length(cx.heap(), cx.peek(source));
        self.push_range(cx, slot, source, 0, len)
    }

    /// The text as a string, taken out of the slot.
    ///
    /// # Errors
    /// Out of memory.
    pub(crate) fn finish<'s>(&mut self, cx: &mut Cx<'s>, slot: JsStr<'s>) -> JsResult<JsStr<'s>> {
        let whole = cx.peek(slot);
        let (len, wide) = (self.len, self.wide);
        self.len = 0;
        if len <= 1 || !whole.is_heap_string() {
            let unit = if len == 0 { None } else { Some(string::view(cx.heap(), whole).at(0)) };
            let s = match unit {
                None => JsValue::name(n!("")),
                Some(unit) => string::from_unit(cx.heap_mut(), unit)?,
            };
            self.reset(cx, slot);
            return Ok(cx.root(s)?.cast());
        }
        let at = whole.index();
        let (old, new) = (string::flat_words(self.capacity, wide), string::flat_words(len, wide));
        // What follows the last unit in its word is zero in every string.
        let bytes = cx.heap_mut().bytes_mut(at + 2, (new - 2) * 8);
        bytes[len as usize * if wide { 2 } else { 1 }..].fill(0);
        let header = cx.heap().header(at).with_aux(new);
        cx.heap_mut().shrink(at, old, new);
        cx.heap_mut().set(at, header.to_bits());
        cx.heap_mut().set(at + 1, u64::from(len));
        let rooted = cx.root(whole)?;
        self.reset(cx, slot);
        Ok(rooted.cast())
    }

    fn reset<'s>(&mut self, cx: &mut Cx<'s>, slot: JsStr<'s>) {
        cx.set_slot_raw(slot, JsValue::name(n!("")));
        *self = Text { len: 0, capacity: 0, wide: false };
    }
}

/// Writes units into the string block `to`, which has room for `capacity`; they fit its width.
fn write(heap: &mut Heap, to: JsValue, capacity: u32, wide: bool, start: u32, text: &[u16]) {
    let at = to.index() + 2;
    let start = start as usize;
    if wide {
        heap.units_mut(at, capacity)[start..start + text.len()].copy_from_slice(text);
    } else {
        let bytes = &mut heap.bytes_mut(at, capacity)[start..start + text.len()];
        bytes.iter_mut().zip(text).for_each(|(b, &u)| *b = u as u8);
    }
}
