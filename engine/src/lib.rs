//! Rotifer.
#![deny(unsafe_code)]

pub mod stack_guard;
pub mod syntax;
