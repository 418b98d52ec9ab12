//! One run of one engine: output, time, peak memory, and an end to it if it takes too long.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use wait4::Wait4;

/// An executable that runs a file, with the arguments that go before the file's name.
#[derive(Clone, Debug)]
pub struct Engine {
    /// What the table calls it.
    pub name: String,
    /// The executable and its arguments.
    pub command: Vec<String>,
}

/// What a run left behind.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Standard output.
    pub output: String,
    /// What went wrong, if anything did.
    pub problem: Option<String>,
    /// The largest resident set, in bytes.
    pub peak: u64,
}

impl Engine {
    /// Runs a file.
    pub fn run(&self, file: &Path, limit: Duration) -> anyhow::Result<Finished> {
        let (program, arguments) = self.command.split_first().context("an empty command")?;
        let mut child = Command::new(program)
            .args(arguments)
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let output = drain(child.stdout.take());
        let errors = drain(child.stderr.take());
        let pid = child.id();
        let started = Instant::now();
        let (sender, done) = channel();
        let waiter = std::thread::spawn(move || {
            let result = child.wait4();
            let _ = sender.send(());
            result
        });
        let late = done.recv_timeout(limit).is_err();
        if late {
            // Not reaped yet, so the number still is this child's.
            Command::new("kill").arg("-9").arg(pid.to_string()).status()?;
        }
        let usage = waiter.join().map_err(|_| anyhow::anyhow!("the thread that waits panicked"))??;
        let text = |handle: std::thread::JoinHandle<Vec<u8>>| {
            String::from_utf8_lossy(&handle.join().unwrap_or_default()).into_owned()
        };
        let (output, errors) = (text(output), text(errors));
        let problem = if late {
            Some(format!("took longer than {} s", started.elapsed().as_secs()))
        } else if usage.status.success() {
            None
        } else {
            let words = [&output, &errors].map(|text| text.lines().find(|line| line.to_lowercase().contains("err")));
            let words = words.into_iter().flatten().next().unwrap_or_default();
            Some(format!("{}: {words}", usage.status))
        };
        Ok(Finished { output, problem, peak: usage.rusage.maxrss })
    }
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

/// Splits a command into words: quotes group, a backslash takes the next character as it is.
pub fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = command.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(characters.next()),
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_split_like_a_shell_would() {
        assert_eq!(words("node  --jitless"), ["node", "--jitless"]);
        assert_eq!(words(r#"'a b' "c \" d" e\ f ''"#), ["a b", "c \" d", "e f", ""]);
        assert!(words("  ").is_empty());
    }
}
