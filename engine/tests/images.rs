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
