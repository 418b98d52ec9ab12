//! Where entries live: slots in one vector, found by hash through an index, and in another vector what only changes need to
//! know, linked to lists by indices.

use std::borrow::Borrow;
use std::boxed::Box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::vec::Vec;

use super::index::Index;
use super::sketch::Count;
use super::soft::Revive;

/// The index of no slot.
pub const NIL: u32 = u32::MAX;
/// Lists of up to this many entries are kept in the exact order of use.
const SORTED: u32 = 8;

/// What a slot holds.
pub enum Content<K, V> {
    /// Nothing; the slot is in the list of free ones.
    Vacant,
    /// An entry that keeps its value.
    Kept(K, V),
    /// An entry that leaves its value to others to keep. There are few, so that they had better be small than fast.
    Soft(K, Box<Weak<V>>),
}

/// What is left of a value that others keep.
pub type Weak<V> = Box<dyn Revive<V>>;

/// The list a slot is in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Queue {
    /// Entries that are not new any more; all of them unless admission is guarded.
    Main,
    /// New entries, where admission to the main queue is guarded.
    Window,
    /// Soft entries.
    Soft,
    /// Vacant slots, linked in one direction only.
    Free,
}

/// Room for an entry.
pub struct Slot<K, V> {
    pub content: Content<K, V>,
    /// When the entry was used last and how often it was hit since the hand last passed it. All that a hit changes.
    pub mark: Mark,
}

/// A time by the clock of the shard and a number of hits, in one word.
pub struct Mark(AtomicU64);

/// The bits that count hits.
const HEAT: u32 = 4;

impl Mark {
    /// The most hits there can be.
    pub const MOST: u64 = (1 << HEAT) - 1;

    fn new(stamp: u64) -> Self {
        Mark(AtomicU64::new(stamp << HEAT))
    }

    /// When the entry was used last.
    #[inline]
    pub fn stamp(&self) -> u64 {
        self.0.load(Relaxed) >> HEAT
    }

    /// How often it was hit since the hand last passed it.
    #[inline]
    pub fn heat(&self) -> u8 {
        (self.0.load(Relaxed) & Self::MOST) as u8
    }

    /// What the mark of an entry becomes that was hit often enough at a time.
    #[inline]
    pub fn full(now: u64, most_heat: u64) -> u64 {
        now << HEAT | most_heat
    }

    /// The time of a full mark.
    #[inline]
    pub fn time_of(full: u64) -> u64 {
        full >> HEAT
    }

    /// Notes a hit at the time of a full mark, up to so many as that has. Of hits at one time, some may not count.
    #[inline]
    pub fn hit(&self, full: u64) {
        let old = self.0.load(Relaxed);
        // What is hit often is seldom written, and its cache line can stay with many threads.
        if old != full {
            let heat = ((old & Self::MOST) + 1).min(full & Self::MOST);
            self.0.store(full & !Self::MOST | heat, Relaxed);
        }
    }

    /// Forgets the hits and says how many there were.
    #[inline]
    pub fn cool(&mut self) -> u8 {
        let heat = self.heat();
        if heat > 0 {
            *self.0.get_mut() &= !Self::MOST;
        }
        heat
    }
}

/// What only changes need to know about an entry.
struct Link {
    hash: u64,
    cost: u64,
    next: u32,
    prev: u32,
    queue: Queue,
    /// How often it was asked for, where that matters.
    count: Count,
    /// Whether that has changed since it came.
    counted: bool,
}

/// One of the lists. It is a ring, so that the last entry becomes the first one by moving both ends.
#[derive(Clone, Copy)]
pub struct List {
    head: u32,
    tail: u32,
    pub len: u32,
    /// The cost of all entries in it.
    pub cost: u64,
}

/// All slots of a shard. What lookups need comes first, to be close to the lock; then what all insertions change.
#[repr(C)]
pub struct Slab<K, V> {
    slots: Vec<Slot<K, V>>,
    index: Index,
    free: u32,
    lists: [List; 3],
    links: Vec<Link>,
}

impl<K, V> Slab<K, V> {
    pub const fn new() -> Self {
        let list = List { head: NIL, tail: NIL, len: 0, cost: 0 };
        Slab { slots: Vec::new(), index: Index::new(), free: NIL, lists: [list; 3], links: Vec::new() }
    }

    /// The slot of a key and where it is.
    #[inline(always)]
    pub fn find<Q>(&self, hash: u64, key: &Q) -> Option<(u32, &Slot<K, V>)>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        let found = |at: u32| {
            let slot = self.slots.get(at as usize)?;
            let same = slot.content.key().is_some_and(|found| found.borrow() == key);
            same.then_some((at, slot))
        };
        self.index.find(hash, found)
    }

    #[inline]
    fn enter(&mut self, at: u32, hash: u64) {
        self.index.enter(hash, at, |at| self.links[at as usize].hash);
    }

    #[inline]
    pub fn get(&self, at: u32) -> &Slot<K, V> {
        &self.slots[at as usize]
    }

    #[inline]
    pub fn get_mut(&mut self, at: u32) -> &mut Slot<K, V> {
        &mut self.slots[at as usize]
    }

    /// The number of slots, vacant ones included.
    pub fn capacity(&self) -> u32 {
        self.slots.len() as u32
    }

    #[inline]
    pub fn list(&self, queue: Queue) -> &List {
        &self.lists[queue as usize]
    }

    /// The entry that has been in the list for longest.
    #[inline]
    pub fn tail(&self, queue: Queue) -> Option<u32> {
        let tail = self.lists[queue as usize].tail;
        (tail != NIL).then_some(tail)
    }

    /// Puts an entry into a free slot and to the front of a list.
    pub fn insert(&mut self, queue: Queue, hash: u64, content: Content<K, V>, cost: u64, stamp: u64) -> u32 {
        let link =
            Link { hash, cost, next: NIL, prev: NIL, queue: Queue::Free, count: Count::default(), counted: false };
        let slot = Slot { content, mark: Mark::new(stamp) };
        let at = self.free;
        let at = if at == NIL {
            assert!(self.slots.len() < NIL as usize, "too many entries in one shard");
            self.slots.push(slot);
            self.links.push(link);
            (self.slots.len() - 1) as u32
        } else {
            self.slots[at as usize] = slot;
            self.free = std::mem::replace(&mut self.links[at as usize], link).next;
            at
        };
        self.enter(at, hash);
        self.link(at, queue);
        at
    }

    /// Empties a slot and gives what it held.
    pub fn remove(&mut self, at: u32) -> Content<K, V> {
        self.index.leave(self.hash(at), at);
        self.unlink(at);
        self.links[at as usize].next = self.free;
        self.free = at;
        std::mem::replace(&mut self.slots[at as usize].content, Content::Vacant)
    }

    /// Puts an entry into the slot of another and to the front of a list. Gives what was there.
    #[inline(always)]
    pub fn supplant(
        &mut self,
        at: u32,
        queue: Queue,
        hash: u64,
        content: Content<K, V>,
        cost: u64,
        stamp: u64,
    ) -> Content<K, V> {
        self.set_cost(at, cost);
        if self.links[at as usize].queue == queue && self.lists[queue as usize].tail == at {
            self.rotate(queue);
        } else {
            self.shift(at, queue);
        }
        let left = std::mem::replace(&mut self.links[at as usize].hash, hash);
        self.index.leave(left, at);
        self.enter(at, hash);
        let slot = self.get_mut(at);
        slot.mark = Mark::new(stamp);
        std::mem::replace(&mut slot.content, content)
    }

    /// Moves an entry to the front of a list.
    pub fn shift(&mut self, at: u32, queue: Queue) {
        self.unlink(at);
        self.link(at, queue);
    }

    /// Makes the last entry of a list that has one the first one.
    #[inline(always)]
    fn rotate(&mut self, queue: Queue) {
        let list = &mut self.lists[queue as usize];
        list.head = list.tail;
        list.tail = self.links[list.tail as usize].prev;
    }

    /// Moves the last entry of a list that has one, and which was hit, to the front; in a short list to where it belongs by its stamp.
    #[inline(always)]
    pub fn refresh(&mut self, queue: Queue) {
        if self.list(queue).len > SORTED + 1 { self.rotate(queue) } else { self.sort(queue) }
    }

    #[cold]
    fn sort(&mut self, queue: Queue) {
        let List { head, tail: last, .. } = *self.list(queue);
        let stamp = self.get(last).mark.stamp();
        let mut next = head;
        while next != last && self.get(next).mark.stamp() > stamp {
            next = self.links[next as usize].next;
        }
        // `next` is the first entry that is older, or the entry itself if none is.
        if next == head {
            self.rotate(queue);
        } else if next != last {
            self.unlink(last);
            self.link_before(last, queue, next);
        }
    }

    #[inline]
    pub fn hash(&self, at: u32) -> u64 {
        self.links[at as usize].hash
    }

    /// How often an entry was asked for, and whether that is more than when it came.
    #[inline]
    pub fn count(&self, at: u32) -> (Count, bool) {
        let link = &self.links[at as usize];
        (link.count, link.counted)
    }

    #[inline]
    pub fn set_count(&mut self, at: u32, count: Count, counted: bool) {
        let link = &mut self.links[at as usize];
        (link.count, link.counted) = (count, counted);
    }

    #[inline]
    pub fn cost(&self, at: u32) -> u64 {
        self.links[at as usize].cost
    }

    #[inline]
    pub fn queue(&self, at: u32) -> Queue {
        self.links[at as usize].queue
    }

    /// Changes the cost of an entry.
    #[inline]
    pub fn set_cost(&mut self, at: u32, cost: u64) {
        let link = &mut self.links[at as usize];
        if link.cost != cost {
            let list = &mut self.lists[link.queue as usize];
            list.cost = list.cost - link.cost + cost;
            link.cost = cost;
        }
    }

    /// Puts an entry to the front of a list.
    #[inline]
    fn link(&mut self, at: u32, queue: Queue) {
        let list = &mut self.lists[queue as usize];
        let head = std::mem::replace(&mut list.head, at);
        if head == NIL {
            list.tail = at;
        }
        self.link_before(at, queue, if head == NIL { at } else { head });
    }

    /// Puts an entry between another and the one before that, or into a ring of its own.
    #[inline]
    fn link_before(&mut self, at: u32, queue: Queue, next: u32) {
        let prev = if next == at { at } else { std::mem::replace(&mut self.links[next as usize].prev, at) };
        self.links[prev as usize].next = at;
        let link = &mut self.links[at as usize];
        link.prev = prev;
        link.next = next;
        link.queue = queue;
        let list = &mut self.lists[queue as usize];
        list.len += 1;
        list.cost += link.cost;
    }

    #[inline]
    fn unlink(&mut self, at: u32) {
        let link = &mut self.links[at as usize];
        let (prev, next) = (link.prev, link.next);
        let list = &mut self.lists[std::mem::replace(&mut link.queue, Queue::Free) as usize];
        list.len -= 1;
        list.cost -= link.cost;
        if next == at {
            (list.head, list.tail) = (NIL, NIL);
        } else if list.head == at {
            list.head = next;
        } else if list.tail == at {
            list.tail = prev;
        }
        self.links[prev as usize].next = next;
        self.links[next as usize].prev = prev;
    }

    /// Every slot, vacant ones included.
    pub fn slots(&self) -> &[Slot<K, V>] {
        &self.slots
    }

    /// What all slots hold.
    pub fn into_contents(self) -> impl Iterator<Item = Content<K, V>> {
        self.slots.into_iter().map(|slot| slot.content)
    }
}

impl<K, V> Content<K, V> {
    pub fn key(&self) -> Option<&K> {
        match self {
            Content::Kept(key, _) | Content::Soft(key, _) => Some(key),
            Content::Vacant => None,
        }
    }
}
