//! `cargo xtask bench --micro`: the small programs of `engine/benches/micro`, each of which prints `name: nanoseconds` for
//! whatever it measures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::json;

use super::process::{Engine, Finished};
use super::{Figures, Options, geometric_mean, print_medians, print_problems};

/// What goes before every program.
const HARNESS: &str = "harness.js";

/// Measures and prints; whether every engine finished every program.
pub(super) fn run(options: &Options, engines: &[Engine]) -> anyhow::Result<bool> {
    let source = crate::workspace_root().join("engine/benches/micro");
    let into = crate::workspace_root().join("target/micro-run");
    std::fs::create_dir_all(&into).with_context(|| into.display().to_string())?;
    let programs = programs(&source, &options.only)?;
    ensure!(!programs.is_empty(), "no such program in {}", source.display());
    let limit = Duration::from_secs(options.timeout);
    let mut figures = vec![Figures::default(); engines.len()];
    let mut lines: Vec<String> = Vec::new();
    for program in &programs {
        let file = assemble(&source, program, &into)?;
        for round in 0..options.runs {
            // Start with another engine each time, so that none always profits from its place.
            for turn in 0..engines.len() {
                let index = (turn + round) % engines.len();
                let (Some(engine), Some(figures)) = (engines.get(index), figures.get_mut(index)) else { continue };
                eprint!("{program:<16} {:<16} ", engine.name);
                let Finished { output, problem, peak } = engine.run(&file, limit)?;
                let times = times(&output);
                let problem = problem.or_else(|| {
                    output
                        .lines()
                        .find(|line| line.starts_with("error: "))
                        .map(String::from)
                        .or_else(|| times.is_empty().then(|| "measured nothing".into()))
                });
                eprintln!("{}", problem.clone().unwrap_or_else(|| format!("{} measurements", times.len())));
                let highest = figures.peaks.entry(program.clone()).or_default();
                *highest = peak.max(*highest);
                if let Some(problem) = problem {
                    figures.problems.insert(program.clone(), problem);
                }
                for (line, time) in times {
                    if !lines.contains(&line) {
                        lines.push(line.clone());
                    }
                    figures.scores.entry(line).or_default().push(time);
                }
            }
        }
    }
    print_table(engines, &figures, &lines);
    if let Some(path) = &options.json {
        save(path, engines, &figures, &lines)?;
    }
    Ok(figures.iter().all(|figures| figures.problems.is_empty()))
}

/// The names of the programs in a folder, sorted.
fn programs(folder: &Path, only: &[String]) -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let wanted = only.is_empty() || only.iter().any(|only| only.eq_ignore_ascii_case(name));
        if wanted && path.extension().is_some_and(|extension| extension == "js") && !HARNESS.starts_with(name) {
            names.push(name.to_string());
        }
    }
    names.sort();
    Ok(names)
}

/// Puts harness and program into one file.
fn assemble(source: &Path, program: &str, into: &Path) -> anyhow::Result<PathBuf> {
    let mut text = String::new();
    for file in [HARNESS, &format!("{program}.js")] {
        let path = source.join(file);
        text += &std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        text += "\n;\n";
    }
    let path = into.join(format!("{program}.js"));
    std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// The lines `name: nanoseconds` in what a program printed.
fn times(output: &str) -> Vec<(String, f64)> {
    let time = |text: &str| text.trim().parse::<f64>().ok().filter(|time| time.is_finite() && *time > 0.0);
    output
        .lines()
        .filter_map(|line| line.rsplit_once(": ").and_then(|(name, text)| Some((name.into(), time(text)?))))
        .collect()
}

/// How many times faster the first engine is than another in a line.
fn ratio(own: &Figures, peer: &Figures, line: &str) -> Option<f64> {
    Some(peer.median(line)? / own.median(line)?)
}

fn print_table(engines: &[Engine], figures: &[Figures], lines: &[String]) {
    let Some(own) = figures.first() else { return };
    let width = lines.iter().map(String::len).max().unwrap_or_default().max(24);
    print_medians("nanoseconds", (width, 1), engines, figures, lines, |own, peer| peer / own);
    println!();
    for (engine, peer) in engines.iter().zip(figures).skip(1) {
        let mut ratios: Vec<(f64, &String)> =
            lines.iter().filter_map(|line| Some((ratio(own, peer, line)?, line))).collect();
        ratios.sort_by(|x, y| x.0.total_cmp(&y.0));
        let all: Vec<f64> = ratios.iter().map(|(ratio, _)| *ratio).collect();
        let (Some(mean), Some((least, worst)), Some(first)) = (geometric_mean(&all), ratios.first(), engines.first())
        else {
            continue;
        };
        let below = ratios.iter().filter(|(ratio, _)| *ratio < 1.0).count();
        println!(
            "{} is {mean:.2} x {} in geometric mean of {} measurements; {below} below 1.00, the least {least:.2} ({worst})",
            first.name,
            engine.name,
            all.len()
        );
    }
    print_problems(engines, figures);
}

fn save(path: &Path, engines: &[Engine], figures: &[Figures], lines: &[String]) -> anyhow::Result<()> {
    let Some(own) = figures.first() else { return Ok(()) };
    let all: Vec<_> = engines
        .iter()
        .zip(figures)
        .map(|(engine, figures)| {
            let medians: BTreeMap<_, _> = lines.iter().filter_map(|line| Some((line, figures.median(line)?))).collect();
            let ratios: BTreeMap<_, _> =
                lines.iter().filter_map(|line| Some((line, ratio(own, figures, line)?))).collect();
            json!({
                "engine": engine.name,
                "command": engine.command,
                "nanoseconds": medians,
                "ratios": ratios,
                "geometric_mean": geometric_mean(&ratios.values().copied().collect::<Vec<_>>()),
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

    #[test]
    fn times_are_found_among_other_lines() {
        let found = times("a/b: 12.5\nerror: no\nc: NaN\nd, e: f: 3\n");
        assert_eq!(found, [("a/b".to_string(), 12.5), ("d, e: f".to_string(), 3.0)]);
    }

    #[test]
    fn every_program_is_found_but_the_harness() {
        let folder = crate::workspace_root().join("engine/benches/micro");
        let names = programs(&folder, &[]).unwrap();
        assert!(names.iter().any(|name| name == "generators"));
        assert!(!names.iter().any(|name| name == "harness"));
        assert_eq!(programs(&folder, &["Generators".into()]).unwrap(), ["generators"]);
    }

    #[test]
    fn a_ratio_above_one_is_a_faster_engine() {
        let figures = |time| Figures { scores: [("x".to_string(), vec![time])].into(), ..Figures::default() };
        assert_eq!(ratio(&figures(2.0), &figures(3.0), "x"), Some(1.5));
        assert_eq!(ratio(&figures(2.0), &figures(3.0), "y"), None);
    }
}
