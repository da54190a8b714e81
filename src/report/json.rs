//! The JSON report: everything a run has to say, for programs.
//!
//! Owns: its shape, described by `schema/output.schema.json` and versioned by [`VERSION`]: a field may be added within a
//! version, and none changes or goes. Lines and columns count from 1, columns in UTF-16 units. Does not own: the numbers
//! (`summary`), the words for tools (`text`).

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::summary::Summary;
use super::text;
use crate::finding::coverage::Coverage;
use crate::finding::suppression::{SuppressionNote, SuppressionProblem};
use crate::finding::{
    BaselineEntry, Confidence, Cut, FileReport, FileStatus, Finding, Persona, Place, RuleInfo, RunReport,
    Severity, Unmodelled,
};
use crate::fingerprint;
use crate::source::{Language, LineColumn, Span};

/// The version of the shape.
pub const VERSION: u32 = 1;

/// What made the report.
pub(super) const TOOL: Tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };

/// Writes the JSON report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document::of(report))?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    rules: Vec<RuleEntry<'a>>,
    findings: Vec<FindingEntry<'a>>,
    files: Vec<FileEntry<'a>>,
    ignore_comments: Vec<NoteEntry<'a>>,
    walk_errors: &'a [String],
    manifest_problems: &'a [String],
    unsupported: &'a [String],
    stale_baseline_entries: &'a [BaselineEntry],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    change_problems: &'a [String],
    unmodelled_libraries: &'a [Unmodelled],
    #[serde(skip_serializing_if = "Option::is_none")]
    one_process: Option<&'a str>,
    coverage: Coverage,
    summary: Summary,
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
pub(super) struct RuleEntry<'a> {
    id: &'a str,
    summary: &'a str,
    why: &'a str,
    remedy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<&'a str>,
    severity: Severity,
    confidence: Confidence,
    persona: Persona,
    references: &'a [String],
}

#[derive(Serialize)]
pub(super) struct FindingEntry<'a> {
    rule: &'a str,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    #[serde(flatten)]
    place: PlaceEntry<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    symbol: &'a str,
    evidence: Vec<EvidenceEntry<'a>>,
    notes: &'a [String],
    fingerprint: String,
}

#[derive(Serialize)]
struct EvidenceEntry<'a> {
    label: &'a str,
    #[serde(flatten)]
    place: PlaceEntry<'a>,
}

#[derive(Serialize)]
struct PlaceEntry<'a> {
    path: &'a str,
    start: Position,
    end: Position,
}

#[derive(Clone, Copy, Serialize)]
struct Position {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
pub(super) struct FileEntry<'a> {
    path: &'a str,
    language: Language,
    #[serde(flatten)]
    status: StatusEntry,
    /// Rules that were not looked for in all of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unfinished: Vec<UnfinishedEntry<'a>>,
    /// Constructs that the grammar does not know and that were read all the same: at how many places.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    mended: BTreeMap<&'a str, usize>,
}

#[derive(Serialize)]
struct UnfinishedEntry<'a> {
    rule: &'a str,
    reason: Cut,
    words: String,
}

#[derive(Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum StatusEntry {
    Checked,
    Partial { errors: usize, functions: usize, first: Option<Position> },
    Skipped { reason: &'static str, words: String },
}

#[derive(Serialize)]
pub(super) struct NoteEntry<'a> {
    problem: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<&'a str>,
    words: String,
    #[serde(flatten)]
    place: PlaceEntry<'a>,
}

impl<'a> Document<'a> {
    fn of(report: &'a RunReport) -> Self {
        Self {
            version: VERSION,
            tool: TOOL,
            rules: report.rules.iter().map(|rule| RuleEntry::of(rule)).collect(),
            findings: report.findings.iter().map(|finding| FindingEntry::of(report, finding)).collect(),
            files: report.files.iter().map(FileEntry::of).collect(),
            ignore_comments: report
                .suppression_notes
                .iter()
                .map(|note| NoteEntry::of(report, note))
                .collect(),
            walk_errors: &report.walk_errors,
            manifest_problems: &report.manifest_problems,
            unsupported: &report.unsupported,
            stale_baseline_entries: stale(report),
            change_problems: &report.change_problems,
            unmodelled_libraries: &report.unmodelled,
            one_process: report.one_process.as_deref(),
            coverage: report.coverage,
            summary: Summary::of(report),
        }
    }
}

/// The entries of the baseline for which nothing is found any more.
pub(super) fn stale(report: &RunReport) -> &[BaselineEntry] {
    report.baseline.as_ref().map_or(&[], |used| used.stale.as_slice())
}

impl<'a> RuleEntry<'a> {
    pub(super) fn of(rule: &'a RuleInfo) -> Self {
        Self {
            id: &rule.id,
            summary: &rule.summary,
            why: &rule.why,
            remedy: &rule.remedy,
            limits: rule.limits.as_deref(),
            severity: rule.severity,
            confidence: rule.confidence,
            persona: rule.persona,
            references: &rule.references,
        }
    }
}

impl<'a> FindingEntry<'a> {
    pub(super) fn of(report: &'a RunReport, finding: &'a Finding) -> Self {
        let evidence = finding.evidence.iter();
        Self {
            rule: &finding.rule.id,
            severity: finding.rule.severity,
            confidence: finding.confidence,
            message: &finding.message,
            place: PlaceEntry::of(report, finding.primary),
            label: finding.label.as_deref(),
            symbol: &finding.symbol,
            evidence: evidence
                .map(|evidence| EvidenceEntry {
                    label: &evidence.label,
                    place: PlaceEntry::of(report, evidence.place),
                })
                .collect(),
            notes: &finding.notes,
            fingerprint: fingerprint::of(finding),
        }
    }
}

impl<'a> PlaceEntry<'a> {
    fn of(report: &'a RunReport, place: Place) -> Self {
        let file = &report.files[place.file];
        let position = |offset| position(file, offset).unwrap_or(Position { line: 1, column: 1 });
        Self { path: &file.path, start: position(place.span.start), end: position(place.span.end) }
    }
}

fn position(file: &FileReport, offset: u32) -> Option<Position> {
    let LineColumn { line, column } = file.source.as_ref()?.line_column(offset);
    Some(Position { line, column })
}

impl<'a> FileEntry<'a> {
    pub(super) fn of(file: &'a FileReport) -> Self {
        let first_position = |first: Span| position(file, first.start);
        let status = match &file.status {
            FileStatus::Checked => StatusEntry::Checked,
            FileStatus::Partial { errors, functions, first } => {
                StatusEntry::Partial { errors: *errors, functions: *functions, first: first_position(*first) }
            }
            FileStatus::Skipped(reason) => {
                StatusEntry::Skipped { reason: text::reason(reason), words: text::reason_in_words(reason) }
            }
        };
        let unfinished = file.unfinished.iter().map(|rule| UnfinishedEntry {
            rule: &rule.rule,
            reason: rule.cut,
            words: text::cut_in_words(rule),
        });
        let mut mended = BTreeMap::new();
        for (name, places) in &file.mended {
            *mended.entry(name.as_str()).or_default() += places;
        }
        let unfinished = unfinished.collect();
        Self { path: &file.path, language: file.language, status, unfinished, mended }
    }
}

impl<'a> NoteEntry<'a> {
    pub(super) fn of(report: &'a RunReport, note: &'a SuppressionNote) -> Self {
        let (rule, nearest) = match &note.problem {
            SuppressionProblem::Unused(rule) => (Some(rule), None),
            SuppressionProblem::UnknownRule(rule, nearest) => (Some(rule), nearest.as_ref()),
            SuppressionProblem::NoReason
            | SuppressionProblem::NoRule
            | SuppressionProblem::UnknownWord(_)
            | SuppressionProblem::UnknownKey(_)
            | SuppressionProblem::NoDate(_)
            | SuppressionProblem::Expired(_) => (None, None),
        };
        Self {
            problem: text::problem(&note.problem),
            rule: rule.map(String::as_str),
            nearest: nearest.map(String::as_str),
            words: text::problem_in_words(&note.problem),
            place: PlaceEntry::of(report, note.place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn says_everything() {
        let mut out = Vec::new();
        write(&samples::report(), &mut out).unwrap();
        insta::assert_snapshot!(
            String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "[version]")
        );
    }

    #[test]
    fn fits_its_schema() {
        let mut schemas = boon::Schemas::new();
        let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/output.schema.json");
        let schema = boon::Compiler::new().compile(schema, &mut schemas).unwrap();
        for report in [samples::report(), RunReport::default()] {
            let mut out = Vec::new();
            write(&report, &mut out).unwrap();
            let value = serde_json::from_slice(&out).unwrap();
            schemas.validate(&value, schema).map_err(|error| error.to_string()).unwrap();
        }
    }
}
