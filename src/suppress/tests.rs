use std::sync::Arc;

use super::*;
use crate::facts::build::Builder;
use crate::facts::{Stmt, StmtKind};
use crate::finding::{Confidence, Identity, Persona, RuleInfo, Severity};
use crate::source::Language;

/// Facts with these pieces of the text as statements, and its comments.
fn facts(text: &str, statements: &[&str]) -> Facts {
    let mut facts = Builder::new(Language::TypeScript, Span::new(0, length(text))).finish();
    for piece in statements {
        facts.stmts.push(Stmt { span: span_of(text, piece), kind: StmtKind::Break(None) });
    }
    let mut from = 0;
    while let Some(start) = text[from..].find('/').map(|at| from + at) {
        let end = match &text[start..start + 2] {
            "//" => start + text[start..].find('\n').unwrap_or(text.len() - start),
            "/*" => start + text[start..].find("*/").unwrap() + 2,
            _ => {
                from = start + 1;
                continue;
            }
        };
        facts.comments.push(Span::new(u32::try_from(start).unwrap(), u32::try_from(end).unwrap()));
        from = end;
    }
    facts
}

fn span_of(text: &str, piece: &str) -> Span {
    let start =
        u32::try_from(text.find(piece).unwrap_or_else(|| panic!("{piece:?} is not in the text"))).unwrap();
    Span::new(start, start + length(piece))
}

fn finding(rule: &str, span: Span) -> Finding {
    let rule = Arc::new(RuleInfo {
        id: rule.to_owned(),
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
    Finding {
        rule,
        confidence: Confidence::High,
        message: String::new(),
        primary: Place { file: 0, span },
        label: None,
        evidence: Vec::new(),
        gathers: false,
        cause: None,
        notes: Vec::new(),
        symbol: String::new(),
        identity: Identity::default(),
    }
}

fn names() -> RuleNames {
    let all: BTreeSet<String> = ["a/one", "a/two", "b/one-more", "audit/quiet"].map(str::to_owned).into();
    let ran = all.iter().filter(|id| !id.starts_with("audit")).cloned().collect();
    RuleNames { all, ran }
}

fn today() -> Date {
    Date::read("2026-06-15").unwrap()
}

/// Which of the places, each a finding of `a/one`, are silenced; and the problems.
fn silenced<'t>(
    text: &str,
    statements: &[&str],
    places: &[&'t str],
) -> (Vec<&'t str>, Vec<SuppressionProblem>) {
    let source = SourceFile::new("a.ts", text);
    let ignores = Ignores::collect(&facts(text, statements), &source);
    let findings = places.iter().map(|place| finding("a/one", span_of(text, place))).collect();
    let result = ignores.apply(findings, 0, &names(), today());
    assert_eq!(result.kept.len() + result.silenced.len(), places.len());
    let spans: Vec<Span> = result.silenced.iter().map(|finding| finding.primary.span).collect();
    let silenced = places.iter().filter(|place| spans.contains(&span_of(text, place))).copied().collect();
    (silenced, result.notes.into_iter().map(|note| note.problem).collect())
}

fn problems(comment: &str) -> Vec<SuppressionProblem> {
    let text = format!("{comment}\nf();\n");
    silenced(&text, &["f();"], &["f()"]).1
}

#[test]
fn binds_to_its_own_line_behind_code() {
    let text = "f(); // faultlint-ignore a/one: why\ng();\n";
    assert_eq!(silenced(text, &["f();", "g();"], &["f()", "g()"]), (vec!["f()"], vec![]));
}

#[test]
fn binds_to_the_next_code_over_comments_and_blank_lines() {
    let text = "// faultlint-ignore a/one: why\n\n// words\n/* more */\nf();\ng();\n";
    assert_eq!(silenced(text, &["f();", "g();"], &["f()", "g()"]), (vec!["f()"], vec![]));
}

#[test]
fn covers_a_statement_of_several_lines_but_not_the_statements_in_it() {
    let text = "// faultlint-ignore a/one: why\nif (\n  f()\n) {\n  g();\n}\n";
    assert_eq!(
        silenced(text, &["if (\n  f()\n) {\n  g();\n}", "g();"], &["f()", "g()"]),
        (vec!["f()"], vec![])
    );
}

#[test]
fn survives_a_formatter_that_breaks_the_statement() {
    let text = "await f(\n  x,\n); // faultlint-ignore a/one: why\ng();\n";
    assert_eq!(silenced(text, &["await f(\n  x,\n)", "g();"], &["f(", "g()"]), (vec!["f("], vec![]));
    let text = "await f({ // faultlint-ignore a/one: why\n  x: h(),\n});\n";
    assert_eq!(
        silenced(text, &["await f({ // faultlint-ignore a/one: why\n  x: h(),\n});"], &["h()"]).0,
        ["h()"]
    );
}

#[test]
fn in_the_middle_of_a_chain_it_covers_what_reaches_over_the_line() {
    let text = "f\n  // faultlint-ignore a/one: why\n  .g()\n  .h();\nk();\n";
    let chain = "f\n  // faultlint-ignore a/one: why\n  .g()\n  .h();";
    assert_eq!(silenced(text, &[chain, "k();"], &[chain, "k()"]).0, [chain]);
}

#[test]
fn a_block_comment_before_code_belongs_to_that_code() {
    let text = "/* faultlint-ignore a/one: why */ f();\ng();\n";
    assert_eq!(silenced(text, &["f();", "g();"], &["f()", "g()"]).0, ["f()"]);
    let text = "/**\n * Words.\n * faultlint-ignore a/one: why\n */\nf();\n";
    assert_eq!(silenced(text, &["f();"], &["f()"]), (vec!["f()"], vec![]));
}

#[test]
fn a_family_and_a_list_silence_each_of_theirs() {
    let text = "// faultlint-ignore b/one-more, a: why\nf();\n";
    let (places, notes) = silenced(text, &["f();"], &["f()"]);
    assert_eq!(places, ["f()"]);
    assert_eq!(notes, [SuppressionProblem::Unused("b/one-more".to_owned())]);
}

#[test]
fn a_file_wide_one_works_from_anywhere() {
    let text = "f();\ng();\n// faultlint-ignore-file a/one: why\n";
    assert_eq!(silenced(text, &["f();", "g();"], &["f()", "g()"]), (vec!["f()", "g()"], vec![]));
}

#[test]
fn a_malformed_one_silences_nothing_and_is_told() {
    use SuppressionProblem::{NoReason, NoRule, UnknownRule, UnknownWord};
    assert_eq!(problems("// faultlint-ignore a/one"), [NoReason]);
    assert_eq!(problems("// faultlint-ignore a/one: "), [NoReason]);
    assert_eq!(problems("// faultlint-ignore: because"), [NoRule]);
    assert_eq!(problems("// faultlint-ignore"), [NoRule]);
    assert_eq!(
        problems("// faultlint-ignore-next-line a/one: x"),
        [UnknownWord("faultlint-ignore-next-line".to_owned())]
    );
    assert_eq!(
        problems("// faultlint-ignore a/onee: x"),
        [UnknownRule("a/onee".to_owned(), Some("a/one".to_owned()))]
    );
    assert_eq!(problems("// faultlint-ignore zebra: x"), [UnknownRule("zebra".to_owned(), None)]);
    for comment in ["// faultlint-ignore a/one", "// faultlint-ignore: x", "// faultlint-ignore a/onee: x"] {
        let text = format!("{comment}\nf();\n");
        assert!(silenced(&text, &["f();"], &["f()"]).0.is_empty(), "{comment}");
    }
}

#[test]
fn words_elsewhere_are_no_directive() {
    assert_eq!(problems("// see faultlint-ignore a/one: why"), []);
    assert_eq!(problems("const s = 'faultlint-ignore a/one: why';"), []);
}

#[test]
fn one_for_a_rule_that_did_not_run_is_not_unused() {
    assert_eq!(problems("// faultlint-ignore audit/quiet: later"), []);
    assert_eq!(problems("// faultlint-ignore b: later"), [SuppressionProblem::Unused("b".to_owned())]);
}

#[test]
fn the_nearest_name_is_near() {
    let rules = names().all;
    assert_eq!(nearest("a/on", &rules).as_deref(), Some("a/one"));
    assert_eq!(nearest("one-more", &rules).as_deref(), Some("b/one-more"));
    assert_eq!(nearest("audt", &rules).as_deref(), Some("audit"));
    assert_eq!(nearest("something-else", &rules), None);
}

#[test]
fn the_last_comment_may_have_no_code_behind_it() {
    assert_eq!(silenced("f();\n// faultlint-ignore a/one: why", &["f();"], &["f()"]).0, Vec::<&str>::new());
}

/// Whether a comment silences the finding of `a/one` at `place` in TypeScript that is parsed.
fn silences(text: &str, place: &str) -> bool {
    use crate::syntax::Parsers;
    let source = SourceFile::new("a.tsx", text);
    let tree = Parsers::default().parse(Language::Tsx, &source.text).unwrap();
    let facts = crate::lower::lower(Language::Tsx, &source.text, &tree);
    let ignores = Ignores::collect(&facts, &source);
    assert_eq!(ignores.all.len(), 1, "{text}");
    let result = ignores.apply(vec![finding("a/one", span_of(text, place))], 0, &names(), today());
    assert_eq!(result.notes.is_empty(), result.kept.is_empty(), "{text}");
    result.kept.is_empty()
}

#[test]
fn a_comment_stays_with_its_code_whatever_a_formatter_does() {
    let cases = [
        ("above a statement whose call is inside", "// WORD\nconst x = await run(() => f(1));\n", "f(1)"),
        ("above what is broken into lines", "// WORD\nawait run(\n  one,\n  f(1),\n);\n", "f(1)"),
        ("above an export", "// WORD\nexport const x = make(\n  f(1),\n);\n", "f(1)"),
        (
            "in the middle of a chain",
            "await a\n  .b()\n  // WORD\n  .f(1)\n  .c();\n",
            "a\n  .b()\n  // WORD\n  .f(1)",
        ),
        (
            "of a chain with functions",
            "a.b()\n  // WORD\n  .f(() => { c(); })\n  .d();\n",
            "a.b()\n  // WORD\n  .f(",
        ),
        ("above an argument", "await run(\n  one,\n  // WORD\n  two(\n    f(1),\n  ),\n);\n", "f(1)"),
        ("above a property", "make({\n  a: 1,\n  // WORD\n  b: two(\n    f(1),\n  ),\n});\n", "f(1)"),
        ("behind the end", "await run(\n  f(1),\n); // WORD\n", "f(1)"),
        ("behind a brace, of the line", "if (f(1)) { // WORD\n  g();\n}\n", "f(1)"),
        ("below a brace, of the line above", "if (f(1)) {\n  // WORD\n  g();\n}\n", "f(1)"),
        ("behind a brace, of the line below", "if (g()) { // WORD\n  f(1);\n}\n", "f(1)"),
        ("below a brace, of the line below", "if (g()) {\n  // WORD\n  f(1);\n}\n", "f(1)"),
        ("in an empty catch", "try {\n  g();\n} catch (e) {\n  // WORD\n}\n", "catch (e)"),
        (
            "above a decorator",
            "class A {\n  // WORD\n  @Cron(\n    f(1),\n  )\n  async run() {}\n}\n",
            "f(1)",
        ),
        (
            "above the decorator of a method",
            "class A {\n  // WORD\n  @Cron('x')\n  async run() { g(); }\n}\n",
            "run",
        ),
        (
            "between decorator and method",
            "class A {\n  @Cron('x')\n  // WORD\n  async run() { g(); }\n}\n",
            "run",
        ),
        ("above the decorators of a class", "// WORD\n@One()\n@Two({\n  a: f(1),\n})\nclass A {}\n", "f(1)"),
        ("above a field", "class A {\n  // WORD\n  private x = make(\n    f(1),\n  );\n}\n", "f(1)"),
        ("in JSX", "const x = (\n  <div>\n    {/* WORD */}\n    <A b={f(1)} />\n  </div>\n);\n", "f(1)"),
        ("above an attribute", "const x = (\n  <A\n    // WORD\n    b={f(1)}\n  />\n);\n", "f(1)"),
    ];
    for (case, text, place) in cases {
        let put = |text: &str| text.replace("WORD", "faultlint-ignore a/one: why");
        assert!(silences(&put(text), &put(place)), "{case}: {text}");
    }
}

#[test]
fn a_comment_is_not_for_what_stands_in_the_bodies_of_what_it_is_above() {
    let cases = [
        ("// WORD\nif (g()) {\n  f(1);\n}\n", "f(1)"),
        ("// WORD\nasync function run() {\n  f(1);\n}\n", "f(1)"),
        ("// WORD\nrun(async () => {\n  f(1);\n});\n", "f(1)"),
        ("class A {\n  // WORD\n  @Cron('x')\n  async run() {\n    f(1);\n  }\n}\n", "f(1)"),
        ("run(\n  one,\n  // WORD\n  two(),\n  f(1),\n);\n", "f(1)"),
        ("if (g()) {\n  h();\n  // WORD\n  h();\n}\nf(1);\n", "f(1)"),
        ("f(1);\nif (g()) {\n  // WORD\n  h();\n}\n", "f(1)"),
    ];
    for (text, place) in cases {
        let put = |text: &str| text.replace("WORD", "faultlint-ignore a/one: why");
        assert!(!silences(&put(text), &put(place)), "{text}");
    }
}

#[test]
fn a_last_day_counts_and_the_day_after_does_not() {
    use SuppressionProblem::{Expired, NoDate, NoReason, UnknownKey};
    let day = |text: &str| Date::read(text).unwrap();
    for live in ["2026-06-15", "2027-01-01"] {
        assert_eq!(problems(&format!("// faultlint-ignore a/one until={live}: why")), []);
        assert_eq!(problems(&format!("// faultlint-ignore-file until={live} a/one: why")), []);
        assert_eq!(problems(&format!("// faultlint-ignore a/one, until={live}: why")), []);
    }
    assert_eq!(problems("// faultlint-ignore a/one until=2026-06-14: why"), [Expired(day("2026-06-14"))]);
    assert_eq!(problems("// faultlint-ignore a/one, a/two until=2020-01-01: why").len(), 1, "told once");
    for no_day in ["until=2026-02-30", "until=soon", "until=", "until=2027-01-01 until=2027-01-02"] {
        let told = problems(&format!("// faultlint-ignore a/one {no_day}: why"));
        assert!(matches!(told[..], [NoDate(_)]), "{told:?}");
    }
    assert_eq!(problems("// faultlint-ignore a/one for=ever: why"), [UnknownKey("for".to_owned())]);
    assert_eq!(problems("// faultlint-ignore a/one until=2027-01-01"), [NoReason]);
    for over in ["a/one until=2026-06-14", "a/one until=soon", "a/one for=ever"] {
        let text = format!("// faultlint-ignore {over}: why\nf();\n");
        assert!(silenced(&text, &["f();"], &["f()"]).0.is_empty(), "{over}");
    }
}

#[test]
fn each_comment_says_how_it_fares() {
    use State::{Active, Expired, Malformed, NotRun, Unknown, Unused};
    let text = "\
// faultlint-ignore a/one until=2026-06-15: first\nf();
// faultlint-ignore a/one, a/two: second\nf();
// faultlint-ignore a/one until=2026-06-14: third\nf();
// faultlint-ignore a/one\nf();
// faultlint-ignore a/onee: fifth\nf();
// faultlint-ignore audit/quiet: sixth\nf();
// faultlint-ignore-file b: seventh\n";
    let source = SourceFile::new("a.ts", text);
    let ignores = Ignores::collect(&facts(text, &[]), &source);
    let findings = text.match_indices("f();").map(|(at, _)| {
        finding("a/one", Span::new(u32::try_from(at).unwrap(), u32::try_from(at + 3).unwrap()))
    });
    let result = ignores.apply(findings.collect(), 3, &names(), today());
    let states: Vec<State> = result.all.iter().map(|comment| comment.state).collect();
    assert_eq!(states, [Active, Unused, Expired, Malformed, Unknown, NotRun, Unused]);
    assert_eq!(result.all[1].rules, [("a/one".to_owned(), Active), ("a/two".to_owned(), Unused)]);
    assert_eq!((result.all[0].reason.as_str(), result.all[0].until), ("first", Date::read("2026-06-15")));
    assert_eq!((result.all[3].rules.len(), &result.all[3].problem), (1, &Some(SuppressionProblem::NoReason)));
    assert!(result.all[6].whole_file && result.all[0].place.file == 3);
    assert_eq!(result.silenced.len(), 2);
}
