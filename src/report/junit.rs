//! The `JUnit` report, for services that show tests.
//!
//! Owns: its shape: a suite for each file, a failed case for each finding, a passed one where there is none, and a skipped one for
//! what was not seen (an error would fail a build that the exit status does not). Every character that XML does not know is
//! written as an escape. Does not own: the numbers in words (`summary`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::gaps::{self, Note};
use super::summary::{Summary, coverage_in_words};
use super::text::{self, one_line};
use crate::finding::{FileReport, FileStatus, Finding, RunReport};

/// What a case is called that says only that a file was looked at.
const LOOKED_AT: &str = "no findings";

/// The cases of one file, or of none.
#[derive(Default)]
struct Suite<'a> {
    findings: Vec<&'a Finding>,
    notes: Vec<Note<'a>>,
}

/// Writes the `JUnit` report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, out: &mut dyn Write) -> io::Result<()> {
    let mut suites: BTreeMap<&str, Suite> = BTreeMap::new();
    for file in &report.files {
        suites.insert(&file.path, Suite::default());
    }
    for finding in &report.findings {
        let Some(file) = report.files.get(finding.primary.file) else { continue };
        suites.entry(&file.path).or_default().findings.push(finding);
    }
    let mut rest = Suite::default();
    for note in gaps::notes(report) {
        match note.path {
            Some(path) => suites.entry(path).or_default().notes.push(note),
            None => rest.notes.push(note),
        }
    }
    let files: BTreeMap<&str, &FileReport> =
        report.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut body = String::new();
    let mut counts = Counts::default();
    for (path, suite) in &suites {
        counts.add(write_suite(report, path, suite, files.get(path).copied(), &mut body));
    }
    counts.add(write_run(report, &rest, &mut body));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"faultlint\" {}>\n{body}</testsuites>", counts.attributes())
}

/// How many cases, and how many of them failed or were skipped.
#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    skipped: usize,
}

impl Counts {
    const fn add(&mut self, other: Self) {
        self.tests += other.tests;
        self.failures += other.failures;
        self.skipped += other.skipped;
    }

    fn attributes(self) -> String {
        let Self { tests, failures, skipped } = self;
        format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\"")
    }
}

/// Writes one suite. Writing to a string cannot fail, here and below.
fn write_suite(
    report: &RunReport,
    path: &str,
    suite: &Suite<'_>,
    file: Option<&FileReport>,
    out: &mut String,
) -> Counts {
    let left_out = file.and_then(left_out);
    let plain = suite.findings.is_empty() && suite.notes.is_empty();
    let counts = Counts {
        tests: suite.findings.len() + suite.notes.len() + usize::from(plain),
        failures: suite.findings.len(),
        skipped: suite.notes.len() + usize::from(plain && left_out.is_some()),
    };
    let name = attribute(path);
    let _ = writeln!(out, "  <testsuite name=\"{name}\" {}>", counts.attributes());
    for finding in &suite.findings {
        write_failure(report, finding, &name, out);
    }
    for note in &suite.notes {
        write_skipped(note, &name, out);
    }
    match left_out {
        Some(words) if plain => {
            write_case(&name, "file-skipped", &format!("<skipped message=\"{}\"/>", attribute(&words)), out);
        }
        _ if plain => {
            let _ = writeln!(out, "    <testcase classname=\"{name}\" name=\"{LOOKED_AT}\"/>");
        }
        _ => {}
    }
    let _ = writeln!(out, "  </testsuite>");
    counts
}

/// Why a file was left out on purpose; those that should not have been are notes.
fn left_out(file: &FileReport) -> Option<String> {
    match &file.status {
        FileStatus::Skipped(_) => text::status_in_words(file),
        FileStatus::Checked | FileStatus::Partial { .. } => None,
    }
}

/// The suite of what is about no file, with the numbers.
fn write_run(report: &RunReport, suite: &Suite<'_>, out: &mut String) -> Counts {
    let counts = Counts { tests: suite.notes.len(), failures: 0, skipped: suite.notes.len() };
    let _ = writeln!(out, "  <testsuite name=\"faultlint\" {}>", counts.attributes());
    for note in &suite.notes {
        write_skipped(note, "faultlint", out);
    }
    let summary = Summary::of(report);
    let mut words = vec![summary.files_in_words(), summary.findings_in_words()];
    words.extend(coverage_in_words(report));
    let _ = writeln!(out, "    <system-out>{}</system-out>\n  </testsuite>", attribute(&words.join("; ")));
    counts
}

fn write_failure(report: &RunReport, finding: &Finding, name: &str, out: &mut String) {
    let Some((_, at)) = gaps::chars_at(report, finding.primary) else { return };
    let mut body = format!(
        "{}:{}:{}: {}\n",
        text::path(&report.files[finding.primary.file].path),
        at.line,
        at.column,
        one_line(&finding.message)
    );
    for evidence in &finding.evidence {
        let Some((file, at)) = gaps::chars_at(report, evidence.place) else { continue };
        let _ = writeln!(
            body,
            "{}:{}:{}: {}",
            text::path(&file.path),
            at.line,
            at.column,
            one_line(&evidence.label)
        );
    }
    let _ = writeln!(body, "{}", one_line(&finding.rule.remedy));
    let failure = format!(
        "<failure type=\"{}\" message=\"{}\">{}</failure>",
        attribute(text::severity(finding.rule.severity)),
        attribute(&one_line(&finding.message)),
        content(&body)
    );
    write_case(name, &format!("{} at {}:{}", finding.rule.id, at.line, at.column), &failure, out);
}

fn write_skipped(note: &Note<'_>, name: &str, out: &mut String) {
    let place = note.at.map(|at| format!(" at {}:{}", at.line, at.column)).unwrap_or_default();
    let skipped = format!("<skipped message=\"{}\"/>", attribute(&note.words));
    write_case(name, &format!("{}{place}", note.kind), &skipped, out);
}

fn write_case(classname: &str, name: &str, inner: &str, out: &mut String) {
    let name = attribute(name);
    let _ = writeln!(out, "    <testcase classname=\"{classname}\" name=\"{name}\">{inner}</testcase>");
}

/// Text for between quotes.
fn attribute(text: &str) -> String {
    escaped(text, false)
}

/// Text for between tags, whose line ends stay.
fn content(text: &str) -> String {
    escaped(text, true)
}

fn escaped(text: &str, lines: bool) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' if lines => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(escaped, "{}", c.escape_default());
            }
            _ if crate::source::walk::is_hidden_character(c) => {
                let _ = write!(escaped, "{}", c.escape_default());
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn suites_of_files() {
        let mut out = Vec::new();
        write(&samples::report(), &mut out).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap());
    }

    #[test]
    fn every_character_is_one_that_xml_knows() {
        assert_eq!(attribute("<a b=\"c\">&'\n]]>"), "&lt;a b=&quot;c&quot;&gt;&amp;&apos;\\n]]&gt;");
        assert_eq!(content("a\nb\u{1}\u{fffe}\u{ffff}\0"), "a\nb\\u{1}\\u{fffe}\\u{ffff}\\u{0}");
    }
}
