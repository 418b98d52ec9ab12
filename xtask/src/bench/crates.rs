//! `cargo xtask bench --crates`: the benchmarks of the lower crates, each against its peers in one run.
//!
//! A benchmark group of `criterion` is one case; the functions in it are called `rotifer` and by the peers' names. Figures that are not
//! times are printed by the benchmarks themselves, as lines `figure NAME rotifer=VALUE PEER=VALUE unit`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

use anyhow::{Context as _, ensure};

use super::{geometric_mean, target};

/// The crates that have benchmarks with peers.
const CRATES: [&str; 3] = ["rotifer-weakmap", "rotifer-arena", "rotifer-gc"];
const OWN: &str = "rotifer";

/// Medians in nanoseconds by the name of who was measured.
type Case = BTreeMap<String, f64>;

/// Runs the benchmarks of the crates named, or of all, and prints what came of it. Whether all of them ran.
pub(super) fn run(names: &[String], only: &[String]) -> anyhow::Result<bool> {
    let names: Vec<String> = if names.is_empty() {
        CRATES.iter().filter(|name| folder(name).join("benches").is_dir()).map(ToString::to_string).collect()
    } else {
        names.iter().map(|name| full_name(name)).collect()
    };
    let mut good = true;
    for name in &names {
        ensure!(folder(name).join("benches").is_dir(), "{name} has no benchmarks");
        let begun = SystemTime::now();
        let (passed, figures) = measure(name, only)?;
        good &= passed;
        let mut cases = BTreeMap::new();
        collect(&target().join("criterion"), begun, &mut cases)?;
        print(name, &cases, &figures);
    }
    Ok(good)
}

fn full_name(name: &str) -> String {
    if name.starts_with("rotifer") || name.starts_with("weakref") { name.into() } else { format!("rotifer-{name}") }
}

fn folder(name: &str) -> PathBuf {
    crate::workspace_root().join(name.trim_start_matches("rotifer-"))
}

/// Runs the benchmarks of one crate, and shows and keeps the lines with figures.
fn measure(name: &str, only: &[String]) -> anyhow::Result<(bool, Vec<String>)> {
    let mut command = crate::cargo();
    command.args(["bench", "--package", name, "--all-features", "--"]);
    if !only.is_empty() {
        command.arg(only.join("|"));
    }
    let mut child = command.stdout(Stdio::piped()).spawn().context("cargo bench")?;
    let mut figures = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            if let Some(figure) = line.strip_prefix("figure ") {
                figures.push(figure.to_string());
            } else if line.contains("time:") {
                eprintln!("{line}");
            }
        }
    }
    Ok((child.wait()?.success(), figures))
}

/// Finds the estimates that were written since `begun`.
fn collect(folder: &Path, begun: SystemTime, cases: &mut BTreeMap<String, Case>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        let estimates = path.join("new/estimates.json");
        if !estimates.is_file() {
            collect(&path, begun, cases)?;
            continue;
        }
        if std::fs::metadata(&estimates)?.modified()? < begun {
            continue;
        }
        let about: serde_json::Value = read(&path.join("new/benchmark.json"))?;
        let median = read(&estimates)?.pointer("/median/point_estimate").and_then(serde_json::Value::as_f64);
        let text = |key: &str| about.get(key).and_then(serde_json::Value::as_str).map(str::to_string);
        if let (Some(median), Some(case), Some(who)) = (median, text("group_id"), text("function_id")) {
            cases.entry(case).or_default().insert(who, median);
        }
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<serde_json::Value> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// How many times as long each peer took as we did.
fn ratios(cases: &BTreeMap<String, Case>) -> BTreeMap<&str, Vec<f64>> {
    let mut ratios: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for case in cases.values() {
        let Some(own) = case.get(OWN) else { continue };
        for (peer, time) in case.iter().filter(|(who, _)| *who != OWN) {
            ratios.entry(peer).or_default().push(time / own);
        }
    }
    ratios
}

fn print(name: &str, cases: &BTreeMap<String, Case>, figures: &[String]) {
    println!("\n{name}: median times, and how many times as long the peer takes\n");
    println!("{:<44}{:>12}  {:<20}{:>12}{:>8}", "case", OWN, "peer", "", "ratio");
    for (name, case) in cases {
        let own = case.get(OWN);
        let shown = own.map_or_else(|| "-".into(), |own| time(*own));
        for (peer, theirs) in case.iter().filter(|(who, _)| *who != OWN) {
            let ratio = own.map_or_else(|| "-".into(), |own| format!("{:.2}", theirs / own));
            println!("{name:<44}{shown:>12}  {peer:<20}{:>12}{ratio:>8}", time(*theirs));
        }
    }
    for (peer, ratios) in ratios(cases) {
        let least = ratios.iter().copied().min_by(f64::total_cmp).unwrap_or_default();
        let mean = geometric_mean(&ratios).unwrap_or_default();
        println!("geometric mean against {peer}: {mean:.2} over {} cases, the least {least:.2}", ratios.len());
    }
    for figure in figures {
        println!("{figure}");
    }
}

/// Nanoseconds in a unit that reads well.
fn time(nanos: f64) -> String {
    let (value, unit) = match nanos {
        n if n < 1e3 => (n, "ns"),
        n if n < 1e6 => (n / 1e3, "us"),
        n if n < 1e9 => (n / 1e6, "ms"),
        n => (n / 1e9, "s"),
    };
    format!("{value:.2} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_of_the_peers_to_ours() {
        let case = |own: f64, peer: f64| Case::from([(OWN.into(), own), ("peer".into(), peer)]);
        let cases = BTreeMap::from([("a".into(), case(2.0, 4.0)), ("b".into(), case(1.0, 8.0))]);
        assert_eq!(ratios(&cases).get("peer").and_then(|all| geometric_mean(all)), Some(4.0));
    }

    #[test]
    fn names_and_units() {
        assert_eq!((full_name("arena"), full_name("rotifer-gc")), ("rotifer-arena".into(), "rotifer-gc".into()));
        assert_eq!([time(12.0), time(1.5e4), time(2e6), time(3e9)], ["12.00 ns", "15.00 us", "2.00 ms", "3.00 s"]);
    }
}
