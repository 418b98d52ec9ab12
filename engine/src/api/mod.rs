//! The interface for embedders: isolates evaluate source text, values are converted both ways, errors are owned Rust errors.

mod error;
mod eval;
mod function;
mod stats;
mod test262;
mod text;
mod value;

pub use error::{Error, Frame};
pub use function::{Call, IntoArgs};
pub use stats::{BlockKindStats, Stats};
pub use value::{FromJs, Handle, IntoJs, Value};
