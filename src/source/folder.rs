//! Reading a folder of YAML files: a team's own rules or models.

use std::io;
use std::path::{Path, PathBuf};

/// Every `.yaml` and `.yml` file below a folder, by path: its path as shown and its text.
///
/// # Errors
/// The folder or a file in it cannot be read, or is not UTF-8.
pub fn yaml_files(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    find(folder, &mut found)?;
    found.sort();
    found.into_iter().map(|path| Ok((path.display().to_string(), std::fs::read_to_string(&path)?))).collect()
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        // Links are not followed: a folder that holds itself would never end.
        if entry.file_type()?.is_dir() {
            find(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            found.push(path);
        }
    }
    Ok(())
}
