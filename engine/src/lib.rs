//! A JavaScript engine for running other people's code inside a Rust program under a hard memory budget.
//!
//! Everything one [`Isolate`] owns (objects, strings, bytecode, stack, jobs that wait) lives in one relocatable block of memory. The
//! block *is* the memory limit; nothing a script does allocates outside of it.
//!
//! ```
//! use rotifer::{Isolate, Limits};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut isolate = Isolate::new(Limits::default().memory(1 << 20))?;
//! let sum: f64 = isolate.eval_as("[1, 2, 3].reduce((a, b) => a + b)", "sum.js")?;
//! assert_eq!(sum, 6.0);
//! # Ok(())
//! # }
//! ```
//!
//! # Limits
//!
//! Memory, stack, instructions ([`Limits::fuel`]), time and [cancellation](CancelHandle) from another thread each end an evaluation with
//! an [`Error`] of their own, which scripts cannot catch (except that of a full stack). The isolate is ready for the next script after
//! any of them.
//!
//! ```
//! use rotifer::{Error, Isolate, Limits};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut isolate = Isolate::new(Limits::default().memory(64 << 10).fuel(Some(100_000)))?;
//! assert_eq!(isolate.run("let list = []; for (;;) list.push({})", "hungry.js"), Err(Error::OutOfMemory));
//! assert_eq!(isolate.run("for (;;);", "busy.js"), Err(Error::OutOfFuel));
//! isolate.set_fuel(None);
//! assert_eq!(isolate.eval_as::<f64>("1 + 1", "modest.js"), Ok(2.0));
//! # Ok(())
//! # }
//! ```
//!
//! # Functions and values
//!
//! Functions of the host are closures ([`Isolate::register`]); values are converted by [`FromJs`] and [`IntoJs`]; objects are referred to
//! by a [`Handle`].
//!
//! ```
//! use rotifer::{Call, Error, Handle, Isolate, Limits};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut isolate = Isolate::new(Limits::default())?;
//! let mut total = 0.0;
//! isolate.register("count", 1, move |call: &mut Call| {
//!     total += call.arg::<f64>(0)?;
//!     Ok::<f64, Error>(total)
//! })?;
//! let f: Handle = isolate.eval_as("(x) => count(x) + count(x)", "f.js")?;
//! assert_eq!(isolate.call::<f64>(&f, (), (5,))?, 15.0);
//!
//! let error = isolate.run("count('five')", "wrong.js").unwrap_err();
//! assert_eq!(error.to_string(), "TypeError: argument 1: expected a number, found a string");
//! # Ok(())
//! # }
//! ```
//!
//! # Images
//!
//! An isolate at rest can be written to bytes and go on in another process ([`Isolate::save_image`]), or be [copied](Isolate::fork).
//!
//! # Features
//!
//! - `std` (default): clocks, time zones, modules from files. Without it the crate needs `alloc` only.
//! - `unicode-properties` (default): `\p{…}` in regular expressions.
//! - `temporal` (default): `Temporal`, with its calendars and time zones; a few megabytes of program. Needs `std`.
//! - `intl`: `Intl`, and methods that follow the customs of languages and regions. The program becomes 17 MB larger, a process takes
//!   2 ms and 3 MB more at its start. Needs `temporal`.
//! - `cli` (default): the `rotifer` command.
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
pub use isolate::{CancelHandle, Isolate, IsolatePool, Limits, Load, ModuleLoader, NewIsolateError};
pub use throw::{JsResult, Throw};
