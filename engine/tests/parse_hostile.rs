//! Hostile and damaged input: every parse ends with an answer or a typed error.

use std::mem::MaybeUninit;

use rotifer::stack_guard::StackGuard;
use rotifer::syntax::{ParseError, ParseOptions, Text, parse_module, parse_script};
use rotifer_arena::Scratch;

fn parse_in(text: &[u8], megabytes: usize, stack: usize) -> Result<(), ParseError> {
    let text = text.to_vec();
    std::thread::Builder::new()
        .stack_size(stack)
        .spawn(move || {
            let mut region = vec![MaybeUninit::<u64>::uninit(); megabytes << 17];
            let scratch = Scratch::new(&mut region);
            let options = ParseOptions::new(StackGuard::for_stack_of(stack));
            parse_script(Text::Latin1(&text), &scratch, options).map(drop)
        })
        .unwrap()
        .join()
        .expect("no panic")
}

fn nested(open: &str, middle: &str, close: &str, depth: usize) -> Vec<u8> {
    [open.repeat(depth).as_bytes(), middle.as_bytes(), close.repeat(depth).as_bytes()].concat()
}

const SHAPES: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "1", "]"),
    ("{", "1", "}"),
    ("({a:", "1", "})"),
    ("!", "1", ""),
    ("-", "1", ""),
    ("- ", "1", ""),
    ("typeof ", "1", ""),
    ("`${", "1", "}`"),
    ("x=>", "1", ""),
    ("(x=", "1", ")=>1"),
    ("async x=>", "1", ""),
    ("(", "x", ")=>1"),
    ("[a,[", "1", "]]"),
    ("f(", "1", ")"),
    ("new ", "x", ""),
    ("a?", "1", ":1"),
    ("a?1:", "1", ""),
    ("a=", "1", ""),
    ("a**", "1", ""),
    ("if(1)", ";", ""),
    ("if(1);else ", ";", ""),
    ("while(1)", ";", ""),
    ("for(;;)", ";", ""),
    ("with(a)", ";", ""),
    ("function f(){", "", "}"),
    ("(function(){", "", "})"),
    ("class a{b(){", "", "}}"),
    ("class a extends ", "b{}", ""),
    ("(class{x=", "1", "})"),
    ("(class{static{", "", "}})"),
    ("try{", "", "}finally{}"),
    ("switch(1){case 1:", "", "}"),
    ("a[", "1", "]"),
    ("var [", "a", "]=1"),
    ("var {a:", "a", "}=1"),
    ("([", "a", "]=1)"),
    ("a:", ";", ""),
    ("import(", "1", ")"),
    ("super[", "1", "]"),
    ("{let a;", "a", "}"),
    ("(a=", "1", ")"),
];

#[test]
fn deep_nesting_ends_with_an_answer() {
    for &(open, middle, close) in SHAPES {
        for stack in [256 << 10, 8 << 20] {
            for depth in [50, 200_000] {
                let result = parse_in(&nested(open, middle, close, depth), 256, stack);
                let fine = matches!(result, Ok(()) | Err(ParseError::TooDeep | ParseError::Syntax(_)));
                assert!(fine, "{open} x {depth}: {result:?}");
                if depth == 50 {
                    assert_ne!(result, Err(ParseError::TooDeep), "{open} x {depth} on {stack}");
                }
            }
        }
    }
}

#[test]
fn ordinary_depth_fits() {
    for (open, close) in [("(", ")"), ("[", "]"), ("({a:", "})"), ("f(", ")"), ("function f(){", "}")] {
        let result = parse_in(&nested(open, if open.starts_with("fun") { "" } else { "1" }, close, 2000), 64, 8 << 20);
        assert_eq!(result, Ok(()), "{open}");
    }
}

#[test]
fn long_chains_are_flat() {
    for link in ["a+", "a&&", "a,", "a;", "a??", "a*b-", "`${a}`+", "if(a);else ", "a.b().c[1](", "{let x}"] {
        let text = link.repeat(100_000) + "1";
        let result = parse_in(text.as_bytes(), 256, 256 << 10);
        assert!(!matches!(result, Err(ParseError::OutOfScratch)), "{link}: {result:?}");
        if !link.ends_with('(') {
            assert_eq!(result, Ok(()), "{link}");
        }
    }
}

#[test]
fn long_lines_are_quick() {
    let start = std::time::Instant::now();
    for unit in ["a", "\"", "/*", "//", " ", "1", "\\u0061", "'x',", "var a;", "(a,", "b=>{", "`", "#x in "] {
        let text = unit.repeat((2 << 20) / unit.len());
        let _ = parse_in(text.as_bytes(), 256, 8 << 20);
    }
    assert!(start.elapsed().as_secs() < 60, "took {:?}", start.elapsed());
}

#[test]
fn little_memory_is_an_error() {
    let text = "function f(a){ var b = a + 1; return { b, c: [1, 2, 3], d: `x${b}` } } let q = f(2);".repeat(20);
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 14];
    let mut fits = false;
    for words in (0..region.len()).step_by(16) {
        let scratch = Scratch::new(&mut region[..words]);
        let guard = StackGuard::with_room(512 << 10);
        match parse_script(Text::Latin1(text.replace("let q", "var q").as_bytes()), &scratch, ParseOptions::new(guard))
        {
            Ok(_) => fits = true,
            Err(error) => assert_eq!(error, ParseError::OutOfScratch),
        };
    }
    assert!(fits);
}

#[test]
fn damaged_files_do_not_panic() {
    let named = std::env::var_os("ROTIFER_TEST262").map(std::path::PathBuf::from);
    let default = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/test262");
    let Some(suite) = named.into_iter().chain([default]).find(|path| path.join("test/language").is_dir()) else {
        eprintln!("skipped: no conformance suite in target/test262 or ROTIFER_TEST262");
        return;
    };
    let mut files = Vec::new();
    let mut dirs = vec![suite.join("test/language")];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    let mut region = vec![MaybeUninit::<u64>::uninit(); 1 << 20];
    const BYTES: &[u8] = b"(){}[]`$'\"\\/*+-=>#.,;:?!\n\x00\xff ax0";
    for path in files.iter().step_by(7) {
        let Ok(source) = std::fs::read(path) else { continue };
        for round in 0..6 {
            let mut bytes = source.clone();
            if round % 2 == 0 {
                bytes.truncate(next() % (bytes.len() + 1));
            }
            for _ in 0..round {
                if !bytes.is_empty() {
                    let at = next() % bytes.len();
                    bytes[at] = BYTES[next() % BYTES.len()];
                }
            }
            let scratch = Scratch::new(&mut region);
            let options = ParseOptions::new(StackGuard::with_room(512 << 10));
            let _ = parse_script(Text::Latin1(&bytes), &scratch, options);
            let scratch = Scratch::new(&mut region);
            let wide: Vec<u16> = bytes.iter().map(|&b| u16::from(b) << (u16::from(b) & 8)).collect();
            let _ = parse_module(Text::Utf16(&wide), &scratch, options);
        }
    }
}
