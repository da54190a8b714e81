//! Finds the built-in rules and models, so that a new one touches no Rust: writes a table of them, each as it is written and
//! packed, which is read many times as fast. Names the build by a hash of all that it is made of, so that one build does not trust
//! what another has put into a cache.

#![expect(clippy::expect_used, reason = "a build that cannot find its own files must stop")]

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let project = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let root = project.join("rules");
    let files = find(&root, "yaml");
    name_the_build(&project, &files);
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    let mut table = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        let name = file
            .strip_prefix(&root)
            .expect("found below it")
            .to_str()
            .expect("our own names")
            .replace('\\', "/");
        let text = std::fs::read_to_string(file).expect("a file of the project can be read");
        let packed = out.join(format!("{number}.pack"));
        std::fs::write(&packed, pack(&text)).expect("the build folder can be written");
        let [file, packed] = [file, &packed].map(|path| path.to_str().expect("a path of text"));
        writeln!(table, "    (\"rules/{name}\", include_str!({file:?}), include_bytes!({packed:?})),")
            .expect("a string takes it");
    }
    table.push(']');
    std::fs::write(out.join("builtin.rs"), table).expect("the build folder can be written");
}

/// The documents of a file, packed; none where they are not YAML, of which the program tells with the place.
fn pack(text: &str) -> Vec<u8> {
    let options = serde_yaml::options! { strict_booleans: true };
    let documents: Vec<serde_json::Value> =
        serde_yaml::from_multiple_with_options(text, options).unwrap_or_default();
    rmp_serde::to_vec(&documents).expect("what was read can be packed")
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
