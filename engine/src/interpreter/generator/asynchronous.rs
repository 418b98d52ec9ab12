//! What follows an awaited promise (ECMA-262 §27.7.5.3 Await).

use rotifer_jsvalue::{Kind, field};

use super::{Resume, State};
use crate::cx::{Cx, Object, Value};
use crate::throw::JsResult;

/// Goes on with what waited for a promise that has settled: the frame of an async function, generator or module, or an async
/// generator that was told to return.
///
/// # Errors
/// Only limits: exceptions end in the promise of the function.
pub(crate) fn resume_awaiting<'s>(
    cx: &mut Cx<'s>,
    waiting: Object<'s>,
    value: Value<'s>,
    rejected: bool,
) -> JsResult<()> {
    let how = if rejected { Resume::Throw } else { Resume::Next };
    if !cx.is_kind(waiting, Kind::Generator) {
        return Ok(());
    }
    match cx.generator_state(waiting) {
        State::Draining => cx.return_was_awaited(waiting, how, value),
        State::Executing if cx.field_raw(waiting, field::Generator::frame).is_cell() => {
            cx.resume(waiting, how, value).map(drop)
        }
        _ => Ok(()),
    }
}
