//! The functions that are there from the start.

use std::io::Write as _;

use rotifer_gc::{Gc, Value};

use super::{
    Closure, Cx, Error, FALSE, Float, MAX_NESTING, Outcome, Pair, Symbol, TRUE, Text, UNSPECIFIED, Val, intern, next,
    print, show,
};

/// A built-in function gets the list of its arguments, which it may take apart.
type Builtin = for<'s> fn(&mut Cx<'s>, Val<'s>, Val<'s>) -> Outcome;

/// All of them. `apply` is known to the evaluator, for the sake of tail calls.
pub const BUILTINS: &[(&str, Builtin)] = &[
    ("apply", |_, _, _| Ok(())),
    ("cons", |cx, args, out| {
        let [a, d] = arguments(cx, args)?;
        Ok(cx.alloc_into(out, Pair::new(a, d))?)
    }),
    ("car", |cx, args, out| {
        let [pair] = arguments(cx, args)?;
        match cx.downcast::<Pair>(pair) {
            Some(pair) => cx.pull_into(out, pair, Pair::car),
            None => return wrong(cx, pair, "pair"),
        }
        Ok(())
    }),
    ("cdr", |cx, args, out| {
        let [pair] = arguments(cx, args)?;
        match cx.downcast::<Pair>(pair) {
            Some(pair) => cx.pull_into(out, pair, Pair::cdr),
            None => return wrong(cx, pair, "pair"),
        }
        Ok(())
    }),
    ("set-car!", |cx, args, out| {
        let [pair, value] = arguments(cx, args)?;
        let Some(pair) = cx.downcast::<Pair>(pair) else { return wrong(cx, pair, "pair") };
        cx.store(pair, Pair::car, value);
        unspecified(cx, out)
    }),
    ("set-cdr!", |cx, args, out| {
        let [pair, value] = arguments(cx, args)?;
        let Some(pair) = cx.downcast::<Pair>(pair) else { return wrong(cx, pair, "pair") };
        cx.store(pair, Pair::cdr, value);
        unspecified(cx, out)
    }),
    ("list", |cx, args, out| {
        cx.set(out, args);
        Ok(())
    }),
    ("length", |cx, args, out| {
        let [list] = arguments(cx, args)?;
        let (rest, item) = (cx.slot(cx.get(list).word())?, cx.slot(Value::NULL)?);
        let mut n = 0;
        while next(cx, rest, item)? {
            n += 1;
            step(cx)?;
        }
        number(cx, Number::Integer(n), out)
    }),
    ("reverse", |cx, args, out| {
        let [list] = arguments(cx, args)?;
        let (rest, item) = (cx.slot(cx.get(list).word())?, cx.slot(Value::NULL)?);
        let reversed = cx.slot(Value::NULL)?;
        while next(cx, rest, item)? {
            cx.alloc_into(reversed, Pair::new(item, reversed))?;
            step(cx)?;
        }
        cx.set(out, reversed);
        Ok(())
    }),
    ("null?", |cx, args, out| test(cx, args, out, |value| value.is_null())),
    ("pair?", |cx, args, out| test(cx, args, out, |value| value.is::<Pair>())),
    ("symbol?", |cx, args, out| test(cx, args, out, |value| value.is::<Symbol>())),
    ("string?", |cx, args, out| test(cx, args, out, |value| value.is::<Text>())),
    ("number?", |cx, args, out| test(cx, args, out, |value| value.as_integer().is_some() || value.is::<Float>())),
    ("integer?", |cx, args, out| test(cx, args, out, |value| value.as_integer().is_some())),
    ("boolean?", |cx, args, out| test(cx, args, out, |value| matches!(value.as_immediate(), Some(FALSE | TRUE)))),
    ("procedure?", |cx, args, out| {
        test(cx, args, out, |value| {
            value.is::<Closure>() || value.as_immediate().is_some_and(|code| code >= super::BUILTIN)
        })
    }),
    ("not", |cx, args, out| test(cx, args, out, |value| value.as_immediate() == Some(FALSE))),
    ("eq?", |cx, args, out| {
        let [a, b] = arguments(cx, args)?;
        let same = cx.get(a).word() == cx.get(b).word();
        boolean(cx, same, out)
    }),
    ("equal?", |cx, args, out| {
        let [a, b] = arguments(cx, args)?;
        let same = equal(cx, cx.get(a), cx.get(b), 0, &mut 1_000_000)?;
        boolean(cx, same, out)
    }),
    ("+", |cx, args, out| fold(cx, args, out, Number::Integer(0), i64::checked_add, |a, b| a + b)),
    ("*", |cx, args, out| fold(cx, args, out, Number::Integer(1), i64::checked_mul, |a, b| a * b)),
    ("-", |cx, args, out| {
        let [first] = heads(cx, args)?;
        if cx.get(args).is_null() {
            let negated = match first {
                Number::Integer(n) => n.checked_neg().map_or(Number::Float(-(n as f64)), Number::Integer),
                Number::Float(x) => Number::Float(-x),
            };
            return number(cx, negated, out);
        }
        fold(cx, args, out, first, i64::checked_sub, |a, b| a - b)
    }),
    ("/", |cx, args, out| {
        let [first] = heads(cx, args)?;
        let exact = |a: i64, b: i64| if b != 0 && a % b == 0 { a.checked_div(b) } else { None };
        fold(cx, args, out, first, exact, |a, b| a / b)
    }),
    ("quotient", |cx, args, out| integers(cx, args, out, i64::checked_div)),
    ("remainder", |cx, args, out| integers(cx, args, out, i64::checked_rem)),
    ("modulo", |cx, args, out| {
        integers(cx, args, out, |a, b| a.checked_rem(b).map(|r| if r * b.signum() < 0 { r + b } else { r }))
    }),
    ("=", |cx, args, out| compare(cx, args, out, |a, b| a == b)),
    ("<", |cx, args, out| compare(cx, args, out, |a, b| a < b)),
    (">", |cx, args, out| compare(cx, args, out, |a, b| a > b)),
    ("<=", |cx, args, out| compare(cx, args, out, |a, b| a <= b)),
    (">=", |cx, args, out| compare(cx, args, out, |a, b| a >= b)),
    ("sqrt", |cx, args, out| {
        let [x] = heads(cx, args)?;
        number(cx, Number::Float(x.as_float().sqrt()), out)
    }),
    ("floor", |cx, args, out| {
        let [x] = heads(cx, args)?;
        let floor = match x {
            Number::Integer(n) => Number::Integer(n),
            Number::Float(x) if x.abs() < 1e15 => Number::Integer(x.floor() as i64),
            Number::Float(x) => Number::Float(x.floor()),
        };
        number(cx, floor, out)
    }),
    ("string-append", |cx, args, out| {
        let item = cx.slot(Value::NULL)?;
        let mut text = Vec::new();
        while next(cx, args, item)? {
            text.extend_from_slice(string(cx, item)?);
            bounded(cx, text.len())?;
        }
        make_string(cx, &text, out)
    }),
    ("string-length", |cx, args, out| {
        let [text] = arguments(cx, args)?;
        let len = string(cx, text)?.len() as i64;
        number(cx, Number::Integer(len), out)
    }),
    ("substring", |cx, args, out| {
        let [text, from, to] = arguments(cx, args)?;
        let (from, to) = (cx.get(from).as_integer(), cx.get(to).as_integer());
        let range = from.and_then(|n| usize::try_from(n).ok()).zip(to.and_then(|n| usize::try_from(n).ok()));
        let part = range
            .and_then(|(from, to)| string(cx, text).map(|text| text.get(from..to).map(<[u8]>::to_vec)).transpose());
        match part {
            Some(part) => make_string(cx, &part?, out),
            None => super::fail("no such part of the string"),
        }
    }),
    ("string=?", |cx, args, out| {
        let [a, b] = arguments(cx, args)?;
        let same = string(cx, a)? == string(cx, b)?;
        boolean(cx, same, out)
    }),
    ("string<?", |cx, args, out| {
        let [a, b] = arguments(cx, args)?;
        let less = string(cx, a)? < string(cx, b)?;
        boolean(cx, less, out)
    }),
    ("number->string", |cx, args, out| {
        let [x] = heads(cx, args)?;
        let text = match x {
            Number::Integer(n) => n.to_string(),
            Number::Float(x) => format!("{x:?}"),
        };
        make_string(cx, text.as_bytes(), out)
    }),
    ("string->number", |cx, args, out| {
        let [text] = arguments(cx, args)?;
        let text = String::from_utf8_lossy(string(cx, text)?).into_owned();
        match (text.parse(), text.parse()) {
            (Ok(n), _) => number(cx, Number::Integer(n), out),
            (_, Ok(x)) => number(cx, Number::Float(x), out),
            _ => boolean(cx, false, out),
        }
    }),
    ("symbol->string", |cx, args, out| {
        let [symbol] = arguments(cx, args)?;
        let Some(symbol) = cx.downcast::<Symbol>(symbol) else { return wrong(cx, symbol, "symbol") };
        let name = cx.bytes(cx.get(symbol)).to_vec();
        make_string(cx, &name, out)
    }),
    ("string->symbol", |cx, args, out| {
        let [text] = arguments(cx, args)?;
        let name = String::from_utf8_lossy(string(cx, text)?).into_owned();
        let symbol = intern(cx, &name)?;
        cx.set(out, symbol);
        Ok(())
    }),
    ("display", |cx, args, out| {
        let [value] = arguments(cx, args)?;
        let mut text = String::new();
        print(cx, cx.get(value), false, 0, &mut text);
        emit(cx, &text);
        unspecified(cx, out)
    }),
    ("newline", |cx, _, out| {
        emit(cx, "\n");
        unspecified(cx, out)
    }),
    ("error", |cx, args, _| {
        let item = cx.slot(Value::NULL)?;
        let mut text = String::new();
        while next(cx, args, item)? {
            text += if text.is_empty() { "" } else { " " };
            print(cx, cx.get(item), false, 0, &mut text);
        }
        Err(Error::Message(text))
    }),
    ("gc", |cx, _, out| {
        cx.heap_mut().collect(&mut []);
        let live = cx.heap().stats().live_bytes;
        number(cx, Number::Integer(live as i64), out)
    }),
    ("census", |cx, _, out| {
        for kind in cx.heap().census() {
            let line = format!("{:>9} {:<8} {:>10} bytes\n", kind.blocks, kind.name.unwrap_or("?"), kind.bytes);
            emit(cx, &line);
        }
        unspecified(cx, out)
    }),
];

/// The arguments, of which there must be exactly this many.
fn arguments<'s, const N: usize>(cx: &mut Cx<'s>, args: Val<'s>) -> Outcome<[Val<'s>; N]> {
    let mut found = [Value::null(); N];
    for place in &mut found {
        *place = cx.slot(Value::NULL)?;
        if !next(cx, args, *place)? {
            return super::fail(format!("{N} arguments are wanted"));
        }
    }
    if cx.get(args).is_null() { Ok(found) } else { super::fail(format!("{N} arguments are wanted")) }
}

/// The first arguments, which have to be numbers.
fn heads<'s, const N: usize>(cx: &mut Cx<'s>, args: Val<'s>) -> Outcome<[Number; N]> {
    let mut found = [Number::Integer(0); N];
    let item = cx.slot(Value::NULL)?;
    for place in &mut found {
        if !next(cx, args, item)? {
            return super::fail("a number is missing");
        }
        *place = as_number(cx, item)?;
    }
    Ok(found)
}

fn wrong<T>(cx: &Cx<'_>, value: Val<'_>, wanted: &str) -> Outcome<T> {
    super::fail(format!("{} is no {wanted}", show(cx, value)))
}

fn boolean<'s>(cx: &mut Cx<'s>, value: bool, out: Val<'s>) -> Outcome {
    cx.set(out, Value::immediate(if value { TRUE } else { FALSE }));
    Ok(())
}

fn unspecified<'s>(cx: &mut Cx<'s>, out: Val<'s>) -> Outcome {
    cx.set(out, Value::immediate(UNSPECIFIED));
    Ok(())
}

fn test<'s>(cx: &mut Cx<'s>, args: Val<'s>, out: Val<'s>, test: fn(Gc<'_, Value>) -> bool) -> Outcome {
    let [value] = arguments(cx, args)?;
    let answer = test(cx.get(value));
    boolean(cx, answer, out)
}

fn step(cx: &mut Cx<'_>) -> Outcome {
    if let Some(steps) = &mut cx.context_mut().steps {
        *steps = steps.checked_sub(1).ok_or(Error::Steps)?;
    }
    Ok(())
}

/// What a list is compared with goes along its spine; only the depth of nesting and the number of comparisons are bounded.
fn equal(cx: &Cx<'_>, a: Gc<'_, Value>, b: Gc<'_, Value>, depth: u32, budget: &mut u32) -> Outcome<bool> {
    let (mut a, mut b) = (a, b);
    loop {
        *budget = budget.checked_sub(1).ok_or_else(|| Error::Message("too much to compare".into()))?;
        if a.word() == b.word() {
            return Ok(true);
        }
        if let (Some(a), Some(b)) = (a.downcast::<Text>(), b.downcast::<Text>()) {
            return Ok(cx.bytes(a) == cx.bytes(b));
        }
        if let (Some(a), Some(b)) = (a.downcast::<Float>(), b.downcast::<Float>()) {
            return Ok(cx.read(a, Float::value) == cx.read(b, Float::value));
        }
        let (Some(x), Some(y)) = (a.downcast::<Pair>(), b.downcast::<Pair>()) else { return Ok(false) };
        if depth > MAX_NESTING {
            return super::fail("the lists are nested too deeply");
        }
        if !equal(cx, cx.read(x, Pair::car), cx.read(y, Pair::car), depth + 1, budget)? {
            return Ok(false);
        }
        (a, b) = (cx.read(x, Pair::cdr), cx.read(y, Pair::cdr));
    }
}

fn emit(cx: &mut Cx<'_>, text: &str) {
    match &mut cx.context_mut().output {
        Some(output) if output.len() < 1 << 20 => output.push_str(text),
        Some(_) => {}
        None => {
            print!("{text}");
            let _ = std::io::stdout().flush();
        }
    }
}

// ---- strings ---------------------------------------------------------------------------------------------------------

fn string<'h, 's>(cx: &'h Cx<'s>, value: Val<'s>) -> Outcome<&'h [u8]> {
    match cx.get(value).downcast::<Text>() {
        Some(text) => Ok(cx.bytes(text)),
        None => wrong(cx, value, "string"),
    }
}

/// What is put together outside the heap may not be longer than what fits into it.
fn bounded(cx: &Cx<'_>, len: usize) -> Outcome {
    if len <= cx.heap().limit_bytes() { Ok(()) } else { Err(Error::Memory) }
}

fn make_string<'s>(cx: &mut Cx<'s>, bytes: &[u8], out: Val<'s>) -> Outcome {
    let text = cx.alloc_bytes(Text::new(), bytes)?;
    cx.set(out, text);
    Ok(())
}

// ---- numbers ---------------------------------------------------------------------------------------------------------

/// A number outside the heap.
#[derive(Clone, Copy)]
pub enum Number {
    Integer(i64),
    Float(f64),
}

impl Number {
    fn as_float(self) -> f64 {
        match self {
            Number::Integer(n) => n as f64,
            Number::Float(x) => x,
        }
    }
}

/// Integers that need more than 63 bits become floats.
pub fn number<'s>(cx: &mut Cx<'s>, number: Number, out: Val<'s>) -> Outcome {
    let float = match number {
        Number::Integer(n) => match Value::integer(n) {
            Some(value) => {
                cx.set(out, value);
                return Ok(());
            }
            None => n as f64,
        },
        Number::Float(x) => x,
    };
    Ok(cx.alloc_into(out, Float::new(float))?)
}

fn as_number(cx: &Cx<'_>, value: Val<'_>) -> Outcome<Number> {
    let found = cx.get(value);
    match (found.as_integer(), found.downcast::<Float>()) {
        (Some(n), _) => Ok(Number::Integer(n)),
        (_, Some(x)) => Ok(Number::Float(cx.read(x, Float::value))),
        _ => wrong(cx, value, "number"),
    }
}

fn fold<'s>(
    cx: &mut Cx<'s>,
    args: Val<'s>,
    out: Val<'s>,
    first: Number,
    exact: fn(i64, i64) -> Option<i64>,
    float: fn(f64, f64) -> f64,
) -> Outcome {
    let item = cx.slot(Value::NULL)?;
    let mut result = first;
    while next(cx, args, item)? {
        let right = as_number(cx, item)?;
        let integer = match (result, right) {
            (Number::Integer(a), Number::Integer(b)) => exact(a, b),
            _ => None,
        };
        result = integer.map_or_else(|| Number::Float(float(result.as_float(), right.as_float())), Number::Integer);
    }
    number(cx, result, out)
}

fn integers<'s>(cx: &mut Cx<'s>, args: Val<'s>, out: Val<'s>, f: fn(i64, i64) -> Option<i64>) -> Outcome {
    match heads(cx, args)? {
        [Number::Integer(a), Number::Integer(b)] => match f(a, b) {
            Some(n) => number(cx, Number::Integer(n), out),
            None => super::fail("division by zero"),
        },
        _ => super::fail("integers are wanted"),
    }
}

fn compare<'s>(cx: &mut Cx<'s>, args: Val<'s>, out: Val<'s>, holds: fn(f64, f64) -> bool) -> Outcome {
    let [mut left] = heads(cx, args)?;
    let item = cx.slot(Value::NULL)?;
    let mut all = true;
    while next(cx, args, item)? {
        let right = as_number(cx, item)?;
        all &= match (left, right) {
            // Integers are told apart where floats no longer can.
            (Number::Integer(a), Number::Integer(b)) => holds(a.cmp(&b) as i8 as f64, 0.0),
            _ => holds(left.as_float(), right.as_float()),
        };
        left = right;
    }
    boolean(cx, all, out)
}
