//! What the program is made of, and that it speaks to nobody.

#![expect(clippy::unwrap_used, reason = "this is how a test fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The crates that the program itself is made of, out of `Cargo.lock` as it is.
fn crates() -> Vec<String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(["tree", "--locked", "--offline", "-e", "normal", "--prefix", "none"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout).unwrap();
    let mut names: Vec<String> =
        told.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// Crates that open connections, or that only those need that do.
const TALKERS: [&str; 30] = [
    "async-io",
    "async-std",
    "attohttpc",
    "curl",
    "curl-sys",
    "h2",
    "hickory-resolver",
    "http",
    "hyper",
    "isahc",
    "mio",
    "minreq",
    "native-tls",
    "openssl",
    "openssl-sys",
    "quinn",
    "reqwest",
    "rustls",
    "smol",
    "socket2",
    "surf",
    "tiny_http",
    "tokio",
    "tower",
    "tungstenite",
    "ureq",
    "url",
    "warp",
    "webpki",
    "zbus",
];

#[test]
fn no_crate_of_the_program_opens_connections() {
    let crates = crates();
    assert!(crates.len() > 50 && crates.contains(&"tree-sitter".to_owned()), "{crates:?}");
    let talkers: Vec<&String> = crates.iter().filter(|name| TALKERS.contains(&name.as_str())).collect();
    assert!(talkers.is_empty(), "{talkers:?}");
}

#[test]
fn no_line_of_the_program_opens_connections() {
    let mut open = vec![root().join("src"), root().join("build.rs")];
    let mut seen = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            seen += 1;
            let text = fs::read_to_string(&path).unwrap();
            for word in ["std::net", "net::Tcp", "TcpStream", "UdpSocket", "UnixStream", "ToSocketAddrs"] {
                assert!(!text.contains(word), "{}: {word}", path.display());
            }
        }
    }
    assert!(seen > 100);
}

/// Watches a run from outside: what it asks of the system.
#[cfg(target_os = "linux")]
#[test]
fn a_run_asks_the_system_for_no_connection() {
    let tree = tempfile::tempdir().unwrap();
    fs::write(tree.path().join("a.ts"), "import axios from 'axios';\naxios.get('http://example.org');\n")
        .unwrap();
    let trace = tree.path().join("trace");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "trace=%network,execve", "-o"]).arg(&trace);
    command.arg(env!("CARGO_BIN_EXE_faultlint")).args(["check", "."]).current_dir(tree.path());
    let watched = command.output().is_ok_and(|output| matches!(output.status.code(), Some(0 | 1)));
    let Some(told) = fs::read_to_string(&trace).ok().filter(|told| watched && told.contains("execve("))
    else {
        eprintln!("skipped: there is no strace here, or it may not watch");
        return;
    };
    // Threads and the terminal need pairs of local sockets at most.
    let calls = ["socket(AF_INET", "socket(AF_NETLINK", "connect(", "sendto(", "bind("];
    assert!(!calls.iter().any(|call| told.contains(call)), "{told}");
}

#[test]
fn builds_take_what_is_locked() {
    assert!(root().join("Cargo.lock").is_file());
    let script = read(".ci/run");
    let builds = script.lines().filter(|line| {
        let words = ["cargo clippy ", "cargo doc ", "cargo test ", "cargo build "];
        words.iter().any(|word| line.contains(word)) && !line.ends_with("--version")
    });
    let builds: Vec<&str> = builds.collect();
    assert!(builds.len() >= 3 && builds.iter().all(|line| line.contains("--locked")), "{builds:?}");
}

#[test]
fn what_may_come_in_is_said() {
    let said = read("deny.toml");
    for section in ["[advisories]", "[licenses]", "[bans]", "[sources]"] {
        assert!(said.contains(section), "{section}");
    }
    for name in crates() {
        assert!(!said.contains(&format!("{{ crate = \"{name}\" }}")), "{name} is denied");
    }
    let lock = read("Cargo.lock");
    let sources = lock.lines().filter(|line| line.starts_with("source = "));
    let registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    assert!(sources.into_iter().all(|source| source == registry), "crates come from one registry");
}
