//! Ephemeron tables over the collector of `rotifer-gc`.
//!
//! Objects move, so that their indices are no lasting identity, and a header word for one would be paid by every object. The table
//! instead hashes the index and remembers how many collections there have been; after one that can have moved a key it is put in
//! order again, in place and in one go. That takes no longer than the collection took to look at the table.

use core::fmt;

use rotifer_gc::{AllocError, Gc, HeapContext, New, Object, ObjectModel, Rooted, Scope, Tail, Value};

use super::pairs::{FIRST, Pairs};

/// Where the parts of a map are, as items. What is not a reference keeps the value beside it alive, so that the first pair holds
/// on to the table.
const COLLECTIONS: u32 = 0;
const TABLE: u32 = 1;
const MAJOR: u32 = 2;
const COUNTS: u32 = 3;
/// The number of pairs of a map's own block. No table has so few.
const HEAD: u32 = 2;
/// In the reference of a key: it has not got its new place yet.
const UNPLACED: u32 = 1 << 31;
const COUNT_BITS: u32 = 30;
const COUNT: i64 = (1 << COUNT_BITS) - 1;

/// Why a pair cannot be put into an [`EphemeronMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EphemeronError {
    /// The key is no object: such a key never dies.
    NotAnObject,
    /// There is no room for the table.
    Alloc(AllocError),
}

impl From<AllocError> for EphemeronError {
    fn from(error: AllocError) -> Self {
        EphemeronError::Alloc(error)
    }
}

impl fmt::Display for EphemeronError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EphemeronError::NotAnObject => f.write_str("the key is no object"),
            EphemeronError::Alloc(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for EphemeronError {}

/// A map from objects to values in a garbage-collected heap, of which a pair lives as long as both the map and its key do.
///
/// A value may refer to its own key, directly or through other maps: when nothing else does, both go. That is what separates it
/// from a map with weak keys and owned values, which such a value keeps alive for ever.
///
/// The map is an object of the heap itself. `T` is a type of the program's model, declared with
/// [`..[Ephemerons]`](rotifer_gc::Ephemerons); fields of that type can hold maps, and [`Scope::persist`] keeps one beyond all scopes.
///
/// ```
/// use rotifer_gc::{Heap, HeapConfig, Scope, Value};
/// use rotifer_weakmap::EphemeronMap;
///
/// rotifer_gc::objects! {
///     pub model Program;
///     pub struct Person { age: f64, }
///     pub struct Note { about: Person, stars: i64, }
///     pub struct Notes { ..[rotifer_gc::Ephemerons] }
/// }
///
/// let mut heap: Heap<Program> = Heap::new(HeapConfig::default()).unwrap();
/// let mut scope = Scope::enter(&mut heap);
/// let notes = EphemeronMap::<Notes>::new(&mut scope)?;
/// let ada = scope.alloc(Person::new(36.0))?;
/// {
///     let mut inner = scope.nest();
///     for age in [1.0, 2.0, 3.0] {
///         let child = inner.alloc(Person::new(age))?;
///         let note = inner.alloc(Note::new(child, 5))?; // refers to its own key
///         notes.insert(&mut inner, child, note)?;
///     }
///     let note = inner.alloc(Note::new(ada, 4))?;
///     notes.insert(&mut inner, ada, note)?;
///     assert_eq!(notes.len(&inner), 4);
/// }
/// scope.heap_mut().collect(&mut []);
/// assert_eq!(notes.len(&scope), 1);
/// let note = notes.pull(&mut scope, ada)?.and_then(|note| scope.downcast::<Note>(note)).unwrap();
/// assert_eq!(scope.load(note, Note::stars), 4);
/// # Ok::<(), rotifer_weakmap::EphemeronError>(())
/// ```
///
/// # Costs
///
/// Looking up, inserting and removing take constant time on average, and inserting sometimes doubles the table. The first of them after
/// a collection of everything takes time in proportion to the table, and so does the first after a collection of young objects, if
/// a key was young when it was inserted since the one before. A collection takes time linear in the number of pairs, however they
/// are chained.
pub struct EphemeronMap<'s, T>(Rooted<'s, T>);

impl<T> Clone for EphemeronMap<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for EphemeronMap<'_, T> {}

impl<T> fmt::Debug for EphemeronMap<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EphemeronMap({:?})", self.0)
    }
}

/// What is known of a map during one operation.
#[derive(Clone, Copy)]
struct State {
    head: u32,
    pairs: Pairs,
    /// Places that are not empty.
    used: u32,
    live: u32,
    /// A key was young when it got its place.
    young: bool,
}

fn hash(key: u32) -> u32 {
    (u64::from(key).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

fn int(n: i64) -> u64 {
    Value::integer(n).map_or(Value::NULL, Rooted::encoded)
}

impl State {
    fn new(head: u32, table: u32, capacity: u32) -> Self {
        State { head, pairs: Pairs::new(table, capacity, Value::NULL), used: 0, live: 0, young: false }
    }

    fn has_table(&self) -> bool {
        self.pairs.capacity() != 0
    }

    /// The word of a key.
    fn find<C: HeapContext>(&self, scope: &Scope<'_, C>, key: u32) -> Option<u32> {
        self.pairs.find(scope.heap(), hash(key), |word| C::Model::reference(word) == key)
    }

    /// Puts a pair into the first free place for a key that is not there. There has to be one.
    fn place<C: HeapContext>(&mut self, scope: &mut Scope<'_, C>, key: u64, value: u64) {
        let at = C::Model::reference(key);
        let heap = scope.heap_mut();
        self.used += u32::from(self.pairs.insert(heap, hash(at), key, value) == Some(true));
        self.live += 1;
        self.young |= at >= heap.young_start();
    }

    /// Removes the pair whose key is at this word.
    fn remove<C: HeapContext>(&mut self, scope: &mut Scope<'_, C>, at: u32) {
        self.pairs.remove(scope.heap_mut(), at);
        self.live -= 1;
    }

    /// Puts all keys where they belong now. A key that has its place stays there, and others go round it, so that the places
    /// between where a search begins and where it ends are never empty.
    fn rehash<C: HeapContext>(&mut self, scope: &mut Scope<'_, C>) {
        let heap = scope.heap_mut();
        let young = heap.young_start();
        (self.used, self.young) = (0, false);
        for place in 0..self.pairs.capacity() {
            let pair = self.pairs.at(place);
            let word = heap.get(pair);
            let at = C::Model::reference(word);
            if at == 0 {
                heap.set(pair, Value::NULL);
                heap.set(pair + 1, Value::NULL);
            } else {
                self.used += 1;
                self.young |= at >= young;
                heap.set(pair, C::Model::with_reference(word, at | UNPLACED));
            }
        }
        self.live = self.used;
        let last = self.pairs.capacity().wrapping_sub(1);
        for start in 0..self.pairs.capacity() {
            loop {
                let pair = self.pairs.at(start);
                let (word, value) = (heap.get(pair), heap.get(pair + 1));
                let at = C::Model::reference(word);
                if at & UNPLACED == 0 {
                    break;
                }
                let key = C::Model::with_reference(word, at & !UNPLACED);
                let mut place = hash(at & !UNPLACED) & last;
                while !matches!(C::Model::reference(heap.get(self.pairs.at(place))), 0 | UNPLACED..) {
                    place = (place + 1) & last;
                }
                // What has no place yet and is in the way is next; it may be this very pair.
                let to = self.pairs.at(place);
                let (other, others) = (heap.get(to), heap.get(to + 1));
                heap.set(pair, other);
                heap.set(pair + 1, others);
                heap.set(to, key);
                heap.set(to + 1, value);
            }
        }
    }
}

impl<'s, T: Object<Words = [u64; 0]>> EphemeronMap<'s, T> {
    const IS_TABLE: () = assert!(matches!(T::SHAPE.tail, Tail::Ephemerons), "maps are of types with `..[Ephemerons]`");

    /// Makes an empty map and roots it. This may collect.
    ///
    /// # Errors
    /// [`AllocError`]. Heaps of more than 16 GiB cannot have maps.
    pub fn new<C: HeapContext<Model = T::Model>>(scope: &mut Scope<'s, C>) -> Result<Self, AllocError> {
        let () = Self::IS_TABLE;
        if scope.heap().arena().words() > UNPLACED {
            return Err(AllocError::OutOfMemory);
        }
        scope.alloc_items(New::of([]), HEAD).map(EphemeronMap)
    }

    /// The map that an object is, if it is one: what was read out of a field or restored from a handle.
    pub fn from_rooted<C: HeapContext<Model = T::Model>>(scope: &Scope<'s, C>, object: Rooted<'s, T>) -> Option<Self> {
        let () = Self::IS_TABLE;
        let found = scope.get(object.cast::<Value>()).downcast::<T>()?;
        (scope.len(found) == 2 * HEAD && scope.heap().arena().words() <= UNPLACED).then_some(EphemeronMap(object))
    }

    /// The map as an object.
    #[must_use]
    pub fn as_rooted(self) -> Rooted<'s, T> {
        self.0
    }

    fn state<C: HeapContext<Model = T::Model>>(self, scope: &Scope<'s, C>) -> State {
        let object = scope.get(self.0);
        let head = C::Model::reference(object.word());
        let mut state = State::new(head, 0, 0);
        // Nothing else is ever in these slots unless somebody has put it there: that is as good as an empty map.
        if scope.get(self.0.cast::<Value>()).is::<T>()
            && scope.len(object) == 2 * HEAD
            && let Some(table) = scope.item(object, TABLE).downcast::<T>()
            && let Some(counts) = scope.item(object, COUNTS).as_integer()
            && let capacity = scope.len(table) / 2
            && capacity.is_power_of_two()
        {
            state = State::new(head, C::Model::reference(table.word()), capacity);
            state.used = (counts & COUNT) as u32;
            state.live = (counts >> COUNT_BITS & COUNT) as u32;
            state.young = counts >> (2 * COUNT_BITS) != 0;
        }
        state
    }

    /// Whether a collection may have moved keys or killed them: `Some(true)`, or there was one that has not: `Some(false)`.
    fn is_stale<C: HeapContext<Model = T::Model>>(self, scope: &Scope<'s, C>, state: &State) -> Option<bool> {
        let object = scope.get(self.0);
        let is = |item, count: u32| scope.item(object, item).as_integer() == Some(i64::from(count));
        if !state.has_table() || is(COLLECTIONS, scope.heap().collections()) {
            return None;
        }
        Some(state.young || !is(MAJOR, scope.heap().major_collections()))
    }

    /// The state, with every key at its place.
    fn open<C: HeapContext<Model = T::Model>>(self, scope: &mut Scope<'s, C>) -> State {
        let mut state = self.state(scope);
        if let Some(moved) = self.is_stale(scope, &state) {
            if moved {
                state.rehash(scope);
            }
            self.close(scope, &state);
        }
        state
    }

    fn close<C: HeapContext<Model = T::Model>>(self, scope: &mut Scope<'s, C>, state: &State) {
        let counts =
            i64::from(state.used) | i64::from(state.live) << COUNT_BITS | i64::from(state.young) << (2 * COUNT_BITS);
        let heap = scope.heap_mut();
        let (collections, major) = (heap.collections(), heap.major_collections());
        heap.set(state.head + FIRST + COLLECTIONS, int(collections.into()));
        heap.set(state.head + FIRST + MAJOR, int(major.into()));
        heap.set(state.head + FIRST + COUNTS, int(counts));
    }

    fn word<C: HeapContext<Model = T::Model>, K>(scope: &Scope<'s, C>, rooted: Rooted<'s, K>) -> (u64, u32) {
        let word = scope.get(rooted).word();
        (word, C::Model::reference(word))
    }

    /// Looks a key up; gives the word where it is. Its value is in the next.
    fn find<C: HeapContext<Model = T::Model>, K>(
        self,
        scope: &mut Scope<'s, C>,
        key: Rooted<'s, K>,
    ) -> Option<(State, u32)> {
        let (_, key) = Self::word(scope, key);
        let state = self.open(scope);
        if key == 0 {
            return None;
        }
        state.find(scope, key).map(|at| (state, at))
    }

    /// Looks a key up; gives the word where it is, and the value.
    fn look_up<C: HeapContext<Model = T::Model>, K>(
        self,
        scope: &mut Scope<'s, C>,
        key: Rooted<'s, K>,
    ) -> Option<(State, u32, u64)> {
        self.find(scope, key).map(|(state, at)| (state, at, scope.heap().get(at + 1)))
    }

    /// The value of a key. What is in the heap can be read while it is held, and nothing be changed; see [`pull`](Self::pull).
    pub fn get<'h, C, K>(self, scope: &'h mut Scope<'s, C>, key: Rooted<'s, K>) -> Option<Gc<'h, Value>>
    where
        C: HeapContext<Model = T::Model>,
    {
        let (state, at) = self.find(scope, key)?;
        let scope = &*scope;
        let table = scope.item(scope.get(self.0), TABLE).downcast::<T>()?;
        Some(scope.item(table, at + 1 - state.pairs.at(0)))
    }

    /// The value of a key, rooted.
    ///
    /// # Errors
    /// [`AllocError`] when the stack has no room.
    pub fn pull<C: HeapContext<Model = T::Model>, K>(
        self,
        scope: &mut Scope<'s, C>,
        key: Rooted<'s, K>,
    ) -> Result<Option<Rooted<'s, Value>>, AllocError> {
        match self.look_up(scope, key) {
            Some((.., value)) => Ok(Some(scope.root(value)?)),
            None => Ok(None),
        }
    }

    /// Reads the value of a key into a slot that there is already. Whether the key is there.
    ///
    /// # Panics
    /// When the key is there and `out` is not a slot.
    pub fn pull_into<C: HeapContext<Model = T::Model>, U, K>(
        self,
        scope: &mut Scope<'s, C>,
        out: Rooted<'s, U>,
        key: Rooted<'s, K>,
    ) -> bool {
        let found = self.look_up(scope, key);
        if let Some((.., value)) = found {
            scope.set_word(out, value);
        }
        found.is_some()
    }

    /// Whether a key is there.
    pub fn contains_key<C: HeapContext<Model = T::Model>, K>(
        self,
        scope: &mut Scope<'s, C>,
        key: Rooted<'s, K>,
    ) -> bool {
        self.find(scope, key).is_some()
    }

    /// Sets the value of a key. Whether there was one. This may collect.
    ///
    /// # Errors
    /// [`EphemeronError`]; nothing has been set then.
    pub fn insert<C: HeapContext<Model = T::Model>, K, V>(
        self,
        scope: &mut Scope<'s, C>,
        key: Rooted<'s, K>,
        value: Rooted<'s, V>,
    ) -> Result<bool, EphemeronError> {
        if Self::word(scope, key).1 == 0 {
            return Err(EphemeronError::NotAnObject);
        }
        if let Some((state, at)) = self.find(scope, key) {
            let (value, _) = Self::word(scope, value);
            state.pairs.set_value(scope.heap_mut(), at, value);
            return Ok(true);
        }
        let mut state = self.open(scope);
        if state.pairs.is_full(state.used) {
            state = self.grow(scope, state)?;
        }
        let ((key, _), (value, _)) = (Self::word(scope, key), Self::word(scope, value));
        state.place(scope, key, value);
        self.close(scope, &state);
        Ok(false)
    }

    /// Another table, with room for as many pairs as there are now and one more.
    fn grow<C: HeapContext<Model = T::Model>>(
        self,
        scope: &mut Scope<'s, C>,
        state: State,
    ) -> Result<State, AllocError> {
        let capacity = Pairs::capacity_for(state.live + 1).ok_or(AllocError::OutOfMemory)?;
        let word = {
            let mut inner = scope.nest();
            let table = inner.alloc_items::<T>(New::of([]), capacity)?;
            inner.get(table).word()
        };
        // The word is good until the next collection, and there is none before it is in the map.
        let old = self.state(scope);
        let mut new = State::new(old.head, C::Model::reference(word), capacity);
        for place in 0..old.pairs.capacity() {
            if let Some((key, value)) = old.pairs.pair(scope.heap(), place) {
                new.place(scope, key, value);
            }
        }
        scope.heap_mut().store(new.head, FIRST + TABLE, word);
        self.close(scope, &new);
        Ok(new)
    }

    /// Removes a key. Whether it was there.
    pub fn remove<C: HeapContext<Model = T::Model>, K>(self, scope: &mut Scope<'s, C>, key: Rooted<'s, K>) -> bool {
        let Some((mut state, at)) = self.find(scope, key) else { return false };
        state.remove(scope, at);
        self.close(scope, &state);
        true
    }

    /// Removes a key and puts its value into a slot that there is already. Whether the key was there.
    ///
    /// # Panics
    /// When the key was there and `out` is not a slot.
    pub fn take_into<C: HeapContext<Model = T::Model>, U, K>(
        self,
        scope: &mut Scope<'s, C>,
        out: Rooted<'s, U>,
        key: Rooted<'s, K>,
    ) -> bool {
        // The slot may be the one that the key is in.
        let Some((mut state, at, value)) = self.look_up(scope, key) else { return false };
        scope.set_word(out, value);
        state.remove(scope, at);
        self.close(scope, &state);
        true
    }

    /// Removes all pairs for which `keep` does not answer `true`.
    pub fn retain<C, F>(self, scope: &mut Scope<'s, C>, mut keep: F)
    where
        C: HeapContext<Model = T::Model>,
        F: for<'h> FnMut(&'h Scope<'s, C>, Gc<'h, Value>, Gc<'h, Value>) -> bool,
    {
        let mut state = self.open(scope);
        for place in 0..state.pairs.capacity() {
            let seen = &*scope;
            let Some((key, value)) = self.table(seen).and_then(|table| pair(seen, table, place)) else { continue };
            if !keep(seen, key, value) {
                let at = state.pairs.at(place);
                state.remove(scope, at);
            }
        }
        if state.has_table() {
            self.close(scope, &state);
        }
    }

    /// Removes all pairs and lets go of the table.
    pub fn clear<C: HeapContext<Model = T::Model>>(self, scope: &mut Scope<'s, C>) {
        let state = self.state(scope);
        if state.has_table() {
            scope.heap_mut().set(state.head + FIRST + TABLE, Value::NULL);
        }
    }

    /// The number of pairs. Those that a collection has removed do not count, and those do that the next one will remove.
    ///
    /// Takes constant time unless there was a collection since the last change or lookup.
    #[must_use]
    pub fn len<C: HeapContext<Model = T::Model>>(self, scope: &Scope<'s, C>) -> usize {
        let state = self.state(scope);
        match self.is_stale(scope, &state) {
            Some(true) => self.iter(scope).count(),
            _ => state.live as usize,
        }
    }

    /// Whether there is no pair.
    #[must_use]
    pub fn is_empty<C: HeapContext<Model = T::Model>>(self, scope: &Scope<'s, C>) -> bool {
        self.iter(scope).next().is_none()
    }

    /// How many pairs the table has room for, in use or not.
    #[must_use]
    pub fn capacity<C: HeapContext<Model = T::Model>>(self, scope: &Scope<'s, C>) -> usize {
        self.state(scope).pairs.capacity() as usize / 4 * 3
    }

    fn table<'h, C: HeapContext<Model = T::Model>>(self, scope: &'h Scope<'s, C>) -> Option<Gc<'h, T>> {
        self.state(scope).has_table().then(|| scope.item(scope.get(self.0), TABLE).downcast::<T>())?
    }

    /// The keys and values, in no order.
    pub fn iter<'h, C: HeapContext<Model = T::Model>>(self, scope: &'h Scope<'s, C>) -> EphemeronIter<'h, 's, T, C> {
        let table = self.table(scope);
        EphemeronIter { scope, table, place: 0, capacity: table.map_or(0, |table| scope.len(table) / 2) }
    }
}

/// The pair at a place, if there is one.
fn pair<'h, T: Object, C: HeapContext<Model = T::Model>>(
    scope: &'h Scope<'_, C>,
    table: Gc<'h, T>,
    place: u32,
) -> Option<(Gc<'h, Value>, Gc<'h, Value>)> {
    let key = scope.item(table, 2 * place);
    key.kind().map(|_| (key, scope.item(table, 2 * place + 1)))
}

/// The keys and values of an [`EphemeronMap`].
pub struct EphemeronIter<'h, 's, T, C: HeapContext> {
    scope: &'h Scope<'s, C>,
    table: Option<Gc<'h, T>>,
    place: u32,
    capacity: u32,
}

impl<'h, T: Object, C: HeapContext<Model = T::Model>> Iterator for EphemeronIter<'h, '_, T, C> {
    type Item = (Gc<'h, Value>, Gc<'h, Value>);

    fn next(&mut self) -> Option<Self::Item> {
        let table = self.table?;
        while self.place < self.capacity {
            self.place += 1;
            let found = pair(self.scope, table, self.place - 1);
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, usize::try_from(self.capacity - self.place).ok())
    }
}

impl<T: Object, C: HeapContext<Model = T::Model>> core::iter::FusedIterator for EphemeronIter<'_, '_, T, C> {}

impl<T, C: HeapContext> fmt::Debug for EphemeronIter<'_, '_, T, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EphemeronIter({} of {})", self.place, self.capacity)
    }
}
