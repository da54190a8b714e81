//! The GitHub action: its definition, and its steps in an environment like a runner's.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use super::{BAD, FINE, command, json, read, root, script, status, told, tree, yaml};

/// Names with their values.
type Pairs<'p> = &'p [(&'p str, &'p str)];

fn steps(action: &Value) -> Vec<&Value> {
    action["runs"]["steps"].as_array().unwrap().iter().collect()
}

/// The names after `inputs.` in a text.
fn inputs_in(text: &str) -> BTreeSet<String> {
    let name = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
    text.split("inputs.").skip(1).map(name).collect()
}

#[test]
fn inputs_reach_scripts_through_the_environment_alone() {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    for step in steps(&action) {
        if let Some(uses) = step["uses"].as_str() {
            let commit = uses.rsplit_once('@').unwrap().1;
            assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{uses}: no commit");
        }
        if let Some(run) = step["run"].as_str() {
            assert!(!run.contains("${{"), "a value in a command may end it: {run}");
            assert_eq!(step["shell"], "bash");
            for (name, value) in step["env"].as_object().unwrap() {
                let script = run.split('/').next_back().unwrap().trim_matches('"');
                let script = read(&format!("scripts/action/{script}"));
                assert!(script.contains(&format!("${{{name}:-")), "{name} is set and not read");
                assert!(value.as_str().unwrap().starts_with("${{ "), "{name}");
            }
        }
    }
}

#[test]
fn every_input_is_used_and_every_used_one_is_there() {
    let action = yaml("action.yml");
    let declared: BTreeSet<String> = action["inputs"].as_object().unwrap().keys().cloned().collect();
    let used = inputs_in(&action["runs"].to_string());
    assert_eq!(declared, used);
    for (name, input) in action["inputs"].as_object().unwrap() {
        assert!(input["description"].is_string() && input["default"].is_string(), "{name}");
    }
    let workflow = yaml("examples/github-workflow.yml");
    let job = &workflow["jobs"]["faultlint"];
    let ours = job["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with("OWNER/faultlint@")));
    for name in ours.unwrap()["with"].as_object().unwrap().keys() {
        assert!(declared.contains(name), "examples/github-workflow.yml: {name}");
    }
    assert_eq!(job["permissions"]["security-events"], "write", "as the upload needs");
}

/// Runs a step of the action whose command names `part`, with inputs and the variables of a runner.
fn step(part: &str, inputs: &[(&str, &str)], directory: &Path, variables: &[(&str, &str)]) -> Output {
    let action = yaml("action.yml");
    let steps = steps(&action);
    let step = steps.iter().find(|step| step["run"].as_str().is_some_and(|run| run.contains(part))).unwrap();
    let mut bash = command("bash", directory);
    bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().unwrap()]);
    let temp = directory.join(".runner");
    fs::create_dir_all(&temp).unwrap();
    bash.env("GITHUB_ACTION_PATH", root()).env("RUNNER_TEMP", &temp);
    for name in ["GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"] {
        fs::write(temp.join(name), "").unwrap();
        bash.env(name, temp.join(name));
    }
    for (name, value) in step["env"].as_object().unwrap() {
        let expression = value.as_str().unwrap().trim_matches(['$', '{', '}', ' ']);
        let input = expression.strip_prefix("inputs.");
        let default = input.map(|input| action["inputs"][input]["default"].as_str().unwrap());
        let given = inputs.iter().find(|(known, _)| Some(*known) == input).map(|(_, value)| *value);
        bash.env(name, given.or(default).unwrap_or("team/faultlint"));
    }
    bash.envs(variables.iter().copied());
    bash.output().unwrap()
}

fn written(directory: &Path, name: &str) -> String {
    fs::read_to_string(directory.join(".runner").join(name)).unwrap()
}

#[test]
fn the_check_annotates_sums_up_and_leaves_sarif() {
    let here = tree(&[("svc/bad.ts", BAD), ("other/fine.ts", FINE)]);
    let inputs = [("paths", "svc\nother"), ("args", "--select=message-ack\n--threads=1")];
    let output = step("check.sh", &inputs, here.path(), &[]);
    assert_eq!(status(&output), 1, "{}", told(&output));
    let log = String::from_utf8_lossy(&output.stdout);
    assert!(log.contains("::error file=svc/bad.ts,line=8"), "{log}");
    assert!(written(here.path(), "GITHUB_STEP_SUMMARY").contains("svc/bad.ts"));
    let outputs = written(here.path(), "GITHUB_OUTPUT");
    assert!(outputs.starts_with("status=1\nsarif="), "{outputs}");
    let sarif = json(outputs.trim().rsplit_once('=').unwrap().1);
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "message-ack/swallowed-failure");
}

#[test]
fn the_check_fails_from_the_severity_that_was_asked_for() {
    let here = tree(&[("svc/bad.ts", BAD)]);
    let inputs = [("working-directory", "svc"), ("fail-on", "never")];
    let output = step("check.sh", &inputs, here.path(), &[]);
    assert_eq!(status(&output), 0, "{}", told(&output));
    assert!(told(&output).contains("file=bad.ts"), "paths count from the folder: {}", told(&output));
}

#[test]
fn what_stands_in_an_input_is_never_run() {
    let here = tree(&[("fine.ts", FINE)]);
    let evil = "$(touch pwned)\n`touch pwned`\n'; touch pwned; '\n--output=pwned";
    for input in ["paths", "args", "fail-on", "working-directory"] {
        let output = step("check.sh", &[(input, evil)], here.path(), &[]);
        assert_eq!(status(&output), 2, "{input}: {}", told(&output));
        assert!(!here.path().join("pwned").exists(), "{input}");
        assert!(!written(here.path(), "GITHUB_OUTPUT").contains("sarif="), "{input}: there is no report");
    }
}

/// A release of a program that says its name, and a `curl` that takes it for the server.
fn release() -> tempfile::TempDir {
    let here = tempfile::tempdir().unwrap();
    let program = script(&here.path().join("faultlint"), "echo released");
    let mut pack = command("python3", root());
    let target = "x86_64-unknown-linux-musl";
    pack.args(["scripts/release/pack", program.to_str().unwrap(), target]).arg(here.path().join("dist"));
    let output = pack.output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let server = "\
while [ $# -gt 1 ]; do case $1 in --output) to=$2; shift ;; esac; shift; done
case $1 in https://git.test/team/faultlint/releases/download/v*) ;; *) exit 22 ;; esac
cp \"$DIST/${1##*/}\" \"$to\"";
    script(&here.path().join("bin/curl"), server);
    here
}

fn install(here: &Path, inputs: &[(&str, &str)], more: &[(&str, &str)]) -> Output {
    let path = format!("{}:{}", here.join("bin").display(), std::env::var("PATH").unwrap());
    let dist = here.join("dist");
    let usual = [
        ("PATH", path.as_str()),
        ("DIST", dist.to_str().unwrap()),
        ("GITHUB_SERVER_URL", "https://git.test"),
        ("RUNNER_OS", "Linux"),
        ("RUNNER_ARCH", "X64"),
    ];
    step("install.sh", inputs, here, &[&usual, more].concat())
}

#[test]
fn the_release_of_the_action_is_installed() {
    if !super::is_there("python3") {
        return;
    }
    let here = release();
    let output = install(here.path(), &[], &[]);
    assert_eq!(status(&output), 0, "{}", told(&output));
    let folder = written(here.path(), "GITHUB_PATH");
    let program = Path::new(folder.trim()).join("faultlint");
    assert!(command(program.to_str().unwrap(), here.path()).output().unwrap().status.success());
    let named = format!("v{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(status(&install(here.path(), &[("version", &named)], &[])), 0);
}

#[test]
fn what_hashes_to_something_else_is_not_installed() {
    if !super::is_there("python3") {
        return;
    }
    let here = release();
    let wrong = "0".repeat(64);
    let mistakes: [(Pairs<'_>, Pairs<'_>, &str); 5] = [
        (&[("sha256", &wrong)], &[], "nothing was installed"),
        (&[("version", "1; touch pwned")], &[], "no version"),
        (&[("version", "9.9.9")], &[], "could not be downloaded"),
        (&[], &[("RUNNER_ARCH", "ARM")], "no release for Linux on ARM"),
        (&[], &[("FAULTLINT_REPOSITORY", "a/b/../c")], "not known"),
    ];
    for (inputs, variables, words) in mistakes {
        let output = install(here.path(), inputs, variables);
        assert_eq!(status(&output), 2, "{inputs:?}: {}", told(&output));
        assert!(told(&output).contains(words), "{inputs:?}: {}", told(&output));
        assert_eq!(written(here.path(), "GITHUB_PATH"), "", "{inputs:?}");
    }
    // A program that was changed after its checksum was written.
    let archive = format!("dist/faultlint-{}-x86_64-unknown-linux-musl.tar.gz", env!("CARGO_PKG_VERSION"));
    let archive = here.path().join(archive);
    let mut bytes = fs::read(&archive).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&archive, bytes).unwrap();
    assert_eq!(status(&install(here.path(), &[], &[])), 2);
}
