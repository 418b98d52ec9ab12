//! The memory that the whole process takes stays at its limit, plus a tenth, plus what the command needs for itself. The pages of the
//! program's file do not count: how many of them are there is for the system to say, and differs from run to run.

#![cfg(all(feature = "cli", target_os = "linux"))]

use std::process::{Command, Stdio};

/// Greedy in different ways; each runs until a limit ends it.
const PROGRAMS: &[&str] = &[
    "var a = []; for (;;) a.push([1, 2, 3])",
    "var a = []; for (;;) a.push(1.5)",
    "var a = []; for (var i = 0; ; i++) a.push('s' + i)",
    "var a = ''; for (;;) { for (var i = 0; i < 10000; i++) a += 'abc'; a.charCodeAt(5) }",
    "var a = 'a,b'; for (;;) a = (a + ',' + a).split(',').join(',')",
    "var a = new Map(); for (var i = 0; ; i++) a.set(i, {})",
    "var a = new WeakMap(), b = []; for (;;) { var o = {}; b.push(o); a.set(o, {}) }",
    "var a = null; for (;;) a = (function (b) { return function () { return b } })(a)",
    "var a = []; for (;;) a.push(new Uint8Array(1000).fill(1))",
    "var a = 1024; for (;;) new Uint8Array(a *= 2).fill(1)",
    "var a = 'ab'; for (;;) { a += a; [...a.matchAll(/b/g)] }",
    "var a = 'ab'; for (;;) a = a.replace(/a/g, 'aab')",
    "var a = '(a|b)'; for (;;) { a += a; new RegExp(a).test('ab') }",
    "var a = '[1,{\"a\":4}]'; for (;;) { a = '[' + a + ',' + a + ']'; JSON.parse(a) }",
    "var a = { a: 'x' }; for (;;) { a = { l: a, r: a }; JSON.stringify(a) }",
    "for (var n = 1000; ; n *= 2) Array(n).fill(1).map((x, i) => -i).sort((x, y) => x - y)",
    "function f(n) { var a = [n, n]; return f(n + 1) + a[0] } f(0)",
    "var o = { toString() { return '' + o } }; '' + o",
    "var n = 0; function f() { [1].forEach(f) } f()",
    "var a = 'x=1;'; for (;;) { a += a; eval(a) }",
    "for (var n = 1000; ; n *= 2) eval('['.repeat(n) + ']'.repeat(n))",
    "for (var n = 1000; ; n *= 2) JSON.parse('['.repeat(n) + ']'.repeat(n))",
    "var a = {}; for (var i = 0; ; i++) a['key' + i] = i",
    "for (var i = 0; ; i++) globalThis['f' + i] = Function('return ' + i)",
    "var a = []; function* g() { var x = [1, 2]; yield x } for (;;) { var i = g(); i.next(); a.push(i) }",
    "for (;;) Promise.resolve(1).then(x => x)",
    "for (;;) setTimeout(() => {}, 1)",
    "for (;;) Promise.reject(new Error('x'))",
    "var a = 'x'; for (;;) { a += a; console.log(a) }",
    "var a = [1]; for (;;) { a = a.concat(a); console.log(a) }",
    "var a = 'x'; try { for (;;) a += a } catch { } throw a",
    "var a = 'x'.repeat(1 << 20); for (;;) { a += a; throw_ = new Error(a) }",
    "for (var i = 0; ; i++) import('./none' + i).catch(() => {})",
    "var a = []; for (;;) { var b = new ArrayBuffer(10, { maxByteLength: 100000 }); b.resize(100000); a.push(b) }",
];

/// The most memory that a run had, in bytes, without what is mapped from files.
fn peak(args: &[&str]) -> (u64, Option<i32>) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rotifer"))
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command starts");
    let path = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        if let Ok(status) = std::fs::read_to_string(&path) {
            let kib = |name| -> u64 {
                let line = status.lines().find_map(|line| line.strip_prefix(name));
                line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
            };
            // The second is the most there was at any time, as files stay mapped.
            most = most.max(kib("RssAnon:")).max(kib("VmHWM:").saturating_sub(kib("RssFile:")));
        }
        if let Some(status) = child.try_wait().expect("it ends") {
            return (most << 10, status.code());
        }
        std::thread::sleep(std::time::Duration::from_micros(500));
    }
}

#[test]
fn the_process_stays_within_its_limit() {
    within(&[4 << 20]);
}

#[test]
#[ignore = "takes longer"]
fn larger_limits() {
    within(&[8 << 20, 24 << 20, 64 << 20]);
}

fn within(limits: &[u64]) {
    let file = std::env::temp_dir().join(format!("rotifer-peak-{}-{}.js", std::process::id(), limits.len()));
    let large = format!("{};throw 1", "x = 1;".repeat(500_000));
    let mut failures = Vec::new();
    for &limit in limits {
        let argument = format!("--memory-limit={limit}");
        // A small program, several times: the first sample may come too early.
        let own = (0..5).map(|_| peak(&[&argument, "-e", "for (var i = 0; i < 3e6; i++);"]).0).max().unwrap_or(0);
        let bound = own + limit + limit / 10;
        let mut check = |name: &str, (bytes, code): (u64, Option<i32>)| {
            if bytes > bound || !matches!(code, Some(1 | 3..=7)) {
                failures.push(format!("{} KiB, {} allowed, exit {code:?}: {name}", bytes >> 10, bound >> 10));
            }
        };
        for source in PROGRAMS {
            check(source, peak(&[&argument, "--timeout=10", "-e", source]));
        }
        std::fs::write(&file, &large).expect("a temporary file");
        check("a large file", peak(&[&argument, "--timeout=10", file.to_str().expect("a plain path")]));
    }
    let _ = std::fs::remove_file(&file);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
