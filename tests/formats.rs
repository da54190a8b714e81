//! The formats through the real executable: what each of them says, and names and text made to hurt whoever reads them.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const FORMATS: [&str; 10] =
    ["human", "compact", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "agent"];

/// The one rule that runs where nothing else is said.
const RULE: &str = "unsafe-lock/no-ttl";

/// A lock without an expiry: one finding, in its sixth line.
const LOCK: &str = "import Redis from 'ioredis';
const redis = new Redis();
export async function renew(id: string): Promise<void> {
  const lockKey = `lock:${id}`;
  // next: the lock
  const got = await redis.set(lockKey, 'x', 'NX');
  if (!got) return;
  await redis.del(lockKey);
}
";

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS", "TERM", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command
}

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    command(directory, arguments).output().unwrap()
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

/// Standard output of a run that found something, whatever the format.
fn found(directory: &Path, more: &[&str]) -> String {
    let output = faultlint(directory, &[&["check", "--select", RULE], more].concat());
    assert_eq!(output.status.code(), Some(1), "{more:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn written(directory: &Path, format: &str) -> String {
    found(directory, &["--format", format])
}

/// A tree with a finding, one that is silenced, and one of each that was not wholly looked at.
fn mixed() -> TempDir {
    let silenced =
        LOCK.replace("// next: the lock", "// faultlint-ignore unsafe-lock/no-ttl: one process only, really");
    let root = tree(&[
        ("src/lock.ts", LOCK),
        ("src/silenced.ts", &silenced),
        ("src/partly.ts", "import { gone } from './gone';\nexport function f() { gone(); }\nconst = ;\n"),
        ("src/comment.ts", "// faultlint-ignore no-such/rule: why\nexport const x = 1;\n"),
        ("package.json", "{ not json"),
    ]);
    fs::write(root.path().join("src/latin.ts"), b"// caf\xe9\n").unwrap();
    root
}

#[test]
fn every_format_tells_what_was_found_and_what_was_not_seen() {
    let root = mixed();
    for format in FORMATS {
        let text = written(root.path(), format);
        for said in ["unsafe-lock/no-ttl", "lock.ts", "partly.ts", "latin.ts", "no-such/rule", "package.json"]
        {
            assert!(text.contains(said), "{format} does not tell of {said}:\n{text}");
        }
        let coverage = match format {
            "json" | "jsonl" | "sarif" => "no_file",
            "compact" | "gitlab" => continue,
            _ => "1 import of the tree not followed",
        };
        assert!(text.contains(coverage), "{format}:\n{text}");
    }
}

#[test]
fn no_format_changes_the_status_and_no_thread_a_byte() {
    let root = mixed();
    for format in FORMATS {
        let run = |more: &[&str]| {
            faultlint(root.path(), &[&["check", "--select", RULE, "--format", format], more].concat())
        };
        assert_eq!(run(&["--fail-on", "never"]).status.code(), Some(0), "{format}");
        assert_eq!(run(&["--strict"]).status.code(), Some(3), "{format}");
        let one = run(&["--threads", "1"]).stdout;
        assert!(one == run(&["--threads", "4"]).stdout && one == run(&[]).stdout, "{format}");
    }
}

#[test]
fn the_reports_of_one_tree() {
    let root = mixed();
    for format in ["github", "gitlab", "junit", "markdown", "agent"] {
        insta::assert_snapshot!(format!("mixed_{format}"), written(root.path(), format));
    }
}

/// Whether a format has no place for the numbers of a run, which then go to standard error.
fn has_no_place(format: &str) -> bool {
    ["compact", "gitlab"].contains(&format)
}

#[test]
fn nothing_to_say_is_said_in_every_format() {
    let root = tree(&[("a.ts", "export const x = 1;\n")]);
    for format in FORMATS {
        let output = faultlint(root.path(), &["check", "--format", format]);
        let numbers: &[u8] = b"faultlint: 1 file: 1 checked\nfaultlint: no findings\n";
        let expected = if has_no_place(format) { numbers } else { b"" };
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), expected), "{format}");
    }
    let junit = faultlint(root.path(), &["check", "--format", "junit"]).stdout;
    assert!(String::from_utf8(junit).unwrap().contains("tests=\"1\" failures=\"0\""));
    assert_eq!(faultlint(root.path(), &["check", "--format", "gitlab"]).stdout, b"[]\n");
}

#[test]
fn the_step_summary_is_added_to() {
    let root = mixed();
    let summary = root.path().join("summary.md");
    fs::write(&summary, "before\n").unwrap();
    let run = |format: &str, path: &Path| {
        command(root.path(), &["check", "--select", RULE, "--format", format])
            .env("GITHUB_STEP_SUMMARY", path)
            .output()
            .unwrap()
    };
    assert_eq!(run("github", &summary).status.code(), Some(1));
    let text = fs::read_to_string(&summary).unwrap();
    assert_eq!(text, format!("before\n{}", written(root.path(), "markdown")));
    run("human", &summary);
    assert_eq!(fs::read_to_string(&summary).unwrap(), text, "other formats leave it alone");
    let refused = run("github", &root.path().join("no/such/folder"));
    assert_eq!(refused.status.code(), Some(1), "as without it");
    assert!(String::from_utf8(refused.stderr).unwrap().contains("the step summary was not written"));
}

#[test]
fn jsonl_is_one_object_a_line_and_ends_with_the_summary() {
    let text = written(mixed().path(), "jsonl");
    let kinds: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((kinds[0].as_str(), kinds.last().unwrap().as_str()), ("run", "summary"));
    for kind in ["finding", "file", "ignore-comment", "manifest-problem"] {
        assert!(kinds.iter().any(|own| own == kind), "{kind}");
    }
}

/// Names and a comment that mean something to a terminal, a workflow, XML, HTML or Markdown.
#[cfg(unix)]
fn hostile() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let text = LOCK
        .replace("'NX')", "'NX') /* ##[add-path]x \u{1b}[31m \u{202e} ]]> <b> ::error::x */")
        .replace("// next: the lock", "// faultlint-ignore @all<img>##[error]|#1\u{1b}]]>&`b`: x");
    for name in [
        "::error file=x,line=1::y%0A.ts",
        " ::warning::z.ts",
        "a\n::error::b\r::c.ts",
        "##[error]d.ts",
        "<img src=x onerror=alert(1)>.ts",
        "` <b> `.ts",
        "``x`.ts",
        "]]>&\"'.ts",
        "\u{1b}[2J\u{7}e.ts",
        "\u{202e}st.f\u{fffe}.ts",
        "@all #1 [l](x) www.x.y !2.ts",
    ] {
        fs::write(root.path().join(name), &text).unwrap();
    }
    root
}

#[cfg(unix)]
#[test]
fn no_name_and_no_text_steers_a_terminal_or_a_workflow() {
    let root = hostile();
    for format in FORMATS {
        let text = written(root.path(), format);
        let steers = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}');
        if !matches!(format, "json" | "jsonl" | "sarif") {
            assert!(!text.contains(steers), "{format}:\n{}", text.escape_debug());
        }
        let commands: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("::")).collect();
        if format == "github" {
            assert_eq!(commands.len(), 11, "ten of the findings, and one notice:\n{text}");
            for command in commands {
                let own = command.starts_with("::error file=") || command.starts_with("::notice title=");
                let (properties, _) = command[2..].split_once("::").unwrap();
                assert!(
                    own && properties.matches("file=").count() < 2 + properties.matches("%3A").count(),
                    "{command}"
                );
            }
        } else {
            assert_eq!(commands, [""; 0], "{format}");
        }
        if matches!(format, "human" | "compact" | "github" | "agent" | "markdown") {
            // A line that is a command already is read as nothing else, and must name its file as it is.
            let mut others = text.lines().filter(|line| !line.starts_with("::"));
            assert!(others.all(|line| !line.contains("##[")), "{format}:\n{text}");
        }
    }
}

#[cfg(unix)]
#[test]
fn hostile_names_stay_within_xml_json_and_markdown() {
    let root = hostile();
    let xml = written(root.path(), "junit");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let count = |tag: &str| document.descendants().filter(|node| node.has_tag_name(tag)).count();
    assert_eq!((count("failure"), count("testsuite")), (11, 12), "a suite a file and one of the run");
    assert_eq!(document.root_element().attribute("failures"), Some("11"));
    assert_eq!(document.root_element().attribute("tests").unwrap(), count("testcase").to_string());
    assert_eq!(document.root_element().attribute("skipped").unwrap(), count("skipped").to_string());

    let entries: Value = serde_json::from_str(&written(root.path(), "gitlab")).unwrap();
    let entries = entries.as_array().unwrap();
    let prints: BTreeSet<&str> = entries.iter().map(|entry| entry["fingerprint"].as_str().unwrap()).collect();
    assert_eq!((entries.len(), prints.len()), (22, 22));
    for entry in entries {
        assert!(entry["location"]["lines"]["begin"].as_u64().unwrap() > 0);
        assert!(["info", "minor", "major", "critical"].contains(&entry["severity"].as_str().unwrap()));
    }

    for line in written(root.path(), "markdown").lines() {
        let outside = without_code(line);
        for means in ["<", "@all", "\u{60}", "](", "www.x"] {
            assert!(!outside.replace("\\`", "").contains(means), "{means} in {line}");
        }
    }
    let log: Value = serde_json::from_str(&written(root.path(), "sarif")).unwrap();
    validate(&log, "tests/data/sarif-2.1.0.json");
}

/// A line of Markdown without its code spans: what stands between two equally long runs of backticks.
fn without_code(line: &str) -> String {
    let mut rest = line;
    let mut outside = String::new();
    while let Some(at) = rest.find('`') {
        let fence = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        if rest[..at].ends_with('\\') {
            outside.push_str(&rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        }
        outside.push_str(&rest[..at]);
        let body = &rest[at + fence..];
        let mut from = 0;
        let end = loop {
            let start = from + body[from..].find('`').unwrap_or_else(|| panic!("an open code span: {line}"));
            let length = body[start..].len() - body[start..].trim_start_matches('`').len();
            if length == fence {
                break start + length;
            }
            from = start + length;
        };
        rest = &body[end..];
    }
    outside + rest
}

fn validate(value: &Value, schema: &str) {
    let mut schemas = boon::Schemas::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(schema);
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    let index = compiler.compile(path.to_str().unwrap(), &mut schemas).unwrap();
    schemas.validate(value, index).map_err(|error| format!("{error:#}")).unwrap();
}

#[test]
fn sarif_of_a_mixed_tree_fits_the_official_schema() {
    let log: Value = serde_json::from_str(&written(mixed().path(), "sarif")).unwrap();
    validate(&log, "tests/data/sarif-2.1.0.json");
    let run = &log["runs"][0];
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
    let told: BTreeSet<&str> =
        notifications.iter().map(|note| note["descriptor"]["id"].as_str().unwrap()).collect();
    let expected = ["file-partly-parsed", "file-skipped", "ignore-comment", "manifest-unreadable"];
    assert_eq!(told, BTreeSet::from(expected));
    let kinds = run["tool"]["driver"]["notifications"].as_array().unwrap();
    for note in notifications {
        let index = usize::try_from(note["descriptor"]["index"].as_u64().unwrap()).unwrap();
        assert_eq!(note["descriptor"]["id"], kinds[index]["id"]);
    }
    assert_eq!(run["results"].as_array().unwrap().len(), 1, "the silenced one would be opened as an alert");
    assert_eq!(run["properties"]["summary"]["suppressed"], 1);
}

/// The line hashes of code-scanning services, by their way of computing: a window that rolls over the characters.
fn rolling_hashes(text: &str) -> Vec<String> {
    const SIZE: usize = 100;
    let power = (0..SIZE).fold(1i64, |power, _| power.wrapping_mul(37));
    let (mut window, mut begins) = ([0i64; SIZE], [false; SIZE]);
    let (mut hash, mut at, mut line_start, mut after_cr) = (0i64, 0, true, false);
    let mut hashes: Vec<String> = Vec::new();
    let units = text.encode_utf16().map(i64::from).chain([65535]).chain([-1; SIZE]);
    for unit in units {
        let padding = unit == -1;
        if unit == 32 || unit == 9 || (after_cr && unit == 10) {
            after_cr = false;
            continue;
        }
        after_cr = unit == 13;
        let unit = if after_cr { 10 } else { unit.max(0) };
        if std::mem::take(&mut begins[at]) {
            let hex = format!("{hash:x}:");
            let number = hashes.iter().filter(|known| known.starts_with(&hex)).count() + 1;
            hashes.push(format!("{hex}{number}"));
        }
        if !padding {
            begins[at] = std::mem::replace(&mut line_start, unit == 10);
        }
        let left = std::mem::replace(&mut window[at], unit);
        hash = hash.wrapping_mul(37).wrapping_add(unit).wrapping_sub(power.wrapping_mul(left));
        at = (at + 1) % SIZE;
    }
    hashes
}

#[test]
fn line_hashes_are_those_that_services_compute() {
    // The hash of nothing, as services give it.
    assert_eq!(rolling_hashes(""), ["c129715d7a2bc9a3:1"]);
    let variants = [
        LOCK.to_owned(),
        LOCK.replace('\n', "\r\n"),
        LOCK.replace('\n', "\r"),
        LOCK.replace("  ", "\t \t"),
        format!("\u{feff}{LOCK}"),
        LOCK.trim_end().to_owned(),
        LOCK.replace("'x'", "'😀é\u{10ffff}'"),
        format!("{LOCK}{LOCK}"),
        format!("{LOCK}{}", "\n".repeat(150)),
    ];
    for text in variants {
        let root = tree(&[("a.ts", &text)]);
        let log: Value = serde_json::from_str(&written(root.path(), "sarif")).unwrap();
        let expected = rolling_hashes(&text);
        let results = log["runs"][0]["results"].as_array().unwrap();
        assert!(!results.is_empty());
        for result in results {
            let line = result["locations"][0]["physicalLocation"]["region"]["startLine"].as_u64().unwrap();
            let hash = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
            assert_eq!(hash, expected[usize::try_from(line).unwrap() - 1], "line {line} of {text:?}");
        }
    }
}

#[test]
fn columns_count_utf16_units_whatever_stands_before() {
    let region = |text: &str| {
        let root = tree(&[("a.ts", text)]);
        let log: Value = serde_json::from_str(&written(root.path(), "sarif")).unwrap();
        let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
        ["startLine", "startColumn", "endLine", "endColumn"].map(|key| region[key].as_u64().unwrap())
    };
    let call = "await redis.set(";
    assert_eq!(region(LOCK), [6, 21, 6, 30]);
    assert_eq!(region(&LOCK.replace('\n', "\r\n")), [6, 21, 6, 30], "CRLF");
    assert_eq!(region(&LOCK.replace('\n', "\r")), [6, 21, 6, 30], "CR");
    assert_eq!(region(&format!("\u{feff}{LOCK}")), [6, 21, 6, 30], "a byte-order mark");
    assert_eq!(region(&LOCK.replace("  const got", "\t\tconst got")), [6, 21, 6, 30], "a tab is one");
    let astral = LOCK.replace(call, "/*😀é*/await redis.set(");
    assert_eq!(region(&astral), [6, 28, 6, 37], "an astral character is two");
    let within = LOCK.replace("const got", "const got𐐀");
    assert_eq!(region(&within), [6, 23, 6, 32], "of a name as well");
    let first = LOCK.replace("  const got", "const got").replacen("export", "/**/\nexport", 1);
    assert_eq!(region(&format!("\u{feff}{first}"))[..2], [7, 19]);
}

#[test]
fn completions_and_manual_know_every_command() {
    let root = tree(&[]);
    let commands =
        ["check", "rules", "explain", "test", "inspect", "completions", "man", "baseline", "suppressions"];
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = faultlint(root.path(), &["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(commands.iter().all(|command| script.contains(command)), "{shell}");
        assert!(script.contains("--min-severity") || script.contains("min-severity"), "{shell}");
        let offers_values = !matches!(shell, "elvish" | "powershell");
        assert!(!offers_values || script.contains("junit"), "{shell} offers the formats");
    }
    let page = |arguments: &[&str]| {
        let output = faultlint(root.path(), &[&["man"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let whole = page(&[]);
    assert!(whole.contains(".TH faultlint 1") && whole.contains("Exit status"), "{whole}");
    assert!(commands.iter().all(|command| whole.contains(&format!("faultlint\\-{command}(1)"))), "{whole}");
    let check = page(&["check"]);
    assert!(check.contains(".TH faultlint-check 1") && check.contains("\\-\\-fail\\-on"), "{check}");
    for mistake in [["man", "nope"], ["completions", "tcsh"]] {
        let output = faultlint(root.path(), &mistake);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{mistake:?}");
    }
}

/// Runs `check` on a text that stands for a file; gives the status and the JSON report.
fn of_stdin(directory: &Path, name: &str, text: &[u8], more: &[&str]) -> (Option<i32>, Value) {
    let arguments = ["check", "--select", RULE, "--format", "json", "--stdin", "--stdin-filename", name];
    let mut child = command(directory, &[&arguments, more].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A run that fails before it reads closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(text);
    let output = child.wait_with_output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
}

#[test]
fn a_text_on_standard_input_stands_for_a_file() {
    let other = LOCK.replace("renew", "again");
    let root = tree(&[("src/a.ts", "export const x = 1;\n"), ("src/other.ts", &other)]);
    let places = |report: &Value| -> Vec<String> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings.map(|finding| finding["path"].as_str().unwrap().to_owned()).collect()
    };
    for name in ["src/a.ts", "./src/a.ts", "src/new.ts", root.path().join("src/a.ts").to_str().unwrap()] {
        let (status, report) = of_stdin(root.path(), name, LOCK.as_bytes(), &[]);
        let shown = if name.ends_with("new.ts") { "src/new.ts" } else { "src/a.ts" };
        assert_eq!((status, places(&report)), (Some(1), vec![shown.to_owned()]), "{name}");
    }
    let (status, report) = of_stdin(root.path(), "src/other.ts", b"export const x = 1;\n", &[]);
    assert_eq!((status, places(&report)), (Some(0), Vec::new()), "what is on the disk does not count");
    // The rest of the tree is followed all the same.
    let client = LOCK.replace(
        "import Redis from 'ioredis';\nconst redis = new Redis();",
        "import { redis } from './client';",
    );
    let root = tree(&[("client.ts", "import Redis from 'ioredis';\nexport const redis = new Redis();\n")]);
    assert_eq!(of_stdin(root.path(), "lock.ts", client.as_bytes(), &[]).0, Some(1));
    let (status, report) = of_stdin(root.path(), "a.ts", b"\xff", &["--strict"]);
    assert_eq!((status, report["files"][0]["reason"].as_str()), (Some(3), Some("not-utf8")));
    let (_, report) = of_stdin(root.path(), "a.ts", &vec![b' '; 10_000_001], &[]);
    assert_eq!(report["files"][0]["reason"], "too-large");
    assert_eq!(of_stdin(root.path(), "a.py", b"x = 1\n", &[]), (Some(2), Value::Null));
    for mistake in [["check", "--stdin", "."], ["check", "--stdin-filename", "a.ts"]] {
        assert_eq!(faultlint(root.path(), &mistake).status.code(), Some(2), "{mistake:?}");
    }
}

#[test]
fn nobody_listening_is_no_error_of_any_output() {
    let root = mixed();
    let mut runs: Vec<Vec<&str>> =
        FORMATS.iter().map(|format| vec!["check", "--fail-on", "never", "--format", format]).collect();
    runs.extend([vec!["completions", "zsh"], vec!["completions", "bash"], vec!["man"]]);
    for arguments in runs {
        // A pipe whose reader is gone before the first byte.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(root.path(), &arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let has_numbers = arguments.last().is_some_and(|format| has_no_place(format));
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(said.contains("5 files: "), has_numbers, "{arguments:?}: {said}");
        assert!(said.is_empty() || has_numbers && !said.contains("ipe"), "{arguments:?}: {said}");
    }
}

#[test]
fn in_an_azure_pipeline_sarif_says_which_one() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("a.ts"), "export const one = 1;\n").unwrap();
    let variables = [
        ("TF_BUILD", "True"),
        ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/acme/"),
        ("SYSTEM_TEAMPROJECT", "shop"),
        ("SYSTEM_DEFINITIONID", "12"),
        ("BUILD_DEFINITIONNAME", "nightly"),
        ("SYSTEM_PHASEID", "3a3a2a60-14c7-570b-14a4-fa42ad92f52a"),
        ("SYSTEM_PHASENAME", "lint"),
        ("BUILD_SOURCEBRANCH", "refs/heads/main"),
        ("BUILD_BUILDID", "77"),
    ];
    let details = |variables: &[(&str, &str)]| {
        let mut command = command(root.path(), &["check", "--format", "sarif"]);
        for (name, value) in variables {
            command.env(name, value);
        }
        let log: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
        log["runs"][0]["automationDetails"].clone()
    };
    let told = details(&variables);
    let id =
        "azuredevops/pipeline/build/acme/shop/12/3a3a2a60-14c7-570b-14a4-fa42ad92f52a/refs/heads/main/77";
    assert_eq!(told["id"], id);
    assert_eq!(told["properties"]["azuredevops/pipeline/build/buildDefinitionId"], 12);
    assert_eq!(told["properties"]["azuredevops/pipeline/build/phaseName"], "lint");
    // Half of it would be refused there.
    assert_eq!(details(&variables[..5])["id"], "faultlint/");
    assert_eq!(details(&[])["id"], "faultlint/");
}
