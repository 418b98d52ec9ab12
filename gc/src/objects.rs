//! Object types that the collector traces without anybody having written down how.

use core::fmt;
use core::marker::PhantomData;

use rotifer_arena::MemBlockHeader;

use crate::model::{BlockLayout, ObjectModel, Special};
use crate::scope::{Gc, Rooted};
use crate::word::{self, Value, Weakly};

/// How the collector treats a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Keeps its object alive.
    Strong,
    /// Follows its object until that dies.
    Weak,
    /// Holds no reference.
    Raw,
}

/// What follows the fields of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// Nothing: all objects of the type have one size.
    None,
    /// Items of one class, a word each.
    Items(Class),
    /// Bytes.
    Bytes,
    /// Pairs of key and value; see [`Special::Ephemerons`].
    Ephemerons,
    /// Triples of target, held value and token; see [`Special::Registry`].
    Registry,
}

/// The type of an object, declared in [`objects!`](crate::objects).
pub trait Object: Sized + 'static {
    /// The model that it belongs to.
    type Model: ObjectModel;
    /// One word per field.
    type Words: Copy + AsRef<[u64]>;
    /// What blocks of this type have in their header.
    const KIND: u8;
    /// The name of the type.
    const NAME: &'static str;
    /// Where its fields are.
    const SHAPE: Shape;
    /// The class of each field, in the order of declaration.
    const CLASSES: &'static [Class];
    /// Where each field is, in the order of declaration.
    const OFFSETS: &'static [u32];
}

/// What can be the type of a field: [`Value`], an object type (never null), an `Option` of one, [`Weakly`], and the numbers.
pub trait Field: 'static {
    /// How the collector treats it.
    const CLASS: Class;
    /// What reading it gives.
    type Read<'h>;
    /// What it is made of.
    type Init<'s>;
    #[doc(hidden)]
    fn encode(init: Self::Init<'_>) -> u64;
    #[doc(hidden)]
    fn decode<'h>(word: u64, heap: PhantomData<&'h ()>) -> Self::Read<'h>;
}

impl Field for Value {
    const CLASS: Class = Class::Strong;
    type Read<'h> = Gc<'h, Value>;
    type Init<'s> = Rooted<'s, Value>;

    #[inline]
    fn encode(init: Rooted<'_, Value>) -> u64 {
        init.encoded()
    }

    #[inline]
    fn decode<'h>(word: u64, _: PhantomData<&'h ()>) -> Gc<'h, Value> {
        Gc::from_word(word)
    }
}

impl<T: Object> Field for T {
    const CLASS: Class = Class::Strong;
    type Read<'h> = Gc<'h, T>;
    type Init<'s> = Rooted<'s, T>;

    #[inline]
    fn encode(init: Rooted<'_, T>) -> u64 {
        init.encoded()
    }

    #[inline]
    fn decode<'h>(word: u64, _: PhantomData<&'h ()>) -> Gc<'h, T> {
        Gc::from_word(word)
    }
}

impl<T: Object> Field for Option<T> {
    const CLASS: Class = Class::Strong;
    type Read<'h> = Option<Gc<'h, T>>;
    type Init<'s> = Option<Rooted<'s, T>>;

    #[inline]
    fn encode(init: Option<Rooted<'_, T>>) -> u64 {
        init.map_or(Value::NULL, Rooted::encoded)
    }

    #[inline]
    fn decode<'h>(word: u64, _: PhantomData<&'h ()>) -> Option<Gc<'h, T>> {
        (word::reference(word) != 0).then(|| Gc::from_word(word))
    }
}

impl<T: Object> Field for Weakly<T> {
    const CLASS: Class = Class::Weak;
    type Read<'h> = Option<Gc<'h, T>>;
    type Init<'s> = Option<Rooted<'s, T>>;

    #[inline]
    fn encode(init: Option<Rooted<'_, T>>) -> u64 {
        <Option<T>>::encode(init)
    }

    #[inline]
    fn decode<'h>(word: u64, _: PhantomData<&'h ()>) -> Option<Gc<'h, T>> {
        <Option<T>>::decode(word, PhantomData)
    }
}

/// A weak value; a dead one reads as null.
impl Field for Weakly<Value> {
    const CLASS: Class = Class::Weak;
    type Read<'h> = Gc<'h, Value>;
    type Init<'s> = Rooted<'s, Value>;

    #[inline]
    fn encode(init: Rooted<'_, Value>) -> u64 {
        init.encoded()
    }

    #[inline]
    fn decode<'h>(word: u64, _: PhantomData<&'h ()>) -> Gc<'h, Value> {
        Gc::from_word(word)
    }
}

macro_rules! raw {
    ($($type:ty: $encode:expr, $decode:expr;)*) => {$(
        impl Field for $type {
            const CLASS: Class = Class::Raw;
            type Read<'h> = $type;
            type Init<'s> = $type;

            #[inline]
            fn encode(init: $type) -> u64 {
                $encode(init)
            }

            #[inline]
            fn decode(word: u64, _: PhantomData<&()>) -> $type {
                $decode(word)
            }
        }
    )*};
}

raw! {
    u64: |n| n, |word| word;
    i64: |n: i64| n as u64, |word| word as i64;
    u32: u64::from, |word| word as u32;
    i32: |n: i32| n as u64, |word| word as i32;
    f64: f64::to_bits, f64::from_bits;
    bool: u64::from, |word| word != 0;
}

/// What can be in the `..[…]` of an object type: [`Value`], [`Weakly<Value>`], `u64`, `u8`, [`Ephemerons`] and [`Registry`].
pub trait TailItem {
    #[doc(hidden)]
    const TAIL: Tail;
}

/// The tail of a table of pairs of key and value: a value lives when both the table and its key do.
#[derive(Clone, Copy, Debug)]
pub struct Ephemerons(());

/// The tail of a table of triples of target, held value and token, for finalization.
#[derive(Clone, Copy, Debug)]
pub struct Registry(());

impl TailItem for Value {
    const TAIL: Tail = Tail::Items(Class::Strong);
}

impl TailItem for Weakly<Value> {
    const TAIL: Tail = Tail::Items(Class::Weak);
}

impl TailItem for u64 {
    const TAIL: Tail = Tail::Items(Class::Raw);
}

impl TailItem for u8 {
    const TAIL: Tail = Tail::Bytes;
}

impl TailItem for Ephemerons {
    const TAIL: Tail = Tail::Ephemerons;
}

impl TailItem for Registry {
    const TAIL: Tail = Tail::Registry;
}

impl TailItem for () {
    const TAIL: Tail = Tail::None;
}

/// Where the fields of an object type are. Fields of one class lie together, and the class of the tail comes last.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The words before the tail, header included.
    pub fixed: u32,
    /// What follows them.
    pub tail: Tail,
    strong: (u32, u32),
    weak: (u32, u32),
    /// All ones where the range ends with the object, else 0: layouts are asked for several times per block and collection, and
    /// branches on the kind would be mispredicted.
    strong_tail: u32,
    weak_tail: u32,
    special: Special,
}

/// The words before the fields: the header, and where the collector wants one, another.
const fn first(tail: Tail) -> u32 {
    if matches!(tail, Tail::Ephemerons | Tail::Registry) { 2 } else { 1 }
}

const fn order(tail: Tail) -> [Class; 3] {
    match tail {
        Tail::Items(Class::Strong) => [Class::Raw, Class::Weak, Class::Strong],
        Tail::Items(Class::Weak) => [Class::Raw, Class::Strong, Class::Weak],
        _ => [Class::Strong, Class::Weak, Class::Raw],
    }
}

impl Shape {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(classes: &[Class], tail: Tail) -> Self {
        assert!(
            classes.is_empty() || !matches!(tail, Tail::Ephemerons | Tail::Registry),
            "a table has no fields beside its entries"
        );
        let mut shape = Shape {
            fixed: first(tail),
            tail,
            strong: (1, 1),
            weak: (1, 1),
            strong_tail: if matches!(tail, Tail::Items(Class::Strong)) { u32::MAX } else { 0 },
            weak_tail: if matches!(tail, Tail::Items(Class::Weak)) { u32::MAX } else { 0 },
            special: match tail {
                Tail::Ephemerons => Special::Ephemerons,
                Tail::Registry => Special::Registry,
                _ => Special::None,
            },
        };
        let mut turn = 0;
        while turn < 3 {
            let class = order(tail)[turn];
            let start = shape.fixed;
            let mut i = 0;
            while i < classes.len() {
                shape.fixed += (classes[i] as u8 == class as u8) as u32;
                i += 1;
            }
            match class {
                Class::Strong => shape.strong = (start, shape.fixed),
                Class::Weak => shape.weak = (start, shape.fixed),
                Class::Raw => {}
            }
            turn += 1;
        }
        shape
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn offsets<const N: usize>(classes: &[Class], tail: Tail) -> [u32; N] {
        let mut offsets = [0; N];
        let mut next = first(tail);
        let mut turn = 0;
        while turn < 3 {
            let mut i = 0;
            while i < N {
                if classes[i] as u8 == order(tail)[turn] as u8 {
                    offsets[i] = next;
                    next += 1;
                }
                i += 1;
            }
            turn += 1;
        }
        offsets
    }

    /// The layout of a block of this shape.
    #[inline]
    #[must_use]
    pub const fn layout(&self, header: MemBlockHeader) -> BlockLayout {
        let size = header.aux();
        BlockLayout {
            size,
            aux: false,
            strong_start: self.strong.0,
            strong_end: self.strong.1 & !self.strong_tail | size & self.strong_tail,
            weak_start: self.weak.0,
            weak_end: self.weak.1 & !self.weak_tail | size & self.weak_tail,
            special: self.special,
        }
    }
}

/// Where a field of type `F` is in objects of type `T`: what `T::name` of a declared object type is.
pub struct At<T, F> {
    pub(crate) offset: u32,
    _field: PhantomData<fn() -> (T, F)>,
}

impl<T, F> At<T, F> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(offset: u32) -> Self {
        At { offset, _field: PhantomData }
    }
}

impl<T, F> Clone for At<T, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, F> Copy for At<T, F> {}

impl<T, F> fmt::Debug for At<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "At({})", self.offset)
    }
}

/// An object about to be made: what `T::new` gives.
pub struct New<'s, T: Object> {
    pub(crate) words: T::Words,
    _scope: PhantomData<&'s ()>,
}

impl<T: Object> New<'_, T> {
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub const fn of(words: T::Words) -> Self {
        New { words, _scope: PhantomData }
    }
}

impl<T: Object> fmt::Debug for New<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "New({})", T::NAME)
    }
}

/// Declares an object model: the types of the objects that a [`Heap`](crate::Heap) is to hold.
///
/// ```
/// use rotifer_gc::{Heap, HeapConfig, Scope, Value};
///
/// rotifer_gc::objects! {
///     /// What this program keeps in its heap.
///     pub model Program;
///
///     /// A person.
///     pub struct Person {
///         name: Text,
///         /// A field of an object type is never null, an optional one may be.
///         parent: Option<Person>,
///         /// Dies with its last strong reference, whatever is noted here.
///         friend: rotifer_gc::Weakly<Person>,
///         age: f64,
///         /// Anything: an integer, an object of any type, null.
///         note: Value,
///     }
///
///     /// A string.
///     pub struct Text { ..[u8] }
///
///     /// An array.
///     pub struct List { length: u64, ..[Value] }
/// }
///
/// let mut heap: Heap<Program> = Heap::new(HeapConfig::default()).unwrap();
/// let mut scope = Scope::enter(&mut heap);
/// let name = scope.alloc_bytes(Text::new(), b"Ada").unwrap();
/// let ada = scope.alloc(Person::new(name, None, None, 36.0, Value::null())).unwrap();
/// scope.store(ada, Person::friend, Some(ada));
/// scope.heap_mut().collect(&mut []);
/// assert_eq!(scope.load(ada, Person::age), 36.0);
/// let name = scope.load(ada, Person::name);
/// assert_eq!(scope.bytes(name), b"Ada");
/// ```
///
/// Each type gets a function `new` with one argument per field and a constant per field, named like it, which says where the field
/// is. A type may end in items of its own number, `..[Item]`: [`Value`], [`Weakly<Value>`](crate::Weakly), `u64`, `u8`,
/// [`Ephemerons`](crate::Ephemerons) or [`Registry`](crate::Registry).
#[macro_export]
macro_rules! objects {
    (
        $(#[$model_meta:meta])* $model_vis:vis model $Model:ident;
        $(
            $(#[$meta:meta])* $vis:vis struct $Object:ident {
                $($(#[$field_meta:meta])* $field:ident: $type:ty,)* $(..[$tail:ty])?
            }
        )*
    ) => {
        $(#[$model_meta])*
        #[derive(Clone, Copy, Debug)]
        $model_vis struct $Model;

        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug)]
            $vis struct $Object(());
        )*

        const _: () = {
            #[allow(clippy::upper_case_acronyms, dead_code)]
            #[repr(u8)]
            enum Kind {
                /// Of blocks that hold nothing.
                __Filler,
                $($Object),*
            }

            const SHAPES: &[$crate::Shape] = &[
                $crate::Shape::new(&[], $crate::Tail::None),
                $(<$Object as $crate::Object>::SHAPE),*
            ];
            const NAMES: &[&str] = &["filler", $(stringify!($Object)),*];

            impl $crate::ObjectModel for $Model {
                const DEAD: u64 = $crate::word::DEAD;

                #[inline]
                fn layout(
                    _: &$crate::arena::Arena,
                    _: u32,
                    header: $crate::arena::MemBlockHeader,
                ) -> $crate::BlockLayout {
                    match SHAPES.get(usize::from(header.kind())) {
                        Some(shape) => shape.layout(header),
                        None => $crate::BlockLayout::leaf(header.aux()),
                    }
                }

                #[inline]
                fn reference(word: u64) -> u32 {
                    $crate::word::reference(word)
                }

                #[inline]
                fn with_reference(word: u64, index: u32) -> u64 {
                    $crate::word::with_reference(word, index)
                }

                fn filler(words: u32) -> $crate::arena::MemBlockHeader {
                    $crate::arena::MemBlockHeader::new(Kind::__Filler as u8, 0, 0, words)
                }

                #[inline]
                fn encode_slot(slot: u32) -> u64 {
                    $crate::word::encode_slot(slot)
                }

                #[inline]
                fn decode_slot(word: u64) -> Option<u32> {
                    $crate::word::decode_slot(word)
                }

                fn kind_name(kind: u8) -> Option<&'static str> {
                    NAMES.get(usize::from(kind)).copied()
                }
            }

            $(
                const _: () = {
                    #[allow(non_camel_case_types, dead_code, clippy::upper_case_acronyms)]
                    enum Index { $($field,)* __Count }
                    const COUNT: usize = Index::__Count as usize;
                    const CLASSES: [$crate::Class; COUNT] = [$(<$type as $crate::Field>::CLASS),*];
                    const TAIL: $crate::Tail = <$crate::objects!(@tail $($tail)?) as $crate::TailItem>::TAIL;
                    const OFFSETS: [u32; COUNT] = $crate::Shape::offsets::<COUNT>(&CLASSES, TAIL);

                    impl $crate::Object for $Object {
                        type Model = $Model;
                        type Words = [u64; COUNT];
                        const KIND: u8 = Kind::$Object as u8;
                        const NAME: &'static str = stringify!($Object);
                        const SHAPE: $crate::Shape = $crate::Shape::new(&CLASSES, TAIL);
                        const CLASSES: &'static [$crate::Class] = &CLASSES;
                        const OFFSETS: &'static [u32] = &OFFSETS;
                    }

                    #[allow(non_upper_case_globals, dead_code)]
                    impl $Object {
                        /// An object with these fields.
                        #[allow(clippy::new_ret_no_self, clippy::too_many_arguments)]
                        #[inline]
                        #[must_use]
                        $vis fn new<'s>(
                            $($field: <$type as $crate::Field>::Init<'s>),*
                        ) -> $crate::New<'s, $Object> {
                            $crate::New::of([$(<$type as $crate::Field>::encode($field)),*])
                        }

                        $(
                            $(#[$field_meta])*
                            #[doc = ""]
                            $vis const $field: $crate::At<$Object, $type> =
                                $crate::At::new(OFFSETS[Index::$field as usize]);
                        )*
                    }
                };
            )*
        };
    };
    (@tail) => { () };
    (@tail $tail:ty) => { $tail };
}
