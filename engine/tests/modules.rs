//! Modules that are delivered later.

use std::collections::HashMap;

use rotifer::{Isolate, Limits, Load, ModuleLoader};

/// Knows only how names are made.
struct Remote;

impl ModuleLoader for Remote {
    fn resolve(&mut self, specifier: &str, _: &str, _: &[(String, String)]) -> Result<String, String> {
        Ok(specifier.into())
    }

    fn load(&mut self, resolved: &str) -> Result<Load, String> {
        if resolved == "here" { Ok(b"export const here = 'at once';".to_vec().into()) } else { Ok(Load::Later) }
    }
}

fn isolate(stress: u32) -> Isolate {
    let mut js = Isolate::new(Limits::default()).unwrap();
    js.set_module_loader(Some(Box::new(Remote)));
    js.set_gc_stress(stress);
    js.run("var log = []", "setup.js").unwrap();
    js
}

fn log(js: &mut Isolate) -> String {
    js.eval_as("log.join()", "check.js").unwrap()
}

const GRAPH: &[(&str, &str)] = &[
    (
        "a",
        "import { b } from 'b'; import { here } from 'here'; import data from 'data' with { type: 'json' }; log.push('a', b, here, data.x); export const a = 1;",
    ),
    ("b", "import { c } from 'c'; import * as a from 'a'; export const b = 'b' + c(); log.push('b', typeof a);"),
    (
        "c",
        "import 'b'; import text from 'data' with { type: 'text' }; export function c() { return 'c' + text.length }",
    ),
    ("data", "{ \"x\": 7 }"),
    ("dynamic", "import { a } from 'a'; await null; export default a + 1;"),
];

/// Delivers what is asked for, the last first.
fn deliver(js: &mut Isolate, files: &HashMap<&str, &str>) -> usize {
    let mut rounds = 0;
    while let Some(name) = js.pending_modules().unwrap().pop() {
        let content = files.get(name.as_str()).map(|text| text.as_bytes().to_vec());
        assert!(js.finish_load(&name, content.ok_or_else(|| format!("cannot find '{name}'"))).unwrap());
        js.run_jobs().unwrap();
        rounds += 1;
    }
    rounds
}

#[test]
fn a_graph_arrives_piece_by_piece() {
    for stress in [0, 1] {
        let mut js = isolate(stress);
        js.eval_module(
            "import { a } from 'a'; log.push('main', a); import('dynamic').then(m => log.push(m.default));",
            "main",
        )
        .unwrap();
        assert_eq!(js.pending_modules().unwrap(), ["a"]);
        assert_eq!(deliver(&mut js, &GRAPH.iter().copied().collect()), 6);
        assert_eq!(log(&mut js), "b,object,a,bc10,at once,7,main,1,2");
        assert!(js.take_unhandled_rejections().unwrap().is_empty());
    }
}

#[test]
fn an_image_still_waits() {
    let files: HashMap<&str, &str> = GRAPH.iter().copied().collect();
    let mut js = isolate(0);
    js.eval_module("import { a } from 'a'; log.push('main', a)", "main").unwrap();
    js.finish_load("a", Ok(files["a"].into())).unwrap();
    js.run_jobs().unwrap();
    let image = js.save_image().unwrap();
    let mut js = Isolate::load_image(&image, Limits::default()).unwrap();
    js.set_module_loader(Some(Box::new(Remote)));
    assert_eq!(js.pending_modules().unwrap(), ["b", "data"]);
    deliver(&mut js, &files);
    assert_eq!(log(&mut js), "b,object,a,bc10,at once,7,main,1");
}

#[test]
fn what_does_not_come_fails_its_importers_and_can_be_tried_again() {
    let mut js = isolate(1);
    js.run(
        "import('x').catch(e => log.push(e.name, e.message)); import('y').catch(e => log.push('y ' + e.message))",
        "a.js",
    )
    .unwrap();
    js.run_jobs().unwrap();
    assert!(js.finish_load("y", Ok(b"import { x } from 'x'; log.push(x)".to_vec())).unwrap());
    js.run_jobs().unwrap();
    assert_eq!(js.pending_modules().unwrap(), ["x"]);
    assert!(js.finish_load("x", Err("no network".into())).unwrap());
    js.run_jobs().unwrap();
    assert_eq!(log(&mut js), "TypeError,no network,y no network");
    // Nobody waits any more, and nothing is kept.
    assert!(!js.finish_load("x", Ok(Vec::new())).unwrap());
    js.run("log = []; import('y').then(() => log.push('done'))", "a.js").unwrap();
    js.run_jobs().unwrap();
    assert_eq!(js.pending_modules().unwrap(), ["x"]);
    js.finish_load("x", Ok(b"export const x = 'second try'".to_vec())).unwrap();
    js.run_jobs().unwrap();
    assert_eq!(log(&mut js), "second try,done");
}

#[test]
fn broken_content_is_an_error_of_the_importer() {
    let mut js = isolate(1);
    js.eval_module("import 'x'", "main").unwrap();
    js.finish_load("x", Ok(b"let a = = 1".to_vec())).unwrap();
    js.run_jobs().unwrap();
    let errors = js.take_unhandled_rejections().unwrap();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].to_string().starts_with("SyntaxError"), "{}", errors[0]);
    js.run("import('z', { with: { type: 'json' } }).catch(e => log.push(e.name))", "a.js").unwrap();
    js.run_jobs().unwrap();
    js.finish_load("z", Ok(b"{".to_vec())).unwrap();
    js.run_jobs().unwrap();
    assert_eq!(log(&mut js), "SyntaxError");
}
