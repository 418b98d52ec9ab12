#![no_std]
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod elements;
pub mod hash_table;
pub mod key;
pub mod layout;
mod name_list;
pub mod names;
pub mod number;
pub mod object;
pub mod shape;
pub mod string;
#[cfg(test)]
mod tests;
pub mod value;
pub mod weak_table;

pub use key::PropertyKey;
pub use layout::{Heap, HeapExt, JsModel, Kind, field, flag};
pub use names::{StaticName, WellKnown, name};
pub use shape::Attrs;
pub use string::StrView;
pub use value::JsValue;
