//! What a rule asks of the syntax of a file by itself.
//!
//! Owns: a compiled query with what it shows. Does not own: how it is checked (`compile_query`), run (`syntax::query`), or what
//! becomes of what it finds (`run`).

use crate::source::{Language, Span};
use crate::syntax::query::{Limits, Query};

/// The most of a capture's text that a message shows, in characters.
const MAX_SHOWN: usize = 60;

/// A query of a rule, with what it shows.
#[derive(Debug)]
pub struct QueryMatch {
    /// The query, for each of the languages that it is asked of.
    pub of: Vec<(Language, Query)>,
    /// The capture that is the primary place.
    pub at: u32,
    /// What to call it.
    pub label: Option<QueryText>,
    /// What is wrong there; the summary of the rule where there is none.
    pub message: Option<QueryText>,
    /// The captures that explain it, and what to call them.
    pub labels: Vec<(u32, QueryText)>,
    /// How far it may go in one file.
    pub limits: Limits,
}

impl QueryMatch {
    /// The query for files of a language.
    pub fn for_language(&self, language: Language) -> Option<&Query> {
        self.of.iter().find(|(of, _)| *of == language).map(|(_, query)| query)
    }
}

/// Text with places for what captures hold: `{name} is called`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryText {
    /// The text, piece by piece; a piece may end with a capture.
    pub pieces: Vec<(String, Option<u32>)>,
}

impl QueryText {
    /// The text, with what a match captured in a file put in: the first of each, on one line, and no more than people read.
    pub fn said(&self, captures: &[(u32, Span)], text: &str) -> String {
        let mut said = String::new();
        for (piece, capture) in &self.pieces {
            said += piece;
            let found = capture.and_then(|wanted| captures.iter().find(|(capture, _)| *capture == wanted));
            let Some((_, span)) = found else { continue };
            let words: Vec<&str> = span.of(text).split_whitespace().collect();
            let words = words.join(" ");
            match words.char_indices().nth(MAX_SHOWN) {
                Some((end, _)) => said.extend([&words[..end], "…"]),
                None => said += &words,
            }
        }
        said
    }
}
