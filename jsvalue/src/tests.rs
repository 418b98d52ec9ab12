//! The layers of this crate together, in a heap that moves everything all the time.

use rotifer_gc::HeapConfig;

use crate::elements;
use crate::key::{PropertyKey, latin1_key, string_key};
use crate::layout::{Heap, Kind};
use crate::names::{StaticName, name};
use crate::object::{self, add_property, find_own, get_slot, new_object, root_shape};
use crate::shape::Attrs;
use crate::string::{self, view};
use crate::value::JsValue;

const ATOMS: u32 = 0;

fn heap(stress: u32) -> Heap {
    let mut h = Heap::new(HeapConfig { limit: 4 << 20, ..HeapConfig::default() }).unwrap();
    h.set_stress(stress);
    h
}

fn text(h: &mut Heap, s: JsValue) -> alloc::string::String {
    let s = string::flatten(h, s).unwrap();
    view(h, s).units().map(|u| char::from(u as u8)).collect()
}

#[test]
fn objects_with_many_properties_survive_moving() {
    for stress in [0, 1, 3] {
        let mut h = heap(stress);
        let shape = root_shape(&mut h, JsValue::NULL, Kind::Object, 4).unwrap();
        h.set_root(1, shape.to_bits());
        for _ in 0..2 {
            let shape = JsValue::from_bits(h.root(1));
            let o = new_object(&mut h, shape).unwrap();
            h.set_root(2, JsValue::object(o, false).to_bits());
            for i in 0..700_i32 {
                let k = latin1_key(&mut h, ATOMS, alloc::format!("key{i}").as_bytes()).unwrap();
                let o = JsValue::from_bits(h.root(2));
                add_property(&mut h, o, k, JsValue::int(i), Attrs::ALL).unwrap();
            }
            for i in 0..700_i32 {
                let k = latin1_key(&mut h, ATOMS, alloc::format!("key{i}").as_bytes()).unwrap();
                let o = JsValue::from_bits(h.root(2)).index();
                let slot = find_own(&h, o, k).unwrap();
                assert_eq!(get_slot(&h, o, slot.place), JsValue::int(i));
            }
            let k = latin1_key(&mut h, ATOMS, b"key5").unwrap();
            let o = JsValue::from_bits(h.root(2));
            object::remove(&mut h, o, k).unwrap();
            let k = latin1_key(&mut h, ATOMS, b"key5").unwrap();
            let o = JsValue::from_bits(h.root(2)).index();
            assert!(find_own(&h, o, k).is_none());
            let k = latin1_key(&mut h, ATOMS, b"key6").unwrap();
            let o = JsValue::from_bits(h.root(2)).index();
            let slot = find_own(&h, o, k).unwrap();
            assert_eq!(get_slot(&h, o, slot.place), JsValue::int(6));
        }
        if stress > 0 {
            assert!(h.stats().moved_bytes > 0);
        }
    }
}

#[test]
fn same_history_same_shape() {
    let mut h = heap(0);
    let shape = root_shape(&mut h, JsValue::NULL, Kind::Object, 2).unwrap();
    let mut make = || {
        let o = new_object(&mut h, shape).unwrap();
        let mut o = JsValue::object(o, false);
        for n in ["x", "y", "length"] {
            let key =
                PropertyKey::name(StaticName::find(n.as_bytes(), crate::names::hash_latin1(n.as_bytes())).unwrap());
            (o, _) = add_property(&mut h, o, key, JsValue::TRUE, Attrs::ALL).unwrap();
        }
        object::shape_of(&h, o.index())
    };
    assert_eq!(make(), make());
}

#[test]
fn ropes_slices_and_interning() {
    for stress in [0, 1] {
        let mut h = heap(stress);
        h.set_root(1, JsValue::name(StaticName::EMPTY).to_bits());
        let mut expected = alloc::string::String::new();
        for i in 0..300 {
            let piece = alloc::format!("piece{i},");
            let p = string::from_str(&mut h, &piece).unwrap();
            let s = JsValue::from_bits(h.root(1));
            let s = if i % 3 == 0 { string::concat(&mut h, p, s) } else { string::concat(&mut h, s, p) }.unwrap();
            h.set_root(1, s.to_bits());
            expected = if i % 3 == 0 { piece + &expected } else { expected + &piece };
        }
        let s = JsValue::from_bits(h.root(1));
        assert_eq!(text(&mut h, s), expected);
        let s = JsValue::from_bits(h.root(1));
        let part = string::substring(&mut h, s, 100, 200).unwrap();
        let part = string::substring(&mut h, part, 10, 50).unwrap();
        assert_eq!(text(&mut h, part), expected[110..150]);
        let s = string::from_str(&mut h, "some name").unwrap();
        let a = string_key(&mut h, ATOMS, s).unwrap();
        h.set_root(2, a.to_value().to_bits());
        let s = string::from_utf16(&mut h, &"some name".encode_utf16().collect::<alloc::vec::Vec<_>>()).unwrap();
        let b = string_key(&mut h, ATOMS, s).unwrap();
        assert_eq!(h.root(2), b.to_value().to_bits());
        let s = string::from_str(&mut h, "4294967294").unwrap();
        assert_eq!(string_key(&mut h, ATOMS, s).unwrap().as_index(), Some(PropertyKey::MAX_INDEX));
        let s = string::from_str(&mut h, "length").unwrap();
        assert_eq!(string_key(&mut h, ATOMS, s).unwrap(), PropertyKey::name(name("length")));
    }
}

#[test]
fn unused_interned_strings_and_shapes_die() {
    let mut h = heap(0);
    let shape = root_shape(&mut h, JsValue::NULL, Kind::Object, 4).unwrap();
    h.set_root(1, shape.to_bits());
    for round in 0..20_000 {
        let k = latin1_key(&mut h, ATOMS, alloc::format!("unique{round}").as_bytes()).unwrap();
        h.set_root(2, k.to_value().to_bits());
        let shape = JsValue::from_bits(h.root(1));
        let o = new_object(&mut h, shape).unwrap();
        let k = PropertyKey::from_value(JsValue::from_bits(h.root(2)));
        add_property(&mut h, JsValue::object(o, false), k, JsValue::NULL, Attrs::ALL).unwrap();
    }
    h.set_root(2, 0);
    h.collect(&mut []);
    assert!(h.heap_bytes() < 1 << 19, "{} bytes left", h.heap_bytes());
}

#[test]
fn elements_dense_and_sparse() {
    for stress in [0, 1] {
        let mut h = heap(stress);
        let shape = root_shape(&mut h, JsValue::NULL, Kind::Object, 4).unwrap();
        let o = new_object(&mut h, shape).unwrap();
        h.set_root(1, JsValue::object(o, false).to_bits());
        let define = |h: &mut Heap, i: u32, attrs| {
            let o = JsValue::from_bits(h.root(1));
            elements::define(h, o, i, JsValue::int(i as i32), attrs).unwrap();
        };
        for i in (0..200).rev() {
            define(&mut h, i, Attrs::ALL);
        }
        define(&mut h, 3_000_000_000, Attrs::ALL);
        define(&mut h, 7, Attrs::HIDDEN);
        let o = JsValue::from_bits(h.root(1)).index();
        for i in (0..200).chain([3_000_000_000]) {
            let (v, attrs) = elements::get(&h, o, i).unwrap();
            assert_eq!(v, JsValue::int(i as i32));
            assert_eq!(attrs, if i == 7 { Attrs::HIDDEN } else { Attrs::ALL });
        }
        elements::remove(&mut h, o, 9);
        assert!(elements::get(&h, o, 9).is_none() && elements::get(&h, o, 200).is_none());
        elements::truncate(&mut h, o, 100);
        assert!(elements::get(&h, o, 150).is_none() && elements::get(&h, o, 99).is_some());
    }
}
