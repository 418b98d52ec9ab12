//! What a program that comes from `weak-table` does, with one `use` line changed.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use rotifer_weakmap::{
    PtrWeakHashSet, PtrWeakKeyHashMap, PtrWeakWeakHashMap, WeakHashSet, WeakKeyHashMap, WeakValueHashMap,
    WeakWeakHashMap, ptr_weak_key_hash_map, weak_key_hash_map, weak_value_hash_map,
};

fn rcs<T: Clone>(values: &[T]) -> Vec<Rc<T>> {
    values.iter().cloned().map(Rc::new).collect()
}

#[test]
fn weak_keys_by_value() {
    let mut map = <WeakKeyHashMap<Weak<str>, u32>>::new();
    let (a, b) = (Rc::<str>::from("a"), Rc::<str>::from("b"));
    assert_eq!(map.insert(a.clone(), 1), None);
    assert_eq!(map.insert(b.clone(), 2), None);
    assert_eq!(map.get("a"), Some(&1));
    assert_eq!(map["b"], 2);
    map["b"] = 3;
    assert_eq!(map.get_mut("b").copied(), Some(3));
    assert!(map.get_key("a").is_some_and(|key| Rc::ptr_eq(&key, &a)));
    assert_eq!(map.get_both("a"), Some((a.clone(), &1)));
    assert_eq!(map.get_both_mut("a"), Some((a.clone(), &mut 1)));
    assert_eq!(map.get_disjoint_mut(["a", "x", "b"]), [Some(&mut 1), None, Some(&mut 3)]);
    assert_eq!(map.get_both_disjoint_mut(["b"]), [Some((b.clone(), &mut 3))]);
    // A key that is equal takes the place of the one there is.
    let twin = Rc::<str>::from("a");
    assert_eq!(map.insert(twin.clone(), 10), Some(1));
    drop(a);
    assert_eq!(map.get("a"), Some(&10));
    drop(twin);
    assert_eq!(map.get("a"), None);
    assert_eq!((map.len(), map.live_len()), (2, 1));
    map.remove_expired();
    assert_eq!(map.len(), 1);
    assert_eq!(map.remove_entry("b"), Some((b, 3)));
    assert!(map.is_empty() && !map.contains_key("b"));
}

#[test]
fn entries_of_weak_keys() {
    use weak_key_hash_map::Entry;
    let keys = rcs(&[1, 2, 3]);
    let mut map = WeakKeyHashMap::<Weak<i32>, String>::new();
    map.entry(keys[0].clone()).or_insert_with(|| "one".into()).push('!');
    map.entry(keys[0].clone()).or_insert_with(|| unreachable!()).push('?');
    let modified = map.entry(keys[0].clone()).and_modify(|text| text.push('.')).or_insert(String::new());
    assert_eq!(modified, "one!?.");
    assert_eq!(map.entry(keys[1].clone()).or_insert_with_key(|key| key.to_string()), "2");
    match map.entry(keys[2].clone()) {
        Entry::Vacant(entry) => {
            assert_eq!(**entry.key(), 3);
            assert_eq!(entry.insert_entry("three".into()).get(), "three");
        }
        Entry::Occupied(_) => unreachable!(),
    }
    match map.entry(Rc::new(3)) {
        Entry::Occupied(mut entry) => {
            assert_eq!(format!("{entry:?}"), r#"OccupiedEntry { key: 3, value: "three" }"#);
            assert_eq!(entry.insert("drei".into()), "three");
            entry.get_mut().push('.');
            assert_eq!(entry.remove(), "drei.");
        }
        Entry::Vacant(_) => unreachable!(),
    }
    assert!(map.get(&3).is_none());
    assert!(format!("{:?}", map.entry(keys[2].clone())).contains("VacantEntry(3)"));
    let Entry::Vacant(vacant) = map.entry(keys[2].clone()) else { unreachable!() };
    assert!(Rc::ptr_eq(&vacant.into_key(), &keys[2]));
}

#[test]
fn weak_values() {
    let mut map = WeakValueHashMap::<String, Weak<u32>>::with_capacity(10);
    assert!(map.capacity() >= 10);
    let one = map.entry("one".into()).or_insert_with(|| Rc::new(1));
    assert_eq!(map.get("one"), Some(one.clone()));
    assert!(Rc::ptr_eq(&map.entry("one".into()).or_insert(Rc::new(2)), &one));
    if let weak_value_hash_map::Entry::Occupied(entry) = map.entry("one".into()) {
        assert!(Rc::ptr_eq(&entry.get_strong(), entry.get()));
    }
    drop(one);
    assert_eq!(map.get("one"), None);
    let two = Rc::new(2);
    assert_eq!(map.insert("one".into(), two.clone()), None, "the old one has expired");
    map.retain(|key, value| key.len() == 3 && *value == 2);
    assert_eq!(map.iter().collect::<Vec<_>>(), [(&"one".to_string(), two.clone())]);
    assert_eq!(map.remove("one"), Some(two));
}

#[test]
fn by_identity() {
    let twins = rcs(&["x", "x", "x"]);
    let mut map: PtrWeakKeyHashMap<Weak<&str>, usize> = twins.iter().cloned().zip(0..).collect();
    assert_eq!(map.len(), 3);
    assert_eq!((map.get(&twins[1]), map[&twins[2]]), (Some(&1), 2));
    *map.entry(twins[0].clone()).or_insert(7) += 5;
    assert_eq!(map.get_disjoint_mut([&twins[0], &twins[1]]), [Some(&mut 5), Some(&mut 1)]);
    if let ptr_weak_key_hash_map::Entry::Vacant(_) = map.entry(twins[0].clone()) {
        unreachable!();
    }
    assert_eq!(map.remove(&twins[0]), Some(5));
    assert!(!map.contains_key(&twins[0]));
    let mut both = PtrWeakWeakHashMap::<Weak<&str>, Weak<RefCell<i32>>>::new();
    let value = Rc::new(RefCell::new(1));
    both.insert(twins[0].clone(), value.clone());
    assert!(both.get(&twins[0]).is_some_and(|found| Rc::ptr_eq(&found, &value)));
    drop(value);
    assert!(!both.contains_key(&twins[0]));
}

#[test]
fn both_weak() {
    let (key, value) = (Rc::new(1), Rc::new(2));
    let mut map = WeakWeakHashMap::<Weak<i32>, Weak<i32>>::from([(key.clone(), value.clone())]);
    assert_eq!(map.get_both(&1), Some((key.clone(), value.clone())));
    assert_eq!(map.insert(key.clone(), value.clone()), Some(value.clone()));
    assert_eq!(map.clone().drain().collect::<Vec<_>>(), [(key.clone(), value.clone())]);
    drop(value);
    assert_eq!((map.iter().count(), map.get_key(&1)), (0, None));
}

/// Keys and values that borrow from the stack: no hidden `'static`.
#[test]
fn borrowed_parts() {
    let text = String::from("some words here");
    let words: Vec<Rc<&str>> = text.split(' ').map(Rc::new).collect();
    let mut map = WeakKeyHashMap::<Weak<&str>, &str>::new();
    map.extend(words.iter().map(|word| (word.clone(), &word[1..])));
    map.extend(words.iter().zip(&["a"]));
    map.retain(|key, value| key.starts_with('s') || value.len() == 3);
    assert_eq!(map.extract_if(|key, _| key.starts_with('h')).count(), 1);
    assert!(map.is_submap_with(&map, |a, b| a == b) && map.submap_with(&map, |a, b| a == b));
    assert!(map.keys().all(|key| *key == "some"));
    assert!(map.values_mut().all(|value| std::mem::replace(value, "z") == "a"));
    assert_eq!(format!("{map:?}"), r#"{"some": "z"}"#);
    for (_, value) in &mut map {
        *value = "y";
    }
    assert_eq!(map.into_values().collect::<Vec<_>>(), ["y"]);
}

#[test]
fn comparing() {
    let keys = rcs(&[1, 2, 3]);
    let all: WeakKeyHashMap<Weak<i32>, u8> = keys.iter().cloned().zip([1, 2, 3]).collect();
    let mut less = WeakKeyHashMap::<Weak<i32>, u8, std::hash::RandomState>::default();
    less.extend(keys[..2].iter().cloned().zip([1, 2]));
    assert!(less.is_submap(&all) && !all.is_submap(&less) && less != all);
    less.insert(keys[2].clone(), 4);
    assert!(!less.is_submap(&all) && less.domain_is_subset(&all) && less != all);
    less.insert(keys[2].clone(), 3);
    assert!(less == all);
}

#[test]
fn set_algebra() {
    let all = rcs(&[1, 2, 3, 4, 5]);
    let low: WeakHashSet<Weak<i32>> = all[..3].iter().cloned().collect();
    let mut high: WeakHashSet<Weak<i32>> = all[2..].iter().cloned().collect();
    let sorted = |set: &mut dyn Iterator<Item = Rc<i32>>| {
        let mut numbers: Vec<i32> = set.map(|number| *number).collect();
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(sorted(&mut low.intersection(&high)), [3]);
    assert_eq!(sorted(&mut low.union(&high)), [1, 2, 3, 4, 5]);
    assert_eq!(sorted(&mut low.difference(&high)), [1, 2]);
    assert_eq!(sorted(&mut low.symmetric_difference(&high)), [1, 2, 4, 5]);
    assert_eq!(sorted(&mut (&low & &high).iter()), [3]);
    assert_eq!(sorted(&mut (&low | &high).iter()), [1, 2, 3, 4, 5]);
    assert_eq!(sorted(&mut (&low - &high).iter()), [1, 2]);
    assert_eq!(sorted(&mut (&low ^ &high).iter()), [1, 2, 4, 5]);
    assert!(!low.is_disjoint(&high) && low.is_superset(&(&low & &high)) && !low.is_subset(&high));
    assert!(high.insert(all[0].clone()) && !high.insert(Rc::new(4)), "whether it is new");
    assert!(high.contains(&1) && !high.contains(&4), "the new 4 has expired");
    assert_eq!(sorted(&mut high.extract_if(|number| *number == 5)), [5]);
    assert!(high.take(&3).is_some_and(|three| Rc::ptr_eq(&three, &all[2])));
    high.retain(|number| *number != 1);
    assert_eq!((high.len(), high.remove(&1)), (0, false));
    let mut twins = PtrWeakHashSet::<Weak<i32>>::from([all[0].clone(), all[1].clone()]);
    assert!(twins.insert(all[2].clone()) && !twins.contains(&Rc::new(1)) && twins.contains(&all[0]));
    assert_eq!(sorted(&mut twins.drain()), [1, 2, 3]);
}
