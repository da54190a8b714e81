//! Files linked together, through the real executable: the same tree gives the same report however it came about, trees made to
//! hurt are finished, programs side by side do not mix, and what is said names every file it speaks of.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

mod apart;
mod depth;
mod edits;
mod own;
mod reports;
mod unused;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Files by their paths.
type Files = BTreeMap<String, String>;

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS", "TERM"] {
        command.env_remove(variable);
    }
    command.output().unwrap()
}

/// Writes files below a directory.
fn write<P: AsRef<str>, T: AsRef<str>>(directory: &Path, files: impl IntoIterator<Item = (P, T)>) {
    for (path, text) in files {
        let path = directory.join(path.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.as_ref()).unwrap();
    }
}

fn tree<P: AsRef<str>, T: AsRef<str>>(files: impl IntoIterator<Item = (P, T)>) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), files);
    root
}

/// What the executable prints on standard output; it must not have crashed, and not have complained.
fn said(directory: &Path, arguments: &[&str]) -> String {
    // The trees are about linking; what else is wrong with them is not asked.
    let families = ["--select", "unsafe-lock,rate-limit,message-ack,session-state"];
    let families = if arguments.first() == Some(&"check") { &families[..] } else { &[] };
    let output = faultlint(directory, &[arguments, families].concat());
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {}: {complaint}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The JSON report of some paths of a directory.
fn reported(directory: &Path, arguments: &[&str]) -> String {
    said(directory, &[&["check", "--format", "json", "--persona", "audit"], arguments].concat())
}

/// The same, read.
fn report(directory: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&reported(directory, arguments)).unwrap()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().unwrap()
}

/// Where a finding or a piece of evidence stands.
fn place(value: &Value) -> String {
    format!("{}:{}", value["path"].as_str().unwrap(), value["start"]["line"])
}

/// The findings of a report: rule and place.
fn found(report: &Value) -> Vec<String> {
    let findings = list(report, "findings").iter();
    findings.map(|finding| format!("{} {}", finding["rule"].as_str().unwrap(), place(finding))).collect()
}

/// Every file below a directory.
fn read(directory: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let shown = path.strip_prefix(directory).unwrap().to_str().unwrap().replace('\\', "/");
                files.insert(shown, fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

/// The files of one of the fixtures of linking.
fn fixture(name: &str) -> Files {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/linking").join(name))
}
