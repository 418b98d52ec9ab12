use alloc::rc::{Rc, Weak};

use crate::{RefId, StrongRef, WeakRef};

impl<T: ?Sized> StrongRef for Rc<T> {
    type Weak = Weak<T>;

    #[inline]
    fn downgrade(&self) -> Weak<T> {
        Rc::downgrade(self)
    }

    #[inline]
    fn ptr_eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(self, other)
    }

    #[inline]
    fn id(&self) -> RefId {
        RefId::from_address(Rc::as_ptr(self))
    }

    #[inline]
    fn strong_count(&self) -> usize {
        Rc::strong_count(self)
    }
}

/// A `Weak` made by [`Weak::new`] refers to nothing; all of them share one id.
impl<T: ?Sized> WeakRef for Weak<T> {
    type Strong = Rc<T>;

    #[inline]
    fn upgrade(&self) -> Option<Rc<T>> {
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
