//! How faultlint fits in: the definitions for services and package managers, run as far as a machine without them can; its manners
//! at a terminal; its options; and the tutorial.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "this is how a test fails")]
#![expect(clippy::print_stderr, reason = "a test that is left out says so")]

mod action;
mod manners;
mod options;
mod packages;
mod recipes;
mod tutorial;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Acknowledged although the work failed: a finding of critical severity.
const BAD: &str = "\
import { Kafka } from 'kafkajs';
const consumer = new Kafka({ brokers: ['k'] }).consumer({ groupId: 'orders' });
export async function run(ship: (order: unknown) => Promise<void>) {
  await consumer.run({
    eachMessage: async ({ message }) => {
      try {
        await ship(JSON.parse(message.value!.toString()));
      } catch (error) {
        console.error(error);
      }
    },
  });
}
";
const FINE: &str = "export const add = (a: number, b: number) => a + b;\n";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    serde_yaml::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(path: impl AsRef<Path>) -> Value {
    let path = root().join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
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

/// A command with the tested program on PATH, and nothing of the environment that would change what it writes.
fn command(program: &str, directory: &Path) -> Command {
    let ours = Path::new(env!("CARGO_BIN_EXE_faultlint")).parent().unwrap().to_path_buf();
    let theirs = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths(std::iter::once(ours).chain(std::env::split_paths(&theirs))).unwrap();
    let mut command = Command::new(program);
    command.current_dir(directory).env("PATH", path).stdin(Stdio::null());
    let noise = ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "FORCE_HYPERLINK", "COLUMNS", "TERM", "CI"];
    for variable in noise.iter().chain(&["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_PATH"]) {
        command.env_remove(variable);
    }
    command
}

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    command(env!("CARGO_BIN_EXE_faultlint"), directory).args(arguments).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap_or_else(|| panic!("killed: {}", told(output)))
}

/// Both streams, for a test that fails.
fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Whether a program is there that a test cannot do without; says so when the test is left out.
fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = found.is_ok_and(|status| status.success());
    if !there {
        eprintln!("left out: no {program} on this machine");
    }
    there
}

/// Writes a script that stands for a program.
fn script(path: &Path, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_path_buf()
}
