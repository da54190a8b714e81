//! What changed: against a commit, in what is staged, or by a diff.
//!
//! Owns: which files and lines of the tree changed, what those files held before, and which texts stand for what is on the disk
//! (`git`, `diff`, `lines`); which findings a change exposes and how they are told (`exposed`). Does not own: analysing either state
//! of the tree (`run`).

pub mod diff;
pub mod exposed;
mod git;
pub mod lines;

use std::path::{Path, PathBuf};

use crate::source::{Language, file, manifest, upward, walk};

use diff::{DiffError, FileDiff};
use git::{Git, path_of};
use lines::Edits;

/// What to take for the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What differs between the working tree and the commit where a ref and the current commit parted.
    Since(String),
    /// What differs between the index and the current commit; the index then stands for the tree.
    Staged,
    /// What a diff says, which errors call by its name.
    Diff {
        /// The file it is from.
        name: String,
        /// The diff.
        bytes: Vec<u8>,
    },
}

/// Why it cannot be told what changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// There is no `git`.
    #[error(
        "git was not found; `--since` and `--staged` ask it: install it, or write a diff elsewhere and give it to `--diff`"
    )]
    NoGit,
    /// No repository around the folder.
    #[error("{0} is in no git repository; `--diff FILE` needs none")]
    NoRepository(String),
    /// A repository without files.
    #[error(
        "this is a bare repository, or the inside of one: there are no files to check; run in a clone or a worktree of it"
    )]
    Bare,
    /// No commit to compare with.
    #[error("there is no commit yet; `--staged` needs none")]
    NoCommit,
    /// No such ref, and what may help.
    #[error("no commit is called `{0}`; {1}")]
    UnknownRef(String, String),
    /// The history is cut off before the two parted.
    #[error(
        "the commit where `{0}` and HEAD parted is not in this shallow clone; fetch more of the history (`git fetch --unshallow`, or `fetch-depth: 0` in a workflow)"
    )]
    Shallow(String),
    /// Somebody else's repository, in git's words.
    #[error(
        "git asks nothing of a repository of another user: {0}; if you trust it, `git config --global --add safe.directory DIRECTORY`"
    )]
    Owner(String),
    /// Two histories.
    #[error("`{0}` and HEAD have no commit in common")]
    Unrelated(String),
    /// A merge is under way.
    #[error("`{0}` is not merged yet; `git add` it first")]
    Unmerged(String),
    /// Another refusal: of which command, and its words.
    #[error("git {0}: {1}")]
    Git(String, String),
    /// The file with the diff cannot be read.
    #[error("{0}: {1}")]
    Unread(String, std::io::Error),
    /// A mistake in the diff.
    #[error(transparent)]
    Diff(#[from] Box<DiffError>),
}

impl From<DiffError> for ChangesError {
    fn from(error: DiffError) -> Self {
        Self::Diff(Box::new(error))
    }
}

/// What changed.
#[derive(Debug, Default)]
pub struct Changes {
    /// The files that did.
    pub files: Vec<ChangedFile>,
    /// Texts that stand for what is on the disk.
    pub texts: Vec<Text>,
    /// What cannot be told, in words.
    pub problems: Vec<String>,
}

/// A file, and what stands for what it holds; nothing where it is to count as absent.
pub type Text = (PathBuf, Option<Vec<u8>>);

/// A file that changed.
#[derive(Debug)]
pub struct ChangedFile {
    /// Where it is; none if it was deleted.
    pub now: Option<PathBuf>,
    /// Where it was; none if it was added.
    pub before: Option<PathBuf>,
    /// Which lines changed.
    pub edits: Edits,
    /// What it held before: nothing if it was not there, or if that is not known.
    pub text: Option<Vec<u8>>,
}

impl Changes {
    /// Finds out what changed, for a run over `paths`.
    ///
    /// # Errors
    /// See [`ChangesError`].
    pub fn find(asked: &Asked, paths: &[PathBuf], directory: &Path) -> Result<Self, ChangesError> {
        match asked {
            Asked::Since(name) => since(name, &repository(paths, directory)?, directory),
            Asked::Staged => staged(&repository(paths, directory)?, directory),
            Asked::Diff { name, bytes } => Ok(of_diff(diff::parse(name, bytes)?, bytes, directory)),
        }
    }

    /// The state before, as texts that stand for what is on the disk: what changed as it was, and new names of files gone.
    pub fn before(&self) -> Vec<Text> {
        let gone = self.files.iter().filter(|file| file.before != file.now);
        let gone = gone.filter_map(|file| Some((file.now.clone()?, None)));
        let was = self.files.iter().filter_map(|file| Some((file.before.clone()?, Some(file.text.clone()?))));
        // An old name may be another's new one.
        gone.chain(was).collect()
    }
}

/// Reads a diff.
///
/// # Errors
/// [`ChangesError::Unread`].
pub fn read(path: &Path) -> Result<Asked, ChangesError> {
    let name = path.display().to_string();
    let bytes = file::read_bytes(path).map_err(|error| ChangesError::Unread(name.clone(), error))?;
    Ok(Asked::Diff { name, bytes })
}

/// The repository of what is looked at. That around the working directory is asked there, as hooks expect.
fn repository(paths: &[PathBuf], directory: &Path) -> Result<Git, ChangesError> {
    let around = upward::folder_around(paths, directory);
    let is_other = upward::repository(&around) != upward::repository(directory);
    Git::at(if is_other { &around } else { directory }, is_other)
}

fn since(name: &str, git: &Git, directory: &Path) -> Result<Changes, ChangesError> {
    let base = git.base(name)?;
    let changed = git.since(&base)?;
    let mut changes = against(&base, git, &changed, directory)?;
    changes.files.extend(git.untracked()?.iter().map(|name| ChangedFile {
        now: Some(git.root.join(path_of(name))),
        before: None,
        edits: Edits::whole(),
        text: None,
    }));
    Ok(changes)
}

fn staged(git: &Git, directory: &Path) -> Result<Changes, ChangesError> {
    let unlike = git.unstaged()?;
    let changed = git.staged()?;
    let mut changes = against("HEAD", git, &changed, directory)?;
    let ids: Vec<String> = unlike.iter().filter_map(|file| file.id.clone()).collect();
    let mut held = git.contents(&ids)?.into_iter();
    for file in unlike {
        let path = git.root.join(path_of(&file.name));
        let text = if file.id.is_some() { held.next().flatten() } else { None };
        if file.id.is_some() && text.is_none() {
            let shown = walk::show(&path, directory);
            changes.problems.push(format!("{shown}: what is staged of it cannot be read"));
        }
        changes.texts.push((path, text));
    }
    // What is not in the index is not committed.
    changes.texts.extend(git.untracked()?.iter().map(|name| (git.root.join(path_of(name)), None)));
    Ok(changes)
}

/// What a diff of git says, with what the files held in the commit.
fn against(commit: &str, git: &Git, changed: &[FileDiff], directory: &Path) -> Result<Changes, ChangesError> {
    let mut changes = Changes::default();
    let mut ids = Vec::new();
    for file in changed {
        let named = file.before.as_ref();
        let id = named.map(|name| Git::object(commit, name));
        let path = |name: &Vec<u8>| git.root.join(path_of(name));
        changes.files.push(ChangedFile {
            now: file.now.as_ref().map(path),
            before: file.before.as_ref().map(path),
            edits: if file.before.is_none() { Edits::whole() } else { Edits::of(file) },
            text: None,
        });
        ids.push(id);
    }
    let asked: Vec<String> = ids.iter().flatten().flatten().cloned().collect();
    let mut held = git.contents(&asked)?.into_iter();
    for (file, id) in changes.files.iter_mut().zip(ids) {
        let Some(id) = id else { continue };
        file.text = id.and_then(|_| held.next().flatten());
        if file.text.is_none() {
            let shown = file.before.as_ref().map(|path| walk::show(path, directory)).unwrap_or_default();
            changes.problems.push(format!("{shown}: what it held before cannot be read"));
        }
    }
    Ok(changes)
}

/// What a diff says of the files of a tree.
fn of_diff(files: Vec<FileDiff>, diff: &[u8], directory: &Path) -> Changes {
    let root = upward::repository(directory).unwrap_or_else(|| directory.to_path_buf());
    let mut changes = Changes::default();
    for file in files {
        if let Some((now, before)) = placed(&file, &root, directory) {
            changes.add(&file, now, before, diff, directory);
        }
    }
    changes
}

/// Whether a file of this name can matter.
fn matters(name: &[u8]) -> bool {
    let path = path_of(name);
    let name = path.file_name().and_then(|name| name.to_str());
    Language::of(&path).is_some() || name.is_some_and(manifest::is_manifest)
}

/// Where the file of a diff is, and was; none if it does not matter. One that is nowhere is taken to have been deleted where its
/// folder is.
fn placed(file: &FileDiff, root: &Path, directory: &Path) -> Option<(Option<PathBuf>, Option<PathBuf>)> {
    let name = file.now.as_ref().or(file.before.as_ref())?;
    if ![&file.now, &file.before].into_iter().flatten().any(|name| matters(name)) {
        return None;
    }
    let first = |name: &[u8]| name.iter().position(|byte| *byte == b'/').map_or(0, |at| at + 1);
    // Of a plain diff, names may begin with a folder that stands for the state (`old/`, `a/`).
    let (folders, skips): ([&Path; 2], Vec<usize>) =
        if file.of_git { ([root, directory], vec![0]) } else { ([directory, root], vec![0, first(name)]) };
    let choices = || skips.iter().flat_map(|skip| folders.into_iter().map(move |folder| (folder, *skip)));
    let at = |name: &[u8], (folder, skip): (&Path, usize)| {
        walk::tidy(&folder.join(path_of(name.get(skip..).unwrap_or(name))))
    };
    let is_there = |choice: &(&Path, usize)| upward::is_there(&at(name, *choice));
    let has_folder = |choice: &(&Path, usize)| at(name, *choice).parent().is_some_and(upward::is_folder);
    let choice =
        choices().find(is_there).or_else(|| choices().find(has_folder)).or_else(|| choices().next())?;
    let path = at(name, choice);
    if !file.of_git {
        let is_gone = file.now.is_none() || !upward::is_there(&path) && file.is_emptied();
        let is_new = file.before.is_none();
        return Some(((!is_gone).then(|| path.clone()), (!is_new).then_some(path)));
    }
    let before = file.before.as_ref().filter(|_| !file.is_copy).map(|name| at(name, choice));
    Some((file.now.as_ref().map(|_| path), before))
}

impl Changes {
    /// Takes in what a diff says of a file.
    fn add(
        &mut self,
        file: &FileDiff,
        now: Option<PathBuf>,
        before: Option<PathBuf>,
        diff: &[u8],
        directory: &Path,
    ) {
        let is_new = before.is_none();
        let mut text = None;
        if let Some(path) = &now {
            let shown = walk::show(path, directory);
            match file::read_text(path, file::MAX_BYTES).map(|now| lines::undo(&now, file, diff)) {
                Ok(Ok(was)) => text = Some(was),
                Ok(Err(line)) => self.problems.push(format!(
                    "{shown}:{line}: this line is not as the diff says, so it cannot be told what the change exposes; is the diff of another commit?"
                )),
                Err(error) => self.problems.push(format!("{shown}: the diff tells of it, but: {error}")),
            }
        } else {
            text = Some(lines::removed(file, diff));
        }
        let edits = if is_new { Edits::whole() } else { Edits::of(file) };
        self.files.push(ChangedFile { now, before, edits, text: text.filter(|_| !is_new) });
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn changes(root: &Path, directory: &str, diff: &str) -> Changes {
        let directory = root.join(directory);
        let asked = Asked::Diff { name: "x.diff".to_owned(), bytes: diff.as_bytes().to_vec() };
        Changes::find(&asked, &[PathBuf::from(".")], &directory).unwrap()
    }

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(".git")).unwrap();
        fs::create_dir_all(root.path().join("s")).unwrap();
        fs::write(root.path().join("s/a.ts"), "b\n").unwrap();
        root
    }

    #[test]
    fn names_count_from_the_repository_or_the_working_directory() {
        let root = tree();
        let diff = |names: &str| format!("{names}@@ -1 +1 @@\n-a\n+b\n");
        let git = diff("diff --git a/s/a.ts b/s/a.ts\n--- a/s/a.ts\n+++ b/s/a.ts\n");
        let relative = diff("diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n");
        let plain = diff("--- old/a.ts\n+++ new/a.ts\n");
        for (diff, directory) in [(&git, "."), (&git, "s"), (&relative, "s"), (&plain, "s")] {
            let changes = changes(root.path(), directory, diff);
            let file = &changes.files[0];
            assert_eq!(file.now, Some(root.path().join("s/a.ts")), "{diff}");
            assert_eq!((&file.before, file.text.as_deref()), (&file.now, Some(&b"a\n"[..])), "{diff}");
            assert_eq!(changes.problems, Vec::<String>::new());
        }
    }

    #[test]
    fn what_does_not_fit_is_told_and_what_cannot_matter_is_not() {
        let root = tree();
        let other = changes(root.path(), ".", "--- s/a.ts\n+++ s/a.ts\n@@ -1 +1 @@\n-a\n+c\n");
        assert!(other.problems[0].starts_with("s/a.ts:1: this line is not as the diff says"));
        assert_eq!(other.files[0].text, None);
        let absent = changes(root.path(), ".", "--- s/n.ts\n+++ s/n.ts\n@@ -1 +1 @@\n-a\n+c\n");
        assert!(absent.problems[0].starts_with("s/n.ts: the diff tells of it, but: "));
        let text = changes(root.path(), ".", "--- README.md\n+++ README.md\n@@ -1 +1 @@\n-a\n+c\n");
        assert!(text.files.is_empty() && text.problems.is_empty());
    }

    #[test]
    fn deleted_and_renamed_files_are_put_back() {
        let root = tree();
        let diff = "diff --git a/o.ts b/s/a.ts\nsimilarity index 100%\nrename from o.ts\nrename to s/a.ts\ndiff --git a/d.ts b/d.ts\ndeleted file mode 100644\n--- a/d.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        let before = changes(root.path(), ".", diff).before();
        let at = |name: &str| root.path().join(name);
        assert_eq!(
            before,
            [(at("s/a.ts"), None), (at("o.ts"), Some(b"b\n".to_vec())), (at("d.ts"), Some(b"x\n".to_vec())),]
        );
        let plain = changes(root.path(), ".", "--- d.ts\n+++ d.ts\n@@ -1 +0,0 @@\n-x\n");
        assert_eq!((&plain.files[0].now, plain.problems.len()), (&None, 0));
    }
}
