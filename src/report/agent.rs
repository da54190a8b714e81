//! The report for coding agents: one terse line a finding, with its remedy.
//!
//! `path:line:column rule severity/confidence: message. Fix: remedy`, columns in characters; then what was not seen, and the
//! numbers. Nothing here is decoration, and nothing breaks a line.

use std::io::{self, Write};

use super::summary::{Summary, coverage_in_words};
use super::text::{self, one_line};
use super::{compact, gaps};
use crate::finding::{Finding, RunReport};

/// Writes the report for agents.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(report, finding, out)?;
    }
    for note in gaps::notes(report) {
        compact::write_note(&note, "note: ", out)?;
    }
    let summary = Summary::of(report);
    let coverage = coverage_in_words(report).map(|words| format!("; {words}")).unwrap_or_default();
    writeln!(out, "{}; {}{coverage}", summary.findings_in_words(), summary.files_in_words())
}

fn write_finding(report: &RunReport, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let Some((file, at)) = gaps::chars_at(report, finding.primary) else { return Ok(()) };
    writeln!(
        out,
        "{}:{}:{} {} {}/{}: {}. Fix: {}",
        text::path(&file.path),
        at.line,
        at.column,
        finding.rule.id,
        text::severity(finding.rule.severity),
        text::confidence(finding.confidence),
        one_line(finding.message.trim_end_matches('.')),
        one_line(&finding.rule.remedy),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn one_line_with_its_remedy() {
        let mut out = Vec::new();
        write(&samples::report(), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }
}
