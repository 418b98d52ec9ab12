//! The front matter of a test: the few keys a runner needs, out of the subset of YAML that the suite uses.

use serde::{Deserialize, Serialize};

/// What a test says about how to run it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Harness files to evaluate first.
    pub includes: Vec<String>,
    /// `onlyStrict`, `module`, `async`, …
    pub flags: Vec<String>,
    /// Names from `features.txt`.
    pub features: Vec<String>,
    /// The error the test must end with.
    pub negative: Option<Negative>,
}

/// An error that a test must end with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Negative {
    /// `parse`, `resolution` or `runtime`.
    pub phase: String,
    /// The name of the error's constructor.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Metadata {
    /// Reads the front matter of a test; one without is an ordinary test.
    #[must_use]
    pub fn parse(source: &str) -> Self {
        let mut metadata = Metadata::default();
        let Some((_, rest)) = source.split_once("/*---") else { return metadata };
        let Some((text, _)) = rest.split_once("---*/") else { return metadata };
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let lines: Vec<&str> = text.lines().collect();
        let mut index = 0;
        while let Some(line) = lines.get(index) {
            index += 1;
            if line.starts_with([' ', '\t', '#']) {
                continue;
            }
            let Some((key, value)) = line.split_once(':') else { continue };
            // What belongs to the key: the lines below it that are indented (or items of a list).
            let start = index;
            while lines.get(index).is_some_and(|next| next.is_empty() || next.starts_with([' ', '\t', '-', ']'])) {
                index += 1;
            }
            let below = lines.get(start..index).unwrap_or_default();
            match key.trim() {
                "includes" => metadata.includes = list(value, below),
                "flags" => metadata.flags = list(value, below),
                "features" => metadata.features = list(value, below),
                "negative" => metadata.negative = Some(negative(below)),
                _ => {}
            }
        }
        metadata
    }

    /// Whether the test has this flag.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }
}

fn list(value: &str, below: &[&str]) -> Vec<String> {
    let mut items = String::from(value.split(" #").next().unwrap_or_default());
    for line in below {
        items.push(',');
        items.push_str(line.split(" #").next().unwrap_or_default().trim().trim_start_matches("- "));
    }
    items
        .split([',', '[', ']'])
        .map(|item| item.trim().trim_matches(['"', '\'']))
        .filter(|item| !item.is_empty())
        .map(String::from)
        .collect()
}

fn negative(below: &[&str]) -> Negative {
    let mut negative = Negative::default();
    for line in below {
        match line.trim().split_once(':') {
            Some(("phase", phase)) => negative.phase = phase.trim().into(),
            Some(("type", kind)) => negative.kind = kind.trim().into(),
            _ => {}
        }
    }
    negative
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_string()).collect()
    }

    #[test]
    fn lists_in_both_forms() {
        let metadata = Metadata::parse(
            "// Copyright\n/*---\ndescription: >\n  flags: not this one\nflags: [onlyStrict, async]\nincludes:\n  - a.js\n  \
             - b.js\nfeatures: [one,\n  two, # why\n  three]\ninfo: |\n  x\n---*/\n",
        );
        assert_eq!(metadata.flags, strings(&["onlyStrict", "async"]));
        assert_eq!(metadata.includes, strings(&["a.js", "b.js"]));
        assert_eq!(metadata.features, strings(&["one", "two", "three"]));
        assert!(metadata.flag("async") && !metadata.flag("raw"));
        assert_eq!(metadata.negative, None);
    }

    #[test]
    fn negative_and_foreign_line_ends() {
        let metadata = Metadata::parse("/*---\r\nnegative:\r\n  phase: parse\r\n  type: SyntaxError\r\n---*/\r\nx");
        assert_eq!(metadata.negative, Some(Negative { phase: "parse".into(), kind: "SyntaxError".into() }));
        let metadata = Metadata::parse("/*---\rflags: [raw]\r---*/\rx");
        assert!(metadata.flag("raw"));
    }

    #[test]
    fn none_at_all() {
        assert_eq!(Metadata::parse("1 + 1"), Metadata::default());
        assert_eq!(Metadata::parse("/*--- flags: [raw]"), Metadata::default());
    }
}
