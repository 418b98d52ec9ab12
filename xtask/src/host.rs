//! The engine as the conformance runner sees it. Everything the runner knows about the engine's interface is in this file.

use std::path::Path;
use std::sync::{Arc, Mutex};

use rotifer::{Error, Isolate, Limits};

use crate::test262::worker::{Failure, Host, Phase, Settings};

/// One isolate with `print` and `$262`.
pub struct Rotifer {
    isolate: Isolate,
    printed: Arc<Mutex<Vec<String>>>,
}

fn failure(error: &Error) -> Failure {
    let limit = |name: &str| Failure { phase: Phase::Limit, name: name.into(), message: error.to_string() };
    match error {
        Error::Exception { name, message, .. } => {
            Failure { phase: Phase::Runtime, name: name.to_string(), message: message.to_string() }
        }
        Error::Syntax { message, .. } => {
            Failure { phase: Phase::Parse, name: "SyntaxError".into(), message: message.to_string() }
        }
        Error::OutOfMemory => limit("out of memory"),
        Error::OutOfFuel => limit("out of fuel"),
        Error::Deadline => limit("deadline"),
        Error::Cancelled => limit("cancelled"),
        // Not caught by the script, so not an exception; the suite's tests for it catch it.
        Error::StackOverflow => limit("stack overflow"),
        _ => limit("other"),
    }
}

impl Host for Rotifer {
    fn new(settings: &Settings) -> Result<Self, Failure> {
        let limits = Limits::default().memory(settings.memory).timeout(Some(settings.timeout));
        let limits = limits.gc_stress(settings.gc_stress.unwrap_or(0));
        let mut isolate = Isolate::new(limits).map_err(|error| Failure {
            phase: Phase::Limit,
            name: "no isolate".into(),
            message: error.to_string(),
        })?;
        isolate.set_module_loader(Some(Box::new(rotifer::FileLoader::new())));
        isolate.install_test262().map_err(|error| failure(&error))?;
        let printed = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&printed);
        isolate.on_print(move |text: &str| {
            if let Ok(mut lines) = sink.lock() {
                lines.push(text.to_string());
            }
        });
        Ok(Rotifer { isolate, printed })
    }

    fn script(&mut self, source: &str, path: &Path) -> Result<(), Failure> {
        self.isolate.eval(source, &path.to_string_lossy()).map(|_| ()).map_err(|error| failure(&error))
    }

    fn module(&mut self, source: &str, path: &Path) -> Result<(), Failure> {
        // Whether linking or running failed does not show in an exception.
        self.isolate.eval_module(source, &path.to_string_lossy()).map_err(|error| match failure(&error) {
            f @ Failure { phase: Phase::Runtime, .. } => Failure { phase: Phase::Unknown, ..f },
            f => f,
        })
    }

    fn run_jobs(&mut self) -> Result<(), Failure> {
        self.isolate.run_jobs().map_err(|error| failure(&error))
    }

    fn printed(&mut self) -> Vec<String> {
        self.printed.lock().map(|mut lines| std::mem::take(&mut *lines)).unwrap_or_default()
    }
}
