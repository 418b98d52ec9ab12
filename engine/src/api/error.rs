//! What an evaluation can end with other than a value.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rotifer_gc::HeapContext;
use rotifer_jsvalue::{HeapExt, JsValue, Kind, StaticName, field, string};

use super::text::to_rust;
use crate::cx::{Cx, Object, Value};
use crate::interpreter::layout::script;
use crate::isolate::{Isolate, Pending, RootWord};
use crate::n;
use crate::ops::ErrorKind;
use crate::throw::{JsResult, Throw};

/// A place in a script: one line of an error's stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The name of the function; empty for the top level of a script and functions without a name.
    pub function: Box<str>,
    /// The name the script was given.
    pub file: Box<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in UTF-16 code units, from 1.
    pub column: u32,
    /// It is an async function that was not running, but awaited the frame above it.
    pub awaiting: bool,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.awaiting {
            f.write_str("async ")?;
        }
        if self.function.is_empty() {
            write!(f, "{}:{}:{}", self.file, self.line, self.column)
        } else {
            write!(f, "{} ({}:{}:{})", self.function, self.file, self.line, self.column)
        }
    }
}

/// How an evaluation failed. It is owned: nothing of the isolate is kept alive by it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The script threw something that nothing caught.
    Exception {
        /// The error's `name`, else the name of its constructor; empty when what was thrown is no object.
        name: Box<str>,
        /// Its `message`, else the text of what was thrown.
        message: Box<str>,
        /// Its `stack`, as the script sees it.
        stack: Box<str>,
        /// The same as places, innermost first.
        frames: Vec<Frame>,
        /// The line of source the innermost frame is in.
        source_line: Option<Box<str>>,
    },
    /// The source text is no program.
    Syntax {
        /// What is wrong.
        message: Box<str>,
        /// Where.
        frame: Frame,
        /// The line of source this is in.
        source_line: Option<Box<str>>,
    },
    /// The memory limit was reached.
    OutOfMemory,
    /// The instruction budget was used up.
    OutOfFuel,
    /// The time limit was reached.
    Deadline,
    /// Another thread cancelled the evaluation.
    Cancelled,
    /// The stack limit was reached, and the script did not catch that.
    StackOverflow,
    /// A value cannot be converted to what was asked for, or a handle belongs to another isolate.
    Conversion(Box<str>),
}

/// The longest text, in code units, taken over from a script into an error.
const MAX_TEXT: usize = 16 * 1024;
/// The longest source line shown.
const MAX_LINE: usize = 400;

impl Error {
    /// An error to be thrown into the script by a host function: a TypeError, RangeError or plain Error …
    #[must_use]
    pub fn exception(name: &str, message: &str) -> Self {
        Error::Exception {
            name: name.into(),
            message: message.into(),
            stack: "".into(),
            frames: Vec::new(),
            source_line: None,
        }
    }

    /// Whether a limit of the isolate ended the evaluation.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        matches!(
            self,
            Error::OutOfMemory | Error::OutOfFuel | Error::Deadline | Error::Cancelled | Error::StackOverflow
        )
    }

    /// Where it happened, innermost first.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        match self {
            Error::Exception { frames, .. } => frames,
            Error::Syntax { frame, .. } => core::slice::from_ref(frame),
            _ => &[],
        }
    }

    /// The line of source it happened in.
    #[must_use]
    pub fn source_line(&self) -> Option<&str> {
        match self {
            Error::Exception { source_line, .. } | Error::Syntax { source_line, .. } => source_line.as_deref(),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Exception { name, message, .. } if name.is_empty() => f.write_str(message),
            Error::Exception { name, message, .. } if message.is_empty() => f.write_str(name),
            Error::Exception { name, message, .. } => write!(f, "{name}: {message}"),
            Error::Syntax { message, .. } => write!(f, "SyntaxError: {message}"),
            Error::OutOfMemory => f.write_str("out of memory"),
            Error::OutOfFuel => f.write_str("out of fuel"),
            Error::Deadline => f.write_str("time limit reached"),
            Error::Cancelled => f.write_str("cancelled"),
            Error::StackOverflow => f.write_str("stack overflow"),
            Error::Conversion(what) => f.write_str(what),
        }
    }
}

impl core::error::Error for Error {}

/// What a throw was about, and which part of an evaluation it came from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Compile,
    Run,
}

/// Turns what waits in the isolate after a throw into an owned error, and makes the isolate ready for the next evaluation.
pub(super) fn take_error(cx: &mut Cx<'_>, stage: Stage) -> Error {
    let pending = core::mem::take(&mut cx.pending);
    let exception = cx.root_word(RootWord::Exception);
    cx.set_root(RootWord::Exception, JsValue::UNDEFINED);
    match pending {
        Pending::None | Pending::OutOfMemory => Error::OutOfMemory,
        Pending::OutOfFuel => Error::OutOfFuel,
        Pending::Deadline => Error::Deadline,
        Pending::Cancelled => Error::Cancelled,
        Pending::Exception => {
            let overflow = exception.is_object() && exception == cx.root_word(RootWord::StackOverflow);
            if overflow && stage == Stage::Run {
                return Error::StackOverflow;
            }
            // Only with room on the stack for it; a full stack was unwound before this.
            let Ok(exception) = cx.root(exception) else { return Error::StackOverflow };
            let described = describe(cx, exception, stage);
            cx.pending = Pending::None;
            cx.set_root(RootWord::Exception, JsValue::UNDEFINED);
            described
        }
    }
}

/// Throws an error of the host into the script. Limits go on as what they are.
pub(super) fn throw(cx: &mut Cx<'_>, error: Error) -> Throw {
    let kinds = [
        ("TypeError", ErrorKind::TypeError),
        ("RangeError", ErrorKind::RangeError),
        ("SyntaxError", ErrorKind::SyntaxError),
        ("ReferenceError", ErrorKind::ReferenceError),
        ("EvalError", ErrorKind::EvalError),
        ("URIError", ErrorKind::URIError),
    ];
    match error {
        Error::Exception { name, message, .. } if name.is_empty() => match cx.str(&message) {
            Ok(text) => cx.throw(text.cast()),
            Err(throw) => throw,
        },
        Error::Exception { name, message, .. } => match kinds.iter().find(|k| *k.0 == *name) {
            Some(&(_, kind)) => cx.throw_error(kind, &message),
            None if *name == *"Error" => cx.throw_error(ErrorKind::Error, &message),
            None => cx.throw_error(ErrorKind::Error, &alloc::format!("{name}: {message}")),
        },
        Error::Syntax { message, .. } => cx.throw_error(ErrorKind::SyntaxError, &message),
        Error::Conversion(message) => cx.throw_error(ErrorKind::TypeError, &message),
        Error::OutOfMemory => cx.note(Pending::OutOfMemory),
        Error::OutOfFuel => cx.note(Pending::OutOfFuel),
        Error::Deadline => cx.note(Pending::Deadline),
        Error::Cancelled => cx.note(Pending::Cancelled),
        Error::StackOverflow => cx.stack_overflow(),
    }
}

/// Runs something that may throw while an error is being described; a throw counts for nothing.
fn attempt<'s, R>(cx: &mut Cx<'s>, f: impl FnOnce(&mut Cx<'s>) -> JsResult<R>) -> Option<R> {
    let result = f(cx).ok();
    if result.is_none() {
        cx.pending = Pending::None;
    }
    result
}

pub(super) fn describe<'s>(cx: &mut Cx<'s>, exception: Value<'s>, stage: Stage) -> Error {
    let Some(object) = cx.as_object(exception) else {
        let message = attempt(cx, |cx| {
            if cx.peek(exception).is_symbol() {
                return Ok(String::from("a symbol"));
            }
            let s = cx.to_string(exception)?;
            cx.rust_string(s, MAX_TEXT)
        });
        let message = message.unwrap_or_default().into();
        return Error::Exception { name: "".into(), message, stack: "".into(), frames: Vec::new(), source_line: None };
    };
    let message = text_property(cx, object, n!("message"));
    let name = text_property(cx, object, n!("name")).filter(|n| !n.is_empty()).or_else(|| {
        let constructor = attempt(cx, |cx| cx.get(object, n!("constructor")))?;
        let constructor = cx.as_object(constructor)?;
        text_property(cx, constructor, n!("name"))
    });
    let message = message.or_else(|| {
        attempt(cx, |cx| {
            let s = cx.to_string(exception)?;
            cx.rust_string(s, MAX_TEXT)
        })
    });
    let message: Box<str> = message.unwrap_or_default().into();
    if stage == Stage::Compile && cx.is_kind(object, Kind::Error) {
        let frame = Frame {
            awaiting: false,
            function: "".into(),
            file: "".into(),
            line: number_property(cx, object, n!("lineNumber")),
            column: number_property(cx, object, n!("columnNumber")),
        };
        return Error::Syntax { message, frame, source_line: None };
    }
    let (frames, source_line) = if cx.is_kind(object, Kind::Error) { frames(cx, object) } else { (Vec::new(), None) };
    let stack = text_property(cx, object, n!("stack")).unwrap_or_default().into();
    Error::Exception { name: name.unwrap_or_default().into(), message, stack, frames, source_line }
}

/// A property that is a string.
fn text_property<'s>(cx: &mut Cx<'s>, object: Object<'s>, key: StaticName) -> Option<String> {
    attempt(cx, |cx| {
        let v = cx.get(object, key)?;
        if cx.peek(v).is_string() { cx.rust_string(v.cast(), MAX_TEXT).map(Some) } else { Ok(None) }
    })
    .flatten()
}

fn number_property<'s>(cx: &mut Cx<'s>, object: Object<'s>, key: StaticName) -> u32 {
    let value = attempt(cx, |cx| cx.get(object, key));
    value.and_then(|v| cx.peek(v).as_number()).map_or(0, |d| d as u32)
}

fn flat_text(isolate: &Isolate, v: JsValue) -> Box<str> {
    let heap = isolate.heap();
    if v.is_string() && string::is_flat(heap, v) { to_rust(string::view(heap, v), MAX_LINE).into() } else { "".into() }
}

/// The places an error object remembers, and the source line of the first.
fn frames<'s>(cx: &mut Cx<'s>, error: Object<'s>) -> (Vec<Frame>, Option<Box<str>>) {
    let stack = cx.field_raw(error, field::Error::stack);
    if !stack.is_cell() || cx.heap().kind(stack.index()) != Kind::Values {
        return (Vec::new(), None);
    }
    let Ok(stack) = cx.root(stack) else { return (Vec::new(), None) };
    let count = (cx.heap().header(cx.peek(stack).index()).aux() - 1) / 3;
    let mut frames = Vec::new();
    let mut source_line = None;
    for i in 0..count {
        let at = cx.peek(stack).index() + 1 + 3 * i;
        let [name, record] = [0, 1].map(|n| cx.heap().value(at + n));
        let place = cx.heap().value(at + 2).as_raw();
        if !record.is_cell() {
            continue;
        }
        let file = cx.heap().value(record.index() + script::NAME);
        let file = flat_text(cx, file);
        let Ok(record) = cx.root(record) else { break };
        let function = attempt(cx, |cx| cx.frame_name(name, record))
            .map_or_else(|| "".into(), |name| flat_text(cx, cx.peek(name)));
        let (line, column) = cx.source_place(record, place as u32);
        if i == 0 {
            let first = cx.field_raw(record, script::LINE).as_int().unwrap_or(0);
            let source = cx.field_raw(record, script::SOURCE);
            source_line = line_of(string::view(cx.heap(), source), line.saturating_add_signed(-first));
        }
        frames.push(Frame { function, file, line, column, awaiting: place & crate::interpreter::AWAITING != 0 });
    }
    (frames, source_line)
}

/// Line `line` (from 1) of a source text.
pub(super) fn line_of(text: rotifer_jsvalue::StrView<'_>, line: u32) -> Option<Box<str>> {
    let is_end = |u: u16| matches!(u, 0x0A | 0x0D | 0x2028 | 0x2029);
    let (mut at, mut number) = (0, 1);
    let len = text.len();
    while number < line {
        if at >= len {
            return None;
        }
        let u = text.at(at);
        at += 1;
        if is_end(u) {
            if u == 0x0D && at < len && text.at(at) == 0x0A {
                at += 1;
            }
            number += 1;
        }
    }
    let mut end = at;
    while end < len && end - at <= MAX_LINE && !is_end(text.at(end)) {
        end += 1;
    }
    Some(to_rust(text.slice(at, end), MAX_LINE).into())
}
