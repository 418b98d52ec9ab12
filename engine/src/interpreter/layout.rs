//! Where things are in frames, code blocks, function descriptions and the like.

use rotifer_jsvalue::JsValue;

/// Frame words, counted downwards from the first register: word `fp - n`.
pub(crate) mod frame {
    /// The function running.
    pub const CALLEE: u32 = 1;
    /// Its `this`; a hole while unbound.
    pub const THIS: u32 = 2;
    /// `new.target`.
    pub const NEW_TARGET: u32 = 3;
    /// Number of actual arguments (raw).
    pub const ARGC: u32 = 4;
    /// Word of the first actual argument (raw).
    pub const ARGS: u32 = 5;
    /// The code block (a cell).
    pub const CODE: u32 = 6;
    /// The caller's frame, the register for the result, and flags: see [`super::ReturnInfo`].
    pub const RETURN: u32 = 7;
    /// The instruction being executed, in words from the first (raw); true whenever something else may look.
    pub const PC: u32 = 8;
    /// Words of a frame below its registers.
    pub const SIZE: u32 = 8;
}

/// The return word of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReturnInfo {
    /// The caller's frame; 0 for none.
    pub fp: u32,
    /// The caller's register that takes the result.
    pub dst: u8,
    /// Bits below.
    pub flags: u8,
}

impl ReturnInfo {
    /// Returning leaves the interpreter loop.
    pub const ENTRY: u8 = 1;
    /// The frame was entered by [[Construct]].
    pub const CONSTRUCT: u8 = 2;
    /// The frame belongs to a generator: leaving it finishes the generator.
    pub const GENERATOR: u8 = 4;
    /// The frame of a getter or setter that a property instruction of the caller entered.
    pub const ACCESS: u8 = 8;
    /// The frame of a generator that the caller's `IteratorNext` or `IteratorStep` goes on with.
    pub const ITERATION: u8 = 16;
    /// Returning takes more than storing the value in the caller's register.
    pub const UNUSUAL: u8 = Self::ENTRY | Self::ACCESS | Self::ITERATION;

    #[inline(always)]
    pub const fn pack(self) -> JsValue {
        JsValue::raw(self.fp as u64 | (self.dst as u64) << 32 | (self.flags as u64) << 40)
    }

    #[inline(always)]
    pub const fn unpack(word: JsValue) -> Self {
        let raw = word.to_bits();
        ReturnInfo { fp: raw as u32, dst: (raw >> 32) as u8, flags: (raw >> 40) as u8 & 0x3F }
    }
}

/// Words of a code block ([`rotifer_jsvalue::Kind::Code`]).
pub(crate) mod code {
    /// The function description, or undefined for scripts and eval code.
    pub const INFO: u32 = 2;
    /// The script it is from.
    pub const SCRIPT: u32 = 3;
    /// Registers (16 bits), parameters (14), flags (16): raw.
    pub const SHAPE: u32 = 4;
    /// Word of the first inline cache (24 bits), number of handlers (22): raw.
    pub const CACHES: u32 = 5;
    /// Word of the bytecode (24 bits), its length in words of 4 bytes (22): raw.
    pub const CODE: u32 = 6;
    /// Word of the handlers (24 bits); word of the positions is `POSITIONS`: raw.
    pub const HANDLERS: u32 = 7;
    /// Word of the positions (24 bits), their length in bytes (22): raw.
    pub const POSITIONS: u32 = 8;
    /// Context flags for direct eval inside: raw.
    pub const CONTEXT: u32 = 9;
    /// First constant.
    pub const CONSTANTS: u32 = 11;
    /// Words of an inline cache.
    pub const CACHE_WORDS: u32 = 3;
}

/// What the hot path needs to know of a code block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CodeShape {
    pub registers: u32,
    pub parameters: u32,
    pub flags: u16,
}

impl CodeShape {
    pub const MAX_PARAMETERS: u32 = (1 << 14) - 1;

    #[inline(always)]
    pub const fn pack(self) -> JsValue {
        JsValue::raw(self.registers as u64 | (self.parameters as u64) << 16 | (self.flags as u64) << 30)
    }

    #[inline(always)]
    pub const fn unpack(word: JsValue) -> Self {
        let raw = word.to_bits();
        CodeShape { registers: raw as u32 & 0xFFFF, parameters: (raw >> 16) as u32 & 0x3FFF, flags: (raw >> 30) as u16 }
    }
}

/// Two numbers of 24 and 22 bits in one raw word.
#[inline(always)]
pub(crate) const fn pair(low: u32, high: u32) -> JsValue {
    JsValue::raw(low as u64 & 0xFF_FFFF | (high as u64) << 24)
}

/// The numbers out of [`pair`].
#[inline(always)]
pub(crate) const fn unpair(word: JsValue) -> (u32, u32) {
    let raw = word.as_raw();
    (raw as u32 & 0xFF_FFFF, (raw >> 24) as u32)
}

/// Values of a function description (a [`rotifer_jsvalue::Kind::Values`] block).
pub(crate) mod info {
    /// The script.
    pub const SCRIPT: u32 = 1;
    /// The `name` property, a string.
    pub const NAME: u32 = 2;
    /// First code unit: raw.
    pub const START: u32 = 3;
    /// Where re-parsing begins: raw.
    pub const PARAMS: u32 = 4;
    /// After the last code unit: raw.
    pub const END: u32 = 5;
    /// Flags as the parser knows them: raw.
    pub const FLAGS: u32 = 6;
    /// Kind (8 bits), context (16 bits), instance slots (6 bits) : raw.
    pub const KIND: u32 = 7;
    /// `length`: raw.
    pub const LENGTH: u32 = 8;
    /// The scope description it is created in, or null.
    pub const SCOPE: u32 = 9;
    /// The code block once it was called.
    pub const CODE: u32 = 10;
    /// First code unit of what `toString` shows: raw.
    pub const TEXT_START: u32 = 11;
    /// The code unit after that: raw.
    pub const TEXT_END: u32 = 12;
    /// Words of the block.
    pub const WORDS: u32 = 13;
}

/// Values of a script record.
pub(crate) mod script {
    /// The source text, flat.
    pub const SOURCE: u32 = 1;
    /// Its name, a string.
    pub const NAME: u32 = 2;
    /// Number of its realm, an integer.
    pub const REALM: u32 = 3;
    /// Lines before the first one, an integer.
    pub const LINE: u32 = 4;
    /// The module it is the code of, or that (or the script) in which eval made it; undefined for a script.
    pub const HOST: u32 = 5;
    /// Words of the block.
    pub const WORDS: u32 = 6;
}

/// Values of a scope description.
pub(crate) mod scope {
    /// The enclosing description, or null.
    pub const PARENT: u32 = 1;
    /// Flags (16 bits), slots (24 bits): raw.
    pub const INFO: u32 = 2;
    /// Pairs of name and raw (slot 32 bits, flags 8) follow.
    pub const NAMES: u32 = 3;
}

/// The first slot of an environment block.
pub(crate) const ENV_SLOTS: u32 = 3;
