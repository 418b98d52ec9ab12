//! Input that means harm, through the command, on the usual and on a small native stack: an answer or a clear error, never an abort, a
//! hang or a panic.

#![cfg(all(feature = "cli", unix))]

use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A directory for one test's files, removed with it.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Dir {
        let path = std::env::temp_dir().join(format!("rotifer-hostile-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a temporary directory");
        Dir(path)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("a temporary file");
        path.to_str().expect("a plain path").to_owned()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the command with a native stack of `stack` KiB, if given.
fn run(stack: Option<u32>, args: &[&str]) -> Output {
    let mut command = match stack {
        None => Command::new(env!("CARGO_BIN_EXE_rotifer")),
        Some(kib) => {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(format!("ulimit -s {kib} && exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_rotifer"));
            shell
        }
    };
    let mut child = command
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let id = child.id();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    // What hangs is ended, and fails its test by its exit status.
    let guard = std::thread::spawn(move || {
        if wait.recv_timeout(Duration::from_secs(30)) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").arg("-9").arg(id.to_string()).status();
        }
    });
    let (mut out, mut err) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
    let errors = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = err.read_to_end(&mut bytes);
        bytes
    });
    let mut stdout = Vec::new();
    let _ = out.read_to_end(&mut stdout);
    let stderr = errors.join().expect("it reads");
    let status = child.wait().expect("it ends");
    drop(done);
    guard.join().expect("it ends");
    Output { status, stdout, stderr }
}

/// Runs it on both stacks; the exit code has to be one of `codes`, the answer or the message short, and the time bounded.
fn both(what: &str, args: &[&str], codes: &[i32]) -> Vec<String> {
    let mut problems = Vec::new();
    for stack in [None, Some(256)] {
        let start = Instant::now();
        let output = run(stack, args);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let took = start.elapsed();
        let fine = output.status.code().is_some_and(|c| codes.contains(&c))
            && took < Duration::from_secs(10)
            && output.stderr.len() < 20_000
            && !err.contains("panicked")
            && (output.status.code() == Some(0) || !err.is_empty());
        if !fine {
            let head = |s: &str| s.chars().take(300).collect::<String>();
            let size = output.stderr.len();
            problems.push(format!(
                "{what}, stack {stack:?}: {} in {took:?}, {size} bytes: {} {}",
                output.status,
                head(&out),
                head(&err)
            ));
        }
    }
    problems
}

fn expect_none(problems: Vec<String>) {
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn deep_nesting() {
    nesting(30_000);
}

#[test]
#[ignore = "takes half a minute"]
fn deeper_nesting() {
    nesting(200_000);
}

fn nesting(n: usize) {
    let wrap = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(n), close.repeat(n));
    let sources = [
        ("parentheses", wrap("(", "1", ")")),
        ("open parentheses", wrap("(", "", "")),
        ("brackets", wrap("[", "1", "]")),
        ("braces", wrap("{", "1", "}")),
        ("object literals", format!("({})", wrap("{a:", "1", "}"))),
        ("minus", wrap("- ", "1", "")),
        ("not", wrap("!", "1", "")),
        ("typeof", wrap("typeof ", "1", "")),
        ("await", format!("async function f() {{ {} }}", wrap("await ", "1", ""))),
        ("yield", format!("function* f() {{ {} }}", wrap("yield ", "1", ""))),
        ("increments", wrap("++", "x", "")),
        ("new", wrap("new ", "Object", "")),
        ("templates", wrap("`${", "1", "}`")),
        ("arrows", wrap("a=>", "1", "")),
        ("arrows in parentheses", wrap("(a=>", "1", ")")),
        ("arrow parameters", wrap("(a=", "1", ")=>1")),
        ("functions", wrap("function f(){", "", "}")),
        ("function expressions", wrap("(function(){", "", "})")),
        ("ifs", wrap("if(1)", ";", "")),
        ("if else", wrap("if(0);else ", ";", "")),
        ("whiles", wrap("while(0)", ";", "")),
        ("fors", wrap("for(;0;)", ";", "")),
        ("labels", (0..n).map(|i| format!("l{i}:")).collect::<String>() + ";"),
        ("classes", wrap("class A{m(){", "", "}}")),
        ("class expressions", wrap("(class{[", "1", "](){}})")),
        ("extends", wrap("class A extends (", "Object", "){}")),
        ("optional chains", format!("var a={{}};a{}", "?.b".repeat(n))),
        ("member chains", format!("var a;try{{a{}}}catch{{}}", ".b".repeat(n))),
        ("index chains", format!("var a;try{{a{}}}catch{{}}", "[0]".repeat(n))),
        ("call chains", format!("var a=()=>a;a{}", "()".repeat(n))),
        ("call nesting", format!("var a=x=>x;{}", wrap("a(", "1", ")"))),
        ("tagged templates", format!("var a=()=>a;a{}", "``".repeat(n))),
        ("sums", wrap("1+", "1", "")),
        ("mixed operators", wrap("1+2*3-", "1", "")),
        ("powers", wrap("1**", "1", "")),
        ("conjunctions", wrap("1&&", "1", "")),
        ("coalescing", wrap("null??", "1", "")),
        ("conditionals", wrap("0?1:", "1", "")),
        ("conditionals left", wrap("1?", "1", ":1")),
        ("assignments", wrap("x=", "1", "")),
        ("commas", wrap("1,", "1", "")),
        ("arguments", format!("Math.max({}1)", "1,".repeat(n))),
        ("parameters", format!("function f({}a){{}}f()", "a,".repeat(n))),
        ("array items", format!("[{}]", "1,".repeat(n))),
        ("statements", "x=1;".repeat(n)),
        ("variables", format!("var {}z", (0..n).map(|i| format!("v{i},")).collect::<String>())),
        ("lets", format!("let {}z", (0..n).map(|i| format!("v{i},")).collect::<String>())),
        ("properties", format!("({{{}}})", (0..n).map(|i| format!("p{i}:1,")).collect::<String>())),
        ("switch", format!("switch(1){{{}}}", "case 2:".repeat(n))),
        ("array patterns", format!("var {}=1", wrap("[", "a", "]"))),
        ("object patterns", format!("var {}=1", wrap("{a:", "a", "}"))),
        ("assignment patterns", format!("{}=1", wrap("[", "a", "]"))),
        ("with", wrap("with({})", ";", "")),
        ("do", wrap("do ", ";", " while(0);")),
        ("try", wrap("try{", "", "}catch{}")),
        ("finally", wrap("try{", "", "}finally{}")),
        ("switches", wrap("switch(1){case 1:", "", "}")),
        ("spread", wrap("[...", "[]", "]")),
        ("regular expression", format!("/{}/", wrap("(", "a", ")"))),
        ("character classes", format!("/{}/v", wrap("[", "a", "]"))),
        ("quantifiers", format!("/{}/.test('b')", wrap("(?:", "a", ")*"))),
        ("alternatives", format!("/{}/.test('b')", wrap("a|", "a", ""))),
        ("lookaheads", format!("/{}/.test('b')", wrap("(?=", "a", ")"))),
        ("comments", wrap("/*", "", "*/")),
        ("exports", wrap("export {", "", "}")),
        ("imports", wrap("import(", "1", ")")),
    ];
    let dir = Dir::new(&format!("nesting-{n}"));
    let mut problems = Vec::new();
    for (name, source) in &sources {
        let file = dir.file("deep.js", source);
        problems.extend(both(name, &[&file], &[0, 1, 3, 4, 7]));
        let inside = dir.file("inside.js", format!("function f() {{ {source} }} f()"));
        problems.extend(both(&format!("{name} in a function"), &[&inside], &[0, 1, 3, 4, 7]));
    }
    expect_none(problems);
}

/// Many of each are no crime.
#[test]
fn some_nesting_works() {
    let n = 5000;
    let wrap = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(n), close.repeat(n));
    let sources = [
        ("sums", format!("print({})", wrap("1+", "1", "")), "5001"),
        ("member chains", format!("var a={{}};a.b=a;print(a{}===a)", ".b".repeat(1500)), "true"),
        ("optional chains", format!("var a={{}};a.b=a;print(a{}===a)", "?.b".repeat(1500)), "true"),
        ("else if", format!("var x=-1;{}print(x)", wrap("if(x==1);else ", ";", "")), "-1"),
        ("conditionals", format!("print({})", wrap("0?1:", "7", "")), "7"),
        ("commas", format!("print(({}))", wrap("1,", "7", "")), "7"),
        ("conjunctions", format!("print({})", wrap("1&&", "7", "")), "7"),
        ("templates", format!("print(`{}`)", "${1}".repeat(n).as_str()), &"1".repeat(n)),
    ];
    let dir = Dir::new("some");
    let mut problems = Vec::new();
    for (name, source, expected) in &sources {
        let file = dir.file("some.js", source);
        let output = run(None, &[&file]);
        if String::from_utf8_lossy(&output.stdout).trim_end() != *expected {
            let err = String::from_utf8_lossy(&output.stderr).chars().take(300).collect::<String>();
            problems.push(format!("{name}: {} {err}", output.status));
        }
    }
    expect_none(problems);
}

#[test]
fn try_finally() {
    let n = 5000;
    let source = format!("var n=0;{}n++{};print(n)", "try{".repeat(n), "}finally{n++}".repeat(n));
    let dir = Dir::new("finally");
    let file = dir.file("finally.js", source);
    expect_none(both("5,000 try/finally", &["--memory-limit=64m", &file], &[0, 1, 3]));
}

#[test]
fn json() {
    let deep = "100000";
    let dir = Dir::new("json");
    let mut problems = Vec::new();
    for source in [
        "JSON.parse('['.repeat(N) + ']'.repeat(N))",
        "JSON.parse('{\"a\":'.repeat(N) + '1' + '}'.repeat(N))",
        "JSON.parse('['.repeat(N))",
        "JSON.parse('['.repeat(N) + ']'.repeat(N), (k, v) => v)",
        "var a = []; for (var i = 0; i < N; i++) a = [a]; JSON.stringify(a)",
        "var a = {}; for (var i = 0; i < N; i++) a = { a }; JSON.stringify(a, null, 1)",
        "var a = []; for (var i = 0; i < N; i++) a = [a]; JSON.stringify(a, (k, v) => v)",
        "var a = { toJSON() { return JSON.stringify(a) } }; JSON.stringify(a)",
        "var a = []; for (var i = 0; i < N; i++) a = [a]; String(a)",
        "var a = []; for (var i = 0; i < N; i++) a = [a]; a.flat(Infinity)",
        "var a = []; for (var i = 0; i < N; i++) a = [a]; console.log(a)",
        "var a = {}; for (var i = 0; i < N; i++) a = new Error('x', { cause: a }); throw a",
        "var a = {}; for (var i = 0; i < N; i++) a = Object.create(a); a.x",
        "var a = {}; for (var i = 0; i < N; i++) a = new Proxy(a, {}); a.x",
        "var a = {}; for (var i = 0; i < N; i++) a = new Proxy(a, {}); console.log(a)",
        "var a = () => 1; for (var i = 0; i < N; i++) a = a.bind(); a()",
        "var a = 'x'; for (var i = 0; i < N; i++) a = a + 'y'; a.length + a.charCodeAt(7)",
        "var a = 'x'; for (var i = 0; i < N; i++) a = 'y' + a; a.indexOf('x')",
        "var a = Promise.resolve(1); for (var i = 0; i < N; i++) a = Promise.resolve(a).then(x => x)",
        "async function f(n) { if (n) await f(n - 1) } f(N)",
        "function* g(n) { if (n) yield* g(n - 1); yield 1 } for (var x of g(3000)) ;",
    ] {
        let source = source.replace('N', deep).replace("JSO100000", "JSON");
        let file = dir.file("json.js", &source);
        problems.extend(both(&source, &["--memory-limit=64m", "--timeout=5", &file], &[0, 1, 4, 6, 7]));
    }
    expect_none(problems);
}

#[test]
fn regular_expressions() {
    let source = "print(/^(a+)+$/.test('a'.repeat(40) + '!'))";
    expect_none(both("without a limit", &["-e", source], &[0]));
    expect_none(both("with a limit", &["--timeout=300ms", "-e", source], &[0, 6]));
    // No shortcut helps where there are references back.
    let source = "/^(a+)+\\1$/.test('a'.repeat(40) + '!')";
    expect_none(both("references, with a limit", &["--timeout=300ms", "-e", source], &[0, 6]));
    expect_none(both("references, with fuel", &["--fuel=1000000", "-e", source], &[0, 5]));
}

#[test]
fn long_lines() {
    let dir = Dir::new("lines");
    let mut problems = Vec::new();
    for (name, source, code) in [
        ("thrown at the end", format!("{}throw new Error('end')", " ".repeat(2 << 20)), 1),
        ("thrown in the middle", format!("{}null.x;{}", "x=1;".repeat(300_000), "x=1;".repeat(300_000)), 1),
        ("syntax", format!("{}let let{}", "x=1;".repeat(300_000), "x=1;".repeat(300_000)), 3),
        ("a long name", format!("{}.x", "a".repeat(2 << 20)), 1),
        ("a long property", format!("null.{}", "a".repeat(2 << 20)), 1),
        ("a long message", "throw new Error('x'.repeat(1 << 20))".to_owned(), 1),
        ("a long string", "throw 'x'.repeat(1 << 20)".to_owned(), 1),
        ("a long error name", "var e = new Error; e.name = 'x'.repeat(1 << 20); throw e".to_owned(), 1),
        (
            "a long function name",
            format!("function {}(){{throw new Error}}{}()", "f".repeat(1 << 20), "f".repeat(1 << 20)),
            1,
        ),
        ("a long string literal", format!("'{}", "a".repeat(2 << 20)), 3),
        ("wide", format!("'{}';null.x", "\u{20ac}".repeat(1 << 20)), 1),
    ] {
        let file = dir.file("long.js", source);
        problems.extend(both(name, &[&file], &[code, 4]));
    }
    expect_none(problems);
}

#[test]
fn odd_files() {
    let dir = Dir::new("odd");
    let mut problems = Vec::new();
    for (name, bytes, codes) in [
        ("empty", &b""[..], &[0][..]),
        ("NUL", b"\0", &[3]),
        ("NUL in a string", b"print('a\0b')", &[0]),
        ("invalid UTF-8", b"print('\xff\xfe')", &[0, 2, 3]),
        ("invalid UTF-8 outside strings", b"\xff\xff", &[2, 3]),
        ("surrogate in UTF-8", b"print('\xed\xa0\x80')", &[0, 2, 3]),
        ("byte order mark", b"\xef\xbb\xbfprint(1)", &[0]),
        ("only a hashbang", b"#!/bin/sh", &[0]),
        ("cut off", b"print(`a${1", &[3]),
        ("line ends", b"\r\n\r\r\n\xe2\x80\xa8;", &[0]),
        ("a machine program", b"\x7fELF\x02\x01\x01\0\0\0", &[2, 3]),
    ] {
        let file = dir.file("odd.js", bytes);
        problems.extend(both(name, &[&file], codes));
        let module = dir.file("odd.mjs", bytes);
        problems.extend(both(&format!("{name} as a module"), &[&module], codes));
        problems.extend(both(&format!("{name} included"), &["-I", &file, "-e", "1"], codes));
        problems.extend(both(&format!("{name} as an image"), &["--load-image", &file, "-e", "1"], &[2]));
    }
    let path = dir.0.to_str().expect("a plain path");
    problems.extend(both("a directory", &[path], &[2]));
    problems.extend(both("a missing file", &[&format!("{path}/none.js")], &[2]));
    problems.extend(both("a missing include", &["-I", &format!("{path}/none.js"), "-e", "1"], &[2]));
    problems.extend(both("a missing image", &["--load-image", &format!("{path}/none.img"), "-e", "1"], &[2]));
    problems.extend(both(
        "an image that cannot be written",
        &["--save-image", &format!("{path}/none/x"), "-e", "1"],
        &[2],
    ));
    problems.extend(both("a directory as an image", &["--load-image", path, "-e", "1"], &[2]));
    expect_none(problems);
}
