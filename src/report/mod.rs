//! Reports: a run's outcome as people and tools want it.
//!
//! Owns: the formats. Each is a function from a [`RunReport`] to a writer, and says the same on every machine: no times, no
//! absolute paths beyond those a user named. Does not own: where the output goes, or the exit status, which no format changes.

pub mod agent;
pub mod compact;
mod excerpt;
pub mod fingerprint;
mod gaps;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod jsonl;
pub mod junit;
pub mod markdown;
mod ranking;
pub mod sarif;
mod sarif_schema;
pub mod summary;
pub mod text;

use std::io::{self, Write};

use crate::finding::RunReport;

/// The schema of the JSON report.
pub const SCHEMA: &str = include_str!("../../schema/output.schema.json");

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For a person at a terminal: each finding with its source.
    #[default]
    Human,
    /// One line for each finding, as compilers write.
    Compact,
    /// Everything, as described by `schema/output.schema.json`.
    Json,
    /// The same, one object a line.
    Jsonl,
    /// SARIF 2.1.0, for code-review tools.
    Sarif,
    /// Annotations of a GitHub workflow, and the rest in its log.
    Github,
    /// Code Quality of GitLab.
    Gitlab,
    /// For services that show tests.
    Junit,
    /// For a review comment.
    Markdown,
    /// For coding agents: one line for each finding, with its remedy.
    Agent,
}

/// How the human report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// With colours.
    pub color: bool,
    /// With line-drawing characters beyond ASCII.
    pub unicode: bool,
    /// With links to where more is written of a rule.
    pub links: bool,
    /// How wide prose may run.
    pub width: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { color: false, unicode: true, links: false, width: 100 }
    }
}

/// Writes a report.
///
/// # Errors
/// Whatever the writer fails with.
pub fn write(report: &RunReport, format: Format, look: Look, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(report, look, out),
        Format::Compact => compact::write(report, out),
        Format::Json => json::write(report, out),
        Format::Jsonl => jsonl::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Markdown => markdown::write(report, out),
        Format::Agent => agent::write(report, out),
    }
}

/// What is to be said on standard error: that nothing was looked at, and what a format has no place for.
pub fn said_aside(report: &RunReport, format: Format) -> Vec<String> {
    let mut words: Vec<String> = gaps::nothing_in_words(report).into_iter().collect();
    if matches!(format, Format::Compact | Format::Gitlab) && !report.is_blind() {
        let summary = summary::Summary::of(report);
        words.push(summary.files_in_words());
        words.extend(summary::coverage_in_words(report));
        words.push(summary.findings_in_words());
    }
    words
}

#[cfg(test)]
pub(crate) mod samples;

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    /// A report with so many findings in one file, each with evidence.
    fn many(count: u32) -> RunReport {
        const LINE: &str = "\t\tconst é = '😀'; await redis.set(key, 'x', 'NX');\n";
        let length = u32::try_from(LINE.len()).unwrap();
        let mut report = samples::report();
        report.files[2] = samples::file("src/locks.ts", &LINE.repeat(count as usize));
        let first = report.findings[0].clone();
        let finding = |line: u32| {
            let mut finding = first.clone();
            finding.primary.span = crate::source::Span::new(line * length + 26, line * length + 35);
            finding.evidence[0].place.span = crate::source::Span::new(line * length + 2, line * length + 7);
            finding
        };
        report.findings = (0..count).map(finding).collect();
        report
    }

    #[test]
    fn every_format_takes_time_in_the_number_of_findings() {
        let time = |report: &RunReport, format: Format| {
            let begun = Instant::now();
            write(report, format, Look::default(), &mut io::sink()).unwrap();
            begun.elapsed()
        };
        let (few, lots) = (many(5_000), many(20_000));
        for format in [
            Format::Human,
            Format::Compact,
            Format::Json,
            Format::Jsonl,
            Format::Sarif,
            Format::Github,
            Format::Gitlab,
            Format::Junit,
            Format::Markdown,
            Format::Agent,
        ] {
            // A busy machine makes one run slow, not each of three.
            let best = |report| (0..3).map(|_| time(report, format)).min().unwrap();
            let (short, long) = (best(&few).max(Duration::from_millis(20)), best(&lots));
            // Four times the findings: about 4 when linear, 16 when quadratic.
            assert!(long < short * 10, "{format:?}: {short:?}, then {long:?}");
        }
    }
}
