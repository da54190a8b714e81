//! One file's text with its lines.
//!
//! Owns: reading a file safely (bounded, never blocking, UTF-8 only), the line index, and the translation of byte offsets into
//! lines and columns. Does not own: what the text means.
//!
//! A line ends at LF, CRLF or a lone CR, as editors and code-review tools count. A byte-order mark is dropped before anything
//! else looks at the text, so offsets and columns never count it.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

use super::Span;

/// The largest file that is read, in bytes: 10 MB. Hand-written source stays a hundred times below; over it a file is
/// generated or data, and would hold a thread for seconds.
pub const MAX_BYTES: u64 = 10_000_000;

/// A position as people and tools count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// From 1.
    pub line: u32,
    /// From 1, in the unit of the method that made it.
    pub column: u32,
}

/// Why a file has no text.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system refused.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Not UTF-8 from this byte on. UTF-16 counts as this, at 0.
    #[error("not UTF-8 at byte {0}")]
    NotUtf8(usize),
    /// It holds a NUL byte.
    #[error("a binary file")]
    Binary,
    /// Larger than [`MAX_BYTES`]; its size.
    #[error("{0} bytes is over the limit of {MAX_BYTES}")]
    TooLarge(u64),
    /// A directory, FIFO, socket or device; it was not opened.
    #[error("not a regular file")]
    NotRegular,
}

/// One file's text.
#[derive(Debug)]
pub struct SourceFile {
    /// Its path as shown.
    pub path: String,
    /// Its text, without a byte-order mark.
    pub text: String,
    /// Whether the file began with a byte-order mark.
    pub had_bom: bool,
    /// Counted when first asked for: most files are never pointed into.
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// A file from text in memory.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        let had_bom = text.starts_with('\u{feff}');
        if had_bom {
            text.drain(..'\u{feff}'.len_utf8());
        }
        Self { path: path.into(), text, had_bom, line_starts: OnceLock::new() }
    }

    /// Reads `path`, to be shown as `shown`.
    ///
    /// # Errors
    /// See [`ReadError`]; whatever is not a regular file is refused without being opened.
    pub fn read(path: &Path, shown: &str) -> Result<Self, ReadError> {
        Ok(Self::new(shown, read_text(path, MAX_BYTES)?))
    }

    /// A file from bytes in memory, to be shown as `shown`.
    ///
    /// # Errors
    /// As of [`Self::read`]: what would not be read from a disk is not taken from memory.
    pub fn of_bytes(shown: &str, bytes: Vec<u8>) -> Result<Self, ReadError> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(ReadError::TooLarge(bytes.len() as u64));
        }
        Ok(Self::new(shown, decode(bytes)?))
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| line_starts(&self.text))
    }

    /// How many lines it has; an empty file has one.
    pub fn line_count(&self) -> u32 {
        narrow(self.line_starts().len())
    }

    /// The line, from 1, that holds the byte at `offset`; the last line for offsets past the end.
    pub fn line_of(&self, offset: u32) -> u32 {
        narrow(self.line_starts().partition_point(|&start| start <= offset))
    }

    /// Where a line (from 1) stands, its terminator left out; empty at the end for lines that do not exist.
    pub fn line_span(&self, line: u32) -> Span {
        let end_of_text = narrow(self.text.len());
        let index = (line as usize).saturating_sub(1);
        let Some(&start) = self.line_starts().get(index) else { return Span::new(end_of_text, end_of_text) };
        let end = self.line_starts().get(index + 1).copied().unwrap_or(end_of_text);
        let with_terminator = Span::new(start, end).of(&self.text);
        let length = with_terminator.trim_end_matches(['\r', '\n']).len();
        Span::new(start, start + narrow(length))
    }

    /// The text of a line (from 1) without its terminator.
    pub fn line_text(&self, line: u32) -> &str {
        self.line_span(line).of(&self.text)
    }

    /// The line, and the column in UTF-16 units, of an offset.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.position(offset, |before| before.chars().map(char::len_utf16).sum())
    }

    /// The line, and the column in characters, of an offset.
    pub fn char_column(&self, offset: u32) -> LineColumn {
        self.position(offset, |before| before.chars().count())
    }

    fn position(&self, offset: u32, measure: impl Fn(&str) -> usize) -> LineColumn {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_of(narrow(offset));
        let start = self.line_starts()[line as usize - 1] as usize;
        LineColumn { line, column: narrow(measure(&self.text[start..offset])) + 1 }
    }

    /// The part of a span on its first line: what tools can show and diffs can hold.
    pub fn clip_to_line(&self, span: Span) -> Span {
        let line = self.line_span(self.line_of(span.start));
        let start = span.start.min(line.end);
        Span::new(start, span.end.clamp(start, line.end))
    }
}

/// The bytes of a file, whatever it is: a diff may come through a FIFO.
///
/// # Errors
/// The system's.
pub fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

/// The text of a regular file of at most `limit` bytes; nothing else is opened.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String, ReadError> {
    let size = regular(&std::fs::metadata(path)?, limit)?;
    let file = File::open(path)?;
    // Another file may have taken the name since, and a file may grow while it is read.
    regular(&file.metadata()?, limit)?;
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(ReadError::TooLarge(bytes.len() as u64));
    }
    decode(bytes)
}

/// The size of a regular file within the limit.
fn regular(metadata: &Metadata, limit: u64) -> Result<u64, ReadError> {
    if !metadata.is_file() {
        return Err(ReadError::NotRegular);
    }
    if metadata.len() > limit { Err(ReadError::TooLarge(metadata.len())) } else { Ok(metadata.len()) }
}

fn decode(bytes: Vec<u8>) -> Result<String, ReadError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ReadError::NotUtf8(0));
    }
    if bytes.contains(&0) {
        return Err(ReadError::Binary);
    }
    String::from_utf8(bytes).map_err(|error| ReadError::NotUtf8(error.utf8_error().valid_up_to()))
}

fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let ends_line = |&(index, byte): &(usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(index + 1) != Some(&b'\n'),
        _ => false,
    };
    let after = bytes.iter().enumerate().filter(ends_line).map(|(index, _)| narrow(index + 1));
    std::iter::once(0).chain(after).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "file size is bounded by MAX_BYTES")]
const fn narrow(value: usize) -> u32 {
    value as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: &SourceFile, offset: u32) -> (u32, u32) {
        let LineColumn { line, column } = file.line_column(offset);
        (line, column)
    }

    #[test]
    fn lines_end_at_every_terminator() {
        let file = SourceFile::new("a.ts", "one\ntwo\r\nthree\rfour");
        assert_eq!(file.line_count(), 4);
        let lines: Vec<&str> = (1..=5).map(|line| file.line_text(line)).collect();
        assert_eq!(lines, ["one", "two", "three", "four", ""]);
        assert_eq!(at(&file, 4), (2, 1));
        assert_eq!(at(&file, 8), (2, 5), "inside CRLF is still the line it ends");
        assert_eq!(at(&file, 9), (3, 1));
        assert_eq!(at(&file, 15), (4, 1));
        assert_eq!(at(&file, 999), (4, 5), "past the end is the end");
    }

    #[test]
    fn columns_count_utf16_or_characters() {
        let file = SourceFile::new("a.ts", "é😀x");
        let x = u32::try_from(file.text.find('x').unwrap()).unwrap();
        assert_eq!(file.line_column(x).column, 4);
        assert_eq!(file.char_column(x).column, 3);
        assert_eq!(file.line_column(x - 1).column, 2, "inside a character is its start");
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        let file = SourceFile::new("a.ts", "\u{feff}let x");
        assert!(file.had_bom);
        assert_eq!(file.text, "let x");
        assert_eq!(at(&file, 0), (1, 1));
    }

    #[test]
    fn empty_text_has_one_empty_line() {
        let file = SourceFile::new("a.ts", "");
        assert_eq!(file.line_count(), 1);
        assert_eq!(at(&file, 0), (1, 1));
        assert_eq!(file.line_text(1), "");
    }

    #[test]
    fn spans_are_clipped_to_their_first_line() {
        let file = SourceFile::new("a.ts", "f(\n  x)\r\n");
        assert_eq!(file.clip_to_line(Span::new(0, 7)), Span::new(0, 2));
        assert_eq!(file.clip_to_line(Span::new(2, 7)), Span::new(2, 2));
        assert_eq!(file.clip_to_line(Span::new(5, 6)), Span::new(5, 6));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        assert!(matches!(decode(b"a\xffb".to_vec()), Err(ReadError::NotUtf8(1))));
        assert!(matches!(decode(b"\xff\xfea\0".to_vec()), Err(ReadError::NotUtf8(0))));
        assert!(matches!(decode(b"a\0b".to_vec()), Err(ReadError::Binary)));
    }

    #[test]
    fn only_regular_files_within_the_limit_are_read() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(SourceFile::read(directory.path(), "d"), Err(ReadError::NotRegular)));
        let big = directory.path().join("big.ts");
        File::create(&big).unwrap().set_len(MAX_BYTES + 1).unwrap();
        assert!(
            matches!(SourceFile::read(&big, "big.ts"), Err(ReadError::TooLarge(size)) if size == MAX_BYTES + 1)
        );
        assert!(matches!(SourceFile::read(&directory.path().join("no.ts"), "no.ts"), Err(ReadError::Io(_))));
    }
}
