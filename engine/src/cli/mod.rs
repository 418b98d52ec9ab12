//! The `rotifer` command.

mod options;
mod repl;
mod report;
mod stats;
mod timers;
mod units;

use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

use crate::{Error, FileLoader, Isolate, Limits, Value};
use options::{Options, StatsFormat};

/// Exit code of wrong usage and unreadable files.
const USAGE: u8 = 2;

/// What the command does.
#[must_use]
pub fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(o) => o,
        Err(e) => {
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { USAGE } else { 0 });
        }
    };
    let mut session = match Session::new(&options) {
        Ok(s) => s,
        Err(stop) => return stop.report(),
    };
    let result = session.run(&options);
    let _ = std::io::stdout().flush();
    if let Some(format) = options.stats {
        let s = session.isolate.stats();
        eprint!("{}", if format == StatsFormat::Json { stats::json(&s) } else { stats::text(&s) });
    }
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => stop.report(),
    }
}

/// Why the command ends early.
enum Stop {
    Usage(String),
    Script(Error),
}

impl Stop {
    fn report(self) -> ExitCode {
        let _ = std::io::stdout().flush();
        match self {
            Stop::Usage(message) => {
                eprintln!("rotifer: {message}");
                ExitCode::from(USAGE)
            }
            Stop::Script(error) => {
                report::print(&error);
                ExitCode::from(report::exit_code(&error))
            }
        }
    }
}

impl From<Error> for Stop {
    fn from(e: Error) -> Self {
        Stop::Script(e)
    }
}

/// An isolate and the time it has left.
struct Session {
    isolate: Isolate,
    deadline: Option<Instant>,
}

impl Session {
    fn new(options: &Options) -> Result<Session, Stop> {
        let usage = |e: &dyn std::fmt::Display| Stop::Usage(e.to_string());
        let limits = options.limits();
        let mut isolate = match &options.load_image {
            Some(path) => {
                let image = std::fs::read(path).map_err(|e| Stop::Usage(format!("{path}: {e}")))?;
                Isolate::load_image(&image, limits).map_err(|e| Stop::Usage(format!("{path}: {e}")))?
            }
            None => Isolate::new(limits).map_err(|e| usage(&e))?,
        };
        isolate.on_print(|text| {
            let mut out = std::io::stdout().lock();
            // A reader that has gone is no error of the script.
            let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
        });
        let loader = match &options.root {
            Some(root) => {
                FileLoader::within(Path::new(root)).map_err(|e| Stop::Usage(format!("--root {root}: {e}")))?
            }
            None => FileLoader::new(),
        };
        isolate.set_module_loader(Some(Box::new(loader)));
        isolate.install_print()?;
        timers::install(&mut isolate)?;
        if options.expose_gc {
            isolate.expose_gc()?;
        }
        if options.expose_test262 {
            isolate.install_test262()?;
        }
        let script_args: Vec<&str> = options.file.iter().chain(&options.args).map(String::as_str).collect();
        if !script_args.is_empty() || options.load_image.is_none() {
            isolate.set_global("scriptArgs", script_args)?;
        }
        let deadline = options.timeout.and_then(|t| Instant::now().checked_add(t));
        Ok(Session { isolate, deadline })
    }

    fn run(&mut self, options: &Options) -> Result<(), Stop> {
        if options.load_image.is_some() {
            // Jobs that waited when the image was made come first.
            self.limited(Isolate::run_jobs)?;
        }
        for path in &options.include {
            self.script(path, options)?;
            if options.save_image.is_none() {
                self.limited(Isolate::run_jobs)?;
            }
        }
        if let Some(source) = &options.eval {
            self.evaluate(source, "<eval>", options)?;
        } else if let Some(source) = &options.print {
            let value = self.limited(|isolate| isolate.eval(source, "<eval>"))?;
            self.settle()?;
            let text = match &value {
                Value::String(s) => s.clone(),
                other => self.isolate.inspect(other)?,
            };
            println!("{text}");
        } else if let Some(path) = &options.file {
            if options.module || path.ends_with(".mjs") {
                let source = read(path, options)?;
                self.limited(|isolate| isolate.eval_module(&source, &FileLoader::name_of(path)))?;
            } else {
                self.script(path, options)?;
            }
        } else if !options.interactive && options.include.is_empty() && options.save_image.is_none() {
            if std::io::stdin().is_terminal() {
                return repl::run(self).map_err(Stop::Usage);
            }
            let source = read_all(std::io::stdin(), "standard input", options)?;
            if options.module {
                self.limited(|isolate| isolate.eval_module(&source, "<stdin>"))?;
            } else {
                self.evaluate(&source, "<stdin>", options)?;
            }
        }
        if options.interactive {
            repl::run(self).map_err(Stop::Usage)?;
        }
        if let Some(path) = &options.save_image {
            return self.save(path).map_err(|e| Stop::Usage(format!("{path}: {e}")));
        }
        self.settle()?;
        Ok(())
    }

    fn script(&mut self, path: &str, options: &Options) -> Result<(), Stop> {
        let unreadable = |e: std::io::Error| Stop::Usage(format!("{path}: {e}"));
        let mut file = std::fs::File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_or(0, |m| m.len());
        let again = || read(path, options).unwrap_or_default();
        let mut failure = None;
        self.limited(|isolate| {
            isolate.run_from(&mut file, size, path, again).unwrap_or_else(|e| {
                failure = Some(e);
                Ok(())
            })
        })?;
        failure.map_or(Ok(()), |e| Err(unreadable(e)))
    }

    fn evaluate(&mut self, source: &str, name: &str, options: &Options) -> Result<(), Stop> {
        self.limited(|isolate| isolate.run(source, name))?;
        if options.save_image.is_none() {
            self.limited(Isolate::run_jobs)?;
        }
        Ok(())
    }

    /// Writes the image beside its place first, so that a failure leaves no half of one.
    fn save(&mut self, path: &str) -> std::io::Result<()> {
        let part = format!("{path}.part");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&part)?);
        let written = self.isolate.write_image(&mut file).and_then(|()| file.flush());
        match written {
            Ok(()) => std::fs::rename(&part, path),
            Err(e) => {
                let _ = std::fs::remove_file(&part);
                Err(e)
            }
        }
    }

    /// Runs something with what is left of the time.
    fn limited<R>(&mut self, f: impl FnOnce(&mut Isolate) -> Result<R, Error>) -> Result<R, Error> {
        self.isolate.set_timeout(self.deadline.map(|d| d.saturating_duration_since(Instant::now())));
        f(&mut self.isolate)
    }

    /// Runs jobs and timers until there are none. A rejected promise nobody handles is an uncaught error.
    fn settle(&mut self) -> Result<(), Error> {
        loop {
            self.limited(Isolate::run_jobs)?;
            if let Some(error) = self.isolate.take_unhandled_rejections()?.into_iter().next() {
                return Err(error);
            }
            match self.limited(timers::run_due)? {
                None => return Ok(()),
                Some(Duration::ZERO) => {}
                Some(wait) => {
                    let _ = std::io::stdout().flush();
                    match self.deadline.map(|d| d.saturating_duration_since(Instant::now())) {
                        Some(left) if left < wait => {
                            std::thread::sleep(left);
                            return Err(Error::Deadline);
                        }
                        _ => std::thread::sleep(wait),
                    }
                }
            }
        }
    }
}

fn text(bytes: Vec<u8>) -> String {
    let mut text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    if text.starts_with('\u{FEFF}') {
        text.remove(0);
    }
    text
}

fn read(path: &str, options: &Options) -> Result<String, Stop> {
    let file = std::fs::File::open(path).map_err(|e| Stop::Usage(format!("{path}: {e}")))?;
    read_all(file, path, options)
}

/// Reads to the end, unless that is more than the memory limit: such a source cannot be held anyway.
fn read_all(from: impl Read, name: &str, options: &Options) -> Result<String, Stop> {
    let limit = options.limits().memory as u64;
    let mut bytes = Vec::new();
    // A character may take three bytes here and two in the isolate.
    let most = limit.saturating_add(limit / 2);
    from.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| Stop::Usage(format!("{name}: {e}")))?;
    if bytes.len() as u64 > most { Err(Stop::Script(Error::OutOfMemory)) } else { Ok(text(bytes)) }
}

impl Options {
    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if let Some(bytes) = self.memory_limit {
            limits = limits.memory(bytes);
        }
        if let Some(bytes) = self.stack_size {
            limits = limits.stack(bytes);
        }
        if let Some(every) = self.gc_stress {
            limits = limits.gc_stress(every);
        }
        limits.fuel(self.fuel).timeout(self.timeout)
    }
}
