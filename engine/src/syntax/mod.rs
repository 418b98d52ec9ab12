//! From source text to a syntax tree with resolved names.

pub mod ast;
pub mod names;
pub mod scope;
mod view;

pub use ast::{Ast, Expr, Pattern, Stmt};
pub use names::{Name, Text};

/// Source text: Latin-1 or UTF-16 code units.
pub type SourceText<'a> = Text<'a>;
