//! The patterns of rules and models.
//!
//! Owns: how they are looked for, and when they are compiled. Does not own: what they are held against.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

/// A pattern that is looked for in any case.
///
/// Compiling all patterns that are built in would be a third of what a short run does, and most are never asked: each is compiled
/// when it is first asked, and a test sees to it that all of them read.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern that is known to read.
    pub(super) fn known(text: &str) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// A pattern that somebody wrote.
    ///
    /// # Errors
    /// A pattern that does not read, or is too large.
    pub(super) fn read(text: &str) -> Result<Self, regex::Error> {
        Ok(Self { text: text.into(), compiled: OnceLock::from(Some(compile(text)?)) })
    }

    /// Whether it is found in a text.
    pub fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| compile(&self.text).ok());
        compiled.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

fn compile(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).case_insensitive(true).size_limit(1 << 20).build()
}
