//! The child process: takes one test per line from standard input, runs it in an isolate of its own, answers in one line.
//!
//! Tests share the process, not the isolate. Whatever takes the process down costs the one test that was running:
//! the parent starts the next worker.

use std::collections::HashMap;
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::metadata::Negative;

/// How a worker is started.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The folder of the suite.
    #[arg(long)]
    pub suite: PathBuf,
    /// Seconds that one variant of a test may take.
    #[arg(long, default_value_t = 10.0)]
    pub timeout: f64,
    /// Bytes an isolate may use.
    #[arg(long, default_value_t = 256 << 20)]
    pub memory: usize,
    /// Collect and move everything at every Nth allocation.
    #[arg(long)]
    pub gc_stress: Option<u32>,
}

/// One variant of one test.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// Below the suite's folder.
    pub path: String,
    /// How the source is to be understood.
    pub mode: Mode,
    /// Whether the test reports through `$DONE`.
    pub asynchronous: bool,
    /// Harness files besides those that every test gets.
    pub includes: Vec<String>,
    /// The error that is expected.
    pub negative: Option<Negative>,
    /// Whether the agent may block.
    pub can_block: bool,
}

/// How the source of a test is to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// As it is, without any harness.
    Raw,
    /// As a module, without any harness.
    RawModule,
    /// As a script.
    Sloppy,
    /// As a script after `"use strict";`.
    Strict,
    /// As a module.
    Module,
}

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// As it should be.
    Pass,
    /// Not as it should be.
    Fail(String),
    /// The engine panicked and the worker caught it.
    Panic(String),
    /// The worker died.
    Crash(String),
    /// The worker did not answer in time and was killed.
    Hang,
}

/// The engine under test, as the runner sees it: one isolate.
pub trait Host: Sized {
    /// Creates an isolate with `print` and `$262` in its global object.
    ///
    /// # Errors
    /// If the engine refuses.
    fn new(settings: &Settings) -> Result<Self, Failure>;
    /// Evaluates a script.
    ///
    /// # Errors
    /// The uncaught exception or the limit that ended it.
    fn script(&mut self, source: &str, path: &Path) -> Result<(), Failure>;
    /// Evaluates a module with everything it imports.
    ///
    /// # Errors
    /// The uncaught exception or the limit that ended it.
    fn module(&mut self, source: &str, path: &Path) -> Result<(), Failure>;
    /// Runs pending jobs until there are none.
    ///
    /// # Errors
    /// What escaped from a job.
    fn run_jobs(&mut self) -> Result<(), Failure>;
    /// What has been printed since the last time.
    fn printed(&mut self) -> Vec<String>;
}

/// How an isolate is to be made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes it may use.
    pub memory: usize,
    /// Time it may take from now on.
    pub timeout: Duration,
    /// Collect at every Nth allocation.
    pub gc_stress: Option<u32>,
    /// Whether the agent may block.
    pub can_block: bool,
}

/// How an evaluation failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// When.
    pub phase: Phase,
    /// The name of the error's constructor.
    pub name: String,
    /// Its message.
    pub message: String,
}

/// When an evaluation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// While parsing.
    Parse,
    /// While linking modules.
    Resolution,
    /// While running.
    Runtime,
    /// An exception, and the engine does not say when.
    Unknown,
    /// A limit was reached.
    Limit,
}

impl Failure {
    fn matches(&self, negative: &Negative) -> bool {
        let phase = match self.phase {
            Phase::Parse => negative.phase == "parse",
            Phase::Resolution => negative.phase == "resolution",
            Phase::Runtime => negative.phase == "runtime",
            Phase::Unknown => true,
            Phase::Limit => false,
        };
        phase && self.name == negative.kind
    }

    fn describe(&self) -> String {
        match (self.name.as_str(), self.message.as_str()) {
            (name, "") => name.into(),
            ("", message) => message.into(),
            (name, message) => format!("{name}: {message}"),
        }
    }
}

/// Serves tests until standard input ends.
///
/// # Errors
/// If the pipes or the harness cannot be read or written.
pub fn serve<H: Host>(options: &Options) -> anyhow::Result<()> {
    let mut harness = Harness { folder: options.suite.join("harness"), files: HashMap::new() };
    let mut output = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let job: Job = serde_json::from_str(&line?)?;
        let settings = Settings {
            memory: options.memory,
            timeout: Duration::from_secs_f64(options.timeout),
            gc_stress: options.gc_stress,
            can_block: job.can_block,
        };
        let path = options.suite.join(&job.path);
        let run = || -> anyhow::Result<Outcome> {
            let source = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
            Ok(match evaluate::<H>(&job, &source, &path, &mut harness, &settings)? {
                Ok(()) => Outcome::Pass,
                Err(reason) => Outcome::Fail(reason),
            })
        };
        let outcome = match catch_unwind(AssertUnwindSafe(run)) {
            Ok(outcome) => outcome?,
            Err(payload) => {
                let text = payload.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
                Outcome::Panic(text.unwrap_or("a panic without a message").into())
            }
        };
        serde_json::to_writer(&mut output, &outcome)?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
    Ok(())
}

struct Harness {
    folder: PathBuf,
    files: HashMap<String, String>,
}

impl Harness {
    fn get(&mut self, name: &str) -> anyhow::Result<&str> {
        if !self.files.contains_key(name) {
            let path = self.folder.join(name);
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            self.files.insert(name.into(), text);
        }
        Ok(self.files.get(name).map_or("", String::as_str))
    }
}

fn evaluate<H: Host>(
    job: &Job,
    source: &str,
    path: &Path,
    harness: &mut Harness,
    settings: &Settings,
) -> anyhow::Result<Result<(), String>> {
    let mut host = match H::new(settings) {
        Ok(host) => host,
        Err(failure) => return Ok(Err(failure.describe())),
    };
    if !matches!(job.mode, Mode::Raw | Mode::RawModule) {
        let first: &[&str] =
            if job.asynchronous { &["assert.js", "sta.js", "doneprintHandle.js"] } else { &["assert.js", "sta.js"] };
        for name in first.iter().copied().chain(job.includes.iter().map(String::as_str)) {
            let text = match harness.get(name) {
                Ok(text) => text,
                Err(error) => return Ok(Err(format!("no harness file: {error:#}"))),
            };
            if let Err(failure) = host.script(text, Path::new(name)) {
                return Ok(Err(format!("harness/{name}: {}", failure.describe())));
            }
        }
    }
    let result = match job.mode {
        Mode::Raw | Mode::Sloppy => host.script(source, path),
        Mode::Strict => host.script(&format!("\"use strict\";\n{source}"), path),
        Mode::RawModule | Mode::Module => host.module(source, path),
    };
    let result = result.and_then(|()| host.run_jobs());
    Ok(judge(job, result, &host.printed()))
}

fn judge(job: &Job, result: Result<(), Failure>, printed: &[String]) -> Result<(), String> {
    match (result, &job.negative) {
        (Err(failure), Some(negative)) if failure.matches(negative) => Ok(()),
        (Err(failure), Some(negative)) => Err(format!(
            "expected {} ({}), got {} ({:?})",
            negative.kind,
            negative.phase,
            failure.describe(),
            failure.phase
        )),
        (Err(failure), None) => Err(failure.describe()),
        (Ok(()), Some(negative)) => Err(format!("expected {} ({})", negative.kind, negative.phase)),
        (Ok(()), None) if job.asynchronous => {
            let verdicts: Vec<_> = printed.iter().filter_map(|line| line.strip_prefix("Test262:Async")).collect();
            match verdicts.as_slice() {
                ["TestComplete"] => Ok(()),
                [] => Err("$DONE was not called".into()),
                verdicts => Err(verdicts
                    .iter()
                    .find_map(|verdict| verdict.strip_prefix("TestFailure:"))
                    .unwrap_or("$DONE was called more than once")
                    .into()),
            }
        }
        (Ok(()), None) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(asynchronous: bool, negative: Option<(&str, &str)>) -> Job {
        Job {
            path: "test/x.js".into(),
            mode: Mode::Sloppy,
            asynchronous,
            includes: Vec::new(),
            negative: negative.map(|(phase, kind)| Negative { phase: phase.into(), kind: kind.into() }),
            can_block: true,
        }
    }

    fn failure(phase: Phase, name: &str) -> Result<(), Failure> {
        Err(Failure { phase, name: name.into(), message: String::new() })
    }

    #[test]
    fn plain() {
        assert!(judge(&job(false, None), Ok(()), &[]).is_ok());
        assert!(judge(&job(false, None), failure(Phase::Runtime, "TypeError"), &[]).is_err());
    }

    #[test]
    fn negative_needs_type_and_phase() {
        let job = job(false, Some(("parse", "SyntaxError")));
        assert!(judge(&job, failure(Phase::Parse, "SyntaxError"), &[]).is_ok());
        assert!(judge(&job, failure(Phase::Unknown, "SyntaxError"), &[]).is_ok());
        assert!(judge(&job, failure(Phase::Runtime, "SyntaxError"), &[]).is_err());
        assert!(judge(&job, failure(Phase::Parse, "ReferenceError"), &[]).is_err());
        assert!(judge(&job, failure(Phase::Limit, "SyntaxError"), &[]).is_err());
        assert!(judge(&job, Ok(()), &[]).is_err());
    }

    #[test]
    fn asynchronous_needs_exactly_one_verdict() {
        let job = job(true, None);
        let complete = "Test262:AsyncTestComplete".to_string();
        assert!(judge(&job, Ok(()), std::slice::from_ref(&complete)).is_ok());
        assert!(judge(&job, Ok(()), &["other".into(), complete.clone()]).is_ok());
        assert!(judge(&job, Ok(()), &[]).is_err());
        assert!(judge(&job, Ok(()), &[complete.clone(), complete.clone()]).is_err());
        let failed = "Test262:AsyncTestFailure:TypeError: no".to_string();
        assert_eq!(judge(&job, Ok(()), &[complete, failed]), Err("TypeError: no".into()));
    }
}
