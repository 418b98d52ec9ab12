//! Counts, comparisons with the list of known failures, and the file with all outcomes.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

use super::known::KnownFailures;
use super::worker::{Mode, Outcome};

/// What became of one file: it passes when all its variants do.
#[derive(Clone, Debug)]
pub struct FileResult {
    /// Below the suite's folder.
    pub path: String,
    /// The worst outcome so far.
    outcome: Outcome,
}

fn severity(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Pass => 0,
        Outcome::Fail(_) => 1,
        Outcome::Panic(_) => 2,
        Outcome::Hang => 3,
        Outcome::Crash(_) => 4,
    }
}

impl FileResult {
    /// A file of which no variant has run yet.
    pub fn new(path: &str) -> Self {
        FileResult { path: path.into(), outcome: Outcome::Pass }
    }

    /// Takes the outcome of one variant into account.
    pub fn add(&mut self, mode: Mode, outcome: Outcome) {
        if severity(&outcome) > severity(&self.outcome) {
            self.outcome = match outcome {
                Outcome::Fail(reason) if mode == Mode::Strict => Outcome::Fail(format!("{reason} (strict)")),
                outcome => outcome,
            };
        }
    }

    /// Why the file failed, if it did.
    pub fn failure(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Pass => None,
            Outcome::Fail(reason) | Outcome::Panic(reason) | Outcome::Crash(reason) => Some(reason),
            Outcome::Hang => Some("hangs"),
        }
    }

    fn kind(&self) -> &'static str {
        match self.outcome {
            Outcome::Pass => "pass",
            Outcome::Fail(_) => "fail",
            Outcome::Panic(_) => "panic",
            Outcome::Crash(_) => "crash",
            Outcome::Hang => "hang",
        }
    }
}

/// What became of all files.
#[derive(Debug)]
pub struct Report {
    /// In the order of their paths.
    pub results: Vec<FileResult>,
    /// How long it took.
    pub elapsed: Duration,
}

#[derive(Clone, Copy, Default)]
struct Count {
    passed: usize,
    all: usize,
}

impl Count {
    fn percent(self) -> f64 {
        if self.all == 0 { 0.0 } else { 100.0 * self.passed as f64 / self.all as f64 }
    }
}

impl Report {
    fn counts(&self, depth: usize) -> BTreeMap<String, Count> {
        let mut counts: BTreeMap<String, Count> = BTreeMap::new();
        for result in &self.results {
            let folders: Vec<&str> = result.path.split('/').collect();
            let folders = folders.get(..folders.len().saturating_sub(1)).unwrap_or_default();
            for length in 1..=depth.min(folders.len()).max(1) {
                let folder = folders.get(..length).unwrap_or(folders).join("/");
                let count = counts.entry(folder).or_default();
                count.all += 1;
                count.passed += usize::from(result.outcome == Outcome::Pass);
            }
        }
        counts
    }

    /// Prints the counts per folder, and every failure if asked to.
    pub fn print(&self, depth: usize, verbose: bool) {
        if verbose {
            for result in &self.results {
                if let Some(reason) = result.failure() {
                    println!(
                        "{:5} {}\n      {}",
                        result.kind(),
                        result.path,
                        reason.lines().next().unwrap_or_default()
                    );
                }
            }
        }
        println!("{:<50} {:>7} {:>7} {:>8}", "folder", "passed", "files", "percent");
        for (folder, count) in self.counts(depth) {
            println!("{folder:<50} {:>7} {:>7} {:>7.2}%", count.passed, count.all, count.percent());
        }
        println!("{} files in {:.1} s", self.results.len(), self.elapsed.as_secs_f64());
    }

    /// Names every test that took its worker down, panicked or hung; whether there is any. No list excuses these.
    pub fn print_broken(&self) -> bool {
        let broken: Vec<_> = self.results.iter().filter(|result| severity(&result.outcome) > 1).collect();
        for result in &broken {
            println!("{:>5}: {} {}", result.kind().to_uppercase(), result.path, result.failure().unwrap_or_default());
        }
        let number = |kind| broken.iter().filter(|result| result.kind() == kind).count();
        println!("crashes {}, panics {}, hangs {}", number("crash"), number("panic"), number("hang"));
        !broken.is_empty()
    }

    /// Names every outcome that the list does not have; whether there is none.
    pub fn compare(&self, known: &KnownFailures) -> bool {
        let mut failures = 0;
        let mut passes = 0;
        for result in &self.results {
            match (result.failure(), known.reason(&result.path)) {
                (Some(reason), None) => {
                    failures += 1;
                    println!("unexpected failure: {} {}", result.path, reason.lines().next().unwrap_or_default());
                }
                // What ran out of time on one machine may end in time on another.
                (None, Some(reason)) if !reason.starts_with("deadline") => {
                    passes += 1;
                    println!("unexpected pass: {} (listed: {reason})", result.path);
                }
                _ => {}
            }
        }
        println!("unexpected failures {failures}, unexpected passes {passes}");
        failures == 0 && passes == 0
    }

    /// Writes all counts and outcomes as JSON.
    pub fn save(&self, path: &Path) -> anyhow::Result<()> {
        let folders: BTreeMap<_, _> = self
            .counts(3)
            .into_iter()
            .map(|(folder, count)| {
                (folder, json!({ "passed": count.passed, "files": count.all, "percent": count.percent() }))
            })
            .collect();
        let files: BTreeMap<_, _> = self
            .results
            .iter()
            .map(|result| (&result.path, json!({ "outcome": result.kind(), "reason": result.failure() })))
            .collect();
        let all = json!({ "seconds": self.elapsed.as_secs_f64(), "folders": folders, "files": files });
        std::fs::write(path, serde_json::to_string_pretty(&all)?).with_context(|| path.display().to_string())
    }
}
