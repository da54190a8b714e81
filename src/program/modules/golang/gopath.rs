//! Trees without `go.mod`: import paths that begin with where a checkout would lie below `$GOPATH/src`.
//!
//! Owns: guessing that beginning. The tree `shop/` imports itself as `github.com/acme/shop/...`, whatever the checkout is called
//! now. So each split of an imported path into a beginning and a directory of the tree is a vote for that beginning.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{GoFile, GoModules, Place, below, is_element, is_standard};
use crate::program::modules::Target;

/// What import paths begin with, and the directory that each beginning stands for; the surest first.
#[derive(Debug, Default)]
pub(super) struct Roots(Vec<(String, PathBuf)>);

/// The imported paths that speak for a beginning, and whether one of them has two elements or more below it.
#[derive(Default)]
struct Votes<'a> {
    paths: BTreeSet<&'a str>,
    long: bool,
}

impl Roots {
    /// Looks at the imports of the files that lie in no module.
    pub(super) fn find(modules: &GoModules, files: &[GoFile<'_>]) -> Self {
        let mut votes: BTreeMap<(&str, &Path), Votes<'_>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (file, place) in files.iter().zip(&modules.files).filter(|(_, place)| place.module.is_none()) {
            for path in imports(file.text) {
                if !is_standard(path)
                    && path.split('/').all(is_element)
                    && seen.insert((path, &place.directory))
                {
                    vote(modules, path, place, &mut votes);
                }
            }
        }
        let imported: BTreeSet<&str> = seen.into_iter().map(|(path, _)| path).collect();
        let mut sure: Vec<_> = votes.into_iter().collect();
        sure.retain(|((path, root), votes)| is_sure(path, root, votes, &imported));
        sure.sort_by_key(|(_, votes)| Reverse(votes.paths.len()));
        let mut known = BTreeSet::new();
        sure.retain(|((path, _), _)| known.insert(*path));
        Self(sure.into_iter().map(|((path, root), _)| (path.to_owned(), root.to_owned())).collect())
    }

    pub(super) fn resolve(&self, modules: &GoModules, path: &str, from: &Place) -> Target {
        for (beginning, root) in &self.0 {
            let rest = if beginning.is_empty() { Some(path) } else { below(path, beginning) };
            let Some(rest) = rest else { continue };
            if let Some(found) = modules.target_at(&root.join(rest), from) {
                return found;
            }
            if !beginning.is_empty() && !modules.is_skipped(&root.join(rest)) {
                return Target::Missing;
            }
        }
        Target::Library
    }
}

/// Every split of `path` whose second half is a directory at or above the importing one.
fn vote<'a, 'm>(
    modules: &'m GoModules,
    path: &'a str,
    from: &'m Place,
    votes: &mut BTreeMap<(&'a str, &'m Path), Votes<'a>>,
) {
    let cuts = path.match_indices('/').map(|(at, _)| (path.get(..at), path.get(at + 1..)));
    for (beginning, rest) in std::iter::once((Some(""), Some(path))).chain(cuts) {
        let (Some(beginning), Some(rest)) = (beginning, rest) else { continue };
        let above = from.directory.ancestors().take_while(|above| above.starts_with(&modules.root));
        for root in above.filter(|root| modules.importable.contains_key(&root.join(rest))) {
            let votes = votes.entry((beginning, root)).or_default();
            votes.paths.insert(path);
            votes.long |= rest.contains('/');
        }
    }
}

/// One short directory alone, `errors` say, is in many trees and in many libraries. And of a library that happens to have
/// some directories with the same names, others will be imported that the tree has not.
fn is_sure(beginning: &str, root: &Path, votes: &Votes<'_>, imported: &BTreeSet<&str>) -> bool {
    let found = votes.paths.len();
    if beginning.is_empty() {
        return votes.long && found > 1;
    }
    if root.file_name().is_some_and(|name| name == beginning.rsplit('/').next().unwrap_or(beginning)) {
        return true;
    }
    let begun = imported.iter().filter(|path| below(path, beginning).is_some()).count();
    (votes.long || found > 1) && found * 4 >= begun * 3
}

/// The paths that a file imports, read without its grammar: for guessing it is enough.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let mut open = false;
    let mut over = false;
    text.lines()
        .map_while(move |line| {
            let line = line.trim();
            let spec = match line.strip_prefix("import") {
                Some(rest) => {
                    open = rest.trim_start().starts_with('(');
                    Some(rest)
                }
                None if open => Some(line),
                None => None,
            };
            open &= !line.starts_with(')');
            over |= ["func ", "type ", "var ", "const "].iter().any(|word| line.starts_with(word)) && !open;
            (!over).then(|| spec.and_then(quoted))
        })
        .flatten()
}

fn quoted(spec: &str) -> Option<&str> {
    let spec = spec.split("//").next()?;
    let (_, rest) = spec.split_once(['"', '`'])?;
    Some(rest.split_once(['"', '`'])?.0)
}
