//! Queries over syntax trees, in the language of tree-sitter.
//!
//! Owns: compiling them for the grammars of a language, saying what is wrong with one, and running them within limits. Does not
//! own: what a query is for (`rules`), or what becomes of what it finds.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{
    CaptureQuantifier, QueryCursor, QueryCursorOptions, QueryCursorState, QueryErrorKind, StreamingIterator,
    Tree,
};

use super::{grammar_of, span_of};
use crate::source::{Language, Span};

/// A query for files of one language.
#[derive(Debug)]
pub struct Query {
    /// One for each grammar that may read such a file; the language's own is the first.
    compiled: Vec<(tree_sitter::Language, tree_sitter::Query)>,
}

/// What is wrong with a query, and where in its text: lines and bytes of a line, both from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryProblem {
    /// The line.
    pub row: usize,
    /// The byte of that line.
    pub column: usize,
    /// How many bytes are wrong; at least one.
    pub length: usize,
    /// What is wrong, in words.
    pub message: String,
}

/// How far a query may go in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many matches it may give, and follow at once.
    pub matches: u32,
    /// How long it may take.
    pub time: Duration,
}

/// Why a query did not see all of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It came to the limit of matches.
    Matches,
    /// Its time was up.
    Time,
    /// The file was read with another grammar, for which the query means nothing.
    Grammar,
}

/// What a query gave in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The captures of each match, in order, as numbers of [`Query::captures`].
    pub matches: Vec<Vec<(u32, Span)>>,
    /// Why there may be more.
    pub stopped: Option<Stop>,
}

impl Query {
    /// Compiles a query for a language.
    ///
    /// # Errors
    /// The first mistake in it; also what would be passed over in silence.
    pub fn compile(language: Language, text: &str) -> Result<Self, QueryProblem> {
        let grammar = grammar_of(language);
        let own = tree_sitter::Query::new(&grammar, text).map_err(|error| problem(language, text, &error))?;
        if own.pattern_count() == 0 {
            return Err(QueryProblem::at(text, 0, 1, "the query is empty".to_owned()));
        }
        unknown_words(&own, text)?;
        let mut compiled = vec![(grammar, own)];
        if language == Language::JavaScript {
            // What its own grammar does not understand is read with this one.
            let other = grammar_of(Language::Tsx);
            compiled.extend(tree_sitter::Query::new(&other, text).ok().map(|query| (other, query)));
        }
        Ok(Self { compiled })
    }

    /// The names of its captures, without `@`.
    pub fn captures(&self) -> &[&str] {
        self.compiled.first().map_or(&[], |(_, query)| query.capture_names())
    }

    /// The number of a capture.
    pub fn capture(&self, name: &str) -> Option<u32> {
        self.compiled.first().and_then(|(_, query)| query.capture_index_for_name(name))
    }

    /// Refuses a query with a pattern that may match without binding a capture.
    ///
    /// # Errors
    /// The first such pattern.
    pub fn always_captures(&self, name: &str, text: &str) -> Result<(), QueryProblem> {
        let (Some((_, query)), Some(capture)) = (self.compiled.first(), self.capture(name)) else {
            return Ok(());
        };
        let is_bound = |pattern: usize| {
            let bound = query.capture_quantifiers(pattern).get(capture as usize);
            matches!(bound, Some(CaptureQuantifier::One | CaptureQuantifier::OneOrMore))
        };
        match (0..query.pattern_count()).find(|pattern| !is_bound(*pattern)) {
            None => Ok(()),
            Some(pattern) => {
                let message = format!("this pattern can match without `@{name}`");
                Err(QueryProblem::at(text, query.start_byte_for_pattern(pattern), 1, message))
            }
        }
    }

    /// Looks for all matches in a file, within limits.
    pub fn run(&self, tree: &Tree, text: &str, limits: Limits) -> Answer {
        let grammar = tree.language();
        let Some((_, query)) = self.compiled.iter().find(|(of, _)| *of == *grammar) else {
            return Answer { matches: Vec::new(), stopped: Some(Stop::Grammar) };
        };
        let begun = Instant::now();
        let mut late = false;
        let mut progress = |_: &QueryCursorState| {
            late = begun.elapsed() > limits.time;
            if late { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let mut cursor = QueryCursor::new();
        cursor.set_match_limit(limits.matches);
        let mut answer = Answer::default();
        {
            let options = QueryCursorOptions::new().progress_callback(&mut progress);
            let mut found = cursor.matches_with_options(query, tree.root_node(), text.as_bytes(), options);
            while let Some(one) = found.next() {
                if answer.matches.len() >= limits.matches as usize {
                    answer.stopped = Some(Stop::Matches);
                    break;
                }
                // A tree that is small is never asked about.
                if begun.elapsed() > limits.time {
                    answer.stopped = Some(Stop::Time);
                    break;
                }
                let captures = one.captures().iter().map(|capture| (capture.index, span_of(capture.node)));
                answer.matches.push(captures.collect());
            }
        }
        if late {
            answer.stopped = Some(Stop::Time);
        } else if cursor.did_exceed_match_limit() {
            answer.stopped = Some(Stop::Matches);
        }
        answer
    }
}

impl QueryProblem {
    /// At a byte of the text.
    fn at(text: &str, offset: usize, length: usize, message: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let row = before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        Self { row, column, length: length.max(1), message }
    }
}

/// Refuses predicates that mean nothing here: the library would take them for met.
fn unknown_words(query: &tree_sitter::Query, text: &str) -> Result<(), QueryProblem> {
    let words = (0..query.pattern_count()).flat_map(|pattern| {
        let general = query.general_predicates(pattern).iter().map(|word| word.operator.to_string());
        let is = query.property_predicates(pattern).iter();
        let is = is.map(|(_, positive)| if *positive { "is?" } else { "is-not?" }.to_owned());
        let set = query.property_settings(pattern).iter().map(|_| "set!".to_owned());
        general.chain(is).chain(set)
    });
    match words.into_iter().next() {
        None => Ok(()),
        Some(word) => {
            let known = "`#eq?`, `#match?`, `#any-of?`, with `not-` and `any-` before them";
            let offset = text.find(&format!("#{word}")).unwrap_or_default();
            let message = format!("`#{word}` means nothing here, only {known}");
            Err(QueryProblem::at(text, offset, word.len() + 1, message))
        }
    }
}

/// What the library says of a query, in words.
fn problem(language: Language, text: &str, error: &tree_sitter::QueryError) -> QueryProblem {
    let name = error.message.trim_matches('"');
    let grammar = match language {
        Language::TypeScript => "TypeScript",
        Language::Tsx => "TSX",
        Language::JavaScript => "JavaScript",
        Language::Go => "Go",
    };
    // What is missing at the end is missing behind the last word.
    let last = text.trim_end().char_indices().next_back().map_or(0, |(at, _)| at);
    let at = |length, message| QueryProblem::at(text, error.offset.min(last), length, message);
    match error.kind {
        QueryErrorKind::NodeType => at(name.len().max(1), format!("{grammar} has no node `{name}`")),
        QueryErrorKind::Field => at(name.len().max(1), format!("{grammar} has no field `{name}`")),
        QueryErrorKind::Capture => at(name.len().max(1), format!("no capture is called `@{name}`")),
        QueryErrorKind::Structure => at(1, format!("nothing in {grammar} can stand so: this never matches")),
        QueryErrorKind::Predicate => {
            let from = text.split_inclusive('\n').take(error.row).map(str::len).sum::<usize>();
            let offset = text.get(from..).and_then(|rest| rest.find('#')).map_or(from, |at| from + at);
            QueryProblem::at(text, offset, 1, error.message.trim_end_matches('.').replace(". ", ", "))
        }
        QueryErrorKind::Syntax | QueryErrorKind::Language => {
            at(1, "the query does not read from here on".to_owned())
        }
    }
}
