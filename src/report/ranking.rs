//! Which findings come first where not all of them fit.
//!
//! Owns: that order. Does not own: how many fit, or saying what was left out, which are each format's.

use std::cmp::Reverse;

use crate::finding::RunReport;

/// The positions of the findings, worst first, then surest, then as reported.
pub(super) fn worst_first(report: &RunReport) -> Vec<usize> {
    let mut order: Vec<usize> = (0..report.findings.len()).collect();
    order.sort_by_key(|&position| {
        let finding = &report.findings[position];
        (Reverse(finding.rule.severity), Reverse(finding.confidence))
    });
    order
}

/// Whether each finding is among the `most` that are worst.
pub(super) fn worst(report: &RunReport, most: usize) -> Vec<bool> {
    let mut kept = vec![false; report.findings.len()];
    for position in worst_first(report).into_iter().take(most) {
        kept[position] = true;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Severity};
    use crate::report::samples;

    #[test]
    fn the_worst_come_first_and_then_the_surest() {
        let mut report = samples::report();
        let low = report.findings[1].clone();
        let unsure = crate::finding::Finding { confidence: Confidence::Low, ..report.findings[0].clone() };
        report.findings = vec![low.clone(), unsure, report.findings[0].clone(), low];
        assert_eq!(report.findings[0].rule.severity, Severity::Low);
        assert_eq!(worst_first(&report), [2, 1, 0, 3]);
        assert_eq!(worst(&report, 3), [true, true, true, false]);
    }
}
