//! The programs of `benches/micro` compute the same whether or not everything moves at every allocation.

#![cfg(feature = "cli")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn programs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/micro");
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of the programs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "js") && !path.ends_with("harness.js"))
        .collect();
    all.sort();
    all
}

/// What a program prints when it does everything `times` times.
fn answers(program: &Path, times: u32, arguments: &[&str]) -> String {
    let harness = std::fs::read_to_string(program.with_file_name("harness.js")).expect("the harness");
    let text = std::fs::read_to_string(program).expect("a program");
    let name = program.file_name().and_then(|name| name.to_str()).expect("a plain name");
    let file = std::env::temp_dir().join(format!("rotifer-micro-{}-{times}-{name}", std::process::id()));
    std::fs::write(&file, format!("var brief = {times};\n{harness}\n;\n{text}")).expect("a temporary file");
    let output = Command::new(env!("CARGO_BIN_EXE_rotifer"))
        .args(arguments)
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .expect("the command starts");
    let _ = std::fs::remove_file(&file);
    let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = text.matches("measure('").count();
    assert!(output.status.success(), "{name}: {printed}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(printed.lines().count(), expected, "{name}: {printed}");
    let _ = writeln!(printed);
    printed
}

#[test]
fn moving_everything_changes_no_answer() {
    for program in programs() {
        // A big source makes so many blocks that moving all of them each time would take minutes.
        let stress = if program.ends_with("load.js") { "--gc-stress=97" } else { "--gc-stress=1" };
        assert_eq!(answers(&program, 3, &[]), answers(&program, 3, &[stress]), "{}", program.display());
    }
}

#[test]
fn small_and_large_heaps_agree() {
    // A small heap has no table of known properties and collects often.
    for program in programs().iter().filter(|program| !program.ends_with("load.js")) {
        let (small, large) = (["--memory-limit=192k"], ["--memory-limit=64m"]);
        assert_eq!(answers(program, 300, &large), answers(program, 300, &small), "{}", program.display());
    }
}
