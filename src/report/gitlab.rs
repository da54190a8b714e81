//! The report for GitLab's Code Quality: a JSON array of findings.
//!
//! Owns: its shape. A fingerprint counts in the path, for GitLab wants it unique, and no line number, so that it lasts. What was not
//! seen stands in the list as `info`. Does not own: fingerprints.

use std::io::{self, Write};

use serde::Serialize;

use super::fingerprint::Numbers;
use super::gaps;
use crate::finding::{Finding, RunReport, Severity};
use crate::fingerprint;
use crate::report::text::printable;

/// What stands for a path where something is about the whole tree.
const TREE: &str = ".";

/// Writes the Code Quality report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let mut entries = Vec::with_capacity(report.findings.len());
    for finding in &report.findings {
        entries.extend(of_finding(report, finding));
    }
    let mut notes = Numbers::default();
    for note in gaps::notes(report) {
        let path = note.path.unwrap_or(TREE);
        entries.push(Entry {
            fingerprint: notes.next(&format!("{}\0{path}\0{}", note.kind, note.words)),
            check_name: format!("{}/{}", env!("CARGO_PKG_NAME"), note.kind),
            description: note.words,
            severity: "info",
            location: Location { path, lines: Lines { begin: note.at.map_or(1, |at| at.line) } },
        });
    }
    serde_json::to_writer_pretty(&mut *out, &entries)?;
    writeln!(out)
}

fn of_finding<'a>(report: &'a RunReport, finding: &Finding) -> Option<Entry<'a>> {
    let (file, at) = gaps::chars_at(report, finding.primary)?;
    Some(Entry {
        description: printable(&finding.message).into_owned(),
        check_name: finding.rule.id.clone(),
        fingerprint: fingerprint::hex(&format!("{}\0{}", file.path, fingerprint::of(finding))),
        severity: severity(finding.rule.severity),
        location: Location { path: &file.path, lines: Lines { begin: at.line } },
    })
}

/// GitLab's word; its `blocker` is for what a linter cannot know.
const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "major",
        Severity::Medium => "minor",
        Severity::Low => "info",
    }
}

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::report::samples;

    fn written(report: &RunReport) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn says_what_gitlab_reads() {
        insta::assert_snapshot!(written(&samples::report()));
    }

    #[test]
    fn fingerprints_are_unique_across_files() {
        let mut report = samples::report();
        let mut same = report.files[2].clone();
        same.path = "src/other.ts".to_owned();
        report.files.push(same);
        let mut finding = report.findings[0].clone();
        finding.primary.file = report.files.len() - 1;
        report.findings.push(finding);
        report.walk_errors.push(report.walk_errors[0].clone());
        let entries: Value = serde_json::from_str(&written(&report)).unwrap();
        let entries = entries.as_array().unwrap();
        let prints: BTreeSet<&str> =
            entries.iter().map(|entry| entry["fingerprint"].as_str().unwrap()).collect();
        assert_eq!(prints.len(), entries.len());
    }
}
