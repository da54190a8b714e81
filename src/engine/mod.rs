//! The engine: matches compiled rules against a program. Pure.
//!
//! Owns: events (`events`), steps (`steps`) and their places (`places`), what leads to them (`lead`), ways (`ways`) and the making of findings (`make`). Does not own: what a call
//! means (`program`) or what a rule says (`rules`).

mod args;
mod events;
mod lead;
mod make;
mod named;
mod places;
mod steps;
mod ways;

use crate::facts::FuncId;
use crate::finding::Finding;
use crate::program::View;
use crate::rules::Rule;

pub use events::Everywhere;
use events::Root;

/// Everything the rules find in the functions of one file; ordered by place and rule.
pub fn check(program: &View<'_>, rules: &[&Rule], everywhere: &Everywhere) -> Vec<Finding> {
    let roots: Vec<Root> = program.functions().filter_map(|function| Root::of(program, function)).collect();
    if roots.iter().all(|root| root.events.is_empty()) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for rule in rules {
        for matching in &rule.matches {
            for root in 0..roots.len() {
                let search = steps::Search { program, everywhere, roots: &roots, root, matching };
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
    findings.dedup_by(|b, a| a.primary == b.primary && a.rule.id == b.rule.id);
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
