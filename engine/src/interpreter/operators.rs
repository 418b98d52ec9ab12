//! Operators and conditional jumps, as macros that [`run`](super::run) expands in its arms.
//!
//! They are written in terms of the loop's own macros (`r!`, `set!`, `next!`, `jump!`, `slow!` …), which are looked up where they are
//! expanded.

// One-word instructions that only load, and jumps on a condition.
macro_rules! load {
    ($v:expr) => {{
        set!(a!(), $v);
        next!(1)
    }};
}

macro_rules! jump_when {
    ($c:expr) => {{ if $c { jump!(word!(1) as i32) } else { next!(2) } }};
}

// Arithmetic of register b and $y: of integers when $int has an answer, else of doubles.
macro_rules! numbers {
    ($y:expr, $int:expr, $f:expr, $wrap:path) => {{
        let x = r!(b!());
        let y: u64 = $y;
        let of_ints: fn(i32, i32) -> Option<i32> = $int;
        if both_int(x, y)
            && let Some(z) = of_ints(x as i32, y as i32)
        {
            load!(int(z))
        }
        if let (Some(x), Some(y)) = (number(x), number(y)) {
            let f: fn(f64, f64) -> f64 = $f;
            load!($wrap(f(x, y)))
        }
    }};
}

macro_rules! arith {
    ($y:expr, $int:expr, $f:expr, $wrap:path) => {{
        numbers!($y, $int, $f, $wrap);
        bigints!($y);
        slow!()
    }};
}

macro_rules! add {
    ($y:expr) => {{
        numbers!($y, i32::checked_add, |x, y| x + y, double);
        if let Some(v) = quick!(add, r!(b!()), $y) {
            load!(v)
        }
        slow!()
    }};
}

// The operation on small BigInts.
macro_rules! bigints {
    ($y:expr) => {{
        if is_bigint(r!(b!()))
            && let Some(v) = quick!(bigint, r!(b!()), $y)
        {
            load!(v)
        }
    }};
}

// Bitwise operations: int32 straight, doubles by ToInt32.
macro_rules! bits {
    ($y:expr, $f:expr) => {{
        let x = r!(b!());
        let y: u64 = $y;
        let f: fn(i32, i32) -> i32 = $f;
        if both_int(x, y) {
            set!(a!(), int(f(x as i32, y as i32)));
            next!(1)
        }
        if let (Some(x), Some(y)) = (number(x), number(y)) {
            set!(a!(), int(f(to_int32(x), to_int32(y))));
            next!(1)
        }
        bigints!(y);
        slow!()
    }};
}

macro_rules! compare {
    ($op:tt) => {{
        let (x, y) = (r!(b!()), r!(c!()));
        if both_int(x, y) {
            set!(a!(), JsValue::bool((x as i32) $op (y as i32)).to_bits());
            next!(1)
        }
        if let (Some(x), Some(y)) = (number(x), number(y)) {
            set!(a!(), JsValue::bool(x $op y).to_bits());
            next!(1)
        }
        slow!()
    }};
}

macro_rules! jump_compare {
    ($op:tt, $want:expr) => {{
        let (x, y) = (r!(a!()), r!(b!()));
        let holds = if both_int(x, y) {
            (x as i32) $op (y as i32)
        } else if let (Some(x), Some(y)) = (number(x), number(y)) {
            x $op y
        } else if is_bigint(x) && is_bigint(y) {
            quick!(bigints_hold, x, y)
        } else {
            slow!()
        };
        if holds == $want { jump!(word!(1) as i32) } else { next!(2) }
    }};
}

macro_rules! jump_compare_imm {
    ($op:tt, $want:expr) => {{
        let x = r!(a!());
        let y: i32 = immediate!();
        let holds = if is_int(x) {
            (x as i32) $op y
        } else if let Some(x) = number(x) {
            x $op f64::from(y)
        } else {
            slow!()
        };
        if holds == $want { jump!(word!(1) as i32) } else { next!(2) }
    }};
}
