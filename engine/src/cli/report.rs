//! How the command tells of errors.

use crate::Error;

/// The exit code an error ends the command with.
pub(super) fn exit_code(error: &Error) -> u8 {
    match error {
        Error::Syntax { .. } => 3,
        Error::OutOfMemory => 4,
        Error::OutOfFuel => 5,
        Error::Deadline => 6,
        Error::StackOverflow => 7,
        _ => 1,
    }
}

/// Writes an error to standard error: name and message, the source line with a caret under the place, and the stack.
pub(super) fn print(error: &Error) {
    eprintln!("{}", render(error));
}

/// The text of an error as [`print`] writes it.
pub(super) fn render(error: &Error) -> String {
    use std::fmt::Write;
    let mut out = match error {
        Error::Exception { name, .. } if name.is_empty() => format!("Uncaught {error}"),
        _ if error.is_limit() => format!("rotifer: {error}"),
        _ => error.to_string(),
    };
    if let (Some(line), Some(frame)) = (error.source_line(), error.frames().first()) {
        let column = (frame.column as usize).saturating_sub(1);
        // A long line is shown around the place.
        let units: Vec<char> = line.chars().collect();
        let from = if column > 100 { column - 60 } else { 0 };
        if column <= units.len() {
            let shown: String = units.iter().skip(from).take(120).collect();
            let blank: String =
                units.iter().skip(from).take(column - from).map(|&c| if c == '\t' { '\t' } else { ' ' }).collect();
            let _ = write!(out, "\n{}:{}\n    {shown}\n    {blank}^", frame.file, frame.line);
        }
    }
    for frame in error.frames() {
        let _ = write!(out, "\n    at {frame}");
    }
    out
}
