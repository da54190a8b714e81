//! What kind of code a file is: a test, an example, somebody else's, or of a front end. Read from `rules/code.yaml`.
//!
//! Owns: what the data says, what a team says of it, and telling by paths and imports. Does not own: where code runs (`side`), what a
//! package says of it (`packages`), what becomes of such files (`run`, `rules`), generated and minified text (`source::origin`).

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::data::{DataError, DataFile};
use crate::facts::{ExprKind, Facts, Import};
use crate::finding::SkipReason;
use crate::source::{Globs, Manifest};

pub use programs::Programs;
use replicas::OneProcess;

/// How kinds of code are told.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Code {
    tests: Signs,
    examples: Signs,
    vendored: Signs,
    scripts: Signs,
    commands: Commands,
    programs: Programs,
    /// Names that frameworks look for among the exports of a file, and run.
    run_exports: FxHashSet<String>,
    /// Names of exports and options by which a platform is told when to end what runs, and what of them counts.
    time_boxes: BTreeMap<String, TimeBox>,
    /// Names of methods that are given what runs with each request, beside a path.
    routes: Vec<String>,
    one_process: OneProcess,
    front_end: FrontEnd,
    /// What the team says.
    #[serde(skip)]
    pub choices: Choices,
}

/// What an export or an option says by which a platform is told when to end what runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum TimeBox {
    /// A number of seconds, up to this one: less than a library waits that gives up by itself.
    UpTo(f64),
    /// This word: where such code runs, everything ends in time.
    Word(String),
}

/// A kind of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What faults are looked for in.
    Service,
    /// For browsers and phones: few rules look at it.
    FrontEnd,
    /// Not looked at.
    Test,
    /// Not looked at.
    Example,
    /// Not looked at.
    Vendored,
    /// Linked, but not looked at.
    Generated,
    /// Linked, but not looked at.
    Script,
}

/// Where the code of a file runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Nothing tells.
    #[default]
    Unknown,
    /// On a server, for certain: it imports what only runs there.
    Server,
    /// It looks like that of a front end, but may be rendered on a server.
    FrontEnd,
    /// In a browser or on a phone, for certain.
    Browser,
}

impl Side {
    /// Whether few rules look at it.
    pub const fn is_front_end(self) -> bool {
        matches!(self, Self::FrontEnd | Self::Browser)
    }
}

/// What a team says of kinds of code.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Kinds that are looked at as services are.
    pub checked: Vec<Kind>,
    /// What kind files are of; the last that fits decides.
    pub paths: Vec<(Globs, Kind)>,
    /// Files that are not read.
    pub excluded: Vec<Globs>,
}

impl Choices {
    /// What kind the team says a file is of.
    pub fn told(&self, path: &Path) -> Option<Kind> {
        let fitting = self.paths.iter().rev().find(|(globs, _)| globs.matches(path));
        fitting.map(|(_, kind)| if self.checks(*kind) { Kind::Service } else { *kind })
    }

    /// Whether code of a kind is looked at as services are.
    pub fn checks(&self, kind: Kind) -> bool {
        self.checked.contains(&kind)
    }

    /// Whether the team wants a file left out.
    pub fn excludes(&self, path: &Path) -> bool {
        self.excluded.iter().any(|globs| globs.matches(path))
    }
}

impl Kind {
    /// Why code of this kind is not read, if it is not.
    pub const fn unread(self) -> Option<SkipReason> {
        match self {
            Self::Test => Some(SkipReason::Test),
            Self::Example => Some(SkipReason::Example),
            Self::Vendored => Some(SkipReason::Vendored),
            Self::Service | Self::FrontEnd | Self::Generated | Self::Script => None,
        }
    }

    /// Why faults are not looked for in code of this kind, if they are not.
    pub const fn left_out(self) -> Option<SkipReason> {
        match self {
            Self::Generated => Some(SkipReason::Generated),
            Self::Script => Some(SkipReason::Script),
            other => other.unread(),
        }
    }
}

/// By what a kind is told.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Signs {
    /// How the name ends, before the extension.
    names_ending: Vec<String>,
    /// How its name begins.
    names_beginning: Vec<String>,
    /// What a folder around it is called.
    folders: FxHashSet<String>,
    /// What a folder around it is called, if nothing else of the tree uses what is in it.
    folders_unless_used: FxHashSet<String>,
    /// How the name of the folder that it stands in ends, if nothing else of the tree uses what is in it, and it is no program's own.
    folders_ending_unless_used: Vec<String>,
    /// What folders are called in which programs have a folder each.
    folders_of_programs: FxHashSet<String>,
    /// How the name of a folder around it ends.
    folders_ending: Vec<String>,
    /// What folders around it are called, one in the other: `features/support`.
    folders_within: Vec<String>,
    /// What only code of the kind imports.
    packages: FxHashSet<String>,
    /// Build constraints (Go) that keep code of the kind out of every build.
    build_constraints: FxHashSet<String>,
}

/// How packages are told that are tools of the command line as a whole.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Commands {
    /// What reads command lines, or asks who sits at them.
    parsers: FxHashSet<String>,
    /// What a package serves or consumes with.
    but_packages: FxHashSet<String>,
    /// What of the platform a single file serves with.
    but_modules: FxHashSet<String>,
    /// Words in the names of a package's own commands that a person starts.
    by_hand: FxHashSet<String>,
    /// What runs the files of such commands.
    runners: FxHashSet<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FrontEnd {
    packages: FxHashSet<String>,
    globals: FxHashSet<String>,
    /// Types that only browsers have.
    types: FxHashSet<String>,
    /// How the name ends, the extension included.
    names_ending: Vec<String>,
    /// What a file begins with, as a statement of its own.
    directives: FxHashSet<String>,
    /// How exports of `packages` begin that only run in a browser, before a capital.
    hooks_begin: Vec<String>,
    /// Folders in which a file that exports what begins so is of a front end.
    hook_folders: FxHashSet<String>,
    /// What a file begins with, as a statement of its own, that runs on a server.
    but_directives: FxHashSet<String>,
    /// Globals that ask the server a page came from when they are called with a path alone.
    asking_own_server: FxHashSet<String>,
    /// What a file of a front end exports for its server to run.
    server_exports: FxHashSet<String>,
    /// What only a worker of a browser sets, as it is written: `self.onmessage`.
    worker_listeners: FxHashSet<String>,
    but_packages: FxHashSet<String>,
    /// Frameworks of which part runs on a server.
    but_frameworks: FxHashSet<String>,
    /// Of `but_packages`, those that say nothing of a package as a whole.
    but_of_files: FxHashSet<String>,
}

impl Code {
    /// Reads the data.
    ///
    /// # Errors
    /// YAML that does not fit.
    pub fn read(file: &DataFile) -> Result<Self, DataError> {
        file.parse()
    }

    /// What kind a file is of by its path below what was named on the command line, if the path says so and the team does not
    /// want that kind looked at.
    pub fn by_name(&self, below: &str) -> Option<Kind> {
        let named = |(signs, kind): &(&Signs, Kind)| !self.choices.checks(*kind) && signs.fit(below);
        self.kinds().into_iter().find(named).map(|(_, kind)| kind)
    }

    /// Whether a file is a script by its path below what was named on the command line, if nothing else of the tree uses it.
    pub fn is_script_unless_used(&self, below: &str) -> bool {
        let folders = below.rsplit_once('/').map_or("", |(folders, _)| folders);
        let known = &self.scripts;
        let is_of_programs = |above: &str| {
            above.rsplit('/').next().is_some_and(|last| known.folders_of_programs.contains(last))
        };
        let is_aside =
            folders.rsplit_once('/').filter(|(above, _)| !is_of_programs(above)).is_some_and(|(_, own)| {
                known.folders_ending_unless_used.iter().any(|end| own.ends_with(end.as_str()))
            });
        !self.choices.checks(Kind::Script)
            && (is_aside || folders.split('/').any(|folder| known.folders_unless_used.contains(folder)))
    }

    fn kinds(&self) -> [(&Signs, Kind); 4] {
        [
            (&self.tests, Kind::Test),
            (&self.examples, Kind::Example),
            (&self.vendored, Kind::Vendored),
            (&self.scripts, Kind::Script),
        ]
    }

    /// What kind a file is of by what it says, if that tells and the team does not want that kind looked at.
    pub fn by_text(&self, facts: &Facts, text: &str) -> Option<Kind> {
        let says = |(signs, kind): &(&Signs, Kind)| {
            !self.choices.checks(*kind) && (imports_one(facts, &signs.packages) || signs.constrain(text))
        };
        let known = self.kinds().into_iter().find(says).map(|(_, kind)| kind);
        known.or_else(|| self.is_command_file(facts, text).then_some(Kind::Script))
    }

    /// Whether a file is a command of its own: it begins with `#!`, and needs none of the tree's other files and nothing to serve with.
    fn is_command_file(&self, facts: &Facts, text: &str) -> bool {
        let is_own = |import: &Import| facts.name(import.module).starts_with('.');
        let requires_own = |kind: ExprKind| match kind {
            ExprKind::Module(module) => facts.name(module).starts_with('.'),
            _ => false,
        };
        text.starts_with("#!")
            && !self.choices.checks(Kind::Script)
            && !facts.imports.iter().any(is_own)
            && !facts.exprs.iter().any(|expr| requires_own(expr.kind))
            && !imports_one(facts, &self.commands.but_packages)
            && !imports_one(facts, &self.commands.but_modules)
    }

    /// What kind the team says a file is of. What is named outright is looked at.
    pub fn told(&self, path: &Path, below: &str) -> Option<Kind> {
        let told = self.choices.told(path);
        told.filter(|kind| !below.is_empty() || kind.left_out().is_none())
    }

    /// Whether the team wants a file left out that was not named outright.
    pub fn excludes(&self, path: &Path, below: &str) -> bool {
        !below.is_empty() && self.choices.excludes(path)
    }

    /// The database in the process, by name, if a project has nothing else to keep data in: it is one process then.
    pub fn embedded_alone(&self, manifests: &[Manifest]) -> Option<String> {
        self.one_process.embedded_alone(manifests)
    }

    /// How programs are told that end by themselves, if their kind is left out.
    pub fn programs(&self) -> Option<&Programs> {
        (!self.choices.checks(Kind::Script)).then_some(&self.programs)
    }

    /// Whether frameworks look for an export of this name, and run it.
    pub fn is_run_export(&self, name: &str) -> bool {
        self.run_exports.contains(name)
    }

    /// Names under which files of a front end export what a server runs.
    pub fn server_exports(&self) -> impl Iterator<Item = &str> {
        self.front_end.server_exports.iter().map(String::as_str)
    }

    /// The names of exports and options by which a platform is told when to end what runs, and what of them counts.
    pub fn time_boxes(&self) -> impl Iterator<Item = (&str, &TimeBox)> {
        self.time_boxes.iter().map(|(name, says)| (name.as_str(), says))
    }

    /// The names of methods that are given what runs with each request, beside a path.
    pub fn routes(&self) -> impl Iterator<Item = &str> {
        self.routes.iter().map(String::as_str)
    }
}

impl Signs {
    fn fit(&self, below: &str) -> bool {
        let (folders, name) = below.rsplit_once('/').unwrap_or(("", below));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let ends = |folder: &str| self.folders_ending.iter().any(|end| folder.ends_with(end.as_str()));
        let around = format!("/{folders}/");
        folders.split('/').any(|folder| self.folders.contains(folder) || ends(folder))
            || self.folders_within.iter().any(|within| around.contains(&format!("/{within}/")))
            || self.names_ending.iter().any(|end| stem.ends_with(end.as_str()))
            || self.names_beginning.iter().any(|start| stem.starts_with(start.as_str()))
    }
}

impl Signs {
    /// Whether a line before the code keeps it out of every build.
    fn constrain(&self, text: &str) -> bool {
        let head =
            || text.lines().take_while(|line| !line.starts_with("package ") && !line.starts_with("import "));
        !self.build_constraints.is_empty()
            && head()
                .filter_map(|line| line.strip_prefix("//go:build "))
                .any(|constraint| self.build_constraints.contains(constraint.trim()))
    }
}

/// Whether a file imports one of some packages, types aside.
fn imports_one(facts: &Facts, packages: &FxHashSet<String>) -> bool {
    let imported = facts.imports.iter().filter(|import| !import.type_only).map(|import| import.module);
    let required = facts.exprs.iter().filter_map(|expr| match expr.kind {
        ExprKind::Module(module) => Some(module),
        _ => None,
    });
    !packages.is_empty() && imported.chain(required).any(|module| is_of(packages, facts.name(module)))
}

/// Whether a module is one of some packages, or below one.
fn is_of(packages: &FxHashSet<String>, module: &str) -> bool {
    let module = module.strip_prefix("node:").unwrap_or(module);
    let mut at = Some(module);
    while let Some(name) = at {
        if packages.contains(name) {
            return true;
        }
        at = name.rsplit_once('/').map(|(above, _)| above);
    }
    false
}

mod by_hand;
mod packages;
mod programs;
mod replicas;
mod side;
#[cfg(test)]
mod tests;
