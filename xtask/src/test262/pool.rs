//! Worker processes: started, fed one test at a time, watched, and replaced when they die or hang.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::Context as _;

use super::worker::{Job, Outcome};

/// Runs every job and hands each outcome to `report` as it comes, from any thread. `command` makes a new worker.
pub fn run(
    jobs: &[Job],
    threads: usize,
    patience: Duration,
    command: &(dyn Fn() -> Command + Sync),
    report: &(dyn Fn(usize, Outcome) + Sync),
) -> anyhow::Result<()> {
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads.max(1))
            .map(|_| {
                scope.spawn(|| -> anyhow::Result<()> {
                    let mut worker = None;
                    while let Some((index, job)) = take(jobs, &next) {
                        let mut current = match worker.take() {
                            Some(worker) => worker,
                            None => Worker::start(command())?,
                        };
                        let outcome = current.run(job, patience)?;
                        if !matches!(outcome, Outcome::Crash(_) | Outcome::Hang) {
                            worker = Some(current);
                        }
                        report(index, outcome);
                    }
                    Ok(())
                })
            })
            .collect();
        handles.into_iter().try_for_each(|handle| match handle.join() {
            Ok(result) => result,
            Err(_) => anyhow::bail!("a thread of the runner panicked"),
        })
    })
}

fn take<'j>(jobs: &'j [Job], next: &AtomicUsize) -> Option<(usize, &'j Job)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(index).map(|job| (index, job))
}

struct Worker {
    child: Child,
    input: ChildStdin,
    answers: Receiver<String>,
    errors: Arc<Mutex<VecDeque<u8>>>,
}

impl Worker {
    fn start(mut command: Command) -> anyhow::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let input = child.stdin.take().context("no standard input")?;
        let output = child.stdout.take().context("no standard output")?;
        let mut stderr = child.stderr.take().context("no standard error")?;
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        // Only the end of what a worker complains about is of interest, and it must not block on it.
        let errors = Arc::new(Mutex::new(VecDeque::new()));
        let tail = Arc::clone(&errors);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                let Ok(mut tail) = tail.lock() else { break };
                tail.extend(buffer.iter().take(count));
                let excess = tail.len().saturating_sub(2000);
                tail.drain(..excess);
            }
        });
        Ok(Worker { child, input, answers, errors })
    }

    fn run(&mut self, job: &Job, patience: Duration) -> anyhow::Result<Outcome> {
        let mut line = serde_json::to_vec(job)?;
        line.push(b'\n');
        if self.input.write_all(&line).and_then(|()| self.input.flush()).is_err() {
            return self.post_mortem();
        }
        match self.answers.recv_timeout(patience) {
            Ok(answer) => serde_json::from_str(&answer).with_context(|| format!("a worker said {answer:?}")),
            Err(RecvTimeoutError::Disconnected) => self.post_mortem(),
            Err(RecvTimeoutError::Timeout) => {
                self.child.kill()?;
                self.child.wait()?;
                Ok(Outcome::Hang)
            }
        }
    }

    fn post_mortem(&mut self) -> anyhow::Result<Outcome> {
        let status = self.child.wait()?;
        std::thread::sleep(Duration::from_millis(20)); // for the thread that reads its last words
        let words = self.errors.lock().map(|tail| tail.iter().copied().collect::<Vec<u8>>()).unwrap_or_default();
        let words = String::from_utf8_lossy(&words);
        let words: Vec<&str> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let last = words.get(words.len().saturating_sub(4)..).unwrap_or_default().join(" | ");
        Ok(Outcome::Crash(format!("{status}: {last}")))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Ends by itself when its input does, unless it hangs. Nothing can be done about a failure here.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::worker::Mode;
    use super::*;

    /// A worker in shell: dies, hangs or answers as the path of the test says.
    const WORKER: &str = r#"while read line; do case "$line" in
        *crash*) echo "last words" >&2; kill -SEGV $$ ;;
        *hang*) sleep 60 ;;
        *fail*) echo '{"Fail":"why"}' ;;
        *) echo '"Pass"' ;;
    esac; done"#;

    #[test]
    fn one_test_never_hides_another() {
        let paths = ["a", "crash1", "b", "hang1", "fail1", "crash2", "c", "d"];
        let jobs: Vec<Job> = paths
            .iter()
            .map(|path| Job {
                path: (*path).into(),
                mode: Mode::Sloppy,
                asynchronous: false,
                includes: Vec::new(),
                negative: None,
                can_block: true,
            })
            .collect();
        let outcomes = Mutex::new(vec![None; jobs.len()]);
        let command = || {
            let mut command = Command::new("sh");
            command.args(["-c", WORKER]);
            command
        };
        run(&jobs, 2, Duration::from_millis(500), &command, &|index, outcome| {
            outcomes.lock().unwrap()[index] = Some(outcome);
        })
        .unwrap();
        for (path, outcome) in paths.iter().zip(outcomes.into_inner().unwrap()) {
            match (path.trim_end_matches(char::is_numeric), outcome.unwrap()) {
                ("crash", Outcome::Crash(how)) => {
                    assert!(how.contains("SIGSEGV") && how.contains("last words"), "{how}")
                }
                ("hang", Outcome::Hang) => {}
                ("fail", Outcome::Fail(why)) => assert_eq!(why, "why"),
                ("a" | "b" | "c" | "d", Outcome::Pass) => {}
                (path, outcome) => panic!("{path}: {outcome:?}"),
            }
        }
    }
}
