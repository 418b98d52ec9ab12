//! `cargo xtask bench`: Octane 2, or our own small programs, on this engine and on others: the same machine, the same run,
//! interleaved.

mod crates;
mod micro;
mod octane;
pub(crate) mod process;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::json;

use octane::PROGRAMS;
use process::{Engine, Finished};

/// Options of `cargo xtask bench`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Measure the lower crates against their peers instead: all that have benchmarks, or those named (`weakmap`, `arena`, `gc`).
    #[arg(long, value_name = "CRATE", num_args = 0.., value_delimiter = ',')]
    crates: Option<Vec<String>>,
    /// The folder of Octane: the unpacked npm package `benchmark-octane`, or a folder with its programs.
    #[arg(long, default_value = "target/octane")]
    octane: PathBuf,
    /// Run the micro-benchmarks of `engine/benches/micro` instead of Octane.
    #[arg(long)]
    micro: bool,
    /// Engines to build from their crates and compare with: `quickjs-ng`, `boa`.
    #[arg(long, value_delimiter = ',')]
    peers: Vec<String>,
    /// Another executable to compare with, such as `v8='node --jitless'`.
    #[arg(long, value_name = "NAME=COMMAND")]
    peer: Vec<String>,
    /// Only these programs, or only the cases of crates in whose names one of these occurs.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// How often each engine runs each program; medians count.
    #[arg(long, default_value_t = 1)]
    runs: usize,
    /// Seconds that one run may take.
    #[arg(long, default_value_t = 300)]
    timeout: u64,
    /// What runs our programs, instead of a release build of the command.
    #[arg(long)]
    own: Option<String>,
    /// Arguments for our command, such as `--memory-limit=512m`.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    own_args: String,
    /// Leave our engine out.
    #[arg(long)]
    peers_only: bool,
    /// Write all figures to this file.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Median score and largest peak of one engine.
#[derive(Clone, Debug, Default)]
struct Figures {
    scores: BTreeMap<String, Vec<f64>>,
    peaks: BTreeMap<String, u64>,
    problems: BTreeMap<String, String>,
}

impl Figures {
    fn median(&self, line: &str) -> Option<f64> {
        let mut scores = self.scores.get(line)?.clone();
        scores.sort_by(f64::total_cmp);
        let middle = scores.len() / 2;
        if scores.len() % 2 == 1 {
            scores.get(middle).copied()
        } else {
            Some((scores.get(middle.checked_sub(1)?)? + scores.get(middle)?) / 2.0)
        }
    }
}

/// Measures and prints; whether every engine finished every program.
pub(crate) fn run(options: &Options) -> anyhow::Result<bool> {
    if let Some(names) = &options.crates {
        return crates::run(names, &options.only);
    }
    ensure!(options.runs > 0, "--runs needs at least one");
    if options.micro {
        let engines = engines(options)?;
        ensure!(!engines.is_empty(), "nothing to measure");
        return micro::run(options, &engines);
    }
    let source = octane::locate(&options.octane)?;
    let programs: Vec<_> = PROGRAMS
        .iter()
        .copied()
        .filter(|program| {
            options.only.is_empty() || options.only.iter().any(|name| name.eq_ignore_ascii_case(program.name))
        })
        .collect();
    ensure!(!programs.is_empty(), "no such program");
    let engines = engines(options)?;
    ensure!(!engines.is_empty(), "nothing to measure");

    let into = crate::workspace_root().join("target/octane-run");
    let limit = Duration::from_secs(options.timeout);
    let mut figures = vec![Figures::default(); engines.len()];
    let mut lines: Vec<String> = Vec::new();
    for program in programs {
        let file = octane::assemble(program, &source, &into)?;
        for round in 0..options.runs {
            // Start with another engine each time, so that none always profits from its place.
            for turn in 0..engines.len() {
                let index = (turn + round) % engines.len();
                let (Some(engine), Some(figures)) = (engines.get(index), figures.get_mut(index)) else { continue };
                eprint!("{:<14} {:<16} ", program.name, engine.name);
                let Finished { output, problem, peak } = engine.run(&file, limit)?;
                let scores = octane::scores(program, &output);
                let problem = problem.or_else(|| scores.is_empty().then(|| "no score".into()));
                match &problem {
                    None => {
                        eprintln!("{}", scores.iter().map(|(_, score)| score.to_string()).collect::<Vec<_>>().join(" "))
                    }
                    Some(problem) => eprintln!("{problem}"),
                }
                let highest = figures.peaks.entry(program.name.into()).or_default();
                *highest = peak.max(*highest);
                if let Some(problem) = problem {
                    figures.problems.insert(program.name.into(), problem);
                    continue;
                }
                for (line, score) in scores {
                    if !lines.contains(&line) {
                        lines.push(line.clone());
                    }
                    figures.scores.entry(line).or_default().push(score);
                }
            }
        }
    }
    print_table(&engines, &figures, &lines);
    if let Some(path) = &options.json {
        save(path, &engines, &figures, &lines)?;
    }
    Ok(figures.iter().all(|figures| figures.problems.is_empty()))
}

/// Ours first, then the peers in the order they were named.
fn engines(options: &Options) -> anyhow::Result<Vec<Engine>> {
    let mut engines = Vec::new();
    if !options.peers_only {
        let mut command = match &options.own {
            Some(own) => process::words(own),
            None => vec![release_build()?.display().to_string()],
        };
        command.extend(process::words(&options.own_args));
        engines.push(Engine { name: "rotifer".into(), command });
    }
    for peer in &options.peers {
        let name = match peer.as_str() {
            "quickjs-ng" | "quickjs" | "rquickjs" => "quickjs-ng",
            "boa" | "boa_engine" => "boa",
            other => bail!("no crate for {other}: known are quickjs-ng and boa; use --peer NAME=COMMAND for others"),
        };
        let manifest = crate::workspace_root().join("xtask/peers/Cargo.toml");
        let folder = crate::workspace_root().join("target/peers");
        let status = crate::cargo()
            .args(["build", "--release", "--features", name, "--bin", name, "--manifest-path"])
            .arg(manifest)
            .arg("--target-dir")
            .arg(&folder)
            .status()?;
        ensure!(status.success(), "{name} does not compile");
        engines
            .push(Engine { name: name.into(), command: vec![folder.join("release").join(name).display().to_string()] });
    }
    for peer in &options.peer {
        let (name, command) = peer.split_once('=').context("--peer wants NAME=COMMAND")?;
        engines.push(Engine { name: name.into(), command: process::words(command) });
    }
    Ok(engines)
}

/// The command, built for speed.
pub(crate) fn release_build() -> anyhow::Result<PathBuf> {
    let status = crate::cargo().args(["build", "--release", "--package", "rotifer"]).status()?;
    ensure!(status.success(), "the engine does not compile");
    Ok(target().join("release/rotifer"))
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    crate::workspace_root().join(folder)
}

/// The geometric mean of the ratios between the first engine and another, over what both finished, and the least of them.
fn ratios(own: &Figures, peer: &Figures, lines: &[String]) -> Option<(f64, f64, usize)> {
    let ratios: Vec<f64> = lines.iter().filter_map(|line| Some(own.median(line)? / peer.median(line)?)).collect();
    let least = ratios.iter().copied().min_by(f64::total_cmp)?;
    Some((geometric_mean(&ratios)?, least, ratios.len()))
}

fn geometric_mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some((values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp())
}

/// Prints the medians: a line for each thing measured, in it each engine, and how the first one compares with the others.
fn print_medians(
    title: &str,
    (width, decimals): (usize, usize),
    engines: &[Engine],
    figures: &[Figures],
    lines: &[String],
    ratio: fn(f64, f64) -> f64,
) {
    let Some(own) = figures.first() else { return };
    let mut head = format!("\n{title:<width$}");
    for (index, engine) in engines.iter().enumerate() {
        head += &format!("{:>12}", engine.name);
        if index > 0 {
            head += &format!("{:>8}", "ratio");
        }
    }
    println!("{head}");
    for line in lines {
        let mut row = format!("{line:<width$}");
        for (index, figures) in figures.iter().enumerate() {
            let median = figures.median(line);
            row += &median.map_or_else(|| format!("{:>12}", "-"), |median| format!("{median:>12.decimals$}"));
            if index > 0 {
                let ratio = own.median(line).zip(median).map(|(own, peer)| ratio(own, peer));
                row += &ratio.map_or_else(|| format!("{:>8}", "-"), |ratio| format!("{ratio:>8.2}"));
            }
        }
        println!("{row}");
    }
}

fn print_problems(engines: &[Engine], figures: &[Figures]) {
    for (engine, figures) in engines.iter().zip(figures) {
        for (program, problem) in &figures.problems {
            println!("{} did not finish {program}: {problem}", engine.name);
        }
    }
}

fn print_table(engines: &[Engine], figures: &[Figures], lines: &[String]) {
    let Some(own) = figures.first() else { return };
    print_medians("score", (16, 0), engines, figures, lines, |own, peer| own / peer);
    let mut means = format!("{:<16}", "geometric mean");
    for (index, engine) in figures.iter().enumerate() {
        let all: Vec<f64> = lines.iter().filter_map(|line| engine.median(line)).collect();
        means += &geometric_mean(&all).map_or_else(|| format!("{:>12}", "-"), |mean| format!("{mean:>12.0}"));
        if index > 0 {
            let ratio = ratios(own, engine, lines);
            means += &ratio.map_or_else(|| format!("{:>8}", "-"), |(mean, ..)| format!("{mean:>8.2}"));
        }
    }
    println!("{means}");

    println!("\n{}", {
        let mut head = format!("{:<16}", "peak MB");
        engines.iter().for_each(|engine| head += &format!("{:>12}", engine.name));
        head
    });
    for program in PROGRAMS {
        if figures.iter().any(|figures| figures.peaks.contains_key(program.name)) {
            let mut row = format!("{:<16}", program.name);
            for figures in figures {
                let peak = figures.peaks.get(program.name).map_or(0.0, |&peak| peak as f64 / f64::from(1 << 20));
                row += &format!("{peak:>12.1}");
            }
            println!("{row}");
        }
    }
    println!();
    for (engine, peer) in engines.iter().zip(figures).skip(1) {
        if let (Some((mean, least, count)), Some(first)) = (ratios(own, peer, lines), engines.first()) {
            println!("{} is {mean:.2} x {} over {count} scores, the least {least:.2}", first.name, engine.name);
        }
    }
    print_problems(engines, figures);
}

fn save(path: &Path, engines: &[Engine], figures: &[Figures], lines: &[String]) -> anyhow::Result<()> {
    let all: Vec<_> = engines
        .iter()
        .zip(figures)
        .map(|(engine, figures)| {
            let medians: BTreeMap<_, _> = lines.iter().filter_map(|line| Some((line, figures.median(line)?))).collect();
            let mean = geometric_mean(&medians.values().copied().collect::<Vec<_>>());
            json!({
                "engine": engine.name,
                "command": engine.command,
                "medians": medians,
                "geometric_mean": mean,
                "runs": figures.scores,
                "peak_bytes": figures.peaks,
                "problems": figures.problems,
            })
        })
        .collect();
    std::fs::write(path, serde_json::to_string_pretty(&all)?).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(scores: &[(&str, &[f64])]) -> Figures {
        Figures {
            scores: scores.iter().map(|(line, scores)| ((*line).into(), scores.to_vec())).collect(),
            ..Figures::default()
        }
    }

    #[test]
    fn medians_and_ratios() {
        let own = figures(&[("A", &[3.0, 1.0, 2.0]), ("B", &[4.0, 8.0]), ("C", &[1.0])]);
        let peer = figures(&[("A", &[1.0]), ("B", &[12.0])]);
        assert_eq!(own.median("A"), Some(2.0));
        assert_eq!(own.median("B"), Some(6.0));
        assert_eq!(own.median("D"), None);
        let lines: Vec<String> = ["A", "B", "C"].map(String::from).to_vec();
        let (mean, least, count) = ratios(&own, &peer, &lines).unwrap();
        assert!((mean - 1.0).abs() < 1e-9);
        assert!((least - 0.5).abs() < 1e-9);
        assert_eq!(count, 2);
        assert_eq!(geometric_mean(&[]), None);
    }
}
