//! Open addressing over the pairs of an ephemeron block.

use rotifer_gc::{Heap, ObjectModel};

/// Words of a block before its pairs: the header and one of the collector's.
pub(super) const FIRST: u32 = 2;
/// The fewest places a table has, and the most.
const MIN: u32 = 4;
const MAX: u32 = 1 << 27;

/// The pairs of an ephemeron block ([`Special::Ephemerons`](rotifer_gc::Special::Ephemerons)) as a hash table with open addressing.
///
/// This is the part of a map that does not depend on how keys are hashed, for object models that have a hash for each key: `WeakMap`
/// and `WeakSet` of the JavaScript engine are made of it. Models declared with `objects!` have
/// [`EphemeronMap`](crate::EphemeronMap), which does the rest, too: finding the block, making another when it is full, and hashing keys by
/// where they are, though they move.
///
/// Who uses it counts the places that are not empty. What a collection or [`remove`](Self::remove) takes out leaves
/// [`ObjectModel::DEAD`] in the place of its key, which searches pass over and new pairs take.
///
/// ```
/// use rotifer_gc::{Heap, HeapConfig, New, ObjectModel, Scope, Value};
/// use rotifer_weakmap::Pairs;
///
/// rotifer_gc::objects! {
///     pub model Program;
///     pub struct Person { number: u32, }
///     pub struct Table { ..[rotifer_gc::Ephemerons] }
/// }
///
/// let mut heap: Heap<Program> = Heap::new(HeapConfig::default()).unwrap();
/// let mut scope = Scope::enter(&mut heap);
/// let capacity = Pairs::capacity_for(2).unwrap();
/// let table = scope.alloc_items::<Table>(New::of([]), capacity)?;
/// let ada = scope.alloc(Person::new(7))?;
/// let pairs = Pairs::new(Program::reference(scope.get(table).word()), capacity, Value::NULL);
///
/// let (word, hash) = (scope.get(ada).word(), scope.load(ada, Person::number));
/// assert_eq!(pairs.insert(scope.heap_mut(), hash, word, word), Some(true)); // the value is the key itself
/// assert!(pairs.find(scope.heap(), hash, |key| key == word).is_some());
/// assert_eq!(pairs.living(scope.heap()).count(), 1);
/// # Ok::<(), rotifer_gc::AllocError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    block: u32,
    capacity: u32,
    empty: u64,
}

impl Pairs {
    /// The pairs of the block at the word `block`, so many of them: a power of two, or 0 where there is no block. Where there is no
    /// pair yet, the key is `empty`. Good until the next collection.
    ///
    /// # Panics
    /// When `capacity` is neither.
    #[must_use]
    #[inline]
    pub const fn new(block: u32, capacity: u32, empty: u64) -> Self {
        assert!(capacity == 0 || capacity.is_power_of_two(), "the capacity of a table is a power of two");
        Pairs { block, capacity, empty }
    }

    /// The capacity of a table that so many pairs leave half empty, if there can be one.
    #[must_use]
    pub fn capacity_for(pairs: u32) -> Option<u32> {
        pairs
            .checked_mul(2)?
            .checked_next_power_of_two()
            .map(|capacity| capacity.max(MIN))
            .filter(|&capacity| capacity <= MAX)
    }

    /// The number of places.
    #[must_use]
    #[inline]
    pub const fn capacity(self) -> u32 {
        self.capacity
    }

    /// Whether there should not be one pair more, when so many places are not empty.
    #[must_use]
    pub fn is_full(self, used: u32) -> bool {
        (u64::from(used) + 1) * 4 > u64::from(self.capacity) * 3
    }

    /// The word of the key at a place; that of its value follows.
    #[must_use]
    #[inline]
    pub const fn at(self, place: u32) -> u32 {
        self.block + FIRST + 2 * place
    }

    /// The word of the first key, from where its hash says on, of which `is` says so.
    #[inline]
    fn probe<M: ObjectModel>(self, heap: &Heap<M>, hash: u32, mut is: impl FnMut(u64) -> Option<bool>) -> Option<u32> {
        let mut place = hash;
        for _ in 0..self.capacity {
            let at = self.at(place & (self.capacity - 1));
            if let Some(found) = is(heap.get(at)) {
                return found.then_some(at);
            }
            place = place.wrapping_add(1);
        }
        None
    }

    /// The word of a living key that `same` knows.
    #[must_use]
    #[inline]
    pub fn find<M: ObjectModel>(self, heap: &Heap<M>, hash: u32, same: impl Fn(u64) -> bool) -> Option<u32> {
        self.probe(heap, hash, |key| if same(key) { Some(true) } else { (key == self.empty).then_some(false) })
    }

    /// Puts in a pair whose key is not there. Says whether its place was empty, or nothing if there is none.
    pub fn insert<M: ObjectModel>(self, heap: &mut Heap<M>, hash: u32, key: u64, value: u64) -> Option<bool> {
        let at = self.probe(heap, hash, |key| (!self.is_live::<M>(key)).then_some(true))?;
        let was_empty = heap.get(at) == self.empty;
        heap.store(self.block, at - self.block, key);
        self.set_value(heap, at, value);
        Some(was_empty)
    }

    /// Sets the value of the key whose word is `at`.
    #[inline]
    pub fn set_value<M: ObjectModel>(self, heap: &mut Heap<M>, at: u32, value: u64) {
        heap.store(self.block, at + 1 - self.block, value);
    }

    /// Removes the pair of the key whose word is `at`.
    pub fn remove<M: ObjectModel>(self, heap: &mut Heap<M>, at: u32) {
        heap.set(at, M::DEAD);
        heap.set(at + 1, M::DEAD);
    }

    #[inline]
    fn is_live<M: ObjectModel>(self, key: u64) -> bool {
        key != self.empty && key != M::DEAD
    }

    /// The words of the pair at a place, if there is one.
    #[must_use]
    pub fn pair<M: ObjectModel>(self, heap: &Heap<M>, place: u32) -> Option<(u64, u64)> {
        let key = heap.get(self.at(place));
        self.is_live::<M>(key).then(|| (key, heap.get(self.at(place) + 1)))
    }

    /// The words of the pairs that there are, in no order.
    pub fn living<M: ObjectModel>(self, heap: &Heap<M>) -> impl Iterator<Item = (u64, u64)> {
        (0..self.capacity).filter_map(move |place| self.pair(heap, place))
    }
}
