//! The interface for embedders: isolates evaluate source text, values are converted both ways, errors are owned Rust errors.

mod error;
mod eval;
#[cfg(feature = "std")]
mod files;
mod function;
mod stats;
mod test262;
mod text;
mod value;

pub use error::{Error, Frame};
#[cfg(feature = "std")]
pub use files::FileLoader;
pub use function::{Call, IntoArgs};
pub use stats::{BlockKindStats, Stats};
pub use value::{FromJs, Handle, IntoJs, Value};
