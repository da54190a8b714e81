//! Lines that changed, and where the others stood before.
//!
//! Owns: what follows from the hunks of a diff for the lines of a file, and the text that the file had before. Does not own: reading
//! diffs (`diff`). A line ends at a line feed, as git and `diff` count, whatever a report counts.

use std::ops::Range;

use super::diff::{FileDiff, LineKind};

/// Lines of a file that were put in the place of others, both counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The lines that were there.
    pub before: Range<u32>,
    /// The lines that are there.
    pub now: Range<u32>,
}

/// Everything that changed in a file, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

impl Edits {
    /// Every line is new.
    pub fn whole() -> Self {
        Self(vec![Edit { before: 0..0, now: 0..u32::MAX }])
    }

    /// What a diff says.
    pub fn of(file: &FileDiff) -> Self {
        let mut edits: Vec<Edit> = Vec::new();
        for hunk in &file.hunks {
            let (mut before, mut now) = hunk.starts;
            for line in &hunk.lines {
                let (removed, added) =
                    (u32::from(line.kind != LineKind::Added), u32::from(line.kind != LineKind::Removed));
                if line.kind != LineKind::Kept {
                    match edits.last_mut().filter(|last| last.before.end == before && last.now.end == now) {
                        Some(last) => (last.before.end, last.now.end) = (before + removed, now + added),
                        None => edits.push(Edit { before: before..before + removed, now: now..now + added }),
                    }
                }
                (before, now) = (before + removed, now + added);
            }
        }
        Self(edits)
    }

    /// Each edit.
    pub fn iter(&self) -> impl Iterator<Item = &Edit> {
        self.0.iter()
    }

    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a line changed.
    pub fn touch(&self, line: u32) -> bool {
        let at = self.0.partition_point(|edit| edit.now.end <= line);
        self.0.get(at).is_some_and(|edit| edit.now.contains(&line))
    }

    /// Where a line stood before; none for one that changed.
    pub fn before(&self, line: u32) -> Option<u32> {
        let at = self.0.partition_point(|edit| edit.now.end <= line);
        if self.touch(line) {
            return None;
        }
        match at.checked_sub(1).and_then(|last| self.0.get(last)) {
            // A diff of another file may say anything of where lines stood.
            Some(last) => Some(last.before.end.saturating_add(line - last.now.end)),
            None => Some(line),
        }
    }
}

/// The text that a file had before a diff; the line of the diff's file, from 1, that is not as the diff says.
///
/// # Errors
/// The diff is of another text.
pub fn undo(now: &str, file: &FileDiff, diff: &[u8]) -> Result<Vec<u8>, u32> {
    let lines: Vec<&str> = now.split_inclusive('\n').collect();
    let mut before = Vec::with_capacity(now.len());
    let mut next = 0;
    for hunk in &file.hunks {
        let start = hunk.starts.1 as usize;
        let kept = lines.get(next..start).ok_or_else(|| number(lines.len()))?;
        before.extend(kept.iter().flat_map(|line| line.bytes()));
        next = start;
        for line in &hunk.lines {
            let text = &diff[line.text.clone()];
            if line.kind == LineKind::Removed {
                before.extend_from_slice(text);
                before.extend_from_slice(if line.is_open { b"" } else { b"\n" });
                continue;
            }
            let own = lines.get(next).filter(|own| bare(own.as_bytes()) == bare(text));
            let own = own.ok_or_else(|| number(next))?;
            if line.kind == LineKind::Kept {
                before.extend_from_slice(own.as_bytes());
            }
            next += 1;
        }
    }
    let rest = lines.get(next..).unwrap_or_default();
    before.extend(rest.iter().flat_map(|line| line.bytes()));
    Ok(before)
}

/// The text of a line that a diff took out is all there is of a deleted file.
pub fn removed(file: &FileDiff, diff: &[u8]) -> Vec<u8> {
    undo("", file, diff).unwrap_or_default()
}

/// A line without its end: mail and editors change those.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

/// The lines of a text.
#[derive(Clone, Debug)]
pub struct LineIndex(Vec<u32>);

impl LineIndex {
    /// Finds them.
    pub fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let after = ends.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
        Self(std::iter::once(0).chain(after).collect())
    }

    /// The line of an offset, from 0.
    pub fn line_of(&self, offset: u32) -> u32 {
        let after = self.0.partition_point(|start| *start <= offset);
        u32::try_from(after).unwrap_or(u32::MAX).saturating_sub(1)
    }

    /// Where a line begins; the last one for those past the end.
    pub fn start_of(&self, line: u32) -> u32 {
        self.0.get(line as usize).or(self.0.last()).copied().unwrap_or(0)
    }

    /// How many there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::super::diff::parse;
    use super::*;

    const NOW: &str = "a\nB\nc\nd\nf\ng\n";
    const DIFF: &str = "--- x\n+++ x\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -4,3 +4,3 @@\n d\n-e\n f\n+g\n";

    #[test]
    fn lines_are_told_by_where_they_stood() {
        let edits = Edits::of(&parse("d", DIFF.as_bytes()).unwrap()[0]);
        let before: Vec<Option<u32>> = (0..7).map(|line| edits.before(line)).collect();
        assert_eq!(before, [Some(0), None, Some(2), Some(3), Some(5), None, Some(6)]);
        assert!(edits.touch(1) && edits.touch(5) && !edits.touch(4));
        assert!(Edits::whole().touch(0) && Edits::default().before(3) == Some(3));
    }

    #[test]
    fn lines_that_were_only_taken_out_touch_none() {
        let diff = b"--- x\n+++ x\n@@ -2,2 +1,0 @@\n-b\n-c\n@@ -9,0 +8,1 @@\n+n\n";
        let edits = Edits::of(&parse("d", diff).unwrap()[0]);
        assert_eq!((edits.before(0), edits.before(1), edits.before(7)), (Some(0), Some(3), None));
        assert_eq!(edits.iter().next(), Some(&Edit { before: 1..3, now: 1..1 }));
    }

    #[test]
    fn a_diff_is_undone_where_it_fits() {
        let file = &parse("d", DIFF.as_bytes()).unwrap()[0];
        assert_eq!(undo(NOW, file, DIFF.as_bytes()).unwrap(), b"a\nb\nc\nd\ne\nf\n");
        assert_eq!(undo("a\nB\nX\nd\nf\ng\n", file, DIFF.as_bytes()), Err(3));
        assert_eq!(undo("a\n", file, DIFF.as_bytes()), Err(2));
        let crlf = NOW.replace('\n', "\r\n");
        assert_eq!(undo(&crlf, file, DIFF.as_bytes()).unwrap(), b"a\r\nb\nc\r\nd\r\ne\nf\r\n");
    }

    #[test]
    fn the_end_without_a_line_feed_is_kept() {
        let diff = b"--- x\n+++ x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n";
        let file = &parse("d", diff).unwrap()[0];
        assert_eq!(undo("b", file, diff).unwrap(), b"a");
        let gone = b"--- x\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n";
        assert_eq!(removed(&parse("d", gone).unwrap()[0], gone), b"a\nb\n");
    }

    #[test]
    fn a_lone_carriage_return_ends_no_line() {
        let index = LineIndex::of("a\rb\r\nc");
        assert_eq!((index.line_of(2), index.line_of(5), index.start_of(1), index.count()), (0, 1, 5, 2));
    }
}
