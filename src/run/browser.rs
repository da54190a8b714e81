//! Files that only what runs in browsers uses run there themselves.
//!
//! Owns: following who imports whom from files that run in a browser for certain. Does not own: how those are told
//! (`models::code`), nor what an import path means (`program::modules`).

use crate::facts::{ExportKind, ExprKind, Facts, Name};
use crate::models::code::Side;
use crate::program::modules::Target;

use super::whole::Part;

/// Marks files that nothing tells of, and that only files which run in a browser import.
pub(super) fn spread(parts: &mut [Part<'_>], resolve: &dyn Fn(usize, &str) -> Target) {
    if parts.iter().all(|part| part.side != Side::Browser) {
        return;
    }
    let importers = importers(parts, resolve);
    // Each round finds what the last one brought about; there are only so many files.
    loop {
        let used_there = |file: &usize| {
            parts[*file].side == Side::Unknown
                && !importers[*file].is_empty()
                && importers[*file].iter().all(|importer| parts[*importer].side == Side::Browser)
        };
        let found: Vec<usize> = (0..parts.len()).filter(used_there).collect();
        if found.is_empty() {
            return;
        }
        for file in found {
            parts[file].side = Side::Browser;
        }
    }
}

/// Who imports each file, types aside.
fn importers(parts: &[Part<'_>], resolve: &dyn Fn(usize, &str) -> Target) -> Vec<Vec<usize>> {
    let mut importers = vec![Vec::new(); parts.len()];
    for (file, part) in parts.iter().enumerate() {
        let mut modules: Vec<Name> = modules(&part.facts).collect();
        modules.sort_unstable();
        modules.dedup();
        for module in modules {
            if let Target::File(used) = resolve(file, part.facts.name(module))
                && used != file
            {
                importers[used].push(file);
            }
        }
    }
    importers
}

/// The modules that a file imports, requires or hands on.
fn modules(facts: &Facts) -> impl Iterator<Item = Name> + '_ {
    let imported = facts.imports.iter().filter(|import| !import.type_only).map(|import| import.module);
    let handed_on = facts.exports.iter().filter_map(|export| match export.kind {
        ExportKind::From { module, .. } => Some(module),
        _ => None,
    });
    let required = facts.exprs.iter().filter_map(|expr| match expr.kind {
        ExprKind::Module(module) => Some(module),
        _ => None,
    });
    imported.chain(handed_on).chain(required)
}
