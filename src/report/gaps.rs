//! What needs saying apart from findings: comments, files not wholly looked at, paths and manifests that could not be read.
//!
//! Owns: which notes there are, their order, their places and words. Does not own: how a format puts them.

use super::text::{self, printable};
use crate::finding::{FileReport, FileStatus, Place, RunReport, Unfinished};
use crate::source::{LineColumn, Span};

/// Something that needs saying apart from findings.
pub(super) struct Note<'a> {
    /// What it is about, as tools read it.
    pub(super) kind: &'static str,
    /// The shown path, where it is about a file.
    pub(super) path: Option<&'a str>,
    /// The line and column in characters, where they are known.
    pub(super) at: Option<LineColumn>,
    /// What to know, safe to print.
    pub(super) words: String,
}

/// Every note, in the order in which to tell them.
pub(super) fn notes(report: &RunReport) -> impl Iterator<Item = Note<'_>> {
    let comments = report.suppression_notes.iter().filter_map(|note| {
        let (file, at) = chars_at(report, note.place)?;
        let words = format!("ignore comment: {}", text::problem_in_words(&note.problem));
        Some(Note { kind: "ignore-comment", path: Some(&file.path), at: Some(at), words })
    });
    let gaps = gaps(report).filter_map(|file| {
        let first = first_error(file);
        let at = first.and_then(|span| Some(file.source.as_ref()?.char_column(span.start)));
        let kind = if first.is_some() { "file-partly-parsed" } else { "file-skipped" };
        Some(Note { kind, path: Some(&file.path), at, words: text::status_in_words(file)? })
    });
    let unfinished = unfinished(report).map(|(file, rule)| Note {
        kind: "rule-unfinished",
        path: Some(&file.path),
        at: None,
        words: text::cut_in_words(rule),
    });
    let bare = |kind, words: &str| Note { kind, path: None, at: None, words: printable(words).into_owned() };
    let unreadable = report.walk_errors.iter().map(move |words| bare("path-unreadable", words));
    let manifests = report.manifest_problems.iter().map(move |words| bare("manifest-unreadable", words));
    let changes = report.change_problems.iter().map(move |words| bare("change-unknown", words));
    let unsupported = report.unsupported.iter().map(|path| Note {
        kind: "file-unsupported",
        path: Some(path),
        at: None,
        words: "not a TypeScript, JavaScript or Go file".to_owned(),
    });
    let stale =
        stale_in_words(report).map(|words| Note { kind: "baseline-stale", path: None, at: None, words });
    let of_files = comments.chain(stale).chain(gaps).chain(unfinished);
    of_files.chain(unreadable).chain(manifests).chain(changes).chain(unsupported)
}

/// What to know of entries of the baseline for which nothing is found any more.
pub(super) fn stale_in_words(report: &RunReport) -> Option<String> {
    let used = report.baseline.as_ref().filter(|used| !used.stale.is_empty())?;
    Some(format!(
        "{} of {} without a finding any more; `faultlint baseline prune` takes them out",
        text::counted_as(used.stale.len(), "entry", "entries"),
        printable(&used.path)
    ))
}

/// Where a place stands, in characters; none when its file's text was let go.
pub(super) fn chars_at(report: &RunReport, place: Place) -> Option<(&FileReport, LineColumn)> {
    let file = report.files.get(place.file)?;
    Some((file, file.source.as_ref()?.char_column(place.span.start)))
}

/// Where the first place stands that a partly parsed file was not understood at.
fn first_error(file: &FileReport) -> Option<Span> {
    match file.status {
        FileStatus::Partial { first, .. } => Some(first),
        _ => None,
    }
}

/// Rules that were not looked for in all of a file.
pub(super) fn unfinished(report: &RunReport) -> impl Iterator<Item = (&FileReport, &Unfinished)> {
    report.files.iter().flat_map(|file| file.unfinished.iter().map(move |rule| (file, rule)))
}

/// Files that should have been looked at and were not, or not wholly.
pub(super) fn gaps(report: &RunReport) -> impl Iterator<Item = &FileReport> {
    report.files.iter().filter(|file| match &file.status {
        FileStatus::Checked => false,
        FileStatus::Partial { .. } => true,
        FileStatus::Skipped(reason) => reason.is_gap(),
    })
}
