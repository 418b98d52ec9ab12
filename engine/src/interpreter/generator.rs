//! Generators and async functions (ECMA-262 §27).

use super::slow::{At, Flow};
use crate::bytecode::Opcode;
use crate::cx::Cx;
use crate::throw::JsResult;

pub(super) fn execute<'s>(_cx: &mut Cx<'s>, _at: At, _op: Opcode) -> JsResult<Option<Flow>> {
    Ok(None)
}

/// A generator's frame is left by an exception.
pub(super) fn abandon(_cx: &mut Cx<'_>, _fp: u32) -> JsResult<Option<rotifer_jsvalue::JsValue>> {
    Ok(None)
}

/// Goes on with an async function whose awaited promise has settled.
pub(crate) fn resume_awaiting<'s>(
    _cx: &mut Cx<'s>,
    _frame: crate::cx::Object<'s>,
    _value: crate::cx::Value<'s>,
    _rejected: bool,
) -> JsResult<()> {
    Ok(())
}

/// A generator's frame is left by a return.
pub(super) fn finish(_cx: &mut Cx<'_>, _fp: u32, value: rotifer_jsvalue::JsValue) -> JsResult<rotifer_jsvalue::JsValue> {
    Ok(value)
}
