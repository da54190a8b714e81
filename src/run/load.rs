//! One file: from its path to its facts, or to the reason why it is left out.
//!
//! Owns: the order of sorting out, reading, parsing and lowering, and not doing again what was done before. Does not own: any of
//! these, or where earlier results lie (`memory`).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::forest::Aids;
use super::queries::Answers;
use crate::cache::Digest;
use crate::facts::Facts;
use crate::facts::outline::Outline;
use crate::finding::{FileStatus, SkipReason};
use crate::lower;
use crate::models::code::{Code, Kind, Side};
use crate::source::{Ecosystem, FoundFile, ReadError, SourceFile, Span, origin};
use crate::suppress::Ignores;
use crate::syntax::{ParseError, Parsed, Parsers};
use crate::timing::{Timing, Work};

/// A file whose text is there and may be worth parsing. A copy shares text and facts.
#[derive(Clone)]
pub(super) struct Opened {
    pub(super) source: Arc<SourceFile>,
    /// What its facts are known by, where something is remembered at all.
    pub(super) digest: Option<Digest>,
    /// What its name, or the team, says of it.
    pub(super) kind: Option<Kind>,
    /// Whether that is the team's word, whatever its package says.
    pub(super) told: bool,
    /// Whether it is a script if nothing else of the tree uses it.
    pub(super) unless_used: bool,
    /// Its facts, where they are at hand.
    pub(super) facts: Option<Arc<Facts>>,
}

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
    /// Its facts are there until they are linked.
    pub(super) opened: Opened,
    pub(super) seen: Seen,
    /// What rules asked of its syntax.
    pub(super) answers: Answers,
}

/// What of a file is needed beside its facts.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) ignores: Ignores,
    /// Its statements; none where the file is only followed.
    pub(super) outline: Outline,
    /// How many of its functions touch something that was not understood.
    pub(super) damaged: usize,
    /// Constructs that its grammar does not know and that were read all the same, and at how many places.
    pub(super) mended: Vec<(String, usize)>,
    /// Where it runs.
    pub(super) side: Side,
    /// Whether there was no time to read it better; nothing of that is remembered.
    #[serde(skip)]
    pub(super) cut_short: bool,
}

impl Opened {
    /// Sorts a file out by its name and reads it; where its text is given, nothing is read.
    pub(super) fn open(file: &FoundFile, text: Option<&[u8]>, aids: Aids<'_>) -> Result<Self, SkipReason> {
        let (code, timing) = (aids.code, aids.pool.timing());
        if code.excludes(&file.path, &file.below) {
            return Err(SkipReason::Excluded);
        }
        let told = code.told(&file.path, &file.below);
        let kind = told.or_else(|| code.by_name(&file.below));
        if let Some(reason) = kind.and_then(Kind::unread) {
            return Err(reason);
        }
        let source = timing.work(Work::Read, || match text {
            Some(text) => SourceFile::of_bytes(&file.shown, text.to_vec()),
            None => SourceFile::read(&file.path, &file.shown),
        });
        let source = Arc::new(source.map_err(|error| unread(&error))?);
        let digest = timing.work(Work::Hash, || aids.memory.digest(file.language, &source.text));
        let unless_used = kind.is_none() && code.is_script_unless_used(&file.below);
        Ok(Self { source, digest, kind, told: told.is_some(), unless_used, facts: None })
    }

    /// Parses and lowers it, unless its facts are at hand or remembered.
    fn understand(
        self,
        parsers: &mut Parsers,
        file: &FoundFile,
        aids: Aids<'_>,
    ) -> Result<(FileStatus, Read), SkipReason> {
        let (code, memory, timing) = (aids.code, aids.memory, aids.pool.timing());
        let Self { source, digest, kind: named, told, unless_used, facts } = self;
        let mut kind = named;
        let says_generated = !told && !code.choices.checks(Kind::Generated);
        let generated = kind == Some(Kind::Generated) || says_generated && origin::is_generated(&source.text);
        // Nobody minifies Go; its long lines are tables in tests.
        if file.language.ecosystem() == Ecosystem::Ecmascript && origin::is_minified(&source.text) {
            return Err(if generated { SkipReason::Generated } else { SkipReason::Minified });
        }
        let remembered = || timing.work(Work::Recall, || memory.facts(digest?)).map(Arc::new);
        let (facts, tree, cut_short) = if let Some(facts) = facts.or_else(remembered) {
            (facts, None, false)
        } else {
            let Parsed { tree, mended, cut_short } = parse(parsers, file, &source, timing)?;
            let mut facts = timing.work(Work::Lower, || lower::lower(file.language, &source.text, &tree));
            facts.health.mended =
                mended.into_iter().map(|(name, places)| (name.to_owned(), places)).collect();
            if !cut_short {
                timing.work(Work::Recall, || memory.keep(digest, &facts));
            }
            (Arc::new(facts), Some(tree), cut_short)
        };
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
        let is_told = !matches!(status, FileStatus::Skipped(_));
        let asked = tree.filter(|_| is_told && !aids.asking.is_empty());
        let answers = asked.map_or_else(Answers::default, |tree| {
            Answers::of(aids.asking, file.language, &tree, &source.text, &facts)
        });
        let seen = Seen {
            ignores: Ignores::collect(&facts, &source),
            // Nothing is told of what is only followed.
            outline: if is_told { Outline::of(&facts, &source.text) } else { Outline::default() },
            damaged: facts.health.functions_touched as usize,
            mended: facts.health.mended.clone(),
            side: side_of(file, code, named.filter(|_| told), &facts),
            cut_short,
        };
        let opened = Self { source, digest, kind: named, told, unless_used, facts: Some(facts) };
        Ok((status, Read { opened, seen, answers }))
    }
}

/// Where a file runs.
fn side_of(file: &FoundFile, code: &Code, told: Option<Kind>, facts: &Facts) -> Side {
    let can_tell = file.language.ecosystem() == Ecosystem::Ecmascript && !code.choices.checks(Kind::FrontEnd);
    match told {
        Some(Kind::FrontEnd) => Side::Browser,
        Some(_) => Side::Server,
        None if can_tell => code.side(&file.path, facts),
        None => Side::Server,
    }
}

impl Loaded {
    /// What comes of a file that was sorted out and read.
    pub(super) fn of(
        opened: &Result<Opened, SkipReason>,
        parsers: &mut Parsers,
        file: &FoundFile,
        aids: Aids<'_>,
    ) -> Self {
        let understood = opened.clone().and_then(|opened| opened.understand(parsers, file, aids));
        match understood {
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

    /// Whether a person starts it by hand if nothing else of the tree uses it.
    pub(super) fn is_script_unless_used(&self) -> bool {
        self.is_looked_at() && self.read.as_ref().is_some_and(|read| read.opened.unless_used)
    }

    /// Whether its kind is the team's word.
    pub(super) fn is_told(&self) -> bool {
        self.read.as_ref().is_some_and(|read| read.opened.told)
    }

    /// Where it runs.
    pub(super) fn side(&self) -> Side {
        self.read.as_ref().map_or(Side::Unknown, |read| read.seen.side)
    }

    /// Whether it is of a front end.
    pub(super) fn is_front_end(&self) -> bool {
        self.side().is_front_end()
    }

    /// It is of a package that is a front end or a tool as a whole.
    pub(super) fn mark(&mut self, kind: Kind) {
        let looked_at = self.is_looked_at();
        let Some(read) = self.read.as_mut().filter(|read| !read.opened.told) else { return };
        match kind {
            Kind::FrontEnd if read.seen.side != Side::Browser => read.seen.side = Side::FrontEnd,
            Kind::Script if looked_at => self.status = FileStatus::Skipped(SkipReason::Script),
            _ => {}
        }
    }

    /// One of its functions is too large to be looked at whole.
    pub(super) fn mark_cut(&mut self, function: Span) {
        match &mut self.status {
            FileStatus::Checked => {
                self.status = FileStatus::Partial { errors: 1, functions: 1, first: function };
            }
            FileStatus::Partial { errors, functions, first } => {
                (*errors, *functions, *first) = (*errors + 1, *functions + 1, function.min(*first));
            }
            FileStatus::Skipped(_) => {}
        }
    }

    /// It is used by what runs in browsers alone.
    pub(super) fn mark_browser(&mut self) {
        if let Some(read) = self.read.as_mut() {
            read.seen.side = Side::Browser;
        }
    }

    /// Its facts, which are then the linker's.
    pub(super) fn take_facts(&mut self) -> Option<Arc<Facts>> {
        self.read.as_mut().and_then(|read| read.opened.facts.take())
    }

    /// A file that is left out.
    pub(super) fn skipped(reason: SkipReason) -> Self {
        Self { status: FileStatus::Skipped(reason), read: None }
    }
}

fn parse(
    parsers: &mut Parsers,
    file: &FoundFile,
    source: &SourceFile,
    timing: &Timing,
) -> Result<Parsed, SkipReason> {
    let parsed = timing.work(Work::Parse, || parsers.parse_best(file.language, &source.text));
    parsed.map_err(|error| match error {
        ParseError::TimedOut => SkipReason::TimedOut,
        ParseError::Grammar(error) => SkipReason::Failed(error.to_string()),
    })
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
