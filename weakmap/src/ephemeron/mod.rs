//! Ephemeron tables over the collector of `rotifer-gc`.

mod map;
mod pairs;

pub use map::{EphemeronError, EphemeronIter, EphemeronMap};
pub use pairs::Pairs;
