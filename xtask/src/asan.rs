//! `cargo xtask asan`: the tests of the lower crates under AddressSanitizer.

use std::process::Command;

use anyhow::Context as _;

/// The crates with `unsafe` code of their own, and those on top of it that are not the engine.
const CRATES: &[&str] = &["weakref-traits", "rotifer-arena", "rotifer-gc", "rotifer-weakmap", "rotifer-jsvalue"];

/// Options of `cargo xtask asan`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Only these crates.
    crates: Vec<String>,
    /// The toolchain, which has to be a nightly one.
    #[arg(long, default_value = "nightly")]
    toolchain: String,
}

/// Runs the tests. Whether all of them passed; true, with a message, where there is no toolchain that can do it.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let rustc = |arguments: &[&str]| {
        let output = Command::new("rustup").args(["run", &options.toolchain, "rustc"]).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let Some(version) = rustc(&["-vV"]) else {
        println!(
            "left out: AddressSanitizer needs a nightly compiler, and `rustup run {}` has none",
            options.toolchain
        );
        println!("to install one: rustup toolchain install nightly --profile minimal");
        return Ok(true);
    };
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -vV names no host")?;
    let mut passed = true;
    for name in CRATES.iter().filter(|name| options.crates.is_empty() || options.crates.iter().any(|c| c == *name)) {
        println!("=== {name} under AddressSanitizer");
        let mut command = Command::new("rustup");
        command.current_dir(crate::workspace_root()).args(["run", &options.toolchain, "cargo", "test"]);
        // With a target named, build scripts and macros are built without it.
        command.args(["--package", name, "--lib", "--tests", "--target", host, "--target-dir", "target/asan"]);
        // Those compare what the compiler says, in the words of the stable one.
        command.args(["--", "--skip", "does_not_compile"]);
        command.env("RUSTFLAGS", "-Zsanitizer=address").env_remove("CARGO").env_remove("RUSTC");
        command.env_remove("CARGO_ENCODED_RUSTFLAGS");
        passed &= command.status().context("rustup")?.success();
    }
    Ok(passed)
}
