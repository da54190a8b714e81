//! Modules: what an import path means, in each ecosystem.
//!
//! Owns: from the path of an import to a file or package of the tree. Does not own: what an imported name is, and the file
//! system: everything is told from the files and manifests that are handed over.

pub mod golang;

/// What an import path means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of the tree: its position among the files given.
    File(usize),
    /// A package of the tree (Go): its position among the packages.
    Package(usize),
    /// A library or part of the platform: not of the tree.
    Library,
    /// Meant for the tree, and there, but no source that is read (JSON, styles, images ...).
    Asset,
    /// Meant for the tree, but nothing is there.
    Missing,
}
