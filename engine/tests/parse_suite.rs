//! Parses every file of the conformance suite's language parts and compares with what the suite expects.
//!
//! The suite is looked for in the directory that `ROTIFER_TEST262` names, or in `target/test262`.

use std::fs;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};

use rotifer::stack_guard::StackGuard;
use rotifer::syntax::{ParseError, ParseOptions, Text, ast::FunctionId, parse_function_at, parse_module, parse_script};
use rotifer_arena::Scratch;

fn suite() -> Option<PathBuf> {
    let named = std::env::var_os("ROTIFER_TEST262").map(PathBuf::from);
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test262");
    named.into_iter().chain([default]).find(|path| path.join("test/language").is_dir())
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "js")
            && !path.file_name().unwrap().to_string_lossy().contains("_FIXTURE")
        {
            found.push(path);
        }
    }
}

struct Meta {
    module: bool,
    only_strict: bool,
    no_strict: bool,
    raw: bool,
    fails: bool,
    /// Decorators are no part of the language yet.
    skip: bool,
}

fn meta(source: &str) -> Meta {
    let front =
        source.split_once("/*---").and_then(|(_, rest)| rest.split_once("---*/")).map_or("", |(front, _)| front);
    let flags = front.lines().find(|line| line.trim_start().starts_with("flags:")).unwrap_or("");
    Meta {
        module: flags.contains("module"),
        only_strict: flags.contains("onlyStrict"),
        no_strict: flags.contains("noStrict"),
        raw: flags.contains("raw"),
        fails: front.contains("phase: parse"),
        skip: front.contains("decorators"),
    }
}

fn with_source<T>(text: &str, work: impl FnOnce(Text<'_>) -> T) -> T {
    if text.chars().all(|c| (c as u32) < 256) {
        let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
        work(Text::Latin1(&bytes))
    } else {
        let units: Vec<u16> = text.encode_utf16().collect();
        work(Text::Utf16(&units))
    }
}

/// Parses the text and then, as a compiler would, every function in it again, down to the innermost.
fn parse(text: Text<'_>, module: bool, region: &mut [MaybeUninit<u64>]) -> Result<(), ParseError> {
    let options = ParseOptions::new(StackGuard::with_room(8 << 20));
    let scratch = Scratch::new(region);
    let ast = if module { parse_module(text, &scratch, options) } else { parse_script(text, &scratch, options) }?;
    let mut pending: Vec<_> = (0..ast.function_count()).map(|index| *ast.function(FunctionId(index as u32))).collect();
    drop(ast);
    while let Some(literal) = pending.pop() {
        let inner = parse_function_at(text, &scratch, options, &literal)
            .unwrap_or_else(|error| panic!("{literal:?} does not parse again: {error:?}"));
        let again = inner.root().function;
        assert_eq!((again.start, again.params, again.end), (literal.start, literal.params, literal.end));
        pending.extend((0..inner.function_count()).map(|index| *inner.function(FunctionId(index as u32))));
    }
    Ok(())
}

fn check(path: &Path, region: &mut [MaybeUninit<u64>]) -> Vec<String> {
    let Ok(source) = fs::read_to_string(path) else { return Vec::new() };
    let meta = meta(&source);
    let mut problems = Vec::new();
    if meta.skip {
        return problems;
    }
    let modes = if meta.module || meta.raw {
        vec![""]
    } else if meta.only_strict {
        vec!["\"use strict\";\n"]
    } else if meta.no_strict {
        vec![""]
    } else {
        vec!["", "\"use strict\";\n"]
    };
    for mode in modes {
        let text = format!("{mode}{source}");
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            with_source(&text, |text| {
                parse(text, meta.module, region).map_err(|error| match error {
                    ParseError::Syntax(error) => {
                        let (line, column) = error.line_and_column(text);
                        format!("{} at {line}:{column}", error.message)
                    }
                    other => other.to_string(),
                })
            })
        }));
        let mode = if mode.is_empty() { "" } else { " (strict)" };
        match result {
            Err(_) => problems.push(format!("{}{mode}: PANIC", path.display())),
            Ok(Ok(())) if meta.fails => problems.push(format!("{}{mode}: accepted", path.display())),
            Ok(Err(error)) if !meta.fails => problems.push(format!("{}{mode}: {error}", path.display())),
            Ok(_) => {}
        }
    }
    problems
}

#[test]
fn the_suite_parses_as_expected() {
    let Some(suite) = suite() else {
        eprintln!("skipped: no conformance suite in target/test262 or ROTIFER_TEST262");
        return;
    };
    let mut paths = Vec::new();
    files(&suite.join("test/language"), &mut paths);
    files(&suite.join("test/annexB"), &mut paths);
    paths.sort();
    let filter = std::env::var("ROTIFER_FILTER").unwrap_or_default();
    let worker = std::thread::Builder::new().stack_size(16 << 20).spawn(move || {
        let mut region = vec![MaybeUninit::<u64>::uninit(); 4 << 20];
        let total = paths.len();
        let mut problems = Vec::new();
        for path in paths {
            if path.to_string_lossy().contains(&filter) {
                problems.extend(check(&path, &mut region));
            }
        }
        (total, problems)
    });
    let (total, problems) = worker.unwrap().join().unwrap();
    // Bodies of regular expressions are checked elsewhere.
    let problems: Vec<_> = problems.into_iter().filter(|problem| !is_about_regexp(problem)).collect();
    for problem in &problems {
        println!("{problem}");
    }
    assert!(problems.is_empty(), "{} of {total} files differ", problems.len());
}

fn is_about_regexp(problem: &str) -> bool {
    problem.contains("literals/regexp/") && problem.ends_with("accepted")
        || problem.contains("literals/regexp/") && problem.contains("(strict): accepted")
}
