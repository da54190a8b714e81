//! Packages: their versions and platforms agree, and what they install behaves as the program itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{command, is_there, json, read, root, script, status, told};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[test]
fn versions_agree() {
    let npm = json("packaging/npm/faultlint/package.json");
    assert_eq!(npm["version"], VERSION);
    for (name, version) in npm["optionalDependencies"].as_object().unwrap() {
        assert_eq!(version, VERSION, "{name}");
    }
    for (path, line) in [
        ("pyproject.toml", format!("version = \"{VERSION}\"")),
        ("pyproject.toml", format!("dependencies = [\"faultlint=={VERSION}\"]")),
        ("packaging/python/pyproject.toml", format!("version = \"{VERSION}\"")),
        ("examples/pre-commit-config.yaml", format!("rev: v{VERSION}")),
        ("examples/github-workflow.yml", format!("OWNER/faultlint@v{VERSION}")),
        ("examples/gitlab-ci.yml", format!("/faultlint:{VERSION}")),
        ("docs/integrations.md", format!("-t faultlint:{VERSION} ")),
        ("docs/integrations.md", format!("release `v{VERSION}`")),
        ("examples/Dockerfile", format!("-t faultlint:{VERSION} ")),
    ] {
        assert!(read(path).contains(&line), "{path}: no `{line}`");
    }
}

#[test]
fn platforms_agree() {
    let targets = json("packaging/targets.json");
    let all = |key: &str| -> BTreeSet<String> {
        targets.as_array().unwrap().iter().map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
    };
    let npm = json("packaging/npm/faultlint/package.json");
    let packages: BTreeSet<String> =
        npm["optionalDependencies"].as_object().unwrap().keys().cloned().collect();
    let expected = all("npm").iter().map(|platform| format!("@faultlint/{platform}")).collect();
    assert_eq!(packages, expected);
    let installer = read("scripts/action/install.sh");
    let installed: BTreeSet<String> = installer
        .lines()
        .filter_map(|line| line.split_once(") echo ")?.1.strip_suffix(" ;;"))
        .map(str::to_owned)
        .collect();
    assert_eq!(installed, all("target"));
}

/// Packs a script that stands for the program.
fn packed(here: &Path, target: &str, program: &str) -> std::process::Output {
    let program = script(&here.join("program"), program);
    let mut pack = command("python3", root());
    pack.args(["scripts/release/pack", program.to_str().unwrap(), target]).arg(here.join("dist"));
    pack.output().unwrap()
}

#[test]
fn the_same_program_gives_the_same_packages() {
    if !is_there("python3") {
        return;
    }
    let contents = || {
        let here = tempfile::tempdir().unwrap();
        let output = packed(here.path(), "aarch64-apple-darwin", "echo packed");
        assert!(output.status.success(), "{}", told(&output));
        let wheel = format!("faultlint-{VERSION}-py3-none-macosx_11_0_arm64.whl");
        let archive = format!("faultlint-{VERSION}-aarch64-apple-darwin.tar.gz");
        let files =
            [wheel, archive.clone(), format!("{archive}.sha256"), "npm/darwin-arm64/package.json".to_owned()];
        files.map(|file| fs::read(here.path().join("dist").join(file)).unwrap())
    };
    let once = contents();
    std::thread::sleep(Duration::from_millis(2100));
    assert!(once == contents(), "the time got into a package");
    let here = tempfile::tempdir().unwrap();
    let output = packed(here.path(), "m68k-unknown-amiga", "");
    assert!(status(&output) == 1 && told(&output).contains("no target is called"), "{}", told(&output));
}

#[test]
fn the_wheel_installs_the_program() {
    if !is_there("python3") {
        return;
    }
    let has_pip = Command::new("python3").args(["-m", "pip", "--version"]).output().unwrap().status.success();
    if !(has_pip && cfg!(all(target_os = "linux", target_arch = "x86_64"))) {
        eprintln!("left out: no pip, or another platform than that of the wheel");
        return;
    }
    let here = tempfile::tempdir().unwrap();
    assert!(packed(here.path(), "x86_64-unknown-linux-musl", "echo \"ran $1\"; exit 3").status.success());
    let mut pip = command("python3", here.path());
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--find-links",
        "dist",
        "--target",
        "lib",
        "faultlint",
    ]);
    let output = pip.output().unwrap();
    assert!(output.status.success(), "{}", told(&output));
    let output = command("lib/bin/faultlint", here.path()).arg("check").output().unwrap();
    assert_eq!((status(&output), told(&output).as_str()), (3, "ran check\n"));
}

/// The npm packages as npm would lay them out, with a script for the program.
fn installed(program: &str) -> Option<tempfile::TempDir> {
    if !(is_there("node") && is_there("python3") && cfg!(all(target_os = "linux", target_arch = "x86_64"))) {
        eprintln!("left out: the launcher of the npm package");
        return None;
    }
    let here = tempfile::tempdir().unwrap();
    let modules = here.path().join("node_modules");
    fs::create_dir_all(modules.join("faultlint/bin")).unwrap();
    fs::create_dir_all(modules.join("@faultlint")).unwrap();
    for file in ["package.json", "bin/faultlint.js"] {
        fs::copy(root().join("packaging/npm/faultlint").join(file), modules.join("faultlint").join(file))
            .unwrap();
    }
    assert!(packed(here.path(), "x86_64-unknown-linux-musl", program).status.success());
    fs::rename(here.path().join("dist/npm/linux-x64"), modules.join("@faultlint/linux-x64")).unwrap();
    Some(here)
}

fn launcher(here: &Path) -> Command {
    let mut node = command("node", here);
    node.arg("node_modules/faultlint/bin/faultlint.js").env_remove("FAULTLINT_BINARY");
    node
}

#[test]
fn the_npm_launcher_hands_on_arguments_and_status() {
    let Some(here) = installed("printf '<%s>' \"$@\"; exit 3") else { return };
    let package: Value = json(here.path().join("node_modules/@faultlint/linux-x64/package.json"));
    assert_eq!((&package["version"], &package["os"][0]), (&VERSION.into(), &"linux".into()));
    let output = launcher(here.path()).args(["check", "a b", "$(x)"]).output().unwrap();
    assert_eq!((status(&output), told(&output).as_str()), (3, "<check><a b><$(x)>"));
    let other = script(&here.path().join("other"), "exit 1");
    assert_eq!(status(&launcher(here.path()).env("FAULTLINT_BINARY", other).output().unwrap()), 1);
    fs::remove_dir_all(here.path().join("node_modules/@faultlint")).unwrap();
    let output = launcher(here.path()).output().unwrap();
    assert_eq!(status(&output), 2);
    assert!(told(&output).contains("@faultlint/linux-x64 is not installed"), "{}", told(&output));
}

#[test]
fn the_npm_launcher_hands_on_signals() {
    use std::os::unix::process::ExitStatusExt;
    let caught = "trap 'echo caught; exit 130' INT; echo up; while :; do sleep 0.1; done";
    for (program, signal, code) in
        [(caught, "INT", Some(130)), ("echo up; while :; do sleep 0.1; done", "TERM", None)]
    {
        let Some(here) = installed(program) else { return };
        let mut child = launcher(here.path()).stdout(Stdio::piped()).spawn().unwrap();
        wait_for_word(child.stdout.as_mut().unwrap(), "up");
        let id = child.id().to_string();
        assert!(
            Command::new("sh").args(["-c", &format!("kill -s {signal} {id}")]).status().unwrap().success()
        );
        let ended = child.wait().unwrap();
        assert_eq!(ended.code(), code, "{signal}");
        if code.is_none() {
            assert_eq!(ended.signal(), Some(15), "it dies as its program did");
        }
    }
}

fn wait_for_word(from: &mut impl std::io::Read, word: &str) {
    let begun = Instant::now();
    let mut seen = Vec::new();
    let mut byte = [0];
    while !String::from_utf8_lossy(&seen).contains(word) {
        assert!(begun.elapsed() < Duration::from_secs(60), "never said {word}");
        assert_eq!(from.read(&mut byte).unwrap(), 1, "ended without {word}");
        seen.push(byte[0]);
    }
}
