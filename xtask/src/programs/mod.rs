//! `cargo xtask programs`: real programs that nobody here wrote, unmodified from npm, run by the engine and by Node; both have to
//! print the same.
//!
//! What is ours is one driver for each, in `xtask/programs`: a module that uses the package and prints what it answers. Where
//! there is no Node, the output's SHA-256 is compared with the digest that `--bless` wrote down when there was one.

mod list;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use sha2::{Digest as _, Sha256};

use crate::bench::process::{self, Engine, Finished};
use list::{PROGRAMS, Program};

/// Options of `cargo xtask programs`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Only these programs.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// What runs the programs, instead of a release build of the command.
    #[arg(long)]
    own: Option<String>,
    /// Arguments for our command.
    #[arg(long, default_value = "--memory-limit=256m", allow_hyphen_values = true)]
    own_args: String,
    /// The Node to compare with.
    #[arg(long, default_value = "node")]
    node: String,
    /// Compare with the stored digests although there is a Node.
    #[arg(long)]
    no_node: bool,
    /// Store the digests of what Node prints.
    #[arg(long, conflicts_with = "no_node")]
    bless: bool,
    /// Seconds that one run may take.
    #[arg(long, default_value_t = 300)]
    timeout: u64,
}

impl Options {
    /// What `cargo xtask ci` asks for, with an executable that is there already.
    pub(crate) fn for_ci(own: &Path) -> Self {
        Options {
            only: Vec::new(),
            own: Some(format!("'{}'", own.display())),
            own_args: "--memory-limit=256m".into(),
            node: "node".into(),
            no_node: false,
            bless: false,
            timeout: 300,
        }
    }
}

/// Runs and compares; whether all programs print what they should.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    for name in &options.only {
        ensure!(PROGRAMS.iter().any(|program| program.name == name), "no program is called {name}");
    }
    let chosen: Vec<&Program> = PROGRAMS
        .iter()
        .filter(|program| options.only.is_empty() || options.only.iter().any(|name| program.name == name))
        .collect();
    let root = crate::workspace_root();
    let folder = fetch()?;

    let mut own = match &options.own {
        Some(own) => process::words(own),
        None => vec![crate::bench::release_build()?.display().to_string()],
    };
    own.extend(process::words(&options.own_args));
    let node = (!options.no_node && works(&options.node)).then(|| options.node.clone());
    ensure!(node.is_some() || !options.bless, "--bless needs Node");
    let digests_file = root.join("xtask/programs/digests.txt");
    let mut digests = read_digests(&digests_file)?;

    let limit = Duration::from_secs(options.timeout);
    let mut passed = true;
    println!("{:<12} {:>9} {:>9} {:>9} {:>11}  outcome", "program", "seconds", "peak MB", "Node s", "characters");
    for program in chosen {
        let place = prepare(program, &folder)?;
        let scripts: Vec<String> =
            program.scripts.iter().map(|file| folder.join("node_modules").join(file).display().to_string()).collect();

        let mut command = own.clone();
        command.extend(scripts.iter().flat_map(|script| ["-I".to_string(), script.clone()]));
        let (ours, our_time) = timed(&Engine { name: "rotifer".into(), command }, &place, limit)?;

        let mut expected = digests.get(program.name).cloned();
        let mut node_time = None;
        let mut problem = ours.problem;
        if let Some(node) = &node {
            let mut command = vec![node.clone(), folder.join("run.cjs").display().to_string()];
            command.extend(scripts);
            let (theirs, time) = timed(&Engine { name: "node".into(), command }, &place, limit)?;
            if let Some(why) = theirs.problem {
                problem = problem.or_else(|| Some(format!("Node: {why}")));
            }
            node_time = Some(time);
            expected = Some(digest(&theirs.output));
            if options.bless {
                digests.extend(expected.clone().map(|digest| (program.name.to_string(), digest)));
            }
            if problem.is_none() {
                problem = difference(&ours.output, &theirs.output);
            }
        }
        if problem.is_none() {
            problem = match &expected {
                None => Some("neither Node nor a stored digest to compare with".into()),
                Some(expected) if digest(&ours.output) != *expected => Some("not the digest that is stored".into()),
                Some(_) => None,
            };
        }
        passed &= problem.is_none();
        println!(
            "{:<12} {our_time:>9.2} {:>9.1} {:>9} {:>11}  {}",
            program.name,
            ours.peak as f64 / f64::from(1 << 20),
            node_time.map_or_else(|| "-".into(), |time| format!("{time:.2}")),
            ours.output.len(),
            problem.as_deref().unwrap_or("the same")
        );
    }
    if options.bless {
        write_digests(&digests_file, &digests)?;
    }
    Ok(passed)
}

fn works(command: &str) -> bool {
    Command::new(command).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Fetches the packages that are not there in the wanted version; the folder that has them.
pub(crate) fn fetch() -> anyhow::Result<PathBuf> {
    let folder = crate::workspace_root().join("target/programs");
    std::fs::create_dir_all(&folder)?;
    let manifest = folder.join("package.json");
    if !manifest.exists() {
        std::fs::write(&manifest, "{ \"private\": true }\n")?;
    }
    std::fs::write(folder.join("run.cjs"), NODE_RUNNER)?;
    // npm takes out what a later call does not name, so all packages of all programs go together.
    let wanted: Vec<(&str, &str)> = PROGRAMS.iter().flat_map(|program| program.packages).copied().collect();
    let missing = |(name, version): &(&str, &str)| {
        let installed = std::fs::read_to_string(folder.join("node_modules").join(name).join("package.json"));
        let installed = installed.ok().and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        installed.is_none_or(|package| package["version"].as_str() != Some(version))
    };
    if !wanted.iter().any(missing) {
        return Ok(folder);
    }
    let mut npm = Command::new("npm");
    npm.current_dir(&folder).args([
        "install",
        "--no-save",
        "--no-package-lock",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]);
    npm.args(wanted.iter().map(|(name, version)| format!("{name}@{version}")));
    let status = npm.status().context("npm, which fetches the packages, cannot be started")?;
    ensure!(status.success(), "npm install: {status}");
    Ok(folder)
}

/// Runs the scripts it is given as scripts and the last file as a module, which is how our command takes them.
const NODE_RUNNER: &str = "\
const files = process.argv.slice(2);
const main = files.pop();
for (const file of files) require('node:vm').runInThisContext(require('node:fs').readFileSync(file, 'utf8'), file);
import(require('node:url').pathToFileURL(main));
";

/// Puts the driver and its input beside the packages; the module to run.
fn prepare(program: &Program, folder: &Path) -> anyhow::Result<PathBuf> {
    let driver = crate::workspace_root().join(format!("xtask/programs/{}.mjs", program.name));
    let driver = std::fs::read_to_string(&driver).with_context(|| driver.display().to_string())?;
    let place = folder.join(format!("{}.mjs", program.name));
    let input = format!("./{}-input.mjs", program.name);
    std::fs::write(&place, driver.replace("./input.mjs", &input))?;
    if let Some(file) = program.input {
        let file = folder.join("node_modules").join(file);
        let text = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        std::fs::write(folder.join(input), format!("export default {};\n", serde_json::to_string(&text)?))?;
    }
    Ok(place)
}

fn timed(engine: &Engine, file: &Path, limit: Duration) -> anyhow::Result<(Finished, f64)> {
    let start = Instant::now();
    let finished = engine.run(file, limit)?;
    Ok((finished, start.elapsed().as_secs_f64()))
}

/// Where two texts part, if they do.
fn difference(ours: &str, theirs: &str) -> Option<String> {
    if ours == theirs {
        return None;
    }
    let mut pairs = ours.lines().zip(theirs.lines()).enumerate();
    Some(match pairs.find(|(_, (ours, theirs))| ours != theirs) {
        None => format!("{} lines, and {} of Node", ours.lines().count(), theirs.lines().count()),
        Some((line, (ours, theirs))) => {
            let at = ours.chars().zip(theirs.chars()).take_while(|(a, b)| a == b).count();
            let around = |text: &str| text.chars().skip(at.saturating_sub(20)).take(60).collect::<String>();
            format!("line {} is {:?}, and {:?} of Node", line + 1, around(ours), around(theirs))
        }
    })
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_digests(file: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error).with_context(|| file.display().to_string()),
    };
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let (name, digest) = line.split_once(' ').with_context(|| format!("{}: {line}", file.display()))?;
            Ok((name.to_string(), digest.trim().to_string()))
        })
        .collect()
}

fn write_digests(file: &Path, digests: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let mut text =
        String::from("# SHA-256 of what Node prints for each program; `cargo xtask programs --bless` writes this.\n");
    for (name, digest) in digests {
        text += &format!("{name} {digest}\n");
    }
    std::fs::write(file, text).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_the_place() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nbc\n", "a\nbd\n").as_deref(), Some("line 2 is \"bc\", and \"bd\" of Node"));
        assert_eq!(difference("a\n", "a\nb\n").as_deref(), Some("1 lines, and 2 of Node"));
    }

    #[test]
    fn digests_are_sha_256() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
