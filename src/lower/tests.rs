//! Modern syntax of each language is read whole, past what the grammars do not know.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::facts::{ExprKind, Facts};
use crate::source::Language;
use crate::syntax::{Parsers, error_spans, mend};

/// The facts of a text, how many places are not understood, and which constructs were read past what the grammar knows.
fn read(name: &str, text: &str) -> (Facts, usize, Vec<&'static str>) {
    let language = Language::of(Path::new(name)).unwrap();
    let parsed = Parsers::default().parse_best(language, text).unwrap();
    let names = parsed.mended.iter().map(|(name, _)| *name).collect();
    (super::lower(language, text, &parsed.tree), error_spans(&parsed.tree).len(), names)
}

/// The numbers that `seen` is called with, by the text at the places of the calls.
fn seen(facts: &Facts, text: &str) -> BTreeSet<u32> {
    let calls = facts.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Call { .. }));
    let numbers = calls.filter_map(|call| {
        let digits = call.span.of(text).strip_prefix("seen(")?;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    });
    numbers.collect()
}

#[test]
fn modern_syntax_is_read_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/modern");
    let mut mended = BTreeSet::new();
    for name in ["modern.ts", "modern.tsx", "modern.mts", "modern.js", "modern.go"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let (facts, errors, names) = read(name, &text);
        assert_eq!(errors, 0, "{name}");
        let wanted: BTreeSet<u32> = (1..1000)
            .filter(|n| [")", ","].iter().any(|end| text.contains(&format!("seen({n}{end}"))))
            .collect();
        assert!(!wanted.is_empty());
        assert_eq!(seen(&facts, &text), wanted, "{name}");
        mended.extend(names);
    }
    assert_eq!(mended, mend::names().into_iter().collect(), "each construct stands in one of the files");
}

#[test]
fn what_is_masked_keeps_its_words() {
    let text =
        "import defer * as later from './later';\nclass A<out T> { accessor owner: Map<string, T>; }\n";
    let (facts, errors, _) = read("a.ts", text);
    assert_eq!(errors, 0);
    let names: BTreeSet<&str> = facts.vars.iter().map(|var| facts.name(var.name)).collect();
    assert!(names.contains("later"), "{names:?}");
    let fields: Vec<&str> = facts.fields.iter().map(|field| facts.name(field.name)).collect();
    assert_eq!(fields, ["owner"]);
    let (facts, _, _) = read("a.go", "package a\nfunc f() { x := new(g()); h(new(int)) }\n");
    let called: Vec<&str> = facts.names.iter().map(AsRef::as_ref).collect();
    assert!(called.contains(&"new") && !called.contains(&"ne_"), "{called:?}");
}

#[test]
fn what_begins_with_using_is_declared() {
    let text = "function f() {\n  using file = open();\n  file.read();\n}\n";
    let (facts, errors, _) = read("a.ts", text);
    assert_eq!(errors, 0);
    assert!(facts.vars.iter().any(|var| facts.name(var.name) == "file"));
}

#[test]
fn nothing_is_masked_where_it_does_not_help() {
    for (name, text) in [
        ("a.go", "package a\nfunc f() { x := ; new(int) }\n"),
        ("a.ts", "const a = ;\nlet b: Map<string, number>; f(in out);\n"),
        ("a.tsx", "const a = b & ;\n"),
    ] {
        let (_, errors, names) = read(name, text);
        assert!(errors > 0 && names.is_empty(), "{name}: {names:?}");
    }
}

#[test]
fn a_file_is_not_parsed_for_ever() {
    let line = "const a = new(1; export type * ; <in out T> (string) => accessor x & `>` @(f(;\n";
    for name in ["a.ts", "a.tsx", "a.js", "a.go"] {
        let begun = Instant::now();
        let (_, errors, _) = read(name, &line.repeat(2_000));
        assert!(errors > 0, "{name}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{name}: {:?}", begun.elapsed());
    }
}
