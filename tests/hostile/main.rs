//! Input that is made to hurt: a run ends, says what it did not look at, and does nothing it was not asked for.
//!
//! `docs/robustness.md` names each of these tests; `tests/project.rs` checks that it names no other.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

mod cache;
mod configuration;
mod files;
mod growth;
mod names;
mod nesting;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A call without a limit: one finding.
const FETCH: &str = "import axios from 'axios';\nexport const load = (url: string) => axios.get(url);\n";

const FINE: &str = "export const fine = 1;\n";

/// A tree of files, each with its path and text.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(root.path().join(path), text);
    }
    root
}

fn write(path: impl Into<PathBuf>, text: &str) {
    let path = path.into();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"] {
        command.env_remove(variable);
    }
    command.output().unwrap()
}

/// The exit status; none, and so a failure, for what a signal ended: a stack that overflowed, memory that ran out.
fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The JSON report of a tree, whatever was found.
fn report(directory: &Path, more: &[&str]) -> Value {
    let output = faultlint(directory, &[&["check", "--format", "json"], more].concat());
    assert!(matches!(status(&output), 0 | 1), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the report says of a file.
fn entry(report: &Value, path: &str) -> Value {
    let files = report["files"].as_array().unwrap();
    files.iter().find(|file| file["path"] == path).unwrap_or_else(|| panic!("no {path} in {files:?}")).clone()
}
