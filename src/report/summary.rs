//! The numbers of a run.
//!
//! Owns: counting. Does not own: what is counted, or how it is put.

use std::collections::BTreeMap;

use serde::Serialize;

use super::text::{self, counted};
use crate::finding::{FileReport, FileStatus, RunReport, Severity};

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files seen.
    pub files: usize,
    /// Files parsed whole.
    pub checked: usize,
    /// Files of which something was not understood.
    pub partial: usize,
    /// Of those, files of front ends, which few rules look at.
    pub front_end: usize,
    /// Files not looked at, by reason.
    pub skipped: BTreeMap<&'static str, usize>,
    /// Files in which a rule's query came to its limits.
    #[serde(skip_serializing_if = "is_none")]
    pub unfinished: usize,
    /// Constructs that the grammars do not know and that were read all the same: at how many places.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub mended: BTreeMap<String, usize>,
    /// Libraries that look like clients of other systems and have no model.
    #[serde(skip_serializing_if = "is_none")]
    pub unmodelled: usize,
    /// Findings.
    pub findings: usize,
    /// Findings by severity.
    pub by_severity: BySeverity,
    /// Findings that comments silenced.
    pub suppressed: usize,
    /// Findings that the baseline knows.
    pub in_baseline: usize,
    /// Entries of the baseline for which nothing is found any more.
    pub stale: usize,
    /// Where only a change is told of: findings on lines that did not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unchanged: Option<usize>,
    /// Where only a change is told of: the files that are looked at which it touches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touched: Option<usize>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

/// A number for each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each is its name")]
pub struct BySeverity {
    pub critical: usize,
    pub high: usize,
    pub medium: usize,
    pub low: usize,
}

impl Summary {
    /// Counts.
    pub fn of(report: &RunReport) -> Self {
        let mut summary = Self {
            unmodelled: report.unmodelled.len(),
            findings: report.findings.len(),
            suppressed: report.suppressed,
            in_baseline: report.baseline.as_ref().map_or(0, |used| used.hidden),
            stale: report.baseline.as_ref().map_or(0, |used| used.stale.len()),
            unchanged: report.unchanged,
            touched: report.touched,
            ..Self::of_files(&report.files)
        };
        for finding in &report.findings {
            *summary.by_severity.of(finding.rule.severity) += 1;
        }
        summary
    }

    /// Counts how files fared.
    pub(super) fn of_files<'f>(files: impl IntoIterator<Item = &'f FileReport>) -> Self {
        let mut summary = Self::default();
        for file in files {
            summary.files += 1;
            for (name, places) in &file.mended {
                *summary.mended.entry(name.clone()).or_default() += places;
            }
            summary.front_end += usize::from(file.front_end);
            summary.unfinished += usize::from(!file.unfinished.is_empty());
            match &file.status {
                FileStatus::Checked => summary.checked += 1,
                FileStatus::Partial { .. } => summary.partial += 1,
                FileStatus::Skipped(reason) => *summary.skipped.entry(text::reason(reason)).or_default() += 1,
            }
        }
        summary
    }

    /// `12 files: 10 checked, 1 partly parsed, 1 skipped (1 generated)`
    pub fn files_in_words(&self) -> String {
        if self.files == 0 {
            return "no TypeScript, JavaScript or Go file was found".to_owned();
        }
        let mut parts = vec![format!("{} checked", self.checked)];
        if self.partial > 0 {
            parts.push(format!("{} partly parsed", self.partial));
        }
        if self.unfinished > 0 {
            parts.push(format!("{} not wholly searched", self.unfinished));
        }
        let skipped: usize = self.skipped.values().sum();
        if skipped > 0 {
            parts.push(format!("{skipped} skipped ({})", skipped_in_words(&self.skipped)));
        }
        format!("{}: {}", counted(self.files, "file"), parts.join(", "))
    }

    /// `3 findings: 1 critical, 2 low; 1 silenced by a comment`
    pub fn findings_in_words(&self) -> String {
        let BySeverity { critical, high, medium, low } = self.by_severity;
        let by_severity = [(critical, "critical"), (high, "high"), (medium, "medium"), (low, "low")];
        let parts: Vec<String> = by_severity
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        let words = if parts.is_empty() {
            "no findings".to_owned()
        } else {
            format!("{}: {}", counted(self.findings, "finding"), parts.join(", "))
        };
        let silenced = match self.suppressed {
            0 => String::new(),
            1 => "; 1 silenced by a comment".to_owned(),
            count => format!("; {count} silenced by comments"),
        };
        let unchanged = match self.unchanged {
            None | Some(0) => String::new(),
            Some(count) => format!("; {} on unchanged lines not shown", counted(count, "finding")),
        };
        let baseline = match self.in_baseline {
            0 => String::new(),
            count => format!("; {count} in the baseline"),
        };
        words + &silenced + &baseline + &unchanged
    }
}

/// `3 generated, 12 test`
pub(super) fn skipped_in_words(skipped: &BTreeMap<&'static str, usize>) -> String {
    let reasons: Vec<String> = skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    reasons.join(", ")
}

impl BySeverity {
    const fn of(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Low => &mut self.low,
            Severity::Medium => &mut self.medium,
            Severity::High => &mut self.high,
            Severity::Critical => &mut self.critical,
        }
    }
}

/// What was seen and could not be told, in words; none when there was nothing to see.
pub fn coverage_in_words(report: &RunReport) -> Option<String> {
    let coverage = report.coverage;
    if coverage.functions == 0 {
        return None;
    }
    let calls = coverage.calls;
    let mut parts = vec![format!(
        "{} and {} analysed, {} with a known role",
        counted(coverage.functions, "function"),
        counted(calls.seen, "call"),
        calls.with_role
    )];
    if calls.lost() > 0 {
        let receivers = match calls.receiver {
            0 => String::new(),
            count => format!(" ({count} of them on a receiver that is not known)"),
        };
        parts.push(format!(
            "{} of something that could not be told{receivers}",
            counted(calls.lost(), "call")
        ));
    }
    if coverage.receivers.name > 0 {
        parts.push(format!("{} told by name alone", counted(coverage.receivers.name, "receiver")));
    }
    let imports = coverage.imports;
    if imports.resolved < imports.of_tree {
        let lost = imports.of_tree - imports.resolved;
        parts.push(format!("{} of the tree not followed", counted(lost, "import")));
    }
    if coverage.functions_damaged > 0 {
        parts.push(format!("{} only in part", counted(coverage.functions_damaged, "function")));
    }
    let mended: usize = report.files.iter().flat_map(|file| &file.mended).map(|(_, places)| places).sum();
    if mended > 0 {
        parts.push(format!("{} read past what the grammar knows", counted(mended, "construct")));
    }
    Some(parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn counts_everything_once() {
        let summary = Summary::of(&samples::report());
        let skipped: usize = summary.skipped.values().sum();
        assert_eq!(summary.checked + summary.partial + skipped, summary.files);
        assert_eq!(summary.files_in_words(), "4 files: 2 checked, 1 partly parsed, 1 skipped (1 not-utf8)");
        assert_eq!(
            summary.findings_in_words(),
            "2 findings: 1 critical, 1 low; 1 silenced by a comment; 2 in the baseline"
        );
    }

    #[test]
    fn nothing_is_said_as_nothing() {
        let summary = Summary::of(&RunReport::default());
        assert_eq!(summary.findings_in_words(), "no findings");
        assert_eq!(summary.files_in_words(), "no TypeScript, JavaScript or Go file was found");
        assert_eq!(coverage_in_words(&RunReport::default()), None);
    }

    #[test]
    fn what_a_change_does_not_touch_is_counted() {
        let words = |unchanged| Summary { unchanged, ..Summary::default() }.findings_in_words();
        assert_eq!(words(Some(1)), "no findings; 1 finding on unchanged lines not shown");
        assert_eq!(words(Some(12)), "no findings; 12 findings on unchanged lines not shown");
        assert_eq!(words(Some(0)), "no findings");
    }
}
