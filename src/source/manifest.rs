//! Files that say how modules are named.
//!
//! Owns: what such a file is. Does not own: what it means (`program::modules`).

use std::path::PathBuf;

/// A file that says how modules are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Absolute path.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}
