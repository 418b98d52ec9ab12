//! Scope analysis: what it says about bindings and references.

use std::fmt::Write;
use std::mem::MaybeUninit;

use rotifer::stack_guard::StackGuard;
use rotifer::syntax::ast::{Ast, FunctionId, FunctionLiteral};
use rotifer::syntax::{ParseOptions, Text, parse_function_at, parse_module, parse_script};
use rotifer_arena::Scratch;

/// Bindings as `name:Kind` with `c` captured, `a` assigned, `t` needs a hole, one scope after the other.
fn describe(ast: &Ast<'_>) -> String {
    let mut out = String::new();
    let mut last = None;
    let mut lines: Vec<(usize, String)> = Vec::new();
    for index in 0..ast.binding_count() {
        let id = rotifer::syntax::scope::BindingId(index as u32);
        let binding = ast.binding(id);
        let scope = binding.scope().unwrap();
        let mut text = format!("{}:{:?}", ast.name_text(binding.name()), binding.kind());
        for (on, letter) in [(binding.is_captured(), 'c'), (binding.is_assigned(), 'a'), (binding.needs_hole(), 't')] {
            if on {
                text.push(if text.contains('/') { letter } else { '/' });
                if text.ends_with('/') {
                    text.push(letter);
                }
            }
        }
        lines.push((scope.index(), text));
    }
    lines.sort_by_key(|line| line.0);
    for (scope, text) in lines {
        if last != Some(scope) {
            let id = ast_scope(ast, scope);
            write!(out, "{}{id}", if last.is_some() { " " } else { "" }).unwrap();
            last = Some(scope);
        }
        write!(out, " {text}").unwrap();
    }
    out
}

fn ast_scope(ast: &Ast<'_>, index: usize) -> String {
    (0..ast.binding_count())
        .map(|binding| *ast.binding(rotifer::syntax::scope::BindingId(binding as u32)))
        .find(|binding| binding.scope().unwrap().index() == index)
        .map_or(String::new(), |binding| {
            let scope = ast.scope(binding.scope().unwrap());
            let mut text = format!("{:?}", scope.kind());
            if scope.names_visible() {
                text.push('*');
            }
            if scope.may_grow() {
                text.push('+');
            }
            text
        })
}

fn in_region<T>(work: impl FnOnce(&Scratch<'_>, ParseOptions<'_>) -> T) -> T {
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
    let scratch = Scratch::new(&mut region);
    work(&scratch, ParseOptions::new(StackGuard::with_room(512 << 10)))
}

fn script(source: &str) -> String {
    in_region(|scratch, options| describe(&parse_script(Text::Latin1(source.as_bytes()), scratch, options).unwrap()))
}

fn module(source: &str) -> String {
    in_region(|scratch, options| describe(&parse_module(Text::Latin1(source.as_bytes()), scratch, options).unwrap()))
}

/// The first function of the script, or the first in that, and so on.
fn function(source: &str, path: &[u32]) -> (String, FunctionLiteral) {
    let text = Text::Latin1(source.as_bytes());
    let mut literal: Option<FunctionLiteral> = None;
    let mut description = String::new();
    for &index in path {
        literal = Some(in_region(|scratch, options| {
            let ast = match &literal {
                None => parse_script(text, scratch, options).unwrap(),
                Some(literal) => parse_function_at(text, scratch, options, literal).unwrap(),
            };
            *ast.function(FunctionId(index))
        }));
    }
    let literal = literal.unwrap();
    let literal = in_region(|scratch, options| {
        let ast = parse_function_at(text, scratch, options, &literal).unwrap();
        description = describe(&ast);
        ast.root().function
    });
    (description, literal)
}

fn first(source: &str) -> String {
    function(source, &[0]).0
}

#[test]
fn captures_and_assignments() {
    assert_eq!(
        first("function f(a, b) { var c = a; let d = 1; const e = 2; d = 3; return () => b + d }"),
        "Function a:Param b:Param/c c:Var/a d:Let/ca e:Const"
    );
    assert_eq!(first("function f(a) { a++ }"), "Function a:Param/a");
    assert_eq!(first("function f(a) { return function() { return function() { a = 1 } } }"), "Function a:Param/ca");
    assert_eq!(first("function f(a) { return function(a) { return a } }"), "Function a:Param");
    assert_eq!(first("function f(x) { ({ x } = 1); [x] = 2 }"), "Function x:Param/a");
    assert_eq!(first("function f(x) { for (x of y); }"), "Function x:Param/a");
}

#[test]
fn dead_zones() {
    assert_eq!(first("function f() { let x; x; }"), "Function x:Let");
    assert_eq!(first("function f() { x; let x; }"), "Function x:Let/t");
    assert_eq!(first("function f() { let x = x; }"), "Function x:Let/t");
    assert_eq!(first("function f() { let x; return () => x; }"), "Function x:Let/c");
    assert_eq!(first("function f() { g(() => x); let x; }"), "Function x:Let/ct");
    assert_eq!(first("function f() { let x; function g() { x } }"), "Function x:Let/ct g:Function");
    assert_eq!(first("function f() { switch (1) { case 0: let x; case 1: x } }"), "Switch x:Let/t");
    assert_eq!(first("function f() { for (let x of x); }"), "For x:Let/t");
    assert_eq!(first("function f() { for (let x of []) x; }"), "For x:Let");
    assert_eq!(first("function f() { for (let i = 0; i < 3; i++) g(() => i) }"), "For i:Let/ca");
    assert_eq!(first("function f(a = b, b) {}"), "Function a:Param b:Param/t");
    assert_eq!(first("function f(a, b = a) {}"), "Function a:Param b:Param");
}

#[test]
fn arrow_parameters_own_their_references() {
    assert_eq!(
        first("function f(x, y) { return (a = x, { b = a } = {}) => a + b + y }"),
        "Function x:Param/c y:Param/c"
    );
    assert_eq!(first("function f(a) { return (a, b) => a }"), "Function a:Param");
    assert_eq!(first("function f(a) { return (a, b); }"), "Function a:Param");
    assert_eq!(first("function f(a) { return async (a) }"), "Function a:Param");
    assert_eq!(first("function f(a) { return async (a) => a }"), "Function a:Param");
    assert_eq!(first("function f(a, c) { return ([a, [c = a]]) => c }"), "Function a:Param c:Param");
    assert_eq!(function("let f = (a, b = () => a) => b", &[0]).0, "Function a:Param/c b:Param");
}

#[test]
fn hidden_bindings() {
    assert_eq!(first("function f() { return this }"), "");
    assert_eq!(first("function f() { return () => this }"), "Function this:Implicit/c");
    assert_eq!(first("function f() { return (a = this) => a }"), "Function this:Implicit/c");
    assert_eq!(first("function f() { return () => () => arguments[0] }"), "Function arguments:Implicit/c");
    assert_eq!(first("function f() { return arguments.length }"), "Function arguments:Implicit");
    assert_eq!(first("function f(arguments) { return arguments }"), "Function arguments:Param");
    assert_eq!(first("function f() { var arguments; return arguments }"), "Function arguments:Implicit");
    assert_eq!(first("function f() { return () => new.target }"), "Function new.target:Implicit/c");
    assert_eq!(first("({ m() { return () => super.x } })"), "Function this:Implicit/c super.property:Implicit/c");
    assert_eq!(first("function f() { return function() { return this + arguments } }"), "");
}

#[test]
fn reading_arguments_only() {
    let read_only = |body: &str| function(&format!("function f(a) {{ {body} }}"), &[0]).1.flags.arguments_only_read();
    assert!(read_only("return arguments.length + arguments[0]"));
    assert!(read_only("return g.apply(this, arguments)"));
    assert!(!read_only("arguments[0] = 1"));
    assert!(!read_only("arguments[0]++"));
    assert!(!read_only("arguments[0]()"));
    assert!(!read_only("delete arguments[0]"));
    assert!(!read_only("g(arguments)"));
    assert!(!read_only("arguments.length = 2"));
    assert!(!read_only("return () => arguments[0]"));
    assert!(!read_only("return (a = arguments[0]) => a"));
    assert!(!read_only("[arguments[0]] = [1]"));
    assert!(!read_only("for (arguments[0] in x);"));
    let assigned = |body: &str| function(&format!("function f(a) {{ {body} }}"), &[0]).1.flags.parameter_assigned();
    assert!(assigned("a = 1") && assigned("() => a++") && assigned("function a() {}") && assigned("[a] = x"));
    assert!(!assigned("var b = a; () => a"));
    assert!(assigned("eval('a = 1')"));
}

#[test]
fn eval_and_with() {
    assert_eq!(
        first("function f(a) { let b; eval(c) }"),
        "Function*+ a:Param/ca b:Let/cat this:Implicit/ca new.target:Implicit/ca arguments:Implicit/ca"
    );
    assert_eq!(
        first("function f(a) { 'use strict'; { let b; g(() => eval(c)) } }"),
        "Function* a:Param/ca this:Implicit/ca new.target:Implicit/ca arguments:Implicit/ca Block* b:Let/cat"
    );
    assert_eq!(first("function f(a, b) { with (b) { a } }"), "Function* a:Param/c b:Param");
    assert_eq!(
        first("function f(a, b) { with (b) { let c; c; var d = 1 } }"),
        "Function* a:Param b:Param d:Var/ca Block c:Let"
    );
}

#[test]
fn functions_in_blocks() {
    assert_eq!(first("function f() { { function g() {} } }"), "Function g:Var/a Block g:Function");
    assert_eq!(first("function f() { 'use strict'; { function g() {} } }"), "Block g:Function");
    assert_eq!(first("function f(g) { { function g() {} } }"), "Function g:Param Block g:Function");
    assert_eq!(first("function f() { let g; { function g() {} } }"), "Function g:Let Block g:Function");
    assert_eq!(first("function f() { { function g() {} } let g; }"), "Function g:Let Block g:Function");
    assert_eq!(first("function f() { { let g; { function g() {} } } }"), "Block g:Let Block g:Function");
    assert_eq!(
        first("function f() { try {} catch (g) { { function g() {} } } }"),
        "Function g:Var/a Catch g:CatchSimple Block g:Function"
    );
    assert_eq!(
        first("function f() { try {} catch ({ g }) { { function g() {} } } }"),
        "Catch g:CatchPattern Block g:Function"
    );
    assert_eq!(first("function f() { function g() {} { function g() {} } }"), "Function g:Function/a Block g:Function");
}

#[test]
fn parameter_scopes() {
    assert_eq!(first("function f(a, b = a) { var a; let c; }"), "Function a:Param b:Param FunctionBody a:Var c:Let");
    assert_eq!(first("function f(a, b = () => a) { var a; a = 1 }"), "Function a:Param/c b:Param FunctionBody a:Var/a");
    assert_eq!(first("function f(a) { var a = 1; }"), "Function a:Param/a");
    assert_eq!(first("(function f() { f })"), "FunctionName f:FunctionName");
    assert_eq!(first("(function f() { g(() => f) })"), "FunctionName f:FunctionName/c");
    assert_eq!(first("(function f(f) { f })"), "FunctionName f:FunctionName Function f:Param");
}

#[test]
fn classes() {
    assert_eq!(
        first("function f() { class A { #x = 1; [k] = 2; m() { return this.#x + A } } }"),
        "Function A:Class Class A:Class/ct ClassBody #x:Private/c [0]:ComputedKey/c"
    );
    let (_, fields) = function("class A { static s = 1; static { var v; this.x = v } y = 2 }", &[1]);
    assert_eq!(fields.kind, rotifer::syntax::ast::FunctionKind::StaticElements);
}

#[test]
fn top_levels() {
    assert_eq!(script("var a; let b; function c() { b }"), "Global a:Var b:Let/ct c:Function");
    assert_eq!(
        module("import d, { e } from 'x'; export let a = 1; export default function() {} a"),
        "Module d:Import e:Import a:Let/ct *default*:Function/c"
    );
}
