//! Models of whatever package no other model knows: its objects are told by what their types are called.
//!
//! Owns: which packages such models speak of, and the ends of names. Does not own: how sure that makes a call (`program::calls`).

use super::{Library, LibraryId, Models, ReceiverId};
use crate::source::Ecosystem;

impl Library {
    /// Whether it stands for whatever package no other model knows: its objects are told by what their types are called.
    pub fn is_any(&self) -> bool {
        self.packages.iter().any(|package| package == "*")
    }
}

impl Models {
    /// The libraries that an import path means in a program: where no model knows the package, those that speak of any.
    pub fn libraries_meant(&self, ecosystem: Ecosystem, module: &str) -> Vec<LibraryId> {
        let found = self.libraries_of(ecosystem, module);
        if found.is_empty() && is_of_others(ecosystem, module) {
            return self.of_any.get(&ecosystem).cloned().unwrap_or_default();
        }
        found
    }

    /// The receiver that an export is, or makes, by how its name ends.
    pub(super) fn ending(&self, library: LibraryId, export: &str) -> Option<ReceiverId> {
        let endings = self.endings.get(&library)?;
        endings.iter().find(|(ending, _)| export.ends_with(ending)).map(|(_, receiver)| *receiver)
    }
}

/// Whether an import path is of a package that others publish: neither a file of this project nor a part of Go itself.
fn is_of_others(ecosystem: Ecosystem, module: &str) -> bool {
    let first = module.split('/').next().unwrap_or_default();
    match ecosystem {
        Ecosystem::Go => first.contains('.') && !first.starts_with('.'),
        Ecosystem::Ecmascript => {
            // By most settings `@/queue` is a file of this project.
            let is_scope = first.len() > 1 && first.starts_with('@');
            is_scope || first.starts_with(|c: char| c.is_ascii_alphanumeric())
        }
    }
}
