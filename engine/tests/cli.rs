//! The command.

#![cfg(feature = "cli")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn rotifer(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rotifer")).args(args).stdin(Stdio::null()).output().expect("the command starts")
}

fn with_input(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rotifer"))
        .args(args)
        .env("HOME", std::env::temp_dir().join("rotifer-no-home"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

fn out(o: &Output) -> String {
    String::from_utf8_lossy(&o.stdout).into_owned()
}

fn err(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).into_owned()
}

/// A file for one test, removed with it.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> File {
        let path = std::env::temp_dir().join(format!("rotifer-cli-{}-{name}", std::process::id()));
        std::fs::write(&path, text).expect("a temporary file");
        File(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a plain path")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn programs_come_from_everywhere() {
    let file = File::new("a.js", "#!/usr/bin/env rotifer\nprint('file', scriptArgs.slice(1).join());");
    let o = rotifer(&[file.path(), "x", "--y"]);
    assert_eq!((out(&o).as_str(), o.status.code()), ("file x,--y\n", Some(0)));
    assert_eq!(out(&rotifer(&["-e", "print(1, 'two')"])), "1 two\n");
    assert_eq!(out(&rotifer(&["-p", "({ a: [1, 'x'] })"])), "{ a: [ 1, 'x' ] }\n");
    assert_eq!(out(&rotifer(&["-p", "'plain'"])), "plain\n");
    assert_eq!(out(&with_input(&[], "console.log('stdin')")), "stdin\n");
    let first = File::new("first.js", "var shared = 20");
    assert_eq!(out(&rotifer(&["-I", first.path(), "-p", "shared + 1"])), "21\n");
    let module = File::new("m.mjs", "export const x = 1; print(typeof this, x)");
    assert_eq!(out(&rotifer(&[module.path()])), "undefined 1\n");
}

/// A directory of files for one test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = std::env::temp_dir().join(format!("rotifer-cli-{}-{name}", std::process::id()));
        for (file, text) in files {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a temporary folder");
            std::fs::write(path, text).expect("a temporary file");
        }
        Folder(folder)
    }

    fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().expect("a plain path").to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn modules_import_files() {
    let folder = Folder::new(
        "modules",
        &[
            ("app/main.mjs", "import { x, main } from './lib/x.js'; import data from './data.json' with { type: 'json' };
                import text from '../shared.txt' with { type: 'text' };
                export const me = 'main'; print(x, data.n, text, main().me); print((await import('./lib/later.mjs')).default);"),
            ("app/lib/x.js", "import * as m from '../main.mjs'; export const x = 'x'; export function main() { return m }"),
            ("app/lib/later.mjs", "export default typeof import.meta.url;"),
            ("app/data.json", "{ \"n\": 1 }"),
            ("app/away.mjs", "import './lib/../../shared.txt' with { type: 'text' }"),
            ("shared.txt", "text"),
        ],
    );
    let main = folder.path("app/main.mjs");
    let expected = "x 1 text main\nstring\n";
    let o = rotifer(&[&main]);
    assert_eq!(out(&o), expected, "{}", err(&o));
    assert_eq!(out(&rotifer(&["-m", "--root", &folder.path(""), &folder.path("app/./lib/../main.mjs")])), expected);
    let o = rotifer(&["--root", &folder.path("app"), &folder.path("app/away.mjs")]);
    assert_eq!(o.status.code(), Some(1));
    assert!(err(&o).contains("outside of the allowed directory"), "{}", err(&o));
    assert_eq!(rotifer(&["--root", "/no/such/folder", "-e", "1"]).status.code(), Some(2));
}

#[test]
fn what_is_suspended_goes_on_in_another_process() {
    let folder = Folder::new(
        "suspended",
        &[
            ("main.mjs", "import { counters, step } from './counters.mjs'; import * as ns from './log.mjs';
                ns.log('made', counters.length); counters.forEach((c, i) => { for (let n = 0; n <= i; n++) step(c); });
                let release;
                async function waits() { const local = { kept: 'local' }; ns.log('awaited', await new Promise(done => { release = done }), local.kept); }
                const waiting = waits();
                async function* ticks() { for (let i = 0; ; i++) { await (i && new Promise(done => setTimeout(done, 20))); try { yield i } finally { ns.log('left', i) } } }
                async function loop() { for await (const t of ticks()) { ns.log('tick', t); if (t == 3) break } }
                const looping = loop();
                setTimeout(async () => {
                    counters.forEach(c => step(c)); release('released'); await waiting; await looping;
                    counters.forEach(c => c.return()); ns.log((await import('./late.mjs')).default(), 'end');
                }, 50);
                ns.log('top', await new Promise(done => setTimeout(done, 10, 'level')));"),
            ("counters.mjs", "import { log } from './log.mjs';
                function* count(n) { try { for (let i = n * 100; ; i++) log('sent', yield i) } finally { log('closed', n) } }
                export const counters = Array.from({ length: 10 }, (_, n) => count(n));
                export const step = c => log('got', c.next(counters.indexOf(c)).value);"),
            ("log.mjs", "let line = 0; export function log(...words) { print(++line, ...words) }"),
            ("late.mjs", "import { counters } from './counters.mjs'; export default () => 'late ' + counters.length"),
        ],
    );
    let (main, image) = (folder.path("main.mjs"), folder.path("image"));
    let plain = rotifer(&[&main]);
    let expected = out(&plain);
    assert!(expected.ends_with("late 10 end\n") && expected.contains("tick 3"), "{expected}{}", err(&plain));
    let first = rotifer(&["--save-image", &image, &main]);
    assert!(
        out(&first).contains("tick 0") && !out(&first).contains("tick 1") && first.status.success(),
        "{}",
        err(&first)
    );
    for stress in [&["--memory-limit=1m"][..], &["--gc-stress=1"]] {
        let second = rotifer(&[stress, &["--load-image", &image]].concat());
        assert_eq!(out(&first) + &out(&second), expected, "{}", err(&second));
    }
}

#[test]
fn exit_codes() {
    let code = |args: &[&str]| rotifer(args).status.code();
    assert_eq!(code(&["-e", "1"]), Some(0));
    assert_eq!(code(&["-e", "throw 1"]), Some(1));
    assert_eq!(code(&["-e", "Promise.reject(1)"]), Some(1));
    assert_eq!(code(&["--no-such-option"]), Some(2));
    assert_eq!(code(&["/no/such/file.js"]), Some(2));
    assert_eq!(code(&["--memory-limit=x", "-e", "1"]), Some(2));
    assert_eq!(code(&["--memory-limit=100", "-e", "1"]), Some(2));
    assert_eq!(code(&["-e", "let = ;"]), Some(3));
    assert_eq!(code(&["--memory-limit=100k", "-e", "var a = []; for (;;) a.push({})"]), Some(4));
    assert_eq!(code(&["--fuel=1000", "-e", "for (;;);"]), Some(5));
    assert_eq!(code(&["--timeout=50ms", "-e", "for (;;);"]), Some(6));
    assert_eq!(code(&["--timeout=50ms", "-e", "setTimeout(() => {}, 60000)"]), Some(6));
    assert_eq!(code(&["-e", "function f() { f() } f()"]), Some(7));
    assert_eq!(code(&["--help"]), Some(0));
    assert_eq!(code(&["--version"]), Some(0));
}

#[test]
fn uncaught_errors_show_the_place() {
    let file = File::new("e.js", "function inner(x) {\n\treturn x.y.z;\n}\ninner({});\n");
    let text = err(&rotifer(&[file.path()]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "TypeError: cannot read property 'z' of undefined (reading 'x.y.z')", "{text}");
    assert!(lines[1].ends_with("e.js:2"), "{text}");
    assert_eq!(lines[2], "    \treturn x.y.z;");
    assert!(lines[3].starts_with("    \t") && lines[3].trim() == "^", "{text}");
    assert!(lines[4].contains("at inner (") && lines[5].contains("e.js:4:1"), "{text}");
    assert!(err(&rotifer(&["-e", "throw 'text'"])).starts_with("Uncaught text"));
    assert!(err(&rotifer(&["-e", "a b"])).contains("SyntaxError: "));
}

#[test]
fn timers_and_jobs_run_in_order() {
    let source = "setTimeout(() => print('c'), 20); setTimeout(x => print(x), 5, 'b');
        var n = 0, i = setInterval(() => { print('i' + n); if (++n == 2) clearInterval(i); }, 30);
        clearTimeout(setTimeout(() => print('never'), 1));
        Promise.resolve('a').then(print); queueMicrotask(() => print('q')); print('s')";
    assert_eq!(out(&rotifer(&["-e", source])), "s\na\nq\nb\nc\ni0\ni1\n");
}

#[test]
fn interactive() {
    let o = with_input(&["-i"], "let a = 1\nfunction f() {\n return a + 1 }\nf()\n{x: 1}\nmissing\n`a\nb`\n");
    assert_eq!(out(&o), "undefined\nundefined\n2\n{ x: 1 }\n\"a\\nb\"\n");
    assert!(err(&o).contains("ReferenceError: 'missing' is not defined"), "{}", err(&o));
}

#[test]
fn images_go_on_in_another_process() {
    let setup = File::new(
        "setup.js",
        "let n = 0; const key = {}; const map = new Map([[key, 'm']]); const weak = new WeakMap([[key, 'w']]);
         function next() { return ++n; }
         next(); queueMicrotask(() => { n += 100; }); setTimeout(() => print('timer', n), 10);",
    );
    let image = File::new("a.img", "");
    let o = rotifer(&["--save-image", image.path(), setup.path()]);
    assert_eq!((o.status.code(), out(&o).as_str()), (Some(0), ""), "{}", err(&o));
    for _ in 0..2 {
        let o = rotifer(&["--load-image", image.path(), "-e", "print(next(), map.get(key), weak.get(key))"]);
        assert_eq!(out(&o), "102 m w\ntimer 102\n", "{}", err(&o));
    }
    let mut bytes = std::fs::read(image.path()).expect("the image");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(image.path(), bytes).expect("written");
    let o = rotifer(&["--load-image", image.path(), "-e", "1"]);
    assert_eq!(o.status.code(), Some(2));
    assert!(err(&o).contains("damaged"));
}

#[test]
fn statistics() {
    assert!(err(&rotifer(&["--stats", "-e", "gc = 1"])).contains("bytes in use"));
    let json = err(&rotifer(&["--stats=json", "-e", "1"]));
    assert!(json.starts_with("{\"limit_bytes\":16777216,") && json.trim_end().ends_with("]}"), "{json}");
}

#[test]
fn functions_for_tests() {
    assert_eq!(out(&rotifer(&["--expose-gc", "-p", "gc()"])), "undefined\n");
    assert_eq!(out(&rotifer(&["-p", "typeof gc + typeof $262"])), "undefinedundefined\n");
    assert_eq!(out(&rotifer(&["--expose-test262", "-p", "$262.evalScript('1 + 1')"])), "2\n");
    assert_eq!(out(&rotifer(&["--gc-stress", "-p", "[3, 1, 2].sort().map(x => 'a' + x).join()"])), "a1,a2,a3\n");
    assert_eq!(
        out(&rotifer(&["--gc-stress=10", "-p", "JSON.stringify({ a: [1, { b: 'c' }] })"])),
        "{\"a\":[1,{\"b\":\"c\"}]}\n"
    );
}

#[test]
fn sizes_and_times() {
    let limit = |value: &str| {
        let text = err(&rotifer(&["--stats=json", &format!("--memory-limit={value}"), "-e", "1"]));
        text.strip_prefix("{\"limit_bytes\":").and_then(|t| t.split(',').next()).map(str::to_owned)
    };
    assert_eq!(limit("64k").as_deref(), Some("65536"));
    assert_eq!(limit("8m").as_deref(), Some("8388608"));
    assert_eq!(limit("100000").as_deref(), Some("100000"));
    assert_eq!(limit("1g").as_deref(), Some("1073741824"));
    let code = |args: &[&str]| rotifer(args).status.code();
    for wrong in
        ["--memory-limit=", "--memory-limit=-1", "--memory-limit=1x", "--stack-size=a", "--fuel=a", "--fuel=-1"]
    {
        assert_eq!(code(&[wrong, "-e", "1"]), Some(2), "{wrong}");
    }
    for wrong in ["--timeout=", "--timeout=x", "--timeout=-1", "--stats=xml", "--gc-stress=x", "--gc-stress=-1"] {
        assert_eq!(code(&[wrong, "-e", "1"]), Some(2), "{wrong}");
    }
    for wrong in [&["-e"][..], &["-p"], &["-I"], &["-e", "1", "-p", "1"], &["--load-image"], &["--save-image"]] {
        assert_eq!(code(wrong), Some(2), "{wrong:?}");
    }
    assert_eq!(code(&["--timeout=5", "-e", "1"]), Some(0));
    assert_eq!(code(&["--timeout=0.05", "-e", "for (;;);"]), Some(6));
    assert_eq!(code(&["--memory-limit=20000g", "-e", "1"]), Some(2));
}

#[test]
fn a_smaller_stack() {
    let depth = |args: &[&str]| {
        let source = "var n = 0; function f() { n++; f() } try { f() } catch (e) { } print(n)";
        let o = rotifer(&[args, &["-e", source]].concat());
        out(&o).trim().parse::<u32>().unwrap_or_else(|_| panic!("{}{}", out(&o), err(&o)))
    };
    let (small, usual) = (depth(&["--stack-size=16k"]), depth(&[]));
    assert!(small > 20 && small < usual / 4, "{small} {usual}");
}

#[test]
fn fuel_counts_the_same_each_time() {
    let run = || out(&rotifer(&["--fuel=5000", "-e", "var n = 0; for (;;) if (++n % 100 == 0) print(n)"]));
    let first = run();
    assert!(first.contains("1000\n"));
    assert_eq!(first, run());
}

#[test]
fn statistics_are_valid_json() {
    for extra in
        [&["-e", "var a = []; for (var i = 0; i < 1e4; i++) a.push({ i })"][..], &["-e", "throw 1"], &["-p", "1"]]
    {
        let o = rotifer(&[&["--stats=json"], extra].concat());
        let text = err(&o);
        let json = text.lines().find(|l| l.starts_with('{')).expect("a line of JSON");
        let file = File::new("stats.json", json);
        let source = format!(
            "var s = {json}; JSON.stringify(JSON.parse({json:?})) === JSON.stringify(s) && s.used_bytes > 0 && s.kinds.length > 0"
        );
        assert_eq!(out(&rotifer(&["-p", &source])), "true\n", "{json} {}", file.path());
    }
}

#[test]
fn includes_come_in_order() {
    let (a, b) = (File::new("ia.js", "var log = ['a']"), File::new("ib.js", "log.push('b')"));
    let main = File::new("ic.js", "log.push('c'); print(log)");
    let o = rotifer(&["-I", a.path(), "--include", b.path(), main.path()]);
    assert_eq!(out(&o), "a,b,c\n", "{}", err(&o));
    assert_eq!(rotifer(&["-I", "/no/such/file.js", main.path()]).status.code(), Some(2));
    let bad = File::new("id.js", "let = 1 +");
    assert_eq!(rotifer(&["-I", bad.path(), main.path()]).status.code(), Some(3));
}

#[test]
fn standard_input_can_fail_too() {
    assert_eq!(with_input(&[], "").status.code(), Some(0));
    assert_eq!(with_input(&[], "let let = 1").status.code(), Some(3));
    let o = with_input(&[], "\nnull.x");
    assert_eq!(o.status.code(), Some(1));
    assert!(err(&o).contains("<stdin>:2:"), "{}", err(&o));
    assert_eq!(out(&with_input(&["-m"], "print(1)")), "1\n");
}

#[test]
fn interactive_goes_on_after_errors() {
    let input = "function f(a) {\n  if (a) {\n    return 'yes'\n  }\n}\nf(1)\nlet x = \nthrow_this\nlet = ;\nthrow new TypeError('t')\nvar g = [\n1,\n2]\ng.length\n`a\n`\nconst c = 1; c\nfor (;;) { break }\n(() => { for (;;); })\nPromise.resolve(4).then(print)\n";
    let o = with_input(&["-i"], input);
    assert_eq!(o.status.code(), Some(0));
    let (text, errors) = (out(&o), err(&o));
    for expected in ["'yes'", "2\n", "\"a\\n\"", "1\n", "4\n"] {
        assert!(text.contains(expected), "{expected} in {text} {errors}");
    }
    for expected in ["ReferenceError", "SyntaxError", "TypeError: t"] {
        assert!(errors.contains(expected), "{expected} in {errors}");
    }
    let file = File::new("before.js", "var before = 41");
    assert_eq!(out(&with_input(&["-i", file.path()], "before + 1\n")), "42\n");
    // A limit ends what runs, not the session.
    let o = with_input(&["-i", "--memory-limit=200k"], "var a = []; for (;;) a.push({})\n1 + 1\n");
    assert_eq!(out(&o), "2\n", "{}", err(&o));
    assert!(err(&o).contains("out of memory"), "{}", err(&o));
}

/// The memory for a script's text counts as well.
#[test]
fn files_larger_than_the_memory() {
    let file = File::new("large.js", &"x = 1;\n".repeat(1 << 20));
    let o = rotifer(&["--memory-limit=1m", file.path()]);
    assert_eq!(o.status.code(), Some(4), "{}", err(&o));
    let o = rotifer(&["--memory-limit=1m", "-I", file.path(), "-e", "1"]);
    assert_eq!(o.status.code(), Some(4), "{}", err(&o));
    #[cfg(unix)]
    assert_eq!(rotifer(&["--memory-limit=1m", "/dev/zero"]).status.code(), Some(4));
}
