//! The options of the command.

use std::time::Duration;

use clap::Parser;

use super::units::{duration, size};

/// A JavaScript engine for running other people's code under a hard memory budget.
#[derive(Debug, Parser)]
#[command(name = "rotifer", version, about)]
pub(super) struct Options {
    /// Script to run; standard input when there is none.
    pub file: Option<String>,
    /// What the script finds in `scriptArgs`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<String>,
    /// Evaluate this source text.
    #[arg(short, long, value_name = "SOURCE")]
    pub eval: Option<String>,
    /// Evaluate this source text and print its value.
    #[arg(short, long, value_name = "SOURCE", conflicts_with = "eval")]
    pub print: Option<String>,
    /// Read, evaluate and print line by line, after the script if there is one.
    #[arg(short, long)]
    pub interactive: bool,
    /// The file is a module (one whose name ends in .mjs always is).
    #[arg(short, long)]
    pub module: bool,
    /// Import modules from this directory and below only.
    #[arg(long, value_name = "DIR")]
    pub root: Option<String>,
    /// Run this script first; may be given several times.
    #[arg(short = 'I', long, value_name = "FILE")]
    pub include: Vec<String>,
    /// The most memory the program may use, such as 64k or 8m (a bare number is bytes).
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory_limit: Option<usize>,
    /// The most of it that the stack may take.
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub stack_size: Option<usize>,
    /// The instruction budget.
    #[arg(long, value_name = "STEPS")]
    pub fuel: Option<u64>,
    /// The time limit, such as 500ms or 5 (a bare number is seconds).
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Write figures of memory and collections to standard error in the end.
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    pub stats: Option<StatsFormat>,
    /// Collect and move everything at every Nth allocation (at every one without a number).
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "1")]
    pub gc_stress: Option<u32>,
    /// Define the function gc.
    #[arg(long)]
    pub expose_gc: bool,
    /// Define $262 for the conformance suite.
    #[arg(long)]
    pub expose_test262: bool,
    /// Write the isolate to this file in the end. Jobs and timers that wait are written, not run.
    #[arg(long, value_name = "FILE")]
    pub save_image: Option<String>,
    /// Go on with the isolate in this file instead of a new one.
    #[arg(long, value_name = "FILE")]
    pub load_image: Option<String>,
}

/// How `--stats` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum StatsFormat {
    Text,
    Json,
}
