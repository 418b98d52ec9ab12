//! Scopes and what the compiler refuses.

mod common;

use common::*;
use rotifer_gc::{Rooted, Scope};

#[test]
fn slots_follow_their_blocks_and_are_given_back() {
    let mut heap = heap(1 << 16);
    let sp = heap.sp();
    {
        let mut scope = Scope::enter(&mut heap);
        block(scope.heap_mut(), LEAF, &[0; 9]);
        let a = block(scope.heap_mut(), LEAF, &[1]);
        let outer: Rooted<'_, ()> = scope.root(to(a)).unwrap();
        {
            let mut inner = scope.nest();
            let b = block(inner.heap_mut(), LEAF, &[2]);
            let b: Rooted<'_, ()> = inner.root(to(b)).unwrap();
            inner.heap_mut().collect(&mut []);
            let (a, b) = (at(inner.get(outer).word()), at(inner.get(b).word()));
            assert_eq!((inner.heap().get(a + 1), inner.heap().get(b + 1)), (1, 2));
        }
        scope.heap_mut().collect(&mut []);
        assert_eq!(count(scope.heap(), LEAF), 1);
        let number: Rooted<'_, ()> = scope.root(5).unwrap();
        assert_eq!(scope.get(number).word(), 5);
        let slot: Rooted<'_, ()> = scope.slot(6).unwrap();
        scope.set(slot, outer);
        assert_eq!(scope.get(slot).word(), scope.get(outer).word());
    }
    assert_eq!(heap.sp(), sp);
}

#[test]
fn misuse_does_not_compile() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/ui/*.rs");
}
