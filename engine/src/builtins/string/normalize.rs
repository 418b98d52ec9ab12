//! Normalization forms (ECMA-262 §22.1.3.15).

use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use rotifer_jsvalue::{StrView, string};

use super::case::write_units;
use super::{length, this_str, view};
use crate::cx::{Args, Cx, JsStr, Value};
use crate::throw::JsResult;

/// The longest run of combining marks that is put in order: the run is sorted outside the isolate's block.
pub(in crate::builtins) const MOST_MARKS: usize = 1 << 12;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

/// ECMA-262 §22.1.3.15 String.prototype.normalize
pub(super) fn normalize<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let s = this_str(cx, args)?;
    let form = if cx.is_undefined(args.get(0)) {
        Form::Nfc
    } else {
        let name = cx.to_flat_string(args.get(0))?;
        let text = view(cx, name);
        let is = |name: &str| text == StrView::from(name);
        if is("NFC") {
            Form::Nfc
        } else if is("NFD") {
            Form::Nfd
        } else if is("NFKC") {
            Form::Nfkc
        } else if is("NFKD") {
            Form::Nfkd
        } else {
            return Err(cx.throw_range_error("the normalization form must be NFC, NFD, NFKC or NFKD"));
        }
    };
    let plain = match view(cx, s) {
        StrView::Latin1(text) => form == Form::Nfc || text.is_ascii(),
        StrView::Utf16(_) => false,
    };
    if plain {
        return Ok(s.cast());
    }
    check_marks(cx, s)?;
    cx.tick(length(cx, s) / 4)?;
    let (mut total, mut wide, mut same) = (0_usize, false, true);
    let text = view(cx, s);
    let mut from = 0;
    while from < text.len() {
        let end = segment_end(text, from);
        normalized(text.slice(from, end), form, &mut |u| {
            same = same && total < text.len() && text.at(total) == u;
            wide |= u > 255;
            total += 1;
        });
        from = end;
    }
    if same && total == text.len() {
        return Ok(s.cast());
    }
    let size = u32::try_from(total).ok().filter(|&n| n <= string::MAX_STRING_LENGTH);
    let Some(size) = size else { return Err(cx.throw_range_error("invalid string length")) };
    if size == 1 {
        let mut only = 0;
        normalized(view(cx, s), form, &mut |u| only = u);
        let made = string::from_unit(cx.heap_mut(), only)?;
        return cx.root(made);
    }
    let made = if wide {
        string::new_utf16(cx.heap_mut(), size, |_| ())?
    } else {
        string::new_latin1(cx.heap_mut(), size, |_| ())?
    };
    let (mut from, mut to) = (0, 0);
    while from < length(cx, s) as usize {
        let end = segment_end(view(cx, s), from);
        to += write_segment(cx, s, from, end, form, |cx, units, at| write_units(cx, made, to + at, size, units))?;
        from = end;
    }
    cx.root(made)
}

/// Source and target are in the same block, so what is produced goes through a window on the stack. A segment that does not fit is
/// produced again for each window.
fn write_segment<'s>(
    cx: &mut Cx<'s>,
    s: JsStr<'s>,
    from: usize,
    end: usize,
    form: Form,
    write: impl Fn(&mut Cx<'s>, &[u16], usize),
) -> JsResult<usize> {
    let mut window = [0_u16; 2048];
    let mut done = 0;
    loop {
        let (mut i, mut n) = (0, 0);
        normalized(view(cx, s).slice(from, end), form, &mut |u| {
            if i >= done && n < window.len() {
                window[n] = u;
                n += 1;
            }
            i += 1;
        });
        write(cx, &window[..n], done);
        done += n;
        if done >= i {
            return Ok(done);
        }
        // Only the steps are counted here: nothing moves.
        cx.tick((end - from) as u32)?;
    }
}

/// Whether normalization can begin anew at this unit: it begins a character that goes with nothing before it.
const fn is_boundary(unit: u16) -> bool {
    matches!(unit, 0..=0x2FF | 0x370..=0x482 | 0x48A..=0x556 | 0x3041..=0x3096 | 0x30A1..=0x30FA | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3)
}

/// The end of the stretch from `from` on that is normalized at a time.
fn segment_end(text: StrView<'_>, from: usize) -> usize {
    const SEGMENT: usize = 1024;
    let len = text.len();
    let near = (from + SEGMENT).min(len);
    if near == len {
        return len;
    }
    let back = (from + 1..=near).rev().find(|&i| is_boundary(text.at(i)));
    back.or_else(|| (near..len).find(|&i| is_boundary(text.at(i)))).unwrap_or(len)
}

/// Refuses absurd runs of combining marks.
pub(super) fn check_marks<'s>(cx: &mut Cx<'s>, s: JsStr<'s>) -> JsResult<()> {
    if longest_marks(view(cx, s)) > MOST_MARKS { Err(too_many_marks(cx)) } else { Ok(()) }
}

/// The error for more combining marks than [`MOST_MARKS`].
#[cold]
pub(in crate::builtins) fn too_many_marks(cx: &mut Cx<'_>) -> crate::throw::Throw {
    cx.throw_range_error("too many combining marks in a row")
}

/// The length of the longest run of combining marks, or what is above [`MOST_MARKS`].
pub(in crate::builtins) fn longest_marks(text: StrView<'_>) -> usize {
    let StrView::Utf16(_) = text else { return 0 };
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let (mut longest, mut run) = (0, 0);
    for cp in text.code_points() {
        run = if cp >= 0x300 && classes.get32_u8(cp) != 0 { run + 1 } else { 0 };
        longest = longest.max(run);
        if longest > MOST_MARKS {
            break;
        }
    }
    longest
}

/// Gives the units of the normal form. Lone surrogates stay as they are.
fn normalized(text: StrView<'_>, form: Form, out: &mut dyn FnMut(u16)) {
    let mut points = text.code_points().peekable();
    while points.peek().is_some() {
        let chars = core::iter::from_fn(|| points.next_if(|&cp| char::from_u32(cp).is_some()).and_then(char::from_u32));
        let mut put = |c: char| c.encode_utf16(&mut [0; 2]).iter().for_each(|&u| out(u));
        match form {
            Form::Nfc => ComposingNormalizerBorrowed::new_nfc().normalize_iter(chars).for_each(&mut put),
            Form::Nfkc => ComposingNormalizerBorrowed::new_nfkc().normalize_iter(chars).for_each(&mut put),
            Form::Nfd => DecomposingNormalizerBorrowed::new_nfd().normalize_iter(chars).for_each(&mut put),
            Form::Nfkd => DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(chars).for_each(&mut put),
        }
        if let Some(lone) = points.next() {
            out(lone as u16);
        }
    }
}

/// The canonical decomposition of a text, lone surrogates as replacement characters.
#[cfg(not(feature = "intl"))]
pub(super) fn decomposed<'v>(text: StrView<'v>) -> impl Iterator<Item = char> + 'v {
    let chars = text.code_points().map(|cp| char::from_u32(cp).unwrap_or(char::REPLACEMENT_CHARACTER));
    DecomposingNormalizerBorrowed::new_nfd().normalize_iter(chars)
}
