//! Limits: each ends with its own error, and the isolate goes on.

use std::time::{Duration, Instant};

use rotifer::{Error, Isolate, Limits};

fn goes_on(js: &mut Isolate) {
    js.set_fuel(None);
    js.set_timeout(None);
    js.cancel_handle().reset();
    assert_eq!(js.eval_as::<f64>("1+1", "after.js"), Ok(2.0));
}

#[test]
fn memory_in_small_blocks() {
    let programs = [
        "var a = []; for (;;) a.push({})",
        "var s = 'x'; for (;;) s += s",
        "var o = {}; for (var i = 0; ; i++) o['k' + i] = i",
        "var l = null; for (;;) l = { l }",
        "var m = new Map(); for (var i = 0; ; i++) m.set(i, [i])",
        "var f = []; for (;;) f.push(function () { return f })",
        "var b = []; for (;;) b.push(new Uint8Array(100))",
        "var t = ''; for (;;) t = t + 'abc' + t.length",
        "var n = 3n; for (;;) n *= n",
        "function f() { return [f(), f()] } f()",
        "for (var i = 0; ; i++) Function('return ' + i)",
        "[].push.apply([], { length: 1e6 })",
        "JSON.stringify(Array(1e5))",
        "eval('['.repeat(1e5))",
    ];
    for (i, source) in programs.into_iter().enumerate() {
        // The first ones in every size.
        for kib in (4..=64).step_by(if i < 4 { 1 } else { 6 }) {
            let Ok(mut js) = Isolate::new(Limits::default().memory(kib << 10).fuel(Some(20_000))) else {
                assert!(kib < 8, "no isolate in {kib} KiB");
                continue;
            };
            let error = js.run(source, "hungry.js").expect_err("it cannot end");
            assert!(
                error.is_limit() || matches!(&error, Error::Exception { name, .. } if &**name == "RangeError"),
                "{source} in {kib} KiB: {error:?}"
            );
            // What the script holds is let go first.
            js.run("for (var k of ['a','s','o','l','m','f','b','t','n']) globalThis[k] = 0", "free.js").ok();
            js.set_fuel(None);
            assert_eq!(js.eval_as::<f64>("1+1", "after.js"), Ok(2.0), "{source} in {kib} KiB");
        }
    }
}

#[test]
fn the_smallest_blocks_are_refused_or_work() {
    for bytes in (0..4096).step_by(8) {
        if let Ok(mut js) = Isolate::new(Limits::default().memory(bytes)) {
            match js.eval_as::<f64>("1+1", "a.js") {
                Ok(v) => assert_eq!(v, 2.0),
                Err(e) => assert!(e.is_limit(), "{bytes}: {e}"),
            }
        }
    }
}

#[test]
fn fuel_is_deterministic() {
    let run = || {
        let mut js = Isolate::new(Limits::default().fuel(Some(100_000))).unwrap();
        let error = js.run("var n = 0; for (;;) n++", "loop.js").unwrap_err();
        assert_eq!(error, Error::OutOfFuel);
        js.set_fuel(None);
        let n = js.eval_as::<f64>("n", "a.js").unwrap();
        goes_on(&mut js);
        n
    };
    let first = run();
    assert!(first > 1000.0);
    assert_eq!(first, run());
}

#[test]
fn fuel_cannot_be_caught() {
    let mut js = Isolate::new(Limits::default().fuel(Some(10_000))).unwrap();
    let error = js.run("for (;;) { try { for (;;); } catch { } finally { continue } }", "loop.js").unwrap_err();
    assert_eq!(error, Error::OutOfFuel);
    goes_on(&mut js);
}

#[test]
fn deadline() {
    for source in [
        "for (;;);",
        "for (;;) /^(a+)+$/.test('a'.repeat(40) + '!')",
        "Array(1e7).fill(0).sort(() => Math.random() - 0.5)",
        "function f() { f.x = f.x } for (;;) f()",
        "'x'.repeat(1e6).split('').map(x => x.charCodeAt()).sort().join().length; for (;;) JSON.stringify(Array(1e4).fill('abc'))",
        "for (;;) 3n ** 10000n",
    ] {
        let mut js =
            Isolate::new(Limits::default().memory(256 << 20).timeout(Some(Duration::from_millis(100)))).unwrap();
        let start = Instant::now();
        let error = js.run(source, "slow.js").unwrap_err();
        assert_eq!(error, Error::Deadline, "{source}");
        assert!(start.elapsed() < Duration::from_secs(5), "{source}: {:?}", start.elapsed());
        goes_on(&mut js);
    }
}

#[test]
fn cancellation() {
    let mut js = Isolate::new(Limits::default()).unwrap();
    let handle = js.cancel_handle();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        handle.cancel();
    });
    assert_eq!(js.run("for (;;);", "loop.js"), Err(Error::Cancelled));
    stopper.join().unwrap();
    goes_on(&mut js);
}

#[test]
fn stacks() {
    let recursions = [
        "function f() { f() } f()",
        "function f() { [1].map(f) } f()",
        "var o = { toString() { return '' + o } }; '' + o",
        "var a = []; a[0] = a; for (var i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)",
        "var p = {}; for (var i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x",
        "var b = () => 1; for (var i = 0; i < 1e5; i++) b = b.bind(); b()",
        "class A { get x() { return this.x } } new A().x",
        "new Function('('.repeat(1e5))",
        "eval('-'.repeat(2e5) + '1')",
        "eval('[['.repeat(1e5))",
        "eval('`${'.repeat(1e5))",
        "RegExp('('.repeat(1e5))",
        "JSON.parse('['.repeat(1e5))",
        "[].concat.apply([], Array(1e5).fill([1])).flat(Infinity).reduce(function r() { return r() })",
    ];
    for source in recursions {
        for stack in [None, Some(256 << 10)] {
            let run = move || {
                let mut js = Isolate::new(Limits::default().memory(64 << 20)).unwrap();
                if let Err(error) = js.run(source, "deep.js") {
                    let clear = error.is_limit()
                        || matches!(&error, Error::Exception { name, .. } if matches!(&**name, "RangeError" | "SyntaxError" | "TypeError"));
                    assert!(clear, "{source}: {error:?}");
                }
                goes_on(&mut js);
            };
            match stack {
                None => run(),
                Some(bytes) => std::thread::Builder::new().stack_size(bytes).spawn(run).unwrap().join().unwrap(),
            }
        }
    }
}

#[test]
fn stack_overflow_can_be_caught_and_is_told_apart() {
    let mut js = Isolate::new(Limits::default()).unwrap();
    assert_eq!(js.run("function f() { f() } f()", "deep.js"), Err(Error::StackOverflow));
    let caught = js.eval_as::<bool>("try { f() } catch (e) { e instanceof RangeError }", "deep.js");
    assert_eq!(caught, Ok(true));
    goes_on(&mut js);
}

#[test]
fn a_fresh_isolate_is_small() {
    let js = Isolate::new(Limits::default()).unwrap();
    assert!(js.stats().heap_bytes <= 4096, "{}", js.stats().heap_bytes);
}
