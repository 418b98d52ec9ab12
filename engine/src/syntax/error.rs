//! What can stop a parse.

use core::fmt;

use rotifer_arena::OutOfScratch;

/// A parse that did not succeed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParseError {
    /// The text is not what the grammar and the early errors allow.
    Syntax(SyntaxError),
    /// Working memory ran out.
    OutOfScratch,
    /// The nesting is deeper than the native stack allows.
    TooDeep,
}

/// An early error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: &'static str,
    /// Offset in code units.
    pub position: u32,
    /// End of the offending text (the position itself when nothing is to be quoted).
    pub end: u32,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ParseError::Syntax(error) => error.fmt(f),
            ParseError::OutOfScratch => OutOfScratch.fmt(f),
            ParseError::TooDeep => f.write_str("too deeply nested"),
        }
    }
}

impl core::error::Error for SyntaxError {}
impl core::error::Error for ParseError {}

impl From<OutOfScratch> for ParseError {
    fn from(_: OutOfScratch) -> Self {
        ParseError::OutOfScratch
    }
}

/// The parse stops; why is noted in the lexer, out-of-memory if nothing is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop;

impl From<OutOfScratch> for Stop {
    fn from(_: OutOfScratch) -> Self {
        Stop
    }
}

/// Result inside the parser. `Stop` is zero-sized so that `R<NodeId>` is one word.
pub(crate) type R<T> = Result<T, Stop>;
