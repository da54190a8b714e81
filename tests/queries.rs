//! Rules that ask the syntax: the real executable, from the rule file to each way in which what it finds, or does not come to, is told.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "this is how a test fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const RULE: &str = "\
id: acme/raw-dial
severity: medium
summary: A connection is opened past the pool
why: Nothing bounds how many there are.
remedy: Ask the pool.
query:
  languages: [typescript, javascript]
  pattern: |
    ; what opens a connection, and what it is handed
    (call_expression
      function: (member_expression object: (identifier) @of property: (property_identifier) @name)
      arguments: (arguments . (_) @target)
      (#eq? @of \"net\")
      (#match? @name \"^(connect|createConnection)$\")) @call
  at: call
  label: opened here
  message: '`{of}.{name}` opens a connection past the pool'
  labels: { target: to this }
or-query:
  - languages: go
    pattern: '(call_expression function: (selector_expression) @what (#eq? @what \"net.Dial\")) @call'
    at: '@call'
";

const CLIENT: &str = "\
import net from 'node:net';

export class Client {
  open(port: number) {
    return net.connect(port);
  }
}
";

const GO: &str = "\
package pool

import \"net\"

func open(address string) (net.Conn, error) {
\treturn net.Dial(\"tcp\", address)
}
";

fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    command.output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("not killed")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into_owned()
}

/// A run with the rules of a tree.
fn check(root: &TempDir, more: &[&str]) -> Output {
    faultlint(root.path(), &[&["check", "src", "--rules", "rules"], more].concat())
}

fn json(root: &TempDir, more: &[&str]) -> Value {
    let output = check(root, &[&["--format", "json"], more].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)))
}

/// Rule, path and line of each finding.
fn found(report: &Value) -> Vec<(&str, &str, u64)> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let line = finding["start"]["line"].as_u64().unwrap();
            (finding["rule"].as_str().unwrap(), finding["path"].as_str().unwrap(), line)
        })
        .collect()
}

fn usual() -> TempDir {
    tree(&[("rules/acme.yaml", RULE), ("src/client.ts", CLIENT), ("src/pool.go", GO)])
}

#[test]
fn what_a_query_finds_is_a_finding_like_any_other() {
    let root = usual();
    let report = json(&root, &[]);
    assert_eq!(found(&report), [("acme/raw-dial", "src/client.ts", 5), ("acme/raw-dial", "src/pool.go", 6)]);
    let first = &report["findings"][0];
    assert_eq!(first["message"], "`net.connect` opens a connection past the pool");
    assert_eq!(first["label"], "opened here");
    assert_eq!(first["symbol"], "Client.open");
    assert_eq!(first["evidence"][0]["label"], "to this");
    assert_eq!(first["evidence"][0]["start"]["column"], 24);
    assert_eq!(report["findings"][1]["message"], "A connection is opened past the pool", "the summary");
    assert_eq!(status(&check(&root, &[])), 1);
    assert_eq!(status(&check(&root, &["--strict"])), 1, "nothing is amiss");
    assert!(!told(&check(&root, &["--format", "json"])).contains("unfinished"), "nor told of");
}

#[test]
fn it_is_chosen_listed_and_explained_by_its_name() {
    let root = usual();
    assert!(found(&json(&root, &["--select", "unsafe-lock"])).is_empty());
    assert_eq!(found(&json(&root, &["--select", "acme"])).len(), 2);
    assert!(found(&json(&root, &["--ignore", "acme/raw-dial"])).is_empty());
    let list = faultlint(root.path(), &["rules", "list", "--rules", "rules"]);
    assert!(told(&list).contains("acme/raw-dial"), "{}", told(&list));
    let explained = faultlint(root.path(), &["explain", "acme/raw-dial", "--rules", "rules"]);
    assert!(told(&explained).contains("Nothing bounds how many there are."), "{}", told(&explained));
}

#[test]
fn it_is_silenced_known_and_compared_as_others_are() {
    let root = usual();
    let silenced =
        CLIENT.replace("    return", "    // faultlint-ignore acme/raw-dial: one for each test\n    return");
    fs::write(root.path().join("src/client.ts"), silenced).unwrap();
    let report = json(&root, &[]);
    assert_eq!(found(&report), [("acme/raw-dial", "src/pool.go", 6)]);
    assert_eq!(report["summary"]["suppressed"], 1);
    let made = faultlint(root.path(), &["baseline", "create", "src", "--rules", "rules"]);
    assert_eq!(status(&made), 0, "{}", told(&made));
    let moved = format!("// moved\n\n{}", GO.replace("package pool\n", "package pool\n\n"));
    fs::write(root.path().join("src/pool.go"), moved).unwrap();
    let output = check(&root, &["--baseline", "faultlint-baseline.json"]);
    assert_eq!(status(&output), 0, "{}", told(&output));

    let fixtures = CLIENT.replace("    return", "    // expect: acme/raw-dial\n    return");
    let root = tree(&[
        ("rules/acme.yaml", RULE),
        ("cases/bad_dial.ts", &fixtures),
        ("cases/ok_dial.go", "package p\n"),
    ]);
    let test = |root: &TempDir| faultlint(root.path(), &["test", "cases", "--rules", "rules"]);
    assert_eq!(status(&test(&root)), 0, "{}", told(&test(&root)));
    fs::write(root.path().join("cases/bad_dial.ts"), CLIENT).unwrap();
    assert_eq!(status(&test(&root)), 1, "not expected");
}

#[test]
fn sarif_names_the_rule_and_its_places() {
    let root = usual();
    let log: Value = serde_json::from_slice(&check(&root, &["--format", "sarif"]).stdout).unwrap();
    let run = &log["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["ruleId"], "acme/raw-dial");
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "acme/raw-dial");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 5);
    assert_eq!(result["relatedLocations"].as_array().unwrap().len(), 1);
    assert!(run["invocations"][0]["toolExecutionNotifications"].is_null());
}

/// A rule over every call, with limits.
fn limited(limits: &str) -> String {
    format!(
        "id: acme/call\nseverity: low\nsummary: A call\nwhy: It is one.\nremedy: Leave it.\nquery:\n  languages: [typescript]\n  \
         pattern: (call_expression) @call\n  at: call\n{limits}"
    )
}

/// Every output tells of a rule that was not looked for in all of a file, and `--strict` fails.
fn is_told_everywhere(root: &TempDir, reason: &str, words: &str) {
    let report = json(root, &[]);
    let files = report["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["path"] == "src/many.ts").unwrap();
    assert_eq!(file["unfinished"][0]["rule"], "acme/call");
    assert_eq!(file["unfinished"][0]["reason"], reason);
    assert_eq!(report["summary"]["unfinished"], 1);
    let formats = ["human", "compact", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "agent"];
    for format in formats {
        let output = check(root, &["--format", format]);
        let told = told(&output);
        assert!(told.contains("acme/call") && told.contains(words), "{format} says nothing:\n{told}");
        assert!(status(&output) < 2, "{told}");
        assert_eq!(status(&check(root, &["--format", format, "--strict"])), 3, "{format}");
    }
    assert!(told(&check(root, &[])).contains("1 not wholly searched"), "{}", told(&check(root, &[])));
    let log: Value = serde_json::from_slice(&check(root, &["--format", "sarif"]).stdout).unwrap();
    let notification = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["descriptor"]["id"], "rule-unfinished");
    let test = faultlint(root.path(), &["test", "src", "--rules", "rules"]);
    assert_eq!(status(&test), 1);
    assert!(told(&test).contains(words), "a fixture proves nothing then: {}", told(&test));
}

const MANY: &str = "a();\nb();\nc();\n";

#[test]
fn a_limit_of_matches_is_kept_and_told() {
    let root = tree(&[
        ("rules/r.yaml", &limited("  max-matches: 2\n")),
        ("src/few.ts", "a();\n"),
        ("src/many.ts", MANY),
    ]);
    assert_eq!(found(&json(&root, &[])).len(), 3, "one, and the first two");
    is_told_everywhere(&root, "matches", "limit of matches");
    fs::write(root.path().join("rules/r.yaml"), limited("  max-matches: 3\n")).unwrap();
    let report = json(&root, &["--strict"]);
    assert_eq!(found(&report).len(), 4);
    assert!(report["summary"]["unfinished"].is_null());
}

#[test]
fn a_limit_of_time_is_kept_and_told() {
    let root = tree(&[("rules/r.yaml", &limited("  time-limit: 1ns\n")), ("src/many.ts", &MANY.repeat(500))]);
    is_told_everywhere(&root, "time", "limit of time");
    assert!(found(&json(&root, &[])).len() < 1500);
}

#[test]
fn a_query_made_to_hurt_ends() {
    // Each node of a flat list may begin a match that waits for what never comes.
    let hurt = "id: acme/hurt\nseverity: low\nsummary: a\nwhy: b\nremedy: c\nquery:\n  languages: [typescript]\n  time-limit: 300ms\n  \
         max-matches: 65535\n  pattern: '(program (expression_statement) @a (expression_statement) @b \
         (expression_statement) @c (expression_statement) @d (debugger_statement) @never)'\n  at: never\n";
    let root = tree(&[("rules/r.yaml", hurt), ("src/many.ts", &MANY.repeat(3000))]);
    let begun = Instant::now();
    let report = json(&root, &["--strict"]);
    assert!(begun.elapsed() < Duration::from_secs(30), "took {:?}", begun.elapsed());
    assert_eq!(report["files"][0]["unfinished"][0]["rule"], "acme/hurt");
}

#[test]
fn an_entry_of_the_baseline_is_not_gone_where_the_query_did_not_come() {
    let root = tree(&[("rules/r.yaml", &limited("")), ("src/many.ts", MANY)]);
    let made = faultlint(root.path(), &["baseline", "create", "src", "--rules", "rules"]);
    assert_eq!(status(&made), 0, "{}", told(&made));
    fs::write(root.path().join("rules/r.yaml"), limited("  max-matches: 1\n")).unwrap();
    let report = json(&root, &["--baseline", "faultlint-baseline.json"]);
    assert_eq!(report["summary"]["stale"], 0);
    assert!(found(&report).is_empty());
}

#[test]
fn javascript_that_only_another_grammar_reads_is_asked_as_well_or_told_of() {
    let rule = |pattern: &str| {
        limited("").replace("(call_expression)", pattern).replace("[typescript]", "javascript")
    };
    let typed = "export class A {\n  size = 3;\n  put(x: number): void {\n    net(x);\n  }\n}\n";
    let root = tree(&[("rules/r.yaml", &rule("(call_expression)")), ("src/many.js", typed)]);
    let report = json(&root, &["--strict"]);
    assert_eq!(found(&report), [("acme/call", "src/many.js", 4)]);
    assert!(report["files"][0]["unfinished"].is_null());
    fs::write(root.path().join("rules/r.yaml"), rule("(field_definition)")).unwrap();
    let report = json(&root, &[]);
    assert_eq!(report["files"][0]["unfinished"][0]["reason"], "grammar");
    assert_eq!(status(&check(&root, &["--strict"])), 3);
}

#[test]
fn code_of_front_ends_is_left_alone_unless_the_rule_says_otherwise() {
    let page = "import React from 'react';\nexport function Page() {\n  load();\n  return null;\n}\n";
    let rule = limited("  max-matches: 1\n");
    let root = tree(&[("rules/r.yaml", &rule), ("src/page.ts", page), ("src/many.ts", "a();\n")]);
    assert_eq!(found(&json(&root, &[])), [("acme/call", "src/many.ts", 1)]);
    fs::write(root.path().join("rules/r.yaml"), format!("front-end: true\n{rule}")).unwrap();
    assert_eq!(found(&json(&root, &[])).len(), 2);
}

#[test]
fn only_what_changed_is_told_of_a_change() {
    let root = tree(&[("rules/r.yaml", &limited("")), ("src/many.ts", MANY)]);
    let diff = "--- a/src/many.ts\n+++ b/src/many.ts\n@@ -1,3 +1,3 @@\n a();\n-bb();\n+b();\n c();\n";
    fs::write(root.path().join("change.diff"), diff).unwrap();
    let report = json(&root, &["--diff", "change.diff"]);
    assert_eq!(found(&report), [("acme/call", "src/many.ts", 2)], "{}", report["summary"]);
    assert_eq!(report["summary"]["unchanged"], 2);
}
