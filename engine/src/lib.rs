//! Rotifer.
#![deny(unsafe_code)]

pub mod bytecode;
pub mod compiler;
pub mod stack_guard;
pub mod syntax;
