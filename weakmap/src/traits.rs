//! What weak keys have to be able to do, and the names that `weak-table` has for these traits.

use core::hash::Hash;

pub use weakref_traits::WeakRef as WeakElement;
use weakref_traits::WeakRef;

/// A weak reference to a value that can be compared and hashed, and so be a key.
///
/// Implemented for the weak references of `Rc` and `Arc`. As with every key, neither the hash of the value nor what it is
/// equal to may change while it is in a map.
pub trait WeakKey: WeakRef {
    /// What is compared and hashed.
    type Key: ?Sized + Eq + Hash;

    /// Calls `f` with the key.
    fn with_key<R>(view: &Self::Strong, f: impl FnOnce(&Self::Key) -> R) -> R;
}

impl<T: ?Sized + Eq + Hash> WeakKey for alloc::rc::Weak<T> {
    type Key = T;

    #[inline]
    fn with_key<R>(view: &Self::Strong, f: impl FnOnce(&T) -> R) -> R {
        f(view)
    }
}

#[cfg(target_has_atomic = "ptr")]
impl<T: ?Sized + Eq + Hash> WeakKey for alloc::sync::Weak<T> {
    type Key = T;

    #[inline]
    fn with_key<R>(view: &Self::Strong, f: impl FnOnce(&T) -> R) -> R {
        f(view)
    }
}
