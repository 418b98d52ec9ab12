//! The Lisp of the examples: what it can, and what hostile programs cannot.

#![allow(dead_code, reason = "the command is not run here")]

#[path = "../examples/lisp.rs"]
mod lisp;

use lisp::{Error, Lisp, with_stack};

fn run(text: &str) -> Result<String, Error> {
    with_stack(|| Lisp::new(4 << 20)?.run(text))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(run(text).as_deref(), Ok(expected), "{text}");
}

#[test]
fn the_language() {
    check("(+ 1 2 (* 3 4))", "15");
    check("(- 5)", "-5");
    check("(/ 6 4)", "1.5");
    check("(/ 6 3)", "2");
    check("(+ 1.5 2)", "3.5");
    check("(modulo -7 3)", "2");
    check("(list 1 \"two\" 'three #t '())", "(1 \"two\" three #t ())");
    check("'(1 . 2)", "(1 . 2)");
    check("'(a (b) . c)", "(a (b) . c)");
    check("(cons 1 '(2 3))", "(1 2 3)");
    check("(if '() 1 2)", "1");
    check("(if #f 1)", "");
    check("(define x 5) (set! x (+ x 1)) x", "6");
    check("(define (f . rest) rest) (f 1 2)", "(1 2)");
    check("(define (f a . rest) rest) (f 1 2)", "(2)");
    check("(let ((a 1) (b 2)) (let ((a b) (b a)) (list a b)))", "(2 1)");
    check("(let* ((a 1) (b (+ a 1))) b)", "2");
    check(
        "(letrec ((even? (lambda (n) (if (= n 0) #t (odd? (- n 1))))) (odd? (lambda (n) (if (= n 0) #f (even? (- n 1)))))) (even? 101))",
        "#f",
    );
    check("(cond ((assoc 'b '((a 1) (b 2)))) (else 3))", "(b 2)");
    check("(cond (#f 1) (else 2 3))", "3");
    check("(list (and) (and 1 2) (and #f (car 1)) (or) (or #f 3) (or #f #f))", "(#t 2 #f #f 3 #f)");
    check("(when (< 1 2) 'a 'b)", "b");
    check(
        "(define (counter) (let ((n 0)) (lambda () (set! n (+ n 1)) n))) (define c (counter)) (c) (c) (list (c) ((counter)))",
        "(3 1)",
    );
    check(
        "(define (f) (define (even? n) (if (= n 0) #t (odd? (- n 1)))) (define (odd? n) (if (= n 0) #f (even? (- n 1)))) (even? 10)) (f)",
        "#t",
    );
    check("(map (lambda (x) (* x x)) '(1 2 3))", "(1 4 9)");
    check("(fold + 0 (filter (lambda (x) (< 2 x)) '(1 2 3 4)))", "7");
    check("(apply + (list 1 2))", "3");
}

#[test]
fn strings_and_symbols() {
    check("(string-append \"a\\n\" \"b\")", "\"a\\nb\"");
    check("(substring \"hello\" 1 3)", "\"el\"");
    check("(string->number (number->string 42))", "42");
    check("(eq? (string->symbol \"x\") 'x)", "#t");
    check("(equal? '(1 (2 \"x\")) (list 1 (list 2 \"x\")))", "#t");
    check("; nothing\n", "");
}

#[test]
fn tail_calls_take_no_room() {
    check("(define (loop n) (if (= n 0) 'done (loop (- n 1)))) (loop 300000)", "done");
    check("(define (a n) (cond ((= n 0) 'done) (else (b n)))) (define (b n) (and #t (a (- n 1)))) (a 100000)", "done");
    check("(let loop ((n 100000)) (when (< 0 n) (loop (- n 1))))", "");
    check("(define (loop n) (if (= n 0) 'done (apply loop (list (- n 1))))) (loop 100000)", "done");
}

#[test]
fn garbage_is_collected() {
    with_stack(|| {
        let mut lisp = Lisp::new(1 << 20).unwrap();
        lisp.run("(define keep (map (lambda (x) (* 1.5 x)) '(1 2 3)))").unwrap();
        lisp.run(
            "(define (churn n) (if (= n 0) 0 (begin (reverse '(1 2 3 4 5 6 7 8)) (churn (- n 1))))) (churn 200000)",
        )
        .unwrap();
        assert_eq!(lisp.run("keep").as_deref(), Ok("(1.5 3.0 4.5)"));
    });
}

#[test]
fn hostile_programs_end_in_errors() {
    with_stack(|| {
        let mut lisp = Lisp::new(4 << 20).unwrap();
        lisp.output = Some(String::new());
        lisp.limit_steps(Some(3_000_000));
        let hostile = [
            ("(define (deep n) (+ 1 (deep n))) (deep 1)", vec![Error::Depth, Error::Memory]),
            ("(define (grow l) (grow (cons l l))) (grow '())", vec![Error::Memory, Error::Steps]),
            ("(define (loop) (loop)) (loop)", vec![Error::Steps]),
            ("(define (double s) (double (string-append s s))) (double \"ab\")", vec![Error::Memory]),
            ("(define l (list 1)) (set-cdr! l l) (length l)", vec![Error::Steps]),
            (
                "(define (sym n) (string->symbol (number->string n)) (sym (+ n 1))) (sym 0)",
                vec![Error::Memory, Error::Steps],
            ),
        ];
        for (text, errors) in hostile {
            let error = lisp.run(text).expect_err(text);
            assert!(errors.contains(&error), "{text}: {error}");
            // Symbols live for ever; apart from them, everything is free again.
            if !text.contains("sym") {
                assert_eq!(lisp.run("(fold + 0 '(1 2 3))").as_deref(), Ok("6"), "after {text}");
            }
        }
        let deep = "(".repeat(1_000_000);
        assert!(matches!(Lisp::new(4 << 20).unwrap().run(&deep), Err(Error::Message(_))));
        let deep = "'".repeat(1_000_000);
        assert!(matches!(Lisp::new(4 << 20).unwrap().run(&deep), Err(Error::Message(_))));
        let cyclic = "(define l (list 1 2)) (set-cdr! (cdr l) l) l";
        assert!(Lisp::new(4 << 20).unwrap().run(cyclic).unwrap().len() < 200_000);
        let cyclic = "(define l (list 1 2)) (set-car! l l) l";
        assert!(Lisp::new(4 << 20).unwrap().run(cyclic).unwrap().len() < 200_000);
        let cyclic =
            "(define l (list 1 2)) (set-cdr! (cdr l) l) (define m (list 1 2)) (set-cdr! (cdr m) m) (equal? l m)";
        assert!(matches!(Lisp::new(4 << 20).unwrap().run(cyclic), Err(Error::Message(_))));
        for text in ["(", "\"", "'", "(1 .", "(1 . 2"] {
            assert_eq!(run(text), Err(Error::Incomplete), "{text}");
        }
        for text in [
            ")",
            "(1 . 2 3)",
            "( . 1)",
            "x",
            "(1 2)",
            "(car 1)",
            "((lambda (x) x))",
            "((lambda () 1) 2)",
            "(if)",
            "(let)",
            "(let ((1 2)) 3)",
            "(lambda)",
            "(set! y 1)",
            "(quotient 1 0)",
            "(+ 'a)",
            "(1 . 2)",
            "(let x)",
            "(define)",
            "(substring \"abc\" 2 1)",
            "(else)",
            "(apply)",
            "(apply car)",
            "(let loop ((i . 1)) i)",
            "(cond 1)",
            "(define (1 2) 3)",
            "(error 'no)",
        ] {
            assert!(matches!(run(text), Err(Error::Message(_))), "{text}: {:?}", run(text));
        }
    });
    assert!(Lisp::new(1 << 10).is_err() && Lisp::new(0).is_err());
}
