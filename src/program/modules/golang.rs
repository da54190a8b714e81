//! Go: which files make a package, and what an import path means.
//!
//! Owns: packages, the modules of a tree with their `replace`s and workspaces, trees without any module, and which files belong
//! to the usual build. Does not own: the file system: a directory is in the tree when a Go file of it was handed over.
//!
//! A tree may hold many modules. What an import path means is decided by *claims*: each module claims the paths below its own,
//! and so does each `replace` that leads to a directory of the tree. The longest claim that fits wins; of equal ones, that which
//! the importing file's own module or workspace makes. This is wider than the go command, which asks one module for its
//! `replace`s: it is not known here which module is built, and a path that any module of the tree maps is no library.

mod constraint;
mod gopath;
mod manifest;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::path::{Component, Path, PathBuf};

use rustc_hash::FxHashMap;

use super::Target;
use crate::source::manifest::Manifest;
use crate::source::walk::SKIPPED_DIRECTORIES;

/// The module that a `go.mod` is of, and those that it needs.
pub fn required(text: &str) -> (Option<String>, Vec<String>) {
    let parsed = manifest::parse(text);
    (parsed.module, parsed.require)
}

/// The first elements of the paths of the standard library, which is looked at before any module.
const STANDARD: [&str; 51] = [
    "C",
    "archive",
    "arena",
    "bufio",
    "builtin",
    "bytes",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "unicode",
    "unique",
    "unsafe",
    "weak",
];

/// A Go file of the tree.
#[derive(Clone, Copy, Debug)]
pub struct GoFile<'a> {
    /// Absolute path.
    pub path: &'a Path,
    /// The name in its `package` clause.
    pub package: Option<&'a str>,
    /// Its text.
    pub text: &'a str,
}

/// One directory and one `package` name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoPackage {
    /// The name in the `package` clause.
    pub name: String,
    /// The positions of its files, in order.
    pub files: Vec<usize>,
    /// Where they lie, `.` and `..` undone.
    pub directory: PathBuf,
    /// The path that imports it by the module it lies in; none without a module.
    pub path: Option<String>,
}

/// The packages of a tree and what its import paths mean.
#[derive(Debug, Default)]
pub struct GoModules {
    packages: Vec<GoPackage>,
    files: Vec<Place>,
    /// What an import of a directory means: its package, or none where no file of it says which it is.
    importable: FxHashMap<PathBuf, Option<usize>>,
    modules: Vec<Module>,
    /// The module in each directory that has a `go.mod`.
    module_at: FxHashMap<PathBuf, usize>,
    claims: Vec<Claim>,
    works: Vec<Work>,
    gopath: gopath::Roots,
    root: PathBuf,
    problems: Vec<String>,
}

/// What is known of a file.
#[derive(Debug)]
struct Place {
    directory: PathBuf,
    package: Option<usize>,
    module: Option<usize>,
    built: bool,
    test: bool,
}

#[derive(Debug)]
struct Module {
    directory: PathBuf,
    path: String,
    require: Vec<String>,
}

/// A `go.work`.
#[derive(Debug)]
struct Work {
    directory: PathBuf,
    uses: Vec<PathBuf>,
}

/// That import paths at and below `path` are found at and below `directory`.
#[derive(Debug)]
struct Claim {
    path: String,
    directory: PathBuf,
    by: By,
}

#[derive(Clone, Copy, Debug)]
enum By {
    /// A module, of itself.
    Module,
    /// A `replace` of a module.
    Replace(usize),
    /// A `replace` of a workspace.
    Work(usize),
}

impl GoModules {
    /// `files`: every Go file of the tree that was parsed, in order. Of the manifests, `go.mod` and `go.work` count.
    pub fn new(files: &[GoFile<'_>], manifests: &[Manifest]) -> Self {
        let mut this = Self::default();
        this.read(manifests);
        for file in files {
            let place = this.place(file);
            this.files.push(place);
        }
        this.group(files);
        this.choose();
        let directories = this.files.iter().map(|file| &file.directory);
        this.root = common_root(directories.chain(this.modules.iter().map(|module| &module.directory)));
        this.gopath = gopath::Roots::find(&this, files);
        this
    }

    /// The packages, by their first files.
    pub fn packages(&self) -> &[GoPackage] {
        &self.packages
    }

    /// The package that a file belongs to; none without a `package` clause.
    pub fn package_of(&self, file: usize) -> Option<usize> {
        self.files.get(file)?.package
    }

    /// Whether a file belongs to the usual build: linux/amd64, cgo, no tags, no tests. Where two files of a package declare the
    /// same name, one that does wins.
    pub fn is_built(&self, file: usize) -> bool {
        self.files.get(file).is_some_and(|file| file.built)
    }

    /// What is wrong with the manifests.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// What an import path written in file number `importer` means.
    pub fn resolve(&self, importer: usize, path: &str) -> Target {
        let Some(from) = self.files.get(importer) else { return Target::Library };
        if path.starts_with("./") || path.starts_with("../") || matches!(path, "." | "..") {
            return self.target_at(&tidy(&from.directory.join(path)), from).unwrap_or(Target::Missing);
        }
        let standard = is_standard(path);
        if !path.split('/').all(is_element) || (standard && !path.contains('/')) {
            return Target::Library;
        }
        let claims = self.claims_on(path, from);
        let found = claims.iter().find_map(|(claim, rest)| self.target_at(&claim.directory.join(rest), from));
        match (found, claims.first()) {
            (Some(found), _) => found,
            (None, Some((claim, rest))) if !standard => self.not_found(claim, rest, path, from),
            (None, _) if from.module.is_none() && !standard => self.gopath.resolve(self, path, from),
            (None, _) => Target::Library,
        }
    }

    fn read(&mut self, manifests: &[Manifest]) {
        let parsed: Vec<_> = manifests
            .iter()
            .filter_map(|file| {
                Some((file.path.file_name()?.to_str()?, tidy(file.path.parent()?), &file.text))
            })
            .filter(|(name, ..)| matches!(*name, "go.mod" | "go.work"))
            .map(|(name, directory, text)| (name, directory, manifest::parse(text)))
            .collect();
        self.root = common_root(parsed.iter().map(|(_, directory, _)| directory));
        for (name, directory, parsed) in &parsed {
            if *name == "go.mod" {
                self.module(directory, parsed);
            }
        }
        for (name, directory, parsed) in &parsed {
            let by = if *name == "go.work" {
                Some(self.work(directory, parsed))
            } else {
                self.module_at.get(directory).map(|module| By::Replace(*module))
            };
            let Some(by) = by else { continue };
            for (old, new) in &parsed.replace {
                self.replace((directory, name), old, new, by);
            }
        }
    }

    fn module(&mut self, directory: &Path, parsed: &manifest::Parsed) {
        let Some(path) = parsed.module.clone().filter(|path| !path.is_empty()) else {
            self.problem(directory, "go.mod", "says no module path");
            return;
        };
        self.module_at.insert(directory.to_owned(), self.modules.len());
        self.claims.push(Claim { path: path.clone(), directory: directory.to_owned(), by: By::Module });
        let require = parsed.require.clone();
        self.modules.push(Module { directory: directory.to_owned(), path, require });
    }

    fn work(&mut self, directory: &Path, parsed: &manifest::Parsed) -> By {
        let uses: Vec<_> = parsed.uses.iter().map(|used| local(directory, used)).collect();
        for (used, written) in uses.iter().zip(&parsed.uses) {
            if self.lacks_module(used) {
                self.problem(directory, "go.work", &format!("uses {written}, which has no go.mod"));
            }
        }
        self.works.push(Work { directory: directory.to_owned(), uses });
        By::Work(self.works.len() - 1)
    }

    /// A `replace` counts where it leads to a directory, or to a module of the tree.
    fn replace(&mut self, (directory, file): (&Path, &str), old: &str, new: &str, by: By) {
        if manifest::is_directory(new) {
            let target = local(directory, new);
            if self.lacks_module(&target) {
                self.problem(directory, file, &format!("replaces {old} by {new}, which has no go.mod"));
            }
            self.claims.push(Claim { path: old.to_owned(), directory: target, by });
        } else if old != new
            && let Some(module) = self.modules.iter().find(|module| module.path == new)
        {
            let directory = module.directory.clone();
            self.claims.push(Claim { path: old.to_owned(), directory, by });
        }
    }

    /// Whether a directory of the tree should hold a `go.mod` and does not.
    fn lacks_module(&self, directory: &Path) -> bool {
        let is_known = self.module_at.contains_key(directory) || self.is_skipped(directory);
        !is_known && directory.starts_with(&self.root)
    }

    fn problem(&mut self, directory: &Path, file: &str, what: &str) {
        let shown = directory.strip_prefix(&self.root).unwrap_or(directory).join(file);
        let shown = shown.to_string_lossy().replace('\\', "/");
        self.problems.push(format!("{shown} {what}"));
    }

    fn place(&self, file: &GoFile<'_>) -> Place {
        let directory = file.path.parent().map(tidy).unwrap_or_default();
        let name = file.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        Place {
            module: self.module_above(&directory),
            package: None,
            built: constraint::is_built(&name, file.text),
            test: constraint::is_test(&name),
            directory,
        }
    }

    /// The module whose `go.mod` is the nearest at or above a directory.
    fn module_above(&self, directory: &Path) -> Option<usize> {
        directory.ancestors().find_map(|above| self.module_at.get(above)).copied()
    }

    fn group(&mut self, files: &[GoFile<'_>]) {
        let mut seen: FxHashMap<(PathBuf, &str), usize> = FxHashMap::default();
        for (position, file) in files.iter().enumerate() {
            let Some(name) = file.package else { continue };
            let directory = self.files[position].directory.clone();
            let package = *seen.entry((directory.clone(), name)).or_insert_with(|| {
                let path = self.path_of(self.files[position].module, &directory);
                self.packages.push(GoPackage { name: name.to_owned(), files: Vec::new(), directory, path });
                self.packages.len() - 1
            });
            self.packages[package].files.push(position);
            self.files[position].package = Some(package);
        }
    }

    fn path_of(&self, module: Option<usize>, directory: &Path) -> Option<String> {
        let module = &self.modules[module?];
        let below = directory.strip_prefix(&module.directory).ok()?;
        let parts = below.components().map(|part| part.as_os_str().to_str());
        let parts = std::iter::once(Some(module.path.as_str())).chain(parts);
        Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
    }

    /// Settles which package of each directory is the one that others import.
    fn choose(&mut self) {
        for file in &self.files {
            self.importable.entry(file.directory.clone()).or_insert(None);
        }
        let mut best = FxHashMap::default();
        for (position, package) in self.packages.iter().enumerate() {
            let rank = self.rank(package);
            let known = best.entry(package.directory.as_path()).or_insert((rank, position));
            if rank > known.0 {
                *known = (rank, position);
            }
        }
        for package in &self.packages {
            let chosen = best.get(package.directory.as_path()).map(|(_, position)| *position);
            self.importable.insert(package.directory.clone(), chosen);
        }
    }

    /// How likely a package is the one that an import of its directory means.
    fn rank(&self, package: &GoPackage) -> (bool, bool, usize, usize) {
        let count =
            |fits: fn(&Place) -> bool| package.files.iter().filter(|file| fits(&self.files[**file])).count();
        let named =
            !matches!(package.name.as_str(), "main" | "documentation") && !package.name.ends_with("_test");
        (count(|file| !file.test) > 0, named, count(|file| file.built), package.files.len())
    }

    /// What an import of a directory means; none if no Go file is in it. A program is imported by its own tests alone.
    fn target_at(&self, directory: &Path, from: &Place) -> Option<Target> {
        let Some(package) = *self.importable.get(directory)? else { return Some(Target::Asset) };
        let found = &self.packages[package];
        let only_tests = found.files.iter().all(|file| self.files[*file].test);
        let own = from.directory == directory;
        ((found.name != "main" && !only_tests) || own).then_some(Target::Package(package))
    }

    /// The claims that a path falls under with what is left of the path, the one to believe first.
    fn claims_on<'a, 'p>(&'a self, path: &'p str, from: &Place) -> Vec<(&'a Claim, &'p str)> {
        let fits = |claim: &'a Claim| Some((claim, below(path, &claim.path)?));
        let mut found: Vec<_> = self.claims.iter().filter_map(fits).collect();
        if found.len() > 1 {
            found.sort_by_cached_key(|(claim, _)| {
                (
                    Reverse(claim.path.len()),
                    self.distance(claim, from),
                    apart(&claim.directory, &from.directory),
                )
            });
        }
        found
    }

    /// How far a claim is from a file: its workspace's, its own module's, its workspace's modules', others'.
    fn distance(&self, claim: &Claim, from: &Place) -> u32 {
        let own = from.module.map(|module| self.modules[module].directory.as_path());
        let work =
            own.and_then(|own| self.works.iter().position(|work| work.uses.iter().any(|used| used == own)));
        match claim.by {
            By::Work(by) if Some(by) == work || from.directory.starts_with(&self.works[by].directory) => 0,
            By::Replace(by) if Some(by) == from.module => 1,
            By::Module if own == Some(claim.directory.as_path()) => 2,
            By::Module if work.is_some_and(|work| self.works[work].uses.contains(&claim.directory)) => 3,
            By::Module => 4,
            By::Replace(_) | By::Work(_) => 5,
        }
    }

    /// What it means that nothing is where a claim says.
    fn not_found(&self, claim: &Claim, rest: &str, path: &str, from: &Place) -> Target {
        let directory = claim.directory.join(rest);
        // Another version of the module, or a module below it, that lies elsewhere.
        let version = is_version(rest.split('/').next().unwrap_or_default());
        let nearer = |needed: &String| needed.len() > claim.path.len() && below(path, needed).is_some();
        let elsewhere = from.module.is_some_and(|module| self.modules[module].require.iter().any(nearer));
        let outside = !claim.directory.starts_with(&self.root);
        if version || elsewhere || outside || self.is_skipped(&directory) {
            Target::Library
        } else {
            Target::Missing
        }
    }

    /// Whether a directory is one of those that are not walked.
    fn is_skipped(&self, directory: &Path) -> bool {
        let inside = directory.strip_prefix(&self.root).unwrap_or(directory);
        inside.components().any(|part| SKIPPED_DIRECTORIES.iter().any(|name| part.as_os_str() == *name))
    }
}

/// What of an import path follows another path, by whole elements.
fn below<'a>(path: &'a str, above: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(above)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// Whether this may be an element of an import path, so that joining it to a directory leads nowhere else.
fn is_element(element: &str) -> bool {
    !matches!(element, "" | "." | "..") && !element.contains(['\\', '\0', ':'])
}

fn is_standard(path: &str) -> bool {
    STANDARD.contains(&path.split('/').next().unwrap_or(path))
}

fn is_version(element: &str) -> bool {
    let digits = element.strip_prefix('v');
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// The directory that a manifest in `directory` writes as `path`, with either kind of slash.
fn local(directory: &Path, path: &str) -> PathBuf {
    tidy(&directory.join(path.replace('\\', "/")))
}

/// A path without `.`, and without `..` as far as names go before it. Links are not followed by the walk either.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidied.components().next_back(), Some(Component::Normal(_))) => {
                tidied.pop();
            }
            Component::ParentDir if tidied.has_root() => {}
            _ => tidied.push(part),
        }
    }
    tidied
}

/// How many directories lie between two.
fn apart(a: &Path, b: &Path) -> usize {
    let shared = a.components().zip(b.components()).take_while(|(a, b)| a == b).count();
    a.components().count() + b.components().count() - 2 * shared
}

/// The deepest directory that all of these lie in.
fn common_root<'a>(mut directories: impl Iterator<Item = &'a PathBuf>) -> PathBuf {
    let Some(first) = directories.next() else { return PathBuf::new() };
    let mut root = first.as_path();
    for directory in directories {
        while !directory.starts_with(root) {
            let Some(above) = root.parent() else { return PathBuf::new() };
            root = above;
        }
    }
    root.to_owned()
}
