use alloc::sync::{Arc, Weak};

use crate::{RefId, StrongRef, WeakRef};

impl<T: ?Sized> StrongRef for Arc<T> {
    type Weak = Weak<T>;

    #[inline]
    fn downgrade(&self) -> Weak<T> {
        Arc::downgrade(self)
    }

    #[inline]
    fn ptr_eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(self, other)
    }

    #[inline]
    fn id(&self) -> RefId {
        RefId::from_address(Arc::as_ptr(self))
    }

    #[inline]
    fn strong_count(&self) -> usize {
        Arc::strong_count(self)
    }
}

/// A `Weak` made by [`Weak::new`] refers to nothing; all of them share one id.
impl<T: ?Sized> WeakRef for Weak<T> {
    type Strong = Arc<T>;

    #[inline]
    fn upgrade(&self) -> Option<Arc<T>> {
        Weak::upgrade(self)
    }

    #[inline]
    fn is_expired(&self) -> bool {
        Weak::strong_count(self) == 0
    }

    #[inline]
    fn id(&self) -> RefId {
        RefId::from_address(Weak::as_ptr(self))
    }

    #[inline]
    fn strong_count(&self) -> usize {
        Weak::strong_count(self)
    }

    #[inline]
    fn ptr_eq(&self, other: &Self) -> bool {
        Weak::ptr_eq(self, other)
    }
}
