//! From source text to a syntax tree with resolved names.

mod analysis;
pub mod ast;
mod classes;
mod entry;
mod error;
mod expressions;
mod function_literal;
mod functions;
mod interner;
mod lexer;
mod literals;
mod modules;
pub mod names;
mod parser;
mod patterns;
mod primary;
pub mod scope;
mod statements;
mod token;
mod view;

pub use ast::{Ast, Expr, Pattern, Stmt};
pub use entry::{
    EvalContext, ParseOptions, RegExpValidator, line_and_column, parse_dynamic_function, parse_eval, parse_function_at,
    parse_module, parse_script,
};
pub use error::{ParseError, SyntaxError};
pub(crate) use lexer::{is_id_part, is_id_start};
pub use names::{Name, Text};

/// Source text: Latin-1 or UTF-16 code units.
pub type SourceText<'a> = Text<'a>;
