use core::borrow::Borrow;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::{RefId, StrongRef, WeakRef};

/// A reference compared, ordered and hashed by the identity of its value instead of by the value.
///
/// The identity is read once, when the wrapper is made, so looking things up never touches the value. Maps with such keys
/// can be asked for a [`RefId`] directly:
///
/// ```
/// use std::collections::HashMap;
/// use std::rc::Rc;
/// use weakref_traits::{ById, StrongRef};
///
/// let (one, twin) = (Rc::new("value"), Rc::new("value"));
/// let mut notes = HashMap::new();
/// notes.insert(ById::weak(one.downgrade()), "the first");
/// assert_eq!(notes.get(&one.id()), Some(&"the first"));
/// assert_eq!(notes.get(&twin.id()), None);
/// ```
#[derive(Clone)]
pub struct ById<R> {
    id: RefId,
    reference: R,
}

impl<S: StrongRef> ById<S> {
    /// Wraps a strong reference.
    #[must_use]
    pub fn strong(reference: S) -> Self {
        ById { id: reference.id(), reference }
    }
}

impl<W: WeakRef> ById<W> {
    /// Wraps a weak reference.
    #[must_use]
    pub fn weak(reference: W) -> Self {
        ById { id: reference.id(), reference }
    }
}

impl<R> ById<R> {
    /// The identity of the value.
    #[must_use]
    pub fn id(&self) -> RefId {
        self.id
    }

    /// The reference.
    #[must_use]
    pub fn get(&self) -> &R {
        &self.reference
    }

    /// Unwraps the reference.
    #[must_use]
    pub fn into_inner(self) -> R {
        self.reference
    }
}

impl<R> PartialEq for ById<R> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<R> Eq for ById<R> {}

impl<R> PartialOrd for ById<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<R> Ord for ById<R> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.id.cmp(&other.id)
    }
}

impl<R> Hash for ById<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<R> Borrow<RefId> for ById<R> {
    fn borrow(&self) -> &RefId {
        &self.id
    }
}

impl<R> fmt::Debug for ById<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ById").field(&self.id).finish()
    }
}
