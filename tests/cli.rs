//! The real executable: exit statuses, formats, and input made to hurt.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "this is how a test fails")]

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const FINE: &str = "export async function f() {\n  await g();\n}\n";

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS", "TERM"] {
        command.env_remove(variable);
    }
    command.output().unwrap()
}

fn tree(files: &[(&str, &[u8])]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    root
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

/// Runs `check --format json` and gives the report, which must be whole whatever was found.
fn checked(directory: &Path, more: &[&str]) -> Value {
    let output = faultlint(directory, &[&["check", "--format", "json"], more].concat());
    assert!(matches!(status(&output), 0 | 1), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How the one file of a tree fared: its status, and the reason where it was skipped.
fn fared(name: impl AsRef<OsStr>, bytes: &[u8]) -> (String, String) {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join(name.as_ref()), bytes).unwrap();
    let begun = Instant::now();
    let report = checked(root.path(), &[]);
    assert!(begun.elapsed() < Duration::from_secs(20), "took {:?}", begun.elapsed());
    let file = &report["files"][0];
    let text = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
    (text("status"), text("reason"))
}

#[test]
fn a_clean_tree_is_clean_in_every_format() {
    let root = tree(&[("a.ts", FINE.as_bytes())]);
    for format in ["human", "compact", "json", "sarif"] {
        let output = faultlint(root.path(), &["check", "--format", format, "--strict"]);
        assert_eq!(status(&output), 0, "{format}: {}", stdout(&output));
        // It has no place for numbers.
        let numbers = "faultlint: 1 file: 1 checked\nfaultlint: 1 function and 1 call";
        let expected = if format == "compact" { numbers } else { "" };
        assert!(
            stderr(&output).starts_with(expected) && stderr(&output).is_empty() == expected.is_empty(),
            "{format}"
        );
    }
    assert!(stdout(&faultlint(root.path(), &["check"])).contains("1 file: 1 checked"));
}

#[test]
fn mistakes_on_the_command_line_exit_with_2() {
    let root = tree(&[("a.ts", FINE.as_bytes()), ("rules.yaml", b"")]);
    let mistakes: [&[&str]; 15] = [
        &[],
        &["chek"],
        &["check", "--since", "main"],
        &["check", "--format", "xml"],
        &["check", "--threads", "many"],
        &["check", "--min-severity", "never"],
        &["check", "--select", "no-such/rule"],
        &["check", "--ignore", "no-such-family"],
        &["check", "--select", "batching"],
        &["check", "--select", "message-ack", "--ignore", "message-ack"],
        &["check", "nope.ts"],
        &["check", "--output", "no/such/directory/out.json"],
        &["rules", "show", "no-such/rule"],
        &["explain", "no-such/rule"],
        &["test", "nope"],
    ];
    for mistake in mistakes {
        let output = faultlint(root.path(), mistake);
        assert_eq!(status(&output), 2, "{mistake:?}: {}", stdout(&output));
        assert!(!stderr(&output).is_empty() && output.stdout.is_empty(), "{mistake:?}");
    }
    let missing = faultlint(root.path(), &["check", "a.ts", "nope.ts"]);
    assert!(stderr(&missing).contains("nope.ts"));
}

#[test]
fn help_and_version_are_no_mistakes() {
    let root = tree(&[]);
    for arguments in [["--help"].as_slice(), &["--version"], &["check", "--help"], &["rules", "list"]] {
        assert_eq!(status(&faultlint(root.path(), arguments)), 0, "{arguments:?}");
    }
}

#[test]
fn what_runs_no_rule_is_told_and_a_family_is_listed() {
    let root = tree(&[("a.ts", FINE.as_bytes())]);
    let for_audits = faultlint(root.path(), &["check", "--select", "batching"]);
    assert!(stderr(&for_audits).contains("--persona audit"), "{}", stderr(&for_audits));
    assert_eq!(status(&faultlint(root.path(), &["check", "--select", "batching", "--persona", "audit"])), 0);
    let family = faultlint(root.path(), &["explain", "message-ack"]);
    assert_eq!(status(&family), 0);
    assert!(
        stdout(&family).lines().all(|line| line.starts_with("message-ack/"))
            && stdout(&family).lines().count() > 3
    );
}

#[test]
fn a_run_over_nothing_says_so() {
    let root = tree(&[("README.md", b"# nothing")]);
    let output = faultlint(root.path(), &["check"]);
    assert_eq!(status(&output), 0);
    assert!(stderr(&output).contains("no TypeScript, JavaScript or Go file"));
    assert!(stdout(&output).contains("no TypeScript, JavaScript or Go file"));
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 3);
    let named = faultlint(root.path(), &["check", "README.md"]);
    assert!(stdout(&named).contains("README.md: note: not a TypeScript, JavaScript or Go file"));
}

#[test]
fn what_was_not_analysed_fails_only_strict_runs() {
    let root = tree(&[("bad.ts", b"\xff\xfe"), ("ok.ts", FINE.as_bytes())]);
    assert_eq!(status(&faultlint(root.path(), &["check"])), 0);
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 3);
    let generated = tree(&[("g.ts", b"// @generated\nlet x;\n"), ("ok.ts", FINE.as_bytes())]);
    assert_eq!(status(&faultlint(generated.path(), &["check", "--strict"])), 0, "left out on purpose");
}

#[test]
fn input_made_to_hurt_gets_a_status() {
    let own = |status: &str, reason: &str| (status.to_owned(), reason.to_owned());
    assert_eq!(fared("empty.ts", b""), own("checked", ""));
    assert_eq!(fared("bom.ts", "\u{feff}let x = 1;\n".as_bytes()), own("checked", ""));
    assert_eq!(fared("broken.go", b"package x\nfunc ((( {\n").0, "partial");
    assert_eq!(fared("binary.js", b"let x;\0\0"), own("skipped", "binary"));
    assert_eq!(fared("latin.ts", b"// caf\xe9\n"), own("skipped", "not-utf8"));
    assert_eq!(fared("wide.ts", b"\xff\xfel\0e\0t\0"), own("skipped", "not-utf8"));
    assert_eq!(fared("large.ts", &vec![b' '; 20_000_000]), own("skipped", "too-large"));
    assert_eq!(
        fared("gen.go", b"// Code generated by x. DO NOT EDIT.\npackage x\n"),
        own("skipped", "generated")
    );
    assert_eq!(fared("app.js", "a(b,c);".repeat(20_000).as_bytes()), own("skipped", "minified"));
    assert_eq!(
        fared("blob.ts", format!("const x = '{}';", "A".repeat(1_000_000)).as_bytes()),
        own("checked", "")
    );
}

#[test]
fn deep_nesting_gets_a_status() {
    const DEPTH: usize = 60_000;
    let nest = |open: &str, close: &str| {
        // Line breaks, or the file would pass for minified.
        let lines = |piece: &str| {
            (0..DEPTH)
                .map(|i| if i % 50 == 0 { format!("\n{piece}") } else { piece.to_owned() })
                .collect::<String>()
        };
        format!("{}x{}", lines(open), lines(close))
    };
    let inputs = [
        ("parens.ts", format!("let y = {};\n", nest("(", ")"))),
        ("calls.js", format!("{};\n", nest("f(", ")"))),
        ("blocks.ts", nest("{", "}")),
        ("arrows.tsx", format!("let y = {};\n", nest("() => (", ")"))),
        ("chain.ts", format!("let y = x{};\n", ".then()\n".repeat(DEPTH))),
        ("plus.ts", format!("let y = 1{};\n", "\n+ 1".repeat(DEPTH))),
        ("else.js", format!("if (a) {{}}{}\n", "\nelse if (b) {}".repeat(DEPTH))),
        ("open.go", format!("package x\nvar y = {}", "(\n".repeat(DEPTH))),
        ("blocks.go", format!("package x\nfunc f() {{{}}}\n", nest("{", "}\n"))),
        ("else.go", format!("package x\nfunc f() {{ if a {{}}{} }}\n", " else if b {\n}".repeat(DEPTH))),
    ];
    for (name, text) in inputs {
        let (status, reason) = fared(name, text.as_bytes());
        assert!(matches!(status.as_str(), "checked" | "partial" | "skipped"), "{name}: {status}");
        assert_ne!(reason, "failed", "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_fifo_is_not_waited_for() {
    let root = tree(&[("ok.ts", FINE.as_bytes())]);
    let made = Command::new("mkfifo").arg(root.path().join("pipe.ts")).status().unwrap();
    assert!(made.success());
    let begun = Instant::now();
    for paths in [["."].as_slice(), &["pipe.ts"]] {
        let report = checked(root.path(), paths);
        let file = report["files"].as_array().unwrap().iter().find(|file| file["path"] == "pipe.ts").unwrap();
        assert_eq!(file["reason"], "unreadable");
    }
    assert!(begun.elapsed() < Duration::from_secs(10));
}

#[cfg(unix)]
#[test]
fn odd_file_names_are_escaped_in_text_and_encoded_in_sarif() {
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    for name in [b"a\xff.ts".as_slice(), b"b\x1b[31m\n.ts", b"c d#%.ts"] {
        fs::write(root.path().join(OsStr::from_bytes(name)), "let = ;;; (").unwrap();
    }
    for format in ["human", "compact"] {
        let output = faultlint(root.path(), &["check", "--format", format]);
        assert!(stdout(&output).contains("b\\x1b[31m\\x0a.ts"), "{}", stdout(&output));
        assert!(!stdout(&output).contains('\x1b'));
    }
    let output = faultlint(root.path(), &["check", "--format", "sarif"]);
    let log: Value = serde_json::from_slice(&output.stdout).unwrap();
    validate(&log, "tests/data/sarif-2.1.0.json");
    for uri in ["a%FF.ts", "b%1B%5B31m%0A.ts", "c%20d%23%25.ts"] {
        assert!(stdout(&output).contains(&format!("\"uri\": \"{uri}\"")), "{uri}");
    }
}

#[test]
fn reports_fit_their_schemas() {
    let files: &[(&str, &[u8])] = &[
        ("a.ts", b"const x = ;\n"),
        ("b.go", b"package b\n"),
        ("c.js", b"\xff"),
        ("ü x.ts", FINE.as_bytes()),
    ];
    let root = tree(files);
    validate(&checked(root.path(), &[]), "schema/output.schema.json");
    let output = faultlint(root.path(), &["check", "--format", "sarif"]);
    validate(&serde_json::from_slice(&output.stdout).unwrap(), "tests/data/sarif-2.1.0.json");
}

fn validate(value: &Value, schema: &str) {
    let mut schemas = boon::Schemas::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(schema);
    let index = boon::Compiler::new().compile(path.to_str().unwrap(), &mut schemas).unwrap();
    schemas.validate(value, index).map_err(|error| format!("{error:#}")).unwrap();
}

#[test]
fn the_number_of_threads_does_not_change_a_byte() {
    let root = tempfile::tempdir().unwrap();
    for index in 0..60 {
        let text = format!(
            "{FINE}// faultlint-ignore no-such/rule-{index}: x\n{}",
            if index % 7 == 0 { "const = ;" } else { "g();" }
        );
        fs::write(root.path().join(format!("f{index}.ts")), text).unwrap();
    }
    for format in ["human", "compact", "json", "sarif"] {
        let run = |threads: &str| {
            faultlint(root.path(), &["check", "--format", format, "--threads", threads]).stdout
        };
        let one = run("1");
        assert!(one == run("4") && one == run("0"), "{format}");
    }
}

#[test]
fn a_report_goes_to_the_named_file() {
    let root = tree(&[("a.ts", FINE.as_bytes())]);
    let output = faultlint(root.path(), &["check", "--format", "json", "--output", "out.json"]);
    assert_eq!((status(&output), stdout(&output)), (0, ""));
    let written: Value = serde_json::from_slice(&fs::read(root.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(written, checked(root.path(), &[]));
}

#[test]
fn nobody_listening_is_no_error() {
    let root = tempfile::tempdir().unwrap();
    for index in 0..3000 {
        fs::write(root.path().join(format!("some-rather-long-name-to-fill-the-pipe-{index}.ts")), "")
            .unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command
        .current_dir(root.path())
        .args(["check", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((status(&output), stderr(&output)), (0, ""));
}

#[test]
fn colour_is_for_terminals_unless_forced() {
    let root = tree(&[("a.ts", b"const x = ;")]);
    assert!(!stdout(&faultlint(root.path(), &["check"])).contains('\x1b'));
    assert!(
        !stdout(&faultlint(root.path(), &["check", "--color", "always", "--format", "compact"]))
            .contains('\x1b')
    );
}

#[test]
fn ignore_comments_that_need_attention_are_told() {
    let text = "// faultlint-ignore no-such/rule: because\nf();\n// faultlint-ignore\ng();\n";
    let root = tree(&[("a.ts", text.as_bytes())]);
    let report = checked(root.path(), &[]);
    let problems: Vec<&str> = report["ignore_comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note["problem"].as_str().unwrap())
        .collect();
    assert_eq!(problems, ["unknown-rule", "no-rule"]);
}

#[test]
fn a_file_is_inspected() {
    let root = tree(&[("a.ts", FINE.as_bytes()), ("b.md", b"")]);
    let output = faultlint(root.path(), &["inspect", "a.ts"]);
    assert_eq!(status(&output), 0);
    assert!(!output.stdout.is_empty());
    for file in ["b.md", "nope.ts"] {
        assert_eq!(status(&faultlint(root.path(), &["inspect", file])), 2, "{file}");
    }
}

#[test]
fn what_attempts_come_to_is_said() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = |path: &str, text: &str| {
        let output = faultlint(root, &["check", path, "--persona", "audit"]);
        assert!(stdout(&output).contains(text), "{path}: {}", stdout(&output));
    };
    said("fixtures/retry-storm/multiplied-attempts/bad_client.ts", "up to 5 x 3 = 15 calls");
    said("fixtures/retry-storm/nested-retries/bad_layers.go", "up to 4 x 3 = 12 calls");
    said("fixtures/timeout-chain/retries-exceed-deadline/bad_budget.ts", "may take 8300 ms");
}

#[test]
fn the_plainest_of_several_causes_is_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let report =
        checked(root, &["fixtures/pubsub-loss/dual-write/bad_plainest.ts", "--min-confidence", "low"]);
    let evidence = report["findings"][0]["evidence"].as_array().unwrap();
    let shown: Vec<_> = evidence.iter().map(|known| (&known["label"], &known["start"]["line"])).collect();
    assert_eq!(shown, [(&Value::from("written here"), &Value::from(18))]);
}
