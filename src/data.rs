//! Reading our YAML: rules, models and roles, with errors that point at the place and suggest the nearest known word.
//!
//! Owns: the YAML crate (nothing else names it), the shape of a data error, its place and how it is drawn. Does not own: the words for
//! what is no YAML (`complaints`), what any file may say.

mod complaints;
pub(crate) mod nearest;
mod pattern;
mod values;

#[cfg(test)]
pub(crate) use values::schemas::hold as hold_schema;

use std::num::NonZero;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use nearest::nearest;
pub use pattern::Pattern;
use serde::de::DeserializeOwned;
pub use values::{Pairs, Scalar, ScalarOr, Several, Spanned};

/// A mistake in a rule, model or roles file.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct DataError {
    /// What is wrong.
    pub message: String,
    #[source_code]
    source_code: NamedSource<Arc<str>>,
    #[label("{label}")]
    span: SourceSpan,
    label: String,
    #[help]
    help: Option<String>,
}

/// One data file: its name as shown in errors, and its text.
#[derive(Debug, Clone)]
pub struct DataFile {
    /// The path as shown.
    pub name: String,
    /// The YAML.
    pub text: Arc<str>,
    /// Whether it comes with the program: what only a test needs to look at is taken as it is.
    is_builtin: bool,
    /// Its documents packed, which is read many times as fast; without places.
    packed: Option<&'static [u8]>,
}

impl DataFile {
    /// A file with a name to show in errors.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), is_builtin: false, packed: None }
    }

    /// A file that comes with the program, and its documents packed if errors need no place.
    pub fn builtin(name: &str, text: &str, packed: Option<&'static [u8]>) -> Self {
        Self { is_builtin: true, packed, ..Self::new(name, text) }
    }

    /// Reads one document.
    ///
    /// # Errors
    /// Text that is not YAML or does not fit `T`.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, DataError> {
        match self.packed {
            Some(packed) => self.unpack(packed).map(|[document]: [T; 1]| document),
            None => serde_yaml::from_str_with_options(&self.text, options())
                .map_err(|error| self.syntax_error(&error)),
        }
    }

    fn unpack<T: DeserializeOwned>(&self, packed: &[u8]) -> Result<T, DataError> {
        rmp_serde::from_slice(packed).map_err(|error| {
            self.at(SourceSpan::from(0), &error.to_string(), "somewhere in this file".to_owned())
        })
    }

    /// Reads one document of each file, on all cores: what a project adds of its own is YAML, slow to read.
    ///
    /// # Errors
    /// That of the first file whose text is not YAML or does not fit `T`.
    pub fn parse_each<T: DeserializeOwned + Send>(files: &[Self]) -> Result<Vec<T>, DataError> {
        Self::each(files, Self::parse)
    }

    /// Reads all documents of each file, on all cores.
    ///
    /// # Errors
    /// See [`DataFile::parse_all`].
    pub fn parse_all_of_each<T: DeserializeOwned + Send>(files: &[Self]) -> Result<Vec<Vec<T>>, DataError> {
        Self::each(files, Self::parse_all)
    }

    fn each<T: Send>(
        files: &[Self],
        parse: impl Fn(&Self) -> Result<T, DataError> + Copy + Sync,
    ) -> Result<Vec<T>, DataError> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        // Every `cores`-th file to one thread: large files lie side by side.
        let share = |first: usize| -> Vec<Result<T, DataError>> {
            files.iter().skip(first).step_by(cores).map(parse).collect()
        };
        let mut shares = std::thread::scope(|scope| {
            let begin = |first| std::thread::Builder::new().spawn_scoped(scope, move || share(first)).ok();
            let threads: Vec<_> = (1..cores).map(begin).collect();
            let mut shares = vec![share(0).into_iter()];
            for (first, thread) in (1..).zip(threads) {
                // What a thread could not do, or there was none for, is done here.
                let done = thread.and_then(|thread| thread.join().ok());
                shares.push(done.unwrap_or_else(|| share(first)).into_iter());
            }
            shares
        });
        (0..files.len()).filter_map(|file| shares[file % cores].next()).collect()
    }

    /// Reads all documents of the file; there is at least one.
    ///
    /// # Errors
    /// Text that is not YAML or does not fit `T`, or no document.
    pub fn parse_all<T: DeserializeOwned>(&self) -> Result<Vec<T>, DataError> {
        let documents: Vec<T> = match self.packed {
            Some(packed) => self.unpack(packed)?,
            None => serde_yaml::from_multiple_with_options(&self.text, options())
                .map_err(|error| self.syntax_error(&error))?,
        };
        if documents.is_empty() { Err(self.empty()) } else { Ok(documents) }
    }

    /// Reads a pattern.
    ///
    /// # Errors
    /// A pattern that does not read, or is too large.
    pub fn pattern(&self, pattern: &Spanned<String>) -> Result<Pattern, DataError> {
        if self.is_builtin {
            return Ok(Pattern::known(&pattern.value));
        }
        Pattern::read(&pattern.value).map_err(|problem| match problem {
            regex::Error::CompiledTooBig(_) => {
                self.error(pattern, "the pattern is too large", "repeats too much")
            }
            problem => {
                let text = problem.to_string();
                let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
                self.error(pattern, format!("the pattern does not read: {reason}"), "this pattern")
            }
        })
    }

    /// An error at a value of this file.
    pub fn error<T>(
        &self,
        at: &Spanned<T>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> DataError {
        self.at(span_of(&at.referenced, &self.text), &message.into(), label.into())
    }

    /// An error at a byte of this file, whatever language it is in.
    pub fn error_at(&self, at: usize, message: impl Into<String>, label: impl Into<String>) -> DataError {
        let rest = self.text.get(at..).unwrap_or("");
        let word = rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len());
        let span = SourceSpan::from((at.min(self.text.len()), word.clamp(usize::from(!rest.is_empty()), 40)));
        self.at(span, &message.into(), label.into())
    }

    /// An error inside a text of this file that is in a language of its own: at a line and byte of that text, both from 0, so many
    /// bytes long. Where the text is folded, or written with escapes, the error is at all of it.
    pub fn error_within(
        &self,
        at: &Spanned<String>,
        (row, column, length): (usize, usize, usize),
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> DataError {
        let whole = span_of(&at.referenced, &self.text);
        let line = at.value.split('\n').nth(row).unwrap_or_default();
        let span = self.line_within(whole.offset(), &at.value, row).map(|start| {
            let left = line.len().saturating_sub(column).max(1);
            SourceSpan::from((start + column.min(line.len()), length.clamp(1, left)))
        });
        self.at(span.unwrap_or(whole), &message.into(), label.into())
    }

    /// Where a line of a text begins that is written out from about a byte on, line by line.
    fn line_within(&self, from: usize, value: &str, row: usize) -> Option<usize> {
        let begins = self.text.get(..from)?.rfind('\n').map_or(0, |at| at + 1);
        let mut starts = vec![begins];
        starts.extend(self.text[begins..].match_indices('\n').map(|(at, _)| begins + at + 1));
        let written = |number: usize, wanted: &str| {
            let start = *starts.get(number)?;
            let line = self.text[start..].split('\n').next()?;
            line.rfind(wanted.trim_end_matches('\r')).map(|at| start + at)
        };
        // The text begins beside its key, or below a `|` on one of the lines that follow.
        (0..4).find_map(|first| {
            let mut place = None;
            for (number, line) in value.split('\n').take(row + 1).enumerate() {
                place = Some(written(first + number, line)?);
            }
            place
        })
    }

    /// The line of a value of this file, from 1.
    pub fn line_of<T>(&self, at: &Spanned<T>) -> u64 {
        at.referenced.line()
    }

    /// Whether it holds nothing but comments.
    pub fn is_blank(&self) -> bool {
        let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        self.text.lines().all(is_blank)
    }

    /// An error at a word that is not known, with the nearest one that is.
    pub fn unknown<T: AsRef<str>>(&self, at: &Spanned<T>, what: &str, known: &[&str]) -> DataError {
        let word = at.value.as_ref();
        let span = self.part(span_of(&at.referenced, &self.text), word);
        let help = match nearest(word, known) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if known.is_empty() => None,
            None => Some(format!("known: {}", known.join(", "))),
        };
        DataError {
            help,
            ..self.at(span, &format!("unknown {what} `{}`", clipped(word)), format!("no such {what}"))
        }
    }

    /// The word within what `span` covers, where it is there once.
    fn part(&self, span: SourceSpan, word: &str) -> SourceSpan {
        let covered = self.text.get(span.offset()..span.offset() + span.len()).unwrap_or("");
        let mut found = covered.match_indices(word);
        match (found.next(), found.next()) {
            (Some((at, _)), None) if !word.is_empty() => SourceSpan::from((span.offset() + at, word.len())),
            _ => span,
        }
    }

    fn at(&self, span: SourceSpan, message: &str, label: String) -> DataError {
        let text = if is_drawable(&self.text, span.offset()) { printable(&self.text) } else { Arc::from("") };
        let message = printable(message).to_string();
        if text.is_empty() && !self.text.is_empty() {
            return self.at_undrawn(span.offset(), &message, label);
        }
        let source_code = NamedSource::new(&self.name, text).with_language("YAML");
        DataError { message, source_code, span, label, help: None }
    }

    /// An error in a line that is too long to be drawn.
    fn at_undrawn(&self, offset: usize, message: &str, label: String) -> DataError {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1;
        let lines = before.matches('\n').count();
        let source_code = NamedSource::new(&self.name, Arc::from("\n".repeat(lines))).with_language("YAML");
        let message = format!("{message} (at byte {column} of a line that is too long to be shown)");
        DataError { message, source_code, span: SourceSpan::from(lines), label, help: None }
    }
}

/// Lines beyond this many bytes are not drawn.
const MAX_LINE: usize = 1000;

/// Whether the line at an offset and those beside it can be drawn: the drawing fails on some that are very long.
fn is_drawable(text: &str, offset: usize) -> bool {
    let before = text.get(..offset).unwrap_or(text).matches('\n').count();
    text.split('\n').skip(before.saturating_sub(1)).take(3).all(|line| line.len() <= MAX_LINE)
}

/// A text with what steers terminals replaced, byte for byte as long.
fn printable(text: &str) -> Arc<str> {
    let steers = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\r' | '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return Arc::from(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            safe.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            safe.push(c);
        }
    }
    Arc::from(safe)
}

/// A word as a message shows it.
fn clipped(word: &str) -> String {
    match word.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &word[..end]),
        None => word.to_owned(),
    }
}

/// `on`, `yes` and `off` are words: only `true` and `false` are truth values.
fn options() -> serde_yaml::Options {
    serde_yaml::options! { strict_booleans: true }
}

impl DataError {
    /// Adds or replaces the hint.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Tells the place alone, and nothing of what is written there.
    #[must_use]
    pub fn without_text(self) -> Self {
        let lines: Vec<&str> = self.source_code.inner().split('\n').map(|_| "").collect();
        let line = self.source_code.inner().get(..self.span.offset()).unwrap_or("").matches('\n').count();
        let name = self.source_code.name().to_owned();
        let source_code = NamedSource::new(name, Arc::from(lines.join("\n")));
        Self {
            message: "this file cannot be taken for what it should be".to_owned(),
            source_code,
            span: SourceSpan::from(line),
            label: "here".to_owned(),
            help: Some("what it says is not shown, since it lies outside of the repository".to_owned()),
        }
    }
}

/// The bytes of a place; the word that starts there where the parser gives only a point.
fn span_of(place: &serde_yaml::Location, text: &str) -> SourceSpan {
    let span = place.span();
    let (offset, len) = match (span.byte_offset(), span.byte_len()) {
        (Some(offset), Some(len)) => (whole(offset), whole(len)),
        _ => (offset_of(place, text), 0),
    };
    let offset = offset.min(text.len());
    let rest = text.get(offset..).unwrap_or("");
    let word = rest.find(|c: char| c.is_whitespace() || ":,{}[]".contains(c)).unwrap_or(rest.len());
    let len =
        if len == 0 || rest.get(..len).is_none_or(|covered| covered.contains('\n')) { word } else { len };
    if len > 0 {
        return SourceSpan::from((offset, len));
    }
    // Nothing is there: the word before it, which is the key whose value is missing.
    let before = text.get(..offset).unwrap_or("");
    let start = before.rfind(|c: char| c.is_whitespace() || ",{}[]".contains(c)).map_or(0, |at| at + 1);
    SourceSpan::from((start, offset - start))
}
/// A position in a text that is in memory fits.
fn whole(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

fn offset_of(place: &serde_yaml::Location, text: &str) -> usize {
    let before = usize::try_from(place.line()).unwrap_or(1).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    start + usize::try_from(place.column()).unwrap_or(1).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        name: Spanned<String>,
        #[serde(default)]
        many: Several,
        #[serde(default)]
        map: Pairs<Several>,
    }

    #[test]
    fn reads_scalars_lists_and_order() {
        let file = DataFile::new("x.yaml", "name: a\nmany: [0, 1.EX s, true]\nmap: { z: 1, a: [b] }\n");
        let sample: Sample = file.parse().unwrap();
        assert_eq!(sample.name.value, "a");
        let many: Vec<_> = sample.many.texts().map(|t| t.value).collect();
        assert_eq!(many, ["0", "1.EX s", "true"]);
        let keys: Vec<_> = sample.map.0.iter().map(|(key, _)| key.value.as_str()).collect();
        assert_eq!(keys, ["z", "a"]);
        let one = span_of(&sample.map.0[0].1.0[0].referenced, &file.text);
        assert_eq!(&file.text[one.offset()..one.offset() + one.len()], "1");
    }

    #[test]
    fn unknown_key_points_at_it_and_suggests() {
        let file = DataFile::new("x.yaml", "name: a\nmanny: 1\n");
        let error = file.parse::<Sample>().unwrap_err();
        assert_eq!(error.message, "unknown key `manny`");
        assert_eq!(error.help.as_deref(), Some("did you mean `many`?"));
        assert_eq!(&file.text[error.span.offset()..error.span.offset() + error.span.len()], "manny");
    }

    #[test]
    fn what_cannot_be_drawn_is_told_by_its_place() {
        let long = format!("name: a\nmany: {}\nx: 1\n", "b".repeat(100_000));
        let error = DataFile::new("x.yaml", long).parse::<Sample>().unwrap_err();
        assert!(
            error.message.ends_with("(at byte 1 of a line that is too long to be shown)"),
            "{}",
            error.message
        );
        assert_eq!((error.span.offset(), error.source_code.inner().as_ref()), (2, "\n\n"));
        let steering = DataFile::new("x.yaml", "name: a\n\"\\e[31m\": 1 # \u{202e}\n");
        let error = steering.parse::<Sample>().unwrap_err();
        assert!(!error.message.contains('\u{1b}') && !error.source_code.inner().contains('\u{202e}'));
    }
}
