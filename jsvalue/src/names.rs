//! Static strings: text known at build time, which no isolate has a copy of.
//!
//! Static string `i < 256` is the one-character string of code unit `i`; the others are the names of the language and its
//! library. A [`StaticName`] is found by [`name`] at build time, so a misspelt name does not compile.

use crate::name_list::NAMES;

/// A string that is constant data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(transparent)]
pub struct StaticName(u16);

const SINGLE: usize = 256;
/// How many static strings there are.
pub const STATIC_NAMES: usize = SINGLE + NAMES.len();
const TABLE: usize = 4096;

static LATIN1: [u8; 256] = {
    let mut all = [0; 256];
    let mut i = 0;
    while i < 256 {
        all[i] = i as u8;
        i += 1;
    }
    all
};

/// The hash of a string: of its code units, whatever the representation. Never zero.
#[inline]
#[must_use]
pub const fn hash_step(hash: u32, unit: u16) -> u32 {
    (hash.rotate_left(5) ^ unit as u32).wrapping_mul(0x9E37_79B1)
}

/// What [`hash_step`] starts from.
pub const HASH_SEED: u32 = 0x2545_F491;

/// Ends a hash: spreads the high bits and avoids zero, which means "not computed".
#[inline]
#[must_use]
pub const fn hash_finish(hash: u32) -> u32 {
    let h = hash ^ (hash >> 15);
    if h == 0 { 1 } else { h }
}

/// The hash of Latin-1 text.
#[inline]
#[must_use]
pub const fn hash_latin1(text: &[u8]) -> u32 {
    let mut h = HASH_SEED;
    let mut i = 0;
    while i < text.len() {
        h = hash_step(h, text[i] as u16);
        i += 1;
    }
    hash_finish(h)
}

/// The hash of UTF-16 text; equal to [`hash_latin1`] of the same units.
#[inline]
#[must_use]
pub fn hash_utf16(text: &[u16]) -> u32 {
    hash_finish(text.iter().fold(HASH_SEED, |h, &u| hash_step(h, u)))
}

/// Hash of every static string.
static HASHES: [u32; STATIC_NAMES] = {
    let mut all = [0; STATIC_NAMES];
    let mut i = 0;
    while i < STATIC_NAMES {
        all[i] = if i < SINGLE { hash_latin1(&[i as u8]) } else { hash_latin1(NAMES[i - SINGLE].as_bytes()) };
        i += 1;
    }
    all
};

/// Open addressing over the names of more than one character; 0 is empty.
static INDEX: [u16; TABLE] = {
    let mut table = [0_u16; TABLE];
    let mut i = SINGLE;
    while i < STATIC_NAMES {
        let mut at = hash_latin1(NAMES[i - SINGLE].as_bytes()) as usize % TABLE;
        while table[at] != 0 {
            at = (at + 1) % TABLE;
        }
        table[at] = i as u16;
        i += 1;
    }
    table
};

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The static string `text`, at build time: `const LENGTH: StaticName = name("length")`.
///
/// # Panics
/// When there is none; in a constant that is a build error.
#[must_use]
pub const fn name(text: &str) -> StaticName {
    let bytes = text.as_bytes();
    if bytes.len() == 1 {
        return StaticName(bytes[0] as u16);
    }
    let mut i = 0;
    while i < NAMES.len() {
        if same(NAMES[i].as_bytes(), bytes) {
            return StaticName((SINGLE + i) as u16);
        }
        i += 1;
    }
    panic!("no such static name")
}

impl StaticName {
    /// The empty string.
    pub const EMPTY: StaticName = name("");

    /// The static string number `id`, if there is one.
    #[inline]
    #[must_use]
    pub const fn from_id(id: u16) -> Option<Self> {
        if (id as usize) < STATIC_NAMES { Some(StaticName(id)) } else { None }
    }

    /// The one-character string of a Latin-1 code unit.
    #[inline]
    #[must_use]
    pub const fn from_latin1(unit: u8) -> Self {
        StaticName(unit as u16)
    }

    /// Its number.
    #[inline]
    #[must_use]
    pub const fn id(self) -> u16 {
        self.0
    }

    /// Its text in Latin-1.
    #[inline]
    #[must_use]
    pub fn text(self) -> &'static [u8] {
        let i = self.0 as usize;
        if i < SINGLE { &LATIN1[i..=i] } else { NAMES[i - SINGLE].as_bytes() }
    }

    /// Its hash, equal to [`hash_latin1`] of the text.
    #[inline]
    #[must_use]
    pub fn hash(self) -> u32 {
        HASHES[self.0 as usize]
    }

    /// Finds the static string with this Latin-1 text and hash.
    #[must_use]
    pub fn find(text: &[u8], hash: u32) -> Option<Self> {
        if text.len() == 1 {
            return Some(StaticName(u16::from(text[0])));
        }
        let mut at = hash as usize % TABLE;
        loop {
            let id = INDEX[at];
            if id == 0 {
                return None;
            }
            if NAMES[id as usize - SINGLE].as_bytes() == text {
                return Some(StaticName(id));
            }
            at = (at + 1) % TABLE;
        }
    }
}

/// The well-known symbols (ECMA-262 §6.1.5.1), in the order of their numbers, and internal symbols that scripts never see.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub enum WellKnown {
    AsyncIterator,
    HasInstance,
    IsConcatSpreadable,
    Iterator,
    Match,
    MatchAll,
    Replace,
    Search,
    Species,
    Split,
    ToPrimitive,
    ToStringTag,
    Unscopables,
    AsyncDispose,
    Dispose,
    /// Internal: the identity hash of an object, kept like a property.
    IdentityHash,
    /// Internal: the root shapes of the objects that have this one as their prototype.
    ProtoShapes,
    /// Internal: the class fields a constructor initialises.
    ClassFields,
    /// Internal: the home object of a method.
    HomeObject,
}

impl WellKnown {
    /// All that scripts can see.
    pub const PUBLIC: [WellKnown; 15] = [
        WellKnown::AsyncIterator,
        WellKnown::HasInstance,
        WellKnown::IsConcatSpreadable,
        WellKnown::Iterator,
        WellKnown::Match,
        WellKnown::MatchAll,
        WellKnown::Replace,
        WellKnown::Search,
        WellKnown::Species,
        WellKnown::Split,
        WellKnown::ToPrimitive,
        WellKnown::ToStringTag,
        WellKnown::Unscopables,
        WellKnown::AsyncDispose,
        WellKnown::Dispose,
    ];

    /// Its description, such as `Symbol.iterator`.
    #[must_use]
    pub const fn description(self) -> StaticName {
        const TEXTS: [StaticName; 15] = [
            name("Symbol.asyncIterator"),
            name("Symbol.hasInstance"),
            name("Symbol.isConcatSpreadable"),
            name("Symbol.iterator"),
            name("Symbol.match"),
            name("Symbol.matchAll"),
            name("Symbol.replace"),
            name("Symbol.search"),
            name("Symbol.species"),
            name("Symbol.split"),
            name("Symbol.toPrimitive"),
            name("Symbol.toStringTag"),
            name("Symbol.unscopables"),
            name("Symbol.asyncDispose"),
            name("Symbol.dispose"),
        ];
        let i = self as usize;
        if i < 15 { TEXTS[i] } else { StaticName::EMPTY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_again_and_unique() {
        for id in 0..STATIC_NAMES {
            let n = StaticName::from_id(id as u16).unwrap();
            assert_eq!(StaticName::find(n.text(), n.hash()), Some(n), "{:?}", n.text());
        }
        assert_eq!(StaticName::find(b"no such name", hash_latin1(b"no such name")), None);
        assert!(NAMES.iter().all(|n| n.is_ascii() && n.len() != 1));
    }

    #[test]
    fn both_representations_hash_alike() {
        assert_eq!(hash_latin1(b"length"), hash_utf16(&[108, 101, 110, 103, 116, 104]));
    }
}
