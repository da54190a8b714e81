//! Walks over what needs saying apart from findings: comments, files not wholly looked at.
//!
//! Owns: the places of notes and parse failures as lines and columns. Does not own: how a format puts them.

use crate::finding::{FileReport, FileStatus, Place, RunReport};
use crate::source::{LineColumn, Span};

/// Where a place stands, in characters; none when its file's text was let go.
pub(super) fn chars_at(report: &RunReport, place: Place) -> Option<(&FileReport, LineColumn)> {
    let file = report.files.get(place.file)?;
    Some((file, file.source.as_ref()?.char_column(place.span.start)))
}

/// Where the first place stands that a partly parsed file was not understood at.
pub(super) fn first_error(file: &FileReport) -> Option<Span> {
    match file.status {
        FileStatus::Partial { first, .. } => Some(first),
        _ => None,
    }
}

/// Files that should have been looked at and were not, or not wholly.
pub(super) fn gaps(report: &RunReport) -> impl Iterator<Item = &FileReport> {
    report.files.iter().filter(|file| match &file.status {
        FileStatus::Checked => false,
        FileStatus::Partial { .. } => true,
        FileStatus::Skipped(reason) => reason.is_gap(),
    })
}
