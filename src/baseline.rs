//! The baseline: the findings that were there when a team began, kept in a file and not shown again.
//!
//! An entry is a finding's path, rule, symbol and fingerprint, one a line and in order, so that branches merge. A finding is known
//! by path and fingerprint; where its file or the function around it is gone, by the fingerprint alone, or by what it was when the
//! function had its old name.
//!
//! Owns: the format, and which findings are known, moved or gone. Does not own: fingerprints, writing the file (`command`), or what
//! is shown for other reasons.

mod matching;
mod read;

use std::path::{Path, PathBuf};

pub use matching::{Findings, Seen, compare};

use crate::data::DataError;
use crate::finding::BaselineEntry;
use crate::source::walk::{show, tidy};
use crate::source::{ReadError, SourceFile, upward};

/// What the file is called.
pub const NAME: &str = "faultlint-baseline.json";

/// The version of the format and of the fingerprints in it.
pub const VERSION: u64 = 1;

/// The schema of the file.
pub const SCHEMA: &str = include_str!("../schema/baseline.schema.json");

/// Why there is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// There is no such file.
    #[error("there is no baseline `{0}`; `faultlint baseline create` writes one")]
    Missing(String),
    /// It cannot be read: the file as shown, and why.
    #[error("the baseline cannot be read: {0}: {1}")]
    Read(String, ReadError),
    /// What is in it is none.
    #[error(transparent)]
    Data(#[from] Box<DataError>),
}

/// A baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Its path as shown.
    pub shown: String,
    /// The folder it lies in, from which paths in it count.
    folder: PathBuf,
    entries: Vec<BaselineEntry>,
}

impl Baseline {
    /// A baseline without an entry, to be kept at `path`.
    pub fn empty(path: &Path, directory: &Path) -> Self {
        let whole = tidy(&directory.join(path));
        let folder = whole.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Self { shown: show(&whole, directory), folder, entries: Vec::new() }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// A file that is not there, cannot be read, or holds something else.
    pub fn read(path: &Path, directory: &Path) -> Result<Self, BaselineError> {
        let empty = Self::empty(path, directory);
        if !upward::is_there(&directory.join(path)) {
            return Err(BaselineError::Missing(empty.shown));
        }
        let source = SourceFile::read(&directory.join(path), &empty.shown)
            .map_err(|error| BaselineError::Read(empty.shown.clone(), error))?;
        let entries = read::entries(&source).map_err(Box::new)?;
        Ok(Self { entries, ..empty })
    }

    /// The path of a file as entries have it.
    fn path_of(&self, file: &Path, directory: &Path) -> String {
        let file = tidy(&directory.join(file));
        let mut around = self.folder.as_path();
        let mut up = String::new();
        while !file.starts_with(around) {
            let Some(above) = around.parent() else { break };
            around = above;
            up.push_str("../");
        }
        format!("{up}{}", show(&file, around))
    }

    /// Whether the file of an entry is no longer there. An escaped name is not looked for.
    fn is_gone(&self, path: &str) -> bool {
        !path.contains('\\') && !upward::is_there(&self.folder.join(path))
    }
}

/// The text of a baseline with these entries.
pub fn text(entries: &[BaselineEntry]) -> String {
    let mut sorted: Vec<&BaselineEntry> = entries.iter().collect();
    sorted.sort();
    sorted.dedup();
    // An entry is four strings, which JSON can always say.
    let line = |entry: &&BaselineEntry| serde_json::to_string(entry).map(|line| format!("    {line}"));
    let lines: Vec<String> = sorted.iter().filter_map(|entry| line(entry).ok()).collect();
    let end = if lines.is_empty() { "" } else { "\n" };
    format!("{{\n  \"version\": {VERSION},\n  \"findings\": [\n{}{end}  ]\n}}\n", lines.join(",\n"))
}

#[cfg(test)]
mod tests;
