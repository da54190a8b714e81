//! What of the findings is told: without those that the baseline knows, and those of one cause as one.
//!
//! Owns: handing a run over to `baseline` and `engine`. Does not own: what is known, or what a cause is.

use std::path::PathBuf;

use super::Settings;
use super::forest::Forest;
use crate::baseline::{self, Findings, Seen};
use crate::engine;
use crate::finding::{Finding, RunReport};
use crate::suppress::RuleNames;

/// Takes out the findings that the baseline knows.
pub(super) fn leave_out(
    report: &mut RunReport,
    findings: &mut Findings,
    settings: &Settings,
    forest: &Forest,
    names: &RuleNames,
) {
    let Some(baseline) = &settings.baseline else { return };
    let places: Vec<PathBuf> = forest.walked.files.iter().map(|file| file.path.clone()).collect();
    let seen = Seen {
        directory: &forest.directory,
        paths: &settings.paths,
        files: &report.files,
        places: &places,
        only: forest.buffer,
        ran: names.ran.iter().map(String::as_str).collect(),
        known: &names.all,
    };
    report.baseline = Some(baseline::compare(baseline, &seen, findings));
}

/// Findings, by file, with those of one cause told as one.
pub(super) fn gathered(findings: Vec<Finding>) -> Vec<Finding> {
    let mut told = Vec::with_capacity(findings.len());
    let mut of_file: Vec<Finding> = Vec::new();
    for finding in findings {
        if of_file.last().is_some_and(|last| last.primary.file != finding.primary.file) {
            told.extend(engine::gather(std::mem::take(&mut of_file)));
        }
        of_file.push(finding);
    }
    told.extend(engine::gather(of_file));
    told
}
