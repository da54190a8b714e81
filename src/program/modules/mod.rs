//! What import paths mean.

/// What an import path means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of the tree: its position among the files given.
    File(usize),
    /// A package of the tree (Go): its position among the packages.
    Package(usize),
    /// A library or part of the platform: not of the tree.
    Library,
    /// Meant for the tree, and there, but no source that is read (JSON, styles, images …).
    Asset,
    /// A file of the tree that is not looked at: a test, a generated file.
    NotRead,
    /// Meant for the tree, but nothing is there.
    Missing,
}
