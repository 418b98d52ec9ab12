//! Binary trees, a cyclic graph under mutation and a long list, against `gc-arena` and `boa_gc`: time by criterion, and the most memory a
//! process of each had (`figure` lines).
#![allow(missing_docs, reason = "macros of criterion and of the peers")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;

/// Nodes of the graph, steps of its mutation, cells of the list and how often it is made.
const NODES: u32 = 50_000;
const STEPS: u32 = 500_000;
const CELLS: u32 = 500_000;
const LISTS: u32 = 4;

fn random(seed: &mut u64, n: u32) -> u32 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    (*seed % u64::from(n)) as u32
}

const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

mod rotifer {
    use rotifer_gc::{Heap, HeapConfig, Rooted, Scope, Value};

    use super::{CELLS, LISTS, NODES, SEED, STEPS, random};

    rotifer_gc::objects! {
        /// The objects of all three.
        pub model Model;
        pub struct Tree { left: Option<Tree>, right: Option<Tree>, }
        pub struct Node { id: i64, first: Value, second: Value, }
        pub struct Table { ..[Value] }
        pub struct Cell { value: i64, next: Value, }
    }

    type Cx<'s> = Scope<'s, Heap<Model>>;

    fn heap() -> Heap<Model> {
        Heap::new(HeapConfig { limit: 1 << 30, ..HeapConfig::default() }).unwrap()
    }

    fn build<'s>(cx: &mut Cx<'s>, depth: u32, out: Rooted<'s, Tree>) {
        if depth == 0 {
            return cx.alloc_into(out, Tree::new(None, None)).unwrap();
        }
        let mut cx = cx.nest();
        let (left, right) = (cx.slot(Value::NULL).unwrap(), cx.slot(Value::NULL).unwrap());
        build(&mut cx, depth - 1, left);
        build(&mut cx, depth - 1, right);
        cx.alloc_into(out, Tree::new(Some(left), Some(right))).unwrap();
    }

    fn count(cx: &Cx<'_>, tree: rotifer_gc::Gc<'_, Tree>) -> u32 {
        let left = cx.read(tree, Tree::left).map_or(0, |left| count(cx, left));
        1 + left + cx.read(tree, Tree::right).map_or(0, |right| count(cx, right))
    }

    pub fn trees(depth: u32) -> u32 {
        let mut heap = heap();
        let mut cx = Scope::enter(&mut heap);
        let (long, tree) = (cx.slot(Value::NULL).unwrap(), cx.slot(Value::NULL).unwrap());
        build(&mut cx, depth, long);
        let mut sum = 0;
        for d in (4..=depth).step_by(2) {
            for _ in 0..1 << (depth - d) {
                build(&mut cx, d, tree);
                sum += count(&cx, cx.get(tree));
            }
        }
        sum + count(&cx, cx.get(long))
    }

    pub fn graph() -> u32 {
        let mut heap = heap();
        let mut cx = Scope::enter(&mut heap);
        let table = cx.alloc_items(Table::new(), NODES).unwrap();
        let node = cx.slot::<Node>(Value::NULL).unwrap();
        let (a, b) = (cx.slot::<Value>(Value::NULL).unwrap(), cx.slot::<Value>(Value::NULL).unwrap());
        for i in 0..NODES {
            cx.alloc_into(node, Node::new(i64::from(i), Value::null(), Value::null())).unwrap();
            cx.set_item(table, i, node.cast());
        }
        let mut seed = SEED;
        for step in 0..STEPS {
            let [i, j, k, l] = [(); 4].map(|()| random(&mut seed, NODES));
            let (first, second) = (cx.item(cx.get(table), j).word(), cx.item(cx.get(table), k).word());
            cx.set_word(a, first);
            cx.set_word(b, second);
            cx.alloc_into(node, Node::new(i64::from(step), a, b)).unwrap();
            cx.set_item(table, i, node.cast());
            let other = cx.item(cx.get(table), l).word();
            cx.set_word(a, other);
            cx.store(a.cast::<Node>(), Node::first, node.cast());
        }
        let mut sum = 0_u32;
        for i in 0..NODES {
            let node = cx.item(cx.get(table), i).downcast::<Node>().unwrap();
            sum = sum.wrapping_add(cx.read(node, Node::id) as u32);
            if let Some(first) = cx.read(node, Node::first).downcast::<Node>() {
                sum = sum.wrapping_add(cx.read(first, Node::id) as u32);
            }
        }
        sum
    }

    pub fn list() -> u32 {
        let mut heap = heap();
        let mut cx = Scope::enter(&mut heap);
        let list = cx.slot::<Value>(Value::NULL).unwrap();
        let mut sum = 0_u32;
        for _ in 0..LISTS {
            cx.set(list, Value::null());
            for i in 0..CELLS {
                cx.alloc_into(list, Cell::new(i64::from(i), list)).unwrap();
            }
            let mut at = cx.get(list).downcast::<Cell>();
            while let Some(cell) = at {
                sum = sum.wrapping_add(cx.read(cell, Cell::value) as u32);
                at = cx.read(cell, Cell::next).downcast();
            }
        }
        sum
    }
}

mod arena {
    use gc_arena::barrier::unlock;
    use gc_arena::lock::{Lock, RefLock};
    use gc_arena::{Arena, Collect, Gc, Mutation, Rootable};

    use super::{CELLS, LISTS, NODES, SEED, STEPS, random};

    #[derive(Collect)]
    #[collect(no_drop)]
    struct Tree<'gc> {
        left: Option<Gc<'gc, Tree<'gc>>>,
        right: Option<Gc<'gc, Tree<'gc>>>,
    }

    fn build<'gc>(mc: &Mutation<'gc>, depth: u32) -> Gc<'gc, Tree<'gc>> {
        let child = |depth| (depth > 0).then(|| build(mc, depth - 1));
        Gc::new(mc, Tree { left: child(depth), right: child(depth) })
    }

    fn count(tree: &Tree<'_>) -> u32 {
        1 + tree.left.as_deref().map_or(0, count) + tree.right.as_deref().map_or(0, count)
    }

    pub fn trees(depth: u32) -> u32 {
        let mut arena = Arena::<Rootable![Gc<'_, Tree<'_>>]>::new(|mc| build(mc, depth));
        let mut sum = 0;
        for d in (4..=depth).step_by(2) {
            for _ in 0..1 << (depth - d) {
                sum += arena.mutate(|mc, _| count(&build(mc, d)));
                arena.collect_debt();
            }
        }
        sum + arena.mutate(|_, long| count(long))
    }

    #[derive(Collect)]
    #[collect(no_drop)]
    struct Node<'gc> {
        id: i64,
        first: Lock<Option<Gc<'gc, Node<'gc>>>>,
        second: Option<Gc<'gc, Node<'gc>>>,
    }

    type Table<'gc> = Gc<'gc, RefLock<Vec<Gc<'gc, Node<'gc>>>>>;

    pub fn graph() -> u32 {
        let mut arena = Arena::<Rootable![Table<'_>]>::new(|mc| {
            let node = |i| Gc::new(mc, Node { id: i64::from(i), first: Lock::new(None), second: None });
            Gc::new(mc, RefLock::new((0..NODES).map(node).collect()))
        });
        let mut seed = SEED;
        for batch in 0..STEPS / 1000 {
            arena.mutate(|mc, table| {
                let mut table = table.borrow_mut(mc);
                for step in 0..1000 {
                    let [i, j, k, l] = [(); 4].map(|()| random(&mut seed, NODES) as usize);
                    let first = Lock::new(Some(table[j]));
                    let node = Gc::new(mc, Node { id: i64::from(batch * 1000 + step), first, second: Some(table[k]) });
                    table[i] = node;
                    unlock!(Gc::write(mc, table[l]), Node, first).set(Some(node));
                }
            });
            arena.collect_debt();
        }
        arena.mutate(|_, table| {
            let mut sum = 0_u32;
            for node in table.borrow().iter() {
                sum = sum.wrapping_add(node.id as u32);
                sum = sum.wrapping_add(node.first.get().map_or(0, |first| first.id as u32));
                std::hint::black_box(&node.second);
            }
            sum
        })
    }

    #[derive(Collect)]
    #[collect(no_drop)]
    struct Cell<'gc> {
        value: i64,
        next: Option<Gc<'gc, Cell<'gc>>>,
    }

    pub fn list() -> u32 {
        let mut arena = Arena::<Rootable![Option<Gc<'_, Cell<'_>>>]>::new(|_| None);
        let mut sum = 0_u32;
        for _ in 0..LISTS {
            arena.mutate_root(|_, list| *list = None);
            for batch in 0..CELLS / 1000 {
                arena.mutate_root(|mc, list| {
                    for i in 0..1000 {
                        *list = Some(Gc::new(mc, Cell { value: i64::from(batch * 1000 + i), next: *list }));
                    }
                });
                arena.collect_debt();
            }
            arena.mutate(|_, list| {
                let mut at = *list;
                while let Some(cell) = at {
                    sum = sum.wrapping_add(cell.value as u32);
                    at = cell.next;
                }
            });
        }
        sum
    }
}

mod boa {
    use boa_gc::{Finalize, Gc, GcRefCell, Trace};

    use super::{CELLS, LISTS, NODES, SEED, STEPS, random};

    #[derive(Trace, Finalize)]
    #[boa_gc(unsafe_no_drop)]
    struct Tree {
        left: Option<Gc<Tree>>,
        right: Option<Gc<Tree>>,
    }

    fn build(depth: u32) -> Gc<Tree> {
        let child = |depth: u32| (depth > 0).then(|| build(depth - 1));
        Gc::new(Tree { left: child(depth), right: child(depth) })
    }

    fn count(tree: &Gc<Tree>) -> u32 {
        1 + tree.left.as_ref().map_or(0, count) + tree.right.as_ref().map_or(0, count)
    }

    pub fn trees(depth: u32) -> u32 {
        let long = build(depth);
        let mut sum = 0;
        for d in (4..=depth).step_by(2) {
            for _ in 0..1 << (depth - d) {
                sum += count(&build(d));
            }
        }
        let sum = sum + count(&long);
        drop(long);
        boa_gc::force_collect();
        sum
    }

    #[derive(Trace, Finalize)]
    #[boa_gc(unsafe_no_drop)]
    struct Node {
        id: i64,
        first: GcRefCell<Option<Gc<Node>>>,
        second: Option<Gc<Node>>,
    }

    pub fn graph() -> u32 {
        let node = |i| Gc::new(Node { id: i64::from(i), first: GcRefCell::new(None), second: None });
        let table: Gc<GcRefCell<Vec<Gc<Node>>>> = Gc::new(GcRefCell::new((0..NODES).map(node).collect()));
        let mut seed = SEED;
        for step in 0..STEPS {
            let [i, j, k, l] = [(); 4].map(|()| random(&mut seed, NODES) as usize);
            let (first, second) = (table.borrow()[j].clone(), table.borrow()[k].clone());
            let node = Gc::new(Node { id: i64::from(step), first: GcRefCell::new(Some(first)), second: Some(second) });
            table.borrow_mut()[i] = node.clone();
            *table.borrow()[l].first.borrow_mut() = Some(node);
        }
        let mut sum = 0_u32;
        for node in table.borrow().iter() {
            sum = sum.wrapping_add(node.id as u32);
            sum = sum.wrapping_add(node.first.borrow().as_ref().map_or(0, |first| first.id as u32));
            std::hint::black_box(&node.second);
        }
        drop(table);
        boa_gc::force_collect();
        sum
    }

    #[derive(Trace, Finalize)]
    #[boa_gc(unsafe_no_drop)]
    struct Cell {
        value: i64,
        next: Option<Gc<Cell>>,
    }

    pub fn list() -> u32 {
        let mut sum = 0_u32;
        for _ in 0..LISTS {
            let mut list = None;
            for i in 0..CELLS {
                list = Some(Gc::new(Cell { value: i64::from(i), next: list }));
            }
            let mut at = list.as_ref();
            while let Some(cell) = at {
                sum = sum.wrapping_add(cell.value as u32);
                at = cell.next.as_ref();
            }
        }
        boa_gc::force_collect();
        sum
    }
}

type Work = fn(u32) -> u32;

/// Name, depth, and the three of it.
const CASES: &[(&str, u32, [Work; 3])] = &[
    ("trees-16", 16, [rotifer::trees, arena::trees, boa::trees]),
    ("trees-18", 18, [rotifer::trees, arena::trees, boa::trees]),
    ("trees-20", 20, [rotifer::trees, arena::trees, boa::trees]),
    ("graph", 0, [|_| rotifer::graph(), |_| arena::graph(), |_| boa::graph()]),
    ("list", 0, [|_| rotifer::list(), |_| arena::list(), |_| boa::list()]),
];
const NAMES: [&str; 3] = ["rotifer", "gc-arena", "boa_gc"];

/// The most memory that this process had, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

fn main() {
    // In a process of its own for each: the peak is one of the process.
    if let (Ok(case), Ok(which)) = (std::env::var("PEERS_CASE"), std::env::var("PEERS_WHICH")) {
        let (case, which): (usize, usize) = (case.parse().unwrap(), which.parse().unwrap());
        let before = peak();
        let began = Instant::now();
        black_box(CASES[case].2[which](CASES[case].1));
        println!("{} {}", peak() - before, began.elapsed().as_millis());
        return;
    }
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for (name, depth, works) in CASES {
        assert!(
            works.iter().all(|work| *depth > 16 || work(*depth) == works[0](*depth)),
            "{name}: not the same answer"
        );
        if *depth == 20 {
            continue; // takes seconds: measured once, below
        }
        let mut group = criterion.benchmark_group(format!("gc/{name}"));
        for (which, work) in works.iter().enumerate() {
            group.bench_function(NAMES[which], |b| b.iter(|| black_box(work(*depth))));
        }
        group.finish();
    }
    for (i, (name, ..)) in CASES.iter().enumerate() {
        let figures = [0, 1, 2].map(|which: usize| {
            let mut command = std::process::Command::new(std::env::current_exe().unwrap());
            let output =
                command.env("PEERS_CASE", i.to_string()).env("PEERS_WHICH", which.to_string()).output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let (peak, time) = text.trim().split_once(' ').unwrap_or(("0", "0"));
            (peak.to_string(), time.to_string())
        });
        let line = |pick: fn(&(String, String)) -> &String| -> String {
            NAMES.iter().zip(&figures).map(|(name, figure)| format!("{name}={} ", pick(figure))).collect()
        };
        println!("figure gc/{name}/peak {}KiB (lower is better)", line(|figure| &figure.0));
        println!("figure gc/{name}/once {}ms (lower is better)", line(|figure| &figure.1));
    }
}
