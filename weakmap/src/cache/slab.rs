//! Where entries live: slots in one vector, linked by their indices.

use std::boxed::Box;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::vec::Vec;

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
    /// An entry that leaves its value to others to keep.
    Soft(K, Box<dyn Revive<V>>),
}

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

/// Room for an entry. Hits change the two atomic fields and nothing else.
pub struct Slot<K, V> {
    pub content: Content<K, V>,
    /// When the entry was used last, by the clock of the shard.
    pub stamp: AtomicU64,
    pub hash: u64,
    pub cost: u64,
    next: u32,
    prev: u32,
    /// How often the entry was hit since the hand last passed it.
    pub heat: AtomicU8,
    queue: Queue,
}

/// One of the lists.
#[derive(Clone, Copy)]
pub struct List {
    head: u32,
    tail: u32,
    pub len: u32,
    /// The cost of all entries in it.
    pub cost: u64,
}

/// All slots of a shard.
pub struct Slab<K, V> {
    slots: Vec<Slot<K, V>>,
    free: u32,
    lists: [List; 3],
}

impl<K, V> Slab<K, V> {
    pub const fn new() -> Self {
        let list = List { head: NIL, tail: NIL, len: 0, cost: 0 };
        Slab { slots: Vec::new(), free: NIL, lists: [list; 3] }
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
        Some(self.lists[queue as usize].tail).filter(|&at| at != NIL)
    }

    /// Puts an entry into a free slot and to the front of a list.
    pub fn insert(&mut self, queue: Queue, hash: u64, content: Content<K, V>, cost: u64, stamp: u64) -> u32 {
        let slot = Slot {
            content,
            stamp: AtomicU64::new(stamp),
            hash,
            cost,
            next: NIL,
            prev: NIL,
            heat: AtomicU8::new(0),
            queue: Queue::Free,
        };
        let at = match self.free {
            NIL => {
                assert!(self.slots.len() < NIL as usize, "too many entries in one shard");
                self.slots.push(slot);
                (self.slots.len() - 1) as u32
            }
            at => {
                let free = self.get_mut(at);
                let next = free.next;
                *free = slot;
                self.free = next;
                at
            }
        };
        self.link(at, queue, NIL);
        at
    }

    /// Empties a slot and gives what it held.
    pub fn remove(&mut self, at: u32) -> Content<K, V> {
        self.unlink(at);
        let free = self.free;
        let slot = self.get_mut(at);
        slot.next = free;
        let content = std::mem::replace(&mut slot.content, Content::Vacant);
        self.free = at;
        content
    }

    /// Moves an entry to the front of a list.
    pub fn shift(&mut self, at: u32, queue: Queue) {
        self.unlink(at);
        self.link(at, queue, NIL);
    }

    /// Moves an entry that was hit to the front of its list; in a short list to where it belongs by its stamp.
    pub fn refresh(&mut self, at: u32) {
        let queue = self.get(at).queue;
        self.unlink(at);
        let list = self.list(queue);
        let mut newer = NIL; // the entry that comes right before
        if list.len < SORTED {
            let stamp = self.get(at).stamp.load(Relaxed);
            let mut next = list.head;
            while next != NIL && self.get(next).stamp.load(Relaxed) > stamp {
                newer = next;
                next = self.get(next).next;
            }
        }
        self.link(at, queue, newer);
    }

    /// Changes the cost of an entry.
    pub fn set_cost(&mut self, at: u32, cost: u64) {
        let slot = &mut self.slots[at as usize];
        let list = &mut self.lists[slot.queue as usize];
        list.cost = list.cost - slot.cost + cost;
        slot.cost = cost;
    }

    pub fn queue(&self, at: u32) -> Queue {
        self.get(at).queue
    }

    /// Puts an entry right behind another, or to the front.
    fn link(&mut self, at: u32, queue: Queue, before: u32) {
        let list = self.lists[queue as usize];
        let next = if before == NIL { list.head } else { self.get(before).next };
        let slot = self.get_mut(at);
        slot.prev = before;
        slot.next = next;
        slot.queue = queue;
        let cost = slot.cost;
        if next != NIL {
            self.get_mut(next).prev = at;
        }
        if before != NIL {
            self.get_mut(before).next = at;
        }
        let list = &mut self.lists[queue as usize];
        if next == NIL {
            list.tail = at;
        }
        if before == NIL {
            list.head = at;
        }
        list.len += 1;
        list.cost += cost;
    }

    fn unlink(&mut self, at: u32) {
        let slot = self.get_mut(at);
        let (prev, next, queue, cost) = (slot.prev, slot.next, slot.queue, slot.cost);
        slot.queue = Queue::Free;
        if prev != NIL {
            self.get_mut(prev).next = next;
        }
        if next != NIL {
            self.get_mut(next).prev = prev;
        }
        let list = &mut self.lists[queue as usize];
        if prev == NIL {
            list.head = next;
        }
        if next == NIL {
            list.tail = prev;
        }
        list.len -= 1;
        list.cost -= cost;
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
