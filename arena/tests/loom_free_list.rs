//! Models of the free list. Each one that passes has twins from which a part was taken away, and which fail.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p rotifer-arena --test 'loom_*' --release`, or `cargo xtask loom`.
#![cfg(loom)]

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::thread;
use rotifer_arena::free_list::{FreeList, Link, Links, Policy, Standard};

macro_rules! policy {
    ($(#[$meta:meta])* $name:ident, $bits:expr, $take:ident, $publish:ident) => {
        $(#[$meta])*
        struct $name;
        impl Policy for $name {
            const TAG_BITS: u32 = $bits;
            const TAKE: Ordering = Ordering::$take;
            const PUBLISH: Ordering = Ordering::$publish;
        }
    };
}

policy!(/// The tag removed.
    NoTag, 0, Acquire, Release);
policy!(/// A tag that two pops bring back to what it was.
    OneBit, 1, Acquire, Release);
policy!(/// A tag that three pops, the most in these models while one thread waits, do not bring back.
    TwoBits, 2, Acquire, Release);
policy!(/// Items are published without release.
    WeakPublish, 32, Acquire, Relaxed);
policy!(/// Items are taken without acquire.
    WeakTake, 32, Relaxed, Release);

/// Items with contents, so that loom sees who may read what when, and owners, so that nobody has one twice.
struct Items {
    links: Vec<Link>,
    contents: Vec<UnsafeCell<u32>>,
    owned: Vec<AtomicBool>,
}

impl Links for Items {
    fn link(&self, index: u32) -> &Link {
        &self.links[index as usize]
    }
}

struct Model<P: Policy> {
    list: FreeList<P>,
    items: Items,
}

impl<P: Policy> Model<P> {
    /// `n` items, all owned by the caller.
    fn new(n: usize) -> Arc<Self> {
        Arc::new(Model {
            list: FreeList::new(),
            items: Items {
                links: (0..n).map(|_| Link::new()).collect(),
                contents: (0..n).map(|_| UnsafeCell::new(0)).collect(),
                owned: (0..n).map(|_| AtomicBool::new(true)).collect(),
            },
        })
    }

    /// Pops as an allocator does: whoever has the item is its only owner, and may write to it.
    fn pop(&self) -> Option<u32> {
        let index = self.list.pop(&self.items)?;
        let item = index as usize;
        assert!(!self.items.owned[item].swap(true, Ordering::Relaxed), "item {index} has two owners");
        self.write(index);
        Some(index)
    }

    fn write(&self, index: u32) {
        self.items.contents[index as usize].with_mut(|contents| {
            // SAFETY: loom ends the model if somebody else may be at it.
            unsafe { *contents += 1 }
        });
    }

    fn push(&self, index: u32) {
        self.write(index);
        self.items.owned[index as usize].store(false, Ordering::Relaxed);
        self.list.push(&self.items, index);
    }

    /// Takes everything out; returns how many there were.
    fn drain(&self) -> usize {
        assert_eq!(self.list.len(&self.items) as usize, std::iter::from_fn(|| self.pop()).count());
        self.items.owned.iter().filter(|owned| owned.load(Ordering::Relaxed)).count()
    }
}

/// Explores the ways in which the threads can interleave.
fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(5);
    builder.check(model);
}

fn concurrent_pushes<P: Policy + 'static>() {
    explore(|| {
        let model = Model::<P>::new(2);
        let other = model.clone();
        let thread = thread::spawn(move || other.push(0));
        model.push(1);
        // One of them may be there already.
        let early = model.pop();
        thread.join().unwrap();
        assert!(early.is_some());
        assert_eq!(model.drain(), 2);
    });
}

fn concurrent_pops<P: Policy + 'static>() {
    explore(|| {
        let model = Model::<P>::new(2);
        model.push(0);
        model.push(1);
        let others = [model.clone(), model.clone()];
        let threads = others.map(|model| thread::spawn(move || model.pop()));
        let popped = threads.map(|thread| thread.join().unwrap());
        assert!(popped.iter().all(Option::is_some) && popped[0] != popped[1]);
        assert_eq!(model.pop(), None);
    });
}

/// One thread makes an item and gives it away, the other takes what it finds and gives it back.
fn push_and_pop<P: Policy + 'static>() {
    explore(|| {
        let model = Model::<P>::new(2);
        model.push(0);
        let others = [model.clone(), model.clone()];
        let [first, second] = others;
        let threads = [
            thread::spawn(move || first.push(1)),
            thread::spawn(move || {
                if let Some(item) = second.pop() {
                    second.push(item);
                }
            }),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(model.drain(), 2);
    });
}

/// While one thread pops, another pops two and pushes the first again: the head is what it was, what is below it is not.
fn aba<P: Policy + 'static>() {
    explore(|| {
        let model = Model::<P>::new(3);
        for item in [2, 1, 0] {
            model.push(item);
        }
        let other = model.clone();
        let thread = thread::spawn(move || {
            let first = other.pop();
            let _second = other.pop();
            if let Some(first) = first {
                other.push(first);
            }
        });
        model.pop();
        model.pop();
        thread.join().unwrap();
        model.drain();
    });
}

/// Several at a time: one thread takes two, another gives two.
fn chains<P: Policy + 'static>() {
    explore(|| {
        let model = Model::<P>::new(4);
        model.push(2);
        model.push(3);
        let other = model.clone();
        let thread = thread::spawn(move || {
            let mut items = [0; 2];
            let count = other.list.pop_some(&other.items, &mut items);
            for &item in &items[..count] {
                assert!(!other.items.owned[item as usize].swap(true, Ordering::Relaxed), "item {item} has two owners");
                other.write(item);
            }
            if let Some(&item) = items[..count].first() {
                other.push(item);
            }
            count - 1
        });
        for item in [0, 1] {
            model.write(item);
            model.items.owned[item as usize].store(false, Ordering::Relaxed);
        }
        model.list.push_all(&model.items, &[0, 1]);
        model.pop();
        model.pop();
        let kept = thread.join().unwrap();
        assert_eq!(model.drain(), 4);
        assert!(kept <= 1);
    });
}

#[test]
fn chains_stay_whole() {
    chains::<Standard>();
}

#[test]
#[should_panic(expected = "has two owners")]
fn chains_without_a_tag_fail() {
    chains::<NoTag>();
}

#[test]
#[should_panic(expected = "Causality violation")]
fn chains_without_release_fail() {
    chains::<WeakPublish>();
}

#[test]
fn pushes_lose_nothing() {
    concurrent_pushes::<Standard>();
}

#[test]
#[should_panic(expected = "Causality violation")]
fn pushes_without_release_fail() {
    concurrent_pushes::<WeakPublish>();
}

#[test]
#[should_panic(expected = "Causality violation")]
fn pushes_without_acquire_fail() {
    concurrent_pushes::<WeakTake>();
}

#[test]
fn pops_have_one_owner_each() {
    concurrent_pops::<Standard>();
}

/// What was pushed before the threads began is seen anyway; what they pass on to each other is not.
#[test]
fn pops_alone_need_no_ordering() {
    concurrent_pops::<WeakTake>();
    concurrent_pops::<WeakPublish>();
    concurrent_pops::<NoTag>();
}

#[test]
fn pushes_and_pops_at_once() {
    push_and_pop::<Standard>();
}

#[test]
#[should_panic(expected = "Causality violation")]
fn pushes_and_pops_without_release_fail() {
    push_and_pop::<WeakPublish>();
}

#[test]
#[should_panic(expected = "Causality violation")]
fn pushes_and_pops_without_acquire_fail() {
    push_and_pop::<WeakTake>();
}

#[test]
fn the_tag_keeps_aba_away() {
    aba::<Standard>();
    aba::<TwoBits>();
}

#[test]
#[should_panic(expected = "has two owners")]
fn aba_without_a_tag_fails() {
    aba::<NoTag>();
}

#[test]
#[should_panic(expected = "has two owners")]
fn aba_with_a_tag_too_narrow_fails() {
    aba::<OneBit>();
}
