//! Snapshots of representative code, and everything the conformance suite has, compiled and verified.

use std::string::{String, ToString};
use std::vec::Vec;

use super::*;
use crate::bytecode::{Disassembly, ScopeDesc, verify};
use crate::syntax::SourceText;

/// The scopes around a function, outermost first, as the interpreter would have them.
#[derive(Clone, Default)]
struct Chain(Vec<(u16, Vec<(Vec<u16>, u32, BindingFlags)>)>);

impl OuterScopes for Chain {
    fn resolve(&self, name: Text<'_>) -> OuterBinding {
        for (depth, (flags, names)) in self.0.iter().rev().enumerate() {
            if let Some(&(_, slot, flags)) = names.iter().rev().find(|n| n.0.iter().copied().eq(name.units())) {
                return OuterBinding::Slot { depth: depth as u32, slot, flags };
            }
            if flags & (ScopeDesc::WITH | ScopeDesc::EVAL_VARS) != 0 && !is_never_dynamic(name) {
                return OuterBinding::Dynamic;
            }
        }
        OuterBinding::Global
    }
}

impl Chain {
    /// The chain for a function created in scope `scope` of `code`.
    fn inside(&self, ast: &Ast<'_>, code: &CompiledCode<'_>, mut scope: u32) -> Chain {
        let mut inner = Vec::new();
        while scope != OUTER_SCOPE {
            let desc = code.scopes[scope as usize];
            let names = code.scope_names[desc.names_start as usize..][..desc.names_len as usize]
                .iter()
                .map(|n| (ast.name_text(n.name).units().collect(), n.slot, n.flags))
                .collect();
            inner.push((desc.flags, names));
            scope = desc.parent;
        }
        let mut chain = self.clone();
        chain.0.extend(inner.into_iter().rev());
        chain
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Goal {
    Script,
    Module,
    Eval,
}

fn region(words: usize) -> Vec<core::mem::MaybeUninit<u64>> {
    let mut region = Vec::with_capacity(words);
    region.resize(words, core::mem::MaybeUninit::uninit());
    region
}

/// Compiles a source and all functions in it, verifying each, and hands every piece of code to `see`.
fn compile_all(source: &[u16], goal: Goal, see: &mut dyn FnMut(&Ast<'_>, &CompiledCode<'_>)) -> Result<bool, String> {
    let mut memory = region((1 << 20).max(source.len() * 2));
    let scratch = Scratch::new(&mut memory);
    let guard = StackGuard::with_room(1 << 20);
    let latin1: Option<Vec<u8>> = source.iter().map(|&unit| u8::try_from(unit).ok()).collect();
    let text = match &latin1 {
        Some(bytes) => SourceText::Latin1(bytes),
        None => SourceText::Utf16(source),
    };
    let options = crate::syntax::ParseOptions::new(guard);
    let parsed = match goal {
        Goal::Script => crate::syntax::parse_script(text, &scratch, options),
        Goal::Module => crate::syntax::parse_module(text, &scratch, options),
        Goal::Eval => crate::syntax::parse_eval(text, &scratch, options, &Default::default()),
    };
    let Ok(ast) = parsed else { return Ok(false) };
    let code = compile(&ast, &scratch, guard, &NoOuterScopes, ContextFlags(0)).map_err(|e| e.to_string())?;
    check(&ast, &code, &scratch, see)?;
    let mut work: Vec<(crate::bytecode::FunctionDesc, Chain)> = Vec::new();
    let add = |work: &mut Vec<_>, ast: &Ast<'_>, code: &CompiledCode<'_>, chain: &Chain| {
        for desc in code.functions.iter() {
            work.push((*desc, chain.inside(ast, code, desc.scope)));
        }
    };
    add(&mut work, &ast, &code, &Chain::default());
    drop((ast, code));
    while let Some((desc, chain)) = work.pop() {
        let mut memory = region((1 << 16).max((desc.literal.end - desc.literal.start) as usize * 4));
        let scratch = Scratch::new(&mut memory);
        if desc.context.has(ContextFlags::DEFAULT_CONSTRUCTOR) {
            let code =
                compile_default_constructor(&scratch, desc.literal.kind, desc.context).map_err(|e| e.to_string())?;
            verify(&code, &scratch).map_err(|e| std::format!("{e:?}"))?;
            continue;
        }
        let ast = crate::syntax::parse_function_at(text, &scratch, options, &desc.literal)
            .map_err(|e| std::format!("parsing {:?} again: {e:?}", desc.literal))?;
        let code = compile(&ast, &scratch, guard, &chain, desc.context).map_err(|e| e.to_string())?;
        check(&ast, &code, &scratch, see)?;
        add(&mut work, &ast, &code, &chain);
    }
    Ok(true)
}

fn check(
    ast: &Ast<'_>,
    code: &CompiledCode<'_>,
    scratch: &Scratch<'_>,
    see: &mut dyn FnMut(&Ast<'_>, &CompiledCode<'_>),
) -> Result<(), String> {
    see(ast, code);
    verify(code, scratch).map_err(|e| std::format!("{e:?}\n{}", Disassembly(code, Some(ast))))
}

fn show(source: &str) -> String {
    let units: Vec<u16> = source.encode_utf16().collect();
    let mut text = String::new();
    let parsed = compile_all(&units, Goal::Script, &mut |ast, code| {
        text.push_str(&Disassembly(code, Some(ast)).to_string());
        text.push('\n');
    });
    match parsed {
        Ok(true) => text,
        Ok(false) => panic!("does not parse: {source}"),
        Err(error) => panic!("{error}\nin {source}"),
    }
}

/// Each `snapshots/NAME.js` compiles to what `snapshots/NAME.txt` says. `ROTIFER_UPDATE_SNAPSHOTS=1` writes the texts anew.
#[test]
fn snapshots() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compiler/snapshots");
    let update = std::env::var_os("ROTIFER_UPDATE_SNAPSHOTS").is_some();
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        seen += 1;
        let text = show(&std::fs::read_to_string(&path).unwrap());
        let expected = path.with_extension("txt");
        if update {
            std::fs::write(&expected, &text).unwrap();
        } else {
            let known = std::fs::read_to_string(&expected).unwrap_or_default();
            assert_eq!(known, text, "{}", path.display());
        }
    }
    assert!(seen > 0);
}

/// Everything in the conformance suite compiles, and what comes out passes the verifier.
#[test]
fn suite_compiles() {
    let root = std::env::var("ROTIFER_TEST262").map_or_else(
        |_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test262"),
        std::path::PathBuf::from,
    );
    if !root.join("test").is_dir() {
        std::eprintln!("skipped: no conformance suite at {}", root.display());
        return;
    }
    let mut pending = std::vec![root.join("test/language"), root.join("test/annexB"), root.join("harness")];
    let (mut files, mut functions, mut words, mut failures) = (0, 0, 0, Vec::new());
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if path.extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        let goal = if text.contains("flags: [module") { Goal::Module } else { Goal::Script };
        let units: Vec<u16> = text.encode_utf16().collect();
        for goal in [goal, Goal::Eval] {
            let outcome = std::panic::catch_unwind(|| {
                let mut counts = (0, 0);
                let done = compile_all(&units, goal, &mut |_, code| {
                    counts.0 += 1;
                    counts.1 += code.words.len();
                });
                done.map(|_| counts)
            });
            match outcome {
                Ok(Ok((count, size))) => {
                    functions += count;
                    words += size;
                }
                Ok(Err(error)) => failures.push(std::format!("{}: {error}", path.display())),
                Err(_) => failures.push(std::format!("{}: panic", path.display())),
            }
        }
        files += 1;
    }
    std::println!("{files} files, {functions} functions, {words} words, {} failures", failures.len());
    for failure in failures.iter().take(12) {
        std::println!("{failure}");
    }
    assert!(failures.is_empty());
}

/// Deep and wide sources end with an answer or a clear error, on a small native stack.
#[test]
fn hostile_shapes() {
    let nested =
        |open: &str, middle: &str, close: &str, n: usize| std::format!("{}{middle}{}", open.repeat(n), close.repeat(n));
    let mut sources = Vec::new();
    for n in [60, 500, 5_000, 100_000] {
        for (open, middle, close) in [
            ("(", "1", ")"),
            ("[", "1", "]"),
            ("({a:", "1", "})"),
            ("f(", "1", ")"),
            ("f(a, b, ", "1", ")"),
            ("!", "a", ""),
            ("a => ", "a", ""),
            ("x = [", "x", "]"),
            ("1 + (", "x", ")"),
            ("a ? b : ", "c", ""),
            ("a ? ", "b", " : c"),
            ("`${", "a", "}`"),
            ("{", "", "}"),
            ("try { ", "f()", " } finally { g() }"),
            ("if (a) ", "b;", ""),
            ("if (a) b; else ", "c;", ""),
            ("for (const x of y) {", "x", "}"),
            ("class A extends (", "B", ") {}"),
            ("function f() {", "", "}"),
            ("a[", "0", "]"),
            ("a", "", ".b"),
            ("a", "", "(1)"),
            ("a + ", "a", ""),
            ("a, ", "a", ""),
            ("a && ", "a", ""),
            ("x ??= ", "a", ""),
            ("new ", "a", ""),
            ("[a = ", "1", "] = b"),
            ("yield: ", ";", ""),
        ] {
            sources.push((std::format!("{open}..{middle}..{close} {n}"), nested(open, middle, close, n)));
        }
    }
    sources.push((String::from("arguments"), std::format!("f({})", "1,".repeat(5_000))));
    sources.push((String::from("parameters"), {
        let list: Vec<String> = (0..1_000).map(|i| std::format!("p{i}")).collect();
        std::format!("function f({0}) {{ return p999 + p0 + arguments[3]; }} f({0})", list.join(","))
    }));
    sources.push((String::from("locals"), {
        let list: Vec<String> = (0..1_000).map(|i| std::format!("var v{i} = v{};", (i * 7) % 1_000)).collect();
        std::format!("function f() {{ {} v3 += v999; v998++; return () => v5 }}", list.join(""))
    }));
    sources.push((
        String::from("literal"),
        std::format!("x = [{}]; y = {{{}}}", "1,'a',".repeat(20_000), {
            let list: Vec<String> = (0..20_000).map(|i| std::format!("k{i}: k{i},")).collect();
            list.concat()
        }),
    ));
    let thread = std::thread::Builder::new().stack_size(256 * 1024);
    let work = move || {
        for (name, source) in sources {
            let mut memory = region(1 << 22);
            let scratch = Scratch::new(&mut memory);
            let guard = StackGuard::for_stack_of(256 * 1024);
            let options = crate::syntax::ParseOptions::new(guard);
            let parsed = crate::syntax::parse_script(SourceText::Latin1(source.as_bytes()), &scratch, options);
            let Ok(ast) = parsed else { continue };
            match compile(&ast, &scratch, guard, &NoOuterScopes, ContextFlags(0)) {
                Ok(code) => {
                    if let Err(error) = verify(&code, &scratch) {
                        panic!("{name}: {error:?}");
                    }
                }
                Err(CompileError::TooComplex(_)) => std::println!("too complex: {name}"),
                Err(_) => {}
            }
        }
    };
    thread.spawn(work).unwrap().join().unwrap();
}

/// Prints what `ROTIFER_COMPILE` compiles to (`ROTIFER_GOAL`: script, module or eval).
#[test]
fn playground() {
    let Ok(source) = std::env::var("ROTIFER_COMPILE") else { return };
    let goal = match std::env::var("ROTIFER_GOAL").as_deref() {
        Ok("module") => Goal::Module,
        Ok("eval") => Goal::Eval,
        _ => Goal::Script,
    };
    let units: Vec<u16> = source.encode_utf16().collect();
    let done = compile_all(&units, goal, &mut |ast, code| std::println!("{}", Disassembly(code, Some(ast))));
    std::println!("{done:?}");
}

/// Compiles every script in the folder `ROTIFER_COMPILE_DIR` and prints how long that took.
#[test]
fn folder_compiles() {
    let Some(folder) = std::env::var_os("ROTIFER_COMPILE_DIR") else { return };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let units: Vec<u16> = text.encode_utf16().collect();
        let (mut functions, mut words, mut constants, mut positions) = (0, 0, 0, 0);
        let start = std::time::Instant::now();
        let done = compile_all(&units, Goal::Script, &mut |_, code| {
            functions += 1;
            words += code.words.len();
            constants += code.constants.len();
            positions += code.positions.len();
        });
        std::println!(
            "{}: {done:?}, {} units, {functions} functions, {words} words, {constants} constants, {positions} position bytes, {:?}",
            path.display(),
            units.len(),
            start.elapsed()
        );
        assert!(done.is_ok());
    }
}
