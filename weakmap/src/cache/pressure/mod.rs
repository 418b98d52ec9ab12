//! How short memory is.

mod gauge;
mod process;

pub use gauge::{Gauge, HeapGauge};
pub use process::ProcessMemory;

/// Knows how short memory is.
///
/// Implemented for functions, for what is shared in an `Arc`, and by [`Gauge`] (a number that somebody sets, as tests do), [`HeapGauge`] (a
/// garbage-collected heap) and [`ProcessMemory`] (the process against its control group and the machine).
pub trait Pressure: Send + Sync {
    /// The part of the limit that is used: 0 when nothing is, or nothing is known, 1 at the limit.
    fn level(&self) -> f64;
}

impl<F: Fn() -> f64 + Send + Sync> Pressure for F {
    fn level(&self) -> f64 {
        self()
    }
}

/// The part of a limit that is used; 0 without a limit.
fn part(used: u64, limit: u64) -> f64 {
    if limit == 0 { 0.0 } else { used as f64 / limit as f64 }
}
