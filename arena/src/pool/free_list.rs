//! A lock-free stack of indices.

use core::fmt;
use core::marker::PhantomData;

use crate::sync::{AtomicU64, Ordering, const_fn};

/// The index that no item has.
pub const NONE: u32 = u32::MAX;

/// How a [`FreeList`] orders its memory accesses and how wide its tag is.
///
/// There is one right policy, [`Standard`]. It is a parameter so that the models in `tests/loom_free_list.rs` can take a part
/// of it away and show that the part is needed.
pub trait Policy: 'static {
    /// Bits of the tag that makes a head differ from every earlier one with the same index.
    const TAG_BITS: u32;
    /// The ordering with which the head is read by whoever takes an item.
    const TAKE: Ordering;
    /// The ordering with which an item is published.
    const PUBLISH: Ordering;
}

/// The policy that works: a tag of 32 bits, acquire on taking, release on publishing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standard;

impl Policy for Standard {
    const TAG_BITS: u32 = 32;
    const TAKE: Ordering = Ordering::Acquire;
    const PUBLISH: Ordering = Ordering::Release;
}

/// Where the link of each item is kept.
///
/// Links are kept apart from the items: whoever is about to take an item reads its link, and may find that somebody was quicker and
/// is already writing to the item.
pub trait Links {
    /// The link of item `index`, which belongs to the list.
    fn link(&self, index: u32) -> &Link;
}

/// The link of one item: the item below it in the stack, and how many there are from this one down.
pub struct Link(AtomicU64);

impl Link {
    const_fn! {
        /// The link of an item that is on no list.
        #[must_use]
        pub fn new() -> Self {
            Link(AtomicU64::new(pack(NONE, 0)))
        }
    }
}

impl Default for Link {
    fn default() -> Self {
        Link::new()
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}

const fn pack(index: u32, upper: u32) -> u64 {
    index as u64 | (upper as u64) << 32
}

const fn upper(word: u64) -> u32 {
    (word >> 32) as u32
}

/// A stack of indices that any number of threads push to and pop from without locks.
///
/// The head is one 64-bit word: the index of the topmost item and a *tag* that every pop changes. Without the tag a thread could read
/// head and link of an item, sleep while others pop it, pop the one below and push it back, and then install the link it read, an
/// item that is in use (the ABA problem). With the tag its exchange fails, unless it slept through an exact multiple of 2³² pops.
///
/// ```
/// use rotifer_arena::free_list::{FreeList, Link, Links};
///
/// struct Table(Vec<Link>);
/// impl Links for Table {
///     fn link(&self, index: u32) -> &Link {
///         &self.0[index as usize]
///     }
/// }
///
/// let links = Table((0..3).map(|_| Link::new()).collect());
/// let list = FreeList::<rotifer_arena::free_list::Standard>::new();
/// list.push(&links, 2);
/// list.push(&links, 0);
/// assert_eq!(list.len(&links), 2);
/// assert_eq!((list.pop(&links), list.pop(&links), list.pop(&links)), (Some(0), Some(2), None));
/// ```
pub struct FreeList<P: Policy = Standard> {
    head: AtomicU64,
    _policy: PhantomData<P>,
}

impl<P: Policy> FreeList<P> {
    const TAG_MASK: u32 = if P::TAG_BITS >= 32 { u32::MAX } else { (1 << P::TAG_BITS) - 1 };

    const_fn! {
        /// An empty list.
        #[must_use]
        pub fn new() -> Self {
            FreeList { head: AtomicU64::new(pack(NONE, 0)), _policy: PhantomData }
        }
    }

    /// Puts `index` on top. What its owner wrote to the item before is seen by whoever pops it.
    ///
    /// `index` must not be on a list, nor be [`NONE`].
    #[inline]
    pub fn push(&self, links: &impl Links, index: u32) {
        self.push_all(links, &[index]);
    }

    /// Puts all of `items` on top, the first one uppermost, in one step. See [`FreeList::push`].
    #[inline]
    pub fn push_all(&self, links: &impl Links, items: &[u32]) {
        let Some(&first) = items.first() else { return };
        // The link of the item on top is read, and where it is has to be known by then.
        let mut head = self.head.load(P::TAKE);
        loop {
            let mut depth = Self::depth(links, head);
            let mut below = head as u32;
            for &index in items.iter().rev() {
                debug_assert_ne!(index, NONE);
                depth += 1;
                links.link(index).0.store(pack(below, depth), Ordering::Relaxed);
                below = index;
            }
            match self.head.compare_exchange_weak(head, pack(first, upper(head)), P::PUBLISH, P::TAKE) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Takes the topmost index off.
    #[inline]
    pub fn pop(&self, links: &impl Links) -> Option<u32> {
        let mut item = [NONE];
        match self.pop_some(links, &mut item) {
            0 => None,
            _ => Some(item[0]),
        }
    }

    /// Takes as many indices off as there are and `items` has room for, in one step. Returns how many.
    #[inline]
    pub fn pop_some(&self, links: &impl Links, items: &mut [u32]) -> usize {
        let mut head = self.head.load(P::TAKE);
        loop {
            let mut next = head as u32;
            let mut count = 0;
            for item in items.iter_mut() {
                if next == NONE {
                    break;
                }
                *item = next;
                count += 1;
                // Out of date if the item was taken meanwhile; then the exchange fails.
                next = links.link(next).0.load(Ordering::Relaxed) as u32;
            }
            if count == 0 {
                return 0;
            }
            let tag = upper(head).wrapping_add(1) & Self::TAG_MASK;
            match self.head.compare_exchange_weak(head, pack(next, tag), P::TAKE, P::TAKE) {
                Ok(_) => return count,
                Err(now) => head = now,
            }
        }
    }

    /// Whether the list was empty a moment ago.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.head.load(Ordering::Relaxed) as u32 == NONE
    }

    /// How many items the list had a moment ago; exact while nobody changes it.
    #[must_use]
    pub fn len(&self, links: &impl Links) -> u32 {
        Self::depth(links, self.head.load(P::TAKE))
    }

    fn depth(links: &impl Links, head: u64) -> u32 {
        match head as u32 {
            NONE => 0,
            index => upper(links.link(index).0.load(Ordering::Relaxed)),
        }
    }
}

impl<P: Policy> Default for FreeList<P> {
    fn default() -> Self {
        FreeList::new()
    }
}

impl<P: Policy> fmt::Debug for FreeList<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FreeList").field("empty", &self.is_empty()).finish()
    }
}
