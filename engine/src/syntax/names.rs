//! Names: interned identifiers, property names and string literals.

use core::fmt;

/// An interned text: an identifier, a property name, a string literal or a private name (with its `#`).
///
/// The well-known names have constant ids below [`Name::WELL_KNOWN`] and cost nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub u32);

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({})", self.0)
    }
}

/// Text as it stands in a source or a pool.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// One byte per code unit, U+0000 to U+00FF.
    Latin1(&'a [u8]),
    /// UTF-16 code units, lone surrogates allowed.
    Utf16(&'a [u16]),
}

impl<'a> Text<'a> {
    /// Number of UTF-16 code units.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Text::Latin1(s) => s.len(),
            Text::Utf16(s) => s.len(),
        }
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The code unit at `index`, if there is one.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<u16> {
        match self {
            Text::Latin1(s) => s.get(index).map(|&b| u16::from(b)),
            Text::Utf16(s) => s.get(index).copied(),
        }
    }

    /// All code units.
    pub fn units(self) -> impl Iterator<Item = u16> + Clone + 'a {
        (0..self.len()).map(move |i| self.get(i).unwrap_or(0))
    }

    /// The part from `start` to `end`, clamped to the text.
    #[must_use]
    pub fn slice(self, start: usize, end: usize) -> Text<'a> {
        let end = end.min(self.len());
        let start = start.min(end);
        match self {
            Text::Latin1(s) => Text::Latin1(s.get(start..end).unwrap_or(&[])),
            Text::Utf16(s) => Text::Utf16(s.get(start..end).unwrap_or(&[])),
        }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Text::Latin1(a), Text::Latin1(b)) => a == b,
            (Text::Utf16(a), Text::Utf16(b)) => a == b,
            _ => self.len() == other.len() && self.units().eq(other.units()),
        }
    }
}

impl Eq for Text<'_> {}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.units().eq(other.encode_utf16())
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for c in char::decode_utf16(self.units()) {
            f.write_char(c.unwrap_or(char::REPLACEMENT_CHARACTER))?;
        }
        Ok(())
    }
}

macro_rules! well_known {
    ($($id:ident = $text:literal,)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u32)]
        enum WellKnown { $($id,)* }
        impl Name {
            $(#[doc = concat!("`", $text, "`")] pub const $id: Name = Name(WellKnown::$id as u32);)*
        }
        /// The texts of the well-known names, in the order of their ids.
        pub const WELL_KNOWN_TEXTS: &[&str] = &[$($text,)*];
    };
}

well_known! {
    EMPTY = "",
    // Reserved words and contextual keywords, in the order of `Token`'s keyword section.
    BREAK = "break", CASE = "case", CATCH = "catch", CLASS = "class", CONST = "const", CONTINUE = "continue",
    DEBUGGER = "debugger", DEFAULT = "default", DELETE = "delete", DO = "do", ELSE = "else", ENUM = "enum",
    EXPORT = "export", EXTENDS = "extends", FALSE = "false", FINALLY = "finally", FOR = "for", FUNCTION = "function",
    IF = "if", IMPORT = "import", IN = "in", INSTANCEOF = "instanceof", NEW = "new", NULL = "null", RETURN = "return",
    SUPER = "super", SWITCH = "switch", THIS = "this", THROW = "throw", TRUE = "true", TRY = "try",
    TYPEOF = "typeof", VAR = "var", VOID = "void", WHILE = "while", WITH = "with",
    IMPLEMENTS = "implements", INTERFACE = "interface", LET = "let", PACKAGE = "package", PRIVATE = "private",
    PROTECTED = "protected", PUBLIC = "public", STATIC = "static", YIELD = "yield", AWAIT = "await",
    // Names that mean something in some places.
    ARGUMENTS = "arguments", EVAL = "eval", ASYNC = "async", OF = "of", GET = "get", SET = "set", AS = "as",
    FROM = "from", META = "meta", TARGET = "target", USING = "using", DEFER = "defer", SOURCE = "source",
    ACCESSOR = "accessor", CONSTRUCTOR = "constructor", PROTOTYPE = "prototype", PROTO = "__proto__",
    USE_STRICT = "use strict", UNDEFINED = "undefined", NAN = "NaN", INFINITY = "Infinity",
    PRIVATE_CONSTRUCTOR = "#constructor", ANONYMOUS = "anonymous", TYPE = "type",
    // Hidden bindings: their texts are no identifiers. `Name::THIS` is the hidden binding of a captured `this`.
    NEW_TARGET = "new.target", HOME_OBJECT = "super.property", ACTIVE_FUNCTION = "super.call",
    DEFAULT_EXPORT = "*default*", IMPORT_META = "import.meta", CLASS_FIELDS = "<instance_members_initializer>",
    CLASS_STATIC = "<static_initializer>",
    // Names the compiler likes to have at hand.
    LENGTH = "length", NAME = "name", VALUE = "value", DONE = "done", NEXT = "next", THEN = "then", APPLY = "apply",
    CALL = "call", TO_STRING = "toString", VALUE_OF = "valueOf", RAW = "raw", CALLEE = "callee", INDEX = "index",
    MESSAGE = "message", STACK = "stack", OBJECT = "Object", ARRAY = "Array", MATH = "Math", PUSH = "push",
}

impl Name {
    /// Ids below this are well known.
    pub const WELL_KNOWN: u32 = WELL_KNOWN_TEXTS.len() as u32;

    /// The text of a well-known name.
    #[must_use]
    pub fn well_known_text(self) -> Option<&'static str> {
        WELL_KNOWN_TEXTS.get(self.0 as usize).copied()
    }
}
