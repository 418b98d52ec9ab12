//! A complete small Lisp whose data lives in a `rotifer-gc` heap.
//!
//! ```text
//! cargo run --release -p rotifer-gc --example lisp                          # a prompt
//! cargo run --release -p rotifer-gc --example lisp -- FILE…                 # run files
//! cargo run --release -p rotifer-gc --example lisp -- -e '(+ 1 2)'          # run an expression
//!     --memory BYTES (16 MiB)  --steps N (no limit)
//! ```
//!
//! Closures, tail calls, `define` `lambda` `let` `let*` `letrec` (and named `let`) `if` `cond` `and` `or` `when` `unless`
//! `begin` `set!` `quote`, lists, strings, 63-bit integers and floats. Everything a program makes lives in the one block of the heap, so that
//! its memory is bounded; so are the depth of evaluation, of nested data in source text and of printing, and the number of steps
//! if wanted. All of that ends in an error message, after which the prompt goes on.

use std::io::{BufRead as _, Write as _};

use rotifer_gc::{AllocError, Gc, Heap, HeapConfig, HeapContext, Rooted, Scope, Value};

#[path = "lisp/builtins.rs"]
mod builtins;

use builtins::{BUILTINS, Number, number};

rotifer_gc::objects! {
    /// What the Lisp keeps in its heap.
    pub model Model;

    /// A cell of a list.
    pub struct Pair { car: Value, cdr: Value, }
    /// A name, its value at the top level, and which special form it stands for.
    pub struct Symbol { value: Value, form: u64, ..[u8] }
    /// A string.
    pub struct Text { ..[u8] }
    /// A number that is no integer.
    pub struct Float { value: f64, }
    /// What `lambda` makes.
    pub struct Closure { params: Value, body: Value, env: Value, }
    /// The variables of one call: a list of bindings, and the frame around it.
    pub struct Frame { bindings: Value, parent: Value, }
    /// A variable.
    pub struct Binding { name: Value, value: Value, next: Value, }
    /// The hash table of all symbols; each bucket is a list.
    pub struct Symbols { ..[Value] }
}

/// Calls within calls.
const MAX_DEPTH: u32 = 10_000;
/// Lists within lists in source text, in what is printed and in what is compared.
const MAX_NESTING: u32 = 1_000;
const BUCKETS: u32 = 512;

const FALSE: u32 = 0;
const TRUE: u32 = 1;
const UNSPECIFIED: u32 = 2;
const UNBOUND: u32 = 3;
/// Built-in functions count from here.
const BUILTIN: u32 = 16;

/// Why an evaluation ended early.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The heap is full.
    Memory,
    /// Too many calls within calls.
    Depth,
    /// [`Lisp::limit_steps`].
    Steps,
    /// The source text ends in the middle.
    Incomplete,
    /// The program is wrong, and how.
    Message(String),
}

impl From<AllocError> for Error {
    fn from(error: AllocError) -> Self {
        match error {
            AllocError::OutOfMemory => Error::Memory,
            AllocError::StackOverflow => Error::Depth,
        }
    }
}

impl From<rotifer_gc::StackError> for Error {
    fn from(error: rotifer_gc::StackError) -> Self {
        AllocError::from(error).into()
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Error::Memory => "out of memory",
            Error::Depth => "calls are nested too deeply",
            Error::Steps => "out of steps",
            Error::Incomplete => "the text ends inside an expression",
            Error::Message(text) => text,
        })
    }
}

fn fail<T>(text: impl Into<String>) -> Result<T, Error> {
    Err(Error::Message(text.into()))
}

type Outcome<T = ()> = Result<T, Error>;

/// The interpreter.
pub struct Lisp {
    heap: Heap<Model>,
    depth: u32,
    steps: Option<u64>,
    /// What the program displayed, where it is not to be printed.
    pub output: Option<String>,
}

impl HeapContext for Lisp {
    type Model = Model;

    fn heap(&self) -> &Heap<Model> {
        &self.heap
    }

    fn heap_mut(&mut self) -> &mut Heap<Model> {
        &mut self.heap
    }
}

type Cx<'s> = Scope<'s, Lisp>;
type Val<'s> = Rooted<'s, Value>;

macro_rules! forms {
    ($($name:ident $text:literal)*) => {
        #[derive(Clone, Copy, PartialEq)]
        enum Form { None, $($name),* }
        const FORMS: &[(Form, &str)] = &[$((Form::$name, $text)),*];
    };
}

forms! {
    Quote "quote" If "if" Define "define" Set "set!" Lambda "lambda" Let "let" LetStar "let*" Letrec "letrec" Cond "cond"
    And "and" Or "or" When "when" Unless "unless" Begin "begin" Else "else"
}

const PRELUDE: &str = "
(define (map f l) (let loop ((l l) (r '())) (if (null? l) (reverse r) (loop (cdr l) (cons (f (car l)) r)))))
(define (for-each f l) (if (null? l) '() (begin (f (car l)) (for-each f (cdr l)))))
(define (filter p l) (let loop ((l l) (r '())) (cond ((null? l) (reverse r)) ((p (car l)) (loop (cdr l) (cons (car l) r)))
                                                     (else (loop (cdr l) r)))))
(define (fold f x l) (if (null? l) x (fold f (f x (car l)) (cdr l))))
(define (append a b) (let loop ((r (reverse a)) (b b)) (if (null? r) b (loop (cdr r) (cons (car r) b)))))
(define (list-ref l n) (if (= n 0) (car l) (list-ref (cdr l) (- n 1))))
(define (assoc k l) (cond ((null? l) #f) ((equal? k (car (car l))) (car l)) (else (assoc k (cdr l)))))
(define (member x l) (cond ((null? l) #f) ((equal? x (car l)) l) (else (member x (cdr l)))))
(define (cadr l) (car (cdr l))) (define (cddr l) (cdr (cdr l))) (define (caar l) (car (car l)))
(define (abs x) (if (< x 0) (- x) x)) (define (zero? x) (= x 0))
(define (max a b) (if (< a b) b a)) (define (min a b) (if (< a b) a b))
";

impl Lisp {
    /// A Lisp with this many bytes for everything.
    pub fn new(memory: usize) -> Outcome<Lisp> {
        let config = HeapConfig { limit: memory, stack: memory / 4, roots: 1, nursery: memory / 16, clock: None };
        let heap = Heap::new(config).map_err(|_| Error::Memory)?;
        let mut lisp = Lisp { heap, depth: 0, steps: None, output: None };
        {
            let mut cx = Scope::enter(&mut lisp);
            let symbols = cx.alloc_items(Symbols::new(), BUCKETS)?;
            let word = cx.get(symbols).word();
            cx.heap_mut().set_root(0, word);
            for &(form, name) in FORMS {
                let symbol = intern(&mut cx, name)?;
                cx.store(symbol, Symbol::form, form as u64);
            }
            for (i, (name, _)) in BUILTINS.iter().enumerate() {
                let symbol = intern(&mut cx, name)?;
                cx.store(symbol, Symbol::value, Value::immediate(BUILTIN + i as u32));
            }
        }
        lisp.run(PRELUDE)?;
        Ok(lisp)
    }

    /// Lets every later [`Lisp::run`] take this many steps.
    pub fn limit_steps(&mut self, steps: Option<u64>) {
        self.steps = steps;
    }

    /// Evaluates all expressions of a text; the last value, printed.
    pub fn run(&mut self, text: &str) -> Outcome<String> {
        self.depth = 0;
        let steps = self.steps;
        let mut reader = Reader { text: text.as_bytes(), at: 0 };
        let mut result = String::new();
        let mut outcome = Ok(());
        while outcome.is_ok() && reader.skip_space() {
            let mut cx = Scope::enter(self);
            outcome = evaluate_next(&mut cx, &mut reader).map(|printed| result = printed);
        }
        self.steps = steps;
        outcome.map(|()| result)
    }
}

fn evaluate_next(cx: &mut Cx<'_>, reader: &mut Reader<'_>) -> Outcome<String> {
    let code = cx.slot(Value::NULL)?;
    let env = cx.slot(Value::NULL)?;
    reader.read(cx, code, 0)?;
    eval(cx, code, env, code)?;
    let mut text = String::new();
    if cx.get(code).as_immediate() != Some(UNSPECIFIED) {
        print(cx, cx.get(code), true, 0, &mut text);
    }
    Ok(text)
}

/// The symbol of a name. Symbols live for ever, as their values do.
fn intern<'s>(cx: &mut Cx<'s>, name: &str) -> Outcome<Rooted<'s, Symbol>> {
    let hash = name.bytes().fold(5381_u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte)) % BUCKETS;
    let word = cx.heap().root(0);
    let table: Rooted<'s, Symbols> = cx.root(word)?;
    let mut rest = cx.item(cx.get(table), hash);
    while let Some(pair) = rest.downcast::<Pair>() {
        let symbol = cx.read(pair, Pair::car);
        if symbol.downcast::<Symbol>().is_some_and(|symbol| cx.bytes(symbol) == name.as_bytes()) {
            let word = symbol.word();
            return Ok(cx.root(word)?);
        }
        rest = cx.read(pair, Pair::cdr);
    }
    let rest = rest_of_bucket(cx, table, hash)?;
    let symbol = cx.alloc_bytes(Symbol::new(Value::immediate(UNBOUND), Form::None as u64), name.as_bytes())?;
    let pair = cx.alloc(Pair::new(symbol.cast(), rest))?;
    cx.set_item(table, hash, pair.cast());
    Ok(symbol)
}

fn rest_of_bucket<'s>(cx: &mut Cx<'s>, table: Rooted<'s, Symbols>, hash: u32) -> Outcome<Val<'s>> {
    let word = cx.item(cx.get(table), hash).word();
    Ok(cx.root(word)?)
}

// ---- reading ---------------------------------------------------------------------------------------------------------

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips spaces and comments; whether anything follows.
    fn skip_space(&mut self) -> bool {
        while let Some(byte) = self.peek() {
            match byte {
                b';' => self.at += self.text[self.at..].iter().take_while(|&&byte| byte != b'\n').count(),
                byte if byte.is_ascii_whitespace() => self.at += 1,
                _ => return true,
            }
        }
        false
    }

    fn read<'s>(&mut self, cx: &mut Cx<'s>, out: Val<'s>, depth: u32) -> Outcome {
        if depth > MAX_NESTING {
            return fail("the text is nested too deeply");
        }
        if !self.skip_space() {
            return Err(Error::Incomplete);
        }
        let mut cx = cx.nest();
        let cx = &mut cx;
        match self.text[self.at] {
            b'(' => {
                self.at += 1;
                self.list(cx, out, depth)
            }
            b')' => {
                self.at += 1;
                fail("a ) too many")
            }
            b'\'' => {
                self.at += 1;
                let quoted = cx.slot(Value::NULL)?;
                self.read(cx, quoted, depth + 1)?;
                let quote = intern(cx, "quote")?;
                let rest = cx.alloc(Pair::new(quoted, Value::null()))?;
                Ok(cx.alloc_into(out, Pair::new(quote.cast(), rest.cast()))?)
            }
            b'"' => self.string(cx, out),
            _ => self.atom(cx, out),
        }
    }

    fn list<'s>(&mut self, cx: &mut Cx<'s>, out: Val<'s>, depth: u32) -> Outcome {
        let (list, last, item) = (cx.slot(Value::NULL)?, cx.slot(Value::NULL)?, cx.slot(Value::NULL)?);
        loop {
            if !self.skip_space() {
                return Err(Error::Incomplete);
            }
            let dot = self.peek() == Some(b'.') && self.text.get(self.at + 1).is_none_or(u8::is_ascii_whitespace);
            if self.peek() == Some(b')') {
                self.at += 1;
                cx.set(out, list);
                return Ok(());
            }
            if dot {
                self.at += 1;
                let Some(last) = cx.downcast::<Pair>(last) else { return fail("nothing before the dot") };
                self.read(cx, item, depth + 1)?;
                cx.store(last, Pair::cdr, item);
                if !self.skip_space() {
                    return Err(Error::Incomplete);
                }
                if self.peek() != Some(b')') {
                    return fail("more than one thing after the dot");
                }
                continue;
            }
            self.read(cx, item, depth + 1)?;
            append(cx, list, last, item)?;
        }
    }

    fn string<'s>(&mut self, cx: &mut Cx<'s>, out: Val<'s>) -> Outcome {
        let mut bytes = Vec::new();
        loop {
            self.at += 1;
            let byte = match self.peek().ok_or(Error::Incomplete)? {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    match self.peek().ok_or(Error::Incomplete)? {
                        b'n' => b'\n',
                        b't' => b'\t',
                        other => other,
                    }
                }
                other => other,
            };
            bytes.push(byte);
        }
        self.at += 1;
        let text = cx.alloc_bytes(Text::new(), &bytes)?;
        cx.set(out, text);
        Ok(())
    }

    fn atom<'s>(&mut self, cx: &mut Cx<'s>, out: Val<'s>) -> Outcome {
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"()\"';".contains(byte);
        let length = self.text[self.at..].iter().position(ends).unwrap_or(self.text.len() - self.at);
        let text = String::from_utf8_lossy(&self.text[self.at..self.at + length]).into_owned();
        self.at += length;
        let constant = match text.as_str() {
            "#t" => Some(Value::immediate(TRUE)),
            "#f" => Some(Value::immediate(FALSE)),
            _ => None,
        };
        if let Some(constant) = constant {
            cx.set(out, constant);
            return Ok(());
        }
        let numeric = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+' || c == '.');
        match (numeric, text.parse::<i64>(), text.parse::<f64>()) {
            (true, Ok(n), _) => number(cx, Number::Integer(n), out),
            (true, _, Ok(x)) => number(cx, Number::Float(x), out),
            _ => {
                let symbol = intern(cx, &text)?;
                cx.set(out, symbol);
                Ok(())
            }
        }
    }
}

/// Puts `item` at the end of `list`, whose last pair is in `last`.
fn append<'s>(cx: &mut Cx<'s>, list: Val<'s>, last: Val<'s>, item: Val<'s>) -> Outcome {
    let mut cx = cx.nest();
    let pair = cx.alloc(Pair::new(item, Value::null()))?;
    match cx.downcast::<Pair>(last) {
        Some(last) => cx.store(last, Pair::cdr, pair.cast()),
        None => cx.set(list, pair),
    }
    cx.set(last, pair);
    Ok(())
}

// ---- printing --------------------------------------------------------------------------------------------------------

/// The most bytes that one value is printed with.
const MAX_PRINTED: usize = 100_000;

fn print(cx: &Cx<'_>, value: Gc<'_, Value>, quoted: bool, depth: u32, out: &mut String) {
    if depth > MAX_NESTING || out.len() > MAX_PRINTED {
        return out.push('…');
    }
    if let Some(n) = value.as_integer() {
        *out += &n.to_string();
    } else if let Some(code) = value.as_immediate() {
        match code {
            FALSE => *out += "#f",
            TRUE => *out += "#t",
            UNSPECIFIED | UNBOUND => *out += "#unspecified",
            _ => *out += &format!("#builtin:{}", BUILTINS.get((code - BUILTIN) as usize).map_or("?", |b| b.0)),
        }
    } else if let Some(x) = value.downcast::<Float>() {
        *out += &format!("{:?}", cx.read(x, Float::value));
    } else if let Some(text) = value.downcast::<Text>() {
        let text = String::from_utf8_lossy(cx.bytes(text));
        *out += &if quoted { format!("{text:?}") } else { text.into_owned() };
    } else if let Some(symbol) = value.downcast::<Symbol>() {
        *out += &String::from_utf8_lossy(cx.bytes(symbol));
    } else if value.is::<Closure>() {
        *out += "#closure";
    } else if let Some(mut pair) = value.downcast::<Pair>() {
        out.push('(');
        loop {
            print(cx, cx.read(pair, Pair::car), quoted, depth + 1, out);
            let rest = cx.read(pair, Pair::cdr);
            match rest.downcast::<Pair>() {
                Some(_) if out.len() > MAX_PRINTED => break out.push('…'),
                Some(next) => pair = next,
                None if rest.is_null() => break,
                None => {
                    *out += " . ";
                    break print(cx, rest, quoted, depth + 1, out);
                }
            }
            out.push(' ');
        }
        out.push(')');
    } else {
        *out += "()";
    }
}

fn show(cx: &Cx<'_>, value: Val<'_>) -> String {
    let mut text = String::new();
    print(cx, cx.get(value), true, MAX_NESTING - 3, &mut text);
    if text.chars().count() > 80 { text.chars().take(80).chain(['…']).collect() } else { text }
}

// ---- evaluating ------------------------------------------------------------------------------------------------------

/// Evaluates `code` in `env` and puts the value into `out`, which may be one of the two.
fn eval<'s>(cx: &mut Cx<'s>, code: Val<'s>, env: Val<'s>, out: Val<'s>) -> Outcome {
    if cx.context().depth >= MAX_DEPTH {
        return Err(Error::Depth);
    }
    cx.context_mut().depth += 1;
    let mut inner = cx.nest();
    let outcome = Frames::new(&mut inner, code, env).and_then(|frames| frames.run(&mut inner, out));
    drop(inner);
    cx.context_mut().depth -= 1;
    outcome
}

/// The places one evaluation needs. Tail calls go round in them.
struct Frames<'s> {
    code: Val<'s>,
    env: Val<'s>,
    function: Val<'s>,
    args: Val<'s>,
    last: Val<'s>,
    a: Val<'s>,
    b: Val<'s>,
}

/// How an evaluation goes on after a special form.
enum Next {
    /// The value is in `out`.
    Done,
    /// With what is in `code`.
    Code,
    /// With the list of expressions in `code`, of which the last is in tail position.
    Body,
}

impl<'s> Frames<'s> {
    fn new(cx: &mut Cx<'s>, code: Val<'s>, env: Val<'s>) -> Outcome<Self> {
        let (code, env) = (cx.get(code).word(), cx.get(env).word());
        let mut slot = |word| cx.slot(word);
        Ok(Frames {
            code: slot(code)?,
            env: slot(env)?,
            function: slot(Value::NULL)?,
            args: slot(Value::NULL)?,
            last: slot(Value::NULL)?,
            a: slot(Value::NULL)?,
            b: slot(Value::NULL)?,
        })
    }

    fn run(&self, cx: &mut Cx<'s>, out: Val<'s>) -> Outcome {
        loop {
            if let Some(steps) = &mut cx.context_mut().steps {
                *steps = steps.checked_sub(1).ok_or(Error::Steps)?;
            }
            if let Some(symbol) = cx.downcast::<Symbol>(self.code) {
                return lookup(cx, symbol, self.env, out);
            }
            let Some(pair) = cx.downcast::<Pair>(self.code) else {
                cx.set(out, self.code);
                return Ok(());
            };
            let head = cx.load(pair, Pair::car).downcast::<Symbol>();
            let form = head.map_or(0, |symbol| cx.read(symbol, Symbol::form));
            cx.pull_into(self.a, pair, Pair::cdr);
            let next = if form != 0 {
                let form = FORMS.get(form as usize - 1).map_or(Form::None, |form| form.0);
                self.special(cx, form, out)?
            } else {
                self.arguments(cx)?;
                self.apply(cx, out)?
            };
            match next {
                Next::Done => return Ok(()),
                Next::Code => {}
                Next::Body => self.sequence(cx, out)?,
            }
        }
    }

    /// Evaluates all but the last of the expressions in `code`, and leaves the last there.
    fn sequence(&self, cx: &mut Cx<'s>, out: Val<'s>) -> Outcome {
        cx.set(self.b, self.code);
        cx.set(self.code, Value::immediate(UNSPECIFIED));
        while let Some(pair) = cx.downcast::<Pair>(self.b) {
            cx.pull_into(self.code, pair, Pair::car);
            if cx.load(pair, Pair::cdr).is_null() {
                break;
            }
            eval(cx, self.code, self.env, out)?;
            if let Some(pair) = cx.downcast::<Pair>(self.b) {
                cx.pull_into(self.b, pair, Pair::cdr);
            }
        }
        Ok(())
    }

    /// Evaluates function and arguments of the call in `code`.
    fn arguments(&self, cx: &mut Cx<'s>) -> Outcome {
        cx.set(self.args, Value::null());
        cx.set(self.last, Value::null());
        cx.set(self.a, self.code);
        next(cx, self.a, self.b)?;
        eval(cx, self.b, self.env, self.function)?;
        while next(cx, self.a, self.b)? {
            eval(cx, self.b, self.env, self.b)?;
            append(cx, self.args, self.last, self.b)?;
        }
        Ok(())
    }

    /// Calls `function` with `args`.
    fn apply(&self, cx: &mut Cx<'s>, out: Val<'s>) -> Outcome<Next> {
        loop {
            if let Some(closure) = cx.downcast::<Closure>(self.function) {
                cx.pull_into(self.a, closure, Closure::params);
                cx.pull_into(self.env, closure, Closure::env);
                cx.alloc_into(self.env, Frame::new(Value::null(), self.env))?;
                while let Some(pair) = cx.downcast::<Pair>(self.a) {
                    cx.pull_into(self.b, pair, Pair::car);
                    if !next(cx, self.args, self.last)? {
                        return fail(format!("an argument for {} is missing", show(cx, self.b)));
                    }
                    bind(cx, self.env, self.b, self.last)?;
                    if let Some(pair) = cx.downcast::<Pair>(self.a) {
                        cx.pull_into(self.a, pair, Pair::cdr);
                    }
                }
                if cx.get(self.a).is::<Symbol>() {
                    bind(cx, self.env, self.a, self.args)?;
                } else if !cx.get(self.args).is_null() {
                    return fail("too many arguments");
                }
                if let Some(closure) = cx.downcast::<Closure>(self.function) {
                    cx.pull_into(self.code, closure, Closure::body);
                }
                return Ok(Next::Body);
            }
            let code = cx.get(self.function).as_immediate().and_then(|code| code.checked_sub(BUILTIN));
            let Some((name, builtin)) = code.and_then(|code| BUILTINS.get(code as usize)) else {
                return fail(format!("{} is no function", show(cx, self.function)));
            };
            if *name != "apply" {
                let mut cx = cx.nest();
                builtin(&mut cx, self.args, out)?;
                return Ok(Next::Done);
            }
            if !next(cx, self.args, self.function)? || !next(cx, self.args, self.a)? {
                return fail("apply wants a function and a list");
            }
            cx.set(self.args, self.a);
        }
    }

    fn special(&self, cx: &mut Cx<'s>, form: Form, out: Val<'s>) -> Outcome<Next> {
        // The operands are in `a`.
        let done = |cx: &mut Cx<'s>, value: Val<'s>| {
            cx.set(out, value);
            Ok(Next::Done)
        };
        match form {
            Form::None | Form::Else => fail("else outside cond"),
            Form::Quote => {
                next(cx, self.a, self.b)?;
                done(cx, self.b)
            }
            Form::If => {
                self.operand(cx)?;
                eval(cx, self.b, self.env, self.b)?;
                if !truth(cx, self.b) {
                    next(cx, self.a, self.b)?;
                }
                let found = next(cx, self.a, self.code)?;
                if found { Ok(Next::Code) } else { done(cx, Value::immediate(UNSPECIFIED)) }
            }
            Form::When | Form::Unless => {
                self.operand(cx)?;
                eval(cx, self.b, self.env, self.b)?;
                if truth(cx, self.b) != (form == Form::When) {
                    return done(cx, Value::immediate(UNSPECIFIED));
                }
                cx.set(self.code, self.a);
                Ok(Next::Body)
            }
            Form::Begin => {
                cx.set(self.code, self.a);
                Ok(Next::Body)
            }
            Form::And | Form::Or => {
                cx.set(self.b, Value::immediate(if form == Form::And { TRUE } else { FALSE }));
                while next(cx, self.a, self.code)? {
                    if cx.get(self.a).is_null() {
                        return Ok(Next::Code);
                    }
                    eval(cx, self.code, self.env, self.b)?;
                    if truth(cx, self.b) == (form == Form::Or) {
                        break;
                    }
                }
                done(cx, self.b)
            }
            Form::Cond => {
                while next(cx, self.a, self.code)? {
                    let otherwise = next(cx, self.code, self.b)?
                        && cx
                            .get(self.b)
                            .downcast::<Symbol>()
                            .is_some_and(|symbol| cx.read(symbol, Symbol::form) == Form::Else as u64);
                    if !otherwise {
                        eval(cx, self.b, self.env, self.b)?;
                    }
                    if otherwise || truth(cx, self.b) {
                        return if cx.get(self.code).is_null() { done(cx, self.b) } else { Ok(Next::Body) };
                    }
                }
                done(cx, Value::immediate(UNSPECIFIED))
            }
            Form::Lambda => {
                self.operand(cx)?;
                cx.alloc_into(out, Closure::new(self.b, self.a, self.env))?;
                Ok(Next::Done)
            }
            Form::Define => {
                self.operand(cx)?;
                if let Some(signature) = cx.downcast::<Pair>(self.b) {
                    // (define (name . params) . body)
                    cx.pull_into(self.code, signature, Pair::cdr);
                    cx.pull_into(self.b, signature, Pair::car);
                    cx.alloc_into(self.a, Closure::new(self.code, self.a, self.env))?;
                } else {
                    next(cx, self.a, self.code)?;
                    eval(cx, self.code, self.env, self.a)?;
                }
                define(cx, self.env, self.b, self.a)?;
                done(cx, Value::immediate(UNSPECIFIED))
            }
            Form::Set => {
                self.operand(cx)?;
                next(cx, self.a, self.code)?;
                eval(cx, self.code, self.env, self.code)?;
                assign(cx, self.env, self.b, self.code)?;
                done(cx, Value::immediate(UNSPECIFIED))
            }
            Form::Let | Form::LetStar | Form::Letrec => self.local(cx, form),
        }
    }

    /// Takes the next operand into `b`.
    fn operand(&self, cx: &mut Cx<'s>) -> Outcome {
        if next(cx, self.a, self.b)? { Ok(()) } else { fail("an operand is missing") }
    }

    /// The forms of `let`: a new frame in which the body, in `a`, is evaluated.
    fn local(&self, cx: &mut Cx<'s>, form: Form) -> Outcome<Next> {
        self.operand(cx)?;
        cx.set(self.function, Value::null());
        if cx.get(self.b).is::<Symbol>() {
            // (let name ((variable value) …) . body): a loop.
            cx.set(self.function, self.b);
            self.operand(cx)?;
        }
        let named = !cx.get(self.function).is_null();
        cx.set(self.args, self.env);
        cx.alloc_into(self.args, Frame::new(Value::null(), self.args))?;
        // Values of `let` are evaluated outside the new frame.
        if form != Form::Let {
            cx.set(self.env, self.args);
        }
        let mut inner = cx.nest();
        let (params, last) = (inner.slot(Value::NULL)?, inner.slot(Value::NULL)?);
        let (name, value) = (inner.slot(Value::NULL)?, inner.slot(Value::NULL)?);
        while next(&mut inner, self.b, self.code)? {
            next(&mut inner, self.code, name)?;
            next(&mut inner, self.code, value)?;
            eval(&mut inner, value, self.env, value)?;
            bind(&mut inner, self.args, name, value)?;
            if named {
                append(&mut inner, params, last, name)?;
            }
        }
        inner.set(self.env, self.args);
        if named {
            // The name is bound in a frame of its own, around which the closure is made.
            let frame = inner.slot(Value::NULL)?;
            if let Some(own) = inner.downcast::<Frame>(self.env) {
                inner.pull_into(frame, own, Frame::parent);
                inner.alloc_into(frame, Frame::new(Value::null(), frame))?;
                inner.store(own, Frame::parent, frame);
            }
            inner.alloc_into(value, Closure::new(params, self.a, frame))?;
            bind(&mut inner, frame, self.function, value)?;
        }
        inner.set(self.code, self.a);
        Ok(Next::Body)
    }
}

/// Takes the first item off `list` into `item`. False: there is none.
fn next<'s>(cx: &mut Cx<'s>, list: Val<'s>, item: Val<'s>) -> Outcome<bool> {
    match cx.downcast::<Pair>(list) {
        Some(pair) => {
            cx.pull_into(item, pair, Pair::car);
            cx.pull_into(list, pair, Pair::cdr);
            Ok(true)
        }
        None if cx.get(list).is_null() => Ok(false),
        None => fail(format!("{} is no list", show(cx, list))),
    }
}

fn truth(cx: &Cx<'_>, value: Val<'_>) -> bool {
    cx.get(value).as_immediate() != Some(FALSE)
}

/// The variable `name` as seen from `env`, if it is not one of the top level.
fn find<'h>(cx: &'h Cx<'_>, name: Gc<'h, Value>, env: Gc<'h, Value>) -> Option<Gc<'h, Binding>> {
    let mut env = env.downcast::<Frame>();
    while let Some(frame) = env {
        let mut binding = cx.read(frame, Frame::bindings).downcast::<Binding>();
        while let Some(found) = binding {
            if cx.read(found, Binding::name).word() == name.word() {
                return Some(found);
            }
            binding = cx.read(found, Binding::next).downcast();
        }
        env = cx.read(frame, Frame::parent).downcast();
    }
    None
}

fn lookup<'s>(cx: &mut Cx<'s>, name: Rooted<'s, Symbol>, env: Val<'s>, out: Val<'s>) -> Outcome {
    let value = match find(cx, cx.get(name).erase(), cx.get(env)) {
        Some(binding) => cx.read(binding, Binding::value),
        None => cx.load(name, Symbol::value),
    };
    if value.as_immediate() == Some(UNBOUND) {
        return fail(format!("{} has no value", show(cx, name.cast())));
    }
    let word = value.word();
    cx.set_word(out, word);
    Ok(())
}

/// Adds a variable to the frame in `env`.
fn bind<'s>(cx: &mut Cx<'s>, env: Val<'s>, name: Val<'s>, value: Val<'s>) -> Outcome {
    if !cx.get(name).is::<Symbol>() {
        return fail(format!("{} is no name", show(cx, name)));
    }
    let mut cx = cx.nest();
    let Some(frame) = cx.downcast::<Frame>(env) else { return fail("no frame") };
    let rest = cx.pull(frame, Frame::bindings)?;
    let binding = cx.alloc(Binding::new(name, value, rest))?;
    cx.store(frame, Frame::bindings, binding.cast());
    Ok(())
}

fn define<'s>(cx: &mut Cx<'s>, env: Val<'s>, name: Val<'s>, value: Val<'s>) -> Outcome {
    if cx.get(env).is_null() { assign_global(cx, name, value) } else { bind(cx, env, name, value) }
}

fn assign_global<'s>(cx: &mut Cx<'s>, name: Val<'s>, value: Val<'s>) -> Outcome {
    match cx.downcast::<Symbol>(name) {
        Some(symbol) => {
            cx.store(symbol, Symbol::value, value);
            Ok(())
        }
        None => fail(format!("{} is no name", show(cx, name))),
    }
}

fn assign<'s>(cx: &mut Cx<'s>, env: Val<'s>, name: Val<'s>, value: Val<'s>) -> Outcome {
    let Some(word) = find(cx, cx.get(name), cx.get(env)).map(Gc::word) else {
        let unbound = cx.get(name).downcast::<Symbol>().map(|name| cx.read(name, Symbol::value).as_immediate());
        if unbound == Some(Some(UNBOUND)) {
            return fail(format!("{} has no value", show(cx, name)));
        }
        return assign_global(cx, name, value);
    };
    let mut cx = cx.nest();
    let binding: Rooted<'_, Binding> = cx.root(word)?;
    cx.store(binding, Binding::value, value);
    Ok(())
}

// ---- the command -----------------------------------------------------------------------------------------------------

/// Runs `f` with native stack enough for [`MAX_DEPTH`] calls.
pub fn with_stack<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, f);
        match thread.expect("a thread").join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn prompt(lisp: &mut Lisp) -> std::io::Result<()> {
    let mut text = String::new();
    loop {
        print!("{}", if text.is_empty() { "> " } else { "  " });
        std::io::stdout().flush()?;
        if std::io::stdin().lock().read_line(&mut text)? == 0 {
            println!();
            return Ok(());
        }
        match lisp.run(&text) {
            Err(Error::Incomplete) if text.len() < 1 << 20 => continue,
            Ok(value) if value.is_empty() => {}
            Ok(value) => println!("{value}"),
            Err(error) => println!("error: {error}"),
        }
        text.clear();
    }
}

fn command() -> Result<(), String> {
    let mut memory = 16 << 20;
    let mut steps = None;
    let mut programs = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut operand = || args.next().ok_or_else(|| format!("{arg} wants something after it"));
        match arg.as_str() {
            "-e" => programs.push(operand()?),
            "--memory" => memory = operand()?.parse().map_err(|e| format!("--memory: {e}"))?,
            "--steps" => steps = Some(operand()?.parse().map_err(|e| format!("--steps: {e}"))?),
            file => programs.push(std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?),
        }
    }
    let mut lisp = Lisp::new(memory).map_err(|e| e.to_string())?;
    lisp.limit_steps(steps);
    if programs.is_empty() {
        return prompt(&mut lisp).map_err(|e| e.to_string());
    }
    for program in programs {
        let value = lisp.run(&program).map_err(|e| e.to_string())?;
        if !value.is_empty() {
            println!("{value}");
        }
    }
    Ok(())
}

fn main() -> std::process::ExitCode {
    match with_stack(command) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}
