//! Eval code, the `Function` constructor, positions, views.

use std::mem::MaybeUninit;

use rotifer::stack_guard::StackGuard;
use rotifer::syntax::ast::{AssignOp, BinaryOp, Element, Expr, Pattern, PropertyKey, Resolution, Stmt};
use rotifer::syntax::{
    Ast, EvalContext, ParseError, ParseOptions, Text, parse_dynamic_function, parse_eval, parse_module, parse_script,
};
use rotifer_arena::Scratch;

fn with<T>(work: impl FnOnce(&Scratch<'_>, ParseOptions<'_>) -> T) -> T {
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 16];
    let scratch = Scratch::new(&mut region);
    work(&scratch, ParseOptions::new(StackGuard::with_room(512 << 10)))
}

fn latin1(text: &str) -> Text<'_> {
    Text::Latin1(text.as_bytes())
}

fn on_script(source: &str, work: impl FnOnce(&Ast<'_>)) {
    with(|scratch, options| work(&parse_script(latin1(source), scratch, options).unwrap()));
}

fn dynamic(parameters: &str, body: &str) -> Result<u32, ParseError> {
    let source = format!("function anonymous({parameters}\n) {{\n{body}\n}}");
    let start = "function anonymous(".len();
    let params = start as u32..(start + parameters.len()) as u32;
    let body_start = (start + parameters.len() + "\n) {\n".len()) as u32;
    let range = body_start..body_start + body.len() as u32;
    with(|scratch, options| {
        parse_dynamic_function(latin1(&source), params, range, scratch, options).map(|ast| ast.root().function.length)
    })
}

#[test]
fn function_constructor() {
    assert_eq!(dynamic("a, b", "return a + b"), Ok(2));
    assert_eq!(dynamic("", ""), Ok(0));
    assert_eq!(dynamic("a // note", "return a"), Ok(1));
    assert_eq!(dynamic("a = function (x) { return x }, b", "return a"), Ok(0));
    assert_eq!(dynamic("", "-->"), Ok(0));
    for (parameters, body) in [
        ("/*", "*/) {"),
        (") { }, function (", ""),
        ("", "}, function () {"),
        ("", "} //"),
        ("a) { return 1 }; (b", ""),
        ("", "super.x"),
        ("a, a", "'use strict'"),
        ("a = 1", "'use strict'"),
        ("", "/*"),
    ] {
        assert!(matches!(dynamic(parameters, body), Err(ParseError::Syntax(_))), "{parameters} | {body}");
    }
}

#[test]
fn eval_contexts() {
    let accepts = |source: &str, context: EvalContext<'_>| {
        with(|scratch, options| parse_eval(latin1(source), scratch, options, &context).is_ok())
    };
    let plain = EvalContext::default();
    for source in ["new.target", "super.x", "super()", "this.#x", "return", "await 1", "let a; let a", "import.meta"] {
        assert!(!accepts(source, plain), "{source}");
    }
    assert!(accepts("new.target", EvalContext { in_function: true, ..plain }));
    assert!(accepts("() => super.x", EvalContext { in_method: true, ..plain }));
    assert!(accepts("super()", EvalContext { in_derived_constructor: true, ..plain }));
    assert!(!accepts("arguments", EvalContext { in_class_field_initializer: true, ..plain }));
    assert!(!accepts("() => arguments", EvalContext { in_class_field_initializer: true, ..plain }));
    assert!(accepts("function f() { arguments }", EvalContext { in_class_field_initializer: true, ..plain }));
    assert!(!accepts("with (a) b", EvalContext { strict: true, ..plain }));
    let declared = |name: Text<'_>| name == *"#x";
    assert!(accepts("() => this.#x", EvalContext { private_names: Some(&declared), ..plain }));
    assert!(!accepts("() => this.#y", EvalContext { private_names: Some(&declared), ..plain }));
}

#[test]
fn eval_variables_are_dynamic() {
    with(|scratch, options| {
        let ast = parse_eval(latin1("var a; a; let b; b"), scratch, options, &EvalContext::default()).unwrap();
        let idents: Vec<_> = ast
            .list(ast.root().body)
            .filter_map(|id| match ast.stmt(id) {
                Stmt::Expression(value) => Some(ast.expr(value)),
                _ => None,
            })
            .collect();
        assert!(matches!(idents[0], Expr::Identifier(ident) if ident.resolution == Resolution::Dynamic));
        assert!(matches!(idents[1], Expr::Identifier(ident) if matches!(ident.resolution, Resolution::Binding(_))));
    });
}

#[test]
fn views() {
    on_script("a + b - 1 + c.d[2]; x ??= y; ({ 'k': v, [w]: z = 3, ...r } = q); `a${1}b`", |ast| {
        let mut statements = ast.list(ast.root().body).map(|id| match ast.stmt(id) {
            Stmt::Expression(value) => ast.expr(value),
            other => panic!("{other:?}"),
        });
        let Some(Expr::BinaryChain { rest, .. }) = statements.next() else { panic!() };
        let ops: Vec<_> = ast.chain(rest).map(|(op, _)| op).collect();
        assert_eq!(ops, [BinaryOp::Add, BinaryOp::Sub, BinaryOp::Add]);
        let Some(Expr::Assign { op, .. }) = statements.next() else { panic!() };
        assert!(matches!(op, AssignOp::Logical(_)));
        let Some(Expr::Assign { target, .. }) = statements.next() else { panic!() };
        let Pattern::Object(list) = ast.pattern(target) else { panic!() };
        let properties: Vec<_> = ast.list(list).map(|id| ast.property(id)).collect();
        assert!(matches!(properties[0].key, PropertyKey::Name(name) if ast.name_text(name) == *"k"));
        assert!(matches!(ast.element(properties[1].value), Element::Target(_, Some(_))));
        let Some(Expr::Template(id)) = statements.next() else { panic!() };
        let texts: Vec<_> = ast.template(id).map(|chunk| ast.name_text(chunk.raw).to_string()).collect();
        assert_eq!(texts, ["a", "b"]);
    });
    on_script(
        "0x1fffffffffffff1; 0b1; 1_0.5e1; .5; 123456789012345678901234567890; 017; 1e400; 0x10000000000000801; 0x10000000000000800",
        |ast| {
            let numbers: Vec<_> = ast
                .list(ast.root().body)
                .map(|id| match ast.stmt(id) {
                    Stmt::Expression(value) => ast.expr(value),
                    other => panic!("{other:?}"),
                })
                .collect();
            let expected =
                [0x1ff_ffff_ffff_fff1_u64 as f64, 1.0, 105.0, 0.5, 123_456_789_012_345_678_901_234_567_890.0, 15.0];
            for (number, expected) in numbers.iter().zip(expected) {
                assert_eq!(*number, Expr::Number(expected));
            }
            assert_eq!(numbers[6], Expr::Number(f64::INFINITY));
            assert_eq!(numbers[7], Expr::Number(18_446_744_073_709_555_712.0));
            assert_eq!(numbers[8], Expr::Number(18_446_744_073_709_551_616.0));
        },
    );
}

#[test]
fn modules() {
    with(|scratch, options| {
        let source = "import a, * as n from 'x' with { type: 'json' }; export * from 'y'; export { a as b };
            import defer * as d from 'x'; export default class {}";
        let ast = parse_module(latin1(source), scratch, options).unwrap();
        assert_eq!(ast.module_requests().len(), 3);
        assert_eq!(ast.module_attributes(&ast.module_requests()[0]).len(), 1);
        assert_eq!(ast.import_entries().len(), 3);
        assert_eq!(ast.export_entries().len(), 3);
    });
}

#[test]
fn errors_have_places() {
    with(|scratch, options| {
        let source = "let a;\r\nlet b;\n  let a;";
        let Err(ParseError::Syntax(error)) = parse_script(latin1(source), scratch, options) else { panic!() };
        assert_eq!(error.line_and_column(latin1(source)), (3, 7));
    });
}

fn resolutions(source: &str) -> Vec<Resolution> {
    let mut found = Vec::new();
    on_script(source, |ast| {
        for id in ast.list(ast.root().body) {
            let inner = match ast.stmt(id) {
                Stmt::With { body, .. } => body,
                _ => id,
            };
            if let Stmt::Expression(value) = ast.stmt(inner)
                && let Expr::Identifier(ident) = ast.expr(value)
            {
                found.push(ident.resolution);
            }
        }
    });
    found
}

#[test]
fn names_that_may_be_hidden_at_run_time() {
    assert!(matches!(
        resolutions("let b; with (a) b; with (a) c; b; c")[..],
        [Resolution::Dynamic, Resolution::Dynamic, Resolution::Binding(_), Resolution::Free]
    ));
    with(|scratch, options| {
        let source = latin1("function f() { eval(x); y }");
        let literal = *parse_script(source, scratch, options).unwrap().function(rotifer::syntax::ast::FunctionId(0));
        let ast = rotifer::syntax::parse_function_at(source, scratch, options, &literal).unwrap();
        let last = ast.list(ast.root().body).next_back().unwrap();
        let Stmt::Expression(value) = ast.stmt(last) else { panic!() };
        assert!(matches!(ast.expr(value), Expr::Identifier(ident) if ident.resolution == Resolution::Dynamic));
    });
}
