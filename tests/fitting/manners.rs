//! Manners: at a terminal, when interrupted, with several reports; and the tests of a team's own rules and models.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use super::{BAD, FINE, command, faultlint, is_there, json, status, told, tree};

#[test]
fn one_run_writes_several_reports() {
    let here = tree(&[("bad.ts", BAD)]);
    let options = ["check", "--format", "compact", "--also", "sarif=a.sarif", "--also", "json=out/b.json"];
    fs::create_dir(here.path().join("out")).unwrap();
    let output = faultlint(here.path(), &options);
    assert_eq!(status(&output), 1, "{}", told(&output));
    assert!(told(&output).starts_with("bad.ts:8:"), "{}", told(&output));
    let rule = &json(here.path().join("a.sarif"))["runs"][0]["results"][0]["ruleId"];
    assert_eq!(rule, "message-ack/swallowed-failure");
    assert_eq!(json(here.path().join("out/b.json"))["findings"].as_array().unwrap().len(), 1);
    for (mistake, words) in [
        ("xml=a", "no format is called `xml`; there are human, compact,"),
        ("sarif", "no file: `sarif=FILE`"),
        ("json=no/such/folder/a.json", "no/such/folder/a.json"),
    ] {
        let output = faultlint(here.path(), &["check", "--also", mistake]);
        assert_eq!(status(&output), 2, "{mistake}");
        assert!(told(&output).contains(words), "{mistake}: {}", told(&output));
    }
}

#[test]
fn findings_are_coloured_and_linked_as_asked() {
    let here = tree(&[("bad.ts", &super::read("docs/example/orders.ts"))]);
    let drawn = |options: &[&str], variables: &[(&str, &str)]| {
        let mut check = command(env!("CARGO_BIN_EXE_faultlint"), here.path());
        let output = check.arg("check").args(options).envs(variables.iter().copied()).output().unwrap();
        assert_eq!(status(&output), 1);
        told(&output)
    };
    assert!(!drawn(&[], &[]).contains('\x1b'));
    assert!(drawn(&["--color", "always"], &[("NO_COLOR", "1")]).contains("\x1b["));
    assert!(drawn(&[], &[("CLICOLOR_FORCE", "1")]).contains("\x1b["));
    assert!(!drawn(&["--color", "never"], &[("FORCE_COLOR", "1")]).contains('\x1b'));
    let is_linked = |text: &str| text.contains("\x1b]8;;https://") && text.contains("\x1b]8;;\x1b\\");
    assert!(is_linked(&drawn(&["--hyperlinks", "always"], &[])));
    assert!(is_linked(&drawn(&[], &[("FORCE_HYPERLINK", "1")])));
    assert!(!drawn(&["--hyperlinks", "never"], &[("FORCE_HYPERLINK", "1")]).contains('\x1b'));
    assert!(!drawn(&["--format", "compact", "--hyperlinks", "always"], &[]).contains('\x1b'));
}

#[test]
fn an_interrupt_leaves_nothing_half_done() {
    let here = tree(&[("old.json", "{}")]);
    let mut check = command(env!("CARGO_BIN_EXE_faultlint"), here.path());
    check.args(["check", "--stdin", "--stdin-filename", "a.ts", "--output", "old.json"]);
    // It waits for a text that does not come.
    let mut child =
        check.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_secs(2));
    let id = child.id().to_string();
    assert!(Command::new("sh").args(["-c", &format!("kill -s INT {id}")]).status().unwrap().success());
    let stdin = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!((status(&output), told(&output).as_str()), (130, ""));
    assert_eq!(fs::read_to_string(here.path().join("old.json")).unwrap(), "{}", "an older report stays");
}

/// What a run of more than a second writes to a terminal.
fn at_a_terminal(here: &Path, variables: &[(&str, &str)]) -> String {
    let mut terminal = command("script", here);
    let run = format!("{} check --threads 1 --select rate-limit > out.txt", env!("CARGO_BIN_EXE_faultlint"));
    terminal.args(["-qec", &run, "/dev/null"]).env("TERM", "xterm").envs(variables.iter().copied());
    let output = terminal.output().unwrap();
    assert_eq!(status(&output), 0, "{}", told(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_long_run_says_at_a_terminal_how_far_it_is() {
    if !is_there("script") {
        return;
    }
    let here = tree(&[]);
    let long = BAD.repeat(100);
    for index in 0..150 {
        fs::write(here.path().join(format!("{index}.ts")), &long).unwrap();
    }
    let seen = at_a_terminal(here.path(), &[]);
    assert!(seen.contains("\r\x1b[Kfaultlint: "), "{seen:?}");
    assert!(seen.ends_with("\r\x1b[K"), "it goes away again: {seen:?}");
    assert!(!fs::read_to_string(here.path().join("out.txt")).unwrap().contains('\x1b'));
    assert_eq!(at_a_terminal(here.path(), &[("CI", "true")]), "", "nobody watches there");
}

const MODEL: &str = "\
library: '@acme/http'
language: ecmascript
calls:
  - { function: call, role: http.call, args: { url: 0, timeout: 1.timeout ms } }
test: |
  import { call } from '@acme/http'

  call('http://a', { timeout: 500 })  //=> http.call timeout=TIME
";

#[test]
fn the_tests_of_a_teams_own_models_are_run() {
    let here = tree(&[
        ("fixtures/ok_a.ts", FINE),
        ("right/http.yaml", &MODEL.replace("TIME", "500ms")),
        ("wrong/http.yaml", &MODEL.replace("TIME", "3s")),
    ]);
    let output = faultlint(here.path(), &["test", "--models", "right"]);
    assert_eq!(
        (status(&output), told(&output).as_str()),
        (0, "1 fixture, 1 expectation, 1 model of your own: 0 mismatches\n")
    );
    let output = faultlint(here.path(), &["test", "--models", "wrong"]);
    assert_eq!(status(&output), 1);
    let expected = "\
wrong/http.yaml:8: expected http.call timeout=3s, found http.call url=http://a timeout=500ms
     8 | call('http://a', { timeout: 500 })  //=> http.call timeout=3s
1 fixture, 1 expectation, 1 model of your own: 1 mismatch
";
    assert_eq!(told(&output), expected);
}

#[test]
fn a_mismatch_is_shown_with_its_line() {
    let here = tree(&[("lint/bad_a.ts", BAD), ("lint/ok_b.ts", "// expect: retry-storm/no-delay\nf();\n")]);
    let output = faultlint(here.path(), &["test", "lint"]);
    assert_eq!(status(&output), 1);
    assert!(
        told(&output)
            .contains("lint/ok_b.ts:2: expected retry-storm/no-delay, found nothing\n     2 | f();\n")
    );
    let output = faultlint(here.path(), &["test", "lint/bad_a.ts"]);
    assert_eq!(status(&output), 1, "a fixture by itself");
    let words = "lint/bad_a.ts:8: found message-ack/swallowed-failure, not expected: ";
    assert!(told(&output).starts_with(words), "{}", told(&output));
    assert!(told(&output).contains("\n     8 | } catch (error) {\n1 fixture, 0 expectations: 1 mismatch\n"));
}

#[test]
fn every_command_reads_rules_models_and_configuration_where_it_is_told() {
    let here = tree(&[
        ("fixtures/a.ts", FINE),
        ("rules/r.yaml", "id: [\n"),
        ("models/m.yaml", "library: [\n"),
        ("other.yaml", "no-such-key: 1\n"),
        ("broken/faultlint.yaml", "no-such-key: 1\n"),
        ("broken/fixtures/a.ts", FINE),
    ]);
    let rule = "retry-storm/no-delay";
    let commands: [&[&str]; 10] = [
        &["check"],
        &["rules", "list"],
        &["rules", "show", rule],
        &["explain", rule],
        &["test"],
        &["inspect", "fixtures/a.ts"],
        &["inspect", "--program"],
        &["suppressions"],
        &["baseline", "create", "--force"],
        // Of the one that is there now.
        &["baseline", "prune"],
    ];
    for command in commands {
        let run = |directory: &str, more: &[&str]| {
            let output = faultlint(&here.path().join(directory), &[command, more].concat());
            (status(&output), told(&output))
        };
        assert_eq!(run(".", &[]).0, 0, "{command:?}");
        for (option, value) in [("--rules", "rules"), ("--models", "models"), ("--config", "other.yaml")] {
            let (code, words) = run(".", &[option, value]);
            assert_eq!(code, 2, "{command:?} {option}: {words}");
            let file = if option == "--config" { "other.yaml" } else { &format!("{value}/") };
            assert!(words.contains(file), "{command:?} {option}: {words}");
        }
        assert_eq!(run("broken", &[]).0, 2, "{command:?}");
        assert_eq!(run("broken", &["--no-config"]).0, 0, "{command:?}");
    }
}
