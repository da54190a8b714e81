//! What import paths mean: which file or package of the tree, or that they are none of it.
//!
//! Owns: the naming of modules in each ecosystem. Does not own: reading files (`source::manifest`), what a module exports.
//!
//! Pure: the paths of the known files and the texts of the manifests decide, never the file system.

pub mod ecmascript;
pub mod golang;
mod lookup;
mod packages;
mod patterns;
#[cfg(test)]
mod tests;
mod tree;
mod tsconfig;

/// What an import path means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of the tree: its position among the files given.
    File(usize),
    /// A package of the tree (Go): its position among the packages.
    Package(usize),
    /// A library or part of the platform: not of the tree.
    Library,
    /// Meant for the tree, but no source that is read: declarations, JSON, styles, images.
    Asset,
    /// A file of the tree that is not looked at: a test, a generated file.
    NotRead,
    /// Meant for the tree, but nothing is there.
    Missing,
}
