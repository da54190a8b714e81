//! The compact report: one line for each finding, as compilers write and editors read.
//!
//! `path:line:column: severity rule message [confidence]`, columns in characters. Remarks on ignore comments and on files that
//! were not wholly looked at follow in the same form, as `note`.

use std::io::{self, Write};

use super::gaps::{self, Note};
use super::text::{self, printable};
use crate::finding::{Finding, RunReport};

/// Writes the compact report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(report, finding, out)?;
    }
    write_notes(report, out)
}

/// Writes one finding.
pub(super) fn write_finding(report: &RunReport, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let Some((file, at)) = gaps::chars_at(report, finding.primary) else { return Ok(()) };
    writeln!(
        out,
        "{}:{}:{}: {} {} {} [{}]",
        text::path(&file.path),
        at.line,
        at.column,
        text::severity(finding.rule.severity),
        finding.rule.id,
        printable(&finding.message),
        text::confidence(finding.confidence),
    )
}

/// Writes what needs saying apart from findings, one line each.
pub(super) fn write_notes(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    for note in gaps::notes(report) {
        write_note(&note, "note: ", out)?;
    }
    Ok(())
}

/// Writes one note, `before` its words.
pub(super) fn write_note(note: &Note<'_>, before: &str, out: &mut dyn Write) -> io::Result<()> {
    match (note.path.map(text::path), note.at) {
        (Some(path), Some(at)) => {
            writeln!(out, "{path}:{}:{}: {before}{}", at.line, at.column, note.words)
        }
        (Some(path), None) => writeln!(out, "{path}: {before}{}", note.words),
        (None, _) => writeln!(out, "{before}{}", note.words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn one_line_each() {
        let mut out = Vec::new();
        write(&samples::report(), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }
}
