//! Regular expressions (ECMA-262 §22.2): patterns are compiled to a program of 32-bit words, which a backtracking
//! matcher runs over Latin-1 or UTF-16 text.
//!
//! Compiling and matching take all their memory from a [`Scratch`](rotifer_arena::Scratch). A program is plain words, so
//! it can be copied anywhere; [`Program::new`] checks its header and the matcher trusts nothing behind it.

mod analysis;
mod ast;
mod case;
mod charset;
mod class;
mod classset;
mod emit;
mod emoji;
mod error;
mod exec;
mod flags;
mod literal;
mod memo;
mod parser;
mod program;
mod properties;
#[cfg(test)]
mod tests;
mod text;

pub use emit::compile;
pub use error::{CompileError, ExecError, RegExpSyntaxError};
pub use exec::exec;
pub use flags::{Flags, InvalidFlags};
pub use parser::validate;
pub use program::{GroupName, InvalidProgram, NamedGroups, Program};
pub use text::Input;
