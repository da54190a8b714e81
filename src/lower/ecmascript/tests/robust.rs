//! Input that is broken, or made to hurt.

use super::{body, facts_in};
use crate::facts::{ExprKind, Facts, StmtKind};
use crate::source::Language;

const SAMPLE: &str = include_str!("sample.ts.txt");

/// Lowers on a stack as small as a worker's.
fn on_a_worker(text: String, language: Language) -> Facts {
    let worker = std::thread::Builder::new().stack_size(16 << 20).spawn(move || facts_in(language, &text));
    worker.unwrap().join().unwrap()
}

#[test]
fn the_sample_is_understood() {
    let f = facts_in(Language::TypeScript, SAMPLE);
    assert!(f.health.is_whole(), "{:?}", f.health);
    assert_eq!(SAMPLE.lines().count(), 60);
}

#[test]
fn a_text_cut_anywhere_is_lowered() {
    for end in (0..SAMPLE.len()).filter(|end| SAMPLE.is_char_boundary(*end)) {
        let text = &SAMPLE[..end];
        // The other grammars recover much alike: every fifth cut is enough.
        let others = [Language::Tsx, Language::JavaScript].into_iter().filter(|_| end % 5 == 0);
        for language in others.chain([Language::TypeScript]) {
            let f = facts_in(language, text);
            assert!(f.exprs.iter().all(|e| e.span.end as usize <= end));
        }
    }
}

#[test]
fn a_text_without_its_beginning_is_lowered() {
    for start in (0..SAMPLE.len()).step_by(3).filter(|start| SAMPLE.is_char_boundary(*start)) {
        facts_in(Language::TypeScript, &SAMPLE[start..]);
    }
}

#[test]
fn calls_survive_errors() {
    for (text, name) in [
        ("function f(a { kept(1); }", "kept"),
        ("class A { m() { if (x { kept(); } } }", "kept"),
        ("const a = { b: c d kept() };", "kept"),
        ("f(a, , kept() b)", "kept"),
        ("case 1: kept(); break;", "kept"),
        ("} else { kept() }", "kept"),
    ] {
        let f = facts_in(Language::TypeScript, text);
        assert!(!f.health.is_whole(), "{text}");
        let is_kept = |e: &crate::facts::Expr| {
            matches!(e.kind, ExprKind::Call { .. }) && e.span.of(text).starts_with(name)
        };
        assert!(f.exprs.iter().any(is_kept), "{text}: {}", body(&f));
    }
}

#[test]
fn deep_nesting_is_cut_and_told_of() {
    const DEPTH: usize = 60_000;
    for (open, middle, close) in [
        ("[", "", "]"),
        ("({a:", "1", "})"),
        ("if (x) {", "", "}"),
        ("f(", "", ")"),
        ("!", "x", ""),
        ("() => ", "x", ""),
        ("a ? b : ", "x", ""),
        ("x = ", "1", ""),
        ("`${", "x", "}`"),
        ("class A { x = ", "1", "}"),
        ("function f() {", "", "}"),
        ("l: ", "x", ""),
        ("await ", "x", ""),
        ("namespace N {", "", "}"),
    ] {
        let text = [open.repeat(DEPTH).as_str(), middle, close.repeat(DEPTH).as_str()].concat();
        let f = on_a_worker(text, Language::TypeScript);
        assert!(!f.health.too_deep.is_empty(), "{open}");
    }
    let types = ["let x: ", &"A<".repeat(DEPTH), "B", &">".repeat(DEPTH)].concat();
    assert!(!on_a_worker(types, Language::TypeScript).health.too_deep.is_empty());
    let patterns = ["const ", &"[".repeat(DEPTH), "a", &"]".repeat(DEPTH), " = x"].concat();
    assert!(!on_a_worker(patterns, Language::TypeScript).health.too_deep.is_empty());
    let markup = ["<a>".repeat(DEPTH), "</a>".repeat(DEPTH)].concat();
    assert!(!on_a_worker(markup, Language::Tsx).health.too_deep.is_empty());
    let calls = ["x", &".f()".repeat(DEPTH)].concat();
    assert!(!on_a_worker(calls, Language::JavaScript).health.too_deep.is_empty());
}

#[test]
fn parentheses_cost_no_depth() {
    let f =
        on_a_worker(["(".repeat(60_000), "f()".into(), ")".repeat(60_000)].concat(), Language::TypeScript);
    assert!(f.health.is_whole());
    assert_eq!(body(&f), "f?()");
}

#[test]
fn long_chains_keep_every_part() {
    let calls = |f: &Facts| f.exprs.iter().filter(|e| matches!(e.kind, ExprKind::Call { .. })).count();
    let f = on_a_worker(vec!["f()"; 60_000].join(" + "), Language::TypeScript);
    assert_eq!((calls(&f), f.health.too_deep.len()), (60_000, 1));
    let f = on_a_worker(vec!["if (a()) { b() }"; 60_000].join(" else "), Language::TypeScript);
    assert_eq!((calls(&f), f.health.too_deep.len()), (120_000, 1));
    assert_eq!(f.stmts.iter().filter(|s| matches!(s.kind, StmtKind::If { .. })).count(), 60_000);
    let f = on_a_worker(vec!["f()"; 150].join(" + "), Language::TypeScript);
    assert!(f.health.is_whole());
    let union = ["type U = ", &vec!["A"; 60_000].join(" | ")].concat();
    assert!(on_a_worker(union, Language::TypeScript).health.is_whole());
}
