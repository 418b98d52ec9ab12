//! Sorting (ECMA-262 §23.1.3.30): a stable merge sort whose working memory is in the heap.

use core::cmp::Ordering;

use rotifer_jsvalue::{Heap, HeapExt, JsValue, Kind, elements, string};

use super::{create, delete, dense_range, get, get_present, is_plain, is_readable, set};
use crate::cx::{Args, Cx, Object, UNDEFINED, Value};
use crate::throw::JsResult;

/// How two elements of a list compare.
#[derive(Clone, Copy, Debug)]
pub(in crate::builtins) enum Order<'s> {
    /// By calling a function.
    Call(Value<'s>),
    /// The elements are flat strings.
    Text,
    /// The elements are numbers of entries of this list of flat strings.
    Keys(Object<'s>),
    /// The elements are numbers; -0 before 0, NaN last (ECMA-262 §23.2.4.7 CompareTypedArrayElements).
    Number,
    /// The elements are BigInts.
    BigInt,
}

/// The first eight characters of a flat Latin-1 string of the heap, in an order of their own right; zeros behind its end.
fn first_bytes(heap: &Heap, s: JsValue) -> Option<u64> {
    if !s.is_heap_string() || heap.kind(s.index()) != Kind::StringLatin1 {
        return None;
    }
    let length = string::string_length(heap, s);
    if length == 0 {
        return Some(0);
    }
    let bytes = heap.get(s.index() + 2).to_le_bytes();
    let word = u64::from_be_bytes(bytes);
    Some(if length < 8 { word & !(u64::MAX >> (8 * length)) } else { word })
}

fn compare<'s>(cx: &mut Cx<'s>, order: Order<'s>, x: JsValue, y: JsValue) -> JsResult<Ordering> {
    let heap = cx.heap();
    match order {
        Order::Text => Ok(match (first_bytes(heap, x), first_bytes(heap, y)) {
            (Some(a), Some(b)) if a != b => a.cmp(&b),
            _ => string::view(heap, x).cmp(&string::view(heap, y)),
        }),
        Order::Keys(keys) => {
            let (x, y) = (x.as_int().unwrap_or(0) as u32, y.as_int().unwrap_or(0) as u32);
            let (x, y) = (cx.array_item_raw(keys, x), cx.array_item_raw(keys, y));
            Ok(string::view(heap, x).cmp(&string::view(heap, y)))
        }
        Order::Number => {
            let (x, y) = (x.as_number().unwrap_or(f64::NAN), y.as_number().unwrap_or(f64::NAN));
            Ok(match x.partial_cmp(&y) {
                Some(Ordering::Equal) if x == 0.0 => y.is_sign_negative().cmp(&x.is_sign_negative()),
                Some(ordering) => ordering,
                None => x.is_nan().cmp(&y.is_nan()),
            })
        }
        Order::BigInt => Ok(crate::ops::bigint::compare(heap, x, y)),
        Order::Call(f) => {
            let result = cx.call_words(f, UNDEFINED, [x, y])?;
            let d = match result.as_number() {
                Some(d) => d,
                None => {
                    let mut cx = cx.nest();
                    let result = cx.root(result)?;
                    cx.to_number(result)?
                }
            };
            Ok(d.partial_cmp(&0.0).unwrap_or(Ordering::Equal))
        }
    }
}

fn word_of(cx: &Cx<'_>, raw: JsValue) -> u32 {
    elements::elements(cx.heap(), raw.index()).map_or(0, |e| e + 1)
}

/// Sorts the first `count` elements of an array made by the engine, which has them all. Gives the array that holds the result: the
/// same or another one.
pub(in crate::builtins) fn merge_sort<'s>(
    cx: &mut Cx<'s>,
    list: Object<'s>,
    count: u32,
    order: Order<'s>,
) -> JsResult<Object<'s>> {
    if count < 2 {
        return Ok(list);
    }
    let other = cx.new_array(0, count)?;
    if !matches!(order, Order::Call(_)) {
        return sort_at_rest(cx, list, other, count, order);
    }
    let (mut from, mut to) = (list, other);
    let mut width = 1_u32;
    while width < count {
        let mut low = 0;
        while low < count {
            let middle = low.saturating_add(width).min(count);
            let high = middle.saturating_add(width).min(count);
            merge(cx, from, to, (low, middle, high), order)?;
            low = high;
        }
        (from, to) = (to, from);
        width = width.saturating_mul(2);
    }
    Ok(from)
}

/// Runs of so many elements are sorted by insertion.
const RUN: u32 = 6;

/// As [`merge_sort`], in an order that runs nothing, so that nothing moves while a pass over the elements lasts.
fn sort_at_rest<'s>(
    cx: &mut Cx<'s>,
    list: Object<'s>,
    other: Object<'s>,
    count: u32,
    order: Order<'s>,
) -> JsResult<Object<'s>> {
    cx.tick(count)?;
    let word = word_of(cx, cx.peek(list));
    let mut low = 0;
    while low < count {
        let high = low.saturating_add(RUN).min(count);
        for i in low + 1..high {
            let v = Sorted::new(cx, order, word + i);
            let mut to = i;
            while to > low {
                let before = Sorted::new(cx, order, word + to - 1);
                if !before.is_greater(cx, order, v)? {
                    break;
                }
                cx.heap_mut().init(word + to, before.value);
                to -= 1;
            }
            cx.heap_mut().init(word + to, v.value);
        }
        low = high;
    }
    cx.heap_mut().barrier_all(word - 1);
    let (mut from, mut to) = (list, other);
    let mut width = RUN;
    while width < count {
        cx.tick(count)?;
        let (source, target) = (word_of(cx, cx.peek(from)), word_of(cx, cx.peek(to)));
        let mut low = 0;
        while low < count {
            let middle = low.saturating_add(width).min(count);
            let high = middle.saturating_add(width).min(count);
            merge_at_rest(cx, (source, target), (low, middle, high), order)?;
            low = high;
        }
        cx.heap_mut().barrier_all(target - 1);
        (from, to) = (to, from);
        width = width.saturating_mul(2);
    }
    Ok(from)
}

/// An element with what mostly decides how it compares.
#[derive(Clone, Copy)]
struct Sorted {
    value: JsValue,
    first: Option<u64>,
}

impl Sorted {
    #[inline]
    fn new(cx: &Cx<'_>, order: Order<'_>, word: u32) -> Sorted {
        let value = cx.heap().value(word);
        let first = if matches!(order, Order::Text) { first_bytes(cx.heap(), value) } else { None };
        Sorted { value, first }
    }

    #[inline]
    fn is_greater<'s>(self, cx: &mut Cx<'s>, order: Order<'s>, other: Sorted) -> JsResult<bool> {
        match (self.first, other.first) {
            (Some(a), Some(b)) if a != b => Ok(a > b),
            _ => Ok(compare(cx, order, self.value, other.value)? == Ordering::Greater),
        }
    }
}

fn merge_at_rest<'s>(
    cx: &mut Cx<'s>,
    (source, target): (u32, u32),
    (low, middle, high): (u32, u32, u32),
    order: Order<'s>,
) -> JsResult<()> {
    let (mut i, mut j, mut k) = (low, middle, low);
    if middle < high {
        let mut left = Sorted::new(cx, order, source + middle - 1);
        let mut right = Sorted::new(cx, order, source + middle);
        // Runs that follow each other already are usual.
        if left.is_greater(cx, order, right)? {
            left = Sorted::new(cx, order, source + low);
            loop {
                if left.is_greater(cx, order, right)? {
                    cx.heap_mut().init(target + k, right.value);
                    (j, k) = (j + 1, k + 1);
                    if j == high {
                        break;
                    }
                    right = Sorted::new(cx, order, source + j);
                } else {
                    cx.heap_mut().init(target + k, left.value);
                    (i, k) = (i + 1, k + 1);
                    if i == middle {
                        break;
                    }
                    left = Sorted::new(cx, order, source + i);
                }
            }
        }
    }
    cx.heap_mut().copy(source + i, target + k, middle - i);
    k += middle - i;
    cx.heap_mut().copy(source + j, target + k, high - j);
    Ok(())
}

fn merge<'s>(
    cx: &mut Cx<'s>,
    from: Object<'s>,
    to: Object<'s>,
    (low, middle, high): (u32, u32, u32),
    order: Order<'s>,
) -> JsResult<()> {
    let (mut i, mut j, mut k) = (low, middle, low);
    if middle < high {
        // Runs that follow each other already, which is usual with long ones, take one comparison; and so do two elements.
        let pair = high - low == 2;
        let mut sorted = false;
        if pair || middle - low >= 8 {
            let word = word_of(cx, cx.peek(from));
            let (x, y) = (cx.heap().value(word + middle - 1), cx.heap().value(word + middle));
            cx.tick(1)?;
            sorted = compare(cx, order, x, y)? != Ordering::Greater;
        }
        let mut seen = cx.heap().collections();
        let (mut source, mut target) = (word_of(cx, cx.peek(from)), word_of(cx, cx.peek(to)) - 1);
        if pair && !sorted {
            let v = cx.heap().value(source + j);
            cx.heap_mut().put(target, 1 + k, v);
            j += 1;
            k += 1;
        }
        while !sorted && i < middle && j < high {
            let (x, y) = (cx.heap().value(source + i), cx.heap().value(source + j));
            cx.tick(1)?;
            let take_left = compare(cx, order, x, y)? != Ordering::Greater;
            if cx.heap().collections() != seen {
                seen = cx.heap().collections();
                (source, target) = (word_of(cx, cx.peek(from)), word_of(cx, cx.peek(to)) - 1);
            }
            let at = if take_left { &mut i } else { &mut j };
            let v = cx.heap().value(source + *at);
            *at += 1;
            cx.heap_mut().put(target, 1 + k, v);
            k += 1;
        }
    }
    let (source, target) = (word_of(cx, cx.peek(from)), word_of(cx, cx.peek(to)));
    cx.heap_mut().copy(source + i, target + k, middle - i);
    k += middle - i;
    cx.heap_mut().copy(source + j, target + k, high - j);
    cx.heap_mut().barrier_all(target - 1);
    Ok(())
}

/// Sorts a list of values none of which is undefined: by `comparator`, or as strings when there is none.
fn sort_list<'s>(cx: &mut Cx<'s>, list: Object<'s>, comparator: Value<'s>) -> JsResult<Object<'s>> {
    let count = cx.array_len(list);
    if !cx.is_undefined(comparator) {
        return merge_sort(cx, list, count, Order::Call(comparator));
    }
    let mut texts = true;
    for i in 0..count {
        let v = cx.array_item_raw(list, i);
        if !v.is_string() {
            texts = false;
            break;
        }
        if !string::is_flat(cx.heap(), v) {
            // Flattened in place: the element itself becomes a slice.
            let mut cx = cx.nest();
            let v = cx.root(v)?;
            cx.to_flat_string(v)?;
        }
    }
    if texts {
        return merge_sort(cx, list, count, Order::Text);
    }
    let keys = cx.new_array(0, count)?;
    let numbers = cx.new_array(0, count)?;
    for i in 0..count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = cx.array_item(list, i)?;
        let key = cx.to_flat_string(v)?;
        cx.push(keys, key.cast())?;
        cx.push_raw(numbers, JsValue::int(i as i32))?;
    }
    let sorted = merge_sort(cx, numbers, count, Order::Keys(keys))?;
    let result = cx.new_array(0, count)?;
    for i in 0..count {
        let from = cx.array_item_raw(sorted, i).as_int().unwrap_or(0);
        let v = cx.array_item_raw(list, from as u32);
        cx.push_raw(result, v)?;
    }
    Ok(result)
}

/// ECMA-262 §23.1.3.30.1 SortIndexedProperties: the sorted values without the undefined ones, and how many of those there were.
fn sort_indexed<'s>(
    cx: &mut Cx<'s>,
    (o, length): (Object<'s>, f64),
    comparator: Value<'s>,
    skip_holes: bool,
) -> JsResult<(Object<'s>, f64)> {
    let list = cx.new_array(0, 0)?;
    let mut undefined = 0.0;
    let mut k = 0.0;
    if is_readable(cx, o) {
        let (_, count) = dense_range(cx.heap(), cx.peek(o).index());
        let count = f64::from(count).min(length);
        let raw = cx.peek(list);
        elements::ensure_dense(cx.heap_mut(), raw, count as u32, &mut 0)?;
        cx.tick((count / 16.0) as u32)?;
        let (first, _) = dense_range(cx.heap(), cx.peek(o).index());
        let to = word_of(cx, cx.peek(list));
        let mut kept = 0;
        for i in 0..count as u32 {
            let v = cx.heap().value(first + i);
            if v.is_undefined() || v.is_empty() && !skip_holes {
                undefined += 1.0;
            } else if !v.is_empty() {
                cx.heap_mut().init(to + kept, v);
                kept += 1;
            }
        }
        if kept > 0 {
            cx.heap_mut().barrier_all(to - 1);
        }
        cx.set_array_length_raw(list, f64::from(kept));
        if !skip_holes {
            undefined += length - count;
        }
        k = length;
    }
    while k < length {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = if skip_holes { get_present(&mut cx, o, k)? } else { Some(get(&mut cx, o, k)?) };
        match v {
            Some(v) if cx.is_undefined(v) => undefined += 1.0,
            Some(v) => cx.push(list, v)?,
            None => {}
        }
        k += 1.0;
    }
    let sorted = sort_list(cx, list, comparator)?;
    // The other half of a merge may be what came out, and its length was never set.
    let count = cx.array_len(list);
    cx.set_array_length_raw(sorted, f64::from(count));
    Ok((sorted, undefined))
}

fn check_comparator<'s>(cx: &mut Cx<'s>, comparator: Value<'s>) -> JsResult<()> {
    if cx.is_undefined(comparator) || cx.is_callable(comparator) {
        return Ok(());
    }
    Err(cx.throw_type_error("the comparison function must be a function or undefined"))
}

/// ECMA-262 §23.1.3.30 Array.prototype.sort
pub(super) fn sort<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    check_comparator(cx, args.get(0))?;
    let (o, length) = super::this_and_length(cx, args)?;
    let (sorted, undefined) = sort_indexed(cx, (o, length), args.get(0), true)?;
    let count = cx.array_len(sorted);
    let total = f64::from(count) + undefined;
    let (first, have) = if is_plain(cx, o) { dense_range(cx.heap(), cx.peek(o).index()) } else { (0, 0) };
    if is_plain(cx, o) && f64::from(have) >= total && f64::from(cx.array_len(o)) == length {
        let source = word_of(cx, cx.peek(sorted));
        let heap = cx.heap_mut();
        if count > 0 {
            heap.copy(source, first, count);
        }
        heap.fill(first + count, undefined as u32, JsValue::UNDEFINED.to_bits());
        heap.fill(first + total as u32, have - total as u32, JsValue::EMPTY.to_bits());
        if have > 0 {
            heap.barrier_all(first - 1);
        }
        return Ok(o.cast());
    }
    for i in 0..count {
        let mut cx = cx.nest();
        cx.tick(1)?;
        let v = cx.array_item(sorted, i)?;
        set(&mut cx, o, f64::from(i), v)?;
    }
    let mut k = f64::from(count);
    while k < total {
        cx.tick(1)?;
        set(cx, o, k, UNDEFINED)?;
        k += 1.0;
    }
    while k < length {
        cx.tick(1)?;
        delete(cx, o, k)?;
        k += 1.0;
    }
    Ok(o.cast())
}

/// ECMA-262 §23.1.3.34 Array.prototype.toSorted
pub(super) fn to_sorted<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> JsResult<Value<'s>> {
    check_comparator(cx, args.get(0))?;
    let (o, length) = super::this_and_length(cx, args)?;
    if length > super::MAX_LENGTH {
        return Err(cx.throw_range_error("invalid array length"));
    }
    let (sorted, undefined) = sort_indexed(cx, (o, length), args.get(0), false)?;
    let count = cx.array_len(sorted);
    // The list was made for this: it is what comes out.
    let mut k = f64::from(count);
    while k < f64::from(count) + undefined {
        cx.tick(1)?;
        create(cx, sorted, k, UNDEFINED)?;
        k += 1.0;
    }
    Ok(sorted.cast())
}
