//! What can go wrong.

use core::fmt;

use rotifer_arena::OutOfScratch;

use crate::stack_guard::TooDeep;

/// An early error in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegExpSyntaxError {
    /// What is wrong, without the pattern.
    pub message: &'static str,
    /// The code unit of the pattern near which it was noticed.
    pub position: u32,
}

/// Why a pattern was not compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileError {
    /// The pattern is not valid.
    Syntax(RegExpSyntaxError),
    /// The scratch is used up, or the program would be longer than 2^24 words.
    OutOfMemory,
    /// The pattern nests deeper than the native stack allows.
    TooDeep,
}

impl From<OutOfScratch> for CompileError {
    fn from(_: OutOfScratch) -> Self {
        CompileError::OutOfMemory
    }
}

impl From<TooDeep> for CompileError {
    fn from(_: TooDeep) -> Self {
        CompileError::TooDeep
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CompileError::Syntax(e) => f.write_str(e.message),
            CompileError::OutOfMemory => f.write_str("out of memory"),
            CompileError::TooDeep => f.write_str("regular expression nests too deeply"),
        }
    }
}

impl core::error::Error for CompileError {}

/// Why matching stopped without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExecError<E> {
    /// The scratch is used up by backtracking.
    OutOfMemory,
    /// `poll` said so.
    Stopped(E),
}

impl<E> From<OutOfScratch> for ExecError<E> {
    fn from(_: OutOfScratch) -> Self {
        ExecError::OutOfMemory
    }
}
