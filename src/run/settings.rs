//! What a run is asked to do.
//!
//! Owns: the options of a run, their defaults, and what goes first where the command line and the configuration both say something.
//! Does not own: where they are read from (`cli`, `config`), or what becomes of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::progress::Progress;
use crate::baseline::Baseline;
use crate::cache::Cache;
use crate::changes::Asked;
use crate::config::Config;
use crate::finding::{Confidence, Finding, Persona, RuleInfo, Severity};
use crate::source::Date;
use crate::timing::Timing;

/// What a run is to do.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Files and directories.
    pub paths: Vec<PathBuf>,
    /// Rules and families to run; empty for all.
    pub select: Vec<String>,
    /// Rules and families to leave out.
    pub ignore: Vec<String>,
    /// Findings below are left out; if nothing is said, as the configuration has it.
    pub min_severity: Option<Severity>,
    /// Findings below are left out.
    pub min_confidence: Option<Confidence>,
    /// Whose rules run; a rule selected by its whole id always does.
    pub persona: Option<Persona>,
    /// Where more rules are.
    pub rules: Vec<PathBuf>,
    /// Where more models are.
    pub models: Vec<PathBuf>,
    /// How many threads; 0 for one per core.
    pub threads: usize,
    /// What the project says; what is said above goes before it.
    pub config: Config,
    /// A text that stands for what is in a file, which alone is then told of.
    pub buffer: Option<Buffer>,
    /// Findings that are known and not to be shown.
    pub baseline: Option<Arc<Baseline>>,
    /// The day by which ignore comments may have expired; if none, that of the clock.
    pub today: Option<Date>,
    /// What earlier runs left for this one.
    pub cache: Arc<Cache>,
    /// Where the run says how far it has come.
    pub progress: Arc<Progress>,
    /// Where the run says what its time goes to.
    pub timing: Arc<Timing>,
    /// Of which change to tell; if none, all is told.
    pub changes: Option<Asked>,
}

/// A text that an editor holds and that may not be saved.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// The file that it stands for; it need not be there.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            paths: vec![PathBuf::from(".")],
            select: Vec::new(),
            ignore: Vec::new(),
            min_severity: None,
            min_confidence: None,
            persona: None,
            rules: Vec::new(),
            models: Vec::new(),
            threads: 0,
            config: Config::default(),
            buffer: None,
            baseline: None,
            today: None,
            cache: Arc::default(),
            progress: Arc::default(),
            timing: Arc::default(),
            changes: None,
        }
    }
}

impl Settings {
    /// What findings in a file must reach to be shown.
    fn least(&self, path: &Path) -> (Severity, Confidence) {
        let severity = self.min_severity.or_else(|| self.config.min_severity(path));
        let confidence = self.min_confidence.or_else(|| self.config.min_confidence(path));
        (severity.unwrap_or(Severity::Low), confidence.unwrap_or(Confidence::Medium))
    }

    /// Whether a finding in a file is one to be shown.
    pub(super) fn shows(&self, path: &Path, finding: &Finding) -> bool {
        let (severity, confidence) = self.least(path);
        finding.rule.severity >= severity && finding.confidence >= confidence
    }

    /// Whether a rule is named in full on the command line: then it runs whatever the configuration says.
    pub(super) fn names(&self, rule: &RuleInfo) -> bool {
        self.select.contains(&rule.id)
    }

    /// Of the configuration only where rules and models are: fixtures are judged by every rule as it is written.
    #[must_use]
    pub fn only_data(self) -> Self {
        Self { config: self.config.only_data(), ..self }
    }
}
