//! The abstract operations of the specification (ECMA-262 §7, §10), as methods of [`Cx`](crate::Cx).

mod arith;
pub(crate) mod bigint;
mod call;
mod closures;
pub(crate) mod collections;
pub(crate) mod compare;
pub(crate) mod convert;
mod descriptors;
mod disposal;
mod errors;
mod exotic;
mod internal_methods;
pub(crate) mod iterators;
mod jobs;
mod objects;
mod promises;
mod properties;
pub(crate) mod proxy;
mod species;
pub(crate) mod text;
pub(crate) mod typed;
pub(crate) mod weak;

pub(crate) use crate::interpreter::eval::DynamicKind;
pub(crate) use arith::exponentiate;
pub use arith::{ArithOp, UnaryOp};
pub use compare::typeof_name;
pub(crate) use disposal::Disposed;
pub(crate) use errors::Message;
pub(crate) use exotic::MAPPED;
pub(crate) use internal_methods::Own;
pub use internal_methods::PropertyDescriptor;
pub use iterators::{IteratorKind, IteratorRecord};
pub(crate) use promises::awaiting;
pub use promises::{PromiseCapability, PromiseState};
pub(crate) use species::DefaultSpecies;
pub(crate) use text::Text;

use rotifer_jsvalue::WellKnown;

/// The well-known symbol with this number (the last one for a number that is none).
pub(crate) fn well_known(number: u8) -> WellKnown {
    WellKnown::PUBLIC.get(number as usize).copied().unwrap_or(WellKnown::Dispose)
}

/// What a conversion to a primitive prefers (ECMA-262 §7.1.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hint {
    /// No preference.
    Default,
    /// A number.
    Number,
    /// A string.
    String,
}

/// Which message an error has (ECMA-262 §20.5).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    EvalError,
    URIError,
}
