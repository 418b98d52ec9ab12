//! The interface for embedders: isolates evaluate source text, values are converted both ways, errors are owned Rust errors.

mod error;
mod eval;
mod text;

pub use error::{Error, Frame};
