//! What import paths mean in TypeScript and JavaScript.
//!
//! Owns: in which order aliases, packages and files are tried. Does not own: what `package.json` and `tsconfig.json` say
//! (`packages`, `tsconfig`), what stands at a path (`lookup`).
//!
//! Resolvers that run code or build it want what is installed and built; here neither is there: settings extend packages that are
//! not installed, entries name files that a build would make. So this one is our own, and guesses where they would fail.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::Target;
use super::lookup::Lookup;
use super::packages::Packages;
use super::patterns::Patterns;
use super::tree::{self, Tree, join};
use super::tsconfig::Configs;
use crate::source::manifest::{self, Manifest, Problem};
use crate::source::walk::SKIPPED_DIRECTORIES;

/// Modules of the platform that are imported without saying so. Names that projects use for files of their own and hardly
/// anybody imports from the platform (`constants`, `domain`, `module`, `sys`) are left to the tree.
const PLATFORM: &[&str] = &[
    "assert",
    "assert/strict",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "dns/promises",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "net",
    "os",
    "path",
    "path/posix",
    "path/win32",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "readline/promises",
    "repl",
    "stream",
    "stream/consumers",
    "stream/promises",
    "stream/web",
    "string_decoder",
    "timers",
    "timers/promises",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "util/types",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Starts of aliases that bundlers give to the sources: no package can have such a name.
const ALIASES: [&str; 6] = ["@/", "~/", "@@/", "~~/", "#/", "$/"];

/// What an alias of a bundler stands for, below a package's root.
const ALIAS_ROOTS: [&str; 3] = ["src", "", "app"];

/// The modules of TypeScript and JavaScript of a tree.
#[derive(Debug)]
pub struct EcmascriptModules {
    lookup: Lookup,
    configs: Configs,
    files: Vec<File>,
    scopes: Vec<Scope>,
    problems: Vec<Problem>,
}

#[derive(Debug)]
struct File {
    directory: String,
    scope: usize,
}

/// What counts in a directory.
#[derive(Clone, Debug, Default)]
struct Scope {
    /// The packages it is in, innermost first.
    packages: Vec<usize>,
    /// The nearest compiler settings.
    own: Vec<usize>,
    /// Those further up.
    outer: Vec<usize>,
}

impl EcmascriptModules {
    /// `files`: the absolute paths of all source files of the tree, whatever becomes of them. `unread`: those of files beside
    /// them that imports may mean and that are not read ([`crate::source::Walked::unread`]).
    pub fn new(files: &[&Path], unread: &[PathBuf], manifests: &[Manifest]) -> Self {
        let mut problems = Vec::new();
        let packages = Packages::new(manifests, &mut problems);
        let mut configs = Configs::new(manifests, &packages, &mut problems);
        problems.sort_by(|a, b| a.path.cmp(&b.path));
        let paths: Vec<String> = files.iter().map(|path| tree::text_of(path)).collect();
        let lookup = Lookup::new(Tree::new(&paths, unread), packages, std::mem::take(&mut configs.outputs));
        let mut scopes =
            Scopes { lookup: &lookup, configs: &configs, list: vec![], by_directory: FxHashMap::default() };
        let files = paths.iter().map(|path| {
            let directory = tree::parent(path).unwrap_or_default();
            File { directory: directory.to_owned(), scope: scopes.of(directory) }
        });
        let files = files.collect();
        let scopes = scopes.list;
        Self { lookup, configs, files, scopes, problems }
    }

    /// What could not be understood in the manifests, in order of path.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What `specifier`, written in file number `importer`, means.
    pub fn resolve(&self, importer: usize, specifier: &str) -> Target {
        let Some(file) = self.files.get(importer) else { return Target::Library };
        let Some(scope) = self.scopes.get(file.scope) else { return Target::Library };
        let specifier = path_of(specifier);
        let question = Question { modules: self, file, scope, specifier };
        if is_relative(specifier) {
            question.relative()
        } else if specifier.starts_with('/') {
            question.rooted()
        } else {
            question.bare()
        }
    }

    /// What stands at a path, or what the build makes it of.
    fn at(&self, path: &str) -> Option<Target> {
        self.lookup.at(path).or_else(|| self.lookup.source_of_path(path))
    }
}

/// The path within what bundlers write around it: loaders before a `!`, a query after a `?`.
fn path_of(specifier: &str) -> &str {
    let path = specifier.rsplit_once('!').map_or(specifier, |(_, path)| path);
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// What a relative path means that leads where no file is looked at.
fn left_out(specifier: &str) -> Option<Target> {
    let mut parts = specifier.split('/');
    let is_hidden = |part: &str| part.starts_with('.') && !matches!(part, "." | "..");
    if parts.clone().any(|part| part == "node_modules") {
        return Some(Target::Library);
    }
    parts.any(|part| is_hidden(part) || SKIPPED_DIRECTORIES.contains(&part)).then_some(Target::Asset)
}

fn is_relative(specifier: &str) -> bool {
    matches!(specifier, "." | "..") || specifier.starts_with("./") || specifier.starts_with("../")
}

/// Makes the scopes of directories, one for all that have nothing of their own.
struct Scopes<'a> {
    lookup: &'a Lookup,
    configs: &'a Configs,
    list: Vec<Scope>,
    by_directory: FxHashMap<String, usize>,
}

impl Scopes<'_> {
    fn of(&mut self, directory: &str) -> usize {
        let unknown: Vec<&str> =
            tree::ancestors(directory).take_while(|above| !self.by_directory.contains_key(*above)).collect();
        for directory in unknown.into_iter().rev() {
            let scope = self.make(directory);
            self.by_directory.insert(directory.to_owned(), scope);
        }
        self.by_directory.get(directory).copied().unwrap_or_default()
    }

    fn make(&mut self, directory: &str) -> usize {
        let above = tree::parent(directory).and_then(|above| self.by_directory.get(above).copied());
        let package = self.lookup.packages.at(directory);
        let configs = self.configs.at(directory);
        if let (Some(above), None, None) = (above, package, configs) {
            return above;
        }
        let mut scope = above.map(|above| self.list[above].clone()).unwrap_or_default();
        scope.packages.splice(0..0, package);
        if let Some(configs) = configs {
            let further = std::mem::replace(&mut scope.own, configs.to_vec());
            scope.outer.splice(0..0, further);
        }
        self.list.push(scope);
        self.list.len() - 1
    }
}

/// How sure it is that a name is meant for the tree when nothing is found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Claim {
    None,
    /// It has the form of one of the tree's aliases.
    Alias,
    /// It begins with the name of a package of the tree.
    Package,
}

/// One import path, where it is written.
struct Question<'a> {
    modules: &'a EcmascriptModules,
    file: &'a File,
    scope: &'a Scope,
    specifier: &'a str,
}

impl Question<'_> {
    fn relative(&self) -> Target {
        let path = join(&self.file.directory, self.specifier);
        let is_directory =
            self.specifier.ends_with('/') || matches!(self.specifier.rsplit('/').next(), Some("." | ".."));
        let lookup = &self.modules.lookup;
        let found = if is_directory { lookup.directory(&path) } else { lookup.at(&path) };
        let found = found.or_else(|| self.in_other_roots(&path)).or_else(|| lookup.source_of_path(&path));
        found.unwrap_or_else(|| match left_out(self.specifier) {
            Some(target) => target,
            None if tree::is_asset(&path) || tree::is_declaration(&path) => Target::Asset,
            None => Target::Missing,
        })
    }

    /// The same path in the other directories that count as one with that which it lies in.
    fn in_other_roots(&self, path: &str) -> Option<Target> {
        self.scope.own.iter().find_map(|config| {
            let roots = &self.modules.configs.list[*config].root_dirs;
            let rest = roots.iter().find_map(|root| path.strip_prefix(root.as_str())?.strip_prefix('/'))?;
            roots.iter().find_map(|root| self.modules.lookup.at(&join(root, rest)))
        })
    }

    /// A path from the root of what is served, which is most often that of the package. Else it is of the machine.
    fn rooted(&self) -> Target {
        let roots = self.package_directories();
        let found = roots.flat_map(|root| ["", "src", "public"].map(|within| join(root, within)));
        let found =
            found.map(|root| join(&root, self.specifier)).find_map(|path| self.modules.lookup.at(&path));
        found.unwrap_or_else(|| if tree::is_asset(self.specifier) { Target::Asset } else { Target::Library })
    }

    fn package_directories(&self) -> impl Iterator<Item = &str> {
        self.scope
            .packages
            .iter()
            .map(|package| self.modules.lookup.packages.list[*package].directory.as_str())
    }

    fn bare(&self) -> Target {
        if self.specifier.is_empty() || PLATFORM.binary_search(&self.specifier).is_ok() {
            return Target::Library;
        }
        let mut claim = Claim::None;
        let is_listed = self.is_listed();
        let found = self
            .by_own_configs(is_listed, &mut claim)
            // Declarations of a library's types, and not the library.
            .map(|target| if target == Target::Asset && is_listed { Target::Library } else { target })
            .or_else(|| self.by_package(&mut claim))
            .or_else(|| self.by_own_names(&mut claim))
            .or_else(|| self.by_outer_configs(is_listed, &mut claim))
            .or_else(|| self.by_habit(is_listed, &mut claim));
        found.unwrap_or(match claim {
            Claim::None if self.is_asset_below_base(is_listed) => Target::Asset,
            Claim::None => Target::Library,
            Claim::Alias if is_listed => Target::Library,
            _ if tree::is_asset(self.specifier) => Target::Asset,
            _ => Target::Missing,
        })
    }

    fn is_asset_below_base(&self, is_listed: bool) -> bool {
        let has_base = |config: &usize| self.modules.configs.list[*config].base.is_some();
        !is_listed && tree::is_asset(self.specifier) && self.scope.own.iter().any(has_base)
    }

    /// Whether the name is that of a library that the package says it needs.
    fn is_listed(&self) -> bool {
        let (name, _) = manifest::split_package(self.specifier);
        self.modules.lookup.packages.is_listed(name, &self.scope.packages)
    }

    fn by_own_configs(&self, is_listed: bool, claim: &mut Claim) -> Option<Target> {
        self.scope.own.iter().find_map(|config| self.by_config(*config, true, is_listed, claim))
    }

    /// Settings further up count as well, for tools that are started there; but not for names that may be a library's.
    fn by_outer_configs(&self, is_listed: bool, claim: &mut Claim) -> Option<Target> {
        let is_path = self.specifier.contains('/') && !is_listed;
        self.scope.outer.iter().find_map(|config| self.by_config(*config, is_path, is_listed, claim))
    }

    /// `all`: also what every name falls under.
    fn by_config(&self, config: usize, all: bool, is_listed: bool, claim: &mut Claim) -> Option<Target> {
        let config = &self.modules.configs.list[config];
        let table = self.modules.configs.table(config);
        let by_table = table.and_then(|table| self.by_table(table, "", all, claim));
        by_table.or_else(|| {
            // A package that needs a library means it by its plain name, whatever directory has that name too.
            let is_library = is_listed && manifest::split_package(self.specifier).1.is_empty();
            let base = config.base.as_ref().filter(|_| all && !is_library)?;
            self.modules.lookup.at(&join(base, self.specifier))
        })
    }

    /// What the name stands for in a table whose targets count from a directory.
    fn by_table(&self, table: &Patterns, directory: &str, all: bool, claim: &mut Claim) -> Option<Target> {
        let found = table.find(self.specifier).filter(|found| all || !found.catch_all)?;
        // What it stands for may be a library, under another name.
        if !found.catch_all && found.targets().any(|target| target.starts_with(['.', '/'])) {
            *claim = Claim::Alias.max(*claim);
        }
        let there = found.targets().find_map(|target| self.modules.at(&join(directory, &target)));
        there.or_else(|| found.targets().any(|target| tree::is_asset(&target)).then_some(Target::Asset))
    }

    fn by_package(&self, claim: &mut Claim) -> Option<Target> {
        let (name, rest) = manifest::split_package(self.specifier);
        let lookup = &self.modules.lookup;
        let package = lookup.packages.named(name, &self.file.directory, &self.scope.packages)?;
        *claim = Claim::Package;
        if rest.is_empty() { lookup.entry(package) } else { lookup.below(package, rest) }
    }

    /// Names that the package around gives to parts of itself.
    fn by_own_names(&self, claim: &mut Claim) -> Option<Target> {
        self.scope.packages.iter().find_map(|package| {
            let package = &self.modules.lookup.packages.list[*package];
            let tables = [&package.imports, &package.aliases];
            tables.into_iter().find_map(|table| self.by_table(table, &package.directory, true, claim))
        })
    }

    /// Aliases that only a bundler's program knows: most stand for the sources of the package.
    fn by_habit(&self, is_listed: bool, claim: &mut Claim) -> Option<Target> {
        if let Some(rest) = ALIASES.iter().find_map(|alias| self.specifier.strip_prefix(alias)) {
            *claim = Claim::Alias.max(*claim);
            let end = || rest.contains('/').then(|| self.only_below_packages(rest)).flatten();
            return self.below_packages(rest).or_else(|| self.below_ancestors(rest)).or_else(end);
        }
        if is_listed
            || *claim == Claim::Package
            || !self.specifier.contains('/')
            || self.specifier.contains(':')
        {
            return None;
        }
        if self.specifier.starts_with("src/") {
            *claim = Claim::Alias.max(*claim);
        }
        let plain = self.specifier.trim_start_matches(['@', '~', '#', '$']);
        self.below_packages(plain).or_else(|| self.by_end(plain))
    }

    /// By the end of the path, where a sign at the start says that the name is no directory.
    fn by_end(&self, plain: &str) -> Option<Target> {
        if plain == self.specifier {
            return None;
        }
        let rest = plain.split_once('/').map(|(_, rest)| rest).filter(|rest| rest.contains('/'));
        self.only_below_packages(plain).or_else(|| self.only_below_packages(rest?))
    }

    /// The one file below a package around whose path ends so: where an alias leads that stands for some other directory.
    fn only_below_packages(&self, end: &str) -> Option<Target> {
        self.package_directories().find_map(|root| self.modules.lookup.only(root, end))
    }

    fn below_packages(&self, path: &str) -> Option<Target> {
        let paths = self.package_directories().flat_map(|root| ALIAS_ROOTS.map(|within| join(root, within)));
        paths.map(|root| join(&root, path)).find_map(|path| self.modules.lookup.at(&path))
    }

    /// Below a directory that the file is in, the outermost first: a package may hold several programs.
    fn below_ancestors(&self, path: &str) -> Option<Target> {
        let root = self.package_directories().last()?;
        let mut above: Vec<&str> =
            tree::ancestors(&self.file.directory).take_while(|above| above.len() > root.len()).collect();
        above.reverse();
        let paths =
            above.into_iter().flat_map(|above| ["src", ""].map(|within| join(&join(above, within), path)));
        paths.into_iter().find_map(|path| self.modules.lookup.at(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_the_platform_can_be_searched() {
        assert!(PLATFORM.is_sorted());
    }
}
