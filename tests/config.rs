//! The configuration file through the real executable: each key, what goes before what, and mistakes.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "this is how a test fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Never expires (critical, high confidence), no owner check (critical, high), nobody listens for errors (high, high).
const LOCK: &str = "\
import { createClient } from 'redis';
const redis = createClient();
export async function run(id: string, token: string) {
  const taken = await redis.set(`lock:${id}`, token, { NX: true });
  if (!taken) return;
  await redis.del(`lock:${id}`);
}
";
/// The same, but errors that nobody listens to are written to the console (high, low).
const LOGGED: &str = "\
import Redis from 'ioredis';
const redis = new Redis();
export async function run(id: string, token: string) {
  const taken = await redis.set(`lock:${id}`, token, 'NX');
  if (!taken) return;
  await redis.del(`lock:${id}`);
}
";
const SESSION: &str = "\
import express from 'express';
import session from 'express-session';
const app = express();
app.use(session({ secret: 's', resave: false, saveUninitialized: false }));
";
const NO_TTL: &str = "unsafe-lock/no-ttl";
const NO_OWNER: &str = "unsafe-lock/release-without-owner-check";
const NO_LISTENER: &str = "pubsub-loss/no-error-handler";

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// A tree that is a repository of its own.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join(".git")).unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

/// `a.ts` beside a configuration.
fn with(config: &str) -> TempDir {
    tree(&[("a.ts", LOCK), ("faultlint.yaml", config)])
}

fn status(output: &Output) -> i32 {
    output.status.code().expect("not killed")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn report(directory: &Path, more: &[&str]) -> Value {
    let output = faultlint(directory, &[&["check", "--format", "json"], more].concat());
    assert!(matches!(status(&output), 0 | 1), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `path severity rule` of each finding.
fn found(directory: &Path, more: &[&str]) -> Vec<String> {
    let report = report(directory, more);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |finding: &Value| {
        let path = text(&finding["path"]);
        format!("{path} {} {}", text(&finding["severity"]), text(&finding["rule"]))
    };
    report["findings"].as_array().unwrap().iter().map(told).collect()
}

/// The rules of the findings in the one file of a tree with a configuration.
fn rules(config: &str, more: &[&str]) -> Vec<String> {
    rules_in(LOCK, config, more)
}

fn rules_in(text: &str, config: &str, more: &[&str]) -> Vec<String> {
    let found = found(tree(&[("a.ts", text), ("faultlint.yaml", config)]).path(), more);
    found.iter().map(|line| line.rsplit(' ').next().unwrap().to_owned()).collect()
}

/// How a file fared: its status, or the reason why it was skipped.
fn fared(report: &Value, path: &str) -> String {
    let files = report["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["path"] == path).expect("it is in the report");
    file["reason"].as_str().or(file["status"].as_str()).unwrap().to_owned()
}

fn complaint(files: &[(&str, &str)], more: &[&str]) -> String {
    let output = faultlint(tree(files).path(), &[&["check"], more].concat());
    assert_eq!(status(&output), 2, "{}{}", stdout(&output), stderr(&output));
    assert!(output.stdout.is_empty());
    stderr(&output).to_owned()
}

#[test]
fn without_a_word_all_is_as_by_default() {
    for config in ["", "# nothing\n", "ignore:\n", "overrides:\ncode:\nseverity:\n"] {
        assert_eq!(rules(config, &[]), [NO_LISTENER, NO_TTL, NO_OWNER], "{config}");
    }
}

#[test]
fn select_and_ignore_choose_rules_and_the_command_line_goes_first() {
    assert_eq!(rules("select: pubsub-loss\n", &[]), [NO_LISTENER]);
    assert_eq!(rules("select: pubsub-loss\n", &["--select", "unsafe-lock"]), [NO_TTL, NO_OWNER]);
    assert_eq!(rules("ignore: [unsafe-lock]\n", &[]), [NO_LISTENER]);
    assert_eq!(rules("ignore: [unsafe-lock/no-ttl]\n", &["--ignore", "pubsub-loss"]), [NO_OWNER]);
    assert_eq!(rules("ignore: [unsafe-lock]\n", &["--select", NO_TTL]), [NO_TTL], "named in full");
    assert_eq!(rules("ignore: [unsafe-lock]\n", &["--select", "unsafe-lock"]), [""; 0]);
}

#[test]
fn severities_are_the_teams() {
    let config = "severity: { unsafe-lock: low, unsafe-lock/no-ttl: medium, pubsub-loss: off }\n";
    let root = with(config);
    assert_eq!(
        found(root.path(), &[]),
        [format!("a.ts medium {NO_TTL}"), format!("a.ts low {NO_OWNER}")],
        "an id goes before its family"
    );
    assert_eq!(found(root.path(), &["--min-severity", "medium"]), [format!("a.ts medium {NO_TTL}")]);
    let listed = faultlint(root.path(), &["rules", "show", NO_TTL]);
    assert!(stdout(&listed).contains("severity:    medium"));
}

#[test]
fn least_severity_and_confidence() {
    assert_eq!(rules("min-severity: critical\n", &[]), [NO_TTL, NO_OWNER]);
    assert_eq!(rules("min-severity: critical\n", &["--min-severity", "high"]).len(), 3);
    let logged = |config: &str, more: &[&str]| rules_in(LOGGED, config, more);
    assert_eq!(logged("", &[]), [NO_TTL, NO_OWNER]);
    assert_eq!(logged("min-confidence: low\n", &[]), [NO_LISTENER, NO_TTL, NO_OWNER]);
    assert_eq!(logged("min-confidence: low\n", &["--min-confidence", "high"]), [NO_TTL, NO_OWNER]);
    assert_eq!(logged("min-confidence: high\n", &["--min-confidence", "low"]).len(), 3);
}

#[test]
fn the_persona_says_whose_rules_run() {
    let ran = |config: &str, more: &[&str]| report(with(config).path(), more)["rules"].to_string();
    assert!(!ran("persona: gate\n", &[]).contains("cache-stampede/fixed-ttl"));
    assert!(ran("persona: audit\n", &[]).contains("cache-stampede/fixed-ttl"));
    assert!(!ran("persona: audit\n", &["--persona", "gate"]).contains("cache-stampede/fixed-ttl"));
}

#[test]
fn failing_starts_where_the_team_says() {
    let ended =
        |config: &str, more: &[&str]| status(&faultlint(with(config).path(), &[&["check"], more].concat()));
    assert_eq!(ended("fail-on: never\n", &[]), 0);
    assert_eq!(ended("fail-on: never\n", &["--fail-on", "high"]), 1);
    assert_eq!(ended("fail-on: critical\nignore: [unsafe-lock]\n", &[]), 0);
}

#[test]
fn what_is_excluded_is_not_read_unless_named() {
    let files =
        [("src/a.ts", LOCK), ("gen/a.ts", LOCK), ("faultlint.yaml", "exclude: ['gen/**', '!gen/keep.ts']\n")];
    let root = tree(&files);
    fs::write(root.path().join("gen/keep.ts"), LOCK).unwrap();
    let report = report(root.path(), &["--strict"]);
    assert_eq!(fared(&report, "gen/a.ts"), "excluded");
    assert_eq!([fared(&report, "src/a.ts"), fared(&report, "gen/keep.ts")], ["checked", "checked"]);
    assert_eq!(found(root.path(), &["gen/a.ts"]).len(), 3);
    assert!(stdout(&faultlint(root.path(), &["config", "show", "gen/a.ts"])).contains("# excluded"));
}

#[test]
fn overrides_hold_for_their_files_and_the_last_goes_first() {
    let config = "\
severity: { pubsub-loss: off }
overrides:
  - files: 'old/**'
    ignore: unsafe-lock/no-ttl
    severity: { unsafe-lock: low }
  - files: ['old/worst/**']
    severity: { unsafe-lock: high, pubsub-loss: low }
    min-severity: high
    min-confidence: high
";
    let files =
        [("new/a.ts", LOCK), ("old/a.ts", LOCK), ("old/worst/a.ts", LOCK), ("faultlint.yaml", config)];
    let root = tree(&files);
    let expected = [
        format!("new/a.ts critical {NO_TTL}"),
        format!("new/a.ts critical {NO_OWNER}"),
        format!("old/a.ts low {NO_OWNER}"),
        format!("old/worst/a.ts high {NO_OWNER}"),
    ];
    assert_eq!(found(root.path(), &[]), expected);
    let all = found(root.path(), &["--min-severity", "low", "--min-confidence", "low"]);
    assert!(all.contains(&format!("old/worst/a.ts low {NO_LISTENER}")), "on again: {all:?}");
    assert_eq!(found(&root.path().join("old"), &["--select", NO_TTL]).len(), 2, "named in full");
}

#[test]
fn each_override_key_counts() {
    let config = |key: &str| format!("overrides:\n  - files: '*.ts'\n    {key}\n");
    let overridden = |key: &str| rules(&config(key), &[]);
    assert_eq!(overridden("ignore: pubsub-loss"), [NO_TTL, NO_OWNER]);
    assert_eq!(overridden("min-severity: critical"), [NO_TTL, NO_OWNER]);
    assert_eq!(rules_in(LOGGED, "", &[]), [NO_TTL, NO_OWNER]);
    assert_eq!(rules_in(LOGGED, &config("min-confidence: low"), &[]), [NO_LISTENER, NO_TTL, NO_OWNER]);
    assert_eq!(overridden("severity: { pubsub-loss: off }"), [NO_TTL, NO_OWNER]);
}

#[test]
fn an_inline_ignore_is_not_unused_where_the_rule_does_not_count() {
    let text = format!("// faultlint-ignore-file pubsub-loss: reconnects by itself\n{LOCK}");
    let config = "overrides:\n  - files: a.ts\n    ignore: pubsub-loss\n";
    let root = tree(&[("a.ts", &text), ("faultlint.yaml", config)]);
    assert_eq!(report(root.path(), &[])["ignore_comments"], Value::Array(Vec::new()));
}

#[test]
fn own_rules_and_models_count_from_the_file() {
    let rule = "\
id: house/no-set
severity: low
summary: A key is set
why: It is not to be set.
remedy: Leave it.
match:
  steps:
    set: { does: kv.set-if-absent }
  report: { at: set }
";
    let model = "\
library: house-cache
language: ecmascript
calls:
  - { function: keep, role: kv.set-if-absent, args: { key: 0 } }
test: |
  import { keep } from 'house-cache'
  keep('k')    //=> kv.set-if-absent key=\"k\"
";
    let code = "import { keep } from 'house-cache';\nexport const f = (id: string) => keep(id);\n";
    let files = [
        ("service/a.ts", code),
        ("lint/faultlint.yaml", "rules: own/rules\nmodels: [own/models]\n"),
        ("lint/own/rules/r.yaml", rule),
        ("lint/own/models/m.yaml", model),
        ("faultlint.yaml", "extends: lint/faultlint.yaml\nselect: house\n"),
    ];
    let root = tree(&files);
    assert_eq!(found(root.path(), &[]), ["service/a.ts low house/no-set"]);
    assert_eq!(found(root.path(), &["service"]), ["service/a.ts low house/no-set"]);
    let shown = faultlint(root.path(), &["rules", "show", "house/no-set"]);
    assert_eq!(status(&shown), 0, "{}", stderr(&shown));
    let inspected = faultlint(root.path(), &["inspect", "service/a.ts"]);
    assert!(stdout(&inspected).contains("kv.set-if-absent"), "{}", stdout(&inspected));
    let told = complaint(&[("a.ts", LOCK), ("faultlint.yaml", "rules: nope\n")], &[]);
    assert!(told.contains("there is no folder `nope`") && told.contains("faultlint.yaml:1:8"), "{told}");
}

#[test]
fn fixtures_are_judged_by_every_rule_as_it_is_written() {
    let fixture =
        LOCK.replace("  const taken", "  // expect: unsafe-lock/no-ttl, house/no-set\n  const taken");
    let fixture = fixture.replace(
        "  await redis.del",
        "  // expect: unsafe-lock/release-without-owner-check\n  await redis.del",
    );
    let rule = "\
id: house/no-set
severity: low
summary: A key is set
why: It is not to be set.
remedy: Leave it.
match:
  steps:
    set: { does: kv.set-if-absent }
  report: { at: set }
";
    let config = "rules: own\nignore: unsafe-lock\nmin-severity: critical\nexclude: '*.ts'\ncode: { paths: [{ files: '*.ts', kind: test }] }\n";
    let root = tree(&[("fixtures/bad.ts", &fixture), ("own/r.yaml", rule), ("faultlint.yaml", config)]);
    let output = faultlint(root.path(), &["test"]);
    assert_eq!(status(&output), 0, "{}{}", stdout(&output), stderr(&output));
    assert_eq!(status(&faultlint(root.path(), &["test", "--no-config"])), 1, "the team's rule is not there");
}

#[test]
fn a_file_is_inspected_as_the_kind_that_the_team_says() {
    let root = tree(&[
        ("web/a.ts", LOCK),
        ("faultlint.yaml", "code: { paths: [{ files: web, kind: front-end }] }\n"),
    ]);
    let inspected = |more: &[&str]| {
        stdout(&faultlint(root.path(), &[&["inspect", "web/a.ts"], more].concat())).to_owned()
    };
    assert!(inspected(&[]).contains("Code of a front end."));
    assert!(!inspected(&["--no-config"]).contains("Code of a front end."));
}

#[test]
fn kinds_of_code_are_checked_or_skipped_as_the_team_says() {
    let generated = format!("// @generated\n{LOCK}");
    let given = LOCK
        .replace("const redis = createClient();", "")
        .replace("{ createClient } from 'redis'", "{ redis } from './store'");
    assert!(!given.contains("createClient"), "it imports nothing that only runs on a server");
    let front_end = format!("import React from 'react';\n{given}");
    let files = [
        ("tests/a.ts", LOCK),
        ("examples/a.ts", LOCK),
        ("third-party/a.ts", LOCK),
        ("scripts/a.ts", LOCK),
        ("src/generated.ts", generated.as_str()),
        ("src/page.ts", front_end.as_str()),
        ("src/store.ts", "import { createClient } from 'redis';\nexport const redis = createClient();\n"),
    ];
    let keys = ["tests", "examples", "vendored", "scripts", "generated", "front-end"];
    for (key, (path, _)) in keys.iter().zip(files) {
        let root = tree(&files);
        let checked = |config: String| {
            fs::write(root.path().join("faultlint.yaml"), config).unwrap();
            found(root.path(), &["--select", "unsafe-lock"])
        };
        assert_eq!(checked(String::new()), [""; 0]);
        assert_eq!(checked(format!("code: {{ {key}: skip }}\n")), [""; 0]);
        let found = checked(format!("code: {{ {key}: check }}\n"));
        assert_eq!(found.len(), 2, "{key}: {found:?}");
        assert!(found[0].starts_with(path), "{key}: {found:?}");
    }
}

#[test]
fn a_front_end_package_is_checked_as_the_team_says() {
    let package = r#"{ "dependencies": { "react-dom": "^19" } }"#;
    let root = tree(&[("web/a.ts", LOCK), ("web/package.json", package)]);
    let found = |config: &str| {
        fs::write(root.path().join("faultlint.yaml"), config).unwrap();
        found(root.path(), &["--select", "unsafe-lock"]).len()
    };
    assert_eq!(found(""), 0);
    assert_eq!(found("code: { front-end: check }\n"), 2);
    assert_eq!(found("code: { paths: [{ files: 'web/**', kind: service }] }\n"), 2);
}

#[test]
fn what_a_package_has_a_person_start_is_scripts_with_what_only_that_uses() {
    let package =
        r#"{ "scripts": { "release:next": "node ./tasks/release.ts", "start": "node src/start.ts" } }"#;
    let uses = format!("import './own';\nimport './shared';\n{LOCK}");
    let root = tree(&[
        ("package.json", package),
        ("tasks/release.ts", uses.as_str()),
        ("tasks/own.ts", LOCK),
        ("tasks/shared.ts", LOCK),
        ("src/start.ts", "import '../tasks/shared';\n"),
    ]);
    let found = |config: &str| {
        fs::write(root.path().join("faultlint.yaml"), config).unwrap();
        let found = found(root.path(), &["--select", "unsafe-lock"]);
        found.iter().filter_map(|line| Some(line.split_once(' ')?.0.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(found(""), ["tasks/shared.ts", "tasks/shared.ts"], "the service uses it too");
    assert_eq!(found("code: { scripts: check }\n").len(), 6);
    let told = found("code: { paths: [{ files: tasks/own.ts, kind: service }] }\n");
    assert_eq!(told.iter().filter(|path| *path == "tasks/own.ts").count(), 2, "the team's word counts");
    let report = report(root.path(), &[]);
    let skipped = report["files"].as_array().unwrap().iter().filter(|file| file["reason"] == "script");
    assert_eq!(skipped.count(), 1);
}

#[test]
fn a_go_program_that_ends_by_itself_is_scripts_with_what_only_that_uses() {
    // Nobody is seen to wait for what a program asks that serves nobody.
    const LOW: [&str; 4] = ["--select", "circuit-breaker", "--min-confidence", "low"];
    const ASKS: &str = "import \"net/http\"\n\nfunc Ask() {\n\tgo http.Get(\"http://a.example\")\n}\n";
    let main = |rest: &str| {
        format!(
            "package main\n\nimport \"example.com/a/internal/own\"\n\n{ASKS}\nfunc main() {{\n\tAsk()\n\town.Ask()\n{rest}}}\n"
        )
    };
    let (ends, serves) = (main(""), main("\tselect {}\n"));
    let own = format!("package own\n\n{ASKS}");
    let files = |main: &str| {
        tree(&[("go.mod", "module example.com/a\n"), ("gen/main.go", main), ("internal/own/own.go", &own)])
    };
    let found = |main: &str, config: &str| {
        let root = files(main);
        fs::write(root.path().join("faultlint.yaml"), config).unwrap();
        self::found(root.path(), &LOW).len()
    };
    assert_eq!(found(&ends, ""), 0);
    assert_eq!(found(&serves, ""), 2);
    assert_eq!(found(&ends, "code: { scripts: check }\n"), 2);
    assert_eq!(
        found(&ends, "code: { paths: [{ files: 'gen/**', kind: service }] }\n"),
        2,
        "the team's word counts, for what it uses too"
    );
    let root = files(&ends);
    let outright = self::found(root.path(), &[&["gen/main.go"][..], &LOW].concat());
    assert_eq!(outright.len(), 1, "what is named outright is looked at");
    let report = report(root.path(), &[]);
    let skipped = report["files"].as_array().unwrap().iter().filter(|file| file["reason"] == "script");
    assert_eq!(skipped.count(), 2);
}

#[test]
fn paths_say_what_kind_files_are_of() {
    let kinds = [
        ("front-end", "checked", 0),
        ("test", "test", 0),
        ("example", "example", 0),
        ("vendored", "vendored", 0),
        ("generated", "generated", 0),
        ("script", "script", 0),
        ("service", "checked", 2),
    ];
    for (kind, fate, findings) in kinds {
        let config = format!("code:\n  paths:\n    - {{ files: ['*.ts'], kind: {kind} }}\n");
        let root = with(&config);
        let report = report(root.path(), &["--select", "unsafe-lock"]);
        assert_eq!(fared(&report, "a.ts"), fate, "{kind}");
        assert_eq!(report["findings"].as_array().unwrap().len(), findings, "{kind}");
    }
    let config =
        "code: { paths: [{ files: 'tools/**', kind: service }, { files: 'tools/old/**', kind: script }] }\n";
    let root = tree(&[("tools/a.ts", LOCK), ("tools/old/a.ts", LOCK), ("faultlint.yaml", config)]);
    let whole = report(root.path(), &[]);
    assert_eq!([fared(&whole, "tools/a.ts"), fared(&whole, "tools/old/a.ts")], ["checked", "script"]);
    let named = report(root.path(), &["tools/old/a.ts"]);
    assert_eq!(fared(&named, "tools/old/a.ts"), "checked", "what is named outright is looked at");
    let shown = faultlint(root.path(), &["config", "show", "tools/old/a.ts"]);
    assert!(stdout(&shown).contains("# kind: script  # faultlint.yaml:1"), "{}", stdout(&shown));
}

#[test]
fn with_one_replica_rules_that_need_many_do_not_run() {
    let found = |config: &str, more: &[&str]| {
        let root = tree(&[("app.ts", SESSION), ("faultlint.yaml", config)]);
        found(root.path(), more)
    };
    let fault = "app.ts high session-state/in-process-store";
    assert_eq!(found("", &[]), [fault]);
    assert_eq!(found("project: { replicas: many }\n", &[]), [fault]);
    assert_eq!(found("project: { replicas: one }\n", &[]), [""; 0]);
    assert_eq!(
        found("project: { replicas: one }\n", &["--select", "session-state/in-process-store"]),
        [fault]
    );
}

#[test]
fn a_database_beside_the_process_alone_means_one_replica_unless_the_configuration_says_otherwise() {
    let run = |dependencies: &str, config: &str, more: &[&str]| {
        let manifest = format!("{{\"dependencies\": {dependencies}}}");
        let root = tree(&[("app.ts", SESSION), ("package.json", &manifest), ("faultlint.yaml", config)]);
        let said = stdout(&faultlint(root.path(), &["check", "."])).contains("taken for one process");
        (found(root.path(), more), said)
    };
    let fault = || vec!["app.ts high session-state/in-process-store".to_owned()];
    let alone = r#"{ "better-sqlite3": "11" }"#;
    assert_eq!(run(alone, "", &[]), (Vec::new(), true));
    assert_eq!(run(alone, "project: { replicas: many }\n", &[]), (fault(), false));
    let root = tree(&[("app.ts", SESSION), ("package.json", &format!("{{\"dependencies\": {alone}}}"))]);
    let read = |format| -> serde_json::Value {
        serde_json::from_str(stdout(&faultlint(root.path(), &["check", "--format", format, "."]))).unwrap()
    };
    assert_eq!(read("json")["one_process"], "better-sqlite3");
    let told = &read("sarif")["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let told: Vec<_> = told.as_array().unwrap().iter().map(|one| &one["descriptor"]["id"]).collect();
    assert_eq!(told, ["one-process"]);
    assert_eq!(run(alone, "", &["--select", "session-state/in-process-store"]).0, fault(), "named outright");
    assert_eq!(run(r#"{ "better-sqlite3": "11", "ioredis": "5" }"#, "", &[]), (fault(), false));
}

#[test]
fn files_are_looked_for_upward_until_one_is_the_root() {
    let files = [
        ("faultlint.yaml", "ignore: [pubsub-loss]\nmin-severity: low\nseverity: { unsafe-lock: low }\n"),
        ("a/faultlint.yaml", "min-severity: critical\nseverity: { unsafe-lock/no-ttl: critical }\n"),
        ("a/src/a.ts", LOCK),
        ("b/faultlint.yaml", "root: true\n"),
        ("b/a.ts", LOCK),
    ];
    let root = tree(&files);
    assert_eq!(
        found(root.path(), &["a/src"]),
        [format!("a/src/a.ts critical {NO_TTL}")],
        "the nearest goes first"
    );
    assert_eq!(found(&root.path().join("a/src"), &[]), [format!("a.ts critical {NO_TTL}")]);
    assert_eq!(found(root.path(), &["b"]).len(), 3, "nothing above the root counts");
    assert_eq!(found(root.path(), &["b", "a"]).len(), 4, "what lies around all of them");
    let outside = tree(&[("a.ts", LOCK)]);
    fs::create_dir(outside.path().join("inner")).unwrap();
    fs::create_dir(outside.path().join("inner/.git")).unwrap();
    fs::write(outside.path().join("inner/a.ts"), LOCK).unwrap();
    fs::write(outside.path().join("faultlint.yaml"), "ignore: [unsafe-lock]\n").unwrap();
    assert_eq!(found(outside.path(), &["inner"]).len(), 3, "not above the repository");
}

#[test]
fn a_configuration_may_be_named_or_left_out() {
    let files = [
        ("faultlint.yaml", "ignore: [unsafe-lock]\n"),
        ("ci/strict.yaml", "exclude: ['src/old/**']\nignore: [pubsub-loss]\n"),
        ("src/a.ts", LOCK),
        ("src/old/a.ts", LOCK),
    ];
    let root = tree(&files);
    assert_eq!(found(root.path(), &["--no-config"]).len(), 6);
    assert_eq!(
        found(root.path(), &["--config", "ci/strict.yaml"]),
        [format!("src/a.ts critical {NO_TTL}"), format!("src/a.ts critical {NO_OWNER}")]
    );
    let both = faultlint(root.path(), &["check", "--config", "ci/strict.yaml", "--no-config"]);
    assert_eq!(status(&both), 2);
    let missing = faultlint(root.path(), &["check", "--config", "nope.yaml"]);
    assert_eq!(status(&missing), 2);
    assert!(stderr(&missing).contains("nope.yaml"));
}

#[test]
fn a_file_builds_on_those_it_extends() {
    let files = [
        ("a.ts", LOCK),
        ("faultlint.yaml", "extends: [lint/one.yaml, lint/two.yaml]\nseverity: { unsafe-lock: medium }\n"),
        ("lint/one.yaml", "extends: base.yaml\nmin-severity: critical\nignore: pubsub-loss\n"),
        ("lint/two.yaml", "min-severity: low\n"),
        ("lint/base.yaml", "severity: { unsafe-lock/no-ttl: low, unsafe-lock: high }\n"),
    ];
    let root = tree(&files);
    assert_eq!(
        found(root.path(), &[]),
        [format!("a.ts low {NO_TTL}"), format!("a.ts medium {NO_OWNER}")],
        "what is nearer goes first, key by key"
    );
    let circle = complaint(
        &[("a.ts", LOCK), ("faultlint.yaml", "extends: b.yaml\n"), ("b.yaml", "extends: faultlint.yaml\n")],
        &[],
    );
    assert!(circle.contains("circle: faultlint.yaml, b.yaml") && circle.contains("b.yaml:1:10"), "{circle}");
    let out = complaint(&[("a.ts", LOCK), ("faultlint.yaml", "extends: ../b.yaml\n")], &[]);
    assert!(out.contains("out of the repository") && out.contains("absolute path"), "{out}");
    let missing = complaint(&[("a.ts", LOCK), ("faultlint.yaml", "extends: b.yaml\n")], &[]);
    assert!(missing.contains("there is no file `b.yaml`"), "{missing}");
    let elsewhere = tree(&[("base.yaml", "ignore: [unsafe-lock]\n")]);
    let absolute = format!("extends: {}\n", elsewhere.path().join("base.yaml").display());
    assert_eq!(rules(&absolute, &[]), [NO_LISTENER]);
}

#[test]
fn mistakes_are_told_with_their_place_and_the_nearest_word() {
    let mistakes = [
        ("sevrity: {}\n", "1:1", "did you mean `severity`?"),
        ("ignore:\n  - unsafe-lok\n", "2:5", "did you mean `unsafe-lock`?"),
        ("select: banana\n", "1:9", "faultlint rules list"),
        ("severity: { unsafe-lock/no-tll: low }\n", "1:13", "did you mean `unsafe-lock/no-ttl`?"),
        ("severity: { unsafe-lock: hihg }\n", "1:26", "did you mean `high`?"),
        ("min-severity: off\n", "1:15", "expected one of: low, medium, high, critical"),
        ("overrides:\n  - file: x\n", "2:5", "did you mean `files`?"),
        ("overrides:\n  - ignore: unsafe-lock\n", "2:5", "`files` belongs beside this"),
        ("overrides:\n  - files: []\n", "2:12", "no pattern"),
        ("overrides:\n  - files: x\n    ignore: unsafe-lok\n", "3:13", "did you mean `unsafe-lock`?"),
        ("exclude: ['[z-a]']\n", "1:11", "the pattern does not read"),
        ("code: { tests: cheque }\n", "1:16", "expected one of: check, skip"),
        ("code: { paths: [{ files: x, kind: servic }] }\n", "1:35", "did you mean `service`?"),
        ("project: { replicas: 3 }\n", "1:22", "expected one of: one, many"),
        ("root: yes\n", "1:7", "expected `true` or `false`"),
        ("ignore: [\n", "1:9", "not YAML"),
    ];
    for (config, place, words) in mistakes {
        let told = complaint(&[("a.ts", LOCK), ("faultlint.yaml", config)], &[]);
        assert!(told.contains(&format!("faultlint.yaml:{place}]")), "{config}{told}");
        assert!(told.contains(words), "{config}{told}");
    }
    let binary = tree(&[("a.ts", LOCK)]);
    fs::write(binary.path().join("faultlint.yaml"), b"\xff").unwrap();
    assert_eq!(status(&faultlint(binary.path(), &["check"])), 2);
}

#[test]
fn the_merged_configuration_is_shown_with_where_each_value_is_said() {
    let files = [
        ("src/a.ts", LOCK),
        ("base.yaml", "ignore: [pubsub-loss]\nseverity: { unsafe-lock: low }\nexclude: 'x/**'\n"),
        (
            "faultlint.yaml",
            "extends: base.yaml\nmin-severity: medium\noverrides:\n  - files: src/**\n    severity: { unsafe-lock: high }\n",
        ),
    ];
    let root = tree(&files);
    let general = faultlint(root.path(), &["config", "show"]);
    let expected = [
        "# faultlint.yaml, over base.yaml",
        "  - pubsub-loss  # base.yaml:1",
        "  unsafe-lock: low  # base.yaml:2",
        "min-severity: medium  # faultlint.yaml:2",
        "min-confidence: medium  # default",
        "  - 'x/**'  # base.yaml:3",
        "      - 'src/**'  # faultlint.yaml:4",
        "      unsafe-lock: high  # faultlint.yaml:5",
        "  replicas: many  # default",
    ];
    for line in expected {
        assert!(stdout(&general).lines().any(|shown| shown == line), "{line}\n{}", stdout(&general));
    }
    let of_file = faultlint(root.path(), &["config", "show", "src/a.ts"]);
    assert!(stdout(&of_file).contains("  unsafe-lock: high  # faultlint.yaml:5"), "{}", stdout(&of_file));
    assert!(!stdout(&of_file).contains("overrides"));
    let named = faultlint(root.path(), &["config", "show", "--config", "base.yaml"]);
    assert!(stdout(&named).starts_with("# base.yaml\n"));
    let none = faultlint(root.path(), &["config", "show", "--no-config"]);
    assert!(stdout(&none).starts_with("# no configuration file\n"));
    // What is shown is itself a configuration.
    fs::write(root.path().join("shown.yaml"), stdout(&general)).unwrap();
    assert_eq!(found(root.path(), &["--config", "shown.yaml"]), found(root.path(), &[]));
    fs::write(root.path().join("faultlint.yaml"), "ignore: [no-such]\n").unwrap();
    assert_eq!(status(&faultlint(root.path(), &["config", "show"])), 2);
}

#[test]
fn init_writes_a_starter_that_changes_nothing() {
    let files =
        [("src/a.ts", LOCK), ("src/app.js", SESSION), ("test/a.ts", LOCK), ("main.go", "package main\n")];
    let root = tree(&files);
    let before = found(root.path(), &[]);
    let output = faultlint(root.path(), &["init"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let count = before.len();
    assert!(stdout(&output).starts_with("faultlint.yaml written\n"), "{}", stdout(&output));
    assert!(stdout(&output).contains(&format!("{count} findings are here now")), "{}", stdout(&output));
    assert!(stdout(&output).contains("  faultlint baseline create\n"), "{}", stdout(&output));
    let written = fs::read_to_string(root.path().join("faultlint.yaml")).unwrap();
    let seen = [
        "#   TypeScript: 1 file\n",
        "#   JavaScript: 1 file\n",
        "#   Go: 1 file\n",
        "#   redis, in 1 file: ",
        "  tests: skip  # 1 file in test\n",
        "\n# baseline: faultlint-baseline.json\n",
    ];
    for line in seen {
        assert!(written.contains(line), "{line}\n{written}");
    }
    assert_eq!(found(root.path(), &[]), before);
    // What stands in comments is right, too.
    let all = written.lines().map(|line| {
        let said = line.trim_start().strip_prefix("# ").unwrap_or_default();
        let is_key = said.starts_with([' ', '-'])
            || said.split_once(':').is_some_and(|(key, _)| {
                key.chars().all(|c| c.is_ascii_lowercase()) && !["gate", "audit"].contains(&key)
            });
        let is_example = is_key && !said.starts_with("  T") && !said.contains("file");
        if is_example || said.starts_with("  - files") || said.starts_with("  - { files") {
            line.replacen("# ", "", 1)
        } else {
            line.to_owned()
        }
    });
    let all: Vec<String> =
        all.filter(|line| !line.contains("[lint/") && !line.starts_with("baseline:")).collect();
    fs::write(root.path().join("faultlint.yaml"), all.join("\n")).unwrap();
    let output = faultlint(root.path(), &["check"]);
    assert_eq!(status(&output), 1, "{}{}", all.join("\n"), stderr(&output));
    let again = faultlint(root.path(), &["init"]);
    assert_eq!(status(&again), 2);
    assert!(stderr(&again).contains("faultlint.yaml is there already"));
    assert_eq!(fs::read_to_string(root.path().join("faultlint.yaml")).unwrap(), all.join("\n"));
    let below = tree(&[("service/a.ts", LOCK)]);
    assert_eq!(status(&faultlint(below.path(), &["init", "service"])), 0);
    assert!(below.path().join("service/faultlint.yaml").is_file());
    let clean = tree(&[("a.ts", "export const one = 1;\n")]);
    assert_eq!(stdout(&faultlint(clean.path(), &["init"])), "faultlint.yaml written\n", "nothing to keep");
    let written = fs::read_to_string(clean.path().join("faultlint.yaml")).unwrap();
    assert!(!written.contains("baseline"), "{written}");
}

#[test]
fn schemas_are_printed_and_the_one_of_the_configuration_says_what_the_program_says() {
    let root = tree(&[("a.ts", LOCK)]);
    let output = faultlint(root.path(), &["schema", "output"]);
    assert!(stdout(&output).contains("\"title\": \"faultlint report\""));
    let schema: Value =
        serde_json::from_slice(&faultlint(root.path(), &["schema", "config"]).stdout).unwrap();
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("file:///config.json", schema).unwrap();
    let index = compiler.compile("file:///config.json", &mut schemas).unwrap();
    let configurations = [
        ("{}", true),
        (
            r#"{"root": true, "extends": "b.yaml", "select": ["unsafe-lock"], "ignore": "unsafe-lock/no-ttl"}"#,
            true,
        ),
        (r#"{"severity": {"unsafe-lock": "off"}, "min-severity": "high", "min-confidence": "low"}"#, true),
        (
            r#"{"persona": "audit", "fail-on": "never", "exclude": ["x/**"], "rules": "own", "models": "own"}"#,
            true,
        ),
        (
            r#"{"overrides": [{"files": "x", "ignore": ["unsafe-lock"], "severity": {"unsafe-lock": "low"}, "min-severity": "low", "min-confidence": "low"}]}"#,
            true,
        ),
        (
            r#"{"code": {"tests": "check", "examples": "skip", "vendored": "skip", "generated": "skip", "scripts": "check", "front-end": "check"}}"#,
            true,
        ),
        (
            r#"{"code": {"paths": [{"files": ["a"], "kind": "front-end"}]}, "project": {"replicas": "one"}}"#,
            true,
        ),
        (r#"{"baseline": "known.json"}"#, true),
        (r#"{"baseline": ["known.json"]}"#, false),
        (r#"{"code": {"paths": [{"files": ["a"]}]}}"#, false),
        (r#"{"code": {"paths": [{"files": ["a"], "kind": "tool"}]}}"#, false),
        (r#"{"code": {"test": "check"}}"#, false),
        (r#"{"overrides": [{"files": []}]}"#, false),
        (r#"{"overrides": [{"ignore": []}]}"#, false),
        (r#"{"overrides": [{"files": "x", "persona": "gate"}]}"#, false),
        (r#"{"severity": {"unsafe-lock": "none"}}"#, false),
        (r#"{"min-severity": "off"}"#, false),
        (r#"{"fail-on": "always"}"#, false),
        (r#"{"project": {"replicas": 2}}"#, false),
        (r#"{"root": "yes"}"#, false),
        (r#"{"paths": []}"#, false),
    ];
    fs::write(root.path().join("b.yaml"), "").unwrap();
    fs::create_dir(root.path().join("own")).unwrap();
    for (config, fits) in configurations {
        let value: Value = serde_json::from_str(config).unwrap();
        assert_eq!(schemas.validate(&value, index).is_ok(), fits, "the schema on {config}");
        fs::write(root.path().join("faultlint.yaml"), config).unwrap();
        let output = faultlint(root.path(), &["check"]);
        let read = !stderr(&output).contains("a mistake in the configuration");
        assert_eq!(read, fits, "the program on {config}: {}", stderr(&output));
    }
}
