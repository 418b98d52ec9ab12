//! Text of several parts, as `formatToParts` shows it.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::options::choices;

choices! {
    /// The `type` of a part.
    PartType {
        Literal = "literal",
        Integer = "integer",
        Group = "group",
        Decimal = "decimal",
        Fraction = "fraction",
        PlusSign = "plusSign",
        MinusSign = "minusSign",
        ApproximatelySign = "approximatelySign",
        PercentSign = "percentSign",
        Currency = "currency",
        Unit = "unit",
        Compact = "compact",
        ExponentSeparator = "exponentSeparator",
        ExponentMinusSign = "exponentMinusSign",
        ExponentInteger = "exponentInteger",
        Infinity = "infinity",
        NaN = "nan",
    }

    /// The `source` of a part of a range.
    Source { Shared = "shared", StartRange = "startRange", EndRange = "endRange" }
}

/// A text and where its parts end.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::builtins::intl) struct Parts {
    pub text: String,
    ends: Vec<(PartType, Source, usize)>,
}

impl Parts {
    /// Adds text; what surrounds the visible part of it is literal. Literals next to each other are one.
    pub(in crate::builtins::intl) fn push(&mut self, part: PartType, text: &str) {
        let inner = text.trim_matches(is_surrounding);
        if part == PartType::Literal || inner.is_empty() {
            return self.push_raw(PartType::Literal, Source::Shared, text);
        }
        let before = text.len() - text.trim_start_matches(is_surrounding).len();
        let (before, rest) = text.split_at_checked(before).unwrap_or(("", text));
        let (inner, after) = rest.split_at_checked(inner.len()).unwrap_or((rest, ""));
        self.push_raw(PartType::Literal, Source::Shared, before);
        self.push_raw(part, Source::Shared, inner);
        self.push_raw(PartType::Literal, Source::Shared, after);
    }

    /// Adds text as it is.
    pub(in crate::builtins::intl) fn push_raw(&mut self, part: PartType, source: Source, text: &str) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        let end = self.text.len();
        match self.ends.last_mut() {
            Some(last) if last.0 == part && last.1 == source && joins(part) => last.2 = end,
            _ => self.ends.push((part, source, end)),
        }
    }

    /// Adds all of another text.
    pub(in crate::builtins::intl) fn append(&mut self, other: &Parts) {
        for (part, source, text) in other.iter() {
            self.push_raw(part, source, text);
        }
    }

    /// Adds all of another text as coming from there.
    pub(super) fn append_from(&mut self, other: &Parts, source: Source) {
        for (part, _, text) in other.iter() {
            self.push_raw(part, source, text);
        }
    }

    /// The parts in their order.
    pub(in crate::builtins::intl) fn iter(&self) -> impl Iterator<Item = (PartType, Source, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |&(part, source, end)| {
            let text = self.text.get(start..end).unwrap_or("");
            start = end;
            (part, source, text)
        })
    }
}

/// Digits come one by one and are one part; all else that follows itself is so in the patterns.
fn joins(part: PartType) -> bool {
    matches!(
        part,
        PartType::Literal | PartType::Integer | PartType::Fraction | PartType::ExponentInteger | PartType::Unit
    )
}

/// What is not part of a sign or a name, but stands between it and the rest: white space, and marks of direction.
fn is_surrounding(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
}
