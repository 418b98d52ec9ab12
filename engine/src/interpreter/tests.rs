//! Programs and what they give.

use rotifer_jsvalue::string;

use crate::cx::{Cx, imm};
use crate::n;
use crate::{Isolate, Limits};

/// Runs a script and the jobs it leaves; gives its completion value, or what it threw, as text.
fn run(source: &str) -> String {
    let mut isolate = Isolate::new(Limits::default()).unwrap();
    if let Ok(every) = std::env::var("ROTIFER_STRESS") {
        isolate.heap.set_stress(every.parse().unwrap_or(1));
    }
    run_in(&mut isolate, source)
}

fn run_in(isolate: &mut Isolate, source: &str) -> String {
    let mut cx = Cx::enter(isolate);
    let source = cx.str(source).unwrap();
    let result = cx.run_script(source.cast(), imm(n!("")));
    let result = match result {
        Ok(v) => match cx.run_jobs() {
            Ok(()) => Ok(v),
            Err(t) => Err(t),
        },
        Err(t) => Err(t),
    };
    let (prefix, value) = match result {
        Ok(v) => ("", v),
        Err(_) if cx.is_catchable() => ("threw ", cx.take_exception()),
        Err(_) => return format!("{:?}", cx.pending),
    };
    let text = match cx.to_string(value) {
        Ok(text) => text,
        Err(_) => return format!("{prefix}something unprintable"),
    };
    let text = cx.flat(text).unwrap();
    let mut out = String::from(prefix);
    for c in char::decode_utf16(string::view(cx.heap(), cx.peek(text)).units()) {
        out.push(c.unwrap_or('\u{FFFD}'));
    }
    out
}

/// Each line: source, ` => `, what it gives.
fn check(lines: &str) {
    let mut failed = 0;
    for case in lines.split("\n---\n") {
        let Some((source, expected)) = case.rsplit_once(" => ") else { continue };
        let got = std::panic::catch_unwind(|| run(source)).unwrap_or_else(|_| String::from("PANIC"));
        if got != expected.trim_end() {
            failed += 1;
            eprintln!("{}\n   gives {got}\n  wanted {expected}\n", source.trim());
        }
    }
    assert_eq!(failed, 0, "some cases fail");
}

#[test]
fn language() {
    check(include_str!("tests/language.txt"));
}

#[test]
fn generators() {
    check(include_str!("tests/generators.txt"));
}

#[test]
fn asynchronous() {
    check(include_str!("tests/async.txt"));
}

/// Runs the file named by an environment variable: for trying things out.
#[test]
fn file() {
    if let Ok(path) = std::env::var("ROTIFER_TRY") {
        eprintln!("{}", run(&std::fs::read_to_string(path).unwrap()));
    }
}
