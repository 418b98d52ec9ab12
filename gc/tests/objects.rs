//! Declared objects: layouts, fields of every class, tails, handles.
#![allow(missing_docs, reason = "object types for tests")]

use rotifer_gc::{
    AllocError, Ephemerons, Heap, HeapConfig, Object, ObjectModel, Registry, Rooted, Scope, Tail, Value, Weakly,
};
use weakref_traits::{StrongRef, WeakRef};

rotifer_gc::objects! {
    /// Something of everything.
    pub model Model;

    pub struct Pair { car: Value, cdr: Value, }
    pub struct Mixed {
        number: f64,
        first: Value,
        weak: Weakly<Pair>,
        flag: bool,
        second: Option<Pair>,
        any: Weakly<Value>,
        count: i64,
    }
    pub struct Text { hash: u32, ..[u8] }
    pub struct List { length: u64, label: Value, ..[Value] }
    pub struct Words { label: Value, ..[u64] }
    pub struct WeakList { label: Value, ..[Weakly<Value>] }
    pub struct Table { ..[Ephemerons] }
    pub struct Finalizers { ..[Registry] }
    pub struct Empty { }
}

fn heap() -> Heap<Model> {
    Heap::new(HeapConfig { limit: 1 << 20, stack: 1 << 14, roots: 4, nursery: 1 << 16, clock: None }).unwrap()
}

fn int<'s>(n: i64) -> Rooted<'s, Value> {
    Value::integer(n).unwrap()
}

#[test]
fn fields_of_one_class_lie_together() {
    assert_eq!(Mixed::OFFSETS, [5, 1, 3, 6, 2, 4, 7]);
    assert_eq!((Mixed::SHAPE.fixed, Mixed::SHAPE.tail), (8, Tail::None));
    assert_eq!(List::OFFSETS, [1, 2], "values come last where values follow");
    assert_eq!(WeakList::OFFSETS, [1]);
    assert_eq!((Table::SHAPE.fixed, Empty::SHAPE.fixed), (2, 1));
    assert_eq!(
        (Model::kind_name(Pair::KIND), Model::kind_name(0), Model::kind_name(99)),
        (Some("Pair"), Some("filler"), None)
    );
}

#[test]
fn every_field_survives_moving() {
    let mut heap = heap();
    heap.set_stress(1);
    let mut scope = Scope::enter(&mut heap);
    let pair = scope.alloc(Pair::new(int(1), int(2))).unwrap();
    let other = scope.alloc(Pair::new(pair.cast(), Value::null())).unwrap();
    let mixed = scope.alloc(Mixed::new(1.25, pair.cast(), Some(other), true, Some(pair), other.cast(), -7)).unwrap();
    for _ in 0..3 {
        scope.alloc(Empty::new()).unwrap();
    }
    assert_eq!(scope.load(mixed, Mixed::number), 1.25);
    assert!(scope.load(mixed, Mixed::flag));
    assert_eq!(scope.load(mixed, Mixed::count), -7);
    let second = scope.load(mixed, Mixed::second).unwrap();
    assert_eq!(second.word(), scope.load(mixed, Mixed::first).word());
    assert_eq!(scope.read(second, Pair::cdr).as_integer(), Some(2));
    assert_eq!(scope.load(mixed, Mixed::weak).unwrap().word(), scope.get(other).word());
    scope.store(mixed, Mixed::number, -0.5);
    scope.store(mixed, Mixed::second, None);
    scope.store(mixed, Mixed::first, Value::immediate(9));
    assert_eq!(scope.load(mixed, Mixed::number), -0.5);
    assert!(scope.load(mixed, Mixed::second).is_none());
    assert_eq!(scope.load(mixed, Mixed::first).as_immediate(), Some(9));
}

#[test]
fn weak_fields_die() {
    let mut heap = heap();
    let mut scope = Scope::enter(&mut heap);
    let holder = scope.slot::<Mixed>(Value::NULL).unwrap();
    {
        let mut inner = scope.nest();
        let doomed = inner.alloc(Pair::new(int(1), int(2))).unwrap();
        inner.alloc_into(holder, Mixed::new(0.0, int(1), Some(doomed), false, None, doomed.cast(), 0)).unwrap();
        inner.heap_mut().collect(&mut []);
        assert!(inner.load(holder, Mixed::weak).is_some());
    }
    scope.heap_mut().collect(&mut []);
    assert!(scope.load(holder, Mixed::weak).is_none());
    assert!(scope.load(holder, Mixed::any).is_null());
}

#[test]
fn integers_have_63_bits() {
    let mut heap = heap();
    let scope = Scope::enter(&mut heap);
    for n in [0, 1, -1, Value::MAX, Value::MIN] {
        assert_eq!(scope.get(Value::integer(n).unwrap()).as_integer(), Some(n));
    }
    assert!(Value::integer(Value::MAX + 1).is_none() && Value::integer(Value::MIN - 1).is_none());
    let null = scope.get(Value::null());
    assert!(null.is_null() && null.as_integer().is_none() && null.kind().is_none() && null.as_immediate().is_none());
}

#[test]
fn tails_hold_what_they_say() {
    let mut heap = heap();
    let mut scope = Scope::enter(&mut heap);
    for len in [0, 1, 7, 8, 9, 1000] {
        let bytes: Vec<u8> = (0..len).map(|i| i as u8).collect();
        let text = scope.alloc_bytes(Text::new(77), &bytes).unwrap();
        assert_eq!((scope.bytes(scope.get(text)), scope.len(scope.get(text))), (&bytes[..], len));
        scope.bytes_mut(text).reverse();
        scope.heap_mut().collect(&mut []);
        assert!(scope.bytes(scope.get(text)).iter().rev().eq(&bytes));
        assert_eq!(scope.load(text, Text::hash), 77);
    }
    let list = scope.alloc_items(List::new(5, int(4)), 3).unwrap();
    let pair = scope.alloc(Pair::new(int(1), int(2))).unwrap();
    scope.set_item(list, 2, pair.cast());
    scope.heap_mut().collect(&mut []);
    assert!(scope.item(scope.get(list), 1).is_null());
    assert_eq!(scope.item(scope.get(list), 2).word(), scope.get(pair).word());
    let weak = scope.alloc_items(WeakList::new(int(0)), 2).unwrap();
    {
        let mut inner = scope.nest();
        let doomed = inner.alloc(Pair::new(int(1), int(2))).unwrap();
        inner.set_item(weak, 0, doomed.cast());
        inner.set_item(weak, 1, pair.cast());
    }
    scope.heap_mut().collect(&mut []);
    assert!(scope.item(scope.get(weak), 0).is_null() && !scope.item(scope.get(weak), 1).is_null());
    assert_eq!(scope.alloc_items(List::new(0, int(0)), u32::MAX).map(drop), Err(AllocError::OutOfMemory));
}

#[test]
fn tables_of_ephemerons_let_go_of_dead_keys() {
    let mut heap = heap();
    let mut scope = Scope::enter(&mut heap);
    let table = scope.alloc_items(Table::new(), 2).unwrap();
    let key = scope.alloc(Pair::new(int(1), int(1))).unwrap();
    {
        let mut inner = scope.nest();
        let value = inner.alloc(Pair::new(key.cast(), int(5))).unwrap();
        inner.set_item(table, 0, key.cast());
        inner.set_item(table, 1, value.cast());
        let lost = inner.alloc(Empty::new()).unwrap();
        inner.set_item(table, 2, lost.cast());
        inner.set_item(table, 3, lost.cast());
    }
    scope.heap_mut().collect(&mut []);
    let value = scope.item(scope.get(table), 1).downcast::<Pair>().unwrap();
    assert_eq!(scope.read(value, Pair::cdr).as_integer(), Some(5));
    assert!(scope.item(scope.get(table), 2).is_null() && scope.item(scope.get(table), 3).is_null());
    let registry = scope.alloc_items(Finalizers::new(), 1).unwrap();
    {
        let mut inner = scope.nest();
        let target = inner.alloc(Empty::new()).unwrap();
        inner.set_item(registry, 0, target.cast());
        inner.set_item(registry, 1, int(3));
    }
    scope.heap_mut().collect(&mut []);
    assert!(scope.heap_mut().take_finalization_pending());
    assert_eq!(scope.item(scope.get(registry), 1).as_integer(), Some(3));
}

#[test]
fn a_full_heap_and_a_full_stack_are_errors() {
    let mut heap = heap();
    let mut scope = Scope::enter(&mut heap);
    let list = scope.slot::<Value>(Value::NULL).unwrap();
    let error = loop {
        if let Err(error) = scope.alloc_into(list, Pair::new(int(1), list)) {
            break error;
        }
    };
    assert_eq!(error, AllocError::OutOfMemory);
    scope.set(list, Value::null());
    assert_eq!(
        std::iter::repeat_with(|| scope.alloc(Empty::new())).find_map(Result::err),
        Some(AllocError::StackOverflow)
    );
}

#[test]
fn handles_have_one_identity_per_value() {
    let mut heap = heap();
    let (root, same, other) = {
        let mut scope = Scope::enter(&mut heap);
        scope.alloc(Empty::new()).unwrap();
        let pair = scope.alloc(Pair::new(int(1), int(2))).unwrap();
        let other = scope.alloc(Pair::new(int(1), int(2))).unwrap();
        let root = scope.persist(pair);
        scope.heap_mut().collect(&mut []);
        (root, scope.persist(pair), scope.persist(other))
    };
    assert!(root.ptr_eq(&same) && !root.ptr_eq(&other));
    assert_eq!((root.strong_count(), heap.root_count()), (2, 2));
    heap.collect(&mut []);
    {
        let mut scope = Scope::enter(&mut heap);
        let pair = scope.restore(&root).unwrap().unwrap();
        assert!(scope.persist(pair).ptr_eq(&same));
        assert_eq!(scope.load(pair, Pair::cdr).as_integer(), Some(2));
    }
    let weak = root.downgrade();
    assert!(weak.refers_to(&same) && !weak.refers_to(&other));
    drop((root, same));
    heap.collect_young(&mut []);
    let again = weak.upgrade().expect("a minor collection decides nothing");
    heap.collect(&mut []);
    assert!(!weak.is_expired());
    drop(again);
    heap.collect(&mut []);
    assert!(weak.is_expired() && weak.upgrade().is_none() && weak.strong_count() == 0);
    assert!(heap.read_root(&other).is_some());
    let weak = other.downgrade();
    drop(heap);
    drop(other);
    drop(weak);
}

#[test]
fn what_is_reachable_otherwise_keeps_weak_handles() {
    let mut heap = heap();
    let mut scope = Scope::enter(&mut heap);
    let list = scope.alloc_items(List::new(1, int(0)), 1).unwrap();
    let weak = {
        let mut inner = scope.nest();
        let pair = inner.alloc(Pair::new(int(1), int(2))).unwrap();
        inner.set_item(list, 0, pair.cast());
        inner.persist(pair).downgrade()
    };
    for _ in 0..3 {
        scope.heap_mut().collect(&mut []);
        let pair = weak.upgrade().unwrap();
        let pair = scope.restore(&pair).unwrap().unwrap();
        assert_eq!(scope.get(pair).word(), scope.item(scope.get(list), 0).word());
    }
    scope.set_item(list, 0, Value::null());
    drop(scope);
    heap.collect(&mut []);
    assert!(weak.is_expired());
}

/// Handles go up and down on another thread while the heap collects.
#[test]
fn weak_handles_and_collections_on_different_threads() {
    for _ in 0..20 {
        let mut heap = heap();
        let weak = {
            let mut scope = Scope::enter(&mut heap);
            let pair = scope.alloc(Pair::new(int(1), int(2))).unwrap();
            scope.persist(pair).downgrade()
        };
        let thread = std::thread::spawn(move || {
            let mut kept = None;
            for i in 0..2000 {
                match weak.upgrade() {
                    Some(root) => kept = (i % 3 == 0).then_some(root),
                    None => return None,
                }
            }
            kept.or_else(|| weak.upgrade())
        });
        for _ in 0..20 {
            heap.collect(&mut []);
        }
        if let Some(root) = thread.join().unwrap() {
            let mut scope = Scope::enter(&mut heap);
            let pair = scope.restore(&root).unwrap().expect("what was upgraded is there");
            assert_eq!(scope.load(pair, Pair::cdr).as_integer(), Some(2));
        }
    }
}

#[test]
fn a_heap_can_be_walked() {
    let mut heap = heap();
    let mut scope = Scope::enter(&mut heap);
    let pair = scope.alloc(Pair::new(int(1), int(2))).unwrap();
    let mixed = scope.alloc(Mixed::new(0.0, pair.cast(), Some(pair), false, None, pair.cast(), 0)).unwrap();
    let heap = scope.heap();
    let census: Vec<_> = heap.census().iter().map(|kind| (kind.name.unwrap(), kind.blocks, kind.bytes)).collect();
    assert_eq!(census, [("Mixed", 1, 64), ("Pair", 1, 24)]);
    let mut edges = Vec::new();
    heap.references(rotifer_gc::word::reference(scope.get(mixed).word()), |to, strong| edges.push((to, strong)));
    let pair = rotifer_gc::word::reference(scope.get(pair).word());
    assert_eq!(edges, [(pair, true), (pair, false), (pair, false)]);
}
