//! Ignores as they are written: the words of a comment, without where it stands.

use serde::{Deserialize, Serialize};

use crate::finding::suppression::SuppressionProblem;
use crate::source::Date;

const WORD: &str = "faultlint-ignore";
const FILE_WORD: &str = "faultlint-ignore-file";

/// An ignore as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    pub(super) whole_file: bool,
    pub(super) rules: Vec<String>,
    pub(super) reason: String,
    pub(super) until: Option<Date>,
    /// What is wrong with it: then it silences nothing.
    pub(super) problem: Option<SuppressionProblem>,
}

/// The ignores of one comment: what begins one of its lines with our word.
pub(super) fn all(comment: &str) -> impl Iterator<Item = Written> {
    let body = comment
        .strip_prefix("//")
        .or_else(|| Some(comment.strip_prefix("/*")?.trim_end_matches("*/")))
        .unwrap_or("");
    body.lines().filter_map(|line| read(line.trim_start().trim_start_matches('*').trim()))
}

fn read(line: &str) -> Option<Written> {
    if !line.starts_with(WORD) {
        return None;
    }
    let end = line.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    let (names, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let mut written = Written {
        whole_file: word == FILE_WORD,
        rules: Vec::new(),
        reason: reason.trim().to_owned(),
        until: None,
        problem: None,
    };
    if word != WORD && word != FILE_WORD {
        written.problem = Some(SuppressionProblem::UnknownWord(word.to_owned()));
        return Some(written);
    }
    let problem = written.take_names(names);
    written.problem = if written.rules.is_empty() {
        Some(SuppressionProblem::NoRule)
    } else if written.reason.is_empty() {
        Some(SuppressionProblem::NoReason)
    } else {
        problem
    };
    Some(written)
}

impl Written {
    /// Takes the rules and the last day out of what stands before the colon; what is wrong with it.
    fn take_names(&mut self, names: &str) -> Option<SuppressionProblem> {
        let mut problem = None;
        for part in names.split(',') {
            let mut rule: Vec<&str> = Vec::new();
            for word in part.split_whitespace() {
                match word.split_once('=') {
                    Some(("until", day)) => match Date::read(day) {
                        Some(day) if self.until.is_none() => self.until = Some(day),
                        _ => problem = Some(SuppressionProblem::NoDate(word.to_owned())),
                    },
                    Some((key, _)) => problem = Some(SuppressionProblem::UnknownKey(key.to_owned())),
                    None => rule.push(word),
                }
            }
            if !rule.is_empty() {
                self.rules.push(rule.join(" "));
            }
        }
        problem
    }
}
