//! Finding the files of a run.
//!
//! Owns: which files are looked at, in which order, and what they are called in reports; which others stand beside them that say
//! how modules are named ([`super::manifest`]) or that code may import. Does not own: reading them.
//!
//! A directory is walked as git would: `.gitignore` (with or without a repository around it), `.ignore` and `.faultlintignore`
//! hold, hidden files are left out, and so are directories of other people's code ([`SKIPPED_DIRECTORIES`]). The user's global
//! git configuration does not count: a run gives the same on every machine. Symbolic links are not followed. A path that is
//! named outright is taken whatever the ignore files say.
//!
//! **Shown paths** are relative to the working directory where they are below it, and use `/`. A backslash, a control character
//! and a byte that is not UTF-8 are shown as `\\` and `\xNN`, so that every name is printable and none stands for another.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};
use std::sync::mpsc;

use ignore::gitignore::Gitignore;
use ignore::{DirEntry, Match, WalkBuilder, WalkState};

use super::{Language, manifest};

/// Directories that are not entered unless named outright: code that came from elsewhere, which is its owners' to lint.
pub const SKIPPED_DIRECTORIES: [&str; 4] = ["node_modules", "bower_components", "vendor", "third_party"];

/// The name of the project's own ignore files, in the syntax of `.gitignore`.
pub const IGNORE_FILE: &str = ".faultlintignore";

/// A file to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Where to read it.
    pub path: PathBuf,
    /// What it is called in reports.
    pub shown: String,
    /// Its path below what was named, with forward slashes; empty for a file that was named itself.
    pub below: String,
    /// What it is written in.
    pub language: Language,
}

/// How the names of files end that code may import by the rest of the name, and that are not read.
const UNREAD: [&str; 7] = [".d.ts", ".d.mts", ".d.cts", ".json", ".vue", ".svelte", ".node"];

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// The files, by shown path in byte order, each once.
    pub files: Vec<FoundFile>,
    /// Files that say how modules are named, in order of path.
    pub manifests: Vec<PathBuf>,
    /// Files that code may import without saying what they are, but that are not read, in order of path: declarations, data,
    /// components.
    pub unread: Vec<PathBuf>,
    /// Files named outright in a language that is not read, by shown path.
    pub unsupported: Vec<String>,
    /// What could not be entered, with the system's words.
    pub errors: Vec<String>,
}

/// Paths that do not exist.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such file or directory: {}", .0.join(", "))]
pub struct Missing(pub Vec<String>);

/// Finds the files below `paths`, on so many threads (0 for as many as serve); relative ones count from `directory`, the working
/// directory.
///
/// # Errors
/// [`Missing`] when one of the paths does not exist: most likely a slip, and never a clean result.
pub fn walk(paths: &[PathBuf], directory: &Path, threads: usize) -> Result<Walked, Missing> {
    let mut found = BTreeMap::new();
    let mut walked = Walked::default();
    let mut missing = Vec::new();
    for path in paths {
        match std::fs::metadata(directory.join(path)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => missing.push(show(path, directory)),
            Err(error) => walked.errors.push(format!("{}: {error}", show(path, directory))),
            Ok(metadata) if metadata.is_dir() => descend((path, directory), threads, &mut found, &mut walked),
            Ok(_) => match Language::of(path) {
                Some(language) => add(path.clone(), language, directory, String::new(), &mut found),
                None => walked.unsupported.push(show(path, directory)),
            },
        }
    }
    if !missing.is_empty() {
        return Err(Missing(missing));
    }
    walked.files = found.into_values().collect();
    for list in [&mut walked.manifests, &mut walked.unread] {
        list.sort_unstable();
        list.dedup();
    }
    for list in [&mut walked.unsupported, &mut walked.errors] {
        list.sort_unstable();
        list.dedup();
    }
    Ok(walked)
}

/// Takes in a file that need not be there, as if it had been named; gives its position, or none if it is in no language that is
/// read.
pub fn take_in(walked: &mut Walked, path: &Path, directory: &Path) -> Option<usize> {
    let language = Language::of(path)?;
    let shown = show(path, directory);
    let found = FoundFile { path: directory.join(path), shown, below: String::new(), language };
    Some(insert(walked, found))
}

fn insert(walked: &mut Walked, found: FoundFile) -> usize {
    match walked.files.binary_search_by(|known| known.shown.cmp(&found.shown)) {
        Ok(position) => {
            walked.files[position] = found;
            position
        }
        Err(position) => {
            walked.files.insert(position, found);
            position
        }
    }
}

/// Takes in a file that is not there, if a walk over `paths` would have found it.
pub fn put_back(walked: &mut Walked, path: &Path, paths: &[PathBuf], directory: &Path) {
    let Some(language) = Language::of(path) else { return };
    let below = paths.iter().find_map(|root| {
        let root = tidy(&directory.join(root));
        let below = path.strip_prefix(&root).ok()?;
        (!is_left_out(below) && !is_ignored(path)).then(|| show(below, directory))
    });
    let Some(below) = below else { return };
    insert(walked, FoundFile { path: path.to_path_buf(), shown: show(path, directory), below, language });
}

/// Whether a walk does not go there, whatever ignore files say.
fn is_left_out(below: &Path) -> bool {
    let names = || below.iter().map(OsStr::to_string_lossy);
    let folders = names().count().saturating_sub(1);
    names().any(|name| name.starts_with('.'))
        || names().take(folders).any(|name| SKIPPED_DIRECTORIES.contains(&&*name))
}

/// Whether an ignore file around a path leaves it out; the nearest that speaks of it decides.
fn is_ignored(path: &Path) -> bool {
    let repository = super::upward::repository(path);
    let folders = || {
        let all = path.ancestors().skip(1);
        all.take_while(|folder| repository.as_deref().is_none_or(|root| folder.starts_with(root)))
    };
    for name in [IGNORE_FILE, ".ignore", ".gitignore"] {
        for folder in folders() {
            let (patterns, _) = Gitignore::new(folder.join(name));
            match patterns.matched_path_or_any_parents(path, false) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
        }
    }
    false
}

fn add(
    path: PathBuf,
    language: Language,
    directory: &Path,
    below: String,
    found: &mut BTreeMap<String, FoundFile>,
) {
    let shown = show(&path, directory);
    let path = directory.join(path);
    found.entry(shown.clone()).or_insert(FoundFile { path, shown, below, language });
}

/// Walks on several threads; what they find is put in order afterwards.
fn descend(
    (root, directory): (&Path, &Path),
    threads: usize,
    found: &mut BTreeMap<String, FoundFile>,
    walked: &mut Walked,
) {
    let whole = directory.join(root);
    let walk = WalkBuilder::new(&whole)
        .require_git(false)
        .git_global(false)
        .add_custom_ignore_filename(IGNORE_FILE)
        .filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry))
        .threads(threads)
        .build_parallel();
    let (send, entries) = mpsc::channel();
    walk.run(|| {
        let send = send.clone();
        Box::new(move |entry| {
            let is_directory = |entry: &DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
            // Whoever listens does so until the walk is over.
            if !entry.as_ref().is_ok_and(is_directory) {
                let _ = send.send(entry);
            }
            WalkState::Continue
        })
    });
    drop(send);
    for entry in entries {
        match entry {
            Ok(entry) => {
                if let Some(language) = looked_at(&entry) {
                    let below = show(entry.path().strip_prefix(&whole).unwrap_or(entry.path()), directory);
                    add(entry.into_path(), language, directory, below, found);
                } else if entry.file_type().is_some_and(|kind| kind.is_file()) {
                    note(entry.path(), walked);
                }
            }
            Err(error) => walked.errors.push(describe(&error, directory)),
        }
    }
}

/// The language of an entry that is to be looked at. FIFOs and devices are: reading says what is wrong with them.
fn looked_at(entry: &DirEntry) -> Option<Language> {
    let kind = entry.file_type()?;
    if kind.is_dir() || kind.is_symlink() { None } else { Language::of(entry.path()) }
}

/// Keeps the path of a file that is not looked at but that tells what an import means.
fn note(path: &Path, walked: &mut Walked) {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return };
    if manifest::is_manifest(name) {
        walked.manifests.push(tidy(path));
    }
    if UNREAD.iter().any(|end| name.ends_with(end)) {
        walked.unread.push(tidy(path));
    }
}

fn is_skipped(entry: &DirEntry) -> bool {
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    is_directory && SKIPPED_DIRECTORIES.iter().any(|name| entry.file_name() == OsStr::new(name))
}

/// An error of the walk with the path as shown: the crate's own words hold the path it was given, which may be absolute.
fn describe(error: &ignore::Error, directory: &Path) -> String {
    match error {
        ignore::Error::WithPath { path, err } => {
            let cause = err.io_error().map_or_else(|| err.to_string(), ToString::to_string);
            format!("{}: {cause}", show(path, directory))
        }
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            describe(err, directory)
        }
        ignore::Error::Loop { child, .. } => format!("{}: a loop of links", show(child, directory)),
        other => other.to_string(),
    }
}

/// How a path is shown.
pub fn show(path: &Path, directory: &Path) -> String {
    let whole = tidy(&directory.join(path));
    let relative = match whole.strip_prefix(tidy(directory)) {
        Ok(below) => below.to_path_buf(),
        Err(_) => tidy(path),
    };
    if relative.as_os_str().is_empty() { ".".to_owned() } else { printable(&relative) }
}

/// Without `.` parts, and `..` parts where they undo a name. For names, not to find files by: links make it inexact.
pub fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidied.components().next_back(), Some(Component::Normal(_))) => {
                tidied.pop();
            }
            _ => tidied.push(part),
        }
    }
    tidied
}

fn printable(path: &Path) -> String {
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                _ if c == MAIN_SEPARATOR => shown.push('/'),
                '\\' => shown.push_str("\\\\"),
                _ if is_hidden_character(c) => push_bytes(&mut shown, c.encode_utf8(&mut [0; 4]).as_bytes()),
                _ => shown.push(c),
            }
        }
        push_bytes(&mut shown, chunk.invalid());
    }
    shown
}

fn push_bytes(shown: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(shown, "\\x{byte:02x}");
    }
}

/// Characters that do not show as themselves: controls, and those that turn the direction of text, with which one name (or line
/// of code) can be made to look like another.
pub fn is_hidden_character(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use std::fs;

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

    fn shown(root: &Path, paths: &[&str]) -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        walk(&paths, root, 1).unwrap().files.into_iter().map(|file| file.shown).collect()
    }

    #[test]
    fn takes_the_languages_in_byte_order_once() {
        let root =
            tree(&[("b.go", ""), ("a/z.ts", ""), ("a.tsx", ""), ("B.js", ""), ("x.py", ""), ("t.d.ts", "")]);
        assert_eq!(shown(root.path(), &["."]), ["B.js", "a.tsx", "a/z.ts", "b.go"]);
        let absolute = root.path().join("b.go");
        let again = ["b.go", "./b.go", "a/../b.go", absolute.to_str().unwrap()];
        assert_eq!(shown(root.path(), &again), ["b.go"]);
    }

    #[test]
    fn honours_ignore_files_without_a_repository() {
        let root = tree(&[
            (".gitignore", "gen/\n"),
            (".faultlintignore", "legacy.ts\n"),
            ("gen/a.ts", ""),
            ("legacy.ts", ""),
            (".hidden/a.ts", ""),
            ("node_modules/x/a.js", ""),
            ("go/vendor/a.go", ""),
            ("vendor.go", ""),
            ("ok.ts", ""),
        ]);
        assert_eq!(shown(root.path(), &["."]), ["ok.ts", "vendor.go"]);
        assert_eq!(
            shown(root.path(), &["gen", "legacy.ts", "node_modules", "go/vendor/a.go"]),
            ["gen/a.ts", "go/vendor/a.go", "legacy.ts", "node_modules/x/a.js"],
            "named outright"
        );
    }

    #[test]
    fn a_missing_path_is_an_error_and_an_unknown_language_is_told() {
        let root = tree(&[("a.ts", ""), ("README.md", "")]);
        let paths = ["a.ts", "nope.ts", "README.md"].map(PathBuf::from);
        assert_eq!(walk(&paths, root.path(), 1), Err(Missing(vec!["nope.ts".to_owned()])));
        let walked = walk(&["README.md".into()], root.path(), 1).unwrap();
        assert_eq!((walked.files.len(), walked.unsupported), (0, vec!["README.md".to_owned()]));
    }

    #[test]
    fn only_what_a_walk_would_find_is_put_back() {
        let root = tree(&[
            (".git/HEAD", ""),
            (".gitignore", "gen/\n"),
            ("a/.faultlintignore", "old.ts\n"),
            ("a/x.ts", ""),
        ]);
        let mut walked = walk(&["a".into(), ".".into()], root.path(), 1).unwrap();
        let gone = [
            "a/b/y.ts",
            "a/old.ts",
            "gen/z.ts",
            "vendor/v.go",
            ".h/h.ts",
            "vendor.go",
            "t.d.ts",
            "README.md",
        ];
        for name in gone {
            put_back(&mut walked, &root.path().join(name), &["a".into(), ".".into()], root.path());
        }
        put_back(&mut walked, Path::new("/elsewhere/x.ts"), &[".".into()], root.path());
        let found: Vec<(&str, &str)> =
            walked.files.iter().map(|file| (file.shown.as_str(), file.below.as_str())).collect();
        assert_eq!(found, [("a/b/y.ts", "b/y.ts"), ("a/x.ts", "x.ts"), ("vendor.go", "vendor.go")]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let root = tree(&[("a/x.ts", "")]);
        std::os::unix::fs::symlink(root.path().join("a"), root.path().join("b")).unwrap();
        std::os::unix::fs::symlink("x.ts", root.path().join("a/y.ts")).unwrap();
        assert_eq!(shown(root.path(), &["."]), ["a/x.ts"]);
    }

    #[test]
    fn notes_what_tells_the_meaning_of_imports() {
        let root = tree(&[
            (".gitignore", "gen/\n"),
            ("package.json", "{}"),
            ("a/tsconfig.app.json", "{}"),
            ("a/types.d.ts", ""),
            ("a/b.vue", ""),
            ("a/b.md", ""),
            ("gen/package.json", "{}"),
            ("node_modules/x/package.json", "{}"),
        ]);
        let walked = walk(&["./a/..".into(), "a".into()], root.path(), 2).unwrap();
        let below =
            |paths: &[PathBuf]| -> Vec<String> { paths.iter().map(|path| show(path, root.path())).collect() };
        assert_eq!(below(&walked.manifests), ["a/tsconfig.app.json", "package.json"]);
        assert_eq!(below(&walked.unread), ["a/b.vue", "a/tsconfig.app.json", "a/types.d.ts", "package.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn odd_names_are_printable_and_distinct() {
        use std::os::unix::ffi::OsStrExt;
        let root = tree(&[("tab\there.ts", ""), ("back\\xff.ts", ""), ("ünï code.ts", "")]);
        fs::write(root.path().join(OsStr::from_bytes(b"\xff.ts")), "").unwrap();
        assert_eq!(
            shown(root.path(), &["."]),
            ["\\xff.ts", "back\\\\xff.ts", "tab\\x09here.ts", "ünï code.ts"]
        );
    }

    #[test]
    fn paths_outside_the_working_directory_stay_as_given() {
        let here = Path::new("/home/me/project");
        assert_eq!(show(Path::new("../other/./a.ts"), here), "../other/a.ts");
        assert_eq!(show(Path::new("/srv/a.ts"), here), "/srv/a.ts");
        assert_eq!(show(Path::new("../project/a.ts"), here), "a.ts");
        assert_eq!(show(Path::new("."), here), ".");
    }
}
