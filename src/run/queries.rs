//! Rules that ask the syntax of each file by itself.
//!
//! Owns: asking them while a file's tree is at hand, making findings of the answers, and what counts of them in the end. Does not
//! own: queries (`syntax::query`), what a rule says of them (`rules`).

use std::sync::Arc;

use crate::engine;
use crate::facts::Facts;
use crate::finding::{Cut, Evidence, Finding, Identity, Place, RuleInfo, Unfinished};
use crate::rules::{QueryMatch, Rule};
use crate::source::{Language, Span};
use crate::syntax::Tree;
use crate::syntax::query::Stop;

/// What the queries of all rules gave in one file.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// What they found, in no order; the file is not known yet.
    findings: Vec<Finding>,
    /// Rules that did not see all of it.
    pub(super) unfinished: Vec<Unfinished>,
}

impl Answers {
    /// Asks the rules of a file.
    pub(super) fn of(rules: &[&Rule], language: Language, tree: &Tree, text: &str, facts: &Facts) -> Self {
        let mut answers = Self::default();
        for rule in rules {
            for query in &rule.queries {
                answers.ask(rule, query, language, tree, (text, facts));
            }
        }
        answers.unfinished.sort();
        answers.unfinished.dedup();
        answers
    }

    fn ask(
        &mut self,
        rule: &Rule,
        asked: &QueryMatch,
        language: Language,
        tree: &Tree,
        (text, facts): (&str, &Facts),
    ) {
        let Some(query) = asked.for_language(language) else { return };
        let answer = query.run(tree, text, asked.limits);
        self.unfinished.extend(answer.stopped.map(|stop| {
            let cut = match stop {
                Stop::Matches => Cut::Matches,
                Stop::Time => Cut::Time,
                Stop::Grammar => Cut::Grammar,
            };
            Unfinished { rule: rule.info.id.clone(), cut }
        }));
        let findings =
            answer.matches.iter().filter_map(|found| finding(&rule.info, asked, found, text, facts));
        self.findings.extend(findings);
    }

    /// Puts what counts of it among what else was found in the file, which stands at this position of the report.
    pub(super) fn add_to(
        &mut self,
        findings: &mut Vec<Finding>,
        rules: &[&Rule],
        (file, front_end): (usize, bool),
    ) {
        let counts = |id: &str| {
            let rule = rules.iter().find(|rule| rule.info.id == id);
            rule.is_some_and(|rule| rule.front_end || !front_end)
        };
        self.unfinished.retain(|rule| counts(&rule.rule));
        let mut found = std::mem::take(&mut self.findings);
        found.retain(|finding| counts(&finding.rule.id));
        if found.is_empty() {
            return;
        }
        for finding in &mut found {
            finding.primary.file = file;
            for evidence in &mut finding.evidence {
                evidence.place.file = file;
            }
        }
        findings.append(&mut found);
        engine::sort(findings);
        engine::hide(findings, rules);
    }
}

/// The finding of a match; none where nothing is at the place to report.
fn finding(
    rule: &Arc<RuleInfo>,
    asked: &QueryMatch,
    found: &[(u32, Span)],
    text: &str,
    facts: &Facts,
) -> Option<Finding> {
    let place = |span: Span| Place { file: 0, span };
    let captured = |wanted: u32| found.iter().filter(move |(capture, _)| *capture == wanted);
    let primary = captured(asked.at).map(|(_, span)| *span).find(|span| !span.is_empty())?;
    let mut evidence: Vec<Evidence> = Vec::new();
    for (capture, label) in &asked.labels {
        for (_, span) in captured(*capture) {
            if *span != primary && !evidence.iter().any(|known| known.place.span == *span) {
                evidence.push(Evidence { place: place(*span), label: label.said(found, text) });
            }
        }
    }
    let message = asked.message.as_ref();
    Some(Finding {
        rule: Arc::clone(rule),
        confidence: rule.confidence,
        message: message.map_or_else(|| rule.summary.clone(), |message| message.said(found, text)),
        primary: place(primary),
        label: asked.label.as_ref().map(|label| label.said(found, text)),
        evidence,
        gathers: false,
        cause: None,
        notes: Vec::new(),
        symbol: facts.symbol_at(primary),
        identity: Identity::default(),
    })
}
