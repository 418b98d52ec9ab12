//! What several of the integration tests need.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::sync::{Arc, Mutex};

use rotifer::{Isolate, Limits};

/// Runs a script, then jobs, in 32 MiB, and gives the lines it printed. With `stress` everything moves at every so many allocations.
pub fn run_with(source: &str, stress: u32) -> Result<Vec<String>, String> {
    let mut isolate = Isolate::new(Limits::default().memory(32 << 20)).map_err(|e| e.to_string())?;
    let lines = Arc::new(Mutex::new(Vec::new()));
    let seen = lines.clone();
    isolate.on_print(move |line| seen.lock().unwrap().push(line.to_owned()));
    isolate.set_gc_stress(stress);
    isolate.run(source, "test.js").map_err(|e| e.to_string())?;
    isolate.run_jobs().map_err(|e| e.to_string())?;
    let lines = lines.lock().unwrap().clone();
    Ok(lines)
}

/// The script prints these lines, in an ordinary run and with everything moved at every allocation.
#[track_caller]
pub fn prints(source: &str, expected: &[&str]) {
    for stress in [0, 1, 7] {
        match run_with(source, stress) {
            Ok(lines) => assert_eq!(lines, expected, "stress {stress}"),
            Err(error) => panic!("{error} (stress {stress})"),
        }
    }
}
