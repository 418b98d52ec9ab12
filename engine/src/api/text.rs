//! Strings out of the block, as Rust's.

use alloc::string::String;

use rotifer_jsvalue::{StrView, string};

use crate::cx::{Cx, JsStr};
use crate::throw::JsResult;

/// What is cut off ends with this.
const ELLIPSIS: char = '\u{2026}';

/// The text of a view, lone surrogates replaced, cut off after `max` code units.
pub(super) fn to_rust(view: StrView<'_>, max: usize) -> String {
    let cut = view.len() > max;
    let part = if cut { view.slice(0, max) } else { view };
    let mut out = String::with_capacity(part.len() + 3);
    match part {
        StrView::Latin1(bytes) if bytes.is_ascii() => out.push_str(core::str::from_utf8(bytes).unwrap_or("")),
        _ => out.extend(part.code_points().map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER))),
    }
    if cut {
        out.push(ELLIPSIS);
    }
    out
}

impl<'s> Cx<'s> {
    /// A string as Rust's, lone surrogates replaced by U+FFFD, cut off after `max` code units.
    ///
    /// # Errors
    /// Out of memory, when the string has to be put together first.
    pub fn rust_string(&mut self, s: JsStr<'s>, max: usize) -> JsResult<String> {
        let flat = self.flat(s)?;
        Ok(to_rust(string::view(self.heap(), self.peek(flat)), max))
    }
}
