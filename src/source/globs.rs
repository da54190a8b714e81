//! Patterns over paths, in the syntax of `.gitignore`, that count from one folder.
//!
//! Owns: compiling and matching them. Does not own: what becomes of a file that matches.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::walk::tidy;

/// Patterns that count from a folder. The last that matches decides; one that begins with `!` takes back.
#[derive(Clone, Debug)]
pub struct Globs {
    folder: PathBuf,
    patterns: Gitignore,
}

impl Globs {
    /// Compiles patterns.
    ///
    /// # Errors
    /// The position of a pattern that cannot be read, and why.
    pub fn new<'a>(
        folder: &Path,
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, (usize, String)> {
        let mut builder = GitignoreBuilder::new("");
        let mut count = 0;
        for (index, pattern) in patterns.into_iter().enumerate() {
            if pattern.trim().is_empty() || pattern.starts_with('#') {
                return Err((index, "it matches nothing".to_owned()));
            }
            builder.add_line(None, pattern).map_err(|error| (index, reason(&error)))?;
            count = index;
        }
        let patterns = builder.build().map_err(|error| (count, reason(&error)))?;
        Ok(Self { folder: tidy(folder), patterns })
    }

    /// Whether they mean a file. None outside the folder is meant.
    pub fn matches(&self, path: &Path) -> bool {
        let path = tidy(path);
        path.strip_prefix(&self.folder)
            .is_ok_and(|below| self.patterns.matched_path_or_any_parents(below, false).is_ignore())
    }
}

fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithLineNumber { err, .. }
        | ignore::Error::WithDepth { err, .. } => reason(err),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_count_from_the_folder() {
        let globs = Globs::new(Path::new("/a"), ["tools/**", "*.gen.ts", "!keep.gen.ts"]).unwrap();
        for path in ["/a/tools/x.ts", "/a/tools/b/x.ts", "/a/src/x.gen.ts", "/a/./b/../tools/x.ts"] {
            assert!(globs.matches(Path::new(path)), "{path}");
        }
        for path in ["/a/src/tools/x.ts", "/b/tools/x.ts", "/a/src/keep.gen.ts", "/tools/x.ts"] {
            assert!(!globs.matches(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_by_position() {
        assert_eq!(Globs::new(Path::new("/"), ["a", "[z-a]"]).unwrap_err().0, 1);
        assert_eq!(Globs::new(Path::new("/"), [" "]).unwrap_err().0, 0);
    }
}
