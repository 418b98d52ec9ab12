//! Private names (ECMA-262 §6.2.12): symbols that no script sees.

use rotifer_jsvalue::{HeapExt, JsValue, field};

use crate::cx::Cx;

impl Cx<'_> {
    /// Whether a symbol is a private name.
    pub(crate) fn is_private_name(&self, symbol: JsValue) -> bool {
        symbol.is_heap_symbol() && self.heap().value(symbol.index() + field::Symbol::registered) == JsValue::TRUE
    }
}
