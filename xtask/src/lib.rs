//! The development tasks of the workspace: `cargo xtask ci`, `test262`, `bench`, `programs`, `loom` and `asan`.
//!
//! A library as well as a command, because the workers for other engines (`xtask/peers`) share the conformance runner.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod asan;
mod bench;
mod ci;
#[cfg(feature = "engine")]
mod host;
mod loom;
mod programs;
pub mod test262;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development tasks of the workspace", version)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run everything a change has to pass.
    Ci(ci::Options),
    /// Run the ECMAScript conformance suite.
    Test262(test262::Options),
    /// Measure speed and memory against other engines.
    Bench(bench::Options),
    /// Run real programs from npm and compare what they print with Node.
    Programs(programs::Options),
    /// Try the concurrency models of the lower crates.
    Loom(loom::Options),
    /// Run the tests of the lower crates under AddressSanitizer (needs a nightly compiler).
    Asan(asan::Options),
    /// Serve conformance tests from standard input (started by `test262`).
    #[cfg(feature = "engine")]
    #[command(hide = true)]
    Worker(test262::worker::Options),
}

/// Runs the task named on the command line. Exit code 1 means that a check did not pass, 2 that it could not be made.
#[must_use]
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Ci(options) => ci::run(&options),
        Task::Test262(options) => test262::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Programs(options) => programs::run(&options),
        Task::Loom(options) => loom::run(&options),
        Task::Asan(options) => asan::run(&options),
        #[cfg(feature = "engine")]
        Task::Worker(options) => test262::worker::serve::<host::Rotifer>(&options).map(|()| true),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// The root folder of the workspace.
pub(crate) fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The `cargo` that runs this task.
pub(crate) fn cargo() -> std::process::Command {
    let mut command = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace_root());
    command
}
