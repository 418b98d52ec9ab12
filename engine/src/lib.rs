//! Rotifer.
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

mod api;
mod builtins;
#[doc(hidden)]
pub mod bytecode;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod compiler;
mod cx;
mod image;
mod interpreter;
mod isolate;
mod ops;
#[doc(hidden)]
pub mod regexp;
mod regexp_glue;
#[doc(hidden)]
pub mod stack_guard;
#[doc(hidden)]
pub mod syntax;
mod throw;

#[cfg(feature = "std")]
pub use api::FileLoader;
pub use api::{BlockKindStats, Call, Error, Frame, FromJs, Handle, IntoArgs, IntoJs, Stats, Value};
pub use cx::{Args, Cx};
pub use image::ImageError;
pub use isolate::{CancelHandle, Isolate, Limits, ModuleLoader, NewIsolateError};
pub use throw::{JsResult, Throw};
