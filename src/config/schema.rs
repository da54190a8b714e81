//! What a configuration file may say. `docs/configuration.md` explains it, `schema/config.schema.json` describes it to editors.

use serde::{Deserialize, Serialize};

use crate::data::{Pairs, Scalar, Several, Spanned};
use crate::finding::{Confidence, FailOn, Persona, Severity};
use crate::models::code::Kind;

/// A configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ConfigFile {
    /// No configuration above this one counts.
    #[serde(default)]
    pub(super) root: bool,
    /// Files that this one builds on.
    #[serde(default)]
    pub(super) extends: Several,
    #[serde(default)]
    pub(super) select: Option<Several>,
    #[serde(default)]
    pub(super) ignore: Several,
    #[serde(default)]
    pub(super) severity: Option<Pairs<Spanned<Level>>>,
    #[serde(default)]
    pub(super) min_severity: Option<Spanned<Severity>>,
    #[serde(default)]
    pub(super) min_confidence: Option<Spanned<Confidence>>,
    #[serde(default)]
    pub(super) persona: Option<Spanned<Persona>>,
    #[serde(default)]
    pub(super) fail_on: Option<Spanned<FailOn>>,
    /// The file of findings that are known.
    #[serde(default)]
    pub(super) baseline: Option<Spanned<String>>,
    /// Patterns of files that are not read.
    #[serde(default)]
    pub(super) exclude: Several,
    #[serde(default)]
    pub(super) overrides: Option<Vec<OverrideEntry>>,
    #[serde(default)]
    pub(super) code: Option<CodeEntry>,
    #[serde(default)]
    pub(super) project: Option<ProjectEntry>,
    #[serde(default)]
    pub(super) strict: Option<StrictEntry>,
    /// Folders of rules.
    #[serde(default)]
    pub(super) rules: Several,
    /// Folders of models.
    #[serde(default)]
    pub(super) models: Several,
}

/// What holds for some files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OverrideEntry {
    pub(super) files: Spanned<Several>,
    #[serde(default)]
    pub(super) ignore: Several,
    #[serde(default)]
    pub(super) severity: Option<Pairs<Spanned<Level>>>,
    #[serde(default)]
    pub(super) min_severity: Option<Spanned<Severity>>,
    #[serde(default)]
    pub(super) min_confidence: Option<Spanned<Confidence>>,
}

/// Which code is looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct CodeEntry {
    #[serde(default)]
    pub(super) tests: Option<Spanned<Treat>>,
    #[serde(default)]
    pub(super) examples: Option<Spanned<Treat>>,
    #[serde(default)]
    pub(super) vendored: Option<Spanned<Treat>>,
    #[serde(default)]
    pub(super) generated: Option<Spanned<Treat>>,
    #[serde(default)]
    pub(super) scripts: Option<Spanned<Treat>>,
    #[serde(default)]
    pub(super) front_end: Option<Spanned<Treat>>,
    /// What kind files are of.
    #[serde(default)]
    pub(super) paths: Option<Vec<PathEntry>>,
}

/// What kind some files are of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct PathEntry {
    pub(super) files: Spanned<Several>,
    pub(super) kind: Spanned<Kind>,
}

/// What is known of the project.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ProjectEntry {
    #[serde(default)]
    pub(super) replicas: Option<Spanned<Replicas>>,
    /// Libraries that look like clients of other systems and are none.
    #[serde(default)]
    pub(super) harmless_libraries: Several,
}

/// How much may be missing before `--strict` fails.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StrictEntry {
    #[serde(default)]
    pub(super) partly_parsed: Option<Spanned<Scalar>>,
    #[serde(default)]
    pub(super) skipped: Option<Spanned<Scalar>>,
    #[serde(default)]
    pub(super) unresolved_imports: Option<Spanned<Scalar>>,
    #[serde(default)]
    pub(super) unresolved_calls: Option<Spanned<Scalar>>,
    #[serde(default)]
    pub(super) unread_manifests: Option<Spanned<Scalar>>,
    #[serde(default)]
    pub(super) unmodelled_libraries: Option<Spanned<Scalar>>,
}

/// How much a rule's fault hurts here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is its name")]
pub enum Level {
    Off,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    /// The severity; none for a rule that does not run.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Low => Some(Severity::Low),
            Self::Medium => Some(Severity::Medium),
            Self::High => Some(Severity::High),
            Self::Critical => Some(Severity::Critical),
        }
    }
}

/// What becomes of a kind of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Treat {
    /// Looked at as services are.
    Check,
    /// As by default.
    Skip,
}

/// How many processes of the project run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is its name")]
pub enum Replicas {
    One,
    Many,
}
