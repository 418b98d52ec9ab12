//! Roots that live outside the block and let go of themselves, and their weak counterparts.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::{AtomicUsize, Ordering};

use slab::Slab;
use weakref_traits::{RefId, StrongRef, WeakRef};

/// What the handles to one value share.
pub(crate) struct Shared {
    /// The number of [`Root`]s, or [`DEAD`].
    strong: AtomicUsize,
    /// Where in the table the value is.
    key: usize,
}

/// The collector has found that the value is reachable no more. Final.
const DEAD: usize = usize::MAX;

/// Keeps one value of a heap alive until dropped. It may be dropped anywhere, on any thread, before or after its heap.
///
/// Made by [`Heap::make_root`](crate::Heap::make_root) or [`Scope::persist`](crate::Scope::persist), read by
/// [`Heap::read_root`](crate::Heap::read_root) or [`Scope::restore`](crate::Scope::restore). Two roots of one value have the same
/// [`id`](StrongRef::id), which stays what it is when the value moves.
pub struct Root<T = ()> {
    shared: Arc<Shared>,
    _type: PhantomData<fn() -> T>,
}

/// Refers to one value of a heap without keeping it alive. It may be used on any thread.
///
/// The value is gone when a collection of everything has found it unreachable; until then [`WeakRef::upgrade`] works.
///
/// ```
/// use rotifer_gc::{Heap, HeapConfig, Scope};
/// use weakref_traits::{StrongRef, WeakRef};
///
/// rotifer_gc::objects! {
///     pub model Example;
///     pub struct Number { value: f64, }
/// }
///
/// let mut heap: Heap<Example> = Heap::new(HeapConfig::default()).unwrap();
/// let (root, weak) = {
///     let mut scope = Scope::enter(&mut heap);
///     let number = scope.alloc(Number::new(1.5)).unwrap();
///     let root = scope.persist(number);
///     (root.clone(), root.downgrade())
/// };
/// heap.collect(&mut []);
/// assert!(weak.upgrade().is_some_and(|again| again.ptr_eq(&root)));
/// drop(root);
/// heap.collect(&mut []);
/// assert!(weak.is_expired());
/// ```
pub struct Weak<T = ()> {
    shared: Arc<Shared>,
    _type: PhantomData<fn() -> T>,
}

impl<T> Root<T> {
    /// `shared` counts this root already.
    fn counted(shared: Arc<Shared>) -> Self {
        Root { shared, _type: PhantomData }
    }

    /// The same root, of a value known to be something else.
    #[must_use]
    pub fn cast<U>(self) -> Root<U> {
        let root = Root::counted(self.shared.clone());
        core::mem::forget(root.clone());
        drop(self);
        root
    }
}

impl<T> Clone for Root<T> {
    fn clone(&self) -> Self {
        self.shared.strong.fetch_add(1, Ordering::Relaxed);
        Root::counted(self.shared.clone())
    }
}

impl<T> Drop for Root<T> {
    fn drop(&mut self) {
        // The values of a heap are reached through `&mut Heap` alone, so nothing has to be ordered by this but the count itself.
        self.shared.strong.fetch_sub(1, Ordering::Release);
    }
}

impl<T> Clone for Weak<T> {
    fn clone(&self) -> Self {
        Weak { shared: self.shared.clone(), _type: PhantomData }
    }
}

impl<T> StrongRef for Root<T> {
    type Weak = Weak<T>;

    fn downgrade(&self) -> Weak<T> {
        Weak { shared: self.shared.clone(), _type: PhantomData }
    }

    fn id(&self) -> RefId {
        RefId::from_address(Arc::as_ptr(&self.shared))
    }

    fn strong_count(&self) -> usize {
        self.shared.strong.load(Ordering::Relaxed)
    }
}

impl<T> WeakRef for Weak<T> {
    type Strong = Root<T>;

    fn upgrade(&self) -> Option<Root<T>> {
        let one_more = |strong| (strong != DEAD).then(|| strong + 1);
        self.shared.strong.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more).ok()?;
        Some(Root::counted(self.shared.clone()))
    }

    fn is_expired(&self) -> bool {
        self.shared.strong.load(Ordering::Acquire) == DEAD
    }

    fn id(&self) -> RefId {
        RefId::from_address(Arc::as_ptr(&self.shared))
    }

    /// At least 1 until the value is gone: it may be reachable without any root.
    fn strong_count(&self) -> usize {
        match self.shared.strong.load(Ordering::Acquire) {
            DEAD => 0,
            count => count.max(1),
        }
    }
}

impl<T> fmt::Debug for Root<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Root({})", self.shared.key)
    }
}

impl<T> fmt::Debug for Weak<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Weak({}{})", self.shared.key, if self.is_expired() { ", expired" } else { "" })
    }
}

pub(crate) struct Entry {
    pub word: u64,
    shared: Arc<Shared>,
}

impl Entry {
    /// Whether there is a [`Root`], not only a [`Weak`].
    pub fn is_strong(&self) -> bool {
        self.shared.strong.load(Ordering::Acquire) > 0
    }

    /// Ends it, unless a weak handle has just become a root.
    pub fn expire(&self) -> bool {
        self.shared.strong.compare_exchange(0, DEAD, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    fn is_expired(&self) -> bool {
        self.shared.strong.load(Ordering::Relaxed) == DEAD
    }
}

#[derive(Default)]
pub(crate) struct RootTable {
    entries: Slab<Entry>,
    /// Where each value is in the table, so that it has one entry and its handles one identity. Words change when things move:
    /// it is made anew when it is next needed.
    places: BTreeMap<u64, usize>,
    places_valid: bool,
    /// Entries at which released ones are looked for before the table grows.
    sweep_at: usize,
}

impl RootTable {
    pub fn insert<T>(&mut self, word: u64) -> Root<T> {
        if self.entries.len() >= self.sweep_at {
            self.sweep();
            self.sweep_at = (self.entries.len() * 2).max(64);
        }
        if !self.places_valid {
            self.places = self.entries.iter().map(|(key, entry)| (entry.word, key)).collect();
            self.places_valid = true;
        }
        if let Some(entry) = self.places.get(&word).and_then(|&key| self.entries.get(key)) {
            entry.shared.strong.fetch_add(1, Ordering::Relaxed);
            return Root::counted(entry.shared.clone());
        }
        let vacant = self.entries.vacant_entry();
        let key = vacant.key();
        let shared = Arc::new(Shared { strong: AtomicUsize::new(1), key });
        vacant.insert(Entry { word, shared: shared.clone() });
        self.places.insert(word, key);
        Root::counted(shared)
    }

    pub fn get<T>(&self, root: &Root<T>) -> Option<u64> {
        let entry = self.entries.get(root.shared.key)?;
        Arc::ptr_eq(&entry.shared, &root.shared).then_some(entry.word)
    }

    /// Lets go of entries to which no handle is left.
    pub fn sweep(&mut self) {
        let before = self.entries.len();
        // With the count at 1 there is nobody who could make another.
        self.entries.retain(|_, entry| Arc::strong_count(&entry.shared) > 1 && !entry.is_expired());
        self.places_valid &= self.entries.len() == before;
    }

    /// How many values are kept by a [`Root`].
    pub fn len(&self) -> usize {
        self.iter().filter(|entry| entry.is_strong()).count()
    }

    pub fn words_mut(&mut self) -> impl Iterator<Item = &mut u64> {
        self.places_valid = false;
        self.entries.iter_mut().map(|(_, entry)| &mut entry.word)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    pub fn clear(&mut self) {
        for entry in self.iter() {
            // What there is a root of is not dead, but no longer of this heap either.
            entry.expire();
        }
        self.entries.clear();
        self.places_valid = false;
    }
}

impl Drop for RootTable {
    fn drop(&mut self) {
        self.clear();
    }
}
