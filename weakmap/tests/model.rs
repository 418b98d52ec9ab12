//! Any sequence of operations against a naive model: an ordered map of the strong references themselves.

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use proptest::prelude::*;
use rotifer_weakmap::WeakMap;

#[derive(Clone, Debug)]
enum Operation {
    Insert(u16),
    InsertMany(u16, u16),
    /// Drops the last strong reference.
    Expire(u16),
    ExpireMany(u16, u16),
    Get(u16),
    Remove(u16),
    RemoveEntry(u16),
    Retain(u16),
    Cleanup,
    Clear,
    Replace(u16),
    RoundTrip,
    Entry(u16),
    Range(u16, u16),
    Pop(bool),
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
        5 => key().prop_map(Operation::RemoveEntry),
        1 => (1..5_u16).prop_map(Operation::Retain),
        1 => Just(Operation::Cleanup),
        1 => Just(Operation::Clear),
        2 => key().prop_map(Operation::Replace),
        1 => Just(Operation::RoundTrip),
        10 => key().prop_map(Operation::Entry),
        3 => (key(), key()).prop_map(|(a, b)| Operation::Range(a.min(b), a.max(b))),
        3 => any::<bool>().prop_map(Operation::Pop),
    ];
    prop::collection::vec(operation, 0..200)
}

#[derive(Default)]
struct Pair {
    map: WeakMap<u16, Weak<u32>>,
    model: BTreeMap<u16, Rc<u32>>,
    made: u32,
}

impl Pair {
    fn insert(&mut self, key: u16) {
        self.made += 1;
        let value = Rc::new(self.made);
        let old = self.map.insert(key, &value);
        assert_eq!(old, self.model.insert(key, value));
    }

    fn apply(&mut self, operation: Operation) {
        let Pair { map, model, .. } = self;
        match operation {
            Operation::Insert(key) => self.insert(key),
            Operation::InsertMany(from, count) => (from..from + count).for_each(|key| self.insert(key)),
            Operation::Expire(key) => drop(model.remove(&key)),
            Operation::ExpireMany(from, count) => model.retain(|&key, _| key < from || key >= from + count),
            Operation::Get(key) => {
                let expected = model.get(&key).cloned();
                assert_eq!(map.get(&key), expected);
                assert_eq!(map.contains_key(&key), expected.is_some());
                assert_eq!(map.get_key_value(&key), expected.map(|value| (&key, value)));
            }
            Operation::Remove(key) => assert_eq!(map.remove(&key), model.remove(&key)),
            Operation::RemoveEntry(key) => assert_eq!(map.remove_entry(&key), model.remove_entry(&key)),
            Operation::Retain(divisor) => {
                map.retain(|key, value| (u32::from(*key) + *value) % u32::from(divisor) == 0);
                model.retain(|key, value| (u32::from(*key) + **value).is_multiple_of(u32::from(divisor)));
                assert_eq!(map.raw_len(), model.len());
            }
            Operation::Cleanup => {
                map.cleanup();
                assert_eq!(map.raw_len(), model.len());
            }
            Operation::Clear => {
                map.clear();
                model.clear();
                assert_eq!(map.raw_len(), 0);
            }
            Operation::Replace(key) => {
                let value = Rc::new(1 << 30);
                for (_, weak) in map.iter_mut().filter(|(other, _)| **other == key) {
                    if weak.upgrade().is_some() {
                        *weak = Rc::downgrade(&value);
                        model.insert(key, value.clone());
                    }
                }
            }
            Operation::Entry(key) => {
                self.made += 1;
                let value = Rc::new(self.made);
                let found = map.entry(key).or_insert_with(|| value.clone());
                assert_eq!(&found, model.entry(key).or_insert(value));
                if let rotifer_weakmap::map::Entry::Occupied(entry) = map.entry(key)
                    && key.is_multiple_of(3)
                {
                    assert_eq!(Some(entry.remove_entry()), model.remove_entry(&key));
                }
            }
            Operation::Range(from, to) => {
                let expected = || model.range(from..=to).map(|(key, value)| (key, value.clone()));
                assert!(map.range(from..=to).eq(expected()));
                assert!(map.range(from..=to).rev().eq(expected().rev()));
                assert!(map.range(..to).eq(model.range(..to).map(|(key, value)| (key, value.clone()))));
            }
            Operation::Pop(first) => {
                assert_eq!(map.first_key_value(), model.first_key_value().map(|(key, value)| (key, value.clone())));
                assert_eq!(map.last_key_value(), model.last_key_value().map(|(key, value)| (key, value.clone())));
                let (ours, theirs) =
                    if first { (map.pop_first(), model.pop_first()) } else { (map.pop_last(), model.pop_last()) };
                assert_eq!(ours, theirs);
            }
            Operation::RoundTrip => {
                let raw: BTreeMap<_, _> = map.clone().into();
                assert_eq!(raw.len(), map.raw_len());
                let back = WeakMap::from(raw);
                assert_eq!(back, *map);
                assert_eq!(WeakMap::<u16, Weak<u32>>::from(&map.upgrade()), *map);
            }
        }
    }

    fn check(&self) {
        let Pair { map, model, .. } = self;
        assert!(map.iter().eq(model.iter().map(|(key, value)| (key, value.clone()))));
        assert!(map.iter().rev().eq(model.iter().rev().map(|(key, value)| (key, value.clone()))));
        assert!(map.keys().eq(model.keys()));
        assert!(map.values().eq(model.values().cloned()));
        assert_eq!(map.len(), model.len());
        assert_eq!(map.is_empty(), model.is_empty());
        assert!(map.raw_len() >= map.len());
        assert_eq!(map.upgrade(), *model);
        assert_eq!(format!("{map:?}"), format!("{model:?}"));
        assert!(map.clone().into_iter().eq(model.clone()));
        assert!(map.clone().into_keys().eq(model.keys().copied()));
        assert!(map.clone().into_values().eq(model.values().cloned()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn behaves_like_the_model(threshold in prop_oneof![Just(0), 1..50_usize, Just(1000)], operations in operations()) {
        let mut pair = Pair::default();
        pair.map.set_threshold(threshold);
        for (number, operation) in operations.into_iter().enumerate() {
            pair.apply(operation);
            if number % 16 == 0 {
                pair.check();
            }
        }
        pair.check();
    }
}
