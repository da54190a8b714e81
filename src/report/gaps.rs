//! What needs saying apart from findings: comments, files not wholly looked at, paths and manifests that could not be read.
//!
//! Owns: which notes there are, their order, their places and words. Does not own: how a format puts them.

use super::summary::Summary;
use super::text::{self, printable};
use crate::finding::{FileReport, FileStatus, Place, RunReport, Unfinished};
use crate::source::{Ecosystem, LineColumn, Span};

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
    let note = |kind, words| Note { kind, path: None, at: None, words };
    let nothing = nothing_in_words(report).into_iter().map(move |words| note("nothing-looked-at", words));
    let languages = unseen_languages(report).into_iter().map(move |words| note("language-skipped", words));
    let libraries =
        libraries_in_words(report).into_iter().map(move |words| note("library-unmodelled", words));
    let one = one_process_in_words(report).map(|words| note("one-process", words));
    let of_run = nothing.chain(languages).chain(libraries).chain(one);
    let of_files = comments.chain(stale).chain(gaps).chain(unfinished);
    of_files.chain(unreadable).chain(manifests).chain(changes).chain(unsupported).chain(of_run)
}

/// How many libraries are named in words; formats for programs have all.
const NAMED: usize = 12;

/// That nothing was looked at, or that a change touches nothing that is.
pub(super) fn nothing_in_words(report: &RunReport) -> Option<String> {
    if report.is_blind() {
        let summary = Summary::of(report);
        let words = summary.files_in_words();
        return Some(if report.files.is_empty() { words } else { format!("no file was looked at: {words}") });
    }
    let is_idle = report.touched == Some(0);
    is_idle.then(|| "the change touches no TypeScript, JavaScript or Go file that is looked at".to_owned())
}

/// Languages of which there are files, none of them looked at, while those of others are.
pub(super) fn unseen_languages(report: &RunReport) -> Vec<String> {
    if report.is_blind() {
        return Vec::new();
    }
    let families = [(Ecosystem::Ecmascript, "TypeScript or JavaScript"), (Ecosystem::Go, "Go")];
    let unseen = families.into_iter().filter_map(|(family, name)| {
        let own = || report.files.iter().filter(|file| file.language.ecosystem() == family);
        let is_unseen = own().next().is_some() && !own().any(FileReport::is_looked_at);
        is_unseen.then(|| {
            let reasons = super::summary::skipped_in_words(&Summary::of_files(own()).skipped);
            format!("no {name} file was looked at: {reasons}")
        })
    });
    unseen.collect()
}

/// That a project was taken for one process, and by what.
pub(super) fn one_process_in_words(report: &RunReport) -> Option<String> {
    let database = report.one_process.as_deref()?;
    Some(format!(
        "taken for one process, so rules that need several did not run: {} is all that it keeps data in; \
         `project: {{ replicas: many }}` runs them",
        printable(database)
    ))
}

/// Libraries that look like clients of other systems and have no model.
pub(super) fn libraries_in_words(report: &RunReport) -> Option<String> {
    if report.unmodelled.is_empty() {
        return None;
    }
    let named = report.unmodelled.iter().take(NAMED).map(|library| {
        format!(
            "{} ({}, {})",
            printable(&library.name),
            library.looks_like,
            text::counted(library.files, "file")
        )
    });
    let named: Vec<String> = named.collect();
    let more = match report.unmodelled.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let one = report.unmodelled.len() == 1;
    Some(format!(
        "{} {}, so what is done with {} is not seen: {}{more}; docs/models.md says how to write one",
        text::counted_as(report.unmodelled.len(), "library", "libraries"),
        if one {
            "looks like a client of another system and has no model"
        } else {
            "look like clients of other systems and have no model"
        },
        if one { "it" } else { "them" },
        named.join(", ")
    ))
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
