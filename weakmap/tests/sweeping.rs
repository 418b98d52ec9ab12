//! What the map promises about its remains: they go, and no single operation pays for all of them.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use rotifer_weakmap::{StrongRef, WeakMap, WeakRef};
use weakref_traits::RefId;

thread_local! {
    static EXAMINED: Cell<usize> = const { Cell::new(0) };
}

/// A reference that counts how often a map looks at it.
#[derive(Clone)]
struct Counted(Rc<u32>);

struct CountedWeak(Weak<u32>);

impl StrongRef for Counted {
    type Weak = CountedWeak;

    fn downgrade(&self) -> CountedWeak {
        CountedWeak(Rc::downgrade(&self.0))
    }

    fn id(&self) -> RefId {
        self.0.id()
    }
}

impl WeakRef for CountedWeak {
    type Strong = Counted;

    fn upgrade(&self) -> Option<Counted> {
        self.0.upgrade().map(Counted)
    }

    fn is_expired(&self) -> bool {
        EXAMINED.set(EXAMINED.get() + 1);
        self.0.is_expired()
    }

    fn id(&self) -> RefId {
        self.0.id()
    }
}

#[test]
fn no_operation_examines_more_than_a_leaf() {
    let mut map: WeakMap<u32, CountedWeak> = WeakMap::new();
    let kept: Vec<_> = (0..50_000).map(|n| Counted(Rc::new(n))).collect();
    let mut most = 0;
    let mut swept = 0;
    let mut observe = |operation: &mut dyn FnMut()| {
        EXAMINED.set(0);
        operation();
        most = most.max(EXAMINED.get());
        swept += EXAMINED.get();
    };
    for (key, value) in (0..).zip(&kept) {
        observe(&mut || drop(map.insert(key * 2, value)));
        // As many that expire at once.
        observe(&mut || drop(map.insert(key * 2 + 1, &Counted(Rc::new(0)))));
    }
    for key in 0..100_000 {
        observe(&mut || drop(map.get(&key)));
        observe(&mut || drop(map.remove(&(key + 200_000))));
    }
    assert!(most <= 128, "{most}");
    assert!(swept >= 50_000, "{swept}");
    assert_eq!(map.raw_len(), map.len());
    assert_eq!(map.len(), 50_000);
}

#[test]
fn churn_does_not_pile_up() {
    let mut map = WeakMap::<u32, Weak<()>>::new();
    let mut highest = 0;
    for key in 0..1_000_000_u32 {
        map.insert(key.wrapping_mul(2_654_435_761), &Rc::new(()));
        highest = highest.max(map.raw_len());
    }
    assert!(highest < 4000, "{highest} entries of which none is alive");
}

#[test]
fn lookups_count() {
    let mut map = WeakMap::<u32, Weak<()>>::new();
    for key in 0..100 {
        map.insert(key, &Rc::new(()));
    }
    assert_eq!(map.raw_len(), 100);
    for _ in 0..1000 {
        assert_eq!(map.get(&1), None);
    }
    let kept = Rc::new(());
    map.insert(1000, &kept);
    assert_eq!(map.raw_len(), 1, "one change does the work that lookups have saved up");
}

#[test]
fn thresholds() {
    let mut never = WeakMap::<u32, Weak<()>>::with_threshold(usize::MAX);
    let mut always = WeakMap::<u32, Weak<()>>::with_threshold(0);
    assert_eq!((never.threshold(), WeakMap::<u8, Weak<u8>>::new().threshold()), (usize::MAX, 1000));
    for key in 0..5000_u32 {
        never.insert(key, &Rc::new(()));
        always.insert(key, &Rc::new(()));
    }
    assert_eq!(never.raw_len(), 5000);
    assert!(always.raw_len() < 200, "{}", always.raw_len());
    never.cleanup();
    assert_eq!(never.raw_len(), 0);
}

#[test]
fn equality_is_about_living_entries_and_identity() {
    let (one, twin) = (Arc::new(1), Arc::new(1));
    let a = WeakMap::<_, std::sync::Weak<u8>>::from([("x", &one)]);
    let mut b = WeakMap::<_, std::sync::Weak<u8>>::from([("x", &one), ("y", &twin)]);
    assert_ne!(a, b);
    assert_ne!(b, a);
    drop(twin);
    assert_eq!(a, b);
    let twin = Arc::new(1);
    b.insert("x", &twin);
    assert_ne!(a, b);
}

#[test]
fn the_stored_key_stays() {
    let value = Rc::new(());
    let mut map = WeakMap::<Rc<str>, Weak<()>>::new();
    let first = Rc::<str>::from("key");
    map.insert(first.clone(), &value);
    assert_eq!(map.insert("key".into(), &value), Some(value.clone()));
    assert!(map.get_key_value("key").is_some_and(|(key, _)| Rc::ptr_eq(key, &first)));
    assert!(map.remove_entry("key").is_some_and(|(key, _)| Rc::ptr_eq(&key, &first)));
}

#[test]
fn can_be_shared_between_threads() {
    let values: Vec<_> = (0..1000).map(Arc::new).collect();
    let map: WeakMap<u32, std::sync::Weak<u32>> = (0..).zip(&values).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1000).for_each(|key| assert_eq!(map.get(&key).as_deref(), Some(&key))));
        }
    });
}

/// A panic in a callback leaves a map behind that still works.
#[test]
fn a_panicking_predicate_does_no_harm() {
    let values: Vec<_> = (0..1000_u32).map(Rc::new).collect();
    let mut map: WeakMap<u32, Weak<u32>> = (0..).zip(&values).collect();
    let retain =
        std::panic::AssertUnwindSafe(|| map.retain(|key, _| if *key == 300 { panic!("no") } else { key % 2 == 0 }));
    assert!(std::panic::catch_unwind(retain).is_err());
    let left: BTreeMap<_, _> = map.upgrade();
    assert_eq!(left.len(), map.raw_len());
    for (key, value) in left {
        assert_eq!(map.remove(&key), Some(value));
    }
    assert_eq!(map.raw_len(), 0);
}
