//! How models made by [`objects!`](crate::objects) encode values in words.

use core::fmt;
use core::marker::PhantomData;

use crate::objects::Object;
use crate::scope::{Gc, Rooted};

/// The three lowest bits of a word say what it is; a number has one bit of them and the rest to itself.
const TAG: u64 = 7;
const REFERENCE: u64 = 0;
const IMMEDIATE: u64 = 2;
const SLOT: u64 = 6;

/// Stands for *anything*, as the type of a field or of a handle: an object of any kind, a 63-bit integer, one of 2³² immediates of the
/// program's own, or null.
#[derive(Clone, Copy, Debug)]
pub struct Value(());

/// What a dead weak reference becomes. It reads as null.
pub const DEAD: u64 = 0xDEAD_u64 << 8 | IMMEDIATE;

#[doc(hidden)]
#[inline]
#[must_use]
pub const fn reference(word: u64) -> u32 {
    if word & TAG == REFERENCE { (word >> 32) as u32 } else { 0 }
}

#[doc(hidden)]
#[inline]
#[must_use]
pub const fn with_reference(word: u64, index: u32) -> u64 {
    word & 0xFFFF_FFFF | (index as u64) << 32
}

#[doc(hidden)]
#[inline]
#[must_use]
pub const fn encode_slot(slot: u32) -> u64 {
    (slot as u64) << 32 | SLOT
}

#[doc(hidden)]
#[inline]
#[must_use]
pub const fn decode_slot(word: u64) -> Option<u32> {
    if word & TAG == SLOT { Some((word >> 32) as u32) } else { None }
}

/// The word that refers to an object. The kind is in it, so that asking for it reads no memory.
#[inline]
pub(crate) const fn to_object(at: u32, kind: u8) -> u64 {
    (at as u64) << 32 | (kind as u64) << 8 | REFERENCE
}

impl Value {
    /// Nothing.
    pub const NULL: u64 = 0;

    /// The greatest integer.
    pub const MAX: i64 = i64::MAX >> 1;
    /// The least integer.
    pub const MIN: i64 = i64::MIN >> 1;

    /// Null.
    #[must_use]
    pub const fn null<'s>() -> Rooted<'s, Value> {
        Rooted::immediate(Value::NULL)
    }

    /// An integer, if it has no more than 63 bits.
    #[inline]
    #[must_use]
    pub const fn integer<'s>(n: i64) -> Option<Rooted<'s, Value>> {
        if n >= Value::MIN && n <= Value::MAX { Some(Rooted::immediate((n as u64) << 1 | 1)) } else { None }
    }

    /// A value of the program's own that is neither an integer nor an object: a character, a boolean, the number of a symbol.
    #[inline]
    #[must_use]
    pub const fn immediate<'s>(code: u32) -> Rooted<'s, Value> {
        Rooted::immediate((code as u64) << 32 | 1 << 3 | IMMEDIATE)
    }
}

impl<'h> Gc<'h, Value> {
    /// Whether it is null, or was a weak reference to something that died.
    #[inline]
    #[must_use]
    pub fn is_null(self) -> bool {
        self.word() == Value::NULL || self.word() == DEAD
    }

    /// The integer, if it is one.
    #[inline]
    #[must_use]
    pub fn as_integer(self) -> Option<i64> {
        (self.word() & 1 != 0).then_some(self.word() as i64 >> 1)
    }

    /// The code given to [`Value::immediate`].
    #[inline]
    #[must_use]
    pub fn as_immediate(self) -> Option<u32> {
        (self.word() & 0xFFFF_FFFF == 1 << 3 | IMMEDIATE).then_some((self.word() >> 32) as u32)
    }

    /// The kind of the object, if it is one; see [`Object::KIND`].
    #[inline]
    #[must_use]
    pub fn kind(self) -> Option<u8> {
        (reference(self.word()) != 0).then_some((self.word() >> 8) as u8)
    }

    /// Whether it is an object of type `T`.
    #[inline]
    #[must_use]
    pub fn is<T: Object>(self) -> bool {
        self.kind() == Some(T::KIND)
    }

    /// As an object of type `T`, if it is one.
    #[inline]
    #[must_use]
    pub fn downcast<T: Object>(self) -> Option<Gc<'h, T>> {
        self.is::<T>().then(|| Gc::from_word(self.word()))
    }
}

/// A field whose object dies all the same, after which it reads as `None`.
pub struct Weakly<T>(PhantomData<fn() -> T>);

impl<T> fmt::Debug for Weakly<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Weakly")
    }
}
