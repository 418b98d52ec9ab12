#![no_std]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod collect;
mod ephemerons;
mod handles;
mod heap;
mod mark;
mod model;
mod objects;
mod scope;
mod stats;
mod tables;
mod typed;
mod walk;
#[doc(hidden)]
pub mod word;

pub use handles::{Root, Weak};
pub use heap::{Heap, HeapConfig, HeapError, OutOfMemory, StackError};
pub use model::{BlockLayout, FLAG_REMEMBERED, ObjectModel, Special};
pub use objects::{At, Class, Ephemerons, Field, New, Object, Registry, Shape, Tail, TailItem};
pub use rotifer_arena as arena;
pub use scope::{Gc, HeapContext, Rooted, Scope};
pub use stats::{GcStats, PAUSE_BUCKETS};
pub use typed::AllocError;
pub use walk::KindCount;
pub use word::{Value, Weakly};
