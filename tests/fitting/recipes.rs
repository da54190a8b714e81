//! The hooks for pre-commit, and the examples for other services.

use std::fs;
use std::path::Path;

use super::{BAD, FINE, command, faultlint, json, read, status, told, tree, yaml};

fn git(directory: &Path, arguments: &[&str]) {
    let mut git = command("git", directory);
    git.args(["-c", "user.name=t", "-c", "user.email=t@example.org"]).args(arguments);
    let output = git.output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
}

#[test]
fn hooks_run_once_over_what_is_staged() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hooks = hooks.as_array().unwrap();
    let ids: Vec<&str> = hooks.iter().map(|hook| hook["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["faultlint", "faultlint-system"]);
    for hook in hooks {
        assert_eq!((&hook["pass_filenames"], &hook["require_serial"]), (&false.into(), &true.into()));
        assert_eq!(hook["types_or"], serde_json::json!(["ts", "tsx", "javascript", "jsx", "go"]));
        assert_eq!(hook["entry"], "faultlint check --staged");
    }
    assert_eq!((&hooks[0]["language"], &hooks[1]["language"]), (&"python".into(), &"system".into()));
    let config = yaml("examples/pre-commit-config.yaml");
    let used = config["repos"][0]["hooks"][0]["id"].as_str().unwrap();
    assert!(ids.contains(&used), "{used}");
}

#[test]
fn a_hook_fails_on_what_is_staged_alone() {
    let here = tree(&[("fine.ts", FINE)]);
    git(here.path(), &["init", "-q"]);
    git(here.path(), &["add", "."]);
    git(here.path(), &["commit", "-qm", "x"]);
    let hooks = yaml(".pre-commit-hooks.yaml");
    let run = || {
        let mut words = hooks[1]["entry"].as_str().unwrap().split(' ');
        command(words.next().unwrap(), here.path()).args(words).output().unwrap()
    };
    fs::write(here.path().join("bad.ts"), BAD).unwrap();
    let output = run();
    assert_eq!(status(&output), 0, "not staged yet: {}", told(&output));
    git(here.path(), &["add", "bad.ts"]);
    let output = run();
    assert_eq!(status(&output), 1, "{}", told(&output));
}

#[test]
fn a_change_is_told_of_as_asked() {
    let here = tree(&[("old.ts", BAD)]);
    git(here.path(), &["init", "-q"]);
    git(here.path(), &["add", "."]);
    git(here.path(), &["commit", "-qm", "x"]);
    assert_eq!(status(&faultlint(here.path(), &["check", "--since", "HEAD"])), 0);
    fs::write(here.path().join("new.ts"), BAD).unwrap();
    git(here.path(), &["add", "."]);
    let output = faultlint(here.path(), &["check", "--format", "compact", "--since", "HEAD"]);
    assert!(status(&output) == 1 && told(&output).starts_with("new.ts:8:"), "{}", told(&output));
    let diff = command("git", here.path()).args(["diff", "--staged"]).output().unwrap();
    fs::write(here.path().join("change.diff"), diff.stdout).unwrap();
    let output = faultlint(here.path(), &["check", "--format", "compact", "--diff", "change.diff"]);
    assert!(status(&output) == 1 && told(&output).starts_with("new.ts:8:"), "{}", told(&output));
}

#[test]
fn gitlab_gets_its_artefact() {
    let job = &yaml("examples/gitlab-ci.yml")["faultlint"];
    let here = tree(&[("bad.ts", BAD)]);
    let script = job["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let output =
        command("sh", here.path()).arg("-ec").arg(script.collect::<Vec<_>>().join("\n")).output().unwrap();
    assert_eq!(status(&output), 1, "{}", told(&output));
    assert!(told(&output).contains("╭─[bad.ts:8"), "the log is for people: {}", told(&output));
    let report = json(here.path().join(job["artifacts"]["reports"]["codequality"].as_str().unwrap()));
    assert_eq!(report[0]["location"]["path"], "bad.ts");
    assert_eq!(job["artifacts"]["when"], "always");
    assert_eq!(job["image"]["entrypoint"], serde_json::json!([""]));
}

#[test]
fn the_gate_says_why_it_is_shut() {
    let here = tree(&[("bad.ts", BAD), ("odd/broken.ts", "const x = ;\n"), ("fine/f.ts", FINE)]);
    let gate = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/gate.sh");
    for (path, code, words) in [
        ("fine", 0, "gate: passed"),
        ("bad.ts", 1, "gate: faults were found"),
        ("odd", 3, "gate: not everything could be analysed"),
        ("nope", 2, "gate: faultlint could not run (exit status 2)"),
    ] {
        let output = command("sh", here.path()).args([gate, path]).output().unwrap();
        assert_eq!(status(&output), code, "{path}: {}", told(&output));
        assert!(told(&output).contains(words), "{path}: {}", told(&output));
    }
    assert!(here.path().join("faultlint.sarif").exists() && here.path().join("faultlint.xml").exists());
}

#[test]
fn the_image_is_built_as_locked_and_runs_as_nobody_special() {
    let text = read("examples/Dockerfile");
    let instructions: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(instructions.iter().filter(|line| line.starts_with("FROM ")).count(), 2);
    assert!(text.contains("cargo build --locked --release"));
    let user =
        instructions.iter().rposition(|line| line.starts_with("USER ") && !line.ends_with("root")).unwrap();
    let last_run = instructions.iter().rposition(|line| line.starts_with("RUN ")).unwrap();
    assert!(user > last_run, "nothing is installed as that user");
    let minimum =
        read("Cargo.toml").lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().to_owned();
    assert!(text.contains(&format!("FROM rust:{}-", minimum.trim_matches('"'))), "the Rust of Cargo.toml");
}
