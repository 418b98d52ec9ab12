//! The regular-expression engine on patterns of kinds that programs use, next to the `regress` crate.
//!
//! `cargo bench --bench regexp`

use std::mem::MaybeUninit;

use divan::{Bencher, black_box};
use rotifer::regexp::{Flags, Input, Program, compile, exec};
use rotifer::stack_guard::StackGuard;
use rotifer_arena::Scratch;

fn main() {
    divan::main();
}

const CASES: &[&str] = &[
    "literal",
    "alternation",
    "words",
    "capture_date",
    "email",
    "ignore_case",
    "trim_end",
    "lazy_tags",
    "dot_star",
    "tokens",
    "lookbehind",
];

fn pattern(case: &str) -> (&'static str, &'static str) {
    match case {
        "literal" => ("needle", ""),
        "alternation" => (r"\b(?:break|case|catch|class|const|continue|return|while)\b", ""),
        "words" => (r"\w+", ""),
        "capture_date" => (r"(\d{4})-(\d{2})-(\d{2})", ""),
        "email" => (r"[\w.+-]+@[\w-]+\.[\w.-]+", ""),
        "ignore_case" => (r"lorem ipsum", "i"),
        "trim_end" => (r"\s+$", ""),
        "lazy_tags" => (r"<(\w+)[^>]*>.*?</\1>", ""),
        "dot_star" => (r"^.*ipsum.*$", "m"),
        "tokens" => {
            (r#"\s*(?:([a-zA-Z_$][\w$]*)|(\d+(?:\.\d*)?)|("(?:[^"\\]|\\.)*")|([-+*/=<>!&|^%(){};,.\[\]]))"#, "")
        }
        _ => (r"(?<=\$)\d+", ""),
    }
}

fn text() -> String {
    let piece = "Lorem ipsum dolor sit amet, const x = 42.5; if (x > 1) { return \"a \\\" b\"; } <b class=q>bold</b>   \n\
        consectetur 2024-05-17 adipiscing elit someone@example.com $100 LOREM IPSUM while(1) { y += z[3]; } <i>x</i>\n";
    piece.repeat(100) + "needle"
}

#[divan::bench(args = CASES)]
fn rotifer(bencher: Bencher<'_, '_>, case: &str) {
    let (pattern, flags) = pattern(case);
    let flags = Flags::parse(Input::Latin1(flags.as_bytes())).unwrap();
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
    let scratch = Scratch::new(&mut region);
    let guard = StackGuard::with_room(256 << 10);
    let words = compile(Input::Latin1(pattern.as_bytes()), flags, &scratch, guard).unwrap();
    let text = text();
    bencher.bench_local(|| all_matches(&words, Input::Latin1(black_box(text.as_bytes())), &scratch));
}

#[divan::bench(args = CASES)]
fn rotifer_utf16(bencher: Bencher<'_, '_>, case: &str) {
    let (pattern, flags) = pattern(case);
    let flags = Flags::parse(Input::Latin1(flags.as_bytes())).unwrap();
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
    let scratch = Scratch::new(&mut region);
    let guard = StackGuard::with_room(256 << 10);
    let words = compile(Input::Latin1(pattern.as_bytes()), flags, &scratch, guard).unwrap();
    let text: Vec<u16> = text().encode_utf16().collect();
    bencher.bench_local(|| all_matches(&words, Input::Utf16(black_box(&text)), &scratch));
}

fn all_matches(words: &[u32], input: Input<'_>, scratch: &Scratch<'_>) -> usize {
    let program = Program::new(words).unwrap();
    let mut captures = [0; 16];
    let (mut at, mut count) = (0, 0);
    while exec::<()>(program, input, at, &mut captures, scratch, &mut |_| Ok(())).unwrap() {
        count += 1;
        let end = captures[1] as usize;
        at = if end == captures[0] as usize { end + 1 } else { end };
    }
    count
}

#[divan::bench(args = CASES)]
fn regress(bencher: Bencher<'_, '_>, case: &str) {
    let (pattern, flags) = pattern(case);
    let regex = regress::Regex::with_flags(pattern, flags).unwrap();
    let text = text();
    bencher.bench_local(|| regex.find_iter_ascii(black_box(&text)).count());
}

#[divan::bench(args = CASES)]
fn compiling(bencher: Bencher<'_, '_>, case: &str) {
    let (pattern, flags) = pattern(case);
    let flags = Flags::parse(Input::Latin1(flags.as_bytes())).unwrap();
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
    let scratch = Scratch::new(&mut region);
    let guard = StackGuard::unlimited();
    let input = Input::Latin1(pattern.as_bytes());
    bencher.bench_local(|| compile(black_box(input), flags, &scratch, guard).unwrap().len());
}
