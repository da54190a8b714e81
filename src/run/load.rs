//! One file: from its path to its facts, or to the reason why it is left out.
//!
//! Owns: the order of reading, sorting out, parsing and lowering. Does not own: any of these.

use std::sync::Arc;

use crate::facts::Facts;
use crate::finding::{FileStatus, SkipReason};
use crate::lower;
use crate::models::code::{Code, Kind};
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

/// A file that is linked.
pub(super) struct Read {
    pub(super) source: Arc<SourceFile>,
    /// Its facts, until they are linked.
    pub(super) facts: Option<Arc<Facts>>,
    pub(super) ignores: Ignores,
    /// How many of its functions touch something that was not understood.
    pub(super) damaged: usize,
    /// Whether it is of a front end.
    pub(super) front_end: bool,
    /// Whether it is of a package that is one.
    of_front_end: bool,
    /// Whether that is the team's word, whatever its package says.
    told: bool,
}

impl Clone for Read {
    fn clone(&self) -> Self {
        Self {
            source: Arc::clone(&self.source),
            facts: self.facts.clone(),
            ignores: self.ignores.clone(),
            // Packages may be others where the copy is looked at.
            of_front_end: false,
            ..*self
        }
    }
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

    /// Whether it is of a front end.
    pub(super) fn is_front_end(&self) -> bool {
        self.read.as_ref().is_some_and(|read| read.front_end || read.of_front_end)
    }

    /// It is of a package that is a front end.
    pub(super) fn mark_front_end(&mut self) {
        if let Some(read) = self.read.as_mut().filter(|read| !read.told) {
            read.of_front_end = true;
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
    let kind = told.or_else(|| code.by_name(&file.below));
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
    // What is generated, or a script, is not looked at, but what others call in it is followed.
    let status = match (generated, kind == Some(Kind::Script)) {
        (true, _) => FileStatus::Skipped(SkipReason::Generated),
        (_, true) => FileStatus::Skipped(SkipReason::Script),
        _ => status_of(&facts),
    };
    let damaged = facts.health.functions_touched as usize;
    let ignores = Ignores::collect(&facts, &source);
    let can_tell = file.language.ecosystem() == Ecosystem::Ecmascript && !code.choices.checks(Kind::FrontEnd);
    let front_end = match told {
        Some(kind) => kind == Kind::FrontEnd,
        None => can_tell && code.is_front_end(&file.path, &facts),
    };
    let told = told.is_some() || !can_tell;
    let (source, facts) = (Arc::new(source), Some(Arc::new(facts)));
    Ok((status, Read { source, facts, ignores, damaged, front_end, of_front_end: false, told }))
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
