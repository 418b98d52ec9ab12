//! `cargo xtask loom`: the concurrency models, which try the ways in which threads can interleave.

use std::path::Path;

use anyhow::{Context as _, ensure};

/// Features, not on by default, whose models are run too.
const FEATURES: [(&str, &str); 1] = [("rotifer-weakmap", "cache")];

/// Options of `cargo xtask loom`.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Options {
    /// Only the models of these crates.
    crates: Vec<String>,
    /// Only the models whose names contain this.
    #[arg(long)]
    filter: Option<String>,
}

/// Runs `tests/loom_*.rs` of every crate that has such files. Whether all of them passed.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    let root = crate::workspace_root();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&root)? {
        let folder = entry?.path();
        if has_models(&folder)? {
            found.push(package_name(&folder)?);
        }
    }
    found.sort();
    for name in &options.crates {
        ensure!(found.contains(name), "{name} has no models; there are some in {}", found.join(", "));
    }
    let mut passed = true;
    for name in found.iter().filter(|name| options.crates.is_empty() || options.crates.contains(name)) {
        println!("=== models of {name}");
        // Loom's atomics take the place of the real ones throughout, so nothing can be shared with an ordinary build.
        let mut command = crate::cargo();
        command.env("RUSTFLAGS", "--cfg loom").env_remove("CARGO_ENCODED_RUSTFLAGS");
        command.args(["test", "--release", "--config", "profile.release.lto=false", "--target-dir", "target/loom"]);
        command.args(["--package", name, "--test", "loom_*"]);
        let features = FEATURES.iter().filter(|(of, _)| of == name);
        command.args(features.flat_map(|(_, feature)| ["--features", feature]));
        command.args(options.filter.as_deref().map(|filter| ["--", filter]).into_iter().flatten());
        passed &= command.status().context("cargo")?.success();
    }
    Ok(passed)
}

fn has_models(folder: &Path) -> anyhow::Result<bool> {
    let tests = folder.join("tests");
    if !folder.join("Cargo.toml").is_file() || !tests.is_dir() {
        return Ok(false);
    }
    for entry in std::fs::read_dir(tests)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("loom_") && name.ends_with(".rs") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The name in the manifest of the crate in `folder`.
fn package_name(folder: &Path) -> anyhow::Result<String> {
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest)?;
    let name = text.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    Ok(name.with_context(|| format!("no name in {}", manifest.display()))?.to_string())
}
