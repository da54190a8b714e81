//! What stands at a path of the tree, entries of packages and output of builds included.
//!
//! Owns: where a package is entered, which source a path of build output was made of. Does not own: what a name means where it is
//! written.

use rustc_hash::FxHashMap;

use super::Target;
use super::packages::Packages;
use super::patterns::Match;
use super::tree::{self, Tree, join};

/// Where packages are entered that do not say where, or say so of what is not there.
const ENTRIES: [&str; 10] = [
    "src/index",
    "index",
    "src/main",
    "lib/index",
    "source/index",
    "src/lib/index",
    "src/public-api",
    "src/public_api",
    "main",
    "app/index",
];

/// Where the sources are that a build makes its output of.
const SOURCES: [&str; 4] = ["src", "", "lib", "source"];

/// Where parts of a package are that its users name without that.
const WITHIN: [&str; 5] = ["src", "", "lib", "source", "src/lib"];

/// Directories that builds write to, and that are named for all that is in them.
const MAIN_OUTPUTS: [&str; 4] = ["dist", "lib", "build", "out"];

/// Directories that builds write to.
const OUTPUTS: &[&str] = &[
    "_build", "build", "bundle", "cjs", "commonjs", "compiled", "es", "es2015", "es5", "es6", "esm", "lib",
    "module", "node", "out", "out-tsc", "output", "release", "target", "tsc", "types", "typings", "umd",
];

/// How many leading parts of a path of build output are dropped.
const MAX_DROPPED: usize = 5;

/// The files and packages of the tree.
#[derive(Debug)]
pub(super) struct Lookup {
    tree: Tree,
    pub(super) packages: Packages,
    /// Where each package is entered.
    entries: Vec<Option<Target>>,
    /// Directories that compilers are told to write to, and where what they write comes from.
    outputs: FxHashMap<String, Vec<String>>,
}

impl Lookup {
    pub(super) fn new(tree: Tree, packages: Packages, outputs: FxHashMap<String, Vec<String>>) -> Self {
        let mut lookup = Self { tree, packages, entries: Vec::new(), outputs };
        lookup.entries = (0..lookup.packages.list.len()).map(|package| lookup.find_entry(package)).collect();
        lookup
    }

    /// What stands at a path: a file, or the entry of a directory.
    pub(super) fn at(&self, path: &str) -> Option<Target> {
        self.tree.file(path).or_else(|| self.directory(path))
    }

    /// The entry of a directory.
    pub(super) fn directory(&self, path: &str) -> Option<Target> {
        match self.packages.at(path) {
            Some(package) => self.entry(package),
            None => self.tree.index(path),
        }
    }

    /// Where a package is entered.
    pub(super) fn entry(&self, package: usize) -> Option<Target> {
        self.entries.get(package).copied().flatten()
    }

    fn find_entry(&self, package: usize) -> Option<Target> {
        let package = &self.packages.list[package];
        let exported = package.exports.find("");
        let exported = exported.iter().flat_map(Match::targets);
        let named: Vec<String> = exported.chain(package.entries.iter().cloned()).collect();
        let there = named.iter().map(|name| self.tree.file_or_index(&join(&package.directory, name)));
        let told = named.iter().map(|name| self.by_outputs(&join(&package.directory, name)));
        let built = named.iter().map(|name| self.source_of(&package.directory, name, true));
        let usual = ENTRIES.iter().map(|name| self.tree.file(&join(&package.directory, name)));
        let asset = named.iter().any(|name| tree::is_asset(name)).then_some(Target::Asset);
        best(there.chain(told).chain(built).chain(usual).chain([asset]))
    }

    /// What a path below a package's name means; `Missing` where the package forbids it.
    pub(super) fn below(&self, package: usize, path: &str) -> Option<Target> {
        let package = &self.packages.list[package];
        let mut named = Vec::new();
        if let Some(found) = package.exports.find(path) {
            if found.is_forbidden() {
                return Some(Target::Missing);
            }
            named.extend(found.targets());
        }
        named.push(path.to_owned());
        let there = named.iter().map(|name| self.at(&join(&package.directory, name)));
        let within = WITHIN.iter().flat_map(|root| {
            let path = join(&package.directory, &[root, "/", path].concat());
            let parts = ["/src", "/src/public_api", "/src/public-api", "/public_api", "/public-api"];
            let parts = parts.map(|part| self.tree.file_or_index(&[path.as_str(), part].concat()));
            [self.at(&path)].into_iter().chain(parts)
        });
        let told = named.iter().map(|name| self.by_outputs(&join(&package.directory, name)));
        let built = named.iter().map(|name| self.source_of(&package.directory, name, false));
        best(there.chain(told).chain(within).chain(built))
    }

    /// The one file below a directory whose path ends so.
    pub(super) fn only(&self, root: &str, end: &str) -> Option<Target> {
        self.tree.only(root, end)
    }

    /// The source of a path that lies in the output of a build.
    pub(super) fn source_of_path(&self, path: &str) -> Option<Target> {
        self.by_outputs(path).or_else(|| {
            let root =
                tree::ancestors(path).skip(1).find(|directory| self.packages.at(directory).is_some())?;
            self.source_of(root, &path[root.len()..], false)
        })
    }

    /// The source of a path in a directory that a compiler is told to write to.
    fn by_outputs(&self, path: &str) -> Option<Target> {
        tree::ancestors(path).find_map(|directory| {
            let sources = self.outputs.get(directory)?;
            best(
                sources.iter().map(|source| self.tree.file_or_index(&join(source, &path[directory.len()..]))),
            )
        })
    }

    /// The source of a file below a package's root that a build makes. `any`: whatever the directory is called that it is in.
    fn source_of(&self, root: &str, built: &str, any: bool) -> Option<Target> {
        let mut rest = built.trim_start_matches(['.', '/']);
        for dropped in 0..MAX_DROPPED {
            // The directory alone means its index.
            let (first, tail) = match rest.split_once('/') {
                None if dropped == 0 && MAIN_OUTPUTS.contains(&rest) => (rest, "index"),
                split => split?,
            };
            let is_known = is_output(first) || (dropped > 0 && first == "src");
            if !is_known && !any {
                return None;
            }
            rest = tail;
            let candidates = SOURCES
                .iter()
                .map(|source| self.tree.file_or_index(&join(root, &[source, "/", rest].concat())));
            if let found @ Some(_) = best(candidates) {
                return found;
            }
        }
        None
    }
}

fn is_output(name: &str) -> bool {
    name.starts_with("dist") || OUTPUTS.binary_search(&name).is_ok()
}

/// The first source; what is there but is no source only if there is none.
fn best(found: impl Iterator<Item = Option<Target>>) -> Option<Target> {
    let mut second = None;
    for target in found.flatten() {
        if matches!(target, Target::File(_)) {
            return Some(target);
        }
        second = second.or(Some(target));
    }
    second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_outputs_can_be_searched() {
        assert!(OUTPUTS.is_sorted());
        assert!(is_output("dist-es") && is_output("lib") && !is_output("src"));
    }
}
