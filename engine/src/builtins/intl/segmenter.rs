//! `Intl.Segmenter` (ECMA-402 §18): texts in graphemes, words or sentences.
//!
//! A text is segmented some hundred segments at a time, from where the last batch ended. Every line feed ends a segment of any kind, so
//! that a place within a text is found from the beginning of its paragraph.

use alloc::string::String;
use alloc::vec::Vec;

use icu_locale::LanguageIdentifier;
use icu_segmenter::options::{SentenceBreakOptions, WordBreakOptions};
use icu_segmenter::{GraphemeClusterSegmenter, SentenceSegmenter, WordSegmenter};
use rotifer_jsvalue::{StrView, WellKnown, string};
use serde::{Deserialize, Serialize};

use super::locale_list::{canonicalize_locale_list, read_locale_matcher, resolve_locale, supported_locales};
use super::options::{choices, option, options_object, show, show_plain, show_text};
use super::slots::{self, State};
use crate::builtins::Intrinsic;
use crate::builtins::spec::{Spec, func, link, prototype, sym_func, tag};
use crate::builtins::string::substring;
use crate::cx::{Args, Cx, JsStr, UNDEFINED, Value, imm};
use crate::n;
use crate::throw::JsResult;

choices! {
    Granularity { Grapheme = "grapheme", Word = "word", Sentence = "sentence" }
}

/// An `Intl.Segmenter`, and what its objects remember of it.
macro_rules! states {
    ($($(#[$doc:meta])* $name:ident $prototype:ident $text:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Serialize, Deserialize)]
        pub(super) struct $name(Segmentation);

        impl State for $name {
            const PROTOTYPE: Intrinsic = Intrinsic::$prototype;
            const NAME: &'static str = $text;
        }
    )*};
}

/// How a text is segmented.
#[derive(Clone, Serialize, Deserialize)]
struct Segmentation {
    tag: String,
    granularity: Granularity,
}

states! {
    /// An `Intl.Segmenter`.
    Segmenter IntlSegmenterPrototype "Intl.Segmenter";
    /// A text with its segmenter (ECMA-402 §18.5). Linked to it is a [`Batch`].
    Segments IntlSegmentsPrototype "Segments";
    /// What gives the segments of a text (ECMA-402 §18.6). Linked to it is a [`Batch`].
    SegmentIterator IntlSegmentIteratorPrototype "Segment Iterator";
}

pub(in crate::builtins) static SEGMENTER: Spec = Spec::constructor(
    n!("Segmenter"),
    0,
    construct,
    &[prototype(Intrinsic::IntlSegmenterPrototype), func(n!("supportedLocalesOf"), 1, supported_locales)],
);

pub(in crate::builtins) static SEGMENTER_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[
        link(n!("constructor"), Intrinsic::IntlSegmenter),
        tag(n!("Intl.Segmenter")),
        func(n!("segment"), 1, segment),
        func(n!("resolvedOptions"), 0, resolved_options),
    ],
);

pub(in crate::builtins) static SEGMENTS_PROTOTYPE: Spec = Spec::object(
    Intrinsic::ObjectPrototype,
    &[func(n!("containing"), 1, containing), sym_func(WellKnown::Iterator, 0, iterator)],
);

pub(in crate::builtins) static SEGMENT_ITERATOR_PROTOTYPE: Spec =
    Spec::object(Intrinsic::IteratorPrototype, &[func(n!("next"), 0, next), tag(n!("Segmenter String Iterator"))]);

/// Intl.Segmenter
fn construct<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let object = slots::allocate_new::<Segmenter>(cx, args)?;
    let requested = canonicalize_locale_list(cx, args.get(0))?;
    let options = options_object(cx, args.get(1))?;
    read_locale_matcher(cx, options)?;
    let resolved = resolve_locale(cx, requested, [])?;
    let granularity = option::<Granularity>(cx, options, n!("granularity"))?.unwrap_or(Granularity::Grapheme);
    slots::fill(cx, object, &Segmenter(Segmentation { tag: resolved.tag, granularity }))?;
    Ok(object.cast())
}

/// Intl.Segmenter.prototype.resolvedOptions
fn resolved_options<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let Segmenter(segmentation) = slots::this(cx, args)?;
    let options = cx.new_object()?;
    show_text(cx, options, n!("locale"), &segmentation.tag)?;
    show_text(cx, options, n!("granularity"), segmentation.granularity.as_str())?;
    Ok(options.cast())
}

/// Intl.Segmenter.prototype.segment
fn segment<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let Segmenter(segmentation) = slots::this(cx, args)?;
    let text = cx.to_flat_string(args.get(0))?;
    let batch = Batch::new(cx, text, segmentation.granularity)?;
    let object = slots::create(cx, &Segments(segmentation), None)?;
    slots::set_link(cx, object, batch.0);
    Ok(object.cast())
}

/// %SegmentsPrototype%.containing
fn containing<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let Segments(segmentation) = slots::this(cx, args)?;
    let batch = Batch(slots::link(cx, args.this().cast())?);
    let text = batch.text(cx)?;
    let index = cx.to_integer_or_infinity(args.get(0))?;
    if index < 0.0 || index >= f64::from(cx.str_len(text)) {
        return Ok(UNDEFINED);
    }
    let index = index as u32;
    batch.fill_around(cx, &segmentation, text, index)?;
    let Some(found) = batch.segment_around(cx, index) else { return Ok(UNDEFINED) };
    segment_data(cx, batch, text, found)
}

/// %SegmentsPrototype% \[ %Symbol.iterator% \]
fn iterator<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    let Segments(segmentation) = slots::this(cx, args)?;
    let batch = Batch(slots::link(cx, args.this().cast())?);
    let text = batch.text(cx)?;
    let batch = Batch::new(cx, text, segmentation.granularity)?;
    let object = slots::create(cx, &SegmentIterator(segmentation), None)?;
    slots::set_link(cx, object, batch.0);
    Ok(object.cast())
}

/// %SegmentIteratorPrototype%.next
fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    if !slots::is::<SegmentIterator>(cx, args.this()) {
        return Err(cx.throw_incompatible(SegmentIterator::NAME, args.this()));
    }
    let batch = Batch(slots::link(cx, args.this().cast())?);
    let text = batch.text(cx)?;
    let mut at = batch.get(cx, Batch::NEXT);
    if at >= batch.count(cx) {
        let from = batch.get(cx, Batch::END);
        if from >= cx.str_len(text) {
            return Ok(cx.create_iter_result(UNDEFINED, true)?.cast());
        }
        // The state is read once for a batch: that takes as long as a segment.
        let SegmentIterator(segmentation) = slots::this(cx, args)?;
        batch.fill(cx, &segmentation, text, from)?;
        at = 0;
    }
    batch.set(cx, Batch::NEXT, at + 1);
    let found = batch.segment(cx, at);
    let data = segment_data(cx, batch, text, found)?;
    Ok(cx.create_iter_result(data, false)?.cast())
}

/// ECMA-402 §18.7.1 CreateSegmentDataObject
fn segment_data<'s>(
    cx: &mut Cx<'s>,
    batch: Batch<'s>,
    text: JsStr<'s>,
    (start, end, is_word): (u32, u32, bool),
) -> JsResult<Value<'s>> {
    let data = cx.new_object()?;
    let part = substring(cx, text, start, end)?;
    show(cx, data, n!("segment"), part.cast())?;
    show_plain(cx, data, n!("index"), start as i32)?;
    show(cx, data, n!("input"), text.cast())?;
    if batch.get(cx, Batch::WORDS) == 1 {
        show_plain(cx, data, n!("isWordLike"), is_word)?;
    }
    Ok(data.cast())
}

/// Segments in a row of a text: a record of the text, the places where they begin and end, and the ends in between. The ends are the
/// units of a string, two for each: how far it is from the beginning, in 31 bits, and whether what ends there is a word.
#[derive(Clone, Copy)]
struct Batch<'s>(Value<'s>);

/// The most segments in a batch.
const SEGMENTS: usize = 512;
/// Units that are looked at, where that is enough for a segment.
const WINDOW: usize = 1024;
/// Windows above this are segmented without the models of scripts that do not separate words, which take much memory and time.
const WINDOW_OF_MODELS: usize = 1 << 12;
/// What has to follow the end of a segment in a window that is not the end of a paragraph: rules look ahead.
const MARGIN: usize = 64;
const WORD: u32 = 1 << 31;

impl<'s> Batch<'s> {
    const TEXT: u32 = 0;
    const START: u32 = 1;
    const END: u32 = 2;
    const ENDS: u32 = 3;
    /// The segment that an iterator gives next.
    const NEXT: u32 = 4;
    /// Whether the segments are words.
    const WORDS: u32 = 5;

    /// The empty batch at the beginning of a flat text.
    fn new(cx: &mut Cx<'s>, text: JsStr<'s>, granularity: Granularity) -> JsResult<Batch<'s>> {
        let words = imm(i32::from(granularity == Granularity::Word));
        Ok(Batch(cx.new_record(&[text.cast(), imm(0), imm(0), imm(n!("")), imm(0), words])?))
    }

    fn text(self, cx: &mut Cx<'s>) -> JsResult<JsStr<'s>> {
        Ok(cx.record_get(self.0, Batch::TEXT)?.cast())
    }

    fn get(self, cx: &Cx<'s>, field: u32) -> u32 {
        cx.record_raw(self.0, field).as_int().unwrap_or(0) as u32
    }

    fn set(self, cx: &mut Cx<'s>, field: u32, value: u32) {
        cx.record_set(self.0, field, imm(value as i32));
    }

    fn ends<'c>(self, cx: &'c Cx<'s>) -> StrView<'c> {
        string::view(cx.heap(), cx.record_raw(self.0, Batch::ENDS))
    }

    fn count(self, cx: &Cx<'s>) -> u32 {
        self.ends(cx).len() as u32 / 2
    }

    fn end(self, cx: &Cx<'s>, at: u32) -> u32 {
        let (ends, at) = (self.ends(cx), at as usize * 2);
        if at + 1 < ends.len() { u32::from(ends.at(at)) | u32::from(ends.at(at + 1)) << 16 } else { 0 }
    }

    /// Segment `at`: where it begins and ends, and whether it is a word.
    fn segment(self, cx: &Cx<'s>, at: u32) -> (u32, u32, bool) {
        let start = self.get(cx, Batch::START);
        let (before, end) = (if at == 0 { 0 } else { self.end(cx, at - 1) & !WORD }, self.end(cx, at));
        (start + before, start + (end & !WORD), end & WORD != 0)
    }

    /// The segment around a place within the batch.
    fn segment_around(self, cx: &Cx<'s>, index: u32) -> Option<(u32, u32, bool)> {
        let place = index.checked_sub(self.get(cx, Batch::START))?;
        let (mut low, mut high) = (0, self.count(cx));
        while low < high {
            let middle = low.midpoint(high);
            if self.end(cx, middle) & !WORD <= place { low = middle + 1 } else { high = middle }
        }
        (low < self.count(cx)).then(|| self.segment(cx, low))
    }

    /// Makes it the batch that a place of the text is in.
    fn fill_around(self, cx: &mut Cx<'s>, segmentation: &Segmentation, text: JsStr<'s>, index: u32) -> JsResult<()> {
        let (start, end) = (self.get(cx, Batch::START), self.get(cx, Batch::END));
        if (start..end).contains(&index) {
            return Ok(());
        }
        let from = if index >= end { end } else { 0 };
        cx.tick((index - from) / 64)?;
        let mut from = paragraph_start(cx.view(text), from as usize, index as usize) as u32;
        loop {
            self.fill(cx, segmentation, text, from)?;
            let end = self.get(cx, Batch::END);
            if index < end || end <= from {
                return Ok(());
            }
            from = end;
        }
    }

    /// Makes it the batch that begins with the segment at `from`, where a segment begins.
    fn fill(self, cx: &mut Cx<'s>, segmentation: &Segmentation, text: JsStr<'s>, from: u32) -> JsResult<()> {
        let mut window = WINDOW;
        let mut ends = Vec::with_capacity(SEGMENTS);
        while ends.is_empty() {
            let (end, whole) = window_end(cx.view(text), from as usize, window);
            let steps = segmentation.steps(cx.view(text).slice(from as usize, end));
            cx.tick(steps)?;
            let piece = cx.view(text).slice(from as usize, end);
            segmentation.segment(piece, whole, &mut ends);
            if whole && ends.is_empty() {
                // There is always an end at the end; should it be missing, this is it.
                ends.push(piece.len() as u32);
            }
            window = window.saturating_mul(4);
        }
        let units = ends.len() as u32 * 2;
        let made = string::new_utf16(cx.heap_mut(), units, |units| {
            for (units, &end) in units.chunks_exact_mut(2).zip(&ends) {
                units.copy_from_slice(&[end as u16, (end >> 16) as u16]);
            }
        })?;
        let made = cx.root(made)?;
        cx.record_set(self.0, Batch::ENDS, made);
        self.set(cx, Batch::START, from);
        self.set(cx, Batch::END, from + ends.last().map_or(0, |end| end & !WORD));
        Ok(())
    }
}

/// The beginning of the paragraph that the unit at `index` is in, not before `from`.
fn paragraph_start(text: StrView<'_>, from: usize, index: usize) -> usize {
    let before = text.slice(from, index);
    let feed = match before {
        StrView::Latin1(bytes) => memchr::memrchr(b'\n', bytes),
        StrView::Utf16(units) => units.iter().rposition(|&unit| unit == 0x0A),
    };
    from + feed.map_or(0, |feed| feed + 1)
}

/// The end of a window, and whether nothing behind it can make a difference.
fn window_end(text: StrView<'_>, from: usize, window: usize) -> (usize, bool) {
    let end = from.saturating_add(window).min(text.len());
    let piece = text.slice(from, end);
    let feed = match piece {
        StrView::Latin1(bytes) => memchr::memchr(b'\n', bytes),
        StrView::Utf16(units) => units.iter().position(|&unit| unit == 0x0A),
    };
    match feed {
        Some(feed) => (from + feed + 1, true),
        None if end == text.len() => (end, true),
        None => (end, false),
    }
}

impl Segmentation {
    /// What segmenting a piece counts for: for scripts that do not separate words it takes some thousand times as long.
    fn steps(&self, piece: StrView<'_>) -> u32 {
        const OF_MODEL: u32 = 64;
        let units = match piece {
            StrView::Utf16(units) if self.granularity == Granularity::Word && units.len() <= WINDOW_OF_MODELS => units,
            _ => return piece.len() as u32 / 8,
        };
        let slow = |unit: &&u16| matches!(**unit, 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F);
        units.len() as u32 / 8 + units.iter().filter(slow).count() as u32 * OF_MODEL
    }

    /// The ends of the first segments of a piece of text, those that are certain.
    fn segment(&self, piece: StrView<'_>, whole: bool, ends: &mut Vec<u32>) {
        let certain = if whole { piece.len() } else { piece.len().saturating_sub(MARGIN) };
        let language: LanguageIdentifier =
            self.tag.split("-u-").next().unwrap_or_default().parse().unwrap_or(LanguageIdentifier::UNKNOWN);
        match self.granularity {
            Granularity::Grapheme => {
                let segmenter = GraphemeClusterSegmenter::new();
                match piece {
                    StrView::Latin1(text) => {
                        take(segmenter.segment_latin1(text).map(|end| (end, false)), certain, ends)
                    }
                    StrView::Utf16(text) => take(segmenter.segment_utf16(text).map(|end| (end, false)), certain, ends),
                }
            }
            Granularity::Word => {
                let mut options = WordBreakOptions::default();
                options.content_locale = Some(&language);
                let made = if piece.len() <= WINDOW_OF_MODELS && matches!(piece, StrView::Utf16(_)) {
                    WordSegmenter::try_new_auto(options)
                } else {
                    WordSegmenter::try_new_for_non_complex_scripts(options)
                };
                let Ok(made) = made else { return };
                let segmenter = made.as_borrowed();
                let found = |(end, kind): (usize, icu_segmenter::options::WordType)| (end, kind.is_word_like());
                match piece {
                    StrView::Latin1(text) => {
                        take(segmenter.segment_latin1(text).iter_with_word_type().map(found), certain, ends);
                    }
                    StrView::Utf16(text) => {
                        take(segmenter.segment_utf16(text).iter_with_word_type().map(found), certain, ends);
                    }
                }
            }
            Granularity::Sentence => {
                let mut options = SentenceBreakOptions::default();
                options.content_locale = Some(&language);
                let Ok(made) = SentenceSegmenter::try_new(options) else { return };
                let segmenter = made.as_borrowed();
                match piece {
                    StrView::Latin1(text) => {
                        take(segmenter.segment_latin1(text).map(|end| (end, false)), certain, ends)
                    }
                    StrView::Utf16(text) => take(segmenter.segment_utf16(text).map(|end| (end, false)), certain, ends),
                }
            }
        }
    }
}

/// Takes the ends of the segments that are certain.
fn take(found: impl Iterator<Item = (usize, bool)>, certain: usize, ends: &mut Vec<u32>) {
    for (end, is_word) in found {
        if end > certain || ends.len() == SEGMENTS {
            return;
        }
        if end > 0 {
            ends.push(end as u32 | if is_word { WORD } else { 0 });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(text: &str, granularity: Granularity) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        let segmentation = Segmentation { tag: "en".into(), granularity };
        let (mut ends, mut from) = (Vec::new(), 0);
        segmentation.segment(StrView::Utf16(&units), true, &mut ends);
        let part = |end: &u32| {
            let to = (end & !WORD) as usize;
            let part = String::from_utf16_lossy(&units[from..to]);
            from = to;
            part
        };
        ends.iter().map(part).collect()
    }

    #[test]
    fn graphemes_words_and_sentences() {
        assert_eq!(segments("ae\u{301}👨‍👩‍👧!", Granularity::Grapheme), ["a", "e\u{301}", "👨‍👩‍👧", "!"]);
        assert_eq!(segments("I can't. 3.5", Granularity::Word), ["I", " ", "can't", ".", " ", "3.5"]);
        assert_eq!(segments("Yes. No! 3.5 m", Granularity::Sentence), ["Yes. ", "No! ", "3.5 m"]);
        assert!(segments("", Granularity::Word).is_empty());
    }
}
