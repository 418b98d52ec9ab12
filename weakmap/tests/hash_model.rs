//! Any sequence of operations on the hash tables against a naive model: a map of the strong references themselves.

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use proptest::prelude::*;
use rotifer_weakmap::{
    Budget, PtrWeakHashSet, PtrWeakKeyHashMap, PtrWeakWeakHashMap, TryReserveError, WeakHashSet, WeakKeyHashMap,
    WeakValueHashMap, WeakWeakHashMap,
};

#[derive(Clone, Debug)]
enum Operation {
    Insert(u16),
    InsertMany(u16, u16),
    Expire(u16),
    ExpireMany(u16, u16),
    Get(u16),
    Remove(u16),
    Entry(u16),
    Retain(u16),
    Extract(u16),
    RemoveExpired,
    Shrink,
    Drain,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let key = || 0..700_u16;
    let operation = prop_oneof![
        20 => key().prop_map(Operation::Insert),
        4 => (key(), 1..200_u16).prop_map(|(from, count)| Operation::InsertMany(from, count)),
        15 => key().prop_map(Operation::Expire),
        3 => (key(), 1..150_u16).prop_map(|(from, count)| Operation::ExpireMany(from, count)),
        10 => key().prop_map(Operation::Get),
        10 => key().prop_map(Operation::Remove),
        10 => key().prop_map(Operation::Entry),
        1 => (1..5_u16).prop_map(Operation::Retain),
        1 => (1..5_u16).prop_map(Operation::Extract),
        1 => Just(Operation::RemoveExpired),
        1 => Just(Operation::Shrink),
        1 => Just(Operation::Drain),
    ];
    prop::collection::vec(operation, 0..200)
}

type Key = Rc<u16>;

/// The operations of one kind of map, whose entries are made from a number and kept alive by a pair of references.
macro_rules! model {
    ($test:ident, $Map:ty, |$pair:ident| given $given:expr, query $query:expr, value $value:expr, seen $seen:expr) => {
        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

            #[test]
            fn $test(threshold in prop_oneof![Just(0), 1..50_usize, Just(1000)], operations in operations()) {
                let mut map = <$Map>::new();
                map.set_threshold(threshold);
                let mut model = BTreeMap::<u16, (Key, Key)>::new();
                let all: Vec<Key> = (0..1000).map(Rc::new).collect();
                // Keys of their own, so that they die with the entry of the model.
                let fresh = |key: u16| (Rc::new(key), Rc::new(key));
                drop(all);
                let insert = |map: &mut $Map, model: &mut BTreeMap<u16, (Key, Key)>, key: u16| {
                    let made = match model.get(&key) {
                        Some((old, _)) => (old.clone(), Rc::new(key)),
                        None => fresh(key),
                    };
                    let $pair = &made;
                    let old = map.insert($given, $value);
                    assert_eq!(old.is_some(), model.insert(key, made).is_some());
                };
                for operation in operations {
                    match operation {
                        Operation::Insert(key) => insert(&mut map, &mut model, key),
                        Operation::InsertMany(from, count) => {
                            (from..from + count).for_each(|key| insert(&mut map, &mut model, key));
                        }
                        Operation::Expire(key) => drop(model.remove(&key)),
                        Operation::ExpireMany(from, count) => {
                            model.retain(|&key, _| key < from || key >= from + count);
                        }
                        Operation::Get(key) => {
                            let made = model.get(&key).cloned();
                            let known = made.is_some();
                            let made = made.unwrap_or_else(|| fresh(key));
                            let $pair = &made;
                            assert_eq!(map.contains_key($query), known);
                            let expected = $value;
                            assert_eq!(map.get($query).map(|value| $seen(&value)), known.then(|| $seen(&expected)));
                        }
                        Operation::Remove(key) => {
                            let made = model.get(&key).cloned();
                            let known = made.is_some();
                            let made = made.unwrap_or_else(|| fresh(key));
                            let $pair = &made;
                            assert_eq!(map.remove_entry($query).is_some(), known);
                            model.remove(&key);
                        }
                        Operation::Entry(key) => {
                            let known = model.contains_key(&key);
                            let made = model.entry(key).or_insert_with(|| fresh(key)).clone();
                            let $pair = &made;
                            match map.entry($given) {
                                rotifer_weakmap::hash::Entry::Occupied(entry) => {
                                    assert!(known);
                                    if key.is_multiple_of(3) {
                                        entry.remove_entry();
                                        model.remove(&key);
                                    }
                                }
                                rotifer_weakmap::hash::Entry::Vacant(entry) => {
                                    assert!(!known);
                                    entry.insert($value);
                                }
                            }
                        }
                        Operation::Retain(divisor) => {
                            map.retain(|key, _| (*key).is_multiple_of(divisor));
                            model.retain(|key, _| key.is_multiple_of(divisor));
                            assert_eq!(map.len(), model.len());
                        }
                        Operation::Extract(divisor) => {
                            let mut keys: Vec<u16> =
                                map.extract_if(|key, _| (*key).is_multiple_of(divisor)).map(|(key, _)| key.into_number()).collect();
                            keys.sort_unstable();
                            assert!(keys.iter().eq(model.keys().filter(|key| key.is_multiple_of(divisor))));
                            model.retain(|key, _| !key.is_multiple_of(divisor));
                            assert_eq!(map.len(), model.len());
                        }
                        Operation::RemoveExpired => {
                            map.remove_expired();
                            assert_eq!(map.len(), model.len());
                        }
                        Operation::Shrink => map.shrink_to_fit(),
                        Operation::Drain => {
                            assert_eq!(map.drain().count(), model.len());
                            assert!(map.is_empty());
                            model.clear();
                        }
                    }
                    assert!(map.len() >= map.live_len() && map.capacity() >= map.len());
                }
                let mut keys: Vec<u16> = map.iter().map(|(key, _)| key.number()).collect();
                keys.sort_unstable();
                assert!(keys.iter().eq(model.keys()));
                assert_eq!((map.live_len(), map.keys().count(), map.values().count()), (keys.len(), keys.len(), keys.len()));
                assert!(map == map.clone() && map.is_submap(&map.clone()));
                assert_eq!(map.into_iter().count(), keys.len());
            }
        }
    };
}

/// Keys of all kinds as the numbers they stand for.
trait Number {
    fn number(&self) -> u16;
    fn into_number(self) -> u16
    where
        Self: Sized,
    {
        self.number()
    }
}

impl Number for u16 {
    fn number(&self) -> u16 {
        *self
    }
}

impl Number for &u16 {
    fn number(&self) -> u16 {
        **self
    }
}

impl Number for Key {
    fn number(&self) -> u16 {
        **self
    }
}

model!(weak_values, WeakValueHashMap<u16, Weak<u16>>, |pair| given *pair.0, query &*pair.0, value pair.1.clone(),
    seen |value: &Key| Rc::as_ptr(value));
model!(weak_keys, WeakKeyHashMap<Weak<u16>, u16>, |pair| given pair.0.clone(), query &*pair.0, value *pair.1,
    seen |value: &u16| *value);
model!(keys_by_identity, PtrWeakKeyHashMap<Weak<u16>, u16>, |pair| given pair.0.clone(), query &pair.0, value *pair.1,
    seen |value: &u16| *value);
model!(both, WeakWeakHashMap<Weak<u16>, Weak<u16>>, |pair| given pair.0.clone(), query &*pair.0, value pair.1.clone(),
    seen |value: &Key| Rc::as_ptr(value));
model!(both_by_identity, PtrWeakWeakHashMap<Weak<u16>, Weak<u16>>, |pair| given pair.0.clone(), query &pair.0,
    value pair.1.clone(), seen |value: &Key| Rc::as_ptr(value));

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sets(ours in prop::collection::btree_set(0..60_u16, 0..40), theirs in prop::collection::btree_set(0..60_u16, 0..40),
        dead in prop::collection::btree_set(0..60_u16, 0..20)) {
        let mut all: Vec<Option<Key>> = (0..60).map(|number| Some(Rc::new(number))).collect();
        let pick = |numbers: &std::collections::BTreeSet<u16>| -> Vec<Key> {
            numbers.iter().filter_map(|&number| all[usize::from(number)].clone()).collect()
        };
        let (a, b): (WeakHashSet<Weak<u16>>, WeakHashSet<Weak<u16>>) =
            (pick(&ours).into_iter().collect(), pick(&theirs).into_iter().collect());
        let (c, d): (PtrWeakHashSet<Weak<u16>>, PtrWeakHashSet<Weak<u16>>) =
            (pick(&ours).into_iter().collect(), pick(&theirs).into_iter().collect());
        dead.iter().for_each(|&number| all[usize::from(number)] = None);
        let ours: std::collections::BTreeSet<u16> = ours.difference(&dead).copied().collect();
        let theirs: std::collections::BTreeSet<u16> = theirs.difference(&dead).copied().collect();
        let sorted = |elements: &mut dyn Iterator<Item = Key>| {
            let mut numbers: Vec<u16> = elements.map(|element| *element).collect();
            numbers.sort_unstable();
            numbers
        };
        macro_rules! same {
            ($($method:ident),*) => {$(
                let expected: Vec<u16> = ours.$method(&theirs).copied().collect();
                assert_eq!(sorted(&mut a.$method(&b)), expected);
                assert_eq!(sorted(&mut c.$method(&d)), expected);
            )*};
        }
        same!(union, intersection, difference, symmetric_difference);
        assert_eq!((a.is_subset(&b), a.is_disjoint(&b)), (ours.is_subset(&theirs), ours.is_disjoint(&theirs)));
        assert_eq!((c.is_superset(&d), c == d), (ours.is_superset(&theirs), ours == theirs));
    }
}

#[test]
fn churn_does_not_pile_up_and_is_swept_in_parts() {
    let mut map = WeakValueHashMap::<u32, Weak<()>>::new();
    let mut highest = 0;
    for key in 0..1_000_000_u32 {
        map.insert(key, Rc::new(()));
        highest = highest.max(map.len());
    }
    assert!(highest < 4000, "{highest} entries of which none is alive");
}

#[test]
fn budgets_are_kept() {
    let budget = Budget::new(100_000);
    let mut map = WeakKeyHashMap::<Weak<u64>, u64>::new();
    map.set_budget(&budget).unwrap();
    let mut kept: Vec<_> = Vec::new();
    let refused = loop {
        let key = Rc::new(kept.len() as u64);
        if let Err(error) = map.try_insert(key.clone(), 1) {
            break error;
        }
        kept.push(key);
        assert!(budget.used() <= 100_000 && budget.used() == map.allocated(), "{budget:?}");
    };
    assert!(matches!(refused, TryReserveError::OverBudget { .. }) && kept.len() > 800, "{refused} {}", kept.len());
    // What has expired makes room.
    kept.truncate(500);
    for number in 10_000..10_300 {
        let key = Rc::new(number);
        map.try_insert(key.clone(), 1).unwrap();
        kept.push(key);
    }
    assert_eq!(map.iter().count(), 800);
    let mut second = WeakValueHashMap::<u64, Weak<u64>>::new();
    second.set_budget(&budget).unwrap();
    assert!(second.try_reserve(10_000).is_err() && second.try_reserve(usize::MAX).is_err());
    map.shrink_to_fit();
    assert_eq!(budget.used(), map.allocated());
    drop(map);
    assert_eq!(budget.used(), second.allocated());
    second.try_reserve(1000).unwrap();
    assert!(budget.used() > 0 && format!("{budget:?}").contains("100000"));
    drop(second);
    assert_eq!(budget.used(), 0);
    budget.set_limit(0);
    let mut third = WeakValueHashMap::<u64, Weak<u64>>::with_capacity(10);
    assert!(third.set_budget(&budget).is_err() && third.budget().is_none());
}
