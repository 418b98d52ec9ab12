//! Traits that tie a strong reference type to its weak counterpart.
//!
//! A container of weak references does not care whether a value is kept alive by [`Rc`](alloc::rc::Rc),
//! [`Arc`](alloc::sync::Arc), a collector's handle or a type of one's own. It needs to make a weak reference from a
//! strong one, try the way back, and know when the way back is closed. [`StrongRef`] and [`WeakRef`] name these
//! operations and point at each other through their associated types, so that either side of the pair determines the
//! other:
//!
//! ```
//! use std::rc::Rc;
//! use std::sync::Arc;
//! use weakref_traits::{StrongRef, WeakRef};
//!
//! /// Remembers a value without keeping it alive.
//! struct Observer<S: StrongRef>(S::Weak);
//!
//! impl<S: StrongRef> Observer<S> {
//!     fn of(value: &S) -> Self {
//!         Observer(value.downgrade())
//!     }
//! }
//!
//! let one = Rc::new(1);
//! let watch = Observer::of(&one);
//! assert_eq!(watch.0.upgrade().as_deref(), Some(&1));
//! drop(one);
//! assert!(watch.0.is_expired());
//!
//! let text: Arc<str> = Arc::from("unsized values too");
//! assert!(Observer::of(&text).0.refers_to(&text));
//! ```
//!
//! # Identity
//!
//! Both sides have an [`id`](StrongRef::id) that is equal exactly when they refer to the same value, and that stays the
//! same for as long as any of the references, strong or weak, exists. [`ById`] compares and hashes by it, which makes any
//! reference a key for a map.
//!
//! # Features and platforms
//!
//! The crate is `no_std`, has no dependencies and no features and contains no `unsafe`. The implementations for `Arc`
//! exist wherever `alloc` has it.
#![no_std]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

extern crate alloc;

mod by_id;
mod rc;
#[cfg(target_has_atomic = "ptr")]
mod sync;
mod traits;

pub use by_id::ById;
pub use traits::{RefId, StrongRef, WeakRef};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
