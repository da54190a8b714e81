use super::words;
use super::{identify, of, with_symbol};
use crate::facts::outline::Outline;
use crate::report::samples;
use crate::source::{Language, SourceFile, Span};

fn same(language: Language, codes: &[&str]) {
    let first = words::of(codes[0], language);
    for code in codes {
        assert_eq!(words::of(code, language), first, "{code}");
    }
}

fn differ(language: Language, a: &str, b: &str) {
    assert_ne!(words::of(a, language), words::of(b, language), "{a} and {b}");
}

#[test]
fn layout_quotes_and_what_may_be_left_out_do_not_count() {
    same(
        Language::TypeScript,
        &[
            "await redis.set(key, 'it\\'s', { px: 0.50, 'nx': true });",
            "await redis.set(\n  key,\n  \"it's\",\n  {\n    px: .5,\n    nx: true,\n  },\n)",
            "await redis // the lock\n  .set(key, /* why */ \"it's\", { px: 0.5, nx: true })",
            "await redis.set(key, `it's`, { px: 0.5, nx: true })",
        ],
    );
    same(
        Language::JavaScript,
        &["xs.map(x => f(x))", "xs.map((x) => f(x))", "xs.map(\n  (x) =>\n    f(x),\n);"],
    );
    same(Language::JavaScript, &["s.split(/[/'\"]\\//g, 0XFF)", "s.split( /[/'\"]\\//g,0xff, )"]);
    same(
        Language::Go,
        &["rdb.SetNX(ctx, key, \"x\", 0)", "rdb.SetNX(\n\tctx,\n\tkey, // the lock\n\t\"x\",\n\t0,\n)"],
    );
}

#[test]
fn what_the_code_does_counts() {
    differ(Language::TypeScript, "f('a b')", "f('a  b')");
    differ(Language::TypeScript, "f(`${a} b`)", "f(`${b} b`)");
    differ(Language::TypeScript, "return x", "returnx");
    differ(Language::TypeScript, "f({ a: 1 })", "f({ a: 2 })");
    differ(Language::TypeScript, "f(1)", "f(10)");
    differ(Language::TypeScript, "f(/a/)", "f(/b/)");
    differ(Language::Go, "f('a')", "f(\"a\")");
    differ(Language::Go, "f(Options{TTL: 1})", "f(Options{TTL: 2})");
}

#[test]
fn what_stands_in_blocks_does_not_count() {
    same(
        Language::TypeScript,
        &[
            "c.run({ each: async ({ m }) => { await f(m); } })",
            "c.run({ each: async ({ m }) => { if (x) { g(`}${y}`) } } })",
        ],
    );
    same(Language::TypeScript, &["catch (error) { a(); }", "catch (error) {\n  // nothing\n}"]);
    same(Language::JavaScript, &["try { a() } finally { b() }", "try { c() } finally { }"]);
    same(
        Language::Go,
        &[
            "g.Go(func() error { return a() })",
            "g.Go(func() error {\n\tif err := b(); err != nil {\n\t\treturn err\n\t}\n\treturn nil\n})",
        ],
    );
    same(Language::Go, &["for _, x := range xs { a(x) }", "for _, x := range xs {\n\tb(x)\n}"]);
    differ(
        Language::Go,
        "h(func() interface{} { return 1 }, T{1})",
        "h(func() interface{} { return 1 }, T{2})",
    );
    differ(Language::TypeScript, "return { a: 1 }", "return { a: 2 }");
    differ(Language::TypeScript, "x => ({ a: 1 })", "x => ({ a: 2 })");
}

#[test]
fn any_text_has_words() {
    for text in [
        "",
        "`",
        "`${",
        "`${`",
        "'",
        "'\\",
        "/",
        "/[",
        "/*",
        "//",
        "}",
        ")}]",
        "{",
        "é😀`é",
        ".",
        "0x",
        "(x)=>",
    ] {
        for language in [Language::TypeScript, Language::Go] {
            words::of(text, language);
        }
    }
    assert_eq!(words::of("`a${`}`}b` c", Language::TypeScript), "`a${`}`}b`\u{1f}c\u{1f}");
}

/// The fingerprints of `redis.set(k…)` wherever it stands in a text.
fn prints(text: &str) -> Vec<String> {
    let report = samples::report();
    let source = SourceFile::new("a.ts", text);
    let place = |at: usize| {
        let end = at + text[at..].find(')').unwrap() + 1;
        Span::new(u32::try_from(at).unwrap(), u32::try_from(end).unwrap())
    };
    let mut findings: Vec<_> =
        text.match_indices("redis").map(|(at, _)| samples::finding(&report.rules[1], 2, place(at))).collect();
    identify(&mut findings, &Outline::default(), &source, Language::TypeScript);
    findings.iter().map(of).collect()
}

#[test]
fn findings_that_are_alike_are_numbered() {
    let before = prints("await redis.set(k);\nawait redis.set(k);\n");
    assert_ne!(before[0], before[1]);
    assert_eq!(before, prints("// new\n\n\tawait  redis\n.set(\n  k,\n);\n  await redis.set(k)\n"));
    assert_eq!(prints("other(); redis.set(k);\n"), before[..1], "what stands beside it does not count");
    assert_ne!(prints("redis.set(j);\n"), before[..1]);
}

#[test]
fn rule_and_symbol_count() {
    let report = samples::report();
    let finding = &report.findings[0];
    assert_eq!(with_symbol(finding, &finding.symbol), of(finding));
    assert_ne!(with_symbol(finding, "Other.take"), of(finding));
    let other = crate::finding::Finding { rule: report.rules[0].clone(), ..finding.clone() };
    assert_ne!(of(&other), of(finding));
    assert!(of(finding).len() == 32 && of(finding).chars().all(|c| c.is_ascii_hexdigit()));
}
