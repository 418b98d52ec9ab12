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
    /// Collect and move everything at every Nth allocation.
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "1")]
    pub gc_stress: Option<u32>,
}
