//! The process against what the system lets it have.

use std::fs;
use std::path::{Path, PathBuf};
use std::vec::Vec;

use super::{Pressure, part};

/// The memory of the process against its limits: its control groups (version 1 or 2), the machine, and a limit of one's own.
///
/// The level is the highest of
/// - what each control group that holds the process uses of its limit, file pages that can be dropped at once left out,
/// - what is not available of the machine's memory,
/// - what the process has resident, of the limit given to [`with_limit`](Self::with_limit).
///
/// Reads some small files each time. Knows Linux; elsewhere, or where the files cannot be read, the level is 0, and
/// [`is_known`](Self::is_known) says so.
#[derive(Clone, Debug)]
pub struct ProcessMemory {
    proc: PathBuf,
    groups: Vec<Group>,
    limit: Option<u64>,
}

/// The files of a control group that has memory accounted.
#[derive(Clone, Debug)]
struct Group {
    used: PathBuf,
    limit: PathBuf,
    stat: PathBuf,
    /// The line of `stat` with the file pages that were not used for long.
    inactive: &'static str,
}

impl ProcessMemory {
    /// Finds out what limits the process has.
    #[must_use]
    pub fn new() -> Self {
        Self::from_files(Path::new("/proc"), Path::new("/sys/fs/cgroup"))
    }

    /// With a limit of one's own for what the process has resident.
    #[must_use]
    pub fn with_limit(bytes: u64) -> Self {
        ProcessMemory { limit: Some(bytes), ..Self::new() }
    }

    fn from_files(proc: &Path, cgroup: &Path) -> Self {
        let mut groups = Vec::new();
        let membership = fs::read_to_string(proc.join("self/cgroup")).unwrap_or_default();
        for line in membership.lines() {
            let mut fields = line.splitn(3, ':');
            let (Some(_), Some(controllers), Some(path)) = (fields.next(), fields.next(), fields.next()) else {
                continue;
            };
            let path = Path::new(path.trim_start_matches('/'));
            // A limit of any group around the process is one of the process. In a container, paths of the host lead nowhere.
            for path in path.ancestors() {
                if controllers.is_empty() {
                    groups.push(Group::version_2(&cgroup.join(path)));
                } else if controllers.split(',').any(|name| name == "memory") {
                    groups.push(Group::version_1(&cgroup.join("memory").join(path)));
                }
            }
        }
        groups.retain(|group| group.level().is_some());
        ProcessMemory { proc: proc.into(), groups, limit: None }
    }

    /// Whether anything is known about the process's memory.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.levels().next().is_some()
    }

    fn levels(&self) -> impl Iterator<Item = f64> + '_ {
        let own = self.limit.and_then(|limit| Some(part(self.resident()?, limit)));
        self.groups.iter().filter_map(Group::level).chain(self.machine()).chain(own)
    }

    /// Bytes the process has resident, by `status`, which counts in kibibytes whatever the size of pages.
    fn resident(&self) -> Option<u64> {
        let status = fs::read_to_string(self.proc.join("self/status")).ok()?;
        line(&status, "VmRSS:")?.checked_mul(1024)
    }

    fn machine(&self) -> Option<f64> {
        let memory = fs::read_to_string(self.proc.join("meminfo")).ok()?;
        let (total, available) = (line(&memory, "MemTotal:")?, line(&memory, "MemAvailable:")?);
        Some(part(total.saturating_sub(available), total))
    }
}

impl Group {
    fn version_2(folder: &Path) -> Self {
        Group {
            used: folder.join("memory.current"),
            limit: folder.join("memory.max"),
            stat: folder.join("memory.stat"),
            inactive: "inactive_file",
        }
    }

    fn version_1(folder: &Path) -> Self {
        Group {
            used: folder.join("memory.usage_in_bytes"),
            limit: folder.join("memory.limit_in_bytes"),
            stat: folder.join("memory.stat"),
            inactive: "total_inactive_file",
        }
    }

    /// Nothing if there is no such group, or no limit (`max`; in version 1 a number near the highest).
    fn level(&self) -> Option<f64> {
        let limit = number(&self.limit)?;
        let used = number(&self.used)?;
        let stat = fs::read_to_string(&self.stat).unwrap_or_default();
        Some(part(used.saturating_sub(line(&stat, self.inactive).unwrap_or(0)), limit))
    }
}

/// The number in a file.
fn number(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// The number behind a name at the beginning of a line.
fn line(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines().map(str::split_ascii_whitespace);
    lines.find_map(|mut words| (words.next() == Some(name)).then(|| words.next())?)?.parse().ok()
}

impl Default for ProcessMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl Pressure for ProcessMemory {
    fn level(&self) -> f64 {
        self.levels().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with files, which goes with it.
    struct Files(PathBuf);

    impl Files {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(std::format!("rotifer-{name}-{}", std::process::id()));
            for (path, text) in files {
                let path = root.join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            Files(root)
        }

        fn memory(&self) -> ProcessMemory {
            ProcessMemory::from_files(&self.0.join("proc"), &self.0.join("cgroup"))
        }
    }

    impl Drop for Files {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const MEMINFO: (&str, &str) = ("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable: 800 kB\n");

    #[test]
    fn the_tightest_control_group_counts() {
        let files = Files::new(
            "v2",
            &[
                ("proc/self/cgroup", "0::/a/b\n"),
                MEMINFO,
                ("cgroup/a/memory.current", "90\n"),
                ("cgroup/a/memory.max", "100\n"),
                ("cgroup/a/memory.stat", "anon 1\ninactive_file 20\n"),
                ("cgroup/a/b/memory.current", "80\n"),
                ("cgroup/a/b/memory.max", "max\n"),
            ],
        );
        assert_eq!(files.memory().level(), 0.7);
    }

    #[test]
    fn the_older_version_of_control_groups() {
        let files = Files::new(
            "v1",
            &[
                ("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/x\n"),
                MEMINFO,
                ("cgroup/memory/x/memory.usage_in_bytes", "60\n"),
                ("cgroup/memory/x/memory.limit_in_bytes", "100\n"),
                ("cgroup/memory/x/memory.stat", "inactive_file 1\ntotal_inactive_file 10\n"),
                ("cgroup/memory/memory.usage_in_bytes", "60\n"),
                ("cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
            ],
        );
        assert_eq!(files.memory().level(), 0.5);
    }

    #[test]
    fn without_groups_the_machine_counts_and_a_limit_of_ones_own() {
        let files = Files::new("machine", &[MEMINFO, ("proc/self/status", "Name: x\nVmRSS:\t 30 kB\n")]);
        let memory = files.memory();
        assert!(memory.is_known());
        assert_eq!(memory.level(), 0.2);
        assert_eq!(ProcessMemory { limit: Some(60 << 10), ..memory }.level(), 0.5);
    }

    #[test]
    fn where_nothing_is_known_nothing_is_short() {
        let memory = Files::new("none", &[]).memory();
        assert!(!memory.is_known());
        assert_eq!(memory.level(), 0.0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_known() {
        let memory = ProcessMemory::with_limit(1 << 40);
        assert!(memory.is_known());
        assert!(memory.level() > 0.0 && memory.level().is_finite());
    }
}
