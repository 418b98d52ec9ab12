//! The interactive mode.

use std::io::IsTerminal;
use std::path::PathBuf;

use rustyline::error::ReadlineError;

use super::{Session, report};
use crate::{Error, Value};

/// Where the lines typed are remembered.
fn history_file() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"))?;
    Some(PathBuf::from(home).join(".rotifer_history"))
}

/// Reads, evaluates and prints until the end of input. Errors are shown and end nothing.
pub(super) fn run(session: &mut Session) -> Result<(), String> {
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut editor = rustyline::DefaultEditor::new().map_err(|e| e.to_string())?;
    let history = history_file();
    if let Some(file) = &history {
        // The first time there is none.
        let _ = editor.load_history(file);
    }
    if std::io::stdin().is_terminal() {
        println!("rotifer {} (Ctrl-D ends)", env!("CARGO_PKG_VERSION"));
    }
    let mut source = String::new();
    loop {
        match editor.readline(if source.is_empty() { "> " } else { "... " }) {
            Ok(line) => {
                source.push_str(&line);
                if !line.is_empty() && is_incomplete(session, &source) {
                    source.push('\n');
                    continue;
                }
                let entered = std::mem::take(&mut source);
                if entered.trim().is_empty() {
                    continue;
                }
                let _ = editor.add_history_entry(entered.trim_end());
                evaluate(session, &entered, colour);
            }
            Err(ReadlineError::Interrupted) => source.clear(),
            Err(ReadlineError::Eof) => break,
            Err(e) => return Err(e.to_string()),
        }
    }
    if let Some(file) = &history {
        let _ = editor.save_history(file);
    }
    Ok(())
}

/// Whether the source only lacks more lines: its syntax error is at its very end.
fn is_incomplete(session: &mut Session, source: &str) -> bool {
    let Err(Error::Syntax { message, frame, .. }) = session.isolate.check(source, "<repl>") else { return false };
    if message.contains("not closed") {
        // A string literal that ends with its line is wrong; templates and comments go on.
        return message.contains("template") || message.contains("comment");
    }
    let end = source.trim_end();
    let line = end.lines().count().max(1);
    let column = end.lines().last().map_or(0, |l| l.encode_utf16().count()) + 1;
    (frame.line as usize, frame.column as usize) >= (line, column)
}

fn evaluate(session: &mut Session, source: &str, colour: bool) {
    // What looks like an object is one, not a block.
    let trimmed = source.trim();
    let wrapped = format!("({trimmed}\n)");
    let source =
        if trimmed.starts_with('{') && session.isolate.check(&wrapped, "<repl>").is_ok() { &wrapped } else { source };
    let result = session.limited(|isolate| isolate.eval(source, "<repl>"));
    let result = result.and_then(|v| session.settle().map(|()| v));
    match result {
        Ok(value) => match session.isolate.inspect(&value) {
            Ok(text) => println!("{}", paint(&value, &text, colour)),
            Err(e) => eprintln!("{}", report::render(&e)),
        },
        Err(e) if colour => eprintln!("\x1b[31m{}\x1b[0m", report::render(&e)),
        Err(e) => eprintln!("{}", report::render(&e)),
    }
}

fn paint(value: &Value, text: &str, colour: bool) -> String {
    let code = match value {
        _ if !colour => return text.into(),
        Value::Undefined | Value::Null => "90",
        Value::Number(_) | Value::BigInt(_) | Value::Bool(_) => "33",
        Value::String(_) => "32",
        Value::Symbol(_) => "35",
        Value::Object(_) => return text.into(),
    };
    format!("\x1b[{code}m{text}\x1b[0m")
}
