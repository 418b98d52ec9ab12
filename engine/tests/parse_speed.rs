//! Measures parsing: `ROTIFER_PARSE=file:file cargo test --profile fast --test parse_speed -- --ignored --nocapture`.

use std::mem::MaybeUninit;
use std::time::Instant;

use rotifer::stack_guard::StackGuard;
use rotifer::syntax::{ParseOptions, Text, parse_script};
use rotifer_arena::Scratch;

#[test]
#[ignore = "a measurement"]
fn speed() {
    let files = std::env::var("ROTIFER_PARSE").unwrap_or_default();
    let mut region = vec![MaybeUninit::<u64>::uninit(); 32 << 20];
    for file in files.split(':').filter(|file| !file.is_empty()) {
        let bytes = std::fs::read(file).unwrap();
        let wide: Vec<u16> = bytes.iter().map(|&b| u16::from(b)).collect();
        for (kind, text) in [("latin-1", Text::Latin1(&bytes)), ("utf-16", Text::Utf16(&wide))] {
            let mut best = f64::MAX;
            let mut used = 0;
            for _ in 0..7 {
                let start = Instant::now();
                let scratch = Scratch::new(&mut region);
                let ast = parse_script(text, &scratch, ParseOptions::new(StackGuard::with_room(1 << 20))).unwrap();
                used = scratch.used();
                std::hint::black_box(&ast);
                best = best.min(start.elapsed().as_secs_f64());
            }
            let speed = bytes.len() as f64 / best / 1e6;
            println!("{file} {kind}: {} bytes, {speed:.1} MB/s, {used} bytes of scratch", bytes.len());
        }
    }
}
