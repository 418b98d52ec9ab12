//! The time a collection takes over a chain of ephemerons, of which each value is the key of the next: it grows with the length.
#![allow(missing_docs, reason = "a program")]

use std::time::Instant;

use rotifer_gc::{Ephemerons, Heap, HeapConfig, Rooted, Scope, Value};

rotifer_gc::objects! {
    pub model Model;
    pub struct Key { id: i64, }
    pub struct Table { ..[Ephemerons] }
}

/// Milliseconds of one collection of everything over a chain of `n` links, in the least favourable order.
fn collect(n: u32) -> f64 {
    let mut heap: Heap<Model> =
        Heap::new(HeapConfig { limit: 1 << 28, nursery: 1 << 28, ..HeapConfig::default() }).unwrap();
    let mut cx = Scope::enter(&mut heap);
    let table = cx.alloc_items(Table::new(), n).unwrap();
    let first: Rooted<'_, Key> = cx.alloc(Key::new(0)).unwrap();
    let (key, value) = (cx.slot::<Value>(Value::NULL).unwrap(), cx.slot::<Value>(Value::NULL).unwrap());
    cx.set(key, first);
    for i in (0..n).rev() {
        cx.alloc_into(value, Key::new(i64::from(i))).unwrap();
        cx.set_item(table, 2 * i, key);
        cx.set_item(table, 2 * i + 1, value);
        cx.set(key, value);
    }
    cx.set(key, Value::null());
    cx.set(value, Value::null());
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let began = Instant::now();
            cx.heap_mut().collect(&mut []);
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    assert_eq!(cx.heap().census().iter().map(|kind| kind.blocks).sum::<usize>(), n as usize + 2);
    times.sort_by(f64::total_cmp);
    times[2]
}

fn main() {
    for n in [25_000, 50_000, 100_000, 200_000] {
        let ms = collect(n);
        println!(
            "figure gc/ephemeron-chain/{n} rotifer={ms:.2} ms ({:.0} ns per link; lower is better)",
            ms * 1e6 / f64::from(n)
        );
    }
}
