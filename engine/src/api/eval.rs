//! Evaluating source text.

use alloc::string::String;
use alloc::vec::Vec;

use rotifer_gc::HeapContext;
use rotifer_jsvalue::StrView;

use super::error::{Error, Frame, Stage, describe, line_of, take_error};
use super::function::{self, IntoArgs};
use super::value::{FromJs, Handle, IntoJs, Value, handle};
use crate::cx::Cx;
use crate::isolate::Isolate;
use crate::ops::PromiseState;
#[cfg(feature = "cli")]
use crate::ops::Text;
use crate::stack_guard::StackGuard;
use crate::throw::JsResult;

/// The native stack granted in small isolates, where a twelfth of the memory would be too little.
const LEAST_STACK: usize = 256 * 1024;
/// The native stack granted when nothing is known about the thread's.
const UNKNOWN_STACK: usize = 128 * 1024;

impl Isolate {
    /// Opens a scope for the host: limits are armed on the way in, and everything is put back on the way out, whatever happened.
    pub(super) fn enter<R>(
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
            self.heap.set_reserve(0);
        }
        let mut cx = Cx::enter(self);
        let number = cx.current_realm_number();
        let result = f(&mut cx);
        cx.frame = frame;
        if cx.current_realm_number() != number
            && let Some(realm) = cx.realm_number(number)
        {
            cx.set_root(crate::isolate::RootWord::Realm, realm);
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

    /// Sets words aside while a script runs, so that one that fills the memory leaves enough to compile and run the next.
    pub(crate) fn keep_reserve(&mut self) {
        let words = u32::try_from(self.limits.memory / 8 / 32).unwrap_or(u32::MAX);
        self.heap.set_reserve(words.clamp(96, 2048));
    }

    fn native_guard(&self) -> StackGuard {
        #[cfg(feature = "std")]
        let left = stacker::remaining_stack();
        #[cfg(not(feature = "std"))]
        let left: Option<usize> = None;
        match (self.limits.native_stack, left) {
            (Some(granted), Some(left)) => {
                StackGuard::for_stack_of(granted.saturating_add(StackGuard::RESERVE).min(left))
            }
            (Some(granted), None) => StackGuard::with_room(granted),
            (None, Some(left)) => StackGuard::for_stack_of(left.min((self.limits.memory / 12).max(LEAST_STACK))),
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

    /// Runs a script and gives the value of its last expression statement.
    ///
    /// A string is copied out of the isolate; [`Isolate::run`] leaves the value where it is.
    ///
    /// # Errors
    /// As [`Isolate::run`].
    pub fn eval(&mut self, source: &str, name: &str) -> Result<Value, Error> {
        self.eval_as(source, name)
    }

    /// As [`Isolate::eval`], with the value taken as `T`.
    ///
    /// # Errors
    /// As [`Isolate::run`]; [`Error::Conversion`] when the value is something else.
    pub fn eval_as<T: FromJs>(&mut self, source: &str, name: &str) -> Result<T, Error> {
        self.run_with(source, name, |cx, v| Ok(T::from_js(cx, v)))?
    }

    /// Calls a function.
    ///
    /// ```
    /// # use rotifer::{Isolate, Limits};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut isolate = Isolate::new(Limits::default())?;
    /// let f: rotifer::Handle = isolate.eval_as("(a, b) => a * b", "f.js")?;
    /// let product: f64 = isolate.call(&f, (), (6, 7))?;
    /// assert_eq!(product, 42.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What it throws, or the limit that was reached.
    pub fn call<T: FromJs>(&mut self, f: &Handle, this: impl IntoJs, args: impl IntoArgs) -> Result<T, Error> {
        self.enter(|| Stage::Run, |cx| Ok(function::call(cx, f, this, args)))?
    }

    /// The global object.
    ///
    /// # Errors
    /// Stack overflow.
    pub fn global(&mut self) -> Result<Handle, Error> {
        self.enter(
            || Stage::Run,
            |cx| {
                let global = cx.global()?;
                let raw = cx.peek(global);
                Ok(handle(cx, raw))
            },
        )
    }

    /// A property of the global object.
    ///
    /// # Errors
    /// What a getter throws; [`Error::Conversion`] when it is something else than asked for.
    pub fn get_global<T: FromJs>(&mut self, name: &str) -> Result<T, Error> {
        let global = self.global()?;
        self.get(&global, name)
    }

    /// Sets a property of the global object.
    ///
    /// # Errors
    /// Out of memory; what a setter throws.
    pub fn set_global(&mut self, name: &str, value: impl IntoJs) -> Result<(), Error> {
        let global = self.global()?;
        self.set(&global, name, value)
    }

    /// A property of an object.
    ///
    /// # Errors
    /// What a getter throws; [`Error::Conversion`] when it is something else than asked for.
    pub fn get<T: FromJs>(&mut self, object: &Handle, name: &str) -> Result<T, Error> {
        self.enter(
            || Stage::Run,
            |cx| {
                let object = object.into_js(cx)?;
                let key = cx.key_from_str(name)?;
                let v = cx.get_v(object, key)?;
                Ok(T::from_js(cx, v))
            },
        )?
    }

    /// Sets a property of an object.
    ///
    /// # Errors
    /// Out of memory; what a setter throws; a TypeError when it is read-only.
    pub fn set(&mut self, object: &Handle, name: &str, value: impl IntoJs) -> Result<(), Error> {
        self.enter(
            || Stage::Run,
            |cx| {
                let object = object.into_js(cx)?;
                let object = cx.to_object(object)?;
                let key = cx.key_from_str(name)?;
                let v = value.into_js(cx)?;
                cx.set(object, key, v)
            },
        )
    }

    /// The text of a value as `console.log` would show it, with strings in quotes.
    ///
    /// # Errors
    /// Out of memory; what a Proxy or getter in it throws.
    pub fn inspect(&mut self, value: &Value) -> Result<alloc::string::String, Error> {
        self.enter(
            || Stage::Run,
            |cx| {
                let v = value.into_js(cx)?;
                let text = crate::builtins::inspect::inspect_value(cx, v)?;
                cx.rust_string(text, usize::MAX)
            },
        )
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
                let value = cx.run_script_in_stages(text.cast(), name.cast(), |cx| {
                    stage.set(Stage::Run);
                    cx.keep_reserve();
                })?;
                f(cx, value)
            },
        );
        result.map_err(|e| place_syntax_error(e, source, name))
    }

    /// As [`Isolate::run`], with the text read piece by piece, so that it is never anywhere but in the isolate. `size` is how many bytes it
    /// probably has. `again` gets it once more, for the message when it is no script.
    ///
    /// # Errors
    /// The outer one when it cannot be read.
    #[cfg(feature = "cli")]
    pub(crate) fn run_from(
        &mut self,
        from: &mut dyn std::io::Read,
        size: u64,
        name: &str,
        again: impl FnOnce() -> alloc::string::String,
    ) -> std::io::Result<Result<(), Error>> {
        let stage = core::cell::Cell::new(Stage::Compile);
        let mut failure = None;
        let result = self.enter(
            || stage.get(),
            |cx| {
                let (mut text, out) = Text::new(cx)?;
                if let Ok(size) = u32::try_from(size)
                    && cx.heap().fits(size / 8 + 3)
                {
                    text.reserve(cx, out, size, false)?;
                }
                if let Err(e) = push_from(cx, &mut text, out, from)? {
                    failure = Some(e);
                    return Ok(());
                }
                let text = text.finish(cx, out)?;
                let name = cx.str(name)?;
                cx.run_script_in_stages(text.cast(), name.cast(), |cx| {
                    stage.set(Stage::Run);
                    cx.keep_reserve();
                })?;
                Ok(())
            },
        );
        if let Some(e) = failure {
            return Err(e);
        }
        Ok(result
            .map_err(|e| if matches!(e, Error::Syntax { .. }) { place_syntax_error(e, &again(), name) } else { e }))
    }

    /// Evaluates a module with everything it imports, and runs jobs until it has come to its end or nothing is left to do.
    ///
    /// Imports go through what was given to [`Isolate::set_module_loader`]; `name` is what they are relative to. When that delivers
    /// modules later ([`Load::Later`](crate::Load::Later)), the evaluation goes on in jobs after [`Isolate::finish_load`], and what
    /// it throws then is an unhandled rejection.
    ///
    /// # Errors
    /// As [`Isolate::run`].
    pub fn eval_module(&mut self, source: &str, name: &str) -> Result<(), Error> {
        let stage = core::cell::Cell::new(Stage::Compile);
        let result = self.enter(
            || stage.get(),
            |cx| {
                let text = cx.str(source)?;
                let name = cx.str(name)?;
                let m = cx.parse_module(text.cast(), name.cast())?;
                stage.set(Stage::Run);
                cx.keep_reserve();
                let promise = cx.run_parsed_module(m)?;
                while cx.promise_state(promise) == PromiseState::Pending && cx.run_job()? {}
                if cx.promise_state(promise) == PromiseState::Rejected {
                    cx.mark_promise_handled(promise);
                    let reason = cx.promise_result(promise)?;
                    return Err(cx.throw(reason));
                }
                Ok(())
            },
        );
        result.map_err(|e| place_syntax_error(e, source, name))
    }

    /// The names of the modules that the loader has said come [later](crate::Load::Later) and that have not come, in the order they
    /// were asked for. An isolate from an image still waits for those it waited for.
    ///
    /// # Errors
    /// A limit that was reached.
    pub fn pending_modules(&mut self) -> Result<Vec<String>, Error> {
        self.enter(|| Stage::Run, |cx| cx.modules_on_their_way())
    }

    /// Delivers the content of a module, under the name that [`ModuleLoader::load`](crate::ModuleLoader::load) was called with, or says
    /// why it will not come: then what needs it fails with a TypeError of that message. What goes on now does so in jobs
    /// ([`Isolate::run_jobs`]). `false` when nothing waits for such a module.
    ///
    /// # Errors
    /// A limit that was reached. Content that cannot be parsed is an error of those who import it.
    pub fn finish_load(&mut self, name: &str, content: Result<Vec<u8>, String>) -> Result<bool, Error> {
        self.enter(|| Stage::Run, |cx| cx.finish_load(name, content))
    }

    /// Runs the jobs that wait (reactions of promises and the like) until none is left.
    ///
    /// # Errors
    /// What a job throws, or the limit that was reached; the jobs after it stay queued.
    pub fn run_jobs(&mut self) -> Result<(), Error> {
        self.enter(
            || Stage::Run,
            |cx| loop {
                cx.keep_reserve();
                cx.run_jobs()?;
                cx.run_finalizers()?;
                if cx.pending_jobs() == 0 {
                    return Ok(());
                }
            },
        )
    }

    /// Whether the source text is a script, without running it.
    ///
    /// # Errors
    /// [`Error::Syntax`] when it is none; [`Error::OutOfMemory`].
    pub fn check(&mut self, source: &str, name: &str) -> Result<(), Error> {
        let result = self.enter(
            || Stage::Compile,
            |cx| {
                let (text, name) = (cx.str(source)?, cx.str(name)?);
                cx.check_script(text.cast(), name.cast())
            },
        );
        result.map_err(|e| place_syntax_error(e, source, name))
    }

    /// Takes note of the promises that were rejected and have no handler so far: each is told once. At most the first 16 are described.
    ///
    /// # Errors
    /// Out of memory.
    pub fn take_unhandled_rejections(&mut self) -> Result<alloc::vec::Vec<Error>, Error> {
        self.host_scope(|cx| {
            let mut errors = alloc::vec::Vec::new();
            if let Some(list) = cx.take_unhandled_rejections()? {
                for i in 0..cx.array_len(list).min(16) {
                    let promise = cx.array_item(list, i)?;
                    let reason = cx.promise_result(promise.cast())?;
                    errors.push(describe(cx, reason, Stage::Run));
                }
            }
            Ok(errors)
        })
    }

    /// Opens a scope for the host.
    pub(crate) fn host_scope<R>(&mut self, f: impl for<'s> FnOnce(&mut Cx<'s>) -> JsResult<R>) -> Result<R, Error> {
        self.enter(|| Stage::Run, f)
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
        let skip =
            if rest[end..].starts_with("\r\n") { 2 } else { rest[end..].chars().next().map_or(1, char::len_utf8) };
        rest = &rest[end + skip..];
    }
    let text = &rest[..rest.find(ends).unwrap_or(rest.len())];
    Some(text.chars().take(400).collect::<alloc::string::String>().into())
}

/// Appends what can be read, taken as UTF-8 without a byte order mark; what is none becomes U+FFFD.
#[cfg(feature = "cli")]
fn push_from<'s>(
    cx: &mut Cx<'s>,
    text: &mut Text,
    out: crate::cx::JsStr<'s>,
    from: &mut dyn std::io::Read,
) -> JsResult<std::io::Result<()>> {
    let mut buffer = [0_u8; 8192];
    let (mut kept, mut first) = (0, true);
    loop {
        let n = match from.read(&mut buffer[kept..]) {
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Ok(Err(e)),
        };
        let end = kept + n;
        let mut at = if first && buffer[..end].starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        first = false;
        for chunk in buffer[at..end].utf8_chunks() {
            text.push_str(cx, out, chunk.valid())?;
            at += chunk.valid().len();
            let bad = chunk.invalid().len();
            // A character may go on in the next piece.
            if bad > 0 && (at + bad < end || n == 0) {
                text.push_str(cx, out, "\u{FFFD}")?;
                at += bad;
            }
        }
        if n == 0 {
            return Ok(Ok(()));
        }
        buffer.copy_within(at..end, 0);
        kept = end - at;
    }
}
