//! The compact report: one line for each finding, as compilers write and editors read.
//!
//! `path:line:column: severity rule message [confidence]`, columns in characters. Remarks on ignore comments and on files that
//! were not wholly looked at follow in the same form, as `note`.

use std::io::{self, Write};

use super::gaps;
use super::text::{self, printable};
use crate::finding::RunReport;

/// Writes the compact report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let Some((file, at)) = gaps::chars_at(report, finding.primary) else { continue };
        writeln!(
            out,
            "{}:{}:{}: {} {} {} [{}]",
            file.path,
            at.line,
            at.column,
            text::severity(finding.rule.severity),
            finding.rule.id,
            printable(&finding.message),
            text::confidence(finding.confidence),
        )?;
    }
    write_notes(report, out)
}

/// Writes what needs saying apart from findings, one line each.
pub(super) fn write_notes(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    for note in &report.suppression_notes {
        let Some((file, at)) = gaps::chars_at(report, note.place) else { continue };
        let words = text::problem_in_words(&note.problem);
        writeln!(out, "{}:{}:{}: note: ignore comment: {words}", file.path, at.line, at.column)?;
    }
    for file in gaps::gaps(report) {
        let Some(words) = text::status_in_words(file) else { continue };
        match (gaps::first_error(file), &file.source) {
            (Some(span), Some(source)) => {
                let at = source.char_column(span.start);
                writeln!(out, "{}:{}:{}: note: {words}", file.path, at.line, at.column)?;
            }
            _ => writeln!(out, "{}: note: {words}", file.path)?,
        }
    }
    for error in &report.walk_errors {
        writeln!(out, "note: {}", printable(error))?;
    }
    for problem in &report.manifest_problems {
        writeln!(out, "note: {}", printable(problem))?;
    }
    for path in &report.unsupported {
        writeln!(out, "{path}: note: not a TypeScript, JavaScript or Go file")?;
    }
    Ok(())
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
