//! The engine: matches compiled rules against a program. Pure.
//!
//! Owns: events (`events`), steps (`steps`) and their places (`places`), what leads to them (`lead`), ways (`ways`), what is done
//! for want of an answer (`want`), the making of findings (`make`) and what makes one of many (`causes`). Does not own: what a call
//! means (`program`) or what a rule says (`rules`).

mod args;
mod causes;
mod chain;
mod cycles;
mod events;
mod handed;
mod lead;
mod make;
mod named;
mod numbers;
mod places;
mod product;
mod repeats;
mod steps;
mod want;
mod ways;

use crate::facts::FuncId;
use crate::finding::{Evidence, Finding};
use crate::program::View;
use crate::rules::Rule;

pub use causes::gather;
pub use events::Everywhere;
use events::Root;

/// Everything the rules find in the functions of one file; ordered by place and rule.
pub fn check(program: &View<'_>, rules: &[&Rule], everywhere: &Everywhere) -> Vec<Finding> {
    let roots: Vec<Root> = program.functions().filter_map(|function| Root::of(program, function)).collect();
    if roots.iter().all(|root| root.events.is_empty()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let wanted = |rule: &&&Rule| {
        (rule.front_end || !program.is_front_end())
            && (rule.languages.is_empty() || rule.languages.contains(&program.ecosystem()))
    };
    for rule in rules.iter().filter(wanted) {
        for matching in &rule.matches {
            for root in 0..roots.len() {
                let search = steps::Search { program, everywhere, roots: &roots, root, matching, depth: 0 };
                for found in search.all() {
                    findings.extend(make::finding(&search, rule, &found));
                }
            }
        }
    }
    sort(&mut findings);
    findings
}

/// Puts findings in order of place and rule, and keeps one of each: the surest, then the one that explains most.
pub fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a: &Finding, b: &Finding| {
        let key =
            |f: &Finding| (f.primary, f.rule.id.clone(), std::cmp::Reverse((f.confidence, f.evidence.len())));
        key(a).cmp(&key(b))
    });
    findings.dedup_by(|b, a| {
        let same = a.primary == b.primary && a.rule.id == b.rule.id;
        if same && a.gathers {
            add_evidence(a, std::mem::take(&mut b.evidence));
        }
        same
    });
}

/// How many places a finding shows that gathers those of many functions.
const MAX_GATHERED: usize = 20;

/// Adds the places of a finding of the same fault elsewhere.
fn add_evidence(finding: &mut Finding, more: Vec<Evidence>) {
    for evidence in more {
        if !finding.evidence.iter().any(|known| known.place == evidence.place) {
            finding.evidence.push(evidence);
        }
    }
}

/// Leaves findings that gather places of many functions no more of them than people read.
pub fn shorten(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.gathers) {
        finding.evidence.sort_by_key(|evidence| evidence.place);
        let left = finding.evidence.len().saturating_sub(MAX_GATHERED);
        if left > 0 {
            finding.evidence.truncate(MAX_GATHERED);
            finding.notes.push(format!("{left} more places like these"));
        }
    }
}

/// The name of a function as people say it: `Class.method`, or the nearest one around that has a name.
pub(crate) fn symbol(program: &View<'_>, function: FuncId) -> String {
    let facts = program.facts;
    let mut at = Some(function);
    while let Some(id) = at {
        let info = facts.function(id);
        let owner = info.owner.and_then(|owner| facts.type_def(owner).name).or(info.owner_name);
        match (owner, info.name) {
            (Some(owner), Some(name)) => return format!("{}.{}", facts.name(owner), facts.name(name)),
            (Some(owner), None) => return facts.name(owner).to_owned(),
            (None, Some(name)) => return facts.name(name).to_owned(),
            (None, None) => at = info.parent,
        }
    }
    String::new()
}
