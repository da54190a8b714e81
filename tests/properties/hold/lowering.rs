//! Source code: from text to facts, and what is made of the facts of one file.

use std::sync::Arc;

use faultlint::facts::outline::Outline;
use faultlint::facts::{ExprKind, Facts, show};
use faultlint::finding::{Confidence, Finding, Identity, Persona, Place, RuleInfo, Severity};
use faultlint::fingerprint;
use faultlint::source::{Date, Language, SourceFile, Span};
use faultlint::suppress::{Ignores, RuleNames};
use faultlint::syntax::Parsers;

/// How deep expressions may lie in one another: what comes after recurses into them. The builder bounds nesting as it is written;
/// one level may become a few expressions.
const DEEPEST: u32 = 4 * faultlint::facts::build::MAX_DEPTH;

/// A text in each of these languages.
pub(super) fn holds(languages: &[Language], bytes: &[u8]) {
    let Ok(source) = SourceFile::of_bytes("fuzz", bytes.to_vec()) else { return };
    for language in languages {
        let facts = facts_of(*language, &source.text);
        is_sound(&facts, &source.text);
        is_shallow(&facts);
        comes_back_equal(&facts);
        let again = facts_of(*language, &source.text);
        assert_eq!(written(&facts), written(&again), "the same text twice gives the same facts");
        show::show(&facts);
        stays_the_same_when_silenced(*language, &facts, &source);
    }
}

fn facts_of(language: Language, text: &str) -> Facts {
    let parsed = Parsers::default().parse_best(language, text);
    let parsed = parsed.unwrap_or_else(|error| panic!("{language:?}: {error}"));
    faultlint::lower::lower(language, text, &parsed.tree)
}

fn written(facts: &Facts) -> Vec<u8> {
    postcard::to_stdvec(facts).unwrap_or_else(|error| panic!("{error}"))
}

fn comes_back_equal(facts: &Facts) {
    let bytes = written(facts);
    let read: Facts = postcard::from_bytes(&bytes).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(written(&read), bytes, "facts come back as they were written");
}

/// Every span lies in the text and between characters, and every list in its arena.
fn is_sound(facts: &Facts, text: &str) {
    for span in spans(facts) {
        let Span { start, end } = span;
        assert!(
            start <= end && text.get(start as usize..end as usize).is_some(),
            "{span:?} lies in the text"
        );
    }
    let errors = &facts.health.errors;
    assert!(errors.windows(2).all(|pair| pair[0].end <= pair[1].start), "errors in order: {errors:?}");
    assert!(facts.comments.is_sorted(), "comments in order");
    for expr in &facts.exprs {
        match expr.kind {
            ExprKind::Name { name, .. } | ExprKind::Str(name) | ExprKind::Regex(name) => {
                assert!(name.index() < facts.names.len());
            }
            ExprKind::Call { args: items, .. } | ExprKind::Template(items) | ExprKind::Opaque(items) => {
                assert!(items.range().end <= facts.expr_lists.len());
            }
            _ => {}
        }
    }
    assert!(facts.stmt_lists.iter().all(|id| id.index() < facts.stmts.len()));
    assert!(facts.functions.iter().all(|function| function.body.range().end <= facts.stmt_lists.len()));
    assert!(facts.typed_calls.is_sorted_by_key(|(call, _)| *call), "typed calls in order");
}

/// Every span there is in facts.
fn spans(facts: &Facts) -> impl Iterator<Item = Span> {
    let health = &facts.health;
    let plain = facts.comments.iter().chain(&health.errors).chain(&health.too_deep).copied();
    plain
        .chain(facts.exprs.iter().map(|expr| expr.span))
        .chain(facts.stmts.iter().map(|stmt| stmt.span))
        .chain(facts.props.iter().map(|prop| prop.span))
        .chain(facts.cases.iter().map(|case| case.span))
        .chain(facts.binds.iter().map(|bind| bind.span))
        .chain(facts.vars.iter().map(|var| var.span))
        .chain(facts.functions.iter().flat_map(|function| [function.span, function.head]))
        .chain(facts.params.iter().map(|param| param.span))
        .chain(facts.types.iter().map(|def| def.span))
        .chain(facts.fields.iter().map(|field| field.span))
        .chain(facts.type_refs.iter().map(|ty| ty.span))
        .chain(facts.imports.iter().map(|import| import.span))
        .chain(facts.exports.iter().map(|export| export.span))
}

/// Parts come before the whole, and lie no deeper in one another than what comes after can follow.
fn is_shallow(facts: &Facts) {
    let mut depths: Vec<u32> = Vec::with_capacity(facts.exprs.len());
    for index in 0..facts.exprs.len() {
        let mut depth = 0;
        facts.children(faultlint::facts::ExprId::from_index(index), &mut |part| {
            assert!(part.index() < index, "expression {index} comes after its part {}", part.index());
            depth = depth.max(depths[part.index()] + 1);
        });
        assert!(depth <= DEEPEST, "expression {index} is {depth} deep");
        depths.push(depth);
    }
}

/// Ignore comments and fingerprints can be asked of a finding at any call. Every finding is kept or silenced, and what was
/// silenced once is silenced again.
fn stays_the_same_when_silenced(language: Language, facts: &Facts, source: &SourceFile) {
    let outline = Outline::of(facts, &source.text);
    let ignores = Ignores::collect(facts, source);
    let mut findings = at_calls(facts);
    fingerprint::identify(&mut findings, &outline, source, language);
    let names = RuleNames {
        all: ["a/one".to_owned()].into_iter().collect(),
        ran: ["a/one".to_owned()].into_iter().collect(),
    };
    let Some(today) = Date::read("2026-01-31") else { panic!("a day") };
    let apply = |findings: Vec<Finding>| ignores.clone().apply(findings, 0, &names, today);
    let first = apply(findings.clone());
    assert_eq!(first.kept.len() + first.silenced.len(), findings.len());
    assert!(apply(first.silenced.clone()).kept.is_empty(), "what is silenced is silenced again");
    assert!(apply(first.kept).silenced.is_empty(), "what is kept is kept again");
}

/// A finding at each of the first calls.
fn at_calls(facts: &Facts) -> Vec<Finding> {
    let rule = Arc::new(RuleInfo {
        id: "a/one".to_owned(),
        summary: String::new(),
        why: String::new(),
        remedy: String::new(),
        fixes: Vec::new(),
        limits: None,
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Gate,
        references: Vec::new(),
    });
    let calls = facts.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Call { .. }));
    let finding = |span: Span| Finding {
        rule: Arc::clone(&rule),
        confidence: Confidence::High,
        message: String::new(),
        primary: Place { file: 0, span },
        label: None,
        evidence: Vec::new(),
        gathers: false,
        cause: None,
        notes: Vec::new(),
        symbol: facts.symbol_at(span),
        identity: Identity::default(),
    };
    let mut found: Vec<Finding> = calls.take(30).map(|call| finding(call.span)).collect();
    found.sort_by_key(|finding| finding.primary);
    found
}
