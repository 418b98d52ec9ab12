//! `JsValue`: 64 bits, NaN-boxed.

use core::fmt;

use crate::names::{StaticName, WellKnown};

/// Any JavaScript value, and a few that scripts never see.
///
/// Doubles are stored as they are. The negative quiet NaNs above the one that arithmetic produces are free and carry the rest: the
/// upper 16 bits are the tag, the lower 32 mostly the index of a block, and what lies between says enough for `typeof` and
/// "is it an object" without looking at the block.
///
/// | upper 16 bits | value | below |
/// |---|---|---|
/// | up to `FFF8` | double | |
/// | `FFF9` | int32 | 32 bits |
/// | `FFFA` | undefined, null, booleans, hole; slots and raw numbers of the engine | |
/// | `FFFB` | object | bit 32: callable; index |
/// | `FFFC` | built-in function | bits 16..32 realm, 0..16 id |
/// | `FFFD` | string | bit 47: static name; index |
/// | `FFFE` | symbol | bit 47: well-known; index |
/// | `FFFF` | block of the engine; bit 32: BigInt | index |
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct JsValue(u64);

static_assertions::assert_eq_size!(JsValue, u64);

/// Tags: the upper 16 bits of a [`JsValue`].
pub mod tag {
    #![expect(missing_docs, reason = "see the table of `JsValue`")]
    pub const INT: u16 = 0xFFF9;
    pub const SPECIAL: u16 = 0xFFFA;
    pub const OBJECT: u16 = 0xFFFB;
    pub const NATIVE: u16 = 0xFFFC;
    pub const STRING: u16 = 0xFFFD;
    pub const SYMBOL: u16 = 0xFFFE;
    pub const CELL: u16 = 0xFFFF;
}

#[inline]
const fn tagged(t: u16, low: u64) -> u64 {
    (t as u64) << 48 | low
}

const STATIC: u64 = 1 << 47;
const CALLABLE: u64 = 1 << 32;
const BIGINT: u64 = 1 << 32;
const SLOT: u64 = 1 << 47;
const RAW: u64 = 1 << 46;
const MAX_DOUBLE: u64 = 0xFFF8 << 48;

impl JsValue {
    /// `undefined`
    pub const UNDEFINED: JsValue = JsValue(tagged(tag::SPECIAL, 2));
    /// `null`
    pub const NULL: JsValue = JsValue(tagged(tag::SPECIAL, 3));
    /// `false`
    pub const FALSE: JsValue = JsValue(tagged(tag::SPECIAL, 4));
    /// `true`
    pub const TRUE: JsValue = JsValue(tagged(tag::SPECIAL, 5));
    /// The hole: a missing array element, a binding not yet initialised. Scripts never see it.
    pub const EMPTY: JsValue = JsValue(tagged(tag::SPECIAL, 6));
    /// What the collector leaves in place of a weak reference whose target died.
    pub const DEAD: JsValue = JsValue(tagged(tag::SPECIAL, 7));
    /// The one NaN.
    pub const NAN: JsValue = JsValue(0x7FF8 << 48);
    /// Zero.
    pub const ZERO: JsValue = JsValue(tagged(tag::INT, 0));

    /// The value with these bits. Every bit pattern is one.
    #[inline]
    #[must_use]
    pub const fn from_bits(bits: u64) -> Self {
        JsValue(bits)
    }

    /// The bits.
    #[inline]
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    #[inline]
    const fn tag(self) -> u16 {
        (self.0 >> 48) as u16
    }

    /// An integer.
    #[inline]
    #[must_use]
    pub const fn int(i: i32) -> Self {
        JsValue(tagged(tag::INT, i as u32 as u64))
    }

    /// A double as it is; a NaN that would look like something else becomes the one NaN.
    #[inline]
    #[must_use]
    pub const fn double(d: f64) -> Self {
        let bits = d.to_bits();
        if bits > MAX_DOUBLE { JsValue::NAN } else { JsValue(bits) }
    }

    /// A number, as an integer when it is one (and not -0).
    #[inline]
    #[must_use]
    pub fn number(d: f64) -> Self {
        let i = d as i32;
        if f64::from(i) == d && (i != 0 || d.is_sign_positive()) { JsValue::int(i) } else { JsValue::double(d) }
    }

    /// A boolean.
    #[inline]
    #[must_use]
    pub const fn bool(b: bool) -> Self {
        JsValue(tagged(tag::SPECIAL, 4 | b as u64))
    }

    /// The object at `index`.
    #[inline]
    #[must_use]
    pub const fn object(index: u32, callable: bool) -> Self {
        JsValue(tagged(tag::OBJECT, index as u64 | if callable { CALLABLE } else { 0 }))
    }

    /// The built-in function `id` of realm number `realm`.
    #[inline]
    #[must_use]
    pub const fn native(realm: u16, id: u16) -> Self {
        JsValue(tagged(tag::NATIVE, (realm as u64) << 16 | id as u64))
    }

    /// The string at `index`.
    #[inline]
    #[must_use]
    pub const fn string(index: u32) -> Self {
        JsValue(tagged(tag::STRING, index as u64))
    }

    /// A static string.
    #[inline]
    #[must_use]
    pub const fn name(name: StaticName) -> Self {
        JsValue(tagged(tag::STRING, STATIC | name.id() as u64))
    }

    /// The symbol at `index`.
    #[inline]
    #[must_use]
    pub const fn symbol(index: u32) -> Self {
        JsValue(tagged(tag::SYMBOL, index as u64))
    }

    /// A well-known symbol.
    #[inline]
    #[must_use]
    pub const fn well_known(symbol: WellKnown) -> Self {
        JsValue(tagged(tag::SYMBOL, STATIC | symbol as u64))
    }

    /// The BigInt at `index`.
    #[inline]
    #[must_use]
    pub const fn bigint(index: u32) -> Self {
        JsValue(tagged(tag::CELL, BIGINT | index as u64))
    }

    /// A block of the engine; scripts never see it.
    #[inline]
    #[must_use]
    pub const fn cell(index: u32) -> Self {
        JsValue(tagged(tag::CELL, index as u64))
    }

    /// A number of up to 46 bits for the engine's own use; scripts never see it.
    #[inline]
    #[must_use]
    pub const fn raw(n: u64) -> Self {
        JsValue(tagged(tag::SPECIAL, RAW | n & (RAW - 1)))
    }

    /// The number put in by [`JsValue::raw`]; 0 for anything else.
    #[inline]
    #[must_use]
    pub const fn as_raw(self) -> u64 {
        if self.0 >> 46 == tagged(tag::SPECIAL, RAW) >> 46 { self.0 & (RAW - 1) } else { 0 }
    }

    /// Whether it was made by [`JsValue::raw`].
    #[inline]
    #[must_use]
    pub const fn is_raw(self) -> bool {
        self.0 >> 46 == tagged(tag::SPECIAL, RAW) >> 46
    }

    /// The word that stands for a stack slot in a rooted reference.
    #[inline]
    #[must_use]
    pub const fn slot(slot: u32) -> Self {
        JsValue(tagged(tag::SPECIAL, SLOT | slot as u64))
    }

    /// The slot put in by [`JsValue::slot`].
    #[inline]
    #[must_use]
    pub const fn as_slot(self) -> Option<u32> {
        if self.0 >> 47 == tagged(tag::SPECIAL, SLOT) >> 47 { Some(self.0 as u32) } else { None }
    }

    /// The index of the block this value refers to, or 0 when it refers to none.
    #[inline]
    #[must_use]
    pub const fn reference(self) -> u32 {
        if self.0 < tagged(tag::OBJECT, 0) || self.tag() == tag::NATIVE {
            return 0;
        }
        if self.0 & STATIC != 0 && self.tag() != tag::CELL { 0 } else { self.0 as u32 }
    }

    /// The lower 32 bits: the index of an object, string, symbol or block that is known to be in the heap.
    #[inline]
    #[must_use]
    pub const fn index(self) -> u32 {
        self.0 as u32
    }

    /// Whether it is a number.
    #[inline]
    #[must_use]
    pub const fn is_number(self) -> bool {
        self.0 < tagged(tag::SPECIAL, 0)
    }

    /// Whether it is an integer stored as such.
    #[inline]
    #[must_use]
    pub const fn is_int(self) -> bool {
        self.tag() == tag::INT
    }

    /// Whether it is a number stored as a double.
    #[inline]
    #[must_use]
    pub const fn is_double(self) -> bool {
        self.0 <= MAX_DOUBLE
    }

    /// The integer.
    #[inline]
    #[must_use]
    pub const fn as_int(self) -> Option<i32> {
        if self.is_int() { Some(self.0 as u32 as i32) } else { None }
    }

    /// The integer, when it is known to be one.
    #[inline]
    #[must_use]
    pub const fn to_int_unchecked(self) -> i32 {
        self.0 as u32 as i32
    }

    /// The number.
    #[inline]
    #[must_use]
    pub fn as_number(self) -> Option<f64> {
        if self.is_double() {
            Some(f64::from_bits(self.0))
        } else if self.is_int() {
            Some(f64::from(self.0 as u32 as i32))
        } else {
            None
        }
    }

    /// Whether it is `undefined`.
    #[inline]
    #[must_use]
    pub const fn is_undefined(self) -> bool {
        self.0 == JsValue::UNDEFINED.0
    }

    /// Whether it is `null`.
    #[inline]
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == JsValue::NULL.0
    }

    /// Whether it is `undefined` or `null`.
    #[inline]
    #[must_use]
    pub const fn is_nullish(self) -> bool {
        self.0 | 1 == JsValue::NULL.0
    }

    /// Whether it is the hole.
    #[inline]
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == JsValue::EMPTY.0
    }

    /// Whether it is a boolean.
    #[inline]
    #[must_use]
    pub const fn is_bool(self) -> bool {
        self.0 | 1 == JsValue::TRUE.0
    }

    /// The boolean.
    #[inline]
    #[must_use]
    pub const fn as_bool(self) -> Option<bool> {
        if self.is_bool() { Some(self.0 & 1 != 0) } else { None }
    }

    /// Whether it is an object in the heap (built-in functions are not; see [`JsValue::is_object`]).
    #[inline]
    #[must_use]
    pub const fn is_heap_object(self) -> bool {
        self.tag() == tag::OBJECT
    }

    /// Whether it is an object of any kind, built-in functions included.
    #[inline]
    #[must_use]
    pub const fn is_object(self) -> bool {
        self.0 >= tagged(tag::OBJECT, 0) && self.0 < tagged(tag::STRING, 0)
    }

    /// Whether it is a built-in function.
    #[inline]
    #[must_use]
    pub const fn is_native(self) -> bool {
        self.tag() == tag::NATIVE
    }

    /// Realm and id of a built-in function.
    #[inline]
    #[must_use]
    pub const fn as_native(self) -> Option<(u16, u16)> {
        if self.is_native() { Some(((self.0 >> 16) as u16, self.0 as u16)) } else { None }
    }

    /// Whether it can be called (ECMA-262 §7.2.3 IsCallable).
    #[inline]
    #[must_use]
    pub const fn is_callable(self) -> bool {
        self.is_native() || self.0 >> 32 == tagged(tag::OBJECT, CALLABLE) >> 32
    }

    /// Whether it is a string.
    #[inline]
    #[must_use]
    pub const fn is_string(self) -> bool {
        self.tag() == tag::STRING
    }

    /// Whether it is a string in the heap.
    #[inline]
    #[must_use]
    pub const fn is_heap_string(self) -> bool {
        self.0 >> 47 == tagged(tag::STRING, 0) >> 47
    }

    /// The static string.
    #[inline]
    #[must_use]
    pub const fn as_name(self) -> Option<StaticName> {
        if self.0 >> 47 == tagged(tag::STRING, STATIC) >> 47 { StaticName::from_id(self.0 as u16) } else { None }
    }

    /// Whether it is a symbol.
    #[inline]
    #[must_use]
    pub const fn is_symbol(self) -> bool {
        self.tag() == tag::SYMBOL
    }

    /// Whether it is a symbol in the heap.
    #[inline]
    #[must_use]
    pub const fn is_heap_symbol(self) -> bool {
        self.0 >> 47 == tagged(tag::SYMBOL, 0) >> 47
    }

    /// The number of a well-known symbol.
    #[inline]
    #[must_use]
    pub const fn as_well_known(self) -> Option<u8> {
        if self.0 >> 47 == tagged(tag::SYMBOL, STATIC) >> 47 { Some(self.0 as u8) } else { None }
    }

    /// Whether it is a BigInt.
    #[inline]
    #[must_use]
    pub const fn is_bigint(self) -> bool {
        self.0 >> 32 == tagged(tag::CELL, BIGINT) >> 32
    }

    /// Whether it is a block of the engine.
    #[inline]
    #[must_use]
    pub const fn is_cell(self) -> bool {
        self.0 >> 32 == tagged(tag::CELL, 0) >> 32
    }
}

impl From<bool> for JsValue {
    fn from(b: bool) -> Self {
        JsValue::bool(b)
    }
}

impl From<i32> for JsValue {
    fn from(i: i32) -> Self {
        JsValue::int(i)
    }
}

impl From<f64> for JsValue {
    fn from(d: f64) -> Self {
        JsValue::number(d)
    }
}

impl From<StaticName> for JsValue {
    fn from(n: StaticName) -> Self {
        JsValue::name(n)
    }
}

impl fmt::Debug for JsValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(n) = self.as_number() {
            return write!(f, "{n}");
        }
        if let Some(n) = self.as_name() {
            return write!(f, "{:?}", alloc::string::String::from_utf8_lossy(n.text()));
        }
        let (what, low) = match self.tag() {
            tag::OBJECT => ("object", self.0 as u32),
            tag::NATIVE => ("native", self.0 as u32),
            tag::STRING => ("string", self.0 as u32),
            tag::SYMBOL => ("symbol", self.0 as u32),
            tag::CELL => ("cell", self.0 as u32),
            _ => {
                return f.write_str(match *self {
                    JsValue::UNDEFINED => "undefined",
                    JsValue::NULL => "null",
                    JsValue::FALSE => "false",
                    JsValue::TRUE => "true",
                    JsValue::EMPTY => "(empty)",
                    JsValue::DEAD => "(dead)",
                    _ => return write!(f, "raw({:#x})", self.0),
                });
            }
        };
        write!(f, "{what}@{low}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_round_trip() {
        for d in [0.0, -0.0, 1.5, -1.0, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY, 4294967296.0] {
            let v = JsValue::number(d);
            assert!(v.is_number());
            assert_eq!(v.as_number().unwrap().to_bits(), d.to_bits());
        }
        assert!(JsValue::number(-0.0).is_double());
        assert!(JsValue::number(7.0).is_int());
        assert!(JsValue::double(f64::from_bits(u64::MAX)).as_number().unwrap().is_nan());
        assert!(JsValue::double(-f64::NAN).as_number().unwrap().is_nan());
        assert!(JsValue::from_bits(0xFFF8 << 48).is_number());
    }

    #[test]
    fn tags_tell_kinds_apart() {
        let object = JsValue::object(9, false);
        let function = JsValue::object(9, true);
        let native = JsValue::native(0, 3);
        assert!(object.is_object() && !object.is_callable() && object.reference() == 9);
        assert!(function.is_object() && function.is_callable() && function.reference() == 9);
        assert!(native.is_object() && native.is_callable() && native.reference() == 0);
        assert_eq!(native.as_native(), Some((0, 3)));
        assert_eq!(JsValue::string(5).reference(), 5);
        assert_eq!(JsValue::name(StaticName::EMPTY).reference(), 0);
        assert_eq!(JsValue::bigint(6).reference(), 6);
        assert!(JsValue::bigint(6).is_bigint() && !JsValue::bigint(6).is_cell());
        assert_eq!(JsValue::raw(12345).as_raw(), 12345);
        assert_eq!(JsValue::raw(12345).reference(), 0);
        assert_eq!(JsValue::slot(77).as_slot(), Some(77));
        assert_eq!(JsValue::UNDEFINED.as_slot(), None);
        assert!(JsValue::UNDEFINED.is_nullish() && JsValue::NULL.is_nullish() && !JsValue::FALSE.is_nullish());
    }
}
