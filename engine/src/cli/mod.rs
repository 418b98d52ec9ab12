//! The `rotifer` command.

mod options;
mod report;
mod units;

use std::io::{Read, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::{Error, Isolate, Limits};
use options::Options;

/// Exit codes.
mod exit {
    pub const USAGE: u8 = 2;
}

/// What the command does.
#[must_use]
pub fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(o) => o,
        Err(e) => {
            let _ = e.print();
            return ExitCode::from(if e.use_stderr() { exit::USAGE } else { 0 });
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Usage(message)) => {
            eprintln!("rotifer: {message}");
            ExitCode::from(exit::USAGE)
        }
        Err(Stop::Script(error)) => {
            let _ = std::io::stdout().flush();
            report::print(&error);
            ExitCode::from(report::exit_code(&error))
        }
    }
}

enum Stop {
    Usage(String),
    Script(Error),
}

impl From<Error> for Stop {
    fn from(e: Error) -> Self {
        Stop::Script(e)
    }
}

fn run(options: &Options) -> Result<(), Stop> {
    let mut isolate = Isolate::new(options.limits()).map_err(|e| Stop::Usage(e.to_string()))?;
    isolate.on_print(|text| {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
    });
    isolate.install_print()?;
    isolate.set_gc_stress(options.gc_stress.unwrap_or(0));
    for path in &options.include {
        evaluate(&mut isolate, &read(path)?, path)?;
    }
    if let Some(source) = &options.eval {
        evaluate(&mut isolate, source, "<eval>")?;
    } else if let Some(path) = &options.file {
        evaluate(&mut isolate, &read(path)?, path)?;
    } else {
        let mut source = String::new();
        std::io::stdin().read_to_string(&mut source).map_err(|e| Stop::Usage(format!("standard input: {e}")))?;
        evaluate(&mut isolate, &source, "<stdin>")?;
    }
    Ok(())
}

fn evaluate(isolate: &mut Isolate, source: &str, name: &str) -> Result<(), Stop> {
    isolate.run(source, name)?;
    isolate.run_jobs()?;
    Ok(())
}

fn read(path: &str) -> Result<String, Stop> {
    let bytes = std::fs::read(path).map_err(|e| Stop::Usage(format!("{path}: {e}")))?;
    let mut text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    if text.starts_with("#!") {
        text.insert_str(0, "//");
    }
    Ok(text)
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
        limits.fuel(self.fuel).timeout(self.timeout)
    }
}
