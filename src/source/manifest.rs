//! The files that say how modules are named: of packages, workspaces, modules and compilers.
//!
//! Owns: which files these are, finding them above the walked paths and by `extends`, reading them, JSON as people write it. Does
//! not own: what they mean for an import (`program`).
//!
//! The walk finds those below the paths. Above them they are looked for up to the directory that holds `.git`, since a part of a
//! repository is named by the whole. What is wrong with one is told and is never fatal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::file::{self, ReadError};
use super::upward;
use super::walk::{self, Walked};

/// The largest manifest that is read, in bytes: 1 MB, a hundred times what people write.
pub const MAX_BYTES: u64 = 1_000_000;

/// One file that says how modules are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Absolute, without `.` and `..`.
    pub path: PathBuf,
    /// Its text, without a byte-order mark.
    pub text: String,
}

/// What is wrong with a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which.
    pub path: PathBuf,
    /// What is wrong, in words.
    pub what: String,
}

/// The manifests of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifests {
    /// Those that could be read, in order of path.
    pub found: Vec<Manifest>,
    /// What is wrong with the others, in order of path.
    pub problems: Vec<Problem>,
}

impl Manifests {
    /// Takes another text for what is in a file, or none; what is no manifest is let be.
    pub fn put(&mut self, path: &Path, text: Option<&[u8]>) {
        if !path.file_name().and_then(|name| name.to_str()).is_some_and(is_manifest) {
            return;
        }
        self.found.retain(|known| known.path != path);
        if let Some(Ok(text)) = text.map(std::str::from_utf8) {
            let text = text.trim_start_matches('\u{feff}').to_owned();
            let at = self.found.partition_point(|known| known.path.as_path() < path);
            self.found.insert(at, Manifest { path: path.to_path_buf(), text });
        }
    }
}

impl Problem {
    /// The problem with the path as reports show it.
    pub fn shown(&self, directory: &Path) -> String {
        format!("{}: {}", walk::show(&self.path, directory), self.what)
    }
}

impl Manifest {
    /// Its value, if it is JSON; comments and trailing commas are allowed, and an empty text is an empty object.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn json(&self) -> Result<Value, String> {
        let mut text = self.text.clone();
        json_strip_comments::strip(&mut text).map_err(|_| "not JSON: a stray `/`".to_owned())?;
        if text.trim().is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        serde_json::from_str(&text).map_err(|error| format!("not JSON: {error}"))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
    }
}

/// Whether a file of this name says how modules are named.
pub fn is_manifest(name: &str) -> bool {
    matches!(name, "package.json" | "pnpm-workspace.yaml" | "go.mod" | "go.work") || is_compiler_config(name)
}

/// `tsconfig.json`, `tsconfig.app.json`, `jsconfig.json` and the like.
pub fn is_compiler_config(name: &str) -> bool {
    let rest = name.strip_prefix("tsconfig").or_else(|| name.strip_prefix("jsconfig"));
    rest.is_some_and(|rest| rest.strip_suffix(".json").is_some())
}

/// Reads the manifests that a walk found, those above the walked paths, and those that compiler settings extend.
///
/// `paths` and `directory` are those of the walk.
pub fn collect(walked: &Walked, paths: &[PathBuf], directory: &Path) -> Manifests {
    let mut wanted: BTreeSet<PathBuf> = walked.manifests.iter().cloned().collect();
    above(paths, directory, &mut wanted);
    let mut read = BTreeMap::new();
    let mut manifests = Manifests::default();
    for path in &wanted {
        read_one(path, &mut read, &mut manifests.problems);
    }
    follow_extends(wanted, &mut read, &mut manifests.problems);
    manifests.found = read.into_values().collect();
    manifests.problems.sort_by(|a, b| a.path.cmp(&b.path));
    manifests
}

fn above(paths: &[PathBuf], directory: &Path, wanted: &mut BTreeSet<PathBuf>) {
    let mut seen = BTreeSet::new();
    for path in paths {
        let whole = walk::tidy(&directory.join(path));
        let is_directory = whole.is_dir();
        if is_directory && whole.join(".git").exists() {
            continue;
        }
        for above in whole.ancestors().skip(1) {
            if !seen.insert(above.to_path_buf()) {
                break;
            }
            wanted.extend(manifests_in(above));
            if above.join(".git").exists() {
                break;
            }
        }
    }
}

/// The manifests of one directory. One that may not be listed has none to offer.
fn manifests_in(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let is_ours = |entry: &fs::DirEntry| {
        entry.file_name().to_str().is_some_and(is_manifest)
            && entry.file_type().is_ok_and(|kind| kind.is_file())
    };
    entries.flatten().filter(is_ours).map(|entry| entry.path()).collect()
}

fn read_one(path: &Path, read: &mut BTreeMap<PathBuf, Manifest>, problems: &mut Vec<Problem>) {
    match file::read_text(path, MAX_BYTES) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            read.insert(path.to_path_buf(), Manifest { path: path.to_path_buf(), text });
        }
        Err(ReadError::TooLarge(size)) => {
            let what = format!("{size} bytes is over the limit of {MAX_BYTES}");
            problems.push(Problem { path: path.to_path_buf(), what });
        }
        Err(error) => problems.push(Problem { path: path.to_path_buf(), what: error.to_string() }),
    }
}

/// Reads what compiler settings extend, and what that extends. Each file is read once, so it ends.
fn follow_extends(
    mut seen: BTreeSet<PathBuf>,
    read: &mut BTreeMap<PathBuf, Manifest>,
    problems: &mut Vec<Problem>,
) {
    let mut open: Vec<PathBuf> = read
        .values()
        .filter(|found| is_compiler_config(found.name()))
        .map(|found| found.path.clone())
        .collect();
    let named = packages(read);
    while let Some(path) = open.pop() {
        let Some(Ok(value)) = read.get(&path).map(Manifest::json) else { continue };
        for parent in parents(&path, &value, |name| named.get(name).cloned()) {
            // What is installed differs from machine to machine.
            let is_installed = parent.iter().any(|part| part == "node_modules");
            let is_outside = path.parent().is_some_and(|folder| upward::leaves_repository(folder, &parent));
            if is_installed || is_outside || !fs::symlink_metadata(&parent).is_ok_and(|found| found.is_file())
            {
                continue;
            }
            if seen.insert(parent.clone()) {
                read_one(&parent, read, problems);
                open.push(parent);
            }
        }
    }
}

/// The directories of named packages. Of several with one name the first.
fn packages(read: &BTreeMap<PathBuf, Manifest>) -> BTreeMap<String, PathBuf> {
    let mut named = BTreeMap::new();
    for manifest in read.values().filter(|found| found.name() == "package.json") {
        let name = manifest.json().ok().and_then(|value| Some(value.get("name")?.as_str()?.to_owned()));
        if let (Some(name), Some(directory)) = (name, manifest.path.parent()) {
            named.entry(name).or_insert_with(|| directory.to_path_buf());
        }
    }
    named
}

/// The files that compiler settings may mean with what they extend: for each, in order, all places where it could be.
///
/// `package` gives the directory of a package of the tree.
pub fn parents(config: &Path, value: &Value, package: impl Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let extends = match value.get("extends") {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one.as_str()],
        _ => Vec::new(),
    };
    let directory = config.parent().unwrap_or(config);
    extends.into_iter().flat_map(|named| places(directory, named, &package)).collect()
}

fn places(directory: &Path, named: &str, package: impl Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let whole = if named.starts_with('.') {
        walk::tidy(&directory.join(named))
    } else {
        let (name, rest) = split_package(named);
        match package(name) {
            Some(root) => walk::tidy(&root.join(rest)),
            None => return Vec::new(),
        }
    };
    let with_ending = PathBuf::from(format!("{}.json", whole.display()));
    let within = whole.join("tsconfig.json");
    vec![whole, with_ending, within]
}

/// A bare import path as the name of a package and what follows it, without the slash between.
pub fn split_package(specifier: &str) -> (&str, &str) {
    let scope = if specifier.starts_with('@') { specifier.find('/').map_or(0, |at| at + 1) } else { 0 };
    match specifier[scope..].find('/') {
        Some(at) => (&specifier[..scope + at], &specifier[scope + at + 1..]),
        None => (specifier, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn collected(root: &Path, paths: &[&str]) -> (Vec<String>, Vec<String>) {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let manifests = collect(&walk::walk(&paths, root, 1).unwrap(), &paths, root);
        let found = manifests.found.iter().map(|found| walk::show(&found.path, root)).collect();
        (found, manifests.problems.iter().map(|problem| problem.shown(root)).collect())
    }

    #[test]
    fn manifests_are_known_by_name() {
        for name in
            ["package.json", "tsconfig.json", "tsconfig.base.json", "jsconfig.json", "go.mod", "go.work"]
        {
            assert!(is_manifest(name), "{name}");
        }
        for name in ["packages.json", "my-tsconfig.json", "tsconfig.ts", "go.sum"] {
            assert!(!is_manifest(name), "{name}");
        }
    }

    #[test]
    fn those_above_count_up_to_the_repository() {
        let root = tree(&[
            ("package.json", "{}"),
            ("repo/.git/HEAD", ""),
            ("repo/package.json", "{}"),
            ("repo/go.work", ""),
            ("repo/packages/tsconfig.base.json", "{}"),
            ("repo/packages/api/package.json", "{}"),
            ("repo/packages/api/src/a.ts", ""),
            ("repo/packages/core/package.json", "{}"),
        ]);
        let above = ["repo/go.work", "repo/package.json", "repo/packages/api/package.json"];
        let expected = [&above[..], &["repo/packages/tsconfig.base.json"]].concat();
        assert_eq!(collected(root.path(), &["repo/packages/api"]).0, expected);
        assert_eq!(collected(root.path(), &["repo/packages/api/src/a.ts"]).0, expected);
        assert_eq!(collected(root.path(), &["repo"]).0.len(), 5);
    }

    #[test]
    fn what_is_extended_is_read_whatever_its_name() {
        let root = tree(&[
            (".git/HEAD", ""),
            (
                "app/tsconfig.json",
                r#"{"extends": ["../config/base", "@acme/config/next.json", "gone", "./gone.json"]}"#,
            ),
            ("config/base.json", r#"{"extends": "./deep/more.json" /* and back */}"#),
            ("config/deep/more.json", r#"{"extends": "../base.json",}"#),
            ("shared/package.json", r#"{"name": "@acme/config"}"#),
            ("shared/next.json", r#"{"extends": "./next.json"}"#),
        ]);
        let expected = [
            "app/tsconfig.json",
            "config/base.json",
            "config/deep/more.json",
            "shared/next.json",
            "shared/package.json",
        ];
        assert_eq!(collected(root.path(), &["."]), (expected.map(str::to_owned).to_vec(), Vec::new()));
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let root = tree(&[(".git/HEAD", ""), ("a/package.json", "{}"), ("d/package.json", "\u{feff}{}")]);
        fs::create_dir(root.path().join("b")).unwrap();
        fs::write(root.path().join("b/package.json"), b"\xff").unwrap();
        fs::create_dir(root.path().join("c")).unwrap();
        fs::File::create(root.path().join("c/go.mod")).unwrap().set_len(MAX_BYTES + 1).unwrap();
        fs::create_dir_all(root.path().join("e/package.json")).unwrap();
        let (found, problems) = collected(root.path(), &["."]);
        assert_eq!(found, ["a/package.json", "d/package.json"]);
        let expected =
            ["b/package.json: not UTF-8 at byte 0", "c/go.mod: 1000001 bytes is over the limit of 1000000"];
        assert_eq!(problems, expected);
    }

    #[test]
    fn what_is_extended_outside_of_the_repository_is_not_read() {
        let root = tree(&[
            ("secret.json", "{}"),
            ("r/.git/HEAD", ""),
            ("r/tsconfig.json", r#"{"extends": ["../secret.json", "./own.json"]}"#),
            ("r/own.json", "{}"),
        ]);
        assert_eq!(collected(root.path(), &["r"]).0, ["r/own.json", "r/tsconfig.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let root =
            tree(&[(".git/HEAD", ""), ("real.json", "{}"), ("a/tsconfig.json", r#"{"extends": "./link"}"#)]);
        std::os::unix::fs::symlink("../real.json", root.path().join("a/link.json")).unwrap();
        std::os::unix::fs::symlink("real.json", root.path().join("package.json")).unwrap();
        assert_eq!(collected(root.path(), &["a"]).0, ["a/tsconfig.json"]);
    }

    #[test]
    fn json_is_read_as_people_write_it() {
        let read =
            |text: &str| Manifest { path: PathBuf::from("/tsconfig.json"), text: text.to_owned() }.json();
        let value = read("// a\n{ \"a/*\": [\"b//c\",], /* d */ }").unwrap();
        assert_eq!(value, serde_json::json!({"a/*": ["b//c"]}));
        assert_eq!(read(" // nothing\n").unwrap(), serde_json::json!({}));
        assert!(read("{").unwrap_err().starts_with("not JSON"));
        assert!(read("/ {}").unwrap_err().starts_with("not JSON"));
        assert!(read(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn another_text_stands_for_what_is_in_a_file() {
        let mut manifests = Manifests::default();
        let texts = |manifests: &Manifests| -> Vec<String> {
            manifests.found.iter().map(|found| found.text.clone()).collect()
        };
        for (path, text) in
            [("/b/go.mod", "b"), ("/a/go.mod", "\u{feff}a"), ("/b/go.mod", "c"), ("/b/x.ts", "x")]
        {
            manifests.put(Path::new(path), Some(text.as_bytes()));
        }
        assert_eq!(texts(&manifests), ["a", "c"]);
        manifests.put(Path::new("/a/go.mod"), None);
        assert_eq!(texts(&manifests), ["c"]);
    }

    #[test]
    fn packages_are_split_off() {
        assert_eq!(split_package("@acme/core/a/b"), ("@acme/core", "a/b"));
        assert_eq!(split_package("core"), ("core", ""));
        assert_eq!(split_package("core/a"), ("core", "a"));
        assert_eq!(split_package("@acme"), ("@acme", ""));
        assert_eq!(split_package("@/a"), ("@/a", ""));
    }
}
