//! What git tells: which lines changed against a commit, or what is staged, and what files held.
//!
//! Owns: the `git` executable - what it is asked, with which arguments, and what its refusals mean. Does not own: reading the diffs
//! it writes (`diff`), or what becomes of them.
//!
//! No shell is involved, and nothing that a user wrote reaches git where an option could stand: a ref is turned into a commit first
//! and may not begin with `-`. What a user's settings say of diffs is overruled, so that the answer is the same for everyone.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::ChangesError;
use super::diff::{self, FileDiff};

/// Arguments of every diff.
const DIFF: [&str; 14] = [
    "diff",
    "--unified=0",
    "--inter-hunk-context=0",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--text",
    "--no-relative",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--find-renames",
    "--diff-algorithm=histogram",
    "--ignore-submodules=all",
    // No order of files is asked for, whatever the settings say.
    "-O/dev/null",
];

/// Files that can matter: sources, and what says how modules are named. Counted from the root of the repository.
const WANTED: [&str; 15] = [
    ":(top,glob,icase)**/*.ts",
    ":(top,glob,icase)**/*.mts",
    ":(top,glob,icase)**/*.cts",
    ":(top,glob,icase)**/*.tsx",
    ":(top,glob,icase)**/*.js",
    ":(top,glob,icase)**/*.mjs",
    ":(top,glob,icase)**/*.cjs",
    ":(top,glob,icase)**/*.jsx",
    ":(top,glob,icase)**/*.go",
    ":(top,glob,icase)**/package.json",
    ":(top,glob,icase)**/tsconfig*.json",
    ":(top,glob,icase)**/jsconfig*.json",
    ":(top,glob,icase)**/go.mod",
    ":(top,glob,icase)**/go.work",
    ":(top,glob,icase)**/pnpm-workspace.yaml",
];

/// A file in which the working tree and the index differ.
#[derive(Debug)]
pub(super) struct Unlike {
    /// Its name from the root of the repository.
    pub(super) name: Vec<u8>,
    /// The object in the index; none if it is not there.
    pub(super) id: Option<String>,
}

/// A repository.
#[derive(Debug)]
pub(super) struct Git {
    /// Where git runs.
    folder: PathBuf,
    /// Whether what the environment says of a repository is of another one.
    is_other: bool,
    /// The folder that its names count from.
    pub(super) root: PathBuf,
}

impl Git {
    /// The repository around a folder.
    pub(super) fn at(folder: &Path, is_other: bool) -> Result<Self, ChangesError> {
        let mut git = Self { folder: folder.to_path_buf(), is_other, root: PathBuf::new() };
        let asked = ["rev-parse", "--is-bare-repository", "--is-inside-work-tree", "--show-cdup"];
        let output = git.output(&asked)?;
        let said = text(&output.stderr);
        if !output.status.success() && said.contains("not a git repository") {
            return Err(ChangesError::NoRepository(folder.display().to_string()));
        }
        let answer = text(&output.stdout);
        let mut answers = answer.lines();
        match (answers.next(), answers.next()) {
            (Some("true"), _) => return Err(ChangesError::Bare),
            (Some(_), Some("true")) if output.status.success() => {}
            (Some(_), Some("false")) => return Err(ChangesError::Bare),
            _ => return Err(refused("rev-parse", &output)),
        }
        git.root = crate::source::walk::tidy(&folder.join(answers.next().unwrap_or_default()));
        Ok(git)
    }

    /// The commit where the current one and `name` parted.
    pub(super) fn base(&self, name: &str) -> Result<String, ChangesError> {
        let commit = self.commit(name)?.ok_or_else(|| self.unknown(name))?;
        let head = self.commit("HEAD")?.ok_or(ChangesError::NoCommit)?;
        let output = self.output(&["merge-base", &commit, &head])?;
        match output.status.code() {
            Some(0) => Ok(text(&output.stdout).trim().to_owned()),
            Some(1) if self.is_shallow()? => Err(ChangesError::Shallow(name.to_owned())),
            Some(1) => Err(ChangesError::Unrelated(name.to_owned())),
            _ => Err(refused("merge-base", &output)),
        }
    }

    fn commit(&self, name: &str) -> Result<Option<String>, ChangesError> {
        // git takes no such name either, but might take it for an option.
        if name.is_empty() || name.starts_with('-') || name.contains('\0') {
            return Ok(None);
        }
        let wanted = format!("{name}^{{commit}}");
        let output = self.output(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        let commit = text(&output.stdout).trim().to_owned();
        let is_one = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        Ok((output.status.success() && is_one).then_some(commit))
    }

    fn unknown(&self, name: &str) -> ChangesError {
        let remote = format!("origin/{name}");
        let hint = match (self.commit(&remote), self.is_shallow()) {
            (Ok(Some(_)), _) => format!("did you mean `{remote}`?"),
            (_, Ok(true)) => "the clone is shallow: fetch it first (`git fetch origin REF`, or `fetch-depth: 0` in a workflow)".to_owned(),
            _ => "give a branch, a tag or a commit; `git fetch` brings those of the remote".to_owned(),
        };
        ChangesError::UnknownRef(name.to_owned(), hint)
    }

    fn is_shallow(&self) -> Result<bool, ChangesError> {
        let output = self.output(&["rev-parse", "--is-shallow-repository"])?;
        Ok(text(&output.stdout).trim() == "true")
    }

    /// What differs between a commit and the working tree.
    pub(super) fn since(&self, commit: &str) -> Result<Vec<FileDiff>, ChangesError> {
        self.changed(&[commit])
    }

    /// What differs between the current commit and the index.
    pub(super) fn staged(&self) -> Result<Vec<FileDiff>, ChangesError> {
        self.changed(&["--cached"])
    }

    fn changed(&self, what: &[&str]) -> Result<Vec<FileDiff>, ChangesError> {
        let arguments = [&DIFF[..], what, &["--"], &WANTED[..]].concat();
        let text = self.answer(&arguments)?;
        // While a merge is under way.
        let is_bare = text
            .split(|byte| *byte == b'\n')
            .all(|line| line.is_empty() || line.starts_with(b"* Unmerged path"));
        Ok(if is_bare { Vec::new() } else { diff::parse("git diff", &text)? })
    }

    /// The files that git does not know and does not ignore.
    pub(super) fn untracked(&self) -> Result<Vec<Vec<u8>>, ChangesError> {
        let start = ["ls-files", "-z", "--full-name", "--others", "--exclude-standard", "--"];
        let names = self.answer(&[&start[..], &WANTED[..]].concat())?;
        Ok(names.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(<[u8]>::to_vec).collect())
    }

    /// The files in which the working tree and the index differ.
    pub(super) fn unstaged(&self) -> Result<Vec<Unlike>, ChangesError> {
        let start = ["diff", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-relative", "-O/dev/null"];
        let arguments = [&start[..], &["--ignore-submodules=all", "--"], &WANTED[..]].concat();
        let raw = self.answer(&arguments)?;
        let mut found = Vec::new();
        let mut parts = raw.split(|byte| *byte == 0);
        while let (Some(head), Some(name)) = (parts.next().filter(|head| !head.is_empty()), parts.next()) {
            let head = text(head);
            let mut words = head.split(' ').skip(2);
            let (id, status) =
                (words.next().unwrap_or_default().to_owned(), words.nth(1).unwrap_or_default());
            if status.starts_with('U') {
                return Err(ChangesError::Unmerged(text(name)));
            }
            let is_there = id.bytes().any(|byte| byte != b'0');
            found.push(Unlike { name: name.to_vec(), id: is_there.then_some(id) });
        }
        Ok(found)
    }

    /// What some objects hold, in order; none for one that is not there.
    pub(super) fn contents(&self, ids: &[String]) -> Result<Vec<Option<Vec<u8>>>, ChangesError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = self.command(&["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| not_run(&error))?;
        let (Some(mut asking), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ChangesError::Git("cat-file".to_owned(), "it gave no answer".to_owned()));
        };
        let mut answers = BufReader::new(answers);
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            let one = write_line(&mut asking, id).and_then(|()| read_object(&mut answers));
            found.push(one.map_err(|error| ChangesError::Git("cat-file".to_owned(), error.to_string()))?);
        }
        drop(asking);
        let _ = child.wait();
        Ok(found)
    }

    /// What the objects of names in a commit are, as `cat-file` takes them.
    pub(super) fn object(commit: &str, name: &[u8]) -> Option<String> {
        let name = std::str::from_utf8(name).ok().filter(|name| !name.contains('\n'))?;
        Some(format!("{commit}:{name}"))
    }

    fn answer(&self, arguments: &[&str]) -> Result<Vec<u8>, ChangesError> {
        let output = self.output(arguments)?;
        if output.status.success() { Ok(output.stdout) } else { Err(refused(arguments[0], &output)) }
    }

    fn output(&self, arguments: &[&str]) -> Result<Output, ChangesError> {
        self.command(arguments).stdin(Stdio::null()).output().map_err(|error| not_run(&error))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.args(["-c", "core.quotePath=false", "-c", "diff.suppressBlankEmpty=false"]);
        command.args(arguments).current_dir(&self.folder);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
        for variable in ["GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_LITERAL_PATHSPECS", "GIT_ICASE_PATHSPECS"]
        {
            command.env_remove(variable);
        }
        if self.is_other {
            for variable in
                ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY"]
            {
                command.env_remove(variable);
            }
        }
        command
    }
}

fn write_line(to: &mut impl Write, line: &str) -> std::io::Result<()> {
    writeln!(to, "{line}")?;
    to.flush()
}

/// One answer of `cat-file --batch`: `ID blob SIZE`, the bytes, a line feed.
fn read_object(from: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut head = String::new();
    from.read_line(&mut head)?;
    let mut words = head.trim_end().rsplit(' ');
    let (size, kind) = (words.next().and_then(|size| size.parse::<usize>().ok()), words.next());
    let (Some(size), Some(kind)) = (size, kind) else { return Ok(None) };
    let mut bytes = vec![0; size];
    from.read_exact(&mut bytes)?;
    from.read_exact(&mut [0])?;
    Ok((kind == "blob").then_some(bytes))
}

/// A name as a path of the system.
#[cfg(unix)]
pub(super) fn path_of(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(name))
}

/// A name as a path of the system.
#[cfg(not(unix))]
pub(super) fn path_of(name: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::new(&*String::from_utf8_lossy(name)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn not_run(error: &std::io::Error) -> ChangesError {
    if error.kind() == std::io::ErrorKind::NotFound {
        ChangesError::NoGit
    } else {
        ChangesError::Git("git".to_owned(), error.to_string())
    }
}

fn refused(what: &str, output: &Output) -> ChangesError {
    let said = text(&output.stderr);
    let words = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
    if words.contains("dubious ownership") {
        return ChangesError::Owner(words.trim_start_matches("fatal: ").to_owned());
    }
    ChangesError::Git(what.to_owned(), words.trim_start_matches("fatal: ").to_owned())
}
