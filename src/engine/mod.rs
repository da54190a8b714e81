//! The engine: matches compiled rules against a program. Pure.
//!
//! Owns: events (`events`), steps (`steps`) and their places (`places`), what leads to them (`lead`), ways (`ways`), what is done
//! for want of an answer (`want`), the making of findings (`make`) and what makes one of many (`causes`). Does not own: what a call
//! means (`program`) or what a rule says (`rules`).

mod again;
mod answers;
mod args;
mod aside;
mod attempts;
mod causes;
mod chain;
mod conditions;
mod cycles;
mod events;
mod fails;
mod finishing;
mod gone_over;
mod handed;
mod handing;
mod lead;
mod make;
mod named;
mod noted;
mod numbers;
mod one_record;
mod places;
mod plain;
mod product;
mod reached;
mod remarked;
mod repeats;
mod roots;
mod said;
mod same;
mod served;
mod shared;
mod singled;
mod steps;
mod swept;
mod waits;
mod want;
mod ways;
mod wording;

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::facts::FuncId;
use crate::finding::{Confidence, Cut, Evidence, Finding, Place, Unfinished};
use crate::program::View;
use crate::rules::{Does, Match, Rule, Scope};
use crate::source::Span;
use crate::timing::{Timing, Work};

pub use causes::gather;
pub use events::Everywhere;
use events::Root;
use roots::Roots;

/// What comes of looking at one file.
#[derive(Default)]
pub struct Found {
    /// What the rules found, ordered by place and rule.
    pub findings: Vec<Finding>,
    /// Rules that came to their limits.
    pub unfinished: Vec<Unfinished>,
    /// Functions whose flow was too large to be laid out whole.
    pub cut: Vec<Span>,
}

/// Everything the rules find in the functions of one file.
pub fn check(program: &View<'_>, rules: &[&Rule], everywhere: &Everywhere, timing: &Timing) -> Found {
    let roots = || program.functions().filter_map(|function| Root::of(program, function)).collect();
    let roots = Roots::of(timing.work(Work::Events, roots));
    let cut = roots.iter().filter(|root| root.flow.cut);
    let mut told =
        Found { cut: cut.map(|root| program.head(root.function).span).collect(), ..Found::default() };
    if roots.iter().all(|root| root.events.is_empty()) {
        return told;
    }
    let wanted = |rule: &&&Rule| {
        (rule.front_end || !program.is_front_end())
            && (rule.languages.is_empty() || rule.languages.contains(&program.ecosystem()))
    };
    for rule in rules.iter().filter(wanted) {
        timing.rule(&rule.info.id, || add_found(rule, program, everywhere, &roots, &mut told));
    }
    program.effort.end();
    sort(&mut told.findings);
    hide(&mut told.findings, rules);
    told
}

/// Whether each step of a match may be bound to something in some of the functions of a file: most files, and most functions of
/// the others, do little of what most rules look for.
fn may_hold(matching: &Match, roots: &Roots<'_>, range: &Range<usize>) -> bool {
    matching.steps.iter().filter(|step| step.scope == Scope::Function).all(|step| match &step.does {
        Does::Roles(roles) => roots.play(roles, range),
        Does::Work | Does::Remote | Does::Call => true,
    })
}

/// Whether a match may hold in one function: what it asks to be repeated goes round there.
fn may_hold_in(matching: &Match, program: &View<'_>, roots: &Roots<'_>, root: usize) -> bool {
    may_hold(matching, roots, &(root..root + 1))
        && (matching.steps.iter().all(|step| step.repeated.is_none())
            || !roots[root].cycles(program).is_empty())
}

/// Adds what one rule finds in the functions of a file.
fn add_found(rule: &Rule, program: &View<'_>, everywhere: &Everywhere, roots: &Roots<'_>, told: &mut Found) {
    program.effort.begin_rule();
    let mut of_rule = Vec::new();
    let mut is_cut = false;
    for matching in rule.matches.iter().filter(|matching| may_hold(matching, roots, &(0..roots.len()))) {
        for root in (0..roots.len()).filter(|root| may_hold_in(matching, program, roots, *root)) {
            let search = steps::Search { program, everywhere, roots, root, matching, depth: 0 };
            let (all, may_be_more) = search.all();
            is_cut |= may_be_more;
            let mut plainest = Vec::new();
            // What only pages call is of the front end, wherever it stands.
            if !all.is_empty() && !rule.front_end && program.is_for_browsers(roots[root].function) {
                continue;
            }
            for found in all {
                if let Some(finding) = make::finding(&search, rule, &found) {
                    plain::add(&search, &mut plainest, &found, finding);
                }
            }
            of_rule.extend(plainest.into_iter().map(|told| (told.finding, told.round)));
        }
    }
    if is_cut || program.effort.is_spent() {
        told.unfinished.push(Unfinished { rule: rule.info.id.clone(), cut: Cut::Work });
    }
    told.findings.extend(one_each_round(of_rule));
}

/// Keeps one finding of a rule for each way round that calls are repeated by, the surest and first; the others are places of it.
fn one_each_round(mut found: Vec<(Finding, Option<Place>)>) -> Vec<Finding> {
    found.sort_by_key(|(finding, _)| (std::cmp::Reverse(finding.confidence), finding.primary));
    let mut kept: Vec<(Finding, Option<Place>)> = Vec::new();
    for (finding, round) in found {
        let same = kept.iter_mut().find(|(_, known)| round.is_some() && *known == round);
        match same {
            Some((known, _)) if known.primary != finding.primary => {
                let label = finding.label.unwrap_or_else(|| "and this with it".to_owned());
                add_evidence(known, vec![Evidence { place: finding.primary, label }]);
            }
            _ => kept.push((finding, round)),
        }
    }
    kept.into_iter().map(|(finding, _)| finding).collect()
}

/// Leaves out what another finding of the same place says as well, by what rules say of each other.
pub fn hide(findings: &mut Vec<Finding>, rules: &[&Rule]) {
    // How sure the surest is that hides a rule at a place.
    let mut hidden: FxHashMap<(Place, &str), Confidence> = FxHashMap::default();
    for finding in &*findings {
        let by = rules.iter().filter(|rule| rule.info.id == finding.rule.id);
        for hides in by.flat_map(|rule| &rule.hides) {
            let sure = hidden.entry((finding.primary, hides)).or_insert(finding.confidence);
            *sure = finding.confidence.max(*sure);
        }
    }
    if !hidden.is_empty() {
        findings.retain(|finding| {
            let surest = hidden.get(&(finding.primary, finding.rule.id.as_str()));
            surest.is_none_or(|sure| *sure < finding.confidence)
        });
    }
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
    program.facts.symbol(function)
}
