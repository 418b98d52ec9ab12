//! The bump arena against `bumpalo`.
#![allow(missing_docs, reason = "macros of criterion")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

const N: u64 = 10_000;

macro_rules! arena {
    ($group:expr, $name:literal, $arena:expr, $bump:ident => $work:expr) => {
        let mut $bump = $arena;
        $group.bench_function($name, |b| {
            b.iter(|| {
                $work;
                $bump.reset();
            })
        });
    };
}

macro_rules! case {
    ($c:expr, $name:literal, $bump:ident => $work:expr) => {
        let mut group = $c.benchmark_group(concat!("arena/bump/", $name));
        arena!(group, "rotifer", rotifer_arena::Bump::new(), $bump => $work);
        arena!(group, "bumpalo", bumpalo::Bump::new(), $bump => $work);
        group.finish();
    };
}

fn bump(c: &mut Criterion) {
    case!(c, "words", bump => for i in 0..N {
        black_box(bump.alloc(i));
    });
    case!(c, "structs", bump => for i in 0..N {
        black_box(bump.alloc([i; 6]));
    });
    case!(c, "mixed", bump => for i in 0..N {
        black_box(bump.alloc(i as u8));
        black_box(bump.alloc(i));
        black_box(bump.alloc([i as u16; 3]));
    });
    case!(c, "try", bump => for i in 0..N {
        black_box(bump.try_alloc_layout(black_box(std::alloc::Layout::new::<[u64; 2]>())).is_ok());
        black_box(i);
    });
    case!(c, "slices", bump => for i in 0..N {
        black_box(bump.alloc_slice_copy(&[i; 16][..(i % 16) as usize]));
    });
    case!(c, "strings", bump => for _ in 0..N {
        black_box(bump.alloc_str(black_box("the quick brown fox")));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = bump
}
criterion_main!(benches);
