//! Files are what uses them: what only files that run in browsers import runs there itself, and what only scripts import is part
//! of them.
//!
//! Owns: following who imports whom. Does not own: how the first of them are told (`models::code`), nor what an import path means
//! (`program::modules`).

use crate::facts::{ExportKind, ExprKind, Facts, Name};
use crate::models::code::Side;
use crate::program::modules::Target;

use super::whole::Part;

/// Marks files that nothing tells of, and that only files which run in a browser, or only scripts, import.
pub(super) fn spread(parts: &mut [Part<'_>], resolve: &dyn Fn(usize, &str) -> Target) {
    if parts.iter().all(|part| part.side != Side::Browser && !part.script) {
        return;
    }
    let importers = importers(parts, resolve);
    let in_browser = |part: &Part<'_>| part.side == Side::Browser;
    let untold = |part: &Part<'_>| part.side == Side::Unknown;
    spread_one(parts, &importers, (&untold, &in_browser), &|part| part.side = Side::Browser);
    share_with_browser(parts, &importers);
    let is_script = |part: &Part<'_>| part.script;
    let looked_at = |part: &Part<'_>| part.looked_at && !part.told;
    spread_one(parts, &importers, (&looked_at, &is_script), &|part| {
        (part.script, part.looked_at) = (true, false);
    });
}

/// What is asked of a file.
type Test<'t> = &'t dyn Fn(&Part<'_>) -> bool;

/// Marks what may be and is imported by nothing that is not, until nothing is new.
fn spread_one(
    parts: &mut [Part<'_>],
    importers: &[Vec<usize>],
    (may_be, is): (Test<'_>, Test<'_>),
    mark: &dyn Fn(&mut Part<'_>),
) {
    // Each round finds what the last one brought about; there are only so many files.
    loop {
        let used_there = |file: &usize| {
            may_be(&parts[*file])
                && !importers[*file].is_empty()
                && importers[*file].iter().all(|importer| is(&parts[*importer]))
        };
        let found: Vec<usize> = (0..parts.len()).filter(used_there).collect();
        if found.is_empty() {
            return;
        }
        for file in found {
            mark(&mut parts[file]);
        }
    }
}

/// Marks what a file that runs in a browser imports, and beside it only what looks so: a server has no part in it, as far as is seen.
fn share_with_browser(parts: &mut [Part<'_>], importers: &[Vec<usize>]) {
    let is_shared = |file: &usize| {
        let sides = || importers[*file].iter().map(|importer| parts[*importer].side);
        parts[*file].side == Side::Unknown
            && sides().all(Side::is_front_end)
            && sides().any(|side| side == Side::Browser)
    };
    let found: Vec<usize> = (0..parts.len()).filter(is_shared).collect();
    for file in found {
        parts[file].side = Side::FrontEnd;
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
