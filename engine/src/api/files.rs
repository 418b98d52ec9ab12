//! Modules from files.

use std::path::{Component, Path, PathBuf};

use crate::isolate::{Load, ModuleLoader};

/// Loads modules from files: specifiers are paths relative to the importing file (`./a.mjs`, `../b.js`), absolute paths or `file:`
/// URLs.
#[derive(Debug, Default)]
pub struct FileLoader {
    /// The directory, links followed.
    root: Option<PathBuf>,
    /// The directory as it was named, for paths that go through the same links.
    named_root: PathBuf,
}

impl FileLoader {
    /// A loader of any file the process can read.
    #[must_use]
    pub fn new() -> Self {
        FileLoader::default()
    }

    /// The name under which a file is known that no module asked for: the one an import of it is resolved to.
    #[must_use]
    pub fn name_of(path: &str) -> String {
        normalize(Path::new(path)).to_string_lossy().into_owned()
    }

    /// A loader that reads nothing outside of `root`, links followed.
    ///
    /// # Errors
    /// When there is no such directory.
    pub fn within(root: &Path) -> std::io::Result<Self> {
        Ok(FileLoader { root: Some(root.canonicalize()?), named_root: normalize(&std::path::absolute(root)?) })
    }
}

/// The path without `.` and `..`, which are worked out on the names alone.
fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    out.push(part);
                }
            }
            _ => out.push(part),
        }
    }
    out
}

/// The characters behind `%xx`.
fn decode_percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes.get(i + 1..i + 3).and_then(|h| core::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) if bytes[i] == b'%' => {
                out.push(byte);
                i += 3;
            }
            _ => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

impl ModuleLoader for FileLoader {
    fn resolve(&mut self, specifier: &str, referrer: &str, _: &[(String, String)]) -> Result<String, String> {
        let path = if let Some(rest) = specifier.strip_prefix("file:") {
            PathBuf::from(decode_percent(rest.strip_prefix("//").unwrap_or(rest)))
        } else if specifier.starts_with("./") || specifier.starts_with("../") || specifier == "." || specifier == ".." {
            Path::new(referrer).parent().unwrap_or(Path::new("")).join(specifier)
        } else if Path::new(specifier).is_absolute() {
            PathBuf::from(specifier)
        } else {
            return Err(format!("cannot resolve module '{specifier}': it must begin with '/', './', '../' or 'file:'"));
        };
        Ok(normalize(&path).to_string_lossy().into_owned())
    }

    fn load(&mut self, resolved: &str) -> Result<Load, String> {
        let failed = |e: std::io::Error| format!("cannot load module '{resolved}': {e}");
        if let Some(root) = &self.root {
            let outside = || format!("cannot load module '{resolved}': it is outside of the allowed directory");
            // By name first, so that nobody learns what exists elsewhere; then by where links lead.
            let named = normalize(&std::path::absolute(resolved).map_err(failed)?);
            if !named.starts_with(root) && !named.starts_with(&self.named_root) {
                return Err(outside());
            }
            let real = named.canonicalize().map_err(failed)?;
            if !real.starts_with(root) {
                return Err(outside());
            }
            return std::fs::read(real).map(Load::Ready).map_err(failed);
        }
        std::fs::read(resolved).map(Load::Ready).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers() {
        let mut loader = FileLoader::new();
        let mut resolve = |s: &str| loader.resolve(s, "/a/b/main.mjs", &[]);
        assert_eq!(resolve("./x.js").as_deref(), Ok("/a/b/x.js"));
        assert_eq!(resolve("../x.js").as_deref(), Ok("/a/x.js"));
        assert_eq!(resolve("file:///c%20d/x.js").as_deref(), Ok("/c d/x.js"));
        assert!(resolve("lodash").is_err());
    }

    #[test]
    fn nothing_outside_of_the_root() {
        let base = std::env::temp_dir().join(format!("rotifer-root-{}", std::process::id()));
        let inside = base.join("in");
        std::fs::create_dir_all(&inside).unwrap();
        std::fs::write(inside.join("a.js"), "a").unwrap();
        std::fs::write(base.join("b.js"), "b").unwrap();
        let mut loader = FileLoader::within(&inside).unwrap();
        let mut load = |path: PathBuf| loader.load(path.to_str().unwrap());
        assert_eq!(load(inside.join("a.js")), Ok(Load::Ready(b"a".to_vec())));
        assert_eq!(load(inside.join("x/../a.js")), Ok(Load::Ready(b"a".to_vec())));
        let refused = |result: Result<Load, String>| result.is_err_and(|e| e.contains("outside"));
        assert!(refused(load(base.join("b.js"))));
        assert!(refused(load(inside.join("../b.js"))));
        assert!(refused(load(base.join("no such file"))), "what is not there looks the same");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(base.join("b.js"), inside.join("link.js")).unwrap();
            assert!(refused(load(inside.join("link.js"))));
        }
        std::fs::remove_dir_all(&base).unwrap();
    }
}
