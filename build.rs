//! Finds the built-in rules and models, so that a new one touches no Rust: writes a table of `include_str!`. Names the build by a
//! hash of all that it is made of, so that one build does not trust what another has put into a cache.

#![expect(clippy::expect_used, reason = "a build that cannot find its own files must stop")]

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let project = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let root = project.join("rules");
    let files = find(&root, "yaml");
    name_the_build(&project, &files);
    let mut table = String::from("&[\n");
    for file in &files {
        let name = file
            .strip_prefix(&root)
            .expect("found below it")
            .to_str()
            .expect("our own names")
            .replace('\\', "/");
        writeln!(table, "    (\"rules/{name}\", include_str!(\"{}\")),", file.display())
            .expect("a string takes it");
    }
    table.push(']');
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it")).join("builtin.rs");
    std::fs::write(out, table).expect("the build folder can be written");
}

/// The files below a folder whose names end so, in order.
fn find(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    find_below(folder, end, &mut files);
    files.sort();
    files
}

fn find_below(folder: &Path, end: &str, files: &mut Vec<PathBuf>) {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder).expect("the rules folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            find_below(&path, end, files);
        } else if path.extension().is_some_and(|own| own == end) {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
}

fn name_the_build(project: &Path, data: &[PathBuf]) {
    let mut hasher = DefaultHasher::new();
    std::env::var("CARGO_PKG_VERSION").expect("cargo sets it").hash(&mut hasher);
    let lock = project.join("Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let sources = find(&project.join("src"), "rs");
    for file in data.iter().chain(&sources).chain([&lock]) {
        file.strip_prefix(project).expect("found below it").hash(&mut hasher);
        // A published crate may come without its lock file.
        std::fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rustc-env=FAULTLINT_BUILD={:016x}", hasher.finish());
}
