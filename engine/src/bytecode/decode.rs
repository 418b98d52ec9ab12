//! The opcode enum and the decoder, both expanded from the table.

use crate::for_each_opcode;

/// Where an operand stands in the instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types, reason = "spelled as in the table")]
pub enum Field {
    /// Bits 8 to 15.
    a,
    /// Bits 16 to 23.
    b,
    /// Bits 24 to 31.
    c,
    /// Bits 16 to 31.
    bx,
    /// Bits 8 to 31, signed.
    ax,
    /// First extra word.
    w0,
    /// Second extra word.
    w1,
}

/// What an operand means; see the table's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Register written.
    Dst,
    /// Register read.
    Src,
    /// Register read and written.
    Upd,
    /// First register of a run.
    Base,
    /// Signed byte.
    Imm,
    /// Unsigned byte.
    Byte,
    /// Signed 16-bit integer.
    Int,
    /// Unsigned 16-bit number.
    Count,
    /// Signed 24-bit jump offset.
    Offset,
    /// Signed 32-bit jump offset.
    Jump,
    /// Key constant and inline cache.
    KeyIc,
    /// Constant index.
    K,
    /// Depth and slot.
    Scoped,
    /// Any number.
    Word,
}

macro_rules! define {
    ($( $(#[$doc:meta])* $name:ident { $( $field:ident : $kind:ident ),* }; )*) => {
        /// An operation of the register machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Opcode {
            $( $(#[$doc])* $name, )*
        }

        impl Opcode {
            /// All opcodes, in encoding order.
            pub const ALL: &'static [Opcode] = &[$( Opcode::$name, )*];

            /// The opcode's name as in the table.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $( Opcode::$name => stringify!($name), )* }
            }

            /// The opcode's operands in table order.
            #[must_use]
            pub const fn operands(self) -> &'static [(Field, Kind)] {
                match self { $( Opcode::$name => &[$( (Field::$field, Kind::$kind) ),*], )* }
            }
        }
    };
}

for_each_opcode!(define);

const _: () = assert!(Opcode::ALL.len() <= 256, "opcodes fit a byte");

impl Opcode {
    /// The opcode with this encoding.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Opcode> {
        Self::ALL.get(usize::from(byte)).copied()
    }

    /// Extra words after the first one (without the table of [`Opcode::SwitchInt`]).
    #[must_use]
    pub const fn extra_words(self) -> usize {
        let operands = self.operands();
        let mut extra = 0;
        let mut i = 0;
        while i < operands.len() {
            match operands[i].0 {
                Field::w0 if extra < 1 => extra = 1,
                Field::w1 => extra = 2,
                _ => {}
            }
            i += 1;
        }
        extra
    }
}

/// One decoded instruction.
#[derive(Clone, Copy, Debug)]
pub struct Instruction<'c> {
    /// The operation.
    pub op: Opcode,
    /// Word index of its first word.
    pub pc: usize,
    /// All its words, a jump table included.
    pub words: &'c [u32],
}

impl<'c> Instruction<'c> {
    /// Decodes the instruction at `pc`; `None` when there is none or it is cut off.
    #[must_use]
    pub fn decode(code: &'c [u32], pc: usize) -> Option<Self> {
        let rest = code.get(pc..)?;
        let first = *rest.first()?;
        let op = Opcode::from_byte(first as u8)?;
        let table = if op == Opcode::SwitchInt { (first >> 16) as usize } else { 0 };
        let words = rest.get(..1 + op.extra_words() + table)?;
        Some(Instruction { op, pc, words })
    }

    /// Word index of the next instruction.
    #[must_use]
    pub fn next_pc(&self) -> usize {
        self.pc + self.words.len()
    }

    /// The operand in `field`, sign-extended where its kind is signed.
    #[must_use]
    pub fn operand(&self, field: Field, kind: Kind) -> i64 {
        let word = self.words[0];
        let extra = |i: usize| self.words.get(i).copied().unwrap_or(0);
        let raw = match field {
            Field::a => (word >> 8) & 0xff,
            Field::b => (word >> 16) & 0xff,
            Field::c => word >> 24,
            Field::bx => word >> 16,
            Field::ax => return i64::from((word as i32) >> 8),
            Field::w0 => extra(1),
            Field::w1 => extra(2),
        };
        match kind {
            Kind::Imm => i64::from(raw as u8 as i8),
            Kind::Int => i64::from(raw as u16 as i16),
            Kind::Jump => i64::from(raw as i32),
            _ => i64::from(raw),
        }
    }

    /// The word index a jump offset of this instruction leads to.
    #[must_use]
    pub fn target(&self, offset: i64) -> i64 {
        self.pc as i64 + 1 + offset
    }

    /// The offsets of a jump table.
    #[must_use]
    pub fn table(&self) -> &'c [u32] {
        if self.op == Opcode::SwitchInt { &self.words[2..] } else { &[] }
    }
}
