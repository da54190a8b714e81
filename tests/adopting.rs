//! Starting on code that has findings already, through the real executable: the baseline, and ignore comments.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const FILE: &str = "faultlint-baseline.json";
const WITH: [&str; 2] = ["--baseline", FILE];

/// Two locks without an expiry, in one function, that are alike.
const TS: &str = "import Redis from 'ioredis';
const redis = new Redis();
export async function renew(key: string): Promise<void> {
  if (!(await redis.set(key, 'x', 'NX'))) return;
  await work();
  if (!(await redis.set(key, 'x', 'NX'))) return;
  await redis.del(key);
}
";

/// The same, as another formatter and another editor leave it.
const TS_AGAIN: &str = "import Redis from \"ioredis\"

// What follows is about locks.
const redis = new Redis()

export async function renew(
    key: string,
): Promise<void> {
    if (
        !(await redis.set(
            key, // the key
            \"x\",
            \"NX\",
        ))
    ) {
        return
    }
    await work()

    if (!(await redis
        .set(key, \"x\", \"NX\"))) return
    await redis.del(key)
}
";

const GO: &str = "package lock

import (
\t\"context\"

\t\"github.com/redis/go-redis/v9\"
)

func take(ctx context.Context, rdb *redis.Client, key string) error {
\tok, err := rdb.SetNX(ctx, key, \"x\", 0).Result()
\tif err != nil || !ok {
\t\treturn err
\t}
\tdefer rdb.Del(ctx, key)
\treturn work(ctx)
}
";

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    command.env_remove("NO_COLOR").env("FAULTLINT_TODAY", "2026-06-15").output().unwrap()
}

fn put(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        put(root.path(), path, text);
    }
    root
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

fn said(root: &TempDir, arguments: &[&str]) -> String {
    let output = faultlint(root.path(), arguments);
    assert_eq!(status(&output), 0, "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    stdout(&output).to_owned()
}

fn written(root: &TempDir) -> String {
    fs::read_to_string(root.path().join(FILE)).unwrap()
}

/// How many findings are told, known and stale.
fn counts(root: &TempDir, more: &[&str]) -> [u64; 3] {
    let output = faultlint(root.path(), &[&["check", "--format", "json"], more].concat());
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let summary = &report["summary"];
    assert_eq!(
        report["stale_baseline_entries"].as_array().unwrap().len() as u64,
        summary["stale"].as_u64().unwrap()
    );
    assert_eq!(status(&output), i32::from(summary["findings"] != 0));
    ["findings", "in_baseline", "stale"].map(|key| summary[key].as_u64().unwrap())
}

fn fingerprints(text: &str, path: &str) -> Vec<String> {
    let root = tree(&[(path, text)]);
    let output = faultlint(root.path(), &["check", "--format", "json", "--select", "unsafe-lock"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["fingerprint"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_there_is_kept_and_only_what_is_new_is_told() {
    let root = tree(&[("src/a.ts", TS), ("lock/take.go", GO)]);
    let [found, _, _] = counts(&root, &[]);
    assert!(found >= 3);
    let told = said(&root, &["baseline", "create"]);
    assert_eq!(
        told,
        format!("{found} entries in {FILE}; `faultlint check --baseline {FILE}` leaves them out\n")
    );
    assert_eq!(counts(&root, &WITH), [0, found, 0]);
    assert_eq!(counts(&root, &[]), [found, 0, 0], "only where it is asked for");
    let human = said(&root, &[&["check"][..], &WITH].concat());
    assert!(human.contains(&format!("no findings; {found} in the baseline\n")), "{human}");
    let first = written(&root);
    said(&root, &["baseline", "create", "--force"]);
    assert_eq!(written(&root), first, "the same again");
    said(&root, &["baseline", "prune"]);
    assert_eq!(written(&root), first, "nothing to take out");
    put(root.path(), "src/b.ts", TS);
    assert_eq!(counts(&root, &WITH)[1..], [found, 0], "what is new is told");
    assert!(counts(&root, &WITH)[0] >= 2);
    let names: Vec<_> = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "nothing is left behind: {names:?}");
}

#[test]
fn a_baseline_is_one_entry_a_line_in_order() {
    let root = tree(&[("src/a.ts", TS), ("lock/take.go", GO)]);
    said(&root, &["baseline", "create", "--select", "unsafe-lock"]);
    let value: Value = serde_json::from_str(&written(&root)).unwrap();
    assert_eq!(value["version"], 1);
    let lines: Vec<String> = written(&root)
        .lines()
        .filter(|line| line.contains("\"path\""))
        .map(|line| line.trim_end_matches(',').to_owned())
        .collect();
    let mut sorted = lines.clone();
    sorted.sort();
    assert_eq!(lines, sorted);
    assert_eq!(lines.len(), value["findings"].as_array().unwrap().len());
    assert!(lines[0].starts_with("    {\"path\":\"lock/take.go\",\"rule\":\"unsafe-lock/"), "{}", lines[0]);
    assert!(lines[0].contains("\"symbol\":\"take\",\"fingerprint\":\""), "{}", lines[0]);
}

#[test]
fn fingerprints_survive_editors_and_formatters() {
    let ts = fingerprints(TS, "a.ts");
    assert!(ts.len() >= 2);
    assert_eq!(fingerprints(TS_AGAIN, "a.ts"), ts);
    assert_eq!(fingerprints(TS, "src/b.ts"), ts, "in another file");
    let go = fingerprints(GO, "a.go");
    assert!(!go.is_empty());
    let moved = GO.replace("\tok, err := rdb.SetNX(ctx, key, \"x\", 0).Result()", "\t// The lock.\n\n\tok, err := rdb.\n\t\tSetNX(\n\t\t\tctx,\n\t\t\tkey,\n\t\t\t\"x\",\n\t\t\t0,\n\t\t).\n\t\tResult()");
    assert_ne!(moved, GO);
    assert_eq!(fingerprints(&moved, "a.go"), go);
    assert_ne!(fingerprints(&TS.replace("'x'", "'y'"), "a.ts"), ts, "other code");
    assert_ne!(fingerprints(&TS.replace("renew", "again"), "a.ts"), ts, "another function");
}

#[test]
fn every_blank_line_may_be_put_in() {
    let before = fingerprints(TS, "a.ts");
    for line in 0..TS.lines().count() {
        let mut lines: Vec<&str> = TS.lines().collect();
        lines.insert(line, "  ");
        assert_eq!(fingerprints(&lines.join("\r\n"), "a.ts"), before, "before line {line}");
    }
}

#[test]
fn of_two_that_are_alike_one_may_be_mended() {
    let only = ["--select", "unsafe-lock/no-ttl"];
    let with = [&only[..], &WITH].concat();
    let root = tree(&[("a.ts", TS)]);
    said(&root, &[&["baseline", "create"][..], &only].concat());
    assert_eq!(counts(&root, &with), [0, 2, 0]);
    put(root.path(), "a.ts", &TS.replacen("'x', 'NX'", "'x', 'PX', 9, 'NX'", 1));
    assert_eq!(counts(&root, &with), [0, 1, 1]);
    let human = said(&root, &[&["check"], &with[..]].concat());
    assert!(
        human.contains(&format!(
            "1 entry of {FILE} without a finding any more; `faultlint baseline prune` takes them out"
        )),
        "{human}"
    );
    let told = said(&root, &[&["baseline", "prune"][..], &only].concat());
    assert_eq!(
        told,
        format!("a.ts: unsafe-lock/no-ttl in renew: no longer found\n1 entry taken out, 1 left in {FILE}\n")
    );
    assert_eq!(counts(&root, &with), [0, 1, 0]);
    put(root.path(), "a.ts", TS);
    assert_eq!(counts(&root, &with), [1, 1, 0], "it is not forgiven twice");
}

#[test]
fn files_and_functions_may_get_other_names() {
    let root = tree(&[("src/a.ts", TS)]);
    said(&root, &["baseline", "create"]);
    let [_, known, _] = counts(&root, &WITH);
    fs::rename(root.path().join("src/a.ts"), root.path().join("src/b.ts")).unwrap();
    assert_eq!(counts(&root, &WITH), [0, known, 0]);
    let told = said(&root, &["baseline", "prune"]);
    assert!(
        told.contains("src/a.ts: unsafe-lock/no-ttl in renew: now src/b.ts: unsafe-lock/no-ttl in renew\n"),
        "{told}"
    );
    assert!(written(&root).contains("src/b.ts") && !written(&root).contains("src/a.ts"));
    put(root.path(), "src/b.ts", &TS.replace("renew", "prolong"));
    assert_eq!(counts(&root, &WITH), [0, known, 0]);
    said(&root, &["baseline", "prune"]);
    assert!(written(&root).contains("\"prolong\"") && !written(&root).contains("\"renew\""));
}

#[test]
fn what_was_not_looked_for_is_not_stale() {
    let root = tree(&[("src/a.ts", TS), ("lock/take.go", GO)]);
    said(&root, &["baseline", "create"]);
    let before = written(&root);
    for more in [
        &["lock"][..],
        &["--select", "message-ack"],
        &["--min-severity", "critical", "--min-confidence", "high"],
        &["--ignore", "unsafe-lock"],
    ] {
        assert_eq!(counts(&root, &[&WITH[..], more].concat())[2], 0, "{more:?}");
        // What is below is there all the same: `prune` has no such options.
        if !more.contains(&"--min-severity") {
            said(&root, &[&["baseline", "prune"], more].concat());
        }
        assert_eq!(written(&root), before, "{more:?}");
    }
    fs::remove_file(root.path().join("lock/take.go")).unwrap();
    assert!(counts(&root, &WITH)[2] > 0, "the file is gone");
    assert_eq!(counts(&root, &[&WITH[..], &["src"]].concat())[2], 0, "only src was looked at");
}

/// A call that waits without limit, and tells `audit` that nothing breaks the circuit.
const CALL: &str = "import axios from 'axios';
import express from 'express';
const app = express();
app.get('/x', async (request, response) => {
  response.json((await axios.get('https://b.example/x')).data);
});
";

/// How many entries there are.
fn entries(root: &TempDir) -> usize {
    written(root).lines().filter(|line| line.contains("\"path\"")).count()
}

#[test]
fn the_options_of_create_say_what_is_kept() {
    let kept = |more: &[&str]| {
        let root = tree(&[("src/a.ts", TS), ("src/b.ts", CALL), ("lock/take.go", GO)]);
        said(&root, &[&["baseline", "create"], more].concat());
        entries(&root)
    };
    let all = kept(&[]);
    let of_go = kept(&["lock"]);
    assert!(0 < of_go && of_go < all);
    let (selected, others) =
        (kept(&["--select", "unsafe-lock/no-ttl"]), kept(&["--ignore", "unsafe-lock/no-ttl"]));
    assert!(0 < selected && 0 < others && selected + others == all, "{selected} + {others}, {all}");
    assert!(kept(&["--min-severity", "critical"]) < all);
    assert!(kept(&["--min-confidence", "low"]) > all, "errors that only the console tells");
    assert!(kept(&["--persona", "audit"]) > all, "nothing breaks the circuit");
}

#[test]
fn the_options_of_prune_say_what_was_looked_for() {
    // What is left once everything has been mended.
    let left = |more: &[&str]| {
        let root = tree(&[("src/a.ts", TS), ("src/b.ts", CALL), ("lock/take.go", GO)]);
        said(&root, &["baseline", "create", "--persona", "audit"]);
        for (path, text) in
            [("src/a.ts", "export {};\n"), ("src/b.ts", "export {};\n"), ("lock/take.go", "package lock\n")]
        {
            put(root.path(), path, text);
        }
        let all = entries(&root);
        said(&root, &[&["baseline", "prune"], more].concat());
        let told = written(&root);
        assert!(entries(&root) < all, "{more:?} takes something out: {told}");
        told
    };
    assert!(!left(&["--persona", "audit"]).contains("\"path\""));
    assert!(left(&[]).contains("circuit-breaker/no-breaker"), "it is not looked for by default");
    let elsewhere = left(&["src"]);
    assert!(elsewhere.contains("lock/take.go") && !elsewhere.contains("src/a.ts"), "{elsewhere}");
    let of_one = left(&["--select", "unsafe-lock/no-ttl"]);
    assert!(
        of_one.contains("circuit-breaker/no-timeout") && !of_one.contains("unsafe-lock/no-ttl"),
        "{of_one}"
    );
    let of_others = left(&["--ignore", "unsafe-lock/no-ttl"]);
    assert!(
        of_others.contains("unsafe-lock/no-ttl") && !of_others.contains("circuit-breaker/no-timeout"),
        "{of_others}"
    );
}

#[test]
fn a_baseline_may_lie_where_it_is_told() {
    let root = tree(&[("a.ts", TS)]);
    let elsewhere = ["--baseline", "known.json"];
    said(&root, &[&["baseline", "create"], &elsewhere[..]].concat());
    assert!(!root.path().join(FILE).exists());
    let [told, known, _] = counts(&root, &elsewhere);
    assert!(told == 0 && known > 0);
    put(root.path(), "a.ts", "export {};\n");
    assert_eq!(counts(&root, &elsewhere), [0, 0, known]);
    said(&root, &[&["baseline", "prune"], &elsewhere[..]].concat());
    assert_eq!(counts(&root, &elsewhere), [0, 0, 0]);
}

#[test]
fn a_baseline_is_not_written_over_unless_told() {
    let root = tree(&[("a.ts", TS), (FILE, "mine")]);
    let output = faultlint(root.path(), &["baseline", "create"]);
    assert_eq!(status(&output), 2);
    assert!(
        stderr(&output).contains(&format!("{FILE} is there already; `--force` writes it anew")),
        "{}",
        stderr(&output)
    );
    assert_eq!(written(&root), "mine");
    said(&root, &["baseline", "create", "--force"]);
    assert!(written(&root).contains("\"version\": 1"));
    let nowhere = faultlint(root.path(), &["baseline", "create", "--baseline", "no/such/folder.json"]);
    assert_eq!(status(&nowhere), 2);
    assert!(stderr(&nowhere).contains("writing no/such/folder.json"), "{}", stderr(&nowhere));
}

#[test]
fn the_configuration_names_the_baseline() {
    let root = tree(&[("sub/a.ts", TS), ("faultlint.yaml", "baseline: lint/known.json\n")]);
    fs::create_dir(root.path().join("lint")).unwrap();
    let missing = faultlint(root.path(), &["check"]);
    assert_eq!(status(&missing), 2);
    assert!(
        stderr(&missing)
            .contains("there is no baseline `lint/known.json`; `faultlint baseline create` writes one"),
        "{}",
        stderr(&missing)
    );
    assert!(said(&root, &["baseline", "create"]).contains(" in lint/known.json; "));
    let [told, known, stale] = counts(&root, &[]);
    assert!(told == 0 && known >= 2 && stale == 0);
    assert!(fs::read_to_string(root.path().join("lint/known.json")).unwrap().contains("\"../sub/a.ts\""));
    let below = faultlint(&root.path().join("sub"), &["check"]);
    assert_eq!(status(&below), 0, "from another folder: {}", stdout(&below));
    assert!(said(&root, &["config", "show"]).contains("baseline: lint/known.json  # faultlint.yaml:1\n"));
    put(root.path(), "none.json", "{\"version\": 1, \"findings\": []}");
    assert_eq!(counts(&root, &["--baseline", "none.json"]), [known, 0, 0], "the command line goes first");
    assert_eq!(counts(&root, &["--no-config"]), [known, 0, 0]);
}

#[test]
fn a_baseline_that_cannot_be_read_is_told_with_its_place() {
    for (text, place, words) in [
        ("{\"version\": 7}", ":1:2]", "version 7"),
        ("{\n  \"version\": 1,\n  \"findings\": [\n    {\"path\":]\n  ]\n}\n", ":4:13]", "expected value"),
        ("{\n=======\n<<<<<<< ours\n", ":3:1]", "not merged"),
    ] {
        let root = tree(&[("a.ts", TS), (FILE, text)]);
        for command in [&["check", "--baseline", FILE][..], &["baseline", "prune"]] {
            let output = faultlint(root.path(), command);
            assert_eq!(status(&output), 2, "{command:?}");
            let told = stderr(&output);
            assert!(told.contains("a mistake in the baseline") && told.contains("help: "), "{told}");
            assert!(told.contains(&format!("{FILE}{place}")) && told.contains(words), "{told}");
        }
        assert_eq!(written(&root), text, "nothing is written over");
    }
}

#[test]
fn every_format_leaves_out_what_is_known_and_tells_what_is_stale() {
    let root = tree(&[("a.ts", TS), ("b.ts", TS)]);
    said(&root, &["baseline", "create"]);
    fs::write(root.path().join("b.ts"), "export {};\n").unwrap();
    let formats =
        ["human", "compact", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "agent"];
    for format in formats {
        let output = faultlint(root.path(), &["check", "--baseline", FILE, "--format", format]);
        assert_eq!(status(&output), 0, "{format}");
        let text = stdout(&output);
        assert!(
            text.contains("without a finding any more") || format.starts_with("json"),
            "{format}: {text}"
        );
        assert!(!text.contains("a.ts:4"), "{format}: {text}");
    }
    let sarif: Value =
        serde_json::from_str(&said(&root, &["check", "--baseline", FILE, "--format", "sarif"])).unwrap();
    assert_eq!(sarif["runs"][0]["results"], Value::Array(vec![]));
    assert_eq!(
        sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["descriptor"]["id"],
        "baseline-stale"
    );
    let all = faultlint(root.path(), &["check", "--format", "sarif"]);
    let all: Value = serde_json::from_slice(&all.stdout).unwrap();
    let prints = &all["runs"][0]["results"][0]["partialFingerprints"];
    assert!(prints["faultlint/v2"].is_string() && prints["primaryLocationLineHash"].is_string(), "{prints}");
}

#[test]
fn one_file_of_an_editor_makes_no_other_entry_stale() {
    let root = tree(&[("a.ts", TS), ("b.ts", TS)]);
    said(&root, &["baseline", "create"]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(root.path()).args([
        "check",
        "--baseline",
        FILE,
        "--stdin",
        "--stdin-filename",
        "a.ts",
    ]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), TS_AGAIN.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(status(&output), 0, "{}", stdout(&output));
    assert!(!stdout(&output).contains("without a finding"), "{}", stdout(&output));
}

#[test]
fn a_comment_with_a_last_day_expires() {
    let with = |comment: &str| {
        let text =
            TS.replacen("  if (", &format!("  // faultlint-ignore unsafe-lock/no-ttl {comment}\n  if ("), 1);
        tree(&[("a.ts", &text)])
    };
    let only = ["check", "--select", "unsafe-lock/no-ttl", "--format", "json"];
    let told =
        |root: &TempDir| -> Value { serde_json::from_slice(&faultlint(root.path(), &only).stdout).unwrap() };
    let live = told(&with("until=2026-06-15: soon gone"));
    assert_eq!(
        (live["findings"].as_array().unwrap().len(), live["summary"]["suppressed"].as_u64()),
        (1, Some(1))
    );
    assert_eq!(live["ignore_comments"], Value::Array(vec![]));
    let over = told(&with("until=2026-06-14: soon gone"));
    assert_eq!(over["findings"].as_array().unwrap().len(), 2);
    assert_eq!(over["ignore_comments"][0]["problem"], "expired");
    assert_eq!(
        over["ignore_comments"][0]["words"],
        "its last day was 2026-06-14; nothing is silenced any more"
    );
    for (mistake, problem) in [("until=tomorrow: x", "no-date"), ("for=me: x", "unknown-key")] {
        let report = told(&with(mistake));
        assert_eq!(report["ignore_comments"][0]["problem"], problem);
        assert_eq!(report["findings"].as_array().unwrap().len(), 2);
    }
    let root = with("until=2026-06-14: x");
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    let no_day =
        command.current_dir(root.path()).arg("check").env("FAULTLINT_TODAY", "now").output().unwrap();
    assert_eq!(status(&no_day), 2);
    assert!(stderr(&no_day).contains("FAULTLINT_TODAY is `now`"), "{}", stderr(&no_day));
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    let clock = command.current_dir(root.path()).args(only).env_remove("FAULTLINT_TODAY").output().unwrap();
    assert!(stdout(&clock).contains("\"expired\""), "by the clock, that day is over");
}

#[test]
fn ignore_comments_are_listed_with_how_they_fare() {
    let text = format!(
        "// faultlint-ignore-file message-ack until=2027-01-01: not yet\n{}// faultlint-ignore no-such: x\n// faultlint-ignore\n",
        TS.replacen("  if (", "  // faultlint-ignore unsafe-lock/no-ttl: the reason\n  if (", 1).replacen(
            "  await work",
            "  // faultlint-ignore unsafe-lock until=2026-01-01: old\n  await work",
            1
        )
    );
    let root = tree(&[("src/a.ts", &text), ("b.ts", "export {};\n")]);
    let listed = said(&root, &["suppressions"]);
    let expected = "\
src/a.ts:1: unused message-ack (whole file) until 2027-01-01 - not yet
src/a.ts:5: active unsafe-lock/no-ttl - the reason
src/a.ts:7: expired unsafe-lock until 2026-01-01 - old
src/a.ts:12: unknown no-such - x
src/a.ts:13: malformed - it names no rule; nothing is silenced
5 ignore comments: 1 active, 1 unused, 1 unknown, 1 expired, 1 malformed
";
    assert_eq!(listed, expected);
    assert_eq!(said(&root, &["suppressions", "b.ts"]), "0 ignore comments\n");
    let json: Value = serde_json::from_str(&said(&root, &["suppressions", ".", "--format", "json"])).unwrap();
    assert_eq!(json["version"], 1);
    let all = json["suppressions"].as_array().unwrap();
    let states: Vec<&str> = all.iter().map(|entry| entry["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["unused", "active", "expired", "unknown", "malformed"]);
    assert_eq!(
        all[0],
        serde_json::json!({ "path": "src/a.ts", "line": 1, "scope": "file", "rules": [{ "name": "message-ack", "state": "unused" }], "reason": "not yet", "until": "2027-01-01", "state": "unused" })
    );
    assert_eq!(all[4]["problem"], "it names no rule; nothing is silenced");
}

#[test]
fn commands_that_are_not_whole_are_mistakes() {
    let root = tree(&[("a.ts", TS)]);
    for arguments in [
        &["baseline"][..],
        &["baseline", "show"],
        &["baseline", "prune", "--force"],
        &["baseline", "prune"],
        &["check", "--baseline"],
        &["check", "--baseline", "none.json"],
        &["baseline", "create", "--select", "no-such"],
        &["suppressions", "--format", "sarif"],
        &["suppressions", "nowhere"],
    ] {
        assert_eq!(status(&faultlint(root.path(), arguments)), 2, "{arguments:?}");
    }
    assert!(!root.path().join(FILE).exists());
}
