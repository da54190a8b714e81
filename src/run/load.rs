//! One file: from its path to its facts, or to the reason why it is left out.
//!
//! Owns: the order of reading, sorting out, parsing and lowering. Does not own: any of these.

use std::sync::Arc;

use crate::facts::Facts;
use crate::facts::outline::Outline;
use crate::finding::{FileStatus, SkipReason};
use crate::lower;
use crate::models::code::{Code, Kind, Side};
use crate::source::{Ecosystem, FoundFile, ReadError, SourceFile, origin};
use crate::suppress::Ignores;
use crate::syntax::{ParseError, Parsers};

/// What came of one file. A copy shares text and facts.
#[derive(Clone)]
pub(super) struct Loaded {
    /// How it fared.
    pub(super) status: FileStatus,
    /// Its text and facts, if it is linked.
    pub(super) read: Option<Read>,
}

/// A file that is linked. A copy keeps what was said of its package.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) source: Arc<SourceFile>,
    /// Its facts, until they are linked.
    pub(super) facts: Option<Arc<Facts>>,
    pub(super) ignores: Ignores,
    /// Its statements; none where the file is only followed.
    pub(super) outline: Outline,
    /// How many of its functions touch something that was not understood.
    pub(super) damaged: usize,
    /// Where it runs.
    pub(super) side: Side,
    /// Whether its kind is the team's word, whatever its package says.
    told: bool,
}

impl Loaded {
    /// Reads, parses and lowers a file; where its text is given, nothing is read.
    pub(super) fn load(parsers: &mut Parsers, file: &FoundFile, code: &Code, text: Option<&[u8]>) -> Self {
        match read(parsers, file, code, text) {
            Ok((status, read)) => Self { status, read: Some(read) },
            Err(reason) => Self::skipped(reason),
        }
    }

    /// Whether faults are looked for in it.
    pub(super) fn is_looked_at(&self) -> bool {
        !matches!(self.status, FileStatus::Skipped(_))
    }

    /// Whether a person starts it by hand.
    pub(super) fn is_script(&self) -> bool {
        matches!(self.status, FileStatus::Skipped(SkipReason::Script))
    }

    /// Whether its kind is the team's word.
    pub(super) fn is_told(&self) -> bool {
        self.read.as_ref().is_some_and(|read| read.told)
    }

    /// Where it runs.
    pub(super) fn side(&self) -> Side {
        self.read.as_ref().map_or(Side::Unknown, |read| read.side)
    }

    /// Whether it is of a front end.
    pub(super) fn is_front_end(&self) -> bool {
        self.side().is_front_end()
    }

    /// It is of a package that is a front end or a tool as a whole.
    pub(super) fn mark(&mut self, kind: Kind) {
        let looked_at = self.is_looked_at();
        let Some(read) = self.read.as_mut().filter(|read| !read.told) else { return };
        match kind {
            Kind::FrontEnd if read.side != Side::Browser => read.side = Side::FrontEnd,
            Kind::Script if looked_at => self.status = FileStatus::Skipped(SkipReason::Script),
            _ => {}
        }
    }

    /// It is used by what runs in browsers alone.
    pub(super) fn mark_browser(&mut self) {
        if let Some(read) = self.read.as_mut() {
            read.side = Side::Browser;
        }
    }

    /// Its facts, which are then the linker's.
    pub(super) fn take_facts(&mut self) -> Option<Facts> {
        self.read.as_mut().and_then(|read| read.facts.take()).map(Arc::unwrap_or_clone)
    }

    /// A file that is left out.
    pub(super) fn skipped(reason: SkipReason) -> Self {
        Self { status: FileStatus::Skipped(reason), read: None }
    }
}

fn read(
    parsers: &mut Parsers,
    file: &FoundFile,
    code: &Code,
    text: Option<&[u8]>,
) -> Result<(FileStatus, Read), SkipReason> {
    if code.excludes(&file.path, &file.below) {
        return Err(SkipReason::Excluded);
    }
    let told = code.told(&file.path, &file.below);
    let mut kind = told.or_else(|| code.by_name(&file.below));
    if let Some(reason) = kind.and_then(Kind::unread) {
        return Err(reason);
    }
    let source = match text {
        Some(text) => SourceFile::of_bytes(&file.shown, text.to_vec()),
        None => SourceFile::read(&file.path, &file.shown),
    };
    let source = source.map_err(|error| unread(&error))?;
    let says_generated = told.is_none() && !code.choices.checks(Kind::Generated);
    let generated = kind == Some(Kind::Generated) || says_generated && origin::is_generated(&source.text);
    // Nobody minifies Go; its long lines are tables in tests.
    if file.language.ecosystem() == Ecosystem::Ecmascript && origin::is_minified(&source.text) {
        return Err(if generated { SkipReason::Generated } else { SkipReason::Minified });
    }
    let facts = parse(parsers, file, &source)?;
    if kind.is_none() && !file.below.is_empty() {
        kind = code.by_text(&facts, &source.text);
        if let Some(reason) = kind.and_then(Kind::unread) {
            return Err(reason);
        }
    }
    // What is generated, or a script, is not looked at, but what others call in it is followed.
    let status = match (generated, kind == Some(Kind::Script)) {
        (true, _) => FileStatus::Skipped(SkipReason::Generated),
        (_, true) => FileStatus::Skipped(SkipReason::Script),
        _ => status_of(&facts),
    };
    let damaged = facts.health.functions_touched as usize;
    let ignores = Ignores::collect(&facts, &source);
    // Nothing is told of what is only followed.
    let is_told = !matches!(status, FileStatus::Skipped(_));
    let outline = if is_told { Outline::of(&facts, &source.text) } else { Outline::default() };
    let can_tell = file.language.ecosystem() == Ecosystem::Ecmascript && !code.choices.checks(Kind::FrontEnd);
    let side = match told {
        Some(Kind::FrontEnd) => Side::Browser,
        Some(_) => Side::Server,
        None if can_tell => code.side(&file.path, &facts),
        None => Side::Server,
    };
    let told = told.is_some();
    let (source, facts) = (Arc::new(source), Some(Arc::new(facts)));
    Ok((status, Read { source, facts, ignores, outline, damaged, side, told }))
}

/// Parses and lowers a file.
pub(super) fn parse(
    parsers: &mut Parsers,
    file: &FoundFile,
    source: &SourceFile,
) -> Result<Facts, SkipReason> {
    let tree = parsers.parse_best(file.language, &source.text).map_err(|error| match error {
        ParseError::TimedOut => SkipReason::TimedOut,
        ParseError::Grammar(error) => SkipReason::Failed(error.to_string()),
    })?;
    Ok(lower::lower(file.language, &source.text, &tree))
}

fn unread(error: &ReadError) -> SkipReason {
    match error {
        ReadError::NotUtf8(offset) => SkipReason::NotUtf8(*offset),
        ReadError::Binary => SkipReason::Binary,
        ReadError::TooLarge(size) => SkipReason::TooLarge(*size),
        ReadError::Io(_) | ReadError::NotRegular => SkipReason::Unreadable(error.to_string()),
    }
}

fn status_of(facts: &Facts) -> FileStatus {
    let health = &facts.health;
    match health.errors.iter().chain(&health.too_deep).min() {
        None => FileStatus::Checked,
        Some(&first) => FileStatus::Partial {
            errors: health.errors.len() + health.too_deep.len(),
            functions: health.functions_touched as usize,
            first,
        },
    }
}
