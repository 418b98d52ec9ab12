//! The programs of Octane 2, each put together into one file that any shell with `print` or `console.log` can run.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// One program.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The name its suite reports.
    pub name: &'static str,
    files: &'static [&'static str],
}

/// In the order in which the original driver runs them.
pub const PROGRAMS: &[Program] = &[
    Program { name: "Richards", files: &["richards.js"] },
    Program { name: "DeltaBlue", files: &["deltablue.js"] },
    Program { name: "Crypto", files: &["crypto.js"] },
    Program { name: "RayTrace", files: &["raytrace.js"] },
    Program { name: "EarleyBoyer", files: &["earley-boyer.js"] },
    Program { name: "RegExp", files: &["regexp.js"] },
    Program { name: "Splay", files: &["splay.js"] },
    Program { name: "NavierStokes", files: &["navier-stokes.js"] },
    Program { name: "PdfJS", files: &["pdfjs.js"] },
    Program { name: "Mandreel", files: &["mandreel.js"] },
    Program { name: "Gameboy", files: &["gbemu-part1.js", "gbemu-part2.js"] },
    Program { name: "CodeLoad", files: &["code-load.js"] },
    Program { name: "Box2D", files: &["box2d.js"] },
    Program { name: "zlib", files: &["zlib.js", "zlib-data.js"] },
    Program { name: "Typescript", files: &["typescript.js", "typescript-input.js", "typescript-compiler.js"] },
];

const PROLOGUE: &str = r"// Run as a plain script wherever the shell would wrap the file in a function.
if (typeof require === 'function' && typeof module === 'object' && typeof octane_print === 'undefined') {
  require('vm').runInThisContext(require('fs').readFileSync(__filename, 'utf8'), __filename);
  process.exit(0);
}
if (typeof print === 'undefined') {
  print = function (text) { console.log(text); };
}
if (typeof read === 'undefined') {
  read = function (name) { throw new Error('no file ' + name); }; // zlib wants the function to exist
}
var octane_print = print;
";

const EPILOGUE: &str = r"
var octane_failed = false;
BenchmarkSuite.RunSuites({
  NotifyResult: function (name, score) { octane_print(name + ': ' + score); },
  NotifyError: function (name, error) {
    octane_failed = true;
    octane_print(name + ' failed: ' + (error && error.stack ? error + '\n' + error.stack : error));
  }
});
if (octane_failed) throw new Error('the program failed');
";

/// Finds the programs in an unpacked package, or in any folder that holds them.
pub fn locate(folder: &Path) -> anyhow::Result<PathBuf> {
    for below in ["", "lib/octane", "package/lib/octane"] {
        let candidate = folder.join(below);
        if candidate.join("base.js").is_file() && candidate.join("richards.js").is_file() {
            return Ok(candidate);
        }
    }
    bail!("no Octane programs in {} (see CONTRIBUTING.md)", folder.display())
}

/// Writes the complete program into `into` and gives its path.
pub fn assemble(program: Program, source: &Path, into: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(into).with_context(|| into.display().to_string())?;
    let mut text = PROLOGUE.as_bytes().to_vec();
    for file in ["base.js"].iter().chain(program.files) {
        let path = source.join(file);
        text.extend(std::fs::read(&path).with_context(|| path.display().to_string())?);
        text.extend(b"\n;\n");
    }
    text.extend(EPILOGUE.as_bytes());
    let path = into.join(format!("{}.js", program.name));
    std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// The scores in what a program printed: `Name: number` per line.
pub fn scores(program: Program, output: &str) -> Vec<(String, f64)> {
    output
        .lines()
        .filter_map(|line| {
            let (name, score) = line.split_once(": ")?;
            let score = score.trim().parse::<f64>().ok().filter(|score| score.is_finite() && *score > 0.0)?;
            name.strip_prefix(program.name).filter(|rest| ["", "Latency"].contains(rest))?;
            Some((name.to_string(), score))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_found_among_other_lines() {
        let splay = PROGRAMS.iter().copied().find(|program| program.name == "Splay").unwrap();
        let found = scores(splay, "Warning: x\nSplay: 2391\nSplayLatency: 7.31e3\nScore: 4182\nSplay: NaN\n");
        assert_eq!(found, [("Splay".to_string(), 2391.0), ("SplayLatency".to_string(), 7310.0)]);
    }
}
