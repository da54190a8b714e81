//! Unified diffs.

use faultlint::changes::diff::{FileDiff, LineKind, parse};
use faultlint::changes::lines::{Edits, LineIndex, removed, undo};

use super::can_be_shown;

/// Texts of more lines are not made up to try a diff on.
const MOST_LINES: u32 = 2_000;

/// A diff is read or refused with a place that can be shown; its lines are in order; and it can be undone on the text that it is of.
pub(super) fn diff(bytes: &[u8]) {
    let files = match parse("fuzz.diff", bytes) {
        Ok(files) => files,
        Err(error) => return can_be_shown(&error),
    };
    let text = String::from_utf8_lossy(bytes);
    for file in &files {
        is_in_order(file, bytes);
        edits_are_in_order(&Edits::of(file));
        // A diff of another text may be refused, no more.
        let _ = undo(&text, file, bytes);
        removed(file, bytes);
        undoes(file, bytes);
    }
    LineIndex::of(&text);
}

fn is_in_order(file: &FileDiff, bytes: &[u8]) {
    let mut at = 0;
    for line in file.hunks.iter().flat_map(|hunk| &hunk.lines) {
        assert!(at <= line.text.start && line.text.start <= line.text.end, "lines in order");
        at = line.text.end;
    }
    assert!(at <= bytes.len(), "lines lie in the diff");
}

fn edits_are_in_order(edits: &Edits) {
    let all: Vec<_> = edits.iter().collect();
    for pair in all.windows(2) {
        assert!(pair[0].now.end <= pair[1].now.start && pair[0].before.end <= pair[1].before.start);
    }
    let mut last = None;
    for edit in all {
        assert!(edit.now.start <= edit.now.end && edit.before.start <= edit.before.end);
        let around = [edit.now.start.saturating_sub(1), edit.now.start, edit.now.end];
        for line in around {
            assert!(
                !(edits.touch(line) && edits.before(line).is_some()),
                "a line that changed stood nowhere"
            );
        }
        edits.before(edit.now.end.saturating_add(1_000));
        let after = edits.before(edit.now.end);
        // Where hunks were taken out of a diff, its other numbers may not fit each other.
        assert!(after.is_none() || after >= last, "lines keep their order");
        last = after.or(last);
    }
}

/// Undone on the text that it says there is now, a diff gives the text that it says there was.
fn undoes(file: &FileDiff, bytes: &[u8]) {
    let (mut now, mut before) = (String::new(), Vec::new());
    let mut next = 0;
    for hunk in &file.hunks {
        if hunk.starts.1 > MOST_LINES {
            return;
        }
        // What stands between hunks is the same before and now.
        for number in next..hunk.starts.1 {
            let line = format!("line {number}\n");
            now.push_str(&line);
            before.extend_from_slice(line.as_bytes());
        }
        next = hunk.starts.1;
        for line in &hunk.lines {
            let Ok(text) = std::str::from_utf8(&bytes[line.text.clone()]) else { return };
            // A line without its end is the last, and a lone carriage return may be part of one.
            if line.is_open || text.contains('\r') {
                return;
            }
            if line.kind != LineKind::Removed {
                now.push_str(text);
                now.push('\n');
                next += 1;
            }
            if line.kind != LineKind::Added {
                before.extend_from_slice(text.as_bytes());
                before.push(b'\n');
            }
        }
    }
    let undone = undo(&now, file, bytes);
    assert_eq!(undone.as_deref().map(String::from_utf8_lossy), Ok(String::from_utf8_lossy(&before)));
}
