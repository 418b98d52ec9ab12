//! Early errors of regular expression literals, for the parser.

use core::mem::MaybeUninit;

use rotifer_arena::Scratch;

use crate::regexp::{CompileError, Flags, Input, validate as check};
use crate::stack_guard::StackGuard;
use crate::syntax::Text;

fn input(text: Text<'_>) -> Input<'_> {
    match text {
        Text::Latin1(s) => Input::Latin1(s),
        Text::Utf16(s) => Input::Utf16(s),
    }
}

/// Checks pattern and flags; an error is a message and an offset in the pattern.
pub(crate) fn validate(pattern: Text<'_>, flags: Text<'_>, guard: StackGuard) -> Result<(), (&'static str, u32)> {
    let Ok(flags) = Flags::parse(input(flags)) else { return Err(("invalid regular expression flags", 0)) };
    // Room for the names and classes of any literal that is not absurd; one that needs more is refused when it is made.
    let mut region = [MaybeUninit::<u64>::uninit(); 1024];
    let scratch = Scratch::new(&mut region);
    match check(input(pattern), flags, &scratch, guard) {
        Err(CompileError::Syntax(e)) => Err((e.message, e.position)),
        Ok(()) | Err(_) => Ok(()),
    }
}
