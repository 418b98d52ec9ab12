//! Evaluating source text.

use rotifer_gc::HeapContext;
use rotifer_jsvalue::StrView;

use super::error::{Error, Frame, Stage, line_of, take_error};
use crate::cx::Cx;
use crate::isolate::Isolate;
use crate::stack_guard::StackGuard;
use crate::throw::JsResult;

/// The native stack granted when nothing is known about the thread's.
const UNKNOWN_STACK: usize = 128 * 1024;

impl Isolate {
    /// Opens a scope for the host: limits are armed on the way in, and everything is put back on the way out, whatever happened.
    pub(crate) fn enter<R>(
        &mut self,
        stage: impl Fn() -> Stage,
        f: impl for<'s> FnOnce(&mut Cx<'s>) -> JsResult<R>,
    ) -> Result<R, Error> {
        let outermost = self.heap.sp() == self.heap.stack_top();
        let (frame, guard) = (self.frame, self.guard);
        if outermost {
            self.frame = 0;
            self.guard = self.native_guard();
            self.meter.start();
        }
        let mut cx = Cx::enter(self);
        let realm = cx.root_word(crate::isolate::RootWord::Realm);
        let _ = realm;
        let number = cx.current_realm_number();
        let result = f(&mut cx);
        cx.frame = frame;
        if cx.current_realm_number() != number {
            if let Some(realm) = cx.realm_number(number) {
                cx.set_root(crate::isolate::RootWord::Realm, realm);
            }
        }
        let result = match result {
            Ok(v) => Ok(v),
            Err(_) => Err(take_error(&mut cx, stage())),
        };
        drop(cx);
        if outermost {
            self.guard = guard;
        }
        result
    }

    fn native_guard(&self) -> StackGuard {
        #[cfg(feature = "std")]
        let left = stacker::remaining_stack();
        #[cfg(not(feature = "std"))]
        let left: Option<usize> = None;
        match (self.native_stack, left) {
            (Some(granted), Some(left)) => StackGuard::for_stack_of(granted.saturating_add(StackGuard::RESERVE).min(left)),
            (Some(granted), None) => StackGuard::with_room(granted),
            (None, Some(left)) => StackGuard::for_stack_of(left),
            (None, None) => StackGuard::with_room(UNKNOWN_STACK),
        }
    }

    /// Runs a script for its effects, in the first realm. Jobs it queues stay queued until [`Isolate::run_jobs`].
    ///
    /// # Errors
    /// What the script throws and does not catch, or the limit it ran into. The isolate is ready for the next script after any of
    /// them.
    pub fn run(&mut self, source: &str, name: &str) -> Result<(), Error> {
        self.run_with(source, name, |_, _| Ok(()))
    }

    /// Runs a script and hands its value over.
    pub(crate) fn run_with<R>(
        &mut self,
        source: &str,
        name: &str,
        f: impl for<'s> FnOnce(&mut Cx<'s>, crate::cx::Value<'s>) -> JsResult<R>,
    ) -> Result<R, Error> {
        let stage = core::cell::Cell::new(Stage::Compile);
        let result = self.enter(
            || stage.get(),
            |cx| {
                let text = cx.str(source)?;
                let name = cx.str(name)?;
                let value = cx.run_script_in_stages(text.cast(), name.cast(), || stage.set(Stage::Run))?;
                f(cx, value)
            },
        );
        result.map_err(|e| place_syntax_error(e, source, name))
    }

    /// Runs the jobs that wait (reactions of promises and the like) until none is left.
    ///
    /// # Errors
    /// What a job throws, or the limit that was reached; the jobs after it stay queued.
    pub fn run_jobs(&mut self) -> Result<(), Error> {
        self.enter(|| Stage::Run, |cx| cx.run_jobs())
    }

    /// Collects everything nothing refers to, and slides together what is left.
    pub fn collect_garbage(&mut self) {
        self.heap_mut().collect(&mut []);
    }

    /// Lines that scripts print (`console.log`, `print`) are handed to `f`.
    pub fn on_print(&mut self, f: impl FnMut(&str) + Send + 'static) {
        self.host.print = Some(alloc::boxed::Box::new(f));
    }

    /// Moves every block at every `every`th allocation, to find what refers to moved blocks; 0 turns it off.
    pub fn set_gc_stress(&mut self, every: u32) {
        self.heap.set_stress(every);
    }
}

/// Completes a syntax error with the name of the script and the line it is in.
fn place_syntax_error(error: Error, source: &str, name: &str) -> Error {
    match error {
        Error::Syntax { message, frame, .. } => {
            let source_line = source_line(source, frame.line);
            Error::Syntax { message, frame: Frame { file: name.into(), ..frame }, source_line }
        }
        other => other,
    }
}

fn source_line(source: &str, line: u32) -> Option<alloc::boxed::Box<str>> {
    let at = line.checked_sub(1)? as usize;
    if source.is_ascii() {
        return line_of(StrView::Latin1(source.as_bytes()), line);
    }
    let ends = ['\n', '\r', '\u{2028}', '\u{2029}'];
    let mut rest = source;
    for _ in 0..at {
        let end = rest.find(ends)?;
        let skip = if rest[end..].starts_with("\r\n") { 2 } else { rest[end..].chars().next().map_or(1, char::len_utf8) };
        rest = &rest[end + skip..];
    }
    let text = &rest[..rest.find(ends).unwrap_or(rest.len())];
    Some(text.chars().take(400).collect::<alloc::string::String>().into())
}
