//! One shard: a table of indices over a slab, and who leaves when there is no room.

use std::borrow::Borrow;
use std::boxed::Box;
use std::sync::Arc;
use std::vec::Vec;

use super::clock::Clock;
use super::flight::{Flight, Pending};
use super::gone::Gone;
use super::sketch::Sketch;
use super::slab::{Content, Mark, NIL, Queue, Slab, Slot};
use super::soft::Demote;
use super::stats::{CacheStats, Cause};
use super::sync::RwLock;

/// New entries may take one part in `1 << WINDOW` of the room where admission is guarded.
const WINDOW: u32 = 7;
/// So many used entries may the hand pass in search of one that is not.
const PASSES: u32 = 64;
/// So many soft entries are looked at for every insertion.
pub const SOFT_STEPS: u32 = 2;

/// So many hits of an entry count until the hand passes it, where it matters how many there were.
const MOST_HEAT: u64 = Mark::MOST;
/// A part of the cache with a lock of its own, on cache lines of its own.
#[repr(align(128))]
pub struct Shard<K, V>(pub RwLock<State<K, V>>);

/// What does not change about the shards of a cache.
pub struct Rules<V> {
    /// Whether entries have to be asked for more often than others to stay.
    pub guarded: bool,
    /// Whether hits and misses are counted exactly.
    pub exact: bool,
    /// Whether every entry costs the same.
    pub uniform: bool,
    /// How to make soft entries, where they are wanted.
    pub demote: Option<Demote<V>>,
}

/// What the lock of a shard protects, in an order that puts what is used together into few cache lines.
#[repr(C)]
pub struct State<K, V> {
    /// The time of which stamps are. It advances with every insertion, and with some lookups.
    pub(super) clock: Clock,
    pub(super) slab: Slab<K, V>,
    /// How much of the cost the cache knows about.
    pub settled: u64,
    pub tally: CacheStats,
    uniform: bool,
    demote: Option<Demote<V>>,
    pending: Vec<Pending<K, V>>,
    sketch: Option<Sketch>,
    /// The time of the last collection.
    pub(super) mark: u64,
}

impl<K, V> State<K, V> {
    pub fn new(rules: &Rules<V>) -> Self {
        State {
            clock: Clock::new(if rules.guarded { MOST_HEAT } else { 1 }),
            slab: Slab::new(),
            settled: 0,
            tally: CacheStats::default(),
            uniform: rules.uniform,
            demote: rules.demote,
            pending: Vec::new(),
            sketch: rules.guarded.then(Sketch::new),
            mark: 0,
        }
    }

    /// The cost of all entries that keep their values.
    #[inline]
    pub fn cost(&self) -> u64 {
        self.slab.list(Queue::Main).cost + self.slab.list(Queue::Window).cost
    }

    /// Whether the cache knows what the entries cost, and none waits to be admitted.
    #[inline]
    pub fn is_settled(&self) -> bool {
        self.cost() == self.settled && self.sketch.is_none()
    }

    /// The number of entries that keep their values.
    pub fn len(&self) -> usize {
        self.slab.list(Queue::Main).len as usize + self.slab.list(Queue::Window).len as usize
    }

    /// The number of soft entries, those included whose values are gone unnoticed.
    pub fn soft_len(&self) -> usize {
        self.slab.list(Queue::Soft).len as usize
    }

    #[inline]
    pub fn find<Q>(&self, hash: u64, key: &Q) -> Option<u32>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.slab.find(hash, key).map(|(at, _)| at)
    }

    /// Where an entry goes that comes in.
    fn entrance(&self) -> Queue {
        if self.sketch.is_some() { Queue::Window } else { Queue::Main }
    }

    /// Puts a new entry in, whatever it costs, and says where it is.
    #[inline]
    pub fn insert(&mut self, hash: u64, key: K, value: V, cost: u64) -> u32 {
        self.tally.insertions += 1;
        self.clock.advance();
        let at = self.slab.insert(self.entrance(), hash, Content::Kept(key, value), cost, self.clock.now());
        if let Some(sketch) = &mut self.sketch {
            sketch.add(hash, 1);
        }
        if self.slab.capacity() == at + 1 {
            self.grown();
        }
        at
    }

    /// Puts a new entry in the place of one that leaves: its slot, and if it can be, its place in the ring.
    #[inline]
    fn supplant(&mut self, old: u32, hash: u64, key: K, value: V, cost: u64, gone: &mut Gone<K, V>) {
        self.tally.insertions += 1;
        self.tally.count(Cause::Capacity);
        self.cool(old);
        self.clock.advance();
        let content = self.slab.supplant(old, self.entrance(), hash, Content::Kept(key, value), cost, self.clock.now());
        if let Some(sketch) = &mut self.sketch {
            sketch.add(hash, 1);
        }
        if gone.matters() {
            gone.push(content, Some(Cause::Capacity));
        }
    }

    /// Puts a new entry in, for which one has to leave if there is one. Says where it is.
    #[inline]
    pub fn insert_for_one(&mut self, hash: u64, key: K, value: V, cost: u64, gone: &mut Gone<K, V>) -> u32 {
        match self.victim(NOBODY) {
            Some(old) if self.demote.is_none() => {
                self.supplant(old, hash, key, value, cost, gone);
                old
            }
            old => {
                if let Some(old) = old {
                    self.let_go(old, Cause::Capacity, gone);
                }
                self.insert(hash, key, value, cost)
            }
        }
    }

    /// There is a slot more.
    #[cold]
    fn grown(&mut self) {
        self.clock.set_pace(self.slab.capacity());
        if let Some(sketch) = &mut self.sketch {
            sketch.grow(self.slab.capacity());
        }
    }

    /// The value of an entry, which another of some cost is about to replace, if nothing but the value has to change then.
    #[inline]
    pub fn renew(&mut self, at: u32, cost: u64) -> Option<&mut V> {
        if !self.uniform && self.slab.cost(at) != cost {
            return None;
        }
        let Slot { content: Content::Kept(_, value), mark, .. } = self.slab.get_mut(at) else { return None };
        self.clock.advance();
        mark.hit(self.clock.full());
        self.tally.insertions += 1;
        self.tally.replaced += 1;
        Some(value)
    }

    /// Puts a value in the place of another. Says whether the cost of all is as before.
    #[inline]
    pub fn replace(&mut self, at: u32, key: K, value: V, cost: u64, gone: &mut Gone<K, V>) -> bool {
        self.tally.insertions += 1;
        self.clock.advance();
        let full = self.clock.full();
        let same_cost = self.uniform || self.slab.cost(at) == cost;
        if !same_cost {
            self.slab.set_cost(at, cost);
        }
        let slot = self.slab.get_mut(at);
        slot.mark.hit(full);
        if let Content::Kept(_, old) = &mut slot.content {
            let old = std::mem::replace(old, value);
            self.tally.count(Cause::Replaced);
            gone.push_replaced(key, old);
            return same_cost;
        }
        let old = std::mem::replace(&mut slot.content, Content::Kept(key, value));
        self.keep(at);
        gone.push(old, None);
        false
    }

    /// Makes an entry that may have been soft one like others.
    fn keep(&mut self, at: u32) {
        if self.slab.queue(at) == Queue::Soft {
            self.slab.get_mut(at).mark.cool();
            self.slab.shift(at, self.entrance());
        }
    }

    /// Takes an entry out.
    pub fn take(&mut self, at: u32) -> Content<K, V> {
        self.slab.remove(at)
    }

    /// Looks an entry up that was soft a moment ago. It comes back if its value is alive.
    pub fn revive<Q>(&mut self, hash: u64, key: &Q, gone: &mut Gone<K, V>) -> Option<(V, u32)>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
        V: Clone,
    {
        let at = self.find(hash, key)?;
        let slot = self.slab.get_mut(at);
        let value = match &slot.content {
            Content::Kept(_, value) => value.clone(),
            Content::Soft(_, weak) => {
                let Some(value) = weak.revive() else {
                    let content = self.take(at);
                    gone.push(content, None);
                    return None;
                };
                if let Content::Soft(key, _) = std::mem::replace(&mut slot.content, Content::Vacant) {
                    slot.content = Content::Kept(key, value.clone());
                }
                self.keep(at);
                self.tally.revived += 1;
                value
            }
            Content::Vacant => return None,
        };
        Some((value, at))
    }

    /// Lets one entry go, the one that deserves it most, but not `kept`. Says whether there was one.
    pub fn evict(&mut self, kept: u32, gone: &mut Gone<K, V>) -> bool {
        self.victim(kept).map(|at| self.let_go(at, Cause::Capacity, gone)).is_some()
    }

    #[inline]
    fn victim(&mut self, kept: u32) -> Option<u32> {
        if self.sketch.is_some() { self.loser(kept) } else { self.hand(Queue::Main, kept) }
    }

    /// The entry of a list that has not been used for longest, about; entries that were used meanwhile are passed once.
    fn hand(&mut self, queue: Queue, kept: u32) -> Option<u32> {
        for _ in 0..PASSES {
            let at = self.slab.tail(queue)?;
            if at == kept {
                if self.slab.list(queue).len == 1 {
                    return None;
                }
                self.slab.shift(at, queue);
                continue;
            }
            if !self.cool(at) {
                return Some(at);
            }
            self.slab.refresh(queue);
        }
        self.slab.tail(queue).filter(|&at| at != kept)
    }

    /// Moves the heat of an entry into the sketch. Says whether it had any.
    #[inline]
    fn cool(&mut self, at: u32) -> bool {
        let heat = self.slab.get_mut(at).mark.cool();
        if let Some(sketch) = &mut self.sketch
            && heat > 0
        {
            sketch.add(self.slab.hash(at), heat);
        }
        heat > 0
    }

    /// Whether new entries take more room than they may.
    fn window_is_over(&self) -> bool {
        let window = self.slab.list(Queue::Window);
        window.cost > self.cost() >> WINDOW && (window.len > 1 || self.slab.list(Queue::Main).len == 0)
    }

    /// Who leaves where admission is guarded: the entry that has been new for longest has to have been asked for more often
    /// than the one that has to make room for it.
    fn loser(&mut self, kept: u32) -> Option<u32> {
        if self.slab.list(Queue::Window).cost < (self.cost() >> WINDOW).max(1) {
            return self.hand(Queue::Main, kept).or_else(|| self.hand(Queue::Window, kept));
        }
        let candidate = self.slab.tail(Queue::Window).filter(|&at| at != kept);
        let victim = self.hand(Queue::Main, kept);
        let (Some(candidate), Some(victim)) = (candidate, victim) else {
            return victim.or_else(|| self.hand(Queue::Window, kept));
        };
        if self.frequency(candidate) > self.frequency(victim) {
            self.admit(candidate);
            return Some(victim);
        }
        Some(candidate)
    }

    fn frequency(&self, at: u32) -> u8 {
        let counted = self.sketch.as_ref().map_or(0, |sketch| sketch.estimate(self.slab.hash(at)));
        counted + self.slab.get(at).mark.heat()
    }

    fn admit(&mut self, at: u32) {
        self.cool(at);
        self.slab.shift(at, Queue::Main);
    }

    /// Admits entries for which there is room.
    pub fn admit_rest(&mut self) {
        while self.sketch.is_some() && self.window_is_over() {
            let Some(at) = self.slab.tail(Queue::Window) else { break };
            self.admit(at);
        }
    }

    /// Removes an entry, or makes it soft if that is wanted and somebody else keeps its value.
    pub fn let_go(&mut self, at: u32, cause: Cause, gone: &mut Gone<K, V>) {
        self.tally.count(cause);
        self.cool(at);
        if let Some(demote) = self.demote {
            let slot: &mut Slot<K, V> = self.slab.get_mut(at);
            if let Content::Kept(_, value) = &slot.content
                && let Some(weak) = demote(value)
            {
                if let Content::Kept(key, value) = std::mem::replace(&mut slot.content, Content::Vacant) {
                    slot.content = Content::Soft(key, Box::new(weak));
                    gone.push_value(value);
                }
                self.slab.shift(at, Queue::Soft);
                self.tally.demoted += 1;
                return;
            }
        }
        let content = self.take(at);
        gone.push(content, Some(cause));
    }

    /// Looks at some soft entries and removes those whose values are gone.
    #[inline]
    pub fn sweep_soft(&mut self, steps: u32, gone: &mut Gone<K, V>) {
        for _ in 0..steps.min(self.slab.list(Queue::Soft).len) {
            let Some(at) = self.slab.tail(Queue::Soft) else { break };
            if matches!(&self.slab.get(at).content, Content::Soft(_, weak) if weak.is_expired()) {
                let content = self.take(at);
                gone.push(content, None);
            } else {
                self.slab.shift(at, Queue::Soft);
            }
        }
    }

    /// Takes everything out at once.
    pub fn clear(&mut self) -> impl Iterator<Item = Content<K, V>> + use<K, V> {
        self.tally.removed += self.len() as u64;
        self.pending = Vec::new();
        self.clock.set_pace(0);
        std::mem::replace(&mut self.slab, Slab::new()).into_contents()
    }

    /// The load of a key that is under way.
    pub fn pending<Q>(&self, hash: u64, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        self.pending.iter().position(|pending| pending.hash == hash && pending.key.borrow() == key)
    }

    pub fn flight(&self, pending: usize) -> Arc<Flight<V>> {
        self.pending[pending].flight.clone()
    }

    /// Notes that a key is being loaded.
    pub fn depart(&mut self, hash: u64, key: K) -> Arc<Flight<V>> {
        let flight = Flight::depart();
        self.pending.push(Pending { hash, key, flight: flight.clone() });
        flight
    }

    /// Forgets a load. Gives the key if it is still the one that callers wait for.
    pub fn land(&mut self, flight: &Arc<Flight<V>>) -> Option<K> {
        let at = self.pending.iter().position(|pending| Arc::ptr_eq(&pending.flight, flight))?;
        Some(self.pending.swap_remove(at).key)
    }

    /// What is loaded for this key is out of date: those who wait get it, but it will not be stored.
    #[inline]
    pub fn overtake<Q>(&mut self, hash: u64, key: &Q)
    where
        K: Borrow<Q>,
        Q: Eq + ?Sized,
    {
        if !self.pending.is_empty()
            && let Some(at) = self.pending(hash, key)
        {
            self.pending.swap_remove(at);
        }
    }
}

/// No entry in particular.
pub const NOBODY: u32 = NIL;
