//! Bytecode: the opcode table, its decoder, compiled code as data, a disassembler and a verifier.

mod code;
mod decode;
mod disassemble;
mod opcodes;
mod positions;
mod verify;

pub use code::*;
pub use decode::{Field, Instruction, Kind, Opcode};
pub use disassemble::Disassembly;
pub use positions::{PositionTable, PositionWriter, SourceRange};
pub use verify::{VerifyError, verify};
