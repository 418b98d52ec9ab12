#![no_std]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod collect;
mod ephemerons;
mod handles;
mod heap;
mod mark;
mod model;
mod scope;
mod stats;
mod tables;

pub use handles::Root;
pub use heap::{Heap, HeapConfig, HeapError, OutOfMemory, StackError};
pub use model::{BlockLayout, FLAG_REMEMBERED, ObjectModel, Special};
pub use scope::{Gc, HeapContext, Rooted, Scope};
pub use stats::{GcStats, PAUSE_BUCKETS};
