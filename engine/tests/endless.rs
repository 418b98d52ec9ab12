//! Scripts that take memory without end, under every small limit: each ends with its typed error, and the isolate goes on.

use rotifer::{Error, Isolate, Limits};

/// Each ends with "out of memory" under any limit up to a megabyte, and lets go of what it holds when it does.
const PROGRAMS: &[&str] = &[
    "var a = []; for (;;) a.push({})",
    "var a = []; for (;;) a.push([1, 2, 3])",
    "var a = []; for (;;) a.push(1.5)",
    "var a = []; for (;;) a.unshift('x' + a.length)",
    "var a = [1]; for (;;) a = [...a, ...a]",
    "var a = [1]; for (;;) a = a.concat(a)",
    "var a = 'x'; for (;;) a += a",
    "var a = 'x'; for (;;) { a += a; a.charCodeAt(0) }",
    "var a = ''; for (;;) a = a + 'abc' + a.length",
    "var a = 'x'; for (;;) a = `${a}-${a}`",
    "var a = 'ab'; for (;;) a = a.replace(/a/g, 'aab')",
    "var a = 'a,b'; for (;;) a = (a + ',' + a).split(',').join(',')",
    "var a = '\\u20ac'; for (;;) { a += a; encodeURIComponent(a) }",
    "for (var n = 1; ; n *= 2) 'x'.padStart(n)",
    "var a = 'x'; for (;;) { a += a; a.toUpperCase().normalize('NFD') }",
    "var a = {}; for (var i = 0; ; i++) a['k' + i] = i",
    "for (var i = 0; ; i++) globalThis['k' + i] = i",
    "var a = null; for (;;) a = { a }",
    "var a = new Map(); for (var i = 0; ; i++) a.set(i, [i])",
    "var a = new Set(); for (var i = 0; ; i++) a.add('k' + i)",
    "var a = new WeakMap(), b = []; for (;;) { var o = {}; b.push(o); a.set(o, {}) }",
    "var a = []; for (;;) a.push(new WeakRef({}))",
    "var a = new FinalizationRegistry(function () {}), b = []; for (;;) { var o = {}; b.push(o); a.register(o, 1) }",
    "var a = []; for (;;) a.push(function () { return a })",
    "var a = null; for (;;) a = (function (b) { return function () { return b } })(a)",
    "var a = []; for (;;) a.push(() => a)",
    "var a = () => 1; for (;;) a = a.bind(1)",
    "var a = []; for (var i = 0; ; i++) { var o = {}; Object.defineProperty(o, 'x', { get() { return i } }); a.push(o) }",
    "var a = []; for (;;) a.push({ get x() { return 1 }, set x(v) {} })",
    "var a = []; function* g() { var x = [1]; yield x; yield 2 } for (;;) { var i = g(); i.next(); a.push(i) }",
    "var a = []; async function f() { await new Promise(function () {}) } for (;;) a.push(f())",
    "for (;;) Promise.resolve(1).then(function (x) { return x })",
    "var a = []; for (;;) a.push(new Promise(function () {}).then(function () {}))",
    "var a = []; for (;;) a.push(new Uint8Array(100))",
    "var a = []; for (;;) a.push(new DataView(new ArrayBuffer(64)))",
    "var a = []; class A { #x = 1; y = 2; m() {} } for (;;) a.push(new A)",
    "var a = []; for (;;) a.push(class { m() {} static s = 1 })",
    "var a = []; for (;;) a.push(new Date(1))",
    "var a = []; for (;;) a.push(new Error('x'))",
    "var a = []; for (var i = 0; ; i++) a.push(Symbol('s' + i))",
    "for (var i = 0; ; i++) Symbol.for('k' + i)",
    "var a = []; for (;;) a.push(/a(b)c/g)",
    "var a = []; for (var i = 0; ; i++) a.push(new RegExp('a{' + i + '}'))",
    "var a = '(a|b)'; for (;;) { a += a; new RegExp(a).test('ab') }",
    "var a = 'ab'; for (;;) { a += a; a.match(/./g) }",
    "var a = 'ab'; for (;;) { a += a; /(?:(a)|b)*$/.exec(a) }",
    "var a = {}; for (;;) a = new Proxy(a, {})",
    "var a = []; for (;;) a.push((function () { return arguments })(1, 2, 3))",
    "var a = []; for (;;) a.push([1].values())",
    "var a = { l: 1 }; for (;;) { a = { l: a, r: a }; JSON.stringify(a) }",
    "var a = '[1,{\"a\":2}]'; for (;;) { a = '[' + a + ',' + a + ']'; JSON.parse(a) }",
    "for (var i = 0; ; i++) globalThis['f' + i] = Function('return ' + i)",
    "var a = 'x=1;'; for (;;) { a += a; eval(a) }",
    "var a = '1+'; for (;;) { a += a; eval(a + '1') }",
    "var a = []; for (var i = 0; ; i++) a.push(eval('(function (a) { return a + ' + i + ' })'))",
    "for (var n = 1; ; n *= 2) Array(n).fill(1).sort(function (x, y) { return x - y })",
    "for (var n = 1; ; n *= 2) Object.groupBy(Array(n).fill(1), function (x, i) { return i })",
    "var a = []; for (var i = 0n; ; i++) a.push(2n ** 64n + i)",
    "var a = []; try { for (;;) a.push({}) } finally { for (;;) a.push({}) }",
    "var a = []; for (;;) { try { for (;;) a.push({}) } catch { a.push(1) } }",
    "var a; for (;;) a = { get b() { return a }, a };",
];

fn is_memory(source: &str, error: &Error) -> bool {
    match error {
        Error::OutOfMemory => true,
        // Some take quadratic time.
        Error::OutOfFuel => source.contains("unshift") || source.contains("exec"),
        // A small limit has a small stack, too.
        Error::StackOverflow => true,
        // A script under a megabyte cannot be that long, but these ask for too much at once.
        Error::Exception { name, .. } => &**name == "RangeError" && source.contains("Array"),
        _ => false,
    }
}

fn exhaust(source: &str, bytes: usize) -> Result<(), String> {
    let Ok(mut js) = Isolate::new(Limits::default().memory(bytes).fuel(Some(3_000_000))) else {
        return if bytes < 6 << 10 { Ok(()) } else { Err(format!("no isolate in {bytes} bytes")) };
    };
    let error = js.run(source, "endless.js").expect_err("it cannot end");
    js.set_fuel(None);
    let after = js.eval_as::<f64>("1+1", "after.js");
    if is_memory(source, &error) && after == Ok(2.0) {
        return Ok(());
    }
    Err(format!("{source} in {bytes} bytes: {error:?}, then {after:?}"))
}

fn all(sizes: &[usize]) {
    let failures: Vec<String> =
        PROGRAMS.iter().flat_map(|source| sizes.iter().filter_map(|&bytes| exhaust(source, bytes).err())).collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_kilobyte_up_to_64() {
    all(&(4..=64).map(|kib| kib << 10).collect::<Vec<_>>());
}

#[test]
fn larger_ones() {
    all(&[96, 192, 448].map(|kib| (kib << 10) + 8 * (kib % 7)));
}

#[test]
#[ignore = "takes longer"]
fn up_to_a_megabyte() {
    all(&[128, 256, 384, 512, 768, 1024].map(|kib| (kib << 10) + 8 * (kib % 7)));
}
