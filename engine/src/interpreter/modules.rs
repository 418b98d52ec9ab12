//! Module instructions (ECMA-262 §16.2).

use super::slow::{At, Flow};
use crate::bytecode::Opcode;
use crate::cx::Cx;
use crate::throw::JsResult;

pub(super) fn execute<'s>(_cx: &mut Cx<'s>, _at: At, _op: Opcode) -> JsResult<Option<Flow>> {
    Ok(None)
}

/// The value of an imported binding.
pub(super) fn read_import<'s>(
    cx: &mut Cx<'s>,
    link: rotifer_jsvalue::JsValue,
    _key: crate::cx::Key<'s>,
) -> JsResult<crate::cx::Value<'s>> {
    cx.root(link)
}
