//! What goes wrong around a run: disks, pipes, git. It ends, says what was wrong, and leaves what was there as it was.
//!
//! `docs/robustness.md` names each of these tests.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const FETCH: &str = "import axios from 'axios';\nexport const load = (url: string) => axios.get(url);\n";

fn project() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("r")).unwrap();
    fs::write(root.path().join("r/a.ts"), FETCH).unwrap();
    root
}

/// The program with some arguments, in a directory.
fn program(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(directory).args(arguments).stdin(Stdio::null());
    command.env_remove("FAULTLINT_CACHE_DIR").env("FAULTLINT_NO_CACHE", "1");
    command
}

fn faultlint(directory: &Path, arguments: &[&str]) -> Output {
    program(directory, arguments).output().unwrap()
}

/// The program under a shell that does something first.
fn after(directory: &Path, first: &str, arguments: &str) -> Output {
    let script = format!("{first}\nexec '{}' {arguments}", env!("CARGO_BIN_EXE_faultlint"));
    let mut command = Command::new("sh");
    command.current_dir(directory).args(["-c", &script]).stdin(Stdio::null());
    command.env_remove("FAULTLINT_NO_CACHE").output().unwrap()
}

fn says(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
fn refused(output: &Output, words: &str) {
    assert_eq!(output.status.code(), Some(2), "{}", says(output));
    assert!(says(output).contains(words), "{}", says(output));
    assert!(output.stdout.is_empty());
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_fails_the_report_and_not_in_silence() {
    if !Path::new("/dev/full").exists() {
        eprintln!("skipped: there is no /dev/full");
        return;
    }
    let root = project();
    let directory = root.path().join("r");
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = program(&directory, &["check"]).stdout(full).output().unwrap();
    refused(&output, "No space left");
    refused(&faultlint(&directory, &["check", "--output", "/dev/full"]), "/dev/full");
    let also = faultlint(&directory, &["check", "--also", "json=/dev/full"]);
    assert_eq!(also.status.code(), Some(2));
    assert!(says(&also).contains("/dev/full"), "{}", says(&also));
}

/// A file system on which nothing more than half a kilobyte goes into a file.
const NO_ROOM: &str = "trap '' XFSZ; ulimit -f 0";

#[test]
fn a_baseline_that_cannot_be_written_leaves_the_old_one() {
    let root = project();
    let directory = root.path().join("r");
    assert_eq!(faultlint(&directory, &["baseline", "create"]).status.code(), Some(0));
    let before = fs::read(directory.join("faultlint-baseline.json")).unwrap();
    let output = after(&directory, NO_ROOM, "baseline create --force");
    refused(&output, "faultlint-baseline.json");
    assert_eq!(fs::read(directory.join("faultlint-baseline.json")).unwrap(), before);
    assert_eq!(names(&directory), ["a.ts", "faultlint-baseline.json"], "nothing is left beside it");
}

#[test]
fn a_run_killed_while_it_writes_leaves_nothing_that_is_believed() {
    let root = project();
    let directory = root.path().join("r");
    let cache = root.path().join("cache");
    let arguments = format!("check --format json --cache-dir '{}'", cache.display());
    // Without the trap the system kills it in the midst of an entry; the tag of the directory fits.
    let killed = after(&directory, "ulimit -f 1", &arguments);
    assert_eq!(killed.status.code(), None, "{}", says(&killed));
    assert!(names(&cache).iter().any(|name| name.contains(".faultlint-part")), "{:?}", names(&cache));
    let plain = faultlint(&directory, &["check", "--format", "json"]);
    for _ in 0..2 {
        assert_eq!(after(&directory, ":", &arguments).stdout, plain.stdout);
    }
    // A baseline that was half written is passed over, and another one written.
    let half = directory.join(".faultlint-baseline.json.0.tmp");
    fs::write(&half, "{\"version\"").unwrap();
    assert_eq!(faultlint(&directory, &["baseline", "create"]).status.code(), Some(0));
    let checked = faultlint(&directory, &["check", "--baseline", "faultlint-baseline.json"]);
    assert_eq!(checked.status.code(), Some(0));
}

#[test]
fn a_cache_that_cannot_be_written_is_told_and_harms_nothing() {
    let root = project();
    let directory = root.path().join("r");
    let output = after(&directory, NO_ROOM, "check --format json --cache-dir ../cache");
    // With no room at all not even the report of a pipe is touched: that is no file.
    assert_eq!(output.status.code(), Some(1), "{}", says(&output));
    assert!(says(&output).contains("nothing was kept for later runs"), "{}", says(&output));
    assert_eq!(output.stdout, faultlint(&directory, &["check", "--format", "json"]).stdout);
}

#[test]
fn a_tree_that_is_read_only_is_checked_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let root = project();
    let directory = root.path().join("r");
    let allow = |mode: u32| fs::set_permissions(&directory, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o555);
    let checked = faultlint(&directory, &["check"]);
    let is_held = fs::File::create(directory.join("probe")).is_err();
    let written = is_held.then(|| faultlint(&directory, &["baseline", "create"]));
    allow(0o755);
    assert_eq!(checked.status.code(), Some(1));
    match written {
        Some(output) => refused(&output, "faultlint-baseline.json"),
        None => eprintln!("skipped in part: whoever runs this test may write everywhere"),
    }
    // What everyone is refused: a directory where a file should go.
    fs::create_dir(directory.join("taken")).unwrap();
    refused(&faultlint(&directory, &["check", "--output", "taken"]), "taken");
}

#[test]
fn pipes_that_nobody_reads_are_no_error() {
    let root = project();
    let directory = root.path().join("r");
    for closed in ["1>&-", "2>&-", "1>&- 2>&-", "0<&-"] {
        let output = after(&directory, ":", &format!("check --no-cache {closed}"));
        assert_eq!(output.status.code(), Some(1), "{closed}: what was found still counts");
    }
    let mut child = program(&directory, &["check", "--format", "sarif"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert!(child.wait().unwrap().code().is_some(), "not killed");
}

fn git(directory: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(directory).args(["-c", "user.name=a", "-c", "user.email=a@example.org"]);
    command.args(["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", says(&output));
}

/// A repository with two commits.
fn repository() -> (TempDir, PathBuf) {
    let root = project();
    let directory = root.path().join("r");
    git(&directory, &["init", "-q"]);
    git(&directory, &["add", "-A"]);
    git(&directory, &["commit", "-qm", "one"]);
    fs::write(directory.join("b.ts"), FETCH).unwrap();
    git(&directory, &["add", "-A"]);
    git(&directory, &["commit", "-qm", "two"]);
    (root, directory)
}

#[test]
fn without_git_only_what_asks_it_is_refused() {
    let (_root, directory) = repository();
    let without =
        |arguments: &[&str]| program(&directory, arguments).env("PATH", "/nonexistent").output().unwrap();
    refused(&without(&["check", "--since", "HEAD"]), "git was not found");
    assert_eq!(without(&["check"]).status.code(), Some(1));
}

#[test]
fn refs_that_are_none_are_refused() {
    let (_root, directory) = repository();
    for name in ["nope", "", "-x", "--output=x", "HEAD~9", "a b", "HEAD:a.ts", "@{upstream}"] {
        refused(&faultlint(&directory, &["check", &format!("--since={name}")]), "no commit is called");
    }
    assert!(!directory.join("x").exists());
}

#[test]
fn a_branch_without_a_commit_has_no_past() {
    let root = project();
    let directory = root.path().join("r");
    git(&directory, &["init", "-q"]);
    refused(&faultlint(&directory, &["check", "--since", "HEAD"]), "no commit is called");
    git(&directory, &["add", "-A"]);
    assert_eq!(faultlint(&directory, &["check", "--staged"]).status.code(), Some(1), "all of it is new");
}

#[test]
fn outside_of_a_repository_nothing_changed_can_be_told() {
    let root = project();
    let directory = root.path().join("r");
    let output = program(&directory, &["check", "--since", "HEAD"])
        .env("GIT_CEILING_DIRECTORIES", root.path())
        .output();
    refused(&output.unwrap(), "is in no git repository");
    git(root.path(), &["init", "-q", "--bare", "bare.git"]);
    refused(&faultlint(&root.path().join("bare.git"), &["check", "--since", "HEAD"]), "bare");
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let (root, directory) = repository();
    let from = format!("file://{}", directory.display());
    git(root.path(), &["clone", "-q", "--depth", "1", &from, "shallow"]);
    let shallow = root.path().join("shallow");
    refused(&faultlint(&shallow, &["check", "--since", "HEAD~1"]), "shallow");
    assert_eq!(faultlint(&shallow, &["check", "--since", "HEAD"]).status.code(), Some(0));
}

#[test]
fn a_detached_worktree_is_a_repository() {
    let (root, directory) = repository();
    git(&directory, &["worktree", "add", "-q", "--detach", "../tree", "HEAD"]);
    let detached = root.path().join("tree");
    let status = |reference: &str| faultlint(&detached, &["check", "--since", reference]).status.code();
    assert_eq!((status("HEAD~1"), status("HEAD")), (Some(1), Some(0)));
}

#[test]
fn a_submodule_is_another_repository() {
    let (root, directory) = repository();
    fs::create_dir(root.path().join("outer")).unwrap();
    let outer = root.path().join("outer");
    git(&outer, &["init", "-q"]);
    git(&outer, &["submodule", "add", "-q", &format!("file://{}", directory.display()), "inner"]);
    git(&outer, &["commit", "-qm", "with it"]);
    fs::write(outer.join("inner/new.ts"), FETCH).unwrap();
    // The whole is checked with it; its changes are its own.
    assert_eq!(faultlint(&outer, &["check"]).status.code(), Some(1));
    assert_eq!(faultlint(&outer, &["check", "--since", "HEAD"]).status.code(), Some(0));
    assert_eq!(faultlint(&outer.join("inner"), &["check", "--since", "HEAD"]).status.code(), Some(1));
}

#[test]
fn a_repository_of_another_user_is_refused_with_the_remedy() {
    let (_root, directory) = repository();
    // What git itself takes for a sign that it is somebody else's.
    let output = program(&directory, &["check", "--since", "HEAD"])
        .env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    refused(&output, "safe.directory");
    assert_eq!(faultlint(&directory, &["check"]).status.code(), Some(1), "nothing is asked of git");
}

#[test]
fn a_damaged_repository_is_told_in_words_of_git() {
    let (_root, directory) = repository();
    fs::write(directory.join(".git/index"), "DIR").unwrap();
    refused(&faultlint(&directory, &["check", "--staged"]), "index");
    assert_eq!(faultlint(&directory, &["check"]).status.code(), Some(1));
}
