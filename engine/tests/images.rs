//! Images of isolates.

use rotifer::{Call, Error, ImageError, Isolate, Limits};

const SETUP: &str = "
    let n = 0;
    function next() { return ++n; }
    class Point { #x; constructor(x) { this.#x = x; } get x() { return this.#x; } }
    const key = { name: 'key' }, point = new Point(4);
    const map = new Map([[key, 'by object'], ['s', 1]]);
    const weak = new WeakMap([[key, 'weakly']]);
    const set = new Set([1, 'two', key]);
    const symbol = Symbol.for('shared');
    const text = 'rope' + 'x'.repeat(100) + '\\u20ac';
    const typed = new Float64Array([1.5, 2.5]);
    const date = new Date(86400000), re = /(\\d+)-(\\d+)/g, big = 2n ** 100n;
    Array.prototype.extra = function () { return this.length; };
    var log = [];
    Promise.resolve('job').then(v => log.push(v));
    next();
";

const CHECKS: &[(&str, &str)] = &[
    ("next()", "2"),
    ("point.x", "4"),
    ("map.get(key)", "by object"),
    ("weak.get(key)", "weakly"),
    ("set.has(key) && set.size", "3"),
    ("Symbol.for('shared') === symbol", "true"),
    ("text.length", "105"),
    ("typed[1]", "2.5"),
    ("date.toISOString()", "1970-01-02T00:00:00.000Z"),
    ("re.exec('a 12-34')[2]", "34"),
    ("big", "1267650600228229401496703205376"),
    ("[1, 2, 3].extra()", "3"),
    ("log.length", "0"),
];

fn check(js: &mut Isolate) {
    for (source, expected) in CHECKS {
        assert_eq!(
            js.eval_as::<String>(&format!("String({source})"), "check.js").as_deref(),
            Ok(*expected),
            "{source}"
        );
    }
    js.run_jobs().unwrap();
    assert_eq!(js.eval_as::<String>("log.join()", "check.js").as_deref(), Ok("job"));
}

fn set_up() -> Isolate {
    let mut js = Isolate::new(Limits::default()).unwrap();
    js.run(SETUP, "setup.js").unwrap();
    js
}

#[test]
fn everything_goes_on() {
    let image = set_up().save_image().unwrap();
    for memory in [64 << 10, 1 << 20, 64 << 20] {
        let mut js = Isolate::load_image(&image, Limits::default().memory(memory)).unwrap();
        check(&mut js);
        let mut js = Isolate::load_image(&image, Limits::default().memory(memory)).unwrap();
        js.set_gc_stress(1);
        check(&mut js);
    }
}

#[test]
fn forks_share_nothing() {
    let mut one = set_up();
    let mut two = one.fork().unwrap();
    check(&mut one);
    check(&mut two);
    one.run("n = 1000", "a.js").unwrap();
    assert_eq!(two.eval_as::<f64>("next()", "b.js"), Ok(3.0));
    assert_eq!(one.eval_as::<f64>("next()", "b.js"), Ok(1001.0));
}

#[test]
fn every_flipped_bit_is_found() {
    let image = set_up().save_image().unwrap();
    let mut damaged = image.clone();
    for at in 0..damaged.len() {
        let bit = 1 << (at % 8);
        damaged[at] ^= bit;
        assert!(Isolate::load_image(&damaged, Limits::default()).is_err(), "byte {at}");
        damaged[at] ^= bit;
    }
    for len in (0..image.len()).step_by(7) {
        assert!(Isolate::load_image(&image[..len], Limits::default()).is_err(), "cut at {len}");
    }
    damaged.push(0);
    assert_eq!(Isolate::load_image(&damaged, Limits::default()).err(), Some(ImageError::Damaged));
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut js = Isolate::new(Limits::default()).unwrap();
    js.run("var a = Array(10000).fill(1.5)", "a.js").unwrap();
    let image = js.save_image().unwrap();
    assert_eq!(Isolate::load_image(&image, Limits::default().memory(32 << 10)).err(), Some(ImageError::TooLarge));
    assert_eq!(Isolate::load_image(b"#!/bin/sh", Limits::default()).err(), Some(ImageError::NotAnImage));
    assert_eq!(Isolate::load_image(&[], Limits::default()).err(), Some(ImageError::NotAnImage));
}

#[test]
fn host_functions_come_back_by_name() {
    let mut js = Isolate::new(Limits::default()).unwrap();
    js.register("first", 0, |_: &mut Call<'_, '_>| 1).unwrap();
    js.register("second", 0, |_: &mut Call<'_, '_>| 2).unwrap();
    js.run("const kept = second; second = null; function use() { return kept() }", "a.js").unwrap();
    let image = js.save_image().unwrap();
    let mut js = Isolate::load_image(&image, Limits::default()).unwrap();
    assert!(matches!(js.eval("use()", "b.js"), Err(Error::Exception { .. })), "not registered yet");
    js.register("second", 0, |_: &mut Call<'_, '_>| 20).unwrap();
    assert_eq!(js.eval_as::<f64>("use()", "b.js"), Ok(20.0));
    assert_eq!(js.eval_as::<bool>("second === null", "b.js"), Ok(true));
}

#[test]
fn a_running_isolate_is_not_written() {
    let mut js = Isolate::new(Limits::default()).unwrap();
    js.register("save", 0, |call: &mut Call<'_, '_>| call.cx().save_image().is_err()).unwrap();
    assert_eq!(js.eval_as::<bool>("save()", "a.js"), Ok(true));
}

#[test]
fn an_image_of_an_image_is_the_same() {
    let image = set_up().save_image().unwrap();
    let again = Isolate::load_image(&image, Limits::default()).unwrap().save_image().unwrap();
    assert_eq!(image, again);
}

const SUSPENDED: &str = "
    var log = [];
    function* count(from) { try { for (let i = from; ; i++) log.push('got ' + (yield i)); } finally { log.push('closed ' + from); } }
    const generators = Array.from({ length: 10 }, (_, i) => count(i * 10));
    generators.forEach((g, i) => { for (let n = 0; n <= i; n++) g.next(n); });
    function* outer() { yield* [1, 2, 3]; const x = yield* inner(); yield x * 2; }
    function* inner() { yield 'inner'; return 21; }
    const delegating = outer();
    delegating.next(); delegating.next();
    let release, resume;
    (async function () {
        const local = { value: 'kept' };
        try { log.push(await new Promise(done => { release = done; }), local.value); }
        finally { log.push('finally'); }
    })();
    async function* ticks() { for (let i = 0; i < 3; i++) { await null; if (i == 1) await new Promise(done => { resume = done; }); yield i; } }
    (async () => { for await (const t of ticks()) log.push('tick ' + t); log.push('ticked'); })();
    const rejected = Promise.reject(new Error('kept')); rejected.catch(() => {});
    const settled = Promise.all([1, Promise.resolve(2)]);
    const bound = function (a, b) { return this.x + a + b; }.bind({ x: 1 }, 2);
    const proxy = new Proxy({}, { get: (_, key) => 'proxy ' + String(key) });
    const iterator = [1, 2, 3][Symbol.iterator](); iterator.next();
    const entries = new Map([['a', 1], ['b', 2]]).entries(); entries.next();
    const matches = 'a1b2'.matchAll(/\\d/g); matches.next();
    class Base { static #count = 7; static count() { return this.#count; } who() { return 'base'; } }
    class Derived extends Base { who() { return 'derived ' + super.who(); } }
    const shared = new WeakRef(generators);
    var evaluate = function () { var hidden = 5; return source => eval(source); }();
    function finish() {
        generators.forEach(g => g.return());
        release('released'); resume();
        return [delegating.next().value, delegating.next().value, delegating.next().value, delegating.next().done, bound(3),
            proxy.key, iterator.next().value, entries.next().value, matches.next().value[0], Base.count(), new Derived().who(),
            shared.deref() === generators, evaluate('hidden + 1')].join();
    }
";

#[test]
fn what_is_suspended_goes_on() {
    let run = |freeze: &[&str]| {
        let mut js = Isolate::new(Limits::default()).unwrap();
        let step = |js: &mut Isolate, name: &str| {
            if freeze.contains(&name) {
                let image = js.save_image().unwrap();
                *js = Isolate::load_image(&image, Limits::default().memory(2 << 20)).unwrap();
                js.set_gc_stress(7);
            }
        };
        step(&mut js, "fresh");
        js.run(SUSPENDED, "suspended.js").unwrap();
        step(&mut js, "before jobs");
        js.run_jobs().unwrap();
        step(&mut js, "after jobs");
        let direct = js.eval_as::<String>("finish()", "finish.js").unwrap();
        step(&mut js, "finished");
        js.run_jobs().unwrap();
        step(&mut js, "end");
        let later = js.eval_as::<String>("log.join()", "log.js").unwrap();
        (direct, later)
    };
    let plain = run(&[]);
    assert_eq!(plain.0, "3,inner,42,true,6,proxy key,2,b,2,2,7,derived base,true,6");
    assert!(plain.1.contains("released,kept,finally") && plain.1.ends_with("tick 2,ticked"), "{}", plain.1);
    for freeze in ["fresh", "before jobs", "after jobs", "finished", "end"] {
        assert_eq!(run(&[freeze]), plain, "frozen {freeze}");
    }
    assert_eq!(run(&["fresh", "before jobs", "after jobs", "finished", "end"]), plain);
}

#[test]
fn modules_go_on() {
    struct Two;
    impl rotifer::ModuleLoader for Two {
        fn resolve(&mut self, specifier: &str, _: &str, _: &[(String, String)]) -> Result<String, String> {
            Ok(specifier.to_owned())
        }
        fn load(&mut self, name: &str) -> Result<rotifer::Load, String> {
            match name {
                "counter" => {
                    Ok(b"import { step } from 'step'; export let n = 0; export function next() { n += step; return n }"
                        .to_vec()
                        .into())
                }
                "step" => Ok(b"export const step = 5; export default class { static who = 'step' }".to_vec().into()),
                _ => Err("no such module".into()),
            }
        }
    }
    let mut js = Isolate::new(Limits::default()).unwrap();
    js.set_module_loader(Some(Box::new(Two)));
    js.eval_module(
        "import { n, next } from 'counter'; import * as all from 'step'; globalThis.go = () => [next(), n, all.default.who].join();
         globalThis.later = () => import('counter').then(m => { globalThis.same = m.next === next; });
         go();",
        "main",
    )
    .unwrap();
    let image = js.save_image().unwrap();
    let mut js = Isolate::load_image(&image, Limits::default().memory(1 << 20)).unwrap();
    assert_eq!(js.eval_as::<String>("go()", "a.js").as_deref(), Ok("10,10,step"));
    // What is loaded stays loaded; nothing else can be without a loader.
    js.set_module_loader(Some(Box::new(Two)));
    js.run("later()", "a.js").unwrap();
    js.run_jobs().unwrap();
    assert_eq!(js.eval_as::<bool>("same", "a.js"), Ok(true));
    assert_eq!(js.eval_as::<String>("go()", "a.js").as_deref(), Ok("15,15,step"));
}

#[test]
fn images_do_not_keep_limits() {
    let mut js = Isolate::new(Limits::default().fuel(Some(100_000))).unwrap();
    js.run("var a = []; function fill() { for (;;) a.push({}) } function spin() { for (;;); }", "a.js").unwrap();
    let image = js.save_image().unwrap();
    let mut js = Isolate::load_image(&image, Limits::default().memory(100 << 10)).unwrap();
    assert_eq!(js.run("fill()", "a.js"), Err(Error::OutOfMemory));
    js.run("a = null", "a.js").unwrap();
    let mut js = Isolate::load_image(&image, Limits::default().fuel(Some(1000))).unwrap();
    assert_eq!(js.run("spin()", "a.js"), Err(Error::OutOfFuel));
}
