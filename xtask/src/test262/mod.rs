//! `cargo xtask test262`: the ECMAScript conformance suite, as its `INTERPRETING.md` wants it run.
//!
//! Tests run inside worker processes, many per process and each in an isolate of its own. The parent reads the metadata, deals
//! the variants of the tests out, and watches: a panic, a crash or a hang costs the one test that caused it.

mod known;
mod metadata;
mod pool;
mod report;
pub mod worker;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use regex::Regex;

use known::KnownFailures;
use metadata::Metadata;
pub use metadata::Negative;
use report::{FileResult, Report};
use worker::{Job, Mode, Outcome};

/// Options of `cargo xtask test262`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Tests or folders to run, below the suite's folder (`test/language/statements`); everything without.
    paths: Vec<String>,
    /// The folder of the suite.
    #[arg(long, default_value = "target/test262")]
    suite: PathBuf,
    /// The list of known failures to compare with: anything unexpected is an error.
    #[arg(long)]
    list: Option<PathBuf>,
    /// Rewrite the list of known failures from the outcome (of a run of everything).
    #[arg(long)]
    bless: bool,
    /// Only tests whose path matches this regular expression.
    #[arg(long)]
    filter: Option<Regex>,
    /// Collect and move everything at every Nth allocation (every one without a number).
    #[arg(long, num_args = 0..=1, default_missing_value = "1", require_equals = true)]
    gc_stress: Option<u32>,
    /// Write every outcome to this file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Worker processes.
    #[arg(long)]
    jobs: Option<usize>,
    /// Seconds that one variant of a test may take.
    #[arg(long, default_value_t = 10.0)]
    timeout: f64,
    /// Bytes an isolate may use.
    #[arg(long, default_value_t = 256 << 20)]
    memory: usize,
    /// How deep below the suite's folder to count.
    #[arg(long, default_value_t = 2)]
    depth: usize,
    /// Print every failure.
    #[arg(long, short)]
    verbose: bool,
    /// The build profile of the workers.
    #[arg(long, default_value = "fast")]
    profile: String,
    /// A worker of another engine (`target/peers/release/quickjs-ng-test262`) instead of ours.
    #[arg(long)]
    worker: Option<PathBuf>,
}

impl Options {
    /// The run that `cargo xtask ci` makes.
    pub(crate) fn for_ci(suite: PathBuf, list: PathBuf) -> Self {
        Options {
            paths: ["test/language", "test/built-ins", "test/annexB", "test/intl402", "test/staging", "test/harness"]
                .map(Into::into)
                .to_vec(),
            suite,
            list: Some(list),
            bless: false,
            filter: None,
            gc_stress: None,
            json: None,
            jobs: None,
            timeout: 30.0,
            memory: 256 << 20,
            depth: 2,
            verbose: false,
            profile: "fast".into(),
            worker: None,
        }
    }
}

/// Runs the suite; whether everything was as expected.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let suite = std::fs::canonicalize(&options.suite)
        .with_context(|| format!("no suite at {} (see CONTRIBUTING.md)", options.suite.display()))?;
    ensure!(suite.join("harness/assert.js").is_file(), "{} is not a checkout of tc39/test262", suite.display());
    let list = match (&options.list, options.bless) {
        (None, true) => Some(crate::workspace_root().join("engine/tests/test262-known-failures.txt")),
        (list, _) => list.clone(),
    };
    ensure!(
        !options.bless || (options.paths.is_empty() && options.filter.is_none() && options.gc_stress.is_none()),
        "--bless needs a run of everything"
    );
    let known = list.as_deref().map(KnownFailures::load).transpose()?;

    let files = collect(&suite, options)?;
    ensure!(!files.is_empty(), "no test matches");
    let worker = worker_path(options)?;
    let started = Instant::now();
    let results = execute(&suite, &worker, &files, options)?;
    let report = Report { results, elapsed: started.elapsed() };
    report.print(options.depth, options.verbose);
    if let Some(path) = &options.json {
        report.save(path)?;
    }

    let broken = report.print_broken();
    let (Some(known), Some(list)) = (known, list) else { return Ok(!broken) };
    if options.bless {
        let outcomes = report.results.iter().map(|result| (result.path.as_str(), result.failure()));
        known.rewrite(outcomes).save(&list)?;
        println!("wrote {}", list.display());
        return Ok(!broken);
    }
    let expected = report.compare(&known);
    Ok(expected && !broken)
}

/// The tests to run, sorted, each with its variants.
fn collect(suite: &Path, options: &Options) -> anyhow::Result<Vec<(String, Vec<Job>)>> {
    let mut paths = Vec::new();
    if options.paths.is_empty() {
        walk(suite, "test", &mut paths)?;
    }
    for path in &options.paths {
        let path = path.trim_end_matches('/');
        // Absolute paths and paths that start with the suite's folder are welcome, too.
        let absolute = std::fs::canonicalize(path).ok();
        let relative = absolute.as_deref().and_then(|path| path.strip_prefix(suite).ok()?.to_str()).unwrap_or(path);
        let full = suite.join(relative);
        if full.is_dir() {
            walk(suite, relative, &mut paths)?;
        } else if full.is_file() {
            paths.push(relative.to_string());
        } else {
            bail!("{} does not exist", full.display());
        }
    }
    if let Some(filter) = &options.filter {
        paths.retain(|path| filter.is_match(path));
    }
    paths.sort();
    paths.dedup();
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        let full = suite.join(&path);
        let source = std::fs::read(&full).with_context(|| full.display().to_string())?;
        let jobs = variants(&path, &Metadata::parse(&String::from_utf8_lossy(&source)));
        files.push((path, jobs));
    }
    Ok(files)
}

fn walk(suite: &Path, folder: &str, paths: &mut Vec<String>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(suite.join(folder)).with_context(|| folder.to_string())? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            walk(suite, &path, paths)?;
        } else if name.ends_with(".js") && !name.contains("_FIXTURE") {
            paths.push(path);
        }
    }
    Ok(())
}

fn variants(path: &str, metadata: &Metadata) -> Vec<Job> {
    let modes: &[Mode] = match () {
        () if metadata.flag("raw") && metadata.flag("module") => &[Mode::RawModule],
        () if metadata.flag("raw") => &[Mode::Raw],
        () if metadata.flag("module") => &[Mode::Module],
        () if metadata.flag("onlyStrict") => &[Mode::Strict],
        () if metadata.flag("noStrict") => &[Mode::Sloppy],
        () => &[Mode::Sloppy, Mode::Strict],
    };
    modes
        .iter()
        .map(|&mode| Job {
            path: path.into(),
            mode,
            asynchronous: metadata.flag("async"),
            includes: metadata.includes.clone(),
            negative: metadata.negative.clone(),
            can_block: !metadata.flag("CanBlockIsFalse"),
        })
        .collect()
}

/// The worker to start: the one given, or this program built with the engine.
fn worker_path(options: &Options) -> anyhow::Result<PathBuf> {
    if let Some(worker) = &options.worker {
        return std::fs::canonicalize(worker).with_context(|| worker.display().to_string());
    }
    let status = crate::cargo()
        .args(["build", "--quiet", "--package", "xtask", "--features", "engine", "--profile", &options.profile])
        .status()?;
    ensure!(status.success(), "the worker does not compile");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let folder = if options.profile == "dev" { "debug" } else { &options.profile };
    Ok(crate::workspace_root().join(target).join(folder).join("xtask"))
}

fn execute(
    suite: &Path,
    worker: &Path,
    files: &[(String, Vec<Job>)],
    options: &Options,
) -> anyhow::Result<Vec<FileResult>> {
    let command = || {
        let mut command = Command::new(worker);
        command.arg("worker").arg("--suite").arg(suite);
        command.arg(format!("--timeout={}", options.timeout)).arg(format!("--memory={}", options.memory));
        if let Some(every) = options.gc_stress {
            command.arg(format!("--gc-stress={every}"));
        }
        command
    };
    let mut owners = Vec::new();
    let mut jobs = Vec::new();
    for (index, (_, variants)) in files.iter().enumerate() {
        owners.resize(owners.len() + variants.len(), index);
        jobs.extend(variants.iter().cloned());
    }
    let bar = ProgressBar::new(jobs.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed_precise} (eta {eta}) {msg}") {
        bar.set_style(style);
    }
    let results: Vec<FileResult> = files.iter().map(|(path, _)| FileResult::new(path)).collect();
    let state = Mutex::new((results, 0_usize));
    let threads = options.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    // Worker and engine get the time limit and keep to it; one that does not is hanging.
    let patience = Duration::from_secs_f64(options.timeout * 1.5 + 5.0);
    pool::run(&jobs, threads, patience, &command, &|index, outcome| {
        bar.inc(1);
        let Ok(mut state) = state.lock() else { return };
        let (results, failures) = &mut *state;
        if outcome != Outcome::Pass {
            *failures += 1;
            bar.set_message(format!("{failures} failed"));
        }
        if let (Some(job), Some(result)) =
            (jobs.get(index), owners.get(index).and_then(|&owner| results.get_mut(owner)))
        {
            result.add(job.mode, outcome);
        }
    })?;
    bar.finish_and_clear();
    let (results, _) = state.into_inner().map_err(|_| anyhow::anyhow!("a thread of the runner panicked"))?;
    Ok(results)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modes(flags: &[&str]) -> Vec<Mode> {
        let metadata = Metadata { flags: flags.iter().map(|flag| (*flag).into()).collect(), ..Metadata::default() };
        variants("test/x.js", &metadata).iter().map(|job| job.mode).collect()
    }

    #[test]
    fn flags_decide_on_the_variants() {
        assert_eq!(modes(&[]), [Mode::Sloppy, Mode::Strict]);
        assert_eq!(modes(&["generated", "async"]), [Mode::Sloppy, Mode::Strict]);
        assert_eq!(modes(&["onlyStrict"]), [Mode::Strict]);
        assert_eq!(modes(&["noStrict"]), [Mode::Sloppy]);
        assert_eq!(modes(&["module"]), [Mode::Module]);
        assert_eq!(modes(&["raw"]), [Mode::Raw]);
        assert_eq!(modes(&["module", "raw"]), [Mode::RawModule]);
    }
}
