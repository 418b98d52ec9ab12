//! The list of known failures: one path and its reason per line. A path that ends in `/` says that *every* test below it
//! fails, so the list stays readable while whole parts of the language are missing and is exact all the same.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::Context as _;

const HEADING: &str = "\
# Tests that are known to fail, each with its reason. A path that ends in / stands for every test below it.
# The list may only shrink: a failure that is not on it is an error, and so is a test on it that passes.
# `cargo xtask test262 --bless` rewrites it.
";

/// The list, by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct KnownFailures {
    entries: BTreeMap<String, String>,
}

impl KnownFailures {
    /// Reads a list. A file that does not exist is an empty one.
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).with_context(|| path.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut entries = BTreeMap::new();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (path, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let reason = reason.trim();
            anyhow::ensure!(!reason.is_empty(), "{path} has no reason");
            anyhow::ensure!(entries.insert(path.to_string(), reason.to_string()).is_none(), "{path} is listed twice");
        }
        Ok(KnownFailures { entries })
    }

    /// Why this test is known to fail, if it is.
    pub fn reason(&self, path: &str) -> Option<&str> {
        let folders = path.match_indices('/').filter_map(|(end, _)| path.get(..=end));
        folders.chain([path]).find_map(|prefix| self.entries.get(prefix)).map(String::as_str)
    }

    /// The shortest exact list for these outcomes (path, and the reason if it failed) of **all** tests. Reasons of the old
    /// list are kept.
    pub fn rewrite<'a>(&self, outcomes: impl IntoIterator<Item = (&'a str, Option<&'a str>)> + Clone) -> Self {
        // Per folder: how many tests, how many of them failed.
        let mut folders: HashMap<&str, (usize, usize)> = HashMap::new();
        for (path, failure) in outcomes.clone() {
            for (end, _) in path.match_indices('/') {
                let counts = folders.entry(path.get(..=end).unwrap_or_default()).or_default();
                counts.0 += 1;
                counts.1 += usize::from(failure.is_some());
            }
        }
        let mut entries = BTreeMap::new();
        let mut reasons: HashMap<&str, HashMap<String, usize>> = HashMap::new();
        for (path, failure) in outcomes {
            let Some(failure) = failure else { continue };
            let whole = path
                .match_indices('/')
                .filter_map(|(end, _)| path.get(..=end))
                .find(|folder| folders.get(folder).is_some_and(|&(all, failed)| all == failed && all > 1));
            let key = whole.unwrap_or(path);
            if let Some(reason) = self.entries.get(key) {
                entries.insert(key.to_string(), reason.clone());
            } else {
                *reasons.entry(key).or_default().entry(shorten(failure)).or_default() += 1;
            }
        }
        for (key, counts) in reasons {
            let most = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
            entries.insert(key.to_string(), most.map_or_else(String::new, |(reason, _)| reason));
        }
        KnownFailures { entries }
    }

    /// Writes the list.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        let mut text = String::from(HEADING);
        for (path, reason) in &self.entries {
            text.push_str(path);
            text.push_str("  ");
            text.push_str(reason);
            text.push('\n');
        }
        std::fs::write(path, text).with_context(|| path.display().to_string())
    }
}

/// The first line of a message, at most 100 characters of it.
fn shorten(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim();
    let mut short: String = line.chars().take(100).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().nth(100).is_some() {
        short.push('…');
    }
    if short.is_empty() { "no message".into() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_stand_for_all_below() {
        let list = KnownFailures::parse("# c\ntest/a/ missing\ntest/b/x.js  wrong order\n").unwrap();
        assert_eq!(list.reason("test/a/deep/x.js"), Some("missing"));
        assert_eq!(list.reason("test/b/x.js"), Some("wrong order"));
        assert_eq!(list.reason("test/b/y.js"), None);
        assert_eq!(list.reason("test/a.js"), None);
    }

    #[test]
    fn every_entry_has_a_reason_and_stands_once() {
        assert!(KnownFailures::parse("test/a.js\n").is_err());
        assert!(KnownFailures::parse("test/a.js x\ntest/a.js y\n").is_err());
    }

    #[test]
    fn rewriting_is_exact_and_keeps_reasons() {
        let outcomes = [
            ("test/a/1.js", Some("TypeError: no")),
            ("test/a/2.js", Some("TypeError: no")),
            ("test/b/1.js", None),
            ("test/b/2.js", Some("SyntaxError: what\nand more")),
            ("test/b/c/1.js", Some("x")),
        ];
        let old = KnownFailures::parse("test/b/c/1.js by hand\ntest/b/1.js fixed since\n").unwrap();
        let new = old.rewrite(outcomes);
        let expected = "test/a/ TypeError: no\ntest/b/2.js SyntaxError: what\ntest/b/c/1.js by hand\n";
        assert_eq!(new, KnownFailures::parse(expected).unwrap());
        for (path, failure) in outcomes {
            assert_eq!(new.reason(path).is_some(), failure.is_some(), "{path}");
        }
    }
}
