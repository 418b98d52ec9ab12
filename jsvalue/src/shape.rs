//! Shapes (hidden classes): which named properties an object has and where.
//!
//! A shape belongs to one prototype, one kind of object and one number of in-object slots, so everything an inline cache needs to
//! know is in its identity. Shapes form trees: adding a property leads to a child shape, found again by the next object
//! that does the same. The names are kept once per line of descent in a [`Kind::PropertyTable`] that the shapes share, each
//! seeing its first `count` entries. Parents and children refer to each other weakly, so shapes die with their objects. What loses the
//! property it got last goes back to the parent.
//!
//! A *dictionary* shape belongs to a single object and changes in place. Its identity stays while properties are only
//! added, so that own hits may be cached; anything else gives the object a new shape.
//!
//! Property `i` has slot `i`. Slots are in the object after the fields of its kind, as long as they fit; when they do not, the last
//! in-object word refers to a [`Kind::Extension`] block with the elements and the rest of the slots, and the shape is
//! *extended*.

use rotifer_gc::OutOfMemory;

use crate::key::PropertyKey;
use crate::layout::{Heap, HeapExt, Kind, field};
use crate::value::JsValue;

/// Property attributes (ECMA-262 §6.1.7.1), and whether the slot holds an accessor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Attrs(pub u8);

impl Attrs {
    /// `[[Writable]]`
    pub const WRITABLE: Attrs = Attrs(1);
    /// `[[Enumerable]]`
    pub const ENUMERABLE: Attrs = Attrs(2);
    /// `[[Configurable]]`
    pub const CONFIGURABLE: Attrs = Attrs(4);
    /// The slot holds a [`Kind::Accessor`].
    pub const ACCESSOR: Attrs = Attrs(8);
    /// A property made by assignment: all three.
    pub const ALL: Attrs = Attrs(7);
    /// None of them.
    pub const NONE: Attrs = Attrs(0);
    /// A method of a built-in: writable and configurable.
    pub const HIDDEN: Attrs = Attrs(5);

    /// Whether all of `other` are set.
    #[inline]
    #[must_use]
    pub const fn has(self, other: Attrs) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both together.
    #[inline]
    #[must_use]
    pub const fn with(self, other: Attrs) -> Attrs {
        Attrs(self.0 | other.0)
    }

    /// This without `other`.
    #[inline]
    #[must_use]
    pub const fn without(self, other: Attrs) -> Attrs {
        Attrs(self.0 & !other.0)
    }

    /// `with` or `without`, as `on` says.
    #[inline]
    #[must_use]
    pub const fn set(self, other: Attrs, on: bool) -> Attrs {
        if on { self.with(other) } else { self.without(other) }
    }
}

/// A key and its attributes packed in one value: the attributes are in bits of a string or symbol value that are free.
const ATTR_SHIFT: u32 = 40;
const ATTR_MASK: u64 = 0xF << ATTR_SHIFT;

/// A key packed with attributes.
#[inline]
#[must_use]
pub const fn pack(key: PropertyKey, attrs: Attrs) -> JsValue {
    JsValue::from_bits(key.to_value().to_bits() | (attrs.0 as u64) << ATTR_SHIFT)
}

/// Key and attributes out of one value.
#[inline]
#[must_use]
pub const fn unpack(entry: JsValue) -> (PropertyKey, Attrs) {
    let bits = entry.to_bits();
    (PropertyKey::from_value(JsValue::from_bits(bits & !ATTR_MASK)), Attrs((bits >> ATTR_SHIFT) as u8 & 0xF))
}

/// What led to a shape that adds no property but has become extended.
const VIA_EXTEND: JsValue = JsValue::raw(1);
/// What led to a shape that allows no further properties.
const VIA_PREVENT: JsValue = JsValue::raw(2);

/// Shapes with more properties than this become dictionaries.
const MAX_SHARED: u32 = 512;
/// Shapes with more children than this make dictionaries instead.
const MAX_CHILDREN: u32 = 1024;

/// What a shape is about, unpacked from its info word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Info {
    /// Number of properties (of entries, in a dictionary: holes count).
    pub count: u32,
    /// Number of in-object slot words.
    pub inline: u8,
    /// The kind of object.
    pub kind: u8,
    /// See [`Info::NON_EXTENSIBLE`] and so on.
    pub flags: u8,
}

impl Info {
    /// No property can be added.
    pub const NON_EXTENSIBLE: u8 = 1;
    /// The shape belongs to one object.
    pub const DICTIONARY: u8 = 2;
    /// The last in-object word refers to an extension block.
    pub const EXTENDED: u8 = 4;
    /// Some property may be an array-index-like obstacle: read-only or accessor (checked before an assignment adds through it).
    pub const RESTRICTIVE: u8 = 8;
    /// A root shape whose objects turned out to get more properties than they have room for.
    pub const OUTGROWN: u8 = 16;

    #[inline]
    const fn pack(self) -> JsValue {
        JsValue::raw(
            self.count as u64 | (self.inline as u64) << 22 | (self.kind as u64) << 30 | (self.flags as u64) << 38,
        )
    }

    #[inline]
    const fn unpack(word: JsValue) -> Info {
        let raw = word.as_raw();
        Info {
            count: raw as u32 & 0x3F_FFFF,
            inline: (raw >> 22) as u8,
            kind: (raw >> 30) as u8,
            flags: (raw >> 38) as u8,
        }
    }

    /// Whether a flag is set.
    #[inline]
    #[must_use]
    pub const fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// The word of slot `i` in the object, or its value number in the extension block.
    #[inline]
    #[must_use]
    pub fn place(self, i: u32) -> Place {
        let fixed = Kind::from_u8(self.kind).fixed();
        let inline = u32::from(self.inline);
        if !self.has(Info::EXTENDED) {
            Place::Inline(1 + fixed + i)
        } else if i + 1 < inline {
            Place::Inline(1 + fixed + i)
        } else {
            // Word 1 of the extension is the elements block.
            Place::Extension(2 + i - (inline - 1))
        }
    }

    /// The word of the object that refers to the extension block.
    #[inline]
    #[must_use]
    pub fn extension_word(self) -> u32 {
        Kind::from_u8(self.kind).fixed() + u32::from(self.inline)
    }
}

/// Where a property slot is, in words from the header of the object or of its extension block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In the object.
    Inline(u32),
    /// In the extension block.
    Extension(u32),
}

/// The most properties one object can have.
pub const MAX_PROPERTIES: u32 = 0x3F_FFFF;

/// The info of a shape.
#[inline]
#[must_use]
pub fn info(heap: &Heap, shape: u32) -> Info {
    Info::unpack(heap.value(shape + field::Shape::info))
}

/// The prototype of a shape's objects: an object or null.
#[inline]
#[must_use]
pub fn proto(heap: &Heap, shape: u32) -> JsValue {
    heap.value(shape + field::Shape::proto)
}

// ---- property tables ---------------------------------------------------------------------------------------------
// Word 1: capacity in the lower half (it counts the value words), entries used in the upper half. Then the entries, then, for more
// than `LINEAR` entries, a hash index of u32: entry number + 1, or 0.

const LINEAR: u32 = 8;

fn index_slots(capacity: u32) -> u32 {
    if capacity <= LINEAR { 0 } else { (capacity * 3 / 2).next_power_of_two() }
}

fn table_words(capacity: u32) -> u32 {
    2 + capacity + index_slots(capacity).div_ceil(2)
}

fn table_capacity(heap: &Heap, table: u32) -> u32 {
    heap.get(table + 1) as u32
}

fn table_used(heap: &Heap, table: u32) -> u32 {
    (heap.get(table + 1) >> 32) as u32
}

fn new_table(heap: &mut Heap, capacity: u32) -> u32 {
    let words = table_words(capacity);
    let t = heap.new_block(Kind::PropertyTable, words);
    heap.set(t + 1, u64::from(capacity));
    heap.fill(t + 2, capacity, JsValue::EMPTY.to_bits());
    heap.fill(t + 2 + capacity, words - 2 - capacity, 0);
    t
}

/// Appends an entry; there must be room.
fn table_push(heap: &mut Heap, table: u32, entry: JsValue) {
    let (capacity, used) = (table_capacity(heap, table), table_used(heap, table));
    debug_assert!(used < capacity);
    heap.put(table, 2 + used, entry);
    heap.set(table + 1, u64::from(capacity) | u64::from(used + 1) << 32);
    let slots = index_slots(capacity);
    if slots > 0 {
        let mask = slots - 1;
        let mut i = unpack(entry).0.hash(heap) & mask;
        let base = table + 2 + capacity;
        loop {
            let word = heap.get(base + i / 2);
            let shift = 32 * (i & 1);
            if (word >> shift) as u32 == 0 {
                heap.set(base + i / 2, word | u64::from(used + 1) << shift);
                return;
            }
            i = (i + 1) & mask;
        }
    }
}

fn copy_table(heap: &mut Heap, from: u32, count: u32, capacity: u32) -> u32 {
    let t = new_table(heap, capacity);
    for i in 0..count {
        let entry = heap.value(from + 2 + i);
        table_push(heap, t, entry);
    }
    t
}

fn grown(count: u32) -> u32 {
    match count {
        0 => 4,
        1..=4 => 8,
        n => n + n / 2 + 2,
    }
}

/// The number of the property `key` in `shape`, with its attributes.
#[must_use]
pub fn lookup(heap: &Heap, shape: u32, key: PropertyKey) -> Option<(u32, Attrs)> {
    let table = heap.value(shape + field::Shape::table);
    if !table.is_cell() {
        return None;
    }
    let table = table.index();
    let count = info(heap, shape).count;
    let capacity = table_capacity(heap, table);
    let bits = key.to_value().to_bits();
    if capacity <= LINEAR {
        for i in 0..count {
            let entry = heap.get(table + 2 + i);
            if entry & !ATTR_MASK == bits {
                return Some((i, Attrs((entry >> ATTR_SHIFT) as u8 & 0xF)));
            }
        }
        return None;
    }
    let mask = index_slots(capacity) - 1;
    let base = table + 2 + capacity;
    let mut at = key.hash(heap) & mask;
    loop {
        let n = (heap.get(base + at / 2) >> (32 * (at & 1))) as u32;
        if n == 0 {
            return None;
        }
        let entry = heap.get(table + 1 + n);
        if entry & !ATTR_MASK == bits && n <= count {
            return Some((n - 1, Attrs((entry >> ATTR_SHIFT) as u8 & 0xF)));
        }
        at = (at + 1) & mask;
    }
}

/// Property number `i` of `shape`; `None` for one that was deleted.
#[must_use]
pub fn entry(heap: &Heap, shape: u32, i: u32) -> Option<(PropertyKey, Attrs)> {
    let table = heap.value(shape + field::Shape::table);
    if !table.is_cell() || i >= info(heap, shape).count {
        return None;
    }
    let e = heap.value(table.index() + 2 + i);
    (!e.is_empty()).then(|| unpack(e))
}

// ---- making shapes -----------------------------------------------------------------------------------------------

/// Words of a shape block.
pub const SHAPE_WORDS: u32 = 7;

/// Makes a shape without properties, out of what was reserved.
pub fn new_root(heap: &mut Heap, proto: JsValue, kind: Kind, inline: u8, flags: u8) -> u32 {
    debug_assert!(inline >= 1);
    let info = Info { count: 0, inline, kind: kind as u8, flags };
    new_shape(heap, proto, JsValue::UNDEFINED, info, JsValue::UNDEFINED)
}

fn new_shape(heap: &mut Heap, proto: JsValue, table: JsValue, info: Info, via: JsValue) -> u32 {
    let s = heap.new_block(Kind::Shape, SHAPE_WORDS);
    heap.init(s + field::Shape::proto, proto);
    heap.init(s + field::Shape::table, table);
    heap.init(s + field::Shape::info, info.pack());
    heap.init(s + field::Shape::transition, JsValue::UNDEFINED);
    heap.init(s + field::Shape::via, via);
    heap.init(s + field::Shape::parent, JsValue::UNDEFINED);
    s
}

/// The words that [`child`] or [`to_dictionary`] may take at most for `shape`; [`dictionary_add`] and [`renew_dictionary`] take what
/// [`change_words`] says.
#[must_use]
pub fn child_words(heap: &Heap, shape: u32) -> u32 {
    let count = info(heap, shape).count;
    let children = match transitions(heap, shape) {
        Some(t) => heap.header(t).aux() * 2,
        None => 10,
    };
    2 * SHAPE_WORDS + table_words(grown(count)) + children + 8
}

/// The words that adding, deleting or changing a property may take at most for `shape`: little for a dictionary that has room, so
/// that a big one is not a reason to collect each time.
#[must_use]
pub fn change_words(heap: &Heap, shape: u32) -> u32 {
    let old = info(heap, shape);
    let table = heap.value(shape + field::Shape::table);
    if old.has(Info::DICTIONARY) && table.is_cell() && old.count < table_capacity(heap, table.index()) {
        return 2 * SHAPE_WORDS;
    }
    child_words(heap, shape)
}

fn transitions(heap: &Heap, shape: u32) -> Option<u32> {
    let t = heap.value(shape + field::Shape::transition);
    (t.is_cell() && heap.kind(t.index()) == Kind::Transitions).then(|| t.index())
}

fn via_hash(heap: &Heap, via: JsValue) -> u32 {
    let (key, attrs) = unpack(via);
    key.hash(heap).wrapping_add(u32::from(attrs.0).wrapping_mul(0x85EB_CA6B))
}

fn find_transition(heap: &Heap, shape: u32, via: JsValue) -> Option<u32> {
    let t = heap.value(shape + field::Shape::transition);
    if !t.is_cell() {
        return None;
    }
    let t = t.index();
    if heap.kind(t) == Kind::Shape {
        return (heap.value(t + field::Shape::via) == via).then_some(t);
    }
    let slots = heap.header(t).aux() - 2;
    let mut i = via_hash(heap, via) & (slots - 1);
    for _ in 0..slots {
        let child = heap.value(t + 2 + i);
        if child.is_empty() {
            return None;
        }
        if child.is_cell() && heap.value(child.index() + field::Shape::via) == via {
            return Some(child.index());
        }
        i = (i + 1) & (slots - 1);
    }
    None
}

fn add_transition(heap: &mut Heap, shape: u32, child: u32) {
    heap.init(child + field::Shape::parent, JsValue::cell(shape));
    let t = heap.value(shape + field::Shape::transition);
    if !t.is_cell() {
        heap.put(shape, field::Shape::transition, JsValue::cell(child));
        return;
    }
    let table = match transitions(heap, shape) {
        Some(table) if (heap.get(table + 1) as u32 + 1) * 4 <= (heap.header(table).aux() - 2) * 3 => table,
        old => {
            let live = match old {
                Some(old) => (2..heap.header(old).aux()).filter(|i| heap.value(old + i).is_cell()).count() as u32,
                None => 1,
            };
            let slots = ((live + 1) * 3 / 2).next_power_of_two().max(4);
            let new = heap.new_values(Kind::Transitions, slots + 1, JsValue::EMPTY);
            heap.set(new + 1, 0);
            match old {
                Some(old) => {
                    for i in 2..heap.header(old).aux() {
                        let c = heap.value(old + i);
                        if c.is_cell() {
                            insert_transition(heap, new, c.index());
                        }
                    }
                }
                None => insert_transition(heap, new, t.index()),
            }
            heap.put(shape, field::Shape::transition, JsValue::cell(new));
            new
        }
    };
    insert_transition(heap, table, child);
}

fn insert_transition(heap: &mut Heap, table: u32, child: u32) {
    let slots = heap.header(table).aux() - 2;
    let via = heap.value(child + field::Shape::via);
    let mut i = via_hash(heap, via) & (slots - 1);
    while !heap.value(table + 2 + i).is_empty() {
        i = (i + 1) & (slots - 1);
    }
    heap.put(table, 2 + i, JsValue::cell(child));
    let n = heap.get(table + 1);
    heap.set(table + 1, n + 1);
}

fn children(heap: &Heap, shape: u32) -> u32 {
    transitions(heap, shape).map_or(1, |t| heap.get(t + 1) as u32)
}

/// The shape that `shape` leads to when `key` is added with `attrs`, if it exists already.
#[inline]
#[must_use]
pub fn find_child(heap: &Heap, shape: u32, key: PropertyKey, attrs: Attrs) -> Option<u32> {
    find_transition(heap, shape, pack(key, attrs))
}

/// What adding a property to an object of some shape leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Added {
    /// The shape of all objects that do the same.
    Shared(u32),
    /// The object should have a dictionary shape first.
    Dictionary,
}

/// The shape with `key` added to `shape` (which is no dictionary), made out of what was reserved ([`child_words`]) if need be.
pub fn child(heap: &mut Heap, shape: u32, key: PropertyKey, attrs: Attrs) -> Added {
    let via = pack(key, attrs);
    if let Some(found) = find_transition(heap, shape, via) {
        return Added::Shared(found);
    }
    let old = info(heap, shape);
    if old.count >= MAX_SHARED || children(heap, shape) >= MAX_CHILDREN {
        return Added::Dictionary;
    }
    let table = heap.value(shape + field::Shape::table);
    let table = if !table.is_cell() {
        new_table(heap, grown(0))
    } else {
        let t = table.index();
        if table_used(heap, t) == old.count && old.count < table_capacity(heap, t) {
            t
        } else {
            copy_table(heap, t, old.count, grown(old.count))
        }
    };
    table_push(heap, table, via);
    let extended = old.has(Info::EXTENDED) || old.count + 1 > u32::from(old.inline);
    let restrictive = attrs.has(Attrs::ACCESSOR) || !attrs.has(Attrs::WRITABLE);
    let inherited = old.flags & !Info::OUTGROWN;
    let flags = inherited | if extended { Info::EXTENDED } else { 0 } | if restrictive { Info::RESTRICTIVE } else { 0 };
    let new = Info { count: old.count + 1, flags, ..old };
    let proto = proto(heap, shape);
    let child = new_shape(heap, proto, JsValue::cell(table), new, via);
    add_transition(heap, shape, child);
    if extended && !old.has(Info::EXTENDED) && old.kind == Kind::Object as u8 {
        crate::object::note_outgrown(heap, proto, old.inline);
    }
    Added::Shared(child)
}

/// Marks a root shape as [`Info::OUTGROWN`].
pub(crate) fn mark_outgrown(heap: &mut Heap, shape: u32) {
    let old = info(heap, shape);
    heap.init(shape + field::Shape::info, Info { flags: old.flags | Info::OUTGROWN, ..old }.pack());
}

/// The most properties among the shapes that descend from `shape`, as far as a short search shows.
#[must_use]
pub fn most_properties(heap: &Heap, shape: u32) -> u32 {
    let mut most = 0;
    let mut open = [shape; 16];
    let mut len = 1;
    let mut steps = 0;
    while len > 0 && steps < 256 {
        len -= 1;
        steps += 1;
        let s = open[len];
        most = most.max(info(heap, s).count);
        let t = heap.value(s + field::Shape::transition);
        let Some(t) = t.is_cell().then(|| t.index()) else { continue };
        if heap.kind(t) == Kind::Shape {
            open[len] = t;
            len += 1;
            continue;
        }
        for i in 2..heap.header(t).aux() {
            let c = heap.value(t + i);
            if c.is_cell() && len < open.len() {
                open[len] = c.index();
                len += 1;
            }
        }
    }
    most
}

/// The shape that `shape` descends from by the addition of `key`, when that was added last and the shape is still known. Its objects may
/// have had no extension block yet.
#[must_use]
pub fn without_last(heap: &Heap, shape: u32, key: PropertyKey) -> Option<u32> {
    let Info { count, flags, .. } = info(heap, shape);
    if flags & (Info::DICTIONARY | Info::NON_EXTENSIBLE) != 0 {
        return None;
    }
    let mut at = shape;
    // At most one step on the way is about the extension block.
    for _ in 0..2 {
        let parent = heap.value(at + field::Shape::parent);
        if !parent.is_cell() {
            return None;
        }
        let (via, parent) = (heap.value(at + field::Shape::via), parent.index());
        if info(heap, parent).count < count {
            return (unpack(via).0 == key).then_some(parent);
        }
        at = parent;
    }
    None
}

/// The shape like `shape` whose objects have an extension block, out of what was reserved.
pub fn extended(heap: &mut Heap, shape: u32) -> u32 {
    with_flag(heap, shape, Info::EXTENDED, VIA_EXTEND)
}

/// The shape like `shape` that allows no further properties, out of what was reserved.
pub fn non_extensible(heap: &mut Heap, shape: u32) -> u32 {
    with_flag(heap, shape, Info::NON_EXTENSIBLE, VIA_PREVENT)
}

fn with_flag(heap: &mut Heap, shape: u32, flag: u8, via: JsValue) -> u32 {
    let old = info(heap, shape);
    if old.has(flag) {
        return shape;
    }
    let new = Info { flags: old.flags & !Info::OUTGROWN | flag, ..old };
    let (table, proto) = (heap.value(shape + field::Shape::table), proto(heap, shape));
    if old.has(Info::DICTIONARY) {
        let via = heap.value(shape + field::Shape::via);
        return new_shape(heap, proto, table, new, via);
    }
    if let Some(found) = find_transition(heap, shape, via) {
        return found;
    }
    let child = new_shape(heap, proto, table, new, via);
    add_transition(heap, shape, child);
    child
}

/// A dictionary shape like `shape` with prototype `proto` and room for one more property, out of what was reserved
/// ([`child_words`]).
pub fn to_dictionary(heap: &mut Heap, shape: u32, proto: JsValue) -> u32 {
    let old = info(heap, shape);
    let table = heap.value(shape + field::Shape::table);
    let table = if table.is_cell() {
        JsValue::cell(copy_table(heap, table.index(), old.count, grown(old.count)))
    } else {
        JsValue::UNDEFINED
    };
    let new = Info { flags: old.flags | Info::DICTIONARY, ..old };
    let via = if old.has(Info::DICTIONARY) { heap.value(shape + field::Shape::via) } else { JsValue::UNDEFINED };
    new_shape(heap, proto, table, new, via)
}

/// The number its owner gave a dictionary shape, if it did.
#[must_use]
pub fn tag(heap: &Heap, shape: u32) -> Option<u32> {
    let raw = heap.value(shape + field::Shape::via).as_raw();
    (raw & TAGGED != 0 && info(heap, shape).has(Info::DICTIONARY)).then_some(raw as u32)
}

const TAGGED: u64 = 1 << 40;

/// Gives a dictionary shape a number, which its successors keep.
pub fn set_tag(heap: &mut Heap, shape: u32, tag: u32) {
    heap.init(shape + field::Shape::via, JsValue::raw(TAGGED | u64::from(tag)));
}

/// A new identity for a dictionary shape, sharing its table, out of what was reserved.
pub fn renew_dictionary(heap: &mut Heap, shape: u32) -> u32 {
    let (table, proto) = (heap.value(shape + field::Shape::table), proto(heap, shape));
    let (info, via) = (info(heap, shape), heap.value(shape + field::Shape::via));
    new_shape(heap, proto, table, info, via)
}

/// Adds a property to a dictionary shape in place, out of what was reserved ([`child_words`]). Returns its number.
///
/// # Errors
/// [`OutOfMemory`] when there are too many.
pub fn dictionary_add(heap: &mut Heap, shape: u32, key: PropertyKey, attrs: Attrs) -> Result<u32, OutOfMemory> {
    let old = info(heap, shape);
    if old.count >= MAX_PROPERTIES {
        return Err(OutOfMemory);
    }
    let table = heap.value(shape + field::Shape::table);
    let table = if !table.is_cell() {
        new_table(heap, grown(0))
    } else if old.count == table_capacity(heap, table.index()) {
        copy_dictionary_table(heap, table.index(), old.count)
    } else {
        table.index()
    };
    heap.put(shape, field::Shape::table, JsValue::cell(table));
    table_push(heap, table, pack(key, attrs));
    let extended = old.has(Info::EXTENDED) || old.count + 1 > u32::from(old.inline);
    let restrictive = attrs.has(Attrs::ACCESSOR) || !attrs.has(Attrs::WRITABLE);
    let flags = old.flags | if extended { Info::EXTENDED } else { 0 } | if restrictive { Info::RESTRICTIVE } else { 0 };
    heap.init(shape + field::Shape::info, Info { count: old.count + 1, flags, ..old }.pack());
    Ok(old.count)
}

/// Deleted entries keep their place (slots do not move), but not their place in the hash index.
fn copy_dictionary_table(heap: &mut Heap, from: u32, count: u32) -> u32 {
    let capacity = grown(count);
    let t = new_table(heap, capacity);
    for i in 0..count {
        let e = heap.value(from + 2 + i);
        if e.is_empty() {
            heap.set(t + 1, u64::from(capacity) | u64::from(i + 1) << 32);
        } else {
            table_push(heap, t, e);
        }
    }
    t
}

/// Marks property `i` of a dictionary shape as deleted.
pub fn dictionary_remove(heap: &mut Heap, shape: u32, i: u32) {
    let table = heap.value(shape + field::Shape::table).index();
    heap.init(table + 2 + i, JsValue::EMPTY);
}

/// Whether the table of a dictionary shape is full, mostly of deleted properties.
#[must_use]
pub fn is_dictionary_sparse(heap: &Heap, shape: u32) -> bool {
    let (count, table) = (info(heap, shape).count, heap.value(shape + field::Shape::table));
    table.is_cell()
        && count >= 16
        && count == table_capacity(heap, table.index())
        && (0..count).filter(|i| heap.value(table.index() + 2 + i).is_empty()).count() as u32 > count / 2
}

/// Forgets the deleted properties of a dictionary shape: `moved` is told the old and new number of each one that stays. The table
/// comes out of what was reserved ([`change_words`]).
pub fn dictionary_compact(heap: &mut Heap, shape: u32, mut moved: impl FnMut(&mut Heap, u32, u32)) {
    let old = info(heap, shape);
    let from = heap.value(shape + field::Shape::table).index();
    let live = (0..old.count).filter(|i| !heap.value(from + 2 + i).is_empty()).count() as u32;
    let table = new_table(heap, grown(live));
    let mut number = 0;
    for i in 0..old.count {
        let e = heap.value(from + 2 + i);
        if !e.is_empty() {
            table_push(heap, table, e);
            moved(heap, i, number);
            number += 1;
        }
    }
    heap.put(shape, field::Shape::table, JsValue::cell(table));
    heap.init(shape + field::Shape::info, Info { count: number, ..old }.pack());
}

/// Changes the attributes of property `i` of a dictionary shape.
pub fn dictionary_set_attrs(heap: &mut Heap, shape: u32, i: u32, attrs: Attrs) {
    let table = heap.value(shape + field::Shape::table).index();
    let (key, _) = unpack(heap.value(table + 2 + i));
    heap.init(table + 2 + i, pack(key, attrs));
    if attrs.has(Attrs::ACCESSOR) || !attrs.has(Attrs::WRITABLE) {
        let old = info(heap, shape);
        heap.init(shape + field::Shape::info, Info { flags: old.flags | Info::RESTRICTIVE, ..old }.pack());
    }
}
