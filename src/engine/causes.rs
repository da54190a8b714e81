//! One finding where one cause shows in many places of a file.
//!
//! Owns: which findings have a cause in common, and how they are told as one. Does not own: findings, nor what was silenced:
//! that is taken out before, so that silencing one place leaves the others.

use rustc_hash::FxHashMap;

use crate::finding::{Evidence, Finding};

use super::MAX_GATHERED;

/// From how many places of one cause on a file has one finding for all of them. Two are as quickly read one by one.
const MANY: usize = 3;

/// Tells findings of one file, in order, that have rule and cause in common as one: the first, with the places of the others.
pub fn gather(findings: Vec<Finding>) -> Vec<Finding> {
    let key = |finding: &Finding| Some((finding.rule.id.clone(), finding.message.clone(), finding.cause?));
    let mut counts: FxHashMap<_, usize> = FxHashMap::default();
    for key in findings.iter().filter_map(key) {
        *counts.entry(key).or_default() += 1;
    }
    let mut first: FxHashMap<_, usize> = FxHashMap::default();
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        let Some(key) = key(&finding).filter(|key| counts[key] >= MANY) else {
            kept.push(finding);
            continue;
        };
        if let Some(at) = first.get(&key) {
            also_at(&mut kept[*at], &finding);
        } else {
            first.insert(key.clone(), kept.len());
            kept.push(told_for(finding, counts[&key]));
        }
    }
    kept
}

fn told_for(mut finding: Finding, places: usize) -> Finding {
    finding.notes.push(format!("{places} places of this file with the same cause"));
    finding
}

fn also_at(finding: &mut Finding, other: &Finding) {
    finding.confidence = finding.confidence.max(other.confidence);
    if finding.evidence.len() < MAX_GATHERED {
        finding.evidence.push(Evidence { place: other.primary, label: "the same here".to_owned() });
    }
}
