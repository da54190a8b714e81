//! What a SARIF log tells beside its results: files that were not wholly looked at, and what else a run has to say of itself.
//!
//! Owns: the kinds of notifications, their levels, and which of them a run gives rise to. Does not own: the words (`gaps`, `text`).

use super::MAX_RESULTS;
use super::places::{region, uri};
use crate::finding::{FileReport, FileStatus, RunReport, SkipReason};
use crate::report::sarif_schema::{
    ArtifactLocation, Descriptor, Invocation, Location, Notification, PhysicalLocation, Text,
};
use crate::report::{gaps, text};
use crate::source::Span;

/// What a notification is about, and its words; a position in this list is the descriptor's index.
pub(super) const NOTIFICATIONS: [(&str, &str); 13] = [
    ("file-skipped", "A file was not looked at."),
    ("file-partly-parsed", "Parts of a file could not be understood."),
    ("path-unreadable", "A path could not be entered."),
    ("ignore-comment", "An ignore comment needs attention."),
    ("manifest-unreadable", "A file that says how modules are named could not be understood."),
    ("results-cut", "Not every finding is in this log."),
    ("baseline-stale", "Entries of the baseline have no finding any more."),
    ("change-unknown", "It cannot be told what a change does."),
    ("rule-unfinished", "A rule was not looked for in all of a file."),
    ("nothing-looked-at", "No file was looked at."),
    ("language-skipped", "No file of a language was looked at."),
    ("library-unmodelled", "What is done with a library is not seen."),
    ("one-process", "Rules that need several processes did not run."),
];

const FILE_SKIPPED: usize = 0;
const FILE_PARTLY_PARSED: usize = 1;
const PATH_UNREADABLE: usize = 2;
const IGNORE_COMMENT: usize = 3;
const MANIFEST_UNREADABLE: usize = 4;
const RESULTS_CUT: usize = 5;
const BASELINE_STALE: usize = 6;
const CHANGE_UNKNOWN: usize = 7;
const RULE_UNFINISHED: usize = 8;
const NOTHING_LOOKED_AT: usize = 9;
const LANGUAGE_SKIPPED: usize = 10;
const LIBRARY_UNMODELLED: usize = 11;
const ONE_PROCESS: usize = 12;

pub(super) fn invocation(report: &RunReport) -> Invocation {
    let failed = |file: &FileReport| matches!(file.status, FileStatus::Skipped(SkipReason::Failed(_)));
    let mut notifications: Vec<Notification> = report.files.iter().filter_map(file_notification).collect();
    if let Some(left) = report.findings.len().checked_sub(MAX_RESULTS).filter(|left| *left > 0) {
        let words = format!(
            "{} not in this log, none of them worse than those in it: code scanning takes {MAX_RESULTS} results of a run",
            text::counted(left, "finding")
        );
        notifications.push(notification(RESULTS_CUT, "warning", words, None));
    }
    for error in &report.walk_errors {
        notifications.push(notification(PATH_UNREADABLE, "error", text::printable(error).into_owned(), None));
    }
    for problem in &report.manifest_problems {
        notifications.push(notification(
            MANIFEST_UNREADABLE,
            "warning",
            text::printable(problem).into_owned(),
            None,
        ));
    }
    for problem in &report.change_problems {
        let words = text::printable(problem).into_owned();
        notifications.push(notification(CHANGE_UNKNOWN, "warning", words, None));
    }
    for (file, rule) in gaps::unfinished(report) {
        let words = format!("{}: {}", file.path, text::cut_in_words(rule));
        notifications.push(notification(RULE_UNFINISHED, "warning", words, Some((file, None))));
    }
    for path in &report.unsupported {
        let words = format!("{path}: not a TypeScript, JavaScript or Go file");
        notifications.push(notification(FILE_SKIPPED, "note", words, None));
    }
    for note in &report.suppression_notes {
        let Some(file) = report.files.get(note.place.file) else { continue };
        let words = format!("Ignore comment: {}", text::problem_in_words(&note.problem));
        notifications.push(notification(
            IGNORE_COMMENT,
            "warning",
            words,
            Some((file, Some(note.place.span))),
        ));
    }
    if let Some(words) = gaps::stale_in_words(report) {
        notifications.push(notification(BASELINE_STALE, "note", words, None));
    }
    let nothing = gaps::nothing_in_words(report).map(|words| (NOTHING_LOOKED_AT, words));
    let languages = gaps::unseen_languages(report).into_iter().map(|words| (LANGUAGE_SKIPPED, words));
    let libraries = gaps::libraries_in_words(report).map(|words| (LIBRARY_UNMODELLED, words));
    for (kind, words) in nothing.into_iter().chain(languages).chain(libraries) {
        notifications.push(notification(kind, "warning", words, None));
    }
    if let Some(words) = gaps::one_process_in_words(report) {
        notifications.push(notification(ONE_PROCESS, "note", words, None));
    }
    Invocation {
        execution_successful: !report.files.iter().any(failed),
        tool_execution_notifications: notifications,
    }
}

fn file_notification(file: &FileReport) -> Option<Notification> {
    let (kind, level, span) = match &file.status {
        FileStatus::Checked => return None,
        FileStatus::Partial { first, .. } => (FILE_PARTLY_PARSED, "warning", Some(*first)),
        FileStatus::Skipped(SkipReason::Failed(_)) => (FILE_SKIPPED, "error", None),
        FileStatus::Skipped(reason) => (FILE_SKIPPED, if reason.is_gap() { "warning" } else { "note" }, None),
    };
    let words = text::status_in_words(file)?;
    Some(notification(kind, level, format!("{}: {words}", file.path), Some((file, span))))
}

fn notification(
    kind: usize,
    level: &'static str,
    words: String,
    at: Option<(&FileReport, Option<Span>)>,
) -> Notification {
    let location = at.map(|(file, span)| Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(&file.path) },
            region: span.and_then(|span| Some(region(file.source.as_deref()?, span))),
        },
        logical_locations: Vec::new(),
        message: None,
    });
    Notification {
        descriptor: Descriptor { id: NOTIFICATIONS[kind].0, index: kind },
        level,
        message: Text { text: words.into() },
        locations: location.into_iter().collect(),
    }
}
