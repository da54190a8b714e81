//! Files are what uses them: what only files that run in browsers, or look so, import runs there itself, and what only scripts import is
//! part of them.
//!
//! Owns: following who imports whom. Does not own: how the first of them are told (`models::code`), nor what an import path means
//! (`program::modules`).

use rustc_hash::FxHashMap;

use crate::facts::{ExportKind, ExprKind, Facts, Name};
use crate::models::code::Side;
use crate::program::modules::Target;

use super::whole::Part;

/// Marks files that nothing tells of, and that only files which run in a browser, or only scripts, import.
///
/// Where a framework runs a part of the front end on a server (`rendered`), what only looks like one says nothing of what it imports.
pub(super) fn spread(
    parts: &mut [Part<'_>],
    resolve: &dyn Fn(usize, &str) -> Target,
    rendered: &dyn Fn(&Part<'_>) -> bool,
) {
    if parts.iter().all(|part| !part.side.is_front_end() && !part.script && !part.unless_used) {
        return;
    }
    let importers = importers(parts, &[], resolve);
    mark_unused_tools(parts, &importers);
    let in_browser = |part: &Part<'_>| part.side == Side::Browser;
    let untold = |part: &Part<'_>| part.side == Side::Unknown;
    spread_one(parts, &importers, (&untold, &in_browser), &|part| part.side = Side::Browser);
    share_with_browser(parts, &importers);
    let untold = |part: &Part<'_>| part.side == Side::Unknown && !rendered(part);
    let looks_so = |part: &Part<'_>| part.side.is_front_end();
    spread_one(parts, &importers, (&untold, &looks_so), &|part| part.side = Side::FrontEnd);
    let is_script = |part: &Part<'_>| part.script;
    // What gives nothing to who imports it is a program of its own, which a script starts when it has done its work.
    let may_be = |part: &Part<'_>| part.looked_at && !part.told && !part.facts.exports.is_empty();
    spread_one(parts, &importers, (&may_be, &is_script), &|part| {
        (part.script, part.looked_at) = (true, false);
    });
}

/// Marks files of tools (Go) that nothing else of the tree imports as scripts; of each file its package is known.
pub(super) fn leave_out_unused_tools(
    parts: &mut [Part<'_>],
    packages: &[Option<usize>],
    resolve: &dyn Fn(usize, &str) -> Target,
) {
    if parts.iter().any(|part| part.unless_used) {
        let importers = importers(parts, packages, resolve);
        mark_unused_tools(parts, &importers);
    }
}

/// Marks as scripts what is one unless something else of the tree uses it, and nothing does.
fn mark_unused_tools(parts: &mut [Part<'_>], importers: &[Vec<usize>]) {
    // Each round finds what the last one brought about; there are only so many files.
    loop {
        let is_in_use = |file: &usize| parts[*file].looked_at && !parts[*file].unless_used;
        let is_used = |file: &usize| parts[*file].unless_used && importers[*file].iter().any(is_in_use);
        let used: Vec<usize> = (0..parts.len()).filter(is_used).collect();
        if used.is_empty() {
            break;
        }
        for file in used {
            parts[file].unless_used = false;
        }
    }
    for part in parts.iter_mut().filter(|part| part.unless_used) {
        (part.script, part.looked_at) = (true, false);
    }
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

/// Who imports each file, types aside; of Go also each file of a package.
fn importers(
    parts: &[Part<'_>],
    packages: &[Option<usize>],
    resolve: &dyn Fn(usize, &str) -> Target,
) -> Vec<Vec<usize>> {
    let mut importers = vec![Vec::new(); parts.len()];
    let mut of_package: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
    for (file, package) in packages.iter().enumerate() {
        of_package.entry(package.unwrap_or(usize::MAX)).or_default().push(file);
    }
    for (file, part) in parts.iter().enumerate() {
        let mut modules: Vec<Name> = modules(&part.facts).collect();
        modules.sort_unstable();
        modules.dedup();
        for module in modules {
            let one;
            let used: &[usize] = match resolve(file, part.facts.name(module)) {
                Target::File(used) => {
                    one = [used];
                    &one
                }
                Target::Package(package) => of_package.get(&package).map_or(&[], Vec::as_slice),
                _ => &[],
            };
            used.iter().filter(|used| **used != file).for_each(|used| importers[*used].push(file));
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
