//! Programs and what they give.

use rotifer_jsvalue::string;

use crate::cx::{Cx, imm};
use crate::n;
use crate::{Isolate, Limits};

/// Runs a script and the jobs it leaves; gives its completion value, or what it threw, as text.
fn run(source: &str) -> String {
    let mut isolate = Isolate::new(Limits::default()).unwrap();
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

/// Modules by name.
struct Files(&'static [(&'static str, &'static str)]);

impl crate::ModuleLoader for Files {
    fn resolve(
        &mut self,
        specifier: &str,
        _referrer: &str,
        _attributes: &[(String, String)],
    ) -> Result<String, String> {
        Ok(specifier.into())
    }

    fn load(&mut self, resolved: &str) -> Result<crate::Load, String> {
        match self.0.iter().find(|f| f.0 == resolved) {
            Some(f) => Ok(f.1.as_bytes().to_vec().into()),
            None => Err(format!("cannot find module '{resolved}'")),
        }
    }
}

/// Runs the module `main`; gives what the global `log` holds then.
fn run_module(files: &'static [(&'static str, &'static str)]) -> String {
    let mut isolate = Isolate::new(Limits::default()).unwrap();
    isolate.set_module_loader(Some(Box::new(Files(files))));
    run_in(&mut isolate, "var log = []; import('main').catch(e => log.push(e.name + ': ' + e.message))");
    run_in(&mut isolate, "log.join()")
}

#[test]
fn modules() {
    let cases: &[(&'static [(&'static str, &'static str)], &str)] = &[
        (
            &[
                (
                    "main",
                    "import d, { a, inc as plus } from 'm'; import * as ns from 'm'; log.push(d, a); plus(); log.push(a, ns.a, Object.keys(ns).join('|'))",
                ),
                ("m", "export let a = 1; export function inc() { a++ } export default 'd'"),
            ],
            "d,1,2,2,a|default|inc",
        ),
        (
            &[
                ("main", "import { f } from 'b'; export function g() { return 'g' } log.push(f())"),
                ("b", "import { g } from 'main'; export function f() { return 'f' + g() } log.push('b')"),
            ],
            "b,fg",
        ),
        (
            &[
                ("main", "import { x } from 'b'; log.push(x); export const q = 1;"),
                ("b", "log.push('b1'); await null; export let x = await Promise.resolve(7); log.push('b2')"),
            ],
            "b1,b2,7",
        ),
        (&[("main", "import { nope } from 'b'"), ("b", "")], "SyntaxError: 'nope' is not exported"),
        (&[("main", "import 'zork'")], "TypeError: cannot find module 'zork'"),
        (
            &[
                (
                    "main",
                    "export * from 'b'; export * as c from 'b'; import * as me from 'main'; log.push(Object.keys(me), me.c.y, me[Symbol.toStringTag])",
                ),
                ("b", "export let y = 3, x = 4"),
            ],
            "c,x,y,3,Module",
        ),
        (
            &[
                (
                    "main",
                    "import j from 'j' with { type: 'json' }; import t from 'j' with { type: 'text' }; log.push(j.a, t)",
                ),
                ("j", "{\"a\":5}"),
            ],
            "5,{\"a\":5}",
        ),
        (
            &[
                (
                    "main",
                    "log.push(typeof import.meta, import.meta.url); const n = await import('b'); log.push(n.v, n.default)",
                ),
                ("b", "export const v = 9; export default class {}"),
            ],
            "object,main,9,class {}",
        ),
        (
            &[
                ("main", "import 'b'; export let v = 1"),
                ("b", "import { v } from 'main'; try { v } catch (e) { log.push(e.name) }"),
            ],
            "ReferenceError",
        ),
        (
            &[
                (
                    "main",
                    "try { await import('b') } catch (e) { log.push(e) } try { await import('b') } catch (e) { log.push(e) }",
                ),
                ("b", "throw 'boom'"),
            ],
            "boom,boom",
        ),
        (
            &[
                (
                    "main",
                    "import * as ns from 'b'; try { ns.x = 1 } catch (e) { log.push(e.name) } log.push(Reflect.set(ns, 'x', 2), delete ns.zzz, 'x' in ns, Object.isFrozen(ns))",
                ),
                ("b", "export var x"),
            ],
            "TypeError,false,true,true,false",
        ),
        (
            &[
                (
                    "main",
                    "import defer * as d from 'b'; log.push('main', d.then, d[Symbol.toStringTag]); log.push(d.x); try { d.y } catch (e) { log.push(e) } const e = await import.defer('b'); log.push(e === d, Object.keys(e))",
                ),
                ("b", "log.push('b'); export let x = 1; export function then() {}"),
            ],
            "main,,Deferred Module,b,1,true,x",
        ),
        (
            &[
                (
                    "main",
                    "import defer * as d from 'b'; log.push('main'); try { d.x } catch (e) { log.push(e.message) } import defer * as c from 'main'; try { c.x } catch (e) { log.push(e.name) }",
                ),
                ("b", "import 'c'; log.push('b'); throw Error('boom')"),
                ("c", "await 0; log.push('c')"),
            ],
            "c,main,b,boom,TypeError",
        ),
    ];
    let mut failed = 0;
    for (files, expected) in cases {
        let got = run_module(files);
        if got != *expected {
            failed += 1;
            eprintln!("{}\n   gives {got}\n  wanted {expected}\n", files[0].1);
        }
    }
    assert_eq!(failed, 0, "some cases fail");
}

/// Runs the file named by an environment variable: for trying things out.
#[test]
fn file() {
    if let Ok(path) = std::env::var("ROTIFER_TRY") {
        eprintln!("{}", run(&std::fs::read_to_string(path).unwrap()));
    }
}
