//! Checks and compiles the queries of a rule.
//!
//! Owns: `query` and `or-query` of a rule file. Does not own: the language of queries (`syntax::query`).

use std::time::Duration;

use super::query::{QueryMatch, QueryText};
use super::schema::{QueryEntry, RuleFile};
use crate::data::{DataError, DataFile, Spanned};
use crate::models::path::parse_duration;
use crate::source::Language;
use crate::syntax::query::{Limits, Query};

/// The languages, as a query names them.
const LANGUAGES: [(&str, Language); 4] = [
    ("typescript", Language::TypeScript),
    ("tsx", Language::Tsx),
    ("javascript", Language::JavaScript),
    ("go", Language::Go),
];

/// How many matches a query may give in one file where nothing is said.
const MAX_MATCHES: u32 = 1000;

/// How long a query may take in one file where nothing is said, and the most that may be said.
const TIME_LIMIT: Duration = Duration::from_millis(500);
const MAX_TIME_LIMIT: Duration = Duration::from_secs(10);

/// The queries of a rule; none where it has a match.
pub(super) fn queries(file: &DataFile, rule: &RuleFile) -> Result<Vec<QueryMatch>, DataError> {
    let missing = |message| Err(file.error(&rule.id, message, "this rule"));
    match (&rule.matching, &rule.query) {
        (None, None) if !rule.or.is_empty() => missing("`or` belongs beside a `match`, which is missing"),
        (None, None) if !rule.or_query.is_empty() => {
            missing("`or-query` belongs beside a `query`, which is missing")
        }
        (None, None) => missing("the rule says nothing to look for: a `match` or a `query`"),
        (Some(_), Some(query)) => {
            Err(file.error(query, "a rule has a `match` or a `query`, not both", "beside a `match`"))
        }
        (Some(_), None) => match rule.or_query.first() {
            Some(query) => Err(file.error(query, "`or-query` stands beside a `query`", "beside a `match`")),
            None => Ok(Vec::new()),
        },
        (None, Some(_)) if !rule.or.is_empty() => missing("`or` stands beside a `match`; write `or-query`"),
        (None, Some(query)) if !rule.languages.is_empty() => {
            let message = "the languages of a query stand in the query: take `languages` out of the rule";
            Err(file.error(query, message, "in here"))
        }
        (None, Some(query)) => {
            let all = std::iter::once(query).chain(&rule.or_query);
            all.map(|entry| Compiler { file, entry }.compile()).collect()
        }
    }
}

struct Compiler<'a> {
    file: &'a DataFile,
    entry: &'a Spanned<QueryEntry>,
}

impl Compiler<'_> {
    fn compile(&self) -> Result<QueryMatch, DataError> {
        let entry = &self.entry.value;
        let mut of: Vec<(Language, Query)> = Vec::new();
        for word in entry.languages.texts() {
            let known = LANGUAGES.iter().find(|(name, _)| *name == word.value);
            let Some((_, language)) = known else {
                let names: Vec<&str> = LANGUAGES.iter().map(|(name, _)| *name).collect();
                return Err(self.file.unknown(&word, "language", &names));
            };
            if of.iter().any(|(twin, _)| twin == language) {
                return Err(self.file.error(&word, "this language is there twice", "again here"));
            }
            of.push((*language, self.query(*language)?));
        }
        let Some((_, first)) = of.first() else {
            return Err(self.file.error(
                self.entry,
                "a query needs `languages`",
                "of which files is it asked?",
            ));
        };
        let at = self.capture(first, &entry.at)?;
        let text =
            |text: &Option<Spanned<String>>| text.as_ref().map(|text| self.text(first, text)).transpose();
        let (label, message) = (text(&entry.label)?, text(&entry.message)?);
        let mut labels = Vec::new();
        for (capture, label) in &entry.labels.0 {
            labels.push((self.capture(first, capture)?, self.text(first, label)?));
        }
        let limits = self.limits()?;
        Ok(QueryMatch { of, at, label, message, labels, limits })
    }

    fn query(&self, language: Language) -> Result<Query, DataError> {
        let (pattern, at) = (&self.entry.value.pattern, &self.entry.value.at.value);
        let name = at.strip_prefix('@').unwrap_or(at);
        let query = Query::compile(language, &pattern.value);
        let query = query.and_then(|query| query.always_captures(name, &pattern.value).map(|()| query));
        query.map_err(|problem| {
            let place = (problem.row, problem.column, problem.length);
            self.file.error_within(pattern, place, problem.message, "in this query")
        })
    }

    /// A capture by its name, with or without its `@`.
    fn capture(&self, query: &Query, word: &Spanned<String>) -> Result<u32, DataError> {
        let name = word.value.strip_prefix('@').unwrap_or(&word.value);
        query.capture(name).ok_or_else(|| {
            let word = Spanned { value: name.to_owned(), ..word.clone() };
            self.file.unknown(&word, "capture", query.captures())
        })
    }

    /// Text with `{capture}` in it.
    fn text(&self, query: &Query, text: &Spanned<String>) -> Result<QueryText, DataError> {
        let mut pieces = Vec::new();
        let mut rest = text.value.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((inner, tail)) = after.split_once('}') else {
                return Err(self.file.error(text, "a `{` has no `}`", "in this text"));
            };
            let name = Spanned { value: inner.to_owned(), ..text.clone() };
            pieces.push((before.to_owned(), Some(self.capture(query, &name)?)));
            rest = tail;
        }
        pieces.push((rest.to_owned(), None));
        Ok(QueryText { pieces })
    }

    fn limits(&self) -> Result<Limits, DataError> {
        let entry = &self.entry.value;
        let matches = match &entry.max_matches {
            Some(count) if !(1..=u32::from(u16::MAX)).contains(&count.value) => {
                return Err(self.file.error(count, "no such number of matches", "from 1 to 65535"));
            }
            Some(count) => count.value,
            None => MAX_MATCHES,
        };
        let time = match &entry.time_limit {
            Some(text) => self.time(text)?,
            None => TIME_LIMIT,
        };
        Ok(Limits { matches, time })
    }

    fn time(&self, text: &Spanned<String>) -> Result<Duration, DataError> {
        let read = parse_duration(&text.value).map(|nanoseconds| nanoseconds / 1e9);
        let read = read.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        read.filter(|time| !time.is_zero() && *time <= MAX_TIME_LIMIT).ok_or_else(|| {
            let label = format!("such as `200ms`, and no more than {} s", MAX_TIME_LIMIT.as_secs());
            self.file.error(text, format!("`{}` is no limit of time", text.value), label)
        })
    }
}
