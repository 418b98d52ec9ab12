//! Notes about objects of a garbage-collected heap, which go with what they are about, though they refer to it.
#![allow(missing_docs, reason = "a program")]

use rotifer_gc::{Heap, HeapConfig, Scope, Value};
use rotifer_weakmap::{EphemeronError, EphemeronMap};

rotifer_gc::objects! {
    pub model Program;
    pub struct Person { age: i64, friend: Option<Person>, }
    pub struct Note { about: Person, stars: i64, }
    pub struct Notes { ..[rotifer_gc::Ephemerons] }
}

fn main() -> Result<(), EphemeronError> {
    let mut heap: Heap<Program> = Heap::new(HeapConfig { limit: 4 << 20, ..HeapConfig::default() }).expect("a heap");
    let mut scope = Scope::enter(&mut heap);
    let notes = EphemeronMap::<Notes>::new(&mut scope)?;
    let newest = scope.slot::<Person>(Value::NULL).map_err(rotifer_gc::AllocError::from)?;
    let friend = scope.slot::<Person>(Value::NULL).map_err(rotifer_gc::AllocError::from)?;
    // Many times more than there is room for.
    for age in 0..1_000_000 {
        // Every hundredth begins a new circle of friends, and the one before is forgotten.
        scope.alloc_into(newest, Person::new(age, (age % 100 != 0).then_some(friend)))?;
        let mut inner = scope.nest();
        let note = inner.alloc(Note::new(newest, age % 5))?;
        notes.insert(&mut inner, newest, note)?;
        inner.set(friend, newest);
    }
    println!("{} notes before a collection, ", notes.len(&scope));
    scope.heap_mut().collect(&mut []);
    println!("{} after it: those about the last circle of friends", notes.len(&scope));
    let stats = scope.heap().stats();
    println!("{} bytes in use at most, {} collections", stats.peak_bytes, scope.heap().collections());
    Ok(())
}
