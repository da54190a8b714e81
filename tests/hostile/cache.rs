//! A cache that somebody else wrote to.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{FETCH, FINE, text, tree, write};

fn check(root: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_faultlint"));
    command.current_dir(root.join("tree")).args(["check", "--format", "json"]).args(more);
    command.env_remove("FAULTLINT_NO_CACHE").env("FAULTLINT_CACHE_DIR", root.join("cache"));
    command.output().unwrap()
}

fn entries(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join("cache")).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = entries.filter(|path| !path.ends_with("CACHEDIR.TAG")).collect();
    all.sort();
    all
}

/// Does something to every entry; the next run must find the same as one without a cache, and mend the entries.
fn poisoned(what: &str, poison: impl Fn(&Path, Vec<u8>)) {
    let root = tree(&[("tree/a.ts", FETCH), ("tree/b.ts", FINE), ("tree/c.go", "package c\n")]);
    let plain = check(root.path(), &["--no-cache"]);
    check(root.path(), &[]);
    let all = entries(root.path());
    assert!(all.len() >= 2, "facts and findings are kept");
    for path in &all {
        poison(path, fs::read(path).unwrap());
    }
    for _ in 0..2 {
        let found = check(root.path(), &[]);
        assert_eq!(found.status.code(), Some(1), "{what}: {}", text(&found.stderr));
        assert_eq!(found.stdout, plain.stdout, "{what}");
    }
}

#[test]
fn poisoned_entries_count_as_absent() {
    poisoned("garbage", |path, _| fs::write(path, b"\xde\xad\xbe\xef".repeat(1000)).unwrap());
    poisoned("empty", |path, _| fs::write(path, b"").unwrap());
    poisoned("cut", |path, bytes| fs::write(path, &bytes[..bytes.len() / 2]).unwrap());
    poisoned("longer", |path, bytes| fs::write(path, [bytes, b"more".to_vec()].concat()).unwrap());
    poisoned("another build", |path, mut bytes| {
        let at = bytes.iter().position(|byte| *byte == b'\n').unwrap() - 1;
        bytes[at] ^= 1;
        fs::write(path, bytes).unwrap();
    });
    poisoned("a bit", |path, mut bytes| {
        let last = bytes.len() - 1;
        bytes[last] ^= 0x40;
        fs::write(path, bytes).unwrap();
    });
    poisoned("huge", |path, _| {
        fs::remove_file(path).unwrap();
        fs::File::create(path).unwrap().set_len(1 << 40).unwrap();
    });
}

#[test]
fn entries_that_lie_under_another_name_are_not_believed() {
    let root = tree(&[("tree/a.ts", FETCH), ("tree/b.ts", FINE)]);
    // As long, so that every place of one is a place of the other.
    let mended = FETCH.replace("axios.get(url)", "String(url)   ");
    check(root.path(), &[]);
    let found =
        |all: Vec<PathBuf>| all.into_iter().find(|path| path.to_string_lossy().contains("found-")).unwrap();
    let before = found(entries(root.path()));
    let kept = fs::read(&before).unwrap();
    fs::remove_file(&before).unwrap();
    // The same tree with the fault mended asks for another entry, which says that there is none; it is put where the fault is.
    write(root.path().join("tree/a.ts"), &mended);
    check(root.path(), &[]);
    let clean = found(entries(root.path()));
    assert_ne!(before, clean);
    fs::write(&clean, kept).unwrap();
    let output = check(root.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

#[cfg(unix)]
#[test]
fn entries_that_are_no_files_count_as_absent() {
    use std::os::unix::fs::symlink;
    poisoned("a link", |path, bytes| {
        let elsewhere = path.with_extension("elsewhere");
        fs::write(&elsewhere, bytes).unwrap();
        fs::remove_file(path).unwrap();
        symlink(elsewhere, path).unwrap();
    });
    poisoned("a directory", |path, _| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    });
    poisoned("a device", |path, _| {
        fs::remove_file(path).unwrap();
        symlink("/dev/zero", path).unwrap();
    });
    poisoned("a pipe", |path, _| {
        fs::remove_file(path).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    });
}
