//! Property keys (ECMA-262 §6.1.7) and the table of interned strings.

use rotifer_gc::OutOfMemory;

use crate::layout::{Heap, HeapExt, Kind, field, flag};
use crate::names::{StaticName, WellKnown};
use crate::string::{self, StrView, flat_words, view};
use crate::value::JsValue;

/// A property key: an array index, an interned string, or a symbol. Equal keys are equal bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct PropertyKey(JsValue);

impl PropertyKey {
    /// The largest array index, 2³² − 2 (ECMA-262 §6.1.7).
    pub const MAX_INDEX: u32 = u32::MAX - 1;

    /// The key of an array index.
    #[inline]
    #[must_use]
    pub const fn index(i: u32) -> Self {
        PropertyKey(JsValue::int(i as i32))
    }

    /// A static name that is no array index.
    #[inline]
    #[must_use]
    pub const fn name(name: StaticName) -> Self {
        // One-digit names are indices.
        if name.id() >= b'0' as u16 && name.id() <= b'9' as u16 {
            return PropertyKey::index(name.id() as u32 - b'0' as u32);
        }
        PropertyKey(JsValue::name(name))
    }

    /// A well-known symbol.
    #[inline]
    #[must_use]
    pub const fn well_known(symbol: WellKnown) -> Self {
        PropertyKey(JsValue::well_known(symbol))
    }

    /// The key that a value known to be one stands for: an int32 index, an interned string, a symbol.
    #[inline]
    #[must_use]
    pub const fn from_value(value: JsValue) -> Self {
        PropertyKey(value)
    }

    /// The value the key is kept as. An index above 2³¹ reads as a negative integer: use [`PropertyKey::as_index`].
    #[inline]
    #[must_use]
    pub const fn to_value(self) -> JsValue {
        self.0
    }

    /// The array index.
    #[inline]
    #[must_use]
    pub const fn as_index(self) -> Option<u32> {
        if self.0.is_int() { Some(self.0.to_int_unchecked() as u32) } else { None }
    }

    /// Whether it is a symbol.
    #[inline]
    #[must_use]
    pub const fn is_symbol(self) -> bool {
        self.0.is_symbol()
    }

    /// Whether it is a string that is no array index.
    #[inline]
    #[must_use]
    pub const fn is_string(self) -> bool {
        self.0.is_string()
    }

    /// Whether it is an internal symbol that scripts never see.
    #[must_use]
    pub fn is_internal(self) -> bool {
        self.0.as_well_known().is_some_and(|n| n >= WellKnown::PUBLIC.len() as u8)
            || self.0.is_heap_symbol() && self.0.index() == 0
    }

    /// A hash that does not depend on where things are.
    #[inline]
    #[must_use]
    pub fn hash(self, heap: &Heap) -> u32 {
        let v = self.0;
        if let Some(n) = v.as_name() {
            n.hash()
        } else if v.is_heap_string() {
            (heap.get(v.index() + 1) >> 32) as u32
        } else if v.is_heap_symbol() {
            heap.value(v.index() + field::Symbol::hash).as_raw() as u32
        } else {
            (v.to_bits() as u32).wrapping_mul(0x9E37_79B1)
        }
    }
}

impl From<StaticName> for PropertyKey {
    fn from(n: StaticName) -> Self {
        PropertyKey::name(n)
    }
}

impl From<WellKnown> for PropertyKey {
    fn from(n: WellKnown) -> Self {
        PropertyKey::well_known(n)
    }
}

impl From<u32> for PropertyKey {
    fn from(i: u32) -> Self {
        PropertyKey::index(i)
    }
}

/// The array index that a string stands for, if it is the canonical text of one (ECMA-262 §6.1.7).
#[must_use]
pub fn parse_index(text: StrView<'_>) -> Option<u32> {
    let n = text.len();
    if n == 0 || n > 10 {
        return None;
    }
    let first = text.at(0);
    if first == u16::from(b'0') {
        return (n == 1).then_some(0);
    }
    let mut value = 0_u64;
    for u in text.units() {
        if !(u16::from(b'0')..=u16::from(b'9')).contains(&u) {
            return None;
        }
        value = value * 10 + u64::from(u - u16::from(b'0'));
    }
    (value <= u64::from(PropertyKey::MAX_INDEX)).then_some(value as u32)
}

/// The property key of a string.
///
/// # Errors
/// [`OutOfMemory`] when it has to be interned and there is no room.
#[inline]
pub fn string_key(heap: &mut Heap, atoms_root: u32, s: JsValue) -> Result<PropertyKey, OutOfMemory> {
    if let Some(n) = s.as_name() {
        return Ok(PropertyKey::name(n));
    }
    if heap.flags(s.index()) & flag::INTERNED != 0 {
        return Ok(PropertyKey(s));
    }
    let s = string::flatten(heap, s)?;
    // A flattened rope may have turned out to be something interned only by its text; look it up.
    if let Some(i) = parse_index(view(heap, s)) {
        return Ok(PropertyKey::index(i));
    }
    intern(heap, atoms_root, s).map(PropertyKey)
}

/// The property key of Latin-1 text.
///
/// # Errors
/// [`OutOfMemory`] when it has to be interned and there is no room.
pub fn latin1_key(heap: &mut Heap, atoms_root: u32, text: &[u8]) -> Result<PropertyKey, OutOfMemory> {
    if let Some(i) = parse_index(StrView::Latin1(text)) {
        return Ok(PropertyKey::index(i));
    }
    let hash = crate::names::hash_latin1(text);
    if let Some(n) = StaticName::find(text, hash) {
        return Ok(PropertyKey::name(n));
    }
    if let Some(found) = lookup(heap, atoms_root, StrView::Latin1(text), hash) {
        return Ok(PropertyKey(found));
    }
    let s = string::from_latin1(heap, text)?;
    intern(heap, atoms_root, s).map(PropertyKey)
}

/// Finds an interned string by its text.
fn lookup(heap: &Heap, atoms_root: u32, text: StrView<'_>, hash: u32) -> Option<JsValue> {
    let table = JsValue::from_bits(heap.root(atoms_root));
    if !table.is_cell() {
        return None;
    }
    let table = table.index();
    let capacity = heap.header(table).aux() - 2;
    let mut i = hash & (capacity - 1);
    loop {
        let entry = heap.value(table + 2 + i);
        if entry.is_empty() {
            return None;
        }
        if entry.is_heap_string() && (heap.get(entry.index() + 1) >> 32) as u32 == hash && view(heap, entry) == text {
            return Some(entry);
        }
        i = (i + 1) & (capacity - 1);
    }
}

/// The interned string with the same text as flat string `s`, which is no array index; `s` itself becomes it when it is the first.
///
/// `atoms_root` is the root word that holds the table.
///
/// # Errors
/// [`OutOfMemory`]
pub fn intern(heap: &mut Heap, atoms_root: u32, s: JsValue) -> Result<JsValue, OutOfMemory> {
    let hash = string::string_hash(heap, s);
    let text = view(heap, s);
    if let StrView::Latin1(bytes) = text
        && let Some(n) = StaticName::find(bytes, hash)
    {
        return Ok(n.into());
    }
    if let Some(found) = lookup(heap, atoms_root, text, hash) {
        return Ok(found);
    }
    // The table first, then the string: both fit in one reservation.
    let table = JsValue::from_bits(heap.root(atoms_root));
    let (capacity, used) = if table.is_cell() {
        (heap.header(table.index()).aux() - 2, heap.get(table.index() + 1) as u32)
    } else {
        (0, 0)
    };
    let grow = (used + 1) * 4 > capacity * 3;
    let new_capacity = if grow { new_capacity(heap, table, capacity) } else { 0 };
    let copy = if heap.kind(s.index()) == Kind::StringSlice { flat_words(text.len() as u32, true) } else { 0 };
    let mut keep = [s.to_bits()];
    heap.reserve(copy + new_capacity + 2, &mut keep)?;
    let mut s = JsValue::from_bits(keep[0]);
    if grow {
        rehash(heap, atoms_root, new_capacity);
    }
    if copy > 0 {
        s = own_copy(heap, s, hash);
    }
    heap.add_flags(s.index(), flag::INTERNED);
    let table = JsValue::from_bits(heap.root(atoms_root)).index();
    insert(heap, table, s, hash);
    let used = heap.get(table + 1) + 1;
    heap.set(table + 1, used);
    Ok(s)
}

/// Interned strings that died leave holes: the new size is for those that live.
fn new_capacity(heap: &Heap, table: JsValue, capacity: u32) -> u32 {
    let live = (0..capacity).filter(|i| heap.value(table.index() + 2 + i).is_heap_string()).count() as u32;
    ((live + 1) * 2).next_power_of_two().max(8)
}

fn rehash(heap: &mut Heap, atoms_root: u32, capacity: u32) {
    let old = JsValue::from_bits(heap.root(atoms_root));
    let new = heap.new_values(Kind::Atoms, capacity + 1, JsValue::EMPTY);
    heap.set(new + 1, 0);
    let mut used = 0;
    if old.is_cell() {
        let old = old.index();
        for i in 2..heap.header(old).aux() {
            let entry = heap.value(old + i);
            if entry.is_heap_string() {
                let hash = (heap.get(entry.index() + 1) >> 32) as u32;
                insert(heap, new, entry, hash);
                used += 1;
            }
        }
    }
    heap.set(new + 1, used);
    heap.set_root(atoms_root, JsValue::cell(new).to_bits());
}

fn insert(heap: &mut Heap, table: u32, s: JsValue, hash: u32) {
    let capacity = heap.header(table).aux() - 2;
    let mut i = hash & (capacity - 1);
    while !heap.value(table + 2 + i).is_empty() {
        i = (i + 1) & (capacity - 1);
    }
    heap.put(table, 2 + i, s);
}

/// A flat copy of a slice, out of what was reserved, so that an interned name does not keep a whole source text alive.
fn own_copy(heap: &mut Heap, s: JsValue, hash: u32) -> JsValue {
    let text = view(heap, s);
    let len = text.len() as u32;
    let wide = matches!(text, StrView::Utf16(_));
    let words = flat_words(len, wide);
    let kind = if wide { Kind::StringUtf16 } else { Kind::StringLatin1 };
    let at = heap.new_block(kind, words);
    heap.set(at + words - 1, 0);
    heap.set(at + 1, u64::from(len) | u64::from(hash) << 32);
    string::copy_units(heap, s, at);
    JsValue::string(at)
}

/// The string that a key reads as: the digits of an index, the string, or nothing for a symbol.
///
/// # Errors
/// [`OutOfMemory`]
pub fn key_to_string(heap: &mut Heap, key: PropertyKey) -> Result<JsValue, OutOfMemory> {
    match key.as_index() {
        None => Ok(key.to_value()),
        Some(i) => index_to_string(heap, i),
    }
}

/// The digits of an array index as a string.
///
/// # Errors
/// [`OutOfMemory`]
pub fn index_to_string(heap: &mut Heap, mut i: u32) -> Result<JsValue, OutOfMemory> {
    let mut digits = [0_u8; 10];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (i % 10) as u8;
        i /= 10;
        if i == 0 {
            break;
        }
    }
    string::from_latin1(heap, &digits[at..])
}
