//! The project's configuration: `faultlint.yaml`, found, read and merged.
//!
//! Owns: what a configuration may say, where it is looked for, how several become one, and what it means for a rule in a file.
//! Does not own: the command line, which goes before it (`run::Settings`), or carrying anything out.
//!
//! Files are merged from what is far to what is near: what a file extends, then the file; what lies further up, then what lies
//! nearer. Of a single value the nearest counts; lists but `select` are joined.

mod find;
mod merge;
mod schema;
mod show;
pub mod starter;
mod strict;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use find::{NAME, load};
pub use schema::{Level, Replicas, Treat};
pub use show::show;
pub use strict::Strict;

use crate::data::{DataError, DataFile, Spanned};
use crate::finding::{Confidence, FailOn, Persona, RuleInfo, Severity};
use crate::models::code::{Choices, Kind};
use crate::source::{Globs, ReadError};

/// The schema of the file.
pub const SCHEMA: &str = include_str!("../../schema/config.schema.json");

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A mistake in it.
    #[error(transparent)]
    Data(#[from] Box<DataError>),
    /// It is a link to elsewhere: the file as shown.
    #[error("{0}: this link leads out of the repository; `--config FILE` reads what you mean")]
    Outside(String),
    /// It cannot be read: the file as shown, and why.
    #[error("{0}: {1}")]
    Read(String, ReadError),
}

/// A value and where it is said.
#[derive(Clone, Debug)]
pub struct At<T> {
    value: Spanned<T>,
    file: Arc<DataFile>,
}

impl<T> At<T> {
    /// `faultlint.yaml:3`
    fn origin(&self) -> String {
        format!("{}:{}", self.file.name, self.file.line_of(&self.value))
    }
}

/// Patterns of files, compiled together.
#[derive(Clone, Debug)]
struct Files {
    patterns: Vec<At<String>>,
    globs: Globs,
}

/// What is said of rules and findings: of all files, or of some.
#[derive(Clone, Debug, Default)]
struct Say {
    ignore: Vec<At<String>>,
    /// Of two for the same name the last counts.
    severity: Vec<(At<String>, Level)>,
    min_severity: Option<At<Severity>>,
    min_confidence: Option<At<Confidence>>,
}

/// A configuration; the default one says nothing.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The files it is made of, as shown, the furthest first.
    files: Vec<String>,
    select: Option<Vec<At<String>>>,
    persona: Option<At<Persona>>,
    fail_on: Option<At<FailOn>>,
    baseline: Option<(At<String>, PathBuf)>,
    all: Say,
    exclude: Vec<Files>,
    overrides: Vec<(Files, Say)>,
    /// What becomes of kinds of code.
    treat: Vec<(Kind, At<Treat>)>,
    kinds: Vec<(Files, At<Kind>)>,
    replicas: Option<At<Replicas>>,
    harmless: Vec<At<String>>,
    strict: Strict,
    rules: Vec<(At<String>, PathBuf)>,
    models: Vec<(At<String>, PathBuf)>,
}

/// Whether a name means a rule: its id or its family.
fn means(name: &str, rule: &RuleInfo) -> bool {
    rule.id == name || rule.family() == name
}

impl Say {
    fn ignores(&self, rule: &RuleInfo) -> bool {
        self.ignore.iter().any(|name| means(&name.value.value, rule))
    }

    /// What is said of a rule's severity: by its id, else by its family.
    fn level(&self, rule: &RuleInfo) -> Option<Level> {
        let of = |wanted: &str| {
            self.severity.iter().rev().find(|(name, _)| name.value.value == wanted).map(|(_, level)| *level)
        };
        of(&rule.id).or_else(|| of(rule.family()))
    }
}

impl Config {
    /// Rules and families to run; empty for all.
    pub fn select(&self) -> Vec<String> {
        self.select.iter().flatten().map(|name| name.value.value.clone()).collect()
    }

    /// Whose rules run.
    pub fn persona(&self) -> Option<Persona> {
        self.persona.as_ref().map(|at| at.value.value)
    }

    /// From which severity on a run fails.
    pub fn fail_on(&self) -> Option<FailOn> {
        self.fail_on.as_ref().map(|at| at.value.value)
    }

    /// Where findings are that are known.
    pub fn baseline(&self) -> Option<&Path> {
        self.baseline.as_ref().map(|(_, path)| path.as_path())
    }

    /// Whether one process is all there is.
    pub fn has_one_replica(&self) -> bool {
        self.replicas.as_ref().is_some_and(|at| at.value.value == Replicas::One)
    }

    /// Whether the configuration says how many processes run side by side.
    pub const fn says_replicas(&self) -> bool {
        self.replicas.is_some()
    }

    /// Whether the project says of a library that it is no client of another system.
    pub fn is_harmless(&self, library: &str) -> bool {
        self.harmless.iter().any(|name| name.value.value == library)
    }

    /// What `--strict` lets pass.
    pub const fn strict(&self) -> &Strict {
        &self.strict
    }

    /// Only where rules and models are.
    #[must_use]
    pub fn only_data(self) -> Self {
        Self { rules: self.rules, models: self.models, ..Self::default() }
    }

    /// Folders of rules.
    pub fn rules(&self) -> impl Iterator<Item = &Path> {
        self.rules.iter().map(|(_, path)| path.as_path())
    }

    /// Folders of models.
    pub fn models(&self) -> impl Iterator<Item = &Path> {
        self.models.iter().map(|(_, path)| path.as_path())
    }

    /// What a fault of a rule hurts in general, if the configuration says so.
    pub fn severity(&self, rule: &RuleInfo) -> Option<Severity> {
        self.all.level(rule).and_then(Level::severity)
    }

    /// Whether a rule runs for any file at all.
    pub fn runs(&self, rule: &RuleInfo) -> bool {
        let on_somewhere =
            || self.overrides.iter().any(|(_, say)| say.level(rule).is_some_and(|level| level != Level::Off));
        !self.all.ignores(rule) && (self.all.level(rule) != Some(Level::Off) || on_somewhere())
    }

    /// What a fault of a rule hurts in a file; none where the rule does not count.
    pub fn severity_in(&self, rule: &RuleInfo, path: &Path) -> Option<Severity> {
        let says = || self.saying(path);
        if says().any(|say| say.ignores(rule)) {
            return None;
        }
        match says().find_map(|say| say.level(rule)) {
            Some(level) => level.severity(),
            None => Some(rule.severity),
        }
    }

    /// Findings that hurt less are left out of a file.
    pub fn min_severity(&self, path: &Path) -> Option<Severity> {
        self.saying(path).find_map(|say| say.min_severity.as_ref()).map(|at| at.value.value)
    }

    /// Findings that are less sure are left out of a file.
    pub fn min_confidence(&self, path: &Path) -> Option<Confidence> {
        self.saying(path).find_map(|say| say.min_confidence.as_ref()).map(|at| at.value.value)
    }

    /// Whether a file is one of some of which more is said, or some rule counts in none but such files.
    pub fn has_overrides_of(&self, path: &Path) -> bool {
        let off = || self.all.severity.iter().any(|(_, level)| *level == Level::Off);
        !self.overrides.is_empty()
            && (off() || self.overrides.iter().any(|(files, _)| files.globs.matches(path)))
    }

    /// All that is said of a file, what goes before first: the last override, and in the end what holds for all files.
    fn saying<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = &'a Say> {
        let fitting = self.overrides.iter().rev().filter(|(files, _)| files.globs.matches(path));
        fitting.map(|(_, say)| say).chain(std::iter::once(&self.all))
    }

    /// Which code is looked at, and as what.
    pub fn choices(&self) -> Choices {
        let treated = |kind: Kind| self.treat.iter().rev().find(|(known, _)| *known == kind);
        let is_checked =
            |kind: &Kind| treated(*kind).is_some_and(|(_, treat)| treat.value.value == Treat::Check);
        let mut checked: Vec<Kind> = self.treat.iter().map(|(kind, _)| *kind).filter(is_checked).collect();
        checked.dedup();
        Choices {
            checked,
            paths: self.kinds.iter().map(|(files, kind)| (files.globs.clone(), kind.value.value)).collect(),
            excluded: self.exclude.iter().map(|files| files.globs.clone()).collect(),
        }
    }

    /// Checks that every rule and family that is named is known.
    ///
    /// # Errors
    /// The first that is not, with the nearest.
    pub fn check_names(&self, rules: &[Arc<RuleInfo>]) -> Result<(), ConfigError> {
        let says = std::iter::once(&self.all).chain(self.overrides.iter().map(|(_, say)| say));
        let names = says.flat_map(|say| say.ignore.iter().chain(say.severity.iter().map(|(name, _)| name)));
        for name in self.select.iter().flatten().chain(names) {
            let wanted = &name.value.value;
            if !rules.iter().any(|rule| means(wanted, rule)) {
                return Err(Box::new(unknown_rule(name, rules)).into());
            }
        }
        Ok(())
    }
}

fn unknown_rule(name: &At<String>, rules: &[Arc<RuleInfo>]) -> DataError {
    let mut known: Vec<&str> = rules.iter().flat_map(|rule| [rule.family(), rule.id.as_str()]).collect();
    known.sort_unstable();
    known.dedup();
    let error = name.file.unknown(&name.value, "rule or family", &known);
    match crate::data::nearest::nearest(&name.value.value, &known) {
        Some(_) => error,
        None => error.with_help("`faultlint rules list` prints all of them"),
    }
}
