//! Names of files, which whoever sends a change chooses.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use serde_json::Value;
use tempfile::TempDir;

use super::{FETCH, faultlint, report, text};

const FORMATS: [&str; 10] =
    ["human", "compact", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown", "agent"];

/// Names that mean something to a terminal, a workflow, a review tool, a page or a command line.
const NAMES: [&[u8]; 9] = [
    b"a\n::error::pwned.ts",
    b"b\x1b]0;title\x07\x1b[31m.ts",
    b"c\xff\xfe.ts",
    b"d\"><script>&.ts",
    b"e|`**x**`](http:evil).ts",
    b"f\r\n::set-output name=x::y.ts",
    b"-g --output=x.ts",
    b"h\xe2\x80\xaegnp.ts",
    b"i%0Aj,k:l\xc2\x9b31m.ts",
];

fn odd() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for name in NAMES {
        fs::write(root.path().join(OsStr::from_bytes(name)), FETCH).unwrap();
    }
    root
}

#[test]
fn names_inject_nothing_into_any_format() {
    let root = odd();
    for format in FORMATS {
        let output = faultlint(root.path(), &["check", "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{format}");
        let said = text(&output.stdout);
        let is_odd = |c: &char| c.is_control() && *c != '\n' || ('\u{202a}'..='\u{202e}').contains(c);
        assert_eq!(said.chars().find(is_odd), None, "{format}");
        let mut lines = said.lines();
        let commands = |line: &str| line.starts_with("::error::pwned") || line.starts_with("::set-output");
        assert!(!lines.any(commands), "{format}");
        assert!(!said.contains("<script>") || format != "junit", "{format}");
        assert!(said.contains("pwned"), "{format} tells of the file");
    }
}

#[test]
fn a_name_that_json_cannot_carry_is_told_with_its_bytes() {
    let root = odd();
    let found = report(root.path(), &[]);
    let files = found["files"].as_array().unwrap();
    let paths: Vec<&str> = files.iter().filter_map(|file| file["path"].as_str()).collect();
    assert_eq!(paths.len(), NAMES.len());
    assert!(paths.contains(&"c\\xff\\xfe.ts") && paths.contains(&"a\\x0a::error::pwned.ts"), "{paths:?}");
    let sarif = faultlint(root.path(), &["check", "--format", "sarif"]);
    let log: Value = serde_json::from_slice(&sarif.stdout).unwrap();
    assert!(log.to_string().contains("\"c%FF%FE.ts\""));
    let junit = faultlint(root.path(), &["check", "--format", "junit"]);
    roxmltree::Document::parse(&text(&junit.stdout)).unwrap();
}

#[test]
fn a_name_is_never_taken_for_an_option() {
    let root = odd();
    let output = faultlint(root.path(), &["check", "--", "-g --output=x.ts"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!root.path().join("x.ts").exists());
}
