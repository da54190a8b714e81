//! What is no file, goes away, grows, or is far too large.

use std::fs::{self, File};
use std::io::Write;

use super::{FETCH, FINE, entry, faultlint, report, status, text, tree, write};

#[cfg(unix)]
#[test]
fn links_are_not_followed_round_or_out() {
    use std::os::unix::fs::symlink;
    let root = tree(&[("tree/a/ok.ts", FINE), ("secret/s.ts", FETCH)]);
    let inside = |path: &str| root.path().join("tree").join(path);
    symlink("..", inside("a/up")).unwrap();
    symlink("self", inside("self")).unwrap();
    symlink("../secret", inside("out")).unwrap();
    symlink("../secret/s.ts", inside("s.ts")).unwrap();
    symlink("nowhere", inside("gone.ts")).unwrap();
    let found = report(&inside(""), &[]);
    assert_eq!(found["files"].as_array().unwrap().len(), 1, "{found}");
    // What is named outright is meant.
    assert_eq!(report(&inside(""), &["s.ts"])["findings"].as_array().unwrap().len(), 1);
    assert_eq!(status(&faultlint(&inside(""), &["check", "gone.ts"])), 2);
    assert_eq!(status(&faultlint(&inside(""), &["check", "self", "--strict"])), 3);
}

#[cfg(unix)]
#[test]
fn pipes_sockets_and_devices_are_told_and_not_opened() {
    let root = tree(&[("ok.ts", FINE)]);
    let made = std::process::Command::new("mkfifo").arg(root.path().join("pipe.ts")).status().unwrap();
    assert!(made.success());
    let socket = std::os::unix::net::UnixListener::bind(root.path().join("socket.ts")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", root.path().join("zero.ts")).unwrap();
    let found = report(root.path(), &[".", "zero.ts"]);
    drop(socket);
    for name in ["pipe.ts", "socket.ts", "zero.ts"] {
        assert_eq!(entry(&found, name)["reason"], "unreadable", "{name}");
    }
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 3);
}

#[cfg(unix)]
#[test]
fn folders_that_cannot_be_entered_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let root = tree(&[("ok.ts", FINE), ("locked/a.ts", FETCH)]);
    let locked = root.path().join("locked");
    let allow = |mode: u32| fs::set_permissions(&locked, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o000);
    if fs::read_dir(&locked).is_ok() {
        allow(0o755);
        eprintln!("skipped: whoever runs this test may read everything");
        return;
    }
    let output = faultlint(root.path(), &["check", "--strict"]);
    allow(0o755);
    assert_eq!(status(&output), 3);
    assert!(text(&output.stdout).contains("locked"));
}

#[test]
fn files_that_change_while_a_run_reads_them_do_no_harm() {
    let root = tempfile::tempdir().unwrap();
    let path = |number: usize| root.path().join(format!("f{number}.ts"));
    (0..300).for_each(|number| write(path(number), FETCH));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in (0..300).rev() {
                if number % 2 == 0 {
                    let _ = fs::remove_file(path(number));
                } else if let Ok(mut file) = File::options().append(true).open(path(number)) {
                    let _ = file.write_all(FETCH.repeat(50).as_bytes());
                }
            }
        });
        for _ in 0..2 {
            let found = report(root.path(), &[]);
            let reasons = |file: &serde_json::Value| file["reason"].as_str().map(str::to_owned);
            let files = found["files"].as_array().unwrap();
            assert!(files.iter().filter_map(reasons).all(|reason| reason == "unreadable"), "{found}");
        }
        writer.join().unwrap();
    });
}

#[test]
fn what_is_too_large_is_told_and_not_read() {
    let root = tree(&[("ok.ts", FINE), ("package.json", "{}")]);
    // Sparse: no disk is filled.
    for name in ["large.ts", "large.go"] {
        File::create(root.path().join(name)).unwrap().set_len(200_000_000).unwrap();
    }
    let found = report(root.path(), &[]);
    for name in ["large.ts", "large.go"] {
        assert_eq!(entry(&found, name)["reason"], "too-large");
    }
    assert_eq!(entry(&found, "ok.ts")["status"], "checked");
    assert_eq!(status(&faultlint(root.path(), &["check", "--strict"])), 3);
}

#[test]
fn long_lines_and_bundles_are_told_or_read() {
    let root = tree(&[
        ("bundle.js", &"a(b,c);".repeat(1_000_000)),
        ("fifty.js", &"f(a, b);".repeat(6_250_000)),
        ("string.ts", &format!("export const x = '{}';\n", "A".repeat(5_000_000))),
    ]);
    let found = report(root.path(), &[]);
    assert_eq!(entry(&found, "bundle.js")["reason"], "minified");
    assert_eq!(entry(&found, "fifty.js")["reason"], "too-large");
    assert_eq!(entry(&found, "string.ts")["status"], "checked");
}

#[test]
fn many_tiny_files_are_all_looked_at() {
    let root = tempfile::tempdir().unwrap();
    for number in 0..5_000 {
        write(root.path().join(format!("{}/{number}.ts", number / 500)), FINE);
    }
    assert_eq!(report(root.path(), &[])["files"].as_array().unwrap().len(), 5_000);
}
