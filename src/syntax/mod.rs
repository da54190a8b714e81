//! Parsing: text to syntax tree, with the health of the parse.
//!
//! Owns: grammars, parsers, the time limit of a parse; below it queries over trees, and reading past what a grammar does not know
//! (`mend`). With `lower` the only user of tree-sitter. Does not own: what a node
//! means.

pub(crate) mod mend;
pub mod query;

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

pub use tree_sitter::Tree;
use tree_sitter::{ParseOptions, Parser};

use crate::source::{Language, Span};

/// How long one file may take to parse. Real files take milliseconds; only input made to hurt comes near.
pub const PARSE_BUDGET: Duration = Duration::from_secs(5);

/// One parser per grammar, made when first needed. Keep one per thread.
#[derive(Default)]
pub struct Parsers {
    typescript: Option<Parser>,
    tsx: Option<Parser>,
    javascript: Option<Parser>,
    go: Option<Parser>,
}

/// Why a text has no tree.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The time was up.
    #[error("the parser gave up after {} s", PARSE_BUDGET.as_secs())]
    TimedOut,
    /// The grammar was built for another version of the parser; a build fault.
    #[error("the grammar does not fit the parser: {0}")]
    Grammar(#[from] tree_sitter::LanguageError),
}

/// A file that was parsed.
pub struct Parsed {
    /// Its tree; every place in it is one of the text.
    pub tree: Tree,
    /// Constructs that its grammar does not know and that were read all the same, and at how many places.
    pub mended: Vec<(&'static str, usize)>,
    /// Whether there was no time to look for a better reading; at another time there may be.
    pub cut_short: bool,
}

impl Parsers {
    /// Parses one file as its grammar reads it.
    ///
    /// # Errors
    /// [`ParseError::TimedOut`] after [`PARSE_BUDGET`].
    pub fn parse(&mut self, language: Language, text: &str) -> Result<Tree, ParseError> {
        self.parse_within(language, text.as_bytes(), Instant::now())
    }

    /// Parses what has no more time than [`PARSE_BUDGET`] since it was `begun`.
    fn parse_within(&mut self, language: Language, bytes: &[u8], begun: Instant) -> Result<Tree, ParseError> {
        let parser = self.parser(language)?;
        let mut within_budget = |_: &tree_sitter::ParseState| {
            if begun.elapsed() < PARSE_BUDGET { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut within_budget);
        let tree = parser.parse_with_options(
            &mut |offset, _| bytes.get(offset..).unwrap_or_default(),
            None,
            Some(options),
        );
        tree.ok_or_else(|| {
            // A parser stopped half-way would go on with the old text next time.
            parser.reset();
            ParseError::TimedOut
        })
    }

    /// Parses one file so that most of it is understood: past what its grammar does not know, and with the grammar of TSX where
    /// that helps. JavaScript is often written with the types of Flow or with JSX forms that only that one knows.
    ///
    /// # Errors
    /// [`ParseError::TimedOut`] after [`PARSE_BUDGET`].
    pub fn parse_best(&mut self, language: Language, text: &str) -> Result<Parsed, ParseError> {
        let begun = Instant::now();
        let tree = self.parse_within(language, text.as_bytes(), begun)?;
        if !tree.root_node().has_error() {
            return Ok(Parsed { tree, mended: Vec::new(), cut_short: false });
        }
        let mut own = self.mend(language, text, tree, begun);
        let left = mend::amount(&error_spans(&own.tree));
        if left == 0 || matches!(language, Language::Tsx | Language::Go) {
            return Ok(own);
        }
        let Ok(tree) = self.parse_within(Language::Tsx, text.as_bytes(), begun) else {
            own.cut_short = true;
            return Ok(own);
        };
        let other = self.mend(Language::Tsx, text, tree, begun);
        let still_left = mend::amount(&error_spans(&other.tree));
        // TSX reads some TypeScript as something else, so there it must make sense of all.
        let is_better = still_left < left && (language == Language::JavaScript || still_left == 0);
        let cut_short = own.cut_short || other.cut_short;
        Ok(Parsed { cut_short, ..if is_better { other } else { own } })
    }

    fn mend(&mut self, language: Language, text: &str, tree: Tree, begun: Instant) -> Parsed {
        let first = Parsed { tree, mended: Vec::new(), cut_short: false };
        mend::mend(language, text, first, |masked| self.parse_within(language, masked, begun).ok())
    }

    fn parser(&mut self, language: Language) -> Result<&mut Parser, ParseError> {
        let slot = match language {
            Language::TypeScript => &mut self.typescript,
            Language::Tsx => &mut self.tsx,
            Language::JavaScript => &mut self.javascript,
            Language::Go => &mut self.go,
        };
        if slot.is_none() {
            let mut parser = Parser::new();
            parser.set_language(&grammar_of(language))?;
            *slot = Some(parser);
        }
        // The slot was filled just above; `get_or_insert_with` cannot carry the error out.
        Ok(slot.get_or_insert_with(Parser::new))
    }
}

/// The grammar of a language.
fn grammar_of(language: Language) -> tree_sitter::Language {
    match language {
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        Language::Go => tree_sitter_go::LANGUAGE.into(),
    }
}

/// The places of a tree that the grammar could not make sense of: outermost error nodes and missing tokens.
pub fn error_spans(tree: &Tree) -> Vec<Span> {
    let mut found = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let bad = node.is_error() || node.is_missing();
        if bad {
            found.push(span_of(node));
        }
        if !bad && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// The span of a node.
#[expect(clippy::cast_possible_truncation, reason = "file size is bounded below 4 GiB")]
pub fn span_of(node: tree_sitter::Node<'_>) -> Span {
    Span::new(node.start_byte() as u32, node.end_byte() as u32)
}
