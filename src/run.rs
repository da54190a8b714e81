//! One run of the linter, from paths to a report.
//!
//! Owns: the order of the steps, the threads (nothing else uses them), the selection of rules, and what becomes of a file whose
//! analysis fails inside. Does not own: any of the steps, or what is printed.
//!
//! Files are looked at in parallel and put together in the order of their paths, so the report is the same for any number of
//! threads.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use rayon::prelude::*;

use crate::data::{DataError, DataFile};
use crate::engine;
use crate::facts::{self, Facts};
use crate::finding::{
    Confidence, Coverage, FileReport, FileStatus, Finding, Persona, RuleInfo, RunReport, Severity,
    SkipReason, SuppressionNote,
};
use crate::lower;
use crate::program::{Program, inspect as roles};
use crate::report::text;
use crate::rules::Rule;
use crate::rules::builtin::Knowledge;
use crate::source::{Ecosystem, FoundFile, Language, ReadError, SourceFile, origin, walk, yaml};
use crate::suppress::{self, Ignores, RuleNames};
use crate::syntax::{ParseError, Parsers};

/// Stack of a worker thread. Nesting is bounded where facts are built, but the bound is generous.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// What a run is to do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Files and directories.
    pub paths: Vec<PathBuf>,
    /// Rules and families to run; empty for all.
    pub select: Vec<String>,
    /// Rules and families to leave out.
    pub ignore: Vec<String>,
    /// Findings below are left out.
    pub min_severity: Severity,
    /// Findings below are left out.
    pub min_confidence: Confidence,
    /// Whose rules run; a rule selected by its whole id always does.
    pub persona: Persona,
    /// Where more rules are.
    pub rules: Vec<PathBuf>,
    /// Where more models are.
    pub models: Vec<PathBuf>,
    /// How many threads; 0 for one per core.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            paths: vec![PathBuf::from(".")],
            select: Vec::new(),
            ignore: Vec::new(),
            min_severity: Severity::Low,
            min_confidence: Confidence::Medium,
            persona: Persona::Gate,
            rules: Vec::new(),
            models: Vec::new(),
            threads: 0,
        }
    }
}

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
}

impl RuleSet {
    /// A rule by its id.
    ///
    /// # Errors
    /// [`RunError::UnknownRule`].
    pub fn rule(&self, id: &str) -> Result<&RuleInfo, RunError> {
        self.rules.iter().find(|rule| rule.id == id).map(AsRef::as_ref).ok_or_else(|| self.unknown(id))
    }

    fn ids(&self) -> BTreeSet<String> {
        self.rules.iter().map(|rule| rule.id.clone()).collect()
    }

    fn unknown(&self, name: &str) -> RunError {
        RunError::UnknownRule(name.to_owned(), suppress::nearest(name, &self.ids()))
    }

    /// The rules that the settings ask for.
    fn chosen(&self, settings: &Settings) -> Result<Vec<Arc<RuleInfo>>, RunError> {
        for name in settings.select.iter().chain(&settings.ignore) {
            if !self.rules.iter().any(|rule| matches(rule, name)) {
                return Err(self.unknown(name));
            }
        }
        let names = |names: &[String], rule: &RuleInfo| names.iter().any(|name| matches(rule, name));
        let wanted = |rule: &&Arc<RuleInfo>| {
            let selected = settings.select.is_empty() || names(&settings.select, rule);
            let heard = rule.persona <= settings.persona || settings.select.contains(&rule.id);
            selected && heard && !names(&settings.ignore, rule)
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
    let knowledge = Knowledge::load(&read(&settings.rules)?, &read(&settings.models)?).map_err(Box::new)?;
    let rules = knowledge.rules.iter().map(|rule| Arc::clone(&rule.info)).collect();
    Ok(RuleSet { rules, knowledge })
}

/// What the rules say of one file: its findings in order of place and rule, and what was looked at.
fn analyse(
    rules: &RuleSet,
    chosen: &[Arc<RuleInfo>],
    file: usize,
    source: &SourceFile,
    facts: &Facts,
) -> (Vec<Finding>, Coverage) {
    let knowledge = &rules.knowledge;
    let program = Program::link(facts, &source.text, &knowledge.models, &knowledge.roles);
    let wanted = |rule: &&Rule| chosen.iter().any(|info| info.id == rule.info.id);
    let wanted: Vec<&Rule> = knowledge.rules.iter().filter(wanted).collect();
    (engine::check(&program, &wanted, file), engine::coverage(&program))
}

/// Runs the linter.
///
/// # Errors
/// See [`RunError`]; what is wrong with a file is in the report.
pub fn check(settings: &Settings) -> Result<RunReport, RunError> {
    let rules = load_rules(settings)?;
    let chosen = rules.chosen(settings)?;
    let walked = walk::walk(&settings.paths, &working_directory()?)?;
    let names = RuleNames { all: rules.ids(), ran: chosen.iter().map(|rule| rule.id.clone()).collect() };
    let run = Run { settings, rules, chosen, names };
    let examined = run.examine_all(&walked.files)?;

    let mut report = RunReport {
        rules: run.chosen,
        walk_errors: walked.errors,
        unsupported: walked.unsupported,
        ..RunReport::default()
    };
    for (found, examined) in walked.files.into_iter().zip(examined) {
        add(&mut report, found, examined);
    }
    keep_sources(&mut report);
    Ok(report)
}

/// What is understood of one file, to be read.
///
/// # Errors
/// The file does not exist, or cannot be analysed.
pub fn inspect(path: &Path, settings: &Settings) -> Result<String, RunError> {
    let rules = load_rules(settings)?;
    let directory = working_directory()?;
    let shown = walk::show(path, &directory);
    let language = Language::of(path)
        .ok_or_else(|| RunError::NotAnalysed(shown.clone(), "not TypeScript, JavaScript or Go".into()))?;
    let file = FoundFile { path: directory.join(path), shown, language };
    let look = || {
        let source = SourceFile::read(&file.path, &file.shown).map_err(|error| error.to_string())?;
        let facts = parse(&mut Parsers::default(), &file, &source)
            .map_err(|reason| text::reason_in_words(&reason))?;
        Ok(describe(&rules, &source, &facts))
    };
    let words = pool(1)?.install(|| caught(look).unwrap_or_else(Err));
    words.map_err(|words| RunError::NotAnalysed(file.shown.clone(), words))
}

/// What `inspect` prints.
fn describe(rules: &RuleSet, source: &SourceFile, facts: &Facts) -> String {
    let knowledge = &rules.knowledge;
    let program = Program::link(facts, &source.text, &knowledge.models, &knowledge.roles);
    let line_of = |offset: u32| source.line_column(offset).line;
    format!(
        "# Facts\n\n{}\n# Handlers\n\n{}\n# Calls, what they are made on, and their roles\n\n{}",
        facts::show::show(facts),
        roles::handlers(&program, &line_of),
        roles::calls(&program, &line_of),
    )
}

pub(crate) fn working_directory() -> Result<PathBuf, RunError> {
    std::env::current_dir().map_err(|error| RunError::System(format!("the working directory: {error}")))
}

fn pool(threads: usize) -> Result<rayon::ThreadPool, RunError> {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_BYTES);
    builder.build().map_err(|error| RunError::System(format!("starting threads: {error}")))
}

struct Run<'a> {
    settings: &'a Settings,
    rules: RuleSet,
    chosen: Vec<Arc<RuleInfo>>,
    names: RuleNames,
}

/// What came of one file.
struct Examined {
    status: FileStatus,
    source: Option<Arc<SourceFile>>,
    findings: Vec<Finding>,
    suppressed: usize,
    notes: Vec<SuppressionNote>,
    coverage: Coverage,
}

impl Run<'_> {
    fn examine_all(&self, files: &[FoundFile]) -> Result<Vec<Examined>, RunError> {
        let pool = pool(self.settings.threads)?;
        let examine = |parsers: &mut Parsers, (index, file): (usize, &FoundFile)| {
            caught(|| self.examine(parsers, index, file)).unwrap_or_else(|message| {
                // A parser that was left in the middle of something is not used again.
                *parsers = Parsers::default();
                Examined::skipped(SkipReason::Failed(message))
            })
        };
        Ok(pool.install(|| files.par_iter().enumerate().map_init(Parsers::default, examine).collect()))
    }

    fn examine(&self, parsers: &mut Parsers, index: usize, file: &FoundFile) -> Examined {
        self.try_examine(parsers, index, file).unwrap_or_else(Examined::skipped)
    }

    fn try_examine(
        &self,
        parsers: &mut Parsers,
        index: usize,
        file: &FoundFile,
    ) -> Result<Examined, SkipReason> {
        if origin::is_test(&file.shown) {
            return Err(SkipReason::Test);
        }
        let source = SourceFile::read(&file.path, &file.shown).map_err(|error| unread(&error))?;
        if origin::is_generated(&source.text) {
            return Err(SkipReason::Generated);
        }
        // Nobody minifies Go; its long lines are tables in tests.
        if file.language.ecosystem() == Ecosystem::Ecmascript && origin::is_minified(&source.text) {
            return Err(SkipReason::Minified);
        }
        let facts = parse(parsers, file, &source)?;
        let (findings, coverage) = analyse(&self.rules, &self.chosen, index, &source, &facts);
        let outcome = Ignores::collect(&facts, &source).apply(findings, index, &self.names);
        let shown = |finding: &Finding| {
            finding.rule.severity >= self.settings.min_severity
                && finding.confidence >= self.settings.min_confidence
        };
        let findings: Vec<Finding> = outcome.kept.into_iter().filter(shown).collect();
        Ok(Examined {
            status: status_of(&facts),
            source: Some(Arc::new(source)),
            suppressed: outcome.silenced.iter().filter(|finding| shown(finding)).count(),
            findings,
            notes: outcome.notes,
            coverage,
        })
    }
}

impl Examined {
    fn skipped(reason: SkipReason) -> Self {
        Self {
            status: FileStatus::Skipped(reason),
            source: None,
            findings: Vec::new(),
            suppressed: 0,
            notes: Vec::new(),
            coverage: Coverage::default(),
        }
    }
}

fn parse(parsers: &mut Parsers, file: &FoundFile, source: &SourceFile) -> Result<Facts, SkipReason> {
    let tree = parsers.parse_best(file.language, &source.text).map_err(|error| match error {
        ParseError::TimedOut => SkipReason::TimedOut,
        ParseError::Grammar(error) => SkipReason::Failed(error.to_string()),
    })?;
    Ok(lower::lower(file.language, &source.text, &tree))
}

fn unread(error: &ReadError) -> SkipReason {
    match error {
        ReadError::NotUtf8(offset) => SkipReason::NotUtf8(*offset),
        ReadError::Binary => SkipReason::Binary,
        ReadError::TooLarge(size) => SkipReason::TooLarge(*size),
        ReadError::Io(_) | ReadError::NotRegular => SkipReason::Unreadable(error.to_string()),
    }
}

fn status_of(facts: &Facts) -> FileStatus {
    let health = &facts.health;
    match health.errors.iter().chain(&health.too_deep).min() {
        None => FileStatus::Checked,
        Some(&first) => FileStatus::Partial {
            errors: health.errors.len() + health.too_deep.len(),
            functions: health.functions_touched as usize,
            first,
        },
    }
}

fn add(report: &mut RunReport, found: FoundFile, examined: Examined) {
    let file = FileReport {
        path: found.shown,
        language: found.language,
        status: examined.status,
        source: examined.source,
    };
    report.files.push(file);
    report.findings.extend(examined.findings);
    report.suppressed += examined.suppressed;
    report.suppression_notes.extend(examined.notes);
    report.coverage += examined.coverage;
}

/// Lets go of the texts that nothing points into.
fn keep_sources(report: &mut RunReport) {
    let findings = report.findings.iter().flat_map(|finding| {
        std::iter::once(finding.primary.file)
            .chain(finding.evidence.iter().map(|evidence| evidence.place.file))
    });
    let pointed_at: BTreeSet<usize> =
        findings.chain(report.suppression_notes.iter().map(|note| note.place.file)).collect();
    for (index, file) in report.files.iter_mut().enumerate() {
        if !pointed_at.contains(&index) && !matches!(file.status, FileStatus::Partial { .. }) {
            file.source = None;
        }
    }
}

thread_local! {
    /// Whether a panic of this thread is caught and reported, and so need not be printed.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic becomes its message.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_CAUGHT.get() {
                usual(info);
            }
        }));
    });
    IS_CAUGHT.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(false);
    result.map_err(|payload| message_of(payload.as_ref()))
}

fn message_of(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str, persona: Persona) -> Arc<RuleInfo> {
        Arc::new(RuleInfo {
            id: id.to_owned(),
            summary: String::new(),
            why: String::new(),
            remedy: String::new(),
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
        };
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let settings =
            Settings { select: owned(select), ignore: owned(ignore), persona, ..Settings::default() };
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

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(caught(|| panic!("at {}", 1)), Err::<(), _>("at 1".to_owned()));
        assert_eq!(caught(|| 2), Ok(2));
    }
}
