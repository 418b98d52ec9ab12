//! How the keys and values of a hash table are held.

use core::borrow::Borrow;
use core::hash::{BuildHasher, Hash};

use weakref_traits::{StrongRef, WeakRef};

use crate::traits::WeakKey;

/// A key or value that is kept as it is.
#[derive(Clone, Debug, Default)]
pub struct Owned<T>(pub(super) T);

/// A key that is held weakly, and compared and hashed by what it refers to.
#[derive(Clone, Debug)]
pub struct ByValue<W>(pub(super) W);

/// A key that is held weakly, and compared and hashed by its identity.
#[derive(Clone, Debug)]
pub struct ByPtr<W>(pub(super) W);

/// A value that is held weakly.
#[derive(Clone, Debug)]
pub struct Weakly<W>(pub(super) W);

mod sealed {
    pub trait Sealed {}
    impl<T> Sealed for super::Owned<T> {}
    impl<W> Sealed for super::ByValue<W> {}
    impl<W> Sealed for super::ByPtr<W> {}
    impl<W> Sealed for super::Weakly<W> {}
}

/// One half of an entry, key or value, kept as it is or held weakly.
pub trait Half: Sized + sealed::Sealed {
    /// What it is made from and becomes again: the thing itself, or the strong reference.
    type Given;
    /// What it is seen as: `&T`, or the strong reference.
    type Ref<'a>
    where
        Self: 'a;
    /// What it is seen as by those who may change it: `&mut T`, or the strong reference.
    type Mut<'a>
    where
        Self: 'a;
    /// What keeps it alive: nothing, or the strong reference.
    type Handle;
    /// What is remembered of the hash of a key.
    type Memo: Copy;

    /// Whether it is held weakly and gone.
    #[doc(hidden)]
    fn is_expired(&self) -> bool;
    #[doc(hidden)]
    fn handle(&self) -> Option<Self::Handle>;
    #[doc(hidden)]
    fn view(&self) -> Option<Self::Ref<'_>>;
    #[doc(hidden)]
    fn view_mut(&mut self) -> Option<Self::Mut<'_>>;
    #[doc(hidden)]
    fn view_with(&mut self, handle: Self::Handle) -> Self::Mut<'_>;
    #[doc(hidden)]
    fn into_given(self) -> Option<Self::Given>;
    #[doc(hidden)]
    fn given<'a>(&'a self, handle: &'a Self::Handle) -> &'a Self::Given;
    #[doc(hidden)]
    fn into_given_with(self, handle: Self::Handle) -> Self::Given;
    #[doc(hidden)]
    fn keep(given: Self::Given) -> Self;
    #[doc(hidden)]
    fn keep_with(given: Self::Given) -> (Self, Self::Handle);
    /// Puts another one in its place and gives the old one if it is alive.
    #[doc(hidden)]
    fn replace(&mut self, given: Self::Given) -> Option<Self::Given>;
}

impl<T> Half for Owned<T> {
    type Given = T;
    type Ref<'a>
        = &'a T
    where
        T: 'a;
    type Mut<'a>
        = &'a mut T
    where
        T: 'a;
    type Handle = ();
    type Memo = ();

    #[inline]
    fn is_expired(&self) -> bool {
        false
    }

    #[inline]
    fn handle(&self) -> Option<()> {
        Some(())
    }

    #[inline]
    fn view(&self) -> Option<&T> {
        Some(&self.0)
    }

    #[inline]
    fn view_mut(&mut self) -> Option<&mut T> {
        Some(&mut self.0)
    }

    #[inline]
    fn view_with(&mut self, (): ()) -> &mut T {
        &mut self.0
    }

    #[inline]
    fn into_given(self) -> Option<T> {
        Some(self.0)
    }

    #[inline]
    fn given<'a>(&'a self, (): &'a ()) -> &'a T {
        &self.0
    }

    #[inline]
    fn into_given_with(self, (): ()) -> T {
        self.0
    }

    #[inline]
    fn keep(given: T) -> Self {
        Owned(given)
    }

    #[inline]
    fn keep_with(given: T) -> (Self, ()) {
        (Owned(given), ())
    }

    #[inline]
    fn replace(&mut self, given: T) -> Option<T> {
        Some(core::mem::replace(&mut self.0, given))
    }
}

macro_rules! weak_half {
    ($($name:ident: $memo:ty),*) => {$(
        impl<W: WeakRef> Half for $name<W> {
            type Given = W::Strong;
            type Ref<'a> = W::Strong where W: 'a;
            type Mut<'a> = W::Strong where W: 'a;
            type Handle = W::Strong;
            type Memo = $memo;

            #[inline]
            fn is_expired(&self) -> bool {
                self.0.is_expired()
            }

            #[inline]
            fn handle(&self) -> Option<W::Strong> {
                self.0.upgrade()
            }

            #[inline]
            fn view(&self) -> Option<W::Strong> {
                self.0.upgrade()
            }

            #[inline]
            fn view_mut(&mut self) -> Option<W::Strong> {
                self.0.upgrade()
            }

            #[inline]
            fn view_with(&mut self, handle: W::Strong) -> W::Strong {
                handle
            }

            #[inline]
            fn into_given(self) -> Option<W::Strong> {
                self.0.upgrade()
            }

            #[inline]
            fn given<'a>(&'a self, handle: &'a W::Strong) -> &'a W::Strong {
                handle
            }

            #[inline]
            fn into_given_with(self, handle: W::Strong) -> W::Strong {
                handle
            }

            #[inline]
            fn keep(given: W::Strong) -> Self {
                $name(given.downgrade())
            }

            #[inline]
            fn keep_with(given: W::Strong) -> (Self, W::Strong) {
                ($name(given.downgrade()), given)
            }

            #[inline]
            fn replace(&mut self, given: W::Strong) -> Option<W::Strong> {
                let old = core::mem::replace(&mut self.0, given.downgrade());
                old.upgrade()
            }
        }
    )*};
}

// By identity nothing is remembered: the identity outlives what it belongs to, so that it can be hashed again.
weak_half!(ByValue: u64, ByPtr: (), Weakly: ());

/// The key of an entry.
pub trait Key: Half {
    #[doc(hidden)]
    fn hash_given<S: BuildHasher>(given: &Self::Given, hasher: &S) -> u64;
    #[doc(hidden)]
    fn memo(hash: u64) -> Self::Memo;
    #[doc(hidden)]
    fn hash<S: BuildHasher>(&self, memo: Self::Memo, hasher: &S) -> u64;
    /// Whether it is alive and the given key; `hash` is that of the given one.
    #[doc(hidden)]
    fn is(&self, memo: Self::Memo, hash: u64, given: &Self::Given) -> bool;
    /// Holds the given key, which is equal, from now on.
    #[doc(hidden)]
    fn renew(&mut self, given: &Self::Given);
}

/// A key that can be looked up with a `Q`: with any borrowed form of it, or, by identity, with a strong reference.
pub trait Lookup<Q: ?Sized>: Key {
    #[doc(hidden)]
    fn hash_of<S: BuildHasher>(query: &Q, hasher: &S) -> u64;
    #[doc(hidden)]
    fn answers(&self, memo: Self::Memo, hash: u64, query: &Q) -> bool;
}

impl<T: Hash + Eq> Key for Owned<T> {
    #[inline]
    fn hash_given<S: BuildHasher>(given: &T, hasher: &S) -> u64 {
        hasher.hash_one(given)
    }

    #[inline]
    fn memo(_: u64) {}

    #[inline]
    fn hash<S: BuildHasher>(&self, (): (), hasher: &S) -> u64 {
        hasher.hash_one(&self.0)
    }

    #[inline]
    fn is(&self, (): (), _: u64, given: &T) -> bool {
        self.0 == *given
    }

    #[inline]
    fn renew(&mut self, _: &T) {}
}

impl<T: Hash + Eq + Borrow<Q>, Q: Hash + Eq + ?Sized> Lookup<Q> for Owned<T> {
    #[inline]
    fn hash_of<S: BuildHasher>(query: &Q, hasher: &S) -> u64 {
        hasher.hash_one(query)
    }

    #[inline]
    fn answers(&self, (): (), _: u64, query: &Q) -> bool {
        self.0.borrow() == query
    }
}

impl<W: WeakKey> Key for ByValue<W> {
    #[inline]
    fn hash_given<S: BuildHasher>(given: &W::Strong, hasher: &S) -> u64 {
        W::with_key(given, |key| hasher.hash_one(key))
    }

    #[inline]
    fn memo(hash: u64) -> u64 {
        hash
    }

    #[inline]
    fn hash<S: BuildHasher>(&self, memo: u64, _: &S) -> u64 {
        memo
    }

    #[inline]
    fn is(&self, memo: u64, hash: u64, given: &W::Strong) -> bool {
        memo == hash
            && (self.0.refers_to(given)
                || self.0.upgrade().is_some_and(|ours| W::with_key(&ours, |a| W::with_key(given, |b| a == b))))
    }

    #[inline]
    fn renew(&mut self, given: &W::Strong) {
        // Most often it is the same one: then there is nothing to count.
        if !self.0.refers_to(given) {
            self.0 = given.downgrade();
        }
    }
}

impl<W: WeakKey<Key: Borrow<Q>>, Q: Hash + Eq + ?Sized> Lookup<Q> for ByValue<W> {
    #[inline]
    fn hash_of<S: BuildHasher>(query: &Q, hasher: &S) -> u64 {
        hasher.hash_one(query)
    }

    #[inline]
    fn answers(&self, memo: u64, hash: u64, query: &Q) -> bool {
        memo == hash && self.0.upgrade().is_some_and(|ours| W::with_key(&ours, |key| key.borrow() == query))
    }
}

impl<W: WeakRef> Key for ByPtr<W> {
    #[inline]
    fn hash_given<S: BuildHasher>(given: &W::Strong, hasher: &S) -> u64 {
        hasher.hash_one(given.id().to_raw())
    }

    #[inline]
    fn memo(_: u64) {}

    #[inline]
    fn hash<S: BuildHasher>(&self, (): (), hasher: &S) -> u64 {
        hasher.hash_one(self.0.id().to_raw())
    }

    #[inline]
    fn is(&self, (): (), _: u64, given: &W::Strong) -> bool {
        self.0.refers_to(given)
    }

    #[inline]
    fn renew(&mut self, _: &W::Strong) {}
}

impl<W: WeakRef> Lookup<W::Strong> for ByPtr<W> {
    #[inline]
    fn hash_of<S: BuildHasher>(query: &W::Strong, hasher: &S) -> u64 {
        Self::hash_given(query, hasher)
    }

    #[inline]
    fn answers(&self, (): (), _: u64, query: &W::Strong) -> bool {
        self.0.refers_to(query)
    }
}

/// Values that can be compared with each other.
pub trait Alike<Other: Half>: Half {
    #[doc(hidden)]
    fn alike(ours: Self::Ref<'_>, theirs: Other::Ref<'_>) -> bool;
}

impl<V: PartialEq<V1>, V1> Alike<Owned<V1>> for Owned<V> {
    fn alike(ours: &V, theirs: &V1) -> bool {
        ours == theirs
    }
}

impl<W: WeakRef<Strong: PartialEq<W1::Strong>>, W1: WeakRef> Alike<Weakly<W1>> for Weakly<W> {
    fn alike(ours: W::Strong, theirs: W1::Strong) -> bool {
        ours == theirs
    }
}
