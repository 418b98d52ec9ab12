//! `cargo xtask ci`: everything a change has to pass, step by step, each timed.

mod source;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// Options of `cargo xtask ci`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Run all steps, also after one that failed.
    #[arg(long)]
    keep_going: bool,
    /// Only these steps.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// All steps but these.
    #[arg(long, value_delimiter = ',')]
    skip: Vec<String>,
    /// Name the steps and stop.
    #[arg(long)]
    list: bool,
    /// The folder of the conformance suite; the step is left out where it does not exist.
    #[arg(long, default_value = "target/test262")]
    suite: PathBuf,
}

/// A crate that is published.
struct Package {
    name: String,
    version: String,
}

struct Context {
    suite: PathBuf,
    packages: Vec<Package>,
    rust_version: Option<String>,
}

enum Verdict {
    Passed,
    Failed(String),
    /// Could not be made here, and why.
    LeftOut(String),
}

type Step = (&'static str, &'static str, fn(&Context) -> anyhow::Result<Verdict>);

const STEPS: &[Step] = &[
    ("format", "rustfmt finds nothing to change", format),
    ("source", "length of files, reasons for unsafe blocks and where they may be", source_rules),
    ("clippy", "no warning in any target", clippy),
    ("no-std", "the crates build without the standard library", no_std),
    ("test", "all tests, with overflow checks; compile-fail tests among them", test),
    ("loom", "the concurrency models of the lower crates", loom),
    ("doctest", "the examples in the documentation", doctest),
    ("doc", "the documentation builds without a warning", doc),
    ("gc-stress", "the engine's tests with a moving collection at every allocation", gc_stress),
    ("msrv", "the oldest supported compiler accepts it", msrv),
    ("package", "every published crate can be packaged, and its package compiles", package),
    ("test262", "the conformance suite, against the list of known failures", test262),
    ("programs", "real programs from npm print what they print in Node", programs),
];

/// Runs the steps; whether all of them passed.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    if options.list {
        for (name, what, _) in STEPS {
            println!("{name:<10} {what}");
        }
        return Ok(true);
    }
    for name in options.only.iter().chain(&options.skip) {
        ensure!(STEPS.iter().any(|step| step.0 == name), "no step is called {name}; --list names them");
    }
    let context = context(options)?;
    let started = Instant::now();
    let mut summary: Vec<(&str, Duration, Verdict)> = Vec::new();
    for (name, what, step) in STEPS {
        let wanted = options.only.is_empty() || options.only.iter().any(|only| only == name);
        if !wanted || options.skip.iter().any(|skip| skip == name) {
            continue;
        }
        println!("\n=== {name}: {what}");
        let begin = Instant::now();
        let verdict = step(&context).unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")));
        let failed = matches!(verdict, Verdict::Failed(_));
        summary.push((name, begin.elapsed(), verdict));
        if failed && !options.keep_going {
            break;
        }
    }
    println!("\n=== summary");
    let mut passed = true;
    for (name, time, verdict) in &summary {
        let text = match verdict {
            Verdict::Passed => "passed".into(),
            Verdict::LeftOut(why) => format!("left out: {why}"),
            Verdict::Failed(why) => {
                passed = false;
                format!("FAILED: {why}")
            }
        };
        println!("{name:<10} {:>7.1} s  {text}", time.as_secs_f64());
    }
    println!("{:<10} {:>7.1} s  {}", "all", started.elapsed().as_secs_f64(), if passed { "passed" } else { "FAILED" });
    Ok(passed)
}

fn context(options: &Options) -> anyhow::Result<Context> {
    let output = crate::cargo().args(["metadata", "--no-deps", "--format-version=1"]).output()?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut packages = Vec::new();
    let mut rust_version = None;
    for package in metadata["packages"].as_array().context("cargo metadata without packages")? {
        // `publish = false` reads as an empty list of registries.
        if package["publish"].as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        rust_version = rust_version.or_else(|| package["rust_version"].as_str().map(String::from));
        packages.push(Package {
            name: package["name"].as_str().context("a package without a name")?.into(),
            version: package["version"].as_str().context("a package without a version")?.into(),
        });
    }
    let suite =
        if options.suite.is_absolute() { options.suite.clone() } else { crate::workspace_root().join(&options.suite) };
    Ok(Context { suite, packages, rust_version })
}

/// Runs a command with its output shown; a failure names the command.
fn execute(command: &mut Command) -> anyhow::Result<Verdict> {
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    println!("$ cargo {}", words.join(" "));
    let status = command.status()?;
    Ok(if status.success() {
        Verdict::Passed
    } else {
        Verdict::Failed(format!("cargo {} ({status})", words.join(" ")))
    })
}

fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = crate::cargo();
    command.args(arguments);
    command
}

fn format(_: &Context) -> anyhow::Result<Verdict> {
    match execute(&mut cargo(["fmt", "--all", "--check"]))? {
        Verdict::Passed => execute(&mut cargo(["fmt", "--check", "--manifest-path", "xtask/peers/Cargo.toml"])),
        other => Ok(other),
    }
}

fn source_rules(_: &Context) -> anyhow::Result<Verdict> {
    let problems = source::check(&crate::workspace_root())?;
    for problem in &problems {
        println!("{problem}");
    }
    Ok(if problems.is_empty() { Verdict::Passed } else { Verdict::Failed(format!("{} problems", problems.len())) })
}

fn clippy(_: &Context) -> anyhow::Result<Verdict> {
    match execute(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))? {
        Verdict::Passed => {
            execute(&mut cargo(["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]))
        }
        other => Ok(other),
    }
}

/// A target that has no `std` shows what a host build cannot: that nothing asks for it, dependencies included.
const BARE_TARGET: &str = "x86_64-unknown-none";

fn no_std(context: &Context) -> anyhow::Result<Verdict> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--print", "target-libdir", "--target", BARE_TARGET])
        .output()?;
    let installed = Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir();
    if !installed {
        println!("{BARE_TARGET} is not installed: building for this machine instead");
    }
    for package in &context.packages {
        // One at a time: together, one crate's features would be switched on for all.
        let mut command = cargo(["build", "--quiet", "--lib", "--no-default-features", "--package", &package.name]);
        if installed {
            command.args(["--target", BARE_TARGET]);
        }
        if let failed @ Verdict::Failed(_) = execute(&mut command)? {
            return Ok(failed);
        }
    }
    Ok(Verdict::Passed)
}

/// Features that are off unless asked for and have tests of their own.
const TESTED: [&str; 2] = ["--features", "rotifer-weakmap/gc"];

fn test(_: &Context) -> anyhow::Result<Verdict> {
    // The default profile keeps overflow checks and debug assertions on.
    let everything = ["test", "--workspace", "--lib", "--bins", "--tests", "--examples"];
    // What is about `Intl` by itself: everything else is tested as it is by default.
    let intl = ["test", "--package", "rotifer", "--features", "intl"];
    for (command, more) in
        [(&everything[..], &TESTED[..]), (&intl, &["--test", "intl_text"]), (&intl, &["--lib", "intl"])]
    {
        if let failed @ Verdict::Failed(_) = execute(crate::cargo().args(command).args(more))? {
            return Ok(failed);
        }
    }
    Ok(Verdict::Passed)
}

fn loom(_: &Context) -> anyhow::Result<Verdict> {
    let passed = crate::loom::run(&crate::loom::Options::default())?;
    Ok(if passed { Verdict::Passed } else { Verdict::Failed("a model does not hold".into()) })
}

fn doctest(_: &Context) -> anyhow::Result<Verdict> {
    execute(cargo(["test", "--workspace", "--doc"]).args(TESTED))
}

fn doc(_: &Context) -> anyhow::Result<Verdict> {
    let mut command = cargo(["doc", "--workspace", "--no-deps"]);
    execute(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn gc_stress(_: &Context) -> anyhow::Result<Verdict> {
    // Limits of isolates made by tests (in builds with debug assertions) take their default from the variable. The tests of limits
    // fill whole heaps and stacks, which are looked through at each collection, so there it must not be every allocation. An interval
    // also mixes in collections that leave old blocks alone, as ordinary runs do.
    let most: &[&str] = &["--lib", "--test", "cli", "--test", "embedding", "--test", "images", "--test", "library"];
    for (every, tests) in [("1", most), ("7", most), ("1009", &["--test", "limits"])] {
        let mut command = cargo(["test", "--package", "rotifer"]);
        if let failed @ Verdict::Failed(_) = execute(command.args(tests).env("ROTIFER_GC_STRESS", every))? {
            return Ok(failed);
        }
    }
    Ok(Verdict::Passed)
}

fn msrv(context: &Context) -> anyhow::Result<Verdict> {
    let Some(version) = &context.rust_version else { return Ok(Verdict::LeftOut("no rust-version is stated".into())) };
    let toolchain = Command::new("rustup").args(["run", version, "cargo", "--version"]).output();
    if !toolchain.is_ok_and(|output| output.status.success()) {
        // Clippy knows since when each part of the library exists and has complained already if it is too new.
        return Ok(Verdict::LeftOut(format!("the {version} toolchain is not installed; clippy checked the library")));
    }
    let mut command = Command::new("rustup");
    command.current_dir(crate::workspace_root()).env_remove("CARGO").env_remove("RUSTC");
    command.args(["run", version, "cargo", "check", "--workspace", "--target-dir", "target/msrv"]);
    execute(&mut command)
}

fn package(context: &Context) -> anyhow::Result<Verdict> {
    let mut command = cargo(["package", "--quiet", "--allow-dirty", "--no-verify"]);
    for package in &context.packages {
        command.args(["--package", &package.name]);
    }
    if let failed @ Verdict::Failed(_) = execute(&mut command)? {
        return Ok(failed);
    }
    // Cargo's own verification takes the crates that depend on each other from a cache that knows versions only, and so
    // compiles those of an earlier run. Unpack them side by side instead, and let them find each other.
    let root = crate::workspace_root();
    let folder = root.join("target/package-check");
    for old in folder.join("crates").read_dir().into_iter().flatten() {
        std::fs::remove_dir_all(old?.path())?;
    }
    std::fs::create_dir_all(folder.join("crates"))?;
    let mut manifest = String::from("[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[patch.crates-io]\n");
    for Package { name, version, .. } in &context.packages {
        let archive = root.join(format!("target/package/{name}-{version}.crate"));
        // With new times: all archives have the same, and cargo would take what it compiled of an earlier one for this.
        let status = Command::new("tar").arg("-xmzf").arg(archive).arg("-C").arg(folder.join("crates")).status()?;
        ensure!(status.success(), "tar: {status}");
        manifest += &format!("{name} = {{ path = \"crates/{name}-{version}\" }}\n");
    }
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    let mut command = cargo(["check", "--quiet", "--workspace", "--manifest-path", "target/package-check/Cargo.toml"]);
    execute(&mut command)
}

fn test262(context: &Context) -> anyhow::Result<Verdict> {
    if !context.suite.join("harness").is_dir() {
        return Ok(Verdict::LeftOut(format!("no suite at {}", context.suite.display())));
    }
    let list = crate::workspace_root().join("engine/tests/test262-known-failures.txt");
    let passed = crate::test262::run(&crate::test262::Options::for_ci(context.suite.clone(), list))?;
    Ok(if passed { Verdict::Passed } else { Verdict::Failed("not the outcome that the list says".into()) })
}

fn programs(_: &Context) -> anyhow::Result<Verdict> {
    if let Err(why) = crate::programs::fetch() {
        return Ok(Verdict::LeftOut(format!("{why:#}")));
    }
    if let failed @ Verdict::Failed(_) =
        execute(&mut cargo(["build", "--quiet", "--profile", "fast", "--package", "rotifer"]))?
    {
        return Ok(failed);
    }
    let own = crate::bench::target().join("fast/rotifer");
    let passed = crate::programs::run(&crate::programs::Options::for_ci(&own))?;
    Ok(if passed { Verdict::Passed } else { Verdict::Failed("not the output that Node gives".into()) })
}
