//! The hash tables against `weak-table`, with the hasher that it has by default and with the one that we have.
#![allow(missing_docs)]

mod common;

use std::hint::black_box;
use std::rc::{Rc, Weak};

use common::{Kept, Random, group, key};
use criterion::Criterion;

type Sip = std::hash::RandomState;
type A = ahash::RandomState;

const SIZES: [usize; 3] = [1000, 30_000, 1_000_000];

/// One benchmark for ours and both kinds of the peer's. `$Table` is a name that all have, `$make` makes an entry from a key (a
/// tuple of what is inserted and what keeps it alive), `$insert` and `$look` are what is done with it.
macro_rules! tables {
    ($criterion:ident, $name:literal, $Table:ident<$($argument:ty),*>, $make:expr,
        ($it:ident, $im:ident => $insert:expr), ($lt:ident, $lm:ident => $look:expr), ($rt:ident, $rm:ident => $remove:expr)) => {{
        for size in SIZES {
            let mut g = group($criterion, &format!("weakmap/{}/churn/{size}", $name));
            macro_rules! churn {
                ($id:literal, $table:expr) => {{
                    // Made once and not for every sample: what is measured is how a table goes on, not how it begins.
                    let mut made = None;
                    g.bench_function($id, |bencher| {
                        let (table, random, kept) = made.get_or_insert_with(|| {
                            let mut table = $table;
                            let mut random = Random::new();
                            let kept = Kept::new((0..size).map(|_| {
                                let made = $make(key(random.below(size * 2)));
                                { let ($it, $im) = (&mut table, &made); $insert };
                                made
                            }));
                            (table, random, kept)
                        });
                        bencher.iter(|| {
                            let made = $make(key(random.below(size * 2)));
                            { let ($it, $im) = (&mut *table, &made); $insert };
                            kept.push(made);
                        });
                    });
                }};
            }
            churn!("rotifer", rotifer_weakmap::$Table::<$($argument),*>::new());
            churn!("weak-table", weak_table::$Table::<$($argument,)* Sip>::default());
            churn!("weak-table-ahash", weak_table::$Table::<$($argument,)* A>::default());
            g.finish();

            let all: Vec<_> = (0..size).map(|number| $make(key(number))).collect();
            let absent: Vec<_> = (size..size * 2).map(|number| $make(key(number))).collect();
            for case in ["hit", "miss", "iterate", "build", "remove"] {
                let mut g = group($criterion, &format!("weakmap/{}/{case}/{size}", $name));
                macro_rules! cases {
                    ($id:literal, $table:expr) => {{
                        let mut made = None;
                        g.bench_function($id, |bencher| {
                            let (table, random) = made.get_or_insert_with(|| {
                                let mut table = $table;
                                if case != "build" {
                                    all.iter().for_each(|made| { let ($it, $im) = (&mut table, made); $insert; });
                                }
                                (table, Random::new())
                            });
                            match case {
                                "hit" => bencher.iter(|| { let ($lt, $lm) = (&mut *table, &all[random.below(size)]); $look }),
                                "miss" => bencher.iter(|| { let ($lt, $lm) = (&mut *table, &absent[random.below(size)]); $look }),
                                // What is seen is looked at: counting alone needs no strong references.
                                "iterate" => bencher.iter(|| table.iter().for_each(|entry| drop(black_box(entry)))),
                                "remove" => bencher.iter(|| {
                                    let made = &all[random.below(size)];
                                    { let ($rt, $rm) = (&mut *table, made); $remove };
                                    { let ($it, $im) = (&mut *table, made); $insert };
                                }),
                                _ => bencher.iter_with_large_drop(|| {
                                    let mut table = $table;
                                    all.iter().for_each(|made| { let ($it, $im) = (&mut table, made); $insert; });
                                    table
                                }),
                            }
                        });
                    }};
                }
                cases!("rotifer", rotifer_weakmap::$Table::<$($argument),*>::new());
                cases!("weak-table", weak_table::$Table::<$($argument,)* Sip>::default());
                cases!("weak-table-ahash", weak_table::$Table::<$($argument,)* A>::default());
                g.finish();
            }
        }
    }};
}

fn all(criterion: &mut Criterion) {
    tables!(criterion, "WeakValueHashMap", WeakValueHashMap<u64, Weak<u64>>, |key| (key, Rc::new(key)),
        (table, made => table.insert(made.0, made.1.clone())),
        (table, made => table.get(&made.0)),
        (table, made => table.remove(&made.0)));
    tables!(criterion, "WeakKeyHashMap", WeakKeyHashMap<Weak<u64>, u64>, |key| (Rc::new(key), key),
        (table, made => table.insert(made.0.clone(), made.1)),
        (table, made => table.get(&made.1).copied()),
        (table, made => table.remove(&made.1)));
    tables!(criterion, "PtrWeakKeyHashMap", PtrWeakKeyHashMap<Weak<u64>, u64>, |key| (Rc::new(key), key),
        (table, made => table.insert(made.0.clone(), made.1)),
        (table, made => table.get(&made.0).copied()),
        (table, made => table.remove(&made.0)));
    tables!(criterion, "WeakWeakHashMap", WeakWeakHashMap<Weak<u64>, Weak<u64>>, |key| (Rc::new(key), Rc::new(key)),
        (table, made => table.insert(made.0.clone(), made.1.clone())),
        (table, made => table.get(&*made.0)),
        (table, made => table.remove(&*made.0)));
    tables!(criterion, "PtrWeakWeakHashMap", PtrWeakWeakHashMap<Weak<u64>, Weak<u64>>, |key| (Rc::new(key), Rc::new(key)),
        (table, made => table.insert(made.0.clone(), made.1.clone())),
        (table, made => table.get(&made.0)),
        (table, made => table.remove(&made.0)));
    tables!(criterion, "WeakHashSet", WeakHashSet<Weak<u64>>, Rc::new,
        (table, made => table.insert(made.clone())),
        (table, made => table.contains(&**made)),
        (table, made => table.remove(&**made)));
    tables!(criterion, "PtrWeakHashSet", PtrWeakHashSet<Weak<u64>>, Rc::new,
        (table, made => table.insert(made.clone())),
        (table, made => table.contains(made)),
        (table, made => table.remove(made)));
}

fn main() {
    let mut criterion = common::criterion();
    all(&mut criterion);
    criterion.final_summary();
}
