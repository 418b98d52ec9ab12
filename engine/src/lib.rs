//! Rotifer.
#![deny(unsafe_code)]

pub mod regexp;
pub mod stack_guard;
