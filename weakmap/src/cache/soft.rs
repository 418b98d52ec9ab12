//! Entries that leave their values to others to keep.

use std::boxed::Box;

use weakref_traits::{StrongRef, WeakRef};

/// A weak reference whose type is forgotten, so that only caches with soft entries need values that have one.
pub trait Revive<V>: Send + Sync {
    /// The value, if it is still alive.
    fn revive(&self) -> Option<V>;
    /// Whether the value is gone.
    fn is_expired(&self) -> bool;
}

struct Held<W>(W);

impl<W: WeakRef + Send + Sync> Revive<W::Strong> for Held<W> {
    fn revive(&self) -> Option<W::Strong> {
        self.0.upgrade()
    }

    fn is_expired(&self) -> bool {
        self.0.is_expired()
    }
}

/// Makes a weak reference of a value that somebody else keeps alive.
pub type Demote<V> = fn(&V) -> Option<Box<dyn Revive<V>>>;

/// [`Demote`] for anything that has weak references.
pub fn demote<V>(value: &V) -> Option<Box<dyn Revive<V>>>
where
    V: StrongRef,
    V::Weak: Send + Sync + 'static,
{
    // A value that nobody else has would be gone at once.
    (value.strong_count() > 1).then(|| Box::new(Held(value.downgrade())) as Box<dyn Revive<V>>)
}
