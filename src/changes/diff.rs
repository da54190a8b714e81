//! Unified diffs: what they say of which lines of which files.
//!
//! Owns: the grammar of unified diffs, of git and of `diff -u`, and the errors that point at a line of one. Does not own: which
//! files of a tree they mean, or what their lines are used for (`lines`).
//!
//! What stands around a diff (a letter, a commit message, `Index:` lines) is passed over. What is no unified diff, or one that
//! cannot say which lines changed - of a merge, or several of one file - is an error.

use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};

/// What is wrong with a diff.
#[derive(Clone, Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct DiffError {
    /// What is wrong.
    pub message: String,
    #[source_code]
    text: NamedSource<Arc<str>>,
    #[label("{label}")]
    span: SourceSpan,
    label: String,
    #[help]
    help: Option<String>,
    /// The line, from 1.
    pub line: usize,
}

/// What a diff says of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileDiff {
    /// Its name before, as bytes; none for one that was added.
    pub before: Option<Vec<u8>>,
    /// Its name now; none for one that was deleted.
    pub now: Option<Vec<u8>>,
    /// Whether git wrote it: then the names count from the root of the repository, and are whole.
    pub of_git: bool,
    /// Whether it says to be a copy of what `before` names.
    pub is_copy: bool,
    /// What changed, in order.
    pub hunks: Vec<Hunk>,
    /// Where it begins, as a line of the diff from 1.
    pub line: usize,
}

impl FileDiff {
    /// Whether nothing is left of the file.
    pub fn is_emptied(&self) -> bool {
        let lines = || self.hunks.iter().flat_map(|hunk| &hunk.lines);
        lines().next().is_some() && lines().all(|line| line.kind == LineKind::Removed)
    }
}

/// A run of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hunk {
    /// How many lines of the file stand before it, before and now.
    pub starts: (u32, u32),
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What became of it.
    pub kind: LineKind,
    /// Its text without its end, as bytes of the diff.
    pub text: Range<usize>,
    /// Whether the file ends with it and without a line feed.
    pub is_open: bool,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its name")]
pub enum LineKind {
    Kept,
    Removed,
    Added,
}

/// Reads a diff, which errors call `name`.
///
/// # Errors
/// See [`DiffError`].
pub fn parse(name: &str, diff: &[u8]) -> Result<Vec<FileDiff>, DiffError> {
    let mut reader = Reader::new(name, diff);
    reader.read()?;
    Ok(reader.files)
}

const FOR_ONE: &str = "`git diff BASE...HEAD` writes one diff for all commits between";
const FOR_UNIFIED: &str = "`git diff` and `diff -u` write what is understood here";

struct Reader<'d> {
    name: &'d str,
    diff: &'d [u8],
    /// Where each line lies, its end left out.
    lines: Vec<Range<usize>>,
    at: usize,
    files: Vec<FileDiff>,
    /// The names that the `diff --git` line gives, until better ones are found.
    is_open: bool,
}

impl<'d> Reader<'d> {
    fn new(name: &'d str, diff: &'d [u8]) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for end in diff.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at) {
            lines.push(start..end);
            start = end + 1;
        }
        if start < diff.len() {
            lines.push(start..diff.len());
        }
        Self { name, diff, lines, at: 0, files: Vec::new(), is_open: false }
    }

    fn read(&mut self) -> Result<(), DiffError> {
        if self.diff.starts_with(&[0xff, 0xfe]) || self.diff.starts_with(&[0xfe, 0xff]) {
            let help = "PowerShell's `>` writes it so; `git diff --output=FILE` does not";
            return Err(self.error(0, "the diff is in UTF-16", "not text as git writes it", help));
        }
        while let Some(line) = self.line(self.at) {
            self.step(line)?;
        }
        if self.files.is_empty() && !self.diff.trim_ascii().is_empty() {
            return Err(self.error(0, "this is no unified diff", "no file is named in it", FOR_UNIFIED));
        }
        self.check_names()
    }

    /// A line outside hunks.
    fn step(&mut self, line: &'d [u8]) -> Result<(), DiffError> {
        if line.starts_with(b"diff --cc ")
            || line.starts_with(b"diff --combined ")
            || line.starts_with(b"@@@")
        {
            let message =
                "this is the combined diff of a merge, which does not say what changed against one side";
            return Err(self.error(self.at, message, "a combined diff", FOR_ONE));
        } else if let Some(names) = line.strip_prefix(b"diff --git ") {
            let (before, now) = names_of_git(names);
            self.begin(FileDiff { before, now, of_git: true, ..FileDiff::default() });
        } else if line.starts_with(b"*** ")
            && self.line(self.at + 1).is_some_and(|next| next.starts_with(b"--- "))
        {
            return Err(self.error(self.at, "this is a context diff", "`***` begins one", FOR_UNIFIED));
        } else if line.starts_with(b"--- ")
            && self.line(self.at + 1).is_some_and(|next| next.starts_with(b"+++ "))
        {
            self.names(line);
            return Ok(());
        } else if line.starts_with(b"@@ ") {
            return self.hunk(line);
        } else if self.is_open {
            self.header(line);
        }
        self.at += 1;
        Ok(())
    }

    fn begin(&mut self, file: FileDiff) {
        self.files.push(FileDiff { line: self.at + 1, ..file });
        self.is_open = true;
    }

    /// What git says of a file before its hunks.
    fn header(&mut self, line: &[u8]) {
        let Some(file) = self.files.last_mut().filter(|file| file.of_git) else { return };
        let name = |rest: &[u8]| Some(name_of(rest));
        if line.starts_with(b"new file mode") {
            file.before = None;
        } else if line.starts_with(b"deleted file mode") {
            file.now = None;
        } else if let Some(rest) = line.strip_prefix(b"rename from ") {
            file.before = name(rest);
        } else if let Some(rest) = line.strip_prefix(b"rename to ") {
            file.now = name(rest);
        } else if let Some(rest) = line.strip_prefix(b"copy from ") {
            file.before = name(rest);
            file.is_copy = true;
        } else if let Some(rest) = line.strip_prefix(b"copy to ") {
            file.now = name(rest);
        }
    }

    /// The two lines that name a file.
    fn names(&mut self, line: &[u8]) {
        let next = self.line(self.at + 1).unwrap_or_default();
        let (before, now) = (name_of(&line[4..]), name_of(&next[4..]));
        let is_git =
            self.is_open && self.files.last().is_some_and(|file| file.of_git && file.hunks.is_empty());
        if !is_git {
            self.begin(FileDiff::default());
        }
        let known = |name: Vec<u8>| (name != b"/dev/null").then_some(name);
        let (before, now) = if is_git { without_prefixes(before, now) } else { (before, now) };
        if let Some(file) = self.files.last_mut() {
            (file.before, file.now) = (known(before), known(now));
        }
        self.at += 2;
    }

    fn hunk(&mut self, head: &[u8]) -> Result<(), DiffError> {
        let begins = self.at;
        if !self.is_open {
            let help = "`--- name` and `+++ name` stand before the first hunk of a file";
            return Err(self.error(begins, "a hunk of no file", "no file is named before it", help));
        }
        let Some([before, before_count, now, now_count]) = numbers(head) else {
            let help = "`@@ -LINE,COUNT +LINE,COUNT @@` is what a hunk begins with";
            return Err(self.error(begins, "this does not begin a hunk", "numbers are missing here", help));
        };
        let above = |start: u32, count: u32| if count == 0 { start } else { start.saturating_sub(1) };
        let mut hunk =
            Hunk { starts: (above(before, before_count), above(now, now_count)), lines: Vec::new() };
        let (mut left_before, mut left_now) = (before_count, now_count);
        self.at += 1;
        while left_before > 0 || left_now > 0 {
            let Some((kind, text)) = self.line_of_hunk() else {
                let message = format!(
                    "the hunk is cut off: {left_before} of {before_count} lines before and {left_now} of {now_count} lines now are missing"
                );
                return Err(self.error(
                    begins,
                    &message,
                    "this hunk",
                    "the diff may have been cut or edited",
                ));
            };
            let counts = match kind {
                LineKind::Kept => (1, 1),
                LineKind::Removed => (1, 0),
                LineKind::Added => (0, 1),
            };
            if counts.0 > left_before || counts.1 > left_now {
                return Err(self.too_long(begins));
            }
            (left_before, left_now) = (left_before - counts.0, left_now - counts.1);
            self.at += 1;
            let is_open = self.line(self.at).is_some_and(|next| next.starts_with(b"\\"));
            self.at += usize::from(is_open);
            hunk.lines.push(Line { kind, text, is_open });
        }
        if self.goes_on() {
            return Err(self.too_long(begins));
        }
        self.keep(hunk, begins)
    }

    fn keep(&mut self, hunk: Hunk, begins: usize) -> Result<(), DiffError> {
        let Some(file) = self.files.last_mut() else { return Ok(()) };
        if let Some(last) = file.hunks.last() {
            let count = |kind: LineKind| last.lines.iter().filter(|line| line.kind != kind).count();
            let ends = |start: u32, without| start as usize + count(without);
            let is_below = ends(last.starts.0, LineKind::Added) <= hunk.starts.0 as usize
                && ends(last.starts.1, LineKind::Removed) <= hunk.starts.1 as usize;
            if !is_below {
                let help = "the hunks of a file stand in order";
                return Err(self.error(begins, "this hunk overlaps the one before it", "this hunk", help));
            }
        }
        file.hunks.push(hunk);
        Ok(())
    }

    /// The line of a hunk that is next; an empty one is a blank line whose blank was lost.
    fn line_of_hunk(&self) -> Option<(LineKind, Range<usize>)> {
        let range = self.lines.get(self.at)?.clone();
        let kind = match self.diff[range.clone()].first() {
            None => return Some((LineKind::Kept, range)),
            Some(b'\r') if range.len() == 1 => return Some((LineKind::Kept, range)),
            Some(b' ') => LineKind::Kept,
            Some(b'-') => LineKind::Removed,
            Some(b'+') => LineKind::Added,
            Some(_) => return None,
        };
        Some((kind, range.start + 1..range.end))
    }

    /// Whether lines of a hunk follow that its head does not count. `-- ` begins the signature of a letter.
    fn goes_on(&self) -> bool {
        let Some(line) = self.line(self.at) else { return false };
        let is_name = || self.line(self.at + 1).is_some_and(|next| next.starts_with(b"+++ "));
        match line.first() {
            Some(b'+' | b' ') => true,
            Some(b'-') => {
                !(matches!(line, b"-- " | b"--" | b"---") || line.starts_with(b"--- ") && is_name())
            }
            _ => false,
        }
    }

    fn too_long(&self, begins: usize) -> DiffError {
        let message = "the hunk has more lines than it says";
        self.error(begins, message, "this hunk", "the diff may have been edited: make it again")
    }

    /// Every file once: lines of a second diff of it would count from those of the first.
    fn check_names(&self) -> Result<(), DiffError> {
        let mut seen = std::collections::BTreeSet::new();
        for file in &self.files {
            let name = file.now.as_ref().or(file.before.as_ref());
            if name.is_some_and(|name| !seen.insert(name)) {
                let message = "the diff tells of this file twice: it is a series of patches";
                return Err(self.error(file.line - 1, message, "told of before", FOR_ONE));
            }
        }
        Ok(())
    }

    /// A line without its end, if there is one.
    fn line(&self, at: usize) -> Option<&'d [u8]> {
        let line = &self.diff[self.lines.get(at)?.clone()];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    fn error(&self, at: usize, message: &str, label: &str, help: &str) -> DiffError {
        // Bytes that are not UTF-8 become longer, so the text is put together line by line.
        let mut text = String::new();
        let mut span = (0, 0);
        for (number, range) in self.lines.iter().enumerate() {
            let start = text.len();
            text.push_str(&String::from_utf8_lossy(&self.diff[range.clone()]));
            if number == at {
                span = (start, text.len() - start);
            }
            text.push('\n');
        }
        DiffError {
            message: message.to_owned(),
            text: NamedSource::new(self.name, text.into()),
            span: span.into(),
            label: label.to_owned(),
            help: Some(help.to_owned()),
            line: at + 1,
        }
    }
}

/// The four numbers of `@@ -1,2 +3,4 @@`.
fn numbers(head: &[u8]) -> Option<[u32; 4]> {
    let head = std::str::from_utf8(head.strip_prefix(b"@@ -")?.split(|byte| *byte == b'@').next()?).ok()?;
    let (before, now) = head.strip_suffix(' ')?.split_once(" +")?;
    let pair = |text: &str| match text.split_once(',') {
        Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
        None => Some((text.parse().ok()?, 1)),
    };
    let ((a, b), (c, d)): ((u32, u32), (u32, u32)) = (pair(before)?, pair(now)?);
    // No file has lines beyond what can be counted.
    a.checked_add(b).and(c.checked_add(d)).map(|_| [a, b, c, d])
}

/// A name as a diff writes it: quoted as in C, or up to a tab, behind which a time may stand.
fn name_of(written: &[u8]) -> Vec<u8> {
    match quoted(written) {
        Some((name, _)) => name,
        None => written.split(|byte| *byte == b'\t').next().unwrap_or_default().to_vec(),
    }
}

/// A quoted name and what follows it.
fn quoted(written: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = written.strip_prefix(b"\"")?;
    let mut name = Vec::new();
    loop {
        let (first, more) = rest.split_first()?;
        rest = more;
        match first {
            b'"' => return Some((name, rest)),
            b'\\' => {
                let (escaped, more) = rest.split_first()?;
                let octal =
                    rest.get(..3).filter(|digits| digits.iter().all(|digit| (b'0'..=b'7').contains(digit)));
                if let Some(digits) = octal {
                    let value = digits.iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
                    name.push(u8::try_from(value & 0xff).unwrap_or_default());
                    rest = &rest[3..];
                    continue;
                }
                rest = more;
                name.push(match escaped {
                    b'a' => 7,
                    b'b' => 8,
                    b't' => b'\t',
                    b'n' => b'\n',
                    b'v' => 11,
                    b'f' => 12,
                    b'r' => b'\r',
                    other => *other,
                });
            }
            other => name.push(*other),
        }
    }
}

/// The names of a `diff --git` line, which counts where nothing else names the file: then both are the same.
fn names_of_git(names: &[u8]) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
    let (before, now) = if let Some((before, rest)) = quoted(names) {
        (before, name_of(rest.strip_prefix(b" ").unwrap_or(rest)))
    } else {
        let (before, now) = names.split_at(names.len() / 2);
        (before.to_vec(), now.strip_prefix(b" ").unwrap_or(now).to_vec())
    };
    let (before, now) = without_prefixes(before, now);
    (Some(before), Some(now))
}

/// Names without the `a/` and `b/` that git puts before them, or the letters of `diff.mnemonicPrefix`. Only both have them.
fn without_prefixes(before: Vec<u8>, now: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let letter = |name: &[u8], letters: &[u8]| match name {
        [letter, b'/', _, ..] if letters.contains(letter) => Some(*letter),
        _ => None,
    };
    let is_none = |name: &[u8]| name == b"/dev/null";
    let (first, second) = (letter(&before, b"aciow12"), letter(&now, b"bciow12"));
    let has = match (first, second) {
        (Some(first), Some(second)) => first != second,
        (Some(_), None) => is_none(&now),
        (None, Some(_)) => is_none(&before),
        (None, None) => false,
    };
    let bare = |name: Vec<u8>| if is_none(&name) { name } else { name[2..].to_vec() };
    if has { (bare(before), bare(now)) } else { (before, now) }
}

#[cfg(test)]
mod tests;
