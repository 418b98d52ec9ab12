//! Class instructions (ECMA-262 §15.7).

use super::slow::{At, Flow};
use crate::bytecode::Opcode;
use crate::cx::Cx;
use crate::throw::JsResult;

pub(super) fn execute<'s>(_cx: &mut Cx<'s>, _at: At, _op: Opcode) -> JsResult<Option<Flow>> {
    Ok(None)
}
