#![no_std]
#![doc = "One relocatable block of memory: block headers, 32-bit indices, a bump arena with a limit and a stack."]

mod scratch;

pub use scratch::{OutOfScratch, Scratch, ScratchVec};
