//! What a run did not see is told: in every format, by name where there is one, and to `--strict`.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const FORMATS: [&str; 10] =
    ["human", "compact", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "agent"];

const FINE: &str = "export function f() {\n  return 1;\n}\n";

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    command.env_remove("GITHUB_STEP_SUMMARY").output().unwrap()
}

fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// What a run in a format says on standard output.
fn said(root: &TempDir, format: &str) -> String {
    let output = faultlint(root.path(), &["check", "--format", format]);
    assert!(status(&output) < 2, "{format}: {}", stderr(&output));
    stdout(&output)
}

/// Whether `--strict` calls a run incomplete.
fn is_incomplete(root: &TempDir) -> bool {
    status(&faultlint(root.path(), &["check", "--strict"])) == 3
}

fn report(root: &TempDir) -> Value {
    serde_json::from_str(&said(root, "json")).unwrap()
}

/// A service that uses a library without a model, and others.
fn shop() -> TempDir {
    tree(&[
        (
            "package.json",
            r#"{"name": "shop", "dependencies": {"acme-kafka": "1", "left-pad": "1", "kafkajs": "2", "unused-amqp": "1"},
                "devDependencies": {"@types/acme-kafka": "1", "far-redis": "1"}}"#,
        ),
        (
            "src/a.ts",
            "import { Bus } from 'acme-kafka/bus';\nimport pad from 'left-pad';\nimport { Kafka } from 'kafkajs';\n\
             import type { Far } from 'far-redis';\nexport const bus = new Bus(pad(new Kafka({})));\n",
        ),
        ("src/b.js", "const bus = require('acme-kafka');\nmodule.exports = () => bus.send();\n"),
        ("src/b.test.ts", "import { x } from 'unused-amqp';\nx();\n"),
        (
            "go.mod",
            "module shop\nrequire (\n\texample.com/acme/pulsarx/v2 v2.0.0\n\texample.com/acme/text v1.0.0\n)\n",
        ),
        (
            "main.go",
            "package main\nimport (\n\t\"example.com/acme/pulsarx/v2/client\"\n\t\"example.com/acme/text\"\n)\nfunc main() {\n\tclient.Send(text.A())\n\tselect {}\n}\n",
        ),
    ])
}

#[test]
fn libraries_that_look_like_clients_and_have_no_model_are_named_in_every_format() {
    let root = shop();
    for format in FORMATS {
        let text = said(&root, format);
        assert!(text.contains("acme-kafka") && text.contains("pulsarx"), "{format}: {text}");
        for harmless in ["left-pad", "unused-amqp", "far-redis", "@types", "acme/text"] {
            assert!(!text.contains(harmless), "{format}: {harmless}");
        }
    }
    assert!(!is_incomplete(&root), "told, and no limit by default");
    let expected = serde_json::json!([
        { "name": "acme-kafka", "looks_like": "queue", "files": 2 },
        { "name": "example.com/acme/pulsarx/v2", "looks_like": "queue", "files": 1 },
    ]);
    assert_eq!(report(&root)["unmodelled_libraries"], expected);
}

#[test]
fn a_project_says_which_libraries_are_harmless_and_how_many_may_be_unknown() {
    let root = shop();
    fs::write(root.path().join("faultlint.yaml"), "strict: { unmodelled-libraries: 1 }\n").unwrap();
    let output = faultlint(root.path(), &["check", "--strict"]);
    assert_eq!(status(&output), 3);
    let words = "strict: 2 libraries that look like clients and have no model, at most 1 (`strict: unmodelled-libraries`)";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
    let config = "strict: { unmodelled-libraries: 1 }\nproject: { harmless-libraries: acme-kafka }\n";
    fs::write(root.path().join("faultlint.yaml"), config).unwrap();
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 0);
    assert_eq!(report(&root)["unmodelled_libraries"].as_array().unwrap().len(), 1);
}

#[test]
fn a_known_library_is_known_from_the_cache_as_well() {
    let root = shop();
    let cache = tempfile::tempdir().unwrap();
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
        command.current_dir(root.path()).args(["check", "--format", "json", "--cache-dir"]).arg(cache.path());
        stdout(&command.env_remove("FAULTLINT_NO_CACHE").stdin(Stdio::null()).output().unwrap())
    };
    let first = run();
    assert!(first.contains("acme-kafka"));
    assert_eq!(run(), first);
}

#[test]
fn a_run_that_saw_nothing_says_so_in_every_format() {
    let none = tree(&[("README.md", "")]);
    let excluded = tree(&[("src/a.ts", FINE), ("faultlint.yaml", "exclude: ['src/**']\n")]);
    let tests = tree(&[("a.test.ts", FINE), ("b_test.go", "package a\n")]);
    for (root, words) in [
        (&none, "no TypeScript, JavaScript or Go file was found"),
        (&excluded, "no file was looked at: 1 file: 0 checked, 1 skipped (1 excluded)"),
        (&tests, "no file was looked at: 2 files: 0 checked, 2 skipped (2 test)"),
    ] {
        for format in FORMATS {
            let output = faultlint(root.path(), &["check", "--format", format]);
            assert_eq!(status(&output), 0, "{format}");
            assert!(stderr(&output).contains(words), "{format}: {}", stderr(&output));
            let text = stdout(&output);
            // The two formats of everything have numbers instead.
            assert!(text.contains(words) || format.starts_with("json"), "{format}: {text}");
        }
        assert!(is_incomplete(root), "{words}");
    }
}

#[test]
fn a_language_of_which_no_file_was_looked_at_is_told() {
    let root = tree(&[("a.ts", FINE), ("b_test.go", "package a\n"), ("c_test.go", "package a\n")]);
    for format in FORMATS.iter().filter(|format| !format.starts_with("json")) {
        let text = said(&root, format);
        assert!(text.contains("no Go file was looked at: 2 test"), "{format}: {text}");
    }
    assert!(!is_incomplete(&root));
}

#[test]
fn a_change_that_touches_nothing_is_told() {
    let root = tree(&[("a.ts", FINE), ("README.md", "new\n")]);
    let diff = "--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-old\n+new\n";
    fs::write(root.path().join("change.diff"), diff).unwrap();
    let output = faultlint(root.path(), &["check", "--diff", "change.diff", "--strict"]);
    let words = "the change touches no TypeScript, JavaScript or Go file that is looked at";
    assert!(stdout(&output).contains(words) && stderr(&output).contains(words), "{}", stdout(&output));
    assert_eq!(status(&output), 0, "there is nothing that was missed");
    let json = faultlint(root.path(), &["check", "--diff", "change.diff", "--format", "json"]);
    let json: Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(json["summary"]["touched"], 0);
    assert_eq!(report(&root)["summary"]["touched"], Value::Null);
}

#[test]
fn numbers_of_files_and_calls_are_in_every_format_or_beside_it() {
    let root = tree(&[("a.ts", "export function f(x) {\n  x.y();\n}\n"), ("broken.ts", "const a = ;\n")]);
    for format in FORMATS {
        let output = faultlint(root.path(), &["check", "--format", format]);
        let text = match format {
            "compact" | "gitlab" => stderr(&output),
            _ => stdout(&output),
        };
        let has = |words: &str| assert!(text.contains(words), "{format} has no `{words}`: {text}");
        match format {
            "json" | "sarif" => has("\"partial\": 1"),
            "jsonl" => has("\"partial\":1"),
            _ => {
                has("2 files: 1 checked, 1 partly parsed");
                has("1 call of something that could not be told (1 of them on a receiver that is not known)");
            }
        }
    }
}

#[test]
fn what_was_read_past_the_grammar_is_counted() {
    let text = "export type * from 'x';\nexport type * from 'y';\nexport function f() { using a = g(); for (using b of c) { h(); } }\n";
    let root = tree(&[("a.ts", text)]);
    let report = report(&root);
    let expected = serde_json::json!({ "export-type-star": 2, "using-in-loop": 1 });
    assert_eq!(report["files"][0]["mended"], expected);
    assert_eq!(report["summary"]["mended"], expected);
    assert_eq!(report["summary"]["partial"], 0);
    let text = said(&root, "human");
    assert!(text.contains("3 constructs read past what the grammar knows"), "{text}");
    assert!(!is_incomplete(&root), "it is no loss");
}

#[test]
fn strict_fails_on_what_the_configuration_does_not_let_pass() {
    let lost: Vec<String> =
        (0..20).map(|n| format!("import {{ a{n} }} from './gone{n}';\na{n}();\n")).collect();
    let lost = lost.concat();
    let cases = [
        ("partly-parsed", "const a = ;\n".to_owned(), ["0", "1"]),
        ("unresolved-imports", lost.clone(), ["99", "100"]),
        ("unresolved-calls", lost, ["99.5", "any"]),
    ];
    let others = |own: &str| {
        let keys = ["partly-parsed", "unresolved-imports", "unresolved-calls"];
        let others = keys.iter().filter(|key| **key != own).map(|key| format!("  {key}: any\n"));
        others.collect::<Vec<_>>().concat()
    };
    for (key, text, [broken, held]) in cases {
        let root = tree(&[("a.ts", &text), ("b.ts", FINE)]);
        for (limit, expected) in [(broken, 3), (held, 0)] {
            let config = format!("strict:\n{}  {key}: {limit}\n", others(key));
            fs::write(root.path().join("faultlint.yaml"), config).unwrap();
            let output = faultlint(root.path(), &["check", "--strict"]);
            assert_eq!(status(&output), expected, "{key}: {limit}: {}", stderr(&output));
            assert_eq!(
                stderr(&output).contains(&format!("`strict: {key}`")),
                expected == 3,
                "{key}: {limit}"
            );
            assert_eq!(status(&faultlint(root.path(), &["check"])), 0, "only with `--strict`");
        }
    }
    let root = tree(&[("a.ts", FINE), ("faultlint.yaml", "strict: { skipped: 1 }\n")]);
    fs::write(root.path().join("bad.ts"), b"\xff").unwrap();
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 0);
    fs::write(root.path().join("worse.ts"), b"\xff").unwrap();
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 3);
}

#[test]
fn a_manifest_that_cannot_be_read_is_a_gap() {
    let root = tree(&[("a.ts", FINE), ("tsconfig.json", "{ \"compilerOptions\": ")]);
    let output = faultlint(root.path(), &["check", "--strict"]);
    assert_eq!(status(&output), 3);
    let words = "strict: 1 manifests that could not be read, at most 0 (`strict: unread-manifests`)";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
    fs::write(root.path().join("faultlint.yaml"), "strict: { unread-manifests: 1 }\n").unwrap();
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 0);
}

#[test]
fn limits_are_shown_and_mistakes_in_them_told() {
    let root = tree(&[("a.ts", FINE)]);
    let with = |config: &str, arguments: &[&str]| {
        fs::write(root.path().join("faultlint.yaml"), config).unwrap();
        faultlint(root.path(), arguments)
    };
    let shown = stdout(&with("strict: { skipped: any, unresolved-calls: 12.5 }\n", &["config", "show"]));
    for line in [
        "  partly-parsed: 0  # default",
        "  skipped: any  # faultlint.yaml:1",
        "  unresolved-imports: 25  # default",
        "  unresolved-calls: 12.5  # faultlint.yaml:1",
        "  unread-manifests: 0  # default",
        "  unmodelled-libraries: any  # default",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    for (config, words) in [
        ("strict: { partly-parse: 1 }\n", "did you mean `partly-parsed`?"),
        ("strict: { skipped: 1.5 }\n", "a whole number, or `any`"),
        ("strict: { skipped: -1 }\n", "a whole number, or `any`"),
        ("strict: { unresolved-calls: 101 }\n", "a share in percent, from 0 to 100, or `any`"),
        ("strict: { unresolved-imports: many }\n", "`unresolved-imports` cannot be `many`"),
    ] {
        let output = with(config, &["check"]);
        assert_eq!(status(&output), 2, "{config}");
        assert!(stderr(&output).contains(words), "{config}: {}", stderr(&output));
    }
}
