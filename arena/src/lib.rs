#![no_std]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod block;
mod header;
mod index;
mod scratch;

pub use block::{Arena, ArenaView, ReserveError};
pub use header::MemBlockHeader;
pub use index::HeapIndex;
pub use scratch::{Buffer, OutOfScratch, Scratch, ScratchVec};
