//! The kinds of blocks: one table, from which the tags, sizes, field offsets and the collector's view of a block follow.

use rotifer_arena::{Arena, MemBlockHeader};
use rotifer_gc::{BlockLayout, ObjectModel, Special};

use crate::value::JsValue;

/// How the words of a block kind are laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// `aux` is the size; no references.
    Leaf,
    /// `aux` is the size; every word after the header is a value.
    Values,
    /// `aux` is the size; word 1 is raw, all others are values.
    RawThenValues,
    /// `aux` is the size; word 1 holds the number of value words that follow it (lower half) and 32 raw bits; the rest is raw.
    Mixed,
    /// `aux` is the size; word 1 as for `Mixed`, counting strong values; the upper half counts weak values that follow them; the rest is raw.
    Code,
    /// `aux` is the size; word 1 is raw, all others are weak values.
    Weak,
    /// A hidden class: values, of which the words that lead to other shapes are weak.
    Shape,
    /// `aux` is the size; pairs whose value lives with the key.
    Ephemerons,
    /// `aux` is the size; triples of weak target, held value, weak token.
    Registry,
    /// `small` is the size and `aux` the shape; every word after the header is a value.
    Object,
    /// As `Object`, but the first field is weak.
    WeakObject,
}

macro_rules! block_kinds {
    ($( $(#[$doc:meta])* $name:ident : $class:ident { $($field:ident),* } )*) => {
        /// The tag of a block.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Kind { $( $(#[$doc])* $name ),* }

        impl Kind {
            /// All kinds, in the order of their numbers.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),*];

            /// The name of the kind, as statistics show it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Kind::$name => stringify!($name)),* }
            }
        }

        const CLASSES: &[Class] = &[$(Class::$class),*];
        const FIXED: &[u32] = &[$( { const N: &[&str] = &[$(stringify!($field)),*]; N.len() as u32 } ),*];

        /// Offsets (in words from the header) of the fields of each kind that has any.
        pub mod field {
            $( block_kinds!(@fields $name { $($field),* }); )*
        }
    };
    (@fields $name:ident { }) => {};
    (@fields $name:ident { $($field:ident),+ }) => {
        #[allow(non_snake_case, missing_docs, reason = "named after the kind; the fields say what they are")]
        pub mod $name {
            #[expect(non_camel_case_types, reason = "only its numbers are used")]
            #[allow(dead_code)]
            enum Order { _header, $($field),+ }
            $( #[expect(non_upper_case_globals, reason = "field names")] pub const $field: u32 = Order::$field as u32; )+
        }
    };
}

block_kinds! {
    /// Nothing: words between blocks.
    Filler: Leaf {}
    /// Latin-1 string: word 1 length and hash, then bytes.
    StringLatin1: Leaf {}
    /// UTF-16 string: word 1 length and hash, then units.
    StringUtf16: Leaf {}
    /// Concatenation not yet carried out: word 1 length and hash, then left and right.
    StringRope: RawThenValues { head, left, right }
    /// Part of a flat string: word 1 length and hash, then the string and the offset (raw).
    StringSlice: RawThenValues { head, parent, offset }
    /// Symbol: description, hash (raw), registry key or undefined.
    Symbol: Values { description, hash, registered }
    /// BigInt: word 1 sign and number of limbs, then 64-bit limbs, least first.
    BigInt: Leaf {}
    /// Plain bytes: word 1 length in bytes.
    Bytes: Leaf {}
    /// A plain list of values.
    Values: Values {}
    /// Indexed properties of an object: one value per index, holes empty.
    Elements: Values {}
    /// Indexed properties that are far apart or not plain data: pairs hashed by index. Word 1 raw: count.
    SparseElements: RawThenValues {}
    /// Named properties beyond the in-object ones; the first value is the elements block.
    Extension: Values { elements }
    /// Getter and setter of an accessor property.
    Accessor: Values { getter, setter }
    /// Hidden class.
    Shape: Shape { proto, table, info, transition, via, parent }
    /// Property names in order with attributes, shared by a line of shapes; then a hash index.
    PropertyTable: Mixed {}
    /// Shapes reached from one shape, hashed by what led to them. Word 1 raw: count.
    Transitions: Weak {}
    /// Interned strings. Word 1 raw: count.
    Atoms: Weak {}
    /// Captured variables: parent, description, slots.
    Env: Values { parent, desc }
    /// Bytecode and what belongs to it.
    Code: Code {}
    /// Hash table of a Map or Set, in insertion order.
    HashTable: RawThenValues {}
    /// Entries of a WeakMap or WeakSet: word 1 is the collector's.
    Ephemerons: Ephemerons {}
    /// Cells of a FinalizationRegistry: word 1 is the collector's.
    Registry: Registry {}
    /// Ordinary object.
    Object: Object {}
    /// Array exotic object.
    Array: Object { elements, length }
    /// Arguments exotic object; `env` and `slots` (raw) map the first ones to variables.
    Arguments: Object { elements, env, slots }
    /// Function written in JavaScript.
    Function: Object { info, env, extra }
    /// Bound function exotic object.
    BoundFunction: Object { target, this, args }
    /// Function of the host or of the engine with values of its own.
    HostFunction: Object { id, data0, data1, data2 }
    /// Error: raw stack data, captured when made.
    Error: Object { stack }
    /// Boolean, Number, String, Symbol or BigInt object.
    Wrapper: Object { value }
    /// Date.
    Date: Object { time }
    /// RegExp.
    RegExp: Object { source, flags, program }
    /// Map.
    Map: Object { table }
    /// Set.
    Set: Object { table }
    /// WeakMap.
    WeakMap: Object { table }
    /// WeakSet.
    WeakSet: Object { table }
    /// WeakRef.
    WeakRef: WeakObject { target }
    /// FinalizationRegistry.
    FinalizationRegistry: Object { cleanup, table }
    /// ArrayBuffer or SharedArrayBuffer: bytes block, length, maximum (or undefined), flags (raw), who waits for a change of it.
    ArrayBuffer: Object { data, length, max, flags, waiters }
    /// Typed array: buffer, byte offset, length (undefined: tracks), element type (raw).
    TypedArray: Object { buffer, offset, length, type_ }
    /// DataView.
    DataView: Object { buffer, offset, length }
    /// Iterator of the library: what it walks, where it is (raw or value), which one (raw).
    Iterator: Object { target, index, which, extra }
    /// Generator or async generator: saved frame, state (raw), queue.
    Generator: Object { frame, state, queue }
    /// Promise: state (raw), result, fulfil reactions, reject reactions.
    Promise: Object { state, result, fulfil, reject }
    /// Proxy exotic object.
    Proxy: Object { target, handler }
    /// Module namespace exotic object.
    Namespace: Object { module, deferred }
    /// Global object.
    Global: Object { realm }
    /// Object of the engine with four values of its own (records of modules, disposal stacks …).
    Record: Object { a, b, c, d }
    /// Object of `Temporal`: what it represents, in a bytes block; the prototype it was made for tells how (raw).
    Temporal: Object { data, which }
    /// Object of `Intl`: what it has resolved, in a bytes block; the prototype it was made for tells how (raw); a value that belongs to it.
    Intl: Object { data, which, link }
    /// Enumerator of `for in`.
    ForIn: Values { object, keys, index, visited, shape }
}

impl Kind {
    /// The kind with this number; `Filler` for none.
    #[inline]
    #[must_use]
    pub fn from_u8(n: u8) -> Kind {
        Kind::ALL.get(n as usize).copied().unwrap_or(Kind::Filler)
    }

    /// How its words are laid out.
    #[inline]
    #[must_use]
    pub const fn class(self) -> Class {
        CLASSES[self as usize]
    }

    /// How many fields come before the named properties.
    #[inline]
    #[must_use]
    pub const fn fixed(self) -> u32 {
        FIXED[self as usize]
    }

    /// Whether blocks of this kind are objects.
    #[inline]
    #[must_use]
    pub const fn is_object(self) -> bool {
        matches!(self.class(), Class::Object | Class::WeakObject)
    }

    /// Whether the kind keeps its indexed properties in a field of its own.
    #[inline]
    #[must_use]
    pub const fn has_elements_field(self) -> bool {
        matches!(self, Kind::Array | Kind::Arguments)
    }
}

/// Flags in the header of an object.
pub mod flag {
    /// String: it is interned.
    pub const INTERNED: u8 = 1;
    /// Object: it is or was the prototype of something; changes to it end the current property epoch.
    pub const PROTOTYPE: u8 = 1;
    /// Object: some of its properties are still in a constant table.
    pub const LAZY: u8 = 2;
    /// Elements: at least one has been missing.
    pub const HOLEY: u8 = 1;
    /// Elements: none may be deleted or reconfigured.
    pub const SEALED: u8 = 2;
    /// Elements: sealed, and none may be written.
    pub const FROZEN: u8 = 4;
    /// Function: a class constructor.
    pub const CLASS: u8 = 4;
    /// Error, Array and so on: made by the realm as an intrinsic prototype.
    pub const INTRINSIC: u8 = 8;
}

/// The JavaScript object model, as the collector sees it.
#[derive(Debug, Clone, Copy)]
pub struct JsModel;

/// The heap of an isolate.
pub type Heap = rotifer_gc::Heap<JsModel>;

impl ObjectModel for JsModel {
    const DEAD: u64 = JsValue::DEAD.to_bits();

    #[inline(always)]
    fn layout(arena: &Arena, at: u32, header: MemBlockHeader) -> BlockLayout {
        let class = match CLASSES.get(header.kind() as usize) {
            Some(class) => *class,
            None => Class::Leaf,
        };
        if class == Class::Object {
            let size = u32::from(header.small());
            return BlockLayout { aux: true, ..BlockLayout::strong(size, 1, size) };
        }
        let size = header.aux();
        match class {
            Class::Leaf => BlockLayout::leaf(size),
            Class::Values => BlockLayout::strong(size, 1, size),
            Class::RawThenValues => BlockLayout::strong(size, 2, size),
            Class::Mixed => BlockLayout::strong(size, 2, 2 + arena.get(at + 1) as u32),
            Class::Code => {
                let counts = arena.get(at + 1);
                let end = 2 + counts as u32;
                let weak_end = end + (counts >> 32) as u32;
                BlockLayout { weak_start: end, weak_end, ..BlockLayout::strong(size, 2, end) }
            }
            Class::Weak => BlockLayout { weak_start: 2, weak_end: size, ..BlockLayout::leaf(size) },
            Class::Shape => {
                // Transition and parent are weak; `via`, between them, is one of `table`'s keys and kept alive by that.
                let t = field::Shape::transition;
                BlockLayout { weak_start: t, weak_end: t + 3, ..BlockLayout::strong(size, 1, t) }
            }
            Class::Ephemerons => BlockLayout { special: Special::Ephemerons, ..BlockLayout::leaf(size) },
            Class::Registry => BlockLayout { special: Special::Registry, ..BlockLayout::leaf(size) },
            Class::Object | Class::WeakObject => {
                let size = u32::from(header.small());
                BlockLayout { aux: true, weak_start: 1, weak_end: 2, ..BlockLayout::strong(size, 2, size) }
            }
        }
    }

    #[inline(always)]
    fn reference(word: u64) -> u32 {
        JsValue::from_bits(word).reference()
    }

    #[inline]
    fn with_reference(word: u64, index: u32) -> u64 {
        word & !0xFFFF_FFFF | u64::from(index)
    }

    fn filler(words: u32) -> MemBlockHeader {
        MemBlockHeader::new(Kind::Filler as u8, 0, 0, words)
    }

    #[inline]
    fn encode_slot(slot: u32) -> u64 {
        JsValue::slot(slot).to_bits()
    }

    #[inline]
    fn decode_slot(word: u64) -> Option<u32> {
        JsValue::from_bits(word).as_slot()
    }
}

/// Typed shorthand for reading and writing values in a heap.
pub trait HeapExt {
    /// The value at word `at`.
    fn value(&self, at: u32) -> JsValue;
    /// Writes a value into a block just made, or one that is no reference.
    fn init(&mut self, at: u32, value: JsValue);
    /// Stores a value at `block + offset` with the write barrier.
    fn put(&mut self, block: u32, offset: u32, value: JsValue);
    /// The kind of the block at `at`.
    fn kind(&self, at: u32) -> Kind;
    /// The flags of the block at `at`.
    fn flags(&self, at: u32) -> u8;
    /// Sets flags of the block at `at`.
    fn add_flags(&mut self, at: u32, flags: u8);
    /// Clears flags of the block at `at`.
    fn clear_flags(&mut self, at: u32, flags: u8);
    /// Makes a block whose `aux` is its size, out of what was reserved. Words after the header are uninitialised.
    fn new_block(&mut self, kind: Kind, words: u32) -> u32;
    /// Makes a block of `count` values, all `fill`, out of what was reserved.
    fn new_values(&mut self, kind: Kind, count: u32, fill: JsValue) -> u32;
}

impl HeapExt for Heap {
    #[inline]
    fn value(&self, at: u32) -> JsValue {
        JsValue::from_bits(self.get(at))
    }

    #[inline]
    fn init(&mut self, at: u32, value: JsValue) {
        self.set(at, value.to_bits());
    }

    #[inline]
    fn put(&mut self, block: u32, offset: u32, value: JsValue) {
        self.store(block, offset, value.to_bits());
    }

    #[inline]
    fn kind(&self, at: u32) -> Kind {
        Kind::from_u8(self.header(at).kind())
    }

    #[inline]
    fn flags(&self, at: u32) -> u8 {
        self.header(at).flags()
    }

    #[inline]
    fn add_flags(&mut self, at: u32, flags: u8) {
        let h = self.header(at);
        self.set(at, h.with_flags(h.flags() | flags).to_bits());
    }

    #[inline]
    fn clear_flags(&mut self, at: u32, flags: u8) {
        let h = self.header(at);
        self.set(at, h.with_flags(h.flags() & !flags).to_bits());
    }

    #[inline]
    fn new_block(&mut self, kind: Kind, words: u32) -> u32 {
        let at = self.alloc_reserved(words);
        self.set(at, MemBlockHeader::new(kind as u8, 0, 0, words).to_bits());
        at
    }

    #[inline]
    fn new_values(&mut self, kind: Kind, count: u32, fill: JsValue) -> u32 {
        let at = self.new_block(kind, count + 1);
        self.fill(at + 1, count, fill.to_bits());
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_itself() {
        for (i, &kind) in Kind::ALL.iter().enumerate() {
            assert_eq!(kind as usize, i);
            assert_eq!(Kind::from_u8(i as u8), kind);
        }
        assert_eq!(Kind::Array.fixed(), 2);
        assert_eq!(field::Array::length, 2);
        assert_eq!(field::Function::info, 1);
        assert_eq!(Kind::Object.fixed(), 0);
        assert!(Kind::WeakRef.is_object() && !Kind::Shape.is_object());
    }
}
