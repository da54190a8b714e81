//! One run of the linter, from paths to a report.
//!
//! Owns: the order of the steps, the threads (nothing else uses them), the selection of rules, and what becomes of a file whose
//! analysis fails inside. Does not own: any of the steps, or what is printed.
//!
//! Files are looked at in parallel and put together in the order of their paths, so the report is the same for any number of
//! threads.

mod changed;
mod forest;
pub mod inspect;
mod known;
mod load;
mod near;
mod pool;
pub mod progress;
pub mod prove;
mod settings;
pub mod survey;
mod users;
mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::changes::{Asked, ChangesError};
pub use settings::{Buffer, Settings};

use crate::baseline::Findings;
use crate::changes::{self, Changes};
use crate::data::{DataError, DataFile};
use crate::engine;
use crate::finding::{FileReport, FileStatus, Finding, RuleInfo, RunReport, Severity, SkipReason};
use crate::fingerprint;
use crate::models::code::Kind;
use crate::rules::builtin::Knowledge;
use crate::rules::{Need, Rule};
use crate::source::{Date, Ecosystem, FoundFile, walk, yaml};
use crate::suppress::{self, Ignores, RuleNames, Suppressed};

use changed::{Change, Overlay};
use forest::{Forest, Laid, facts_of, parts_of};
use load::Loaded;
use near::Touched;
use pool::Pool;
use progress::Phase;
use prove::Proof;
use whole::Matched;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A path that does not exist.
    #[error(transparent)]
    Missing(#[from] walk::Missing),
    /// A rule or family that does not exist, and the nearest that does.
    #[error("no rule or family is called `{0}`{hint}", hint = .1.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    UnknownRule(String, Option<String>),
    /// A mistake in a rule or model.
    #[error(transparent)]
    Data(#[from] Box<DataError>),
    /// A folder of rules or models that cannot be read.
    #[error(transparent)]
    Folder(#[from] yaml::YamlError),
    /// It cannot be told what changed.
    #[error(transparent)]
    Changes(#[from] ChangesError),
    /// A file to inspect, and why it cannot be.
    #[error("{0}: {1}")]
    NotAnalysed(String, String),
    /// The working directory is gone, or a thread could not be started.
    #[error("{0}")]
    System(String),
}

/// Rules and models, loaded.
#[derive(Debug)]
pub struct RuleSet {
    /// Every rule there is, by id.
    pub rules: Vec<Arc<RuleInfo>>,
    knowledge: Knowledge,
    /// The files of the team's own models.
    own_models: BTreeSet<String>,
}

impl RuleSet {
    /// A rule by its id.
    ///
    /// # Errors
    /// [`RunError::UnknownRule`].
    pub fn rule(&self, id: &str) -> Result<&RuleInfo, RunError> {
        self.rules.iter().find(|rule| rule.id == id).map(AsRef::as_ref).ok_or_else(|| self.unknown(id))
    }

    /// Models and roles, for the linker.
    fn linked(&self) -> crate::program::Knowledge<'_> {
        crate::program::Knowledge { models: &self.knowledge.models, roles: &self.knowledge.roles }
    }

    /// What the tests of the team's own models come to, each with its file.
    pub fn proofs(&self) -> impl Iterator<Item = (&DataFile, Proof)> {
        let libraries = self.knowledge.models.libraries.iter();
        let own = libraries.filter(|library| self.own_models.contains(&library.test.0.name));
        own.map(|library| (&library.test.0, prove::prove(self.linked(), library)))
    }

    fn ids(&self) -> BTreeSet<String> {
        self.rules.iter().map(|rule| rule.id.clone()).collect()
    }

    fn unknown(&self, name: &str) -> RunError {
        RunError::UnknownRule(name.to_owned(), suppress::nearest(name, &self.ids()))
    }

    /// Whether there is no fault where one process is all there is.
    fn needs_replicas(&self, id: &str) -> bool {
        let needs = |rule: &Rule| rule.info.id == id && rule.needs == Some(Need::ManyReplicas);
        self.knowledge.rules.iter().any(needs)
    }

    /// The rules that the settings ask for.
    fn chosen(&self, settings: &Settings) -> Result<Vec<Arc<RuleInfo>>, RunError> {
        for name in settings.select.iter().chain(&settings.ignore) {
            if !self.rules.iter().any(|rule| matches(rule, name)) {
                return Err(self.unknown(name));
            }
        }
        let config = &settings.config;
        let select = if settings.select.is_empty() { config.select() } else { settings.select.clone() };
        let persona = settings.persona.or(config.persona()).unwrap_or_default();
        let names = |names: &[String], rule: &RuleInfo| names.iter().any(|name| matches(rule, name));
        let wanted = |rule: &&Arc<RuleInfo>| {
            let selected = select.is_empty() || names(&select, rule);
            let heard = rule.persona <= persona || select.contains(&rule.id);
            let runs = || config.runs(rule) && !(config.has_one_replica() && self.needs_replicas(&rule.id));
            selected && heard && !names(&settings.ignore, rule) && (settings.names(rule) || runs())
        };
        Ok(self.rules.iter().filter(wanted).cloned().collect())
    }
}

/// Whether a name on the command line means a rule: its id or its family.
fn matches(rule: &RuleInfo, name: &str) -> bool {
    rule.id == name || rule.family() == name
}

/// Loads the built-in rules and models, and those of the settings.
///
/// # Errors
/// A rule or model file that cannot be read or is wrong.
pub fn load_rules(settings: &Settings) -> Result<RuleSet, RunError> {
    let directory = working_directory()?;
    let read = |folders: &[PathBuf]| -> Result<Vec<DataFile>, RunError> {
        let mut files = Vec::new();
        for folder in folders {
            let found = yaml::read_below(folder, &directory)?;
            files.extend(found.into_iter().map(|file| DataFile::new(file.path, file.text)));
        }
        Ok(files)
    };
    let with = |of_project: Vec<PathBuf>, named: &[PathBuf]| read(&[&of_project, named].concat());
    let own_rules = with(settings.config.rules().map(Path::to_path_buf).collect(), &settings.rules)?;
    let own_models = with(settings.config.models().map(Path::to_path_buf).collect(), &settings.models)?;
    let mut knowledge = Knowledge::load(&own_rules, &own_models).map_err(Box::new)?;
    knowledge.code.choices = settings.config.choices();
    for rule in &mut knowledge.rules {
        if let Some(severity) = settings.config.severity(&rule.info) {
            rule.info = with_severity(&rule.info, severity);
        }
    }
    let rules = knowledge.rules.iter().map(|rule| Arc::clone(&rule.info)).collect();
    let own_models = own_models.into_iter().map(|file| file.name).collect();
    Ok(RuleSet { rules, knowledge, own_models })
}

/// A rule whose fault hurts so much.
fn with_severity(rule: &Arc<RuleInfo>, severity: Severity) -> Arc<RuleInfo> {
    if rule.severity == severity {
        return Arc::clone(rule);
    }
    Arc::new(RuleInfo { severity, ..RuleInfo::clone(rule) })
}

/// The diff in a file.
///
/// # Errors
/// It cannot be read.
pub fn read_diff(path: &Path) -> Result<Asked, RunError> {
    Ok(changes::read(path)?)
}

/// Runs the linter.
///
/// # Errors
/// See [`RunError`]; what is wrong with a file is in the report.
pub fn check(settings: &Settings) -> Result<RunReport, RunError> {
    check_with(&load_rules(settings)?, settings)
}

/// Runs the linter with rules that are loaded already.
///
/// # Errors
/// See [`RunError`]; what is wrong with a file is in the report.
pub fn check_with(rules: &RuleSet, settings: &Settings) -> Result<RunReport, RunError> {
    let chosen = rules.chosen(settings)?;
    let pool = Pool::start(settings.threads)?;
    let directory = working_directory()?;
    let find = |asked| Changes::find(asked, &settings.paths, &directory);
    let changes = settings.changes.as_ref().map(find).transpose()?;
    let texts = Overlay::of(changes.as_ref().map_or(&[], |changes| &changes.texts));
    let laid = Laid { buffer: settings.buffer.as_ref(), texts: &texts };
    let (code, progress) = (&rules.knowledge.code, &*settings.progress);
    let mut forest = Forest::load_with(&settings.paths, &laid, &directory, code, (&pool, progress))?;
    progress.begin(Phase::Matching, forest.walked.files.len());
    let change = changes.map(|changes| Change::of(changes, &forest));
    let wanted = |rule: &&Rule| chosen.iter().any(|info| info.id == rule.info.id);
    let wanted: Vec<&Rule> = rules.knowledge.rules.iter().filter(wanted).collect();
    let names = RuleNames { all: rules.ids(), ran: chosen.iter().map(|rule| rule.id.clone()).collect() };
    let job = Job { settings, rules, chosen: &chosen, wanted: &wanted, names: &names, pool: &pool };
    let problems = forest.manifests.problems.iter();
    let mut report = RunReport {
        rules: chosen.clone(),
        walk_errors: std::mem::take(&mut forest.walked.errors),
        unsupported: std::mem::take(&mut forest.walked.unsupported),
        manifest_problems: problems.map(|problem| problem.shown(&forest.directory)).collect(),
        change_problems: change.as_ref().map(|change| change.problems().to_vec()).unwrap_or_default(),
        ..RunReport::default()
    };
    let touched = change.as_ref().map(|change| change.touched(&forest)).unwrap_or_default();
    let mut by_file: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    let mut near = Vec::new();
    for ecosystem in [Ecosystem::Ecmascript, Ecosystem::Go] {
        let matched = job.matched(ecosystem, &mut forest, &touched);
        for finding in matched.findings {
            by_file.entry(finding.primary.file).or_default().push(finding);
        }
        report.coverage += matched.coverage;
        report.manifest_problems.extend(matched.manifest_problems);
        near.push((ecosystem, matched.near));
    }
    let mut open = Findings { shown: Vec::new(), below: Vec::new() };
    let loaded = std::mem::take(&mut forest.loaded);
    for (position, loaded) in loaded.into_iter().enumerate() {
        let findings = by_file.remove(&position).unwrap_or_default();
        let told = forest.buffer.is_none_or(|only| only == position);
        let found = &forest.walked.files[position];
        add(&mut report, &mut open, &job, (change.as_ref(), told), found, loaded, findings);
    }
    known::leave_out(&mut report, &mut open, settings, &forest, &names);
    let mut exposed = Vec::new();
    if let Some(change) = change {
        let touched = |finding: &Finding| change.touches_any(finding);
        let (kept, unchanged) = open.shown.into_iter().partition(touched);
        open.shown = kept;
        let (found, count) = change.exposed(&job, &forest, unchanged, &near);
        exposed = found;
        report.unchanged = Some(count);
    }
    engine::shorten(&mut open.shown);
    report.findings = known::gathered(open.shown);
    if !exposed.is_empty() {
        report.findings.extend(exposed);
        report.findings.sort_by(|a, b| (a.primary, &a.rule.id).cmp(&(b.primary, &b.rule.id)));
    }
    keep_sources(&mut report);
    Ok(report)
}

/// What a run does to a tree.
struct Job<'j> {
    settings: &'j Settings,
    rules: &'j RuleSet,
    /// The rules that run.
    chosen: &'j [Arc<RuleInfo>],
    /// The same, compiled.
    wanted: &'j [&'j Rule],
    names: &'j RuleNames,
    pool: &'j Pool,
}

impl Job<'_> {
    /// Links the files of one language family and looks for faults in them.
    fn matched(&self, ecosystem: Ecosystem, forest: &mut Forest, touched: &[Touched]) -> Matched {
        let facts = facts_of(ecosystem, &forest.walked.files, &mut forest.loaded);
        let parts = parts_of(facts, &forest.texts);
        let linked = self.rules.linked();
        let mut matched =
            whole::check(ecosystem, parts, &forest.tree(), linked, self.wanted, touched, self.pool);
        for position in std::mem::take(&mut matched.browser) {
            forest.loaded[position].mark_browser();
        }
        for position in std::mem::take(&mut matched.scripts) {
            forest.loaded[position].mark(Kind::Script);
        }
        for (position, message) in std::mem::take(&mut matched.failures) {
            forest.loaded[position] = Loaded::skipped(SkipReason::Failed(message));
        }
        matched
    }
}

pub(crate) fn working_directory() -> Result<PathBuf, RunError> {
    std::env::current_dir().map_err(|error| RunError::System(format!("the working directory: {error}")))
}

/// The findings of a file as the configuration has them there, and the names of rules where they are others in it.
fn as_said(job: &Job<'_>, path: &Path, findings: Vec<Finding>) -> (Vec<Finding>, Option<RuleNames>) {
    let settings = job.settings;
    if !settings.config.has_overrides_of(path) {
        return (findings, None);
    }
    let severity_of = |rule: &RuleInfo| {
        if settings.names(rule) { Some(rule.severity) } else { settings.config.severity_in(rule, path) }
    };
    let counts = job.chosen.iter().filter(|rule| severity_of(rule).is_some());
    let said = |mut finding: Finding| {
        finding.rule = with_severity(&finding.rule, severity_of(&finding.rule)?);
        Some(finding)
    };
    let ran = counts.map(|rule| rule.id.clone()).collect();
    let names = RuleNames { all: job.names.all.clone(), ran };
    (findings.into_iter().filter_map(said).collect(), Some(names))
}

/// What is left of the findings of a file by its comments, as the configuration has them there.
fn judged(job: &Job<'_>, path: &Path, ignores: Ignores, findings: Vec<Finding>, file: usize) -> Suppressed {
    let (findings, own_names) = as_said(job, path, findings);
    let today = job.settings.today.unwrap_or_else(Date::today);
    ignores.apply(findings, file, own_names.as_ref().unwrap_or(job.names), today)
}

/// Adds what there is to say of a file, and its findings to those that are open.
fn add(
    report: &mut RunReport,
    open: &mut Findings,
    job: &Job<'_>,
    (change, told): (Option<&Change>, bool),
    found: &FoundFile,
    loaded: Loaded,
    mut findings: Vec<Finding>,
) {
    if let Some(read) = &loaded.read {
        fingerprint::identify(&mut findings, &read.outline, &read.source, found.language);
    }
    let mut source = None;
    let (looked_at, front_end) = (loaded.is_looked_at(), loaded.is_front_end());
    if let Some(read) = loaded.read.filter(|_| looked_at) {
        if told {
            let outcome = judged(job, &found.path, read.ignores, findings, report.files.len());
            let shown = |finding: &Finding| job.settings.shows(&found.path, finding);
            let (kept, below): (Vec<_>, Vec<_>) = outcome.kept.into_iter().partition(shown);
            open.shown.extend(kept);
            open.below.extend(below);
            report.suppressed += outcome.silenced.iter().filter(|finding| shown(finding)).count();
            let notes = outcome.notes.into_iter();
            let notes = notes.filter(|note| change.is_none_or(|change| change.touches(note.place)));
            report.suppression_notes.extend(notes);
            report.suppressions.extend(outcome.all);
        }
        report.coverage.functions_damaged += read.damaged;
        source = Some(read.source);
    }
    report.files.push(FileReport {
        path: found.shown.clone(),
        language: found.language,
        status: loaded.status,
        front_end: looked_at && front_end,
        source,
    });
}

/// Lets go of the texts that nothing points into.
fn keep_sources(report: &mut RunReport) {
    let findings = report.findings.iter().flat_map(|finding| {
        std::iter::once(finding.primary.file)
            .chain(finding.evidence.iter().map(|evidence| evidence.place.file))
    });
    let pointed_at: BTreeSet<usize> =
        findings.chain(report.suppressions.iter().map(|comment| comment.place.file)).collect();
    for (index, file) in report.files.iter_mut().enumerate() {
        if !pointed_at.contains(&index) && !matches!(file.status, FileStatus::Partial { .. }) {
            file.source = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Persona};

    fn rule(id: &str, persona: Persona) -> Arc<RuleInfo> {
        Arc::new(RuleInfo {
            id: id.to_owned(),
            summary: String::new(),
            why: String::new(),
            remedy: String::new(),
            fixes: Vec::new(),
            limits: None,
            severity: Severity::High,
            confidence: Confidence::High,
            persona,
            references: Vec::new(),
        })
    }

    fn chosen(select: &[&str], ignore: &[&str], persona: Persona) -> Result<Vec<String>, String> {
        let rules = RuleSet {
            rules: vec![
                rule("a/one", Persona::Gate),
                rule("a/two", Persona::Audit),
                rule("b/one", Persona::Gate),
            ],
            knowledge: Knowledge::load(&[], &[]).unwrap(),
            own_models: BTreeSet::new(),
        };
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let settings = Settings {
            select: owned(select),
            ignore: owned(ignore),
            persona: Some(persona),
            ..Settings::default()
        };
        let chosen = rules.chosen(&settings).map_err(|error| error.to_string())?;
        Ok(chosen.iter().map(|rule| rule.id.clone()).collect())
    }

    #[test]
    fn rules_are_chosen_by_persona_family_and_id() {
        assert_eq!(chosen(&[], &[], Persona::Gate).unwrap(), ["a/one", "b/one"]);
        assert_eq!(chosen(&[], &[], Persona::Audit).unwrap(), ["a/one", "a/two", "b/one"]);
        assert_eq!(chosen(&["a"], &[], Persona::Gate).unwrap(), ["a/one"]);
        assert_eq!(chosen(&["a/two"], &[], Persona::Gate).unwrap(), ["a/two"], "named outright");
        assert_eq!(chosen(&["a", "b"], &["a/one"], Persona::Gate).unwrap(), ["b/one"]);
    }

    #[test]
    fn an_unknown_rule_is_an_error_with_the_nearest() {
        let message = chosen(&["a/onn"], &[], Persona::Gate).unwrap_err();
        assert_eq!(message, "no rule or family is called `a/onn`; did you mean `a/one`?");
        assert!(chosen(&[], &["c"], Persona::Gate).is_err());
    }
}
