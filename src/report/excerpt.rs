//! Snippets of source for the human report.
//!
//! Owns: cutting lines out through a file's line index, making them safe to print, and labels that can be drawn on one line.
//! Does not own: the drawing, which is miette's.

use std::borrow::Cow;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::text::{COMMAND, printable};
use crate::source::walk::is_hidden_character;
use crate::source::{SourceFile, Span};

/// Lines beyond this many bytes are not drawn.
const MAX_LINE: u32 = 1000;

/// A file that snippets are cut from.
#[derive(Debug)]
pub(super) struct Excerpt<'a> {
    pub(super) file: &'a SourceFile,
    /// The text with what steers terminals replaced, byte for byte as long.
    safe: Cow<'a, str>,
}

impl<'a> Excerpt<'a> {
    pub(super) fn of(file: &'a SourceFile) -> Self {
        Self { file, safe: safe(&file.text) }
    }

    /// A label at the part of a span on its first line; none where that line is too long to draw.
    pub(super) fn label(&self, span: Span, label: Option<String>, primary: bool) -> Option<LabeledSpan> {
        let span = self.file.clip_to_line(span);
        if self.file.line_span(self.file.line_of(span.start)).len() > MAX_LINE {
            return None;
        }
        let place = (span.start as usize, span.len() as usize);
        Some(if primary {
            LabeledSpan::new_primary_with_span(label, place)
        } else {
            LabeledSpan::new_with_span(label, place)
        })
    }

    /// The lines from `first` to `last`, and as many around them as wanted and drawable.
    fn lines(&self, first: u32, last: u32, before: usize, after: usize) -> (u32, u32) {
        let drawable = |line: &u32| self.file.line_span(*line).len() <= MAX_LINE;
        let above = (1..first).rev().take(before).take_while(drawable).last().unwrap_or(first);
        let below =
            (last + 1..=self.file.line_count()).take(after).take_while(drawable).last().unwrap_or(last);
        (above, below)
    }
}

impl SourceCode for Excerpt<'_> {
    fn read_span<'b>(
        &'b self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'b> + 'b>, MietteError> {
        let offset = |offset: usize| u32::try_from(offset).map_err(|_| MietteError::OutOfBounds);
        let (start, end) = (offset(span.offset())?, offset(span.offset() + span.len())?);
        let (first, last) = (self.file.line_of(start), self.file.line_of(end));
        let (above, below) = self.lines(first, last, before, after);
        let cut = Span::new(self.file.line_span(above).start, self.file.line_span(below).end);
        // miette asks without context for the position to show above a snippet.
        let column = if before == 0 { self.file.char_column(start).column as usize - 1 } else { 0 };
        Ok(Box::new(MietteSpanContents::new_named(
            printable(&self.file.path).into_owned(),
            cut.of(&self.safe).as_bytes(),
            (cut.start as usize, cut.len() as usize).into(),
            above as usize - 1,
            column,
            (below - above + 1) as usize,
        )))
    }
}

/// The text with every character that does not show as itself replaced by one of the same length. A lone CR becomes the LF that
/// it stands for.
fn safe(text: &str) -> Cow<'_, str> {
    let is_unsafe = |c: char| is_hidden_character(c) && !matches!(c, '\t' | '\n');
    if !text.contains(is_unsafe) {
        return if text.contains(COMMAND) { text.replace(COMMAND, "##(").into() } else { text.into() };
    }
    let mut safe = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match (c, c.len_utf8()) {
            ('\r', _) => safe.push(if characters.peek() == Some(&'\n') { '\r' } else { '\n' }),
            _ if !is_unsafe(c) => safe.push(c),
            (_, 1) => safe.push('?'),
            (_, 2) => safe.push_str("??"),
            _ => safe.push('\u{fffd}'),
        }
    }
    Cow::Owned(if safe.contains(COMMAND) { safe.replace(COMMAND, "##(") } else { safe })
}

/// Labels that do not overlap, in order, so that each gets a line of its own under the source: of two that begin together one
/// remains with both texts, and one that another begins within ends there.
pub(super) fn separate(mut labels: Vec<LabeledSpan>) -> Vec<LabeledSpan> {
    labels.sort_by_key(|label| (label.offset(), label.len()));
    let mut separate: Vec<LabeledSpan> = Vec::with_capacity(labels.len());
    for label in labels {
        match separate.pop() {
            Some(last) if last.offset() == label.offset() => separate.push(joined(&last, &label)),
            Some(last) if last.offset() + last.len() > label.offset() => {
                let length = label.offset() - last.offset();
                separate.push(remade(&last, last.label().map(str::to_owned), length, last.primary()));
                separate.push(label);
            }
            last => separate.extend(last.into_iter().chain([label])),
        }
    }
    separate
}

fn joined(one: &LabeledSpan, other: &LabeledSpan) -> LabeledSpan {
    let text = match (one.label(), other.label()) {
        (Some(one), Some(other)) if one != other => Some(format!("{one}; {other}")),
        (one, other) => one.or(other).map(str::to_owned),
    };
    remade(one, text, one.len(), one.primary() || other.primary())
}

fn remade(label: &LabeledSpan, text: Option<String>, length: usize, primary: bool) -> LabeledSpan {
    let place = (label.offset(), length);
    if primary {
        LabeledSpan::new_primary_with_span(text, place)
    } else {
        LabeledSpan::new_with_span(text, place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_keep_their_length() {
        let text = "a\x1b\u{9b}\u{202e}\rb\r\n\tc";
        assert_eq!(safe(text), "a???\u{fffd}\nb\r\n\tc");
        assert_eq!(safe(text).len(), text.len());
    }

    #[test]
    fn overlapping_labels_are_taken_apart() {
        let label = |start: usize, length: usize, text: &str| {
            LabeledSpan::new_with_span(Some(text.to_owned()), (start, length))
        };
        let separated =
            separate(vec![label(4, 2, "c"), label(0, 9, "b"), label(0, 3, "a"), label(5, 4, "d")]);
        let shown: Vec<(usize, usize, &str)> =
            separated.iter().map(|label| (label.offset(), label.len(), label.label().unwrap())).collect();
        assert_eq!(shown, [(0, 3, "a; b"), (4, 1, "c"), (5, 4, "d")]);
    }

    #[test]
    fn snippets_hold_a_few_lines_and_no_long_ones() {
        let text = format!("{}\none\ntwo\nthree\n", "x".repeat(5000));
        let file = SourceFile::new("a.ts", text);
        let excerpt = Excerpt::of(&file);
        let contents = excerpt.read_span(&(5001, 3).into(), 1, 1).unwrap();
        assert_eq!(contents.data(), b"one\ntwo");
        assert_eq!((contents.line(), contents.line_count()), (1, 2));
        assert!(excerpt.label(Span::new(7, 9), None, true).is_none());
    }
}
