//! Rules about source files that neither the compiler nor clippy checks.

use std::fmt;
use std::path::Path;

use anyhow::Context as _;

/// The longest a file may be, apart from generated data.
const LONGEST: usize = 1000;
/// What marks generated data, in one of the first five lines.
const GENERATED: &str = "@generated";
/// The one folder of the engine that may use `unsafe`.
const UNSAFE_FOLDER: &str = "engine/src/interpreter/";
/// How many lines above an `unsafe` block its reason may start.
const REASON_WITHIN: usize = 12;

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    file: String,
    line: usize,
    what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// Checks every Rust file of the workspace.
pub fn check(root: &Path) -> anyhow::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    walk(root, "", &mut problems)?;
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok(problems)
}

fn walk(root: &Path, folder: &str, problems: &mut Vec<Problem>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(root.join(folder)).with_context(|| folder.to_string())? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if entry.file_type()?.is_dir() {
            if name != "target" && !name.starts_with('.') {
                walk(root, &path, problems)?;
            }
        } else if name.ends_with(".rs") {
            let text = std::fs::read_to_string(entry.path()).with_context(|| path.clone())?;
            check_file(&path, &text, problems);
        }
    }
    Ok(())
}

fn check_file(path: &str, text: &str, problems: &mut Vec<Problem>) {
    let mut report = |line, what: String| problems.push(Problem { file: path.into(), line, what });
    let generated = text.lines().take(5).any(|line| line.contains(GENERATED));
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() > LONGEST && !generated {
        report(LONGEST + 1, format!("{} lines; {LONGEST} are the most", lines.len()));
    }
    let code = code_only(text);
    let mut reason = usize::MAX; // lines since the last reason
    for (index, (line, code)) in lines.iter().zip(code.lines()).enumerate() {
        reason = if line.contains("SAFETY:") || line.contains("# Safety") { 0 } else { reason.saturating_add(1) };
        for (at, _) in code.match_indices("unsafe") {
            let before = code.get(..at).and_then(|text| text.chars().next_back());
            let after = code.get(at + "unsafe".len()..).unwrap_or_default();
            if before.is_some_and(is_word) || after.chars().next().is_some_and(is_word) {
                continue; // part of a longer name
            }
            if path.starts_with("engine/") && !path.starts_with(UNSAFE_FOLDER) {
                report(index + 1, format!("unsafe outside {UNSAFE_FOLDER}"));
            }
            let rest = after.trim_start();
            let opens = rest.starts_with('{') || rest.starts_with("impl") || rest.is_empty();
            if opens && reason > REASON_WITHIN {
                report(index + 1, "unsafe without a SAFETY comment".into());
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text with comments and literals blanked out, line by line as before.
fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    let mut previous = ' ';
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => string(rest),
            'r' | 'b' | 'c' if !is_word(previous) => raw_string(rest).unwrap_or(0),
            '\'' => character(rest),
            _ => 0,
        };
        let length = if length == 0 {
            code.push(c);
            c.len_utf8()
        } else {
            let skipped = rest.get(..length).unwrap_or(rest);
            code.extend(skipped.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            skipped.len()
        };
        previous = c;
        rest = rest.get(length..).unwrap_or_default();
    }
    code
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let step = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth -= 1;
            2
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        at += step;
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_string(text: &str) -> Option<usize> {
    let after = text.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let inside = after.trim_start_matches('#');
    let hashes = after.len() - inside.len();
    let inside = inside.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let start = text.len() - inside.len();
    Some(inside.find(&end).map_or(text.len(), |at| start + at + end.len()))
}

/// The length of a character literal; nothing for a lifetime.
fn character(text: &str) -> usize {
    let mut inside = text.char_indices().skip(1);
    match inside.next() {
        Some((_, '\\')) => {
            inside.next();
            inside.find(|&(_, c)| c == '\'').map_or(0, |(at, _)| at + 1)
        }
        Some(_) => inside.next().filter(|&(_, c)| c == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        check_file(path, text, &mut problems);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn comments_and_literals_are_not_code() {
        let text = "a /* unsafe { /* x */ */ b\n\"unsafe \\\" {\" c // unsafe {\nr#\"unsafe \" {\"# d '\"' 'e 'f' '\\'' g br\"h\"";
        let code = code_only(text);
        assert!(!code.contains("unsafe"), "{code}");
        assert_eq!(code.split_whitespace().collect::<String>(), "abcd'eg");
        assert_eq!(code.lines().count(), 3);
    }

    #[test]
    fn unsafe_needs_a_reason() {
        assert!(problems("gc/src/a.rs", "// SAFETY: it is.\nlet x = unsafe { y };\n").is_empty());
        assert_eq!(problems("gc/src/a.rs", "let x = unsafe { y };\n").len(), 1);
        assert_eq!(problems("gc/src/a.rs", "unsafe impl Send for X {}\n").len(), 1);
        assert!(problems("gc/src/a.rs", "unsafe fn f() {}\n#![deny(unsafe_code)]\n").is_empty());
    }

    #[test]
    fn the_engine_has_one_place_for_unsafe() {
        let text = "// SAFETY: it is.\nunsafe { y }\n";
        assert!(problems("engine/src/interpreter/run.rs", text).is_empty());
        assert_eq!(problems("engine/src/builtins/array.rs", text).len(), 1);
        assert_eq!(problems("engine/src/builtins/array.rs", "unsafe fn f() {}").len(), 1);
    }

    #[test]
    fn long_files_are_named_unless_generated() {
        let long = "//\n".repeat(LONGEST + 1);
        assert_eq!(problems("x.rs", &long).len(), 1);
        assert!(problems("x.rs", &format!("// @generated by a tool\n{long}")).is_empty());
        assert!(problems("x.rs", &"//\n".repeat(LONGEST)).is_empty());
    }
}
