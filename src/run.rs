//! One run of the linter, from paths to a report.
//!
//! Owns: the order of the steps, the threads that look at files, and what becomes of a file whose analysis fails inside. Does not
//! own: any of the steps, which rules run (`ruleset`), or what is printed.
//!
//! Files are looked at in parallel and put together in the order of their paths, so the report is the same for any number of
//! threads.

mod changed;
mod forest;
mod importable;
pub mod inspect;
mod known;
mod libraries;
mod load;
mod memory;
mod near;
mod pool;
pub mod progress;
pub mod prove;
mod queries;
mod record;
mod ruleset;
mod settings;
pub mod survey;
mod users;
mod whole;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use crate::changes::{Asked, ChangesError};
pub use memory::decode;
pub use ruleset::{RuleSet, load_rules};
pub use settings::{Buffer, Settings};

use crate::baseline::Findings;
use crate::cache::{Cache, Digest};
use crate::changes::{self, Changes};
use crate::data::DataError;
use crate::engine;
use crate::finding::{
    FileReport, FileStatus, Finding, RuleInfo, RunReport, Severity, SkipReason, Unfinished,
};
use crate::fingerprint;
use crate::models::code::Kind;
use crate::rules::Rule;
use crate::source::{Date, Ecosystem, FoundFile, walk, yaml};
use crate::suppress::{Ignores, RuleNames, Suppressed};

use changed::{Change, Overlay};
use forest::{Aids, Forest, Laid, Tree, facts_of, parts_of};
use load::Loaded;
use memory::Memory;
use near::Touched;
use pool::Pool;
use progress::Phase;
use record::{Analysed, Programs, Record};
use whole::{Known, Matched};

/// The JSON schemas of a rule and of a model file.
pub const SCHEMAS: [&str; 2] = [crate::rules::SCHEMA, crate::models::SCHEMA];

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A path that does not exist.
    #[error(transparent)]
    Missing(#[from] walk::Missing),
    /// A rule or family that does not exist, and the nearest that does.
    #[error("no rule or family is called `{0}`{hint}", hint = .1.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?")))]
    UnknownRule(String, Option<String>),
    /// A rule or family that is asked for of which none would run.
    #[error("`--select {0}` leaves no rule to run: all it means are for `--persona audit`, or ignored")]
    NothingSelected(String),
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
    let pool = Pool::timed(settings.threads, Arc::clone(&settings.timing))?;
    pool.timing().stage("finding changes");
    let directory = working_directory()?;
    let find = |asked| find_changes(asked, settings, rules, &directory);
    let changes = settings.changes.as_ref().map(find).transpose()?;
    let texts = Overlay::of(changes.as_ref().map_or(&[], |changes| &changes.texts));
    let laid = Laid { buffer: settings.buffer.as_ref(), texts: &texts };
    let asking = rules.asking(&chosen)?;
    // Facts are remembered, syntax trees are not.
    let nothing = Cache::default();
    let cache = if asking.is_empty() { &*settings.cache } else { &nothing };
    let memory = Memory::of(cache, &directory, &settings.paths);
    let (code, progress) = (&rules.code, &*settings.progress);
    let aids = Aids { code, pool: &pool, memory: &memory, progress, asking: &asking };
    let tree = Tree::open(&settings.paths, &laid, &directory, aids)?;
    let of_all = chosen.len();
    let embedded = code.embedded_alone(&tree.manifests.found).filter(|_| !settings.config.says_replicas());
    let chosen = if embedded.is_some() { rules.for_one_process(chosen, settings) } else { chosen };
    let one_process = embedded.filter(|_| chosen.len() < of_all);
    let names = RuleNames { all: rules.ids(), ran: chosen.iter().map(|rule| rule.id.clone()).collect() };
    let job = Job { settings, rules, chosen: &chosen, names: &names, aids };
    let (Analysed { mut forest, programs }, change) = job.analysed(tree, changes)?;
    let problems = forest.manifests.problems.iter();
    let mut report = RunReport {
        rules: chosen.clone(),
        walk_errors: std::mem::take(&mut forest.walked.errors),
        unsupported: std::mem::take(&mut forest.walked.unsupported),
        manifest_problems: problems.map(|problem| problem.shown(&forest.directory)).collect(),
        change_problems: change.as_ref().map(|change| change.problems().to_vec()).unwrap_or_default(),
        one_process,
        ..RunReport::default()
    };
    let mut told = Told::of(programs, &mut report);
    report.unmodelled.retain(|library| !settings.config.is_harmless(&library.name));
    report.unmodelled.sort_by(|a, b| (Reverse(a.files), &a.name).cmp(&(Reverse(b.files), &b.name)));
    pool.timing().stage("comments and fingerprints");
    let mut open = Findings { shown: Vec::new(), below: Vec::new() };
    let loaded = std::mem::take(&mut forest.loaded);
    for (position, mut loaded) in loaded.into_iter().enumerate() {
        let mut findings = told.findings.remove(&position).unwrap_or_default();
        let front_end = loaded.is_front_end();
        if let Some(read) = &mut loaded.read {
            read.answers.add_to(&mut findings, &asking, (position, front_end));
            read.answers.unfinished.extend(told.unfinished.remove(&position).unwrap_or_default());
        }
        let is_asked = forest.buffer.is_none_or(|only| only == position);
        let found = &forest.walked.files[position];
        add(&mut report, &mut open, &job, (change.as_ref(), is_asked), found, loaded, findings);
    }
    pool.timing().stage("baseline and changes");
    known::leave_out(&mut report, &mut open, settings, &forest, &names);
    let mut exposed = Vec::new();
    if let Some(change) = change {
        let touched = |finding: &Finding| change.touches_any(finding);
        let touched_files = change.files_among(&report.files);
        let (kept, unchanged) = open.shown.into_iter().partition(touched);
        open.shown = kept;
        let (found, count) = change.exposed(&job, &forest, unchanged, &told.near)?;
        exposed = found;
        report.unchanged = Some(count);
        report.touched = Some(touched_files);
    }
    engine::shorten(&mut open.shown);
    report.findings = known::gathered(open.shown);
    if !exposed.is_empty() {
        report.findings.extend(exposed);
        report.findings.sort_by(|a, b| (a.primary, &a.rule.id).cmp(&(b.primary, &b.rule.id)));
    }
    keep_sources(&mut report);
    pool.timing().stage("remembering");
    memory.save();
    Ok(report)
}

/// What changed. Rules are compiled while git is waited for: where something changed they will be needed.
fn find_changes(
    asked: &Asked,
    settings: &Settings,
    rules: &RuleSet,
    directory: &Path,
) -> Result<Changes, ChangesError> {
    std::thread::scope(|threads| {
        // What is wrong with them is told by whoever needs them, who compiles them where no thread can be had.
        let _ = std::thread::Builder::new().spawn_scoped(threads, || rules.compiled().is_ok());
        Changes::find(asked, &settings.paths, directory)
    })
}

/// What was found in the programs of a tree, by the position of the file.
#[derive(Default)]
struct Told {
    findings: BTreeMap<usize, Vec<Finding>>,
    unfinished: BTreeMap<usize, Vec<Unfinished>>,
    /// What is near to what changed, in each program.
    near: Vec<(Ecosystem, near::Near)>,
}

impl Told {
    /// Sorts it by file; what is of no file goes to the report.
    fn of(programs: Vec<(Ecosystem, Matched)>, report: &mut RunReport) -> Self {
        let mut told = Self::default();
        for (ecosystem, matched) in programs {
            for finding in matched.findings {
                told.findings.entry(finding.primary.file).or_default().push(finding);
            }
            for (file, rule) in matched.unfinished {
                told.unfinished.entry(file).or_default().push(rule);
            }
            report.coverage += matched.coverage;
            report.manifest_problems.extend(matched.manifest_problems);
            report.unmodelled.extend(matched.unmodelled);
            told.near.push((ecosystem, matched.near));
        }
        told
    }
}

/// What a run does to a tree.
struct Job<'j> {
    settings: &'j Settings,
    rules: &'j RuleSet,
    /// The rules that run.
    chosen: &'j [Arc<RuleInfo>],
    names: &'j RuleNames,
    aids: Aids<'j>,
}

impl Job<'_> {
    /// What is found in a tree, and of which change to tell, if of one.
    fn analysed(&self, tree: Tree, changes: Option<Changes>) -> Result<(Analysed, Option<Change>), RunError> {
        let Some(changes) = changes else { return Ok((self.found(tree)?, None)) };
        let key = self.key(&tree);
        let opened = tree.opened.clone();
        let mut forest = tree.understand(self.aids);
        let change = Change::of(changes, opened, &forest);
        let touched = change.touched(&forest);
        let programs = self.programs(&mut forest, &touched, key)?;
        Ok((Analysed { forest, programs }, Some(change)))
    }

    /// What is found in a tree: remembered, if there is nothing new in it.
    fn found(&self, tree: Tree) -> Result<Analysed, RunError> {
        let key = self.key(&tree);
        let recalled = key.and_then(|key| self.aids.memory.recall(key));
        if let Some((loaded, programs)) = recalled.and_then(|record| record.restore(&tree, self.chosen)) {
            return Ok(Analysed { forest: tree.with(loaded), programs });
        }
        let mut forest = tree.understand(self.aids);
        let programs = self.programs(&mut forest, &[], key)?;
        Ok(Analysed { forest, programs })
    }

    fn key(&self, tree: &Tree) -> Option<Digest> {
        self.aids.pool.timing().stage("remembering");
        self.aids.memory.is_on().then(|| record::key(self, tree))
    }

    /// What was found in both language families, which is remembered.
    fn programs(
        &self,
        forest: &mut Forest,
        touched: &[Touched],
        key: Option<Digest>,
    ) -> Result<Programs, RunError> {
        self.aids.progress.begin(Phase::Matching, forest.walked.files.len());
        let mut programs = Programs::new();
        for ecosystem in [Ecosystem::Ecmascript, Ecosystem::Go] {
            programs.push((ecosystem, self.matched(ecosystem, forest, touched)?));
        }
        self.aids.pool.timing().stage("remembering");
        if let (Some(key), Some(record)) = (key, Record::of(forest, &programs)) {
            self.aids.memory.remember(key, &record);
        }
        Ok(programs)
    }

    /// Links the files of one language family and looks for faults in them.
    fn matched(
        &self,
        ecosystem: Ecosystem,
        forest: &mut Forest,
        touched: &[Touched],
    ) -> Result<Matched, RunError> {
        let is_wanted = |rule: &&Rule| self.chosen.iter().any(|info| info.id == rule.info.id);
        let knowledge = self.rules.compiled()?;
        let wanted: Vec<&Rule> = knowledge.rules.iter().filter(is_wanted).collect();
        let facts = facts_of(ecosystem, &forest.walked.files, &mut forest.loaded);
        let parts = parts_of(facts, &forest.texts);
        let known = Known { linked: self.rules.linked()?, clients: &knowledge.clients };
        let mut matched = whole::check(
            ecosystem,
            parts,
            &forest.tree(self.aids.code),
            known,
            &wanted,
            touched,
            self.aids.pool,
        );
        for position in std::mem::take(&mut matched.browser) {
            forest.loaded[position].mark_browser();
        }
        for position in std::mem::take(&mut matched.scripts) {
            forest.loaded[position].mark(Kind::Script);
        }
        for (position, function) in std::mem::take(&mut matched.cut) {
            forest.loaded[position].mark_cut(function);
        }
        for (position, message) in std::mem::take(&mut matched.failures) {
            forest.loaded[position] = Loaded::skipped(SkipReason::Failed(message));
        }
        Ok(matched)
    }
}

pub(crate) fn working_directory() -> Result<PathBuf, RunError> {
    std::env::current_dir().map_err(|error| RunError::System(format!("the working directory: {error}")))
}

/// A rule whose fault hurts so much.
fn with_severity(rule: &Arc<RuleInfo>, severity: Severity) -> Arc<RuleInfo> {
    if rule.severity == severity {
        return Arc::clone(rule);
    }
    Arc::new(RuleInfo { severity, ..RuleInfo::clone(rule) })
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
        fingerprint::identify(&mut findings, &read.seen.outline, &read.opened.source, found.language);
    }
    let mut source = None;
    let (mut unfinished, mut mended) = (Vec::new(), Vec::new());
    let (looked_at, front_end) = (loaded.is_looked_at(), loaded.is_front_end());
    if let Some(read) = loaded.read.filter(|_| looked_at) {
        if told {
            let outcome = judged(job, &found.path, read.seen.ignores, findings, report.files.len());
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
        report.coverage.functions_damaged += read.seen.damaged;
        unfinished = read.answers.unfinished;
        mended = read.seen.mended;
        source = Some(read.opened.source);
    }
    report.files.push(FileReport {
        path: found.shown.clone(),
        language: found.language,
        status: loaded.status,
        front_end: looked_at && front_end,
        unfinished,
        mended,
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
