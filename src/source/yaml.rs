//! The rule and model files below a directory that a user names.
//!
//! Owns: finding and reading them. Does not own: what they say.

use std::path::{Path, PathBuf};

use super::file::{ReadError, SourceFile};
use super::walk::show;

/// Why a directory of rules or models could not be read.
#[derive(Debug, thiserror::Error)]
pub enum YamlError {
    /// A file or directory, as shown, and what is wrong with it.
    #[error("{0}: {1}")]
    Read(String, ReadError),
    /// A directory without a single YAML file: most likely a slip.
    #[error("{0}: no .yaml or .yml file below it")]
    Empty(String),
}

/// Reads every `.yaml` and `.yml` file below `root`, by shown path in byte order. Hidden files are left out, links are not
/// followed, ignore files do not count.
///
/// # Errors
/// See [`YamlError`]; nothing is skipped in silence.
pub fn read_below(root: &Path, directory: &Path) -> Result<Vec<SourceFile>, YamlError> {
    let mut paths = Vec::new();
    collect(&directory.join(root), directory, &mut paths)?;
    if paths.is_empty() {
        return Err(YamlError::Empty(show(root, directory)));
    }
    let mut named: Vec<(String, PathBuf)> =
        paths.into_iter().map(|path| (show(&path, directory), path)).collect();
    named.sort_unstable();
    let read = |(shown, path): (String, PathBuf)| {
        SourceFile::read(&path, &shown).map_err(|error| YamlError::Read(shown, error))
    };
    named.into_iter().map(read).collect()
}

fn collect(parent: &Path, directory: &Path, paths: &mut Vec<PathBuf>) -> Result<(), YamlError> {
    let told = |error: std::io::Error| YamlError::Read(show(parent, directory), error.into());
    for entry in std::fs::read_dir(parent).map_err(told)? {
        let entry = entry.map_err(told)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(told)?);
        let is_yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if kind.is_dir() {
            collect(&path, directory, paths)?;
        } else if is_yaml && !kind.is_symlink() {
            paths.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn reads_yaml_in_order() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("a")).unwrap();
        for name in ["b.yaml", "a/c.yml", "a/notes.md", ".hidden.yaml"] {
            fs::write(root.path().join(name), name).unwrap();
        }
        let files = read_below(Path::new("."), root.path()).unwrap();
        let shown: Vec<(&str, &str)> =
            files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
        assert_eq!(shown, [("a/c.yml", "a/c.yml"), ("b.yaml", "b.yaml")]);
    }

    #[test]
    fn tells_what_cannot_be_read() {
        let root = tempfile::tempdir().unwrap();
        let told = |path: &str| read_below(Path::new(path), root.path()).unwrap_err().to_string();
        assert!(told("nope").starts_with("nope: "));
        assert_eq!(told("."), ".: no .yaml or .yml file below it");
        fs::write(root.path().join("x.yaml"), b"\xff").unwrap();
        assert_eq!(told("."), "x.yaml: not UTF-8 at byte 0");
    }
}
