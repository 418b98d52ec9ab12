//! Ephemeron tables: what they let go of, and that they go on working while everything moves.
#![allow(missing_docs, reason = "object types for tests")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rotifer_gc::{AllocError, Ephemerons, Heap, HeapConfig, HeapContext, Rooted, Scope, Value};
use rotifer_weakmap::{EphemeronError, EphemeronMap};
use weakref_traits::{StrongRef as _, WeakRef as _};

rotifer_gc::objects! {
    pub model Model;
    pub struct Key { id: i64, other: Value, }
    pub struct Map { ..[Ephemerons] }
    pub struct Owner { map: Map, }
    pub struct List { ..[Value] }
    pub struct Pad { ..[u64] }
}

type Cx<'s> = Scope<'s, Heap<Model>>;

fn heap() -> Heap<Model> {
    Heap::new(HeapConfig { limit: 64 << 20, stack: 1 << 16, nursery: 1 << 14, ..HeapConfig::default() }).unwrap()
}

/// A heap in which nothing is collected before that is asked for.
fn roomy_heap() -> Heap<Model> {
    Heap::new(HeapConfig { limit: 64 << 20, stack: 1 << 16, nursery: 64 << 20, ..HeapConfig::default() }).unwrap()
}

fn key<'s>(cx: &mut Cx<'s>, id: i64) -> Rooted<'s, Key> {
    cx.alloc(Key::new(id, Value::null())).unwrap()
}

fn int<'s>(n: i64) -> Rooted<'s, Value> {
    Value::integer(n).unwrap()
}

fn blocks(cx: &Cx<'_>, name: &str) -> usize {
    cx.heap().census().iter().find(|kind| kind.name == Some(name)).map_or(0, |kind| kind.blocks)
}

fn collect(cx: &mut Cx<'_>) {
    cx.heap_mut().collect(&mut []);
}

#[test]
fn what_is_put_in_is_found_until_it_is_taken_out() {
    let mut heap = heap();
    let mut cx = Scope::enter(&mut heap);
    let map = EphemeronMap::<Map>::new(&mut cx).unwrap();
    assert!(map.is_empty(&cx) && map.len(&cx) == 0 && map.capacity(&cx) == 0);
    let (a, b) = (key(&mut cx, 1), key(&mut cx, 2));
    assert_eq!(map.insert(&mut cx, a, int(10)), Ok(false));
    assert_eq!(map.insert(&mut cx, a, int(11)), Ok(true));
    assert_eq!(map.insert(&mut cx, b, a), Ok(false));
    assert_eq!(map.get(&mut cx, a).and_then(|value| value.as_integer()), Some(11));
    let value = map.pull(&mut cx, b).unwrap().and_then(|value| cx.downcast::<Key>(value)).unwrap();
    assert_eq!(cx.load(value, Key::id), 1);
    assert_eq!((map.len(&cx), map.iter(&cx).count()), (2, 2));
    let out = cx.slot::<Value>(Value::NULL).unwrap();
    assert!(map.pull_into(&mut cx, out, a) && cx.get(out).as_integer() == Some(11));
    assert!(map.remove(&mut cx, a) && !map.remove(&mut cx, a) && !map.contains_key(&mut cx, a));
    assert!(!map.pull_into(&mut cx, out, a));
    assert!(map.take_into(&mut cx, out, b) && !map.take_into(&mut cx, out, b));
    assert_eq!(cx.get(out).downcast::<Key>().map(|found| cx.read(found, Key::id)), Some(1));
    assert!(map.is_empty(&cx) && map.len(&cx) == 0);
}

#[test]
fn keys_are_objects() {
    let mut heap = heap();
    let mut cx = Scope::enter(&mut heap);
    let map = EphemeronMap::<Map>::new(&mut cx).unwrap();
    assert_eq!(map.insert(&mut cx, int(1), int(1)), Err(EphemeronError::NotAnObject));
    assert_eq!(map.insert(&mut cx, Value::null(), int(1)), Err(EphemeronError::NotAnObject));
    assert!(!map.contains_key(&mut cx, Value::null()) && !map.remove(&mut cx, int(1)));
    // Nor can an object be taken for a map that is none.
    let table = cx.alloc_items(Map::new(), 7).unwrap();
    assert!(EphemeronMap::from_rooted(&cx, table).is_none());
    let other = key(&mut cx, 1);
    assert!(EphemeronMap::from_rooted(&cx, other.cast::<Map>()).is_none());
    assert!(EphemeronMap::from_rooted(&cx, Value::null().cast::<Map>()).is_none());
}

#[test]
fn a_value_that_refers_to_its_own_key_goes_with_it() {
    let mut heap = heap();
    let mut cx = Scope::enter(&mut heap);
    let map = EphemeronMap::<Map>::new(&mut cx).unwrap();
    let kept = key(&mut cx, 0);
    {
        let mut inner = cx.nest();
        let value = inner.alloc(Key::new(100, kept.cast())).unwrap();
        map.insert(&mut inner, kept, value).unwrap();
        for i in 1..50 {
            let key = key(&mut inner, i);
            let value = inner.alloc(Key::new(100 + i, key.cast())).unwrap();
            map.insert(&mut inner, key, value).unwrap();
            map.insert(&mut inner, value, key).unwrap(); // and a pair the other way round
        }
    }
    collect(&mut cx);
    assert_eq!((map.len(&cx), blocks(&cx, "Key")), (1, 2));
    assert!(map.contains_key(&mut cx, kept));
    assert_eq!(map.len(&cx), 1);
}

#[test]
fn maps_whose_values_refer_to_keys_of_others() {
    let mut heap = heap();
    let mut cx = Scope::enter(&mut heap);
    let maps: Vec<_> = (0..3).map(|_| EphemeronMap::<Map>::new(&mut cx).unwrap()).collect();
    let first = key(&mut cx, 0);
    {
        // A circle through all maps, twelve times: each value is the key in the next map.
        let mut inner = cx.nest();
        let keys: Vec<_> = (1..36).map(|i| key(&mut inner, i)).collect();
        let at = |i: usize| if i.is_multiple_of(36) { first } else { keys[i % 36 - 1] };
        for i in (0..36).rev() {
            maps[i % 3].insert(&mut inner, at(i), at(i + 1)).unwrap();
        }
    }
    collect(&mut cx);
    assert_eq!(maps.iter().map(|map| map.len(&cx)).sum::<usize>(), 36);
    let at = cx.slot::<Value>(Value::NULL).unwrap();
    cx.set(at, first);
    for i in 0..36 {
        assert!(maps[i % 3].pull_into(&mut cx, at, at), "link {i}");
    }
    assert_eq!(cx.get(at).word(), cx.get(first).word());
    cx.set(at, Value::null());
    // Without one link the rest of the circle is unreachable.
    let second = cx.slot::<Value>(Value::NULL).unwrap();
    assert!(maps[0].take_into(&mut cx, second, first));
    cx.set(second, Value::null());
    collect(&mut cx);
    assert_eq!(maps.iter().map(|map| map.len(&cx)).sum::<usize>(), 0);
    assert_eq!(blocks(&cx, "Key"), 1);
}

#[test]
fn maps_are_objects_and_die_like_them() {
    let mut heap = heap();
    let (root, weak) = {
        let mut cx = Scope::enter(&mut heap);
        let map = EphemeronMap::<Map>::new(&mut cx).unwrap();
        let owner = cx.alloc(Owner::new(map.as_rooted())).unwrap();
        // A map in itself, as a key and as a value, and one that is only reachable through a pair.
        map.insert(&mut cx, map.as_rooted(), map.as_rooted()).unwrap();
        let inner = EphemeronMap::<Map>::new(&mut cx).unwrap();
        inner.insert(&mut cx, owner, int(5)).unwrap();
        map.insert(&mut cx, owner, inner.as_rooted()).unwrap();
        let root = cx.persist(owner);
        let weak = root.downgrade();
        (root, weak)
    };
    heap.collect(&mut []);
    {
        let mut cx = Scope::enter(&mut heap);
        let owner = cx.restore(&root).unwrap().unwrap();
        let map = cx.pull(owner, Owner::map).unwrap().cast::<Map>();
        let map = EphemeronMap::from_rooted(&cx, map).unwrap();
        let inner = map.pull(&mut cx, owner).unwrap().unwrap().cast::<Map>();
        let inner = EphemeronMap::from_rooted(&cx, inner).unwrap();
        assert_eq!(inner.get(&mut cx, owner).and_then(|value| value.as_integer()), Some(5));
        assert_eq!(map.len(&cx), 2);
    }
    drop(root);
    heap.collect(&mut []);
    assert!(weak.is_expired());
    assert_eq!(heap.census().iter().map(|kind| kind.blocks).sum::<usize>(), 0);
}

#[test]
fn retain_and_clear() {
    let mut heap = heap();
    let mut cx = Scope::enter(&mut heap);
    let map = EphemeronMap::<Map>::new(&mut cx).unwrap();
    let keys: Vec<_> = (0..100).map(|i| key(&mut cx, i)).collect();
    for (i, &key) in keys.iter().enumerate() {
        map.insert(&mut cx, key, int(i as i64)).unwrap();
    }
    map.retain(&mut cx, |cx, key, value| {
        let key = key.downcast::<Key>().unwrap();
        assert_eq!(Some(cx.read(key, Key::id)), value.as_integer());
        cx.read(key, Key::id) % 3 == 0
    });
    assert_eq!(map.len(&cx), 34);
    assert!((0..100).all(|i| map.contains_key(&mut cx, keys[i]) == (i % 3 == 0)));
    map.clear(&mut cx);
    assert!(map.is_empty(&cx) && map.len(&cx) == 0 && !map.contains_key(&mut cx, keys[0]));
    assert_eq!(map.insert(&mut cx, keys[0], int(1)), Ok(false));
    assert_eq!(map.len(&cx), 1);
}

#[test]
fn a_full_heap_is_an_error_and_the_map_stays_whole() {
    let mut heap: Heap<Model> =
        Heap::new(HeapConfig { limit: 1 << 18, stack: 1 << 14, nursery: 1 << 14, ..HeapConfig::default() }).unwrap();
    let mut cx = Scope::enter(&mut heap);
    let map = EphemeronMap::<Map>::new(&mut cx).unwrap();
    let all = cx.slot::<Value>(Value::NULL).unwrap();
    let mut n = 0;
    let error = loop {
        let mut inner = cx.nest();
        let key = match inner.alloc(Key::new(n, all)) {
            Ok(key) => key,
            Err(error) => break EphemeronError::Alloc(error),
        };
        if let Err(error) = map.insert(&mut inner, key, int(n)) {
            break error;
        }
        inner.set(all, key);
        n += 1;
    };
    assert_eq!(error, EphemeronError::Alloc(AllocError::OutOfMemory));
    assert_eq!(map.len(&cx), n as usize);
    while let Some(key) = cx.downcast::<Key>(all) {
        n -= 1;
        assert_eq!(map.get(&mut cx, key).and_then(|value| value.as_integer()), Some(n));
        cx.pull_into(all, key, Key::other);
    }
    assert_eq!(n, 0);
    collect(&mut cx);
    assert!(map.is_empty(&cx) && map.len(&cx) == 0);
}

/// A chain of `n` values, each the key of the next pair, in the least favourable order. Gives the time of a collection.
fn chain(n: i64) -> Duration {
    let mut heap = roomy_heap();
    let mut cx = Scope::enter(&mut heap);
    let maps = [EphemeronMap::<Map>::new(&mut cx).unwrap(), EphemeronMap::<Map>::new(&mut cx).unwrap()];
    let first = cx.slot::<Value>(Value::NULL).unwrap();
    let next = cx.slot::<Value>(Value::NULL).unwrap();
    for i in (0..n).rev() {
        cx.alloc_into(first, Key::new(i, Value::null())).unwrap();
        maps[(i % 2) as usize].insert(&mut cx, first, next).unwrap();
        cx.set(next, first);
    }
    cx.set(next, Value::null());
    let mut times: Vec<_> = (0..5)
        .map(|_| {
            let start = Instant::now();
            collect(&mut cx);
            start.elapsed()
        })
        .collect();
    assert_eq!(maps[0].len(&cx) + maps[1].len(&cx), n as usize);
    cx.set(next, first);
    for i in 0..n {
        assert_eq!(cx.get(next).downcast::<Key>().map(|key| cx.read(key, Key::id)), Some(i));
        assert!(maps[(i % 2) as usize].pull_into(&mut cx, next, next));
    }
    assert!(cx.get(next).is_null());
    cx.set(first, Value::null());
    collect(&mut cx);
    assert_eq!((maps[0].len(&cx) + maps[1].len(&cx), blocks(&cx, "Key")), (0, 0));
    times.sort_unstable();
    times[0]
}

#[test]
fn a_chain_of_100_000_links_takes_time_in_proportion() {
    let (short, long) = (chain(10_000), chain(100_000));
    // Ten times as long; a hundred times would be the square of it.
    assert!(long < short * 40, "{short:?} for a tenth, {long:?}");
}

#[derive(Clone, Debug)]
enum Step {
    Insert(usize, i64),
    Chain(usize, usize),
    Remove(usize),
    Get(usize),
    Forget(usize),
    Pad(u32),
    Young,
    All,
}

fn step() -> impl Strategy<Value = Step> {
    const KEYS: usize = 40;
    prop_oneof![
        8 => (0..KEYS, any::<i32>()).prop_map(|(key, value)| Step::Insert(key, value.into())),
        3 => (0..KEYS, 0..KEYS).prop_map(|(key, value)| Step::Chain(key, value)),
        3 => (0..KEYS).prop_map(Step::Remove),
        4 => (0..KEYS).prop_map(Step::Get),
        4 => (0..KEYS).prop_map(Step::Forget),
        2 => (1..400_u32).prop_map(Step::Pad),
        2 => Just(Step::Young),
        1 => Just(Step::All),
    ]
}

/// What a pair has as its value: a number, or the number of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Held {
    Number(i64),
    Key(i64),
}

fn held<C: HeapContext<Model = Model>>(cx: &Scope<'_, C>, value: rotifer_gc::Gc<'_, Value>) -> Held {
    match value.downcast::<Key>() {
        Some(key) => Held::Key(cx.read(key, Key::id)),
        None => Held::Number(value.as_integer().unwrap_or_default()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Against a map that knows which keys are alive; `stress` moves everything at every so many allocations.
    #[test]
    fn like_a_map_of_the_living(steps in prop::collection::vec(step(), 1..200), stress in 0..4_u32) {
        let mut heap = heap();
        heap.set_stress(stress);
        let mut cx = Scope::enter(&mut heap);
        let map = EphemeronMap::<Map>::new(&mut cx).unwrap();
        // The object of each number in use, by where it is rooted; forgotten ones get another number.
        let mut ids: Vec<i64> = (0..40).collect();
        let slots: Vec<Rooted<'_, Key>> = ids.iter().map(|&id| key(&mut cx, id)).collect();
        let mut fresh = 40;
        let mut model: BTreeMap<i64, Held> = BTreeMap::new();
        for step in steps {
            match step {
                Step::Insert(key, value) => {
                    let had = map.insert(&mut cx, slots[key], int(value)).unwrap();
                    prop_assert_eq!(had, model.insert(ids[key], Held::Number(value)).is_some());
                }
                Step::Chain(key, value) => {
                    let had = map.insert(&mut cx, slots[key], slots[value]).unwrap();
                    prop_assert_eq!(had, model.insert(ids[key], Held::Key(ids[value])).is_some());
                }
                Step::Remove(key) => prop_assert_eq!(map.remove(&mut cx, slots[key]), model.remove(&ids[key]).is_some()),
                Step::Get(key) => {
                    let mut inner = cx.nest(); // or what was found would stay rooted
                    let value = map.pull(&mut inner, slots[key]).unwrap();
                    let found = value.map(|value| held(&inner, inner.get(value)));
                    prop_assert_eq!(found, model.get(&ids[key]).copied());
                }
                Step::Forget(key) => {
                    cx.alloc_into(slots[key], Key::new(fresh, Value::null())).unwrap();
                    ids[key] = fresh;
                    fresh += 1;
                }
                Step::Pad(words) => drop(cx.nest().alloc_items(Pad::new(), words).unwrap()),
                Step::Young => cx.heap_mut().collect_young(&mut []),
                Step::All => {
                    collect(&mut cx);
                    // What can be reached from the keys in use, through the map, is what there is.
                    let mut alive: Vec<i64> = ids.clone();
                    let mut next = 0;
                    while let Some(&id) = alive.get(next) {
                        next += 1;
                        if let Some(Held::Key(id)) = model.get(&id) && !alive.contains(id) {
                            alive.push(*id);
                        }
                    }
                    model.retain(|id, _| alive.contains(id));
                    prop_assert_eq!(map.len(&cx), model.len());
                    let mut all = BTreeMap::new();
                    for (key, value) in map.iter(&cx) {
                        all.insert(cx.read(key.downcast::<Key>().unwrap(), Key::id), held(&cx, value));
                    }
                    prop_assert_eq!(&all, &model);
                }
            }
        }
    }
}

#[test]
fn keys_in_a_list_survive_churn() {
    let mut heap = heap();
    let mut cx = Scope::enter(&mut heap);
    let map = EphemeronMap::<Map>::new(&mut cx).unwrap();
    let list = cx.alloc_items(List::new(), 1000).unwrap();
    let at = cx.slot::<Value>(Value::NULL).unwrap();
    for round in 0..20_000_u32 {
        let i = round.wrapping_mul(2_654_435_761) % 1000;
        cx.alloc_into(at, Key::new(i64::from(round), Value::null())).unwrap();
        map.insert(&mut cx, at, int(i64::from(round))).unwrap();
        cx.set_item(list, i, at);
    }
    assert!(cx.heap().collections() > 10);
    collect(&mut cx);
    let mut found = 0;
    for i in 0..1000 {
        let word = cx.item(cx.get(list), i).word();
        cx.set_word(at, word);
        if let Some(key) = cx.downcast::<Key>(at) {
            let id = cx.load(key, Key::id);
            assert_eq!(map.get(&mut cx, key).and_then(|value| value.as_integer()), Some(id));
            found += 1;
        }
    }
    assert_eq!(map.len(&cx), found);
}
