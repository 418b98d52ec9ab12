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
/// An entry has to have been asked for so many times more often than the one it drives out. Otherwise entries that are asked for equally
/// often, as in a loop, would drive out each other.
const MARGIN: u8 = 1;
/// How often an entry was asked for counts half as much when so many times as many have come as there are since it was last.
/// Otherwise those that nobody asks for any more would stay for too long.
const STALE: u64 = 10;
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

/// What the lock of a shard protects. What is written together is together, in few cache lines: first, beside the lock, what lookups and
/// new values of old keys change; then where to look; then what new keys change; then the rest.
#[repr(C)]
pub struct State<K, V> {
    /// The time of which stamps are. It advances with every insertion, and with some lookups.
    pub(super) clock: Clock,
    /// Values that were put in.
    pub insertions: u64,
    /// Of these, those that took the place of others and changed nothing else.
    pub renewals: u64,
    /// How much of the cost the cache knows about.
    pub settled: u64,
    pub(super) slab: Slab<K, V>,
    sketch: Option<Sketch>,
    /// What else has happened.
    pub tally: CacheStats,
    uniform: bool,
    demote: Option<Demote<V>>,
    pending: Vec<Pending<K, V>>,
    /// The time of the last collection.
    pub(super) mark: u64,
}

impl<K, V> State<K, V> {
    pub fn new(rules: &Rules<V>) -> Self {
        State {
            clock: Clock::new(if rules.guarded { MOST_HEAT } else { 1 }, rules.exact),
            insertions: 0,
            renewals: 0,
            settled: 0,
            slab: Slab::new(),
            sketch: rules.guarded.then(Sketch::new),
            tally: CacheStats::default(),
            uniform: rules.uniform,
            demote: rules.demote,
            pending: Vec::new(),
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
        self.cost() == self.settled && (self.uniform || self.sketch.is_none())
    }

    /// What happened to the shard.
    pub fn stats(&self) -> CacheStats {
        let (hits, misses) = self.clock.totals();
        let replaced = self.tally.replaced + self.renewals;
        CacheStats { hits, misses, insertions: self.insertions, replaced, ..self.tally }
    }

    /// Whether entries have to be asked for more often than others to stay.
    #[inline]
    pub fn is_guarded(&self) -> bool {
        self.sketch.is_some()
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
    pub fn insert(&mut self, hash: u64, key: K, value: V, cost: u64) -> u32 {
        self.insertions += 1;
        self.clock.advance();
        let at = self.slab.insert(self.entrance(), hash, Content::Kept(key, value), cost, self.clock.now());
        self.count::<true>(at, hash);
        if self.slab.capacity() == at + 1 {
            self.grown();
        }
        at
    }

    /// Puts a new entry in the place of the one who deserves it least: its slot, and if it can be, its place in the ring. Says where
    /// that is and gives what was there; the new entry if there is none to leave in this way.
    #[inline(always)]
    pub fn trade<const GUARDED: bool>(
        &mut self,
        hash: u64,
        key: K,
        value: V,
        cost: u64,
    ) -> Result<(u32, Content<K, V>), (K, V)> {
        let old = if self.demote.is_some() || self.soft_len() > 0 { None } else { self.victim::<GUARDED>(NOBODY) };
        let Some(old) = old else { return Err((key, value)) };
        self.insertions += 1;
        self.tally.evicted_for_capacity += 1;
        self.forget::<GUARDED>(old);
        self.clock.advance();
        let entrance = if GUARDED { Queue::Window } else { Queue::Main };
        let content = self.slab.supplant(old, entrance, hash, Content::Kept(key, value), cost, self.clock.now());
        self.count::<GUARDED>(old, hash);
        Ok((old, content))
    }

    /// Counts that a new entry was asked for.
    #[inline(always)]
    fn count<const GUARDED: bool>(&mut self, at: u32, hash: u64) {
        if GUARDED && let Some(sketch) = &mut self.sketch {
            self.slab.set_count(at, sketch.add(hash), false);
        }
    }

    /// Keeps in mind how often an entry was asked for that is about to leave.
    #[inline(always)]
    fn forget<const GUARDED: bool>(&mut self, at: u32) {
        if GUARDED {
            self.cool::<GUARDED>(at);
            if let Some(sketch) = &mut self.sketch
                && let (count, true) = self.slab.count(at)
            {
                sketch.keep(self.slab.hash(at), count);
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
        self.insertions += 1;
        self.renewals += 1;
        Some(value)
    }

    /// Puts a value in the place of another. Says whether the cost of all is as before.
    #[inline]
    pub fn replace(&mut self, at: u32, key: K, value: V, cost: u64, gone: &mut Gone<K, V>) -> bool {
        self.insertions += 1;
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
        let victim = if self.is_guarded() { self.victim::<true>(kept) } else { self.victim::<false>(kept) };
        victim.map(|at| self.let_go(at, Cause::Capacity, gone)).is_some()
    }

    #[inline(always)]
    fn victim<const GUARDED: bool>(&mut self, kept: u32) -> Option<u32> {
        if GUARDED { self.loser(kept) } else { self.hand::<false>(Queue::Main, kept) }
    }

    /// The entry of a list that has not been used for longest, about; entries that were used meanwhile are passed once.
    #[inline(always)]
    fn hand<const GUARDED: bool>(&mut self, queue: Queue, kept: u32) -> Option<u32> {
        for _ in 0..PASSES {
            let at = self.slab.tail(queue)?;
            if at == kept {
                if self.slab.list(queue).len == 1 {
                    return None;
                }
                self.slab.shift(at, queue);
                continue;
            }
            if !self.cool::<GUARDED>(at) {
                return Some(at);
            }
            self.slab.refresh(queue);
        }
        self.slab.tail(queue).filter(|&at| at != kept)
    }

    /// Counts the hits of an entry and lets it forget them. Says whether it had any.
    #[inline(always)]
    fn cool<const GUARDED: bool>(&mut self, at: u32) -> bool {
        let heat = self.slab.get_mut(at).mark.cool();
        if GUARDED
            && heat > 0
            && let Some(sketch) = &mut self.sketch
        {
            let (count, _) = self.slab.count(at);
            self.slab.set_count(at, sketch.add_to(count, heat), true);
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
    #[inline]
    fn loser(&mut self, kept: u32) -> Option<u32> {
        let window = self.slab.list(Queue::Window).cost;
        let candidate = self.slab.tail(Queue::Window).filter(|&at| at != kept);
        let victim = self.hand::<true>(Queue::Main, kept);
        let (Some(candidate), Some(victim), true) = (candidate, victim, window >= (self.cost() >> WINDOW).max(1))
        else {
            return victim.or_else(|| self.hand::<true>(Queue::Window, kept));
        };
        let age = self.clock.age(self.slab.get(victim).mark.stamp(), self.slab.capacity());
        let worth = self.frequency(victim) >> (age / STALE).min(7);
        if self.frequency(candidate) > worth + MARGIN {
            self.admit(candidate);
            return Some(victim);
        }
        Some(candidate)
    }

    #[inline]
    fn frequency(&self, at: u32) -> u8 {
        let counted = self.sketch.as_ref().map_or(0, |sketch| sketch.current(self.slab.count(at).0));
        counted + self.slab.get(at).mark.heat()
    }

    fn admit(&mut self, at: u32) {
        self.cool::<true>(at);
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
        self.forget::<true>(at);
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
