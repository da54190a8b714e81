//! Findings and reports: the plain data that comes out of a run.
//!
//! Owns: the shapes that `engine` fills, `suppress` thins and `report` writes. Does not own: ignore comments (`suppression`), numbers
//! of what was seen (`coverage`), how a finding is made, ordered or printed.

pub mod coverage;
pub mod suppression;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::source::{Language, SourceFile, Span};
use coverage::Coverage;
use suppression::{Suppression, SuppressionNote};

/// How much it hurts when a rule's fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is its name")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// How sure a finding is: the weakest link of its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is its name")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// Who wants to hear of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Persona {
    /// Everyone: the rule can fail a build.
    #[default]
    Gate,
    /// Someone who reviews a system at leisure: true, but too many teams accept it to gate on.
    Audit,
}

/// From which severity on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is its name")]
pub enum FailOn {
    Low,
    Medium,
    High,
    Critical,
    Never,
}

impl FailOn {
    /// Whether a finding of this severity fails the run.
    pub fn is_met_by(self, severity: Severity) -> bool {
        match self {
            Self::Low => severity >= Severity::Low,
            Self::Medium => severity >= Severity::Medium,
            Self::High => severity >= Severity::High,
            Self::Critical => severity >= Severity::Critical,
            Self::Never => false,
        }
    }
}

/// What is known of a rule apart from how it matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleInfo {
    /// `family/kind`.
    pub id: String,
    /// One line: the defect.
    pub summary: String,
    /// What happens in production.
    pub why: String,
    /// What to do.
    pub remedy: String,
    /// What to do with the library in use: its name, and the mend.
    pub fixes: Vec<(String, String)>,
    /// What the rule does not see, if it says so.
    pub limits: Option<String>,
    /// How much it hurts.
    pub severity: Severity,
    /// The most that a finding of this rule may claim.
    pub confidence: Confidence,
    /// Who wants to hear of it.
    pub persona: Persona,
    /// Where to read more.
    pub references: Vec<String>,
}

impl RuleInfo {
    /// The part of the id before the slash.
    pub fn family(&self) -> &str {
        self.id.split_once('/').map_or(self.id.as_str(), |(family, _)| family)
    }
}

/// A place in one of the files of a [`RunReport`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Position in [`RunReport::files`].
    pub file: usize,
    /// Where in it.
    pub span: Span,
}

/// A place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where.
    pub place: Place,
    /// What it has to do with the finding, a few words in lower case.
    pub label: String,
}

/// A rule's match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong here, one sentence without a full stop.
    pub message: String,
    /// The place to look at.
    pub primary: Place,
    /// What the primary place is called in the evidence (`label` of the reported step), if anything.
    pub label: Option<String>,
    /// Places that explain it, in the order to read them.
    pub evidence: Vec<Evidence>,
    /// Whether the same finding of other functions adds its evidence to this one.
    pub gathers: bool,
    /// What is done wrong in many places where a function of the tree is called: the call that it makes. None where the
    /// reported place does it itself.
    pub cause: Option<Place>,
    /// What limits the confidence, a few words each: how a receiver was resolved, where a search stopped.
    pub notes: Vec<String>,
    /// The function, method or type around the primary place (`Class.method`); empty at the top of a file.
    pub symbol: String,
    /// What it is recognised by, once `fingerprint` has looked at all findings of its file.
    pub identity: Identity,
}

/// What of a finding's code it is recognised by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// A hash of the code that it points at.
    pub code: u128,
    /// Its number, from 1, among findings of its file of the same rule, symbol and code.
    pub number: u32,
}

/// A finding as a baseline holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BaselineEntry {
    /// The path of its file from the folder of the baseline.
    pub path: String,
    /// The rule.
    pub rule: String,
    /// The symbol around it.
    pub symbol: String,
    /// What it is recognised by.
    pub fingerprint: String,
}

/// What became of a baseline in a run.
#[derive(Clone, Debug, Default)]
pub struct BaselineUse {
    /// The baseline's path as shown.
    pub path: String,
    /// How many findings it hid that would have been shown.
    pub hidden: usize,
    /// Entries that still have their finding.
    pub kept: Vec<BaselineEntry>,
    /// Entries whose finding now stands in another file or function, and what they would be now.
    pub moved: Vec<(BaselineEntry, BaselineEntry)>,
    /// Entries for which nothing is found any more.
    pub stale: Vec<BaselineEntry>,
    /// What would have to be added for the findings that were shown.
    pub new: Vec<BaselineEntry>,
}

/// How a file fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileStatus {
    /// Parsed whole.
    Checked,
    /// Parsed, but some of it was not understood.
    Partial {
        /// How many places the grammar could not parse.
        errors: usize,
        /// How many functions touch one of them.
        functions: usize,
        /// Where the first of them is.
        first: Span,
    },
    /// Not looked at.
    Skipped(SkipReason),
}

/// Why a file was not looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SkipReason {
    /// It could not be read; the system's words.
    Unreadable(String),
    /// Its bytes are not UTF-8 (at this offset).
    NotUtf8(usize),
    /// It holds NUL bytes.
    Binary,
    /// It is larger than the limit: its size in bytes.
    TooLarge(u64),
    /// It says that it is generated.
    Generated,
    /// It is a test: what it does happens in no production.
    Test,
    /// It is an example.
    Example,
    /// The configuration excludes it.
    Excluded,
    /// It is somebody else's.
    Vendored,
    /// A person starts it by hand and waits for it.
    Script,
    /// It is minified or bundled: its lines are too long to have been written by hand.
    Minified,
    /// The parser gave up within its time.
    TimedOut,
    /// The analysis failed inside; what it said. Always a bug in faultlint.
    Failed(String),
}

impl SkipReason {
    /// Whether the file was left out although it should have been looked at (`--strict` fails on these).
    pub fn is_gap(&self) -> bool {
        !matches!(
            self,
            Self::Generated
                | Self::Minified
                | Self::Test
                | Self::Example
                | Self::Excluded
                | Self::Vendored
                | Self::Script
        )
    }
}

/// One file of a run.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Its path as shown: relative to the working directory where it is below it, with forward slashes.
    pub path: String,
    /// Its language.
    pub language: Language,
    /// How it fared.
    pub status: FileStatus,
    /// Whether it is of a front end, which few rules look at.
    pub front_end: bool,
    /// Rules that were not looked for in all of it.
    pub unfinished: Vec<Unfinished>,
    /// Constructs that the grammar does not know and that were read all the same, by name, and at how many places.
    pub mended: Vec<(String, usize)>,
    /// Its text, kept only when something points into it.
    pub source: Option<Arc<SourceFile>>,
}

/// A library that looks like a client of another system and has no model: what is done with it is not seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmodelled {
    /// The name of its package or module.
    pub name: String,
    /// What it looks like a client of.
    pub looks_like: String,
    /// How many files that are looked at import it.
    pub files: usize,
}

/// A rule that did not see all of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unfinished {
    /// The rule.
    pub rule: String,
    /// Why.
    pub cut: Cut,
}

/// Why a rule did not see all of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// Its query came to its limit of matches.
    Matches,
    /// Its query came to its limit of time.
    Time,
    /// The file was read with the grammar of another language.
    Grammar,
    /// There is more in the file to compare than the engine compares.
    Work,
}

/// The pipeline of a CI service that a run belongs to, as Azure DevOps names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// What tells this build from all others.
    pub id: String,
    /// The number of its definition.
    pub definition: u64,
    /// The name of its definition.
    pub definition_name: String,
    /// The phase of it.
    pub phase: String,
    /// The name of the phase.
    pub phase_name: String,
}

/// Everything a run has to say.
#[derive(Clone, Debug, Default)]
pub struct RunReport {
    /// The rules that ran, by id.
    pub rules: Vec<Arc<RuleInfo>>,
    /// Every file seen, by path.
    pub files: Vec<FileReport>,
    /// What was found, by file, place and rule.
    pub findings: Vec<Finding>,
    /// How many findings inline comments silenced.
    pub suppressed: usize,
    /// Inline comments that need attention.
    pub suppression_notes: Vec<SuppressionNote>,
    /// Every inline comment, by file and place.
    pub suppressions: Vec<Suppression>,
    /// What became of the baseline, if there is one.
    pub baseline: Option<BaselineUse>,
    /// Paths that the walk could not enter or stat, with the system's words.
    pub walk_errors: Vec<String>,
    /// What is wrong with files that say how modules are named (`package.json`, `tsconfig.json`, `go.mod` …): the path and what.
    pub manifest_problems: Vec<String>,
    /// Files named on the command line in a language that is not read.
    pub unsupported: Vec<String>,
    /// What cannot be told of a change, in words.
    pub change_problems: Vec<String>,
    /// Libraries that look like clients of other systems and have no model, those of most files first.
    pub unmodelled: Vec<Unmodelled>,
    /// The database in the process by which the project was taken for one process, where rules did not run for that.
    pub one_process: Option<String>,
    /// Where only a change is told of: how many findings lie elsewhere.
    pub unchanged: Option<usize>,
    /// Where only a change is told of: how many of the files that are looked at it touches.
    pub touched: Option<usize>,
    /// What was looked at.
    pub coverage: Coverage,
    /// The pipeline that it belongs to, where the CI service says so.
    pub pipeline: Option<Pipeline>,
}

impl RunReport {
    /// The worst severity among the findings.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|f| f.rule.severity).max()
    }

    /// Whether something was not analysed that should have been.
    pub fn has_gaps(&self) -> bool {
        self.has_holes() || self.partly_parsed() + self.left_out() > 0
    }

    /// Whether there is a gap that no number tells: nothing was looked at, or it is not known what is missing.
    pub fn has_holes(&self) -> bool {
        !self.walk_errors.is_empty()
            || !self.change_problems.is_empty()
            || self.is_blind()
            || self.files.iter().any(|file| !file.unfinished.is_empty())
    }

    /// Whether no file was looked at.
    pub fn is_blind(&self) -> bool {
        self.files.iter().all(|file| !file.is_looked_at())
    }

    /// How many files were parsed in part.
    pub fn partly_parsed(&self) -> usize {
        self.files.iter().filter(|file| matches!(file.status, FileStatus::Partial { .. })).count()
    }

    /// How many files were not looked at that should have been.
    pub fn left_out(&self) -> usize {
        let is_gap = |file: &&FileReport| matches!(&file.status, FileStatus::Skipped(why) if why.is_gap());
        self.files.iter().filter(is_gap).count()
    }
}

impl FileReport {
    /// Whether faults were looked for in it.
    pub const fn is_looked_at(&self) -> bool {
        !matches!(self.status, FileStatus::Skipped(_))
    }
}
