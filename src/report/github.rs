//! The report for the log of a GitHub workflow: annotations as workflow commands, then the rest in words.
//!
//! Owns: the commands, their escaping, and how many are worth writing: of a step GitHub shows ten errors, ten warnings and ten
//! notices. The worst findings get them; the others follow as lines of the log, and nothing is told twice. What was not seen is one
//! notice, with its details in the log. Does not own: the step's summary, which is `markdown`.

use std::io::{self, Write};

use super::ranking::worst_first;
use super::summary::{Summary, coverage_in_words};
use super::text::{counted, one_line, printable};
use super::{compact, gaps};
use crate::finding::{Finding, RunReport, Severity};

/// How many annotations of a level GitHub shows for a step.
const SHOWN: usize = 10;

/// Writes the report for a workflow's log.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let notes = gaps::notes(report).count();
    let mut room = Room { errors: SHOWN, warnings: SHOWN, notices: SHOWN - usize::from(notes > 0) };
    let mut rest = Vec::new();
    for position in worst_first(report) {
        let finding = &report.findings[position];
        if room.take(finding.rule.severity) {
            write_annotation(report, finding, out)?;
        } else {
            rest.push(finding);
        }
    }
    if notes > 0 {
        let words =
            format!("{}: see the log; {}", counted(notes, "note"), Summary::of(report).files_in_words());
        writeln!(out, "::notice title={}::{}", property("faultlint: not wholly looked at"), data(&words))?;
    }
    if !rest.is_empty() {
        writeln!(out, "{} than GitHub shows as annotations:", counted(rest.len(), "more finding"))?;
    }
    for finding in rest {
        compact::write_finding(report, finding, out)?;
    }
    compact::write_notes(report, out)?;
    write_numbers(report, out)
}

fn write_numbers(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let summary = Summary::of(report);
    writeln!(out, "{}", summary.files_in_words())?;
    if let Some(words) = coverage_in_words(report) {
        writeln!(out, "{words}")?;
    }
    writeln!(out, "{}", summary.findings_in_words())
}

/// How many annotations of each level are left.
struct Room {
    errors: usize,
    warnings: usize,
    notices: usize,
}

impl Room {
    /// Takes an annotation, if one is left.
    const fn take(&mut self, severity: Severity) -> bool {
        let left = match severity {
            Severity::Critical | Severity::High => &mut self.errors,
            Severity::Medium => &mut self.warnings,
            Severity::Low => &mut self.notices,
        };
        if *left == 0 {
            return false;
        }
        *left -= 1;
        true
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    }
}

fn write_annotation(report: &RunReport, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let Some(file) = report.files.get(finding.primary.file) else { return Ok(()) };
    let level = level(finding.rule.severity);
    write!(out, "::{level} file={}", property(&file.path))?;
    if let Some(source) = &file.source {
        // Columns mean something to GitHub only within one line.
        let span = source.clip_to_line(finding.primary.span);
        let (start, end) = (source.line_column(span.start), source.line_column(span.end));
        write!(
            out,
            ",line={},endLine={},col={},endColumn={}",
            start.line, end.line, start.column, end.column
        )?;
    }
    let words = format!("{}\n{}", printable(&finding.message), one_line(&finding.rule.remedy));
    writeln!(out, ",title={}::{}", property(&finding.rule.id), data(&words))
}

/// What stands behind a command: nothing in it can begin another.
fn data(words: &str) -> String {
    words.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands in a command's properties.
fn property(words: &str) -> String {
    data(words).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    fn written(report: &RunReport) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn annotations_then_the_rest() {
        insta::assert_snapshot!(written(&samples::report()));
    }

    #[test]
    fn no_more_annotations_than_are_shown_and_the_worst_of_them() {
        let mut report = samples::report();
        let (worst, low) = (report.findings[0].clone(), report.findings[1].clone());
        report.findings = vec![low; 30];
        report.findings.push(worst);
        let text = written(&report);
        assert!(text.starts_with("::error file=src/locks.ts"), "{text}");
        let annotations = |level: &str| text.lines().filter(|line| line.starts_with(level)).count();
        assert_eq!(
            (annotations("::error "), annotations("::notice ")),
            (1, 10),
            "one of ten is for what was not seen"
        );
        assert!(text.contains("\n21 more findings than GitHub shows"), "{text}");
        assert_eq!(text.matches("message-ack/auto-ack").count(), 30, "each is told once");
    }

    #[test]
    fn nothing_ends_a_command_or_begins_another() {
        assert_eq!(property("a:b,c%0A\r\n"), "a%3Ab%2Cc%250A%0D%0A");
        assert_eq!(data("x\n::error::y"), "x%0A::error::y");
    }
}
