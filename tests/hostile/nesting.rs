//! Nesting that no person writes: no stack overflows in parsing, lowering, linking, matching or letting go.

use super::{faultlint, report, status, tree};

const DEPTH: usize = 100_000;

/// Opening, middle and closing part.
type Nest = (&'static str, &'static str, &'static str);

const ECMASCRIPT: [Nest; 22] = [
    ("[", "", "]"),
    ("{a: ", "1", "}"),
    ("(", "f()", ")"),
    ("a ? b : ", "c", ""),
    ("a ? ", "b", " : c"),
    ("a + ", "b", ""),
    ("\"a\" + ", "b", ""),
    ("a ** ", "b", ""),
    ("a && ", "f()", ""),
    ("a ?? ", "f()", ""),
    ("!", "x", ""),
    ("() => ", "x", ""),
    ("function () { return ", "1", "}"),
    ("f(", "", ")"),
    ("`${", "x", "}`"),
    ("b = ", "1", ""),
    ("new ", "X()", ""),
    ("class { x = ", "1", "}"),
    ("x", "", ".then(() => 1)"),
    ("x", "", "?.a"),
    ("x", "", "[0]"),
    ("<a>", "", "</a>"),
];

const STATEMENTS: [Nest; 8] = [
    ("{", "f()", "}"),
    ("if (x) {", "", "}"),
    ("if (a()) { b() } else ", "{ c() }", ""),
    ("try {", "f()", "} catch (e) {}"),
    ("for (;;) ", "f()", ""),
    ("switch (x) { case 1: ", "f()", "}"),
    ("function f() {", "", "}"),
    ("l: ", "x()", ""),
];

const TYPES: [Nest; 6] = [
    ("A<", "B", ">"),
    ("A | ", "B", ""),
    ("() => ", "B", ""),
    ("A extends B ? C : ", "D", ""),
    ("A", "", "[]"),
    ("{ a: ", "B", "}"),
];

const GO: [Nest; 15] = [
    ("_ = (", "f()", ")"),
    ("{", "f()", "}"),
    ("if x {", "", "}"),
    ("if a() { b() } else ", "{ c() }", ""),
    ("_ = a + ", "b", ""),
    ("_ = \"a\" + ", "b", ""),
    ("_ = !", "b", ""),
    ("func() {", "", "}()"),
    ("go func() {", "", "}()"),
    ("defer func() {", "", "}()"),
    ("f(", "", ")"),
    ("x", "", ".f()"),
    ("for {", "", "}"),
    ("switch x { case 1: ", "f()", "}"),
    ("again: {", "goto again", "}"),
];

/// Nested so deeply, with line breaks, or it would pass for minified.
fn nested((open, middle, close): Nest) -> String {
    let repeated = |part: &str| -> String {
        let line = part.repeat(10) + if part.trim().is_empty() { "" } else { "\n" };
        line.repeat(DEPTH / 10)
    };
    format!("{}{middle}{}", repeated(open), repeated(close))
}

/// Runs over files of one kind, all of which must get a status by themselves.
fn survives(files: &[(String, String)]) {
    let named: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let root = tree(&named);
    let found = report(root.path(), &["--threads", "2"]);
    let told = found["files"].as_array().unwrap();
    assert_eq!(told.len(), files.len());
    for file in told {
        let reason = file["reason"].as_str().unwrap_or_default();
        assert!(matches!(reason, "" | "timed-out" | "minified"), "{file}");
    }
    assert!(told.iter().any(|file| file["status"] == "partial"), "what is left out is told");
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 3);
}

fn named(nests: &[Nest], ending: &str, around: impl Fn(&str) -> String) -> Vec<(String, String)> {
    let one = |(number, nest): (usize, &Nest)| (format!("n{number}.{ending}"), around(&nested(*nest)));
    nests.iter().enumerate().map(one).collect()
}

#[test]
fn deep_expressions_overflow_no_stack() {
    survives(&named(&ECMASCRIPT, "jsx", |text| format!("export const y = {text};\n")));
    survives(&named(&ECMASCRIPT, "tsx", |text| format!("export const y = {text};\n")));
}

#[test]
fn deep_statements_and_types_overflow_no_stack() {
    survives(&named(&STATEMENTS, "ts", str::to_owned));
    survives(&named(&TYPES, "ts", |text| format!("type T = {text};\n")));
}

#[test]
fn deep_go_overflows_no_stack() {
    survives(&named(&GO, "go", |text| format!("package p\n\nfunc g() {{\n{text}\n}}\n")));
}

#[test]
fn a_parser_that_is_held_gives_up() {
    let root = tree(&[("a.go", &format!("package x\nfunc f() {{{}}}\n", "g(a, b);".repeat(1_200_000)))]);
    let begun = std::time::Instant::now();
    let found = report(root.path(), &[]);
    assert!(begun.elapsed() < std::time::Duration::from_secs(100), "took {:?}", begun.elapsed());
    let file = &found["files"][0];
    assert!(file["reason"] == "timed-out" || file["status"] == "checked", "a fast machine may do it: {file}");
}
