//! No input loses a call or brings the lowering down.

use tree_sitter::Parser;

use super::lowered;
use crate::facts::{BinaryOp, ExprId, ExprKind, Facts, StmtKind};

const SAMPLE: &str = include_str!("../sample.go.txt");

fn calls(facts: &Facts) -> usize {
    facts.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Call { .. })).count()
}

/// Every call of the tree, reached or not by anything else.
fn calls_written(text: &str) -> usize {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_go::LANGUAGE.into()).unwrap();
    let tree = parser.parse(text, None).unwrap();
    let mut cursor = tree.walk();
    let mut found = 0;
    loop {
        found +=
            usize::from(matches!(cursor.node().kind(), "call_expression" | "type_conversion_expression"));
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// The calls met on the way from the functions' bodies, each once.
fn calls_reached(facts: &Facts) -> usize {
    let mut seen = std::collections::BTreeSet::new();
    let mut todo: Vec<ExprId> = Vec::new();
    for stmt in &facts.stmts {
        match stmt.kind {
            StmtKind::Expr(id) | StmtKind::Defer(id) | StmtKind::Go(id) => todo.push(id),
            StmtKind::If { test, .. } => todo.push(test),
            StmtKind::Loop { test, over, update, .. } => {
                todo.extend([test, over, update].into_iter().flatten());
            }
            StmtKind::Switch { subject, .. } => todo.extend(subject),
            StmtKind::Return(values) => todo.extend(facts.list(values)),
            StmtKind::Send { channel, value } => todo.extend([channel, value]),
            _ => {}
        }
    }
    todo.extend(facts.cases.iter().flat_map(|case| facts.list(case.tests)));
    while let Some(id) = todo.pop() {
        if seen.insert(id) {
            facts.children(id, &mut |child| todo.push(child));
        }
    }
    seen.iter().filter(|id| matches!(facts.expr(**id).kind, ExprKind::Call { .. })).count()
}

#[test]
fn cut_anywhere_nothing_panics_and_no_call_is_lost() {
    assert!(lowered(SAMPLE).health.is_whole());
    for end in 0..=SAMPLE.len() {
        let Some(text) = SAMPLE.get(..end) else { continue };
        let facts = lowered(text);
        assert_eq!(calls(&facts), calls_written(text), "cut at {end}");
        assert_eq!(calls_reached(&facts), calls(&facts), "cut at {end}");
    }
}

#[test]
fn a_hole_anywhere_loses_no_call_either() {
    let mut lost = Vec::new();
    for start in (0..SAMPLE.len()).step_by(3) {
        let (Some(before), Some(after)) = (SAMPLE.get(..start), SAMPLE.get(start + 2..)) else { continue };
        let text = format!("{before}{after}");
        let facts = lowered(&text);
        let counts = (calls_written(&text), calls(&facts), calls_reached(&facts));
        if counts != (counts.0, counts.0, counts.0) {
            lost.push((start, counts));
        }
    }
    assert!(lost.is_empty(), "(place, (written, found, reached)): {lost:?}");
}

fn on_a_worker(text: String) -> Facts {
    let thread = std::thread::Builder::new().stack_size(16 << 20);
    thread.spawn(move || lowered(&text)).unwrap().join().unwrap()
}

#[test]
fn deep_nesting_is_left_out_and_told() {
    const DEEP: usize = 60_000;
    let wrapped = |open: &str, middle: &str, close: &str| {
        format!("package p\nfunc f() {{\n{}{middle}{}\n}}\n", open.repeat(DEEP), close.repeat(DEEP))
    };
    assert!(lowered(&wrapped("x = (", "", "")).functions.len() <= 2);
    for (open, middle, close) in [
        ("{", "g()", "}"),
        ("g(", "1", ")"),
        ("if a { ", "", "}"),
        ("x = []T{", "1", "}"),
        ("var x ", "*T", ""),
        ("-", "1", ""),
    ] {
        let facts = on_a_worker(wrapped(open, middle, close));
        assert!(!facts.health.is_whole(), "{open}");
    }
    let chain = on_a_worker(format!("package p\nfunc f() {{ x{} }}\n", ".y()".repeat(DEEP)));
    assert!(!chain.health.too_deep.is_empty());
    let types = on_a_worker(format!("package p\nvar x {}T\n", "[]".repeat(DEEP)));
    assert!(!types.health.too_deep.is_empty());
}

#[test]
fn long_chains_of_operators_are_shallow_and_whole() {
    let facts = on_a_worker(format!("package p\nvar x = a(){}\n", " + a()".repeat(60_000)));
    assert!(facts.health.is_whole());
    assert_eq!(calls(&facts), 60_001);
    let depth = |mut id: ExprId| {
        let mut depth = 0;
        while let ExprKind::Binary { op: BinaryOp::Add, left, .. } = facts.expr(id).kind {
            (id, depth) = (left, depth + 1);
        }
        depth
    };
    assert!((1..20).contains(&depth(ExprId::from_index(facts.exprs.len() - 2))));
    let mixed = on_a_worker(format!("package p\nvar x = a(){}\n", " + a() - b()".repeat(30_000)));
    assert_eq!(calls_reached(&mixed), 60_001);
}
