//! How failure travels through the engine.

use rotifer_gc::{OutOfMemory, StackError};

/// Something was thrown, or a limit was reached. It has no size: what it is waits in the isolate.
///
/// Made by [`Cx::throw`](crate::Cx::throw) and its kin, or from an [`OutOfMemory`] by `?` through [`Cx::oom`](crate::Cx::oom).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throw(());

/// The result of whatever may throw.
pub type JsResult<T> = Result<T, Throw>;

impl Throw {
    /// Only where the isolate has been told what was thrown.
    pub(crate) const fn noted() -> Self {
        Throw(())
    }
}

/// What waits in the isolate while a [`Throw`] travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Pending {
    /// Nothing was noted: a low-level allocation failed on the way (the only thing that fails without a note).
    #[default]
    None,
    /// The exception is in its root word.
    Exception,
    /// The block is full.
    OutOfMemory,
    /// The instruction budget is used up.
    OutOfFuel,
    /// The deadline has passed.
    Deadline,
    /// The host asked to stop.
    Cancelled,
}

/// A heap allocation failed. Without a note in the isolate a throw means just that.
impl From<OutOfMemory> for Throw {
    fn from(_: OutOfMemory) -> Self {
        Throw(())
    }
}

/// The stack cannot grow: reported as out of memory unless [`Cx`](crate::Cx) notes a stack overflow first.
impl From<StackError> for Throw {
    fn from(_: StackError) -> Self {
        Throw(())
    }
}
