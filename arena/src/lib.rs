#![no_std]
#![doc = include_str!("../README.md")]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod block;
mod bump;
mod header;
mod index;
#[cfg(target_has_atomic = "64")]
mod pool;
mod scratch;
#[cfg(target_has_atomic = "64")]
mod sync;

#[cfg(all(target_has_atomic = "64", not(loom)))]
pub use block::ArenaPool;
pub use block::{Arena, ArenaView, ReserveError};
pub use bump::{Bump, BumpError};
pub use header::MemBlockHeader;
pub use index::HeapIndex;
#[cfg(loom)]
#[doc(hidden)]
pub use pool::set_slot;
#[cfg(target_has_atomic = "64")]
pub use pool::{Block, BlockPool, Global, PoolBox, PoolConfig, free_list};
pub use scratch::{Buffer, OutOfScratch, Scratch, ScratchVec};
