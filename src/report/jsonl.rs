//! The JSON Lines report: what the JSON report says, one object a line, for programs that read as it comes.
//!
//! Owns: which lines there are, told apart by `kind`, and their order: the `run`, its `rule`s, the `finding`s, the `file`s, what
//! needs attention, and the `summary` last, whose absence tells that a report was cut off. Does not own: what is in a line, which
//! is `json`'s and has its version.

use std::io::{self, Write};

use serde::Serialize;

use super::json::{FileEntry, FindingEntry, NoteEntry, RuleEntry, TOOL, Tool, VERSION, stale};
use super::summary::Summary;
use crate::finding::coverage::Coverage;
use crate::finding::{BaselineEntry, RunReport, Unmodelled};

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Line<'a> {
    Run { version: u32, tool: Tool },
    Rule(RuleEntry<'a>),
    Finding(Box<FindingEntry<'a>>),
    File(FileEntry<'a>),
    IgnoreComment(NoteEntry<'a>),
    WalkError { words: &'a str },
    ManifestProblem { words: &'a str },
    Unsupported { path: &'a str },
    StaleBaselineEntry(&'a BaselineEntry),
    ChangeProblem { words: &'a str },
    UnmodelledLibrary(&'a Unmodelled),
    OneProcess { database: &'a str },
    Summary { coverage: Box<Coverage>, summary: Box<Summary> },
}

/// Writes the JSON Lines report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let mut line = |line: Line<'_>| -> io::Result<()> {
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)
    };
    line(Line::Run { version: VERSION, tool: TOOL })?;
    for rule in &report.rules {
        line(Line::Rule(RuleEntry::of(rule)))?;
    }
    for finding in &report.findings {
        line(Line::Finding(Box::new(FindingEntry::of(report, finding))))?;
    }
    for file in &report.files {
        line(Line::File(FileEntry::of(file)))?;
    }
    for note in &report.suppression_notes {
        line(Line::IgnoreComment(NoteEntry::of(report, note)))?;
    }
    for words in &report.walk_errors {
        line(Line::WalkError { words })?;
    }
    for words in &report.manifest_problems {
        line(Line::ManifestProblem { words })?;
    }
    for path in &report.unsupported {
        line(Line::Unsupported { path })?;
    }
    for entry in stale(report) {
        line(Line::StaleBaselineEntry(entry))?;
    }
    for words in &report.change_problems {
        line(Line::ChangeProblem { words })?;
    }
    for library in &report.unmodelled {
        line(Line::UnmodelledLibrary(library))?;
    }
    if let Some(database) = report.one_process.as_deref() {
        line(Line::OneProcess { database })?;
    }
    line(Line::Summary { coverage: Box::new(report.coverage), summary: Box::new(Summary::of(report)) })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::report::samples;

    fn lines(report: &RunReport, write: fn(&RunReport, &mut dyn Write) -> io::Result<()>) -> Vec<Value> {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn says_what_the_json_report_says() {
        let report = RunReport {
            change_problems: vec!["a.ts: not as the diff says".to_owned()],
            one_process: Some("better-sqlite3".to_owned()),
            ..samples::report()
        };
        let mut out = Vec::new();
        crate::report::json::write(&report, &mut out).unwrap();
        let whole: Value = serde_json::from_slice(&out).unwrap();
        let lines = lines(&report, write);
        let of = |kind: &str| {
            let own = lines.iter().filter(|line| line["kind"] == kind).cloned().map(|mut line| {
                line.as_object_mut().unwrap().remove("kind");
                line
            });
            Value::Array(own.collect())
        };
        for (kind, key) in [
            ("rule", "rules"),
            ("finding", "findings"),
            ("file", "files"),
            ("ignore-comment", "ignore_comments"),
            ("stale-baseline-entry", "stale_baseline_entries"),
            ("unmodelled-library", "unmodelled_libraries"),
        ] {
            assert_eq!(of(kind), whole[key], "{kind}");
        }
        assert_eq!(of("walk-error"), json!([{ "words": whole["walk_errors"][0] }]));
        assert_eq!(of("manifest-problem"), json!([{ "words": whole["manifest_problems"][0] }]));
        assert_eq!(of("change-problem"), json!([{ "words": whole["change_problems"][0] }]));
        assert_eq!(of("one-process"), json!([{ "database": whole["one_process"] }]));
        assert_eq!(of("unsupported"), json!([{ "path": "README.md" }]));
        assert_eq!(of("run"), json!([{ "version": whole["version"], "tool": whole["tool"] }]));
        let last = json!({ "kind": "summary", "coverage": whole["coverage"], "summary": whole["summary"] });
        assert_eq!(lines.last(), Some(&last));
    }
}
